"""Where rivers run: the best courses through a lattice, far enough apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import Grid

from .kernels.flood import along_tree, flood_tree
from .kernels.flow import accumulate, map_border
from .kernels.nearness import distance_cells
from .river_survey import Asked, Mask, Valleys, grown

_CLIMB = 6.0  # metres of length that a metre cut through rising ground is worth
_CUT = 0.02  # share of the map's side: the deepest a river from the map's edge may cut through a rise on its way
_SPRING = 4e-4  # share of the lattice that has to drain to a spring
Found = tuple[NDArray[np.intp], NDArray[np.float64]]
"""A course as cells of the lattice, and the number of cells that drain to each of them."""


@dataclass(frozen=True)
class Route:
    """One course: ``(n, 2) float64`` points x, y [m] from source to mouth on the lattice, ``(n,)`` catchment [m²]."""

    points: NDArray[np.float64]
    catchment: NDArray[np.float64]


def find_routes(valleys: Valleys, asked: Asked, spacings: list[tuple[float, float]]) -> list[Route]:
    """Find up to ``count`` courses, the best first.

    Parameters
    ----------
    valleys : Valleys
        Where they may run.
    asked : Asked
        What they shall be like.
    spacings : list of (float, float)
        From wide to narrow: distance between courses, and the length beyond which a course wins nothing more, so that
        it leaves room for others [m]. The next is taken where the one before leaves no course.

    Returns
    -------
    list of Route
        Fewer than asked where no room is left.
    """
    routes: list[Route] = []
    free = np.full(valleys.grid.shape, np.inf)
    level = 0
    while len(routes) < asked.count and level < len(spacings):
        apart_m, longest_m = spacings[level]
        open_ = replace(valleys, blocked=valleys.blocked | (free < apart_m))
        found = _centred(open_, asked) if asked.through_centre and not routes else None
        found = found or _best(open_, asked, open_.outlets, longest_m)
        if found is None:
            level += 1
            continue
        found = _from_edge(open_, asked, found)
        routes.append(_route(valleys.grid, *found))
        taken = np.ones(valleys.grid.shape, dtype=bool)
        taken[np.unravel_index(found[0], taken.shape)] = False
        free = np.minimum(free, distance_cells(taken) * valleys.grid.cell_size_m)
    return routes


def _best(valleys: Valleys, asked: Asked, outlets: Mask, longest_m: float) -> Found | None:
    """Return the best course, None where there is none."""
    cell = valleys.grid.cell_size_m
    to, order = flood_tree(valleys.wander, outlets & ~valleys.blocked, valleys.blocked)
    length, inside, climb, straight = along_tree(to, order, valleys.height, valleys.region, cell)
    least = max(asked.min_length_m, 0.02 * max(valleys.grid.extent_m), 8 * cell if asked.min_length_m <= 0 else 0.0)
    able = valleys.starts.ravel() & (to >= 0) & (length >= least)
    if not able.any():
        return None
    if valleys.bounded:  # a river "in the north" should mostly stay there, if one can
        staying = able & (inside >= 0.6 * length) & (length >= 0.1 * max(valleys.grid.extent_m))
        able = staying if staying.any() else able
    if valleys.crossing:  # all lead to the other side: the easiest way there
        worth = -0.5 * length - _CLIMB * climb
    else:  # far rather than roundabout
        worth = np.minimum(length, longest_m) - 0.3 * np.maximum(length - longest_m, 0)
        worth = 0.25 * worth + np.minimum(straight, longest_m) - 0.7 * _CLIMB * climb
    start = int(np.argmax(np.where(able, worth, -np.inf)))
    cells, gathered = _course(to, start), _gathered(to)
    cells = _trimmed(cells, gathered, valleys, asked, float(length[start] - least))
    return cells, gathered[cells]


def _from_edge(valleys: Valleys, asked: Asked, found: Found) -> Found:
    """Lead a course that begins in open country on up to the map's edge, where that needs no deep cut.

    A spring belongs on high ground; elsewhere a river comes from beyond the map.
    """
    cells, gathered = found
    bound = valleys.bounded or valleys.crossing or asked.source != "any" or asked.from_side != "any"
    if bound or _enters(valleys, int(cells[0])):
        return found
    shape, side = valleys.grid.shape, max(valleys.grid.shape)
    head, below = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    head.ravel()[cells[: max(len(cells) // 4, 1)]] = True
    below.ravel()[cells[max(len(cells) // 4, 1) :]] = True
    # It keeps to the country nearer to the upper course, so that it neither follows the lower one nor turns back.
    beside = (distance_cells(~head) > 0.7 * distance_cells(~below)) | grown(below, 4)
    clear = distance_cells(~(valleys.outlets & ~map_border(shape) | below)) >= 0.3 * side
    upper = replace(
        valleys, outlets=head, starts=map_border(shape) & clear & ~valleys.blocked & ~head, crossing=True,
        blocked=(valleys.blocked | beside) & ~head,
    )  # fmt: skip
    above = _best(upper, replace(asked, min_length_m=1e-3, source="edge"), head, np.inf)
    if above is None:
        return found
    met = int(np.flatnonzero(cells == above[0][-1])[0]) + 1
    joined = np.concatenate([above[0], cells[met:]])
    ground = valleys.height.ravel()[joined]
    if float((ground - np.minimum.accumulate(ground)).max()) > _CUT * max(valleys.grid.extent_m):
        return found
    return joined, np.concatenate([above[1], gathered[met:]])


def without(valleys: Valleys, route: Route) -> Valleys:
    """Return the valleys without the springs around that of a route which turned out not to be fit."""
    x, y = np.meshgrid(valleys.grid.xs(), valleys.grid.ys())
    near = np.hypot(x - route.points[0, 0], y - route.points[0, 1]) < 0.03 * max(valleys.grid.extent_m)
    return replace(valleys, starts=valleys.starts & ~near)


def _course(to: NDArray[np.int32], start: int) -> NDArray[np.intp]:
    course = [start]
    while to[course[-1]] != course[-1]:
        course.append(int(to[course[-1]]))
    return np.array(course, dtype=np.intp)


def _trimmed(
    cells: NDArray[np.intp], gathered: NDArray[np.float64], valleys: Valleys, asked: Asked, spare_m: float
) -> NDArray[np.intp]:
    """Begin where some water has gathered, not on the ridge; as far as the region and the length allow."""
    if asked.source != "any" or _enters(valleys, int(cells[0])):
        return cells
    ahead = min(len(cells) // 5, int(spare_m / (1.5 * valleys.grid.cell_size_m)))
    few = cells[: ahead + 1]
    good = np.flatnonzero(valleys.starts.ravel()[few] & (gathered[few] >= _SPRING * gathered.size))
    return cells[good[0] :] if len(good) else cells


def _enters(valleys: Valleys, cell: int) -> bool:
    """Whether a course that begins there comes in over the map's border."""
    return bool(map_border(valleys.grid.shape).ravel()[cell])


