"""Masks of plain shapes: circles, rectangles, a polygon, a path, dots and a checkerboard."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.region import Context, Polygon
from pcgstudio.world import Grid

from .kernels.channels import nearest_on_line
from .mask_slots import FEATURES, LAYERS, Slot, region_of, written

Shape = Literal["circle", "rectangle", "polygon", "path", "dots", "checkerboard"]
Points = Annotated[tuple[tuple[float, float], ...], Field(max_length=10_000)]
Mask = NDArray[np.bool_]
Doubles = NDArray[np.float64]
_LEAST = {"circle": 0, "rectangle": 0, "polygon": 3, "path": 2, "dots": 0, "checkerboard": 0}


class MaskShape(Params):
    """Parameters of `mask_shape`."""

    into: Slot = param("a", "The mask it draws; regions name it 'mask a' and so on.")
    shape: Shape = param("circle", "What is drawn.")
    points_m: Points = param(
        (), "Points x, y [m]: middles of circles or rectangles (empty: the map's), corners of a polygon, a path."
    )
    width_m: float = param(
        300, "Diameter of circles and dots, east-west side of rectangles, width of a path, side of a square.",
        unit="m", ge=0.1, le=200000, scales=True,
    )  # fmt: skip
    length_m: float | None = param(
        None, "North-south side of rectangles; empty: squares.", unit="m", ge=0.1, le=200000, scales=True
    )
    spacing_m: float = param(150, "Distance between the middles of dots.", unit="m", ge=0.5, le=200000, scales=True)
    turn_deg: float = param(
        0, "Turn of rectangles, dots and checkerboard, counter-clockwise.", unit="deg", ge=-180, le=180
    )


@generator(
    family="mask",
    stage="mask",
    writes=LAYERS,
    features=FEATURES,
    source="Foley et al., Computer Graphics: Principles and Practice (1990): even-odd rule, distance to segments",
)
def mask_shape(inputs: Inputs, params: MaskShape, rng: np.random.Generator, tick: Tick) -> Output:
    """Draw a mask of circles, rectangles, a polygon, a path, a grid of dots or a checkerboard."""
    tick(0.1, "drawing the shape")
    if 0 < len(params.points_m) < _LEAST[params.shape] or (not params.points_m and _LEAST[params.shape]):
        raise BuildError(f"a {params.shape} needs at least {_LEAST[params.shape]} points; give them as points_m")
    region = region_of(inputs)
    grid = inputs.grid
    middle = ((grid.extent_m[0] / 2, grid.extent_m[1] / 2),)
    points = np.array(params.points_m or middle, dtype=np.float64)
    match params.shape:
        case "circle" | "rectangle":
            mask = _stamped(grid, points, params)
        case "polygon":
            mask = Polygon(points_m=params.points_m).evaluate(Context(grid)) >= 0.5
        case "path":
            mask = _path(grid, points, params.width_m)
        case "dots" | "checkerboard":
            mask = _tiled(grid, points[0], params)
    tick(0.9, "writing the mask")
    return written(params.into, mask & region)


def _turned(grid: Grid, x: float, y: float, turn_deg: float) -> tuple[Doubles, Doubles]:
    """Return coordinates around a point on turned axes [m], ``(rows, cols)`` each."""
    angle = np.radians(turn_deg)
    dx, dy = grid.xs()[None, :].astype(np.float64) - x, grid.ys()[:, None].astype(np.float64) - y
    return dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)


def _stamped(grid: Grid, points: Doubles, params: MaskShape) -> Mask:
    mask = np.zeros(grid.shape, dtype=bool)
    for x, y in points:
        u, v = _turned(grid, x, y, params.turn_deg)
        if params.shape == "circle":
            mask |= np.hypot(u, v) <= params.width_m / 2
        else:
            length = params.length_m or params.width_m
            mask |= (np.abs(u) <= params.width_m / 2) & (np.abs(v) <= length / 2)
    return mask


def _path(grid: Grid, points: Doubles, width_m: float) -> Mask:
    x, y = points.astype(np.float32).T.copy()
    reach = np.full(len(x), max(width_m / 2, grid.cell_size_m), np.float32)
    away, _ = nearest_on_line(x, y, reach, np.zeros(len(x), dtype=bool), grid.cell_size_m, grid.shape)
    return np.asarray(away <= max(width_m / 2, 0.71 * grid.cell_size_m))


def _tiled(grid: Grid, middle: Doubles, params: MaskShape) -> Mask:
    u, v = _turned(grid, float(middle[0]), float(middle[1]), params.turn_deg)
    if params.shape == "checkerboard":
        return np.asarray((np.floor(u / params.width_m) + np.floor(v / params.width_m)) % 2 == 0)
    gap = params.spacing_m
    return np.asarray(np.hypot(u - gap * np.round(u / gap), v - gap * np.round(v / gap)) <= params.width_m / 2)
