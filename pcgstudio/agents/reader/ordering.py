"""What comes after what: things in an order over the map, heights that rise to a side, few large and many small."""

from __future__ import annotations

from ...generator import load_features
from ...region import AllOf, Compass, Not, Region
from ..words.amounts import read_quantity
from ..words.demand import Amount, Bound, Demand, Link, Place
from ..words.meaning import described, is_countable, parameter
from .comparing import Comparing
from .cursor import COMPASS, Pending, opposite, place_of

_RISES = ("higher", "taller", "bigger", "larger", "steeper", "lower", "smaller", "shorter")
_FALLING = ("lower", "smaller", "shorter")
_GETTING = frozenset({
    "getting", "get", "gets", "becoming", "become", "growing", "grow", "rising", "rise", "rises", "falling",
    "sloping", "fall", "slope", "slopes", "and", "ever", "gradually", "slowly", "should", "be", "are", "is", "that",
})  # fmt: skip
_TOWARD = frozenset({
    "toward", "towards", "to", "the", "further", "farther", "more", "you", "go", "as", "in", "up", "down", "when",
    "one",
})  # fmt: skip
_SLIGHTLY = frozenset({
    "slightly", "a little", "a bit", "somewhat", "a touch", "a tad", "just", "a little bit", "a bit more",
    "a bit further",
})  # fmt: skip
_ROWS = ("chain", "string", "line", "row", "series")
_LARGE = ("large", "big", "huge", "larger", "bigger", "main", "giant")
_SMALL = ("small", "tiny", "little", "smaller", "minor")


def slice_of(side: str, index: int, number: int) -> Place:
    """Return the ``index``-th of so many strips of the map, counted from a side."""

    def strip(slack: float) -> Region:
        far = min((index + 1) / number + slack, 1.0)
        near = max(index / number - slack, 0.0)
        ahead = Compass.model_validate({"place": side, "depth": far, "feather": 0.0})
        return (
            AllOf(regions=(ahead, Not(region=Compass.model_validate({"place": side, "depth": near}))))
            if near
            else ahead
        )

    return Place(strip(-0.02 if number > 1 else 0.0), strip(0.08), f"strip {side} {index}")


