"""Measure a finished map from its bundle folder alone, independently of the program that made it.

Nothing here imports the program: a second opinion must not share the first one's mistakes. Only ``layers.npz``,
``layers.json`` and ``report.json`` are read, with numpy and scipy. A benchmark case is a chain of sentences, each with
checks in plain words over a :class:`Map`::

    case("lake in the north", "places", "an island with a lake in the north",
         ("one island", lambda m: m.count("land") == 1 and not m.edges("land")),
         ("lake in the north", lambda m: m.mostly("lake", "north")),
    ).then("make the lake bigger",
         ("more lake", lambda m: m.share("lake") > m.before.share("lake")))

Conventions: row 0 is north, x grows east, y grows north. A :class:`Point` is a fraction of the map, (0, 0) its
south-west corner. Lengths are metres. Wherever a function takes ``What``, a category's name or a boolean array will do.

Specks under 0.02 % of the map are no parts of anything; a river is one from 3 cells on.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
What: TypeAlias = str | Bools

SPECK = 0.0002
RIVER_CELLS = 3
COARSE = 256
EIGHT = np.ones((3, 3), bool)
SIDES = ("north", "south", "east", "west")
BIOMES = frozenset(
    {
        "ocean",
        "beach",
        "grassland",
        "savanna",
        "shrubland",
        "rainforest",
        "taiga",
        "tundra",
        "desert",
        "badlands",
        "swamp",
        "rock",
        "snow",
        "volcanic",
        "farmland",
        "urban",
    }
)
CELLS = frozenset({"wall", "floor", "corridor", "door", "stairs", "bridge"})
ROLES = frozenset({"entrance", "exit", "boss", "treasure", "key", "lock", "spawn"})
MASKS = frozenset(
    {
        "forest",
        "mountain",
        "hill",
        "volcano",
        "crater",
        "plateau",
        "valley",
        "coast",
        "cliff",
        "road",
        "building",
        "ridge",
        "range",
        "terrace",
    }
)
WALKABLE = ("floor", "corridor", "door", "stairs", "bridge")


class Point(NamedTuple):
    """A place as fractions of the map's width (x, from the west) and depth (y, from the south)."""

    x: float
    y: float


class Peak(NamedTuple):
    """A summit: where, its height and its prominence in metres."""

    at: Point
    height: float
    prominence: float


@dataclass(frozen=True)
class Part:
    """One connected piece of something."""

    mask: Bools
    share: float
    """Of the whole map."""
    at: Point
    """Its centroid."""
    edges: frozenset[str]
    """Sides of the map it touches."""

    @property
    def elongation(self) -> float:
        """Longest over shortest principal axis: 1 a disc, 3 clearly elongated."""
        points = np.argwhere(self.mask).astype(float)
        if len(points) < RIVER_CELLS:
            return 1.0
        low, high = np.linalg.eigvalsh(np.cov(points.T))
        return float(np.sqrt(high / max(low, 1e-9)))

    @property
    def roundness(self) -> float:
        """Area over that of the circle around its centroid that just holds it: 1 for a disc, about 0.6 a square."""
        points = np.argwhere(self.mask).astype(float)
        reach = np.hypot(*(points - points.mean(0)).T).max() + 0.5
        return float(len(points) / (np.pi * reach**2))


@dataclass(frozen=True)
class Room:
    """One room of a dungeon: id, floor in square metres, centroid, and the roles that lie in it."""

    number: int
    area_m2: float
    at: Point
    roles: frozenset[str]
    mask: Bools