def _gathered(to: NDArray[np.int32]) -> NDArray[np.float64]:
    """``(n,)`` lattice cells that drain through each cell of a flood tree."""
    own = np.where(to < 0, np.arange(to.size), to).astype(np.int32)
    return np.asarray(accumulate(own, np.ones(to.size)), dtype=np.float64)


def _centred(valleys: Valleys, asked: Asked) -> Found | None:
    """Return a course over the middle of the map, None where there is none."""
    rows, cols = valleys.grid.shape
    r, c = np.nonzero(~valleys.blocked & ~valleys.outlets)
    if not len(r):
        return None
    off = np.hypot(r - (rows - 1) / 2, c - (cols - 1) / 2)
    # The lowest ground near the middle, so that the course need not climb to the very centre and turn back.
    near = np.flatnonzero(off <= max(0.09 * min(rows, cols), float(off.min())))
    nearest = int(near[np.argmin(valleys.wander[r[near], c[near]])])
    middle = np.zeros(valleys.grid.shape, dtype=bool)
    middle[r[nearest], c[nearest]] = True
    to, _ = flood_tree(valleys.wander, valleys.outlets, valleys.blocked)
    at = int(np.flatnonzero(middle)[0])
    if to[at] < 0:
        return None
    lower = _course(to, at)
    below = np.zeros(valleys.grid.shape, dtype=bool)
    below[np.unravel_index(lower, below.shape)] = True
    # The upper half keeps clear of the lower one, but for the few cells around the middle where they meet.
    kept = grown(below, 6) & ~grown(middle, 9)
    upper = replace(valleys, blocked=valleys.blocked | kept | (below & ~middle) | valleys.outlets)
    above = _best(upper, replace(asked, min_length_m=1e-3), middle, np.inf)
    if above is None:
        return None
    return np.concatenate([above[0], lower[1:]]), np.concatenate([above[1], _gathered(to)[lower[1:]]])


def _route(grid: Grid, cells: NDArray[np.intp], drained: NDArray[np.float64]) -> Route:
    """Turn lattice cells into points, out to the map's border where the course crosses it, with their catchments."""
    gathered = np.maximum.accumulate(drained) * grid.cell_area_m2
    rows, cols = np.unravel_index(cells, grid.shape)
    points = np.stack([grid.xs()[cols], grid.ys()[rows]], axis=1).astype(np.float64)
    for end, at in ((0, 0), (-1, len(points))):
        out = _outward(points[end], grid)
        if out is not None:
            points = np.insert(points, at, out, axis=0)
            gathered = np.insert(gathered, at, gathered[end])
    return Route(points, gathered)


def _outward(point: NDArray[np.float64], grid: Grid) -> NDArray[np.float64] | None:
    """Return the place on the map's border beside a point of the outermost cells, None for others."""
    for axis, side in enumerate(grid.extent_m):
        for edge in (0.0, side):
            if abs(point[axis] - edge) <= grid.cell_size_m:
                out = point.copy()
                out[axis] = edge
                return out
    return None
