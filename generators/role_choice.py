"""Which room is what: entrances, exits, lairs and hoards by walking distance, and locks whose keys can be fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.interior import FloorPlan, walk_m
from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid

BOSS_DISTANCE = 0.75
"""A boss takes the largest room among those at least so far from the entrance, as a share of the farthest."""

_MIDDLE = 0.5
"""How far from the middle rooms still lie in the centre, as a share of the way to the rim."""

KEYS_PER_ROOM = 4
"""As many can lie apart from each other in the smallest room."""


@dataclass(frozen=True)
class Survey:
    """What the choice looks at: a floor plan, its walking distances, and which rooms are open for a role.

    Parameters
    ----------
    plan : FloorPlan
        Areas of the floor plan.
    cell_m : float
        Edge of its cells.
    order : ndarray
        ``(rooms,)`` a random order of the rooms, which settles ties.
    """

    plan: FloorPlan
    cell_m: float
    order: NDArray[np.int64]

    @property
    def rooms(self) -> int:
        """Number of rooms; here they are numbered from 0."""
        return len(self.plan.rooms)

    def away_m(self, sources: list[int]) -> FloatArray:
        """``(rooms,)`` shortest walk [m] from any of the source rooms to each room's nearest cell."""
        area = self.plan.area
        away = walk_m(area > 0, np.isin(area, np.array(sources) + 1), self.cell_m)
        return np.asarray(ndimage.minimum(away, area, np.arange(1, self.rooms + 1)), dtype=np.float32)

    def sizes(self) -> NDArray[np.int64]:
        """``(rooms,)`` cells of each room."""
        return np.bincount(self.plan.area.ravel(), minlength=self.rooms + 1)[1 : self.rooms + 1]

    def openings(self) -> NDArray[np.int64]:
        """``(rooms,)`` how many ways lead into each room."""
        return np.bincount(self.plan.links.ravel(), minlength=self.rooms + 1)[1 : self.rooms + 1]


@dataclass
class Cast:
    """Rooms by role; rooms are numbered from 0."""

    entrance: list[int] = field(default_factory=list)
    exit: list[int] = field(default_factory=list)
    boss: list[int] = field(default_factory=list)
    treasure: list[int] = field(default_factory=list)
    spawn: list[int] = field(default_factory=list)
    earlier: list[int] = field(default_factory=list)

    def taken(self) -> set[int]:
        """Rooms that have a role."""
        return {*self.entrance, *self.exit, *self.boss, *self.treasure, *self.spawn, *self.earlier}

    def named(self) -> Mapping[str, list[int]]:
        """Return what this step gives away, by role."""
        return {n: getattr(self, n) for n in ("entrance", "exit", "boss", "treasure", "spawn")}


def rooms_on(side: str, grid: Grid, plan: FloorPlan) -> list[int]:
    """Return the rooms wholly in a half, a quarter or the middle of the map, nearest to that side first.

    Parameters
    ----------
    side : str
        A compass word, or ``centre``: within a quarter of the map's size of its middle.
    grid : Grid
        The lattice of the plan.
    """
    count = len(plan.rooms)
    rows, cols = np.nonzero((plan.area > 0) & (plan.area <= count))
    room = plan.area[rows, cols] - 1
    # From -1 at the south and west rims to 1 at the north and east ones.
    east, north = 2 * (cols + 0.5) / grid.cols - 1, 1 - 2 * (rows + 0.5) / grid.rows
    if side == "centre":
        reach = np.maximum(np.abs(east), np.abs(north))
        inside, rank = reach <= _MIDDLE, np.hypot(east, north)
    else:
        x, y = side_vector(side)
        inside, rank = (east * x >= 0) & (north * y >= 0), -(east * x + north * y)
    index = np.arange(count)
    whole, mean = (np.asarray(f(v, room, index)) for f, v in ((ndimage.minimum, inside), (ndimage.mean, rank)))
    return [int(r) for r in np.argsort(mean, kind="stable") if whole[r]]


@dataclass(frozen=True)
class Wishes:
    """Where roles are to lie, and in rooms of what size.

    Parameters
    ----------
    pools : mapping of str to list of int
        For roles bound to a side: the rooms wholly on it, nearest to it first.
    size : mapping of str to str
        ``largest`` or ``smallest`` for roles that go by size and not by distance.
    """

    pools: Mapping[str, list[int]] = field(default_factory=dict)
    size: Mapping[str, str] = field(default_factory=dict)

    def among(self, role: str, rooms: list[int], count: int) -> list[int]:
        """Return which of the rooms a role may take: the third of its side nearest to it; by size, all of its side."""
        if role not in self.pools:
            return rooms
        free = [r for r in self.pools[role] if r in rooms]
        if role in self.size:
            return free
        return [r for r in rooms if r in free[: max(count, int(np.ceil(len(free) / 3)))]]

    def spared(self, role: str, rooms: list[int], wanted: Mapping[str, int]) -> list[int]:
        """Return the rooms less those that a role bound to a side elsewhere cannot do without."""
        needed: set[int] = set()
        for other, pool in self.pools.items():
            left = [r for r in pool if r in rooms]
            if other != role and wanted.get(other, 0) and len(left) <= wanted[other]:
                needed.update(left)
        return [r for r in rooms if r not in needed] or rooms


