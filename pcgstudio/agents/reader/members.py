"""Members of what was counted: each of them, the largest of them, one that stands out."""

from __future__ import annotations

from dataclasses import replace

from ...generator import load_features
from ...region import AllOf, Of
from ..words.demand import EACH_ROOM, Amount, Comparison, Demand, Link, Place
from ..words.meaning import MASSES, is_countable, parameter, stage_of
from .cursor import COMPASS, Pending, place_of, rank_of
from .spread import Spread

_HAVING = (
    "with",
    "has",
    "have",
    "having",
    "holding",
    "holds",
    "carrying",
    "carries",
    "containing",
    "contains",
    "topped",
)
_OTHERS = ("rest", "others", "other", "remaining")


def part_of(feature: str, rank: tuple[str, int]) -> Place:
    """Return one part of a feature as a place: the largest island, the highest mountain."""
    where = Of.model_validate({"feature": feature, "filled": True, "part": rank[1], "by": rank[0]})
    return Place(where, where, f"part {rank[0]} {rank[1]}")


def side_of(feature: str, side: str) -> Place:
    """Return the parts of a feature on a side of the map as a place: the western one of two islands."""
    place = place_of(side)
    on = Of(feature=feature, filled=True)
    return Place(AllOf(regions=(on, place.where)), AllOf(regions=(on, place.measured)), f"part {side}")


