"""Kernels that paint the land of the ground picture, texel by texel. All colours are sRGB in [0, 1]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .shading import KEY
from .world import FloatArray

KX, KY, KZ = (np.float32(v) for v in KEY)
FOAM, SHORE, SHALLOW, MIDDLE, DEEP, LAKE_SHORE, LAKE_DEEP, RIVER, RIVER_EDGE = range(9)
BANK_TONE, SWAMP_SHORE, SWAMP_DEEP = range(9, 12)
"""Rows of the table of water colours."""

_0, _HALF, _1 = np.float32(0), np.float32(0.5), np.float32(1)
BANK = np.float32(3)
"""Texels over which the pale bank of a river fades."""

CRAG = np.float32(0.75)
"""How rough the light sees rock."""

CRISP = np.float32(0.1)
"""How much lighter a ridge is, and darker a valley, than its facing tells."""

EMPHASIS, GENTLE = np.float32(0.6), np.float32(0.4)
"""How much steeper the light sees level ground, and the slope (tangent) at which half of that is left."""

ROCK_FROM, ROCK_TO = np.float32(0.68), np.float32(1.0)
"""Tangents of the slopes between which rock comes through: 34 and 45 degrees."""

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
def _blend(
    mix: FloatArray, biome: NDArray[np.uint8], tones: FloatArray, traits: FloatArray, soft: FloatArray, v: Number,
    u: Number,
) -> tuple[Number, Number]:  # fmt: skip
    """Set ``mix`` ``(4, 3)`` to the tones at a place of the biome grid, rows ``v`` and columns ``u``.

    Kinds of plant cover run into each other over some distance (`soft`, on a coarser lattice); shores, rock and snow
    have an edge. Returns how much of the place is swamp, and of snow.
    """
    rows, cols = biome.shape
    v, u = min(max(v, _0), np.float32(rows - 1)), min(max(u, _0), np.float32(cols - 1))
    r0, c0 = int(v), int(u)
    r1, c1 = min(r0 + 1, rows - 1), min(c0 + 1, cols - 1)
    fv, fu = v - np.float32(r0), u - np.float32(c0)
    ia, ib, ic, id_ = biome[r0, c0], biome[r0, c1], biome[r1, c0], biome[r1, c1]
    wa, wb, wc, wd = (_1 - fv) * (_1 - fu), (_1 - fv) * fu, fv * (_1 - fu), fv * fu
    gentle = traits[ia, 0] * wa + traits[ib, 0] * wb + traits[ic, 0] * wc + traits[id_, 0] * wd
    far_v = min(max((v + _HALF) * soft.shape[0] / rows - _HALF, _0), soft.shape[0] - np.float32(1.001))
    far_u = min(max((u + _HALF) * soft.shape[1] / cols - _HALF, _0), soft.shape[1] - np.float32(1.001))
    sr, sc = int(far_v), int(far_u)
    gv, gu = far_v - np.float32(sr), far_u - np.float32(sc)
    for i in range(4):
        for k in range(3):
            own = tones[ia, i, k] * wa + tones[ib, i, k] * wb + tones[ic, i, k] * wc + tones[id_, i, k] * wd
            high = soft[sr, sc, i, k] * (_1 - gu) + soft[sr, sc + 1, i, k] * gu
            low = soft[sr + 1, sc, i, k] * (_1 - gu) + soft[sr + 1, sc + 1, i, k] * gu
            mix[i, k] = own + (high * (_1 - gv) + low * gv - own) * gentle
    marsh = traits[ia, 1] * wa + traits[ib, 1] * wb + traits[ic, 1] * wc + traits[id_, 1] * wd
    return marsh, traits[ia, 2] * wa + traits[ib, 2] * wb + traits[ic, 2] * wc + traits[id_, 2] * wd


@njit(cache=True)
def _strata(height: Number, texel: Number, bend: Number) -> Number:
    """Lightness of the bed of rock at a height, in [-1, 1]; beds are some texels thick and lie a little uneven."""
    place = height / (np.float32(5) * texel) + np.float32(2.2) * bend
    bed = int(np.floor(place))
    share = rise(np.float32(0.25), np.float32(0.75), place - np.float32(bed))
    here = np.float32(((bed * 7919) % 31) / 15.0 - 1.0)
    above = np.float32((((bed + 1) * 7919) % 31) / 15.0 - 1.0)
    return here + (above - here) * share


@njit(cache=True)
def _bump(coarse_from: Number, coarse_to: Number, fine_from: Number, fine_to: Number) -> Number:
    """Slope of the crags on a rock face, from two noises at the texels before and behind."""
    return coarse_to - coarse_from + _HALF * (fine_to - fine_from)


@njit(cache=True)
def _lit(facing: Number, shadow: Number, sky: Number, crisp: Number, grain: Number, broad: Number) -> Number:
    """Light on a texel from about 0 to 1: sun where it faces it, sky where it sees it, ridges crisp, a little noise."""
    light = np.float32(0.1) + np.float32(1.02) * max(facing, _0) * (_1 - np.float32(0.8) * shadow)
    light = light * (np.float32(0.62) + np.float32(0.42) * sky) + CRISP * crisp
    light += np.float32(0.035) * grain + np.float32(0.025) * broad
    return min(max(light, np.float32(-0.1)), np.float32(1.12))


@njit(cache=True)
def _lay(value: FloatArray, mix: FloatArray, rock: Number, light: Number, dim: Number, dry: Number) -> None:
    """Set a texel to the tones ``mix`` for its share of rock and its light, dimmed, and warmer where it is dry."""
    for k in range(3):
        shade = mix[1, k] + (mix[3, k] - mix[1, k]) * rock
        sun = mix[0, k] + (mix[2, k] - mix[0, k]) * rock
        value[k] = (shade + (sun - shade) * light) * dim * (_1 + dry * np.float32(1 - k))


@njit(parallel=True, cache=True)
def land(
    surface: FloatArray, biome: NDArray[np.uint8], tones: FloatArray, traits: FloatArray, soft: FloatArray,
    shadow: FloatArray, sky: FloatArray, crisp: FloatArray, ribbons: FloatArray, wet: Bools, shore: FloatArray,
    grain: FloatArray, broad: FloatArray, warp: FloatArray, texel: Number, rough: Number, snowline: FloatArray,
    paints: FloatArray,
) -> FloatArray:  # fmt: skip
    """``(rows, cols, 3)``: land with biome tones, rock on steep ground, rivers, and light; water is left out.

    Parameters
    ----------
    surface, shadow, sky, crisp, ribbons, shore, grain, broad, warp : ndarray
        ``(rows, cols)``: height [m], cast shadow, visible sky, relative height, texels from a river bank, texels from
        the shore, fine noise, broad noise, noise that ruffles the biome edges.
    biome : ndarray
        ``(r, c)`` ids on the map's own grid.
    tones, traits : ndarray
        ``(256, 4, 3)`` sun, shade, rock in sun, rock in shade by id; ``(256, 3)`` how far it runs into its neighbours,
        whether water stands in its hollows, and whether it is snow, which may hold on to steeper ground.
    soft : ndarray
        ``(r', c', 4, 3)`` the tones of the plant cover around, on a coarse lattice.
    wet : ndarray
        ``(rows, cols)`` standing water.
    texel, rough : float
        Texel size [m]; 1 where rock shows crags and beds, 0 where a layer is shown as colour.
    snowline : ndarray
        ``(3,)`` heights [m] from and to which snow holds on to steeper and steeper rock, and by how much (tangent).
    paints : ndarray
        ``(12, 3)`` water colours.
    """
    rows, cols = surface.shape
    out = np.empty((rows, cols, 3), dtype=np.float32)
    scale = np.float32(biome.shape[1] / cols)
    ruffle = min(np.float32(1.6), np.float32(6) * scale)
    span, rough = np.float32(1 / (2 * texel)), np.float32(rough)
    for r in prange(rows):
        mix = np.empty((4, 3), dtype=np.float32)
        up, down = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(cols):
            if wet[r, c]:
                continue
            left, right = max(c - 1, 0), min(c + 1, cols - 1)
            v = (r + _HALF) * scale - _HALF + warp[r, c] * ruffle
            u = (c + _HALF) * scale - _HALF + warp[rows - 1 - r, cols - 1 - c] * ruffle
            marsh, cling = _blend(mix, biome, tones, traits, soft, v, u)
            gx = (surface[r, right] - surface[r, left]) * span
            gy = (surface[up, c] - surface[down, c]) * span
            steep = np.sqrt(gx * gx + gy * gy)
            calm = _1 - min(max(_HALF - ribbons[r, c], _0), _1)  # a river lies level
            cling *= snowline[2] * rise(snowline[0], snowline[1], surface[r, c])
            ragged = np.float32(0.07) * grain[r, c] + np.float32(0.6) * cling * (warp[r, c] - _HALF * crisp[r, c])
            rock = rise(ROCK_FROM, ROCK_TO, steep - cling + ragged) * calm
            crag, relief = CRAG * rock * rough, calm * (_1 + EMPHASIS / (_1 + (steep / GENTLE) ** 2))
            gx = gx * relief + crag * _bump(warp[r, left], warp[r, right], grain[r, left], grain[r, right])
            gy = gy * relief + crag * _bump(warp[down, c], warp[up, c], grain[down, c], grain[up, c])
            facing = (KZ - gx * KX - gy * KY) / np.sqrt(gx * gx + gy * gy + _1)
            light = _lit(facing, shadow[r, c], sky[r, c], crisp[r, c], grain[r, c], broad[r, c])
            damp = np.float32(0.14) * rise(np.float32(3), _HALF, shore[r, c])
            dim = (np.float32(0.86) + np.float32(0.14) * sky[r, c]) * (_1 - damp)
            dim *= _1 + np.float32(0.045) * crag * _strata(surface[r, c], texel, broad[r, c] + warp[r, c])
            dry = np.float32(0.018) * (broad[r, c] + np.float32(0.4) * grain[r, c])
            _lay(out[r, c], mix, rock, light, dim, dry)
            if marsh > 0:
                _pools(out[r, c], marsh * rise(np.float32(0.3), np.float32(0.1), steep),
                       broad[r, c] + np.float32(0.2) * warp[r, c] - np.float32(0.5) * min(max(crisp[r, c], -_1), _1),
                       paints)  # fmt: skip
            if ribbons[r, c] < BANK:
                _river(out[r, c], _1 - calm, ribbons[r, c], shadow[r, c], light, paints)
    return out


@njit(cache=True)
def _pools(value: FloatArray, cover: Number, hollow: Number, paints: FloatArray) -> None:
    """Let still water show in the hollows of a swamp."""
    pool = np.float32(0.9) * cover * rise(np.float32(-0.1), np.float32(1.2), hollow)
    deep = rise(np.float32(0.12), np.float32(0.5), hollow)
    for k in range(3):
        still = paints[SWAMP_SHORE, k] + (paints[SWAMP_DEEP, k] - paints[SWAMP_SHORE, k]) * deep
        value[k] += (still - value[k]) * pool


@njit(cache=True)
def _river(value: FloatArray, cover: Number, bank: Number, shadow: Number, light: Number, paints: FloatArray) -> None:
    """Lay the river and its pale banks over a texel: ``cover`` is its share, ``bank`` the texels from the bank."""
    heart = rise(np.float32(0.3), np.float32(-1.8), bank)
    pale = np.float32(0.5) * rise(BANK, np.float32(0.6), bank)
    bright = np.float32(0.62) + np.float32(0.36) * max(light, _0)
    for k in range(3):
        value[k] += (paints[BANK_TONE, k] * bright - value[k]) * pale
        blue = paints[RIVER_EDGE, k] + (paints[RIVER, k] - paints[RIVER_EDGE, k]) * heart
        value[k] += (blue * (_1 - np.float32(0.3) * shadow) - value[k]) * cover
