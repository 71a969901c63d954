"""The quickest answer to a dragging hand: the change of one step carried over to the map that was built before it.

A step in the middle of a recipe has others after it, and running those takes far longer than a hand waits. So the step
alone is run, before and after the change, and the difference is laid over the old map: ground moves by as much, masks
and categories switch where the step switched them, its things are replaced, and what stands on the ground moves along.
That is not the map, only what it will look like; the map itself follows as soon as there is time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.build import StepCache
    from pcgstudio.recipe import Recipe
    from pcgstudio.world import FloatArray, Instances, Layer, MeshPart, World

    from .works import Tick


def worth_carrying(recipe: Recipe, step_id: str) -> bool:
    """Whether steps come after this one; where a region is held, nothing may be laid over it."""
    steps = [s for s in recipe.steps if s.enabled]
    return recipe.hold is None and any(s.id == step_id for s in steps[:-1])


def carried(
    before: Recipe, after: Recipe, step_id: str, cells: int, cache: StepCache, folder: Path, tick: Tick
) -> World:
    """Return about the world of ``after``, which differs from ``before`` in one step.

    Parameters
    ----------
    before, after : Recipe
        With the same steps.
    step_id : str
        The step that differs.
    cells : int
        On the longer side.
    cache : StepCache
        Holds the steps of ``before`` from the second call on.
    folder : Path
        Where the files lie that steps name.
    tick : callable
        Progress and cancellation.
    """
    from pcgstudio.build import build, complete, run_steps  # noqa: PLC0415 - see TYPE_CHECKING above

    grid = before.grid(cells)
    last = build(before, grid, tick, cache, folder)
    old, new = (run_steps(_up_to(r, step_id), grid, tick, cache, folder) for r in (before, after))
    layers = dict(last.layers)
    for name, layer in new.layers.items():
        was, there = old.layers.get(name), last.layers.get(name)
        if there is None or was is None:
            layers[name] = layer
        elif was.data is not layer.data:
            layers[name] = _laid(was, layer, there)
    rise = layers["height"].data - last["height"]
    world = replace(last, layers=layers, instances=_moved(last, old, new, rise), parts=_parts(last, new, step_id))
    return complete(world)


def _up_to(recipe: Recipe, step_id: str) -> Recipe:
    """Return the recipe with the steps up to that one."""
    at = next(i for i, s in enumerate(recipe.steps) if s.id == step_id)
    return recipe.model_copy(update={"steps": recipe.steps[: at + 1]})


def _laid(was: Layer, now: Layer, there: Layer) -> Layer:
    """Return a layer of the last map changed as much as the step changed it; water levels and ids switch."""
    import numpy as np  # noqa: PLC0415 - see TYPE_CHECKING above

    if there.kind == "continuous" and there.data.dtype == was.data.dtype and not np.isnan(there.data).any():
        return replace(there, data=there.data + (now.data - was.data))
    same = (now.data == was.data) | ((now.data != now.data) & (was.data != was.data))
    return replace(there, data=np.where(same, there.data, now.data.astype(there.data.dtype)))


def _moved(last: World, old: World, new: World, rise: FloatArray) -> Mapping[str, Instances]:
    """Return the things of the last map, standing on the moved ground; those of the step are its new ones."""
    import numpy as np  # noqa: PLC0415 - see TYPE_CHECKING above

    moved = dict(last.instances)
    for kind, placed in last.instances.items():
        if old.instances.get(kind) is not new.instances.get(kind) and kind in new.instances:
            moved[kind] = new.instances[kind]
        elif len(placed):
            placement = placed.placement.copy()
            placement[:, 2] += last.grid.sample(np.nan_to_num(rise), placement)
            moved[kind] = replace(placed, placement=placement)
    return moved


def _parts(last: World, new: World, step_id: str) -> tuple[MeshPart, ...]:
    """Return the meshes of the last map, those of the step replaced."""
    mine = tuple(p for p in new.parts if p.source == step_id)
    return (*(p for p in last.parts if p.source != step_id), *mine)
