"""What the view is given of a world, made beside the main thread; and which of the two views a machine gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication, QSurfaceFormat
from PySide6.QtWidgets import QWidget

LIVE_PLATFORMS = ("xcb", "windows", "cocoa")
"""Qt platforms on which VTK can draw into a window."""

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.world import World

    from .scene import Scene
    from .viewport.terrain import Terrain


@dataclass(frozen=True)
class Drawing:
    """A world ready to be shown.

    Parameters
    ----------
    world : World
        What it was made of: for the readout and the colourings.
    scene : Scene
        Its meshes.
    live : bool
        Whether OpenGL may draw it; otherwise the view draws pictures itself.
    ready : dict
        What the live canvas makes of the pieces, made beforehand beside the main thread; it takes it out (see
        `viewport.meshes.prepared`).
    """

    world: World
    scene: Scene
    live: bool = True
    ready: dict[int, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def terrain(self) -> Terrain:
        """The surface that a person points at."""
        from .viewport.terrain import Terrain  # noqa: PLC0415 - see TYPE_CHECKING above

        return Terrain(self.world)

    @cached_property
    def bed(self) -> Terrain:
        """The same where the water is not shown."""
        from .viewport.terrain import Terrain  # noqa: PLC0415 - see TYPE_CHECKING above

        return Terrain(self.world, dry=True)


def live_possible() -> bool:
    """Whether the live view works here; the first time on a machine this takes seconds, and belongs in a worker."""
    from pcgstudio.gl import gl_works  # noqa: PLC0415 - not needed on a platform without windows

    if QGuiApplication.platformName() not in LIVE_PLATFORMS or not gl_works():
        return False
    import pyvistaqt  # noqa: F401, PLC0415 - slow to load: here, so that the main thread finds it loaded
    from pyvista._vtk import vtkContextInteractorStyle  # noqa: F401, PLC0415 - the same; every interactor asks for it

    return True


def graphics_ready(window: QWidget) -> None:
    """Give a window that is not shown yet the surface that a live view will need, where one is known to work.

    Qt makes it with the first widget that OpenGL draws in, and would do so while a person waits for the first map.
    """
    from pcgstudio.gl import gl_known  # noqa: PLC0415 - not needed on a platform without windows

    if QGuiApplication.platformName() not in LIVE_PLATFORMS or not gl_known():
        return
    from PySide6.QtOpenGLWidgets import QOpenGLWidget  # noqa: PLC0415 - loads OpenGL

    wanted = QSurfaceFormat()  # that of pyvistaqt, which has to be known before the window is made
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setVersion(3, 2)
    wanted.setSwapBehavior(QSurfaceFormat.SwapBehavior.DoubleBuffer)
    for size in (wanted.setRedBufferSize, wanted.setGreenBufferSize, wanted.setBlueBufferSize):
        size(8)
    wanted.setAlphaBufferSize(8)
    wanted.setDepthBufferSize(8)
    QSurfaceFormat.setDefaultFormat(wanted)
    QOpenGLWidget(window).setGeometry(0, 0, 1, 1)


def drawer(possible: Callable[[], bool] = live_possible) -> Callable[[World], Drawing]:
    """Return what makes drawings of worlds in full, in about half a second each; for `MapView.show_drawing`."""

    def draw(world: World) -> Drawing:
        from .scene import scene_of  # noqa: PLC0415 - see TYPE_CHECKING above

        return _drawing(world, scene_of(world), possible())

    return draw


def coarse_drawer(possible: Callable[[], bool] = live_possible) -> Callable[[World], Drawing]:
    """Return what draws worlds roughly, in some 15 ms each; for `MapView.show_coarse` while a hand drags."""

    def draw(world: World) -> Drawing:
        from .viewport.coarse import coarse_scene  # noqa: PLC0415 - see TYPE_CHECKING above

        return _drawing(world, coarse_scene(world), possible())

    return draw


def _drawing(world: World, scene: Scene, live: bool) -> Drawing:
    drawing = Drawing(world, scene, live, readied(scene, live))
    _ = drawing.terrain.bounds  # as in `readied`
    return drawing


def readied(scene: Scene, live: bool) -> dict[int, Any]:
    """Work out, beside the main thread, what it would need of a scene; return what the live canvas makes of it."""
    _ = scene.top_m, scene.bounds
    if not live:
        return {}
    from .viewport.meshes import prepared  # noqa: PLC0415 - loads VTK
    from .viewport.paper import shadow_of  # noqa: PLC0415 - loads kernels

    shadow_of(scene)
    return prepared(scene)


def warm(_tick: object) -> Iterator[bool]:
    """Load what the first map needs, while the person is still typing; yields whether the live view works here.

    What exports need comes after it: their dialog would else hold the window up as it opens.
    """
    from pcgstudio import studio  # noqa: F401, PLC0415 - loading it is the point

    from .viewport import coarse, colouring, paper, soft  # noqa: F401, PLC0415 - the same

    possible = live_possible()
    if possible:
        from .viewport import live  # noqa: F401, PLC0415 - the same
    yield possible
    from pcgstudio.export.targets import load_targets  # noqa: PLC0415 - the same

    load_targets()
