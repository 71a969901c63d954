"""Small parts that every panel is put together from, so that they look alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .. import icons
from ..theme import GRID

L = TypeVar("L", bound=QBoxLayout)

SLICE_S = 0.004
"""How long the main thread may be kept before it looks at what a person does."""


def button(text: str, clicked: Callable[..., object] | None = None, name: str = "", icon: str = "") -> QPushButton:
    """Return a push button; ``name`` picks its look from the style sheet."""
    made = QPushButton(text)
    made.setObjectName(name)
    if icon:
        icons.put(made, icon)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def tool(icon: str, tip: str, clicked: Callable[..., object] | None = None, keys: str = "") -> QToolButton:
    """Return a small button with an icon, named by its tooltip."""
    made = QToolButton()
    icons.put(made, icon)
    made.setIconSize(QSize(16, 16))
    made.setAccessibleName(tip)
    made.setToolTip(f"{tip} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})" if keys else tip)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def label(text: str = "", name: str = "", wraps: bool = False, selectable: bool = False) -> QLabel:
    """Return a label of plain text; ``name`` picks its look from the style sheet."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def rows(*items: QWidget | QBoxLayout | int, margin: int = 0, gap: int = GRID) -> QVBoxLayout:
    """Return items below each other; a number is a stretch."""
    return _filled(QVBoxLayout(), items, margin, gap)


def row(*items: QWidget | QBoxLayout | int, margin: int = 0, gap: int = GRID) -> QHBoxLayout:
    """Return items beside each other; a number is a stretch."""
    return _filled(QHBoxLayout(), items, margin, gap)


def _filled(layout: L, items: tuple[QWidget | QBoxLayout | int, ...], margin: int, gap: int) -> L:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, int):
            layout.addStretch(item)
        else:
            layout.addLayout(item)
    return layout


def framed(layout: QBoxLayout, name: str) -> QFrame:
    """Return a frame round a layout; ``name`` picks its look from the style sheet."""
    made = QFrame()
    made.setObjectName(name)
    made.setLayout(layout)
    return made


def rule() -> QFrame:
    """Return a thin line across."""
    made = QFrame()
    made.setObjectName("rule")
    made.setFixedHeight(1)
    return made


def emptied(layout: QLayout) -> None:
    """Take everything out of a layout, and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            emptied(inner)


class Spread(QObject):
    """Does a long piece of work on the main thread in slices, so that the window answers between them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[object] | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    @property
    def busy(self) -> bool:
        """Whether there is work left."""
        return self._work is not None

    def start(self, work: Iterator[object]) -> None:
        """Take the place of what was under way; the first slice is done on the next turn of the event loop."""
        self._work = work
        self._timer.start()

    def finish(self) -> None:
        """Do the rest at once."""
        for _ in self._work or ():
            pass
        self._work = None
        self._timer.stop()

    def _slice(self) -> None:
        began = time.perf_counter()
        for _ in self._work or ():
            if time.perf_counter() - began > SLICE_S:
                return
        self._work = None
        self._timer.stop()


def plain_icon(name: str, colour: str, size: int = 16) -> QIcon:
    """Return an icon in one colour of its own."""
    return QIcon(icons.pixmap(name, colour, size))
