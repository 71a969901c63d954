"""Rooms and corridors as a picture: roofs off, warm light pools from the lamps, cool passages, on a stone slab."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from . import things
from .block import Faces
from .interior import walkable
from .paint import Number, rise
from .palette import load_palette
from .raster import Camera, Canvas, Matrix, look
from .shading import KEY, distance_to_other, mottle, sun_shadow
from .world import FloatArray, Grid, MeshPart, World

AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG = -9.0, 55.0, 18.0
TEXELS = 640
"""Texels of the light map on its longer side."""

AROUND_M = 3.0
"""Slab shown around the outermost walls."""

COLOUR_JITTER = 0.07
"""How much the slabs of a floor differ."""

KX, KY, KZ = (np.float32(v) for v in KEY)
_0, _1 = np.float32(0), np.float32(1)


@dataclass(frozen=True)
class Plan:
    """Light over the floor plan, on texels.

    Parameters
    ----------
    low, high : tuple of float
        Corners of the shown rectangle [m].
    texel_m : float
        Size of a texel.
    lamps : ndarray
        ``(rows, cols) float32`` lamp light, walls in the way.
    warmth : ndarray
        ``(rows, cols) float32`` 1 in rooms, 0 in passages, soft between.
    edge : ndarray
        ``(rows, cols) float32`` metres to the nearest change between floor and wall.
    outside : ndarray
        ``(rows, cols) float32`` daylight on the slab around the walls: in their shadow, darker at their foot; -1 in
        walls and on floors.
    stood : ndarray
        ``(rows, cols) float32`` 1 far from things, less at their feet.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    texel_m: float
    lamps: FloatArray
    warmth: FloatArray
    edge: FloatArray
    outside: FloatArray
    stood: FloatArray


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


def drawn(world: World, size: tuple[int, int], view: str, samples: int) -> tuple[Camera, FloatArray, FloatArray]:
    """Draw a dungeon.

    Returns
    -------
    camera : Camera
    foot : ndarray
        ``(4, 3)`` corners of the slab's underside, in turn.
    colour : ndarray
        ``(h samples, w samples, 3) float32``, NaN where nothing is.
    """
    plan = plan_of(world)
    floor = float(np.median(world["height"][walkable(world)]))
    parts = [_slab(plan, floor), *world.parts]
    groups = [(n, p) for n, p in things.drawable(world, 0.0) if n not in things.GROWN]
    stood = things.mesh(groups, np.zeros((2, 2), np.float32), max(world.grid.extent_m)) if groups else None
    vertices, faces, colour, normals = _geometry(parts)
    if stood is not None:
        faces = np.concatenate([faces, stood.faces + len(vertices)])
        vertices = np.concatenate([vertices, stood.vertices])
        colour = np.concatenate([colour, stood.colour])
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


SLAB_SHARE = 0.02
"""Thickness of the slab as a share of its longer side."""


def _longest(plan: Plan) -> float:
    return max(plan.high[0] - plan.low[0], plan.high[1] - plan.low[1])


def plan_of(world: World) -> Plan:
    """Return the light over the part of the map that is built up."""
    grid = world.grid
    vertices = np.concatenate([p.vertices for p in world.parts])
    low = np.maximum(vertices[:, :2].min(axis=0) - AROUND_M, 0)
    high = np.minimum(vertices[:, :2].max(axis=0) + AROUND_M, grid.extent_m)
    texel = float(max(high - low) / TEXELS)
    cols, rows = (max(2, int(np.ceil(side / texel))) for side in high - low)
    xs = low[0] + (np.arange(cols) + 0.5) * texel
    ys = high[1] - (np.arange(rows) + 0.5) * texel
    at_cols = np.clip(xs / grid.cell_size_m, 0, grid.cols - 1).astype(np.intp)
    at_rows = np.clip(grid.rows - ys / grid.cell_size_m, 0, grid.rows - 1).astype(np.intp)
    ground = walkable(world) | world.category("cell", "water")
    open_ = _smooth(ground, grid, xs, ys)
    wall = _smooth(ground | world.category("cell", "wall"), grid, xs, ys) & ~open_
    room = world["room"][np.ix_(at_rows, at_cols)] > 0 if "room" in world else open_
    lamps = _lamps(world)
    here = np.stack([(lamps[:, 0] - low[0]) / texel, (high[1] - lamps[:, 1]) / texel], axis=1).astype(np.float32)
    light = _pools(open_, here, np.float32(REACH_M / texel))
    soft = max(1, round(0.5 / texel))
    edge = distance_to_other(open_, 1e3) * np.float32(texel)
    return Plan(
        (float(low[0]), float(low[1])), (float(high[0]), float(high[1])), texel, _blurred(light, 1),
        _blurred(room.astype(np.float32), soft), edge, _outside(open_, wall, texel), _stood(world, xs, ys),
    )  # fmt: skip


