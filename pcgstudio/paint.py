"""Kernels that paint the ground picture, texel by texel. All colours are sRGB in [0, 1]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .shading import KEY
from .world import FloatArray

KX, KY, KZ = (np.float32(v) for v in KEY)
FOAM, SHORE, SHALLOW, MIDDLE, DEEP, LAKE_SHORE, LAKE_DEEP, RIVER, RIVER_EDGE = range(9)
"""Rows of the table of water colours."""

_0, _1 = np.float32(0), np.float32(1)
ROCK_FROM, ROCK_TO = np.float32(0.66), np.float32(0.86)
"""Tangents of the slopes between which rock comes through: 33 and 41 degrees."""

Bools = NDArray[np.bool_]
Number = Any
"""A float32 number: annotated loosely, because Python's float is not what the kernels compute with."""


@njit(cache=True)
def rise(low: Number, high: Number, value: Number) -> Number:
    """Go smoothly from 0 at ``low`` to 1 at ``high``."""
    share = min(max((value - low) / (high - low), _0), _1)
    return share * share * (np.float32(3) - np.float32(2) * share)


@njit(cache=True)
def softened(mask: FloatArray) -> FloatArray:
    """``(rows, cols)``: a 0/1 field blurred by one cell (3 x 3 binomial), so that its half contour runs smoothly."""
    rows, cols = mask.shape
    out = np.empty((rows, cols), dtype=np.float32)
    for r in range(rows):
        up, down = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(cols):
            left, right = max(c - 1, 0), min(c + 1, cols - 1)
            corners = mask[up, left] + mask[up, right] + mask[down, left] + mask[down, right]
            sides = mask[up, c] + mask[down, c] + mask[r, left] + mask[r, right]
            out[r, c] = (corners + np.float32(2) * sides + np.float32(4) * mask[r, c]) / np.float32(16)
    return out


@njit(cache=True)
def spread(level: FloatArray, lake: FloatArray, known: Bools, reach: int) -> tuple[FloatArray, FloatArray]:
    """Carry water levels and the lake flag into the dry cells up to ``reach`` around the water."""
    level, lake, known = level.copy(), lake.copy(), known.copy()
    rows, cols = level.shape
    for _ in range(reach):
        seen = known.copy()
        for r in range(rows):
            for c in range(cols):
                if seen[r, c]:
                    continue
                for k in range(9):
                    rr, cc = r + k // 3 - 1, c + k % 3 - 1
                    if 0 <= rr < rows and 0 <= cc < cols and seen[rr, cc]:
                        level[r, c], lake[r, c], known[r, c] = level[rr, cc], lake[rr, cc], True
                        break
    return level, lake


@njit(cache=True)
def filled(ids: NDArray[np.uint8], holes: Bools) -> NDArray[np.uint8]:
    """``(rows, cols)``: ids with the holes filled from about the nearest other cell, in two sweeps."""
    rows, cols = ids.shape
    out = ids.copy()
    far = np.where(holes, np.int32(1 << 20), np.int32(0))
    for sweep in range(2):
        back = -1 if sweep == 0 else 1
        for i in range(rows):
            r = i if sweep == 0 else rows - 1 - i
            for j in range(cols):
                c = j if sweep == 0 else cols - 1 - j
                if far[r, c] > 0 and 0 <= c + back < cols and far[r, c + back] + 1 < far[r, c]:
                    far[r, c], out[r, c] = far[r, c + back] + 1, out[r, c + back]
                if far[r, c] > 0 and 0 <= r + back < rows and far[r + back, c] + 1 < far[r, c]:
                    far[r, c], out[r, c] = far[r + back, c] + 1, out[r + back, c]
    return out


@njit(cache=True)
def ribbon(field: FloatArray, xs: FloatArray, ys: FloatArray, half: FloatArray) -> None:
    """Lower ``field`` to the distance from the bank along a line: x, y and half width in texels."""
    rows, cols = field.shape
    for i in range(len(xs)):
        reach = half[i] * np.float32(1.8) + np.float32(4)
        for r in range(max(0, int(ys[i] - reach)), min(rows, int(ys[i] + reach) + 1)):
            for c in range(max(0, int(xs[i] - reach)), min(cols, int(xs[i] + reach) + 1)):
                away = np.sqrt((c + 0.5 - xs[i]) ** 2 + (r + 0.5 - ys[i]) ** 2) - half[i]
                field[r, c] = min(field[r, c], np.float32(away))


