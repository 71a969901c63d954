"""Signs of a sample as layers and meshes: interiors with rooms, or country with paths, water, houses and trees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.generator import Inputs, Output
from pcgstudio.world import BIOMES, CELLS, WATER_KINDS, FloatArray, Grid, Instances, Layer, MeshPart, Path

from .dungeon_lattice import DOOR, EIGHT, FLOOR, ROCK, Drawing, Lattice, walled
from .dungeon_mesh import boxes

BED_M, BANK_M = 1.2, 0.25
"""Depth of water, and how far its level lies below the ground around."""


def inside_drawing(signs: NDArray[np.str_], meanings: Mapping[str, str]) -> Drawing:
    """Return an interior: walls around what is walked on, one room for each piece of floor."""
    cell = np.full(signs.shape, ROCK, dtype=np.uint8)
    for sign, meaning in meanings.items():
        if meaning in CELLS:
            cell[signs == sign] = CELLS.index(meaning)
    room, _ = ndimage.label(cell == FLOOR)
    doors = []
    for r, c in np.argwhere(cell == DOOR).tolist():
        eastward = bool(cell[r, c - 1] >= FLOOR and cell[r, c + 1] >= FLOOR)
        doors.append((r, c, eastward))
    return Drawing(walled(cell), room.astype(np.int32), doors)


def outside_output(
    inputs: Inputs, lattice: Lattice, signs: NDArray[np.str_], meanings: Mapping[str, str]
) -> Output:  # fmt: skip
    """Return country: biomes, level water in its bed, paths, houses and trees."""
    grid = inputs.grid
    rows = np.floor((lattice.origin_m[1] + lattice.rows * lattice.cell_m - grid.ys()) / lattice.cell_m).astype(int)
    cols = np.floor((grid.xs() - lattice.origin_m[0]) / lattice.cell_m).astype(int)
    at = np.ix_(np.clip(rows, 0, lattice.rows - 1), np.clip(cols, 0, lattice.cols - 1))
    code = {sign: number for number, sign in enumerate(["", *meanings])}
    numbers = np.vectorize(code.__getitem__, otypes=[np.int64])(signs)[at]
    laid = numbers > 0
    biome = _kept(inputs, "biome", np.uint8)
    road = _kept(inputs, "road", np.uint8)
    wet = np.zeros(grid.shape, dtype=bool)
    for sign, meaning in meanings.items():
        here = numbers == code[sign]
        stands_for = {"path": "grassland", "house": "urban", "tree": "grassland", "river": "lake"}.get(meaning, meaning)
        biome[here] = BIOMES.index(stands_for)
        road[laid & here] = meaning == "path"
        wet |= here & (stands_for in ("lake", "ocean"))
    height, kind, level = _watered(inputs, wet)
    layers = {
        "biome": Layer.named(biome, BIOMES), "road": Layer.mask(road), "height": Layer(height, "m"),
        "water_kind": Layer.named(kind, WATER_KINDS), "water_level": Layer(level, "m"),
    }  # fmt: skip
    houses = _places(lattice, signs, meanings, "house")
    return Output(
        layers=layers,
        instances=_trees(grid, lattice, height, _places(lattice, signs, meanings, "tree")),
        parts=_houses(grid, height, houses, lattice.cell_m),
        paths=_streets(grid, lattice, height, np.isin(signs, [s for s, m in meanings.items() if m == "path"])),
    )


def _streets(grid: Grid, lattice: Lattice, height: FloatArray, paved: NDArray[np.bool_]) -> tuple[Path, ...]:
    """Return the straight stretches of the paths, each from its first sign to its last."""
    found = []
    for turned in (False, True):
        wide = np.pad(paved.T if turned else paved, ((0, 0), (1, 1)))
        row, first = np.nonzero(wide[:, 1:] & ~wide[:, :-1])
        _, after = np.nonzero(wide[:, :-1] & ~wide[:, 1:])
        for r, a, b in zip(row.tolist(), first.tolist(), after.tolist(), strict=True):
            if b - a < 2:
                continue
            along = np.arange(a, b)
            cells = np.stack([np.full(len(along), r), along], axis=1)
            at = lattice.points(cells[:, ::-1] if turned else cells)
            points = np.column_stack([at, height[grid.cells_of(at)]]).astype(np.float32)
            found.append(Path("street", points, np.full(len(points), 0.55 * lattice.cell_m, dtype=np.float32)))
    return tuple(found)


def _kept(inputs: Inputs, name: str, dtype: type) -> NDArray[np.uint8]:
    before = inputs.get(name)
    return np.zeros(inputs.grid.shape, dtype) if before is None else np.array(before, dtype=dtype)


def _watered(
    inputs: Inputs, wet: NDArray[np.bool_]
) -> tuple[FloatArray, NDArray[np.uint8], FloatArray]:  # fmt: skip
    """Return height, kind and level of water with a lake in every wet piece, no higher than its lowest bank."""
    height, kind = inputs.height(), _kept(inputs, "water_kind", np.uint8)
    before = inputs.get("water_level")
    level = np.full(height.shape, np.nan, np.float32) if before is None else np.array(before, dtype=np.float32)
    wet = wet & (inputs.mask > 0)
    lake, count = ndimage.label(wet, structure=EIGHT)
    if count:
        lowest = np.asarray(ndimage.minimum(height, lake, np.arange(1, count + 1)), dtype=np.float32)
        surface = np.concatenate([[np.float32(0)], lowest - np.float32(BANK_M)])[lake]
        level[wet], kind[wet] = surface[wet], WATER_KINDS.index("lake")
        bed = surface - np.float32(BED_M) * np.minimum(ndimage.distance_transform_edt(wet) / 3, 1).astype(np.float32)
        # The build blends by the region; the bed must come out below its water all the same.
        change = (np.minimum(bed, height) - height) / np.maximum(inputs.mask, np.float32(0.2))
        height = np.where(wet, height + change, height).astype(np.float32)
    return height, kind, level


def _places(
    lattice: Lattice, signs: NDArray[np.str_], meanings: Mapping[str, str], meaning: str
) -> NDArray[np.float64]:
    """``(n, 2)`` x, y [m] of the signs that stand for something."""
    mine = [sign for sign, m in meanings.items() if m == meaning]
    return lattice.points(np.argwhere(np.isin(signs, mine)))


def _trees(grid: Grid, lattice: Lattice, height: FloatArray, at: NDArray[np.float64]) -> dict[str, Instances]:
    if not len(at):
        return {}
    turn = (np.arange(len(at)) * 137.5) % 360
    scale = 0.85 + 0.3 * ((np.arange(len(at)) * 0.618) % 1)
    tall = np.float32(min(9.0, 1.6 * lattice.cell_m + 3))
    size = np.tile(np.array([0.6 * tall, 0.6 * tall, tall], dtype=np.float32), (len(at), 1))
    placed = np.column_stack([at, height[grid.cells_of(at)], turn, scale]).astype(np.float32)
    return {"tree": Instances(placed, np.zeros(len(at), dtype=np.int32), size, ("broadleaf",))}


def _houses(grid: Grid, height: FloatArray, at: NDArray[np.float64], cell_m: float) -> tuple[MeshPart, ...]:
    """Return walls and pitched roofs; every other house is turned."""
    if not len(at):
        return ()
    ground = height[grid.cells_of(at)].astype(np.float64)
    along = np.arange(len(at)) % 2 == 0
    half = (0.62 * cell_m, 0.45 * cell_m)
    tall = max(2.4, 0.55 * cell_m)
    walls = boxes(at, along, [((0.0, 0.0), half, (-0.6, tall))])
    vertices = walls[0].astype(np.float64)
    vertices[:, 2] += ground.repeat(8)
    over = (half[0] * 1.12, half[1] * 1.2)
    roof = boxes(at, along, [((0.0, 0.0), over, (tall - 0.05, tall + 0.75 * cell_m * 0.9))])
    peaks = roof[0].astype(np.float64).reshape(len(at), 8, 3)
    middle = np.concatenate([at, np.zeros((len(at), 1))], axis=1)[:, None]
    ridge = peaks[:, 4:, :2] - middle[:, :, :2]
    across = np.where(along[:, None, None], np.array([1.0, 0.02]), np.array([0.02, 1.0]))
    peaks[:, 4:, :2] = middle[:, :, :2] + ridge * across
    peaks[:, :, 2] += ground[:, None]
    return (
        MeshPart("tile_houses", vertices.astype(np.float32), walls[1], "plaster", True),
        MeshPart("tile_roofs", peaks.reshape(-1, 3).astype(np.float32), roof[1], "roof", True),
    )
