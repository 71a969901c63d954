"""The icons: one family of strokes, drawn in the colours of the theme and as sharp as the screen."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from .theme import tones

DRAWN_IN = "#888888"
"""The colour that the files are drawn in, and which gives way to the theme's."""
SIZE = 20
NAME = "pcg_icon"
"""The property under which a button or an action remembers its icon."""


@cache
def _drawing(name: str) -> str:
    return (files("pcgstudio.assets") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, colour: str, size: int = SIZE) -> QPixmap:
    """Return an icon in a colour, in the resolution of the sharpest screen."""
    ratio = QGuiApplication.instance().devicePixelRatio()  # type: ignore[union-attr]  # there is one wherever pixmaps are
    return _pixmap(name, colour, size, ratio)


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    svg = QSvgRenderer(QByteArray(_drawing(name).replace(DRAWN_IN, colour).encode()))
    svg.render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon(name: str) -> QIcon:
    """Return an icon in the theme's colours, with its states."""
    look, made = tones(), QIcon()
    made.addPixmap(pixmap(name, look.text))
    made.addPixmap(pixmap(name, look.line), QIcon.Mode.Disabled)
    made.addPixmap(pixmap(name, look.accent), QIcon.Mode.Normal, QIcon.State.On)
    return made


def put(target: QAbstractButton | QAction, name: str) -> None:
    """Give a button or an action an icon that follows the theme."""
    target.setProperty(NAME, name)
    target.setIcon(icon(name))


def retint(root: QObject) -> None:
    """Draw the icons below an object anew, after the theme changed."""
    for kind in (QAbstractButton, QAction):
        for target in root.findChildren(kind):
            if name := target.property(NAME):
                target.setIcon(icon(name))  # type: ignore[attr-defined]  # both have it; findChildren loses the type