@njit(cache=True)
def _blend(mix: FloatArray, biome: NDArray[np.uint8], tones: FloatArray, v: Number, u: Number) -> None:
    """Set ``mix`` ``(4, 3)`` to the tones around a place of the biome grid, rows ``v`` and columns ``u``."""
    rows, cols = biome.shape
    v, u = min(max(v, _0), np.float32(rows - 1)), min(max(u, _0), np.float32(cols - 1))
    r0, c0 = int(v), int(u)
    r1, c1 = min(r0 + 1, rows - 1), min(c0 + 1, cols - 1)
    fv, fu = v - np.float32(r0), u - np.float32(c0)
    a, b, c, d = tones[biome[r0, c0]], tones[biome[r0, c1]], tones[biome[r1, c0]], tones[biome[r1, c1]]
    wa, wb, wc, wd = (_1 - fv) * (_1 - fu), (_1 - fv) * fu, fv * (_1 - fu), fv * fu
    for i in range(4):
        for k in range(3):
            mix[i, k] = a[i, k] * wa + b[i, k] * wb + c[i, k] * wc + d[i, k] * wd


@njit(parallel=True, cache=True)
def land(
    surface: FloatArray, biome: NDArray[np.uint8], tones: FloatArray, shadow: FloatArray, sky: FloatArray,
    crisp: FloatArray, ribbons: FloatArray, wet: Bools, shore: FloatArray, grain: FloatArray, broad: FloatArray,
    warp: FloatArray, texel: Number, vigour: Number, paints: FloatArray,
) -> FloatArray:  # fmt: skip
    """``(rows, cols, 3)``: land with biome tones, rock on steep ground, rivers, and light; water is left out.

    Parameters
    ----------
    surface, shadow, sky, crisp, ribbons, shore, grain, broad, warp : ndarray
        ``(rows, cols)``: height [m], cast shadow, visible sky, relative height, texels from a river bank, texels from
        the shore, fine noise, broad noise, noise that ruffles the biome edges.
    biome : ndarray
        ``(r, c)`` ids on the map's own grid.
    tones : ndarray
        ``(256, 4, 3)`` sun, shade, rock in sun, rock in shade by id.
    wet : ndarray
        ``(rows, cols)`` standing water.
    texel, vigour : float
        Texel size [m]; how much steeper the light sees the ground.
    paints : ndarray
        ``(9, 3)`` water colours.
    """
    rows, cols = surface.shape
    out = np.empty((rows, cols, 3), dtype=np.float32)
    scale = np.float32(biome.shape[1] / cols)
    ruffle = min(np.float32(1.6), np.float32(6) * scale)
    span, vigour = np.float32(1 / (2 * texel)), np.float32(vigour)
    for r in prange(rows):
        mix = np.empty((4, 3), dtype=np.float32)
        for c in range(cols):
            if wet[r, c]:
                continue
            v = (r + np.float32(0.5)) * scale - np.float32(0.5) + warp[r, c] * ruffle
            u = (c + np.float32(0.5)) * scale - np.float32(0.5) + warp[rows - 1 - r, cols - 1 - c] * ruffle
            _blend(mix, biome, tones, v, u)
            gx = (surface[r, min(c + 1, cols - 1)] - surface[r, max(c - 1, 0)]) * span
            gy = (surface[max(r - 1, 0), c] - surface[min(r + 1, rows - 1), c]) * span
            steep = np.sqrt(gx * gx + gy * gy)
            calm = _1 - min(max(np.float32(0.5) - ribbons[r, c], _0), _1)  # a river lies level
            gx, gy = gx * vigour * calm, gy * vigour * calm
            facing = (KZ - gx * KX - gy * KY) / np.sqrt(gx * gx + gy * gy + _1)
            light = np.float32(0.1) + np.float32(1.02) * max(facing, _0) * (_1 - np.float32(0.8) * shadow[r, c])
            light = light * (np.float32(0.62) + np.float32(0.42) * sky[r, c]) + np.float32(0.1) * crisp[r, c]
            light += np.float32(0.035) * grain[r, c] + np.float32(0.05) * broad[r, c]
            light = min(max(light, np.float32(-0.1)), np.float32(1.12))
            rock = rise(ROCK_FROM, ROCK_TO, steep + np.float32(0.07) * grain[r, c]) * calm
            bank = np.float32(0.2) * rise(np.float32(4), _0, ribbons[r, c]) * calm
            damp = np.float32(0.14) * rise(np.float32(3), np.float32(0.5), shore[r, c])
            dim = (np.float32(0.86) + np.float32(0.14) * sky[r, c]) * (_1 - bank - damp)
            dry = np.float32(0.028) * (broad[r, c] + np.float32(0.4) * grain[r, c])
            for k in range(3):
                shade = mix[1, k] + (mix[3, k] - mix[1, k]) * rock
                sun = mix[0, k] + (mix[2, k] - mix[0, k]) * rock
                out[r, c, k] = (shade + (sun - shade) * light) * dim * (_1 + dry * np.float32(1 - k))
            if calm < 1:
                _river(out[r, c], _1 - calm, ribbons[r, c], shadow[r, c], paints)
    return out


