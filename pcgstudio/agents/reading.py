"""Reads an instruction into demands, with a hand-written grammar over the lexicon.

A sentence is a list of noun phrases, each with what stands before it (amounts, adjectives, negation) and what follows
(places, relations, sizes). Every content word ends in a demand, in the atmosphere, or in the list of words that were
not understood: nothing is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..generator import load_features
from ..region import Band, Compass
from .amounts import DIMENSIONS, Quantity, read_quantity
from .demand import Amount, Demand, Link, Place, Reading
from .lexicon import Lexicon, Word, lexicon
from .meaning import described

CONTAINERS = frozenset({"valley", "crater", "plateau", "forest"})
"""Features that hold what they are said to be "with"; an island or a map holds everything anyway."""

WHOLE = frozenset({"island", "continent", "land", "archipelago", "peninsula", "terrain", "dungeon", "coast"})
"""Features that are the ground of the whole map: standing on them says nothing."""

RELIEF = frozenset({"mountain", "hill", "plateau", "valley", "volcano", "crater"})

_SIDES = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(k?m|kilomet\w+|met\w+)?\s*(?:x|×|by)\s*(\d+(?:[.,]\d+)?)\s*(k?m\b|kilomet\w+|met\w+)", re.I
)


@dataclass
class Pending:
    """What was read before the noun it belongs to."""

    start: int = -1
    negated: bool = False
    weight: float = 1.0
    only: bool = False
    each: bool = False
    quantity: list[Quantity] = field(default_factory=list)
    of: str = ""
    adjectives: list[Word] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def place_of(name: str) -> Place:
    """Return where to build what is asked for "in the <name>", and the wider part where it must be found."""
    if name == "centre":
        return Place(Compass(place="centre", depth=0.2, feather=0.12), Compass(place="centre", depth=0.3), name)
    if name == "edge":
        return Place(Compass(place="edge", depth=0.6, feather=0.08), Compass(place="edge", depth=0.8), name)
    return Place(
        Compass.model_validate({"place": name, "depth": 0.4, "feather": 0.1}),
        Compass.model_validate({"place": name, "depth": 0.5}),
        name,
    )


class Reader:
    """One pass over the words of an instruction.

    Parameters
    ----------
    text : str
        The instruction.
    known : frozenset of str
        Features that exist already, for follow-ups: "near the lake" then asks for no new lake.
    """

    def __init__(self, text: str, known: frozenset[str] = frozenset()) -> None:
        self.lexicon: Lexicon = lexicon()
        self.reading = Reading(text)
        self.known = known
        self.words = self.lexicon.split(self._take_extent(text))
        self.used = [False] * len(self.words)
        self._new_sentence()

    def _take_extent(self, text: str) -> str:
        """Read "2 x 3 km" out of the text and blank it, so that offsets stay."""
        found = _SIDES.search(text)
        if not found:
            return text
        units = [(found.group(k) or found.group(4)).lower() for k in (2, 4)]
        sides = [
            float(found.group(k).replace(",", ".")) * (1000 if u.startswith("k") else 1)
            for k, u in zip((1, 3), units, strict=True)
        ]
        self.reading.extent_m = (sides[0], sides[1])
        self.reading.extent_quote = found.group()
        return text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]

    def _new_sentence(self) -> None:
        self.pending = Pending()
        self.fronted: list[Place] = []
        self.last: Demand | None = None
        self.group: list[Demand] = []
        self.object: Demand | None = None
        self.object_end = -1
        self.object_near = False
        self.sentence_weight = 1.0
        self.clause_start = True

    # -- looking at words ------------------------------------------------------------------------------------------

    def has(self, i: int, *kinds: str) -> bool:
        """Whether word ``i`` exists and may be of one of the classes."""
        return 0 <= i < len(self.words) and any(self.words[i].has(k) for k in kinds)

    def low(self, i: int) -> str:
        """Return word ``i`` in lower case, or an empty string."""
        return self.words[i].text.lower() if 0 <= i < len(self.words) else ""

    def use(self, first: int, end: int) -> None:
        """Mark words as understood."""
        for i in range(first, end):
            self.used[i] = True
            if self.words[i].corrected:
                self.reading.interpretations.append(f"read '{self.words[i].text}' as '{self.words[i].corrected}'")

    # -- the pass --------------------------------------------------------------------------------------------------

    def read(self) -> Reading:
        """Return everything that was found."""
        i = 0
        while i < len(self.words):
            i = self._next(i)
        self._flush()
        self._collect()
        return self.reading

    def _next(self, i: int) -> int:
        for rule in (
            self._mark, self._hedge, self._negation, self._fronted_place, self._phrase, self._level_count,
            self._quantity, self._share_of, self._relation, self._after_adjective, self._plain_place, self._filler,
        ):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return i + 1

    def _mark(self, i: int) -> int:
        if not self.has(i, "mark"):
            return i
        self.used[i] = True
        if self.low(i) in ".;!?\n":
            self._flush()
            self._new_sentence()
        elif self.low(i) in ",:()":
            self._settle()
            self.clause_start = True
            self.group = []
        return i + 1

    def _hedge(self, i: int) -> int:
        if self.has(i, "hedge"):
            self.sentence_weight = 0.5
            self.use(i, i + 1)
            return i + 1
        return i

    def _negation(self, i: int) -> int:
        if not self.has(i, "negation"):
            return i
        if self.low(i) in ("not", "is not", "are not", "isnt", "arent", "isn't", "aren't") and self.has(
            i + 1, "preposition"
        ):
            return self._relation_as(i, i + 1, "outside")
        self.pending.negated = True
        self.pending.start = self.words[i].start
        self.use(i, i + 1)
        return i + 1

    def _fronted_place(self, i: int) -> int:
        """Read "In the north," or "The northern half is ..." before the noun phrases it is about."""
        if not self.clause_start:
            return i
        j = i
        if self.has(j, "preposition") and self.low(j) in ("in", "on", "at", "to", "towards", "toward", "along", "from"):
            j += 1
        while self.low(j) in ("the", "and", "of", "map's", "far", "very", "then", "but", "while", "on", "in"):
            j += 1
        place, end = self._place_at(j)
        if (
            place is None
            or self.low(end) == "of"
            and not self.has(end + 1, "map")
            and not (self.low(end + 1) == "the" and self.has(end + 2, "map", "feature"))
        ):
            return i
        if self.low(end) == "of":
            end += 2 if not self.has(end + 1, "map", "feature") else 1
            if self.has(end, "feature") and self.words[end].kinds["feature"] not in WHOLE and not self.has(end, "map"):
                return i
            end += 1
        if not (self.has(end, "stop", "mark", "count", "negation", "number", "mostly") or self._phrase_at(end)):
            return i
        if self.has(end, "feature") and self.has(j, "place_adjective") and not self.has(end - 1, "place_noun"):
            return i
        self.use(i, end)
        self._flush()
        self.fronted = [place]
        self.last = None
        self.group = []
        if self.low(end) == ",":
            self.used[end] = True
            end += 1
        return end

    def _place_at(self, j: int) -> tuple[Place | None, int]:
        """Read a place word or "northern half" at ``j``; return it and the index after it."""
        if self.has(j, "place") and not (self.has(j, "place_adjective") and self.has(j + 1, "feature")):
            end = j + 1
            if self.has(end, "place_noun") and self.low(end) not in ("third",):
                end += 1
            return place_of(self.words[j].kinds["place"]), end
        if self.has(j, "place_adjective") and self.has(j + 1, "place_noun"):
            return place_of(self.words[j].kinds["place_adjective"]), j + 2
        return None, j

    # -- noun phrases ----------------------------------------------------------------------------------------------

    def _phrase_at(self, i: int) -> int:
        """Return the index of the head noun of a phrase that begins at ``i``, or 0."""
        j = i
        for _ in range(14):
            if self.has(j, "top") and self.has(j + 1, "feature") and self.words[j + 1].kinds["feature"] == "terrace":
                return j + 2
            if self.has(j, "feature", "unsupported"):
                return j + 1
            quantity = read_quantity(self.words, j)
            if quantity:
                j += quantity.used
                if self.low(j) == "of" and quantity.kind == "count":
                    j += 1
                if quantity.kind == "length" and self.low(j) in DIMENSIONS:
                    j += 1
                continue
            if self.has(j, "map") and not self._modifies(j):
                return j + 1
            if not self._modifies(j):
                return 0
            j += 1
        return 0

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
        ):
            describing = ("adjective", "implies", "mood", "choice")
            return self.low(j) not in ("and", ",") or (self.has(j - 1, *describing) and self.has(j + 1, *describing))
        if self.has(j, "unit") and self.low(j) != "m":
            return False
        return self.has(
            j, "adjective", "implies", "choice", "mood", "place_adjective", "each", "mostly", "top"
        ) or self.low(j) in ("very", "really", "quite", "rather", "fairly", "pretty", "relatively", "somewhat", "extremely",
                             "distinct", "separate", "different", "main", "new", "own", "small", "big", "visible")  # fmt: skip

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
        self.clause_start = False
        if word.has("feature") and not self._means_map(head, modifiers):
            return self._feature_head(i, head, start, modifiers)
        if word.has("unsupported") and not word.has("map"):
            self._unsupported(head, start)
            return head_end
        self._map_head(head, start, modifiers)
        return head_end

    def _means_map(self, head: int, modifiers: Pending) -> bool:
        """Whether an ambiguous noun ("land", "level") is the map itself here."""
        if not self.words[head].has("map") or modifiers.negated or self.pending.negated:
            return False
        counted = any(q.kind == "share" or q.amount.aim > 1 for q in [*modifiers.quantity, *self.pending.quantity])
        return not (counted or self.words[head].plural)

    def _modifiers(self, i: int, head: int) -> Pending:
        found = Pending()
        while i < head:
            quantity = read_quantity(self.words, i)
            if quantity:
                i += quantity.used
                if quantity.kind == "length" and self.low(i) in DIMENSIONS:
                    found.adjectives.append(self.words[i])
                    i += 1
                found.quantity.append(quantity)
                continue
            word = self.words[i]
            if word.has("place_adjective") and not word.has("adjective"):
                found.places.append(place_of(word.kinds["place_adjective"]))
            elif word.has("each"):
                found.each = True
            elif self.low(i) == "only":
                found.only = True
            elif word.has("mood") and not word.has("adjective"):
                self.reading.atmosphere.append(word.text)
            elif word.has("adjective") or word.has("implies") or word.has("choice") or word.has("mostly"):
                found.adjectives.append(word)
            i += 1
        return found

    def _feature_head(self, i: int, head: int, start: int, modifiers: Pending) -> int:
        word = self.words[head]
        end = head + 1
        demand = Demand(word.kinds["feature"], (start, word.end), plural=word.plural)
        while self.has(end, "feature") and not self.has(end, "preposition") and not self.words[end - 1].plural:
            self.use(end, end + 1)
            demand = self._compound(demand, self.words[end])
            end += 1
        demand.definite = any(self.low(k) in ("the", "this", "its", "these", "their") for k in range(i, head))
        self._apply(demand, modifiers)
        self._apply(demand, self.pending)
        if self.pending.start >= 0:
            demand.widen(self.pending.start, demand.quote[1])
        self.pending = Pending()
        demand.weight = min(demand.weight, self.sentence_weight)
        demand.places += [p for p in self.fronted if p not in demand.places]
        self._start(demand)
        return end

    def _compound(self, first: Demand, head: Word) -> Demand:
        """Join "mountain lake" and "pine forest": the first noun describes the second."""
        name = head.kinds["feature"]
        demand = Demand(name, (first.quote[0], head.end), plural=head.plural)
        if name == "forest" and load_features()[first.feature].species:
            demand.species.append(first.feature)
            return demand
        if first.feature != name:
            first.plural = True
            self.reading.demands.append(first)
            if first.feature not in WHOLE and name not in WHOLE:
                demand.links.append(Link("in" if first.feature in CONTAINERS else "near", first.feature))
        return demand

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
        demand.places += [p for p in modifiers.places if p not in demand.places]
        names = [w.text.lower() for w in modifiers.adjectives]
        for quantity in modifiers.quantity:
            if quantity.kind == "share":
                demand.share = quantity.amount
            elif quantity.kind == "length":
                said = next((n for n in names if n in DIMENSIONS), "")
                demand.dimensions.append((DIMENSIONS.get(said, ""), quantity.amount))
                names = [n for n in names if n != said]
            elif demand.count is None or demand.count.aim == 1:
                demand.count = quantity.amount
        for word in modifiers.adjectives:
            if word.text.lower() in names:
                self._describe(demand, word)

    def _describe(self, demand: Demand, word: Word) -> None:
        """Attach one describing word to a demand."""
        name = word.kinds.get("adjective", "")
        if word.has("mostly"):
            share = word.kinds["mostly"]
            demand.share = Amount("at_least", share, share, min(share + 0.1, 1.0))
        elif name and described(demand.feature, name) is not None:
            demand.adjectives.append(name)
        elif word.has("implies"):
            self._imply(demand, word)
        elif name and self._is_ground(demand.feature) and described("terrain", name) is not None:
            ground = Demand("terrain", demand.quote, adjectives=[name], places=list(demand.places))
            ground.weight = self.sentence_weight
            self.reading.demands.append(ground)
        elif name and not word.has("choice"):
            demand.adjectives.append(name)
        elif word.has("choice"):
            demand.choices.append(word.kinds["choice"])

    def _is_ground(self, feature: str) -> bool:
        """Whether a feature is ground that can be flat or rugged by itself."""
        return feature in WHOLE or load_features()[feature].layer == "biome"

    def _imply(self, demand: Demand, word: Word) -> None:
        other = Demand(word.kinds["implies"], (word.start, max(word.end, demand.quote[1])), implied=True)
        other.weight = self.sentence_weight
        other.places = list(demand.places)
        if demand.feature in RELIEF or demand.feature in CONTAINERS:
            other.links.append(Link("on", demand.feature))
        if other.feature != demand.feature:
            self.reading.demands.append(other)

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
        for quantity in [*modifiers.quantity, *self.pending.quantity]:
            if quantity.kind == "length":
                self.reading.extent_m = (quantity.amount.aim, quantity.amount.aim)
                self.reading.extent_quote = self.reading.text[start : self.words[head].end]
            elif quantity.kind == "share":
                self.pending.quantity = [quantity]
                self.pending.of = "map"
                self.pending.start = start
                return
        demand = Demand("terrain", (start, self.words[head].end))
        demand.weight = self.sentence_weight
        for word in modifiers.adjectives:
            self._describe(demand, word)
        demand.choices += []
        for choice in demand.choices:
            self.reading.choices.append((choice, self.reading.text[start : self.words[head].end]))
        if demand.adjectives:
            demand.places += self.fronted
            self.reading.demands.append(demand)
            self.last = demand
        elif self.last is None:
            self.last = None

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

    # -- amounts, adjectives and places that follow ----------------------------------------------------------------

    def _quantity(self, i: int) -> int:
        quantity = read_quantity(self.words, i)
        if quantity is None:
            return i
        end = i + quantity.used
        if quantity.kind == "count" and (shared := self._one_of_them(i, end, quantity)):
            return shared
        if quantity.kind == "length":
            said = self.low(end) if self.low(end) in DIMENSIONS else ""
            end += 1 if said else 0
            if self.low(end) == "in" and self.low(end + 1) in DIMENSIONS:
                said, end = self.low(end + 1), end + 2
            return self._length(i, end, DIMENSIONS.get(said, ""), quantity)
        if quantity.kind == "share" or self.has(end, "stop", "map"):
            self.pending.quantity.append(quantity)
            self.pending.start = self.words[i].start if self.pending.start < 0 else self.pending.start
            self.use(i, end)
            return self._share_tail(end) if quantity.kind == "share" else end
        return i

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

    def _length(self, i: int, end: int, aspect: str, quantity: Quantity) -> int:
        before = next((DIMENSIONS[self.low(k)] for k in (i - 1, i - 2) if self.low(k) in DIMENSIONS), "")
        aspect = aspect or before
        if self.last is None:
            if self.reading.demands and not before:
                return i
            self.reading.extent_m = (quantity.amount.aim, quantity.amount.aim)
            self.reading.extent_quote = self.reading.text[self.words[i].start : self.words[end - 1].end]
        else:
            self.last.dimensions.append((aspect, quantity.amount))
            self.last.widen(self.words[i].start, self.words[end - 1].end)
        for k in (i - 1, i - 2):
            if self.low(k) in DIMENSIONS or self.low(k) in ("of", "with"):
                self.used[max(k, 0)] = True
        self.use(i, end)
        return end

    def _share_tail(self, i: int) -> int:
        """Read "of the map", "of the land", "of the lake" after a share; decide whose share it is."""
        j = i
        if self.low(j) == "of":
            j += 1
            while self.low(j) in ("the", "all", "this", "its", "whole"):
                j += 1
            if self.has(j, "feature", "map"):
                name = self.words[j].kinds.get("feature", "map")
                if name in ("island", "continent", "land", "archipelago", "peninsula"):
                    name = "land"
                self.pending.of = "map" if self.has(j, "map") and name not in ("land",) else name
                self.use(i, j + 1)
                j += 1
                if self.last is not None and not self._phrase_follows(j):
                    self._give_share()
                return j
            return i
        if self.last is not None and self._said_cover(i):
            self._give_share()
        return i

    def _said_cover(self, i: int) -> bool:
        return not self._phrase_follows(i)

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

    def _share_of(self, i: int) -> int:
        """Read "covered in forest", "mostly desert", "full of trees"."""
        if not self.has(i, "mostly"):
            return i
        share = self.words[i].kinds["mostly"]
        self.use(i, i + 1)
        if not any(q.kind == "share" for q in self.pending.quantity):
            amount = Amount("at_least", share, share, min(share + 0.1, 1.0))
            self.pending.quantity.append(Quantity(amount, "share", 1))
            self.pending.start = self.words[i].start
        return i + 1

    def _after_adjective(self, i: int) -> int:
        """Read an adjective that follows its noun: "the mountains should be high and snowy"."""
        word = self.words[i]
        if self.last is None and self.has(i, "implies"):
            self.reading.demands.append(
                Demand(word.kinds["implies"], (word.start, word.end), implied=True, weight=self.sentence_weight)
            )
            self.use(i, i + 1)
            return i + 1
        if self.last is None and self.has(i, "adjective") and described("terrain", word.kinds["adjective"]):
            self.reading.demands.append(Demand("terrain", (word.start, word.end), adjectives=[word.kinds["adjective"]]))
            self.use(i, i + 1)
            return i + 1
        if self.has(i, "adjective", "implies") and self.last is not None:
            self._describe(self.last, word)
            self.last.widen(word.start, word.end)
            self.use(i, i + 1)
            return i + 1
        return i

    def _plain_place(self, i: int) -> int:
        """Read a place with no preposition: "a lake north of it", "mountains north, forest south"."""
        place, end = self._place_at(i)
        if place is None or self.last is None:
            return i
        if self.low(end) == "of":
            return self._side_of(i, end, place, i)
        if self.has(i - 1, "verb") and self.last.feature == "river":
            return self._link(Link("to", place.name), i, end)
        self._put(place, i, end)
        return end

    def _put(self, place: Place, start: int, end: int) -> None:
        """Give a place to the last noun, and to those joined to it by "and" that have none."""
        self.use(start, end)
        if self.object is not None and self.object_end == start:
            self.object.places.append(place)
            if not self.object_near:
                return
        targets = self.group if self.last in self.group else [self.last]
        for demand in targets:
            if demand is not None and (demand is self.last or not (demand.places or demand.links)):
                if place not in demand.places:
                    demand.places.append(place)
                if demand is self.last:
                    demand.widen(self.words[start].start, self.words[end - 1].end)

    # -- relations -------------------------------------------------------------------------------------------------

    def _relation(self, i: int) -> int:
        if not self.has(i, "preposition"):
            return i
        if self.low(i) == "by" and self.low(i - 1).endswith("ed"):
            self.use(i, i + 1)  # "shaped by": how it came about, not where it is
            return i + 1
        return self._relation_as(i, i, self.words[i].kinds["preposition"])

    def _relation_as(self, first: int, at: int, kind: str) -> int:
        """Read the object of a preposition at ``at`` and attach the relation to the last noun."""
        j = at + 1
        while self.low(j) in (
            "the",
            "its",
            "this",
            "all",
            "their",
            "far",
            "of",
            "both",
            "very",
            "our",
            "those",
            "these",
        ):
            j += 1
        if kind == "with":
            return self._with(first, at)
        if kind == "between":
            return self._between(first, j)
        if self.low(j) in ("it", "them", "that", "this") and (before := self._before_last()) is not None:
            return self._link(Link(kind, before.feature), first, j + 1)
        place, end = self._place_at(j)
        if place is not None:
            return self._place_object(first, end, place, kind)
        if kind == "of":
            return self._of(first, j)
        head_end = self._phrase_at(j)
        if not head_end:
            return first
        if self._top_level(j, head_end - 1):
            which = next(self.words[k].kinds["top"] for k in range(j, head_end) if self.has(k, "top"))
            return self._link(Link("level", which), first, head_end)
        if self.has(head_end - 1, "map") and not self.has(head_end - 1, "feature"):
            self.use(first, head_end)
            if kind == "through" and self.last is not None and self.last.feature in ("river", "valley"):
                self.last.links.append(Link("through", "centre"))
            return head_end
        return self._feature_object(first, j, kind)

    def _before_last(self) -> Demand | None:
        """Return what a pronoun means: the last thing named before the one being described."""
        if self.last is None:
            return None
        earlier = [d for d in self.reading.demands if d is not self.last and not d.absent and not d.implied]
        named = [d for d in earlier if d.quote[0] < self.last.quote[0]]
        return max(named, key=lambda d: d.quote[0], default=None)

    def _place_object(self, first: int, end: int, place: Place, kind: str) -> int:
        if self.low(end) == "of":
            return self._side_of(first, end, place, first, middle=kind)
        if self.last is None:
            return first
        if kind in ("from", "to", "through") and self.last.feature in ("river", "valley", "mountain", "mountain range"):
            return self._link(Link(kind, place.name), first, end)
        if kind in ("far", "outside"):
            self.last.links.append(Link("outside", "", place.name))
            self.last.widen(self.words[first].start, self.words[end - 1].end)
            self.use(first, end)
            return end
        self._put(place, first, end)
        return end

    def _side_of(self, first: int, at: int, place: Place, _start: int, middle: str = "") -> int:
        """Read "north of the lake", "in the middle of the forest", "in the north of the map"."""
        j = at + 1
        while self.low(j) in ("the", "this", "its", "our"):
            j += 1
        if self.has(j, "map") and not (self.has(j, "feature") and self.words[j].plural):
            self._put(place, first, j + 1) if self.last else None
            self.use(first, j + 1)
            return j + 1
        head = self._phrase_at(j)
        if not head or not self.has(head - 1, "feature") or self.last is None:
            return first
        subject = self.last
        target = self.words[head - 1].kinds["feature"]
        if target in WHOLE:
            self.last = subject
            self._put(place, first, head)
            return head
        end = self._reference(j, head)
        kind, other = (
            ("middle", "") if place.name == "centre" else ("near", "") if place.name == "edge" else ("side", place.name)
        )
        self.last = subject
        return self._link(Link(kind, target, other), first, end)

    def _of(self, first: int, j: int) -> int:
        """Read "of" before a noun: "a chain of islands", "a group of hills"; it only joins."""
        self.use(first, first + 1)
        return first + 1 if j <= first + 2 else first + 1

    def _with(self, first: int, at: int) -> int:
        """Read "with": what follows stands in or on what came before, where that says something."""
        outer = self.last
        self.use(first, at + 1)
        j = at + 1
        while self.low(j) in ("its", "their", "the"):
            j += 1
        head = self._phrase_at(j)
        if not head or outer is None or not self.has(head - 1, "feature"):
            return at + 1
        name = self.words[head - 1].kinds["feature"]
        if self.words[head - 1].has("map") and self._means_map(head - 1, Pending()):
            return at + 1
        before = len(self.reading.demands)
        places, self.group = outer.places, []
        end = self._phrase(j)
        inner = self.reading.demands[-1] if len(self.reading.demands) > before else None
        if inner is not None and inner.feature == name and not inner.absent:
            needs = self._needed(name)
            if outer.feature in CONTAINERS and outer.feature not in needs:
                inner.links.append(Link("in", outer.feature))
            elif outer.feature in RELIEF and outer.feature not in needs and inner.feature in ("snow", "forest", "rock"):
                inner.links.append(Link("on", outer.feature))
            inner.each = inner.each or outer.each
            del places
        return max(end, at + 1)

    def _needed(self, feature: str) -> tuple[str, ...]:
        known = load_features()
        return known[feature].needs if feature in known else ()

    def _between(self, first: int, j: int) -> int:
        """Read "between the mountains and the sea"."""
        subject = self.last
        head = self._phrase_at(j)
        if subject is None or not head or not self.has(head - 1, "feature"):
            return first
        a = self.words[head - 1].kinds["feature"]
        end = self._reference(j, head)
        k = end
        b = a
        if self.low(k) == "and":
            k += 1
            while self.low(k) in ("the", "its"):
                k += 1
            second = self._phrase_at(k)
            if second and self.has(second - 1, "feature"):
                b = self.words[second - 1].kinds["feature"]
                self.used[end] = True
                end = self._reference(k, second)
        self.last = subject
        return self._link(Link("between", a, b), first, end)

    def _feature_object(self, first: int, j: int, kind: str) -> int:
        subject = self.last
        head = self._phrase_at(j)
        if not self.has(head - 1, "feature"):
            return first
        target = self.words[head - 1].kinds["feature"]
        if subject is None:
            return self._fronted_relation(first, j, head, kind)
        end = self._reference(j, head)
        self.last = subject
        if target in WHOLE and kind in ("in", "on", "through") and target != "coast":
            self.use(first, end)
            return end
        named = [d for d in self.reading.demands if d.feature == target and not d.absent]
        if named and not named[-1].places:
            self.object, self.object_end, self.object_near = named[-1], end, kind in ("near", "along", "around")
        return self._link(Link(kind, target), first, end)

    def _fronted_relation(self, first: int, j: int, head: int, kind: str) -> int:
        """Read "Around the lake there is a forest": the noun phrase that follows is the subject."""
        target = self.words[head - 1].kinds["feature"]
        end = self._reference(j, head)
        self.use(first, end)
        self.last = None
        k = end
        while self.has(k, "stop", "mark") and self.low(k) not in (".", ";") and not self._phrase_at(k):
            self.used[k] = True
            k += 1
        if not self._phrase_at(k):
            return end
        self.group = []
        before = len(self.reading.demands)
        end = self._next(k)
        if len(self.reading.demands) > before and not (target in WHOLE and kind in ("in", "on")):
            self.reading.demands[-1].links.append(Link(kind, target))
        return end

    def _reference(self, j: int, _head: int) -> int:
        """Read the object of a relation; it is asked for as well unless it is there already."""
        held, self.group, fronted, self.fronted = self.group, [], self.fronted, []
        pending, self.pending = self.pending, Pending()
        name = self.words[_head - 1].kinds["feature"]
        there = name in self.known or any(d.feature == name and not d.absent for d in self.reading.demands)
        before = len(self.reading.demands)
        end = self._phrase(j)
        made = self.reading.demands[before:]
        if there and made and made[-1].feature == name and not made[-1].adjectives:
            self.reading.demands.remove(made[-1])
        self.group, self.fronted, self.pending = held, fronted, pending
        return end

    def _link(self, link: Link, first: int, end: int) -> int:
        if self.last is None:
            return first
        self.use(first, end)
        self.last.links.append(link)
        self.last.widen(self.words[first].start, self.words[end - 1].end)
        if "," not in self.reading.text[self.group[0].quote[0] : self.words[first].start] if self.group else False:
            for demand in self.group:
                if demand is not self.last and not (demand.places or demand.links):
                    demand.links.append(link)
        return end

    # -- the rest --------------------------------------------------------------------------------------------------

    def _filler(self, i: int) -> int:
        word = self.words[i]
        if self.low(i) == "only" or word.text.lower() == "solely":
            self.pending.only = True
            if self.last is not None and self.has(i + 1, "preposition"):
                self.last.only = True
                self.pending.only = False
        elif self.low(i) in ("and", "or", "nor", "but"):
            self._carry_negation(i)
            self.clause_start = True
        elif word.has("mood"):
            self.reading.atmosphere.append(word.text)
        elif word.has("choice"):
            if self.last is not None:
                self.last.choices.append(word.kinds["choice"])
            else:
                self.reading.choices.append((word.kinds["choice"], word.text))
        elif word.has("free"):
            self.reading.interpretations.append(f"'{word.text}' leaves it to the maker")
        elif not (word.has("stop") or word.has("verb") or word.has("map")):
            return i
        self.use(i, i + 1)
        return i + 1

    def _carry_negation(self, i: int) -> None:
        """Let "no trees or rocks" deny both; leave "no trees and rocks" open, because people mean either."""
        absent = self.last is not None and self.last.absent
        if not absent or self.last is None:
            return
        bare = self.has(i + 1, "feature", "unsupported")
        if self.low(i) in ("or", "nor") and self._phrase_at(i + 1):
            self.pending.negated = True
        elif self.low(i) == "and" and bare:
            phrase = self.reading.text[self.last.quote[0] : self.words[i + 1].end]
            self.reading.contradictions.append(
                f"'{phrase}' can be read in two ways; say 'no ... or ...' to exclude both, or name an amount"
            )

    def _settle(self) -> None:
        """Give what is still pending at the end of a clause to the last noun, or leave it unread."""
        if self.last is not None and self.pending.quantity:
            for quantity in self.pending.quantity:
                if quantity.kind == "share":
                    self._give_share()
                    return
                if quantity.kind == "count" and not quantity.article and self.last.count is None:
                    self.last.count = quantity.amount
                    self.pending = Pending()
                    return

    def _flush(self) -> None:
        self._settle()
        if self.pending.negated or self.pending.quantity:
            start = max(self.pending.start, 0)
            self.reading.not_understood.append(self.reading.text[start:].split(".")[0][:40].strip())
        self.pending = Pending()

    def _collect(self) -> None:
        """List every content word that no rule used."""
        for word, used in zip(self.words, self.used, strict=True):
            if not used and not word.has("mark") and word.text.strip():
                self.reading.not_understood.append(word.text)
        self.reading.not_understood = [w for w in dict.fromkeys(self.reading.not_understood) if w]
        self.reading.interpretations = list(dict.fromkeys(self.reading.interpretations))


def read(text: str, known: frozenset[str] = frozenset()) -> Reading:
    """Read an instruction; see `Reader`."""
    return Reader(text, known).read()


def band_between(start: str, end: str) -> Band | None:
    """Return the straight strip from one side of the map to the opposite, or None for other pairs."""
    pairs = {("north", "south"), ("east", "west"), ("northeast", "southwest"), ("northwest", "southeast")}
    if (start, end) in pairs or (end, start) in pairs:
        return Band.model_validate({"toward": start, "width": 0.3, "feather": 0.1})
    return None
