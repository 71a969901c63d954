"""Places for things: darts that fill a cover, or an exact number drawn to the ground that they like."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .cover import Cells, blurred
from .kernels.poisson import darts, hashed, keep_apart

SPACING_M = {"tree": 6.5, "rock": 4.0, "grass": 6.0}
"""Usual distance between two neighbours [m]."""
FINEST = 1000
"""Things stand no nearer than this part of the longer side of the map: a country does not show single trees."""
_WIDER = 2.0  # how much further apart things stand in a draft
_FULL = 0.7  # points per squared spacing where no room is left


class Site(NamedTuple):
    """Where things may stand and would like to; all ``(rows, cols)``."""

    dry: Cells  # no water: what cover is a share of
    bare: Cells  # dry, on no road or building
    free: Cells  # bare, inside the region
    fit: Cells  # free, and within the limits of slope, height and distance to water
    liking: FloatArray
    noise: FloatArray


def spacing_of(grid: Grid, kind: str, asked_m: float) -> float:
    """Return the distance that neighbours keep [m]: as asked, or usual for the kind, and not too fine for the map."""
    return max(asked_m or SPACING_M[kind], max(grid.extent_m) / FINEST)


def fill(
    inputs: Inputs,
    kind: str,
    grown: Cells,
    cover: Cells,
    *,
    spacing_m: float,
    per_ha: float,
    max_count: int,
    seed: int,
) -> FloatArray:
    """Plant new cells: closer at the heart of the cover, thinner at its edge, none left far from a thing.

    Parameters
    ----------
    kind : str
        Instance kind.
    grown, cover : ndarray
        ``(rows, cols) bool``: the cells to plant, and all of the cover they belong to.
    spacing_m : float
        Distance between neighbours [m] at the heart.
    per_ha : float
        Things per hectare, instead of a spacing; 0 for none.
    max_count : int
        Most things; where more would fit, they stand further apart.
    seed : int
        What to draw.

    Returns
    -------
    ndarray
        ``(n, 2) float32`` x, y [m].
    """
    grid = inputs.grid
    old, _ = _others(inputs, (kind,), 0.0)
    # About half of the surroundings are covered at the edge, all of them at the heart.
    depth = np.clip(2 * blurred(cover, grid, 4 * SPACING_M[kind]) - 0.9, 0, 1)
    apart = (np.float32(1.6) - np.float32(0.72) * depth).astype(np.float32)
    expected = float(_FULL * grid.cell_area_m2 * (1 / apart[grown].astype(np.float64) ** 2).sum())
    if per_ha:
        spacing_m = max(
            float(np.sqrt(expected / max(hectares_of(grown, grid), 1e-9) / per_ha)), max(grid.extent_m) / FINEST
        )
    if grid.draft:
        spacing_m *= _WIDER
    # Wider in fixed steps, so that a finer grid, whose area differs a little, mostly takes the same step.
    over = expected / spacing_m**2 / max_count
    steps = int(np.ceil(4 * np.log2(over))) if over > 1 else 0
    while True:
        points = _planted(inputs, grown, apart, spacing_m * 2.0 ** (steps / 8), old, seed)
        if len(points) <= max_count:
            return points
        steps += 1


def _planted(inputs: Inputs, grown: Cells, apart: FloatArray, spacing: float, old: FloatArray, seed: int) -> FloatArray:
    grid = inputs.grid
    tried = darts(grid.extent_m, spacing, seed)
    rows, cols = grid.cells_of(tried)
    on = grown[rows, cols]
    tried, radius = tried[on], apart[rows[on], cols[on]] * np.float32(spacing)
    around = np.full(len(old), spacing, dtype=np.float32)
    points = tried[keep_apart(tried, radius, old, around, grid.extent_m, len(tried))]
    # Bits too small for a dart to hit: a cell without a tree nearby gets one in its middle.
    middles = _centres(inputs, grown)
    far = np.full(len(middles), 1.7 * spacing, dtype=np.float32)
    here = np.concatenate([old, points])
    late = middles[keep_apart(middles, far, here, np.full(len(here), 1.7 * spacing, np.float32), grid.extent_m, 10**9)]
    return np.concatenate([points, late])


def _centres(inputs: Inputs, cells: Cells) -> FloatArray:
    """``(n, 2) float32`` x, y of the middles of cells."""
    rows, cols = np.nonzero(cells)
    return np.column_stack([inputs.grid.xs()[cols], inputs.grid.ys()[rows]]).astype(np.float32)


def _others(inputs: Inputs, kinds: tuple[str, ...], own: float) -> tuple[FloatArray, FloatArray]:
    """Return places ``(n, 2)`` of what stands already and the distance that keeps something ``own`` wide off it."""
    found = [inputs.instances[k] for k in kinds if k in inputs.instances and len(inputs.instances[k])]
    if not found:
        return np.empty((0, 2), np.float32), np.empty(0, np.float32)
    points = np.concatenate([f.placement[:, :2] for f in found])
    return points, np.full(len(points), own, dtype=np.float32)


def singly(
    inputs: Inputs, kind: str, site: Site, count: int, *, spacing_m: float, cluster: float, seeds: tuple[int, int]
) -> FloatArray:
    """Place an exact number one by one, drawn to the ground they like; closer together where there is little room.

    Parameters
    ----------
    kind : str
        Instance kind.
    site : Site
        Only its ``fit`` cells are used.
    count : int
        How many.
    spacing_m : float
        Distance kept where there is room for it [m].
    cluster : float
        How much the noise draws them together, 0 to 1.
    seeds : tuple of int
        Places tried, and luck.

    Returns
    -------
    ndarray
        ``(count, 2) float32`` x, y [m].

    Raises
    ------
    BuildError
        They do not fit.
    """
    grid = inputs.grid
    hectares = hectares_of(site.fit, grid)
    spacing = min(spacing_m, max(0.5, (0.35 * hectares * 1e4 / count) ** 0.5))
    appeal = np.exp(2.5 * site.liking + 5 * cluster * site.noise)
    kinds = ("grass",) if kind == "grass" else ("tree", "rock")
    tried = darts(grid.extent_m, _square_m(grid, hectares, count), seeds[0])
    tried = tried[site.fit[grid.cells_of(tried)]]
    every_cell = False
    while True:
        if not every_cell and (spacing < spacing_m / 2 or len(tried) < 4 * count):
            tried, every_cell = np.concatenate([tried, _centres(inputs, site.fit)]), True
        luck = hashed(tried, seeds[1])
        # Efraimidis & Spirakis (2006): sorting by this draws without replacement, in proportion to the appeal.
        tried = tried[np.argsort(-np.log(1 - luck) / appeal[grid.cells_of(tried)], kind="stable")]
        radius = np.full(len(tried), spacing, dtype=np.float32)
        chosen = keep_apart(tried, radius, *_others(inputs, kinds, spacing), grid.extent_m, count)
        if len(chosen) == count:
            return np.asarray(tried[chosen])
        if spacing <= 0.5:
            raise BuildError(
                f"only {len(chosen)} of {count} {kind}s fit on the ground that suits them; ask for fewer, or "
                "widen the region or the limits of slope, height and distance to water"
            )
        spacing = max(0.5, 0.75 * spacing)


def hectares_of(cells: Cells, grid: Grid) -> float:
    """Return the area of cells [ha]."""
    return float(np.count_nonzero(cells) * grid.cell_area_m2 / 1e4)


def _square_m(grid: Grid, hectares: float, count: int) -> float:
    """Return the spacing of darts that offers each thing some dozens of places.

    It halves in steps, so that a finer grid, which sees a little more or less land, still draws the same places.
    """
    side = max(grid.extent_m)
    enough = (max(hectares, 1e-6) * 1e4 / (1.5 * count)) ** 0.5
    return float(side / 2 ** np.clip(np.ceil(np.log2(side / enough)), 5, 9))