def choose_roles(
    survey: Survey,
    eligible: NDArray[np.bool_],
    wanted: Mapping[str, int],
    starts: list[int],
    earlier: list[int],
    wishes: Wishes | None = None,
) -> Cast:
    """Give rooms their roles.

    The exit lies farthest from the entrance; a boss takes the largest of the far rooms; treasures lie at the ends of
    the way, far rooms first; spawns are strewn over what is left.

    Parameters
    ----------
    eligible : ndarray
        ``(rooms,) bool`` which rooms may be used.
    wanted : mapping of str to int
        How many of each role.
    starts : list of int
        Entrances that an earlier step made.
    earlier : list of int
        Rooms that an earlier step gave a role.
    """
    wishes = wishes or Wishes()
    free = [int(r) for r in survey.order if eligible[r]]
    cast = Cast(earlier=[*earlier, *starts])
    if not free and any(wanted.values()):
        raise BuildError("no room is left for a role; give the step a larger region or raise room_count")
    for role in wishes.size:
        rooms = [r for r in free if r not in cast.taken()]
        rooms = wishes.among(role, wishes.spared(role, rooms, wanted), wanted[role])
        getattr(cast, role).extend(_by_size(survey, rooms, wishes.size[role])[: wanted[role]])
    if wanted["entrance"]:
        rooms = [r for r in free if r not in cast.taken() or r in starts]
        rooms = wishes.among("entrance", wishes.spared("entrance", rooms, wanted), wanted["entrance"])
        cast.entrance = _entrances(survey, rooms, wanted["entrance"], starts)
    away = survey.away_m([*starts, *cast.entrance] or [free[0]])
    away = np.where(np.isfinite(away), away, -1)
    # Roles bound to a side choose before the others, which could take their rooms.
    by_distance = [r for r in ("exit", "boss", "treasure", "spawn") if r not in wishes.size]
    for role in sorted(by_distance, key=lambda one: one not in wishes.pools):
        taken = cast.taken()
        rooms = sorted((r for r in free if r not in taken), key=lambda r: -float(away[r]))
        rooms = wishes.among(role, wishes.spared(role, rooms, wanted), wanted[role])
        getattr(cast, role).extend(_chosen(survey, role, rooms, wanted[role], away))
    return cast


def _by_size(survey: Survey, rooms: list[int], size: str) -> list[int]:
    """Return rooms from the largest, or from the smallest."""
    sizes = survey.sizes() if size == "smallest" else -survey.sizes()
    return sorted(rooms, key=lambda r: int(sizes[r]))


def _chosen(survey: Survey, role: str, rooms: list[int], count: int, away: FloatArray) -> list[int]:
    """Return rooms for a role out of those it may take, farthest first."""
    sizes, dead, found = survey.sizes(), survey.openings() == 1, list[int]()
    if role == "boss":
        for _ in range(min(count, len(rooms))):
            rest = [r for r in rooms if r not in found]
            far = [r for r in rest if away[r] >= BOSS_DISTANCE * away[rest[0]]]
            found.append(max(far, key=lambda r: int(sizes[r])))
        return found
    if role == "treasure":
        return sorted(rooms, key=lambda r: not dead[r])[:count]
    if role == "spawn":
        return [r for r in survey.order.tolist() if r in rooms][:count]
    return rooms[:count]


def _entrances(survey: Survey, free: list[int], count: int, starts: list[int]) -> list[int]:
    """Return rooms at the ends of the plan: each the one farthest from all before it, the first from anywhere."""
    found: list[int] = []
    for _ in range(count):
        away = survey.away_m([*starts, *found] or [free[0]])
        rest = [r for r in free if r not in found and r not in starts and np.isfinite(away[r])]
        found.append(max(rest or [r for r in free if r not in found], key=lambda r: float(away[r])))
    return found


@dataclass(frozen=True)
class Lock:
    """A door to lock, the rooms behind it, and the room its key lies in; rooms are numbered from 0."""

    door: int
    behind: frozenset[int]
    key_room: int


