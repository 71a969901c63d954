"""What "it" and "its" mean: "to the south of it", "on its west bank", "Around it lies a forest"."""

from __future__ import annotations

from ...generator import load_features
from ..words.demand import Demand, Link, Place
from ..words.meaning import is_water, stage_of
from .connecting import Connecting
from .cursor import COMPASS, GORGES, WAYS, place_of

_STAND = ("is", "are", "lies", "lie", "stands", "stand", "sits", "there", "runs", "flows", "rises")
"""What may stand between a relation and the noun it is about: "Around it lies a forest"."""


_SHORES = ("coast", "shore", "coastline", "bank", "shoreline", "seashore")


class Pronouns(Connecting):
    """Finds what pronouns mean."""

    def _before_last(self) -> Demand | None:
        raise NotImplementedError

    def _reference(self, j: int, _head: int) -> int:
        raise NotImplementedError

    def _fronted_it(self, first: int, j: int, kind: str) -> int:
        """Read "Around it lies a forest" with the pronoun at ``j``; 0 where nothing was named before."""
        meant = self._spoken_of()
        if meant is None:
            return 0
        plain = self.is_whole(meant.feature) and kind in ("in", "on")
        return self._fronted_noun(first, j + 1, None if plain else Link(kind, meant.feature))

    def _side_of_it(self, first: int, j: int, place: Place, kind: str) -> int:
        """Read "to the south of it" with the pronoun at ``j``; 0 where none stands there or nothing was named."""
        if self.low(j) not in ("it", "that", "them", "this") or kind in ("from", "outside", "far"):
            return 0
        fronted = self._opens(first, j + 1)
        meant = self._spoken_of() if fronted else self._meant_by(j)
        if meant is None or self.is_whole(meant.feature) or (self.last is None and not fronted):
            return 0
        link = Link("side", meant.feature, place.name)
        if place.name in ("centre", "edge"):
            link = Link("middle" if place.name == "centre" else "near", meant.feature)
        return self._fronted_noun(first, j + 1, link) if fronted else self._link(link, first, j + 1)

    def _its_side(self, first: int, j: int, kind: str) -> int:
        """Read "to its north" and "on its west bank" with the place at ``j``; 0 where it is not told of a thing."""
        place, end = self._place_at(j)
        fronted = self._opens(first, end)
        meant = self._spoken_of() if fronted else self._meant_by(j)
        if self.low(j - 1) != "its" or place is None or place.name not in COMPASS or meant is None:
            return 0
        beside = self.low(first) == "to" or (kind in ("on", "along", "near") and is_water(meant.feature))
        if not beside or self.is_whole(meant.feature) or (self.last is None and not fronted):
            return 0
        link = Link("side", meant.feature, place.name)
        made = len(self.reading.demands)
        end = self._fronted_noun(first, end, link) if fronted else self._link(link, first, end)
        if is_water(meant.feature) and self.low(first) != "to":
            for demand in self.reading.demands[made:] if fronted else [d for d in (self.last,) if d is not None]:
                demand.links.append(Link("near", meant.feature))
        return end

    def _on_shore_of(self, first: int, j: int, kind: str) -> int:
        """Read "on the south coast of the island" with its side at ``j``; 0 where no shore of a thing stands there."""
        told = self.words[j].kinds if j < len(self.words) else {}
        side = told.get("place_adjective") or told.get("place") or ""
        at = j + bool(side)
        head = self._phrase_at(at + 2) if self.low(at) in _SHORES and self.low(at + 1) == "of" else 0
        target = self.words[head - 1].kinds.get("feature", "") if head else ""
        whole = self.is_whole(target) or target == "sea"
        shored = target and (whole or is_water(target)) and kind in ("on", "near", "along", "in")
        fronted = self._opens(first, head)
        subject = self.last
        if not shored or (subject is None and not fronted):
            return 0
        end = self._reference(at + 2, head)
        beside = Link("near", "coast" if whole else target)
        self.last = subject
        made = len(self.reading.demands)
        end = self._fronted_noun(first, end, beside) if fronted else self._link(beside, first, end)
        for demand in self.reading.demands[made:] if fronted else [d for d in (self.last,) if d is not None]:
            demand.places += [place_of(side)] if side and whole else []
            demand.links += [Link("side", target, side)] if side and not whole else []
        return end

    def _beside_holder(self, first: int, place: Place) -> Demand | None:
        """Return the settlement to one side of which "with hills to the east" puts them, None where there is none."""
        holder, last = self.holder, self.last
        if holder is None or last is None or last is holder or last.places or self.has(first - 1, "verb"):
            return None
        part = "settlement" in load_features()[last.feature].needs and last.feature != "field"
        if part or last.feature in WAYS:
            return None  # a gate to the north is in it, and a road to the north leads there
        told = any(ln.kind in ("from", "side") for ln in last.links)
        settled = stage_of(holder.feature) == "settlement" and not holder.several
        return holder if settled and not told and place.name in COMPASS else None

    def _opens(self, first: int, after: int) -> bool:
        """Whether a relation from ``first`` stands before its noun: "Around it lies a forest"."""
        if self.last is not None and not self.clause_start:
            return False
        while self.low(after) in _STAND:
            after += 1
        return first >= 0 and self._begins(after) and not self.has(after, "mark")

    def _crossable(self) -> Demand | None:
        """Return what a bridge "over it" leads over: the water or gorge named last, and no village beside it."""
        named = [d for d in self.reading.demands if self.last is not None and d.quote[0] < self.last.quote[0]]
        crossed = [d for d in named if not d.absent and (is_water(d.feature) or d.feature in GORGES)]
        return max(crossed, key=lambda d: d.quote[0], default=None)

    def _spoken_of(self) -> Demand | None:
        """Return what "Around it lies a forest" is around: what the sentence, or else the one before, began with."""
        told = self.reading.demands
        named = told[self.sentence_from :] or told[self.spoken_from :]
        subjects = [d for d in named if not (d.absent or d.implied or d.feature == "terrain")]
        return next((d for d in subjects if not d.aside), subjects[0] if subjects else None)

    def _meant_by(self, j: int) -> Demand | None:
        """Return what the pronoun at ``j`` means: "it" is one thing, where one was named."""
        before = self._before_last()
        if self.low(j) in ("them", "these", "those", "their") or before is None or not before.several:
            return before
        if stage_of(before.feature) in ("interior", "role"):
            return before  # "a lair with three rooms and no treasure in it": in none of them
        single = [d for d in self.reading.demands if d is not self.last and not (d.absent or d.implied or d.several)]
        return max((d for d in single if self.last and d.quote[0] < self.last.quote[0]), key=lambda d: d.quote[0],
                   default=before)  # fmt: skip
