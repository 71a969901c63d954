"""Members of a group beside each other: "one twice as big as the other", "different heights", "two in the north"."""

from __future__ import annotations

from ...generator import load_features
from ..words.amounts import read_quantity
from ..words.demand import Amount, Demand, Link
from ..words.meaning import MASSES, described, is_countable, parameter
from .cursor import Pending
from .extents import Extents

_TIMES = {
    "twice": 2.0,
    "double": 2.0,
    "three times": 3.0,
    "thrice": 3.0,
    "four times": 4.0,
    "half": 0.5,
    "half again": 1.5,
}
_ASPECTS = {
    "big": "size", "large": "size", "wide": "size", "small": "size", "size": "size", "sizes": "size", "area": "size",
    "high": "height", "tall": "height", "height": "height", "heights": "height", "low": "height", "altitude": "height",
    "elevation": "height", "elevations": "height", "altitudes": "height",
}  # fmt: skip
_MORE = {"bigger": "size", "larger": "size", "wider": "size", "higher": "height", "taller": "height"}
_LESS = {"smaller": "size", "lower": "height", "shorter": "height"}
_SMALL, _BIG = ("small", "little", "tiny", "low", "short"), ("big", "large", "huge", "high", "tall", "giant", "massive")
_ALIKE = ("same", "equal", "identical", "similar", "matching", "the same")
_UNLIKE = ("different", "differing", "various", "varying", "varied", "unequal", "differently")
_SIZED = ("different sizes", "various sizes", "varying sizes", "same size", "equal size")
"""Two words that are one choice of some makers."""
_LINKING = frozenset({
    "of", "at", "with", "all", "the", "about", "roughly", "very", "in", "have", "are", "should", "be", "and", "has",
    "clearly", "have the", "nearly", "on", "to", "exactly",
})  # fmt: skip
_OTHERS = ("other", "others", "rest", "remaining", "second", "last", "third", "fourth")


