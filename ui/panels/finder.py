"""A line to search in and what was found below it: the command palette, and the list of steps to add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)  # fmt: skip

from ..theme import GRID, tones
from ..translation import tr
from .parts import rows

ITEM = Qt.ItemDataRole.UserRole
MOST = 60


@dataclass(frozen=True)
class Choice:
    """Something that can be found and done.

    Parameters
    ----------
    title : str
        What is searched and shown.
    run : callable
        Does it.
    group : str
        Where it belongs, shown quietly.
    note : str
        A sentence about it, searched too.
    keys : str
        Its shortcut, as it is written on this platform.
    enabled : bool
    """

    title: str
    run: Callable[[], object]
    group: str = ""
    note: str = ""
    keys: str = ""
    enabled: bool = True


def ranked(choices: Sequence[Choice], words: str) -> list[Choice]:
    """Return what fits the typed words, the best first; all in their order where nothing was typed."""
    wanted = words.lower().split()
    if not wanted:
        return list(choices)[:MOST]
    scored = [(_score(one, wanted), -at, one) for at, one in enumerate(choices)]
    return [one for score, _, one in sorted((s for s in scored if s[0] > 1), key=lambda s: s[:2], reverse=True)][:MOST]


def _score(one: Choice, wanted: list[str]) -> float:
    title = one.title.lower()
    bonus = 0.0 if one.note else 0.5  # what the window does comes before steps of the same name
    return min(_word_score(word, title, f"{one.group} {one.note}".lower()) for word in wanted) + bonus


def _word_score(word: str, title: str, rest: str) -> float:
    """Say how well a typed word fits: a beginning, a part, the right letters in order, a slip of the finger."""
    if any(part.startswith(word) for part in title.replace("…", "").split()):
        return 100 - len(title) / 100
    if word in title:
        return 80 - len(title) / 100
    if any(part.startswith(word) for part in rest.split()):
        return 60
    if _in_order(word, title):
        return 50 - len(title) / 100
    if len(word) > 3:
        from rapidfuzz import fuzz  # noqa: PLC0415 - only once a person mistypes

        close = max((fuzz.ratio(word, part) for part in title.split()), default=0.0)
        return float(close) / 3 if close >= 70 else 0.0
    return 0.0


def _in_order(word: str, title: str) -> bool:
    letters = iter(title)
    return all(letter in letters for letter in word)


class Finder(QDialog):
    """Shows choices, takes the one that a person picks with Enter or a click; Escape leaves."""

    def __init__(self, parent: QWidget, hint: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(hint)
        self._over = parent
        self.line = QLineEdit()
        self.line.setObjectName("search")
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.list = QListWidget()
        self.list.setObjectName("bare")
        self.list.setItemDelegate(ChoicePainter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayout(rows(self.line, self.list, margin=GRID))
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._take())
        self.list.itemEntered.connect(self.list.setCurrentItem)
        self._choices: tuple[Choice, ...] = ()

    def ask(self, choices: Sequence[Choice]) -> None:
        """Open over the middle of the window, with these choices."""
        self._choices = tuple(choices)
        self.line.clear()
        self._search("")
        above = self._over.window().geometry()
        wide, high = min(76 * GRID, above.width() - 4 * GRID), min(56 * GRID, above.height() - 8 * GRID)
        self.setGeometry(above.x() + (above.width() - wide) // 2, above.y() + above.height() // 8, wide, high)
        self.show()
        self.line.setFocus()

    def shown(self) -> list[Choice]:
        """Return what is found."""
        return [self.list.item(at).data(ITEM) for at in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the arrows walk through the list while the cursor stays in the line."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if key in steps:
                count = max(self.list.count(), 1)
                self.list.setCurrentRow(min(max(self.list.currentRow() + steps[Qt.Key(key)], 0), count - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take()
                return True
        return super().eventFilter(watched, event)

    def _search(self, words: str) -> None:
        self.list.clear()
        for one in ranked(self._choices, words):
            item = QListWidgetItem(one.title)
            item.setData(ITEM, one)
            item.setToolTip(one.note)
            if not one.enabled:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(ITEM).enabled:
            self.close()
            item.data(ITEM).run()


class ChoicePainter(QStyledItemDelegate):
    """Draws a choice: its title, its group and shortcut at the right, its sentence below."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return room for one line, or for two where there is a sentence."""
        lines = 2 if index.data(ITEM).note else 1
        return QSize(20 * GRID, lines * (option.fontMetrics.height() + 2) + GRID)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it."""
        look, one, font = tones(), index.data(ITEM), option.fontMetrics
        if option.state & option.state.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hover))
            painter.drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), 4, 4)
        room = option.rect.adjusted(GRID, GRID // 2, -GRID, -GRID // 2)
        right = one.keys or one.group
        wide = font.horizontalAdvance(right) + GRID
        painter.setPen(QColor(look.text if one.keys and one.enabled else look.muted))
        head = QRect(room.left(), room.top(), room.width(), font.height() + 2)
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        painter.setPen(QColor(look.text if one.enabled else look.muted))
        title = font.elidedText(one.title, Qt.TextElideMode.ElideRight, room.width() - wide)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, title)
        if one.note:
            painter.setPen(QColor(look.muted))
            under = head.translated(0, head.height())
            told = font.elidedText(one.note, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(under, Qt.AlignmentFlag.AlignVCenter, told)


def step_choices(add: Callable[[str], object]) -> list[Choice]:
    """Return every installed generator as a choice that adds a step of it."""
    from pcgstudio.generator import load_generators  # noqa: PLC0415 - the window opens before the core is loaded

    from .fields import worded  # noqa: PLC0415 - the same

    return [
        Choice(worded(g.name), lambda n=g.name: add(n), worded(g.family), g.summary)  # type: ignore[misc]  # mypy cannot type a lambda's default
        for g in load_generators().values()
    ]


def palette_hint() -> str:
    """Return what stands in the palette's line before anything is typed."""
    return tr("Search actions, steps, presets, files")
