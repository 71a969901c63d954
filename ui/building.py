"""Works that build recipes: quickly for a dragging hand, wholly with their measurements, or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcgstudio.errors import BuildError

from .messages import Message
from .preferences import Tiers
from .works import Assessed, Bench, Drawn, Loaded, Pictured, Tick, thumbnail

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Report
    from pcgstudio.build import StepCache
    from pcgstudio.recipe import Recipe
    from pcgstudio.world import World

PREVIEW_FROM = 1.5
"""How many times finer than a quick answer a map must be, for a quick answer to be worth its time before it."""


def dragged(bench: Bench, recipe: Recipe, step_id: str, folder: Path, cells: int, tick: Tick) -> Iterator[Drawn]:
    """Build a draft of what a hand asks for that drags a parameter of a step; towns move with the ground meanwhile."""
    yield _quickly(bench, _draft(bench, recipe, folder, cells, tick, step_id, bench.standing()))


def warmed(bench: Bench, recipe: Recipe, folder: Path, cells: int, tick: Tick) -> Iterator[object]:
    """Build a draft of what a hand may begin to drag, so that its first answer comes as quickly as the others."""
    _draft(bench, recipe, folder, cells, tick, standing=bench.standing(anew=True))
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
            yield _quickly(bench, _draft(bench, recipe, folder, tiers.drag, tick))
    world = build(recipe, recipe.grid(cells), tick, bench.cache(), folder)
    tick(1.0, Message("drawing"))
    yield Drawn(world, bench.draw(world), handles=handles_of(recipe, world))
    if measured:
        tick(1.0, Message("measuring"))
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
    tick(0.0, Message("measuring"))
    yield Assessed(_measured(recipe, world))


def _measured(recipe: Recipe, world: World) -> Report:
    from pcgstudio.brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.measure import assess  # noqa: PLC0415

    return assess(world, recipe.brief or Brief())


def _draft(
    bench: Bench,
    recipe: Recipe,
    folder: Path,
    cells: int,
    tick: Tick,
    step_id: str = "",
    standing: StepCache | None = None,
) -> World:
    """Build the same recipe on few cells, with the processes' own lattices coarse too (see `pcgstudio.world.Grid`)."""
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above

    grid = replace(recipe.grid(min(cells, recipe.resolution)), draft=True)
    return build(bare(recipe, step_id), grid, tick, standing or bench.cache(small=True), folder)


def bare(recipe: Recipe, step_id: str = "") -> Recipe:
    """Return the recipe without its plants, which take as long as the land; unless a hand drags just them."""
    from pcgstudio.generator import get_generator  # noqa: PLC0415 - see TYPE_CHECKING above

    plants = {s.id for s in recipe.steps if get_generator(s.generator).stage == "scatter"}
    if step_id in plants:
        return recipe
    off = (s.model_copy(update={"enabled": False}) if s.id in plants else s for s in recipe.steps)
    return recipe.model_copy(update={"steps": tuple(off)})


def _quickly(bench: Bench, world: World) -> Drawn:
    return Drawn(world, bench.draw_quick(world), coarse=True, quick=True)
