"""A map as sheets of tiles: what stands in every square, by name and colour, for two-dimensional editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio import storeys
from pcgstudio.palette import Rgb, load_palette
from pcgstudio.world import World

Ids = NDArray[np.int32]

_CELL_TONES = {
    "rock": "cave_top", "wall": "wall_top", "floor": "floor", "corridor": "corridor_floor", "door": "door",
    "water": "water", "stairs": "stairs", "bridge": "bridge",
}  # fmt: skip
_WATER_TONES = {"sea": "middle", "lake": "lake_deep", "river": "river"}
_WAYS = {"road": "road", "street": "pavement"}
_BUILT = {"building": "roof", "wall": "stone"}


@dataclass(frozen=True)
class Sheet:
    """One layer of tiles.

    Parameters
    ----------
    name : str
        What it shows.
    ids : ndarray
        ``(rows, cols) int32``, the north row first; 0 is empty, others index ``names`` from 1.
    names : tuple of str
        The kinds of tiles.
    colours : tuple of Rgb
        Of each kind.
    """

    name: str
    ids: Ids
    names: tuple[str, ...]
    colours: tuple[Rgb, ...]


@dataclass(frozen=True)
class Plan:
    """Sheets over one lattice of squares that covers the map.

    Parameters
    ----------
    rows, cols : int
        Squares.
    square_m : tuple of float
        East-west and north-south side of a square [m].
    sheets : tuple of Sheet
        From the lowest up.
    """

    rows: int
    cols: int
    square_m: tuple[float, float]
    sheets: tuple[Sheet, ...]


def lattice(world: World) -> int:
    """Cells along a side of the squares that an interior was drawn on; 1 where its walls follow no lattice."""
    step = 0
    for storey in range(storeys.count(world)):
        cell = world[storeys.names(storey)[0]]
        for axis in (0, 1):
            changes = np.flatnonzero(np.diff(cell.astype(np.int32), axis=axis).any(axis=1 - axis)) + 1
            step = int(np.gcd.reduce([step, cell.shape[axis], *changes.tolist()]))
    return max(step, 1)


def shape(world: World, most: int) -> tuple[int, int]:
    """Rows and columns of squares: an interior's own, or as many as fit into ``most`` a side."""
    rows, cols = world.grid.shape
    step = lattice(world) if "cell" in world else 1
    rows, cols = rows // step, cols // step
    stride = -(-max(rows, cols) // most)
    return max(1, round(rows / stride)), max(1, round(cols / stride))


def plan_of(world: World, most: int) -> Plan:
    """Return the sheets of a map; squares take the kind in their middle, ways and water any they touch."""
    rows, cols = shape(world, most)
    palette = load_palette()
    sheets: list[Sheet | None] = []
    if "biome" in world:
        biomes = {name: tones[0] for name, tones in palette.biomes.items()}
        sheets.append(_sheet(world, "ground", "biome", biomes, (rows, cols)))
    if "water_kind" in world:
        tones = {name: palette.water[tone] for name, tone in _WATER_TONES.items()}
        sheets.append(_sheet(world, "water", "water_kind", tones, (rows, cols), touched=True))
    for name, table in (("ways", _WAYS), ("built", _BUILT)):
        sheets.append(_masks(world, name, {k: palette.material(v) for k, v in table.items()}, (rows, cols)))
    cells = {name: palette.material(tone) for name, tone in _CELL_TONES.items()}
    for storey in range(storeys.count(world)):
        name = "cells" + storeys.suffix(storey)
        sheets.append(_sheet(world, name, storeys.names(storey)[0], cells, (rows, cols)))
    east, north = world.grid.extent_m
    return Plan(rows, cols, (east / cols, north / rows), tuple(s for s in sheets if s is not None and s.ids.any()))


def _sheet(
    world: World, name: str, layer: str, tones: Mapping[str, Rgb], shape: tuple[int, int], *, touched: bool = False
) -> Sheet:
    """Return a categorical layer, ``none`` empty; ``touched``: a square shows what any of its cells holds."""
    found = world.layers[layer]
    names = [n for n in found.legend.values() if n != "none" and (found.data == _id(found.legend, n)).any()]
    table = np.zeros(int(max([*found.legend, int(found.data.max())])) + 1, dtype=np.int32)
    for number, one in enumerate(names, start=1):
        table[_id(found.legend, one)] = number
    ids = table[found.data]
    grey = load_palette().material("stone")
    return Sheet(name, _sampled(ids, shape, touched=touched), tuple(names), tuple(tones.get(n, grey) for n in names))


def _id(legend: Mapping[int, str], name: str) -> int:
    return next(i for i, n in legend.items() if n == name)


def _masks(world: World, name: str, tones: Mapping[str, Rgb], shape: tuple[int, int]) -> Sheet | None:
    """Return several masks as one sheet, later ones over earlier ones."""
    names = [n for n in tones if n in world and (world[n] > 0).any() and "cell" not in world]
    if not names:
        return None
    ids = np.zeros(world.grid.shape, dtype=np.int32)
    for number, one in enumerate(names, start=1):
        ids[world[one] > 0] = number
    return Sheet(name, _sampled(ids, shape, touched=True), tuple(names), tuple(tones[n] for n in names))


def _sampled(ids: Ids, shape: tuple[int, int], *, touched: bool) -> Ids:
    edges = [np.arange(n) * old // n for n, old in zip(shape, ids.shape, strict=True)]
    if touched:
        return np.asarray(np.maximum.reduceat(np.maximum.reduceat(ids, edges[0], axis=0), edges[1], axis=1))
    middle = [((np.arange(n) + 0.5) * old / n).astype(np.intp) for n, old in zip(shape, ids.shape, strict=True)]
    return np.ascontiguousarray(ids[np.ix_(*middle)])
