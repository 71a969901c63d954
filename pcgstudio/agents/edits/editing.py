"""Carrying out follow-ups: in as few parameters as will do, with the checks that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...brief import Check
from ...generator import get_generator, load_features
from ...measure import METRICS, check_of, measure
from ...params import Parameter, parameters
from ...recipe import Recipe, Step
from ...region import EVERYWHERE
from ...world import World
from ..briefs.writing import OWN_METRIC
from ..plans.planning import in_order
from ..words.demand import Demand, Reading
from ..words.meaning import MASSES, bounded, described, drives_feature, is_countable, maker, makes, parameter
from .changes import Change, Edit
from .followups import grows
from .growing import beside_it, sizes
from .moving import beside, beside_checks, instead, unmoored


def makers_of(recipe: Recipe, feature: str) -> list[Step]:
    """Return the enabled steps that make a feature."""
    return [s for s in recipe.steps if makes(s, feature)]


def apply_change(recipe: Recipe, change: Change, before: World | None = None) -> Recipe:
    """Return the recipe after a change; unchanged where nothing in it can do that or a lock forbids it.

    ``before`` is the world of the recipe: a parameter that was left open starts from what it led to there.
    """
    change = _countless(recipe, change)
    steps = [s for s in makers_of(recipe, change.feature) if s.locked is not True]
    if change.feature == "room" and change.aspect == "count" and change.kind == "scale":
        recipe = _storeys_scaled(recipe, change.value)
    if change.beside is not None:
        region = beside(change, recipe, before)
        for step in steps:
            recipe = recipe.with_step(step.model_copy(update={"where": region}))
        return recipe
    if change.kind == "remove":
        recipe = unmoored(recipe, change.feature, before)
        gone = {s.id: removed(s, change.feature) for s in steps}
        kept = (gone.get(s.id, s) for s in recipe.steps)
        return recipe.model_copy(update={"steps": tuple(s for s in kept if s is not None)})
    if change.kind == "shift" and change.aspect == "count":
        return _recounted(recipe, steps, change, before)
    if change.kind == "scale" and change.aspect == "count" and len(steps) > 1:  # a castle's houses beside a town's
        counted = [s for s in steps if (p := _counting(s, change.feature)) and getattr(s.parsed(), p.name)]
        steps = counted or steps[:1]
    for step in steps:
        if change.kind == "replace" and maker(change.word).name == step.generator and is_part(change.word):
            recipe = recipe.with_step(_exchanged(step, change, before))
            continue
        if change.kind == "replace":
            fresh = Step(id=_free_id(recipe, change.word), generator=maker(change.word).name,
                         where=instead(step, change, before),
                         params=dict(load_features()[change.word].sets), purpose=change.quote)  # fmt: skip
            rest = [s for s in recipe.steps if s.id != step.id]
            recipe = recipe.model_copy(update={"steps": tuple(in_order([*rest, fresh]))})
            continue
        if change.where is not None:
            recipe = recipe.with_step(step.model_copy(update={"where": change.where.where}))
            continue
        told = _new_value(step, change, before)
        values = {told[0]: told[1], **beside_it(step, told[0], change)} if told is not None else sizes(step, change)
        values = {name: value for name, value in values.items() if not step.locks(name)}
        recipe = recipe.with_step(step.changed(**values)) if values else recipe
    return recipe


def _storeys_scaled(recipe: Recipe, factor: float) -> Recipe:
    """Return the recipe with so many times the rooms on its further storeys, which another step makes."""
    for step in recipe.steps:
        if step.generator == "floors" and not step.locks("room_count") and step.locked is not True:
            one = next(p for p in parameters(get_generator(step.generator).params) if p.name == "room_count")
            recipe = recipe.with_step(
                step.changed(room_count=bounded(one, factor * step.parsed().model_dump()["room_count"]))
            )
    return recipe


def _recounted(recipe: Recipe, steps: list[Step], change: Change, before: World | None) -> Recipe:
    """Return the recipe with so many more or fewer of a feature, the latest step first; an emptied step goes."""
    left = change.value
    for step in reversed(steps):
        one = _counting(step, change.feature)
        told = _new_value(step, replace(change, value=0.0), before)
        if one is None or told is None or step.locks(told[0]):
            continue
        if told[1] + left < max(1, one.minimum or 0) and (left < 0):
            less = removed(step, change.feature)
            kept = [less if s.id == step.id else s for s in recipe.steps]
            recipe = recipe.model_copy(update={"steps": tuple(s for s in kept if s is not None)})
            left = min(0.0, left + told[1])
        else:
            number = bounded(one, told[1] + left)
            recipe = recipe.with_step(step.changed(**{told[0]: number, **_left_out(step, told[1] - number)}))
            left = 0.0
        if not left:
            break
    return recipe


def _left_out(step: Step, fewer: float) -> dict[str, int]:
    """Return how many landforms a step lays out and does not raise after so many went: the others keep their places."""
    values = step.parsed().model_dump()
    if "left_out" not in values or values["arrangement"] != "scattered" or step.locks("left_out"):
        return {}
    left = max(0, values["left_out"] + round(fewer))
    return {"left_out": left} if left != values["left_out"] else {}


def _counting(step: Step, feature: str) -> Parameter | None:
    """Return the parameter of a step that says how many of a feature there are; its own before one of all."""
    mine = [p for p in parameters(get_generator(step.generator).params) if p.aspect == "count"]
    fitting = [p for p in mine if drives_feature(p, feature)]
    return next((p for p in fitting if p.feature == feature), fitting[0] if fitting else None)


def _exchanged(step: Step, change: Change, before: World | None) -> Step:
    """Return a step that makes as many of one thing as it made of another."""
    old, new = parameter(change.feature, "count"), parameter(change.word, "count")
    if old is None or new is None:
        return step
    told = _new_value(step, replace(change, kind="shift", aspect="count", value=0.0), before)
    there = getattr(step.parsed(), new.name) or 0
    return step.changed(**{old.name: 0, new.name: bounded(new, there + (told[1] if told else 1))})


def is_part(feature: str) -> bool:
    """Whether a feature is one of several things that a step makes, with a number of its own: a church of a village."""
    made_by = maker(feature)
    counting = parameter(feature, "count")
    first = made_by.features[0].name
    if counting is None or counting.feature != feature or load_features()[feature].layer in MASSES:
        return False  # a second wood is a step of its own
    return made_by.stage == "role" or (made_by.stage in ("settlement", "road", "scatter") and feature != first)


def removed(step: Step, feature: str) -> Step | None:
    """Return a step without a feature that it makes; None where it makes nothing else."""
    counting = parameter(feature, "count")
    if is_part(feature) and counting is not None and not counting.minimum:
        return step.changed(**{counting.name: 0})
    return None


def _countless(recipe: Recipe, change: Change) -> Change:
    """Read "more trees" as more cover where trees are placed by cover, not by number."""
    counting = parameter(change.feature, "count")
    mine = parameters(maker(change.feature).params)
    cover = parameter(change.feature, "share") or next((p for p in mine if p.aspect == "share" and p.feature), None)
    placed = load_features()[change.feature].count_by == "instances"
    if change.aspect != "count" or counting is None or cover is None or not placed:
        return change
    if any(getattr(s.parsed(), counting.name) for s in makers_of(recipe, change.feature)):
        return change
    return replace(change, feature=cover.feature or change.feature, aspect="share")


def _free_id(recipe: Recipe, feature: str) -> str:
    slug, taken = feature.replace(" ", "-"), {s.id for s in recipe.steps}
    return next(name for n in range(1, len(taken) + 2) if (name := slug if n == 1 else f"{slug}-{n}") not in taken)


def _new_value(step: Step, change: Change, before: World | None) -> tuple[str, Any] | None:
    if change.kind == "describe":
        meaning = described(change.feature, change.word)
        return (meaning[0].name, meaning[1]) if meaning else None
    mine = [p for p in parameters(get_generator(step.generator).params) if p.aspect == change.aspect]
    mine = [p for p in mine if drives_feature(p, change.feature)]
    for one in [p for p in mine if p.feature == change.feature] or mine:
        now = getattr(step.parsed(), one.name)
        if (now is None or (now == 0 and change.aspect == "count")) and before is not None:
            now = measure(before, Check(metric=change.aspect, arguments=_arguments(change)))
        if not isinstance(now, int | float):
            continue
        value = {"scale": now * change.value, "shift": now + change.value, "set": change.value}[change.kind]
        if one.type.startswith("int") and round(value) == now and change.kind == "scale":
            value = now + (1 if change.value > 1 else -1)
        return one.name, bounded(one, value)
    return None


def _measured_as(feature: str) -> str:
    """Return what a feature is measured on: the terrain is the dry land."""
    return "land" if feature in ("terrain", "plain") else feature


def _arguments(change: Change) -> dict[str, Any]:
    """Return what the metric of a change is taken of."""
    arguments: dict[str, Any] = {"feature": _measured_as(change.feature)}
    if change.aspect == "share":
        water = load_features()[change.feature].layer == "water_kind"
        arguments["of"] = "map" if water else "land"
    return arguments


def checks_of(change: Change, recipe: Recipe, before: World | None) -> Iterator[Check]:
    """Yield what a change must show on the new map, compared with the earlier one."""
    change = _countless(recipe, change)
    feature = load_features()[change.feature]
    arguments = _arguments(change)
    if change.kind == "replace" and (is_part(change.word) or not load_features()[change.word].layer):
        yield check_of("count", 1, "at_least", arguments={"feature": change.word}, quote=change.quote)
    elif change.kind == "replace":
        there = [instead(step, change, before) for step in makers_of(recipe, change.feature)]
        yield check_of("share", 0.005, "at_least", arguments={"feature": change.word, "of": "land"}, quote=change.quote,
                       region=there[0] if there else EVERYWHERE)  # fmt: skip
    if change.kind in ("remove", "replace"):
        if feature.layer:
            yield check_of("share", 0, "absent", arguments={**arguments, "of": "map"}, quote=change.quote)
        else:
            yield check_of("count", 0, "absent", arguments=arguments, quote=change.quote)
        return
    if change.beside is not None:
        yield from beside_checks(change, recipe)
        return
    if change.where is not None:
        yield check_of("share_inside", 0.7, "at_least", arguments=arguments, quote=change.quote,
                       region=change.where.measured)  # fmt: skip
        return
    shown = change.shown or change.aspect
    if shown == "height" and arguments["feature"] == "land":
        shown = "relief"
    if shown not in METRICS or before is None:
        return
    earlier = measure(before, Check(metric=shown, arguments=arguments))
    if earlier is None:
        return
    if change.kind == "describe" or change.vague:
        meaning = described(change.feature, change.word) if change.kind == "describe" else None
        upward = grows(meaning) if meaning else change.value > 1
        yield check_of(shown, earlier, "more_than" if upward else "less_than", arguments=arguments,
                       quote=change.quote, tolerance=0.02 * abs(earlier))  # fmt: skip
        return
    value = {"scale": earlier * change.value, "shift": earlier + change.value, "set": change.value}[change.kind]
    if change.aspect == "count":
        value = max(0, round(value))
    yield check_of(change.aspect, value, arguments=arguments, quote=change.quote)


def kept_checks(old: Iterable[Check], edit: Edit, recipe: Recipe) -> list[Check]:
    """Return the earlier checks that the follow-up does not contradict."""
    added = edit.additions.demands if edit.additions else []
    gone = [Change(d.feature, "remove", "") for d in added if d.absent and not (d.places or d.links)]
    changes = [*edit.changes, *(_countless(recipe, change) for change in edit.changes), *gone]
    kept = [c for c in old if not any(_overrules(change, c) for change in changes) and not _more_of(edit, c)]
    if edit.additions is not None and edit.additions.choices:  # "make it winter": no green or warmth is to be wanted
        kept = [c for c in kept if not (_of_a_biome(c) or c.metric in ("temperature", "moisture"))]
    raised = any(d.feature == "storey" and not d.absent for d in added)
    return [_of_ground_floor(c, recipe) if raised and _of_rooms(c) else c for c in kept]


def _of_a_biome(check: Check) -> bool:
    """Whether a check is of ground of one kind, or of what lies to such ground."""
    known = load_features()
    named = {*(str(check.arguments.get(key, "")) for key in ("feature", "to", "by", "of")), *check.region.needs()}
    return any(known[name].layer == "biome" for name in named if name in known)


def _of_rooms(check: Check) -> bool:
    return check.metric == "count" and check.arguments.get("feature") == "room" and check.region == EVERYWHERE


def _of_ground_floor(check: Check, recipe: Recipe) -> Check:
    """Return a check of how many rooms there are as one of those on the ground floor, to which storeys are added."""
    below = sum(s.parsed().model_dump()["room_count"] * (s.parsed().model_dump()["storeys"] - 1)
                for s in recipe.steps if s.generator == "floors")  # fmt: skip
    value = check.value if isinstance(check.value, tuple) else (check.value,)
    ground = tuple(max(1, v - below) for v in value)
    told = {"metric": "storey_rooms", "arguments": {"storey": "ground"}}
    return check.model_copy(update={**told, "value": ground if isinstance(check.value, tuple) else ground[0]})


def _overrules(change: Change, check: Check) -> bool:
    about = {
        check.arguments.get("feature"),
        check.arguments.get("to"),
        check.arguments.get("by"),
        *check.region.needs(),
    }
    if change.kind in ("remove", "replace"):
        # a town without its wall is enclosed no more, though the check names the town alone
        woods = change.feature == "tree" and "forest" in about  # without trees there is no forest
        return (
            change.feature in about or woods or (check.metric == "enclosed" and change.feature in ("wall", "palisade"))
        )
    if (
        change.feature in ("house", "building")
        and change.aspect == "count"
        and check.metric in ("count", "share", "size")
    ):
        grown = load_features().get(str(check.arguments.get("feature", "")))  # twice the houses: no small town
        sized = check.metric != "count" and grown is not None and grown.layer == "settlement"
        return sized or check.arguments.get("feature") in ("house", "building")
    if check.metric == "storey_rooms":
        return change.feature == "room" and change.aspect == "count"
    if check.arguments.get("feature") not in (change.feature, _measured_as(change.feature)):
        return False
    if change.kind == "move":
        return check.metric in ("share_inside", "parts_inside", "parts_near", "distance", "surrounded")
    return check.metric in (change.aspect, change.shown, "relief" if change.aspect == "height" else change.aspect)


def _more_of(edit: Edit, check: Check) -> bool:
    """Whether the additions ask for more of what a count check had fixed."""
    added: list[Demand] = edit.additions.demands if edit.additions else []
    known = load_features()
    about = str(check.arguments.get("feature", ""))
    ground = about in known and known[about].layer == "biome"
    other = any(known[d.feature].layer == "biome" and not d.absent for d in added)
    if check.metric == "share" and check.relation == "at_least" and ground and other:
        return True  # ground that becomes another kind is no longer of the first
    partly = [d for d in added if d.absent and (d.places or d.links)]  # none in one place, and all others stay
    more = {
        d.feature for d in added if not d.aside and d not in partly
    }  # what a place only refers to stays as many as it is
    own = (check.metric == "storeys" and "storey" in more) or (check.metric == "storey_rooms" and "room" in more)
    return own or (check.metric in ("count", "share", "share_inside", "parts_inside") and about in more)


def added_to(checks: Iterable[Check], edit: Edit, before: World | None) -> Iterator[Check]:
    """Yield the checks of additions; woods that join others need not hold most of them, but there must be more."""
    known = load_features()
    joining = {d.feature for d in edit.additions.demands if not (d.absent or d.only)} if edit.additions else set()
    for check in checks:
        about = str(check.arguments.get("feature", ""))
        if before is None or about not in joining or known[about].layer not in MASSES or check.metric != "share_inside":
            yield check
            continue
        told: dict[str, Any] = {
            "arguments": {"feature": about, "of": "land"}, "quote": check.quote, "region": check.region,
        }  # fmt: skip
        earlier = measure(before, check_of("share", 0, "at_least", **told)) if _on_the_map(about, before) else None
        if earlier is None:
            yield check
            continue
        yield check_of("share", min(max(0.2, earlier), 0.9), "at_least", **told)
        yield check_of("share", earlier, "more_than", tolerance=0.02, **told)


def _on_the_map(mass: str, before: World) -> bool:
    return bool(measure(before, Check(metric="share", arguments={"feature": mass})))


def renumbered(reading: Reading, before: World | None) -> Reading:
    """Return the additions with counts that include what is there: "add two lakes" to one makes three."""
    if before is None:
        return reading
    for demand in list(reading.demands):
        own = OWN_METRIC.get(demand.feature)
        if demand.absent or demand.count is None or not (own == "storeys" or is_countable(demand.feature)):
            continue
        told = Check(metric=own) if own else Check(metric="count", arguments={"feature": demand.feature})
        there = measure(before, told) or 0
        if not there:
            continue
        total = replace(demand.count, low=demand.count.low + there, high=demand.count.high + there)
        if demand.places:
            check = Check(metric="count", arguments={"feature": demand.feature}, region=demand.places[0].measured)
            here = measure(before, check) or 0
            demand.count = replace(demand.count, low=demand.count.low + here, high=demand.count.high + here)
            reading.demands.append(Demand(demand.feature, demand.quote, count=total, total=True))
        else:
            demand.count = total
    return reading
