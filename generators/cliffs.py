"""Cliffs: the land drops within a few steps, along a line through the country or along the coast."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import FloatArray, Layer

from .cliff_lines import Face, coast_rise, hugs_coast, scarp_rise
from .cliff_tops import levelled_top
from .kernels.nearness import distance_cells
from .placement import blended, site_of, solid
from .river_survey import Side

Along = Literal["any", "line", "coast"]
_STRIP_M, _UPPER = 170.0, 0.6  # how far from the face its top and foot reach; share of the height that is up there


class Cliffs(HeightParams):
    """Parameters of `cliffs`."""

    along: Along = param(
        "any",
        "A scarp inland or cliffs above the sea; any: the coast where the region hugs it, otherwise inland.",
        choices={"line": ("inland", "landlocked"), "coast": ("coastal", "seaside")},
    )
    count: int | None = param(
        None, "Number of scarps side by side, or of stretches of coast, exactly; empty: one, or the whole coast.",
        ge=1, le=8, aspect="count", feature="cliff",
    )  # fmt: skip
    height_m: float = param(
        60, "How far the land drops.", unit="m", ge=2, le=3000, scales=True, aspect="drop", feature="cliff",
        adjectives={"low": 28, "small": 28, "": 60, "high": 105, "tall": 105, "big": 105, "towering": 150, "huge": 150},
    )  # fmt: skip
    run_m: float = param(
        14, "Width of the bare face, seen from above.", unit="m", ge=1, le=2000, scales=True,
        adjectives={"sheer": 7, "vertical": 5, "steep": 10, "": 14, "gentle": 40},
    )  # fmt: skip
    talus: float = param(
        0.32, "Share of the height that fallen rock covers at the foot.", unit="share", ge=0, le=0.9,
        hints="0 a bare wall, 0.3 an old cliff, 0.7 a scree slope under a rim",
    )  # fmt: skip
    drops_to: Side = param("any", "Side that an inland cliff faces: the land there lies low.")
    inland_m: float = param(
        420, "Distance over which the high ground falls back to the country behind.",
        unit="m", ge=10, le=100000, scales=True,
    )  # fmt: skip
    top_m: float = param(
        0, "Width of level ground on top, such as a village stands on; 0 leaves it as the land lies.",
        unit="m", ge=0, le=5000, scales=True, aspect="width", feature="cliff top",
        adjectives={"narrow": 60, "small": 60, "": 120, "wide": 200, "large": 200, "broad": 200},
    )  # fmt: skip
    ragged: float = param(
        0.5, "How far bays and headlands break the line.", ge=0, le=1,
        adjectives={"straight": 0.05, "even": 0.1, "": 0.5, "ragged": 0.85, "jagged": 0.95},
    )  # fmt: skip
    coast_share: float = param(1.0, "Exact share of the region's coast that is cliff.", unit="share", ge=0.02, le=1)


@generator(
    family="terrain",
    stage="surface",
    version=3,
    reads=("height", "water_kind", "cliff", "cliff_top", "cliff_foot", "beach"),
    writes=("height", "cliff", "cliff_top", "cliff_foot", "beach"),
    features=(
        Feature("cliff", ("cliff", "escarpment", "scarp", "bluff", "precipice", "rock face"), "cliff"),
        Feature("sea cliff", ("sea cliff", "coastal cliff"), "cliff", sets={"along": "coast"}),
        Feature("cliff top", ("cliff top", "clifftop", "cliff edge", "cliff shelf", "top of the cliff"), "cliff_top",
                needs=("cliff",), count_by="none", sets={"top_m": 120.0}),
        Feature("cliff foot", ("cliff foot", "foot of the cliff"), "cliff_foot", needs=("cliff",), count_by="none"),
    ),
    region="placement",
    source="Young & Wray, Contribution to the theory of scarp evolution (2000): bare face above, talus at rest below",
)  # fmt: skip
def cliffs(inputs: Inputs, params: Cliffs, rng: np.random.Generator, tick: Tick) -> Output:
    """Break the land off in cliffs with talus at their foot, along straight or ragged lines or along the coast."""
    site = site_of(inputs, avoid=())
    sea = inputs.has("water_kind", "sea")
    coast = params.along == "coast" or (params.along == "any" and hugs_coast(inputs, site, sea))
    if coast and not sea.any():
        raise BuildError("cliffs along the coast need a sea; add one before, or ask for a cliff inland")
    face = Face(params.height_m, params.run_m, params.talus, params.inland_m, params.ragged)
    tick(0.2, "following the coast" if coast else "drawing the line")
    if coast:
        rise, mask = coast_rise(inputs, site, sea, face, params.count, params.coast_share, rng)
    else:
        rise, mask = scarp_rise(site, face, params.count or 1, params.drops_to, rng)
    tick(0.8, "breaking off the land")
    mask &= solid(inputs.mask)
    height = np.where(rise > 0, blended(inputs.height(), rise, params.blend), inputs.height()).astype(np.float32)
    crest, foot = _beside(inputs, mask, rise, face)
    if params.top_m:
        height, top = levelled_top(inputs.grid, height, mask, site.open, params.top_m, face.run + face.foot)
        crest = top
    layers = {"height": Layer(height, "m")}
    for name, part in zip(("cliff", "cliff_top", "cliff_foot"), (mask, crest, foot), strict=True):
        old = inputs.get(name)
        layers[name] = Layer.mask(part if old is None else part | (old > 0))
    beach: NDArray[np.uint8] | None = inputs.get("beach")
    if beach is not None and coast:
        layers["beach"] = Layer.mask((beach > 0) & ~mask)
    return Output(layers)


def _beside(
    inputs: Inputs, mask: NDArray[np.bool_], rise: FloatArray, face: Face
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """``(rows, cols)`` the ground along the upper edge, and the dry ground along the foot."""
    if not mask.any():
        return mask, mask
    away = distance_cells(~mask) * inputs.grid.cell_size_m
    strip = (away <= max(_STRIP_M, 1.5 * face.height)) & ~mask & ~inputs.has("water_kind", "sea", "lake", "river")
    high = rise >= _UPPER * face.height
    return np.asarray(strip & high), np.asarray(strip & ~high)