def _smooth(mask: NDArray[np.bool_], grid: Grid, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.bool_]:
    """``(rows, cols)`` a mask at the texels, without the stairs of its cells."""
    x, y = np.meshgrid(xs, ys)
    return grid.sample(mask, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(x.shape) > 0.5


WALL_M = 2.5
"""Height that the shadows of walls are drawn with."""


def _outside(open_: NDArray[np.bool_], wall: NDArray[np.bool_], texel: float) -> FloatArray:
    built = open_ | wall
    flat = np.zeros(built.shape, dtype=np.float32)
    shadow = sun_shadow(flat, np.where(wall, np.float32(WALL_M), flat), texel, 0.25)
    away = np.minimum(distance_to_other(built, 1e3) * np.float32(texel / 1.6), 1)
    light = (1 - 0.36 * shadow) * (0.8 + 0.2 * away * (2 - away)) * (1 + 0.04 * mottle(built.shape, 70, 3, 21))
    return np.asarray(np.where(built, -1, light), dtype=np.float32)


def _stood(world: World, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> FloatArray:
    """``(rows, cols)``: how free the floor is of things; their feet are in the shade."""
    free = np.ones((len(ys), len(xs)), dtype=np.float32)
    props = world.instances.get("prop")
    for (x, y, *_), size in zip(props.placement, props.size, strict=True) if props is not None else ():
        radius = max(float(size[:2].max()) * 0.75, 0.3)
        near_x, near_y = np.abs(xs - x) < 3 * radius, np.abs(ys - y) < 3 * radius
        away = ((xs[near_x][None, :] - x) ** 2 + (ys[near_y][:, None] - y) ** 2) / radius**2
        free[np.ix_(near_y, near_x)] *= (1 - 0.5 * np.exp(-away)).astype(np.float32)
    return free


REACH_M = 9.0
"""How far a lamp shines."""


def _lamps(world: World) -> FloatArray:
    """``(n, 2)`` x, y [m] of the lights, or of the middles of the rooms where there are none."""
    placed = world.instances.get("light")
    if placed is not None and len(placed):
        return np.asarray(placed.placement[:, :2])
    if "room" not in world:
        return np.empty((0, 2), dtype=np.float32)
    rows, cols = np.nonzero(world["room"] > 0)
    ids = world["room"][rows, cols]
    count = np.maximum(np.bincount(ids), 1)
    x = np.bincount(ids, world.grid.xs()[cols]) / count
    y = np.bincount(ids, world.grid.ys()[rows]) / count
    return np.asarray(np.stack([x, y], axis=1)[np.unique(ids)], dtype=np.float32)


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


def _blurred(field: FloatArray, radius: int) -> FloatArray:
    from scipy.ndimage import uniform_filter  # noqa: PLC0415 - 0.3 s of import that other pictures do not need

    return np.asarray(uniform_filter(uniform_filter(field, 2 * radius + 1), 2 * radius + 1), dtype=np.float32)


@njit(cache=True)
def at(field: FloatArray, v: Number, u: Number) -> Number:
    """Value at a place, rows ``v`` and columns ``u``, bilinear."""
    r, c = int(v), int(u)
    fv, fu = np.float32(v - r), np.float32(u - c)
    high = field[r, c] * (_1 - fu) + field[r, c + 1] * fu
    return high * (_1 - fv) + (field[r + 1, c] * (_1 - fu) + field[r + 1, c + 1] * fu) * fv


@njit(cache=True)
def _pools(open_: NDArray[np.bool_], lamps: FloatArray, reach: Number) -> FloatArray:
    """``(rows, cols)`` light of lamps at x, y in texels, as far as they see over open ground."""
    rows, cols = open_.shape
    out = np.zeros((rows, cols), dtype=np.float32)
    for i in range(len(lamps)):
        x, y = lamps[i, 0], lamps[i, 1]
        for r in range(max(0, int(y - reach)), min(rows, int(y + reach) + 1)):
            for c in range(max(0, int(x - reach)), min(cols, int(x + reach) + 1)):
                dx, dy = np.float32(c + 0.5) - x, np.float32(r + 0.5) - y
                away = np.sqrt(dx * dx + dy * dy)
                if away >= reach or not open_[r, c]:
                    continue
                steps, seen = int(away) + 1, True
                for s in range(1, steps):
                    px, py = int(x + dx * s / steps), int(y + dy * s / steps)
                    if not open_[min(max(py, 0), rows - 1), min(max(px, 0), cols - 1)]:
                        seen = False
                        break
                if seen:
                    fall = _1 - away / reach
                    out[r, c] += fall * fall * (np.float32(0.55) + np.float32(0.45) * fall)
    return out


@njit(parallel=True, cache=True)
def _shade(
    depth: FloatArray, ids: Faces, inverse: Matrix, colour: FloatArray, normals: FloatArray, lamps: FloatArray,
    warmth: FloatArray, edge: FloatArray, west: Number, north: Number, texel: Number, floor: Number,
    outside: FloatArray, stood: FloatArray,
) -> FloatArray:  # fmt: skip
    out = np.full((depth.shape[0], depth.shape[1], 3), np.nan, dtype=np.float32)
    rows, cols = lamps.shape
    lamp = np.array([0.62, 0.46, 0.26], dtype=np.float32)
    cool = np.array([0.56, 0.62, 0.72], dtype=np.float32)
    mild = np.array([0.62, 0.60, 0.60], dtype=np.float32)
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
                level = (np.float32(0.62) + np.float32(0.38) * rise(_0, np.float32(0.9), near)) * at(stood, v, u) * tilt
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
