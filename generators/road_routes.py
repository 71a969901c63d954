"""Which roads there are: between settlements first, then out to the map's edges, each joining those before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from pcgstudio.errors import BuildError
from pcgstudio.world import Grid

from .kernels.nearness import distance_cells
from .kernels.streets import walking_cost
from .kernels.ways import MOVES, cheapest_way
from .river_survey import OPPOSITE
from .road_survey import EIGHT, Country, Mask

_EARTH, _BEND, _REUSED = 14.0, 16.0, 0.12
_WINDOW = 0.16  # share of a side within which a road meets it
Doubles = NDArray[np.float64]
Where = str
"""A side of the map, ``any``, or ``settlement``."""


@dataclass(frozen=True)
class Wish:
    """What is asked of the roads' courses; see `roads`."""

    count: int
    start: Where
    end: Where
    grade: float
    bridge_cost: float


@dataclass(frozen=True)
class Leg:
    """One piece to be found: from any of some nodes to any of others, as part of a road with a number."""

    number: int
    start: Mask
    goal: Mask
    told: str


class Network:
    """Roads as they are added, each knowing those before it."""

    def __init__(self, country: Country, wish: Wish, rng: np.random.Generator) -> None:
        self.country = country
        self.wish = wish
        self.rng = rng
        self.found: list[tuple[int, Doubles]] = []
        self._met: list[tuple[float, float]] = []

    def lay(self, laid: int = 0) -> list[tuple[int, Doubles]]:
        """Return ``(number, (n, 2) points)`` of every new stretch, in the order in which they join each other.

        Parameters
        ----------
        laid : int
            Roads that meet in a crossing and are there already.
        """
        roads = [["join"] for _ in range(int(self.country.town.max()))] if laid else self._planned()
        for number, road in enumerate(roads, laid + 1):
            for piece in road:
                if piece == "join":
                    self._join(number)
                elif piece == "isle":
                    take_isle(self, number)
                elif piece == "link":
                    self._link(number)
                elif piece == "across":
                    first, last = self._across()
                    self.take(number, self.way(Leg(number, self.edge(first), self.edge(last), f"the {last}")))
                else:
                    self._out(number, piece)
        return self.found

    def _planned(self) -> list[list[str]]:
        """Return the pieces of each road: ``link`` to another settlement, a side or ``edge`` to reach, ``across``."""
        towns = int(self.country.town.max())
        named = [w for w in (self.wish.start, self.wish.end) if w in OPPOSITE]
        roads = [["link"] for _ in range(towns - 1)]
        if not towns:
            isles = 0 if self.country.border.any() else len(isles_of(self.country))
            roads = [["isle"] for _ in range(isles - 1)] if isles > 1 else [["across"]]
        elif named or not roads:
            roads.append([*named] or ["edge"])
        count = self.wish.count or len(roads)
        while len(roads) > count:
            roads = [roads[0] + roads[1], *roads[2:]]
        return roads + [["edge"]] * (count - len(roads))

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _town(self, number: int) -> Mask:
        """Nodes a road may start from in a settlement: its streets, or all of it where it has none."""
        here = self.country.town == number
        streets = here & self.country.road
        return np.asarray(streets if streets.any() else here & ~self.country.blocked)

    def _link(self, number: int) -> None:
        """Join the settlements reached so far to the nearest other one."""
        towns = {k: self._town(k) for k in range(1, int(self.country.town.max()) + 1)}
        reached = {1}
        joined, count = label(self.country.road | towns[1], structure=EIGHT)
        home = set(np.unique(joined[towns[1]])) - {0}
        reached |= {k for k, nodes in towns.items() if home & set(np.unique(joined[nodes]))}
        del count
        others = [k for k in towns if k not in reached]
        if others:
            start = np.logical_or.reduce([towns[k] for k in reached]) | np.isin(joined, list(home))
            goal = np.logical_or.reduce([towns[k] for k in others])
            self.take(number, self.way(Leg(number, start, goal, "another settlement")))

    def _join(self, number: int) -> None:
        """Lead a road from those there are to the next settlement that none reaches yet."""
        joined, _ = label(self.country.road, structure=EIGHT)
        home = list(set(np.unique(joined[self.own()])) - {0})
        towns = [self._town(k) for k in range(1, int(self.country.town.max()) + 1)]
        lonely = [nodes for nodes in towns if not np.isin(joined[nodes], home).any()]
        if lonely:
            goal = np.logical_or.reduce(lonely)
            self.take(number, self.way(Leg(number, np.isin(joined, home), goal, "a settlement")))

    def own(self) -> Mask:
        """Nodes of the roads found so far."""
        mine = np.zeros(self.country.grid.shape, dtype=bool)
        for _, points in self.found:
            mine[self.country.grid.cells_of(points)] = True
        return mine

    def _out(self, number: int, side: str) -> None:
        """Lead a road from the settlements, or from the roads there are, to the map's edge."""
        towns = [self._town(k) for k in range(1, int(self.country.town.max()) + 1)]
        hubs = np.logical_or.reduce([self.own(), *towns])
        goal = self._any_edge() if side == "edge" else self.edge(side)
        self.take(number, self.way(Leg(number, hubs, goal, f"the {side if side != 'edge' else 'map'}'s edge")))

    def _across(self) -> tuple[str, str]:
        """Sides where a road enters and leaves a map without settlements."""
        start, end = self.wish.start, self.wish.end
        opposite: dict[str, str] = OPPOSITE
        order = ["west", "east", "south", "north"]
        dry = [s for s in order if self._window(s, 0.5).any()]
        first = start if start in OPPOSITE else opposite[end] if end in OPPOSITE else None
        if first is None:
            pairs = [s for s in dry if opposite[s] in dry] or dry
            pairs = [s for s in pairs if self._within(s) and self._within(opposite[s])] or pairs
            if not pairs:
                raise BuildError(
                    "no side of the map has dry ground for a road to come in on; leave some land at an edge"
                )
            first = pairs[int(self.rng.integers(len(pairs)))]
        last = end if end in OPPOSITE else opposite[first]
        if last not in dry and end not in OPPOSITE:
            last = next((s for s in dry if s != first), first)
        return first, last

    def edge(self, side: str) -> Mask:
        """Return nodes on a side of the map that a road may leave by.

        Raises
        ------
        BuildError
            There is no dry one.
        """
        window = self._window(side, float(0.5 + 0.3 * (self.rng.random() - 0.5)))
        if not window.any():
            raise BuildError(f"the {side} edge of the map has no dry ground for a road; choose another side")
        return window

    def _within(self, side: str) -> bool:
        """Whether the region of the roads reaches a side of the map."""
        return bool((self._window(side, 0.5) & self.country.region).any())

    def _any_edge(self) -> Mask:
        """Return the border, clear of where other roads meet it."""
        border = self.country.border & self.country.region
        border = border if border.any() else self.country.border
        grid = self.country.grid
        x, y = np.meshgrid(grid.xs(), grid.ys())
        free = border.copy()
        for mx, my in self._met:
            free &= np.hypot(x - mx, y - my) > 0.35 * max(grid.extent_m)
        if not free.any():
            free = border & ~self.own()
        if not free.any():
            raise BuildError("the map's edge has no dry ground left for a road; ask for fewer roads")
        return free

    def _window(self, side: str, at: float) -> Mask:
        """Dry border nodes on a side of the map around a share of its length, or around a corner."""
        grid, border = self.country.grid, self.country.border
        u, v = np.meshgrid(grid.xs() / grid.extent_m[0], grid.ys() / grid.extent_m[1])
        if len(side) > 5:
            corner = np.hypot(u - ("east" in side), v - ("north" in side)) < 0.3
            return np.asarray(border & corner)
        on = np.zeros(grid.shape, dtype=bool)
        on[{"north": 0, "south": -1}.get(side, slice(None)), {"west": 0, "east": -1}.get(side, slice(None))] = True
        along = u if side in ("north", "south") else v
        windows = [np.asarray(on & border & (np.abs(along - at) <= reach)) for reach in (_WINDOW, 0.3, 0.5, 1.0)]
        inside = [window & self.country.region for window in windows]  # a road along an edge of the map keeps to it
        return next((window for window in (*inside, *windows) if window.any()), on & border)

    # -- ways ------------------------------------------------------------------------------------------------------

    def way(self, leg: Leg, shut: Mask | None = None) -> NDArray[np.int64]:
        """Return the nodes of the cheapest way of a leg, with more that is shut.

        Raises
        ------
        BuildError
            There is none.
        """
        country = self.country
        barred = country.blocked if shut is None else country.blocked | shut
        price = np.where(country.road, np.float32(_REUSED), country.price).astype(np.float32)
        start = np.where(leg.start & ~leg.goal, 0, np.inf).astype(np.float32)
        cells = cheapest_way(
            start, leg.goal & ~leg.start, barred & ~leg.goal & ~leg.start, country.wet & ~country.road,
            country.height, price, MOVES, country.grid.cell_size_m, 0.9 * self.wish.grade, _EARTH,
            self.wish.bridge_cost, _BEND,
        )  # fmt: skip
        if len(cells) < 2:
            raise BuildError(
                f"no way leads to {leg.told}: water too wide for a bridge or buildings are between; raise bridge_max_m"
            )
        return np.asarray(cells)

    def take(self, number: int, cells: NDArray[np.int64]) -> None:
        """Add the stretches of a way that are not roads already."""
        country, grid = self.country, self.country.grid
        last = len(cells) - 1
        for r, c in (cells[0], cells[-1]):
            if country.border[r, c]:
                self._met.append((float(grid.xs()[c]), float(grid.ys()[r])))
        points = np.stack([grid.xs()[cells[:, 1]], grid.ys()[cells[:, 0]]], axis=1).astype(np.float64)
        for first, final in runs(country.road[cells[:, 0], cells[:, 1]]):
            piece = points[max(first - 1, 0) : min(final + 1, last) + 1]
            piece = _outward(piece, grid, first == 0, final == last)
            self.found.append((number, piece))
            self.country = self.country.with_road(_dense(piece, grid.cell_size_m / 2))


