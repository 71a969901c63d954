"""What lies inside: rooms, ways, keys and locks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from . import interior
from .metric import Scene, metric
from .metric_amounts import rooms_of_storeys
from .storeys import count as count_storeys


@metric("share")
def reachable(scene: Scene) -> float | None:
    """Share of the rooms that can be walked to from the entrance, or from the largest connected group."""
    return interior.reachable(scene.world)


@metric("", absolute=0)
def dead_ends(scene: Scene) -> float | None:
    """Corridors that lead nowhere."""
    return interior.dead_ends(scene.world)


@metric("")
def room_chain(scene: Scene) -> float | None:
    """1 where the rooms follow one another in a single row, each joined to the next alone."""
    graph = interior.room_graph(scene.world)
    ways = sorted(len(others) for others in graph.values())
    return float(ways[:2] == [1, 1] and all(n == 2 for n in ways[2:])) if len(ways) > 1 else None


@metric("")
def room_ring(scene: Scene) -> float | None:
    """1 where every room is joined to just two others, so that one walks in a circle."""
    graph = interior.room_graph(scene.world)
    return float(all(len(others) == 2 for others in graph.values())) if graph else None


@metric("share")
def corridor_rooms(scene: Scene) -> float | None:
    """Share of the rooms that open onto one and the same straight corridor."""
    plan = interior.floor_plan(scene.world)
    if plan is None:
        return None
    met: dict[int, set[int]] = {}
    for a, b in plan.links.tolist():
        met.setdefault(a, set()).add(b)
        met.setdefault(b, set()).add(a)
    rooms, best = len(plan.rooms), 0
    for hall in range(rooms + 1, plan.first_door):
        if _is_straight(plan.area == hall, scene.world.grid.cell_size_m):
            ways = met.get(hall, set())
            opened = ways.union(*(met[w] for w in ways if w >= plan.first_door))
            best = max(best, sum(area <= rooms for area in opened))
    return best / rooms


def _is_straight(hall: NDArray[np.bool_], cell_m: float) -> bool:
    """Whether a corridor runs its whole length along one line, with no more beside it than openings in walls."""
    box = hall[ndimage.find_objects(hall.astype(np.int8))[0]]
    lengthwise = box if box.shape[1] >= box.shape[0] else box.T
    thick = int((lengthwise.mean(axis=1) >= _ALONG).sum())
    return thick > 0 and (lengthwise.shape[0] - thick) * cell_m <= 2 * _WALL_M


@metric("share", absolute=0.05)
def remoteness(scene: Scene, feature: str) -> float | None:
    """Walk from the entrance to a role, as a share of the longest walk from there; 1 is the far end."""
    world = scene.world
    entrance, there = scene.mask("entrance"), scene.mask(feature)
    if not (entrance.any() and there.any()):
        return None
    away = interior.walk_m(interior.walkable(world), entrance, world.grid.cell_size_m)
    reached = np.isfinite(away)
    return float(away[there & reached].min() / max(away[reached].max(), 1e-9)) if (there & reached).any() else None


@metric("", absolute=0)
def closed_rooms(scene: Scene) -> float | None:
    """Rooms that are joined to one other room at most, where there are more than two."""
    graph = interior.room_graph(scene.world)
    if len(graph) == 2:  # the ends of a maze: one is entered, the other left
        return 0.0
    return float(sum(len(others) <= 1 for others in graph.values())) if graph else None


@metric("", absolute=0)
def loops(scene: Scene) -> float | None:
    """Independent round trips through the rooms."""
    return interior.loops(scene.world)


@metric("", absolute=0)
def storeys(scene: Scene) -> float | None:
    """Storeys of an interior, the ground floor included."""
    return float(count_storeys(scene.world)) or None


@metric("", absolute=0)
def storey_rooms(scene: Scene, storey: str = "fewest") -> float | None:
    """Rooms of one storey: of the ground floor, or of the storey that has the fewest or the most."""
    numbers = rooms_of_storeys(scene)
    if not numbers:
        return None
    return float(numbers[0] if storey == "ground" else max(numbers) if storey == "most" else min(numbers))


@metric("")
def solvable(scene: Scene) -> float | None:
    """1 where every lock's key can be fetched before the lock is met."""
    return interior.solvable(scene.world)


@metric("share")
def rooms_beside(scene: Scene, feature: str, of: str = "", largest: bool = False) -> float | None:
    """Share of the rooms with a role that are joined to a room with another one, or to the largest room."""
    graph, mine = interior.room_graph(scene.world), _rooms_of(scene, feature)
    others = _largest_rooms(scene) if largest else _rooms_of(scene, of)
    if not mine or not others:
        return None
    return float(np.mean([bool(graph.get(r, set()) & (others - {r})) for r in mine]))


