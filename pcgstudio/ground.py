"""The ground of a map as one picture from above: biomes, rock, snow, water, rivers and baked light.

The picture is draped over the surface in the three-quarter view and is itself the top view. It is finer than the grid,
so that shores, rivers and biome edges run smoothly instead of in stairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import paint, paint_water, paint_ways
from .palette import Palette, load_palette
from .shading import KEY, blurred, crispness, distance_to_other, mottle, resized, sky_view, sun_shadow
from .tones import PLAIN, biome_tones, layer_tones, surroundings
from .world import WATER_KINDS, FloatArray, World

SEA, LAKE, RIVER = (WATER_KINDS.index(name) for name in ("sea", "lake", "river"))
ROCKY, MOST_CLINGING = 0.6, 0.8
"""Steepness (tangent) of high ground from which snow is drawn on rock too, and by how much at most."""

THINNEST = 2.7
"""Half the width that the thinnest river is drawn with, in texels; a wide one is drawn as wide as it is."""

MOST_VIGOUR = 3.0
"""By how much relief is exaggerated at most."""

PLAINLY = 0.4
"""How much of that exaggeration is left under a layer shown as colour, whose own tones must be told apart."""

BROAD_CELLS = 8.0
"""Occlusion cells below which relief is not exaggerated: hills may stand out in gentle country, wrinkles may not."""

STEEP = 0.36
"""Slope (tangent), there or around, from which broad forms are not exaggerated; below half of it they wholly are."""

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
    hole : ndarray, optional
        ``(rows, cols) bool`` where a cave opens and no ground is drawn; None where there is none.
    """

    colour: FloatArray
    surface: FloatArray
    bed: FloatArray
    shadow: FloatArray
    texel_m: float
    extent_m: tuple[float, float]
    hole: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class _Water:
    """Where the water stands, on texels."""

    wet: NDArray[np.bool_]
    depth: FloatArray  # [m]
    surface: FloatArray  # [m]
    shore: FloatArray  # texels to the shoreline, on both sides of it
    lake: FloatArray  # 1 in lakes, 0 in the sea
    blue: FloatArray  # how blue the sea is, in [0, 1]
    swell: FloatArray  # broad noise


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
    sky = resized(sky_view(small * np.float32(min(vigour, 2.0)), coarse, 32), bed.shape, "linear")
    ridges = crispness(small, 2.2, coarse) * np.float32(0.6) + crispness(small, 8.0, coarse) * np.float32(0.6)
    modelled = _modelled(small, coarse, vigour) * np.float32(1 if natural else PLAINLY)
    crisp = resized(ridges + modelled, bed.shape, "linear")
    ribbons = _ribbons(world, bed.shape, texel) if natural else np.full_like(bed, 99)
    biome, tones, traits = biome_tones(world) if natural else (*layer_tones(world.layers[colour_by]), PLAIN)
    shown = water.wet if natural else np.zeros_like(water.wet)
    none = np.zeros_like(bed)
    grain, broad, ruffle = (
        mottle(bed.shape, features, octaves, seed) if natural else none
        for features, octaves, seed in ((longest / 5, 2, 11), (22, 4, 12), (longest / 16, 3, 13))
    )
    colour = paint.land(
        surface, biome, tones, traits, surroundings(biome, tones, traits), cast, sky, crisp, ribbons, shown,
        water.shore, grain, broad, ruffle, texel, float(natural),
        _snowline(world["height"], world.grid.cell_size_m, traits[biome, 2] > 0), _paints(load_palette()),
    )  # fmt: skip
    if natural:
        paint_ways.lay(colour, world, surface, cast, sky, texel, vigour)
    paint_water.water(
        colour, shown, bed, water.depth, water.blue, water.shore, water.lake, own, water.swell, texel,
        _paints(load_palette()),
    )  # fmt: skip
    if natural:
        _whiten(colour, world, ribbons)
    return Ground(colour, surface, bed, own, texel, world.grid.extent_m, _holes(world, bed.shape))


def _whiten(colour: FloatArray, world: World, ribbons: FloatArray) -> None:
    """Paint white water where a river falls, and foam on the pool below."""
    if "waterfall" not in world or not (world["waterfall"] > 0).any():
        return
    falling = resized(paint.softened((world["waterfall"] > 0).astype(np.float32)), ribbons.shape, "linear")
    streaks = np.float32(0.86) + np.float32(0.14) * mottle(ribbons.shape, max(ribbons.shape) / 3, 2, 15)
    white = np.clip(1.9 * falling, 0, 1) * np.clip(np.float32(1.1) - np.float32(0.6) * ribbons, 0, 1) * streaks
    foam = np.array(load_palette().water["foam"], dtype=np.float32) / np.float32(255)
    colour += (foam - colour) * np.clip(white, 0, 1)[..., None]


