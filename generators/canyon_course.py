"""Where canyons run: winding lines across a region, from side to side of the map, or through given points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid

from .placement import Site, crowded
from .river_survey import OPPOSITE

Doubles = NDArray[np.float64]

_STEP = 400  # points of a course on the longer side of the map
_FALL = 0.1  # of the depth, by which a floor falls from end to end on level ground
_WAVE = 5.5  # lengths of a bend in widths of the canyon


@dataclass(frozen=True)
class Ways:
    """What is asked of the courses; see `canyon`."""

    count: int
    width_m: float
    meander: float
    direction_deg: float | None
    from_side: str
    toward: str
    through_m: tuple[tuple[float, float], ...]


def courses(site: Site, ways: Ways, rng: np.random.Generator) -> list[Doubles]:
    """Lay the courses.

    Parameters
    ----------
    site : Site
        Where they may run; without given points they cross its open ground side by side.
    ways : Ways
        How many, how wide, where from and where to.
    rng : numpy.random.Generator
        Source of the direction, where none is asked for, and of the bends.

    Returns
    -------
    list of ndarray
        ``(n, 2) float64`` points x, y [m], evenly spaced; unless they go through given points they leave the map.

    Raises
    ------
    BuildError
        So many do not fit side by side.
    """
    turn = rng.uniform(0, np.pi)
    if ways.through_m:
        return [_through(site.grid, ways, rng)]
    if ways.direction_deg is not None:
        turn = float(np.radians(ways.direction_deg))
    start, heading = _sides(site.grid, ways) or (None, np.array([np.cos(turn), np.sin(turn)]))
    side = np.array([-heading[1], heading[0]])
    rows, cols = np.nonzero(site.open)
    spots = np.column_stack([site.grid.xs()[cols], site.grid.ys()[rows]]).astype(np.float64)
    across, ahead = spots @ side, spots @ heading
    low, high = float(across.min()), float(across.max())
    room = max(int((high - low) / (1.15 * ways.width_m)), 1)
    if ways.count > room:
        raise crowded(ways.count, room, f"canyons of {ways.width_m:g} m")
    step = (high - low) / ways.count
    offs = low + (np.arange(ways.count) + 0.5) * step
    if start is not None:
        step = min(step, 2.2 * ways.width_m)
        offs = start @ side + (np.arange(ways.count) - (ways.count - 1) / 2) * step
    middle = float(ahead.min() + ahead.max()) / 2 * heading
    reach = 0.75 * float(np.hypot(*site.grid.extent_m))
    along = _evenly(2 * reach, site.grid) - reach
    swing = ways.meander * max(min(0.8 * ways.width_m, (step - ways.width_m) / 2.4), 0.0)
    return [
        middle + along[:, None] * heading + (off + swing * winding(along, _WAVE * ways.width_m, rng))[:, None] * side
        for off in offs
    ]


def _sides(grid: Grid, ways: Ways) -> tuple[Doubles, Doubles] | None:
    """Return a point of the way from one side of the map to another, and its direction; None if any will do."""
    if ways.from_side == ways.toward == "any":
        return None
    start = ways.from_side if ways.from_side != "any" else OPPOSITE[ways.toward]
    end = ways.toward if ways.toward not in ("any", start) else OPPOSITE[start]
    size = np.array(grid.extent_m)
    a, b = (size / 2 * (1 + np.array(side_vector(s))) for s in (start, end))
    return a, (b - a) / np.hypot(*(b - a))


def _through(grid: Grid, ways: Ways, rng: np.random.Generator) -> Doubles:
    """Return the smooth line through the given points, winding between them."""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - slow to load, and few canyons are given points

    corners = np.array(ways.through_m, dtype=np.float64)
    run = np.concatenate([[0.0], np.cumsum(np.maximum(np.hypot(*np.diff(corners, axis=0).T), 1e-3))])
    s = _evenly(float(run[-1]), grid)
    line = np.asarray(PchipInterpolator(run, corners)(s), dtype=np.float64)
    ahead = np.gradient(line, s, axis=0)
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    near = np.abs(s[:, None] - run[None, :]).min(axis=1)
    held = np.minimum(near / ways.width_m, 1.0) ** 2  # every given point is met
    swing = 0.6 * ways.width_m * ways.meander * held * winding(s, _WAVE * ways.width_m, rng)
    return np.asarray(line + swing[:, None] * np.stack([-ahead[:, 1], ahead[:, 0]], axis=1))


def _evenly(length_m: float, grid: Grid) -> Doubles:
    return np.linspace(0, length_m, max(8, int(length_m / max(grid.extent_m) * _STEP)))


def winding(along: Doubles, wave_m: float, rng: np.random.Generator) -> Doubles:
    """``(n,)`` smooth curve in about [-1, 1] over positions [m], with bends about ``wave_m`` long."""
    total = np.zeros_like(along)
    for stretch, size in ((1.0, 0.6), (1.73, 0.35), (0.47, 0.22)):
        total += size * np.sin(2 * np.pi * along / (wave_m * stretch) + rng.uniform(0, 2 * np.pi))
    return total


def floor_along(grid: Grid, calm: FloatArray, line: Doubles, depth_m: float, lowest: float) -> Doubles:
    """``(n,)`` height of the floor [m]: ``depth_m`` below the ground, falling all the way to the lower end.

    Parameters
    ----------
    grid : Grid
        The lattice.
    calm : ndarray
        ``(rows, cols) float32`` ground without its bumps [m].
    line : ndarray
        ``(n, 2)`` course [m].
    depth_m, lowest : float
        Depth, and what it does not go below [m].
    """
    ground = grid.sample(calm, line).astype(np.float64)
    on_map = np.flatnonzero(((line >= 0) & (line <= grid.extent_m)).all(axis=1))
    first, last = (int(on_map[0]), int(on_map[-1])) if len(on_map) else (0, len(line) - 1)
    ground[:first], ground[last + 1 :] = ground[first], ground[last]
    backward = ground[first] < ground[last]
    ground = ground[::-1] if backward else ground
    fall = np.interp(np.arange(len(ground)), (first, max(last, first + 1)), (-0.5, 0.5)) * _FALL * depth_m
    least = lowest + 0.3 * (0.5 * _FALL * depth_m - fall)  # even beside the sea it still falls
    floor = np.maximum(np.minimum.accumulate(ground) - depth_m - fall, least)
    return np.asarray(floor[::-1] if backward else floor)


def nearest_index(values: Any, place: FloatArray) -> FloatArray:
    """Interpolate what is known at the corners of a line at places on it, as `kernels.channels` tells them."""
    return np.asarray(np.interp(place, np.arange(len(values)), values), dtype=np.float32)
