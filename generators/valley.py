"""Valleys: carved right across a region, with a floor that only ever falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.spatial import cKDTree

from pcgstudio.build import SHORE_M
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Grid, Layer

from .kernels.lattice import ease
from .kernels.noise import fractal_noise
from .placement import Site, calm_ground, crowded, rim_distance, site_of, solid

_POINTS = 2400  # of a course, across the whole map
_FLOOR = 0.3  # share of the half width that is floor
_EDGE = 0.95  # share of the half width that is called valley
_FALL = 0.12  # of the depth, by which the floor falls from end to end on level ground
Doubles = NDArray[np.float64]


class Valley(Params):
    """Parameters of `valley`."""

    count: int = param(1, "Number of valleys side by side, exactly.", ge=1, le=8, aspect="count", feature="valley")
    direction_deg: float | None = param(
        None, "Direction it runs in: 0 east-west, 90 north-south; empty: as it falls.", unit="deg", ge=0, le=180
    )
    width_m: float = param(
        190,
        "Width from rim to rim.",
        unit="m", ge=4, le=50000, scales=True, aspect="width", feature="valley",
        adjectives={"narrow": 110, "": 190, "wide": 320, "broad": 320},
    )  # fmt: skip
    depth_m: float = param(
        55,
        "Depth of the floor below the ground beside it.",
        unit="m", ge=1, le=3000, scales=True, aspect="depth", feature="valley",
        adjectives={"shallow": 25, "": 55, "deep": 100},
    )  # fmt: skip
    meander: float = param(
        0.5, "How far it winds from side to side.", ge=0, le=1, adjectives={"straight": 0.05, "": 0.5, "winding": 0.9}
    )


@generator(
    family="terrain",
    stage="landform",
    reads=("height", "water_kind", "valley"),
    writes=("height", "valley"),
    features=(Feature("valley", ("valley", "dale", "glen", "vale", "strath"), "valley"),),
    version=2,
    source="Harbor & Wheeler, On the mathematical description of glaciated valley cross sections (1992)",
)
def valley(inputs: Inputs, params: Valley, rng: np.random.Generator, tick: Tick) -> Output:
    """Carve valleys right across the region; their floors fall all the way, so that rivers can run in them."""
    site = site_of(inputs, avoid=())
    tick(0.1, "choosing the course")
    courses = _courses(site, params, rng)
    seed = int(rng.integers(2**31))
    height = inputs.height()
    calm = calm_ground(inputs, 0.25 * params.width_m)
    rim_m = rim_distance(inputs)
    lowest = SHORE_M if inputs.has("water_kind", "sea").any() else -np.inf
    footprint = np.zeros(inputs.grid.shape, dtype=bool)
    for i, course in enumerate(courses):
        tick(0.2 + 0.7 * i / len(courses), "carving")
        floor = course.floor(inputs.grid, calm, params, lowest)
        height, near = _carved(inputs.grid, height, course, floor, params, seed + 2 * i, rim_m)
        footprint |= _whole(near & site.open & solid(inputs.mask))
    old = inputs.get("valley")
    mask = footprint if old is None else footprint | (old > 0)
    return Output({"height": Layer(height.astype(np.float32), "m"), "valley": Layer.mask(mask)})


def _whole(near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out scraps where a course that winds along the map's edge looks in once more: they are no valleys."""
    parts, count = label(near, np.ones((3, 3)))
    size = np.bincount(parts.ravel(), minlength=count + 1)
    size[0] = 0
    return np.asarray((size > 0.1 * size.max())[parts])


@dataclass(frozen=True)
class Course:
    """The line of a valley: ``(n, 2)`` points x, y [m], evenly spaced across the map and a little beyond it."""

    points: Doubles

    def floor(self, grid: Grid, calm: FloatArray, params: Valley, lowest: float) -> FloatArray:
        """``(n,) float32`` height of the floor [m], which falls toward the lower end and stays above ``lowest``."""
        ground = grid.sample(calm, self.points).astype(np.float64)
        inside = ((self.points >= 0) & (self.points <= grid.extent_m)).all(axis=1)
        first, last = np.flatnonzero(inside)[[0, -1]] if inside.any() else (0, len(ground) - 1)
        backward = ground[first] < ground[last]
        ground = ground[::-1] if backward else ground
        fall = np.linspace(0, _FALL * params.depth_m, len(ground))
        floor = np.maximum(np.minimum.accumulate(ground) - params.depth_m - fall, lowest)
        return (floor[::-1] if backward else floor).astype(np.float32)


