"""Where rooms go on a lattice of nodes: scattered, or by halving the ground (binary space partition).

A node is as wide as a corridor; between neighbouring nodes lies one wall. A room covers a rectangle of nodes and the
walls between them, so whatever is drawn on nodes never touches diagonally and never opens into anything by accident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

BoolArray = NDArray[np.bool_]

CANDIDATES = 4
"""Places tried for a scattered room, of which the one farthest from the others is taken (Mitchell 1991)."""


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangle of nodes: its first row and column, and how many of each."""

    top: int
    left: int
    height: int
    width: int

    @property
    def nodes(self) -> tuple[slice, slice]:
        """Index of its nodes."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    @property
    def centre(self) -> tuple[float, float]:
        """Row and column of its middle."""
        return self.top + (self.height - 1) / 2, self.left + (self.width - 1) / 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """Fewest and most nodes along a side of a room."""

    least: int
    most: int

    def shrunk(self, share: float) -> Sizes:
        """Return the sizes with the upper end moved to a share of the span."""
        return Sizes(self.least, self.least + round((self.most - self.least) * share))


def place_rooms(
    domain: BoolArray, count: int, sizes: Sizes, algorithm: str, spacing: float, rng: np.random.Generator
) -> list[Room]:
    """Return ``count`` rooms, or as many as fit if that is less.

    Ever tighter attempts are made, the last one packing rooms of the smallest size wall to wall; what it cannot hold
    does not fit.

    Parameters
    ----------
    domain : ndarray
        ``(rows, cols) bool`` connected nodes that may be used.
    algorithm : {"scattered", "bsp"}
        How they are laid out.
    spacing : float
        Widest usual distance between rooms in nodes; a few rooms on a large map stay together.
    """
    near = _window(domain, count, (sizes.least + sizes.most) / 2 + spacing)
    most: list[Room] = []
    for seed, (ground, share, gap) in zip(rng.integers(2**32, size=8), _attempts(domain, near), strict=False):
        dice = np.random.Generator(np.random.PCG64(int(seed)))
        make = _halved if algorithm == "bsp" else _scattered
        rooms = make(ground, count, sizes.shrunk(share), gap, dice)
        if len(rooms) == count:
            return rooms
        most = max(most, rooms, key=len)
    packed = _packed(domain, sizes.least)
    if len(packed) >= count:
        chosen = rng.permutation(len(packed))[:count]
        return [packed[k] for k in sorted(chosen.tolist())]
    return max(most, packed, key=len)


def _attempts(domain: BoolArray, near: BoolArray) -> Iterator[tuple[BoolArray, float, int]]:
    """Yield ground, share of the sizes and gap in nodes, from roomy to tight."""
    yield from ((near, 1.0, 1), (near, 0.5, 1), (domain, 1.0, 1), (domain, 0.5, 1), (domain, 0.0, 1), (domain, 0.0, 0))


def _window(domain: BoolArray, count: int, pitch: float) -> BoolArray:
    """Return the part of the domain within the smallest square about its middle that gives every room its pitch²."""
    needed = min(count * pitch * pitch, float(domain.sum()))
    rows, cols = np.nonzero(domain)
    middle = np.array([(rows.min() + rows.max()) / 2, (cols.min() + cols.max()) / 2])
    if not domain[tuple(np.round(middle).astype(int))]:
        middle = np.array(np.unravel_index(ndimage.distance_transform_edt(np.pad(domain, 1)).argmax(), domain.shape))
    away = np.maximum(np.abs(rows - middle[0]), np.abs(cols - middle[1]))
    reach = np.sort(away)[int(np.ceil(needed)) - 1]
    inside = np.zeros_like(domain)
    inside[rows[away <= reach], cols[away <= reach]] = True
    return largest_part(inside)


def largest_part(mask: BoolArray) -> BoolArray:
    """Return the largest 4-connected part of a mask."""
    labels, count = ndimage.label(mask)
    return mask if count < 2 else np.asarray(labels == int(np.bincount(labels.ravel())[1:].argmax()) + 1)


def _fits(free: BoolArray, height: int, width: int) -> BoolArray:
    """``(rows - height + 1, cols - width + 1)`` whether a room with its first node there finds only free nodes."""
    if height > free.shape[0] or width > free.shape[1]:
        return np.zeros((0, 0), dtype=bool)
    total = np.pad(np.cumsum(np.cumsum(~free, axis=0, dtype=np.int32), axis=1, dtype=np.int32), ((1, 0), (1, 0)))
    blocked = total[height:, width:] - total[:-height, width:] - total[height:, :-width] + total[:-height, :-width]
    return np.asarray(blocked == 0)


def _drawn(sizes: Sizes, rng: np.random.Generator) -> tuple[int, int]:
    """Return height and width, never longer than twice the other side."""
    a, b = (sizes.least + int(u * (sizes.most - sizes.least + 1)) for u in rng.random(2))
    return min(a, 2 * b), min(b, 2 * a)


def _scattered(domain: BoolArray, count: int, sizes: Sizes, gap: int, rng: np.random.Generator) -> list[Room]:
    """Drop rooms one by one where they fit, each at the most remote of a few places; smaller where none fits."""
    free, rooms = domain.copy(), list[Room]()
    for _ in range(count):
        height, width = _drawn(sizes, rng)
        places = np.argwhere(_fits(free, height, width))
        if not len(places):
            height = width = sizes.least
            places = np.argwhere(_fits(free, height, width))
        if not len(places):
            break
        tried = places[rng.integers(len(places), size=CANDIDATES)]
        room = max((Room(int(r), int(c), height, width) for r, c in tried), key=lambda one: _remoteness(one, rooms))
        rooms.append(room)
        free[max(room.top - gap, 0) : room.top + height + gap, max(room.left - gap, 0) : room.left + width + gap] = (
            False
        )
    return rooms


def _remoteness(room: Room, others: list[Room]) -> float:
    if not others:
        return 0.0
    (r, c), centres = room.centre, np.array([o.centre for o in others])
    return float(np.hypot(centres[:, 0] - r, centres[:, 1] - c).min())


@dataclass(frozen=True, slots=True)
class _Leaf:
    room: Room
    """The ground of the leaf, which its room may fill."""
    order: int


def _halved(domain: BoolArray, count: int, sizes: Sizes, gap: int, rng: np.random.Generator) -> list[Room]:
    """Halve the largest piece of ground until there is one for every room, then build a room into each."""
    fits = _fits(domain, sizes.least, sizes.least)
    rows, cols = np.nonzero(domain)
    top, left = int(rows.min()), int(cols.min())
    leaves = [_Leaf(Room(top, left, int(rows.max()) - top + 1, int(cols.max()) - left + 1), 0)]
    if not fits.any():
        return []
    closed: list[_Leaf] = []
    while leaves and len(leaves) + len(closed) < count:
        largest = max(leaves, key=lambda leaf: (leaf.room.height * leaf.room.width, -leaf.order))
        leaves.remove(largest)
        halves = _split(largest.room, fits, sizes.least, gap, rng)
        if halves is None:
            closed.append(largest)
        else:
            leaves += [_Leaf(half, largest.order * 2 + k + 1) for k, half in enumerate(halves)]
    ground = sorted(leaves + closed, key=lambda leaf: (leaf.room.top, leaf.room.left))
    return [_built(leaf.room, domain, sizes, rng) for leaf in ground]


def _split(ground: Room, fits: BoolArray, least: int, gap: int, rng: np.random.Generator) -> tuple[Room, Room] | None:
    """Cut a piece in two, each with a place for a room; near the middle and across the longer side if possible."""
    share, coin = rng.uniform(0.36, 0.64), rng.random()
    tall = ground.height > ground.width * (0.8 + 0.45 * coin)
    for across in (tall, not tall):
        side = ground.height if across else ground.width
        cuts = np.arange(least, side - gap - least + 1)
        for cut in cuts[np.argsort(np.abs(cuts - share * (side - gap)), kind="stable")].tolist():
            rest = side - gap - cut
            if across:
                halves = (
                    Room(ground.top, ground.left, cut, ground.width),
                    Room(ground.top + cut + gap, ground.left, rest, ground.width),
                )
            else:
                halves = (
                    Room(ground.top, ground.left, ground.height, cut),
                    Room(ground.top, ground.left + cut + gap, ground.height, rest),
                )
            if all(_holds(half, fits, least) for half in halves):
                return halves
    return None


def _holds(ground: Room, fits: BoolArray, least: int) -> bool:
    r, c = ground.top, ground.left
    return bool(fits[r : r + ground.height - least + 1, c : c + ground.width - least + 1].any())


def _built(ground: Room, domain: BoolArray, sizes: Sizes, rng: np.random.Generator) -> Room:
    """Return a room that fills most of a piece of ground."""
    wish = rng.uniform(0.65, 1.0, 2) * (ground.height, ground.width)
    height, width = (int(np.clip(round(float(w)), sizes.least, sizes.most)) for w in wish)
    height, width = min(height, 2 * width), min(width, 2 * height)
    inside = domain[ground.nodes]
    while True:
        places = np.argwhere(_fits(inside, height, width))
        if len(places):
            r, c = places[rng.integers(len(places))].tolist()
            return Room(ground.top + r, ground.left + c, height, width)
        height, width = max(height - 1, sizes.least), max(width - 1, sizes.least)


def _packed(domain: BoolArray, least: int) -> list[Room]:
    """Lay rooms of the smallest size wall to wall, row by row."""
    free, rooms = domain.copy(), list[Room]()
    for r, c in np.argwhere(_fits(domain, least, least)).tolist():
        room = Room(r, c, least, least)
        if free[room.nodes].all():
            free[room.nodes] = False
            rooms.append(room)
    return rooms
