"""Landmarks that stand alone on levelled ground: watchtowers, lighthouses, windmills, temples, inns, fountains."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.landmark_models import LANDMARK_SIZES_M
from pcgstudio.params import Params, param
from pcgstudio.slope import slope_deg
from pcgstudio.world import FloatArray, Instances, Layer

from .kernels.nearness import distance_cells
from .placement import avoided, solid

Doubles = NDArray[np.float64]
SPECIES = tuple(LANDMARK_SIZES_M)
OVERLOOKING = ("watchtower", "lighthouse", "windmill", "temple", "obelisk")
"""Kinds that stand where the ground is higher than around, if it is."""

_AVOID = ("building", "wall", "road", "hole", "cave_mouth", "arch", "overhang", "cell", "pier")
_AROUND_M, _BANK = 90.0, 1.6  # how far around the ground is compared; how far it is levelled, in radii


class Landmarks(Params):
    """Parameters of `landmarks`."""

    kind: Literal["watchtower", "lighthouse", "windmill", "temple", "inn", "fountain", "obelisk", "smithy"] = param(
        "watchtower", "What is built."
    )
    count: int = param(1, "Number of them, exact.", ge=1, le=60, aspect="count")
    scale: float = param(
        1, "Size, 1 being usual.", ge=0.3, le=4, aspect="size",
        adjectives={"tiny": 0.6, "small": 0.75, "": 1, "tall": 1.4, "large": 1.4, "big": 1.4, "huge": 2},
    )  # fmt: skip
    max_slope_deg: float = param(32, "Steepest ground; it is levelled under them.", unit="deg", ge=1, le=60)


def _one(name: str, *words: str) -> Feature:
    return Feature(
        name, (name, *words), instances="prop", species=(name,), count_by="instances", sets={"kind": name}
    )  # fmt: skip


FEATURES = (
    _one("watchtower", "watch tower", "lookout tower", "lookout", "guard tower", "signal tower"),
    _one("lighthouse", "light house"),
    _one("windmill", "mill"),
    _one("temple", "shrine"),
    _one("inn", "tavern", "pub", "coaching inn", "roadhouse"),
    _one("fountain"),
    _one("obelisk"),
    _one("smithy", "forge", "blacksmith", "smith"),
)


@generator(
    family="settlements",
    stage="volume",
    reads=("height", "water_kind", "district", "lot", *_AVOID, "instances:prop"),
    writes=("height", "building", "instances:prop"),
    features=FEATURES,
    source="Bridson, Fast Poisson disk sampling in arbitrary dimensions (2007), for the spacing",
)
def landmarks(inputs: Inputs, params: Landmarks, rng: np.random.Generator, tick: Tick) -> Output:
    """Put up watchtowers, lighthouses, windmills, temples, inns or fountains, exactly as many as asked."""
    tick(0.0, f"{params.kind}: the ground")
    length, width, high = (params.scale * s for s in LANDMARK_SIZES_M[params.kind])
    reach = 0.5 * float(np.hypot(length, width))
    spots = _spots(inputs, params, reach, rng)
    if len(spots) < params.count:
        raise BuildError(
            f"{params.kind}: only {len(spots)} of {params.count} find free dry ground that is not too steep; ask for "
            "fewer or smaller ones, or widen the region"
        )
    tick(0.6, f"{params.kind}: levelling")
    height, built = _levelled(inputs, spots, reach)
    turn = rng.uniform(0, 360, len(spots))
    placement = np.column_stack([spots, inputs.grid.sample(height, spots), turn, np.full(len(spots), params.scale)])
    placed = Instances(
        placement.astype(np.float32), np.full(len(spots), SPECIES.index(params.kind), np.int32),
        np.tile(np.array([length, width, high], dtype=np.float32), (len(spots), 1)), SPECIES,
    )  # fmt: skip
    return Output(layers={"height": Layer(height, "m"), "building": Layer.mask(built)}, instances={"prop": placed})


def _spots(inputs: Inputs, params: Landmarks, reach: float, rng: np.random.Generator) -> Doubles:
    """``(n, 2)`` places x, y [m], the best first and clear of each other; at most as many as wanted."""
    grid, cell = inputs.grid, inputs.grid.cell_size_m
    free = solid(inputs.mask) & ~inputs.has("water_kind", "sea", "lake", "river") & ~avoided(inputs, _AVOID)
    yard = inputs.get("lot")
    if yard is not None:
        free &= (yard == 0) | inputs.has("district", "farmland")
    steep = slope_deg(inputs.height(), cell)
    clear = free & (gaussian_filter(steep, max(0.5 * reach / cell, 0.5)) <= params.max_slope_deg)
    room = distance_cells(np.pad(clear, 1))[1:-1, 1:-1] * cell
    fits = np.flatnonzero(room >= min(reach, max(0.5 * float(room.max()), 0.45 * reach))).astype(np.int32)
    del room, clear, free
    if not len(fits):
        return np.empty((0, 2))
    score = rng.uniform(0, 1, len(fits))
    score -= 0.02 * steep.ravel()[fits]
    if params.kind in OVERLOOKING:
        land = inputs.height()
        above = land - gaussian_filter(land, _AROUND_M / cell, mode="nearest")
        spread = max(float(np.percentile(np.abs(above), 95)), 1.0)
        score += 1.5 * np.clip(above.ravel()[fits] / spread, -1, 2)
        del above
    del steep
    x, y = grid.xs()[fits % grid.cols], grid.ys()[fits // grid.cols]
    del fits
    before = inputs.instances.get("prop")
    if before is not None:
        for taken in before.placement[:, :2].astype(np.float64):
            score[_within(x, y, taken, 1.5 * reach)] = -np.inf
    chosen: list[Doubles] = []
    while len(chosen) < params.count and np.isfinite(score).any():
        best = int(np.argmax(score))
        chosen.append(np.array([x[best], y[best]], dtype=np.float64))
        score[_within(x, y, chosen[-1], 2.4 * reach + 6)] = -np.inf
    return np.array(chosen).reshape(-1, 2)


def _within(x: FloatArray, y: FloatArray, spot: Doubles, reach_m: float) -> NDArray[np.intp]:
    """Return which points lie less than so far from a spot; only those in its square are measured."""
    square = np.flatnonzero((np.abs(x - spot[0]) <= reach_m) & (np.abs(y - spot[1]) <= reach_m))
    return np.asarray(square[np.hypot(x[square] - spot[0], y[square] - spot[1]) < reach_m])


def _levelled(inputs: Inputs, spots: Doubles, reach: float) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the ground made level under each, with a bank around it, and what is built on."""
    grid, height = inputs.grid, np.array(inputs.height(), dtype=np.float32)
    built = avoided(inputs, ("building",))
    wet = inputs.has("water_kind", "sea", "lake", "river") | avoided(inputs, ("road",))
    for x, y in spots.tolist():
        away = np.hypot(grid.xs()[None, :] - x, grid.ys()[:, None] - y)
        level = float(grid.sample(inputs.height(), np.array([[x, y]]))[0])
        share = np.clip((_BANK * reach - away) / ((_BANK - 1) * reach), 0, 1)
        share[wet] = 0
        height += ((level - height) * share).astype(np.float32)
        built |= away <= max(0.8 * reach, 0.72 * grid.cell_size_m)
    return height, built
