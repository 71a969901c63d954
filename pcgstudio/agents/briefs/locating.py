"""Checks of where something is: places on the map, and relations to other things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...brief import Check
from ...generator import load_features
from ...region import AnyOf, Compass, MiddleOf, Near, Of, Region
from ..reader.cursor import BRIDGES, COMPASS, RELIEF, RUNNING, WHOLE, axis_between, band_between, place_of
from ..reader.sides import RIMS
from ..words.building import home_of, relation_check
from ..words.demand import EACH_ROOM, EACH_STOREY, Demand, Link
from ..words.meaning import MASSES, axis_parameter, is_countable, is_water, stage_of
from .ranging import OF_ITSELF, Ranging
from .writing import NEAR, later


def _most_near(demand: Demand) -> float:
    """Return how many of a thing's parts must be near another for it to be near: of plants and houses most."""
    kind = load_features()[demand.feature].instances
    if kind == "building":
        return 0.6
    planted = kind in ("tree", "rock", "grass") and (demand.count is None or not demand.count.said)
    return 0.999 if is_countable(demand.feature) and not planted else 0.95 if demand.only else 0.7


class Locating(Ranging):
    """Writes the checks of places and relations."""

    def _located(self, demand: Demand, where: Region, mass: float = 0.7) -> Iterator[Check]:
        """Demand that a feature lies in a region: all of its parts if it is counted, most of its area otherwise."""
        if (not self._alone(demand) and not demand.only) or demand.feature == "terrain":
            return  # "flat land in the east" says how flat that side is, and not where land is
        feature = load_features()[demand.feature]
        if demand.feature == "coast":  # the line itself wanders; what lies beyond it says which side it is on
            yield self._make(demand, "share_inside", 0.6, "at_least", region=where, arguments={"feature": "sea"})
        elif demand.feature == "plain":
            yield self._make(demand, "flat_share", 0.5, "at_least", region=where, arguments={"feature": "land"})
        elif demand.feature == "grassland" and not demand.only:  # the ordinary ground of a temperate map
            arguments = {"feature": "grassland", "of": "land"}
            yield self._make(demand, "share", 0.5, "at_least", region=where, arguments=arguments)
        elif demand.feature == "peninsula" or (feature.count_by in ("paths",) and demand.feature == "river"):
            yield self._make(demand, "share_inside", 0.5, "at_least", region=where)
        elif feature.count_by in ("parts", "peaks") and is_countable(demand.feature) and not demand.only:
            yield self._make(demand, "parts_inside", 0.999, "at_least", region=where)
        else:
            least = 0.98 if demand.only else mass
            yield self._make(demand, "share_inside", least, "at_least", region=where)

    def _related(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand a relation, by the metric made for it, or as lying in a region."""
        if link.kind in OF_ITSELF:
            yield from self._alone_of(demand, link)
            return
        if link.kind == "foot":
            yield from self._below(demand, link)
            link = Link("near", link.target, link.other)
        mine = demand.feature if demand.feature != "terrain" else "land"
        if (told := relation_check(demand, link, home_of(self.reading, demand), self.side_m)) is not None:
            metric, value, relation, arguments = told
            yield self._make(demand, metric, value, relation, arguments=arguments)
            return
        where = self._region(link, demand.feature)
        between = self._between_things(demand, link)
        if link.kind == "along" and demand.feature in RUNNING and demand.feature not in BRIDGES:
            reach = 0.5 * NEAR * self.side_m
            beside = AnyOf(regions=(Of(feature=link.target), Near(feature=link.target, distance_m=reach)))
            yield self._make(demand, "share_inside", 0.6, "at_least", region=beside)
        elif between is not None:
            metric, least, arguments = between
            yield self._make(demand, metric, least, "at_least", arguments=arguments)
        elif link.kind == "highest":
            where = MiddleOf(feature=mine, reach=0.6) if link.target == "centre" else place_of(link.target).measured
            yield self._make(demand, "highest_inside", 1, "at_least", region=where, arguments={"feature": mine})
        elif link.kind in ("below", "above", "trend", "higher_than"):
            yield from self._stacked(demand, link)
        elif link.kind == "through" and link.target == "centre" and demand.feature != "river":
            arguments = {"feature": demand.feature, "of": "map"}
            where = Compass(place="centre", depth=0.15)
            yield self._make(demand, "share", 0.1, "at_least", region=where, arguments=arguments)
        elif link.kind in ("through", "from", "to"):
            yield from self._way(demand, link)
        elif where is not None and link.kind in ("outside", "level"):
            least = 0.99 if link.kind == "outside" else 0.95
            yield self._make(demand, "share_inside", least, "at_least", region=where)
        elif where is not None:
            yield from self._located(demand, where, mass=0.65)
        elif link not in (EACH_ROOM, EACH_STOREY) and not (
            link.kind == "joined_by" and demand.feature in ("room", "storey")
        ):
            # Rooms are always joined by corridors; the structural checks hold them to it.
            self.not_measurable.append(f"{self.reading.quoted(demand)}: nothing measures '{link.kind}' here")

    def _between_things(self, demand: Demand, link: Link) -> tuple[str, float, dict[str, Any]] | None:
        """Return metric, least value and arguments of a relation that has a metric of its own."""
        mine, other = demand.feature, link.target
        reach = self.side_m * NEAR
        match link.kind:
            case "parts" | "deep" | "inland" | "apart" | "formed":
                return self._by_itself(mine, link)
            case "joined_by" if mine not in ("room", "storey"):
                way = "road" if other in BRIDGES else other  # roads lead to a bridge and over it
                return "joined", 1, {"feature": mine, "by": way}
            case "near" if mine == "beach" and other in ("bay", "fjord", "lake", "lagoon"):
                sea = other in ("bay", "fjord")  # which is open on one side; at a lake none of the sea's counts
                reach_m = (0.05 if sea else 0.012) * self.side_m
                return "rimmed", 0.3 if sea else 0.5, {"feature": other, "by": mine, "reach_m": reach_m}
            # Near one part of the other only a region can tell which.
            case "near" | "along" if not link.other and (is_countable(mine) or not load_features()[mine].layer):
                far = reach * (0.5 if link.kind == "along" else 1)
                return "parts_near", _most_near(demand), {"feature": mine, "to": other, "distance_m": far}
            case "both_sides":
                return "both_sides", 0.2, {"feature": mine, "of": other, "reach_m": reach}
            case "in" | "on" | "middle" if self._afloat(mine, other):
                return "surrounded", 0.85, {"feature": mine, "by": other}
            case "around":
                return self._about(demand, other, reach)
            case "surrounded":
                return "surrounded", 0.85, {"feature": mine, "by": other, **self._close(other)}
            case "in" | "on" | "middle" if later(other, mine):
                return "surrounded", 0.85, {"feature": mine, "by": other, **self._close(other)}
            case "between" if {load_features()[n].layer for n in (other, link.other)} & MASSES and other != link.other:
                return "between_centres", 1, {"feature": mine, "first": other, "second": link.other}
            case "between" if other == link.other:
                return "between_parts", 1, {"feature": mine, "of": other}
            case "far" | "farthest":
                return "distance", (0.2 if link.kind == "far" else 0.3) * self.side_m, {"feature": mine, "to": other}
        return None

    def _by_itself(self, mine: str, link: Link) -> tuple[str, float, dict[str, Any]]:
        """Return the check of how a feature lies on the map, or its parts to each other."""
        if link.kind == "parts":
            return "parted", 0.2, {"feature": mine}
        if link.kind == "formed":
            name, least = ("ring_shape", 1.0) if link.target == "ring" else ("row_shape", 2.5)
            return name, least, {"feature": mine}
        if link.kind == "deep":
            return "remoteness", 0.6, {"feature": mine}
        if link.kind == "apart":
            return "gap", float(link.other) * self.side_m, {"feature": mine}
        return "distance", 0.02 * self.side_m, {"feature": mine, "to": "sea"}

    def _about(self, demand: Demand, other: str, reach: float) -> tuple[str, float, dict[str, Any]]:
        """Return the check of what stands around another thing: a ring, or near it where it is too few for one."""
        mine, few = demand.feature, demand.count is not None and demand.count.high < 6
        if mine in RIMS and other in ("island", "continent", "lake", "land"):
            return "rimmed", 0.7, {"feature": other, "by": mine, "reach_m": 0.05 * self.side_m}
        several = stage_of(mine) == "settlement" and demand.several
        if few and (not load_features()[mine].layer or several):
            return "parts_near", 0.999, {"feature": mine, "to": other, "distance_m": reach}
        return "surrounded", 0.85, {"feature": other, "by": mine, **self._close(mine)}

    def _afloat(self, feature: str, other: str) -> bool:
        """Whether dry ground is said to lie in water: it is surrounded by it, not covered."""
        solid = bool(load_features()[feature].layer) and not is_water(feature)
        return is_water(other) and solid and (feature not in WHOLE or other == "lake")

    def _stacked(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand that a thing lies near another, and lower or higher; or that there is more of it on one side."""
        if link.kind == "trend":
            up = int(link.other) > 0
            trend = {"feature": demand.feature, "along": link.target}
            yield self._make(demand, "trend", 0.2 if up else -0.2, "at_least" if up else "at_most", arguments=trend)
            return
        feature, other = demand.feature, link.target
        if link.kind == "higher_than":
            yield self._make(demand, "rise", 2, "at_least", arguments={"feature": feature, "of": other})
            return
        near = {"feature": feature, "to": other, "distance_m": 1.5 * self.side_m * NEAR}
        yield self._make(demand, "parts_near", 0.999 if is_countable(feature) else 0.7, "at_least", arguments=near)
        relation = "at_least" if link.kind == "above" else "at_most"
        yield self._make(demand, "rise", 0, relation, arguments={"feature": feature, "of": other})

    def _close(self, outer: str) -> dict[str, float]:
        """Return how close what surrounds must come: woods to the shore, mountains as far off as they stand."""
        return {"reach_m": 0.06 * self.side_m} if load_features()[outer].layer in MASSES else {}

    def _way(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand where a river begins, ends or passes, or where a range runs."""
        is_place = link.target in ("centre", "edge") or link.target in COMPASS
        if demand.feature == "river":
            if link.kind == "through":
                close = Near(feature=link.target, distance_m=0.02 * self.side_m) if not is_place else None
                where: Region = Compass(place="centre", depth=0.15)
                if close is not None:
                    where = AnyOf(regions=(Of(feature=link.target, filled=True), close))
                yield self._make(demand, "paths_through", 0.999, "at_least", region=where)
                return
            arguments = {"feature": "river", "end": "source" if link.kind == "from" else "mouth"}
            if is_place:
                where = Compass.model_validate({"place": link.target, "depth": 0.35})
                yield self._make(demand, "paths_from", 0.999, "at_least", region=where, arguments=arguments)
            else:
                reach = self.side_m * (0.05 if link.kind == "from" else 0.01)
                yield self._make(demand, "paths_from", 0.999, "at_least",
                                 arguments={**arguments, "to": link.target, "reach_m": reach})  # fmt: skip
            return
        if demand.feature not in (*RUNNING, "mountain", "peninsula") and not axis_parameter(demand.feature):
            self.not_measurable.append(f"{self.reading.quoted(demand)}: nothing measures '{link.kind}' here")
            return
        if link.kind == "through" and not is_place:
            close = Near(feature=link.target, distance_m=0.02 * self.side_m)
            inside = AnyOf(regions=(Of(feature=link.target, filled=True), close))
            if demand.feature == "road" and (is_water(link.target) or link.target == "canyon"):
                least = 0.999 if demand.count is not None and demand.count.aim == 1 else 0.2
                yield self._make(demand, "paths_through", least, "at_least", region=inside)
                return
            yield self._make(demand, "share_inside", 0.08, "at_least", region=inside, tolerance=0)
            return
        start = next((ln.target for ln in demand.links if ln.kind == "from"), "")
        axis = axis_between(start, link.target) if link.kind == "to" else ""
        if axis and axis_parameter(demand.feature):
            arguments = {"feature": demand.feature, "along": axis}
            yield self._make(demand, "stretch", 1.4, "at_least", arguments=arguments)
            return
        band = band_between(start, link.target) if link.kind == "to" and demand.feature in RELIEF else None
        if band is not None:
            yield self._make(demand, "share_inside", 0.7, "at_least", region=band)
            yield self._make(demand, "length", 0.6 * self.side_m, "at_least")
        elif link.kind == "through":
            self.not_measurable.append(f"{self.reading.quoted(demand)}: nothing measures 'through' here")
        elif link.kind == "to" or not any(ln.kind == "to" for ln in demand.links):
            ends = {"second": start} if start and link.kind == "to" else {}
            reached: dict[str, Any] = {"feature": demand.feature, "first": link.target, **ends}
            reached["reach_m"] = 0.08 * self.side_m
            yield self._make(demand, "reaches", 1, "at_least", arguments=reached)
