"""Town walls: a closed ring around all that is built, with gates where main streets leave and towers between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from pcgstudio.errors import BuildError
from pcgstudio.region import Side, side_vector
from pcgstudio.world import FloatArray, MeshPart

from .street_lines import STEP_M, Doubles, Streets
from .town_lots import Town

GATE_M = (5.6, 14.8, 13.1)
TOWER_M = (6.2, 6.2, 14.5)
THICK_M, HIGH_M = 2.2, 7.5
OUT_M = 14.0
"""How far a street goes on beyond its gate [m]."""

_SECTORS, _TOWERS_APART_M = 96, 38.0
_MERLON_M = 1.8


@dataclass(frozen=True)
class Wall:
    """A town wall in map coordinates.

    Parameters
    ----------
    ring : ndarray
        ``(n, 2)`` its corners, counter-clockwise; closed from the last to the first.
    gates : ndarray
        ``(g, 3)`` x, y and direction outward [rad].
    towers : ndarray
        ``(t, 2)``.
    runs : tuple of ndarray
        Stretches between gates, ``(m, 2)`` each; one closed ring where there is no gate.
    ways : tuple of ndarray
        ``(m, 2)`` the ends of streets through the gates.
    """

    ring: Doubles
    gates: Doubles
    towers: Doubles
    runs: tuple[Doubles, ...]
    ways: tuple[Doubles, ...]


def build_wall(town: Town, wanted: int, towers: int = 0, sides: Sequence[Side] = ()) -> Wall:
    """Lay a wall around a town.

    Parameters
    ----------
    town : Town
        The town.
    wanted : int
        Exact number of gates; 0 up to four where main streets leave.
    towers : int
        Exact number of towers; 0 one at every other corner.
    sides : sequence of str
        Sides of the town that get a gate first.

    Raises
    ------
    BuildError
        So many gates find no street.
    """
    shift = np.array([town.plot.x0, town.plot.y0])
    ring = _ring(town)
    exits = _exits(town, ring)
    many = wanted or min(max(4, len(sides)), len(exits))
    if len(exits) < many or not many:
        raise BuildError(
            f"only {len(exits)} streets can leave through the wall, and {many or 1} gates were asked for; ask for fewer"
        )
    picked = _spread(exits, many, np.array(town.plot.centre), sides)
    gates, ways = [], []
    for way, angle in picked:
        gates.append([*way[-1] + shift, angle])
        out = way[-1] + OUT_M * np.array([np.cos(angle), np.sin(angle)])
        ways.append(np.concatenate([way, out[None]]) + shift)
    at = np.array([w[-1] for w, _ in picked])
    runs, corners = _runs(ring, at)
    posts = _posts(ring, at, towers) if towers else corners
    return Wall(ring + shift, np.array(gates), posts + shift, tuple(r + shift for r in runs), tuple(ways))


def _ring(town: Town) -> Doubles:
    """``(n, 2)`` corners of the wall: what is built as seen from its middle, some metres outside, on dry ground."""
    plot = town.plot
    corners = [lot[:2] + a * lot[2:4] * lot[5] / 2 + b * np.array([-lot[3], lot[2]]) * lot[4] / 2
               for lot in town.lots for a in (-1, 1) for b in (-1, 1)]  # fmt: skip
    built = np.concatenate([np.array(corners), town.streets.points])
    middle = np.array(plot.centre)  # all that is built can be seen from there; see `Plot.in_sight`
    off = built - middle
    sector = ((np.arctan2(off[:, 1], off[:, 0]) + np.pi) * _SECTORS / (2 * np.pi)).astype(int) % _SECTORS
    reach = np.zeros(_SECTORS)
    np.maximum.at(reach, sector, np.hypot(off[:, 0], off[:, 1]))
    raw = maximum_filter1d(reach, 5, mode="wrap")
    smooth = np.maximum(gaussian_filter1d(raw, 2.0, mode="wrap"), raw)
    angle = (np.arange(_SECTORS) + 0.5) * 2 * np.pi / _SECTORS - np.pi
    facing = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    radius = smooth + 2.5
    for more in (9.0, 7.0, 5.5, 4.0):  # as far out as the shore allows
        at = middle + facing * (smooth + more)[:, None]
        rows, cols = plot.shape
        on = (at.min(axis=1) > 0) & (at[:, 0] < cols * plot.h) & (at[:, 1] < rows * plot.h)
        dry = on & (plot.sample(plot.shore, at) > 2.0) & plot.sample(plot.open, at)
        radius = np.where(dry & (radius < smooth + 3), smooth + more, radius)
    radius = np.maximum(gaussian_filter1d(radius, 1.0, mode="wrap"), smooth + 2.5)
    radius = np.minimum(radius, _to_water(town, middle, facing, reach, float(radius.max())))
    line = middle + facing * radius[:, None]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(np.vstack([line, line[:1]]), axis=0).T))])
    count = max(8, round(along[-1] / (_TOWERS_APART_M / 2)))
    wanted = np.linspace(0, along[-1], count, endpoint=False)
    closed = np.vstack([line, line[:1]])
    return np.stack([np.interp(wanted, along, closed[:, k]) for k in range(2)], axis=1)


def _to_water(town: Town, middle: Doubles, facing: Doubles, reach: Doubles, longest: float) -> Doubles:
    """``(n,)`` how far a wall may stand out in each direction before it meets water or leaves the region [m]."""
    plot = town.plot
    out = np.arange(0.0, longest + 2, 1.0)
    at = (middle + facing[:, None, :] * out[None, :, None]).reshape(-1, 2)
    shut = ((plot.sample(plot.shore, at) < 3.0) | ~plot.sample(plot.open, at)).reshape(len(facing), len(out))
    shut &= out[None, :] > reach[:, None] + 1.5
    first = np.where(shut.any(axis=1), out[np.argmax(shut, axis=1)], longest + 2)
    return np.asarray(np.minimum(np.minimum(first, np.roll(first, 1)), np.roll(first, -1)).clip(reach + 1.5))


def _exits(town: Town, ring: Doubles) -> list[tuple[Doubles, float]]:
    """Return ends of streets that can go on to the wall: the way there and its direction outward, main ones first."""
    found: list[tuple[float, Doubles, float]] = []
    middle = ring.mean(axis=0)
    gap_lots = town.lots[:, :6]
    for k in range(len(town.streets)):
        line = town.streets.line(k)
        for ends in (line, line[::-1]):
            if np.hypot(*(ends[-1] - middle)) < np.hypot(*(ends[0] - middle)) or len(ends) < 4:
                continue
            ahead = ends[-1] - ends[max(-6, -len(ends))]
            ahead = ahead / max(float(np.hypot(*ahead)), 1e-9)
            hit = _meets(ring, ends[-1], ahead)
            if hit is None:
                continue
            at, outward = hit
            far = float(np.hypot(*(at - ends[-1])))
            cosine = float(np.cos(outward) * ahead[0] + np.sin(outward) * ahead[1])
            if far > 60 or cosine < 0.6:
                continue
            way = ends[-1] + np.linspace(0, 1, max(3, int(far / STEP_M)))[:, None] * (at - ends[-1])
            beyond = at + np.linspace(0, OUT_M, 8)[:, None] * [np.cos(outward), np.sin(outward)]
            path = np.concatenate([way, beyond])
            dry = (town.plot.sample(town.plot.shore, path) > 3.0) & town.plot.sample(town.plot.open, path)
            if dry.all() and _clear(way, gap_lots, town.streets.half[k] + 0.2):
                found.append((far - 400 * town.streets.half[k] + 80 * (1 - cosine), way, outward))
    found.sort(key=lambda e: e[0])
    return [(way, angle) for _, way, angle in found]


def _meets(ring: Doubles, start: Doubles, ahead: Doubles) -> tuple[Doubles, float] | None:
    """Where a ray meets the ring, clear of its corners, and the direction outward there."""
    for k in range(len(ring)):
        a, b = ring[k], ring[(k + 1) % len(ring)]
        side = b - a
        det = ahead[0] * -side[1] + side[0] * ahead[1]
        if abs(det) < 1e-9:
            continue
        t = ((a[0] - start[0]) * -side[1] + side[0] * (a[1] - start[1])) / det
        s = (ahead[0] * (a[1] - start[1]) - ahead[1] * (a[0] - start[0])) / det
        if t > -1e-6 and 0 <= s < 1:
            return start + ahead * t, float(np.arctan2(-side[0], side[1]))
    return None


def _clear(way: Doubles, lots: Doubles, half_m: float) -> bool:
    """Whether a way keeps off all lots."""
    off = way[:, None, :] - lots[None, :, :2]
    a = np.abs((off * lots[None, :, 2:4]).sum(axis=2)) - lots[None, :, 5] / 2
    b = np.abs(-off[..., 0] * lots[None, :, 3] + off[..., 1] * lots[None, :, 2]) - lots[None, :, 4] / 2
    return bool((np.maximum(a, b) > half_m).all())


def _toward(exits: list[tuple[Doubles, float]], middle: Doubles, side: Side) -> tuple[Doubles, float]:
    """Return the exit that lies most to one side of the middle."""
    aim = np.array(side_vector(side)) / np.hypot(*side_vector(side))
    off = [e[0][-1] - middle for e in exits]
    return exits[int(np.argmax([o @ aim / np.hypot(*o) for o in off]))]


def _spread(
    exits: list[tuple[Doubles, float]], many: int, middle: Doubles, sides: Sequence[Side] = ()
) -> list[tuple[Doubles, float]]:
    """Choose exits on the sides asked for, then such as look in different directions, beginning with the best."""
    picked = [_toward(exits, middle, side) for side in sides[:many]]
    picked = [e for k, e in enumerate(picked) if not any(e is p for p in picked[:k])] or [exits[0]]
    while len(picked) < many:

        def lonely(e: tuple[Doubles, float]) -> float:
            mine = np.arctan2(*(e[0][-1] - middle)[::-1])
            others = [np.arctan2(*(p[0][-1] - middle)[::-1]) for p in picked]
            return float(min(abs((mine - o + np.pi) % (2 * np.pi) - np.pi) for o in others))

        best = max(range(len(exits)), key=lambda k: (round(min(lonely(exits[k]), 1.2), 1), -k))
        if lonely(exits[best]) < 1e-6:
            raise BuildError(
                f"only {len(picked)} streets can leave through the wall; ask for {len(picked)} gates or fewer"
            )
        picked.append(exits[best])
    return picked


def _runs(ring: Doubles, gates: Doubles) -> tuple[list[Doubles], Doubles]:
    """Stretches of wall between gates, and the towers on their corners, clear of the gates."""
    closed = np.vstack([ring, ring[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    whole = along[-1]
    at = sorted(_position(closed, along, g) for g in gates)
    half = GATE_M[1] / 2 - 1.6
    runs = []
    for k, start in enumerate(at):
        a, b = start + half, at[(k + 1) % len(at)] + (whole if k == len(at) - 1 else 0) - half
        inner = [s + turn for turn in (0, whole) for s in along[:-1] if a + 0.5 < s + turn < b - 0.5]
        stops = np.array([a, *sorted(inner), b]) % whole
        runs.append(np.stack([np.interp(stops, along, closed[:, d]) for d in range(2)], axis=1))
    corner = along[:-1][::2]
    away = np.array([[min(abs(c - g), whole - abs(c - g)) for g in at] for c in corner]).min(axis=1)
    return runs, ring[::2][away > GATE_M[1] / 2 + 5]


def _posts(ring: Doubles, gates: Doubles, many: int) -> Doubles:
    """``(many, 2)`` towers evenly along the wall between its gates.

    Raises
    ------
    BuildError
        They would stand closer than they are wide.
    """
    closed = np.vstack([ring, ring[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    clear = GATE_M[1] / 2 + 5
    spots = np.arange(0.0, along[-1], 0.5)
    for gate in gates:
        away = np.abs(spots - _position(closed, along, gate))
        spots = spots[np.minimum(away, along[-1] - away) > clear]
    if len(spots) * 0.5 < many * (TOWER_M[0] + 2):
        fits = int(len(spots) * 0.5 / (TOWER_M[0] + 2))
        raise BuildError(f"{many} towers do not fit on the wall; ask for {fits} or fewer, or for a larger town")
    at = spots[((np.arange(many) + 0.5) * len(spots) / many).astype(int)]
    return np.stack([np.interp(at, along, closed[:, d]) for d in range(2)], axis=1)


def _position(closed: Doubles, along: Doubles, point: Doubles) -> float:
    """How far along the ring a point on it lies."""
    best, far = 0.0, np.inf
    for k in range(len(closed) - 1):
        side = closed[k + 1] - closed[k]
        t = float(np.clip((point - closed[k]) @ side / max(float(side @ side), 1e-9), 0, 1))
        away = float(np.hypot(*(closed[k] + t * side - point)))
        if away < far:
            best, far = float(along[k] + t * (along[k + 1] - along[k])), away
    return best


def wall_part(run: Doubles, ground: FloatArray, name: str) -> MeshPart:
    """Return a stretch of wall with its battlement as closed bodies; ``ground`` ``(n,)`` is the height under it [m]."""
    fine, z = _fine(run, ground)
    tangent = np.gradient(fine, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    side = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) * (THICK_M / 2)
    left, right = fine + side, fine - side
    low, high = z - 2.0, z + HIGH_M
    rings = np.stack(
        [np.column_stack([p, h]) for p, h in ((left, low), (right, low), (right, high), (left, high))], axis=1
    )
    vertices, faces = [rings.reshape(-1, 3)], [_tube(len(fine))]
    count = len(vertices[0])
    for k in range(0, len(fine) - 1, 2):
        for a, b in ((right[k : k + 2], -side[k : k + 2]),):
            inner = a - 0.28 * b / max(THICK_M / 2, 1e-9) * (THICK_M / 2)
            quad = np.stack([a[0], a[1], inner[1], inner[0]])
            body = np.concatenate([np.column_stack([quad, np.full(4, h)]) for h in (high[k] - 0.1, high[k] + 1.2)])
            vertices.append(body)
            faces.append(_BOX + count)
            count += 8
    points, triangles = np.concatenate(vertices), np.concatenate(faces)
    return MeshPart(
        name, points.astype(np.float32), _outward(points, triangles).astype(np.int32), "stone", watertight=True
    )


_BOX = np.array([(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5), (2, 3, 7),
                 (2, 7, 6), (3, 0, 4), (3, 4, 7)])  # fmt: skip


def _fine(run: Doubles, ground: FloatArray) -> tuple[Doubles, Doubles]:
    """Return the run and the height under it, with points a merlon apart, an even number of stretches and one."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(run, axis=0).T))])
    count = max(2, round(along[-1] / _MERLON_M)) | 1
    wanted = np.linspace(0, along[-1], count + 1)
    return (np.stack([np.interp(wanted, along, run[:, k]) for k in range(2)], axis=1),
            np.interp(wanted, along, ground.astype(np.float64)))  # fmt: skip


