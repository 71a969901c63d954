"""From lines to rivers: beds, banks and the valleys that lead down to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_dilation,
    gaussian_filter,
    gaussian_filter1d,
    label,
    maximum_filter,
    minimum_filter,
)  # fmt: skip

from pcgstudio.build import SHORE_M
from pcgstudio.generator import Inputs
from pcgstudio.world import WATER_KINDS, FloatArray, Grid

from .kernels.channels import cells_crossed, nearest_on_line
from .river_lines import Line

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SLOPE = 0.7  # of the banks that a river cuts into its valley


@dataclass(frozen=True)
class Channel:
    """What rivers make of the ground: ``(rows, cols)`` each, ``wet`` bool, the others float32 (NaN/0 where dry)."""

    height: FloatArray
    wet: Mask
    level: FloatArray
    width: FloatArray
    catchment: FloatArray


def carve(inputs: Inputs, lines: list[Line]) -> Channel:
    """Cut the lines' beds and banks into the ground.

    Parameters
    ----------
    inputs : Inputs
        The map.
    lines : list of Line
        With levels.

    Returns
    -------
    Channel
        Wet cells form one 8-connected part a line, where lines do not touch.
    """
    grid, ground = inputs.grid, inputs.height()
    x, y, width, level, depth, area = (
        np.concatenate([getattr(n, name) for n in lines]).astype(np.float32)
        for name in ("x", "y", "width", "level", "depth", "catchment")
    )
    new = np.zeros(len(x), dtype=bool)
    new[np.cumsum([0, *(len(n.x) for n in lines[:-1])])] = True
    sink = np.concatenate([_sink(inputs, line) for line in lines]).astype(np.float32)
    wide = (width + np.abs(sink) * 4 + 2 * depth).astype(np.float32)
    reach = (width / 2 + wide + 3 * grid.cell_size_m).astype(np.float32)
    away, place = nearest_on_line(x, y, reach, new, grid.cell_size_m, grid.shape)
    existing = inputs.get("water_kind")
    dry_before = np.ones(grid.shape, dtype=bool) if existing is None else np.asarray(existing == 0)
    near = np.isfinite(away) & dry_before
    p, index = place[near], np.arange(len(x))
    level_at, half, deep, area_at = (np.interp(p, index, v).astype(np.float32) for v in (level, width / 2, depth, area))
    crossed = cells_crossed(x, y, new, grid.cell_size_m, grid.shape) & dry_before
    wet = crossed.copy()
    wet[near] |= away[near] <= half
    wet = _rooted(wet, grid, lines)
    valley = np.zeros(grid.shape, np.float32)
    beside = np.clip((away[near] - half) / np.interp(p, index, wide), 0, 1)
    valley[near] = np.interp(p, index, sink) * (0.5 + 0.5 * np.cos(np.pi * beside))
    shaped = ground - gaussian_filter(valley, max(grid.extent_m) / 250 / grid.cell_size_m, truncate=3)
    shaped[near] = _profile(shaped[near], away[near], level_at, half, deep, wet[near], grid.cell_size_m)
    out = [np.zeros(grid.shape, np.float32) for _ in range(3)]
    for full, values in zip(out, (level_at, 2 * half, area_at), strict=True):
        full[near] = values
    surface, across, catchment = (np.where(wet, v, 0).astype(np.float32) for v in out)
    brim = minimum_filter(np.where(wet, surface, np.float32(np.inf)), 3, mode="nearest")
    beside_water = np.isfinite(brim) & ~wet
    shaped[beside_water] = np.maximum(shaped[beside_water], brim[beside_water] + np.float32(0.02))
    del away, place, valley, out, brim, near, beside_water  # 35 bytes a cell that nothing below needs
    return Channel(_spared(inputs, ground, shaped, wet), wet, surface, across, catchment)


def _sink(inputs: Inputs, line: Line) -> Doubles:
    """``(n,)`` how far the country along a line has to come down to the river [m]; smooth, negative where it rises."""
    over = inputs.grid.sample(inputs.height(), line.points) - (line.level + 0.2 * line.depth)
    step = np.hypot(line.x[1] - line.x[0], line.y[1] - line.y[0])
    return np.asarray(gaussian_filter1d(over, max(inputs.grid.extent_m) / 100 / step, mode="nearest"))


def _rooted(wet: Mask, grid: Grid, lines: list[Line]) -> Mask:
    """Keep the parts that hold a line's longest stretch; drop bits that other water cuts off."""
    labels, _ = label(wet, structure=np.ones((3, 3)))
    keep = []
    for line in lines:
        met = labels[grid.cells_of(line.points)]
        if (met > 0).any():
            keep.append(int(np.bincount(met[met > 0]).argmax()))
    return np.isin(labels, keep) & wet


def _profile(
    ground: FloatArray, away: FloatArray, level: FloatArray, half: FloatArray, depth: FloatArray, wet: Mask, cell: float
) -> FloatArray:
    """Cross-section: a rounded bed under the water, a low bank, and valley sides that meet the ground smoothly."""
    across = np.clip(away / np.maximum(half, 1e-6), 0, 1)
    bed = level - np.maximum(depth * (1 - across**2), np.where(half < cell, 0.6, 0.15) * depth)
    out = np.maximum(away - half, 0)
    side = level + 0.12 * depth + 0.04 + np.float32(_SLOPE) * out * out / (out + 2 * half + np.float32(0.5 * cell))
    soft = 0.3 * depth + 0.1 * half * np.float32(_SLOPE)
    mixed = np.clip(0.5 + 0.5 * (ground - side) / soft, 0, 1)
    bank = ground + (side - ground) * mixed - soft * mixed * (1 - mixed)
    bank = np.where(ground < side - soft, ground, bank)
    far = np.clip((out - half) / (3 * half + 4 * depth + np.float32(3 * cell)), 0, 1)
    bank += (ground - bank) * far * far * (3 - 2 * far)
    # Beside the water the ground stands above it: a levee where the country is lower than the river.
    held = level + 0.03 - np.float32(_SLOPE) * np.maximum(out - np.float32(2.5 * cell), 0)
    return np.where(wet, bed, np.maximum(bank, held)).astype(np.float32)


def _spared(inputs: Inputs, before: FloatArray, after: FloatArray, wet: Mask) -> FloatArray:
    """Leave other water's bed and banks as they were, and dry land above the sea."""
    kind, level = inputs.get("water_kind"), inputs.get("water_level")
    if kind is None or level is None:
        return after
    other = np.asarray(kind > 0)
    held = np.where(other, before, after)
    lake = np.asarray(kind == WATER_KINDS.index("lake"))
    if lake.any():
        bank = binary_dilation(lake, np.ones((3, 3), dtype=bool), iterations=2) & ~other & ~wet
        brim = maximum_filter(np.where(lake, level, -np.inf), 5)
        held = np.where(bank, np.maximum(held, np.minimum(before, brim + np.float32(0.05))), held)
    if (kind == WATER_KINDS.index("sea")).any():
        held = np.where(other | wet, held, np.maximum(held, np.float32(SHORE_M)))
    return np.asarray(held, dtype=np.float32)
