"""Patches that grow cell by cell: each on ground of its own, lowest potential first."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .heap import heap_drop, heap_push

F32 = NDArray[np.float32]


@njit(parallel=True, cache=True)
def territories(
    x: F32, y: F32, centres: NDArray[np.float64], radii: NDArray[np.float64], gap: float
) -> NDArray[np.int16]:
    """Divide the map among discs, with no man's land between.

    Parameters
    ----------
    x, y : ndarray
        ``(cols,)`` and ``(rows,)`` positions of the cell centres [m].
    centres, radii : ndarray
        ``(n, 2)`` x, y and ``(n,)`` radii [m].
    gap : float
        Width of the strip between neighbours [m].

    Returns
    -------
    ndarray
        ``(rows, cols) int16`` number of the disc whose rim is nearest, -1 in between.
    """
    owner = np.full((y.size, x.size), np.int16(-1))
    for r in prange(y.size):
        for c in range(x.size):
            best, second, who = np.inf, np.inf, -1
            for k in range(radii.size):
                d = np.hypot(x[c] - centres[k, 0], y[r] - centres[k, 1]) - radii[k]
                if d < best:
                    best, second, who = d, best, k
                elif d < second:
                    second = d
            if second - best >= gap:
                owner[r, c] = who
    return owner


@njit(cache=True)
def grow(potential: F32, ground: NDArray[np.bool_], seed: int, wanted: int) -> NDArray[np.int32]:
    """Take cells from a seed outward, always the neighbour (of four) with the lowest potential.

    Parameters
    ----------
    potential : ndarray
        ``(rows, cols) float32``.
    ground : ndarray of bool
        ``(rows, cols)`` cells that may be taken.
    seed : int
        Number (row * cols + col) of the first cell.
    wanted : int
        How many to take.

    Returns
    -------
    ndarray
        ``(m,) int32`` cells in the order taken; fewer than wanted where the ground ends.
    """
    rows, cols = potential.shape
    seen = np.zeros(rows * cols, np.bool_)
    room = 4 * wanted + 8
    keys, cells = np.empty(room, np.float32), np.empty(room, np.int32)
    taken = np.empty(wanted, np.int32)
    size, m = heap_push(keys, cells, 0, potential[seed // cols, seed % cols], seed), 0
    seen[seed] = True
    while size and m < wanted:
        at = cells[0]
        size = heap_drop(keys, cells, size)
        taken[m] = at
        m += 1
        r, c = at // cols, at % cols
        for k in (1, 3, 5, 7):
            r1, c1 = r + k // 3 - 1, c + k % 3 - 1
            if 0 <= r1 < rows and 0 <= c1 < cols and ground[r1, c1] and not seen[r1 * cols + c1]:
                seen[r1 * cols + c1] = True
                size = heap_push(keys, cells, size, potential[r1, c1], r1 * cols + c1)
    return taken[:m]
