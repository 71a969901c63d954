"""Kernels that paint the ground picture, texel by texel. All colours are sRGB in [0, 1]."""
# mypy: disable-error-code="no-untyped-def"
# Reason: numba infers the types of kernels; the docstrings state shapes.

from __future__ import annotations

import numba as nb
import numpy as np

from .shading import KEY

KX, KY, KZ = (np.float32(v) for v in KEY)
FOAM, SHORE, SHALLOW, MIDDLE, DEEP, LAKE_SHORE, LAKE_DEEP, RIVER, RIVER_EDGE = range(9)


@nb.njit(inline="always")
def _step(low, high, value):
    share = min(max((value - low) / (high - low), np.float32(0.0)), np.float32(1.0))
    return share * share * (np.float32(3.0) - np.float32(2.0) * share)


@nb.njit(cache=True)
def softened(mask):
    """``(rows, cols) float32``: a 0/1 field blurred by one cell (3 x 3 binomial), so that its half contour is smooth."""
    rows, cols = mask.shape
    out = np.empty((rows, cols), dtype=np.float32)
    for r in range(rows):
        for c in range(cols):
            total = np.float32(0.0)
            for dr in range(-1, 2):
                for dc in range(-1, 2):
                    rr, cc = min(max(r + dr, 0), rows - 1), min(max(c + dc, 0), cols - 1)
                    total += mask[rr, cc] * np.float32((2 - abs(dr)) * (2 - abs(dc)))
            out[r, c] = total / np.float32(16.0)
    return out


@nb.njit(cache=True)
def spread(level, lake, known, reach):
    """Carry water levels and the lake flag into the dry cells up to ``reach`` around the water."""
    level, flag, known = level.copy(), lake.astype(np.float32), known.copy()
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
                        level[r, c], flag[r, c], known[r, c] = level[rr, cc], flag[rr, cc], True
                        break
    return level, flag


@nb.njit(cache=True)
def filled(ids, holes):
    """``(rows, cols) uint8``: ids with the holes filled from about the nearest other cell, in two sweeps."""
    out, rows, cols = ids.copy(), ids.shape[0], ids.shape[1]
    far = np.where(holes, np.int32(1 << 20), np.int32(0))
    for sweep in range(2):
        for i in range(rows):
            r = i if sweep == 0 else rows - 1 - i
            back = -1 if sweep == 0 else 1
            for j in range(cols):
                c = j if sweep == 0 else cols - 1 - j
                if far[r, c] == 0:
                    continue
                if 0 <= c + back < cols and far[r, c + back] + 1 < far[r, c]:
                    far[r, c], out[r, c] = far[r, c + back] + 1, out[r, c + back]
                if 0 <= r + back < rows and far[r + back, c] + 1 < far[r, c]:
                    far[r, c], out[r, c] = far[r + back, c] + 1, out[r + back, c]
    return out


@nb.njit(cache=True)
def ribbon(field, xs, ys, half):
    """Lower ``field`` to the distance from the bank along a line: x, y and half width in texels."""
    rows, cols = field.shape
    for i in range(len(xs)):
        reach = half[i] * np.float32(1.8) + np.float32(4.0)
        for r in range(max(0, int(ys[i] - reach)), min(rows, int(ys[i] + reach) + 1)):
            for c in range(max(0, int(xs[i] - reach)), min(cols, int(xs[i] + reach) + 1)):
                away = np.sqrt((c + 0.5 - xs[i]) ** 2 + (r + 0.5 - ys[i]) ** 2) - half[i]
                field[r, c] = min(field[r, c], np.float32(away))


