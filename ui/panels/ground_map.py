"""A small map from above, north up: the relief of the ground that something is drawn on by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ..images import as_pixmap
from ..theme import GRID, tones

if TYPE_CHECKING:
    from pcgstudio.world import World

Point = tuple[float, float]

CELLS = 96
"""Cells on the longer side, of the relief and of what is laid over it."""
SIDE = 22 * GRID


class GroundMap(QWidget):
    """Shows the relief of a world; what is drawn on it is added by those made from it."""

    def __init__(self) -> None:
        super().__init__()
        self._extent = (1024.0, 1024.0)
        self._world: World | None = None
        self._relief = QPixmap()
        self.setFixedSize(SIDE, SIDE)

    def show_ground(self, extent_m: tuple[float, float], world: World | None) -> None:
        """Show a map of that size, with its relief where there is one."""
        if world is not self._world:
            self._world, self._relief = world, relief_of(world)
        self._extent = extent_m
        long = max(extent_m)
        self.setFixedSize(QSize(round(SIDE * extent_m[0] / long), round(SIDE * extent_m[1] / long)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the relief, what lies over it, and a frame."""
        look, painter = tones(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        if self._relief.isNull():
            painter.fillRect(room, QColor(look.field))
        else:
            painter.drawPixmap(room, self._relief, QRectF(self._relief.rect()))
        self._draw(painter, room)
        painter.setPen(QPen(QColor(look.accent if self.hasFocus() and self._keyed() else look.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw what lies over the relief."""
        raise NotImplementedError

    def _keyed(self) -> bool:
        """Whether keys alone can draw here, so that the frame tells who has them."""
        return bool(self.focusPolicy() & Qt.FocusPolicy.TabFocus)

    def _pixel(self, point: Point) -> QPointF:
        east, north = self._extent
        return QPointF(point[0] / east * self.width(), (1 - point[1] / north) * self.height())

    def _metres(self, at: QPointF) -> Point:
        return self._kept(at.x() / self.width() * self._extent[0], (1 - at.y() / self.height()) * self._extent[1])

    def _kept(self, x: float, y: float) -> Point:
        """Return a place on the map, in full decimetres."""
        east, north = self._extent
        return round(min(max(x, 0.0), east), 1), round(min(max(y, 0.0), north), 1)


def relief_of(world: World | None) -> QPixmap:
    """Shade the ground in greys, water in a quiet blue, so that only what is drawn has colour."""
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
