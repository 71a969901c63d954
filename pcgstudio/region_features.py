"""Regions that follow what is on the map: on, near, between and beside features, and ranges of a layer."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import ndimage
from scipy.signal import fftconvolve

from .region_shapes import Base, Context, Side, side_vector, step
from .world import WATER_KINDS, FloatArray

_STRIPS = 48
_ACROSS = 0.6  # share of the map that a feature crosses to have two sides everywhere, as a river has


class Of(Base):
    """On or inside a feature: the cells it covers; ``filled`` takes its holes too.

    ``part`` takes one of its connected parts only: 1 is the largest, 2 the next, -1 the smallest; ``by`` orders them by
    their highest ground instead.
    """

    kind: Literal["of"] = "of"
    feature: str
    filled: bool = False
    part: int = Field(0, ge=-60, le=60)
    by: Literal["size", "height"] = "size"
    feather_m: float = Field(0.0, ge=0)

    def needs(self) -> frozenset[str]:
        """Return the feature, and the ground where that ranks its parts."""
        return frozenset({self.feature, *(["layer:height"] if self.part and self.by == "height" else [])})

    def evaluate(self, context: Context) -> FloatArray:
        """Return the mask of the feature, feathered outside."""
        mask = context.feature(self.feature)
        if self.part:
            mask = self._one_part(mask, context)
        if self.filled:
            mask = ndimage.binary_fill_holes(mask)
        if self.feather_m <= 0:
            return mask.astype(np.float32)
        return step(-context.distance_m(mask), self.feather_m)

    def _one_part(self, mask: NDArray[np.bool_], context: Context) -> NDArray[np.bool_]:
        """Return the part of that rank, specks left out; nothing where there are fewer."""
        labels, count = ndimage.label(mask, structure=np.ones((3, 3), dtype=bool))
        cells = np.bincount(labels.ravel(), minlength=count + 1)
        ids = np.flatnonzero(cells[1:] >= 2e-4 * mask.size) + 1
        height = context.layer("height")
        ground = self.by == "height" and height is not None and len(ids)
        rank = np.atleast_1d(ndimage.maximum(height, labels, ids)) if ground else cells[ids]
        order = ids[np.argsort(-np.asarray(rank, dtype=np.float64), kind="stable")]
        at = self.part - 1 if self.part > 0 else len(order) + self.part
        return np.asarray(labels == order[at]) if 0 <= at < len(order) else np.zeros_like(mask)


class MiddleOf(Base):
    """The middle of a feature: within a share of its mean radius of the centroid of its largest part."""

    kind: Literal["middle_of"] = "middle_of"
    feature: str
    reach: float = Field(0.35, gt=0, le=2)
    feather_m: float = Field(0.0, ge=0)

    def needs(self) -> frozenset[str]:
        """Return the feature."""
        return frozenset({self.feature})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a disc about the centroid, feathered outside; nothing where the feature does not exist."""
        part = Of(feature=self.feature, filled=True, part=1).evaluate(context) >= 0.5
        if not part.any():
            return np.zeros(part.shape, dtype=np.float32)
        rows, cols = np.nonzero(part)
        cell = context.grid.cell_size_m
        down = (np.arange(part.shape[0], dtype=np.float32) - rows.mean())[:, None]
        right = (np.arange(part.shape[1], dtype=np.float32) - cols.mean())[None, :]
        radius_m = max(self.reach * float(np.sqrt(len(rows) / np.pi)), 1.0) * cell
        return step(radius_m - np.hypot(down, right) * cell, self.feather_m)


