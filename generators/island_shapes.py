"""Outlines that islands and lakes may be asked for, and the places where such shapes fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pcgstudio.world import FloatArray, Grid

Doubles = NDArray[np.float64]
Outline = Literal["natural", "round", "oval", "long", "crescent"]
Axis = Literal["any", "north-south", "east-west", "northeast-southwest", "northwest-southeast"]
Sizes = Literal["natural", "alike", "mixed", "one_large"]

OUTLINE_WORDS: dict[str, tuple[str, ...]] = {
    "round": ("round", "circular", "disc shaped", "disk shaped"),
    "oval": ("oval", "elliptical", "egg shaped"),
    "long": ("long", "elongated", "thin", "narrow", "slender", "stretched"),
    "crescent": ("crescent", "crescent shaped", "curved", "banana shaped", "horseshoe", "horseshoe shaped",
                 "bow shaped", "half moon", "half moon shaped"),
}  # fmt: skip
AXIS_WORDS = {name: (name.replace("-", " "),) for name in get_args(Axis) if name != "any"}
SIZE_WORDS: dict[str, tuple[str, ...]] = {
    "alike": ("alike", "equal", "equally sized", "equal size", "equal sized", "same size", "same sized",
              "similar size", "similar sized", "identical"),
    "mixed": ("different sizes", "varied", "mixed", "mixed sizes", "various sizes", "varying sizes", "varied sizes",
              "unequal", "different sized", "differently sized"),
    "one_large": ("one large and several small", "one big and several small", "one large and some small",
                  "one large among small"),
}  # fmt: skip

STRETCH: dict[str, tuple[float, float]] = {"oval": (1.5, 1.8), "long": (3.0, 3.5)}
"""Length over width, from and to."""
LEAST_STRETCH = 2.75
"""Length over width of what still looks long, where nothing longer fits."""
LARGEST_BY = 2.4
"""How many times as large as the smallest (mixed) or the second (one large) the largest is meant to be."""

_ANGLES = {"east-west": 0.0, "northeast-southwest": 0.25, "north-south": 0.5, "northwest-southeast": 0.75}
_MOON, _BITE, _SHIFT = 1.437, 0.8, 0.5  # radius of a crescent of area pi; its bite and how far that is shifted
_OFF = 0.195  # from the middle of a crescent to that of the disc it is cut from, in radii of the disc
_CLEARLY = 0.8  # of the intended difference of sizes that must be there in the end
_SLACK = 0.04  # of the radius, for shores that wander
_TURNS, _PLACES, _ROUNDS, _POINTS, _LATTICE = 8, 240, 3, 40, 96


@dataclass(frozen=True)
class Shape:
    """An island's plan.

    Parameters
    ----------
    outline : str
        Not ``natural``.
    x, y, radius : float
        Its middle, and the radius of a disc as large [m].
    turn : float
        Direction of its long axis, counterclockwise from east [rad].
    stretch : float
        Length over width.
    """

    outline: str
    x: float
    y: float
    radius: float
    turn: float
    stretch: float = 1.0

    def inside_m(self, x: ArrayLike, y: ArrayLike) -> FloatArray:
        """Return how far points lie inside [m], about; negative outside."""
        east, north = np.asarray(x) - np.float32(self.x), np.asarray(y) - np.float32(self.y)
        along = np.float32(np.cos(self.turn)) * east + np.float32(np.sin(self.turn)) * north
        across = np.float32(np.cos(self.turn)) * north - np.float32(np.sin(self.turn)) * east
        if self.outline == "crescent":
            full = np.float32(_MOON * self.radius)
            # Shifted, so that the shape and not the disc it is cut from lies about its centre.
            across = across + np.float32(_OFF) * full
            bite = np.hypot(along, across + np.float32(_SHIFT) * full) - np.float32(_BITE) * full
            return np.asarray(np.minimum(full - np.hypot(along, across), bite), dtype=np.float32)
        root = np.float32(np.sqrt(self.stretch))
        off = np.hypot(along / root, across * root)
        return np.asarray((np.float32(self.radius) - off) / root, dtype=np.float32)

    def hull_m(self, x: ArrayLike, y: ArrayLike) -> FloatArray:
        """Return how far points lie inside its convex hull [m], about: a crescent's bay is its own."""
        if self.outline != "crescent":
            return self.inside_m(x, y) * np.float32(np.sqrt(self.stretch))
        x0, y0 = self._beside(-_OFF)
        away = np.hypot(np.asarray(x) - np.float32(x0), np.asarray(y) - np.float32(y0))
        return np.asarray(np.float32(_MOON * self.radius) - away, dtype=np.float32)

    def heart(self) -> Doubles:
        """``(2,)`` x, y [m] of a place well inside: the middle, or the back of a crescent."""
        back = (1 + _BITE - _SHIFT) / 2 - _OFF
        return np.array([self.x, self.y]) if self.outline != "crescent" else self._beside(back)

    def _beside(self, share: float) -> Doubles:
        """``(2,)`` x, y [m] of a place beside a crescent's centre, in radii of its outer edge."""
        side = np.array([-np.sin(self.turn), np.cos(self.turn)])
        return np.asarray([self.x, self.y] + share * _MOON * self.radius * side)

    def rim(self) -> Doubles:
        """``(n, 2)`` points of its outer edge, x and y [m]."""
        angle = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)
        along, across = np.cos(angle) * np.sqrt(self.stretch), np.sin(angle) / np.sqrt(self.stretch)
        if self.outline == "crescent":
            along, across = _MOON * np.cos(angle), _MOON * np.sin(angle)
            kept = np.hypot(along, across + _SHIFT * _MOON) >= 0.98 * _BITE * _MOON
            along, across = along[kept], across[kept] - _OFF * _MOON
        way, side = np.array([np.cos(self.turn), np.sin(self.turn)]), np.array([-np.sin(self.turn), np.cos(self.turn)])
        return np.asarray([self.x, self.y] + self.radius * (along[:, None] * way + across[:, None] * side))


