"""Makes the pictures of the presets that the window offers: cut out, so that they lie on the paper of any theme.

Run it as ``python docs/screenshots/presets.py``; with names as arguments only those presets are pictured.
"""

from __future__ import annotations

import sys

from PIL import Image

from pcgstudio.build import build
from pcgstudio.presets import preset_recipes
from pcgstudio.render import cutout

SIZE = (288, 180)
MOST_CELLS = 512


def main() -> None:
    """Picture the presets named in the arguments, or all."""
    for preset in preset_recipes():
        if preset.name in sys.argv[1:] or not sys.argv[1:]:
            recipe = preset.load()
            world = build(recipe, recipe.grid(min(recipe.resolution, MOST_CELLS)), folder=preset.path.parent)
            Image.fromarray(cutout(world, size=SIZE)).save(preset.picture, optimize=True)


if __name__ == "__main__":
    main()
