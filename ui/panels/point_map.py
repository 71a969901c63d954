"""A small map from above, north up, on which points are set, moved and taken away, by mouse or by keys."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from ..theme import tones
from ..translation import tr
from .ground_map import GroundMap, Point

REACH_PX = 8.0
"""How near to a point or a line the pointer has to be."""
STEP, FINE = 1 / 50, 1 / 500
"""How far an arrow key moves a point, as a share of the map's longer side; with Shift it is fine."""
MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class PointMap(GroundMap):
    """Shows points in their order over the relief, and tells the next ones.

    Parameters
    ----------
    most : int
        Points that there may be.
    name : str
        What is told to a screen reader.
    """

    edited = Signal(object, bool)
    """The next points, and whether the hand rests."""

    def __init__(self, most: int, name: str) -> None:
        super().__init__()
        self._most = most
        self.points: tuple[Point, ...] = ()
        self.chosen = -1
        self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)
        keys = tr("Click: a new point. Drag: move it. Delete: take it away.\n"
                  "Keys: Insert adds, Page Up and Page Down choose, the arrows move, with Shift finely.")  # fmt: skip
        self.setAccessibleDescription(keys)
        self.setToolTip(keys)

    def show_points(self, points: Sequence[Sequence[float]]) -> None:
        """Show points x, y [m]; those in the hand stay."""
        if not self._held:
            self.points = tuple((float(x), float(y)) for x, y in points)
            self.chosen = min(self.chosen, len(self.points) - 1)
            self.update()

    def _draw(self, painter: QPainter, _room: QRectF) -> None:
        """Draw lines and points."""
        look = tones()
        at = [self._pixel(point) for point in self.points]
        for colour, wide in ((QColor(0, 0, 0, 120), 4.0), (QColor(look.accent), 2.0)):
            painter.setPen(QPen(colour, wide))
            painter.drawPolyline(QPolygonF(at))
        painter.setPen(QPen(QColor(0, 0, 0, 150), 1.2))
        for number, point in enumerate(at):
            painter.setBrush(QColor(look.accent) if number == self.chosen else QColor(255, 255, 255))
            radius = 5.5 if number == self.chosen else 4
            painter.drawEllipse(point, radius, radius)

    # -- the mouse -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the point there, or set a new one: into the line where it is clicked, else at its end."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus()
        at = event.position()
        self._held = True
        near = self._near(at)
        if near >= 0:
            self.chosen = near
        else:
            self._add(self._metres(at), self._between(at))
            self.edited.emit(self.points, False)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the point in the hand."""
        if self._held and self.chosen >= 0:
            self._put(self._metres(event.position()))
            self.edited.emit(self.points, False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let it go."""
        if self._held and event.button() == Qt.MouseButton.LeftButton:
            self._held = False
            self.edited.emit(self.points, True)

    def _near(self, at: QPointF) -> int:
        """Return the number of the point under a pixel; -1 where there is none."""
        away = [math.dist(at.toTuple(), self._pixel(point).toTuple()) for point in self.points]
        nearest = min(range(len(away)), key=away.__getitem__, default=-1)
        return nearest if nearest >= 0 and away[nearest] <= REACH_PX else -1

    def _between(self, at: QPointF) -> int:
        """Return before which point a new one belongs: that where the line under the pixel ends, or behind the last."""
        pixels = [self._pixel(point) for point in self.points]
        for number in range(1, len(pixels)):
            if _from_line(at, pixels[number - 1], pixels[number]) <= REACH_PX:
                return number
        return len(self.points)

    # -- the keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Add, choose, move and take away."""
        key = Qt.Key(event.key())
        if key in MOVES and self.chosen >= 0:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            by = max(self._extent) * (FINE if fine else STEP)
            x, y = self.points[self.chosen]
            self._put(self._kept(x + MOVES[key][0] * by, y + MOVES[key][1] * by))
            self.edited.emit(self.points, True)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen >= 0:
            self.points = (*self.points[: self.chosen], *self.points[self.chosen + 1 :])
            self.chosen = min(self.chosen, len(self.points) - 1)
            self.edited.emit(self.points, True)
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add(self._beside(), self.chosen + 1)
            self.edited.emit(self.points, True)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and self.points:
            step = 1 if key == Qt.Key.Key_PageDown else -1
            self.chosen = (self.chosen + step) % len(self.points)
        else:
            super().keyPressEvent(event)
            return
        self.update()

    def _beside(self) -> Point:
        """Return where a key sets a new point: in the middle, or half way from the chosen one on."""
        if self.chosen < 0:
            return self._kept(self._extent[0] / 2, self._extent[1] / 2)
        x, y = self.points[self.chosen]
        if self.chosen + 1 < len(self.points):
            u, v = self.points[self.chosen + 1]
            return self._kept((x + u) / 2, (y + v) / 2)
        by = 3 * STEP * max(self._extent)
        return self._kept(x + by if x + by <= self._extent[0] else x - by, y)

    def _add(self, point: Point, before: int) -> None:
        """Set a point and choose it; where there are as many as may be, the chosen or last one moves there."""
        if len(self.points) < self._most:
            self.points = (*self.points[:before], point, *self.points[before:])
            self.chosen = before
        else:
            self.chosen = self.chosen if self.chosen >= 0 else len(self.points) - 1
            self._put(point)

    def _put(self, point: Point) -> None:
        self.points = (*self.points[: self.chosen], point, *self.points[self.chosen + 1 :])
        self.update()


def _from_line(at: QPointF, start: QPointF, end: QPointF) -> float:
    """Return how far a pixel is from the line between two others."""
    way = end - start
    length = QPointF.dotProduct(way, way)
    share = min(max(QPointF.dotProduct(at - start, way) / length, 0.0), 1.0) if length else 0.0
    return math.dist(at.toTuple(), (start + way * share).toTuple())
