"""Baked textures of the ground: its colour without light, and its normals, as a picture from above, north up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pcgstudio.palette import load_palette
from pcgstudio.world import BIOMES, FloatArray, Layer, World

from .tint import ROCK_DEG
from .vertices import finite

Picture = NDArray[np.uint8]

LARGEST = 4096
"""Texels of the longer side of the largest texture: every program takes it."""


def shape(world: World, longest: int) -> tuple[int, int]:
    """Rows and columns of a texture with that many texels on the longer side."""
    from pcgstudio.ground import texel_shape  # noqa: PLC0415 - the painter loads only where something is painted

    return texel_shape(world, longest)


def albedo(world: World, longest: int) -> Picture:
    """``(rows, cols, 3) uint8`` sRGB colour of the ground, without light and shadow, beds where there is water.

    The painter of the previews paints the map as if it lay level in even light; rock is added where it is steep.
    """
    from pcgstudio.ground import painted  # noqa: PLC0415 - see `shape`
    from pcgstudio.shading import mottle, resized  # noqa: PLC0415

    colour = np.array(painted(_levelled(world), longest).colour)
    at = colour.shape[:2]
    palette = load_palette()
    cell = world.layers.get("slope")
    if cell is not None:
        low, high = ROCK_DEG
        bare = np.clip((resized(cell.data, at, "linear") - low) / (high - low), 0, 1)[..., None] * np.float32(0.8)
        rock = np.array(palette.biomes["rock"][0], dtype=np.float32) / 255
        grain = 1 + np.float32(0.12) * mottle(at, longest / 9, 3, 31)[..., None]  # bare stone is no flat tone
        colour += (rock * grain - colour) * bare
    if "water_kind" in world:
        for kinds, tone in (((1,), palette.biomes["beach"][1]), ((2,), palette.soil["middle"])):
            wet = np.clip(resized(np.isin(world["water_kind"], kinds).astype(np.float32), at, "linear"), 0, 1)
            colour += (np.array(tone, dtype=np.float32) / 255 - colour) * wet[..., None]
    return np.asarray(np.clip(colour * 255 + 0.5, 0, 255), dtype=np.uint8)


def _levelled(world: World) -> World:
    """Return the map without relief and standing water, as the painter of even light wants it."""
    from pcgstudio.tones import natural_biome_tones  # noqa: PLC0415 - see `shape`

    layers = {n: layer for n, layer in world.layers.items() if n not in ("water_kind", "water_level", "slope")}
    layers["height"] = Layer(np.zeros(world.grid.shape, np.float32), "m")
    if "biome" not in layers:
        layers["biome"] = Layer.named(natural_biome_tones(world), BIOMES)
    return replace(world, layers=layers)


def normals(world: World, longest: int) -> Picture:
    """``(rows, cols, 3) uint8`` normals of the ground over a level plane: red east, green north, blue up.

    0.5 is zero; green grows to the north, the picture's top, as OpenGL, glTF, Unity and Godot have it.
    """
    from pcgstudio.shading import resized  # noqa: PLC0415 - see `shape`

    height = finite(world)
    south, east = np.gradient(height, world.grid.cell_size_m)
    at = shape(world, longest)
    slope = [resized(np.asarray(g, dtype=np.float32), at, "linear") for g in (-east, south)]
    return packed(np.stack([*slope, np.ones(at, np.float32)], axis=-1))


def packed(vectors: FloatArray) -> Picture:
    """``(..., 3) uint8`` of vectors of any length."""
    unit = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.round((unit * 0.5 + 0.5) * 255), dtype=np.uint8)