@njit(cache=True)
def _river(value: FloatArray, cover: Number, bank: Number, shadow: Number, paints: FloatArray) -> None:
    """Lay the river over a texel: ``cover`` is its share, ``bank`` the distance from the bank in texels."""
    heart = rise(np.float32(0.3), np.float32(-1.6), bank)
    for k in range(3):
        blue = paints[RIVER_EDGE, k] + (paints[RIVER, k] - paints[RIVER_EDGE, k]) * heart
        value[k] += (blue * (_1 - np.float32(0.3) * shadow) - value[k]) * cover


@njit(cache=True)
def _tint(paints: FloatArray, deep: Number, k: int) -> Number:
    """Channel ``k`` of the sea at a depth in [0, 1]."""
    if deep < np.float32(0.14):
        return paints[SHORE, k] + (paints[SHALLOW, k] - paints[SHORE, k]) * deep / np.float32(0.14)
    if deep < np.float32(0.45):
        return paints[SHALLOW, k] + (paints[MIDDLE, k] - paints[SHALLOW, k]) * (deep - np.float32(0.14)) / np.float32(
            0.31
        )
    return paints[MIDDLE, k] + (paints[DEEP, k] - paints[MIDDLE, k]) * (deep - np.float32(0.45)) / np.float32(0.55)


@njit(parallel=True, cache=True)
def water(
    colour: FloatArray, wet: Bools, depth: FloatArray, blue: FloatArray, shore: FloatArray, lake: FloatArray,
    shadow: FloatArray, swell: FloatArray, paints: FloatArray,
) -> None:  # fmt: skip
    """Paint standing water into ``colour`` ``(rows, cols, 3)``: depth tints, foam at the sea's edge, soft lake shores.

    Parameters
    ----------
    wet : ndarray
        ``(rows, cols)``.
    depth, blue, shore, lake, shadow, swell : ndarray
        ``(rows, cols)`` depth [m], how blue the sea is, texels from the shore, 1 in lakes, cast shadow, broad noise.
    paints : ndarray
        ``(9, 3)`` water colours.
    """
    rows, cols = wet.shape
    for r in prange(rows):
        for c in range(cols):
            if not wet[r, c]:
                continue
            edge = shore[r, c] + np.float32(0.8) * swell[r, c]
            deep = min(max(blue[r, c] * (_1 + np.float32(0.03) * swell[r, c]), _0), _1)
            white = np.float32(0.85) * rise(np.float32(2.6), np.float32(0.8), edge)
            white = max(white, np.float32(0.22) * rise(np.float32(1.6), np.float32(0.2), abs(edge - np.float32(6.5))))
            soft = np.float32(0.55) * rise(_0, np.float32(9), shore[r, c])
            soft += np.float32(0.45) * min(depth[r, c] / np.float32(6), _1)
            lit = _1 - np.float32(0.3) * shadow[r, c]
            for k in range(3):
                if lake[r, c] > np.float32(0.5):
                    value = paints[LAKE_SHORE, k] + (paints[LAKE_DEEP, k] - paints[LAKE_SHORE, k]) * soft
                    colour[r, c, k] = value * lit
                else:
                    value = _tint(paints, deep, k) * lit
                    colour[r, c, k] = value + (paints[FOAM, k] - value) * white
