"""The metric vocabulary: what a check can ask of a built world, one function each, with unit and tolerance.

Every metric is a pure function of a `Scene` (a world and a region of it) and its arguments. ``None`` means that the
world holds nothing to measure; such a check never passes unless it asks for absence.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from . import metric_amounts, metric_ground, metric_interiors, metric_relations, metric_shapes, metric_ways
from .brief import Brief, Check, Measured, Report
from .errors import InputError, did_you_mean
from .metric import METRICS, Metric, Scene
from .structure import structural_checks
from .world import World

SOURCES = (metric_amounts, metric_ground, metric_shapes, metric_relations, metric_interiors, metric_ways)
"""Modules whose functions enter themselves into the vocabulary when they are loaded."""

__all__ = ["METRICS", "Metric", "Scene", "assess", "check_of", "measure"]


def measure(world: World, check: Check) -> float | None:
    """Return the measured value of a check.

    Raises
    ------
    InputError
        The metric or the feature is unknown, or an argument does not fit.
    """
    known = METRICS.get(check.metric)
    if known is None:
        raise InputError(f"no metric is called '{check.metric}'{did_you_mean(check.metric, METRICS)}")
    run = partial(known.measure, Scene(world, check))
    try:
        inspect.signature(run).bind(**check.arguments)
    except TypeError as error:
        raise InputError(f"metric '{check.metric}' {error}") from error
    return run(**check.arguments)


def assess(world: World, brief: Brief) -> Report:
    """Measure every check of a brief, and the structural checks."""
    rows = []
    for check in brief.checks:
        value = measure(world, check)
        if value is None and check.relation == "absent":
            value = 0.0
        rows.append(Measured(check=check, measured=value, passed=check.passes(value), score=check.score(value)))
    return Report(checks=tuple(rows), structural=structural_checks(world))


def check_of(
    name: str, value: float | tuple[float, float], relation: str = "equal", tolerance: float | None = None, **more: Any
) -> Check:
    """Make a check with the tolerance and the unit of the metric's table row.

    Parameters
    ----------
    name : str
        Metric.
    value : float or pair
        The demand.
    relation : str
        One of `brief.Relation`; a tolerance applies to ``equal`` only, the others say their bound exactly.
    tolerance : float, optional
        Overrides the table.
    **more
        Further fields of `Check`.
    """
    row = METRICS[name]
    single = value if isinstance(value, int | float) else value[0]
    slack = tolerance if tolerance is not None else (row.tolerance(single) if relation == "equal" else 0.0)
    return Check.model_validate(
        {"metric": name, "relation": relation, "value": value, "tolerance": slack, "unit": row.unit, **more}
    )
