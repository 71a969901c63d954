"""The map and what lies over it: which scene, in which look, from which pose; one face over both canvases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QWidget

from pcgstudio.palette import load_palette

from .camera import Pose
from .compare import Swipe
from .gaze import Gaze
from .glass import Glass
from .hand import Hand
from .lane import Lane, Tick
from .legend import Ink
from .looks import NATURAL, Look
from .marks import Marks
from .readout import readout_of
from .shown import LEFT, MAP, RIGHT, ROUGH, Shown
from .tools import TOOLS, Place, tool_of

if TYPE_CHECKING:
    from pcgstudio.world import World

    from ..drawing import Drawing
    from ..scene import Piece, Scene
    from .capture import Sitting
    from .ramps import Legend
    from .terrain import Terrain


class Stage(QWidget):
    """Shows one drawing, or two to compare."""

    hovered = Signal(object)
    made = Signal(object)
    handle_moved = Signal(str, float, float)
    tool_changed = Signal(str)
    changed = Signal()
    dressing = Signal()
    said = Signal(str)

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self.lane = lane
        self.canvas: Any = None
        self.drawing: Drawing | None = None
        self.scene: Scene | None = None
        self.terrain: Terrain | None = None
        self.legend: Legend | None = None
        self.swipe: Swipe | None = None
        self.sheet: Piece | None = None
        self._cap: Piece | None = None
        self.wanted, self.worn, self.shown, self.marks, self.tool = Look(), Look(), Shown(), Marks(), "look"
        self.brush_m, self.theme = 0.0, "dark"
        self.hand = Hand(self)
        self.glass = Glass(self, self.hand)
        self.gaze = Gaze(self)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a drawing in the present look; a map of the same size keeps the camera."""
        self.ensure_canvas(drawing.live)
        self.drawing = drawing
        self.terrain = drawing.terrain
        if self.wanted.colour not in (NATURAL, *drawing.world.layers):
            self.wanted = replace(self.wanted, colour=NATURAL)
        if self.wanted == Look():
            self.lane.cancel("dress")
            self._bring(drawing, self.wanted, (drawing.scene, None, drawing.ready))
        else:
            self.dress()
        self.brush_m = self.brush_m or max(drawing.world.grid.extent_m) / 20
        self.gaze.frame_if_new(drawing)

    def show_coarse(self, drawing: Drawing) -> None:
        """Show a drag preview over the map until the next drawing."""
        self.ensure_canvas(drawing.live)
        self.terrain = drawing.terrain
        self.gaze.frame_if_new(drawing, rough=True)
        if self.wanted == Look():
            self._bring_coarse((drawing.scene, None, drawing.ready))
            return

        def job(_tick: Tick, look: Look = self.wanted) -> object:
            from .coarse import coarse_scene  # noqa: PLC0415 - loads kernels, which the window's start need not

            return _dressed(drawing, look, coarse_scene)

        self.lane.start("dress", job, self._bring_coarse)

    def _bring_coarse(self, found: object) -> None:
        if isinstance(found, tuple):
            scene, self.legend, ready = found
            self.canvas.put(ROUGH, scene, ready)
            self.canvas.front(ROUGH)
            if self.sheet is None:
                self._lay_paper(scene)
            self.glass.update()

    def clear(self) -> None:
        """Show nothing; the next map is framed anew."""
        self.drawing = self.scene = self.terrain = self.legend = self.sheet = None
        self.gaze.forget()
        self.marks = Marks()
        if self.canvas is not None:
            for name in (MAP, ROUGH, LEFT, RIGHT):
                self.canvas.put(name, None)
            for name in ("cap", "paper"):
                self.canvas.add(name, None)

    def dress(self) -> None:
        """Make the drawing's scene in the look that is wanted, beside the main thread."""
        drawing = self.drawing
        if drawing is None:
            return

        def job(_tick: Tick, drawing: Drawing = drawing, look: Look = self.wanted) -> object:
            return _dressed(drawing, look)

        self.lane.start("dress", job, partial(self._bring, drawing, self.wanted))
        self.dressing.emit()
        self.changed.emit()

    def undress(self) -> None:
        """Want no other look than the one that is shown."""
        self.lane.cancel("dress")
        self.wanted = self.worn
        self.changed.emit()

    def _bring(self, drawing: Drawing, look: Look, found: object) -> None:
        if isinstance(found, Exception):
            self.said.emit(f"The map cannot be shown in these colours: {found}.")
        if drawing is not self.drawing or not isinstance(found, tuple):
            return
        (self.scene, self.legend, ready), self.worn = found, look
        self.terrain = drawing.terrain if look.water else drawing.bed
        self.canvas.put(MAP, self.scene, ready)
        self.canvas.put(ROUGH, None)
        self.canvas.front(MAP)
        self._close_cut()
        self._lay_paper(self.scene)
        self.glass.update()
        self.changed.emit()

    def show_parts(self, shown: Shown) -> None:
        """Switch vegetation, things and the cut."""
        self.shown = shown
        if self.canvas is not None:
            self.canvas.show_parts(shown)
            self._close_cut()
        self.changed.emit()

    def _close_cut(self) -> None:
        """Give the cut through the ground a face."""
        self._cap = None
        if self.shown.cut_m is not None and self.scene is not None:
            from .cutting import cap_of  # noqa: PLC0415 - loads kernels, which the window's start need not

            self._cap = cap_of(self.scene, self.shown.cut_m)
        self.canvas.add("cap", self._cap)

    def _lay_paper(self, scene: Scene) -> None:
        """Put the sheet below that the map throws its shadow on."""
        from .paper import paper_of  # noqa: PLC0415 - loads kernels, which the window's start need not

        paper = self.paper()
        self.sheet = paper_of(scene, (paper.red(), paper.green(), paper.blue()), self.theme == "dark")
        self.canvas.add("paper", self.sheet)

    def compare(self, left: Drawing, right: Drawing) -> None:
        """Show two drawings, divided."""
        self.ensure_canvas(left.live)
        self.terrain = left.terrain
        self.gaze.frame_if_new(left)
        self.swipe = Swipe()
        self.canvas.put(LEFT, left.scene)
        self.canvas.put(RIGHT, right.scene)
        self.canvas.pair((LEFT, RIGHT))
        self.changed.emit()

    def end_compare(self) -> None:
        """Show the one drawing again."""
        if self.swipe is None:
            return
        self.swipe = None
        self.canvas.pair(())
        self.canvas.put(LEFT, None)
        self.canvas.put(RIGHT, None)
        if self.drawing is not None:
            self.terrain = self.drawing.terrain if self.worn.water else self.drawing.bed
        self.canvas.redraw()
        self.glass.update()
        self.changed.emit()

    def _pair(self, images: object) -> None:
        if self.swipe is not None and isinstance(images, list):
            self.swipe.images = images
            self.glass.update()

    def set_theme(self, theme: str) -> None:
        """Take the paper of ``light`` or ``dark``."""
        self.theme = theme
        self.glass.ink = Ink(theme == "dark")
        if self.canvas is not None:
            self.canvas.paper(self.paper())
            if self.scene is not None:
                self._lay_paper(self.scene)
        self.glass.update()

    def paper(self) -> QColor:
        """Return the colour behind the map."""
        return QColor(*load_palette().background[self.theme])

    def ensure_canvas(self, live: bool) -> None:
        """Make the canvas, where there is none yet."""
        if self.canvas is not None:
            return
        if live:
            from .live import Live  # noqa: PLC0415 - slow to load, and unusable where there is no GL

            self.canvas = Live(self)
        else:
            from .still import Still  # noqa: PLC0415 - only where it is needed

            self.canvas = Still(self, self.lane)
        self.canvas.paired.connect(self._pair)
        self.canvas.setGeometry(self.rect())
        self.canvas.show()
        self.canvas.paper(self.paper())
        self.canvas.show_parts(self.shown)
        self.glass.raise_()

    # -- from where ----------------------------------------------------------------------------------------------------

    @property
    def pose(self) -> Pose | None:
        """Where the map is looked at from; None without a map."""
        return self.gaze.pose

    @property
    def moving(self) -> bool:
        """Whether the camera moves, and so less is drawn."""
        return self.gaze.moving

    @property
    def resting(self) -> bool:
        """Whether what is shown is what will be shown as long as nobody does anything."""
        return not (self.moving or self.gaze.gliding) and self.lane.idle

    def longest_m(self) -> float:
        """Longer side of the map [m]."""
        return max(self.terrain.grid.extent_m) if self.terrain is not None else 1.0

    def ground_at(self, x_px: float, y_px: float) -> NDArray[np.float64] | None:
        """``(3,)`` what of the map's surface lies under a pixel; None beside the map."""
        if self.pose is None or self.terrain is None:
            return None
        return self.terrain.meets(*self.pose.ray(x_px, y_px, (self.width(), self.height())))

    def sitting(self) -> Sitting | None:
        """Return what a picture of the map is to show; None without a map."""
        from .capture import Sitting  # noqa: PLC0415 - nothing that the first map needs

        if self.scene is None or self.pose is None:
            return None
        paper, legend = self.paper(), self.legend if self.glass.lettering else None
        tone = (paper.red(), paper.green(), paper.blue())
        aspect = self.width() / max(self.height(), 1)
        besides = [piece for piece in (self._cap, self.sheet) if piece is not None]
        scene = replace(self.scene, pieces=(*self.scene.pieces, *besides))
        return Sitting(scene, self.pose, aspect, self.shown, tone, legend, self.theme == "dark")

    # -- tools ---------------------------------------------------------------------------------------------------------

    def start_tool(self, tool: str) -> None:
        """Take up a tool; ``look`` puts all down, and lands."""
        if tool not in TOOLS:
            raise ValueError(f"there is no tool '{tool}'; choose one of {', '.join(TOOLS)}")
        if tool != "look" and self.terrain is None:
            return
        self.hand.fly(False)
        extent = self.terrain.grid.extent_m if self.terrain is not None else (1.0, 1.0)
        self.hand.tool, self.tool = tool_of(tool, extent, self.brush_m), tool
        self.hand.show_sketch()
        self.tool_changed.emit(tool)
        self.said.emit(self.hand.tool.hint if self.hand.tool is not None else "")

    def take(self, made: object) -> None:
        """Hand on what a tool made."""
        self.made.emit(made)

    def tell(self, place: Place | None) -> None:
        """Tell what lies under the pointer."""
        found = None
        if place is not None and self.drawing is not None and self.terrain is not None:
            layer = "" if self.wanted.colour == NATURAL else self.wanted.colour
            found = readout_of(self.drawing.world, self.terrain, *place, layer)
        self.hovered.emit(found)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fill the room with canvas and glass."""
        super().resizeEvent(event)
        self.glass.setGeometry(self.rect())
        if self.canvas is not None:
            self.canvas.setGeometry(self.rect())

    def end(self) -> None:
        """Give the graphics back."""
        self.gaze.stop()
        self.hand.forget_keys()
        if self.canvas is not None:
            self.canvas.end()
            self.canvas = None


def _dressed(
    drawing: Drawing, look: Look, make: Callable[[World], Scene] | None = None
) -> tuple[Scene, Legend | None, dict[int, Any]]:
    """Return a drawing's scene in a look, what its colours mean, and what the canvas makes of it.

    It is called beside the main thread.

    Parameters
    ----------
    make : callable, optional
        Makes the scene of another world, by default that of the whole drawing.
    """
    from ..drawing import readied  # noqa: PLC0415 - the same as below
    from ..scene import scene_of  # noqa: PLC0415 - loads kernels, which the window's start need not
    from .colouring import dressed  # noqa: PLC0415 - the same

    if not look.water:
        _ = drawing.bed.bounds
    scene, legend = dressed(drawing.world, drawing.scene, look, make or scene_of)
    return scene, legend, drawing.ready if scene is drawing.scene else readied(scene, drawing.live)
