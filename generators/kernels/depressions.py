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

from .heap import heap_drop, heap_push

F32 = NDArray[np.float32]
I8 = NDArray[np.int8]
Bools = NDArray[np.bool_]
CHUNK = 16
"""Rows a thread walks at a time; fixed, so that no result depends on the number of threads."""
STRIP = 64
"""Rows in which passes are looked for, with a table of their own that stays in the cache."""


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


@njit(parallel=True, cache=True)
def descend(height: F32, fixed: Bools, codes: I8) -> NDArray[np.int64]:
    """Find the lowest neighbour of every cell.

    Parameters
    ----------
    height, fixed : ndarray
        ``(rows, cols)`` ground [m], and where nothing runs on.
    codes : ndarray
        ``(rows, cols) int8``, filled: neighbour in reading order 0..8; 4, itself, for pits and for ``fixed`` cells.
        Equal heights count as falling toward the lower cell number, so that a flat drains into one of its cells.

    Returns
    -------
    ndarray
        ``(rows + 1,) int64`` pits above each row.
    """
    rows, cols = height.shape
    pits = np.zeros(rows + 1, np.int64)
    for r in prange(rows):
        if 0 < r < rows - 1 and cols > 2:
            _descend_row(height[r - 1], height[r], height[r + 1], codes[r])
            codes[r, 0], codes[r, cols - 1] = _lowest(height, r, 0), _lowest(height, r, cols - 1)
        else:
            for c in range(cols):
                codes[r, c] = _lowest(height, r, c)
        for c in range(cols):
            if fixed[r, c]:
                codes[r, c] = 4
            elif codes[r, c] == 4:
                pits[r + 1] += 1
    return np.cumsum(pits)


@njit(cache=True)
def _descend_row(north: F32, here: F32, south: F32, codes: I8) -> None:
    """Fill the inner cells of a row; indices start at 0 and nothing branches, so that it becomes SIMD code."""
    for c in range(codes.size - 2):
        low, k = here[c + 1], np.int32(4)
        k, low = (np.int32(0) if north[c] <= low else k), min(north[c], low)
        k, low = (np.int32(1) if north[c + 1] <= low else k), min(north[c + 1], low)
        k, low = (np.int32(2) if north[c + 2] <= low else k), min(north[c + 2], low)
        k, low = (np.int32(3) if here[c] <= low else k), min(here[c], low)
        k, low = (np.int32(5) if here[c + 2] < low else k), min(here[c + 2], low)
        k, low = (np.int32(6) if south[c] < low else k), min(south[c], low)
        k, low = (np.int32(7) if south[c + 1] < low else k), min(south[c + 1], low)
        k, low = (np.int32(8) if south[c + 2] < low else k), min(south[c + 2], low)
        codes[c + 1] = np.int8(k)


@njit(cache=True)
def _lowest(height: F32, r: int, c: int) -> int:
    """Return the code of a cell at the map's border."""
    best, low = 4, height[r, c]
    for k in range(9):
        r1, c1 = r + k // 3 - 1, c + k % 3 - 1
        if 0 <= r1 < height.shape[0] and 0 <= c1 < height.shape[1] and k != 4:
            value = height[r1, c1]
            if value < low or (value == low and k < 4):
                best, low = k, value
    return best


