"""Members of what was counted: each of them, the largest of them, one that stands out."""

from __future__ import annotations

from ..region import Of
from .demand import Amount, Demand, Link, Place
from .meaning import is_countable, parameter
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
    return Place(where, where, f"{rank[0]} {rank[1]}")


class Members(Spread):
    """Reads what is said of single members of a group."""

    def _each(self, i: int) -> int:
        """Read "islands, each with a volcano" and "two volcanoes, both with lakes": what follows is for every one."""
        if (
            not (self.has(i, "each") or self.low(i) == "both")
            or self.last is None
            or not is_countable(self.last.feature)
        ):
            return i
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

    def _one_stands_out(self, i: int) -> int:
        """Read "one of them clearly larger than the rest" after something counted."""
        if self.low(i) != "one" or self.last is None or not is_countable(self.last.feature):
            return i
        j = i + 1
        if self.low(j) == "of" and self.low(j + 1) in ("them", "which", "these", "the"):
            j += 2
        while self.has(j, "stop", "verb") or self.low(j) in ("much", "clearly", "far", "noticeably", "lot", "a", "way"):
            j += 1
        if not self.has(j, "comparative") or self.low(j + 1) != "than":
            return i
        aspect, factor = self.words[j].kinds["comparative"]
        if aspect not in ("share", "height") or factor < 1:
            return i
        j += 2
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

    def _for_each(self, demand: Demand) -> None:
        """Make a demand that stands in an "each" clause one for every member."""
        if self.each_of and demand.feature != self.each_of and not demand.absent:
            demand.links = [ln for ln in demand.links if ln.target != self.each_of]
            demand.links.append(Link("each", self.each_of))
            vague = demand.count is None or not demand.count.said
            if vague and not demand.plural and parameter(demand.feature, "count") is not None:
                demand.count = Amount.exactly(1)
