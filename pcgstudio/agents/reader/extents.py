"""How far something reaches: everywhere, nothing else, only above a height or below one."""

from __future__ import annotations

from ...generator import load_features
from ..words.amounts import Quantity, read_quantity
from ..words.demand import Amount, Demand, Link, Place
from ..words.meaning import MASSES, is_countable, is_water, parameter, stage_of
from .climes import Climes
from .cursor import HEIGHTS, RELIEF, WHOLE, Pending, place_of

_ALL_OVER = (
    "everywhere", "all over the place", "all over it", "wherever you look", "in every part", "on every part of it",
    "as far as the eye can see", "as far as you can see", "from edge to edge", "all over", "throughout",
    "across the whole map", "in all places",
)  # fmt: skip
_NOTHING_MORE = (
    "nothing else", "nothing more", "and nothing else", "and nothing more", "no other features", "nothing besides",
    "that is all", "thats all", "thats it", "that is it", "and that is it", "and thats it", "and that is all",
    "no other things", "nothing else at all", "nothing else on it",
)  # fmt: skip
_NOTABLE = ("river", "lake", "forest", "mountain", "hill", "settlement", "road", "volcano", "canyon")
"""What people would call something else on a map, beside plain ground."""
_GENTLE_M = 60.0
"""How high land gets without hills and mountains, about."""
_GROWTH = {"vegetation", "greenery", "plants", "plant"}
_LINES = {"snow line": ("snow", "over_m"), "snowline": ("snow", "over_m"), "tree line": ("forest", "under_m"),
          "treeline": ("forest", "under_m"), "timber line": ("forest", "under_m")}  # fmt: skip
_OVER = ("above", "over", "higher than", "upwards of", "from")
_UNDER = (
    "below",
    "under",
    "lower than",
    "up to",
    "beneath",
    "not above",
    "never above",
    "never higher than",
    "not higher than",
)


