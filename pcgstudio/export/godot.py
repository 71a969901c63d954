"""Godot: heights for Terrain3D and for HTerrain, their texture maps, and the map as GLB.

Godot reads PNG with 8 bits, so heights come as OpenEXR (three equal float channels without alpha, real metres) and as
raw 16 bits. Source: Terrain3D documentation, *Importing Data* and *Control Map Format*; HTerrain documentation,
*Importing heightmaps*.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from . import instances, manifest, rasters, textures, vertices
from .gltf import write_glb
from .targets import Facts, Job, Target
from .unity import glb_bytes
from .weights import Weights, weights

HTERRAIN_SIZES = (513, 1025, 2049, 4097)
Size = Literal["auto", "513", "1025", "2049", "4097"]
MOST = 4096
"""Cells of a side up to which Terrain3D's maps are made at one metre."""


class GodotOptions(Params):
    """Options of the Godot export."""

    plugin: Literal["both", "terrain3d", "hterrain"] = param("both", "The terrain plugin to write for.")
    spacing_m: float = param(
        0.0, "Metres between Terrain3D's vertices; 0 takes 1 m, or more on maps beyond 4 km.", unit="m", ge=0, le=100
    )
    size: Size = param("auto", "HTerrain's resolution; auto keeps the map's detail.")


def _spacing(world: World, options: GodotOptions) -> float:
    longest = max(world.grid.extent_m)
    least = max(0.25, longest / 16384)
    return max(options.spacing_m, least) if options.spacing_m else float(max(1, math.ceil(longest / MOST)))


def _shape(world: World, options: GodotOptions) -> tuple[int, int]:
    """Rows and columns of Terrain3D's maps: vertices from edge to edge."""
    east, north = world.grid.extent_m
    spacing = _spacing(world, options)
    return max(2, round(north / spacing) + 1), max(2, round(east / spacing) + 1)


def _size(world: World, options: GodotOptions) -> int:
    auto = vertices.nearest(max(world.grid.shape) + 1, HTERRAIN_SIZES)
    return auto if options.size == "auto" else int(options.size)


def _sized(world: World, options: GodotOptions) -> int:
    rows, cols = _shape(world, options)
    total = glb_bytes(world) + 70 * sum(len(i) for i in world.instances.values())
    total += 7 * rows * cols if options.plugin != "hterrain" else 0
    total += int(2.6 * _size(world, options) ** 2) if options.plugin != "terrain3d" else 0
    return total


def _made(job: Job) -> Facts:
    facts: dict[str, Any] = {
        "axes": "Godot: x east, y up, -z north, right-handed, metres; the south-west corner lies at (0, 0, 0)",
        "rows": manifest.NORTH_FIRST, "byte_order": "little-endian",
    }  # fmt: skip
    if job.options.plugin != "hterrain":
        facts["terrain3d"] = _terrain3d(job)
    job.tick(0.5, "writing for HTerrain")
    if job.options.plugin != "terrain3d":
        facts["hterrain"] = _hterrain(job)
    job.tick(0.8, "writing placed things")
    facts["instances"] = instances.write(job.world, job.folder / "instances.csv", FRAME)
    facts["instances_columns"] = "x, y, z in metres; rotation_y_deg of a model that faces +x"
    write_glb(job.world, job.folder / "map.glb", instances="nodes")
    chosen = facts.get("terrain3d") or facts["hterrain"]
    return facts | {"resampling": chosen["resampling"]}


def _terrain3d(job: Job) -> dict[str, Any]:
    world, shape = job.world, _shape(job.world, job.options)
    z = vertices.heights(world, shape)
    low, high = vertices.span(z)
    rasters.exr_rgb(job.folder / "terrain3d_height.exr", z)
    rasters.raw16(job.folder / "terrain3d_height.r16", vertices.whole(z, low, high))
    ground = weights(world, shape, edges=True)
    rasters.exr(job.folder / "terrain3d_control.exr", {"R": control(ground).view(np.float32)})
    longest = min(max(shape) - 1, textures.LARGEST)
    rasters.png(job.folder / "terrain3d_color.png", textures.albedo(world, longest))
    east, north = world.grid.extent_m
    return {
        "height": shape[0], "width": shape[1], "vertex_spacing": [east / (shape[1] - 1), north / (shape[0] - 1)],
        "r16_range_m": [low, high], "r16_size": [shape[1], shape[0]], "textures": list(ground.names),
        "import_position": [0.0, 0.0, -north], "resampling": vertices.told(world, shape),
        "control": "32 bits a vertex, stored as the bits of a float; see Terrain3D's control map format",
    }  # fmt: skip


def control(ground: Weights) -> NDArray[np.uint32]:
    """``(rows, cols) uint32`` Terrain3D control values: the two heaviest materials and how they mix.

    Bits from the top: base 5, overlay 5, blend 8, then angle, scale and flags, which stay zero.
    """
    heavy = np.argsort(-ground.data.astype(np.int16), axis=0, kind="stable")
    base = heavy[0].astype(np.uint32)
    over = heavy[min(1, len(heavy) - 1)].astype(np.uint32)
    first, second = (np.take_along_axis(ground.data, k[None].astype(np.intp), axis=0)[0] for k in (base, over))
    both = np.maximum(first.astype(np.uint32) + second, 1)
    blend = np.where(base == over, 0, second.astype(np.uint32) * 255 // both)
    packed = base << np.uint32(27) | over << np.uint32(22) | blend.astype(np.uint32) << np.uint32(14)
    return np.asarray(packed, dtype=np.uint32)


def _hterrain(job: Job) -> dict[str, Any]:
    world, size = job.world, _size(job.world, job.options)
    z = vertices.heights(world, (size, size))
    low, high = vertices.span(z)
    rasters.raw16(job.folder / "hterrain_height.raw", vertices.whole(z, low, high))
    names, page = four(weights(world, (size, size), edges=True))
    rasters.png(job.folder / "hterrain_splat.png", page)
    east, north = world.grid.extent_m
    return {
        "size": size, "range_m": [low, high], "bit_depth": "16 bits unsigned, little-endian",
        "map_scale": [east / (size - 1), 1.0, north / (size - 1)], "position": [0.0, 0.0, -north], "splat": names,
        "resampling": vertices.told(world, (size, size)),
    }  # fmt: skip


def four(ground: Weights) -> tuple[list[str], NDArray[np.uint8]]:
    """Return the four commonest materials and their splat map ``(rows, cols, 4) uint8``; the others join the first."""
    common = np.argsort(-ground.data.reshape(len(ground.names), -1).sum(axis=1, dtype=np.int64), kind="stable")[:4]
    page = np.zeros((*ground.data.shape[1:], 4), dtype=np.uint8)
    page[..., : len(common)] = np.moveaxis(ground.data[common], 0, -1)
    page[..., 0] += (255 - page.sum(axis=-1, dtype=np.int64)).astype(np.uint8)
    return [ground.names[k] for k in common], page


def _turned(p: FloatArray) -> instances.Numbers:
    x, y, z, yaw = (p[:, k].astype(np.float64) for k in range(4))
    return np.column_stack([x, z, -y, yaw % 360])


FRAME = instances.Frame(("x", "y", "z", "rotation_y_deg"), _turned)

GODOT = Target(
    name="godot",
    title="Godot",
    text="Heights for Terrain3D (OpenEXR, R16) and HTerrain (RAW) with texture maps, and the map as GLB.",
    is_folder=True,
    suffix="",
    options=GodotOptions,
    sized=_sized,
    made=_made,
)
