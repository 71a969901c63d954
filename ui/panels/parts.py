"""Small parts that every panel is put together from, so that they look alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
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
