"""What follows a noun: shares, and places given to it and to those joined with it."""

from __future__ import annotations

from dataclasses import replace

from ...region import AnyOf, Not
from ..words.amounts import Quantity
from ..words.demand import Amount, Demand, Link, Place
from .cursor import COMPASS, HEIGHTS, Pending
from .phrases import Phrases

_RINGS = ("gate", "wall", "tower")
"""What stands around a town, and never in one place of the map."""


class Trailing(Phrases):
    """Reads shares and gives places."""

    def _share_tail(self, i: int) -> int:
        """Read "of the map", "of the land", "of the lake" after a share; decide whose share it is."""
        j = i
        if self.low(j) == "of" or self._whole_at(j):
            while self.low(j) in ("of", "the", "all", "this", "that", "its", "whole", "entire", "total", "dry"):
                j += 1
            if self.low(j) in ("them", "it"):
                self.pending.of = "land"
                self.use(i, j + 1)
                return j + 1
            if self.has(j, "feature", "map"):
                name = self.words[j].kinds.get("feature", "map")
                if name in ("island", "continent", "land", "archipelago", "peninsula"):
                    name = "land"
                self.pending.of = "map" if self.has(j, "map") and name not in ("land",) else name
                self._island_meant(j)
                self.use(i, j + 1)
                j += 1
                if self.last is not None and not self._phrase_follows(j):
                    self._give_share()
                return j
            return i
        if self.last is not None and not self._phrase_follows(i):
            self._give_share()
        return i

    def _island_meant(self, j: int) -> None:
        """Ask for the island whose share is spoken of, where nobody asked for one before."""
        name = self.words[j].kinds.get("feature", "")
        there = name in self.known or any(d.feature == name for d in self.reading.demands)
        if name in ("island", "continent", "peninsula", "archipelago") and not there:
            word = self.words[j]
            self.reading.demands.append(Demand(name, (word.start, word.end), definite=True, aside=True))

    def _phrase_follows(self, j: int) -> bool:
        """Whether another noun phrase follows in this clause, which a share before it belongs to."""
        while self.has(j, "stop", "preposition", "mostly", "verb") and not self._phrase_at(j):
            if self.low(j) in ("and", "with"):
                return False
            j += 1
        return bool(self._phrase_at(j))

    def _give_share(self) -> None:
        if self.last is None:
            return
        for quantity in self.pending.quantity:
            if quantity.kind == "share":
                self.last.share = quantity.amount
        self.last.of = self.last.of or self.pending.of
        self.last.widen(max(self.pending.start, 0), self.words[self._last_used()].end)
        self.pending = Pending()

    def _last_used(self) -> int:
        return max(k for k, used in enumerate(self.used) if used)

    def _the_rest(self, i: int) -> int:
        """Read "the rest is desert" and "grassland for the rest": what other shares or places leave."""
        if not self.has(i, "adverb") or self.words[i].kinds["adverb"][0] != "elsewhere":
            return i
        j = i + 1
        while self.has(j, "stop") and not self._phrase_at(j):
            j += 1
        ahead = self._phrase_at(j)
        if ahead and not (self.has(ahead - 1, "feature") and not self.has(ahead - 1, "map")):
            ahead = 0  # "everything else is land" bounds the sea, which is no part to ask for
        shared = [d for d in self.reading.demands if d.share is not None and d.share.said and not d.absent]
        if ahead and (shared or any(d.places for d in self.reading.demands)):
            self.use(i, j)
            if shared:
                self.pending.rest = True
            else:
                self.fronted = self._elsewhere()
            self.last = None
            return j
        if shared and self.last is not None and self.last not in shared:
            self.last.rest = True
            self.use(i, i + 1)
            return i + 1
        return i

    def _elsewhere(self) -> list[Place]:
        """Return the places outside of all that were named."""
        named = [p for d in self.reading.demands if not d.absent for p in d.places]
        return [Place(Not(region=p.where), Not(region=p.measured), "elsewhere") for p in dict.fromkeys(named)]

    def _share_of(self, i: int) -> int:
        """Read "covered in forest", "almost entirely", "full of trees"; of two such words the stronger counts."""
        if not self.has(i, "mostly"):
            return i
        self.use(i, i + 1)
        ends = i + 1 >= len(self.words) or self.has(i + 1, "mark")
        wholly = self.low(i) in ("completely", "entirely", "fully", "totally", "wholly") and ends
        if wholly and self.last is not None and {ln.kind for ln in self.last.links} & {"around", "surrounded"}:
            return i + 1  # "surrounds the lake completely"
        said = next((q.amount for q in self.pending.quantity if q.kind == "share"), None)
        if said is not None and (said.said or said.low >= self.words[i].kinds["mostly"]):
            return i + 1
        share = self.words[i].kinds["mostly"]
        kept = [q for q in self.pending.quantity if q.kind != "share"]
        amount = Amount("at_least", share, share, min(share + 0.1, 1.0), said=False)
        self.pending.quantity = [*kept, Quantity(amount, "share", 1)]
        self.pending.start = self.words[i].start if self.pending.start < 0 else self.pending.start
        return self._share_tail(i + 1) if self._whole_at(i + 1) else i + 1

    def _one_of_them(self, i: int, end: int, quantity: Quantity) -> int:
        """Read "one in the east" after "two lakes": a part of what was counted, with a place of its own."""
        named = [d for d in self.reading.demands if d.count is not None and d.count.aim > 1 and not d.absent]
        if not named or not self.has(end, "preposition") or quantity.article:
            return 0
        whole = self.last if self.last in named else next((d for d in named if d.total), None)
        whole = whole or (self.last and next((d for d in named if d.total and d.feature == self.last.feature), None))
        j = end + 1
        while self.low(j) in ("the", "far"):
            j += 1
        place, stop = self._place_at(j)
        if whole is None or place is None:
            return 0
        whole.total = True
        part = Demand(whole.feature, (self.words[i].start, self.words[stop - 1].end), count=quantity.amount,
                      adjectives=list(whole.adjectives), places=[place], weight=whole.weight)  # fmt: skip
        self.use(i, stop)
        self.reading.demands.append(part)
        self.pending = Pending()
        return stop

    def _also_at(self, demand: Demand, place: Place) -> None:
        """Let a thing lie in two places: "in the north and in the west"."""
        first = demand.places.pop()
        demand.spots = [*(demand.spots or [first]), place]
        where = AnyOf(regions=(first.where, place.where))
        measured = AnyOf(regions=(first.measured, place.measured))
        demand.places.append(Place(where, measured, f"{first.name} and {place.name}", min(first.weight, place.weight)))

    def _top_is_there(self, group: Demand, place: Place) -> bool:
        """Whether a place is told of the highest of a group alone: the others may stand where they like."""
        tallest = self.ranked is not None and self.ranked.name == "part height 1"
        if not tallest or group.feature not in HEIGHTS or self.known:
            return False
        if place.name not in (*COMPASS, "centre") or self.ranked not in self.fronted:
            return False
        group.links.append(Link("highest", place.name))
        return True

    def _put(self, place: Place, start: int, end: int) -> None:
        """Give a place to the last noun, and to those joined to it by "and" that have none."""
        self.use(start, end)
        place = replace(place, weight=self.sentence_weight)
        if self.object is not None and self.object_end == start:
            self.object.places.append(place)
            if not self.object_near:
                return
        if self.last is not None and self.low(start - 1) == "and" and self.placed_end == start - 1 and self.last.places:
            self._also_at(self.last, place)
            self.last.widen(self.words[start].start, self.words[end - 1].end)
            self.placed_end = end
            return
        self.placed_end = end
        if self.last is not None and self._top_is_there(self.last, place):
            self.last.widen(self.words[start].start, self.words[end - 1].end)
            return
        targets = self.group if self.last in self.group else [self.last]
        for demand in targets:
            if demand is not self.last and demand is not None and demand.feature in _RINGS:
                continue  # "four gates and a castle in the centre": only the castle is there
            if demand is not None and (demand is self.last or not (demand.places or demand.links or demand.total)):
                if place not in demand.places:
                    demand.places.append(place)
                if demand is self.last:
                    demand.widen(self.words[start].start, self.words[end - 1].end)
