"""What a word turns out to mean once the whole sentence is read: craters without a volcano, cliffs by the sea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...generator import load_features
from ..words.building import CROSSINGS, ROLES, SETTLED
from ..words.demand import Amount, Link, Reading
from ..words.meaning import is_water, stage_of
from .coasts import (
    capes,
    corners_of_land,
    in_rings,
    offshore,
    on_cliffs,
    out_of_the_sea,
    own_coasts,
    ring_islands,
    sea_cliffs,
)
from .cursor import WAYS
from .dividing import run_between, run_through
from .towns import (
    all_around,
    gates_of_sides,
    harboured,
    lone_towers,
    one_each_side,
    over_bridges,
    shored,
    walls_of_towns,
    where_houses_are,
)

_FIERY = ("volcano", "lava", "volcanic ground")


def turn(reading: Reading, known: Sequence[str]) -> None:
    """Turn demands into what they mean beside the others."""
    _struck(reading, known)
    if not known:
        out_of_the_sea(reading)
    sea_cliffs(reading)
    _arms(reading)
    harboured(reading)
    shored(reading, known)
    lone_towers(reading, known)
    _at_home(reading)
    one_each_side(reading)
    gates_of_sides(reading)
    walls_of_towns(reading)
    capes(reading)
    where_houses_are(reading)
    all_around(reading)
    _keys_each(reading)
    on_cliffs(reading)
    over_bridges(reading)
    _own_parts(reading)
    _no_role_beside(reading)
    _around_waters(reading)
    run_between(reading)
    run_through(reading)
    offshore(reading)
    own_coasts(reading, known)
    corners_of_land(reading, known)
    ring_islands(reading)
    in_rings(reading)


def _struck(reading: Reading, known: Sequence[str]) -> None:
    """Read "a crater" as the scar of an impact where no volcano is spoken of."""
    fiery = {d.feature for d in reading.demands} | set(known)
    words = reading.text.lower()
    if fiery & set(_FIERY) or "volcan" in words or "caldera" in words or "lava" in words or "crater" in known:
        return
    for demand in reading.demands:
        if demand.feature == "crater":
            demand.feature = "impact crater"
        demand.links = [ln.renamed("crater", "impact crater") for ln in demand.links]


def _arms(reading: Reading) -> None:
    """Let "a crossroads where four roads meet" be one crossing of four arms, and ask for no other roads."""
    crossing = next((d for d in reading.demands if d.feature in CROSSINGS and not d.absent), None)
    if crossing is None:
        return
    for bridge in [d for d in reading.demands if d.feature == "bridge" and "bridge" not in reading.quoted(d).lower()]:
        reading.demands.remove(bridge)  # "a tavern at the crossing": where the roads meet
        for demand in reading.demands:
            demand.links = [ln.renamed("bridge", crossing.feature) for ln in demand.links]
    arms = CROSSINGS[crossing.feature]
    for road in [d for d in reading.demands if d.feature == "road" and not d.absent]:
        told = road.count.aim if road.count is not None else 0
        forked = arms == 3 and told == 1 and crossing.quote[0] >= road.quote[0]
        if road.implied or forked or told in (arms, arms / 2) or (not told and road.plural and not road.links):
            crossing.widen(*road.quote)
            crossing.links += [ln for ln in road.links if ln.kind not in ("from", "to") and ln not in crossing.links]
            crossing.places += [p for p in road.places if p not in crossing.places]
            reading.demands.remove(road)


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


def _keys_each(reading: Reading) -> None:
    """Read "three locked doors and a key for each" as three keys."""
    for demand in reading.demands:
        each = next((ln for ln in demand.links if ln.kind == "each"), None)
        outer = next((d for d in reading.demands if each is not None and d.feature == each.target), None)
        if each is None or outer is None or outer.count is None or {demand.feature, outer.feature} != {"key", "lock"}:
            continue
        demand.count = Amount.exactly(outer.count.aim * (demand.count.aim if demand.count is not None else 1))
        demand.links.remove(each)


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