@nb.njit(parallel=True, cache=True)
def land(surface, biome, tones, shadow, sky, crisp, ribbons, wet, shore, grain, broad, warp, texel, vigour, paints):
    """``(rows, cols, 3) float32``: land with biome tones, rock on steep ground, rivers, and light.

    Parameters
    ----------
    surface, shadow, sky, crisp, ribbons, shore, grain, broad, warp : ndarray
        ``(rows, cols) float32``: height [m], cast shadow, visible sky, relative height, texels from a river bank,
        texels from the shore, fine noise, broad noise, noise that ruffles the biome edges.
    biome : ndarray
        ``(r, c) uint8`` ids on the map's own grid.
    tones : ndarray
        ``(256, 4, 3)`` sun, shade, rock in sun, rock in shade by id.
    wet : ndarray
        ``(rows, cols) bool`` standing water; left as a bed of sand.
    texel, vigour : float
        Texel size [m] and relief factor of the light.
    paints : ndarray
        ``(9, 3)`` water colours.
    """
    rows, cols = surface.shape
    br, bc = biome.shape
    out = np.empty((rows, cols, 3), dtype=np.float32)
    one = np.float32(1.0)
    for r in nb.prange(rows):
        mix = np.empty((4, 3), dtype=np.float32)
        for c in range(cols):
            if wet[r, c]:
                continue
            # biome tones, edges ruffled by noise
            ruffle = np.float32(min(1.6, 6.0 * bc / cols))
            v = (r + np.float32(0.5)) * br / rows - np.float32(0.5) + warp[r, c] * ruffle
            u = (c + np.float32(0.5)) * bc / cols - np.float32(0.5) + warp[rows - 1 - r, cols - 1 - c] * ruffle
            v, u = min(max(v, 0.0), br - 1.001), min(max(u, 0.0), bc - 1.001)
            r0, c0 = int(v), int(u)
            fv, fu = v - r0, u - c0
            mix[:] = 0
            for k in range(4):
                weight = (fv if k >= 2 else one - fv) * (fu if k % 2 else one - fu)
                mix += tones[biome[min(r0 + k // 2, br - 1), min(c0 + k % 2, bc - 1)]] * np.float32(weight)
            # slope and light
            up, down = surface[max(r - 1, 0), c], surface[min(r + 1, rows - 1), c]
            left, right = surface[r, max(c - 1, 0)], surface[r, min(c + 1, cols - 1)]
            span = np.float32(2.0 * texel)
            gx, gy = (right - left) / span, (up - down) / span
            steep = np.sqrt(gx * gx + gy * gy)
            river = min(max(np.float32(0.5) - ribbons[r, c], np.float32(0.0)), one)
            calm = one - river
            gx, gy = gx * np.float32(vigour) * calm, gy * np.float32(vigour) * calm
            facing = (-gx * KX - gy * KY + KZ) / np.sqrt(gx * gx + gy * gy + one)
            light = np.float32(0.08) + np.float32(0.98) * max(facing, np.float32(0.0)) * (
                one - np.float32(0.8) * shadow[r, c]
            )
            light = light * (np.float32(0.62) + np.float32(0.42) * sky[r, c]) + np.float32(0.1) * crisp[r, c]
            light += np.float32(0.035) * grain[r, c] + np.float32(0.05) * broad[r, c]
            light = min(max(light, np.float32(-0.1)), np.float32(1.25))
            rock = _step(np.float32(0.66), np.float32(0.86), steep + np.float32(0.07) * grain[r, c]) * calm
            dim = np.float32(0.86) + np.float32(0.14) * sky[r, c]
            bank = np.float32(0.2) * _step(np.float32(4.0), np.float32(0.0), ribbons[r, c]) * calm
            damp = np.float32(0.14) * _step(np.float32(3.0), np.float32(0.5), shore[r, c])
            for k in range(3):
                shade = mix[1, k] + (mix[3, k] - mix[1, k]) * rock
                sun = mix[0, k] + (mix[2, k] - mix[0, k]) * rock
                value = (shade + (sun - shade) * light) * dim * (one - bank - damp)
                if river > 0:
                    heart = _step(np.float32(-0.3), np.float32(-2.5), ribbons[r, c])
                    blue = paints[RIVER_EDGE, k] + (paints[RIVER, k] - paints[RIVER_EDGE, k]) * heart
                    value += (blue * (one - np.float32(0.3) * shadow[r, c]) - value) * river
                out[r, c, k] = value
    return out


@nb.njit(parallel=True, cache=True)
def water(colour, wet, depth, shore, lake, shadow, swell, scale, paints):
    """Paint standing water into ``colour`` ``(rows, cols, 3)``: depth tints, foam at the sea's edge, soft lake shores.

    Parameters
    ----------
    wet, lake : ndarray
        ``(rows, cols) bool``.
    depth, shore, shadow, swell : ndarray
        ``(rows, cols) float32`` depth [m], texels from the shore, cast shadow, broad noise.
    scale : float
        Depth [m] at which the sea is as blue as it gets.
    paints : ndarray
        ``(9, 3)`` water colours.
    """
    rows, cols = wet.shape
    one, reach = np.float32(1.0), np.float32(0.14 * max(rows, cols))
    for r in nb.prange(rows):
        for c in range(cols):
            if not wet[r, c]:
                continue
            away = min(shore[r, c] / reach, one)
            deep = np.float32(0.6) * min(depth[r, c] / scale, one) + np.float32(0.4) * away
            deep = min(max(deep + np.float32(0.05) * swell[r, c] * away, np.float32(0.0)), one)
            foam, ring = np.float32(0.0), np.float32(0.0)
            if not lake[r, c]:
                edge = shore[r, c] + np.float32(0.8) * swell[r, c]
                foam = np.float32(0.85) * _step(np.float32(2.6), np.float32(0.8), edge)
                ring = np.float32(0.22) * _step(np.float32(1.6), np.float32(0.2), abs(edge - np.float32(6.5)))
            for k in range(3):
                if lake[r, c]:
                    soft = _step(np.float32(0.0), np.float32(9.0), shore[r, c])
                    share = np.float32(0.55) * soft + np.float32(0.45) * min(depth[r, c] / np.float32(6.0), one)
                    value = paints[LAKE_SHORE, k] + (paints[LAKE_DEEP, k] - paints[LAKE_SHORE, k]) * share
                elif deep < np.float32(0.14):
                    value = paints[SHORE, k] + (paints[SHALLOW, k] - paints[SHORE, k]) * deep / np.float32(0.14)
                elif deep < np.float32(0.45):
                    share = (deep - np.float32(0.14)) / np.float32(0.31)
                    value = paints[SHALLOW, k] + (paints[MIDDLE, k] - paints[SHALLOW, k]) * share
                else:
                    share = (deep - np.float32(0.45)) / np.float32(0.55)
                    value = paints[MIDDLE, k] + (paints[DEEP, k] - paints[MIDDLE, k]) * share
                value *= one - np.float32(0.3) * shadow[r, c]
                white = max(foam, ring)
                colour[r, c, k] = value + (paints[FOAM, k] - value) * white
