"""Terrain and water as triangle meshes on the lattice of cell corners, covering the map's full extent.

Vertices lie at cell corners, resampled from the centres; a map of more than `LIMIT` cells a side is thinned by a whole
stride. Vectors are glTF's: x east, y up, z south, metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.world import WATER_KINDS, FloatArray, World

LIMIT = 1024
"""Most cells along a side of the mesh."""

RIVER = WATER_KINDS.index("river")
DIP_M = 0.1
"""How far water runs under its bank at the outer edge, so that no shore shows a gap and no sheet hangs in the air."""

_DRY = 255


@dataclass(frozen=True)
class Surface:
    """A triangle mesh.

    Parameters
    ----------
    position, normal : ndarray
        ``(n, 3) float32`` in glTF axes [m].
    faces : ndarray
        ``(m, 3) uint32``, counter-clockwise from above.
    corner : ndarray
        ``(n,) intp`` flat index of each vertex in the lattice of corners.
    """

    position: FloatArray
    normal: FloatArray
    faces: NDArray[np.uint32]
    corner: NDArray[np.intp]


@dataclass(frozen=True)
class Lattice:
    """The corners of the mesh and what the layers say there.

    Parameters
    ----------
    x, y : ndarray
        ``(nc,)``, ``(nr,)`` map coordinates of the corners [m]; y falls with the row.
    rows, cols : ndarray
        Corner numbers that are kept, from 0 to the number of cells.
    ground : ndarray
        ``(nr, nc) float32`` height of the corners [m], beds of narrow rivers kept below their water.
    near : ndarray
        ``(nr, nc) uint8`` foremost kind of water that touches each corner; 0 none.
    surface : ndarray
        ``(nr, nc) float32`` height of that water [m], NaN where there is none.
    wet, wet_level : ndarray
        ``(nr - 1, nc - 1)`` the water each block holds, 0 none, and its level [m].
    kind : ndarray
        ``(nr - 1, nc - 1) uint8`` the water that each block shows, its shore included; 0 none.
    hole : ndarray
        ``(nr - 1, nc - 1) bool`` blocks that are left out of the ground, because a cave opens there.
    """

    x: FloatArray
    y: FloatArray
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]
    ground: FloatArray
    near: NDArray[np.uint8]
    surface: FloatArray
    wet: NDArray[np.uint8]
    wet_level: FloatArray
    kind: NDArray[np.uint8]
    hole: NDArray[np.bool_]

    @classmethod
    def of(cls, world: World, limit: int = LIMIT) -> Lattice:
        """Resample a world onto its corners, at most ``limit`` blocks a side.

        Raises
        ------
        BuildError
            The height holds NaN or infinity.
        """
        grid, height = world.grid, np.asarray(world["height"], dtype=np.float32)
        if not np.isfinite(height).all():
            raise BuildError("the height layer holds values that are no numbers; rebuild the map")
        stride = -(-max(grid.shape) // limit)
        rows, cols = (np.append(np.arange(0, n, stride), n) for n in grid.shape)
        x = (cols * grid.cell_size_m).astype(np.float32)
        y = ((grid.rows - rows) * grid.cell_size_m).astype(np.float32)
        ground = corners(height)[np.ix_(rows, cols)]
        wet, level, bed = _blocks(world, height, rows, cols)
        near, surface, depth = _water_corners(wet, level, bed)
        river = near == RIVER
        ground[river] = np.minimum(ground[river], surface[river] - np.maximum(0.3 * depth[river], 0.05))
        hole = _holes(world, rows, cols)
        return cls(x, y, rows, cols, ground, near, surface, wet, level, _with_shore(wet), hole)

    def terrain(self) -> Surface:
        """Return the ground as one mesh."""
        return self._mesh(self.ground, ~self.hole)

    def water(self, kind: int) -> Surface | None:
        """Return the surface of one kind of water, or None where there is none."""
        wanted = self.kind == kind
        return self._mesh(self.level(kind), wanted) if wanted.any() else None

    def level(self, kind: int) -> FloatArray:
        """``(nr, nc) float32`` height of a kind of water [m], continued a block beyond its shore, NaN farther away.

        Sea and lakes stay level to their edge; a river joins whatever it flows into.
        """
        mine = np.where(self.wet == kind, self.wet, 0).astype(np.uint8)
        _, level, _ = _water_corners(mine, self.wet_level, self.wet_level)
        if kind == RIVER:
            level = np.where(self.near > 0, self.surface, level)
        return np.asarray(_beyond_shore(level, self.ground), dtype=np.float32)

    def _mesh(self, z: FloatArray, wanted: NDArray[np.bool_]) -> Surface:
        used = np.zeros(z.shape, dtype=np.bool_)
        for corner_of in (used[:-1, :-1], used[:-1, 1:], used[1:, :-1], used[1:, 1:]):
            np.logical_or(corner_of, wanted, out=corner_of)
        number = np.cumsum(used.reshape(-1), dtype=np.uint32).reshape(z.shape) - np.uint32(1)
        corner = np.flatnonzero(used)
        position = np.empty((len(corner), 3), dtype=np.float32)
        normal = np.empty_like(position)
        faces = np.empty((2 * int(np.count_nonzero(wanted)), 3), dtype=np.uint32)
        _vertices(z, self.x, self.y, used, position, normal)
        _faces(z, wanted, number, faces)
        return Surface(position, normal, faces, corner)

    def texture(self, corner: NDArray[np.intp]) -> FloatArray:
        """``(n, 2) float32`` texture coordinates: (0, 0) north-west, (1, 1) south-east, as the layers' images lie."""
        u, v = self.x / self.x[-1], 1 - self.y / self.y[0]
        return np.stack([u[corner % len(self.x)], v[corner // len(self.x)]], axis=1).astype(np.float32)


def _holes(world: World, rows: NDArray[np.intp], cols: NDArray[np.intp]) -> NDArray[np.bool_]:
    """``(nr - 1, nc - 1) bool``: blocks whose middle cell lies in the mouth of a cave."""
    middle = np.ix_((rows[:-1] + rows[1:]) // 2, (cols[:-1] + cols[1:]) // 2)
    if "hole" not in world:
        return np.zeros((len(rows) - 1, len(cols) - 1), dtype=np.bool_)
    return np.asarray(world["hole"][middle] > 0)


def corners(data: FloatArray) -> FloatArray:
    """``(rows + 1, cols + 1) float32`` means of the up to four cells that meet at each corner."""
    padded = np.pad(data, 1, mode="edge")
    return np.asarray((padded[:-1, :-1] + padded[:-1, 1:] + padded[1:, :-1] + padded[1:, 1:]) * np.float32(0.25))


def _blocks(
    world: World, height: FloatArray, rows: NDArray[np.intp], cols: NDArray[np.intp]
) -> tuple[NDArray[np.uint8], FloatArray, FloatArray]:
    """Per block: kind of water (the sea before lakes before rivers), its level and its bed [m]."""
    wet = world["water_kind"].astype(np.uint8) if "water_kind" in world else np.zeros(world.grid.shape, np.uint8)
    level = np.array(world["water_level"] if "water_level" in world else np.zeros_like(height), dtype=np.float32)
    level = np.where(np.isfinite(level), level, np.maximum(height, 0))
    level[wet == 0] = np.inf
    bed = np.where(wet > 0, height, np.float32(np.inf))
    wet = np.where(wet == 0, np.uint8(_DRY), wet)
    if wet.shape != (len(rows) - 1, len(cols) - 1):
        wet, level, bed = (
            np.minimum.reduceat(np.minimum.reduceat(a, rows[:-1], axis=0), cols[:-1], axis=1) for a in (wet, level, bed)
        )
    return np.where(wet == _DRY, 0, wet).astype(np.uint8), level.astype(np.float32), bed.astype(np.float32)


def _with_shore(kind: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Let every dry block beside water show the foremost water that touches it."""
    padded = np.pad(np.where(kind == 0, np.uint8(_DRY), kind), 1, constant_values=_DRY)
    rows, cols = kind.shape
    near = np.minimum.reduce([padded[r : r + rows, c : c + cols] for r in range(3) for c in range(3)])
    return np.where(kind > 0, kind, np.where(near == _DRY, 0, near)).astype(np.uint8)


@njit(cache=True)
def _water_corners(wet, level, bed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - numba infers
    """Per corner that touches water: kind, level and depth [m], of the foremost kind there; 0 and NaN elsewhere."""
    rows, cols = wet.shape
    near = np.zeros((rows + 1, cols + 1), dtype=np.uint8)
    surface = np.full((rows + 1, cols + 1), np.float32(np.nan), dtype=np.float32)
    depth = surface.copy()
    for r in range(rows + 1):
        for c in range(cols + 1):
            kind, count, high, deep = np.uint8(_DRY), np.float32(0), np.float32(0), np.float32(0)
            for k in range(4):
                rr, cc = r - k // 2, c - k % 2
                if not (0 <= rr < rows and 0 <= cc < cols) or wet[rr, cc] == 0 or wet[rr, cc] > kind:
                    continue
                if wet[rr, cc] < kind:
                    kind, count, high, deep = wet[rr, cc], np.float32(0), np.float32(0), np.float32(0)
                count += np.float32(1)
                high += level[rr, cc]
                deep += level[rr, cc] - bed[rr, cc]
            if count > 0:
                near[r, c], surface[r, c], depth[r, c] = kind, high / count, deep / count
    return near, surface, depth


@njit(cache=True)
def _beyond_shore(surface, ground):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - numba infers
    """Continue the level by one corner, running under the ground there."""
    rows, cols = surface.shape
    level = surface.copy()
    for r in range(rows):
        for c in range(cols):
            if not np.isnan(surface[r, c]):
                continue
            total, count = np.float32(0), np.float32(0)
            for rr in range(max(r - 1, 0), min(r + 2, rows)):
                for cc in range(max(c - 1, 0), min(c + 2, cols)):
                    if not np.isnan(surface[rr, cc]):
                        total += surface[rr, cc]
                        count += np.float32(1)
            if count > 0:
                level[r, c] = min(total / count, ground[r, c] - np.float32(DIP_M))
    return level


@njit(cache=True)
def _vertices(z, x, y, used, position, normal):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - numba infers
    """Fill positions and normals of the used corners; slopes by central differences over corners that have a height."""
    rows, cols = z.shape
    n = 0
    for r in range(rows):
        for c in range(cols):
            if not used[r, c]:
                continue
            w, e = max(c - 1, 0), min(c + 1, cols - 1)
            s, t = min(r + 1, rows - 1), max(r - 1, 0)
            if not used[r, w]:
                w = c
            if not used[r, e]:
                e = c
            if not used[s, c]:
                s = r
            if not used[t, c]:
                t = r
            east = (z[r, e] - z[r, w]) / (x[e] - x[w]) if e > w else np.float32(0)
            north = (z[t, c] - z[s, c]) / (y[t] - y[s]) if s > t else np.float32(0)
            long = np.float32(1) / np.sqrt(east * east + north * north + np.float32(1))
            position[n, 0], position[n, 1], position[n, 2] = x[c], z[r, c], -y[r]
            normal[n, 0], normal[n, 1], normal[n, 2] = -east * long, long, north * long
            n += 1


@njit(cache=True)
def _faces(z, wanted, number, faces):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - numba infers
    """Fill two triangles a block, split along the diagonal of the smaller drop so that ridges stay sharp."""
    rows, cols = wanted.shape
    n = 0
    for r in range(rows):
        for c in range(cols):
            if not wanted[r, c]:
                continue
            nw, ne, sw, se = number[r, c], number[r, c + 1], number[r + 1, c], number[r + 1, c + 1]
            if abs(z[r, c] - z[r + 1, c + 1]) <= abs(z[r, c + 1] - z[r + 1, c]):
                faces[n, 0], faces[n, 1], faces[n, 2] = nw, sw, se
                faces[n + 1, 0], faces[n + 1, 1], faces[n + 1, 2] = nw, se, ne
            else:
                faces[n, 0], faces[n, 1], faces[n, 2] = nw, sw, ne
                faces[n + 1, 0], faces[n + 1, 1], faces[n + 1, 2] = ne, sw, se
            n += 2
