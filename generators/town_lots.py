"""Lots along the streets, and an exact number of buildings on the best of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pcgstudio.region import Side, side_vector
from pcgstudio.world import FloatArray

from .kernels.streets import front_lots, meetings, met, owners
from .street_lines import Doubles, Field, Streets, chosen, lay_streets
from .town_kinds import BODIES, HOUSES, SPECIES, Kind, Zone, zone_table
from .town_quarters import quartered, quarters_of
from .town_site import Mask, Plot

_MOST = 30_000
_CHURCH = Zone(1.0, (14.0, 14.5, 31.0, 29.0, 0.0), (("church", 1.0),), 2.0, 1.5)
_HALL = Zone(1.0, (25.0, 25.5, 21.0, 18.0, 0.0), (("town hall", 1.0),), 2.0, 1.5)
_KEEP = Zone(1.0, (22.0, 22.5, 22.0, 21.0, 0.0), (("keep", 1.0),), 1.5, 1.5)
_SPECIAL = {"church": _CHURCH, "town hall": _HALL, "keep": _KEEP}
_PARK_M = (52.0, 40.0)


@dataclass(frozen=True)
class Wanted:
    """How many buildings are wanted: ``houses`` None leaves them open; ``exact`` where churches were asked for.

    ``church_side`` is the side of the middle that the first church stands on, ``park_side`` that of the parks, and
    ``quarters`` are the districts at the rim.
    """

    total: int
    houses: int | None
    barns: int
    churches: int
    halls: int
    parks: int
    square: bool
    exact_churches: bool
    exact_total: bool
    church_side: Side | None = None
    park_side: Side | None = None
    quarters: tuple[tuple[str, Side | None], ...] = ()


@dataclass(frozen=True)
class Town:
    """A settlement on its lattice.

    Parameters
    ----------
    plot : Plot
        The lattice.
    streets : Streets
        Its streets.
    lots : ndarray
        ``(n, 9)`` x, y, unit vector inward, width, depth [m], zone, street, walking cost.
    species : ndarray
        ``(n,)`` index into `SPECIES`.
    places : ndarray
        ``(m, 6)`` squares, then parks: x, y, unit vector, width, depth [m].
    squares : int
        How many of them are squares.
    radius_m : float
        Walking cost at the rim [m].
    quarters : tuple of (str, float)
        Districts at the rim and the directions that they lie in [rad].
    """

    plot: Plot
    streets: Streets
    lots: Doubles
    species: NDArray[np.int64]
    places: Doubles
    squares: int
    radius_m: float
    quarters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class _Draft:
    """Lots as they were cut, specials first."""

    streets: Streets
    lots: Doubles
    specials: list[str]
    places: Doubles


def draft(
    plot: Plot, kind: Kind, layout: str, field: Field, wanted: Wanted, radius_m: float, seed: int, inside: Mask
) -> _Draft:
    """Lay streets within a radius and cut lots along them."""
    square = _square(plot, kind, field) if wanted.square else np.empty((0, 6))
    minster = _minster(plot, square, wanted, seed, radius_m)
    clear = max(1.0, kind.main_m / 2 - 1.0)  # a lot is a metre wider than its church all round; streets are not lines
    for lot in minster:
        inside = inside & (_outside(lot[:6], *plot.points()) > clear)
    streets = lay_streets(
        plot, kind, layout, field, inside, radius_m, _corners(square[0]) if len(square) else np.empty((0, 2))
    )
    places = np.concatenate([square, _parks(plot, wanted, square, radius_m, field, seed)])
    gap, free = streets.gap(plot), plot.free & inside
    x, y = plot.points()
    for one in places:
        gap = np.minimum(gap, _outside(one, x, y))
    edges = _edges(places[: len(square)])
    lots, specials = minster, ["church"] * len(minster)
    for name, many in (("church", wanted.churches - len(minster)), (kind.hall, wanted.halls)):
        zone = _SPECIAL[name]
        for _ in range(many):
            before = len(lots)
            for lines in (edges, streets):
                lots = _cut(plot, lines, zone, lots, gap, free, min(radius_m, 0.55 * radius_m + 60), seed + len(lots))
                if len(lots) > before:
                    specials.append(name)
                    break
    both = _with(edges, streets)
    table, reaches = zone_table(kind)
    lots = front_lots(both.points, both.starts, both.half, _sides(edges, streets), gap, free, plot.cost, radius_m,
                      table, reaches, lots, seed, _MOST, plot.h)  # fmt: skip
    lots[:, 7] -= len(edges)
    return _Draft(streets, lots, specials, places)


def settle(
    plot: Plot, kind: Kind, layout: str, field: Field, wanted: Wanted, radius_m: float, seed: int, inside: Mask
) -> tuple[Town | None, int]:
    """Return a town with exactly the buildings wanted, None if there is no room, and how many lots there were."""
    made = draft(plot, kind, layout, field, wanted, radius_m, seed, inside)
    fixed = len(made.specials)
    if wanted.exact_churches and made.specials.count("church") < wanted.churches:
        return None, 0
    if kind.hall == "keep" and "keep" not in made.specials:
        return None, 0  # a castle without a keep is none
    lots = made.lots[fixed:]
    quarters = quarters_of(lots, plot.centre, wanted.quarters)
    species = quartered(_species(kind, lots, seed), lots, plot.centre, quarters)
    order = np.argsort(lots[:, 8] + 0.04 * radius_m * _dice(len(lots), seed), kind="stable")
    house = np.isin(species, [SPECIES.index(n) for n in HOUSES])
    need = wanted.total - fixed
    if wanted.houses is None:
        pick = order[:need]
        enough = len(pick) == need
    else:
        houses = order[house[order]][: wanted.houses + wanted.barns]
        others = order[~house[order]][: max(need - wanted.houses - wanted.barns, 0)]
        pick = np.concatenate([houses, others])
        enough = len(houses) == wanted.houses + wanted.barns and (not wanted.exact_total or len(pick) == need)
    if not enough:
        return None, len(lots)
    species = species[pick]
    barns = _barns(lots[pick], wanted.barns, np.isin(species, [SPECIES.index(n) for n in HOUSES]))
    species[barns] = SPECIES.index("barn")
    keep = np.ones(len(pick), dtype=bool)
    if wanted.houses is not None and len(barns) < wanted.barns:
        if wanted.exact_total:
            return None, len(lots)
        spare = np.flatnonzero(np.isin(species, [SPECIES.index(n) for n in HOUSES]))[wanted.houses :]
        keep[spare] = False
    first = np.array([SPECIES.index(n) for n in made.specials], dtype=np.int64)
    lots = np.concatenate([made.lots[:fixed], lots[pick][keep]])
    species = np.concatenate([first, species[keep]])
    streets = _in_use(plot, made.streets, lots)
    squares = 1 if wanted.square and len(made.places) else 0
    return Town(plot, streets, lots, species, made.places, squares, radius_m, quarters), len(made.lots)


def _dice(count: int, seed: int) -> Doubles:
    return np.random.Generator(np.random.PCG64(seed)).random(count)


def _species(kind: Kind, lots: Doubles, seed: int) -> NDArray[np.int64]:
    """``(n,)`` what is built on each lot by its zone."""
    luck = _dice(len(lots), seed + 5)
    out = np.zeros(len(lots), dtype=np.int64)
    for number, zone in enumerate(kind.zones):
        here = lots[:, 6] == number
        names, shares = zip(*zone.species, strict=True)
        index = np.minimum(np.searchsorted(np.cumsum(shares), luck[here], side="right"), len(names) - 1)
        out[here] = np.array([SPECIES.index(n) for n in names])[index]
    return out


def _barns(lots: Doubles, many: int, house: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Lots at the rim that are large enough for a barn."""
    able = np.flatnonzero((lots[:, 4] >= 11.5) & (lots[:, 5] >= 19.5) & house)
    return able[np.argsort(-lots[able, 8], kind="stable")][:many]


