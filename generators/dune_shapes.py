"""The shapes of dunes: gentle to windward, a slip face at the angle of repose to leeward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, Grid

from .kernels.crests import wave_phase
from .kernels.lattice import ease, smooth
from .kernels.noise import fractal_noise
from .kernels.ridges import ridge_envelope
from .placement import offsets, window

SLIP = 0.655
"""Tangent of the slip face: 33 degrees, at which dry sand comes to rest."""

_WAVES = 28
_STEEPEST = 0.42  # share of a wavelength that a slip face may take
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Wind:
    """Direction that the wind blows toward, as east and north."""

    east: float
    north: float


def long_crests(
    grid: Grid, wind: Wind, wavelength_m: float, height_m: float, irregular: float, rng: np.random.Generator
) -> FloatArray:
    """``(rows, cols) float32`` rise [m] of dunes whose long crests lie across the wind.

    Parameters
    ----------
    grid : Grid
        Where.
    wind : Wind
        Crests lie across it, slip faces on its lee.
    wavelength_m, height_m : float
        Distance between crests and height of the highest.
    irregular : float
        In [0, 1]: how far crests bend, fork and end.
    rng : numpy.random.Generator
        Source of the waves.
    """
    number = 2 * np.pi / wavelength_m * (1 + (0.02 + 0.13 * irregular) * rng.standard_normal(_WAVES))
    heading = np.arctan2(wind.north, wind.east) + (0.01 + 0.21 * irregular) * rng.standard_normal(_WAVES)
    turn = rng.uniform(0, 2 * np.pi, _WAVES) if irregular > 0 else np.zeros(_WAVES)
    kx, ky = (number * f(heading) for f in (np.cos, np.sin))
    phase, size, rate = wave_phase(grid.xs(), grid.ys(), *(a.astype(np.float32) for a in (kx, ky, turn)))
    rate = np.minimum(rate, np.float32(2.5 / wavelength_m))
    tall = np.float32(height_m) * ease(size, 0.0, 0.95)
    tall = np.minimum(tall, np.float32(_STEEPEST * SLIP) / np.maximum(rate, np.float32(1e-9)))
    slip = np.clip(tall * rate / np.float32(SLIP), 1e-3, _STEEPEST)
    up = np.clip(phase / (1 - slip), 0, 1)
    windward = 0.7 * (0.5 - 0.5 * np.cos(np.pi * up)) + 0.3 * up
    return np.asarray(tall * np.where(phase < 1 - slip, windward, (1 - phase) / slip), dtype=np.float32)


@dataclass(frozen=True)
class Crescent:
    """One dune of its own: middle, width across the wind and height [m].

    ``horns`` is how far it reaches downwind and ``hollow`` the radius of its lee side, both in widths.
    """

    x: float
    y: float
    width: float
    height: float
    horns: float
    hollow: float
    seed: int


def crescent(grid: Grid, wind: Wind, dune: Crescent) -> tuple[tuple[slice, slice], FloatArray]:
    """Return a window of the grid and the rise of a dune over it [m]: a barchan, or with short horns a ridge.

    Windward the body swells up, leeward a slip face is cut out of it between the horns.
    """
    at = window(grid, dune.x, dune.y, 0.85 * dune.width)
    dx, dy = offsets(grid, at, dune.x, dune.y)
    along = dx * np.float32(wind.east) + dy * np.float32(wind.north)
    across = dy * np.float32(wind.east) - dx * np.float32(wind.north)
    part = Grid(at[0].stop - at[0].start, at[1].stop - at[1].start, grid.cell_size_m)
    corner = at[1].start * grid.cell_size_m, (grid.rows - at[0].stop) * grid.cell_size_m
    bend = fractal_noise(part, seed=dune.seed, feature_size_m=0.5 * dune.width, octaves=3, offset_m=corner)
    along = along + np.float32(0.05 * dune.width) * bend
    across = across * (1 + np.float32(0.12) * bend)
    reach = np.where(along < 0, np.float32(0.68 * dune.width), np.float32(dune.horns * dune.width))
    cap = np.clip(1 - (along / reach) ** 2 - (across / np.float32(dune.width / 2)) ** 2, 0, 1) ** 1.2
    # The slip face is the inside of a cone that opens downwind: everywhere as steep as sand can lie.
    foot = np.float32(0.1 * dune.width)
    lee = np.hypot(along - foot - np.float32(dune.hollow * dune.width), across) - np.float32(dune.hollow * dune.width)
    lee = np.where(along > foot + np.float32(dune.hollow * dune.width), np.minimum(lee, foot), lee)
    rise = np.minimum(np.float32(dune.height) * cap, np.float32(SLIP) * np.maximum(lee, 0))
    return at, rise.astype(np.float32)


def star_lines(x: float, y: float, radius: float, height: float, rng: np.random.Generator) -> list[tuple[float, ...]]:
    """Return pieces of ridge, x, y, z of both ends [m]: curved arms that run out from one summit."""
    pieces: list[tuple[float, ...]] = []
    arms = int(rng.integers(4, 6))
    start = rng.uniform(0, 2 * np.pi)
    for i in range(arms):
        heading = start + 2 * np.pi * (i + rng.uniform(-0.2, 0.2)) / arms
        length, curl = radius * rng.uniform(0.72, 1.0), rng.uniform(-0.22, 0.22)
        here = (x, y, height)
        steps = 6
        for k in range(1, steps + 1):
            t = k / steps
            heading += curl
            step = length / steps
            spot = here[0] + step * np.cos(heading), here[1] + step * np.sin(heading), height * (1 - t) ** 1.25
            pieces.append((*here, *spot))
            here = spot
    return pieces


def stars(grid: Grid, pieces: list[tuple[float, ...]], radius: float, seed: int) -> FloatArray:
    """``(rows, cols) float32`` rise [m] of star dunes along their arms, crests sharp and flanks at rest."""
    warps = [
        np.float32(0.035 * radius) * fractal_noise(grid, seed=seed + k, feature_size_m=0.4 * radius, octaves=3)
        for k in (0, 1)
    ]
    slack = 1.5 * max(float(np.abs(w).max()) for w in warps)
    lines = np.array(pieces, dtype=np.float32).reshape(-1, 6)
    arms = ridge_envelope(grid.xs(), grid.ys(), warps[0], warps[1], lines, SLIP * 0.88, 0.015 * radius, slack)
    apron = smooth(arms, 0.16 * radius / grid.cell_size_m)
    return np.asarray(arms + 0.55 * apron * (1 - arms / max(float(arms.max()), 1e-3)), dtype=np.float32)
