"""Caves dug by drunken walkers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param

from .cave_ground import WALL_M, allowed_cells, dripstones, unit_cells
from .cave_mesh import cave_parts
from .cave_plan import Cave, drawn, walls_around
from .dungeon_lattice import EIGHT, ROCK, Drawing, Lattice, onto_grid
from .footprint import interior_layers, last_room, levelled, lowest_resolution
from .kernels.automaton import stagger
from .kernels.dice import state_of
from .room_layout import BoolArray, largest_part

FINER = 3
"""Cells of the drawing along a step of a walker."""
SOFT = 1.25
"""Blur of the outlines, in cells of the drawing."""


class RandomWalk(Params):
    """Parameters of `random_walk`."""

    floor_share: float = param(
        0.3, "Share of the region that is dug, exact.", unit="share", ge=0.02, le=0.6, aspect="share",
        feature="burrow", hints="0.1 a few ways, 0.3 a warren, 0.5 mostly open",
        adjectives={"tiny": 0.06, "small": 0.15, "": 0.3, "large": 0.4, "big": 0.4, "huge": 0.5},
    )  # fmt: skip
    walkers: int = param(
        3, "How many dig at a time: more make a rounder cave.", ge=1, le=200,
    )  # fmt: skip
    turn_probability: float = param(
        0.4, "Chance that a walker changes its direction at a step.", unit="share", ge=0, le=1,
        hints="0.05 long straight drifts, 0.4 winding, 1 open halls",
    )  # fmt: skip
    lifetime: int = param(
        150, "Steps after which a walker starts again somewhere that is dug.", ge=5, le=100_000,
        hints="20 bushy, 150 branching, 2000 one long way",
    )  # fmt: skip
    chambers: int = param(
        4, "Number of its wide places that count as rooms, exact.", ge=1, le=60, aspect="count", feature="room"
    )
    dripstones: float = param(
        0.4, "Dripstones for each 100 m² of ground.", unit="per 100 m²", ge=0, le=10, hints="0 none, 1 some, 5 a forest"
    )
    wall_height_m: float = param(
        3.0, "Usual height of the walls.", unit="m", ge=1.5, le=20, aspect="height", feature="burrow",
        adjectives={"low": 2, "": 3, "high": 5, "tall": 5},
    )  # fmt: skip
    step_m: float = param(
        2, "Width of what a walker digs.", unit="m", ge=0.5, le=12, aspect="width", feature="corridor",
        adjectives={"narrow": 0.9, "tight": 0.9, "": 2, "wide": 4, "broad": 4},
    )  # fmt: skip


FEATURES = (
    Feature(
        "burrow", ("burrow", "warren", "mine", "mine working", "diggings", "anthill", "ant nest"), layer="cell",
        values=("floor", "corridor"), count_by="none",
    ),
)  # fmt: skip


@generator(
    family="interiors",
    stage="interior",
    reads=("height", "water_kind", "cell", "room"),
    writes=("cell", "room", "height"),
    features=FEATURES,
    source="drunkard's walk, after Shaker, Togelius & Nelson 2016, ch. 3; Lorensen & Cline 1987",
)
def random_walk(inputs: Inputs, params: RandomWalk, rng: np.random.Generator, tick: Tick) -> Output:
    """Burrows dug by walkers that stagger about until an exact share of the region is floor, all of it joined."""
    grid = inputs.grid
    step = unit_cells(grid, params.step_m, params.step_m)
    lattice = Lattice.over(grid, step, step)
    points = lattice.points(np.argwhere(np.ones((lattice.rows, lattice.cols), dtype=bool)))
    region = grid.sample(inputs.mask, points) >= 0.5
    ground = largest_part(allowed_cells(inputs, lattice))
    wanted = max(1, round(params.floor_share * float(region.sum())))
    if wanted > ground.sum():
        raise BuildError(
            f"floor_share = {params.floor_share:g} is more than the {ground.sum() / max(1, region.sum()):.2f} of the "
            "region that can be dug, clear of water and of its edge; ask for less or make the region larger"
        )
    tick(0.1, "digging")
    state = state_of(rng)
    dug = np.asarray(stagger(ground, wanted, params.walkers, params.turn_probability, params.lifetime, state))
    room = wide_places(dug, params.chambers)
    tick(0.5, "raising walls")
    fine, cave = _shaped(lattice, dug, room, int(rng.integers(2**31)))
    cell, rooms = onto_grid(lattice, _on_cells(cave, dug, room), grid)
    if len(np.unique(rooms[rooms > 0])) < params.chambers:
        raise BuildError(lowest_resolution(grid, lattice.cell_m, f"{params.chambers} chambers"))
    height, floor_m = levelled(inputs, cell > ROCK)
    last = last_room(inputs)
    stones = dripstones(fine, cave, params.dripstones, params.wall_height_m, rng)
    return Output(
        layers=interior_layers(inputs, cell, rooms, height),
        parts=cave_parts(fine, cave, stones, floor_m, params.wall_height_m, 0, f"_{last + 1}" if last else ""),
    )


def wide_places(dug: BoolArray, count: int) -> NDArray[np.int32]:
    """Return rooms: around the places of a floor that lie farthest from its walls, each one piece, well apart.

    Parameters
    ----------
    dug : ndarray
        ``(rows, cols) bool``.

    Raises
    ------
    BuildError
        The floor has fewer wide places.
    """
    clear = ndimage.distance_transform_edt(np.pad(dug, 1))[1:-1, 1:-1]
    room = np.zeros(dug.shape, dtype=np.int32)
    rows, cols = np.mgrid[: dug.shape[0], : dug.shape[1]]
    merit = clear + 1e-3 * np.sin(rows * 12.9898 + cols * 78.233)  # settles ties without favouring a corner
    widest = max(1.5, 0.28 * float(np.sqrt(dug.sum() / count)))  # so that one hall leaves room for others
    for number in range(1, count + 1):
        r, c = np.unravel_index(int(np.argmax(np.where(room == 0, merit, -1))), dug.shape)
        radius = min(float(clear[r, c]), widest)
        if merit[r, c] <= 0 or radius < 1:
            raise BuildError(
                f"only {number - 1} of {count} chambers find a wide place; ask for fewer or for a larger floor_share"
            )
        away = np.hypot(rows - r, cols - c)
        near, _ = ndimage.label(dug & (away <= 1.7 * radius + 0.5) & (room == 0))
        room[near == near[r, c]] = number
        merit[away <= 2.2 * radius + 1] = -1
    return room


def _shaped(lattice: Lattice, dug: BoolArray, room: NDArray[np.int32], seed: int) -> tuple[Lattice, Cave]:
    """Return a finer lattice, and the cave on it with rounded outlines."""
    k = FINER
    fine = Lattice(k * lattice.rows, k * lattice.cols, lattice.cell_m / k, lattice.origin_m, k)
    wide = dug.repeat(k, axis=0).repeat(k, axis=1)
    floor = ndimage.gaussian_filter(wide.astype(np.float32), SOFT) - np.float32(0.5)
    middles = np.zeros_like(wide)
    middles[k // 2 :: k, k // 2 :: k] = dug
    floor = np.maximum(floor, np.where(middles, np.float32(0.4), np.float32(-0.5)))
    everywhere = np.zeros_like(wide)
    everywhere[1:-1, 1:-1] = True
    built = walls_around(floor, max(0.8 * WALL_M / fine.cell_m, 1.5), everywhere, seed)
    dry = np.full(floor.shape, -0.5, dtype=np.float32)
    rooms = room.repeat(k, axis=0).repeat(k, axis=1)
    return fine, Cave(floor, built, dry, drawn(floor, built, dry, rooms), [])


def _on_cells(cave: Cave, dug: BoolArray, room: NDArray[np.int32]) -> Drawing:
    """Return the drawing on the walkers' own cells, whose share is exact."""
    floor = np.where(dug, np.float32(0.5), np.float32(-0.5))
    built = ndimage.maximum_filter(cave.built, FINER)[FINER // 2 :: FINER, FINER // 2 :: FINER]
    built = np.where(ndimage.binary_dilation(dug, EIGHT), np.float32(0.5), built).astype(np.float32)
    return drawn(floor, built, np.full(floor.shape, -0.5, dtype=np.float32), room)
