"""What the rooms of a dungeon are for: entrance, exit, boss, treasure, keys and locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import ndimage

from pcgstudio.asset_set import WithAssets, dressed, load_set
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.interior import WALKABLE, FloorPlan, plan_of
from pcgstudio.params import param
from pcgstudio.world import ROLES, Grid, Layer, MeshPart

from .dungeon_lattice import EIGHT
from .dungeon_mesh import boxes
from .footprint import floor_heights
from .furnishing import (
    Chamber,
    Furniture,
    chambers,
    furnish_boss,
    furnish_hall,
    furnish_spawn,
    furnish_stairs,
    furnish_treasure,
    light_room,
    put_key,
    rug_part,
)
from .role_bonds import BOND, bind
from .role_choice import Cast, Lock, Survey, Wishes, choose_locks, choose_roles, rooms_on

SURVEY_M = 1.0
"""Cell of the lattice on which rooms are told apart, so that every finer grid gives the same roles."""
KEY_MARK_M = 1.0
"""Edge of the mark of a key in the role layer."""

_SHORT = {"entrance": "entrances", "exit": "exits", "boss": "bosses", "treasure": "treasures", "spawn": "spawns"}


RoleSide = Literal[
    "any", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "centre"
]
RoomChoice = Literal["far", "largest", "smallest"]
_ROOM_WORDS = {"largest": ("largest", "biggest"), "smallest": ("smallest", "tiniest")}
_SIDED = {"entrance": "entrances", "exit": "exits", "boss": "bosses", "treasure": "treasures"}


class Roles(WithAssets):
    """Parameters of `roles`."""

    entrances: int = param(
        1, "Entrances the map has after this step, each a room at the end of the way.", ge=0, le=8, aspect="count",
        feature="entrance",
    )  # fmt: skip
    exits: int = param(
        0,
        "Exits the map has after this step, in the rooms farthest from the entrance.",
        ge=0,
        le=8,
        aspect="count",
        feature="exit",
    )
    bosses: int = param(
        0, "Boss rooms: the largest rooms far from the entrance.", ge=0, le=8, aspect="count", feature="boss"
    )
    treasures: int = param(
        0, "Treasure rooms, at the ends of the way where there are such.", ge=0, le=100, aspect="count",
        feature="treasure",
    )  # fmt: skip
    spawns: int = param(0, "Rooms where monsters appear.", ge=0, le=100, aspect="count", feature="spawn")
    keys: int = param(
        0, "Keys; each opens one locked door and lies where it can be fetched before. 0: as many as locks.", ge=0, le=6,
        aspect="count", feature="key",
    )  # fmt: skip
    locks: int = param(
        0, "Locked doors without a way around them. 0: as many as keys.", ge=0, le=6, aspect="count", feature="lock"
    )
    entrance_side: RoleSide = param("any", "Side of the map that entrances lie on, in rooms near its rim.")
    exit_side: RoleSide = param("any", "Side of the map that exits lie on; the farthest rooms there.")
    boss_side: RoleSide = param("any", "Side of the map that boss rooms lie on.")
    treasure_side: RoleSide = param("any", "Side of the map that treasure rooms lie on.")
    key_place: Literal["any", "far"] = param(
        "any", "Whether a key lies wherever it can be fetched, or as far as that allows from the rooms it opens."
    )
    key_side: RoleSide = param("any", "Side of the map that keys lie on, still before their doors.")
    boss_room: RoomChoice = param(
        "far", "Whether bosses take large rooms far from the entrance, or the largest or smallest wherever they are.",
        feature="boss", choices=_ROOM_WORDS,
    )  # fmt: skip
    treasure_room: RoomChoice = param(
        "far", "Whether treasures take rooms at the ends of the way, or the largest or smallest wherever they are.",
        feature="treasure", choices=_ROOM_WORDS,
    )  # fmt: skip
    bonds: tuple[Annotated[str, Field(pattern=BOND)], ...] = param(
        (), "How roles lie to each other: 'boss behind treasure' (no other way in), 'treasure beside boss', "
        "'treasure apart treasure', 'treasure beside largest', 'treasure ending treasure' (at dead ends).",
    )  # fmt: skip
    lights: bool = param(True, "Whether rooms are lit.")
    furniture: bool = param(True, "Whether rooms hold the things that show their role.")


FEATURES = (
    Feature("entrance", ("entrance", "entry", "start"), layer="role", values=("entrance",), sets={"entrances": 1}),
    Feature("exit", ("exit", "way out"), layer="role", values=("exit",), sets={"exits": 1}),
    Feature("boss", ("boss room", "boss", "lair", "boss chamber"), layer="role", values=("boss",), sets={"bosses": 1}),
    Feature(
        "treasure",
        ("treasure room", "treasure", "hoard", "loot", "treasure chamber", "treasure vault", "treasury"), layer="role",
        values=("treasure",), sets={"treasures": 1},
    ),
    Feature("spawn", ("spawn", "spawn point", "spawn room"), layer="role", values=("spawn",), sets={"spawns": 1}),
    Feature("key", ("key",), instances="prop", species=("key",), count_by="instances", sets={"keys": 1}),
    Feature("lock", ("lock", "locked door"), layer="role", values=("lock",), sets={"locks": 1}),
)  # fmt: skip


@generator(
    family="interiors",
    stage="role",
    version=2,
    reads=("cell", "room", "role", "height", "underground", "instances:prop", "instances:light"),
    writes=("role", "instances:prop", "instances:light"),
    features=FEATURES,
    source="keys and locks after Dormans 2010 and Ashmore & Nitsche 2007",
)
def roles(inputs: Inputs, params: Roles, rng: np.random.Generator, tick: Tick) -> Output:
    """Entrance, exit, boss, treasure, keys and locks by walking distance, always solvable, with furniture and light."""
    lattice, plan = _surveyed(inputs)
    order = rng.permutation(len(plan.rooms))
    survey = Survey(plan, lattice.cell_size_m, order)
    before = _earlier(inputs, plan)
    starts = before["entrance"]
    wanted = {role: getattr(params, name) for role, name in _SHORT.items()}
    for role in ("entrance", "exit"):
        wanted[role] = max(0, wanted[role] - len(before[role]))
    earlier = [r for rooms in before.values() for r in rooms]
    whole = _eligible(inputs, plan)
    eligible = whole.copy()
    eligible[earlier] = False
    if sum(wanted.values()) > eligible.sum():
        raise BuildError(
            f"{sum(wanted.values())} rooms with a role do not fit into {int(eligible.sum())} free rooms; "
            "ask for fewer, or raise room_count"
        )
    tick(0.2, "giving rooms their roles")
    cast = choose_roles(survey, eligible, wanted, starts, earlier, _wishes(params, lattice, plan, eligible, wanted))
    for role, count in wanted.items():
        if len(getattr(cast, role)) < count:
            raise BuildError(_too_few(getattr(params, f"{role}_side", "any"), len(getattr(cast, role)), count, role))
    if params.bonds:
        pools = _wishes(params, lattice, plan, eligible, wanted).pools
        cast = bind(survey, cast, starts, params.bonds, eligible, pools, rng)
    tick(0.5, "locking doors")
    locks, spare = _locked(params, survey, cast, starts, inputs, lattice)
    tick(0.8, "furnishing rooms")
    height, rooms = floor_heights(inputs), chambers(plan, lattice)
    furniture = _furnished(rooms, cast, params, inputs)
    holders = [lock.key_room for lock in locks] + spare
    marks = [put_key(furniture, rooms[r], holders.count(r) == 1) for r in holders]
    if params.lights:
        for number in np.flatnonzero(whole).tolist():
            light_room(furniture, rooms[number])
    parts = rug_part(furniture.rugs, inputs.grid, height) + _lock_part(inputs, lattice, plan, locks)
    again = "_2" if earlier else ""
    own = load_set(inputs.folder, params.assets) if params.assets else None
    return Output(
        layers={"role": Layer.named(_role_layer(inputs, lattice, plan, cast, locks, marks), ROLES)},
        instances=dressed(furniture.instances(inputs.grid, height), own, 0),
        parts=tuple(replace(p, name=f"{p.name}{again}") for p in parts),
    )


def _surveyed(inputs: Inputs) -> tuple[Grid, FloorPlan]:
    """Return the floor plan on the surveying lattice, which depends on the map and not on the resolution."""
    if "cell" not in inputs.layers or "room" not in inputs.layers:
        raise BuildError("there are no rooms to give roles to; put a step that makes rooms before this one")
    longer = max(inputs.grid.extent_m)
    count = int(np.ceil(longer / SURVEY_M - 1e-6))
    lattice = inputs.grid
    if count < max(lattice.shape):
        lattice = Grid.over(inputs.grid.extent_m, count)
    x, y = np.meshgrid(lattice.xs(), lattice.ys())
    at = inputs.grid.cells_of(np.stack([x.ravel(), y.ravel()], axis=1))
    ground, door = (inputs.has("cell", *names)[at].reshape(lattice.shape) for names in (WALKABLE, ("door",)))
    room = inputs.layers["room"].data[at].reshape(lattice.shape)
    plan = plan_of(ground, door, room.astype(np.int32))
    if not plan.rooms:
        raise BuildError("there are no rooms to give roles to; put a step that makes rooms before this one")
    return lattice, plan


def _wishes(
    params: Roles, lattice: Grid, plan: FloorPlan, eligible: NDArray[np.bool_], wanted: Mapping[str, int]
) -> Wishes:
    """Return which rooms the roles bound to a side may take, and who goes by size.

    Raises
    ------
    BuildError
        Too few rooms lie wholly on a side.
    """
    pools = {}
    for role in _SIDED:
        side = getattr(params, f"{role}_side")
        if side == "any" or not wanted[role]:
            continue
        pools[role] = [r for r in rooms_on(side, lattice, plan) if eligible[r]]
        if len(pools[role]) < wanted[role]:
            raise BuildError(_too_few(side, len(pools[role]), wanted[role], role))
    size = {role: getattr(params, f"{role}_room") for role in ("boss", "treasure")}
    return Wishes(pools, {role: told for role, told in size.items() if told != "far" and wanted[role]})


def _too_few(side: str, found: int, asked: int, what: str) -> str:
    where = {"centre": "near the centre", "any": "left"}.get(side, f"wholly in the {side}")
    return f"only {found} of {asked} {what} find a room {where} on the map; raise room_count or choose another side"


def _earlier(inputs: Inputs, plan: FloorPlan) -> Mapping[str, list[int]]:
    """Return the rooms, numbered from 0, that an earlier step gave a role."""
    found: dict[str, list[int]] = {}
    room = inputs.layers["room"].data
    for role in _SHORT:
        ids = np.unique(room[inputs.has("role", role)])
        found[role] = [k for k, r in enumerate(plan.rooms) if r in ids]
    return found


def _eligible(inputs: Inputs, plan: FloorPlan) -> NDArray[np.bool_]:
    """``(rooms,)`` which rooms lie wholly inside the step's region."""
    room = inputs.layers["room"].data
    ids = np.array(plan.rooms)
    least, mean = (np.asarray(f(inputs.mask, room, ids)) for f in (ndimage.minimum, ndimage.mean))
    return np.asarray((least > 0) & (mean >= 0.5))


