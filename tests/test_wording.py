"""What the window says about checks: short lines, numbers with units, a verdict that counts demands alone."""

import pytest

from pcgstudio.brief import Brief, Check, Measured, Report, Structural
from pcgstudio.region import Compass
from pcgstudio.ui import units, wording

from .desks import LAKES, report


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (LAKES, "lake = 2"),
        (Check(metric="count", arguments={"feature": "lake"}, relation="between", value=(2, 4)), "lake 2 to 4"),
        (Check(metric="count", arguments={"feature": "tree"}, relation="absent"), "tree none"),
        (
            Check(
                metric="share", arguments={"feature": "forest", "of": "land"}, value=0.3, tolerance=0.02, unit="share"
            ),
            "forest share of land = 30 % ± 2 %",
        ),
        (
            Check(
                metric="share_inside", arguments={"feature": "forest"}, region=Compass(place="north"),
                relation="at_least", value=0.7, unit="share",
            ),
            "forest in the north ≥ 70 %",
        ),
        (
            Check(metric="height", arguments={"feature": "volcano"}, relation="more_than", value=1234.5, unit="m"),
            "volcano height > 1,234 m",
        ),
    ],
)  # fmt: skip
def test_a_demand_reads_like_a_line_of_a_table(check, told):
    assert " ".join(wording.asked(check).split()) == told


def test_the_verdict_counts_demands_and_not_wishes():
    wish = LAKES.model_copy(update={"weight": 0.5})
    missed = Measured(check=wish, measured=0, passed=False, score=0)
    held = report(2).checks[0]
    assert wording.verdict(Brief(), Report(checks=(held, missed))) == ("The one demand holds.", True)
    assert wording.rows(None, Report(checks=(missed,)))[0].mark == "wish"
    two = Report(checks=(held, report(1).checks[0]))
    assert wording.verdict(Brief(not_understood=("grumpy",)), two) == (
        "1 of 2 demands hold; see below what was left out.",
        False,
    )
    assert wording.verdict(Brief(), None) == ("", False)


def test_a_broken_map_is_told_in_the_table():
    broken = Report(structural=(Structural(name="rivers run downhill", passed=False, detail="3 do not"),))
    assert [(r.words, r.measured, r.mark) for r in wording.rows(Brief(), broken)] == [
        ("rivers run downhill", "3 do not", "missed")
    ]


def test_what_was_not_understood_is_listed():
    told = wording.notes(Brief(not_understood=("grumpy",)), ("seed: 0 -> 1",))
    assert told == (("Not understood", ("grumpy",)), ("Changed", ("seed: 0 -> 1",)))


@pytest.mark.parametrize(
    ("value", "unit", "metric", "feet"),
    [
        (30.48, "m", "30.5 m", "100 ft"), (500.0, "m²", "500 m²", "5,382 ft²"), (3.0e6, "m²", "3 km²", "1.16 mi²"),
        (81_000.0, "m²", "81,000 m²", "20 acres"), (120.0, "per ha", "120 per ha", "48.6 per acre"),
        (0.25, "share", "25 %", "25 %"), (31.0, "deg", "31 °", "31 °"), (7.0, "", "7", "7"),
    ],
)  # fmt: skip
def test_measured_values_are_told_in_the_units_chosen(value, unit, metric, feet):
    assert " ".join(wording.number(value, unit).split()) == metric
    units.tell_in("imperial")
    try:
        assert " ".join(wording.number(value, unit).split()) == feet
    finally:
        units.tell_in("metric")


def test_what_must_be_more_is_told_with_the_difference_that_counts():
    higher = Check(
        metric="height", arguments={"feature": "hill"}, relation="more_than", value=154, tolerance=3, unit="m"
    )
    assert " ".join(wording.asked(higher).split()) == "hill height > 157 m"
