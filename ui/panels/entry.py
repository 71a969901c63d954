"""The line that a person types into: several lines where needed, and what was said before comes back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from ..theme import GRID
from ..translation import tr

MOST_LINES = 6


class Entry(QPlainTextEdit):
    """Enter sends, Shift+Enter begins a new line, up and down bring earlier sentences back."""

    sent = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("entry")
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Describe a map, or what shall be different"))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said: tuple[str, ...] = ()
        self._back = 0
        self._draft = ""
        self.textChanged.connect(self._fit)
        self._fit()

    def text(self) -> str:
        """Return what stands there."""
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text there, with the cursor behind it."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Send, or walk through what was said."""
        plain = not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._back = 0
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Up and plain and self._at_end(QTextCursor.MoveOperation.Up):
            self._recall(1)
        elif event.key() == Qt.Key.Key_Down and plain and self._at_end(QTextCursor.MoveOperation.Down):
            self._recall(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Be as high as the lines need."""
        super().resizeEvent(event)
        self._fit()

    def _at_end(self, way: QTextCursor.MoveOperation) -> bool:
        """Whether the cursor cannot move that way."""
        return not QTextCursor(self.textCursor()).movePosition(way)

    def _recall(self, by: int) -> None:
        if self._back == 0:
            self._draft = self.text()
        at = min(max(self._back + by, 0), len(self.said))
        if at != self._back:
            self._back = at
            self.set_text(self.said[-at] if at else self._draft)

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), MOST_LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 3 * GRID)
