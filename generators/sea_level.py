"""Sea level: flood the ground that is there, up to a height or until exactly so much land is left."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion

from pcgstudio.build import SHORE_M
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import WATER_KINDS, FloatArray, Layer

from .kernels.flow import fill_depressions, map_border

SEA, LAKE = WATER_KINDS.index("sea"), WATER_KINDS.index("lake")
Mask = NDArray[np.bool_]


class SeaLevel(Params):
    """Parameters of `sea_level`."""

    mode: Literal["land_fraction", "level"] = param(
        "land_fraction", "Whether the share of land or the height of the water is given."
    )
    land_fraction: float = param(
        0.6, "Exact share of the region that stays dry (land_fraction).", unit="share", ge=0.01, le=0.99,
        aspect="share", feature="land", hints="0.3 islands of hilltops, 0.6 bays and valleys under water, 0.9 a shore",
    )  # fmt: skip
    level_m: float = param(
        0, "Height up to which the ground is flooded (level), as heights stand before.", unit="m", ge=-12000, le=12000
    )


@generator(
    family="terrain",
    stage="water",
    reads=("height", "water_kind", "water_level"),
    writes=("height", "water_kind", "water_level"),
    features=(
        Feature("sea", ("sea", "ocean"), "water_kind", ("sea",)),
        Feature("flood", ("flood", "floodwater", "flooded land"), "water_kind", ("sea",), count_by="none"),
    ),
    region="placement",
    source="Barnes et al. 2014",
)
def sea_level(inputs: Inputs, params: SeaLevel, rng: np.random.Generator, tick: Tick) -> Output:
    """Let the sea in from the map's edge, up to a height or an exact share of land; its surface becomes z = 0."""
    tick(0.0, "letting the sea in")
    height, region = inputs.height(), inputs.mask >= 0.5
    shores = _way_in(region)
    if params.mode == "level":
        level = np.float32(params.level_m)
        sea = region & (fill_depressions(np.where(region, height, np.inf).astype(np.float32), outlets=shores) < level)
    else:
        sea, level = _flooded(height, region, shores, params.land_fraction)
    tick(0.7, "drawing the coast")
    return Output(_layers(inputs, height - level, sea, level))


def _way_in(region: Mask) -> Mask:
    """Where the sea enters: the map's border within the region, or the region's rim if it lies inland."""
    border = region & map_border(region.shape)
    return border if border.any() else region & ~binary_erosion(region)


def _flooded(height: FloatArray, region: Mask, shores: Mask, land: float) -> tuple[Mask, np.float32]:
    """Return the cells under water and its level, for an exact share of land.

    A basin floods at once when the water passes its rim; where that would take too much, it fills from its deepest
    place, as an inland sea of the same level.
    """
    total = int(region.sum())
    wanted = total - round(land * total)
    if not 0 < wanted < total:
        raise BuildError(f"a land_fraction of {land:g} leaves no cell for either sea or land; choose one in between")
    reached = fill_depressions(np.where(region, height, np.float32(np.inf)), outlets=shores)[region]
    ground = height[region]
    order = np.lexsort((ground, reached))
    last, following = order[wanted - 1], order[wanted]
    if reached[last] == reached[following] and ground[last] == ground[following]:
        level_ones = int(((reached == reached[last]) & (ground == ground[last])).sum())
        if level_ones > 0.01 * total:
            raise BuildError(
                f"{level_ones / total:.0%} of the ground is level, so no sea leaves just {land:g} dry; add relief"
            )
    sea = np.zeros(region.shape, dtype=bool)
    chosen = np.zeros(total, dtype=bool)
    chosen[order[:wanted]] = True
    sea[region] = chosen
    return sea, np.float32((float(reached[last]) + float(reached[following])) / 2)


def _layers(inputs: Inputs, height: FloatArray, sea: Mask, level: np.float32) -> dict[str, Layer]:
    """Shift everything to the new datum; keep lakes that stay above the sea."""
    kind, surface = inputs.get("water_kind"), inputs.get("water_level")
    kind = np.zeros(sea.shape, np.uint8) if kind is None else np.where(kind == SEA, 0, kind)
    surface = np.full(sea.shape, np.nan, np.float32) if surface is None else surface - level
    kind = np.where(sea, SEA, kind).astype(np.uint8)
    surface = np.where(kind == 0, np.nan, np.where(sea, 0, surface)).astype(np.float32)
    shore = np.float32(SHORE_M)
    ground = np.where(sea, np.minimum(height, -shore), np.where(kind == 0, np.maximum(height, shore), height))
    return {
        "height": Layer(ground.astype(np.float32), "m"),
        "water_kind": Layer.named(kind, WATER_KINDS),
        "water_level": Layer(surface, "m"),
    }
