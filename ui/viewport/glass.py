"""The pane over the map: takes the pointer and the keys, and shows what lies over the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from .legend import Ink, paint_legend, paint_north, paint_scale
from .marks import Marking

if TYPE_CHECKING:
    from .hand import Hand
    from .stage import Stage


class Glass(QWidget):
    """Transparent, over the canvas of a stage.

    Parameters
    ----------
    stage : Stage
        What it shows the marks of.
    hand : Hand
        What makes something of pointer and keys.
    """

    def __init__(self, stage: Stage, hand: Hand) -> None:
        super().__init__(stage)
        self._stage, self._hand = stage, hand
        self.ink = Ink(dark=True)
        self.lettering = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Map")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the divider, the marks and the lettering."""
        stage, pose = self._stage, self._stage.pose
        if stage.terrain is None or pose is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if stage.swipe is not None:
            stage.swipe.paint(painter, self.ink, self.width(), self.height())
        size = (float(self.width()), float(self.height()))
        Marking(painter, pose, size, stage.terrain, self.ink).all(stage.marks, not stage.moving)
        if self.lettering:
            paint_scale(painter, pose, self.ink, self.height())
            paint_north(painter, pose, self.ink, self.width())
            if stage.legend is not None and stage.swipe is None:
                paint_legend(painter, stage.legend, self.ink, self.height())
        painter.end()

    # -- pointer and keys ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._hand.press(event.position(), event.button(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on."""
        self._hand.move(event.position(), event.buttons(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on."""
        self._hand.release(event.position(), event.button())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on."""
        self._hand.double(event.position(), event.button())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on."""
        self._hand.wheel(event.position(), event.angleDelta().y() or event.angleDelta().x())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is under the pointer any more."""
        self._hand.leave()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on; what the hand has no use for goes up to the window."""
        if not self._hand.key(event.key(), True, event.modifiers(), event.isAutoRepeat()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on."""
        if not self._hand.key(event.key(), False, event.modifiers(), event.isAutoRepeat()):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Keys that are down are no longer seen."""
        self._hand.forget_keys()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of flight from being shortcuts."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._hand.flies_by(event.key())
        ):
            event.accept()
            return True
        return super().event(event)
