"""The cheapest way between two masks over the ground, as a mask itself."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Grid

from .kernels.channels import nearest_on_line
from .kernels.lattice import lattice_over, resample
from .kernels.ways import MOVES, cheapest_way
from .mask_slots import LAYERS, Mask, Slot, read, region_of, written

Spot = Annotated[tuple[tuple[float, float], ...], Field(max_length=1)]
Water = Literal["avoid", "cross"]
_LATTICE = 192  # cells on the longer side of the lattice that ways are found on
_STEEP = 12.0  # by how much a slope of 45 degrees is dearer than level ground


class PathBetween(Params):
    """Parameters of `path_between`."""

    from_mask: Slot = param("a", "The mask it begins at.")
    to_mask: Slot = param("b", "The mask it ends at.")
    from_m: Spot = param((), "A point x, y [m] to begin at instead.")
    to_m: Spot = param((), "A point x, y [m] to end at instead.")
    width_m: float = param(14, "Width of the path; at least a cell.", unit="m", ge=0.1, le=20000, scales=True)
    avoid_slopes: float = param(
        0.7, "How far it goes round to stay on gentle ground.", ge=0, le=1, hints="0 straight, 1 long ways round"
    )
    water: Water = param("avoid", "Whether it may cross water.")
    into: Slot = param("c", "The mask it is written into.")


@generator(
    family="mask", stage="mask", reads=(*LAYERS, "height", "water_kind"), writes=LAYERS,
    source="Dijkstra, A note on two problems in connexion with graphs (1959)",
)  # fmt: skip
def path_between(inputs: Inputs, params: PathBetween, rng: np.random.Generator, tick: Tick) -> Output:
    """Draw the cheapest way between two masks, or two points, that goes round steep ground and water."""
    region = region_of(inputs)
    tick(0.1, "weighing the ground")
    grid = lattice_over(inputs.grid, _LATTICE)
    ends = [_end(inputs, grid, m, p) for m, p in ((params.from_mask, params.from_m), (params.to_mask, params.to_m))]
    inside = resample(region.astype(np.float32), grid.shape) > 0.5
    wet = resample((inputs.has("water_kind", "sea", "lake", "river")).astype(np.float32), grid.shape) > 0.5
    blocked = ~inside | (wet if params.water == "avoid" else np.zeros_like(wet))
    start = np.where(ends[0] & inside, np.float32(0), np.float32(np.inf))
    ground = resample(inputs.height(), grid.shape)
    tick(0.3, "finding the way")
    way = cheapest_way(
        start, ends[1] & inside, blocked & ~ends[0] & ~ends[1], np.zeros_like(wet), ground,
        _price(ground, grid, params.avoid_slopes), MOVES, grid.cell_size_m, 1e6, 0.0, 0.0, 0.02 * grid.cell_size_m,
    )  # fmt: skip
    if not len(way):
        raise BuildError("no way leads from one end of the path to the other; let it cross water or widen the region")
    tick(0.8, "drawing it")
    x, y = (a.astype(np.float32) for a in (grid.xs()[way[:, 1]], grid.ys()[way[:, 0]]))
    return written(params.into, _drawn(inputs.grid, x, y, params.width_m) & region)


def _end(inputs: Inputs, grid: Grid, slot: str, point: tuple[tuple[float, float], ...]) -> Mask:
    end = np.zeros(grid.shape, dtype=bool)
    if point:
        end[grid.cells_of(np.array(point))] = True
        return end
    mask = read(inputs, slot)
    end[grid.cells_of(_middles(inputs.grid, mask))] = True
    if not mask.any():
        raise BuildError(f"mask '{slot}' is empty, so no path can end there; draw something into it")
    return end


def _middles(grid: Grid, mask: Mask) -> FloatArray:
    """``(n, 2)`` cell centres of a mask [m]."""
    rows, cols = np.nonzero(mask)
    return np.column_stack([grid.xs()[cols], grid.ys()[rows]])


def _price(ground: FloatArray, grid: Grid, avoid: float) -> FloatArray:
    """``(rows, cols) float32`` cost of a metre."""
    if min(ground.shape) < 2:
        return np.ones(ground.shape, np.float32)
    south, east = np.gradient(ground, grid.cell_size_m)
    return np.asarray(1 + _STEEP * avoid * np.hypot(south, east) ** 2 + 2 * avoid * np.hypot(south, east), np.float32)


def _drawn(grid: Grid, x: FloatArray, y: FloatArray, width_m: float) -> Mask:
    """``(rows, cols)`` the cells within half the width of a line, which is joined whatever its width."""
    if len(x) == 1:
        x, y = np.repeat(x, 2), np.repeat(y, 2)
    for _ in range(3):
        x, y = _rounded(x), _rounded(y)
    half = max(width_m / 2, 0.71 * grid.cell_size_m)
    reach = np.full(len(x), half, np.float32)
    away, _ = nearest_on_line(x, y, reach, np.zeros(len(x), dtype=bool), grid.cell_size_m, grid.shape)
    return np.asarray(away <= half)


def _rounded(values: FloatArray) -> FloatArray:
    """Cut the corners of a line (Chaikin 1974), its ends held."""
    early, late = 0.75 * values[:-1] + 0.25 * values[1:], 0.25 * values[:-1] + 0.75 * values[1:]
    inner = np.column_stack([early, late]).ravel()
    return np.concatenate([values[:1], inner, values[-1:]]).astype(np.float32)
