"""One heightmap for any program: 16 whole or 32 floating bits, never 8."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from pcgstudio.params import Params, param
from pcgstudio.world import World

from . import manifest, rasters, vertices
from .targets import Facts, Job, Target

Format = Literal["png16", "tiff32", "exr", "raw16", "npy"]

_BYTES = {"png16": 1.4, "tiff32": 4.0, "exr": 3.0, "raw16": 2.0, "npy": 4.0}
"""Of a sample, as maps come out."""


class HeightmapOptions(Params):
    """Options of a plain heightmap."""

    format: Format = param("png16", "File format; png16 and raw16 hold whole numbers, the others metres.")
    size: int = param(
        0, "Vertices on the longer side, from edge to edge; 0 keeps the cells of the map as they are.", ge=0, le=16385
    )


def _shape(world: World, size: int) -> tuple[int, int]:
    """Rows and columns of the picture."""
    rows, cols = world.grid.shape
    if not size:
        return rows, cols
    longest = max(rows, cols)
    return max(2, round((size - 1) * rows / longest) + 1), max(2, round((size - 1) * cols / longest) + 1)


def _sized(world: World, options: HeightmapOptions) -> int:
    rows, cols = _shape(world, options.size)
    return int(rows * cols * _BYTES[options.format])


def _made(job: Job) -> Facts:
    options: HeightmapOptions = job.options
    shape = _shape(job.world, options.size)
    if options.size:
        z = vertices.heights(job.world, shape)
        sampling = vertices.told(job.world, shape)
    else:
        z = vertices.finite(job.world)
        sampling = "none: one sample a cell, at its centre"
    job.tick(0.4, "writing the heightmap")
    low, high = vertices.span(z)
    if options.format in ("png16", "raw16"):
        write = rasters.png if options.format == "png16" else rasters.raw16
        write(job.main, vertices.whole(z, low, high))
        values = f"metres = {low} + value / 65535 * ({high} - {low})"
    else:
        {"tiff32": rasters.tiff32, "exr": rasters.exr_rgb, "npy": rasters.npy}[options.format](job.main, z)
        values = "metres"
    return _facts(job.world, shape, bool(options.size), sampling, (low, high), values)


def _facts(
    world: World, shape: tuple[int, int], edges: bool, sampling: str, span: tuple[float, float], values: str
) -> dict[str, Any]:
    east, north = world.grid.extent_m
    gaps = np.array(shape) - edges
    return {
        "rows": manifest.NORTH_FIRST, "height": shape[0], "width": shape[1], "resampling": sampling,
        "spacing_m": [east / gaps[1], north / gaps[0]], "byte_order": "little-endian",
        "lowest_value_m": span[0], "highest_value_m": span[1], "values": values,
    }  # fmt: skip


HEIGHTMAP = Target(
    name="heightmap",
    title="Heightmap",
    text="One picture of heights: 16-bit PNG or RAW, 32-bit TIFF, OpenEXR or numpy.",
    is_folder=False,
    suffix=".png",
    options=HeightmapOptions,
    sized=_sized,
    made=_made,
    also={
        ".tif": {"format": "tiff32"}, ".tiff": {"format": "tiff32"}, ".exr": {"format": "exr"},
        ".r16": {"format": "raw16"}, ".raw": {"format": "raw16"}, ".npy": {"format": "npy"},
        ".png": {"format": "png16"},
    },
)  # fmt: skip
