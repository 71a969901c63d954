"""Which tones the cells of a map are painted with: its biomes, or a layer shown as colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .paint import filled
from .palette import load_palette
from .shading import mottle, resized
from .world import BIOMES, FloatArray, Layer, World

GRASS, SAND, VOLCANIC, LAVA = 126, 127, 128, 255
"""Drawn ids: grass; sand of dunes; a biome on a volcano is shown as its id plus the third; molten rock."""

DRY = ("desert", "badlands", "savanna", "beach", "rock", "none")
"""Biomes that dunes are bare sand in, their steep lee sides too."""

FRESH = np.array([0.94, 1.0, 0.82], dtype=np.float32)
"""``(3,)`` by how much the green of grass is fresher than that of grassland."""

BLANK = np.array([0.90, 0.88, 0.83], dtype=np.float32)
"""Relief where a shown layer has no value."""

GENTLE = frozenset({
    "none", "grassland", "savanna", "shrubland", "forest", "rainforest", "taiga", "tundra", "desert", "badlands",
    "volcanic", "swamp",
})  # fmt: skip
"""Biomes that run into each other without an edge."""

GENTLENESS, SURROUNDINGS_CELLS = 0.82, 56
"""How much of their tone such biomes take from around, and the cells of the lattice on which "around" is found."""

ARID = frozenset({"desert", "badlands", "savanna"})
"""Biomes that make a country dry."""

GREEN, MOSS = frozenset({"grassland", "shrubland", "forest", "rainforest", "swamp", "farmland"}), 0.22
"""Biomes that make a country green, and how far its rock is drawn like grass: bare grey looks purple among greens."""

MEADOW, RELATED = ("forest", "shrubland", "taiga"), 0.45
"""Biomes whose ground is drawn so far like grassland: their trees and shrubs tell them apart, not blotches."""

FIELDS, FIELD_TONES = 100, ("field_wheat", "field_green", "field_earth", "field_pale")
"""First drawn id of the fields of farmland, and their materials."""

FIELD_M, FIELD_CELLS = (52.0, 34.0), 4.0
"""Usual length and breadth of a field, which is drawn over at least so many cells each way."""

PLAIN = np.zeros((256, 3), dtype=np.float32)
"""Traits of ids that keep their own tone."""


def surroundings(biome: NDArray[np.uint8], tones: FloatArray, traits: FloatArray) -> FloatArray:
    """``(r, c, 4, 3)`` tones of the gentle biomes around each place, on a coarse lattice."""
    shrink = min(1.0, SURROUNDINGS_CELLS / max(biome.shape))
    rows, cols = (max(2, round(side * shrink)) for side in biome.shape)
    total, weight = np.zeros((rows, cols, 4, 3), dtype=np.float32), np.full((rows, cols), 1e-6, dtype=np.float32)
    for i in np.flatnonzero(np.bincount(biome.ravel(), minlength=256)):
        if traits[i, 0] > 0:
            share = np.maximum(resized((biome == i).astype(np.float32), (rows, cols), "linear"), 0)
            total += share[..., None, None] * tones[i]
            weight += share
    return np.asarray(total / weight[..., None, None], dtype=np.float32)


def biome_tones(world: World) -> tuple[NDArray[np.uint8], FloatArray, FloatArray]:
    """Return biome ids without water on the grid; sun, shade, rock in sun and in shade by id; traits by id."""
    palette = load_palette()
    if "biome" in world:
        layer = world.layers["biome"]
        names = dict(layer.legend) or dict(enumerate(BIOMES))
        ids = layer.data.astype(np.uint8)
    else:
        names, ids = dict(enumerate(BIOMES)), natural_biome_tones(world)
    tones, traits = np.zeros((256, 4, 3), dtype=np.float32), PLAIN.copy()
    rock, warm, dark, grass = (
        np.array(palette.biomes[n], dtype=np.float32) for n in ("rock", "badlands", "volcanic", "grassland")
    )
    arid, green = (
        min(2 * float(np.isin(ids, [i for i, name in names.items() if name in among]).mean()), 1)
        for among in (ARID, GREEN)
    )
    rock = rock + (warm - rock) * np.float32(0.75 * arid)  # the stone of dry country is warm
    rock = rock + (grass - rock) * np.float32(MOSS * green)
    for i, name in names.items():
        traits[i] = GENTLENESS * (name in GENTLE), name == "swamp", name == "snow"
        stone = {"badlands": warm, "volcanic": dark, "desert": (rock + warm) / 2}.get(name, rock)
        if name == "rock":
            tones[i] = np.concatenate([rock, rock]) / 255
            continue
        tones[i] = np.concatenate([palette.biomes.get(name, palette.biomes["none"]), stone]) / 255
    meadow = np.concatenate([grass, rock]) / 255
    for i, name in names.items():
        if name in MEADOW:
            tones[i] += (meadow - tones[i]) * np.float32(RELATED * (1 - arid))
    wet = [i for i, name in names.items() if name in ("ocean", "lake", "river", "none")]
    ids = filled(ids, np.isin(ids, wet))
    farmed = [i for i, name in names.items() if name == "farmland"]
    if farmed and (farms := ids == farmed[0]).any():
        shade = np.array(palette.biomes["farmland"][1]) / np.array(palette.biomes["farmland"][0])
        for k, material in enumerate(FIELD_TONES):
            sunny = np.array(palette.material(material), dtype=np.float32) / 255
            tones[FIELDS + k] = np.concatenate([[sunny, sunny * shade], rock / 255])
        around = np.isin(ids, [i for i, name in names.items() if name in {"grassland", "savanna", *MEADOW}])
        ids = _farmed(ids, farms, around, world.grid.cell_size_m)
    if "grass" in world:  # tufts are too small to be seen from afar
        tones[GRASS] = np.concatenate([palette.biomes["grassland"], rock]) / 255
        tones[GRASS, :2] *= FRESH
        traits[GRASS, 0] = 0.3
        ids = np.where((world["grass"] > 0) & (ids != BIOMES.index("beach")), GRASS, ids).astype(np.uint8)
    if "dune" in world:
        tones[SAND] = np.tile(np.array(palette.biomes["desert"], dtype=np.float32) / 255, (2, 1))
        dry = np.isin(ids, [i for i, name in names.items() if name in DRY])
        ids = np.where((world["dune"] > 0) & dry, SAND, ids).astype(np.uint8)
    if "volcano" in world:  # its bare rock is dark
        tones[VOLCANIC:LAVA], traits[VOLCANIC:LAVA] = tones[: LAVA - VOLCANIC], traits[: LAVA - VOLCANIC]
        tones[VOLCANIC:LAVA, 2:] += (dark / 255 - tones[VOLCANIC:LAVA, 2:]) * np.float32(0.6)
        ids = np.where(world["volcano"] > 0, np.minimum(ids, LAVA - VOLCANIC - 1) + VOLCANIC, ids).astype(np.uint8)
    if "lava" in world:
        tones[LAVA] = np.tile(np.array(palette.biomes["lava"], dtype=np.float32) / 255, (2, 1))
        ids = np.where(world["lava"] > 0, LAVA, ids).astype(np.uint8)
    return ids, tones, traits


def _farmed(
    ids: NDArray[np.uint8], farms: NDArray[np.bool_], around: NDArray[np.bool_], cell_m: float
) -> NDArray[np.uint8]:
    """Draw farmland as whole fields: nobody ploughs a shred of one, so each is drawn in full or, if small, not at all.

    ``around`` is the green that a field may take in; what farmland remains outside any field becomes what lies nearest.
    """
    kinds, lots = fields(ids.shape, cell_m)
    count = int(lots.max()) + 1
    farmed, able = (np.bincount(lots[cells], minlength=count) for cells in (farms, farms | around))
    whole = (farmed >= 0.5 * np.maximum(able, 1))[lots]
    if not (whole & farms).any():
        whole = farms
    if not (farms | whole).all():
        ids = filled(ids, farms)
    return np.where(whole & (farms | around), FIELDS + kinds, ids).astype(np.uint8)


def fields(shape: tuple[int, int], cell_m: float) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the kind of field by cell and the field's own number, in strips a little askew to the map."""
    long, broad = (max(side, FIELD_CELLS * cell_m) / cell_m for side in FIELD_M)
    row, col = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None, :]
    strip = np.floor((row * 0.94 + col * 0.34) / broad).astype(np.int64)
    along = np.floor((col * 0.94 - row * 0.34) / long + (strip * 0.618) % 1.0).astype(np.int64)
    mixed = (strip * 0x9E3779B1 + along * 0x85EBCA77) & 0xFFFFFFFF
    kinds = np.asarray((mixed ^ (mixed >> 15)) % len(FIELD_TONES), dtype=np.uint8)
    along -= along.min()
    return kinds, np.asarray((strip - strip.min()) * (int(along.max()) + 1) + along)