class TopOf(Base):
    """The top of a raised feature: the ground in the upper share of the height of each of its parts."""

    kind: Literal["top_of"] = "top_of"
    feature: str
    upper: float = Field(0.3, gt=0, le=1)

    def needs(self) -> frozenset[str]:
        """Return the feature and the ground."""
        return frozenset({self.feature, "layer:height"})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a hard mask; nothing where the feature or the ground does not exist."""
        height = context.layer("height")
        mask = ndimage.binary_fill_holes(context.feature(self.feature))
        labels, count = ndimage.label(mask, structure=np.ones((3, 3), dtype=bool))
        if height is None or not count:
            return np.zeros(context.grid.shape, dtype=np.float32)
        ids = np.arange(count + 1)
        low, high = (np.asarray(f(height, labels, ids), np.float32) for f in (ndimage.minimum, ndimage.maximum))
        line = high - self.upper * (high - low)
        return np.asarray(mask & (height >= line[labels]), dtype=np.float32)


class Heights(Base):
    """The land between two shares of its area counted from its lowest ground: 0.8 to 1 is its highest fifth.

    ``by`` counts shares of its rise instead: 0.8 to 1 is what reaches the upper fifth of its height.
    """

    kind: Literal["heights"] = "heights"
    lower: float = Field(0.0, ge=0, lt=1)
    upper: float = Field(1.0, gt=0, le=1)
    by: Literal["area", "rise"] = "area"

    def needs(self) -> frozenset[str]:
        """Return land and the ground."""
        return frozenset({"layer:height", "layer:water_kind"})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a hard mask with calm borders; nothing where there is no ground."""
        height, kind = context.layer("height"), context.layer("water_kind")
        land = np.ones(context.grid.shape, dtype=bool) if kind is None else kind == 0
        if height is None or not land.any():
            return np.zeros(context.grid.shape, dtype=np.float32)
        # Belts follow the slopes, and not every boulder on them.
        calm = ndimage.gaussian_filter(height.astype(np.float32), max(height.shape) / 160, mode="nearest")
        ends = np.array([self.lower, self.upper])
        low, high = np.quantile(calm[land], ends) if self.by == "area" else _along(calm[land], ends)
        above = calm >= low if self.lower > 0 else land
        return np.asarray(land & above & (calm < high if self.upper < 1 else land), dtype=np.float32)


