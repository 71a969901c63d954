"""How far members stand from each other, and from where a thing can be seen."""

from __future__ import annotations

from ...generator import load_features
from ...region import Circle
from ..words.amounts import read_quantity
from ..words.demand import Amount, Demand, Link, Place
from .ordering import Ordering

_SEEING = ("visible from", "seen from", "in sight of", "in view of", "in sight from", "in view from")
_SEES = ("see", "spot", "view", "overlook", "look at", "behold", "watch")
_ABLE = ("can", "could", "able", "able to", "should", "must", "be able to", "to")
_NEXT = frozenset({
    "each other", "one another", "the next", "the next one", "any other", "the others", "the nearest one", "the other",
    "the nearest", "its neighbours", "its neighbour",
})  # fmt: skip


class Distances(Ordering):
    """Reads distances between the members of a group, and lines of sight."""

    def _idiom(self, i: int) -> int:
        for rule in (self._apart_by, self._seen_from, self._sees):
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _several(self) -> Demand | None:
        named = [d for d in self.reading.demands if not (d.absent or d.silent)]
        several = [d for d in named if d.plural or d.each or (d.count is not None and d.count.aim > 1)]
        return several[-1] if several else None

    def _apart_by(self, i: int) -> int:
        """Read "3 km apart" and "at least 500 m from each other" of a group."""
        amount = read_quantity(self.words, i)
        if amount is None or amount.kind != "length":
            return i
        j = i + amount.used
        end = j + 1 if self.low(j) == "apart" else 0
        if not end and self.low(j) in ("from", "away from", "away", "between"):
            k = j + 1 + (self.low(j + 1) == "from")
            for length in (3, 2, 1):
                if " ".join(self.low(m) for m in range(k, k + length)) in _NEXT:
                    end = k + length
                    break
        group = self._several()
        if not end or group is None or load_features()[group.feature].count_by not in ("parts", "peaks", "instances"):
            return i
        low, high = amount.amount.low, amount.amount.high
        if amount.amount.bound == "at_least":
            high = 1e7
        elif amount.amount.bound == "at_most":
            low = 0.0
        else:
            low, high = 0.85 * low, 1.15 * high
        group.links.append(Link("spaced", "", f"{low:.6g} {high:.6g}"))
        group.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        self._spaced_out(group, amount.amount)
        return end

    def _spaced_out(self, group: Demand, amount: Amount) -> None:
        """Make room for a group that is told how far apart it stands, and put two of a kind at that distance."""
        aim = 1.1 * amount.low if amount.bound == "at_least" else amount.aim
        number = group.count.aim if group.count is not None else 3.0
        wide = 1.9 * aim if number <= 2 else 1.6 * aim * number**0.5
        if self.reading.extent_m is None and not self.known and wide > 1024:
            self.reading.extent_m = (wide, wide)
            self.reading.extent_quote = self.reading.quoted(group)
        if number != 2 or group.places or self.reading.extent_m is None or self.known:
            return
        east, north = self.reading.extent_m
        for sign in (-1, 1):
            spot = Circle(centre_m=(east / 2 + sign * aim / 2, north / 2), radius_m=0.06 * aim)
            part = Demand(
                group.feature, group.quote, count=Amount.exactly(1), silent=True, places=[Place(spot, spot, "spot")]
            )
            part.adjectives = list(group.adjectives)
            self.reading.demands.append(part)
        group.total = True

    def _seen_from(self, i: int) -> int:
        """Read "visible from the village" and "that can be seen from the beach"."""
        length = next((n for n in (3, 2, 1) if " ".join(self.low(k) for k in range(i, i + n)) in _SEEING), 0)
        if not length or self.last is None:
            return i
        k = i + length
        while self.low(k) in ("the", "every", "all", "any", "each"):
            k += 1
        head = self._phrase_at(k)
        if not head or not self.has(head - 1, "feature"):
            return i
        subject, target = self.last, self.words[head - 1].kinds["feature"]
        end = self._reference(k, head)
        self.last = subject
        hidden = self.pending.negated
        self.pending.negated = False
        return self._link(Link("unseen" if hidden else "seen", target), i, end)

    def _sees(self, i: int) -> int:
        """Read "from which you can see the sea" and "the beach, where one could see a volcano": a line of sight."""
        if self.low(i) not in _SEES or self.low(i - 1) not in _ABLE or self.last is None:
            return i
        if any(
            self.low(k) in ("want", "like", "love", "wish", "hope", "hoping", "would") for k in range(max(i - 4, 0), i)
        ):
            return i
        k = i + 1
        while self.low(k) in ("the", "all", "both"):
            k += 1
        head = self._phrase_at(k)
        if not head or not self.has(head - 1, "feature"):
            return i
        viewer, target = self.last, self.words[head - 1].kinds["feature"]
        end = self._reference(k, head)
        self.use(i, end)
        seen = next((d for d in reversed(self.reading.demands) if d.feature == target and not d.absent), None)
        if seen is None:
            seen = Demand(target, (self.words[i].start, self.words[end - 1].end), aside=True)
            self.reading.demands.append(seen)
        seen.links.append(Link("seen", viewer.feature))
        seen.widen(self.words[i].start, self.words[end - 1].end)
        self.last = seen
        return end
