"""Where a settlement stands: gentle dry ground with room, and the small lattice it is planned on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label, maximum_filter

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import lattice_over, resample
from .kernels.nearness import distance_cells
from .kernels.streets import walking_cost

LATTICE_M, MOST = 5.0, 320
"""Size of a cell of the lattice that settlements are planned from [m], and cells on its longer side at most."""

SEARCH = 96
"""Cells on the longer side of the lattice on which sites are looked for."""

_LATTICE = 460  # cells across the window of a settlement, at most
_FINEST_M, _COARSEST_M = 1.5, 5.0
_ROUGH = 2.5  # how much wider the cells of a draft are
_CLIFF_DEG = 38.0
_SECTORS = 360
_STEEP, _DEAR = 0.14, 0.24  # tangents at which ground is half as good, and walking twice as dear
_OVERLOOKED_M = 140.0  # how far around a castle's ground is compared
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Plot:
    """The lattice of one settlement; row 0 is in the south.

    Parameters
    ----------
    x0, y0, h : float
        South-west corner on the map and size of a cell [m].
    height, cost, shore : ndarray
        ``(rows, cols) float32`` ground [m], walking cost from the centre, distance to water [m].
    free, walk, open : ndarray of bool
        Where may be built; where streets may run; the step's region.
    centre : tuple of float
        On the lattice [m].
    """

    x0: float
    y0: float
    h: float
    height: FloatArray
    cost: FloatArray
    shore: FloatArray
    free: Mask
    walk: Mask
    open: Mask
    centre: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.free.shape[0], self.free.shape[1]

    def in_sight(self) -> Mask:
        """``(rows, cols)`` whether the straight line from the centre is dry and in the region, for a wall."""
        x, y = self.points()
        off_x, off_y = x - self.centre[0], y - self.centre[1]
        far = np.hypot(off_x, off_y)
        sector = ((np.arctan2(off_y, off_x) + np.pi) * _SECTORS / (2 * np.pi)).astype(int) % _SECTORS
        shut = (self.shore < 5.0) | ~self.open
        first = np.full(_SECTORS, np.inf)
        np.minimum.at(first, sector[shut], far[shut])
        first = np.minimum(np.minimum(first, np.roll(first, 1)), np.roll(first, -1))
        return np.asarray(far < first[sector] - 4.0)

    def points(self) -> tuple[FloatArray, FloatArray]:
        """X and y of the cells on the lattice [m]."""
        rows, cols = self.shape
        x, y = np.meshgrid((np.arange(cols) + 0.5) * self.h, (np.arange(rows) + 0.5) * self.h)
        return x.astype(np.float32), y.astype(np.float32)

    def sample(self, data: NDArray[Any], points: NDArray[np.float64]) -> NDArray[Any]:
        """Values of the cells under ``(n, 2)`` lattice points [m]."""
        rows, cols = self.shape
        r = np.clip((points[:, 1] / self.h).astype(int), 0, rows - 1)
        c = np.clip((points[:, 0] / self.h).astype(int), 0, cols - 1)
        return np.asarray(data[r, c])


@dataclass(frozen=True)
class Ground:
    """The ground as a planner sees it, on a lattice of fixed metres, so that every resolution plans the same.

    Parameters
    ----------
    grid : Grid
        The lattice.
    height, steep, water, sea : ndarray
        ``(rows, cols) float32`` ground [m], its tangent, distance to water and to the sea [m].
    open : ndarray
        ``float32`` share of the cell where streets may run, whatever the slope.
    shore : ndarray
        Distance to water [m] on the map's own grid.
    clear_m, steepest : float
        Distance kept from water [m]; tangent of the steepest ground that is built on.
    """

    grid: Grid
    height: FloatArray
    steep: FloatArray
    water: FloatArray
    sea: FloatArray
    open: FloatArray
    shore: FloatArray
    clear_m: float
    steepest: float

    def walkable(self, steep: FloatArray, water: FloatArray, open_: FloatArray) -> Mask:
        """Where streets may run, of values sampled somewhere."""
        cliff = max(np.tan(np.radians(_CLIFF_DEG)), self.steepest)
        return np.asarray((open_ > 0.5) & (water > self.clear_m) & (steep < cliff))


def survey(inputs: Inputs, clear_m: float, steepest_deg: float, room_m2: float) -> Ground:
    """Find the ground that may be built on: in the region, dry, gentle, clear of what stands there, and roomy."""
    own = inputs.grid
    grid = lattice_over(own, int(np.clip(max(own.extent_m) / LATTICE_M, 48, MOST)))
    cell = grid.cell_size_m
    wet = inputs.get("water_kind")
    wet = np.zeros(own.shape, bool) if wet is None else wet > 0
    open_ = inputs.mask >= 0.5
    for name, keep_m in (("settlement", 24.0), ("building", 12.0), ("wall", 12.0), ("cell", 12.0), ("road", 0.0)):
        taken = inputs.get(name)
        if taken is not None and (taken > 0).any():
            width = 2 * int(keep_m / own.cell_size_m) + 1
            open_ &= ~(maximum_filter((taken > 0).astype(np.uint8), width) > 0)
    height = gaussian_filter(resample(inputs.height(), grid.shape), 12.0 / cell, mode="nearest", truncate=3)
    south, east = np.gradient(height, cell)
    share = np.clip(resample(open_.astype(np.float32), grid.shape), 0, 1)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    rim = np.minimum(np.minimum(x, own.extent_m[0] - x), np.minimum(y, own.extent_m[1] - y))
    share = np.where(rim < 9.0, 0, share).astype(np.float32)
    away, sea = (
        _away(resample(m.astype(np.float32), grid.shape) > 0.3, grid) for m in (wet, inputs.has("water_kind", "sea"))
    )
    made = Ground(grid, height, np.hypot(south, east), away, sea, share, _away(wet, own), clear_m,
                  float(np.tan(np.radians(steepest_deg))))  # fmt: skip
    walk = _roomy(made.walkable(made.steep, away, share), room_m2 / grid.cell_area_m2)
    return replace(made, open=np.where(walk, share, np.minimum(share, 0.49)).astype(np.float32))


def _away(mask: Mask, grid: Grid) -> FloatArray:
    """Distance to a mask [m], from the middle of cells to their edge; far where there is none."""
    if not mask.any():
        return np.full(grid.shape, 1e5, np.float32)
    return np.asarray(np.maximum(distance_cells(~mask) - 0.5, 0) * grid.cell_size_m, dtype=np.float32)


def _roomy(walk: Mask, cells: float) -> Mask:
    """Leave out patches too small for a settlement, but never the largest."""
    patch, count = label(walk)
    if count < 2:
        return walk
    sizes = np.bincount(patch.ravel())
    sizes[0] = 0
    return np.asarray((sizes >= min(cells, int(sizes.max())))[patch])


def choose_sites(
    inputs: Inputs,
    ground: Ground,
    radius_m: float,
    count: int,
    harbour: bool,
    rng: np.random.Generator,
    high: bool = False,
) -> list[tuple[float, float]]:
    """Return the centres of so many settlements, the best ground first; ``high`` looks for what overlooks the rest.

    Raises
    ------
    BuildError
        There is no room for them.
    """
    grid = lattice_over(inputs.grid, SEARCH)
    cell = grid.cell_size_m
    gentle = 1 / (1 + (resample(ground.steep, grid.shape) / _STEEP) ** 2)
    fit = ground.walkable(ground.steep, ground.water, ground.open) & (ground.steep < ground.steepest)
    free = resample(fit.astype(np.float32), grid.shape)
    shore, sea = (resample(np.minimum(d, 4e3), grid.shape) for d in (ground.water, ground.sea))
    good = gaussian_filter(np.clip(free, 0, 1) * gentle, max(0.6 * radius_m / cell, 0.5), mode="constant", truncate=2.5)
    u, v = np.meshgrid(grid.xs() / grid.extent_m[0] - 0.5, grid.ys() / grid.extent_m[1] - 0.5)
    score = good + 0.1 * np.exp(-((shore - radius_m) ** 2) / (2 * (0.6 * radius_m + 20) ** 2)) - 0.3 * np.hypot(u, v)
    rim = np.minimum(0.5 - np.abs(u), 0.5 - np.abs(v)) * min(grid.extent_m)
    score = score - 0.5 * np.clip(1 - rim / (1.25 * radius_m + 10), 0, 1)
    phase = rng.uniform(0, 2 * np.pi, 4)
    score = score + 0.045 * (np.cos(7 * u + phase[0]) * np.cos(6 * v + phase[1]) + np.cos(4 * u + 9 * v + phase[2]))
    if harbour:
        sea = sea if float(sea.min()) < 1e3 else shore  # a harbour on a lake
        score = score + 0.5 * np.exp(-((sea / (0.55 * radius_m + 15)) ** 2))
    if high:
        land = resample(ground.height, grid.shape)
        above = land - gaussian_filter(land, _OVERLOOKED_M / cell, mode="nearest")
        score = score + 0.9 * np.clip(above / max(float(np.percentile(above, 97)), 1.0), -1, 1.5)
    score[free < 0.5] = -np.inf
    x, y = np.meshgrid(grid.xs(), grid.ys())
    sites: list[tuple[float, float]] = []
    for _ in range(count):
        best = int(np.argmax(score))
        if not np.isfinite(score.flat[best]):
            kept = f"only {len(sites)} of {count} settlements find room" if sites else "no settlement finds room"
            raise BuildError(
                f"{kept} on dry gentle ground in the region; ask for fewer or smaller ones, or a wider region"
            )
        sites.append((float(x.flat[best]), float(y.flat[best])))
        score[np.hypot(x - sites[-1][0], y - sites[-1][1]) < 2.7 * radius_m + 30] = -np.inf
    return sites


def plot_around(inputs: Inputs, ground: Ground, centre: tuple[float, float], reach_m: float) -> Plot:
    """Return the lattice around a centre, out to a distance or the map's edge."""
    east, north = inputs.grid.extent_m
    x0, y0 = max(centre[0] - reach_m, 0.0), max(centre[1] - reach_m, 0.0)
    x1, y1 = min(centre[0] + reach_m, east), min(centre[1] + reach_m, north)
    h = float(np.clip(max(x1 - x0, y1 - y0) / _LATTICE, _FINEST_M, _COARSEST_M))
    h *= _ROUGH if inputs.grid.draft else 1.0
    rows, cols = max(8, int((y1 - y0) / h)), max(8, int((x1 - x0) / h))
    x, y = np.meshgrid(x0 + (np.arange(cols) + 0.5) * h, y0 + (np.arange(rows) + 0.5) * h)
    at = np.stack([x.ravel(), y.ravel()], axis=1)
    cells = inputs.grid.cells_of(at)

    def seen(data: FloatArray) -> FloatArray:
        return ground.grid.sample(data, at).reshape(rows, cols)

    steep, shore = seen(ground.steep), seen(np.minimum(ground.water, 1e4))
    allowed = (inputs.mask[cells] >= 0.5).reshape(rows, cols)
    exact = ground.shore[cells].reshape(rows, cols) > min(0.5 * ground.clear_m, 4.0)
    walk = ground.walkable(steep, shore, seen(ground.open)) & exact & allowed
    free = walk & (steep < ground.steepest)
    middle = (centre[0] - x0, centre[1] - y0)
    price = (1 + 1.6 * (1 - np.exp(-((steep / _DEAR) ** 2)))).astype(np.float32)
    starts = np.zeros((rows, cols), dtype=bool)
    away = np.where(walk, np.hypot(x - centre[0], y - centre[1]), np.inf)
    starts.flat[int(np.argmin(away))] = True
    return Plot(
        x0, y0, h, seen(ground.height), walking_cost(starts, walk, price, h), shore, free, walk, allowed, middle
    )
