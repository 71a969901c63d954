"""Wavefront OBJ with its materials and the picture of the ground: what every modelling program opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from . import rasters, textures
from .pieces import Piece, baked, built, ground, waters
from .surface import Lattice
from .targets import Facts, Job, Target

MOST = 1024
"""Most cells along a side of the ground."""


class ObjOptions(Params):
    """Options of the OBJ export."""

    up: Literal["y", "z"] = param("y", "The axis that points up; most programs expect y.")
    things: bool = param(True, "Whether placed things are drawn too; OBJ has no instances, so each is written out.")
    cells: int = param(512, "Most cells of ground along a side.", ge=16, le=MOST)
    texture: int = param(2048, "Texels of the picture of the ground; 0 for none.", ge=0, le=4096)


def _pieces(world: World, options: ObjOptions) -> Iterator[Piece]:
    lattice = Lattice.of(world, options.cells)
    yield ground(lattice)
    yield from waters(lattice)
    yield from built(world)
    if options.things:
        yield from baked(world)


def _sized(world: World, options: ObjOptions) -> int:
    from .placed import groups  # noqa: PLC0415 - shapes load only where they are counted

    stride = -(-max(world.grid.shape) // options.cells)
    cells = world.grid.rows * world.grid.cols // stride**2
    total = 110 * cells + 45 * sum(len(p.faces) for p in world.parts) + options.texture**2 // 2
    if options.things:
        total += sum(len(g.position) * sum(26 * len(p.vertices) + 22 * len(p.faces) for p in g.parts)
                     for g in groups(world))  # fmt: skip
    return total


def _made(job: Job) -> Facts:
    options: ObjOptions = job.options
    picture = job.path("_albedo.png")
    if options.texture:
        rasters.png(picture, textures.albedo(job.world, options.texture))
    materials: dict[str, str] = {}
    vertices, coordinates = 1, 1
    with job.main.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# pcgstudio; metres, {options.up} up\nmtllib {job.stem}.mtl\n")
        for number, piece in enumerate(_pieces(job.world, options)):
            job.tick(min(0.9, 0.1 + 0.02 * number), f"writing {piece.name}")
            textured = piece.texture is not None and bool(options.texture)
            materials.setdefault(piece.material, _material(piece, picture.name if textured else ""))
            file.write(f"o {piece.name}\nusemtl {piece.material}\n")
            file.write(_lines("v", turned(piece.vertices, options.up), "%.4f"))
            if textured and piece.texture is not None:
                file.write(_lines("vt", piece.texture * np.array([1, -1], np.float32) + np.array([0, 1]), "%.6f"))
            file.write(_faces(piece.faces, vertices, coordinates if textured else 0))
            vertices += len(piece.vertices)
            coordinates += len(piece.vertices) if textured else 0
    job.path(".mtl").write_text("".join(materials.values()), encoding="utf-8", newline="\n")
    axes = "x east, y up, -z north" if options.up == "y" else "x east, y north, z up"
    return {
        "axes": f"OBJ: {axes}, right-handed, metres; the south-west corner lies at the origin",
        "resampling": f"ground on at most {options.cells} cells a side, a vertex at their corners",
        "instances": "written out: OBJ has none",
    }


def turned(vertices: FloatArray, up: str) -> FloatArray:
    """``(n, 3)``: map vectors with another axis up."""
    return vertices if up == "z" else np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1)


def _lines(word: str, rows: NDArray[np.floating], number: str) -> str:
    """Return one line a row; formatting them together is many times faster than one by one."""
    line = f"{word} " + " ".join([number] * rows.shape[1]) + "\n"
    return (line * len(rows)) % tuple(rows.reshape(-1).tolist())


def _faces(faces: NDArray[np.integer], vertices: int, coordinates: int) -> str:
    first = faces.astype(np.int64) + vertices
    if not coordinates:
        return ("f %d %d %d\n" * len(faces)) % tuple(first.reshape(-1).tolist())
    both = np.stack([first, faces.astype(np.int64) + coordinates], axis=-1)
    return ("f %d/%d %d/%d %d/%d\n" * len(faces)) % tuple(both.reshape(-1).tolist())


def _material(piece: Piece, picture: str) -> str:
    tone = "1 1 1" if picture else " ".join(f"{c / 255:.4f}" for c in piece.colour)
    lines = [f"newmtl {piece.material}", f"Kd {tone}", "Ks 0 0 0", f"d {piece.alpha:g}", "illum 1"]
    if picture:
        lines.append(f"map_Kd {picture}")
    return "\n".join(lines) + "\n\n"


OBJ = Target(
    name="obj",
    title="Wavefront OBJ",
    text="Ground, water, buildings and things as plain meshes with materials and a picture of the ground.",
    is_folder=False,
    suffix=".obj",
    options=ObjOptions,
    sized=_sized,
    made=_made,
)
