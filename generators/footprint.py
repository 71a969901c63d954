"""What every interior does to the map around it: flat ground below, and layers that keep what was there before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.generator import Inputs
from pcgstudio.world import CELLS, WATER_KINDS, FloatArray, Grid, Layer

from .dungeon_lattice import ROCK, WALL
from .kernels.nearness import distance_cells

SHORE_M = 0.3
"""An interior by the sea lies at least so high."""
APRON_M = 6.0
"""Width of the slope between its footprint and the terrain around it."""


def levelled(inputs: Inputs, footprint: NDArray[np.bool_]) -> tuple[FloatArray, float]:
    """Return height with the footprint made flat at its mean, sloping into the terrain around, and that level [m]."""
    ground = inputs.height()
    if "height" not in inputs.layers or not footprint.any():
        return ground, 0.0
    level = float(ground[footprint].mean(dtype=np.float64))
    if inputs.has("water_kind", "sea").any():
        level = max(level, SHORE_M)
    away = distance_cells(~footprint) * inputs.grid.cell_size_m
    share = np.clip(1 - away / APRON_M, 0, 1)
    share = (share * share * (3 - 2 * share)).astype(np.float32)
    share[inputs.has("water_kind", *WATER_KINDS[1:])] = 0
    change = (np.float32(level) - ground) * share
    # The build blends by the region; inside the footprint the floor must come out flat all the same.
    change[footprint] /= np.maximum(inputs.mask[footprint], np.float32(0.25))
    return np.asarray(ground + change, dtype=np.float32), level


def last_room(inputs: Inputs) -> int:
    """Highest room id that an earlier step gave; 0 where there is none."""
    return int(np.max(inputs.layers["room"].data, initial=0)) if "room" in inputs.layers else 0


def interior_layers(
    inputs: Inputs, cell: NDArray[np.uint8], room: NDArray[np.int32], height: FloatArray
) -> dict[str, Layer]:
    """Return the layers; rock all around where there is no terrain, and what an earlier interior left.

    Parameters
    ----------
    cell : ndarray
        ``(rows, cols) uint8`` ids of `CELLS`.
    room : ndarray
        ``(rows, cols) int32`` ids from 1; they are raised above those of earlier steps.
    height : ndarray
        ``(rows, cols) float32`` ground [m].
    """
    outside = 0 if "height" in inputs.layers else ROCK
    before = inputs.get("cell")
    kept = np.full(cell.shape, outside, np.uint8) if before is None else np.where(before > 0, before, outside)
    built = cell >= WALL
    rooms_before = inputs.get("room")
    numbered = np.where(
        room > 0, room + last_room(inputs), 0 if rooms_before is None else np.where(built, 0, rooms_before)
    )
    return {
        "cell": Layer.named(np.where(built, cell, kept), CELLS),
        "room": Layer(numbered.astype(np.int32), kind="categorical"),
        "height": Layer(height, "m"),
    }


def lowest_resolution(grid: Grid, cell_m: float, what: str) -> str:
    """Return the sentence that refuses a grid too coarse to show something."""
    return (
        f"cells of {grid.cell_size_m:.1f} m cannot show {what}; use a resolution of "
        f"{int(np.ceil(max(grid.extent_m) / cell_m))} or more, or a smaller map"
    )


def floor_heights(inputs: Inputs) -> FloatArray:
    """``(rows, cols) float32`` what one stands on [m]: the ground, or the floor of what lies under it."""
    depth = inputs.get("underground")
    return inputs.height() if depth is None else inputs.height() - depth
