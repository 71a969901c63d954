"""What every part of the brief's writer needs: a check with its words, and where a demand is measured."""

from __future__ import annotations

from typing import Any

from ...brief import Check
from ...generator import STAGES, load_features
from ...measure import check_of
from ...region import (
    EVERYWHERE,
    AllOf,
    Between,
    Compass,
    Headland,
    Level,
    MiddleOf,
    Near,
    Not,
    Of,
    Range,
    Region,
    SideOf,
    TopOf,
)
from ..words.demand import Amount, Demand, Link, Reading
from ..words.meaning import MASSES, stage_of
from ..words.tipping import END_OF, TIP, end_of

NEAR = 0.12
"""How far "near" reaches, as a share of the map's longer side; "along" half of it."""

IMPLIED_SHARE = 0.4
"""Smallest share at which land can be called forested, swampy or snowy."""

PRESENT_SHARE = 0.003
"""Smallest share of the land (or the map) at which an area can be said to be there."""

PRESENT_MASS = 0.02
"""The same for woods, meadows and biomes, which people expect to see at once."""

OWN_METRIC = {"dead end": "dead_ends", "loop": "loops", "storey": "storeys"}
"""Features that are no place on the map, with the metric that counts them."""


_PLACING = frozenset({
    "in", "on", "top", "near", "foot", "middle", "around", "along", "side", "half", "between", "level", "outside",
    "inland", END_OF,
})  # fmt: skip


class Writing:
    """The demands under hand, and what could not be turned into a check.

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
        self.not_measurable: list[str] = []

    def _make(self, demand: Demand, metric: str, value: Any, relation: str = "equal", **more: Any) -> Check:
        more.setdefault("quote", self.reading.quoted(demand))
        more.setdefault("weight", demand.weight)
        more.setdefault("arguments", {"feature": demand.feature})
        return check_of(metric, value, relation, **more)

    def _alone(self, demand: Demand) -> bool:
        return sum(d.feature == demand.feature and not d.absent for d in self.reading.demands) == 1 or demand.total

    def _measured_place(self, demand: Demand) -> Region:
        regions: list[Region] = [p.measured for p in demand.places]
        regions += [
            r for ln in demand.links if ln.kind in _PLACING and (r := self._region(ln, demand.feature)) is not None
        ]
        return EVERYWHERE if not regions else regions[0] if len(regions) == 1 else AllOf(regions=tuple(regions))

    def _beside(self, demand: Demand) -> Region:
        """Return where a demand lies; a wood without a place lies about what was asked to be in it."""
        where = self._measured_place(demand)
        first = next((d for d in self.reading.demands if not (d.absent or d.implied)), None)
        ground = demand.share is not None or demand is first  # the forest that most of the land is
        if where is not EVERYWHERE or ground or load_features()[demand.feature].layer not in MASSES:
            return where
        inner = (d for d in self.reading.demands if not d.absent for ln in d.links if ln.target == demand.feature
                 and ln.kind in ("in", "middle", "surrounded") and later(demand.feature, d.feature))  # fmt: skip
        one = next(inner, None)
        return EVERYWHERE if one is None else Near(feature=one.feature, distance_m=self.side_m * NEAR)

    def _region(self, link: Link, feature: str) -> Region | None:
        reach = self.side_m * NEAR
        match link.kind:
            case "in" | "on":
                return Of(feature=link.target, filled=True)
            case "middle":
                return MiddleOf(feature=link.target, reach=0.5)
            case "top":
                return TopOf(feature=link.target, upper=0.5)
            case "near" | "foot" if link.other:
                return part_near(link, reach)
            case "near" | "foot" | "around":
                return Near(feature=link.target, distance_m=reach)
            case "along":
                return Near(feature=link.target, distance_m=reach / 2)
            case "outside" if link.target:
                return Not(region=Of(feature=link.target))
            case "outside":
                return Not(region=Compass.model_validate({"place": link.other, "depth": 0.4}))
            case "inland":
                return Not(region=Near(feature="sea", distance_m=reach / 3))
            case "between":
                return between(link, feature) if link.target != link.other else None
            case "side" | "half" | "headland" | "end_of":
                return _toward(link, reach)
            case "level":
                return Level.model_validate({"which": link.target})
        return None


def _toward(link: Link, reach_m: float) -> Region:
    """Return what lies to one side of a thing, at its end there, or reaches out into the sea."""
    if link.kind in ("side", "half"):
        side = {"feature": link.target, "side": link.other, "within": link.kind == "half"}
        return SideOf.model_validate(side)
    return end_of(link, TIP, reach_m) if link.kind == END_OF else headland(link)


def between(link: Link, feature: str) -> Region:
    """Return what lies between two features; woods and meadows fill all of it, and not its narrowest place alone."""
    wide = 1.0 if load_features()[feature].layer in MASSES else 0.25
    return Between(first=link.target, second=link.other, slack=wide)


def headland(link: Link, more: float = 0.0) -> Region:
    """Return where land reaches out into the sea, wide enough for a castle where ``other`` says so."""
    reach, sea = (0.16, 0.5) if link.other == "wide" else (0.09, 0.56)
    return Headland(reach=reach, sea=sea + more)


def where_measured(demand: Demand, reading: Reading, extent_m: tuple[float, float]) -> Region:
    """Return the region in which a demand is measured: its places and what it is near to, in or around."""
    return Writing(reading, extent_m)._measured_place(demand)


def part_near(link: Link, distance_m: float) -> Region:
    """Return what lies near one part of a feature: ``height 1`` in ``other`` names the highest."""
    by, part = link.other.split()
    return Near.model_validate({"feature": link.target, "distance_m": distance_m, "part": int(part), "by": by})


def by_height(link: Link) -> Region:
    """Return where to build what is asked for above or below a height: a little further, as edges of cover wander."""
    metres = float(link.other)
    end = {"minimum": 1.06 * metres + 4} if link.kind == "over_m" else {"maximum": 0.95 * metres - 2}
    return Range.model_validate({"layer": "height", **end})


def later(target: str, feature: str) -> bool:
    """Whether the target is made after the feature, so that it grows around it."""
    return STAGES.index(stage_of(target)) > STAGES.index(stage_of(feature))


def bound(amount: Amount) -> tuple[float | tuple[float, float], str]:
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
