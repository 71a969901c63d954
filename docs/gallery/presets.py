"""Draw the thumbnails of the presets: ``python docs/gallery/presets.py [NAME ...]``, each beside its recipe."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from pcgstudio.build import build
from pcgstudio.presets import PresetRecipe, preset_recipe, preset_recipes
from pcgstudio.render import render

SIZE, LARGER, CELLS = (384, 216), 2, 512
"""Pixels; drawn so many times larger and shrunk, which is kinder to small trees; cells on the longer side."""


def thumbnail(preset: PresetRecipe) -> Image.Image:
    """Return the picture of a preset, in 256 colours."""
    recipe = preset.load()
    drawn = render(build(recipe, recipe.grid(CELLS)), size=(SIZE[0] * LARGER, SIZE[1] * LARGER))
    small = Image.fromarray(drawn).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    return small.quantize(256, dither=Image.Dither.FLOYDSTEINBERG)


def main() -> None:
    """Draw all of them, or those named on the command line."""
    for preset in [preset_recipe(name) for name in sys.argv[1:]] or preset_recipes():
        thumbnail(preset).save(Path(preset.picture), optimize=True)
        sys.stdout.write(f"{preset.picture.name}: {preset.picture.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
