"""The map and what lies over it: which scene, in which look, from which pose; one face over both canvases."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QWidget

from pcgstudio.palette import load_palette

from .camera import VIEWS, Pose, between, framing
from .compare import Swipe
from .glass import Glass
from .hand import Hand
from .lane import Lane, Tick
from .legend import Ink
from .looks import NATURAL, Look
from .marks import Marks
from .readout import readout_of
from .shown import Shown
from .terrain import Terrain
from .tools import TOOLS, Place, tool_of

if TYPE_CHECKING:
    from ..drawing import Drawing
    from ..scene import Scene
    from .capture import Sitting
    from .ramps import Legend

MAP, COARSE, LEFT, RIGHT = "map", "coarse", "left", "right"
"""Names that scenes are kept under; `live.ROUGH` is one."""
REST_MS = 180
"""How long after the last motion everything is drawn again."""
GLIDE_MS, GLIDE_FRAME_S = 140, 0.04
"""How long the way to a named view takes, where a frame takes no longer than this; elsewhere it is a jump."""


class Stage(QWidget):
    """Shows one drawing, or two to compare."""

    hovered = Signal(object)
    made = Signal(object)
    handle_moved = Signal(str, float, float)
    tool_changed = Signal(str)
    changed = Signal()
    said = Signal(str)

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self.lane = lane
        self.canvas: Any = None
        self.drawing: Drawing | None = None
        self.scene: Scene | None = None
        self.terrain: Terrain | None = None
        self.pose: Pose | None = None
        self.legend: Legend | None = None
        self.swipe: Swipe | None = None
        self.wanted, self.shown, self.marks, self.tool = Look(), Shown(), Marks(), "look"
        self.brush_m, self.moving, self.theme = 0.0, False, "dark"
        self._extent: tuple[NDArray[np.float64], NDArray[np.float32]] | None = None
        self.hand = Hand(self)
        self.glass = Glass(self, self.hand)
        self._idle = QTimer(self, interval=REST_MS, singleShot=True)
        self._idle.timeout.connect(self.rest)
        self._glide = QTimer(self, interval=16)
        self._glide.timeout.connect(self._glided)
        self._way: tuple[Pose, Pose, int] | None = None

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a drawing in the present look; a map of the same size keeps the camera."""
        self._ensure_canvas(drawing.live)
        self.drawing = drawing
        self.terrain = Terrain(drawing.world, dry=not self.wanted.water)
        if self.wanted.colour not in (NATURAL, *drawing.world.layers):
            self.wanted = replace(self.wanted, colour=NATURAL)
        if self.wanted == Look():
            self._bring(drawing, (drawing.scene, None))
        else:
            self.dress()
        self.brush_m = self.brush_m or max(drawing.world.grid.extent_m) / 20
        self._frame_if_new(drawing)

    def show_coarse(self, drawing: Drawing) -> None:
        """Show a drag preview over the map until the next drawing."""
        self._ensure_canvas(drawing.live)
        self.terrain = Terrain(drawing.world)
        self._frame_if_new(drawing, rough=True)
        if self.wanted == Look():
            self._bring_coarse((drawing.scene, None))
            return

        def job(_tick: Tick, look: Look = self.wanted) -> object:
            from .coarse import coarse_scene  # noqa: PLC0415 - loads kernels, which the window's start need not
            from .colouring import dressed  # noqa: PLC0415 - the same

            return dressed(drawing.world, drawing.scene, look, coarse_scene)

        self.lane.start("dress", job, self._bring_coarse)

    def _bring_coarse(self, found: object) -> None:
        if isinstance(found, tuple):
            scene, self.legend = found
            self.canvas.put(COARSE, scene)
            self.canvas.front(COARSE)
            self.glass.update()

    def clear(self) -> None:
        """Show nothing; the next map is framed anew."""
        self.drawing = self.scene = self.terrain = self.pose = self.legend = self._extent = None
        self.marks = Marks()
        if self.canvas is not None:
            for name in (MAP, COARSE, LEFT, RIGHT):
                self.canvas.put(name, None)

    def dress(self) -> None:
        """Make the drawing's scene in the look that is wanted, beside the main thread."""
        drawing = self.drawing
        if drawing is None:
            return
        self.terrain = Terrain(drawing.world, dry=not self.wanted.water)

        def job(_tick: Tick, drawing: Drawing = drawing, look: Look = self.wanted) -> object:
            from .colouring import dressed  # noqa: PLC0415 - loads kernels, which the window's start need not

            return dressed(drawing.world, drawing.scene, look)

        self.lane.start("dress", job, partial(self._bring, drawing))
        self.changed.emit()

    def _bring(self, drawing: Drawing, found: object) -> None:
        if isinstance(found, Exception):
            self.said.emit(f"The map cannot be shown in these colours: {found}.")
        if drawing is not self.drawing or not isinstance(found, tuple):
            return
        self.scene, self.legend = found
        self.canvas.put(MAP, self.scene)
        self.canvas.put(COARSE, None)
        self.canvas.front(MAP)
        self.glass.update()
        self.changed.emit()

    def show_parts(self, shown: Shown) -> None:
        """Switch vegetation, things and the cut."""
        self.shown = shown
        if self.canvas is not None:
            self.canvas.show_parts(shown)
        self.changed.emit()

    def compare(self, left: Drawing, right: Drawing) -> None:
        """Show two drawings, divided."""
        self._ensure_canvas(left.live)
        self.terrain = Terrain(left.world)
        self._frame_if_new(left)
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
            self.terrain = Terrain(self.drawing.world, dry=not self.wanted.water)
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
        self.glass.update()

    def paper(self) -> QColor:
        """Return the colour behind the map."""
        return QColor(*load_palette().background[self.theme])

    def _ensure_canvas(self, live: bool) -> None:
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

    def look(self, pose: Pose, moving: bool) -> None:
        """Look from a pose, which is kept over the ground and the map in sight."""
        if self.canvas is None or self.terrain is None:
            return
        self._glide.stop()
        self._look(self._kept(pose), moving)
        if moving:
            self._idle.start()

    def _look(self, pose: Pose, moving: bool) -> None:
        self.pose, self.moving = pose, moving
        self.canvas.look(pose, moving)
        self.glass.update()

    def rest(self) -> None:
        """Draw everything: the camera stands."""
        self._idle.stop()
        if self.moving and self.pose is not None:
            self._look(self.pose, False)

    def glide(self, pose: Pose) -> None:
        """Go to a pose, quickly enough not to be waited for."""
        if self.pose is None or getattr(self.canvas, "frame_s", {}).get(False, 1.0) > GLIDE_FRAME_S:
            self.look(pose, moving=False)
            return
        self._way = (self.pose, self._kept(pose), 0)
        self._glide.start()

    def _glided(self) -> None:
        assert self._way is not None  # the timer runs only on the way
        start, end, spent = self._way
        spent += self._glide.interval()
        self._way = (start, end, spent)
        done = spent >= GLIDE_MS
        if done:
            self._glide.stop()
        self._look(end if done else between(start, end, spent / GLIDE_MS), not done)

    def look_from(self, view: str) -> None:
        """Go to a named view; ``close`` goes nearer to what is in the middle."""
        scene = self.scene or (self.drawing.scene if self.drawing else None)
        if scene is None or self.pose is None:
            return
        self.hand.fly(False)
        if view == "close":
            self.glide(replace(self.pose, distance_m=self.pose.distance_m * 0.4))
            return
        turn, tilt = (scene.azimuth_deg, scene.elevation_deg) if view == "home" else VIEWS[view]
        self.glide(self.framed(replace(self.pose, azimuth_deg=turn, elevation_deg=tilt, fov_deg=scene.fov_deg)))

    def framed(self, pose: Pose, points: NDArray[np.floating] | None = None) -> Pose:
        """Return the look in that direction which shows the whole map, or some points."""
        scene = self.scene or (self.drawing.scene if self.drawing else None)
        shown = points if points is not None else scene.frame if scene else np.zeros((1, 3))
        return framing(pose, shown, max(self.width(), 1) / max(self.height(), 1))

    def _frame_if_new(self, drawing: Drawing, rough: bool = False) -> None:
        """Frame a map of another size; a follow-up keeps the camera, and so does what is rough for now."""
        scene, whole = drawing.scene, np.array(drawing.world.grid.extent_m)
        shown = np.ptp(scene.frame[:, :2], axis=0)
        known = self._extent
        same = known is not None and np.allclose(whole, known[0]) and (rough or np.allclose(shown, known[1], rtol=0.02))
        if not rough or known is None:
            self._extent = (whole, shown)
        if same and self.pose is not None:
            self._look(self.pose, self.moving)
            return
        start = Pose((0.0, 0.0, 0.0), scene.azimuth_deg, scene.elevation_deg, 1.0, scene.fov_deg)
        self.hand.flying = False
        self._look(framing(start, scene.frame, max(self.width(), 1) / max(self.height(), 1)), False)

    def _kept(self, pose: Pose) -> Pose:
        """Return a pose with its target near the map and its eye over the ground."""
        assert self.terrain is not None  # looked at only with a map
        east, north = self.terrain.grid.extent_m
        x, y, z = pose.target
        if not self.hand.flying:
            x, y = float(np.clip(x, -0.2 * east, 1.2 * east)), float(np.clip(y, -0.2 * north, 1.2 * north))
            pose = replace(pose, target=(x, y, z))
        for _ in range(45):
            eye = pose.eye
            inside = self.terrain.inside(float(eye[0]), float(eye[1]))
            if not inside or eye[2] > self.terrain.at(eye[None])[0] + 0.003 * self.longest_m() or self.hand.flying:
                break
            pose = replace(pose, elevation_deg=min(pose.elevation_deg + 2, 90.0))
        return pose

    def longest_m(self) -> float:
        """Longer side of the map [m]."""
        return max(self.terrain.grid.extent_m) if self.terrain is not None else 1.0

    def reach(self) -> tuple[float, float]:
        """Return the least and the largest distance of the eye from what it looks at [m]."""
        return 0.02 * self.longest_m(), 12 * self.longest_m()

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
        return Sitting(self.scene, self.pose, aspect, self.shown, tone, legend, self.theme == "dark")

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
        self._idle.stop()
        self._glide.stop()
        self.hand.forget_keys()
        if self.canvas is not None:
            self.canvas.end()
            self.canvas = None
