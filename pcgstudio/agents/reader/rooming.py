"""Turns of phrase about rooms: behind, beside and apart from each other, at dead ends, the largest, with one door."""

from __future__ import annotations

from ..words.building import ROLES
from ..words.demand import EACH_ROOM, Amount, Demand, Link
from ..words.meaning import stage_of
from .cursor import Pending
from .distances import Distances
from .members import part_of

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
_FAR = ("far", "furthest", "farthest", "far away", "furthest away", "far from", "away from", "as far from",
        "furthest from", "farthest from", "as far away from")  # fmt: skip
_NEXT = (
    "next to", "adjacent to", "beside", "adjoining", "by", "bordering", "before", "right next to", "directly next to",
    "right beside", "right by", "right before",
)  # fmt: skip
_ROOMS = ("room", "rooms", "chamber", "chambers")


class Rooming(Distances):
    """Reads how rooms with roles lie to each other."""

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

    def _modifiers(self, i: int, head: int) -> Pending:
        """Take the words before a noun; list "a secret door" as not understood: nothing here hides a door or a room."""
        found = super()._modifiers(i, head)
        inner = self.words[head].kinds.get("feature", "")
        for k in range(i, head):
            if self.low(k) in _SECRET and inner and stage_of(inner) in ("interior", "role"):
                self.reading.not_understood.append(self.reading.text[self.words[k].start : self.words[head].end])
        return found

    def _role_at(self, i: int) -> tuple[str, int]:
        """Return the role that a noun phrase at ``i`` names and the index after it; empty where none does."""
        while self.low(i) in ("the", "a", "an", "any", "another", "its", "one"):
            i += 1
        head = self._phrase_at(i)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        if name in ROLES:
            return name, head
        superlative = next((k for k in range(i, head) if self.has(k, "superlative")), None) if name == "room" else None
        if superlative is not None and list(self.words[superlative].kinds["superlative"]) == ["size", 1]:
            return "largest", head
        return "", i

    def _role_subject(self) -> Demand | None:
        """Return the room with a role that is being spoken of."""
        one = self.last
        return one if one is not None and one.feature in ROLES and not one.absent else None

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
        head = self._phrase_at(j + 1)
        if kept and head and self.words[head - 1].kinds.get("feature") in ("lock", "door"):
            return self._behind_lock(subject, i, j + 1, head)
        if role in ("", "largest") or role == subject.feature:
            return i
        subject.links.append(Link("only_through", role))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self._name_again(i, end, role)
        self.use(i, end)
        return end

    def _behind_lock(self, subject: Demand, i: int, start: int, head: int) -> int:
        """Read "the treasure lies behind a locked door": nobody comes there without a key."""
        if not any(self.words[k].kinds.get("feature") == "lock" or self.low(k) == "locked" for k in range(start, head)):
            return i
        self.last, before = None, len(self.reading.demands)
        self._reference(start, head)
        self.reading.demands[before:] = [d for d in self.reading.demands[before:] if d.feature == "lock"]
        if not any(d.feature == "lock" and not d.absent for d in self.reading.demands) and "lock" not in self.known:
            quote = (self.words[start].start, self.words[head - 1].end)
            self.reading.demands.append(Demand("lock", quote, count=Amount.exactly(1)))
        subject.links.append(Link("behind_lock", ""))
        subject.widen(self.words[i].start, self.words[head - 1].end)
        self.last = subject
        self.use(i, head)
        return head

    def _every_room(self, i: int) -> int:
        """List "a treasure in every room" as not understood: roles take rooms of their own, and nothing counts it."""
        k = i + (self.low(i) in ("in", "inside", "to", "into", "for"))
        if self.low(k) not in ("every", "each", "all") or self.low(k + 1) not in _ROOMS:
            return i
        end = k + 2
        while k == i and end < len(self.words) and not self.has(end, "mark"):
            end += 1
        inside = {self.words[m].kinds.get("feature", "") for m in range(k + 2, end)}
        if self.last is not None and self.last.feature == "torch" and k > i and not self.last.absent:
            self.last.count = self.last.count or Amount.exactly(1)
            self.last.links.append(EACH_ROOM)
            self.last.widen(self.words[i].start, self.words[k + 1].end)
            self.use(i, k + 2)
            return k + 2
        held = self.last is not None and self.last.feature in (*ROLES, "key") and k > i
        if not (held or inside & {*ROLES, "key", "lock", "door"}):
            return i
        self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[end - 1].end])
        self.use(i, k + 2)
        return k + 2

    def _own_key(self, i: int) -> int:
        """Read "two locked doors, each opened by its own key" as one key for every lock."""
        lock = next((d for d in reversed(self.reading.demands) if d.feature == "lock" and not d.absent), None)
        if self.low(i) != "each" or lock is None or lock.count is None or self.last is not lock:
            return i
        end = next((k for k in range(i + 1, i + 8) if self.has(k, "feature")), 0)
        single = end and self.words[end].kinds["feature"] == "key" and not self.words[end].plural
        if not single or any(self.has(k, "mark", "negation") for k in range(i, end)):
            return i
        quote = (self.words[i].start, self.words[end].end)
        self.reading.demands.append(Demand("key", quote, count=Amount.exactly(lock.count.aim)))
        self.use(i, end + 1)
        return end + 1

    def _no_two(self, i: int) -> int:
        """Read "no two treasure rooms touch": rooms of a role keep apart."""
        if self.low(i) not in ("no two", "no") or (self.low(i) == "no" and self.low(i + 1) != "two"):
            return i
        start = i + 1 + (self.low(i) == "no")
        role, head = self._role_at(start + (self.low(start) == "of"))
        pronoun = self.low(start) in ("of", "which") and self.low(start + 1) in ("them", "these", "those")
        if pronoun and self.last is not None:
            role, head = self.last.feature, start + 2
        if role not in ROLES:
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
        if subject is None or k == j + 1 or role not in ROLES:
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
        told = self.low(j) in _NEXT
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
            top, k = self.low(j) in _FAR, j + 1
            while self.low(k) in ("away", "as", "possible", "from", "the", "away from", "far from", "as possible"):
                k += 1
            text = " ".join(self.low(m) for m in range(i, k + 4))
            most = self.low(j).startswith(("furthest", "farthest")) or "possible" in text
            role, end = self._role_at(k)
            if not (top and most and role == "entrance"):
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
        """List "the boss on the lower floor" as not understood: roles lie on the ground floor."""
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
        """Read "with only one door" of a room with a role as a dead end; other numbers are not understood."""
        if self.low(i) not in ("with", "has", "have", "having") or self.last is None:
            return i
        room = self.last.feature in (*ROLES, "room")
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
            count = 1
        k = j + 1 if count is not None and self.low(j) not in ("door", "doors") else j
        doors = self.low(k) in ("door", "doors", "doorway", "doorways", "way in", "opening", "openings")
        if not room or not doors or count is None:
            return i
        text = " ".join(self.low(m) for m in range(i, k))
        if count == 1 and self.last.feature in ROLES and not any(w in text for w in ("more", "least")):
            self.last.links.append(Link("ending", ""))
            self.last.widen(self.words[i].start, self.words[k].end)
        else:
            self.reading.not_understood.append(self.reading.text[self.words[i].start : self.words[k].end])
        self.use(i, k + 1)
        return k + 1
