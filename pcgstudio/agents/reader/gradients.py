"""More of something here than there: "fewer trees higher up", "woods thinner to the south", "higher in the west"."""

from __future__ import annotations

from ...generator import load_features
from ...region import Compass, Not, Of, Region
from ..words.demand import Demand, Link, Place
from ..words.meaning import MASSES, is_countable
from .cursor import COMPASS, RELIEF, Pending, opposite, place_of
from .measures import Measures

_LESS = ("fewer", "less", "sparser", "thinner", "thinning", "thin", "thins", "scarcer", "rarer")
_MORE = ("more", "denser", "thicker")
_UP = ("higher up", "further up", "uphill", "with height", "with altitude", "up the slopes", "at altitude")
_DOWN = ("lower down", "further down", "downhill", "in the lowlands")
_TOWARD = ("to", "toward", "towards", "in", "further")
_WOODED = ("tree", "forest")


_TURNS = frozenset({
    "turn", "turns", "turning", "change", "changes", "changing", "fade", "fades", "fading", "merge", "merges",
    "merging", "shift", "shifts", "shifting", "blend", "blends", "blending", "pass", "passes", "passing",
})  # fmt: skip
_YIELDS = ("give", "gives", "giving")


class Gradients(Measures):
    """Reads how amounts and heights change over the map."""

    def _turning(self, i: int) -> int:
        """Read "meadows that turn into snow" and "gives way to desert": another ground begins, with its own place."""
        into = self.low(i + 1) in ("to", "into", "in to", "over into") and self.low(i) in _TURNS
        yields = self.low(i) in _YIELDS and self.low(i + 1) == "way" and self.low(i + 2) == "to"
        j = i + 3 if yields else i + 2
        head = self._phrase_at(j)
        ground = self.last is not None and load_features()[self.last.feature].layer in MASSES
        if not (into or yields) or not ground or not head or not self.has(head - 1, "feature"):
            return i
        if load_features()[self.words[head - 1].kinds["feature"]].layer not in MASSES:
            return i
        self.use(i, j)
        self.last, self.group, self.clause_start = None, [], True
        return j

    def _gradient(self, i: int) -> int:
        """Read "fewer trees higher up" and "thinner to the south": a wood that thins out along a side or the height."""
        if self.low(i) not in (*_LESS, *_MORE):
            return i
        sign = 1 if self.low(i) in _MORE else -1
        j = i + 1
        while self.low(j) in ("and", "out") or self.low(j) == self.low(i):
            j += 1
        head = self._phrase_at(j)
        named = bool(head) and self.has(head - 1, "feature") and self.words[head - 1].kinds["feature"] in _WOODED
        side, end = self._direction(head if named else j)
        wood = self.last if self.last is not None and self.last.feature in _WOODED else None
        if not side or not (named or wood):
            return i
        if side in ("up", "down") and not self._relief():
            return i
        earlier = [d for d in self.reading.demands if d.feature in _WOODED and not (d.absent or d.places)]
        if earlier and (wood is None or named):
            wood = earlier[-1]
        elif wood is None or named:
            wood = Demand("forest", (self.words[i].start, self.words[end - 1].end), weight=self.sentence_weight)
            self.reading.demands.append(wood)
        wood.feature, wood.count = "forest", None
        self._thin_out(wood, side, sign)
        wood.widen(self.words[i].start, self.words[end - 1].end)
        for k in (i - 1, i - 2):
            if self.low(k) in ("getting", "growing", "becoming", "get", "become", "grow"):
                self.use(k, k + 1)
        self.use(i, end)
        self.last = wood
        return end

    def _relief(self) -> str:
        """Return what of the demands stands up, where trees can get fewer with height."""
        return next((d.feature for d in self.reading.demands if d.feature in RELIEF - {"valley", "crater"}), "")

    def _direction(self, j: int) -> tuple[str, int]:
        """Return the side, or up or down, toward which something changes, and where that ends."""
        for words, name in ((_UP, "up"), (_DOWN, "down")):
            for length in (3, 2, 1):
                if " ".join(self.low(k) for k in range(j, j + length)) in words:
                    return name, j + length
        k = j
        while self.low(k) in (*_TOWARD, "the", "you", "go", "as"):
            k += 1
        place, end = self._place_at(k)
        ok = place is not None and place.name in COMPASS[:4] and k > j and self.low(end) != "of"
        return (place.name, end) if place is not None and ok else ("", j)

    def _thin_out(self, wood: Demand, side: str, sign: int) -> None:
        """Ask for the trend of a wood, and grow it where that comes out."""
        if side in ("up", "down"):
            sign = sign if side == "up" else -sign
            wood.links.append(Link("trend", "height", str(sign)))
            heights = Of(feature=self._relief(), filled=True)
            where: Region = heights if sign > 0 else Not(region=heights)
        else:
            side = side if sign > 0 else opposite(side)
            wood.links.append(Link("trend", side, "1"))
            where = Compass.model_validate({"place": side, "depth": 0.6, "feather": 0.2})
            wood.places = [p for p in wood.places if p.name != side]  # it may reach beyond, if thinner
        wood.places.append(Place(where, where, f"trend {side}"))

    def _more_at(self, i: int) -> int:
        """Read "more trees near the coast" of a new map: most of them there."""
        head = self._phrase_at(i + 1) if self.low(i) == "more" and self.last is None and not self.known else 0
        if not head or not self.has(head - 1, "feature") or not self.has(head, "preposition"):
            return i
        self.use(i, i + 1)
        return i + 1

    def _higher_there(self, i: int) -> int:
        """Read "the mountains should be higher in the north than in the south": the highest is there."""
        if self.low(i) not in ("higher", "taller", "highest", "tallest") or self.last is None:
            return i
        if self.last.feature not in RELIEF or not is_countable(self.last.feature):
            return i
        side, end = self._direction(i + 1)
        if side not in COMPASS:
            return i
        if self.low(end) == "than":
            other, end = self._direction(end + 1)
            if other != opposite(side):
                return i
        self.last.links.append(Link("highest", side))
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _front_or_back(self, i: int) -> int:
        """Read "hills in front, mountains behind" as south and north, as the map is seen."""
        told = {"in front": "south", "up front": "south", "behind": "north", "in back": "north", "at the back": "north",
                "in the back": "north", "in the front": "south", "at the front": "south"}  # fmt: skip
        for length in (3, 2, 1):
            name = told.get(" ".join(self.low(k) for k in range(i, i + length)))
            end = i + length
            if name and (end >= len(self.words) or self.has(end, "mark") or self.low(end) == "and"):
                if self.last is not None and not self.clause_start:
                    self._put(place_of(name), i, end)
                    return end
                if self.has(end, "mark") and self._phrase_at(end + 1):
                    self.use(i, end + 1)
                    self.fronted, self.last, self.group = [place_of(name)], None, []
                    return end + 1
        return i

    def _keep_them(self, i: int) -> int:
        """Read "no houses on the beach, keep them in the valley": they are wanted after all, there."""
        if self.low(i) != "keep" or self.low(i + 1) not in ("it", "them") or not self.has(i + 2, "preposition"):
            return i
        if self.last is None:
            return i
        self.last.absent, self.last.only = False, True
        self.pending = Pending()
        self.use(i, i + 2)
        return i + 2
