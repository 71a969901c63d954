"""Prepositions that take more than one noun, or join rather than place: with, of, between, connecting, crossing."""

from __future__ import annotations

from ...generator import load_features
from ..words.demand import Demand, Link
from ..words.meaning import MASSES, is_countable, is_water, stage_of
from .adjectives import CONTAINERS
from .cursor import BRIDGES, COMPASS, DETERMINERS, RELIEF, WAYS, WHOLE, Pending, opposite
from .members import Members

_CROSSING = frozenset({
    "cross", "crosses", "crossing", "split", "splits", "splitting", "divide", "divides", "dividing", "cut", "cuts",
    "cutting", "span", "spans", "spanning",
})  # fmt: skip


_ARTICLES = ("a", "an", "the", "some", "there", "is", "stands", "lies")
_PEAKS = ("peak", "summit", "top", "peaks", "summits")
_MET = ("crossroads", "fork")
_STOPS = ("pass", "crossroads", "fork", "lake", "river", "bay", "fjord", "road")
"""What stands beside these is told to come "with" them: a crossroads with an inn."""
_HALVES = ("half", "halves", "parts", "pieces")
_HELD = {"canyon": ("river", "lake"), "impact crater": ("lake", "lava"), "fjord": ("lake island",)}
"""What lies in a thing that comes "with" it."""
_BESIDE = {
    "bay": ("beach", "island", "village", "town", "harbour", "lighthouse"),
    "coast": ("cliff", "sea cliff", "dune", "beach", "lighthouse"),
    "lake": ("beach",),
    "fjord": ("village", "town", "harbour"),
}
"""What lies at a thing that comes "with" it."""


def _beside_heights(outer: Demand, held: list[Demand]) -> None:
    """Let woods that mountains come "with" grow on all the land where lakes come with them too: those lie beside."""
    if outer.feature != "mountain" or not outer.several or not any(d.feature == "lake" for d in held):
        return
    for demand in held:
        if load_features()[demand.feature].layer in MASSES:
            demand.links = [ln for ln in demand.links if ln.target != outer.feature]


