"""Where lakes lie and how their shores run: low, level sites, outlines that follow the ground, areas to the cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, gaussian_filter, label

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .island_shapes import STRETCH, Shape, best_place, directions, shapes_of, weights
from .kernels.flow import fill_depressions, map_border
from .kernels.growth import grow, territories
from .kernels.lattice import lattice_over, resample
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise

LATTICE = 256
"""Cells on the longer side of the lattice that sites lie on."""

COARSE = 64
"""Cells on the longer side of the lattice on which ground is judged: what a map of any resolution shows alike."""

_RISE = 0.12  # ground that rises by this share of a lake's radius counts as far off as its shore
_SMALLEST = 2.5e-4  # share of the map below which a lake cannot be seen or counted
_CALM = 0.22  # share of the wandering that the shores of a lake of a given outline keep
_SPOTS = 28
_BAYS = 7  # seed of the shore along the map's edge
Mask = NDArray[np.bool_]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """What lakes are laid out on.

    Parameters
    ----------
    grid : Grid
        The map's lattice.
    height : ndarray
        ``(rows, cols) float32`` [m].
    room_m : ndarray
        ``(rows, cols) float32`` distance to the region's rim, to water and to the map's edge, less what must be kept
        free there; positive where a lake may lie [m].
    site_m : ndarray
        ``(rows, cols) float32`` as ``room_m``, with as much kept free at any resolution: what sites are chosen by.
    hollow : bool
        Whether the region is a crater, which its lake has to fit.
    """

    grid: Grid
    height: FloatArray
    room_m: FloatArray
    site_m: FloatArray
    hollow: bool

    @property
    def free(self) -> Mask:
        """``(rows, cols)`` where lakes may lie."""
        return np.asarray(self.room_m > 0)


def survey(inputs: Inputs, shore_m: float) -> Ground:
    """Find the ground that lakes may lie on: in the region with their shores, away from water and the map's edge."""
    grid, cell = inputs.grid, inputs.grid.cell_size_m
    inside, water = inputs.mask >= 0.5, inputs.get("water_kind")
    wet = np.zeros(grid.shape, dtype=bool) if water is None else np.asarray(water > 0)
    crater = inputs.get("crater")
    hollow = crater is not None and bool(inside.any()) and float((crater > 0)[inside].mean()) > 0.7
    edge = map_border(grid.shape)
    size = max(grid.extent_m)
    rims = ((~inside, 2.6, 0.0), (wet, 4.5, shore_m), (edge, 3.6, 0.008 * size))
    # A lake that fills the map has a shore there too, not the ruler's line of the edge.
    bays = fractal_noise(grid, seed=_BAYS, feature_size_m=size / 7, octaves=4)
    bays = np.float32(0.03 * size) * np.clip(np.float32(0.4) + bays, 0, 1)
    fixed = max(cell, max(grid.extent_m) / (2 * COARSE))
    room, site = np.full((2, *grid.shape), np.inf, np.float32)
    for rim, cells, least in rims:
        if rim.any():
            away = distance_cells(~rim).astype(np.float32) * np.float32(cell)
            kept = np.float32(max(cells * cell, least)) + (bays if rim is edge else np.float32(0))
            room = np.minimum(room, away - kept)
            half = np.float32(-0.5 * cell if rim is edge else 0.5 * cell)  # from the rim's line, not from cell centres
            site = np.minimum(site, away - half - np.float32(max(cells * fixed, least)))
    return Ground(grid, inputs.height(), room, site if (site > 0).any() else room, hollow)


