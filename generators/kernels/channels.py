"""Lines over a grid: the nearest place on a line for every cell beside it, and the cells a line crosses."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@njit(cache=True)
def nearest_on_line(
    x: F32, y: F32, reach: F32, new: NDArray[np.bool_], cell: float, shape: tuple[int, int]
) -> tuple[F32, F32]:
    """Find the nearest place on polylines for the cells around them.

    Parameters
    ----------
    x, y : ndarray
        ``(n,) float32`` corners of the lines, one after the other [m from the south-west corner].
    reach : ndarray
        ``(n,) float32`` how far to either side cells are wanted [m].
    new : ndarray of bool
        ``(n,)`` True where a new line starts.
    cell : float
        Edge of a cell [m].
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    away : ndarray
        ``(rows, cols) float32`` distance to the nearest line [m]; infinite beyond its reach.
    place : ndarray
        ``(rows, cols) float32`` where on the lines that is, in corners.
    """
    rows, cols = shape
    away, place = np.full((rows, cols), np.float32(np.inf)), np.zeros((rows, cols), np.float32)
    for i in range(x.size - 1):
        if new[i + 1]:
            continue
        dx, dy = x[i + 1] - x[i], y[i + 1] - y[i]
        square = max(dx * dx + dy * dy, np.float32(1e-12))
        r = max(reach[i], reach[i + 1])
        c0 = max(0, int(np.floor((min(x[i], x[i + 1]) - r) / cell)))
        c1 = min(cols - 1, int(np.floor((max(x[i], x[i + 1]) + r) / cell)))
        r0 = max(0, rows - 1 - int(np.floor((max(y[i], y[i + 1]) + r) / cell)))
        r1 = min(rows - 1, rows - 1 - int(np.floor((min(y[i], y[i + 1]) - r) / cell)))
        for row in range(r0, r1 + 1):
            py = np.float32((rows - 0.5 - row) * cell) - y[i]
            for col in range(c0, c1 + 1):
                px = np.float32((col + 0.5) * cell) - x[i]
                t = min(max((px * dx + py * dy) / square, np.float32(0)), np.float32(1))
                d = np.hypot(px - t * dx, py - t * dy)
                if d < away[row, col] and d <= r:
                    away[row, col], place[row, col] = d, np.float32(i) + t
    return away, place


@njit(cache=True)
def cells_crossed(x: F32, y: F32, new: NDArray[np.bool_], cell: float, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """``(rows, cols)`` True on the cells that polylines cross (as `nearest_on_line`); each line is 8-connected."""
    rows, cols = shape
    crossed = np.zeros((rows, cols), np.bool_)
    for i in range(x.size):
        last = i if i == 0 or new[i] else i - 1
        steps = 1 + int(2 * max(abs(x[i] - x[last]), abs(y[i] - y[last])) / cell)
        for k in range(steps + 1):
            t = k / steps
            col = int(np.floor((x[last] + t * (x[i] - x[last])) / cell))
            row = rows - 1 - int(np.floor((y[last] + t * (y[i] - y[last])) / cell))
            crossed[min(max(row, 0), rows - 1), min(max(col, 0), cols - 1)] = True
    return crossed
