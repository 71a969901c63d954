"""What some words mean where the map is all rooms: a lake in a cave is a pool, a path in a maze is a passage."""

from __future__ import annotations

import re
from dataclasses import replace

from ...generator import load_generators
from ..words.building import MAZES
from ..words.demand import Amount, Demand, Link, Reading
from ..words.meaning import stage_of

_CAVES = ("cave",)
_POOLS = ("lake", "water")
_WAYS = ("road",)
_WITHIN = ("in", "on", "surrounded", "middle", "through")
_LOCKABLE = ("boss", "treasure", "exit", "spawn")
_DUG = ("room", "corridor", "cave pool", "dead end", "loop")
"""What a cave that is dug to an exact share does not make, or makes otherwise."""


_ROOMS = frozenset({"dungeon", "room", "corridor", "storey", "dead end", "loop"})
"""What plain rooms and corridors are made with; a cave and a maze have other ways."""
_SPECIAL = re.compile(r"\b(?:burial|tomb) chamber", re.I)
"""Rooms that are some of all: a tomb has more rooms than its burial chambers."""
_TWO_ROWS = "in two rows"
_ROWS_OF = re.compile(r"\btwo (?:long )?rows of\b", re.I)
_EACH_SIDE = re.compile(r"\b(?:each|either|every) side\b", re.I)
"""Words by which the rooms of one side of a corridor are counted."""


def indoors(reading: Reading) -> Reading:
    """Return the reading with such demands turned, where it asks for an interior and for nothing of a landscape."""
    wanted = [d for d in reading.demands if not d.absent]
    _locked(reading)
    _outside_in(reading)
    _of_hedges(reading)
    for demand in wanted:
        if demand.feature == "room" and demand.count is not None and _SPECIAL.search(reading.quoted(demand)):
            demand.count = replace(demand.count, bound="at_least", high=demand.count.aim)
    inside = {d.feature for d in wanted if stage_of(d.feature) == "interior"}
    others = {d.feature for d in wanted if stage_of(d.feature) not in ("interior", "role", "props")}
    if inside <= _ROOMS and not others:
        _along_a_corridor(reading)
    if not inside or others - {*_POOLS, *_WAYS} or not inside & _hosts():
        return reading
    for demand in reading.demands:
        if demand.feature in _POOLS and inside & {*_CAVES} and not _beside_the_cave(reading):
            _pooled(demand)
        elif demand.feature in _WAYS:
            demand.feature = "corridor"
            demand.places = [p for p in demand.places if not _shared(p.name, demand, reading)]
        if demand.feature in _hosts():  # "a cave of chambers joined by tunnels": the chambers are
            demand.links = [ln for ln in demand.links if ln.kind != "joined_by"]
    _opened(reading)
    _branching(reading)
    return reading


def _along_a_corridor(reading: Reading) -> None:
    """Read "ten cells along a corridor" and "a corridor with six rooms on each side" as two rows on a straight one."""
    halls = [d for d in reading.demands if d.feature == "corridor" and not (d.absent or d.several)]
    for rooms in (d for d in reading.demands if halls and d.feature == "room" and d.several and not d.absent):
        told: list[Link] = []
        for one in (rooms, *(d for d in reading.demands if d.feature == "dungeon")):
            beside = [ln for ln in one.links if ln.kind in ("along", "both_sides") and ln.target == "corridor"]
            one.links = [ln for ln in one.links if ln not in beside]
            told += beside
        rooms.choices += [_TWO_ROWS] if told and _TWO_ROWS not in rooms.choices else []
        count = rooms.count
        if told and count is not None and count.said and _EACH_SIDE.search(reading.quoted(rooms)):
            rooms.count = replace(count, low=2 * count.low, high=2 * count.high, aim=2 * count.aim)
        if told and _ROWS_OF.search(reading.quoted(rooms)):  # they are rows of the rooms, and not two rooms
            rooms.count, rooms.choices = None, [_TWO_ROWS]
        if _TWO_ROWS in rooms.choices:
            for hall in halls:
                hall.choices = [c for c in hall.choices if c not in ("straight", "long")]
                hall.adjectives = [a for a in hall.adjectives if a not in ("straight", "long")]