def _cut(
    plot: Plot, lines: Streets, zone: Zone, taken: Doubles, gap: FloatArray, free: Mask, radius_m: float, seed: int
) -> Doubles:
    """Cut one more lot of a special size."""
    if not len(lines):
        return taken
    table, reach = np.array([zone.lot]), np.array([1.0])
    order = np.argsort([float(np.min(np.hypot(*(lines.line(k) - plot.centre).T))) for k in range(len(lines))])
    sides = (
        _sides(lines, chosen(lines, np.zeros(len(lines), bool)))
        if lines.half.max() == 0
        else np.zeros(len(lines), np.int64)
    )
    for k in order[:12]:
        one = chosen(lines, np.arange(len(lines)) == k)
        lots = front_lots(one.points, one.starts, one.half, sides[[k]], gap, free, plot.cost, radius_m, table, reach,
                          taken, seed, 1, plot.h)  # fmt: skip
        if len(lots) > len(taken):
            return lots
    return taken


def _square(plot: Plot, kind: Kind, field: Field) -> Doubles:
    """``(1, 6)`` the square in the middle, turned with the streets; none where the kind has none."""
    if not kind.square_m[0]:
        return np.empty((0, 6))
    centre = np.array(plot.centre)
    at = centre[None, :]
    angle = 0.5 * np.arctan2(plot.sample(field.sin2, at + 12), plot.sample(field.cos2, at + 12))[0]
    return np.array([[*centre, np.cos(angle), np.sin(angle), kind.square_m[1], kind.square_m[0]]])


