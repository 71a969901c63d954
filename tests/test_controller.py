"""The window's controller without Qt: what a person does, in which order answers come, and what is then shown."""

import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pytest

from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.brief import Brief, Check, Measured, Report, Structural
from pcgstudio.build import build
from pcgstudio.bundle import FILES
from pcgstudio.errors import BuildError, Cancelled
from pcgstudio.events import Briefed, Built, Calibrated, Failed, Finished, Started
from pcgstudio.events import Measured as WasMeasured
from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.region import Compass
from pcgstudio.ui import wording
from pcgstudio.ui.controller import EXAMPLES, Controller, Progress, driven

LAKES = Check(metric="count", arguments={"feature": "lake"}, relation="equal", value=2, quote="two lakes")


def report(found):
    return Report(checks=(Measured(check=LAKES, measured=found, passed=found == 2, score=1.0),))


@dataclass
class Queue:
    """Stands in for the worker: works are run by hand, item by item."""

    works: list[Any] = field(default_factory=list)

    def start(self, work, receive):
        stopped = []

        def tick(fraction, text):
            if stopped:
                raise Cancelled("stopped")
            receive(Progress(fraction, text))

        self.works.append((driven(work, tick), receive))
        return lambda: stopped.append(True)

    def step(self, number=-1, items=1):
        work, receive = self.works[number]
        for _, item in zip(range(items), work, strict=False):
            receive(item)

    def finish(self, number=-1):
        self.step(number, 10**6)


@dataclass
class Studio:
    """Stands in for the loop: a lake too few at first, then all of them; notes how it was called."""

    calls: list[Any] = field(default_factory=list)
    seeds: Any = field(default_factory=count)

    def run(self, words, *, base, cache, tick, **settings):
        self.calls.append((words, base, settings))
        recipe = Recipe(
            seed=next(self.seeds),
            resolution=32,
            extent_m=(320, 320),
            name=base.name if base else words,
            steps=(Step(id="noise", generator="terrain_noise"),),
        )
        brief = Brief(instruction=words, checks=(LAKES,))
        world = build(recipe)
        yield Started(instruction=words, agent="builtin")
        yield Briefed(brief=brief)
        tick(0.5, "raising the ground")
        for found in (1, 1, 2):
            yield Built(round=1, resolution=32, world=build(recipe) if found == 1 else world)
            yield WasMeasured(round=1, report=report(found))
            yield Calibrated(round=1, changes=("lakes.count: 1 -> 2",))
        yield Finished(
            status="done", recipe=recipe, world=world, brief=brief, report=report(2), rounds=1, agent="builtin"
        )


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def studio():
    return Studio()


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def controller(queue, studio, drawn):
    def draw(world):
        drawn.append(world)
        return f"drawing {len(drawn)}"

    return Controller(queue.start, draw, lambda _state: None, studio.run, resolution=32)


def test_a_sentence_becomes_checks_then_measurements_then_a_map(controller, queue, studio):
    controller.submit("  two   lakes ")
    assert controller.state.busy
    assert controller.state.pending == "two lakes"
    queue.step(items=2)  # started, briefed
    assert [r.mark for r in wording.rows(controller.state.brief, controller.state.report)] == ["waiting"]
    queue.step()
    assert controller.state.fraction == 0.5
    assert controller.state.doing == "raising the ground"
    queue.step(items=2)
    assert controller.state.drawing == "drawing 1"
    assert [(r.measured, r.mark) for r in wording.rows(controller.state.brief, controller.state.report)] == [
        ("1", "missed")
    ]
    queue.finish()
    assert not controller.state.busy
    assert controller.state.made.sentences == ("two lakes",)
    assert [(r.measured, r.mark) for r in wording.rows(controller.state.brief, controller.state.report)] == [
        ("2", "held")
    ]
    assert studio.calls == [("two lakes", None, {"resolution": 32})]


def test_only_the_first_try_and_the_map_itself_are_drawn(controller, queue, drawn):
    controller.submit("two lakes")
    queue.finish()
    assert len(drawn) == 2
    assert drawn[-1] is controller.state.made.end.world


def test_the_next_sentence_changes_the_map_and_tells_what_it_changed(controller, queue, studio):
    controller.submit("two lakes")
    queue.finish()
    first = controller.state.made.end.recipe
    controller.submit("make the lakes larger")
    queue.finish()
    assert studio.calls[1][1] == first
    assert controller.state.made.sentences == ("two lakes", "make the lakes larger")
    assert controller.state.made.changes == ("seed: 0 -> 1",)


def test_a_new_map_forgets_the_old_one(controller, queue, studio):
    controller.submit("two lakes")
    queue.finish()
    controller.clear()
    assert controller.state.drawing is None
    controller.submit("two lakes again")
    assert studio.calls == studio.calls[:1]  # nothing runs on this thread
    queue.finish()
    assert studio.calls[1][1] is None


def test_answers_to_an_earlier_request_are_dropped(controller, queue):
    controller.submit("two lakes")
    queue.step(items=2)
    controller.submit("three lakes")
    before = controller.state
    queue.step(0, items=5)
    assert controller.state == before
    queue.finish()
    assert controller.state.made.sentences == ("three lakes",)


