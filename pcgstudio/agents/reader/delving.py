"""Turns of phrase about the ways through an interior: at the back, keys that are needed, ways in on two sides."""

from __future__ import annotations

import re

from ...generator import get_generator
from ...params import parameters
from ..words.building import MAZES
from ..words.demand import EACH_STOREY, Amount, Demand, Link
from ..words.meaning import described, stage_of
from .cursor import COMPASS, place_of
from .rooming import Rooming

_WHOLES = "cave|cavern|grotto|dungeon|maze|labyrinth|crypt|tomb|mine|catacombs?|level"
_BACK = re.compile(
    r"(?:(?:right |all the way |way )?(?:at|in|to) the (?:very |far )?(?:back|rear|far end|other end|deepest point)"
    rf"(?: of(?: the| this| a)?(?: (?:{_WHOLES}))?)?"
    rf"|deep inside(?: the (?:{_WHOLES}))?)(?= |$)"
)
_LAST = re.compile(r"in the (?:very )?(?:last|final)(?: (?:one|chamber|cave|room|cell))?(?: of (?:them|the row|all))?$")
_CHAINS = next(p.choices for p in parameters(get_generator("rooms").params) if p.name == "layout")["row"]
_END = re.compile(rf"at the (?:very |far )?(?:end|back)(?: of the (?:{_WHOLES}))?(?= |$)")
_KEY = re.compile(
    r"(?:(?:needs?|requires?|must|have to|has to)(?: to)?(?: (?:first )?(?:find|have|get|fetch))? )?(?:a|the|one) key "
    r"(?:(?:is|must be|has to be|needs to be|should be) (?:needed|required|necessary|found|fetched|collected) )?"
    r"(?:(?:in order )?(?:to (?:get (?:to|into|in)|reach|enter|open|unlock|access|go to|come to|find)|to|for"
    r"|that opens)|before(?: the)?(?: (?:you|they|one|we|i|anyone|player|players|party|heroes))?"
    r"(?: (?:can|may|could|are able to))?"
    r"(?: (?:get (?:to|into|in)|reach|enter|open|opening|unlock|access|go to|come to|reaching|entering))?)(?= |$)"
)
_DOOR_TO = re.compile(r"(?:the )?(?:locked )?doors? (?:to|of|into|leading to|that leads to)(?= |$)")
_OPENED = re.compile(r"can be (?:opened|reached|entered|unlocked|accessed)(?= |$)")
_KEY_FIRST = re.compile(
    r"(?:(?:has to|must|should|needs to|have to) be |is |lies |placed )?(?:somewhere|in a place|in a room|where)"
    r"(?: that| where)?(?: (?:you|they|one|(?:the |a )?(?:player|players|party|heroes)))? (?:can|could|may) "
    r"(?:get|reach|find|fetch|pick up|get to)(?: to)?(?: it)?(?: (?:first|before that|beforehand|before))?(?= |$)"
)
_NO_BRANCHES = re.compile(
    r"(?:with )?(?:no|without(?: any)?) (?:(?:side|other) )?"
    r"(?:branches|branch|branching|forks|detours|side(?: |-)?(?:rooms|passages|ways|corridors|paths))(?= |$)"
)
_OPENS = re.compile(
    r"(?:(?:which|that) )?"
    r"(?:opens|unlocks|(?:in order )?to (?:get (?:to|into|in)|reach|enter|open|unlock|access)|to|for)(?= |$)"
)
_JOINED = re.compile(
    r"(?:all of (?:it|them)|it all|everything|every part of it)(?: is| are| must be| should be)? "
    r"(?:connected|reachable|joined|linked|joined up|accessible)(?= |$)"
)
_SIDES = re.compile(
    r"(?:on|at|to|from) (?:(?:the )?(?:two |both )?(?:opposite|different|opposing)|two|both)(?: opposite| different)? "
    r"(?:sides|ends|walls|edges)(?: of (?:it|the (?:maze|labyrinth|map)))?(?= |$)"
)
_BOTH_SIDES = re.compile(r"(?:on|along|at|to) (?:each|either|every|both)(?: of its| its)? sides?(?: of it)?(?= |$)")
_FLOORS = "(?:floor|storey|story|level)s?"
_EACH_FLOOR = re.compile(
    rf"(?:(?:on|in|at|for|to) )?(?:(?:each|every)(?: one)?(?: of)?|both|all)(?: (?:the|its|these))? {_FLOORS}(?= |$)"
    rf"|(?:per|a) {_FLOORS}(?= |$)|each(?= |$)|on each(?: one)?(?= |$)"
)
_FLOORS_HAVE = re.compile(
    rf"(?:on |in )?(?:each|every|both|all)(?: one)?(?: of (?:them|which|these))?(?: (?:the )?{_FLOORS})?"
    r"(?: (?:with|has|have|having|holding|holds|containing|contains|there (?:is|are|should be)))?(?= |$)"
)
_OTHER_END = re.compile(
    r"(?:right |all the way )?(?:at|in|on) the (?:very )?(?:(?:other|opposite) (?:end|side))"
    rf"(?: of(?: the| this| a)?(?: (?:{_WHOLES}))?)?(?= |$)"
)
_GOALS = ("treasure", "boss", "exit")
_WAYS_IN = ("entrance", "exit")
_WAYS = {"enter": "entrance", "go in": "entrance", "start": "entrance", "leave": "exit", "get out": "exit"}
_TOO_MANY = 2


