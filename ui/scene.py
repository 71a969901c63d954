"""A world as meshes for the live view: the painted ground as a cut block, and what stands on it.

Light and colour are those of `pcgstudio.render`, baked, so that the window and the bundle's preview show one map. Only
numpy here: a scene is made beside the main thread, which then merely hands it to the graphics card.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio import interior_view, storeys, things
from pcgstudio.aspect import AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG, azimuth
from pcgstudio.block import SIDE_LIGHT, THICKNESS, Faces, at_corners, block_of, cut_colours
from pcgstudio.ground import Ground, painted, relief
from pcgstudio.raster import Camera
from pcgstudio.shading import resized
from pcgstudio.world import FloatArray, Instances, World

TEXELS = 1280
"""Texels of the ground picture on its longer side."""

RIM = 3
"""Texels by which the slab of rooms is drawn in at the rim of its picture."""

CELLS_AT_REST, CELLS_MOVING = 512, 128
"""Quads of the ground on its longer side, and fewer while the camera moves."""

TRIANGLES_MOVING = 16_000
"""Triangles of the things that are drawn while the camera moves."""

SOIL = (
    (0.05, -1, 0.82), (0.22, 0, 1), (0.26, 1, 1), (0.5, 2, 1), (0.6, 3, 1), (0.9, 2, 1),
    (1.2, 4, 1), (1.6, 4, 0.94), (2.1, 4, 1.06), (9, 4, 0.97),
)  # fmt: skip
"""Bands of the cut: depth of the lower edge as a share of `THICKNESS`, row of `cut_colours` (-1 is the ground's own
colour), brightness."""
WATER_BANDS = 12

Detail = Literal["always", "rest", "moving"]
Part = Literal["ground", "cut", "plants", "things", "built"]
PARTS_STANDING: tuple[Part, Part] = ("plants", "things")
PLANTS = frozenset(
    {"conifer", "broadleaf", "palm", "dead", "shrub", "acacia", "cactus", "oak", "birch", "pine", "tuft", "flowers"}
)
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Piece:
    """A mesh with its light baked in.

    Parameters
    ----------
    vertices : ndarray
        ``(n, 3) float32`` [m].
    faces : ndarray
        ``(m, 3) int32``.
    colour : ndarray
        ``(m, 3) uint8`` sRGB by face, or ``(rows, cols, 3) uint8``: a picture laid over it.
    places : ndarray, optional
        ``(n, 2) float32``: where on the picture each vertex lies, (0, 0) at its lower left.
    detail : {"always", "rest", "moving"}
        When it is drawn.
    part : {"ground", "cut", "plants", "things", "built"}
        What it is, so that it can be hidden: the ground, its cut sides, vegetation, other things, walls and rooms.
    """

    vertices: FloatArray
    faces: Faces
    colour: Bytes
    places: FloatArray | None = None
    detail: Detail = "always"
    part: Part = "ground"


@dataclass(frozen=True)
class Scene:
    """Everything the live view draws.

    Parameters
    ----------
    pieces : tuple of Piece
    frame : ndarray
        ``(n, 3)`` points that the first look at the map must show [m].
    azimuth_deg, elevation_deg, fov_deg : float
        Where that look comes from, as in `pcgstudio.raster.look`.
    surface : ndarray, optional
        ``(rows, cols) float32`` what light falls on under the ground picture [m]; None in rooms.
    floors : tuple of float
        Heights of the floors of an interior, from the lowest [m].
    """

    pieces: tuple[Piece, ...]
    frame: FloatArray
    azimuth_deg: float = AZIMUTH_DEG
    elevation_deg: float = ELEVATION_DEG
    fov_deg: float = FOV_DEG
    surface: FloatArray | None = None
    floors: tuple[float, ...] = ()

    @cached_property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """``(3,)`` lowest and ``(3,)`` highest coordinates of the frame [m]."""
        return self.frame.min(axis=0), self.frame.max(axis=0)

    @cached_property
    def top_m(self) -> float:
        """Height of the highest point of all pieces [m]."""
        return max((float(p.vertices[:, 2].max()) for p in self.pieces if len(p.vertices)), default=0.0)


def scene_of(world: World) -> Scene:
    """Return the scene of a world with the layer ``height``."""
    return _rooms(world) if interior_view.is_interior(world) else _landscape(world)


def _landscape(world: World) -> Scene:
    heights, texel = relief(world, TEXELS)
    groups = things.drawable(world, max(world.grid.extent_m) / 1500)
    ground = painted(world, TEXELS, things.canopy(groups, heights, texel) if groups else None)
    picture = as_bytes(ground.colour)
    pieces = [
        *block_pieces(ground, picture, CELLS_AT_REST, "rest"),
        *block_pieces(ground, picture, CELLS_MOVING, "moving"),
    ]
    pieces += standing(groups, ground.shadow, ground.texel_m, ground.colour)
    if world.parts:
        pieces.append(painted_piece(things.with_parts(None, world.parts), part="built"))
    return Scene(tuple(pieces), frame_of(pieces[2:4]), azimuth(world), surface=ground.surface)


def frame_of(pieces: list[Piece]) -> FloatArray:
    """``(n, 3)``: an even choice of their vertices [m]."""
    return np.concatenate([p.vertices[:: max(1, len(p.vertices) // 5000)] for p in pieces])


def as_bytes(colour: FloatArray) -> Bytes:
    """Return colours in [0, 1] as sRGB bytes."""
    return np.asarray(np.clip(colour * 255 + 0.5, 0, 255), dtype=np.uint8)


def painted_piece(mesh: things.Mesh, detail: Detail = "always", part: Part = "things") -> Piece:
    """Return a mesh with baked light as a piece."""
    return Piece(mesh.vertices, mesh.faces, as_bytes(mesh.colour), None, detail, part)


def block_pieces(ground: Ground, picture: Bytes, cells: int, detail: Detail) -> list[Piece]:
    """Return the ground and its four cut sides at a level of detail."""
    rows, cols = ground.surface.shape
    shape = (max(2, rows * cells // max(rows, cols)), max(2, cols * cells // max(rows, cols)))
    surface, soil = (resized(field, shape, "linear") for field in (ground.surface, ground.bed))  # cubic would ring
    small = replace(ground, surface=surface, bed=soil)
    block = block_of(small)
    places = np.divide(block.vertices[:, :2], np.array(ground.extent_m), dtype=np.float32)
    top = block.vertices.reshape(shape[0] + 1, shape[1] + 1, 3)
    bed = at_corners(small.bed, *shape)
    turf = np.stack([at_corners(ground.colour[..., k], *shape) for k in range(3)], axis=-1)
    deep = THICKNESS * max(ground.extent_m)
    around = zip(*map(_edges, (top, bed, turf)), SIDE_LIGHT, strict=True)
    base = float(block.foot[0, 2])
    sides = [_side(edge, low, green, deep, base, float(light)) for edge, low, green, light in around]
    return [Piece(block.vertices, block.faces, picture, places, detail), _joined(sides, detail)]


def _edges(field: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return what lies along the south, east, north and west edge, counter-clockwise seen from above."""
    return field[-1], field[::-1, -1], field[0, ::-1], field[:, 0]


