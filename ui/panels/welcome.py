"""What there is before a map: sentences that a person wants to click, and the gallery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImageReader, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QWidget

from ..spread import Spread
from ..state import EXAMPLES, PresetMap
from ..theme import GRID
from ..translation import tr
from .cards import paper
from .parts import button, label, rows

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
            tr("Every demand of a sentence is measured. Write your own, or start with one of these:"),
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

    def retint(self) -> None:
        """Lay the pictures of the gallery on the paper of the theme."""
        self.gallery.retint()

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
        self.building = Spread(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self.cards: list[QToolButton] = []

    def retint(self) -> None:
        """Draw the pictures anew, on the paper of the theme."""
        shown = tuple(card.property("preset") for card in self.cards)
        for card in self.cards:
            card.setProperty("preset", None)
        self.show_presets(shown)

    def show_presets(self, presets: tuple[PresetMap, ...]) -> None:
        """Show the presets; cards of those that are the same stay."""
        self.building.start(self._filled(presets))

    def _filled(self, presets: tuple[PresetMap, ...]) -> Iterator[None]:
        while len(self.cards) > len(presets):
            card = self.cards.pop()
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, preset in enumerate(presets):
            if at >= len(self.cards):
                self.cards.append(self._card(at))
            card = self.cards[at]
            if card.property("preset") is not preset:
                card.setProperty("preset", preset)
                room = card.width() - 3 * GRID
                card.setText(card.fontMetrics().elidedText(preset.title, Qt.TextElideMode.ElideRight, room))
                card.setToolTip(preset.title)
                card.setIcon(framed_picture(preset.picture, PICTURE) if preset.picture is not None else QIcon())
                yield

    def _card(self, at: int) -> QToolButton:
        card = QToolButton()
        card.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        card.setIconSize(PICTURE)
        card.setFixedSize(PICTURE.width() + GRID, PICTURE.height() + 4 * GRID)
        card.clicked.connect(lambda _on=False: self.opened.emit(card.property("preset").path))
        self._grid.addWidget(card, at // self._across, at % self._across)
        return card


def framed_picture(file: Path, size: QSize) -> QIcon:
    """Return a picture cut to a size, on the paper of the theme; empty where it cannot be read."""
    reader = QImageReader(str(file))
    whole = reader.size()
    if whole.isEmpty():
        return QIcon()
    sharp = size * 2
    reader.setScaledSize(whole.scaled(sharp, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    large, card = reader.read(), QPixmap(sharp)
    card.fill(Qt.GlobalColor.transparent)
    painter = QPainter(card)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = QPainterPath()
    rim.addRoundedRect(QRectF(card.rect()), 8, 8)
    painter.setClipPath(rim)
    painter.fillRect(card.rect(), paper())
    painter.drawImage((sharp.width() - large.width()) // 2, (sharp.height() - large.height()) // 2, large)
    painter.end()
    return QIcon(card)
