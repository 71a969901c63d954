"""Roads as lines: smooth in plan, within their grade in height, straight and level where they are bridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, label

from pcgstudio.generator import Inputs
from pcgstudio.world import Grid

STEP_M = 2.0
"""Distance of the points of a road's line [m]."""

_ABUTMENT_M = 2.5
_MERGE_M = 12.0  # bridges nearer to each other than this are one
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Span:
    """A bridge over a stretch of a line: first and last point, height of its deck and of its feet [m]."""

    first: int
    last: int
    deck: float
    foot: float


@dataclass(frozen=True)
class Road:
    """One new stretch of road.

    Parameters
    ----------
    number : int
        Which road it belongs to, from 1.
    x, y, z : ndarray
        ``(n,) float64`` its centreline, `STEP_M` apart [m].
    spans : tuple of Span
        Its bridges.
    """

    number: int
    x: Doubles
    y: Doubles
    z: Doubles
    spans: tuple[Span, ...]


def smoothed(points: Doubles, lattice_m: float) -> Doubles:
    """``(n, 2)`` the way over a lattice's nodes without its corners, `STEP_M` apart; its ends stay."""
    line = resampled(points, STEP_M)
    wide = max(1.0, 0.9 * lattice_m / STEP_M)
    padded = np.concatenate([2 * line[0] - line[1:][: int(4 * wide)][::-1], line,
                             2 * line[-1] - line[:-1][-int(4 * wide):][::-1]])  # fmt: skip
    lead = min(int(4 * wide), len(line) - 1)
    soft = gaussian_filter1d(padded, wide, axis=0, mode="nearest")[lead : lead + len(line)]
    soft[0], soft[-1] = line[0], line[-1]
    return resampled(soft, STEP_M)


def resampled(points: Doubles, step_m: float) -> Doubles:
    """``(m, 2)`` the same line with points about ``step_m`` apart."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    keep = np.concatenate([[True], np.diff(along) > 1e-9])
    along, points = along[keep], points[keep]
    wanted = np.linspace(0, along[-1], max(2, round(along[-1] / step_m) + 1))
    return np.stack([np.interp(wanted, along, points[:, k]) for k in range(2)], axis=1)


def laid(
    inputs: Inputs, spanned: Mask, line: Doubles, number: int, grade: float, clear_m: float, ends: tuple[bool, bool]
) -> Road:
    """Give a line its bridges and its heights.

    Parameters
    ----------
    inputs : Inputs
        The map.
    spanned : ndarray
        ``(rows, cols) bool`` what is crossed on bridges.
    line : ndarray
        ``(n, 2)`` x, y [m].
    number : int
        Which road it belongs to.
    grade : float
        Steepest rise over run.
    clear_m : float
        Least height of a bridge's deck above the water [m].
    ends : pair of bool
        Whether its first and last point lie on a road that is there already, whose height they take.
    """
    grid = inputs.grid
    line, stretches = _straightened(inputs.grid, spanned, line)
    height = inputs.height()
    ground = grid.sample(height, line).astype(np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    level = inputs.get("water_level")
    decks = [_deck(grid, height, level, line, a, b, ground, clear_m) for a, b in stretches]
    over = ground.copy()
    for (a, b), (deck, _) in zip(stretches, decks, strict=True):
        over[a : b + 1] = deck
    z = (_envelope(over, along, grade) - _envelope(-over, along, grade)) / 2
    for fixed, at in zip(ends, (0, -1), strict=True):
        if fixed:
            away = grade * np.abs(along - along[at])
            z = np.clip(z, ground[at] - away, ground[at] + away)
    for (a, b), (deck, _) in zip(stretches, decks, strict=True):
        away = grade * np.maximum(np.maximum(along[a] - along, along - along[b]), 0)
        z = np.clip(z, deck - away, deck + away)
    spans = tuple(Span(a, b, deck, foot) for (a, b), (deck, foot) in zip(stretches, decks, strict=True))
    return Road(number, line[:, 0], line[:, 1], z, spans)


def _envelope(height: Doubles, along: Doubles, grade: float) -> Doubles:
    """``(n,)`` the highest line below ``height`` that climbs nowhere steeper than ``grade``."""
    rise = grade * np.diff(along)
    low = height.copy()
    for k in range(1, len(low)):
        low[k] = min(low[k], low[k - 1] + rise[k - 1])
    for k in range(len(low) - 2, -1, -1):
        low[k] = min(low[k], low[k + 1] + rise[k])
    return low


def _straightened(grid: Grid, spanned: Mask, line: Doubles) -> tuple[Doubles, list[tuple[int, int]]]:
    """Make every bridge straight; returns the line and the first and last point of each bridge."""
    spare = max(1, round(max(_ABUTMENT_M, 0.75 * grid.cell_size_m) / STEP_M))
    wet = spanned[grid.cells_of(line)]
    for _ in range(3):  # a chord may touch water that the curve did not
        stretches = _stretches(wet, spare)
        for a, b in stretches:
            share = np.linspace(0, 1, b - a + 1)[:, None]
            line[a : b + 1] = line[a] + share * (line[b] - line[a])
        again = spanned[grid.cells_of(line)]
        if (again <= wet).all():
            break
        wet |= again
    return line, _stretches(wet, spare)


def _stretches(wet: NDArray[np.bool_], spare: int) -> list[tuple[int, int]]:
    """First and last points of the wet stretches with ``spare`` points of land at both ends, near ones joined."""
    labels, count = label(wet)
    found: list[tuple[int, int]] = []
    for k in range(1, count + 1):
        at = np.flatnonzero(labels == k)
        a, b = max(int(at[0]) - spare, 0), min(int(at[-1]) + spare, len(wet) - 1)
        if found and a - found[-1][1] < _MERGE_M / STEP_M:
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return found


def _deck(
    grid: Grid, height: NDArray[np.float32], level: NDArray[np.float32] | None, line: Doubles, first: int, last: int,
    ground: Doubles, clear_m: float,
) -> tuple[float, float]:  # fmt: skip
    """Height of a bridge's deck and of the bed under it [m]."""
    at = grid.cells_of(line[first : last + 1])
    water = (
        np.nanmax(level[at]) if level is not None and np.isfinite(level[at]).any() else ground[first : last + 1].min()
    )
    deck = max(float(water) + clear_m, float(ground[first]), float(ground[last]))
    return deck, float(min(height[at].min(), ground[first], ground[last]))
