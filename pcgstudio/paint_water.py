"""Kernels that paint the sea and the lakes of the ground picture, texel by texel. All colours are sRGB in [0, 1]."""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from .paint import DEEP, FOAM, KX, KY, LAKE_DEEP, LAKE_SHORE, MIDDLE, SHALLOW, SHORE, Bools, Number, rise
from .world import FloatArray

_0, _HALF, _1 = np.float32(0), np.float32(0.5), np.float32(1)
CHART, CHART_STEPS = np.float32(0.45), np.float32(7)
"""How far the tints of the sea are drawn toward steps, and how many there are."""


@njit(cache=True)
def _tint(paints: FloatArray, deep: Number, k: int) -> Number:
    """Channel ``k`` of the sea at a depth in [0, 1]."""
    if deep < np.float32(0.12):
        return paints[SHORE, k] + (paints[SHALLOW, k] - paints[SHORE, k]) * deep / np.float32(0.12)
    if deep < np.float32(0.42):
        return paints[SHALLOW, k] + (paints[MIDDLE, k] - paints[SHALLOW, k]) * (deep - np.float32(0.12)) / np.float32(
            0.3
        )
    return paints[MIDDLE, k] + (paints[DEEP, k] - paints[MIDDLE, k]) * (deep - np.float32(0.42)) / np.float32(0.58)


@njit(cache=True)
def _stepped(deep: Number) -> Number:
    """Depth in [0, 1] drawn toward even steps, as on a chart of the sea."""
    place = deep * CHART_STEPS
    step = np.floor(place)
    return deep + CHART * ((step + rise(np.float32(0.3), np.float32(0.7), place - step)) / CHART_STEPS - deep)


@njit(cache=True)
def _wavelet(r: int, c: int, swell: Number) -> Number:
    """Light on the crest of a short wave, in [0, 1]; each stands in its own box of texels, where the swell is high."""
    tall, long = 9, 26
    band = r // tall
    shift = (band * 7) % long
    box = (c + shift) // long
    dice = (band * 73856093) ^ (box * 19349663)
    dice = (dice ^ (dice >> 13)) * 1274126177
    luck = np.float32(((dice >> 7) & 255) / 255.0)
    if luck > np.float32(0.22) + np.float32(0.4) * swell:
        return _0
    middle = np.float32(2.5 + ((dice >> 17) & 3))
    half = np.float32(5 + ((dice >> 20) & 7))
    x = (np.float32((c + shift) % long) - np.float32(0.5 * long)) / half
    if abs(x) >= 1:
        return _0
    y = np.float32(r % tall) - middle - np.float32(1.2) * x * x
    return (_1 - x * x) * rise(np.float32(1.3), np.float32(0.2), abs(y))


@njit(parallel=True, cache=True)
def water(
    colour: FloatArray, wet: Bools, bed: FloatArray, depth: FloatArray, blue: FloatArray, shore: FloatArray,
    lake: FloatArray, shadow: FloatArray, swell: FloatArray, texel: Number, paints: FloatArray,
) -> None:  # fmt: skip
    """Paint standing water into ``colour`` ``(rows, cols, 3)``: depth tints, the bed shining through, foam, waves.

    Parameters
    ----------
    wet : ndarray
        ``(rows, cols)``.
    bed, depth, blue, shore, lake, shadow, swell : ndarray
        ``(rows, cols)`` height of the bed [m], depth [m], how blue the sea is, texels from the shore, 1 in lakes, cast
        shadow, broad noise.
    texel : float
        Size of a texel [m].
    paints : ndarray
        ``(12, 3)`` water colours.
    """
    rows, cols = wet.shape
    span = np.float32(1 / (4 * texel))
    for r in prange(rows):
        up, down = max(r - 2, 0), min(r + 2, rows - 1)
        for c in range(cols):
            if not wet[r, c]:
                continue
            gx = (bed[r, min(c + 2, cols - 1)] - bed[r, max(c - 2, 0)]) * span
            gy = (bed[up, c] - bed[down, c]) * span
            slant = (-gx * KX - gy * KY) / np.sqrt(gx * gx + gy * gy + _1)
            edge = shore[r, c] + np.float32(0.8) * swell[r, c]
            soft = np.float32(0.55) * rise(_0, np.float32(9), shore[r, c])
            soft += np.float32(0.45) * min(depth[r, c] / np.float32(6), _1)
            lit = _1 - np.float32(0.3) * shadow[r, c]
            if lake[r, c] > _HALF:
                glint = np.float32(0.1) * _wavelet(r, c, _0) * rise(np.float32(6), np.float32(14), shore[r, c])
                for k in range(3):
                    value = paints[LAKE_SHORE, k] + (paints[LAKE_DEEP, k] - paints[LAKE_SHORE, k]) * soft
                    colour[r, c, k] = (value + (paints[FOAM, k] - value) * glint) * lit
                continue
            deep = min(max(_stepped(blue[r, c] + np.float32(0.035) * swell[r, c]), _0), _1)
            white = np.float32(0.85) * rise(np.float32(2.6), np.float32(0.8), edge)
            white = max(white, np.float32(0.22) * rise(np.float32(1.6), np.float32(0.2), abs(edge - np.float32(6.5))))
            white = max(white, (np.float32(0.17) - np.float32(0.05) * deep) * _wavelet(r, c, swell[r, c]))
            clear = (_1 - deep) * rise(_0, np.float32(14), shore[r, c])
            lit *= _1 + np.float32(0.5) * slant * clear + np.float32(0.03) * swell[r, c]
            for k in range(3):
                value = _tint(paints, deep, k) * lit
                colour[r, c, k] = value + (paints[FOAM, k] - value) * white
