"""Dunes: seas of long crests across the wind, barchans with their horns downwind, star dunes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid, Layer

from .dune_shapes import Crescent, Wind, crescent, long_crests, star_lines, stars
from .kernels.lattice import ease
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise
from .kernels.poisson import darts, keep_apart
from .placement import Site, avoided, blended, calm_ground, fit, site_of, solid

Kind = Literal["transverse", "barchan", "star"]
From = Literal["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

AVOIDED = ("mountain", "hill", "volcano", "plateau", "valley", "canyon", "impact_crater", "cliff")
_WIDE = {"transverse": 13.0, "barchan": 8.0, "star": 7.5}  # least width of one dune in heights
_APART = {"transverse": 1.06, "barchan": 1.12, "star": 1.02}  # least distance of two in widths
_BODY = 0.07  # share of its height above which ground counts as dune


class Dunes(HeightParams):
    """Parameters of `dunes`."""

    kind: Kind = param(
        "transverse",
        "Long crests across a steady wind, crescents where sand is scarce, or stars where winds change.",
        choices={
            "transverse": ("transverse", "rippled", "long-crested"),
            "barchan": ("barchan", "crescent", "crescent-shaped"),
            "star": ("star", "star-shaped"),
        },
    )
    count: int | None = param(
        None, "Number of single dunes, exactly; empty: as many as fill the field.", ge=1, le=200, aspect="count"
    )
    height_m: float = param(
        13, "Height of the highest dune above its foot.", unit="m", ge=0.5, le=400, scales=True, aspect="drop",
        feature="dune", adjectives={"low": 7, "small": 7, "": 13, "high": 24, "tall": 24, "large": 24, "big": 24,
                                    "huge": 34, "towering": 34},
    )  # fmt: skip
    wavelength_m: float = param(
        115, "Distance from crest to crest.", unit="m", ge=4, le=4000, scales=True,
        adjectives={"tight": 70, "": 115, "broad": 190},
    )  # fmt: skip
    wind_from: From = param("west", "Side that the wind comes from; slip faces and horns point away from it.")
    wind_deg: float | None = param(
        None, "Direction the wind blows toward instead: 0 east, 90 north.", unit="deg", ge=0, le=360
    )
    share: float | None = param(
        None, "Exact share of the dry, free ground of the region that the field takes; empty: all of it.",
        unit="share", ge=0.01, le=1, aspect="share", feature="dune",
    )  # fmt: skip
    irregularity: float = param(
        0.5, "How far crests bend, fork and end.", ge=0, le=1,
        adjectives={"regular": 0.1, "straight": 0.05, "": 0.5, "irregular": 0.85, "chaotic": 1.0},
    )  # fmt: skip


@generator(
    family="terrain",
    stage="surface",
    reads=("height", "water_kind", "dune", *AVOIDED),
    writes=("height", "dune"),
    features=(
        Feature("dune", ("dune", "sand dune", "dune field", "dune sea", "sand sea", "erg"), "dune", count_by="none"),
        Feature("barchan", ("barchan", "barchan dune", "crescent dune"), "dune", sets={"kind": "barchan"}),
        Feature("star dune", ("star dune",), "dune", sets={"kind": "star"}),
        Feature("transverse dune", ("transverse dune", "sand ridge"), "dune", count_by="none",
                sets={"kind": "transverse"}),
    ),
    source="Bagnold, The Physics of Blown Sand and Desert Dunes (1941); Hersen, On the crescentic shape of barchan"
    " dunes (2004)",
)  # fmt: skip
def dunes(inputs: Inputs, params: Dunes, rng: np.random.Generator, tick: Tick) -> Output:
    """Heap sand dunes that obey the wind: gentle to windward, a slip face at its angle of rest to leeward."""
    site = site_of(inputs, avoid=())
    tick(0.1, "marking out the sand")
    field = _field(inputs, site, params, int(rng.integers(2**31)))
    wind = _wind(params)
    single = params.count is not None or params.kind != "transverse"
    tick(0.3, "heaping the dunes")
    if single:
        rise = _singles(_inside(inputs, field), params, wind, rng)
        body = rise > 0
    else:
        rise = long_crests(inputs.grid, wind, params.wavelength_m, params.height_m, params.irregularity, rng)
        rise *= ease(_depth(field, inputs.grid), 0.0, 0.8 * params.wavelength_m)
        body = field
    tick(0.8, "settling the sand")
    before = inputs.height()
    calm = calm_ground(inputs, 0.5 * params.wavelength_m)
    under = (
        ease(rise, 0.0, 0.5 * params.height_m) if single else ease(_depth(field, inputs.grid), 0, params.wavelength_m)
    )
    ground = before + (calm - before) * np.float32(0.8) * under
    height = np.where(field, blended(ground, rise, params.blend), before)
    old = inputs.get("dune")
    mask = body if old is None else body | (old > 0)
    return Output({"height": Layer(height.astype(np.float32), "m"), "dune": Layer.mask(mask)})


def _wind(params: Dunes) -> Wind:
    if params.wind_deg is not None:
        return Wind(float(np.cos(np.radians(params.wind_deg))), float(np.sin(np.radians(params.wind_deg))))
    east, north = side_vector(params.wind_from)
    length = float(np.hypot(east, north))
    return Wind(-east / length, -north / length)


def _field(inputs: Inputs, site: Site, params: Dunes, seed: int) -> Mask:
    """``(rows, cols)`` where sand lies: all free ground, or an exact share of the dry ground with a ragged rim."""
    free = site.open & ~avoided(inputs, AVOIDED)
    if not free.any():
        raise BuildError("the region has no free ground for dunes; choose another region or move the other landforms")
    if params.share is None:
        return free
    wanted, room = round(params.share * int(site.open.sum())), int(free.sum())
    if wanted > room:
        most = room / int(site.open.sum())
        raise BuildError(
            f"dunes cannot cover {params.share:.0%} of this ground: only {most:.0%} is free; lower the share"
        )
    size = 0.45 * max(inputs.grid.extent_m) * float(np.sqrt(free.mean()))
    score = fractal_noise(inputs.grid, seed=seed, feature_size_m=size, octaves=5, gain=0.42)
    score = np.where(free, score + 0.5 * ease(site.room_m, 0.0, 0.3 * size), -np.inf)
    order = np.argpartition(-score.ravel(), max(wanted - 1, 0))[: max(wanted, 1)]
    field = np.zeros(score.size, dtype=bool)
    field[order] = True
    return field.reshape(score.shape)


def _depth(field: Mask, grid: Grid) -> FloatArray:
    """``(rows, cols) float32`` distance to the rim of the field [m], the map's edge not counted."""
    if field.all():
        return np.full(field.shape, np.inf, np.float32)
    return np.asarray(np.maximum(distance_cells(field) - 0.5, 0) * grid.cell_size_m, dtype=np.float32)


