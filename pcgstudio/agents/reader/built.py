"""Turns of phrase about what people build: sizes in cells, crossings, roads that pass by; the rules of all of it."""

from __future__ import annotations

from ...generator import load_features
from ..words.amounts import read_quantity
from ..words.building import MAZES
from ..words.demand import Demand, Link
from ..words.meaning import is_water, stage_of
from .cursor import AXES, BRIDGES, COMPASS, RUNNING, axis_between
from .tips import Tips

_BY = ("x", "×", "by", "*")
_CELLS = ("cell", "cells", "tile", "tiles", "square", "squares", "passage", "passages", "grid", "fields", "blocks")
_GRIDDED = (*MAZES, "dungeon", "cave", "burrow")
_ALONG = ("running", "run", "runs", "aligned", "oriented", "stretching", "stretch", "lying", "going")
_FROM_ANY = frozenset({
    "from", "any", "one", "to", "other", "another", "each", "every", "the", "island", "islands", "room", "rooms",
    "them", "all", "everywhere", "can", "you", "of", "any other", "each other", "between", "village", "villages",
    "town", "towns",
})  # fmt: skip
_THERE_ARE = ("are", "there are", "be", "should be", "there should be", "have", "has", "with", "is")
_RUNS = ("lead", "leads", "run", "runs", "go", "goes", "connect", "connects", "cross", "crosses", "join", "joins",
         "pass", "passes", "start", "starts", "end", "ends", "link", "links", "come", "comes")  # fmt: skip


def _made_several(demand: Demand) -> bool:
    """Whether several of a thing that stands by itself are asked for."""
    return not demand.absent and not load_features()[demand.feature].needs and demand.several


