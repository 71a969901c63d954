"""What a word turns out to mean once the whole sentence is read: craters without a volcano, cliffs by the sea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...generator import load_features
from ...region import Not, Of
from ..words.building import CROSSINGS, ROLES, SETTLED
from ..words.demand import Amount, Demand, Link, Reading
from ..words.meaning import is_water, stage_of
from .coasts import out_of_the_sea
from .cursor import BRIDGES, COMPASS, WAYS
from .dividing import run_between, run_through

_FIERY = ("volcano", "lava", "volcanic ground")
_SEAS = ("sea", "coast")
_SIZES = ("tiny", "small", "little", "large", "big", "huge")
_CATCH = ("fishing", "fisher", "fishermens", "fishermen's")
BESIDE_MAINLAND = Not(region=Of(feature="island", part=1))
"""All land but the largest: islands off a coast are counted without it."""


def turn(reading: Reading, known: Sequence[str]) -> None:
    """Turn demands into what they mean beside the others."""
    _struck(reading, known)
    if not known:
        out_of_the_sea(reading)
    _sea_cliffs(reading)
    _arms(reading)
    _harboured(reading)
    _shored(reading, known)
    _towers(reading, known)
    _at_home(reading)
    _one_each_side(reading)
    _gates(reading)
    _walls(reading)
    _capes(reading)
    _where_houses_are(reading)
    _keys_each(reading)
    _on_cliffs(reading)
    _over_bridges(reading)
    _own_parts(reading)
    _no_role_beside(reading)
    _around_waters(reading)
    run_between(reading)
    run_through(reading)
    _offshore(reading)
    _own_coasts(reading)
    _ring_islands(reading)
    _in_rings(reading)


def _struck(reading: Reading, known: Sequence[str]) -> None:
    """Read "a crater" as the scar of an impact where no volcano is spoken of."""
    fiery = {d.feature for d in reading.demands} | set(known)
    words = reading.text.lower()
    if fiery & set(_FIERY) or "volcan" in words or "caldera" in words or "lava" in words or "crater" in known:
        return
    for demand in reading.demands:
        if demand.feature == "crater":
            demand.feature = "impact crater"
        demand.links = [_renamed(ln, "crater", "impact crater") for ln in demand.links]


def _renamed(link: Link, old: str, new: str) -> Link:
    return replace(
        link, target=new if link.target == old else link.target, other=new if link.other == old else link.other
    )


def _sea_cliffs(reading: Reading) -> None:
    """Read a cliff that is told of together with the sea as one above it."""
    cliffs = [d for d in reading.demands if d.feature == "cliff" and not d.absent]
    beside = any(
        ln.target in _SEAS and ln.kind in ("near", "along", "above", "around", "on", "in")
        for d in reading.demands
        for ln in d.links
        if d.feature == "cliff" or any(one.target in ("cliff top", "cliff foot") for one in d.links)
    )
    if not cliffs or not beside:
        return
    for demand in reading.demands:
        demand.feature = "sea cliff" if demand.feature == "cliff" else demand.feature
        demand.links = [_renamed(ln, "cliff", "sea cliff") for ln in demand.links]


def _arms(reading: Reading) -> None:
    """Let "a crossroads where four roads meet" be one crossing of four arms, and ask for no other roads."""
    crossing = next((d for d in reading.demands if d.feature in CROSSINGS and not d.absent), None)
    if crossing is None:
        return
    for bridge in [d for d in reading.demands if d.feature == "bridge" and "bridge" not in reading.quoted(d).lower()]:
        reading.demands.remove(bridge)  # "a tavern at the crossing": where the roads meet
        for demand in reading.demands:
            demand.links = [_renamed(ln, "bridge", crossing.feature) for ln in demand.links]
    arms = CROSSINGS[crossing.feature]
    for road in [d for d in reading.demands if d.feature == "road" and not d.absent]:
        told = road.count.aim if road.count is not None else 0
        forked = arms == 3 and told == 1 and crossing.quote[0] >= road.quote[0]
        if road.implied or forked or told in (arms, arms / 2) or (not told and road.plural and not road.links):
            crossing.widen(*road.quote)
            crossing.links += [ln for ln in road.links if ln.kind not in ("from", "to") and ln not in crossing.links]
            crossing.places += [p for p in road.places if p not in crossing.places]
            reading.demands.remove(road)


def _harboured(reading: Reading) -> None:
    """Drop "at a harbour" from a harbour town: the harbour is its own."""
    for demand in reading.demands:
        if demand.feature in SETTLED:
            demand.links = [ln for ln in demand.links if not (ln.target in ("harbour", "pier") and ln.kind == "near")]


def _shored(reading: Reading, known: Sequence[str]) -> None:
    """Put a fishing village on the water that is spoken of, or else by the sea."""
    for demand in [d for d in reading.demands if d.feature in SETTLED and not d.absent and "coastal" in d.choices]:
        demand.choices.remove("coastal")
        demand.links.append(Link("near", "sea"))
        if "sea" not in known and not any(d.feature in _SEAS for d in reading.demands):
            reading.demands.append(Demand("sea", demand.quote, aside=True, implied=True))
    for demand in [d for d in reading.demands if d.feature in SETTLED and not d.absent]:
        quote = reading.quoted(demand).lower().split()
        if not set(quote) & set(_CATCH) or any(ln.target in (*_SEAS, "lake", "river", "lagoon") for ln in demand.links):
            continue
        named = [
            d.feature for d in reading.demands if d.feature in ("lake", "river", "lagoon", *_SEAS) and not d.absent
        ]
        target = next(iter(named), next((n for n in known if n in ("lake", "river", "sea")), "sea"))
        demand.links.append(Link("near", target))
        if target == "sea" and "sea" not in known and "sea" not in named:
            reading.demands.append(Demand("sea", demand.quote, aside=True, implied=True))


def _towers(reading: Reading, known: Sequence[str]) -> None:
    """Read "a tower" as one that stands alone where no wall is spoken of, and watchtowers of a wall as its towers."""
    walls = any(d.feature in ("wall", "castle", "gate") and not d.absent for d in reading.demands)
    walls = walls or bool({"wall", "castle"} & set(known))
    old, new = ("watchtower", "tower") if walls else ("tower", "watchtower")
    for demand in reading.demands:
        alone = demand.links or demand.places
        if demand.feature == old and not (walls and alone):
            demand.feature = new
            for other in reading.demands:
                other.links = [_renamed(ln, old, new) for ln in other.links]


def _at_home(reading: Reading) -> None:
    """Put "a village with a well and an inn" together: what is told beside one settlement stands in or by it."""
    named = [d for d in reading.demands if d.feature in SETTLED and not d.absent]
    homes = [d for d in named if d.feature != "castle"] or named
    if len(homes) != 1 or homes[0].plural:
        return
    led = {ln.target for d in reading.demands if d.feature in WAYS for ln in d.links if ln.kind in ("from", "to")}
    led |= {n for d in reading.demands for ln in d.links if ln.kind == "between" for n in (ln.target, ln.other)}
    for demand in [d for d in reading.demands if d.feature not in led]:  # what a road leads to may lie far off
        placed = stage_of(demand.feature) in ("props", "volume") and load_features()[demand.feature].instances
        alone = not (demand.links or demand.places or demand.absent or demand.each)
        if (placed or demand.feature == "castle") and alone and demand.quote[0] > homes[0].quote[0]:
            demand.links.append(Link("near", homes[0].feature))


def _one_each_side(reading: Reading) -> None:
    """Read "a village on each side of the river" as two of them."""
    for demand in reading.demands:
        sides = any(ln.kind == "both_sides" for ln in demand.links) and demand.feature in SETTLED
        told = " ".join(reading.quoted(demand).lower().split())
        if (
            sides
            and not demand.plural
            and any(f"{w} {s}" in told for w in ("each", "either") for s in ("side", "bank", "shore"))
        ):
            demand.count, demand.plural = Amount.exactly(2), True


def _where_houses_are(reading: Reading) -> None:
    """Read "a village of 20 houses by a lake" as a village by the lake; its number of houses says how large it is."""
    homes = [d for d in reading.demands if d.feature in SETTLED and not d.absent and not d.plural]
    for houses in [d for d in reading.demands if d.feature in ("house", "building", "church") and not d.absent]:
        before = [d for d in homes if d.quote[0] <= houses.quote[0]]
        if not before:
            continue
        home = before[-1]
        inner = (*SETTLED, "square", "park")
        grounds = [ln for ln in houses.links if ln.kind in ("in", "on", "middle") and ln.target not in inner]
        if grounds and (not home.links or home.links == grounds):
            home.links, houses.links = grounds, [ln for ln in houses.links if ln not in grounds]
        if houses.count is None or houses.feature == "church":
            continue
        home.adjectives = [a for a in home.adjectives if a not in _SIZES]
        moved = [
            ln
            for ln in houses.links
            if ln.kind in ("near", "along", "around", "both_sides", "below") and ln.target != home.feature
        ]
        if moved and not home.links:
            home.links += moved
            houses.links = [ln for ln in houses.links if ln not in moved]
        if houses.places and not home.places and not home.links:
            home.places, houses.places = houses.places, []


def _capes(reading: Reading) -> None:
    """Let a headland be one of the coast or the island that is asked for, and no land of its own."""
    shores = [d for d in reading.demands if d.feature in ("coast", "island", "continent", "bay") and not d.absent]
    capes = [d for d in reading.demands if d.feature == "peninsula" and d.aside and not (d.adjectives or d.places)]
    on_them = any(ln.kind == "headland" for d in reading.demands for ln in d.links)
    if shores and on_them:
        reading.demands = [d for d in reading.demands if d not in capes]


def _gates(reading: Reading) -> None:
    """Read "a gate in the north" as one on that side of its town, and "on each side" as one on all four of them.

    A wall joined to it by "and" runs around the town all the same.
    """
    for demand in [d for d in reading.demands if d.feature == "gate" and not d.absent]:
        every = [ln for ln in demand.links if ln.kind in ("both_sides", "around", "each")]
        if every and not any(ln.target in ("road", "street", "river") for ln in every):
            few = demand.count is not None and 1 < demand.count.aim < 4
            kind = "every_side" if not few else "opposed" if every[0].kind == "both_sides" else ""
            demand.links = [ln for ln in demand.links if ln not in every] + [Link(kind, "")] * bool(kind)
            if demand.count is None or demand.count.aim == 1:
                demand.count, demand.plural = Amount.exactly(4), True
        places = demand.spots or demand.places
        if not places or not all(p.name in COMPASS for p in places):
            continue
        for wall in (d for d in reading.demands if d.feature == "wall"):
            wall.places = [p for p in wall.places if p not in places]
        demand.links += [Link("facing", p.name) for p in places]
        demand.places, demand.spots = [], []
        if demand.plural and demand.count is None and len(places) > 1:
            demand.count = Amount("at_least", len(places), len(places), len(places), said=False)
    gates = [d for d in reading.demands if d.feature == "gate" and not d.absent]
    told = [d.count.aim if d.count is not None else 1.0 for d in gates]
    if len(gates) > 1:  # "a gate in the east and one in the west", and "two gates, one in the east and one in the west"
        of_first = gates[0].several and not gates[0].links
        gates[0].count = Amount.exactly(max(told[0], sum(told[1:])) if of_first else sum(told))
        gates[0].plural = True
    for other in gates[1:]:
        gates[0].links = [*gates[0].links, *other.links]
        gates[0].widen(*other.quote)
        reading.demands.remove(other)


def _keys_each(reading: Reading) -> None:
    """Read "three locked doors and a key for each" as three keys."""
    for demand in reading.demands:
        each = next((ln for ln in demand.links if ln.kind == "each"), None)
        outer = next((d for d in reading.demands if each is not None and d.feature == each.target), None)
        if each is None or outer is None or outer.count is None or {demand.feature, outer.feature} != {"key", "lock"}:
            continue
        demand.count = Amount.exactly(outer.count.aim * (demand.count.aim if demand.count is not None else 1))
        demand.links.remove(each)


def _on_cliffs(reading: Reading) -> None:
    """Read what stands on a cliff as standing on the ground above it."""
    for demand in reading.demands:
        if (
            stage_of(demand.feature) not in ("settlement", "props")
            and load_features()[demand.feature].instances != "prop"
        ):
            continue
        demand.links = [
            replace(ln, target="cliff top")
            if ln.kind in ("on", "middle") and ln.target in ("cliff", "sea cliff")
            else ln
            for ln in demand.links
        ]


def _over_bridges(reading: Reading) -> None:
    """Drop "on a bridge" from a road that crosses water: the bridge is asked for, and it carries the road."""
    for demand in (d for d in reading.demands if d.feature in ("road", "street", "river")):
        kept = [ln for ln in demand.links if not (ln.target in BRIDGES and ln.kind in ("along", "on", "near", "in"))]
        if len(kept) < len(demand.links):
            demand.links = kept


def _walls(reading: Reading) -> None:
    """Let "a wall around a town by a river" be the town's: it encloses it, and the town is by the river."""
    for wall in [d for d in reading.demands if d.feature == "wall" and not d.absent]:
        held = next(
            (ln.target for ln in wall.links if ln.kind in ("around", "surrounded") and ln.target in SETTLED), ""
        )
        town = next((d for d in reading.demands if d.feature == held and not d.absent), None)
        if town is None:
            continue
        beside = [ln for ln in wall.links if ln.kind in ("near", "along")]
        town.links += beside
        wall.links = [ln for ln in wall.links if ln.target != held and ln not in beside]


