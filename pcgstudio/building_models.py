"""Low-poly models of what people build: houses, churches, towers, gates and bridges.

They are drawn in metres with the front at +x and scaled to one unit of height with the other models. Walls and roofs
are closed solids; doors, windows and timbers are single faces a hand's breadth before the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .world import FloatArray

Geometry = tuple[FloatArray, NDArray[np.int32]]
Pieces = list[tuple[str, Geometry]]
Point = tuple[float, float, float]

PROUD = 0.05
"""How far doors and windows stand before the wall [m]."""

DECK = 0.8
"""Height of a bridge's deck as a share of its whole height."""


def extruded(profile: Sequence[tuple[float, float]], caps: Sequence[tuple[int, int, int]], y0: float, y1: float,
             along: str = "y") -> Geometry:  # fmt: skip
    """Return a closed solid: a profile of points (x, z) drawn out from ``y0`` to ``y1``, or along x with ``along``."""
    flat = np.array(profile, dtype=np.float64)
    count = len(flat)
    points = np.concatenate([np.column_stack([flat[:, 0], np.full(count, y), flat[:, 1]]) for y in (y0, y1)])
    if along == "x":
        points = points[:, [1, 0, 2]]
    here = np.arange(count)
    after = (here + 1) % count
    cap = np.array(caps)
    faces = np.concatenate([
        np.stack([here, after, after + count], 1), np.stack([here, after + count, here + count], 1),
        cap[:, ::-1], cap + count,
    ])  # fmt: skip
    return oriented(points, faces)


def oriented(points: NDArray[np.float64], faces: NDArray[np.int64]) -> Geometry:
    """Return a closed solid with its faces turned outward."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    if float(np.einsum("ij,ij->", a, np.cross(b, c))) < 0:
        faces = faces[:, ::-1]
    return points.astype(np.float32), faces.astype(np.int32)


def box(low: Point, high: Point) -> Geometry:
    """Return a box between two corners."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    return extruded([(x0, z0), (x1, z0), (x1, z1), (x0, z1)], [(0, 1, 2), (0, 2, 3)], y0, y1)


def column(sides: int, rings: Sequence[tuple[float, float]], x: float = 0.0, y: float = 0.0) -> Geometry:
    """Return a closed round body of rings (radius, z) from the foot up."""
    angle = (np.arange(sides) + 0.5) * 2 * np.pi / sides
    points = np.concatenate([
        np.column_stack([x + r * np.cos(angle), y + r * np.sin(angle), np.full(sides, z)]) for r, z in rings
    ])  # fmt: skip
    here = np.arange(sides)
    after = (here + 1) % sides
    faces = []
    for k in range(len(rings) - 1):
        a, b = k * sides, (k + 1) * sides
        faces += [np.stack([a + here, a + after, b + after], 1), np.stack([a + here, b + after, b + here], 1)]
    fan = np.stack([np.zeros(sides - 2, int), np.arange(1, sides - 1), np.arange(2, sides)], 1)
    faces += [fan[:, ::-1], fan + (len(rings) - 1) * sides]
    return oriented(points, np.concatenate(faces))


def panel(side: str, at: float, low: tuple[float, float], high: tuple[float, float]) -> Geometry:
    """Return an upright face before a wall on side ``+x``, ``-x``, ``+y`` or ``-y`` at ``at``, across and up."""
    sign = 1.0 if side[0] == "+" else -1.0
    (u0, z0), (u1, z1) = low, high
    place = at + sign * PROUD
    if side[1] == "x":
        points = [(place, u0, z0), (place, u1, z0), (place, u1, z1), (place, u0, z1)]
        turned = sign > 0
    else:
        points = [(u0, place, z0), (u1, place, z0), (u1, place, z1), (u0, place, z1)]
        turned = sign < 0
    faces = [(0, 1, 2), (0, 2, 3)] if turned else [(0, 2, 1), (0, 3, 2)]
    return np.array(points, dtype=np.float32), np.array(faces, dtype=np.int32)


