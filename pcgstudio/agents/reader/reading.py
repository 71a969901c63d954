"""Reads an instruction into demands, with a hand-written grammar over the lexicon.

A sentence is a list of noun phrases, each with what stands before it (amounts, adjectives, negation) and what follows
(places, relations, sizes). Every content word ends in a demand, in the atmosphere, or in the list of words that were
not understood: nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from ...generator import load_features
from ...region import Region
from ..words.amounts import DIMENSIONS
from ..words.demand import Amount, Demand, Link, Place, Reading
from ..words.lexicon import Word
from ..words.meaning import MASSES, described, is_countable, is_water, stage_of
from .cursor import BRIDGES, GORGES, Pending
from .indoors import indoors
from .outdoors import outdoors
from .turned import turn
from .wholes import Wholes

_OPEN_GROUND = frozenset({"grassland", "savanna", "desert", "tundra", "badlands", "shrubland"})
"""Biomes that are ground for other things, and no feature of the ground."""
_AFLOAT = ("island", "archipelago", "peninsula", "continent", "coast")


_REGION: TypeAdapter[Region] = TypeAdapter(Region)
_INFINITIVES = frozenset({
    "be", "have", "cover", "take", "fill", "lie", "occupy", "make", "contain", "include", "feature", "consist",
})  # fmt: skip
_BEFORE_THINGS = ("a", "an", "the", "some", "with", "and", "its", "their")
_WITHIN = ("on", "in", "middle", "through")
_FORMATIONS = {"ring": ("ring", "in a ring", "circle", "in a circle"), "row": ("row", "in a row", "line", "in a line")}
"""How several of a kind may lie to each other."""


def _in_lake(link: Link) -> bool:
    return link.target == "lake" and link.kind in ("in", "on", "middle", "surrounded", "each")


def _of_lake_island(place: Place) -> Place:
    """Return a place on an island as one on an island in a lake."""

    def moved(region: Region) -> Region:
        told = region.model_dump_json().replace('"feature":"island"', '"feature":"lake island"')
        return _REGION.validate_json(told)

    return replace(place, where=moved(place.where), measured=moved(place.measured))


class Reader(Wholes):
    """One pass over the words of an instruction; see `Cursor` for its parameters."""

    def read(self) -> Reading:
        """Return everything that was found."""
        i = 0
        while i < len(self.words):
            i = self._next(i)
        self._flush()
        self._collect()
        self._inland()
        self._behind()
        self._raised()
        self._tallest_there()
        self._peaked()
        self._members_made()
        self._floors()
        self._woods()
        turn(self.reading, self.known)
        self._said_again()
        self._spanned()
        self._main_subject()
        self._share_the_rest()
        self._only_ground()
        self._barren()
        self._nothing_but()
        self._alone_on_the_map()
        self._plantless()
        self._wholly()
        return self.reading

    def _inland(self) -> None:
        """Tell islands in lakes from those in the sea: they are made with their lakes."""
        demands = self.reading.demands
        inner = [d for d in demands if d.feature == "island" and any(_in_lake(ln) for ln in d.links)]
        for demand in inner:
            demand.feature = "lake island"
            demand.adjectives = [a for a in demand.adjectives if a not in ("tiny", "small", "little")]  # as they are
        if not inner or any(d.feature == "island" for d in demands):
            return
        for demand in demands:
            demand.links = [replace(ln, target="lake island") if ln.target == "island" else ln for ln in demand.links]
            demand.places = [_of_lake_island(place) for place in demand.places]

    def _share_the_rest(self) -> None:
        """Give "the rest" the share that the others leave."""
        for demand in (d for d in self.reading.demands if d.rest and d.share is None):
            others = [d for d in self.reading.demands if d is not demand and d.share is not None and not d.absent]
            left = 1 - sum(d.share.aim for d in others if d.share is not None)
            if left > 0.02:
                demand.share = Amount("at_least", max(left - 0.05, 0.01), left, left)
                demand.of = next((d.of for d in others if d.of), "")

    def _only_ground(self) -> None:
        """Read "hills, just meadows" as meadows on most of the land."""
        for demand in self.reading.demands:
            mass = load_features()[demand.feature].layer in MASSES
            if demand.only and mass and not (demand.share or demand.places or demand.links or demand.absent):
                demand.share = Amount("at_least", 0.6, 0.6, 0.8, said=False)

    def _floors(self) -> None:
        """Read "a dungeon on three floors" as one that has them, and the floor of a valley as its ground."""
        demands = self.reading.demands
        indoors = any(stage_of(name) == "interior" for name in (*(d.feature for d in demands), *self.known))
        for demand in (d for d in demands if d.feature == "terrace" and indoors):
            demand.feature = "storey"  # the levels of a cave are its floors
        for demand in (d for d in demands if d.feature == "storey" and d.count is not None):
            demand.adjectives = [a for a in demand.adjectives if a != "deep"]  # "three floors deep" are three
        for demand in demands:  # "on two floors joined by stairs": the floors are, and always by stairs
            own = Link("joined_by", "staircase")
            demand.links = [ln for ln in demand.links if demand.feature != "staircase" or ln != own]
        floors = {"storey", "terrace"} if indoors else {"storey"}
        for demand in demands:
            demand.links = [ln for ln in demand.links if not floors & {ln.target, ln.other}]
        for floor in (d for d in demands if d.feature == "storey" and not indoors):
            told = self.reading.not_understood if floor.adjectives or floor.count else self.reading.atmosphere
            told.append(self.reading.quoted(floor))  # nothing measures the floor of a valley, or storeys of a tower
        self.reading.demands = [d for d in demands if d.feature != "storey" or indoors]

    def _woods(self) -> None:
        """Read "60% of the land covered in trees" as so much wood: single trees have no area."""
        for demand in self.reading.demands:
            if demand.feature == "tree" and demand.share is not None and demand.count is None:
                demand.feature = "forest"
            kind = load_features()[demand.feature]
            if (
                demand.share is not None
                and not demand.share.said
                and not kind.layer
                and kind.instances not in ("", "tree")
            ):
                demand.count = demand.count or Amount("at_least", 300, 300, 600, said=False)
                demand.share = None  # "full of flowers" says many, not how much ground

    def _said_again(self) -> None:
        """Let "an oasis with a few palms" be about those palms, and not about others that go without saying."""
        demands = self.reading.demands
        for silent in [d for d in demands if d.implied and d.plural and any(ln.kind == "near" for ln in d.links)]:
            told = next((d for d in demands if d.feature == silent.feature and not d.implied and not d.absent), None)
            if told is not None:
                told.links += [] if told.links or told.places else silent.links
                demands.remove(silent)

        for ring in (d for d in demands if d.feature == "lagoon"):  # an atoll lies around its own lagoon
            ring.links = [ln for ln in ring.links if ln.target != "lagoon"]

    def _spanned(self) -> None:
        """Give a bridge on a new map a river to cross where nothing is said of water: roads cross nothing else."""
        demands = self.reading.demands
        bridge = next((d for d in demands if d.feature in BRIDGES and not d.absent), None)
        if bridge is not None:
            self._over_gorge(bridge)
        wet = any(is_water(d.feature) or d.feature in _AFLOAT or stage_of(d.feature) == "interior" for d in demands)
        if bridge is None or self.known or wet or any(ln.kind == "spans" for ln in bridge.links):
            return
        demands.append(Demand("river", bridge.quote, implied=True))
        self.reading.interpretations.append(f"read '{self.reading.quoted(bridge)}' as one over a river")

    def _over_gorge(self, bridge: Demand) -> None:
        """Let a bridge lead from rim to rim of the gorge that it or its road crosses, or whose river it crosses."""
        demands = [d for d in self.reading.demands if not d.absent]
        roads = [d for d in demands if d.feature in ("road", "street")]
        across = [ln for ln in bridge.links if ln.kind in ("along", "through", "spans", "on", "in")]
        across += [ln for d in roads for ln in d.links if ln.kind == "through"]
        rivers = {ln.target for d in demands if d.feature == "river" for ln in d.links if ln.kind == "in"}
        target = next((ln.target for ln in across if ln.target in GORGES), "")
        if not target and (not bridge.links or any(ln.target == "river" for ln in across)):
            wet = any(is_water(d.feature) for d in demands)
            deep = any(d.feature == "canyon" for d in demands) and (not wet or "canyon" in rivers)
            target = "canyon" if deep else ""
        if target:
            bridge.links = [ln for ln in bridge.links if ln.target != target] + [Link("spans", target)]

    def _main_subject(self) -> None:
        """Read "a desert with two hills" as a map that is mostly desert: what is named first, alone, is the ground."""
        first = next((d for d in self.reading.demands if d.feature != "terrain" and not d.implied), None)
        if first is None or first.absent:
            return
        layer = load_features()[first.feature].layer
        if first.links and layer not in MASSES:
            self._stood_on(first)
        # "badlands" are one ground, "forests" are several
        if first.share is not None or first.places or first.links or (first.plural and layer != "biome"):
            return
        wide = next((a for aspect, a in first.dimensions if aspect == "width"), None)
        if wide is not None and self.reading.extent_m is None and (layer == "biome" or first.feature == "plain"):
            self.reading.extent_m = (wide.aim, wide.aim)
            self.reading.extent_quote = self.reading.quoted(first)
            first.dimensions = [d for d in first.dimensions if d[0] != "width"]
        again = any(d.feature == first.feature and d is not first for d in self.reading.demands)
        sized = (described(first.feature, word) for word in first.adjectives)  # "a sparse forest" said its share
        if any(aspect in ("size", "height", "") for aspect, _ in first.dimensions):
            return  # "ten hectares of forest" and "snow above 300 m" said how much
        if layer not in ("biome", "forest") or again or any(m and m[0].aspect == "share" for m in sized):
            return
        others = [d for d in self.reading.demands if d is not first and not d.absent and not d.implied]
        alone = not any(load_features()[d.feature].layer in (*MASSES, "mountain", "water_kind") for d in others)
        least = (0.7 if alone else 0.5) if layer == "biome" else 0.4
        mixed = any(load_features()[d.feature].layer in MASSES for d in others)
        aim = least + 0.2 if mixed or layer != "biome" else 0.9  # what else would show is not what was asked for
        first.share = Amount("at_least", least, least, aim, said=False)
        self.reading.interpretations.append(f"read '{self.reading.quoted(first)}' as most of the land")

    def _stood_on(self, first: Demand) -> None:
        """Read "a town on a meadow" as a map that is widely a meadow: nothing else was said of its ground."""
        settings = (*_OPEN_GROUND, "forest")
        grounds = {ln.target for ln in first.links if ln.kind in _WITHIN and ln.target in settings}
        told = [d for d in self.reading.demands if not d.implied]  # red rock on a mesa is no ground of its own
        masses = [d for d in told if load_features()[d.feature].layer in MASSES]
        if len(masses) == 1 and masses[0].feature in grounds and not masses[0].places and masses[0].share is None:
            least = 0.3 if masses[0].feature == "forest" else 0.5
            aim = least + (0.2 if masses[0].feature == "forest" else 0.35)
            masses[0].share = Amount("at_least", least, least, aim, said=False)
            self.reading.interpretations.append(f"read '{self.reading.quoted(masses[0])}' as much of the land")

    def _next(self, i: int) -> int:
        for rule in (
            self._mark, self._hedge, self._idiom, self._equally, self._negation, self._each, self._one_with,
            self._one_stands_out, self._some_of_them, self._another, self._compared, self._member, self._highest,
            self._from_to, self._fronted_place, self._the_rest, self._adverb, self._phrase, self._level_count,
            self._quantity, self._share_of, self._relation, self._after_adjective, self._plain_place, self._there,
            self._filler,
        ):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        if self._unknown_thing(i):
            self.last, self.clause_start = None, False  # "a city with slums in the east": the city is not
        return i + 1

    def _unknown_thing(self, i: int) -> bool:
        """Whether an unknown noun stands at ``i`` to which a place or a relation after it belongs."""
        before = self.low(i - 1) in _BEFORE_THINGS or self.has(i - 1, "number", "count", "adjective", "mood")
        known = self.words[i].kinds or self.low(i) in DIMENSIONS or self.low(i).endswith(("ed", "er", "ing"))
        return before and not known and self.has(i + 1, "preposition", "place", "place_adjective")

    def _mark(self, i: int) -> int:
        if not self.has(i, "mark"):
            return i
        self.used[i] = True
        if self.low(i) in ".;!?\n":
            self._flush()
            self._new_sentence()
        elif self.low(i) in ",:()":
            self._carry_over_comma(i)
            self._settle()
            self.clause_start = True
            self.group = []
        return i + 1

    def _filler(self, i: int) -> int:
        word = self.words[i]
        if (self.low(i) == "to" and self.low(i + 1) in _INFINITIVES) or self._forms(i):
            self.use(i, i + 1)  # "I want lakes to cover a quarter"
            return i + 1
        return self._says_little(i, word)

    def _says_little(self, i: int, word: Word) -> int:
        """Read conjunctions, moods and choices by themselves."""
        named = self._phrase_at(i + 1 + (self.low(i + 1) == "the")) if self.low(i) == "where" else 0
        ends = named + (self.low(named) in ("is", "are", "stands", "lies")) if named else 0
        if named and (ends >= len(self.words) or self.has(ends, "mark") or self.low(named) in ("was", "were")):
            return i  # "where the lake is" is a place that nothing here reads
        if self.low(i) in ("only", "solely", "just"):
            self.pending.only = True
            ends = i + 1 >= len(self.words) or self.has(i + 1, "mark")
            if self.last is not None and (self.has(i + 1, "preposition") or (ends and self.last.places)):
                self.last.only = True
                self.pending.only = False
        elif self.low(i) == "both" and self.low(i + 1) in ("a", "an"):
            pass  # "both a lake and a swamp": one of each
        elif self.low(i) in ("and", "or", "nor", "but"):
            self._carry_negation(i)
            self.clause_start = True
        elif word.has("mood") and self.has(i - 1, "number"):
            return i  # "six rooms, one secret" asks for something
        elif word.has("mood"):
            self.reading.atmosphere.append(word.text)
        elif (
            word.has("choice")
            and self.last is not None
            and not self.pending.negated
            and described(self.last.feature, word.kinds["choice"], "choice")
        ):
            self.last.choices.append(word.kinds["choice"])
        elif word.has("choice") and self.low(i + 1) == "in" and self.low(i + 2) == "the" and self._phrase_at(i + 2):
            return i  # "winter in the mountains": the climate of a part, which nothing here makes
        elif word.has("choice") and described("climate", word.kinds["choice"], "choice"):
            self.reading.choices.append((word.kinds["choice"], word.text))
        elif word.has("free"):
            self.reading.interpretations.append(f"'{word.text}' leaves it to the maker")
        elif (word.has("verb") and not word.has("stop") and not self._led_on(i)) or not (
            word.has("stop") or word.has("verb") or (word.has("map") and self.low(i) != "square")
        ):
            return i
        self.use(i, i + 1)
        return i + 1

    def _forms(self, i: int) -> bool:
        """Read "five islands in a circle": how several of a kind lie to each other, where no parameter says it."""
        word = self.words[i].kinds.get("choice")
        form = next((name for name, words in _FORMATIONS.items() if word in words), "")
        several = self.last is not None and self.last.several and is_countable(self.last.feature)
        denied = self.pending.negated or self.low(i - 1) == "not"
        if not form or self.last is None or not several or denied:
            return False
        if described(self.last.feature, str(word), "choice") is not None:
            return False
        self.last.links.append(Link("formed", form))
        return True

    def _led_on(self, i: int) -> bool:
        """Whether the verb at ``i`` leads to something that is read: "runs to the sea", and not "the rivers meet"."""
        leading = (
            "preposition",
            "adverb",
            "place",
            "place_adjective",
            "marked",
            "verb",
            "hedge",
            "adjective",
            "number",
        )
        return any(self.has(k, *leading) for k in (i - 1, i + 1, i + 2)) or bool(self._phrase_at(i + 1))

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
        self._share_out()
        self._close_front()
        self._close_order()
        if self.pending.negated or self.pending.quantity:
            start = max(self.pending.start, 0)
            self.reading.not_understood.append(self.reading.text[start:].split(".")[0][:40].strip())
        self.pending = Pending()

    def _close_front(self) -> None:
        """List "In the north, ..." as not understood where nothing was asked for there."""
        start, end = self.fronted_words
        if end and not any(p in d.places for d in self.reading.demands for p in self.fronted):
            self.reading.not_understood.append(self.reading.text[start:end])
        self.fronted_words = (0, 0)

    def _collect(self) -> None:
        """List every content word that no rule used."""
        for word, used in zip(self.words, self.used, strict=True):
            if not used and not word.has("mark") and word.text.lower() not in ("a", "an", "the"):
                lacks_mark = word.has("marked") and self.here is None
                told = f"{word.text}: mark a place on the map first" if lacks_mark else word.text
                self.reading.not_understood.append(told)
        self.reading.not_understood = [w for w in dict.fromkeys(self.reading.not_understood) if w]
        self.reading.interpretations = list(dict.fromkeys(self.reading.interpretations))


def read(text: str, known: Sequence[str] = (), here: Region | None = None) -> Reading:
    """Read an instruction; see `Reader`."""
    return outdoors(indoors(Reader(text, known, here).read()))
