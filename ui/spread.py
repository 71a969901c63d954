"""Work of the main thread that can wait: one slice a turn of the event loop, so that a person is heard between two."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from shiboken6 import isValid

SLICE_S = 0.003
"""How long a slice may take, unless one step of its work does."""


class Turns(QObject):
    """Whose turn it is; one for all that is spread, or slices of several would fall on one turn.

    Parameters
    ----------
    parent : QObject
        The application, as long as which it lives.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Spread] = deque()
        self._paints = True
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._turn)

    def line_up(self, spread: Spread) -> None:
        """Let a work have its slices, in turn with the others."""
        if spread not in self._waiting:
            self._waiting.append(spread)
        self._timer.start()

    def _turn(self) -> None:
        self._paints = not self._paints
        if self._paints:  # every other turn is left to Qt, to lay out and paint what the slice changed
            return
        while self._waiting:
            spread = self._waiting.popleft()
            if isValid(spread) and spread.busy:
                self._waiting.append(spread)
                spread.slice()
                return
        self._timer.stop()


class Spread(QObject):
    """Does a long piece of work on the main thread in slices.

    Parameters
    ----------
    parent : QObject
        What it works for; without it, it ends.
    single : bool
        Whether a slice is one step of the work, however short.
    """

    def __init__(self, parent: QObject, single: bool = False) -> None:
        super().__init__(parent)
        self._work: Iterator[object] | None = None
        self._slice_s = 0.0 if single else SLICE_S

    @property
    def busy(self) -> bool:
        """Whether there is work left."""
        return self._work is not None

    def start(self, work: Iterator[object]) -> None:
        """Take the place of what was under way; the first slice is done on a later turn of the event loop."""
        self._work = work
        _turns().line_up(self)

    def finish(self) -> None:
        """Do the rest at once."""
        for _ in self._work or ():
            pass
        self._work = None

    def stop(self) -> None:
        """Do no more."""
        self._work = None

    def slice(self) -> None:
        """Do what a turn has room for."""
        work, began = self._work, time.perf_counter()
        for _ in work or ():
            if time.perf_counter() - began >= self._slice_s or self._work is not work:
                return
        if self._work is work:
            self._work = None


def _turns() -> Turns:
    app = QCoreApplication.instance()
    assert app is not None  # nothing is spread without an event loop
    found = app.findChild(Turns)
    return found if isinstance(found, Turns) else Turns(app)
