"""From words to parameters and metrics, by what the generators declare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...generator import Generator, get_generator, load_features, load_generators
from ...params import REFERENCE_EXTENT_M, Parameter, parameters
from ...recipe import Step
from .degrees import degree
from .demand import Demand
from .lexicon import lexicon

MASSES = frozenset({"forest", "grass", "biome"})
"""Layers whose features are masses: "a forest" asks for forest, not for one connected piece of it."""


@cache
def maker(feature: str) -> Generator:
    """Return the generator that makes a feature; the first in the natural order that declares it."""
    return next(g for g in load_generators().values() if any(f.name == feature for f in g.features))


def stage_of(feature: str) -> str:
    """Return the stage of the generator that makes a feature."""
    return maker(feature).stage


def parameter(feature: str, aspect: str) -> Parameter | None:
    """Return the parameter that drives an aspect of a feature, or None."""
    known = load_features()
    found = [p for p in parameters(maker(feature).params) if p.aspect == aspect and drives_feature(p, feature)]
    if aspect == "count" and known[feature].needs:  # ten fields are not ten villages
        found = [p for p in found if p.feature]
    if aspect == "count":  # a range of mountains is not counted by its summits
        found = [p for p in found if not p.feature or known[p.feature].count_by == known[feature].count_by]
    if not found and aspect == "height":  # a cliff is as high as the land drops
        return parameter(feature, "drop")
    return max(found, key=lambda p: p.feature == feature, default=None)


def drives_feature(one: Parameter, feature: str) -> bool:
    """Whether a parameter is about a feature: it names it, none, or another word for the same place."""
    if one.feature in ("", feature):
        return True
    known = load_features()
    if one.feature not in known or feature not in known:
        return False
    named, asked = known[one.feature], known[feature]
    if not named.layer and not asked.layer:
        return bool(named.instances) and named.instances == asked.instances and named.name == named.instances
    return bool(named.layer) and (named.layer, named.values) == (asked.layer, asked.values)


def described(feature: str, word: str, kind: str = "adjective") -> tuple[Parameter, float | str] | None:
    """Return what an adjective or choice word sets on the maker of a feature, or None if it says nothing there."""
    word = lexicon().vocabulary["means"].get(f"{feature} {word}", word)
    mine = [m for m in lexicon().meanings(word, kind) if m.generator.name == maker(feature).name]
    about = [m for m in mine if drives_feature(m.parameter, feature) and m.parameter.aspect != "count"]
    if not about and load_features()[feature].count_by == "none":
        about = [m for m in mine if m.parameter.aspect == "count"]  # a large dungeon is one of many rooms
    other = lexicon().vocabulary["aliases"].get(word)
    if not about and other is not None:
        return described(feature, other, kind)  # "little" may be a word of some generators, "small" of all
    return (about[0].parameter, about[0].value) if about else None


def makes(step: Step, feature: str) -> bool:
    """Whether a step makes a feature: its generator declares it, and its parameters are those that make this one."""
    one = next((f for f in get_generator(step.generator).features if f.name == feature), None)
    if one is None or not step.enabled:
        return False
    told = step.parsed().model_dump()
    counting = parameter(feature, "count")
    number = counting.name if counting is not None else ""
    # two treasures are made by what one is made by
    return all(
        bool(told.get(k)) if k == number and v else _plain(told.get(k)) == _plain(v) for k, v in one.sets.items()
    )


def _plain(value: Any) -> Any:
    """Return a list for a tuple: what was saved and loaded means the same."""
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Threshold:
    """What an adjective demands of the metric its parameter drives."""

    relation: str
    value: float


def threshold(feature: str, meaning: tuple[Parameter, float | str], word: str, scale: float) -> Threshold | None:
    """Return what an adjective demands of the metric its parameter drives.

    That is a quantile of what the generator makes (see `degrees`); where none was sampled, the middle between the
    word's declared value and its neighbour toward the unmarked one. None where the word is the unmarked one itself or
    where no metric follows the parameter.
    """
    one, told = meaning
    if isinstance(told, int | float) and (sampled := degree(feature, one.name, told)) is not None:
        return Threshold(sampled.relation, sampled.value * (scale if sampled.scales else 1.0))
    if not one.aspect or one.direction < 0:
        return None
    word = next((m for m in (word, *_meant(word)) if m in one.adjectives), word)
    usual = one.adjectives.get("", one.default)
    value = one.adjectives.get(word, one.adjectives.get(lexicon().vocabulary["aliases"].get(word, ""), usual))
    if not isinstance(usual, int | float) or value == usual:
        return None
    between = sorted({*one.adjectives.values(), usual})
    at = between.index(value)
    near = between[at - 1] if value > usual else between[at + 1]
    factor = scale if one.scales else 1.0
    middle = math.sqrt(value * near) if one.log and min(value, near) > 0 else (value + near) / 2
    return Threshold("at_least" if value > usual else "at_most", middle * factor)


def _meant(word: str) -> list[str]:
    """Return the words that a word stands for beside some feature or other."""
    return [told for key, told in lexicon().vocabulary["means"].items() if key.endswith(f" {word}")]


def scale_of(extent_m: tuple[float, float]) -> float:
    """Return how much longer a map is than the one for which adjectives are stated."""
    return max(extent_m) / REFERENCE_EXTENT_M


def bounded(one: Parameter, value: float) -> float:
    """Clip a value to the bounds of its parameter, and make it whole where the parameter is."""
    low = -math.inf if one.minimum is None else one.minimum
    high = math.inf if one.maximum is None else one.maximum
    value = min(max(value, low), high)
    return round(value) if one.type.startswith("int") else value


def is_countable(feature: str) -> bool:
    """Whether people count it without being asked to; a forest or a desert is a mass, even with an article."""
    one = load_features()[feature]
    return one.count_by != "none" and one.layer not in MASSES and parameter(feature, "count") is not None


def is_water(feature: str) -> bool:
    """Whether a feature is water, and not the land between."""
    one = load_features()[feature]
    return one.layer in ("water_kind", "lagoon") and "none" not in one.values


def option_of(demand: Demand, name: str) -> str | None:
    """Return what the choice words of a demand set a parameter to, or None."""
    meant = (described(demand.feature, word, "choice") for word in demand.choices)
    return next((str(m[1]) for m in meant if m is not None and m[0].name == name), None)


def axis_parameter(feature: str) -> Parameter | None:
    """Return the parameter that turns a feature's long axis, or None."""
    found = (p for p in parameters(maker(feature).params) if p.name == "axis" and drives_feature(p, feature))
    return next(found, None)
