"""Autosave: a process that is killed loses at most half a second; a clean end leaves nothing; nobody takes twice."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from pcgstudio.errors import InputError
from pcgstudio.recipe import dumps
from pcgstudio.ui import autosave
from pcgstudio.ui.autosave import Autosave
from pcgstudio.ui.history import History

from .desks import SMALL, Desk, Studio, digest, without_pictures

CHILD = """
import sys, time, pathlib
from tests.desks import Desk, SMALL
desk = Desk(pathlib.Path(sys.argv[1]))
desk.open()
desk.run("set_seed", 41)
desk.run("undo")
desk.run("set_param", "volcano", "height_m", 123)
desk.does.name_entry(desk.state.timeline.current, "the tall one")
print(desk.state.timeline.current, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    without_pictures(monkeypatch)


class KillError(BaseException):
    """What nobody catches."""


def grown(count, history=None):
    history = history or History()
    for number in range(count):
        history = history.added(kind="edit", title=f"edit {number}", recipe=SMALL.model_copy(update={"seed": number}))
    return history


def left_behind(folder, history):
    """Write a session whose process is gone."""
    saver = Autosave(folder, rest_s=3600)
    saver.keep(history)
    saver.write()
    (saver.mine / autosave.OWNER).write_text(json.dumps({"pid": 2**22 + 1, "born": 1.0}))
    (found,) = [r for r in autosave.recoveries(folder) if r.path == saver.mine]
    return found


def test_a_killed_process_is_offered_and_comes_back_whole(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
    )
    current = int(child.stdout.readline())
    time.sleep(autosave.REST_S + 1.5)
    assert autosave.recoveries(tmp_path / "sessions") == ()  # it still runs: nobody may take its session
    child.send_signal(signal.SIGKILL)
    child.wait()
    desk = Desk(tmp_path)
    desk.run("begin")
    (offered,) = desk.state.recoveries
    assert offered.title == "the tall one"
    assert offered.entries == 3
    desk.run("recover", offered)
    assert desk.state.recoveries == ()
    assert desk.state.timeline.current == current
    assert desk.state.recipe.step("volcano").params["height_m"] == 123
    assert [e.title for e in desk.state.timeline.entries][1:3] == ["Open small.pcg.json", "Seed 41"]
    assert not desk.state.stale
    made = digest(desk.state.world)
    desk.run("undo")
    assert dumps(desk.state.recipe) == dumps(SMALL)
    desk.run("redo")
    assert digest(desk.state.world) == made
    desk.close()
    assert list((tmp_path / "sessions").iterdir()) == []


def test_a_history_comes_back_as_it_was_conversation_and_all(tmp_path):
    desk = Desk(tmp_path, Studio().run, resolution=32)
    desk.run("submit", "two lakes")
    desk.run("submit", "larger")
    desk.run("accept")
    desk.run("undo")
    desk.run("set_seed", 5)
    history = desk.does._history
    found = left_behind(tmp_path / "old", history)
    back = Autosave(found.path.parent).take(found)
    plain = {i: replace(e, thumbnail=None) for i, e in history.entries.items()}
    assert back.entries == plain
    assert (back.current, back.ahead, back.newest) == (history.current, history.ahead, history.newest)
    assert [t.report.passed for t in back.turns()] == [t.report.passed for t in history.turns()]
    desk.close()


def test_a_clean_end_leaves_nothing(tmp_path):
    saver = Autosave(tmp_path, rest_s=0.01)
    saver.keep(grown(3))
    time.sleep(0.5)
    assert (saver.mine / autosave.INDEX).is_file()
    saver.close()
    assert list(tmp_path.iterdir()) == []
    saver.keep(grown(4))
    time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_a_session_without_a_map_is_not_kept(tmp_path):
    saver = Autosave(tmp_path, rest_s=0.01)
    saver.keep(History())
    time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []
    saver.close()


def test_a_burst_of_changes_is_written_once(tmp_path, monkeypatch):
    written = []
    saver = Autosave(tmp_path, rest_s=0.2)
    monkeypatch.setattr(saver, "_write", lambda history: written.append(history.newest))
    for count in range(1, 30):
        saver.keep(grown(count))
    time.sleep(0.6)
    assert written == [29]
    saver.close()


def test_a_change_while_the_disk_is_busy_is_written_after(tmp_path, monkeypatch):
    written, busy = [], threading.Event()

    def slow(history):
        written.append(history.newest)
        busy.set()
        time.sleep(0.2)

    saver = Autosave(tmp_path, rest_s=0.01)
    monkeypatch.setattr(saver, "_write", slow)
    saver.keep(grown(1))
    assert busy.wait(5)
    began = time.monotonic()
    saver.keep(grown(2))
    assert time.monotonic() - began < 0.15  # nobody waits for the disk
    time.sleep(0.6)
    assert written == [1, 2]
    saver.close()


def test_entries_are_written_once_and_gone_ones_are_taken_away(tmp_path):
    saver = Autosave(tmp_path)
    history = grown(3)
    saver.keep(history)
    saver.write()
    old = (saver.mine / "entry-1.json").stat().st_mtime_ns
    time.sleep(0.02)
    saver.keep(history.changed(2, name="named").without(3))
    saver.write()
    assert (saver.mine / "entry-1.json").stat().st_mtime_ns == old
    assert not (saver.mine / "entry-3.json").exists()
    saver.close()


@pytest.mark.parametrize("moment", range(1, 7))
def test_a_kill_between_any_two_files_leaves_the_old_session_or_the_new(tmp_path, monkeypatch, moment):
    saver = Autosave(tmp_path, rest_s=3600)
    old = grown(2)
    saver.keep(old)
    saver.write()
    new = grown(3, old).moved(4)
    count = 0

    def dying(path, text, write=autosave.write_text):
        nonlocal count
        count += 1
        if count == moment:
            raise KillError
        write(path, text)

    saver.keep(new)
    with monkeypatch.context() as patch, contextlib.suppress(KillError):
        patch.setattr(autosave, "write_text", dying)
        saver.write()
    (saver.mine / autosave.OWNER).write_text(json.dumps({"pid": 2**22 + 1, "born": 1.0}))
    (found,) = autosave.recoveries(tmp_path)
    back = Autosave(found.path.parent).take(found)
    assert (back.newest, back.current) in ((2, 2), (5, 4))


def test_two_windows_keep_apart_and_one_alone_gets_a_lost_session(tmp_path):
    one, other = Desk(tmp_path), Desk(tmp_path)
    for desk in (one, other):
        desk.open()
        desk.does._autosave.write()
    assert len(list((tmp_path / "sessions").iterdir())) == 2
    assert autosave.recoveries(tmp_path / "sessions") == ()
    lost = left_behind(tmp_path / "sessions", grown(2))
    one.run("begin")
    other.run("begin")
    one.run("recover", lost)
    assert one.state.recipe.seed == 1
    other.run("recover", lost)
    assert "another window may have it" in other.state.problem
    assert other.state.recipe == SMALL
    assert other.state.recoveries == ()
    one.close()
    assert len(list((tmp_path / "sessions").iterdir())) == 1
    other.close()


def test_a_second_accident_loses_nothing_either(tmp_path):
    lost = left_behind(tmp_path, grown(2))
    saver = Autosave(tmp_path)
    saver.take(lost)  # and now this process dies, before it wrote anything
    assert autosave.recoveries(tmp_path) == ()
    (owner,) = tmp_path.glob(f"*/{autosave.OWNER}")
    owner.write_text(json.dumps({"pid": 2**22 + 1, "born": 1.0}))
    assert [r.title for r in autosave.recoveries(tmp_path)] == ["edit 1"]


def test_a_session_can_be_let_go(tmp_path):
    lost = left_behind(tmp_path / "sessions", grown(2))
    desk = Desk(tmp_path)
    desk.run("begin")
    desk.run("discard", lost)
    assert desk.state.recoveries == ()
    assert list((tmp_path / "sessions").iterdir()) == []
    desk.close()


def test_a_broken_session_is_set_aside_with_one_sentence(tmp_path):
    lost = left_behind(tmp_path, grown(2))
    (lost.path / "entry-2.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read; what is left of it lies in"):
        Autosave(tmp_path).take(lost)
    assert autosave.recoveries(tmp_path) == ()
    assert list(tmp_path.glob("broken-*"))
    (tmp_path / "1-abc").mkdir()
    assert autosave.recoveries(tmp_path) == ()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows can write anywhere")
def test_a_disk_that_refuses_stops_nobody(tmp_path):
    tmp_path.chmod(0o500)
    saver = Autosave(tmp_path / "sessions")
    saver.keep(grown(1))
    saver.write()
    assert "cannot be kept" in saver.problem
    tmp_path.chmod(0o700)


def test_a_place_that_cannot_be_a_folder_stops_nobody(tmp_path):
    (tmp_path / "sessions").write_text("a file")
    saver = Autosave(tmp_path / "sessions")
    saver.keep(grown(1))
    saver.write()
    assert "cannot be kept" in saver.problem
    saver.close()


def test_a_session_that_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "sessions").write_text("a file")
    desk = Desk(tmp_path)
    desk.open()
    desk.does._autosave.write()
    desk.run("set_seed", 3)
    assert desk.state.notice.startswith("The session cannot be kept")
    assert desk.state.recipe.seed == 3
    desk.close()