def _side(edge: FloatArray, bed: FloatArray, turf: FloatArray, deep: float, base: float, light: float) -> Piece:
    """Cut the block along an edge ``(n, 3)``: water over beds of soil, in bands of one colour."""
    table, bands, high = cut_colours(), [], edge[:, 2]
    for number in range(1, WATER_BANDS + 1):  # the tint grows with the root of the depth
        share = number / WATER_BANDS
        low = np.maximum(edge[:, 2] - share**2 * 1.6 * deep, bed) if share < 1 else bed
        bands.append((high, low, table[5] + (table[6] - table[5]) * (share - 0.5 / WATER_BANDS)))
        high = low
    for depth, row, dim in SOIL:
        low = np.maximum(bed - depth * deep, base)
        bands.append((high, low, (turf[1:] + turf[:-1]) / 2 * dim if row < 0 else table[row] * dim))
        high = low
    pieces = []
    for high, low, colour in bands:
        there = np.flatnonzero((high - low)[1:] + (high - low)[:-1] > 1e-4).astype(np.int32)
        n = np.int32(len(edge))
        vertices = np.concatenate([np.column_stack([edge[:, :2], z]) for z in (high, low)]).astype(np.float32)
        faces = np.stack([there, there + n, there + n + 1, there, there + n + 1, there + 1], axis=1).reshape(-1, 3)
        tone = np.broadcast_to(colour, (len(edge) - 1, 3))[there] * light
        pieces.append(Piece(vertices, faces, as_bytes(np.repeat(tone, 2, axis=0))))
    return _joined(pieces, "always")


def _joined(pieces: list[Piece], detail: Detail) -> Piece:
    starts = np.cumsum([0, *(len(p.vertices) for p in pieces[:-1])])
    faces = np.concatenate([p.faces + np.int32(s) for p, s in zip(pieces, starts, strict=True)])
    vertices, colour = np.concatenate([p.vertices for p in pieces]), np.concatenate([p.colour for p in pieces])
    return Piece(vertices, faces, colour, None, detail, "cut")


