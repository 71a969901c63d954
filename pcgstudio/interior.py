"""What holds inside a dungeon, read from the layers ``cell``, ``room`` and ``role`` of a built world alone.

The layers are enough: a floor plan is cut into areas (rooms, passages, doors), areas that share an edge are linked,
and everything else (who reaches whom, loops, keys before locks) is a question about that small graph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from .world import FloatArray, World

WALKABLE = ("floor", "corridor", "door", "stairs", "bridge")
"""The cells one can walk on; water inside a dungeon is not among them."""

BoolArray = NDArray[np.bool_]
_EIGHT = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class FloorPlan:
    """A floor plan cut into areas, numbered from 1: first the rooms, then the passages, then the doors.

    Parameters
    ----------
    area : ndarray
        ``(rows, cols) int32``, 0 where nobody can walk.
    rooms : tuple of int
        Room id of the areas 1 .. len(rooms).
    passages, doors : int
        How many areas of these follow.
    """

    area: NDArray[np.int32]
    rooms: tuple[int, ...]
    passages: int
    doors: int

    @property
    def count(self) -> int:
        """Number of areas."""
        return len(self.rooms) + self.passages + self.doors

    @property
    def first_door(self) -> int:
        """Number of the first door area."""
        return len(self.rooms) + self.passages + 1

    @cached_property
    def links(self) -> NDArray[np.int64]:
        """``(n, 2)`` pairs of areas that share an edge, the smaller one first, each once."""
        pairs = []
        for a, b in ((self.area[:, :-1], self.area[:, 1:]), (self.area[:-1], self.area[1:])):
            meet = (a != b) & (a > 0) & (b > 0)
            pairs.append(np.stack([np.minimum(a[meet], b[meet]), np.maximum(a[meet], b[meet])], axis=1))
        return np.unique(np.concatenate(pairs).astype(np.int64), axis=0)

    def groups(self, without: BoolArray | None = None) -> NDArray[np.int32]:
        """``(count + 1,)`` connected group of every area; areas in ``without`` ``(count + 1,)`` are cut off."""
        links = self.links
        if without is not None:
            links = links[~(without[links[:, 0]] | without[links[:, 1]])]
        size = self.count + 1
        graph = coo_matrix((np.ones(len(links), dtype=np.int8), (links[:, 0], links[:, 1])), shape=(size, size))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)

    def neighbours(self) -> dict[int, set[int]]:
        """Room id to the ids of the rooms met next, directly or through passages and doors."""
        rooms = len(self.rooms)
        met: dict[int, set[int]] = {r: set() for r in self.rooms}
        is_room = np.zeros(self.count + 1, dtype=bool)
        is_room[1 : rooms + 1] = True
        between = self.groups(is_room)
        ways: dict[int, set[int]] = {}
        for a, b in self.links.tolist():
            if b <= rooms:
                met[self.rooms[a - 1]].add(self.rooms[b - 1])
                met[self.rooms[b - 1]].add(self.rooms[a - 1])
            elif a <= rooms:
                ways.setdefault(int(between[b]), set()).add(self.rooms[a - 1])
        for together in ways.values():
            for room in together:
                met[room] |= together - {room}
        return met


def plan_of(walkable: BoolArray, door: BoolArray, room: NDArray[np.int32]) -> FloorPlan:
    """Cut a floor plan into areas.

    Parameters
    ----------
    walkable, door : ndarray
        ``(rows, cols) bool``; doors are walkable too.
    room : ndarray
        ``(rows, cols) int32`` ids, 0 outside rooms.
    """
    inside = walkable & (room > 0) & ~door
    ids, index = np.unique(room[inside], return_inverse=True)
    area = np.zeros(walkable.shape, dtype=np.int32)
    area[inside] = index.astype(np.int32) + 1
    passage, passages = ndimage.label(walkable & ~inside & ~door)
    doors, door_count = ndimage.label(door & walkable)
    area[passage > 0] = passage[passage > 0] + len(ids)
    area[doors > 0] = doors[doors > 0] + len(ids) + passages
    return FloorPlan(area, tuple(ids.tolist()), int(passages), int(door_count))


def walkable(world: World) -> BoolArray:
    """``(rows, cols)`` where one can walk inside."""
    mask = np.zeros(world.grid.shape, dtype=bool)
    for name in WALKABLE:
        mask |= world.category("cell", name)
    return mask


def floor_plan(world: World) -> FloorPlan | None:
    """Return the plan of a world; None where it has no rooms."""
    if "cell" not in world or "room" not in world:
        return None
    plan = plan_of(walkable(world), world.category("cell", "door"), world["room"])
    return plan if plan.rooms else None


def room_graph(world: World) -> Mapping[int, set[int]]:
    """Room id to the ids of the rooms met next; empty where there are no rooms."""
    plan = floor_plan(world)
    return {} if plan is None else plan.neighbours()


def reachable(world: World) -> float | None:
    """Share of the rooms one can walk to from the entrances, or else from the largest group; None without rooms."""
    plan = floor_plan(world)
    if plan is None:
        return None
    groups = plan.groups()
    of_rooms = groups[1 : len(plan.rooms) + 1]
    start = np.unique(groups[plan.area[world.category("role", "entrance") & (plan.area > 0)]])
    if not len(start):
        start = np.array([np.bincount(of_rooms).argmax()])
    return float(np.isin(of_rooms, start).mean())


def loops(world: World) -> float | None:
    """Independent round trips: the islands of solid ground one can walk around; None where nobody can walk."""
    ground = walkable(world)
    if not ground.any():
        return None
    _, solid = ndimage.label(np.pad(~ground, 1, constant_values=True), structure=_EIGHT)
    return float(solid - 1)


def dead_ends(world: World) -> float | None:
    """Corridors that lead nowhere; None where nobody can walk.

    An end is a stretch of wall that closes a passage across its whole width, the passage being at least as deep as
    it is wide. Rooms are no dead ends.
    """
    ground = walkable(world)
    if not ground.any():
        return None
    room = world["room"] > 0 if "room" in world else np.zeros_like(ground)
    passage = ground & ~room & ~world.category("cell", "door")
    closed = _closed_right(ground, passage)
    closed |= _closed_right(ground[:, ::-1], passage[:, ::-1])[:, ::-1]
    closed |= _closed_right(ground.T, passage.T).T
    closed |= _closed_right(ground.T[:, ::-1], passage.T[:, ::-1])[:, ::-1].T
    return float(ndimage.label(closed, structure=_EIGHT)[1])


def _closed_right(ground: BoolArray, passage: BoolArray) -> BoolArray:
    """``(rows, cols)`` passage cells against the right end of a blind passage."""
    at_wall = passage & ~np.pad(ground, ((0, 0), (0, 1)))[:, 1:]
    along_wall, across = _runs(at_wall.T).T, _runs(ground.T).T
    faces = at_wall & np.equal(along_wall, across)
    # A door or a branch beside the end makes the passage wider there, so what lies before the wall is no blind end.
    changes = np.pad(across[:, 1:] != across[:, :-1], ((0, 0), (1, 0)))
    column = np.arange(across.shape[1])[None, :]
    depth = (column - np.maximum.accumulate(np.where(changes, column, 0), axis=1) + 1).astype(np.int32)
    return np.greater_equal(_min_over_runs(faces, depth), across) & faces


def _runs(mask: BoolArray) -> NDArray[np.int32]:
    """``(rows, cols)`` length of the horizontal run of True cells that each cell belongs to."""
    labels, _ = _run_labels(mask)
    return np.asarray(np.bincount(labels.ravel())[labels] * mask, dtype=np.int32)


def _min_over_runs(mask: BoolArray, values: NDArray[np.int32]) -> NDArray[np.int32]:
    """``(rows, cols)`` smallest value along the vertical run of ``mask`` that each cell belongs to; 0 outside."""
    labels, count = _run_labels(mask.T)
    smallest = np.full(count + 1, np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(smallest, labels.ravel(), values.T.ravel())
    return np.asarray(np.where(mask, smallest[labels].T, 0), dtype=np.int32)


def _run_labels(mask: BoolArray) -> tuple[NDArray[np.int32], int]:
    labels, count = ndimage.label(mask, structure=np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]]))
    return labels, int(count)


def blind_doors(world: World) -> int:
    """Doors that do not lead from one area to another."""
    plan = floor_plan(world)
    if plan is None:
        return 0
    sides = np.bincount(plan.links.ravel(), minlength=plan.count + 1)
    return int((sides[plan.first_door :] < 2).sum())


def solvable(world: World) -> float | None:
    """1 where every locked door can be opened and every role then be reached, else 0; None without rooms.

    Every key opens one lock, and some order of opening them must do. Walking starts at the entrances, or in the
    largest open part where there are none.
    """
    ground = walkable(world)
    if "room" not in world or not (world["room"] > 0).any():
        return None
    lock = world.category("role", "lock")
    part, _ = ndimage.label(ground & ~lock)
    doors, count = ndimage.label(lock)
    touched = (part[ndimage.binary_dilation(doors == k)] for k in range(1, count + 1))
    sides = [frozenset(np.unique(t).tolist()) - {0} for t in touched]
    start = frozenset(np.unique(part[world.category("role", "entrance")]).tolist()) - {0}
    start = start or frozenset({int(np.bincount(part[part > 0]).argmax())})
    wanted = frozenset(np.unique(part[world["role"] > 0]).tolist()) - {0} if "role" in world else frozenset()
    return float(_opens(start, tuple(sides), _keys_in(world, part), wanted))


def _keys_in(world: World, part: NDArray[np.int32]) -> Mapping[int, int]:
    """Part to the number of keys that lie in it: 8-connected marks of the role layer."""
    marks, count = ndimage.label(world.category("role", "key"), structure=_EIGHT)
    held = ndimage.maximum(part, marks, np.arange(1, count + 1)) if count else np.empty(0)
    values, number = np.unique(held, return_counts=True)
    return dict(zip(values.astype(int).tolist(), number.tolist(), strict=True))


def _opens(
    start: frozenset[int], sides: tuple[frozenset[int], ...], keys: Mapping[int, int], wanted: frozenset[int]
) -> bool:
    """Whether some order of opening the locks reaches all that is wanted; a search over the sets of open locks."""
    tried: set[frozenset[int]] = set()
    stack: list[frozenset[int]] = [frozenset()]
    while stack:
        opened = stack.pop()
        if opened in tried:
            continue
        tried.add(opened)
        seen = start.union(*(sides[k] for k in opened))
        if len(opened) == len(sides):
            return wanted <= seen
        if sum(keys.get(p, 0) for p in seen) > len(opened):
            stack += [opened | {k} for k, s in enumerate(sides) if k not in opened and s & seen]
    return False


def path_length_m(world: World, role_a: str, role_b: str) -> float | None:
    """Shortest walk [m] between two roles, from edge to edge; None where one is absent or cut off."""
    sources, goals = (world.category("role", r) & walkable(world) for r in (role_a, role_b))
    if not (sources.any() and goals.any()):
        return None
    away = float(walk_m(walkable(world), sources, world.grid.cell_size_m)[goals].min())
    return away if math.isfinite(away) else None


def walk_m(ground: BoolArray, sources: BoolArray, cell_size_m: float) -> FloatArray:
    """``(rows, cols) float32`` walking distance [m] from the nearest source; infinite where there is no way.

    Steps go to the eight neighbours; a diagonal one needs both cells beside it free, so nobody cuts a corner.
    """
    index = np.full(ground.shape, -1, dtype=np.int32)
    index[ground] = np.arange(int(ground.sum()), dtype=np.int32)
    edges = []
    for (a, b), cost in _steps(index):
        joined = (a >= 0) & (b >= 0)
        edges.append((a[joined], b[joined], np.full(int(joined.sum()), cost * cell_size_m)))
    size = int(ground.sum())
    rows, cols, costs = (np.concatenate(column) for column in zip(*edges, strict=True))
    graph = csr_matrix((costs, (rows, cols)), shape=(size, size))
    away = np.full(ground.shape, np.inf, dtype=np.float32)
    starts = index[sources & ground]
    if len(starts):
        away[ground] = dijkstra(graph, directed=False, indices=starts, min_only=True)
    return away


def _steps(index: NDArray[np.int32]) -> list[tuple[tuple[NDArray[np.int32], NDArray[np.int32]], float]]:
    """Return the cell pairs of each step and its cost in cells; a pair that may not be stepped holds a -1."""
    free = (index[:-1, :-1] >= 0) & (index[:-1, 1:] >= 0) & (index[1:, :-1] >= 0) & (index[1:, 1:] >= 0)
    falling = np.where(free, index[:-1, :-1], -1), index[1:, 1:]
    rising = np.where(free, index[1:, :-1], -1), index[:-1, 1:]
    return [
        ((index[:, :-1], index[:, 1:]), 1.0),
        ((index[:-1], index[1:]), 1.0),
        (falling, math.sqrt(2)),
        (rising, math.sqrt(2)),
    ]
