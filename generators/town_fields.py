"""Fields around villages: strips in blocks, turned with the land, on gentle dry ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.generator import Inputs
from pcgstudio.slope import slope_deg

from .kernels.lattice import strips
from .kernels.nearness import distance_cells
from .town_kinds import DISTRICTS
from .town_lots import Town
from .town_site import Ground, Mask

_LONG_M, _WIDE_M, _HEDGE_M, _CLEAR_M = 66.0, 34.0, 2.2, 9.0
_STEEPEST_DEG, _LEFT_OUT = 12.0, 0.24


def fields_around(
    inputs: Inputs, ground: Ground, town: Town, belt: float, settlement: NDArray[np.uint8],
    district: NDArray[np.uint8], lot: NDArray[np.int32], taken: Mask, seed: int,
) -> None:  # fmt: skip
    """Enter fields into ``district`` and ``lot``, in place.

    Parameters
    ----------
    inputs, ground, town : Inputs, Ground, Town
        The map and the settlement.
    belt : float
        Width of the belt of fields as a share of the settlement's radius.
    settlement, district, lot : ndarray
        ``(rows, cols)`` as drawn so far.
    taken : ndarray of bool
        Roads and walls.
    seed : int
        Dice.
    """
    grid = inputs.grid
    cell = grid.cell_size_m
    luck = np.random.Generator(np.random.PCG64(seed)).random(4)
    plan = _Strips(town, belt, luck, grid.xs() - town.plot.x0 - town.plot.centre[0],
                   grid.ys() - town.plot.y0 - town.plot.centre[1])  # fmt: skip
    away = distance_cells(settlement == 0) * cell
    fit = slope_deg(inputs.height(), cell) < _STEEPEST_DEG
    fit &= (inputs.mask >= 0.5) & (ground.shore > 6) & ~taken & (district == 0)
    fit &= (away > _CLEAR_M) & (lot == 0)
    number, inner = np.empty(grid.shape, np.int32), np.empty(grid.shape, bool)
    spans = [(block.min(), strip.min(), strip.max()) for block, strip, _ in map(plan.drawn, strips(grid.rows))]
    (block_low, low, _), (_, _, high) = np.min(spans, axis=0), np.max(spans, axis=0)
    for rows in strips(grid.rows):
        block, strip, inner[rows] = plan.drawn(rows)
        number[rows] = ((block - block_low) * (high - low + 2) + (strip - low) + 1).astype(np.int32)
        ragged = plan.ragged(rows)
        fit[rows] &= inner[rows] & (away[rows] < ragged + _LONG_M)
        away[rows] = away[rows] < ragged
    full = np.bincount(number[inner], minlength=int(number.max()) + 1)
    good = np.bincount(number[fit & (away > 0)], minlength=len(full))
    kept = (good > 0.45 * full) & (full * cell**2 > 0.5 * _LONG_M * _WIDE_M * 0.5)
    kept &= _scattered(np.arange(len(full)), seed) > _LEFT_OUT
    here = fit & kept[number]
    lot[here] = np.cumsum(kept)[number[here]] + int(lot.max())
    district[here] = DISTRICTS.index("farmland")


@dataclass(frozen=True)
class _Strips:
    """Strips of fields in blocks, by offsets [m] from the middle of the town, each row and column its own."""

    town: Town
    belt: float
    luck: NDArray[np.float64]
    x: NDArray[np.floating]
    y: NDArray[np.floating]

    def drawn(self, rows: slice) -> tuple[NDArray[np.floating], NDArray[np.floating], Mask]:
        """Return for each cell of some rows the block across and the strip in it, and whether it is inside a hedge."""
        x, y = np.meshgrid(self.x, self.y[rows])
        angle = self.luck[0] * np.pi
        u, v = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
        u = u + 9 * np.sin(v / 90 + 6.3 * self.luck[3])
        block = np.floor(v / _LONG_M)
        along = u + 17.0 * block
        wide = _WIDE_M * (0.8 + 0.5 * ((block * 7) % 3) / 2)
        strip = np.floor(along / wide)
        inset_u, inset_v = np.abs(along / wide - strip - 0.5) * wide, np.abs(v / _LONG_M - block - 0.5) * _LONG_M
        return block, strip, (inset_u < wide / 2 - _HEDGE_M / 2) & (inset_v < _LONG_M / 2 - _HEDGE_M / 2)

    def ragged(self, rows: slice) -> NDArray[np.floating]:
        """Return for each cell of some rows how far fields reach [m] in its direction."""
        around = np.arctan2(*np.meshgrid(self.x, self.y[rows])[::-1])
        out = self.belt * (self.town.radius_m + 45)
        lobes = 0.8 + 0.3 * np.cos(2 * around + 6.3 * self.luck[1])
        return np.asarray(out * (lobes + 0.2 * np.cos(5 * around + 6.3 * self.luck[2])))


def _scattered(numbers: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """``(n,)`` in [0, 1): dice that hang on the number of a field alone."""
    mixed = (numbers.astype(np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed >> np.uint64(40)) / float(1 << 24))
