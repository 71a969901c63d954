"""Where a settlement stands: gentle dry ground with room, and the small lattice it is planned on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, label, maximum_filter

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import lattice_over, resample
from .kernels.streets import walking_cost

SEARCH = 96
"""Cells on the longer side of the lattice on which sites are looked for."""

_LATTICE = 460  # cells across the window of a settlement, at most
_FINEST_M, _COARSEST_M = 1.5, 5.0
_STEEP, _DEAR = 0.14, 0.24  # tangents at which ground is half as good, and walking twice as dear
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
    free, open : ndarray of bool
        Where may be built; the step's region.
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
    open: Mask
    centre: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.free.shape  # type: ignore[return-value]  # numpy does not know the number of axes

    def points(self) -> tuple[FloatArray, FloatArray]:
        """x and y of the cells on the lattice [m]."""
        rows, cols = self.shape
        x, y = np.meshgrid((np.arange(cols) + 0.5) * self.h, (np.arange(rows) + 0.5) * self.h)
        return x.astype(np.float32), y.astype(np.float32)

    def sample(self, data: NDArray[np.generic], points: NDArray[np.float64]) -> NDArray[np.generic]:
        """Values of the cells under ``(n, 2)`` lattice points [m]."""
        rows, cols = self.shape
        r = np.clip((points[:, 1] / self.h).astype(int), 0, rows - 1)
        c = np.clip((points[:, 0] / self.h).astype(int), 0, cols - 1)
        return data[r, c]


@dataclass(frozen=True)
class Ground:
    """Where may be built on the map's own grid: the mask, the distance to water [m] and to the sea [m]."""

    free: Mask
    shore: FloatArray
    sea: FloatArray


def survey(inputs: Inputs, clear_m: float, steepest_deg: float, room_m2: float) -> Ground:
    """Find the ground that may be built on: in the region, dry, gentle, clear of what stands there, and roomy."""
    grid = inputs.grid
    wet = inputs.get("water_kind")
    shore = _away(None if wet is None else wet > 0, grid)
    sea = _away(inputs.has("water_kind", "sea"), grid)
    soft = gaussian_filter(inputs.height(), max(0.3, 6.0 / grid.cell_size_m), mode="nearest", truncate=3)
    south, east = np.gradient(soft, grid.cell_size_m)
    free = (inputs.mask >= 0.5) & (shore > clear_m) & (np.hypot(south, east) < np.tan(np.radians(steepest_deg)))
    for name, keep_m in (("settlement", 24.0), ("building", 12.0), ("wall", 12.0), ("cell", 12.0), ("road", 0.0)):
        taken = inputs.get(name)
        if taken is not None and (taken > 0).any():
            width = 2 * int(keep_m / grid.cell_size_m) + 1
            free &= ~(maximum_filter((taken > 0).astype(np.uint8), width) > 0)
    rim = max(1, round(8.0 / grid.cell_size_m))
    free[:rim], free[-rim:], free[:, :rim], free[:, -rim:] = False, False, False, False
    return Ground(_roomy(np.asarray(free), room_m2 / grid.cell_area_m2), shore, sea)


def _roomy(free: Mask, cells: float) -> Mask:
    """Leave out patches too small for a settlement, but never the largest."""
    patch, count = label(free)
    if count < 2:
        return free
    sizes = np.bincount(patch.ravel())
    sizes[0] = 0
    return np.asarray((sizes >= min(cells, int(sizes.max())))[patch])


def _away(mask: Mask | None, grid: Grid) -> FloatArray:
    """Distance to a mask [m]; a kilometre and more where there is none."""
    if mask is None or not mask.any():
        return np.full(grid.shape, 1e5, np.float32)
    return np.asarray(distance_transform_edt(~mask) * grid.cell_size_m, dtype=np.float32)


