"""The end of a thing towards a side: "on its western tip", "at the southern end of the lake"."""

from __future__ import annotations

from ...generator import load_features
from ..words.demand import Demand, Link
from ..words.meaning import MASSES, axis_parameter, stage_of
from ..words.tipping import END_OF
from .cursor import COMPASS, SIDES
from .ends import Ends

_TIPS = ("tip", "point", "extremity", "head")
_TIPPED = ("island", "peninsula", "lake", "lagoon", "valley", "canyon", "plateau")
_LONG = frozenset({"long", "elongated", "narrow", "thin", "slender", "stretched"})


class Tips(Ends):
    """Reads where on a thing of some extent another one stands."""

    def _tip_of(self, i: int) -> int:
        """Read "on its western tip", "at the northern end of the valley" and "on the southern tip of an island"."""
        subject, j = self.last, i + 1
        while self.low(j) in ("the", "its", "very", "far", "extreme"):
            j += 1
        tip = self.low(j + 1) in _TIPS
        if subject is None or subject.absent or self.low(i) not in ("on", "at", "near", "by", "in", "upon"):
            return i
        if not self.has(j, "place_adjective", "place") or not (tip or self.low(j + 1) in ("end", "ends")):
            return i
        side = str(self.words[j].kinds.get("place_adjective", self.words[j].kinds.get("place")))
        if side not in COMPASS or load_features()[subject.feature].layer in MASSES or not self._stands(subject):
            return i
        own = self.low(j - 1) == "its" or self.low(i + 1) == "its"
        ground, end = self._ground_of(j + 2, subject, own or tip)
        if not ground:
            return i
        if ground == "island" and self._mainland():
            return i  # nothing tells the one from the other
        self.last = subject
        self._lengthened(ground, side)
        return self._link(Link(END_OF, ground, side), i, end)

    def _stands(self, subject: Demand) -> bool:
        return stage_of(subject.feature) in ("settlement", "props", "volume")

    def _mainland(self) -> bool:
        return any(self.low(k) in ("mainland", "off", "off the coast") for k in range(len(self.words)))

    def _ground_of(self, j: int, subject: Demand, tipped: bool) -> tuple[str, int]:
        """Return what the end at ``j`` is of, and the index after it; empty where it is of the map."""
        if self.low(j) == "of":
            k = j + 1
            if self.low(k) in ("it", "that", "this"):
                return self._spoken_ground(subject, tipped=True), k + 1
            head = self._phrase_at(k)
            name = self.words[head - 1].kinds.get("feature", "") if head else ""
            return (name, self._reference(k, head)) if name in _TIPPED else ("", j)
        return self._spoken_ground(subject, tipped), j

    def _spoken_ground(self, subject: Demand, tipped: bool) -> str:
        """Return what was named before and has ends; of a map that stands already only what has a tip."""
        told = [d.feature for d in self.reading.demands if d is not subject and not d.absent and d.feature in _TIPPED]
        known = [name for name in ("island", "peninsula") if name in self.known] if tipped else []
        return next(iter([*reversed(told), *known]), "")

    def _lengthened(self, ground: str, side: str) -> None:
        """Let what is to have an end there run that way, where its axis is free."""
        axis = ("south", "north") if side in ("north", "south") else ("west", "east")
        for demand in self.reading.demands:
            free = demand.feature == ground and not any(ln.kind in ("from", "to") for ln in demand.links)
            runs = ground in ("valley", "canyon") or bool(_LONG & set(demand.adjectives))
            if free and runs and side in SIDES and axis_parameter(ground):
                demand.links += [Link("from", axis[0]), Link("to", axis[1])]
