"""Reads an instruction into demands, with a hand-written grammar over the lexicon.

A sentence is a list of noun phrases, each with what stands before it (amounts, adjectives, negation) and what follows
(places, relations, sizes). Every content word ends in a demand, in the atmosphere, or in the list of words that were
not understood: nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..generator import load_features
from .amounts import DIMENSIONS, Quantity, read_quantity
from .cursor import WHOLE, Pending, opposite
from .demand import Amount, Demand, Link, Place, Reading
from .meaning import MASSES, axis_parameter, described, stage_of
from .outdoors import outdoors
from .relations import Relations


class Reader(Relations):
    """One pass over the words of an instruction; see `Cursor` for its parameters."""

    def read(self) -> Reading:
        """Return everything that was found."""
        i = 0
        while i < len(self.words):
            i = self._next(i)
        self._flush()
        self._collect()
        self._floors()
        self._main_subject()
        self._share_the_rest()
        self._only_ground()
        return self.reading

    def _share_the_rest(self) -> None:
        """Give "the rest" the share that the others leave."""
        for demand in (d for d in self.reading.demands if d.rest and d.share is None):
            others = [d for d in self.reading.demands if d is not demand and d.share is not None and not d.absent]
            left = 1 - sum(d.share.aim for d in others if d.share is not None)
            if left > 0.02:
                demand.share = Amount("at_least", max(left - 0.05, 0.01), left, left)
                demand.of = next((d.of for d in others if d.of), "")

    def _only_ground(self) -> None:
        """Read "hills, just meadows" as meadows on most of the land."""
        for demand in self.reading.demands:
            mass = load_features()[demand.feature].layer in MASSES
            if demand.only and mass and not (demand.share or demand.places or demand.links or demand.absent):
                demand.share = Amount("at_least", 0.6, 0.6, 0.8, said=False)

    def _floors(self) -> None:
        """Read "a dungeon on three floors" as one that has them, and the floor of a valley as its ground."""
        demands = self.reading.demands
        indoors = any(stage_of(d.feature) == "interior" for d in demands)
        for demand in demands:
            demand.links = [ln for ln in demand.links if "storey" not in (ln.target, ln.other)]
        self.reading.atmosphere += [self.reading.quoted(d) for d in demands if d.feature == "storey" and not indoors]
        self.reading.demands = [d for d in demands if d.feature != "storey" or indoors]

    def _main_subject(self) -> None:
        """Read "a desert with two hills" as a map that is mostly desert: what is named first, alone, is the ground."""
        first = next((d for d in self.reading.demands if d.feature != "terrain" and not d.implied), None)
        if first is None or first.absent or first.share is not None or first.places or first.links or first.plural:
            return
        layer = load_features()[first.feature].layer
        wide = next((a for aspect, a in first.dimensions if aspect == "width"), None)
        if wide is not None and self.reading.extent_m is None and (layer == "biome" or first.feature == "plain"):
            self.reading.extent_m = (wide.aim, wide.aim)
            self.reading.extent_quote = self.reading.quoted(first)
            first.dimensions = [d for d in first.dimensions if d[0] != "width"]
        again = any(d.feature == first.feature and d is not first for d in self.reading.demands)
        sized = (described(first.feature, word) for word in first.adjectives)  # "a sparse forest" said its share
        if layer not in ("biome", "forest") or again or any(m and m[0].aspect == "share" for m in sized):
            return
        least = 0.5 if layer == "biome" else 0.4
        first.share = Amount("at_least", least, least, least + 0.2, said=False)
        self.reading.interpretations.append(f"read '{self.reading.quoted(first)}' as most of the land")

    def _next(self, i: int) -> int:
        for rule in (
            self._mark, self._hedge, self._negation, self._each, self._one_stands_out, self._member, self._highest,
            self._from_to, self._fronted_place, self._the_rest, self._adverb, self._phrase, self._level_count,
            self._quantity, self._share_of, self._relation, self._after_adjective, self._plain_place, self._filler,
        ):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return i + 1

    def _mark(self, i: int) -> int:
        if not self.has(i, "mark"):
            return i
        self.used[i] = True
        if self.low(i) in ".;!?\n":
            self._flush()
            self._new_sentence()
        elif self.low(i) in ",:()":
            self._carry_over_comma(i)
            self._settle()
            self.clause_start = True
            self.group = []
        return i + 1

    def _carry_over_comma(self, i: int) -> None:
        """Let "no hills, lakes or rivers" deny all three: a bare noun after the comma, and an "or" further on."""
        if self.last is None or not self.last.absent or not self.has(i + 1, "feature", "unsupported"):
            return
        rest = []
        for word in self.words[i + 1 :]:
            if word.text in ".;!?":
                break
            rest.append(word.text.lower())
        if {"or", "nor"} & set(rest[:6]):
            self.pending.negated = True

    def _hedge(self, i: int) -> int:
        if self.has(i, "hedge"):
            self.sentence_weight = 0.5
            self.use(i, i + 1)
            return i + 1
        return i

    def _negation(self, i: int) -> int:
        if not self.has(i, "negation"):
            return i
        if self.low(i) in ("not", "is not", "are not", "isnt", "arent", "isn't", "aren't") and self.has(
            i + 1, "preposition"
        ):
            return self._relation_as(i, i + 1, "outside")
        self.pending.negated = True
        self.pending.start = self.words[i].start
        self.use(i, i + 1)
        return i + 1

    def _fronted_place(self, i: int) -> int:
        """Read "In the north," or "The northern half is ..." before the noun phrases it is about."""
        if not self.clause_start:
            return i
        j = i
        if self.has(j, "preposition") and self.low(j) in ("in", "on", "at", "to", "towards", "toward", "along", "from"):
            j += 1
        while self.low(j) in ("the", "and", "of", "map's", "far", "very", "then", "but", "while", "on", "in"):
            j += 1
        place, end = self._place_at(j)
        if place is None or (
            self.low(end) == "of"
            and not self.has(end + 1, "map")
            and not (self.low(end + 1) == "the" and self.has(end + 2, "map", "feature"))
        ):
            return i
        if self.low(end) == "of":
            end += 2 if not self.has(end + 1, "map", "feature") else 1
            if self.has(end, "feature") and self.words[end].kinds["feature"] not in WHOLE and not self.has(end, "map"):
                return i
            end += 1
        if not (self.has(end, "stop", "mark", "count", "negation", "number", "mostly") or self._phrase_at(end)):
            return i
        if self.has(end, "feature") and self.has(j, "place_adjective") and not self.has(end - 1, "place_noun"):
            return i
        self.use(i, end)
        self._flush()
        self.fronted = [place]
        self.last = None
        self.group = []
        if self.low(end) == ",":
            self.used[end] = True
            end += 1
        return end

    def _quantity(self, i: int) -> int:
        quantity = read_quantity(self.words, i)
        if quantity is None:
            return i
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
            return self._length(i, end, DIMENSIONS.get(said, quantity.aspect), quantity)
        if quantity.kind == "share" or self.has(end, "stop", "map"):
            self.pending.quantity.append(quantity)
            self.pending.start = self.words[i].start if self.pending.start < 0 else self.pending.start
            self.use(i, end)
            return self._share_tail(end) if quantity.kind == "share" else end
        return i

    def _length(self, i: int, end: int, aspect: str, quantity: Quantity) -> int:
        before = next((DIMENSIONS[self.low(k)] for k in (i - 1, i - 2) if self.low(k) in DIMENSIONS), "")
        aspect = aspect or before
        if self.last is None:
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

    def _after_adjective(self, i: int) -> int:
        """Read an adjective that follows its noun: "the mountains should be high and snowy"."""
        word = self.words[i]
        if self.last is None and self.has(i, "implies"):
            self.reading.demands.append(
                Demand(word.kinds["implies"], (word.start, word.end), implied=True, weight=self.sentence_weight)
            )
            self.use(i, i + 1)
            return i + 1
        if self.last is None and self.has(i, "adjective") and described("terrain", word.kinds["adjective"]):
            self.reading.demands.append(Demand("terrain", (word.start, word.end), adjectives=[word.kinds["adjective"]]))
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

    def _plain_place(self, i: int) -> int:
        """Read a place with no preposition: "a lake north of it", "mountains north, forest south"."""
        place, end = self._place_at(i)
        if place is None or self.last is None:
            return i
        if ran := self._side_to_side(i, end, place):
            return ran
        if self.low(end) == "of":
            return self._side_of(i, end, place, i)
        if self.has(i - 1, "verb") and self.last.feature == "river":
            return self._link(Link("to", place.name), i, end)
        self._put(place, i, end)
        return end

    def _highest(self, i: int) -> int:
        """Read "highest in the middle": where the top of what was named lies."""
        height = self.has(i, "superlative") and self.words[i].kinds["superlative"] == ["height", 1]
        if not height or not self.has(i + 1, "preposition"):
            return i
        j = i + 2
        while self.low(j) in ("the", "its", "very", "map's"):
            j += 1
        place, end = self._place_at(j)
        if place is None or self.low(end) == "of":
            return i
        whole = next((d for d in reversed(self.reading.demands) if d.feature in WHOLE and not d.absent), None)
        if whole is None:
            whole = Demand("terrain", (self.words[i].start, self.words[end - 1].end))
            self.reading.demands.append(whole)
        whole.links.append(Link("highest", place.name))
        self.use(i, end)
        return end

    def _from_to(self, i: int) -> int:
        """Read "from ice in the north to jungle in the south": two grounds, each with its place."""
        if self.low(i) != "from" or (
            self.last is not None and self.last.feature in ("river", "valley", "mountain range")
        ):
            return i
        first = self._ground_and_place(i + 1)
        if first is None or self.low(first[2]) not in ("to", "into", "down to", "all the way to"):
            return i
        second = self._ground_and_place(first[2] + 1)
        if second is None:
            return i
        for feature, place, end, start in (first, second):
            self.reading.demands.append(
                Demand(
                    feature,
                    (self.words[start].start, self.words[end - 1].end),
                    places=[place],
                    weight=self.sentence_weight,
                )
            )
        self.use(i, second[2])
        self.last = None
        return second[2]

    def _ground_and_place(self, i: int) -> tuple[str, Place, int, int] | None:
        """Return feature, place, end and start of "(a) desert in the north" at ``i``."""
        start = i
        while self.low(i) in ("the", "a", "an"):
            i += 1
        if not self.has(i, "feature"):
            return None
        name = self.words[i].kinds["feature"]
        j = i + 1
        if not (self.has(j, "preposition") and self.low(j) in ("in", "at", "on")):
            return None
        j += 1
        while self.low(j) in ("the", "far", "very"):
            j += 1
        place, end = self._place_at(j)
        return None if place is None else (name, place, end, start)

    def _side_to_side(self, i: int, end: int, place: Place) -> int:
        """Read "running north to south": which way it lies, not two places; 0 where that is not meant."""
        other, stop = self._place_at(end + 1) if self.low(end) == "to" else (None, end)
        if self.last is None or other is None or other.name != opposite(place.name):
            return 0
        if self.last.feature not in ("river", "valley", "mountain range") and not axis_parameter(self.last.feature):
            return 0
        self._link(Link("from", place.name), i, end)
        return self._link(Link("to", other.name), end, stop)

    def _filler(self, i: int) -> int:
        word = self.words[i]
        if self.low(i) in ("only", "solely", "just"):
            self.pending.only = True
            ends = i + 1 >= len(self.words) or self.has(i + 1, "mark")
            if self.last is not None and (self.has(i + 1, "preposition") or (ends and self.last.places)):
                self.last.only = True
                self.pending.only = False
        elif self.low(i) in ("and", "or", "nor", "but"):
            self._carry_negation(i)
            self.clause_start = True
        elif word.has("mood"):
            self.reading.atmosphere.append(word.text)
        elif (
            word.has("choice")
            and self.last is not None
            and described(self.last.feature, word.kinds["choice"], "choice")
        ):
            self.last.choices.append(word.kinds["choice"])
        elif word.has("choice") and described("climate", word.kinds["choice"], "choice"):
            self.reading.choices.append((word.kinds["choice"], word.text))
        elif word.has("free"):
            self.reading.interpretations.append(f"'{word.text}' leaves it to the maker")
        elif not (word.has("stop") or word.has("verb") or (word.has("map") and self.low(i) != "square")):
            return i
        self.use(i, i + 1)
        return i + 1

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

    def _settle(self) -> None:
        """Give what is still pending at the end of a clause to the last noun, or leave it unread."""
        if self.last is not None and self.pending.quantity:
            for quantity in self.pending.quantity:
                if quantity.kind == "share":
                    self._give_share()
                    return
                if quantity.kind == "count" and not quantity.article and self.last.count is None:
                    self.last.count = quantity.amount
                    self.pending = Pending()
                    return

    def _flush(self) -> None:
        self._settle()
        if self.pending.negated or self.pending.quantity:
            start = max(self.pending.start, 0)
            self.reading.not_understood.append(self.reading.text[start:].split(".")[0][:40].strip())
        self.pending = Pending()

    def _collect(self) -> None:
        """List every content word that no rule used."""
        for word, used in zip(self.words, self.used, strict=True):
            if not used and not word.has("mark") and word.text.lower() not in ("a", "an", "the"):
                self.reading.not_understood.append(word.text)
        self.reading.not_understood = [w for w in dict.fromkeys(self.reading.not_understood) if w]
        self.reading.interpretations = list(dict.fromkeys(self.reading.interpretations))


def read(text: str, known: Sequence[str] = ()) -> Reading:
    """Read an instruction; see `Reader`."""
    return outdoors(Reader(text, known).read())
