"""A small map from above, north up, on which a region is drawn with the mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QPolygonF

from ..images import as_pixmap
from ..theme import tones
from ..translation import tr
from .ground_map import CELLS, GroundMap, Point

if TYPE_CHECKING:
    from pcgstudio.region import Region
    from pcgstudio.world import World

SIDES = ("northwest", "north", "northeast", "west", "centre", "east", "southwest", "south", "southeast")


class RegionMap(GroundMap):
    """Shows where a region lies, and takes a circle, a rectangle, a polygon or a side of the map."""

    drawn = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._kind = "everywhere"
        self._mask = QPixmap()
        self._region: Any = None
        self._points: list[Point] = []
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Map of the region"))

    def show_region(self, region: Region, extent_m: tuple[float, float], world: World | None, kind: str) -> None:
        """Show a region over the relief of a world."""
        if region is not self._region or extent_m != self._extent:
            self._region, self._mask = region, _mask_of(region, extent_m)
            self._points, self._dragging = [], False
        self._kind = kind
        self.show_ground(extent_m, world)
        shape = Qt.CursorShape
        drawn = shape.CrossCursor if kind in ("circle", "rectangle", "polygon") else shape.ArrowCursor
        self.setCursor(shape.PointingHandCursor if kind == "compass" else drawn)

    # -- drawing it ----------------------------------------------------------------------------------------------------

    def _draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw the region, or what the hand is drawing."""
        if not self._points and not self._mask.isNull():
            painter.setOpacity(0.75)
            painter.drawPixmap(room, self._mask, QRectF(self._mask.rect()))
            painter.setOpacity(1)
        if self._points:
            painter.setPen(QPen(QColor(tones().accent), 2))
            self._draw_hand(painter)

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
