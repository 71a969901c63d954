"""The plan of an interior: its rooms, what they are told, and the roles in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ...generator import get_generator
from ...params import Parameter, parameters
from ...recipe import Step
from ...region import EVERYWHERE, Compass
from ..briefs.writing import OWN_METRIC
from ..reader.cursor import COMPASS, SIDES, opposite
from ..words.building import bonds
from ..words.demand import EACH_ROOM, EACH_STOREY, Demand
from ..words.meaning import bounded, maker, parameter, stage_of
from .valuing import Valuing

INDOORS = ("interior", "role")
"""Stages of what lies inside."""

_HOST_PURPOSES = {"rooms": "rooms joined by corridors", "maze": "the maze", "cave_cells": "the cave"}

_ROOMS = ("count", "room")
"""Aspect and feature of the parameter that says how many rooms an interior has."""
_ROLES = ("exit", "boss", "treasure", "spawn", "key")
"""Roles that take up rooms besides the entrance's."""


_MIDDLE = Compass(place="centre", depth=0.04, feather=0.02)
"""Where a thing stands in the room in the middle of a maze."""
_SINGLE = re.compile(r"\b(?:one|1|single|only)\b", re.I)
"""Words by which there is one entrance and no other way."""


def _param(generator: str, name: str) -> Parameter:
    return next(p for p in parameters(get_generator(generator).params) if p.name == name)


def host_of(wanted: Iterable[Demand]) -> str:
    """Return the generator that makes the rooms: the first that is asked for by name, else `rooms`."""
    makers = [maker(d.feature) for d in wanted]
    return next((m.name for m in makers if m.stage == "interior" and m.name != "rooms"), "rooms")


