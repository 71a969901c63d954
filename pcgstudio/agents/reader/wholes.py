"""All of a group, all of an outline, all but one side, the only one: demands on a whole that a part does not meet."""

from __future__ import annotations

from ...generator import load_features
from ...region import Of
from ..words.demand import Amount, Demand, Link, Place
from ..words.meaning import MASSES, described, is_countable, stage_of
from .built import Built
from .cursor import BRIDGES, RELIEF, WHOLE, place_of
from .sides import RIMS

_EVERYTHING = ("everything", "whole map", "entire map", "whole land", "entire land", "whole place", "entire place")
_HAVE = ("have", "has", "with", "having", "contain", "hold")
_THEM = ("them", "these", "those", "which")
_ALL_OF_THEM = ("all of them", "all of these", "all of those", "every one of them")
_OUTLINES = ("coast", "coasts", "coastline", "shore", "shores", "shoreline", "outline", "edge", "rim")
_AMONG = frozenset({"middle", "central", "centre", "center", "left", "right", "inner", "outer", "nearest", "farthest"})
"""Words by which one of a group is told by where it stands among the others: nothing here measures that."""


def _within_itself(demand: Demand, place: Place) -> bool:
    """Whether a place is one part of the very things that would have to be there."""
    where = place.measured
    return isinstance(where, Of) and where.part is not None and where.feature == demand.feature


