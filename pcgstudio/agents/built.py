"""Turns of phrase about what people build: sizes in cells, ends and sides, walls, rooms behind and beside each other."""

from __future__ import annotations

from ..generator import load_features
from .cursor import BRIDGES, Pending, brink_of
from .demand import Amount, Demand, Link
from .distances import Distances
from .meaning import is_water, stage_of

_BY = ("x", "×", "by", "*")
_CELLS = ("cell", "cells", "tile", "tiles", "square", "squares", "passage", "passages", "grid", "fields", "blocks")
_GRIDDED = ("maze", "hedge maze", "dungeon", "cave", "burrow")
_ENDS = ("end", "ends", "side", "sides", "bank", "banks", "shore", "shores")
_SETTLED = ("farm", "hamlet", "village", "town", "city", "castle", "settlement")
_HOLLOW = ("impact crater", "crater", "canyon", "plateau", "cliff", "sea cliff", "valley", "volcano")
_SECRET = ("secret", "hidden", "concealed", "invisible")
_ONLY = frozenset({"only", "just", "solely", "exclusively"})
_REACHED = frozenset({
    "reached", "reachable", "accessible", "accessed", "entered", "enter", "reach", "get", "be", "can", "is", "are",
    "which", "that", "you", "to", "it", "and", "has", "have", "its", "the", "access", "entrance", "way", "in", "door",
    "into", "leads", "where", "must", "should", "opens", "open", "connected", "connects",
})  # fmt: skip
_THROUGH = ("through", "via", "from", "by", "over", "past", "off")
_TOUCH = frozenset({
    "touch", "touching", "adjacent", "adjoin", "adjoining", "border", "bordering", "neighbouring", "neighboring",
    "connected", "share", "next", "beside", "neighbours", "neighbors", "are", "be", "to", "each", "other", "one",
    "another", "may", "should", "can", "must", "is", "a", "wall", "directly", "lie", "sit", "stand", "together",
    "rooms", "of", "them", "which", "or", "and", "side", "by", "neighbor", "neighbour", "abut",
})  # fmt: skip
_ROLES = ("entrance", "exit", "boss", "treasure", "spawn")


