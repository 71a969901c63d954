"""Clearings: openings inside a wood, as many as asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, Grid

from .cover import Cells
from .kernels.nearness import distance_cells

_RIM = 1.3  # radii from the middle of a clearing to the edge of its wood, at least
_APART = 2.7  # radii between the middles of two
_TRIED = 4000
_UNEVEN = 0.22  # of the radius, by which the edge of a clearing wanders


def clearings(grid: Grid, wood: Cells, count: int, radius_m: float, noise: FloatArray, seed: int) -> NDArray[np.int16]:
    """Open clearings in a wood, as large as asked or as the wood has room for.

    Parameters
    ----------
    grid : Grid
    wood : ndarray
        ``(rows, cols) bool`` the cells under trees.
    count : int
        How many.
    radius_m : float
        Radius at most [m].
    noise : ndarray
        ``(rows, cols) float32`` about -1 to 1: how the edges wander.
    seed : int
        What to draw.

    Returns
    -------
    ndarray
        ``(rows, cols) int16`` number of the clearing from 1, 0 elsewhere.

    Raises
    ------
    BuildError
        The wood is too small for so many.
    """
    cells = distance_cells(np.pad(wood, 1))[1:-1, 1:-1]  # the map's edge ends a wood, too
    depth = cells.astype(np.float32) * np.float32(grid.cell_size_m)
    rng = np.random.Generator(np.random.PCG64(seed))
    points = rng.uniform(0, 1, (_TRIED, 2)) * np.array(grid.extent_m)
    inside = grid.sample(depth, points).astype(np.float64)
    radius, least = radius_m, 1.6 * grid.cell_size_m
    while True:
        chosen = _spread(points[inside >= _RIM * radius], count, _APART * radius)
        if len(chosen) == count:
            return _opened(grid, wood, chosen, radius, noise)
        if radius <= least:
            told = f"at most {len(chosen)} do" if len(chosen) else "not one does"
            raise BuildError(f"{count} clearings do not fit into these woods: {told}; ask for fewer or for more forest")
        radius = max(0.88 * radius, least)


def _spread(points: NDArray[np.float64], count: int, apart: float) -> NDArray[np.float64]:
    """Return up to so many of the points ``(n, 2)``, in their order, none nearer than that to another."""
    chosen = np.empty((0, 2))
    for point in points:
        if len(chosen) == count:
            break
        if not len(chosen) or np.hypot(*(chosen - point).T).min() >= apart:
            chosen = np.concatenate([chosen, point[None]])
    return chosen


def _opened(
    grid: Grid, wood: Cells, centres: NDArray[np.float64], radius: float, noise: FloatArray
) -> NDArray[np.int16]:
    number = np.zeros(grid.shape, np.int16)
    reach = np.float32(radius) * (1 + np.float32(_UNEVEN) * np.clip(noise, -1, 1))
    for k, (x, y) in enumerate(centres.tolist(), 1):
        away = np.hypot(grid.xs()[None, :] - np.float32(x), grid.ys()[:, None] - np.float32(y))
        number[wood & (away <= reach)] = k
        number[grid.cells_of(np.array([[x, y]]))] = k
    return number


def numbered(before: NDArray[np.integer] | None, new: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the numbers of an earlier step with new ones after them."""
    if before is None:
        return new
    return np.where(new > 0, new + np.int16(before.max(initial=0)), before).astype(np.int16)