def _minster(plot: Plot, square: Doubles, wanted: Wanted, seed: int, radius_m: float) -> Doubles:
    """``(0 or 1, 9)`` the lot of the first church, kept free beside the square before any street is laid."""
    if wanted.church_side and wanted.churches:
        return _aside(plot, wanted.church_side, radius_m)
    if not len(square) or not wanted.churches:
        return np.empty((0, 9))
    one, (wide, deep) = square[0], (_CHURCH.lot[1], _CHURCH.lot[2])
    u, v = one[2:4], np.array([-one[3], one[2]])
    sides = [(v, one[4]), (-v, one[4]), (u, one[5]), (-u, one[5])]
    turn = int(2 * _dice(1, seed + 3)[0])
    for out, across in sides[turn:2] + sides[:turn] + sides[2:]:
        lot = np.array([*(one[:2] + out * (across + deep + 0.6) / 2), *out, wide, deep, 0.0, 3.0, 0.0])
        spots = np.concatenate([_corners(lot[:6]), lot[None, :2]])
        if spots.min() > 0 and bool(plot.sample(plot.free, spots).all()):
            lot[8] = float(plot.sample(plot.cost, lot[None, :2])[0])
            if np.isfinite(lot[8]):
                return lot[None]
    return np.empty((0, 9))


def _aside(plot: Plot, side: Side, radius_m: float) -> Doubles:
    """``(0 or 1, 9)`` the lot of a church some way out on a side, which it turns its front from."""
    out = np.array(side_vector(side)) / np.hypot(*side_vector(side))
    wide, deep = _CHURCH.lot[1], _CHURCH.lot[2]
    for share in (0.5, 0.42, 0.6, 0.34, 0.7):
        for turn in (0.0, 0.3, -0.3, 0.6, -0.6):
            way = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ out
            at = np.array(plot.centre) + (share * radius_m + deep / 2) * way
            lot = np.array([*at, *way, wide, deep, 0.0, 3.0, 0.0])
            spots = np.concatenate([_corners(lot[:6]), lot[None, :2]])
            if spots.min() > 0 and bool(plot.sample(plot.free, spots).all()):
                lot[8] = float(plot.sample(plot.cost, lot[None, :2])[0])
                if lot[8] < radius_m:
                    return lot[None]
    return np.empty((0, 9))


