"""Dungeon geometry: floor slabs, walls with their tops, doors in frames; one part for each material."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, MeshPart

from .dungeon_lattice import CORRIDOR, DOOR, FLOOR, WALL, Drawing, Lattice

Faces = NDArray[np.int32]

BELOW_M = 0.3
"""How far walls reach into the ground, so that no gap shows on uneven terrain."""
BED_M, SLAB_M = 0.02, 0.06
"""Heights of the mortar bed and of the slabs above the ground."""
CAP_M = 0.18
"""Thickness of the course on top of a wall."""
TILE_M, JOINT = 2.0, 0.032
"""Usual edge of a floor slab, and half the joint between two as a share of it."""
DOOR_M, LINTEL_M = 2.1, 0.3
"""Height of a door, and of the beam above it."""


def dungeon_parts(
    lattice: Lattice, drawing: Drawing, floor_m: float, wall_height_m: float, suffix: str
) -> tuple[MeshPart, ...]:
    """Return the meshes of a drawn dungeon.

    Parameters
    ----------
    floor_m : float
        z of the ground it stands on.
    wall_height_m : float
        Top of the walls above it.
    suffix : str
        Makes the names unique in a world with several dungeons.
    """
    cell = drawing.cell
    walked = cell >= FLOOR
    top = floor_m + wall_height_m
    parts = [
        _part("mortar", "wall", _tiles(lattice, walked, floor_m + BED_M, 0.0)),
        _part("floor", "floor", _tiles(lattice, cell == FLOOR, floor_m + SLAB_M, JOINT)),
        _part("corridor_floor", "corridor_floor", _tiles(lattice, (cell == CORRIDOR) | (cell == DOOR),
                                                         floor_m + SLAB_M, JOINT)),
        _part("wall", "wall", solid_over(lattice, cell == WALL, floor_m - BELOW_M, top - CAP_M), True),
        _part("wall_top", "wall_top", solid_over(lattice, cell == WALL, top - CAP_M, top), True),
    ]  # fmt: skip
    if drawing.doors:
        leaves, frames = _doors(lattice, drawing.doors, floor_m, wall_height_m)
        parts += [_part("door", "door", leaves, True), _part("door_frame", "door_frame", frames, True)]
    return tuple(
        MeshPart(f"{p.name}{suffix}", p.vertices, p.faces, p.material, p.watertight) for p in parts if len(p.faces)
    )


def _part(name: str, material: str, geometry: tuple[FloatArray, Faces], closed: bool = False) -> MeshPart:
    return MeshPart(name, geometry[0], geometry[1], material, closed)


def _tiles(lattice: Lattice, mask: NDArray[np.bool_], z: float, joint: float) -> tuple[FloatArray, Faces]:
    """Return one quad a slab, a joint apart; a cell holds as many slabs as have about their usual size."""
    per = max(1, round(lattice.cell_m / TILE_M)) if joint else 1
    edge = lattice.cell_m / per
    joint_m = joint * edge
    cells = np.argwhere(mask)
    sub = np.argwhere(np.ones((per, per), dtype=bool))
    west = lattice.origin_m[0] + (cells[:, 1:2] * lattice.cell_m + sub[None, :, 1] * edge).ravel()
    north = lattice.origin_m[1] + ((lattice.rows - cells[:, 0:1]) * lattice.cell_m - sub[None, :, 0] * edge).ravel()
    x0, x1, y0, y1 = west + joint_m, west + edge - joint_m, north - edge + joint_m, north - joint_m
    corners = np.stack([np.stack([x, y], axis=1) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], axis=1)
    vertices = np.concatenate([corners.reshape(-1, 2), np.full((corners.size // 2, 1), z)], axis=1)
    first = np.arange(len(west))[:, None] * 4
    faces = np.concatenate([first + np.array(half) for half in ((0, 1, 2), (0, 2, 3))])
    return vertices.astype(np.float32), faces.astype(np.int32)


def solid_over(lattice: Lattice, mask: NDArray[np.bool_], low: float, high: float) -> tuple[FloatArray, Faces]:
    """Return the closed solid that stands on the cells of a mask, corners shared; nothing touches by a corner alone."""
    rows, cols = mask.shape
    at = np.arange((rows + 1) * (cols + 1)).reshape(rows + 1, cols + 1)
    nw, ne, sw, se = at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]
    above = (rows + 1) * (cols + 1)
    around = np.pad(mask, 1)
    quads = [
        np.stack([sw[mask], se[mask], ne[mask], nw[mask]], axis=1) + above,
        np.stack([nw[mask], ne[mask], se[mask], sw[mask]], axis=1),
    ]
    sides = (
        (around[:-2, 1:-1], ne, nw),
        (around[2:, 1:-1], sw, se),
        (around[1:-1, :-2], nw, sw),
        (around[1:-1, 2:], se, ne),
    )
    for beside, left, right in sides:
        shown = mask & ~beside
        a, b = left[shown], right[shown]
        quads.append(np.stack([a, b, b + above, a + above], axis=1))
    quad = np.concatenate(quads)
    used, index = np.unique(quad, return_inverse=True)
    index = index.reshape(quad.shape)
    corner = used % above
    vertices = np.stack(
        [
            lattice.origin_m[0] + (corner % (cols + 1)) * lattice.cell_m,
            lattice.origin_m[1] + (rows - corner // (cols + 1)) * lattice.cell_m,
            np.where(used >= above, high, low),
        ],
        axis=1,
    )
    return vertices.astype(np.float32), np.concatenate([index[:, :3], index[:, [0, 2, 3]]]).astype(np.int32)


def _doors(
    lattice: Lattice, doors: list[tuple[int, int, bool]], floor_m: float, wall_height_m: float
) -> tuple[tuple[FloatArray, Faces], tuple[FloatArray, Faces]]:
    """Return the leaves, and the frames around them: two posts and a beam across the wall."""
    middle = lattice.points(np.array([(r, c) for r, c, _ in doors]))
    along = np.array([eastward for _, _, eastward in doors])
    half = lattice.cell_m / 2
    post, depth = min(0.3, half * 0.3), half * 0.62
    height = min(DOOR_M, wall_height_m - LINTEL_M)
    leaf = [((0.0, 0.0), (0.09, half - post), (floor_m, floor_m + height))]
    side = half - post / 2
    frame = [
        ((0.0, side), (depth, post / 2), (floor_m, floor_m + height)),
        ((0.0, -side), (depth, post / 2), (floor_m, floor_m + height)),
        ((0.0, 0.0), (depth * 0.5, half), (floor_m + height, floor_m + height + LINTEL_M)),
    ]
    return boxes(middle, along, leaf), boxes(middle, along, frame)


Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def boxes(middle: NDArray[np.float64], along: NDArray[np.bool_], shapes: list[Box]) -> tuple[FloatArray, Faces]:
    """Return closed boxes at places, each its own solid.

    Parameters
    ----------
    middle : ndarray
        ``(n, 2)`` x, y [m].
    along : ndarray
        ``(n,) bool`` whether the depth runs west to east there; otherwise north to south.
    shapes : list
        For each box (offset in depth, across), (half depth, half width), (low, high) [m].
    """
    sign = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    quads = np.array([[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
    triangles = np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])
    vertices, faces = [], []
    for number, (offset, half, (low, high)) in enumerate(shapes):
        flat = np.asarray(offset) + sign * half
        turned = np.where(along[:, None, None], flat[None], np.stack([-flat[:, 1], flat[:, 0]], axis=1)[None])
        flat_at = middle[:, None, :] + turned
        solid = np.concatenate([np.insert(flat_at, 2, z, axis=2) for z in (low, high)], axis=1)
        first = (number * len(middle) + np.arange(len(middle))) * 8
        vertices.append(solid.reshape(-1, 3))
        faces.append((first[:, None, None] + triangles).reshape(-1, 3))
    return np.concatenate(vertices).astype(np.float32), np.concatenate(faces).astype(np.int32)
