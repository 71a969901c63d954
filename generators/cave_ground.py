"""Where a cave may lie, and what lies on its ground: pools and dripstones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.world import FloatArray, Grid

from .cave_plan import Cave
from .dungeon_lattice import Lattice
from .room_layout import BoolArray

MOST_CELLS = 4096
"""Cells along a side of a cave's lattice, at most."""
WALL_M = 3.0
"""Room that is left for walls between the floor and the edge of the region."""
SHORE_CELLS = 2.0
"""Dry ground around a pool."""


def unit_cells(grid: Grid, cell_m: float, most_m: float) -> float:
    """Return the cell [m] of a lattice over a map: as asked, and fine enough for what is ``most_m`` wide.

    Raises
    ------
    BuildError
        The lattice would be too large.
    """
    cell = min(cell_m, most_m)
    if max(grid.extent_m) / cell > MOST_CELLS:
        raise BuildError(
            f"a cave of cells of {cell:g} m on a map of {max(grid.extent_m):g} m has too many of them; "
            f"raise cell_m to {np.ceil(max(grid.extent_m) / MOST_CELLS):g} or make the map smaller"
        )
    return cell


def allowed_cells(inputs: Inputs, lattice: Lattice) -> BoolArray:
    """``(rows, cols) bool`` cells of a lattice where floor may be: dry and untouched, with room for walls around."""
    grid = inputs.grid
    points = lattice.points(np.argwhere(np.ones((lattice.rows, lattice.cols), dtype=bool)))
    usable = grid.sample(inputs.mask, points) >= 0.5
    taken = inputs.has("water_kind", "sea", "lake", "river")
    taken |= inputs.has("cell", "wall", "floor", "corridor", "door", "water", "stairs", "bridge")
    usable &= ~taken[grid.cells_of(points)]
    away = ndimage.distance_transform_edt(np.pad(usable.reshape(lattice.rows, lattice.cols), 1))[1:-1, 1:-1]
    return np.asarray(away > max(2.5, WALL_M / lattice.cell_m))


def pools(
    floor: FloatArray, room: NDArray[np.int32], tubes: FloatArray, wanted: int, cell_m: float, rng: np.random.Generator
) -> FloatArray:
    """Return a field that is above 0 in the pools, each in a chamber of its own, with dry ground all around.

    Raises
    ------
    BuildError
        There are fewer chambers with room for one.
    """
    pool = np.full(floor.shape, -0.5, dtype=np.float32)
    if not wanted:
        return pool
    clear = ndimage.distance_transform_edt((floor > 0) & (room > 0))
    rows, cols = (np.arange(n, dtype=np.float32) for n in floor.shape)
    done = 0
    order = np.argsort(-np.asarray(ndimage.maximum(clear, room, np.arange(1, room.max() + 1))), kind="stable")
    for number in (order + 1).tolist():
        if done == wanted:
            break
        # beside the way through, where there is such a place
        merit = np.where(room == number, clear - np.maximum(tubes, -2.0), -np.inf)
        r, c = np.unravel_index(int(np.argmax(merit)), merit.shape)
        radius = min(float(clear[r, c]) - SHORE_CELLS, 9.0 / cell_m)
        if radius < 1.2:
            continue
        a, turn = rng.uniform(0.75, 1.0), rng.uniform(0, np.pi)
        y, x = (rows - r)[:, None], (cols - c)[None, :]
        u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        angle = np.arctan2(v, u)
        wave = 1 + 0.12 * np.sin(3 * angle + turn) + 0.07 * np.sin(5 * angle)
        depth = 1 - np.hypot(u / (radius * wave), v / (radius * a * wave))
        pool = np.maximum(pool, np.clip(depth, -0.5, 0.5)).astype(np.float32)
        done += 1
    if done < wanted:
        raise BuildError(f"only {done} of {wanted} pools find a chamber of their own; ask for fewer or larger chambers")
    return np.where(clear > SHORE_CELLS - 0.5, pool, np.float32(-0.5)).astype(np.float32)


def dripstones(
    lattice: Lattice, cave: Cave, density: float, wall_height_m: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """``(n, 4)`` x, y, radius, height [m] of dripstones, in groups not far from the walls."""
    ground = (cave.floor > 0) & (cave.pool <= 0)
    clear = ndimage.distance_transform_edt(ground) * lattice.cell_m
    places = np.argwhere((clear > 0.9) & (clear < 3.2) & (cave.drawing.room > 0))
    count = round(density * float(ground.sum()) * lattice.cell_m**2 / 100)
    if not count or not len(places):
        return np.empty((0, 4))
    groups = places[rng.integers(len(places), size=-(-count // 3))].repeat(3, axis=0)[:count]
    at = lattice.points(groups + rng.normal(0, 1.1 / lattice.cell_m, groups.shape))
    tall = np.minimum(rng.gamma(4.0, 0.22, count) + 0.25, 0.7 * wall_height_m)
    stones = np.column_stack([at, 0.1 + 0.16 * tall * rng.uniform(0.8, 1.2, count), tall])
    cells = lattice_cells(lattice, at)
    inside = (cells >= 0).all(axis=1) & (cells[:, 0] < lattice.rows) & (cells[:, 1] < lattice.cols)
    kept = stones[inside]
    cells = cells[inside]
    return np.asarray(kept[clear[cells[:, 0], cells[:, 1]] > 0.6])


def lattice_cells(lattice: Lattice, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """``(n, 2)`` row and column of the lattice's cells below ``(n, 2)`` points x, y [m]."""
    col = np.floor((points[:, 0] - lattice.origin_m[0]) / lattice.cell_m)
    row = np.floor(lattice.rows - (points[:, 1] - lattice.origin_m[1]) / lattice.cell_m)
    return np.stack([row, col], axis=1).astype(np.int64)
