"""Checks of how something lies by itself: how warm a side is, from which height on it grows, how alike a group is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...brief import Check
from ...generator import load_features
from ...region import Range
from ..reader.cursor import place_of
from ..words.demand import Demand, Link
from ..words.meaning import MASSES, is_countable
from .writing import Writing

_COMPARED = ("contrast", "alike", "unlike")
_TOLD_APART = 6
"""Up to how many things of different sizes no two are alike."""

OF_ITSELF = (
    *_COMPARED,
    "each",
    "distance",
    "warmth",
    "over_m",
    "under_m",
    "spread",
    "ramp",
    "row",
    "spaced",
    "seen",
    "unseen",
)
"""Kinds of links whose checks need no region."""


class Ranging(Writing):
    """Writes the checks of ranges, of trends of warmth, and of the members of a group."""

    def _alone_of(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Write the checks of a link that is of one feature alone."""
        arguments: dict[str, Any]
        if link.kind == "each":
            number = int(demand.count.aim) if demand.count is not None else 0
            arguments = {"feature": link.target, "of": demand.feature, "number": number}
            yield self._make(demand, "parts_holding", 0.999, "at_least", arguments=arguments)
            return
        if link.kind == "distance":
            low, high = (float(v) for v in link.other.split())
            arguments = {"feature": demand.feature, "to": link.target}
            yield self._make(demand, "distance", (low, high), "between", arguments=arguments)
            return
        yield from self._compared(demand, link) if link.kind in _COMPARED else self._ranged(demand, link)

    def _below(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand that what is at the foot of a thing lies lower."""
        yield self._make(demand, "rise", 0, "at_most", arguments={"feature": demand.feature, "of": link.target})

    def _compared(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand how the members of a group stand to each other in size or height."""
        arguments: dict[str, Any] = {"feature": demand.feature, "aspect": link.target}
        match link.kind:
            case "contrast":
                low, high, *after = (float(v) for v in link.other.split())
                if after:
                    arguments["after"] = int(after[0])
                yield self._make(demand, "contrast", (low, high), "between", arguments=arguments)
            case "alike":
                yield self._make(
                    demand, "evenness", 0.85 if link.target == "height" else 0.75, "at_least", arguments=arguments
                )
            case _:
                yield self._make(
                    demand, "evenness", 0.85 if link.target == "height" else 0.7, "at_most", arguments=arguments
                )
                if demand.count is None or demand.count.high <= _TOLD_APART:  # of a dozen two may look alike
                    yield self._make(demand, "graded", 1.08, "at_least", arguments=arguments)

    def _ranged(self, demand: Demand, link: Link) -> Iterator[Check]:
        """Demand how warm a side is, how high or low something lies, or that it is found all over."""
        if link.kind == "warmth":
            where = place_of(link.target).measured
            least, relation = (3, "at_least") if link.other == "warm" else (-3, "at_most")
            yield self._make(demand, "warmer_by", least, relation, region=where, arguments={})
            return
        if link.kind == "spaced":
            low, high = (float(v) for v in link.other.split())
            if high > 1e6 and load_features()[demand.feature].count_by == "parts":
                yield self._make(demand, "gap", low, "at_least")  # of islands and lakes, from shore to shore
            else:
                yield self._make(demand, "spacing", (low, high), "between")
            return
        if link.kind in ("seen", "unseen"):
            seen = link.kind == "seen"
            sight = {"feature": demand.feature if demand.feature != "terrain" else "land", "to": link.target}
            yield self._make(
                demand, "in_sight", 0.3 if seen else 0.05, "at_least" if seen else "at_most", arguments=sight
            )
            return
        if link.kind == "row":
            yield self._make(demand, "row_shape", 2, "at_least")
            return
        if link.kind == "ramp":
            yield self._make(
                demand, "ramp", 0.5, "at_least", arguments={"feature": demand.feature, "along": link.target}
            )
            return
        if link.kind == "spread":
            counted = demand.count is not None or is_countable(demand.feature)
            tiles = {"feature": demand.feature, "tiles": 2 if counted else 4}
            yield self._make(demand, "spread", float(link.other or 0.7), "at_least", arguments=tiles)
            return
        mine, metres = {"feature": demand.feature}, float(link.other)
        slack = max(2.0, 0.03 * metres)
        if link.kind == "under_m":
            yield self._make(demand, "height", metres + slack, "at_most", arguments=mine)
            if demand.feature == "forest":  # nor single trees
                yield self._make(demand, "height", metres + slack, "at_most", arguments={"feature": "tree"})
            return
        yield self._make(demand, "lowest", metres - slack, "at_least", arguments=mine)
        if load_features()[demand.feature].layer in MASSES and demand.share is None:
            above = {"feature": demand.feature, "of": "land"}
            region = Range(layer="height", minimum=1.08 * metres + 6)
            yield self._make(demand, "share", 0.6, "at_least", arguments=above, region=region)