def standing(
    groups: list[tuple[str, Instances]], shadow: FloatArray, texel_m: float, ground: FloatArray | None
) -> list[Piece]:
    """Return the plants and the other things, and of many an even choice for the moving camera."""
    pieces: list[Piece] = []
    for part in PARTS_STANDING:
        chosen = [(name, placed) for name, placed in groups if (name in PLANTS) == (part == "plants")]
        if not chosen:
            continue
        everything = things.mesh(chosen, shadow, texel_m, ground)
        stride = -(-len(everything.faces) // TRIANGLES_MOVING)
        if stride == 1:
            pieces.append(painted_piece(everything, "always", part))
            continue
        few = [(name, _fewer(placed, stride)) for name, placed in chosen]
        few = [(name, placed) for name, placed in few if len(placed)]
        thinned = things.mesh(few, shadow, texel_m, ground)
        pieces += [painted_piece(everything, "rest", part), painted_piece(thinned, "moving", part)]
    return pieces


def _fewer(placed: Instances, stride: int) -> Instances:
    """Return every so-many-th thing, a little larger, so that a forest keeps its weight."""
    kept = placed.keep(np.arange(len(placed)) % stride == 0)
    return replace(kept, size=kept.size * np.float32(min(stride**0.25, 1.6)))


def _rooms(world: World) -> Scene:
    """Lay the picture of each storey from above over its floors and wall tops; the sides of walls are lit by face."""
    pieces: list[Piece] = []
    frame, floors = [], []
    for number, storey in enumerate(storeys.split(world)):
        camera, foot, picture = interior_view.drawn(storey, (TEXELS, TEXELS), "top", 1)
        long = float(max(np.ptp(foot[:, 0]), np.ptp(foot[:, 1])))
        floor = foot + np.array([0, 0, interior_view.SLAB_SHARE * long - 0.01], dtype=np.float32)
        rise = _rise(world, storey)
        slab = things.Mesh(
            np.concatenate([foot, floor]),
            np.array([[4, 5, 6], [4, 6, 7], *(t for k in range(4) for t in _quad(k))], dtype=np.int32),
            np.repeat(cut_colours()[4] * SIDE_LIGHT[[0, 0, 1, 2, 3], None], 2, axis=0).astype(np.float32),
        )
        light = as_bytes(np.nan_to_num(picture))
        if number == 0:  # the slab of another storey would hide what lies below
            pieces += _lit_from_above(slab, camera, light, rise, "cut")
        if storey.parts:
            built = (*storey.parts, *interior_view.surroundings(storey))
            pieces += _lit_from_above(things.with_parts(None, built), camera, light, rise, "built")
        frame += [foot + rise, floor + rise]
        floors.append(float(floor[0, 2] + rise[2]))
    groups = [(n, p) for n, p in things.drawable(world, 0.0) if n not in things.GROWN]
    pieces += standing(groups, np.zeros((2, 2), np.float32), max(world.grid.extent_m), None)
    view = (interior_view.AZIMUTH_DEG, interior_view.ELEVATION_DEG, interior_view.FOV_DEG)
    return Scene(tuple(pieces), np.concatenate(frame), *view, floors=tuple(sorted(floors)))


def _rise(world: World, storey: World) -> FloatArray:
    """``(3,)``: how much higher the parts of a storey stand in the world than on their own."""
    placed = {part.name: part for part in world.parts}
    lift = [placed[p.name].vertices[0, 2] - p.vertices[0, 2] for p in storey.parts if p.name in placed]
    return np.array([0, 0, lift[0] if lift else 0], dtype=np.float32)


def _lit_from_above(mesh: things.Mesh, camera: Camera, picture: Bytes, rise: FloatArray, part: Part) -> list[Piece]:
    """Return what of a mesh faces up, under the picture, and the rest in its own colours."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    up = normal[:, 2] > 0.5 * np.linalg.norm(normal, axis=1)
    places = camera.project(mesh.vertices)[:, :2] / TEXELS
    places[:, 1] = 1 - places[:, 1]
    if part == "cut":  # its rim is that of what the picture shows: beyond it there is nothing, which would shine in
        places = 0.5 + (places - 0.5) * np.float32(1 - RIM / TEXELS)
    vertices = mesh.vertices + rise
    return [
        Piece(vertices, mesh.faces[up], picture, places.astype(np.float32), part=part),
        Piece(vertices, mesh.faces[~up], as_bytes(mesh.colour[~up]), part=part),
    ]


def _quad(k: int) -> list[list[int]]:
    """Two triangles of a side of a box with the corners 0 to 3 below and 4 to 7 above."""
    n = (k + 1) % 4
    return [[k, n, n + 4], [k, n + 4, k + 4]]
