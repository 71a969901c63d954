"""What threads must not do: destroy widgets, outlive the view that they work for, or hold its pictures' memory."""

import gc
import threading
import time
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtWidgets import QWidget  # noqa: TID251 - the same

from pcgstudio.ui.images import as_image, as_pixmap
from pcgstudio.ui.spread import Spread
from pcgstudio.ui.sweeping import Sweeper
from pcgstudio.ui.viewport.lane import Lane
from pcgstudio.ui.worker import Worker

pytestmark = pytest.mark.window


@pytest.fixture
def worker(qapp):
    worker = Worker()
    yield worker
    worker.close()


@pytest.mark.parametrize("kind", [QWidget, QObject])
def test_garbage_of_widgets_is_collected_on_the_main_thread_whoever_allocates(worker, qapp, qtbot, kind):
    ended = []

    def lose():
        one = kind()
        one.itself = one  # a cycle: only the collector ends it
        one.destroyed.connect(
            lambda: ended.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
        )  # fmt: skip

    for _ in range(50):
        lose()

    def allocating(_tick):
        kept = []
        for _ in range(200):  # enough for many collections
            kept.extend([k] for k in range(500))
            time.sleep(0.001)
        yield len(kept)

    assert not gc.isenabled()
    worker.start(allocating, lambda _item: None)
    qtbot.waitUntil(lambda: len(ended) == 50, timeout=20_000)
    assert set(ended) == {threading.main_thread()}
    assert len(qapp.findChildren(Sweeper)) == 1


def test_the_oldest_garbage_waits_until_nobody_does_anything(worker, qapp, monkeypatch):
    sweeper, collected = qapp.findChild(Sweeper), []
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 11))
    monkeypatch.setattr(gc, "collect", collected.append)
    monkeypatch.setattr(sweeper, "_moved", lambda: False)  # earlier tests moved the cursor
    sweeper.touch()
    sweeper.sweep()
    assert collected == []
    monkeypatch.setattr("pcgstudio.ui.sweeping.QUIET_S", -1.0)
    sweeper.sweep()
    assert collected == [2]


@pytest.mark.parametrize("made", [Worker, Lane])
def test_who_is_closed_waits_for_what_runs_and_begins_nothing_more(qapp, made):
    one, begun, ran = made(), threading.Event(), []

    def slow(_tick):
        begun.set()
        time.sleep(0.3)
        ran.append("slow")
        return iter(())

    def late(_tick):
        ran.append("late")
        return iter(())

    if made is Worker:
        one.start(slow, lambda _item: None)
        one.start(late, lambda _item: None)
    else:
        one.start("one", slow, lambda _found: None)
        one.start("other", late, lambda _found: None)
    assert begun.wait(5)
    one.close()
    assert ran == ["slow"]
    alive = [t.name for t in threading.enumerate() if t.name.startswith("pcgstudio") and t.is_alive()]
    assert not [name for name in alive if name.startswith("pcgstudio-view")] or made is Worker


def test_answers_of_a_worker_come_one_on_a_turn_of_the_loop(worker, qapp, qtbot):
    turns, got = [0], []

    class Turning(QObject):
        def timerEvent(self, _event):  # noqa: N802 - Qt's name
            turns[0] += 1

    turning = Turning()
    timer = turning.startTimer(0)
    worker.start(lambda _tick: iter(range(5)), lambda _item: got.append(turns[0]))
    time.sleep(0.3)  # all of them are waiting by now
    qtbot.waitUntil(lambda: len(got) == 6, timeout=5000)
    turning.killTimer(timer)
    assert len(set(got)) >= 5


def test_works_that_are_spread_never_share_a_turn_and_leave_every_other_to_painting(qapp, qtbot):
    parent, done = QObject(), []
    works = [Spread(parent, single=True) for _ in range(2)]

    def work(name):
        for _ in range(3):
            done.append(name)
            yield

    for name, one in zip("ab", works, strict=True):
        one.start(work(name))
    turns = []
    while any(one.busy for one in works):
        before = len(done)
        qapp.processEvents()
        turns.append(len(done) - before)
    assert done == ["a", "b"] * 3
    assert max(turns) == 1
    assert all(first + second <= 1 for first, second in pairwise(turns))


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_stands_when_its_array_is_gone(qapp, channels):
    pixels = np.full((6, 5, channels), 200, dtype=np.uint8)
    image, pixmap = as_image(pixels), as_pixmap(pixels[:, ::-1])
    pixels[:] = 0
    assert image.pixelColor(2, 2).red() == 200
    assert pixmap.toImage().pixelColor(2, 2).green() == 200
    assert as_pixmap(None).isNull()
