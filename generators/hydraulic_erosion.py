"""Erosion by running water: rivers that carve a drainage network, or rain that scours the slopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from pcgstudio.build import SHORE_M
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.slope import slope_deg
from pcgstudio.world import FloatArray, Grid, Layer

from .kernels.droplets import rain
from .kernels.flow import accumulate, fill_depressions, flow_receivers, map_border
from .kernels.lattice import ease, lattice_over, resample, smooth
from .kernels.nearness import distance_cells
from .kernels.stream_power import FINEST, Carved, StreamPower, carve, on_lattice
from .kernels.talus import relax

EROSION = Feature("erosion", words=("erosion", "eroded terrain"), layer="erosion", count_by="none")

STANDING_DEG = 42.0
"""Steepest slope that stands beside running water."""

CRUMBLING = 12
"""Passes by which the banks of gullies come to rest."""

LANDFORMS_SPARED = (("plateau", 0.9, 0.02), ("hill", 0.65, 0.03))
"""Layer, share of the erosion its ground is spared, and over how much of the map's side that fades out around it."""

DROPLET_LATTICES = ((FINEST // 3, 0.4), (FINEST, 0.6))
"""Cells on the longer side, and share of the rain, of the lattices droplets run on: wide gullies, then narrow ones."""


class HydraulicErosion(Params):
    """How water shapes the ground."""

    mode: Literal["stream_power", "droplet"] = param(
        "stream_power", "Rivers that carve branching valleys, or raindrops that scour gullies into the slopes.",
        choices={"stream_power": ("river", "valley", "drainage"), "droplet": ("rain", "droplet", "gully", "gullies")},
    )  # fmt: skip
    strength: float = param(
        0.5, "How far the water has worn the land down.", unit="share", ge=0, le=1, aspect="wear", feature="erosion",
        adjectives={"slight": 0.2, "": 0.5, "strong": 0.75, "heavy": 0.95},
        hints="0.2 gullies on the old shape, 0.5 valleys and crisp ridges, 0.9 little of the old shape is left",
    )  # fmt: skip
    area_exponent: float = param(
        0.4, "Rivers: how much more a large catchment cuts than a small one (m of the stream power law).",
        ge=0.3, le=0.6, hints="0.3 many short gullies, 0.6 a few large valleys",
    )  # fmt: skip
    iterations: int = param(
        16, "Rivers: steps the carving is split into; more follow the drainage closer.", ge=3, le=100,
    )  # fmt: skip
    uplift: float = param(
        0.6, "Rivers: share of the removed weight that the land rises back by, which keeps summits high.",
        unit="share", ge=0, le=1,
    )  # fmt: skip
    diffusivity: float = param(
        2.0, "Rivers: creep of the slopes; more of it rounds the ridges and thins out the gullies.",
        ge=0, le=20, aspect="roughness", feature="erosion", direction=-1,
        hints="0 sharp and gullied, 2 natural, 10 round downs",
    )  # fmt: skip
    sediment: float = param(
        1.0, "Rivers: how readily they lay down what they carry, which fills valley floors.", ge=0, le=3,
        hints="0 all is washed away, 1 natural, 2.5 wide flat valley floors",
    )  # fmt: skip
    density: float = param(
        0.5, "Droplets: how many fall on each cell of the erosion lattice.", ge=0, le=4,
        hints="0.1 a few gullies, 0.5 gullied all over, 2 worn smooth",
    )  # fmt: skip
    inertia: float = param(
        0.2, "Droplets: how much they keep their course across the slope.", ge=0, le=0.9,
        hints="0 straight down the slope, 0.2 natural, 0.8 wide bends",
    )  # fmt: skip
    capacity: float = param(
        5.0, "Droplets: how much they can carry.", ge=0.1, le=40, log=True,
        hints="1 faint gullies, 5 natural, 20 deep ones",
    )  # fmt: skip
    erosion: float = param(
        0.05, "Droplets: share of the free capacity they pick up in a step.", ge=0, le=0.3,
        hints="0.01 hard rock, 0.05 natural, 0.2 loose soil",
    )  # fmt: skip
    deposition: float = param(
        0.2, "Droplets: share of the overload they drop in a step.", ge=0, le=0.3,
        hints="0.05 carried far, 0.2 natural, 0.3 dropped at the foot of the slope",
    )  # fmt: skip
    evaporation: float = param(
        0.001, "Droplets: share of their water they lose in a step.", ge=0, le=0.02,
        hints="0.001 runs to the valley, 0.01 short gullies high up",
    )  # fmt: skip


@generator(
    family="terrain",
    stage="erosion",
    reads=("height", "water_kind", "crater", "plateau", "hill", "erosion", "deposition"),
    writes=("height", "erosion", "deposition", "flow"),
    features=(EROSION,),
    source="Braun & Willett 2013; Davy & Lague 2009; Cordonnier et al. 2016; Beyer 2015",
    version=2,
)
def hydraulic_erosion(inputs: Inputs, params: HydraulicErosion, rng: np.random.Generator, tick: Tick) -> Output:
    """Carve a branching drainage network with crisp ridges, or scour slopes with rain."""
    tick(0.0, "following the water")
    made = _eroded(inputs, params, rng, lambda done: tick(0.05 + 0.8 * done, "carving valleys"))
    tick(0.9, "measuring catchments")
    flow = _flow(made["height"].data, inputs.has("water_kind", "sea"), inputs.grid)
    return Output({**made, "flow": Layer(flow, "m2")})


def _eroded(
    inputs: Inputs, params: HydraulicErosion, rng: np.random.Generator, tick: Callable[[float], None]
) -> dict[str, Layer]:
    """Return the new height, what was worn off and what was laid down."""
    grid, height = inputs.grid, inputs.height()
    sea, lake = inputs.has("water_kind", "sea"), inputs.has("water_kind", "lake", "river")
    raised, laid, worn = np.zeros_like(height), np.zeros_like(height), height
    if params.strength > 0:
        ground = np.maximum(height, np.float32(0)) if sea.any() else height
        work = _rivers if params.mode == "stream_power" else _droplets
        carved = work(ground, sea.astype(np.float32), lake.astype(np.float32), grid, params, rng, tick)
        raised, laid = resample(carved.raised, grid.shape), np.maximum(resample(carved.laid, grid.shape), 0)
        worn = _laid_over(ground, carved, grid, min(1.0, 2 * params.strength))
        if sea.any():
            worn = np.maximum(worn, np.float32(SHORE_M))
        spared = spared_ground(inputs)
        worn, raised = worn + (height - worn) * spared, raised * (1 - spared)
        worn = np.where(sea | lake, height, worn)
    change = np.where(sea | lake, np.float32(0), worn - height - raised)
    laid = np.where(sea | lake, np.float32(0), np.maximum(laid, change))
    layers = {"height": worn, "erosion": laid - change, "deposition": laid}
    for name in ("erosion", "deposition"):
        earlier = inputs.get(name)
        if earlier is not None:
            layers[name] = layers[name] + earlier
    return {name: Layer(np.ascontiguousarray(data, dtype=np.float32), "m") for name, data in layers.items()}


def spared_ground(inputs: Inputs) -> FloatArray:
    """``(rows, cols) float32`` share of the erosion that landforms are spared, fading out into the ground around them.

    Otherwise water turns the tops of plateaus into ridges and low hills into small ravined mountains.
    """
    spared, side = near_standing_water(inputs), max(inputs.grid.extent_m)
    for name, share, reach in LANDFORMS_SPARED:
        there = inputs.get(name)
        if there is not None and there.any():
            fade = 1 - ease(_metres_from(there > 0, inputs.grid), 0, reach * side)
            spared = np.maximum(spared, np.float32(share) * fade)
    return spared


def near_standing_water(inputs: Inputs) -> FloatArray:
    """``(rows, cols) float32``: 1 on the banks of lakes and the rims of craters, 0 well away from them.

    Erosion leaves them out to that degree. Otherwise it cuts the bank away while the lake stays up in the air; a
    crater's cone, as steep as it is, would be left as a chimney.
    """
    grid, crater, side = inputs.grid, inputs.get("crater"), max(inputs.grid.extent_m)
    lake = inputs.has("water_kind", "lake")
    spared = np.zeros(grid.shape, np.float32)
    if lake.any():
        spared = 1 - ease(_metres_from(lake, grid), side / 100, side / 25)
    if crater is not None and crater.any():
        count = label(crater > 0)[1]
        width = 2 * float(np.sqrt(np.count_nonzero(crater) * grid.cell_area_m2 / count / np.pi))
        rim, foot = max(0.2 * width, 0.02 * side), max(2.5 * width, 0.06 * side)
        spared = np.maximum(spared, 1 - ease(_metres_from(crater > 0, grid), rim, foot))
    return np.asarray(spared, dtype=np.float32)


def _metres_from(cells: NDArray[np.bool_], grid: Grid) -> FloatArray:
    return np.asarray(distance_cells(~cells) * grid.cell_size_m, dtype=np.float32)


def _flow(height: FloatArray, sea: NDArray[np.bool_], grid: Grid) -> FloatArray:
    """``(rows, cols) float32`` catchment of each cell [m²]."""
    outlets = sea | map_border(grid.shape)
    receivers = flow_receivers(fill_depressions(height, outlets=outlets), grid.cell_size_m, outlets)
    return np.asarray(accumulate(receivers, np.full(grid.shape, grid.cell_area_m2, np.float32)), dtype=np.float32)


def _rivers(
    ground: FloatArray, sea: FloatArray, lake: FloatArray, grid: Grid,
    params: HydraulicErosion, rng: np.random.Generator, tick: Callable[[float], None],
) -> Carved:  # fmt: skip
    how = StreamPower(
        reach=2.5 * (2 * params.strength) ** 1.3,  # in the middle knickpoints have just reached the headwaters
        power=params.area_exponent,
        iterations=params.iterations,
        sediment=params.sediment,
        uplift=params.uplift,
        diffusivity=params.diffusivity * min(1.0, 2 * params.strength),
        talus_deg=STANDING_DEG,
        seed=int(rng.integers(2**31)),
    )
    return carve(ground, sea, lake, grid, how, tick)


def _droplets(
    ground: FloatArray, sea: FloatArray, lake: FloatArray, grid: Grid,
    params: HydraulicErosion, rng: np.random.Generator, tick: Callable[[float], None],
) -> Carved:  # fmt: skip
    changed = np.zeros((2, 2), np.float32)
    start = now = changed
    for cells, share in DROPLET_LATTICES:
        lattice = lattice_over(grid, cells)
        wet, held = resample(sea, lattice.shape) > 0.5, resample(lake, lattice.shape) > 0.5
        start = on_lattice(ground, wet.astype(np.float32), lattice)
        now = start + resample(changed, lattice.shape)
        drops = round(2 * params.strength * params.density * lattice.rows * lattice.cols)
        places = rng.random((drops, 2), dtype=np.float32)
        cell = np.float32(lattice.cell_size_m)
        fallen = rain(
            now / cell, wet | held, places, inertia=params.inertia, capacity=params.capacity,
            erosion=params.erosion, deposition=params.deposition, evaporation=params.evaporation,
        )  # fmt: skip
        rest = np.tan(np.radians(STANDING_DEG)) * lattice.cell_size_m
        changed = relax(fallen * cell, rest, 0.25, CRUMBLING) - start
        tick(share)
    return Carved(start, start + changed, *(np.zeros_like(start) for _ in range(3)))


def _laid_over(ground: FloatArray, carved: Carved, grid: Grid, amount: float) -> FloatArray:
    """Bring the carved lattice to the grid, with the detail it cannot hold: full on steep rock, none on valley floors.

    ``amount`` in [0, 1] is how far that detail is worn.
    """
    lattice = lattice_over(grid, FINEST)
    shape = grid.shape
    # Rivers on a lattice are one cell wide and turn by 45 degrees; this much blur hides both and leaves ridges crisp.
    even = smooth(carved.height, 0.7)
    rough = (1 - carved.floor) * (0.1 + 0.35 * ease(slope_deg(even, lattice.cell_size_m), 8, 35))
    kept = resample(np.asarray(1 - amount * (1 - rough), dtype=np.float32), shape)
    return np.asarray(resample(even, shape) + (ground - resample(carved.start, shape)) * kept, dtype=np.float32)