def _own_parts(reading: Reading) -> None:
    """Drop "along one street" from houses, which always line streets, and a keep from the castle that has one."""
    for demand in reading.demands:
        if demand.feature in (*SETTLED, "house", "building"):
            demand.links = [ln for ln in demand.links if ln.target != "street"]
        if load_features()[demand.feature].instances == "building" or demand.feature in (
            "inn",
            "smithy",
        ):  # they line a square or a green
            demand.links = [
                replace(ln, kind="near") if ln.kind in ("in", "on") and ln.target in ("square", "park") else ln
                for ln in demand.links
            ]
    castles = [d for d in reading.demands if d.feature == "castle" and not d.absent]
    for keep in castles[1:]:
        if reading.quoted(keep).lower().split()[-1:] == ["keep"] and not (keep.links or keep.places):
            reading.demands.remove(keep)


def _around_waters(reading: Reading) -> None:
    """Read "two ponds, each with some palms" as palms near every pond: none stand in the water."""
    for demand in reading.demands:
        each = next((ln for ln in demand.links if ln.kind == "each" and is_water(ln.target)), None)
        if each is None or is_water(demand.feature) or stage_of(demand.feature) != "scatter":
            continue
        demand.links = [ln for ln in demand.links if ln is not each and ln.target != each.target]
        demand.links.append(Link("near", each.target))
        demand.count = None if demand.count is not None and not demand.count.said else demand.count
        outer = next((d for d in reading.demands if d.feature == each.target and not d.absent), None)
        if outer is not None:
            outer.links.append(Link("near", demand.feature))


