"""From demands to checks: the built-in critic's first half, written before any plan."""

from __future__ import annotations

from collections.abc import Iterator

from ...brief import Brief, Check
from ...generator import load_features
from ...measure import check_of
from ...region import AnyOf, Compass, Near, Region
from ..reader.cursor import COMPASS, HERE, RELIEF, opposite
from ..words.building import CROSSINGS, MAZES, lattice_checks, walls_checked
from ..words.demand import EACH_ROOM, EACH_STOREY, Demand, Place, Reading
from ..words.meaning import (
    MASSES,
)
from .amounting import Amounting
from .describing import Describing
from .locating import Locating
from .writing import OWN_METRIC

_FREED = ("outside", "in", "on", "near", "around", "along", "side", "between")
"""Relations whose ground can be kept free of a thing."""


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


class _Writer(Amounting, Describing, Locating):
    """All checks of a reading."""

    def checks(self) -> Iterator[Check]:
        if self.reading.extent_m:
            for side, metres in zip(("east", "north"), self.reading.extent_m, strict=True):
                yield check_of(
                    "extent", metres, arguments={"side": side}, quote=" ".join(self.reading.extent_quote.split())
                )
        for metric, value, arguments in lattice_checks(self.reading):
            yield check_of(metric, value, arguments=arguments, quote=" ".join(self.reading.lattice_quote.split()))
        for demand in self.reading.demands:
            if not demand.silent:
                yield from self._absent(demand) if demand.absent else self._present(demand)
        for demand, home in walls_checked(self.reading):
            yield self._make(demand, "enclosed", 0.95, "at_least", arguments={"feature": home})
        yield from self._totals()
        for word, quote in self.reading.choices:
            yield from self._choice("climate", word, quote, 1.0)
        for one in self.reading.comparisons:
            arguments = {"feature": one.feature, "of": one.other}
            yield check_of("ratio", one.least, "at_least", arguments=arguments, quote=one.quote)
        for text in self.reading.not_wanted:
            self.reading.interpretations.append(f"'{text}': nothing here makes any, so there is none")

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
        if demand.adjectives or demand.dimensions or any(ln.kind not in _FREED for ln in demand.links):
            self.not_measurable.append(f"{self.reading.quoted(demand)}: only some are unwanted, which nothing measures")

    def _present(self, demand: Demand) -> Iterator[Check]:
        if demand.feature in CROSSINGS:
            yield self._crossing(demand)
            return
        if EACH_STOREY in demand.links:
            yield from self._on_every_storey(demand)
        elif EACH_ROOM in demand.links:
            yield from self._in_every_room(demand)
        elif demand.feature != "terrain":
            yield from self._amount(demand)
        yield from self._shares(demand)
        for word in demand.adjectives:
            yield from self._adjective(demand, word)
        for word in demand.denied:
            yield from self._denied(demand, word)
        for word in demand.choices:
            yield from self._choice(demand.feature, word, self.reading.quoted(demand), demand.weight)
        for kind in demand.species:
            arguments = {"feature": kind, "of": load_features()[kind].instances}
            yield self._make(demand, "mix", 0.6, "at_least", arguments=arguments, region=self._measured_place(demand))
        for aspect, amount in demand.dimensions:
            yield from self._dimension(demand, aspect, amount)
        yield from self._placed(demand)
        for link in demand.links:
            worn = demand.implied and link.kind == "on" and load_features()[demand.feature].layer in MASSES
            yield from () if worn else self._related(demand, link)
            if worn:
                arguments = {"feature": demand.feature, "of": link.target}  # "snowy mountains": snow on much of them
                yield self._make(demand, "share", 0.25, "at_least", arguments=arguments)
        yield from self._level(demand)
        yield from self._unlike(demand)

    def _level(self, demand: Demand) -> Iterator[Check]:
        """Demand that a plain is flat, and the top of a plateau."""
        if demand.feature == "plain" and not demand.places:
            relief = any(d.feature in RELIEF and not d.absent for d in self.reading.demands)
            yield self._make(demand, "flat_share", 0.3 if relief else 0.65, "at_least", arguments={"feature": "land"})
        if demand.feature == "plateau":
            top = {"feature": "plateau", "below_deg": 12.0}
            yield self._make(demand, "flat_share", 0.5, "at_least", arguments=top)

    def _crossing(self, demand: Demand) -> Check:
        """Demand that so many roads leave one place."""
        where = self._measured_place(demand)
        if demand.links:  # a road clears the wood it runs through
            near = [Near(feature=ln.target, distance_m=0.03 * self.side_m) for ln in demand.links if ln.target]
            where = AnyOf(regions=(where, *near)) if near else where
        return self._make(demand, "arms", CROSSINGS[demand.feature], "at_least", region=where,
                          arguments={"feature": "road"})  # fmt: skip

    def _placed(self, demand: Demand) -> Iterator[Check]:
        """Return what shows that a thing is where it was asked to be."""
        for place in demand.spots:
            yield self._there(demand, place.measured)
        for place in demand.places:
            if place.name == HERE and load_features()[demand.feature].layer in MASSES and not demand.only:
                continue  # woods in the marked place say nothing of others; how much of it they cover is checked
            where = self._gate_side(demand, place) or place.measured
            for check in self._located(demand, where, mass=0.7):
                yield check.model_copy(update={"weight": min(check.weight, place.weight)})
        names = {p.name for p in demand.places}
        if demand.count is not None and demand.count.aim == 1 and any(opposite(n) in names for n in names & {*COMPASS}):
            self.not_measurable.append(f"{self.reading.quoted(demand)}: one thing cannot lie on two opposite sides")

    def _gate_side(self, demand: Demand, place: Place) -> Region | None:
        """Return the rim of the map at which a maze's entrance or exit lies; None for anything else."""
        maze = any(d.feature in MAZES for d in self.reading.demands)
        if not (maze and demand.feature in ("entrance", "exit") and place.name in COMPASS):
            return None
        return Compass.model_validate({"place": place.name, "depth": 0.2})

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

    def contradictions(self) -> Iterator[str]:
        """Name demands that exclude each other."""
        demands = self.reading.demands
        wanted = {d.feature for d in demands if not d.absent}
        for d in demands:
            if d.absent and d.feature in wanted and not (d.places or d.links):
                yield f"'{self.reading.quoted(d)}' excludes what is asked for elsewhere; drop one of them"
        whole = [
            d for d in demands if d.share and not (d.absent or d.places) and d.weight >= 1 and d.feature != "terrain"
        ]
        dry = [d for d in whole if load_features()[d.feature].layer in ("biome", "forest")]
        water = [d for d in whole if d.feature in ("sea", "lake", "water")]
        land = [d for d in whole if d.feature in ("land", "island", "continent")]
        for group in (water + land, water + dry, _same_layer(dry)):
            total = sum(d.share.low for d in group if d.share)
            if total > 1.005 and len(group) > 1:
                told = " and ".join(f"'{self.reading.quoted(d)}'" for d in group)
                yield f"{told} add up to {total:.0%}; at most 100% fit, so lower one by {total - 1:.0%}"


def _same_layer(demands: list[Demand]) -> list[Demand]:
    return [d for d in demands if load_features()[d.feature].layer == "biome"]
