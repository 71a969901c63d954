"""Basis functions, fractals, and the kernels that evaluate them sample by sample.

Bases return the value and both partial derivatives per lattice unit; where a fractal does not use the derivatives the
compiler drops them. Positions are float64 lattice units (float32 loses the fraction far from the origin), fractions
float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

PERLIN, SIMPLEX, VALUE, WORLEY = 0, 1, 2, 3
FBM, BILLOW, RIDGED, HYBRID, SWISS = 0, 1, 2, 3, 4

_F2 = 0.3660254037844386  # 0.5 * (sqrt(3) - 1), Gustavson 2005
_G2 = np.float32(0.21132486540518713)  # (3 - sqrt(3)) / 6
_0, _1, _2, _HALF = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5)
_6, _10, _15, _30, _70 = np.float32(6), np.float32(10), np.float32(15), np.float32(30), np.float32(70)
_8 = np.float32(8)
_HYBRID_OFFSET = np.float32(0.7)  # Musgrave's choice for hybrid multifractals
_SWISS_WARP = 0.15  # de Carpentier's choice

Doubles = NDArray[np.float64]
Ints = NDArray[np.uint16]
Three = tuple[np.float32, np.float32, np.float32]


@njit(cache=True)
def _perlin(x: float, y: float, perm: Ints, gx: FloatArray, gy: FloatArray) -> Three:
    """Improved gradient noise (Perlin 2002)."""
    mask = perm.size // 2 - 1
    xi, yi = np.floor(x), np.floor(y)
    fx, fy = np.float32(x - xi), np.float32(y - yi)
    i, j = np.int64(xi), np.int64(yi)
    a, b = np.int64(perm[i & mask]), np.int64(perm[(i + 1) & mask])
    j0, j1 = j & mask, (j + 1) & mask
    h00, h01 = perm[a + j0] & 255, perm[a + j1] & 255
    h10, h11 = perm[b + j0] & 255, perm[b + j1] & 255
    u = fx * fx * fx * (fx * (fx * _6 - _15) + _10)
    v = fy * fy * fy * (fy * (fy * _6 - _15) + _10)
    n00 = gx[h00] * fx + gy[h00] * fy
    n10 = gx[h10] * (fx - _1) + gy[h10] * fy
    n01 = gx[h01] * fx + gy[h01] * (fy - _1)
    n11 = gx[h11] * (fx - _1) + gy[h11] * (fy - _1)
    low, high = n00 + u * (n10 - n00), n01 + u * (n11 - n01)
    du = _30 * fx * fx * (fx - _1) * (fx - _1)
    dv = _30 * fy * fy * (fy - _1) * (fy - _1)
    gx0, gx1 = gx[h00] + u * (gx[h10] - gx[h00]), gx[h01] + u * (gx[h11] - gx[h01])
    gy0, gy1 = gy[h00] + u * (gy[h10] - gy[h00]), gy[h01] + u * (gy[h11] - gy[h01])
    cross = (n10 - n00) + v * (n11 - n01 - n10 + n00)
    return low + v * (high - low), gx0 + v * (gx1 - gx0) + du * cross, gy0 + v * (gy1 - gy0) + dv * (high - low)


@njit(cache=True)
def _corner(h: int, x: np.float32, y: np.float32, gx: FloatArray, gy: FloatArray) -> Three:
    """Return the contribution of one corner of a simplex, with derivatives."""
    f = _HALF - x * x - y * y
    if f <= _0:
        return _0, _0, _0
    g = gx[h] * x + gy[h] * y
    f2 = f * f
    f4 = f2 * f2
    return f4 * g, f4 * gx[h] - _8 * x * f * f2 * g, f4 * gy[h] - _8 * y * f * f2 * g


@njit(cache=True)
def _simplex(x: float, y: float, perm: Ints, gx: FloatArray, gy: FloatArray) -> Three:
    """Simplex noise in two dimensions (Perlin 2001; Gustavson 2005)."""
    mask = perm.size // 2 - 1
    s = (x + y) * _F2
    xi, yi = np.floor(x + s), np.floor(y + s)
    t = (xi + yi) * 0.21132486540518713
    x0, y0 = np.float32(x - (xi - t)), np.float32(y - (yi - t))
    i1 = np.int64(x0 > y0)
    j1 = 1 - i1
    i, j = np.int64(xi) & mask, np.int64(yi) & mask
    a, ax, ay = _corner(perm[i + perm[j]] & 255, x0, y0, gx, gy)
    b, bx, by = _corner(perm[i + i1 + perm[j + j1]] & 255, x0 - np.float32(i1) + _G2, y0 - np.float32(j1) + _G2, gx, gy)
    c, cx, cy = _corner(perm[i + 1 + perm[j + 1]] & 255, x0 + _G2 * _2 - _1, y0 + _G2 * _2 - _1, gx, gy)
    return (a + b + c) * _70, (ax + bx + cx) * _70, (ay + by + cy) * _70


@njit(cache=True)
def _value(x: float, y: float, perm: Ints, values: FloatArray, _unused: FloatArray) -> Three:
    """Random values on a lattice, interpolated by a quintic."""
    mask = perm.size // 2 - 1
    xi, yi = np.floor(x), np.floor(y)
    fx, fy = np.float32(x - xi), np.float32(y - yi)
    i, j = np.int64(xi), np.int64(yi)
    a, b = np.int64(perm[i & mask]), np.int64(perm[(i + 1) & mask])
    j0, j1 = j & mask, (j + 1) & mask
    n00, n01 = values[perm[a + j0] & 255], values[perm[a + j1] & 255]
    n10, n11 = values[perm[b + j0] & 255], values[perm[b + j1] & 255]
    u = fx * fx * fx * (fx * (fx * _6 - _15) + _10)
    v = fy * fy * fy * (fy * (fy * _6 - _15) + _10)
    low, high = n00 + u * (n10 - n00), n01 + u * (n11 - n01)
    du = _30 * fx * fx * (fx - _1) * (fx - _1)
    dv = _30 * fy * fy * (fy - _1) * (fy - _1)
    return low + v * (high - low), du * ((n10 - n00) + v * (n11 - n01 - n10 + n00)), dv * (high - low)


@njit(cache=True)
def _worley(x: float, y: float, perm: Ints, px: FloatArray, py: FloatArray) -> Three:
    """1 - 2 F1: cones around one jittered point a cell (Worley 1996)."""
    mask = perm.size // 2 - 1
    xi, yi = np.floor(x), np.floor(y)
    fx, fy = np.float32(x - xi), np.float32(y - yi)
    i, j = np.int64(xi), np.int64(yi)
    best, bx, by = np.float32(9), _0, _0
    for di in range(-1, 2):
        a = np.int64(perm[(i + di) & mask])
        for dj in range(-1, 2):
            h = perm[a + ((j + dj) & mask)] & 255
            dx = fx - (np.float32(di) + px[h])
            dy = fy - (np.float32(dj) + py[h])
            d = dx * dx + dy * dy
            if d < best:
                best, bx, by = d, dx, dy
    far = np.sqrt(best)
    inverse = _2 / max(far, np.float32(1e-6))
    return _1 - _2 * far, -bx * inverse, -by * inverse


@njit(cache=True)
def _basis(kind: int, x: float, y: float, perm: Ints, gx: FloatArray, gy: FloatArray) -> Three:
    if kind == PERLIN:
        return _perlin(x, y, perm, gx, gy)
    if kind == SIMPLEX:
        return _simplex(x, y, perm, gx, gy)
    if kind == VALUE:
        return _value(x, y, perm, gx, gy)
    return _worley(x, y, perm, gx, gy)


@njit(cache=True)
def _swiss(
    x: float, y: float, basis: int, freq: Doubles, amps: FloatArray, offsets: Doubles, tables: Any
) -> np.float32:
    """Ridges whose slopes are drawn out by the derivative of what is there (de Carpentier, "swiss turbulence")."""
    total, damp, dx, dy = _0, _1, 0.0, 0.0
    for k in range(freq.size):
        sx, sy = (x + _SWISS_WARP * dx) * freq[k], (y + _SWISS_WARP * dy) * freq[k]
        n, nx, ny = _basis(basis, sx + offsets[k, 0], sy + offsets[k, 1], tables[0], tables[1], tables[2])
        amp = amps[k] * damp
        total += amp * (_1 - abs(n))
        dx -= np.float64(amp * nx * n)
        dy -= np.float64(amp * ny * n)
        damp *= min(max(total, _0), _1)
    return total


@njit(cache=True)
def _sample(
    x: float, y: float, basis: int, fractal: int, freq: Doubles, amps: FloatArray, offsets: Doubles, tables: Any
) -> np.float32:
    """Return the raw fractal sum at one position in lattice units of the first octave (Musgrave 1989)."""
    if fractal == SWISS:
        return _swiss(x, y, basis, freq, amps, offsets, tables)
    total, weight = _0, _1
    for k in range(freq.size):
        sx, sy = x * freq[k] + offsets[k, 0], y * freq[k] + offsets[k, 1]
        n, _nx, _ny = _basis(basis, sx, sy, tables[0], tables[1], tables[2])
        if fractal == FBM:
            total += amps[k] * n
        elif fractal == BILLOW:
            total += amps[k] * abs(n)
        elif fractal == RIDGED:
            signal = (_1 - abs(n)) * (_1 - abs(n)) * weight
            weight = min(max(signal * _2, _0), _1)
            total += amps[k] * signal
        else:
            signal = (n + _HYBRID_OFFSET) * amps[k]
            total += weight * signal
            weight = min(weight * signal, _1) if k else min(signal, _1)
    return total


@njit(cache=True, parallel=True)
def sample_grid(
    out: FloatArray,
    xs: Doubles,
    ys: Doubles,
    warp: float,
    warps: FloatArray,
    basis: int,
    fractal: int,
    freq: Doubles,
    amps: FloatArray,
    offsets: Doubles,
    tables: Any,
    scale: float,
    shift: float,
) -> None:
    """Fill ``out`` ``(rows, cols)`` with ``raw * scale + shift``; ``warps`` ``(2, rows, cols)`` is read if warp > 0."""
    factor, base = np.float32(scale), np.float32(shift)
    for r in prange(ys.size):
        for c in range(xs.size):
            x, y = xs[c], ys[r]
            if warp > 0:
                x += warp * warps[0, r, c]
                y += warp * warps[1, r, c]
            out[r, c] = _sample(x, y, basis, fractal, freq, amps, offsets, tables) * factor + base


@njit(cache=True, parallel=True)
def sample_points(
    out: FloatArray,
    xs: Doubles,
    ys: Doubles,
    basis: int,
    fractal: int,
    freq: Doubles,
    amps: FloatArray,
    offsets: Doubles,
    tables: Any,
    scale: float,
    shift: float,
) -> None:
    """Fill ``out`` ``(n,)`` with ``raw * scale + shift`` at positions ``xs``, ``ys`` ``(n,)`` in lattice units."""
    factor, base = np.float32(scale), np.float32(shift)
    for i in prange(xs.size):
        out[i] = _sample(xs[i], ys[i], basis, fractal, freq, amps, offsets, tables) * factor + base