def _locked(
    params: Roles, survey: Survey, cast: Cast, starts: list[int], inputs: Inputs, lattice: Grid
) -> tuple[list[Lock], list[int]]:
    """Return the locks with their keys, and the rooms of keys that are left over."""
    keys, locks = params.keys or params.locks, params.locks or params.keys
    if not keys:
        return [], []
    if keys < locks:
        raise BuildError(f"{locks} locks cannot be opened with {keys} keys; ask for {locks} keys")
    if not (starts or cast.entrance):
        raise BuildError("keys and locks need an entrance to be reached from; set entrances to 1")
    if not survey.plan.doors:
        raise BuildError("there is no door to lock; set doors in the step that makes the rooms")
    if inputs.has("role", "lock").any():
        raise BuildError("an earlier step has locked doors already; ask for all keys and locks in one step")
    allowed = None if params.key_side == "any" else frozenset(rooms_on(params.key_side, lattice, survey.plan))
    if allowed is not None and not allowed:
        raise BuildError(_too_few(params.key_side, 0, keys, "keys"))
    chosen = choose_locks(survey, cast, starts, locks, set(), allowed, far=params.key_place == "far")
    behind = frozenset[int]().union(*(lock.behind for lock in chosen))
    used = {lock.key_room for lock in chosen}
    able = [r for r in range(survey.rooms) if r not in behind and (allowed is None or r in allowed)]
    if keys > locks and not able:
        raise BuildError(_too_few(params.key_side, 0, keys - locks, "spare keys"))
    open_rooms = sorted(able, key=lambda r: (r in used, r in starts, r))
    return chosen, [open_rooms[k % len(open_rooms)] for k in range(keys - locks)]


