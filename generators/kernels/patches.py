"""Patches of an exact number of cells, each in one piece, grown from a start within a zone of its own."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

from .heap import heap_drop, heap_push


@njit(cache=True)
def grow(
    cost: FloatArray,
    zone: NDArray[np.int32],
    starts: NDArray[np.int64],
    quotas: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Grow one patch per start, cheapest neighbour first.

    Parameters
    ----------
    cost : ndarray
        ``(rows, cols) float32``: a patch takes cheap cells early.
    zone : ndarray
        ``(rows, cols) int32``: patch k stays on cells of zone k; -1 belongs to nobody.
    starts : ndarray
        ``(n,)`` flat index of the cell where each begins; it lies in its own zone.
    quotas : ndarray
        ``(n,)`` cells that each wants.

    Returns
    -------
    patch : ndarray
        ``(rows, cols) int32``: the patch of each cell, -1 for none; each is 4-connected.
    grown : ndarray
        ``(n,)`` cells that each got: fewer than wanted where its zone is full.
    """
    rows, cols = cost.shape
    patch = np.full(rows * cols, -1, np.int32)
    seen = np.zeros(rows * cols, np.bool_)
    flat_cost, flat_zone = cost.ravel(), zone.ravel()
    keys, cells = np.empty(rows * cols + 1, np.float32), np.empty(rows * cols + 1, np.int32)
    grown = np.zeros(len(starts), np.int64)
    for k in range(len(starts)):
        size = heap_push(keys, cells, 0, flat_cost[starts[k]], starts[k])
        seen[starts[k]] = True
        while size > 0 and grown[k] < quotas[k]:
            at = cells[0]
            size = heap_drop(keys, cells, size)
            patch[at] = k
            grown[k] += 1
            row, col = at // cols, at % cols
            for side in range(4):
                r, c = row + (side == 0) - (side == 1), col + (side == 2) - (side == 3)
                if r < 0 or r >= rows or c < 0 or c >= cols:
                    continue
                to = r * cols + c
                if flat_zone[to] == k and not seen[to]:
                    seen[to] = True
                    size = heap_push(keys, cells, size, flat_cost[to], to)
    return patch.reshape(rows, cols), grown
