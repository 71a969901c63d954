"""Density fields over a lattice of voxels: distance to worms, and value noise in space."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

Number = Any
"""A float32 number: annotated loosely, because Python's float is not what the kernels compute with."""

CHUNK = 24
"""Voxels along an edge of the blocks in which a field is worked out; those far from everything are passed over."""

_0, _1, _2, _3 = np.float32(0), np.float32(1), np.float32(2), np.float32(3)


@njit(cache=True)
def _corner(x: int, y: int, z: int, seed: int) -> Number:
    """Random value in [-1, 1] of a corner of the noise's lattice."""
    h = (x * 374761393 + y * 668265263 + z * 2147483647 + seed * 974711) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2246822519) & 0xFFFFFFFF
    return np.float32(((h ^ (h >> 15)) & 0xFFFF) / 32767.5 - 1.0)


@njit(cache=True)
def noise3(x: float, y: float, z: float, seed: int) -> Number:
    """Value noise in space, smooth, in [-1, 1]; the lattice has an edge of 1."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = np.float32(x - i), np.float32(y - j), np.float32(z - k)
    u, v, w = u * u * (_3 - _2 * u), v * v * (_3 - _2 * v), w * w * (_3 - _2 * w)
    total = _0
    for d in range(8):
        a, b, c = d & 1, (d >> 1) & 1, d >> 2
        weight = (u if a else _1 - u) * (v if b else _1 - v) * (w if c else _1 - w)
        total += weight * _corner(i + a, j + b, k + c, seed)
    return total


@njit(cache=True)
def fbm3(x: float, y: float, z: float, octaves: int, seed: int) -> Number:
    """Sum of octaves of `noise3`, each half as large and twice as fine, about in [-1, 1]."""
    total, size, sum_ = _0, _1, _0
    for o in range(octaves):
        f = 2.0**o
        total += size * noise3(x * f, y * f, z * f, seed + 17 * o)
        sum_ += size
        size *= np.float32(0.5)
    return total / sum_


@njit(cache=True)
def _nearest(x: float, y: float, z: float, lines: FloatArray, some: NDArray[np.int64], count: int) -> tuple[
    Number, Number
]:  # fmt: skip
    """Return the distance to the nearest of some worms' skins [m], negative inside, and the floor there [m]."""
    best, floor = np.float32(1e9), np.float32(0)
    for n in range(count):
        s = some[n]
        ax, ay, az, ar = lines[s, 0], lines[s, 1], lines[s, 2], lines[s, 3]
        dx, dy, dz = lines[s, 4] - ax, lines[s, 5] - ay, lines[s, 6] - az
        t = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz + 1e-9)
        t = min(max(t, 0.0), 1.0)
        r = ar + (lines[s, 7] - ar) * t
        away = np.sqrt((x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2 + (z - az - t * dz) ** 2) - r
        if away < best:
            best = np.float32(away)
            floor = np.float32(lines[s, 8] + (lines[s, 9] - lines[s, 8]) * t)
    return best, floor


@njit(cache=True)
def void_at(
    x: float, y: float, z: float, lines: FloatArray, some: NDArray[np.int64], count: int, rough_m: float,
    grain_m: float, seed: int,
) -> Number:  # fmt: skip
    """Signed distance to the hollow [m], negative inside: worms with rough walls and a floor to walk on."""
    away, floor = _nearest(x, y, z, lines, some, count)
    if away > 4 * rough_m + 4:
        return away
    rough = fbm3(x / grain_m, y / grain_m, z / grain_m, 3, seed)
    away += np.float32(rough_m) * rough
    bumpy = np.float32(0.12 * rough_m) * noise3(x / 2.5, y / 2.5, 0.5, seed + 5)
    return max(away, floor + bumpy - np.float32(z))


@njit(parallel=True, cache=True)
def shell(
    lines: FloatArray, origin: FloatArray, shape: tuple[int, int, int], voxel: float, ground: FloatArray,
    rough_m: float, grain_m: float, thick_m: float, lip_m: float, seed: int,
) -> FloatArray:  # fmt: skip
    """``shape float32``: density of the rock around a hollow, positive inside the rock.

    The rock is as thick as told and ends a lip above the ground, so that its surface closes; where the hollow comes
    out of the ground, the rim of the shell is the mouth.

    Parameters
    ----------
    lines : ndarray
        ``(n, 10) float32`` pieces of worms: x, y, z, radius of both ends, then the floor at both ends [m].
    origin : ndarray
        ``(3,)`` x, y, z of voxel (0, 0, 0) [m].
    shape : tuple of int
        Voxels along x, y, z.
    voxel : float
        Edge of a voxel [m].
    ground : ndarray
        ``(nx, ny)`` height of the terrain over the voxels' columns [m].
    rough_m, grain_m, thick_m, lip_m : float
        How far the walls are rough, over which length, how thick the shell is, and how far it sticks out [m].
    seed : int
        What to draw.
    """
    nx, ny, nz = shape
    out = np.full((nx, ny, nz), np.float32(-1), dtype=np.float32)
    cx, cy, cz = -(-nx // CHUNK), -(-ny // CHUNK), -(-nz // CHUNK)
    for chunk in prange(cx * cy * cz):
        i0, j0, k0 = chunk // (cy * cz) * CHUNK, chunk // cz % cy * CHUNK, chunk % cz * CHUNK
        half = 0.5 * CHUNK * voxel
        mx, my, mz = origin[0] + i0 * voxel + half, origin[1] + j0 * voxel + half, origin[2] + k0 * voxel + half
        some = np.empty(len(lines), dtype=np.int64)
        count = 0
        reach = half * 1.7321 + thick_m + 2 * rough_m + voxel
        one = np.empty(1, dtype=np.int64)
        for s in range(len(lines)):
            one[0] = s
            if _nearest(mx, my, mz, lines, one, 1)[0] < reach:
                some[count] = s
                count += 1
        if count == 0:
            continue
        for i in range(i0, min(i0 + CHUNK, nx)):
            for j in range(j0, min(j0 + CHUNK, ny)):
                for k in range(k0, min(k0 + CHUNK, nz)):
                    x, y, z = origin[0] + i * voxel, origin[1] + j * voxel, origin[2] + k * voxel
                    away = void_at(x, y, z, lines, some, count, rough_m, grain_m, seed)
                    under = ground[i, j] + lip_m * (_1 + np.float32(0.8) * noise3(x / 3, y / 3, z / 3, seed + 9)) - z
                    value = np.float32(min(away, thick_m - away, under))
                    out[i, j, k] = value if abs(value) > 1e-4 else np.float32(-1e-4)
    return out


@njit(cache=True)
def inside_void(points: FloatArray, lines: FloatArray, rough_m: float, grain_m: float, seed: int) -> NDArray[np.bool_]:
    """``(n,) bool``: which points x, y, z ``(n, 3)`` [m] lie in the hollow."""
    out = np.zeros(len(points), dtype=np.bool_)
    every = np.arange(len(lines))
    for n in range(len(points)):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        out[n] = void_at(x, y, z, lines, every, len(lines), rough_m, grain_m, seed) < 0
    return out


FIN = 1.5
"""How far the wall of an arch reaches beyond its opening on either side, in thicknesses of its feet."""


@njit(cache=True)
def _arch(u: Number, v: Number, z: Number, span: float, high: float, thick: float, seed: int) -> Number:
    """Signed depth in a fin of rock that weather has broken through: a ragged wall with an opening [m]."""
    half = 0.5 * span + FIN * thick
    u += 0.25 * thick * noise3(0.5, v / thick, z / (0.6 * high), seed + 4)
    v += 0.5 * thick * noise3(u / span, 7.5, z / high, seed + 6)
    # The wall runs out to both sides, to one farther than to the other, in broken steps.
    lean = 0.22 * noise3(0.5, 1.5, 2.5, seed + 8)
    away = min(abs(u / half - lean) / (1.0 + abs(lean)), 1.0)
    stepped = away + 0.17 * noise3(u / (0.22 * span), 5.5, 0.5, seed + 5)
    top = high * (1.0 - 0.95 * max(stepped, 0.0) ** 3.0 + 0.07 * noise3(u / (0.5 * span), 2.5, 0.5, seed + 7))
    foot = 1.0 + 0.9 * (1.0 - min(max(z / high, 0.0), 1.0)) ** 2
    side = 0.4 * thick * foot * (1.0 - 0.45 * away) - abs(v)
    wall = min(_rounded(side, 0.8 * (top - z), 0.4 * thick), half - abs(u))
    clear = 0.6 * high
    opening = (np.sqrt((u / (0.5 * span)) ** 2 + (max(z, -0.2 * high) / clear) ** 2) - 1.0) * min(0.5 * span, clear)
    return _rounded(wall, opening, 0.3 * thick)


@njit(cache=True)
def _rounded(a: Number, b: Number, over: Number) -> Number:
    """Return the lesser of two depths, with the edge between them rounded off."""
    near = max(over - abs(a - b), 0.0) / over
    return min(a, b) - 0.25 * near * near * over


@njit(cache=True)
def _pedestal(u: Number, v: Number, z: Number, span: float, high: float, seed: int) -> Number:
    """Signed depth in a rock whose foot the wind has worn away: a waist under a heavy cap [m]."""
    s = z / high
    share: Number = 0.0
    u += 0.12 * span * s * noise3(0.5, 0.5, s, seed + 4)
    if s < 0.38:
        share = 0.62 - 0.26 * min(max(s, 0.0), 0.38) / 0.38
    elif s < 0.68:
        t = np.float32((s - 0.38) / 0.3)
        share = 0.36 + 0.6 * t * t * (_3 - _2 * t)
    else:
        share = 0.96 * max(1.0 - ((s - 0.68) / 0.32) ** 4, 0.0) ** 0.6  # a slab with a rounded rim
    away = np.sqrt(u * u + 1.25 * v * v) + 1e-6
    corners = 0.1 * noise3(2.2 * u / away, 2.2 * v / away, 1.6 * s, seed + 7) * min(4.0 * away / span, 1.0)
    return min(0.5 * span * share * (0.94 + corners) - away, high - z)


@njit(parallel=True, cache=True)
def rock_field(
    kind: int, origin: FloatArray, shape: tuple[int, int, int], voxel: float, span: float, high: float, thick: float,
    turn: float, rough_m: float, seed: int,
) -> FloatArray:  # fmt: skip
    """``shape float32``: density of a free-standing rock about (0, 0, 0), positive inside.

    Parameters
    ----------
    kind : int
        0 an arch over ``span``, 1 a rock that overhangs its foot on all sides.
    origin : ndarray
        ``(3,)`` x, y, z of voxel (0, 0, 0) against the middle of the rock's foot [m].
    shape, voxel : tuple of int, float
        Voxels along x, y, z, and their edge [m].
    span, high, thick : float
        Clear width, height of the top, thickness at the feet [m].
    turn : float
        Direction in which the arch spans [radians from +x].
    rough_m : float
        How far the surface is rough [m].
    seed : int
        What to draw.
    """
    nx, ny, nz = shape
    out = np.empty((nx, ny, nz), dtype=np.float32)
    cos, sin = np.cos(turn), np.sin(turn)
    grain = 0.55 * thick + 1.0
    for i in prange(nx):
        for j in range(ny):
            for k in range(nz):
                x, y, z = origin[0] + i * voxel, origin[1] + j * voxel, origin[2] + k * voxel
                u, v = x * cos + y * sin, y * cos - x * sin
                rough = rough_m * fbm3(x / grain, y / grain, 1.7 * z / grain, 4, seed)
                # Hard beds stand out as ledges, soft ones are worn back; they lie a little uneven.
                bed = noise3(u / (6 * thick), v / (6 * thick), z / (0.34 * thick + 0.4), seed + 3)
                beds = 0.8 * rough_m * min(max(2.2 * bed, -_1), _1)
                bare = _arch(u, v, z, span, high, thick, seed) if kind == 0 else _pedestal(u, v, z, span, high, seed)
                value = np.float32(bare + rough + beds)
                out[i, j, k] = value if abs(value) > 1e-4 else np.float32(-1e-4)
    return out
