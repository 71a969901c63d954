"""What lies inside: rooms, ways, keys and locks."""

from __future__ import annotations

import numpy as np

from . import interior
from .metric import Scene, metric
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


@metric("")
def solvable(scene: Scene) -> float | None:
    """1 where every lock's key can be fetched before the lock is met."""
    return interior.solvable(scene.world)
