"""What makes a hamlet, a village, a town or a city: streets, lots and houses of each, in metres."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

HOUSES = ("cottage", "house", "townhouse", "hip house", "flat house")
SPECIES = (*HOUSES, "barn", "church", "town hall", "apartment block", "tower block", "keep", "castle hall")
DISTRICTS = (
    "none", "centre", "residential", "market_square", "park", "harbour", "industrial", "farmland", "slum", "castle"
)  # fmt: skip
SETTLEMENTS = ("none", "hamlet", "village", "town", "city", "castle", "farm")


@dataclass(frozen=True)
class Body:
    """How large the buildings of a species are: least and greatest front, depth and height [m]."""

    front: tuple[float, float]
    depth: tuple[float, float]
    height: tuple[float, float]
    storeys: int


BODIES = {
    "cottage": Body((8.0, 10.0), (6.4, 7.4), (5.6, 6.6), 1),
    "house": Body((9.0, 11.5), (8.0, 9.2), (8.6, 9.8), 2),
    "townhouse": Body((5.5, 9.5), (9.0, 12.0), (10.2, 13.2), 3),
    "hip house": Body((10.0, 13.0), (9.0, 11.0), (8.6, 10.4), 2),
    "flat house": Body((10.0, 13.0), (9.0, 11.0), (6.6, 7.6), 2),
    "barn": Body((8.4, 9.6), (14.0, 17.0), (7.6, 8.8), 1),
    "church": Body((9.6, 11.0), (24.0, 27.0), (24.0, 29.0), 2),
    "town hall": Body((19.0, 22.0), (13.0, 15.0), (17.0, 20.0), 3),
    "apartment block": Body((12.0, 24.0), (13.0, 16.0), (14.0, 22.0), 5),
    "tower block": Body((17.0, 26.0), (17.0, 24.0), (34.0, 62.0), 13),
    "keep": Body((16.0, 18.5), (15.0, 17.5), (25.0, 29.0), 4),
    "castle hall": Body((9.0, 12.5), (8.0, 9.0), (8.0, 9.5), 2),
}


@dataclass(frozen=True)
class Zone:
    """A ring of a settlement.

    Parameters
    ----------
    reach : float
        Share of the radius up to which it goes.
    lot : tuple of float
        Least and greatest frontage, usual and least depth [m], share of lots left empty.
    species : tuple of (str, float)
        What is built, with shares.
    setback, aside : float
        Distance of a building from its lot's front and sides [m].
    """

    reach: float
    lot: tuple[float, float, float, float, float]
    species: tuple[tuple[str, float], ...]
    setback: float
    aside: float


@dataclass(frozen=True)
class Kind:
    """A kind of settlement.

    Parameters
    ----------
    ground_m2 : float
        Ground a building takes up, streets included.
    main_m, lane_m : float
        Width of main streets and lanes.
    apart : tuple of float
        Distance of main streets, of lanes along the field, of lanes across it; 0 where there are none [m].
    square_m : tuple of float
        Sides of the square.
    zones : tuple of Zone
        From the middle outward.
    churches, halls : int
        How many are usual.
    hall : str
        What its halls are.
    barns, fields : float
        Share of barns among the buildings; width of the belt of fields as a share of the radius.
    """

    ground_m2: float
    main_m: float
    lane_m: float
    apart: tuple[float, float, float]
    square_m: tuple[float, float]
    zones: tuple[Zone, ...]
    usual: int
    churches: int = 0
    halls: int = 0
    hall: str = "town hall"
    barns: float = 0.0
    fields: float = 0.0
    parks: int = 0
    dead_ends: bool = False
    bend: float = field(default=0.0)


_VILLAGE_ZONES = (
    Zone(0.5, (12.5, 17.0, 24.0, 13.0, 0.05), (("house", 0.55), ("cottage", 0.45)), 3.0, 1.4),
    Zone(1.0, (15.0, 22.0, 30.0, 14.0, 0.22), (("cottage", 0.7), ("house", 0.3)), 4.5, 2.0),
)
KINDS: dict[tuple[str, str], Kind] = {
    ("farm", "organic"): Kind(
        1700, 4.0, 3.5, (0, 70, 60), (0, 0),
        (Zone(1.0, (15.0, 24.0, 30.0, 21.0, 0.1), (("house", 0.7), ("cottage", 0.3)), 4.5, 2.0),), 3,
        barns=0.4, fields=2.6, dead_ends=True, bend=0.2,
    ),
    ("hamlet", "organic"): Kind(
        1500, 4.5, 3.5, (0, 70, 60), (0, 0),
        (Zone(1.0, (15.0, 24.0, 28.0, 14.0, 0.25), (("cottage", 0.7), ("house", 0.3)), 4.5, 2.0),), 8,
        barns=0.15, fields=1.1, dead_ends=True, bend=0.35,
    ),
    ("village", "organic"): Kind(
        1050, 5.5, 4.0, (0, 62, 54), (30, 20), _VILLAGE_ZONES, 30, churches=1, barns=0.1, fields=0.8, dead_ends=True,
        bend=0.35,
    ),
    ("castle", "organic"): Kind(
        420, 5.0, 3.5, (0, 46, 44), (26, 22),
        (Zone(1.0, (10.0, 15.0, 17.0, 10.0, 0.0), (("castle hall", 1.0),), 1.0, 0.8),), 6, halls=1, hall="keep",
        dead_ends=True, bend=0.2,
    ),
    ("town", "organic"): Kind(
        230, 6.5, 4.0, (0, 37, 47), (44, 30),
        (
            Zone(0.55, (6.2, 8.6, 16.0, 9.0, 0.0), (("townhouse", 1.0),), 0.3, 0.06),
            Zone(0.85, (6.8, 9.4, 16.5, 9.0, 0.02), (("townhouse", 0.8), ("house", 0.2)), 0.5, 0.1),
            Zone(1.0, (9.4, 13.0, 18.0, 9.6, 0.08), (("house", 0.65), ("cottage", 0.35)), 1.4, 0.5),
        ), 140, churches=1, halls=1, fields=0.35, bend=0.3,
    ),
    ("city", "grid"): Kind(
        760, 14.0, 8.0, (235, 68, 104), (78, 64),
        (
            Zone(0.34, (22.0, 32.0, 30.0, 20.0, 0.03), (("tower block", 1.0),), 2.0, 1.6),
            Zone(0.68, (15.0, 25.0, 28.0, 16.0, 0.03), (("apartment block", 1.0),), 2.0, 1.0),
            Zone(
                1.0, (13.0, 17.0, 28.0, 14.0, 0.06), (("flat house", 0.35), ("hip house", 0.4), ("house", 0.25)),
                4.0, 1.4,
            ),
        ), 360, churches=1, halls=1, parks=2,
    ),
    ("city", "radial"): Kind(
        560, 13.0, 7.0, (190, 58, 84), (70, 70),
        (
            Zone(0.4, (13.0, 22.0, 26.0, 15.0, 0.02), (("apartment block", 1.0),), 1.0, 0.3),
            Zone(0.75, (12.0, 19.0, 25.0, 14.0, 0.03), (("apartment block", 0.55), ("hip house", 0.45)), 1.6, 0.8),
            Zone(1.0, (13.0, 17.0, 25.0, 13.0, 0.08), (("hip house", 0.6), ("house", 0.4)), 3.5, 1.4),
        ), 360, churches=1, halls=1, parks=2,
    ),
}  # fmt: skip
"""By kind and layout; other pairs take the lots of the kind and the streets of the layout."""


def kind_of(name: str, layout: str) -> tuple[Kind, str]:
    """Return a kind with the layout that it then has."""
    usual = "grid" if name == "city" else "organic"
    layout = usual if layout == "auto" else layout
    if (name, layout) in KINDS:
        return KINDS[name, layout], layout
    own = KINDS[name, usual]
    if name == "city":
        return own, layout
    depth = max(z.lot[2] for z in own.zones)
    return Kind(
        **{**own.__dict__, "apart": (0, 2 * depth + own.lane_m + 2, 1.7 * depth + 30), "dead_ends": False}
    ), layout


def zone_table(kind: Kind) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``(zones, 5)`` lots and ``(zones,)`` reaches, for the kernel."""
    return np.array([z.lot for z in kind.zones]), np.array([z.reach for z in kind.zones])
