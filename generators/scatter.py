"""Trees, rocks and grass: placed one by one, never nearer to each other than nature has them."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from pydantic import field_validator, model_validator
from scipy import ndimage

from pcgstudio.asset_set import WithAssets, dressed, load_set
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import param
from pcgstudio.slope import slope_deg
from pcgstudio.world import FloatArray, Instances, Layer

from .clearings import clearings, numbered
from .cover import Cells, blurred, inside, patches, ragged, rim, shaped
from .kernels.noise import fractal_noise
from .kernels.poisson import hashed
from .planting import Site, fill, hectares_of, singly, spacing_of
from .species import KINDS, LIKED_BY_GRASS, LIKED_BY_ROCKS, LIKED_BY_TREES, SIZES, choose_species, per_biome

Kind = Literal["tree", "rock", "grass"]
Species = Literal[
    "auto",
    "conifer",
    "broadleaf",
    "palm",
    "dead",
    "shrub",
    "acacia",
    "cactus",
    "oak",
    "birch",
    "pine",
    "boulder",
    "slab",
    "tuft",
    "flowers",
]

ROCKS_PER_HA = 5.0
VOLUMES = ("cave_mouth", "arch", "overhang")
"""Layers of what caves and rocks leave no room on."""
_LIKED = {"tree": LIKED_BY_TREES, "rock": LIKED_BY_ROCKS, "grass": LIKED_BY_GRASS}


class Scatter(WithAssets):
    """Parameters of `scatter`."""

    kind: Kind = param("tree", "What is placed.")
    species: tuple[Species, ...] = param(("auto",), "Which sorts, in equal shares; auto takes what grows there.")
    density_per_ha: float = param(
        0, "Things per hectare; 0 is usual: trees as their spacing allows, 5 rocks. Without cover they stand singly.",
        unit="per ha", ge=0, le=5000, aspect="density", feature="rock",
        adjectives={"sparse": 2, "": 5, "dense": 20},
    )  # fmt: skip
    patches: int = param(
        0, "Exact number of separate woods; 0 leaves it to the land.", ge=0, le=100, aspect="count", feature="forest"
    )
    spots: int = param(
        0, "Exact number of separate grass spots; 0 leaves it to the land.", ge=0, le=100, aspect="count",
        feature="grass",
    )  # fmt: skip
    cover: float = param(
        0.3, "Exact share of the region's dry land under canopy or grass, with what is already there; rocks have none.",
        unit="share", ge=0, le=1, aspect="share", feature="forest",
        adjectives={
            "tiny": 0.05, "small": 0.12, "sparse": 0.15, "light": 0.15, "": 0.3, "large": 0.45, "big": 0.45,
            "dense": 0.6, "huge": 0.6, "vast": 0.6, "thick": 0.65,
        },
    )  # fmt: skip
    grass_cover: float | None = param(
        None, "The same for grass; left out: as cover.", unit="share", ge=0, le=1, aspect="share", feature="grass",
        adjectives={"small": 0.12, "sparse": 0.15, "": 0.3, "large": 0.45, "dense": 0.6, "thick": 0.65},
    )  # fmt: skip
    count: int = param(
        0, "Exact number of things, standing singly and leaving cover aside; 0 goes by cover or density.",
        ge=0, le=100_000, aspect="count",
    )  # fmt: skip
    max_count: int = param(
        20_000,
        "Most things placed by cover or density; where more would fit they stand further apart.",
        ge=1,
        le=200_000,
    )
    spacing_m: float = param(
        0, "Distance kept between neighbours; 0 is usual for the kind.", unit="m", ge=0, le=500,
        aspect="density", feature="tree", direction=-1,
        adjectives={"scattered": 14, "sparse": 12, "": 6.5, "dense": 5, "thick": 5},
    )  # fmt: skip
    patch_m: float = param(
        170,
        "Width of a typical wood or meadow where their number is left open.",
        unit="m",
        ge=10,
        le=20000,
        scales=True,
    )
    clearings: int = param(
        0, "Exact number of clearings in the new woods.", ge=0, le=60, aspect="count", feature="clearing"
    )
    clearing_m: float = param(
        90, "Width of a clearing, less where the woods are narrow.", unit="m", ge=4, le=5000, scales=True,
        aspect="width", feature="clearing",
        adjectives={"tiny": 40, "small": 60, "": 90, "large": 140, "big": 140, "wide": 140, "huge": 200},
    )  # fmt: skip
    cluster: float = param(
        0.5, "0 spreads things over the land in small bits, 1 draws them together.", ge=0, le=1,
        hints="0.1 spread out, 0.5 groves, 0.9 a few large stands",
    )  # fmt: skip
    max_slope_deg: float = param(35, "Steepest ground; more only where an exact cover leaves no choice.",
                                 unit="deg", ge=0, le=90)  # fmt: skip
    min_height_m: float = param(-1000, "Lowest ground.", unit="m", ge=-1000, le=10000)
    max_height_m: float = param(10000, "Highest ground.", unit="m", ge=-1000, le=10000)
    water_distance_m: float = param(2, "Distance kept from water.", unit="m", ge=0, le=1000)
    scale: float = param(
        1, "Size of the things, 1 being usual.", ge=0.1, le=10, aspect="scale",
        adjectives={"tiny": 0.5, "small": 0.7, "low": 0.7, "": 1, "tall": 1.4, "large": 1.4, "big": 1.4, "huge": 2},
    )  # fmt: skip
    scale_jitter: float = param(
        0.25, "How far sizes differ.", ge=0, le=0.9, hints="0 all alike, 0.25 a natural stand, 0.6 small beside large",
    )  # fmt: skip
    yaw_jitter_deg: float = param(180, "How far they turn from facing east.", unit="deg", ge=0, le=180)

    @field_validator("species")
    @classmethod
    def _some(cls, value: tuple[Species, ...]) -> tuple[Species, ...]:
        if not value:
            raise ValueError("name at least one species, or 'auto'")
        return value

    @model_validator(mode="after")
    def _fitting(self) -> Scatter:
        strangers = [s for s in self.asked if s not in KINDS[self.kind]]
        if strangers:
            raise ValueError(f"'{strangers[0]}' is no {self.kind}; choose from {', '.join(KINDS[self.kind])}")
        return self

    @property
    def share(self) -> float:
        """Share of the dry land to cover."""
        return self.grass_cover if self.kind == "grass" and self.grass_cover is not None else self.cover

    @property
    def asked(self) -> tuple[str, ...]:
        """The species asked for; none for auto."""
        return () if "auto" in self.species else self.species


def _feature(name: str, words: tuple[str, ...], kind: str, *species: str) -> Feature:
    sets = {"kind": kind, **({"species": list(species)} if species else {})}
    return Feature(name, words, instances=kind, species=species, count_by="instances", sets=sets)


FEATURES = (
    Feature(
        "tree", ("tree",), instances="tree",
        species=("conifer", "broadleaf", "palm", "dead", "acacia", "oak", "birch", "pine"),
        count_by="instances", sets={"kind": "tree"},
    ),
    Feature(
        "forest", ("forest", "wood", "woods", "woodland", "grove", "copse", "thicket"), layer="forest",
        sets={"kind": "tree"},
    ),
    Feature(
        "clearing", ("clearing", "glade", "forest clearing", "forest glade", "woodland clearing"), layer="clearing",
        count_by="ids", sets={"kind": "tree"}, needs=("forest",),
    ),
    _feature("conifer", ("conifer", "fir", "fir tree", "spruce", "evergreen"), "tree", "conifer", "pine"),
    _feature("pine", ("pine", "pine tree"), "tree", "pine"),
    _feature(
        "broadleaf", ("broadleaf", "maple", "beech", "deciduous tree"), "tree", "broadleaf", "oak", "birch"
    ),
    _feature("oak", ("oak", "oak tree"), "tree", "oak"),
    _feature("birch", ("birch", "birch tree"), "tree", "birch"),
    _feature("palm", ("palm", "palm tree"), "tree", "palm"),
    _feature("dead tree", ("dead tree", "bare tree", "withered tree", "snag"), "tree", "dead"),
    _feature("shrub", ("shrub", "bush"), "tree", "shrub"),
    _feature("acacia", ("acacia", "acacia tree", "umbrella tree"), "tree", "acacia"),
    _feature("cactus", ("cactus",), "tree", "cactus"),
    Feature(
        "rock", ("rock", "boulder", "stone"), instances="rock", count_by="instances", sets={"kind": "rock"}
    ),
    Feature(
        "grass", ("grass", "grass tuft", "tuft", "grass spot", "grass patch", "tall grass", "long grass"),
        layer="grass", sets={"kind": "grass"},
    ),
    _feature("flower", ("flower", "wildflower"), "grass", "flowers"),
)  # fmt: skip


class _Seeds(NamedTuple):
    """Independent dice of one step."""

    shape: int
    patch: int
    dart: int
    order: int
    look: int


@generator(
    family="scatter",
    stage="scatter",
    version=2,
    reads=(
        "height", "water_kind", "biome", "temperature", "forest", "clearing", "grass", "road", "building", "district",
        *VOLUMES, "instances:tree", "instances:rock", "instances:grass",
    ),
    writes=("forest", "clearing", "grass", "instances:tree", "instances:rock", "instances:grass"),
    features=FEATURES,
    source="Bridson, Fast Poisson disk sampling in arbitrary dimensions (2007)",
)  # fmt: skip
def scatter(inputs: Inputs, params: Scatter, rng: np.random.Generator, tick: Tick) -> Output:
    """Place trees, rocks or grass: so many, or as much cover as asked, on ground that suits them."""
    seeds = _Seeds(*(int(s) for s in rng.integers(0, 2**31, len(_Seeds._fields))))
    tick(0.0, f"{params.kind}: the ground")
    site = _site(inputs, params, seeds)
    by_cover = params.kind != "rock" and not params.count and params.share > 0
    layers = {}
    if by_cover:
        tick(0.3, f"{params.kind}: outline")
        name = "forest" if params.kind == "tree" else "grass"
        old = inputs.get(name)
        here = np.zeros(inputs.grid.shape, bool) if old is None else (old > 0)
        grown = _cover(inputs, params, site, here, seeds)
        if params.kind == "tree" and params.clearings:
            tick(0.5, "clearings")
            radius = params.clearing_m / 2
            cleared = clearings(inputs.grid, grown, params.clearings, radius, site.noise, seeds.patch)
            site = site._replace(free=site.free & (cleared == 0), fit=site.fit & (cleared == 0))
            grown = _cover(inputs, params, site, here, seeds)
            before = inputs.get("clearing")
            layers["clearing"] = Layer(numbered(before, cleared), kind="categorical")
        layers[name] = Layer.mask(here | grown)
        tick(0.6, f"{params.kind}: places")
        points = fill(
            inputs, params.kind, grown, here | grown, spacing_m=spacing_of(inputs.grid, params.kind, params.spacing_m),
            per_ha=0 if params.spacing_m else params.density_per_ha, max_count=params.max_count, seed=seeds.dart,
        )  # fmt: skip
    else:
        tick(0.4, f"{params.kind}: places")
        points = _singly(inputs, params, site, seeds)
    tick(0.9, f"{params.kind}: sizes")
    placed: dict[str, Instances] = {params.kind: _standing(inputs, params, points, seeds, by_cover)}
    own = load_set(inputs.folder, params.assets) if params.assets else None
    return Output(layers=layers, instances=dressed(placed, own, seeds.look))


def _site(inputs: Inputs, params: Scatter, seeds: _Seeds) -> Site:
    grid, height = inputs.grid, inputs.height()
    kind = inputs.get("water_kind")
    dry = np.ones(grid.shape, bool) if kind is None else (kind == 0)
    bare = dry.copy()
    for name in ("road", "building", *VOLUMES):
        taken = inputs.get(name)
        if taken is not None:
            bare &= taken == 0
    if params.kind == "tree" and (clear := inputs.get("clearing")) is not None:
        bare &= clear == 0
    bare &= (inputs.get("district") == 0) | inputs.has("district", "park") if "district" in inputs.layers else True
    free = bare & inside(inputs.mask)
    if not free.any():
        raise BuildError(f"there is no free dry land for a {params.kind} in this step's region; move or enlarge it")
    slope = slope_deg(height, grid.cell_size_m)
    fit = free & (slope <= params.max_slope_deg)
    fit &= (height >= params.min_height_m) & (height <= params.max_height_m)
    reach = int(params.water_distance_m / grid.cell_size_m)
    if reach and not dry.all():
        fit &= ~_widened(~dry, reach)
    # The drier and rougher the noise, the smaller the bits.
    gain = 0.7 - 0.3 * params.cluster
    noise = fractal_noise(grid, seed=seeds.shape, feature_size_m=params.patch_m, octaves=5, gain=gain)
    liking = 0.55 * blurred(per_biome(inputs, _LIKED[params.kind]), grid, 6.0)
    if params.kind == "tree":
        temperature = inputs.get("temperature")
        if temperature is not None:
            liking = liking - np.float32(0.12) * np.clip(-temperature, 0, 10)
        liking = liking - np.float32(0.02) * np.clip(slope - 20, 0, 15)
    return Site(dry, bare, free, fit, liking - 1.6 * rim(inputs.mask, grid, 0.4 * params.patch_m), noise)


def _widened(cells: Cells, reach: int) -> Cells:
    return np.asarray(ndimage.maximum_filter(cells.view(np.uint8), 2 * reach + 1, mode="nearest") > 0)


def _cover(inputs: Inputs, params: Scatter, site: Site, here: Cells, seeds: _Seeds) -> Cells:
    """Return the new cells that bring the cover of the region to the share asked for."""
    grid = inputs.grid
    land = site.dry & inside(inputs.mask)
    room = int(np.count_nonzero(land))
    wanted = max(1, round(params.share * room)) - int(np.count_nonzero(land & here))
    ground = site.free & ~here
    if wanted > np.count_nonzero(ground):
        raise BuildError(
            f"{params.share:.0%} cover does not fit: roads and buildings leave "
            f"{np.count_nonzero(site.free) / room:.0%} of the dry land; ask for less cover"
        )
    if wanted <= 0:
        return np.zeros(grid.shape, dtype=bool)
    number = params.patches if params.kind == "tree" else params.spots
    if number:
        fit = site.fit & ~_widened(here, 1)
        what = "forest" if params.kind == "tree" else "grass"
        fit = fit if np.count_nonzero(fit) > 1.3 * wanted else ground & ~_widened(here, 1)
        return patches(site.noise, site.liking, fit, wanted, number, grid, seeds.patch, what)
    potential = site.noise + site.liking - 3 * (~site.fit).astype(np.float32)
    grown = shaped(potential, ground, wanted, grid, 2 * spacing_of(grid, params.kind, params.spacing_m))
    if wanted == room:
        grown |= site.bare & ~here & ragged(inputs.mask, site.noise)
    return grown


def _singly(inputs: Inputs, params: Scatter, site: Site, seeds: _Seeds) -> FloatArray:
    """``(n, 2) float32`` places of single things: as many as asked, or by density."""
    grid = inputs.grid
    per_ha = params.density_per_ha or (ROCKS_PER_HA if params.kind == "rock" else 0.0)
    count = params.count or min(params.max_count, round(per_ha * hectares_of(site.fit, grid)))
    if not count:
        return np.empty((0, 2), dtype=np.float32)
    spacing = spacing_of(grid, params.kind, params.spacing_m)
    dice = (seeds.dart, seeds.order)
    return singly(inputs, params.kind, site, count, spacing_m=spacing, cluster=params.cluster, seeds=dice)


def _standing(inputs: Inputs, params: Scatter, points: FloatArray, seeds: _Seeds, by_cover: bool) -> Instances:
    """Give each place its species, height, turn and size."""
    grid = inputs.grid
    names = KINDS[params.kind]
    stand_m = max(grid.extent_m) / 10
    species = choose_species(inputs, params.kind, params.asked, points, seeds.look, stand_m=stand_m, shrubs=by_cover)
    turn = (2 * hashed(points, seeds.look + 1) - 1) * params.yaw_jitter_deg % 360
    grow = _scales(params, hashed(points, seeds.look + 2))
    squat = 1 + (hashed(points, seeds.look + 3) - np.float32(0.5)) * np.float32(0.3 * min(1, 2 * params.scale_jitter))
    size = np.array([SIZES[n] for n in names], dtype=np.float32)[species] * grow[:, None]
    size[:, :2] *= squat[:, None]
    z = grid.sample(inputs.height(), points) if len(points) else np.empty(0, np.float32)
    placement = np.column_stack([points, z, turn, grow]).astype(np.float32).reshape(-1, 5)
    return Instances(placement, species, size.astype(np.float32), names)


def _scales(params: Scatter, luck: FloatArray) -> FloatArray:
    """``(n,) float32`` factors of size: even for plants, few large among many small for rocks."""
    spread = params.scale_jitter
    if params.kind == "rock":
        factor = (1 - 0.92 * luck.astype(np.float64)) ** (-2 * spread) * (1 - spread)
    else:
        factor = 1 + spread * (2 * luck.astype(np.float64) - 1)
    return np.asarray(params.scale * factor, dtype=np.float32)
