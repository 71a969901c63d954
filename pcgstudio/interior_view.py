"""Rooms and corridors as a picture: roofs off, warm light pools from the lamps, cool passages, on a stone slab."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from . import things
from .block import Faces
from .interior import walkable
from .interior_light import AROUND_M, WALL_M, Plan, plan_of
from .interior_rock import rock_around
from .paint import Number, rise
from .palette import load_palette
from .raster import Camera, Canvas, Matrix, look
from .shading import KEY
from .world import FloatArray, MeshPart, World

__all__ = ["AROUND_M", "Plan", "drawn", "is_interior", "plan_of", "surroundings"]

AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG = -9.0, 57.0, 18.0
COLOUR_JITTER = 0.07
"""How much the slabs of a floor differ."""

LIFT = np.float32(1.25)
"""How much brighter the things in rooms are drawn, so that they are told apart from the shade at their feet."""

KX, KY, KZ = (np.float32(v) for v in KEY)
_0, _1 = np.float32(0), np.float32(1)


def is_interior(world: World) -> bool:
    """Whether a map is first of all a floor plan: walls and floors over most of it, no lakes and no hills."""
    if "cell" not in world or not world.parts:
        return False
    used = walkable(world) | world.category("cell", "wall")
    if not used.any():
        return False
    rows, cols = np.nonzero(used.any(axis=1))[0], np.nonzero(used.any(axis=0))[0]
    share = (np.ptp(rows) + 1) * (np.ptp(cols) + 1) / used.size
    rock_all_around = bool((world["cell"] > 0).all())
    return (share > 0.4 or rock_all_around) and bool(np.ptp(world["height"]) < 0.05 * min(world.grid.extent_m))


def drawn(
    world: World, size: tuple[int, int], view: str, samples: int, shown: tuple[MeshPart, ...] = ()
) -> tuple[Camera, FloatArray, FloatArray]:
    """Draw a dungeon, in a frame that holds the parts ``shown`` or, without any, its own.

    Returns
    -------
    camera : Camera
    foot : ndarray
        ``(4, 3)`` corners of the slab's underside, in turn.
    colour : ndarray
        ``(h samples, w samples, 3) float32``, NaN where nothing is.
    """
    plan = plan_of(world, shown)
    floor = plan.floor_m
    parts = [_slab(plan, floor), *rock_around(world.parts, plan, floor - SLAB_SHARE * _longest(plan)), *world.parts]
    groups = [(n, p) for n, p in things.drawable(world, 0.0) if n not in things.GROWN]
    stood = things.mesh(groups, np.zeros((2, 2), np.float32), max(world.grid.extent_m)) if groups else None
    vertices, faces, colour, normals = _geometry(parts)
    if stood is not None:
        faces = np.concatenate([faces, stood.faces + len(vertices)])
        vertices = np.concatenate([vertices, stood.vertices])
        colour = np.concatenate([colour, stood.colour * LIFT])
        normals = np.concatenate([normals, np.zeros_like(stood.colour)])
    fine = (size[0] * samples, size[1] * samples)
    corners = np.array([[x, y, floor] for x in (plan.low[0], plan.high[0]) for y in (plan.low[1], plan.high[1])])
    if view == "top":
        camera = look(0, 90, 0, corners, fine, 0.06)
    else:
        deep = SLAB_SHARE * _longest(plan)
        framed = np.concatenate([np.add(corners, (0, 0, z)) for z in (0.0, WALL_M, -deep)])
        camera = look(AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG, framed.astype(np.float32), fine, 0.06)
    canvas = Canvas(fine)
    canvas.draw(camera.project(vertices), faces, 0)
    picture = _shade(
        canvas.depth, canvas.ids, camera.inverse, colour, normals, plan.lamps, plan.warmth, plan.edge, plan.low[0],
        plan.high[1], plan.texel_m, floor, plan.outside, plan.stood,
    )  # fmt: skip
    (x0, y0), (x1, y1), low = plan.low, plan.high, floor - SLAB_SHARE * _longest(plan)
    return camera, np.array([[x0, y0, low], [x1, y0, low], [x1, y1, low], [x0, y1, low]], np.float32), picture


def surroundings(world: World) -> tuple[MeshPart, ...]:
    """Return what a picture shows around what was built: the rock around a cave."""
    if not any(part.material == "cave_top" for part in world.parts):
        return ()
    plan = plan_of(world)
    return rock_around(world.parts, plan, plan.floor_m - SLAB_SHARE * _longest(plan))


SLAB_SHARE = 0.02
"""Thickness of the slab as a share of its longer side."""


def _longest(plan: Plan) -> float:
    return max(plan.high[0] - plan.low[0], plan.high[1] - plan.low[1])


def _slab(plan: Plan, floor: float) -> MeshPart:
    (x0, y0), (x1, y1) = plan.low, plan.high
    low, high = floor - SLAB_SHARE * _longest(plan), floor - 0.01
    corners = [(x, y, z) for z in (low, high) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    quads = np.array([[4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
    faces = np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]]).astype(np.int32)
    return MeshPart("slab", np.array(corners, dtype=np.float32), faces, "slab_stone")


def _geometry(parts: list[MeshPart]) -> tuple[FloatArray, Faces, FloatArray, FloatArray]:
    """Vertices, faces, and per face its colour and normal."""
    palette, start = load_palette(), 0
    vertices, faces, colours = [], [], []
    for part in parts:
        tone = np.array(palette.materials.get(part.material, palette.materials["stone"]), dtype=np.float32) / 255
        tone = np.tile(tone, (len(part.faces), 1))
        if part.material == "wall" and np.ptp(part.vertices[:, 2]) == 0:  # the mortar between the slabs
            tone = tone * np.float32(1.3)
        if part.material.endswith("floor"):  # both triangles of a slab share their first corner
            tone *= 1 + COLOUR_JITTER * _hashed(part.faces[:, 0])[:, None]
        vertices.append(part.vertices)
        faces.append(part.faces + start)
        colours.append(tone)
        start += len(part.vertices)
    points, triangles = np.concatenate(vertices), np.concatenate(faces).astype(np.int32)
    a, b, c = (points[triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    return points, triangles, np.concatenate(colours).astype(np.float32), normals.astype(np.float32)


def _hashed(numbers: NDArray[np.int32]) -> FloatArray:
    """``(n,)`` in [-1, 1]: the same for the same number, without any pattern."""
    mixed = (numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return np.asarray(mixed.astype(np.float32) / np.float32(2**23) - 1, dtype=np.float32)


@njit(cache=True)
def at(field: FloatArray, v: Number, u: Number) -> Number:
    """Value at a place, rows ``v`` and columns ``u``, bilinear."""
    r, c = int(v), int(u)
    fv, fu = np.float32(v - r), np.float32(u - c)
    high = field[r, c] * (_1 - fu) + field[r, c + 1] * fu
    return high * (_1 - fv) + (field[r + 1, c] * (_1 - fu) + field[r + 1, c + 1] * fu) * fv


@njit(parallel=True, cache=True)
def _shade(
    depth: FloatArray, ids: Faces, inverse: Matrix, colour: FloatArray, normals: FloatArray, lamps: FloatArray,
    warmth: FloatArray, edge: FloatArray, west: Number, north: Number, texel: Number, floor: Number,
    outside: FloatArray, stood: FloatArray,
) -> FloatArray:  # fmt: skip
    out = np.full((depth.shape[0], depth.shape[1], 3), np.nan, dtype=np.float32)
    rows, cols = lamps.shape
    lamp = np.array([0.56, 0.41, 0.21], dtype=np.float32)
    cool = np.array([0.75, 0.78, 0.83], dtype=np.float32)
    mild = np.array([0.76, 0.72, 0.68], dtype=np.float32)
    day = np.array([0.95, 0.94, 0.93], dtype=np.float32)
    for r in prange(depth.shape[0]):
        for c in range(depth.shape[1]):
            face = ids[r, c]
            if face < 0:
                continue
            px, py, pz = c + 0.5, r + 0.5, depth[r, c]
            w = 1 / (inverse[3, 0] * px + inverse[3, 1] * py + inverse[3, 2] * pz + inverse[3, 3])
            x = (inverse[0, 0] * px + inverse[0, 1] * py + inverse[0, 2] * pz + inverse[0, 3]) * w
            y = (inverse[1, 0] * px + inverse[1, 1] * py + inverse[1, 2] * pz + inverse[1, 3]) * w
            high = (inverse[2, 0] * px + inverse[2, 1] * py + inverse[2, 2] * pz + inverse[2, 3]) * w - floor
            nx, ny, nz = normals[face, 0], normals[face, 1], normals[face, 2]
            # a wall takes the light of the floor before it
            u = min(max((x + 0.4 * nx - west) / texel - 0.5, 0.0), cols - 1.001)
            v = min(max((north - y - 0.4 * ny) / texel - 0.5, 0.0), rows - 1.001)
            shine, warm, near = _1 - np.exp(np.float32(-1.5) * at(lamps, v, u)), at(warmth, v, u), at(edge, v, u)
            sun = outside[int(v + 0.5), int(u + 0.5)]
            facing = nx * KX + ny * KY + nz * KZ
            level = np.float32(1.15)
            tilt = _1 + np.float32(0.5) * (facing - KZ)  # 1 on level ground
            if nz > np.float32(0.5) and high > 1.0:  # on the walls: daylight, a bright rim
                level = (_1 + np.float32(0.16) * rise(np.float32(0.34), np.float32(0.12), near)) * tilt
                shine, warm = shine * np.float32(0.2), -_1
            elif nz > np.float32(0.5) and high < 0:  # on the slab
                warm, shine, level = -_1, _0, max(sun, np.float32(0.6))
            elif nz > np.float32(0.5):  # on the floor: darker at the foot of the walls
                level = (np.float32(0.76) + np.float32(0.24) * rise(_0, np.float32(0.7), near)) * at(stood, v, u) * tilt
            elif nx * nx + ny * ny > np.float32(0.5):  # walls: darker at the foot and away from the light
                level = np.float32(0.7) + np.float32(0.3) * rise(_0, np.float32(1.4), np.float32(high))
                level *= np.float32(0.98) + np.float32(0.3) * facing
                shine *= np.float32(1.5)
                if sun >= 0 or high < 0:
                    warm, shine = -_1, _0
            for k in range(3):
                base = day[k] if warm < 0 else cool[k] + (mild[k] - cool[k]) * warm
                out[r, c, k] = colour[face, k] * (base * level + lamp[k] * shine * level)
    return out
