"""Where caves open in a hillside, and how their passages wind into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import smooth
from .placement import avoided, solid

Doubles = NDArray[np.float64]

STEP = 0.4
"""Length of a piece of a passage as a share of its width."""
COVER = 0.35
"""Rock left over a passage, as a share of its width."""
FLOOR = 0.62
"""Depth of the floor below the middle, as a share of the radius."""
STEEPEST, GENTLEST = 1.6, 0.2
"""Tangents of the slopes between which a mouth may open."""
HILLSIDE = 0.015
"""Width of ground over which the slope of a hillside is taken, as a share of the map's longer side."""
_CANDIDATES = 6000
_AVOID = ("road", "building", "wall", "settlement", "hole")
_HILLS = ("hill", "mountain", "volcano", "plateau", "cliff")
_FROM_VIEWER = np.array([0.44, 0.9])
"""Direction in which pictures are taken, over the ground."""
_LEAST_ROCK = 0.5
"""Rise of the hill behind a mouth, as a share of its width, without which there is no cave."""
_SIGHT = 0.62
"""Tangent of the height over a mouth at which ground before it hides it from the viewer."""


@dataclass(frozen=True)
class Mouth:
    """Where a cave opens: x, y and floor z [m], and the direction into the hill (a unit vector)."""

    x: float
    y: float
    z: float
    into: tuple[float, float]


@dataclass(frozen=True)
class Ground:
    """The terrain as caves feel it: without its pebbles.

    Parameters
    ----------
    grid : Grid
    height : ndarray
        ``(rows, cols) float32`` [m].
    east, north : ndarray
        ``(rows, cols) float32`` its slope.
    """

    grid: Grid
    height: FloatArray
    east: FloatArray
    north: FloatArray

    @classmethod
    def of(cls, inputs: Inputs, over_m: float) -> Ground:
        """Return the ground smoothed over some metres."""
        grid = inputs.grid
        soft = smooth(inputs.height(), over_m / grid.cell_size_m)
        south, east = (np.asarray(slope, dtype=np.float32) for slope in np.gradient(soft, grid.cell_size_m))
        return cls(grid, soft, east, -south)

    def at(self, x: float, y: float) -> float:
        """Return the height at a place [m]."""
        return float(self.grid.sample(self.height, np.array([[x, y]]))[0])


def mouths(inputs: Inputs, rng: np.random.Generator, count: int, width_m: float, length_m: float) -> list[Mouth]:
    """Choose places on slopes with enough hill behind them, far from each other, the best first; maybe fewer.

    Parameters
    ----------
    count : int
        How many are wanted.
    width_m, length_m : float
        Width of a mouth and length of the cave behind it [m].
    """
    grid = inputs.grid
    # Hillsides are larger than mouths; on this much ground every resolution finds the same ones.
    ground = Ground.of(inputs, max(width_m, HILLSIDE * max(grid.extent_m)))
    extent = np.array(grid.extent_m)
    points = rng.uniform(0.03, 0.97, (_CANDIDATES, 2)) * extent
    east, north = (grid.sample(a, points).astype(np.float64) for a in (ground.east, ground.north))
    steep = np.hypot(east, north)
    free = solid(inputs.mask) & ~inputs.has("water_kind", "sea", "lake", "river") & ~avoided(inputs, _AVOID)
    good = free[grid.cells_of(points)] & (steep > GENTLEST) & (steep < STEEPEST)
    points, steep = points[good], steep[good]
    into = np.stack([east[good], north[good]], axis=1) / steep[:, None]
    floor = grid.sample(ground.height, points).astype(np.float64)
    behind = np.full(len(points), np.inf)
    for share in (0.25, 0.5, 0.8):
        over = grid.sample(ground.height, points + into * share * length_m) - floor
        behind = np.minimum(behind, over / (share**0.5))
    # Deep rock first; where there is none, a shallow cave in what there is. None leads out of the map.
    deep = behind > (1 + COVER) * width_m
    inner = points + into * max(2.5 * width_m, 0.3 * length_m)
    enough = (behind > _LEAST_ROCK * width_m) & (
        (np.minimum(points, inner) > 1.6 * width_m) & (np.maximum(points, inner) < extent - 1.6 * width_m)
    ).all(axis=1)
    merit = np.minimum(behind, 4 * width_m) / width_m + 3 * np.exp(-(((steep - 0.8) / 0.5) ** 2))
    rank = 10 * deep + _rank(inputs, ground, points, into, floor, length_m)
    chosen: list[Mouth] = []
    apart = np.full(len(points), np.inf)
    for _ in range(count):
        able = enough & (apart > 3 * width_m)
        if not able.any():
            break
        able &= rank == rank[able].max()
        score = np.where(able, merit + np.minimum(apart / length_m, 2), -1)
        # The first of the better ones: the very best would be another one on a slightly finer grid.
        at = int(np.argmax(score >= np.quantile(score[able], 0.75)))
        x, y = points[at].tolist()
        z = float(grid.sample(inputs.height(), points[at : at + 1])[0])
        chosen.append(Mouth(x, y, z, (float(into[at, 0]), float(into[at, 1]))))
        apart = np.minimum(apart, np.hypot(*(points - points[at]).T))
    return chosen


