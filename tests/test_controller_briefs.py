"""The brief editor: checks are read before a run, struck, edited, added, and the run stands or falls by them."""

import pytest

from pcgstudio.brief import Check
from pcgstudio.recipe import dumps

from .desks import HILLS, LAKES, SMALL, Desk, Studio, without_pictures

VOLCANO = Check(metric="count", arguments={"feature": "volcano"}, relation="equal", value=1, quote="my own")


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    without_pictures(monkeypatch)


@pytest.fixture
def studio():
    return Studio()


@pytest.fixture
def desk(tmp_path, studio):
    desk = Desk(tmp_path, studio.run, resolution=32)
    yield desk
    desk.close()


def test_a_sentence_shows_its_checks_before_anything_is_built(desk):
    desk.run("preview_brief", "three hills and two lakes in the north")
    draft = desk.state.draft
    assert {c.check.arguments.get("feature") for c in draft.checks} >= {"hill", "lake"}
    assert draft.before_run
    assert not draft.edited
    assert desk.drawn == []
    desk.run("preview_brief", " ")
    assert desk.state.draft is None


def test_what_describes_no_map_is_said_before_the_run(desk):
    desk.run("preview_brief", "hello how are you")
    assert desk.state.draft is None
    assert "describes no map" in desk.state.problem


def test_edited_checks_are_those_of_the_run(desk, studio):
    desk.run("preview_brief", "three hills and two lakes")
    lake = next(i for i, c in enumerate(desk.state.draft.checks) if c.check.arguments.get("feature") == "lake")
    desk.does.strike_check(lake)
    desk.does.add_check(VOLCANO)
    kept = desk.state.draft.brief
    assert VOLCANO in kept.checks
    assert all(c.arguments.get("feature") != "lake" for c in kept.checks)
    desk.run("submit", "three hills  and two lakes")
    assert studio.calls[0][2] == kept
    assert desk.state.draft is None


def test_checks_as_read_leave_the_reading_to_the_critic(desk, studio):
    desk.run("preview_brief", "three hills")
    desk.run("submit", "three hills")
    desk.run("preview_brief", "two hills")
    desk.does.strike_check(0)
    desk.run("submit", "another sentence")
    assert [call[2] for call in studio.calls] == [None, None]


def test_restore_brings_back_what_was_read(desk):
    desk.run("preview_brief", "three hills and two lakes")
    before = desk.state.draft
    desk.does.strike_check(0)
    desk.does.edit_check(1, VOLCANO)
    desk.does.add_check(HILLS)
    assert [c.edited for c in desk.state.draft.checks][:2] == [True, True]
    desk.does.restore(1)
    assert desk.state.draft.checks[1] == before.checks[1]
    assert desk.state.draft.checks[0].struck
    desk.does.restore()
    assert desk.state.draft == before
    desk.does.edit_check(99, VOLCANO)
    assert desk.state.draft == before


def test_after_a_run_an_edited_check_is_measured_at_once(desk):
    desk.open()
    desk.does.edit_brief()
    assert desk.state.draft.report == desk.state.report
    many = HILLS.model_copy(update={"value": 50})
    desk.run("edit_check", 0, many)
    assert [m.passed for m in desk.state.draft.report.checks] == [False]
    desk.run("add_check", VOLCANO)
    assert [m.passed for m in desk.state.draft.report.checks] == [False, True]
    assert desk.state.recipe == SMALL  # a draft changes nothing
    desk.run("close_draft")
    assert desk.state.draft is None


def test_kept_checks_are_one_step_and_build_nothing(desk):
    desk.open()
    drawn = len(desk.drawn)
    desk.run("add_check", VOLCANO)
    desk.run("keep_brief")
    assert desk.state.recipe.brief.checks == (HILLS, VOLCANO)
    assert [m.passed for m in desk.state.report.checks] == [True, True]
    assert len(desk.drawn) == drawn
    assert desk.state.draft is None
    desk.run("undo")
    assert dumps(desk.state.recipe) == dumps(SMALL)
    assert len(desk.state.report.checks) == 1


def test_run_again_asks_the_same_from_the_same_start(desk, studio):
    desk.run("submit", "two lakes")
    first = desk.state.recipe
    desk.run("submit", "larger")
    desk.run("accept")
    desk.run("edit_brief")
    desk.run("edit_check", 0, LAKES.model_copy(update={"value": 3}))
    desk.run("run_again")
    words, base, brief, _ = studio.calls[-1]
    assert (words, base) == ("larger", first)
    assert brief.checks[0].value == 3
    assert desk.state.offer.changes == ("seed: 1 -> 2",)  # beside the map that is shown, not the one it began from
    desk.run("reject")
    assert desk.state.recipe.seed == 1


def test_run_again_of_a_fresh_map_keeps_its_dice(desk, studio):
    desk.run("submit", "two lakes")
    desk.run("edit_brief")
    desk.run("add_check", VOLCANO)
    desk.run("run_again")
    words, base, brief, settings = studio.calls[-1]
    assert (words, base, settings["seed"]) == ("two lakes", None, 0)
    assert VOLCANO in brief.checks


def test_run_again_before_a_run_is_the_run(desk, studio):
    desk.run("preview_brief", "three hills")
    desk.does.strike_check(0)
    desk.run("run_again")
    assert studio.calls[0][:2] == ("three hills", None)


def test_a_map_without_a_sentence_cannot_be_asked_for_again(desk):
    desk.open(SMALL.model_copy(update={"brief": SMALL.brief.model_copy(update={"instruction": ""})}))
    desk.run("run_again")
    assert "was not made from a sentence" in desk.state.problem
    desk.run("add_step", "hills")
    desk.run("new_map")
    desk.run("run_again")
    assert not desk.state.busy


def test_a_check_that_cannot_be_measured_says_why(desk):
    desk.open()
    desk.run("add_check", Check(metric="count", arguments={"feature": "unicorn"}, relation="equal", value=1))
    assert "unicorn" in desk.state.problem


def test_a_check_points_at_its_place(desk):
    desk.open()
    desk.does.point_at(0)
    assert desk.state.pointed == 0
    desk.does.point_at(7)
    assert desk.state.pointed is None
