"""The controller without Qt: instructions, what comes of them and in which order, offers, errors, cancelling."""

import subprocess
import sys
from dataclasses import replace

import pytest

from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.errors import BuildError
from pcgstudio.events import Failed, Started
from pcgstudio.ui.controller import EXAMPLES
from pcgstudio.ui.preferences import Agents, Budgets

from .desks import Desk, Studio, without_pictures
from .scripted import ScriptedModel, brief, plan, revise, rooms


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


def test_a_sentence_becomes_checks_then_measurements_then_a_map(desk, studio):
    desk.does.submit("  two   lakes ")
    assert desk.state.activity.title == "two lakes"
    desk.queue.step(2)  # started, briefed
    assert [c.quote for c in desk.state.brief.checks] == ["two lakes"]
    assert desk.state.report is None
    desk.queue.step()
    assert (desk.state.activity.fraction, desk.state.activity.text) == (0.5, "raising the ground")
    desk.queue.step(3)
    assert desk.state.drawing == "drawing 1"
    assert desk.state.shown.coarse
    assert desk.state.report.checks[0].measured == 1
    desk.run()
    assert not desk.state.busy
    assert not desk.state.stale
    assert desk.state.report.checks[0].measured == 2
    (turn,) = desk.state.turns
    assert (turn.sentence, turn.status, turn.outcome, turn.agent) == ("two lakes", "kept", "done", "builtin")
    assert turn.adjustments == ("lakes.count: 1 -> 2",) * 3
    assert studio.calls[0][:2] == ("two lakes", None)
    assert studio.calls[0][3]["resolution"] == 32


def test_one_map_a_round_is_drawn_and_the_last(desk):
    desk.run("submit", "two lakes")
    assert len(desk.drawn) == 2
    assert desk.drawn[-1] is desk.state.world


def test_the_next_sentence_offers_a_change_that_can_be_kept(desk, studio):
    first = desk.run("submit", "two lakes").recipe
    desk.run("submit", "make the lakes larger")
    assert studio.calls[1][1] == first
    assert desk.state.offer.changes == ("seed: 0 -> 1",)
    assert desk.state.offer.changed_inside is not None
    assert [t.status for t in desk.state.turns] == ["kept", "offered"]
    desk.run("accept")
    assert desk.state.offer is None
    assert [t.status for t in desk.state.turns] == ["kept", "kept"]
    assert desk.state.recipe.seed == 1
    assert desk.state.timeline.undo == "make the lakes larger"


def test_a_rejected_change_leaves_the_recipe_as_it_was(desk):
    first = desk.run("submit", "two lakes")
    desk.run("submit", "make the lakes larger")
    desk.run("reject")
    assert desk.state.recipe == first.recipe
    assert desk.state.shown is first.shown
    assert desk.state.report is first.report
    assert [t.status for t in desk.state.turns] == ["kept", "rejected"]
    assert desk.state.timeline.redo == ""
    assert [e.title for e in desk.state.timeline.entries] == ["Beginning", "two lakes"]


def test_undo_rejects_and_any_further_act_accepts(desk):
    desk.run("submit", "two lakes")
    desk.run("submit", "larger")
    desk.run("undo")
    assert desk.state.turns[-1].status == "rejected"
    desk.run("submit", "larger")
    desk.run("submit", "larger still")
    assert [t.status for t in desk.state.turns] == ["kept", "rejected", "kept", "offered"]


def test_whoever_wants_no_question_gets_none(desk):
    desk.does.prefer(ask_before_keeping=False)
    desk.run("submit", "two lakes")
    desk.run("submit", "larger")
    assert desk.state.offer is None
    assert desk.state.turns[-1].status == "kept"


def test_a_new_map_forgets_the_old_one_and_undo_brings_it_back(desk, studio):
    first = desk.run("submit", "two lakes")
    desk.run("clear")
    assert (desk.state.recipe, desk.state.drawing, desk.state.turns) == (None, None, ())
    desk.run("submit", "two lakes again")
    assert studio.calls[1][1] is None
    assert [t.sentence for t in desk.state.turns] == ["two lakes again"]
    desk.run("undo")
    desk.run("undo")
    assert desk.state.recipe == first.recipe
    assert desk.state.shown is first.shown


def test_answers_to_an_earlier_request_are_dropped(desk):
    desk.does.submit("two lakes")
    desk.queue.step(2)
    desk.does.submit("three lakes")
    desk.run()
    assert [(t.sentence, t.status) for t in desk.state.turns] == [("two lakes", "cancelled"), ("three lakes", "kept")]
    assert desk.state.timeline.undo == "three lakes"


@pytest.mark.parametrize("items", range(0, 16, 2))
def test_cancel_at_any_time_leaves_the_map_as_it_was(desk, items):
    kept = desk.run("submit", "two lakes")
    desk.does.submit("a volcano")
    desk.queue.step(items)
    if desk.state.offer is not None:  # the map is there: from here on it is rejected, not cancelled
        desk.does.undo()
    desk.does.cancel()
    assert not desk.state.busy
    after = desk.state
    desk.run()
    assert desk.state is after
    assert (after.recipe, after.report, after.turns[:1]) == (kept.recipe, kept.report, kept.turns)
    assert after.shown is kept.shown
    assert after.notice in ("Cancelled; the map is as it was before.", "The map is as it was before.")