class Comparing(Extents):
    """Reads what tells the members of a group from each other."""

    def _idiom(self, i: int) -> int:
        for rule in (self._times_the_other, self._one_more, self._big_and_small, self._alike_or_not, self._some_there,
                     self._others_there):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _group(self, least: int = 2) -> Demand | None:
        """Return the counted things that were named last, of which there are at least so many."""
        named = [d for d in self.reading.demands if not d.absent and not d.implied and is_countable(d.feature)]
        several = (d for d in reversed(named) if d.total or d.plural or (d.count is not None and d.count.aim >= least))
        group = next(several, None)
        return group if group is not None and self._ranks_by_part(group.feature) else None

    def _ranks_by_part(self, feature: str) -> bool:
        return load_features()[feature].count_by in ("parts", "peaks")

    def _unlike(self, group: Demand, aspect: str, low: float, high: float, first: int, end: int) -> int:
        """Ask that the greatest of a group exceeds the next by a factor between two bounds."""
        group.links.append(Link("contrast", aspect, f"{low:.4g} {high:.4g}"))
        group.contrast = ""
        group.widen(self.words[first].start, self.words[end - 1].end)
        self.use(first, end)
        self.pending = Pending()
        return end

    def _lead(self, i: int) -> int:
        """Return where the comparison after "one of them is" begins; 0 where no member stands at ``i``."""
        if self.low(i) not in ("one", "the first", "the first one"):
            return 0
        j = i + 1
        if self.low(j) == "of" and self.low(j + 1) in ("them", "which", "these", "the"):
            j += 2
        while (self.has(j, "stop", "verb") and self.low(j) not in _TIMES) or self.low(j) in (
            "about",
            "roughly",
            "around",
            "exactly",
        ):
            j += 1
        return j

    def _times_the_other(self, i: int) -> int:
        """Read "one twice as big as the other" and "one three times the size of the other"."""
        group, j = self._group(), self._lead(i)
        if not j or group is None:
            return i
        times = _TIMES.get(self.low(j), 0.0)
        k = j + 1
        if self.has(j, "number") and self.low(j + 1) == "times":
            times, k = float(self.words[j].kinds["number"]), j + 2
        if not times:
            return i
        while self.low(k) in ("as", "the", "so"):
            k += 1
        aspect = _ASPECTS.get(self.low(k), _MORE.get(self.low(k), ""))
        k += 1
        while self.low(k) in ("as", "of", "than", "the"):
            k += 1
        if not aspect or self.low(k) not in _OTHERS:
            return i
        k += 1 + (self.low(k + 1) in ("one", "ones"))
        times = 1 / times if times < 1 else times
        return self._unlike(group, aspect, 0.8 * times, 1.25 * times, i, k)

    def _one_more(self, i: int) -> int:
        """Read "one bigger than the other" and "one of them is lower than the others"."""
        group, j = self._group(), self._lead(i)
        if not j or group is None:
            return i
        while self.low(j) in ("much", "clearly", "far", "noticeably", "a", "lot", "bit", "way", "slightly", "a bit"):
            j += 1
        word = self.low(j).split()[0] if self.low(j) else ""
        aspect = _MORE.get(word, _LESS.get(word, ""))
        k = j + 1 + (self.low(j + 1) == "than" and not self.low(j).endswith("than"))
        while self.low(k) in ("the", "all"):
            k += 1
        if not aspect or self.low(k) not in _OTHERS or (word in _LESS and self.low(k) != "other"):
            return i
        k += 1 + (self.low(k + 1) in ("one", "ones"))
        return self._unlike(group, aspect, 1.4 if aspect == "size" else 1.15, 99, i, k)

    def _big_and_small(self, i: int) -> int:
        """Read "one big, one small" and "a large and a small one" of two of a kind."""
        group = self._group()
        if group is None or self.low(i) not in ("one", "a") or not self._sizing(i + 1):
            return i
        j = i + 2
        while self.low(j) in (",", "and", "one", "the", "other", "a", "is", "but"):
            j += 1
        if j == i + 2 or not self._sizing(j) or group.count is None or group.count.aim != 2:
            return i
        first, second = self.low(i + 1), self.low(j)
        if (first in _SMALL) == (second in _SMALL):
            return i
        aspect = _ASPECTS.get(first, _ASPECTS.get(second, "size"))
        end = j + 1 + (self.low(j + 1) in ("one", "island", "lake"))
        return self._unlike(group, aspect, 1.4 if aspect == "size" else 1.2, 99, i, end)

    def _sizing(self, i: int) -> bool:
        return self.low(i) in _SMALL or self.low(i) in _BIG

    def _alike_or_not(self, i: int) -> int:
        """Read "of the same height", "at different heights", "equally big" and "of various sizes"."""
        group = self.last if self.last is not None and self._ranks_by_part(self.last.feature) else self._group()
        if group is None:
            return i
        j = i
        while self.low(j) in _LINKING:
            j += 1
        if self.low(j) in ("equally", "similarly", "differently") and self.low(j + 1) in _ASPECTS:
            alike, aspect, end = self.low(j) != "differently", _ASPECTS[self.low(j + 1)], j + 2
        elif self.low(j) in (*_ALIKE, *_UNLIKE) and self.low(j + 1) in _ASPECTS:
            alike, aspect, end = self.low(j) in _ALIKE, _ASPECTS[self.low(j + 1)], j + 2
        elif self.low(j) in _SIZED and described(group.feature, self.low(j), "choice") is None:
            alike, aspect, end = self.low(j).split()[0] in _ALIKE, "size", j + 1
        else:
            return i
        if self._phrase_at(end) == end + 1 and not self.has(end, "mark"):
            return i  # "different sized lakes" has its own word
        several = group.plural or (group.count is not None and group.count.aim > 1)
        if not several:
            return i
        kind = "alike" if alike else "unlike"
        group.links.append(Link(kind, aspect))
        group.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _some_there(self, i: int) -> int:
        """Read "two of them in the north" and "one of them near the lake" after five of a kind."""
        quantity = read_quantity(self.words, i)
        if quantity is None or quantity.kind != "count" or quantity.article or self.has(i - 1, "preposition"):
            return i
        j = i + quantity.used
        of_them = self.low(j) == "of" and self.low(j + 1) in ("them", "these", "which", "those")
        if not of_them:
            return i
        j += 2
        while self.has(j, "stop") and not self.has(j, "preposition"):
            j += 1
        whole = self._counted_whole()
        if whole is None or whole.count is None or not 0 < quantity.amount.aim < whole.count.aim:
            return i
        return self._part(whole, quantity.amount, i, j)

    def _others_there(self, i: int) -> int:
        """Read "the other in the south" and "the rest along the coast" after some were placed."""
        j = i + (self.low(i) in ("the", "all"))
        j += self.low(j) == "the"
        if self.low(j) not in _OTHERS and not (
            self.has(j, "adverb") and self.words[j].kinds["adverb"][0] == "elsewhere"
        ):
            return i
        number = read_quantity(self.words, j + 1)
        named = self.low(j + 1) in ("one", "ones")
        j += 1 + (1 if named else number.used if number is not None and self.low(j) == "other" else 0)
        while self.has(j, "stop") and not self.has(j, "preposition"):
            j += 1
        whole = next((d for d in reversed(self.reading.demands) if d.total and not d.absent), None)
        single = self.reading.demands[-1] if self.reading.demands else None
        if (
            whole is None
            and single is not None
            and single.count is not None
            and single.count.aim == 1
            and single.places
        ):
            return self._second(single, i, j)
        if whole is None or whole.count is None or whole.count.bound != "equal":
            return i
        parts = [d for d in self.reading.demands if d is not whole and d.feature == whole.feature and not d.absent]
        taken = sum(d.count.aim for d in parts if d.count is not None)
        left = whole.count.aim - taken
        if left < 1:
            return i
        return self._part(whole, Amount.exactly(left), i, j)

    def _second(self, first: Demand, i: int, j: int) -> int:
        """Read "one lake in the west, the other in the east" as two lakes."""
        if first.absent or not is_countable(first.feature) or self.low(j - 1) not in ("other", "one", "second"):
            return i
        held, first.total = first.total, False
        end = self._part(first, Amount.exactly(1), i, j)
        first.total = held
        return end

    def _counted_whole(self) -> Demand | None:
        named = [d for d in self.reading.demands if d.count is not None and d.count.aim > 1 and not d.absent]
        return next(
            (d for d in reversed(named) if is_countable(d.feature) and d.count and d.count.bound == "equal"), None
        )

    def _part(self, whole: Demand, amount: Amount, first: int, j: int) -> int:
        """Enter so many of a group as a part with the place that stands at ``j``."""
        k = j + 1
        while self.low(k) in ("the", "far", "very"):
            k += 1
        place, end = self._place_at(k) if self.has(j, "preposition") else self._place_at(j)
        if place is None or self.low(end) == "of":
            return first
        whole.total = True
        part = Demand(whole.feature, (self.words[first].start, self.words[end - 1].end), count=amount,
                      adjectives=list(whole.adjectives), places=[place], weight=whole.weight)  # fmt: skip
        self.reading.demands.append(part)
        self.pending = Pending()
        self.use(first, end)
        return end

    def _members_made(self) -> None:
        """Ask for members of their own size or height where one has to exceed the next by a given factor."""
        for whole in [
            d for d in self.reading.demands if any(ln.kind in ("contrast", "unlike", "alike") for ln in d.links)
        ]:
            link = next(ln for ln in whole.links if ln.kind in ("contrast", "unlike", "alike"))
            number = int(whole.count.aim) if whole.count is not None else 3
            if link.target == "height" and parameter(whole.feature, "height") is not None and 1 < number <= 6:
                self._graded(whole, link, number)
            elif link.target == "size":
                self._sized_by(whole, link, number)

    def _graded(self, whole: Demand, link: Link, number: int) -> None:
        """Make a step for every member, each with its height."""
        one = parameter(whole.feature, "height")
        if (
            one is None
            or whole.choices
            or whole.places
            or any(d is not whole and d.feature == whole.feature for d in self.reading.demands)
        ):
            return
        factor = 1.0
        if link.kind == "contrast":
            low, high, *_ = (float(v) for v in link.other.split())
            factor = min((low * high) ** 0.5, 2.2)
        elif link.kind == "unlike":
            factor = 1.7
        usual = float(one.adjectives.get(whole.adjectives[0], one.default)) if whole.adjectives else float(one.default)
        for k in range(number):
            share = (
                factor
                if k == 0 and link.kind == "contrast"
                else factor ** (number - 1 - k)
                if link.kind == "unlike"
                else 1.0
            )
            tall = Amount("at_least", 1, 1, usual * share, said=False)
            part = Demand(
                whole.feature, whole.quote, count=Amount.exactly(1), silent=True, dimensions=[("height", tall)]
            )
            self.reading.demands.append(part)
        whole.total, whole.count = True, whole.count or Amount.exactly(number)

    def _sized_by(self, whole: Demand, link: Link, number: int) -> None:
        """Make lakes and the like of two sizes; where a maker has words for it, use them."""
        if whole.places or any(d is not whole and d.feature == whole.feature for d in self.reading.demands):
            return
        share = parameter(whole.feature, "share")
        if link.kind == "contrast" and number == 2 and share is not None and share.feature == whole.feature:
            low, high, *_ = (float(v) for v in link.other.split())
            factor, small = min((low * high) ** 0.5, 2.5), 0.016
            for aim in (small * factor, small):
                part = Demand(whole.feature, whole.quote, count=Amount.exactly(1), silent=True)
                part.share = Amount("at_least", 0.002, 0.002, aim, said=False)
                self.reading.demands.append(part)
            whole.total = True
            return
        word = {"contrast": "one large and several small", "alike": "same size", "unlike": "different sizes"}[link.kind]
        masses = load_features()[whole.feature].layer in MASSES
        whole.choices += [word] if not masses and described(whole.feature, word, "choice") is not None else []
