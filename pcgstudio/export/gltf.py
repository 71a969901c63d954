"""World to GLB (glTF 2.0): +Y up, metres, named nodes, real materials, instances kept as instances.

The map's (x east, y north, z up) becomes (x, z, -y); the origin stays the south-west corner at sea level. Source:
Khronos, *glTF 2.0 Specification*; *EXT_mesh_gpu_instancing*; *KHR_lights_punctual*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio import models
from pcgstudio.errors import BuildError
from pcgstudio.palette import load_palette
from pcgstudio.world import WATER_KINDS, FloatArray, Grid, Instances, MeshPart, OwnPart, World

from . import tint
from .glb import Document
from .surface import LIMIT, Lattice, Surface

Attributes = dict[str, NDArray[Any]]
InstanceMode = Literal["extension", "nodes"]

LAMP_CANDELA = 150.0
"""Luminous intensity of a placed light, about a dozen candles."""

SMOOTH_COS = np.float32(np.cos(np.radians(30)))
"""Faces within 30 degrees of a vertex's mean normal share it; a box's faces, at 45 or more, keep their edges."""

MASONRY = frozenset({
    "plaster", "plaster_warm", "plaster_cool", "roof", "roof_brown", "roof_dark", "thatch", "brick", "barn", "church",
    "stone", "concrete", "concrete_dark", "bridge_stone", "bridge",
})  # fmt: skip
"""Materials that take a texture: they get coordinates, one unit a height of the model."""

_FOLIAGE = frozenset(
    {"conifer", "broadleaf", "palm_leaf", "shrub", "acacia", "cactus", "oak", "birch", "pine", "grass"}
)
_SHADES = (1.0, 0.86, 0.94, 0.8)
"""Lightness of the foliage of each variant, so that a forest is not one green."""


@dataclass(frozen=True)
class Skin:
    """Baked textures of the ground as PNG, north up; they take the place of vertex colours and normals."""

    albedo: bytes
    normals: bytes


def write_glb(world: World, path: Path, *, instances: InstanceMode = "extension", limit: int = LIMIT) -> None:
    """Write a world as one GLB file, the same bytes for the same world.

    Parameters
    ----------
    world : World
        What to write; needs at least the layer ``height``.
    path : Path
        The file.
    instances : {"extension", "nodes"}
        ``extension`` keeps placed things as EXT_mesh_gpu_instancing, a few hundred nodes for any number of things;
        ``nodes`` makes a node of each, all of a shape sharing one mesh, for importers without that extension.
    limit : int
        Most terrain cells along a side; larger maps are thinned by a whole stride.

    Raises
    ------
    BuildError
        The height or a mesh holds values that are no numbers.
    """
    document(world, instances=instances, limit=limit).write(path)


def document(
    world: World, *, instances: InstanceMode = "extension", limit: int = LIMIT, skin: Skin | None = None
) -> Document:
    """Return the glTF document of a world; see `write_glb`."""
    scene = _Scene(Document(f"pcgstudio {version('pcgstudio')}"), world.grid, instances)
    scene.document.extras = {"units": "m", "extent_m": list(world.grid.extent_m), "origin": "south-west corner"}
    lattice = Lattice.of(world, limit)
    scene.ground(world, lattice, skin)
    scene.water(lattice)
    for part in world.parts:
        scene.part(part)
    for kind in sorted(world.instances):
        scene.placed(kind, world.instances[kind])
    return scene.document


def up(vectors: NDArray[Any]) -> FloatArray:
    """``(n, 3) float32`` glTF vectors of map vectors: (x, y, z) becomes (x, z, -y)."""
    return np.stack([vectors[:, 0], vectors[:, 2], -vectors[:, 1]], axis=1).astype(np.float32)


@dataclass
class _Scene:
    """A document with the materials and shapes that its nodes share."""

    document: Document
    grid: Grid
    mode: InstanceMode
    _materials: dict[str, int] = field(default_factory=dict)

    def ground(self, world: World, lattice: Lattice, skin: Skin | None = None) -> None:
        surface = lattice.terrain()
        attributes: Attributes = {"POSITION": surface.position, "NORMAL": surface.normal}
        attributes["TEXCOORD_0"] = lattice.texture(surface.corner)
        look: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.95}
        ground: dict[str, Any] = {"name": "terrain", "pbrMetallicRoughness": look}
        if skin is None:
            attributes["COLOR_0"] = tint.ground_colours(world, lattice.rows, lattice.cols)
        else:
            # The normals of the picture stand over a level plane, so the mesh's own are level: no slope counts twice.
            attributes["NORMAL"] = np.tile(np.array([0, 1, 0], np.float32), (len(surface.position), 1))
            attributes["TANGENT"] = np.tile(np.array([1, 0, 0, 1], np.float32), (len(surface.position), 1))
            look["baseColorTexture"] = {"index": self.document.texture("albedo", skin.albedo)}
            ground["normalTexture"] = {"index": self.document.texture("normal", skin.normals)}
        self._mesh_node("terrain", attributes, surface.faces, self._material("surface", ground))

    def water(self, lattice: Lattice) -> None:
        for kind in range(1, len(WATER_KINDS)):
            surface = lattice.water(kind)
            if surface is not None:
                self._water(kind, lattice, surface)

    def _water(self, kind: int, lattice: Lattice, surface: Surface) -> None:
        depth = surface.position[:, 1] - lattice.ground.reshape(-1)[surface.corner]
        attributes: Attributes = {
            "POSITION": surface.position,
            "NORMAL": surface.normal,
            "COLOR_0": tint.water_colours(kind, depth),
        }
        told = tint.water_material(kind)
        self._mesh_node(told["name"], attributes, surface.faces, self._material(told["name"], told))

    def part(self, part: MeshPart) -> None:
        if not np.isfinite(part.vertices).all():
            raise BuildError(f"the mesh '{part.name}' holds values that are no numbers; rebuild the map")
        position, normal, faces = shaded(up(part.vertices), part.faces)
        if len(faces):
            attributes = {"POSITION": position, "NORMAL": normal}
            self._mesh_node(part.name, attributes, faces, self._palette_material(part.material))

    def placed(self, kind: str, placed: Instances) -> None:
        if not np.isfinite(placed.placement).all() or not np.isfinite(placed.size).all():
            raise BuildError(f"a placed {kind} has a position or size that is no number; rebuild the map")
        for number, species in enumerate(placed.names):
            mine = np.flatnonzero(placed.species == number)
            if not len(mine):
                continue
            # A light only shines; the brazier or torch it stands for is a prop of its own.
            lamps = kind == "light"
            nodes = self._lamps(species, placed.placement[mine]) if lamps else self._group(kind, species, placed, mine)
            self.document.node(f"{kind}_{species}", root=True, children=list(nodes))

    def _group(self, kind: str, species: str, placed: Instances, mine: NDArray[np.intp]) -> Iterator[int]:
        """Add the things of a species and yield their nodes: one per shape and field of the map, or one each."""
        own = placed.models.get(species, ())
        variants = models.VARIANTS if species in models.SPECIES and not own else 1
        for variant in range(min(variants, len(mine))):
            chosen = mine[variant::variants]
            name = f"{kind}_{species}_{variant}"
            mesh = self._own_shape(name, own) if own else self._shape(name, species, variant)
            move, turn, grow = _transforms(species, variant, placed, chosen)
            if self.mode == "nodes":
                for k, m, t, g in zip(chosen.tolist(), move.tolist(), turn.tolist(), grow.tolist(), strict=True):
                    name = f"{kind}_{species}_{k}"
                    yield self.document.node(name, mesh=mesh, translation=m, rotation=t, scale=g)
                continue
            for tile, members in _fields(self.grid, placed.placement[chosen], len(mine)):
                attributes = {
                    "TRANSLATION": self.document.accessor(move[members]),
                    "ROTATION": self.document.accessor(turn[members]),
                    "SCALE": self.document.accessor(grow[members]),
                }
                extension = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
                yield self.document.node(f"{kind}_{species}_{variant}_{tile}", mesh=mesh, extensions=extension)

    def _shape(self, name: str, species: str, variant: int) -> int:
        """Add the mesh of a species, flat shaded."""
        primitives = []
        for part in model_of(species, variant):
            triangles = up(part.vertices)[part.faces]
            flat = _face_normals(triangles)
            solid = flat.any(axis=1)
            points = triangles[solid].reshape(-1, 3)
            faces = np.arange(len(points), dtype=np.uint32).reshape(-1, 3)
            attributes: Attributes = {"POSITION": points, "NORMAL": np.repeat(flat[solid], 3, axis=0)}
            if part.material in _FOLIAGE:
                shade = np.full((len(points), 3), _SHADES[variant % len(_SHADES)], dtype=np.float32)
                attributes["COLOR_0"] = tint.vertex_colours(shade)
            if part.material in MASONRY:
                attributes["TEXCOORD_0"] = planar(points, attributes["NORMAL"])
            told = tint.material(part.material, part.colour, two_sided=part.two_sided)
            primitives.append(self.document.primitive(attributes, faces, self._material(part.material, told)))
        return self.document.mesh(name, primitives)

    def _own_shape(self, name: str, parts: tuple[OwnPart, ...]) -> int:
        """Add the mesh of a user's model, with its own colours and textures."""
        primitives = []
        for part in parts:
            position, normal, faces, corner = split_at_edges(up(part.vertices), part.faces)
            if not len(faces):
                continue
            attributes: Attributes = {"POSITION": position, "NORMAL": normal}
            told = tint.material(part.material, part.colour, two_sided=part.two_sided)
            if part.uv is not None and part.texture:
                attributes["TEXCOORD_0"] = part.uv[corner]
                if part.material not in self._materials:
                    number = self.document.texture(part.material, part.texture)
                    told["pbrMetallicRoughness"]["baseColorFactor"] = [1.0, 1.0, 1.0, 1.0]
                    told["pbrMetallicRoughness"]["baseColorTexture"] = {"index": number}
            primitives.append(self.document.primitive(attributes, faces, self._material(part.material, told)))
        return self.document.mesh(name, primitives)

    def _lamps(self, species: str, placement: FloatArray) -> Iterator[int]:
        lights = self.document.extensions.setdefault("KHR_lights_punctual", {}).setdefault("lights", [])
        colour = tint.base_colour(load_palette().light["lamp"])[:3]
        lights.append({"name": species, "type": "point", "color": colour, "intensity": LAMP_CANDELA})
        use = {"KHR_lights_punctual": {"light": len(lights) - 1}}
        for k, position in enumerate(up(placement[:, :3]).tolist()):
            yield self.document.node(f"light_{species}_{k}", translation=position, extensions=use)

    def _mesh_node(self, name: str, attributes: Attributes, faces: NDArray[Any], material: int) -> None:
        mesh = self.document.mesh(name, [self.document.primitive(attributes, faces, material)])
        self.document.node(name, root=True, mesh=mesh)

    def _material(self, name: str, told: dict[str, Any]) -> int:
        if name not in self._materials:
            self._materials[name] = len(self.document.materials)
            self.document.materials.append(told)
        return self._materials[name]

    def _palette_material(self, name: str) -> int:
        palette = load_palette()
        known = palette.materials.get(name)
        return self._material(name, tint.material(name, known or palette.materials["stone"]))


