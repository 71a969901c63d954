"""The map in the middle of the window: live where graphics allow, a still picture elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QWidget

from pcgstudio.palette import load_palette

if TYPE_CHECKING:  # the window opens before the core is loaded
    from .drawing import Drawing
    from .scene import Piece, Scene

THEME = "dark"

SLOW_FRAME_S = 0.05
"""A frame slower than this is drawn in less detail while the camera moves."""
MARGIN = 0.06


@dataclass(frozen=True)
class Handle:
    """A grip of a landform: the step it belongs to, where it stands [m], and its label."""

    step_id: str
    x_m: float
    y_m: float
    z_m: float
    label: str


class MapView(QStackedWidget):
    """Shows a drawing, or a page that invites to ask for one.

    Everything a person can do here is one of its `actions()`, with text and shortcut, for menus and the palette.

    Signals
    -------
    hovered(object)
        The `viewport.readout.Readout` under the cursor; None off the map.
    picked(float, float)
        A marker was put at x, y [m].
    region_drawn(object)
        A `pcgstudio.region` Circle, Polygon or Painted was drawn by hand.
    handle_moved(str, float, float)
        The handle of a step was let go at x, y [m].
    tool_changed(str)
        The tool in use: look, marker, paint, circle, polygon or measure.
    said(str)
        One sentence for the status bar.
    """

    hovered = Signal(object)
    picked = Signal(float, float)
    region_drawn = Signal(object)
    handle_moved = Signal(str, float, float)
    tool_changed = Signal(str)
    said = Signal(str)

    def __init__(self, empty: QWidget) -> None:
        super().__init__()
        self._empty, self._still = empty, Still()
        self._live: Any = None
        self._extent: NDArray[np.float32] | None = None
        self._levels: dict[str, list[Any]] = {}
        self.addWidget(empty)
        self.addWidget(self._still)

    @property
    def live(self) -> Any:
        """The pyvista plotter, or None while there is none."""
        return self._live

    @property
    def still(self) -> bool:
        """Whether the map is shown as a picture that cannot be turned."""
        return self.currentWidget() is self._still

    def show_drawing(self, drawing: Any) -> None:
        """Show a `Scene`, a picture ``(rows, cols, 3) uint8``, or for None the empty page."""
        if drawing is None:
            self._extent = None
            self.setCurrentWidget(self._empty)
        elif isinstance(drawing, np.ndarray):
            self._still.set_picture(drawing)
            self.setCurrentWidget(self._still)
        else:
            self._show_scene(getattr(drawing, "scene", drawing))

    def show_coarse(self, drawing: Drawing) -> None:
        """Show a drag preview (from `drawing.coarse_drawer`) in place of the map until the next `show_drawing`."""
        self.show_drawing(drawing)

    def outline(self, where: NDArray[np.bool_] | Sequence[tuple[float, float]] | None) -> None:
        """Outline a region: a ``(rows, cols)`` mask over the map or a polygon of x, y [m]; None takes it away."""

    def set_handles(self, handles: Sequence[Handle]) -> None:
        """Show movable handles of landforms; letting one go emits `handle_moved`."""

    def start_tool(self, tool: str) -> None:
        """Take up a tool: look, marker, paint, circle, polygon or measure; Escape goes back to look."""
        self.tool_changed.emit(tool)

    def set_brush(self, metres: float) -> None:
        """Set the radius of the brush that paints regions [m]."""

    def set_marker(self, x_m: float | None, y_m: float = 0.0) -> None:
        """Show the marker "here"; None takes it away."""

    def set_region(self, mask: NDArray[np.floating] | None) -> None:
        """Tint a region ``(rows, cols)`` in [0, 1] over the map, as the one that is meant; None takes it away."""

    def colour_by(self, name: str) -> None:
        """Colour by ``natural`` or by the name of a layer."""

    def look_from(self, view: str) -> None:
        """Look from ``home``, ``top``, ``north``, ``south``, ``east``, ``west`` or ``close``."""

    def compare(self, left: Drawing, right: Drawing) -> None:
        """Show two drawings from one camera with a divider to drag."""

    def end_compare(self) -> None:
        """Show the one drawing again."""

    def set_theme(self, theme: str) -> None:
        """Take the background of ``light`` or ``dark``."""

    def close_live(self) -> None:
        """Give the graphics back; VTK must be told before Qt takes its window away."""
        if self._live is not None:
            self._live.close()
            self._live = None

    def _show_scene(self, scene: Scene) -> None:
        plotter = self._live = self._live or self._plotter()
        self.setCurrentWidget(plotter)
        plotter.suppress_rendering = True  # pyvista renders at every turn, which takes a second without a graphics card
        plotter.clear_actors()
        self._levels = {"always": [], "rest": [], "moving": []}
        textures: dict[int, Any] = {}  # by picture: levels of detail share one
        for piece in scene.pieces:
            self._levels[piece.detail].append(_actor(plotter, piece, textures))
        self._detail("rest")
        extent = np.ptp(scene.frame[:, :2], axis=0)
        if self._extent is None or not np.allclose(extent, self._extent, rtol=0.02):  # a follow-up keeps the camera
            _look(plotter.camera, scene, self.width() / self.height())
            self._extent = extent
        plotter.renderer.ResetCameraClippingRange()
        plotter.suppress_rendering = False
        plotter.update()

    def _plotter(self) -> Any:
        from pyvistaqt import QtInteractor  # noqa: PLC0415 - slow, and unusable where there is no GL

        plotter: Any = QtInteractor(self, multi_samples=0, auto_update=False)
        plotter.set_background([c / 255 for c in load_palette().background[THEME]])
        plotter.enable_anti_aliasing("fxaa")
        plotter.enable_terrain_style(mouse_wheel_zooms=True)
        plotter.iren.add_observer("StartInteractionEvent", lambda *_: self._moving(True))
        plotter.iren.add_observer("EndInteractionEvent", lambda *_: self._moving(False))
        self.addWidget(plotter)
        return plotter

    def _moving(self, moves: bool) -> None:
        slow = self._live.renderer.GetLastRenderTimeInSeconds() > SLOW_FRAME_S
        if moves and slow:
            self._detail("moving")
        elif not moves:
            self._detail("rest")
            self._live.update()

    def _detail(self, shown: str) -> None:
        for detail in ("rest", "moving"):
            for actor in self._levels[detail]:
                actor.SetVisibility(detail == shown)


class Still(QLabel):
    """A picture that fills what room there is and keeps its shape."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setStyleSheet("background: rgb({}, {}, {})".format(*load_palette().background[THEME]))

    def set_picture(self, image: NDArray[np.uint8]) -> None:
        """Show ``(rows, cols, 3) uint8``."""
        rows, cols, _ = image.shape
        data = QImage(np.ascontiguousarray(image).data, cols, rows, 3 * cols, QImage.Format.Format_RGB888)
        self._picture = QPixmap.fromImage(data)
        self._fit(self.size())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the picture again."""
        self._fit(event.size())
        super().resizeEvent(event)

    def _fit(self, size: QSize) -> None:
        if not self._picture.isNull():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.setPixmap(self._picture.scaled(size, keep, smooth))


def _actor(plotter: Any, piece: Piece, textures: dict[int, Any]) -> Any:
    import pyvista as pv  # noqa: PLC0415 - slow to load

    make: Any = pv.PolyData.from_regular_faces  # annotated for float64, takes float32 as well
    mesh = make(piece.vertices, piece.faces)
    look: dict[str, Any] = {"lighting": False, "reset_camera": False, "render": False, "copy_mesh": False}
    if piece.places is None:
        mesh.cell_data["colour"] = piece.colour
        return plotter.add_mesh(mesh, scalars="colour", rgb=True, **look)
    mesh.active_texture_coordinates = piece.places
    if id(piece.colour) not in textures:
        textures[id(piece.colour)] = pv.Texture(piece.colour)  # type: ignore[no-untyped-call]  # in pyvista
        textures[id(piece.colour)].interpolate = True  # no mipmaps: a second a map without a graphics card
    return plotter.add_mesh(mesh, texture=textures[id(piece.colour)], **look)


def _look(camera: Any, scene: Scene, aspect: float) -> None:
    """Stand where the previews are drawn from, as near as shows the whole frame."""
    turn, tilt = np.radians(scene.azimuth_deg), np.radians(scene.elevation_deg)
    eye = np.array([np.sin(turn) * np.cos(tilt), -np.cos(turn) * np.cos(tilt), np.sin(tilt)])
    right = np.array([np.cos(turn), np.sin(turn), 0.0])
    axes = np.stack([right, np.cross(eye, right), eye], axis=1)
    half = np.tan(np.radians(scene.fov_deg) / 2) * (1 - 2 * MARGIN)
    target = (scene.frame.min(axis=0) + scene.frame.max(axis=0)) / 2
    for _ in range(4):  # what is near looks larger: move until the frame, not its box, is in the middle
        x, y, z = ((scene.frame - target) @ axes).T
        distance = float(np.max(z + np.maximum(np.abs(x) / aspect, np.abs(y)) / half))
        aside, above = ((v.max() + v.min()) / 2 * distance for v in (x / (distance - z), y / (distance - z)))
        target = target + axes[:, 0] * aside + axes[:, 1] * above
    camera.view_angle = scene.fov_deg
    camera.focal_point, camera.position, camera.up = target, target + eye * distance, (0, 0, 1)
