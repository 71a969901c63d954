"""Roads that meet: the arms of a crossroads or a fork, each leaving toward a side of its own."""

from __future__ import annotations

import numpy as np

from pcgstudio.errors import BuildError
from pcgstudio.region import side_vector

from .kernels.nearness import distance_cells
from .road_routes import Leg, Network
from .road_survey import Country, Mask

ARMS = {3: ("west", "east", "south"), 4: ("west", "east", "south", "north")}
"""Sides that the arms lead to, by their number."""

_CLEAR_M = 30.0
"""How far a crossing keeps from houses, streets and walls [m]."""

_APART = 0.09
"""Share of the map's longer side within which each arm keeps to its own sector."""


def lay_arms(network: Network, arms: int) -> int:
    """Lay the roads that meet in one place, and return how many they are: two arms make one road.

    Parameters
    ----------
    network : Network
        Roads so far; the new ones are added.
    arms : int
        3 or 4.

    Raises
    ------
    BuildError
        No dry place lies in the region, or a side cannot be reached.
    """
    hub = hub_of(network.country)
    for number, side in enumerate(ARMS[arms]):
        country = network.country
        start = np.zeros(country.grid.shape, dtype=bool)
        start[hub] = True
        shut = _outside_sector(country, hub, side) | (country.road & ~start)
        goal = network.edge(side)
        network.take(1 + number // 2, network.way(Leg(1, start, goal, f"the {side}'s edge"), shut=shut & ~goal))
    return (arms + 1) // 2


def hub_of(country: Country) -> tuple[int, int]:
    """Return row and column of dry open ground nearest to the middle of the region."""
    fit = country.region & ~country.wet & ~country.blocked
    if not fit.any():
        raise BuildError("the region of the crossroads holds no dry open ground; move or enlarge it")
    rows, cols = np.nonzero(country.region)
    middle = (rows.mean(), cols.mean())
    r, c = np.nonzero(fit)
    away = (
        np.hypot(r - middle[0], c - middle[1]) + 0.02 * max(fit.shape) * country.price[r, c] / country.price[fit].min()
    )
    shut = country.blocked | country.road | (country.town > 0)
    if shut.any():  # all arms have to find out between houses and streets
        clear = distance_cells(~shut)[r, c] * country.grid.cell_size_m
        away = away + 8 * np.maximum(_CLEAR_M - clear, 0) / country.grid.cell_size_m
    best = int(np.argmin(away))
    return int(r[best]), int(c[best])


def _outside_sector(country: Country, hub: tuple[int, int], side: str) -> Mask:
    """``(rows, cols)`` what lies near the hub but not toward a side."""
    grid = country.grid
    rows, cols = np.indices(grid.shape)
    east = (cols - hub[1]) * grid.cell_size_m
    north = (hub[0] - rows) * grid.cell_size_m
    out = side_vector(side)
    ahead, across = east * out[0] + north * out[1], east * -out[1] + north * out[0]
    near = np.hypot(east, north) <= _APART * max(grid.extent_m)
    return np.asarray(near & (np.abs(across) > 0.8 * ahead + 0.6 * grid.cell_size_m))