class Members(Spread):
    """Reads what is said of single members of a group."""

    def _each(self, i: int) -> int:
        """Read "islands, each with a volcano" and "two volcanoes, both with lakes": what follows is for every one."""
        told = self.low(i) in ("both", "each", "all", "they", "these") and self.low(i + 1) in ("are", "is", "being")
        head = self._phrase_at(i + 2) if told else 0
        if head and self.has(head - 1, "feature"):  # "both are dead ends": what they are, which nothing here asks
            self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[head - 1].end])
            self.use(i, head)
            return head
        if (
            not (self.has(i, "each") or self.low(i) == "both")
            or self.last is None
            or not is_countable(self.last.feature)
        ):
            return i
        if outer := self._one_each(i):
            self.last.links.append(Link("each", outer))
            self.last.count = self.last.count or Amount.exactly(1)
            self.last.widen(self.words[i].start, self.words[i].end)
            self.use(i, i + 1)
            return i + 1
        j = i + 1
        if self.low(j) == "one":
            j += 1
        if self.low(j) == "of" and self.low(j + 1) in ("them", "which", "these"):
            j += 2
        if self.low(j) not in _HAVING:
            return i
        self.each_of = self.last.feature
        self.use(i, j)
        return j

    def _one_each(self, i: int) -> str:
        """Return what "each" after a noun shares it out to: "three hills with a tower each"; empty otherwise."""
        ends = i + 1 >= len(self.words) or self.has(i + 1, "mark") or self.low(i + 1) in ("and", "but")
        if not ends or self.last is None or self.last.plural or self.low(i) == "both":
            return ""
        before = [d for d in self.reading.demands if d is not self.last and d.feature != self.last.feature]
        several = [d for d in before if d.several]
        return several[-1].feature if several and is_countable(several[-1].feature) else ""

    def _another(self, i: int) -> int:
        """Read "a lake in the north, another in the south": one more of what was named last."""
        if self.low(i) not in ("another", "another one", "a second", "a third", "one more") or self.last is None:
            return i
        j = i + 1 + (self.low(i + 1) == "one")
        if not self.has(j, "preposition") or self.last.absent or not (self.last.places or self.last.links):
            return i
        more = Demand(self.last.feature, (self.words[i].start, self.words[j - 1].end), count=Amount.exactly(1))
        more.weight = self.sentence_weight
        self.reading.demands.append(more)
        self.last, self.group = more, []
        self.pending = Pending()
        self.use(i, j)
        return j

    def _compared(self, i: int) -> int:
        """Read "more rocks than trees" and "twice as many pines as oaks": how much of one beside the other."""
        times = {"twice": 2.0, "three times": 3.0, "half": 0.5, "double": 2.0, "thrice": 3.0}.get(self.low(i), 0.0)
        start, joint, least = i + 1, "than", 1.15
        if self.has(i, "number") and self.low(i + 1) == "times":
            times, start = float(self.words[i].kinds["number"]), i + 2
        if times and self.low(start) in ("as", "as many", "as much"):
            start, joint, least = start + 1 + (self.low(start + 1) in ("many", "much")), "as", 0.85 * times
        elif self.low(i) not in ("more", "fewer", "less"):
            return i
        first = self._phrase_at(start)
        second = self._phrase_at(first + 1) if first and self.low(first) == joint else 0
        if not second or not (self.has(first - 1, "feature") and self.has(second - 1, "feature")):
            return i
        self._phrase(start)
        more = self.last
        self._phrase(first + 1)
        less = self.last
        if more is None or less is None or more is less:
            return i
        if self.low(i) in ("fewer", "less"):
            more, less = less, more
        quote = self.reading.text[self.words[i].start : self.words[second - 1].end]
        self.reading.comparisons.append(Comparison(more.feature, less.feature, least, quote))
        self._weighed(more, less, max(1.6, 1.1 * times))
        self.use(i, second)
        return second

    def _weighed(self, more: Demand, less: Demand, factor: float) -> None:
        """Aim at amounts of two things that stand in a proportion."""
        known = load_features()
        if more.count or less.count or more.share or less.share:
            return
        if known[more.feature].layer in MASSES and known[less.feature].layer in MASSES:
            less.share = Amount("at_least", 0.03, 0.03, 0.5 / (1 + factor), said=False)
            more.share = Amount("at_least", 0.05, 0.05, 0.5 * factor / (1 + factor), said=False)
        elif is_countable(more.feature) and is_countable(less.feature):
            few = 40.0 if known[less.feature].count_by == "instances" else 2.0
            less.count = Amount("at_least", 1, 1, few, said=False)
            more.count = Amount("at_least", 2, 2, round(few * factor), said=False)

    def _member(self, i: int) -> int:
        """Read "a big snowy one" and "the western one" after several were asked for; what follows is about it."""
        j = i + (self.low(i) in ("a", "the", "one", "another"))
        head = next((k for k in range(j, min(j + 5, len(self.words))) if self.low(k) in ("one", "ones")), 0)
        several = [d for d in self.reading.demands if d.several]
        if not head or head == j or not several or not is_countable(several[-1].feature):
            return i
        whole = several[-1]
        place = self._which(whole, j, head)
        if place is None:
            return i
        self.ranked, self.fronted, self.last, self.group = place, [place], whole, []
        self.use(i, head + 1)
        for k in range(j, head):
            self._as_member(k, place)
        return head + 1

    def _which(self, whole: Demand, start: int, end: int) -> Place | None:
        """Return the member that the words before "one" single out, None where a word does not help."""
        place = None
        for k in range(start, end):
            word = self.words[k]
            rank = rank_of(self.low(k))
            if rank is not None:
                place = part_of(whole.feature, rank)
                whole.contrast = whole.contrast or rank[0]
            elif word.has("place_adjective"):
                place = side_of(whole.feature, word.kinds["place_adjective"])
            elif not (word.has("implies") or (word.has("feature") and self._is_mass(k)) or word.has("mood")):
                return None
        return place

    def _is_mass(self, k: int) -> bool:
        return load_features()[self.words[k].kinds["feature"]].layer in MASSES

    def _as_member(self, k: int, place: Place) -> None:
        """Ask for what a word says of one member: "snowy", "jungle"."""
        word = self.words[k]
        kind = "implies" if word.has("implies") else "feature" if word.has("feature") else ""
        if kind:
            self.reading.demands.append(Demand(word.kinds[kind], (word.start, word.end), implied=True, places=[place]))

    def _one_stands_out(self, i: int) -> int:
        """Read "one of them clearly larger than the rest" after something counted."""
        if self.low(i) != "one" or self.last is None or not is_countable(self.last.feature):
            return i
        j = i + 1
        if self.low(j) == "of" and self.low(j + 1) in ("them", "which", "these", "the"):
            j += 2
        while self.has(j, "stop", "verb") or self.low(j) in ("much", "clearly", "far", "noticeably", "lot", "a", "way"):
            j += 1
        compared = self.low(j).split()[:1]  # "larger than" is one word of the lexicon: it may bound a number
        known = self.lexicon.phrases.get(compared[0], {}).get("comparative") if compared else None
        if known is None or "than" not in (self.low(j).split()[-1], self.low(j + 1)):
            return i
        aspect, factor = known
        if aspect not in ("share", "height") or factor < 1:
            return i
        j += 1 if self.low(j).endswith("than") else 2
        while self.low(j) in ("the", "all", "any", "of"):
            j += 1
        if self.low(j) not in _OTHERS and not self.has(j, "adverb"):
            return i
        j += 1
        if self.has(j, "feature") or self.has(j, "number") or self.low(j) in ("ones", "them"):
            j += 1
        self.last.contrast = "size" if aspect == "share" else "height"
        self.last.widen(self.words[i].start, self.words[j - 1].end)
        self.use(i, j)
        return j

    def _one_with(self, i: int) -> int:
        """Read "two hills, one with a castle and one with a village": each thing has a member of its own."""
        told = self.low(i) in ("one", "the first", "the second", "another", "the other", "the third")
        several = [d for d in self.reading.demands if d.several and is_countable(d.feature) and not d.absent]
        group = several[-1] if several else None
        j = i + 1
        while self.low(j) in ("of", "them", "which", "these"):
            j += 1
        if not told or group is None or self.low(j) not in _HAVING or not self._phrase_at(j + 1):
            return i
        self.told_of = self.told_of + 1 if self.told_group == group.feature else 1
        self.told_group = group.feature
        place = part_of(group.feature, ("size", self.told_of))
        before = len(self.reading.demands)
        end = self._phrase(j + 1)
        self.use(i, j + 1)
        for held in self.reading.demands[before:]:
            if group.feature == "lake":
                held.links.append(Link("in", "lake"))
            else:
                held.places.append(place)
        return end

    def _ranked(self, demand: Demand, rank: tuple[str, int]) -> Demand:
        """Take "the largest island" as a place on which the rest of the clause is; return the island itself."""
        name = demand.feature
        earlier = next((d for d in self.reading.demands if d.feature == name and not d.absent), None)
        whole = earlier or demand
        if earlier is None and name not in self.known:
            whole.aside, whole.plural = True, True
            self.reading.demands.append(whole)
        self.ranked = part_of(name, rank)
        self.fronted = [self.ranked]
        self.last = whole
        self.group = []
        return whole

    def _told_apart(self, demand: Demand) -> bool:
        """Take "the northern island" after "two islands" as that one of them; whether it is one.

        The member becomes a demand of its own with its side, so that what follows is said of it alone.
        """
        sides = [p for p in demand.places if p.name in (*COMPASS, "centre")]
        several = [d for d in self.reading.demands if d.feature == demand.feature and not d.absent and d.several]
        said = demand.count is not None and demand.count.said
        if not (several and len(sides) == 1 and demand.definite) or demand.plural or demand.absent or said:
            return False
        part = next((d for d in self.reading.demands if d.feature == demand.feature and d.places == sides), None)
        if part is None:
            part = replace(demand, count=Amount.exactly(1), adjectives=[*several[-1].adjectives, *demand.adjectives])
            several[-1].total = True
            self.reading.demands.append(part)
        self.ranked = side_of(demand.feature, sides[0].name)
        self.fronted, self.last, self.group = [self.ranked], part, []
        return True

    def _for_each(self, demand: Demand) -> None:
        """Make a demand that stands in an "each" clause one for every member."""
        if self.each_of == "room" and demand.feature == "torch" and not demand.absent:
            demand.count = demand.count or Amount.exactly(1)
            demand.links.append(EACH_ROOM)
            return
        if self.each_of and stage_of(demand.feature) == "role" and not demand.absent:
            outer = next((d.count for d in self.reading.demands if d.feature == self.each_of and d.count), None)
            if outer is not None:
                number = outer.aim * (demand.count.aim if demand.count is not None else 1)
                demand.count = Amount.exactly(number)
            return
        if self.each_of and demand.feature != self.each_of and not demand.absent:
            demand.links = [ln for ln in demand.links if ln.target != self.each_of]
            demand.links.append(Link("each", self.each_of))
            vague = demand.count is None or not demand.count.said
            if vague and not demand.plural and parameter(demand.feature, "count") is not None:
                demand.count = Amount.exactly(1)
