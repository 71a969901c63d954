"""What is built: the checks and the parameters of walls, crossings, lattices, and of rooms that lie to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...region import AnyOf, Near, Of, Region
from .demand import Demand, Link, Reading

SETTLED = ("farm", "hamlet", "village", "town", "city", "castle", "settlement")
"""Settlements by kind."""

AFLOAT = ("island", "archipelago", "peninsula", "continent", "coast", "sea")
"""What comes with a sea of its own."""

ROLES = ("entrance", "exit", "boss", "treasure", "spawn")
"""Roles that take a room of their own."""

CROSSINGS = {"crossroads": 4, "fork": 3}
"""Roads that leave a crossing of that name."""

MAZES = ("maze", "hedge maze")
_BONDS = {
    "only_through": "behind", "beside": "beside", "apart_from": "apart", "ending": "ending", "farthest_room": "farthest"
}  # fmt: skip
_HIGH_M = 6.0  # least height of a bridge over a gorge above its lowest ground
_MAZE_STEP_M, _CELL_M = 3.0, 2.0
CITY_RADIUS_M = 290.0
"""Distance from the middle of a usual city to its rim [m]."""

_RADIUS_M = {
    "farm": 40.0,
    "hamlet": 60.0,
    "village": 100.0,
    "town": 110.0,
    "city": CITY_RADIUS_M,
    "castle": 30.0,
    "harbour": 60.0,
    "pier": 60.0,
}

Told = tuple[str, float, str, dict[str, Any]]
"""Metric, value, relation and arguments of a check."""


def relation_check(demand: Demand, link: Link, home: str, side_m: float) -> Told | None:
    """Return the check of a relation that only what is built has; None for all others.

    Parameters
    ----------
    demand, link
        Whose relation it is.
    home : str
        The settlement that gates and towers belong to.
    side_m : float
        Longer side of the map.
    """
    mine, other = demand.feature, link.target
    match link.kind:
        case "only_through":
            return "only_through", 1, "at_least", {"feature": mine, "of": other}
        case "beside":
            beside = {"largest": True} if other == "largest" else {"of": other}
            return "rooms_beside", 0.999, "at_least", {"feature": mine, **beside}
        case "apart_from":
            return "rooms_touching", 0, "at_most", {"feature": mine, "of": other}
        case "ending":
            return "rooms_ending", 0.999, "at_least", {"feature": mine}
        case "behind_lock":
            return "locked_off", 0.999, "at_least", {"feature": mine}
        case "farthest_room":
            return "farthest_room", 1, "at_least", {"feature": mine}
        case "spans":
            return "clearance", _HIGH_M, "at_least", {"feature": mine, "over": other}
        case "every_side":
            return "sides_held", 1, "at_least", {"feature": mine, "of": other or home}
        case "crests":
            return "grain", 0.3, "at_least", {"feature": mine, "along": other}
        case "facing":
            return "facing", 1, "at_least", {"feature": mine, "of": home, "side": other}
        case "opposed":
            return "opposed", 120, "at_least", {"feature": mine, "of": home}
        case "ends":
            reach = (0.04 if "bridge" in other else 0.1) * side_m
            return "ends_near", 0.999, "at_least", {"feature": other, "to": mine, "reach_m": reach}
    return None


def home_of(reading: Reading, demand: Demand | None = None) -> str:
    """Return the settlement that a wall, a gate or a church belongs to: the nearest one named, walled or not."""
    named = [d for d in reading.demands if d.feature in SETTLED and not d.absent]
    if not named:
        return "settlement"
    at = demand.quote[0] if demand is not None else 0
    before = [d for d in named if d.quote[0] <= at or (demand is not None and d.quote[0] <= demand.quote[1] + 2)]
    return (before[-1] if before else named[0]).feature


def walls_checked(reading: Reading) -> Iterator[tuple[Demand, str]]:
    """Yield every demand for a wall or a castle with the settlement that must be shut off by it."""
    for demand in reading.demands:
        if demand.absent:
            continue
        if demand.feature == "castle":
            yield demand, "castle"
        elif demand.feature in ("wall", "gate"):
            yield demand, home_of(reading, demand)


def lattice_extent(reading: Reading) -> tuple[float, float] | None:
    """Return the size [m] of a map that holds just the passages of a maze or the cells of a dungeon."""
    if reading.lattice is None:
        return None
    across, down = reading.lattice
    if any(d.feature in MAZES for d in reading.demands):
        return _MAZE_STEP_M * (across + 1), _MAZE_STEP_M * (down + 1)
    return max(_CELL_M * across, 16.0), max(_CELL_M * down, 16.0)


def lattice_checks(reading: Reading) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Yield metric, value and arguments that show such a size."""
    if reading.lattice is None:
        return
    maze = any(d.feature in MAZES for d in reading.demands)
    for along, told, metres in zip(("east", "north"), reading.lattice, lattice_extent(reading) or (), strict=False):
        yield ("passages", told, {"along": along}) if maze else ("extent", metres, {"side": along})


def bonds(demands: Iterable[Demand]) -> tuple[str, ...]:
    """Return how the rooms with roles lie to each other, as the roles step is told."""
    found = (
        f"{d.feature} {_BONDS[ln.kind]} {ln.target or d.feature}"
        for d in demands
        if not d.absent
        for ln in d.links
        if ln.kind in _BONDS
    )
    return tuple(dict.fromkeys(found))


def wide_enough(feature: str, link: Link, region: Region, reach_m: float, shored: bool) -> Region:
    """Return the region of a settlement that is to lie near something, wide enough for all of it to stand there.

    Parameters
    ----------
    feature : str
        The settlement.
    link : Link
        What it is near.
    region : Region
        The region as it is for a small thing.
    reach_m : float
        How far "near" reaches.
    shored : bool
        Whether it has a harbour, whose piers stand in the water.
    """
    if feature not in _RADIUS_M or not isinstance(region, Near):
        return region
    wide = Near(feature=link.target, distance_m=region.distance_m + 0.8 * _RADIUS_M[feature], feather_m=0.2 * reach_m)
    strip = (Of(feature=link.target),) if link.target in ("coast", "beach") else ()  # "near" leaves it out
    return AnyOf(regions=(wide, *strip, Of(feature="sea"), Of(feature="lake"))) if shored else wide
