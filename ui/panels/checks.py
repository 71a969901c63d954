"""The table of checks: what was said, what was asked, what was measured; two lines a row, green or amber."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from .. import icons, wording
from ..theme import GRID, tones
from ..translation import tr

ROW = Qt.ItemDataRole.UserRole
FOLLOWS = Qt.ItemDataRole.UserRole + 1
"""Whether a row comes from the same words as the one before, which then stand only once."""
MARKS = {"held": "check", "missed": "gap", "wish": "circle", "waiting": "more"}
MOST_REMEMBERED = 2000
WRAP = Qt.TextFlag.TextWordWrap


def told(mark: str) -> str:
    """Return what a mark means."""
    return {
        "held": tr("holds"), "missed": tr("missed"), "wish": tr("a wish, not met"), "waiting": tr("not measured yet"),
    }[mark]  # fmt: skip


class Checks(QListWidget):
    """Asked beside measured, each with the words it came from; as high as its rows."""

    pointed = Signal(object)
    """Position of the check under the cursor; None as it leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bare")
        self.setItemDelegate(CheckPainter(self))
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setAccessibleName(tr("Checks"))
        self.itemEntered.connect(lambda item: self.pointed.emit(self.row(item)))
        self.currentRowChanged.connect(lambda at: self.pointed.emit(at if at >= 0 else None))

    def show_rows(self, rows: tuple[wording.Row, ...]) -> None:
        """Replace the rows."""
        self.clear()
        for at, row in enumerate(rows):
            item = QListWidgetItem()
            item.setData(ROW, row)
            item.setData(FOLLOWS, at > 0 and bool(row.words) and row.words == rows[at - 1].words)
            item.setText(f"{row.words}: {row.asked}; {row.measured}; {told(row.mark)}")  # for screen readers
            item.setToolTip(f"“{row.words}”\n{row.asked}: {told(row.mark)}" + (f", {row.gap}" if row.gap else ""))
            self.addItem(item)
        self.setVisible(bool(rows))
        self._fit()

    def texts(self) -> list[wording.Row]:
        """Return what is shown."""
        return [self.item(at).data(ROW) for at in range(self.count())]

    def _fit(self) -> None:
        self.scheduleDelayedItemsLayout()
        height = sum(self.sizeHintForRow(at) for at in range(self.count()))
        if height + 2 != self.height() or height + 2 != self.minimumHeight():
            self.setFixedHeight(height + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Be as high as the rows are, which wrap."""
        super().resizeEvent(event)
        self._fit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Point at nothing any more."""
        super().leaveEvent(event)
        self.pointed.emit(None)


class CheckPainter(QStyledItemDelegate):
    """Draws a row: a mark, the words and the measured value, below them quietly what was asked."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the room that the wrapped texts need."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListWidget) else option.rect.width()
        room = QRect(0, 0, max(width, 16 * GRID), 0)
        places = self._places(room, index.data(ROW), option.fontMetrics, bool(index.data(FOLLOWS)))
        return QSize(16 * GRID, max(place.bottom() for place in places[1:]) + 1 + GRID // 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        look, row, font = tones(), index.data(ROW), option.fontMetrics
        sign = {"held": look.good, "missed": look.gap}.get(row.mark, look.muted)
        if option.state & option.state.State_MouseOver or option.state & option.state.State_Selected:
            painter.fillRect(option.rect, QColor(look.hover))
        follows = bool(index.data(FOLLOWS))
        mark, words, asked, measured = self._places(option.rect, row, font, follows)
        painter.drawPixmap(mark.topLeft(), icons.pixmap(MARKS[row.mark], sign, mark.width()))
        if not follows:
            painter.setPen(QColor(look.text))
            painter.drawText(words, WRAP, _said(row))
        painter.setPen(QColor(look.muted))
        painter.drawText(asked, WRAP, _asked(row))
        painter.setPen(QColor(look.text if row.mark == "held" else sign))
        painter.drawText(measured, WRAP | Qt.AlignmentFlag.AlignRight, row.measured)

    @staticmethod
    def _places(room: QRect, row: wording.Row, font: QFontMetrics, follows: bool) -> tuple[QRect, QRect, QRect, QRect]:
        """Return where mark, words, asked and measured stand."""
        left, top = room.left() + 4 * GRID - 2, room.top() + GRID // 2
        wide = room.right() - left - GRID
        number, heights = _heights(row, wide, font)
        measured = QRect(room.right() - GRID - number, top, number, heights[2])
        if follows:  # nothing but what was asked, in the place of the words
            asked = QRect(left, top, wide - number - GRID, heights[3])
            return QRect(room.left() + GRID, top, 16, 16), asked, asked, measured
        words = QRect(left, top, wide - number - GRID, heights[0])
        under = max(words.bottom(), measured.bottom() if number >= wide * 2 // 5 else 0) + 2
        asked = QRect(left, under, wide, heights[1])
        return QRect(room.left() + GRID, top, 16, 16), words, asked, measured


_MEASURED: dict[tuple[wording.Row, int, str], tuple[int, tuple[int, ...]]] = {}
"""Heights of texts that were wrapped before: wrapping is slow, and asked for at every turn."""


def _heights(row: wording.Row, wide: int, font: QFontMetrics) -> tuple[int, tuple[int, ...]]:
    """Return the width of the measured value, and the wrapped heights of words, asked, measured, and narrow asked."""
    key = (row, wide, f"{font.height()} {font.averageCharWidth()}")
    if key not in _MEASURED:
        if len(_MEASURED) > MOST_REMEMBERED:
            _MEASURED.clear()
        number = min(font.horizontalAdvance(row.measured) + 4, wide * 2 // 5)
        narrow = wide - number - GRID
        texts = ((_said(row), narrow), (_asked(row), wide), (row.measured, number), (_asked(row), narrow))
        heights = (font.boundingRect(QRect(0, 0, room, 9999), WRAP, text).height() for text, room in texts)
        _MEASURED[key] = number, tuple(heights)
    return _MEASURED[key]


def _said(row: wording.Row) -> str:
    return f"“{row.words}”" if row.words else tr("(added by hand)")


def _asked(row: wording.Row) -> str:
    return f"{row.asked}  –  {row.gap}" if row.gap else row.asked
