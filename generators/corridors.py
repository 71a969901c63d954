"""Which rooms are joined, and the corridors that join them, on the lattice of nodes.

Rooms are joined along the minimum spanning tree of their Delaunay triangulation, then along a share of its other edges.
A corridor only ever takes fresh nodes and ends at what it meets, so each one joins exactly two groups or closes exactly
one loop: the number of loops is what was asked for, and nothing stays unreachable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError

from pcgstudio.world import FloatArray

from .kernels.route import cheapest
from .room_layout import BoolArray, Room

Node = tuple[int, int]
Edge = tuple[int, int]

STRAIGHT_EXIT = 0.15
"""Cost for each node that a corridor starts off the middle of a room's side."""
FROM_CORRIDOR = 2.5
"""Cost of starting at a corridor instead of a room, in nodes: branches only where they save a long second way."""
BLIND_NODES = (2, 5)
"""Shortest and longest blind corridor in nodes."""

_TURN = {"straight": 4.0, "bent": 0.4, "labyrinth": 0.0}


@dataclass
class Network:
    """Rooms and corridors while they are being joined.

    Parameters
    ----------
    domain : ndarray
        ``(rows, cols) bool`` usable nodes.
    owner : ndarray
        ``(rows, cols) int32`` room number from 1, 0 elsewhere.
    """

    domain: BoolArray
    owner: NDArray[np.int32]
    corridor: BoolArray = field(init=False)
    group: NDArray[np.int32] = field(init=False)
    links: set[tuple[Node, Node]] = field(init=False, default_factory=set)
    runs: list[list[Node]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.corridor = np.zeros_like(self.domain)
        self.group = self.owner.copy()

    @classmethod
    def of(cls, domain: BoolArray, rooms: list[Room]) -> Network:
        """Return the network of rooms that nothing joins yet."""
        owner = np.zeros(domain.shape, dtype=np.int32)
        for number, room in enumerate(rooms, start=1):
            owner[room.nodes] = number
        return cls(domain, owner)

    @property
    def free(self) -> BoolArray:
        """Nodes that nothing uses."""
        return np.asarray(self.domain & (self.owner == 0) & ~self.corridor)

    def group_of(self, room: int) -> int:
        """Return the group that a room belongs to."""
        return int(self.group[self.owner == room][0])

    def carve(self, path: NDArray[np.int64]) -> None:
        """Dig a path whose first and last node are already there, and merge the groups it touches."""
        run = [(int(r), int(c)) for r, c in path.tolist()]
        for node in run[1:-1]:
            self.corridor[node] = True
        mine, other = self.group[run[0]], self.group[run[-1]]
        for node in run[1:] if not self._used(run[-1]) else run[1:-1]:
            self.group[node] = mine
        if other:
            self.group[self.group == other] = mine
        self.links.update((min(a, b), max(a, b)) for a, b in pairwise(run))
        self.runs.append(run)

    def _used(self, node: Node) -> bool:
        return bool(self.owner[node] > 0 or self.corridor[node])


def connect(
    rooms: list[Room],
    domain: BoolArray,
    style: str,
    loops: float,
    dead_ends: int,
    rng: np.random.Generator,
    among: list[Edge] | None = None,
) -> tuple[Network, int, int]:
    """Join all rooms, then close loops, then dig blind corridors.

    Parameters
    ----------
    among : list of pairs, optional
        Rooms, numbered from 1, that alone may be joined by loops; all neighbours where None.

    Returns
    -------
    network : Network
        The result.
    missing_loops, missing_ends : int
        How many of each found no ground.
    """
    network = Network.of(domain, rooms)
    costs = _Costs(style, domain.shape, rng)
    tree, extra = _edges(rooms)
    if among is not None:
        near = {(min(pair), max(pair)) for pair in among}
        extra = [edge for edge in extra if edge in near]
    while len(np.unique(network.group[network.owner > 0])) > 1:
        for edge in tree:
            _join(network, edge, costs)
    wanted = round(loops * len(extra))
    order = [extra[k] for k in rng.permutation(len(extra)).tolist()]
    missing = _close_loops(network, order, wanted, costs)
    return network, missing, _dig_dead_ends(network, dead_ends, rng)


def connect_chain(
    rooms: list[Room],
    domain: BoolArray,
    style: str,
    pairs: list[Edge],
    dead_ends: int,
    rng: np.random.Generator,
) -> tuple[Network, int, int]:
    """Join just these pairs of rooms, numbered from 1, each by a corridor of its own, then dig blind corridors.

    Returns
    -------
    network : Network
        The result.
    missing_pairs, missing_ends : int
        How many of each found no ground.
    """
    network = Network.of(domain, rooms)
    costs, missing = _Costs(style, domain.shape, rng), 0
    for a, b in pairs:
        path = costs.route(_from_room(network, a), network.owner == b, network.free)
        if len(path):
            network.carve(path)
        else:
            missing += 1
    return network, missing, 0 if missing else _dig_dead_ends(network, dead_ends, rng)


def connect_hall(rooms: list[Room], domain: BoolArray, dead_ends: int, rng: np.random.Generator) -> tuple[Network, int]:
    """Dig one straight corridor between two rows of rooms, a way from it into each, then blind corridors.

    Returns
    -------
    network : Network
        The result.
    missing_ends : int
        How many blind corridors found no ground.
    """
    network = Network.of(domain, rooms)
    first = rooms[0]
    if len(rooms) == 1:
        return network, dead_ends
    if first.left == rooms[1].left:
        line = first.top + first.height
        opens = [(line, r.left + r.width // 2) for r in rooms]
        doors = [(r.top + r.height - 1 if r.top < line else r.top, r.left + r.width // 2) for r in rooms]
    else:
        line = first.left + first.width
        opens = [(r.top + r.height // 2, line) for r in rooms]
        doors = [(r.top + r.height // 2, r.left + r.width - 1 if r.left < line else r.left) for r in rooms]
    low, high = min(opens), max(opens)
    hall = [(r, c) for r in range(low[0], high[0] + 1) for c in range(low[1], high[1] + 1)]
    network.carve(np.array([doors[opens.index(low)], *hall, doors[opens.index(high)]]))
    for at, door in zip(opens, doors, strict=True):
        if network.group[door] != network.group[low]:
            network.carve(np.array([door, at]))
    return network, _dig_dead_ends(network, dead_ends, rng)


class _Costs:
    """What a step costs by the style of the corridors.

    Straight ones pay for turns; bent ones cross uneven ground; a labyrinth's follow the ways of a random maze.
    """

    def __init__(self, style: str, shape: tuple[int, int], rng: np.random.Generator) -> None:
        self.turn = _TURN[style]
        east, south = (rng.random(shape, dtype=np.float32) for _ in range(2))
        if style == "labyrinth":
            east, south = _maze(east, south)
        elif style == "straight":
            east, south = np.ones_like(east), np.ones_like(south)
        else:
            east, south = 1 + 2 * east, 1 + 2 * south
        self.east, self.south = east, south

    def route(self, start: FloatArray, goal: BoolArray, free: BoolArray) -> NDArray[np.int64]:
        """Return the cheapest path, empty where there is none."""
        return np.asarray(cheapest(start, goal, free, self.east, self.south, self.turn))


def _maze(east: FloatArray, south: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return step costs of 1 along a random spanning tree of the lattice and 7 across its walls (Kruskal's maze)."""
    rows, cols = east.shape
    index = np.arange(rows * cols).reshape(rows, cols)
    a = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    b = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    weight = np.concatenate([east[:, :-1].ravel(), south[:-1].ravel()]) + 1e-3
    tree = minimum_spanning_tree(coo_matrix((weight, (a, b)), shape=(index.size, index.size)).tocsr()).tocoo()
    low, high = np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)
    costs = np.full((2, rows * cols), 7, dtype=np.float32)
    costs[(high - low == cols).astype(int) if cols > 1 else np.ones(len(low), int), low] = 1
    return costs[0].reshape(rows, cols), costs[1].reshape(rows, cols)


def _edges(rooms: list[Room]) -> tuple[list[Edge], list[Edge]]:
    """Return the minimum spanning tree of the rooms' Delaunay triangulation, nearest first, and the other edges."""
    if len(rooms) < 2:
        return [], []
    centres = np.array([room.centre for room in rooms])
    pairs = _triangulated(centres)
    length = np.hypot(*(centres[pairs[:, 0]] - centres[pairs[:, 1]]).T)
    size = len(rooms)
    tree = minimum_spanning_tree(coo_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()).tocoo()
    kept = {(int(a), int(b)) for a, b in zip(tree.row, tree.col, strict=True)}
    edges = [(int(a), int(b)) for a, b in pairs[np.argsort(length, kind="stable")].tolist()]
    numbered = [((a + 1, b + 1), (a, b) in kept) for a, b in edges]
    return [e for e, in_tree in numbered if in_tree], [e for e, in_tree in numbered if not in_tree]


def _triangulated(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """``(n, 2)`` Delaunay edges, smaller number first; the chain along their line where all rooms lie on one."""
    try:
        corners = Delaunay(centres).simplices.astype(np.int64) if len(centres) > 2 else np.empty((0, 3), np.int64)
    except QhullError:
        corners = np.empty((0, 3), np.int64)
    if not len(corners):
        order = np.lexsort((centres[:, 1], centres[:, 0]))
        chain = np.stack([order[:-1], order[1:]], axis=1)
        return np.sort(chain, axis=1)
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    return np.unique(np.sort(sides, axis=1), axis=0)


def _from_room(network: Network, room: int) -> FloatArray:
    """``(rows, cols)`` cost of leaving a room: least at the middle of its sides."""
    rows, cols = np.nonzero(network.owner == room)
    off = np.minimum(np.abs(rows - rows.mean()), np.abs(cols - cols.mean()))
    start = np.full(network.domain.shape, np.inf, dtype=np.float32)
    start[rows, cols] = STRAIGHT_EXIT * off
    return start


def _join(network: Network, edge: Edge, costs: _Costs) -> None:
    """Join the groups of two rooms, or the first one's with any other where the way between them is barred."""
    a, b = edge
    mine, other = network.group_of(a), network.group_of(b)
    if mine == other:
        return
    start = _from_room(network, a)
    start[network.corridor & (network.group == mine)] = FROM_CORRIDOR
    path = costs.route(start, (network.owner == b) | (network.corridor & (network.group == other)), network.free)
    if not len(path):
        start[network.group == mine] = 0
        path = costs.route(start, (network.group > 0) & (network.group != mine), network.free)
    network.carve(path)


def _close_loops(network: Network, edges: list[Edge], wanted: int, costs: _Costs) -> int:
    """Close loops along the edges; return how many found no way.

    Each edge first gets a corridor of its own. Where the others already took the ground between two rooms, a second
    round may end in a corridor, and a third one breaks through a wall between any two neighbours.
    """
    left = list(edges)
    for share in (False, True):
        for edge in tuple(left):
            if wanted and _close(network, edge, costs, share):
                wanted -= 1
                left.remove(edge)
    for pair in _walls(network) if wanted else ():
        if wanted and pair not in network.links:
            network.carve(np.array(pair))
            wanted -= 1
    return wanted


def _close(network: Network, edge: Edge, costs: _Costs, share: bool) -> bool:
    a, b = edge
    goal = network.owner == b
    if share:
        goal = goal | network.corridor
    path = costs.route(_from_room(network, a), goal, network.free)
    first_last = tuple(sorted((tuple(path[0].tolist()), tuple(path[-1].tolist())))) if len(path) else ()
    if not len(path) or (len(path) == 2 and first_last in network.links) or _beside_door(network, path):
        return False
    network.carve(path)
    return True


def _beside_door(network: Network, path: NDArray[np.int64]) -> bool:
    """Whether a path without a node of its own would be a second opening within the wall between two rooms."""
    if len(path) > 2:
        return False
    ends = {int(network.owner[tuple(node)]) for node in path.tolist()}
    return any({int(network.owner[a]), int(network.owner[b])} == ends for a, b in network.links)


def _walls(network: Network) -> list[tuple[Node, Node]]:
    """Return the neighbouring used nodes, not both of one room, that a wall could part; corridors first."""
    used = (network.owner > 0) | network.corridor
    pairs: list[tuple[Node, Node]] = []
    for dr, dc in ((0, 1), (1, 0)):
        both = used[: used.shape[0] - dr, : used.shape[1] - dc] & used[dr:, dc:]
        for r, c in np.argwhere(both).tolist():
            a, b = (r, c), (r + dr, c + dc)
            if network.owner[a] != network.owner[b] or network.owner[a] == 0:
                pairs.append((a, b))
    return sorted(pairs, key=lambda p: (bool(network.owner[p[0]]) + bool(network.owner[p[1]]), p))


def _dig_dead_ends(network: Network, wanted: int, rng: np.random.Generator) -> int:
    """Dig blind corridors off the others; return how many found no ground."""
    ends: set[Node] = set()
    while wanted:
        free = network.free
        roots = [
            (node, step)
            for node in ((int(r), int(c)) for r, c in np.argwhere(network.corridor))
            if node not in ends
            for step in ((0, 1), (1, 0), (0, -1), (-1, 0))
            if _open(free, (node[0] + step[0], node[1] + step[1]))
        ]
        if not roots:
            return wanted
        node, step = roots[int(rng.integers(len(roots)))]
        run = [node]
        for k in range(int(rng.integers(BLIND_NODES[0], BLIND_NODES[1] + 1))):
            if k and rng.random() < 0.3:
                step = (step[1], step[0]) if rng.random() < 0.5 else (-step[1], -step[0])
            ahead = (run[-1][0] + step[0], run[-1][1] + step[1])
            if ahead in run or not _open(free, ahead):
                break
            run.append(ahead)
        network.carve(np.array(run))
        network.corridor[run[-1]] = True
        ends.add(run[-1])
        wanted -= 1
    return 0


def _open(free: BoolArray, node: Node) -> bool:
    return 0 <= node[0] < free.shape[0] and 0 <= node[1] < free.shape[1] and bool(free[node])


def doorways(network: Network) -> Mapping[tuple[Node, Node], bool]:
    """Return every link with whether it needs a door: where a room begins."""
    return {(a, b): bool(network.owner[a] != network.owner[b]) for a, b in sorted(network.links)}
