"""Noun phrases: what stands before a noun, the noun itself, and the demand it starts."""

from __future__ import annotations

from dataclasses import replace

from ...generator import load_features
from ...region import Of
from ..words.amounts import DIMENSIONS, Quantity, read_quantity
from ..words.building import SETTLED
from ..words.demand import Amount, Demand, Link, Place
from ..words.lexicon import Word
from ..words.meaning import MASSES, described, is_countable, stage_of
from .adjectives import CONTAINERS, Adjectives
from .cursor import RELIEF, WHOLE, Pending, place_of, rank_of

_TOPS = ("tops", "top", "summits", "crests", "peaks")

_FILLERS = frozenset({
    "very", "really", "quite", "rather", "fairly", "pretty", "relatively", "somewhat", "extremely", "distinct",
    "separate", "different", "main", "new", "own", "visible", "bitterly", "incredibly", "super", "perfectly", "utterly",
    "truly", "offshore", "otherwise", "otherwise empty", "absolutely", "totally", "nearly",
})  # fmt: skip

_OF_STONE = frozenset({
    "wall", "gate", "tower", "castle", "church", "square", "pier", "watchtower", "lighthouse", "temple", "obelisk",
    "fountain", "well", "statue", "ruin",
})  # fmt: skip
"""What is built of stone as it is."""

_BUILT = ("settlement", "props", "volume")
"""Stages at which what is built comes."""


def _stronger(held: Amount | None, new: Amount) -> Amount:
    """Return the larger of two vague shares ("almost entirely covered in"); a number said counts in any case."""
    return held if held is not None and not new.said and held.low > new.low else new


def _many(feature: str, amount: Amount) -> Amount:
    """Return what "lots of" is of plants and stones: more than of lakes."""
    vague = not amount.said and amount.bound == "at_least" and 4 <= amount.low < 24
    strewn = load_features()[feature].instances in ("tree", "rock", "grass")
    return Amount("at_least", 40, 40, 150, said=False) if vague and strewn else amount


