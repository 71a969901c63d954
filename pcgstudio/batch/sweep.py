"""The points of a parameter sweep: the same for the same spec, spread by scipy's quasi-Monte Carlo samplers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..generator import get_generator
from ..params import Parameter, parameters
from ..recipe import Recipe
from .spec import Span, Sweep, Value

Point = dict[str, Value]
"""``STEP.PARAMETER`` to a value."""


def points(sweep: Sweep | None, recipe: Recipe | None) -> tuple[Point, ...]:
    """Return the points of a sweep for one source; one empty point without a sweep.

    Parameters
    ----------
    sweep : Sweep, optional
        What varies.
    recipe : Recipe
        A recipe whose steps and parameters are meant: whole numbers, logarithmic ranges and bounds come from them.

    Raises
    ------
    InputError
        A step or a parameter does not exist there, or a value is out of its bounds.
    """
    if sweep is None or recipe is None:
        return ({},)
    about = {name: parameter_of(recipe, name) for name in sweep.parameters}
    if sweep.method == "grid":
        rows = list(product(*(_grid_values(told, about[name]) for name, told in sweep.parameters.items())))
    else:
        told = [(span, about[name]) for name, span in sweep.parameters.items()]
        rows = [tuple(_at(*one, float(u)) for one, u in zip(told, row, strict=True)) for row in _unit_points(sweep)]
    found = {repr(row): dict(zip(sweep.parameters, row, strict=True)) for row in rows}
    made = tuple(found.values())  # whole numbers drawn from a narrow range repeat: each point once
    for point in (made[0], made[-1], *_extremes(made)):
        with_values(recipe, point)
    return made


def with_values(recipe: Recipe, point: Mapping[str, Value]) -> Recipe:
    """Return the recipe with a point's values set, validated.

    Raises
    ------
    InputError
        A step or a parameter does not exist, or a value does not fit.
    """
    for name, value in point.items():
        step_id, parameter = _split(recipe, name)
        step = recipe.step(step_id).changed(**{parameter: value})
        step.parsed()
        recipe = recipe.with_step(step)
    return recipe


def parameter_of(recipe: Recipe, name: str) -> Parameter:
    """Return the record of the parameter that ``STEP.PARAMETER`` names.

    Raises
    ------
    InputError
        There is none.
    """
    step_id, parameter = _split(recipe, name)
    known = {p.name: p for p in parameters(get_generator(recipe.step(step_id).generator).params)}
    if parameter not in known:
        hint = did_you_mean(parameter, known) or f"; known: {', '.join(known)}"
        raise InputError(f"the sweep names '{name}', but step '{step_id}' has no parameter '{parameter}'{hint}")
    return known[parameter]


def _split(recipe: Recipe, name: str) -> tuple[str, str]:
    step_id, _, parameter = name.rpartition(".")
    ids = [s.id for s in recipe.steps]
    if not step_id:
        raise InputError(f"the sweep names '{name}'; write STEP.PARAMETER with one of the steps {', '.join(ids)}")
    if step_id not in ids:
        hint = did_you_mean(step_id, ids) or f"; its steps: {', '.join(ids)}"
        raise InputError(f"the sweep names '{name}', but '{recipe.name}' has no step '{step_id}'{hint}")
    return step_id, parameter


def _grid_values(told: Span | tuple[Value, ...], about: Parameter) -> list[Value]:
    if not isinstance(told, Span):
        return list(told)
    return list(dict.fromkeys(_at(told, about, float(u)) for u in np.linspace(0, 1, told.steps or 2)))


def _at(told: Span | tuple[Value, ...], about: Parameter, u: float) -> Value:
    """Return the value at ``u`` in [0, 1]: logarithmic where the parameter's slider is, whole where it counts."""
    if not isinstance(told, Span):
        return told[min(int(u * len(told)), len(told) - 1)]
    if about.type == "int":  # every whole number gets the same share of the unit interval
        low, high = math.ceil(told.low), math.floor(told.high)
        if low > high:
            raise InputError(f"the sweep's range {told.low:g} to {told.high:g} of '{about.name}' holds no whole number")
        return min(low + int(u * (high - low + 1)), high)
    if about.log and told.low > 0:
        value = told.low * (told.high / told.low) ** u
    else:
        value = told.low + (told.high - told.low) * u
    return float(f"{value:.9g}")  # nine digits: the same text, and so the same map, on every platform


def _unit_points(sweep: Sweep) -> NDArray[np.float64]:
    """Return ``(samples, parameters) float64`` in [0, 1)."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import, and grids do without

    count, width = sweep.samples or 1, len(sweep.parameters)
    if sweep.method == "sobol":
        if width > qmc.Sobol.MAXDIM:
            raise InputError(f"Sobol points have at most {qmc.Sobol.MAXDIM} parameters; use latin_hypercube")
        rows = qmc.Sobol(width, scramble=True, rng=sweep.seed).random_base2(max(0, math.ceil(math.log2(count))))
        return np.asarray(rows[:count])  # drawn as a power of two, which keeps their balance and scipy from warning
    if sweep.method == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(width, rng=sweep.seed).random(count))
    return np.random.default_rng(sweep.seed).random((count, width))


def _extremes(made: tuple[Point, ...]) -> list[Point]:
    """Return, for every parameter, the points with its least and largest value, and one for every choice."""
    chosen: list[Point] = []
    for name in made[0]:
        by_value = {repr(p[name]): p for p in made}
        numbers = [p for p in made if isinstance(p[name], int | float) and not isinstance(p[name], bool)]
        if len(numbers) == len(made):
            chosen += [min(made, key=lambda p: p[name]), max(made, key=lambda p: p[name])]
        else:
            chosen += by_value.values()
    return chosen
