"""Which of the two views a machine gets: the live one, or a still picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

LIVE_PLATFORMS = ("xcb", "windows", "cocoa")
"""Qt platforms on which VTK can draw into a window."""

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.world import World

STILL_SIZE = (1600, 1000)


def live_possible() -> bool:
    """Whether the live view works here; the first time on a machine this takes seconds, and belongs in a worker."""
    from pcgstudio.gl import gl_works  # noqa: PLC0415 - not needed on a platform without windows

    if QGuiApplication.platformName() not in LIVE_PLATFORMS or not gl_works():
        return False
    import pyvistaqt  # noqa: F401, PLC0415 - slow to load: here, so that the main thread finds it loaded

    return True


def drawer(possible: Callable[[], bool] = live_possible) -> Callable[[World], object]:
    """Return what makes a `Scene` or a picture ``(rows, cols, 3) uint8`` of worlds, to be called by a worker."""

    def draw(world: World) -> object:
        from pcgstudio.render import render  # noqa: PLC0415 - see TYPE_CHECKING above

        from .scene import scene_of  # noqa: PLC0415

        if possible():
            return scene_of(world)
        return render(world, size=STILL_SIZE, theme="dark")

    return draw


def warm(_tick: object) -> Iterator[object]:
    """Load what the first map needs, while the person is still typing; a work without results."""
    from pcgstudio import studio  # noqa: F401, PLC0415 - loading it is the point

    live_possible()
    yield from ()
