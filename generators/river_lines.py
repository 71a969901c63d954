"""From a course to a river's line: smooth and winding, as wide as its water asks, with a level that only falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from pcgstudio.generator import Inputs
from pcgstudio.world import WATER_KINDS, Grid

from .river_routes import Route
from .river_survey import Asked, Mask

Doubles = NDArray[np.float64]

_FILL = 0.15  # how much of a hollow on the way a river fills; the rest it cuts out of the rise behind
_STRAIGHT = 45.0  # 512ths of the map over which a river without any meander is smoothed
_ASIDE = (-0.24, -0.16, -0.08, 0.08, 0.16, 0.24)
"""How far aside of its course a straight river may begin and end, as shares of the map's edge."""
_CENTRAL = 0.08
"""How close to the middle of the map a straight river through it passes, as a share of the map."""
_THREAD = 0.2  # share of its width with which a river leaves its spring
_FALL = 2e-5  # least gradient of the water
_EXPONENT = 0.4  # b of width = a Q^b (Leopold & Maddock 1953 give 0.5 downstream; gentler, so that springs can be seen)
_WINDING = 11.0  # meander wavelength in river widths (Leopold & Wolman 1960)


@dataclass(frozen=True)
class Line:
    """A river in metres: everything ``(n,)``, from source to mouth.

    Parameters
    ----------
    x, y : ndarray
        Course [m].
    width, catchment : ndarray
        Full width [m] and drained area [m²].
    level, depth : ndarray
        Water surface and depth in mid-stream [m]; empty until `with_levels`.
    """

    x: Doubles
    y: Doubles
    width: Doubles
    catchment: Doubles
    level: Doubles
    depth: Doubles

    @property
    def points(self) -> Doubles:
        """``(n, 2)`` x, y [m]."""
        return np.stack([self.x, self.y], axis=1)


def draw_line(inputs: Inputs, route: Route, asked: Asked, meander: float, seed: int) -> Line:
    """Smooth a course, let it meander where the ground is flat, and give it its widths.

    Parameters
    ----------
    inputs : Inputs
        The map.
    route : Route
        The course on the lattice.
    asked : Asked
        Width and mouth.
    meander : float
        In [0, 1].
    seed : int
        Where the bends fall.
    """
    fine = max(inputs.grid.extent_m) / 512
    course = straightened(inputs, route.points, asked) if asked.meander == 0 else route.points
    s, (x, y, area) = _evenly(course.T, route.catchment, fine)
    # A river that is to run nearly straight cuts off the bends of its valley.
    calm = 5.0 + _STRAIGHT * max(0.0, 1 - asked.meander / 0.25)
    x, y = (_smoothed(v, calm) for v in (x, y))
    s, (x, y, area) = _evenly(np.stack([x, y]), area, fine)
    width = _widths(area, asked)
    if meander > 0 and len(s) > 8:
        x, y = _meandered(inputs, s, x, y, float(width.mean()), meander, seed)
        s, (x, y, area) = _evenly(np.stack([x, y]), area, fine)
        x, y = (_smoothed(v, max(2.0, 0.6 * asked.width_m / fine)) for v in (x, y))
    east, north = inputs.grid.extent_m
    x, y = np.clip(x, 0, np.nextafter(east, 0)), np.clip(y, 0, np.nextafter(north, 0))
    step = max(0.7 * inputs.grid.cell_size_m, asked.width_m / 8)
    _, (x, y, area) = _evenly(np.stack([x, y]), area, step)
    none = np.empty(0)
    return Line(x, y, _widths(area, asked) * _sprung(inputs.grid, x, y, asked), area, none, none)


def straightened(inputs: Inputs, course: Doubles, asked: Asked) -> Doubles:
    """Run straight from the source to the mouth, through what rises on the way; where it is lowest, if one is free.

    Parameters
    ----------
    inputs : Inputs
        The map.
    course : ndarray
        ``(n, 2)`` x, y [m] of the course that the water would take.
    asked : Asked
        A single river that crosses the map may begin and end a little aside.

    Returns
    -------
    ndarray
        ``(n, 2)`` x, y [m].
    """
    grid, ground = inputs.grid, inputs.height()
    ends = [_beside(grid, p, asked.count == 1 and bool((inputs.mask >= 0.5).all())) for p in (course[0], course[-1])]
    share = np.linspace(0, 1, len(course))[:, None]
    best, least = course, np.inf
    for first in ends[0]:
        for last in ends[1]:
            line = first + share * (last - first)
            up = grid.sample(ground, line).astype(np.float64)
            cut = float(np.maximum(up - np.minimum.accumulate(up), 0).sum())
            off = np.hypot(*(line - np.array(grid.extent_m) / 2).T).min() if asked.through_centre else 0.0
            cut += 1e9 * (off > _CENTRAL * min(grid.extent_m))
            if cut < least:
                best, least = line, cut
    return best


