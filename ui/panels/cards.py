"""Small pictures in a row: history and variants are strips of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from pcgstudio.palette import load_palette

from ..images import as_pixmap
from ..theme import GRID, tones

PICTURE = QSize(15 * GRID, 8 * GRID)
CARD = QSize(17 * GRID, 13 * GRID)


class Card(QWidget):
    """A picture with a title and a quiet line; a click takes it, a double click names it."""

    clicked = Signal()
    named = Signal()
    menu = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(CARD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._picture = QPixmap()
        self._array: Any = None
        self.title, self.note, self.current, self.faint = "", "", False, False
        self._over = False

    def show_card(self, title: str, note: str, picture: Any, current: bool = False, faint: bool = False) -> None:
        """Show ``(rows, cols, 4) uint8`` and two lines; the current one has a frame, a faint one is off the path."""
        if picture is not self._array:
            self._array, self._picture = picture, as_pixmap(picture)
        self.title, self.note, self.current, self.faint = title, note, current, faint
        self.setAccessibleName(f"{title}, {note}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the card."""
        look, painter = tones(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.55 if self.faint else 1.0)
        frame = look.accent if self.current or self.hasFocus() else look.hover if self._over else look.line
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(look.hover if self._over else look.field))
        painter.setPen(QColor(frame))
        painter.drawRoundedRect(room, 4, 4)
        if self.current:
            painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 3, 3)
        self._draw_picture(painter, QRectF(GRID, GRID, PICTURE.width(), PICTURE.height()))
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        metrics, cut = QFontMetrics(font), Qt.TextElideMode.ElideRight
        for text, colour, top in ((self.title, look.text, 9 * GRID), (self.note, look.muted, 11 * GRID - 3)):
            painter.setPen(QColor(colour))
            line = QRectF(GRID, top, PICTURE.width(), 2 * GRID)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(text, cut, PICTURE.width()))
        painter.end()

    def _draw_picture(self, painter: QPainter, room: QRectF) -> None:
        path = QPainterPath()
        path.addRoundedRect(room, 2, 2)
        painter.save()
        painter.setClipPath(path)
        look = tones()
        painter.fillRect(room, QColor(look.panel) if self._picture.isNull() else paper())
        if not self._picture.isNull():
            whole = QRectF(self._picture.rect())
            scale = max(room.width() / whole.width(), room.height() / whole.height())
            wide, high = room.width() / scale, room.height() / scale
            cut = QRectF((whole.width() - wide) / 2, (whole.height() - high) / 2, wide, high)
            painter.drawPixmap(room, self._picture, cut)
        painter.restore()

    def enterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Answer the cursor."""
        self._over = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """And be quiet again."""
        self._over = False
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus()
            self.clicked.emit()
        elif event.button() == Qt.MouseButton.RightButton:
            self.menu.emit(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Name it."""
        self.named.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take it with Enter or the space bar, name it with F2."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.named.emit()
        else:
            super().keyPressEvent(event)


def paper() -> QColor:
    """Return the colour below a map, as the view has it."""
    return QColor(*load_palette().background[tones().name])
