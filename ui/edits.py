"""What a hand changes in a recipe: pure functions from one recipe to the next, each one undo step."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from pcgstudio.errors import InputError
from pcgstudio.generator import STAGES, get_generator
from pcgstudio.params import REFERENCE_EXTENT_M, Parameter, parameters
from pcgstudio.recipe import Recipe, Step

PLAIN = ("blend", "into", "use", "path", "levels", "extent", "kind")
"""Parameters that say what a step is for or how it works with others: dice for a whole step pass them over."""


def free_id(name: str, recipe: Recipe) -> str:
    """Return a name that no step has yet: ``hills``, ``hills-2`` ..."""
    taken = {s.id for s in recipe.steps}
    stem, _, tail = name.rpartition("-")
    name = stem if stem and tail.isdigit() else name
    number = 1
    while (told := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return told


def with_added(recipe: Recipe, generator: str, index: int | None = None) -> tuple[Recipe, Step]:
    """Return the recipe with a new step, by default at its natural place, and the step.

    Raises
    ------
    InputError
        No generator is called that.
    """
    stage = STAGES.index(get_generator(generator).stage)
    step = Step(id=free_id(generator, recipe), generator=generator)
    if index is None:
        stages = [STAGES.index(get_generator(s.generator).stage) for s in recipe.steps]
        index = next((i + 1 for i in range(len(stages) - 1, -1, -1) if stages[i] <= stage), 0)
    return _inserted(recipe, step, index), step


def without(recipe: Recipe, step_id: str) -> Recipe:
    """Return the recipe without a step."""
    return recipe.model_copy(update={"steps": tuple(s for s in recipe.steps if s.id != step_id)})


def with_moved(recipe: Recipe, step_id: str, index: int) -> Recipe:
    """Return the recipe with a step at another place."""
    return _inserted(without(recipe, step_id), recipe.step(step_id), index)


def with_copy(recipe: Recipe, step_id: str) -> tuple[Recipe, Step]:
    """Return the recipe with a step's twin after it, which has dice of its own, and the twin."""
    step = recipe.step(step_id)
    twin = step.model_copy(update={"id": free_id(step.id, recipe)})
    return _inserted(recipe, twin, recipe.steps.index(step) + 1), twin


def with_renamed(recipe: Recipe, step_id: str, name: str) -> Recipe:
    """Return the recipe with a step under another name.

    Raises
    ------
    ValidationError
        It cannot be a name, or another step has it.
    """
    told = recipe.model_dump()
    for step in told["steps"]:
        if step["id"] == step_id:
            step["id"] = name
    return Recipe.model_validate(told)


def with_dice(recipe: Recipe, step_id: str, number: int) -> tuple[Recipe, str]:
    """Return the recipe with other dice for one step alone, and the step's new id: its dice hang on that.

    The number stands behind the name, ``hills:7``; other numbers take its place.
    """
    name = f"{step_id.partition(':')[0]}:{number}"
    if any(s.id == name for s in recipe.steps):
        return recipe, step_id
    steps = tuple(s.model_copy(update={"id": name}) if s.id == step_id else s for s in recipe.steps)
    return recipe.model_copy(update={"steps": steps}), name


def with_lock(step: Step, param: str | None, on: bool | None) -> Step:
    """Return a step with itself or one parameter locked or free; None turns it over."""
    names = tuple(get_generator(step.generator).params.model_fields)
    if param is None:
        return step.model_copy(update={"locked": step.locked is not True if on is None else on})
    held = names if step.locked is True else step.locked or ()
    wanted = param not in held if on is None else on
    held = tuple(n for n in names if (n in held and n != param) or (n == param and wanted))
    return step.model_copy(update={"locked": held or False})


def without_params(step: Step, *names: str) -> Step:
    """Return a step with some parameters, or all of them, as they are by default."""
    kept = {k: v for k, v in step.params.items() if names and k not in names}
    return step.model_copy(update={"params": kept})


def thrown(recipe: Recipe, step: Step, param: str | None, dice: random.Random) -> Step:
    """Return a step with random sensible values; what is locked stays, and so does what is off or left to the step."""
    now = step.parsed()
    throws = {
        p.name: _value(p, recipe, getattr(now, p.name), dice)
        for p in _loose(step)
        if p.name == param or (param is None and p.name not in PLAIN and _in_use(p, getattr(now, p.name)))
    }
    return _fitting(step, {k: v for k, v in throws.items() if v is not None})