def gabled(half_x: float, half_y: float, eave: float, ridge: float, over: float = 0.45, *, along: str = "y",
           wall: str = "plaster", roof: str = "roof", base: float = 0.0) -> Pieces:  # fmt: skip
    """Return walls up into both gables and a roof of two slabs that stand over; the ridge runs along y or x."""
    across, length = (half_x, half_y) if along == "y" else (half_y, half_x)
    body = [(-across, base), (across, base), (across, eave), (0.0, ridge - 0.12), (-across, eave)]
    fall = (ridge - eave) / across
    low, wide, thick = eave - over * fall, across + over, 0.3
    slabs = [
        (-wide, low),
        (0.0, ridge),
        (wide, low),
        (wide, low + thick),
        (0.0, ridge + thick * 1.25),
        (-wide, low + thick),
    ]
    return [
        (wall, extruded(body, [(0, 1, 2), (0, 2, 4), (2, 3, 4)], -length, length, along)),
        (roof, extruded(slabs, [(0, 1, 4), (0, 4, 5), (1, 2, 3), (1, 3, 4)], -length - over, length + over, along)),
    ]


def hipped(half_x: float, half_y: float, eave: float, top: float, over: float = 0.45) -> Geometry:  # fmt: skip
    """Return a closed roof that falls to all four sides."""
    x, y = half_x + over, half_y + over
    base = [(-x, -y, eave), (x, -y, eave), (x, y, eave), (-x, y, eave)]
    long = abs(x - y)
    if long < 0.05:
        points, faces = [*base, (0, 0, top)], [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]
    elif x > y:
        points = [*base, (-long, 0, top), (long, 0, top)]
        faces = [(0, 1, 5), (0, 5, 4), (1, 2, 5), (2, 3, 4), (2, 4, 5), (3, 0, 4)]
    else:
        points = [*base, (0, -long, top), (0, long, top)]
        faces = [(0, 1, 4), (1, 2, 5), (1, 5, 4), (2, 3, 5), (3, 0, 4), (3, 4, 5)]
    return oriented(np.array(points, dtype=np.float64), np.array([*faces, (3, 2, 1), (3, 1, 0)]))


def windows(half_x: float, half_y: float, sills: Sequence[float], front: int, flank: int, width: float = 0.9,
            high: float = 1.15, door: bool = True, material: str = "window") -> Pieces:  # fmt: skip
    """Return rows of windows on all sides; at the ground floor the middle of the front is left to the door."""
    pieces: Pieces = []
    for row, sill in enumerate(sills):
        for side, at, half, many in (("+x", half_x, half_y, front), ("-x", -half_x, half_y, front),
                                     ("+y", half_y, half_x, flank), ("-y", -half_y, half_x, flank)):  # fmt: skip
            for k in range(many):
                u = -half + (k + 0.5) * 2 * half / many
                if row == 0 and side == "+x" and door and abs(u) < width:
                    continue
                pieces.append((material, panel(side, at, (u - width / 2, sill), (u + width / 2, sill + high))))
    return pieces


def _front_door(at: float, width: float = 1.2, high: float = 2.2, y: float = 0.0) -> Pieces:
    frame = panel("+x", at, (y - width / 2 - 0.18, 0.0), (y + width / 2 + 0.18, high + 0.2))
    leaf = panel("+x", at + PROUD, (y - width / 2, 0.0), (y + width / 2, high))
    return [("door_frame", frame), ("door", leaf)]


def _chimney(x: float, y: float, low: float, high: float) -> Pieces:
    return [("brick", box((x - 0.4, y - 0.4, low), (x + 0.4, y + 0.4, high)))]


_LOOKS = (("plaster", "roof"), ("plaster_warm", "roof_brown"), ("plaster", "roof_dark"), ("plaster_cool", "roof"))
"""Materials of walls and roof, one pair a variant: the dice of a model differ by variant only."""


def _look(rng: np.random.Generator) -> tuple[str, str, bool]:
    walls, roof = _LOOKS[int(rng.integers(len(_LOOKS)))]
    return walls, roof, bool(rng.random() < 0.6)


def _cottage(rng: np.random.Generator) -> Pieces:
    walls, _, smokes = _look(rng)
    roof = ("thatch", "roof_brown", "thatch", "roof")[int(rng.integers(4))]
    y = float(rng.uniform(-2.4, -1.4))
    pieces = gabled(3.0, 4.4, 2.5, 6.0, 0.5, wall=walls, roof=roof) + _front_door(3.0, y=y * 0.3)
    pieces += [("window", panel(s, a, (u, 0.9), (u + 0.9, 1.9))) for s, a in (("+x", 3.0), ("-x", -3.0))
               for u in (-3.2, 2.2)]  # fmt: skip
    pieces += [("window", panel(s, a, (-0.45, 3.0), (0.45, 3.9))) for s, a in (("+y", 4.4), ("-y", -4.4))]
    return pieces + (_chimney(0.0, 2.9, 4.2, 6.9) if smokes or y < -1.6 else [])


