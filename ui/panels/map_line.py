"""What holds for the whole map: its dice, its size, its cells."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget
from superqt import QLargeIntSpinBox

from ..state import State
from ..theme import GRID
from ..translation import tr
from ..units import shown_in
from .form import Fold
from .parts import label, row, rows, tool

SEEDS = 2**32
LEAST_M, MOST_M = 10.0, 200_000.0


class MapLine(QWidget):
    """Seed, size and resolution of the recipe."""

    seeded = Signal(object)
    """A 32-bit seed, which Qt's int cannot hold."""
    rolled = Signal()
    sized = Signal(float, float)
    resolved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.seed = QLargeIntSpinBox()
        self.seed.setRange(0, SEEDS - 1)  # type: ignore[no-untyped-call]  # in superqt
        self.dice = tool("dice", tr("Roll the dice for the whole map"), self.rolled.emit, "Ctrl+R")
        self.east, self.north = _metres(tr("East to west")), _metres(tr("North to south"))
        self.cells = QSpinBox()
        self.cells.setRange(16, 16_384)
        bare: tuple[QAbstractSpinBox, ...] = (self.seed, self.cells)
        for box in bare:
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            box.setKeyboardTracking(False)
        self.cells.setToolTip(tr("Cells on the longer side of the finished map"))
        self.seed.setToolTip(tr("The same seed gives the same map"))
        fold = Fold(tr("Map"), opened=False)
        self.fold = fold
        wide = 9 * GRID
        for text, parts in (
            (tr("Seed"), (self.seed, self.dice)),
            (tr("Size"), (self.east, label("×"), self.north)),
            (tr("Cells"), (self.cells, 1)),
        ):
            name = label(text)
            name.setFixedWidth(wide)
            line = QWidget()
            line.setLayout(row(name, *parts, gap=GRID // 2))
            line.layout().setContentsMargins(GRID, 2, 0, 2)  # type: ignore[union-attr]  # see the line before
            fold.inside.addWidget(line)
        self.setLayout(rows(fold, gap=0))
        self.seed.valueChanged.connect(lambda value: self.seeded.emit(int(value)))
        self.cells.valueChanged.connect(self.resolved)
        for side in (self.east, self.north):
            side.valueChanged.connect(lambda _v: self._size())
        self._extent = (1024.0, 1024.0)

    def show_state(self, state: State) -> None:
        """Show what holds for the recipe of a state."""
        recipe = state.recipe
        self.setVisible(recipe is not None)
        if recipe is None:
            return
        factor, unit = shown_in("m")
        self._extent = recipe.extent_m
        for side in (self.east, self.north):
            side.blockSignals(True)
            side.setRange(LEAST_M * factor, MOST_M * factor)
            side.setSuffix(f" {unit}")
            side.blockSignals(False)
        east, north = (side * factor for side in recipe.extent_m)
        shown: tuple[tuple[Any, Any], ...] = (
            (self.seed, recipe.seed), (self.east, east), (self.north, north), (self.cells, recipe.resolution),
        )  # fmt: skip
        for box, value in shown:
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        sides = (f"{side:.6g}" if factor == 1 else f"{side:.0f}" for side in (east, north))
        self.fold.head.setText(tr("Map: seed %1, %2 × %3 %4", recipe.seed, *sides, unit))

    def _size(self) -> None:
        """Tell the size in metres; a side that was not touched is what it was, to the last digit."""
        factor = shown_in("m")[0]
        typed = zip((self.east.value(), self.north.value()), self._extent, strict=True)
        east, north = (was if round(was * factor) == now else round(now / factor, 2) for now, was in typed)
        self.sized.emit(east, north)


def _metres(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(LEAST_M, MOST_M)
    box.setDecimals(0)
    box.setSuffix(" m")
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    return box
