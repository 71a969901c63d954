"""Light over a floor plan: what stands where, seen from above; lamps with walls in the way; daylight around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .interior import walkable
from .paint import Number
from .raster import Canvas
from .shading import distance_to_other, mottle, sun_shadow
from .world import FloatArray, Grid, MeshPart, World

TEXELS = 640
"""Texels of the light map on its longer side."""

AROUND_M = 3.0
"""Slab shown around the outermost walls."""

WALL_M = 2.5
"""Height that the shadows of walls are drawn with."""

WALL_FROM_M = 1.0
"""Height over the floor from which what stands there is a wall."""

UNLIT, LIT = np.float32(0.2), np.float32(0.25)
"""How warm a room is without a lamp, and the light from which it is quite warm."""

BEYOND_M = 0.6
"""How far the ground of a cave shows beyond the cells of its floor."""

HOLLOW = frozenset({"cave_ground", "water", "shallows"})
"""Materials of the ground of a cave."""

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
        ``(rows, cols) float32`` 1 in lit rooms and in caves, 0 in passages, soft between.
    edge : ndarray
        ``(rows, cols) float32`` metres to the nearest change between floor and wall.
    outside : ndarray
        ``(rows, cols) float32`` daylight on the slab around the walls: in their shadow, darker at their foot; -1 in
        walls and on floors.
    stood : ndarray
        ``(rows, cols) float32`` 1 far from things, less at their feet.
    tops : ndarray
        ``(rows, cols) float32`` height of what was built over the floor [m], NaN where nothing was.
    open : ndarray
        ``(rows, cols) bool`` floor, not walls.
    floor_m : float
        Height of the floor [m].
    """

    low: tuple[float, float]
    high: tuple[float, float]
    texel_m: float
    lamps: FloatArray
    warmth: FloatArray
    edge: FloatArray
    outside: FloatArray
    stood: FloatArray
    tops: FloatArray
    open: NDArray[np.bool_]
    floor_m: float


def plan_of(world: World, shown: tuple[MeshPart, ...] = ()) -> Plan:
    """Return the light over the part of the map that is built up, or that holds the parts ``shown``."""
    grid = world.grid
    vertices = np.concatenate([p.vertices for p in shown or world.parts])
    low = np.maximum(vertices[:, :2].min(axis=0) - AROUND_M, 0)
    high = np.minimum(vertices[:, :2].max(axis=0) + AROUND_M, grid.extent_m)
    texel = float(max(high - low) / TEXELS)
    cols, rows = (max(2, int(np.ceil(side / texel))) for side in high - low)
    xs = low[0] + (np.arange(cols) + 0.5) * texel
    ys = high[1] - (np.arange(rows) + 0.5) * texel
    at_cols = np.clip(xs / grid.cell_size_m, 0, grid.cols - 1).astype(np.intp)
    at_rows = np.clip(grid.rows - ys / grid.cell_size_m, 0, grid.rows - 1).astype(np.intp)
    floor = float(np.median(world["height"][walkable(world)]))
    tops, hollow = _from_above(world.parts, (float(low[0]), float(high[1])), texel, (rows, cols), floor)
    wall = tops > WALL_FROM_M
    open_ = _smooth(walkable(world) | world.category("cell", "water"), grid, xs, ys)
    room = world["room"][np.ix_(at_rows, at_cols)] > 0 if "room" in world else open_
    if hollow.any():  # the ground of a cave reaches under its walls, and here and there beyond
        open_ = hollow & (_blurred(open_.astype(np.float32), max(1, round(BEYOND_M / texel))) > 0)
    lamps = _lamps(world)
    here = np.stack([(lamps[:, 0] - low[0]) / texel, (high[1] - lamps[:, 1]) / texel], axis=1).astype(np.float32)
    light = _pools(open_, here, np.float32(REACH_M / texel))
    warm = open_ if hollow.any() else room * (UNLIT + (1 - UNLIT) * np.minimum(light / LIT, 1))
    soft = max(1, round(0.5 / texel))
    edge = distance_to_other(open_, 1e3) * np.float32(texel)
    return Plan(
        (float(low[0]), float(low[1])), (float(high[0]), float(high[1])), texel, _blurred(light, 1),
        _blurred(warm.astype(np.float32), soft), edge, _outside(open_ | wall, wall, texel), _stood(world, xs, ys),
        tops, open_, floor,
    )  # fmt: skip


def _smooth(mask: NDArray[np.bool_], grid: Grid, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.bool_]:
    """``(rows, cols)`` a mask at the texels, without the stairs of its cells."""
    x, y = np.meshgrid(xs, ys)
    return grid.sample(mask, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(x.shape) > 0.5


def _from_above(
    parts: tuple[MeshPart, ...], corner: tuple[float, float], texel: float, shape: tuple[int, int], floor: float
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the height over the floor of what is built at the texels, NaN for nothing, and where a cave's ground is.

    Walls seldom follow the cells of the map, so what they shade is found from the walls themselves.
    """
    canvas = Canvas((shape[1], shape[0]))
    starts = np.cumsum([0, *(len(part.faces) for part in parts)])
    for part, first in zip(parts, starts[:-1], strict=True):
        x, y, z = part.vertices.T
        seen = np.stack([(x - corner[0]) / texel, (corner[1] - y) / texel, floor - z], axis=1).astype(np.float32)
        canvas.draw(seen, part.faces, int(first))
    hollow = np.array([*(part.material in HOLLOW for part in parts), False])
    return np.where(canvas.ids >= 0, -canvas.depth, np.nan).astype(np.float32), hollow[
        np.searchsorted(starts, canvas.ids, side="right") - 1
    ]


def _outside(built: NDArray[np.bool_], wall: NDArray[np.bool_], texel: float) -> FloatArray:
    flat = np.zeros(built.shape, dtype=np.float32)
    shadow = sun_shadow(flat, np.where(wall, np.float32(WALL_M), flat), texel, 0.25)
    away = np.minimum(distance_to_other(built, 1e3) * np.float32(texel / 1.6), 1)
    light = (1 - 0.36 * shadow) * (0.8 + 0.2 * away * (2 - away)) * (1 + 0.03 * mottle(built.shape, 40, 2, 21))
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


def _blurred(field: FloatArray, radius: int) -> FloatArray:
    from scipy.ndimage import uniform_filter  # noqa: PLC0415 - 0.3 s of import that other pictures do not need

    return np.asarray(uniform_filter(uniform_filter(field, 2 * radius + 1), 2 * radius + 1), dtype=np.float32)


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
