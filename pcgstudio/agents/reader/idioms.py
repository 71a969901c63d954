"""Turns of phrase that no single word carries: "five or so", "surround it with", "like in Finland", "with big bends".

Each is read as a demand that the other rules know already, or named as atmosphere where it asks for nothing.
"""

from __future__ import annotations

from ...generator import load_features
from ...region import AllOf, Compass
from ..words.amounts import read_quantity
from ..words.demand import Amount, Demand, Link, Place
from ..words.meaning import MASSES, described, is_countable, is_water
from .belts import Belts
from .cursor import COMPASS, RELIEF, WHOLE, Pending, place_of

_BENDS = frozenset({"meander", "bend", "curve", "turn", "twist", "meanders", "bends", "curves", "turns", "twists"})
_SIDES = ("sides", "slopes", "walls", "flanks", "faces", "edges", "rims", "banks")
_EDGED = ("with", "ringed", "surrounded", "bounded", "edged", "enclosed")
_ALL_ROUND = (
    "on all sides", "on every side", "on each side", "all around", "all round", "all around it", "all round it",
    "around it", "round it", "on all four sides", "on its sides", "all the way around", "in all directions",
)  # fmt: skip
_TOUCHING = ("touch", "touches", "touching", "reach", "reaches", "reaching")
_LIKENED = ("like", "like in", "as in", "reminiscent of", "similar to")
_PEOPLE = ("players", "player", "people", "teams", "adventurers", "heroes")
_NO_MORE = ("not more", "no more", "not less", "not fewer", "no fewer", "no less")
_OTHER_AMOUNTS = ("more", "less", "fewer")
_WHOLE_MAP = ("it", "everything", "all", "map", "island")


