"""The map as a cut block: its top as a mesh, its four sides, and the colours of the cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .ground import Ground
from .paint import Number
from .palette import load_palette
from .raster import Matrix
from .world import FloatArray

MESH_CELLS = 640
"""Quads on the longer side of the drawn surface; the picture on it is finer."""

THICKNESS = 0.045
"""Soil shown below the lowest ground, as a share of the longer side."""

SIDE_LIGHT = np.array([0.80, 0.72, 0.70, 0.98], dtype=np.float32)
"""``(4,)`` light on the south, east, north and west side."""

Faces = NDArray[np.int32]
_0, _1 = np.float32(0), np.float32(1)


@dataclass(frozen=True)
class Block:
    """The cut block of ground.

    Parameters
    ----------
    vertices, faces : ndarray
        The surface: ``(n, 3) float32`` [m] and ``(m, 3) int32``.
    side_vertices, side_faces : ndarray
        The walls: south, east, north, west.
    side_counts : tuple of int
        Triangles of each wall.
    foot : ndarray
        ``(4, 3)`` corners of the underside, in turn.
    """

    vertices: FloatArray
    faces: Faces
    side_vertices: FloatArray
    side_faces: Faces
    side_counts: tuple[int, int, int, int]
    foot: FloatArray


def block_of(ground: Ground) -> Block:
    """Return the block of a painted ground."""
    rows, cols = ground.surface.shape
    shrink = min(1.0, MESH_CELLS / max(rows, cols))
    nr, nc = max(2, round(rows * shrink)), max(2, round(cols * shrink))
    east, north = ground.extent_m
    vertices = np.empty((nr + 1, nc + 1, 3), dtype=np.float32)
    vertices[..., 0] = np.linspace(0, east, nc + 1)[None, :]
    vertices[..., 1] = np.linspace(north, 0, nr + 1)[:, None]
    vertices[..., 2] = at_corners(ground.surface, nr, nc)
    base = float(ground.bed.min()) - THICKNESS * max(ground.extent_m)
    foot = np.array([[0, 0, base], [east, 0, base], [east, north, base], [0, north, base]], dtype=np.float32)
    faces = grid_faces(nr, nc)
    if ground.hole is not None:
        faces = faces[~_opened(ground.hole, nr, nc).repeat(2)]
    return Block(vertices.reshape(-1, 3), faces, *_walls(vertices, base), (2 * nc, 2 * nr, 2 * nc, 2 * nr), foot)


def _opened(hole: NDArray[np.bool_], nr: int, nc: int) -> NDArray[np.bool_]:
    """``(nr nc,) bool``: the quads of the surface whose middle lies in a hole."""
    rows, cols = ((np.arange(n) * 2 + 1) * size // (2 * n) for n, size in zip((nr, nc), hole.shape, strict=True))
    return np.asarray(hole[np.ix_(rows, cols)].ravel())


@njit(cache=True)
def at_corners(field: FloatArray, nr: int, nc: int) -> FloatArray:
    """``(nr + 1, nc + 1)`` values at the corners of a lattice of cells over the same ground, bilinear."""
    rows, cols = field.shape
    out = np.empty((nr + 1, nc + 1), dtype=np.float32)
    for i in range(nr + 1):
        v = min(max(i * rows / nr - 0.5, 0.0), rows - 1.001)
        for j in range(nc + 1):
            u = min(max(j * cols / nc - 0.5, 0.0), cols - 1.001)
            r, c = int(v), int(u)
            fv, fu = v - r, u - c
            high = field[r, c] * (1 - fu) + field[r, c + 1] * fu
            low = field[r + 1, c] * (1 - fu) + field[r + 1, c + 1] * fu
            out[i, j] = high * (1 - fv) + low * fv
    return out


@njit(cache=True)
def grid_faces(nr: int, nc: int) -> Faces:
    """``(2 nr nc, 3)`` triangles of a lattice of vertices, row 0 in the north, seen from above."""
    out = np.empty((2 * nr * nc, 3), dtype=np.int32)
    for i in range(nr):
        for j in range(nc):
            a, k = i * (nc + 1) + j, 2 * (i * nc + j)
            b = a + nc + 1
            out[k, 0], out[k, 1], out[k, 2] = a, b, b + 1
            out[k + 1, 0], out[k + 1, 1], out[k + 1, 2] = a, b + 1, a + 1
    return out


def _walls(top: FloatArray, base: float) -> tuple[FloatArray, Faces]:
    edges = (top[-1], top[::-1, -1], top[0, ::-1], top[:, 0])  # south, east, north, west; counter-clockwise from above
    vertices, faces, start = [], [], 0
    for edge in edges:
        under = edge.copy()
        under[:, 2] = base
        n = len(edge)
        k = np.arange(n - 1) + start
        vertices += [edge, under]
        faces.append(np.stack([k, k + n, k + n + 1, k, k + n + 1, k + 1], axis=1).reshape(-1, 3))
        start += 2 * n
    return np.concatenate(vertices), np.concatenate(faces).astype(np.int32)


def cut_colours() -> FloatArray:
    """``(7, 3)``: top soil, line, middle, seam, bottom; water at the top and far down."""
    palette = load_palette()
    earth = [palette.soil[n] for n in ("top", "line", "middle", "seam", "bottom")]
    return np.array([*earth, palette.water["side_top"], palette.water["side_bottom"]], dtype=np.float32) / np.float32(
        255
    )


@njit(cache=True)
def _cut(
    value: FloatArray, height: Number, bed: Number, surface: Number, along: Number, thickness: Number, cut: FloatArray
) -> None:
    """Colour a point of the cut, on entry holding the colour of the ground above it."""
    if surface > bed and height > bed:
        share = np.sqrt(max(min((surface - height) / (np.float32(1.6) * thickness), _1), _0))
        for k in range(3):
            value[k] = cut[5, k] + (cut[6, k] - cut[5, k]) * share
        return
    place = along / thickness
    wave = np.float32(0.04) * np.sin(place * np.float32(0.35)) + np.float32(0.02) * np.sin(place * np.float32(0.93))
    deep = (bed - height) / thickness
    if deep < np.float32(0.05):
        for k in range(3):
            value[k] = value[k] * np.float32(0.82)
    elif deep < np.float32(0.22):
        value[:] = cut[0]
    elif deep < np.float32(0.26):
        value[:] = cut[1]
    elif deep + wave > np.float32(0.9):  # bedrock in even beds
        bed_no = int(np.floor((height / thickness + np.float32(3) * wave) * np.float32(1.4)))
        for k in range(3):
            value[k] = cut[4, k] * (
                np.float32(1.0) if bed_no % 3 else np.float32(0.94) if bed_no % 2 else np.float32(1.07)
            )
    elif np.float32(0.5) < deep + wave < np.float32(0.6):
        value[:] = cut[3]
    else:
        value[:] = cut[2]


@njit(cache=True)
def _lookup(value: FloatArray, colour: FloatArray, v: Number, u: Number) -> None:
    """Set ``value`` to the colour at a place of the ground picture, bilinear."""
    r, c = int(v), int(u)
    fv, fu = np.float32(v - r), np.float32(u - c)
    for k in range(3):
        high = colour[r, c, k] * (_1 - fu) + colour[r, c + 1, k] * fu
        low = colour[r + 1, c, k] * (_1 - fu) + colour[r + 1, c + 1, k] * fu
        value[k] = high * (_1 - fv) + low * fv


@njit(cache=True)
def _ground_pixel(
    value: FloatArray, side: int, x: Number, y: Number, height: Number, colour: FloatArray, bed: FloatArray,
    surface: FloatArray, texel: Number, thickness: Number, cut: FloatArray,
) -> None:  # fmt: skip
    rows, cols = bed.shape
    u = min(max(x / texel - 0.5, 0.0), cols - 1.001)
    v = min(max(rows - y / texel - 0.5, 0.0), rows - 1.001)
    _lookup(value, colour, v, u)
    if side >= 0:
        r, c = int(v), int(u)
        _cut(value, np.float32(height), bed[r, c], surface[r, c], np.float32(x + y), thickness, cut)
        for k in range(3):
            value[k] *= SIDE_LIGHT[side]


@njit(parallel=True, cache=True)
def resolve(
    depth: FloatArray, ids: Faces, inverse: Matrix, starts: Faces, colour: FloatArray,
    bed: FloatArray, surface: FloatArray, texel: Number, things: FloatArray, cut: FloatArray, mist: float,
    haze: FloatArray, nearest: float, farthest: float, backdrop: FloatArray, samples: int,
) -> FloatArray:  # fmt: skip
    """``(h, w, 3)``: the colours behind depth and triangle numbers, sub-pixels averaged.

    Parameters
    ----------
    depth, ids : ndarray
        ``(h samples, w samples)`` from a `Canvas`: surface first, then the sides, then the things.
    inverse : ndarray
        ``(4, 4)`` from pixels and depth to the world.
    starts : ndarray
        ``(5,)`` number of the first triangle of the south, east, north and west side and of the things.
    colour, bed, surface : ndarray
        The painted ground on texels.
    things : ndarray
        ``(n, 3)`` colour of each triangle of the things.
    cut : ndarray
        From `cut_colours`.
    mist : float
        Share of haze at the far end; ``haze`` ``(3,)`` is its colour.
    nearest, farthest : float
        Depths between which the haze sets in.
    backdrop : ndarray
        ``(h, w, 3)`` what is seen where nothing is drawn.
    """
    out = np.empty_like(backdrop)
    share, first_side, first_thing = np.float32(1 / (samples * samples)), starts[0], starts[4]
    thickness = np.float32(max(bed.shape) * texel * THICKNESS)
    reach = np.float32(1) / max(np.float32(farthest - nearest), np.float32(1e-9))
    for r in prange(out.shape[0]):
        value, total = np.empty(3, dtype=np.float32), np.empty(3, dtype=np.float32)
        for c in range(out.shape[1]):
            total[:] = 0
            for s in range(samples * samples):
                pr, pc = r * samples + s // samples, c * samples + s % samples
                face, z = ids[pr, pc], depth[pr, pc]
                if face < 0:
                    value[:] = backdrop[r, c]
                elif face >= first_thing:
                    value[:] = things[face - first_thing]
                else:
                    px, py = pc + 0.5, pr + 0.5
                    w = 1 / (inverse[3, 0] * px + inverse[3, 1] * py + inverse[3, 2] * z + inverse[3, 3])
                    x = (inverse[0, 0] * px + inverse[0, 1] * py + inverse[0, 2] * z + inverse[0, 3]) * w
                    y = (inverse[1, 0] * px + inverse[1, 1] * py + inverse[1, 2] * z + inverse[1, 3]) * w
                    height = (inverse[2, 0] * px + inverse[2, 1] * py + inverse[2, 2] * z + inverse[2, 3]) * w
                    side = (
                        -1 if face < first_side else (face >= starts[1]) * 1 + (face >= starts[2]) + (face >= starts[3])
                    )
                    _ground_pixel(value, side, x, y, height, colour, bed, surface, texel, thickness, cut)
                far = _0 if face < 0 else max((z - np.float32(nearest)) * reach, _0)
                fog = np.float32(mist) * far * far
                for k in range(3):
                    total[k] += (value[k] + (haze[k] - value[k]) * fog) * share
            for k in range(3):
                out[r, c, k] = total[k]
    return out
