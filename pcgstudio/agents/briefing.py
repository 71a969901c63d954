"""From demands to checks: the built-in critic's first half, written before any plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..brief import Brief, Check
from ..generator import STAGES, load_features
from ..measure import METRICS, check_of
from ..region import EVERYWHERE, AllOf, Between, Compass, Level, MiddleOf, Near, Not, Of, Region, SideOf
from .cursor import COMPASS, HERE, RELIEF, axis_between, band_between, opposite, place_of
from .demand import Amount, Demand, Link, Reading
from .lexicon import lexicon
from .meaning import (
    MASSES,
    Threshold,
    axis_parameter,
    described,
    is_countable,
    option_of,
    scale_of,
    stage_of,
    threshold,
)

NEAR = 0.12
"""How far "near" reaches, as a share of the map's longer side; "along" half of it."""

IMPLIED_SHARE = 0.4
"""Smallest share at which land can be called forested, swampy or snowy."""

PRESENT_SHARE = 0.003
"""Smallest share of the land (or the map) at which an area can be said to be there."""

PRESENT_MASS = 0.02
"""The same for woods, meadows and biomes, which people expect to see at once."""


def write_brief(reading: Reading, extent_m: tuple[float, float]) -> Brief:
    """Turn what was read into checks; each carries the words it came from."""
    writer = _Writer(reading, extent_m)
    checks = list(writer.checks())
    return Brief(
        instruction=reading.text,
        checks=_unique(checks),
        not_understood=tuple(reading.not_understood),
        not_measurable=tuple(dict.fromkeys([*(f"{u}: no installed generator makes it" for u in reading.unsupported),
                                            *writer.not_measurable])),
        contradictions=tuple(dict.fromkeys([*reading.contradictions, *writer.contradictions()])),
        atmosphere=tuple(dict.fromkeys(reading.atmosphere)),
        interpretations=tuple(dict.fromkeys(reading.interpretations)),
    )  # fmt: skip


def _unique(checks: list[Check]) -> tuple[Check, ...]:
    seen: dict[str, Check] = {}
    for check in checks:
        key = check.model_copy(update={"quote": ""}).model_dump_json()
        seen.setdefault(key, check)
    return tuple(seen.values())