class Idioms(Belts):
    """Reads fixed turns of phrase, before the rules that read word by word."""

    def _idiom(self, i: int) -> int:
        """Read the turn of phrase at ``i``, if one stands there."""
        for rule in (
            self._belts, self._or_so, self._own_count, self._no_more, self._land_is_left,
            self._covered_with, self._clear_of_the_edge, self._surround, self._with_bends, self._with_sides,
            self._with_cliffs, self._gradient, self._turning, self._more_at, self._higher_there, self._front_or_back,
            self._keep_them, self._likened, self._for_people, self._diagonally, self._which_is,
            self._filled_with, self._where_a_side_is, self._or_two, self._cover_it,
        ):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return i

    def _or_so(self, i: int) -> int:
        """Read "500 houses or so": about as many."""
        loose = self.has(i, "after_bound") and self.words[i].kinds["after_bound"] == "about"
        counted = self.last.count if self.last is not None else None
        if not loose or self.last is None or counted is None or not counted.said or not self.has(i - 1, "feature"):
            return i
        slack = max(1.0, round(0.2 * counted.aim))
        self.last.count = Amount("between", counted.aim - slack, counted.aim + slack, counted.aim)
        self.last.widen(self.words[i].start, self.words[i].end)
        self.use(i, i + 1)
        return i + 1

    def _own_count(self, i: int) -> int:
        """Read "hills, five of them" and "an island. Just one.": a number by itself counts what was named before."""
        before = i - 1 if self.low(i - 1) not in ("just", "only", "exactly") else i - 2
        if not (self.low(before) in (",", ".", ":", ";") or self.has(before, "hedge")) or not self.reading.demands:
            return i
        quantity = read_quantity(self.words, i)
        if quantity is None or quantity.kind != "count" or quantity.article:
            return i
        end = i + quantity.used
        if self.low(end) == "of" and self.low(end + 1) in ("them", "these", "those"):
            end += 2
        named = self.last or self.reading.demands[-1]
        vague = named.count is None or not named.count.said or named.count.aim == quantity.amount.aim
        ends = end >= len(self.words) or self.low(end) in (",", ".", ";", "!")
        several = named.plural or quantity.amount.aim == 1
        if not (ends and vague and several and is_countable(named.feature)) or named.absent or self.pending.negated:
            return i
        named.count, self.pending = quantity.amount, Pending()
        named.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _no_more(self, i: int) -> int:
        """Read "five lakes in it, not more" and "two hills and no more": what was counted is so many exactly."""
        if self.low(i) not in _NO_MORE and not (self.low(i) in ("not", "no") and self.low(i + 1) in _OTHER_AMOUNTS):
            return i
        end = i + 1 if self.low(i) in _NO_MORE else i + 2
        while self.low(end) in ("and", "or", "no", "not", "less", "fewer", "and no", "and not"):
            end += 1
        counted = [d for d in self.reading.demands if d.count is not None and d.count.said and not d.absent]
        ends = end >= len(self.words) or self.low(end) in (",", ".", ";", "!")
        if not (counted and ends):
            return i
        if counted[-1].count is not None and counted[-1].count.bound == "at_least":
            counted[-1].count = Amount.exactly(counted[-1].count.aim)
        self.use(i, end)
        self.pending = Pending()
        return end

    def _land_is_left(self, i: int) -> int:
        """Read "the rest is land" after water that has its place: the water is nowhere else."""
        if not self.has(i, "adverb") or self.words[i].kinds["adverb"][0] != "elsewhere":
            return i
        j = i + 1
        while self.has(j, "stop") and not self.has(j, "feature"):
            j += 1
        wet = [d for d in self.reading.demands if is_water(d.feature) and d.places and not d.absent]
        if not wet or not self.has(j, "feature") or self.words[j].kinds["feature"] != "land":
            return i
        for demand in wet:
            demand.only = True
        self.use(i, j + 1)
        self.last = None
        return j + 1

    def _covered_with(self, i: int) -> int:
        """Read "cover half of the island in jungle": what the share before "in" is a share for."""
        shared = any(q.kind == "share" for q in self.pending.quantity)
        head = self._phrase_at(i + 1) if self.low(i) in ("in", "with") and shared else 0
        if not head or not self.has(head - 1, "feature"):
            return i
        mass = load_features()[self.words[head - 1].kinds["feature"]].layer in MASSES
        if not mass:
            return i
        self.use(i, i + 1)
        return i + 1

    def _clear_of_the_edge(self, i: int) -> int:
        """Read "must not touch the edge of the map" of an island: that is what an island is measured by anyway."""
        if self.low(i) not in _TOUCHING or not self.pending.negated or self.last is None:
            return i
        j = i + 1
        while self.low(j) in ("the", "any", "map", "map's", "its", "of"):
            j += 1
        place, end = self._place_at(j)
        if place is None or place.name != "edge" or self.last.feature not in ("island", "archipelago"):
            return i
        if self.low(end) == "of":
            end = self._whole_at(end)
        if not end:
            return i
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.pending = Pending()
        self.use(i, end)
        return end

    def _surround(self, i: int) -> int:
        """Read "surround it with mountains": around what was named before, or along the edge of the map."""
        if self.low(i) not in ("surround", "encircle", "enclose", "ring"):
            return i
        j = i + 1
        while self.low(j) in ("the", "whole", "entire"):
            j += 1
        k = j + 1
        head = self._phrase_at(k + 1) if self.low(j) in _WHOLE_MAP and self.low(k) in ("with", "by") else 0
        if not head or not self.has(head - 1, "feature"):
            return i
        named = [d for d in self.reading.demands if not d.absent and not d.implied and d.feature != "terrain"]
        before = named[-1].feature if named and self.low(j) != "map" else ""
        if is_water(self.words[head - 1].kinds["feature"]) and not before:
            return i
        self.use(i, k + 1)
        end = self._phrase(k + 1)
        if self.last is not None and before:
            self.last.links.append(Link("around", before))
        elif self.last is not None:
            self.last.places.append(place_of("edge"))
        return end

    def _with_bends(self, i: int) -> int:
        """Read "a river with lots of big bends" as a winding one."""
        if self.low(i) != "with" or self.last is None or described(self.last.feature, "winding") is None:
            return i
        k = i + 1
        while k < i + 5 and self.low(k) not in _BENDS and self.has(k, "count", "adjective", "mood", "number", "choice"):
            k += 1
        if self.low(k) not in _BENDS or self.has(k + 1, "preposition"):
            return i
        if any(self.has(m, "number") and not self.has(m, "count") for m in range(i, k)):
            return i  # "with three bends" is a number that nothing counts
        self.last.adjectives.append("winding")
        self.last.widen(self.words[i].start, self.words[k].end)
        self.use(i, k + 1)
        return k + 1

    def _with_sides(self, i: int) -> int:
        """Read "a valley with steep sides" as a steep one, where the word says something of it."""
        j = i + 1 + (self.low(i + 1) in ("very", "really", "its"))
        sided = self.low(j + 1) in _SIDES and self.has(j, "adjective") and self.low(i) == "with"
        if not sided or self.last is None or self.last.feature not in (*RELIEF, "canyon", "cliff", "fjord"):
            return i
        name = self.words[j].kinds["adjective"]
        if name in self.lexicon.vocabulary["inherent"].get(self.last.feature, ()):
            self.use(i, j + 2)  # a fjord has no others
            return j + 2
        rule = f"{self.last.feature} {name}" in self.lexicon.vocabulary["adjective_checks"]
        if not (rule or described(self.last.feature, name)):
            return i
        self.last.adjectives.append(name)
        self.last.widen(self.words[i].start, self.words[j + 1].end)
        end = j + 2 + (self.low(j + 2) in ("on all sides", "all around", "on both sides", "on every side"))
        self.use(i, end)
        return end

    def _with_cliffs(self, i: int) -> int:
        """Read "a mesa with steep cliffs on all sides": its own edge, and no further cliffs on its top."""
        if self.last is None or self.last.feature != "plateau" or self.low(i) not in _EDGED:
            return i
        j = i + 1 + (self.low(i) in _EDGED[1:] and self.low(i + 1) in ("by", "with"))
        while self.has(j, "adjective", "mood") and not self.has(j, "feature"):
            j += 1
        if not self.has(j, "feature") or self.words[j].kinds["feature"] != "cliff" or not self.words[j].plural:
            return i
        end = self._all_round(j + 1)
        if end == j + 1 and self.has(end, "preposition", "count", "number"):
            return i  # "with cliffs in the south"
        self.last.adjectives += ["sheer", *(["sheer all round"] if end > j + 1 or self.low(i) != "with" else [])]
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _all_round(self, i: int) -> int:
        """Return the end of "on all sides" and "all around it"; ``i`` where neither stands there."""
        for length in (4, 3, 2, 1):
            if " ".join(self.low(k) for k in range(i, i + length)) in _ALL_ROUND:
                return i + length
        return i

    def _likened(self, i: int) -> int:
        """Read "like in Finland": a country or a story to think of, named as atmosphere."""
        j = i
        while self.low(j) in (*_LIKENED, "in") and j < i + 2:
            j += 1
        told = self.low(i) in _LIKENED and j < len(self.words)
        if not told or self.words[j].kinds or not self.words[j].text[:1].isupper() or not self.reading.demands:
            return i
        self.reading.atmosphere.append(self.reading.text[self.words[i].start : self.words[j].end])
        self.use(i, j + 1)
        return j + 1

    def _for_people(self, i: int) -> int:
        """Read "for 4 players": whom the map is for asks for nothing on it."""
        if self.low(i) != "for" or not self.has(i + 1, "number") or self.low(i + 2) not in _PEOPLE:
            return i
        self.reading.atmosphere.append(self.reading.text[self.words[i].start : self.words[i + 2].end])
        self.use(i, i + 3)
        return i + 3

    def _diagonally(self, i: int) -> int:
        """Skip "diagonally" where both corners follow."""
        if self.low(i) != "diagonally" or self.low(i + 1) != "from":
            return i
        self.use(i, i + 1)
        return i + 1

    def _which_is(self, i: int) -> int:
        """Read "everywhere but the south, which is a beach": what follows is at the place named just before."""
        if self.low(i) not in ("which", "that") or self.low(i + 1) not in ("is", "are", "should be", "becomes"):
            return i
        at = i - 1 if self.low(i - 1) == "," else i
        place = next((p for k in (at - 3, at - 2, at - 1) for p, end in [self._place_at(k)] if p and end == at), None)
        head = self._phrase_at(i + 2)
        if place is None or not head or not self.has(head - 1, "feature"):
            return i
        self.use(i, i + 2)
        self.fronted, self.last, self.group = [place], None, []
        return i + 2

    def _filled_with(self, i: int) -> int:
        """Read "a crater filled with water": a lake in it, and not how much of the map is water."""
        kind = {"water": "lake", "lava": "lava"}.get(self.low(i + 1), "")
        told = self.low(i) in ("filled with", "filled by", "full of", "flooded with")
        hollow = self.last is not None and self.last.feature in (*RELIEF, "canyon", "impact crater")
        if not (told and kind and hollow) or self.last is None:
            return i
        inner = Demand(kind, (self.last.quote[0], self.words[i + 1].end), plural=self.last.plural)
        inner.links, inner.weight = [Link("in", self.last.feature)], self.sentence_weight
        self.reading.demands.append(inner)
        self.use(i, i + 2)
        return i + 2

    def _where_a_side_is(self, i: int) -> int:
        """Read "an island where the north is snowy": what follows is said of that side."""
        if self.low(i) != "where" or self.low(i + 1) != "the":
            return i
        place, end = self._place_at(i + 2)
        if place is None or self.low(end) not in ("is", "are", "has", "should be", "must be"):
            return i
        self.use(i, end + 1)
        self.fronted, self.last, self.group, self.clause_start = [place], None, [], True
        return end + 1

    def _or_two(self, i: int) -> int:
        """Read "a palm tree or two"."""
        single = self.last is not None and self.last.count is not None and self.last.count.aim == 1
        more = self.words[i + 1].kinds.get("number", 0) if self.low(i) == "or" and self.has(i + 1, "number") else 0
        if self.last is None or not single or not 1 < more < 5 or not self.has(i - 1, "feature"):
            return i
        self.last.count = Amount("between", 1, more, more)
        self.last.widen(self.words[i].start, self.words[i + 1].end)
        self.use(i, i + 2)
        return i + 2

    def _cover_it(self, i: int) -> int:
        """Read "cover the hills in snow" and "fill the valley with trees": what lies on what."""
        head = self._phrase_at(i + 1) if self.low(i) in ("cover", "fill", "blanket", "carpet") else 0
        if not head or not self.has(head - 1, "feature") or self.low(head) not in ("in", "with"):
            return i
        inner = self._phrase_at(head + 1)
        ground = self.words[head - 1].kinds["feature"]
        if not inner or not self.has(inner - 1, "feature") or ground in WHOLE or is_water(ground):
            return i
        mass = self.words[inner - 1].kinds["feature"]
        if mass != "tree" and load_features()[mass].layer not in MASSES:
            return i
        self.use(i, head + 1)
        self._reference(i + 1, head)
        self.last, self.group = None, []
        end = self._phrase(head + 1)
        over = self.reading.demands[-1]
        over.feature = "forest" if over.feature == "tree" else over.feature
        over.links.append(Link("on", ground))
        over.share, over.of = Amount("at_least", 0.5, 0.5, 0.7, said=False), ground
        return end

    def _side_of(self, first: int, at: int, place: Place, _start: int, middle: str = "") -> int:
        """Read "a little east of the middle": on that side of the map, but not far out."""
        j = at + 1
        while self.low(j) in ("the", "dead", "exact"):
            j += 1
        inner, end = self._place_at(j)
        if inner is None or inner.name != "centre" or self.low(end) == "of" or place.name not in COMPASS:
            return super()._side_of(first, at, place, _start, middle=middle)
        if self.last is None:
            return first
        near = Place(
            AllOf(regions=(place_of(place.name).where, Compass(place="centre", depth=0.35, feather=0.1))),
            AllOf(regions=(place.measured, Compass(place="centre", depth=0.5))),
            f"{place.name} of the centre",
        )
        self._put(near, first, end)
        return end
