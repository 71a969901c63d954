"""Things that people leave: crates, barrels, tents, wells, graves, ruins; camps around a fire, circles of stones."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.asset_set import WithAssets, dressed, load_set
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import param
from pcgstudio.prop_models import SIZES_M
from pcgstudio.slope import slope_deg
from pcgstudio.world import Instances, Layer

from .footprint import floor_heights
from .kernels.nearness import distance_cells
from .kernels.poisson import hashed
from .placement import avoided, solid

Doubles = NDArray[np.float64]
Kind = Literal[
    "crate", "barrel", "tent", "campfire", "well", "haystack", "cart", "standing stone", "grave", "statue", "ruin",
    "stone circle", "camp",
]  # fmt: skip
SPECIES = tuple(SIZES_M)
GROUPS = ("stone circle", "camp")
"""Kinds that are several things each; counted as groups."""
AT_WALLS = ("crate", "barrel")
"""What stands along the walls of rooms."""

_TRIES, _STEEPEST_DEG, _TRUNK_M = 6000, 16.0, 1.5
_AVOID = ("road", "building", "wall", "hole", "cave_mouth", "arch", "overhang", "lot")


class Props(WithAssets):
    """Parameters of `props`."""

    kind: Kind = param("crate", "What is placed; a stone circle and a camp are several things each.")
    count: int = param(6, "Number of things, or of circles and camps, exact.", ge=1, le=2000, aspect="count")
    in_each: int = param(
        9, "Stones of a circle, or tents of a camp.", ge=3, le=60, hints="5 a few, 9 usual, 20 a large ring"
    )
    radius_m: float = param(
        9, "Radius of a circle or a camp.", unit="m", ge=2, le=200, log=True,
        adjectives={"small": 6, "": 9, "large": 15, "big": 15, "huge": 26},
    )  # fmt: skip
    cluster: float = param(
        0.5, "0 spreads things over the region, 1 heaps them together.", ge=0, le=1,
        hints="0 all over, 0.5 in groups, 1 one heap",
    )  # fmt: skip
    scale: float = param(
        1, "Size of the things, 1 being usual.", ge=0.2, le=10, aspect="scale",
        adjectives={"tiny": 0.5, "small": 0.7, "": 1, "tall": 1.5, "large": 1.5, "big": 1.5, "huge": 2.5},
    )  # fmt: skip
    max_slope_deg: float = param(_STEEPEST_DEG, "Steepest ground.", unit="deg", ge=1, le=60)


def _one(name: str, *words: str) -> Feature:
    return Feature(
        name, (name, *words), instances="prop", species=(name,), count_by="instances", sets={"kind": name}
    )  # fmt: skip


FEATURES = (
    _one("crate", "box", "wooden crate", "wooden box"),
    _one("barrel", "cask", "keg"),
    _one("tent"),
    _one("campfire", "fire pit", "bonfire", "camp fire"),
    _one("well", "water well", "draw well"),
    _one("haystack", "hay bale", "hayrick"),
    _one("cart", "wagon", "handcart"),
    _one("standing stone", "menhir", "megalith", "monolith"),
    _one("grave", "gravestone", "tombstone", "headstone"),
    _one("statue", "sculpture"),
    _one("ruin", "ruined house", "ruined temple"),
    Feature(
        "stone circle", ("stone circle", "circle of stones", "ring of stones", "henge", "circle of standing stones"),
        layer="stone_circle", count_by="ids", sets={"kind": "stone circle"},
    ),
    Feature("camp", ("camp", "campsite", "encampment"), layer="camp", count_by="ids", sets={"kind": "camp"}),
)  # fmt: skip


@generator(
    family="scatter",
    stage="props",
    reads=(
        "height", "underground", "water_kind", "cell", "room", "stone_circle", "camp", *_AVOID, "instances:prop",
        "instances:tree", "instances:rock",
    ),
    writes=("stone_circle", "camp", "instances:prop"),
    features=FEATURES,
    source="Bridson, Fast Poisson disk sampling in arbitrary dimensions (2007)",
)  # fmt: skip
def props(inputs: Inputs, params: Props, rng: np.random.Generator, tick: Tick) -> Output:
    """Place what people leave, outdoors or in rooms: crates, tents, wells, graves, ruins, stone circles or camps."""
    tick(0.0, f"{params.kind}: the ground")
    seed = int(rng.integers(2**31))
    reach = _reach(params)
    spots = _spots(inputs, params, reach, rng)
    if len(spots) < params.count:
        told = f"only {len(spots)} of {params.count} find" if len(spots) else "not one finds"
        raise BuildError(
            f"{params.kind}: {told} free dry ground that is not too steep; ask for fewer or smaller ones, or widen "
            "the region"
        )
    tick(0.6, f"{params.kind}: places")
    layers = {}
    if params.kind in GROUPS:
        layers[params.kind.replace(" ", "_")] = _marked(inputs, params, spots)
    placed = {"prop": _placed(inputs, params, spots, rng, seed)}
    own = load_set(inputs.folder, params.assets) if params.assets else None
    return Output(layers=layers, instances=dressed(placed, own, seed))


def _reach(params: Props) -> float:
    """Radius that a thing or a group takes up [m]."""
    if params.kind in GROUPS:
        return params.radius_m + 0.5 * max(SIZES_M["tent"]) * params.scale * (params.kind == "camp")
    return 0.55 * params.scale * float(np.hypot(*SIZES_M[params.kind][:2]))


def _open(inputs: Inputs, params: Props) -> NDArray[np.bool_]:
    """``(rows, cols)`` where things may stand: floors of rooms where there are any, and dry free ground elsewhere."""
    grid = inputs.grid
    free = solid(inputs.mask) & ~inputs.has("water_kind", "sea", "lake", "river") & ~avoided(inputs, _AVOID)
    floor = inputs.has("cell", "floor")
    if floor.any():
        return free & floor
    return free & (slope_deg(inputs.height(), grid.cell_size_m) <= params.max_slope_deg)


def _spots(inputs: Inputs, params: Props, reach: float, rng: np.random.Generator) -> Doubles:
    """``(n, 2)`` places x, y [m], with room around each and clear of what stands there; at most as many as wanted."""
    grid = inputs.grid
    points = rng.uniform(0, 1, (max(_TRIES, 8 * params.count), 2)) * np.array(grid.extent_m)
    free = _open(inputs, params)
    room = distance_cells(np.pad(free, 1))[1:-1, 1:-1] * grid.cell_size_m - 0.5 * grid.cell_size_m
    around = grid.sample(room, points)
    indoors = bool(inputs.has("cell", "floor").any())
    fits = around >= (min(reach, 1.0) if indoors else reach)
    if indoors and params.kind in AT_WALLS:
        fits &= around <= max(2.2, 1.6 * grid.cell_size_m)
    points = points[fits & free[grid.cells_of(points)]]
    points = points[_clear(inputs, points, reach)]
    if len(points) < params.count:  # a small region is met too seldom by dice thrown over the whole map
        cells = np.argwhere(free & (room >= (min(reach, 1.0) if indoors else reach)))
        at = cells[rng.permutation(len(cells))[:_TRIES]]
        more = np.stack([grid.xs()[at[:, 1]], grid.ys()[at[:, 0]]], axis=1).astype(np.float64)
        points = np.concatenate([points, more[_clear(inputs, more, reach)]])
    heart = points[0] if len(points) else None
    if heart is not None and params.cluster > 0 and params.kind not in GROUPS:
        # Nearer places come first, the more the more things are heaped.
        away = np.hypot(*(points - heart).T) / max(grid.extent_m)
        luck = rng.uniform(0, 1, len(points))
        points = points[np.argsort((1 - params.cluster) * luck + params.cluster * away, kind="stable")]
    apart = 2.1 * reach
    while True:
        chosen = _apart(points, params.count, apart)
        if len(chosen) == params.count or apart < 1.2 * reach:
            return chosen
        apart *= 0.8


def _apart(points: Doubles, count: int, apart: float) -> Doubles:
    """Take points in turn, each at least so far from those taken [m]."""
    chosen: list[Doubles] = []
    gap = np.full(len(points), np.inf)
    while len(chosen) < count and (gap >= apart).any():
        at = int(np.argmax(gap >= apart))
        chosen.append(points[at])
        gap = np.minimum(gap, np.hypot(*(points - points[at]).T))
        gap[at] = -1
    return np.array(chosen).reshape(-1, 2)


def _clear(inputs: Inputs, points: Doubles, reach: float) -> NDArray[np.bool_]:
    """``(n,)`` which places have no tree, rock or other thing in the way."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - a tenth of a second that most maps do not need

    good = np.ones(len(points), dtype=bool)
    for kind in ("prop", "tree", "rock"):
        standing = inputs.instances.get(kind)
        if standing is not None and len(standing) and len(points):
            away, _ = cKDTree(standing.placement[:, :2]).query(points)
            good &= away > reach + (0.7 if kind == "prop" else _TRUNK_M)
    return good