def layer_tones(layer: Layer) -> tuple[NDArray[np.uint8], FloatArray]:
    """Return ids on the grid and ``(256, 4, 3)`` tones that show a layer: a ramp for numbers, hues for categories."""
    palette, tones = load_palette(), np.zeros((256, 4, 3), dtype=np.float32)
    data = layer.data
    if layer.kind == "continuous":
        low, high = (float(np.nanpercentile(data, q)) if np.isfinite(data).any() else 0.0 for q in (1, 99))
        share = np.clip((data - low) / max(high - low, 1e-12), 0, 1)
        ids = np.where(np.isfinite(data), 1 + np.nan_to_num(share) * 254, 0)
        stops = np.array(palette.ramp, dtype=np.float32) / 255
        at = np.linspace(0, len(stops) - 1, 255)
        hues = np.stack([np.interp(at, np.arange(len(stops)), stops[:, k]) for k in range(3)], axis=1)
    else:
        ids = np.where(data <= 0, 0, (data.astype(np.int64) - 1) % 255 + 1)
        hues = np.array(palette.categories, dtype=np.float32)[np.arange(255) % len(palette.categories)] / 255
    tones[1:, ::2], tones[1:, 1::2] = hues[:, None], hues[:, None] * np.array([0.52, 0.55, 0.6], dtype=np.float32)
    tones[0, ::2], tones[0, 1::2] = BLANK, BLANK * np.array([0.64, 0.65, 0.69], dtype=np.float32)
    if layer.legend and set(layer.legend.values()) <= set(BIOMES):
        for i, name in layer.legend.items():
            tones[i] = np.tile(np.array(palette.biomes[name], dtype=np.float32) / 255, (2, 1))
    return ids.astype(np.uint8), tones


def natural_biome_tones(world: World) -> NDArray[np.uint8]:
    """``(rows, cols)``: plausible cover from height alone: sand at the sea, grass, bare uplands, snow on high tops."""
    height = world["height"]
    land = height > 0 if (height < 0).any() else np.ones(height.shape, dtype=bool)
    if not land.any():
        return np.full(height.shape, BIOMES.index("beach"), np.uint8)
    low, high = float(height[land].min()), float(height[land].max())
    rise = (height - low) / max(high - low, 1e-6) + mottle(height.shape, 14, 4, 15) * 0.05
    tall = high - low > 0.08 * max(world.grid.extent_m) ** 0.5 * 32  # about 80 m on 1 km
    ids = np.full(height.shape, BIOMES.index("grassland"), np.uint8)
    ids[rise > 0.5] = BIOMES.index("tundra")
    if tall:
        ids[rise > 0.68] = BIOMES.index("rock")
        ids[rise > 0.8] = BIOMES.index("snow")
    ids[(height < low + 0.015 * (high - low)) & (height < 3)] = BIOMES.index("beach")
    return ids
