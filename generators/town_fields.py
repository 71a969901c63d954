"""Fields around villages: strips in blocks, turned with the land, on gentle dry ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from pcgstudio.build import slope_deg
from pcgstudio.generator import Inputs

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
    away = distance_transform_edt(settlement == 0) * cell
    x, y = np.meshgrid(grid.xs() - town.plot.x0 - town.plot.centre[0], grid.ys() - town.plot.y0 - town.plot.centre[1])
    out = belt * (town.radius_m + 45)
    ragged = out * (
        0.8 + 0.3 * np.cos(2 * np.arctan2(y, x) + 6.3 * luck[1]) + 0.2 * np.cos(5 * np.arctan2(y, x) + 6.3 * luck[2])
    )
    steep = slope_deg(inputs.height(), cell)
    fit = (inputs.mask >= 0.5) & (ground.shore > 6) & (steep < _STEEPEST_DEG) & ~taken & (district == 0)
    fit &= (away > _CLEAR_M) & (away < ragged + _LONG_M) & (lot == 0)
    angle = luck[0] * np.pi
    u, v = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    u = u + 9 * np.sin(v / 90 + 6.3 * luck[3])
    block_v = np.floor(v / _LONG_M)
    along = u + 17.0 * block_v
    wide = _WIDE_M * (0.8 + 0.5 * ((block_v * 7) % 3) / 2)
    strip = np.floor(along / wide)
    inset_u, inset_v = np.abs(along / wide - strip - 0.5) * wide, np.abs(v / _LONG_M - block_v - 0.5) * _LONG_M
    inner = (inset_u < wide / 2 - _HEDGE_M / 2) & (inset_v < _LONG_M / 2 - _HEDGE_M / 2)
    number = ((block_v - block_v.min()) * (np.ptp(strip) + 2) + (strip - strip.min()) + 1).astype(np.int64)
    full = np.bincount(number.ravel()[inner.ravel()], minlength=int(number.max()) + 1)
    good = np.bincount(number.ravel(), weights=(inner & fit & (away < ragged)).ravel(), minlength=len(full))
    kept = (good > 0.45 * full) & (full * cell**2 > 0.5 * _LONG_M * _WIDE_M * 0.5)
    kept &= _scattered(np.arange(len(full)), seed) > _LEFT_OUT
    here = inner & fit & kept[number]
    ids = np.cumsum(kept)
    lot[here] = (ids[number] + int(lot.max()))[here]
    district[here] = DISTRICTS.index("farmland")


def _scattered(numbers: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """``(n,)`` in [0, 1): dice that hang on the number of a field alone."""
    mixed = (numbers.astype(np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed >> np.uint64(40)) / float(1 << 24))
