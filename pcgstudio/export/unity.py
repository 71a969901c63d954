"""Unity: terrain as RAW, splat maps and placed things, in tiles where one terrain is not enough.

Unity reads the first row of a RAW file as its z = 0, the south edge, so the south row comes first and no flip is
needed. Source: Unity Manual, *Working with Heightmaps*; Terrain Tools, *Import Heightmap* (tiles end in ``_X_Z``).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from . import instances, manifest, rasters, vertices
from .gltf import write_glb
from .targets import Facts, Job, Target
from .weights import Weights, weights

SIZES = (33, 65, 129, 257, 513, 1025, 2049, 4097)
Size = Literal["auto", "33", "65", "129", "257", "513", "1025", "2049", "4097"]
_SPLAT = (64, 2048)
"""Fewest and most texels of a splat map's side."""


class UnityOptions(Params):
    """Options of the Unity export."""

    size: Size = param("auto", "Heightmap vertices along a side of a tile; auto keeps the map's detail.")
    tiles: int = param(1, "Terrains along each side; neighbours share the vertices of their edge.", ge=1, le=16)
    model: bool = param(True, "Whether everything also comes as one GLB, for its meshes.")


def _size(world: World, options: UnityOptions) -> int:
    wanted = max(world.grid.shape) / options.tiles + 1
    return vertices.nearest(wanted, SIZES) if options.size == "auto" else int(options.size)


def _splat_size(size: int) -> int:
    return min(max(size - 1, _SPLAT[0]), _SPLAT[1])


def _sized(world: World, options: UnityOptions) -> int:
    size = _size(world, options)
    placed = sum(len(i) for i in world.instances.values())
    terrain = options.tiles**2 * (2 * size**2 + 2 * _splat_size(size) ** 2 // 4)
    return terrain + 90 * placed + options.model * glb_bytes(world)


def glb_bytes(world: World) -> int:
    """About how many bytes the GLB of a world takes."""
    cells = min(world.grid.rows, 1024) * min(world.grid.cols, 1024)
    parts = sum(len(p.faces) for p in world.parts)
    return 80 * cells + 90 * parts + 40 * sum(len(i) for i in world.instances.values()) + 400_000


def _made(job: Job) -> Facts:
    world, options = job.world, job.options
    size, count = _size(world, options), options.tiles
    edge = count * (size - 1) + 1
    z = vertices.heights(world, (edge, edge))
    low, high = vertices.span(z)
    job.tick(0.2, "writing heights")
    grey = vertices.whole(z, low, high)
    for tile in vertices.tiles(grey, (count, count), (size, size)):
        rasters.raw16(job.folder / f"heightmap{_ending(tile, count)}.raw", tile.data[::-1])
    job.tick(0.4, "writing splat maps")
    told = _splats(job, count, _splat_size(size))
    job.tick(0.7, "writing placed things")
    placed = instances.write(world, job.folder / "instances.csv", _frame(world, count, low, high))
    if options.model:
        write_glb(world, job.folder / "map.glb")
    east, north = world.grid.extent_m
    return {
        "axes": "Unity: x east, y up, z north, left-handed, metres; the first terrain's corner lies at (0, 0, 0)",
        "rows": manifest.SOUTH_FIRST, "byte_order": "little-endian (Windows)", "depth_bits": 16,
        "resolution": size, "tiles": [count, count],
        "tile_names": "heightmap_X_Z.raw, X to the east, Z to the north" if count > 1 else "heightmap.raw",
        "terrain_size_m": [east / count, high - low, north / count], "terrain_y_m": low,
        "lowest_value_m": low, "highest_value_m": high,
        "values": f"metres = {low} + value / 65535 * ({high} - {low})",
        "import": "Terrain settings, Import Raw: depth 16 bit, byte order Windows, do not flip vertically",
        "resampling": vertices.told(world, (edge, edge)), "splat_maps": told, "instances": placed,
        "instances_columns": "x, y, z in metres; rotation_y_deg turns a model that faces +z; tile_x, tile_z, u, v, w "
        "are the terrain and the position of a TreeInstance in it, from 0 to 1",
    }  # fmt: skip


def _ending(tile: vertices.Tile, count: int) -> str:
    """Unity counts tiles from the south-west."""
    return f"_{tile.column}_{count - 1 - tile.row}" if count > 1 else ""


def _splats(job: Job, count: int, size: int) -> dict[str, Any]:
    """Write four materials a picture, RGBA, and return their order."""
    ground = weights(job.world, (count * size, count * size), edges=False)
    pages = range(0, len(ground.names), 4)
    for number, first in enumerate(pages):
        page = _page(ground, first)
        for row in range(count):
            for column in range(count):
                piece = page[row * size : (row + 1) * size, column * size : (column + 1) * size]
                ending = f"_{column}_{count - 1 - row}" if count > 1 else ""
                rasters.png(job.folder / f"splat_{number}{ending}.png", piece)
    return {
        "size": size, "materials": list(ground.names), "channels": "RGBA, four materials a picture, adding up to 255",
        "rows": manifest.NORTH_FIRST + "; pictures show north up",
    }  # fmt: skip


def _page(ground: Weights, first: int) -> NDArray[np.uint8]:
    """``(rows, cols, 4) uint8``: four materials from ``first`` on."""
    page = np.zeros((*ground.data.shape[1:], 4), dtype=np.uint8)
    chosen = ground.data[first : first + 4]
    page[..., : len(chosen)] = np.moveaxis(chosen, 0, -1)
    return page


def _frame(world: World, count: int, low: float, high: float) -> instances.Frame:
    east, north = world.grid.extent_m

    def turned(p: FloatArray) -> instances.Numbers:
        x, y, z, yaw = (p[:, k].astype(np.float64) for k in range(4))
        u, v = np.clip(x / east, 0, 1) * count, np.clip(y / north, 0, 1) * count
        column, row = (np.minimum(np.floor(a), count - 1) for a in (u, v))
        up = (z - low) / (high - low)
        return np.column_stack([x, z, y, (90 - yaw) % 360, column, row, u - column, up, v - row])

    return instances.Frame(("x", "y", "z", "rotation_y_deg", "tile_x", "tile_z", "u", "v", "w"), turned)


UNITY = Target(
    name="unity",
    title="Unity",
    text="Terrain as 16-bit RAW with splat maps, tiles and a table of everything placed.",
    is_folder=True,
    suffix="",
    options=UnityOptions,
    sized=_sized,
    made=_made,
)
