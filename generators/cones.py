"""The shape of a volcano: hollowed flanks cut by gullies, an uneven rim, a bowl inside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import ease
from .kernels.noise import fractal_noise
from .placement import offsets

_UNEVEN = 0.04  # of the height, by which the rim rises and falls
_STEEPENING = 2.1  # how strongly flanks steepen toward the rim (Karatson 2010)
_WET = 0.45  # of the crater's depth that a lake or lava fills


@dataclass(frozen=True)
class Cone:
    """One volcano: middle and radii of foot and rim [m], heights over its base [m], the base itself [m], its seed."""

    x: float
    y: float
    radius: float
    rim: float
    height: float
    depth: float
    base: float
    seed: int

    @property
    def lowest_rim(self) -> float:
        """Height of the lowest point of the rim [m]."""
        return self.height * (1 - 2 * _UNEVEN)

    @property
    def floor(self) -> float:
        """Height of the crater's floor [m]."""
        return max(min(self.height - self.depth, 0.9 * self.lowest_rim), 0.1 * self.height)

    @property
    def level(self) -> float:
        """Height of what fills the crater [m], below every point of the rim."""
        return self.floor + _WET * (self.lowest_rim - self.floor)


def cone_shape(grid: Grid, cone: Cone, at: tuple[slice, slice], gullies: float) -> tuple[FloatArray, FloatArray]:
    """Evaluate a volcano over a window of the grid.

    Parameters
    ----------
    grid : Grid
        The whole lattice.
    cone : Cone
        The volcano.
    at : tuple of slice
        Rows and columns wanted.
    gullies : float
        Depth of the gullies, in [0, 1].

    Returns
    -------
    tuple of ndarray
        Rise over the base [m] and distance from the middle in rim radii, both float32 of the window's shape.
    """
    dx, dy = _leaning(grid, cone, at)
    away = np.maximum(np.hypot(dx, dy), np.float32(1e-3))
    angle = np.arctan2(dy, dx)
    rng = np.random.Generator(np.random.PCG64(cone.seed))
    ring = away / (cone.rim * (1 + 0.09 * _wave(angle, rng)))
    t = np.clip((ring - 1) / (cone.radius / cone.rim - 1), 0, 1)
    flank = (np.exp(-_STEEPENING * t) - np.exp(-_STEEPENING)) / (1 - np.exp(-_STEEPENING))
    flank *= 1 - ease(t, 0.5, 1.0)
    # Cut deepest halfway down: neither the rim nor the foot is notched, and nothing rises outward.
    cut = 0.62 * gullies * (1 - flank) * _gullies(angle, t, rng)
    rim = cone.height * (1 - _UNEVEN + _UNEVEN * _wave(angle, rng))
    bowl = cone.floor + (rim - cone.floor) * np.clip(ring, 0, 1) ** 2.6
    rise = np.where(ring < 1, bowl, rim * flank * (1 - cut))
    return rise.astype(np.float32), ring.astype(np.float32)


def _leaning(grid: Grid, cone: Cone, at: tuple[slice, slice]) -> tuple[FloatArray, FloatArray]:
    """Offsets from the middle [m], bent by noise outside the crater so that gullies meander and the foot is ragged."""
    east, north = offsets(grid, at, cone.x, cone.y)
    part = Grid(at[0].stop - at[0].start, at[1].stop - at[1].start, grid.cell_size_m)
    corner = at[1].start * grid.cell_size_m, (grid.rows - at[0].stop) * grid.cell_size_m
    bend = 0.2 * cone.radius * ease(np.hypot(east, north), cone.rim, 0.8 * cone.radius)
    wx, wy = (
        fractal_noise(part, seed=cone.seed + k, feature_size_m=0.5 * cone.radius, octaves=5, gain=0.42, offset_m=corner)
        for k in (0, 1)
    )
    return east + bend * wx, north + bend * wy


def _wave(angle: NDArray[np.floating], rng: np.random.Generator) -> FloatArray:
    """Smooth closed curve in [-1, 1] over the angle."""
    total = np.zeros_like(angle, dtype=np.float32)
    for times, size in ((1, 0.3), (2, 0.35), (3, 0.2), (5, 0.15)):
        total += np.float32(size) * np.cos(times * angle + rng.uniform(0, 2 * np.pi)).astype(np.float32)
    return total


def _gullies(angle: NDArray[np.floating], t: NDArray[np.floating], rng: np.random.Generator) -> FloatArray:
    """Depth of gullies in [0, 1]: sharp ridges between them, twice and four times as many farther down."""
    total, weight = np.zeros_like(t, dtype=np.float32), np.zeros_like(t, dtype=np.float32)
    number = int(rng.integers(9, 13))
    shift = 0.9 * _wave(angle, rng)  # some gullies are wide and some narrow
    for level in range(3):
        phase = (number << level) / 2 * angle + shift * (1 << level) + rng.uniform(0, np.pi)
        grows = ease(t.astype(np.float32), 0.18 * level, 0.18 * level + 0.3) * np.float32(0.55**level)
        total += grows * (1 - np.abs(np.cos(phase)))
        weight += grows
    return np.asarray(total / np.maximum(weight, 1e-3), dtype=np.float32)
