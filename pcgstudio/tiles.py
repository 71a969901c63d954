"""Heights of a large map as tiles: pictures that share the vertices of their edges, and an index in words and numbers.

======================  ============================================================================================
``tiles.json``          size, span of heights, spacing, and every tile with the ground it covers
``height_xC_yR.png``    16 bit grey, column C from the west and row R from the north; or ``.tif``, 32 bit, metres
======================  ============================================================================================

A vertex is the mean of the cells that meet there; those of the map's border repeat the outermost cells. A tile of n
cells has n + 1 vertices a side, and its last ones are the first ones of its neighbour, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .build import build
from .errors import BuildError, InputError
from .files import to_json
from .generator import Tick
from .recipe import Recipe
from .world import FloatArray, Grid, World

FOLDER, INDEX, FULL = "tiles", "tiles.json", 65535
SIDES = (4096, 2048, 1024, 512, 256, 128, 64, 32, 16)
"""Sides of a tile that are proposed, in cells; the first and the last bound all."""

WHOLE_CELLS = 1024
"""Most cells on the longer side of the map that goes with tiles, with all its layers, model and picture."""

Bits = Literal[16, 32]


def tiled(
    recipe: Recipe, side: int, tick: Tick, folder: Path, bits: Bits = 16
) -> tuple[Recipe, Callable[[Path], None]]:
    """Build the heights of a recipe at its resolution, and nothing that they do not hang on.

    Parameters
    ----------
    recipe : Recipe
        What to build.
    side, bits : int
        As in `write_tiles`.
    tick : callable
        Progress and cancellation.
    folder : Path
        Where the files lie that steps name.

    Returns
    -------
    recipe : Recipe
        The same at `WHOLE_CELLS` at most, from which everything else of the bundle is built.
    write : callable
        ``write(folder)`` puts the tiles into a bundle's folder.

    Raises
    ------
    InputError
        The side does not fit the map, or the map not into memory.
    BuildError, Cancelled
        As `pcgstudio.build.build`.
    """
    check_tiles(recipe, side)
    world = build(recipe, tick=tick, folder=folder, keep=())

    def write(bundle: Path) -> None:
        (bundle / FOLDER).mkdir()
        write_tiles(world, bundle / FOLDER, side, tick, bits)

    return recipe.model_copy(update={"resolution": min(recipe.resolution, WHOLE_CELLS)}), write


def check_tiles(recipe: Recipe, side: int) -> None:
    """Refuse tiles that do not fill the map at the recipe's resolution, naming a resolution or a side that does.

    Raises
    ------
    InputError
        The side does not divide both sides of the grid.
    """
    grid = recipe.grid()
    if _fits(grid, side):
        return
    cures = [f"--tiles {n}" for n in SIDES if _fits(grid, n)][:2]
    finer = range(recipe.resolution // side * side, side, -side) if side in range(SIDES[-1], SIDES[0] + 1) else ()
    cures += [f"--resolution {n}" for n in finer if _fits(recipe.grid(n), side)][:1]
    cure = f"use {' or '.join(cures)}" if cures else "choose a map whose sides are multiples of one length"
    raise InputError(f"--tiles {side} does not cut a map of {grid.rows} x {grid.cols} cells into equal squares; {cure}")


def _fits(grid: Grid, side: int) -> bool:
    return SIDES[-1] <= side <= SIDES[0] and not (grid.rows % side or grid.cols % side)


def write_tiles(world: World, folder: Path, side: int, tick: Tick, bits: Bits = 16) -> None:
    """Write the height layer into a folder, tile by tile; little more than one of them is in memory.

    Parameters
    ----------
    world : World
        With the layer ``height`` on its datum.
    folder : Path
        Existing; takes the tiles and their index.
    side : int
        Cells along a tile; it must divide both sides (see `check_tiles`).
    tick : callable
        Progress and cancellation.
    bits : {16, 32}
        Whole numbers from the lowest to the highest ground, or metres in floating point.

    Raises
    ------
    BuildError
        The height holds NaN or infinity.
    """
    height, grid = world["height"], world.grid
    low, high = float(height.min()), float(height.max())
    if not np.isfinite([low, high]).all():
        raise BuildError("the height layer holds values that are no numbers; mend the step that made them")
    count = (grid.rows // side) * (grid.cols // side)
    told = []
    for number, (row, col, vertices) in enumerate(cut(height, side)):
        tick(number / count, f"writing tile {number + 1} of {count}")
        name = f"height_x{col}_y{row}.{'png' if bits == 16 else 'tif'}"
        _write(folder / name, vertices, (low, high), bits)
        told.append(_tile(name, row, col, side, grid, vertices))
    (folder / INDEX).write_text(to_json(_index(grid, side, (low, high), bits, told)), encoding="utf-8", newline="\n")


def cut(height: NDArray[Any], side: int) -> Iterator[tuple[int, int, FloatArray]]:
    """Yield row, column and ``(side + 1, side + 1) float32`` vertices of every tile, the north row first."""
    rows, cols = height.shape
    for row in range(rows // side):
        around = np.clip(np.arange(row * side - 1, (row + 1) * side + 1), 0, rows - 1)
        band = height[around].astype(np.float32)
        between = np.float32(0.5) * (band[:-1] + band[1:])
        for col in range(cols // side):
            beside = np.clip(np.arange(col * side - 1, (col + 1) * side + 1), 0, cols - 1)
            part = between[:, beside]
            yield row, col, np.float32(0.5) * (part[:, :-1] + part[:, 1:])


def _write(path: Path, vertices: FloatArray, span: tuple[float, float], bits: Bits) -> None:
    if bits == 32:
        import tifffile  # noqa: PLC0415 - only where somebody wants it

        tifffile.imwrite(path, vertices, compression=None)
        return
    from PIL import Image  # noqa: PLC0415 - the core loads no pictures otherwise

    low, high = span
    share = (vertices.astype(np.float64) - low) / max(high - low, 1e-9)
    whole = np.round(np.clip(share, 0, 1) * FULL).astype(np.uint16)
    Image.fromarray(whole).save(path, compress_level=1)  # higher levels take ten times as long for a tenth


def _tile(name: str, row: int, col: int, side: int, grid: Grid, vertices: FloatArray) -> dict[str, Any]:
    edge = side * grid.cell_size_m
    north = grid.extent_m[1] - row * edge
    return {
        "file": name, "row": row, "column": col, "west_m": col * edge, "south_m": north - edge,
        "east_m": (col + 1) * edge, "north_m": north,
        "lowest_m": float(vertices.min()), "highest_m": float(vertices.max()),
    }  # fmt: skip


def _index(grid: Grid, side: int, span: tuple[float, float], bits: Bits, told: list[dict[str, Any]]) -> dict[str, Any]:
    low, high = span
    values = "metres" if bits == 32 else f"metres = {low} + value / {FULL} * ({high} - {low})"
    return {
        "layer": "height", "rows": grid.rows, "cols": grid.cols, "cell_size_m": grid.cell_size_m,
        "extent_m": list(grid.extent_m), "origin_m": [0.0, 0.0], "axes": "the north row first; x east, y north, metres",
        "tile_cells": side, "tile_vertices": side + 1, "edges": "neighbours share the vertices of their common edge",
        "bits": bits, "values": values, "lowest_m": low, "highest_m": high, "tiles": told,
    }  # fmt: skip
