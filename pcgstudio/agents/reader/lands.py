"""Turns of phrase about the lie of the land: moons, capes that point somewhere, what runs right across the map.

Each is read as demands that the other rules know already.
"""

from __future__ import annotations

from ...generator import load_features
from ..words.amounts import Quantity
from ..words.building import AFLOAT
from ..words.demand import Amount, Demand, Link
from ..words.meaning import MASSES, described, is_countable, is_water
from .cursor import COMPASS, Pending, opposite, place_of
from .idioms import Idioms

_LIFELESS = ("dead", "lifeless", "barren", "airless", "desolate", "empty", "waterless")
_BARE = ("forest", "tree", "shrub", "grass", "flower", "grassland", "rainforest", "taiga", "swamp", "savanna")
"""What does not grow on a dead world."""
_DUNES = ("dune", "transverse dune", "barchan", "star dune")
_OPEN = (*_DUNES, "desert", "snow", "grassland", "tundra", "rock ground", "beach", "badlands", "volcanic ground",
         "shrubland")  # fmt: skip
"""Grounds on which no wood stands unless it is asked for."""
_ALONE = ("nothing but", "nothing except", "purely", "exclusively")
_POINTING = (
    "pointing", "points", "point", "jutting", "juts", "reaching", "stretching", "extending", "extends", "sticking",
    "projecting",
)  # fmt: skip
_ONWARD = ("out", "to", "towards", "toward", "the", "into", "sea", "due")
_ACROSS = ("across", "all across", "all the way across", "clear across")
_CROSSERS = ("canyon", "valley", "mountain range", "cliff", "river", "road")
_DIVIDING = ("dividing", "divides", "splitting", "splits", "cutting", "cuts", "halving", "crossing", "crosses")
_HALVES = ("in half", "in two", "into two", "in", "into", "two", "half", "halves", "parts", "through")
_ONE_SIDE = ("on one side", "to one side")


