"""Whatever a model answers becomes a valid recipe, a valid check, or one sentence that says why not."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.agents.model.answers import (
    BriefAnswer,
    CheckAnswer,
    CritiqueAnswer,
    PlanAnswer,
    as_check,
    as_plan,
    briefed,
    clipped,
    planned,
    reviewed,
)
from pcgstudio.agents.protocol import DIMENSIONS, Task
from pcgstudio.errors import InputError
from pcgstudio.generator import load_generators
from pcgstudio.measure import METRICS
from pcgstudio.recipe import Recipe, Step, dumps, loads
from pcgstudio.region import Compass, Near, Painted

from .scripted import plan, rooms

TASK = Task("a dungeon with 6 rooms", seed=7, resolution=64)


def made(answer, task=TASK, previous=None):
    return planned(PlanAnswer.model_validate(answer), task, previous)


# -- plans -------------------------------------------------------------------------------------------------------------


def test_seed_and_resolution_are_the_persons():
    recipe = made(rooms(6)).proposal.recipe
    assert (recipe.seed, recipe.resolution, recipe.extent_m) == (7, 64, (64, 64))
    fixed = made(rooms(6), Task("x", extent_m=(200.0, 100.0))).proposal.recipe
    assert fixed.extent_m == (200, 100), "a size that the person fixed is not the model's to choose"


def test_what_words_cannot_say_stays_as_it_was():
    painted = Step(id="hills", generator="hills", where=Painted(rows=("09", "90")), locked=("count",), enabled=False)
    base = Recipe(steps=(painted,))
    told = as_plan(base)["steps"][0]
    assert told["where"] == "as drawn"
    step = made({"summary": "", "steps": [told]}, Task("x", base=base)).proposal.recipe.steps[0]
    assert step == painted


def test_a_plan_survives_being_told_and_read_again():
    base = Recipe(extent_m=(500.0, 300.0), steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 30}, purpose="ground"),
        Step(id="wood", generator="scatter", params={"species": ["palm"]}, where=Compass(place="north")),
        Step(id="stones", generator="scatter", params={"kind": "rock"}, where=Near(feature="lake", distance_m=40)),
    ))  # fmt: skip
    answer = json.loads(json.dumps({"summary": "", **as_plan(base)}))
    result = made(answer, Task("x"))
    assert result.errors == ()
    assert result.proposal.recipe.steps == base.steps
    assert result.proposal.recipe.extent_m == base.extent_m


def test_steps_without_ids_get_plain_ones_and_twins_are_told():
    two = made(plan(("scatter",), ("scatter",)))
    assert [s.id for s in two.proposal.recipe.steps] == ["scatter", "scatter-2"]
    assert "two steps are called 'scatter'" in two.errors[0]
    nameless = {"summary": "", "steps": [{"generator": "scatter"}, {"generator": "scatter"}]}
    assert made(nameless).errors == ()


TEXTS = st.text(max_size=30)
NAMES = st.one_of(TEXTS, st.sampled_from(sorted(load_generators())))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), FLOATS, TEXTS,
                   st.lists(TEXTS, max_size=2))  # fmt: skip
PLACES = st.one_of(
    TEXTS, st.sampled_from(["north", "near lake within 5", "not (on hill)", "slope below 3", "as drawn"])
)
STEPS = st.builds(
    dict, id=TEXTS, generator=NAMES, where=PLACES, objective=TEXTS, expected_result=TEXTS,
    arguments=st.dictionaries(st.one_of(TEXTS, st.sampled_from(["count", "height_m", "kind"])), VALUES, max_size=3),
)  # fmt: skip
PLANS = st.builds(
    dict, summary=TEXTS, steps=st.lists(STEPS, max_size=4), risks=st.lists(TEXTS, max_size=2),
    size_m=st.none() | st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(PLANS)
def test_any_plan_is_a_recipe_or_a_reason(answer):
    result = made(answer)
    for error in result.errors:
        assert error
        assert "\n" not in error
        assert len(error) < 700
    if not result.errors:
        again = loads(dumps(result.proposal.recipe))
        assert again.steps == result.proposal.recipe.steps


# -- checks ------------------------------------------------------------------------------------------------------------


def check(**more):
    return as_check(
        CheckAnswer.model_validate({"quote": "q", "metric": "count", "arguments": {"feature": "lake"}, **more})
    )


def test_a_check_takes_unit_and_tolerance_from_the_metric():
    one = check(metric="height", arguments={"feature": "hills"}, value=60, where="north")
    assert (one.unit, one.arguments, one.region) == ("m", {"feature": "hill"}, Compass(place="north"))
    assert one.tolerance == METRICS["height"].tolerance(60)


def test_between_and_wishes():
    one = check(relation="between", value=3, upper=5, wish=True)
    assert (one.value, one.demanded) == ((3, 5), False)
    with pytest.raises(InputError, match="lower one first"):
        check(relation="between", value=5, upper=3)


WRONG = {
    "metric": ({"metric": "coutn"}, "did you mean 'count'"),
    "relation": ({"relation": ">="}, "use equal, at_least"),
    "an argument": ({"arguments": {"featur": "lake"}}, "did you mean 'feature'"),
    "no argument": ({"arguments": {}}, "needs the argument 'feature'"),
    "a feature": ({"arguments": {"feature": "dragon"}}, "feature 'dragon'"),
    "a type": (
        {"metric": "parts_near", "arguments": {"feature": "lake", "to": "hill", "distance_m": "far"}},
        "wrong type",
    ),
    "a place": ({"where": "norht"}, "did you mean 'north'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_check_that_cannot_be_is_told_in_one_sentence(what):
    wrong, said = WRONG[what]
    with pytest.raises(InputError) as caught:
        check(**wrong)
    assert said in str(caught.value)


CHECKS = st.builds(
    dict, quote=TEXTS, metric=st.one_of(TEXTS, st.sampled_from(sorted(METRICS))),
    arguments=st.dictionaries(st.sampled_from(["feature", "of", "to", "distance_m", "x"]),
                              st.one_of(VALUES, st.sampled_from(["lake", "hill", "map"])), max_size=3),
    relation=st.sampled_from(["equal", "at_least", "between", "absent", "often"]),
    value=st.floats(-1e6, 1e6), where=PLACES, wish=st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(CHECKS, max_size=4))
def test_any_brief_is_checks_or_reasons(checks):
    result = briefed(BriefAnswer.model_validate({"checks": checks}), "x")
    assert len(result.brief.checks) + len(result.errors) <= len(checks)
    assert all(why and "\n" not in why for _, why in result.errors)
    type(result.brief).model_validate_json(result.brief.model_dump_json())


# -- critiques ---------------------------------------------------------------------------------------------------------


def review(**told):
    return reviewed(CritiqueAnswer.model_validate({"decision": "revise", **told}))


def test_dimensions_are_the_papers_five():
    told = review(
        blocking_issues=[{"dimension": d, "message": "m"} for d in ("Logic & Sequence", "goal_alignment", "taste")]
    )
    assert [i.dimension for i in told.issues] == ["logic and sequence", "goal alignment", "certainty"]
    assert set(DIMENSIONS) >= {i.dimension for i in told.issues}


def test_missing_information_is_a_finding_that_is_not_certain():
    (issue,) = review(missing_information=["how large the island is"]).issues
    assert not issue.certain
    assert "how large" in issue.message


def test_an_approval_has_no_findings_whatever_it_lists():
    told = review(decision="approve", blocking_issues=[{"message": "but"}])
    assert (told.decision, told.issues) == ("approve", ())


def test_free_text_is_one_line_and_not_endless():
    assert clipped("a\n\nb\x00\u2028c" + "d" * 5000).startswith("a b cddd")
    assert len(clipped("d" * 5000)) == 600
