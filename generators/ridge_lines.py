"""The skeleton of mountains: ridges that fall from each summit and fork into spurs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

Doubles = NDArray[np.float64]

_FALL = (1.0, 1.45, 1.75)  # steepness of ridges, spurs and ribs against the mountain's own
_STEPS = (8, 5, 3)  # straight pieces in each
_EVENLY = tuple(np.linspace(1.15, 0.85, steps) for steps in _STEPS)  # a ridge falls faster at its head
_WANDER = (0.2, 0.26, 0.3)  # radians by which a ridge may turn at each piece
FLANK = 2.1
"""Steepness of the flanks against the mountain's own: steeper than any ridge, so that ridges stand out."""


@dataclass
class Skeleton:
    """Pieces of ridge collected while mountains are drawn.

    Parameters
    ----------
    radius_m : float
        Distance from a summit to its foot [m].
    rng : numpy.random.Generator
        Source of every turn and fork.
    """

    radius_m: float
    rng: np.random.Generator
    pieces: list[tuple[float, ...]] = field(default_factory=list)

    def lines(self) -> FloatArray:
        """``(n, 6) float32`` x, y, z of both ends of every piece [m]."""
        return np.array(self.pieces, dtype=np.float32).reshape(-1, 6)

    def mountain(self, x: float, y: float, height_m: float, saddles: Sequence[tuple[float, float, float]]) -> None:
        """Draw one summit with its ridges; crests toward each of ``saddles`` (x, y, z) [m] lead over to a neighbour."""
        self.pieces.append((x, y, height_m, x, y, height_m))
        taken = []
        for sx, sy, sz in saddles:
            self._crest((x, y, height_m), (sx, sy, sz))
            taken.append(float(np.arctan2(sy - y, sx - x)))
        number = int(self.rng.integers(5, 7))
        start = self.rng.uniform(0, 2 * np.pi)
        for i in range(number):
            heading = start + 2 * np.pi * (i + self.rng.uniform(-0.22, 0.22)) / number
            length = self.radius_m * self.rng.uniform(0.85, 1.0)
            # Drawn before it is dropped, so that a neighbour does not change the other ridges.
            blocked = any(abs(np.angle(np.exp(1j * (heading - t)))) < 0.4 for t in taken)
            self._ridge(x, y, height_m, heading, length, 0, keep=not blocked)

    def _crest(self, top: tuple[float, float, float], low: tuple[float, float, float]) -> None:
        """Draw a wandering line from a summit down to a saddle, with spurs to both sides."""
        steps = 6
        a, b = np.array(top), np.array(low)
        side = np.array([-(b - a)[1], (b - a)[0]])
        bend = self.rng.uniform(-0.14, 0.14)
        here = a
        for i in range(1, steps + 1):
            t = i / steps
            spot = a + (b - a) * t
            spot[:2] += side * bend * np.sin(np.pi * t)
            # Falls quickly off the summit and runs level into the saddle.
            spot[2] = b[2] + (a[2] - b[2]) * (1 - t) ** 1.35
            self.pieces.append((*here, *spot))
            heading = float(np.arctan2(*(spot - here)[1::-1]))
            way = heading + (1 if i % 2 else -1) * self.rng.uniform(0.9, 1.4)
            self._ridge(spot[0], spot[1], spot[2], way, spot[2] / self._slope(a[2]) * 0.8, 1, keep=True)
            here = spot

    def _slope(self, height_m: float) -> float:
        return float(height_m / self.radius_m * _FALL[1])

    def _ridge(self, x: float, y: float, z: float, heading: float, length: float, order: int, *, keep: bool) -> None:
        """Walk down from (x, y, z), forking to alternate sides."""
        steps = _STEPS[order]
        drops = self.rng.uniform(0.6, 1.4, steps) * _EVENLY[order]
        drops *= z / drops.sum()
        falls = drops.tolist()  # plain numbers are several times quicker one by one
        turns = (self.rng.uniform(-1, 1, steps) * _WANDER[order]).tolist()
        side = (-1, 1)[int(self.rng.integers(2))]
        for i in range(steps):
            heading += turns[i]
            nx = x + math.cos(heading) * length / steps
            ny = y + math.sin(heading) * length / steps
            low = max(z - falls[i], 0.0)
            if keep:
                self.pieces.append((x, y, z, nx, ny, low))
            x, y, z = nx, ny, low
            if order < len(_STEPS) - 1 and i < steps - 1:
                fork = heading + side * self.rng.uniform(0.65, 1.15)
                rest = length * (1 - (i + 1) / steps)
                reach = rest * _FALL[order] / _FALL[order + 1] * self.rng.uniform(0.75, 1.0)
                self._ridge(x, y, z, fork, reach, order + 1, keep=keep)
                side = -side


def linked(centres: Doubles, reach_m: float, *, closed: bool = False) -> list[tuple[int, int]]:
    """Return pairs of summits to be joined by a crest: the shortest tree, without ties longer than ``reach_m``.

    ``closed`` joins each to the next instead, and the last to the first.
    """
    if len(centres) < 2:
        return []
    away = np.hypot(*(centres[:, None] - centres[None, :]).transpose(2, 0, 1))
    if closed:
        return [(i, j) for i in range(len(centres)) if away[i, j := (i + 1) % len(centres)] <= reach_m]
    inside, pairs = {0}, []
    while len(inside) < len(centres):
        options = [(away[i, j], i, j) for i in inside for j in range(len(centres)) if j not in inside]
        gap, i, j = min(options)
        inside.add(j)
        if gap <= reach_m:
            pairs.append((i, j))
    return pairs
