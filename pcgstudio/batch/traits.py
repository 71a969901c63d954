"""What is comparable about maps: a few measures for plots, and a descriptor whose distances find near-duplicates.

The descriptor has five blocks of equal weight: the shape of the ground, water and woods (each the means over an 8 x 8
checkerboard of the map), ways and rooms (over 16 x 16, or mazes would all look alike) and the biomes' shares. A
distance is the root mean square of the differences of the blocks, so it lies in [0, 1]: 0 are twins, unlike seeds of
one sentence lie some 0.05 (mazes) to 0.2 (islands) apart. The measures are the axes of the expressive range: Smith and
Whitehead, "Analyzing the expressive range of a level generator", PCGames 2010.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..measure import check_of, measure
from ..world import BIOMES, FloatArray, World

BOARD, FINE_BOARD = 8, 16
"""Fields of the checkerboards on each side."""

_WAYS = ("floor", "corridor", "door", "bridge", "stairs")


def descriptor(world: World) -> list[float]:
    """Return the numbers whose Euclidean distance is the distance of two maps; four digits, the same everywhere."""
    height = np.asarray(world["height"], dtype=np.float64)
    relief = max(float(np.ptp(height)), 1.0)  # less than a metre is flat
    ways = np.zeros(world.grid.shape, dtype=bool)
    for name in _WAYS:
        ways |= world.category("cell", name)
    for name in ("road", "building"):
        if name in world:
            ways |= world[name] > 0
    woods = world["forest"] > 0 if "forest" in world else np.zeros(world.grid.shape, dtype=bool)
    blocks = [_board(part, BOARD) for part in ((height - height.min()) / relief, world["water"] > 0, woods)]
    blocks.append(_board(ways, FINE_BOARD))
    shares = np.zeros(len(BIOMES))
    if "biome" in world:
        shares = np.bincount(world["biome"].ravel(), minlength=len(BIOMES))[: len(BIOMES)] / world["biome"].size
    blocks.append(np.sqrt(shares / 2))  # Hellinger's distance of two distributions, in [0, 1]
    return [round(float(v), 4) for v in np.concatenate(blocks) / np.sqrt(len(blocks))]


def _board(values: NDArray[np.generic], side: int) -> NDArray[np.float64]:
    """Return ``(side * side,) float64`` means over the fields, scaled so that their norm is their root mean square."""
    rows, cols = values.shape
    r, c = (np.arange(n) * side // n for n in (rows, cols))
    fields = (r[:, None] * side + c[None, :]).ravel()
    count = np.bincount(fields, minlength=side * side)
    total = np.bincount(fields, weights=values.ravel().astype(np.float64), minlength=side * side)
    return np.asarray(total / np.maximum(count, 1) / side)


def distances(one: FloatArray, others: FloatArray) -> FloatArray:
    """``(n,) float32`` distances of a descriptor to those in the rows of ``others``."""
    return np.asarray(np.sqrt(np.square(others - one).sum(axis=1)), dtype=np.float32)


def traits(world: World) -> dict[str, float]:
    """Return what every map is measured for, asked or not: name with its unit to value, in a fixed order."""
    told = {
        "relief_m": float(np.ptp(world["height"])),
        "mean_height_m": float(np.mean(world["height"])),
        "mean_slope_deg": float(np.mean(world["slope"])),
        "steep_share": float(np.mean(world["slope"] > 30)),
        "water_share": float(np.mean(world["water"] > 0)),
        "lakes": float(ndimage.label(world.category("water_kind", "lake"), structure=np.ones((3, 3)))[1]),
        "river_length_m": _length(world, "river"),
    }
    if "forest" in world:
        told["forest_share"] = float(np.mean(world["forest"] > 0))
    if "biome" in world:
        told["biome_variety"] = _variety(world["biome"])
    for kind, placed in sorted(world.instances.items()):
        told[f"{kind}_count"] = float(len(placed))
    if "cell" in world:
        told |= dict(_inside(world))
    return {name: round(value, 4) for name, value in told.items()}


def _length(world: World, kind: str) -> float:
    lines = [p.points for p in world.paths if p.kind == kind]
    return float(sum(np.hypot(*np.diff(p[:, :2], axis=0).T).sum() for p in lines))


def _variety(biome: NDArray[np.generic]) -> float:
    """Return how many equally common biomes would be as varied: the exponential of Shannon's entropy."""
    shares = np.bincount(biome.ravel()) / biome.size
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _inside(world: World) -> Iterator[tuple[str, float]]:
    """Yield the measures of floor plans, those among them that this one has."""
    yield "floor_share", float(np.mean(sum(world.category("cell", n) for n in _WAYS)))
    if "room" in world:
        yield "rooms", float(len(np.unique(world["room"][world["room"] > 0])))
    for name in ("dead_ends", "loops"):
        value = measure(world, check_of(name, 0))
        if value is not None:
            yield name, float(value)
