"""Waterfalls: where a river drops at once, and the gorge it has cut below."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.world import Grid

from .river_beds import Mask
from .river_lines import Line

Doubles = NDArray[np.float64]
_LEAST = 0.004  # of the map's side: a lower step is a rapid
_STEEP = 0.42  # gradient of the water, over a stretch, from which it falls by itself
_STRETCH = 0.03  # of the map's side: how long such a stretch is
_STEP = 2.4  # stretches over which a steep way down is a step; down a longer one, such as a cone, it runs
_LONGEST = 0.3  # share of a river that one fall may take the descent of
_ENDS = 0.08  # share of a river at either end without falls
_VIEW = (0.44, 0.9)  # direction in which pictures are taken: water that falls toward the viewer is seen
_APART = 0.1  # share of a river between two falls, at least


@dataclass(frozen=True)
class Fall:
    """Where water falls: line, place on it, and the end of the stretch whose descent it takes."""

    line: int
    at: int
    end: int


def natural(grid: Grid, lines: list[Line], cliff: Mask) -> list[Fall]:
    """Return the falls of rivers that come down a cliff or a step of the land."""
    side = max(grid.extent_m)
    found = []
    for k, line in enumerate(lines):
        s = _run(line)
        ahead = np.minimum(np.searchsorted(s, s + _STRETCH * side), len(s) - 1)
        drop = line.level - line.level[ahead]
        steep = (drop > _STEEP * np.maximum(s[ahead] - s, 1e-9)) & (drop > 2 * _LEAST * side)
        at = 0
        for start in np.flatnonzero(steep & ~np.concatenate([[False], steep[:-1]])):
            if start < at:
                continue
            after = np.flatnonzero(~steep[start:])
            last = int(start + after[0]) if len(after) else len(s) - 1
            at = int(ahead[min(last, len(s) - 1)])
            over = cliff[grid.cells_of(np.stack([line.x[start : at + 1], line.y[start : at + 1]], axis=1))].any()
            if over or s[at] - s[start] <= _STEP * _STRETCH * side:
                found.append(Fall(k, int(start) + 1, at))
    return [fall for fall in found if fall.end - fall.at >= 1]


def chosen(grid: Grid, lines: list[Line], count: int, height_m: float, within_m: float | None = None) -> list[Fall]:
    """Return so many falls, where the rivers come down most steeply; lower ones where they do not come down far.

    Raises
    ------
    BuildError
        The rivers fall too little for so many.
    """
    least = _LEAST * max(grid.extent_m)
    height, most = max(height_m, least), 0
    while count:
        falls = _steepest(lines, count, height, within_m)
        if len(falls) == count:
            return falls
        most = max(most, len(falls))
        if height <= least:
            told = f"only {most} find" if most else "not one finds"
            raise BuildError(
                f"{count} waterfalls need land that falls along the river, and {told} it; ask for fewer, or for hills, "
                "mountains or a cliff on its way"
            )
        height = max(0.8 * height, least)
    return []


def _steepest(lines: list[Line], count: int, height: float, within_m: float | None) -> list[Fall]:
    """Take the shortest stretches over which a river comes down so far, clear of each other."""
    options = []
    for k, line in enumerate(lines):
        s = _run(line)
        whole = s[-1]
        # First place at which the water lies lower by the height.
        end = np.searchsorted(-line.level, -(line.level - height))
        good = (end < len(s) - 1) & (s > _ENDS * whole)
        good &= (s < (1 - _ENDS) * whole) if within_m is None else (s > whole - within_m)
        long = s[np.minimum(end, len(s) - 1)] - s
        good &= long < _LONGEST * whole
        away = 0.5 * (np.gradient(line.x) * _VIEW[0] + np.gradient(line.y) * _VIEW[1]) / np.gradient(s)
        options += [(float(long[i] * (1 + away[i])), k, i, int(end[i])) for i in np.flatnonzero(good).tolist()]
    falls: list[Fall] = []
    for _, k, at, last in sorted(options):
        s = _run(lines[k])
        gap = _APART * s[-1]
        mine = (f for f in falls if f.line == k)
        if all(s[at] > s[f.end] + gap or s[last] + gap < s[f.at] for f in mine):
            falls.append(Fall(k, at, last))
        if len(falls) == count:
            break
    return falls


def _run(line: Line) -> Doubles:
    """``(n,)`` distance along the river [m]."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(line.x), np.diff(line.y)))])


def stepped(lines: list[Line], falls: list[Fall]) -> list[Line]:
    """Return the rivers with their descent at the falls: below each the water has cut back into the land."""
    levels = [line.level.copy() for line in lines]
    for fall in falls:
        part = levels[fall.line]
        part[fall.at : fall.end] = np.minimum(part[fall.at : fall.end], part[fall.end] + 1e-3)
    return [replace(line, level=np.minimum.accumulate(level)) for line, level in zip(lines, levels, strict=True)]


def marked(grid: Grid, lines: list[Line], falls: list[Fall], wet: Mask) -> NDArray[np.int16]:
    """``(rows, cols) int16`` number of the fall from 1 on the water at its foot and brink, 0 elsewhere."""
    number = np.zeros(grid.shape, np.int16)
    for k, fall in enumerate(falls, 1):
        line = lines[fall.line]
        x, y = float(line.x[fall.at]), float(line.y[fall.at])
        reach = max(0.75 * float(line.width[fall.at]), 1.6 * grid.cell_size_m)
        away = np.hypot(grid.xs()[None, :] - np.float32(x), grid.ys()[:, None] - np.float32(y))
        number[wet & (away <= reach)] = k
    return number
