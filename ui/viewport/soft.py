"""Scenes drawn by the package's own rasteriser: without OpenGL, in any size, beside the main thread.

Used where there is no graphics card, and everywhere for what is kept: screenshots and turntables. It needs no window,
so it cannot disturb the one that is open.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.raster import Canvas
from pcgstudio.world import FloatArray

from ..scene import Bytes, Piece, Scene
from .camera import Pose
from .shown import Shown

Ids = NDArray[np.int32]


def picture_of(
    scene: Scene,
    pose: Pose,
    size: tuple[int, int],
    *,
    shown: Shown | None = None,
    background: tuple[int, int, int] = (34, 39, 46),
    detail: str = "rest",
    samples: int = 2,
) -> Bytes:
    """Draw a scene.

    Parameters
    ----------
    size : tuple of int
        Width and height [pixels].
    background : tuple of int
        sRGB bytes.
    detail : {"rest", "moving"}
        How much is drawn.
    samples : int
        Sub-pixels along each side of a pixel.

    Returns
    -------
    ndarray
        ``(height, width, 3) uint8``.
    """
    switches = shown or Shown()
    fine = (size[0] * samples, size[1] * samples)
    camera, canvas = pose.raster(fine), Canvas(fine)
    drawn: list[tuple[int, int, Piece, Ids]] = []
    first = 0
    for piece in scene.pieces:
        if not switches.draws(piece, detail, scene.surface is None) or not len(piece.faces):
            continue
        kept = _kept(piece, pose, switches.cut_m)
        faces = piece.faces if kept is None else piece.faces[kept]
        canvas.draw(camera.project(piece.vertices), np.ascontiguousarray(faces), first, cull=False)
        numbers = np.arange(len(faces), dtype=np.int32) if kept is None else np.flatnonzero(kept).astype(np.int32)
        drawn.append((first, first + len(faces), piece, numbers))
        first += len(faces)
    out = np.empty((fine[1], fine[0], 3), dtype=np.uint8)
    out[:] = background
    for start, stop, piece, numbers in drawn:
        if piece.places is None:
            _flat(canvas.ids, start, stop, piece.colour[numbers], out)
        else:
            _laid(canvas.ids, canvas.depth, start, stop, camera.inverse, _places(piece), piece.colour, out)
    return out if samples == 1 else _averaged(out, samples)


def _kept(piece: Piece, pose: Pose, cut_m: float | None) -> NDArray[np.bool_] | None:
    """``(m,)``: faces under the cut and before the eye; None where those are all."""
    vertices = piece.vertices
    away = pose.distance_m - (vertices - np.array(pose.target, dtype=np.float32)) @ pose.axes()[:, 2]
    there = away > 0.02 * pose.distance_m
    if cut_m is not None:
        there &= vertices[:, 2] <= cut_m
    return None if there.all() else np.asarray(there[piece.faces].all(axis=1))


def _places(piece: Piece) -> NDArray[np.float64]:
    """``(3, 2)``: how places on the picture follow from x, y and 1; pictures are laid straight down."""
    assert piece.places is not None
    step = max(1, len(piece.vertices) // 500)
    x, y = piece.vertices[::step, 0], piece.vertices[::step, 1]
    known = np.stack([x, y, np.ones_like(x)], axis=1).astype(np.float64)
    return np.asarray(np.linalg.lstsq(known, piece.places[::step].astype(np.float64), rcond=None)[0])


@njit(cache=True, nogil=True)
def _flat(ids: Ids, start: int, stop: int, colour: Bytes, out: Bytes) -> None:
    for r in range(ids.shape[0]):
        for c in range(ids.shape[1]):
            face = ids[r, c]
            if start <= face < stop:
                for k in range(3):
                    out[r, c, k] = colour[face - start, k]


@njit(cache=True, nogil=True)
def _laid(
    ids: Ids, depth: FloatArray, start: int, stop: int, inverse: NDArray[np.float64], places: NDArray[np.float64],
    picture: Bytes, out: Bytes,
) -> None:  # fmt: skip
    rows, cols = picture.shape[:2]
    for r in range(ids.shape[0]):
        for c in range(ids.shape[1]):
            face = ids[r, c]
            if not (start <= face < stop):
                continue
            px, py, pz = c + 0.5, r + 0.5, depth[r, c]
            w = 1 / (inverse[3, 0] * px + inverse[3, 1] * py + inverse[3, 2] * pz + inverse[3, 3])
            x = (inverse[0, 0] * px + inverse[0, 1] * py + inverse[0, 2] * pz + inverse[0, 3]) * w
            y = (inverse[1, 0] * px + inverse[1, 1] * py + inverse[1, 2] * pz + inverse[1, 3]) * w
            u = min(max((x * places[0, 0] + y * places[1, 0] + places[2, 0]) * cols - 0.5, 0.0), cols - 1.001)
            v = min(max((1 - x * places[0, 1] - y * places[1, 1] - places[2, 1]) * rows - 0.5, 0.0), rows - 1.001)
            i, j = int(v), int(u)
            fv, fu = v - i, u - j
            for k in range(3):
                high = picture[i, j, k] * (1 - fu) + picture[i, j + 1, k] * fu
                low = picture[i + 1, j, k] * (1 - fu) + picture[i + 1, j + 1, k] * fu
                out[r, c, k] = np.uint8(high * (1 - fv) + low * fv + 0.5)


@njit(cache=True, nogil=True)
def _averaged(fine: Bytes, samples: int) -> Bytes:
    rows, cols = fine.shape[0] // samples, fine.shape[1] // samples
    out = np.empty((rows, cols, 3), dtype=np.uint8)
    for r in range(rows):
        for c in range(cols):
            for k in range(3):
                total = 0
                for i in range(samples):
                    for j in range(samples):
                        total += fine[r * samples + i, c * samples + j, k]
                out[r, c, k] = (total + samples * samples // 2) // (samples * samples)
    return out
