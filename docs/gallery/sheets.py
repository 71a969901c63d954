"""Contact sheets: ``python docs/gallery/sheets.py [NAME ...] [-o FOLDER]`` draws every generator in eight ways.

Six variants and, in the last row, the two extremes; without labels, so that somebody who has not seen the code can be
asked what they show.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from sheet_recipes import EXTENT_M, SHEETS, Row, Rows

from pcgstudio.build import build
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Of
from pcgstudio.render import render

SIZE, COLUMNS, CELLS, QUALITY = (480, 315), 2, 384, 82


def recipe(calls: Row, seed: int, extent_m: float) -> Recipe:
    """Return the recipe of a picture."""
    steps = []
    for number, (name, params) in enumerate(calls):
        told = {k: v for k, v in params.items() if k != "where"}
        place = {"where": Of(feature=f"mask {params['where']}")} if "where" in params else {}
        steps.append(Step(id=f"{number}-{name}", generator=name, params=told, **place))
    return Recipe(seed=seed, extent_m=(extent_m, extent_m), resolution=CELLS, steps=tuple(steps))


def sheet(rows: Rows, extent_m: float = 1024.0) -> Image.Image:
    """Return the pictures beside each other."""
    width, height = SIZE
    whole = Image.new("RGB", (width * COLUMNS, height * -(-len(rows) // COLUMNS)))
    for i, calls in enumerate(rows):
        drawn = render(build(recipe(calls, i + 1, extent_m)), size=(2 * width, 2 * height))
        picture = Image.fromarray(drawn).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
        whole.paste(picture, (i % COLUMNS * width, i // COLUMNS * height))
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
        sheet(SHEETS[name], EXTENT_M.get(name, 1024.0)).save(path, quality=QUALITY, optimize=True)
        sys.stdout.write(f"{path}: {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