def _furnished(rooms: list[Chamber], cast: Cast, params: Roles, inputs: Inputs) -> Furniture:
    found, lit = (
        inputs.instances[kind].placement[:, :2].astype(np.float64) if kind in inputs.instances else np.empty((0, 2))
        for kind in ("prop", "light")
    )
    furniture = Furniture(found, lit)
    if not params.furniture:
        return furniture
    by_role = {
        "entrance": furnish_stairs, "exit": furnish_stairs, "boss": furnish_boss, "treasure": furnish_treasure,
        "spawn": furnish_spawn,
    }  # fmt: skip
    for role, numbers in cast.named().items():
        for number in numbers:
            by_role[role](furniture, rooms[number])
    for number in range(len(rooms)):
        if number not in cast.taken():
            furnish_hall(furniture, rooms[number])
    return furniture


def _role_layer(
    inputs: Inputs, lattice: Grid, plan: FloorPlan, cast: Cast, locks: list[Lock], marks: list[NDArray[np.float64]]
) -> NDArray[np.uint8]:
    """``(rows, cols)`` role of every cell: whole rooms, the marks of keys, locked doors, and what was there before."""
    grid, before = inputs.grid, inputs.get("role")
    role = np.zeros(grid.shape, np.uint8) if before is None else np.array(before, dtype=np.uint8)
    room = inputs.layers["room"].data
    for name, numbers in cast.named().items():
        for k in numbers:
            parts, count = ndimage.label(room == plan.rooms[k], structure=EIGHT)
            if count > 1:  # a corner that a coarse grid cut off is no room of its own
                parts = parts == int(np.argmax(np.bincount(parts.ravel())[1:])) + 1
            role[parts > 0] = ROLES.index(name)
    for mark in marks:
        near = (np.abs(grid.xs()[None, :] - mark[0]) < KEY_MARK_M / 2) & (
            np.abs(grid.ys()[:, None] - mark[1]) < KEY_MARK_M / 2
        )
        near[grid.cells_of(mark[None])] = True
        role[near & (room > 0)] = ROLES.index("key")
    if locks:
        doors, _ = ndimage.label(inputs.has("cell", "door"))
        for lock in locks:
            at = grid.cells_of(_points(lattice, plan, lock.door))
            hit = np.unique(doors[at])
            role[np.isin(doors, hit[hit > 0])] = ROLES.index("lock")
    return role


