"""Points that keep their distance: darts thrown at a map in a given order, with a spacing that may vary.

Positions hang on the map's extent, the spacing and the seed, never on the grid, so a finer grid meets the same trees.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

ROUNDS = 8
"""Darts per square of the spacing: enough that hardly any room for another point is left."""


def darts(extent_m: tuple[float, float], spacing_m: float, seed: int) -> FloatArray:
    """Return candidate points, jittered in squares of the spacing, one square after another, round after round.

    Parameters
    ----------
    extent_m : tuple of float
        East-west and north-south size of the map [m].
    spacing_m : float
        Edge of a square [m].
    seed : int
        What to draw.

    Returns
    -------
    ndarray
        ``(n, 2) float32`` x, y [m], all on the map.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    cols, rows = (max(1, int(np.ceil(side / spacing_m))) for side in extent_m)
    points = draw.random((ROUNDS, rows, cols, 2), dtype=np.float32)
    points[..., 0] += np.arange(cols, dtype=np.float32)
    points[..., 1] += np.arange(rows, dtype=np.float32)[:, None]
    points = points.reshape(-1, 2) * np.float32(spacing_m)
    return np.asarray(points[(points[:, 0] < extent_m[0]) & (points[:, 1] < extent_m[1])])


def keep_apart(
    points: FloatArray,
    radius: FloatArray,
    taken: FloatArray,
    taken_radius: FloatArray,
    extent_m: tuple[float, float],
    limit: int,
) -> NDArray[np.intp]:
    """Take the points in order, leaving out each that is too near to one already there.

    Two points are too near when their distance is below the mean of their radii.

    Parameters
    ----------
    points : ndarray
        ``(n, 2) float32`` x, y [m].
    radius : ndarray
        ``(n,) float32`` distance that each keeps [m], above 0.
    taken, taken_radius : ndarray
        The same for points that already stand.
    extent_m : tuple of float
        Size of the map [m].
    limit : int
        How many to take at most.

    Returns
    -------
    ndarray
        Indices of the points taken, in order.

    Notes
    -----
    Dart throwing on a hashed lattice, after Bridson, *Fast Poisson disk sampling in arbitrary dimensions* (2007).
    """
    if not len(points) or limit <= 0:
        return np.empty(0, dtype=np.intp)
    # Not below a part of the map: the lattice must fit into memory.
    reach = float(max(radius.max(), taken_radius.max(initial=0.0), max(extent_m) / 2048))
    room = (float(extent_m[0]), float(extent_m[1]))
    return np.asarray(_keep_apart(points, radius, taken, taken_radius, room, reach, limit))


@njit(cache=True)
def _keep_apart(
    points: FloatArray,
    radius: FloatArray,
    taken: FloatArray,
    taken_radius: FloatArray,
    extent: tuple[float, float],
    reach: float,
    limit: int,
) -> NDArray[np.intp]:
    # Squares as large as the largest distance kept: whoever is too near sits in one of the nine around.
    cols, rows = int(extent[0] / reach) + 1, int(extent[1] / reach) + 1
    head = np.full(rows * cols, -1, np.int64)
    following = np.full(len(taken) + len(points), -1, np.int64)
    old = len(taken)
    for k in range(old):
        at = _square(taken[k, 0], taken[k, 1], reach, rows, cols)
        following[k], head[at] = head[at], k
    chosen = np.empty(min(limit, len(points)), np.intp)
    n = 0
    for k in range(len(points)):
        x, y = points[k, 0], points[k, 1]
        at = _square(x, y, reach, rows, cols)
        free = True
        for r in range(max(at // cols - 1, 0), min(at // cols + 2, rows)):
            for c in range(max(at % cols - 1, 0), min(at % cols + 2, cols)):
                other = head[r * cols + c]
                while other >= 0 and free:
                    if other < old:
                        dx, dy, kept = taken[other, 0] - x, taken[other, 1] - y, taken_radius[other] + radius[k]
                    else:
                        j = other - old
                        dx, dy, kept = points[j, 0] - x, points[j, 1] - y, radius[j] + radius[k]
                    free = 4 * (dx * dx + dy * dy) >= kept * kept
                    other = following[other]
        if free:
            following[old + k], head[at] = head[at], old + k
            chosen[n] = k
            n += 1
            if n >= limit:
                break
    return chosen[:n]


@njit(cache=True, inline="always")
def _square(x: float, y: float, edge: float, rows: int, cols: int) -> int:
    return min(max(int(y / edge), 0), rows - 1) * cols + min(max(int(x / edge), 0), cols - 1)


def hashed(points: FloatArray, salt: int) -> FloatArray:
    """``(n,) float32`` numbers in [0, 1) that depend on each point ``(n, 2) float32`` and the salt alone.

    A thing's turn and size so stay the same when another thing comes or goes (splitmix64, Steele et al. 2014).
    """
    bits = np.ascontiguousarray(points[:, :2], dtype=np.float32).view(np.uint32).astype(np.uint64)
    mixed = bits[:, 0] << np.uint64(32) | bits[:, 1]
    mixed += np.uint64((salt * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return ((mixed >> np.uint64(40)).astype(np.float32)) / np.float32(1 << 24)