class Delving(Rooming):
    """Reads how one gets into an interior, through it and to its end."""

    def _matched(self, i: int, pattern: re.Pattern[str]) -> int:
        """Return the index after the words at ``i`` that a pattern matches, ``i`` where it does not."""
        text = ""
        ends = {}
        for k in range(i, min(i + 12, len(self.words))):
            if self.has(k, "mark"):
                break
            text += (" " if text else "") + self.low(k)
            ends[len(text)] = k + 1
        found = pattern.match(text)
        return ends.get(found.end(), i) if found else i

    def _at_the_back(self, i: int) -> int:
        """Read "a treasure at the back of the cave" of a room with a role: far from the entrance, on any side."""
        subject = self._role_subject()
        if subject is None and self.last is not None and self.last.feature == "room" and not self.last.several:
            end = self._matched(i, _END)
            self.use(i, end)  # a plain room at the end: some room always is
            return end
        end = self._matched(i, _BACK) if subject is not None else i
        if subject is None or end == i or subject.feature == "entrance":
            return i
        side = end
        while self.low(side) in ("in", "on", "at", "to", "the"):
            side += 1
        if self._place_at(side)[0] is None:  # "at the back in the north" says which side the back is
            subject.links.append(Link("deep", ""))
            subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _other_end(self, i: int) -> int:
        """Read "and the key lies at the other end" of what is named after a room with a role: far from that room."""
        last = self.last
        role = next((d.feature for d in reversed(self.reading.demands) if d.feature in _GOALS and not d.absent), "")
        end = self._matched(i, _OTHER_END) if last is not None and last.feature == "key" and role else i
        if last is None or last.absent or end == i:
            return i
        last.links.append(Link("farthest", role))
        last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _in_the_last(self, i: int) -> int:
        """Read "and the boss in the last one" of a room with a role: none lies farther from the entrance."""
        subject = self._role_subject()
        end = self._to_mark(i)
        text = " ".join(self.low(k) for k in range(i, end))
        if subject is None or subject.feature == "entrance" or not _LAST.match(text):
            return i
        chained = any(w in _CHAINS for d in self.reading.demands for w in d.choices)
        subject.links.append(Link("farthest_room", "entrance") if chained else Link("deep", ""))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _to_mark(self, i: int) -> int:
        """Return the index of the next mark or "and" after ``i``."""
        end = i
        while end < len(self.words) and not self.has(end, "mark") and self.low(end) not in ("and", "with", "but"):
            end += 1
        return end

    def _no_branches(self, i: int) -> int:
        """Read "with no side branches" of rooms as one after another in a row."""
        end = self._matched(i, _NO_BRANCHES)
        hosts = [d for d in self.reading.demands if d.feature in ("room", "dungeon") and not d.absent]
        if end == i or not hosts:
            return i
        if not any(described(d.feature, word, "choice") for d in hosts for word in d.choices):
            hosts[-1].choices.append("in a row")
        self.use(i, end)
        return end

    def _key_first(self, i: int) -> int:
        """Read "the key has to be where the player can get it first": every key does, and is checked."""
        keyed = self.last is not None and self.last.feature == "key" and not self.last.absent
        end = self._matched(i, _KEY_FIRST) if keyed else i
        self.use(i, end)
        return end

    def _all_joined(self, i: int) -> int:
        """Read "all of it connected" of an interior: that holds of every one, and is checked anyway."""
        end = self._matched(i, _JOINED) if any(stage_of(d.feature) == "interior" for d in self.reading.demands) else i
        self.use(i, end)
        return end

    def _key_needed(self, i: int) -> int:
        """Read "you need a key to get to the boss" as a key, a locked door, and the boss behind it."""
        keyed = self.last is not None and self.last.feature == "key" and not self.last.absent
        end = max(self._matched(i, _KEY), self._matched(i, _OPENS) if keyed else i)
        if end == i:
            return i
        start, end = end, self._matched(end, _DOOR_TO)
        role, after = self._role_at(end)
        if end > start and role in ("", "largest", "entrance"):
            role, after = self._role_at(start)
            end = start
        head = self._phrase_at(end + (self.low(end) in ("the", "a")))
        door = bool(head) and self.words[head - 1].kinds.get("feature") in ("door", "lock", "room")  # any room will do
        if role in ("", "largest", "entrance") and not door:
            return i
        stop = self._matched(head if door else after, _OPENED)
        quote = (self.words[i].start, self.words[stop - 1].end)
        for needed in ("key", "lock"):
            if not any(d.feature == needed and not d.absent for d in self.reading.demands):
                self.reading.demands.append(Demand(needed, quote, count=Amount.exactly(1)))
        if not door:
            self._name_again(end, after, role)
            named = next((d for d in self.reading.demands if d.feature == role and not d.absent), None)
            if named is None:
                return i
            named.links.append(Link("behind_lock", ""))
            named.widen(*quote)
            self.last = named
        self.use(i, stop)
        return stop

    def _per_storey(self, i: int) -> int:
        """Read "five rooms on each floor" and "two storeys, each with six rooms" as that number on every storey."""
        last = self.last
        if last is None or last.absent or self.pending.negated:
            return i
        if last.feature == "room" and last.count is not None:
            end = self._matched(i, _EACH_FLOOR)
            ends = end >= len(self.words) or self.has(end, "mark") or self.low(end) in ("and", "with", "joined")
            named = end > i + 1 or any(d.feature in ("storey", "terrace") for d in self.reading.demands)
            if end > i and ends and named:
                last.links.append(EACH_STOREY)
                last.widen(self.words[i].start, self.words[end - 1].end)
                self.use(i, end)
                return end
        end = self._matched(i, _FLOORS_HAVE)
        named = last.feature in ("storey", "terrace") or any(
            self.words[k].kinds.get("feature") in ("storey", "terrace") for k in range(i, end)
        )
        head = self._phrase_at(end) if end > i and named else 0
        if not head or self.words[head - 1].kinds.get("feature") != "room":
            return i
        self.use(i, end)
        before = len(self.reading.demands)
        end = self._phrase(end)
        for rooms in (d for d in self.reading.demands[before:] if d.feature == "room" and d.count is not None):
            rooms.links.append(EACH_STOREY)
            rooms.widen(self.words[i].start, rooms.quote[1])
        return end

    def _beside_the_hall(self, i: int) -> int:
        """Read "a corridor with six rooms on each side" of the rooms: they lie on both sides of the corridor."""
        last = self.last
        end = self._matched(i, _BOTH_SIDES)
        halls = any(d.feature == "corridor" and not d.absent for d in self.reading.demands)
        if end == i or not halls or last is None or last.feature != "room" or last.absent or self.low(end) == "of":
            return i
        last.links.append(Link("both_sides", "corridor"))
        last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _on_two_sides(self, i: int) -> int:
        """Read "exits on two sides" of a maze as a way in on one side and a way out on the opposite."""
        last = self.last
        end = self._matched(i, _SIDES)
        mazes = any(d.feature in MAZES for d in self.reading.demands)
        if end == i or last is None or last.feature not in _WAYS_IN or not mazes or last.places:
            return i
        if last.count is not None and last.count.said and last.count.aim != _TOO_MANY:
            return i
        others = [d for d in self.reading.demands if d.feature in _WAYS_IN and d is not last and not d.absent]
        if any(d.places or d.several for d in others):
            return i
        quote = (last.quote[0], self.words[end - 1].end)
        for name, side in (("entrance", "south"), ("exit", "north")):
            one = last if name == last.feature else next((d for d in others if d.feature == name), None)
            if one is None:
                one = Demand(name)
                self.reading.demands.append(one)
            one.quote, one.plural, one.count, one.links = quote, False, Amount.exactly(1), []
            one.places = [place_of(side)]
        self.reading.interpretations.append(
            f"read '{self.reading.text[quote[0] : quote[1]]}' as an entrance in the south and an exit in the north"
        )
        self.use(i, end)
        return end

    def _enter_at(self, i: int) -> int:
        """Read "you enter from the west and leave in the east" of an interior."""
        role = _WAYS.get(self.low(i), "")
        indoors = any(stage_of(d.feature) == "interior" for d in self.reading.demands)
        j = i + 1
        while self.low(j) in ("it", "the", "from", "in", "on", "at", "maze", "dungeon", "through", "by", "to"):
            j += 1
        place, end = self._place_at(j) if role and indoors and j > i + 1 else (None, i)
        if place is None or place.name not in COMPASS or end <= i:
            return i
        end += self.low(end) in ("side", "edge", "end", "wall")
        one = next((d for d in self.reading.demands if d.feature == role and not d.absent), None)
        if one is None:
            one = Demand(role, (self.words[i].start, self.words[end - 1].end), count=Amount.exactly(1))
            self.reading.demands.append(one)
        one.places.append(place)
        self.use(i, end)
        self.last = one
        return end
