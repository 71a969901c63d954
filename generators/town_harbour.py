"""A harbour: a quay along the shore, a street down to it, and piers out into the water."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import MeshPart

from .street_lines import STEP_M, Doubles
from .town_lots import Town

QUAY_M = 11.0
"""Depth of the quay from the water's edge [m]."""

PIER_M = 3.4
"""Width of a pier [m]."""

_LONG_M, _PIER_M, _APART_M = 44.0, 26.0, 22.0
_FARTHEST_M = 190.0


@dataclass(frozen=True)
class Harbour:
    """A harbour in map coordinates: its middle, the street that leads to it, the quay's street, and the piers."""

    middle: Doubles
    way: Doubles
    quay: Doubles
    piers: tuple[tuple[Doubles, Doubles], ...]


def build_harbour(inputs: Inputs, town: Town, wanted: int = 0) -> Harbour:
    """Lay a harbour where a street comes nearest to the water.

    Parameters
    ----------
    inputs, town
        The map and the town.
    wanted : int
        Exact number of piers; 0 as many as the quay has room for.

    Raises
    ------
    BuildError
        The settlement does not lie on the water, or houses are in the way.
    """
    plot = town.plot
    line = town.streets.points
    shore = plot.sample(plot.shore, line).astype(np.float64)
    order = np.argsort(shore + 0.12 * plot.sample(plot.cost, line))
    order = order[shore[order] < _FARTHEST_M][::3]
    gy, gx = np.gradient(np.minimum(plot.shore, 400.0), plot.h)
    for k in order[:400]:
        way = _down(town, line[k], gx, gy)
        if way is None or not _clear(way, town.lots):
            continue
        quay = _along(town, way[-1], gx, gy, max(_LONG_M, 0.6 * wanted * _APART_M))
        if len(quay) < 6:
            continue
        shift = np.array([plot.x0, plot.y0])
        piers = _piers(inputs, town, quay, gx, gy, wanted)
        if piers and len(piers) >= wanted:
            piers = _even(piers, wanted)
            return Harbour(way[-1] + shift, way + shift, quay + shift, piers)
    if wanted:
        raise BuildError(f"{wanted} piers find no room along one quay; ask for fewer, or for a larger settlement")
    raise BuildError(
        "no street can lead down to water for a harbour; place the settlement on the coast, or leave it out"
    )


def _fall(town: Town, at: Doubles, gx: np.ndarray, gy: np.ndarray) -> Doubles:
    """Return the unit vector toward the water."""
    plot = town.plot
    out = -np.array([plot.sample(gx, at[None])[0], plot.sample(gy, at[None])[0]], dtype=np.float64)
    return out / max(float(np.hypot(*out)), 1e-6)


def _down(town: Town, start: Doubles, gx: np.ndarray, gy: np.ndarray) -> Doubles | None:
    """Go down to the quay's street, None where the water is not reached."""
    plot, at, points = town.plot, start.copy(), [start]
    for _ in range(int(_FARTHEST_M / STEP_M)):
        if plot.sample(plot.shore, at[None])[0] <= QUAY_M * 0.6:
            return np.array(points) if len(points) > 1 else None
        at = at + STEP_M * _fall(town, at, gx, gy)
        points.append(at)
    return None


def _clear(way: Doubles, lots: Doubles) -> bool:
    off = way[:, None, :] - lots[None, :, :2]
    a = np.abs((off * lots[None, :, 2:4]).sum(axis=2)) - lots[None, :, 5] / 2
    b = np.abs(-off[..., 0] * lots[None, :, 3] + off[..., 1] * lots[None, :, 2]) - lots[None, :, 4] / 2
    return bool((np.maximum(a, b) > 2.2).all())