class Lands(Idioms):
    """Reads what is said of whole worlds and of how land lies."""

    def _idiom(self, i: int) -> int:
        for rule in (self._dead_world, self._pointing, self._across_the_map, self._facing_sides, self._sided_ground,
                     self._water_to_land, self._sea_of, self._ring_after, self._strip_of):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _dead_world(self, i: int) -> int:
        """Read "a dead moon" and "a lunar landscape" as bare rock, cratered, without water or anything that grows."""
        j = i + (self.low(i) in ("a", "the", "this", "some"))
        start, dead = j, False
        while self.low(j) in _LIFELESS or (j < i + 6 and self.has(j, "mood", "inherent", "denies")):
            dead = dead or self.low(j) in _LIFELESS
            j += 1
        moon = self.has(j, "moon") and not self.has(j, "feature")
        world = self.low(j) in ("world", "planet", "landscape", "land") and dead
        if not (moon or world) or self.low(j + 1) in ("-", "shaped", "light", "crater", "craters"):
            return i
        if self.low(i - 1) in ("full", "under", "half", "crescent", "new") or self.pending.negated:
            return i
        end = j + 1
        while moon and (self.has(end, "map") or self.low(end) in ("surface", "base", "'", "s")):
            end += 1
        quote = (self.words[start].start, self.words[end - 1].end)
        self._stripped(quote, water=moon)
        self.use(i, end)
        self.last, self.group, self.pending = None, [], Pending()
        return end

    def _stripped(self, quote: tuple[int, int], *, water: bool) -> None:
        """Ask for rock on which nothing grows; without water and struck by craters on a moon."""
        rock = Demand("rock ground", quote, implied=True, share=Amount("at_least", 0.6, 0.6, 1.0, said=False))
        self.reading.demands.append(rock)
        for name in (*_BARE, *(("water",) if water else ())):
            if name in load_features():
                self.reading.demands.append(Demand(name, quote, absent=True, implied=True))
        if water and "crater" not in self.reading.text.lower():
            self.reading.demands.append(Demand("impact crater", quote, implied=True, plural=True))

    def _barren(self) -> None:
        """Read "a barren plain" and "a desolate island" as bare rock, where no ground is told: no lawn either."""
        whole = {"plain", "island", "terrain", "continent"}
        grounds = {d.feature for d in self.reading.demands if load_features()[d.feature].layer in MASSES}
        for demand in [d for d in self.reading.demands if d.feature == "tree" and d.absent and d.implied]:
            words = set(self.reading.quoted(demand).lower().split())
            if words & {*_LIFELESS} and not (demand.places or demand.links or grounds - {"forest"}):
                named = {d.feature for d in self.reading.demands if not d.absent}
                if named & whole:
                    self.reading.demands.remove(demand)
                    self._stripped(demand.quote, water=False)

    def _nothing_but(self) -> None:
        """Keep clear of all else a land that is nothing but one open ground; where it is dunes, all of it is sand."""
        told = [d for d in self.reading.demands if not d.absent]
        for one in [d for d in told if d.feature in _OPEN and not (d.places or d.links)]:
            words = self.reading.quoted(one).lower()
            alone = one.only or any(told_so in words for told_so in _ALONE)
            if not alone or any(load_features()[d.feature].layer in MASSES for d in told if d.feature != one.feature):
                continue
            if one.feature in _DUNES:
                one.share = one.share or Amount("at_least", 0.6, 0.6, 0.9, said=False)
                sand = Amount("at_least", 0.85, 0.85, 1.0, said=False)
                self.reading.demands.append(Demand("desert", one.quote, implied=True, share=sand))
            elif one.share is not None and not one.share.said:
                one.share = Amount("at_least", max(one.share.low, 0.85), max(one.share.low, 0.85), 1.0, said=False)
            grown = {load_features()[d.feature].instances for d in told} | {d.feature for d in told}
            wet = any(is_water(d.feature) or d.feature in AFLOAT for d in told)
            for name in (*([] if "tree" in grown else ["tree", "forest"]), *([] if wet else ["water"])):
                if not any(d.feature == name for d in self.reading.demands):
                    self.reading.demands.append(Demand(name, one.quote, absent=True, implied=True))

    def _pointing(self, i: int) -> int:
        """Read "a peninsula pointing south": its land comes from the other side."""
        if self.last is None or self.last.feature != "peninsula" or self.low(i) not in _POINTING:
            return i
        j = i + 1
        while self.low(j) in _ONWARD:
            j += 1
        place, end = self._place_at(j)
        if place is None or place.name not in COMPASS:
            return i
        self._put(place_of(opposite(place.name)), i, end)
        return end

    def _across_the_map(self, i: int) -> int:
        """Read "a canyon right across the map" as one from side to side; "from west to east" says which."""
        at = i + (self.low(i) in ("right", "straight", "all", "clean", "that", "which"))
        divides = bool({*self.low(at).split()[-1:]} & {*_DIVIDING})
        if self.last is None or self.last.feature not in _CROSSERS or not (divides or self.low(at) in _ACROSS):
            return i
        j = at + 1 + (self.low(at + 1) in ("across", "through"))
        while self.low(j) in ("the", "whole", "entire", "this"):
            j += 1
        if not self.has(j, "map") or self.has(j, "feature"):
            return i
        told = any(ln.kind in ("from", "to") for ln in self.last.links) or self.low(j + 1) in ("from", "diagonally")
        if self.last.feature == "river" and not told:
            self.last.links.append(Link("parts", ""))
        elif not told and not self.last.places:
            self.last.links += [Link("from", "west"), Link("to", "east")]
            self.reading.interpretations.append(f"read '{self.reading.text[self.words[i].start : self.words[j].end]}' "
                                                "as from west to east")  # fmt: skip
        elif not told:
            return i
        end = j + 1
        while divides and self.low(end) in _HALVES:
            end += 1
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _facing_sides(self, i: int) -> int:
        """Read "cliffs on one side and a beach on the other" of an island: west and east of the map, or as one said."""
        j = i + 1
        one = self.low(j) in ("one", "one side") or self.low(i) in _ONE_SIDE
        other = self.low(j) == "the" and self.low(j + 1) in ("other", "opposite")
        whole = any(self.is_whole(d.feature) for d in self.reading.demands) and self._flanked() is None
        if self.low(i) != "on" or self.last is None or not (one or other) or not whole:
            return i
        end = j + 1 + other
        sided = self.low(end) in ("side", "end", "half", "coast", "shore")
        end += sided
        if one and not (sided or self.low(j) == "one side"):
            return i
        before = (d for d in reversed(self.reading.demands) if d is not self.last and not d.absent)
        name = next((p.name for d in before for p in d.places if p.name in COMPASS), "")
        if other and not name:
            return i
        if one:
            self.reading.interpretations.append("read 'on one side' as in the west")
        self._put(place_of("west" if one else opposite(name)), i, end)
        return end

    def _sided_ground(self, i: int) -> int:
        """Read "a flat north", "hilly in the west": how rough the ground of a side is."""
        j = i + (self.low(i) in ("a", "an", "the"))
        name = self.words[j].kinds.get("adjective", "") if j < len(self.words) else ""
        implied = self.words[j].kinds.get("implies", "") if self.has(j, "implies") and self.low(j - 1) == "a" else ""
        if self.pending.negated or not (implied or (name and described("terrain", name) is not None)):
            return i
        if self.has(j, "implies") and not implied:
            return i
        k = j + 1
        while self.low(k) in ("in", "on", "at", "the", "to"):
            k += 1
        place, end = self._place_at(k)
        goes_on = place is not None and end < len(self.words) and not self.has(end, "mark")
        if place is None or (goes_on and self.low(end) not in ("and", "but", "with")):
            return i
        thing = self.last is not None and not self.is_whole(self.last.feature)
        if place.name not in (*COMPASS, "centre") or (k > j + 1 and self.has(i - 1, "verb", "stop") and thing):
            return i  # "a hill that is steep in the north"
        if implied and k > j + 1:
            return i
        quote = (self.words[j].start, self.words[end - 1].end)
        ground = Demand("terrain", quote, adjectives=[name], places=[place])
        if implied:  # "a hilly north"
            ground = Demand(implied, quote, plural=True, implied=True, places=[place])
        ground.weight = self.sentence_weight
        self.reading.demands.append(ground)
        self.use(i, end)
        self.pending = Pending()
        return end

    def _sea_of(self, i: int) -> int:
        """Read "a sea of dunes" as dunes on most of the land."""
        j = i + (self.low(i) in ("a", "an", "one"))
        head = self._phrase_at(j + 2) if self.low(j) in ("sea", "ocean") and self.low(j + 1) == "of" else 0
        if not head or not self.has(head - 1, "feature"):
            return i
        feature = self.words[head - 1].kinds["feature"]
        if is_water(feature) or is_countable(feature):
            return i
        self.use(i, j + 2)
        self.pending.quantity = [Quantity(Amount("at_least", 0.6, 0.6, 0.8, said=False), "share", 1)]
        return j + 2

    def _ring_after(self, i: int) -> int:
        """Read "an island shaped like a ring": the shape that stands after its island."""
        if self.last is None or self.last.feature != "island" or self.low(i) not in ("ring", "ring shaped"):
            return i
        if self.has(i - 1, "preposition") or not self.has(i, "choice"):
            return i
        self.last.choices.append(self.low(i))
        self.last.widen(self.words[i].start, self.words[i].end)
        self.use(i, i + 1)
        return i + 1

    def _strip_of(self, i: int) -> int:
        """Read "a belt of dunes" as dunes: nothing measures how they are strung."""
        j = i + (self.low(i) in ("a", "an", "the"))
        strip = self.low(j) in ("belt", "strip", "fringe") and self.low(j + 1) == "of"
        if not strip or not self._phrase_at(j + 2) or self.pending.quantity:
            return i
        self.use(i, j + 2)
        return j + 2

    def _water_to_land(self, i: int) -> int:
        """Read "twice as much water as land" and "more land than water" as the share of the map that is water."""
        times, j = {"twice": 2.0, "half": 0.5}.get(self.low(i), 0.0), i + 1
        if self.has(i, "number") and self.low(i + 1) == "times":
            times, j = float(self.words[i].kinds["number"]), i + 2
        told = [self.low(k) for k in range(j, min(j + 6, len(self.words)))]
        words = " ".join(told).split()
        more = self.low(i) == "more" and words[1:2] == ["than"]
        equal = bool(times) and words[:2] == ["as", "much"] and words[3:4] == ["as"]
        first, second = (words[0], words[2:3]) if more else (words[2:3] or [""], words[4:5])
        names = [first if isinstance(first, str) else first[0], *(second or [""])]
        if not (more or equal) or {*names} not in ({"water", "land"}, {"sea", "land"}, {"ocean", "land"}):
            return i
        end, taken = j, 0
        while taken < (3 if more else 5):
            taken += len(self.low(end).split())
            end += 1
        wet = names[0] != "land"
        share = times / (1 + times) if times else 0.62
        share = share if wet else 1 - share
        near = Amount("between", share - 0.04, share + 0.04, share)
        if more:
            near = Amount("at_least", 0.52, 0.52, 0.62) if wet else Amount("at_most", 0.48, 0.48, 0.38)
        quote = (self.words[i].start, self.words[end - 1].end)
        self.reading.demands.append(Demand("water", quote, share=near, of="map"))
        self.use(i, end)
        return end

    def _flanked(self) -> Demand | None:
        raise NotImplementedError
