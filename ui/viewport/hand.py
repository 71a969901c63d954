"""What pointer and keys do on the map: turn, move, zoom, fly, use the tool, drag a grip or the divider."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPointF, Qt, QTimer

from .camera import Pose, centred, flown, from_eye, gazed, shifted, turned, zoomed
from .tools import Place, Sketch, Tool

if TYPE_CHECKING:
    from .stage import Stage

DEGREES_PER_PIXEL = 0.35
ZOOM_PER_NOTCH = 0.85
FLIGHT_FOV_DEG, ORBIT_FOV_DEG = 50.0, 20.0
KEYS = {
    Qt.Key.Key_W: (1, 0, 0), Qt.Key.Key_S: (-1, 0, 0), Qt.Key.Key_A: (0, -1, 0), Qt.Key.Key_D: (0, 1, 0),
    Qt.Key.Key_E: (0, 0, 1), Qt.Key.Key_Q: (0, 0, -1), Qt.Key.Key_Up: (1, 0, 0), Qt.Key.Key_Down: (-1, 0, 0),
    Qt.Key.Key_Left: (0, -1, 0), Qt.Key.Key_Right: (0, 1, 0),
}  # fmt: skip
"""Ways that keys fly: ahead, right, up."""
ARROWS = {
    Qt.Key.Key_Left: (-8.0, 0.0), Qt.Key.Key_Right: (8.0, 0.0), Qt.Key.Key_Up: (0.0, 4.0), Qt.Key.Key_Down: (0.0, -4.0),
}  # fmt: skip
"""Degrees right and up that the arrow keys turn the map."""
ZOOMS = {Qt.Key.Key_Plus: ZOOM_PER_NOTCH, Qt.Key.Key_Equal: ZOOM_PER_NOTCH, Qt.Key.Key_Minus: 1 / ZOOM_PER_NOTCH}
TICK_MS = 16


class Hand:
    """Takes pointer and keys for a stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._last = QPointF()
        self._drag = ""
        self.tool: Tool | None = None
        self.flying = False
        self.speed = 1.0
        self._down: set[int] = set()
        self._clock = QElapsedTimer()
        self._beat = QTimer(stage, interval=TICK_MS)
        self._beat.timeout.connect(self._fly)

    # -- pointer -------------------------------------------------------------------------------------------------------

    def press(self, at: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Take a button going down: decide what the drag is."""
        stage, self._last = self._stage, at
        left, shift = button == Qt.MouseButton.LeftButton, bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if left and stage.swipe is not None and stage.swipe.near(at.x(), stage.width()):
            self._drag = "divider"
        elif left and self.tool is not None:
            self._drag = "tool"
            place = self._place(at)
            if place is not None:
                self._take(self.tool.press(place, shift))
        elif left and (grip := self._grip(at)) is not None:
            self._drag, stage.marks.handles.held = "grip", grip
        elif button == Qt.MouseButton.MiddleButton or (left and shift):
            self._drag = "shift"
        elif button == Qt.MouseButton.RightButton:
            self._drag = "turn" if self.tool is not None else "shift"
        else:
            self._drag = "turn"
        self._cursor(at)

    def move(self, at: QPointF, buttons: Qt.MouseButton, _keys: Qt.KeyboardModifier) -> None:
        """Take the pointer moving."""
        stage, way = self._stage, at - self._last
        self._last = at
        if self._drag == "turn" and stage.pose is not None:
            right, up = -way.x() * DEGREES_PER_PIXEL, way.y() * DEGREES_PER_PIXEL
            turn = gazed(stage.pose, -right / 2, -up / 2) if self.flying else turned(stage.pose, right, up)
            stage.gaze.look(turn, moving=True)
        elif self._drag == "shift" and stage.pose is not None:
            stage.gaze.look(shifted(stage.pose, way.x(), -way.y(), stage.height()), moving=True)
        elif self._drag == "divider" and stage.swipe is not None:
            stage.swipe.drag(at.x(), stage.width())
            stage.glass.update()
        elif self._drag == "grip":
            if (point := stage.ground_at(at.x(), at.y())) is not None:
                stage.marks.handles.drag(*(float(v) for v in point))
                stage.glass.update()
        else:
            self._hover(at, bool(buttons & Qt.MouseButton.LeftButton))
        if not buttons:
            self._cursor(at)

    def _hover(self, at: QPointF, down: bool) -> None:
        stage, place = self._stage, self._place(at)
        if self.tool is not None:
            self._take(self.tool.move(place, down and self._drag == "tool"))
            self.show_sketch()
        else:
            under = self._grip(at)
            if under != stage.marks.handles.under:
                stage.marks.handles.under = under
                stage.glass.update()
        stage.tell(place)

    def release(self, at: QPointF, button: Qt.MouseButton) -> None:
        """Take a button going up."""
        stage, drag, self._drag = self._stage, self._drag, ""
        if drag == "tool" and button == Qt.MouseButton.LeftButton and self.tool is not None:
            self._take(self.tool.release(self._place(at)))
        elif drag == "grip" and (handle := stage.marks.handles.let_go()) is not None:
            stage.handle_moved.emit(handle.step_id, handle.x_m, handle.y_m)
        elif drag in ("turn", "shift"):
            stage.gaze.rest()
        self._cursor(at)
        stage.glass.update()

    def double(self, at: QPointF, button: Qt.MouseButton) -> None:
        """Centre on what was clicked; a tool takes it as "done"."""
        stage = self._stage
        if button != Qt.MouseButton.LeftButton or stage.pose is None:
            return
        if self.tool is not None:
            self._take(self.tool.finish())
        elif not self.flying and (point := stage.ground_at(at.x(), at.y())) is not None:
            stage.gaze.glide(centred(stage.pose, point))

    def wheel(self, at: QPointF, delta: float) -> None:
        """Zoom to the cursor; in flight, go faster or slower."""
        stage = self._stage
        if stage.pose is None or not delta:
            return
        if self.flying:
            self.speed = float(np.clip(self.speed * 1.2 ** (delta / 120), 0.1, 10))
            return
        nearest, farthest = stage.gaze.reach()
        point = stage.ground_at(at.x(), at.y())
        stage.gaze.look(zoomed(stage.pose, ZOOM_PER_NOTCH ** (delta / 120), point, nearest, farthest), moving=True)

    def leave(self) -> None:
        """Forget where the pointer was."""
        if self.tool is not None and not self._drag:
            self.tool.move(None, False)
            self.show_sketch()
        self._stage.tell(None)

    # -- keys and flight -----------------------------------------------------------------------------------------------

    def key(self, key: int, down: bool, keys: Qt.KeyboardModifier, repeated: bool) -> bool:
        """Take a key; return whether it meant something here."""
        stage = self._stage
        if key == Qt.Key.Key_Escape and down and (self.flying or self.tool is not None):
            stage.start_tool("look")
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and down and self.tool is not None:
            self._take(self.tool.finish())
            return True
        if self.flying and key in KEYS:
            if not repeated:
                (self._down.add if down else self._down.discard)(key)
                self._clock.restart()
                (self._beat.start if self._down else self._stop)()
            return True
        if down and key in ARROWS and stage.pose is not None and keys == Qt.KeyboardModifier.NoModifier:
            stage.gaze.look(turned(stage.pose, *ARROWS[Qt.Key(key)]), moving=True)
            return True
        if down and key in ZOOMS and stage.pose is not None and not self.flying:
            stage.gaze.look(zoomed(stage.pose, ZOOMS[Qt.Key(key)], None, *stage.gaze.reach()), moving=True)
            return True
        return False

    def flies_by(self, key: int) -> bool:
        """Whether a key flies now, and so is no shortcut."""
        return (self.flying and key in KEYS) or (key == Qt.Key.Key_Escape and (self.flying or self.tool is not None))

    def forget_keys(self) -> None:
        """Stand still."""
        if self._down:
            self._down.clear()
            self._stop()

    def fly(self, on: bool) -> None:
        """Take off toward what is in the middle of the picture, or land."""
        stage, pose = self._stage, self._stage.pose
        if pose is None or on == self.flying:
            self.flying = on and pose is not None
            return
        self.flying = on
        long = stage.longest_m()
        if on:
            eye = np.array(pose.target) + pose.axes()[:, 2] * min(pose.distance_m, 0.55 * long)
            start = replace(
                pose, fov_deg=FLIGHT_FOV_DEG, distance_m=0.1 * long, elevation_deg=min(pose.elevation_deg, 25.0)
            )
            stage.gaze.look(self._clear(from_eye(start, eye)), moving=False)
        else:
            self.forget_keys()
            target = stage.ground_at(stage.width() / 2, stage.height() / 2)
            wide = np.tan(np.radians(FLIGHT_FOV_DEG) / 2) / np.tan(np.radians(ORBIT_FOV_DEG) / 2)
            at = np.array(pose.target) if target is None else target
            away = float(np.linalg.norm(pose.eye - at)) * float(wide)
            tilt = float(np.clip(pose.elevation_deg, 10, 90))
            x, y, z = (float(v) for v in at)
            stage.gaze.look(Pose((x, y, z), pose.azimuth_deg, tilt, away, ORBIT_FOV_DEG), moving=False)

    def _fly(self) -> None:
        stage = self._stage
        if stage.pose is None:
            return
        seconds = min(self._clock.restart() / 1000, 0.25)
        step = stage.longest_m() * 0.12 * self.speed * seconds
        ahead, right, up = (np.array([KEYS[Qt.Key(k)] for k in self._down]).sum(axis=0) * step).tolist()
        stage.gaze.look(self._clear(flown(stage.pose, ahead, right, up, -np.inf, 0.0)), moving=True)

    def _clear(self, pose: Pose) -> Pose:
        stage = self._stage
        assert stage.terrain is not None  # there is a pose, so there is a map
        ground = float(stage.terrain.at(pose.eye[None])[0])
        return flown(pose, 0, 0, 0, ground, 0.004 * stage.longest_m())

    def _stop(self) -> None:
        self._beat.stop()
        self._stage.gaze.rest()

    # -- what it needs -------------------------------------------------------------------------------------------------

    def show_sketch(self) -> None:
        """Show what the tool has so far."""
        self._stage.marks.sketch = self.tool.sketch() if self.tool is not None else Sketch()
        self._stage.glass.update()

    def _place(self, at: QPointF) -> Place | None:
        point = self._stage.ground_at(at.x(), at.y())
        return None if point is None else (float(point[0]), float(point[1]))

    def _grip(self, at: QPointF) -> int | None:
        stage = self._stage
        if self.tool is not None or stage.pose is None:
            return None
        return stage.marks.handles.at(at.x(), at.y(), stage.pose, (stage.width(), stage.height()))

    def _take(self, made: object) -> None:
        self.show_sketch()
        if made is not None:
            self._stage.take(made)

    def _cursor(self, at: QPointF) -> None:
        stage, shape = self._stage, Qt.CursorShape.ArrowCursor
        if stage.swipe is not None and (self._drag == "divider" or stage.swipe.near(at.x(), stage.width())):
            shape = Qt.CursorShape.SplitHCursor
        elif self._drag in ("turn", "shift", "grip"):
            shape = Qt.CursorShape.ClosedHandCursor
        elif self.tool is not None:
            shape = Qt.CursorShape.CrossCursor
        elif stage.marks.handles.under is not None:
            shape = Qt.CursorShape.OpenHandCursor
        stage.glass.setCursor(shape)
