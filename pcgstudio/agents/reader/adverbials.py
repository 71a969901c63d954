"""Places in a sentence: before what they are about, after it, from one side to the other, there, here."""

from __future__ import annotations

from ..words.demand import Demand, Link, Place
from ..words.meaning import axis_parameter
from .cursor import RUNNING, WAYS, WHOLE, opposite
from .relations import Relations


class Adverbials(Relations):
    """Reads places that are no object of a relation."""

    def _flush(self) -> None:
        raise NotImplementedError

    def _fronted_place(self, i: int) -> int:
        """Read "In the north," or "The northern half is ..." before the noun phrases it is about."""
        if not self.clause_start or self._second_place(i):
            return i
        j = i
        if self.has(j, "preposition") and self.low(j) in ("in", "on", "at", "to", "towards", "toward", "along", "from"):
            j += 1
        while self.low(j) in ("the", "and", "of", "map's", "far", "very", "then", "but", "while", "on", "in"):
            j += 1
        place, end = self._place_at(j)
        its = (
            self.has(i, "preposition")
            and self.low(j - 1) == "its"
            and any(d.feature not in WHOLE for d in self.reading.demands)
        )
        if (
            place is None
            or its
            or (
                self.low(end) == "of"
                and not self.has(end + 1, "map")
                and not (self.low(end + 1) == "the" and self.has(end + 2, "map", "feature"))
            )
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
        self.fronted_words = (self.words[i].start, self.words[end - 1].end)
        self.last = None
        self.group = []
        if self.low(end) == ",":
            self.used[end] = True
            end += 1
        return end

    def _second_place(self, i: int) -> bool:
        """Whether a place follows "and" after a place: "in the north and in the west," is of what came before."""
        if not (self.low(i - 1) == "and" and self.placed_end == i - 1 and self.last is not None):
            return False
        j = i
        while self.has(j, "preposition") or self.low(j) in ("the", "far", "very"):
            j += 1
        place, end = self._place_at(j)
        return place is not None and (end >= len(self.words) or self.has(end, "mark") or self.low(end) in ("and", "of"))

    def _plain_place(self, i: int) -> int:
        """Read a place with no preposition: "a lake north of it", "mountains north, forest south"."""
        place, end = self._place_at(i)
        if place is not None and self.last is None and self.low(end) == "of":
            return self._side_of(i, end, place, i)  # "North of the town is a lake"
        if place is None or self.last is None:
            return i
        if ran := self._side_to_side(i, end, place):
            return ran
        if self.low(end) == "of":
            return self._side_of(i, end, place, i)
        if self.has(i - 1, "verb") and self.last.feature == "river":
            return self._link(Link("to", place.name), i, end)
        self._put(place, i, end)
        return end

    def _there(self, i: int) -> int:
        """Read "put a lake there": the place that was named last, or the marked one."""
        if self.low(i) != "there" or self.last is None or self.has(i + 1, "stop", "verb", "negation"):
            return i
        named = [p for d in self.reading.demands if d is not self.last for p in d.places]
        place = next(reversed(named), self.here)
        if place is None:
            self.reading.not_understood.append("there: mark a place on the map first")
            self.use(i, i + 1)
        else:
            self._put(place, i, i + 1)
        return i + 1

    def _highest(self, i: int) -> int:
        """Read "highest in the middle": where the top of what was named lies."""
        height = self.has(i, "superlative") and self.words[i].kinds["superlative"] == ["height", 1]
        if not height or not self.has(i + 1, "preposition"):
            return i
        j = i + 2
        while self.low(j) in ("the", "its", "very", "map's"):
            j += 1
        place, end = self._place_at(j)
        if place is None or self.low(end) == "of":
            return i
        whole = next((d for d in reversed(self.reading.demands) if d.feature in WHOLE and not d.absent), None)
        if whole is None:
            whole = Demand("terrain", (self.words[i].start, self.words[end - 1].end))
            self.reading.demands.append(whole)
        whole.links.append(Link("highest", place.name))
        self.use(i, end)
        return end

    def _from_to(self, i: int) -> int:
        """Read "from ice in the north to jungle in the south": two grounds, each with its place."""
        if self.low(i) != "from" or (
            self.last is not None and self.last.feature in ("river", "valley", "mountain range")
        ):
            return i
        first = self._ground_and_place(i + 1)
        if first is None or self.low(first[2]) not in ("to", "into", "down to", "all the way to"):
            return i
        second = self._ground_and_place(first[2] + 1)
        if second is None:
            return i
        for feature, place, end, start in (first, second):
            self.reading.demands.append(
                Demand(
                    feature,
                    (self.words[start].start, self.words[end - 1].end),
                    places=[place],
                    weight=self.sentence_weight,
                )
            )
        self.use(i, second[2])
        self._leads(first[0], second[0], second[2])
        self.last = None
        return second[2]

    def _leads(self, start: str, goal: str, end: int) -> None:
        """Let a road that was named before lead from the first of two places to the second."""
        way = self.last
        if way is None or way.feature not in (*WAYS, *RUNNING):
            return
        way.widen(way.quote[0], self.words[end - 1].end)
        if start != goal:
            way.links += [Link("from", start), Link("to", goal)]
        else:
            self.reading.demands[-1].links.append(Link("joined_by", way.feature))

    def _ground_and_place(self, i: int) -> tuple[str, Place, int, int] | None:
        """Return feature, place, end and start of "(a) desert in the north" at ``i``."""
        start = i
        while self.low(i) in ("the", "a", "an"):
            i += 1
        if not self.has(i, "feature"):
            return None
        name = self.words[i].kinds["feature"]
        j = i + 1
        if not (self.has(j, "preposition") and self.low(j) in ("in", "at", "on")):
            return None
        j += 1
        while self.low(j) in ("the", "far", "very"):
            j += 1
        place, end = self._place_at(j)
        return None if place is None else (name, place, end, start)

    def _side_to_side(self, i: int, end: int, place: Place) -> int:
        """Read "running north to south": which way it lies, not two places; 0 where that is not meant."""
        other, stop = self._place_at(end + 1) if self.low(end) == "to" else (None, end)
        if self.last is None or other is None or other.name != opposite(place.name):
            return 0
        runs = self.last.feature in ("river", "valley", "mountain range", "cliff")
        if not runs and not axis_parameter(self.last.feature):
            return 0
        self._link(Link("from", place.name), i, end)
        return self._link(Link("to", other.name), end, stop)
