"""What makes a thing bigger where no parameter is its area, and what grows with a parameter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...generator import get_generator, load_features
from ...params import Parameter, parameters
from ...recipe import Step
from ..words.meaning import bounded, described
from .changes import Change


def beside_it(step: Step, name: str, change: Change) -> dict[str, Any]:
    """Return what is scaled with a parameter: rooms grow by their longest side as by their shortest."""
    mine = parameters(get_generator(step.generator).params)
    one = next(p for p in mine if p.name == name)
    if change.kind != "scale" or one.aspect != "width" or not one.feature:
        return {}
    alike = [p for p in mine if (p.aspect, p.feature) == (one.aspect, one.feature) and p is not one]
    return _scaled(step, alike, change)


def sizes(step: Step, change: Change) -> dict[str, Any]:
    """Return what makes a thing bigger that no parameter gives an area: its rooms, its houses, or its "large"."""
    if change.kind != "scale" or change.aspect != "share":
        return {}
    mine, kind = parameters(get_generator(step.generator).params), load_features()[change.feature]
    if kind.layer != "settlement" and kind.count_by != "none" and change.feature != "room":
        return {}  # larger houses are not more of them
    if get_generator(step.generator).stage == "interior":
        return _scaled(step, [p for p in mine if (p.aspect, p.feature) == ("width", "room")], change)
    counted = [p for p in mine if p.aspect == "count" and p.feature in ("house", "building")]
    told = [p for p in counted if getattr(step.parsed(), p.name)]
    meaning = described(change.feature, "big")
    return _scaled(step, told or ([meaning[0]] if meaning else []), change)


def _scaled(step: Step, ones: Iterable[Parameter], change: Change) -> dict[str, Any]:
    values = step.parsed()
    numbers = [(p, now) for p in ones if isinstance(now := getattr(values, p.name), int | float)]
    return {p.name: bounded(p, now * change.value) for p, now in numbers}
