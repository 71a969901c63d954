"""The cursor of the reader: words, what is used of them, and what was read before the noun it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...region import Band, Compass, Region
from ..words.amounts import Quantity
from ..words.demand import Amount, Demand, Place, Reading
from ..words.lexicon import Lexicon, Word, lexicon
from ..words.wording import settled

WHOLE = frozenset({"island", "continent", "land", "archipelago", "peninsula", "terrain", "dungeon", "coast", "plain"})
"""Features that are the ground of the whole map: standing on them says nothing."""

HEIGHTS = ("mountain", "hill", "volcano")
"""What stands up by itself, so that the highest of several can be told."""

SIDES = ("north", "south", "east", "west")

COMPASS = (*SIDES, "northeast", "northwest", "southeast", "southwest")

CORNERS = ("northwest", "northeast", "southwest", "southeast")

AXES = ("north-south", "east-west", "northeast-southwest", "northwest-southeast")

RUNNING = frozenset({
    "river", "valley", "mountain range", "road", "bridge", "stone bridge", "wooden bridge", "canyon", "cliff", "street",
    "wall",
})  # fmt: skip
"""Features with two ends: they run from one place to another."""

DETERMINERS = frozenset({
    "the", "its", "this", "all", "their", "far", "of", "both", "very", "our", "my", "your", "those", "these", "any",
})  # fmt: skip
"""What may stand between a preposition and its noun."""

WAYS = ("road", "bridge", "stone bridge", "wooden bridge", "corridor", "street")
"""Features that lead from one thing to another."""

BRIDGES = ("bridge", "stone bridge", "wooden bridge")
GORGES = ("canyon", "valley")

NARROW = frozenset({"coast", "river", "road", "street", "cliff", "sea cliff", "bridge", "wall", "harbour"})
"""Features too narrow to stand on: what is on them is beside them."""

HERE = "here"
"""Name of the place that was marked by hand."""

RELIEF = frozenset({"mountain", "mountain range", "hill", "plateau", "valley", "volcano", "crater"})

_SIDES = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(k?m|kilomet\w+|met\w+)?\s*(?:x|×|by)\s*(\d+(?:[.,]\d+)?)\s*(k?m\b|kilomet\w+|met\w+)", re.I
)


_FAR = ("far", "very", "extreme", "deep", "entire", "whole", "exact", "dead", "right")

_BRINKS = ("edge", "border", "rim", "margin", "fringe", "extremity", "end", "tip")
_WHICH = ("that", "is", "are", "which", "thats", "that's", "about", "roughly", "with", "of")

_RANKS = (
    (("big", "large", "bigger", "larger", "great", "huge"), ("size", 1)),
    (("small", "smaller", "little", "tiny"), ("size", -1)),
    (("high", "tall", "higher", "taller"), ("height", 1)),
    (("low", "lower", "shorter"), ("height", -1)),
)
_SIDED = ("lake", "island", "plateau")
"""What "400 by 200 m" after it measures, and not the map."""
_TO = r"\s*(?:-|:|/|to|and|–)\s*"
_RATIO = re.compile(rf"(\d+){_TO}(\d+)\s+(land|water){_TO}(?:land|water)(?:\s+ratio)?", re.I)


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
    rank: tuple[str, int] | None = None
    rest: bool = False
    places: list[Place] = field(default_factory=list)


def rank_of(word: str) -> tuple[str, int] | None:
    """Return the order in which "the bigger one" or "the small one" is first, None for other words."""
    return next((rank for words, rank in _RANKS if word in words), None)


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


def brink_of(name: str) -> Place:
    """Return the place "along the western edge" and "in the far north": less of the map than the side as such."""
    if name not in COMPASS:
        return place_of(name)
    return Place(
        Compass.model_validate({"place": name, "depth": 0.24, "feather": 0.08}),
        Compass.model_validate({"place": name, "depth": 0.36}),
        name,
    )


def corner_of(name: str) -> Place:
    """Return the place "in the north-west corner": much less of the map than its north-west quarter."""
    return Place(
        Compass.model_validate({"place": name, "depth": 0.25, "feather": 0.06}),
        Compass.model_validate({"place": name, "depth": 0.36}),
        name,
    )


def _told(name: str, far: bool, corner: bool) -> Place:
    """Return a place as it is told: as a corner, as the far end of its side, or as such."""
    return corner_of(name) if corner and name in CORNERS else brink_of(name) if far else place_of(name)


def marked_place(here: Region | None) -> Place | None:
    """Return the place that a person marked on the map by hand, None where nothing is marked."""
    return None if here is None else Place(here, here, HERE)


def opposite(side: str) -> str:
    """Return the compass side across the map: ``southeast`` for ``northwest``."""
    swap = {"north": "south", "south": "north", "east": "west", "west": "east"}
    return re.sub("north|south|east|west", lambda m: swap[m.group()], side)


def axis_between(start: str, end: str) -> str:
    """Return the axis from one side of the map to the opposite, such as ``east-west``; empty for other pairs."""
    if not start or end != opposite(start):
        return ""
    return next((a for a in AXES if a in (f"{start}-{end}", f"{end}-{start}")), "")


def band_between(start: str, end: str) -> Band | None:
    """Return the straight strip from one side of the map to the opposite, or None for other pairs."""
    if start and end == opposite(start):
        return Band.model_validate({"toward": start, "width": 0.3, "feather": 0.1})
    return None


class Cursor:
    """The words of an instruction, and the state of reading a sentence.

    Parameters
    ----------
    text : str
        The instruction.
    known : sequence of str
        Features that exist already, for follow-ups, what was spoken of last at the end: "near the lake" then asks for
        no new lake.
    here : Region, optional
        The place that the person marked on the map: what "here" means.
    """

    def __init__(self, text: str, known: Sequence[str] = (), here: Region | None = None) -> None:
        self.lexicon: Lexicon = lexicon()
        self.reading = Reading(text)
        self.sides_of, self.sides_m, self.sides_quote = "", (0.0, 0.0), (0, 0)
        self.known = known
        self.here = marked_place(here)
        self.words = settled(self.lexicon.split(self._take_ratio(self._take_extent(text))), self.lexicon)
        self.used = [False] * len(self.words)
        self.told_group, self.told_of = "", 0
        self.bare_quote: tuple[int, int] | None = None
        self.ordered: tuple[str, int, int, int] | None = None
        self.sentence_from = self.spoken_from = 0
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
        before = self.lexicon.split(text[: found.start()].rstrip(" ,(").removesuffix(" measuring").removesuffix(" of"))
        self.sides_of = before[-1].kinds.get("feature", "") if before else ""
        if self.sides_of in _SIDED:
            self.sides_m, self.sides_quote = (max(sides), min(sides)), found.span()
        else:
            self.reading.extent_m = (sides[0], sides[1])
            self.reading.extent_quote = found.group()
        return text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]

    def _take_ratio(self, text: str) -> str:
        """Read "30-70 land-water ratio" out of the text and blank it."""
        found = _RATIO.search(text)
        if not found:
            return text
        first, second = float(found.group(1)), float(found.group(2))
        land = first if found.group(3).lower() == "land" else second
        demand = Demand("land", found.span(), share=Amount.exactly(land / (first + second)), of="map")
        self.reading.demands.append(demand)
        return text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]

    def _new_sentence(self) -> None:
        self.pending = Pending()
        self.fronted: list[Place] = []
        self.last: Demand | None = None
        self.group: list[Demand] = []
        self.unread: list[int] = []
        self.each_of = ""
        self.ranked: Place | None = None
        self.object_ranked: Place | None = None
        self.object: Demand | None = None
        self.object_end = -1
        self.object_near = False
        self.sentence_weight = 1.0
        self.clause_start = True
        self.equal = False
        if len(self.reading.demands) > self.sentence_from:
            self.spoken_from = self.sentence_from
        self.sentence_from = len(self.reading.demands)
        self.fronted_words = (0, 0)
        self.placed_end = -1
        self.holder: Demand | None = None
        self.held: Demand | None = None
        self.noun: Demand | None = None
        self.noun_end = -1

    def is_whole(self, feature: str) -> bool:
        """Whether a feature is the ground of the whole map, so that being on it says nothing.

        An island in a lake, one of several, or one beside a mainland is not.
        """
        if feature not in ("island", "peninsula"):
            return feature in WHOLE
        named = [d for d in self.reading.demands if d.feature == feature and not d.absent]
        inland = any(ln.kind in ("in", "middle", "surrounded") for d in named for ln in d.links)
        several = len(named) > 1 or any(d.several for d in named)
        return not (inland or several)

    def has(self, i: int, *kinds: str) -> bool:
        """Whether word ``i`` exists and may be of one of the classes."""
        return 0 <= i < len(self.words) and any(self.words[i].has(k) for k in kinds)

    def low(self, i: int) -> str:
        """Return word ``i`` in lower case and mended, or an empty string."""
        if not 0 <= i < len(self.words):
            return ""
        return self.words[i].corrected or self.words[i].text.lower()

    def use(self, first: int, end: int) -> None:
        """Mark words as understood."""
        for i in range(first, end):
            self.used[i] = True
            if self.words[i].corrected:
                self.reading.interpretations.append(f"read '{self.words[i].text}' as '{self.words[i].corrected}'")

    def _beside_noun(self, i: int) -> bool:
        """Whether word ``i`` follows the noun that was read last as the object of a relation: it tells of that one."""
        between = range(self.noun_end, i)
        return self.noun_end >= 0 and i >= self.noun_end and all(self.low(k) in _WHICH for k in between)

    def _place_at(self, j: int) -> tuple[Place | None, int]:
        """Read a place word or "northern half" at ``j``; return it and the index after it."""
        far = corner = False
        while self.low(j) in _FAR and self.has(j + 1, "place", "place_adjective"):
            far = far or self.low(j) in ("far", "extreme", "very")
            j += 1
        if self.has(j, "marked") and self.here is not None:
            return self.here, j + 1
        if self.low(j) in ("border", "boundary") and self.low(j + 1) == "between":
            return None, j  # what parts two lands is no edge of the map
        if self.has(j, "place") and not (self.has(j, "place_adjective") and self.has(j + 1, "feature")):
            end = j + 1
            ends = end + 1 >= len(self.words) or self.has(end + 1, "mark") or self.low(end + 1) in ("and", "of", "is")
            if self.has(end, "place_noun") and (self.low(end) != "third" or ends):
                far = far or self.low(end) in _BRINKS
                corner = self.low(end) == "corner"
                end += 1
            told = self.low(j).split()[0] in ("far", "extreme") or far or self.low(j).split()[-1] in _BRINKS
            return _told(self.words[j].kinds["place"], told, corner), end
        one = self.low(j + 1) == "one" and not self.has(j + 2, "preposition")
        if self.has(j, "place_adjective") and (self.has(j + 1, "place_noun") or one):
            told = far or self.low(j + 1) in _BRINKS
            return _told(self.words[j].kinds["place_adjective"], told, self.low(j + 1) == "corner"), j + 2
        return None, j
