"""The maps that come with the program: finished recipes to open, each with a small picture."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from .errors import InputError, did_you_mean
from .recipe import SUFFIX, Recipe, load

FOLDER = Path(str(files("pcgstudio.assets"))) / "presets"
"""Where they lie: ``NAME.pcg.json`` and ``NAME.png``."""


@dataclass(frozen=True)
class PresetRecipe:
    """A recipe of the gallery.

    Parameters
    ----------
    name : str
        Its file's name, such as ``walled-town``.
    path : pathlib.Path
        The recipe.
    picture : pathlib.Path
        Its thumbnail, a PNG of 384 x 216.
    """

    name: str
    path: Path
    picture: Path

    def load(self) -> Recipe:
        """Return the recipe; its ``name`` is the title to show."""
        return load(self.path)


def preset_recipes() -> tuple[PresetRecipe, ...]:
    """Return the recipes of the gallery by name."""
    paths = sorted(FOLDER.glob(f"*{SUFFIX}"))
    names = [path.name.removesuffix(SUFFIX) for path in paths]
    return tuple(PresetRecipe(n, p, p.with_name(f"{n}.png")) for n, p in zip(names, paths, strict=True))


def preset_recipe(name: str) -> PresetRecipe:
    """Return the recipe of that name.

    Raises
    ------
    InputError
        There is none; the message names the nearest.
    """
    known = {preset.name: preset for preset in preset_recipes()}
    if name not in known:
        hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
        raise InputError(f"no preset is called '{name}'{hint}")
    return known[name]
