"""What a language model answers, as small types of its own, and the pure functions that make our types of them.

Every value passes the generator's or the metric's own validation here; what does not is told in words with the nearest
known name, so that it can go back to the model. Nothing in an answer is ever executed.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ...brief import Brief, Check, Relation
from ...errors import InputError, did_you_mean
from ...generator import get_generator
from ...measure import METRICS, check_of
from ...recipe import Recipe, Step, explain
from ...region import EVERYWHERE, Region
from ..plans.planning import DEFAULT_EXTENT_M, DEFAULT_RESOLUTION
from ..protocol import DIMENSIONS, Issue, Proposal, Review, Task
from ..where import feature_called, parse_where, say_where

MOST_STEPS = 60
"""Steps a plan may have; far more than any map needs, far fewer than would keep a machine busy for hours."""

LONGEST_TEXT = 600
"""Characters of a model's free text that are kept."""

_FEATURE_ARGUMENTS = ("feature", "of", "to", "by")
_GROUNDS = ("map", "land")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ChoiceAnswer(_Answer):
    """The generators whose details the actor wants to read."""

    generators: tuple[str, ...]


class PlanStep(_Answer):
    """One ordered step of the paper's tool plan."""

    id: str = ""
    objective: str = ""
    generator: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    where: str = "everywhere"
    expected_result: str = ""


class PlanAnswer(_Answer):
    """The paper's strict JSON of an actor: trajectory summary, tool plan, risks, missing information."""

    summary: str
    steps: tuple[PlanStep, ...]
    size_m: tuple[float, float] | None = None
    risks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class BlockingIssue(_Answer):
    """One error a critic is certain of, and its correction."""

    dimension: str = ""
    step: str = ""
    message: str
    correction: str = ""
    certain: bool = True


class CritiqueAnswer(_Answer):
    """The paper's strict JSON of a critic."""

    decision: Literal["approve", "revise"]
    blocking_issues: tuple[BlockingIssue, ...] = ()
    missing_information: tuple[str, ...] = ()


class CheckAnswer(_Answer):
    """One demand as a model writes it."""

    quote: str
    metric: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    relation: str = "equal"
    value: float = 0.0
    upper: float | None = None
    where: str = "everywhere"
    wish: bool = False


class BriefAnswer(_Answer):
    """The instruction as checks, and everything in it that became none."""

    checks: tuple[CheckAnswer, ...]
    overruled: tuple[int, ...] = ()
    not_measurable: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    atmosphere: tuple[str, ...] = ()
    interpretations: tuple[str, ...] = ()


