"""Perlin and value noise over a grid, tile by tile, with everything that depends on one axis hoisted.

Along the lattice line ``J`` the corners left and right of every column are mixed once (``P``, ``Q``); all rows of
samples between two lattice lines then need contiguous loads and a handful of products, no gathers:
``n = n0 + v (n1 - n0)``, ``n0 = P0 + Q0 f``, ``n1 = P1 + Q1 (f - 1)``.

Arrays are handed on whole, with indices: a slice costs reference counts, and its unknown stride forbids SIMD code.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

from .noise_points import BILLOW, FBM, HYBRID_GAIN, HYBRID_OFFSET, RIDGED

TILE_COLS, TILE_ROWS = 512, 64
"""Samples a tile: its rows and the lines of its columns stay in the nearest caches."""

_0, _1, _2 = np.float32(0), np.float32(1), np.float32(2)
_6, _10, _15 = np.float32(6), np.float32(10), np.float32(15)
_LOW_BITS = np.uint16(255)

Doubles = NDArray[np.float64]
Pairs = NDArray[np.complex128]
Ints = NDArray[np.uint16]
Slots = NDArray[np.uint32]


@njit(cache=True)
def _columns(
    xs: Doubles, first: int, freq: float, offset: float, perm: Ints, slot: Slots, fu: FloatArray, hashed: Slots
) -> int:
    """Fill each column's lattice slot, its fraction and fade, and the hashes of the lattice columns; count these."""
    mask, cols = perm.size // 2 - 1, slot.size
    start = np.int64(np.floor(xs[first] * freq + offset))
    used = np.int64(np.floor(xs[first + cols - 1] * freq + offset)) - start + 2
    for c in range(cols):
        x = xs[first + c] * freq + offset
        floor = np.floor(x)
        t = np.float32(x - floor)
        fu[0, c], fu[1, c] = t, t * t * t * (t * (t * _6 - _15) + _10)
        slot[c] = np.uint32(np.int64(floor) - start)
    if used <= 2 * cols:
        for i in range(used):
            hashed[i] = perm[(start + i) & mask]
        return int(used)
    for c in range(cols):  # the lattice is finer than the columns: each has two lattice columns of its own
        i = start + slot[c]
        hashed[2 * c], hashed[2 * c + 1] = perm[i & mask], perm[(i + 1) & mask]
        slot[c] = 2 * c
    return 2 * cols