def areas(
    ground: Ground, count: int, share: float | None, rng: np.random.Generator, sizes: str = "natural"
) -> NDArray[np.int64]:
    """``(count,)`` cells of each lake, largest first, adding up to the share of the map.

    Raises
    ------
    BuildError
        The lakes would not fit, or be too small to be seen.
    """
    cells, free = ground.height.size, int(ground.free.sum())
    smallest = max(4, int(np.ceil(_SMALLEST * cells)))
    if free < smallest * count:
        told = f"{count} lakes find" if count > 1 else "a lake finds"
        raise BuildError(f"{told} no dry ground in the region; ask for {free // smallest} or widen the region")
    least, shares = smallest * count, np.sort(rng.uniform(0.55, 1.45, count))[::-1]
    shares = shares / shares.sum()
    if sizes != "natural":
        shares = weights(sizes, count, rng)
        least = int(np.ceil(smallest / shares.min()))
    if share is None:
        fitting = 0.75 if ground.hollow else 0.3
        total = fitting * free if ground.hollow else min(0.025 * count**0.6 * cells, fitting * free)
        total = max(total, least)
    else:
        total = share * cells
    total = round(total)
    if total > 0.92 * free:
        raise BuildError(
            f"lakes on {total / cells:.2%} of the map do not fit into the region; area_share up to "
            f"{0.92 * free / cells:.3g} does"
        )
    if total < least:
        raise BuildError(
            f"{count} lakes on {total / cells:.2%} of the map would be too small to be seen; use an area_share of "
            f"{least / cells:.3g} or more"
        )
    if sizes == "natural":
        own = smallest + np.floor((total - smallest * count) * shares).astype(np.int64)
    else:
        own = np.floor(total * shares).astype(np.int64)
    own[: total - int(own.sum())] += 1
    return np.asarray(own)


def choose_sites(ground: Ground, cells: NDArray[np.int64], gap_m: float, seed: int) -> Doubles:
    """``(n, 2)`` x, y [m] of lakes of that many cells: low and level places with room around them.

    Raises
    ------
    BuildError
        There is no room for so many; the message names how many fit.
    """
    grid = lattice_over(ground.grid, LATTICE)
    radii = np.sqrt(cells * ground.grid.cell_area_m2 / np.pi)
    room = resample(np.minimum(ground.site_m, 1e6), grid.shape)
    worth = _suitability(grid, ground, float(radii.mean()), seed)
    x, y = (a.ravel() for a in np.meshgrid(grid.xs(), grid.ys()))
    most = 0
    for fit, spread in ((1.2, 1.5), (0.9, 1.3), (0.6, 1.15), (0.3, 1.0), (0.02, 0.85), (0.0, 0.6)):
        sites = np.empty((0, 2))
        for radius in radii:
            able = room.ravel() > fit * radius
            score = worth.ravel().copy()
            for site, other in zip(sites, radii, strict=False):
                away = np.hypot(x - site[0], y - site[1])
                able &= away >= spread * (radius + other) + gap_m
                score -= 1.2 * np.exp(-((away / (0.18 * max(grid.extent_m))) ** 2))
            if not able.any():
                break
            best = int(np.argmax(np.where(able, score, -np.inf)))
            sites = np.concatenate([sites, [[x[best], y[best]]]])
        if len(sites) == len(radii):
            return sites
        most = max(most, len(sites))
    raise BuildError(
        f"{len(radii)} lakes of this size find no room in the region, {most} would; ask for fewer or a smaller share"
    )


def shaped_sites(
    ground: Ground,
    cells: NDArray[np.int64],
    kind: str,
    axis: str,
    gap_m: float,
    seed: int,
    stretch: float | None = None,
) -> list[Shape] | None:
    """Return lakes of an outline in low and level places, turned as they fit; None where they do not."""
    grid = lattice_over(ground.grid, LATTICE)
    radii = np.sqrt(cells * ground.grid.cell_area_m2 / np.pi)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn, turns = shapes_of(radii, kind, rng), directions(axis, kind, rng)
    if stretch is not None and kind in STRETCH:
        drawn = [replace(one, stretch=stretch) for one in drawn]
    worth = _suitability(grid, ground, float(radii.mean()), seed)
    room = np.minimum(resample(np.minimum(ground.site_m, 1e6), grid.shape), np.float32(1e6))
    x, y = (a.astype(np.float32) for a in np.meshgrid(grid.xs(), grid.ys()))
    spots = _spots(grid, room)
    sites: list[Shape] = []
    for one in drawn:
        found = best_place(grid, room, one, turns, spots, grid.sample(worth, spots))
        if found is None:
            return None
        sites.append(found)
        away = -found.hull_m(x, y)
        room = np.minimum(room, away - np.float32(gap_m))
        near = np.exp(-((np.maximum(away, 0) / np.float32(0.18 * max(grid.extent_m))) ** 2))
        worth = np.asarray(worth - 1.2 * near, dtype=np.float32)
    return sites