def shaken(recipe: Recipe, strength: float, dice: random.Random) -> Recipe:
    """Return the recipe with every free number a little different; steps and choices stay.

    Parameters
    ----------
    strength : float
        0 leaves all as it is; 1 halves or doubles a value about as often as not.
    """
    steps = []
    for step in recipe.steps:
        now = step.parsed()
        moves = {
            p.name: _shaken(p, getattr(now, p.name), recipe.extent_m, strength, dice)
            for p in _loose(step)
            if p.name not in PLAIN
        }
        steps.append(_fitting(step, {k: v for k, v in moves.items() if v is not None}) if step.enabled else step)
    return recipe.model_copy(update={"steps": tuple(steps)})


def _inserted(recipe: Recipe, step: Step, index: int) -> Recipe:
    steps = list(recipe.steps)
    steps.insert(max(0, min(index, len(steps))), step)
    return recipe.model_copy(update={"steps": tuple(steps)})


def _loose(step: Step) -> Iterator[Parameter]:
    """Yield the parameters that dice may change."""
    for one in parameters(get_generator(step.generator).params):
        if not step.locks(one.name):
            yield one


def _fitting(step: Step, values: dict[str, Any]) -> Step:
    """Return the step with the values, one after the other, as far as they fit together."""
    for name, value in values.items():
        changed = step.changed(**{name: value})
        try:
            changed.parsed()
        except InputError:  # two parameters exclude each other: the earlier stays
            continue
        step = changed
    return step


def _on(value: Any) -> bool:
    """Whether a parameter does anything: 0 switches most of them off, None leaves them to the step."""
    return isinstance(value, bool) or value not in (0, None)


def _in_use(one: Parameter, now: Any) -> bool:
    """Whether a parameter shapes the map: a bound that is left at its end, such as a greatest height, does not."""
    wide = one.minimum is not None and one.maximum is not None and one.maximum - one.minimum > 1
    return _on(now) and not (wide and now == one.default and now in (one.minimum, one.maximum) and one.type != "int")


def sensible(one: Parameter, extent_m: tuple[float, float], now: Any = None) -> tuple[float, float] | None:
    """Return the range of a number that makes good maps: that of its adjectives, or about its value, or its default."""
    scale = max(extent_m) / REFERENCE_EXTENT_M if one.scales else 1.0
    low = -math.inf if one.minimum is None else one.minimum
    high = math.inf if one.maximum is None else one.maximum
    told = [v * scale for v in one.adjectives.values()]
    if len(set(told)) > 1:
        return max(min(told), low), min(max(told), high)
    usual = now if _on(now) else one.default
    if isinstance(usual, bool) or not isinstance(usual, int | float):
        return None
    usual = usual if usual == now else usual * scale
    if math.isfinite(high - low) and high - low <= max(4 * abs(usual), 1):
        return low, high
    return (max(usual / 2, low), min(usual * 2, high)) if low <= 0 < usual or low > 0 else None


def _value(one: Parameter, recipe: Recipe, now: Any, dice: random.Random) -> Any:
    if one.options:
        return dice.choice(one.options)
    if one.type == "bool":
        return dice.random() < 0.5
    span = sensible(one, recipe.extent_m, now)
    if span is None:
        return None
    low, high = span
    if one.type.startswith("int"):
        return dice.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))
    if one.log and low > 0:
        return _short(math.exp(dice.uniform(math.log(low), math.log(high))), low, high)
    return _short(dice.uniform(low, high), low, high)


def _shaken(one: Parameter, now: Any, extent_m: tuple[float, float], strength: float, dice: random.Random) -> Any:
    """Return a value near the present one, and no further from what is sensible than that."""
    span = sensible(one, extent_m, now)
    if one.options or isinstance(now, bool) or not isinstance(now, int | float) or not now or span is None:
        return None
    low, high = min(span[0], now), max(span[1], now)
    value = min(max(now * math.exp(dice.gauss(0, strength * math.log(2))), low), high)
    return round(value) if one.type.startswith("int") else _short(value, low, high)


def _short(value: float, low: float, high: float) -> float:
    """Return a number as a person would write it: three figures, inside its bounds."""
    return min(max(float(f"{value:.3g}"), low), high)
