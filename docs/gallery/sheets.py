"""Contact sheets: ``python docs/gallery/sheets.py [NAME ...] [-o FOLDER]`` draws every generator in eight ways.

Six variants and, in the last row, the two extremes; without labels, so that somebody who has not seen the code can be
asked what they show.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from scipy.ndimage import binary_dilation, binary_erosion
from sheet_masks import SHOWN
from sheet_recipes import EXTENT_M, SEEDS_FROM, SHEETS, Row

from pcgstudio.build import build
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Of
from pcgstudio.render import render
from pcgstudio.world import Layer, World

SIZE, COLUMNS, CELLS, QUALITY = (480, 315), 2, 384, 82
MASK_CELLS, LINE_CELLS = 512, 2
"""Cells of the maps whose masks are shown, and how far the lines around what they are made from reach out."""

TINT, LINES = 4, (7, 10)
"""Colours of the palette's categories: of the mask, and of the lines around the first and the second other."""

INSETS, INSET = {"height_image": "sample_height.png"}, 84
"""By generator, the picture of the assets that it starts from, and the pixels it is shown with in the corner."""


def recipe(calls: Row, seed: int, extent_m: tuple[float, float], cells: int = CELLS) -> Recipe:
    """Return the recipe of a picture."""
    steps = []
    for number, (name, params) in enumerate(calls):
        told = {k: v for k, v in params.items() if k != "where"}
        place = {"where": Of(feature=f"mask {params['where']}")} if "where" in params else {}
        steps.append(Step(id=f"{number}-{name}", generator=name, params=told, **place))
    return Recipe(seed=seed, extent_m=extent_m, resolution=cells, steps=tuple(steps))


def marked(world: World, shown: str, *others: str) -> World:
    """Return a world with the layer ``shown``: a mask as a tint, and lines around those that it was made from."""
    mask = world[f"mask_{shown}"] > 0
    marks = np.where(mask, TINT, 0)
    drawn = [slot for slot in others if f"mask_{slot}" in world]
    for colour, slot in zip(LINES, drawn, strict=False):
        other = world[f"mask_{slot}"] > 0
        inner, outer = (
            binary_erosion(other, iterations=1, border_value=1),
            binary_dilation(other, iterations=LINE_CELLS),
        )
        marks[outer & ~inner] = colour
    return replace(world, layers={**world.layers, "shown": Layer(marks.astype(np.uint8), kind="categorical")})


def picture(name: str, number: int) -> Image.Image:
    """Return the picture of a sheet that has the number, counted from 0."""
    side = EXTENT_M.get((name, number), EXTENT_M.get(name, 1024.0))
    extent_m = side if isinstance(side, tuple) else (side, side)
    shown = SHOWN.get((name, number), SHOWN.get(name))
    cells = MASK_CELLS if shown else CELLS
    world = build(recipe(SHEETS[name][number], number + SEEDS_FROM.get(name, 1), extent_m, cells))
    large = (2 * SIZE[0], 2 * SIZE[1])
    drawn = render(marked(world, *shown), size=large, colour_by="shown") if shown else render(world, size=large)
    whole = Image.fromarray(drawn).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    if name in INSETS:
        with as_file(files("pcgstudio.assets") / INSETS[name]) as path:
            inset = Image.open(path).convert("I").point(lambda v: v / 256).convert("L")
        framed = ImageOps.expand(inset.resize((INSET, INSET)), 2, fill=250)
        whole.paste(framed.convert("RGB"), (14, SIZE[1] - INSET - 18))
    return whole


def sheet(name: str) -> Image.Image:
    """Return the pictures of a generator beside each other."""
    width, height = SIZE
    count = len(SHEETS[name])
    whole = Image.new("RGB", (width * COLUMNS, height * -(-count // COLUMNS)))
    for i in range(count):
        whole.paste(picture(name, i), (i % COLUMNS * width, i // COLUMNS * height))
    return whole


def main() -> None:
    """Draw all sheets, or those named on the command line."""
    words = sys.argv[1:]
    folder = Path(__file__).parent / "sheets"
    if "-o" in words:
        at = words.index("-o")
        folder = Path(words[at + 1])
        del words[at : at + 2]
    folder.mkdir(parents=True, exist_ok=True)
    for name in words or SHEETS:
        path = folder / f"{name}.jpg"
        sheet(name).save(path, quality=QUALITY, optimize=True)
        sys.stdout.write(f"{path}: {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
