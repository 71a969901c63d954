"""Climates of parts of the map: "cold in the north and hot in the south", "wet on the left, dry on the right"."""

from __future__ import annotations

from ..words.demand import Amount, Demand, Link, Place
from .cursor import COMPASS, SIDES, WHOLE, opposite
from .stories import Stories

_COLD, _WARM = (
    ("cold", "cool", "freezing", "arctic", "polar", "frozen", "icy", "winter", "wintry"),
    ("hot", "warm", "tropical"),
)
_WET, _DRY = ("wet", "humid", "rainy"), ("dry", "arid", "parched")
_FROZEN = ("freezing", "arctic", "polar", "frozen", "icy", "winter", "wintry")
WARMTH = "warmth"
"""Kind of a link that says how warm a side is: its target is the side, its other end ``cold`` or ``warm``."""


class Climes(Stories):
    """Reads a climate with its place as the ground that grows there, and as colder than the rest or warmer."""

    def _idiom(self, i: int) -> int:
        end = self._clime(i)
        return end if end > i else super()._idiom(i)

    def _clime(self, i: int) -> int:
        """Read "cold and wet in the west", or "in the west it is cold" after its place was named."""
        words, end = self._climatic(i)
        if not words or self.pending.negated or self.pending.quantity:
            return i
        fronted = [p for p in self.fronted if p.name in COMPASS] if self.clause_start or self.last is None else []
        whole = self.last is None or self.clause_start or self.last.feature in (*WHOLE, "tundra", "desert")
        j = end
        while self.has(j, "preposition") or self.low(j) in ("the", "far", "toward", "towards", "up", "down", "out"):
            j += 1
        place, stop = self._place_at(j)
        if place is not None and place.name in COMPASS and whole and self.low(stop) != "of":
            end = stop
        elif fronted and not self._phrase_at(end):
            place = fronted[0]
        else:
            return i
        self._grow(words, place, i, end)
        return end

    def _climatic(self, i: int) -> tuple[list[str], int]:
        """Return the climate words at ``i`` and where they end."""
        words: list[str] = []
        j = i
        while j < len(self.words):
            word = self.words[j].kinds.get("choice", self.words[j].kinds.get("adjective", self.low(j)))
            meant = next((w for w in (self.low(j), str(word)) if w in (*_COLD, *_WARM, *_WET, *_DRY)), "")
            meant = meant or str(self.lexicon.vocabulary["aliases"].get(self.low(j), ""))
            if meant in (*_COLD, *_WARM, *_WET, *_DRY):
                words.append(meant)
            elif (not (words and self.low(j) in ("and", ",") and self._climatic_word(j + 1)) and self.low(j) not in (
                "very", "really", "quite", "bitterly", "pretty", "it", "is", "should", "be", "more",
            )) or (not words and self.low(j) not in ("very", "really", "quite", "bitterly", "pretty")):  # fmt: skip
                break
            j += 1
        return words, j

    def _climatic_word(self, j: int) -> bool:
        aliased = self.lexicon.vocabulary["aliases"].get(self.low(j), "")
        return bool({self.low(j), aliased} & {*_COLD, *_WARM, *_WET, *_DRY})

    def _grow(self, words: list[str], place: Place, first: int, end: int) -> None:
        """Ask for the ground that such a climate makes there, and for its warmth."""
        cold, warm, wet, dry = (bool(set(words) & set(kind)) for kind in (_COLD, _WARM, _WET, _DRY))
        if cold:
            ground = "snow" if set(words) & set(_FROZEN) else "taiga" if wet else "tundra"
        elif warm and (wet or "tropical" in words):
            ground = "rainforest"
        elif warm and not dry and "hot" not in words:
            ground = "savanna"
        else:
            ground = "swamp" if wet else "desert"
        told = Demand(ground, (self.words[first].start, self.words[end - 1].end), weight=self.sentence_weight)
        told.places, told.share = [place], Amount("at_least", 0.4, 0.4, 0.7, said=False)
        if cold or warm:
            told.links = [Link(WARMTH, place.name, "cold" if cold else "warm")]
        self.reading.demands.append(told)
        self.reading.interpretations.append(f"read '{self.reading.quoted(told)}' as {ground} there")
        self.fronted_words = (0, 0)
        self.last, self.group = told, []
        self.clause_start = False
        self.use(first, end)


def gradient(demands: list[Demand]) -> dict[str, float]:
    """Return the climate's parameters for sides that are to be colder or warmer than the rest."""
    sides = {ln.target: ln.other for d in demands if not d.absent for ln in d.links if ln.kind == WARMTH}
    values: dict[str, float] = {}
    for axis, name in (("north", "north_colder_c"), ("east", "east_colder_c")):
        at = [
            kind if axis in side else _turned(kind)
            for side, kind in sides.items()
            if {axis, opposite(axis)} & _of(side)
        ]
        if at:
            values[name] = 30.0 if at[0] == "cold" else -30.0
    return values


def _of(side: str) -> set[str]:
    return {name for name in SIDES if name in side}


def _turned(kind: str) -> str:
    return "warm" if kind == "cold" else "cold"