def _outside_in(reading: Reading) -> None:
    """Let "one entrance and a fountain in the centre" of a maze put the fountain there: its ways in are at its rim."""
    mazes = any(d.feature in MAZES and not d.absent for d in reading.demands)
    for way in (d for d in reading.demands if mazes and d.feature in ("entrance", "exit")):
        way.places = [p for p in way.places if p.name != "centre" or not _shared(p.name, way, reading)]


def _of_hedges(reading: Reading) -> None:
    """Read "a maze of hedges" as a hedge maze, which is what shows it."""
    for maze in (d for d in reading.demands if d.feature == "maze" and "hedge" in d.choices):
        maze.feature, maze.choices = "hedge maze", [c for c in maze.choices if c != "hedge"]


def _hosts() -> frozenset[str]:
    """Features that are an interior as a whole."""
    makers = (g for g in load_generators().values() if g.stage == "interior")
    return frozenset(f.name for g in makers for f in g.features if f.count_by == "none" and f.layer)


def _beside_the_cave(reading: Reading) -> bool:
    """Whether the cave lies by the lake, and not the lake in the cave."""
    caves = (d for d in reading.demands if d.feature in _CAVES)
    return any(ln.target in _POOLS and ln.kind not in _WITHIN for d in caves for ln in d.links)


def _pooled(demand: Demand) -> None:
    """Ask for water on the ground of a cave."""
    still = demand.feature == "lake"
    demand.feature = "cave pool"
    demand.links = [ln for ln in demand.links if not (ln.target in _CAVES and ln.kind in _WITHIN)]
    if demand.share is not None and demand.share.said:
        demand.of = "cave"
    else:
        demand.share = None
    if demand.count is None and demand.share is None and not demand.absent:
        demand.count = Amount.exactly(1) if still and not demand.plural else Amount("at_least", 1, 1, 2, said=False)


def _shared(place: str, demand: Demand, reading: Reading) -> bool:
    """Whether a place belongs to the noun after "and": "wide paths and a treasure in the centre"."""
    return any(p.name == place for d in reading.demands if d is not demand for p in d.places)


def _opened(reading: Reading) -> None:
    """Read "a cave with half open floor" as so much of the map dug out, which walkers do to an exact share."""
    open_floor = next((d for d in reading.demands if _is_open_floor(d, reading)), None)
    cave = next((d for d in reading.demands if d.feature == "cave"), None)
    if open_floor is None or cave is None or open_floor.share is None:
        return
    others = {d.feature for d in reading.demands if d is not open_floor} & {*_DUG}
    cave.share, cave.of = open_floor.share, "map"
    cave.widen(*open_floor.quote)
    if open_floor is not cave:
        reading.demands.remove(open_floor)
    if not others:
        cave.feature = "burrow"
        reading.atmosphere[:] = [word for word in reading.atmosphere if word != "open"]
        reading.interpretations.append(f"read '{reading.quoted(cave)}' as so much of the map being floor")
    else:
        reading.not_understood.append(reading.quoted(cave))


def _branching(reading: Reading) -> None:
    """Let walkers dig a cave that is asked to have dead ends: between chambers there are none."""
    asked = {d.feature for d in reading.demands if not d.absent}
    for cave in reading.demands:
        if cave.feature == "cave" and "dead end" in asked and not asked & {"room", "corridor", "cave pool"}:
            cave.feature = "burrow"


def _is_open_floor(demand: Demand, reading: Reading) -> bool:
    """Whether a demand is for a share of floor, or of a cave that is open."""
    share = demand.share
    if share is None or not share.said or demand.absent:
        return False
    dug = demand.feature == "cave" and (demand.of == "storey" or "open" in reading.atmosphere)
    return demand.feature == "storey" or dug


def _locked(reading: Reading) -> None:
    """Read "a locked boss room" and "the treasure room is locked" as behind a locked door."""
    locks = [d for d in reading.demands if d.feature == "lock" and not d.absent]
    for role in (d for d in reading.demands if d.feature in _LOCKABLE and not d.absent):
        for lock in locks:
            told = reading.quoted(lock).lower().startswith("locked")
            meets = lock.quote[0] < role.quote[1] and role.quote[0] < lock.quote[1]
            if told and meets and not any(ln.kind == "behind_lock" for ln in role.links):
                role.links.append(Link("behind_lock", ""))
                role.widen(*lock.quote)
