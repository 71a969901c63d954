"""What words about towns and villages turn out to mean: their harbours, shores, gates, walls and houses."""

from __future__ import annotations

from collections.abc import Sequence

from ...generator import load_features
from ..words.building import SETTLED
from ..words.demand import Amount, Demand, Link, Reading
from .coasts import SEAS
from .cursor import BRIDGES, COMPASS

_SIZES = ("tiny", "small", "little", "large", "big", "huge")
_CATCH = ("fishing", "fisher", "fishermens", "fishermen's")


def harboured(reading: Reading) -> None:
    """Drop "at a harbour" from a harbour town: the harbour is its own."""
    for demand in reading.demands:
        if demand.feature in SETTLED:
            demand.links = [ln for ln in demand.links if not (ln.target in ("harbour", "pier") and ln.kind == "near")]


def shored(reading: Reading, known: Sequence[str]) -> None:
    """Put a fishing village on the water that is spoken of, or else by the sea."""
    for demand in [d for d in reading.demands if d.feature in SETTLED and not d.absent and "coastal" in d.choices]:
        demand.choices.remove("coastal")
        demand.links.append(Link("near", "sea"))
        if "sea" not in known and not any(d.feature in SEAS for d in reading.demands):
            reading.demands.append(Demand("sea", demand.quote, aside=True, implied=True))
    for demand in [d for d in reading.demands if d.feature in SETTLED and not d.absent]:
        quote = reading.quoted(demand).lower().split()
        if not set(quote) & set(_CATCH) or any(ln.target in (*SEAS, "lake", "river", "lagoon") for ln in demand.links):
            continue
        named = [d.feature for d in reading.demands if d.feature in ("lake", "river", "lagoon", *SEAS) and not d.absent]
        target = next(iter(named), next((n for n in known if n in ("lake", "river", "sea")), "sea"))
        demand.links.append(Link("near", target))
        if target == "sea" and "sea" not in known and "sea" not in named:
            reading.demands.append(Demand("sea", demand.quote, aside=True, implied=True))


def lone_towers(reading: Reading, known: Sequence[str]) -> None:
    """Read "a tower" as one that stands alone where no wall is spoken of, and watchtowers of a wall as its towers."""
    walls = any(d.feature in ("wall", "castle", "gate") and not d.absent for d in reading.demands)
    walls = walls or bool({"wall", "castle"} & set(known))
    old, new = ("watchtower", "tower") if walls else ("tower", "watchtower")
    for demand in reading.demands:
        alone = demand.links or demand.places
        if demand.feature == old and not (walls and alone):
            demand.feature = new
            for other in reading.demands:
                other.links = [ln.renamed(old, new) for ln in other.links]


def gates_of_sides(reading: Reading) -> None:
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


def walls_of_towns(reading: Reading) -> None:
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


def where_houses_are(reading: Reading) -> None:
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


def all_around(reading: Reading) -> None:
    """Read "a dozen cottages around a pond" as houses on all its sides: too few for a ring, and too many for one."""
    kinds = load_features()
    for houses in [d for d in reading.demands if d.feature in ("house", "building") and not d.absent]:
        if houses.count is not None and houses.count.high < 4:
            continue
        about = [ln for ln in houses.links if ln.kind == "around" and ln.target not in SETTLED
                 and ln.target in kinds and not kinds[ln.target].needs]  # fmt: skip
        for link in about:
            at = houses.links.index(link)
            houses.links[at : at + 1] = [Link("every_side", link.target), Link("near", link.target)]


def over_bridges(reading: Reading) -> None:
    """Drop "on a bridge" from a road that crosses water: the bridge is asked for, and it carries the road."""
    for demand in (d for d in reading.demands if d.feature in ("road", "street", "river")):
        kept = [ln for ln in demand.links if not (ln.target in BRIDGES and ln.kind in ("along", "on", "near", "in"))]
        if len(kept) < len(demand.links):
            demand.links = kept


def one_each_side(reading: Reading) -> None:
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