def test_cancel_restores_the_map_at_once_and_stops_the_work(controller, queue):
    controller.submit("two lakes")
    queue.finish()
    kept = controller.state
    controller.submit("a volcano")
    queue.step(items=2)
    controller.cancel()
    assert not controller.state.busy
    assert controller.state.notice == "Cancelled; the map is as it was before."
    assert (controller.state.made, controller.state.drawing, controller.state.report) == (
        kept.made,
        kept.drawing,
        kept.report,
    )
    after = controller.state
    work, _ = queue.works[-1]
    assert isinstance(list(work)[-1], Failed)  # its next tick ended it
    assert controller.state == after


def test_cancel_without_a_map_leaves_nothing(controller, queue):
    controller.submit("two lakes")
    queue.step(items=5)
    controller.cancel()
    assert controller.state.drawing is None
    assert controller.state.notice == "Cancelled; nothing was made."
    controller.cancel()  # nothing to cancel: nothing happens
    assert controller.state.notice == "Cancelled; nothing was made."


def test_a_map_that_was_finished_survives_a_cancel_right_after(controller, queue):
    controller.submit("two lakes")
    while controller.state.made is None:
        queue.step()
    controller.submit("a volcano")
    controller.cancel()
    assert controller.state.made.sentences == ("two lakes",)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BuildError("500 lakes do not fit; ask for fewer"), "500 lakes do not fit; ask for fewer."),
        (ZeroDivisionError("division by zero"), "Unexpected ZeroDivisionError: division by zero; please report it."),
    ],
)
def test_an_error_is_one_sentence_and_keeps_the_map(controller, queue, studio, monkeypatch, error, told):
    controller.submit("two lakes")
    queue.finish()

    def broken(*_args, **_kwargs):
        yield Started(instruction="", agent="builtin")
        raise error

    monkeypatch.setattr(controller, "_run", broken)
    controller.submit("500 lakes")
    queue.finish()
    assert controller.state.problem == told
    assert not controller.state.busy
    assert controller.state.made.sentences == ("two lakes",)


def test_a_failed_run_tells_its_reason(controller, queue, monkeypatch):
    monkeypatch.setattr(
        controller, "_run", lambda *_a, **_k: iter([Failed(error="this describes no map", exit_code=2)])
    )
    controller.submit("hello")
    queue.finish()
    assert controller.state.problem == "This describes no map."
    assert controller.state.drawing is None


def test_nothing_is_asked_by_an_empty_line(controller, queue):
    controller.submit("   ")
    controller.save(None)
    assert queue.works == []


def test_the_bundle_is_complete_and_opens_again(controller, queue, tmp_path, drawn):
    controller.submit("two lakes")
    queue.finish()
    controller.save(tmp_path / "map")
    queue.finish()
    assert controller.state.notice == f"Saved to {tmp_path / 'map'}."
    assert sorted(p.name for p in (tmp_path / "map").iterdir()) == sorted(FILES)
    lines = (tmp_path / "map" / "session.jsonl").read_text().splitlines()
    assert len(lines) == 12
    assert '"Started"' in lines[0]
    controller.clear()
    controller.open(tmp_path / "map")
    queue.finish()
    assert controller.state.made.sentences == ("two lakes",)
    assert controller.state.made.end.status == "best_effort"  # its plain noise holds no lakes: measured, not believed
    assert np.array_equal(drawn[-1]["height"], drawn[-2]["height"])


def test_a_folder_with_other_files_is_refused_in_words_of_the_window(controller, queue, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    controller.submit("two lakes")
    queue.finish()
    controller.save(tmp_path)
    queue.finish()
    assert controller.state.problem == f"'{tmp_path}' holds other files; name an empty folder or an earlier bundle."
    assert controller.state.made is not None


def test_a_file_that_is_not_there_is_named(controller, queue, tmp_path):
    controller.open(tmp_path / "none.pcg.json")
    queue.finish()
    assert "none.pcg.json" in controller.state.problem


def test_a_recipe_without_a_brief_opens_under_its_name(controller, queue, tmp_path):
    save(
        Recipe(name="plain", resolution=32, steps=(Step(id="noise", generator="terrain_noise"),)),
        tmp_path / "a.pcg.json",
    )
    controller.open(tmp_path / "a.pcg.json")
    queue.finish()
    assert controller.state.made.sentences == ("plain",)


@pytest.mark.parametrize("sentence", EXAMPLES)
def test_every_word_of_the_examples_is_understood(sentence):
    brief = BuiltinCritic().brief(Task(sentence))
    assert brief.complete
    assert len(brief.checks) >= 3


# -- words -------------------------------------------------------------------------------------------------------------


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


def test_neither_controller_nor_scene_needs_qt():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pcgstudio.ui.controller, pcgstudio.ui.scene; sys.exit('PySide6' in sys.modules)",
        ],
        check=False,
    )
    assert done.returncode == 0