def test_cancel_without_a_map_leaves_nothing(desk):
    desk.does.submit("two lakes")
    desk.queue.step(6)
    desk.does.cancel()
    assert desk.state.drawing is None
    assert desk.state.notice == "Cancelled; nothing was made."
    desk.does.dismiss()
    desk.does.cancel()  # nothing to cancel: nothing happens
    assert desk.state.notice == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BuildError("500 lakes do not fit; ask for fewer"), "500 lakes do not fit; ask for fewer."),
        (ZeroDivisionError("division by zero"), "Unexpected ZeroDivisionError: division by zero; please report it."),
    ],
)
def test_an_error_is_one_sentence_and_keeps_the_map(desk, studio, monkeypatch, error, told):
    kept = desk.run("submit", "two lakes")

    def broken(*_args, **_kwargs):
        yield Started(instruction="", agent="builtin")
        raise error

    monkeypatch.setattr(desk.does._bench, "_run", broken)
    desk.run("submit", "500 lakes")
    assert desk.state.problem == told
    assert not desk.state.busy
    assert (desk.state.turns[-1].status, desk.state.turns[-1].problem) == ("failed", told)
    assert (desk.state.recipe, desk.state.shown) == (kept.recipe, kept.shown)


def test_a_failed_run_tells_its_reason(desk, monkeypatch):
    failed = Failed(error="this describes no map", exit_code=2)
    monkeypatch.setattr(desk.does._bench, "_run", lambda *_a, **_k: iter([failed]))
    desk.run("submit", "hello")
    assert desk.state.problem == "This describes no map."
    assert desk.state.drawing is None
    assert not desk.state.busy


def test_nothing_is_asked_by_an_empty_line(desk, studio):
    desk.run("submit", "   ")
    desk.run("save", None)
    assert studio.calls == []


def test_the_recipe_cannot_be_changed_under_the_agents(desk):
    desk.run("submit", "two lakes")
    desk.does.submit("larger")
    before = desk.state.recipe
    desk.does.set_seed(99)
    desk.does.remove_step("noise")
    desk.does.set_param("noise", "amplitude_m", 5, resting=False)
    assert desk.state.recipe == before
    assert desk.state.notice.startswith("The agents are at work")
    desk.run()
    assert desk.state.recipe.seed == 1


def test_budgets_and_the_pair_of_the_preferences_reach_the_run(desk, studio):
    desk.does.prefer(budgets=Budgets(rounds=2, seconds=30))
    desk.run("submit", "two lakes")
    told = studio.calls[0][3]
    assert (told["budget"].rounds, told["budget"].seconds) == (2, 30)
    assert (told["actor"], told["critic"]) == ("builtin", "builtin")


def test_a_model_that_cannot_be_had_is_a_sentence(desk, monkeypatch):
    monkeypatch.setattr("pcgstudio.llm.keys.from_keyring", lambda _host: None)
    for name in ("OPENROUTER_API_KEY", "PCGSTUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    desk.does.prefer(agents=Agents(use="model", preset="openrouter", model="some/model"))
    desk.run("submit", "two lakes")
    assert desk.state.problem.startswith("There is no key for OpenRouter")
    assert desk.state.turns[-1].status == "failed"


def test_a_model_plays_its_tokens_are_counted_and_its_findings_are_shown(tmp_path):
    asked = brief(("6 rooms", "count", "room", "equal", 6), ("a boss", "count", "boss", "equal", 1))
    second = plan(("rooms", {"room_count": 6}), ("roles", {"bosses": 1}))
    model = ScriptedModel(asked, rooms(6), revise("nothing makes the boss", "", "add roles with bosses 1"), second)
    desk = Desk(tmp_path, resolution=64, actor="model", critic="model", model=model)
    desk.does.submit("a dungeon with 6 rooms and a boss")
    meters, seen = [], []
    while desk.queue.step():
        if desk.state.turns:
            meters.append(desk.state.turns[-1].meter)
        if desk.state.drawing not in (None, *seen):
            seen.append(desk.state.drawing)
    (turn,) = desk.state.turns
    assert desk.state.problem == ""
    assert turn.model == "scripted"
    assert turn.meter.tokens > 0
    assert turn.meter.calls == len(model.asked)
    assert turn.meter.most >= turn.meter.expected > 0
    tokens = [m.tokens for m in meters]
    assert tokens == sorted(tokens)
    assert len(set(tokens)) > 2  # it was told as it went
    assert [s.id for s in turn.plan] == ["rooms", "roles"]
    assert (1, "nothing makes the boss") in [(f.round, f.issue.message) for f in turn.findings]
    assert [c.quote for c in turn.brief.checks][:2] == ["6 rooms", "a boss"]
    assert turn.report.passed
    assert len(seen) == 2  # a map a round; that of the second is the last
    desk.close()


def test_a_running_turn_is_the_last_of_the_conversation(desk):
    desk.run("submit", "two lakes")
    desk.does.submit("larger")
    desk.queue.step(4)
    assert [t.status for t in desk.state.turns] == ["kept", "running"]
    assert desk.state.turns[-1].brief is not None


@pytest.mark.parametrize("sentence", EXAMPLES)
def test_every_word_of_the_examples_is_understood(sentence):
    read = BuiltinCritic().brief(Task(sentence))
    assert read.complete
    assert len(read.checks) >= 3


def test_states_are_values(desk):
    desk.run("submit", "two lakes")
    assert len(desk.states) == len({id(s) for s in desk.states})
    assert replace(desk.state) == desk.state


def test_no_part_of_the_controller_needs_qt_or_the_core():
    code = (
        "import sys, pcgstudio.ui.controller as c; c.Controller(None, None, lambda _s: None, autosave=False);"
        "sys.exit(any(m in sys.modules for m in ('PySide6', 'numpy', 'numba', 'pcgstudio.recipe')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
