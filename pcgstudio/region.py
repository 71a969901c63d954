"""Regions: soft masks in [0, 1] that say where on the map something holds.

A region is data (it is stored in recipes and checks) and is evaluated on any grid, so the same "in the north" means the
same ground at every resolution.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any, Literal, Union, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy import ndimage

from .world import FloatArray, Grid

Place = Literal["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "centre", "edge"]
Side = Literal["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"]

_VECTORS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}


def side_vector(side: str) -> tuple[int, int]:
    """Return (east, north) of a compass word; ``northwest`` gives (-1, 1)."""
    x = sum(v[0] for name, v in _VECTORS.items() if name in side)
    y = sum(v[1] for name, v in _VECTORS.items() if name in side)
    return x, y


class Context:
    """What a region may look at: the grid, layers as arrays, and features as masks.

    Parameters
    ----------
    grid : Grid
        The lattice to evaluate on.
    layer : callable
        Name to ``(rows, cols)`` array, or None where it does not exist yet.
    feature : callable
        Name to boolean ``(rows, cols)`` mask; all False where there is none.
    """

    def __init__(
        self,
        grid: Grid,
        layer: Callable[[str], NDArray[Any] | None] = lambda _name: None,
        feature: Callable[[str], NDArray[np.bool_]] | None = None,
    ) -> None:
        self.grid = grid
        self.layer = layer
        self.feature = feature or (lambda _name: np.zeros(grid.shape, dtype=bool))

    def normalised(self) -> tuple[FloatArray, FloatArray]:
        """Column ``(1, cols)`` and row ``(rows, 1)`` coordinates in [0, 1] from the south-west corner."""
        east, north = self.grid.extent_m
        return self.grid.xs()[None, :] / east, self.grid.ys()[:, None] / north

    def distance_m(self, inside: NDArray[np.bool_]) -> FloatArray:
        """Distance of every cell to the nearest True cell [m]; infinite where there is none."""
        if not inside.any():
            return np.full(self.grid.shape, np.inf, dtype=np.float32)
        return np.asarray(ndimage.distance_transform_edt(~inside) * self.grid.cell_size_m, dtype=np.float32)


def _step(signed_m: FloatArray, feather_m: float) -> FloatArray:
    """Return 1 where the signed distance is positive and 0 beyond ``feather_m`` outside, smooth between."""
    if feather_m < 1e-6:  # thinner than float32 can divide by
        return (signed_m >= 0).astype(np.float32)
    t = np.clip(1 + signed_m / feather_m, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


class _Base(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def evaluate(self, context: Context) -> FloatArray:
        """``(rows, cols)`` float32 membership in [0, 1]."""
        raise NotImplementedError

    def needs(self) -> frozenset[str]:
        """Names of the features and, prefixed ``layer:``, of the layers it looks at."""
        return frozenset()


class Everywhere(_Base):
    """The whole map."""

    kind: Literal["everywhere"] = "everywhere"

    def evaluate(self, context: Context) -> FloatArray:
        """Return 1 everywhere."""
        return np.ones(context.grid.shape, dtype=np.float32)


class Compass(_Base):
    """A side, a corner, the centre or the rim of the map.

    Sides are the outer ``depth`` of the map, corners the square of both sides, ``centre`` a disc of ``depth`` as
    radius and ``edge`` a frame of a quarter of ``depth``, all as shares of the map; the feather lies outside.
    """

    kind: Literal["compass"] = "compass"
    place: Place
    depth: float = Field(0.4, gt=0, le=1, description="Share of the map it reaches inward.")
    feather: float = Field(0.0, ge=0, le=1, description="Soft rim outside, as a share of the map.")

    def evaluate(self, context: Context) -> FloatArray:
        """Signed distance to the place in shares of the map, feathered."""
        u, v = context.normalised()
        if self.place == "centre":
            signed = self.depth - np.hypot(u - 0.5, v - 0.5)
        elif self.place == "edge":
            signed = self.depth / 4 - np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v))
        else:
            x, y = side_vector(self.place)
            across = np.full(context.grid.shape, np.inf, dtype=np.float32)
            for axis, sign in ((u, x), (v, y)):
                if sign:
                    across = np.minimum(across, axis - (1 - self.depth) if sign > 0 else self.depth - axis)
            signed = across
        return _step(np.broadcast_to(signed, context.grid.shape).astype(np.float32), self.feather)


class Circle(_Base):
    """A disc, in metres from the south-west corner."""

    kind: Literal["circle"] = "circle"
    centre_m: tuple[float, float]
    radius_m: float = Field(gt=0)
    feather_m: float = Field(0.0, ge=0)

    def evaluate(self, context: Context) -> FloatArray:
        """Signed distance to the rim, feathered."""
        x, y = context.grid.xs()[None, :], context.grid.ys()[:, None]
        signed = self.radius_m - np.hypot(x - self.centre_m[0], y - self.centre_m[1])
        return _step(signed.astype(np.float32), self.feather_m)


class Ring(_Base):
    """The map between two distances from its centre, as shares of the map; "around the middle"."""

    kind: Literal["ring"] = "ring"
    inner: float = Field(0.2, ge=0, le=1)
    outer: float = Field(0.45, gt=0, le=1)
    feather: float = Field(0.0, ge=0, le=1)

    def evaluate(self, context: Context) -> FloatArray:
        """Signed distance to the nearer of both rims, feathered."""
        u, v = context.normalised()
        r = np.hypot(u - 0.5, v - 0.5)
        return _step(np.minimum(r - self.inner, self.outer - r).astype(np.float32), self.feather)


class Band(_Base):
    """A straight strip through the map, from one side or corner to the opposite one."""

    kind: Literal["band"] = "band"
    toward: Side = Field(description="The direction it runs in.")
    width: float = Field(0.3, gt=0, le=1, description="Share of the map.")
    feather: float = Field(0.0, ge=0, le=1)

    def evaluate(self, context: Context) -> FloatArray:
        """Signed distance to the strip's rim, feathered."""
        u, v = context.normalised()
        x, y = side_vector(self.toward)
        off = np.abs((u - 0.5) * y - (v - 0.5) * x) / np.hypot(x, y)
        return _step((self.width / 2 - off).astype(np.float32), self.feather)


