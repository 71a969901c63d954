"""Places in the plural: a thing in every corner, on opposite sides, at both ends of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..words.demand import Amount, Demand, Place
from ..words.meaning import is_countable
from .cursor import CORNERS, WHOLE, corner_of, place_of
from .trailing import Trailing

_SIDES = ("north", "south", "west", "east")
_NOUNS = {
    "corner": CORNERS, "corners": CORNERS, "sides": _SIDES, "side": _SIDES, "edges": _SIDES, "edge": _SIDES,
    "borders": _SIDES, "border": _SIDES, "quadrant": CORNERS, "quadrants": CORNERS,
}  # fmt: skip
_ALL = ("each", "every", "all", "four")
_LINKING = ("of", "the", "its", "this", "our", "map's")


class Spread(Trailing):
    """Reads several places at once."""

    def _corners(self, first: int, j: int) -> int:
        """Read "each of the four corners", "all sides" or "opposite corners" at ``j``; share the last noun out."""
        k, told = j, set[str]()
        while self.low(k) in (*_ALL, "opposite", "opposing", "both", *_LINKING):
            told.add(self.low(k))
            k += 1
        places: tuple[str, ...] = _NOUNS.get(self.low(k), ())
        if self.last is None or not places or not told - set(_LINKING):
            return 0
        if {"opposite", "opposing"} & told:
            places = ("northwest", "southeast") if places == CORNERS else ("west", "east")
        elif "both" in told or (places == _SIDES and self.low(k + 1) != "of" and self._before_last() is not None):
            return 0  # of a river, not of the map
        end = self._whole_after(k + 1)
        narrow = corner_of if self.low(k).startswith("corner") else place_of
        if not end or not self._shared_out([narrow(name) for name in places]):
            return 0
        self.last.widen(self.words[first].start, self.words[end - 1].end)
        self.use(first, end)
        return end

    def _before_last(self) -> Demand | None:
        raise NotImplementedError

    def _whole_after(self, k: int) -> int:
        """Return where "of the map" or "of the island" after a place ends, 0 if it is of something smaller."""
        if self.low(k) != "of":
            return k
        k += 1
        while self.low(k) in _LINKING:
            k += 1
        whole = self.has(k, "map") or (self.has(k, "feature") and self.words[k].kinds["feature"] in WHOLE)
        return k + 1 if whole else 0

    def _shared_out(self, places: Sequence[Place]) -> bool:
        """Give a part of the last noun to every place; False where its number does not go into them."""
        whole = self.last
        if whole is None:
            return False
        counted = is_countable(whole.feature)
        said = whole.count.aim if whole.count is not None and whole.count.aim > 1 else len(places)
        if counted and (said < len(places) or said % len(places)):
            return False
        each = Amount.exactly(said / len(places)) if counted else None
        for place in places:
            part = replace(
                whole, count=each, places=[place], links=[], plural=False, total=False, share=None,
                adjectives=list(whole.adjectives), choices=list(whole.choices), species=list(whole.species),
            )  # fmt: skip
            self.reading.demands.append(part)
        whole.total = True
        whole.count = Amount.exactly(said) if counted else None
        return True