_ISLE = 0.004
"""Smallest share of the map at which a piece of land is worth a bridge."""


def isles_of(country: Country) -> list[Mask]:
    """Return the pieces of dry land that roads can join, the largest first."""
    parts, count = label(~country.wet & ~country.blocked, structure=EIGHT)
    sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    return [parts == k + 1 for k in np.argsort(-sizes) if sizes[k] >= _ISLE * parts.size]


def take_isle(network: Network, number: int) -> None:
    """Lead a road from the islands that are joined already, or from the largest, to the next one."""
    isles = isles_of(network.country)
    reached = [k for k, isle in enumerate(isles) if (isle & network.own()).any()] or [0]
    start, goal = np.zeros(network.country.grid.shape, bool), np.zeros(network.country.grid.shape, bool)
    for k, isle in enumerate(isles):
        inland = distance_cells(isle)
        middle = isle & (inland >= 0.6 * inland.max())
        (start if k in reached else goal)[middle] = True
    if goal.any():
        own = network.own()
        network.take(number, network.way(Leg(number, own if own.any() else start, goal, "the next island")))


def runs(there: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and last index of every run of False."""
    labels, count = label(~there)
    for k in range(1, count + 1):
        at = np.flatnonzero(labels == k)
        yield int(at[0]), int(at[-1])


def _dense(points: Doubles, step_m: float) -> Doubles:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    wanted = np.linspace(0, along[-1], max(2, int(along[-1] / step_m) + 1))
    return np.stack([np.interp(wanted, along, points[:, k]) for k in range(2)], axis=1)


def _outward(points: Doubles, grid: Grid, first: bool, last: bool) -> Doubles:
    """Carry a piece that ends on the outermost nodes on to the map's border."""
    for at, wanted in ((0, first), (-1, last)):
        if not wanted:
            continue
        out = points[at].copy()
        for axis, side in enumerate(grid.extent_m):
            for edge in (0.0, side):
                if abs(out[axis] - edge) <= grid.cell_size_m * 0.51:
                    out[axis] = edge
        if (out != points[at]).any():
            points = np.concatenate([out[None], points]) if at == 0 else np.concatenate([points, out[None]])
    return points


def spur(network: Network) -> None:
    """Lead the first road over water where fewer bridges than asked came about: to the far bank and on to an edge.

    Raises
    ------
    BuildError
        No water near the roads can be crossed.
    """
    country = network.country
    near, far_bank = _crossing(country)
    start = np.zeros(country.grid.shape, dtype=bool)
    start[near] = True
    cells = np.array([far_bank])
    if not country.road[near]:
        leg = Leg(1, network.own() | country.road, start, "the water's edge")
        cells = np.concatenate([network.way(leg, shut=country.wet), cells])
    else:
        cells = np.array([near, far_bank])
    network.take(1, cells)
    last = np.zeros(country.grid.shape, dtype=bool)
    last[far_bank] = True
    far = distance_cells(~country.road) * country.grid.cell_size_m
    edge = country.border & (far > 0.08 * max(country.grid.extent_m))
    if edge.any():
        try:
            network.take(1, network.way(Leg(1, last, edge, "the map's edge"), shut=country.wet | country.road))
        except BuildError:  # the far bank is cut off: the road ends there
            return


def _crossing(country: Country) -> tuple[tuple[int, int], tuple[int, int]]:
    """Nodes on both banks between which a bridge saves the longest way round for the least walk and span."""
    cell, side = country.grid.cell_size_m, max(country.grid.extent_m)
    dry = ~country.wet & ~country.blocked
    walk = walking_cost(country.road & dry, dry, country.price, cell).astype(np.float64)
    rows, cols = country.grid.shape
    best, found = np.inf, None
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        for sign in (1, -1):
            r, c = np.nonzero(dry & (walk < 0.35 * side))
            here, at = np.stack([r, c], axis=1), np.stack([r, c], axis=1)
            for width in range(1, rows):
                at = at + sign * np.array([dr, dc])
                on = (at >= 4).all(axis=1) & (at[:, 0] < rows - 4) & (at[:, 1] < cols - 4)
                here, at = here[on], at[on]
                open_ = ~country.blocked[at[:, 0], at[:, 1]]
                wet = country.wet[at[:, 0], at[:, 1]]
                landed = open_ & ~wet & ~country.road[at[:, 0], at[:, 1]] if width > 1 else np.zeros(len(at), bool)
                if landed.any():
                    a, b = here[landed], at[landed]
                    round_ = np.minimum(walk[b[:, 0], b[:, 1]], 2 * side)
                    score = walk[a[:, 0], a[:, 1]] + 4 * width * cell * np.hypot(dr, dc) - 0.6 * round_
                    if score.min() < best:
                        k = int(np.argmin(score))
                        best, found = float(score[k]), ((int(a[k, 0]), int(a[k, 1])), (int(b[k, 0]), int(b[k, 1])))
                here, at = here[open_ & wet], at[open_ & wet]
                if not len(here):
                    break
    if found is None:
        raise BuildError("there is no water beside the roads for a bridge to cross; ask for a river, or for no bridge")
    return found
