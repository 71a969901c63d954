"""Draw the thumbnails of the presets: ``python docs/gallery/presets.py [NAME ...]``, each beside its recipe."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from pcgstudio.build import build
from pcgstudio.presets import PresetRecipe, preset_recipe, preset_recipes
from pcgstudio.render import cutout

SIZE, LARGER, CELLS = (320, 180), 2, 512
"""Pixels; drawn so many times larger and shrunk, which is kinder to small trees; cells on the longer side."""


def thumbnail(preset: PresetRecipe) -> Image.Image:
    """Return the picture of a preset, cut out, so that it lies on the paper of any theme."""
    recipe = preset.load()
    drawn = cutout(build(recipe, recipe.grid(CELLS)), size=(SIZE[0] * LARGER, SIZE[1] * LARGER))
    return Image.fromarray(drawn).resize(SIZE, Image.Resampling.LANCZOS)


def main() -> None:
    """Draw all of them, or those named on the command line."""
    for preset in [preset_recipe(name) for name in sys.argv[1:]] or preset_recipes():
        thumbnail(preset).save(Path(preset.picture), optimize=True)
        sys.stdout.write(f"{preset.picture.name}: {preset.picture.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
