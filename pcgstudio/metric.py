"""One entry of the metric vocabulary, and the scene that a metric looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .brief import Check
from .build import context_of
from .errors import InputError, did_you_mean
from .feature import Feature, feature_instances, feature_mask
from .generator import load_features
from .prominence import foot, peaks
from .region import Everywhere
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

    def spans(self, name: str) -> NDArray[np.bool_]:
        """``(rows, cols)`` the lines along long placed things, such as bridges, from end to end; nowhere for others."""
        mask = np.zeros(self.world.grid.shape, dtype=bool)
        placed = self.placed(name)
        if placed is None or not len(placed):
            return mask
        step = np.arange(-0.5, 0.5001, 0.25 * self.world.grid.cell_size_m / float(placed.size[:, 0].max()))
        yaw = np.radians(placed.placement[:, 3])
        along = step[:, None] * placed.size[:, 0]
        x, y = placed.placement[:, 0] + along * np.cos(yaw), placed.placement[:, 1] + along * np.sin(yaw)
        mask[self.world.grid.cells_of(np.stack([x.ravel(), y.ravel()], axis=1))] = True
        return mask

    def parts(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Labels ``(rows, cols)`` of a feature's 8-connected parts, and the ids of those large enough to be seen."""
        labels, count = ndimage.label(self.mask(name), structure=EIGHT)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        layer = "" if name in ("map", "land") else self.feature(name).layer
        seen = max(4, round(2e-4 * labels.size))
        smallest = 1 if layer in ("cell", "role", "waterfall") else 3 if name == "river" else seen
        return labels, np.flatnonzero(sizes[1:] >= smallest) + 1

    def shares(self, labels: NDArray[np.int32], ids: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the share of each part that lies in the region."""
        return np.atleast_1d(ndimage.mean(self.region, labels, ids)) if len(ids) else np.empty(0)


def largest(scene: Scene, feature: str) -> NDArray[np.bool_] | None:
    """``(rows, cols)`` the largest part of a feature in the region, or None."""
    labels, _ = ndimage.label(scene.mask(feature) & scene.region, structure=EIGHT)
    sizes = np.bincount(labels.ravel())[1:]
    return None if not len(sizes) else labels == int(np.argmax(sizes)) + 1


def summits(scene: Scene, feature: str) -> NDArray[np.intp]:
    """``(n, 2)`` row and column of a landform's summits; across the sea they are measured down to its surface."""
    world, mask = scene.world, scene.mask(feature)
    sea = world["water_kind"] == WATER_KINDS.index("sea")
    ground = np.where(sea, np.fmax(world["water_level"], world["height"]), world["height"])
    return peaks(ground, mask, PEAK_PROMINENCE, foot(world["height"], mask, ~sea))
