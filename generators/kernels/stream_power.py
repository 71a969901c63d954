"""Rivers carve a landscape from the coarse to the fine: wide valleys first, then their branches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from pcgstudio.world import FloatArray, Grid

from .erosion import catchment, downstream_first, incise, on_cells, reach_of, settle
from .flow import fill_depressions, flow_receivers, map_border
from .lattice import away_from, ease, lattice_over, one_thread, resample, smooth
from .talus import relax
from .wander import wander

FINEST = 384
"""Cells on the longer side of the finest lattice."""

LEVELS = ((110, 0.4), (200, 0.3), (FINEST, 0.3))
"""Cells on the longer side and share of the time, of each lattice in turn."""

HILLSLOPE = 12.0
"""Catchment in cells of the finest lattice below which slopes creep and wash instead of gathering a stream."""

JITTER = 1.0
"""Perturbation of slopes in routing; enough to break straight lines, too little to send water the wrong way."""


SILT = 0.1
"""Cells by which pits fill in a step."""

BASIN = 0.02
"""Share of the map's longer side: a pit deeper than that is a crater or a lake basin, not a hollow to be drained."""

BORDER = 25
"""Water leaving the map runs to the lowest border ground within this part of the longer side, and as far away."""

FALL = 0.15
"""Steepest way down from the border to that ground, so that the map does not end in a scarp."""


@dataclass(frozen=True)
class StreamPower:
    """How rivers carve, all dimensionless, so that small and large maps are carved alike.

    Parameters
    ----------
    reach : float
        Map lengths a knickpoint travels up a river that drains the whole map: K t A^m / L.
    power : float
        Exponent m of the catchment.
    iterations : int
        Steps, over all lattices.
    sediment : float
        Share of the load per catchment that settles.
    uplift : float
        Share of the removed weight the land rises back by, smoothly over an eighth of the map.
    diffusivity : float
        Creep of slopes [cells² of the finest lattice].
    talus_deg : float
        Steepest slope that stands.
    seed : int
        Of the routing.
    """

    reach: float
    power: float
    iterations: int
    sediment: float
    uplift: float
    diffusivity: float
    talus_deg: float
    seed: int


@dataclass(frozen=True)
class Carved:
    """What the rivers left, on the finest lattice: ``(rows, cols) float32`` each.

    Parameters
    ----------
    start, height : ndarray
        Before and after [m].
    raised : ndarray
        What the land rose back by [m]; part of ``height``.
    laid : ndarray
        What rivers laid down [m]; they may have taken it away again.
    floor : ndarray
        In [0, 1]: 1 on the floors of large valleys.
    """

    start: FloatArray
    height: FloatArray
    raised: FloatArray
    laid: FloatArray
    floor: FloatArray


def carve(
    height: FloatArray, sea: FloatArray, lake: FloatArray, grid: Grid, how: StreamPower, tick: Callable[[float], None]
) -> Carved:
    """Carve drainage into a landscape.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols) float32`` [m] on ``grid``.
    sea, lake : ndarray
        ``(rows, cols) float32`` in [0, 1]: sea is base level at z = 0; lake beds are not cut.
    grid : Grid
        The map; the lattices hang on its extent only.
    how : StreamPower
        The physics.
    tick : callable
        Told the fraction done.

    Returns
    -------
    Carved
        On the lattice of `FINEST` cells.
    """
    changed = raised = laid = np.zeros((2, 2), np.float32)
    start = now = floor = changed
    done = 0.0
    for cells, share in LEVELS:
        lattice = lattice_over(grid, cells)
        wet, held = (resample(mask, lattice.shape) for mask in (sea, lake))
        start = on_lattice(height, wet, lattice)
        now = _grounded(start + resample(smooth(changed, 1.0), lattice.shape), wet)
        with one_thread():
            level = _Level(lattice, now, wet, held, how)
        iterations = max(1, round(how.iterations * share))
        for i in range(iterations):
            with one_thread():
                level.step(how.reach * share / iterations, how.seed + i)
            tick(done + share * (i + 1) / iterations)
        done += share
        raised = resample(raised, lattice.shape) + level.raised
        laid = resample(laid, lattice.shape) + level.laid
        now, floor = level.finished()
        changed = now - start
    return Carved(start, now, raised, laid, floor)


def on_lattice(height: FloatArray, sea: FloatArray, lattice: Grid) -> FloatArray:
    """``lattice.shape float32`` height [m], the sea taken as its surface; ``sea`` is already on the lattice."""
    # The blur removes what grids of different resolution hold differently, so that all choose the same valleys.
    return _grounded(smooth(resample(height, lattice.shape), 0.8), sea)