class Map:
    """A bundle folder, opened for measuring.

    Parameters
    ----------
    folder : Path
        Holds layers.npz, layers.json and report.json.
    before : Map, optional
        The map that this one is an edit of.
    """

    def __init__(self, folder: Path, before: Map | None = None) -> None:
        self.folder = folder
        self._before = before
        with np.load(folder / "layers.npz") as arrays:
            self.layers: dict[str, NDArray[Any]] = {name: arrays[name] for name in arrays.files}
        self.about: dict[str, Any] = json.loads((folder / "layers.json").read_text("utf-8"))
        self.report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
        grid = self.about["grid"]
        self.shape: tuple[int, int] = (grid["rows"], grid["cols"])
        self.cell = float(grid["cell_size_m"])
        self.extent = (float(grid["extent_m"][0]), float(grid["extent_m"][1]))
        self.origin = (float(grid["origin_m"][0]), float(grid["origin_m"][1]))

    @property
    def before(self) -> Map:
        """The map that this one is an edit of; refuses where there is none."""
        if self._before is None:
            raise ValueError("this map is no edit: the case has no earlier sentence")
        return self._before

    # ---------------------------------------------------------------- what is where

    @cached_property
    def height(self) -> Floats:
        """Ground in metres, lake and river beds included."""
        return np.asarray(self.layers["height"], np.float64)

    @cached_property
    def surface(self) -> Floats:
        """What is seen from above: the water's level where there is water, else the ground."""
        level = np.asarray(self.layers.get("water_level", np.full(self.shape, np.nan)), np.float64)
        return np.where(np.isfinite(level), np.maximum(level, self.height), self.height)

    def value(self, layer: str) -> Floats:
        """Return a continuous layer (temperature, moisture, slope...) as floats."""
        return np.asarray(self.layers[layer], np.float64)

    def legend(self, layer: str, name: str) -> Bools:
        """Cells of a categorical layer that carry `name`; nowhere if the layer or the name is missing."""
        entry = self.about["layers"].get(layer)
        ids = [int(key) for key, text in (entry or {"legend": {}})["legend"].items() if text == name]
        return np.isin(self.layers[layer], ids) if ids else np.zeros(self.shape, bool)

    def mask(self, what: What) -> Bools:
        """Cells of a category.

        ``land`` is all that is not sea, ``dry`` all that is not water; ``sea lake river water``; a biome's name
        (``forest`` is tree cover: say ``biome:forest`` for the biome); a dungeon's cell kind or role; ``room``; a
        feature's mask layer such as ``mountain``, which is the program's own word for where it put one: prefer
        :meth:`peaks`, :meth:`craters` and :meth:`flat_tops` for counting. ``LAYER:NAME`` asks one layer outright.
        """
        if not isinstance(what, str):
            return what
        if ":" in what:
            return self.legend(*what.split(":", 1))
        sea = self.legend("water_kind", "sea")
        if what in {"land", "sea", "lake", "river", "water", "dry", "all", "room"}:
            water = np.asarray(self.layers.get("water", np.zeros(self.shape)), bool) | sea
            plain = {"land": ~sea, "sea": sea, "water": water, "dry": ~water, "all": np.ones(self.shape, bool)}
            if what == "room":
                return np.asarray(self.layers.get("room", np.zeros(self.shape))) > 0
            return plain[what] if what in plain else self.legend("water_kind", what)
        for layer, names in (("role", ROLES), ("cell", CELLS), ("biome", BIOMES)):
            if what in names:
                return self.legend(layer, what)
        if what in self.layers and self.layers[what].shape == self.shape:
            return np.asarray(self.layers[what]) > 0
        if what in MASKS:
            return np.zeros(self.shape, bool)
        raise KeyError(f"no category is called {what!r}")

    def parts(self, what: What, minimum: float = SPECK, join: float = 0.0) -> list[Part]:
        """Return connected pieces (8 neighbours), the largest first.

        Parameters
        ----------
        what : str or bool array
            What the pieces are of.
        minimum : float
            Share of the map below which a piece is a speck and left out; rivers count from 3 cells on, roles from 1.
        join : float
            Pieces no more than so many metres apart count as one: for woods, whose canopy has gaps.
        """
        small = {"river": RIVER_CELLS, **dict.fromkeys(ROLES, 1)}.get(what) if isinstance(what, str) else None
        cells = small if small is not None else minimum * self._cells
        mask = self.mask(what)
        grown = self.distance_to(mask) <= join / 2 if join else mask
        labels, count = ndimage.label(grown, EIGHT)
        labels = labels * mask
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        keep = [n for n in np.argsort(-sizes[1:]) + 1 if sizes[n] >= max(cells, 1)]
        return [self._part(labels == n) for n in keep]

    def count(self, what: What, minimum: float = SPECK, join: float = 0.0) -> int:
        """Return how many connected pieces there are; see :meth:`parts`."""
        return len(self.parts(what, minimum, join))

    def islands(self, minimum: float = SPECK) -> list[Part]:
        """Pieces of land that touch no edge of the map."""
        return [part for part in self.parts("land", minimum) if not part.edges]

    def river_systems(self) -> int:
        """Rivers, counted as one where they meet or share a lake."""
        labels, count = ndimage.label(self.mask("river") | self.mask("lake"), EIGHT)
        return sum(self.mask("river")[labels == n].sum() >= RIVER_CELLS for n in range(1, count + 1))

    def share(self, what: What, of: What = "all") -> float:
        """Share of the cells of `of` that are `what`: ``share("forest", "dry")``."""
        whole = self.mask(of)
        return float((self.mask(what) & whole).sum() / max(whole.sum(), 1))

    def area(self, what: What) -> float:
        """Square metres."""
        return float(self.mask(what).sum()) * self.cell**2

    # ---------------------------------------------------------------- places

    def place(self, words: str, frame: What = "all") -> Bools:
        """Cells of a place, within the bounding box of `frame`.

        ``north`` and the like are halves; ``north third``, ``far north`` (a quarter); ``north-east`` a quadrant;
        ``centre`` the inner half each way; ``middle row`` and ``middle column`` thirds; ``edge`` the outer eighth.
        """
        x, y = self._fractions(frame)
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
        if words == "centre":
            return (abs(x - 0.5) <= 0.25) & (abs(y - 0.5) <= 0.25)
        if words == "edge":
            return inside & (np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) < 1 / 8)
        if words in {"middle row", "middle column"}:
            return inside & (abs((y if words.endswith("row") else x) - 0.5) <= 1 / 6)
        depth = 1 / 3 if words.endswith(" third") else 1 / 4 if words.startswith("far ") else 1 / 2
        found = inside
        for side in words.removesuffix(" third").removeprefix("far ").split("-"):
            found = found & ({"north": 1 - y, "south": y, "east": 1 - x, "west": x}[side] <= depth)
        return found

    def mostly(self, what: What, where: str, share: float = 0.6) -> bool:
        """At least `share` of it lies in that place of the map, or of the land (both are fair readings)."""
        mask = self.mask(what)
        return bool(mask.any()) and any(self.share(self.place(where, f), mask) >= share for f in ("all", "land"))

    def each_in(self, what: What | list[Part], where: str) -> bool:
        """Every piece has its centroid in that place of the map, or of the land; false when there is no piece."""
        parts = what if isinstance(what, list) else self.parts(what)
        frames = [self.place(where, frame) for frame in ("all", "land")]
        return bool(parts) and any(all(self._at(p.at, f) for p in parts) for f in frames)

    def inside(self, at: Point, where: str | Bools) -> bool:
        """Whether a point (such as a peak's) lies in a place of the map or of the land, or in a mask."""
        frames = [self.place(where, f) for f in ("all", "land")] if isinstance(where, str) else [where]
        return any(self._at(at, frame) for frame in frames)

    def centre(self, what: What) -> Point:
        """Centroid of all of it; (nan, nan) when there is none, so that every comparison fails."""
        mask = self.mask(what)
        if not mask.any():
            return Point(float("nan"), float("nan"))
        row, col = np.argwhere(mask).mean(0)
        return Point(float((col + 0.5) / self.shape[1]), float(1 - (row + 0.5) / self.shape[0]))

    def edges(self, what: What) -> set[str]:
        """Sides of the map that it touches."""
        return set(_edges(self.mask(what)))

    # ---------------------------------------------------------------- relations

    def distance_to(self, what: What) -> Floats:
        """Metres from every cell to the nearest cell of it; infinite where there is none."""
        mask = self.mask(what)
        if not mask.any():
            return np.full(self.shape, np.inf)
        return np.asarray(ndimage.distance_transform_edt(~mask)) * self.cell

    def gap(self, one: What, other: What) -> float:
        """Metres between the nearest cells of two things: about one cell when they touch."""
        mask = self.mask(one)
        return float(self.distance_to(other)[mask].min()) if mask.any() else float("inf")

    def near(self, one: What, other: What, metres: float | None = None) -> float:
        """Share of `one` within so many metres of `other` (a tenth of the map's longer side when not said)."""
        mask = self.mask(one)
        reach = 0.1 * max(self.extent) if metres is None else metres
        return float((self.distance_to(other)[mask] <= reach).mean()) if mask.any() else 0.0

    def ring(self, what: What, metres: float | None = None) -> Bools:
        """Return the ground around it, so many metres wide (2 % of the map when not said), without itself."""
        reach = max(0.02 * max(self.extent) if metres is None else metres, 1.5 * self.cell)
        away = self.distance_to(what)
        return (away > 0) & (away <= reach)

    def surrounded(self, what: What, by: What, metres: float | None = None) -> float:
        """Share of the ring around it that is `by`: 1 for a lake wholly inside a forest."""
        ring = self.ring(what, metres)
        return self.share(by, ring) if ring.any() else 0.0

    def all_round(self, what: What, by: What, metres: float | None = None) -> float:
        """Share of 16 directions from its centroid in which some `by` lies (within so many metres of it)."""
        mask = self.mask(by) & ~self.mask(what)
        if metres is not None:
            mask = mask & (self.distance_to(what) <= metres)
        centre = self.centre(what)
        if not mask.any() or np.isnan(centre.x):
            return 0.0
        x, y = self._fractions("all")
        angle = np.arctan2((y - centre.y) * self.extent[1], (x - centre.x) * self.extent[0])[mask]
        return len(np.unique(np.floor((angle + np.pi) / (2 * np.pi) * 16).clip(0, 15))) / 16

    def between(self, what: Point | What, one: Point | What, other: Point | What) -> bool:
        """Whether it lies on the way: 15 to 85 % along, and less than half the two places' distance aside."""
        places = [thing if isinstance(thing, Point) else self.centre(thing) for thing in (what, one, other)]
        at, start, end = (np.array([p.x * self.extent[0], p.y * self.extent[1]]) for p in places)
        way = end - start
        length = float(np.hypot(*way))
        along = float((at - start) @ way) / max(length, 1e-9) ** 2
        return length > 0 and 0.15 <= along <= 0.85 and float(np.hypot(*(at - start - along * way))) < length / 2

    def reaches(self, one: What, other: What, cells: float = 2.5) -> bool:
        """Touches it, or comes within a few cells: a river and its sea."""
        return self.gap(one, other) <= cells * self.cell

    def each_reaches(self, what: What, other: What, cells: float = 2.5) -> bool:
        """Every piece of it touches the other."""
        parts = self.parts(what)
        return bool(parts) and all(self.reaches(part.mask, other, cells) for part in parts)

    # ---------------------------------------------------------------- ground

    def peaks(self, minimum: float = 0.3, where: What = "all", metres: float = 3.0) -> list[Peak]:
        """Summits with at least `minimum` of the largest prominence, the most prominent first.

        The ground is averaged to at most 256 cells a side and smoothed by one per cent of the map, then flooded from
        the top down: where two summits' lands meet, the lower one's prominence is known. The highest one's is its
        height above the lowest land.

        Parameters
        ----------
        minimum : float
            Share of the largest prominence on the map that a summit needs.
        where : str or bool array
            Keep only the summits within it.
        metres : float
            No summit is less prominent than this: flat ground has none.
        """
        found = self._summits
        if not found:
            return []
        least = max(minimum * found[0].prominence, metres)
        inside = self.mask(where)
        return [peak for peak in found if peak.prominence >= least and self._at(peak.at, inside)]

    def summit(self) -> Point:
        """Return the place of the highest ground."""
        row, col = np.unravel_index(int(np.argmax(self.height)), self.shape)
        return Point((float(col) + 0.5) / self.shape[1], 1 - (float(row) + 0.5) / self.shape[0])

    def relief(self, where: What = "dry") -> float:
        """Metres between the 2nd and the 98th percentile of the ground there."""
        ground = self.height[self.mask(where)]
        return float(np.diff(np.percentile(ground, [2, 98]))[0]) if ground.size else 0.0

    def top(self, where: What = "dry") -> float:
        """Highest ground there, in metres above the datum."""
        return float(self.height[self.mask(where)].max(initial=-np.inf))

    def mean(self, layer: str, where: What = "dry") -> float:
        """Mean of a layer (height, slope, temperature, moisture...) there; nan when there is no such ground."""
        values = self.value(layer)[self.mask(where)]
        return float(np.nanmean(values)) if values.size else float("nan")

    def gentle(self, degrees: float = 8.0, where: What = "dry") -> float:
        """Share of the ground there that is no steeper than so many degrees."""
        return self.share(self.value("slope") <= degrees, where)

    def sunk(self, what: What, metres: float | None = None) -> float:
        """How much lower its ground lies than the ring around it (5 % of the map wide); negative for high ground."""
        ring = self.ring(what, 0.05 * max(self.extent) if metres is None else metres) & self.mask("land")
        mask = self.mask(what)
        return float(np.median(self.height[ring]) - np.median(self.height[mask])) if mask.any() and ring.any() else 0.0

    def hollows(self, metres: float = 2.0) -> list[Part]:
        """Return closed hollows in the ground, water taken out: where a lake could stand."""
        step, ground = self._coarse
        deep = _filled(ground) - ground > max(metres, 0.01 * np.ptp(ground))
        return self.parts(np.kron(deep, np.ones((step, step), bool))[: self.shape[0], : self.shape[1]])

    def craters(self) -> list[Part]:
        """Hollows whose rim stands above the country around: volcanoes' craters, not lakes in a plain.

        The lowest ground in the ring right around the hollow is about its rim; two to three radii out, most of the
        ground must lie lower than that.
        """
        found = []
        for part in self.hollows():
            radius = float(np.sqrt(part.mask.sum() / np.pi)) * self.cell
            away = self.distance_to(part.mask)
            rim = float(np.percentile(self.height[(away > 0) & (away <= 0.3 * radius + 2 * self.cell)], 10))
            outer = self.height[(away > 2 * radius) & (away <= 3 * radius)]
            if outer.size and not part.edges and float((outer < rim).mean()) >= 0.7:
                found.append(part)
        return found

    def flat_tops(self, degrees: float = 12.0, minimum: float = 0.003) -> list[Part]:
        """Gentle ground that stands above its surroundings on nearly all sides: plateaus and mesas."""
        smooth = ndimage.gaussian_filter(self.height, 1.5)
        rise, run = np.gradient(smooth, self.cell)
        gentle = ndimage.binary_opening(np.hypot(rise, run) <= np.tan(np.radians(degrees)), EIGHT, 2)
        drop = max(3.0, 0.12 * self.relief("land"))
        return [part for part in self.parts(gentle & self.mask("land"), minimum) if self._stands_out(part, drop)]

    def levels(self, minimum: float = 0.02) -> int:
        """Return how many separate heights hold flat land (at most 6 degrees), each at least `minimum` of the land."""
        land = self.mask("dry")
        ground = self.height[land & (self.value("slope") <= 6)]
        if ground.size == 0:
            return 0
        low, high = float(self.height[land].min()), float(self.height[land].max())
        bins = np.histogram(ground, 120, (low, max(high, low + 1e-3)))[0]
        busy = ndimage.gaussian_filter1d(bins.astype(float), 0.7) > 0.15 * minimum * land.sum()
        labels, count = ndimage.label(busy)
        return sum(bins[labels == n].sum() >= minimum * land.sum() for n in range(1, count + 1))

    def trend(self, what: What | Floats, toward: str, where: What = "dry") -> float:
        """How steadily a share (or a float array's mean) grows in a direction: rank correlation, -1 to 1.

        Eight bands of equal area are compared; `toward` is a side of the map, or ``up`` for higher ground.
        """
        values = self.mask(what) if isinstance(what, str) else what
        x, y = self._fractions("all")
        key = {"north": y, "south": -y, "east": x, "west": -x, "up": self.height}[toward]
        inside = self.mask(where)
        order = np.argsort(key[inside], kind="stable")
        bands = np.array([float(band.mean()) for band in np.array_split(values[inside][order], 8)])
        if np.ptp(bands) == 0:
            return 0.0
        return float(np.corrcoef(np.arange(8), bands.argsort().argsort())[0, 1])

    def changed(self, layer: str = "height", where: What = "all", tolerance: float = 0.1) -> float:
        """Share of the cells there at which a layer differs from the map before."""
        mine, old = (np.nan_to_num(np.asarray(m.layers[layer], np.float64)) for m in (self, self.before))
        return self.share(abs(mine - old) > tolerance, where)

    # ---------------------------------------------------------------- things that stand on it

    def things(self, kind: str, species: str | None = None, where: What = "all") -> Floats:
        """Instances (n, 5) of a kind (tree, rock, grass, prop...): x, y, z in metres, yaw in degrees, scale."""
        return self._things(kind, species, where)[0]

    def number(self, kind: str, species: str | None = None, where: What = "all") -> int:
        """Return how many instances of a kind and species stand there."""
        return len(self.things(kind, species, where))

    def mix(self, kind: str, species: str, where: What = "all") -> float:
        """Share of the instances of a kind there that are of the species; 0 when there are none."""
        return self.number(kind, species, where) / max(self.number(kind, None, where), 1)

    def sizes(self, kind: str, species: str | None = None, where: What = "all") -> Floats:
        """Length, width and height (n, 3) of the instances in metres."""
        return self._things(kind, species, where)[1]

    def density(self, kind: str, where: What = "dry", species: str | None = None) -> float:
        """Instances a hectare."""
        return self.number(kind, species, where) / max(self.area(where) / 10_000, 1e-9)

    # ---------------------------------------------------------------- dungeons

    @cached_property
    def rooms(self) -> list[Room]:
        """Rooms, the largest first."""
        numbers = np.asarray(self.layers.get("room", np.zeros(self.shape, int)))
        found = []
        for number in np.unique(numbers[numbers > 0]):
            mask = numbers == number
            roles = frozenset(role for role in ROLES if (self.mask(role) & mask).any())
            found.append(Room(int(number), self.area(mask), self.centre(mask), roles, mask))
        return sorted(found, key=lambda room: -room.area_m2)

    def rooms_with(self, role: str) -> list[Room]:
        """Rooms in which a role lies: ``boss``, ``treasure``, ``key``..."""
        return [room for room in self.rooms if role in room.roles]

    @cached_property
    def walkable(self) -> Bools:
        """Cells one can stand on."""
        return np.asarray(np.logical_or.reduce([self.mask(name) for name in WALKABLE]), bool)

    def reach(self, start: What, without: What | None = None) -> Bools:
        """Cells one can walk to (4 neighbours) from `start`, never stepping on `without` (``"lock"``)."""
        free = self.walkable if without is None else self.walkable & ~self.mask(without)
        labels, _ = ndimage.label(free)
        return np.isin(labels, np.setdiff1d(labels[self.mask(start) & free], [0]))

    def reachable(self, what: What, start: What = "entrance", without: What | None = None) -> bool:
        """All of it can be walked to from the start (a room if no role says where one starts)."""
        source = self.mask(start) if self.mask(start).any() else self.mask("room")
        goal = self.mask(what) & self.walkable
        return bool(goal.any() and (self.reach(source, without) | ~goal).all())

    def walk(self, start: What, goal: What) -> float:
        """Metres of the shortest walk between two things; infinite where there is none."""
        step = max(1, round(max(self.shape) / COARSE))
        free, source, target = (_shrunk(self.mask(w), step) for w in (self.walkable, start, goal))
        front, steps = source & free, 0
        seen = front.copy()
        while front.any():
            if (seen & target).any():
                return steps * step * self.cell
            front = ndimage.binary_dilation(front) & free & ~seen
            seen |= front
            steps += 1
        return float("inf")

    @cached_property
    def links(self) -> dict[int, set[int]]:
        """For each room's number, the rooms that share a stretch of corridor or a door with it."""
        numbers = np.asarray(self.layers.get("room", np.zeros(self.shape, int)))
        labels, _ = ndimage.label(self.walkable & (numbers == 0))
        joined: dict[int, set[int]] = {room.number: set() for room in self.rooms}
        for room in self.rooms:
            halls = np.setdiff1d(labels[ndimage.binary_dilation(room.mask)], [0])
            touched = ndimage.binary_dilation(np.isin(labels, halls)) if halls.size else room.mask
            joined[room.number] = set(map(int, np.unique(numbers[touched]))) - {0, room.number}
        return joined

    def dead_ends(self) -> int:
        """Rooms joined to one other room at most."""
        return sum(len(others) <= 1 for others in self.links.values())

    # ---------------------------------------------------------------- what the program itself said

    @property
    def status(self) -> str:
        """Return ``done`` or ``best_effort``, as reported."""
        return str(self.report["status"])

    @property
    def doubts(self) -> list[str]:
        """What the report itself calls missed, not understood, not made or contradictory."""
        missed = [f"missed: {check['quote']}" for check in self.report["checks"] if not check["passed"]]
        lists = ("not_understood", "not_measurable", "contradictions")
        return missed + [f"{name.replace('_', ' ')}: {said}" for name in lists for said in self.report.get(name, [])]

    def told(self, *words: str) -> bool:
        """Whether the report names one of these words among its doubts, interpretations or mere atmosphere."""
        more = [str(said) for name in ("interpretations", "atmosphere") for said in self.report.get(name, [])]
        return any(word.lower() in line.lower() for word in words for line in self.doubts + more)

    # ---------------------------------------------------------------- inside

    @property
    def _cells(self) -> int:
        return self.shape[0] * self.shape[1]

    def _fractions(self, frame: What) -> tuple[Floats, Floats]:
        """X and y (rows, cols) of every cell as fractions of the frame's bounding box."""
        mask = self.mask(frame)
        mask = mask if mask.any() else self.mask("all")
        rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        x = (np.arange(self.shape[1]) + 0.5 - cols[0]) / (cols[-1] + 1 - cols[0])
        y = 1 - (np.arange(self.shape[0]) + 0.5 - rows[0]) / (rows[-1] + 1 - rows[0])
        return np.broadcast_to(x, self.shape), np.broadcast_to(y[:, None], self.shape)

    def _at(self, at: Point, mask: Bools) -> bool:
        row = min(int((1 - at.y) * self.shape[0]), self.shape[0] - 1)
        return bool(mask[row, min(int(at.x * self.shape[1]), self.shape[1] - 1)])

    def _part(self, mask: Bools) -> Part:
        return Part(mask, float(mask.sum() / self._cells), self.centre(mask), _edges(mask))

    def _things(self, kind: str, species: str | None, where: What) -> tuple[Floats, Floats]:
        table = np.asarray(self.layers.get(f"instances_{kind}", np.zeros((0, 5))), np.float64).reshape(-1, 5)
        sizes = np.asarray(self.layers.get(f"instances_{kind}_size", np.zeros((len(table), 3))), np.float64)
        col = ((table[:, 0] - self.origin[0]) / self.cell).astype(int).clip(0, self.shape[1] - 1)
        row = self.shape[0] - 1 - ((table[:, 1] - self.origin[1]) / self.cell).astype(int).clip(0, self.shape[0] - 1)
        keep = self.mask(where)[row, col]
        if species is not None and len(table):
            names = self.about["instances"][kind]["species"]
            wanted = names.index(species) if species in names else -1
            keep = keep & (np.asarray(self.layers[f"instances_{kind}_species"]) == wanted)
        return table[keep], sizes[keep]

    @cached_property
    def _coarse(self) -> tuple[int, Floats]:
        """Cells a side of a block, and the mean ground of each block; what does not fill one repeats the last row."""
        step = max(1, -(-max(self.shape) // COARSE))
        pad = [(0, -side % step) for side in self.shape]
        full = np.pad(self.height, pad, mode="edge")
        return step, full.reshape(full.shape[0] // step, step, full.shape[1] // step, step).mean((1, 3))

    @cached_property
    def _summits(self) -> list[Peak]:
        step, ground = self._coarse
        smooth = ndimage.gaussian_filter(ground, 0.01 * max(ground.shape))
        land = self.height[self.mask("land")]
        found = [
            Peak(
                Point(min((c + 0.5) * step / self.shape[1], 1.0), max(1 - (r + 0.5) * step / self.shape[0], 0.0)),
                float(smooth[r, c]),
                prominence,
            )
            for r, c, prominence in _prominences(smooth, float(land.min()) if land.size else 0.0)
        ]
        return sorted(found, key=lambda peak: -peak.prominence)

    def _stands_out(self, part: Part, drop: float) -> bool:
        """Whether, a little way out, most of the ground is lower than nearly all of this part."""
        low = float(np.percentile(self.height[part.mask], 25))
        away = self.distance_to(part.mask)
        radius = float(np.sqrt(part.mask.sum() / np.pi)) * self.cell
        far = min(0.6 * radius + 4 * self.cell, 0.1 * max(self.extent))
        ring = (away > 0.6 * far) & (away <= 1.2 * far)
        return bool(ring.any()) and float((self.height[ring] < low - drop).mean()) >= 0.75


def _edges(mask: Bools) -> frozenset[str]:
    lines = {"north": mask[0], "south": mask[-1], "east": mask[:, -1], "west": mask[:, 0]}
    return frozenset(side for side, line in lines.items() if line.any())


def _shrunk(mask: Bools, step: int) -> Bools:
    """Blocks of step x step cells of which any is set."""
    full = np.pad(mask, [(0, -side % step) for side in mask.shape])
    return np.asarray(full.reshape(full.shape[0] // step, step, full.shape[1] // step, step).any((1, 3)))


def _prominences(ground: Floats, base: float) -> list[tuple[int, int, float]]:
    """Row, column and prominence of every local maximum, by flooding from the top (union-find over sorted cells)."""
    rows, cols = ground.shape
    flat = ground.ravel()
    parent = np.full(flat.size, -1, np.int64).tolist()
    top: dict[int, int] = {}
    found: list[tuple[int, int, float]] = []

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for cell in np.argsort(-flat, kind="stable").tolist():
        row, col = divmod(cell, cols)
        around = {
            root(r * cols + c)
            for r in range(max(row - 1, 0), min(row + 2, rows))
            for c in range(max(col - 1, 0), min(col + 2, cols))
            if parent[r * cols + c] >= 0
        }
        parent[cell] = cell
        if not around:
            top[cell] = cell
            continue
        best, *rest = sorted(around, key=lambda r: -flat[top[r]])
        parent[cell] = best
        for lower in rest:
            parent[lower] = best
            peak = top.pop(lower)
            found.append((*divmod(peak, cols), float(flat[peak] - max(flat[cell], base))))
    found += [(*divmod(peak, cols), float(flat[peak] - base)) for peak in top.values()]
    return [(r, c, prominence) for r, c, prominence in found if prominence > 0]


def _filled(ground: Floats) -> Floats:
    """Return the ground with every closed hollow filled to its lowest pass (priority flood, Barnes et al. 2014)."""
    rows, cols = ground.shape
    full = ground.copy()
    seen = np.zeros(ground.shape, bool)
    seen[0], seen[-1], seen[:, 0], seen[:, -1] = True, True, True, True
    front = [(float(full[r, c]), int(r), int(c)) for r, c in np.argwhere(seen)]
    heapq.heapify(front)
    while front:
        level, row, col = heapq.heappop(front)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(col - 1, 0), min(col + 2, cols)):
                if not seen[r, c]:
                    seen[r, c] = True
                    full[r, c] = max(full[r, c], level)
                    heapq.heappush(front, (float(full[r, c]), r, c))
    return full


# -------------------------------------------------------------------- cases

Check: TypeAlias = tuple[str, Callable[[Map], Any]]
"""What must hold, in plain words, and the test of it."""
Expect = Literal["done", "refuse", "best_effort", "honest"]


@dataclass(frozen=True)
class Stage:
    """One sentence of a case: what is typed, what must hold afterwards, and how the program should end."""

    text: str
    checks: tuple[Check, ...]
    expect: Expect


@dataclass(frozen=True)
class Case:
    """A chain of sentences: the first makes a map, each further one edits it.

    `expect` of a stage says which end is right: ``done`` (exit 0, all checks hold), ``refuse`` (exit 2, nothing
    written), ``best_effort`` (exit 3: it contradicts itself or names what cannot be made, so exit 0 would be false),
    or ``honest`` (exit 0 with all checks holding, or exit 3: both are fair).
    """

    name: str
    kind: str
    stages: tuple[Stage, ...] = field(default=())

    def then(self, text: str, *checks: Check, expect: Expect = "done") -> Case:
        """Return the case with one more sentence, an edit of the map so far."""
        return Case(self.name, self.kind, (*self.stages, Stage(text, checks, expect)))


def case(name: str, kind: str, text: str, *checks: Check, expect: Expect = "done") -> Case:
    """Write a case down: a short unique name, its kind, what is typed, and (label, test) pairs."""
    return Case(name, kind).then(text, *checks, expect=expect)
