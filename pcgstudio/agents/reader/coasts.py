"""What the sea and its shore make of words: cliffs above it, islands in it, capes, what stands out in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...generator import load_features
from ...region import Not, Of
from ..words.demand import Amount, Demand, Link, Reading
from ..words.meaning import stage_of
from .cursor import CORNERS, RELIEF, WHOLE, corner_of, place_of

SEAS = ("sea", "coast")
BESIDE_MAINLAND = Not(region=Of(feature="island", part=1))
"""All land but the largest: islands off a coast are counted without it."""
_LAND = ("island", "archipelago", "continent", "peninsula", "coast", "land", "lake island")
_STANDING = (*RELIEF, "castle", "lighthouse", "temple", "watchtower", "village", "town")
_IN = ("in", "on", "middle", "surrounded")


def out_of_the_sea(reading: Reading) -> None:
    """Read "a volcano rising out of the sea" as one on an island of its own, where no other land is spoken of."""
    if any(d.feature in _LAND and not d.absent for d in reading.demands):
        return
    for demand in [d for d in reading.demands if d.feature in _STANDING and not d.absent]:
        at_sea = [ln for ln in demand.links if ln.target == "sea" and ln.kind in _IN]
        if not at_sea:
            continue
        demand.links = [replace(ln, kind="on", target="island") if ln in at_sea else ln for ln in demand.links]
        if not any(d.feature == "island" for d in reading.demands):
            island = Demand("island", demand.quote, count=Amount.exactly(1), implied=True, aside=True)
            reading.demands.append(island)
            reading.interpretations.append(f"read '{reading.quoted(demand)}' as standing on an island")


def sea_cliffs(reading: Reading) -> None:
    """Read a cliff that is told of together with the sea as one above it."""
    cliffs = [d for d in reading.demands if d.feature == "cliff" and not d.absent]
    beside = any(
        ln.target in SEAS and ln.kind in ("near", "along", "above", "around", "on", "in")
        for d in reading.demands
        for ln in d.links
        if d.feature == "cliff" or any(one.target in ("cliff top", "cliff foot") for one in d.links)
    )
    if not cliffs or not beside:
        return
    for demand in reading.demands:
        demand.feature = "sea cliff" if demand.feature == "cliff" else demand.feature
        demand.links = [ln.renamed("cliff", "sea cliff") for ln in demand.links]


def on_cliffs(reading: Reading) -> None:
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


def capes(reading: Reading) -> None:
    """Let a headland be one of the coast or the island that is asked for, and no land of its own."""
    shores = [d for d in reading.demands if d.feature in ("coast", "island", "continent", "bay") and not d.absent]
    capes = [d for d in reading.demands if d.feature == "peninsula" and d.aside and not (d.adjectives or d.places)]
    on_them = any(ln.kind == "headland" for d in reading.demands for ln in d.links)
    if shores and on_them:
        reading.demands = [d for d in reading.demands if d not in capes]


def offshore(reading: Reading) -> None:
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


def own_coasts(reading: Reading, known: Sequence[str] = ()) -> None:
    """Read "cliffs on its north coast" of an island as cliffs by the sea in its north: it has sea on every side."""
    islands = [d for d in reading.demands if d.feature in ("island", "archipelago") and not d.absent]
    off = any(_told_off(reading, d) for d in islands)
    coast = next((d for d in reading.demands if d.feature == "coast" and not d.absent), None)
    if coast is None or off or coast.dimensions or coast.share:
        return
    if islands[0].quote[0] > coast.quote[0] if islands else not {"island", "archipelago"} & set(known):
        return
    for demand in reading.demands:
        if demand is not coast and any(ln.target == "coast" for ln in demand.links):
            demand.places += [p for p in coast.places if p not in demand.places]
    reading.demands.remove(coast)


def ring_islands(reading: Reading) -> None:
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


def in_rings(reading: Reading) -> None:
    """Read "a ring of hills with a lake inside" as a lake that they stand around, and not one on a hill."""
    rings = {d.feature for d in reading.demands if any(ln.kind == "formed" and ln.target == "ring" for ln in d.links)}
    rings |= {d.feature for d in reading.demands if {"ring", "in a ring", "circle", "in a circle"} & set(d.choices)}
    for demand in reading.demands:
        demand.links = [
            replace(ln, kind="surrounded") if ln.kind in ("in", "middle") and ln.target in rings - {"island"} else ln
            for ln in demand.links
        ]


def corners_of_land(reading: Reading, known: Sequence[str]) -> None:
    """Read the corner of an island as its quarter: the corners of the map are sea there, and the sea fills none."""
    named = {d.feature for d in reading.demands if not d.absent} | set(known)
    afloat = bool(named & {"island", "archipelago"})
    for demand in reading.demands:
        if afloat or demand.feature in (*WHOLE, "sea", "water"):
            demand.places = [
                place_of(p.name) if p.name in CORNERS and p == corner_of(p.name) else p for p in demand.places
            ]
