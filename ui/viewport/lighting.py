"""The sun moved: by how much lighter or darker what was baked under the usual sun becomes under another.

The painted picture has its light in its colours. Each place is multiplied by its light under the new sun over its light
under the usual one; both come from the same simple model, so that an unmoved sun changes nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.ground import relief_factor
from pcgstudio.shading import resized
from pcgstudio.world import FloatArray

from .looks import USUAL, Sun

SHADOW_CELLS = 512
"""Cells on the longer side at which shadows are found; their edges are soft."""
SKY = 0.5
"""Share of the light that comes from everywhere."""

_0, _1 = np.float32(0), np.float32(1)


def daylight(surface: FloatArray, extent_m: tuple[float, float], sun: Sun) -> FloatArray:
    """``(rows, cols) float32``: light on a surface, from `SKY` in full shade to 1 facing the sun.

    Parameters
    ----------
    surface : ndarray
        ``(rows, cols) float32`` heights [m].
    extent_m : tuple of float
        East-west and north-south size [m].
    """
    longest = max(surface.shape)
    shape = tuple(max(2, round(side * min(1.0, SHADOW_CELLS / longest))) for side in surface.shape)
    small = resized(surface, (shape[0], shape[1]), "linear")
    cell = max(extent_m) / max(small.shape)
    way = sun.direction()
    shade = _shadows(small, cell, way)
    vigour = relief_factor(small, cell)
    full = resized(shade, (surface.shape[0], surface.shape[1]), "linear")
    return np.asarray(_lit(surface, full, max(extent_m) / longest, vigour, way))


def relit(picture: NDArray[np.uint8], surface: FloatArray, extent_m: tuple[float, float], sun: Sun) -> FloatArray:
    """``(rows, cols, 3) float32`` in [0, 1]: a painted picture of the surface under another sun."""
    gain = daylight(surface, extent_m, sun) / daylight(surface, extent_m, USUAL)
    return np.asarray(picture * (gain[..., None] * sun.tint() / USUAL.tint()) / np.float32(255), dtype=np.float32)


def relit_faces(colour: NDArray[np.uint8], vertices: FloatArray, faces: NDArray[np.int32], sun: Sun) -> FloatArray:
    """``(m, 3) float32`` in [0, 1]: colours of the faces of things under another sun, without cast shadows."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    new, old = (SKY + (1 - SKY) * np.maximum(normal @ s.direction(), 0) for s in (sun, USUAL))
    return np.asarray(colour * ((new / old)[:, None] * sun.tint() / USUAL.tint()) / np.float32(255), dtype=np.float32)


@njit(cache=True, nogil=True)
def _lit(surface: FloatArray, shade: FloatArray, cell: float, vigour: float, way: FloatArray) -> FloatArray:
    rows, cols = surface.shape
    out = np.empty((rows, cols), dtype=np.float32)
    span = np.float32(vigour / (2 * cell))
    sky = np.float32(0.5)
    for r in range(rows):
        up, down = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(cols):
            left, right = max(c - 1, 0), min(c + 1, cols - 1)
            gx = (surface[r, right] - surface[r, left]) * span
            gy = (surface[up, c] - surface[down, c]) * span
            facing = (way[2] - gx * way[0] - gy * way[1]) / np.sqrt(gx * gx + gy * gy + _1)
            out[r, c] = sky + (_1 - sky) * max(facing, _0) * (_1 - np.float32(0.8) * shade[r, c])
    return out


@njit(cache=True, nogil=True)
def _shadows(surface: FloatArray, cell: float, way: FloatArray) -> FloatArray:
    """``(rows, cols)``: 0 in the sun to 1 in shadow; lines of sight with growing steps toward the sun."""
    rows, cols = surface.shape
    width = np.float32(cell)
    out = np.zeros((rows, cols), dtype=np.float32)
    flat = np.sqrt(way[0] * way[0] + way[1] * way[1])
    if flat < np.float32(1e-3):
        return out
    dx, dy = way[0] / flat, -way[1] / flat
    climb = way[2] / flat * width
    highest = surface.max()
    for r in range(rows):
        for c in range(cols):
            here, far, most = surface[r, c], np.float32(1.5), _0
            while True:
                rr, cc = r + dy * far, c + dx * far
                ray = here + climb * far
                if rr < _0 or cc < _0 or rr > rows - 1 or cc > cols - 1 or ray > highest:
                    break
                above = surface[int(rr + np.float32(0.5)), int(cc + np.float32(0.5))] - ray
                if above > _0:
                    most = max(most, min(above / (np.float32(0.12) * width * far + np.float32(0.3) * climb), _1))
                    if most >= _1:
                        break
                far *= np.float32(1.05)
                far += np.float32(0.5)
            out[r, c] = most * most * (np.float32(3) - np.float32(2) * most)
    return out
