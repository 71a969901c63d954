"""A maze on a lattice of nodes: where its rooms lie, its passages, and the doors between them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.region import side_vector

from .dungeon_lattice import CORRIDOR, DOOR, FLOOR, ROCK, Drawing, Lattice, walled
from .kernels.dice import State
from .kernels.mazes import backtracker, degrees, end_ways, open_loops, prim, wilson
from .room_layout import BoolArray, Room

Door = tuple[int, int, int, int]
"""Row and column of a node, and the step to the node beyond."""

TRIES = 60
"""Places that are tried for one room before the next one."""

_MAKERS = {"backtracker": backtracker, "prim": prim, "wilson": wilson}


@dataclass(frozen=True)
class MazePlan:
    """A maze before it is drawn.

    Parameters
    ----------
    nodes : ndarray
        ``(rows, cols) bool`` where passages are.
    links : ndarray
        ``(2, rows, cols) bool`` whether one leads east, and south.
    rooms : list of Room
        The first two hold the gates where there are such.
    doors : list
        Node in a passage, step into a room.
    gates : list
        Node in a room, step out of the maze.
    """

    nodes: BoolArray
    links: NDArray[np.bool_]
    rooms: list[Room]
    doors: list[Door]
    gates: list[Door]

    def dead_ends(self) -> int:
        """Passages that lead nowhere."""
        return int((self.nodes & (degrees(self.links) + _doors_of(self.doors, self.nodes.shape) == 1)).sum())


def window(domain: BoolArray, cells: int) -> BoolArray:
    """Return the middle part of the domain that is ``cells`` nodes along its longer side; all of it for 0.

    Raises
    ------
    BuildError
        It is not so long.
    """
    if not cells:
        return domain
    rows, cols = np.nonzero(domain.any(axis=1))[0], np.nonzero(domain.any(axis=0))[0]
    spans = [int(np.ptp(i)) + 1 for i in (rows, cols)]
    if cells > max(spans):
        raise BuildError(
            f"a maze of {cells} passages a side does not fit where {max(spans)} do; "
            "ask for fewer, for narrower passages, or for a larger map"
        )
    kept = np.zeros_like(domain)
    wanted = [max(1, round(cells * s / max(spans))) for s in spans]
    r, c = (int(i[0]) + (s - w) // 2 for i, s, w in zip((rows, cols), spans, wanted, strict=True))
    place = slice(r, r + wanted[0]), slice(c, c + wanted[1])
    kept[place] = domain[place]
    return _largest(kept)


def plan_maze(
    domain: BoolArray, algorithm: str, sizes: list[tuple[int, int]], sides: tuple[str, ...], braid: float,
    rng: np.random.Generator, state: State, loops: float, dead_ends: int | None, toward: tuple[str, ...] = (),
) -> MazePlan:  # fmt: skip
    """Lay a maze over a domain.

    Parameters
    ----------
    sizes : list
        Nodes down and across of each room; the first ones hold the gates.
    sides : tuple of str
        Side of the maze at which each gate opens.
    braid, loops : float
        Share of the dead ends that are opened, and of the walls that are opened besides.
    dead_ends : int, optional
        How many are left, exactly.
    toward : tuple of str
        Side of the map, or ``centre``, that each room after those of the gates lies at; where it ends, anywhere.

    Raises
    ------
    BuildError
        The rooms do not fit, or fewer dead ends came out than asked for.
    """
    rooms, gates = _place_rooms(domain, sizes, sides, toward, rng)
    nodes = domain.copy()
    for room in rooms:
        nodes[room.nodes] = False
    links = np.asarray(_MAKERS[algorithm](nodes, state))
    doors = _place_doors(nodes, rooms, len(gates), 2 if braid > 0 or dead_ends == 0 else 1, rng)
    into = _doors_of(doors, domain.shape)
    inner = int((nodes[:, 1:] & nodes[:, :-1]).sum() + (nodes[1:] & nodes[:-1]).sum() - links.sum())
    missing = open_loops(nodes, links, into, round(loops * inner), state)
    ends = int((nodes & (degrees(links) + into == 1)).sum())
    wanted = ends - round(braid * ends) if dead_ends is None else dead_ends
    if missing or wanted > ends:
        raise BuildError(
            f"this maze has {ends} dead ends, not {wanted}; ask for fewer, for the algorithm prim, which makes more, "
            "or for a larger map"
        )
    left = end_ways(nodes, links, into, wanted, state)
    if left != wanted:
        raise BuildError(f"{left} dead ends cannot be opened, for {wanted} are asked for; make the region larger")
    return MazePlan(nodes, links, rooms, doors, gates)


def _doors_of(doors: list[Door], shape: tuple[int, int]) -> NDArray[np.int64]:
    into = np.zeros(shape, dtype=np.int64)
    for r, c, _, _ in doors:
        into[r, c] += 1
    return into


def _largest(mask: BoolArray) -> BoolArray:
    labels, count = ndimage.label(mask)
    return mask if count < 2 else np.asarray(labels == int(np.bincount(labels.ravel())[1:].argmax()) + 1)


def _place_rooms(
    domain: BoolArray, sizes: list[tuple[int, int]], sides: tuple[str, ...], toward: tuple[str, ...],
    rng: np.random.Generator,
) -> tuple[list[Room], list[Door]]:  # fmt: skip
    """Return rooms a passage apart, and the gates; what is left of the domain stays in one piece."""
    free, left, rooms, gates = domain.copy(), domain.copy(), list[Room](), list[Door]()
    near = ("",) * len(sides) + toward
    for number, (height, width) in enumerate(sizes):
        gate = number < len(sides)
        places = _candidates(domain, height, width, sides[number] if gate else "", rng)
        if number < len(near) and near[number]:
            places = _nearest(places, domain.shape, near[number])
        for room, out in places:
            around = np.zeros_like(domain)
            around[max(0, room.top - 1) : room.top + height + 1, max(0, room.left - 1) : room.left + width + 1] = True
            trial = left.copy()
            trial[room.nodes] = False
            if free[room.nodes].all() and trial.any() and ndimage.label(trial)[1] == 1:
                rooms.append(room)
                gates += [out] if gate else []
                free &= ~around
                left = trial
                break
        else:
            raise BuildError(
                f"only {number} of {len(sizes)} rooms fit into this maze; ask for fewer or make the map larger"
            )
    return rooms, gates


def _nearest(
    places: Iterator[tuple[Room, Door]], shape: tuple[int, ...], side: str
) -> Iterator[tuple[Room, Door]]:  # fmt: skip
    """Yield places for a room, those nearest to a side or to the centre first."""
    east, north = (0, 0) if side == "centre" else side_vector(side)

    def rank(place: tuple[Room, Door]) -> float:
        room = place[0]
        x = (2 * room.left + room.width) / shape[1] - 1
        y = 1 - (2 * room.top + room.height) / shape[0]
        return math.hypot(x, y) if side == "centre" else -(east * x + north * y)

    yield from sorted(places, key=rank)


def _candidates(
    domain: BoolArray, height: int, width: int, side: str, rng: np.random.Generator
) -> Iterator[tuple[Room, Door]]:
    """Yield places for a room in a random order; those of a gate lie at a side of the domain."""
    rows, cols = domain.shape
    if not side:
        for _ in range(TRIES):
            if height > rows or width > cols:
                return
            r, c = int(rng.integers(rows - height + 1)), int(rng.integers(cols - width + 1))
            yield Room(r, c, height, width), (r, c, 0, 0)
        return
    east, north = side_vector(side)
    turned = domain.T if east else domain
    flipped = turned[::-1] if (east or -north) > 0 else turned  # the side comes first
    deep, across = (width, height) if east else (height, width)
    first = np.where(flipped.any(axis=0), flipped.argmax(axis=0), flipped.shape[0])
    order = rng.permutation(max(0, flipped.shape[1] - across + 1))
    for k in order[np.argsort(np.abs(order + across / 2 - flipped.shape[1] / 2) > flipped.shape[1] / 3, kind="stable")]:
        d = int(first[k : k + across].max())
        middle = int(k) + across // 2
        if d + deep > flipped.shape[0] or first[middle] != d:
            continue
        if (east or -north) > 0:
            top, node = flipped.shape[0] - d - deep, flipped.shape[0] - 1 - d
        else:
            top, node = d, d
        if east:
            yield Room(int(k), top, height, width), (middle, node, 0, east)
        else:
            yield Room(top, int(k), height, width), (node, middle, -north, 0)


def _place_doors(
    nodes: BoolArray, rooms: list[Room], gates: int, each: int, rng: np.random.Generator
) -> list[Door]:  # fmt: skip
    """Return ways from passages into rooms: one for those of a gate, ``each`` for the others where they have room."""
    doors: list[Door] = []
    for number, room in enumerate(rooms):
        around = [
            (r, c, dr, dc)
            for dr, dc in ((1, 0), (-1, 0), (0, 1), (0, -1))
            for r, c in _beside(room, dr, dc)
            if 0 <= r < nodes.shape[0] and 0 <= c < nodes.shape[1] and nodes[r, c]
        ]
        chosen: list[Door] = []
        for k in rng.permutation(len(around)).tolist():
            r, c, _, _ = around[k]
            apart = all(abs(r - i) + abs(c - j) > 1 for i, j, *_ in chosen)
            if apart and len(chosen) < (each if number >= gates else 1):
                chosen.append(around[k])
        doors += chosen
    return doors


def _beside(room: Room, dr: int, dc: int) -> list[tuple[int, int]]:
    """Return the nodes from which a step ``(dr, dc)`` leads into a room."""
    if dr:
        r = room.top - 1 if dr > 0 else room.top + room.height
        return [(r, room.left + k) for k in range(room.width)]
    c = room.left - 1 if dc > 0 else room.left + room.width
    return [(room.top + k, c) for k in range(room.height)]


def draw_maze(lattice: Lattice, plan: MazePlan, doors: bool) -> Drawing:
    """Draw passages, rooms, doors and gates, and one cell of wall around all of them."""
    cell = np.full((lattice.rows, lattice.cols), ROCK, dtype=np.uint8)
    ids = np.zeros(cell.shape, dtype=np.int32)
    r0, c0 = lattice.first()
    rows, cols = plan.nodes.shape
    pitch, node = lattice.pitch, lattice.node
    for dr in range(pitch):
        for dc in range(pitch):
            if dr == node and dc == node:
                continue
            dug = plan.nodes if dr < node and dc < node else plan.links[0] if dc == node else plan.links[1]
            part = cell[r0 + dr :: pitch, c0 + dc :: pitch][:rows, :cols]
            part[dug[: part.shape[0], : part.shape[1]]] = CORRIDOR
    for number, room in enumerate(plan.rooms, start=1):
        r, c = lattice.cell_of((room.top, room.left))
        place = slice(r, r + room.height * pitch - 1), slice(c, c + room.width * pitch - 1)
        cell[place], ids[place] = FLOOR, number
    leaves = []
    middle = (node - 1) // 2
    for r, c, dr, dc in plan.doors:
        gap = _gap(lattice, r, c, dr, dc)
        into = ids[lattice.cell_of((r + dr, c + dc))]
        if doors and (plan.rooms[into - 1].height > 1 or plan.rooms[into - 1].width > 1):
            leaf = (gap[0].start, gap[1].start + middle) if dr else (gap[0].start + middle, gap[1].start)
            cell[leaf] = DOOR
            leaves.append((*leaf, bool(dc)))
        else:
            cell[gap] = CORRIDOR
    for r, c, dr, dc in plan.gates:
        gap = _gap(lattice, r, c, dr, dc)
        ids[gap] = ids[lattice.cell_of((r, c))]
        cell[gap] = FLOOR
    cell = walled(cell)
    for r, c, dr, dc in plan.gates:  # what was walled up beyond them
        rows, cols = _gap(lattice, r, c, dr, dc)
        cell[rows.start + dr : rows.stop + dr, cols.start + dc : cols.stop + dc] = ROCK
    return Drawing(cell, ids, leaves)


def _gap(lattice: Lattice, r: int, c: int, dr: int, dc: int) -> tuple[slice, slice]:
    """Return the cells of wall between a node and the one beyond."""
    i, j = lattice.cell_of((r, c))
    node = lattice.node
    if dr:
        i = i + node if dr > 0 else i - 1
        return slice(i, i + 1), slice(j, j + node)
    j = j + node if dc > 0 else j - 1
    return slice(i, i + node), slice(j, j + 1)
