"""Quiet bars above the map: what went wrong, and what can be brought back; never in the way."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from .. import icons
from ..state import State
from ..theme import GRID, tones
from ..translation import told as translated
from ..translation import tr
from ..wording import change
from .parts import button, label, row, tool


class Bar(QFrame):
    """One sentence with what can be done about it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("quiet")
        self.mark = QLabel()
        self.text = label("", wraps=True, selectable=True)
        self.act = button("")
        self.other = button("")
        self.shut = tool("close", tr("Close"))
        line = row(self.mark, self.text, self.act, self.other, self.shut)
        line.setStretch(1, 1)
        line.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID // 2)
        self.setLayout(line)
        self.act.hide()
        self.other.hide()
        self.hide()

    def tell(self, text: str, sign: str = "gap") -> None:
        """Show a sentence; nothing for an empty one."""
        self.mark.setPixmap(icons.pixmap(sign, tones().gap, 16))
        self.text.setText(text)
        self.setVisible(bool(text))


class Bars(QWidget):
    """The problem of the moment, and sessions that can be brought back."""

    dismissed = Signal()
    recovered = Signal(object)
    discarded = Signal(object)
    settings_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.problem, self.recovery = Bar(), Bar()
        self.problem.shut.clicked.connect(self.dismissed)
        self.problem.act.setText(tr("Settings…"))
        self.problem.act.clicked.connect(self.settings_asked)
        self.recovery.act.setText(tr("Restore"))
        self.recovery.other.setText(tr("Discard"))
        self.recovery.act.show()
        self.recovery.other.show()
        self.recovery.act.clicked.connect(lambda: self.recovered.emit(self._lost))
        self.recovery.other.clicked.connect(lambda: self.discarded.emit(self._lost))
        self.recovery.shut.clicked.connect(self._later)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        inside.addWidget(self.recovery)
        inside.addWidget(self.problem)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lost: object = None
        self._later_for: object = None

    def show_state(self, state: State) -> None:
        """Show what there is to say."""
        last = state.turns[-1] if state.turns else None
        told = bool(last and last.problem and last.problem == state.problem)  # it stands in the conversation already
        self.problem.tell("" if told else translated(state.problem))
        self.problem.act.setVisible(any(w in state.problem for w in ("endpoint", "key", "model")))
        lost = state.recoveries[0] if state.recoveries else None
        self._lost = lost
        if lost is None or lost is self._later_for:
            self.recovery.tell("")
        else:
            ago = _ago(time.time() - lost.at)
            self.recovery.tell(
                tr(
                    "The last window ended without being closed: “%1”, %2 changes, %3.",
                    change(lost.title),
                    lost.entries,
                    ago,
                ),
                "undo",
            )
        self.setVisible(not self.problem.isHidden() or not self.recovery.isHidden())

    def _later(self) -> None:
        self._later_for = self._lost
        self.recovery.tell("")
        self.setVisible(not self.problem.isHidden())


def _ago(seconds: float) -> str:
    if seconds < 90:
        return tr("a minute ago")
    if seconds < 5400:
        return tr("%1 minutes ago", round(seconds / 60))
    if seconds < 129_600:
        return tr("%1 hours ago", round(seconds / 3600))
    return tr("%1 days ago", round(seconds / 86_400))
