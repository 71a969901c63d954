"""Python's cyclic garbage, collected on the main thread and on no other.

Python collects in whichever thread happens to reach a threshold. Widgets and VTK's objects lie in such cycles, and one
that is destroyed in a worker while the main thread is in Qt's event loop takes the process with it. So as soon as there
is a thread beside the main one, collection by itself is off, and a timer of the main thread does it in its place: what
is young often, so that there is never much of it, and what is old only while nobody is doing anything.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QCursor

BEAT_MS, QUIET_S = 50, 3.0
YOUNG, MIDDLE, OLD = 0, 1, 2
GROWN = (700, 2, 10)
"""How many objects make the youngest generation worth a look, and how many looks at one a look at the next."""


class Sweeper(QObject):
    """Looks now and then how large the generations have grown.

    Parameters
    ----------
    parent : QObject
        The application, as long as which it lives.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._cursor, self._touched = QCursor.pos(), time.monotonic()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self.sweep)
        self.go_on(loaded=True)

    def sweep(self) -> None:
        """Collect the oldest generation that is due, and with it those younger."""
        due = [held > most for held, most in zip(gc.get_count(), GROWN, strict=True)]
        if due[OLD] and time.monotonic() - self._touched > QUIET_S and not self._moved():
            gc.collect(OLD)
        elif due[MIDDLE] or due[YOUNG]:
            gc.collect(MIDDLE if due[MIDDLE] else YOUNG)

    def _moved(self) -> bool:
        """Whether the cursor moved since this was asked last; asked rarely, as it is a word with the display."""
        before, self._cursor = self._cursor, QCursor.pos()
        if moved := before != self._cursor:
            self.touch()
        return moved

    def touch(self) -> None:
        """Note that somebody is doing something."""
        self._touched = time.monotonic()

    def wait(self) -> None:
        """Collect nothing: modules are about to be loaded, and all of them stay."""
        self._timer.stop()

    def go_on(self, *, loaded: bool = False) -> None:
        """Collect again; where modules were ``loaded``, what is there by now is never looked at again."""
        if loaded:
            gc.freeze()
        self._timer.start()


def sweep_here() -> Sweeper | None:
    """Have garbage collected on the main thread only, from now on; None where there is no application.

    To be called on the main thread, before any other begins.
    """
    app = QCoreApplication.instance()
    if app is None:
        return None
    found = app.findChild(Sweeper)
    return found if isinstance(found, Sweeper) else Sweeper(app)
