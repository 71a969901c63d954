"""Numbers in a sentence: shares, lengths and areas, and what they are of."""

from __future__ import annotations

from ..words.amounts import DIMENSIONS, Quantity, read_quantity
from ..words.demand import Demand, Link
from ..words.meaning import is_water
from .cursor import RELIEF
from .predicates import Predicates

_UPRIGHT = (
    "drop", "drops", "dropping", "fall", "falls", "falling", "plunge", "plunges", "plunging", "rise", "rises", "rising",
    "tower", "towers", "towering", "soars", "soaring", "stands", "standing",
)  # fmt: skip
"""Verbs after which a length is a height."""


class Measures(Predicates):
    """Reads amounts that stand by themselves or after their noun."""

    def _quantity(self, i: int) -> int:
        quantity = read_quantity(self.words, i)
        if quantity is None:
            return i
        quantity = self._turned_bound(i, quantity)
        end = i + quantity.used
        if quantity.kind == "count" and (shared := self._one_of_them(i, end, quantity)):
            return shared
        if quantity.kind == "area" and self.last is not None:
            self.last.dimensions.append(("size", quantity.amount))
            self.last.widen(self.words[i].start, self.words[end - 1].end)
            self.use(i, end)
            return end
        if quantity.kind == "length":
            said = self.low(end) if self.low(end) in DIMENSIONS else ""
            end += 1 if said else 0
            if self.low(end) == "in" and self.low(end + 1) in DIMENSIONS:
                said, end = self.low(end + 1), end + 2
            if away := self._distance(i, end, quantity):
                return away
            upright = self._upright(i, end)
            owner = self.noun if self.noun is not None and self._beside_noun(i) else self.last
            stop = self._length(i, end, DIMENSIONS.get(said, quantity.aspect or upright), quantity)
            return self._above_water(owner, stop) if upright and self.low(stop) in ("above", "over") else stop
        if quantity.kind == "share" or self.has(end, "stop", "map"):
            self.pending.quantity.append(quantity)
            self.pending.start = self.words[i].start if self.pending.start < 0 else self.pending.start
            self.use(i, end)
            return self._share_tail(end) if quantity.kind == "share" else end
        return i

    def _above_water(self, owner: Demand | None, i: int) -> int:
        """Read "above the sea" after a height as of what is so high, and not of what that is the edge of."""
        if owner is not None and owner.feature in RELIEF and is_water(self._what_over(i)):
            end = i + 2 + (self.low(i + 1) in ("the", "its"))
            named = any(d.feature == "sea" for d in self.reading.demands) or "sea" in self.known
            if self._what_over(i) == "sea" and not named:
                self.reading.demands.append(Demand("sea", (self.words[i].start, self.words[end - 1].end), aside=True))
            self.use(i, end)  # "a mountain 500 m above the sea" says how high, not where
            return end
        if owner is None or owner is self.last:
            return i
        held, self.last = self.last, owner
        end = self._relation(i)
        self.last = held
        return end

    def _what_over(self, i: int) -> str:
        """Return what "above the sea" at ``i`` is above."""
        j = i + 1 + (self.low(i + 1) in ("the", "its"))
        return str(self.words[j].kinds["feature"]) if self.has(j, "feature") else "terrain"

    def _upright(self, i: int, end: int) -> str:
        """Return ``height`` for "60 m above the sea" and "drops 60 m", where the words around a length say so."""
        j = end + 1 + (self.low(end + 1) in ("the", "its", "a"))
        water = self.has(j, "feature") and (is_water(self.words[j].kinds["feature"]) or self.low(j) == "beach")
        over = self.low(end) in ("above", "over") and (water or self.low(j).startswith("sea"))
        k = i - 1 - (self.low(i - 1) in ("about", "some", "around", "by", "of"))
        if self.low(k) in _UPRIGHT:
            self.used[k] = True
        return "height" if over or self.low(k) in _UPRIGHT else ""

    def _distance(self, i: int, end: int, quantity: Quantity) -> int:
        """Read "200 m from the lake": how far away; 0 where no such object follows."""
        if self.low(end) not in ("from", "away from", "off", "north of") or self.last is None:
            return 0
        j = end + 1
        while self.low(j) in ("the", "its", "any", "a"):
            j += 1
        head = self._phrase_at(j)
        if not head or not self.has(head - 1, "feature"):
            return 0
        subject, target = self.last, self.words[head - 1].kinds["feature"]
        stop = self._reference(j, head)
        self.last = subject
        amount = quantity.amount
        slack = max(0.2 * amount.low, 10)
        low = 0 if amount.bound == "at_most" else amount.low - (0 if amount.bound == "at_least" else slack)
        high = 1e6 if amount.bound == "at_least" else amount.high + (0 if amount.bound == "at_most" else slack)
        return self._link(Link("distance", target, f"{max(low, 0):.6g} {high:.6g}"), i, stop)

    def _length(self, i: int, end: int, aspect: str, quantity: Quantity) -> int:
        before = next((DIMENSIONS[self.low(k)] for k in (i - 1, i - 2) if self.low(k) in DIMENSIONS), "")
        aspect = aspect or before
        if self.noun is not None and self._beside_noun(i - (1 if before else 0)):
            self.noun.dimensions.append((aspect, quantity.amount))
            self.noun.widen(self.words[i].start, self.words[end - 1].end)
        elif self.last is None:
            if self.reading.demands and not before:
                return i
            self.reading.extent_m = (quantity.amount.aim, quantity.amount.aim)
            self.reading.extent_quote = self.reading.text[self.words[i].start : self.words[end - 1].end]
        else:
            self.last.dimensions.append((aspect, quantity.amount))
            self.last.widen(self.words[i].start, self.words[end - 1].end)
        for k in (i - 1, i - 2):
            if self.low(k) in DIMENSIONS or self.low(k) in ("of", "with"):
                self.used[max(k, 0)] = True
        self.use(i, end)
        return end