def _grounded(height: FloatArray, sea: FloatArray) -> FloatArray:
    if not (sea > 0.5).any():
        return height
    return np.where(sea > 0.5, np.float32(0), np.maximum(height, np.float32(0)))


class _Level:
    """The state of one lattice while rivers work on it."""

    def __init__(self, lattice: Grid, height: FloatArray, sea: FloatArray, lake: FloatArray, how: StreamPower) -> None:
        self.how = how
        self.height = height
        self.longer = max(lattice.shape)
        self.cell_m = lattice.cell_size_m
        self.rest = float(np.tan(np.radians(how.talus_deg))) * lattice.cell_size_m
        self.sea = sea > 0.5
        border = map_border(height.shape)
        deep = fill_depressions(height, outlets=self.sea | border) - height > BASIN * self.longer * self.cell_m
        self.fixed = self.sea | deep
        self.outlet = self.fixed | border
        self.base = np.where(self.fixed, height, _border_base(height, lattice.cell_size_m)).astype(np.float32)
        self.soft = np.where(self.fixed | (lake > 0.5), 0, 1).astype(np.float32)
        self.springy = away_from(np.maximum(sea, lake), self.longer / 10)
        self.raised, self.laid = np.zeros_like(height), np.zeros_like(height)
        self.cells = np.ones(height.size, np.float32)
        self.scale = self.longer / FINEST

    def step(self, reach: float, seed: int) -> None:
        """Let the rivers cut, lay down, and the slopes follow, once."""
        how, before = self.how, self.height.copy()
        filled = fill_depressions(self.height, outlets=self.outlet)
        self.height += np.minimum(filled - self.height, np.float32(SILT * self.cell_m)) * self.soft
        receivers = flow_receivers(filled, self.cell_m, self.outlet)
        tree = downstream_first(wander(filled, receivers, self.fixed, seed, JITTER), self.height.shape[1])
        cells = catchment(tree)
        self.cells = on_cells(tree, cells)
        cut = self.height.copy()
        rate = self.soft.ravel() * np.float32(reach * self.longer ** (1 - 2 * how.power))
        hillslope, beyond = HILLSLOPE * self.scale**2, self.longer / BORDER
        reaches = reach_of(tree, cells, rate, self.height.shape[1], how.power, hillslope, beyond)
        flat = self.height.ravel()
        incise(flat, self.base.ravel(), tree, reaches)
        if how.sediment > 0:
            settle(flat, cut.ravel(), tree, cells, how.sediment)
        self.laid += np.maximum(self.height - before, 0)
        self._rise(before)
        self._creep()

    def _rise(self, before: FloatArray) -> None:
        if self.how.uplift > 0:
            back = np.float32(self.how.uplift) * self.springy * smooth(before - self.height, self.longer / 8)
            self.raised += back
            self.base += back
            self.height += back

    def _creep(self) -> None:
        held = self.height[self.sea]
        amount = self.how.diffusivity * self.scale**2 / self.how.iterations * len(LEVELS)
        passes = int(np.ceil(amount / 0.2))
        if passes:
            self.height = relax(self.height, 0.0, amount / passes, passes)
        self.height = relax(self.height, self.rest, 0.25, max(1, round(4 * self.scale**2)))
        self.height[self.sea] = held

    def finished(self) -> tuple[FloatArray, FloatArray]:
        """Return the height with the floors of large valleys smoothed by their rivers, and where those floors are."""
        share = np.log10(self.cells.reshape(self.height.shape) / np.float32(self.longer**2))
        silted = ease(self.laid, 0.02 * self.cell_m, 0.2 * self.cell_m)
        floor = np.maximum(ease(share, -2.8, -1.5), silted) * self.soft
        floor = np.clip(smooth(floor, 2.0 * self.scale) * 2.5, 0, 1).astype(np.float32)
        even = smooth(self.height, 2.0 * self.scale)
        return np.asarray(self.height + (even - self.height) * floor * self.soft, np.float32), floor


def _border_base(height: FloatArray, cell_m: float) -> FloatArray:
    """``height`` with each border cell lowered to the valleys nearby, where the water that leaves the map runs on."""
    base = height.copy()
    reach = max(1, max(height.shape) // BORDER)
    for side in (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1]):
        lowest = gaussian_filter1d(minimum_filter1d(height[side], reach, mode="nearest"), reach)
        base[side] = np.clip(lowest, base[side] - FALL * reach * cell_m, base[side])
    return base
