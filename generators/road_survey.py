"""What roads find: ground, water, towns and what stands in the way, on a lattice of fixed metres."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label, maximum_filter

from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import lattice_over, resample
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise

LATTICE, FINEST_M = 224, 4.0
"""Nodes on the longer side of the lattice that roads are routed on, and the smallest distance between two [m]."""

EIGHT = np.ones((3, 3), dtype=bool)
_OUTSIDE = 6.0  # how much dearer a metre outside the region is
_FIELD = 1.6  # the same on fields
_BENDS, _DEARER = 0.11, 14.0  # width of a bend of a winding road as a share of the map; what its inside costs
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Country:
    """The map as routing sees it; ``(rows, cols)`` on the lattice.

    Parameters
    ----------
    grid : Grid
        The lattice.
    height, price : ndarray
        ``float32`` ground [m], smoothed over what cut and fill level anyway; cost of a metre on it.
    wet, blocked, region : ndarray of bool
        Where a bridge is needed, where no road may go, and the step's region.
    town : ndarray
        ``int32`` number of the settlement, 0 outside.
    road : ndarray of bool
        Roads and streets that exist.
    """

    grid: Grid
    height: FloatArray
    price: FloatArray
    wet: Mask
    blocked: Mask
    region: Mask
    town: NDArray[np.int32]
    road: Mask

    def with_road(self, points: NDArray[np.float64]) -> Country:
        """Return the country with one more road along ``(n, 2)`` points x, y [m]."""
        road = self.road.copy()
        road[self.grid.cells_of(points)] = True
        return replace(self, road=road, blocked=self.blocked & ~road)

    @property
    def border(self) -> Mask:
        """The outermost dry nodes."""
        edge = np.zeros(self.grid.shape, dtype=bool)
        edge[[0, -1]], edge[:, [0, -1]] = True, True
        return edge & ~self.wet & ~self.blocked


def spanned(inputs: Inputs, gorges: bool) -> Mask:
    """``(rows, cols)`` what roads cross on bridges only: water, and canyons and valleys if they are to be spanned."""
    names = ("water_kind", "canyon", "valley") if gorges else ("water_kind",)
    found = np.zeros(inputs.grid.shape, dtype=bool)
    for layer in (inputs.get(name) for name in names):
        found |= False if layer is None else layer > 0
    return found


def survey(inputs: Inputs, width_m: float, bridge_max_m: float, over: Mask) -> Country:
    """Put the map on the lattice; bridges are needed ``over`` some of its cells."""
    grid = lattice_over(inputs.grid, min(LATTICE, max(16, int(max(inputs.grid.extent_m) / FINEST_M))))
    cell = grid.cell_size_m
    height = gaussian_filter(resample(inputs.height(), grid.shape), max(0.6, 5.0 / cell), mode="nearest", truncate=3)
    wet = _on(inputs, grid, over)
    road = _on(inputs, grid, _set(inputs, "road"))
    built = _on(inputs, grid, _set(inputs, "building"), grow_m=width_m / 2 + 1)
    built |= _on(inputs, grid, _set(inputs, "wall"), grow_m=2.0)
    built |= inputs.has("district", "market_square").any() and _on(inputs, grid, inputs.has("district", "park"))
    depth = distance_cells(np.pad(wet, 1))[1:-1, 1:-1] * cell if wet.any() else np.zeros(grid.shape)
    blocked = (built | (depth > bridge_max_m / 2)) & ~road
    town = _on(inputs, grid, _set(inputs, "settlement"))
    region = _nearest(inputs.mask >= 0.5, inputs.grid, grid)
    price = np.where(region, 1.0, _OUTSIDE) * (1 + (_FIELD - 1) * _on(inputs, grid, inputs.has("district", "farmland")))
    shore = distance_cells(~wet) * cell if wet.any() else np.full(grid.shape, 1e3)
    price = price * (1 + 1.5 * np.clip(1 - shore / (3 * width_m + cell), 0, 1))  # roads keep a little off the bank
    rows, cols = np.indices(grid.shape)
    rim = np.minimum(np.minimum(rows, grid.rows - 1 - rows), np.minimum(cols, grid.cols - 1 - cols)) / max(grid.shape)
    price = price * (1 + 3 * np.clip(1 - rim / 0.06, 0, 1))  # and off the map's edge, but to cross it
    return Country(
        grid, height.astype(np.float32), price.astype(np.float32), wet, np.asarray(blocked, dtype=bool), region,
        label(town, structure=EIGHT)[0].astype(np.int32), road,
    )  # fmt: skip


def wound(country: Country, winding: float, seed: int) -> Country:
    """Return the country with patches that cost more to cross, around which roads wind from side to side."""
    size = _BENDS * max(country.grid.extent_m)
    patches = np.abs(fractal_noise(country.grid, seed=seed, feature_size_m=size, octaves=1))
    dear = np.clip(patches / max(float(np.percentile(patches, 85)), 1e-6), 0, 1)
    return replace(country, price=(country.price * (1 + _DEARER * winding * dear**2)).astype(np.float32))


def _set(inputs: Inputs, name: str) -> Mask | None:
    data = inputs.get(name)
    return None if data is None else np.asarray(data > 0)


def _nearest(mask: Mask, source: Grid, grid: Grid) -> Mask:
    """Return a mask of the map as it is under the lattice's nodes."""
    xs, ys = np.meshgrid(grid.xs(), grid.ys())
    return np.asarray(mask[source.cells_of(np.stack([xs.ravel(), ys.ravel()], axis=1))].reshape(grid.shape))


def _on(inputs: Inputs, grid: Grid, mask: Mask | None, grow_m: float = 0.0) -> Mask:
    """Return a mask of the map on the lattice: every node whose cell it touches."""
    if mask is None or not mask.any():
        return np.zeros(grid.shape, dtype=bool)
    cells = int(grow_m / inputs.grid.cell_size_m)
    if cells:
        mask = np.asarray(maximum_filter(mask.view(np.uint8), 2 * cells + 1) > 0)
    r, c = np.nonzero(mask)
    found = np.zeros(grid.shape, dtype=bool)
    found[grid.cells_of(np.stack([inputs.grid.xs()[c], inputs.grid.ys()[r]], axis=1))] = True
    return found | _nearest(mask, inputs.grid, grid)