class Phrases(Adjectives):
    """Reads noun phrases."""

    def _phrase_at(self, i: int) -> int:
        """Return the index of the head noun of a phrase that begins at ``i``, or 0."""
        j = i
        for _ in range(14):
            if self.has(j, "top") and self.has(j + 1, "feature") and self.words[j + 1].kinds["feature"] == "terrace":
                return j + 2
            if formed := self._formed(j):
                j = formed
                continue
            if self.has(j, "feature", "unsupported"):
                return j + 1
            if j > i and self.low(j) in ("one", "ones") and self._one_described(j - 1):
                return j + 1
            if self.has(j, "superlative") and self.low(j + 1) == "of":  # "the tallest of three mountains"
                j += 2
                continue
            quantity = read_quantity(self.words, j)
            shared = (quantity and quantity.kind == "share") or self.has(j, "mostly")
            if shared and self._whole_at(j + (quantity.used if quantity else 1), loose=not quantity):
                return 0  # "half the land is forest": a share of the land, not a demand for land
            if quantity:
                j += quantity.used
                if self.low(j) == "of" and quantity.kind == "count":
                    j += 1
                if quantity.kind == "length" and self.low(j) in DIMENSIONS:
                    j += 1
                continue
            square = self.low(j) == "square" and not self.has(j - 1, "unit")
            if self.has(j, "map") and not self._modifies(j) and not square:
                return j + 1
            if not self._modifies(j):
                return 0
            j += 1
        return 0

    def _one_described(self, j: int) -> bool:
        """Whether "one" after word ``j`` stands for a noun: "the snowy one", "the biggest one"."""
        if self.has(j, "superlative"):
            return self.last is not None or bool(self.known) or bool(self.reading.demands)
        return self.last is not None and self.has(j, "adjective", "implies")

    def _formed(self, j: int) -> int:
        """Return where the counted noun's own words begin after "ring of" or "row of", 0 where that is not meant."""
        if not (self.has(j, "choice") and self.low(j + 1) == "of"):
            return 0
        head = self._phrase_at(j + 2)
        if not head or not self.has(head - 1, "feature"):
            return 0
        meant = described(self.words[head - 1].kinds["feature"], self.words[j].kinds["choice"], "choice")
        return j + 2 if meant is not None else 0

    def _whole_at(self, j: int, loose: bool = False) -> int:
        """Return where "(of) the land", "the map" or "the island" ends, 0 if that does not stand at ``j``."""
        j += self.low(j) == "of"
        if loose and self.low(j) == "it":
            return j + 1
        if self.low(j) not in ("the", "this", "that", "its"):
            return 0
        while self.low(j) in ("the", "this", "that", "its", "whole", "entire", "total", "dry", "all"):
            j += 1
        whole = self.has(j, "map") or (self.has(j, "feature") and self.words[j].kinds["feature"] in WHOLE)
        return j + 1 if whole and self._phrase_at(j + 1) != j + 2 else 0

    def _modifies(self, j: int) -> bool:
        """Whether a word can stand before the noun of its phrase."""
        if self.low(j) in (
            "the",
            "its",
            "their",
            "this",
            "that",
            "these",
            "those",
            "our",
            "and",
            "-",
            ",",
            "all",
            "only",
            "just",
        ):
            describing = ("adjective", "implies", "denies", "mood", "choice")
            return self.low(j) not in ("and", ",") or (self.has(j - 1, *describing) and self.has(j + 1, *describing))
        if self.has(j, "unit") and self.low(j) != "m":
            return False
        if self.low(j) == "more" and self.has(j - 1, "number"):
            return True
        if self.has(j, "comparative"):  # "the bigger island": one of several
            return self.low(j - 1) == "the" and rank_of(self.low(j)) is not None
        return self.low(j) in _FILLERS or self.has(
            j,
            "adjective",
            "implies",
            "denies",
            "choice",
            "mood",
            "place_adjective",
            "each",
            "mostly",
            "top",
            "superlative",
            "inherent",
        )

    def _phrase(self, i: int) -> int:
        """Read a whole noun phrase and start a demand for its head."""
        head_end = self._phrase_at(i)
        if not head_end:
            return i
        head = head_end - 1
        if self._top_level(i, head):
            return i
        start = self.words[i].start
        modifiers = self._modifiers(i, head)
        word = self.words[head]
        self.use(i, head_end)
        for k in self.unread:
            self.used[k] = False
        self.unread = []
        self.clause_start = False
        if self.low(head) in ("one", "ones") and not word.has("feature"):
            meant = self._many() if modifiers.rank or self.last is None else self.last
            word = replace(word, kinds={"feature": meant.feature}, plural=self.low(head) == "ones")
        if word.has("feature") and not self._means_map(head, modifiers):
            return self._feature_head(i, head, start, modifiers, word)
        if word.has("unsupported") and not word.has("map"):
            self._unsupported(head, start)
            return head_end
        self._map_head(head, start, modifiers)
        return head_end

    def _means_map(self, head: int, modifiers: Pending) -> bool:
        """Whether an ambiguous noun ("land", "level") is the map itself here."""
        if self.low(head) == "square" and any(d.feature in SETTLED for d in self.reading.demands):
            return False  # that of the town
        if not self.words[head].has("map") or modifiers.negated or self.pending.negated:
            return False
        counted = any(q.kind == "share" or q.amount.aim > 1 for q in [*modifiers.quantity, *self.pending.quantity])
        return not (counted or self.words[head].plural)

    def _modifiers(self, i: int, head: int) -> Pending:
        found = Pending()
        while i < head:
            if formed := self._formed(i):
                found.adjectives.append(self.words[i])
                found.quantity = [q for q in found.quantity if not q.article]  # "a ring of mountains" is not one
                i = formed
                continue
            quantity = read_quantity(self.words, i)
            if quantity:
                i += quantity.used
                if quantity.kind == "length" and self.low(i) in DIMENSIONS:
                    found.adjectives.append(self.words[i])
                    i += 1
                found.quantity.append(quantity)
                continue
            self._modifier(i, found)
            i += 1
        return found

    def _modifier(self, i: int, found: Pending) -> None:
        """Take one word before a noun."""
        word = self.words[i]
        if word.has("place_adjective") and not word.has("adjective"):
            found.places.append(place_of(word.kinds["place_adjective"]))
        elif word.has("superlative"):
            found.rank = tuple(word.kinds["superlative"])
        elif word.has("comparative"):
            found.rank = rank_of(self.low(i))
        elif word.has("each"):
            found.each = True
        elif self.low(i) in ("only", "just"):
            found.only = True
        elif word.has("mood") and not word.has("adjective"):
            self.reading.atmosphere.append(word.text)
        elif any(word.has(kind) for kind in ("adjective", "implies", "choice", "mostly", "denies", "inherent")):
            found.adjectives.append(word)
        elif word.has("top"):
            self.unread.append(i)  # "the highest mountain" compares, which nothing here measures

    def _feature_head(self, i: int, head: int, start: int, modifiers: Pending, word: Word) -> int:
        end = head + 1
        demand = Demand(word.kinds["feature"], (start, word.end), plural=word.plural)
        while self.has(end, "feature") and not self.has(end, "preposition") and not self.words[end - 1].plural:
            self.use(end, end + 1)
            self._count_first(demand, self.words[end], modifiers)
            demand = self._compound(demand, self.words[end])
            end += 1
        if demand.feature in RELIEF and self.has(end, "map") and not self.has(end, "feature"):
            demand.plural = True  # "mountain country"
            self.use(end, end + 1)
            end += 1
        if self.low(end) in ("slope", "slopes", "flanks") and demand.feature in RELIEF:
            self.use(end, end + 1)  # what is on the slopes of a mountain is on it
            end += 1
        tops = self.low(end) in _TOPS and demand.feature in RELIEF
        if tops:
            demand.plural = demand.plural or self.low(end).endswith("s")
            self.use(end, end + 1)
            end += 1
        demand.definite = any(self.low(k) in ("the", "this", "its", "these", "their") for k in range(i, head))
        rank = modifiers.rank or self.pending.rank
        self._apply(demand, modifiers)
        self._apply(demand, self.pending)
        if rank is not None:
            self.pending = Pending()
            self._ranked(demand, rank)
            return end
        if self._told_apart(demand):
            self.pending = Pending()
            return end
        if self.pending.start >= 0:
            demand.widen(self.pending.start, demand.quote[1])
        self.pending = Pending()
        demand.weight = min(demand.weight, self.sentence_weight)
        demand.places += [p for p in self.fronted if p not in demand.places]
        self._for_each(demand)
        if demand.each and is_countable(demand.feature):  # "each island has a volcano"
            self.each_of, demand.each, demand.plural, demand.definite = demand.feature, False, True, True
        self._start(demand)
        self._consists(word, demand)
        if tops:  # "only the mountain tops carry snow"
            where = Of(feature=demand.feature, filled=True)
            self.fronted = [Place(where, where, "tops")]
            self.pending.only, demand.only = demand.only, False
        return end

    def _many(self) -> Demand:
        """Return what "the largest one" is one of: the last thing of which there are several."""
        several = [d for d in self.reading.demands if d.several]
        if several:
            return several[-1]
        known = [name for name in self.known if is_countable(name)]
        return Demand(known[-1]) if known or self.last is None else self.last

    def _ranked(self, demand: Demand, rank: tuple[str, int]) -> Demand:
        raise NotImplementedError

    def _told_apart(self, demand: Demand) -> bool:
        raise NotImplementedError

    def _for_each(self, demand: Demand) -> None:
        raise NotImplementedError

    def _count_first(self, first: Demand, head: Word, modifiers: Pending) -> None:
        """Read "a three floor dungeon": the number counts the first noun, of which the second consists."""
        told = [q for q in modifiers.quantity if q.kind == "count" and q.amount.said and q.amount.aim > 1]
        if told and not head.plural and first.feature != head.kinds["feature"]:
            first.count = told[-1].amount
            modifiers.quantity = [q for q in modifiers.quantity if q not in told]

    def _compound(self, first: Demand, head: Word) -> Demand:
        """Join "mountain lake" and "pine forest": the first noun describes the second."""
        name = head.kinds["feature"]
        demand = Demand(name, (first.quote[0], head.end), plural=head.plural)
        tree = load_features()[first.feature]
        if name == "forest" and tree.species and tree.instances == "tree":
            demand.species.append(first.feature)
            return demand
        kinds = load_features()
        if kinds[first.feature].species and kinds[name].instances == kinds[first.feature].instances:
            first.widen(*demand.quote)
            first.plural = head.plural
            return first  # "spruce trees" are spruces
        if self._is_material(first, name):
            return demand
        if first.feature != name:
            self.reading.demands.append(first)
            if first.count is not None:
                return demand
            told = self.reading.text[first.quote[0] : head.end]
            if name == "valley" and first.feature in ("mountain", "hill"):
                first.plural = True
                demand.links.append(Link("between", first.feature, first.feature))
            elif name == "valley" and first.feature == "river":
                first.links.append(Link("in", "valley"))
            elif first.feature not in WHOLE and name not in WHOLE:
                self.reading.interpretations.append(f"read '{told}' as: {name} at {first.feature}")
                demand.links.append(Link("in" if first.feature in CONTAINERS else "near", first.feature))
        return demand

    def _is_material(self, first: Demand, name: str) -> bool:
        """Whether "stone" before what is built says what it is made of; of what is not, it is not understood."""
        text = self.reading.quoted(first).lower()
        if first.feature != "rock" or text.split()[-1:] != ["stone"] or stage_of(name) not in _BUILT:
            return False
        if name not in _OF_STONE:
            self.reading.not_understood.append(f"stone ({name})")
        return True

    def _is_much(self, demand: Demand, quantity: Quantity) -> bool:
        """Whether "lots of" stands before what is not counted: grass, snow, forest."""
        vague = not quantity.amount.said and quantity.amount.bound == "at_least" and quantity.amount.low >= 4
        masses = load_features()[demand.feature].layer in MASSES or demand.feature == "water"
        return vague and not demand.plural and masses

    def _start(self, demand: Demand) -> None:
        """Enter a demand; "the lake" again means the one already asked for."""
        earlier = next((d for d in self.reading.demands if d.feature == demand.feature and not d.absent), None)
        if demand.definite and earlier is not None and not demand.absent and demand.count is None:
            earlier.adjectives += [a for a in demand.adjectives if a not in earlier.adjectives]
            earlier.dimensions += demand.dimensions
            earlier.share = earlier.share or demand.share
            earlier.places += [p for p in demand.places if p not in earlier.places]
            earlier.widen(*earlier.quote)
            self.last = earlier
            return
        self.reading.demands.append(demand)
        self.last = demand
        self.group.append(demand)

    def _apply(self, demand: Demand, modifiers: Pending) -> None:
        demand.absent = demand.absent or modifiers.negated
        demand.weight = min(demand.weight, modifiers.weight)
        demand.only = demand.only or modifiers.only
        demand.each = demand.each or modifiers.each
        demand.of = demand.of or modifiers.of
        demand.rest = demand.rest or modifiers.rest
        demand.places += [p for p in modifiers.places if p not in demand.places]
        names = [w.text.lower() for w in modifiers.adjectives]
        for quantity in modifiers.quantity:
            if quantity.kind == "share":
                demand.share = _stronger(demand.share, quantity.amount)
            elif quantity.kind == "area":
                demand.dimensions.append(("size", quantity.amount))
            elif quantity.kind == "length":
                said = next((n for n in names if n in DIMENSIONS), "")
                demand.dimensions.append((DIMENSIONS.get(said, quantity.aspect), quantity.amount))
                names = [n for n in names if n != said]
            elif self._is_much(demand, quantity):
                demand.share = demand.share or Amount("at_least", 0.3, 0.3, 0.45, said=False)
            elif (demand.count is None or demand.count.aim == 1) and not (quantity.article and demand.plural):
                demand.count = _many(demand.feature, quantity.amount)  # an article counts no plural
        for word in modifiers.adjectives:
            if word.text.lower() in names:
                self._describe(demand, word)

    def _unsupported(self, head: int, start: int) -> None:
        text = self.reading.text[start : self.words[head].end]
        if self.pending.negated:
            self.reading.not_wanted.append(text)
        else:
            self.reading.unsupported.append(text)
        self.pending = Pending(negated=False)
        self.last = None

    def _map_head(self, head: int, start: int, modifiers: Pending) -> None:
        """Take what is said of the map itself: its size, its relief, its climate, shares of it."""
        asked = len(self.reading.demands)
        self._map_size(head, start, modifiers)
        for quantity in [*modifiers.quantity, *self.pending.quantity]:
            if quantity.kind == "area":
                side = quantity.amount.aim**0.5
                self.reading.extent_m = (side, side)
                self.reading.extent_quote = self.reading.text[start : self.words[head].end]
            elif quantity.kind == "length":
                self.reading.extent_m = (quantity.amount.aim, quantity.amount.aim)
                self.reading.extent_quote = self.reading.text[start : self.words[head].end]
            elif quantity.kind == "share":
                self.pending.quantity = [quantity]
                self.pending.of = "map"
                self.pending.start = start
                return
        demand = Demand("terrain", (start, self.words[head].end))
        demand.weight = self.sentence_weight
        measured = any(q.kind in ("length", "area") for q in modifiers.quantity)
        for word in modifiers.adjectives:
            if not (measured and word.text.lower() in DIMENSIONS):
                self._describe(demand, word)
        for choice in demand.choices:
            self.reading.choices.append((choice, self.reading.text[start : self.words[head].end]))
        if demand.adjectives:
            demand.places += self.fronted
            self.reading.demands.append(demand)
            self.last = demand
        elif len(self.reading.demands) > asked:  # "a swampy area": what follows is about the swamp
            self.last = self.reading.demands[-1]

    def _top_level(self, i: int, head: int) -> bool:
        return self.has(head, "feature") and self.words[head].kinds["feature"] == "terrace" and any(
            self.has(k, "top") for k in range(i, head)
        )  # fmt: skip

    def _level_count(self, i: int) -> int:
        """Skip "the peak layer" standing alone: it refers, it does not ask."""
        head = self._phrase_at(i)
        if head and self._top_level(i, head - 1):
            self.use(i, head)
            return head
        return i
