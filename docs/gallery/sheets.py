"""Contact sheets: ``python docs/gallery/sheets.py [NAME ...] [-o FOLDER]`` draws every generator in eight ways.

Six variants and, in the last row, the two extremes; without labels, so that somebody who has not seen the code can be
asked what they show.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from pcgstudio.build import build
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Of
from pcgstudio.render import render

SIZE, COLUMNS, CELLS = (640, 420), 2, 384
Call = tuple[str, dict[str, object]]

GROUND: Call = ("terrain_noise", {"amplitude_m": 16.0, "feature_size_m": 450.0})
HILLY: Call = ("terrain_noise", {"amplitude_m": 60.0, "feature_size_m": 420.0})
ISLAND: Call = ("landmass", {"pattern": "island", "land_fraction": 0.5})
COAST: Call = ("landmass", {"pattern": "coast"})


def dry(*calls: Call) -> tuple[Call, ...]:
    """Return steps on gentle ground in a desert."""
    return (GROUND, *calls, ("climate", {"palette": "desert"}))


def green(*calls: Call) -> tuple[Call, ...]:
    """Return steps on gentle ground in a mild climate."""
    return (GROUND, *calls, ("climate", {"palette": "temperate"}))


SHEETS: dict[str, tuple[tuple[Call, ...], ...]] = {
    "canyon": (
        dry(("canyon", {})),
        dry(("canyon", {"river": True, "width_m": 220.0, "depth_m": 120.0})),
        green(("canyon", {"count": 2, "width_m": 90.0, "river": True})),
        dry(("canyon", {"through_m": ((200.0, 200.0), (500.0, 600.0), (800.0, 700.0)), "river": True})),
        green(COAST, ("canyon", {"direction_deg": 90.0, "river": True})),
        dry(("canyon", {"strata": 0.0, "meander": 1.0, "floor_share": 0.05})),
        dry(("canyon", {"width_m": 40.0, "depth_m": 90.0, "floor_share": 0.1})),
        dry(("canyon", {"width_m": 600.0, "depth_m": 240.0, "beds": 7})),
    ),
    "dunes": (
        dry(("dunes", {})),
        dry(("dunes", {"kind": "barchan"})),
        dry(("dunes", {"kind": "star", "height_m": 34.0, "wavelength_m": 170.0})),
        dry(("dunes", {"irregularity": 0.9, "height_m": 22.0, "share": 0.5, "wind_from": "northwest"})),
        dry(("dunes", {"count": 5, "kind": "barchan", "height_m": 22.0})),
        dry(("canyon", {}), ("dunes", {"wavelength_m": 80.0, "height_m": 9.0})),
        dry(("dunes", {"irregularity": 0.0, "wavelength_m": 50.0, "height_m": 5.0})),
        dry(("dunes", {"irregularity": 1.0, "wavelength_m": 320.0, "height_m": 45.0})),
    ),
    "craters": (
        dry(("craters", {})),
        dry(("craters", {"count": 50, "diameter_m": 300.0})),
        dry(("craters", {"count": 1, "diameter_m": 480.0})),
        (GROUND, ("craters", {"count": 25, "overlap": True, "wear": 0.8, "diameter_m": 300.0}), ("climate", {})),
        green(("craters", {"count": 3, "variety": 0.0})),
        green(ISLAND, ("craters", {"count": 2, "diameter_m": 260.0})),
        dry(("craters", {"count": 1, "diameter_m": 60.0})),
        (("craters", {"count": 300, "diameter_m": 400.0, "variety": 1.0}), ("climate", {"palette": "arctic"})),
    ),
    "cliffs": (
        green(("cliffs", {})),
        dry(("cliffs", {"count": 3, "drops_to": "south", "height_m": 40.0})),
        green(ISLAND, ("cliffs", {"along": "coast"})),
        green(ISLAND, ("cliffs", {"along": "coast", "coast_share": 0.4})),
        green(COAST, ("cliffs", {"along": "coast", "count": 2, "coast_share": 0.4, "height_m": 80.0})),
        green(("cliffs", {"talus": 0.8, "ragged": 1.0, "height_m": 120.0})),
        green(("cliffs", {"height_m": 12.0, "ragged": 0.0})),
        green(("cliffs", {"height_m": 300.0, "run_m": 30.0})),
    ),
    "masks": (
        (HILLY, ("mask_noise", {"share": 0.35}), ("terraces", {"levels": 5, "where": "a"}), ("climate", {})),
        dry(("mask_shape", {"width_m": 700.0}), ("dunes", {"where": "a"})),
        (HILLY, ("mask_poisson", {"width_m": 70.0}), ("scatter", {"kind": "tree", "cover": 0.5, "where": "a"}),
         ("climate", {})),
        green(("mask_shape", {"shape": "checkerboard", "width_m": 128.0}),
              ("scatter", {"kind": "tree", "cover": 0.5, "where": "a"})),
        (HILLY, ("mask_select", {"pick": "layer_range", "layer": "height", "minimum": 8.0, "into": "a"}),
         ("climate", {}), ("scatter", {"kind": "tree", "cover": 0.6, "where": "a"})),
        green(("mask_shape", {"width_m": 600.0}), ("mask_morph", {"how": "outline", "distance_m": 60.0}),
              ("scatter", {"kind": "tree", "cover": 0.6, "where": "a"})),
        green(("mask_noise", {"share": 0.02}), ("scatter", {"kind": "tree", "cover": 0.5, "where": "a"})),
        green(("mask_noise", {"share": 0.95}), ("scatter", {"kind": "tree", "cover": 0.5, "where": "a"})),
    ),
    "height_image": (
        (("height_image", {}), ("climate", {})),
        (("height_image", {"low_m": -40.0, "high_m": 200.0}), ("sea_level", {}), ("climate", {})),
        (HILLY, ("height_image", {"extent": "fit", "blend": "add"}), ("climate", {})),
        (("height_image", {"smooth_m": 40.0}), ("climate", {})),
        (("height_image", {"high_m": 0.0, "low_m": 150.0}), ("climate", {})),
        (HILLY, ("height_image", {"use": "mask", "threshold": 0.3}), ("climate", {}),
         ("scatter", {"kind": "tree", "cover": 0.5, "where": "a"})),
        (("height_image", {"high_m": 20.0}), ("climate", {})),
        (("height_image", {"high_m": 700.0}), ("climate", {})),
    ),
}  # fmt: skip
"""By generator, its eight recipes: steps as name and parameters; ``where`` names a mask."""


def recipe(calls: tuple[Call, ...], seed: int) -> Recipe:
    """Return the recipe of a picture."""
    steps = []
    for number, (name, params) in enumerate(calls):
        told = {k: v for k, v in params.items() if k != "where"}
        place = {"where": Of(feature=f"mask {params['where']}")} if "where" in params else {}
        steps.append(Step(id=f"{number}-{name}", generator=name, params=told, **place))
    return Recipe(seed=seed, resolution=CELLS, steps=tuple(steps))


def sheet(rows: tuple[tuple[Call, ...], ...]) -> Image.Image:
    """Return the pictures beside each other."""
    width, height = SIZE
    whole = Image.new("RGB", (width * COLUMNS, height * -(-len(rows) // COLUMNS)))
    for i, calls in enumerate(rows):
        picture = Image.fromarray(render(build(recipe(calls, i + 1)), size=SIZE))
        whole.paste(picture.convert("RGB"), (i % COLUMNS * width, i // COLUMNS * height))
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
        sheet(SHEETS[name]).save(path, quality=88)
        sys.stdout.write(f"{path}: {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
