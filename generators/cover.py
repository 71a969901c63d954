"""Choosing ground: exactly so many cells, the likeliest first, as one natural shape or as so many patches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, Grid

from .kernels.blur import box_mean
from .kernels.patches import grow
from .kernels.poisson import hashed

Cells = NDArray[np.bool_]
_STARTS = 600  # places tried for the hearts of patches


def inside(mask: FloatArray) -> Cells:
    """``(rows, cols)`` of the cells that count as the region: where its soft mask reaches one half."""
    return np.asarray(mask >= 0.5)


def blurred(data: NDArray[np.generic], grid: Grid, radius_m: float) -> FloatArray:
    """``(rows, cols) float32`` mean over a square of ``2 radius_m``, taken twice, so nearly round."""
    reach = max(radius_m / grid.cell_size_m / 1.5 - 0.5, 0.0)
    return box_mean(box_mean(data, reach), reach)


def rim(mask: FloatArray, grid: Grid, reach_m: float) -> FloatArray:
    """``(rows, cols) float32``: 0 well inside the region, rising to 1 at its edge; 0 everywhere without one.

    Subtracted from a potential it keeps a cover away from the edge of a region, which no one should see as a line.
    """
    if mask.min() >= 1:
        return np.zeros(grid.shape, dtype=np.float32)
    soft = np.minimum(mask, np.maximum(2 * blurred(mask, grid, reach_m) - 1, 0))
    return np.asarray(1 - soft, dtype=np.float32)


def ragged(mask: FloatArray, noise: FloatArray) -> Cells:
    """``(rows, cols)`` of a region with an outline that wanders within its feather, mostly outside what counts."""
    sway = np.float32(4) * mask * (1 - mask) * noise
    return np.asarray((mask > 0) & (mask + sway > 0.35))


def likeliest(potential: FloatArray, ground: Cells, wanted: int) -> Cells:
    """Return exactly ``wanted`` cells of ``ground``, those of the highest potential; ties by position.

    Parameters
    ----------
    potential : ndarray
        ``(rows, cols) float32``.
    ground : ndarray
        ``(rows, cols) bool``: where to choose.
    wanted : int
        How many; at most as many as there are.
    """
    chosen = np.zeros(potential.shape, dtype=bool)
    at = np.flatnonzero(ground)
    if wanted >= len(at):
        return ground.copy()
    if wanted <= 0:
        return chosen
    values = potential.ravel()[at]
    threshold = np.partition(values, len(at) - wanted)[len(at) - wanted]
    above = values > threshold
    level = np.flatnonzero(values == threshold)[: wanted - int(np.count_nonzero(above))]
    chosen.ravel()[at[above]] = True
    chosen.ravel()[at[level]] = True
    return chosen


def shaped(potential: FloatArray, ground: Cells, wanted: int, grid: Grid, speck_m: float) -> Cells:
    """Choose as `likeliest`, without specks and pinholes smaller than a square of ``speck_m``, still exactly."""
    chosen = likeliest(potential, ground, wanted)
    small = (speck_m / grid.cell_size_m) ** 2
    if not 0 < wanted < np.count_nonzero(ground) or small <= 1.5:
        return chosen
    specks = _small_parts(chosen, small)
    holes = _small_parts(~chosen, small) & ground
    settled = potential.copy()
    settled[specks] -= 10
    settled[holes] += 10
    return likeliest(settled, ground, wanted)


def _small_parts(cells: Cells, small: float) -> Cells:
    parts, _ = ndimage.label(cells)
    sizes = np.bincount(parts.ravel())
    sizes[0] = np.iinfo(np.int64).max
    return np.asarray((sizes < small)[parts])


def patches(
    noise: FloatArray, liking: FloatArray, ground: Cells, wanted: int, count: int, grid: Grid, seed: int, what: str
) -> Cells:
    """Choose exactly ``wanted`` cells in exactly ``count`` separate patches.

    Parameters
    ----------
    noise : ndarray
        ``(rows, cols) float32`` about [-1, 1]: ragged outlines.
    liking : ndarray
        ``(rows, cols) float32``: higher where a patch would rather be.
    ground : ndarray
        ``(rows, cols) bool``: where patches may lie.
    wanted, count : int
        Cells in all, and patches.
    seed : int
        Where the patches begin and how unequal they are.
    what : str
        What they are called, for the error.

    Raises
    ------
    BuildError
        They do not fit.
    """
    starts = _starts(liking, ground, count, grid, seed)
    if len(starts) < count or wanted < count:
        raise BuildError(
            f"{count} separate patches of {what} do not fit: the region has room for {min(len(starts), wanted)}; "
            "ask for fewer, or for a larger region or share"
        )
    x, y = np.meshgrid(grid.xs(), grid.ys())
    # Bent coordinates, so that where two patches meet nobody sees the straight line halfway.
    bend = np.float32(0.6 * (wanted / count / np.pi) ** 0.5 * grid.cell_size_m)
    x, y = x + bend * noise, y + bend * noise[::-1, ::-1]
    # Patch by patch with running minima: a (count, rows, cols) stack would not fit on large grids.
    nearest = np.full(grid.shape, np.inf, dtype=np.float32)
    owner = np.zeros(grid.shape, dtype=np.int32)
    for k, (row, col) in enumerate(starts):
        away = np.hypot(x - x[row, col], y - y[row, col])
        closer = away < nearest
        nearest[closer], owner[closer] = away[closer], k
    zone = np.where(ground & ~_borders(owner), owner, -1).astype(np.int32)
    flat = starts[:, 0] * grid.cols + starts[:, 1]
    zone.ravel()[flat] = np.arange(count)
    quotas = _quotas(wanted, count, hashed(starts.astype(np.float32), seed))
    radius = np.sqrt(quotas / np.pi) * grid.cell_size_m
    cost = (nearest / radius[owner] - 1.1 * noise - 0.4 * liking).astype(np.float32)
    return _grown(cost, zone, flat.astype(np.int64), quotas, what)


def _starts(liking: FloatArray, ground: Cells, count: int, grid: Grid, seed: int) -> NDArray[np.intp]:
    """``(<= count, 2)`` row and column of cells far from each other, from the edge of the ground, and liked."""
    draw = np.random.Generator(np.random.PCG64(seed))
    tried = (draw.random((_STARTS, 2)) * grid.extent_m).astype(np.float32)
    rows, cols = grid.cells_of(tried)
    usable = ground[rows, cols]
    if np.count_nonzero(usable) < 20 * count:
        # A thin or small region: its own cells, in an order that does not depend on anything else.
        at = np.argwhere(ground)[:: max(1, np.count_nonzero(ground) // 5000)]
        rows, cols = np.append(rows[usable], at[:, 0]), np.append(cols[usable], at[:, 1])
    else:
        rows, cols = rows[usable], cols[usable]
    if not len(rows):
        return np.empty((0, 2), dtype=np.intp)
    room = blurred(ground, grid, max(grid.extent_m) / 12)[rows, cols]
    worth = room * np.exp(liking[rows, cols])
    # The gap between patches needs two cells: starts three cells apart always have one.
    near = 3 * grid.cell_size_m
    apart = np.full(len(rows), max(grid.extent_m) / 2, dtype=np.float64)
    taken: list[int] = []
    while len(taken) < count:
        best = int(np.argmax(np.where(apart >= near, np.minimum(apart, max(grid.extent_m) / 2) * worth, -1)))
        if apart[best] < near:
            break
        taken.append(best)
        apart = np.minimum(apart, np.hypot(rows - rows[best], cols - cols[best]) * grid.cell_size_m)
    return np.column_stack([rows[taken], cols[taken]])


def _borders(owner: NDArray[np.int32]) -> Cells:
    """Return the cells beside another's zone, diagonals included: kept free, so that patches never touch."""
    wide = ndimage.maximum_filter(owner, 3, mode="nearest") != ndimage.minimum_filter(owner, 3, mode="nearest")
    return np.asarray(wide)


