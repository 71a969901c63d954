"""Torches on the walls of an interior."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import Grid, Instances, MeshPart

from .dungeon_lattice import EIGHT
from .dungeon_mesh import Box, boxes
from .footprint import floor_heights

SURVEY_M = 1.0
"""Cell of the lattice on which places are chosen, so that every finer grid gives the same torches."""
MOST_CELLS = 2048
"""Cells along a side of that lattice, at most."""
OFF_WALL_M = 0.14
"""Distance of a torch from the wall it hangs on."""

CLOSEST_M = 1.0
"""Torches hang no closer than so, whatever their number."""

_WAYS = ((0, 1), (1, 0), (0, -1), (-1, 0))


class Lights(Params):
    """Parameters of `lights`."""

    count: int | None = param(
        None, "Torches, exact; nothing: as many as their spacing gives.", ge=0, le=5000, aspect="count", feature="torch"
    )
    per_room: int = param(
        0, "Torches in every room, exact, and none in the passages; 0: wherever their spacing gives.", ge=0, le=20
    )
    spacing_m: float = param(
        9, "Usual distance between two torches, less where more are asked for.", unit="m", ge=2, le=60, log=True,
        aspect="density", feature="torch", direction=-1, adjectives={"": 9, "dim": 16},
    )  # fmt: skip
    place: Literal["corridors", "rooms", "everywhere"] = param(
        "everywhere", "Whether they light the passages, the rooms, or both."
    )
    height_m: float = param(1.7, "Height of a torch above the floor.", unit="m", ge=0.5, le=6)


FEATURES = (
    Feature(
        "torch", ("torch", "wall torch", "sconce", "torchlight"), instances="light", species=("torch",),
        count_by="instances",
    ),
)  # fmt: skip


@generator(
    family="interiors",
    stage="role",
    reads=("cell", "room", "height", "underground", "instances:light"),
    writes=("instances:light",),
    features=FEATURES,
    source="spaced by dart throwing, Cook 1986",
)
def lights(inputs: Inputs, params: Lights, rng: np.random.Generator, tick: Tick) -> Output:
    """Torches along the walls of passages or rooms, evenly spaced and clear of doors."""
    if not inputs.has("cell", "floor", "corridor").any():
        raise BuildError("there are no walls to hang torches on; put a step that makes rooms before this one")
    grid = _survey(inputs.grid)
    tick(0.2, "looking for walls")
    at, way = _walls(inputs, grid, "rooms" if params.per_room else params.place)
    tick(0.5, "hanging torches")
    chosen = _in_rooms(inputs, at, params, rng) if params.per_room else _spaced(at, _earlier(inputs), params, rng)
    if not params.per_room and params.count is not None and len(chosen) < params.count:
        raise BuildError(f"only {len(chosen)} of {params.count} torches find a place on the walls; ask for fewer")
    return _hung(inputs, at[chosen], way[chosen], params.height_m, bool(len(_earlier(inputs))))


def _survey(grid: Grid) -> Grid:
    """Return the lattice of places; on maps of kilometres its cells grow."""
    return Grid.over(grid.extent_m, min(int(np.ceil(max(grid.extent_m) / SURVEY_M - 1e-6)), MOST_CELLS))


def _walls(inputs: Inputs, grid: Grid, place: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """``(n, 2)`` x, y [m] of places at a wall, and ``(n,)`` its side of them: 0 east, 1 south, 2 west, 3 north."""
    x, y = np.meshgrid(grid.xs().astype(np.float64), grid.ys().astype(np.float64))
    cells = inputs.grid.cells_of(np.stack([x.ravel(), y.ravel()], axis=1))
    told = {"corridors": ("corridor",), "rooms": ("floor",), "everywhere": ("floor", "corridor")}[place]
    mine, wall, door = (
        inputs.has("cell", *n)[cells].reshape(grid.shape) for n in (told, ("wall",), ("door", "stairs"))
    )
    mine &= (inputs.mask[cells].reshape(grid.shape) >= 0.5) & ~ndimage.binary_dilation(door, EIGHT, iterations=2)
    places, ways = [], []
    for number, (dr, dc) in enumerate(_WAYS):
        beside = np.zeros_like(mine)
        beside[1:-1, 1:-1] = wall[1 + dr : grid.rows - 1 + dr, 1 + dc : grid.cols - 1 + dc]
        # a straight piece of wall, so that nothing hangs in a corner
        straight = ndimage.binary_erosion(beside, np.ones((1, 3)) if dr else np.ones((3, 1)))
        r, c = np.nonzero(mine & straight)
        reach = grid.cell_size_m / 2 - OFF_WALL_M
        places.append(np.stack([x[r, c] + dc * reach, y[r, c] - dr * reach], axis=1))
        ways.append(np.full(len(r), number))
    return np.concatenate(places), np.concatenate(ways)


def _earlier(inputs: Inputs) -> NDArray[np.float64]:
    """``(n, 2)`` x, y [m] of torches that hang already."""
    lit = inputs.instances.get("light")
    if lit is None or "torch" not in lit.names:
        return np.empty((0, 2))
    return np.asarray(lit.placement[lit.species == lit.names.index("torch"), :2], dtype=np.float64)


def _in_rooms(inputs: Inputs, at: NDArray[np.float64], params: Lights, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return so many places in every room, as far from each other as they can be.

    Raises
    ------
    BuildError
        The walls of a room are too short for them.
    """
    room = inputs.layers["room"].data if "room" in inputs.layers else np.zeros(inputs.grid.shape, np.int32)
    mine, chosen = np.asarray(room[inputs.grid.cells_of(at)]), list[int]()
    for number in np.unique(room[room > 0]).tolist():
        options = np.flatnonzero(mine == number)
        if len(options) < params.per_room:
            raise BuildError(f"a room has walls for {len(options)} torches of {params.per_room}; ask for fewer in each")
        found = [int(options[rng.integers(len(options))])]
        while len(found) < params.per_room:
            away = np.hypot(*(at[options][:, None] - at[found][None]).transpose(2, 0, 1)).min(axis=1)
            found.append(int(options[int(np.argmax(away))]))
        chosen += found
    return np.array(chosen, dtype=np.int64)