def choose_sites(
    inputs: Inputs, ground: Ground, radius_m: float, count: int, harbour: bool, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Return the centres of so many settlements, the best ground first.

    Raises
    ------
    BuildError
        There is no room for them.
    """
    grid = lattice_over(inputs.grid, SEARCH)
    cell = grid.cell_size_m
    height = gaussian_filter(resample(inputs.height(), grid.shape), 0.8, mode="nearest")
    south, east = np.gradient(height, cell)
    gentle = 1 / (1 + (np.hypot(south, east) / _STEEP) ** 2)
    free = resample(ground.free.astype(np.float32), grid.shape)
    shore, sea = resample(np.minimum(ground.shore, 4e3), grid.shape), resample(np.minimum(ground.sea, 4e3), grid.shape)
    good = gaussian_filter(np.clip(free, 0, 1) * gentle, max(0.6 * radius_m / cell, 0.5), mode="constant", truncate=2.5)
    u, v = np.meshgrid(grid.xs() / grid.extent_m[0] - 0.5, grid.ys() / grid.extent_m[1] - 0.5)
    score = good + 0.1 * np.exp(-((shore - radius_m) ** 2) / (2 * (0.6 * radius_m + 20) ** 2)) - 0.3 * np.hypot(u, v)
    rim = np.minimum(0.5 - np.abs(u), 0.5 - np.abs(v)) * min(grid.extent_m)
    score = score - 0.5 * np.clip(1 - rim / (1.25 * radius_m + 10), 0, 1)
    phase = rng.uniform(0, 2 * np.pi, 4)
    score = score + 0.045 * (np.cos(7 * u + phase[0]) * np.cos(6 * v + phase[1]) + np.cos(4 * u + 9 * v + phase[2]))
    if harbour:
        score = score + 0.5 * np.exp(-(sea / (0.55 * radius_m + 15)) ** 2)
    score[free < 0.5] = -np.inf
    x, y = np.meshgrid(grid.xs(), grid.ys())
    sites: list[tuple[float, float]] = []
    for _ in range(count):
        best = int(np.argmax(score))
        if not np.isfinite(score.flat[best]):
            kept = f"only {len(sites)} of {count} settlements find room" if sites else "no settlement finds room"
            raise BuildError(f"{kept} on dry gentle ground in the region; ask for fewer or smaller ones, or a wider region")
        sites.append((float(x.flat[best]), float(y.flat[best])))
        score[np.hypot(x - sites[-1][0], y - sites[-1][1]) < 2.7 * radius_m + 30] = -np.inf
    return sites


def plot_around(inputs: Inputs, ground: Ground, centre: tuple[float, float], reach_m: float) -> Plot:
    """Return the lattice around a centre, out to a distance or the map's edge."""
    east, north = inputs.grid.extent_m
    x0, y0 = max(centre[0] - reach_m, 0.0), max(centre[1] - reach_m, 0.0)
    x1, y1 = min(centre[0] + reach_m, east), min(centre[1] + reach_m, north)
    h = float(np.clip(max(x1 - x0, y1 - y0) / _LATTICE, _FINEST_M, _COARSEST_M))
    rows, cols = max(8, int((y1 - y0) / h)), max(8, int((x1 - x0) / h))
    x, y = np.meshgrid(x0 + (np.arange(cols) + 0.5) * h, y0 + (np.arange(rows) + 0.5) * h)
    at = np.stack([x.ravel(), y.ravel()], axis=1)
    cells = inputs.grid.cells_of(at)
    height = inputs.grid.sample(inputs.height(), at).reshape(rows, cols)
    free = ground.free[cells].reshape(rows, cols)
    shore = inputs.grid.sample(ground.shore, at).reshape(rows, cols)
    middle = (centre[0] - x0, centre[1] - y0)
    gy, gx = np.gradient(gaussian_filter(height, 6.0 / h), h)
    price = (1 + 1.6 * (1 - np.exp(-((np.hypot(gx, gy) / _DEAR) ** 2)))).astype(np.float32)
    starts = np.zeros((rows, cols), dtype=bool)
    away = np.where(free, np.hypot(x - centre[0], y - centre[1]), np.inf)
    starts.flat[int(np.argmin(away))] = True
    allowed = (inputs.mask[cells] >= 0.5).reshape(rows, cols)
    return Plot(x0, y0, h, height, walking_cost(starts, free, price, h), shore, free, allowed, middle)
