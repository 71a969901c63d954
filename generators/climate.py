"""Climate: temperature, moisture, and the biomes that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import REFERENCE_EXTENT_M, Params, param
from pcgstudio.region import Side, side_vector
from pcgstudio.slope import slope_deg
from pcgstudio.world import BIOMES, FloatArray, Grid, Layer

from .cover import blurred
from .kernels.lattice import lattice_over, resample
from .kernels.noise import fractal_noise

PaletteName = Literal["temperate", "tropical", "desert", "arctic", "volcanic", "alien"]
LAPSE_C_PER_M = 0.0065
WEATHER_CELLS = 128
"""Cells on the longer side of the lattice that the wind blows over; it hangs on the extent, not on the grid."""


STONE_M = 4.0
"""Radius over which the ground is averaged before its slope decides what grows there [m]."""


class _Palette(NamedTuple):
    """How a palette shifts the numbers, and which biomes it puts in place of others."""

    warmer_c: float
    wetter: float
    instead: Mapping[str, str] = {}


PALETTES: Mapping[str, _Palette] = {
    "temperate": _Palette(0, 1, {"desert": "shrubland"}),
    "tropical": _Palette(14, 2.0, {"forest": "rainforest"}),
    "desert": _Palette(14, 0.16),
    "arctic": _Palette(-17, 0.8, {"grassland": "tundra", "shrubland": "tundra"}),
    "volcanic": _Palette(3, 0.6, {"desert": "shrubland", "savanna": "shrubland"}),
    "alien": _Palette(
        9, 0.9,
        {"forest": "swamp", "grassland": "savanna", "savanna": "badlands", "taiga": "volcanic", "rainforest": "swamp"},
    ),
}  # fmt: skip

# Whittaker's table: rows colder to warmer, columns drier to wetter.
_TEMPERATURE_EDGES = np.array([-4.0, 0.0, 4.5, 19.0], dtype=np.float32)  # degC
_RAIN_EDGES = np.array([230.0, 380.0, 700.0, 1350.0, 2100.0], dtype=np.float32)  # mm a year
_WHITTAKER = (
    ("snow", "snow", "snow", "snow", "snow", "snow"),
    ("tundra", "tundra", "tundra", "tundra", "snow", "snow"),
    ("tundra", "shrubland", "taiga", "taiga", "taiga", "taiga"),
    ("desert", "shrubland", "grassland", "forest", "forest", "rainforest"),
    ("desert", "shrubland", "savanna", "savanna", "rainforest", "rainforest"),
)


class Climate(Params):
    """Parameters of `climate`."""

    palette: PaletteName = param(
        "temperate",
        "The part of the world the map belongs to.",
        choices={
            "temperate": ("temperate", "mild", "green"),
            "tropical": ("tropical", "tropics", "jungle", "equatorial"),
            "desert": ("desert", "arid", "dry", "sandy"),
            "arctic": ("arctic", "polar", "frozen", "icy", "wintry", "winter", "snowy"),
            "volcanic": ("volcanic", "ashen", "lava"),
            "alien": ("alien", "otherworldly", "strange"),
        },
    )
    temperature_c: float = param(
        12, "Yearly mean at sea level in the temperate palette; tropical and desert add 14, arctic takes 17 away.",
        unit="degC", ge=-30, le=40, aspect="temperature",
        adjectives={"freezing": -10, "cold": 3, "cool": 8, "": 12, "warm": 18, "hot": 27},
    )  # fmt: skip
    rainfall_mm: float = param(
        900, "Yearly rain in the temperate palette; tropical doubles it, desert leaves a sixth.",
        unit="mm", ge=50, le=4000, aspect="moisture",
        adjectives={"parched": 200, "": 900, "wet": 1500, "humid": 1500, "rainy": 1800},
    )  # fmt: skip
    wind_from: Side = param("west", "Where the rain comes from; lee sides are drier.")
    north_colder_c: float = param(
        4, "How much colder the northern edge is than the southern.", unit="degC", ge=-30, le=30
    )
    east_colder_c: float = param(0, "How much colder the eastern edge is than the western.", unit="degC", ge=-30, le=30)
    alpine: float = param(
        11, "How much faster it cools with height than in nature, so that small maps have snowy peaks.",
        ge=0, le=40, hints="1 is nature; stated for a 1024 m map, less on larger ones",
    )  # fmt: skip
    beach_m: float = param(
        14, "Width of the beach where the shore is gentle.", unit="m", ge=0, le=2000, scales=True,
        aspect="width", feature="beach", adjectives={"narrow": 7, "": 14, "wide": 28},
    )  # fmt: skip
    ecotone: float = param(
        1, "How far biomes reach into each other.", ge=0, le=3, aspect="roughness",
        hints="0 smooth borders, 1 natural, 3 scattered patches",
    )  # fmt: skip


@generator(
    family="climate",
    stage="climate",
    reads=("height", "water_kind", "beach", "volcano", "crater", "dune"),
    writes=("temperature", "moisture", "biome"),
    features=(Feature("climate", ("climate", "weather", "biome"), layer="biome", count_by="none"),),
    source="Whittaker, Communities and Ecosystems (1975)",
)
def climate(inputs: Inputs, params: Climate, rng: np.random.Generator, tick: Tick) -> Output:
    """Work out warmth and rain from height, wind and water, and the biomes that grow there."""
    grid, height = inputs.grid, inputs.height()
    palette = PALETTES[params.palette]
    seeds = [int(s) for s in rng.integers(0, 2**31, 2)]
    tick(0.0, "warmth")
    temperature = _temperature(grid, height, params, palette)
    tick(0.2, "wind and rain")
    near_water, rain = _weather(inputs, height, params, palette)
    tick(0.5, "biomes")
    east = max(grid.extent_m)
    broad = fractal_noise(grid, seed=seeds[0], feature_size_m=east / 7, octaves=6, gain=0.62)
    fine = fractal_noise(grid, seed=seeds[1], feature_size_m=east / 18, octaves=4, gain=0.6)
    # Two noises make three: the sum is nearly independent of either where it matters, at a class border.
    felt = temperature + np.float32(3.2 * params.ecotone) * fine
    wet = rain * (1 + np.float32(0.6 * params.ecotone) * broad + np.float32(0.3 * params.ecotone) * fine)
    biome = whittaker(felt, wet, palette.instead)
    tick(0.7, "special ground")
    _special_ground(biome, inputs, height, params, felt, wet, near_water, broad, fine)
    moisture = 1 - np.exp(-rain / np.float32(1200))
    return Output(
        layers={
            "temperature": Layer(temperature, "degC"),
            "moisture": Layer(moisture.astype(np.float32), ""),
            "biome": Layer.named(biome, BIOMES),
        }
    )


def whittaker(
    temperature_c: FloatArray, rain_mm: FloatArray, instead: Mapping[str, str] | None = None
) -> NDArray[np.uint8]:
    """Return biome ids by Whittaker's table.

    Parameters
    ----------
    temperature_c, rain_mm : ndarray
        Yearly means, any one shape [degC, mm].
    instead : mapping of str to str, optional
        Biomes that a palette puts in place of others.

    Returns
    -------
    ndarray
        ``uint8`` of that shape: index into `BIOMES`.
    """
    swap = instead or {}
    table = np.array([[BIOMES.index(swap.get(b, b)) for b in row] for row in _WHITTAKER], dtype=np.uint8)
    row = np.zeros(temperature_c.shape, dtype=np.uint8)
    for edge in _TEMPERATURE_EDGES:
        row += temperature_c >= edge
    column = np.zeros(rain_mm.shape, dtype=np.uint8)
    for edge in _RAIN_EDGES:
        column += rain_mm >= edge
    return np.asarray(table.ravel()[row * np.uint8(table.shape[1]) + column])


def _temperature(grid: Grid, height: FloatArray, params: Climate, palette: _Palette) -> FloatArray:
    """``(rows, cols) float32`` yearly mean [degC]: sea-level value, colder to the north and upward."""
    # What a small map exaggerates, a map as large as a real mountain range shows as it is.
    more = 1 + (params.alpine - 1) * min(1.0, REFERENCE_EXTENT_M / max(grid.extent_m))
    north = (grid.ys() / grid.extent_m[1] - 0.5)[:, None]
    east = (grid.xs() / grid.extent_m[0] - 0.5)[None, :]
    sea_level = params.temperature_c + palette.warmer_c - params.north_colder_c * north - params.east_colder_c * east
    return np.asarray(sea_level - LAPSE_C_PER_M * more * np.maximum(height, 0), dtype=np.float32)


def _weather(inputs: Inputs, height: FloatArray, params: Climate, palette: _Palette) -> tuple[FloatArray, FloatArray]:
    """Nearness to water in [0, 1] and rain [mm a year], both ``(rows, cols) float32``, computed on a coarse lattice."""
    grid = inputs.grid
    lattice = lattice_over(grid, WEATHER_CELLS)
    part = max(lattice.shape) / WEATHER_CELLS  # 1 but for a draft
    # Air feels mountains, not rocks.
    ground = ndimage.gaussian_filter(resample(np.maximum(height, 0), lattice.shape), 2.0 * part, mode="nearest")
    kind = inputs.get("water_kind")
    wet = np.zeros(grid.shape, np.float32) if kind is None else (kind > 0).astype(np.float32)
    water = np.clip(resample(wet, lattice.shape), 0, 1)
    near = np.clip(3 * ndimage.gaussian_filter(water, 2.5 * part, mode="nearest"), 0, 1)
    falls = ndimage.gaussian_filter(rain_shadow(ground, water, lattice, params.wind_from), 3.0 * part, mode="nearest")
    rain = params.rainfall_mm * palette.wetter * falls * (0.85 + 0.35 * near)
    return resample(near, grid.shape), np.maximum(resample(rain, grid.shape), 0)


def rain_shadow(height: FloatArray, water: FloatArray, grid: Grid, wind_from: str) -> FloatArray:
    """Let moist air blow over the ground: it rains where the air rises, and what has rained is missing in the lee.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols) float32`` [m].
    water : ndarray
        ``(rows, cols) float32`` share of water, where the air takes up moisture.
    grid : Grid
        Its lattice.
    wind_from : str
        A compass side.

    Returns
    -------
    ndarray
        ``(rows, cols) float32`` rain relative to flat ground: about 0.4 in the lee to 1.7 on the windward side.
    """
    x, y = side_vector(wind_from)
    # Turn the map so that the wind blows down the rows; a corner's wind also shifts a column a row.
    turned = (lambda a: a) if y else np.transpose
    flip = (slice(None, None, 1 if (y or -x) > 0 else -1), slice(None, None, -1 if x and y and x > 0 else 1))
    ground, wet = turned(height)[flip], turned(water)[flip]
    shift = 1 if x and y else 0
    step_m = grid.cell_size_m * (2**0.5 if shift else 1)
    stride = step_m / max(grid.extent_m)
    rain = np.empty(ground.shape, dtype=np.float32)
    air = np.ones(ground.shape[1], dtype=np.float32)
    before = ground[0]
    for row in range(len(ground)):
        lift = np.clip((ground[row] - before) / (0.25 * step_m), -0.6, 1.2)
        rain[row] = air * (1 + 0.7 * lift)
        gain = stride * (2.0 + 6.0 * wet[row]) * (1 - air)
        air = np.clip(air + gain - stride * 5.0 * np.maximum(lift, 0) * air, 0.45, 1)
        air = 0.8 * air + 0.1 * (np.roll(air, 1) + np.roll(air, -1))
        before = ground[row]
        if shift:
            air, before = _blown(air), _blown(before)
    out = np.empty(height.shape, dtype=np.float32)
    turned(out)[flip] = rain
    return out


def _blown(line: FloatArray) -> FloatArray:
    """Shift by one cell across the wind; what comes in over the edge is as what stood there."""
    return np.concatenate([line[:1], line[:-1]])


def _special_ground(
    biome: NDArray[np.uint8],
    inputs: Inputs,
    height: FloatArray,
    params: Climate,
    felt: FloatArray,
    wet: FloatArray,
    near_water: FloatArray,
    broad: FloatArray,
    fine: FloatArray,
) -> None:
    """Paint swamps, badlands, lava, dunes, bare rock, snow, beaches and water over the table's biomes, in place."""
    grid = inputs.grid
    # The slope over some metres: single stones are too small to be ground of their own.
    slope = slope_deg(blurred(height, grid, STONE_M), grid.cell_size_m)
    flat = slope < 3
    lower = blurred(height, grid, max(grid.extent_m) / 25) > height
    biome[flat & lower & (near_water > 0.35) & (wet > 800) & (felt > 3) & (broad > 0.12)] = BIOMES.index("swamp")
    biome[(slope > 13) & (felt > 17) & (wet < 520) & (broad + fine > 0)] = BIOMES.index("badlands")
    lava = _lava(inputs, height, fine)
    if params.palette == "volcanic":
        lava |= (broad + 0.5 * fine) > -0.12
    biome[lava & (felt > -8)] = BIOMES.index("volcanic")
    if (dune := inputs.get("dune")) is not None:  # sand that the wind moves, too loose for plants
        biome[(dune > 0) & (felt > -8)] = BIOMES.index("desert")
    _bare_rock(biome, slope, felt, fine)
    _shores(biome, inputs, height, slope, params.beach_m, fine)