def _spaced(
    at: NDArray[np.float64], earlier: NDArray[np.float64], params: Lights, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return places in a random order, none nearer to another than the spacing."""
    if not len(at):
        return np.empty(0, dtype=np.int64)
    most = len(at) if params.count is None else params.count
    tree, order, spacing = cKDTree(at), rng.permutation(len(at)).tolist(), params.spacing_m
    while True:
        free, chosen = np.ones(len(at), dtype=bool), list[int]()
        for near in tree.query_ball_point(earlier, spacing) if len(earlier) else ():
            free[near] = False
        for k in order:
            if free[k] and len(chosen) < most:
                chosen.append(k)
                free[tree.query_ball_point(at[k], spacing)] = False
        if params.count is None or len(chosen) == most or spacing < CLOSEST_M:
            return np.array(chosen, dtype=np.int64)
        spacing *= 0.75  # as many as were asked for hang closer


def _hung(
    inputs: Inputs, at: NDArray[np.float64], way: NDArray[np.int64], height_m: float, again: bool
) -> Output:  # fmt: skip
    ground = floor_heights(inputs)[inputs.grid.cells_of(at)] if len(at) else np.empty(0, np.float32)
    yaw = np.array([180.0, 90.0, 0.0, 270.0])[way]  # away from the wall
    placed = np.column_stack([at, ground + np.float32(height_m), yaw, np.ones(len(at))]).astype(np.float32)
    size = np.tile(np.array([0.2, 0.2, 0.6], dtype=np.float32), (len(at), 1))
    torches = Instances(placed.reshape(-1, 5), np.zeros(len(at), dtype=np.int32), size, ("torch",))
    shapes: list[tuple[str, str, Box]] = [
        ("torch", "wood", ((0.0, 0.0), (0.05, 0.05), (-0.45, 0.05))),
        ("torch_holder", "iron", ((0.0, 0.0), (0.1, 0.1), (-0.08, 0.04))),
        ("torch_flame", "ember", ((0.0, 0.0), (0.1, 0.1), (0.05, 0.38))),
    ]
    parts = []
    for name, material, shape in shapes if len(at) else ():
        box, faces = boxes(at, np.ones(len(at), dtype=bool), [shape])
        vertices = box + np.insert(np.zeros((len(box), 2)), 2, (ground + height_m).repeat(8), axis=1)
        if name == "torch_flame":  # drawn together at the top
            tops = vertices.reshape(-1, 8, 3)
            tops[:, 4:, :2] = at[:, None] + (tops[:, 4:, :2] - at[:, None]) * 0.15
            vertices = tops.reshape(-1, 3)
        parts.append(MeshPart(f"{name}{'_2' if again else ''}", vertices.astype(np.float32), faces, material, True))
    return Output(instances={"light": torches}, parts=tuple(parts))
