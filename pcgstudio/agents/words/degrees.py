"""How much an adjective asks for: quantiles of what the generators make over the values that their words span.

``benchmarks/adjectives.py`` builds each feature many times with its worded parameters drawn over their declared range,
measures it, and writes the quantiles into ``assets/adjectives.json``: "high" demands what a third of the mountains
reach, "towering" what one in twenty does (the 33, 66 and 95 % of MarioGPT, Sudhakaran et al. 2023). A generator that
was never sampled, such as another package's, or whose declared values have changed since, falls back on those values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Degree:
    """What an adjective demands of a feature.

    Parameters
    ----------
    metric, relation : str
        What is measured, and whether the value is the least or the most.
    value : float
        The quantile, in the metric's unit.
    scales : bool
        Whether it is a length stated for a map of ``params.REFERENCE_EXTENT_M``.
    """

    metric: str
    relation: str
    value: float
    scales: bool = False


def degree(feature: str, driven: str, declared: float) -> Degree | None:
    """Return what a word demands by the sample of its feature.

    Parameters
    ----------
    feature : str
        Feature it stands beside.
    driven : str
        The parameter that the word sets, or the metric that a rule of the vocabulary checks it on.
    declared : float
        The value that the generator, or the rule, declares for the word.

    Returns
    -------
    Degree or None
        None where the feature was not sampled, or was when the word was declared otherwise.
    """
    sampled = _sampled().get(feature, {})
    told = sampled.get("degrees", {}).get(f"{driven} {declared:g}")
    if told is None:
        return None
    measured = sampled["metrics"][told["metric"]]
    value = float(measured["quantiles"][str(told["quantile"])])
    return Degree(told["metric"], told["relation"], value, bool(measured["scales"]))


@cache
def _sampled() -> Mapping[str, Any]:
    text = files("pcgstudio.assets").joinpath("adjectives.json").read_text(encoding="utf-8")
    sampled: Mapping[str, Any] = json.loads(text)["features"]
    return sampled