def _quotas(wanted: int, count: int, luck: FloatArray) -> NDArray[np.int64]:
    """Split ``wanted`` into ``count`` unequal parts of at least one cell."""
    weights = 0.7 + 0.6 * luck.astype(np.float64)
    edges = np.round(np.cumsum(weights) / weights.sum() * (wanted - count)).astype(np.int64)
    return np.asarray(np.diff(edges, prepend=0) + 1)


def _grown(
    cost: FloatArray, zone: NDArray[np.int32], starts: NDArray[np.int64], quotas: NDArray[np.int64], what: str
) -> Cells:
    """Grow the patches; what a full zone cannot take goes to the others."""
    wanted = int(quotas.sum())
    full = np.zeros(len(quotas), dtype=bool)
    while True:
        patch, grown = grow(cost, zone, starts, quotas)
        missing = wanted - int(grown.sum())
        if not missing:
            return np.asarray(patch >= 0)
        full |= grown < quotas
        roomy = ~full
        if not roomy.any():
            raise BuildError(
                f"{len(quotas)} separate patches of {what} can cover at most {grown.sum() / wanted:.0%} of the area "
                "asked for; ask for fewer patches or a smaller share"
            )
        quotas = grown.copy()
        extra = np.full(int(roomy.sum()), missing // int(roomy.sum()), dtype=np.int64)
        extra[: missing % int(roomy.sum())] += 1
        quotas[roomy] += extra
