"""Editors of single values: each shows a value, and tells the next one and whether the hand rests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QSlider,
    QToolButton,
    QWidget,
)

from ..theme import GRID
from ..translation import tr
from ..units import shown_in
from .parts import row, tool
from .scale import STEPS, decimals, scale_of

if TYPE_CHECKING:
    from pcgstudio.params import Parameter

HIGHEST = 1e9
NUMBER_WIDTH = 76


class Field(QWidget):
    """Base of the editors."""

    edited = Signal(object, bool)
    """The next value, and whether the hand rests on it."""

    def set_value(self, value: Any) -> None:
        """Show a value without telling of it."""
        raise NotImplementedError


class NumberField(Field):
    """A slider where both ends are known, and a number with its unit; ``auto`` where the value may be left open."""

    def __init__(self, one: Parameter) -> None:
        super().__init__()
        self._whole, self._open = one.type.startswith("int"), "None" in one.type
        self._factor, self._unit = shown_in(one.unit) if one.unit != "share" else (100.0, "%")
        self._low = -HIGHEST if one.minimum is None else one.minimum
        self._high = HIGHEST if one.maximum is None else one.maximum
        self._scale = scale_of(one)
        self._value: Any = one.default
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setSingleStep(STEPS // 100)
        self.slider.setMinimumWidth(4 * GRID)
        self.slider.setVisible(self._scale is not None)
        self.number = self._number(one)
        self.auto = QToolButton()
        self.auto.setText(tr("auto"))
        self.auto.setToolTip(tr("Leave it open: the step chooses"))
        self.auto.setCheckable(True)
        self.auto.setVisible(self._open)
        self.setLayout(row(self.slider, self.auto, self.number, gap=GRID // 2))
        if self._scale is None:
            self.layout().insertStretch(0, 1)  # type: ignore[union-attr]  # a box, see above
        self.setFocusProxy(self.number)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self.edited.emit(self._value, True))
        self.number.valueChanged.connect(self._typed)
        self.auto.clicked.connect(self._opened)

    def _number(self, one: Parameter) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.setDecimals(max(0, decimals(one, self._scale) - (2 if one.unit == "share" else 0)))
        box.setRange(self._low * self._factor, self._high * self._factor)
        box.setKeyboardTracking(False)
        box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        box.setSuffix(f" {self._unit}" if self._unit else "")
        box.setFixedWidth(NUMBER_WIDTH)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setAccessibleName(one.text)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel scrolls the form, not what it happens to be over
        return box

    def set_value(self, value: Any) -> None:
        """Show a number, or None for ``auto``."""
        self._value = value
        for part in (self.slider, self.number, self.auto):
            part.blockSignals(True)
        self.auto.setChecked(value is None)
        self.slider.setEnabled(value is not None)
        self.number.setEnabled(value is not None)
        if value is not None:
            self.number.setValue(float(value) * self._factor)
            if self._scale is not None and not self.slider.isSliderDown():
                self.slider.setValue(self._scale.position(float(value)))
        for part in (self.slider, self.number, self.auto):
            part.blockSignals(False)

    def _slid(self, position: int) -> None:
        assert self._scale is not None
        self._value = self._as_meant(self._scale.value(position))
        self.number.blockSignals(True)
        self.number.setValue(float(self._value) * self._factor)
        self.number.blockSignals(False)
        self.edited.emit(self._value, not self.slider.isSliderDown())

    def _typed(self, number: float) -> None:
        self._tell(number / self._factor)

    def _opened(self, left_open: bool) -> None:
        if left_open:
            self.set_value(None)
            self.edited.emit(None, True)
        else:
            self._tell(self.number.value() / self._factor)

    def _tell(self, number: float) -> None:
        self.set_value(self._as_meant(number))
        self.edited.emit(self._value, True)

    def _as_meant(self, number: float) -> float | int:
        number = min(max(float(f"{number:.6g}"), self._low), self._high)
        return round(number) if self._whole else number


class ChoiceField(Field):
    """One of several words."""

    def __init__(self, options: Sequence[str], text: str = "") -> None:
        super().__init__()
        self.box = QComboBox()
        for option in options:
            self.box.addItem(worded(option), option)
        self.box.setAccessibleName(text)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setLayout(row(self.box))
        self.setFocusProxy(self.box)
        self.box.activated.connect(lambda _at: self.edited.emit(self.box.currentData(), True))

    def set_value(self, value: Any) -> None:
        """Show an option."""
        self.box.setCurrentIndex(max(0, self.box.findData(str(value))))


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.setAccessibleName(text)
        self.setLayout(row(self.box, 1))
        self.setFocusProxy(self.box)
        self.box.clicked.connect(lambda on: self.edited.emit(bool(on), True))

    def set_value(self, value: Any) -> None:
        """Show whether it is on."""
        self.box.setChecked(bool(value))


class TextField(Field):
    """Words as they are typed; with ``read`` and ``write`` anything that can be written in one line."""

    def __init__(
        self, write: Callable[[Any], str] = str, read: Callable[[str], Any] = str, hint: str = "", text: str = ""
    ) -> None:
        super().__init__()
        self._write, self._read = write, read
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(text)
        self.setLayout(row(self.line, gap=GRID // 2))
        self.setFocusProxy(self.line)
        self.line.editingFinished.connect(self._typed)
        self._shown: Any = None

    def set_value(self, value: Any) -> None:
        """Show a value."""
        self._shown = value
        self.line.setText(self._write(value))

    def _typed(self) -> None:
        try:
            value = self._read(self.line.text())
        except ValueError:
            self.line.setText(self._write(self._shown))
            return
        if self._write(value) != self._write(self._shown):
            self._shown = value
            self.edited.emit(value, True)


class FileField(TextField):
    """The name of a file, with a button that looks for it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text=text)
        self.browse = tool("open", tr("Look for a file"), self._ask)
        self.layout().addWidget(self.browse)  # type: ignore[union-attr]  # a box, see the base

    def _ask(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), str(Path(self.line.text()).parent))
        if file:
            self.set_value(file)
            self.edited.emit(file, True)


class ColourField(TextField):
    """A colour as ``#rrggbb``, with a button that picks it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text=text)
        self.swatch = QToolButton()
        self.swatch.setAccessibleName(tr("Pick a colour"))
        self.swatch.clicked.connect(self._ask)
        self.layout().addWidget(self.swatch)  # type: ignore[union-attr]  # a box, see the base

    def set_value(self, value: Any) -> None:
        """Show a colour."""
        super().set_value(value)
        self.swatch.setStyleSheet(f"background: {QColor(str(value)).name()}; border-radius: 4px; min-width: 24px;")

    def _ask(self) -> None:
        picked = QColorDialog.getColor(QColor(self.line.text()), self, tr("Pick a colour"))
        if picked.isValid():
            self.set_value(picked.name())
            self.edited.emit(picked.name(), True)


def worded(name: str) -> str:
    """Return a name of the code as a person reads it.

    Examples
    --------
    >>> worded("market_square")
    'Market square'
    """
    told = name.replace("_", " ").strip()
    return told[:1].upper() + told[1:]


def titled(name: str, unit: str = "") -> str:
    """Return the label of a parameter: without the unit that its name ends in, since that stands at the number.

    Examples
    --------
    >>> titled("feature_size_m", "m"), titled("max_slope_deg", "deg"), titled("density_per_ha", "per ha")
    ('Feature size', 'Max slope', 'Density')
    >>> titled("through_m")
    'Through'
    """
    return worded(name.removesuffix("_" + (unit or "m").replace(" ", "_")))
