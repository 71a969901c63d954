"""Works that build recipes: quickly for a dragging hand, wholly with their measurements, or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pcgstudio.errors import BuildError

from .preferences import Tiers
from .works import Assessed, Bench, Drawn, Loaded, Pictured, Tick, thumbnail

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Report
    from pcgstudio.recipe import Recipe, Step
    from pcgstudio.world import World

PREVIEW_FROM = 1.5
"""How many times finer than a quick answer a map must be, for a quick answer to be worth its time before it."""


@dataclass(frozen=True)
class Dragged:
    """What a hand asks for: a recipe that differs from the one before in a step."""

    before: Recipe
    after: Recipe
    step: str
    folder: Path
    cells: int


def guessed(bench: Bench, asked: Dragged, tick: Tick) -> Iterator[Drawn]:
    """Carry the change of one step over to the map before it: the quickest answer, see `carrying`."""
    from .carrying import carried  # noqa: PLC0415 - see TYPE_CHECKING above

    cells, cache = min(asked.cells, asked.after.resolution), bench.cache(small=True)
    world = carried(asked.before, asked.after, asked.step, cells, cache, asked.folder, tick)
    yield _quickly(bench, world, asked.after.step(asked.step))


def dragged(bench: Bench, asked: Dragged, tick: Tick) -> Iterator[Drawn]:
    """Build coarsely what a hand asks for."""
    world = _coarse(bench, asked.after, asked.folder, asked.cells, tick)
    yield _quickly(bench, world, asked.after.step(asked.step))


def warmed(bench: Bench, recipe: Recipe, folder: Path, cells: int, tick: Tick) -> Iterator[object]:
    """Build coarsely what a hand may begin to drag, so that its first answer comes as quickly as the others."""
    _coarse(bench, recipe, folder, cells, tick)
    yield from ()


def built(
    bench: Bench, recipe: Recipe, folder: Path, tiers: Tiers, tick: Tick, *, preview: bool = True, measured: bool = True
) -> Iterator[object]:
    """Build, draw, measure and picture a recipe, with a quick answer first where the whole takes long."""
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above

    from .handles import handles_of  # noqa: PLC0415

    cells = min(recipe.resolution, tiers.work)
    if preview and cells >= PREVIEW_FROM * tiers.drag:
        with suppress(BuildError):  # what cannot be built coarsely may well be built finely
            yield _quickly(bench, _coarse(bench, recipe, folder, tiers.drag, tick))
    world = build(recipe, recipe.grid(cells), tick, bench.cache(), folder)
    tick(1.0, "drawing")
    yield Drawn(world, bench.draw(world), handles=handles_of(recipe, world))
    if measured:
        tick(1.0, "measuring")
        yield Assessed(_measured(recipe, world))
    yield Pictured(thumbnail(world))


def opened(bench: Bench, file: Path, tiers: Tiers, tick: Tick) -> Iterator[object]:
    """Read a recipe or the one of a bundle, then build it."""
    from pcgstudio.recipe import folder_of, load  # noqa: PLC0415 - see TYPE_CHECKING above

    recipe = load(file)
    folder = folder_of(file).absolute()
    yield Loaded(recipe, folder)
    yield from built(bench, recipe, folder, tiers, tick)


def assessed(recipe: Recipe, world: World, tick: Tick) -> Iterator[Assessed]:
    """Measure a world that is built already."""
    tick(0.0, "measuring")
    yield Assessed(_measured(recipe, world))


def _measured(recipe: Recipe, world: World) -> Report:
    from pcgstudio.brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.measure import assess  # noqa: PLC0415

    return assess(world, recipe.brief or Brief())


def _coarse(bench: Bench, recipe: Recipe, folder: Path, cells: int, tick: Tick) -> World:
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above

    return build(recipe, recipe.grid(min(cells, recipe.resolution)), tick, bench.cache(small=True), folder)


def _quickly(bench: Bench, world: World, step: Step | None = None) -> Drawn:
    """Draw in no time; but where the plants themselves are what changes, they have to be seen."""
    from pcgstudio.generator import get_generator  # noqa: PLC0415 - see TYPE_CHECKING above

    if step is not None and get_generator(step.generator).stage == "scatter":
        return Drawn(world, bench.draw(world), coarse=True)
    return Drawn(world, bench.draw_quick(world), coarse=True, quick=True)
