"""Perlin and value noise over a grid, tile by tile, with everything that depends on one axis hoisted.

Along the lattice line ``J`` the corners left and right of every column are mixed once (``P``, ``Q``); all rows of
samples between two lattice lines then need contiguous loads and a handful of products, no gathers:
``n = n0 + v (n1 - n0)``, ``n0 = P0 + Q0 f``, ``n1 = P1 + Q1 (f - 1)``.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

from .noise_points import BILLOW, combine

TILE_COLS, TILE_ROWS = 256, 64
"""Samples a tile: its output and the lines of its columns stay in the nearest caches."""

_0, _1 = np.float32(0), np.float32(1)
_6, _10, _15 = np.float32(6), np.float32(10), np.float32(15)

Doubles = NDArray[np.float64]
Ints = NDArray[np.uint16]
Slots = NDArray[np.uint32]


@njit(cache=True)
def _columns(
    xs: Doubles, freq: float, offset: float, perm: Ints, slot: Slots, f: FloatArray, u: FloatArray, hashed: Slots
) -> int:
    """Fill each column's lattice slot, fraction and fade, and the hashes of the lattice columns used; count these."""
    mask = perm.size // 2 - 1
    used, last = 0, np.int64(0)
    for c in range(xs.size):
        x = xs[c] * freq + offset
        floor = np.floor(x)
        i = np.int64(floor)
        t = np.float32(x - floor)
        f[c] = t
        u[c] = t * t * t * (t * (t * _6 - _15) + _10)
        if used == 0 or i > last:  # positions rise with the column: `last` is the newest lattice column in use
            hashed[used] = perm[i & mask]
            used += 1
        if used == 1 or i + 1 > last:
            hashed[used] = perm[(i + 1) & mask]
            used += 1
            last = i + 1
        slot[c] = used - 2
    return used


@njit(cache=True)
def _line(
    j: int, perm: Ints, gx: FloatArray, gy: FloatArray, is_value: bool, hashed: Slots, used: int,
    corner: FloatArray, slot: Slots, f: FloatArray, u: FloatArray, p: FloatArray, q: FloatArray,
) -> None:  # fmt: skip
    """Mix the corners on the lattice line ``j`` for every column: height ``p`` and slope northward ``q``."""
    row = np.uint32(j & (perm.size // 2 - 1))
    one = np.uint32(1)
    for i in range(used):
        h = perm[hashed[i] + row] & np.uint16(255)
        corner[0, i], corner[1, i] = gx[h], gy[h]
    if is_value:
        for c in range(f.size):
            left = corner[0, slot[c]]
            p[c] = left + u[c] * (corner[0, slot[c] + one] - left)
            q[c] = _0
        return
    for c in range(f.size):
        s = slot[c]
        left, up = corner[0, s] * f[c], corner[1, s]
        p[c] = left + u[c] * (corner[0, s + one] * (f[c] - _1) - left)
        q[c] = up + u[c] * (corner[1, s + one] - up)


@njit(cache=True)
def _between(p0: FloatArray, q0: FloatArray, p1: FloatArray, q1: FloatArray, f: np.float32, n: FloatArray) -> None:
    """Fill a row of noise ``f`` of the way from one lattice line to the next."""
    v = f * f * f * (f * (f * _6 - _15) + _10)
    g = f - _1
    for c in range(n.size):
        low = p0[c] + q0[c] * f
        n[c] = low + v * (p1[c] + q1[c] * g - low)


@njit(cache=True)
def _tile(
    out: FloatArray, xs: Doubles, ys: Doubles, is_value: bool, fractal: int, freq: Doubles, amps: FloatArray,
    offsets: Doubles, perm: Ints, gx: FloatArray, gy: FloatArray,
) -> None:  # fmt: skip
    """Fill one tile with the raw sum of its octaves."""
    cols = xs.size
    slot, hashed = np.empty(cols, np.uint32), np.empty(2 * cols + 2, np.uint32)
    corner = np.empty((2, 2 * cols + 2), np.float32)
    columns, lines, n = np.empty((2, cols), np.float32), np.empty((4, cols), np.float32), np.empty(cols, np.float32)
    weight = np.ones(out.shape if fractal > BILLOW else (1, cols), np.float32)
    held = np.empty(2, np.int64)  # which lattice line the even and the odd pair of `lines` belong to
    f, u = columns[0], columns[1]
    out[:] = _0
    for k in range(freq.size):
        used = _columns(xs, freq[k], offsets[k, 0], perm, slot, f, u, hashed)
        held[0], held[1] = 1, 0  # no line yet: an even line never has an odd number
        for r in range(ys.size):
            y = ys[r] * freq[k] + offsets[k, 1]
            floor = np.floor(y)
            j = np.int64(floor)
            for line in (j, j + 1):
                at = line & 1
                if held[at] != line:
                    p, q = lines[2 * at], lines[2 * at + 1]
                    _line(line, perm, gx, gy, is_value, hashed, used, corner, slot, f, u, p, q)  # type: ignore[arg-type]  # numba computes in float32; numpy's stubs are wider
                    held[at] = line
            a, b = 2 * (j & 1), 2 * ((j + 1) & 1)
            _between(lines[a], lines[a + 1], lines[b], lines[b + 1], np.float32(y - floor), n)
            combine(out[r], weight[r if fractal > BILLOW else 0], n, fractal, amps[k])


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
    gx: FloatArray,
    gy: FloatArray,
    scale: float,
    shift: float,
) -> None:
    """Fill ``out`` ``(rows, cols)`` with ``raw * scale + shift``; ``xs`` must rise; every fractal but swiss."""
    rows, cols = out.shape
    across = (cols + TILE_COLS - 1) // TILE_COLS
    factor, base = np.float32(scale), np.float32(shift)
    for tile in prange(across * ((rows + TILE_ROWS - 1) // TILE_ROWS)):
        r, c = tile // across * TILE_ROWS, tile % across * TILE_COLS
        part = out[r : r + TILE_ROWS, c : c + TILE_COLS]
        _tile(part, xs[c : c + TILE_COLS], ys[r : r + TILE_ROWS], is_value, fractal, freq, amps, offsets, perm, gx, gy)
        for i in range(part.shape[0]):
            for k in range(part.shape[1]):
                part[i, k] = part[i, k] * factor + base