def _corners(one: Doubles) -> Doubles:
    """``(4, 2)`` corners of a rectangle, counter-clockwise."""
    u, v = one[2:4] * one[5] / 2, np.array([-one[3], one[2]]) * one[4] / 2
    return np.array([one[:2] + a * u + b * v for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


def _outside(one: Doubles, x: FloatArray, y: FloatArray) -> FloatArray:
    """``(rows, cols)`` distance from a rectangle, negative inside [m]."""
    a = np.abs((x - one[0]) * one[2] + (y - one[1]) * one[3]) - one[5] / 2
    b = np.abs(-(x - one[0]) * one[3] + (y - one[1]) * one[2]) - one[4] / 2
    return np.asarray(np.hypot(np.maximum(a, 0), np.maximum(b, 0)) + np.minimum(np.maximum(a, b), 0), dtype=np.float32)


def _edges(places: Doubles) -> Streets:
    """Sides of squares as lines to build along; what is built lies on their right."""
    lines = []
    for one in places:
        corners = _corners(one)
        for k in range(4):
            a, b = corners[k], corners[(k + 1) % 4]
            lines.append(a + np.linspace(0, 1, max(4, int(np.hypot(*(b - a)) / 3)))[:, None] * (b - a))
    starts = np.cumsum([0] + [len(n) for n in lines]).astype(np.int64)
    return Streets(np.concatenate(lines) if lines else np.empty((0, 2)), starts, np.zeros(len(lines)))


def _with(edges: Streets, streets: Streets) -> Streets:
    starts = np.concatenate([edges.starts, streets.starts[1:] + edges.starts[-1]]).astype(np.int64)
    return Streets(np.concatenate([edges.points, streets.points]), starts, np.concatenate([edges.half, streets.half]))


def _sides(edges: Streets, streets: Streets) -> NDArray[np.int64]:
    return np.concatenate([np.full(len(edges), -1), np.zeros(len(streets))]).astype(np.int64)


def _parks(plot: Plot, wanted: Wanted, square: Doubles, radius_m: float, field: Field, seed: int) -> Doubles:
    """``(n, 6)`` parks some way from the centre, on free ground."""
    found: list[Doubles] = []
    luck = _dice(64, seed + 9)
    toward = None if wanted.park_side is None else float(np.arctan2(*side_vector(wanted.park_side)[::-1]))
    for k in range(32):
        if len(found) >= wanted.parks:
            break
        turn = 6.283 * luck[2 * k + 1] if toward is None else toward + 1.6 * (luck[2 * k + 1] - 0.5)
        out = (0.3 + 0.35 * luck[2 * k]) * radius_m
        at = np.array(plot.centre) + out * np.array([np.cos(turn), np.sin(turn)])
        angle = float(0.5 * np.arctan2(plot.sample(field.sin2, at[None]), plot.sample(field.cos2, at[None]))[0])
        one = np.array([*at, np.cos(angle), np.sin(angle), _PARK_M[1], _PARK_M[0]])
        around = np.concatenate([_corners(one), at[None]])
        inside = (around.min() > 0) and bool(plot.sample(plot.free, around).all())
        apart = all(np.hypot(*(at - o[:2])) > 1.6 * _PARK_M[0] for o in [*square, *found])
        if inside and apart:
            found.append(one)
    return np.array(found).reshape(-1, 6)


def _in_use(plot: Plot, streets: Streets, lots: Doubles) -> Streets:
    """Cut streets back to the stretch that leads to a building, unless that would part them."""
    who = owners(streets.points, streets.starts, plot.shape, plot.h)
    fronts = lots[:, :2] - lots[:, 2:4] * (lots[:, 5:6] / 2)
    rim = 0.75 * float(lots[:, 8].max())
    lines, kept = [], []
    for k in range(len(streets)):
        line = streets.line(k)
        mine = fronts[lots[:, 7] == k]
        needed = np.zeros(len(line), dtype=bool)
        if len(mine):
            away = np.hypot(line[:, None, 0] - mine[None, :, 0], line[:, None, 1] - mine[None, :, 1]).min(axis=1)
            needed |= away < streets.half[k] + 9.0
        crossing = np.array([met(who, x, y, k + 1, plot.h) > 0 for x, y in line])
        needed |= crossing & (plot.sample(plot.cost, line) < rim)
        if len(mine) and crossing.any() and not (needed & crossing).any():
            near = np.flatnonzero(crossing)
            needed[near[int(np.argmin(plot.sample(plot.cost, line)[near]))]] = True
        at = np.flatnonzero(needed)
        if len(at) and at[-1] - at[0] >= 2:
            lines.append(line[at[0] : at[-1] + 1])
            kept.append(k)
    if not lines:
        return streets
    starts = np.cumsum([0] + [len(n) for n in lines]).astype(np.int64)
    cut = Streets(np.concatenate(lines), starts, streets.half[kept])
    used = set(np.unique(lots[:, 7]).astype(int)) - set(range(-8, 0))
    if used <= set(kept) and _hang_together(plot, cut):
        lots[:, 7] = [kept.index(int(k)) if k >= 0 else k for k in lots[:, 7]]
        return cut
    return streets


def _hang_together(plot: Plot, streets: Streets) -> bool:
    who = owners(streets.points, streets.starts, plot.shape, plot.h)
    links = meetings(streets.points, streets.starts, who, plot.h)
    return bool(connected_components(coo_array(links), directed=False)[0] == 1)


def bodies(town: Town, kind: Kind, roof: str, storeys: int, seed: int) -> tuple[Doubles, FloatArray, NDArray[np.int64]]:
    """Return footprints ``(n, 6)`` as lots are told, heights ``(n,)`` [m], and species with the roof asked for."""
    lots, species = town.lots, town.species.copy()
    flipped = {"gable": "house", "hip": "hip house", "flat": "flat house"}.get(roof)
    if flipped:
        changed = np.isin(species, [SPECIES.index(n) for n in ("house", "hip house", "flat house", "townhouse")])
        changed &= (species != SPECIES.index("townhouse")) | (roof != "gable")
        species[changed] = SPECIES.index(flipped)
    luck = np.random.Generator(np.random.PCG64(seed + 11)).random((len(lots), 4))
    out, height = np.empty((len(lots), 6)), np.empty(len(lots))
    zones = [*kind.zones]
    for number, name in enumerate(SPECIES):
        here = np.flatnonzero(species == number)
        if not len(here):
            continue
        body, own = BODIES[name], [_SPECIAL.get(name, z) for z in zones]
        zone = lots[here, 6].astype(int)
        aside, setback = np.array([z.aside for z in own])[zone], np.array([z.setback for z in own])[zone]
        wide = np.minimum(body.front[0] + (body.front[1] - body.front[0]) * luck[here, 0], lots[here, 4] - 2 * aside)
        wide = np.where(aside < 0.2, lots[here, 4] - 2 * aside, wide)
        setback = setback * (0.7 + 0.6 * luck[here, 3])
        deep = np.minimum(
            body.depth[0] + (body.depth[1] - body.depth[0]) * luck[here, 1], lots[here, 5] - setback - 0.5
        )
        out[here, :4], out[here, 4], out[here, 5] = lots[here, :4], wide, deep
        out[here, :2] += lots[here, 2:4] * (-lots[here, 5] / 2 + setback + deep / 2)[:, None]
        tall = body.height[0] + (body.height[1] - body.height[0]) * luck[here, 2]
        if name == "tower block":
            tall = tall * np.clip(1.5 - 1.9 * lots[here, 8] / town.radius_m, 0.6, 1.5)
        usual = 3.0 * body.storeys
        height[here] = tall + (
            3.0 * storeys - usual if storeys and name in (*HOUSES, "apartment block", "tower block") else 0
        )
    return out, height.astype(np.float32), species


def moved(town: Town, streets: Streets) -> Town:
    """Return the town with other streets."""
    return replace(town, streets=streets)
