"""Regions drawn on the map: sides, discs, rings, strips, polygons, painted masks; and what a region may look at."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal

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


def step(signed_m: FloatArray, feather_m: float) -> FloatArray:
    """Return 1 where the signed distance is positive and 0 beyond ``feather_m`` outside, smooth between."""
    if feather_m < 1e-6:  # thinner than float32 can divide by
        return (signed_m >= 0).astype(np.float32)
    t = np.clip(1 + signed_m / feather_m, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


class Base(BaseModel):
    """What every kind of region is: data that is evaluated on any grid."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def evaluate(self, context: Context) -> FloatArray:
        """``(rows, cols)`` float32 membership in [0, 1]."""
        raise NotImplementedError

    def needs(self) -> frozenset[str]:
        """Names of the features and, prefixed ``layer:``, of the layers it looks at."""
        return frozenset()


class Everywhere(Base):
    """The whole map."""

    kind: Literal["everywhere"] = "everywhere"

    def evaluate(self, context: Context) -> FloatArray:
        """Return 1 everywhere."""
        return np.ones(context.grid.shape, dtype=np.float32)


class Compass(Base):
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
        return step(np.broadcast_to(signed, context.grid.shape).astype(np.float32), self.feather)


class Circle(Base):
    """A disc, in metres from the south-west corner."""

    kind: Literal["circle"] = "circle"
    centre_m: tuple[float, float]
    radius_m: float = Field(gt=0)
    feather_m: float = Field(0.0, ge=0)

    def evaluate(self, context: Context) -> FloatArray:
        """Signed distance to the rim, feathered."""
        x, y = context.grid.xs()[None, :], context.grid.ys()[:, None]
        signed = self.radius_m - np.hypot(x - self.centre_m[0], y - self.centre_m[1])
        return step(signed.astype(np.float32), self.feather_m)


class Ring(Base):
    """The map between two distances from its centre, as shares of the map; "around the middle"."""

    kind: Literal["ring"] = "ring"
    inner: float = Field(0.2, ge=0, le=1)
    outer: float = Field(0.45, gt=0, le=1)
    feather: float = Field(0.0, ge=0, le=1)

    def evaluate(self, context: Context) -> FloatArray:
        """Signed distance to the nearer of both rims, feathered."""
        u, v = context.normalised()
        r = np.hypot(u - 0.5, v - 0.5)
        return step(np.minimum(r - self.inner, self.outer - r).astype(np.float32), self.feather)


class Band(Base):
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
        return step((self.width / 2 - off).astype(np.float32), self.feather)


class Polygon(Base):
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
        return np.where(inside, np.float32(1), step(-context.distance_m(inside), self.feather_m))


class Painted(Base):
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
