"""Depression filling in linear time: basins, the passes between them, and the lowest way out over those passes.

Every cell runs down to a pit or an outlet, which labels its basin. The spill level of a basin is the smallest possible
highest pass on its way out: a minimum spanning tree over the few passes gives it. A filled cell is then the higher of
its ground and its basin's level, exactly what a priority-flood gives (Barnes, Lehman & Mulla 2014), without a queue of
all cells; the graph of basins follows Cordonnier, Bovy & Braun 2019.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .basins import basin_passes, descend, label_basins
from .heap import heap_drop, heap_push

F32 = NDArray[np.float32]


def fill_exactly(height: F32, outlets: NDArray[np.bool_]) -> F32:
    """``(rows, cols) float32``: the lowest surface at or above ``height`` from which every cell can reach an outlet."""
    # Large arrays come from numpy, whose pages are large: those that a kernel makes cost more than its work.
    codes, labels = np.empty(height.shape, np.int8), np.empty(height.shape, np.int32)
    counted = descend(height, outlets, codes)
    pits = int(counted[-1])
    if pits == 0 or not outlets.any():
        return height.copy()
    label_basins(codes, counted, outlets, labels)
    keys, passes = basin_passes(labels, height, pits)
    order = np.argsort(passes)  # the order of equal passes changes nothing
    levels = spill_levels(keys[order], passes[order], pits)
    filled = np.empty_like(height)
    _raise_to(height, labels, levels, filled)
    return filled


@njit(cache=True)
def spill_levels(keys: NDArray[np.int64], passes: F32, pits: int) -> F32:
    """``(pits + 1,) float32`` level at which each basin spills out, from its passes in rising order (Kruskal)."""
    levels = np.full(pits + 1, -np.inf, np.float32)
    parent = np.arange(pits + 1)
    following = np.full(pits + 1, -1)  # chains of the members of each group that has not reached the outside
    last = np.arange(pits + 1)
    for k in range(keys.size):
        a, b = keys[k] >> 32, keys[k] & 0xFFFFFFFF
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a == b:
            continue
        low, high = min(a, b), max(a, b)
        parent[high] = low
        if low == 0:
            while high >= 0:
                levels[high] = passes[k]
                high = following[high]
        else:
            following[last[low]] = high
            last[low] = last[high]
    return levels


@njit(parallel=True, cache=True)
def _raise_to(height: F32, labels: NDArray[np.int32], levels: F32, filled: F32) -> None:
    for r in prange(height.shape[0]):
        for c in range(height.shape[1]):
            filled[r, c] = max(height[r, c], levels[labels[r, c]])


@njit(cache=True)
def fill_sloping(height: F32, outlets: NDArray[np.bool_], epsilon_m: float) -> F32:
    """As `fill_exactly`, but each cell ``epsilon_m`` above the one it drains to: Barnes' priority-flood + epsilon."""
    rows, cols = height.shape
    filled = height.copy()
    closed = outlets.copy()
    keys, cells = np.empty(rows * cols, np.float32), np.empty(rows * cols, np.int32)
    size = 0
    for r in range(rows):
        for c in range(cols):
            if closed[r, c]:
                size = heap_push(keys, cells, size, height[r, c], r * cols + c)
    while size:
        r, c = cells[0] // cols, cells[0] % cols
        size = heap_drop(keys, cells, size)
        for k in range(9):
            r1, c1 = r + k // 3 - 1, c + k % 3 - 1
            if 0 <= r1 < rows and 0 <= c1 < cols and not closed[r1, c1]:
                closed[r1, c1] = True
                filled[r1, c1] = max(height[r1, c1], filled[r, c] + np.float32(epsilon_m))
                size = heap_push(keys, cells, size, filled[r1, c1], r1 * cols + c1)
    return filled
