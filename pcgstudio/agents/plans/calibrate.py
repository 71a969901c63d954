"""What is a number is solved by a number: parameters are moved until a failed check passes, without any model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...brief import Check, Measured, Report
from ...generator import get_generator, load_features
from ...params import Parameter, parameters
from ...recipe import Recipe, Step
from ...region import Compass
from ..reader.cursor import WHOLE
from ..words.meaning import bounded, drives_feature, makes

_RISING = ("volcano", "mountain", "plateau", "hill")
"""What stands on land and decides how high that is."""


@dataclass(frozen=True)
class Drive:
    """A parameter of a step that moves the metric of a check."""

    step: Step
    parameter: Parameter

    @property
    def value(self) -> float:
        """Return the present value."""
        return float(getattr(self.step.parsed(), self.parameter.name))


def drives(recipe: Recipe, check: Check) -> Iterator[Drive]:
    """Yield the unlocked parameters that declare to drive the metric of a check, the last step first."""
    feature = check.arguments.get("feature", "")
    aspect = {"relief": "height", "area": "share", "size": "share"}.get(check.metric, check.metric)
    for step in reversed(recipe.steps):
        made = "terrain" if check.metric == "relief" else feature
        names = [made, *_RISING] if aspect == "height" and made in WHOLE else [made]
        told = next((n for n in names if any(makes(step, name) for name in _same_place(n))), None)
        if told is None:
            continue
        values = step.parsed()
        for one in parameters(get_generator(step.generator).params):
            number = isinstance(getattr(values, one.name), int | float)
            if number and one.aspect == aspect and drives_feature(one, told) and not step.locks(one.name):
                yield Drive(step, one)


def _same_place(feature: str) -> list[str]:
    """Return the features that are measured on the same cells, such as land and island."""
    known = load_features()
    if feature not in known:
        return []
    place = (known[feature].layer, known[feature].values, known[feature].instances, known[feature].species)
    return [n for n, f in known.items() if n == feature or (f.layer, f.values, f.instances, f.species) == place]


def target_of(check: Check) -> float:
    """Return the value to aim at: the middle of the bounds, or a little inside the one that is finite."""
    low, high = check.bounds()
    if math.isfinite(low) and math.isfinite(high):
        return (low + high) / 2
    bound = low if math.isfinite(low) else high
    return bound + math.copysign(0.05 * abs(bound), 1 if math.isfinite(low) else -1)


def solve(recipe: Recipe, row: Measured) -> Recipe | None:
    """Return the recipe with one parameter moved toward a failed check, or None where no parameter drives it.

    The step is proportional (a secant through the origin): what is measured grows with what drives it.
    """
    if row.measured is None:
        return None
    target = target_of(row.check)
    for drive in drives(recipe, row.check):
        now = drive.value
        ratio = target / row.measured if row.measured else 2.0
        ratio = min(max(ratio, 0.25), 4.0)
        wanted = now * ratio if drive.parameter.direction > 0 else now / max(ratio, 1e-6)
        if drive.parameter.type.startswith("int") and round(wanted) == now:
            wanted = now + math.copysign(1, target - row.measured)
        if drive.parameter.aspect == "count" and now >= 1 <= target:
            wanted = max(wanted, 1.0)  # a count of 0 leaves the number open, which is no smaller number
        moved = bounded(drive.parameter, wanted)
        if not math.isclose(moved, now, rel_tol=1e-6):
            return recipe.with_step(drive.step.changed(**{drive.parameter.name: moved}))
    return None


def calibrated(recipe: Recipe, report: Report) -> Recipe:
    """Return the recipe after one solver move for every failed check that a parameter drives."""
    for row in report.checks:
        if not row.passed:
            recipe = solve(recipe, row) or recipe
    return recipe


def eased(recipe: Recipe, failed: tuple[str, ...]) -> Recipe:
    """Return the recipe with more room for steps that could not be built: a wider region, smaller unsaid lengths."""
    for step_id in failed:
        step = recipe.step(step_id)
        where = step.where
        if isinstance(where, Compass) and step.locked is not True:
            widest = 0.3 if where.place == "centre" else 0.5
            where = where.model_copy(update={"depth": min(where.depth * 1.15, widest)})
        smaller = {
            p.name: bounded(p, 0.75 * getattr(step.parsed(), p.name))
            for p in parameters(get_generator(step.generator).params)
            if p.scales and p.aspect not in ("height", "depth") and not step.locks(p.name)
            and isinstance(getattr(step.parsed(), p.name), int | float)
        }  # fmt: skip
        recipe = recipe.with_step(step.changed(**smaller).model_copy(update={"where": where}))
    return recipe


def rerolled(recipe: Recipe, report: Report, attempt: int, keep: frozenset[str] = frozenset()) -> Recipe:
    """Return the recipe with new dice for the steps that make what failed; every other step keeps its stream.

    ``keep`` names steps whose dice must stay: in a follow-up, those that the edit is not about.
    """
    failed = {
        name
        for row in report.checks
        if not row.passed
        for name in (row.check.arguments.get("feature"), row.check.arguments.get("to"), row.check.arguments.get("by"))
        if name
    }
    failed |= {n for row in report.checks if not row.passed for n in row.check.region.needs() if ":" not in n}
    if any(not row.passed and not row.check.arguments for row in report.checks):
        failed.add("room")  # the metrics of interiors are of all rooms together
    structural = any(not s.passed for s in report.structural)
    steps = []
    for step in recipe.steps:
        fresh = re.sub(r"\.\d+$", "", step.id) + f".{attempt}"
        again = (structural or any(makes(step, name) for name in failed)) and not step.locked and step.id not in keep
        steps.append(step.model_copy(update={"id": fresh}) if again else step)
    return recipe.model_copy(update={"steps": tuple(steps)})