def _offshore(reading: Reading) -> None:
    """Read "three islands off the coast" as islands beside a mainland: near a coast they are anyway, their own."""
    for demand in [d for d in reading.demands if d.feature == "island" and not d.absent]:
        told = _told_off(reading, demand)
        kept = [ln for ln in demand.links if not (ln.target == "coast" and ln.kind in ("near", "outside"))]
        if len(kept) == len(demand.links) and not told:
            continue
        demand.links = kept
        if not any(d.feature in ("coast", "continent") and not d.absent for d in reading.demands):
            reading.demands.append(Demand("coast", demand.quote, aside=True, implied=True))


def off_coast(reading: Reading, demand: Demand) -> bool:
    """Whether islands lie beside a mainland: off its coast, or as well as it."""
    mainland = any(d.feature in ("coast", "continent", "peninsula") and not d.absent for d in reading.demands)
    return demand.feature == "island" and (mainland or _told_off(reading, demand))


def _told_off(reading: Reading, demand: Demand) -> bool:
    """Whether islands are said to lie off a coast, which is a mainland's then."""
    return bool({"off", "offshore"} & set(reading.quoted(demand).lower().split()))


def _own_coasts(reading: Reading) -> None:
    """Read "cliffs on its north coast" of an island as cliffs by the sea in its north: it has sea on every side."""
    islands = [d for d in reading.demands if d.feature in ("island", "archipelago") and not d.absent]
    off = any(_told_off(reading, d) for d in islands)
    coast = next((d for d in reading.demands if d.feature == "coast" and not d.absent), None)
    if coast is None or not islands or off or islands[0].quote[0] > coast.quote[0] or coast.dimensions or coast.share:
        return
    for demand in reading.demands:
        if demand is not coast and any(ln.target == "coast" for ln in demand.links):
            demand.places += [p for p in coast.places if p not in demand.places]
    reading.demands.remove(coast)


