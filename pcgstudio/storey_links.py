"""Dashed lines in the picture of an interior from the stairs of a storey to where they arrive on the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .interior import walkable
from .palette import load_palette
from .raster import Camera
from .shading import resized
from .storeys import names
from .world import FloatArray, World

WIDTH, DASH, GAP, DOT = 0.0019, 0.01, 0.008, 0.0048
"""Width of a line, its dashes and gaps, and radius of its ends, as shares of the picture's longer side."""

SMOOTH = 2
"""Sub-pixels along each side of a pixel."""

Places = NDArray[np.float64]


def stairs(world: World, storey: int) -> FloatArray:
    """``(n, 3)`` x, y, z [m] of the stairs between a storey and the one before it, on the ground floor."""
    from scipy.ndimage import center_of_mass, label  # noqa: PLC0415 - 0.3 s of import that other pictures do not need

    both = world.category(names(storey)[0], "stairs") & world.category(names(storey - 1)[0], "stairs")
    parts, count = label(both)
    if not count:
        return np.empty((0, 3), dtype=np.float32)
    rows, cols = np.array(center_of_mass(both, parts, range(1, count + 1))).T
    cell, floor = world.grid.cell_size_m, float(np.median(world["height"][walkable(world)]))
    north = world.grid.rows * cell
    return np.stack([(cols + 0.5) * cell, north - (rows + 0.5) * cell, np.full(count, floor)], axis=1).astype(
        np.float32
    )


def drawn_over(picture: FloatArray, world: World, cameras: list[tuple[Camera, tuple[int, int]]], samples: int) -> None:
    """Draw the lines into ``picture`` ``(h, w, 3 or 4)``, in place; the fourth is how far it covers the paper.

    Parameters
    ----------
    cameras : list of (Camera, (x, y))
        Of each storey, and where its picture begins in the whole [pixels].
    samples : int
        Sub-pixels of the cameras along each side of a pixel.
    """
    rows, cols = picture.shape[:2]
    canvas = Image.new("L", (cols * SMOOTH, rows * SMOOTH))
    pen = ImageDraw.Draw(canvas)
    unit = max(rows, cols) * SMOOTH
    for storey in range(1, len(cameras)):
        places = stairs(world, storey)
        ends = [
            (camera.project(places)[:, :2] / samples + at) * SMOOTH
            for camera, at in (cameras[storey - 1], cameras[storey])
        ]
        for start, end in zip(*ends, strict=True):
            _dashed(pen, start.astype(np.float64), end.astype(np.float64), unit)
    cover = resized(np.asarray(canvas, dtype=np.float32) / 255, (rows, cols), "linear")[..., None]
    tone = np.array(load_palette().material("cloth"), dtype=np.float32) / 255
    under = picture[..., 3:] if picture.shape[2] == 4 else np.ones_like(cover)
    whole = cover + under * (1 - cover)
    picture[..., :3] = (tone * cover + picture[..., :3] * under * (1 - cover)) / np.maximum(whole, np.float32(1 / 255))
    picture[..., 3:] = whole[..., : picture.shape[2] - 3]


def _dashed(pen: ImageDraw.ImageDraw, start: Places, end: Places, unit: int) -> None:
    length = float(np.hypot(*(end - start)))
    step, dash = (DASH + GAP) * unit, DASH * unit
    for along in np.arange(DOT * unit, length - DOT * unit, step):
        a, b = (start + (end - start) * min(at, length) / length for at in (along, along + dash))
        pen.line([tuple(a), tuple(b)], fill=255, width=max(1, round(WIDTH * unit)))
    for x, y in (start, end):
        pen.ellipse([x - DOT * unit, y - DOT * unit, x + DOT * unit, y + DOT * unit], fill=255)