def _beside(grid: Grid, end: Doubles, free: bool) -> list[Doubles]:
    """Return an end of a course and, where it lies on the map's edge and is free, places to both sides of it there."""
    if not free or not _on_border(grid, end):
        return [end]
    east, north = grid.extent_m
    upright = min(end[0], east - end[0]) < grid.cell_size_m
    along = np.array([0.0, north] if upright else [east, 0.0])
    moved = [end + k * along for k in _ASIDE]
    margin = 0.12 * along.sum()
    inside = [p for p in moved if margin <= p[int(upright)] <= along.sum() - margin]
    return [end, *inside]


def _sprung(grid: Grid, x: Doubles, y: Doubles, asked: Asked) -> Doubles:
    """Share of its width that a river has by its spring: it begins as a thread, but not at the edge."""
    edge = min(x[0], y[0], grid.extent_m[0] - x[0], grid.extent_m[1] - y[0])
    if asked.source == "lake" or edge < max(grid.extent_m) / 64:
        return np.ones(len(x))
    s = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    grown = np.clip(s / min(0.1 * s[-1], 12 * asked.width_m), 0, 1)
    return np.asarray(_THREAD + (1 - _THREAD) * grown * (2 - grown))


def _evenly(xy: Doubles, more: Doubles, step: float) -> tuple[Doubles, Doubles]:
    """Resample a line at about ``step`` metres; returns positions ``(n,)`` [m] and ``(3, n)`` x, y, more."""
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=1)))])
    s = np.linspace(0, run[-1], max(4, int(run[-1] / step) + 1))
    return s, np.stack([np.interp(s, run, v) for v in (*xy, more)])


def _smoothed(values: Doubles, sigma: float) -> Doubles:
    """Gaussian along the line with both ends held: continued by its mirror image through the end point."""
    k = min(int(4 * sigma), len(values) - 1)
    ahead, behind = 2 * values[0] - values[k:0:-1], 2 * values[-1] - values[-2 : -2 - k : -1]
    return np.asarray(gaussian_filter1d(np.concatenate([ahead, values, behind]), sigma)[k : k + len(values)])


def _widths(area: Doubles, asked: Asked) -> Doubles:
    """Width = a Q^b, the asked one at the mouth; raised at the source until the mean of the water is not below 0.8."""
    inflow = 0.3 * area[-1] if asked.source != "any" else 0.0
    grown = np.maximum.accumulate((area + inflow) / (area[-1] + inflow)) ** _EXPONENT
    grown = np.maximum.accumulate(gaussian_filter1d(grown, max(len(area) / 40, 1.0), mode="nearest"))
    grown = grown / grown[-1]
    for least in (0.25, 0.35, 0.45, 0.55, 0.65):
        share = least + (1 - least) * grown
        if (share**2).sum() / share.sum() >= 0.8:
            break
    return np.asarray(asked.width_m * share)


def _meandered(
    inputs: Inputs, s: Doubles, x: Doubles, y: Doubles, width: float, meander: float, seed: int
) -> tuple[Doubles, Doubles]:
    """Swing the line to both sides where the ground beside it is flat; irregular, and still at both ends."""
    draw = np.random.default_rng(seed)
    grid = inputs.grid
    wave = float(np.clip(_WINDING * width, max(grid.extent_m) / 64, max(s[-1] / 4, 1.0)))
    knots = np.arange(0, s[-1] + 3 * wave, wave)
    stretch = np.interp(s, knots, draw.uniform(0.75, 1.35, len(knots)))
    phase = np.cumsum(2 * np.pi / (wave * stretch)) * (s[1] - s[0]) + draw.uniform(0, 2 * np.pi)
    swing = np.interp(s, knots, draw.uniform(0.35, 1.0, len(knots)))
    sideways = 0.2 * wave * meander * swing * np.sin(phase)
    gap = max(grid.extent_m) / 100
    dx, dy = np.gradient(x, s), np.gradient(y, s)
    norm = np.maximum(np.hypot(dx, dy), 1e-9)
    dx, dy = dx / norm, dy / norm
    ground = inputs.height()
    sides = [grid.sample(ground, np.stack([x - k * gap * dy, y + k * gap * dx], axis=1)) for k in (-1, 1)]
    along = np.gradient(gaussian_filter1d(grid.sample(ground, np.stack([x, y], axis=1)).astype(float), 6), s)
    steep = np.hypot((sides[1] - sides[0]) / (2 * gap), along)
    flat = gaussian_filter1d(1 / (1 + (steep / 0.12) ** 2), 6, mode="nearest")
    calm = np.clip(np.minimum(s, s[-1] - s) / wave, 0, 1)
    edge = np.min([x, grid.extent_m[0] - x, y, grid.extent_m[1] - y], axis=0)
    off = np.clip(sideways * flat * calm, -0.5 * edge, 0.5 * edge)
    return x - off * dy, y + off * dx


