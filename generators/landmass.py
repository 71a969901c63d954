"""The sea and its coasts: islands, continents, bays and lagoons with exactly the land that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from pcgstudio.build import SHORE_M
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.region import Side, side_vector
from pcgstudio.world import WATER_KINDS, FloatArray, Grid, Layer

from .bays import BayShape, cut
from .clearings import numbered
from .island_plan import INSULAR, Asked, Pattern
from .island_shapes import AXIS_WORDS, OUTLINE_WORDS, SIZE_WORDS, Axis, Outline, Sizes
from .kernels.lattice import ease, smooth
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise
from .shores import Shore, draw_land

CoastSide = Literal["any", "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"]
SEA = WATER_KINDS.index("sea")
_NATURAL = {
    "continent": 0.6, "island": 0.38, "archipelago": 0.25, "coast": 0.5, "inland_sea": 0.65, "lagoon": 0.2,
    "peninsula": 0.35,
}  # fmt: skip
_SEVERAL = 4  # islands, where sizes are told and no number is
_TONGUES = {"peninsula": ("long", "crescent")}
_DRY = ("none", "lake", "river")
_SWELL = 0.08  # of the ground inland, as a share of its height
_GENTLE = 0.045  # relief of old ground, as a share of the map's side, up to which it is no more than swells
_FAINT = 0.06  # share of such swells that stays


class Landmass(Params):
    """Parameters of `landmass`."""

    pattern: Pattern = param(
        "island",
        "How land and sea lie to each other.",
        choices={
            "continent": ("continent", "continental"),
            "island": ("island", "islands"),
            "archipelago": ("archipelago", "scattered islands"),
            "coast": ("coast", "coastline", "coastal"),
            "inland_sea": ("inland sea", "landlocked sea"),
            "lagoon": ("lagoon", "atoll"),
            "peninsula": ("peninsula", "cape"),
        },
    )
    land_fraction: float | None = param(
        None,
        "Share of the region that is land, exactly; empty: what suits the pattern.",
        unit="share", ge=0.01, le=0.95, aspect="share", feature="land",
        adjectives={"tiny": 0.08, "small": 0.2, "": 0.38, "large": 0.55, "big": 0.55, "huge": 0.7},
        hints="0.2-0.4 scattered islands, 0.4 one island, 0.6 a continent",
    )  # fmt: skip
    islands: int | None = param(
        None,
        "Number of islands, exactly; empty: 1, or 8 in an archipelago.",
        ge=1, le=60, aspect="count", feature="island", hints="only for island, archipelago and continent",
    )  # fmt: skip
    sea_side: Side = param("south", "Side of the sea at a coast; where a peninsula points.")
    bays: int = param(
        0, "Exact number of bays that are cut into the coast, beside those it has by itself.", ge=0, le=24,
        aspect="count", feature="bay",
    )  # fmt: skip
    bay_shape: BayShape = param(
        "bay", "Round bays, or fjords: long, narrow and winding.", feature="bay",
        choices={"bay": ("round",), "fjord": ("narrow",)},
    )  # fmt: skip
    bay_side: CoastSide = param("any", "Side of the land on which they open.")
    bay_width_m: float | None = param(
        None, "Width of their mouths at most; empty: as the land is large.", unit="m", ge=4, le=20000, scales=True,
    )  # fmt: skip
    irregularity: float = param(
        0.5,
        "How ragged the coast is: bays, headlands, inlets.",
        ge=0, le=1,
        adjectives={"smooth": 0.15, "": 0.5, "irregular": 0.75, "ragged": 0.9, "jagged": 0.95},
    )  # fmt: skip
    relief_m: float = param(
        30,
        "Height of the gentle ground inland.",
        unit="m", ge=0, le=2000, scales=True, adjectives={"flat": 8, "low": 15, "": 30, "hilly": 70},
    )  # fmt: skip
    beach_width_m: float = param(
        12,
        "Mean width of the beaches; 0 for none.",
        unit="m", ge=0, le=2000, scales=True, aspect="width", feature="beach",
        adjectives={"narrow": 7, "thin": 7, "": 12, "wide": 30, "broad": 30},
    )  # fmt: skip
    beach_side: CoastSide = param("any", "Side of the land on which the beaches lie.")
    shelf_m: float = param(
        70,
        "Width of the shallow water before the bottom falls away.",
        unit="m", ge=1, le=20000, scales=True, hints="25 narrow, 160 wide",
    )  # fmt: skip
    sea_depth_m: float = param(
        55,
        "Depth of the open sea.",
        unit="m", ge=2, le=8000, scales=True, aspect="depth", feature="sea",
        adjectives={"shallow": 15, "": 55, "deep": 120},
    )  # fmt: skip
    outline: Outline = param(
        "natural",
        "Outline of each island; a peninsula can be long or curved (crescent).",
        feature="island",
        choices=OUTLINE_WORDS,
    )
    axis: Axis = param(
        "any", "Direction in which oval and long islands stretch, and from horn to horn of a crescent.",
        feature="island", choices=AXIS_WORDS,
    )  # fmt: skip
    stretch: float | None = param(
        None, "Length over width of oval and long islands; empty: as such outlines have it.", ge=1, le=8,
        hints="1.6 oval, 3.2 long",
    )  # fmt: skip
    sizes: Sizes = param(
        "natural",
        "Whether islands are alike, clearly mixed, or one is far larger than the others; several where none are told.",
        feature="island",
        choices=SIZE_WORDS,
    )


_FEATURES = (
    Feature("land", ("land", "dry land", "landmass"), "water_kind", _DRY),
    Feature("island", ("island", "isle", "islet"), "water_kind", _DRY, sets={"pattern": "island"}),
    Feature("archipelago", ("archipelago", "island chain", "island group"), "water_kind", _DRY, count_by="none",
            sets={"pattern": "archipelago"}),
    Feature("continent", ("continent", "mainland"), "water_kind", _DRY, sets={"pattern": "continent"}),
    Feature("peninsula", ("peninsula", "cape", "headland"), "water_kind", _DRY, sets={"pattern": "peninsula"}),
    Feature("coast", ("coast", "coastline", "shore", "seashore", "seaside", "shoreline"), "coast", count_by="none",
            sets={"pattern": "coast"}),
    Feature("bay", ("bay", "cove", "gulf", "inlet"), "bay", count_by="ids", sets={"bay_shape": "bay"},
            needs=("sea",)),
    Feature("fjord", ("fjord", "firth", "sea loch"), "bay", count_by="ids", sets={"bay_shape": "fjord"},
            needs=("sea",)),
    Feature("sea", ("sea", "ocean"), "water_kind", ("sea",), sets={"pattern": "coast"}),
    Feature("water", ("water",), "water_kind", ("sea", "lake", "river"), count_by="none", sets={"pattern": "coast"}),
    Feature("inland sea", ("inland sea", "landlocked sea"), "water_kind", ("sea",), sets={"pattern": "inland_sea"}),
    Feature("lagoon", ("lagoon", "atoll"), "lagoon", sets={"pattern": "lagoon"}),
    Feature("beach", ("beach", "sandy beach", "strand"), "beach", count_by="none"),
)  # fmt: skip


@generator(
    family="terrain",
    stage="landmass",
    version=2,
    reads=("height", "water_kind", "water_level", "beach", "coast", "lagoon", "bay"),
    writes=("height", "water_kind", "water_level", "beach", "coast", "lagoon", "bay"),
    features=_FEATURES,
    source="Patel, Polygonal Map Generation (2010); Barnes, Lehman & Mulla 2014 for water without enclosed holes",
)
def landmass(inputs: Inputs, params: Landmass, rng: np.random.Generator, tick: Tick) -> Output:
    """Draw land and sea: islands, a continent, a coast, an inland sea, a lagoon or a peninsula."""
    grid = inputs.grid
    region = inputs.mask >= 0.5
    if not region.any():
        raise BuildError("the region of the landmass covers no cell; widen it or use a finer resolution")
    fraction = params.land_fraction if params.land_fraction is not None else _natural(params)
    asked = Asked(
        grid, region, params.pattern, fraction, _islands(params), params.irregularity, params.sea_side,
        params.outline, params.axis, params.sizes, params.land_fraction is None,
        stretch=params.stretch,
    )  # fmt: skip
    tick(0.05, "drawing the coast")
    shore = draw_land(asked, rng)
    seed, bay = int(rng.integers(2**31)), np.zeros(grid.shape, np.int16)
    if params.bays:
        tick(0.4, "cutting bays")
        land, bay = cut(asked, shore.land, params.bays, params.bay_shape, params.bay_side, params.bay_width_m, seed)
        shore = Shore(land, shore.lagoon)
    tick(0.5, "shaping land and sea bed")
    sea = np.where(region, ~shore.land, inputs.has("water_kind", "sea"))
    relief = _Relief(grid, sea, region, shore.lagoon, seed)
    height = relief.height(params, inputs.height())
    tick(0.9, "finishing beaches")
    layers = _layers(inputs, params, relief, height)
    if params.bays:
        layers["bay"] = Layer(numbered(inputs.get("bay"), bay), kind="categorical")
    return Output(layers)


def _islands(params: Landmass) -> int:
    insular = params.pattern in INSULAR
    _check_outline(params)
    if params.islands is None:
        several = params.sizes != "natural" and insular
        return 8 if params.pattern == "archipelago" else _SEVERAL if several else 1
    if params.islands > 1 and not insular:
        raise BuildError(
            f"pattern '{params.pattern}' has one body of land, not {params.islands}; use pattern 'archipelago'"
        )
    return params.islands


def _check_outline(params: Landmass) -> None:
    insular = params.pattern in INSULAR
    if params.outline != "natural" and not insular and params.outline not in _TONGUES.get(params.pattern, ()):
        raise BuildError(f"pattern '{params.pattern}' cannot be {params.outline}; use outline 'natural' or an island")
    if params.sizes != "natural" and (not insular or params.islands == 1):
        raise BuildError(f"sizes '{params.sizes}' need several islands; set islands to 2 or more")


def _natural(params: Landmass) -> float:
    """Return the land share of a step that names none: many islands need room, and each must be visible."""
    count = _islands(params)
    if params.outline == "long" and params.pattern == "peninsula":
        return 0.24
    if params.outline in ("long", "crescent") and count == 1:
        return 0.26 if params.pattern == "continent" else 0.2
    if params.pattern == "island" and count > 1:
        return max(0.3, 0.0065 * count)
    return max(_NATURAL[params.pattern], 0.0065 * count)


@dataclass(frozen=True)
class _Relief:
    """Heights and bands of a coast once land and sea are drawn."""

    grid: Grid
    sea: NDArray[np.bool_]
    region: NDArray[np.bool_]
    lagoon: NDArray[np.bool_]
    seed: int

    @property
    def inland_m(self) -> FloatArray:
        """``(rows, cols)`` distance from the sea [m], 0 in it."""
        return self._distance(~self.sea)

    @property
    def offshore_m(self) -> FloatArray:
        """``(rows, cols)`` distance from land [m], 0 on it."""
        return self._distance(self.sea)

    def _distance(self, inside: NDArray[np.bool_]) -> FloatArray:
        if inside.all():
            return np.full(self.grid.shape, max(self.grid.extent_m), np.float32)
        # Half a cell less, because the coast runs between the cells; a light blur takes the stairs out of it.
        cells = np.maximum(distance_cells(inside) - 0.5, 0)
        soft = gaussian_filter(cells.astype(np.float32), 0.8, mode="nearest")
        return np.asarray(np.where(inside, soft, 0) * self.grid.cell_size_m, dtype=np.float32)

    def _noise(self, part: int, size_m: float, octaves: int) -> FloatArray:
        return fractal_noise(self.grid, seed=self.seed + part, feature_size_m=size_m, octaves=octaves)

    def beach_m(self, params: Landmass) -> FloatArray:
        """``(rows, cols)`` local width of the beach [m]: wide in some bays, gone under some cliffs."""
        size = max(12 * params.beach_width_m, 0.08 * max(self.grid.extent_m))
        uneven = np.clip(1.0 + 2.2 * self._noise(1, size, 2), 0, 2.2)
        if params.beach_side != "any":  # unbroken there, and none elsewhere
            uneven = np.maximum(uneven, 0.6) * self._toward(params.beach_side)
        return np.asarray(params.beach_width_m * uneven, dtype=np.float32)

    def _toward(self, side: Side) -> FloatArray:
        """``(rows, cols) float32`` 1 on a side of the land, fading to 0 before its middle."""
        x, y = side_vector(side)
        along = (x * self.grid.xs()[None, :] + y * self.grid.ys()[:, None]).astype(np.float32)
        along = np.broadcast_to(along, self.grid.shape)
        land = along[~self.sea] if (~self.sea).any() else along.ravel()
        low, high = np.quantile(land, [0.3, 0.7])
        middle = float(np.clip(np.median(along), low, high))
        return np.asarray(ease(along, middle, middle + 0.06 * max(self.grid.extent_m)), dtype=np.float32)

    def height(self, params: Landmass, before: FloatArray) -> FloatArray:
        """``(rows, cols) float32`` ground [m]: old relief kept inland, fading to the coast; sea bed with a shelf."""
        land = self._land(params, before)
        bed = self._bed(params)
        return np.where(self.sea, np.minimum(bed, -SHORE_M), np.maximum(land, SHORE_M)).astype(np.float32)

    def _land(self, params: Landmass, before: FloatArray) -> FloatArray:
        extent = max(self.grid.extent_m)
        inland = self.inland_m
        beach = self.beach_m(params)
        strand = np.minimum(inland, beach) * np.float32(0.05)
        behind = np.maximum(inland - beach, 0)
        # Where the beach is thin the ground rises at once: a low cliff.
        steep = np.exp2(2.5 * self._noise(2, 0.2 * extent, 3))
        lift = 1 - np.exp(-behind * steep / np.float32(0.06 * extent))
        # One broad dome over each mass of land, its swells too low to be taken for hills.
        broad = smooth((~self.sea).astype(np.float32), 0.1 * extent / self.grid.cell_size_m)
        swell = 1 + _SWELL * self._noise(3, 0.2 * extent, 4)
        dome = lift * (0.25 + 0.75 * broad * broad) * swell
        kept = self._kept(before) * (1 - np.exp(-behind / np.float32(0.05 * extent)))
        return np.asarray(SHORE_M + strand + params.relief_m * dome + kept, np.float32)

    def _kept(self, before: FloatArray) -> FloatArray:
        """``(rows, cols) float32`` what stays of the old ground [m]: mountains all, gentle swells little.

        Swells would stand on an island as hills that nobody asked for.
        """
        land = before[self.region & ~self.sea]
        if not land.size:
            return np.zeros_like(before)
        relief = float(np.ptp(np.quantile(land, [0.01, 0.99])))
        gentle = _GENTLE * max(self.grid.extent_m)
        share = float(np.clip(_FAINT + (1 - _FAINT) * (relief - gentle) / (0.8 * gentle), _FAINT, 1))
        return np.asarray((before - land.min()) * np.float32(share), dtype=np.float32)

    def _bed(self, params: Landmass) -> FloatArray:
        off = self.offshore_m
        uneven = 1 + 0.5 * self._noise(4, 0.25 * max(self.grid.extent_m), 5)
        reach = off / np.float32(params.shelf_m) * uneven
        shelf = 0.16 * params.sea_depth_m
        fall = ease(reach, 0.9, 3.2)
        depth = shelf * np.minimum(reach, 1.0) ** np.float32(0.85) + (params.sea_depth_m - shelf) * fall
        depth = depth * (1 + 0.25 * (uneven - 1))
        if self.lagoon.any():
            inner = smooth(self.lagoon.astype(np.float32), 0.025 * max(self.grid.shape))
            depth = depth + (np.minimum(depth, 0.07 * params.sea_depth_m * uneven) - depth) * inner
        return -np.asarray(depth, dtype=np.float32) - np.float32(SHORE_M)


def _layers(inputs: Inputs, params: Landmass, relief: _Relief, height: FloatArray) -> dict[str, Layer]:
    region, sea = relief.region, relief.sea
    old_kind, old_level = inputs.get("water_kind"), inputs.get("water_level")
    kind = np.where(sea, SEA, 0)
    level = np.where(sea, np.float32(0), np.float32(np.nan))
    if old_kind is not None and old_level is not None:
        kind, level = np.where(region, kind, old_kind), np.where(region, level, old_level)
    inland = relief.inland_m
    near_sea = ~sea & (inland > 0)
    sandy = params.beach_width_m > 0
    sand = near_sea & (inland <= relief.beach_m(params)) if sandy else np.zeros_like(sea)
    strip = near_sea & (inland <= 0.03 * max(relief.grid.extent_m)) if sea.any() else np.zeros_like(sea)
    masks = {"beach": sand, "coast": strip}
    if relief.lagoon.any():
        masks["lagoon"] = relief.lagoon
    return {
        "height": Layer(_unmasked(inputs, region, height), "m"),
        "water_kind": Layer.named(kind, WATER_KINDS),
        "water_level": Layer(level.astype(np.float32), "m"),
        **{name: Layer.mask(_kept(inputs.get(name), region, data)) for name, data in masks.items()},
    }


def _kept(old: NDArray[Any] | None, region: NDArray[np.bool_], new: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the mask inside the region and what was there outside."""
    return np.where(region, new, False if old is None else old > 0)


def _unmasked(inputs: Inputs, region: NDArray[np.bool_], height: FloatArray) -> FloatArray:
    """Return the height that gives ``height`` after blending with a soft region, so that no sea cell ends up dry."""
    before = inputs.height()
    share = np.where(region, np.maximum(inputs.mask, np.float32(0.5)), np.float32(1))
    return np.where(region, before + (height - before) / share, before).astype(np.float32)
