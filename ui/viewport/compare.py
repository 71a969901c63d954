"""Two maps from one camera, with a divider to drag between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from .legend import MARGIN, Ink, font, haloed

REACH_PX = 10.0
NAMES = ("A", "B")


class Swipe:
    """The pictures of both maps and where the divider stands.

    Parameters
    ----------
    share : float
        Place of the divider, 0 at the left edge to 1 at the right.
    """

    def __init__(self) -> None:
        self.share = 0.5
        self.held = False
        self.images: list[QImage] = []

    def near(self, x_px: float, width: float) -> bool:
        """Whether the pointer is on the divider."""
        return abs(x_px - self.share * width) <= REACH_PX

    def drag(self, x_px: float, width: float) -> None:
        """Move the divider to a pixel."""
        self.share = min(max(x_px / max(width, 1), 0.02), 0.98)

    def paint(self, painter: QPainter, ink: Ink, width: float, height: float) -> None:
        """Draw A to the left of the divider, B to its right."""
        if len(self.images) != 2:
            return
        at = round(self.share * width)
        for number, (left, right) in enumerate(((0, at), (at, width))):
            image = self.images[number]
            scale = image.width() / width
            source = QRectF(left * scale, 0, (right - left) * scale, image.height())
            painter.drawImage(QRectF(left, 0, right - left, height), image, source)
        for colour, wide in ((QColor(0, 0, 0, 90), 4.0), (QColor(255, 255, 255, 235), 1.6)):
            painter.setPen(QPen(colour, wide))
            painter.drawLine(QPointF(at, 0), QPointF(at, height))
        self._grip(painter, at, height / 2)
        painter.setFont(font(11, bold=True))
        haloed(painter, QPointF(at - MARGIN - 9, MARGIN + 11), NAMES[0], ink)
        haloed(painter, QPointF(at + MARGIN, MARGIN + 11), NAMES[1], ink)

    @staticmethod
    def _grip(painter: QPainter, x: float, y: float) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 110), 1))
        painter.setBrush(QColor(255, 255, 255, 240))
        painter.drawEllipse(QPointF(x, y), 13, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(70, 70, 70))
        for way in (-1, 1):
            corners = [(4, -4), (4, 4), (8, 0)]
            painter.drawPolygon(QPolygonF([QPointF(x + way * dx, y + dy) for dx, dy in corners]))
