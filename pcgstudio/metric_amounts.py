"""How many and how much: counts, shares, areas, densities."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from . import storeys
from .metric import Scene, metric, summits


@metric("", absolute=0)
def count(scene: Scene, feature: str) -> float:
    """How many there are: parts, peaks, rooms of all storeys, levels or placed things, by what the feature is."""
    one = scene.feature(feature)
    if one.count_by == "instances":
        placed = scene.placed(feature)
        if placed is None or not len(placed):
            return 0.0
        return float(scene.region[scene.world.grid.cells_of(placed.placement)].sum())
    if one.count_by in ("ids", "levels"):
        if one.layer == "room":
            return float(sum(rooms_of_storeys(scene)))
        layer = scene.world.layers.get(one.layer)
        if layer is None:
            return 0.0
        values, cells = np.unique(layer.data[scene.region], return_counts=True)
        floor = 0 if one.count_by == "levels" else 1
        stepped = float(cells[values >= floor].sum())
        least = 0.01 * stepped if one.count_by == "levels" else 2  # a level that nobody can stand on is none
        return float(((values >= floor) & (cells >= max(2, least))).sum())
    if one.count_by == "peaks":
        found = summits(scene, feature)
        return float(scene.region[found[:, 0], found[:, 1]].sum()) if len(found) else 0.0
    labels, ids = scene.parts(feature)
    return float((scene.shares(labels, ids) >= 0.5).sum())


def rooms_of_storeys(scene: Scene) -> tuple[int, ...]:
    """Return how many rooms lie in the region on each storey, the ground floor first; empty without an interior."""
    layers = (scene.world.layers.get(storeys.names(k)[1]) for k in range(storeys.MOST))
    numbers = []
    for layer in (one for one in layers if one is not None):
        ids, cells = np.unique(layer.data[scene.region], return_counts=True)
        numbers.append(int(((ids > 0) & (cells >= _LEAST_CELLS)).sum()))
    return tuple(numbers)


_LEAST_CELLS = 2
"""Cells of the region from which on a room counts as lying in it."""


@metric("share", absolute=0.02, relative=0.05)
def share(scene: Scene, feature: str, of: str = "land") -> float | None:
    """Area of the feature as a share of the dry land, the map, or another feature, inside the region."""
    whole = scene.mask(of) & scene.region
    return float((scene.mask(feature) & whole).sum() / whole.sum()) if whole.any() else None


@metric("share", absolute=0.1)
def share_inside(scene: Scene, feature: str) -> float | None:
    """Share of the feature (its area, or its placed things) that lies inside the region."""
    placed = scene.placed(feature)
    if placed is not None:
        return float(scene.region[scene.world.grid.cells_of(placed.placement)].mean()) if len(placed) else None
    mask = scene.mask(feature)
    return float(scene.region[mask].mean()) if mask.any() else None


@metric("share", absolute=0.0)
def spread(scene: Scene, feature: str, tiles: int = 4) -> float | None:
    """Share of the parts of the land, cut into so many by so many, in which some of the feature is found."""
    land = scene.mask("land") | scene.mask(feature)
    rows, cols = np.nonzero(land)
    mask = scene.mask(feature)
    if not mask.any():
        return 0.0
    held, all_of = 0, 0
    for band in np.array_split(np.arange(rows.min(), rows.max() + 1), tiles):
        for strip in np.array_split(np.arange(cols.min(), cols.max() + 1), tiles):
            if not (len(band) and len(strip)):
                continue
            tile = np.s_[band[0] : band[-1] + 1, strip[0] : strip[-1] + 1]
            if land[tile].mean() < 0.25:
                continue
            all_of += 1
            held += bool(mask[tile].any())
    return held / all_of if all_of else None


@metric("share", absolute=0.0)
def parts_inside(scene: Scene, feature: str) -> float | None:
    """Share of the feature's parts that lie in the region by most of their area or their centre, or of its summits."""
    if scene.feature(feature).count_by == "peaks":
        found = summits(scene, feature)
        return float(scene.region[found[:, 0], found[:, 1]].mean()) if len(found) else None
    labels, ids = scene.parts(feature)
    if not len(ids):
        return None
    middles = np.round(np.array(ndimage.center_of_mass(labels > 0, labels, ids))).astype(np.intp)
    centred = scene.region[middles[:, 0], middles[:, 1]]
    return float(((scene.shares(labels, ids) >= 0.5) | centred).mean())


@metric("m²", relative=0.12)
def size(scene: Scene, feature: str) -> float | None:
    """Mean area of the feature's parts; of placed things their mean scale, 1 as their model is."""
    if (placed := scene.placed(feature)) is not None:
        return float(placed.placement[:, 4].mean(dtype=np.float64)) if len(placed) else None
    labels, ids = scene.parts(feature)
    ids = ids[scene.shares(labels, ids) >= 0.5]
    return float(np.isin(labels, ids).sum() / len(ids) * scene.world.grid.cell_area_m2) if len(ids) else None


@metric("share", relative=0.2)
def largest_share(scene: Scene, feature: str) -> float | None:
    """Area of the largest part as a share of all parts; near 1 where one dominates."""
    labels, ids = scene.parts(feature)
    sizes = np.bincount(labels.ravel())[ids] if len(ids) else np.empty(0)
    return float(sizes.max() / sizes.sum()) if len(sizes) else None


@metric("per ha", relative=0.15)
def density(scene: Scene, feature: str) -> float | None:
    """Placed things per hectare of dry land in the region."""
    area = float((scene.mask("land") & scene.region).sum()) * scene.world.grid.cell_area_m2 / 1e4
    there = count(scene, feature)
    return there / area if area and there is not None else None


@metric("share", absolute=0.1)
def mix(scene: Scene, feature: str, of: str) -> float | None:
    """Share of the placed things of a kind that are of one species."""
    everything, some = count(scene, of), count(scene, feature)
    return (some or 0.0) / everything if everything else None


@metric("m²", relative=0.12)
def area(scene: Scene, feature: str) -> float:
    """Area of the feature, all of its parts together."""
    return float((scene.mask(feature) & scene.region).sum()) * scene.world.grid.cell_area_m2


@metric("", relative=0.15)
def ratio(scene: Scene, feature: str, of: str) -> float | None:
    """How many times as many of one feature as of another: of things by their number, otherwise by their area."""
    counted = scene.placed(feature) is not None and scene.placed(of) is not None
    if counted or (scene.feature(feature).count_by != "none" and scene.feature(of).count_by != "none"):
        some, others = count(scene, feature), count(scene, of)
    else:
        some, others = area(scene, feature), area(scene, of)
    return some / others if some is not None and others else None
