"""From the words of a demand to the parameters of its step."""

from __future__ import annotations

import math
from typing import Any

from ...generator import get_generator, load_features, load_generators
from ...params import Parameter, parameters
from ...recipe import Step
from ...region import EVERYWHERE, Region, side_vector
from ..briefs.writing import OWN_METRIC
from ..reader.cursor import COMPASS, axis_between, opposite
from ..words.demand import Demand, Reading
from ..words.meaning import MASSES, axis_parameter, bounded, described, maker, option_of, parameter, scale_of, stage_of
from .placing import Placing, falls_into_lake

_NONE = Parameter("", "", None, "")


_SIDED = {"church": "church_side", "park": "park_side", "slum": "slum_side", "industrial quarter": "factory_side"}
"""Parts of a town that can be told on which side of its middle they are, with their parameters."""

_AWAY = ("far", "farthest", "apart")
"""Relations by which a key is not to lie by its door."""

_POND = 0.0022
"""Share of the map that a water has at most which houses are to stand all around."""


class Valuing:
    """Steps in the making, and what the demands set on them.

    Parameters
    ----------
    reading : Reading
        All demands.
    extent_m : (float, float)
        Size of the map.
    """

    def __init__(self, reading: Reading, extent_m: tuple[float, float]) -> None:
        self.reading = reading
        self.extent_m = extent_m
        self.side_m = max(extent_m)
        self.scale = scale_of(extent_m)
        self.steps: dict[str, Step] = {}
        self.wanted = [d for d in reading.demands if not d.absent]
        self.placing = Placing(reading, self.side_m)
        self.unwanted = {d.feature for d in reading.demands if d.absent and not d.places and not d.links}

    def _values(self, demand: Demand) -> dict[str, Any]:
        """Return the parameters that counts, shares, adjectives and sizes ask for."""
        values: dict[str, Any] = {}
        counting = parameter(demand.feature, OWN_METRIC.get(demand.feature, "count"))
        formed = option_of(demand, "arrangement") is not None and demand.count is None
        if counting is not None and not formed and (aim := self._how_many(demand)) is not None:
            values[counting.name] = bounded(counting, aim)
        self._share(demand, values)
        values.update(self._worded(demand))
        for kind in demand.species:
            values.update(load_features()[kind].sets)
        for aspect, amount in demand.dimensions:
            values.update(self._sized(demand, aspect, amount.aim))
        if demand.feature == "island" and (self._how_many(demand) or 1) == 1:
            values.update(self._island_size(demand))
        if demand.feature == "lake":
            values.update(self._lake_sides(demand))
        if demand.feature == "waterfall" and falls_into_lake(demand):
            values |= {"mouth": "lake", "falls_within_m": 0.08 * self.side_m}
        if demand.feature == "river":
            self._river_way(demand, values)
            if any(ln.kind == "joined_by" and ln.target == "river" for d in self.wanted for ln in d.links):
                values.update({"source": "lake", "mouth": "lake"})
        self._turned(demand, values)
        crests = next((ln.target for ln in demand.links if ln.kind == "crests"), "")
        if crests:  # they lie across the wind
            values["wind_deg"] = {"east-west": 90, "north-south": 0, "northeast-southwest": 135}.get(crests, 45)
        self._role_place(demand, values)
        self._settled(demand, values)
        if demand.contrast == "size" and "sizes" in maker(demand.feature).params.model_fields:
            values["sizes"] = "one_large"
        if demand.feature == "mountain range" and "long" in demand.adjectives:
            values["peaks"] = 9
        if demand.feature in ("mountain range", "massif"):
            values.update(self._own_peaks())
        return values

    def _built_around(self, feature: str, one: Demand | None = None) -> bool:
        """Whether a single settlement, this one if it is told, lies all around a feature."""
        around = (d for d in self.wanted for ln in d.links if ln.kind == "around" and ln.target == feature)
        return any(stage_of(d.feature) == "settlement" and not d.several and one in (None, d) for d in around)

    def _settled(self, demand: Demand, values: dict[str, Any]) -> None:
        """Set how waters and settlements fit each other, and where the gates of a wall are."""
        if demand.feature == "lake" and self._built_around("lake"):
            values["area_share"] = min(values.get("area_share", 1.0), _POND)
        if stage_of(demand.feature) == "settlement" and self._built_around("lake", demand):
            values["size"] = 1.5 * values.get("size", 1.0)
        if demand.feature == "lake island":
            values |= self._room_on_island()
        halves = [ln.other for ln in demand.links if ln.kind == "half" and ln.other in COMPASS]
        if halves and demand.feature in _SIDED:
            values[_SIDED[demand.feature]] = halves[0]
        if demand.feature == "gate":
            kinds = {ln.kind for ln in demand.links}
            facing = tuple(ln.target for ln in demand.links if ln.kind == "facing")
            values |= {} if demand.several else {"gates": 1}
            values["gate_sides"] = ("north", "east", "south", "west") if "every_side" in kinds else facing

    def _room_on_island(self) -> dict[str, Any]:
        """Return the sizes of a lake and its island on which a settlement is to stand."""
        built = [d.feature for d in self.wanted for ln in d.links if ln.target == "lake island"]
        settled = [f for f in built if stage_of(f) == "settlement"]
        sized = any(d.feature == "lake" and (d.share or d.adjectives or d.dimensions) for d in self.wanted)
        if not settled or sized:
            return {"island_share": 0.25} if settled else {}
        return {"island_share": 0.3, "area_share": 0.06 if set(settled) <= {"castle", "farm", "hamlet"} else 0.12}

    def _worded(self, demand: Demand) -> dict[str, Any]:
        """Return what adjectives and choice words set."""
        values: dict[str, Any] = {}
        for word in demand.adjectives:
            meaning = described(demand.feature, word)
            if meaning is not None and isinstance(meaning[1], int | float):
                factor = self.scale if meaning[0].scales else 1.0
                values[meaning[0].name] = bounded(meaning[0], meaning[1] * factor)
        if load_features()[demand.feature].instances == "tree" and {"sparse", "scattered"} & set(demand.adjectives):
            values.pop("spacing_m", None)  # single trees stand by their number per hectare
            values["density_per_ha"] = 8.0
        for word in demand.choices:
            chosen = described(demand.feature, word, "choice")
            if chosen is not None:
                values[chosen[0].name] = chosen[1]
        return values

    def _own_peaks(self) -> dict[str, Any]:
        """Return the number of peaks of a range with which peaks were counted."""
        counted = [d.count for d in self.wanted if d.feature == "mountain" and d.count and not (d.places or d.links)]
        return {"peaks": round(counted[0].aim)} if counted else {}

    def _turned(self, demand: Demand, values: dict[str, Any]) -> None:
        """Turn what runs from one side to the opposite."""
        ends = {ln.kind: ln.target for ln in demand.links if ln.target in COMPASS}
        turning = next((p for p in parameters(maker(demand.feature).params) if p.name.endswith("direction_deg")), None)
        if turning is not None and "to" in ends and opposite(ends["to"]) == ends.get("from"):
            east, north = side_vector(ends["to"])
            values[turning.name] = math.degrees(math.atan2(north, east)) % 180
            values.update({"peaks": 7} if demand.feature == "mountain range" else {})
        if demand.feature == "cliff" and "to" in ends and opposite(ends["to"]) == ends.get("from"):
            values["drops_to"] = "south" if ends["to"] in ("west", "east") else "east"  # it faces across its run
        axis = axis_between(ends.get("from", ""), ends.get("to", ""))
        if axis and (turned := axis_parameter(demand.feature)) is not None:
            values[turned.name] = axis
            values.setdefault("outline", "long")

    def _role_place(self, demand: Demand, values: dict[str, Any]) -> None:
        """Put a role on its side of the map, or into the largest or smallest room."""
        fields = maker(demand.feature).params.model_fields
        for place in demand.places:
            ranks = {"part size 1": "largest", "part size -1": "smallest"}
            if place.name in ranks and f"{demand.feature}_room" in fields:
                values[f"{demand.feature}_room"] = ranks[place.name]
            elif f"{demand.feature}_side" in fields and (
                place.name in COMPASS or (place.name == "centre" and demand.feature not in _SIDED)
            ):
                values[f"{demand.feature}_side"] = place.name
        if "key_place" in fields and demand.feature == "key" and any(ln.kind in _AWAY for ln in demand.links):
            values["key_place"] = "far"

    def _sized(self, demand: Demand, aspect: str, aim: float) -> dict[str, Any]:
        """Return the parameter that a length [m] or an area [m²] sets; a width without one becomes an area."""
        share = parameter(demand.feature, "share")
        if share is not None and (
            aspect == "size" or (aspect == "width" and parameter(demand.feature, aspect) is None)
        ):
            each = aim if aspect == "size" else 0.75 * aim**2  # about a disc of that width
            whole = self.extent_m[0] * self.extent_m[1]
            return {share.name: bounded(share, each * (self._how_many(demand) or 1) / whole)}
        one = parameter(demand.feature, aspect or "height")
        if one is None and aspect != "length":  # what is long is not therefore wide
            one = parameter(demand.feature, "width")
        return {} if one is None else {one.name: bounded(one, aim)}

    def _island_size(self, demand: Demand) -> dict[str, Any]:
        """Return outline and share of the map of an island "3 km long and 1 km wide"; without a length, nothing."""
        told = {aspect: amount.aim for aspect, amount in demand.dimensions}
        if "length" not in told or demand.choices:
            return {}
        long, wide = told["length"], told.get("width", told["length"] / 1.6)
        stretch = max(long, wide) / max(min(long, wide), 1.0)
        outline = "long" if stretch > 2.4 else "oval" if stretch > 1.3 else "round"
        land = math.pi / 4 * long * wide / (self.extent_m[0] * self.extent_m[1])
        return {"outline": outline, "stretch": round(min(stretch, 8.0), 2), "land_fraction": max(land, 0.01)}

    def _lake_sides(self, demand: Demand) -> dict[str, Any]:
        """Return outline and share of the map of a lake "400 by 200 m"; without both, nothing."""
        told = {aspect: amount.aim for aspect, amount in demand.dimensions}
        outlined = {"round", "crescent"} & {*demand.choices, *demand.adjectives}
        if not {"length", "width"} <= set(told) or outlined or (self._how_many(demand) or 1) != 1:
            return {}
        stretch = told["length"] / max(told["width"], 1.0)
        if stretch < 1.15:
            return {}
        share = math.pi / 4 * told["length"] * told["width"] / (self.extent_m[0] * self.extent_m[1])
        area = parameter("lake", "share")
        sized = {} if area is None else {area.name: bounded(area, share)}
        return {"outline": "long" if stretch > 2.4 else "oval", "stretch": round(min(stretch, 8.0), 2), **sized}

    def _how_many(self, demand: Demand) -> float | None:
        feature = load_features()[demand.feature]
        if feature.layer in MASSES and not (demand.count and demand.count.said and demand.count.aim > 1):
            return None
        single = feature.instances in ("tree", "building") and not demand.plural and not demand.species
        if demand.count is not None and (
            demand.count.said or demand.count.aim > 1 or feature.count_by != "instances" or single
        ):
            return demand.count.aim
        if feature.count_by in ("parts", "peaks", "paths") or demand.feature in OWN_METRIC:
            one = stage_of(demand.feature) == "settlement" and not demand.plural  # a village lies around it by itself
            if demand.count is None and any(ln.kind == "around" for ln in demand.links) and not one:
                return 8.0
            several = demand.plural or (demand.implied and demand.feature in ("mountain", "hill"))
            return 3.0 if several else 1.0
        return None

    def _share(self, demand: Demand, values: dict[str, Any]) -> None:
        driving = parameter(demand.feature, "share")
        if demand.share is None:
            mass = load_features()[demand.feature].layer in MASSES
            member = any(p.name.startswith("part") for p in demand.places)  # "the snowy one" is snowy all over
            held = bool(demand.places) or any(ln.kind == "between" for ln in demand.links)
            if demand.feature == "forest" and held and not demand.adjectives and driving is not None:
                values[driving.name] = 0.55  # a wood that fills its place
            if demand.implied and mass and driving is not None and not demand.links and not member:
                values[driving.name] = bounded(driving, 0.55)  # "grassy", "forested": most of it
            return
        if demand.feature in ("sea", "water"):
            if not demand.places:  # all of a side is not all of the map
                values["land_fraction"] = min(max(1 - demand.share.aim, 0.01), 0.99)
            return
        sea = any(d.feature == "sea" and d.share is not None and d.share.said for d in self.wanted)
        if sea and driving is not None and driving.name == "land_fraction":
            return  # the sea's own share decides
        if driving is None:
            return
        share = demand.share.aim
        if demand.of == "map" and driving.name == "cover":
            share /= max(self._land_share(), 0.05)
        values[driving.name] = bounded(driving, share)

    def _land_share(self) -> float:
        """Return the share of the map that will be land, as far as the plan knows."""
        step = self.steps.get("land")
        told = step.params.get("land_fraction") if step else None
        return float(told) if told is not None else (0.4 if step else 1.0)

    def _river_way(self, demand: Demand, values: dict[str, Any]) -> None:
        names = {p.name: p for p in parameters(maker("river").params)}
        for link in demand.links:
            if link.kind == "parts":
                values |= {"source": "edge", "mouth": "edge", "through_centre": True}
            if link.kind == "through" and link.target == "centre" and "through_centre" in names:
                values["through_centre"] = True
            if link.kind == "from" and link.target in names.get("source", _NONE).options:
                values["source"] = link.target
            if link.kind == "from" and link.target in names.get("from_side", _NONE).options:
                values["from_side"] = link.target
            if link.kind == "to" and link.target in names.get("toward", _NONE).options:
                values["toward"] = link.target
            if link.kind in ("to", "in") and link.target in names.get("mouth", _NONE).options:
                values["mouth"] = link.target

    def _free_id(self, name: str) -> str:
        number = 1
        slug = name.replace(" ", "-")
        while (slug if number == 1 else f"{slug}-{number}") in self.steps:
            number += 1
        return slug if number == 1 else f"{slug}-{number}"

    def _add(
        self, step_id: str, generator: str, params: dict[str, Any], *, where: Region = EVERYWHERE, purpose: str = ""
    ) -> None:
        if generator not in load_generators():
            return
        scaled = {
            p.name: bounded(p, p.default * self.scale)
            for p in parameters(get_generator(generator).params)
            if p.scales and self.scale != 1 and isinstance(p.default, int | float)
        }
        kept = {k: v for k, v in params.items() if k in get_generator(generator).params.model_fields}
        self.steps[step_id] = Step(
            id=step_id, generator=generator, params={**scaled, **kept}, where=where, purpose=purpose
        )

    def _set(self, step_id: str, one: Parameter, value: float) -> None:
        self.steps[step_id] = self.steps[step_id].changed(**{one.name: bounded(one, value)})
