"""Lakes: an exact number on an exact share of the map, level, in low places, with gentle banks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.build import SHORE_M
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import WATER_KINDS, FloatArray, Grid, Layer

from .island_shapes import AXIS_WORDS, OUTLINE_WORDS, SIZE_WORDS, Axis, Outline, Sizes, differ
from .islets import domed, raised, widened
from .kernels.lattice import strips
from .kernels.nearness import distance_cells, nearest_cells
from .lake_shapes import Ground, areas, choose_sites, outline, shaped_outline, shaped_sites, survey

LAKE = WATER_KINDS.index("lake")
_SLOPE = 0.6  # of the sides cut into a hill above a lake
_DAM = 0.3  # of the ground raised below one


class Lakes(Params):
    """Parameters of `lakes`."""

    count: int = param(1, "Exact number of lakes.", ge=1, le=60, aspect="count", feature="lake")
    area_share: float | None = param(
        None, "Exact share of the map that they cover together; empty: what suits their number and place.",
        unit="share", ge=0.0002, le=0.8, log=True, aspect="share", feature="lake",
        adjectives={"tiny": 0.004, "small": 0.012, "": 0.025, "large": 0.07, "big": 0.07, "huge": 0.16, "vast": 0.16},
    )  # fmt: skip
    depth_m: float = param(
        6, "Depth of the deepest place.", unit="m", ge=0.2, le=500, log=True, aspect="depth", feature="lake",
        adjectives={"shallow": 2, "": 6, "deep": 20},
    )  # fmt: skip
    irregularity: float = param(
        0.5, "How much the shores wander.", ge=0, le=1,
        adjectives={"": 0.5, "winding": 0.85, "ragged": 1},
    )  # fmt: skip
    outline: Outline = param(
        "natural", "Outline of each lake; natural shores follow the ground.", choices=OUTLINE_WORDS
    )
    axis: Axis = param(
        "any", "Direction in which oval and long lakes stretch, and from horn to horn of a crescent.",
        choices=AXIS_WORDS,
    )  # fmt: skip
    stretch: float | None = param(
        None, "Length over width of oval and long lakes; empty: as such outlines have it.", ge=1, le=8,
        hints="1.6 oval, 3.2 long",
    )  # fmt: skip
    sizes: Sizes = param(
        "natural", "Whether lakes are alike, clearly mixed, or one is far larger than the others.", choices=SIZE_WORDS
    )
    islands: int = param(
        0, "Exact number of islands, shared out among the lakes.", ge=0, le=60, aspect="count", feature="lake island"
    )
    island_share: float = param(
        0.08, "Share of its lake that an island covers.", unit="share", ge=0.005, le=0.5, log=True,
        feature="lake island", adjectives={"": 0.08, "large": 0.25, "big": 0.25, "huge": 0.35},
    )  # fmt: skip
    shore_m: float = param(14, "Width of the gentle bank around them.", unit="m", ge=0, le=2000, scales=True)


@generator(
    family="terrain",
    stage="water",
    version=3,
    reads=("height", "water_kind", "water_level", "crater", "islet"),
    writes=("height", "water_kind", "water_level", "islet"),
    features=(
        Feature("lake", ("lake", "pond", "tarn", "pool", "mere", "loch"), "water_kind", ("lake",)),
        Feature("crater lake", ("crater lake", "caldera lake"), "water_kind", ("lake",), needs=("crater",),
                same_as=("lake", "inside", "crater")),
        Feature("lake island", ("lake island", "island in a lake"), "islet", needs=("lake",)),
    ),
    source="Barnes et al. 2014 (hollows)",
)  # fmt: skip
def lakes(inputs: Inputs, params: Lakes, rng: np.random.Generator, tick: Tick) -> Output:
    """Lay lakes into hollows and onto valley floors, each with one level and the ground rising gently around it."""
    if params.sizes != "natural" and params.count == 1:
        raise BuildError(f"sizes '{params.sizes}' need several lakes; set count to 2 or more")
    tick(0.0, "looking for low ground")
    seeds = [int(v) for v in rng.integers(2**30, size=2)]
    ground = survey(inputs, params.shore_m)
    cells = areas(ground, params.count, params.area_share, rng, params.sizes)
    if params.islands:
        cells = widened(cells, params.islands, params.island_share)
    tick(0.3, "drawing the shores")
    if params.outline != "natural":
        lake = _shaped_lakes(ground, cells, params, seeds)
    else:
        gap = _gap_m(inputs.grid, cells, params.shore_m)
        sites = choose_sites(ground, cells, gap, seeds[0])
        lake = outline(ground, sites, cells, gap, params.irregularity, seeds[1])
    if params.count > 1 and not differ(np.bincount(lake[lake > 0])[1:], params.sizes):
        raise BuildError("lakes of such different sizes do not fit beside each other; ask for fewer or a smaller share")
    tick(0.7, "digging beds and banks")
    levels = _levels(inputs, ground.height, lake, params.count)
    shaped, islet = _shaped(inputs, ground.height, lake, levels, params), None
    if params.islands:
        islet = raised(lake, params.count, params.islands, params.island_share, seeds[1])
        shaped = np.where(islet > 0, domed(inputs.grid, islet, levels[lake]), shaped)
        lake = np.where(islet > 0, 0, lake).astype(np.int16)
    height = _through(inputs.mask, ground.height, shaped)
    return Output(_layers(inputs, height, lake, levels, islet))


def _gap_m(grid: Grid, cells: NDArray[np.int64], shore_m: float) -> float:
    """Return the width of the dry ground to keep between lakes [m]."""
    smallest = float(np.sqrt(cells.min() * grid.cell_area_m2 / np.pi))
    return max(4.5 * grid.cell_size_m, min(shore_m, 0.5 * smallest))


def _shaped_lakes(ground: Ground, cells: NDArray[np.int64], params: Lakes, seeds: list[int]) -> NDArray[np.int16]:
    """Lay out lakes of the asked outline, smaller ones where no share is asked for and they do not fit.

    Raises
    ------
    BuildError
        They find no room.
    """
    for share in (1.0, 0.8, 0.6, 0.45, 0.3, 0.2):
        own = np.maximum(np.floor(cells * share), 4).astype(np.int64)
        gap = _gap_m(ground.grid, own, params.shore_m)
        shapes = shaped_sites(ground, own, params.outline, params.axis, gap, seeds[0], params.stretch)
        if shapes is None:
            continue
        if share < 1 and params.area_share is not None:
            raise BuildError(
                f"{params.outline} lakes on {params.area_share:.2%} of the map find no room in the region; "
                f"an area_share of {params.area_share * share:.2g} does"
            )
        return shaped_outline(ground, shapes, own, gap, params.irregularity, seeds[1])
    raise BuildError(f"{params.count} {params.outline} lakes find no room in the region; ask for fewer or widen it")


def _levels(inputs: Inputs, height: FloatArray, lake: NDArray[np.int16], count: int) -> FloatArray:
    """``(count + 1,) float32`` surface of each lake: near the lowest of its shore, so that it is dug in, not dammed."""
    sea = inputs.has("water_kind", "sea").any()
    cell = inputs.grid.cell_size_m
    levels = np.zeros(count + 1, np.float32)
    for k in range(1, count + 1):
        rows, cols = np.nonzero(lake == k)
        width = max(2.0, 0.12 * float(np.sqrt(len(rows) / np.pi)))
        pad = int(width) + 2
        r0, c0 = max(rows.min() - pad, 0), max(cols.min() - pad, 0)
        part = (slice(r0, rows.max() + pad + 1), slice(c0, cols.max() + pad + 1))
        shore = distance_cells(lake[part] != k)
        ring = height[part][(shore > 0) & (shore <= width) & (lake[part] == 0)]
        levels[k] = np.percentile(ring, 18) - 0.03 * cell
        if sea:
            levels[k] = max(levels[k], SHORE_M + 0.3)
    return levels


def _shaped(
    inputs: Inputs, height: FloatArray, lake: NDArray[np.int16], levels: FloatArray, params: Lakes
) -> FloatArray:
    """Dig the beds, and bring the ground around to the shores."""
    shaped, water, bank = (
        _beds(inputs.grid, lake, levels, params.depth_m),
        inputs.get("water_kind"),
        _Bank.of(inputs.grid, params),
    )
    away, (r, c) = nearest_cells(lake == 0)
    for rows in strips(inputs.grid.rows):
        dry, before = lake[rows] == 0, height[rows]
        out = np.maximum(away[rows] * inputs.grid.cell_size_m - 0.5 * inputs.grid.cell_size_m, 0).astype(np.float32)
        around = bank.around(before, levels[lake[r[rows], c[rows]]], out)
        other = np.zeros_like(dry) if water is None else water[rows] > 0
        shaped[rows] = np.where(dry, np.where(other, before, around), shaped[rows])
    return shaped


@dataclass(frozen=True)
class _Bank:
    """The ground around lakes: it shelves down to the shore, and dams what would run out.

    Parameters
    ----------
    width, brim : float
        Of the bank, and of the ground beside the water that stands above it at the least [m].
    """

    width: np.float32
    brim: np.float32

    @classmethod
    def of(cls, grid: Grid, params: Lakes) -> _Bank:
        """Return the banks of lakes on a grid."""
        cell = grid.cell_size_m
        return cls(np.float32(max(params.shore_m, 2 * cell)), np.float32(max(1.6 * cell, 0.5 * params.shore_m)))

    def around(self, height: FloatArray, level: FloatArray, out: FloatArray) -> FloatArray:
        """Return the ground ``out`` metres from the shore of the nearest lake, which stands at ``level``."""
        bank = self.width
        high = level + 0.15 + 0.06 * out + np.float32(_SLOPE) * out * out / (out + 2 * bank)
        soft = np.float32(0.3 + 0.03 * bank)
        mixed = np.clip(0.5 + 0.5 * (height - high) / soft, 0, 1)
        cut = np.where(height < high - soft, height, height + (high - height) * mixed - soft * mixed * (1 - mixed))
        fade = np.clip((out - bank) / (6 * bank), 0, 1)
        cut = cut + (height - cut) * fade * fade * (3 - 2 * fade)
        low = level + 0.05 + 0.01 * np.minimum(out, self.brim) - np.float32(_DAM) * np.maximum(out - self.brim, 0)
        return np.asarray(np.maximum(cut, low), dtype=np.float32)


def _beds(grid: Grid, lake: NDArray[np.int16], levels: FloatArray, depth_m: float) -> FloatArray:
    """``(rows, cols) float32`` floor of the lakes [m]: shelving at the shore, flat in the deep, as deep as asked."""
    inside = distance_cells(lake > 0).astype(np.float32) - np.float32(0.5)
    deepest = np.zeros(len(levels), np.float32)
    np.maximum.at(deepest, lake.ravel(), inside.ravel())
    share = np.clip(inside / np.maximum(deepest[lake], 0.5), 0, 1)
    return np.asarray(levels[lake] - np.float32(depth_m) * np.maximum(share * (2 - share), 0.03), dtype=np.float32)


def _through(mask: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """Return what to write so that the build's soft region leaves ``after`` standing where the mask is over 0.5."""
    return np.asarray(before + (after - before) / np.maximum(mask, np.float32(0.5)), dtype=np.float32)


def _layers(
    inputs: Inputs, height: FloatArray, lake: NDArray[np.int16], levels: FloatArray, islet: NDArray[np.int16] | None
) -> dict[str, Layer]:
    """Add the lakes to the water that is already there."""
    kind, level = inputs.get("water_kind"), inputs.get("water_level")
    kind = np.zeros(lake.shape, np.uint8) if kind is None else kind
    level = np.full(lake.shape, np.nan, np.float32) if level is None else level
    layers = {
        "height": Layer(height, "m"),
        "water_kind": Layer.named(np.where(lake > 0, LAKE, kind), WATER_KINDS),
        "water_level": Layer(np.where(lake > 0, levels[lake], level).astype(np.float32), "m"),
    }
    if islet is not None:
        before = inputs.get("islet")
        layers["islet"] = Layer.mask(islet > 0 if before is None else (islet > 0) | (before > 0))
    return layers
