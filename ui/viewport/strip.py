"""The quiet row over the map: views, colours, switches, sun, tools, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QToolButton,
    QWidget,
    QWidgetAction,
)  # fmt: skip

from ..icons import put
from ..units import shown_in
from .commands import PASSING, TOOL_TEXTS, VIEW_TEXTS, Commands, tr
from .looks import FIRST, NATURAL, USUAL, Sun, colourings, layer_title

if TYPE_CHECKING:
    from ..view import MapView

ICON = QSize(18, 18)


class Strip(QWidget):
    """Buttons for the actions of a map view."""

    def __init__(self, view: MapView, commands: Commands) -> None:
        super().__init__()
        self._view, self._commands = view, commands
        self.setObjectName("mapStrip")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(2)
        self.colour = self._menu_button("palette", tr("Colours"), QMenu(self))
        self.colour.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.colour.menu().setObjectName(PASSING)
        self.colour.menu().aboutToShow.connect(self._list_colours)
        views = QMenu(self)
        views.addActions([commands[f"view_{name}"] for name in VIEW_TEXTS])
        views.addSeparator()
        views.addActions([commands[n] for n in ("frame_all", "frame_selection", "fly")])
        for widget in (self._menu_button("home", tr("Views"), views), self.colour, self._sun_button()):
            row.addWidget(widget)
        _part(row)
        for name in ("water", "plants", "things"):
            row.addWidget(self._button(name))
        row.addWidget(self._cut_button())
        row.addStretch(1)
        for name in TOOL_TEXTS:
            row.addWidget(self._button(f"tool_{name}"))
        _part(row)
        more = QMenu(self)
        more.addActions(
            [commands[n] for n in ("screenshot", "turntable", "lettering", "brush_larger", "brush_smaller")]
        )
        row.addWidget(self._menu_button("more", tr("More"), more))

    def follow(self) -> None:
        """Show the present colours, sun and cut."""
        stage = self._view.stage
        there = stage.drawing is not None
        self.colour.setText(layer_title(stage.wanted.colour).capitalize())
        for button in self.findChildren(QToolButton):
            if button.menu() is not None:
                button.setEnabled(there)
        low, high = stage.terrain.bounds if stage.terrain is not None else (0.0, 1.0)
        if stage.scene is not None:
            high = max(high, stage.scene.top_m)
        self._low, self._high = low, high
        cut = stage.shown.cut_m
        _quietly(self.cut, 1000 if cut is None else round(1000 * (cut - low) / max(high - low, 1e-6)))
        self.cut_text.setText(tr("whole") if cut is None else f"{cut * shown_in('m')[0]:.0f} {shown_in('m')[1]}")
        sun = stage.wanted.sun
        _quietly(self.azimuth, round(sun.azimuth_deg) % 360)
        _quietly(self.elevation, round(sun.elevation_deg))
        self.sun_text.setText(tr("from {}°, {}° high").format(round(sun.azimuth_deg) % 360, round(sun.elevation_deg)))

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._commands[name])
        button.setIconSize(ICON)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button

    def _menu_button(self, icon: str, text: str, menu: QMenu) -> QToolButton:
        button = QToolButton()
        put(button, icon)
        button.setText(text)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setIconSize(ICON)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        return button

    def _list_colours(self) -> None:
        menu, stage = self.colour.menu(), self._view.stage
        menu.clear()
        if stage.drawing is None:
            return
        for name in colourings(stage.drawing.world):
            if name in (NATURAL, *FIRST):
                menu.addAction(self._commands[f"colour_{name}"])
        menu.addSeparator()
        for name in colourings(stage.drawing.world):
            if name not in (NATURAL, *FIRST):
                menu.addAction(self._commands[f"colour_{name}"])

    def _sun_button(self) -> QToolButton:
        self.azimuth, self.elevation, self.sun_text = _slider(0, 359), _slider(5, 85), QLabel()
        for slider in (self.azimuth, self.elevation):
            slider.valueChanged.connect(self._move_sun)
        box = _box([(tr("Direction"), self.azimuth), (tr("Height"), self.elevation)], self.sun_text)
        menu = QMenu(self)
        _hold(menu, box)
        menu.addAction(self._commands["sun_usual"])
        return self._menu_button("sun", tr("Sun"), menu)

    def _cut_button(self) -> QToolButton:
        self.cut, self.cut_text = _slider(0, 1000), QLabel()
        self._low, self._high = 0.0, 1.0
        self.cut.valueChanged.connect(self._move_cut)
        menu = QMenu(self)
        _hold(menu, _box([(tr("Show up to"), self.cut)], self.cut_text))
        menu.addActions([self._commands[n] for n in ("roof", "storey_more", "storey_fewer")])
        return self._menu_button("cut", tr("Cut off from above"), menu)

    def _move_sun(self) -> None:
        stage = self._view.stage
        sun = Sun(float(self.azimuth.value()), float(self.elevation.value()))
        self.sun_text.setText(tr("from {}°, {}° high").format(self.azimuth.value(), self.elevation.value()))
        same = sun == Sun(round(USUAL.azimuth_deg), round(USUAL.elevation_deg))
        stage.wanted = replace(stage.wanted, sun=USUAL if same else sun)
        stage.dress()

    def _move_cut(self, value: int) -> None:
        cut = None if value >= 1000 else self._low + (self._high - self._low) * value / 1000
        self._view.cut_above(cut)


def _quietly(slider: QSlider, value: int) -> None:
    if not slider.isSliderDown():
        slider.blockSignals(True)
        slider.setValue(value)
        slider.blockSignals(False)


def _slider(low: int, high: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setMinimumWidth(200)
    return slider


def _box(rows: list[tuple[str, QSlider]], below: QLabel) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(16, 8, 16, 8)
    grid.setVerticalSpacing(8)
    for number, (text, slider) in enumerate(rows):
        label = QLabel(text)
        label.setBuddy(slider)
        slider.setAccessibleName(text)
        grid.addWidget(label, number, 0)
        grid.addWidget(slider, number, 1)
    below.setObjectName("muted")
    grid.addWidget(below, len(rows), 1)
    return box


def _hold(menu: QMenu, box: QWidget) -> None:
    action = QWidgetAction(menu)
    action.setDefaultWidget(box)
    menu.addAction(action)


def _part(row: QHBoxLayout) -> None:
    line = QFrame()
    line.setFixedSize(1, 18)
    line.setStyleSheet("background: palette(mid)")
    row.addSpacing(6)
    row.addWidget(line)
    row.addSpacing(6)
