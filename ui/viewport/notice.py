"""The thin line under the map that says what is being saved, how far it is, and how to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from ..icons import put
from .commands import tr
from .lane import Lane


class Notice(QWidget):
    """Progress of one job of a lane, with a button that cancels it; hidden while there is none."""

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self._lane, self._kind = lane, ""
        self.text, self.bar, self.stop = QLabel(), QProgressBar(), QToolButton()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        put(self.stop, "stop")
        self.stop.setToolTip(tr("Cancel"))
        self.stop.setAccessibleName(tr("Cancel"))
        self.stop.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        for widget, stretch in ((self.text, 0), (self.bar, 1), (self.stop, 0)):
            row.addWidget(widget, stretch)
        lane.progressed.connect(self._progress)
        self.hide()

    def watch(self, kind: str, text: str) -> None:
        """Show the progress of the jobs of a kind."""
        self._kind = kind
        self.text.setText(text)
        self.bar.setValue(0)
        self.show()

    def done(self, kind: str) -> None:
        """Hide: the job is over."""
        if kind == self._kind:
            self.hide()

    def cancel(self) -> None:
        """Stop the job."""
        self._lane.cancel(self._kind)
        self.hide()

    def _progress(self, kind: str, fraction: float) -> None:
        if kind == self._kind:
            self.bar.setValue(round(100 * fraction))
