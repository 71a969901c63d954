"""Basis functions and fractals for samples anywhere: scattered points, warped grids, and bases that no axis separates.

Everything works on runs of up to `RUN` samples, because a call per sample would cost more than the noise. Positions
are float64 lattice units (float32 loses the fraction far from the origin), the arithmetic is float32. Numba caches
by the file of the kernel: after an edit here delete the compiled files of `noise_rows` too.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

PERLIN, SIMPLEX, VALUE, WORLEY = 0, 1, 2, 3
FBM, BILLOW, RIDGED, HYBRID, SWISS = 0, 1, 2, 3, 4
BASES = {"perlin": PERLIN, "simplex": SIMPLEX, "value": VALUE, "worley": WORLEY}
FRACTALS = {"fbm": FBM, "billow": BILLOW, "ridged": RIDGED, "hybrid": HYBRID, "swiss": SWISS}
RUN = 256

_F2, _G2D = 0.3660254037844386, 0.21132486540518713  # (sqrt(3) - 1) / 2 and (3 - sqrt(3)) / 6, Gustavson 2005
_G2 = np.float32(_G2D)
_0, _1, _2, _HALF, _8 = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5), np.float32(8)
_6, _10, _15, _30, _70 = np.float32(6), np.float32(10), np.float32(15), np.float32(30), np.float32(70)
HYBRID_OFFSET = np.float32(0.7)  # Musgrave's choice for hybrid multifractals
HYBRID_GAIN = np.float32(1.5)  # Musgrave multiplies by the amplitude, which leaves no detail at a gain of one half
_SWISS_WARP = 0.15  # de Carpentier's choice
_ONE = np.uint32(1)
_LOW_BITS = np.uint16(255)

Doubles = NDArray[np.float64]
Ints = NDArray[np.uint16]


@njit(cache=True)
def _perlin(x: Doubles, y: Doubles, perm: Ints, gx: FloatArray, gy: FloatArray, slopes: bool, n: FloatArray) -> None:
    """Improved gradient noise (Perlin 2002)."""
    mask = np.int64(perm.size // 2 - 1)
    for c in range(x.size):
        xi, yi = np.floor(x[c]), np.floor(y[c])
        fx, fy = np.float32(x[c] - xi), np.float32(y[c] - yi)
        i, j = np.int64(xi), np.int64(yi)
        j0, j1 = np.uint32(j & mask), np.uint32((j + 1) & mask)
        a, b = np.uint32(perm[np.uint32(i & mask)]), np.uint32(perm[np.uint32((i + 1) & mask)])
        h00, h01 = perm[a + j0] & _LOW_BITS, perm[a + j1] & _LOW_BITS
        h10, h11 = perm[b + j0] & _LOW_BITS, perm[b + j1] & _LOW_BITS
        u = fx * fx * fx * (fx * (fx * _6 - _15) + _10)
        v = fy * fy * fy * (fy * (fy * _6 - _15) + _10)
        n00, n10 = gx[h00] * fx + gy[h00] * fy, gx[h10] * (fx - _1) + gy[h10] * fy
        n01, n11 = gx[h01] * fx + gy[h01] * (fy - _1), gx[h11] * (fx - _1) + gy[h11] * (fy - _1)
        low, high = n00 + u * (n10 - n00), n01 + u * (n11 - n01)
        n[0, c] = low + v * (high - low)
        if slopes:
            gx0, gx1 = gx[h00] + u * (gx[h10] - gx[h00]), gx[h01] + u * (gx[h11] - gx[h01])
            gy0, gy1 = gy[h00] + u * (gy[h10] - gy[h00]), gy[h01] + u * (gy[h11] - gy[h01])
            du, dv = _30 * fx * fx * (fx - _1) * (fx - _1), _30 * fy * fy * (fy - _1) * (fy - _1)
            n[1, c] = gx0 + v * (gx1 - gx0) + du * ((n10 - n00) + v * (n11 - n01 - n10 + n00))
            n[2, c] = gy0 + v * (gy1 - gy0) + dv * (high - low)


@njit(cache=True)
def _simplex(x: Doubles, y: Doubles, perm: Ints, gx: FloatArray, gy: FloatArray, slopes: bool, n: FloatArray) -> None:
    """Simplex noise in two dimensions (Perlin 2001; Gustavson 2005)."""
    mask = np.int64(perm.size // 2 - 1)
    for c in range(x.size):
        s = (x[c] + y[c]) * _F2
        xi, yi = np.floor(x[c] + s), np.floor(y[c] + s)
        t = (xi + yi) * _G2D
        x0, y0 = np.float32(x[c] - (xi - t)), np.float32(y[c] - (yi - t))
        i1 = np.uint32(x0 > y0)
        j1 = np.uint32(_ONE - i1)
        i, j = np.uint32(np.int64(xi) & mask), np.uint32(np.int64(yi) & mask)
        x1, y1 = x0 - np.float32(i1) + _G2, y0 - np.float32(j1) + _G2
        x2, y2 = x0 + (_G2 * _2 - _1), y0 + (_G2 * _2 - _1)
        h0 = perm[i + perm[j]] & _LOW_BITS
        h1 = perm[i + i1 + perm[j + j1]] & _LOW_BITS
        h2 = perm[i + _ONE + perm[j + _ONE]] & _LOW_BITS
        f0 = max(_HALF - x0 * x0 - y0 * y0, _0)
        f1 = max(_HALF - x1 * x1 - y1 * y1, _0)
        f2 = max(_HALF - x2 * x2 - y2 * y2, _0)
        g0, g1, g2 = gx[h0] * x0 + gy[h0] * y0, gx[h1] * x1 + gy[h1] * y1, gx[h2] * x2 + gy[h2] * y2
        p0, p1, p2 = f0 * f0 * f0, f1 * f1 * f1, f2 * f2 * f2
        n[0, c] = (p0 * f0 * g0 + p1 * f1 * g1 + p2 * f2 * g2) * _70
        if slopes:
            ax, bx, cx = f0 * gx[h0] - _8 * x0 * g0, f1 * gx[h1] - _8 * x1 * g1, f2 * gx[h2] - _8 * x2 * g2
            ay, by, cy = f0 * gy[h0] - _8 * y0 * g0, f1 * gy[h1] - _8 * y1 * g1, f2 * gy[h2] - _8 * y2 * g2
            n[1, c] = (p0 * ax + p1 * bx + p2 * cx) * _70
            n[2, c] = (p0 * ay + p1 * by + p2 * cy) * _70


@njit(cache=True)
def _value(x: Doubles, y: Doubles, perm: Ints, values: FloatArray, slopes: bool, n: FloatArray) -> None:
    """Random values on a lattice, interpolated by a quintic."""
    mask = np.int64(perm.size // 2 - 1)
    for c in range(x.size):
        xi, yi = np.floor(x[c]), np.floor(y[c])
        fx, fy = np.float32(x[c] - xi), np.float32(y[c] - yi)
        i, j = np.int64(xi), np.int64(yi)
        j0, j1 = np.uint32(j & mask), np.uint32((j + 1) & mask)
        a, b = np.uint32(perm[np.uint32(i & mask)]), np.uint32(perm[np.uint32((i + 1) & mask)])
        n00, n01 = values[perm[a + j0] & _LOW_BITS], values[perm[a + j1] & _LOW_BITS]
        n10, n11 = values[perm[b + j0] & _LOW_BITS], values[perm[b + j1] & _LOW_BITS]
        u = fx * fx * fx * (fx * (fx * _6 - _15) + _10)
        v = fy * fy * fy * (fy * (fy * _6 - _15) + _10)
        low, high = n00 + u * (n10 - n00), n01 + u * (n11 - n01)
        n[0, c] = low + v * (high - low)
        if slopes:
            n[1, c] = _30 * fx * fx * (fx - _1) * (fx - _1) * ((n10 - n00) + v * (n11 - n01 - n10 + n00))
            n[2, c] = _30 * fy * fy * (fy - _1) * (fy - _1) * (high - low)


@njit(cache=True)
def _worley(x: Doubles, y: Doubles, perm: Ints, px: FloatArray, py: FloatArray, slopes: bool, n: FloatArray) -> None:
    """1 - 2 F1: cones around one jittered point a cell (Worley 1996)."""
    mask = np.int64(perm.size // 2 - 1)
    for c in range(x.size):
        xi, yi = np.floor(x[c]), np.floor(y[c])
        fx, fy = np.float32(x[c] - xi), np.float32(y[c] - yi)
        i, j = np.int64(xi), np.int64(yi)
        best, bx, by = np.float32(9), _0, _0
        for di in range(-1, 2):
            a = np.uint32(perm[np.uint32((i + di) & mask)])
            for dj in range(-1, 2):
                h = perm[a + np.uint32((j + dj) & mask)] & _LOW_BITS
                dx, dy = fx - np.float32(di) - px[h], fy - np.float32(dj) - py[h]
                d = dx * dx + dy * dy
                nearer = d < best
                best, bx, by = (d if nearer else best), (dx if nearer else bx), (dy if nearer else by)
        far = np.sqrt(best)
        n[0, c] = _1 - _2 * far
        if slopes:
            inverse = -_2 / max(far, np.float32(1e-6))
            n[1, c], n[2, c] = bx * inverse, by * inverse


@njit(cache=True)
def combine(out: FloatArray, weight: FloatArray, n: FloatArray, fractal: int, amp: np.float32) -> None:
    """Add one octave ``n`` to a run: fBm, billow, and Musgrave's ridged and hybrid multifractals (1989)."""
    if fractal == FBM:
        for c in range(n.size):
            out[c] += amp * n[c]
    elif fractal == BILLOW:
        for c in range(n.size):
            out[c] += amp * abs(n[c])
    elif fractal == RIDGED:
        for c in range(n.size):
            ridge = _1 - abs(n[c])
            signal = ridge * ridge * weight[c]
            weight[c] = min(max(signal * _2, _0), _1)
            out[c] += amp * signal
    else:
        for c in range(n.size):
            signal = (n[c] + HYBRID_OFFSET) * weight[c]
            weight[c] = min(max(signal * HYBRID_GAIN, _0), _1)
            out[c] += amp * signal


