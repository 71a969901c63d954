"""Free-standing rocks that a height map cannot hold: natural arches, and rocks that overhang their foot."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.slope import slope_deg
from pcgstudio.world import Grid, Layer, MeshPart

from .iso_mesh import surface
from .kernels.lattice import smooth
from .kernels.voxels import FIN, rock_field
from .placement import avoided, solid

SUNK = 0.3
"""How deep a rock reaches into the ground, as a share of its height: more than a slope falls over its foot."""
_ACROSS = -0.46
"""Direction [rad] across the line from which pictures are taken: an arch that spans it shows its opening."""
_TRIES, _STEEPEST_DEG = 4000, 28.0
_ROUGH = 2.0
"""How much larger the voxels of a draft are."""
_AVOID = ("road", "building", "wall", "settlement", "hole", "arch", "overhang")


class RockArches(Params):
    """Parameters of `rock_arches`."""

    kind: Literal["arch", "overhang"] = param(
        "arch", "A natural arch that one can walk through, or a rock that overhangs its foot.",
    )  # fmt: skip
    count: int = param(1, "Number of rocks, exact.", ge=1, le=60, aspect="count", feature="natural arch")
    overhangs: int = param(
        0, "Number of overhanging rocks, exact; 0 leaves it to count.", ge=0, le=60, aspect="count", feature="overhang"
    )
    span_m: float = param(
        22, "Clear width of an arch, or width of an overhanging rock.", unit="m", ge=2, le=120, log=True,
        aspect="width", feature="natural arch",
        adjectives={"tiny": 8, "small": 12, "narrow": 12, "": 22, "large": 36, "wide": 36, "big": 36, "huge": 60},
    )  # fmt: skip
    height_m: float = param(
        18, "Height of its top over the ground.", unit="m", ge=2, le=120, log=True,
        hints="8 a rock to climb, 18 a landmark, 50 a wonder",
    )  # fmt: skip
    roughness: float = param(0.5, "How weathered the rock is.", ge=0, le=1, hints="0 smooth, 0.5 natural, 1 torn")


FEATURES = (
    Feature(
        "natural arch", ("natural arch", "rock arch", "stone arch", "sea arch", "natural bridge", "arch"), layer="arch",
        count_by="ids", sets={"kind": "arch"},
    ),
    Feature(
        "overhang", ("overhang", "overhanging rock", "mushroom rock", "hoodoo", "rock pedestal"), layer="overhang",
        count_by="ids", sets={"kind": "overhang"},
    ),
)  # fmt: skip


@generator(
    family="volumes",
    stage="volume",
    version=2,
    reads=("height", "water_kind", *_AVOID),
    writes=("arch", "overhang"),
    features=FEATURES,
    source="Lorensen & Cline 1987; Peytavie et al., Arches: a framework for modeling complex terrains (2009)",
)
def rock_arches(inputs: Inputs, params: RockArches, rng: np.random.Generator, tick: Tick) -> Output:
    """Raise free-standing rocks that one can walk under: natural arches, or rocks that overhang their foot."""
    tick(0.0, "looking for ground")
    grid = inputs.grid
    count = params.overhangs or params.count if params.kind == "overhang" else params.count
    spots = _spots(inputs, params, count, rng)
    if len(spots) < count:
        told = f"only {len(spots)} of {count} rocks find" if spots else "no rock of this size finds"
        raise BuildError(f"{told} free dry ground that is not too steep; ask for fewer or smaller ones")
    before = inputs.get(params.kind)
    ids = np.zeros(grid.shape, np.int16) if before is None else before.copy()
    last, parts = int(ids.max(initial=0)), []
    for number, (x, y) in enumerate(spots, start=last + 1):
        tick((number - last) / (len(spots) + 1), "weathering")
        turn, size = float(_ACROSS + rng.uniform(-0.45, 0.45)), float(rng.uniform(0.85, 1.1)) if len(spots) > 1 else 1.0
        parts.append(_rock(inputs, params, (x, y), turn, size, int(rng.integers(100_003)), number))
        ids[_foot(grid, params, (x, y), turn)] = number
    return Output(layers={params.kind: Layer(ids, kind="categorical")}, parts=tuple(parts))


def _thick(params: RockArches) -> float:
    return 0.36 * min(params.span_m, 1.6 * params.height_m)


def _spots(
    inputs: Inputs, params: RockArches, count: int, rng: np.random.Generator
) -> list[tuple[float, float]]:  # fmt: skip
    """Places for the rocks, far enough from each other and from the map's edge; maybe fewer."""
    grid = inputs.grid
    reach = 0.5 * params.span_m + FIN * _thick(params)
    extent = np.array(grid.extent_m)
    if (extent <= 2.2 * reach).any():
        return []
    points = rng.uniform(0, 1, (_TRIES, 2)) * (extent - 2.2 * reach) + 1.1 * reach
    free = solid(inputs.mask) & ~inputs.has("water_kind", "sea", "lake", "river") & ~avoided(inputs, _AVOID)
    soft = smooth(inputs.height(), 0.25 * params.span_m / grid.cell_size_m)
    steep = grid.sample(slope_deg(soft, grid.cell_size_m), points)
    points = points[free[grid.cells_of(points)] & (steep < _STEEPEST_DEG)]
    chosen: list[tuple[float, float]] = []
    while len(chosen) < count and len(points):
        x, y = points[0].tolist()
        chosen.append((x, y))
        points = points[np.hypot(*(points - points[0]).T) > 2.2 * reach]
    return chosen


def _rock(
    inputs: Inputs, params: RockArches, spot: tuple[float, float], turn: float, size: float, seed: int, number: int
) -> MeshPart:
    """Return the closed mesh of a rock whose foot is sunk into the ground."""
    span, high, thick = size * params.span_m, size * params.height_m, size * _thick(params)
    rough = 0.36 * params.roughness * min(thick, 5.0)
    reach, deep = 0.5 * span + (FIN + 0.4) * thick + rough, SUNK * high
    voxel = max(0.25, thick / 11, (span + high) / 170) * (_ROUGH if inputs.grid.draft else 1.0)
    low = np.array([-reach, -reach, -deep])
    across, up = int(2 * reach / voxel) + 2, int((high + 0.4 * thick + rough + deep) / voxel) + 2
    field = rock_field(
        int(params.kind == "overhang"), low.astype(np.float32), (across, across, up), voxel, span, high, thick, turn,
        rough, seed,
    )  # fmt: skip
    ground = float(inputs.grid.sample(inputs.height(), np.array([spot]))[0])
    vertices, faces = surface(field, low + np.array([*spot, ground]), voxel)
    return MeshPart(f"{params.kind}_{number}", vertices, faces, "rock", watertight=True)


def _foot(grid: Grid, params: RockArches, spot: tuple[float, float], turn: float) -> NDArray[np.bool_]:
    """``(rows, cols)`` the ground under a rock, at least about a cell of it."""
    dx, dy = grid.xs()[None, :] - spot[0], grid.ys()[:, None] - spot[1]
    along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    wide = 0.5 * _thick(params) if params.kind == "arch" else 0.4 * params.span_m
    long = 0.5 * params.span_m + FIN * _thick(params) if params.kind == "arch" else wide
    least = 1.1 * grid.cell_size_m
    return np.asarray((np.abs(along) <= max(long, least)) & (np.abs(across) <= max(wide, least)))