class _Writer:
    def __init__(self, reading: Reading, extent_m: tuple[float, float]) -> None:
        self.reading = reading
        self.extent_m = extent_m
        self.side_m = max(extent_m)
        self.not_measurable: list[str] = []

    def checks(self) -> Iterator[Check]:
        if self.reading.extent_m:
            for side, metres in zip(("east", "north"), self.reading.extent_m, strict=True):
                yield check_of("extent", metres, arguments={"side": side}, quote=self.reading.extent_quote)
        for demand in self.reading.demands:
            yield from self._absent(demand) if demand.absent else self._present(demand)
        yield from self._totals()
        for word, quote in self.reading.choices:
            yield from self._choice("climate", word, quote, 1.0)
        for text in self.reading.not_wanted:
            self.reading.interpretations.append(f"'{text}': nothing here makes any, so there is none")

    # -- one demand ------------------------------------------------------------------------------------------------

    def _make(self, demand: Demand, metric: str, value: Any, relation: str = "equal", **more: Any) -> Check:
        more.setdefault("quote", self.reading.quoted(demand))
        more.setdefault("weight", demand.weight)
        more.setdefault("arguments", {"feature": demand.feature})
        return check_of(metric, value, relation, **more)

    def _absent(self, demand: Demand) -> Iterator[Check]:
        where = self._measured_place(demand)
        if demand.feature in OWN_METRIC:
            yield self._make(demand, OWN_METRIC[demand.feature], 0, "absent", arguments={})
            if demand.feature == "dead end":  # some mean blind corridors, some rooms with one way in: hold both
                yield self._make(demand, "closed_rooms", 0, "absent", arguments={})
        elif load_features()[demand.feature].layer:
            yield self._make(demand, "share", 0, "absent", region=where,
                             arguments={"feature": demand.feature, "of": "map"})  # fmt: skip
        else:
            yield self._make(demand, "count", 0, "absent", region=where)
        if (
            demand.adjectives
            or demand.dimensions
            or any(ln.kind not in ("outside", "in", "on", "near") for ln in demand.links)
        ):
            self.not_measurable.append(f"{self.reading.quoted(demand)}: only some are unwanted, which nothing measures")

    def _present(self, demand: Demand) -> Iterator[Check]:
        if demand.feature != "terrain":
            yield from self._amount(demand)
        yield from self._shares(demand)
        for word in demand.adjectives:
            yield from self._adjective(demand, word)
        for word in demand.choices:
            yield from self._choice(demand.feature, word, self.reading.quoted(demand), demand.weight)
        for kind in demand.species:
            arguments = {"feature": kind, "of": load_features()[kind].instances}
            yield self._make(demand, "mix", 0.6, "at_least", arguments=arguments, region=self._measured_place(demand))
        for aspect, amount in demand.dimensions:
            yield from self._dimension(demand, aspect, amount)
        for place in demand.places:
            if place.name == HERE and load_features()[demand.feature].layer in MASSES and not demand.only:
                continue  # woods in the marked place say nothing of others; how much of it they cover is checked
            for check in self._located(demand, place.measured, mass=0.7):
                yield check.model_copy(update={"weight": min(check.weight, place.weight)})
        names = {p.name for p in demand.places}
        if demand.count is not None and demand.count.aim == 1 and any(opposite(n) in names for n in names & {*COMPASS}):
            self.not_measurable.append(f"{self.reading.quoted(demand)}: one thing cannot lie on two opposite sides")
        for link in demand.links:
            yield from self._related(demand, link)
            if demand.implied and link.kind == "on" and load_features()[demand.feature].layer in MASSES:
                arguments = {"feature": demand.feature, "of": link.target}  # "snowy mountains": snow on much of them
                yield self._make(demand, "share", 0.25, "at_least", arguments=arguments)
        if demand.feature == "plain" and not demand.places:
            relief = any(d.feature in RELIEF and not d.absent for d in self.reading.demands)
            yield self._make(demand, "flat_share", 0.3 if relief else 0.65, "at_least", arguments={"feature": "land"})
        yield from self._unlike(demand)

    def _unlike(self, demand: Demand) -> Iterator[Check]:
        """Return what tells the members of a group from each other."""
        if demand.contrast:
            arguments = {"feature": demand.feature, "aspect": demand.contrast}
            least = 1.4 if demand.contrast == "size" else 1.15
            yield self._make(demand, "contrast", least, "at_least", arguments=arguments)
        if demand.each:
            self.not_measurable.append(
                f"{self.reading.quoted(demand)}: 'each' is built for all together, not one by one"
            )

    def _alone(self, demand: Demand) -> bool:
        return sum(d.feature == demand.feature and not d.absent for d in self.reading.demands) == 1 or demand.total

    def _measured_place(self, demand: Demand) -> Region:
        regions: list[Region] = [p.measured for p in demand.places]
        regions += [
            r
            for ln in demand.links
            if ln.kind in ("in", "on", "near", "middle", "around", "along") and (r := self._region(ln)) is not None
        ]
        return EVERYWHERE if not regions else regions[0] if len(regions) == 1 else AllOf(regions=tuple(regions))

    def _beside(self, demand: Demand) -> Region:
        """Return where a demand lies; a wood without a place lies about what was asked to be in it."""
        where = self._measured_place(demand)
        if where is not EVERYWHERE or load_features()[demand.feature].layer not in MASSES:
            return where
        inner = (d for d in self.reading.demands if not d.absent for ln in d.links if ln.target == demand.feature
                 and ln.kind in ("in", "middle", "surrounded") and _later(demand.feature, d.feature))  # fmt: skip
        one = next(inner, None)
        return EVERYWHERE if one is None else Near(feature=one.feature, distance_m=self.side_m * NEAR)

    def _amount(self, demand: Demand) -> Iterator[Check]:
        feature = load_features()[demand.feature]
        if demand.feature in OWN_METRIC and demand.count is None:
            yield self._make(demand, OWN_METRIC[demand.feature], 1, "at_least", arguments={})
            return
        inside = any(ln.kind in ("in", "on", "middle") for ln in demand.links if ln.target != "sea")
        if demand.feature in ("island", "archipelago") and not inside and not self._mainland():
            yield self._make(demand, "sides_touched", 0, "equal", arguments={"feature": "land"})
        if any(ln.kind == "each" for ln in demand.links):
            return  # one for each of others: they are counted there
        where = EVERYWHERE if self._alone(demand) else self._measured_place(demand)
        said = demand.count is not None and demand.count.said and demand.count.aim > 1
        if demand.count is not None and (said or is_countable(demand.feature) or feature.count_by == "instances"):
            yield self._count(demand, demand.count, where)
            return
        if demand.count is None and demand.plural and is_countable(demand.feature) and feature.count_by != "instances":
            yield self._make(demand, "count", 2, "at_least", region=where)
        elif (
            demand.count is None
            and is_countable(demand.feature)
            and feature.count_by in ("parts", "peaks", "ids", "paths")
        ):
            alone = demand.definite and not demand.links and not demand.places
            yield self._make(demand, "count", 1, "equal" if alone else "at_least", region=where)
        elif feature.count_by == "instances" and not feature.layer:
            yield self._make(demand, "count", 1 if not demand.plural else 5, "at_least", region=where)
        elif feature.layer and demand.share is None:
            if feature.layer in MASSES and demand.places:
                where = self._measured_place(demand)
            of = "land" if feature.layer in MASSES else "map"
            least = self._least(demand)
            yield self._make(demand, "share", least, "at_least", region=where,
                             arguments={"feature": demand.feature, "of": of})  # fmt: skip

    def _mainland(self) -> bool:
        """Whether other land than islands is asked for, which may reach the map's edge."""
        return any(d.feature in ("continent", "peninsula", "coast") and not d.absent for d in self.reading.demands)

    def _least(self, demand: Demand) -> float:
        """Return the smallest share at which an area counts as being there."""
        if demand.feature == "beach":
            return PRESENT_SHARE / 3  # a rim is thin, however long
        if load_features()[demand.feature].layer not in MASSES:
            return PRESENT_SHARE
        if any(p.name.startswith((HERE, "elsewhere", "part")) for p in demand.places):
            return 0.5
        if demand.implied and not demand.links:
            return IMPLIED_SHARE
        if demand.links or {"small", "tiny", "little"} & set(demand.adjectives):
            return PRESENT_SHARE
        wide = load_features()[demand.feature].layer == "biome"
        return (0.2 if wide else 0.1) if demand.places else PRESENT_MASS

    def _count(self, demand: Demand, amount: Amount, where: Region) -> Check:
        value, relation = _bound(amount)
        if demand.feature in OWN_METRIC:
            return self._make(demand, OWN_METRIC[demand.feature], value, relation, arguments={})
        return self._make(demand, "count", value, relation, region=where)

    def _shares(self, demand: Demand) -> Iterator[Check]:
        if demand.share is None:
            return
        layer = load_features()[demand.feature].layer
        of = demand.of or ("map" if layer == "water_kind" or self._shares_of_map() else "land")
        if layer == "water_kind" and of == "land":
            of = "map"
        value, relation = _bound(demand.share)
        held = demand.places or any(ln.kind in ("in", "on") for ln in demand.links)
        where = self._measured_place(demand) if held else EVERYWHERE
        if not layer:
            self.not_measurable.append(
                f"{self.reading.quoted(demand)}: a share of single things has no area to measure"
            )
            return
        if relation == "at_least" and not demand.share.said:
            value = float(value if isinstance(value, float | int) else value[0])
        yield self._make(demand, "share", value, relation, region=where,
                         arguments={"feature": demand.feature, "of": of})  # fmt: skip

    def _shares_of_map(self) -> bool:
        """Whether several bare shares add up to a whole map, as in "30% ocean, 30% forest, 40% desert"."""
        bare = [d for d in self.reading.demands if d.share is not None and not d.of and not d.absent]
        water = any(load_features()[d.feature].layer == "water_kind" for d in bare)
        return water and len(bare) >= 3

    def _adjective(self, demand: Demand, word: str) -> Iterator[Check]:
        meaning = described(demand.feature, word)
        quote = self.reading.quoted(demand)
        rule = lexicon().vocabulary["adjective_checks"].get(f"{demand.feature} {word}")
        if rule is not None:
            value = rule["value"] * (self.side_m if rule.get("of_side") else 1)
            of = {"feature": "land" if demand.feature in ("terrain", "plain") else demand.feature}
            where = self._measured_place(demand) if demand.feature in ("terrain", "plain") else EVERYWHERE
            yield self._make(demand, rule["metric"], value, rule["relation"], arguments=of, region=where)
            return
        if meaning is None:
            self.reading.not_understood.append(f"{word} ({demand.feature})")
            return
        limit = threshold(meaning[0], word, scale_of(self.extent_m))
        if limit is None or meaning[0].aspect not in METRICS:
            if meaning[0].adjectives.get("") != meaning[1]:
                self.not_measurable.append(f"{word} ({quote}): set as {meaning[0].name}, which nothing measures")
            return
        counted = meaning[0].feature if meaning[0].aspect == "count" else ""
        ground = demand.feature in ("terrain", "plain")
        arguments: dict[str, Any] = {"feature": counted or ("land" if ground else demand.feature)}
        if meaning[0].aspect == "share":
            water = load_features()[demand.feature].layer == "water_kind"
            arguments["of"] = "map" if water else "land"
        if meaning[0].aspect == "share" and option_of(demand, "outline") in ("long", "crescent"):
            limit = Threshold(limit.relation, 0.4 * limit.value)  # such a shape never fills much of a map
        aspect = "relief" if ground and meaning[0].aspect == "height" else meaning[0].aspect
        local = ground or meaning[0].aspect in ("share", "density")
        where = self._beside(demand) if local else EVERYWHERE
        yield self._make(demand, aspect, limit.value, limit.relation, arguments=arguments, region=where)

    def _choice(self, feature: str, word: str, quote: str, weight: float) -> Iterator[Check]:
        meaning = described(feature, word, "choice")
        option = lexicon().vocabulary["option_checks"].get(f"{meaning[0].name} {meaning[1]}") if meaning else None
        if option is not None:
            arguments = {} if option.get("plain") else {"feature": feature, **option.get("arguments", {})}
            yield check_of(option["metric"], option["value"], option["relation"], arguments=arguments, quote=quote,
                           weight=weight)  # fmt: skip
            return
        rule = lexicon().vocabulary["choice_checks"].get(word)
        if rule is None and lexicon().phrases[word].get("stop"):
            return  # a word that also says nothing: "scattered"
        if rule is None:
            self.not_measurable.append(f"{word} ({quote}): built, but nothing measures it")
            return
        yield check_of(rule["metric"], rule["value"], rule["relation"], arguments=rule.get("arguments", {}),
                       quote=quote, weight=weight)  # fmt: skip

    def _dimension(self, demand: Demand, aspect: str, amount: Amount) -> Iterator[Check]:
        aspect = aspect or ("height" if demand.feature in RELIEF else "width")
        value, relation = _bound(amount)
        yield self._make(demand, aspect, value, relation)

    # -- places and relations --------------------------------------------------------------------------------------

    def _located(self, demand: Demand, where: Region, mass: float = 0.7) -> Iterator[Check]:
        """Demand that a feature lies in a region: all of its parts if it is counted, most of its area otherwise."""
        if not self._alone(demand) and not demand.only:
            return
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

    def _region(self, link: Link) -> Region | None:
        reach = self.side_m * NEAR
        match link.kind:
            case "in" | "on":
                return Of(feature=link.target, filled=True)
            case "middle":
                return MiddleOf(feature=link.target, reach=0.5)
            case "near":
                return Near(feature=link.target, distance_m=reach)
            case "along":
                return Near(feature=link.target, distance_m=reach / 2)
            case "around":
                return Near(feature=link.target, distance_m=reach)
            case "outside" if link.target:
                return Not(region=Of(feature=link.target))
            case "outside":
                return Not(region=Compass.model_validate({"place": link.other, "depth": 0.4}))
            case "inland":
                return Not(region=Near(feature="sea", distance_m=reach / 3))
            case "between":
                return Between(first=link.target, second=link.other) if link.target != link.other else None
            case "side":
                return SideOf.model_validate({"feature": link.target, "side": link.other})
            case "level":
                return Level.model_validate({"which": link.target})
        return None

    def _related(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand a relation, by the metric made for it, or as lying in a region."""
        if link.kind == "each":
            number = int(demand.count.aim) if demand.count is not None else 0
            arguments: dict[str, Any] = {"feature": link.target, "of": demand.feature, "number": number}
            yield self._make(demand, "parts_holding", 0.999, "at_least", arguments=arguments)
            return
        mine = demand.feature if demand.feature != "terrain" else "land"
        where = self._region(link)
        between = self._between_things(demand, link)
        if between is not None:
            metric, least, arguments = between
            yield self._make(demand, metric, least, "at_least", arguments=arguments)
        elif link.kind == "highest":
            where = MiddleOf(feature=mine, reach=0.6) if link.target == "centre" else place_of(link.target).measured
            yield self._make(demand, "highest_inside", 1, "at_least", region=where, arguments={"feature": mine})
        elif link.kind == "deep":
            yield self._make(demand, "remoteness", 0.6, "at_least", arguments={"feature": demand.feature})
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
        elif not (link.kind == "joined_by" and demand.feature == "room"):
            # Rooms are always joined by corridors; the structural checks hold them to it.
            self.not_measurable.append(f"{self.reading.quoted(demand)}: nothing measures '{link.kind}' here")

    def _between_things(self, demand: Demand, link: Link) -> tuple[str, float, dict[str, Any]] | None:
        """Return metric, least value and arguments of a relation that has a metric of its own."""
        mine, other = demand.feature, link.target
        reach = self.side_m * NEAR
        match link.kind:
            case "joined_by" if mine != "room":
                return "joined", 1, {"feature": mine, "by": other}
            case "near" | "along" if is_countable(mine) or not load_features()[mine].layer:
                far = reach * (0.5 if link.kind == "along" else 1)
                least = 0.999 if is_countable(mine) else 0.7
                return "parts_near", least, {"feature": mine, "to": other, "distance_m": far}
            case "around":
                return "surrounded", 0.85, {"feature": other, "by": mine, **self._close(mine)}
            case "surrounded":
                return "surrounded", 0.85, {"feature": mine, "by": other, **self._close(other)}
            case "in" | "on" | "middle" if _later(other, mine):
                return "surrounded", 0.85, {"feature": mine, "by": other, **self._close(other)}
            case "between" if other == link.other:
                return "between_parts", 1, {"feature": mine, "of": other}
            case "inland":
                return "distance", 0.02 * self.side_m, {"feature": mine, "to": "sea"}
            case "apart":
                return "gap", float(link.other) * self.side_m, {"feature": mine}
            case "far" | "farthest":
                return "distance", (0.2 if link.kind == "far" else 0.3) * self.side_m, {"feature": mine, "to": other}
        return None

    def _close(self, outer: str) -> dict[str, float]:
        """Return how close what surrounds must come: woods to the shore, mountains as far off as they stand."""
        return {"reach_m": 0.1 * self.side_m} if load_features()[outer].layer in MASSES else {}

    def _way(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand where a river begins, ends or passes, or where a range runs."""
        is_place = link.target in ("centre", "edge") or link.target in COMPASS
        if demand.feature == "river":
            if link.kind == "through":
                where: Region = (
                    Compass(place="centre", depth=0.15) if is_place else Of(feature=link.target, filled=True)
                )
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
        start = next((ln.target for ln in demand.links if ln.kind == "from"), "")
        axis = axis_between(start, link.target) if link.kind == "to" else ""
        if axis and axis_parameter(demand.feature):
            arguments = {"feature": demand.feature, "along": axis}
            yield self._make(demand, "stretch", 1.4, "at_least", arguments=arguments)
            return
        band = band_between(start, link.target) if link.kind == "to" else None
        if band is not None:
            yield self._make(demand, "share_inside", 0.7, "at_least", region=band)
            yield self._make(demand, "length", 0.6 * self.side_m, "at_least")
        elif link.kind != "from":
            self.not_measurable.append(f"{self.reading.quoted(demand)}: nothing measures '{link.kind}' here")

    # -- the whole -------------------------------------------------------------------------------------------------

    def _totals(self) -> Iterator[Check]:
        """Where a feature is asked for in several places, its parts must add up to no more."""
        named: dict[str, list[Demand]] = {}
        for demand in self.reading.demands:
            if not demand.absent and is_countable(demand.feature):
                named.setdefault(demand.feature, []).append(demand)
        for feature, demands in named.items():
            amounts = [d.count for d in demands]
            if (
                len(demands) > 1
                and not any(d.total for d in demands)
                and all(a is not None and a.bound == "equal" for a in amounts)
            ):
                total = sum(a.low for a in amounts if a is not None)
                quote = " + ".join(self.reading.quoted(d) for d in demands)
                yield check_of("count", total, arguments={"feature": feature}, quote=quote)

    def contradictions(self) -> Iterator[str]:
        """Name demands that exclude each other."""
        demands = self.reading.demands
        wanted = {d.feature for d in demands if not d.absent}
        for d in demands:
            if d.absent and d.feature in wanted and not (d.places or d.links):
                yield f"'{self.reading.quoted(d)}' excludes what is asked for elsewhere; drop one of them"
        whole = [d for d in demands if d.share and not d.absent and d.weight >= 1 and d.feature != "terrain"]
        dry = [d for d in whole if load_features()[d.feature].layer in ("biome", "forest")]
        water = [d for d in whole if d.feature in ("sea", "lake", "water")]
        land = [d for d in whole if d.feature in ("land", "island", "continent")]
        for group in (water + land, water + dry, _same_layer(dry)):
            total = sum(d.share.low for d in group if d.share)
            if total > 1.005 and len(group) > 1:
                told = " and ".join(f"'{self.reading.quoted(d)}'" for d in group)
                yield f"{told} add up to {total:.0%}; at most 100% fit, so lower one by {total - 1:.0%}"


OWN_METRIC = {"dead end": "dead_ends", "loop": "loops", "storey": "storeys"}
"""Features that are no place on the map, with the metric that counts them."""


def _same_layer(demands: list[Demand]) -> list[Demand]:
    return [d for d in demands if load_features()[d.feature].layer == "biome"]


def _later(target: str, feature: str) -> bool:
    """Whether the target is made after the feature, so that it grows around it."""
    return STAGES.index(stage_of(target)) > STAGES.index(stage_of(feature))


def _bound(amount: Amount) -> tuple[float | tuple[float, float], str]:
    """Return value and relation of a check for an amount."""
    match amount.bound:
        case "between":
            return (amount.low, amount.high), "between"
        case "about":
            return (amount.low, amount.high), "between"
        case "at_most":
            return amount.high, "at_most"
        case "at_least":
            return amount.low, "at_least"
        case _:
            return amount.low, "equal"
