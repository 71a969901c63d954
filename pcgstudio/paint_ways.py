"""Roads, streets, squares, yards and fields, painted over the finished land with its light."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .paint import ribbon
from .palette import load_palette
from .shading import KEY, resized
from .world import FloatArray, World

KX, KY, KZ = (np.float32(v) for v in KEY)
_1 = np.float32(1)
Number = Any
NARROWEST = 1.5
"""Half the width that the narrowest way is drawn with, in texels."""

WAYS = ("road", "street")
GROUNDS = {
    "centre": ("trodden", 0.8), "residential": ("yard", 0.55), "market_square": ("plaza", 0.95), "park": ("park", 0.9),
    "harbour": ("plaza", 0.9), "industrial": ("pavement", 0.8), "slum": ("yard", 0.7), "castle": ("plaza", 0.8),
}  # fmt: skip
"""Material and strength of the ground of each district; farmland is painted field by field."""

FIELDS = ("field_wheat", "field_green", "field_earth", "field_pale", "field_green", "field_wheat")


def lay(
    colour: FloatArray, world: World, surface: FloatArray, shadow: FloatArray, sky: FloatArray, texel: float,
    vigour: float,
) -> None:  # fmt: skip
    """Paint what people made of the ground over ``colour`` ``(rows, cols, 3)``, in place.

    Parameters
    ----------
    colour, surface, shadow, sky : ndarray
        The finished land on texels; height [m], cast shadow and visible sky there.
    world : World
        Uses the layers ``district``, ``lot`` and ``settlement``, and the paths that are roads or streets.
    texel, vigour : float
        Texel size [m]; how much steeper the light sees the ground.
    """
    ways = [p for p in world.paths if p.kind in WAYS and len(p.points) > 1]
    if not ways and "district" not in world:
        return
    light = _light(surface, shadow, sky, np.float32(texel), np.float32(min(vigour, 1.6)))
    if "district" in world:
        _grounds(colour, world, light)
    for kind in WAYS:
        if any(p.kind == kind for p in ways):
            _ways(colour, world, [p for p in ways if p.kind == kind], kind, light, texel)


def _ways(colour: FloatArray, world: World, ways: list[Any], kind: str, light: FloatArray, texel: float) -> None:
    """Draw lines with soft sides."""
    shape = colour.shape[:2]
    field = np.full(shape, 99, dtype=np.float32)
    for way in ways:
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way.points[:, :2], axis=0).T))])
        wanted = np.linspace(0, along[-1], max(2, int(along[-1] / (0.5 * texel)) + 1))
        x, y, width = (np.interp(wanted, along, v) for v in (way.points[:, 0], way.points[:, 1], way.width_m))
        half = np.hypot(width / (2 * texel), NARROWEST).astype(np.float32)
        ribbon(field, (x / texel).astype(np.float32), (shape[0] - y / texel).astype(np.float32), half)
    palette = load_palette()
    modern = np.zeros(shape, dtype=np.float32)
    if kind == "street":
        modern = np.clip(resized(world.category("settlement", "city").astype(np.float32), shape, "linear"), 0, 1)
    tones = np.array([palette.material("road"), palette.material("asphalt")], dtype=np.float32) / np.float32(255)
    water = world["water_kind"] > 0 if "water_kind" in world else np.zeros(world.grid.shape, bool)
    dry = 1 - np.clip(2 * resized(water.astype(np.float32), shape, "linear"), 0, 1)
    _stroke(colour, field, modern.astype(np.float32), dry.astype(np.float32), light, tones)


def _grounds(colour: FloatArray, world: World, light: FloatArray) -> None:
    """Lay squares, yards and fields."""
    layer = world.layers["district"]
    palette, shape = load_palette(), colour.shape[:2]
    city = world.category("settlement", "city")
    tone, cover = np.zeros((*layer.data.shape, 3), np.float32), np.zeros(layer.data.shape, np.float32)
    for number, name in layer.legend.items():
        if name in GROUNDS:
            material, strength = GROUNDS[name]
            here = layer.data == number
            tone[here], cover[here] = np.array(palette.material(material)) / 255, strength
            if name in ("residential", "centre"):  # a city is paved, a town or village trodden
                tone[here & city] = np.array(palette.material("pavement" if name == "centre" else "lawn")) / 255
                cover[here & city] = 0.85 if name == "centre" else 0.6
    lot = world["lot"] if "lot" in world else np.zeros(layer.data.shape, np.int32)
    fields = world.category("district", "farmland") & (lot > 0)
    tones = np.array([palette.material(name) for name in FIELDS], dtype=np.float32) / np.float32(255)
    tone[fields], cover[fields] = tones[lot[fields] % len(FIELDS)], 0.9
    share = np.maximum(cover, 1e-6)[..., None]
    soft = np.stack([resized((tone * cover[..., None])[..., k], shape, "linear") for k in range(3)], axis=-1)
    alpha = np.clip(resized(cover, shape, "linear"), 0, 1)
    soft /= np.maximum(alpha, 1e-6)[..., None]
    del share
    furrow = resized(np.where(fields, lot, 0).astype(np.float32), shape, "nearest").astype(np.int32)
    _patch(colour, soft.astype(np.float32), alpha.astype(np.float32), furrow, light)


@njit(parallel=True, cache=True)
def _light(surface: FloatArray, shadow: FloatArray, sky: FloatArray, texel: Number, vigour: Number) -> FloatArray:
    """``(rows, cols)``: factor of a tone's brightness by the sun and the sky it sees."""
    rows, cols = surface.shape
    out = np.empty((rows, cols), dtype=np.float32)
    for r in prange(rows):
        up, down = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(cols):
            left, right = max(c - 1, 0), min(c + 1, cols - 1)
            gx = (surface[r, right] - surface[r, left]) / (np.float32(2) * texel) * vigour
            gy = (surface[up, c] - surface[down, c]) / (np.float32(2) * texel) * vigour
            facing = (KZ - gx * KX - gy * KY) / np.sqrt(gx * gx + gy * gy + _1)
            lit = np.float32(0.1) + np.float32(1.02) * max(facing, np.float32(0)) * (
                _1 - np.float32(0.8) * shadow[r, c]
            )
            out[r, c] = np.float32(0.55) + np.float32(0.52) * min(lit, _1) * (
                np.float32(0.7) + np.float32(0.3) * sky[r, c]
            )
    return out


