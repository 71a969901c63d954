"""The map straight from above, cut to its exact extent: what tabletop players lie on the table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio import interior_view, things
from pcgstudio.block import at_corners, grid_faces
from pcgstudio.ground import painted, relief
from pcgstudio.raster import Camera, Canvas
from pcgstudio.world import FloatArray, World

from .rasters import stretched

SAMPLES = 2
"""Sub-pixels along each side of a pixel."""

LARGEST = 4096
"""Most pixels along a side."""

STRIP = 128
"""Rows that are mixed at a time."""

MOST_TEXELS = 2048
"""Texels on which the ground is painted; finer pictures are enlarged."""

Picture = NDArray[np.uint8]


def from_above(world: World, size: tuple[int, int]) -> Picture:
    """Draw the map, north up, edge to edge.

    Parameters
    ----------
    world : World
        A landscape, town or interior (its ground floor).
    size : tuple of int
        Width and height in pixels, in the proportion of the map.

    Returns
    -------
    ndarray
        ``(height, width, 3) uint8``.
    """
    picture = _interior(world, size) if interior_view.is_interior(world) else _landscape(world, size)
    return np.asarray(np.clip(picture * 255 + 0.5, 0, 255), dtype=np.uint8)


def _camera(extent_m: tuple[float, float], size: tuple[int, int]) -> Camera:
    """Look down on the whole extent."""
    east, north = extent_m
    wide, high = size
    matrix = np.array([[wide / east, 0, 0, 0], [0, -high / north, 0, high], [0, 0, -1, 0], [0, 0, 0, 1.0]])
    return Camera(matrix, np.array([0.0, 0.0, 1.0]))


def _landscape(world: World, size: tuple[int, int]) -> FloatArray:
    """``(h, w, 3)``: the painted ground with everything that stands on it."""
    texels = int(np.clip(max(size), 192, MOST_TEXELS))
    heights, texel = relief(world, texels)
    groups = things.drawable(world, max(world.grid.extent_m) / max(size))
    ground = painted(world, texels, things.canopy(groups, heights, texel) if groups else None)
    base = stretched(ground.colour, size)
    mesh = things.mesh(groups, ground.shadow, ground.texel_m, ground.colour) if groups else None
    if world.parts:
        mesh = things.with_parts(mesh, world.parts)
    if mesh is None:
        return base
    fine = (size[0] * SAMPLES, size[1] * SAMPLES)
    camera, canvas = _camera(ground.extent_m, fine), Canvas(fine)
    rows, cols = (max(2, side // 2) for side in ground.surface.shape)
    canvas.draw(camera.project(_surface(ground.surface, ground.extent_m, rows, cols)), grid_faces(rows, cols), 0)
    first = 2 * rows * cols
    canvas.draw(camera.project(mesh.vertices), mesh.faces, first)
    ids = canvas.ids
    del canvas
    ids -= np.int32(first)
    return _mixed(base, ids, mesh.colour)


def _surface(surface: FloatArray, extent_m: tuple[float, float], rows: int, cols: int) -> FloatArray:
    """``(n, 3)`` corners of a mesh of the ground, which hides what stands behind it."""
    points = np.empty((rows + 1, cols + 1, 3), dtype=np.float32)
    points[..., 0] = np.linspace(0, extent_m[0], cols + 1)[None, :]
    points[..., 1] = np.linspace(extent_m[1], 0, rows + 1)[:, None]
    points[..., 2] = at_corners(surface, rows, cols)
    return points.reshape(-1, 3)


def _mixed(base: FloatArray, ids: NDArray[np.int32], colour: FloatArray) -> FloatArray:
    """Lay things over the ground where a sub-pixel shows one (``ids`` from 0 on)."""
    rows, cols = base.shape[:2]
    for first in range(0, rows, STRIP):  # a strip at a time, so that a large picture needs no second copy
        flat = base[first : first + STRIP].reshape(-1, 3)
        strip = ids[first * SAMPLES : (first + STRIP) * SAMPLES]
        parts = strip.reshape(-1, SAMPLES, cols, SAMPLES).swapaxes(1, 2).reshape(len(flat), SAMPLES**2)
        seen = np.flatnonzero((parts >= 0).any(axis=1))
        number = parts[seen]
        shown = np.where((number >= 0)[..., None], colour[np.maximum(number, 0)], flat[seen][:, None])
        flat[seen] = shown.mean(axis=1)
    return base


def _interior(world: World, size: tuple[int, int]) -> FloatArray:
    """``(h, w, 3)``: floors and walls in their light on a slab that reaches to the edge."""
    plan = interior_view.plan_of(world)
    pixel = world.grid.extent_m[0] / size[0]
    wide, high = (max(16, int(np.ceil(side / pixel / SHOWN))) for side in np.array(plan.high) - plan.low)
    camera, _, drawn = interior_view.drawn(world, (wide, high), "top", SAMPLES)
    east, north = world.grid.extent_m
    (left, low, _), (right, top, _) = camera.project(np.array([[0, 0, 0], [east, north, 0]], dtype=np.float32))
    inner = drawn[np.isfinite(drawn[:, drawn.shape[1] // 2, 0])]
    slab = np.nanmedian(np.concatenate([inner[2:6].reshape(-1, 3), inner[-6:-2].reshape(-1, 3)]), axis=0)
    total = np.zeros((size[1], size[0], 3), dtype=np.float32)
    for i in range(SAMPLES**2):
        x = (np.arange(size[0]) + (i % SAMPLES + 0.5) / SAMPLES) / size[0] * (right - left) + left
        y = (np.arange(size[1]) + (i // SAMPLES + 0.5) / SAMPLES) / size[1] * (low - top) + top
        total += _picked(drawn, np.floor(y).astype(np.intp), np.floor(x).astype(np.intp), slab)
    return np.asarray(total / np.float32(SAMPLES**2))


SHOWN = 0.88
"""Share of a drawn interior's picture that is not margin."""


def _picked(drawn: FloatArray, rows: NDArray[np.intp], cols: NDArray[np.intp], slab: FloatArray) -> FloatArray:
    """``(len(rows), len(cols), 3)``: pixels of a picture, the slab's tone where it shows nothing."""
    out = np.empty((len(rows), len(cols), 3), dtype=np.float32)
    out[:] = slab
    r, c = ((v >= 0) & (v < n) for v, n in zip((rows, cols), drawn.shape[:2], strict=True))
    found = drawn[np.ix_(rows[r], cols[c])]
    out[np.ix_(r, c)] = np.where(np.isnan(found), slab, found)
    return out
