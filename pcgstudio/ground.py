"""The ground of a map as one picture from above: biomes, rock, snow, water, rivers and baked light.

The picture is draped over the surface in the three-quarter view and is itself the top view. It is finer than the grid,
so that shores, rivers and biome edges run smoothly instead of in stairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import paint
from .palette import Palette, load_palette
from .shading import blurred, crispness, distance_to_other, mottle, resized, sky_view, sun_shadow
from .world import BIOMES, WATER_KINDS, FloatArray, Layer, World

VOLCANIC, LAVA = 128, 255
"""Drawn ids: a biome on a volcano is shown as its id plus the first; the second is molten rock."""

SEA, LAKE, RIVER = (WATER_KINDS.index(name) for name in ("sea", "lake", "river"))
BLANK = np.array([0.86, 0.85, 0.82], dtype=np.float32)
"""Relief where a shown layer has no value."""

OCCLUSION_CELLS = 360
"""Cells on the longer side at which occlusion is found; it is smooth, so more would only cost time."""


@dataclass(frozen=True)
class Ground:
    """The painted ground over a lattice of texels.

    Parameters
    ----------
    colour : ndarray
        ``(rows, cols, 3) float32`` sRGB in [0, 1], light included.
    surface : ndarray
        ``(rows, cols) float32`` land or water surface [m].
    bed : ndarray
        ``(rows, cols) float32`` land, lake and sea bed [m].
    shadow : ndarray
        ``(rows, cols) float32`` shadow of the relief alone, 1 in the dark.
    texel_m : float
        Size of a texel [m].
    extent_m : tuple of float
        East-west and north-south size [m].
    """

    colour: FloatArray
    surface: FloatArray
    bed: FloatArray
    shadow: FloatArray
    texel_m: float
    extent_m: tuple[float, float]


@dataclass(frozen=True)
class _Water:
    """Where the water stands, on texels."""

    wet: NDArray[np.bool_]
    depth: FloatArray  # [m]
    surface: FloatArray  # [m]
    shore: FloatArray  # texels to the shoreline, on both sides of it
    lake: FloatArray  # 1 in lakes, 0 in the sea
    blue: FloatArray  # how blue the sea is, in [0, 1]


def texel_shape(world: World, longest: int) -> tuple[int, int]:
    """Rows and columns of a picture of the map with that many texels on the longer side."""
    east, north = world.grid.extent_m
    return max(2, round(longest * north / max(east, north))), max(2, round(longest * east / max(east, north)))


def relief(world: World, longest: int) -> tuple[FloatArray, float]:
    """Return the ground height on texels, ``(rows, cols)``, and the texel size [m]."""
    shape = texel_shape(world, longest)
    return resized(world["height"], shape), world.grid.extent_m[0] / shape[1]


def painted(world: World, longest: int, canopy: FloatArray | None = None, colour_by: str = "biome") -> Ground:
    """Paint the ground.

    Parameters
    ----------
    world : World
        Needs the layer ``height``; uses ``biome``, ``water_kind``, ``water_level`` and the river paths where there are.
    longest : int
        Texels on the longer side.
    canopy : ndarray, optional
        ``(rows, cols)`` tops of the things that stand on the ground [m]; they cast shadows.
    colour_by : str
        ``biome`` for the natural look, or a layer to show as colour over the relief.
    """
    natural = colour_by == "biome"
    bed, texel = relief(world, longest)
    water = _water(world, bed)
    surface = np.where(water.wet, water.surface, bed)
    own = sun_shadow(surface, surface, texel, 0.12)
    cast = own if canopy is None else sun_shadow(surface, np.maximum(surface, canopy), texel, 0.12)
    small = resized(surface, texel_shape(world, min(longest, OCCLUSION_CELLS)))
    coarse = world.grid.extent_m[0] / small.shape[1]
    vigour = relief_factor(small, coarse)
    sky = resized(sky_view(small * np.float32(vigour), coarse, 32), bed.shape, "linear")
    crisp = resized(crispness(small, 2.2) * 0.6 + crispness(small, 8.0) * 0.6, bed.shape, "linear")
    ribbons = _ribbons(world, bed.shape, texel) if natural else np.full_like(bed, 99)
    biome, tones = _biomes(world) if natural else layer_tones(world.layers[colour_by])
    shown = water.wet if natural else np.zeros_like(water.wet)
    none = np.zeros_like(bed)
    grain, broad, ruffle = (
        mottle(bed.shape, features, octaves, seed) if natural else none
        for features, octaves, seed in ((longest / 5, 2, 11), (22, 4, 12), (longest / 16, 3, 13))
    )
    colour = paint.land(
        surface, biome, tones, cast, sky, crisp, ribbons, shown, water.shore,
        grain, broad, ruffle, texel, vigour, _paints(load_palette()),
    )  # fmt: skip
    paint.water(
        colour, shown, water.depth, water.blue, water.shore, water.lake, own, mottle(bed.shape, 14, 4, 14),
        _paints(load_palette()),
    )  # fmt: skip
    return Ground(colour, surface, bed, own, texel, world.grid.extent_m)


def relief_factor(surface: FloatArray, cell_m: float) -> float:
    """Return how much steeper the light sees the ground, so that gentle country reads too; 1 in the mountains."""
    south, east = np.gradient(surface, cell_m)
    steepness = np.hypot(south, east)
    dry = steepness[steepness > 1e-4]
    if not len(dry):
        return 1.0
    return float(np.clip(0.38 / max(float(np.percentile(dry, 80)), 1e-6), 1.0, 5.0))


def _paints(palette: Palette) -> FloatArray:
    """``(n, 3)`` colours in the order that the kernels index them by."""
    names = ("foam", "shore", "shallow", "middle", "deep", "lake_shore", "lake_deep", "river", "river_edge")
    return np.array([palette.water[n] for n in names], dtype=np.float32) / np.float32(255)


def _water(world: World, bed: FloatArray) -> _Water:
    shape = bed.shape
    kind = world["water_kind"] if "water_kind" in world else np.zeros(world.grid.shape, np.uint8)
    standing = (kind == SEA) | (kind == LAKE)
    if not standing.any():
        dry, zero = np.zeros(shape, dtype=bool), np.zeros_like(bed)
        return _Water(dry, zero, bed, np.full(shape, 1e3, np.float32), zero, zero)
    level = np.where(standing, np.nan_to_num(world["water_level"]), 0).astype(np.float32)
    level, lake = paint.spread(level, (kind == LAKE).astype(np.float32), standing, 3)
    softened = paint.softened(standing.astype(np.float32))
    wet = resized(softened, shape) > 0.5
    surface = resized(level, shape, "nearest")
    depth = np.where(wet, np.maximum(surface - bed, 0.02), 0).astype(np.float32)
    shore = distance_to_other(wet, 400.0)
    return _Water(wet, depth, surface, shore, resized(lake, shape, "nearest"), _blueness(depth, wet, shore))


def _blueness(depth: FloatArray, wet: NDArray[np.bool_], shore: FloatArray) -> FloatArray:
    """``(rows, cols)`` in [0, 1]: how blue the sea is, from depth and distance, without creases far from the shore."""
    deepest = max(float(np.percentile(depth[wet], 92)), 1.0) if wet.any() else 1.0
    reach = np.float32(0.14 * max(depth.shape))
    small = (max(2, depth.shape[0] // 6), max(2, depth.shape[1] // 6))
    raw = 0.6 * np.minimum(depth / np.float32(deepest), 1) + 0.4 * np.minimum(shore / reach, 1)
    raw = np.where(wet, raw, 0).astype(np.float32)
    covered = blurred(resized(wet.astype(np.float32), small, "linear"), 5)
    far = blurred(resized(raw, small, "linear"), 5) / np.maximum(covered, 0.05)
    share = np.clip(shore / (0.35 * reach), 0, 1)
    return np.asarray(raw + (resized(far, depth.shape, "linear") - raw) * share, dtype=np.float32)


def _ribbons(world: World, shape: tuple[int, int], texel: float) -> FloatArray:
    """``shape float32``: texels from the bank of the nearest river, negative inside; large far away."""
    field = np.full(shape, 99, dtype=np.float32)
    rivers = [p for p in world.paths if p.kind == "river" and len(p.points) > 1]
    for river in rivers:
        line = smoothed_line(river.points[:, :2], min(world.grid.cell_size_m, 3 * texel))
        along, known = np.linspace(0, 1, len(line)), np.linspace(0, 1, len(river.width_m))
        half: FloatArray = np.maximum(np.interp(along, known, river.width_m) / (2 * texel), 1.5).astype(np.float32)
        xs, ys = line[:, 0] / texel, shape[0] - line[:, 1] / texel
        paint.ribbon(field, xs.astype(np.float32), ys.astype(np.float32), half)
    if not rivers and "water_kind" in world and (world["water_kind"] == RIVER).any():
        share = resized(paint.softened((world["water_kind"] == RIVER).astype(np.float32)), shape)
        field = ((0.4 - share) * 4).astype(np.float32)
    return field


def smoothed_line(points: NDArray[np.floating], spacing: float) -> NDArray[np.float64]:
    """``(m, 2)``: the line without the stairs of a grid, sampled at about a quarter of ``spacing``; ends stay."""
    line = np.array(points, dtype=np.float64)
    for _ in range(6):
        line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    count = max(2, int(along[-1] / (spacing / 4)) + 1)
    wanted = np.linspace(0, along[-1], count)
    return np.stack([np.interp(wanted, along, line[:, k]) for k in range(2)], axis=1)


def _biomes(world: World) -> tuple[NDArray[np.uint8], FloatArray]:
    """Return biome ids without water on the grid, and ``(n, 4, 3)``: sun, shade, rock in sun, rock in shade by id."""
    palette = load_palette()
    if "biome" in world:
        layer = world.layers["biome"]
        names = dict(layer.legend) or dict(enumerate(BIOMES))
        ids = layer.data.astype(np.uint8)
    else:
        names, ids = dict(enumerate(BIOMES)), natural_biomes(world)
    tones = np.zeros((256, 4, 3), dtype=np.float32)
    rock, warm, dark = (np.array(palette.biomes[n], dtype=np.float32) for n in ("rock", "badlands", "volcanic"))
    arid = float(np.isin(ids, [i for i, name in names.items() if name in ("desert", "badlands", "savanna")]).mean())
    rock = rock + (warm - rock) * np.float32(0.75 * min(2 * arid, 1))  # the stone of dry country is warm
    for i, name in names.items():
        stone = {"badlands": warm, "volcanic": dark, "desert": (rock + warm) / 2}.get(name, rock)
        if name == "rock":
            tones[i] = np.concatenate([rock, rock]) / 255
            continue
        tones[i] = np.concatenate([palette.biomes.get(name, palette.biomes["none"]), stone]) / 255
    wet = [i for i, name in names.items() if name in ("ocean", "lake", "river", "none")]
    ids = paint.filled(ids, np.isin(ids, wet))
    if "volcano" in world:  # its bare rock is dark
        tones[VOLCANIC:LAVA] = tones[: LAVA - VOLCANIC]
        tones[VOLCANIC:LAVA, 2:] += (dark / 255 - tones[VOLCANIC:LAVA, 2:]) * np.float32(0.6)
        ids = np.where(world["volcano"] > 0, np.minimum(ids, LAVA - VOLCANIC - 1) + VOLCANIC, ids).astype(np.uint8)
    if "lava" in world:
        tones[LAVA] = np.tile(np.array(palette.biomes["lava"], dtype=np.float32) / 255, (2, 1))
        ids = np.where(world["lava"] > 0, LAVA, ids).astype(np.uint8)
    return ids, tones


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
    tones[0, ::2], tones[0, 1::2] = BLANK, BLANK * np.array([0.6, 0.61, 0.64], dtype=np.float32)
    if layer.legend and set(layer.legend.values()) <= set(BIOMES):
        for i, name in layer.legend.items():
            tones[i] = np.tile(np.array(palette.biomes[name], dtype=np.float32) / 255, (2, 1))
    return ids.astype(np.uint8), tones


def natural_biomes(world: World) -> NDArray[np.uint8]:
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
