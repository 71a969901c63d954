"""Interiors under a hill: the level they lie on, the rock they may be dug in, and the passage out to the hillside."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Layer, MeshPart

from .dungeon_lattice import CORRIDOR, FLOOR, ROCK, WALL, Drawing, Lattice, walled
from .dungeon_mesh import solid_over

ROOF_M = 2.0
"""Rock over the walls, at least."""
SLAB_M = 0.4
"""Thickness of the ceilings."""
LEVELS = (0.3, 0.45, 0.6, 0.15)
"""Floors that are tried, as quantiles of the ground in the region: lower ones leave more hill over them, if also more
hollows in which a passage comes out far below the slope."""
THRESHOLD_M = 0.8
"""How far the ground may lie over or under the floor where the passage comes out."""
_WAYS = ((0, 1), (0, -1), (1, 0), (-1, 0))


@dataclass(frozen=True)
class Adit:
    """A straight passage from an interior out to the hillside, on the cells of a lattice.

    Parameters
    ----------
    cells : ndarray
        ``(n, 2)`` rows and columns of its middle line, from the interior outward.
    way : (int, int)
        Step outward in rows and columns.
    """

    cells: NDArray[np.int64]
    way: tuple[int, int]


def levels(inputs: Inputs) -> list[float]:
    """Floors to try [m], the likeliest first."""
    inside = inputs.mask >= 0.5
    ground = inputs.height()[inside & ~inputs.has("water_kind", "sea", "lake", "river")]
    return [float(v) for v in np.quantile(ground, LEVELS)] if len(ground) else []


def in_the_rock(inputs: Inputs, floor_m: float, wall_height_m: float) -> Inputs:
    """Return the inputs with the region cut down to where a room on that floor has rock over it."""
    deep = inputs.height() > floor_m + wall_height_m + ROOF_M
    return replace(inputs, mask=np.where(deep, inputs.mask, 0).astype(np.float32))


def adit_of(inputs: Inputs, lattice: Lattice, drawing: Drawing, floor_m: float) -> Adit | None:
    """Find the shortest straight passage that comes out at the floor's level; None where there is none."""
    cells = np.argwhere(np.ones(drawing.cell.shape, dtype=bool))
    at = inputs.grid.cells_of(lattice.points(cells))
    over = (inputs.height()[at] - np.float32(floor_m)).reshape(drawing.cell.shape)
    wet = inputs.has("water_kind", "sea", "lake", "river")[at].reshape(drawing.cell.shape)
    best: Adit | None = None
    least = np.inf
    r0, c0 = lattice.first()
    for r, c in np.argwhere(drawing.cell == FLOOR).tolist():
        on_node = (r - r0) % lattice.pitch < 1 and (c - c0) % lattice.pitch < 1
        if not on_node:
            continue
        for way in _WAYS:
            found = _way_out((r, c), way, drawing.cell, over, wet, lattice.node)
            # Mouths look south or west, where pictures are taken from, unless that is a much longer way.
            cost = np.inf if found is None else len(found) * (1.0 if way in ((1, 0), (0, -1)) else 1.6)
            if cost < least and found is not None:
                best, least = Adit(found, way), cost
    return best


def _way_out(
    start: tuple[int, int], way: tuple[int, int], cell: NDArray[np.uint8], over: FloatArray, wet: NDArray[np.bool_],
    wide: int,
) -> NDArray[np.int64] | None:  # fmt: skip
    """``(n, 2)`` cells from the wall of a room to the open, or None."""
    line: list[tuple[int, int]] = []
    r, c = start
    side = (abs(way[1]), abs(way[0]))
    while True:
        r, c = r + way[0], c + way[1]
        if not (2 <= r < cell.shape[0] - 2 - wide and 2 <= c < cell.shape[1] - 2 - wide):
            return None
        band = cell[r - side[0] : r + side[0] * (wide + 1) + 1, c - side[1] : c + side[1] * (wide + 1) + 1]
        if (band > WALL).any() and not line and cell[r, c] == FLOOR:
            continue
        if line and (band > ROCK).any() and len(line) > 2:
            return None
        if wet[r, c] or over[r, c] < -THRESHOLD_M:
            return None
        line.append((r, c))
        if over[r, c] <= THRESHOLD_M:
            return np.array(line, dtype=np.int64) if len(line) > 2 else None


def dug(drawing: Drawing, adit: Adit, lattice: Lattice) -> Drawing:
    """Return the drawing with the passage, and walls along it but for its end."""
    cell = np.where(drawing.cell == WALL, np.uint8(ROCK), drawing.cell)
    side = np.array([abs(adit.way[1]), abs(adit.way[0])])
    for k in range(lattice.node):
        r, c = (adit.cells + k * side).T
        fresh = cell[r, c] <= WALL
        cell[r[fresh], c[fresh]] = CORRIDOR
    out = walled(cell)
    # The mouth stays open: no wall across its end.
    r, c = adit.cells[-1] + np.array(adit.way)
    for k in range(-1, lattice.node + 1):
        out[r + k * side[0], c + k * side[1]] = ROCK
    return Drawing(out, drawing.room, drawing.doors)


def open_ground(inputs: Inputs, cell: NDArray[np.uint8], floor_m: float, wall_height_m: float) -> NDArray[np.bool_]:
    """``(rows, cols)`` cells of the map whose ground the passage breaks through."""
    walked = ndimage.binary_dilation(cell > WALL) & (cell > ROCK)
    over = inputs.height() - floor_m
    return np.asarray(walked & (over < wall_height_m + SLAB_M) & (over > -THRESHOLD_M))


def depth_layer(inputs: Inputs, cell: NDArray[np.uint8], floor_m: float) -> Layer:
    """Return how far the floor lies under the ground [m]; 0 where there is nothing below."""
    near = ndimage.binary_dilation(cell > ROCK, np.ones((3, 3)), iterations=2)
    depth = np.where(near, np.maximum(inputs.height() - np.float32(floor_m), 0), 0).astype(np.float32)
    before = inputs.get("underground")
    return Layer(depth if before is None else np.where(near, depth, before).astype(np.float32), "m")


def ceiling(lattice: Lattice, drawing: Drawing, top_m: float, suffix: str) -> MeshPart:
    """Return the slab over all that is walked on."""
    vertices, faces = solid_over(lattice, drawing.cell > ROCK, top_m, top_m + SLAB_M)
    return MeshPart(f"ceiling{suffix}", vertices, faces, "stone", watertight=True)
