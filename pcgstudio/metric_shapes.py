"""What a feature is shaped like: widths, lengths, roundness, rings and rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from . import outline
from .metric import Scene, largest, metric, summits
from .region import side_vector


def _across(rows: NDArray[np.intp], cols: NDArray[np.intp]) -> float:
    """Return how far cells reach across their main axis, in cells."""
    if len(rows) < 2:
        return 1.0
    _, axes = np.linalg.eigh(np.cov(np.stack([rows, cols])))
    return float(np.ptp(np.stack([rows, cols], axis=1) @ axes[:, 0]) + 1)


@metric("m", absolute=1, relative=0.1)
def width(scene: Scene, feature: str, lengthwise: bool = False) -> float | None:
    """Mean width: of rivers, valleys, canyons, beaches across them, of anything else the sides of its bounding box.

    With ``lengthwise`` it is across the longest axis, for what was told a length as well.
    """
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    if feature == "river" and "river_width" in scene.world:
        return float(scene.world["river_width"][inside].mean(dtype=np.float64))
    runs = [p.width_m for p in scene.world.paths if p.kind == feature]
    if feature in ("road", "street") and runs:
        return float(np.concatenate(runs).mean(dtype=np.float64))
    cell = scene.world.grid.cell_size_m
    if feature in ("river", "valley", "canyon", "cliff", "beach", "corridor"):
        fine = inside.repeat(2, axis=0).repeat(2, axis=1)  # an even number of cells across: there the mean is exact
        return float((2 * ndimage.distance_transform_edt(fine)[fine].mean() - 1) * cell)
    part = largest(scene, feature)
    rows, cols = np.nonzero(inside if part is None else part)
    if lengthwise:
        return _across(rows, cols) * cell
    return float((np.ptp(rows) + np.ptp(cols) + 2) / 2 * cell)


@metric("m", relative=0.1)
def length(scene: Scene, feature: str) -> float | None:
    """Length of the longest path of that kind, otherwise the diagonal of the largest part's bounding box."""
    runs = [p.points for p in scene.world.paths if p.kind == feature]
    if runs:
        return max(float(np.hypot(*np.diff(p[:, :2], axis=0).T).sum()) for p in runs)
    part = largest(scene, feature)
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


@metric("share", absolute=0.02)
def bend(scene: Scene, feature: str) -> float | None:
    """How far the paths stray from the straight line between their ends at most, as a share of its length."""
    worst: list[float] = []
    for run in (p.points[:, :2].astype(np.float64) for p in scene.world.paths if p.kind == feature):
        chord = run[-1] - run[0]
        length = float(np.hypot(*chord))
        if length > 0:
            away = run - run[0]
            worst.append(float(np.abs(chord[0] * away[:, 1] - chord[1] * away[:, 0]).max()) / length**2)
    return max(worst, default=None)


@metric("", relative=0.1)
def contrast(scene: Scene, feature: str, aspect: str = "size", after: int = 1) -> float | None:
    """How far the largest (or highest) part exceeds the next: 2 is twice as large; ``after`` names a later pair."""
    sizes = _ranking(scene, feature, aspect)
    return float(sizes[after - 1] / max(sizes[after], 1e-9)) if len(sizes) > after >= 1 else None


@metric("", absolute=0.1)
def ramp(scene: Scene, feature: str, along: str) -> float | None:
    """How steadily the summits (or cells) of a feature rise toward a side: their correlation, 1 along a line."""
    if scene.feature(feature).count_by == "peaks":
        found = summits(scene, feature)
    else:
        found = np.argwhere(scene.mask(feature) & scene.region)
    if len(found) < 3:
        return None
    east, north = side_vector(along)
    place = found[:, 1] * east - found[:, 0] * north
    tops = scene.world["height"][found[:, 0], found[:, 1]].astype(np.float64)
    return float(np.corrcoef(place, tops)[0, 1]) if np.ptp(place) and np.ptp(tops) else 0.0


