"""What is denied, doubted or told of a part only: "not too steep", "rivers: no", "two of them", "hardly any".

A denial that finds nothing to deny, and a part of a group about which something is said that no check can hold, must
not vanish: each becomes a check or is listed as not understood.
"""

from __future__ import annotations

from dataclasses import replace

from ..words.amounts import Quantity, read_quantity
from ..words.demand import Amount, Bound, Demand
from ..words.meaning import described, stage_of
from .adverbials import Adverbials
from .cursor import WHOLE, Pending

_DEGREES = frozenset({
    "too", "very", "so", "that", "overly", "particularly", "especially", "really", "quite", "extremely", "terribly",
    "all that", "completely", "entirely", "totally", "exactly", "be", "super",
})  # fmt: skip
_NOT = ("not", "isnt", "arent", "is not", "are not", "never", "should not", "shouldnt", "must not", "mustnt", "nothing",
        "dont", "do not")  # fmt: skip
_FLIPPED: dict[str, Bound] = {"at_least": "at_most", "at_most": "at_least"}
_PARTS = ("them", "which", "these", "those", "whom")


class Verdicts(Adverbials):
    """Reads denials and partial statements."""

    def _negation(self, i: int) -> int:
        if not self.has(i, "negation"):
            return i
        if self.low(i) in ("not", "is not", "are not", "isnt", "arent", "isn't", "aren't") and self.has(
            i + 1, "preposition"
        ):
            return self._relation_as(i, i + 1, "outside")
        if (end := self._not_whole(i)) or (end := self._all_denied(i)) or (end := self._denied(i)):
            return end
        self.pending.negated = True
        self.pending.start = self.words[i].start
        self.use(i, i + 1)
        return i + 1

    def _not_whole(self, i: int) -> int:
        """Skip "instead of a continent": the land is there all the same, in another form; 0 where that is not meant."""
        head = self._phrase_at(i + 1) if self.low(i) in ("instead of", "rather than") else 0
        if not head or self.words[head - 1].kinds.get("feature") not in WHOLE:
            return 0
        self.use(i, head)
        return head

    def _all_denied(self, i: int) -> int:
        """Read "lakes yes, rivers no": a verdict after its noun; 0 where that is not meant."""
        ends = i + 1 >= len(self.words) or self.has(i + 1, "mark")
        if self.low(i) not in ("no", "none", "not") or not ends or self.last is None or not self._bare(self.last):
            return 0
        before = i - 1
        while before > 0 and (self.has(before, "mark") or self.low(before) in ("please", "and", "but")):
            before -= 1
        if self.words[before].end != self.last.quote[1]:
            return 0
        self.last.absent = True
        self.last.widen(self.words[i].start, self.words[i].end)
        self.use(i, i + 1)
        self.last = None
        return i + 1

    def _bare(self, demand: Demand) -> bool:
        """Whether nothing is said of a demand yet but its name."""
        return not (demand.absent or demand.count or demand.share or demand.places or demand.links)

    def _denied(self, i: int) -> int:
        """Read "not too steep" and "isn't very high", before a noun or after it; 0 where no adjective is denied."""
        if self.low(i).replace("'", "").replace("’", "") not in _NOT:
            return 0
        j = i + 1
        while self.low(j) in _DEGREES:
            j += 1
        choice = self.words[j].kinds.get("choice", "") if j < len(self.words) else ""
        contrary = self.lexicon.vocabulary["opposites"].get(choice)
        if contrary is not None and self.last is not None and described(self.last.feature, contrary, "choice"):
            self.last.choices.append(contrary)
            self.last.widen(self.words[i].start, self.words[j].end)
            self.use(i, j + 1)
            return j + 1
        if not self.has(j, "adjective") or self.has(j, "implies", "feature", "number"):
            return 0
        name, head = self.words[j].kinds["adjective"], self._phrase_at(j)
        if head and self.has(head - 1, "feature"):
            end = self._phrase(j)
            if self.last is not None and name in self.last.adjectives:
                self.last.adjectives.remove(name)
        elif self.last is not None:
            end = j + 1
        else:
            return 0
        if self.last is None:
            return 0
        self.last.denied.append(name)
        self.last.widen(self.words[i].start, self.words[j].end)
        self.use(i, j + 1)
        return end

    def _turned_bound(self, i: int, quantity: Quantity) -> Quantity:
        """Return "more than 15%" after "shouldn't take" as at most 15%."""
        flipped = _FLIPPED.get(quantity.amount.bound)
        if not self.pending.negated or flipped is None or not self.has(i, "bound"):
            return quantity
        self.pending.negated = False
        amount = quantity.amount
        aim = 0.95 * amount.low if flipped == "at_most" and quantity.kind != "count" else amount.low
        return replace(quantity, amount=replace(amount, bound=flipped, aim=aim))

    def _some_of_them(self, i: int) -> int:
        """List "two of them are dry" as not understood: no check here tells the members of a group apart."""
        quantity = read_quantity(self.words, i)
        j = i + (quantity.used if quantity else 1)
        told = quantity is not None or self.low(i) in ("some", "one", "none", "most", "all", "half", "few")
        if self.has(i - 1, "preposition"):
            return i  # "hide a key in one of them"
        if not told or self.low(j) != "of" or self.low(j + 1) not in _PARTS or self.last is None:
            return i
        end = self._clause_end(j + 2)
        if quantity is not None and quantity.kind == "share":
            return i
        if any(self.has(k, "feature") and stage_of(self.words[k].kinds["feature"]) == "role" for k in range(j, end)):
            return i  # "three of them hold treasure" counts treasures
        if self.low(i) in ("all", "every one", "each", "each one"):
            self.use(i, j + 2)
            return j + 2
        self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[end - 1].end])
        self.use(i, end)
        self.pending = Pending()
        return end

    def _clause_end(self, i: int) -> int:
        while i < len(self.words) and self.low(i) not in (".", ";", ",", "!", "?"):
            i += 1
        return i

    def _equally(self, i: int) -> int:
        """Read "equal parts snow and sand", "split evenly between ..." and "a third each" as shares of one size."""
        if self.low(i) in ("each", "apiece") and (ends := [q for q in self.pending.quantity if q.kind == "share"]):
            for demand in self.reading.demands[self.sentence_from :]:
                demand.share = demand.share or (None if demand.absent else ends[-1].amount)
            self.pending = Pending()
            self.use(i, i + 1)
            return i + 1
        if not self.has(i, "equally"):
            return i
        self.equal = True
        self.use(i, i + 1)
        j = i + 1
        if self.low(j) in ("between", "among", "amongst", "into"):
            self.used[j] = True
            j += 1
        return j

    def _share_out(self) -> None:
        """Give all that a sentence shares out evenly the same part of the whole."""
        parts = [d for d in self.reading.demands[self.sentence_from :] if not d.absent and d.share is None]
        if self.equal and len(parts) > 1:
            one = 1 / len(parts)
            for demand in parts:
                demand.share = Amount("between", one - 0.06, one + 0.06, one)
        elif self.equal:
            self.reading.not_understood.append("equal parts")
        self.equal = False