def _courses(site: Site, params: Valley, rng: np.random.Generator) -> list[Course]:
    """Lay parallel courses evenly over the region."""
    turn = np.radians(params.direction_deg) if params.direction_deg is not None else rng.uniform(0, np.pi)
    way, side = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    rows, cols = np.nonzero(site.open)
    spots = np.column_stack([site.grid.xs()[cols], site.grid.ys()[rows]]).astype(np.float64)
    across = spots @ side
    low, high = float(across.min()), float(across.max())
    step = (high - low) / params.count
    fit = max(int((high - low) / (1.2 * params.width_m)), 1)
    if params.count > fit:
        raise crowded(params.count, fit, f"valleys of {params.width_m:g} m")
    middle = float((spots @ way).min() + (spots @ way).max()) / 2
    reach = 0.75 * float(np.hypot(*site.grid.extent_m))
    along = np.linspace(-reach, reach, _POINTS)
    swing = params.meander * min(0.9 * params.width_m, max(step - params.width_m, 0) / 2.5)
    return [
        Course(
            (middle + along)[:, None] * way
            + (low + (i + 0.5) * step + swing * _winding(along, 6.5 * params.width_m, rng))[:, None] * side
        )
        for i in range(params.count)
    ]


def _winding(along: Doubles, wave_m: float, rng: np.random.Generator) -> Doubles:
    """Smooth curve in about [-1, 1] over a length [m]."""
    total = np.zeros_like(along)
    for stretch, size in ((1.0, 0.6), (1.73, 0.3), (0.53, 0.3)):
        total += size * np.sin(2 * np.pi * along / (wave_m * stretch) + rng.uniform(0, 2 * np.pi))
    return total


def _nearest(grid: Grid, points: NDArray[np.float64], reach_m: float) -> tuple[FloatArray, NDArray[np.int32]]:
    """``(rows, cols)`` distance to the nearest of the points [m] and its number; infinite and their count beyond reach.

    Some rows at a time, because a search over all cells takes 50 bytes for each.
    """
    tree, xs, ys = cKDTree(points), grid.xs(), grid.ys()
    away, at = np.empty(grid.shape, np.float32), np.empty(grid.shape, np.int32)
    for first in range(0, grid.rows, 64):
        part = np.s_[first : first + 64]
        x, y = np.meshgrid(xs, ys[part])
        away[part], at[part] = tree.query(np.stack([x, y], axis=-1), distance_upper_bound=reach_m)
    return away, at


def _carved(
    grid: Grid,
    height: FloatArray,
    course: Course,
    floor: FloatArray,
    params: Valley,
    seed: int,
    rim_m: FloatArray | None,
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the ground with one valley in it [m], and where that is."""
    half = params.width_m / 2
    away, at = _nearest(grid, course.points, 1.6 * half)
    away[~np.isfinite(away)] = 2 * half
    np.minimum(at, len(floor) - 1, out=at)
    # Spurs reach into the valley from both sides; the floor itself stays smooth.
    broad = fractal_noise(grid, seed=seed, feature_size_m=3 * half, octaves=2)
    spurs = fractal_noise(grid, seed=seed + 1, feature_size_m=1.3 * half, octaves=4, gain=0.4)
    u: FloatArray = np.asarray(away / half, dtype=np.float32)
    u = (u * np.clip(1 + 0.35 * broad + 0.55 * spurs * ease(u, _FLOOR, 0.9), 0.68, 2)).astype(np.float32)
    depth = 1 - ease(u, _FLOOR, 1.0)
    if rim_m is not None:
        depth = depth * ease(rim_m, 0.0, 0.4 * half)
    carved = height + (floor[at] - height) * depth
    return np.minimum(height, carved).astype(np.float32), away < _EDGE * half