@metric("share", absolute=0.05)
def evenness(scene: Scene, feature: str, aspect: str = "size") -> float | None:
    """How alike the parts are: the smallest (or lowest) over the largest (or highest), 1 where all are the same."""
    sizes = _ranking(scene, feature, aspect)
    return float(max(sizes[-1], 0) / max(sizes[0], 1e-9)) if len(sizes) > 1 else None


@metric("", relative=0.05)
def graded(scene: Scene, feature: str, aspect: str = "size") -> float | None:
    """By what factor each part exceeds the next smaller (or lower) one at least: 1 where two are the same."""
    sizes = np.maximum(_ranking(scene, feature, aspect), 1e-9)
    return float((sizes[:-1] / sizes[1:]).min()) if len(sizes) > 1 else None


def _ranking(scene: Scene, feature: str, aspect: str) -> NDArray[np.float64]:
    """``(n,)`` areas [cells] or top heights [m] of the parts (or summits) of a feature, the greatest first."""
    if aspect == "height" and scene.feature(feature).count_by == "peaks":
        found = summits(scene, feature)
        tops = scene.world["height"][found[:, 0], found[:, 1]] if len(found) else np.empty(0)
        return np.sort(tops)[::-1].astype(np.float64)
    labels, ids = scene.parts(feature)
    if not len(ids):
        return np.empty(0)
    cells = np.bincount(labels.ravel())[ids]
    top = np.atleast_1d(ndimage.maximum(scene.world["height"], labels, ids))
    return np.sort(cells if aspect == "size" else top)[::-1].astype(np.float64)


@metric("", relative=0.1)
def elongation(scene: Scene, feature: str) -> float | None:
    """Length over width of the largest part, by its second moments; 1 is round."""
    part = largest(scene, feature)
    if part is None or part.sum() < 3:
        return None
    spread = np.linalg.eigvalsh(np.cov(np.stack(np.nonzero(part)).astype(np.float64)))
    return float(np.sqrt(spread[1] / max(spread[0], 1e-9)))


@metric("share", absolute=0.05)
def roundness(scene: Scene, feature: str) -> float | None:
    """How round the largest part is: 4 pi area / perimeter squared; 1 for a disc."""
    part = largest(scene, feature)
    return None if part is None else outline.roundness(ndimage.binary_fill_holes(part))


@metric("share", absolute=0.05)
def solidity(scene: Scene, feature: str) -> float | None:
    """Share of its convex hull that the largest part fills; a crescent leaves much of it open."""
    part = largest(scene, feature)
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
    part = largest(scene, feature)
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
        return summits(scene, feature).astype(np.float64)
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


@metric("", absolute=0.1)
def grain(scene: Scene, feature: str, along: str) -> float | None:
    """From -1 to 1: how far the ridges of the feature's ground run along an axis of the compass, or across it."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    ground = ndimage.gaussian_filter(scene.world["height"].astype(np.float64), 6.0 / scene.world.grid.cell_size_m)
    south, east = np.gradient(ground)
    north, east = -south[inside], east[inside]
    # Twice the angle of the steepest way: a ridge runs across it.
    cos2, sin2 = float((east**2 - north**2).sum()), float((2 * east * north).sum())
    axis = np.radians({"east-west": 0, "northeast-southwest": 45, "north-south": 90}.get(along, 135))
    whole = float((east**2 + north**2).sum())
    return float(-(cos2 * np.cos(2 * axis) + sin2 * np.sin(2 * axis)) / max(whole, 1e-12))


@metric("", relative=0.1)
def scale(scene: Scene, feature: str) -> float | None:
    """Mean size of placed things against what is usual for their kind; 1 is usual, 2 twice as tall."""
    placed, one = scene.placed(feature), scene.feature(feature)
    if one.layer:  # of a wood its trees
        placed = scene.world.instances.get(str(one.sets.get("kind", "")))
    if placed is None or not len(placed):
        return None
    cells = scene.world.grid.cells_of(placed.placement)
    there = scene.region[cells] & (scene.mask(feature)[cells] if one.layer else True)
    return float(placed.placement[there, 4].mean(dtype=np.float64)) if there.any() else None