def choose_locks(
    survey: Survey,
    cast: Cast,
    starts: list[int],
    count: int,
    closed: set[int],
    allowed: frozenset[int] | None = None,
    *,
    far: bool = False,
) -> list[Lock]:
    """Lock doors that have no way around them, each with its key on the near side of it.

    The key of a lock lies in the very part of the dungeon from which its door is reached. So whoever comes into a
    part finds there as many keys as it has locked doors, and cannot get stuck in whatever order the doors are opened.

    Parameters
    ----------
    closed : set of int
        Door areas that an earlier step locked.
    allowed : frozenset of int, optional
        Rooms that keys may lie in; all where None.
    far : bool
        Whether keys lie as far as they can from the rooms they open.

    Raises
    ------
    BuildError
        Fewer doors can be locked.
    """
    cuts = _cuts(survey, [*starts, *cast.entrance], closed)
    may_hold = frozenset(range(survey.rooms)) if allowed is None else allowed
    chosen: dict[int, frozenset[int]] = {}
    for door in _ranked(cuts, cast, survey):
        if len(chosen) == count:
            break
        trial = {**chosen, door: cuts[door]}
        if cuts[door] not in chosen.values() and _keys_find_room(survey, trial, may_hold):
            chosen = trial
    if len(chosen) < count:
        raise BuildError(
            f"only {len(chosen)} of {count} doors can be locked without a way around them"
            f"{'' if allowed is None else ', with the keys on key_side'}; "
            "ask for fewer keys, lower loops, or raise room_count"
        )
    locks: list[Lock] = []
    for door, behind in chosen.items():
        rooms = [r for r in _near_side(survey, chosen, door) if r in may_hold]
        if far:
            away = survey.away_m(sorted(behind))
            key_room = max(rooms, key=lambda r: float(away[r]))
        else:
            key_room = _key_room(survey, rooms, cast, [k.key_room for k in locks])
        locks.append(Lock(door, behind, key_room))
    return locks


def _cuts(survey: Survey, starts: list[int], closed: set[int]) -> dict[int, frozenset[int]]:
    """Return the doors without which some rooms cannot be reached, with those rooms."""
    plan, cuts = survey.plan, dict[int, frozenset[int]]()
    for door in range(plan.first_door, plan.count + 1):
        without = np.zeros(plan.count + 1, dtype=bool)
        without[door] = True
        groups = plan.groups(without)
        inside = np.isin(groups, groups[np.array(starts) + 1])
        behind = frozenset(np.flatnonzero(~inside[1 : survey.rooms + 1]).tolist())
        if behind and door not in closed:
            cuts[door] = behind
    return cuts


def _ranked(cuts: Mapping[int, frozenset[int]], cast: Cast, survey: Survey) -> list[int]:
    """Return doors in the order in which they deserve a lock.

    First the last door before each goal, then the doors on the way to it, then the others at random.
    """
    ranked: list[int] = []
    for goals in (cast.boss, cast.exit, cast.treasure):
        for room in goals:
            ranked += sorted((d for d in cuts if room in cuts[d]), key=lambda d: len(cuts[d]))[:1]
    final = [*cast.boss, *cast.exit]
    rank = np.argsort(survey.order)
    ranked += sorted(
        cuts, key=lambda d: (not any(r in cuts[d] for r in final), int(rank[min(cuts[d])]), len(cuts[d]), d)
    )
    return list(dict.fromkeys(ranked))


def _near_side(survey: Survey, locks: Mapping[int, frozenset[int]], door: int) -> list[int]:
    """Return the rooms of the part from which a lock is reached: those behind exactly the locks that guard its door."""
    guards = {d for d, behind in locks.items() if d != door and locks[door] < behind}
    return [r for r in range(survey.rooms) if {d for d, behind in locks.items() if r in behind} == guards]


def _keys_find_room(survey: Survey, locks: Mapping[int, frozenset[int]], allowed: frozenset[int]) -> bool:
    """Whether the keys of all locks find rooms on their near sides, at most `KEYS_PER_ROOM` in each."""
    sides = [tuple(r for r in _near_side(survey, locks, door) if r in allowed) for door in locks]
    return all(sides.count(side) <= KEYS_PER_ROOM * len(side) for side in sides)


def _key_room(survey: Survey, rooms: list[int], cast: Cast, used: list[int]) -> int:
    """Return the room for a key: one without a role or another key, at the end of a way, if there is such a one."""
    rank, openings, taken = np.argsort(survey.order), survey.openings(), cast.taken()
    start = set(cast.entrance)
    return min(rooms, key=lambda r: (used.count(r), r in start, r in taken, int(openings[r]) > 1, int(rank[r])))