def _house(rng: np.random.Generator) -> Pieces:
    walls, roof, smokes = _look(rng)
    pieces = gabled(4.0, 5.2, 5.2, 8.6, 0.5, wall=walls, roof=roof) + _front_door(4.0)
    pieces += windows(4.0, 5.2, (0.9, 3.5), 3, 2)
    return pieces + (_chimney(-0.6, float(rng.choice([-3.4, 3.4])), 6.5, 9.7) if smokes else [])


def _townhouse(rng: np.random.Generator) -> Pieces:
    walls, roof, smokes = _look(rng)
    pieces = gabled(5.2, 3.0, 7.4, 11.6, 0.25, along="x", wall=walls, roof=roof) + _front_door(5.2, y=-1.4)
    pieces += [*windows(5.2, 3.0, (3.6, 6.0), 2, 0, door=False), ("window", panel("+x", 5.2, (0.3, 0.9), (1.9, 2.2)))]
    pieces += [("timber", panel("+x", 5.2, (-3.0, z), (3.0, z + 0.22))) for z in (2.9, 5.4, 7.5)]
    pieces += [("window", panel("+x", 5.2, (-0.4, 8.4), (0.4, 9.4)))]
    return pieces + (_chimney(-2.6, 1.2, 9.0, 12.4) if smokes else [])


def _hip_house(rng: np.random.Generator) -> Pieces:
    walls, roof, smokes = _look(rng)
    pieces: Pieces = [(walls, box((-4.5, -5.5, 0.0), (4.5, 5.5, 5.6))), (roof, hipped(4.5, 5.5, 5.5, 8.8))]
    pieces += windows(4.5, 5.5, (0.9, 3.6), 3, 2) + _front_door(4.5)
    return pieces + (_chimney(-1.4, 2.0, 7.0, 9.6) if smokes else [])


def _flat_house(rng: np.random.Generator) -> Pieces:
    walls, _, annex = _look(rng)
    pieces: Pieces = [
        (walls, box((-4.5, -5.5, 0.0), (4.5, 5.5, 6.0))),
        ("concrete", box((-4.7, -5.7, 6.0), (4.7, 5.7, 6.4))),
    ]
    pieces += windows(4.5, 5.5, (0.9, 3.7), 3, 2, width=1.5, high=1.3) + _front_door(4.5)
    return pieces + ([("concrete", box((-2.5, -2.0, 6.4), (0.5, 1.5, 7.6)))] if annex else [])


def _barn(rng: np.random.Generator) -> Pieces:
    roof = ("roof_brown", "roof_dark", "thatch", "roof")[int(rng.integers(4))]
    pieces = gabled(8.0, 4.6, 4.2, 8.4, 0.5, along="x", wall="barn", roof=roof)
    pieces += [
        ("door_frame", panel("+x", 8.0, (-1.9, 0.0), (1.9, 3.6))),
        ("door", panel("+x", 8.05, (-1.6, 0.0), (1.6, 3.3))),
    ]
    return [*pieces, ("window", panel("+x", 8.0, (-0.5, 5.4), (0.5, 6.4)))]


def _church(rng: np.random.Generator) -> Pieces:
    roof = ("roof_dark", "roof", "roof_dark", "roof_brown")[int(rng.integers(4))]
    pieces = gabled(9.0, 4.6, 7.0, 12.4, 0.35, along="x", wall="church", roof=roof)
    pieces.append(("church", box((7.0, -2.6, 0.0), (12.2, 2.6, 16.0))))
    spire = hipped(2.6, 2.6, 15.9, 26.0, 0.35)
    spire[0][:, 0] += np.float32(9.6)
    pieces.append((roof, spire))
    pieces.append(("church", box((-12.0, -3.0, 0.0), (-8.8, 3.0, 5.6))))
    apse = hipped(1.6, 3.0, 5.5, 8.2, 0.3)
    apse[0][:, 0] -= np.float32(10.4)
    pieces.append((roof, apse))
    pieces += _front_door(12.2, 1.8, 3.2)
    for side, at, wall in (("+y", 4.6, 2.6), ("-y", -4.6, -2.6)):
        pieces += [("window", panel(side, at, (x - 0.55, 1.8), (x + 0.55, 5.4))) for x in (-6.3, -2.7, 0.9, 4.5)]
        pieces.append(("window", panel(side, wall, (9.0, 11.5), (10.2, 14.0))))
    return [
        *pieces,
        ("window", panel("+x", 12.2, (-0.6, 11.5), (0.6, 14.0))),
        ("gold", box((9.45, -0.15, 25.6), (9.75, 0.15, 28.0))),
    ]


