"""Lines, areas, grips and the marker, laid over the map where its ground is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from .camera import Pose
from .contours import Line, outlines
from .handles import Handles
from .legend import Ink, font, haloed
from .terrain import Terrain
from .tools import Sketch

MISSED, HELD = QColor("#ff7a6b"), QColor("#ffffff")
"""Colours of the place of a check that is missed, and of one that holds."""
HIDDEN = 0.3
"""How much is seen of a line behind a mountain."""


@dataclass
class Draped:
    """Closed lines on the ground.

    Parameters
    ----------
    lines : list of ndarray
        ``(n, 3)`` [m], the first point repeated at the end.
    """

    lines: list[NDArray[np.float64]] = field(default_factory=list)

    @classmethod
    def over(cls, terrain: Terrain, lines: Sequence[Line], closed: bool = True) -> Draped:
        """Lay lines ``(n, 2)`` over the ground, with points close enough to follow it."""
        spacing = max(terrain.grid.extent_m) / 160
        return cls([_draped(terrain, line, closed, spacing) for line in lines if len(line) > 1])


def _draped(terrain: Terrain, line: Line, closed: bool, spacing: float) -> NDArray[np.float64]:
    whole = np.vstack([line, line[:1]]) if closed else np.asarray(line)
    lengths = np.hypot(*np.diff(whole, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    count = int(np.clip(along[-1] / spacing, len(whole), 2000)) + 1
    at = np.unique(np.concatenate([np.linspace(0, along[-1], count), along]))
    points = np.stack([np.interp(at, along, whole[:, k]) for k in range(2)], axis=1)
    return terrain.draped(points)


@dataclass
class Marks:
    """Everything that stands on the map besides the map.

    Parameters
    ----------
    outline, region : Draped
        The place of a check; the region that is meant.
    missed : bool
        Whether that check is missed, which its place is told by in another colour.
    marker : ndarray, optional
        ``(3,)`` where "here" is [m].
    handles : Handles
    sketch : Sketch
        What the tool in the hand shows.
    """

    outline: Draped = field(default_factory=Draped)
    region: Draped = field(default_factory=Draped)
    missed: bool = True
    marker: NDArray[np.float64] | None = None
    handles: Handles = field(default_factory=Handles)
    sketch: Sketch = field(default_factory=Sketch)


class Marking:
    """Draws marks from a pose; what is hidden by the ground is found once a pose."""

    def __init__(self, painter: QPainter, pose: Pose, size: tuple[float, float], terrain: Terrain, ink: Ink) -> None:
        self.painter, self.pose, self.size, self.terrain, self.ink = painter, pose, size, terrain, ink

    def all(self, marks: Marks, still: bool) -> None:
        """Draw everything; while the camera moves, what is behind a mountain shows like the rest."""
        self.area(marks.region, self.ink.accent, 46)
        self.lines(marks.region, self.ink.accent, 1.6, still)
        self.lines(marks.outline, MISSED if marks.missed else HELD, 2.2, still)
        self.sketch(marks.sketch)
        self.grips(marks.handles)
        if marks.marker is not None:
            self.pin(marks.marker)

    def lines(self, draped: Draped, colour: QColor, width: float, still: bool) -> None:
        """Draw lines with a dark rim, faint where the ground hides them."""
        for line in draped.lines:
            places = self.pose.project(line, self.size)
            seen = self.terrain.seen(self.pose.eye, line) if still else np.ones(len(line), dtype=bool)
            for tone, wide in ((QColor(0, 0, 0, 110), width + 2), (colour, width)):
                for visible, strength in ((False, HIDDEN), (True, 1.0)):
                    shown = QColor(tone)
                    shown.setAlphaF(tone.alphaF() * strength)
                    self._stroke(places, seen == visible, QPen(shown, wide))

    def _stroke(self, places: NDArray[np.float64], chosen: NDArray[np.bool_], pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)
        good = chosen & np.isfinite(places[:, 0])
        breaks = np.flatnonzero(~good)
        for run in np.split(np.arange(len(places)), breaks):
            kept = run[good[run]]
            if len(kept) > 1:
                self.painter.drawPolyline(_polygon(places[kept]))

    def area(self, draped: Draped, colour: QColor, alpha: int) -> None:
        """Tint what lies inside closed lines."""
        if not draped.lines:
            return
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for line in draped.lines:
            places = self.pose.project(line, self.size)
            if np.isfinite(places).all():
                path.addPolygon(_polygon(places))
        tint = QColor(colour)
        tint.setAlpha(alpha)
        self.painter.fillPath(path, tint)

    def sketch(self, sketch: Sketch) -> None:
        """Draw what the tool shows."""
        if sketch.mask is not None:
            area = Draped.over(self.terrain, outlines(sketch.mask, self.terrain.grid.extent_m))
            self.area(area, self.ink.accent, 70)
            self.lines(area, self.ink.accent, 1.4, still=False)
        drawn = Draped.over(self.terrain, sketch.lines, sketch.closed)
        if sketch.closed and sketch.mask is None:
            self.area(drawn, self.ink.accent, 46)
        self.lines(drawn, self.ink.accent, 1.6, still=False)
        for place in sketch.points:
            self._dot(self._pixel(self.terrain.draped(np.array([place]))[0]), 3.5, self.ink.accent)
        if sketch.text and sketch.at is not None:
            where = self._pixel(self.terrain.draped(np.array([sketch.at]))[0])
            if where is not None:
                self.painter.setFont(font(9.5, bold=True))
                haloed(self.painter, where + QPointF(12, -10), sketch.text, self.ink)

    def grips(self, handles: Handles) -> None:
        """Draw the grips of landforms; the one under the pointer is larger and says its name."""
        for number, handle in enumerate(handles.all):
            where = self._pixel(np.array([handle.x_m, handle.y_m, handle.z_m]))
            if where is None:
                continue
            near = number in (handles.under, handles.held)
            self._dot(where, 8 if near else 6, self.ink.accent if near else QColor(255, 255, 255, 235))
            self._dot(where, 2, QColor(40, 40, 40))
            if handle.label and near:
                self._tag(where, handle.label)

    def _tag(self, where: QPointF, text: str) -> None:
        self.painter.setFont(font(9))
        wide = QFontMetricsF(self.painter.font()).horizontalAdvance(text)
        box = QRectF(where.x() - wide / 2 - 8, where.y() - 34, wide + 16, 20)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.ink.ground)
        self.painter.drawRoundedRect(box, 4, 4)
        self.painter.setPen(self.ink.text)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def pin(self, place: NDArray[np.float64]) -> None:
        """Draw the marker: a pin whose tip stands on the place."""
        where = self._pixel(place)
        if where is None:
            return
        head = QPointF(where.x(), where.y() - 22)
        path = QPainterPath(where)
        path.cubicTo(where + QPointF(-3, -8), head + QPointF(-9, 8), head + QPointF(-9, 0))
        path.arcTo(QRectF(head.x() - 9, head.y() - 9, 18, 18), 180, -180)
        path.cubicTo(head + QPointF(9, 8), where + QPointF(3, -8), where)
        self.painter.setPen(QPen(QColor(0, 0, 0, 140), 1.2))
        self.painter.setBrush(self.ink.accent)
        self.painter.drawPath(path)
        self._dot(head, 3.2, QColor(40, 40, 40))

    def _dot(self, where: QPointF | None, radius: float, colour: QColor) -> None:
        if where is not None:
            self.painter.setPen(QPen(QColor(0, 0, 0, 140), 1.2))
            self.painter.setBrush(colour)
            self.painter.drawEllipse(where, radius, radius)

    def _pixel(self, point: NDArray[np.float64]) -> QPointF | None:
        x, y, _ = self.pose.project(point[None], self.size)[0]
        return QPointF(float(x), float(y)) if np.isfinite(x) else None


def _polygon(places: NDArray[np.float64]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in places[:, :2].tolist()])
