"""Dungeons of rooms, corridors and doors."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Layer, Path

from .adit import adit_of, ceiling, depth_layer, dug, in_the_rock, levels, open_ground
from .corridors import Network, connect, connect_chain, connect_hall
from .dungeon_lattice import ROCK, Drawing, Lattice, draw, onto_grid, runs_of
from .dungeon_mesh import dungeon_parts
from .footprint import interior_layers, last_room, levelled
from .room_chains import chained, laid_out, neighbours
from .room_layout import Room, Sizes, place_rooms

LEAST_RING = 3
"""Rooms without which there is no ring."""
_ATTEMPTS = 6


class Rooms(Params):
    """Parameters of `rooms`."""

    algorithm: Literal["scattered", "bsp"] = param(
        "scattered",
        "Whether rooms are scattered and joined by the shortest ways, or the ground is halved into regular plots.",
        choices={
            "scattered": ("scattered", "irregular", "organic"),
            "bsp": ("regular", "orderly", "planned", "symmetric", "grid-like"),
        },
    )
    layout: Literal["free", "row", "ring", "grid", "corridor"] = param(
        "free",
        "Whether rooms are joined as they lie, one after another in a row or a ring with no other ways, on a grid, or "
        "open all onto one straight corridor, in two rows along it.",
        choices={
            "row": ("linear", "row", "in a row", "line", "in a line", "chain", "string", "straight line",
                    "in a straight line", "single file", "one after another", "one after the other"),
            "ring": ("ring", "in a ring", "ring shaped", "circle", "in a circle", "circular"),
            "grid": ("grid", "in a grid", "on a grid", "gridded", "grid shaped", "checkerboard"),
            "corridor": ("in two rows",),
        },
        hints="in a row, in a ring or along a corridor loops count for nothing",
    )  # fmt: skip
    room_count: int = param(
        12, "Number of rooms, exact.", ge=1, le=400, aspect="count", feature="room",
        hints="6-12 on a map of 64 m, 15-40 on 128 m, 60-150 on 256 m",
        adjectives={"tiny": 4, "small": 6, "": 12, "large": 24, "big": 24, "huge": 48, "vast": 60},
    )  # fmt: skip
    room_min_m: float = param(
        6, "Shortest side of a room.", unit="m", ge=3, le=40, aspect="width", feature="room",
        adjectives={"tiny": 3, "small": 4, "": 6, "large": 10, "big": 10, "huge": 16, "vast": 20},
    )  # fmt: skip
    room_max_m: float = param(
        14, "Longest side of a room; never less than the shortest.", unit="m", ge=3, le=60, aspect="width",
        feature="room",
        adjectives={"tiny": 6, "small": 8, "": 14, "large": 20, "big": 20, "huge": 30, "vast": 40},
    )  # fmt: skip
    spacing_m: float = param(
        16, "Widest usual distance between rooms; where the map is larger, they stay together in its middle.",
        unit="m", ge=2, le=400, log=True, aspect="density", feature="room", direction=-1,
        adjectives={"crowded": 4, "cramped": 4, "compact": 6, "": 16, "sprawling": 40, "spread": 40},
    )  # fmt: skip
    corridor_width_m: float = param(
        2, "Width of the corridors, to the nearest cell.", unit="m", ge=1, le=12, aspect="width", feature="corridor",
        adjectives={"narrow": 1, "tight": 1, "": 2, "wide": 4, "broad": 4},
    )  # fmt: skip
    corridor_style: Literal["straight", "bent", "labyrinth"] = param(
        "straight",
        "Whether corridors turn as little as they can, wander, or wind like a maze.",
        choices={
            "straight": ("straight",),
            "bent": ("bent", "crooked", "meandering"),
            "labyrinth": ("winding", "twisting", "twisty", "mazy", "maze-like", "labyrinthine"),
        },
    )
    loops: float = param(
        0.15, "Share of the possible shortcuts between neighbouring rooms that exist; 0 leaves one way only.",
        unit="share", ge=0, le=0.5, hints="0 a tree, 0.15 a few round trips, 0.5 many ways to go",
        aspect="loops", feature="loop",
    )  # fmt: skip
    dead_ends: int = param(
        0, "Corridors that lead nowhere, exact.", ge=0, le=100, aspect="dead_ends", feature="dead end"
    )
    doors: bool = param(True, "Whether rooms have doors; otherwise open archways.")
    wall_height_m: float = param(
        2.5, "Height of the walls.", unit="m", ge=1.5, le=12, aspect="height", feature="dungeon",
        adjectives={"low": 1.8, "": 2.5, "high": 4, "tall": 4},
    )  # fmt: skip
    level: Literal["ground", "under"] = param(
        "ground",
        "Whether it lies open on the ground, or under a hill with a passage out to the hillside.",
        choices={"under": ("buried",)},
    )
    cell_m: float = param(
        2, "Thickness of the walls, and the step in which rooms and corridors grow.", unit="m", ge=1, le=8,
        hints="1 for houses and crypts, 2 for dungeons",
    )  # fmt: skip


FEATURES = (
    Feature("room", ("room", "chamber", "hall"), layer="room", count_by="ids"),
    Feature(
        "corridor", ("corridor", "hallway", "passage", "passageway", "tunnel"), layer="cell", values=("corridor",),
        count_by="paths",
    ),
    Feature("dead end", ("dead end", "blind corridor", "cul de sac"), count_by="none"),
    Feature("loop", ("loop", "round trip", "circular route"), count_by="none"),
    Feature("door", ("door", "doorway"), layer="cell", values=("door",), sets={"doors": True}),
    Feature(
        "dungeon", ("dungeon", "crypt", "catacomb", "tomb", "interior"), layer="cell",
        values=("wall", "floor", "corridor", "door"), count_by="none",
    ),
)  # fmt: skip


@generator(
    family="interiors",
    stage="interior",
    reads=("height", "water_kind", "cell", "room", "hole", "underground"),
    writes=("cell", "room", "height", "hole", "underground"),
    features=FEATURES,
    source="Prim 1957; Delaunay 1934; Fuchs, Kedem & Naylor 1980; layout on odd cells after Nystrom 2014",
)
def rooms(inputs: Inputs, params: Rooms, rng: np.random.Generator, tick: Tick) -> Output:
    """Rooms joined by corridors and doors, every one reachable, with walls and floors to look at."""
    lattice = Lattice.over(inputs.grid, params.cell_m, params.corridor_width_m)
    if params.level == "ground":
        drawing, network = _drawn(inputs, lattice, params, rng, tick)
        cell, room = _shown(inputs, lattice, drawing, params)
        height, floor_m = levelled(inputs, cell > ROCK)
        return _output(inputs, lattice, drawing, network, params, (cell, room, height), floor_m)
    drawing, network, floor_m = _under_a_hill(inputs, lattice, params, rng, tick)
    cell, room = _shown(inputs, lattice, drawing, params)
    made = _output(inputs, lattice, drawing, network, params, (cell, room, inputs.height()), floor_m)
    hole = open_ground(inputs, cell, floor_m, params.wall_height_m)
    before = inputs.get("hole")
    more = {
        "hole": Layer.mask(hole if before is None else hole | (before > 0)),
        "underground": depth_layer(inputs, cell, floor_m),
    }
    roof = ceiling(lattice, drawing, floor_m + params.wall_height_m, _suffix(inputs))
    return replace(made, layers={**made.layers, **more}, parts=(*made.parts, roof))


def _under_a_hill(
    inputs: Inputs, lattice: Lattice, params: Rooms, rng: np.random.Generator, tick: Tick
) -> tuple[Drawing, Network, float]:
    """Return a dungeon in solid rock with a passage to the hillside, and its floor [m]; as low down as one is found.

    Raises
    ------
    BuildError
        No hill of the region is large enough, or no passage comes out of it.
    """
    told = "there is no hill"
    for floor_m in levels(inputs):
        dice = np.random.Generator(np.random.PCG64(int(rng.integers(2**31))))
        try:
            rock = in_the_rock(inputs, floor_m, params.wall_height_m)
            drawing, network = _drawn(rock, lattice, params, dice, tick)
        except BuildError as error:
            told = str(error)
            continue
        adit = adit_of(inputs, lattice, drawing, floor_m)
        if adit is not None:
            return dug(drawing, adit, lattice), network, floor_m
        told = "no straight passage comes out on a hillside"
    raise BuildError(f"these rooms do not fit under a hill of the region: {told.split(';')[0]}; raise a larger hill")


def _drawn(
    inputs: Inputs, lattice: Lattice, params: Rooms, rng: np.random.Generator, tick: Tick
) -> tuple[Drawing, Network]:
    """Place rooms, dig corridors and raise walls on the lattice."""
    sizes = Sizes(*lattice.nodes_within(params.room_min_m, params.room_max_m))
    domain = _domain(inputs, lattice, params)
    tick(0.1, "placing rooms")
    spacing = params.spacing_m / (lattice.pitch * lattice.cell_m)
    placed, network = _joined(params, domain, sizes, spacing, rng, tick)
    tick(0.7, "raising walls")
    return draw(lattice, placed, network, params.doors), network


def _shown(
    inputs: Inputs, lattice: Lattice, drawing: Drawing, params: Rooms
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """``(rows, cols)`` cell and room on the map's grid.

    Raises
    ------
    BuildError
        It is too coarse to show every room.
    """
    grid = inputs.grid
    cell, room = onto_grid(lattice, drawing, grid)
    if len(np.unique(room[room > 0])) < params.room_count:
        raise BuildError(
            f"cells of {grid.cell_size_m:.1f} m cannot show {params.room_count} rooms of {params.room_min_m:g} m; "
            f"use a resolution of {int(np.ceil(max(grid.extent_m) / lattice.cell_m))} or more, or a smaller map"
        )
    return cell, room


def _suffix(inputs: Inputs) -> str:
    last = last_room(inputs)
    return f"_{last + 1}" if last else ""


def _output(
    inputs: Inputs, lattice: Lattice, drawing: Drawing, network: Network, params: Rooms,
    shown: tuple[NDArray[np.uint8], NDArray[np.int32], FloatArray], floor_m: float,
) -> Output:  # fmt: skip
    return Output(
        layers=interior_layers(inputs, *shown),
        parts=dungeon_parts(lattice, drawing, floor_m, params.wall_height_m, _suffix(inputs)),
        paths=tuple(_corridor(line, floor_m, lattice) for line in runs_of(lattice, network)),
    )


def _joined(
    params: Rooms, domain: NDArray[np.bool_], sizes: Sizes, spacing: float, rng: np.random.Generator, tick: Tick
) -> tuple[list[Room], Network]:
    """Place the rooms and dig the corridors.

    Raises
    ------
    BuildError
        Not all rooms, ways or dead ends find ground.
    """
    in_chain = params.layout in ("row", "ring")
    if params.layout == "ring" and params.room_count < LEAST_RING:
        raise BuildError(f"{params.room_count} rooms make no ring; ask for {LEAST_RING} or more")
    for attempt in range(_ATTEMPTS if in_chain else 1):
        if params.layout == "free":
            placed = place_rooms(domain, params.room_count, sizes, params.algorithm, spacing, rng)
        else:
            placed = laid_out(domain, params.room_count, sizes, params.layout, spacing / (1 + attempt), rng)
        if len(placed) < params.room_count:
            raise BuildError(_too_many(params, len(placed)))
        tick(0.3, "digging corridors")
        if params.layout == "corridor":
            network, ends = connect_hall(placed, domain, params.dead_ends, rng)
            ways = 0
        elif in_chain:
            pairs = chained(len(placed), params.layout)
            network, ways, ends = connect_chain(placed, domain, params.corridor_style, pairs, params.dead_ends, rng)
            if ways:
                continue
        else:
            among = neighbours(placed) if params.layout == "grid" else None
            network, ways, ends = connect(
                placed, domain, params.corridor_style, params.loops, params.dead_ends, rng, among
            )
        if ways or ends:
            raise BuildError(_no_ground(params, ways, ends))
        return placed, network
    raise BuildError(
        f"{params.room_count} rooms find no way from one to the next in a {params.layout}; "
        "ask for fewer, or make the map larger"
    )


def _domain(inputs: Inputs, lattice: Lattice, params: Rooms) -> NDArray[np.bool_]:
    shape = lattice.shape
    domain = lattice.domain(inputs) if min(shape) > 0 else np.zeros((1, 1), dtype=bool)
    if not domain.any():
        raise BuildError(
            f"no room of {params.room_min_m:g} m fits into the region, clear of water and of the map's edge; "
            "make the region or the map larger"
        )
    return domain


def _too_many(params: Rooms, fits: int) -> str:
    if not fits:
        return f"no room of {params.room_min_m:g} m fits into the region; lower room_min_m or make the map larger"
    told = f" in a {params.layout}" if params.layout != "free" else ""
    told = " along a corridor" if params.layout == "corridor" else told
    return (
        f"{params.room_count} rooms of at least {params.room_min_m:g} m do not fit{told}; ask for {fits} or fewer, "
        "for smaller rooms, or for a larger map"
    )


def _no_ground(params: Rooms, loops: int, ends: int) -> str:
    if ends:
        return (
            f"only {params.dead_ends - ends} of {params.dead_ends} dead ends find ground to be dug in; "
            "ask for fewer, or make the map larger"
        )
    return f"loops = {params.loops:g} asks for {loops} more ways than fit; lower loops or make the map larger"


def _corridor(line: FloatArray, floor_m: float, lattice: Lattice) -> Path:
    points = np.insert(line, 2, np.float32(floor_m), axis=1)
    width = np.full(len(line), lattice.node * lattice.cell_m, dtype=np.float32)
    return Path("corridor", points.astype(np.float32), width)
