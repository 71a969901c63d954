"""Quarters at the rim of a town: a slum of huts, an industrial quarter of sheds, each in a direction of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.region import Side, side_vector

from .town_kinds import SPECIES

HALF_RAD = 0.62
"""Half the angle that a quarter spans, seen from the middle of the town [rad]."""

INNER = 0.5
"""Share of the radius, by the lots, within which the middle of the town keeps clear of quarters."""

_SHED_M = (11.5, 19.5)  # least width and depth of a lot with a shed
_DIRECTIONS = np.linspace(0, 2 * np.pi, 24, endpoint=False)
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]


def quarters_of(
    lots: Doubles, centre: tuple[float, float], wanted: tuple[tuple[str, Side | None], ...]
) -> tuple[tuple[str, float], ...]:
    """Return quarters with the directions that they lie in, where the most lots are and well apart [rad]."""
    found: list[tuple[str, float]] = []
    held = [int(within(lots[:, :2], lots, centre, one).sum()) for one in _DIRECTIONS]
    order = np.argsort(-np.array(held), kind="stable")
    for name, side in sorted(wanted, key=lambda one: one[1] is None):
        if side is not None:
            east, north = side_vector(side)
            found.append((name, float(np.arctan2(north, east))))
            continue
        apart = [k for k in order if all(abs(_turn(_DIRECTIONS[k] - taken)) > 2.6 * HALF_RAD for _, taken in found)]
        if apart and held[apart[0]]:
            found.append((name, float(_DIRECTIONS[apart[0]])))
    return tuple(found)


def within(points: Doubles, lots: Doubles, centre: tuple[float, float], direction: float) -> Mask:
    """``(n,)`` whether ``(n, 2)`` points [m] lie in the quarter in a direction."""
    off = points - np.array(centre)
    out = np.hypot(*off.T)
    rim = float(np.percentile(np.hypot(*(lots[:, :2] - np.array(centre)).T), 98)) if len(lots) else 0.0
    return np.asarray((np.abs(_turn(np.arctan2(off[:, 1], off[:, 0]) - direction)) <= HALF_RAD) & (out > INNER * rim))


def quartered(
    species: NDArray[np.int64], lots: Doubles, centre: tuple[float, float], quarters: tuple[tuple[str, float], ...]
) -> NDArray[np.int64]:
    """``(n,)`` what is built on each lot, huts in a slum and sheds in an industrial quarter."""
    out = species.copy()
    roomy = (lots[:, 4] >= _SHED_M[0]) & (lots[:, 5] >= _SHED_M[1])
    for name, direction in quarters:
        mine = within(lots[:, :2], lots, centre, direction)
        if name == "slum":
            out[mine] = SPECIES.index("cottage")
        else:
            out[mine] = np.where(roomy[mine], SPECIES.index("barn"), SPECIES.index("flat house"))
    return out


def _turn(angle: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return an angle between -pi and pi [rad]."""
    return np.asarray((np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi)
