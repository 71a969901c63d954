"""Where a stage is looked at from: motion, rest, the way to named views; the eye stays over the ground."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer

from .camera import VIEWS, Pose, between, framing

if TYPE_CHECKING:
    from ..drawing import Drawing
    from .stage import Stage

REST_MS = 180
"""How long after the last motion everything is drawn again."""
GLIDE_MS, GLIDE_FRAME_S = 140, 0.04
"""How long the way to a named view takes, where a frame takes no longer than this; elsewhere it is a jump."""


class Gaze:
    """The pose of a stage, and what moves it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.pose: Pose | None = None
        self.moving = False
        self._extent: tuple[NDArray[np.float64], NDArray[np.float32]] | None = None
        self._idle = QTimer(stage, interval=REST_MS, singleShot=True)
        self._idle.timeout.connect(self.rest)
        self._glide = QTimer(stage, interval=16)
        self._glide.timeout.connect(self._glided)
        self._way: tuple[Pose, Pose, int] | None = None

    def forget(self) -> None:
        """Frame the next map anew."""
        self.stop()
        self.pose = self._extent = None

    def stop(self) -> None:
        """Move no further."""
        self._idle.stop()
        self._glide.stop()

    @property
    def gliding(self) -> bool:
        """Whether it is on the way to a pose."""
        return self._glide.isActive()

    def look(self, pose: Pose, moving: bool) -> None:
        """Look from a pose, which is kept over the ground and the map in sight."""
        stage = self._stage
        if stage.canvas is None or stage.terrain is None:
            return
        self._glide.stop()
        self._look(self._kept(pose), moving)
        if moving:
            self._idle.start()

    def _look(self, pose: Pose, moving: bool) -> None:
        stage = self._stage
        self.pose, self.moving = pose, moving
        stage.canvas.look(pose, moving)
        stage.glass.update()

    def rest(self) -> None:
        """Draw everything: the camera stands."""
        self._idle.stop()
        if self.moving and self.pose is not None:
            self._look(self.pose, False)

    def glide(self, pose: Pose) -> None:
        """Go to a pose, quickly enough not to be waited for."""
        stage = self._stage
        if self.pose is None or getattr(stage.canvas, "frame_s", {}).get(False, 1.0) > GLIDE_FRAME_S:
            self.look(pose, moving=False)
            return
        self._way = (self.pose, self._kept(pose), 0)
        self._glide.start()

    def _glided(self) -> None:
        assert self._way is not None  # the timer runs only on the way
        start, end, spent = self._way
        spent += self._glide.interval()
        self._way = (start, end, spent)
        done = spent >= GLIDE_MS
        if done:
            self._glide.stop()
        self._look(end if done else between(start, end, spent / GLIDE_MS), not done)

    def look_from(self, view: str) -> None:
        """Go to a named view; ``close`` goes nearer to what is in the middle."""
        stage = self._stage
        scene = stage.scene or (stage.drawing.scene if stage.drawing else None)
        if scene is None or self.pose is None:
            return
        stage.hand.fly(False)
        if view == "close":
            self.glide(replace(self.pose, distance_m=self.pose.distance_m * 0.4))
            return
        turn, tilt = (scene.azimuth_deg, scene.elevation_deg) if view == "home" else VIEWS[view]
        self.glide(self.framed(replace(self.pose, azimuth_deg=turn, elevation_deg=tilt, fov_deg=scene.fov_deg)))

    def framed(self, pose: Pose, points: NDArray[np.floating] | None = None) -> Pose:
        """Return the look in that direction which shows the whole map, or some points."""
        stage = self._stage
        scene = stage.scene or (stage.drawing.scene if stage.drawing else None)
        shown = points if points is not None else scene.frame if scene else np.zeros((1, 3))
        return framing(pose, shown, max(stage.width(), 1) / max(stage.height(), 1))

    def frame_if_new(self, drawing: Drawing, rough: bool = False) -> None:
        """Frame a map of another size; a follow-up keeps the camera, and so does what is rough for now."""
        stage = self._stage
        scene, whole = drawing.scene, np.array(drawing.world.grid.extent_m)
        low, high = scene.bounds
        shown = (high - low)[:2]
        known = self._extent
        same = known is not None and np.allclose(whole, known[0]) and (rough or np.allclose(shown, known[1], rtol=0.02))
        if not rough or known is None:
            self._extent = (whole, shown)
        if same and self.pose is not None:
            self._look(self.pose, self.moving)
            return
        start = Pose((0.0, 0.0, 0.0), scene.azimuth_deg, scene.elevation_deg, 1.0, scene.fov_deg)
        stage.hand.flying = False
        self._look(framing(start, scene.frame, max(stage.width(), 1) / max(stage.height(), 1)), False)

    def _kept(self, pose: Pose) -> Pose:
        """Return a pose with its target near the map and its eye over the ground."""
        stage = self._stage
        assert stage.terrain is not None  # looked at only with a map
        east, north = stage.terrain.grid.extent_m
        x, y, z = pose.target
        if not stage.hand.flying:
            x, y = float(np.clip(x, -0.2 * east, 1.2 * east)), float(np.clip(y, -0.2 * north, 1.2 * north))
            pose = replace(pose, target=(x, y, z))
        for _ in range(45):
            eye = pose.eye
            inside = stage.terrain.inside(float(eye[0]), float(eye[1]))
            if not inside or eye[2] > stage.terrain.at(eye[None])[0] + 0.003 * stage.longest_m() or stage.hand.flying:
                break
            pose = replace(pose, elevation_deg=min(pose.elevation_deg + 2, 90.0))
        return pose

    def reach(self) -> tuple[float, float]:
        """Return the least and the largest distance of the eye from what it looks at [m]."""
        return 0.02 * self._stage.longest_m(), 12 * self._stage.longest_m()
