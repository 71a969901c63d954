"""Two readings of one instruction: what a model's brief must not lack."""

import pytest

from pcgstudio.agents.briefs.crosscheck import MARK, cross_checked
from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.brief import Brief
from pcgstudio.measure import check_of
from pcgstudio.region import Compass


def own(text):
    return BuiltinCritic().brief(Task(text))


def check(metric, feature, value=0.0, relation="equal", **more):
    return check_of(metric, value, relation, arguments={"feature": feature, **more.pop("arguments", {})}, **more)


def asked(brief):
    return {(c.metric, c.arguments.get("feature"), c.relation, c.value) for c in brief.checks}


LAKES = check("count", "lake", 3, quote="three lakes")


def test_what_both_demand_stands_once():
    joined = cross_checked(Brief(checks=(LAKES,)), own("three lakes"))
    assert joined.checks == (LAKES,)
    assert joined.interpretations == ()


def test_a_stricter_check_of_the_model_covers_the_built_in_one():
    strict = check("count", "lake", 3, quote="at least two lakes")
    assert cross_checked(Brief(checks=(strict,)), own("at least two lakes")).checks == (strict,)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("three lakes and two hills", ("count", "hill", "equal", 2.0)),
        ("three lakes and no trees", None),
        ("three lakes, and a frobnicated hill of exactly 40 m height", None),
        ("three lakes with a hill in the north", None),
    ],
)
def test_a_certain_check_that_the_model_left_out_is_added(text, lacking):
    joined = cross_checked(Brief(checks=(LAKES,)), own(text))
    assert len(joined.checks) > 1
    assert lacking is None or lacking in asked(joined)
    assert all(line.startswith(MARK) for line in joined.interpretations)


def test_a_weaker_check_of_the_model_is_made_as_strict_as_the_words():
    weak = check("count", "lake", 1, "at_least", quote="three lakes")
    assert ("count", "lake", "equal", 3.0) in asked(cross_checked(Brief(checks=(weak,)), own("three lakes")))


def test_a_wish_does_not_cover_a_demand():
    wish = LAKES.model_copy(update={"weight": 0.5})
    assert len(cross_checked(Brief(checks=(wish,)), own("three lakes")).checks) == 2


def test_a_matter_of_degree_is_left_to_the_model():
    """How dense "dense" is, two readers may well see differently."""
    mine = check("share", "forest", 0.4, "at_least", arguments={"of": "land"}, quote="dense forest")
    joined = cross_checked(Brief(checks=(mine,)), own("dense forest"))
    assert {c.value for c in joined.checks if c.metric == "share"} <= {0.4, 0.003}


def test_opinions_of_a_half_understood_instruction_are_left_out():
    text = "a zzyzx near a lake in the north"
    places = [c for c in cross_checked(Brief(checks=(LAKES,)), own(text)).checks if isinstance(c.region, Compass)]
    assert places == []


def test_excluding_readings_are_told_as_a_contradiction():
    nine = check("count", "lake", 9, quote="three lakes")
    joined = cross_checked(Brief(checks=(nine,)), own("three lakes"))
    assert not joined.complete
    assert "strike one" in joined.contradictions[0]


def test_words_that_nobody_used_are_not_understood():
    silent = cross_checked(Brief(checks=(LAKES,)), own("three lakes and a zzyzx"))
    assert any("zzyzx" in line for line in silent.not_understood)
    told = Brief(checks=(LAKES,), atmosphere=("a zzyzx feeling",))
    assert not cross_checked(told, own("three lakes and a zzyzx")).not_understood


def test_another_language_is_taken_as_the_model_reads_it():
    brief = Brief(checks=(LAKES,))
    assert cross_checked(brief, None) is brief
