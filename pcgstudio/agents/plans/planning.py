"""From demands to a recipe: the built-in actor's plan."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from ...errors import InputError
from ...generator import STAGES, get_generator, load_features
from ...params import parameters
from ...recipe import Recipe, Step, explain
from ...region import EVERYWHERE, Compass, Of, Region
from ..reader.climes import gradient
from ..reader.coasts import off_coast
from ..reader.cursor import COMPASS, SIDES, brink_of, opposite
from ..words.building import AFLOAT, MAZES, lattice_extent
from ..words.demand import Amount, Demand, Reading
from ..words.lexicon import lexicon
from ..words.meaning import bounded, described, is_water, maker, option_of, parameter, stage_of
from ..words.tipping import pointed_to
from .indoor_plan import INDOORS, host_of
from .settling import Settling

DEFAULT_EXTENT_M = 1024.0
DEFAULT_RESOLUTION = 512
ROOM_PITCH_M = 17.0
"""Side of the square that a room and its share of corridors take up in a dungeon of medium rooms."""

_WIDEST = {"round": 0.55, "oval": 0.42, "long": 0.22, "crescent": 0.28}
"""Largest share of a map that islands of an outline can take."""

_PITCHES_M = {"cave_cells": 28.0}
"""The same for the chambers of other interiors."""
_WOODED = ("rainforest", "taiga")
_CELL_PITCH_M = 8.0
"""Room that the smallest rooms take up along a corridor, walls and all."""
_NEIGHBOURS = {"mountains": "peaks", "hills": "count", "plateau": "count"}
"""Landforms that a volcano shares its ground with, and the parameter that counts them."""
_VOLCANO_SLOPE = 0.7
"""Height over radius of a volcano that has little room."""
_NATURE = ("forest", "tree", "conifer", "broadleaf", "palm", "dead tree", "shrub", "acacia", "oak", "birch", "pine")


def choose_extent(reading: Reading, asked: tuple[float, float] | None) -> tuple[float, float]:
    """Return the size of the map [m]: as said, or one in which what is asked for looks right."""
    if asked or reading.extent_m:
        return asked or reading.extent_m or (DEFAULT_EXTENT_M, DEFAULT_EXTENT_M)
    if (cells := lattice_extent(reading)) is not None:
        return cells
    if _indoors(reading.demands):
        rooms = max((d.count.aim for d in reading.demands if d.feature == "room" and d.count), default=9)
        if mazes := [d for d in reading.demands if d.feature in MAZES and not d.absent]:
            sizes = {"tiny": 32.0, "small": 48.0, "large": 96.0, "big": 96.0, "huge": 144.0, "vast": 144.0}
            told = next((sizes[w] for w in mazes[0].adjectives if w in sizes), 64.0)
            wide = [a.aim for aspect, a in mazes[0].dimensions if aspect in ("width", "length", "")]
            if wide:
                return wide[0] + 2.0, wide[0] + 2.0  # rock a metre wide is left around its outer wall
            side = max(told, math.ceil(math.sqrt(rooms) * ROOM_PITCH_M / 16) * 16.0)
            return side, side
        rooms = max([rooms, *_rooms_told(reading.demands)])
        pitch = _PITCHES_M.get(host_of([d for d in reading.demands if not d.absent]), ROOM_PITCH_M)
        hall = any(option_of(d, "layout") == "corridor" for d in reading.demands)  # half the rooms side by side
        length = _CELL_PITCH_M * (math.ceil(rooms / 2) + 1) if hall else math.sqrt(rooms) * pitch
        side = math.ceil(max(length, 48) / 16) * 16.0
        return side, side
    widest = max((a.aim for d in reading.demands if d.feature in ("island", "continent") for aspect, a in d.dimensions
                  if aspect in ("width", "length", "")), default=0)  # fmt: skip
    if widest:
        return 1.45 * widest, 1.45 * widest
    longest = max((a.aim for d in reading.demands for aspect, a in d.dimensions if aspect in ("length", "width")),
                  default=0.0)  # fmt: skip
    longest = max([longest, *(_away(d) for d in reading.demands)])
    tallest = max((a.aim for d in reading.demands for aspect, a in d.dimensions if aspect in ("height", "")), default=0)
    wanted = {d.feature for d in reading.demands if not d.absent}
    over = 6.0 if {"volcano", "island"} <= wanted else 3.2  # the whole cone has to stand on the island
    side = max(DEFAULT_EXTENT_M, math.ceil(over * tallest / 256) * 256.0, math.ceil(1.3 * longest / 256) * 256.0)
    return side, side


def _rooms_told(demands: list[Demand]) -> list[float]:
    """Return how many rooms adjectives ask for: a vast dungeon is one of many."""
    told = [described(d.feature, word) for d in demands if not d.absent for word in d.adjectives]
    return [float(m[1]) for m in told if m is not None and m[0].aspect == "count" and not isinstance(m[1], str)]


def _away(demand: Demand) -> float:
    """Return how far from others a thing must be able to stand [m]."""
    told = [ln.other.split()[0] for ln in demand.links if ln.kind == "distance"]
    return 2.5 * max((float(t) for t in told), default=0.0)


def _indoors(demands: Iterable[Demand]) -> bool:
    """Whether all that is asked for lies inside: rooms and what stands in them."""
    asked = [d for d in demands if not d.absent and d.feature != "terrain"]
    stages = {stage_of(d.feature) for d in asked} - {"props"}  # crates stand indoors and out
    return bool(stages) and stages <= set(INDOORS)


def plan(reading: Reading, *, extent_m: tuple[float, float], seed: int, resolution: int, name: str) -> Recipe:
    """Return a recipe that should meet the demands."""
    planner = _Planner(reading, extent_m)
    steps = planner.interior() if _indoors(reading.demands) else planner.outdoors()
    try:
        return Recipe(name=name, seed=seed, extent_m=extent_m, resolution=resolution, steps=tuple(in_order(steps)))
    except ValidationError as error:
        raise InputError(f"such a map cannot be: {explain(error, Recipe)}") from error


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Sort steps by stage; within a stage, what a region refers to comes first, otherwise as asked."""
    ordered = sorted(steps, key=lambda s: STAGES.index(get_generator(s.generator).stage))
    stages = [get_generator(s.generator).stage for s in ordered]
    for _ in ordered:
        for i, step in enumerate(ordered):
            needs = _feature_needs(step.where)
            makers = {j for j, s in enumerate(ordered) if j > i and stages[j] == stages[i] and _makes(s) & needs}
            if makers:
                ordered.insert(max(makers), ordered.pop(i))
                break
        else:
            break
    return ordered


