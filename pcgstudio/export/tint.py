"""Colours of the exported surfaces, as linear vertex colours and materials from the palette."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
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

_SHORE_ALPHA, _DEEP_ALPHA = 0.62, 0.97


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


def ground_colours(world: World, rows: NDArray[np.intp], cols: NDArray[np.intp]) -> NDArray[np.uint16]:
    """``(n, 4) uint16`` colours of the bare ground at corners of cells: biome, rock on steep slopes, beds.

    Parameters
    ----------
    world : World
        With or without ``biome``, ``slope`` and ``water_kind``.
    rows, cols : ndarray
        Numbers of the corners that are kept, from 0 to the number of cells; n is the product of their lengths.
    """
    tones = linear(load_palette().biome_tones())
    sun, shade = tones[:, 0].copy(), tones[:, 1].copy()
    # Under water lies sand or mud; the water's own surface brings the blue.
    mud = linear(np.array(load_palette().soil["middle"]) / 255)
    for name, tone in (("ocean", np.float32(0.8) * sun[BIOMES.index("beach")]), ("lake", mud), ("river", mud)):
        sun[BIOMES.index(name)] = shade[BIOMES.index(name)] = tone
    slope = world["slope"] if "slope" in world else np.zeros(world.grid.shape, np.float32)
    rock = sun[BIOMES.index("rock")]
    return np.asarray(_ground(_biome_ids(world), slope, sun, shade, rock, rows, cols), dtype=np.uint16)


@njit(cache=True)
def _ground(ids, slope, sun, shade, rock, corner_rows, corner_cols):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - numba infers
    rows, cols = ids.shape
    low, high = np.float32(ROCK_DEG[0]), np.float32(ROCK_DEG[1])
    out = np.empty((len(corner_rows) * len(corner_cols), 4), dtype=np.uint16)
    total = np.empty(3, dtype=np.float32)
    n = 0
    for r in corner_rows:
        for c in corner_cols:
            total[:] = 0
            for k in range(4):
                rr = min(max(r - k // 2, 0), rows - 1)
                cc = min(max(c - k % 2, 0), cols - 1)
                here, tilt = ids[rr, cc], slope[rr, cc]
                lean = np.float32(0.5) * min(tilt / np.float32(60), np.float32(1))
                bare = np.float32(0.8) * min(max((tilt - low) / (high - low), np.float32(0)), np.float32(1))
                for j in range(3):
                    tone = sun[here, j] + (shade[here, j] - sun[here, j]) * lean
                    total[j] += tone + (rock[j] - tone) * bare
            for j in range(3):
                out[n, j] = np.uint16(total[j] * np.float32(65535 / 4) + np.float32(0.5))
            out[n, 3] = 65535
            n += 1
    return out


def _biome_ids(world: World) -> NDArray[np.uint8]:
    """Biome ids by this program's table, water cells as beds, whatever ids the layer's own legend gives them."""
    ids = np.zeros(world.grid.shape, dtype=np.uint8)
    layer = world.layers.get("biome")
    if layer is not None:
        table = np.zeros(int(layer.data.max()) + 1, dtype=np.uint8)
        for number, name in layer.legend.items():
            if name in BIOMES and number < len(table):
                table[number] = BIOMES.index(name)
        ids = table[np.maximum(layer.data, 0)]
    if "water_kind" in world:
        beds = np.array([0, BIOMES.index("ocean"), BIOMES.index("lake"), BIOMES.index("river")], dtype=np.uint8)
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
    deep = np.linspace(0, 1, 1024)
    place = deep * (len(tones) - 1)
    colour = np.stack([np.interp(place, np.arange(len(tones)), tone) for tone in tones.T], axis=1)
    alpha = (_SHORE_ALPHA + (_DEEP_ALPHA - _SHORE_ALPHA) * deep) / _DEEP_ALPHA
    table = vertex_colours(np.column_stack([colour / tones.max(axis=0), alpha]).astype(np.float32))
    murk = 1 - np.exp(np.maximum(depth, 0) * np.float32(-2.5 / _CLEAR_M[name]))
    return table[np.round(murk * (len(table) - 1)).astype(np.intp)]


def _tones(name: str) -> FloatArray:
    water = load_palette().water
    return linear(np.array([water[t] for t in _WATER_TONES[name]]) / 255)