def _tube(count: int) -> NDArray[np.int64]:
    """Faces of a body of rings of four corners, closed at both ends."""
    ring, corner = 4 * np.arange(count - 1)[:, None], np.arange(4)[None, :]
    after = (corner + 1) % 4
    a, b, c, d = ring + corner, ring + after, ring + 4 + after, ring + 4 + corner
    sides = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    end = 4 * (count - 1)
    ends = [(0, 2, 1), (0, 3, 2), (end, end + 1, end + 2), (end, end + 2, end + 3)]
    return np.concatenate([sides, np.array(ends)])


def _outward(points: Doubles, faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn the closed body of the wall, and the boxes of eight corners and twelve faces after it, outward."""
    first = _first(faces)
    body, boxes = faces[:first], faces[first:].reshape(-1, 12, 3)
    middles = points[boxes.min(axis=(1, 2))[:, None] + np.arange(8)].mean(axis=1, keepdims=True)
    if _inward(points[body][None], points[np.unique(body)].mean(axis=0))[0]:
        body = body[:, ::-1]
    inward = _inward(points[boxes], middles[:, :, None])
    turned = np.where(inward[:, None, None], boxes[:, :, ::-1], boxes).reshape(-1, 3)
    return np.concatenate([body, turned])


def _inward(corners: Doubles, middle: Doubles) -> NDArray[np.bool_]:
    """``(n,)`` whether the volume of ``(n, faces, 3, 3)`` bodies about their middles is negative."""
    a, b, c = np.moveaxis(corners - middle, 2, 0)
    return np.asarray(np.einsum("ijk,ijk->i", a, np.cross(b, c)) < 0)


def _first(faces: NDArray[np.int64]) -> int:
    """Return the number of faces of the first body: up to the first one that shares no corner with those before."""
    seen = np.maximum.accumulate(faces.max(axis=1))
    apart = np.flatnonzero(faces[1:].min(axis=1) > seen[:-1])
    return int(apart[0]) + 1 if len(apart) else len(faces)


def gate_streets(wall: Wall, main_m: float) -> Streets:
    """Return the ways through the gates as streets."""
    starts = np.cumsum([0] + [len(w) for w in wall.ways]).astype(np.int64)
    return Streets(np.concatenate(wall.ways), starts, np.full(len(wall.ways), main_m / 2))
