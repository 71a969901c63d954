"""Cheapest way over a small lattice of nodes where turning costs too."""

from __future__ import annotations

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray


@njit(cache=True)
def cheapest(
    start: FloatArray,
    goal: NDArray[np.bool_],
    free: NDArray[np.bool_],
    east: FloatArray,
    south: FloatArray,
    turn: float,
) -> NDArray[np.int64]:
    """Return the cheapest path from any start over free nodes to any goal.

    Parameters
    ----------
    start : ndarray
        ``(rows, cols) float32`` cost of starting at a node, infinite where the path may not start.
    goal, free : ndarray
        ``(rows, cols) bool`` nodes where it may end, and which it may use on the way.
    east, south : ndarray
        ``(rows, cols) float32`` cost of the step to the eastern and to the southern neighbour.
    turn : float
        Cost of a change of direction.

    Returns
    -------
    ndarray
        ``(n, 2) int64`` rows and columns, start and goal included; empty where there is no way.
    """
    rows, cols = free.shape
    down, right = (0, 1, 0, -1), (1, 0, -1, 0)
    best = np.full(rows * cols * 5, np.inf)
    before = np.full(rows * cols * 5, -1, dtype=np.int64)
    heap = [(0.0, np.int64(-1))]
    heap.pop()
    for r in range(rows):
        for c in range(cols):
            if np.isfinite(start[r, c]):
                state = np.int64((r * cols + c) * 5 + 4)
                best[state] = start[r, c]
                heapq.heappush(heap, (best[state], state))
    end = np.int64(-1)
    while len(heap) > 0:
        cost, state = heapq.heappop(heap)
        if cost > best[state]:
            continue
        node, came = state // 5, state % 5
        r, c = node // cols, node % cols
        if goal[r, c] and came < 4:
            end = state
            break
        for way in range(4):
            i, j = r + down[way], c + right[way]
            if i < 0 or j < 0 or i >= rows or j >= cols or not (free[i, j] or goal[i, j]):
                continue
            step = east[r, min(c, j)] if way % 2 == 0 else south[min(r, i), c]
            total = cost + step
            if came < 4 and came != way:
                total += turn
            ahead = np.int64((i * cols + j) * 5 + way)
            if total < best[ahead]:
                best[ahead] = total
                before[ahead] = state
                heapq.heappush(heap, (total, ahead))
    length, state = 0, end
    while state >= 0:
        length, state = length + 1, before[state]
    path = np.empty((length, 2), dtype=np.int64)
    state = end
    for k in range(length - 1, -1, -1):
        path[k, 0], path[k, 1] = (state // 5) // cols, (state // 5) % cols
        state = before[state]
    return path
