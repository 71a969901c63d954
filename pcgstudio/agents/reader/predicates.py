"""What is said of a noun after it: adjectives, what is denied, how it is meant."""

from __future__ import annotations

from ..words.demand import Amount, Demand
from ..words.meaning import described
from .cursor import Pending
from .verdicts import Verdicts


class Predicates(Verdicts):
    """Reads adjectives and negations after their noun."""

    def _hedge(self, i: int) -> int:
        if self.has(i, "hedge"):
            self.sentence_weight = 0.5
            self.use(i, i + 1)
            return i + 1
        return i

    def _placed_ground(self, i: int) -> str:
        """Return the ground that "snowy up north, sandy down south" puts at a place; empty where no place follows."""
        ground: str = self.lexicon.vocabulary["grounds"].get(self.low(i), "")
        fresh = self.last is None or self.clause_start
        j = i + 1
        while self.has(j, "preposition") or self.low(j) in ("the", "far"):
            j += 1
        placed = self._place_at(j)[0] is not None
        return ground if ground and fresh and not self.pending.negated and placed else ""

    def _after_adjective(self, i: int) -> int:
        """Read an adjective that follows its noun: "the mountains should be high and snowy"."""
        word = self.words[i]
        if ground := self._placed_ground(i):
            self.last = Demand(ground, (word.start, word.end), weight=self.sentence_weight)
            self.reading.demands.append(self.last)
            self.group, self.clause_start = [], False
            self.use(i, i + 1)
            return i + 1
        if self.last is None and self.has(i, "implies"):
            self.last = Demand(word.kinds["implies"], (word.start, word.end), implied=True, weight=self.sentence_weight)
            self.last.places = list(self.fronted)
            self.reading.demands.append(self.last)
            self.use(i, i + 1)
            return i + 1
        if self.last is None and self.has(i, "adjective") and described("terrain", word.kinds["adjective"]):
            self.reading.demands.append(Demand("terrain", (word.start, word.end), adjectives=[word.kinds["adjective"]]))
            if any(q.kind == "share" and not q.amount.said for q in self.pending.quantity):
                self.pending = (
                    Pending()
                )  # "mostly flat" is what is measured of flat ground, and no share of what follows
            self.use(i, i + 1)
            return i + 1
        if self.pending.negated and self.has(i, "implies") and self.last is not None:
            self._imply(self.last, word, negated=True)
            self.pending = Pending()
            self.use(i, i + 1)
            return i + 1
        if self.pending.negated:
            return i
        if self.has(i, "adjective", "implies", "denies") and self.last is not None:
            before = len(self.reading.demands)
            self._describe(self.last, word)
            said = [q.amount for q in self.pending.quantity if q.kind == "share"]
            if said and len(self.reading.demands) > before:  # "cold and mostly white"
                self.reading.demands[-1].share = said[-1]
                self.pending = Pending()
            if self.low(i - 1) == "all" and len(self.reading.demands) > before:  # "three islands, all grassy"
                self.reading.demands[-1].share = Amount("at_least", 0.85, 0.85, 0.93, said=False)
            self.last.widen(word.start, word.end)
            self.use(i, i + 1)
            return i + 1
        return i

    def _carry_negation(self, i: int) -> None:
        """Let "no trees or rocks" deny both; leave "no trees and rocks" open, because people mean either."""
        absent = self.last is not None and self.last.absent
        if not absent or self.last is None:
            return
        bare = self.has(i + 1, "feature", "unsupported")
        if self.low(i) in ("or", "nor") and self._phrase_at(i + 1):
            self.pending.negated = True
        elif self.low(i) == "and" and bare:
            phrase = self.reading.text[self.last.quote[0] : self.words[i + 1].end]
            self.reading.contradictions.append(
                f"'{phrase}' can be read in two ways; say 'no ... or ...' to exclude both, or name an amount"
            )

    def _carry_over_comma(self, i: int) -> None:
        """Let "no hills, lakes or rivers" deny all three: a bare noun after the comma, and an "or" further on."""
        if self.last is None or not self.last.absent or not self.has(i + 1, "feature", "unsupported"):
            return
        if self.reading.text[self.last.quote[0] :].lower().startswith(("instead", "rather")):
            return  # "instead of the sea, lakes or rivers" wants those
        rest = []
        for word in self.words[i + 1 :]:
            if word.text in ".;!?":
                break
            rest.append(word.text.lower())
        if {"or", "nor"} & set(rest[:6]):
            self.pending.negated = True