@metric("", absolute=0)
def rooms_touching(scene: Scene, feature: str, of: str) -> float | None:
    """Pairs of rooms of two roles that are joined with no other room between, or share a wall."""
    mine, others = _rooms_of(scene, feature), _rooms_of(scene, of)
    if not mine or not others:
        return None
    graph, room = interior.room_graph(scene.world), scene.world["room"]
    pairs = set()
    for one in mine:
        away = ndimage.distance_transform_edt(room != one) * scene.world.grid.cell_size_m
        for other in others - {one}:
            if other in graph.get(one, set()) or float(away[room == other].min()) <= _WALL_M:
                pairs.add(frozenset((one, other)))
    return float(len(pairs))


@metric("")
def only_through(scene: Scene, feature: str, of: str) -> float | None:
    """1 where nobody comes from the entrance to a room of one role but through one of another."""
    graph, mine, others = interior.room_graph(scene.world), _rooms_of(scene, feature), _rooms_of(scene, of)
    seen = _rooms_of(scene, "entrance") - others
    if not (mine and others and seen):
        return None
    stack = list(seen)
    while stack:
        for near in graph.get(stack.pop(), set()) - seen - others:
            seen.add(near)
            stack.append(near)
    return float(not mine & seen)


@metric("share")
def rooms_ending(scene: Scene, feature: str) -> float | None:
    """Share of the rooms with a role that have one way in, by which one other room is reached."""
    graph, mine, plan = interior.room_graph(scene.world), _rooms_of(scene, feature), interior.floor_plan(scene.world)
    if not mine or plan is None:
        return None
    ways = np.bincount(plan.links.ravel(), minlength=plan.count + 1)
    single = {room for k, room in enumerate(plan.rooms, 1) if ways[k] <= 1 and len(graph.get(room, set())) <= 1}
    return len(mine & single) / len(mine)


@metric("share")
def locked_off(scene: Scene, feature: str) -> float | None:
    """Share of the rooms with a role that cannot be reached from the entrance while all locks are shut."""
    world, mine = scene.world, _rooms_of(scene, feature)
    entrance, lock = scene.mask("entrance"), world.category("role", "lock")
    if not mine or not entrance.any():
        return None
    open_, _ = ndimage.label(interior.walkable(world) & ~lock)
    seen = np.isin(open_, np.unique(open_[entrance & (open_ > 0)]))
    return float(np.mean([not (seen & (world["room"] == r)).any() for r in mine]))


@metric("")
def farthest_room(scene: Scene, feature: str) -> float | None:
    """1 where no other room lies farther from the entrance than one of a role, by the walk to its nearest corner."""
    world, mine = scene.world, _rooms_of(scene, feature)
    entrance = scene.mask("entrance")
    if not mine or not entrance.any():
        return None
    away = interior.walk_m(interior.walkable(world), entrance, world.grid.cell_size_m)
    ids = np.unique(world["room"][world["room"] > 0])
    near = np.asarray(ndimage.minimum(away, world["room"], ids))
    near = np.where(np.isfinite(near), near, -1)
    farthest = float(near.max())
    return float(max(n for n, r in zip(near, ids, strict=True) if int(r) in mine) >= farthest - _WALL_M)


@metric("", absolute=0)
def passages(scene: Scene, along: str = "east") -> float | None:
    """Passages of a maze side by side, from west to east or from south to north."""
    ground = interior.walkable(scene.world)
    if not ground.any():
        return None
    axis = 0 if along == "east" else 1
    rows, cols = np.flatnonzero(ground.any(axis=1)), np.flatnonzero(ground.any(axis=0))
    window = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
    room = scene.world["room"][window] > 0 if "room" in scene.world else np.zeros_like(ground[window])
    share = (ground[window] & ~room).sum(axis=axis) / np.maximum((~room).sum(axis=axis), 1)
    return float(ndimage.label(share > _NODES)[1])


_NODES = 0.55
"""Share of a line of a maze's cells that is open where passages run along it, and never where walls do."""

_ALONG = 0.9
"""Share of a corridor's length that its middle line covers where it is straight."""

_WALL_M = 2.5
"""Up to this apart two rooms share a wall."""


def _rooms_of(scene: Scene, role: str) -> set[int]:
    """Ids of the rooms of a role, or in which things such as keys lie."""
    world = scene.world
    there = scene.mask(role) & (world["room"] > 0) if "room" in world else np.zeros(world.grid.shape, bool)
    return set(np.unique(world["room"][there]).tolist())


def _largest_rooms(scene: Scene) -> set[int]:
    """Return the largest room, and those that nobody would call smaller."""
    ids, cells = np.unique(scene.world["room"][scene.world["room"] > 0], return_counts=True)
    return set(ids[cells >= 0.97 * cells.max()].tolist()) if len(ids) else set()
