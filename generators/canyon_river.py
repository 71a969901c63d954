"""Water on the floor of a canyon: a river where the floor leads out, a level lake where it is closed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, label

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import WATER_KINDS, Layer, Path

from .canyon_course import Doubles
from .river_beds import carve
from .river_lines import Line, cut_at_water, with_levels
from .river_survey import Asked
from .rivers import _layers as river_layers
from .rivers import _path as river_path

LAKE = WATER_KINDS.index("lake")
_ASKED = Asked(1, "any", "any", "any", "any", 0.0, 1.0, 0.0, False)
Mask = NDArray[np.bool_]


def watered(
    inputs: Inputs, made: dict[str, Layer], footprint: Mask, courses: list[tuple[Doubles, Doubles]], width_m: float
) -> tuple[dict[str, Layer], tuple[Path, ...]]:
    """Lay water along canyons that are already cut.

    Parameters
    ----------
    inputs : Inputs
        The map before.
    made : dict of str to Layer
        The ``height`` with the canyons.
    footprint : ndarray
        ``(rows, cols) bool`` where they are.
    courses : list of tuple
        Course ``(n, 2)`` and height of the floor ``(n,)`` of each [m].
    width_m : float
        Width of the water [m].

    Returns
    -------
    tuple
        Layers and paths; rivers fall all the way to other water or the map's edge, lakes lie level.
    """
    dry = {"water_kind": Layer.named(np.zeros(inputs.grid.shape), WATER_KINDS)}
    cut = Inputs(inputs.grid, {**dry, **inputs.layers, **made}, inputs.mask)
    depth = float(np.clip(0.12 * width_m, 0.3, 12.0))
    lines = []
    for course, floor in courses:
        line = _line(cut, footprint, course, floor, width_m)
        if line is not None:
            lines.append(with_levels(cut, line, _ASKED, depth))
    if len(lines) < len(courses):
        if lines:
            raise BuildError("some of these canyons are closed and some lead out; make them as separate steps")
        return _lakes(cut, made, footprint, depth), ()
    channel = carve(cut, lines)
    return river_layers(cut, channel), tuple(river_path(n) for n in lines)


def _line(cut: Inputs, footprint: Mask, course: Doubles, floor: Doubles, width_m: float) -> Line | None:
    """Return the longest dry stretch of the floor from its upper to its lower end; None where it leads nowhere."""
    grid = cut.grid
    course = course if floor[0] >= floor[-1] else course[::-1]
    step = max(0.7 * grid.cell_size_m, width_m / 8)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
    s = np.linspace(0, run[-1], max(8, int(run[-1] / step)))
    x, y = (np.interp(s, run, v) for v in course.T)
    on_map = (x >= 0) & (y >= 0) & (x < grid.extent_m[0]) & (y < grid.extent_m[1])
    there = on_map.copy()
    there[on_map] = footprint[grid.cells_of(np.stack([x, y], axis=1)[on_map])]
    parts, found = label(there)
    if not found:
        return None
    longest = np.flatnonzero(parts == int(np.bincount(parts)[1:].argmax()) + 1)
    part = slice(int(longest[0]), min(int(longest[-1]) + 3, len(x)))  # into the water it ends in
    east, north = (np.nextafter(v, 0) for v in grid.extent_m)
    x, y = np.clip(x[part], 0, east), np.clip(y[part], 0, north)
    grown = 0.75 + 0.25 * np.linspace(0, 1, len(x))
    area = np.linspace(0.3, 1.0, len(x)) * 0.25 * grid.extent_m[0] * grid.extent_m[1]
    none = np.empty(0)
    return cut_at_water(cut, Line(x, y, width_m * grown, area, none, none), _ASKED)


def _lakes(cut: Inputs, made: dict[str, Layer], footprint: Mask, depth: float) -> dict[str, Layer]:
    """Fill each closed canyon to one level: the least depth stands over the upper end of its floor."""
    kind, level = cut.get("water_kind"), cut.get("water_level")
    height = made["height"].data
    kind = np.zeros(height.shape, np.uint8) if kind is None else np.array(kind)
    level = np.full(height.shape, np.nan, np.float32) if level is None else np.array(level)
    parts, found = label(footprint & (kind == 0), np.ones((3, 3)))
    inner = binary_erosion(footprint)
    for i in range(1, found + 1):
        here = parts == i
        surface = np.float32(np.percentile(height[here], 22) + depth)
        under = here & inner & (height < surface)
        kind[under], level[under] = LAKE, surface
    return {**made, "water_kind": Layer.named(kind, WATER_KINDS), "water_level": Layer(level, "m")}