class Wholes(Built):
    """Reads what is said of all of something."""

    bears = False

    def _idiom(self, i: int) -> int:
        """Read the turn of phrase at ``i``, if one stands there."""
        if self.low(i) == "whose":
            self.group = []  # "an island whose hill is in the north": the island is not
        for rule in (self._all_have, self._one_among, self._whole_outline, self._all_of_it):
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _all_have(self, i: int) -> int:
        """Read "all of them have a church", "they all have one" and "all villages have a well": each has its own."""
        j = i + (self.low(i) == "they")
        if self.low(j) not in ("all", *_ALL_OF_THEM) or self.pending.negated:
            return i
        j += 1
        head = self._phrase_at(j)
        if head and self.has(head - 1, "feature") and self.words[head - 1].plural and self.low(head) in _HAVE:
            return self._all_of_a_kind(i, j, head)
        if self.low(j) == "of" and self.low(j + 1) in _THEM:
            j += 2
        several = [d for d in self.reading.demands if d.several and is_countable(d.feature) and not d.absent]
        if self.low(j) not in _HAVE or not several:
            return i
        self.last, self.group, self.each_of = several[-1], [], several[-1].feature
        self.use(i, j)
        return j

    def _all_of_a_kind(self, i: int, j: int, head: int) -> int:
        """Read "all villages" before "have"; ``i`` where it is no kind of which each could have something."""
        if not is_countable(self.words[head - 1].kinds["feature"]):
            return i
        self.use(i, j)
        end = self._reference(j, head)
        self.each_of = self.words[head - 1].kinds["feature"]
        self.last = self.noun
        return end

    def _one_among(self, i: int) -> int:
        """List "the middle one" of a group, which is not the one in the middle of the map, as not understood."""
        told = self.low(i) == "the" and self.low(i + 1) in _AMONG and self.low(i + 2) == "one"
        if not told or not any(d.several for d in self.reading.demands):
            return i
        self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[i + 2].end])
        self.use(i, i + 3)
        self.last, self.group = None, []
        return i + 3

    def _whole_outline(self, i: int) -> int:
        """Read "along the whole coast" and "all along its shore": a rim without gaps, and not some of it there."""
        j, whole = i, False
        while self.low(j) in ("all", "along", "around", "all along", "all around", "round", "on"):
            whole, j = whole or self.low(j).startswith("all"), j + 1
        if j == i or self.last is None or self.last.feature not in RIMS or self.last.absent:
            return i
        while self.low(j) in ("the", "its", "whole", "entire", "the whole", "the entire", "full", "length", "of"):
            whole, j = whole or self.low(j).split()[-1] in ("whole", "entire", "full"), j + 1
        if not whole or self.low(j) not in _OUTLINES:
            return i
        rim, end = self.last, j + 1
        named = self._phrase_at(end + 1) if self.low(end) == "of" else 0
        if named and self.has(named - 1, "feature"):
            ground = self.words[named - 1].kinds["feature"]
            self.use(i, end + 1)
            end = self._reference(end + 1, named)
        else:
            grounds = ("island", "continent", "lake")
            known = (d.feature for d in self.reading.demands if d.feature in grounds and not d.absent)
            ground = next(known, "land")
        self.last = rim
        return self._link(Link("around", ground), i, end)

    def _all_of_it(self, i: int) -> int:
        """Read "all forest", "everything is forest" and "the whole map is forest": nearly all of the land."""
        spans = {" ".join(map(self.low, range(i, i + n))).removeprefix("the "): n for n in (1, 2, 3)}
        name = next((told for told in spans if told in _EVERYTHING), "")
        j = i + spans.get(name, 1)
        if name and self.low(j) in ("is", "are", "should be", "must be"):
            j += 1
        elif name or self.low(i) != "all":
            return i
        head = self._phrase_at(j)
        feature = self.words[head - 1].kinds.get("feature", "terrain") if head else "terrain"
        if load_features()[feature].layer not in MASSES or self.low(j) in ("the", "of") or self.pending.negated:
            return i
        self.use(i, j)
        end = self._phrase(j)
        if self.last is not None and self.last.feature == feature:
            self.last.share = self.last.share or self._nearly_all(end)
            self.last.widen(self.words[i].start, self.words[i].end)
        return end

    def _nearly_all(self, end: int) -> Amount:
        """Return the share that "all" asks for: less where a side of the map is left out after it."""
        k = end + 1 + (self.low(end + 1) in ("the", "in"))
        k += self.low(k) == "the"
        part = self.has(end, "preposition") and self._place_at(k)[0] is not None
        least = 0.4 if part else 0.8
        return Amount("at_least", least, least, least + 0.15, said=False)

    def _relation(self, i: int) -> int:
        """Read "forest everywhere except in the north": the exception is a place, and the rest is covered."""
        covered = self.low(i).startswith(("everywhere", "all over")) and self.last is not None
        if covered and self.has(i, "preposition") and self.last is not None and not self.last.absent:
            if load_features()[self.last.feature].layer in MASSES:
                self.last.share = self.last.share or Amount("at_least", 0.45, 0.45, 0.6, said=False)
            elif self.last.feature not in WHOLE:
                self.last.links.append(Link("spread", "", "0.45"))
        return super()._relation(i)

    def _adverb(self, i: int) -> int:
        """Read "mountains all around" of no other thing: along the edge of the map."""
        end = super()._adverb(i)
        around = end == i and self.low(i) in ("all around", "all round", "on all sides", "on every side")
        if self.has(i, "preposition") and (self._phrase_at(i + 1) or self.low(i + 1) in ("it", "them")):
            return end  # "trees all around the lake" are around that
        if not around or self.last is None or self.last.feature not in (*RELIEF, "forest", "tree") or self.last.places:
            return end
        if self._outlined() is None:
            self._put(place_of("edge"), i, i + 1)
            share = "0.7" if load_features()[self.last.feature].layer in MASSES else "0.99"
            self.last.links.append(Link("spread", "", share))  # three in the corners are not all around
            if self.last.count is None and is_countable(self.last.feature):
                self.last.count = Amount("at_least", 6, 6, 9, said=False)
            return i + 1
        return end

    def _pronoun(self, first: int, j: int, kind: str) -> int:
        """Read "a hill with a church and two trees on it": the trees stand on the hill."""
        self.bears = kind == "on"
        end = super()._pronoun(first, j, kind)
        self.bears = False
        return end

    def _before_last(self) -> Demand | None:
        """Return what a pronoun means; what only stands beside the last thing bears it not."""
        found = super()._before_last()
        if not self.bears or found is None or self.last is None or not self._built_thing(found):
            return found
        joint = self.reading.text[found.quote[1] : self.last.quote[0]].strip(" ,")
        grounds = [d for d in self.reading.demands if d.quote[0] < found.quote[0] and not self._built_thing(d)]
        return grounds[-1] if joint == "and" and grounds else found

    def _built_thing(self, demand: Demand) -> bool:
        kind = load_features()[demand.feature]
        return bool(kind.instances) and not kind.layer and demand.feature not in BRIDGES

    def _wholly(self) -> None:
        """Ask for no second one where "its only hill" was said, and list a square outline, which nothing measures."""
        self._two_sides()
        for demand in self.reading.demands:
            said = demand.count is not None and demand.count.said
            if demand.only and not (demand.plural or said or demand.absent) and is_countable(demand.feature):
                demand.count = Amount.exactly(1)
            if demand.several:  # "three rooms and a lake in the largest one": only the lake is in it
                demand.places = [p for p in demand.places if not _within_itself(demand, p)]
        for i in range(len(self.words) - 1):
            outlined = self.low(i) == "square" and self.has(i + 1, "feature") and not self.has(i - 1, "unit")
            feature = self.words[i + 1].kinds.get("feature", "") if outlined else ""
            indoors = feature and stage_of(feature) in ("interior", "role")
            if feature and not indoors and described(feature, "square", "choice") is None:
                self.reading.not_understood.append(f"square ({feature})")

    def _two_sides(self) -> None:
        """Give "a lake 400 by 200 m" its length and its width."""
        named = [d for d in self.reading.demands if d.feature == self.sides_of and d.quote[0] < self.sides_quote[0]]
        if not self.sides_m[0] or not named:
            return
        one = named[-1]
        one.dimensions += list(zip(("length", "width"), map(Amount.exactly, self.sides_m), strict=True))
        one.widen(*self.sides_quote)
