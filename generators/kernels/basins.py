"""Basins: where every cell runs down to, and the lowest passes between the basins of two pits or outlets.

All kernels give the same result for any number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I8 = NDArray[np.int8]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
CHUNK = 32
"""Rows a thread walks at a time; fixed, so that no result depends on the number of threads."""
STRIP = 64
"""Rows in which passes are looked for, with a table of their own that stays in the cache."""
COUNTED = np.array([mask.bit_count() for mask in range(16)], dtype=np.uint64)
NEIGHBOURS = np.zeros((16, 4), dtype=np.int32)
"""Which neighbours a set of four holds, and how many."""
for _mask in range(16):
    NEIGHBOURS[_mask, : int(COUNTED[_mask])] = [k for k in range(4) if _mask >> k & 1]


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
    chunks = (rows + CHUNK - 1) // CHUNK
    # A thread may read what another is writing: it sees another way down or the one right answer, and either does.
    for chunk in prange(chunks):
        first = chunk * CHUNK * cols
        _shorten(found, found[first : min(first + CHUNK * cols, rows * cols)], first)
    for chunk in prange(chunks):
        first = chunk * CHUNK * cols
        _follow(found, found[first : min(first + CHUNK * cols, rows * cols)])


@njit(cache=True)
def _shorten(found: NDArray[np.int32], part: NDArray[np.int32], first: int) -> None:
    """Let cells point where the one they point to points, in three sweeps back and forth over some of the cells.

    A sweep has no branches, and few walks are left, whose lengths nothing could predict.
    """
    for sweep in range(3):
        for k in range(part.size):
            i = np.uint64(part.size - 1 - k if sweep == 1 else k)
            to = np.int64(part[i])
            part[i] = found[np.uint64(~to if to < 0 else first + np.int64(i))]


@njit(cache=True)
def _follow(found: NDArray[np.int32], part: NDArray[np.int32]) -> None:
    """Give cells the labels at the ends of their ways down."""
    for i in range(part.size):
        label = part[i]
        while label < 0:
            label = found[np.uint64(~np.int64(label))]
        part[i] = label


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
def _note(keys: NDArray[np.int64], passes: F32, low: int, high: int, value: float | np.float32) -> int:
    """Keep the smallest value of two basins in an open hash table; returns 1 where the two are new.

    Passes found one after the other stand together, and those of a basin with many neighbours apart.
    """
    room = np.uint64(keys.size - 1)
    key = (np.int64(low) << 32) | np.int64(high)
    at = np.uint64(8 * np.int64(low) + np.int64(high)) & room
    while keys[at] != key:
        if keys[at] == -1:
            keys[at], passes[at] = key, value
            return 1
        at = (at + np.uint64(1)) & room
    passes[at] = min(passes[at], value)
    return 0


@njit(parallel=True, cache=True)
def basin_passes(labels: NDArray[np.int32], height: F32, pits: int) -> tuple[NDArray[np.int64], F32]:
    """Neighbouring basins, ``low << 32 | high``, and the height of their lowest pass; some twice, from two strips."""
    rows = labels.shape[0]
    strips = (rows + STRIP - 1) // STRIP
    tables = [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in range(strips)]
    for s in prange(strips):
        tables[s] = _passes(labels, height, s * STRIP, min((s + 1) * STRIP, rows), 8 * pits // strips)
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
def _differing(labels: NDArray[np.int32], r: int, found: Bytes) -> None:
    """Fill the set of neighbours with another label for each cell of a row: bits for east, southwest, south, southeast.

    Nothing branches on what the cells hold, so that it becomes SIMD code.
    """
    rows, cols = labels.shape
    here, south = labels[r], labels[min(r + 1, rows - 1)]
    for c in range(cols - 2):
        mine = here[c + 1]
        differ = np.uint8(2) if south[c] != mine else np.uint8(0)
        differ |= np.uint8(4) if south[c + 1] != mine else np.uint8(0)
        differ |= np.uint8(8) if south[c + 2] != mine else np.uint8(0)
        differ &= np.uint8(255) if r + 1 < rows else np.uint8(0)
        differ |= np.uint8(1) if here[c + 2] != mine else np.uint8(0)
        found[c + 1] = differ
    for c in range(0, cols, max(cols - 1, 1)):
        found[c] = 0
        for k in range(4):
            r1, c1 = (r, c + 1) if k == 0 else (r + 1, c + k - 2)
            if r1 < rows and 0 <= c1 < cols and labels[r1, c1] != here[c]:
                found[c] |= np.uint8(1 << k)


@njit(cache=True)
def _pairs(found: Bytes, cells: NDArray[np.int32], pairs: NDArray[np.int32]) -> np.uint64:
    """List ``column << 2 | neighbour`` of all that a row's sets hold, without branches; return how many there are."""
    count, listed = np.uint64(0), np.uint64(0)
    for c in range(found.size):
        cells[count] = c
        count += np.uint64(found[c] != 0)
    for i in range(count):
        c = cells[np.uint64(i)]
        mask = found[np.uint32(c)]
        for k in range(4):
            pairs[listed + np.uint64(k)] = (c << 2) | NEIGHBOURS[mask, k]
        listed += COUNTED[mask]
    return listed


@njit(cache=True)
def _passes(labels: NDArray[np.int32], height: F32, first: int, end: int, room: int) -> tuple[NDArray[np.int64], F32]:
    """Hash table of the passes between rows ``first`` to ``end`` and their southern neighbours; -1 where empty."""
    rows, cols = labels.shape
    size = 256
    while size < room:
        size *= 2
    keys, passes = np.full(size, -1, np.int64), np.empty(size, np.float32)
    found, cells = np.empty(cols, np.uint8), np.empty(cols, np.int32)
    pairs = np.empty(4 * cols + 4, np.int32)
    label, level = labels.reshape(rows * cols), height.reshape(rows * cols)
    used = 0
    for r in range(first, end):
        _differing(labels, r, found)
        listed = _pairs(found, cells, pairs)
        while 2 * (used + listed) > keys.size:
            keys, passes = _doubled(keys, passes)
        used += _note_row(keys, passes, pairs[:listed], label, level, r * cols, cols)
    return keys, passes


@njit(cache=True)
def _note_row(
    keys: NDArray[np.int64], passes: F32, pairs: NDArray[np.int32], label: NDArray[np.int32], level: F32, first: int,
    cols: int,
) -> int:  # fmt: skip
    """Note the passes of a row, whose first cell is ``first``; return how many are new."""
    new = 0
    for i in range(pairs.size):
        pair = np.int64(pairs[i])
        k = pair & 3
        here = np.uint64(first + (pair >> 2))
        there = here + np.uint64(1 if k == 0 else cols + k - 2)
        mine, theirs, value = label[here], label[there], max(level[here], level[there])
        new += _note(keys, passes, min(mine, theirs), max(mine, theirs), value)
    return new


@njit(cache=True)
def _doubled(keys: NDArray[np.int64], passes: F32) -> tuple[NDArray[np.int64], F32]:
    more = np.full(2 * keys.size, -1, np.int64)
    room = np.empty(2 * keys.size, np.float32)
    for i in range(keys.size):
        if keys[i] != -1:
            _note(more, room, keys[i] >> 32, keys[i] & 0xFFFFFFFF, passes[i])
    return more, room
