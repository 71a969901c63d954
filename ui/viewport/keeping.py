"""Screenshots and turntables: asked for, made beside the main thread, told when they are there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from .commands import tr
from .lane import Lane, Tick
from .notice import Notice

if TYPE_CHECKING:
    from .stage import Stage


class Keeping(QObject):
    """Keeps pictures of a stage; in a lane of its own, because they take long and must not hold up what is seen."""

    said = Signal(str)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._stage, self._lane = stage, Lane()
        self.notice = Notice(stage, self._lane)

    def screenshot(self, path: Path, size: tuple[int, int]) -> None:
        """Write the map as it is seen as a PNG of that size; says when it is there."""
        from .capture import screenshot  # noqa: PLC0415 - nothing that the first map needs

        sitting = self._stage.sitting()
        if sitting is not None:
            self._keep(tr("Saving a screenshot"), partial(screenshot, sitting, path, size))

    def turntable(self, path: Path, size: tuple[int, int] = (640, 480), frames: int = 48) -> None:
        """Write the map turning around as a GIF, with progress and a way to cancel; says when it is there."""
        from .capture import turntable  # noqa: PLC0415 - nothing that the first map needs

        sitting = self._stage.sitting()
        if sitting is not None:

            def job(tick: Tick) -> object:
                return turntable(sitting, path, tick, size=size, frames=frames)

            self._keep(tr("Saving a turntable"), job)

    def _keep(self, text: str, job: Callable[[Tick], object]) -> None:
        self.notice.watch("keep", text)
        self._lane.start("keep", job, self._kept)

    def _kept(self, found: object) -> None:
        self.said.emit(f"{found}" if isinstance(found, Exception) else tr("Saved {}.").format(found))

    def ask_screenshot(self) -> None:
        """Ask for size and file, and save a screenshot."""
        from .asking import ask_picture  # noqa: PLC0415 - nothing that the first map needs

        if (asked := ask_picture(self._stage, (self._stage.width(), self._stage.height()))) is not None:
            self.screenshot(*asked)

    def ask_turntable(self) -> None:
        """Ask for a file, and save a turntable."""
        from .asking import ask_turntable  # noqa: PLC0415 - nothing that the first map needs

        if (asked := ask_turntable(self._stage)) is not None:
            self.turntable(*asked)

    def close(self) -> None:
        """Drop what is under way."""
        self._lane.close()
