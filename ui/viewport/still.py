"""The canvas for machines without OpenGL: pictures by the package's own rasteriser, drawn beside the main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ..images import as_image
from .camera import Pose
from .lane import Lane, Tick
from .shown import ROUGH, Shown

if TYPE_CHECKING:  # loads kernels, which the window's start need not
    from ..scene import Bytes, Piece, Scene

COARSE = 2
"""Pixels of the screen to one of the picture while the camera moves or a hand drags."""


@dataclass
class Order:
    """What a picture is to show."""

    pose: Pose
    size: tuple[int, int]
    shown: Shown
    paper: tuple[int, int, int]
    quick: bool
    scenes: list[Scene] = field(default_factory=list)

    def drawn(self, tick: Tick) -> list[Bytes]:
        """Draw it; called beside the main thread."""
        from .soft import picture_of  # noqa: PLC0415 - loads kernels, which the window's start need not

        rough = COARSE if self.quick else 1
        size = (max(16, self.size[0] // rough), max(16, self.size[1] // rough))
        found: list[Bytes] = []
        for scene in self.scenes:
            tick(len(found) / len(self.scenes))
            found.append(picture_of(
                scene, self.pose, size, shown=self.shown, background=self.paper,
                detail="moving" if self.quick else "rest", samples=1 if self.quick else 2,
            ))  # fmt: skip
        return found


class Still(QWidget):
    """Shows pictures of scenes; see `live.Live`, whose face it shares."""

    still = True
    paired = Signal(object)

    def __init__(self, parent: QWidget, lane: Lane) -> None:
        super().__init__(parent)
        self._lane = lane
        self._scenes: dict[str, Scene] = {}
        self._front, self._shown = "", Shown()
        self._pair: tuple[str, ...] = ()
        self._besides: dict[str, Piece] = {}
        self._pose: Pose | None = None
        self._moving, self._wanted = False, False
        self._image = QImage()
        self._paper = QColor("#22272e")

    def put(self, name: str, scene: Scene | None, _ready: object = None) -> None:
        """Keep a scene under a name in place of the one before; None forgets it."""
        self._scenes.pop(name, None)
        if scene is not None:
            self._scenes[name] = scene
        self.redraw()

    def add(self, name: str, piece: Piece | None) -> None:
        """Draw a piece besides the scene in front, whichever that is; None takes it away."""
        self._besides.pop(name, None)
        if piece is not None:
            self._besides[name] = piece
        self.redraw()

    def front(self, name: str) -> None:
        """Draw the scene of that name."""
        self._front = name
        self.redraw()

    def pair(self, names: Sequence[str]) -> None:
        """Draw two scenes, and tell them by `paired`; without names, the one in front again."""
        self._pair = tuple(names)
        self.redraw()

    def show_parts(self, shown: Shown) -> None:
        """Draw with other switches."""
        self._shown = shown
        self.redraw()

    def look(self, pose: Pose, moving: bool) -> None:
        """Look from a pose; while it moves the picture is rougher."""
        self._pose, self._moving = pose, moving
        self.redraw()

    def paper(self, colour: QColor) -> None:
        """Draw on a background."""
        self._paper = colour
        self.redraw()

    def redraw(self) -> None:
        """Order a picture; while one is being drawn the next waits, so that motion is not starved."""
        scenes = [self._scenes[n] for n in self._pair or (self._front,) if n in self._scenes]
        if self._pose is None or not scenes or self.width() < 16 or self.height() < 16:
            return
        if self._lane.busy("picture"):
            self._wanted = True
            return
        self._wanted = False
        scenes = [replace(scene, pieces=(*scene.pieces, *self._besides.values())) for scene in scenes]
        ratio = self.devicePixelRatioF()
        size = (round(self.width() * ratio), round(self.height() * ratio))
        paper = (self._paper.red(), self._paper.green(), self._paper.blue())
        quick = self._moving or self._front == ROUGH
        order = Order(self._pose, size, self._shown, paper, quick, scenes)
        self._lane.start("picture", order.drawn, self._bring)

    def _bring(self, found: object) -> None:
        if isinstance(found, list):
            images = [as_image(picture) for picture in found]
            if len(images) == 2:
                self.paired.emit(images)
            else:
                self._image = images[0]
            self.update()
        if self._wanted:
            self.redraw()

    def triangles(self) -> int:
        """How many triangles a frame has at rest."""
        scene = self._scenes.get(self._front)
        return sum(len(p.faces) for p in scene.pieces if self._shown.draws(p, "rest")) if scene else 0

    def end(self) -> None:
        """Forget everything."""
        self._scenes.clear()
        self._besides.clear()
        self._lane.cancel("picture")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Lay the picture down over the whole widget."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._paper)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shape = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            place = QRect(0, 0, shape.width(), shape.height())
            place.moveCenter(self.rect().center())
            painter.drawImage(place, self._image)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Draw anew in another size."""
        super().resizeEvent(event)
        self.redraw()