def _points(lattice: Grid, plan: FloorPlan, area: int) -> NDArray[np.float64]:
    """``(n, 2)`` x, y [m] of the cells of an area."""
    rows, cols = np.nonzero(plan.area == area)
    return np.stack([lattice.xs()[cols], lattice.ys()[rows]], axis=1).astype(np.float64)


def _lock_part(inputs: Inputs, lattice: Grid, plan: FloorPlan, locks: list[Lock]) -> tuple[MeshPart, ...]:
    """Return gilded bars across the locked doors, as one mesh."""
    height, solids = floor_heights(inputs), []
    for lock in locks:
        points = _points(lattice, plan, lock.door)
        middle, edge = points.mean(axis=0, keepdims=True), float(np.ptp(points[:, 0])) + lattice.cell_size_m
        beside = inputs.grid.cells_of(middle + np.array([[edge, 0.0], [-edge, 0.0]]))
        along = np.array([bool(inputs.has("cell", *WALKABLE)[beside].all())])
        floor, half = float(height[inputs.grid.cells_of(middle)][0]), edge / 2 - min(0.3, edge * 0.15)
        bars = [((0.0, 0.0), (0.16, half), (floor + low, floor + low + 0.22)) for low in (0.5, 1.5)]
        solids.append(boxes(middle, along, [*bars, ((0.0, 0.0), (0.24, 0.3), (floor + 0.8, floor + 1.4))]))
    if not solids:
        return ()
    faces = np.concatenate([f + k * len(v) for k, (v, f) in enumerate(solids)])
    return (MeshPart("lock", np.concatenate([v for v, _ in solids]), faces.astype(np.int32), "gold", True),)