def _hall(rng: np.random.Generator) -> Pieces:
    walls, roof, _ = _look(rng)
    pieces: Pieces = [(walls, box((-6.0, -9.0, 0.0), (6.0, 9.0, 8.6))), (roof, hipped(6.0, 9.0, 8.5, 13.4))]
    pieces += windows(6.0, 9.0, (1.2, 5.0), 6, 4, width=1.1, high=1.9) + _front_door(6.0, 2.2, 3.4)
    pieces.append((walls, box((-1.6, -1.6, 11.0), (1.6, 1.6, 16.0))))
    return [*pieces, (roof, hipped(1.6, 1.6, 15.9, 20.0, 0.3)), ("stone", box((5.9, -2.6, 0.0), (7.6, 2.6, 0.7)))]


def _bands(half_x: float, half_y: float, floors: int, storey: float, first: float, share: float) -> Pieces:
    """Ribbons of glass, one a floor and side."""
    pieces: Pieces = []
    for k in range(floors):
        z = first + k * storey
        for side, at, half in (
            ("+x", half_x, half_y),
            ("-x", -half_x, half_y),
            ("+y", half_y, half_x),
            ("-y", -half_y, half_x),
        ):
            pieces.append(("glass", panel(side, at, (-half * 0.93, z), (half * 0.93, z + storey * share))))
    return pieces


def _apartments(rng: np.random.Generator) -> Pieces:
    walls = ("plaster_warm", "brick", "plaster", "concrete")[int(rng.integers(4))]
    floors = int(rng.integers(4, 7))
    top = 1.2 + floors * 3.0
    pieces: Pieces = [
        (walls, box((-7.0, -9.0, 0.0), (7.0, 9.0, top))),
        ("concrete", box((-7.2, -9.2, top), (7.2, 9.2, top + 0.7))),
    ]
    pieces += windows(7.0, 9.0, [1.1 + 3.0 * k for k in range(floors)], 4, 2, width=2.4, high=1.6) + _front_door(
        7.0, 1.8, 2.6
    )
    return [*pieces, ("concrete_dark", box((-3.0, 1.0, top + 0.7), (1.0, 5.0, top + 3.0)))]


def _tower_block(rng: np.random.Generator) -> Pieces:
    walls = ("concrete", "glass_blue", "concrete", "plaster_cool")[int(rng.integers(4))]
    floors = int(rng.integers(9, 15))
    top = 4.0 + floors * 3.2
    back = top * float(rng.uniform(0.72, 1.0))
    pieces: Pieces = [("concrete_dark", box((-10.0, -10.0, 0.0), (10.0, 10.0, 4.0)))]
    pieces += [
        (walls, box((-8.0, -8.0, 4.0), (8.0, 8.0, back))),
        ("concrete", box((-8.2, -8.2, back), (8.2, 8.2, back + 0.6))),
    ]
    pieces += _bands(8.0, 8.0, int((back - 4.5) / 3.2), 3.2, 4.9, 0.55)
    pieces += [("concrete_dark", box((-5.5, -5.5, back + 0.6), (5.5, 5.5, top + 1.0)))]
    return [
        *pieces,
        ("glass", panel("+x", 10.0, (-9.0, 0.6), (9.0, 3.2))),
        ("door", panel("+x", 10.1, (-1.6, 0.0), (1.6, 2.8))),
    ]


def merlons(half_x: float, half_y: float, z: float, across: float = 0.9, high: float = 1.1) -> Pieces:
    """Return the crenellation around a rectangular top."""
    pieces: Pieces = []
    for half, other, swap in ((half_x, half_y, False), (half_y, half_x, True)):
        many = max(2, round(half / across))
        for sign in (-1, 1):
            for k in range(many):
                u = -half + (2 * k + 0.5) * 2 * half / (2 * many - 0.0)
                a, b = (u, sign * other), (u + half / many * 0.95, sign * (other - 0.5))
                (x0, y0), (x1, y1) = (a[::-1], b[::-1]) if swap else (a, b)
                pieces.append(("stone", box((min(x0, x1), min(y0, y1), z), (max(x0, x1), max(y0, y1), z + high))))
    return pieces