class IndoorPlan(Valuing):
    """Chooses the steps of an interior."""

    def _demand(self, demand: Demand) -> None:
        raise NotImplementedError

    def interior(self) -> list[Step]:
        """Return the steps of a map that is all rooms."""
        host = host_of(self.wanted)
        self._add(host, host, {}, purpose=_HOST_PURPOSES.get(host, "an interior"))
        for demand in self.wanted:
            if maker(demand.feature).name == "rooms" and host != "rooms":
                self.steps[host] = self.steps[host].changed(**self._hosted(demand, host))
            elif stage_of(demand.feature) in (*INDOORS, "props"):
                self._demand(demand)
        self._over_storeys(host)
        self._room_for_roles(host)
        if not any(s.generator == "roles" for s in self.steps.values()):
            self._add("roles", "roles", {}, purpose="an entrance, an exit and what lies between")
        self._silence_roles()
        self._torches()
        self._only_entrance()
        self._open_rooms()
        self._maze_gates()
        self._bound_rooms(host)
        return list(self.steps.values())

    def _bound_rooms(self, host: str) -> None:
        """Tell how roles lie to each other, in rooms with no ways around where one is behind another."""
        told = bonds(self.wanted)
        if told and "roles" in self.steps:
            self.steps["roles"] = self.steps["roles"].changed(bonds=told)
            if host == "rooms" and any(" behind " in one or " ending " in one for one in told):
                self.steps["rooms"] = self.steps["rooms"].changed(loops=0)
        if self.reading.lattice is not None and host == "maze":
            self.steps["maze"] = self.steps["maze"].changed(cells=max(self.reading.lattice))

    def _hosted(self, demand: Demand, host: str) -> dict[str, Any]:
        """Return what is asked of rooms, corridors and ways in an interior that is not made of plain rooms."""
        values: dict[str, Any] = {}
        for one in parameters(get_generator(host).params):
            if one.feature != demand.feature:
                continue
            many = self._how_many(demand) if one.aspect == OWN_METRIC.get(demand.feature, "count") else None
            told = [one.adjectives[w] for w in demand.adjectives if w in one.adjectives]
            told += [amount.aim for aspect, amount in demand.dimensions if aspect == one.aspect]
            told += [many] if many is not None else []
            if told:
                values[one.name] = bounded(one, told[-1])
        return values

    def _over_storeys(self, host: str) -> None:
        """Share rooms out over the storeys, the roles' rooms on the ground floor; or put so many on each."""
        rooms = next((d for d in self.wanted if d.feature == "room" and d.count is not None), None)
        if "floors" not in self.steps or host not in self.steps or rooms is None:
            return
        one = next((p for p in parameters(get_generator(host).params) if (p.aspect, p.feature) == _ROOMS), None)
        if one is None:
            return
        told = round(self._how_many(rooms) or 1)
        others = self.steps["floors"].parsed().model_dump()["storeys"] - 1
        if EACH_STOREY not in rooms.links:
            taken = 1 + sum(round(self._how_many(d) or 1) for d in self.wanted if d.feature in _ROLES)
            upper = max(1, min(told // (others + 1), (told - taken) // others))
            self._set("floors", _param("floors", "room_count"), upper)
            self._set(host, one, max(1, told - others * upper))
            return
        self._set("floors", _param("floors", "room_count"), told)
        self._set(host, one, told)

    def _room_for_roles(self, host: str) -> None:
        """Give an interior that is not made of plain rooms as many as its roles take up."""
        one = next((p for p in parameters(get_generator(host).params) if (p.aspect, p.feature) == _ROOMS), None)
        taken = sum(self._how_many(d) or 1 for d in self.wanted if d.feature in _ROLES)
        if host == "maze":  # its first two rooms are the entrance and the exit
            taken = sum(self._how_many(d) or 1 for d in self.wanted if d.feature in ("boss", "treasure", "spawn"))
            if taken and one is not None and one.name not in self.steps[host].params:
                self._set(host, one, taken + 2)
            held = [d for d in self.wanted if d.feature in ("boss", "treasure", "spawn") and d.places]
            sides = [p.name for d in held for p in d.places[:1] for _ in range(round(self._how_many(d) or 1))]
            if sides and all(side in (*COMPASS, "centre") for side in sides):
                self.steps[host] = self.steps[host].changed(room_sides=sides)
            return
        told = self.steps[host].params
        if one is not None and host != "rooms" and taken and one.name not in told:
            self._set(host, one, max(float(one.default), taken + 3))

    def _maze_gates(self) -> None:
        """Open a maze's outer wall on the sides that its entrance and its exit were asked for."""
        if "maze" not in self.steps:
            return
        told = {d.feature: p.name for d in self.wanted if d.feature in ("entrance", "exit") for p in d.places}
        sides = {name: side for name, side in told.items() if side in SIDES}
        for name, other in (("entrance", "exit"), ("exit", "entrance")):
            if name in sides and other not in sides:
                sides[other] = opposite(sides[name])
        if sides:
            self.steps["maze"] = self.steps["maze"].changed(**{f"{name}_side": side for name, side in sides.items()})

    def _open_rooms(self) -> None:
        """Give rooms more ways to go where dead ends are unwanted."""
        if "dead end" in self.unwanted and "maze" in self.steps:
            self.steps["maze"] = self.steps["maze"].changed(dead_ends=0)
        elif "dead end" in self.unwanted and "rooms" in self.steps:
            self.steps["rooms"] = self.steps["rooms"].changed(loops=0.5, dead_ends=0)

    def _torches(self) -> None:
        """Hang so many torches in every room, or those that are said to be in the corridors there."""
        for torch in (d for d in self.wanted if d.feature == "torch" and "lights" in self.steps):
            held = {"corridor": "corridors", "room": "rooms"}
            place = next((held[ln.target] for ln in torch.links if ln.kind == "in" and ln.target in held), "")
            self.steps["lights"] = self.steps["lights"].changed(**({"place": place} if place else {}))
        for demand in (d for d in self.wanted if EACH_ROOM in d.links and "lights" in self.steps):
            params = {k: v for k, v in self.steps["lights"].params.items() if k != "count"}
            told = {**params, "per_room": round(self._how_many(demand) or 1)}
            self.steps["lights"] = self.steps["lights"].model_copy(update={"params": told})

    def _only_entrance(self) -> None:
        """Leave a maze of which one entrance was said, or no exit, without a way out."""
        maze = self.steps.get("maze")
        ways = {d.feature: d for d in self.wanted if d.feature in ("entrance", "exit")}
        entrance = ways.get("entrance")
        single = entrance is not None and bool(_SINGLE.search(self.reading.quoted(entrance))) and "exit" not in ways
        if maze is None or not maze.parsed().model_dump()["openings"] or not (single or "exit" in self.unwanted):
            return
        rooms = maze.parsed().model_dump()["room_count"]
        self.steps["maze"] = maze.changed(way_out=False, room_count=max(1, rooms - 1))

    def _middle_court(self) -> None:
        """Leave a room in the middle of a maze for what is to stand there."""
        maze = self.steps.get("maze")
        stands = [d for d in self.wanted if maker(d.feature).name == "landmarks"]
        held = any(p.name == "centre" for d in stands for p in d.places)
        if maze is None or maze.where != EVERYWHERE or not held:
            return
        rooms = maze.parsed().model_dump()["room_count"]
        self.steps["maze"] = maze.changed(room_count=rooms + 1, room_sides=("centre",), room_m=10, doors=False)
        for name, step in self.steps.items():
            if step.generator == "landmarks" and getattr(step.where, "place", "") == "centre":
                self.steps[name] = step.model_copy(update={"where": _MIDDLE})

    def _silence_roles(self) -> None:
        """Turn off what the roles step would add although it is unwanted."""
        if "entrance" in self.unwanted and "maze" in self.steps:
            self.steps["maze"] = self.steps["maze"].changed(openings=False)
        for feature in self.unwanted:
            if stage_of(feature) not in INDOORS:
                continue
            counting = parameter(feature, OWN_METRIC.get(feature, "count"))
            step_id = maker(feature).name
            if counting is not None and step_id in self.steps:
                self._set(step_id, counting, 0)
