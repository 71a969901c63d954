"""Islands in lakes: an exact number of them, each with water all around, and a shore of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, Grid

from .kernels.nearness import distance_cells

Labels = NDArray[np.int16]
_RIM = 0.12
"""Water around an island, as a share of the greatest distance from the shore."""
_LEAST = 4
"""Cells of the smallest island."""
_RISE, _HIGHEST_M = 0.16, 12.0
"""Height of an island over its radius, and at most [m]."""


def widened(cells: NDArray[np.int64], islands: int, share: float) -> NDArray[np.int64]:
    """``(lakes,) int64`` cells within the outline of each lake, so that its water stays as large as asked."""
    return np.asarray(np.round(cells / (1 - np.minimum(share * _each(len(cells), islands), 0.6))), dtype=np.int64)


def raised(lake: Labels, count: int, islands: int, share: float, seed: int) -> Labels:
    """Cut islands out of lakes, one lake after the other from the largest on.

    Parameters
    ----------
    lake : ndarray
        ``(rows, cols) int16``: number of the lake from 1, 0 on land.
    count, islands : int
        Lakes, and islands in all of them together.
    share : float
        Of the outline of its lake that an island covers.
    seed : int
        What to draw.

    Returns
    -------
    ndarray
        ``(rows, cols) int16``: number of the island from 1, 0 elsewhere.

    Raises
    ------
    BuildError
        A lake is too small for its islands.
    """
    found = np.zeros(lake.shape, np.int16)
    rng = np.random.default_rng(seed)
    sizes = np.bincount(lake.ravel(), minlength=count + 1)[1:]
    number = 0
    for order, k in enumerate(np.argsort(-sizes, kind="stable") + 1):
        shore = distance_cells(np.pad(lake == k, 1))[1:-1, 1:-1]
        free, rim = shore.copy(), max(1.5, _RIM * float(shore.max()))
        for _ in range(int(_each(count, islands)[order])):
            number += 1
            part = _grown(free, rim, max(round(share * int(sizes[k - 1])), _LEAST), rng)
            found[part] = number
            free = np.minimum(free, distance_cells(found != number))
    return found


def domed(grid: Grid, island: Labels, level: FloatArray) -> FloatArray:
    """``(rows, cols) float32`` ground of the islands [m]: a beach, then a low dome; the water's level elsewhere."""
    inside = distance_cells(island > 0).astype(np.float32)
    deepest = np.zeros(int(island.max()) + 1, np.float32)
    np.maximum.at(deepest, island.ravel(), inside.ravel())
    share = np.clip(inside / np.maximum(deepest[island], 1), 0, 1)
    top = np.minimum(_RISE * deepest * grid.cell_size_m, _HIGHEST_M)[island]
    return np.asarray(level + 0.15 + top * share * (2 - share), dtype=np.float32)


def _each(lakes: int, islands: int) -> NDArray[np.int64]:
    """``(lakes,) int64`` islands of each lake, the largest first."""
    return np.asarray([islands // lakes + (k < islands % lakes) for k in range(lakes)], dtype=np.int64)


def _grown(free: NDArray[np.float64], rim: float, cells: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return a ragged disc of so many cells about the place that lies farthest from all shores."""
    rows, cols = np.nonzero(free >= free.max() - 0.5)
    middle = int(np.argmin(np.hypot(rows - rows.mean(), cols - cols.mean())))
    down = np.arange(free.shape[0])[:, None] - rows[middle]
    right = np.arange(free.shape[1])[None, :] - cols[middle]
    angle = np.arctan2(down, right)
    ragged = 1 + sum(0.12 / n * np.cos(n * angle + rng.uniform(0, 2 * np.pi)) for n in (2, 3, 5))
    away = np.where(free > rim, np.hypot(down, right) / ragged, np.inf)
    nearest = np.argsort(away, axis=None, kind="stable")[:cells]
    if not np.isfinite(away.ravel()[nearest]).all():
        raise BuildError("a lake is too small for its islands; ask for fewer or smaller ones, or for a larger lake")
    part = np.zeros(free.shape, bool)
    part.ravel()[nearest] = True
    return part