def model_of(species: str, variant: int) -> tuple[models.ModelPart, ...]:
    """Return the model of a species, or a plain block for one that an add-on placed and nobody modelled."""
    if species in models.SPECIES:
        return models.model(species, variant)
    points = np.array([[x, y, z] for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)], dtype=np.float32)
    sides = [[0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4],
             [2, 6, 7], [2, 7, 3], [0, 4, 6], [0, 6, 2], [1, 3, 7], [1, 7, 5]]  # fmt: skip
    return (models.ModelPart("stone", points, np.array(sides, np.int32), "stone", load_palette().material("stone")),)


def _transforms(
    species: str, variant: int, placed: Instances, chosen: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return translations ``(n, 3)``, unit quaternions x, y, z, w ``(n, 4)`` and scales ``(n, 3)`` in glTF axes."""
    placement, size = placed.placement[chosen], placed.size[chosen]
    if species in placed.models:
        grown = models.own_scaling(placed.models[species], size)
    elif species in models.SPECIES:
        grown = models.scaling(species, size, variant)
    else:
        grown = np.maximum(size, np.float32(0.01))
    half = np.radians(placement[:, 3].astype(np.float64)) / 2
    turn = np.zeros((len(chosen), 4), dtype=np.float32)
    # Counter-clockwise from above about z in the map is the same turn about +Y here.
    turn[:, 1], turn[:, 3] = np.sin(half), np.cos(half)
    return up(placement[:, :3]), turn, np.ascontiguousarray(grown[:, [0, 2, 1]], dtype=np.float32)


def _fields(grid: Grid, placement: FloatArray, total: int) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield names and members of the square fields of the map that hold things, so that a viewer can cull them."""
    side = 1 if total < 64 else 4 if total < 2048 else 8
    rows, cols = grid.cells_of(placement)
    key = rows * side // grid.rows * side + cols * side // grid.cols
    order = np.argsort(key, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        yield f"{key[members[0]] // side}{key[members[0]] % side}", members


def _face_normals(corner: FloatArray) -> FloatArray:
    """``(m, 3) float32`` unit normals of ``(m, 3, 3)`` triangles; zero where a triangle has no area."""
    across = np.cross((corner[:, 1] - corner[:, 0]).astype(np.float64), corner[:, 2] - corner[:, 0])
    long = np.linalg.norm(across, axis=1, keepdims=True)
    unit = np.divide(across, long, out=np.zeros_like(across), where=long > 1e-12)
    return np.asarray(unit, dtype=np.float32)


def planar(points: FloatArray, normals: FloatArray) -> FloatArray:
    """``(n, 2) float32`` texture coordinates of glTF points: each face laid flat along the axis it looks down most."""
    axis = np.argmax(np.abs(normals), axis=1)
    across, up_ = np.where(axis == 0, 2, 0), np.where(axis == 1, 2, 1)
    rows = np.arange(len(points))
    return np.stack([points[rows, across], -points[rows, up_]], axis=1).astype(np.float32)


def shaded(vertices: FloatArray, faces: NDArray[np.integer[Any]]) -> tuple[FloatArray, FloatArray, NDArray[np.uint32]]:
    """Split vertices where faces meet at an edge, and give them normals.

    Parameters
    ----------
    vertices : ndarray
        ``(n, 3) float32``.
    faces : ndarray
        ``(m, 3)`` integers; triangles without area are dropped.

    Returns
    -------
    position, normal : ndarray
        ``(k, 3) float32``.
    faces : ndarray
        ``(<= m, 3) uint32``.
    """
    return split_at_edges(vertices, faces)[:3]


def split_at_edges(
    vertices: FloatArray, faces: NDArray[np.integer[Any]]
) -> tuple[FloatArray, FloatArray, NDArray[np.uint32], NDArray[np.intp]]:
    """Do as `shaded`; the last array ``(k,)`` says which of the given vertices each of the new ones was."""
    flat = _face_normals(vertices[faces])
    solid = flat.any(axis=1)
    faces, flat = faces[solid], flat[solid]
    if not len(faces):
        return vertices[:0], vertices[:0], np.zeros((0, 3), np.uint32), np.zeros(0, np.intp)
    mean = np.zeros(vertices.shape, dtype=np.float64)
    for k in range(3):
        np.add.at(mean, faces[:, k], flat)
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    index = faces.reshape(-1)
    own, shared = np.repeat(flat, 3, axis=0), mean[index].astype(np.float32)
    normal = np.where(np.einsum("ij,ij->i", own, shared)[:, None] >= SMOOTH_COS, shared, own)
    key = np.column_stack([index.astype(np.int64), np.round(normal * 1000).astype(np.int64)])
    _, first, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    corner = index[first].astype(np.intp)
    return vertices[corner], normal[first], inverse.reshape(-1, 3).astype(np.uint32), corner