def cut_at_water(inputs: Inputs, line: Line, asked: Asked) -> Line | None:
    """End the line at the first water it meets, begin it where it leaves a lake; None if that water is not wanted."""
    kind = inputs.get("water_kind")
    if kind is None:
        return line
    ends: tuple[str, ...] = ("sea", "lake") if asked.mouth == "any" else (asked.mouth,)
    ends = tuple(e for e in ends if asked.source != "lake" or e != "lake")
    line = _led_to_water(inputs, line, inputs.has("water_kind", *ends))
    if asked.source == "lake":
        line = _turned(_led_to_water(inputs, _turned(line), inputs.has("water_kind", "lake")))
    met = kind[inputs.grid.cells_of(line.points)]
    first = 0
    if asked.source == "lake":
        lake = np.flatnonzero(met[: max(len(met) // 3, 1)] == WATER_KINDS.index("lake"))
        first = int(lake[-1]) if len(lake) else 0
    wet = np.flatnonzero(met[first + 1 :] > 0)
    end = first + 1 + int(wet[0]) if len(wet) else len(met) - 1
    dry_end = met[end] == 0 and _on_border(inputs.grid, line.points[end]) and asked.mouth in ("any", "edge")
    if not (dry_end or WATER_KINDS[met[end]] in ends) or (asked.source != "lake" and met[0] > 0) or end - first < 3:
        return None
    part = slice(first, end + 1)
    return Line(line.x[part], line.y[part], line.width[part], line.catchment[part], line.level, line.depth)


def _turned(line: Line) -> Line:
    """Return the line from its mouth to its source."""
    return Line(line.x[::-1], line.y[::-1], line.width[::-1], line.catchment[::-1], line.level, line.depth)


def _on_border(grid: Grid, point: Doubles) -> bool:
    return bool(min(point.min(), *(side - p for side, p in zip(grid.extent_m, point, strict=True))) < grid.cell_size_m)


def _led_to_water(inputs: Inputs, line: Line, water: Mask) -> Line:
    """Carry a line that stops short of its water, where lattice and map draw the shore differently, on to it."""
    grid, last = inputs.grid, line.points[-1]
    rows, cols = grid.cells_of(line.points[-1:])
    r, c = int(rows[0]), int(cols[0])
    if water[r, c] or _on_border(grid, last):
        return line
    reach = 4 + int(max(grid.extent_m) / 128 / grid.cell_size_m)
    r0, c0 = max(r - reach, 0), max(c - reach, 0)
    near_r, near_c = np.nonzero(water[r0 : r + reach + 1, c0 : c + reach + 1])
    if not len(near_r):
        return line
    x, y = grid.xs()[near_c + c0], grid.ys()[near_r + r0]
    nearest = int(np.argmin(np.hypot(x - last[0], y - last[1])))
    steps = np.linspace(0, 1, 2 + 2 * reach)[1:]
    more = [np.full(len(steps), v) for v in (line.width[-1], line.catchment[-1])]
    return Line(
        np.concatenate([line.x, last[0] + steps * (x[nearest] - last[0])]),
        np.concatenate([line.y, last[1] + steps * (y[nearest] - last[1])]),
        np.concatenate([line.width, more[0]]), np.concatenate([line.catchment, more[1]]), line.level, line.depth,
    )  # fmt: skip


def with_levels(inputs: Inputs, line: Line, asked: Asked, depth_m: float) -> Line:
    """Give the line a water level under its banks that falls all the way, down to the water it ends in."""
    grid, ground = inputs.grid, inputs.height()
    along = line.points
    dx, dy = np.gradient(line.x), np.gradient(line.y)
    norm = np.maximum(np.hypot(dx, dy), 1e-9)
    beside = np.stack([-dy / norm, dx / norm], axis=1) * (line.width / 2)[:, None]
    bank = np.min([grid.sample(ground, along + k * beside) for k in (-1, 0, 1)], axis=0).astype(np.float64)
    depth = depth_m * np.sqrt(line.width / line.width[-1])
    s = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(line.x), np.diff(line.y)))])
    target = bank - 0.15 * depth - 0.05
    existing, kind = inputs.get("water_level"), inputs.get("water_kind")
    mouth = -np.inf
    if existing is not None and kind is not None:
        r, c = grid.cells_of(along[[0, -1]])
        if kind[r[1], c[1]] > 0:
            mouth = float(existing[r[1], c[1]])
        if asked.source == "lake" and kind[r[0], c[0]] > 0:
            target = np.minimum(target, float(existing[r[0], c[0]]))
            target[0] = float(existing[r[0], c[0]])
    floor = mouth + _FALL * (s[-1] - s)
    filled = np.maximum.accumulate(target[::-1])[::-1]
    level = np.minimum.accumulate(target) * (1 - _FILL) + np.minimum(filled, target[0]) * _FILL
    target = np.maximum(target, level)
    calm = np.minimum.accumulate(np.minimum(gaussian_filter1d(level, 4, mode="nearest"), target))
    level = np.maximum(calm - _FALL * s, floor)
    level[0] = max(level[0], floor[0])
    return Line(line.x, line.y, line.width, line.catchment, level, depth)