class Extents(Climes):
    """Reads how far over the map, and how high up, something is found."""

    def _idiom(self, i: int) -> int:
        for rule in (self._nothing_else, self._everywhere, self._height_line, self._all_above, self._above):
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _phrase_of(self, i: int, phrases: tuple[str, ...]) -> int:
        """Return where the longest of the phrases ends that stands at ``i``, 0 where none does."""
        best, said = 0, ""
        for j in range(i, min(i + 9, len(self.words))):
            said = f"{said} {self.low(j)}".strip().replace("'", "")
            best = j + 1 if said in phrases else best
        return best

    def _nothing_else(self, i: int) -> int:
        """Read "nothing else" as no river, lake, wood, height, village or road beside what is asked for."""
        end = self._phrase_of(i, _NOTHING_MORE)
        if not end or not self.reading.demands:
            return i
        if end < len(self.words) and not self.has(end, "mark"):
            return i  # "nothing else in the north" is of a part
        self.bare_quote = (self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        self.pending = Pending()
        return end

    def _alone_on_the_map(self) -> None:
        """Ask for nothing else on the map where that was said."""
        if self.bare_quote is None:
            return
        named = {d.feature for d in self.reading.demands} | {ln.target for d in self.reading.demands for ln in d.links}
        layers = {load_features()[n].layer for n in named if n in load_features()} - {"", "water_kind"}
        stages = {stage_of(n) for n in named if n in load_features()}
        for name in _NOTABLE:
            kind = load_features().get(name)
            if kind is None or name in named or kind.layer in layers:
                continue
            if name in ("settlement", "road") and stages & {"settlement", "road"}:
                continue
            if is_water(name) and any(is_water(n) and n != "sea" for n in named if n in load_features()):
                continue
            if name in RELIEF and named & RELIEF and name not in ("mountain", "volcano"):
                continue  # a mountain has foothills
            self.reading.demands.append(Demand(name, self.bare_quote, absent=True, implied=True))

    def _everywhere(self, i: int) -> int:
        """Read "trees everywhere" and "dunes all over": found in nearly every part of the land."""
        end = self._phrase_of(i, _ALL_OVER)
        ends = end >= len(self.words) or self.has(end, "mark") or self.low(end) in (
            "and", "but", "with", "except", "is", "there", "there should be",
        )  # fmt: skip
        if not end or not ends:
            return i
        if self.last is None and self._everywhere_is(i, end):
            return end
        if self.last is None or self.last.absent or self.low(end) == "except":
            return i
        return self._all_over(self.last, i, end)

    def _everywhere_is(self, i: int, end: int) -> bool:
        """Whether "everywhere there is sand" leads to what is everywhere; then it is a share of the land."""
        j = end
        while self.low(j) in ("is", "are", "there", "should be", "there should be"):
            j += 1
        if not self._phrase_at(j) or self.low(i) != "everywhere":
            return False
        self.use(i, j)
        self.pending.quantity = [Quantity(Amount("at_least", 0.6, 0.6, 0.8, said=False), "share", 1)]
        self.pending.start = self.words[i].start
        return True

    def _all_over(self, demand: Demand, first: int, end: int) -> int:
        """Let a mass cover most of the land, and single things be met in nearly every part of it."""
        layer = load_features()[demand.feature].layer
        if demand.feature in WHOLE or (is_water(demand.feature) and demand.feature == "sea"):
            return first
        demand.widen(self.words[first].start, self.words[end - 1].end)
        self.use(first, end)
        if layer in MASSES or demand.feature == "dune":
            demand.share = demand.share or Amount("at_least", 0.6, 0.6, 0.8, said=False)
        else:
            many = demand.plural or (demand.count is not None and demand.count.aim >= 4)
            demand.links.append(Link("spread", "", "0.74" if many else "0.5"))
            if demand.count is None and is_countable(demand.feature):
                demand.count = Amount("at_least", 5, 5, 9, said=False)
        return end

    def _height_line(self, i: int) -> int:
        """Read "the snow line at 300 m" and "tree line is at 1500 metres"."""
        at = i + (self.low(i) in ("the", "a"))
        named = self.low(at) if self.low(at) in _LINES else f"{self.low(at)} {self.low(at + 1)}"
        if named not in _LINES:
            return i
        j = at + len(named.split())
        while self.low(j) in ("at", "is", "of", "should", "be", "about", "around", "lies"):
            j += 1
        metres = read_quantity(self.words, j)
        if metres is None or metres.kind != "length":
            return i
        feature, kind = _LINES[named]
        end = j + metres.used
        demand = next((d for d in self.reading.demands if d.feature == feature and not d.absent), None)
        if demand is None:
            demand = Demand(feature, (self.words[i].start, self.words[end - 1].end))
            self.reading.demands.append(demand)
        demand.links.append(Link(kind, "", f"{metres.amount.aim:.6g}"))
        demand.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        self.last, self.group = demand, []
        return end

    def _all_above(self, i: int) -> int:
        """Read "everything above 300 m is snow" and "cover all land over 500 m with snow"."""
        j = i + (self.low(i) in ("cover", "fill"))
        if self.low(j) not in ("everything", "all", "anything", "the", "land", "ground"):
            return i
        while self.low(j) in ("everything", "all", "anything", "the", "land", "ground", "that", "is", "lies"):
            j += 1
        told = self._metres(j)
        if told is None:
            return i
        kind, metres, k = told
        while self.low(k) in ("is", "are", "should be", "should", "be", "must", "has", "gets", "covered", "with", "in",
                              "covered in", "covered with", "covered by", "under", "to", "be"):  # fmt: skip
            k += 1
        head = self._phrase_at(k)
        if not head or not self.has(head - 1, "feature"):
            return i
        mass = self.words[head - 1].kinds["feature"]
        if load_features()[mass].layer not in MASSES and mass != "tree":
            return i
        self.use(i, k)
        end = self._phrase(k)
        if self.last is not None:
            self.last.feature = "forest" if self.last.feature == "tree" else self.last.feature
            self.last.links.append(Link(kind, "", metres))
            self.last.widen(self.words[i].start, self.words[end - 1].end)
        return end

    def _metres(self, j: int) -> tuple[str, str, int] | None:
        """Return kind of link, metres and end of "above 300 m" at ``j``."""
        kind = "over_m" if self.low(j) in _OVER else "under_m" if self.low(j) in _UNDER else ""
        amount = read_quantity(self.words, j + 1) if kind else None
        if amount is None or amount.kind != "length":
            return None
        end = j + 1 + amount.used
        if self.low(end) in ("high", "up", "altitude", "elevation", "height", "above sea level"):
            end += 1
        return kind, f"{amount.amount.aim:.6g}", end

    def _above(self, i: int) -> int:
        """Read "snow only above 200 m" and "no trees above 1500 m": where what covers the ground begins or ends."""
        only = self.low(i) in ("only", "just", "mainly", "mostly") and not self.has(i, "feature")
        told = self._metres(i + only)
        covers = self.last is not None and self._covers(self.last)
        if told is None or self.last is None or not covers or (self.noun is not None and self._beside_noun(i)):
            return i
        kind, metres, end = told
        demand = self.last
        if demand.absent:  # "no trees above 300 m" are trees below it, if any
            demand.absent, kind = False, "under_m" if kind == "over_m" else "over_m"
        demand.feature = "forest" if demand.feature == "tree" and demand.count is None else demand.feature
        demand.links.append(Link(kind, "", metres))
        demand.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _covers(self, demand: Demand) -> bool:
        kind = load_features()[demand.feature]
        return kind.layer in MASSES or kind.instances in ("tree", "rock", "grass", "building") or demand.feature in (
            "village", "settlement", "hamlet",
        )  # fmt: skip

    def _raised(self) -> None:
        """Give a map ground that is high enough for what is asked for above a height."""
        lines = [float(ln.other) for d in self.reading.demands for ln in d.links if ln.kind in ("over_m", "under_m")]
        if not lines or self.known:
            return
        least = 1.15 * max(lines)
        high = [d for d in self.reading.demands if d.feature in RELIEF - {"valley", "crater"} and not d.absent]
        if not high:
            first = next(d for d in self.reading.demands for ln in d.links if ln.kind in ("over_m", "under_m"))
            high = [Demand("mountain", first.quote, implied=True, plural=True)]
            self.reading.demands += high
        if not any(aspect in ("height", "") for d in high for aspect, _ in d.dimensions):
            high[0].dimensions.append(("height", Amount("at_least", least, least, 1.3 * max(lines), said=False)))

    def _tallest_there(self) -> None:
        """Make the highest of several heights by itself, where it was told to be."""
        for group in [d for d in self.reading.demands if not (d.absent or self.known)]:
            place = next((ln.target for ln in group.links if ln.kind == "highest"), "")
            one = parameter(group.feature, "height") if group.feature in HEIGHTS else None
            if not place or one is None or group.places or group.dimensions or group.total:
                continue
            number = round(group.count.aim) if group.count is not None and group.count.aim > 1 else 3
            usual = float(one.adjectives.get(group.adjectives[0], one.default) if group.adjectives else one.default)
            parts: tuple[tuple[int, float, list[Place]], ...] = ((1, 1.25, [place_of(place)]), (number - 1, 0.75, []))
            for count, share, places in parts:
                tall = Amount("at_least", 1, 1, share * usual, said=False)
                part = Demand(group.feature, group.quote, count=Amount.exactly(count), silent=True, places=places)
                part.dimensions = [("height", tall)]
                self.reading.demands.append(part)
            group.count, group.total = group.count or Amount("at_least", 2, 2, number, said=False), True

    def _peaked(self) -> None:
        """Give "an island 300 m high" a mountain that makes it so: without one land is gentle."""
        demands = [d for d in self.reading.demands if not d.absent]
        if self.known or any(d.feature in RELIEF - {"valley", "crater"} for d in demands):
            return
        single = [d for d in demands if d.feature == "island" and not d.several]
        for demand in (d for d in single if all(ln.target == "sea" for ln in d.links)):
            tall = next((a for aspect, a in demand.dimensions if aspect == "height" and a.aim >= _GENTLE_M), None)
            if tall is not None and tall.bound != "at_most":
                part = Demand("mountain", demand.quote, count=Amount.exactly(1), silent=True)
                part.dimensions = [("height", tall)]
                self.reading.demands.append(part)

    def _plantless(self) -> None:
        """Deny all that grows where "no vegetation" was said."""
        for demand in [d for d in self.reading.demands if d.absent and d.feature == "forest"]:
            words = set(self.reading.quoted(demand).lower().replace(",", " ").split())
            if not words & _GROWTH or demand.places or demand.links:
                continue
            for name in ("tree", "shrub", "grass", "flower", "grassland", "rainforest", "taiga"):
                if name in load_features() and not any(d.feature == name for d in self.reading.demands):
                    self.reading.demands.append(Demand(name, demand.quote, absent=True, implied=True))
