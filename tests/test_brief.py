import math
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from pcgstudio.brief import Brief, Check, Measured, Relation, Report, Structural

RELATIONS = get_args(Relation)
numbers = st.floats(-1e6, 1e6)


def check(relation, value=0.0, tolerance=0.0, **more):
    if relation == "between" and not isinstance(value, tuple):
        value = (value, value)
    return Check(metric="count", relation=relation, value=value, tolerance=tolerance, **more)


WHAT_PASSES = {
    ("equal", 3, 0): ([3], [2.999, 3.001, 0, -3]),
    ("equal", 0.3, 0.02): ([0.29, 0.3, 0.31], [0.27, 0.33]),
    ("between", (2, 5), 0): ([2, 3.3, 5], [1.99, 5.01]),
    ("between", (2, 5), 1): ([1, 6], [0.99, 6.01]),
    ("at_least", 3, 0): ([3, 1e9], [2.99, -1]),
    ("at_least", 3, 0.5): ([2.5, 4], [2.49]),
    ("at_most", 3, 0): ([3, 0, -1e9], [3.01]),
    ("at_most", 3, 0.5): ([3.5], [3.51]),
    ("present", 0, 0): ([1, 1e-300, 7], [0, -1]),
    ("absent", 0, 0): ([0], [1, 0.001]),
    ("absent", 0, 0.05): ([0, 0.05], [0.06]),
    ("more_than", 10, 0): ([10.001, 1e9], [10, 9]),
    ("more_than", 10, 2): ([12.001], [12, 11]),
    ("less_than", 10, 0): ([9.999, -1e9], [10, 11]),
    ("less_than", 10, 2): ([7.999], [8, 9]),
}


def test_every_relation_is_in_the_table():
    assert {relation for relation, _, _ in WHAT_PASSES} == set(RELATIONS)


@pytest.mark.parametrize(("asked", "measured"), WHAT_PASSES.items(), ids=str)
def test_what_passes_and_what_does_not(asked, measured):
    one = check(*asked)
    passing, failing = measured
    assert [one.passes(m) for m in passing] == [True] * len(passing)
    assert [one.passes(m) for m in failing] == [False] * len(failing)


@pytest.mark.parametrize("relation", RELATIONS)
def test_nothing_measured_meets_nothing(relation):
    for nothing in (None, math.nan):
        assert not check(relation).passes(nothing)
        assert check(relation).score(nothing) == 0


@given(st.sampled_from(RELATIONS), numbers, numbers, st.floats(0, 1e3), numbers)
def test_passing_is_lying_in_the_bounds_and_scores_1(relation, first, second, tolerance, measured):
    value = (min(first, second), max(first, second)) if relation == "between" else first
    one = check(relation, value, tolerance)
    low, high = one.bounds()
    assert one.passes(measured) == (low <= measured <= high)
    score = one.score(measured)
    assert 0 <= score <= 1
    if one.passes(measured):
        assert score == 1


@given(st.sampled_from(RELATIONS), numbers, st.floats(0, 1e3), numbers, numbers)
def test_further_off_never_scores_better(relation, value, tolerance, a, b):
    one = check(relation, value, tolerance)
    low, high = one.bounds()
    near, far = sorted((a, b), key=lambda m: max(low - m, m - high, 0))
    assume((near < low) == (far < low))
    assert one.score(far) <= one.score(near)


@given(st.sampled_from(RELATIONS), st.floats(0.1, 100), st.floats(0, 10), st.floats(0.5, 100))
def test_a_miss_by_half_its_size_never_scores_full(relation, value, tolerance, off):
    one = check(relation, value, tolerance)
    low, high = one.bounds()
    for measured in (low - off, high + off):
        if math.isfinite(measured):
            assert one.score(measured) < 1


@pytest.mark.parametrize(
    ("asked", "measured", "score"),
    [
        (("equal", 4, 0), 3, 0.75),
        (("equal", 4, 0), 8, 0),
        (("equal", 4, 0), 99, 0),
        (("at_least", 4, 0), 1, 0.25),
        (("at_most", 4, 0), 5, 0.75),
        (("between", (2, 4), 0), 5, 0.75),
        (("present", 0, 0), 0, 0),
        (("absent", 0, 0), 1, 0),
        (("less_than", 10, 0), 15, 0.5),
        (("more_than", 10, 0), 5, 0.5),
    ],
)
def test_the_score_falls_to_0_over_the_size_of_the_demand(asked, measured, score):
    assert check(*asked).score(measured) == pytest.approx(score)


@pytest.mark.parametrize(
    "bad",
    [
        {"tolerance": -1}, {"weight": 0}, {"weight": 1.5}, {"relation": "near"}, {"value": math.nan},
        {"relation": "between", "value": (5, 3)}, {"relation": "between", "value": 3}, {"relation": "between"},
        {"value": (1, 2, 3)}, {"tolerance": math.inf}, {"metrik": "count"},
    ],
)  # fmt: skip
def test_nonsense_is_refused(bad):
    with pytest.raises(ValidationError):
        Check(metric="count", **bad)


@pytest.mark.parametrize("value", [(5, 3), 3])
def test_a_range_the_wrong_way_round_is_refused_in_one_sentence(value):
    with pytest.raises(ValidationError) as caught:
        Check(metric="count", relation="between", value=value)
    (only,) = caught.value.errors()
    assert only["loc"] == ("value",)
    assert "'between' needs two numbers, the lower one first" in only["msg"]


def test_only_full_weight_is_a_demand():
    assert check("equal").demanded
    assert not check("equal", weight=0.5).demanded


@pytest.mark.parametrize(
    ("gap", "complete"),
    [
        ({}, True), ({"atmosphere": ("eerie",)}, True), ({"interpretations": ("big is 300 m",)}, True),
        ({"not_understood": ("blorf",)}, False), ({"not_measurable": ("taste",)}, False),
        ({"contradictions": ("no lake and two lakes",)}, False),
    ],
)  # fmt: skip
def test_a_brief_is_complete_when_every_demand_became_a_check(gap, complete):
    assert Brief(instruction="a map", **gap).complete == complete


def row(passed, score, weight=1.0):
    return Measured(check=check("equal", weight=weight), measured=1.0, passed=passed, score=score)


def test_a_report_passes_when_every_demand_and_every_structural_check_holds():
    good, bad = (Structural(name="level", passed=p, detail="") for p in (True, False))
    assert Report().passed
    assert Report(checks=(row(True, 1),), structural=(good,)).passed
    assert not Report(checks=(row(True, 1), row(False, 0.9))).passed
    assert not Report(checks=(row(True, 1),), structural=(good, bad)).passed
    assert Report(checks=(row(True, 1), row(False, 0.2, weight=0.5))).passed, "a wish never decides"


def test_a_reports_score_is_the_weighted_mean():
    assert Report().score == 1
    assert Report(checks=(row(True, 1), row(False, 0.4, weight=0.5))).score == pytest.approx(0.8)
