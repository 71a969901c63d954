"""Unreal Engine: landscape heights, one weight map a material, and placed things in centimetres.

Landscape values are 16 bits around 32768; the z scale says how many centimetres a step is: 100 means 1/128 m. Names
hold no ``x`` before digits but in the tiles' own ending, because the tile importer looks for that pattern. Source:
Unreal Engine documentation, *Landscape Technical Guide* (sizes, z scale) and *Importing and Exporting Landscape
Heightmaps* (tiles).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from . import instances, manifest, rasters, vertices
from .gltf import write_glb
from .targets import Facts, Job, Target
from .unity import glb_bytes
from .weights import weights

SIZES = (127, 253, 505, 1009, 2017, 4033, 8129)
Size = Literal["auto", "127", "253", "505", "1009", "2017", "4033", "8129"]
Format = Literal["both", "png", "r16"]

MIDDLE = 32768
"""The value that lies at the height of the landscape actor."""


class UnrealOptions(Params):
    """Options of the Unreal export."""

    size: Size = param("auto", "Vertices along the longer side of a tile; auto keeps the map's detail.")
    tiles: int = param(1, "Tiles along each side; neighbours share the vertices of their edge.", ge=1, le=16)
    format: Format = param("both", "Heights as 16-bit PNG, as .r16, or both.")
    model: bool = param(True, "Whether everything also comes as one GLB, for its meshes.")


def _shape(world: World, options: UnrealOptions) -> tuple[int, int]:
    """Rows and columns of a tile; each a size that landscapes have."""
    rows, cols = world.grid.shape
    longest = max(rows, cols)
    size = vertices.nearest(longest / options.tiles + 1, SIZES) if options.size == "auto" else int(options.size)
    across = [vertices.nearest((size - 1) * side / longest + 1 - 0.03 * size, SIZES) for side in (rows, cols)]
    return across[0], across[1]


def _sized(world: World, options: UnrealOptions) -> int:
    rows, cols = _shape(world, options)
    heights = {"png": 1.3, "r16": 2.0, "both": 3.3}[options.format]
    placed = sum(len(i) for i in world.instances.values())
    return int(options.tiles**2 * rows * cols * (heights + 0.5)) + 75 * placed + options.model * glb_bytes(world)


def _made(job: Job) -> Facts:
    world, options, count = job.world, job.options, job.options.tiles
    rows, cols = _shape(world, options)
    shape = (count * (rows - 1) + 1, count * (cols - 1) + 1)
    z = vertices.heights(world, shape)
    low, high = vertices.span(z)
    job.tick(0.2, "writing heights")
    _pieces(job, "heightmap", encoded(z, low, high), (rows, cols))
    job.tick(0.5, "writing weight maps")
    ground = weights(world, shape, edges=True)
    for name, data in zip(ground.names, ground.data, strict=True):
        _pieces(job, f"weight_{name}", data, (rows, cols))
    job.tick(0.8, "writing placed things")
    placed = instances.write(world, job.folder / "instances.csv", _frame(world.grid.extent_m[1]))
    if options.model:
        write_glb(world, job.folder / "map.glb")
    east, north = world.grid.extent_m
    scale = [east * 100 / (shape[1] - 1), north * 100 / (shape[0] - 1), (high - low) * 100 / 512]
    return {
        "axes": "Unreal: x east, y south, z up, left-handed, centimetres; the north-west corner lies at (0, 0)",
        "rows": manifest.NORTH_FIRST, "byte_order": "little-endian", "depth_bits": 16,
        "tile_height": rows, "tile_width": cols, "tiles": [count, count],
        "tile_names": "heightmap_x0_y0, x to the east, y to the south" if count > 1 else "heightmap",
        "lowest_value_m": low, "highest_value_m": high,
        "landscape_scale": scale, "landscape_location_cm": [0.0, 0.0, (low + high) * 50],
        "values": f"centimetres = {(low + high) * 50} + (value - 32768) / 128 * {scale[2]}",
        "import": "Landscape mode, Import from File; set location and scale as given here",
        "resampling": vertices.told(world, shape),
        "weight_maps": {"materials": list(ground.names), "sum": 255, "files": "weight_NAME, 8-bit grey"},
        "instances": placed, "instances_columns": "x, y, z in centimetres; yaw_deg of a model that faces +x",
    }  # fmt: skip


def encoded(z: FloatArray, low: float, high: float) -> NDArray[np.uint16]:
    """16-bit landscape values of heights [m]; 32768 lies halfway between ``low`` and ``high``."""
    share = (z.astype(np.float64) - (low + high) / 2) / (high - low)
    return np.clip(np.round(MIDDLE + share * 65536), 0, 65535).astype(np.uint16)


def _pieces(job: Job, name: str, data: NDArray[np.generic], size: tuple[int, int]) -> None:
    """Write a picture, in tiles if there are several; heights in the formats that were asked for."""
    count = job.options.tiles
    for tile in vertices.tiles(data, (count, count), size):
        ending = f"_x{tile.column}_y{tile.row}" if count > 1 else ""
        if tile.data.dtype == np.uint8 or job.options.format != "r16":
            rasters.png(job.folder / f"{name}{ending}.png", tile.data)
        if tile.data.dtype == np.uint16 and job.options.format != "png":
            rasters.raw16(job.folder / f"{name}{ending}.r16", tile.data)


def _frame(north: float) -> instances.Frame:
    def turned(p: FloatArray) -> instances.Numbers:
        x, y, z, yaw = (p[:, k].astype(np.float64) for k in range(4))
        return np.column_stack([x * 100, (north - y) * 100, z * 100, -yaw % 360])

    return instances.Frame(("x", "y", "z", "yaw_deg"), turned)


UNREAL = Target(
    name="unreal",
    title="Unreal Engine",
    text="Landscape as 16-bit PNG and .r16 with weight maps, tiles and a table of everything placed.",
    is_folder=True,
    suffix="",
    options=UnrealOptions,
    sized=_sized,
    made=_made,
)