@njit(cache=True)
def _combine_swiss(out: FloatArray, weight: FloatArray, n: FloatArray, drawn: Doubles, amp: np.float32) -> None:
    """Add one octave of ridges whose slopes are drawn out by what is there (de Carpentier, "swiss turbulence")."""
    for c in range(out.size):
        strength = amp * weight[c]
        out[c] += strength * (_1 - abs(n[0, c]))
        drawn[0, c] -= np.float64(strength * n[1, c] * n[0, c])
        drawn[1, c] -= np.float64(strength * n[2, c] * n[0, c])
        weight[c] *= min(max(out[c], _0), _1)


@njit(cache=True)
def _run(
    out: FloatArray, x: Doubles, y: Doubles, basis: int, fractal: int, freq: Doubles, amps: FloatArray,
    offsets: Doubles, perm: Ints, gx: FloatArray, gy: FloatArray, factor: np.float32, base: np.float32,
) -> None:  # fmt: skip
    """Fill a run of samples at ``x``, ``y`` in lattice units of the first octave."""
    size, swiss = out.size, fractal == SWISS
    weight, n = np.ones(size, np.float32), np.empty((3, size), np.float32)
    drawn, at = np.zeros((2, size), np.float64), np.empty((2, size), np.float64)
    out[:] = _0
    for k in range(freq.size):
        for c in range(size):
            at[0, c] = (x[c] + _SWISS_WARP * drawn[0, c]) * freq[k] + offsets[k, 0]
            at[1, c] = (y[c] + _SWISS_WARP * drawn[1, c]) * freq[k] + offsets[k, 1]
        if basis == PERLIN:
            _perlin(at[0], at[1], perm, gx, gy, swiss, n)
        elif basis == SIMPLEX:
            _simplex(at[0], at[1], perm, gx, gy, swiss, n)
        elif basis == VALUE:
            _value(at[0], at[1], perm, gx, swiss, n)
        else:
            _worley(at[0], at[1], perm, gx, gy, swiss, n)
        if swiss:
            _combine_swiss(out, weight, n, drawn, amps[k])
        else:
            combine(out, weight, n[0], fractal, amps[k])
    for c in range(size):
        out[c] = out[c] * factor + base


