"""Where a thing may stand: room around every cell, and centres spread over it.

Everything is in metres and drawn from the step's random stream, so the same places come out at every resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.params import Blend
from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import ease, smooth
from .kernels.nearness import distance_cells

LANDFORMS = ("mountain", "hill", "volcano", "plateau", "valley")
"""Footprint layers that landforms write and keep clear of."""

_CANDIDATES = 6000
_TRIES = 8
_SHRINK = 0.9
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Site:
    """The ground a step may build on.

    Parameters
    ----------
    grid : Grid
        The lattice.
    open : ndarray
        ``(rows, cols) bool``: inside the region, on land, clear of other landforms where that leaves anything.
    room_m : ndarray
        ``(rows, cols) float32`` distance to the nearest cell that is not open, or to the map's edge [m].
    fade_m : ndarray
        ``(rows, cols) float32`` distance to the sea or to the region's rim [m]; infinite where there is neither.
    """

    grid: Grid
    open: Mask
    room_m: FloatArray
    fade_m: FloatArray

    def fade(self, reach_m: float) -> FloatArray:
        """``(rows, cols) float32`` rising from 0 at the coast and the region's rim to 1 at ``reach_m`` from them."""
        return ease(self.fade_m, 0.0, reach_m)


def site_of(inputs: Inputs, avoid: Sequence[str] = LANDFORMS) -> Site:
    """Return where a step may place things: its region, less water, less the footprints in ``avoid``.

    Raises
    ------
    BuildError
        Nothing of the region is land.
    """
    grid = inputs.grid
    region = solid(inputs.mask)
    ground = region & ~inputs.has("water_kind", "sea")
    if not ground.any():
        raise BuildError("the region holds no land to build on; choose another region or more land")
    dry = ground & ~inputs.has("water_kind", "lake", "river")
    return Site(grid, dry, _room(dry, grid, avoided(inputs, avoid)), _distance(ground, grid, edges=False))


def solid(mask: FloatArray) -> Mask:
    """``(rows, cols)`` the firm part of a soft region: where it is full, or at least half where it is nowhere full."""
    full = mask >= 0.99
    return full if full.any() else mask >= 0.5


def rim_distance(inputs: Inputs) -> FloatArray | None:
    """``(rows, cols) float32`` distance to the rim of the step's region [m]; None where that is the whole map."""
    region = solid(inputs.mask)
    return None if region.all() else _distance(region, inputs.grid, edges=False)


def avoided(inputs: Inputs, layers: Sequence[str]) -> Mask:
    """``(rows, cols)`` where any of the mask layers is set."""
    taken = np.zeros(inputs.grid.shape, dtype=bool)
    for name in layers:
        data = inputs.get(name)
        if data is not None:
            taken |= data > 0
    return taken


def _room(dry: Mask, grid: Grid, taken: Mask) -> FloatArray:
    clear = _distance(dry, grid, edges=True)
    return np.minimum(clear, _distance(~taken, grid, edges=False)) if taken.any() else clear


def _distance(inside: Mask, grid: Grid, *, edges: bool) -> FloatArray:
    """Distance to the nearest cell outside, from cell centre to cell border [m]."""
    if edges:
        inside = np.pad(inside, 1)
    elif inside.all():
        return np.full(grid.shape, np.inf, dtype=np.float32)
    cells = distance_cells(inside) - 0.5
    if edges:
        cells = cells[1:-1, 1:-1]
    return np.asarray(np.maximum(cells, 0) * grid.cell_size_m, dtype=np.float32)


def candidates(rng: np.random.Generator, site: Site) -> tuple[Doubles, Doubles]:
    """Return random points ``(n, 2)`` [m] over the map and the room ``(n,)`` [m] around each."""
    points = rng.uniform(0, 1, (_CANDIDATES, 2)) * np.array(site.grid.extent_m)
    return points, site.grid.sample(site.room_m, points).astype(np.float64)


def _dart(points: Doubles, room: Doubles, count: int, radius: float, apart: float, *, packed: bool) -> Doubles:
    """Throw darts in turn; ``packed`` takes the free place nearest to those already taken, which fits the most."""
    placed: list[Doubles] = []
    gap = np.full(len(points), np.inf)
    for _ in range(count):
        fits = (room >= radius) & (gap >= apart)
        if not fits.any():
            break
        at = int(np.argmin(np.where(fits, gap, np.inf))) if packed and placed else int(np.argmax(fits))
        placed.append(points[at])
        gap = np.minimum(gap, np.hypot(*(points - points[at]).T))
    return np.array(placed).reshape(-1, 2)


