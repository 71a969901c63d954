"""The metric vocabulary: what a check can ask of a built world, one function each, with unit and tolerance.

Every metric is a pure function of a `Scene` (a world and a region of it) and its arguments. ``None`` means that the
world holds nothing to measure; such a check never passes unless it asks for absence.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from . import interior, outline
from .brief import Brief, Check, Measured, Report
from .build import context_of
from .errors import InputError, did_you_mean
from .feature import Feature, feature_instances, feature_mask
from .generator import load_features
from .prominence import foot, peaks
from .region import Everywhere
from .storeys import count as count_storeys
from .structure import structural_checks
from .world import WATER_KINDS, Instances, World

EIGHT = np.ones((3, 3), dtype=bool)
PEAK_PROMINENCE = 0.3
"""A summit counts as a peak of its own where it stands out by this share of the highest one's prominence."""


@dataclass(frozen=True)
class Metric:
    """One entry of the vocabulary.

    Parameters
    ----------
    name, unit, text : str
        Identity and one sentence for people and models.
    measure : callable
        ``measure(scene, **arguments) -> float or None``.
    absolute, relative : float
        Tolerance of a demand for a value: the larger of both, the second as a share of the value.
    """

    name: str
    unit: str
    text: str
    measure: Callable[..., float | None]
    absolute: float = 0.0
    relative: float = 0.0

    def tolerance(self, value: float) -> float:
        """Return how far from ``value`` a measurement may be and still pass, in the metric's unit."""
        return max(self.absolute, self.relative * abs(value))


METRICS: dict[str, Metric] = {}


def metric(
    unit: str, absolute: float = 0.0, relative: float = 0.0
) -> Callable[[Callable[..., float | None]], Callable[..., float | None]]:
    """Register a function as a metric; its docstring's first line is what people and models read."""

    def add(function: Callable[..., float | None]) -> Callable[..., float | None]:
        text = (function.__doc__ or "").strip().split("\n")[0]
        METRICS[function.__name__] = Metric(function.__name__, unit, text, function, absolute, relative)
        return function

    return add


