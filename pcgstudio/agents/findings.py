"""What is wrong with a plan, found without any model: by its documents alone, and by what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..brief import Check, Measured, Report
from ..errors import InputError
from ..generator import get_generator, load_features
from ..recipe import Recipe
from .protocol import Issue

MOST = 5
"""Findings that go back to an actor in one round: more of them confuse a model and fill its context."""

BY_PRODUCTS = frozenset({"height", "slope", "water", "water_kind", "water_level"})
"""Layers that every finished map has, whoever wrote them."""

_MODIFIERS = ("erosion", "terrace", "role")
"""Stages that only change what earlier steps made."""

_ORDER = ("policy", "tool selection", "parameter correctness", "logic and sequence", "goal alignment", "certainty")


def static_issues(recipe: Recipe, base: Recipe | None = None) -> Iterator[Issue]:
    """Find what the documents show to be wrong: unknown generators, bad parameters, steps before what they need.

    Steps that stand in ``base`` as they are were built before, and are nobody's mistake now.
    """
    kept = {s.id for s in recipe.steps if base is not None and s in base.steps}
    yield from (issue for issue in _static(recipe) if issue.step not in kept)


def _static(recipe: Recipe) -> Iterator[Issue]:
    made: set[str] = set()
    written: set[str] = set()
    features = load_features()
    for step in recipe.steps:
        try:
            one = get_generator(step.generator)
        except InputError as error:
            yield Issue(dimension="tool selection", step=step.id, message=str(error))
            continue
        try:
            step.parsed()
        except InputError as error:
            yield Issue(dimension="parameter correctness", step=step.id, message=str(error))
            continue
        for need in sorted(step.where.needs()):
            if ":" not in need and (need not in features or features[need].name not in made):
                yield Issue(dimension="logic and sequence", step=step.id, certain=need not in features,
                            message=f"its region needs the {need}, which no earlier step makes")  # fmt: skip
            layer = need.removeprefix("layer:")
            if ":" in need and layer not in written | BY_PRODUCTS:
                yield Issue(dimension="logic and sequence", step=step.id,
                            message=f"its region needs the layer {layer}, which no earlier step writes")  # fmt: skip
        if one.stage in _MODIFIERS and one.reads and not written & set(one.reads):
            yield Issue(dimension="logic and sequence", step=step.id, fix=f"put it after what makes {one.reads[0]}",
                        message=f"{one.name} changes {one.reads[0]}, which no earlier step makes")  # fmt: skip
        made |= {f.name for f in one.features}
        written |= set(one.writes)


def measured_issues(report: Report) -> Iterator[Issue]:
    """Say every failed demand and structural check, the worst first."""
    for row in sorted(report.checks, key=lambda r: r.score):
        if not row.passed and row.check.demanded:
            yield Issue(dimension="goal alignment", message=f"{demand(row.check)}, measured {said(row)}")
    for check in report.structural:
        if not check.passed:
            yield Issue(dimension="goal alignment", message=f"{check.name}: {check.detail}")


def demand(check: Check) -> str:
    """Return a check as a sentence without its place."""
    what = ", ".join(str(v) for v in check.arguments.values())
    value = " to ".join(f"{v:.4g}" for v in (check.value if isinstance(check.value, tuple) else (check.value,)))
    asked = f"{check.relation.replace('_', ' ')} {value} {check.unit}".strip()
    return f"{check.metric.replace('_', ' ')} of {what or 'the map'} must be {asked}"


def said(row: Measured) -> str:
    """Return what was measured, with its unit."""
    return "nothing to measure" if row.measured is None else f"{row.measured:.4g} {row.check.unit}"


def worst(issues: Iterable[Issue], most: int = MOST) -> tuple[Issue, ...]:
    """Return at most so many, certain ones first, then by how much of the plan they spoil; none twice."""
    unique = list({(i.step, i.message): i for i in issues}.values())
    rank = {name: number for number, name in enumerate(_ORDER)}
    return tuple(sorted(unique, key=lambda i: (not i.certain, rank.get(i.dimension, len(rank))))[:most])