class Connecting(Members):
    """Reads what joins and what lies between."""

    def _reference(self, j: int, _head: int) -> int:
        raise NotImplementedError

    def _link(self, link: Link, first: int, end: int) -> int:
        raise NotImplementedError

    def _relation_as(self, first: int, at: int, kind: str) -> int:
        raise NotImplementedError

    def _with(self, first: int, at: int) -> int:
        """Read "with": what follows stands in or on what came before, where that says something."""
        outer = self.last
        j = at + 1
        while self.low(j) in ("its", "their", "the"):
            j += 1
        self.use(first, j)
        head = self._phrase_at(j)
        if not head or outer is None or not self.has(head - 1, "feature"):
            return at + 1
        nearer = self.noun if self.noun is not None and self.noun_end == first and self.noun is not outer else None
        inner = self.words[head - 1].kinds["feature"]
        if nearer is not None and self._held_as(nearer, inner):
            outer = nearer  # "mountains around a valley with a lake": it is in the valley
        if self.words[head - 1].has("map") and self._means_map(head - 1, Pending()):
            return at + 1
        counted = any(self.has(k, "number") for k in range(j, head - 1))
        if self.low(head - 1) in _PEAKS and not counted and outer.feature in ("mountain", "volcano", "hill"):
            return self._own_peak(outer, j, head)
        if self.low(head - 1) in _PEAKS and outer.feature == "mountain" and not outer.plural:
            return self._several_peaks(outer, j, head)
        self.group, before = [], len(self.reading.demands)
        end = self._held_noun(j, outer)
        while self.low(end) == "and" and (k := self._joined_noun(end)):
            self.use(end, k)
            end = self._held_noun(k, outer)
        _beside_heights(outer, self.reading.demands[before:])
        return max(end, at + 1)

    def _held_noun(self, j: int, outer: Demand) -> int:
        """Read a noun at ``j`` that something comes "with", and put it in or on that."""
        before = len(self.reading.demands)
        end = self._phrase(j)
        inner = self.reading.demands[-1] if len(self.reading.demands) > before else None
        if inner is None or inner.absent or inner is outer:
            return end
        if (outer.feature, inner.feature) == ("crater lake", "island"):  # no generator makes one there
            self.reading.demands.remove(inner)
            self.reading.not_understood.append(self.reading.quoted(inner))
            self.last = outer
            return end
        if inner.feature == outer.feature and self._same_thing(outer, inner):
            self.reading.demands.remove(inner)
            self.last = outer
            return end
        kind = self._held_as(outer, inner.feature)
        told = any(p.name.startswith("part ") for p in inner.places) or any(ln.kind == "each" for ln in inner.links)
        told = told or (kind != "in" and self.has(end, "preposition", "adverb"))  # "with woods around its foot"
        if kind and not told and outer.feature not in load_features()[inner.feature].needs:
            inner.links.append(Link(kind, outer.feature))
        inner.each = inner.each or outer.each
        self.holder, self.held = outer, inner
        return end

    def _same_thing(self, outer: Demand, inner: Demand) -> bool:
        """Whether "an oasis with a pond" names again what the first noun is; it takes over what is said of it."""
        one = all(d.count is None or d.count.aim == 1 for d in (outer, inner)) and not inner.plural
        word = self.reading.quoted(outer).lower().split()[-1:]
        if not one or not set(word) & {*self.lexicon.vocabulary["made_of"]}:
            return False
        outer.adjectives += inner.adjectives
        outer.dimensions += inner.dimensions
        return True

    def _held_as(self, holder: Demand, inner: str) -> str:
        """Return how a thing stands to what comes "with" it: in it, on it, near it; empty where that is plain."""
        known, outer = load_features(), holder.feature
        spot = known[outer].layer == "biome" and bool(holder.places) and known[inner].layer not in MASSES
        if outer in CONTAINERS or spot or (outer in ("lake", "crater lake", "lagoon", "swamp") and inner == "island"):
            return "in"
        if outer == "canyon" and stage_of(inner) in ("settlement", "volume", "props"):
            return "in"
        if outer in ("island", "peninsula"):
            return "" if self.is_whole(outer) else "in"
        if outer == "lake island" or inner in _HELD.get(outer, ()):
            return "in"
        if inner in _BESIDE.get(outer, ()):
            return "near"
        if known[outer].layer == "biome" and inner == "lake" and outer != "grassland" and not holder.places:
            return "in"
        if outer in _STOPS:
            built = stage_of(inner) in ("settlement", "volume", "props") and bool(known[inner].instances)
            return (
                "near"
                if (built or known[inner].layer == "settlement") and (outer in _MET or not holder.several)
                else ""
            )
        if outer not in RELIEF:
            return ""
        if inner in ("snow", "forest", "rock"):
            return "on"
        if holder.plural:
            return ""  # "hills with trees": the hills are the ground of the whole map
        if is_water(inner):
            return "near"
        on = known[inner].instances == "tree" or outer == "hill"
        return "on" if on and is_countable(inner) else "near" if stage_of(inner) == "settlement" else ""

    def _own_peak(self, outer: Demand, j: int, head: int) -> int:
        """Read "a mountain with a snowy peak": its own peak, and no second mountain."""
        before = len(self.reading.demands)
        end = self._phrase(j)
        made = self.reading.demands[before:]
        self.reading.demands[before:] = [d for d in made if d.feature != "mountain"]
        for demand in made:
            demand.links = [Link(ln.kind, outer.feature) if ln.target == "mountain" else ln for ln in demand.links]
            if demand.feature == "mountain":
                outer.adjectives += demand.adjectives
        self.last = outer
        outer.widen(outer.quote[0], self.words[head - 1].end)
        return end

    def _several_peaks(self, outer: Demand, j: int, head: int) -> int:
        """Read "a mountain with three peaks" as three summits of one massif."""
        before = len(self.reading.demands)
        end = self._phrase(j)
        made = self.reading.demands[before:]
        outer.feature, self.last = "massif", outer
        for peaks in (d for d in made if d.feature == "mountain"):
            peaks.places, peaks.links = [], []
        outer.widen(outer.quote[0], self.words[head - 1].end)
        return end

    def _between(self, first: int, j: int) -> int:
        """Read "between the mountains and the sea"."""
        subject, opening = self.last, self.clause_start
        head = self._phrase_at(j)
        ends = self._before_last() if self.low(j) in ("them", "these", "those") else None
        other = self._paired(ends) if ends is not None else None
        if ends is not None and subject is not None and subject.feature in WAYS and other is None:
            ends.links.append(Link("joined_by", subject.feature))
            self.use(first, j + 1)
            subject.widen(self.words[first].start, self.words[j].end)
            return j + 1
        if ends is not None and subject is not None:
            several = other is not None and other.several and self._facing(ends) is None
            pair = (other or ends).feature, (other if other is not None and several else ends).feature
            if subject.feature in WAYS:
                subject.links.append(Link("from", pair[0]))
                return self._link(Link("to", pair[1]), first, j + 1)
            return self._link(Link("between", *pair), first, j + 1)
        if not head or not self.has(head - 1, "feature"):
            return first
        a = self.words[head - 1].kinds["feature"]
        end = self._object_place(a, self._reference(j, head))
        k = end
        b = a
        if self.low(k) in ("and", "from"):
            k += 1
            while self.low(k) in ("the", "its"):
                k += 1
            second = self._phrase_at(k)
            if second and self.has(second - 1, "feature"):
                b = self.words[second - 1].kinds["feature"]
                self.used[end] = True
                end = self._reference(k, second)
                self.object, self.object_end, self.object_near = self.noun, end, False
        if subject is None or (opening and self._begins(end)):
            return self._fronted_noun(first, end, Link("between", a, b))
        self.last = subject
        if subject.feature in WAYS and b != a:
            self._link(Link("from", a), first, end)
            return self._link(Link("to", b), first, end)
        if subject.feature in WAYS:
            joined = [d for d in self.reading.demands if d.feature == a and not d.absent]
            if joined:
                joined[-1].links.append(Link("joined_by", subject.feature))
                subject.widen(self.words[first].start, self.words[end - 1].end)
                self.use(first, end)
                return end
        return self._link(Link("between", a, b), first, end)

    def _paired(self, last: Demand) -> Demand | None:
        """Return the other of two things that "them" means, None where it means several of a kind."""
        if (facing := self._facing(last)) is not None:
            return facing
        if last.plural and load_features()[last.feature].layer not in MASSES and is_countable(last.feature):
            return None
        if last.count is not None and last.count.aim > 1:
            return None
        if any(ln.kind == "both_sides" for ln in last.links):
            return None  # one on each bank: the two are of a kind
        before = [d for d in self.reading.demands if d.quote[1] <= last.quote[0] and not (d.absent or d.implied)]
        named = [d for d in before if d.feature != last.feature and not d.aside and d.feature != "terrain"]
        return max(named, key=lambda d: d.quote[0], default=None)

    def _facing(self, one: Demand) -> Demand | None:
        """Return what was asked for across the map: "hills in the north, plains in the south"."""
        across = {opposite(p.name) for p in one.places if p.name in COMPASS}
        others = [d for d in self.reading.demands if d is not one and not (d.absent or d.implied)]
        return next((d for d in others if across & {p.name for p in d.places}), None)

    def _fronted_noun(self, first: int, end: int, link: Link | None) -> int:
        """Read the nouns that a relation, read up to ``end``, stands before: "between the hills there is a lake"."""
        self.use(first, end)
        self.last = None
        k = end
        while self.has(k, "stop", "mark") and self.low(k) not in (".", ";") and not self._phrase_at(k):
            if self.has(k, "mark") and self.low(k + 1) in ("and", "but"):
                return end  # a clause of its own follows
            self.used[k] = True
            k += 1
        if not self._phrase_at(k):
            return end
        self.group = []
        while k:
            before = len(self.reading.demands)
            end = self._phrase(k)
            if len(self.reading.demands) > before and link is not None:
                self.reading.demands[-1].links.append(link)
            k = self._joined_noun(end)
            self.use(end, k or end)
        return end

    def _joined_noun(self, end: int) -> int:
        """Return where the noun phrase after "and" or a comma begins; 0 where it has a verb or a place of its own."""
        j = end + (self.low(end) == ",")
        j += self.low(j) == "and"
        head = self._phrase_at(j) if j > end else 0
        other = self.low(j) == "the" or self.low(head - 1) in ("one", "ones")
        return 0 if not head or other or self.has(head, "preposition", "verb", "adverb") else j

    def _begins(self, i: int) -> bool:
        """Whether a noun phrase begins at ``i`` with an article, a number or "there is"."""
        return (self.low(i) in _ARTICLES or self.has(i, "number")) and bool(self._phrase_at(i))

    def _object_place(self, feature: str, i: int) -> int:
        """Read "in the west" at ``i``, after the first of two things that something lies between."""
        named = [d for d in self.reading.demands if d.feature == feature and not d.absent]
        j = i + 1
        while self.low(j) in ("the", "far"):
            j += 1
        place, end = self._place_at(j)
        if not (
            named
            and place is not None
            and self.has(i, "preposition")
            and self.low(end) in ("and", "from", "to", "with")
        ):
            return i
        named[-1].places.append(place)
        self.use(i, end)
        return end

    def _connects(self, first: int, j: int) -> int:
        """Read "a road that connects all villages" and "joins the town to the harbour": what the subject leads to."""
        subject, head = self.last, self._phrase_at(j)
        if subject is not None and self.low(j) in ("them", "both", "everything", "these"):
            before = self._before_last()
            if before is None:
                return first
            other = self._paired(before)
            if other is not None and not other.several and subject.feature in WAYS:
                subject.links.append(Link("from", other.feature))
                return self._link(Link("to", before.feature), first, j + 1)
            before.links.append(Link("joined_by", subject.feature))
            self.use(first, j + 1)
            return j + 1
        if subject is None or not head or not self.has(head - 1, "feature"):
            return first
        a = self.words[head - 1].kinds["feature"]
        end, b = self._object_place(a, self._reference(j, head)), ""
        k = end + 1
        while self.low(k) in DETERMINERS:
            k += 1
        second = self._phrase_at(k) if self.low(end) in ("and", "to", "with") else 0
        if second and self.has(second - 1, "feature"):
            b = self.words[second - 1].kinds["feature"]
            self.used[end] = True
            end = self._reference(k, second)
            self.object, self.object_end, self.object_near = self.noun, end, False
        self.last = subject
        if b and b != a:
            self._link(Link("from", a), first, end)
            return self._link(Link("to", b), first, end)
        joined = next((d for d in reversed(self.reading.demands) if d.feature == a and not d.absent), None)
        if joined is None and a not in self.known:
            return first
        if joined is None:
            joined = Demand(a, (self.words[first].start, self.words[end - 1].end), plural=True, aside=True)
            self.reading.demands.append(joined)
        joined.links.append(Link("joined_by", subject.feature))
        subject.widen(self.words[first].start, self.words[end - 1].end)
        self.use(first, end)
        return end

    def _crossing(self, i: int) -> int:
        """Read "crosses the plain" and "splits the forest": a verb with its object and no preposition."""
        if self.low(i) not in _CROSSING or not self.has(i, "verb") or self.last is None:
            return i
        j = i + 1
        while self.low(j) in DETERMINERS:
            j += 1
        end = self._whole_cut(i, j)
        return end or (self._relation_as(i, i, "through") if self._phrase_at(j) else i)

    def _fed_by(self, i: int) -> int:
        """Read "a lake fed by two rivers" and "drained by a stream": where those rivers end or begin."""
        kind = {"fed": "to", "drained": "from"}.get(self.low(i), "")
        if self.low(i) in ("crossed", "spanned", "bridged") and self.low(i + 1) in ("by", "on", "via", "over"):
            return self._crossed_by(i)
        lake = self.last
        if not kind or lake is None or self.low(i + 1) != "by" or not self._phrase_at(i + 2):
            return i
        before = len(self.reading.demands)
        end = self._phrase(i + 2)
        for demand in self.reading.demands[before:]:
            if demand.feature == "river":
                demand.links.append(Link(kind, lake.feature))
                self.use(i, i + 2)
        return end

    def _crossed_by(self, i: int) -> int:
        """Read "a river crossed by two bridges" and "by a road": what leads over the last noun."""
        crossed, before = self.last, len(self.reading.demands)
        head = self._phrase_at(i + 2)
        if crossed is None or not head or self.words[head - 1].kinds.get("feature") not in WAYS:
            return i
        end = self._phrase(i + 2)
        if self.low(end) == "by" and self._phrase_at(end + 1):  # "crossed on a bridge by a road"
            self.use(end, end + 1)
            end = self._phrase(end + 1)
        for demand in self.reading.demands[before:]:
            if demand.feature in WAYS:
                demand.links.append(Link("along" if demand.feature in BRIDGES else "through", crossed.feature))
                self.use(i, i + 2)
        return end

    def _whole_cut(self, i: int, j: int) -> int:
        """Read "splits the map in two" at ``i``, whose object stands at ``j``; 0 where a part of the map is crossed."""
        whole = self.has(j, "map") or (self.has(j, "feature") and self.is_whole(self.words[j].kinds["feature"]))
        if self.last is None or not whole or self.low(i).startswith("cross"):
            return 0
        end = j + 1
        if self.low(end) in ("in half", "in two", "into two"):
            end += 1 + (self.low(end + 1) in _HALVES)
        elif self.low(end) in ("in", "into"):
            k = end + 1 + (self.low(end + 1) == "two" and self.low(end + 2) in _HALVES)
            end = k + 1 if self.low(k) in ("two", *_HALVES) else end
        return self._link(Link("parts", ""), i, end)

    def _of(self, first: int) -> int:
        """Read "of" before a noun: "a chain of islands", "a group of hills"; it only joins, or says whose share."""
        self.use(first, first + 1)
        j = first + 1
        while self.low(j) in ("the", "this", "whole"):
            j += 1
        if self.has(j, "map") and self.last is not None and self.last.share is not None and not self.last.of:
            self.last.of = "land" if self.low(j) == "land" else "map"
            self.use(first, j + 1)
            return j + 1
        return first + 1

    def _can_be_parted(self, feature: str) -> bool:
        """Whether "split by a river" can be measured of a feature: it is an area that may lie on both banks."""
        return stage_of(feature) == "settlement" or load_features()[feature].layer in ("forest", "biome")

    def _held_by_one(self) -> bool:
        """Whether "in the middle" is that of what the last noun belongs to: "a lake with an island in the middle"."""
        holder = self.holder
        if holder is None or self.last is None or holder is self.last or holder.plural or holder.absent:
            return False
        return self.last is self.held and holder.feature not in WHOLE | RELIEF and is_countable(holder.feature)
