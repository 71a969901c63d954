"""What the ground is made of, as weights of a few materials that add up to 255 everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, World

from . import vertices
from .tint import ROCK_DEG

MATERIALS = ("grass", "dry_grass", "forest_floor", "soil", "sand", "rock", "snow", "paving")

_OF_BIOME = {
    "none": "grass", "ocean": "sand", "lake": "soil", "river": "soil", "beach": "sand", "grassland": "grass",
    "savanna": "dry_grass", "shrubland": "dry_grass", "forest": "forest_floor", "rainforest": "forest_floor",
    "taiga": "forest_floor", "tundra": "dry_grass", "desert": "sand", "badlands": "rock", "swamp": "soil",
    "rock": "rock", "snow": "snow", "volcanic": "rock", "farmland": "soil", "urban": "paving",
}  # fmt: skip
_OF_CELL = {"rock": "rock", "wall": "rock", "floor": "paving", "corridor": "paving", "door": "paving",
            "water": "soil", "stairs": "paving", "bridge": "paving"}  # fmt: skip
_OF_DISTRICT = {"centre": "paving", "market_square": "paving", "harbour": "paving", "industrial": "paving",
                "castle": "paving", "residential": "soil", "slum": "soil", "farmland": "soil"}  # fmt: skip
_BLOCK = 128
"""Rows that are weighed at a time, so that eight layers of a large map need no memory of their own."""


@dataclass(frozen=True)
class Weights:
    """Materials and how much of each there is.

    Parameters
    ----------
    names : tuple of str
        The materials that occur, in the order of `MATERIALS`.
    data : ndarray
        ``(n, rows, cols) uint8``, the north row first; the n weights of a place add up to 255.
    """

    names: tuple[str, ...]
    data: NDArray[np.uint8]


def weights(world: World, shape: tuple[int, int], *, edges: bool) -> Weights:
    """Weigh the materials of the ground on another lattice.

    Parameters
    ----------
    world : World
        Uses ``biome``, ``slope``, ``road``, ``street``, ``district`` and ``cell`` where there are.
    shape : tuple of int
        Rows and columns.
    edges : bool
        Whether places are vertices from edge to edge, or the centres of texels.
    """
    cells = _cells(world)
    present = [k for k in range(len(MATERIALS)) if cells[k].any()]
    down, along = vertices.shares(world.grid.shape, shape, edges=edges)
    out = np.empty((len(present), *shape), dtype=np.uint8)
    for first in range(0, shape[0], _BLOCK):
        part = down[first : first + _BLOCK]
        fields = np.stack([vertices.resample(cells[k], part, along) for k in present])
        out[:, first : first + _BLOCK] = whole(fields)
    return Weights(tuple(MATERIALS[k] for k in present), out)


def whole(share: FloatArray) -> NDArray[np.uint8]:
    """``(n, ...) uint8`` weights that add up to 255, from positive shares, by largest remainder."""
    scaled = share / np.maximum(share.sum(axis=0, keepdims=True), 1e-9) * 255
    low = np.floor(scaled)
    missing = np.round(255 - low.sum(axis=0)).astype(np.int64)
    order = np.argsort(low - scaled, axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    return np.asarray(low + (rank < missing), dtype=np.uint8)


def _cells(world: World) -> FloatArray:
    """``(n, rows, cols) float32`` shares of `MATERIALS` in every cell."""
    out = np.zeros((len(MATERIALS), *world.grid.shape), dtype=np.float32)
    material = np.zeros(world.grid.shape, dtype=np.uint8)
    for layer, table in (("biome", _OF_BIOME), ("district", _OF_DISTRICT), ("cell", _OF_CELL)):
        for name, made_of in table.items():
            here = world.category(layer, name)
            material[here] = MATERIALS.index(made_of)
    if "biome" not in world and "water_kind" in world:
        material[world["water_kind"] > 0] = MATERIALS.index("sand")
    for k in range(len(MATERIALS)):
        out[k] = material == k
    if "slope" in world and "cell" not in world:
        low, high = ROCK_DEG
        bare = np.clip((world["slope"] - low) / (high - low), 0, 1).astype(np.float32)
        bare[material == MATERIALS.index("snow")] *= 0.5
        out *= 1 - bare
        out[MATERIALS.index("rock")] += bare
    for layer in ("road", "street"):
        if layer in world:
            out[:, world[layer] > 0] = 0
            out[MATERIALS.index("paving"), world[layer] > 0] = 1
    return out
