"""Works that build recipes: quickly for a dragging hand, wholly with their measurements, or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pcgstudio.errors import BuildError

from .preferences import Tiers
from .works import Assessed, Bench, Drawn, Loaded, Pictured, Tick, thumbnail

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Report
    from pcgstudio.recipe import Recipe
    from pcgstudio.world import World

PREVIEW_FROM = 1.5
"""How many times finer than a quick answer a map must be, for a quick answer to be worth its time before it."""


def dragged(bench: Bench, recipe: Recipe, folder: Path, cells: int, tick: Tick) -> Iterator[object]:
    """Build coarsely and draw: the quick answer to a dragging hand."""
    yield _coarse(bench, recipe, folder, cells, tick)


def built(
    bench: Bench, recipe: Recipe, folder: Path, tiers: Tiers, tick: Tick, *, preview: bool = True, measured: bool = True
) -> Iterator[object]:
    """Build, draw, measure and picture a recipe, with a quick answer first where the whole takes long."""
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above

    from .handles import handles_of  # noqa: PLC0415

    cells = min(recipe.resolution, tiers.work)
    if preview and cells >= PREVIEW_FROM * tiers.drag:
        with suppress(BuildError):  # what cannot be built coarsely may well be built finely
            yield _coarse(bench, recipe, folder, tiers.drag, tick)
    world = build(recipe, recipe.grid(cells), tick, bench.cache(), folder)
    tick(1.0, "drawing")
    yield Drawn(world, bench.draw(world), handles=handles_of(recipe, world))
    if measured:
        tick(1.0, "measuring")
        yield Assessed(measure(recipe, world))
    yield Pictured(thumbnail(world))


def opened(bench: Bench, file: Path, tiers: Tiers, tick: Tick) -> Iterator[object]:
    """Read a recipe or the one of a bundle, then build it."""
    from pcgstudio.recipe import folder_of, load  # noqa: PLC0415 - see TYPE_CHECKING above

    recipe = load(file)
    folder = folder_of(file).absolute()
    yield Loaded(recipe, folder)
    yield from built(bench, recipe, folder, tiers, tick)


def measure(recipe: Recipe, world: World) -> Report:
    """Return asked beside measured."""
    from pcgstudio.brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.measure import assess  # noqa: PLC0415

    return assess(world, recipe.brief or Brief())


def _coarse(bench: Bench, recipe: Recipe, folder: Path, cells: int, tick: Tick) -> Drawn:
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above

    grid = recipe.grid(min(cells, recipe.resolution))
    world = build(recipe, grid, tick, bench.cache(small=True), folder)
    return Drawn(world, bench.draw_quick(world), coarse=True, quick=True)
