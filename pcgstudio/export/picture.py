"""The map straight from above, cut to its exact extent: what tabletop players lie on the table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio import interior_view, things
from pcgstudio.block import at_corners, grid_faces
from pcgstudio.ground import painted, relief
from pcgstudio.palette import load_palette
from pcgstudio.raster import Camera, Canvas
from pcgstudio.world import FloatArray, World

from .rasters import stretched

SAMPLES = 2
"""Sub-pixels along each side of a pixel."""

LARGEST = 4096
"""Most pixels along a side."""

MOST_TEXELS = 2048
"""Texels on which the ground is painted; finer pictures are enlarged."""

Picture = NDArray[np.uint8]


def from_above(world: World, size: tuple[int, int]) -> Picture:
    """Draw the map, north up, edge to edge.

    Parameters
    ----------
    world : World
        A landscape, town or interior (its ground floor).
    size : tuple of int
        Width and height in pixels, in the proportion of the map.

    Returns
    -------
    ndarray
        ``(height, width, 3) uint8``.
    """
    picture = _interior(world, size) if interior_view.is_interior(world) else _landscape(world, size)
    return np.asarray(np.clip(picture * 255 + 0.5, 0, 255), dtype=np.uint8)


def _camera(extent_m: tuple[float, float], size: tuple[int, int]) -> Camera:
    """Look down on the whole extent."""
    east, north = extent_m
    wide, high = size
    matrix = np.array([[wide / east, 0, 0, 0], [0, -high / north, 0, high], [0, 0, -1, 0], [0, 0, 0, 1.0]])
    return Camera(matrix, np.array([0.0, 0.0, 1.0]))


def _landscape(world: World, size: tuple[int, int]) -> FloatArray:
    """``(h, w, 3)``: the painted ground with everything that stands on it."""
    texels = int(np.clip(max(size), 192, MOST_TEXELS))
    heights, texel = relief(world, texels)
    groups = things.drawable(world, max(world.grid.extent_m) / max(size))
    ground = painted(world, texels, things.canopy(groups, heights, texel) if groups else None)
    base = stretched(ground.colour, size)
    mesh = things.mesh(groups, ground.shadow, ground.texel_m, ground.colour) if groups else None
    if world.parts:
        mesh = things.with_parts(mesh, world.parts)
    if mesh is None:
        return base
    fine = (size[0] * SAMPLES, size[1] * SAMPLES)
    camera, canvas = _camera(ground.extent_m, fine), Canvas(fine)
    rows, cols = (max(2, side // 2) for side in ground.surface.shape)
    canvas.draw(camera.project(_surface(ground.surface, ground.extent_m, rows, cols)), grid_faces(rows, cols), 0)
    first = 2 * rows * cols
    canvas.draw(camera.project(mesh.vertices), mesh.faces, first)
    return _mixed(base, canvas.ids - first, mesh.colour)


def _surface(surface: FloatArray, extent_m: tuple[float, float], rows: int, cols: int) -> FloatArray:
    """``(n, 3)`` corners of a mesh of the ground, which hides what stands behind it."""
    points = np.empty((rows + 1, cols + 1, 3), dtype=np.float32)
    points[..., 0] = np.linspace(0, extent_m[0], cols + 1)[None, :]
    points[..., 1] = np.linspace(extent_m[1], 0, rows + 1)[:, None]
    points[..., 2] = at_corners(surface, rows, cols)
    return points.reshape(-1, 3)


def _mixed(base: FloatArray, ids: NDArray[np.int32], colour: FloatArray) -> FloatArray:
    """Lay things over the ground where a sub-pixel shows one (``ids`` from 0 on)."""
    rows, cols = base.shape[:2]
    total = np.zeros_like(base)
    blocks = ids.reshape(rows, SAMPLES, cols, SAMPLES)
    for i in range(SAMPLES):
        for k in range(SAMPLES):
            here = blocks[:, i, :, k]
            total += np.where((here >= 0)[..., None], colour[np.maximum(here, 0)], base)
    return np.asarray(total / np.float32(SAMPLES**2))


def _interior(world: World, size: tuple[int, int]) -> FloatArray:
    """``(h, w, 3)``: floors and walls in their light, solid rock around them."""
    rock = np.array(load_palette().material("cave_top"), dtype=np.float32) / 255
    plan = interior_view.plan_of(world)
    span = np.array(plan.high) - plan.low
    pixel = world.grid.extent_m[0] / size[0]
    wanted = tuple(int(np.ceil(side / pixel / 0.88)) for side in span)
    camera, _, drawn = interior_view.drawn(world, (wanted[0], wanted[1]), "top", SAMPLES)
    drawn = np.where(np.isnan(drawn), rock, drawn)
    east, north = world.grid.extent_m
    corners = camera.project(np.array([[0, 0, 0], [east, north, 0]], dtype=np.float32))
    left, low, right, high = *corners[0, :2], *corners[1, :2]
    x = left + (np.arange(size[0] * SAMPLES) + 0.5) * (right - left) / (size[0] * SAMPLES)
    y = high + (np.arange(size[1] * SAMPLES) + 0.5) * (low - high) / (size[1] * SAMPLES)
    cols, rows = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    inside = ((rows >= 0) & (rows < drawn.shape[0]))[:, None] & ((cols >= 0) & (cols < drawn.shape[1]))[None, :]
    picked = drawn[np.clip(rows, 0, drawn.shape[0] - 1)[:, None], np.clip(cols, 0, drawn.shape[1] - 1)[None, :]]
    fine = np.where(inside[..., None], picked, rock).astype(np.float32)
    return np.asarray(fine.reshape(size[1], SAMPLES, size[0], SAMPLES, 3).mean(axis=(1, 3)), dtype=np.float32)