@njit(parallel=True, cache=True)
def _stroke(
    colour: FloatArray, field: FloatArray, modern: FloatArray, dry: FloatArray, light: FloatArray, tones: FloatArray
) -> None:
    rows, cols = field.shape
    for r in prange(rows):
        for c in range(cols):
            if field[r, c] > np.float32(2.5):
                continue
            cover = min(max(np.float32(0.5) - field[r, c], np.float32(0)), _1) * dry[r, c]
            verge = (
                max(_1 - abs(field[r, c] - np.float32(0.9)) / np.float32(1.4), np.float32(0))
                * np.float32(0.24)
                * dry[r, c]
            )
            for k in range(3):
                tone = tones[0, k] + (tones[1, k] - tones[0, k]) * modern[r, c]
                value = colour[r, c, k] * (_1 - verge)
                colour[r, c, k] = value + (tone * light[r, c] - value) * cover


@njit(parallel=True, cache=True)
def _patch(
    colour: FloatArray, tone: FloatArray, alpha: FloatArray, furrow: NDArray[np.int32], light: FloatArray
) -> None:
    rows, cols = alpha.shape
    for r in prange(rows):
        for c in range(cols):
            if alpha[r, c] < np.float32(0.01):
                continue
            bright = light[r, c]
            if furrow[r, c] > 0:
                angle = np.float32((furrow[r, c] * 37) % 180) * np.float32(np.pi / 180)
                wave = np.sin((np.cos(angle) * c + np.sin(angle) * r) * np.float32(2 * np.pi / 5.0))
                bright *= _1 + np.float32(0.045) * wave
            for k in range(3):
                colour[r, c, k] += (tone[r, c, k] * bright - colour[r, c, k]) * alpha[r, c]
