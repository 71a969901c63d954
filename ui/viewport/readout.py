"""What is known of a place on the map, for the line under the cursor."""

from __future__ import annotations

from dataclasses import dataclass


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
        parts = [f"{self.x_m:.0f} m E, {self.y_m:.0f} m N", f"{self.height_m:.1f} m"]
        parts += [self.biome.replace("_", " "), self.water if self.water != self.biome else ""]
        parts += [f"{self.layer.replace('_', ' ')} {self.value}" if self.layer else ""]
        return "  ·  ".join(part for part in parts if part)
