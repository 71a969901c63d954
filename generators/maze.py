"""Mazes."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import ROLES, Layer

from .dungeon_lattice import ROCK, Lattice, onto_grid
from .dungeon_mesh import dungeon_parts
from .footprint import interior_layers, last_room, levelled, lowest_resolution
from .kernels.dice import state_of
from .maze_plan import MazePlan, draw_maze, plan_maze, window

Side = Literal["north", "east", "south", "west"]
RoomSide = Literal[
    "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "centre"
]  # fmt: skip

HEDGE = {"wall": "shrub", "wall_top": "broadleaf", "floor": "road", "corridor_floor": "road"}
"""Materials of a garden maze."""


class Maze(Params):
    """Parameters of `maze`."""

    algorithm: Literal["backtracker", "prim", "wilson"] = param(
        "backtracker",
        "Whether its ways are long and winding (depth-first search), short with many dead ends (Prim), or drawn evenly "
        "from all mazes (Wilson).",
        choices={
            "backtracker": ("winding", "twisting", "twisty"),
            "prim": ("branching", "bushy"),
            "wilson": ("uniform", "unbiased"),
        },
    )  # fmt: skip
    cells: int = param(
        0, "Passages from side to side of its longer side, exact; 0: as many as the region holds.", ge=0, le=1000,
    )  # fmt: skip
    passage_width_m: float = param(
        2, "Width of the passages, to the nearest cell.", unit="m", ge=1, le=12, aspect="width", feature="corridor",
        adjectives={"narrow": 1, "tight": 1, "cramped": 1, "": 2, "wide": 4, "broad": 4},
    )  # fmt: skip
    dead_ends: int | None = param(
        None, "Dead ends, exact; nothing: as many as its algorithm makes, less the braided ones.", ge=0, le=100_000,
        aspect="dead_ends", feature="dead end",
    )  # fmt: skip
    braid: float = param(
        0.0, "Share of the dead ends that are opened into loops; 1 leaves none.", unit="share", ge=0, le=1,
        hints="0 one way only, 0.5 some ways round, 1 no dead ends",
    )  # fmt: skip
    loops: float = param(
        0.0, "Share of the inner walls that are opened besides.", unit="share", ge=0, le=0.5, aspect="loops",
        feature="loop", hints="0 one way between any two places, 0.1 many ways round",
    )  # fmt: skip
    openings: bool = param(True, "Whether an entrance and an exit lead through its outer wall.")
    way_out: bool = param(True, "Whether it has an exit besides the entrance; otherwise one leaves where one came in.")
    entrance_side: Side = param("south", "Side at which the entrance lies.")
    exit_side: Side = param("north", "Side at which the exit lies.")
    room_count: int = param(
        2, "Rooms, exact; the first hold the entrance and the exit, no wider than a passage where they are alone.",
        ge=0, le=200, aspect="count", feature="room",
    )  # fmt: skip
    room_sides: tuple[RoomSide, ...] = param(
        (),
        "Side of the map, or centre, that each room after those of entrance and exit lies at; the rest lie anywhere.",
    )  # fmt: skip
    room_m: float = param(
        8, "Side of its rooms, about.", unit="m", ge=3, le=40, aspect="width", feature="room",
        adjectives={"tiny": 4, "small": 5, "": 8, "large": 14, "big": 14, "huge": 20},
    )  # fmt: skip
    doors: bool = param(True, "Whether its rooms have doors; otherwise open archways.")
    material: Literal["stone", "hedge"] = param(
        "stone", "What its walls are made of.", choices={"hedge": ("hedge", "leafy")}
    )
    wall_height_m: float = param(
        2.5, "Height of the walls.", unit="m", ge=1.5, le=12, aspect="height", feature="maze",
        adjectives={"low": 1.8, "": 2.5, "high": 4, "tall": 4},
    )  # fmt: skip
    cell_m: float = param(
        1, "Thickness of the walls, and the step in which passages grow wider.", unit="m", ge=0.5, le=8,
        hints="1 for stone walls and hedges, 2 for mines",
    )  # fmt: skip


FEATURES = (
    Feature("maze", ("maze", "labyrinth"), layer="cell", values=("wall", "floor", "corridor", "door"),
            count_by="none"),
    Feature("hedge maze", ("hedge maze", "garden maze", "hedge labyrinth"), layer="cell",
            values=("wall", "floor", "corridor", "door"), count_by="none", sets={"material": "hedge"}),
)  # fmt: skip


@generator(
    family="interiors",
    stage="interior",
    reads=("height", "water_kind", "cell", "room", "role"),
    writes=("cell", "room", "role", "height"),
    features=FEATURES,
    source="Wilson 1996; Prim 1957; Tarjan 1972 (depth-first search)",
)
def maze(inputs: Inputs, params: Maze, rng: np.random.Generator, tick: Tick) -> Output:
    """Maze of passages with an entrance and an exit, dead ends and loops as many as asked for."""
    grid = inputs.grid
    lattice = Lattice.over(grid, params.cell_m, params.passage_width_m)
    domain = lattice.domain(inputs) if min(lattice.shape) > 0 else np.zeros((1, 1), dtype=bool)
    if domain.sum() < 2:
        raise BuildError(
            f"no maze with passages of {params.passage_width_m:g} m fits into the region, clear of water and of the "
            "map's edge; make the region or the map larger"
        )
    tick(0.1, "laying passages")
    sides = _gate_sides(params)
    if len(sides) > params.room_count:
        raise BuildError("an entrance and an exit need 2 rooms; set room_count to 2 or more, or openings to false")
    plan = plan_maze(
        window(domain, params.cells), params.algorithm, _sizes(lattice, params, len(sides), rng), sides, params.braid,
        rng,
        state_of(rng), params.loops, params.dead_ends, params.room_sides,
    )  # fmt: skip
    tick(0.5, "raising walls")
    drawing = draw_maze(lattice, plan, params.doors)
    cell, room = onto_grid(lattice, drawing, grid)
    if len(np.unique(room[room > 0])) < len(plan.rooms):
        raise BuildError(lowest_resolution(grid, lattice.cell_m, "the passages of this maze"))
    height, floor_m = levelled(inputs, cell > ROCK)
    last = last_room(inputs)
    parts = dungeon_parts(lattice, drawing, floor_m, params.wall_height_m, f"_{last + 1}" if last else "")
    if params.material == "hedge":
        parts = tuple(replace(p, material=HEDGE.get(p.material, p.material)) for p in parts)
    layers = interior_layers(inputs, cell, room, height)
    if plan.gates:
        layers["role"] = _gates(inputs, lattice, plan, room)
    return Output(layers=layers, parts=parts)


def _gate_sides(params: Maze) -> tuple[str, ...]:
    if not params.openings:
        return ()
    return (params.entrance_side, params.exit_side) if params.way_out else (params.entrance_side,)


def _sizes(lattice: Lattice, params: Maze, gates: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Nodes down and across of every room."""
    if gates and params.room_count == gates:
        return [(1, 1)] * gates
    least, most = lattice.nodes_within(0.75 * params.room_m, 1.3 * params.room_m)
    low, high = max(2, least), max(2, most)
    return [(int(a), int(b)) for a, b in rng.integers(low, high + 1, (params.room_count, 2))]


def _gates(inputs: Inputs, lattice: Lattice, plan: MazePlan, room: NDArray[np.int32]) -> Layer:
    """Return the role layer: the rooms of the gates, and what was there before."""
    before = inputs.get("role")
    role = np.zeros(inputs.grid.shape, np.uint8) if before is None else np.array(before, dtype=np.uint8)
    for number, name in enumerate(("entrance", "exit")[: len(plan.gates)], start=1):
        role[room == number] = ROLES.index(name)
    return Layer.named(role, ROLES)
