"""Ways through level ground: breadth first from the cells where it has a lower neighbour.

All kernels give the same result for any number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Bytes = NDArray[np.uint8]


def resolve_flats(height: F32, leaves: NDArray[np.bool_], to: I32) -> None:
    """Lead level cells that have no lower neighbour to the nearest level cell that has one.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols) float32`` ground [m].
    leaves : ndarray of bool
        ``(rows, cols)`` where water ends.
    to : ndarray
        ``(rows, cols) int32`` receivers, filled in where a cell is its own and level ground leads on.
    """
    rows, cols = height.shape
    waits, first = np.zeros((rows + 2, cols + 2), np.uint8), np.empty(height.shape, np.uint8)
    _first_wave(height, leaves, to, waits, first)
    _lead(height, to.ravel(), waits, first, np.empty(height.size, np.int32))


@njit(parallel=True, cache=True)
def _first_wave(height: F32, leaves: NDArray[np.bool_], to: I32, waits: Bytes, first: Bytes) -> None:
    """Sort the cells of padded maps: 1 in ``waits`` where no neighbour is lower, a way on in ``first`` where one helps.

    The way is that to the first level neighbour that drains, 1 to 9 in reading order, and 0 where there is none.
    """
    rows, cols = height.shape
    for r in prange(rows):
        for c in range(cols):
            waits[r + 1, c + 1] = (to[r, c] == r * cols + c) & (not leaves[r, c])
    for r in prange(rows):
        if 0 < r < rows - 1 and cols > 2:
            _first_row(height, waits, first, r)
        for c in range(0, cols, max(cols - 1, 1) if 0 < r < rows - 1 else 1):
            first[r, c] = _first_at(height, waits, r, c)


@njit(cache=True)
def _first_row(height: F32, waits: Bytes, first: Bytes, r: int) -> None:
    """Fill the inner cells of a row, in the reverse of the order of preference, and without branches."""
    for c in range(height.shape[1] - 2):
        z, way = height[r, c + 1], np.uint8(0)
        way = np.uint8(9) if (height[r + 1, c + 2] == z) & (waits[r + 2, c + 3] == 0) else way
        way = np.uint8(7) if (height[r + 1, c] == z) & (waits[r + 2, c + 1] == 0) else way
        way = np.uint8(3) if (height[r - 1, c + 2] == z) & (waits[r, c + 3] == 0) else way
        way = np.uint8(1) if (height[r - 1, c] == z) & (waits[r, c + 1] == 0) else way
        way = np.uint8(8) if (height[r + 1, c + 1] == z) & (waits[r + 2, c + 2] == 0) else way
        way = np.uint8(6) if (height[r, c + 2] == z) & (waits[r + 1, c + 3] == 0) else way
        way = np.uint8(4) if (height[r, c] == z) & (waits[r + 1, c + 1] == 0) else way
        way = np.uint8(2) if (height[r - 1, c + 1] == z) & (waits[r, c + 2] == 0) else way
        first[r, c + 1] = way * waits[r + 1, c + 2]


@njit(cache=True)
def _first_at(height: F32, waits: Bytes, r: int, c: int) -> int:
    """Return the way of a cell at the map's border."""
    rows, cols = height.shape
    for k in (1, 3, 5, 7, 0, 2, 6, 8):
        r1, c1 = r + k // 3 - 1, c + k % 3 - 1
        level = 0 <= r1 < rows and 0 <= c1 < cols and height[r1, c1] == height[r, c]
        if level and waits[r + 1, c + 1] and not waits[r1 + 1, c1 + 1]:
            return k + 1
    return 0


@njit(cache=True)
def _lead(height: F32, to: I32, waits: Bytes, first: Bytes, queue: I32) -> None:
    """Lead the first wave, and then those that wait for it."""
    rows, cols = height.shape
    tail = 0
    for r in range(rows):
        for c in range(cols):
            queue[tail] = r * cols + c
            tail += first[r, c] > 0
    for i in range(tail):
        at = queue[i]
        way = np.int32(first[at // cols, at % cols]) - 1
        to[at] = at + (way // 3 - 1) * cols + way % 3 - 1
        waits[at // cols + 1, at % cols + 1] = 0
    _spread(height.reshape(rows * cols), waits.reshape(waits.size), to, queue, tail, cols)


@njit(cache=True)
def _spread(level: F32, waits: NDArray[np.uint8], to: I32, queue: I32, tail: int, cols: int) -> None:
    """Lead the cells that wait beside level ones in the queue there; they join it."""
    wide = cols + 2
    head = 0
    while head < tail:
        at = queue[head]
        head += 1
        beside = at + 2 * (at // cols) + wide + 1  # the same cell in the padded map
        z = level[at]
        for k in (1, 3, 5, 7, 0, 2, 6, 8):
            r, c = k // 3 - 1, k % 3 - 1
            if waits[beside + r * wide + c]:
                there = at + r * cols + c
                if level[there] == z:
                    waits[beside + r * wide + c] = 0
                    to[there] = at
                    queue[tail] = there
                    tail += 1