class Scene:
    """A world seen through a region: what the metrics look at."""

    def __init__(self, world: World, check: Check) -> None:
        self.world = world
        self.everywhere = isinstance(check.region, Everywhere)
        self._region = check.region

    @cached_property
    def region(self) -> NDArray[np.bool_]:
        """``(rows, cols)`` where the check looks."""
        return self._region.evaluate(context_of(self.world)) >= 0.5

    def feature(self, name: str) -> Feature:
        """Return the declared feature of that name."""
        known = load_features()
        if name not in known:
            raise InputError(f"no installed generator makes the feature '{name}'{did_you_mean(name, known)}")
        return known[name]

    def mask(self, name: str) -> NDArray[np.bool_]:
        """``(rows, cols)`` where a feature is; ``map`` is everywhere and ``land`` the dry ground."""
        if name == "map":
            return np.ones(self.world.grid.shape, dtype=bool)
        if name == "land":
            return np.asarray(self.world["water_kind"] == 0)
        return feature_mask(self.feature(name), self.world.grid, self.world.layers, self.world.instances)

    def placed(self, name: str) -> Instances | None:
        """Return the instances of a feature, None where it is not made of them."""
        feature = self.feature(name) if name not in ("map", "land") else None
        if feature is None or feature.layer:
            return None
        return feature_instances(feature, self.world.instances)

    def parts(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Labels ``(rows, cols)`` of a feature's 8-connected parts, and the ids of those large enough to be seen."""
        labels, count = ndimage.label(self.mask(name), structure=EIGHT)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        layer = "" if name in ("map", "land") else self.feature(name).layer
        smallest = 1 if layer in ("cell", "role") else 3 if name == "river" else max(4, round(2e-4 * labels.size))
        return labels, np.flatnonzero(sizes[1:] >= smallest) + 1

    def shares(self, labels: NDArray[np.int32], ids: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the share of each part that lies in the region."""
        return np.atleast_1d(ndimage.mean(self.region, labels, ids)) if len(ids) else np.empty(0)


def _largest(scene: Scene, feature: str) -> NDArray[np.bool_] | None:
    """``(rows, cols)`` the largest part of a feature in the region, or None."""
    labels, _ = ndimage.label(scene.mask(feature) & scene.region, structure=EIGHT)
    sizes = np.bincount(labels.ravel())[1:]
    return None if not len(sizes) else labels == int(np.argmax(sizes)) + 1


def _summits(scene: Scene, feature: str) -> NDArray[np.intp]:
    """``(n, 2)`` row and column of a landform's summits; across the sea they are measured down to its surface."""
    world, mask = scene.world, scene.mask(feature)
    sea = world["water_kind"] == WATER_KINDS.index("sea")
    ground = np.where(sea, np.fmax(world["water_level"], world["height"]), world["height"])
    return peaks(ground, mask, PEAK_PROMINENCE, foot(world["height"], mask, ~sea))


@metric("", absolute=0)
def count(scene: Scene, feature: str) -> float:
    """How many there are: parts, peaks, rooms, levels or placed things, by what the feature is."""
    one = scene.feature(feature)
    if one.count_by == "instances":
        placed = scene.placed(feature)
        if placed is None or not len(placed):
            return 0.0
        return float(scene.region[scene.world.grid.cells_of(placed.placement)].sum())
    if one.count_by in ("ids", "levels"):
        layer = scene.world.layers.get(one.layer)
        if layer is None:
            return 0.0
        values, cells = np.unique(layer.data[scene.region], return_counts=True)
        floor = 0 if one.count_by == "levels" else 1
        return float(((values >= floor) & (cells >= 2)).sum())
    if one.count_by == "peaks":
        found = _summits(scene, feature)
        return float(scene.region[found[:, 0], found[:, 1]].sum()) if len(found) else 0.0
    labels, ids = scene.parts(feature)
    return float((scene.shares(labels, ids) >= 0.5).sum())


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
def parts_inside(scene: Scene, feature: str) -> float | None:
    """Share of the feature's parts that lie in the region by most of their area or their centre, or of its summits."""
    if scene.feature(feature).count_by == "peaks":
        found = _summits(scene, feature)
        return float(scene.region[found[:, 0], found[:, 1]].mean()) if len(found) else None
    labels, ids = scene.parts(feature)
    if not len(ids):
        return None
    middles = np.round(np.array(ndimage.center_of_mass(labels > 0, labels, ids))).astype(np.intp)
    centred = scene.region[middles[:, 0], middles[:, 1]]
    return float(((scene.shares(labels, ids) >= 0.5) | centred).mean())


@metric("m", absolute=2, relative=0.05)
def height(scene: Scene, feature: str = "map") -> float | None:
    """Highest ground of the feature above the sea, or above the lowest ground where there is no sea."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["height"][inside].max()) if inside.any() else None


@metric("m", absolute=2, relative=0.1)
def lowest(scene: Scene, feature: str = "map") -> float | None:
    """Lowest ground of the feature."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["height"][inside].min()) if inside.any() else None


@metric("m", absolute=2, relative=0.1)
def mean_height(scene: Scene, feature: str = "map") -> float | None:
    """Mean ground height of the feature."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["height"][inside].mean(dtype=np.float64)) if inside.any() else None


@metric("m", absolute=2, relative=0.1)
def relief(scene: Scene, feature: str = "land") -> float | None:
    """Difference between the highest and the lowest ground of the feature."""
    inside = scene.mask(feature) & scene.region
    return float(np.ptp(scene.world["height"][inside])) if inside.any() else None


@metric("m", absolute=1, relative=0.1)
def depth(scene: Scene, feature: str) -> float | None:
    """Deepest water of the feature; for dry hollows, the drop from the ground around to the floor."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    ground = scene.world["height"]
    if scene.feature(feature).layer == "water_kind":
        return float(np.nanmax(scene.world["water_level"][inside] - ground[inside]))
    rim = ndimage.binary_dilation(inside, EIGHT, iterations=2) & ~inside
    return float(np.median(ground[rim]) - np.percentile(ground[inside], 5)) if rim.any() else None


@metric("m", absolute=1, relative=0.1)
def width(scene: Scene, feature: str) -> float | None:
    """Mean width: of rivers, valleys, canyons, beaches across them, of anything else the sides of its bounding box."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    if feature == "river" and "river_width" in scene.world:
        return float(scene.world["river_width"][inside].mean(dtype=np.float64))
    cell = scene.world.grid.cell_size_m
    if feature in ("river", "valley", "canyon", "cliff", "beach", "corridor"):
        fine = inside.repeat(2, axis=0).repeat(2, axis=1)  # an even number of cells across: there the mean is exact
        return float((2 * ndimage.distance_transform_edt(fine)[fine].mean() - 1) * cell)
    part = _largest(scene, feature)
    rows, cols = np.nonzero(inside if part is None else part)
    return float((np.ptp(rows) + np.ptp(cols) + 2) / 2 * cell)


@metric("m", relative=0.1)
def length(scene: Scene, feature: str) -> float | None:
    """Length of the longest path of that kind, otherwise the diagonal of the largest part's bounding box."""
    runs = [p.points for p in scene.world.paths if p.kind == feature]
    if runs:
        return max(float(np.hypot(*np.diff(p[:, :2], axis=0).T).sum()) for p in runs)
    part = _largest(scene, feature)
    if part is None:
        return None
    rows, cols = np.nonzero(part)
    return float(np.hypot(np.ptp(rows) + 1, np.ptp(cols) + 1) * scene.world.grid.cell_size_m)


@metric("", relative=0.1)
def sinuosity(scene: Scene, feature: str) -> float | None:
    """Length of the paths over the straight distance between their ends; 1 is straight (Leopold & Wolman 1957)."""
    runs = [p.points[:, :2] for p in scene.world.paths if p.kind == feature]
    straight = sum(float(np.hypot(*(p[-1] - p[0]))) for p in runs)
    along = sum(float(np.hypot(*np.diff(p, axis=0).T).sum()) for p in runs)
    return along / straight if straight else None


@metric("m²", relative=0.12)
def size(scene: Scene, feature: str) -> float | None:
    """Mean area of the feature's parts."""
    labels, ids = scene.parts(feature)
    ids = ids[scene.shares(labels, ids) >= 0.5]
    return float(np.isin(labels, ids).sum() / len(ids) * scene.world.grid.cell_area_m2) if len(ids) else None


@metric("share", relative=0.2)
def largest_share(scene: Scene, feature: str) -> float | None:
    """Area of the largest part as a share of all parts; near 1 where one dominates."""
    labels, ids = scene.parts(feature)
    sizes = np.bincount(labels.ravel())[ids] if len(ids) else np.empty(0)
    return float(sizes.max() / sizes.sum()) if len(sizes) else None


@metric("deg", absolute=3)
def steepness(scene: Scene, feature: str = "land") -> float | None:
    """Mean slope of the feature's ground."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["slope"][inside].mean(dtype=np.float64)) if inside.any() else None


@metric("share", absolute=0.05)
def flat_share(scene: Scene, feature: str = "land", below_deg: float = 6.0) -> float | None:
    """Share of the feature's ground that is flatter than a slope."""
    inside = scene.mask(feature) & scene.region
    return float((scene.world["slope"][inside] < below_deg).mean()) if inside.any() else None


@metric("m", relative=0.2)
def roughness(scene: Scene, feature: str = "land", over_m: float = 40.0) -> float | None:
    """How far the ground departs from its mean over a neighbourhood (standard deviation)."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    ground = scene.world["height"].astype(np.float64)
    smooth = ndimage.uniform_filter(ground, max(3, round(over_m / scene.world.grid.cell_size_m)))
    return float((ground - smooth)[inside].std())


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


@metric("")
def highest_inside(scene: Scene, feature: str = "land") -> float | None:
    """1 where the highest ground of a feature lies in the region."""
    mask = scene.mask(feature)
    if not mask.any():
        return None
    ground = np.where(mask, scene.world["height"], -np.inf)
    return float(scene.region[ground >= ground.max() - 0.02 * abs(np.ptp(scene.world["height"][mask]))].any())


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
    part = _largest(scene, feature)
    if part is None:
        return None
    rows, cols = np.nonzero(ndimage.binary_fill_holes(part))
    outer = scene.mask(by) & ~part
    if reach_m:
        outer &= ndimage.distance_transform_edt(~part) * scene.world.grid.cell_size_m <= reach_m
    r, c = np.nonzero(outer)
    sector = ((np.arctan2(r - rows.mean(), c - cols.mean()) + np.pi) * 36 / (2 * np.pi)).astype(int) % 36
    return len(np.unique(sector)) / 36 if len(sector) else 0.0


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
        found = _summits(scene, of)
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


@metric("", relative=0.1)
def contrast(scene: Scene, feature: str, aspect: str = "size") -> float | None:
    """How far the largest (or highest) part exceeds the next: 2 is twice as large; 1 they are alike."""
    if aspect == "height" and scene.feature(feature).count_by == "peaks":
        found = _summits(scene, feature)
        sizes = (
            np.sort(scene.world["height"][found[:, 0], found[:, 1]])[::-1].astype(float) if len(found) else np.empty(0)
        )
    else:
        labels, ids = scene.parts(feature)
        cells = np.bincount(labels.ravel())[ids] if len(ids) else np.empty(0)
        top = np.atleast_1d(ndimage.maximum(scene.world["height"], labels, ids)) if len(ids) else np.empty(0)
        sizes = np.sort(cells if aspect == "size" else top)[::-1].astype(float)
    return float(sizes[0] / max(sizes[1], 1e-9)) if len(sizes) > 1 else None


@metric("", absolute=0)
def sides_touched(scene: Scene, feature: str) -> float:
    """How many of the four sides of the map the feature touches."""
    mask = scene.mask(feature)
    return float(sum(bool(edge.any()) for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1])))


@metric("", relative=0.1)
def elongation(scene: Scene, feature: str) -> float | None:
    """Length over width of the largest part, by its second moments; 1 is round."""
    part = _largest(scene, feature)
    if part is None or part.sum() < 3:
        return None
    spread = np.linalg.eigvalsh(np.cov(np.stack(np.nonzero(part)).astype(np.float64)))
    return float(np.sqrt(spread[1] / max(spread[0], 1e-9)))


@metric("share", absolute=0.05)
def roundness(scene: Scene, feature: str) -> float | None:
    """How round the largest part is: 4 pi area / perimeter squared; 1 for a disc."""
    part = _largest(scene, feature)
    return None if part is None else outline.roundness(ndimage.binary_fill_holes(part))


@metric("share", absolute=0.05)
def solidity(scene: Scene, feature: str) -> float | None:
    """Share of its convex hull that the largest part fills; a crescent leaves much of it open."""
    part = _largest(scene, feature)
    return None if part is None else outline.solidity(ndimage.binary_fill_holes(part))


@metric("", relative=0.1)
def size_ratio(scene: Scene, feature: str) -> float | None:
    """Area of the largest part over the smallest one's; 1 where all are alike."""
    labels, ids = scene.parts(feature)
    cells = np.bincount(labels.ravel())[ids] if len(ids) else np.empty(0)
    return float(cells.max() / cells.min()) if len(cells) > 1 else None


@metric("", relative=0.1)
def stretch(scene: Scene, feature: str, along: str) -> float | None:
    """How far the largest part reaches along an axis of the compass, over how far across it."""
    part = _largest(scene, feature)
    if part is None:
        return None
    rows, cols = np.nonzero(part)
    axes = {"north-south": (1, 0), "east-west": (0, 1), "northeast-southwest": (-1, 1), "northwest-southeast": (1, 1)}
    down, right = axes[along]
    lengthwise, across = rows * down + cols * right, rows * right - cols * down
    return float((np.ptp(lengthwise) + 1) / (np.ptp(across) + 1))


def _centres(scene: Scene, feature: str) -> NDArray[np.float64]:
    """``(n, 2)`` rows and columns of the summits or part centres of a feature."""
    if scene.feature(feature).count_by == "peaks":
        return _summits(scene, feature).astype(np.float64)
    labels, ids = scene.parts(feature)
    return np.array(ndimage.center_of_mass(labels > 0, labels, ids), dtype=np.float64).reshape(-1, 2)


@metric("")
def ring_shape(scene: Scene, feature: str) -> float | None:
    """1 where the summits or parts stand in a ring: no gap wider than a third of the circle, the middle left clear."""
    points = _centres(scene, feature)
    if len(points) < 3:
        return None
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    away = points - middle
    angles = np.sort(np.arctan2(away[:, 0], away[:, 1]))
    gap = np.diff(np.append(angles, angles[0] + 2 * np.pi)).max()
    far = np.hypot(*away.T)
    return float(gap <= 2 * np.pi / 3 + 0.2 and far.min() >= 0.5 * far.max())


@metric("", relative=0.1)
def row_shape(scene: Scene, feature: str) -> float | None:
    """Length over width of the group of summits or parts; large where they stand in a row."""
    points = _centres(scene, feature)
    if len(points) < 2:
        return None
    spread = np.linalg.eigvalsh(np.cov(points.T)) if len(points) > 2 else np.array([0.0, 1.0])
    return float(min(np.sqrt(spread[1] / max(spread[0], 1e-9)), 1000.0))


@metric("")
def joined(scene: Scene, feature: str, by: str) -> float | None:
    """1 where all parts of a feature hang together once another feature joins them."""
    labels, ids = scene.parts(feature)
    if len(ids) < 2:
        return None
    whole, _ = ndimage.label(ndimage.binary_dilation(scene.mask(by), EIGHT) | np.isin(labels, ids), structure=EIGHT)
    groups = {tuple(np.unique(whole[labels == i])) for i in ids}
    return float(len(groups) == 1)


@metric("")
def between_parts(scene: Scene, feature: str, of: str) -> float | None:
    """1 where the largest part of a feature lies between the centres of the two largest parts of another."""
    part = _largest(scene, feature)
    if scene.feature(of).count_by == "peaks":
        ends = _summits(scene, of).astype(float)
    else:
        labels, ids = scene.parts(of)
        ids = ids[np.argsort(-np.bincount(labels.ravel())[ids])] if len(ids) else ids
        ends = np.array(ndimage.center_of_mass(labels > 0, labels, ids)).reshape(-1, 2)
    if part is None or len(ends) < 2:
        return None
    a, b = ends[0], ends[1]
    along = b - a
    centre = np.argwhere(part).mean(axis=0)
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


@metric("", absolute=0.1)
def trend(scene: Scene, feature: str, along: str) -> float | None:
    """From -1 to 1: how much more of the feature lies in the upper half of the land along height or a compass side."""
    land = scene.mask("land") & scene.region
    if not land.any():
        return None
    if along == "height":
        value = scene.world["height"]
    else:
        u, v = context_of(scene.world).normalised()
        axes = {"north": v - 0 * u, "south": -v - 0 * u, "east": u - 0 * v, "west": -u - 0 * v}
        value = axes[along]
    middle = np.median(value[land])
    mask = scene.mask(feature) & land
    upper, lower = (
        float((mask & half).sum() / max((land & half).sum(), 1)) for half in (value > middle, value <= middle)
    )
    return (upper - lower) / (upper + lower) if upper + lower else None


@metric("°C", absolute=1)
def temperature(scene: Scene) -> float | None:
    """Mean yearly temperature of the land."""
    land = scene.mask("land") & scene.region
    if not land.any() or "temperature" not in scene.world:
        return None
    return float(scene.world["temperature"][land].mean(dtype=np.float64))


@metric("share", absolute=0.05)
def moisture(scene: Scene) -> float | None:
    """Mean moisture of the land, from 0 (arid) to 1 (wet)."""
    land = scene.mask("land") & scene.region
    if not land.any() or "moisture" not in scene.world:
        return None
    return float(scene.world["moisture"][land].mean(dtype=np.float64))


@metric("m", absolute=1, relative=0.01)
def extent(scene: Scene, side: str = "longer") -> float:
    """Size of the map: its longer, shorter, east-west (``east``) or north-south (``north``) side."""
    east, north = scene.world.grid.extent_m
    return {"east": east, "north": north, "shorter": min(east, north)}.get(side, max(east, north))


@metric("share")
def reachable(scene: Scene) -> float | None:
    """Share of the rooms that can be walked to from the entrance, or from the largest connected group."""
    return interior.reachable(scene.world)


@metric("", absolute=0)
def dead_ends(scene: Scene) -> float | None:
    """Corridors that lead nowhere."""
    return interior.dead_ends(scene.world)


@metric("")
def room_chain(scene: Scene) -> float | None:
    """1 where the rooms follow one another in a single row, each joined to the next alone."""
    graph = interior.room_graph(scene.world)
    ways = sorted(len(others) for others in graph.values())
    return float(ways[:2] == [1, 1] and all(n == 2 for n in ways[2:])) if len(ways) > 1 else None


@metric("")
def room_ring(scene: Scene) -> float | None:
    """1 where every room is joined to just two others, so that one walks in a circle."""
    graph = interior.room_graph(scene.world)
    return float(all(len(others) == 2 for others in graph.values())) if graph else None


@metric("share", absolute=0.05)
def remoteness(scene: Scene, feature: str) -> float | None:
    """Walk from the entrance to a role, as a share of the longest walk from there; 1 is the far end."""
    world = scene.world
    entrance, there = scene.mask("entrance"), scene.mask(feature)
    if not (entrance.any() and there.any()):
        return None
    away = interior.walk_m(interior.walkable(world), entrance, world.grid.cell_size_m)
    reached = np.isfinite(away)
    return float(away[there & reached].min() / max(away[reached].max(), 1e-9)) if (there & reached).any() else None


@metric("", absolute=0)
def closed_rooms(scene: Scene) -> float | None:
    """Rooms that are joined to one other room at most, where there are more than two."""
    graph = interior.room_graph(scene.world)
    if len(graph) == 2:  # the ends of a maze: one is entered, the other left
        return 0.0
    return float(sum(len(others) <= 1 for others in graph.values())) if graph else None


@metric("", absolute=0)
def loops(scene: Scene) -> float | None:
    """Independent round trips through the rooms."""
    return interior.loops(scene.world)


@metric("", absolute=0)
def storeys(scene: Scene) -> float | None:
    """Storeys of an interior, the ground floor included."""
    return float(count_storeys(scene.world)) or None


@metric("")
def solvable(scene: Scene) -> float | None:
    """1 where every lock's key can be fetched before the lock is met."""
    return interior.solvable(scene.world)


def measure(world: World, check: Check) -> float | None:
    """Return the measured value of a check.

    Raises
    ------
    InputError
        The metric or the feature is unknown, or an argument does not fit.
    """
    known = METRICS.get(check.metric)
    if known is None:
        raise InputError(f"no metric is called '{check.metric}'{did_you_mean(check.metric, METRICS)}")
    run = partial(known.measure, Scene(world, check))
    try:
        inspect.signature(run).bind(**check.arguments)
    except TypeError as error:
        raise InputError(f"metric '{check.metric}' {error}") from error
    return run(**check.arguments)


def assess(world: World, brief: Brief) -> Report:
    """Measure every check of a brief, and the structural checks."""
    rows = []
    for check in brief.checks:
        value = measure(world, check)
        if value is None and check.relation == "absent":
            value = 0.0
        rows.append(Measured(check=check, measured=value, passed=check.passes(value), score=check.score(value)))
    return Report(checks=tuple(rows), structural=structural_checks(world))


def check_of(
    name: str, value: float | tuple[float, float], relation: str = "equal", tolerance: float | None = None, **more: Any
) -> Check:
    """Make a check with the tolerance and the unit of the metric's table row.

    Parameters
    ----------
    name : str
        Metric.
    value : float or pair
        The demand.
    relation : str
        One of `brief.Relation`; a tolerance applies to ``equal`` only, the others say their bound exactly.
    tolerance : float, optional
        Overrides the table.
    **more
        Further fields of `Check`.
    """
    row = METRICS[name]
    single = value if isinstance(value, int | float) else value[0]
    slack = tolerance if tolerance is not None else (row.tolerance(single) if relation == "equal" else 0.0)
    return Check.model_validate(
        {"metric": name, "relation": relation, "value": value, "tolerance": slack, "unit": row.unit, **more}
    )
