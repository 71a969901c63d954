"""Turns of phrase about what people build: sizes in cells, ends and sides, walls, rooms behind and beside each other."""

from __future__ import annotations

from ..generator import load_features
from .cursor import BRIDGES, RUNNING, Pending, brink_of
from .demand import Amount, Demand, Link
from .idioms import Idioms
from .meaning import is_water, stage_of
from .members import part_of

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
    "next to", "adjacent to", "each other", "one another", "directly next to", "right next to", "beside each other",
    "rooms", "of", "them", "which", "or", "and", "side", "by", "neighbor", "neighbour", "abut",
})  # fmt: skip
_ROLES = ("entrance", "exit", "boss", "treasure", "spawn")


class Built(Idioms):
    """Reads what is said of settlements, roads and interiors, before the other turns of phrase."""

    def _idiom(self, i: int) -> int:
        """Read the turn of phrase at ``i``, if one stands there."""
        for rule in (
            self._in_cells, self._purpose, self._only_way, self._no_two, self._not_beside, self._beside, self._one_each_side,
            self._at_ends, self._at_rim, self._cliff_part, self._ways_off, self._whole_joined, self._secret,
            self._in_dead_ends, self._roads_cross, self._farthest, self._is_largest, self._on_floor, self._own_doors,
            self._hilltop, self._it_again, self._passing, self._lower_down, self._inside_town,
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

    def _purpose(self, i: int) -> int:
        """Read "for a heist" and "so that players can rest" as what the map is for, where nothing in it can be shown."""
        told = self.low(i) in ("for", "so", "so that", "because", "as we", "since")
        to_do = self.low(i) in ("to", "where") and self.low(i + 1) in _DOING
        if not (told or to_do) or self.pending.negated or self.pending.quantity:
            return i
        if self.low(i) == "so" and not (self.low(i + 1) in ("that", "the", "my", "players", "we", "i", "you", "they")):
            return i
        end = i + 1
        while end < len(self.words) and not (self.has(end, "mark") and self.low(end) not in ("-", "'", "(")):
            if self.low(end) in ("and", "with", "but", "in", "on", "at", "near", "between", "by") and end > i + 1:
                break
            if not self._harmless(end):
                return i
            end += 1
        if end == i + 1:
            return i
        self.reading.atmosphere.append(self.reading.text[self.words[i].start : self.words[end - 1].end])
        self.use(i, end)
        return end

    def _harmless(self, k: int) -> bool:
        """Whether a word names nothing that could be asked for on a map."""
        told = ("feature", "number", "place", "unsupported", "negation", "superlative", "comparative", "bound", "unit")
        if self.low(k) in ("one", "dnd", "d"):
            return True
        return not self.has(k, *told, "place_adjective", "denies", "percent", "mostly", "each")

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
        told = self.low(j) in ("next to", "adjacent to", "beside", "adjoining", "by", "bordering", "before",
                               "right next to", "directly next to", "right beside", "right by", "right before")  # fmt: skip
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
        subject.links.append(Link("ending", ""))
        subject.widen(self.words[i].start, self.words[k].end)
        self.use(i, k + 1)
        return k + 1

    def _farthest(self, i: int) -> int:
        """Read "as far from the entrance as possible" of a room with a role: no other room is farther."""
        subject = self._role_subject()
        if subject is None:
            return i
        told = self.low(i) in ("as far as possible from the entrance", "furthest from the entrance",
                               "farthest from the entrance")  # fmt: skip
        end = i + 1
        if not told:
            j = i
            while self.low(j) in (
                "as",
                "the",
                "in",
                "room",
                "that",
                "which",
                "is",
                "lies",
                "at",
                "point",
                "place",
                "spot",
            ):
                j += 1
            top = self.low(j) in ("far", "furthest", "farthest", "far away", "furthest away", "far from", "away from")
            k = j + 1
            while self.low(k) in ("away", "as", "possible", "from", "the", "away from", "far from", "as possible"):
                k += 1
            most = self.low(j) in ("furthest", "farthest", "furthest away") or "possible" in " ".join(
                self.low(m) for m in range(i, k + 4)
            )
            role, end = self._role_at(k)
            if not (top and most and role == "entrance" and k > j + 1):
                return i
            while self.low(end) in ("as", "possible", "you", "can", "as possible"):
                end += 1
            self._name_again(i, end, "entrance")
        subject.links.append(Link("farthest_room", "entrance"))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _is_largest(self, i: int) -> int:
        """Read "the boss room is the biggest room" and "in the smallest room"."""
        subject = self._role_subject()
        if subject is None or self.low(i) not in ("is", "should be", "must be", "being", "as", "in"):
            return i
        j = i + 1
        while self.low(j) in ("the", "be", "by", "far", "of", "in"):
            j += 1
        if not self.has(j, "superlative") or self.words[j].kinds["superlative"][0] != "size":
            return i
        end = j + 1 + (self.low(j + 1) in ("room", "one", "chamber", "rooms"))
        while self.low(end) in ("of", "all", "in", "the", "dungeon", "rooms", "them", "whole"):
            end += 1
        subject.places.append(part_of("room", tuple(self.words[j].kinds["superlative"])))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _on_floor(self, i: int) -> int:
        """List "the boss on the lower floor" as not understood: roles lie on the ground floor, and nothing checks more."""
        subject = self._role_subject()
        if subject is None or self.low(i) not in ("on", "in", "at"):
            return i
        end = next((k + 1 for k in range(i + 1, i + 5) if self.has(k, "feature")
                    and self.words[k].kinds["feature"] in ("storey", "terrace")), 0)  # fmt: skip
        if not end:
            return i
        self.reading.not_understood.append(self.reading.text[subject.quote[0] : self.words[end - 1].end])
        self.use(i, end)
        return end

    def _own_doors(self, i: int) -> int:
        """Read "with only one door" of a room with a role as a dead end; any other number of doors is not understood."""
        if self.low(i) not in ("with", "has", "have", "having") or self.last is None:
            return i
        room = self.last.feature in (*_ROLES, "room")
        j = i + 1
        while self.low(j) in (
            "only",
            "just",
            "exactly",
            "a",
            "single",
            "more than",
            "at least",
            "at most",
            "fewer than",
        ):
            j += 1
        count = (
            self.words[j].kinds.get("number")
            if self.has(j, "number")
            else 1
            if self.low(j - 1) in ("single",)
            else None
        )
        if self.low(j) in ("only one", "just one", "a single", "a", "single"):
            count, j = 1, j
        k = j + 1 if count is not None and self.low(j) not in ("door", "doors") else j
        doors = self.low(k) in ("door", "doors", "doorway", "doorways", "way in", "opening", "openings")
        if not room or not doors or count is None:
            return i
        text = " ".join(self.low(m) for m in range(i, k))
        if count == 1 and self.last.feature in _ROLES and not any(w in text for w in ("more", "least")):
            self.last.links.append(Link("ending", ""))
            self.last.widen(self.words[i].start, self.words[k].end)
        else:
            self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[k].end])
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
        if subject.feature in ("gate", "tower"):
            self._pair(subject)
            subject.links.append(Link("opposed", ""))
            subject.widen(self.words[i].start, self.words[end - 1].end)
            self.use(i, end)
            return end
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

    def _hilltop(self, i: int) -> int:
        """Read "on a hilltop" as on the middle of a hill."""
        if self.last is None or self.low(i) not in ("on", "atop", "at", "upon", "on top of"):
            return i
        j = i + 1
        while self.low(j) in ("the", "a", "an", "its", "flat", "bare", "high", "lonely", "round"):
            j += 1
        kind = {"hilltop": "hill", "hilltops": "hill", "mountaintop": "mountain"}.get(self.low(j), "")
        if not kind:
            return i
        if not any(d.feature == kind and not d.absent for d in self.reading.demands) and kind not in self.known:
            self.reading.demands.append(
                Demand(kind, (self.words[i].start, self.words[j].end), aside=True, count=Amount.exactly(1))
            )
        self.last.links.append(Link("middle", kind))
        self.last.widen(self.words[i].start, self.words[j].end)
        self.use(i, j + 1)
        return j + 1

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
        runs = ("lead", "leads", "run", "runs", "go", "goes", "connect", "connects", "cross", "crosses", "join", "joins",
                "pass", "passes", "start", "starts", "end", "ends", "link", "links", "come", "comes")  # fmt: skip
        if self.low(k) not in runs:
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

    def _link(self, link: Link, first: int, end: int) -> int:
        """Attach a relation; what roads join are the several things named, not a part of one of them."""
        if link.kind == "joined_by" and self.last is not None and not self._several(self.last):
            named = [d for d in self.reading.demands if self._several(d) and stage_of(d.feature) != "props"]
            if named and (
                load_features()[self.last.feature].needs or load_features()[self.last.feature].count_by == "none"
            ):
                self.last = named[-1]
        return super()._link(link, first, end)

    def _several(self, demand: Demand) -> bool:
        parts = load_features()[demand.feature].needs
        return (
            not demand.absent and not parts and (demand.plural or (demand.count is not None and demand.count.aim > 1))
        )

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


_DOING = frozenset({
    "players", "player", "my", "the", "heroes", "adventurers", "rest", "explore", "hide", "fight", "we", "they", "people",
    "travellers", "travelers", "kids", "you", "test", "practise", "practice", "use", "play", "sneak", "ambush", "run",
})  # fmt: skip
_OFF = frozenset({
    "in", "to", "off", "from", "towards", "toward", "all", "four", "every", "each", "the", "directions", "direction", "of",
    "map", "edges", "edge", "sides", "maps", "map's", "leading", "going", "out",
})  # fmt: skip
