"""Both sides and all around, behind and in front: relations whose other end or direction the words leave open.

A map is seen from the south: what is behind a thing lies north of it. Where the sea has a side, behind means inland.
"""

from __future__ import annotations

from ..words.demand import Demand, Link
from ..words.meaning import is_water
from .cursor import COMPASS, RUNNING, WHOLE, opposite, place_of
from .lands import Lands

RIMS = ("beach", "cliff", "sea cliff")
"""What lies along an outline rather than around it."""

_FLANKED = frozenset({*RUNNING, "valley", "canyon"}) - {"cliff"}
_SHORE = ("coast", "sea", "beach", "harbour")
_FIRST_SEA = "south"
"""Side on which the planner puts a sea that has none."""


class Sides(Lands):
    """Finds what "on both sides" and "all around" are of, and where "behind" is."""

    def _adverb(self, i: int) -> int:
        """Read "cliffs on both sides" and "a beach all around" as being of what has sides and an outline."""
        kind = self.words[i].kinds["adverb"][0] if self.has(i, "adverb") and self.last is not None else ""
        side = {"at the bottom": "south", "at the top": "north"}.get(self.low(i), "")
        before = self._before_last() if side else None
        if side and (before is None or self.is_whole(before.feature)):
            self._put(place_of(side), i, i + 1)  # of the map
            return i + 1
        owned = self.has(i, "preposition") and self.low(i + 1) in ("its", "their", "the")  # "all around its foot"
        if kind not in ("around", "both_sides") or self.words[i].kinds["adverb"][1] or owned:
            return super()._adverb(i)
        whole = self._outlined() if kind == "around" else self._flanked()
        if whole is None and {"bank", "banks"} & set(self.low(i).split()) and not self.known:
            whole = Demand("river", (self.words[i].start, self.words[i].end), implied=True, aside=True)
            self.reading.demands.append(whole)
        ground = whole.feature if whole is not None else self._known_outline(kind)
        return self._link(Link(kind, ground), i, i + 1) if ground else i

    def _known_outline(self, kind: str) -> str:
        """Return the island that a beach added to it lies all around; empty where none is there."""
        rim = kind == "around" and self.last is not None and self.last.feature in RIMS
        grounds = [n for n in self.known if n in WHOLE] or [n for n in self.known if is_water(n)]
        return grounds[-1] if rim and grounds else ""

    def _relation(self, i: int) -> int:
        """Read "desert on one side and jungle on the other": west and east of what lies between them."""
        if self.low(i) == "on the other side of" and self.last is not None:
            return self._across(i)
        j = i + 1
        first = self.low(j) in ("one", "one side") or (self.low(j) == "the" and self.low(j + 1) == "one")
        other = self.low(j) == "the" and self.low(j + 1) in ("other", "opposite")
        if self.low(i) != "on" or self.last is None or not (first or other):
            return super()._relation(i)
        end = j + 1 + (self.low(j) == "the")
        end += self.low(end) in ("side", "bank", "shore")
        divider = self._flanked()
        if divider is None or (first and self.low(end - 1) not in ("side", "bank", "shore", "one side")):
            return super()._relation(i)
        if not any(ln.kind in ("from", "to", "through") for ln in divider.links) and not divider.places:
            divider.links += [Link("from", "north"), Link("to", "south")]
            self.reading.interpretations.append("read 'on one side' and 'on the other' as west and east")
        across = any(ln.target in ("west", "east") for ln in divider.links if ln.kind in ("from", "to"))
        name = ("north" if across else "west") if first else ("south" if across else "east")
        self.last.links.append(Link("side", divider.feature, name))
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _across(self, i: int) -> int:
        """Read "a castle on the other side of the river" as across from what was asked to be by the river.

        Of a map that is there nobody says which side that is: it is listed.
        """
        subject = self.last
        if self.known:
            end = next((k for k in range(i + 1, len(self.words)) if self.has(k, "feature")), i) + 1
            self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[end - 1].end])
            self.use(i, end)
            return end
        end = super()._relation(i)
        link = subject.links[-1] if subject is not None and end > i and subject.links else Link("", "")
        for other in self.reading.demands if link.kind == "behind" else ():
            beside = any(ln.target == link.target and ln.kind in ("near", "along") for ln in other.links)
            if other is not subject and not other.absent and beside:
                other.links.append(Link("front", link.target))
        return end

    def _outlined(self) -> Demand | None:
        """Return what the last noun lies all around: a beach around the island, woods around the lake."""
        if self.last is None:
            return None
        earlier = [d for d in self.reading.demands if d is not self.last and not d.absent and not d.implied]
        if self.last.feature in RIMS:
            return next((d for d in reversed(earlier) if d.feature in WHOLE or is_water(d.feature)), None)
        return self._before_last()

    def _flanked(self) -> Demand | None:
        """Return the river, road or valley on both sides of which the last noun is."""
        if self.last is None:
            return None
        earlier = [d for d in self.reading.demands if d is not self.last and not d.absent]
        return next((d for d in reversed(earlier) if d.feature in _FLANKED), None)

    def _behind(self) -> None:
        """Turn "behind" and "in front of" into the sides that they are."""
        self._behind_the_shore()
        for demand in self.reading.demands:
            demand.links = [self._sided(link) for link in demand.links]
            if any(ln.kind == "around" and ln.target in ("island", "continent") for ln in demand.links):
                demand.feature = "sea cliff" if demand.feature == "cliff" else demand.feature
                demand.plural = demand.plural and demand.feature not in RIMS  # one unbroken rim is enough

    def _behind_the_shore(self) -> None:
        """Give "a beach, dunes, and woods behind them" a coast, with the dunes along its beach."""
        told = {d.feature: d for d in self.reading.demands if not d.absent}
        dunes, beach = told.get("dune"), told.get("beach")
        behind = any(ln.kind == "behind" and ln.target == "dune" for d in told.values() for ln in d.links)
        if dunes is None or beach is None or not behind or self.known or any(is_water(n) or n in WHOLE for n in told):
            return
        self.reading.demands.append(Demand("coast", beach.quote, implied=True))
        if not dunes.links:
            dunes.links.append(Link("along", "beach"))

    def _sided(self, link: Link) -> Link:
        if link.kind not in ("behind", "front"):
            return link
        back = opposite(self._sea_side()) or "north"
        if link.target in _SHORE and link.kind == "behind":
            return Link("near", link.target)  # on the land behind a beach: there is only one side to be on
        return Link("side", link.target, back if link.kind == "behind" else opposite(back))

    def _sea_side(self) -> str:
        """Return the side of the map on which the sea is asked for, empty without a sea on one side."""
        shores = [d for d in self.reading.demands if d.feature in ("coast", "sea") and not d.absent]
        told = (p.name for d in shores for p in d.places if p.name in COMPASS)
        return next(told, _FIRST_SEA if shores else "")
