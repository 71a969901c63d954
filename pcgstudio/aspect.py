"""Where to look at a landscape from: from the south-west, unless what it is about is then hidden."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .block import grid_faces
from .raster import Canvas, look
from .shading import resized
from .world import FloatArray, World

AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG = -26.0, 36.0, 20.0
"""The usual view."""

OTHERS_DEG = (26.0, -64.0, 64.0, -116.0, 116.0, -154.0, 154.0)
"""Where else the eye may stand, the most usual places first: 0 in the south, 90 in the east."""

SUBJECTS = ("cave_mouth", "hole", "canyon", "cliff")
"""Layers of what can turn its back to the eye, in the order of how much a map is about them."""

FLOOR_PERCENT = 40
"""How much of a canyon is its floor."""

ENOUGH, GOOD = 0.6, 0.85
"""Share of the best sight from which the usual view stays, and from which another will do."""

CELLS, PIXELS = 160, (400, 260)
"""Cells on the longer side of the ground that sights are compared on, and the size of the picture."""


def azimuth(world: World) -> float:
    """Return the azimuth [degrees] from which the subject of a landscape is seen, as in `raster.look`."""
    name = next((name for name in SUBJECTS if name in world and (world[name] > 0).any()), None)
    if name is None:
        return AZIMUTH_DEG
    whole = world[name] > 0
    shrink = min(1.0, CELLS / max(whole.shape))
    shape = (max(2, round(whole.shape[0] * shrink)), max(2, round(whole.shape[1] * shrink)))
    ground, cell = resized(world["height"], shape), world.grid.extent_m[0] / shape[1]
    there = np.zeros(shape, dtype=bool)
    rows, cols = np.nonzero(whole)
    there[rows * shape[0] // whole.shape[0], cols * shape[1] // whole.shape[1]] = True
    if name == "canyon":  # it is about its floor
        there &= ground <= np.percentile(ground[there], FLOOR_PERCENT)
    usual, *others = (_sight(ground, there, cell, degrees) for degrees in (AZIMUTH_DEG, *OTHERS_DEG))
    best = max(usual, *others)
    if usual >= ENOUGH * best:
        return AZIMUTH_DEG
    return next(degrees for degrees, sight in zip(OTHERS_DEG, others, strict=True) if sight >= GOOD * best)


def _sight(ground: FloatArray, subject: NDArray[np.bool_], cell: float, degrees: float) -> float:
    """How much of the subject is seen from an azimuth: its share in sight, counted by how far it faces the eye."""
    rows, cols = ground.shape
    x, y = (np.arange(cols) + 0.5) * cell, (rows - 0.5 - np.arange(rows)) * cell
    points = np.stack([*np.broadcast_arrays(x[None, :], y[:, None]), ground], axis=-1).reshape(-1, 3)
    camera = look(degrees, ELEVATION_DEG, FOV_DEG, points.astype(np.float32), PIXELS, 0.02)
    seen = camera.project(points)
    canvas = Canvas(PIXELS)
    canvas.draw(seen, grid_faces(rows - 1, cols - 1), 0)
    at = np.flatnonzero(subject)
    col, row = (np.clip(seen[at, k], 0, PIXELS[k] - 1).astype(np.intp) for k in (0, 1))
    quad = canvas.ids[row, col] // 2  # the ground that hides a point lies farther off than its neighbours
    away = np.hypot(quad // (cols - 1) - at // cols, quad % (cols - 1) - at % cols)
    south, east = np.gradient(ground, cell)
    normal = np.stack([-east, south, np.ones_like(east)], axis=-1).reshape(-1, 3)[at]
    facing = np.maximum(normal @ camera.eye / np.linalg.norm(normal, axis=1), 0)
    return float((facing * ((away < 3) & (quad >= 0))).mean())
