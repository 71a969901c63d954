"""What is known of a place on the map, for the line under the cursor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import Grid, Layer, World

from ..units import shown_in
from .ramps import short
from .terrain import Terrain


@dataclass(frozen=True)
class Readout:
    """A place on the map.

    Parameters
    ----------
    x_m, y_m : float
        East and north of the south-west corner [m].
    height_m : float
        Of the ground, bed of waters included [m].
    biome : str
        Its name; empty where the map has none.
    water : str
        ``sea``, ``lake`` or ``river``; empty on dry land.
    layer, value : str
        The layer that is shown as colour and its value here with its unit; both empty in the natural colours.
    """

    x_m: float
    y_m: float
    height_m: float
    biome: str = ""
    water: str = ""
    layer: str = ""
    value: str = ""

    @property
    def text(self) -> str:
        """One line for a status bar."""
        factor, unit = shown_in("m")
        east, north, height = (value * factor for value in (self.x_m, self.y_m, self.height_m))
        parts = [f"{east:.0f} {unit} E, {north:.0f} {unit} N", f"{height:.1f} {unit}"]
        parts += [self.biome.replace("_", " "), self.water if self.water != self.biome else ""]
        parts += [f"{self.layer.replace('_', ' ')} {self.value}" if self.layer else ""]
        return "  ·  ".join(part for part in parts if part)


def readout_of(world: World, terrain: Terrain, x_m: float, y_m: float, layer: str = "") -> Readout | None:
    """Return what is known of a place; None off the map.

    Parameters
    ----------
    terrain : Terrain
        Of that world, for the height between the cells.
    layer : str
        The layer whose value is asked for; empty for none.
    """
    if not terrain.inside(x_m, y_m):
        return None
    place = np.array([[x_m, y_m]])
    (row,), (col,) = world.grid.cells_of(place)
    height = float(world.grid.sample(world["height"], place)[0])
    water = _named(world, "water_kind", row, col)
    shown = world.layers.get(layer)
    value = "" if shown is None else _value(shown, world.grid, place, row, col)
    return Readout(x_m, y_m, height, _named(world, "biome", row, col), water, layer if shown else "", value)


def _named(world: World, layer: str, row: int, col: int) -> str:
    if layer not in world:
        return ""
    name = world.layers[layer].legend.get(int(world[layer][row, col]), "")
    return "" if name == "none" else name


def _value(layer: Layer, grid: Grid, place: NDArray[np.float64], row: int, col: int) -> str:
    if layer.kind == "continuous":
        value = float(grid.sample(layer.data, place)[0])
        factor, unit = shown_in(layer.unit)
        return f"{short(value * factor)} {unit}".strip() if np.isfinite(value) else "none"
    number = int(layer.data[row, col])
    return layer.legend.get(number, "none" if number <= 0 else str(number)).replace("_", " ")