class Built(Distances):
    """Reads what is said of settlements, roads and interiors, before the other turns of phrase."""

    def _idiom(self, i: int) -> int:
        """Read the turn of phrase at ``i``, if one stands there."""
        for rule in (
            self._in_cells, self._only_way, self._no_two, self._not_beside, self._beside, self._one_each_side,
            self._at_ends, self._at_rim, self._cliff_part, self._ways_off, self._whole_joined, self._secret,
            self._in_dead_ends, self._roads_cross, self._lower_down, self._inside_town,
        ):  # fmt: skip
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    # -- sizes -----------------------------------------------------------------------------------------------------

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
        if not cells and (named or Demand(comes)).feature not in ("maze", "hedge maze"):
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

    # -- what asks for nothing -------------------------------------------------------------------------------------

    def _whole_joined(self, i: int) -> int:
        """Read "all reachable" and "fully connected" of rooms: that holds of every interior, and is checked anyway."""
        told = self.low(i) in ("reachable", "connected", "interconnected", "accessible", "linked", "joined")
        indoors = self.last is not None and stage_of(self.last.feature) in ("interior", "role")
        ends = i + 1 >= len(self.words) or self.has(i + 1, "mark") or self.low(i + 1) in ("and", "with", "from", "to")
        if not told or not indoors or not ends or self.pending.negated or self.low(i - 1) in ("not", "directly"):
            return i
        end = i + 1
        if self.low(end) in ("from", "to", "with") and self.low(end + 1) in ("each", "one", "every", "the"):
            stop = end + 1
            while self.low(stop) in ("each", "other", "one", "another", "the", "every", "entrance", "start"):
                stop += 1
            end = stop
        elif self.low(end) in ("from", "to"):
            return i
        self.use(i, end)
        if self.low(i - 1) in ("fully", "all", "completely", "totally"):
            self.used[i - 1] = True
        return end

    def _secret(self, i: int) -> int:
        """List "a secret door" as not understood: nothing here hides a door or a room."""
        if self.low(i) not in _SECRET:
            return i
        head = self._phrase_at(i + 1)
        inner = self.words[head - 1].kinds.get("feature", "") if head else ""
        if not inner or stage_of(inner) not in ("interior", "role"):
            return i
        self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[head - 1].end])
        self.used[i] = True
        return i + 1

    # -- rooms -----------------------------------------------------------------------------------------------------

    def _role_at(self, i: int) -> tuple[str, int]:
        """Return the role that a noun phrase at ``i`` names and the index after it; empty where none does."""
        while self.low(i) in ("the", "a", "an", "any", "another", "its", "one"):
            i += 1
        head = self._phrase_at(i)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        if name in _ROLES:
            return name, head
        superlative = next((k for k in range(i, head) if self.has(k, "superlative")), None) if name == "room" else None
        if superlative is not None and list(self.words[superlative].kinds["superlative"]) == ["size", 1]:
            return "largest", head
        return "", i

    def _role_subject(self) -> Demand | None:
        """Return the room with a role that is being spoken of."""
        one = self.last
        return one if one is not None and one.feature in _ROLES and not one.absent else None

    def _name_again(self, i: int, end: int, role: str) -> None:
        """Ask for the room that a relation names, where nobody asked for it before."""
        there = role in self.known or any(d.feature == role and not d.absent for d in self.reading.demands)
        if not there and role != "largest":
            quote = (self.words[i].start, self.words[end - 1].end)
            self.reading.demands.append(Demand(role, quote, aside=True, count=Amount.exactly(1)))

    def _only_way(self, i: int) -> int:
        """Read "that can only be reached through the treasure room" and "behind the boss room"."""
        subject = self._role_subject()
        if subject is None:
            return i
        j, only = i, False
        while j < i + 12 and (self.low(j) in _REACHED or self.low(j) in _ONLY) and self.low(j) not in ("from",):
            only = only or self.low(j) in _ONLY
            j += 1
        kept = self.low(j) in ("behind", "guarded by", "after")
        passing = self.low(j) in _THROUGH and only
        if self.low(j) == "guarded" and self.low(j + 1) == "by":
            kept, j = True, j + 1
        if not (kept or passing):
            return i
        role, end = self._role_at(j + 1)
        if role in ("", "largest") or role == subject.feature:
            return i
        subject.links.append(Link("only_through", role))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self._name_again(i, end, role)
        self.use(i, end)
        return end

    def _no_two(self, i: int) -> int:
        """Read "no two treasure rooms touch": rooms of a role keep apart."""
        if self.low(i) not in ("no two", "no") or (self.low(i) == "no" and self.low(i + 1) != "two"):
            return i
        start = i + 1 + (self.low(i) == "no")
        role, head = self._role_at(start + (self.low(start) == "of"))
        pronoun = self.low(start) in ("of", "which") and self.low(start + 1) in ("them", "these", "those")
        if pronoun and self.last is not None:
            role, head = self.last.feature, start + 2
        if role not in _ROLES:
            return i
        end = head
        while self.low(end) in _TOUCH and not self.has(end, "mark"):
            end += 1
        if end == head:
            return i
        named = next((d for d in self.reading.demands if d.feature == role and not d.absent), None)
        if named is None:
            named = Demand(role, (self.words[i].start, self.words[end - 1].end), plural=True)
            named.count = Amount("at_least", 2, 2, 3, said=False)
            self.reading.demands.append(named)
        named.links.append(Link("apart_from", role))
        self.use(i, end)
        self.last, self.pending = named, Pending()
        return end

    def _not_beside(self, i: int) -> int:
        """Read "must not be next to the entrance" of a room with a role."""
        subject = self._role_subject()
        j = i
        while self.low(j) in ("must", "should", "may", "can", "but", "and", "never", "that", "which", "is", "are"):
            j += 1
        if self.low(j) not in ("not", "never", "nor", "must not", "should not", "not next to", "isnt", "arent"):
            return i
        k = j + 1
        while self.low(k) in ("be", "touch", "next to", "adjacent to", "next", "adjacent", "to", "beside", "touching",
                              "directly", "right"):  # fmt: skip
            k += 1
        role, end = self._role_at(k)
        if subject is None or k == j + 1 or role not in _ROLES:
            return i
        subject.links.append(Link("apart_from", role))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self._name_again(i, end, role)
        self.use(i, end)
        return end

    def _beside(self, i: int) -> int:
        """Read "right next to the boss room" of a room with a role."""
        subject = self._role_subject()
        j = i
        while self.low(j) in (
            "right",
            "directly",
            "immediately",
            "that",
            "is",
            "lies",
            "connected",
            "attached",
            "just",
        ):
            j += 1
        told = self.low(j) in ("next to", "adjacent to", "beside", "adjoining", "by", "bordering", "before")
        if self.low(j) in ("connected", "attached", "next", "adjacent") and self.low(j + 1) == "to":
            told, j = True, j + 1
        if self.low(j) == "to" and self.low(j - 1) in ("connected", "attached"):
            told = True
        if subject is None or not told:
            return i
        role, end = self._role_at(j + 1)
        if not role or role == subject.feature:
            return i
        subject.links.append(Link("beside", role))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self._name_again(i, end, role)
        self.use(i, end)
        return end

    def _in_dead_ends(self, i: int) -> int:
        """Read "a treasure room at a dead end" and "each in a dead end"."""
        subject = self._role_subject()
        j = i
        while self.low(j) in (
            "each",
            "all",
            "both",
            "is",
            "are",
            "lies",
            "lie",
            "that",
            "which",
            "must",
            "be",
            "always",
        ):
            j += 1
        if subject is None or self.low(j) not in ("at", "in", "at the end of", "in the"):
            return i
        k = j + 1
        while self.low(k) in ("a", "the", "its", "own", "different", "of"):
            k += 1
        if not self.has(k, "feature") or self.words[k].kinds["feature"] != "dead end" or self.has(k + 1, "preposition"):
            return i
        subject.links.append(Link("ending", "dead end"))
        subject.widen(self.words[i].start, self.words[k].end)
        self.use(i, k + 1)
        return k + 1

    # -- sides and ends --------------------------------------------------------------------------------------------

    def _one_each_side(self, i: int) -> int:
        """Read "four gates, one on each side" and "one in every direction"."""
        if self.last is None or self.last.feature not in ("gate", "tower") or self.low(i) != "one":
            return i
        j = i + 1
        while self.low(j) in (
            "on",
            "in",
            "at",
            "for",
            "to",
            "facing",
            "per",
            "each",
            "every",
            "of",
            "the",
            "its",
            "four",
        ):
            j += 1
        compass = ("side", "sides", "direction", "directions", "wall", "compass", "cardinal")
        if self.low(j) not in compass or not {"each", "every", "per"} & {self.low(k) for k in range(i, j)}:
            return i
        end = j + 1
        while self.low(end) in ("direction", "directions", "point", "points"):
            end += 1
        self.last.links.append(Link("every_side", ""))
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _at_ends(self, i: int) -> int:
        """Read "at opposite ends of the map", "at each end of the bridge" and "on opposite banks of the river"."""
        if self.last is None or self.low(i) not in ("at", "on", "near", "by", "in", "from"):
            return i
        j, told = i + 1, set[str]()
        while self.low(j) in ("each", "both", "either", "every", "opposite", "the", "two", "opposing"):
            told.add(self.low(j))
            j += 1
        told -= {"the", "two"}
        if not told or self.low(j) not in _ENDS or self.last.absent:
            return i
        end = j + 1
        if self.low(end) != "of":
            return self._opposite_ends(i, end, j, told)
        head = self._phrase_at(end + 1)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        if head and self.has(head - 1, "map") and not name:
            return self._opposite_ends(i, head, j, told)
        subject = self.last
        if name in (*BRIDGES, "road", "street") and self.low(j).startswith("end"):
            stop = self._reference(end + 1, head)
            self.last = subject
            self._pair(subject)
            subject.links.append(Link("ends", name))
        elif name == "river":
            stop = self._reference(end + 1, head)
            self.last = subject
            self._pair(subject)
            subject.links.append(Link("both_sides", name))
        elif name in ("island", "valley", "lake", "canyon"):
            return i
        else:
            return i
        subject.widen(self.words[i].start, self.words[stop - 1].end)
        self.use(i, stop)
        return stop

    def _pair(self, subject: Demand) -> None:
        """Let "a tower at each end" be two towers."""
        if (subject.count is None and not subject.plural) or (subject.count is not None and subject.count.aim == 1):
            subject.count = Amount.exactly(2)
            subject.plural = True

    def _opposite_ends(self, i: int, end: int, j: int, told: set[str]) -> int:
        """Share two of a kind out to the west and the east of the map."""
        subject = self.last
        if (
            subject is None
            or self.low(j) not in ("ends", "sides", "end", "side")
            or not {"opposite", "opposing"} & told
        ):
            return i
        self._pair(subject)
        if not (subject.count is not None and subject.count.aim % 2 == 0) or not self._shared_out(("west", "east")):
            return i
        for part in self.reading.demands[-2:]:
            part.places = [brink_of(part.places[0].name)]
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _at_rim(self, i: int) -> int:
        """Read "a village on the rim" of the crater that was named before."""
        if self.last is None or self.low(i) not in ("on", "at", "along", "around", "near"):
            return i
        j = i + 1
        own = self.low(j) in ("its", "their")
        j += self.low(j) in ("the", "its", "their", "very")
        if (
            self.low(j) not in (("rim", "brink", "lip", "edge") if own else ("rim", "brink", "lip"))
            or self.low(j + 1) == "of"
        ):
            return i
        hollow = next((d for d in reversed(self.reading.demands) if d.feature in _HOLLOW and d is not self.last), None)
        if hollow is None:
            return i
        return self._link(Link("near", hollow.feature), i, j + 1)

    def _cliff_part(self, i: int) -> int:
        """Read "on top of a cliff" and "at the foot of the cliff": the ground above it, or below it."""
        low = self.low(i)
        high = low in (
            "on top of",
            "atop",
            "on the top of",
            "at the top of",
            "on",
            "on the edge of",
            "at the edge of",
            "above",
        )
        foot = low in (
            "at the foot of",
            "at the base of",
            "at the bottom of",
            "below",
            "beneath",
            "under",
            "underneath",
        )
        if self.last is None or not (high or foot) or stage_of(self.last.feature) in ("interior", "role", "volume"):
            return i
        j = i + 1
        while self.low(j) in ("the", "a", "an", "its"):
            j += 1
        head = self._phrase_at(i + 1)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        if name not in ("cliff", "sea cliff") or self.last.feature in (
            "cliff",
            "sea cliff",
            "cliff top",
            "sea",
            "river",
        ):
            return i
        subject = self.last
        end = self._reference(i + 1, head)
        self.last = subject
        subject.links.append(Link("on", "cliff top" if high else "cliff foot"))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _ways_off(self, i: int) -> int:
        """Read "roads leading off in all four directions" of a crossroads: its arms."""
        crossing = any(d.feature in ("crossroads", "fork") for d in self.reading.demands)
        if not crossing or self.low(i) not in ("in", "to", "off", "from", "towards", "toward"):
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
        met = Demand("crossroads", (self.last.quote[0], self.words[end - 1].end), weight=self.sentence_weight)
        self.reading.demands.append(met)
        self.use(i, end)
        self.last, self.group = met, []
        return end

    def _kind_of(self, subject: Demand | None, kind: str, target: str, word: str) -> str:
        """Return what a preposition means: a town "on a lake" is beside it."""
        settled = subject is not None and stage_of(subject.feature) in ("settlement", "road")
        if settled and kind == "on" and (is_water(target) or target == "coast"):
            return "near" if subject is not None and subject.feature not in (*BRIDGES, "road") else "along"
        return super()._kind_of(subject, kind, target, word)

    def _lower_down(self, i: int) -> int:
        """Read "a castle on a hill and a village below it": lower than it and near it."""
        if self.low(i) not in ("below", "beneath", "underneath", "further down", "at the bottom") or self.last is None:
            return i
        end = i + 1 + (self.low(i + 1) in ("it", "them", "that"))
        ends = end >= len(self.words) or self.has(end, "mark") or self.low(end) in ("and", "with", "by", "but")
        if not ends or stage_of(self.last.feature) != "settlement":
            return i
        before = self._before_last()
        if before is None or before is self.last or stage_of(before.feature) not in ("settlement", "landform"):
            return i
        named = [d for d in self.reading.demands if d is not self.last and d.feature in _SETTLED and not d.absent]
        target = named[-1] if named else before
        return self._link(Link("below", target.feature), i, end)

    def _inside_town(self, i: int) -> int:
        """Read "the market square is in the middle" and "a church in the centre" of a town that was named."""
        if self.last is None or self.low(i) not in ("in", "at"):
            return i
        mine = load_features()[self.last.feature]
        j = i + 1 + (self.low(i + 1) in ("the", "its"))
        j += self.low(j) in ("very", "exact", "dead")
        ends = j + 1 >= len(self.words) or self.has(j + 1, "mark") or self.low(j + 1) in ("and", "with", "but")
        if "settlement" not in mine.needs or self.low(j) not in ("middle", "centre", "center", "heart") or not ends:
            return i
        town = next((d for d in reversed(self.reading.demands) if d.feature in _SETTLED and not d.absent), None)
        if town is None or town.plural:
            return i
        self.last.links.append(Link("middle", town.feature))
        self.last.widen(self.words[i].start, self.words[j].end)
        self.use(i, j + 1)
        return j + 1


_OFF = frozenset({
    "in", "to", "off", "from", "towards", "toward", "all", "four", "every", "each", "the", "directions", "direction", "of",
    "map", "edges", "edge", "sides", "maps", "map's", "leading", "going", "out",
})  # fmt: skip
