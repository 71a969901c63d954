"""A binary heap of (key, cell) pairs inside flat arrays, for flood kernels.

Equal keys come out in the order of their cell numbers, so a flood is the same on every platform.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, inline="always")
def _before(key: float, cell: int, other_key: float, other_cell: int) -> bool:
    return key < other_key or (key == other_key and cell < other_cell)


@njit(cache=True)
def heap_push(keys: NDArray[np.float32], cells: NDArray[np.int32], size: int, key: float, cell: int) -> int:
    """Add a pair to the first ``size`` entries of both arrays; returns the new size."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if not _before(key, cell, keys[up], cells[up]):
            break
        keys[at], cells[at] = keys[up], cells[up]
        at = up
    keys[at], cells[at] = key, cell
    return size + 1


@njit(cache=True)
def heap_drop(keys: NDArray[np.float32], cells: NDArray[np.int32], size: int) -> int:
    """Remove the first (smallest) pair, which the caller has read at index 0; returns the new size."""
    size -= 1
    key, cell = keys[size], cells[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and _before(keys[child + 1], cells[child + 1], keys[child], cells[child]):
            child += 1
        if not _before(keys[child], cells[child], key, cell):
            break
        keys[at], cells[at] = keys[child], cells[child]
        at = child
    keys[at], cells[at] = key, cell
    return size