def clipped(text: str, most: int = LONGEST_TEXT) -> str:
    """Return one line of a model's words, no control characters, no longer than is kept."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else plain[: most - 3] + "..."


# -- a plan ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """A recipe made of an answer, and what in the answer could not be used."""

    proposal: Proposal
    errors: tuple[str, ...] = ()


def planned(answer: PlanAnswer, task: Task, previous: Recipe | None = None) -> Planned:
    """Turn a plan into a recipe; seed, resolution and locks come from the person, never from the model.

    Parameters
    ----------
    answer : PlanAnswer
        The model's plan.
    task : Task
        What the person fixed; a follow-up changes ``task.base``.
    previous : Recipe, optional
        The plan that it revises: steps of the same id keep their locks and what words cannot say of their place.
    """
    errors: list[str] = []
    known = {s.id: s for recipe in (task.base, previous) if recipe is not None for s in recipe.steps}
    taken: set[str] = set()
    steps = []
    for number, one in enumerate(answer.steps[:MOST_STEPS], 1):
        step = _step(one, known, taken, errors, number)
        taken.add(step.id)
        steps.append(step)
    if not steps:
        errors.append("the plan has no steps; give at least one")
    if len(answer.steps) > MOST_STEPS:
        errors.append(f"the plan has {len(answer.steps)} steps; use {MOST_STEPS} or fewer")
    recipe = _recipe(answer, task, previous, tuple(steps), errors)
    return Planned(
        Proposal(
            summary=clipped(answer.summary),
            recipe=recipe,
            risks=tuple(clipped(r) for r in answer.risks[:8]),
            missing=tuple(clipped(m) for m in answer.missing[:8]),
        ),
        tuple(map(clipped, errors)),
    )


def _step(one: PlanStep, known: dict[str, Step], taken: set[str], errors: list[str], number: int) -> Step:
    asked = _plain_id(one.id)
    step_id = _free(asked or _plain_id(one.generator.split("_")[0]) or "step", taken)
    if asked and step_id != asked:
        errors.append(f"two steps are called '{asked}'; give each its own id")
    old = known.get(step_id)
    where: Region = EVERYWHERE
    try:
        where = parse_where(one.where, old.where if old else None)
    except InputError as error:
        errors.append(f"step {number} '{step_id}': where: {error}")
    step = Step.model_construct(
        id=step_id,
        generator=clipped(one.generator, 80),
        params=dict(one.arguments),
        where=where,
        enabled=old.enabled if old else True,
        locked=old.locked if old else False,
        purpose=clipped(one.objective, 200) or (old.purpose if old else ""),
        expects=clipped(one.expected_result, 200) or (old.expects if old else ""),
    )
    try:
        get_generator(step.generator)
        step.parsed()
    except InputError as error:
        errors.append(f"step {number}: {error}")
    return step


def _plain_id(text: str) -> str:
    """Return what of a text may stand in a step's id, which takes fewer letters than Python calls word characters."""
    return "".join(c for c in text if c.isalpha() or c.isdecimal() or c in "_ .:-").strip(" .:-")[:70].strip(" .:-")


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while (name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _recipe(
    answer: PlanAnswer, task: Task, previous: Recipe | None, steps: tuple[Step, ...], errors: list[str]
) -> Recipe:
    if task.base is not None:
        seed = task.base.seed if task.seed is None else task.seed
        return task.base.model_copy(
            update={"steps": steps, "seed": seed, "history": (*task.base.history, task.instruction)}
        )
    extent = task.extent_m or answer.size_m or (previous.extent_m if previous else None)
    told = " ".join(task.instruction.split())
    made = {
        "name": told if len(told) <= 80 else told[:77] + "...",
        "seed": 1 if task.seed is None else task.seed,
        "resolution": task.resolution or DEFAULT_RESOLUTION,
        "extent_m": extent or (DEFAULT_EXTENT_M, DEFAULT_EXTENT_M),
    }
    try:
        recipe = Recipe.model_validate(made)
    except ValidationError as error:
        errors.append(explain(error, Recipe))
        recipe = Recipe.model_validate({**made, "extent_m": (DEFAULT_EXTENT_M, DEFAULT_EXTENT_M)})
    return recipe.model_copy(update={"steps": steps})


def as_plan(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe in the form in which a model writes one; left-out values are the defaults."""
    steps = []
    for step in recipe.steps:
        told: dict[str, Any] = {"id": step.id, "generator": step.generator, "arguments": step.params}
        where = say_where(step.where)
        told |= {"where": where} if where != "everywhere" else {}
        told |= {"objective": step.purpose} if step.purpose else {}
        told |= {"expected_result": step.expects} if step.expects else {}
        steps.append(told)
    return {"size_m": list(recipe.extent_m), "steps": steps}


# -- a critique --------------------------------------------------------------------------------------------------------


def reviewed(answer: CritiqueAnswer) -> Review:
    """Turn a critique into a review; one that blocks nothing and misses nothing approves, whatever it calls itself."""
    if answer.decision == "approve":
        return Review(decision="approve")
    issues = [
        Issue(
            dimension=_dimension(one.dimension),
            step=clipped(one.step, 80),
            message=clipped(one.message),
            fix=clipped(one.correction),
            certain=one.certain,
        )
        for one in answer.blocking_issues
    ]
    issues += [
        Issue(dimension="certainty", message=f"missing: {clipped(m)}", certain=False)
        for m in answer.missing_information
    ]
    return Review(decision="revise" if issues else "approve", issues=tuple(issues))


def _dimension(word: str) -> str:
    told = word.lower().replace("_", " ").replace("&", "and").strip()
    return next((d for d in DIMENSIONS if told and (told in d or d in told)), "certainty")


# -- a brief -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Briefing:
    """The checks that an answer gave, and per quote why the others could not be used."""

    brief: Brief
    errors: tuple[tuple[str, str], ...] = ()


def briefed(answer: BriefAnswer, instruction: str) -> Briefing:
    """Turn a model's checks into ours; tolerance and unit come from the metric's own table."""
    checks: list[Check] = []
    errors: list[tuple[str, str]] = []
    for one in answer.checks:
        try:
            checks.append(as_check(one))
        except InputError as error:
            errors.append((clipped(one.quote, 120), clipped(str(error))))
    return Briefing(
        Brief(
            instruction=instruction,
            checks=tuple({c.model_dump_json(): c for c in checks}.values()),
            not_measurable=tuple(clipped(t, 200) for t in answer.not_measurable),
            not_understood=tuple(clipped(t, 200) for t in answer.not_understood),
            contradictions=tuple(clipped(t, 300) for t in answer.contradictions),
            atmosphere=tuple(clipped(t, 200) for t in answer.atmosphere),
            interpretations=tuple(clipped(t, 300) for t in answer.interpretations),
        ),
        tuple(errors),
    )


def as_check(one: CheckAnswer) -> Check:
    """Return the check that an answer means.

    Raises
    ------
    InputError
        The metric, the relation, an argument or the place is unknown; the message names the nearest.
    """
    if one.metric not in METRICS:
        raise InputError(f"no metric is called '{clipped(one.metric, 60)}'{did_you_mean(one.metric, METRICS)}")
    relations: tuple[str, ...] = Relation.__args__  # type: ignore[attr-defined] # a Literal alias knows its values
    if one.relation not in relations:
        hint = did_you_mean(one.relation, relations) or f"; use {', '.join(relations)}"
        raise InputError(f"no relation is called '{clipped(one.relation, 60)}'{hint}")
    pair = (one.value, one.value if one.upper is None else one.upper)
    try:
        return check_of(
            one.metric,
            pair if one.relation == "between" else one.value,
            one.relation,
            arguments=_arguments(one),
            region=parse_where(one.where),
            quote=clipped(one.quote, 200),
            weight=0.5 if one.wish else 1.0,
        )
    except ValidationError as error:
        raise InputError(explain(error, Check)) from error


def _arguments(one: CheckAnswer) -> dict[str, Any]:
    given = {k: v for k, v in one.arguments.items() if v not in (None, "")}
    told: dict[str, Any] = {}
    wanted = inspect.signature(METRICS[one.metric].measure)
    for name, value in given.items():
        if name not in list(wanted.parameters)[1:]:
            known = list(wanted.parameters)[1:]
            hint = did_you_mean(name, known) or f"; it takes {', '.join(known) or 'none'}"
            raise InputError(f"metric '{one.metric}' takes no argument '{clipped(name, 60)}'{hint}")
        wants = wanted.parameters[name].annotation
        if name in _FEATURE_ARGUMENTS and isinstance(value, str):
            told[name] = value if value in _GROUNDS else feature_called(clipped(value, 60))
        elif "float" in str(wants) and isinstance(value, int | float):
            told[name] = float(value)
        elif "str" in str(wants) and isinstance(value, str):
            told[name] = clipped(value, 60)
        else:
            raise InputError(f"metric '{one.metric}': {name} = {clipped(str(value), 60)} is of the wrong type")
    for name, parameter in list(wanted.parameters.items())[1:]:
        if parameter.default is inspect.Parameter.empty and name not in told:
            raise InputError(f"metric '{one.metric}' needs the argument '{name}'")
    return told
