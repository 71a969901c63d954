"""Checks of how many and how much: counts, shares, that something is there at all."""

from __future__ import annotations

from collections.abc import Iterator

from ...brief import Check
from ...generator import load_features
from ...measure import check_of
from ...region import EVERYWHERE, AnyOf, Not, Of, Region
from ..reader.coasts import BESIDE_MAINLAND, off_coast
from ..reader.cursor import HERE
from ..words.building import SETTLED
from ..words.demand import Amount, Demand
from ..words.meaning import MASSES, is_countable, parameter
from .writing import IMPLIED_SHARE, OWN_METRIC, PRESENT_MASS, PRESENT_SHARE, Writing, bound

_SPREAD = ("dune", "field", "lagoon")
"""Ground that is no mass of its own, and yet must be seen at once where it is asked for."""


class Amounting(Writing):
    """Writes the checks of amounts."""

    def _amount(self, demand: Demand) -> Iterator[Check]:
        feature = load_features()[demand.feature]
        if demand.feature in OWN_METRIC and demand.count is None:
            yield self._make(demand, OWN_METRIC[demand.feature], 1, "at_least", arguments={})
            return
        inside = any(ln.kind in ("in", "on", "middle") for ln in demand.links if ln.target != "sea")
        if demand.feature in ("island", "archipelago") and not inside:
            yield from self._reaching_out(demand)
        if demand.feature == "archipelago" and not any(d.feature == "island" for d in self.reading.demands):
            yield self._make(demand, "count", 3, "at_least", arguments={"feature": "island"})
        if demand.feature == "land" and demand.share is not None:
            return  # so much land, in one piece or in many
        if any(ln.kind == "each" for ln in demand.links):
            return  # one for each of others: they are counted there
        where = EVERYWHERE if self._alone(demand) else self._measured_place(demand)
        where = self._counted_where(demand, where)
        said = demand.count is not None and demand.count.said and demand.count.aim > 1
        counted = is_countable(demand.feature) or feature.count_by == "instances" or demand.feature in OWN_METRIC
        counted = counted or (bool(feature.needs) and feature.count_by == "ids")
        if demand.feature in SETTLED and any(ln.kind == "both_sides" for ln in demand.links) and not said:
            yield self._make(demand, "count", 1, "at_least", region=where)  # a quarter on each bank
            return
        if demand.count is not None and (said or counted):
            yield self._count(demand, demand.count, where)
            return
        if demand.count is None and demand.plural and is_countable(demand.feature) and feature.count_by != "instances":
            counting = parameter(demand.feature, "count")
            single = counting is not None and counting.maximum == 1  # "walls" are one ring of them
            single = single or demand.feature in ("cliff", "sea cliff")  # and "cliffs" one unbroken line
            yield self._make(demand, "count", 1 if single else 2, "at_least", region=where)
        elif (
            demand.count is None
            and is_countable(demand.feature)
            and feature.count_by in ("parts", "peaks", "ids", "paths")
        ):
            alone = demand.definite and not demand.links and not demand.places
            yield self._make(demand, "count", 1, "equal" if alone else "at_least", region=where)
        elif feature.count_by == "instances" and not feature.layer:
            strewn = feature.instances in ("tree", "rock", "grass")
            many = 5 if (strewn or feature.instances == "building") and demand.feature != "church" else 2
            many = (
                40 if demand.implied and demand.feature == "rock" else many if demand.plural else 1
            )  # "rocky" is more than a rock
            yield self._make(demand, "count", many, "at_least", region=where)
        elif feature.layer and demand.share is None:
            if feature.layer in MASSES and demand.places:
                where = self._measured_place(demand)
            of = "land" if feature.layer in MASSES else "map"
            least = self._least(demand)
            yield self._make(demand, "share", least, "at_least", region=where,
                             arguments={"feature": demand.feature, "of": of})  # fmt: skip

    def _on_every_storey(self, demand: Demand) -> Iterator[Check]:
        """Demand so many rooms of the storey that has the fewest, and of the one that has the most."""
        value, relation = bound(demand.count or Amount.exactly(1))
        for storey in ("fewest", "most"):
            yield self._make(demand, "storey_rooms", value, relation, arguments={"storey": storey})

    def _in_every_room(self, demand: Demand) -> Iterator[Check]:
        """Demand so many things in every room."""
        arguments = {"feature": "room", "of": demand.feature, "number": round(demand.count.aim if demand.count else 1)}
        yield self._make(demand, "parts_holding", 0.999, "at_least", arguments=arguments)

    def _there(self, demand: Demand, where: Region) -> Check:
        """Demand that something of a feature lies in a place."""
        feature = load_features()[demand.feature]
        if not feature.layer or (is_countable(demand.feature) and feature.layer not in MASSES):
            return self._make(demand, "count", 1, "at_least", region=where)
        of = "land" if feature.layer in MASSES else "map"
        least = 0.1 if feature.layer in MASSES else PRESENT_SHARE
        return self._make(demand, "share", least, "at_least", region=where,
                          arguments={"feature": demand.feature, "of": of})  # fmt: skip

    def _reaching_out(self, demand: Demand) -> Iterator[Check]:
        """Demand that islands keep clear of the map's edge, and that a mainland beside them does not."""
        mainland = any(d.feature == "continent" and not d.absent for d in self.reading.demands)
        off = off_coast(self.reading, demand) and not mainland
        if off or not (self._mainland() or self._in_bay(demand)):
            told = "at_least" if off else "equal"
            yield self._make(demand, "sides_touched", int(off), told, arguments={"feature": "land"})

    def _counted_where(self, demand: Demand, where: Region) -> Region:
        """Return where to count islands beside a mainland, and that: each is land to the other."""
        if off_coast(self.reading, demand):
            return BESIDE_MAINLAND
        beside = demand.feature == "continent" and any(off_coast(self.reading, d) for d in self.reading.demands)
        return Of(feature="island", part=1) if beside else where

    def _in_bay(self, demand: Demand) -> bool:
        """Whether islands lie in a bay that was named before them: it has a coast of its own."""
        bays = [d for d in self.reading.demands if d.feature in ("bay", "fjord") and d.quote[0] < demand.quote[0]]
        return bool(bays) and any(ln.target in ("bay", "fjord") for ln in demand.links)

    def _mainland(self) -> bool:
        """Whether other land than islands is asked for, which may reach the map's edge."""
        return any(d.feature in ("continent", "peninsula", "coast") and not d.absent for d in self.reading.demands)

    def _least(self, demand: Demand) -> float:
        """Return the smallest share at which an area counts as being there."""
        if demand.feature == "beach":
            return PRESENT_SHARE / 3  # a rim is thin, however long
        if load_features()[demand.feature].layer not in MASSES:
            return 0.01 if demand.feature in _SPREAD else PRESENT_SHARE
        if any(p.name.startswith((HERE, "elsewhere", "part")) for p in demand.places):
            return 0.5
        if demand.implied and not demand.links:
            return IMPLIED_SHARE
        if demand.dimensions or demand.implied or (demand.feature == "snow" and demand.links):
            return PRESENT_SHARE  # a cap of snow is small, however tall its mountain
        if any(ln.kind == "level" for ln in demand.links):
            return PRESENT_SHARE  # "grass spots on the peak layer": one level of many is small
        if {"small", "tiny", "little"} & set(demand.adjectives):
            return PRESENT_SHARE if demand.links else PRESENT_MASS / 2
        if demand.links:
            return PRESENT_MASS  # wherever it is, it must be more than a token
        wide = load_features()[demand.feature].layer == "biome"
        return (0.2 if wide else 0.3) if demand.places else PRESENT_MASS

    def _count(self, demand: Demand, amount: Amount, where: Region) -> Check:
        value, relation = bound(amount)
        if demand.feature in OWN_METRIC:
            return self._make(demand, OWN_METRIC[demand.feature], value, relation, arguments={})
        return self._make(demand, "count", value, relation, region=where)

    def _shares(self, demand: Demand) -> Iterator[Check]:
        if demand.share is None or (demand.feature == "terrain" and not demand.share.said):
            return  # "mostly flat" is what is measured of flat ground
        layer = load_features()[demand.feature].layer
        of = demand.of or ("map" if layer == "water_kind" or self._shares_of_map() else "land")
        if layer == "water_kind" and of == "land":
            of = "map"
        value, relation = bound(demand.share)
        held = demand.places or any(ln.kind in ("in", "on") for ln in demand.links)
        where = self._measured_place(demand) if held else EVERYWHERE
        if not layer:
            self.not_measurable.append(
                f"{self.reading.quoted(demand)}: a share of single things has no area to measure"
            )
            return
        others = self._others(demand)
        if demand.rest and others and where is EVERYWHERE and relation == "at_least":
            value, where = 0.75, Not(region=AnyOf(regions=others))
        if relation == "at_least" and not demand.share.said:
            value = float(value if isinstance(value, float | int) else value[0])
        yield self._make(demand, "share", value, relation, region=where,
                         arguments={"feature": demand.feature, "of": of})  # fmt: skip

    def _others(self, demand: Demand) -> tuple[Region, ...]:
        """Return where the other ground is of which a demand takes the rest."""
        shared = dict.fromkeys(d.feature for d in self.reading.demands if d.share is not None and not d.absent)
        masses = (n for n in shared if load_features()[n].layer in MASSES and n != demand.feature)
        return tuple(Of(feature=name) for name in masses)

    def _shares_of_map(self) -> bool:
        """Whether several bare shares add up to a whole map, as in "30% ocean, 30% forest, 40% desert"."""
        bare = [d for d in self.reading.demands if d.share is not None and not d.of and not d.absent]
        water = any(load_features()[d.feature].layer == "water_kind" for d in bare)
        return water and len(bare) >= 3

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
