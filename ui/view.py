"""The map in the middle of the window: its one public face, over the pieces of `viewport`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from .viewport.commands import Commands, tr
from .viewport.contours import outlines
from .viewport.handles import Handle
from .viewport.keeping import Keeping
from .viewport.lane import Lane
from .viewport.looks import USUAL, Look
from .viewport.marks import Draped
from .viewport.notice import Notice
from .viewport.stage import Stage
from .viewport.strip import Strip
from .viewport.tools import Brush

if TYPE_CHECKING:  # the window opens before the core is loaded
    from .drawing import Drawing

__all__ = ["Handle", "MapView"]

Outline = NDArray[np.generic] | Sequence[tuple[float, float]] | None
SMALLEST_BRUSH, LARGEST_BRUSH = 0.004, 0.5
"""Radius of the brush as a share of the map."""


class MapView(QWidget):
    """Shows a drawing, or a page that invites to ask for one.

    Everything a person can do here is one of its `actions()`, with text and shortcut, for menus and the palette.

    Parameters
    ----------
    empty : QWidget
        What is shown while there is no map.

    Signals
    -------
    hovered(object)
        The `viewport.readout.Readout` under the cursor; None off the map.
    picked(float, float)
        A marker was put at x, y [m].
    region_drawn(object)
        A `pcgstudio.region` Circle, Polygon or Painted was drawn by hand.
    handle_moved(str, float, float)
        The handle of a step was let go at x, y [m].
    tool_changed(str)
        The tool in use: look, marker, paint, circle, polygon or measure.
    said(str)
        One sentence for the status bar.
    """

    hovered = Signal(object)
    picked = Signal(float, float)
    region_drawn = Signal(object)
    handle_moved = Signal(str, float, float)
    tool_changed = Signal(str)
    said = Signal(str)

    def __init__(self, empty: QWidget) -> None:
        super().__init__()
        self._lane = Lane()
        self.stage = Stage(self._lane)
        self.keeping = Keeping(self.stage)
        self._selection: list[NDArray[np.float64]] = []
        self.commands = Commands(self)
        self.strip = Strip(self, self.commands)
        self.waiting = Notice(self.stage, self._lane)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.strip)
        rows.addWidget(self.stage, 1)
        self._empty, self._whole, self._pages = empty, whole, QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._connect()
        self._follow()

    def _connect(self) -> None:
        stage = self.stage
        stage.hovered.connect(self.hovered)
        stage.handle_moved.connect(self.handle_moved)
        stage.tool_changed.connect(self._tool)
        stage.said.connect(self.said)
        self.keeping.said.connect(self.said)
        stage.made.connect(self._made)
        stage.changed.connect(self._follow)
        stage.dressing.connect(lambda: self.waiting.watch("dress", tr("Painting the map"), stage.undress))

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def live(self) -> Any:
        """The pyvista plotter, or None where there is none."""
        canvas = self.stage.canvas
        return None if canvas is None or canvas.still else canvas

    @property
    def still(self) -> bool:
        """Whether maps are drawn without OpenGL, as pictures that are redrawn for every look."""
        return self.stage.canvas is not None and bool(self.stage.canvas.still)

    def currentWidget(self) -> QWidget:  # noqa: N802 - as a stack of pages has it
        """Return the empty page, or the page with the map."""
        return self._whole if self._pages.currentIndex() else self._empty

    def prepare(self) -> None:
        """Make the live canvas, before there is a map: it takes a moment."""
        self.stage.ensure_canvas(live=True)
        QTimer.singleShot(0, self.stage.canvas, self.stage.canvas.open)

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Show a drawing (from `drawing.drawer`), or for None the empty page."""
        self._pages.setCurrentWidget(self._empty if drawing is None else self._whole)
        if drawing is None:
            self.end_compare()
            self.start_tool("look")
            self.stage.clear()
            self._follow()
        else:
            self._lay_out()
            self.stage.show_drawing(drawing)

    def show_coarse(self, drawing: Drawing) -> None:
        """Show a drag preview (from `drawing.coarse_drawer`) in place of the map until the next `show_drawing`."""
        self._pages.setCurrentWidget(self._whole)
        self._lay_out()
        self.stage.show_coarse(drawing)

    def _lay_out(self) -> None:
        """Give the stage its size now, which the camera is set for; a page that was never shown has none."""
        for widget in (self, self._whole):
            if (layout := widget.layout()) is not None:
                layout.activate()

    def compare(self, left: Drawing, right: Drawing) -> None:
        """Show two drawings from one camera with a divider to drag."""
        self._pages.setCurrentWidget(self._whole)
        self._lay_out()
        self.stage.compare(left, right)

    def end_compare(self) -> None:
        """Show the one drawing again."""
        self.stage.end_compare()

    def colour_by(self, name: str) -> None:
        """Colour by ``natural`` or by the name of a layer."""
        self._want(replace(self.stage.wanted, colour=name))

    def usual_sun(self) -> None:
        """Put the sun back to where pictures are painted under."""
        self._want(replace(self.stage.wanted, sun=USUAL))

    def _want(self, look: Look) -> None:
        if look != self.stage.wanted:
            self.stage.wanted = look
            self.stage.dress()

    def cut_above(self, height_m: float | None) -> None:
        """Draw nothing above a height [m]; None cuts nothing."""
        self.stage.show_parts(replace(self.stage.shown, cut_m=height_m))

    def roof_off(self, on: bool = True) -> None:
        """Take off what is over the lowest floor of an interior; elsewhere cut half way up."""
        scene, terrain = self.stage.scene, self.stage.terrain
        if not on or scene is None or terrain is None:
            self.cut_above(None)
        elif len(scene.floors) > 1:
            self.show_storeys(1)
        else:
            low, high = terrain.bounds
            self.cut_above((low + max(high, scene.top_m)) / 2)

    def show_storeys(self, count: int) -> None:
        """Show so many storeys of an interior, from the lowest."""
        from .viewport.cutting import storey_cut  # noqa: PLC0415 - loads kernels, which the window's start need not

        floors = self.stage.scene.floors if self.stage.scene is not None else ()
        self.cut_above(storey_cut(floors, max(count, 1)))

    def another_storey(self, step: int) -> None:
        """Show one storey more or fewer."""
        from .viewport.cutting import storeys_shown  # noqa: PLC0415 - loads kernels, which the window's start need not

        scene = self.stage.scene
        if scene is not None and len(scene.floors) > 1:
            self.show_storeys(storeys_shown(scene.floors, self.stage.shown.cut_m) + step)

    def set_lettering(self, on: bool) -> None:
        """Show or hide scale, north mark and legend."""
        self.stage.glass.lettering = on
        self.stage.glass.update()

    def tell_units(self) -> None:
        """Tell lengths anew, in the units that are told now."""
        if self.stage.legend is not None:
            self.stage.dress()
        self.stage.glass.update()
        self.strip.follow()

    def set_theme(self, theme: str) -> None:
        """Take the background of ``light`` or ``dark``."""
        self.stage.set_theme(theme)

    # -- from where ----------------------------------------------------------------------------------------------------

    def look_from(self, view: str) -> None:
        """Look from ``home``, ``top``, ``north``, ``south``, ``east``, ``west`` or ``close``."""
        self.stage.gaze.look_from(view)

    def frame_all(self) -> None:
        """Show the whole map, from the side it is seen from now."""
        if self.stage.pose is not None:
            self.stage.hand.fly(False)
            self.stage.gaze.glide(self.stage.gaze.framed(self.stage.pose))

    def frame_selection(self) -> None:
        """Show what is outlined or meant as large as fits; the whole map where nothing is."""
        chosen = self.stage.marks.outline.lines or self.stage.marks.region.lines
        if chosen and self.stage.pose is not None:
            near = self.stage.gaze.framed(self.stage.pose, np.concatenate(chosen))
            nearest = 0.1 * self.stage.longest_m() / np.tan(np.radians(near.fov_deg) / 2) / 2
            self.stage.gaze.glide(replace(near, distance_m=max(near.distance_m * 1.3, float(nearest))))
        else:
            self.frame_all()

    def fly(self, on: bool = True) -> None:
        """Take off or land: W A S D and the arrows move, E and Q rise and sink, dragging turns the head."""
        self.start_tool("look")
        self.stage.hand.fly(on)
        self.stage.glass.setFocus()
        self.said.emit(tr("W A S D to fly, E and Q up and down, drag to look, wheel for speed, Escape to land"))
        self._follow()

    # -- marks and tools -----------------------------------------------------------------------------------------------

    def outline(self, where: Outline, missed: bool = True) -> None:
        """Outline a region: a ``(rows, cols)`` mask over the map or a polygon of x, y [m]; None takes it away.

        What was asked of it may be ``missed``, or hold.
        """
        self.stage.marks.missed = missed
        self.stage.marks.outline = self._draped(where)
        self.stage.glass.update()

    def set_region(self, mask: Outline) -> None:
        """Tint a region ``(rows, cols)`` in [0, 1] over the map, as the one that is meant; None takes it away."""
        self.stage.marks.region = self._draped(mask)
        self.stage.glass.update()

    def _draped(self, where: Outline) -> Draped:
        terrain = self.stage.terrain
        if where is None or terrain is None:
            return Draped()
        if isinstance(where, np.ndarray) and where.ndim == 2 and where.shape[1] != 2:
            return Draped.over(terrain, outlines(where, terrain.grid.extent_m))
        return Draped.over(terrain, [np.asarray(where, dtype=np.float64)])

    def set_handles(self, handles: Sequence[Handle]) -> None:
        """Show movable handles of landforms; letting one go emits `handle_moved`."""
        self.stage.marks.handles.set(handles)
        self.stage.glass.update()

    def set_marker(self, x_m: float | None, y_m: float = 0.0) -> None:
        """Show the marker "here"; None takes it away."""
        terrain = self.stage.terrain
        there = x_m is not None and terrain is not None
        self.stage.marks.marker = terrain.draped(np.array([[x_m, y_m]]))[0] if there and terrain else None
        self.stage.glass.update()

    def start_tool(self, tool: str) -> None:
        """Take up a tool: look, marker, paint, circle, polygon or measure; Escape goes back to look."""
        self.stage.start_tool(tool)

    def set_brush(self, metres: float) -> None:
        """Set the radius of the brush that paints regions [m]."""
        long = self.stage.longest_m()
        self.stage.brush_m = float(np.clip(metres, SMALLEST_BRUSH * long, LARGEST_BRUSH * long))
        if isinstance(self.stage.hand.tool, Brush):
            self.stage.hand.tool.radius_m = self.stage.brush_m
            self.stage.hand.show_sketch()

    def _tool(self, tool: str) -> None:
        self._follow()
        self.tool_changed.emit(tool)

    def _made(self, made: object) -> None:
        if isinstance(made, tuple):
            self.set_marker(*made)
            self.picked.emit(*made)
        else:
            self.region_drawn.emit(made)

    # -- the end -------------------------------------------------------------------------------------------------------

    def close_live(self) -> None:
        """Give the graphics back; VTK must be told before Qt takes its window away."""
        self._lane.close()
        self.keeping.close()
        self.stage.end()

    def _follow(self) -> None:
        self.commands.follow()
        self.strip.follow()