def _spots(grid: Grid, room: FloatArray) -> Doubles:
    """``(n, 2)`` places to try [m]: a fixed pattern over the ground that has room, which hangs on no single cell."""
    rows, cols = np.nonzero(room > 0)
    if not len(rows):
        return np.empty((0, 2))
    step = max(grid.extent_m) / COARSE
    u, v = (
        np.linspace(np.floor(float(at.min()) / step) * step, np.ceil(float(at.max()) / step) * step, _SPOTS)
        for at in (grid.xs()[cols], grid.ys()[rows])
    )
    return np.column_stack([a.ravel() for a in np.meshgrid(u, v)]).astype(np.float64)


def _suitability(grid: Grid, ground: Ground, radius: float, seed: int) -> FloatArray:
    """``(rows, cols) float32`` on the lattice: high in hollows and on valley floors, low on summits and slopes.

    The ground is judged on a coarse lattice, so that of two places of nearly one worth a map of another resolution
    does not prefer the other.
    """
    coarse = lattice_over(ground.grid, COARSE)
    height = resample(ground.height, coarse.shape)
    side, cell = max(coarse.extent_m), coarse.cell_size_m
    near = gaussian_filter(height, max(0.5 * radius / cell, 0.7), mode="nearest")
    around = gaussian_filter(height, max(0.09 * side, 1.5 * radius) / cell, mode="nearest")
    south, east = np.gradient(near, cell)
    # Fixed scales, not the spread of this map's heights: a mountain made higher must not move a lake far from it.
    relative = np.tanh((near - around) / (0.012 * side))
    absolute = np.tanh((near - np.median(near)) / (0.05 * side))
    hollow = np.clip((fill_depressions(near) - near) / 3, 0, 1)
    worth = hollow - 0.7 * relative - 0.35 * absolute - np.hypot(south, east) / 0.12
    dice = fractal_noise(grid, seed=seed, feature_size_m=side / 5, octaves=3)
    return np.asarray(resample(worth.astype(np.float32), grid.shape) + 0.8 * dice, dtype=np.float32)


def outline(
    ground: Ground, sites: Doubles, cells: NDArray[np.int64], gap_m: float, irregularity: float, seed: int
) -> NDArray[np.int16]:
    """``(rows, cols) int16`` number of the lake from 1, 0 on land; the total is exact, each lake in one piece.

    Raises
    ------
    BuildError
        The ground around the sites is too tight for the total.
    """
    grid = ground.grid
    radii = np.sqrt(cells * grid.cell_area_m2 / np.pi)
    owner = territories(grid.xs(), grid.ys(), sites, radii, gap_m)
    owner[~ground.free] = -1
    plots = [_plot(owner, k, site, grid) for k, site in enumerate(sites)]
    cells = _shared_out(cells, np.array([int(p.own.sum()) for p in plots]), ground)
    x, y = _warped(grid, float(radii.mean()), irregularity, seed)
    smooth = gaussian_filter(ground.height, max(0.08 * float(radii.mean()) / grid.cell_size_m, 0.6), mode="nearest")
    lakes = np.zeros(grid.shape, np.int16)
    for k, plot in enumerate(plots):
        step = np.abs(smooth[plot.part] - smooth[plot.part].ravel()[plot.seed]) / np.float32(_RISE * radii[k])
        reach = np.hypot(x[plot.part] - sites[k, 0], y[plot.part] - sites[k, 1]) / radii[k]
        potential = (0.3 * reach**2 + 2 * step if ground.hollow else reach**2 + 0.8 * step).astype(np.float32)
        lakes[plot.part][_filled(potential, plot, int(cells[k]))] = k + 1
    return lakes