@njit(cache=True, parallel=True)
def sample_points(
    out: FloatArray, xs: Doubles, ys: Doubles, basis: int, fractal: int, freq: Doubles, amps: FloatArray,
    offsets: Doubles, perm: Ints, gx: FloatArray, gy: FloatArray, scale: float, shift: float,
) -> None:  # fmt: skip
    """Fill ``out`` ``(n,)`` with ``raw * scale + shift`` at positions ``xs``, ``ys`` ``(n,)`` in lattice units."""
    factor, base = np.float32(scale), np.float32(shift)
    for run in prange((out.size + RUN - 1) // RUN):
        i, k = run * RUN, min((run + 1) * RUN, out.size)
        _run(out[i:k], xs[i:k], ys[i:k], basis, fractal, freq, amps, offsets, perm, gx, gy, factor, base)


@njit(cache=True, parallel=True)
def sample_grid(
    out: FloatArray, xs: Doubles, ys: Doubles, warp: float, warps: FloatArray, basis: int, fractal: int,
    freq: Doubles, amps: FloatArray, offsets: Doubles, perm: Ints, gx: FloatArray, gy: FloatArray,
    scale: float, shift: float,
) -> None:  # fmt: skip
    """Fill ``out`` ``(rows, cols)`` at columns ``xs``, rows ``ys``, moved by ``warp`` times the warps."""
    rows, cols = out.shape
    factor, base = np.float32(scale), np.float32(shift)
    across = (cols + RUN - 1) // RUN
    for run in prange(rows * across):
        r, i = run // across, run % across * RUN
        k = min(i + RUN, cols)
        x, y = xs[i:k].copy(), np.full(k - i, ys[r])
        if warp > 0:
            for c in range(k - i):
                x[c] += warp * warps[0, r, i + c]
                y[c] += warp * warps[1, r, i + c]
        _run(out[r, i:k], x, y, basis, fractal, freq, amps, offsets, perm, gx, gy, factor, base)
