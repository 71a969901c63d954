"""Moving what is there: beside another thing, and off what goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...brief import Check
from ...feature import feature_mask
from ...generator import load_features
from ...recipe import Recipe, Step
from ...region import EVERYWHERE, AllOf, Circle, Not, Polygon, Region, side_vector
from ...world import World
from ..briefs.briefing import write_brief
from ..briefs.writing import NEAR
from ..plans.placing import Placing, stands_before
from ..reader.reading import read
from ..words.demand import Demand, Link, Place, Reading
from ..words.meaning import MASSES, makes
from .changes import Change

_VERB = re.compile(r"^\w+\s+(?:all )?(?:the |my |this |that )?", re.I)
_CLOSER = re.compile(r"\b(?:over |right )?(?:closer|nearer|close|over|up) to\b(?: where)?", re.I)
_BESIDE = ("near", "along", "around", "in", "on", "side", "between", "foot", "surrounded", "far", "middle", "inland")
_AMOUNTS = ("count", "share", "height", "width", "depth")
_NEXT = 0.04
"""How far from those that are there one more of a kind begins, as a share of the map."""
_WITHIN = 95
"""Percentile of the distances from its middle within which a thing is said to lie."""


def moved_beside(clause: str, feature: str, there: Sequence[str]) -> Change | None:
    """Read "put the lake next to the forest" of things that are there; None where a word of it is not understood."""
    reading = read("the " + _CLOSER.sub("near", _VERB.sub("", clause)), tuple(there))
    own = [d for d in reading.demands if d.feature == feature]
    others = [d for d in reading.demands if d.feature != feature]
    if len(own) != 1 or not own[0].links or own[0].places or reading.not_understood:
        return None
    if any(not d.aside or d.feature not in there for d in others):
        return None
    if any(ln.kind not in _BESIDE or ln.target not in there for ln in own[0].links):
        return None
    return Change(feature, "move", clause, beside=reading)


def beside(change: Change, recipe: Recipe, before: World | None) -> Region:
    """Return where to put what a change moves beside something: everywhere where that is not known."""
    reading = change.beside or Reading("")
    demand = next(d for d in reading.demands if d.feature == change.feature)
    return where_it_stood(demand, Placing(reading, max(recipe.extent_m)).where(demand), before)


def where_it_stood(demand: Demand, planned: Region, before: World | None) -> Region:
    """Return where to make a demand: as planned, or by the spots of things that are made after it.

    What is made later stands nowhere yet when this is made, so that the place where it stood before counts.
    """
    late = [ln for ln in demand.links if ln.target in load_features() and not stands_before(ln.target, demand.feature)]
    spots = [spot for link in late if (spot := _spot(link, before)) is not None]
    return planned if not spots else spots[0] if len(spots) == 1 else AllOf(regions=tuple(spots))


def _spot(link: Link, before: World | None) -> Region | None:
    """Return where something lies to a thing that stood there."""
    there = stood(link.target, before)
    if there is None or before is None:
        return None
    reach_m = NEAR * max(before.grid.extent_m)
    wide = there.model_copy(update={"radius_m": there.radius_m + (2 if link.kind == "far" else 1) * reach_m})
    match link.kind:
        case "in" | "on" | "middle":
            return there
        case "far":
            return Not(region=wide)
        case "side":
            shift_m = there.radius_m + reach_m
            (x, y), (east, north) = there.centre_m, side_vector(link.other)
            return Circle(centre_m=(x + shift_m * east, y + shift_m * north), radius_m=max(there.radius_m, reach_m))
        case "near" | "along" | "foot" | "around" | "surrounded":
            mass = load_features()[link.target].layer in MASSES
            return wide if mass else AllOf(regions=(wide, Not(region=there)))
    return None


def beside_checks(change: Change, recipe: Recipe) -> Iterator[Check]:
    """Yield what shows that a thing lies where it was moved to."""
    if change.beside is None:
        return
    for check in write_brief(change.beside, recipe.extent_m).checks:
        mine = change.feature in check.arguments.values()
        if mine and check.metric not in _AMOUNTS:
            yield check.model_copy(update={"quote": change.quote})


def instead(step: Step, change: Change, before: World | None) -> Region:
    """Return where one thing is made instead of another: where that one was."""
    spot = stood(change.feature, before) if step.where == EVERYWHERE else None
    return step.where if spot is None else spot


def beyond(demand: Demand, side: str, before: World | None) -> Demand:
    """Return a demand for one more thing farther to a side: between those that are there and that side of the map."""
    mask = _mask(demand.feature, before)
    if before is None or mask is None or not mask.any() or not any(p.name == side for p in demand.places):
        return demand
    (east, north), (wide, tall) = side_vector(side), before.grid.extent_m
    rows, columns = np.nonzero(mask)
    x, y = before.grid.xs()[columns], before.grid.ys()[rows]

    def ground(gap_m: float) -> Polygon:
        low_x, high_x = (float(x.max()) + gap_m if east > 0 else 0.0), (float(x.min()) - gap_m if east < 0 else wide)
        low_y, high_y = (float(y.max()) + gap_m if north > 0 else 0.0), (float(y.min()) - gap_m if north < 0 else tall)
        return Polygon(points_m=((low_x, low_y), (high_x, low_y), (high_x, high_y), (low_x, high_y)))

    gap_m = _NEXT * max(wide, tall)
    if any((mx - mn) < 2 * gap_m for mn, mx in np.sort(np.array(ground(gap_m).points_m)[[0, 2]], axis=0).T):
        return demand
    there = Place(ground(gap_m), ground(2 * before.grid.cell_size_m), side)
    return replace(demand, places=[there if p.name == side else p for p in demand.places])


def stood(feature: str, before: World | None) -> Circle | None:
    """Return the disc in which most of a feature lay; None where it was not there."""
    mask = _mask(feature, before)
    if before is None or mask is None or not mask.any():
        return None
    rows, columns = np.nonzero(mask)
    x, y = before.grid.xs()[columns], before.grid.ys()[rows]
    middle = float(np.median(x)), float(np.median(y))
    reach = float(np.percentile(np.hypot(x - middle[0], y - middle[1]), _WITHIN))
    return Circle(centre_m=middle, radius_m=max(reach, 2 * before.grid.cell_size_m))


def _mask(feature: str, before: World | None) -> NDArray[np.bool_] | None:
    one = load_features().get(feature)
    return None if one is None or before is None else feature_mask(one, before.grid, before.layers, before.instances)


def unmoored(recipe: Recipe, gone: str, before: World | None) -> Recipe:
    """Return the recipe whose steps stay where they lay beside a feature that goes: a town stays without its river."""
    steps = tuple(_stayed(s, gone, before) if _rests_on(s, gone) else s for s in recipe.steps)
    return recipe.model_copy(update={"steps": steps})


def _rests_on(step: Step, gone: str) -> bool:
    return f'"{gone}"' in step.where.model_dump_json()


def _stayed(step: Step, gone: str, before: World | None) -> Step:
    made = [n for n in load_features() if n != gone and makes(step, n)]
    spots = [spot for name in made if (spot := stood(name, before)) is not None]
    return step.model_copy(update={"where": spots[0] if spots else EVERYWHERE})
