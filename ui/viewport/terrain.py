"""The surface that a person points at: what a line of sight meets, and how high it is at a place. Only numpy."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, Grid, World

LONGEST = 512
"""Cells on the longer side; finer ground is not told apart by a pointer."""
STEPS = 192
"""Samples along a line of sight before the meeting point is narrowed down."""


class Terrain:
    """The land and water surface of a world.

    Parameters
    ----------
    world : World
        With the layer ``height``; water levels stand in for the ground under lakes and seas.
    dry : bool
        Whether the water is left out.
    """

    def __init__(self, world: World, dry: bool = False) -> None:
        surface = world["height"]
        if not dry and "water_level" in world:
            level = world["water_level"]
            surface = np.where(np.isfinite(level), np.fmax(level, surface), surface)
        self.grid = world.grid
        if max(world.grid.shape) > LONGEST:
            from pcgstudio.shading import resized  # noqa: PLC0415 - loads kernels, which the window's start need not

            self.grid = Grid.over(world.grid.extent_m, LONGEST)
            surface = resized(surface, self.grid.shape, "linear")
        self.heights: FloatArray = np.asarray(surface, dtype=np.float32)

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest ground [m]."""
        return float(self.heights.min()), float(self.heights.max())

    def inside(self, x_m: float, y_m: float) -> bool:
        """Whether a place is on the map."""
        east, north = self.grid.extent_m
        return 0 <= x_m <= east and 0 <= y_m <= north

    def at(self, points: NDArray[np.floating]) -> FloatArray:
        """``(n,)`` height of the surface at ``(n, >=2)`` places x, y [m]; that of the rim outside."""
        return self.grid.sample(self.heights, np.asarray(points))

    def draped(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """``(n, 3)``: places ``(n, 2)`` with the height of the surface there."""
        flat = np.asarray(points, dtype=np.float64)
        return np.column_stack([flat[:, :2], self.at(flat)])

    def meets(self, eye: NDArray[np.float64], way: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """``(3,)`` where a line of sight first meets the map's surface; None where it does not."""
        low, high = self.bounds
        box = np.array([[0, 0, low - 1e-3], [*self.grid.extent_m, high + 1e-3]])
        with np.errstate(divide="ignore", invalid="ignore"):
            hits = (box - eye) / way
        near = max(float(np.nanmax(hits.min(axis=0))), 0.0)
        far = float(np.nanmin(hits.max(axis=0)))
        if not near < far:
            return None
        for narrowing in range(3):
            along = np.linspace(near, far, STEPS)
            points = eye + along[:, None] * way
            below = points[:, 2] <= self.at(points)
            if not below.any():
                return None
            first = int(np.argmax(below))
            if first == 0:  # on the cut side of the block, unless already narrowed down
                return np.asarray(points[0]) if narrowing else None
            near, far = float(along[first - 1]), float(along[first])
        return np.asarray(eye + far * way)

    def seen(self, eye: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """``(n,)``: whether nothing of the surface stands between the eye and points ``(n, 3)``."""
        if not len(points):
            return np.zeros(0, dtype=bool)
        share = np.linspace(0.35, 0.985, 48)[:, None, None]
        between = eye + (points - eye) * share
        flat = between.reshape(-1, 3)
        lift = 0.004 * max(self.grid.extent_m)
        inside = ((flat[:, :2] >= 0) & (flat[:, :2] <= self.grid.extent_m)).all(axis=1)
        hidden = (inside & (flat[:, 2] < self.at(flat) - lift)).reshape(between.shape[:2])
        return np.asarray(~hidden.any(axis=0))
