"""Kernels of roads: the cheapest way within a grade, and strokes that press a line into the ground."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

Bools = NDArray[np.bool_]

_FIRST = ((0, 1), (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2), (1, 5), (5, 1))
MOVES = np.array(
    sorted({(sr * r, sc * c) for a, b in _FIRST for r, c in ((a, b), (b, a)) for sr in (-1, 1) for sc in (-1, 1)}),
    dtype=np.int64,
)
"""``(n, 2)`` steps in rows and columns: many directions, so that a road can climb a slope at any small angle."""


@njit(cache=True)
def cheapest_way(
    start: FloatArray, goal: Bools, blocked: Bools, wet: Bools, height: FloatArray, price: FloatArray,
    moves: NDArray[np.int64], cell: float, grade: float, earth: float, bridge: float, bend: float,
) -> NDArray[np.int64]:  # fmt: skip
    """Return the cheapest way from any start to any goal over ground that a road may climb at a grade only.

    Parameters
    ----------
    start : ndarray
        ``(rows, cols) float32`` cost of starting at a node, infinite where the way may not start.
    goal, blocked, wet : ndarray of bool
        Where it may end, where it may not go, and where it goes on a bridge.
    height, price : ndarray
        ``(rows, cols) float32`` ground [m], and cost of a metre on it.
    moves : ndarray
        ``(n, 2)`` steps; `MOVES`.
    cell, grade : float
        Distance of nodes [m]; steepest climb as a tangent.
    earth, bridge, bend : float
        Cost of a metre of height above the grade, of a metre over water, and of a turn by a right angle.

    Returns
    -------
    ndarray
        ``(n, 2) int64`` rows and columns, both ends included; empty where there is no way. Source: Galin et al. 2010.
    """
    rows, cols = height.shape
    best = np.full(rows * cols, np.inf)
    before = np.full(rows * cols, -1, dtype=np.int64)
    came = np.full(rows * cols, -1, dtype=np.int64)
    done = np.zeros(rows * cols, dtype=np.bool_)
    heap = [(0.0, np.int64(-1))]
    heap.pop()
    for r in range(rows):
        for c in range(cols):
            if np.isfinite(start[r, c]):
                best[r * cols + c] = start[r, c]
                heapq.heappush(heap, (best[r * cols + c], np.int64(r * cols + c)))
    end = np.int64(-1)
    while len(heap) > 0:
        cost, node = heapq.heappop(heap)
        if done[node]:
            continue
        done[node] = True
        r, c = node // cols, node % cols
        if goal[r, c]:
            end = node
            break
        for way in range(len(moves)):
            dr, dc = moves[way, 0], moves[way, 1]
            i, j = r + dr, c + dc
            if i < 0 or j < 0 or i >= rows or j >= cols or done[i * cols + j]:
                continue
            length = cell * np.sqrt(float(dr * dr + dc * dc))
            paid, share = _passed(r, c, dr, dc, blocked, wet, price)
            if paid < 0:
                continue
            total = cost + length * (paid * (1 - share) + bridge * share)
            climb = abs(height[i, j] - height[r, c])
            if share < 1:
                total += earth * max(climb - grade * length, 0.0) + climb
            if came[node] >= 0:
                pr, pc = moves[came[node], 0], moves[came[node], 1]
                cos = (pr * dr + pc * dc) / np.sqrt(float((pr * pr + pc * pc) * (dr * dr + dc * dc)))
                total += bend * (1 - cos) ** 1.5 * (4.0 if wet[r, c] or share > 0 else 1.0)
            if total < best[i * cols + j]:
                best[i * cols + j] = total
                before[i * cols + j] = node
                came[i * cols + j] = way
                heapq.heappush(heap, (total, np.int64(i * cols + j)))
    return _unwound(before, np.int64(end), cols)


@njit(cache=True)
def _passed(r: int, c: int, dr: int, dc: int, blocked: Bools, wet: Bools, price: FloatArray) -> tuple[float, float]:
    """Return the mean price of the nodes a step passes, negative where one is blocked, and the share that is wet."""
    steps = max(abs(dr), abs(dc))
    paid, over = 0.0, 0
    for k in range(1, steps + 1):
        rr, cc = r + int(np.round(dr * k / steps)), c + int(np.round(dc * k / steps))
        if blocked[rr, cc]:
            return -1.0, 0.0
        over += wet[rr, cc]
        paid += price[rr, cc]
    return paid / steps, over / steps


@njit(cache=True)
def _unwound(before: NDArray[np.int64], end: Any, cols: int) -> NDArray[np.int64]:
    """Return the nodes that lead to the end, from the start on."""
    length, node = 0, end
    while node >= 0:
        length, node = length + 1, before[node]
    path = np.empty((length, 2), dtype=np.int64)
    node = end
    for k in range(length - 1, -1, -1):
        path[k, 0], path[k, 1] = node // cols, node % cols
        node = before[node]
    return path


@njit(cache=True)
def stroke(
    away: FloatArray, level: FloatArray, x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64],
    cell: float, reach: float,
) -> None:  # fmt: skip
    """Lower ``away`` ``(rows, cols)`` to the distance [m] from a line, and note the line's height at the nearest point.

    Parameters
    ----------
    away, level : ndarray
        ``(rows, cols) float32``; changed in place within ``reach`` of the line.
    x, y, z : ndarray
        ``(n,)`` points of the line [m].
    cell, reach : float
        Size of a cell and how far from the line it is done [m].
    """
    rows, cols = away.shape
    for i in range(len(x) - 1):
        ux, uy = x[i + 1] - x[i], y[i + 1] - y[i]
        square = max(ux * ux + uy * uy, 1e-9)
        c0 = max(0, int((min(x[i], x[i + 1]) - reach) / cell))
        c1 = min(cols - 1, int((max(x[i], x[i + 1]) + reach) / cell))
        r0 = max(0, int(rows - 1 - (max(y[i], y[i + 1]) + reach) / cell))
        r1 = min(rows - 1, int(rows - (min(y[i], y[i + 1]) - reach) / cell))
        for r in range(r0, r1 + 1):
            py = (rows - 0.5 - r) * cell
            for c in range(c0, c1 + 1):
                px = (c + 0.5) * cell
                t = min(max(((px - x[i]) * ux + (py - y[i]) * uy) / square, 0.0), 1.0)
                far = np.sqrt((px - x[i] - t * ux) ** 2 + (py - y[i] - t * uy) ** 2)
                if far < away[r, c]:
                    away[r, c] = far
                    level[r, c] = z[i] + t * (z[i + 1] - z[i])
