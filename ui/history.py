"""The history of a session: a tree of entries that loses nothing, and the few maps of it that are kept built."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from .messages import Message
from .state import Entry, Shown, Timeline, Turn

INSTANT = 10
"""Maps that are kept built, so that going back to them takes no time."""

KEPT_BYTES = 640 << 20
"""Memory that they may take together; the latest two are kept in any case."""

START = Entry(0, None, "start", Message("Beginning"))


@dataclass(frozen=True)
class History:
    """Entries by id, the current one, and where redo leads from each.

    Parameters
    ----------
    entries : mapping of int to Entry
        In the order they were made.
    current : int
    ahead : mapping of int to int
        From an entry to the child that redo takes.
    newest : int
        The highest id that was ever given; ids are not used twice.
    """

    entries: Mapping[int, Entry] = field(default_factory=lambda: MappingProxyType({0: START}))
    current: int = 0
    ahead: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    newest: int = 0

    @property
    def here(self) -> Entry:
        """The current entry."""
        return self.entries[self.current]

    @property
    def back(self) -> int | None:
        """The entry that undo leads to; None at the beginning."""
        return self.here.parent

    @property
    def on(self) -> int | None:
        """The entry that redo leads to; None where nothing was taken back."""
        return self.ahead.get(self.current)

    def added(self, **told: Any) -> History:
        """Return the history with a new entry made from the current one, and that as the current one."""
        entry = Entry(id=self.newest + 1, parent=self.current, at=time.time(), **told)
        return replace(
            self, entries={**self.entries, entry.id: entry}, newest=entry.id,
            ahead={**self.ahead, self.current: entry.id}, current=entry.id,
        )  # fmt: skip

    def changed(self, number: int, **told: Any) -> History:
        """Return the history with something of an entry replaced."""
        return replace(self, entries={**self.entries, number: replace(self.entries[number], **told)})

    def moved(self, to: int) -> History:
        """Return the history with another current entry; redo leads along the way that was undone."""
        way = self.path(to)
        ahead = {**self.ahead, **dict(pairwise(way))}
        return replace(self, current=to, ahead=ahead)

    def without(self, number: int) -> History:
        """Return the history without an entry that nothing was made from; its parent becomes current if it was."""
        gone = self.entries[number]
        if gone.parent is None or any(e.parent == number for e in self.entries.values()):
            raise ValueError(f"entry {number} is built upon")
        entries = {i: e for i, e in self.entries.items() if i != number}
        ahead = {a: b for a, b in self.ahead.items() if b != number}
        return replace(
            self, entries=entries, ahead=ahead, current=gone.parent if self.current == number else self.current
        )

    def path(self, to: int | None = None) -> tuple[int, ...]:
        """Return the ids from the beginning to an entry, by default the current one."""
        way = [self.current if to is None else to]
        while (parent := self.entries[way[-1]].parent) is not None:
            way.append(parent)
        return tuple(reversed(way))

    def turns(self) -> tuple[Turn, ...]:
        """Return the conversation that led to the current entry, since it last began anew."""
        said: list[Turn] = []
        for number in self.path():
            entry = self.entries[number]
            said = [*([] if entry.fresh else said), *entry.turns]
        return tuple(said)

    def instructed(self) -> Entry | None:
        """Return the last entry on the way here that an instruction made; None where none did."""
        for number in reversed(self.path()):
            entry = self.entries[number]
            if entry.kind == "instruction":
                return entry
            if entry.fresh:
                return None
        return None

    def timeline(self, instant: Iterable[int]) -> Timeline:
        """Return what the window shows of it."""
        path = list(self.path())
        while (on := self.ahead.get(path[-1])) is not None:
            path.append(on)
        back, on = self.back, self.on
        return Timeline(
            tuple(self.entries.values()), self.current, tuple(path),
            self.here.title if back is not None else "", self.entries[on].title if on is not None else "",
            frozenset(i for i in instant if i in self.entries),
        )  # fmt: skip


class Kept:
    """The maps that stay built: of the entries visited last, within a bound of memory."""

    def __init__(self, limit: int = INSTANT, limit_bytes: int = KEPT_BYTES) -> None:
        self._limit, self._limit_bytes = limit, limit_bytes
        self._shown: OrderedDict[int, Shown] = OrderedDict()

    def __iter__(self) -> Iterator[int]:
        return iter(self._shown)

    def get(self, entry: int) -> Shown | None:
        """Return the map of an entry, if it is kept."""
        if entry in self._shown:
            self._shown.move_to_end(entry)
        return self._shown.get(entry)

    def put(self, entry: int, shown: Shown) -> None:
        """Keep a map; those not looked at for longest go."""
        self._shown[entry] = shown
        self._shown.move_to_end(entry)
        while len(self._shown) > self._limit or (len(self._shown) > 2 and self.nbytes > self._limit_bytes):
            self._shown.popitem(last=False)

    def drop(self, entry: int) -> None:
        """Forget a map."""
        self._shown.pop(entry, None)

    @property
    def nbytes(self) -> int:
        """Memory that the maps and their drawings take together; what they share counts once."""
        together: dict[int, int] = {}
        for shown in self._shown.values():
            together.update(shown.sizes)
        return sum(together.values())
