"""glTF with what an engine asks for beside the map: baked textures, levels of detail, collision meshes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.params import Params, param
from pcgstudio.world import World

from . import collision, instances, textures
from .gltf import Skin, document
from .surface import LIMIT, RIVER
from .targets import Facts, Job, Target

Mode = Literal["extension", "nodes", "both"]
LEVELS = (2, 4)
"""Cells of the map to a cell of the two levels of detail."""


class GltfOptions(Params):
    """Options of the glTF export."""

    instances: Mode = param(
        "extension",
        "Placed things as EXT_mesh_gpu_instancing, as a node each for importers without it, or both files.",
    )
    texture: int = param(1024, "Texels of the baked colour and normal pictures; 0 colours the vertices.", ge=0, le=4096)
    lods: bool = param(False, "Whether ground and water also come in two coarser levels of detail.")
    collision: bool = param(False, "Whether a simple mesh to collide with comes too.")


def _sized(world: World, options: GltfOptions) -> int:
    rows, cols = (min(side, LIMIT) for side in world.grid.shape)
    placed = sum(len(i) for i in world.instances.values())
    parts = sum(len(p.faces) for p in world.parts) * 90
    once = 76 * rows * cols + parts + 400_000 + 40 * placed
    files = {"extension": once, "nodes": once + 160 * placed, "both": 2 * once + 200 * placed}[options.instances]
    files += 20 * rows * cols if options.lods else 0
    files += 24 * min(rows, 128) * min(cols, 128) + 30 * parts // 90 + 300 * placed if options.collision else 0
    picture = 2 * options.texture**2
    return int(files + picture * ((options.instances == "both") + 1 + 2 * options.lods))


def _made(job: Job) -> Facts:
    world, options = job.world, job.options
    skin = _skin(world, options.texture) if options.texture else None
    job.tick(0.4, "writing the model")
    files: dict[str, str] = {}
    modes = ("extension", "nodes") if options.instances == "both" else (options.instances,)
    for number, mode in enumerate(modes):
        path = job.main if number == 0 else job.path(f"_{mode}.glb")
        document(world, instances=mode, skin=skin).write(path)
        files[path.name] = f"the map, placed things as {mode}"
    if options.lods:
        files |= _coarser(job, skin)
    if options.collision:
        path = job.path("_collision.glb")
        collision.document(world).write(path)
        files[path.name] = "simple meshes to collide with"
    return {
        "axes": "glTF: x east, y up, -z north, right-handed, metres; the south-west corner lies at (0, 0, 0)",
        "resampling": _sampling(world), "contents": files,
        "textures": _told(world, options.texture) if skin else None,
        "instances": {kind: instances.counts(placed) for kind, placed in sorted(world.instances.items())},
    }  # fmt: skip


def _skin(world: World, longest: int) -> Skin:
    return Skin(*(_png(picture(world, longest)) for picture in (textures.albedo, textures.normals)))


def _png(picture: NDArray[np.uint8]) -> bytes:
    from PIL import Image  # noqa: PLC0415 - loads only where a picture is written

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=6)
    return file.getvalue()


def _coarser(job: Job, skin: Skin | None) -> dict[str, str]:
    """Write ground and water of the two levels of detail, and say what they are."""
    bare = replace(job.world, instances={}, parts=())
    if skin is not None and "water_kind" in bare:
        # A river's surface would be as wide as the coarse blocks; from afar the baked colour shows it better.
        still = np.where(bare["water_kind"] == RIVER, 0, bare["water_kind"])
        bare = replace(bare, layers={**bare.layers, "water_kind": replace(bare.layers["water_kind"], data=still)})
    longest = min(max(job.world.grid.shape), LIMIT)
    told = {}
    for level, step in enumerate(LEVELS, start=1):
        path = job.path(f"_lod{level}.glb")
        document(bare, limit=max(1, longest // step), skin=skin).write(path)
        told[path.name] = f"ground and water, level of detail {level}: 1/{step**2} of the triangles"
    return told


def _sampling(world: World) -> str:
    stride = -(-max(world.grid.shape) // LIMIT)
    every = "every cell corner" if stride == 1 else f"every {stride}th cell corner"
    return f"a vertex at {every}, the mean of the cells that meet there; the full extent is covered"


def _told(world: World, longest: int) -> dict[str, Any]:
    rows, cols = textures.shape(world, longest)
    return {
        "width": cols,
        "height": rows,
        "pictures": "albedo (sRGB, no light) and normal (OpenGL, over a level plane)",
    }


GLTF = Target(
    name="gltf",
    title="glTF (GLB)",
    text="The whole map as one GLB with baked textures; instances kept, levels of detail and collision on request.",
    is_folder=False,
    suffix=".glb",
    options=GltfOptions,
    sized=_sized,
    made=_made,
)
