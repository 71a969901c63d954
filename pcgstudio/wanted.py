"""Which steps and layers somebody still wants: what a build can leave out, or drop as soon as nothing reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .generator import get_generator, load_features
from .recipe import Step

ALWAYS = frozenset({"height", "water_kind"})
"""Layers that every build ends with: they put z = 0 on the sea or on the lowest ground."""


@dataclass(frozen=True)
class Turn:
    """A step that is built, and what must still be there after it.

    Parameters
    ----------
    step : Step
        The step.
    after : frozenset of str, optional
        Layers and ``instances:<kind>`` that are still wanted; None: everything.
    """

    step: Step
    after: frozenset[str] | None = None


def touched(step: Step) -> frozenset[str]:
    """Return the layers and ``instances:<kind>`` that a step reads, merges into, or is bounded by."""
    made_by, features = get_generator(step.generator), load_features()
    names = {*made_by.reads, *made_by.writes, "water_kind"}
    for need in step.where.needs():
        if need.startswith("layer:"):
            names.add(need.removeprefix("layer:"))
        elif need in features:
            names.add(features[need].layer or f"instances:{features[need].instances}")
    return frozenset(names)


def turns(steps: Iterable[Step], keep: Iterable[str] | None) -> list[Turn]:
    """Return the enabled steps to build, in order, with what must outlast each.

    Parameters
    ----------
    steps : iterable of Step
        Of the recipe.
    keep : iterable of str, optional
        What is wanted in the end; by default everything. Steps that add nothing to it are left out.
    """
    enabled = [s for s in steps if s.enabled]
    if keep is None:
        return [Turn(s) for s in enabled]
    wanted = ALWAYS | frozenset(keep)
    found: list[Turn] = []
    for step in reversed(enabled):
        if wanted & frozenset(get_generator(step.generator).writes):
            found.append(Turn(step, wanted))
            wanted |= touched(step)
    return found[::-1]
