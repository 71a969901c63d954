"""A world shown in other colours or under another sun: the same meshes with another picture on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pcgstudio.shading import resized
from pcgstudio.world import BIOMES, FloatArray, Layer, World

from ..scene import TEXELS, Bytes, Piece, Scene, as_bytes, scene_of
from ..units import shown_in
from .lighting import daylight, relit, relit_faces
from .looks import NATURAL, USUAL, Look, Sun, layer_title
from .ramps import NOTHING, Legend, categories, ramp, scale_of

SHADED, SHORE_DIM = 0.6, np.float32(0.55)
"""How much of the light is in the colours of a layer, and how dark the line of the shore is."""


def dried(world: World) -> World:
    """Return the world without its water: dry beds of sand, no rivers."""
    layers = {n: layer for n, layer in world.layers.items() if n not in ("water_kind", "water_level", "water")}
    if "biome" in world and "water_kind" in world:
        sandy = np.where(world["water_kind"] > 0, BIOMES.index("beach"), world["biome"])
        layers["biome"] = replace(world.layers["biome"], data=sandy.astype(world["biome"].dtype))
    return replace(world, layers=layers, paths=tuple(p for p in world.paths if p.kind != "river"))


def dressed(
    world: World, usual: Scene, look: Look, make: Callable[[World], Scene] = scene_of
) -> tuple[Scene, Legend | None]:
    """Return the scene of a world in another look, and what its colours mean.

    Parameters
    ----------
    usual : Scene
        The world's scene in the natural colours, with water under the usual sun.
    make : callable
        Makes such a scene.
    """
    scene = usual if look.water else make(dried(world))
    legend = None
    if look.colour != NATURAL and look.colour in world:
        scene, legend = _coloured(world, scene, look)
    elif look.sun != USUAL:
        scene = _relit(scene, world.grid.extent_m, look.sun)
    return scene, legend


def layer_picture(layer: Layer, shape: tuple[int, int]) -> tuple[FloatArray, Legend]:
    """Return a layer as flat colours, ``(rows, cols, 3) float32`` in [0, 1] on another lattice, and their legend.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the picture.
    """
    if layer.kind == "continuous":
        scale = scale_of(layer)
        share = scale.share(layer.data)
        known = np.isfinite(share)
        fine = resized(np.where(known, share, 0), shape, "linear")
        picture = ramp()[np.clip(np.rint(fine * 255), 0, 255).astype(np.intp)]
        if not known.all():
            missing = resized(known.astype(np.float32), shape, "linear") < 0.5
            picture = np.where(missing[..., None], np.array(NOTHING, dtype=np.float32) / 255, picture)
        factor, unit = shown_in(layer.unit)
        return picture, Legend("", unit.replace("_", " "), scale.ticks(factor))
    rows, table, entries = categories(layer)
    near = resized(rows.astype(np.float32), shape, "nearest").astype(np.intp)
    return table[near], Legend("", "", (), entries)


def _coloured(world: World, scene: Scene, look: Look) -> tuple[Scene, Legend]:
    """Lay a layer over the ground, with the relief as light; plants would hide it and are left out."""
    surface = scene.surface if scene.surface is not None else resized(world["height"], (TEXELS, TEXELS), "linear")
    flat, legend = layer_picture(world.layers[look.colour], (surface.shape[0], surface.shape[1]))
    light = daylight(surface, world.grid.extent_m, look.sun)
    shade = (light / max(float(np.median(light)), 0.3)) ** SHADED  # 1 on the plain: there the legend's colour stands
    flat = np.where(_shores(world, flat.shape[:2])[..., None], flat * SHORE_DIM, flat)
    picture = as_bytes(flat * np.clip(shade, 0.6, 1.08)[..., None])
    pieces = [_recoloured(p, picture, world.grid.extent_m) for p in scene.pieces if p.part != "plants"]
    title = layer_title(look.colour)
    return replace(scene, pieces=tuple(pieces)), replace(legend, title=title[:1].upper() + title[1:])


def _shores(world: World, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """``shape``: a thin line where water meets land, so that a map of numbers is still a map."""
    if "water_level" not in world:
        return np.zeros(shape, dtype=bool)
    wet = resized(np.isfinite(world["water_level"]).astype(np.float32), (shape[0], shape[1]), "linear") > 0.5
    line = np.zeros(shape, dtype=bool)
    line[1:] |= wet[1:] != wet[:-1]
    line[:, 1:] |= wet[:, 1:] != wet[:, :-1]
    line[:-1] |= line[1:]  # two texels wide
    return line


def _recoloured(piece: Piece, picture: Bytes, extent: object) -> Piece:
    if piece.places is None:
        return piece
    places = (piece.vertices[:, :2] / np.asarray(extent)).astype(np.float32)  # rooms have pictures of other frames
    return replace(piece, colour=picture, places=places)


def _relit(scene: Scene, extent_m: tuple[float, float], sun: Sun) -> Scene:
    pictures: dict[int, Bytes] = {}
    pieces = []
    for piece in scene.pieces:
        if piece.places is None:
            pieces.append(replace(piece, colour=as_bytes(relit_faces(piece.colour, piece.vertices, piece.faces, sun))))
        elif scene.surface is None:  # rooms have their own lamps
            pieces.append(piece)
        else:
            if id(piece.colour) not in pictures:  # levels of detail share one
                pictures[id(piece.colour)] = as_bytes(relit(piece.colour, scene.surface, extent_m, sun))
            pieces.append(replace(piece, colour=pictures[id(piece.colour)]))
    return replace(scene, pieces=tuple(pieces))
