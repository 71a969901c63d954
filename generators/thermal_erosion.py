"""Thermal erosion: rock weathers, rubble slides, and no slope stays steeper than its material can hold."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pcgstudio.build import SHORE_M
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Grid, Layer

from .hydraulic_erosion import EROSION, near_standing_water
from .kernels.lattice import ease, lattice_over, resample, smooth
from .kernels.talus import relax

LATTICES = (64, 128, 256)
"""Cells on the longer side of each lattice. Passes are counted on the last; one on half the cells does the work of 4"""

FINISHING = 60
"""Most passes on the grid itself, which settle what is too small for the lattice."""

CREEP, LONG = 0.03, 1000
"""Share of the map over which creeping soil rounds what has slid, and the passes after which it does so in full."""

REST_DEG = {"dry_sand": 34.0, "wet_sand": 45.0, "clay": 30.0, "soil": 37.0, "granite_scree": 38.0, "snow": 41.0}
"""Angle of rest by material [degrees]; T. J. Glover 1995, Pocket Ref, middle of the ranges it gives."""


class ThermalErosion(Params):
    """How loose ground comes to rest."""

    material: Literal["custom", "dry_sand", "wet_sand", "clay", "soil", "granite_scree", "snow"] = param(
        "custom", "What the ground is made of; anything but custom sets the angle of rest.",
        choices={
            "custom": ("custom",), "dry_sand": ("sand", "dry sand"), "wet_sand": ("wet sand", "damp sand"),
            "clay": ("clay",), "soil": ("soil", "earth"), "granite_scree": ("scree", "rubble", "granite", "talus"),
            "snow": ("snow",),
        },
    )  # fmt: skip
    talus_deg: float = param(
        33, "Slope at which loose rock comes to rest.", unit="deg", ge=10, le=60, aspect="steepness",
        adjectives={"gentle": 22, "": 33, "steep": 42},
    )  # fmt: skip
    iterations: int = param(
        100, "How long it slides: passes over a lattice of 256 cells.", ge=1, le=10000, log=True,
        hints="20 rounds off edges, 100 scree at the foot of cliffs, 5000 nothing steeper than the angle of rest",
    )  # fmt: skip
    rate: float = param(
        0.8, "How fast it slides: share of the most that a pass can move.", unit="share", ge=0.05, le=1,
    )  # fmt: skip


@generator(
    family="terrain",
    stage="erosion",
    version=2,
    reads=("height", "water_kind", "crater", "erosion", "deposition"),
    writes=("height", "erosion", "deposition"),
    features=(EROSION,),
    source="Musgrave, Kolb & Mace 1989; Olsen 2004",
)
def thermal_erosion(inputs: Inputs, params: ThermalErosion, rng: np.random.Generator, tick: Tick) -> Output:
    """Let slopes that are too steep crumble into straight flanks with scree at their foot."""
    grid, height = inputs.grid, inputs.height()
    water, sea = inputs.has("water_kind", "sea", "lake", "river"), inputs.has("water_kind", "sea")
    slope = float(np.tan(np.radians(REST_DEG.get(params.material, params.talus_deg))))
    settled = _settled(height, grid, slope, params, tick)
    settled += (height - settled) * near_standing_water(inputs)
    if sea.any():
        settled = np.maximum(settled, np.float32(SHORE_M))
    settled = np.where(water, height, settled).astype(np.float32)
    change = settled - height
    layers = {"erosion": np.maximum(-change, 0), "deposition": np.maximum(change, 0)}
    for name, moved in layers.items():
        earlier = inputs.get(name)
        layers[name] = moved if earlier is None else moved + earlier
    return Output({name: Layer(data, "m") for name, data in {"height": settled, **layers}.items()})


def _settled(height: FloatArray, grid: Grid, slope: float, params: ThermalErosion, tick: Tick) -> FloatArray:
    """Let the ground slide on ever finer lattices and at last on the grid; far slides are cheap on the coarse ones."""
    start = now = np.full((2, 2), height.mean(dtype=np.float64), np.float32)
    rate = 0.25 * params.rate
    gone = slope * max(grid.extent_m) / LATTICES[-1]
    for number, (cells, passes) in enumerate(_passes(params.iterations)):
        tick(number / (len(LATTICES) + 1), "rock is sliding")
        lattice = lattice_over(grid, cells)
        finer = resample(height, lattice.shape)
        now = relax(_refined(start, now, finer, gone), slope * lattice.cell_size_m, rate, passes)
        start = finer
    tick(0.8, "rubble comes to rest")
    ratio = max(grid.shape) / LATTICES[-1]
    finishing = round(min(params.iterations * ratio**2, FINISHING))
    slid = relax(_refined(start, now, height, gone), slope * grid.cell_size_m, rate, finishing)
    return _crept(height, slid, grid, slope, CREEP * (min(params.iterations, LONG) / LONG) ** 0.3)


def _crept(height: FloatArray, slid: FloatArray, grid: Grid, slope: float, share: float) -> FloatArray:
    """Round crests and feet where much has slid.

    The slide alone leaves straight flanks that meet the country at a hard line and end in a point on top.
    """
    reach = share * max(grid.extent_m)
    cells = reach / grid.cell_size_m
    much = smooth(ease(np.abs(slid - height), 0.0, 0.35 * slope * reach), cells)
    weight = ease(much, 0.0, 0.5)
    moved = (smooth(slid, cells) - slid) * weight
    kept = moved.mean(dtype=np.float64) / max(float(weight.mean(dtype=np.float64)), 1e-9)  # nothing is lost on the way
    return np.asarray(slid + moved - np.float32(kept) * weight, dtype=np.float32)


def _refined(start: FloatArray, now: FloatArray, finer: FloatArray, gone: float) -> FloatArray:
    """Bring ``now``, which began as ``start``, to the cells of ``finer``, the same ground in more detail.

    Where ``gone`` metres or more have been taken or laid down, that detail has gone too or is buried.
    """
    kept = 1 - ease(np.abs(now - start), 0.1 * gone, gone)
    detail = (finer - resample(start, finer.shape)) * resample(kept, finer.shape)
    return np.asarray(resample(now, finer.shape) + detail, dtype=np.float32)


def _passes(iterations: int) -> list[tuple[int, int]]:
    """Cells and passes of each lattice: short slides on the finest alone, long ones begin on the coarsest."""
    if iterations < LATTICES[0]:
        return [(LATTICES[-1], iterations)]
    return [(cells, iterations // part) for cells, part in zip(LATTICES, (24, 12, 4), strict=True)]