@njit(parallel=True, cache=True)
def label_basins(codes: I8, pits: NDArray[np.int64], fixed: Bools, labels: NDArray[np.int32]) -> None:
    """Fill ``labels`` with the basin of every cell, from 1 by its pit; 0 where it runs into a ``fixed`` cell."""
    rows, cols = codes.shape
    for r in prange(rows):
        _point_down(codes, fixed, labels, r, pits[r])
    found = labels.reshape(rows * cols)
    for chunk in prange((rows + CHUNK - 1) // CHUNK):
        # A walk may read what another thread is writing: it sees "not yet" or the one right answer, and either is fine.
        for i in range(chunk * CHUNK * cols, min((chunk + 1) * CHUNK, rows) * cols):
            label = found[i]
            while label < 0:
                label = found[~label]
            down = found[i]
            at = i
            while down < 0:
                found[at] = label
                at = ~down
                down = found[at]


@njit(cache=True)
def _point_down(codes: I8, fixed: Bools, labels: NDArray[np.int32], r: int, number: int) -> None:
    """Give the cells of a row the inverse of the number of the cell they run to; pits and outlets, their labels."""
    cols = codes.shape[1]
    first, width = np.int32(r * cols), np.int32(cols)
    for c in range(cols):
        code = np.int32(codes[r, c])
        south = np.int32(code > 5) - np.int32(code < 3)
        labels[r, c] = ~(first + np.int32(c) + south * width + code - np.int32(3) * south - np.int32(4))
    for c in range(cols):
        if codes[r, c] == 4:
            number += not fixed[r, c]
            labels[r, c] = 0 if fixed[r, c] else number


@njit(cache=True)
def _note(keys: NDArray[np.int64], passes: F32, key: int | np.int64, value: float | np.float32) -> int:
    """Keep the smaller value under a key of an open hash table; returns 1 where the key is new."""
    room = keys.size - 1
    at = ((key * 0x9E3779B97F4A7C1) >> 24) & room
    while keys[at] != -1 and keys[at] != key:
        at = (at + 1) & room
    if keys[at] == key:
        passes[at] = min(passes[at], value)
        return 0
    keys[at], passes[at] = key, value
    return 1


@njit(parallel=True, cache=True)
def basin_passes(labels: NDArray[np.int32], height: F32, pits: int) -> tuple[NDArray[np.int64], F32]:
    """Neighbouring basins, ``low << 32 | high``, and the height of their lowest pass; some twice, from two strips."""
    rows = labels.shape[0]
    strips = (rows + STRIP - 1) // STRIP
    tables = [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in range(strips)]
    for s in prange(strips):
        tables[s] = _passes(labels, height, s * STRIP, min((s + 1) * STRIP, rows), 4 * pits // strips)
    count = 0
    for s in range(strips):
        count += np.sum(tables[s][0] != -1)
    keys, passes = np.empty(count, np.int64), np.empty(count, np.float32)
    at = 0
    for s in range(strips):
        more, room = tables[s]
        for i in range(more.size):
            if more[i] != -1:
                keys[at], passes[at] = more[i], room[i]
                at += 1
    return keys, passes


@njit(cache=True)
def _border_cells(labels: NDArray[np.int32], r: int, cells: NDArray[np.int32]) -> int:
    """List the columns of a row that have another basin to the east or in the row below; return how many."""
    rows, cols = labels.shape
    below = min(r + 1, rows - 1)
    cells[0], count = 0, 1
    for c in range(cols - 2):
        mine = labels[r, c + 1]
        same = (labels[r, c + 2] == mine) & (labels[below, c + 1] == mine)
        if below > r:
            same &= (labels[below, c] == mine) & (labels[below, c + 2] == mine)
        cells[count] = c + 1
        count += not same
    cells[count] = cols - 1
    return count + int(cols > 1)


@njit(cache=True)
def _passes(labels: NDArray[np.int32], height: F32, first: int, end: int, room: int) -> tuple[NDArray[np.int64], F32]:
    """Hash table of the passes between rows ``first`` to ``end`` and their southern neighbours; -1 where empty."""
    rows, cols = labels.shape
    size = 256
    while size < room:
        size *= 2
    keys, passes = np.full(size, -1, np.int64), np.empty(size, np.float32)
    cells = np.empty(cols + 1, np.int32)
    used = 0
    last, lowest = np.int64(-1), np.float32(0)  # neighbours along a border are the same two basins again and again
    for r in range(first, end):
        for i in range(_border_cells(labels, r, cells)):
            c = cells[i]
            mine, z = labels[r, c], height[r, c]
            for k in range(4):
                r1, c1 = (r, c + 1) if k == 0 else (r + 1, c + k - 2)
                if r1 >= rows or c1 < 0 or c1 >= cols or labels[r1, c1] == mine:
                    continue
                theirs = labels[r1, c1]
                key = (np.int64(min(mine, theirs)) << 32) | max(mine, theirs)
                value = max(z, height[r1, c1])
                if key == last:
                    lowest = min(lowest, value)
                    continue
                if last >= 0:
                    used += _note(keys, passes, last, lowest)
                last, lowest = key, value
                if 2 * used > keys.size:
                    keys, passes = _doubled(keys, passes)
    if last >= 0:
        _note(keys, passes, last, lowest)
    return keys, passes


@njit(cache=True)
def _doubled(keys: NDArray[np.int64], passes: F32) -> tuple[NDArray[np.int64], F32]:
    more = np.full(2 * keys.size, -1, np.int64)
    room = np.empty(2 * keys.size, np.float32)
    for i in range(keys.size):
        if keys[i] != -1:
            _note(more, room, keys[i], passes[i])
    return more, room


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