def _rank(
    inputs: Inputs, ground: Ground, points: Doubles, into: Doubles, floor: Doubles, length_m: float
) -> NDArray[np.int64]:
    """``(n,)`` how good a mouth would look: on a hill that was made, and seen from where pictures are taken.

    A mouth is seen that looks to the viewer, with no ground in between; one that looks away at least stands free.
    """
    grid, side = inputs.grid, max(inputs.grid.extent_m)
    behind = np.clip(points + 0.3 * length_m * into, 0, np.array(grid.extent_m) - 1e-3)
    on_hill = avoided(inputs, _HILLS)[grid.cells_of(behind)]
    over = np.full(len(points), -np.inf)
    for away in side * np.array([0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.22, 0.32, 0.45]):
        at = points - away * _FROM_VIEWER
        on_map = ((at > 0) & (at < grid.extent_m)).all(axis=1)
        rise = (grid.sample(ground.height, at).astype(np.float64) - floor) / away
        over = np.maximum(over, np.where(on_map, rise, -np.inf))
    facing, free = into @ _FROM_VIEWER, over < _SIGHT
    return np.asarray(3 * on_hill + np.where(free & (facing > 0.5), 2, np.where(free & (facing > 0), 1, 0)))


def worms(
    ground: Ground, mouth: Mouth, rng: np.random.Generator, *, width_m: float, length_m: float, branches: int,
    chamber_m: float, descent: float,
) -> FloatArray:  # fmt: skip
    """``(n, 10) float32`` pieces of the passages behind a mouth, as `kernels.voxels.shell` takes them.

    They wander, keep rock over their roof, and widen into chambers where there is room.
    """
    radius = width_m / 2
    out = np.array(mouth.into)
    start = np.array([mouth.x, mouth.y]) - out * 1.2 * radius
    heading = float(np.arctan2(out[1], out[0]))
    trunk = _walk(ground, rng, start, mouth.z + FLOOR * radius, heading, radius, length_m, chamber_m, descent)
    lines = [_pieces(trunk)]
    for _ in range(branches):
        if len(trunk) < 8:
            break
        fork = trunk[int(rng.integers(len(trunk) // 3, len(trunk)))]
        turn = heading + rng.choice([-1, 1]) * rng.uniform(0.8, 1.5)
        side = _walk(ground, rng, fork[:2], fork[2], turn, 0.7 * radius, 0.5 * length_m, 0.7 * chamber_m, descent)
        lines.append(_pieces(side))
    return np.concatenate(lines).astype(np.float32)


def _walk(
    ground: Ground, rng: np.random.Generator, start: Doubles, z: float, heading: float, radius: float, length: float,
    chamber_m: float, descent: float,
) -> Doubles:  # fmt: skip
    """``(n, 5)`` x, y, z, radius and floor [m] along a passage; it ends where no direction leaves rock over it."""
    step = 2 * STEP * radius
    extent = np.array(ground.grid.extent_m)
    found: list[list[float]] = []
    at, since = start, 0.0
    while len(found) * step < length or len(found) < 4:
        wide = radius * rng.uniform(0.85, 1.15) if len(found) > 4 else radius
        floor = z - FLOOR * radius
        found.append([*at, floor + FLOOR * wide, wide, floor])
        inside = len(found) * step > 4 * radius
        heading += rng.normal(0, 0.16) if inside else 0.0
        turned = _open_way(ground, at, z + radius, heading, step, 2 * COVER * radius) if inside else heading
        if turned is None:
            break
        heading = turned
        at = at + step * np.array([np.cos(heading), np.sin(heading)])
        if not ((at > 3 * radius) & (at < extent - 3 * radius)).all():
            break
        since += step
        z -= step * descent * rng.uniform(0.2, 1.8) if inside else 0.0
        if since > 3 * chamber_m and inside:
            since = 0.0
            found += _chamber(ground, rng, at, z, radius, chamber_m)
    line = np.array(found)
    room = 0.5 * chamber_m
    last = _chamber(ground, rng, line[-1, :2], float(line[-1, 4] + FLOOR * radius), radius, 2 * room)
    return np.concatenate([line, np.array(last).reshape(-1, 5)])


def _open_way(ground: Ground, at: Doubles, top: float, heading: float, step: float, cover: float) -> float | None:
    """Return the heading nearest to the wished one that keeps rock over the roof; None where there is none."""
    for turn in (0.0, 0.35, -0.35, 0.8, -0.8, 1.3, -1.3):
        way = heading + turn
        ahead = at + 2 * step * np.array([np.cos(way), np.sin(way)])
        if ground.at(*ahead) - top > cover:
            return way
    return None


def _chamber(
    ground: Ground, rng: np.random.Generator, at: Doubles, z: float, radius: float, chamber_m: float
) -> list[list[float]]:
    """Return the wide stretch of a passage: a point of large radius, as large as the rock over it allows."""
    floor = z - FLOOR * radius
    room = (ground.at(*at) - floor) / (1 + FLOOR) - 2 * COVER * radius
    wide = min(0.5 * chamber_m * rng.uniform(0.85, 1.2), room)
    return [[*at.tolist(), floor + FLOOR * wide, wide, floor]] if wide > 1.2 * radius else []


def _pieces(line: Doubles) -> Doubles:
    """``(n - 1, 10)`` pieces between neighbouring points."""
    a, b = line[:-1], line[1:]
    return np.concatenate([a[:, :4], b[:, :4], a[:, 4:], b[:, 4:]], axis=1)
