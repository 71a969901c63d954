"""How a world is to be shown: colours, water, sun. Nothing here loads the core, so that the window opens at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pcgstudio.world import FloatArray, World

USUAL_AZIMUTH_DEG, USUAL_ELEVATION_DEG = 315.0, 40.0
"""Where the light comes from that pictures are painted under: `pcgstudio.shading.KEY`."""
NATURAL = "natural"
FIRST = ("biome", "height", "slope", "flow", "moisture", "temperature")
"""Layers that are offered before the others."""


@dataclass(frozen=True)
class Sun:
    """Where the key light stands.

    Parameters
    ----------
    azimuth_deg : float
        Compass direction it comes from: 0 north, 90 east.
    elevation_deg : float
        Height above the horizon.
    """

    azimuth_deg: float = USUAL_AZIMUTH_DEG
    elevation_deg: float = USUAL_ELEVATION_DEG

    def direction(self) -> FloatArray:
        """``(3,)`` toward the sun, of length 1: east, north, up."""
        turn, tilt = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        return np.array([np.sin(turn) * np.cos(tilt), np.cos(turn) * np.cos(tilt), np.sin(tilt)], dtype=np.float32)

    def tint(self) -> FloatArray:
        """``(3,)``: a low sun is warmer and weaker."""
        low = float(np.clip((USUAL_ELEVATION_DEG - self.elevation_deg) / USUAL_ELEVATION_DEG, -0.4, 1))
        return np.array([1 + 0.06 * low, 1 - 0.05 * low, 1 - 0.20 * low], dtype=np.float32)


USUAL = Sun()


@dataclass(frozen=True)
class Look:
    """How a world is to be shown.

    Parameters
    ----------
    colour : str
        ``natural``, or the layer that gives the colours.
    water : bool
        Whether seas, lakes and rivers are there, or their dry beds.
    sun : Sun
        Where the light comes from.
    """

    colour: str = NATURAL
    water: bool = True
    sun: Sun = USUAL


def colourings(world: World) -> tuple[str, ...]:
    """Return what a world can be coloured by: the natural look, the usual layers, all others by name."""
    names = [n for n in FIRST if n in world]
    return (NATURAL, *names, *sorted(n for n in world.layers if n not in names))


def layer_title(name: str) -> str:
    """Return a layer's name as a person writes it."""
    return name.replace("_", " ")
