"""The worker: works run beside the main thread, in turn; cancelled ones end at their next tick; small ones overtake."""

import os
import sys
import threading
import time

import pytest

if not (os.environ.get("DISPLAY") or sys.platform in ("win32", "darwin")):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # Qt ends the process where it finds no display

from pcgstudio.errors import ModelAnswerError
from pcgstudio.ui.controller import Controller
from pcgstudio.ui.preferences import Tiers
from pcgstudio.ui.worker import Worker
from pcgstudio.ui.works import Ended, Progress, Stuck

from .desks import SMALL, digest, save, without_pictures


@pytest.fixture
def worker(qapp):
    worker = Worker()
    yield worker
    worker.close()


def counting(gate, *items):
    """A work that yields items, each when the gate opens, ticking while it waits."""

    def work(tick):
        for item in items:
            while not gate.is_set():
                tick(0.5, "waiting")
                time.sleep(0.005)
            yield item

    return work


def opened():
    gate = threading.Event()
    gate.set()
    return gate


def test_what_a_work_yields_comes_on_the_main_thread_in_order(worker, qtbot):
    got, threads = [], set()

    def receive(item):
        got.append(item)
        threads.add(threading.current_thread())

    worker.start(counting(opened(), 1, 2, 3), receive)
    qtbot.waitUntil(lambda: any(isinstance(i, Ended) for i in got))
    assert got[:3] == [1, 2, 3]
    assert threads == {threading.main_thread()}


def test_a_cancelled_work_says_nothing_more_and_lets_the_next_go(worker, qtbot):
    first, second, gate = [], [], threading.Event()
    stop = worker.start(counting(gate, "never"), first.append)
    worker.start(counting(opened(), "next"), second.append)
    qtbot.waitUntil(lambda: any(isinstance(i, Progress) for i in first))
    assert second == []
    stop()
    qtbot.waitUntil(lambda: "next" in second)
    told = len(first)
    gate.set()
    qtbot.wait(50)
    assert len(first) == told
    assert all(isinstance(i, Progress) for i in first)


def test_progress_is_told_no_more_often_than_an_eye_follows(worker, qtbot):
    got = []
    began = time.monotonic()
    stop = worker.start(counting(threading.Event(), "never"), got.append)
    qtbot.wait(400)
    stop()
    assert 1 <= len(got) <= (time.monotonic() - began) / 0.05 + 1


def test_small_works_wait_for_no_map(worker, qtbot):
    got, gate = [], threading.Event()
    worker.start(counting(gate, "map"), got.append)
    worker.aside(counting(opened(), "answer"), got.append)
    qtbot.waitUntil(lambda: "answer" in got)
    assert "map" not in got
    gate.set()
    qtbot.waitUntil(lambda: "map" in got)


def test_an_error_is_one_item_and_the_worker_lives_on(worker, qtbot):
    got = []

    def broken(_tick):
        yield 1
        raise ZeroDivisionError("division by zero")

    worker.start(broken, got.append)
    worker.start(counting(opened(), "next"), got.append)
    qtbot.waitUntil(lambda: "next" in got)
    assert got[1] == Stuck("Unexpected ZeroDivisionError: division by zero; please report it.")


def test_a_closed_worker_takes_nothing_and_keeps_nobody(worker, qtbot):
    got = []
    worker.start(counting(threading.Event(), "never"), got.append)
    worker.close()
    worker.start(counting(opened(), "late"), got.append)()
    qtbot.wait(50)
    assert "late" not in got
    assert "never" not in got


class Silent:
    """A model that does not answer before it is let."""

    name, sees = "silent", False

    def __init__(self):
        self.asked, self.gate = threading.Event(), threading.Event()

    def ask(self, *_asked, **_more):
        self.asked.set()
        self.gate.wait(60)
        raise ModelAnswerError("too late")


def test_a_question_to_a_model_can_be_left_and_the_map_be_edited_at_once(worker, qtbot, tmp_path, monkeypatch):
    without_pictures(monkeypatch)
    model = Silent()
    does = Controller(
        worker.start, lambda world: world, lambda _state: None, aside=worker.aside, autosave=False,
        preferences_file=tmp_path / "p.json", actor="model", critic="model", model=model,
    )  # fmt: skip
    save(SMALL, tmp_path / "a.pcg.json")
    does.open(tmp_path / "a.pcg.json")
    qtbot.waitUntil(lambda: not does.state.busy and does.state.report is not None, timeout=60_000)
    does.submit("add a lake")
    qtbot.waitUntil(model.asked.is_set, timeout=60_000)
    qtbot.waitUntil(lambda: does.state.activity.text.startswith("waiting for silent, 1 s"), timeout=10_000)
    does.cancel()
    assert does.state.recipe == SMALL
    does.set_seed(9)
    qtbot.waitUntil(lambda: not does.state.busy and not does.state.stale, timeout=30_000)
    assert not model.gate.is_set()  # it still has not answered
    assert does.state.recipe.seed == 9
    model.gate.set()
    qtbot.wait(100)
    assert does.state.turns[-1].status == "cancelled"


def test_a_hand_on_a_slider_sees_maps_and_ends_with_the_one_it_asked_for(worker, qtbot, tmp_path, monkeypatch):
    without_pictures(monkeypatch)
    shown = []
    does = Controller(
        worker.start, lambda world: world, lambda state: shown.append(state.shown), aside=worker.aside,
        preferences_file=tmp_path / "p.json", sessions=tmp_path / "s",
    )  # fmt: skip
    does.prefer(tiers=Tiers(drag=64, work=96))
    save(SMALL.model_copy(update={"resolution": 96}), tmp_path / "a.pcg.json")
    does.open(tmp_path / "a.pcg.json")
    qtbot.waitUntil(lambda: not does.state.busy and does.state.report is not None, timeout=60_000)
    before = does.state
    for value in range(60, 90):
        does.set_param("hills", "height_m", value, resting=False)
        qtbot.wait(15)
    maps = {id(s) for s in shown if s is not None and s.coarse}
    assert len(maps) >= 2  # while the hand moved
    does.set_param("hills", "height_m", 90)
    qtbot.waitUntil(lambda: not does.state.busy and not does.state.stale, timeout=60_000)
    assert does.state.recipe.step("hills").params["height_m"] == 90
    assert max(does.state.world.grid.shape) == 96
    does.undo()
    assert digest(does.state.world) == digest(before.world)
    assert not does.state.busy
    does.close()
