"""The built-in pair: no model, no key, no network, deterministic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..brief import Brief, Check, Report
from ..errors import InputError, OutOfScopeError
from ..feature import feature_mask
from ..generator import get_generator, load_features
from ..measure import measure
from ..params import parameters
from ..recipe import Recipe, Step
from ..region import EVERYWHERE, AllOf, Compass, Not, Of, Region
from ..region_shapes import Everywhere
from ..world import World
from .briefs.briefing import write_brief
from .briefs.writing import OWN_METRIC, where_measured
from .edits.changes import Edit
from .edits.editing import added_to, apply_change, checks_of, is_part, kept_checks, removed, renumbered
from .edits.followups import read_edit
from .edits.moving import unmoored, where_it_stood
from .findings import measured_issues, static_issues, worst
from .plans.planning import DEFAULT_RESOLUTION, choose_extent, in_order, plan
from .protocol import Proposal, Review, Task
from .reader.reading import read
from .reader.scope import asks_for_no_map
from .words.demand import Demand, Reading
from .words.meaning import bounded, makes, parameter

MAX_INSTRUCTION = 4000
_MILD_C = 12.0
"""Mean of a temperate climate: above it a land is warm."""
_FROZEN = ("tundra", "snow", "taiga")
"""Grounds that a warm climate leaves nothing of."""


def checked(instruction: str) -> str:
    """Return an instruction as one line; an empty or endless one is refused."""
    text = " ".join(instruction.split())
    if not text:
        raise InputError("the instruction is empty; say what map you want, such as: a small island with two lakes")
    if len(text) > MAX_INSTRUCTION:
        raise InputError(f"the instruction has {len(text)} characters; shorten it to {MAX_INSTRUCTION}")
    return text


def _in_scope(reading: Reading) -> Reading:
    if (reading.empty and not reading.extent_m) or asks_for_no_map(reading.text):
        raise OutOfScopeError(
            f"'{reading.text[:60]}' describes no map in words this program knows; name landforms, water, plants or "
            "rooms, such as: three hills beside a lake"
        )
    return reading


class BuiltinActor:
    """Plans by the vocabulary that the generators declare."""

    name = "builtin"

    def propose(self, task: Task, brief: Brief, previous: Proposal | None, review: Review | None) -> Proposal:
        """Return the plan; it has no second thoughts, numbers are left to calibration."""
        if previous is not None and review is not None:
            return previous
        if task.base is not None:
            return self._edited(task, task.base)
        reading = _in_scope(read(checked(task.instruction), here=task.here))
        recipe = plan(
            reading,
            extent_m=choose_extent(reading, task.extent_m),
            seed=task.seed if task.seed is not None else 1,
            resolution=task.resolution or DEFAULT_RESOLUTION,
            name=_title(task.instruction),
        )
        return Proposal(summary=_summary(recipe), recipe=recipe, missing=tuple(brief.not_understood))

    def _edited(self, task: Task, base: Recipe) -> Proposal:
        edit = read_edit(checked(task.instruction), base, task.here, task.before)
        recipe = base
        for change in edit.changes:
            recipe = apply_change(recipe, change, task.before)
        if edit.additions is not None and (edit.additions.demands or edit.additions.choices):
            recipe = _with_additions(recipe, edit, base, task.before)
        if task.seed is not None:
            recipe = recipe.model_copy(update={"seed": task.seed})
        recipe = recipe.model_copy(update={"history": (*base.history, task.instruction)})
        return Proposal(summary=f"changes {_told(base, recipe)}", recipe=recipe)


def _with_additions(recipe: Recipe, edit: Edit, base: Recipe, before: World | None) -> Recipe:
    """Put in the steps that the additions ask for, and nothing that a fresh plan would add around them."""
    reading = edit.additions
    if reading is None:
        return recipe
    for demand in reading.demands:
        if demand.absent and (demand.places or demand.links):
            recipe = _cleared(recipe, demand, reading)
        elif demand.absent:
            recipe = _without(unmoored(recipe, demand.feature, before), demand.feature)
    fresh = plan(reading, extent_m=base.extent_m, seed=base.seed, resolution=base.resolution, name=base.name)
    # what a relation only refers to is there already: "a village by the sea" makes no new coast
    there = {d.feature for d in reading.demands if d.aside and _stands(d.feature, recipe, before)}
    asked = {d.feature for d in reading.demands if not d.absent and not (d.aside and d.feature in there)}
    steps: list[Step] = list(recipe.steps)
    for step in _rooms_below(fresh, reading, recipe):
        climate = step.generator == "climate" and (reading.choices or "alpine" in step.params)
        if not climate and not any(makes(step, name) for name in asked):
            continue
        parts = [n for n in asked if makes(step, n)]
        alike = [i for i, s in enumerate(steps) if s.generator == step.generator]
        same = next((i for i in alike if any(makes(steps[i], n) for n in parts)), alike[0] if alike else None)
        whole = maker_stage(step) == "role" or not all(is_part(n) for n in parts)
        if same is not None and parts and whole and _meant_there(parts, reading, recipe, before):
            told_again = _told_again(steps[same], step)
            steps[same] = told_again if step.where == EVERYWHERE else _off_the_hills(told_again, recipe)
            continue
        if same is not None and parts and all(is_part(n) for n in parts):
            mine = parameters(get_generator(step.generator).params)
            told = {p.name: step.params[p.name] for p in mine if p.feature in parts and p.name in step.params}
            steps[same] = steps[same].changed(**_grown(told, reading, before, steps[same]))
            continue
        if same is not None and maker_stage(step) in ("base", "landmass", "terrace", "climate", "interior", "role"):
            steps[same] = _thawed(steps[same].changed(**_grown(step.params, reading, before, steps[same])), step)
        else:
            storeys = {name: value for name, value in step.params.items() if name == "storeys"}
            counted_on = step.changed(**_grown(storeys, reading, before))  # "two storeys more" than the ground floor
            beside = _off_the_hills(_by_what_stands(counted_on, reading, before), recipe)
            steps.append(beside.model_copy(update={"id": _free(step.id, {s.id for s in steps})}))
    if reading.choices and any(step.generator == "climate" and _is_warm(step) for step in fresh.steps):
        steps = [s for s in steps if not (s.generator == "biome_area" and s.params.get("biome") in _FROZEN)]
    return recipe.model_copy(update={"steps": tuple(in_order(steps))})


def _is_warm(step: Step) -> bool:
    """Whether a climate was told to be warm."""
    if step.params.get("palette") in ("temperate", "tropical", "desert"):
        return True
    return step.params.get("palette") != "arctic" and float(step.params.get("temperature_c", 0)) >= _MILD_C


def _thawed(changed: Step, told: Step) -> Step:
    """Return a climate that was told to be warm as no arctic one, whatever it was before."""
    arctic = changed.generator == "climate" and changed.params.get("palette") == "arctic"
    plain = told.params.get("palette") is None
    return changed.changed(palette="temperate") if arctic and plain and _is_warm(told) else changed


def _meant_there(parts: list[str], reading: Reading, recipe: Recipe, before: World | None) -> bool:
    """Whether all that a step makes was said of things that are there: "make the lake round" makes no second lake."""
    demands = [d for d in reading.demands if d.feature in parts and not d.absent]
    return all(d.definite and _stands(d.feature, recipe, before) for d in demands)


def _told_again(there: Step, step: Step) -> Step:
    """Return a step with what is said of the thing that it makes, which stays as many."""
    counting = {p.name for p in parameters(get_generator(step.generator).params) if p.aspect == "count"}
    values = {name: value for name, value in step.params.items() if name not in counting}
    where = there.where if step.where == EVERYWHERE else step.where
    return there.changed(**values).model_copy(update={"where": where})


def _by_what_stands(step: Step, reading: Reading, before: World | None) -> Step:
    """Put a step that makes a thing near one that is made later, but stood before, by the place where it stood."""
    if step.where != EVERYWHERE:
        return step
    told = [d for d in reading.demands if not d.absent and d.links and makes(step, d.feature)]
    return step.model_copy(update={"where": where_it_stood(told[0], step.where, before)}) if told else step


def _off_the_hills(step: Step, recipe: Recipe) -> Step:
    """Keep a lake that comes, or goes to a side of the map, off the hills that are there: it would dig one away."""
    raised = [n for n in ("hill", "mountain") if any(makes(s, n) for s in recipe.steps)]
    if step.generator != "lakes" or not isinstance(step.where, Everywhere | Compass) or not raised:
        return step
    free: list[Region] = [Not(region=Of(feature=name, filled=True)) for name in raised]
    free += [step.where] if step.where != EVERYWHERE else []
    return step.model_copy(update={"where": free[0] if len(free) == 1 else AllOf(regions=tuple(free))})


def _rooms_below(fresh: Recipe, reading: Reading, recipe: Recipe) -> Iterator[Step]:
    """Yield the steps of a plan; "a second storey with five rooms" of an interior that is there has those itself."""
    storeyed = any(d.feature == "storey" and not d.absent for d in reading.demands)
    rooms = next((d for d in reading.demands if d.feature == "room" and d.count is not None and not d.absent), None)
    inside = [s for s in recipe.steps if maker_stage(s) == "interior"]
    for step in fresh.steps:
        if not (storeyed and rooms is not None and rooms.count is not None and inside):
            yield step
        elif step.generator == "floors" and not any(s.generator == "floors" for s in recipe.steps):
            yield step.changed(room_count=round(rooms.count.aim))
        elif maker_stage(step) != "interior":
            yield step


def _grown(
    told: Mapping[str, Any], reading: Reading, before: World | None, standing: Step | None = None
) -> dict[str, Any]:
    """Return the parameters of a step with counts that include what is there: two more rooms beside six are eight.

    Of rooms the ``standing`` step's own count: those of further storeys are made by another step.
    """
    grown = dict(told)
    for demand in reading.demands if before is not None else ():
        own = OWN_METRIC.get(demand.feature) if demand.feature == "storey" else None
        one = parameter(demand.feature, own or "count")
        if before is None or one is None or one.name not in told or demand.absent or demand.count is None:
            continue
        counted = Check(metric=own) if own else Check(metric="count", arguments={"feature": demand.feature})
        there = measure(before, counted) or 0
        if demand.feature == "room" and standing is not None:
            there = getattr(standing.parsed(), one.name, there) or there
        grown[one.name] = bounded(one, demand.count.aim + there) if there else told[one.name]
    return grown


def _stands(feature: str, recipe: Recipe, before: World | None) -> bool:
    """Whether a map has a feature already, by its world where that is known, otherwise by its recipe."""
    one = load_features()[feature]
    if before is not None and (one.layer or one.instances):
        return bool(feature_mask(one, before.grid, before.layers, before.instances).any())
    return any(makes(s, feature) for s in recipe.steps)


def _cleared(recipe: Recipe, demand: Demand, reading: Reading) -> Recipe:
    """Return the recipe whose steps leave the places free in which a feature is unwanted."""
    free = (Not(region=where_measured(demand, reading, recipe.extent_m)),)
    steps = (
        s.model_copy(update={"where": AllOf(regions=(s.where, *free))}) if makes(s, demand.feature) else s
        for s in recipe.steps
    )
    return recipe.model_copy(update={"steps": tuple(steps)})


def _without(recipe: Recipe, feature: str) -> Recipe:
    """Return the recipe without a feature: its steps go, but rooms and roles only stop making it."""
    counting = parameter(feature, OWN_METRIC.get(feature, "count"))
    steps = []
    for step in recipe.steps:
        if not makes(step, feature):
            steps.append(step)
        elif (less := removed(step, feature)) is not None:
            steps.append(less)
        elif maker_stage(step) in ("interior", "role") and feature not in ("room", "dungeon"):
            steps.append(step.changed(**{counting.name: 0}) if counting is not None else step)
    return recipe.model_copy(update={"steps": tuple(steps)})


def maker_stage(step: Step) -> str:
    """Return the stage of a step's generator."""
    return get_generator(step.generator).stage


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while (name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _told(old: Recipe, new: Recipe) -> str:
    changed = [s.id for s in new.steps if s not in old.steps]
    return ", ".join(changed) or "nothing"


def _title(instruction: str) -> str:
    text = " ".join(instruction.split())
    return text if len(text) <= 80 else text[:77] + "..."


def _summary(recipe: Recipe) -> str:
    return " -> ".join(s.id for s in recipe.steps)


class BuiltinCritic:
    """Writes the checks by the same grammar, and judges by measurement alone."""

    name = "builtin"

    def brief(self, task: Task) -> Brief:
        """Return the instruction as checks; for a follow-up, the old checks stay unless it contradicts them."""
        text = checked(task.instruction)
        if task.base is not None:
            return self._edited(text, task, task.base)
        reading = _in_scope(read(text, here=task.here))
        return write_brief(reading, choose_extent(reading, task.extent_m))

    def _edited(self, text: str, task: Task, base: Recipe) -> Brief:
        edit = read_edit(text, base, task.here, task.before)
        new: list[Check] = [c for change in edit.changes for c in checks_of(change, base, task.before)]
        more = Brief()
        if edit.additions is not None:
            if edit.additions.empty and not edit.changes and text.lower().split()[0] in ("undo", "revert"):
                raise OutOfScopeError(
                    f"'{text[:60]}' needs the map before this one: edit its folder, which is still as it was, or press "
                    "Undo in the window"
                )
            if edit.additions.empty and not edit.changes:
                raise OutOfScopeError(
                    f"'{text[:60]}' changes nothing that this program knows; say what to add, remove, move or make "
                    "higher, wider, denser"
                )
            more = write_brief(renumbered(edit.additions, task.before), base.extent_m)
        joined = added_to(more.checks, edit, task.before)
        old = base.brief or Brief()
        kept = kept_checks(old.checks, edit, base)
        overruled = [c.quote for c in old.checks if c not in kept]
        return Brief(
            instruction=text,
            checks=tuple({c.model_dump_json(): c for c in [*kept, *new, *joined]}.values()),
            not_understood=tuple(dict.fromkeys([*edit.not_understood, *more.not_understood])),
            not_measurable=(*_unmoved(edit, base, task.before), *more.not_measurable),
            contradictions=more.contradictions,
            atmosphere=more.atmosphere,
            interpretations=(
                *edit.interpretations,
                *more.interpretations,
                *(f"the newer wish overrules '{q}'" for q in dict.fromkeys(overruled) if q),
            ),
        )

    def review(self, task: Task, brief: Brief, proposal: Proposal, report: Report | None) -> Review:
        """Approve what every measurement supports; a plan alone is judged by the schema and the order of its steps."""
        issues = worst(static_issues(proposal.recipe, task.base) if report is None else measured_issues(report))
        return Review(decision="revise" if issues else "approve", issues=issues)


def _unmoved(edit: Edit, base: Recipe, before: World | None) -> Iterator[str]:
    """Name the changes that nothing in the recipe can carry out, and those that nothing can show."""
    for change in edit.changes:
        if apply_change(base, change, before) == base:
            yield f"'{change.quote}': nothing in this recipe can change that"
        elif before is not None and not list(checks_of(change, base, before)):
            yield f"'{change.quote}': changed, but nothing measures it"
