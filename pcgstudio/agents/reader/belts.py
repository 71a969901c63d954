"""Grounds one above the other: "grass in the valleys, bare rock higher up and snow on the summits"."""

from __future__ import annotations

from dataclasses import dataclass

from ...generator import load_features
from ...region import Heights
from ..words.demand import Demand, Link, Place
from ..words.meaning import MASSES
from .cursor import HEIGHTS, RELIEF
from .gradients import Gradients

_LOW, _UP, _TOP, _DOWN = "low", "up", "top", "down"
_WORDS = {
    _LOW: (
        "in the valleys", "in the valley", "in valleys", "at the bottom", "at the foot", "at the base", "below",
        "down below", "lower down", "low down", "in the lowlands", "in the low ground", "on the lower slopes",
        "on the valley floor", "on the valley floors", "at their feet", "at their foot", "at their base", "at its foot",
        "around the base", "at the very bottom", "down low", "on low ground",
    ),
    _UP: (
        "higher up", "further up", "halfway up", "half way up", "midway up", "above", "above that", "above them",
        "above it", "on the slopes", "on their slopes", "on its slopes", "on the hillsides", "on the flanks",
        "on the higher slopes", "on the upper slopes", "farther up", "in between", "on the middle slopes",
    ),
    _TOP: (
        "on the summits", "on the summit", "on the peaks", "on the peak", "on the tops", "on top", "at the top",
        "on the mountaintops", "on the mountain tops", "on the highest peaks", "on the heights", "at the summit",
        "at the very top", "up high", "high up", "on their tops", "on their peaks", "on their summits",
        "on the highest ground", "on its summit", "on its peak", "on the highest summits", "on the very top",
    ),
    _DOWN: ("below that", "below it", "below them", "beneath that", "under that", "underneath"),
}  # fmt: skip
_RANKS = {_LOW: 0, _UP: 1, _TOP: 2}
_LONGEST = 4
_JOINTS = ("and", ",", ";", "then", "with", "finally", "but", "next")
_GROUNDS = {"rock": "rock ground", "tree": "forest"}
_CUTS = {2: (0.0, 0.6, 1.0), 3: (0.0, 0.5, 0.8, 1.0), 4: (0.0, 0.4, 0.65, 0.86, 1.0)}
"""Shares of the land below which each belt ends; the higher ones are smaller, as mountains are."""
_LONE_CUTS = {2: (0.0, 0.4, 1.0), 3: (0.0, 0.22, 0.6, 1.0), 4: (0.0, 0.15, 0.35, 0.65, 1.0)}
"""The same as shares of the rise of a single mountain: most of the land lies about its foot."""


@dataclass(frozen=True)
class _Belt:
    first: int
    head: int
    end: int
    where: str


class Belts(Gradients):
    """Reads what grows how high."""

    def _belts(self, i: int) -> int:
        """Read several grounds that are told with their heights, as belts of the land from its foot to its top."""
        first = i + (self.low(i) in ("with", "has", "having"))
        found = self._told_belts(first) if not self.pending.negated else []
        if not 2 <= len(found) <= max(_CUTS) or not self._rising_belts(found):
            return i
        made: list[Demand] = []
        for belt in found:
            before = len(self.reading.demands)
            self.last, self.group, self.clause_start = None, [], True
            self._phrase(belt.first)
            made += self.reading.demands[before:][:1]
            made[-1].widen(self.words[belt.first].start, self.words[belt.end - 1].end)
        if len(made) < len(found):
            return i
        self.use(i, found[-1].end)
        self._stack(made, downward=found[0].where == _TOP)
        self.last, self.group = None, []
        return found[-1].end

    def _told_belts(self, i: int) -> list[_Belt]:
        """Return the grounds that follow each other from ``i``, each with how high it is told to be."""
        found: list[_Belt] = []
        j = i
        while head := self._phrase_at(j):
            head += self.has(head, "feature")  # "pine forest"
            name = self.words[head - 1].kinds.get("feature", "")
            name = _GROUNDS.get(name, name)
            end, where = self._height_at(head)
            chained = bool(found) and self.low(j - 1) == "then"
            if not name or load_features()[name].layer not in MASSES or not (where or chained):
                break
            found.append(_Belt(j, head, end, where))
            j = end
            while self.low(j) in _JOINTS:
                j += 1
        return found

    def _height_at(self, j: int) -> tuple[int, str]:
        for length in range(_LONGEST, 0, -1):
            told = " ".join(self.low(k) for k in range(j, j + length))
            where = next((name for name, words in _WORDS.items() if told in words), "")
            if where and self.low(j + length) != "of" and not self._phrase_at(j + length):
                return j + length, where
        return j, ""

    def _rising_belts(self, found: list[_Belt]) -> bool:
        """Whether they follow each other upward, or downward, and are more than what other rules read."""
        ranks = [_RANKS[b.where] for b in found if b.where in _RANKS]
        ordered = ranks == sorted(ranks) or ranks == sorted(ranks, reverse=True)
        apart = len({b.where for b in found}) > 1
        beside = any(b.where in (_UP, _DOWN) or not b.where for b in found)
        return ordered and apart and (len(found) > 2 or beside)

    def _stack(self, made: list[Demand], *, downward: bool) -> None:
        """Put each ground into its belt, and ask that it lies higher than the one below."""
        belts = made[::-1] if downward else made
        lone = any(d.feature in HEIGHTS and not (d.several or d.absent) for d in self.reading.demands)
        cuts, by = (_LONE_CUTS if lone else _CUTS)[len(belts)], "rise" if lone else "area"
        for k, demand in enumerate(belts):
            demand.feature = _GROUNDS.get(demand.feature, demand.feature)
            demand.links, demand.count, demand.share = [], None, None
            slack = 0.1 / len(belts)
            low, high = max(round(cuts[k] - slack, 2), 0), min(round(cuts[k + 1] + slack, 2), 1)
            built, wide = (
                Heights.model_validate({"lower": a, "upper": b, "by": by}) for a, b in (cuts[k : k + 2], (low, high))
            )
            demand.places = [Place(built, wide, f"belt {k}")]
            if k:
                demand.links.append(Link("higher_than", belts[k - 1].feature))
        if not any(d.feature in RELIEF and not d.absent for d in self.reading.demands) and not RELIEF & set(self.known):
            heights = Demand("mountain", belts[-1].quote, plural=True, implied=True)
            self.reading.demands.append(heights)
