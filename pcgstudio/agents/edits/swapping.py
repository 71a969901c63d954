"""Follow-ups that turn on two things or on too much of one: "swap them", "too many trees", "less jagged"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from ...brief import Brief
from ...region import Circle, Compass
from ...world import World
from ..reader.cursor import place_of
from ..words.demand import Place
from ..words.lexicon import Word
from ..words.meaning import described
from .moving import stood

SWAPS = frozenset({"swap", "switch", "exchange"})
_ONE_WORD = {
    "less steep": "gentler", "more steep": "steeper", "less high": "lower", "less tall": "lower", "more high": "higher",
    "less wide": "narrower", "less broad": "narrower", "more wide": "wider", "less deep": "shallower",
    "more deep": "deeper", "less dense": "sparser", "more dense": "denser", "less thick": "sparser",
    "less rough": "smoother", "less rugged": "smoother", "more rugged": "rougher", "more rough": "rougher",
    "less big": "smaller", "less large": "smaller", "more gentle": "gentler", "more flat": "flatter",
}  # fmt: skip
_DEGREE = re.compile(r"\b(?:less|more) \w+", re.I)
_MUCH, _LITTLE = ("many", "much"), ("few", "little")


def in_one_word(clause: str) -> str:
    """Say "less steep" as "gentler"."""
    return _DEGREE.sub(lambda m: _ONE_WORD.get(m.group().lower(), m.group()), clause)


def excess(low: Sequence[str]) -> float:
    """Return the factor that "too many" or "not enough" asks for, 0 where neither is said."""
    for before, word in pairwise(low):
        if before == "too" and word in (*_MUCH, *_LITTLE):
            return 0.6 if word in _MUCH else 1.6
    return 1.6 if "not enough" in " ".join(low) else 0.0


def immeasurable(words: Sequence[Word], low: Sequence[str], feature: str) -> bool:
    """Whether "less jagged" is said, a degree that nothing measures and that must not be read as fewer."""
    for at, after in enumerate(words[1:]):
        if low[at] in ("less", "more") and after.has("adjective") and not after.has("feature", "number"):
            meaning = described(feature, after.kinds["adjective"]) if feature else None
            return meaning is None or not meaning[0].aspect
    return False


def exchanged(
    low: Sequence[str], named: Sequence[str], brief: Brief | None, before: World | None = None
) -> list[tuple[str, Place]]:
    """Return what goes where after "swap them" or "swap the desert and the forest"; empty where that is not clear."""
    if brief is None or not low or low[0] not in SWAPS or {"for", "with", "by", "into"} & set(low):
        return []
    places: dict[str, str] = {}
    for check in brief.checks:
        if check.metric in ("share_inside", "parts_inside", "share") and isinstance(check.region, Compass):
            places.setdefault(str(check.arguments.get("feature", "")), check.region.place)
    wanted = list(dict.fromkeys(named)) or list(places)
    if len(wanted) == 2 and any(name not in places for name in wanted):
        return _where_they_lay(wanted, before)
    if len(wanted) != 2 or any(name not in places for name in wanted) or len({places[n] for n in wanted}) != 2:
        return []
    first, second = wanted
    return [(first, place_of(places[second])), (second, place_of(places[first]))]


def _where_they_lay(names: Sequence[str], before: World | None) -> list[tuple[str, Place]]:
    """Return each of two things with the place where the other lay; empty where these places are nearly one."""
    spots = [stood(name, before) for name in names]
    first, second = spots
    if before is None or first is None or second is None:
        return []
    wide = max(first.radius_m, second.radius_m)
    if math.dist(first.centre_m, second.centre_m) < wide:
        return []
    moved = [Circle(centre_m=spot.centre_m, radius_m=wide) for spot in (second, first)]
    return [(name, Place(spot, spot)) for name, spot in zip(names, moved, strict=True)]
