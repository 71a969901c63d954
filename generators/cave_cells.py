"""Caves grown by a cellular automaton."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Path

from .cave_ground import WALL_M, allowed_cells, dripstones, pools, unit_cells
from .cave_mesh import cave_parts
from .cave_plan import (
    CORE,
    EDGE,
    Cave,
    chamber_field,
    dig,
    drawn,
    finer,
    pieces,
    swept,
    tube_field,
    tunnel_lines,
    walls_around,
)
from .corridors import connect
from .dungeon_lattice import ROCK, Lattice, onto_grid
from .footprint import interior_layers, last_room, levelled, lowest_resolution
from .room_layout import BoolArray, Room, Sizes, place_rooms

GAP_M = 9.0
"""Least rock between two chambers, about."""


class CaveCells(Params):
    """Parameters of `cave_cells`."""

    chambers: int = param(
        6, "Number of chambers, exact.", ge=1, le=200, aspect="count", feature="room",
        hints="4-8 on a map of 96 m, 10-20 on 160 m",
        adjectives={"tiny": 2, "small": 4, "": 6, "large": 12, "big": 12, "huge": 24, "vast": 32},
    )  # fmt: skip
    chamber_m: float = param(
        17, "Usual width of a chamber.", unit="m", ge=5, le=120, log=True, aspect="width", feature="room",
        adjectives={"tiny": 8, "small": 11, "": 17, "large": 26, "big": 26, "huge": 40, "vast": 60},
    )  # fmt: skip
    passage_width_m: float = param(
        3, "Width of the tunnels between chambers where they are narrowest.", unit="m", ge=1, le=20, aspect="width",
        feature="corridor", adjectives={"narrow": 1.1, "tight": 1.1, "": 3, "wide": 6, "broad": 6},
    )  # fmt: skip
    loops: float = param(
        0.12, "Share of the possible shortcuts between neighbouring chambers that exist.", unit="share", ge=0, le=0.5,
        hints="0 a tree, 0.12 a few round trips, 0.5 many ways to go",
    )  # fmt: skip
    connect: bool = param(True, "Whether tunnels join all chambers; otherwise each lies alone in the rock.")
    fill_probability: float = param(
        0.45, "Share of rock in the random cells that the automaton starts from.", unit="share", ge=0.3, le=0.7,
        hints="0.3 wide and round, 0.45 the classic, 0.55 ragged with pillars, 0.7 tight",
        adjectives={"airy": 0.35, "": 0.45, "ragged": 0.55, "tangled": 0.58},
    )  # fmt: skip
    iterations: int = param(
        5, "Rounds of the automaton: more make smoother walls.", ge=1, le=12,
    )  # fmt: skip
    birth_limit: int = param(
        4, "Floor with more rock neighbours than this becomes rock; lower closes the cave up.", ge=0, le=8
    )
    death_limit: int = param(
        4, "Rock with fewer rock neighbours than this becomes floor; higher opens the cave up.", ge=0, le=8
    )
    pools: int = param(0, "Pools of still water, exact.", ge=0, le=100, aspect="count", feature="cave pool")
    dripstones: float = param(
        1.2, "Dripstones for each 100 m² of ground.", unit="per 100 m²", ge=0, le=10, hints="0 none, 1 some, 5 a forest"
    )
    wall_height_m: float = param(
        3.5, "Usual height of the walls.", unit="m", ge=1.5, le=20, aspect="height", feature="cave",
        adjectives={"low": 2.2, "": 3.5, "high": 6, "tall": 6},
    )  # fmt: skip
    cell_m: float = param(
        1, "Cell of the automaton; its walls are smooth between cells.", unit="m", ge=0.5, le=8,
        hints="1 for caves one walks through, 4 for huge ones",
    )  # fmt: skip


FEATURES = (
    Feature(
        "cave", ("cave", "cavern", "grotto", "cave system", "cavern system", "cave network"), layer="cell",
        values=("wall", "floor", "corridor", "water"), count_by="none",
    ),
    Feature(
        "cave pool", ("cave pool", "underground pool", "underground lake", "subterranean lake"), layer="cell",
        values=("water",), sets={"pools": 1}, needs=("cave",),
    ),
)  # fmt: skip


@generator(
    family="interiors",
    stage="interior",
    reads=("height", "water_kind", "cell", "room"),
    writes=("cell", "room", "height"),
    features=FEATURES,
    source="Johnson, Yannakakis & Togelius 2010; Lorensen & Cline 1987; Chaikin 1974",
)
def cave_cells(inputs: Inputs, params: CaveCells, rng: np.random.Generator, tick: Tick) -> Output:
    """Caves of chambers and winding tunnels with walls as smooth as a cellular automaton leaves them."""
    grid = inputs.grid
    lattice = Lattice.over(grid, unit_cells(grid, params.cell_m, params.passage_width_m / 2), params.passage_width_m)
    allowed = allowed_cells(inputs, lattice)
    rooms, lines, seed = _layout(lattice, allowed, inputs, params, rng)
    tick(0.3, "letting the rock grow")
    cave = _grown(lattice, rooms, lines, allowed, params, rng, seed)
    tick(0.6, "raising walls")
    fine, drawing = finer(lattice, cave)
    cell, room = onto_grid(fine, drawing, grid)
    if len(np.unique(room[room > 0])) < len(rooms):
        raise BuildError(lowest_resolution(grid, lattice.cell_m, f"{len(rooms)} chambers"))
    height, floor_m = levelled(inputs, cell > ROCK)
    last = last_room(inputs)
    suffix = f"_{last + 1}" if last else ""
    stones = dripstones(lattice, cave, params.dripstones, params.wall_height_m, rng)
    return Output(
        layers=interior_layers(inputs, cell, room, height),
        parts=cave_parts(lattice, cave, stones, floor_m, params.wall_height_m, seed, suffix),
        paths=tuple(_tunnel(lattice, line, radii, floor_m) for line, radii in lines),
    )


Lines = list[tuple[NDArray[np.float64], NDArray[np.float64]]]


def _layout(
    lattice: Lattice, allowed: BoolArray, inputs: Inputs, params: CaveCells, rng: np.random.Generator
) -> tuple[list[Room], Lines, int]:
    """Return where the chambers go, and the tunnels."""
    shape = lattice.shape
    domain = lattice.domain(inputs) if min(shape) > 0 else np.zeros((1, 1), dtype=bool)
    least, most = lattice.nodes_within(0.65 * params.chamber_m, 1.4 * params.chamber_m)
    step = lattice.pitch * lattice.cell_m
    if domain.any():
        nodes = np.stack([lattice.cell_of((int(r), int(c))) for r, c in np.argwhere(domain)]) + lattice.node // 2
        domain[domain] = allowed[nodes[:, 0], nodes[:, 1]]
    rooms: list[Room] = []
    if domain.any():
        sizes = Sizes(least, most)
        rooms = place_rooms(domain, params.chambers, sizes, "scattered", max(GAP_M / step, 1.0), rng)
    if len(rooms) < params.chambers:
        raise BuildError(
            f"{params.chambers} chambers of about {params.chamber_m:g} m do not fit; ask for {len(rooms)} or fewer, "
            "for smaller ones, or for a larger map"
            if rooms
            else f"no chamber of {params.chamber_m:g} m fits into the region; lower chamber_m or make the map larger"
        )
    seed = int(rng.integers(2**31))
    if not params.connect:
        return rooms, [], seed
    network, _, _ = connect(rooms, domain, "bent", params.loops, 0, rng)
    radius = max(params.passage_width_m / 2 / lattice.cell_m, 1.0)
    return rooms, tunnel_lines(lattice, rooms, network, radius, seed), seed


def _grown(
    lattice: Lattice, rooms: list[Room], lines: Lines, allowed: BoolArray, params: CaveCells,
    rng: np.random.Generator, seed: int,
) -> Cave:  # fmt: skip
    share, owner = chamber_field(lattice, rooms, seed + 3)
    tubes = tube_field(share.shape, lines)
    limits = params.birth_limit, params.death_limit
    floor = dig(share, tubes, allowed, params.fill_probability, limits, params.iterations, rng)
    if not params.connect:
        floor = np.where(_between(owner, share), np.float32(-0.5), floor)
    cores = (share < CORE) & allowed
    floor = swept(floor, cores | (tubes > 0), lattice.cell_m)
    room = pieces(owner, floor > 0, cores, share)
    pool = pools(floor, room, tubes, params.pools, lattice.cell_m, rng)
    built = walls_around(floor, max(WALL_M / lattice.cell_m, 1.5), _dilated(allowed, lattice), seed + 4)
    return Cave(floor, built, pool, drawn(floor, built, pool, room), lines)


def _between(owner: NDArray[np.int32], share: FloatArray) -> BoolArray:
    """``(rows, cols)`` cells where the grounds of two chambers meet."""
    ground = np.where(share < EDGE, owner, 0)
    high = ndimage.maximum_filter(ground, 5)
    low = ndimage.minimum_filter(np.where(ground > 0, ground, np.iinfo(np.int32).max), 5)
    return np.asarray((high > 0) & (low < high))


def _dilated(allowed: BoolArray, lattice: Lattice) -> BoolArray:
    """``(rows, cols)`` where walls may stand: the region, a cell from the lattice's edge."""
    out = np.zeros_like(allowed)
    out[1:-1, 1:-1] = ndimage.binary_dilation(allowed, iterations=max(2, round(2 / lattice.cell_m)))[1:-1, 1:-1]
    return out


def _tunnel(lattice: Lattice, line: NDArray[np.float64], radii: NDArray[np.float64], floor_m: float) -> Path:
    keep = np.unique(np.append(np.arange(0, len(line), 4), len(line) - 1))
    points = np.column_stack([lattice.points(line[keep]), np.full(len(keep), floor_m)])
    return Path("corridor", points.astype(np.float32), (2 * radii[keep] * lattice.cell_m).astype(np.float32))