def _along(town: Town, middle: Doubles, gx: np.ndarray, gy: np.ndarray, long_m: float) -> Doubles:
    """``(n, 2)`` the quay's street along the shore to both sides, as far as asked and no lot is in the way."""
    halves = []
    for side in (1.0, -1.0):
        at, points = middle.copy(), []
        for _ in range(int(long_m / STEP_M)):
            out = _fall(town, at, gx, gy)
            drift = (float(town.plot.sample(town.plot.shore, at[None])[0]) - 0.6 * QUAY_M) / QUAY_M
            at = at + STEP_M * (side * np.array([-out[1], out[0]]) + np.clip(drift, -0.5, 0.5) * out)
            inside = (
                at.min() > 0 and at[0] < town.plot.shape[1] * town.plot.h and at[1] < town.plot.shape[0] * town.plot.h
            )
            if not inside or not _clear(at[None], town.lots) or not town.plot.sample(town.plot.open, at[None])[0]:
                break
            points.append(at)
        halves.append(points)
    return np.array([*halves[1][::-1], middle, *halves[0]])


def _piers(
    inputs: Inputs, town: Town, quay: Doubles, gx: np.ndarray, gy: np.ndarray, wanted: int
) -> tuple[tuple[Doubles, Doubles], ...]:
    """Piers from the quay as long as there is water, as pairs of ends ``(3,)`` with the height of the deck."""
    plot, found = town.plot, []
    level, kind = inputs.get("water_level"), inputs.get("water_kind")
    if level is None or kind is None:
        return ()
    room = len(quay) * STEP_M / max(wanted, 1)
    hop = max(1, round(min(_APART_M, max(room, 3.2 * PIER_M)) / STEP_M))
    for k in range(len(quay) % hop // 2, len(quay), hop):
        out = _fall(town, quay[k], gx, gy)
        shore = float(plot.sample(plot.shore, quay[k][None])[0])
        line = quay[k] + np.arange(0, shore + _PIER_M + 8, 1.0)[:, None] * out + np.array([plot.x0, plot.y0])
        cells = inputs.grid.cells_of(line)
        wet = np.flatnonzero(kind[cells] > 0)
        inside = (line.min(axis=1) > 1) & (line < np.array(inputs.grid.extent_m) - 1).all(axis=1)
        if len(wet) < 8:
            continue
        last = min(int(wet[0]) + int(_PIER_M), len(line) - 1)
        run = (kind[cells] > 0) & inside & (inputs.mask[cells] >= 0.5)
        while last > wet[0] and not run[wet[0] : last + 1].all():
            last -= 1
        if last - wet[0] >= 8:
            deck = float(level[cells][wet[0]]) + 1.1
            first = max(int(wet[0]) - 4, 0)
            found.append((np.array([*line[first], deck]), np.array([*line[last], deck])))
    return tuple(found)


def _even(piers: tuple[tuple[Doubles, Doubles], ...], wanted: int) -> tuple[tuple[Doubles, Doubles], ...]:
    """Return as many as wanted, spread over all; all where no number was given."""
    if not wanted:
        return piers
    return tuple(piers[k * len(piers) // wanted] for k in range(wanted))


def pier_part(first: Doubles, last: Doubles, name: str) -> MeshPart:
    """Return a pier as closed bodies: a deck on piles."""
    along = last[:2] - first[:2]
    length = float(np.hypot(*along))
    u = along / max(length, 1e-9)
    v = np.array([-u[1], u[0]])
    bodies = [(0.0, length, -PIER_M / 2, PIER_M / 2, -0.35, 0.0)]
    for s in np.arange(length % 5 / 2 + 0.5, length, 5.0):
        bodies += [(s - 0.2, s + 0.2, w - 0.2, w + 0.2, -4.5, 0.7) for w in (-PIER_M / 2 + 0.1, PIER_M / 2 - 0.1)]
    vertices: list[Doubles] = []
    faces: list[NDArray[np.int64]] = []
    for a, b, c, d, low, high in bodies:
        corners = [first[:2] + s * u + w * v for s, w in ((a, c), (b, c), (b, d), (a, d))]
        box = np.array([[*p, first[2] + z] for z in (low, high) for p in corners])
        faces.append(_BOX + 8 * len(vertices))
        vertices.append(box)
    return MeshPart(
        name, np.concatenate(vertices).astype(np.float32), np.concatenate(faces).astype(np.int32), "bridge", True
    )


_BOX = np.array([(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5), (2, 3, 7),
                 (2, 7, 6), (3, 0, 4), (3, 4, 7)])  # fmt: skip