def _holes(world: World, shape: tuple[int, int]) -> NDArray[np.bool_] | None:
    """``shape bool``: texels where a cave opens; None where there is none."""
    if "hole" not in world or not (world["hole"] > 0).any():
        return None
    return np.asarray(resized((world["hole"] > 0).astype(np.float32), shape, "linear") > 0.5)


def relief_factor(surface: FloatArray, cell_m: float) -> float:
    """Return how much steeper the light sees the ground, so that gentle country reads too; 1 in the mountains."""
    south, east = np.gradient(surface, cell_m)
    steepness = np.hypot(south, east)
    dry = steepness[steepness > 1e-4]
    if not len(dry):
        return 1.0
    return float(np.clip(0.38 / max(float(np.percentile(dry, 80)), 1e-6), 1.0, MOST_VIGOUR))


def _modelled(surface: FloatArray, cell_m: float, vigour: float) -> FloatArray:
    """``(rows, cols) float32``: how much lighter broad forms of gentle ground are, seen ``vigour`` times as steep.

    In the unit of `crispness`. Cliffs are no gentle forms: exaggerated, they would shade the plain around them.
    """
    if vigour == 1.0:
        return np.zeros_like(surface)
    south, east = np.gradient(blurred(surface, BROAD_CELLS), cell_m)
    around = blurred(np.hypot(*np.gradient(surface, cell_m)), 2 * BROAD_CELLS)
    share = np.clip((STEEP - np.maximum(around, np.hypot(south, east))) / (STEEP / 2), 0, 1)
    steeper = 1 + (vigour - 1) * share
    facing = [
        (KEY[2] - k * east * KEY[0] + k * south * KEY[1]) / np.sqrt(1 + k**2 * (east**2 + south**2))
        for k in (np.ones_like(steeper), steeper)
    ]
    return np.asarray((facing[1] - facing[0]) / paint.CRISP, dtype=np.float32)


def _paints(palette: Palette) -> FloatArray:
    """``(n, 3)`` colours in the order that the kernels index them by."""
    names = (
        "foam", "shore", "shallow", "middle", "deep", "lake_shore", "lake_deep", "river", "river_edge", "river_bank",
        "swamp_shore", "swamp_deep",
    )  # fmt: skip
    return np.array([palette.water[n] for n in names], dtype=np.float32) / np.float32(255)


def _water(world: World, bed: FloatArray) -> _Water:
    shape = bed.shape
    kind = world["water_kind"] if "water_kind" in world else np.zeros(world.grid.shape, np.uint8)
    standing = (kind == SEA) | (kind == LAKE)
    if not standing.any():
        dry, zero = np.zeros(shape, dtype=bool), np.zeros_like(bed)
        return _Water(dry, zero, bed, np.full(shape, 1e3, np.float32), zero, zero, zero)
    level = np.where(standing, np.nan_to_num(world["water_level"]), 0).astype(np.float32)
    level, lake = paint.spread(level, (kind == LAKE).astype(np.float32), standing, 3)
    softened = paint.softened(standing.astype(np.float32))
    wet = resized(softened, shape) > 0.5
    surface = resized(level, shape, "nearest")
    depth = np.where(wet, np.maximum(surface - bed, 0.02), 0).astype(np.float32)
    shore = distance_to_other(wet, 400.0)
    swell = mottle(shape, 14, 4, 14)
    return _Water(
        wet, depth, surface, shore, resized(lake, shape, "nearest"), _blueness(depth, wet, shore, swell), swell
    )


def _blueness(depth: FloatArray, wet: NDArray[np.bool_], shore: FloatArray, swell: FloatArray) -> FloatArray:
    """``(rows, cols)`` in [0, 1]: how blue the sea is, from depth and distance, without creases far from the shore."""
    deepest = max(float(np.percentile(depth[wet], 92)), 1.0) if wet.any() else 1.0
    reach = np.float32(0.14 * max(depth.shape))
    small = (max(2, depth.shape[0] // 6), max(2, depth.shape[1] // 6))
    raw = 0.6 * np.minimum(depth / np.float32(deepest), 1) + 0.4 * np.minimum(shore * (1 + 0.45 * swell) / reach, 1)
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
        half = np.hypot(np.interp(along, known, river.width_m) / (2 * texel), THINNEST).astype(np.float32)
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


def _snowline(height: FloatArray, cell_m: float, snowy: NDArray[np.bool_]) -> FloatArray:
    """``(3,)``: heights [m] between which snow holds on to ever steeper rock, and how much steeper (see `paint.land`).

    On alps it holds near the tops, which would be bare otherwise; on rounded fells, rock shows where they are steepest.
    """
    if not snowy.any():
        return np.array([1e8, 1e9, 0], dtype=np.float32)
    low, high = np.percentile(height[snowy], (15, 85))
    steepness = np.hypot(*np.gradient(height, cell_m))[snowy & (height >= (low + high) / 2)]
    clings = np.clip(float(np.percentile(steepness, 60)) - ROCKY, 0, MOST_CLINGING) if len(steepness) else 0
    return np.array([low, max(high, low + 1), clings], dtype=np.float32)