def weights(sizes: str, count: int, rng: np.random.Generator) -> Doubles:
    """``(count,)`` sizes that people call alike, mixed or one large among small ones, largest first, adding up to 1."""
    dice = np.sort(rng.uniform(-1, 1, count))[::-1]
    if sizes == "mixed":
        # Evenly between the ends, so that no two of a few come out alike.
        own = np.exp(np.log(LARGEST_BY * 1.25) * (np.linspace(1, 0, count) + 0.25 * dice / max(count, 2)))
    elif sizes == "one_large":
        own = 1 + 0.15 * dice
        own[0] = max(LARGEST_BY * own[1:].max(initial=0), 0.3 * float(own[1:].sum()))
    else:
        own = 1 + 0.04 * dice
    return np.asarray(own / own.sum())


def differ(counts: NDArray[np.integer], sizes: str) -> bool:
    """Whether cells of several masses differ as clearly as was asked for."""
    largest, *rest = sorted(counts.tolist(), reverse=True)
    against = {"mixed": rest[-1:], "one_large": rest[:1]}.get(sizes, [])
    return not against or largest >= _CLEARLY * LARGEST_BY * against[0]


def placed(
    grid: Grid,
    room_m: FloatArray,
    radii: Doubles,
    outline: str,
    axis: str,
    gap_m: float,
    rng: np.random.Generator,
    stretch: float | None = None,
) -> list[Shape] | None:
    """Lay shapes out so that none comes near the rim or another, or return None where they do not fit.

    Parameters
    ----------
    grid : Grid
        The lattice of ``room_m``.
    room_m : ndarray
        ``(rows, cols) float32`` distance to what a shape must not touch, less what must stay free [m].
    radii : ndarray
        ``(n,)`` radius of a disc as large as each shape [m].
    gap_m : float
        Least width of a strait [m].
    stretch : float, optional
        Length over width, where that was told.
    """
    coarse = Grid.over(grid.extent_m, _LATTICE)
    x, y = (a.ravel() for a in np.meshgrid(coarse.xs(), coarse.ys()))
    room = grid.sample(room_m, np.column_stack([x, y])).astype(np.float32)
    span = float(np.sqrt((room > 0).sum() * coarse.cell_area_m2))
    turns = directions(axis, outline, rng)
    dice = rng.uniform(0, 1, (len(radii), _PLACES, 3))
    drawn = shapes_of(radii, outline, rng)
    if stretch is not None and outline in STRETCH:
        drawn = [replace(one, stretch=stretch) for one in drawn]
    for shrink in (1.0, 0.9, 0.8) if outline == "long" and stretch is None else (1.0,):
        plump = [replace(one, stretch=max(one.stretch * shrink, min(LEAST_STRETCH, one.stretch))) for one in drawn]
        found = _laid_out(coarse, room, plump, turns, gap_m, span, dice)
        if found is not None:
            return found
    return None


def shapes_of(radii: Doubles, outline: str, rng: np.random.Generator) -> list[Shape]:
    """Return shapes of an outline, as large as discs of the radii [m], that have no place yet."""
    low, high = STRETCH.get(outline, (1.0, 1.0))
    stretches = low + (high - low) * rng.uniform(0, 1, len(radii))
    return [Shape(outline, 0, 0, float(r), 0, float(s)) for r, s in zip(radii, stretches, strict=True)]


