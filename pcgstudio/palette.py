"""The colours of every picture and export, read from one small table in the assets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from .errors import PCGError, did_you_mean
from .world import BIOMES, FloatArray

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Named sRGB colours.

    Parameters
    ----------
    biomes : dict of str to pair of colours
        In full sun, in shade.
    water, soil, materials, light, background, haze : dict of str to colour
        By name; `background` and `haze` by theme.
    ramp : tuple of colours
        From low to high values of a layer.
    categories : tuple of colours
        For the categories of a layer, in turn.
    """

    biomes: dict[str, tuple[Rgb, Rgb]]
    water: dict[str, Rgb]
    soil: dict[str, Rgb]
    materials: dict[str, Rgb]
    light: dict[str, Rgb]
    background: dict[str, Rgb]
    haze: dict[str, Rgb]
    ramp: tuple[Rgb, ...]
    categories: tuple[Rgb, ...]

    def material(self, name: str) -> Rgb:
        """Return the colour of a material.

        Raises
        ------
        PCGError
            The palette has no such material.
        """
        if name not in self.materials:
            raise PCGError(f"the palette has no material '{name}'{did_you_mean(name, self.materials)}")
        return self.materials[name]

    def biome_tones(self) -> FloatArray:
        """``(len(BIOMES), 2, 3) float32`` in [0, 1]: the sunlit and the shaded tone of each biome by its id."""
        return np.array([self.biomes[name] for name in BIOMES], dtype=np.float32) / np.float32(255)


def rgb(text: str) -> Rgb:
    """Parse ``#rrggbb``."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@cache
def load_palette() -> Palette:
    """Read the palette of the assets."""
    raw = json.loads((files("pcgstudio.assets") / "palette.json").read_text(encoding="utf-8"))
    named = {k: {n: rgb(c) for n, c in raw[k].items()} for k in ("water", "soil", "materials", "light")}
    themed = {k: {n: rgb(c) for n, c in raw[k].items()} for k in ("background", "haze")}
    return Palette(
        biomes={name: (rgb(sun), rgb(shade)) for name, (sun, shade) in raw["biomes"].items()},
        ramp=tuple(map(rgb, raw["ramp"])),
        categories=tuple(map(rgb, raw["categories"])),
        **named,
        **themed,
    )
