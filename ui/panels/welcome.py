"""What there is before a map: sentences that a person wants to click, and the gallery."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QWidget

from ..state import EXAMPLES, PresetMap
from ..theme import GRID
from .parts import button, emptied, label, rows, tr

ACROSS = 4
PICTURE = QSize(16 * GRID, 10 * GRID)


class Welcome(QWidget):
    """Three example sentences that work at once, and presets to open."""

    chosen = Signal(str)
    opened = Signal(object)
    """The recipe of a preset."""

    def __init__(self) -> None:
        super().__init__()
        title = label(tr("Describe a map"), "title")
        hint = label(
            tr("Each demand of a sentence is measured on its map. Write your own, or start with one of these:"),
            "muted",
            wraps=True,
        )
        self.examples = [button(e, lambda e=e: self.chosen.emit(e), "example") for e in EXAMPLES]
        self.gallery = Gallery()
        self.gallery.opened.connect(self.opened)
        self._head = label(tr("Or open a map to change"), "muted")
        column = QWidget()
        column.setLayout(rows(title, hint, *self.examples, self._head, self.gallery))
        column.setMaximumWidth(80 * GRID)
        across = QHBoxLayout(self)
        across.addStretch(1)
        across.addWidget(column, 12, Qt.AlignmentFlag.AlignVCenter)
        across.addStretch(1)
        self.show_presets(())

    def show_presets(self, presets: tuple[PresetMap, ...]) -> None:
        """Show the gallery; nothing where there is none."""
        self.gallery.show_presets(presets[: 2 * ACROSS])
        self._head.setVisible(bool(presets))
        self.gallery.setVisible(bool(presets))


class Gallery(QWidget):
    """Thumbnails of presets, a click opens one."""

    opened = Signal(object)

    def __init__(self, across: int = ACROSS) -> None:
        super().__init__()
        self._across = across
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self.cards: list[QToolButton] = []

    def show_presets(self, presets: tuple[PresetMap, ...]) -> None:
        """Replace the cards."""
        emptied(self._grid)
        self.cards = []
        for at, preset in enumerate(presets):
            card = QToolButton()
            card.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            card.setIconSize(PICTURE)
            card.setText(preset.title)
            card.setToolTip(preset.title)
            if preset.picture is not None:
                card.setIcon(framed_picture(preset.picture, PICTURE))
            card.clicked.connect(lambda _on=False, path=preset.path: self.opened.emit(path))
            self._grid.addWidget(card, at // self._across, at % self._across)
            self.cards.append(card)


def framed_picture(file: Path, size: QSize) -> QIcon:
    """Return a picture cut to a size; empty where it cannot be read."""
    whole = QPixmap(str(file))
    if whole.isNull():
        return QIcon()
    fill, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    large = whole.scaled(size * 2, fill, smooth)
    x, y = (large.width() - 2 * size.width()) // 2, (large.height() - 2 * size.height()) // 2
    return QIcon(large.copy(x, y, 2 * size.width(), 2 * size.height()))
