"""Where the map is looked at from: a frozen pose, and what turning, moving and flying make of it. Only numpy.

Nothing here can turn the map upside down: the horizon is always level, and the eye stays above it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # loads kernels, which the window's start need not
    from pcgstudio.raster import Camera

Points = NDArray[np.floating]
Vector = NDArray[np.float64]

LOWEST_DEG, HIGHEST_DEG = 4.0, 90.0
"""Heights of the eye above the horizon that turning reaches."""
FLY_LOWEST_DEG, FLY_HIGHEST_DEG = -50.0, 85.0
"""The same in flight, where looking up is looking from below."""
MARGIN = 0.06
VIEWS: dict[str, tuple[float, float]] = {
    "home": (-26.0, 38.0), "top": (0.0, 90.0), "north": (180.0, 30.0), "south": (0.0, 30.0), "east": (90.0, 30.0),
    "west": (-90.0, 30.0),
}  # fmt: skip
"""Azimuth and elevation [degrees] of the named views; ``home`` of a drawing is its scene's own."""


@dataclass(frozen=True)
class Pose:
    """A perspective look at a target.

    Parameters
    ----------
    target : tuple of float
        What is in the middle of the picture, x, y, z [m].
    azimuth_deg : float
        Where the eye stands as seen from the target: 0 in the south, 90 in the east.
    elevation_deg : float
        Height of the eye above the target's horizon; 90 looks straight down with north up.
    distance_m : float
        From the eye to the target.
    fov_deg : float
        Vertical field of view.
    """

    target: tuple[float, float, float]
    azimuth_deg: float = VIEWS["home"][0]
    elevation_deg: float = VIEWS["home"][1]
    distance_m: float = 1000.0
    fov_deg: float = 20.0

    def axes(self) -> Vector:
        """``(3, 3)`` columns right, up and toward the eye."""
        turn, tilt = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        back = np.array([np.sin(turn) * np.cos(tilt), -np.cos(turn) * np.cos(tilt), np.sin(tilt)])
        right = np.array([np.cos(turn), np.sin(turn), 0.0])
        return np.stack([right, np.cross(back, right), back], axis=1)

    @property
    def eye(self) -> Vector:
        """``(3,)`` where the eye stands [m]."""
        return np.array(self.target) + self.axes()[:, 2] * self.distance_m

    def focal_px(self, height_px: float) -> float:
        """Pixels that a tangent of 1 covers in a picture of that height."""
        return float(height_px / 2 / np.tan(np.radians(self.fov_deg) / 2))

    def metres_per_pixel(self, height_px: float) -> float:
        """Metres that a pixel covers at the target, across the line of sight."""
        return self.distance_m / self.focal_px(height_px)

    def project(self, points: Points, size: tuple[float, float]) -> Vector:
        """``(n, 3)``: pixel x and y (down) and the distance along the line of sight of ``(n, 3)`` points [m].

        What lies behind the eye has no pixel: NaN.
        """
        x, y, z = ((np.asarray(points, dtype=np.float64) - self.target) @ self.axes()).T
        away = self.distance_m - z
        scale = self.focal_px(size[1]) / np.where(away > 1e-3 * self.distance_m, away, np.nan)
        return np.stack([size[0] / 2 + x * scale, size[1] / 2 - y * scale, away], axis=1)

    def ray(self, x_px: float, y_px: float, size: tuple[float, float]) -> tuple[Vector, Vector]:
        """Return the eye ``(3,)`` and the direction ``(3,)``, of length 1, through a pixel."""
        focal = self.focal_px(size[1])
        way = self.axes() @ np.array([(x_px - size[0] / 2) / focal, (size[1] / 2 - y_px) / focal, -1.0])
        return self.eye, way / np.linalg.norm(way)

    def raster(self, size: tuple[int, int]) -> Camera:
        """Return this look for `pcgstudio.raster`."""
        from pcgstudio.raster import Camera  # noqa: PLC0415 - see TYPE_CHECKING above

        axes, d, focal = self.axes(), self.distance_m, self.focal_px(size[1])
        turned = np.eye(4)
        turned[:3, :3] = axes.T
        turned[:3, 3] = -axes.T @ np.array(self.target)
        lens = np.diag([focal / d, -focal / d, -1.0 / d, 1.0])
        lens[3] = [0, 0, -1 / d, 1]
        centred = np.eye(4)
        centred[0, 3], centred[1, 3] = size[0] / 2, size[1] / 2
        return Camera(centred @ lens @ turned, axes[:, 2])


