"""How features lie to each other: near, around, between, joined, from and to."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .build import context_of
from .metric import EIGHT, Scene, largest, metric, summits
from .region import Compass, Place

_PLACES = get_args(Place)


@metric("m", absolute=5, relative=0.1)
def distance(scene: Scene, feature: str, to: str) -> float | None:
    """Smallest distance between two features; 0 where they touch."""
    a, b = scene.mask(feature) & scene.region, scene.mask(to)
    if not (a.any() and b.any()):
        return None
    away = ndimage.distance_transform_edt(~b)[a].min()
    return max(0.0, float(away) - 1) * scene.world.grid.cell_size_m


@metric("m", absolute=5, relative=0.1)
def gap(scene: Scene, feature: str) -> float | None:
    """Smallest distance between two parts of a feature."""
    labels, ids = scene.parts(feature)
    if len(ids) < 2:
        return None
    cell = scene.world.grid.cell_size_m
    apart = [ndimage.distance_transform_edt(labels != i)[np.isin(labels, ids) & (labels != i)].min() for i in ids[:-1]]
    return (float(min(apart)) - 1) * cell


@metric("m", absolute=5, relative=0.05)
def spacing(scene: Scene, feature: str) -> float | None:
    """Smallest distance between the middles of two parts, summits or placed things of a feature."""
    grid = scene.world.grid
    placed = scene.placed(feature)
    if placed is not None:
        points = placed.placement[:, :2].astype(np.float64)
    elif scene.feature(feature).count_by == "peaks":
        points = summits(scene, feature).astype(np.float64) * grid.cell_size_m
    else:
        labels, ids = scene.parts(feature)
        points = np.array(ndimage.center_of_mass(labels > 0, labels, ids)).reshape(-1, 2) * grid.cell_size_m
    if len(points) < 2:
        return None
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return float(away[~np.eye(len(points), dtype=bool)].min())


@metric("share", absolute=0.1)
def in_sight(scene: Scene, feature: str, to: str, eyes_m: float = 2.0, most: int = 48) -> float | None:
    """Share of the places of another feature from which the highest point of the feature can be seen."""
    seen, stand = scene.mask(feature) & scene.region, scene.mask(to)
    if not (seen.any() and stand.any()):
        return None
    level = scene.world["water_level"]
    ground = np.where(np.isnan(level), scene.world["height"], np.fmax(level, scene.world["height"])).astype(np.float64)
    top = np.unravel_index(int(np.argmax(np.where(seen, ground, -np.inf))), seen.shape)
    cells = np.argwhere(stand)
    cells = cells[np.linspace(0, len(cells) - 1, min(most, len(cells))).astype(int)]
    return float(np.mean([_clear(ground, cell, np.array(top), eyes_m) for cell in cells]))


def _clear(ground: NDArray[np.float64], start: NDArray[np.intp], end: NDArray[np.intp], eyes_m: float) -> bool:
    """Whether nothing stands in the straight line from eyes above one cell to the top of another."""
    steps = int(np.abs(end - start).max())
    if steps < 2:
        return True
    at = np.linspace(0, 1, steps + 1)
    line = np.round(start + (end - start) * at[:, None]).astype(int)
    rise = ground[tuple(start)] + eyes_m + (ground[tuple(end)] + 0.5 - ground[tuple(start)] - eyes_m) * at
    return bool((ground[line[1:-1, 0], line[1:-1, 1]] <= rise[1:-1]).all())


@metric("share")
def parts_near(scene: Scene, feature: str, to: str, distance_m: float) -> float | None:
    """Share of the feature's parts, or of its placed things, that come within a distance of another feature."""
    other = scene.mask(to)
    if not other.any():
        return None
    away = ndimage.distance_transform_edt(~other) * scene.world.grid.cell_size_m
    placed = scene.placed(feature)
    if placed is not None:
        return float((away[scene.world.grid.cells_of(placed.placement)] <= distance_m).mean()) if len(placed) else None
    labels, ids = scene.parts(feature)
    return float((ndimage.minimum(away, labels, ids) <= distance_m).mean()) if len(ids) else None


@metric("share", absolute=0.1)
def surrounded(scene: Scene, feature: str, by: str, reach_m: float = 0.0) -> float | None:
    """Share of the directions from the feature's centre in which the other is met outside of it, within a reach."""
    part = largest(scene, feature)
    if part is None:
        return None
    rows, cols = np.nonzero(ndimage.binary_fill_holes(part))
    outer = scene.mask(by) & ~part
    if reach_m:
        outer &= ndimage.distance_transform_edt(~part) * scene.world.grid.cell_size_m <= reach_m
    r, c = np.nonzero(outer)
    sector = ((np.arctan2(r - rows.mean(), c - cols.mean()) + np.pi) * 36 / (2 * np.pi)).astype(int) % 36
    return len(np.unique(sector)) / 36 if len(sector) else 0.0