def _makes(step: Step) -> set[str]:
    return {f.name for f in get_generator(step.generator).features}


def _feature_needs(where: Region) -> set[str]:
    """Return the features a region refers to; a range or a level names a layer and orders nothing."""
    return {n for n in where.needs() if ":" not in n}


class _Planner(Settling):
    """Chooses the steps of a whole map."""

    def outdoors(self) -> list[Step]:
        self.placing.anchor()
        known = load_features()
        order = {d.feature: (STAGES.index(stage_of(d.feature)), bool(known[d.feature].needs)) for d in self.wanted}
        for demand in sorted(self.wanted, key=lambda d: order[d.feature]):
            self._demand(demand)
        self._over_storeys(host_of(self.wanted))
        self._torches()
        self._without_parts()
        self._dug_in()
        self._ground()
        self._broad_volcanoes()
        self._climate()
        self._only_entrance()
        self._middle_court()
        if not any(s.generator == "maze" and s.where == EVERYWHERE for s in self.steps.values()):
            self._dressing()  # where the whole map is a maze nothing grows
        self._trees_of_one_size()
        return list(self.steps.values())

    def _trees_of_one_size(self) -> None:
        """Let all trees be as tall as the only ones that were told to be: "tall trees in a forest" are the forest's."""
        trees = {n: s for n, s in self.steps.items() if s.generator == "scatter" and s.params.get("kind") == "tree"}
        told = {s.params["scale"] for s in trees.values() if "scale" in s.params}
        if len(told) == 1 and not any(d.places for d in self.wanted if load_features()[d.feature].instances == "tree"):
            for name, step in trees.items():
                self.steps[name] = step.changed(scale=next(iter(told)))

    def _dug_in(self) -> None:
        """Lay rooms that are asked for under a hill into its rock."""
        under = any(
            link.kind == "below" and stage_of(link.target) == "landform"
            for demand in self.wanted
            if stage_of(demand.feature) in INDOORS
            for link in demand.links
        )
        if under and "rooms" in self.steps:
            self.steps["rooms"] = self.steps["rooms"].changed(level="under")

    def _ground(self) -> None:
        """Add what the demands stand on: gentle ground below, drainage cut into it."""
        has = {s.generator for s in self.steps.values()}
        if "terrain_noise" not in has:
            self._add("terrain", "terrain_noise", {}, purpose="gentle ground to build on")
        if "landmass" not in has and self._needs_sea():
            self._landmass({"pattern": "coast"})
        level = any(d.feature == "plain" or (d.feature == "terrain" and "flat" in d.adjectives) for d in self.wanted)
        if "land" in self.steps and any(d.feature == "terrain" and "flat" in d.adjectives for d in self.wanted):
            self.steps["land"] = self.steps["land"].changed(relief_m=8 * self.scale)
        carved = any(stage_of(d.feature) == "landform" for d in self.wanted) or not level
        if "hydraulic_erosion" not in has and "erosion" not in self.unwanted and carved:
            self._add("erosion", "hydraulic_erosion", {}, purpose="valleys where water would run")

    def _broad_volcanoes(self) -> None:
        """Let a volcano that shares its ground choose its place first, and be no higher than its share is broad.

        Otherwise it gets what mountains leave, and stands there as a pillar.
        """
        for step in [s for s in self.steps.values() if s.generator == "volcano"]:
            beside = [s for s in self.steps.values() if s.generator in _NEIGHBOURS and s.where == step.where]
            if not beside or "radius_m" in step.params:
                continue
            count = int(step.params.get("count") or 1)
            count += sum(int(s.params.get(_NEIGHBOURS[s.generator]) or 3) for s in beside)
            land = self._land_share() * self.extent_m[0] * self.extent_m[1]
            radius = round((land / count / math.pi) ** 0.5, 1)
            params = {p.name: p for p in parameters(get_generator("volcano").params)}
            values = {"radius_m": bounded(params["radius_m"], radius)}
            if all(aspect != "height" for d in self.wanted if d.feature == "volcano" for aspect, _ in d.dimensions):
                told = float(step.params.get("height_m", params["height_m"].default))
                values["height_m"] = bounded(params["height_m"], min(told, round(_VOLCANO_SLOPE * radius, 1)))
            rest = {k: s for k, s in self.steps.items() if k != step.id}
            self.steps = {step.id: step.changed(**values), **rest}

    def _needs_sea(self) -> bool:
        if any(d.feature == "sea cliff" for d in self.wanted):
            return True
        shored = any(d.feature in ("harbour", "pier") for d in self.wanted)
        watered = any(is_water(d.feature) or d.feature in AFLOAT for d in self.wanted)
        return (shored and not watered) or any("sea" in (ln.target, ln.other) for d in self.wanted for ln in d.links)

    def _climate(self) -> None:
        palette = {}
        for word, _ in self.reading.choices:
            for meaning in _climate_meanings(word):
                palette[meaning[0]] = meaning[1]
        for demand in self.wanted:
            for word in demand.choices:
                if described(demand.feature, word, "choice") is None:
                    palette.update(_climate_meanings(word))
        palette |= gradient(self.reading.demands) or self._dry()
        lined = any(ln.kind == "over_m" for d in self.wanted if d.feature == "snow" for ln in d.links)
        if lined or any(d.absent and d.feature == "snow" for d in self.reading.demands):
            palette.setdefault("alpine", 0)
        step = self.steps.get("climate")
        self._add(
            "climate", "climate", {**(step.params if step else {}), **palette}, purpose="temperature, moisture, biomes"
        )

    def _dry(self) -> dict[str, Any]:
        """Return the climate of a land that is mostly desert, so that no green shows where the desert ends."""
        ground = [d for d in self.wanted if load_features()[d.feature].layer in ("biome", "forest") and not d.implied]
        arid = ground and all(d.feature in ("desert", "badlands") and not d.places for d in ground)
        told = self.reading.choices or any(d.choices for d in self.wanted)
        return {"palette": "desert"} if arid and not told else {}

    def _dressing(self) -> None:
        """Add a little woodland and rock where nobody said anything about them."""
        said = {d.feature for d in self.reading.demands}
        self._clearings()
        if "beach" in self.unwanted and "land" in self.steps:
            self.steps["land"] = self.steps["land"].changed(beach_width_m=0)
            self.steps["climate"] = self.steps["climate"].changed(beach_m=0)
        if not said & set(_NATURE) and not self._biome_only():
            self._add("woodland", "scatter", {"kind": "tree", "cover": 0.14}, purpose="a little woodland")
        if not said & {"rock"}:
            self._add("rocks", "scatter", {"kind": "rock"}, purpose="rocks here and there")

    def _clearings(self) -> None:
        """Make open ground where "jungle everywhere but in the east" wants none."""
        for demand in self.wanted:
            outside = [ln.other for ln in demand.links if ln.kind == "outside" and ln.other in COMPASS]
            if demand.feature in _WOODED and outside:
                where = Compass.model_validate({"place": outside[0], "depth": 0.45})
                params = {"biome": "grassland"}
                self._add(self._free_id("clearing"), "biome_area", params, where=where, purpose="open ground")

    def _biome_only(self) -> bool:
        """Whether the land is asked to be bare: mostly desert, snow or the like."""
        if any(d.feature in _WOODED and d.links for d in self.wanted):
            return True  # the jungle is the woodland, and it was said where
        bare = ("desert", "snow", "tundra", "badlands", "rock ground", "volcanic ground", "farmland")
        return any(d.feature in bare and not d.places for d in self.wanted) or bool(self.unwanted & set(_NATURE))

    def _demand(self, demand: Demand) -> None:
        if demand.total or self._peaks_of_range(demand):
            return
        joined = _joined(demand)
        if joined:
            demand = Demand(joined, demand.quote, plural=demand.plural, adjectives=demand.adjectives)
        made_by = maker(demand.feature)
        feature = load_features()[demand.feature]
        params = {**feature.sets, **(_RIM_TO_RIM if any(ln.kind == "spans" for ln in demand.links) else {})}
        if made_by.name == "landmass":
            self._land_told(demand, params)
            return
        single = made_by.stage in ("base", "terrace", "climate", *INDOORS)
        step_id = _STEP_NAMES.get(made_by.name, made_by.name) if single else self._free_id(demand.feature)
        part_of = self._home(demand) if feature.needs else None
        if part_of is not None:
            self.steps[part_of.id] = part_of.changed(**{**params, **self._values(demand), **self._of_each(demand)})
            return
        where = EVERYWHERE if made_by.stage in ("base", "climate", *INDOORS) else self.placing.where(demand)
        if outer := next((ln.target for ln in demand.links if ln.kind == "each"), ""):
            self._for_each(demand, outer, params)
            return
        if made_by.stage == "landform" and parameter(demand.feature, "count") is None and demand.count is not None:
            for _ in range(min(int(demand.count.aim), 8) - 1):
                self._add(self._free_id(demand.feature), made_by.name, params, where=where)
            step_id = self._free_id(demand.feature)
        earlier = self.steps.get(step_id)
        merged = {**(earlier.params if earlier else {}), **params, **self._values(demand)}
        if made_by.name == "settlement" and (self._on_both_banks(demand, merged) or self._on_all_sides(demand, merged)):
            return
        if demand.feature == "road":
            ends = {ln.kind: ln.target for ln in demand.links if ln.target in COMPASS}
            merged |= {"start": ends["from"]} if "from" in ends else {}
            merged |= {"end": ends["to"]} if "to" in ends else {}
            across = not demand.places and all(
                ln.kind == "through" and ln.target in ("river", "canyon", "valley") for ln in demand.links
            )
            where = EVERYWHERE if ends or across else where  # it leads where it is told to
        if made_by.name == "roads" and any(d.feature == "island" for d in self.wanted):
            merged.setdefault("bridge_max_m", 600)  # straits are wider than rivers
        own = [load_features()[n].sets for n in feature.needs if maker(n).name == made_by.name]
        merged = {**(own[0] if own else {}), **merged}  # a pass alone is one through a range
        self._add(step_id, made_by.name, merged, where=where, purpose=self.reading.quoted(demand))
        for need in feature.needs:
            if not any(need in _makes(s) for s in self.steps.values()):
                self._demand(Demand(need, demand.quote))

    def _land_told(self, demand: Demand, params: dict[str, Any]) -> None:
        """Set what a demand for land or sea asks of the one step that draws them."""
        alone = not any(d.feature in (*AFLOAT, "land", "water", "lagoon", "inland sea") for d in self.wanted)
        if off_coast(self.reading, demand) and not any(d.feature == "peninsula" for d in self.wanted):
            self._islands_off(demand)
        elif demand.feature in ("bay", "fjord") and alone:  # they cut into a mainland
            side = next((p.name for p in demand.places if p.name in COMPASS), "south")
            coast = {"pattern": "coast", "sea_side": side, "land_fraction": 0.68}
            self._landmass({**params, **coast, **self._values(demand)})
        else:
            self._landmass({**params, **self._coast(demand), **self._values(demand)})

    def _islands_off(self, demand: Demand) -> None:
        """Add islands in the sea before a mainland, as a second coast in the outer part of that sea."""
        for coast in [d for d in self.wanted if d.feature in ("coast", "continent")]:
            self._landmass({"pattern": "coast", **self._coast(coast), **self._values(coast)})
        land = self.steps["land"]
        self.steps["land"] = land = land.changed(land_fraction=land.params.get("land_fraction", 0.48))
        number = int(self._how_many(demand) or 1)
        share = self._values(demand).get("land_fraction", 0.38)
        values = {"pattern": "archipelago", "islands": number, "land_fraction": min(0.36, 0.7 * share + 0.02 * number)}
        side = str(land.params.get("sea_side", "south"))
        where = Compass.model_validate({"place": side, "depth": 0.36})
        self._add(self._free_id("islands"), "landmass", values, where=where, purpose=self.reading.quoted(demand))

    def _coast(self, demand: Demand) -> dict[str, Any]:
        """Return the pattern and the sea's side that a demand for land or sea asks for."""
        if demand.feature == "island" and any(d.feature == "archipelago" for d in self.wanted):
            if demand.count is None:
                demand.count = Amount("at_least", 3, 3, 8, said=False)
            return {"pattern": "archipelago"}
        if demand.feature == "peninsula" and (tip := pointed_to(self.wanted)):
            return {"sea_side": tip}
        side = next((p.name for p in demand.places if p.name in COMPASS), "") or _corner(demand)
        if not side:
            return {}
        if demand.feature in ("continent", "land"):
            return {"pattern": "coast", "sea_side": opposite(side)}
        if demand.feature == "peninsula":
            return {"sea_side": opposite(side)}
        if demand.feature == "beach":
            return {"beach_side": side}
        if demand.feature == "sea" and demand.only and len(demand.places) == 1:
            brink = demand.places[0] == brink_of(side)  # it must end within the place, however its coast wanders
            return {"pattern": "coast", "sea_side": side, "land_fraction": 0.78 if brink else 0.68}
        return {"sea_side": side} if demand.feature in ("sea", "coast") else {}

    def _peaks_of_range(self, demand: Demand) -> bool:
        """Whether counted peaks are those of a range that is asked for too: "a range with five peaks"."""
        ranges = [d for d in self.wanted if d.feature in ("mountain range", "massif")]
        alone = demand.count is not None and not demand.places and not demand.links
        return demand.feature == "mountain" and len(ranges) == 1 and alone

    def _of_each(self, demand: Demand) -> dict[str, Any]:
        """Return how many parts a step makes in all, where each of its things is to have so many."""
        outer = next((ln.target for ln in demand.links if ln.kind == "each"), "")
        held = next((d for d in self.wanted if d.feature == outer), None)
        counting = parameter(demand.feature, "count")
        if held is None or counting is None:
            return {}
        own = demand.count.aim if demand.count is not None else 1
        return {counting.name: bounded(counting, own * (self._how_many(held) or 2))}

    def _for_each(self, demand: Demand, outer: str, params: dict[str, Any]) -> None:
        """Add a step for every part of another feature."""
        held = next((d for d in self.wanted if d.feature == outer), None)
        number = int((self._how_many(held) if held else None) or 2)
        values = {**params, **self._values(demand)}
        for k in range(1, min(number, 24) + 1):
            where = Of(feature=outer, filled=True, part=k)
            self._add(self._free_id(demand.feature), maker(demand.feature).name, values, where=where,
                      purpose=self.reading.quoted(demand))  # fmt: skip

    def _landmass(self, params: dict[str, Any]) -> None:
        most = _WIDEST.get(params.get("outline", ""), 1.0)
        if params.get("land_fraction", 0) > most and not any(d.share and d.share.said for d in self.wanted):
            params = {**params, "land_fraction": most}
        earlier = self.steps.get("land")
        merged = {**params, **(earlier.params if earlier else {})}
        told, before = params.get("pattern"), earlier.params.get("pattern") if earlier else None
        if earlier and ((told not in (None, "coast") and before == "coast") or (told, before) == ("lagoon", "island")):
            merged = {**(earlier.params), **params}
        merged.update({k: v for k, v in params.items() if k not in ("pattern",)})
        if merged.get("land_fraction") is not None and merged.get("islands"):
            merged["land_fraction"] = max(float(merged["land_fraction"]), 0.0036 * int(merged["islands"]))
        if merged.get("pattern") == "coast":
            merged.setdefault("sea_side", self._free_side())
        self._add("land", "landmass", merged, purpose="the coast")

    def _free_side(self) -> str:
        """Return the side for a sea whose side nobody named: where a river runs to, or where nothing was asked for."""
        shores = [p.name for d in self.wanted if d.feature in ("sea cliff", "harbour", "pier") for p in d.places]
        if shore := next((s for s in shores if s in SIDES), ""):
            return shore
        ends = [ln.target for d in self.wanted if d.feature == "river" for ln in d.links if ln.kind == "to"]
        taken = "".join(p.name for d in self.wanted for p in d.places)
        sides = ("south", "west", "east", "north")
        return next((s for s in ends if s in sides), next((s for s in sides if s not in taken), "south"))


def _corner(demand: Demand) -> str:
    """Return the corner between the two sides on which something lies: northwest of "in the north and in the west"."""
    names = [p.name for p in demand.spots]
    return next((f"{a}{b}" for a in names for b in names if f"{a}{b}" in COMPASS), "")


def _joined(demand: Demand) -> str:
    """Return the feature that is another way to say a demand: a lake in a crater is a crater lake."""
    for feature in load_features().values():
        if feature.same_as is None or feature.same_as[0] != demand.feature:
            continue
        if any(ln.kind in ("in", "on", "middle") and ln.target == feature.same_as[2] for ln in demand.links):
            return feature.name
    return ""


_RIM_TO_RIM = {"gorges": True, "bridge_max_m": 600}
"""Parameters of roads whose bridges span a canyon."""

_STEP_NAMES = {"terrain_noise": "terrain"}


def _climate_meanings(word: str) -> list[tuple[str, Any]]:
    """Return what a word sets on the climate step, empty where it says nothing there."""
    found = [*lexicon().meanings(word, "choice"), *lexicon().meanings(word, "adjective")]
    return [(m.parameter.name, m.value) for m in found if m.generator.name == "climate"][:1]
