"""STL for a 3D printer: the map as one closed block with a flat base, in millimetres.

Everything is seen from above once: what stands on the ground raises it. So the block has no overhang, is closed by
construction, and prints without support.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.block import grid_faces
from pcgstudio.params import Params, param
from pcgstudio.raster import Camera, Canvas
from pcgstudio.world import FloatArray, World

from . import vertices
from .pieces import Piece, baked, built
from .targets import Facts, Job, Target

STANDING = frozenset({"building", "gate", "tower", "bridge"})
"""Placed kinds that are large enough to print."""


NUDGE = 0.004
"""Cells that meshes are shifted by, so that a wall whose edge runs through vertices has no teeth from rounding."""


class StlOptions(Params):
    """Options of the STL export."""

    longest_mm: float = param(150.0, "Longer side of the printed piece.", unit="mm", ge=10, le=2000)
    base_mm: float = param(3.0, "Thickness of the base under the lowest ground.", unit="mm", ge=0.5, le=100)
    exaggeration: float = param(1.0, "How many times taller than true the relief is.", ge=0.1, le=20)
    water: Literal["surface", "bed"] = param("surface", "Whether water is printed level, or its bed.")
    buildings: bool = param(True, "Whether walls, buildings and bridges are part of the piece.")
    cells: int = param(400, "Cells of the piece's surface along the longer side.", ge=16, le=2000)


def _shape(world: World, options: StlOptions) -> tuple[int, int]:
    east, north = world.grid.extent_m
    longest = max(east, north)
    return max(2, round(options.cells * north / longest) + 1), max(2, round(options.cells * east / longest) + 1)


def _sized(world: World, options: StlOptions) -> int:
    rows, cols = _shape(world, options)
    return 84 + 50 * 2 * ((rows - 1) * (cols - 1) * 2 + 2 * (rows + cols))


def _made(job: Job) -> Facts:
    import trimesh  # noqa: PLC0415 - loads only where a mesh is written

    world, options = job.world, job.options
    shape = _shape(world, options)
    top = _top(world, options, shape)
    job.tick(0.5, "closing the block")
    east, north = world.grid.extent_m
    scale = options.longest_mm / max(east, north)
    z = (top - top.min()) * scale * options.exaggeration + options.base_mm
    points, faces = block(z, east * scale, north * scale)
    mesh = trimesh.Trimesh(points, faces, process=False)
    job.main.write_bytes(trimesh.exchange.stl.export_stl(mesh))
    size = [float(side) for side in np.ptp(points, axis=0)]
    return {
        "axes": "STL: x east, y north, z up, millimetres; the piece stands on z = 0", "units": "mm",
        "size_mm": size, "scale": f"1:{1000 / scale:.0f}", "exaggeration": options.exaggeration,
        "volume_cm3": round(float(mesh.volume) / 1000, 2), "watertight": bool(mesh.is_watertight),
        "resampling": vertices.told(world, shape),
    }  # fmt: skip


def _top(world: World, options: StlOptions, shape: tuple[int, int]) -> FloatArray:
    """``shape float32`` heights [m] of what is seen from above."""
    top = vertices.heights(world, shape)
    if options.water == "surface" and "water_level" in world:
        level = np.where(np.isfinite(world["water_level"]), world["water_level"], -np.inf)
        surface = np.maximum(vertices.finite(world), level).astype(np.float32)
        top = np.maximum(top, vertices.at_vertices(surface, shape))
    if options.buildings:
        for piece in (*built(world), *baked(world, STANDING)):
            raise_to(top, piece, world.grid.extent_m)
    return top


def raise_to(top: FloatArray, piece: Piece, extent_m: tuple[float, float]) -> None:
    """Raise the heights ``(rows, cols)`` at vertices from edge to edge to the upper side of a mesh, in place."""
    rows, cols = top.shape
    dx, dy = extent_m[0] / (cols - 1), extent_m[1] / (rows - 1)
    middle = 0.5 + NUDGE
    matrix = np.array(
        [[1 / dx, 0, 0, middle], [0, -1 / dy, 0, extent_m[1] / dy + middle], [0, 0, -1, 0], [0, 0, 0, 1.0]]
    )
    camera = Camera(matrix, np.array([0.0, 0.0, 1.0]))
    canvas = Canvas((cols, rows))
    canvas.draw(camera.project(piece.vertices), piece.faces.astype(np.int32), 0)
    seen = np.isfinite(canvas.depth)
    top[seen] = np.maximum(top[seen], -canvas.depth[seen])


def block(z: FloatArray, east: float, north: float) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return vertices ``(2 n, 3) float32`` and faces of a closed block.

    Parameters
    ----------
    z : ndarray
        ``(rows, cols)`` heights of the upper side, above 0, the north row first.
    east, north : float
        Its sides.
    """
    rows, cols = z.shape
    x, y = np.meshgrid(np.linspace(0, east, cols), np.linspace(north, 0, rows))
    upper = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    lower = np.stack([x, y, np.zeros_like(x)], axis=-1).reshape(-1, 3)
    top = grid_faces(rows - 1, cols - 1).astype(np.int64)
    n = rows * cols
    number = np.arange(n).reshape(rows, cols)
    # Around the rim, counter-clockwise from above: south, east, north, west.
    rim = np.concatenate([number[-1, :-1], number[:0:-1, -1], number[0, :0:-1], number[:-1, 0]])
    after = np.roll(rim, -1)
    walls = np.concatenate([
        np.stack([rim + n, after + n, after], axis=1), np.stack([rim + n, after, rim], axis=1)
    ])  # fmt: skip
    faces = np.concatenate([top, top[:, ::-1] + n, walls])
    return np.concatenate([upper, lower]).astype(np.float32), faces.astype(np.int32)


STL = Target(
    name="stl",
    title="STL for 3D printing",
    text="The map as one watertight block with a solid base, in millimetres.",
    is_folder=False,
    suffix=".stl",
    options=StlOptions,
    sized=_sized,
    made=_made,
)