def _bare_rock(biome: NDArray[np.uint8], slope: FloatArray, felt: FloatArray, fine: FloatArray) -> None:
    """Show rock where neither soil nor snow holds: earlier in the cold, where frost breaks the ground."""
    steep = slope + 9 * fine - np.clip((felt - 4) * 0.6, -4, 2)
    snow = biome == BIOMES.index("snow")
    biome[np.where(snow, steep > 48, (steep > 38) | ((felt < 1.5) & (steep > 33)))] = BIOMES.index("rock")


def _lava(inputs: Inputs, height: FloatArray, fine: FloatArray) -> NDArray[np.bool_]:
    """Return the cones' upper parts and craters; below, plants have come back."""
    crater, volcano = inputs.get("crater"), inputs.get("volcano")
    lava = np.zeros(inputs.grid.shape, dtype=bool) if crater is None else (crater > 0)
    if volcano is None or not volcano.any():
        return lava & (volcano is not None)
    cones, count = ndimage.label(volcano > 0, structure=np.ones((3, 3)))
    index = np.arange(1, count + 1)
    low = np.append(0, ndimage.minimum(height, cones, index)).astype(np.float32)
    high = np.append(1, ndimage.maximum(height, cones, index)).astype(np.float32)
    up = (height - low[cones]) / np.maximum(high - low, 1)[cones]
    return np.asarray((cones > 0) & (lava | (up + 0.35 * fine > 0.52)))


def _shores(
    biome: NDArray[np.uint8],
    inputs: Inputs,
    height: FloatArray,
    slope: FloatArray,
    beach_m: float,
    fine: FloatArray,
) -> None:
    grid, beach = inputs.grid, inputs.get("beach")
    sea = inputs.has("water_kind", "sea")
    cold = biome == BIOMES.index("snow")
    if beach is not None:
        biome[(beach > 0) & ~cold] = BIOMES.index("beach")
    elif sea.any() and beach_m > 0:
        # The share of sea around a place falls evenly with the distance from a straight shore; coves get more sand.
        around = blurred(sea, grid, 1.5 * beach_m)
        reached = around > np.maximum(0.14 - 0.16 * fine, 0.04)
        biome[reached & (slope < 14) & (height < 0.3 * beach_m + 1) & ~cold] = BIOMES.index("beach")
    for kind, name in (("sea", "ocean"), ("lake", "lake"), ("river", "river")):
        biome[inputs.has("water_kind", kind)] = BIOMES.index(name)
