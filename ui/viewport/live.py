"""The canvas that OpenGL draws on: pyvistaqt's interactor, told what to draw and from where, and nothing else.

Pointer and keys go to the layer that lies over it, so VTK's own interaction styles never see them. A frame is drawn
only when the scene, the look or the size changed; what lies over the map can be repainted without one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkCommonDataModel import vtkPlane

from ..scene import Piece, Scene
from .camera import Pose
from .meshes import actor_of, mesh_of, texture_of
from .shown import ROUGH, Shown

SLOW_FRAME_S = 0.05
"""A frame slower than this is drawn in less detail while the camera moves."""


Interactor: Any = QtInteractor  # pyvistaqt is annotated by halves


class _Staged:
    """A scene that is kept, and what draws those of its pieces that were seen, by their numbers."""

    def __init__(self, scene: Scene, ready: dict[int, Any]) -> None:
        self.scene, self._ready = scene, ready
        self.actors: dict[int, Any] = {}
        self._textures: dict[int, Any] = {}  # levels of detail share one

    def made(self, number: int) -> Any:
        """Make what draws a piece."""
        piece, texture = self.scene.pieces[number], None
        if piece.places is not None:
            key = id(piece.colour)
            texture = self._textures.get(key) or self._ready.pop(key, None) or texture_of(piece.colour)
            self._textures[key] = texture
        actor = self.actors[number] = actor_of(self._ready.pop(number, None) or mesh_of(piece), texture)
        return actor


class Live(Interactor):  # type: ignore[misc]  # its base is Any
    """Draws scenes by OpenGL.

    Parameters
    ----------
    parent : QWidget
    """

    still = False
    paired = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        self._stale, self._framed = True, False
        super().__init__(parent, multi_samples=0, auto_update=False)
        self.setMouseTracking(False)
        self._scenes: dict[str, _Staged] = {}
        self._front, self._shown, self._moving = "", Shown(), False
        self._pair: tuple[str, ...] = ()
        self._grabs = False
        self._besides: dict[str, Any] = {}
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._draw_pair)
        self._plane = vtkPlane()
        self._plane.SetNormal(0, 0, -1)
        self.frame_s: dict[bool, float] = {}
        self.background = QColor()

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def put(self, name: str, scene: Scene | None, ready: dict[int, Any] | None = None) -> None:
        """Keep a scene under a name in place of the one before; None forgets it.

        Parameters
        ----------
        scene : Scene, optional
            One that is there already stays as it is.
        ready : dict, optional
            What was made for it beforehand, see `meshes.prepared`; taken out as it is used.
        """
        old = self._scenes.get(name)
        if old is not None and old.scene is scene:
            return
        if old is not None:
            del self._scenes[name]
            for actor in old.actors.values():
                self.renderer.RemoveActor(actor)
        if scene is not None:
            self._scenes[name] = _Staged(scene, {} if ready is None else ready)
            self.frame_s.clear()
            self._switch()

    def add(self, name: str, piece: Piece | None) -> None:
        """Draw a piece besides the scene in front, whichever that is; None takes it away."""
        if (old := self._besides.pop(name, None)) is not None:
            self.renderer.RemoveActor(old)
        if piece is not None:
            texture = None if piece.places is None else texture_of(piece.colour)
            actor = self._besides[name] = actor_of(mesh_of(piece), texture)
            self.renderer.AddActor(actor)
        self.redraw()

    def front(self, name: str) -> None:
        """Draw the scene of that name."""
        self._front = name
        self._switch()

    def show_parts(self, shown: Shown) -> None:
        """Draw with other switches."""
        self._shown = shown
        self._switch()

    def look(self, pose: Pose, moving: bool) -> None:
        """Look from a pose; while it moves a slow machine draws less."""
        camera = self.renderer.GetActiveCamera()
        camera.SetPosition(*pose.eye)
        camera.SetFocalPoint(*pose.target)
        camera.SetViewUp(*pose.axes()[:, 1])
        camera.SetViewAngle(pose.fov_deg)
        less = moving and self.frame_s.get(False, 0.0) > SLOW_FRAME_S
        if less != self._moving:
            self._moving = less
            self._switch()
        self.redraw()

    def paper(self, colour: QColor) -> None:
        """Draw on a background."""
        self.background = colour
        self.renderer.SetBackground(colour.redF(), colour.greenF(), colour.blueF())
        self.redraw()

    def redraw(self) -> None:
        """Draw a frame at the next chance."""
        self._stale = True
        if self._pair:
            if not self._grabs:
                self._soon.start()
        else:
            self.update()

    def pair(self, names: Sequence[str]) -> None:
        """Draw two scenes, and tell their pictures by `paired`; without names, the one in front again."""
        self._pair = tuple(names)
        self._switch()

    def _draw_pair(self) -> None:
        """Draw both from the pose as it is; takes a frame each."""
        if not self._pair or not self._stale:
            return
        found, front = [], self._front
        self._grabs = True
        for name in self._pair:
            self._front = name
            self._switch()
            found.append(self.grabFramebuffer())
        self._grabs, self._front, self._stale = False, front, False
        self.paired.emit(found)

    def _switch(self) -> None:
        detail = "moving" if self._moving else "rest"
        self.renderer.SetUseFXAA(
            not (self._moving or self._front == ROUGH)
        )  # costs half a frame without a graphics card
        cut = self._shown.cut_m
        if cut is not None:
            self._plane.SetOrigin(0, 0, cut)
        for name, staged in self._scenes.items():
            for number, piece in enumerate(staged.scene.pieces):
                there = name == self._front and self._shown.draws(piece, detail, staged.scene.surface is None)
                if number not in staged.actors:
                    if not there:  # what is never seen, such as the levels of detail of a quick machine, is never made
                        continue
                    self.renderer.AddActor(staged.made(number))
                actor = staged.actors[number]
                actor.SetVisibility(there)
                mapper = actor.GetMapper()
                mapper.RemoveAllClippingPlanes()
                if cut is not None:
                    mapper.AddClippingPlane(self._plane)
        self.redraw()

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def paintGL(self) -> None:  # noqa: N802 - Qt's name
        """Draw a frame, or lay the last one down again where nothing changed but what is over it."""
        unseen = bool(self._pair) and not self._grabs
        if self._framed and (unseen or not self._stale):
            self._again()
            return
        self._stale = False
        self.renderer.ResetCameraClippingRange()
        began = time.perf_counter()
        super().paintGL()
        self._framed = True
        self.frame_s[self._moving] = time.perf_counter() - began

    def resizeGL(self, width: int, height: int) -> None:  # noqa: N802 - Qt's name
        """Draw anew in another size."""
        super().resizeGL(width, height)
        self._stale = True

    def _again(self) -> None:
        window = self.GetRenderWindow()
        state = window.GetState()
        state.Reset()
        state.Push()
        self.makeCurrent()
        ratio = self.devicePixelRatioF()
        place = QRect(0, 0, max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        self._blit(self.defaultFramebufferObject(), place)
        state.Pop()

    def open(self) -> None:
        """Open the graphics before there is anything to show: the first frame waits for the driver."""
        self.grabFramebuffer()

    def triangles(self) -> int:
        """How many triangles a frame has now."""
        drawn = [actor for staged in self._scenes.values() for actor in staged.actors.values()]
        return sum(a.GetMapper().GetInput().GetNumberOfPolys() for a in drawn if a.GetVisibility())

    def end(self) -> None:
        """Give the graphics back; VTK must be told before Qt takes its window away."""
        for name in list(self._scenes):
            self.put(name, None)
        for name in list(self._besides):
            self.add(name, None)
        self.close()