def framing(pose: Pose, points: Points, aspect: float, margin: float = MARGIN) -> Pose:
    """Return the look in the same direction that shows all the points as large as fits.

    Parameters
    ----------
    points : ndarray
        ``(n, 3)`` [m].
    aspect : float
        Width of the picture over its height.
    """
    axes = pose.axes()
    half = np.tan(np.radians(pose.fov_deg) / 2) * (1 - 2 * margin)
    target, distance = (points.min(axis=0) + points.max(axis=0)) / 2, 1.0
    for _ in range(4):  # what is near looks larger: move until the points, not their box, are in the middle
        x, y, z = ((points - target) @ axes).T
        distance = max(float(np.max(z + np.maximum(np.abs(x) / aspect, np.abs(y)) / half)), 1e-2)
        aside, above = ((v.max() + v.min()) / 2 * distance for v in (x / (distance - z), y / (distance - z)))
        target = target + axes[:, 0] * aside + axes[:, 1] * above
    return replace(pose, target=(float(target[0]), float(target[1]), float(target[2])), distance_m=distance)


def turned(pose: Pose, right_deg: float, up_deg: float) -> Pose:
    """Turn around the target; the eye neither goes under the horizon nor over the top."""
    tilt = float(np.clip(pose.elevation_deg + up_deg, LOWEST_DEG, HIGHEST_DEG))
    return replace(pose, azimuth_deg=wrapped(pose.azimuth_deg + right_deg), elevation_deg=tilt)


def wrapped(degrees: float) -> float:
    """Return an angle in (-180, 180]."""
    return 180.0 - (180.0 - degrees) % 360.0


def shifted(pose: Pose, right_px: float, up_px: float, height_px: float) -> Pose:
    """Move eye and target so that the ground under the pointer follows it."""
    axes, metres = pose.axes(), pose.metres_per_pixel(height_px)
    forward = np.array([-np.sin(np.radians(pose.azimuth_deg)), np.cos(np.radians(pose.azimuth_deg)), 0.0])
    steep = max(float(np.sin(np.radians(pose.elevation_deg))), 0.25)  # flat looks: a pixel covers much ground
    return moved(pose, -(axes[:, 0] * right_px + forward * (up_px / steep)) * metres)


def moved(pose: Pose, way: Vector) -> Pose:
    """Move eye and target by ``(3,)`` metres."""
    x, y, z = np.array(pose.target) + way
    return replace(pose, target=(float(x), float(y), float(z)))


def zoomed(pose: Pose, factor: float, at: Vector | None, nearest_m: float, farthest_m: float) -> Pose:
    """Go nearer (factor below 1) or farther, with the point ``at`` ``(3,)`` of the ground standing still on the screen.

    Parameters
    ----------
    nearest_m, farthest_m : float
        Distances to the target that are kept.
    """
    distance = float(np.clip(pose.distance_m * factor, nearest_m, farthest_m))
    share = distance / pose.distance_m
    still = np.array(pose.target) if at is None else at
    target = still + (np.array(pose.target) - still) * share
    return replace(pose, target=(float(target[0]), float(target[1]), float(target[2])), distance_m=distance)


def centred(pose: Pose, at: Vector) -> Pose:
    """Put the point ``at`` ``(3,)`` in the middle, and go nearer by half."""
    return replace(pose, target=(float(at[0]), float(at[1]), float(at[2])), distance_m=pose.distance_m * 0.5)


def gazed(pose: Pose, right_deg: float, up_deg: float) -> Pose:
    """Turn the head: the eye stays, the target swings."""
    eye = pose.eye
    tilt = float(np.clip(pose.elevation_deg - up_deg, FLY_LOWEST_DEG, FLY_HIGHEST_DEG))
    swung = replace(pose, azimuth_deg=wrapped(pose.azimuth_deg - right_deg), elevation_deg=tilt)
    return from_eye(swung, eye)


def from_eye(pose: Pose, eye: Vector) -> Pose:
    """Return the look in the same direction from another place ``(3,)``."""
    target = eye - pose.axes()[:, 2] * pose.distance_m
    return replace(pose, target=(float(target[0]), float(target[1]), float(target[2])))


def flown(pose: Pose, ahead_m: float, right_m: float, up_m: float, ground_m: float, clearance_m: float) -> Pose:
    """Fly: ahead along the line of sight, sideways and up, never lower than the clearance over the ground below.

    Parameters
    ----------
    ground_m : float
        Height of the ground where the eye comes to stand [m].
    """
    axes = pose.axes()
    eye = pose.eye - axes[:, 2] * ahead_m + axes[:, 0] * right_m + np.array([0.0, 0.0, up_m])
    eye[2] = max(eye[2], ground_m + clearance_m)
    return from_eye(pose, eye)


def between(start: Pose, end: Pose, share: float) -> Pose:
    """Return the look a share of the way from one to another, the shorter way round; for motion between views."""
    ease = share * share * (3 - 2 * share)
    turn = wrapped(end.azimuth_deg - start.azimuth_deg)
    a, b = np.array(start.target), np.array(end.target)
    x, y, z = a + (b - a) * ease
    return Pose(
        (float(x), float(y), float(z)),
        wrapped(start.azimuth_deg + turn * ease),
        start.elevation_deg + (end.elevation_deg - start.elevation_deg) * ease,
        float(start.distance_m * (end.distance_m / start.distance_m) ** ease),
        start.fov_deg + (end.fov_deg - start.fov_deg) * ease,
    )