def _marked(inputs: Inputs, params: Props, spots: Doubles) -> Layer:
    """Return the ground of the groups, numbered on from those that are there."""
    grid = inputs.grid
    before = inputs.get(params.kind.replace(" ", "_"))
    ids = np.zeros(grid.shape, np.int16) if before is None else before.copy()
    last = int(ids.max(initial=0))
    radius = max(params.radius_m, 1.1 * grid.cell_size_m)
    for number, (x, y) in enumerate(spots.tolist(), start=last + 1):
        ids[np.hypot(grid.xs()[None, :] - x, grid.ys()[:, None] - y) <= radius] = number
    return Layer(ids, kind="categorical")


def _placed(inputs: Inputs, params: Props, spots: Doubles, rng: np.random.Generator, seed: int) -> Instances:
    """Give everything its place, direction and size."""
    rows: list[tuple[float, float, float, str]] = []
    for x, y in spots.tolist():
        turn = float(rng.uniform(0, 2 * np.pi))
        if params.kind not in GROUPS:
            rows.append((x, y, np.degrees(turn), params.kind))
            continue
        if params.kind == "camp":
            rows.append((x, y, 0.0, "campfire"))
        for k in range(params.in_each):
            a = turn + 2 * np.pi * (k + rng.uniform(-0.12, 0.12)) / params.in_each
            r = params.radius_m * rng.uniform(0.96, 1.04)
            # A tent opens toward the fire, a stone turns its broad side to the middle.
            what = "tent" if params.kind == "camp" else "standing stone"
            rows.append((x + r * np.cos(a), y + r * np.sin(a), np.degrees(a + np.pi) % 360, what))
    at = np.array([r[:3] for r in rows], dtype=np.float32)
    inside = np.flatnonzero(((at[:, :2] > 0) & (at[:, :2] < np.array(inputs.grid.extent_m))).all(axis=1))
    at, names = at[inside], [rows[k][3] for k in inside.tolist()]
    grow = (params.scale * (0.9 + 0.2 * hashed(at[:, :2], seed))).astype(np.float32)
    z = inputs.grid.sample(floor_heights(inputs), at)
    placement = np.column_stack([at[:, :2], z, at[:, 2], grow]).astype(np.float32)
    size = np.array([SIZES_M[n] for n in names], dtype=np.float32) * grow[:, None]
    species = np.array([SPECIES.index(n) for n in names], dtype=np.int32)
    return Instances(placement, species, size.astype(np.float32), SPECIES)