def _ring_islands(reading: Reading) -> None:
    """Read "a ring-shaped island" as one around a lagoon, and what is in its middle as being in that."""
    rings = {"ring", "ring shaped", "in a ring", "circle", "in a circle", "encircling"}
    island = next(
        (d for d in reading.demands if d.feature == "island" and not d.absent and rings & set(d.choices)), None
    )
    if island is None or island.plural:
        return
    island.choices = [c for c in island.choices if c not in rings]
    island.links = [ln for ln in island.links if ln.target not in ("lagoon", "sea", "lake", "water")]
    lagoon = next((d for d in reading.demands if d.feature == "lagoon" and not d.absent), None)
    if lagoon is None:
        lagoon = Demand("lagoon", island.quote, implied=True)
        reading.demands.append(lagoon)
    lagoon.links, lagoon.places = [Link("surrounded", "island")], []


def _in_rings(reading: Reading) -> None:
    """Read "a ring of hills with a lake inside" as a lake that they stand around, and not one on a hill."""
    rings = {d.feature for d in reading.demands if any(ln.kind == "formed" and ln.target == "ring" for ln in d.links)}
    rings |= {d.feature for d in reading.demands if {"ring", "in a ring", "circle", "in a circle"} & set(d.choices)}
    for demand in reading.demands:
        demand.links = [
            replace(ln, kind="surrounded") if ln.kind in ("in", "middle") and ln.target in rings - {"island"} else ln
            for ln in demand.links
        ]


def _no_role_beside(reading: Reading) -> None:
    """Read "no treasure next to the entrance" of rooms: they share no wall and no way leads straight across."""
    for demand in [d for d in reading.demands if d.absent and d.feature in ROLES]:
        beside = [ln for ln in demand.links if ln.kind == "near" and ln.target in ROLES]
        if not beside or demand.places:
            continue
        reading.demands.remove(demand)
        same = next((d for d in reading.demands if d.feature == demand.feature and not d.absent), None)
        if same is None:
            reading.not_understood.append(reading.quoted(demand))
        else:
            same.links = [ln for ln in same.links if ln not in beside]
            same.links += [Link("apart_from", ln.target) for ln in beside]
            same.widen(*demand.quote)