def _tower(rng: np.random.Generator) -> Pieces:
    roofed = bool(rng.random() < 0.5)
    pieces: Pieces = [("stone", column(8, [(3.2, 0.0), (2.8, 1.5), (2.7, 11.0), (3.1, 11.6), (3.1, 12.6)]))]
    if roofed:
        pieces.append(("roof_dark", column(8, [(3.5, 12.6), (0.05, 17.4)])))
    else:
        angle = np.arange(0, 8, 1) * np.pi / 4
        for a in angle:
            x, y = float(np.cos(a) * 2.7), float(np.sin(a) * 2.7)
            pieces.append(("stone", box((x - 0.45, y - 0.45, 12.6), (x + 0.45, y + 0.45, 13.9))))
    return [*pieces, ("window", panel("+x", 2.62, (-0.25, 7.0), (0.25, 8.8)))]


def _gate(rng: np.random.Generator) -> Pieces:
    del rng
    pieces: Pieces = []
    for sign in (-1, 1):
        y0, y1 = sorted((sign * 3.0, sign * 7.4))
        pieces.append(("stone", box((-2.8, y0, 0.0), (2.8, y1, 12.0))))
        middle = (y0 + y1) / 2
        for piece in merlons(2.8, 2.2, 12.0):
            piece[1][0][:, 1] += np.float32(middle)
            pieces.append(piece)
        pieces += [
            ("window", panel(s, a, (middle - 0.25, 6.6), (middle + 0.25, 8.6))) for s, a in (("+x", 2.8), ("-x", -2.8))
        ]
    arch = [(-3.2, 9.4), (-3.2, 4.2), (-2.9, 4.2), (-2.4, 5.4), (-1.3, 6.2), (0.0, 6.5), (1.3, 6.2), (2.4, 5.4),
            (2.9, 4.2), (3.2, 4.2), (3.2, 9.4)]  # fmt: skip
    caps = [(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5), (0, 5, 10), (10, 5, 6), (10, 6, 7), (10, 7, 8), (10, 8, 9)]
    pieces.append(("stone", extruded(arch, caps, -2.2, 2.2, "x")))
    return pieces + merlons(2.2, 3.0, 9.4)


def _arched(arches: int, length: float, high: float, rail: float = 0.14, pillar: float = 0.22) -> Pieces:
    """Return a stone bridge of some arches; deck at `DECK` of the height, parapets above it.

    Parameters
    ----------
    arches : int
        How many.
    length, high : float
        Its size [m].
    rail : float
        Height of the parapets as a share of the whole height.
    pillar : float
        Width of all pillars but one as a share of the length.
    """
    deck, thick, pier = DECK * high, 0.09 * high, pillar / arches * length
    post = high if rail > 0.1 else deck + 1.6 * rail * high
    clear = (length - pier * (arches + 1)) / arches
    xs, low = [-length / 2], [0.0]
    for k in range(arches):
        start = -length / 2 + pier + k * (clear + pier)
        angle = np.linspace(0, np.pi, 9)
        xs += [start, *(start + clear / 2 * (1 - 0.97 * np.cos(angle))), start + clear]
        low += [0.0, *((deck - thick) * (0.18 + 0.82 * np.sin(angle) ** 0.9)), 0.0]
    xs.append(length / 2)
    low.append(0.0)
    pieces: Pieces = [("bridge_stone", _strip(np.array(xs), np.array(low), deck, 2.4))]
    for sign in (-1, 1):
        y0, y1 = sorted((sign * 2.5, sign * 2.05))
        pieces.append(("bridge_stone", box((-length / 2, y0, deck - 0.2), (length / 2, y1, deck + rail * high))))
        pieces += [("bridge_stone", box((x - 0.45, y0 - 0.1, deck - 0.3), (x + 0.45, y1 + 0.1, post)))
                   for x in (-length / 2 + 0.45, length / 2 - 0.45)]  # fmt: skip
    deck_face = np.array(
        [(-length / 2, -2.05, 0), (length / 2, -2.05, 0), (length / 2, 2.05, 0), (-length / 2, 2.05, 0)]
    )
    deck_face[:, 2] = deck + 0.04
    pieces.append(("road", (deck_face.astype(np.float32), np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32))))
    return pieces


