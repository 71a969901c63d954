"""Smooth regions of a lattice as meshes: marching squares, and solids that stand on what it finds.

Regions are given by a field that is above 0 inside them, so their outlines run between the cells instead of along
them (Lorensen & Cline 1987, one dimension down). Where two inner corners face each other across a square
they stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

from .dungeon_lattice import Lattice

Faces = NDArray[np.int32]

CLOSEST = 0.04
"""An outline keeps so far from the middle of a cell, in cells, so that no triangle is a sliver."""

_NW, _NE, _SE, _SW, _N, _E, _S, _W = range(8)
_ROUND = (_NW, _N, _NE, _E, _SE, _S, _SW, _W)


@cache
def _table() -> tuple[tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, int], ...]], ...]:
    """For each case of the four corners: its polygons and its stretches of outline, counter-clockwise from above."""
    cases = []
    for case in range(16):
        inner = [bool(case >> k & 1) for k in range(4)]
        if case in (5, 10):
            corners = [_ROUND.index(k) for k in range(4) if inner[k]]
            shapes = [tuple(_ROUND[(i + d) % 8] for d in (1, 0, -1)) for i in corners]
        else:
            walk = [k for k in _ROUND if (inner[k] if k < 4 else inner[k - 4] != inner[(k - 3) % 4])]
            shapes = [tuple(reversed(walk))] if walk else []
        lines = tuple(
            (a, b) for s in shapes for a, b in zip(s, (*s[1:], s[0]), strict=True) if a >= 4 and b >= 4
        )  # fmt: skip
        cases.append((tuple(shapes), lines))
    return tuple(cases)


@dataclass(frozen=True)
class Outline:
    """A flat region.

    Parameters
    ----------
    points : ndarray
        ``(n, 2) float64`` x, y [m].
    faces : ndarray
        ``(m, 3) int32`` triangles, counter-clockwise.
    rim : ndarray
        ``(k, 2) int32`` its outline, the region to the left.
    """

    points: NDArray[np.float64]
    faces: Faces
    rim: Faces

    @property
    def outward(self) -> NDArray[np.float64]:
        """``(n, 2)`` unit vectors away from the region on its outline, 0 inside."""
        a, b = self.points[self.rim[:, 0]], self.points[self.rim[:, 1]]
        normal = np.stack([b[:, 1] - a[:, 1], a[:, 0] - b[:, 0]], axis=1)
        out = np.zeros_like(self.points)
        for end in (0, 1):
            np.add.at(out, self.rim[:, end], normal)
        return np.asarray(out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-12))


def outline(field: FloatArray, lattice: Lattice) -> Outline:
    """Return the region in which a field is above 0; outside the lattice there is none.

    Parameters
    ----------
    field : ndarray
        ``(rows, cols) float32`` at the middles of the lattice's cells.
    """
    wide = np.pad(field, 1, constant_values=-1.0).astype(np.float64)
    rows, cols = wide.shape
    inside = wide > 0
    case = (inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]).astype(np.int64)
    size = rows * cols
    first = (np.arange(rows - 1)[:, None] * cols + np.arange(cols - 1)[None, :]).astype(np.int64)
    local = np.array([0, 1, cols + 1, cols, size, 2 * size + 1, size + cols, 2 * size], dtype=np.int64)
    triangles, lines = [np.empty((0, 3), np.int64)], [np.empty((0, 2), np.int64)]
    for number, (shapes, stretches) in enumerate(_table()):
        at = first[case == number][:, None] if shapes else np.empty((0, 1), np.int64)
        if len(at):
            for shape in shapes:
                triangles += [at + local[[shape[0], shape[k], shape[k + 1]]] for k in range(1, len(shape) - 1)]
            lines += [at + local[list(stretch)] for stretch in stretches]
    faces, rim = np.concatenate(triangles), np.concatenate(lines)
    used, index = np.unique(faces, return_inverse=True)
    points = _points(wide, used)
    x = lattice.origin_m[0] + (points[:, 1] - 0.5) * lattice.cell_m
    y = lattice.origin_m[1] + (lattice.rows - points[:, 0] + 0.5) * lattice.cell_m
    return Outline(
        np.stack([x, y], axis=1),
        index.reshape(faces.shape).astype(np.int32),
        np.searchsorted(used, rim).astype(np.int32),
    )


def _points(field: NDArray[np.float64], used: NDArray[np.int64]) -> NDArray[np.float64]:
    """``(n, 2)`` row and column of vertices: middles of cells, then crossings to the east, then to the south."""
    size, cols = field.size, field.shape[1]
    flat = field.ravel()
    at, kind = used % size, used // size
    step = np.where(kind == 1, 1, np.where(kind == 2, cols, 0))
    a, b = flat[at], flat[at + step]
    apart = np.where(kind > 0, a - b, 1.0)
    t = np.where(kind > 0, np.clip(a / np.where(apart == 0, 1.0, apart), CLOSEST, 1 - CLOSEST), 0.0)
    return np.stack([at // cols + t * (kind == 2), at % cols + t * (kind == 1)], axis=1)


def sheet(flat: Outline, z: FloatArray | float) -> tuple[FloatArray, Faces]:
    """Return a region as a surface seen from above, ``z`` [m] one for all or for each point."""
    heights = np.broadcast_to(np.asarray(z, dtype=np.float64), len(flat.points))
    return np.column_stack([flat.points, heights]).astype(np.float32), flat.faces


def solid(flat: Outline, rings: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> tuple[FloatArray, Faces]:
    """Return the closed solid over a region.

    Parameters
    ----------
    rings : list
        From below to above, for each level ``(n, 2)`` shift [m] of the points and ``(n,)`` z [m]; of those between the
        lowest and the highest only the outline is used.
    """
    count = len(flat.points)
    levels = [np.column_stack([flat.points + shift, z]) for shift, z in rings]
    a, b = flat.rim[:, 0].astype(np.int64), flat.rim[:, 1].astype(np.int64)
    faces = [flat.faces[:, ::-1].astype(np.int64), flat.faces.astype(np.int64) + count * (len(rings) - 1)]
    for k in range(len(rings) - 1):
        low, high = count * k, count * (k + 1)
        faces += [np.stack([a + low, b + low, b + high], axis=1), np.stack([a + low, b + high, a + high], axis=1)]
    whole = np.concatenate(faces)
    used, index = np.unique(whole, return_inverse=True)
    vertices = np.concatenate(levels)[used]
    return vertices.astype(np.float32), index.reshape(whole.shape).astype(np.int32)