def directions(axis: str, outline: str, rng: np.random.Generator) -> Doubles:
    """Return the directions to try [rad]; a crescent may open to both sides of its axis."""
    start = rng.uniform(0, np.pi)
    if outline == "round":
        return np.zeros(1)
    if axis == "any":
        return np.asarray(start + np.arange(_TURNS) * (2 if outline == "crescent" else 1) * np.pi / _TURNS)
    straight = _ANGLES[axis] * np.pi + np.array([-0.07, 0.0, 0.07])
    return np.concatenate([straight, straight + np.pi]) if outline == "crescent" else straight


def _laid_out(
    coarse: Grid, room: FloatArray, drawn: list[Shape], turns: Doubles, gap_m: float, span: float, dice: Doubles
) -> list[Shape] | None:
    x, y = (a.ravel() for a in np.meshgrid(coarse.xs(), coarse.ys()))
    away = np.full((len(drawn), x.size), np.inf, np.float32)
    shapes, worth = list(drawn), np.zeros(len(drawn))
    for turn in range(_ROUNDS if len(drawn) > 1 else 1):
        for i, one in enumerate(shapes):
            away[i] = np.inf
            free = np.minimum(room, away.min(axis=0) - np.float32(gap_m)).reshape(coarse.shape)
            shapes[i], worth[i] = _best(coarse, free, one, turns, span, np.roll(dice[i], turn * 40, axis=0))
            away[i] = -shapes[i].hull_m(x, y)
        if (worth > 0).all():
            return shapes
    return None


def _best(
    coarse: Grid, free: FloatArray, one: Shape, turns: Doubles, span: float, dice: Doubles
) -> tuple[Shape, float]:
    """Return a shape at the best of its places and turns, with the room it has left there [m]."""
    middle = np.array(coarse.extent_m) / 2
    spots = np.concatenate([[middle], dice[:, :2] * coarse.extent_m])
    # Near the middle more places than elsewhere: a large shape fits nowhere else.
    spots = np.concatenate([spots, middle + (spots[1:] - middle) * 0.3])
    whim = np.concatenate([[0.0], dice[:, 2], dice[:, 2]]) * 0.02 * span
    best, most, left = one, -np.inf, -np.inf
    for turn in turns.tolist():
        least = _room_around(coarse, free, replace(one, x=0.0, y=0.0, turn=turn), spots)
        score = np.minimum(least, 0.05 * span) + np.where(least > 0, whim, 0)
        at = int(np.argmax(score))
        if score[at] > most:
            best = replace(one, x=float(spots[at, 0]), y=float(spots[at, 1]), turn=turn)
            most, left = float(score[at]), float(least[at])
    return best, left


def _room_around(coarse: Grid, free: FloatArray, one: Shape, spots: Doubles) -> Doubles:
    """``(n,)`` least room [m] along the rim and in the middle of a shape at each of the spots; none off the map."""
    points = np.concatenate([(spots[:, None] + one.rim()[None]).reshape(-1, 2), spots])
    within = ((points >= 0) & (points <= coarse.extent_m)).all(axis=1)
    room = np.where(within, coarse.sample(free, points), -np.inf)
    return np.asarray(np.minimum(room[: -len(spots)].reshape(len(spots), -1).min(axis=1), room[-len(spots) :]))


def best_place(
    coarse: Grid, free: FloatArray, one: Shape, turns: Doubles, spots: Doubles, worth: FloatArray
) -> Shape | None:
    """Return a shape at the worthiest of the spots ``(n, 2)`` [m] where it fits, turned to its most room, or None."""
    if not len(spots):
        return None
    rooms = np.stack([_room_around(coarse, free, replace(one, x=0.0, y=0.0, turn=t), spots) for t in turns.tolist()])
    fits = rooms.max(axis=0) > _SLACK * one.radius
    at = int(np.argmax(np.where(fits, worth, -np.inf)))
    turn = float(turns[int(np.argmax(rooms[:, at]))])
    return replace(one, x=float(spots[at, 0]), y=float(spots[at, 1]), turn=turn) if fits[at] else None


def field_of(shapes: Sequence[Shape], x: FloatArray, y: FloatArray) -> tuple[FloatArray, NDArray[np.int16], FloatArray]:
    """Return how far cells lie inside the nearest shape [m], its number, and its lead over the next one [m]."""
    best = np.full(x.shape, -np.inf, np.float32)
    second, owner = best.copy(), np.zeros(x.shape, np.int16)
    for number, one in enumerate(shapes):
        inside = one.inside_m(x, y)
        first = inside > best
        second = np.where(first, best, np.maximum(second, inside))
        owner[first] = number
        best = np.where(first, inside, best)
    return best, owner, np.asarray(best - second, dtype=np.float32)
