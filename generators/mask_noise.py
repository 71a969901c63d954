"""Masks of noise and of scattered discs: an exact share, an exact number."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param

from .kernels.noise import fractal_noise
from .kernels.poisson import darts, keep_apart
from .mask_slots import LAYERS, Slot, region_of, written

Basis = Literal["perlin", "simplex", "value", "worley"]
Fractal = Literal["fbm", "billow", "ridged"]


class MaskNoise(Params):
    """Parameters of `mask_noise`."""

    into: Slot = param("a", "The mask it draws.")
    share: float = param(0.4, "Exact share of the region that it covers.", unit="share", ge=0, le=1)
    feature_size_m: float = param(
        220, "About the width of the largest patches.", unit="m", ge=2, le=100000, scales=True,
        adjectives={"fine": 80, "": 220, "coarse": 450},
    )  # fmt: skip
    octaves: int = param(5, "Sizes of detail on their rims.", ge=1, le=12)
    basis: Basis = param("perlin", "Kind of noise.")
    fractal: Fractal = param("fbm", "Patches, blots between lines, or lines.")


@generator(
    family="mask", stage="mask", writes=LAYERS,
    source="Ebert et al., Texturing & Modeling (2003); cut at the quantile that leaves the share",
)  # fmt: skip
def mask_noise(inputs: Inputs, params: MaskNoise, rng: np.random.Generator, tick: Tick) -> Output:
    """Draw a mask of ragged patches over an exact share of the region."""
    region = region_of(inputs)
    tick(0.1, "drawing noise")
    noise = fractal_noise(
        inputs.grid, seed=int(rng.integers(2**31)), feature_size_m=params.feature_size_m, octaves=params.octaves,
        basis=params.basis, fractal=params.fractal,
    )  # fmt: skip
    tick(0.7, "cutting it at its share")
    wanted = round(params.share * int(region.sum()))
    score = np.where(region, noise, np.float32(-np.inf)).ravel()
    mask = np.zeros(score.size, dtype=bool)
    if wanted:
        mask[np.argpartition(-score, wanted - 1)[:wanted]] = True
    return written(params.into, mask.reshape(region.shape))


class MaskPoisson(Params):
    """Parameters of `mask_poisson`."""

    into: Slot = param("a", "The mask it draws.")
    spacing_m: float = param(
        110, "Least distance between the middles of two discs.", unit="m", ge=0.5, le=100000, scales=True
    )
    width_m: float = param(40, "Diameter of a disc; at least a cell.", unit="m", ge=0.1, le=100000, scales=True)
    count: int | None = param(None, "Number of discs, exactly; empty: as many as fit.", ge=1, le=100000)


@generator(
    family="mask", stage="mask", writes=LAYERS,
    source="Bridson, Fast Poisson disk sampling in arbitrary dimensions (2007)",
)  # fmt: skip
def mask_poisson(inputs: Inputs, params: MaskPoisson, rng: np.random.Generator, tick: Tick) -> Output:
    """Draw a mask of discs scattered evenly but without order, no two nearer than their spacing."""
    grid, region = inputs.grid, region_of(inputs)
    tick(0.1, "scattering discs")
    points = darts(grid.extent_m, params.spacing_m, int(rng.integers(2**31)))
    points = points[region[grid.cells_of(points)]]
    none = np.empty((0, 2), np.float32)
    radius = np.full(len(points), params.spacing_m, np.float32)
    limit = params.count or len(points)
    chosen = keep_apart(points, radius, none, np.empty(0, np.float32), grid.extent_m, limit)
    if params.count is not None and len(chosen) < params.count:
        raise BuildError(
            f"{params.count} discs {params.spacing_m:g} m apart do not fit: {len(chosen)} do; ask for fewer"
        )
    tick(0.6, "drawing them")
    mask = np.zeros(grid.shape, dtype=bool)
    mask[grid.cells_of(points[chosen])] = True
    reach = int(params.width_m / 2 / grid.cell_size_m) + 1
    xs, ys = grid.xs(), grid.ys()
    for x, y in points[chosen]:
        col, row = int(x / grid.cell_size_m), grid.rows - 1 - int(y / grid.cell_size_m)
        at = slice(max(row - reach, 0), row + reach + 1), slice(max(col - reach, 0), col + reach + 1)
        mask[at] |= np.hypot(xs[at[1]][None, :] - x, ys[at[0]][:, None] - y) <= params.width_m / 2
    return written(params.into, mask & region)