def _inside(inputs: Inputs, field: Mask) -> Site:
    """Return the site of single dunes: room to the field's rim and to the map's edge."""
    grid = inputs.grid
    room = distance_cells(np.pad(field, 1))[1:-1, 1:-1] - 0.5
    room_m = np.maximum(room * grid.cell_size_m, 0).astype(np.float32)
    return Site(grid, field & solid(inputs.mask), room_m, room_m)


def _singles(site: Site, params: Dunes, wind: Wind, rng: np.random.Generator) -> FloatArray:
    """``(rows, cols) float32`` rise [m] of dunes that stand alone, 0 between them."""
    grid = site.grid
    width = max(0.75 * params.wavelength_m, _WIDE[params.kind] * params.height_m)
    width *= {"transverse": 1.25, "barchan": 1.0, "star": 1.3}[params.kind]
    apart = _APART[params.kind]
    seed, order = int(rng.integers(2**31)), rng.uniform(0.62, 0.95, 4096)
    if params.count is not None:
        least = 0.35 * width
        centres, width = fit(rng, site, params.count, width, least, apart, 0.56, "dunes")
    else:
        gap = max(apart * width, params.wavelength_m)
        centres = _filling(site, gap, 0.56 * width, seed)
        if not len(centres):
            raise BuildError("not one dune of this size fits into the field; make them smaller or widen the region")
    sizes = order[np.arange(len(centres)) % len(order)]
    sizes[int(rng.integers(len(centres)))] = 1.0
    tall = min(params.height_m, width / _WIDE[params.kind])
    if params.kind == "star":
        pieces = [
            p
            for (x, y), s in zip(centres, sizes, strict=True)
            for p in star_lines(float(x), float(y), 0.5 * s * width, s * tall, rng)
        ]
        rise = stars(grid, pieces, 0.5 * width, seed)
        foot = np.float32(_BODY * tall)
        return np.asarray(np.maximum(rise - foot, 0) * (tall / (tall - foot)), dtype=np.float32)
    shape = (0.56, 0.27) if params.kind == "barchan" else (0.3, 0.9)
    rise = np.zeros(grid.shape, np.float32)
    for i, ((x, y), s) in enumerate(zip(centres, sizes, strict=True)):
        at, one = crescent(grid, wind, Crescent(float(x), float(y), s * width, s * tall, *shape, seed + i))
        rise[at] = np.maximum(rise[at], one)
    return rise


def _filling(site: Site, gap_m: float, clear_m: float, seed: int) -> Doubles:
    """``(n, 2)`` places at least ``gap_m`` apart and ``clear_m`` from the rim, as many as fit well."""
    points = darts(site.grid.extent_m, gap_m, seed)
    points = points[site.grid.sample(site.room_m, points) >= clear_m]
    radius = np.full(len(points), gap_m, np.float32)
    none = np.empty((0, 2), np.float32)
    chosen = keep_apart(points, radius, none, np.empty(0, np.float32), site.grid.extent_m, 4096)
    return points[chosen].astype(np.float64)