@njit(cache=True)
def _line(
    j: int, perm: Ints, gradients: Doubles, is_value: bool, hashed: Slots, used: int, pairs: Pairs, slot: Slots,
    wide: Pairs, fu: FloatArray, lines: FloatArray, at: int,
) -> None:  # fmt: skip
    """Mix the corners on the lattice line ``j`` for every column: ``lines[at]``, height and slope northward.

    Both gradients that a column needs travel as one number of 16 bytes: one copy in place of four gathers.
    """
    row = np.uint32(j & (perm.size // 2 - 1))
    left = gradients[perm[hashed[0] + row] & _LOW_BITS]
    for i in range(used - 1):
        right = gradients[perm[hashed[i + 1] + row] & _LOW_BITS]
        pairs[i] = complex(left, right)
        left = right
    for c in range(slot.size):
        wide[c] = pairs[slot[c]]
    corner = wide.view(np.float32)
    if is_value:
        for c in range(slot.size):
            lines[at, 0, c] = corner[4 * c] + fu[1, c] * (corner[4 * c + 2] - corner[4 * c])
            lines[at, 1, c] = _0
        return
    for c in range(slot.size):
        f, u = fu[0, c], fu[1, c]
        low, up = corner[4 * c] * f, corner[4 * c + 1]
        lines[at, 0, c] = low + u * (corner[4 * c + 2] * (f - _1) - low)
        lines[at, 1, c] = up + u * (corner[4 * c + 3] - up)


@njit(cache=True)
def _noise(lines: FloatArray, a: int, b: int, c: int, f: np.float32, v: np.float32) -> np.float32:
    """Noise in column ``c``, ``f`` of the way from line ``a`` to line ``b``, which fades to ``v``."""
    low = lines[a, 0, c] + lines[a, 1, c] * f
    return np.float32(low + v * (lines[b, 0, c] + lines[b, 1, c] * (f - _1) - low))


@njit(cache=True)
def _add(
    out: FloatArray, weight: FloatArray, start: int, end: int, fs: FloatArray, lines: FloatArray, a: int, b: int,
    fractal: int, amp: np.float32,
) -> None:  # fmt: skip
    """Add one octave to the rows between two lattice lines, as `noise_points.combine` does to a run."""
    for r in range(start, end):
        f = fs[r]
        v = f * f * f * (f * (f * _6 - _15) + _10)
        if fractal == FBM:
            for c in range(out.shape[1]):
                out[r, c] += amp * _noise(lines, a, b, c, f, v)
        elif fractal == BILLOW:
            for c in range(out.shape[1]):
                out[r, c] += amp * abs(_noise(lines, a, b, c, f, v))
        elif fractal == RIDGED:
            for c in range(out.shape[1]):
                ridge = _1 - abs(_noise(lines, a, b, c, f, v))
                signal = ridge * ridge * weight[r, c]
                weight[r, c] = min(max(signal * _2, _0), _1)
                out[r, c] += amp * signal
        else:
            for c in range(out.shape[1]):
                signal = (_noise(lines, a, b, c, f, v) + HYBRID_OFFSET) * weight[r, c]
                weight[r, c] = min(max(signal * HYBRID_GAIN, _0), _1)
                out[r, c] += amp * signal


@njit(cache=True)
def _tile(
    out: FloatArray, xs: Doubles, ys: Doubles, top: int, first: int, is_value: bool, fractal: int, freq: Doubles,
    amps: FloatArray, offsets: Doubles, perm: Ints, gradients: Doubles, factor: np.float32, base: np.float32,
) -> None:  # fmt: skip
    """Fill the tile whose first sample lies in row ``top``, column ``first``."""
    rows, cols = min(TILE_ROWS, ys.size - top), min(TILE_COLS, xs.size - first)
    raw = np.zeros((rows, cols), np.float32)
    slot, hashed, fu = np.empty(cols, np.uint32), np.empty(2 * cols, np.uint32), np.empty((2, cols), np.float32)
    pairs, wide = np.empty(2 * cols, np.complex128), np.empty(cols, np.complex128)
    lines, weight = np.empty((2, 2, cols), np.float32), np.ones(raw.shape if fractal > BILLOW else (1, 1), np.float32)
    js, fs = np.empty(rows, np.int64), np.empty(rows, np.float32)
    held = np.empty(2, np.int64)  # which lattice line the even and the odd part of `lines` belong to
    for k in range(freq.size):
        used = _columns(xs, first, freq[k], offsets[k, 0], perm, slot, fu, hashed)
        for r in range(rows):
            y = ys[top + r] * freq[k] + offsets[k, 1]
            js[r] = np.int64(np.floor(y))
            fs[r] = np.float32(y - np.floor(y))
        held[0], held[1] = 1, 0  # no line yet: an even line never has an odd number
        r = np.int64(0)  # type: ignore[assignment]  # numba would compile `_add` once more for a plain 0
        while r < rows:
            j, end = js[r], r + 1
            while end < rows and js[end] == j:
                end += 1
            for line in (j, j + 1):
                if held[line & 1] != line:
                    _line(line, perm, gradients, is_value, hashed, used, pairs, slot, wide, fu, lines, line & 1)
                    held[line & 1] = line
            _add(raw, weight, r, end, fs, lines, j & 1, (j + 1) & 1, fractal, amps[k])
            r = end
    for r in range(rows):
        for c in range(cols):
            out[top + r, first + c] = raw[r, c] * factor + base


@njit(cache=True, parallel=True)
def sample_rows(
    out: FloatArray,
    xs: Doubles,
    ys: Doubles,
    is_value: bool,
    fractal: int,
    freq: Doubles,
    amps: FloatArray,
    offsets: Doubles,
    perm: Ints,
    gradients: Doubles,
    scale: float,
    shift: float,
) -> None:
    """Fill ``out`` ``(rows, cols)`` with ``raw * scale + shift``; ``xs`` must rise; every fractal but swiss.

    ``gradients`` holds the x and y of each gradient, float32, as the bytes of one number.
    """
    rows, cols = out.shape
    across = (cols + TILE_COLS - 1) // TILE_COLS
    factor, base = np.float32(scale), np.float32(shift)
    for tile in prange(across * ((rows + TILE_ROWS - 1) // TILE_ROWS)):
        top, first = tile // across * TILE_ROWS, tile % across * TILE_COLS
        _tile(out, xs, ys, top, first, is_value, fractal, freq, amps, offsets, perm, gradients, factor, base)
