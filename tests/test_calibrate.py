"""Calibration: numbers are moved until a check passes; locks, bounds and everybody else's dice are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcgstudio.agents.plans.calibrate import calibrated, eased, rerolled, solve, target_of
from pcgstudio.brief import Check, Measured, Report, Structural
from pcgstudio.measure import check_of
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass

HILLS = Recipe(steps=(
    Step(id="ground", generator="terrain_noise"),
    Step(id="hill", generator="hills", params={"count": 3, "height_m": 40.0}),
    Step(id="lake", generator="lakes", params={"count": 2, "area_share": 0.1}),
    Step(id="forest", generator="scatter", params={"kind": "tree", "cover": 0.3}),
))  # fmt: skip


def row(check, measured):
    return Measured(check=check, measured=measured, passed=check.passes(measured), score=check.score(measured))


def asked(metric, feature, value, relation="equal", **more):
    return check_of(metric, value, relation, arguments={"feature": feature, **more})


def value(recipe, step, param):
    return getattr(recipe.step(step).parsed(), param)


CASES = {
    "too few hills": (asked("count", "hill", 5), 3, "hill", "count", "up"),
    "too many hills": (asked("count", "hill", 2), 3, "hill", "count", "down"),
    "too low": (asked("height", "hill", 80), 40, "hill", "height_m", "up"),
    "too high": (asked("height", "hill", 20), 40, "hill", "height_m", "down"),
    "too little lake": (asked("share", "lake", 0.2, of="map"), 0.1, "lake", "area_share", "up"),
    "too much forest": (asked("share", "forest", 0.1, of="land"), 0.3, "forest", "cover", "down"),
    "none at all": (asked("share", "forest", 0.4, of="land"), 0.0, "forest", "cover", "up"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_drives_a_failed_check_moves_toward_it(case):
    check, measured, step, param, way = CASES[case]
    moved = calibrated(HILLS, Report(checks=(row(check, measured),)))
    before, after = value(HILLS, step, param), value(moved, step, param)
    assert after > before if way == "up" else after < before
    assert [s for s in moved.steps if s.id != step] == [s for s in HILLS.steps if s.id != step]


def test_a_check_that_passes_moves_nothing():
    report = Report(checks=(row(asked("count", "hill", 3), 3),))
    assert calibrated(HILLS, report) == HILLS


def test_a_height_is_met_in_one_step_where_it_is_proportional():
    moved = solve(HILLS, row(asked("height", "hill", 80), 32.0))
    assert value(moved, "hill", "height_m") == pytest.approx(100)


def test_the_height_of_land_is_that_of_what_stands_on_it():
    moved = solve(HILLS, row(asked("height", "land", 80), 32.0))
    assert value(moved, "hill", "height_m") == pytest.approx(100)


@given(st.floats(0.3, 3), st.floats(20, 280))
def test_a_height_that_follows_is_found(gain, wanted):
    recipe, check = HILLS, asked("height", "hill", wanted)
    for _ in range(8):
        found = row(check, gain * value(recipe, "hill", "height_m"))
        if found.passed:
            return
        recipe = solve(recipe, found)
    pytest.fail(f"{wanted} m was not reached: {found.measured} m")


def test_a_locked_parameter_stays():
    for locked in (True, ("count",)):
        recipe = HILLS.with_step(HILLS.step("hill").model_copy(update={"locked": locked}))
        assert calibrated(recipe, Report(checks=(row(asked("count", "hill", 5), 3),))) == recipe


def test_values_stay_inside_their_bounds():
    recipe = HILLS
    for _ in range(12):
        recipe = solve(recipe, row(asked("count", "hill", 100_000), 1)) or recipe
    assert recipe.validated() == recipe
    assert value(recipe, "hill", "count") == 120


def test_what_nothing_drives_is_left():
    assert solve(HILLS, row(asked("count", "volcano", 3), 1)) is None
    assert solve(HILLS, row(asked("count", "hill", 3), None)) is None


def test_a_count_never_falls_to_zero_which_would_leave_it_open():
    recipe = HILLS.with_step(HILLS.step("hill").changed(count=1))
    moved = solve(recipe, row(asked("count", "hill", 1), 5)) or recipe
    assert value(moved, "hill", "count") == 1


@pytest.mark.parametrize(
    ("check", "low", "high"),
    [
        (Check(metric="height", relation="between", value=(10, 20)), 15, 15),
        (Check(metric="height", relation="at_least", value=100), 100, 120),
        (Check(metric="height", relation="at_most", value=100), 80, 100),
        (Check(metric="height", relation="more_than", value=100), 100.01, 120),
        (Check(metric="height", relation="less_than", value=100), 80, 99.99),
    ],
)
def test_the_aim_lies_inside_the_demand(check, low, high):
    assert low <= target_of(check) <= high
    assert check.passes(target_of(check))


# -- when numbers do not help ------------------------------------------------------------------------------------------


def test_new_dice_only_for_what_failed():
    report = Report(checks=(row(asked("count", "hill", 5), 3), row(asked("count", "lake", 2), 2)))
    again = rerolled(HILLS, report, 2)
    assert [s.id for s in again.steps] == ["ground", "hill.2", "lake", "forest"]
    assert [s.params for s in again.steps] == [s.params for s in HILLS.steps]
    assert [s.id for s in rerolled(again, report, 3).steps] == ["ground", "hill.3", "lake", "forest"]


def test_a_locked_step_keeps_its_dice():
    recipe = HILLS.with_step(HILLS.step("hill").model_copy(update={"locked": True}))
    assert rerolled(recipe, Report(checks=(row(asked("count", "hill", 5), 3),)), 2) == recipe


def test_what_a_failed_relation_names_gets_new_dice_too():
    check = check_of("distance", 100, "at_least", arguments={"feature": "hill", "to": "lake"})
    assert [s.id for s in rerolled(HILLS, Report(checks=(row(check, 5),)), 1).steps] == [
        "ground", "hill.1", "lake.1", "forest",
    ]  # fmt: skip


def test_a_broken_world_gets_new_dice_everywhere():
    broken = Report(structural=(Structural(name="rivers run downhill", passed=False, detail="1 rivers climb"),))
    assert all(s.id.endswith(".4") for s in rerolled(HILLS, broken, 4).steps)


def test_what_could_not_be_built_gets_more_room():
    crowded = HILLS.with_step(HILLS.step("hill").model_copy(update={"where": Compass(place="north", depth=0.3)}))
    wider = eased(crowded, ("hill",))
    assert wider.step("hill").where.depth > 0.3
    assert value(wider, "hill", "radius_m") < value(crowded, "hill", "radius_m")
    assert value(wider, "hill", "height_m") == value(crowded, "hill", "height_m"), "heights are asked for"
    assert wider.step("lake") == crowded.step("lake")
    assert eased(crowded, ()) == crowded


def test_room_is_not_taken_beyond_half_the_map():
    recipe = HILLS.with_step(HILLS.step("hill").model_copy(update={"where": Compass(place="north", depth=0.4)}))
    for _ in range(10):
        recipe = eased(recipe, ("hill",))
    assert recipe.step("hill").where.depth <= 0.5
    assert recipe.validated() == recipe
