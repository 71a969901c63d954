"""What moves with the ground while a hand drags the land: a town takes longer to plan than the land to shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .generator import get_generator
from .recipe import Step
from .step_cache import Made, StepCache
from .world import FloatArray, Grid, Layer, World

STAYS = frozenset({"settlement", "volume"})
"""Stages of the steps that are moved with the ground instead of planned anew."""


@dataclass(frozen=True)
class _Stood:
    """What a step made the last time, what it was asked, and the layers below it as it found them."""

    step: Step
    grid: Grid
    below: Mapping[str, Layer]
    made: Made


class Standing(StepCache):
    """A cache for drafts, which knows what settlements made last and lays it on the ground as it is now.

    What it says is no result of the step: it is not kept under the step's key, and a map that is built with another
    cache is planned anew.

    Parameters
    ----------
    kept : StepCache
        Holds the results themselves.
    """

    def __init__(self, kept: StepCache) -> None:
        super().__init__(kept.limit_bytes)
        self._kept = kept
        self._last: dict[str, _Stood] = {}

    def get(self, key: str) -> Made | None:
        """Return the result of that key, if it is still held."""
        return self._kept.get(key)

    def put(self, key: str, made: Made) -> None:
        """Hold a result."""
        self._kept.put(key, made)

    def note(self, step: Step, world: World, made: Made) -> None:
        """Remember what a step made of a world."""
        if get_generator(step.generator).stage in STAYS and "height" in world:
            below = {name: world.layers[name] for name in ("height", *made.layers) if name in world.layers}
            self._last[step.id] = _Stood(step, world.grid, below, made)

    def instead(self, step: Step, world: World) -> Made | None:
        """Return what the same step made last, moved with the ground; None where it was asked something else."""
        stood = self._last.get(step.id)
        if stood is None or stood.step != step or stood.grid != world.grid or "height" not in world:
            return None
        return _moved(stood, world)


def _moved(stood: _Stood, world: World) -> Made:
    grid, made = world.grid, stood.made
    layers = {name: _laid(layer, stood.below.get(name), world.layers.get(name)) for name, layer in made.layers.items()}
    now, then = layers.get("height", world.layers["height"]), made.layers.get("height", stood.below["height"])
    rise = (now.data - then.data).astype(np.float32)
    instances = {
        kind: replace(placed, placement=_lifted(grid, rise, placed.placement))
        for kind, placed in made.instances.items()
    }
    parts = tuple(replace(p, vertices=_lifted(grid, rise, p.vertices)) for p in made.parts)
    paths = tuple(replace(p, points=_lifted(grid, rise, p.points)) for p in made.paths)
    return Made(layers, instances, parts, paths)


def _laid(layer: Layer, before: Layer | None, below: Layer | None) -> Layer:
    """Return what a step wrote over a layer as it was, over the layer as it is: the difference, or what it changed."""
    if before is None or below is None:
        return layer
    if layer.kind == "continuous":
        return replace(layer, data=(below.data + (layer.data - before.data)).astype(layer.data.dtype))
    return replace(layer, data=np.where(layer.data != before.data, layer.data, below.data).astype(layer.data.dtype))


def _lifted(grid: Grid, rise: FloatArray, points: FloatArray) -> FloatArray:
    moved = points.copy()
    moved[:, 2] += grid.sample(rise, points)
    return moved
