"""Colours of the exported surfaces, as linear vertex colours and materials from the palette."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio.palette import Rgb, load_palette
from pcgstudio.world import BIOMES, WATER_KINDS, FloatArray, World

ROCK_DEG = (32.0, 42.0)
"""Slopes between which bare rock takes over; loose ground does not hold above about 35 degrees."""

_ROUGHNESS = {"iron": 0.45, "gold": 0.3, "rock": 0.95, "slab": 0.95, "wall": 0.9, "floor": 0.8, "conifer": 0.85}
_METALS = frozenset({"iron", "gold"})
_GLOWING = frozenset({"ember"})

_WATER_TONES = {"sea": ("shore", "shallow", "middle", "deep"), "lake": ("lake_shore", "lake_deep"), "river": ("river",)}
_CLEAR_M = {"sea": 10.0, "lake": 5.0, "river": 2.0}
"""Depth [m] at which the last tone is nearly reached."""

_SHORE_ALPHA, _DEEP_ALPHA = 0.62, 0.94


def linear(srgb: NDArray[Any]) -> FloatArray:
    """Return linear light of sRGB values in [0, 1] (IEC 61966-2-1), of the same shape."""
    low = srgb <= 0.04045
    return np.where(low, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def base_colour(colour: Rgb, alpha: float = 1.0) -> list[float]:
    """Return a glTF base colour factor, rounded so that every platform writes the same text."""
    return [round(float(c), 5) for c in linear(np.array(colour) / 255)] + [alpha]


def material(name: str, colour: Rgb, *, two_sided: bool = False) -> dict[str, Any]:
    """Return the glTF material of a palette material."""
    metal = name in _METALS
    told: dict[str, Any] = {
        "name": name,
        "pbrMetallicRoughness": {
            "baseColorFactor": base_colour(colour),
            "metallicFactor": 1.0 if metal else 0.0,
            "roughnessFactor": _ROUGHNESS.get(name, 0.9),
        },
    }
    if name in _GLOWING:
        told["emissiveFactor"] = base_colour(colour)[:3]
    if two_sided:
        told["doubleSided"] = True
    return told


def ground_colours(world: World) -> FloatArray:
    """``(rows, cols, 3) float32`` linear colour of the bare ground of every cell: biome, rock on steep slopes, beds."""
    tones = linear(load_palette().biome_tones())
    sun, shade = tones[:, 0], tones[:, 1]
    # Under water lies sand or mud; the water's own surface brings the blue.
    bed = {"ocean": 0.8 * sun[BIOMES.index("beach")], "lake": linear(_soil("middle")), "river": linear(_soil("middle"))}
    for name, tone in bed.items():
        sun[BIOMES.index(name)] = tone
        shade[BIOMES.index(name)] = tone
    ids = _biome_ids(world)
    if "slope" not in world:
        return np.asarray(sun[ids], dtype=np.float32)
    steep = np.clip((world["slope"] - ROCK_DEG[0]) / (ROCK_DEG[1] - ROCK_DEG[0]), 0, 1)[..., None]
    rock = sun[BIOMES.index("rock")]
    lean = np.clip(world["slope"] / 60, 0, 1)[..., None] * np.float32(0.5)
    colour = sun[ids] + (shade[ids] - sun[ids]) * lean
    return np.asarray(colour + (rock - colour) * steep * np.float32(0.8), dtype=np.float32)


def _soil(name: str) -> NDArray[np.float64]:
    return np.array(load_palette().soil[name]) / 255


def _biome_ids(world: World) -> NDArray[np.intp]:
    """Biome ids by this program's table, water cells as beds, whatever ids the layer's own legend gives them."""
    ids = np.zeros(world.grid.shape, dtype=np.intp)
    layer = world.layers.get("biome")
    if layer is not None:
        table = np.zeros(int(layer.data.max()) + 1, dtype=np.intp)
        for number, name in layer.legend.items():
            if name in BIOMES and number < len(table):
                table[number] = BIOMES.index(name)
        ids = table[np.maximum(layer.data, 0)]
    if "water_kind" in world:
        beds = np.array([0, BIOMES.index("ocean"), BIOMES.index("lake"), BIOMES.index("river")])
        ids = np.where(world["water_kind"] > 0, beds[world["water_kind"]], ids)
    return ids


def vertex_colours(colour: FloatArray) -> NDArray[np.uint16]:
    """``(n, 4) uint16`` normalised vertex colours from ``(n, 3..4)`` linear colours; 8 bits would band in the dark."""
    packed = np.full((len(colour), 4), 65535, dtype=np.uint16)
    packed[:, : colour.shape[1]] = np.round(np.clip(colour, 0, 1) * 65535)
    return packed


def water_material(kind: int) -> dict[str, Any]:
    """Return the see-through material of a kind of water, which the vertex colours darken and thicken with depth."""
    name = WATER_KINDS[kind]
    tone = [round(float(c), 5) for c in _tones(name).max(axis=0)]
    surface = {"baseColorFactor": [*tone, _DEEP_ALPHA], "metallicFactor": 0.0, "roughnessFactor": 0.12}
    return {"name": f"water_{name}", "pbrMetallicRoughness": surface, "alphaMode": "BLEND"}


def water_colours(kind: int, depth: FloatArray) -> NDArray[np.uint16]:
    """``(n, 4) uint16`` vertex colours of water of the depths ``(n,)`` [m], relative to `water_material`."""
    name = WATER_KINDS[kind]
    tones = _tones(name)
    deep = 1 - np.exp(-2.5 * np.maximum(depth, 0) / _CLEAR_M[name])
    place = deep * (len(tones) - 1)
    colour = np.stack([np.interp(place, np.arange(len(tones)), tone) for tone in tones.T], axis=1)
    alpha = (_SHORE_ALPHA + (_DEEP_ALPHA - _SHORE_ALPHA) * deep) / _DEEP_ALPHA
    return vertex_colours(np.column_stack([colour / tones.max(axis=0), alpha]).astype(np.float32))


def _tones(name: str) -> FloatArray:
    water = load_palette().water
    return linear(np.array([water[t] for t in _WATER_TONES[name]]) / 255)