def shaped_outline(
    ground: Ground, shapes: list[Shape], cells: NDArray[np.int64], gap_m: float, irregularity: float, seed: int
) -> NDArray[np.int16]:
    """``(rows, cols) int16`` number of the lake from 1, 0 on land; as `outline`, by shapes instead of the ground."""
    grid = ground.grid
    x, y = _warped(grid, float(np.mean([one.radius for one in shapes])), _CALM * irregularity, seed)
    hulls = np.stack([one.hull_m(grid.xs()[None, :], grid.ys()[:, None]) for one in shapes])
    owner = np.argmax(hulls, axis=0).astype(np.int16)
    if len(shapes) > 1:
        ranked = np.sort(hulls, axis=0)
        owner[ranked[-1] - ranked[-2] < gap_m] = -1
    owner[~ground.free] = -1
    plots = [_plot(owner, k, one.heart(), grid) for k, one in enumerate(shapes)]
    cells = _shared_out(cells, np.array([int(p.own.sum()) for p in plots]), ground)
    lakes = np.zeros(grid.shape, np.int16)
    for k, (plot, one) in enumerate(zip(plots, shapes, strict=True)):
        potential = -one.inside_m(x[plot.part], y[plot.part])
        lakes[plot.part][_filled(potential, plot, int(cells[k]))] = k + 1
    return lakes


@dataclass(frozen=True)
class _Plot:
    """Ground that one lake may take: a window of the map, the cells ``own`` in it, the number of the first one."""

    part: tuple[slice, slice]
    own: Mask
    seed: int


def _plot(owner: NDArray[np.int16], k: int, site: Doubles, grid: Grid) -> _Plot:
    """Cut out the piece of a lake's territory that holds the cell nearest to its site."""
    r, c = np.nonzero(owner == k)
    if not len(r):
        raise BuildError("the lakes find no room beside each other; ask for fewer, or for a smaller share")
    part = (slice(int(r.min()), int(r.max()) + 1), slice(int(c.min()), int(c.max()) + 1))
    nearest = int(np.argmin(np.hypot(grid.xs()[c] - site[0], grid.ys()[r] - site[1])))
    pieces, _ = label(owner[part] == k)
    own = pieces == pieces[r[nearest] - part[0].start, c[nearest] - part[1].start]
    return _Plot(part, own, int((r[nearest] - part[0].start) * own.shape[1] + c[nearest] - part[1].start))


def _shared_out(cells: NDArray[np.int64], most: NDArray[np.int64], ground: Ground) -> NDArray[np.int64]:
    """Move what one lake has no room for to the others."""
    total, cells = int(cells.sum()), np.minimum(cells, most)
    while (short := total - int(cells.sum())) > 0:
        room = most - cells
        if not room.any():
            raise BuildError(
                f"lakes on {total / ground.height.size:.2%} of the map do not fit beside each other; area_share up to "
                f"{cells.sum() / ground.height.size:.3g} does"
            )
        more = np.minimum(np.ceil(short * room / room.sum()).astype(np.int64), room)
        cells = cells + np.where(np.cumsum(more) <= short, more, np.maximum(short - np.cumsum(more) + more, 0))
    return cells


def _warped(grid: Grid, radius: float, irregularity: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """``(rows, cols)`` x and y [m] shifted by noise, which makes discs into bays and headlands."""
    shift = 1.15 * irregularity * radius
    octaves = int(np.clip(np.log2(max(1.3 * radius / (3 * grid.cell_size_m), 1.0)) + 1, 1, 5))
    dx, dy = (
        fractal_noise(grid, seed=seed + k, feature_size_m=1.3 * radius, octaves=octaves, gain=0.42) * np.float32(shift)
        for k in (0, 1)
    )
    return grid.xs()[None, :] + dx, grid.ys()[:, None] + dy


def _filled(potential: FloatArray, plot: _Plot, wanted: int) -> Mask:
    """Grow a lake without islands: holes are filled, and as many of the last cells left out."""
    order = grow(potential, plot.own, plot.seed, wanted)

    def flooded(count: int) -> Mask:
        mask = np.zeros(plot.own.shape, dtype=bool)
        mask.ravel()[order[:count]] = True
        return np.asarray(binary_fill_holes(mask)) & plot.own

    low, high = 1, wanted
    while low < high:
        middle = high if high == wanted and low == 1 else (low + high + 1) // 2
        low, high = (middle, high) if flooded(middle).sum() <= wanted else (low, middle - 1)
    lake = flooded(low)
    rest = order[~lake.ravel()[order]][: wanted - int(lake.sum())]
    lake.ravel()[rest] = True
    return lake
