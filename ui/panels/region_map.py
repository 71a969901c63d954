"""A small map from above, north up, on which a region is drawn with the mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from ..images import as_pixmap
from ..theme import GRID, tones
from ..translation import tr

if TYPE_CHECKING:
    from pcgstudio.region import Region
    from pcgstudio.world import World

CELLS = 96
"""Cells on the longer side, of the relief and of the mask over it."""
SIDE = 22 * GRID
SIDES = ("northwest", "north", "northeast", "west", "centre", "east", "southwest", "south", "southeast")


class RegionMap(QWidget):
    """Shows where a region lies, and takes a circle, a rectangle, a polygon or a side of the map."""

    drawn = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._extent = (1024.0, 1024.0)
        self._kind = "everywhere"
        self._relief = QPixmap()
        self._mask = QPixmap()
        self._world: Any = None
        self._region: Any = None
        self._points: list[tuple[float, float]] = []
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Map of the region"))
        self.setFixedSize(SIDE, SIDE)

    def show_region(self, region: Region, extent_m: tuple[float, float], world: World | None, kind: str) -> None:
        """Show a region over the relief of a world."""
        if world is not self._world or self._relief.isNull():
            self._world, self._relief = world, relief_of(world)
        if region is not self._region or extent_m != self._extent:
            self._region, self._extent, self._mask = region, extent_m, _mask_of(region, extent_m)
            self._points, self._dragging = [], False
        self._kind = kind
        east, north = extent_m
        long = max(extent_m)
        self.setFixedSize(QSize(round(SIDE * east / long), round(SIDE * north / long)))
        shape = Qt.CursorShape
        drawn = shape.CrossCursor if kind in ("circle", "rectangle", "polygon") else shape.ArrowCursor
        self.setCursor(shape.PointingHandCursor if kind == "compass" else drawn)
        self.update()

    # -- drawing it ----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw relief, region, and what the hand is drawing."""
        look, painter = tones(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        if self._relief.isNull():
            painter.fillRect(room, QColor(look.field))
        else:
            painter.drawPixmap(room, self._relief, QRectF(self._relief.rect()))
        if not self._points and not self._mask.isNull():
            painter.setOpacity(0.75)
            painter.drawPixmap(room, self._mask, QRectF(self._mask.rect()))
            painter.setOpacity(1)
        painter.setPen(QPen(QColor(look.accent), 2))
        if self._points:
            self._draw_hand(painter)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _draw_hand(self, painter: QPainter) -> None:
        at = [self._pixel(p) for p in self._points]
        if self._kind == "circle" and len(at) == 2:
            radius = math.dist(at[0].toTuple(), at[1].toTuple())
            painter.drawEllipse(at[0], radius, radius)
        elif self._kind == "rectangle" and len(at) == 2:
            painter.drawRect(QRectF(at[0], at[1]).normalized())
        else:
            painter.drawPolyline(QPolygonF(at))
            for point in at:
                painter.drawEllipse(point, 2, 2)

    def _pixel(self, point: tuple[float, float]) -> QPointF:
        east, north = self._extent
        return QPointF(point[0] / east * self.width(), (1 - point[1] / north) * self.height())

    def _metres(self, at: QPointF) -> tuple[float, float]:
        east, north = self._extent
        u, v = at.x() / self.width(), 1 - at.y() / self.height()
        return round(min(max(u, 0), 1) * east, 1), round(min(max(v, 0), 1) * north, 1)

    # -- the hand ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin a shape, or take the side that was clicked."""
        at = self._metres(event.position())
        if self._kind == "compass":
            self._take_side(event.position())
        elif self._kind in ("circle", "rectangle"):
            self._points, self._dragging = [at, at], True
        elif self._kind == "polygon":
            self._points.append(at)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Pull the other end."""
        if self._dragging:
            self._points[1] = self._metres(event.position())
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the shape."""
        if not self._dragging:
            return
        self._dragging = False
        (x0, y0), (x1, y1) = self._points
        self._points = []
        least = max(self._extent) / 200
        from pcgstudio.region import Circle, Polygon  # noqa: PLC0415 - the window opens before the core is loaded

        if self._kind == "circle" and math.hypot(x1 - x0, y1 - y0) > least:
            feather = getattr(self._region, "feather_m", 0.0)
            radius = round(math.hypot(x1 - x0, y1 - y0), 1)
            self.drawn.emit(Circle(centre_m=(x0, y0), radius_m=radius, feather_m=feather))
        elif self._kind == "rectangle" and abs(x1 - x0) > least and abs(y1 - y0) > least:
            feather = getattr(self._region, "feather_m", 0.0)
            self.drawn.emit(Polygon(points_m=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), feather_m=feather))
        self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Close the polygon."""
        self._close()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close the polygon with Enter, forget it with Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._points:
            self._close()
        elif event.key() == Qt.Key.Key_Escape and self._points:
            self._points, self._dragging = [], False
            self.update()
        else:
            super().keyPressEvent(event)

    def _close(self) -> None:
        points = tuple(dict.fromkeys(self._points))
        self._points = []
        if self._kind == "polygon" and len(points) >= 3:
            from pcgstudio.region import Polygon  # noqa: PLC0415 - the window opens before the core is loaded

            self.drawn.emit(Polygon(points_m=points, feather_m=getattr(self._region, "feather_m", 0.0)))
        self.update()

    def _take_side(self, at: QPointF) -> None:
        column, line = (min(2, max(0, int(3 * v / s))) for v, s in ((at.x(), self.width()), (at.y(), self.height())))
        self.drawn.emit(self._region.model_copy(update={"place": SIDES[3 * line + column]}))


def relief_of(world: World | None) -> QPixmap:
    """Shade the ground in greys, water in a quiet blue, so that only the region has colour."""
    if world is None or "height" not in world.layers:
        return QPixmap()
    data = world.layers["height"].data
    stride = max(1, max(data.shape) // CELLS)
    height = np.asarray(data[::stride, ::stride], dtype=np.float32)
    down, right = np.gradient(height, world.grid.cell_size_m * stride)
    light = np.clip(0.62 + 0.5 * (down + right) / np.sqrt(1 + down**2 + right**2), 0.25, 0.95)[..., None]
    tone = np.broadcast_to(light * np.array([214, 214, 210], dtype=np.float32), (*height.shape, 3)).copy()
    if "water" in world.layers:
        wet = world.layers["water"].data[::stride, ::stride] > 0.5
        tone[wet] = np.array([108, 132, 150])
    return as_pixmap(np.dstack([tone, np.full(height.shape, 255)]).astype(np.uint8))


def _mask_of(region: Any, extent_m: tuple[float, float]) -> QPixmap:
    """Draw a region in the accent; nothing for one that hangs on what lies on the map."""
    if region.kind == "everywhere" or region.needs():
        return QPixmap()
    from pcgstudio.region import Context  # noqa: PLC0415 - the window opens before the core is loaded
    from pcgstudio.world import Grid  # noqa: PLC0415 - the same

    mask = region.evaluate(Context(Grid.over(extent_m, CELLS)))
    accent = QColor(tones().accent)
    pixels = np.empty((*mask.shape, 4), dtype=np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = accent.red(), accent.green(), accent.blue()
    pixels[..., 3] = np.clip(mask * 190, 0, 190)
    return as_pixmap(pixels)