def _strip(xs: NDArray[np.float64], low: NDArray[np.float64], top: float, half: float) -> Geometry:
    """Return a closed body over stations along x with a lower edge that varies."""
    count = len(xs)
    rings = np.stack([
        np.column_stack([xs, np.full(count, -half), low]), np.column_stack([xs, np.full(count, half), low]),
        np.column_stack([xs, np.full(count, half), np.full(count, top)]),
        np.column_stack([xs, np.full(count, -half), np.full(count, top)]),
    ], axis=1)  # fmt: skip
    faces = []
    for k in range(count - 1):
        a, b = 4 * k, 4 * k + 4
        for j in range(4):
            i = (j + 1) % 4
            faces += [(a + j, a + i, b + i), (a + j, b + i, b + j)]
    end = 4 * (count - 1)
    faces += [(0, 2, 1), (0, 3, 2), (end, end + 1, end + 2), (end, end + 2, end + 3)]
    return oriented(rings.reshape(-1, 3), np.array(faces))


def _arch_bridge(rng: np.random.Generator) -> Pieces:
    del rng
    return _arched(1, 12.0, 5.0)


def _long_bridge(rng: np.random.Generator) -> Pieces:
    del rng
    return _arched(3, 30.0, 6.0)


def _viaduct(rng: np.random.Generator) -> Pieces:
    del rng
    return _arched(7, 80.0, 8.0)


def _gorge_bridge(rng: np.random.Generator) -> Pieces:
    """Return one wide arch between the walls of a gorge; its parapets stay low however deep it reaches."""
    del rng
    return _arched(1, 60.0, 24.0, rail=0.045, pillar=0.05)


def _wooden_bridge(rng: np.random.Generator) -> Pieces:
    del rng
    high, length = 5.0, 16.0
    deck = DECK * high
    pieces: Pieces = [("bridge", box((-8.0, -2.4, deck - 0.3), (8.0, 2.4, deck)))]
    for x in np.linspace(-7.2, 7.2, 5):
        for y in (-2.1, 2.1):
            pieces.append(("timber", box((float(x) - 0.18, y - 0.18, 0.0), (float(x) + 0.18, y + 0.18, high))))
        pieces.append(("timber", box((float(x) - 0.15, -2.1, deck - 0.65), (float(x) + 0.15, 2.1, deck - 0.3))))
    for y in (-2.1, 2.1):
        pieces += [("timber", box((-8.0, y - 0.1, z), (8.0, y + 0.1, z + 0.14))) for z in (deck + 0.42, deck + 0.84)]
    del length
    return pieces


def _keep(rng: np.random.Generator) -> Pieces:
    """Return a square tower on a plinth, with a turret at every corner."""
    del rng
    pieces: Pieces = [
        ("stone", box((-8.4, -8.4, 0.0), (8.4, 8.4, 1.6))), ("stone", box((-7.6, -7.6, 1.6), (7.6, 7.6, 20.0)))
    ]  # fmt: skip
    pieces += merlons(7.6, 7.6, 20.0, 2.2, 1.4)
    for x in (-7.2, 7.2):
        for y in (-7.2, 7.2):
            pieces.append(("stone", column(6, [(1.9, 0.0), (1.9, 22.4)], x, y)))
            pieces.append(("roof_dark", column(6, [(2.3, 22.4), (0.3, 26.4)], x, y)))
    return pieces + windows(7.6, 7.6, (6.0, 11.0, 16.0), 2, 2, width=0.7, high=1.9) + _front_door(8.4, 2.0, 3.2)


def _castle_hall(rng: np.random.Generator) -> Pieces:
    _, roof, _ = _look(rng)
    pieces = gabled(4.2, 5.6, 5.4, 9.0, wall="stone", roof=roof)
    return pieces + windows(4.2, 5.6, (1.2, 3.4), 3, 2, width=0.8, high=1.3) + _front_door(4.2)


BUILDINGS: dict[str, Callable[[np.random.Generator], Pieces]] = {
    "cottage": _cottage,
    "house": _house,
    "townhouse": _townhouse,
    "hip house": _hip_house,
    "flat house": _flat_house,
    "barn": _barn,
    "church": _church,
    "town hall": _hall,
    "apartment block": _apartments,
    "tower block": _tower_block,
    "keep": _keep,
    "castle hall": _castle_hall,
    "tower": _tower,
    "gate": _gate,
    "arch bridge": _arch_bridge,
    "long bridge": _long_bridge,
    "viaduct": _viaduct,
    "wooden bridge": _wooden_bridge,
    "gorge bridge": _gorge_bridge,
}
"""Builders of the models by species."""
