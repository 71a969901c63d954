"""The shape of an impact: a bowl, a raised rim, ejecta around it, and in large ones a flat floor and a central peak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import ease
from .kernels.noise import fractal_noise
from .placement import offsets, window

RIM = 0.042
"""Height of the rim above the ground around, in diameters (Pike 1977 gives 0.036 to 0.04)."""

REACH = 2.6
"""Radii to which ejecta are laid."""

_PEAK = 0.32  # height of a central peak, in depths


@dataclass(frozen=True)
class Impact:
    """One crater: middle, radius of the rim, depth below the ground [m], whether it is complex, wear, its seed."""

    x: float
    y: float
    radius: float
    depth: float
    complex: bool
    wear: float
    seed: int


@dataclass(frozen=True)
class Struck:
    """A window of the grid and over it, float32: the shape [m], distance in rim radii, share of the old ground left."""

    at: tuple[slice, slice]
    rise: FloatArray
    ring: FloatArray
    left: FloatArray


def strike(grid: Grid, one: Impact) -> Struck:
    """Evaluate a crater around its middle.

    Parameters
    ----------
    grid : Grid
        The whole lattice.
    one : Impact
        The crater.

    Returns
    -------
    Struck
        ``rise`` is measured from the level ground: below it inside, above it on the rim.
    """
    at = window(grid, one.x, one.y, REACH * one.radius)
    dx, dy = offsets(grid, at, one.x, one.y)
    part = Grid(at[0].stop - at[0].start, at[1].stop - at[1].start, grid.cell_size_m)
    corner = at[1].start * grid.cell_size_m, (grid.rows - at[0].stop) * grid.cell_size_m
    broad, fine = (
        fractal_noise(part, seed=one.seed + k, feature_size_m=size * one.radius, octaves=4, gain=0.5, offset_m=corner)
        for k, size in ((0, 0.9), (1, 0.35))
    )
    away = np.hypot(dx, dy).astype(np.float32)
    angle = np.arctan2(dy, dx)
    ring = away / np.float32(one.radius) * (1 + np.float32(0.05) * broad)
    fresh = np.float32(1 - 0.75 * one.wear)
    rim = np.float32(2 * RIM * one.radius) * fresh
    depth = np.float32(one.depth) * np.float32(1 - 0.6 * one.wear)
    inside = _bowl(ring, one, fine) if not one.complex else _basin(ring, one, broad, fine)
    rays = 1 + np.float32(0.5) * _rays(angle, one.seed) * ease(ring, 1.05, 1.5)
    blanket = np.maximum(ring, 1) ** np.float32(-3.2) * rays * (1 + 0.45 * fine * ease(ring, 1.0, 1.3))
    blanket = blanket * (1 - ease(ring, 0.7 * REACH, 0.97 * REACH))
    rise = np.where(ring < 1, -depth + (depth + rim) * inside, rim * np.maximum(blanket, 0))
    left = ease(ring, 0.95, 1.25)
    return Struck(at, rise.astype(np.float32), ring.astype(np.float32), left)


def _bowl(ring: FloatArray, one: Impact, fine: FloatArray) -> FloatArray:
    """Height between floor (0) and rim (1) of a simple crater: a paraboloid, steepest under the rim."""
    sharp = np.float32(2.3 + 0.9 * (1 - one.wear))
    slump = 0.05 * fine * ease(ring, 0.25, 0.6) * (1 - ease(ring, 0.85, 1.0))
    return np.asarray(np.clip(np.clip(ring, 0, 1) ** sharp + slump, 0, 1), dtype=np.float32)


def _basin(ring: FloatArray, one: Impact, broad: FloatArray, fine: FloatArray) -> FloatArray:
    """Return the same of a complex crater: a flat floor, terraced walls and a peak, which rebounded, in the middle."""
    t = np.clip((ring - 0.58) / 0.42, 0, 1)
    # Slumped blocks: the ledges wander up and down the wall and end, so that no two are rings.
    place = 2.6 * t + np.float32(0.75) * broad + np.float32(0.35) * fine
    ledge = (ease(place - np.floor(place), 0.4, 1.0) - (place - np.floor(place))) / np.float32(2.6)
    wall = t + ledge * np.float32(0.8 * (1 - one.wear)) * ease(t, 0.0, 0.15) * (1 - ease(t, 0.8, 1.0))
    floor = 0.03 * ease(fine, -0.2, 0.8) * (1 - ease(ring, 0.55, 0.7))
    peak = np.maximum(1 - ring / (0.24 * (1 + 0.5 * broad)), 0) ** 1.15 * (1 + 0.35 * fine)
    return np.asarray(np.clip(wall + floor + _PEAK * peak, 0, 1), dtype=np.float32)


def _rays(angle: FloatArray, seed: int) -> FloatArray:
    """Thickness of the ejecta over the angle, in [-1, 1]: some directions got more."""
    rng = np.random.Generator(np.random.PCG64(seed))
    total = np.zeros_like(angle, dtype=np.float32)
    for times, size in ((3, 0.25), (5, 0.3), (9, 0.3), (14, 0.2)):
        total += np.float32(size) * np.cos(times * angle + rng.uniform(0, 2 * np.pi)).astype(np.float32)
    return total
