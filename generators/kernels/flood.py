"""The flood that finds valleys, and what lies along the ways out of it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .heap import heap_drop, heap_push

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


@njit(cache=True)
def flood_tree(height: F32, outlets: NDArray[np.bool_], blocked: NDArray[np.bool_]) -> tuple[I32, I32]:
    """Flood inland from the outlets, over the lowest cell so far; each cell drains to where it was reached from.

    Unlike D8 on a filled surface the ways keep to the floors of depressions: over the lowest pass, down to the pit and
    out again (the A* search of GRASS r.watershed: Metz, Mitasova & Harmon 2011).

    Parameters
    ----------
    height : ndarray
        ``(rows, cols) float32`` ground [m].
    outlets, blocked : ndarray of bool
        ``(rows, cols)`` where water ends, and where it may not go.

    Returns
    -------
    receivers : ndarray
        ``(rows*cols,) int32``; -1 where no outlet is reached, an outlet is its own.
    order : ndarray
        ``(m,) int32`` cells in the order in which the flood reached them, receivers before those they receive from.
    """
    rows, cols = height.shape
    to, order = np.full(rows * cols, -1, np.int32), np.empty(rows * cols, np.int32)
    reached = 0
    keys, cells = np.empty(rows * cols, np.float32), np.empty(rows * cols, np.int32)
    size = 0
    for at in range(rows * cols):
        if outlets[at // cols, at % cols]:
            to[at] = at
            order[reached] = at
            reached += 1
            size = heap_push(keys, cells, size, height[at // cols, at % cols], at)
    while size:
        at = cells[0]
        size = heap_drop(keys, cells, size)
        r, c = at // cols, at % cols
        for k in (1, 3, 5, 7, 0, 2, 6, 8):
            r1, c1 = r + k // 3 - 1, c + k % 3 - 1
            there = r1 * cols + c1
            if 0 <= r1 < rows and 0 <= c1 < cols and to[there] < 0 and not blocked[r1, c1]:
                to[there] = at
                order[reached] = there
                reached += 1
                size = heap_push(keys, cells, size, height[r1, c1], there)
    return to, order[:reached]


@njit(cache=True)
def along_tree(
    to: NDArray[np.int32], order: NDArray[np.int32], height: F32, region: NDArray[np.bool_], cell: float
) -> tuple[F32, F32, F32, F32]:
    """Measure the way out from every cell of a flood tree.

    Parameters
    ----------
    to, order : ndarray
        As `flood_tree` returns them.
    height : ndarray
        ``(rows, cols) float32`` ground [m].
    region : ndarray of bool
        ``(rows, cols)`` the part of the map whose share of the way is wanted.
    cell : float
        Edge of a cell [m].

    Returns
    -------
    length, inside, climb, straight : ndarray
        ``(rows*cols,) float32`` length of the way, its part in the region, the rises it cuts through, and the straight
        distance between its ends [m].
    """
    n = to.size
    cols = height.shape[1]
    z, member = height.reshape(n), region.reshape(n)
    length, inside, climb = np.zeros(n, np.float32), np.zeros(n, np.float32), np.zeros(n, np.float32)
    straight, mouth = np.zeros(n, np.float32), np.arange(n)
    for k in range(order.size):
        i = order[k]
        down = to[i]
        if down == i:
            continue
        beside = i // cols == down // cols or i % cols == down % cols
        step = np.float32(cell if beside else cell * np.sqrt(2.0))
        mouth[i] = mouth[down]
        straight[i] = cell * np.hypot(i // cols - mouth[i] // cols, i % cols - mouth[i] % cols)
        length[i] = length[down] + step
        inside[i] = inside[down] + (step if member[i] else np.float32(0))
        climb[i] = climb[down] + max(z[down] - z[i], np.float32(0))
    return length, inside, climb, straight
