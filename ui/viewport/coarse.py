"""The drag preview: a draft of about 100 x 100 cells as a scene in some 5 ms.

The same block of ground with the colours of its biomes, hillshade and water by depth; few things, no fine brushwork.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio import interior_view, things
from pcgstudio.ground import Ground
from pcgstudio.palette import load_palette
from pcgstudio.shading import resized
from pcgstudio.world import BIOMES, FloatArray, World

from ..scene import Scene, as_bytes, block_pieces, frame_of, painted_piece, standing
from .lighting import daylight
from .looks import USUAL

TEXELS, CELLS = 256, 128
"""Texels of the picture and quads of the ground on their longer sides."""
MOST_THINGS = 1000
"""Plants, buildings and the like that are drawn; of more, an even choice."""


def coarse_scene(world: World) -> Scene:
    """Return a rough scene of a world with the layer ``height``."""
    return _rooms(world) if interior_view.is_interior(world) else _landscape(world)


def _landscape(world: World) -> Scene:
    longest = min(TEXELS, max(world.grid.shape))
    shape = tuple(max(2, round(longest * side / max(world.grid.shape))) for side in world.grid.shape)
    fine = (shape[0], shape[1])
    bed = resized(world["height"], fine, "linear")
    level = np.full(fine, np.nan, dtype=np.float32)
    if "water_level" in world:
        level = resized(world["water_level"], fine, "nearest")
    surface = np.where(np.isfinite(level), np.fmax(level, bed), bed).astype(np.float32)
    extent = world.grid.extent_m
    colour = _coloured(
        _tones(world, fine), daylight(surface, extent, USUAL), surface - bed, np.isfinite(level), _waters()
    )
    ground = Ground(colour, surface, bed, np.zeros((2, 2), np.float32), extent[0] / fine[1], extent)
    pieces = block_pieces(ground, as_bytes(colour), min(CELLS, longest), "always")
    frame = frame_of(pieces)
    groups = things.drawable(world, max(extent) / 1500)  # as the whole drawing has it
    total = sum(len(placed) for _, placed in groups)
    if total:
        stride = -(-total // MOST_THINGS)
        few = [(name, placed.keep(np.arange(len(placed)) % stride == 0)) for name, placed in groups]
        pieces += standing([g for g in few if len(g[1])], ground.shadow, max(extent), None)
    return Scene(tuple(pieces), frame, surface=surface)


def _rooms(world: World) -> Scene:
    """Floors and walls in their own colours, without lamps."""
    mesh = things.with_parts(None, world.parts)
    piece = painted_piece(mesh, part="built")
    around = np.array([interior_view.AROUND_M] * 2)
    low = np.maximum(mesh.vertices[:, :2].min(axis=0) - around, 0)  # as the whole drawing has it
    high = np.minimum(mesh.vertices[:, :2].max(axis=0) + around, world.grid.extent_m)
    floor = float(mesh.vertices[:, 2].min())
    corners = np.array([[x, y, floor] for x in (low[0], high[0]) for y in (low[1], high[1])], dtype=np.float32)
    view = (interior_view.AZIMUTH_DEG, interior_view.ELEVATION_DEG, interior_view.FOV_DEG)
    return Scene((piece,), corners, *view)


def _tones(world: World, shape: tuple[int, int]) -> FloatArray:
    """``(rows, cols, 2, 3)``: each place in full sun and in shade."""
    palette = load_palette()
    if "biome" not in world:
        plain = np.array(palette.biomes["grassland"], dtype=np.float32) / np.float32(255)
        return np.broadcast_to(plain, (*shape, 2, 3))
    table = np.empty((256, 2, 3), dtype=np.float32)
    table[:] = np.array(palette.biomes["none"], dtype=np.float32) / np.float32(255)
    names = dict(world.layers["biome"].legend) or dict(enumerate(BIOMES))
    for number, name in names.items():
        if name in palette.biomes and 0 <= number < 256:
            table[number] = np.array(palette.biomes[name], dtype=np.float32) / np.float32(255)
    near = resized(world["biome"], shape, "nearest").astype(np.intp)
    return np.asarray(table[np.clip(near, 0, 255)])


def _waters() -> FloatArray:
    palette = load_palette()
    return np.array([palette.water[n] for n in ("shore", "shallow", "middle", "deep")], dtype=np.float32) / np.float32(
        255
    )


@njit(cache=True, nogil=True)
def _coloured(
    tones: FloatArray, light: FloatArray, depth: FloatArray, wet: NDArray[np.bool_], waters: FloatArray
) -> FloatArray:
    rows, cols = light.shape
    out = np.empty((rows, cols, 3), dtype=np.float32)
    deepest = max(depth.max(), np.float32(1.0))
    for r in range(rows):
        for c in range(cols):
            bright = min(max((light[r, c] - np.float32(0.55)) * np.float32(2.6), np.float32(0)), np.float32(1.05))
            if wet[r, c]:
                share = np.sqrt(depth[r, c] / deepest) * np.float32(2.999)
                k = int(share)
                part = share - np.float32(k)
                for i in range(3):
                    out[r, c, i] = waters[k, i] + (waters[k + 1, i] - waters[k, i]) * part
            else:
                for i in range(3):
                    out[r, c, i] = tones[r, c, 1, i] + (tones[r, c, 0, i] - tones[r, c, 1, i]) * bright
    return out