@metric("share", absolute=0.1)
def rimmed(scene: Scene, feature: str, by: str, reach_m: float) -> float | None:
    """Share of the outline of the feature's largest part that has another feature within a reach."""
    part, other = largest(scene, feature), scene.mask(by)
    if part is None:
        return None
    whole = ndimage.binary_fill_holes(part)
    inner = np.zeros_like(whole)
    inner[1:-1, 1:-1] = True  # along the edge of the map nothing is bounded
    outline = whole & ~ndimage.binary_erosion(whole, EIGHT, border_value=1) & inner
    if not (outline.any() and other.any()):
        return 0.0
    away = ndimage.distance_transform_edt(~other) * scene.world.grid.cell_size_m
    return float((away[outline] <= max(reach_m, 1.5 * scene.world.grid.cell_size_m)).mean())


@metric("share")
def parts_holding(scene: Scene, feature: str, of: str, number: int = 0) -> float | None:
    """Share of the feature's parts that hold exactly so many of another feature; 0 asks for any at all."""
    labels, ids = scene.parts(feature)
    if not len(ids):
        return None
    inner = scene.feature(of)
    placed = scene.placed(of)
    if placed is not None:
        cells = scene.world.grid.cells_of(placed.placement)
    elif inner.count_by == "peaks":
        found = summits(scene, of)
        cells = (found[:, 0], found[:, 1])
    else:
        small, small_ids = scene.parts(of)
        middles = [np.argwhere(small == i) for i in small_ids]
        chosen = np.array([m[len(m) // 2] for m in middles]).reshape(-1, 2).astype(np.intp)
        cells = (chosen[:, 0], chosen[:, 1])
    good = 0
    for i in ids:
        there = int(ndimage.binary_fill_holes(labels == i)[cells].sum())
        good += there == number if number else there > 0
    return good / len(ids)


@metric("")
def joined(scene: Scene, feature: str, by: str) -> float | None:
    """1 where all parts of a feature hang together once another feature joins them."""
    labels, ids = scene.parts(feature)
    if len(ids) < 2:
        return None
    ways = ndimage.binary_dilation(scene.mask(by) | scene.spans(by), EIGHT, iterations=2)
    whole, _ = ndimage.label(ways | np.isin(labels, ids), structure=EIGHT)
    groups = {tuple(np.unique(whole[labels == i])) for i in ids}
    return float(len(groups) == 1)


@metric("")
def between_parts(scene: Scene, feature: str, of: str) -> float | None:
    """1 where the largest part of a feature lies between the centres of the two largest parts of another."""
    part = largest(scene, feature)
    if scene.feature(of).count_by == "peaks":
        ends = summits(scene, of).astype(float)
    else:
        labels, ids = scene.parts(of)
        ids = ids[np.argsort(-np.bincount(labels.ravel())[ids])] if len(ids) else ids
        ends = np.array(ndimage.center_of_mass(labels > 0, labels, ids)).reshape(-1, 2)
    if part is None or len(ends) < 2:
        return None
    return _amid(np.argwhere(part).mean(axis=0), ends[0], ends[1])


@metric("")
def between_centres(scene: Scene, feature: str, first: str, second: str) -> float | None:
    """1 where the middle of a feature lies between the middles of two others, however large those are."""
    masks = [scene.mask(name) for name in (feature, first, second)]
    if not all(mask.any() for mask in masks):
        return None
    return _amid(*(np.argwhere(mask).mean(axis=0) for mask in masks))


def _amid(centre: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return 1 where a point lies between two others, not far from the line."""
    along = b - a
    t = float((centre - a) @ along / max(float(along @ along), 1e-9))
    off = float(np.hypot(*(centre - a - t * along)))
    return float(0.15 <= t <= 0.85 and off <= 0.35 * float(np.hypot(*along)))


@metric("share")
def paths_from(scene: Scene, feature: str, end: str = "source", to: str = "", reach_m: float = 0.0) -> float | None:
    """Share of the paths whose source or mouth lies in the region, and within reach of a feature if one is named."""
    runs = [p.points for p in scene.world.paths if p.kind == feature]
    if not runs:
        return None
    ends = np.array([p[0] if end == "source" else p[-1] for p in runs])
    good = scene.region[scene.world.grid.cells_of(ends)]
    if to:
        other = scene.mask(to)
        if not other.any():
            return 0.0
        cell = scene.world.grid.cell_size_m
        away = ndimage.distance_transform_edt(~other)[scene.world.grid.cells_of(ends)] * cell
        good &= away <= max(reach_m, 2.5 * cell)
    return float(good.mean())


@metric("share")
def paths_through(scene: Scene, feature: str) -> float | None:
    """Share of the paths that enter the region somewhere."""
    runs = [p.points for p in scene.world.paths if p.kind == feature]
    inside = [bool(scene.region[scene.world.grid.cells_of(p)].any()) for p in runs]
    return float(np.mean(inside)) if runs else None


@metric("share", absolute=0.02)
def parted(scene: Scene, feature: str) -> float | None:
    """Share of the map's other ground in the second largest piece into which a feature cuts it; 0.5 is half."""
    mask = scene.mask(feature)
    if not mask.any():
        return None
    ground = ~(ndimage.binary_dilation(mask, EIGHT) | scene.mask("sea"))
    pieces = np.sort(np.bincount(ndimage.label(ground)[0].ravel())[1:])
    return float(pieces[-2] / max(ground.sum(), 1)) if len(pieces) > 1 else 0.0


@metric("m", absolute=2)
def rise(scene: Scene, feature: str, of: str) -> float | None:
    """How much higher the ground of a feature lies than that of another, on average."""
    mine, other = scene.mask(feature) & scene.region, scene.mask(of)
    if not (mine.any() and other.any()):
        return None
    world, ground = scene.world, scene.world["height"]
    # Rooms under a hill lie where their floor is.
    below = scene.feature(feature).layer in ("cell", "room") and "underground" in world
    floor = ground - world["underground"] if below else ground
    return float(floor[mine].mean(dtype=np.float64) - ground[other].mean(dtype=np.float64))


@metric("share", absolute=0.05)
def both_sides(scene: Scene, feature: str, of: str, reach_m: float) -> float | None:
    """Share of the feature's cells near another's path that lie on the side of it that has fewer; 0.5 is even."""
    cell = scene.world.grid.cell_size_m
    runs = [_dense(p.points[:, :2], cell) for p in scene.world.paths if p.kind == of and len(p.points) > 1]
    mask = scene.mask(feature)
    if not runs and (axis := _long_axis(scene, of)) is not None:
        runs = [axis]
    if not runs or not mask.any():
        return None
    ends = np.vstack([p[:-1] for p in runs]), np.vstack([p[1:] for p in runs])
    line = np.ones(mask.shape, dtype=bool)
    segment = np.zeros(mask.shape, dtype=np.intp)
    rows, cols = scene.world.grid.cells_of((ends[0] + ends[1]) / 2)
    line[rows, cols], segment[rows, cols] = False, np.arange(len(rows))
    away, (near_row, near_col) = ndimage.distance_transform_edt(line, return_indices=True)
    close = np.nonzero(mask & scene.region & (away * cell <= reach_m))
    if not len(close[0]):
        return 0.0
    nearest = segment[near_row[close], near_col[close]]
    start, along = ends[0][nearest], (ends[1] - ends[0])[nearest]
    x, y = scene.world.grid.xs()[close[1]] - start[:, 0], scene.world.grid.ys()[close[0]] - start[:, 1]
    left = float((along[:, 0] * y - along[:, 1] * x > 0).mean())
    return min(left, 1 - left)


def _long_axis(scene: Scene, feature: str) -> NDArray[np.float64] | None:
    """``(n, 2)`` points [m] along the middle of what has no path of its own: a valley, a lake."""
    part = largest(scene, feature)
    if part is None or part.sum() < 3:
        return None
    grid = scene.world.grid
    rows, cols = np.nonzero(part)
    points = np.column_stack([grid.xs()[cols], grid.ys()[rows]]).astype(np.float64)
    middle = points.mean(axis=0)
    along = np.linalg.svd(points - middle, full_matrices=False)[2][0]
    at = (points - middle) @ along
    bins = np.clip(((at - at.min()) / max(float(np.ptp(at)), 1e-9) * 12).astype(int), 0, 11)
    centres = [points[bins == k].mean(axis=0) for k in np.unique(bins)]
    return _dense(np.array(centres), grid.cell_size_m) if len(centres) > 1 else None


def _dense(points: NDArray[np.floating[Any]], step_m: float) -> NDArray[np.float64]:
    """``(n, 2)`` the same line with a point every step [m]."""
    along = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step_m) + 1))
    return np.column_stack([np.interp(at, along, points[:, k]) for k in (0, 1)])


@metric("")
def reaches(scene: Scene, feature: str, first: str, second: str = "", reach_m: float = 0.0) -> float | None:
    """1 where one part of the feature comes near both ends: sides or corners of the map, or other features."""
    there = scene.mask(feature)
    if scene.feature(feature).layer == "route" and "road" in scene.world:  # a road goes on through a town's streets
        there = there | (scene.world["road"] > 0)
    mask = ndimage.binary_dilation(there & scene.region, EIGHT, iterations=2)
    if not mask.any():
        return None
    labels, _ = ndimage.label(mask, structure=EIGHT)
    ends = [set(np.unique(labels[_end(scene, name, reach_m)])) - {0} for name in (first, second) if name]
    return float(bool(set.intersection(*ends)))


def _end(scene: Scene, name: str, reach_m: float) -> NDArray[np.bool_]:
    """``(rows, cols)`` what lies within reach of a side or corner of the map, its middle, or a feature."""
    if name in _PLACES:
        depth = 0.25 if name == "centre" else 0.6 if name == "edge" else 0.15 if len(name) <= 5 else 0.3
        place = Compass.model_validate({"place": name, "depth": depth})
        return np.asarray(place.evaluate(context_of(scene.world)) >= 0.5)
    other = scene.mask(name)
    if not other.any():
        return np.zeros(other.shape, dtype=bool)
    return np.asarray(ndimage.distance_transform_edt(~other) * scene.world.grid.cell_size_m <= reach_m)
