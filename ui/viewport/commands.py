"""Everything a person can do with the map: actions with texts and shortcuts, for strip, menus and palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from ..icons import put
from .looks import FIRST, NATURAL, layer_title

if TYPE_CHECKING:
    from ..view import MapView

VIEW_TEXTS = {
    "home": ("View from home", "1", "home"), "top": ("View from the top, north up", "2", ""),
    "north": ("View from the north", "3", ""), "east": ("View from the east", "4", ""),
    "south": ("View from the south", "5", ""), "west": ("View from the west", "6", ""),
    "close": ("View closer", "7", ""),
}  # fmt: skip
TOOL_TEXTS = {
    "look": ("Look around", "", "eye"), "marker": ("Put a marker: \u201chere\u201d", "M", "marker"),
    "paint": ("Paint a region", "B", "brush"), "circle": ("Draw a round region", "K", "circle"),
    "polygon": ("Draw a region by corners", "P", "polygon"), "measure": ("Measure a distance", "R", "ruler"),
}  # fmt: skip

PASSING = "passing"
"""Name of a menu that is filled anew whenever it opens."""


def tr(text: str) -> str:
    """Return a text in the person's language."""
    return QCoreApplication.translate("PCG Studio", text)


class Commands:
    """The actions of a map view, by name; all are added to it."""

    def __init__(self, view: MapView) -> None:
        self._view = view
        self.by_name: dict[str, QAction] = {}
        stage = view.stage
        for name, (text, key, icon) in VIEW_TEXTS.items():
            self._add(f"view_{name}", text, lambda n=name: view.look_from(n), key, icon)
        self._add("frame_all", "Frame the whole map", view.frame_all, "F", "frame")
        self._add("frame_selection", "Frame the selection", view.frame_selection, ".", "")
        self._add("fly", "Fly with W A S D", view.fly, "Shift+F", "fly", checkable=True)
        for name, text, key, icon in (
            ("water", "Show water", "W", "drop"), ("plants", "Show vegetation", "V", "tree"),
            ("things", "Show things", "O", "cube"),
        ):  # fmt: skip
            self._add(name, text, lambda on, n=name: self._switch(n, on), key, icon, checkable=True).setChecked(True)
        self._add("roof", "Roof off", view.roof_off, "X", "cut", checkable=True)
        self._add("storey_more", "Show one storey more", lambda: view.another_storey(1), "PgUp", "")
        self._add("storey_fewer", "Show one storey fewer", lambda: view.another_storey(-1), "PgDown", "")
        self._add("lettering", "Show scale, north and legend", view.set_lettering, "", "", checkable=True).setChecked(
            True
        )
        for name in (NATURAL, *FIRST):
            self._add_colour(name)
        self._add("sun_usual", "Put the sun back", view.usual_sun, "", "sun")
        for name, (text, key, icon) in TOOL_TEXTS.items():
            self._add(f"tool_{name}", text, lambda on, n=name: view.start_tool(n), key, icon, checkable=True)
        self._add("brush_larger", "Larger brush", lambda: view.set_brush(stage.brush_m * 1.25), "]", "")
        self._add("brush_smaller", "Smaller brush", lambda: view.set_brush(stage.brush_m / 1.25), "[", "")
        self._add("screenshot", "Save a screenshot\u2026", view.keeping.ask_screenshot, "Ctrl+Alt+S", "photo")
        self._add("turntable", "Save a turntable\u2026", view.keeping.ask_turntable, "Ctrl+Alt+T", "film")
        self.follow()

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def _add(
        self, name: str, text: str, does: Callable[..., object], key: str, icon: str, *, checkable: bool = False
    ) -> QAction:
        action = QAction(tr(text), self._view)
        action.setObjectName(f"map_{name}")
        action.setCheckable(checkable)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if icon:
            put(action, icon)
        shown = f" ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})" if key else ""
        action.setToolTip(action.text().rstrip("\u2026") + shown)
        if checkable:
            action.triggered.connect(does)
            action.triggered.connect(self.follow)  # a tool that is chosen again stays chosen
        else:
            action.triggered.connect(lambda _on: does())
        self._view.addAction(action)
        self.by_name[name] = action
        return action

    def _add_colour(self, name: str) -> QAction:
        text = tr("Colour naturally") if name == NATURAL else tr("Colour by {}").format(layer_title(name))
        return self._add(f"colour_{name}", text, lambda on, n=name: self._view.colour_by(n), "", "", checkable=True)

    def _know(self, layers: Iterable[str]) -> None:
        """Have an action for every layer, also in the menus that the window made of the first ones."""
        for name in layers:
            if f"colour_{name}" not in self.by_name:
                action = self._add_colour(name)
                for holder in self[f"colour_{NATURAL}"].associatedObjects():
                    if isinstance(holder, QMenu) and holder.objectName() != PASSING:
                        holder.addAction(action)

    def _switch(self, name: str, on: bool) -> None:
        stage = self._view.stage
        if name == "water":
            stage.wanted = replace(stage.wanted, water=on)
            stage.dress()
        elif name == "plants":
            stage.show_parts(replace(stage.shown, plants=on))
        else:
            stage.show_parts(replace(stage.shown, things=on))

    def follow(self) -> None:
        """Check and enable the actions as the stage is."""
        stage = self._view.stage
        there = stage.drawing is not None
        layers = stage.drawing.world.layers if stage.drawing is not None else {}
        self._know(layers)
        for name, action in self.by_name.items():
            action.setEnabled(there)
            if name.startswith("colour_"):
                layer = name.removeprefix("colour_")
                action.setEnabled(there and (layer == NATURAL or layer in layers))
                action.setVisible(layer in (NATURAL, *FIRST) or layer in layers)
                action.setChecked(stage.wanted.colour == layer)
            elif name.startswith("tool_"):
                action.setChecked(stage.tool == name.removeprefix("tool_"))
        several = stage.scene is not None and len(stage.scene.floors) > 1
        for name in ("storey_more", "storey_fewer"):
            self[name].setEnabled(several)
        self["water"].setChecked(stage.wanted.water)
        self["plants"].setChecked(stage.shown.plants)
        self["things"].setChecked(stage.shown.things)
        self["roof"].setChecked(stage.shown.cut_m is not None)
        self["fly"].setChecked(stage.hand.flying)
        self["lettering"].setChecked(stage.glass.lettering)
