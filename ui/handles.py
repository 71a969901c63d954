"""Landforms that can be taken and moved: where they stand in a world, and what moving one changes in its step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .state import Handle

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.recipe import Recipe, Step
    from pcgstudio.world import World

STAGES = ("landform", "surface", "water", "settlement")
"""Stages whose single things stand at a place of their own."""

MARGIN = 1.15
"""How much wider than the thing itself is the circle that it is put into, so that it finds room there."""


def handles_of(recipe: Recipe, world: World) -> tuple[Handle, ...]:
    """Return a handle for every step that made one thing, at its place: where no other step makes the same."""
    found = []
    makers = [s for s in recipe.steps if s.enabled]
    for step in makers:
        if sum(s.generator == step.generator for s in makers) == 1:
            handle = _handle(step, world)
            if handle is not None:
                found.append(handle)
    return tuple(found)


def _handle(step: Step, world: World) -> Handle | None:
    from pcgstudio.feature import feature_mask  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.generator import get_generator  # noqa: PLC0415

    maker = get_generator(step.generator)
    if maker.stage not in STAGES or not maker.features or getattr(step.parsed(), "count", 1) != 1:
        return None
    feature = maker.features[0]
    if feature.layer in ("", "height") or feature.layer not in world:
        return None
    mask = feature_mask(feature, world.grid, world.layers, world.instances)
    rows, cols = np.nonzero(mask)
    if not len(rows) or len(rows) > 0.5 * mask.size:
        return None
    x, y = world.grid.xs()[cols], world.grid.ys()[rows]
    at = float(x.mean()), float(y.mean())
    reach = float(np.hypot(x - at[0], y - at[1]).max()) + world.grid.cell_size_m
    z = float(world.grid.sample(world["height"], np.array([at]))[0])
    return Handle(step.id, feature.name, at[0], at[1], z, reach)


def moved(recipe: Recipe, handle: Handle, x_m: float, y_m: float) -> Recipe:
    """Return the recipe with a handle's thing put at another place, as near as the map's edge allows."""
    from pcgstudio.region import Circle  # noqa: PLC0415 - see TYPE_CHECKING above

    east, north = recipe.extent_m
    reach = min(MARGIN * handle.radius_m, 0.49 * min(east, north))
    centre = (min(max(x_m, reach), east - reach), min(max(y_m, reach), north - reach))
    step = recipe.step(handle.step)
    return recipe.with_step(step.model_copy(update={"where": Circle(centre_m=centre, radius_m=reach)}))