class Ordering(Comparing):
    """Reads orders and trends over the map."""

    def _idiom(self, i: int) -> int:
        for rule in (self._in_order, self._ordered_list, self._rising, self._slightly, self._off_centre,
                     self._land_there, self._large_and_small, self._chain_of, self._between_those,
                     self._none_of_them, self._is_highest):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _way_over(self, i: int) -> tuple[str, int]:
        """Return the side that "from left to right" or "north to south" at ``i`` begins at, and where it ends."""
        j = i + (self.low(i) in ("from", "going", "running"))
        j += self.low(j) == "from"
        start, end = self._place_at(j + (self.low(j) == "the"))
        names = {"top": "north", "bottom": "south", "front": "south", "back": "north"}
        first = start.name if start is not None else names.get(self.low(j), "")
        end = end if start is not None else j + 1
        if not first or self.low(end) not in ("to", "down to", "up to"):
            return "", i
        other, stop = self._place_at(end + 1 + (self.low(end + 1) == "the"))
        second = other.name if other is not None else names.get(self.low(end + 1), "")
        stop = stop if other is not None else end + 2
        return (first, stop) if first in COMPASS and second == opposite(first) else ("", i)

    def _in_order(self, i: int) -> int:
        """Read "in that order from top to bottom" after a list."""
        if (
            self.low(i) != "in"
            or self.low(i + 1) not in ("that", "this")
            or self.low(i + 2) not in ("order", "sequence")
        ):
            return i
        side, end = self._way_over(i + 3)
        parts = [d for d in self.reading.demands[self.sentence_from :] if not (d.absent or d.implied or d.places)]
        if not side or len(parts) < 2:
            return i
        self._strung(parts, side, i, end)
        return end

    def _ordered_list(self, i: int) -> int:
        """Read "from west to east: a forest, a desert and a swamp" before its list."""
        if not self.clause_start:
            return i
        side, end = self._way_over(i)
        if not side or self.low(end) not in (":", "there", "first", ","):
            return i
        self.ordered = (side, len(self.reading.demands), self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        self.used[end] = True
        return end + 1

    def _close_order(self) -> None:
        """Give what follows "from west to east:" its strips of the map."""
        if self.ordered is None:
            return
        side, start, first, last = self.ordered
        parts = [d for d in self.reading.demands[start:] if not (d.absent or d.implied or d.places)]
        self.ordered = None
        if len(parts) < 2:
            self.reading.not_understood.append(self.reading.text[first:last])
            return
        for index, part in enumerate(parts):
            part.places = [slice_of(side, index, len(parts))]
            part.links = []

    def _strung(self, parts: list[Demand], side: str, first: int, end: int) -> None:
        """Give every part of a list its strip of the map, in their order from a side."""
        for index, part in enumerate(parts):
            part.places = [slice_of(side, index, len(parts))]
            part.links = []  # "mountain lake river" in a list are three things
            part.widen(self.words[first].start, self.words[end - 1].end)
        self.use(first, end)

    def _rising(self, i: int) -> int:
        """Read "hills getting higher toward the north": heights that rise to a side."""
        j = i
        while self.low(j) in _GETTING:
            j += 1
        word = self.low(j)
        if word not in _RISES or j == i or self.last is None or not is_countable(self.last.feature):
            return i
        if parameter(self.last.feature, "height") is None or word in ("bigger", "larger", "smaller", "steeper"):
            return i
        j += 1
        while self.low(j) in ("and", word):
            j += 1
        k = j
        while self.low(k) in _TOWARD:
            k += 1
        place, end = self._place_at(k)
        if place is None or place.name not in COMPASS or k == j or self.low(end) == "of":
            return i
        while self.low(end) in ("you", "go", "one", "goes", "they", "are", "it", "gets"):
            end += 1
        side = opposite(place.name) if word in _FALLING else place.name
        self._graded_to(self.last, side, i, end)
        return end

    def _graded_to(self, group: Demand, side: str, first: int, end: int) -> None:
        """Make a group of which the members are the higher the nearer they stand to a side."""
        group.links.append(Link("ramp", side))
        group.widen(self.words[first].start, self.words[end - 1].end)
        self.use(first, end)
        one = parameter(group.feature, "height")
        if one is None or self.known:
            return
        number = int(group.count.aim) if group.count is not None and group.count.aim > 2 else 5
        strips = min(number, 5)
        usual = float(one.adjectives.get(group.adjectives[0], one.default)) if group.adjectives else float(one.default)
        group.places = []
        for k in range(strips):
            many = number // strips + (k < number % strips)
            tall = Amount("at_least", 1, 1, usual * (1.35 - 0.9 * k / max(strips - 1, 1)), said=False)
            part = Demand(
                group.feature, group.quote, count=Amount.exactly(many), silent=True, dimensions=[("height", tall)]
            )
            part.places = [slice_of(side, k, strips)]
            self.reading.demands.append(part)
        group.count = group.count or Amount("at_least", 3, 3, number, said=False)
        group.total = True

    def _phrase(self, i: int) -> int:
        """Read a noun phrase; "one big island and many small ones" is one group, and "a chain of islands" a row."""
        for rule in (self._large_and_small, self._chain_of):
            if (end := rule(i)) > i:
                return end
        return super()._phrase(i)

    def _chain_of(self, i: int) -> int:
        """Read "a chain of seven islands": they lie in a row, whoever makes them."""
        j = i + (self.low(i) in ("a", "the"))
        head = self._phrase_at(j + 2) if self.low(j) in _ROWS and self.low(j + 1) == "of" else 0
        if not head or not self.has(head - 1, "feature") or self._formed(j):
            return i
        feature = self.words[head - 1].kinds["feature"]
        if not is_countable(feature) or load_features()[feature].count_by not in ("parts", "peaks"):
            return i
        self.use(i, j + 2)
        end = super()._phrase(j + 2)
        if self.last is not None and self.last.feature == feature:
            self.last.links.append(Link("row", ""))
            self.last.plural = True
            self.last.widen(self.words[i].start, self.words[end - 1].end)
        return end

    def _slightly(self, i: int) -> int:
        """Read "a bit towards the south" and "slightly left": on that side of the map, not far out."""
        length = next((n for n in (3, 2, 1) if " ".join(self.low(k) for k in range(i, i + n)) in _SLIGHTLY), 0)
        if not length or self.last is None:
            return i
        j = i + length
        while self.low(j) in ("to", "toward", "towards", "the", "on", "more", "further", "in"):
            j += 1
        place, end = self._place_at(j)
        if place is None or place.name not in COMPASS[:4] or self.low(end) == "of":
            return i
        side = {"place": place.name, "depth": 0.5}
        inner = {"place": place.name, "depth": 0.12}
        where = AllOf(regions=(Compass.model_validate(side), Not(region=Compass.model_validate(inner))))
        near = Place(where, Compass.model_validate(side), f"slightly {place.name}")
        self._put(near, i, end)
        return end

    def _off_centre(self, i: int) -> int:
        """Read "off-centre" and "off to the side": anywhere but in the middle."""
        j = i + 1 + (self.low(i + 1) in ("-", "the"))
        if self.low(i) != "off" or self.low(j) not in ("centre", "center", "middle") or self.last is None:
            return i
        inner = Compass(place="centre", depth=0.12)
        self._put(Place(Not(region=inner), Not(region=inner), "off centre"), i, j + 1)
        return j + 1

    def _land_there(self, i: int) -> int:
        """Read "land on the left" and "the land should be in the north" as the sea being on the other side."""
        if self.low(i) not in ("land", "the land") or not self.reading.demands:
            return i
        j = i + 1
        while self.has(j, "stop") and not self.has(j, "preposition", "place"):
            j += 1
        j += self.has(j, "preposition")
        while self.low(j) in ("the", "far"):
            j += 1
        place, end = self._place_at(j)
        wet = any(d.feature in ("sea", "water") and not d.absent for d in self.reading.demands)
        ends = end >= len(self.words) or self.has(end, "mark") or self.low(end) in ("and", "but")
        if place is None or place.name not in COMPASS or not wet or not ends:
            return i
        sea = Demand("sea", (self.words[i].start, self.words[end - 1].end), places=[place_of(opposite(place.name))])
        self.reading.demands.append(sea)
        self.last, self.group = None, []
        self.use(i, end)
        return end

    def _large_and_small(self, i: int) -> int:
        """Read "two large islands and a handful of small ones" and "one big and many small lakes"."""
        few = read_quantity(self.words, i)
        if few is None or few.kind != "count" or self.low(i + few.used) not in (*_LARGE, *_SMALL):
            return i
        upside = self.low(i + few.used) in _SMALL
        j = i + few.used + 1
        named = self._phrase_at(j) == j + 1 and self.has(j, "feature")
        j += named
        if self.low(j) not in ("and", "with", ",", "surrounded by", "plus"):
            return i
        k = j + 1 + (self.low(j + 1) == "and")
        many = read_quantity(self.words, k)
        k += many.used if many is not None else 0
        if self.low(k) not in (_LARGE if upside else _SMALL):
            return i
        noun = j - 1 if named else k + 1 if self.has(k + 1, "feature") else -1
        ahead = self._phrase_at(k + 1)
        other = self.words[ahead - 1].kinds.get("feature", "") if named and ahead else ""
        if other and other != self.words[noun].kinds["feature"]:
            return i  # "a big lake with three small wooded islands": of two kinds
        end = k + 2 if self.low(k + 1) in ("one", "ones") or self.has(k + 1, "feature") else k + 1
        group = self.last if noun < 0 and self.last is not None else None
        feature = self.words[noun].kinds["feature"] if noun >= 0 else group.feature if group is not None else ""
        if not feature or not (is_countable(feature) or feature == "crater"):  # those of impacts are, see `turned`
            return i
        if group is None or group.feature != feature:
            group = next((d for d in self.reading.demands if d.feature == feature and not d.absent), None)
        if group is None:
            group = Demand(feature, (self.words[i].start, self.words[end - 1].end), weight=self.sentence_weight)
            group.places = list(self.fronted)
            self.reading.demands.append(group)
        small = many.amount if many is not None and not many.article else Amount("at_least", 2, 2, 4, said=False)
        if upside and many is not None:
            few, small = many, few.amount
        exact = (few.amount.bound, small.bound) == ("equal", "equal")
        bound: Bound = "equal" if exact else "between" if small.bound == "between" else "at_least"
        big = few.amount.aim
        high = big + small.high if bound != "at_least" else big + small.low
        group.count = Amount(bound, big + small.low, high, big + small.aim, said=True)
        group.plural = True
        group.links.append(Link("contrast", "size", f"1.4 99 {big:.0f}"))
        word = "one large and several small" if big == 1 else "different sizes"
        group.choices += [word] if described(feature, word, "choice") is not None else []
        group.widen(self.words[i].start, self.words[end - 1].end)
        self.last, self.group, self.pending = group, [group], Pending()
        self.use(i, end)
        return end

    def _between_those(self, i: int) -> int:
        """Read "with a valley between" and "grass in between": between what was named before."""
        length = 2 if (self.low(i), self.low(i + 1)) == ("in", "between") else 1
        if self.low(i + length - 1) not in ("between", "in between") or self.last is None:
            return i
        end = i + length
        if end < len(self.words) and not self.has(end, "mark") and self.low(end) not in ("and", "with", "but"):
            return i
        before = [d for d in self.reading.demands if d is not self.last and not (d.absent or d.implied or d.silent)]
        if not before:
            return i
        latest = before[-1]
        several = latest.plural or (latest.count is not None and latest.count.aim > 1)
        if several or len(before) < 2:
            return self._link(Link("between", latest.feature, latest.feature), i, end) if several else i
        return self._link(Link("between", before[-2].feature, latest.feature), i, end)

    def _none_of_them(self, i: int) -> int:
        """Read "none of them forested" and "none of which has a lake" as a denial of what follows."""
        if (
            self.low(i) != "none"
            or self.low(i + 1) != "of"
            or self.low(i + 2) not in ("them", "which", "these", "those")
        ):
            return i
        j = i + 3
        while self.has(j, "stop") or self.low(j) in ("with", "has", "have", "having", "a", "any"):
            j += 1
        if not (self.has(j, "implies") or self._phrase_at(j)):
            return i
        self.pending = Pending(negated=True, start=self.words[i].start)
        self.use(i, j)
        return j

    def _is_highest(self, i: int) -> int:
        """Read "the peak in the centre should be the highest": where the highest of its kind stands."""
        j = i
        while self.low(j) in ("should", "be", "is", "must", "should be", "the", "being", "are"):
            j += 1
        told = self.words[j].kinds.get("superlative") if j < len(self.words) else None
        ends = j + 1 >= len(self.words) or self.has(j + 1, "mark") or self.low(j + 1) in ("one", "of", "and")
        if j == i or told != ["height", 1] or not ends or self.last is None or not self.last.places:
            return i
        if not is_countable(self.last.feature) or self._phrase_at(j):
            return i
        place = self.last.places[-1].name
        if place not in (*COMPASS, "centre"):
            return i
        self.last.places = []
        self.last.links.append(Link("highest", place))
        self.last.count, self.last.plural, self.last.definite = None, True, False
        self.last.widen(self.words[i].start, self.words[j].end)
        end = j + 1 + (self.low(j + 1) == "one")
        self.use(i, end)
        return end