class Polygon(_Base):
    """A polygon of at least three points x, y [m] from the south-west corner."""

    kind: Literal["polygon"] = "polygon"
    points_m: tuple[tuple[float, float], ...] = Field(min_length=3, max_length=10_000)
    feather_m: float = Field(0.0, ge=0)

    def evaluate(self, context: Context) -> FloatArray:
        """Even-odd rule at the cell centres; the feather follows the distance outside."""
        x, y = context.grid.xs()[None, :], context.grid.ys()[:, None]
        inside = np.zeros(context.grid.shape, dtype=bool)
        ring = [*self.points_m, self.points_m[0]]
        for (x0, y0), (x1, y1) in pairwise(ring):
            if y0 == y1:
                continue
            crosses = (y0 > y) != (y1 > y)
            inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        if self.feather_m <= 0:
            return inside.astype(np.float32)
        return np.where(inside, np.float32(1), _step(-context.distance_m(inside), self.feather_m))


class Painted(_Base):
    """A mask painted by hand: rows of values 0..9 from north to south, stretched over the map."""

    kind: Literal["painted"] = "painted"
    rows: tuple[str, ...] = Field(min_length=1, max_length=1024)

    @model_validator(mode="after")
    def _rectangular(self) -> Painted:
        if len({len(r) for r in self.rows}) != 1 or not all(r.isdigit() for r in self.rows):
            raise ValueError("painted rows must be equally long strings of digits 0-9")
        return self

    def evaluate(self, context: Context) -> FloatArray:
        """Bilinear enlargement of the digits."""
        small = np.array([[int(c) for c in row] for row in self.rows], dtype=np.float32) / 9
        r = (np.arange(context.grid.rows) + 0.5) * small.shape[0] / context.grid.rows - 0.5
        c = (np.arange(context.grid.cols) + 0.5) * small.shape[1] / context.grid.cols - 0.5
        return np.asarray(
            ndimage.map_coordinates(small, np.meshgrid(r, c, indexing="ij"), order=1, mode="nearest"),
            dtype=np.float32,
        )


