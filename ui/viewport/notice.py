"""The small panel over the map that says what takes a while, how far it is, and how to stop it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from ..icons import put
from .commands import tr
from .lane import Lane

PATIENCE_MS = 500
"""How long a job takes before it is worth a word."""
WIDE, ABOVE = 360, 48


class Notice(QFrame):
    """Progress of the jobs of a lane, one at a time, with a button that cancels; hidden while there is none.

    Parameters
    ----------
    over : QWidget
        Lies at the foot of this.
    lane : Lane
    """

    def __init__(self, over: QWidget, lane: Lane) -> None:
        super().__init__(over)
        self._over, self._lane, self._kind = over, lane, ""
        self._stopped: Callable[[], None] = lambda: None
        self.setAutoFillBackground(True)
        self.text, self.bar, self.stop = QLabel(), QProgressBar(), QToolButton()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        put(self.stop, "stop")
        self.stop.setToolTip(tr("Cancel"))
        self.stop.setAccessibleName(tr("Cancel"))
        self.stop.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        for widget, stretch in ((self.text, 0), (self.bar, 1), (self.stop, 0)):
            row.addWidget(widget, stretch)
        lane.progressed.connect(self._progress)
        lane.ended.connect(self.done)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._appear)
        self.hide()

    def watch(self, kind: str, text: str, stopped: Callable[[], None] = lambda: None) -> None:
        """Show the progress of the job of a kind, if it takes a while.

        Parameters
        ----------
        stopped : callable
            Called when a person cancels it.
        """
        self._kind, self._stopped = kind, stopped
        self.text.setText(text)
        self.bar.setValue(0)
        if not self.isVisible():
            self._patience.start()

    def _appear(self) -> None:
        if self._lane.busy(self._kind):
            wide = min(WIDE, self._over.width() - 32)
            self.setFixedWidth(max(wide, 120))
            self.adjustSize()
            self.move((self._over.width() - self.width()) // 2, self._over.height() - ABOVE - self.height())
            self.raise_()
            self.show()

    def done(self, kind: str) -> None:
        """Hide: the job is over."""
        if kind == self._kind and not self._lane.busy(kind):
            self._patience.stop()
            self.hide()

    def cancel(self) -> None:
        """Stop the job."""
        self._lane.cancel(self._kind)
        self.done(self._kind)
        self._stopped()

    def _progress(self, kind: str, fraction: float) -> None:
        if kind == self._kind:
            self.bar.setValue(round(100 * fraction))
