"""A small software rasteriser: triangles to depth and triangle number per pixel, on any machine, without a GL.

It is deterministic for any number of threads, because each pixel belongs to one lane, and lanes walk the triangles in
the same order. Drawing a 512 x 512 map takes less time than creating an off-screen GL context.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import get_num_threads, njit, prange
from numpy.typing import NDArray

from .world import FloatArray

STRIP = 32
"""Rows of a strip; strips are dealt to the lanes in turn, so that all have the same work."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """A view, as one matrix from homogeneous world coordinates to pixels.

    Parameters
    ----------
    matrix : ndarray
        ``(4, 4) float64``; after division by w: x right and y down in pixels, z smaller when nearer.
    eye : ndarray
        ``(3,) float64`` direction from the target to the eye, of length 1.
    """

    matrix: Matrix
    eye: Matrix

    def project(self, points: NDArray[np.floating]) -> FloatArray:
        """``(n, 3) float32`` pixel x, y and depth of world points ``(n, 3)``."""
        return np.asarray(_project(np.ascontiguousarray(points, dtype=np.float32), self.matrix))

    @property
    def inverse(self) -> Matrix:
        """``(4, 4)`` from pixels and depth back to the world."""
        return np.asarray(np.linalg.inv(self.matrix))


def look(
    azimuth_deg: float, elevation_deg: float, fov_deg: float, framed: FloatArray, size: tuple[int, int], margin: float
) -> Camera:
    """Return the camera that shows points as large as fits.

    Parameters
    ----------
    azimuth_deg : float
        Where the eye stands as seen from the map: 0 in the south, 90 in the east.
    elevation_deg : float
        Height of the eye above the horizon; 90 looks straight down.
    fov_deg : float
        Field of view across the points' bounding sphere; 0 is a parallel projection.
    framed : ndarray
        ``(n, 3)`` points that must be inside [m].
    size : tuple of int
        Width and height of the image in pixels.
    margin : float
        Share of the image left free on each side.
    """
    turn, tilt = np.radians(azimuth_deg), np.radians(elevation_deg)
    eye = np.array([np.sin(turn) * np.cos(tilt), -np.cos(turn) * np.cos(tilt), np.sin(tilt)])
    right = np.array([np.cos(turn), np.sin(turn), 0.0])
    up = np.cross(eye, right)
    points = np.asarray(framed, dtype=np.float64)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    radius = max(float(np.linalg.norm(points - centre, axis=1).max()), 1e-3)
    turned = np.eye(4)
    turned[:3, :3] = np.stack([right, up, eye])
    turned[:3, 3] = -turned[:3, :3] @ centre
    # z grows toward the eye; depth = distance from a plane behind everything, divided by w below
    lens = np.diag([1.0, 1.0, -1.0 / (4 * radius), 1.0])
    if fov_deg > 0:
        distance = radius / np.sin(np.radians(fov_deg) / 2)
        lens[3] = [0, 0, -1 / distance, 1]
    view = lens @ turned
    flat = points @ view[:, :3].T + view[:, 3]
    flat = flat[:, :2] / flat[:, 3:]
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = float(((1 - 2 * margin) * np.array(size) / np.maximum(high - low, 1e-9)).min())
    middle = (low + high) / 2
    to_pixels = np.eye(4)
    to_pixels[0, :] = [scale, 0, 0, size[0] / 2 - scale * middle[0]]
    to_pixels[1, :] = [0, -scale, 0, size[1] / 2 + scale * middle[1]]
    return Camera(to_pixels @ view, eye)


@njit(parallel=True, cache=True)
def _project(points: FloatArray, matrix: Matrix) -> FloatArray:
    out = np.empty((len(points), 3), dtype=np.float32)
    for i in prange(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        w = matrix[3, 0] * x + matrix[3, 1] * y + matrix[3, 2] * z + matrix[3, 3]
        for k in range(3):
            out[i, k] = (matrix[k, 0] * x + matrix[k, 1] * y + matrix[k, 2] * z + matrix[k, 3]) / w
    return out


class Canvas:
    """Depth and triangle number per pixel.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.depth: FloatArray = np.full((size[1], size[0]), np.inf, dtype=np.float32)
        self.ids: NDArray[np.int32] = np.full((size[1], size[0]), -1, dtype=np.int32)

    def draw(self, corners: FloatArray, faces: NDArray[np.int32], first_id: int, cull: bool = True) -> None:
        """Draw triangles over what is there, nearest first.

        Parameters
        ----------
        corners : ndarray
            ``(n, 3)`` from `Camera.project`.
        faces : ndarray
            ``(m, 3)`` triangles, counter-clockwise seen from outside.
        first_id : int
            Number of the first triangle in `ids`.
        cull : bool
            Leave out triangles seen from behind.
        """
        lanes = max(1, min(16, get_num_threads()))
        _fill(corners, faces, first_id, cull, self.depth, self.ids, lanes)


@njit(parallel=True, cache=True)
def _fill(
    corners: FloatArray, faces: NDArray[np.int32], first_id: int, cull: bool, depth: FloatArray, ids: NDArray[np.int32],
    lanes: int,
) -> None:  # fmt: skip
    rows, cols = depth.shape
    for lane in prange(lanes):
        for f in range(len(faces)):
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            ay, by, cy = corners[a, 1], corners[b, 1], corners[c, 1]
            top = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
            low = min(int(np.floor(max(ay, by, cy) - 0.5)), rows - 1)
            if top > low or (top // STRIP == low // STRIP and (top // STRIP) % lanes != lane):
                continue
            ax, bx, cx = corners[a, 0], corners[b, 0], corners[c, 0]
            left = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
            right = min(int(np.floor(max(ax, bx, cx) - 0.5)), cols - 1)
            if left > right:
                continue
            area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            if area == 0 or (cull and area > 0):  # y points down: outside faces turn clockwise on the screen
                continue
            az, bz, cz = corners[a, 2], corners[b, 2], corners[c, 2]
            inv = 1.0 / area
            step_b = -(cy - ay) * inv
            step_c = (by - ay) * inv
            for r in range(top, low + 1):
                if (r // STRIP) % lanes != lane:
                    continue
                py = r + 0.5 - ay
                px = left + 0.5 - ax
                wb = ((cx - ax) * py - (cy - ay) * px) * -inv
                wc = ((bx - ax) * py - (by - ay) * px) * inv
                for col in range(left, right + 1):
                    wa = 1.0 - wb - wc
                    if wa >= 0 and wb >= 0 and wc >= 0:
                        z = wa * az + wb * bz + wc * cz
                        if z < depth[r, col]:
                            depth[r, col] = z
                            ids[r, col] = first_id + f
                    wb -= step_b
                    wc -= step_c