class Of(_Base):
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
        return _step(-context.distance_m(mask), self.feather_m)

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


class MiddleOf(_Base):
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
        return _step(radius_m - np.hypot(down, right) * cell, self.feather_m)


class Near(_Base):
    """Within a distance of a feature, the feature itself left out."""

    kind: Literal["near"] = "near"
    feature: str
    distance_m: float = Field(gt=0)
    feather_m: float = Field(0.0, ge=0)

    def needs(self) -> frozenset[str]:
        """Return the feature."""
        return frozenset({self.feature})

    def evaluate(self, context: Context) -> FloatArray:
        """Return 1 within the distance, feathered outside it."""
        mask = context.feature(self.feature)
        soft = _step(self.distance_m - context.distance_m(mask), self.feather_m)
        return np.where(mask, np.float32(0), soft)


class SideOf(_Base):
    """The part of the map on one side of a feature's centroid."""

    kind: Literal["side_of"] = "side_of"
    feature: str
    side: Side
    feather: float = Field(0.0, ge=0, le=1)

    def needs(self) -> frozenset[str]:
        """Return the feature."""
        return frozenset({self.feature})

    def evaluate(self, context: Context) -> FloatArray:
        """Half plane through the centroid, the feature left out; nothing where it does not exist."""
        mask = context.feature(self.feature)
        if not mask.any():
            return np.zeros(context.grid.shape, dtype=np.float32)
        u, v = (np.broadcast_to(a, mask.shape) for a in context.normalised())
        x, y = side_vector(self.side)
        signed = ((u - u[mask].mean()) * x + (v - v[mask].mean()) * y) / np.hypot(x, y)
        return np.where(mask, np.float32(0), _step(signed.astype(np.float32), self.feather))


class Between(_Base):
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


class Level(_Base):
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


class Range(_Base):
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
        low = -np.inf if self.minimum is None else self.minimum
        high = np.inf if self.maximum is None else self.maximum
        return ((data >= low) & (data <= high)).astype(np.float32)


class Not(_Base):
    """Everywhere else."""

    kind: Literal["not"] = "not"
    region: Region

    def needs(self) -> frozenset[str]:
        """Return what the inner region needs."""
        return self.region.needs()

    def evaluate(self, context: Context) -> FloatArray:
        """Return the complement."""
        return 1 - self.region.evaluate(context)


class AllOf(_Base):
    """Where all of the regions hold."""

    kind: Literal["all_of"] = "all_of"
    regions: tuple[Region, ...] = Field(min_length=1)

    def needs(self) -> frozenset[str]:
        """Return what the inner regions need."""
        return frozenset().union(*(r.needs() for r in self.regions))

    def evaluate(self, context: Context) -> FloatArray:
        """Return the product."""
        return np.asarray(np.prod([r.evaluate(context) for r in self.regions], axis=0), dtype=np.float32)


class AnyOf(_Base):
    """Where at least one of the regions holds."""

    kind: Literal["any_of"] = "any_of"
    regions: tuple[Region, ...] = Field(min_length=1)

    def needs(self) -> frozenset[str]:
        """Return what the inner regions need."""
        return frozenset().union(*(r.needs() for r in self.regions))

    def evaluate(self, context: Context) -> FloatArray:
        """Return the maximum."""
        return np.asarray(np.max([r.evaluate(context) for r in self.regions], axis=0), dtype=np.float32)


Region = Annotated[
    Union[  # noqa: UP007 - a forward-referenced discriminated union reads and resolves better this way
        Everywhere,
        Compass,
        Circle,
        Ring,
        Band,
        Polygon,
        Painted,
        Of,
        MiddleOf,
        Near,
        SideOf,
        Between,
        Level,
        Range,
        Not,
        AllOf,
        AnyOf,
    ],
    Field(discriminator="kind"),
]

for _model in (Not, AllOf, AnyOf):
    _model.model_rebuild()

KINDS: tuple[type[BaseModel], ...] = get_args(get_args(Region)[0])
"""Every kind of region."""

EVERYWHERE = Everywhere()