class Built(Tips):
    """Reads what is said of settlements, roads and interiors, before the other turns of phrase."""

    def _idiom(self, i: int) -> int:
        """Read the turn of phrase at ``i``, if one stands there."""
        for rule in (
            self._at_the_back, self._other_end, self._all_joined, self._key_needed, self._on_two_sides, self._enter_at,
            self._in_cells, self._every_room, self._own_key, self._only_way, self._no_two, self._not_beside,
            self._beside, self._one_each_side, self._at_ends, self._at_rim, self._cliff_part, self._tip_of,
            self._at_tip, self._ways_off, self._per_storey, self._in_the_last, self._no_branches, self._key_first,
            self._whole_joined, self._in_dead_ends, self._roads_cross, self._going_across, self._facing_across,
            self._road_splits, self._farthest, self._is_largest, self._on_floor, self._own_doors, self._hilltop,
            self._it_again, self._passing, self._crests, self._walked, self._of_them_counted, self._lower_down,
            self._inside_town, self._beside_the_hall,
        ):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _in_cells(self, i: int) -> int:
        """Read "15x20", "20 by 30 cells" and "a 12 by 12 grid" of a maze or a dungeon."""
        j = i + (self.low(i) in ("of", "on", "with", "in", "is", "measuring"))
        j += self.low(j) == "a"
        if not (self._whole_number(j) and self.low(j + 1) in _BY and self._whole_number(j + 2)):
            return i
        end = j + 3
        end += self.low(end) == "-"
        cells = self.low(end) in _CELLS and not (self.has(end + 1, "unit") or self.low(end - 1) in ("m", "metres"))
        end += cells
        end += cells and self.low(end) in ("cells", "tiles")
        named = self.last if self.last is not None and self.last.feature in _GRIDDED else None
        ahead = self._phrase_at(end)
        comes = self.words[ahead - 1].kinds.get("feature", "") if ahead else ""
        if named is None and self.low(end) == ",":
            follow = self._phrase_at(end + 1)
            comes = comes or (self.words[follow - 1].kinds.get("feature", "") if follow else "")
        if not named and comes not in _GRIDDED:
            return i
        if not cells and (named or Demand(comes)).feature not in MAZES:
            return i
        size = (int(self.words[j].kinds["number"]), int(self.words[j + 2].kinds["number"]))
        if not all(2 <= n <= 400 for n in size):
            return i
        self.reading.lattice = size
        self.reading.lattice_quote = self.reading.text[self.words[j].start : self.words[end - 1].end]
        self.use(i, end)
        return end

    def _whole_number(self, j: int) -> bool:
        return self.has(j, "number") and float(self.words[j].kinds["number"]).is_integer()

    def _ways_off(self, i: int) -> int:
        """Read "roads leading off in all four directions" of a crossroads: its arms."""
        crossing = any(d.feature in ("crossroads", "fork") for d in self.reading.demands)
        if not crossing or self.low(i) not in (
            "in", "to", "off", "from", "towards", "toward", "off in", "out in", "out to", "off to",
        ):  # fmt: skip
            return i
        j, told = i, set[str]()
        while self.low(j) in _OFF:
            told.add(self.low(j))
            j += 1
        if not {"directions", "sides", "edges"} & told or not {"all", "four", "every", "each"} & told:
            return i
        self.use(i, j)
        if self.last is not None and self.last.feature == "road" and self.last.count is None:
            self.last.implied = True
        return j

    def _roads_cross(self, i: int) -> int:
        """Read "two roads that cross in the middle" as a crossroads there."""
        roads = self.last is not None and self.last.feature == "road" and self.last.plural
        if (
            not roads
            or self.last is None
            or self.low(i) not in ("cross", "crosses", "crossing", "meet", "meeting", "intersect")
        ):
            return i
        end = i + 1
        while self.low(end) in ("each", "other", "one", "another"):
            end += 1
        if self._phrase_at(end) and not self.has(end, "preposition"):
            return i  # "roads that cross the river"
        road, met = self.last, Demand("crossroads", (self.last.quote[0], self.words[end - 1].end))
        met.weight = self.sentence_weight
        where = any(self.low(k) in ("where", "at which") for k in range(max(i - 4, 0), i))
        if where and (there := self._before_last()) is not None and not there.several:
            if load_features()[there.feature].layer == "settlement":  # which stands before its roads are laid
                met.links.append(Link("near", there.feature))
            else:
                there.links.append(Link("near", "crossroads"))
        road.implied = road.implied or where
        self.reading.demands.append(met)
        self.use(i, end)
        self.last, self.group = met, []
        return end

    def _going_across(self, i: int) -> int:
        """Read "a road going west to east" as one from the west to the east."""
        if self.last is None or self.last.feature not in RUNNING or self.low(i) not in _HEADING:
            return i
        first, end = self._place_at(i + 1)
        second, stop = self._place_at(end + 1)
        if first is None or second is None or self.low(end) != "to" or not {first.name, second.name} <= {*COMPASS}:
            return i
        self._link(Link("from", first.name), i, end)
        return self._link(Link("to", second.name), end, stop)

    def _road_splits(self, i: int) -> int:
        """Read "a road that splits in two" and "that forks" as a fork."""
        if self.last is None or self.last.feature != "road" or self.low(i) not in _SPLITS:
            return i
        end = i + 1
        while self.low(end) in _INTO_TWO:
            end += 1
        if end == i + 1 and self.low(i) not in _FORKS and end < len(self.words) and not self.has(end, "mark"):
            return i  # "splits the forest"
        fork = Demand("fork", (self.last.quote[0], self.words[end - 1].end), weight=self.sentence_weight)
        fork.links, fork.places = self.last.links, self.last.places
        self.reading.demands[self.reading.demands.index(self.last)] = fork
        self.use(i, end)
        self.last, self.group = fork, []
        return end

    def _it_again(self, i: int) -> int:
        """Read "It should lead from the gate to the harbour": the road that was spoken of in the sentence before."""
        if self.low(i) not in ("it", "they", "both") or self.last is not None or not self.clause_start:
            return i
        k = i + 1
        while self.low(k) in (
            "should",
            "must",
            "has to",
            "needs to",
            "will",
            "should be",
            "needs",
            "has",
            "to",
            "also",
        ):
            k += 1
        if self.low(k) not in _RUNS:
            return i
        ways = [d for d in self.reading.demands if d.feature in RUNNING and not d.absent and not d.aside]
        if not ways:
            return i
        self.last, self.group, self.clause_start = ways[-1], [], False
        self.use(i, k)
        return k

    def _passing(self, i: int) -> int:
        """Read "a road that passes two villages": they lie by it."""
        ways = self.last is not None and self.last.feature in RUNNING
        low = self.low(i)
        if not ways or low not in ("pass", "passes", "passing", "past", "passes by", "skirts", "skirting", "serves"):
            return i
        j = i + 1
        while self.low(j) in ("by", "past", "the", "through", "near"):
            j += 1
        head = self._phrase_at(j)
        if not head or not self.has(head - 1, "feature"):
            return i
        way = self.last
        self.use(i, j)
        self.group = []
        end = self._phrase(j)
        if self.last is not None and way is not None and self.last is not way:
            self.last.links.append(Link("near", way.feature))
        return max(end, head)

    def _crests(self, i: int) -> int:
        """Read "dunes running east-west" and "from north to south" as the way their crests run."""
        if self.last is None or self.last.feature != "dune" or self.low(i) not in _ALONG:
            return i
        j = i + 1
        while self.low(j) in ("from", "in", "an", "a", "the"):
            j += 1
        if self.low(j) in AXES:
            self.last.links.append(Link("crests", self.low(j)))
            self.last.widen(self.words[i].start, self.words[j].end)
            self.use(i, j + 1)
            return j + 1
        first, end = self._place_at(j)
        while self.low(end) in ("-", "to", "and"):
            end += 1
        second, end = self._place_at(end)
        axis = axis_between(first.name, second.name) if first is not None and second is not None else ""
        if not axis:
            return i
        end += self.low(end) in ("direction", "axis", "line", "lines")
        self.last.links.append(Link("crests", axis))
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _walked(self, i: int) -> int:
        """Read "so that you can walk from any to any other" of what is joined: that is checked anyway."""
        if self.low(i) not in ("walk", "get", "go", "travel", "walking", "cross"):
            return i
        end = i + 1
        while self.low(end) in _FROM_ANY:
            end += 1
        told = {self.low(k) for k in range(i, end)}
        joined = any(ln.kind == "joined_by" for d in self.reading.demands for ln in d.links)
        indoors = any(stage_of(d.feature) == "interior" for d in self.reading.demands)
        closed = end >= len(self.words) or self.has(end, "mark")
        if not (closed and (joined or indoors) and {"any", "each", "every", "all", "one", "everywhere"} & told):
            return i
        self.use(i, end)
        return end

    def _of_them_counted(self, i: int) -> int:
        """Read "there are at least three of them": how many there are of what was named last."""
        quantity = read_quantity(self.words, i)
        if quantity is None or quantity.kind != "count" or quantity.article or self.low(i - 1) not in _THERE_ARE:
            return i
        end = i + quantity.used
        closed = end + 2 >= len(self.words) or self.has(end + 2, "mark")
        if self.low(end) != "of" or self.low(end + 1) not in ("them", "these", "those") or not closed:
            return i
        named = next((d for d in reversed(self.reading.demands) if not d.absent and not d.aside and d.plural), None)
        if named is None or (named.count is not None and named.count.said):
            return i
        named.count = quantity.amount
        named.widen(self.words[i].start, self.words[end + 1].end)
        self.use(i, end + 2)
        return end + 2

    def _link(self, link: Link, first: int, end: int) -> int:
        """Attach a relation; what roads join are the several things named, not a part of one of them."""
        if link.kind == "joined_by" and self.last is not None and not _made_several(self.last):
            named = [d for d in self.reading.demands if _made_several(d) and stage_of(d.feature) != "props"]
            if named and (
                load_features()[self.last.feature].needs or load_features()[self.last.feature].count_by == "none"
            ):
                self.last = named[-1]
        return super()._link(link, first, end)

    def _kind_of(self, subject: Demand | None, kind: str, target: str, word: str) -> str:
        """Return what a preposition means: a town "on a lake" is beside it."""
        settled = subject is not None and stage_of(subject.feature) in ("settlement", "road")
        if settled and kind in ("on", "in") and target in ("bay", "fjord"):
            return "near"  # its shore
        if settled and kind == "on" and (is_water(target) or target == "coast"):
            return "near" if subject is not None and subject.feature not in (*BRIDGES, "road") else "along"
        return super()._kind_of(subject, kind, target, word)


_HEADING = ("going", "goes", "running", "runs", "leading", "leads", "heading", "heads", "flowing", "flows", "winding",
            "winds", "stretching", "stretches", "passing", "passes")  # fmt: skip
_FORKS = ("forks", "fork", "forking", "branches", "branching")
_SPLITS = (*_FORKS, "splits", "split", "splitting", "divides", "dividing", "parts")
_INTO_TWO = ("in", "into", "two", "in two", "into two", "in half", "half", "off", "paths", "roads", "ways", "branches",
             "arms", "trails", "smaller", "left", "right", "and")  # fmt: skip

_OFF = frozenset({
    "in", "to", "off", "from", "towards", "toward", "all", "four", "every", "each", "the", "directions", "direction",
    "of", "off in", "out in", "out to", "off to", "map", "edges", "edge", "sides", "maps", "map's", "leading",
    "going", "out",
})  # fmt: skip