def _along(values: FloatArray, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values at these shares of the way from the least to the greatest."""
    return float(values.min()) + shares * float(np.ptp(values))


class EndOf(Base):
    """The end of a feature towards a side: the outermost share of the extent of its largest part, and what is near.

    "The western tip of the island" is the end of the island itself, wherever on the map the island lies.
    """

    kind: Literal["end_of"] = "end_of"
    feature: str
    side: Side
    share: float = Field(0.2, gt=0, le=1, description="How much of its extent towards that side is its end.")
    reach_m: float = Field(0.0, ge=0, description="How far from that end counts too: a village stands beside a lake.")

    def needs(self) -> frozenset[str]:
        """Return the feature."""
        return frozenset({self.feature})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a hard mask; nothing where the feature does not exist."""
        part = Of(feature=self.feature, filled=True, part=1).evaluate(context) >= 0.5
        if not part.any():
            return np.zeros(part.shape, dtype=np.float32)
        x, y = np.array(side_vector(self.side), np.float32) / np.float32(np.hypot(*side_vector(self.side)))
        toward = np.broadcast_to(context.grid.xs()[None, :] * x + context.grid.ys()[:, None] * y, part.shape)
        low, high = float(toward[part].min()), float(toward[part].max())
        end = part & (toward >= high - self.share * max(high - low, context.grid.cell_size_m))
        near = end if self.reach_m <= 0 else context.distance_m(end) <= self.reach_m
        return np.asarray(near, dtype=np.float32)


class Headland(Base):
    """Where land reaches out into the sea: most of what lies around, within a share of the map, is sea."""

    kind: Literal["headland"] = "headland"
    reach: float = Field(0.09, gt=0, le=0.5, description="How far around is looked, as a share of the map.")
    sea: float = Field(0.56, gt=0, lt=1, description="Share of that which is sea; about half on a straight shore.")

    def needs(self) -> frozenset[str]:
        """Return land and sea."""
        return frozenset({"land", "sea"})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a hard mask; nothing on a map without sea."""
        land, sea = context.feature("land"), context.feature("sea")
        cells = self.reach * max(context.grid.shape)
        y, x = np.ogrid[-int(cells) : int(cells) + 1, -int(cells) : int(cells) + 1]
        disc = (x**2 + y**2 <= cells**2).astype(np.float32)
        wet, known = (fftconvolve(a.astype(np.float32), disc, mode="same") for a in (sea, np.ones_like(sea)))
        return np.asarray(land & (wet >= self.sea * known), dtype=np.float32)


class Near(Base):
    """Within a distance of a feature, the feature left out; ``part`` and ``by`` name one of its parts as in `Of`."""

    kind: Literal["near"] = "near"
    feature: str
    distance_m: float = Field(gt=0)
    part: int = Field(0, ge=-60, le=60)
    by: Literal["size", "height"] = "size"
    feather_m: float = Field(0.0, ge=0)

    def needs(self) -> frozenset[str]:
        """Return the feature, and the ground where that ranks its parts."""
        return self._of().needs()

    def evaluate(self, context: Context) -> FloatArray:
        """Return 1 within the distance, feathered outside it."""
        mask = self._of().evaluate(context) > 0
        soft = step(self.distance_m - context.distance_m(mask), self.feather_m)
        return np.where(mask, np.float32(0), soft)

    def _of(self) -> Of:
        return Of(feature=self.feature, part=self.part, by=self.by)


def _divide(toward: FloatArray, across: FloatArray, where: FloatArray) -> FloatArray:
    """Return how far toward a side a feature lies: on the whole, or in each strip if it runs right across the map."""
    low, high = float(across.min()), float(across.max())
    if high - low < _ACROSS * float(where.max() - where.min()):
        return np.full(where.shape, toward.mean(), np.float32)
    strip = np.minimum((_STRIPS * (across - low) / (high - low)).astype(int), _STRIPS - 1)
    cells = np.bincount(strip, minlength=_STRIPS)
    middle = low + (np.flatnonzero(cells) + 0.5) * (high - low) / _STRIPS
    mean = np.bincount(strip, toward, minlength=_STRIPS)[cells > 0] / cells[cells > 0]
    return np.interp(where, middle, mean).astype(np.float32)


class SideOf(Base):
    """The part of the map on one side of a feature's centroid; of a line right across the map, of it all."""

    kind: Literal["side_of"] = "side_of"
    feature: str
    side: Side
    feather: float = Field(0.0, ge=0, le=1)
    within: bool = Field(False, description="Whether it is the half of the feature itself, and not what lies beyond.")

    def needs(self) -> frozenset[str]:
        """Return the feature."""
        return frozenset({self.feature})

    def evaluate(self, context: Context) -> FloatArray:
        """Half plane through the centroid or what lies beyond the line; nothing where the feature does not exist."""
        mask = context.feature(self.feature)
        if not mask.any():
            return np.zeros(context.grid.shape, dtype=np.float32)
        u, v = (np.broadcast_to(a, mask.shape) for a in context.normalised())
        x, y = np.array(side_vector(self.side), np.float32) / np.hypot(*side_vector(self.side))
        toward, across = u * x + v * y, v * x - u * y
        signed = toward - _divide(toward[mask], across[mask], across)
        return np.where(mask == self.within, step(signed.astype(np.float32), self.feather), np.float32(0))


class Between(Base):
    """The corridor between two features: where the way over the point is hardly longer than the straight one."""

    kind: Literal["between"] = "between"
    first: str
    second: str
    slack: float = Field(0.25, gt=0, le=2, description="How much longer than the shortest way it may be.")

    def needs(self) -> frozenset[str]:
        """Return both features."""
        return frozenset({self.first, self.second})

    def evaluate(self, context: Context) -> FloatArray:
        """Sum of the distances to both, within (1 + slack) of the smallest; both features left out."""
        a, b = context.feature(self.first), context.feature(self.second)
        if not (a.any() and b.any()):
            return np.zeros(context.grid.shape, dtype=np.float32)
        way = context.distance_m(a) + context.distance_m(b)
        near = way <= (1 + self.slack) * max(float(way[~(a | b)].min(initial=np.inf)), context.grid.cell_size_m)
        return (near & ~a & ~b).astype(np.float32)


class Level(Base):
    """The highest, the lowest or the middle level of the terraces."""

    kind: Literal["level"] = "level"
    which: Literal["top", "middle", "bottom"] = "top"

    def needs(self) -> frozenset[str]:
        """Return the terrace layer."""
        return frozenset({"layer:terrace"})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a hard mask; nothing where there are no terraces."""
        data = context.layer("terrace")
        if data is None or data.max() < 0:
            return np.zeros(context.grid.shape, dtype=np.float32)
        top = int(data.max())
        level = {"top": top, "middle": top // 2, "bottom": 0}[self.which]
        return np.asarray(data == level, dtype=np.float32)


class Range(Base):
    """Where a layer lies between two values; either end may be open."""

    kind: Literal["range"] = "range"
    layer: str
    minimum: float | None = None
    maximum: float | None = None

    def needs(self) -> frozenset[str]:
        """Return the layer."""
        return frozenset({f"layer:{self.layer}"})

    def evaluate(self, context: Context) -> FloatArray:
        """Return a hard mask; nothing where the layer does not exist."""
        data = context.layer(self.layer)
        if data is None:
            return np.zeros(context.grid.shape, dtype=np.float32)
        if self.layer == "height":  # heights count from the sea, or from the lowest ground where there is none
            kind = context.layer("water_kind")
            sea = kind is not None and bool((kind == WATER_KINDS.index("sea")).any())
            data = data if sea else data - data.min()
        low = -np.inf if self.minimum is None else self.minimum
        high = np.inf if self.maximum is None else self.maximum
        return ((data >= low) & (data <= high)).astype(np.float32)
