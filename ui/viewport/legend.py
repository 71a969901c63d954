"""The quiet lettering over the map: what the colours mean, how long a kilometre is, where north lies."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from ..images import as_image
from ..units import bar
from .camera import Pose
from .ramps import Legend, ramp

MARGIN, ROW, SWATCH = 16, 18, 10
RAMP_WIDTH, RAMP_HEIGHT = 176, 8


def font(points: float = 8.5, bold: bool = False) -> QFont:
    """Return the small system font of everything that lies over the map."""
    chosen = QFont()
    chosen.setPointSizeF(points)
    chosen.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return chosen


class Ink:
    """Colours of what is drawn over the map, for a background."""

    def __init__(self, dark: bool) -> None:
        self.text = QColor(236, 236, 236) if dark else QColor(29, 29, 29)
        self.muted = QColor(190, 190, 190) if dark else QColor(80, 80, 80)
        self.ground = QColor(30, 33, 38, 205) if dark else QColor(250, 249, 246, 215)
        self.accent = QColor("#ffb454")  # reads on water, grass, rock and snow alike
        self.letters = QColor(255, 255, 255, 240) if dark else QColor(40, 40, 40, 240)
        self.halo = QColor(0, 0, 0, 130) if dark else QColor(255, 255, 255, 170)


def paint_legend(painter: QPainter, legend: Legend, ink: Ink, height: float) -> None:
    """Draw a legend at the lower left, above the scale bar."""
    painter.setFont(font())
    letters = QFontMetricsF(painter.font())
    rows = len(legend.entries)
    if rows:
        widest = max(letters.horizontalAdvance(e.name) for e in legend.entries)
        size = (SWATCH + 8 + widest + 44 + 24, ROW * (rows + 1) + 12)
    else:
        size = (RAMP_WIDTH + 24, 58)
    box = QRectF(MARGIN, height - MARGIN - 34 - size[1], max(size[0], 120), size[1])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.ground)
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(12, 8, -12, -4)
    painter.setFont(font(bold=True))
    painter.setPen(ink.text)
    painter.drawText(QPointF(inner.left(), inner.top() + 9), legend.title)
    after = QFontMetricsF(painter.font()).horizontalAdvance(legend.title)
    painter.setFont(font())
    painter.setPen(ink.muted)
    painter.drawText(QPointF(inner.left() + after + 6, inner.top() + 9), legend.unit)
    (_entries if rows else _ramp)(painter, legend, ink, inner)


def _entries(painter: QPainter, legend: Legend, ink: Ink, inner: QRectF) -> None:
    for number, entry in enumerate(legend.entries):
        base = inner.top() + ROW * (number + 1) + 9
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*entry.colour))
        painter.drawRoundedRect(QRectF(inner.left(), base - 9, SWATCH, SWATCH), 2, 2)
        painter.setPen(ink.text)
        painter.drawText(QPointF(inner.left() + SWATCH + 8, base), entry.name)
        painter.setPen(ink.muted)
        share = f"{100 * entry.share:.0f} %" if entry.share >= 0.005 else "< 1 %"
        painter.drawText(
            QRectF(inner.right() - 44, base - 11, 44, 14), Qt.AlignmentFlag.AlignRight, share.replace(" ", "\u202f")
        )


def _ramp(painter: QPainter, legend: Legend, ink: Ink, inner: QRectF) -> None:
    place = QRectF(inner.left(), inner.top() + 18, inner.width(), RAMP_HEIGHT)
    colours = (ramp()[None] * 255 + 0.5).astype(np.uint8)
    painter.drawImage(place, as_image(colours))
    letters = QFontMetricsF(painter.font())
    for share, text in legend.ticks:
        x = place.left() + share * place.width()
        painter.setPen(ink.muted)
        painter.drawLine(QPointF(x, place.bottom()), QPointF(x, place.bottom() + 3))
        wide = letters.horizontalAdvance(text)
        left = min(max(x - wide / 2, place.left()), place.right() - wide)
        painter.drawText(QPointF(left, place.bottom() + 14), text)


def paint_scale(painter: QPainter, pose: Pose, ink: Ink, height: float) -> None:
    """Draw the scale bar at the lower left; it holds across the line of sight at the middle of the picture."""
    metres_per_pixel = pose.metres_per_pixel(height)
    length, told = bar(metres_per_pixel)
    wide, y = length / metres_per_pixel, height - MARGIN
    path = QPainterPath(QPointF(MARGIN, y - 5))
    for x, up in ((MARGIN, 0), (MARGIN + wide, 0), (MARGIN + wide, -5)):
        path.lineTo(QPointF(x, y + up))
    painter.setFont(font())
    for colour, width in ((ink.halo, 3.4), (ink.letters, 1.4)):
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    haloed(painter, QPointF(MARGIN + wide + 8, y + 1), told, ink)


def haloed(painter: QPainter, at: QPointF, text: str, ink: Ink) -> None:
    """Draw text that reads on the map and on the paper around it."""
    path = _letters(text, painter.font().toString()).translated(at)
    painter.strokePath(path, QPen(ink.halo, 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.fillPath(path, ink.letters)


@lru_cache(maxsize=256)
def _letters(text: str, of_font: str) -> QPainterPath:
    """Return the outline of a text at the origin: kept, as the font may give another one a moment later."""
    chosen, path = QFont(), QPainterPath()
    chosen.fromString(of_font)
    path.addText(QPointF(0, 0), chosen, text)
    return path


def paint_north(painter: QPainter, pose: Pose, ink: Ink, width: float) -> None:
    """Draw the north mark at the upper right: a needle that lies as the ground does."""
    painter.save()
    painter.translate(width - MARGIN - 14, MARGIN + 14)
    lean = max(float(np.sin(np.radians(pose.elevation_deg))), 0.35)
    turn = np.radians(pose.azimuth_deg)
    needle = QPainterPath()
    for number, (x, y) in enumerate(((0, 13), (5, -9), (0, -5), (-5, -9))):
        east, north = x, y
        across = east * np.cos(turn) + north * np.sin(turn)
        away = -east * np.sin(turn) + north * np.cos(turn)
        point = QPointF(float(across), float(-away * lean))
        (needle.lineTo if number else needle.moveTo)(point)
    needle.closeSubpath()
    painter.setPen(QPen(ink.halo, 1.6))
    painter.setBrush(ink.letters)
    painter.drawPath(needle)
    painter.setFont(font(8, bold=True))
    tip = QPointF(float(np.sin(turn)) * 21 - 3.5, float(-np.cos(turn) * lean) * 21 + 4)
    haloed(painter, tip, "N", ink)
    painter.restore()