def fit(
    rng: np.random.Generator,
    site: Site,
    count: int,
    radius_m: float,
    least_m: float,
    spacing: float,
    clear: float,
    what: str,
) -> tuple[Doubles, float]:
    """Place ``count`` equal discs, as large as fit, from ``radius_m`` down to ``least_m``.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the candidates; one batch is drawn, whatever succeeds.
    site : Site
        Where.
    count : int
        How many.
    radius_m, least_m : float
        Wanted and smallest radius [m].
    spacing, clear : float
        Least distance of two centres and least room around one, as multiples of the radius.
    what : str
        Plural name for the error.

    Returns
    -------
    tuple
        ``(count, 2)`` centres x, y [m] and the radius [m] that fits.

    Raises
    ------
    BuildError
        Not even the smallest fit; the message gives the largest number that does.
    """
    points, room = candidates(rng, site)
    radius = radius_m
    while True:
        for turn in range(_TRIES + 1):
            # Loose throws look natural; a tight packing is what remains when they fail.
            shift = turn * (_CANDIDATES // (_TRIES + 1))
            centres = _dart(
                np.roll(points, -shift, axis=0), np.roll(room, -shift), count, clear * radius, spacing * radius,
                packed=turn == _TRIES,
            )  # fmt: skip
            if len(centres) == count:
                return centres, radius
        if radius <= least_m:
            raise crowded(count, len(centres), what)
        radius = max(radius * _SHRINK, least_m)


def left_out(count: int, fewer: int, highest: int) -> set[int]:
    """Return which of so many landforms are not raised: the last ones, and never the highest."""
    return set([k for k in range(count - 1, -1, -1) if k != highest][:fewer])


def crowded(asked: int, fitting: int, what: str) -> BuildError:
    """Return the error of a region too small for what is asked."""
    told = f"at most {fitting} fit" if fitting else "not one fits"
    return BuildError(f"{asked} {what} do not fit into the region: {told}; ask for fewer or widen the region")


def blended(before: FloatArray, rise: FloatArray, blend: Blend) -> FloatArray:
    """``(rows, cols) float32`` height after a landform of ``rise`` [m] meets the ground ``before`` [m]."""
    match blend:
        case "add":
            return before + rise
        case "replace":
            return rise
        case "max":
            return np.maximum(before, rise)
        case "min":
            return np.minimum(before, rise)
        case "mix":
            return np.asarray((before + rise) / 2, dtype=np.float32)


def calm_ground(inputs: Inputs, reach_m: float) -> FloatArray:
    """``(rows, cols) float32`` the ground without its bumps [m]; the sea counts as level, not as its bed."""
    level = np.where(inputs.has("water_kind", "sea"), np.float32(0), inputs.height())
    return smooth(level, reach_m / inputs.grid.cell_size_m)


def settled(inputs: Inputs, site: Site, blend: Blend, rise: FloatArray, radius_m: float) -> FloatArray:
    """``(rows, cols) float32`` height [m] after a landform stands on the ground.

    Under it the ground's own bumps are smoothed away, so that they add no summits and the rise is what was asked.
    """
    before = inputs.height()
    cover = ease(rise, 0.0, 0.35 * float(rise.max(initial=1e-3))) * site.fade(0.3 * radius_m)
    level = before + (calm_ground(inputs, 0.7 * radius_m) - before) * cover
    return blended(level, rise, blend).astype(np.float32)


def window(grid: Grid, x: float, y: float, reach_m: float) -> tuple[slice, slice]:
    """Return the row and column slices of the cells within ``reach_m`` of a point, cut at the map's edge."""
    cell = grid.cell_size_m
    east = slice(max(int((x - reach_m) // cell), 0), min(int((x + reach_m) // cell) + 1, grid.cols))
    south = grid.rows - int((y - reach_m) // cell)
    north = grid.rows - 1 - int((y + reach_m) // cell)
    return slice(max(north, 0), min(max(south, 0), grid.rows)), east


def offsets(grid: Grid, at: tuple[slice, slice], x: float, y: float) -> tuple[FloatArray, FloatArray]:
    """Return east and north offsets [m] of a window's cells from a point: ``(1, cols)`` and ``(rows, 1)`` float32."""
    return (grid.xs()[at[1]] - np.float32(x))[None, :], (grid.ys()[at[0]] - np.float32(y))[:, None]
