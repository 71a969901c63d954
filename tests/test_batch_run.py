"""Batches in this process: what they leave, that they can be gone on with, and what happens when things fail."""

import csv
import json
import os
import signal
import socket
import sys
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pcgstudio.batch import run, worker
from pcgstudio.batch.executors import Engine, given
from pcgstudio.batch.folder import ITEM, LOCK, Folder
from pcgstudio.bundle import FILES, content_hash
from pcgstudio.cli_batch import Line
from pcgstudio.cli_batch import told as line_of
from pcgstudio.errors import Cancelled, InputError, PCGError
from pcgstudio.recipe import load

from .batches import DUNGEON, content, here, order_of, quick_pictures, written
from .command import Command

__all__ = ["quick_pictures"]
pytestmark = pytest.mark.usefixtures("quick_pictures")


def test_a_batch_leaves_a_bundle_a_map_and_tables_that_agree(tmp_path):
    result, told = here(written(tmp_path, seeds="1..3"), tmp_path / "out")
    assert result.reached
    assert (told["accepted"], told["rejected"], told["failed"]) == (3, 0, 0)
    table = pq.read_table(tmp_path / "out" / "manifest.parquet").to_pylist()
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [row["seed"] for row in table] == [1, 2, 3]
    assert [row["id"] for row in lines] == [row["id"] for row in table]
    for row in table:
        bundle = tmp_path / "out" / row["path"]
        assert {p.name for p in bundle.iterdir()} == {*FILES, ITEM}
        assert row["content_hash"] == content_hash(bundle)
        assert load(bundle).seed == row["seed"]
        assert row["check:count room equal 6"] == row["trait:rooms"] == 6
        assert (row["status"], row["satisfied"], row["reason"]) == ("accepted", True, "")
        assert row["seconds"] > 0
        assert len(row["descriptor"]) == 3 * 64 + 256 + 20
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "batch.json", "maps", "manifest.parquet", "manifest.csv", "contact_sheet.png", "report.md",
        "diversity.png", "expressive_range.png",
    }  # fmt: skip


def test_the_report_and_its_pictures_can_be_read(tmp_path):
    _, told = here(written(tmp_path, seeds="1..4", sweep={"parameters": {"rooms.room_count": [6, 9]}},
                           accept={"count": 4, "distinct": 0.0}), tmp_path / "out")  # fmt: skip
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "**4 maps accepted** (all that were asked for), 3 rejected, 0 failed" in text
    assert "| 3 | count room equal 6 |" in text
    assert "| count room equal 6 | 4 of 7 | 6 | 6 | 9 |  |" in text
    assert f"**{told['vendi']:.1f}** of 4" in text
    for name in ("contact_sheet.png", "expressive_range.png", "diversity.png"):
        assert f"({name})" in text
        with Image.open(tmp_path / "out" / name) as picture:
            assert picture.width > 600


def test_seeds_go_on_until_enough_are_accepted_and_nothing_more_is_kept(tmp_path):
    seen = []
    spec = written(tmp_path, seeds=[1], sweep={"parameters": {"rooms.room_count": [9, 6]}}, accept={"count": 3})
    result, told = here(spec, tmp_path / "out", workers=3, watch=seen.append)
    assert [d.status for d in result.decisions] == ["rejected", "accepted"] * 3
    assert told["reached"]
    assert len(Folder(tmp_path / "out").kept()) == 6, "what was made ahead is gone"
    assert seen[-1].accepted == 3


def test_the_limit_ends_a_batch_that_cannot_succeed(tmp_path):
    spec = written(tmp_path, sweep={"parameters": {"rooms.room_count": [9]}}, accept={"count": 2, "limit": 4})
    result, told = here(spec, tmp_path / "out")
    assert (result.reached, told["tried"], told["rejected"]) == (False, 4, 4)
    assert not (tmp_path / "out" / "contact_sheet.png").exists()
    assert "**0 maps accepted** (2 were asked for), 4 rejected" in (tmp_path / "out" / "report.md").read_text()


def test_bundles_of_rejects_go_where_that_is_said_and_their_measures_stay(tmp_path):
    spec = written(
        tmp_path, sweep={"parameters": {"rooms.room_count": [9, 6]}}, accept={"count": 1}, keep_rejects=False
    )
    result, _ = here(spec, tmp_path / "out")
    rejected, accepted = (tmp_path / "out" / "maps" / d.record["id"][:2] / d.record["id"] for d in result.decisions)
    assert [p.name for p in rejected.iterdir()] == [ITEM]
    assert {p.name for p in accepted.iterdir()} >= set(FILES)
    again, told = here(spec, tmp_path / "out")
    assert (told["made"], told["kept"]) == (0, 2)
    assert [d.status for d in again.decisions] == ["rejected", "accepted"]


def test_a_twin_is_dropped_and_names_its_elder(tmp_path):
    other = DUNGEON.model_copy(update={"name": "other"})
    path = written(tmp_path, recipes=["dungeon.pcg.json", "twin.pcg.json"], seeds=[4], accept={"count": 2, "limit": 3})
    (tmp_path / "twin.pcg.json").write_text(other.model_dump_json(), encoding="utf-8")
    result, _ = here(path, tmp_path / "out")
    first, twin, third = result.decisions
    assert (first.status, twin.status, third.status) == ("accepted", "rejected", "accepted")
    assert twin.reason.startswith(f"near-duplicate of {first.record['id']}: their distance 0.0000")


def test_order_of_completion_and_number_of_workers_change_nothing(tmp_path):
    spec = written(tmp_path, seeds="1..3", sweep={"parameters": {"rooms.room_count": [6, 7]}}, accept={"count": 4})
    _, plain = here(spec, tmp_path / "one")
    _, turned = here(spec, tmp_path / "two", executor=Backwards(), workers=4)
    assert plain["result_hash"] == turned["result_hash"]
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert plain["seconds"] != turned["seconds"]


class Backwards(Executor):
    """Finishes what it was given in the opposite order, a moment after it was given."""

    def __init__(self):
        self.waiting, self.pause = [], threading.Timer(0, lambda: None)

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.waiting.append((future, fn, args, kwargs))
        self.pause.cancel()
        self.pause = threading.Timer(0.2, self.work)
        self.pause.start()
        return future

    def work(self):
        while self.waiting:
            future, fn, args, kwargs = self.waiting.pop()
            if future.set_running_or_notify_cancel():
                future.set_result(fn(*args, **kwargs))


def test_an_interrupted_batch_goes_on_and_ends_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "TELL_EVERY_S", 0)
    spec = written(tmp_path, seeds="1..6")
    _, whole = here(spec, tmp_path / "whole")

    def stop(state):
        if state.made >= 2:
            raise KeyboardInterrupt

    with pytest.raises(Cancelled, match=r"cancelled; \d finished items stay"):
        here(spec, tmp_path / "out", watch=stop)
    kept = Folder(tmp_path / "out").kept()
    assert 2 <= len(kept) < 6
    ages = {i: (Folder(tmp_path / "out").place(i) / ITEM).stat().st_mtime_ns for i in kept}
    assert not (tmp_path / "out" / LOCK).exists()
    _, told = here(spec, tmp_path / "out")
    assert (told["kept"], told["made"]) == (len(kept), 6 - len(kept))
    assert {i: (Folder(tmp_path / "out").place(i) / ITEM).stat().st_mtime_ns for i in kept} == ages, "none is redone"
    assert told["result_hash"] == whole["result_hash"]
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_half_written_items_of_a_killed_run_vanish(tmp_path):
    spec = written(tmp_path, seeds="1..2")
    here(spec, tmp_path / "out")
    half = tmp_path / "out" / "maps" / "ab" / ".abcdef.x7"
    half.mkdir(parents=True)
    (half / "layers.npz").write_bytes(b"half")
    here(spec, tmp_path / "out")
    assert not half.exists()


def test_what_a_worker_left_half_written_before_it_was_killed_is_gone_at_the_end(tmp_path):
    def leave(state):
        half = tmp_path / "out" / "maps" / "cd" / ".cdef.x7"
        half.mkdir(parents=True, exist_ok=True)

    here(written(tmp_path, seeds="1..2"), tmp_path / "out", watch=leave)
    assert not list((tmp_path / "out").rglob(".*"))


def test_a_damaged_record_is_made_again(tmp_path):
    spec = written(tmp_path, seeds="1..2")
    _, whole = here(spec, tmp_path / "out")
    damaged = next((tmp_path / "out" / "maps").glob("*/*/item.json"))
    damaged.write_text('{"id": ', encoding="utf-8")
    _, told = here(spec, tmp_path / "out")
    assert (told["made"], told["kept"], told["result_hash"]) == (1, 1, whole["result_hash"])


def test_a_failing_item_stops_nobody_and_says_why(tmp_path, monkeypatch):
    def broken(item, point):
        if item.seed == 2:
            raise PCGError("step 'rooms' (rooms) failed: no room")
        return point

    real = worker._built
    monkeypatch.setattr(worker, "_built", lambda item: broken(item, None) or real(item))
    result, told = here(written(tmp_path, seeds="1..3"), tmp_path / "out")
    assert [d.status for d in result.decisions] == ["accepted", "failed", "accepted"]
    assert told["reasons"] == {"failed: step 'rooms' (rooms) failed: no room": 1}
    assert not result.reached
    monkeypatch.setattr(worker, "_built", real)
    _, again = here(written(tmp_path, seeds="1..3"), tmp_path / "out")
    assert again["result_hash"] == told["result_hash"], "it is known to fail and not tried again"


def test_what_may_pass_is_tried_again_next_time(tmp_path, monkeypatch):
    real = worker._built
    monkeypatch.setattr(worker, "_built", lambda item: (_ for _ in ()).throw(MemoryError("no memory")))
    _, told = here(written(tmp_path, seeds="1..2"), tmp_path / "out")
    assert told["failed"] == 2
    monkeypatch.setattr(worker, "_built", real)
    _, again = here(written(tmp_path, seeds="1..2"), tmp_path / "out")
    assert (again["accepted"], again["failed"]) == (2, 0)


def test_something_unforeseen_fails_its_item_only(tmp_path, monkeypatch):
    real = worker._built

    def odd(item):
        return 1 / 0 if item.seed == 1 else real(item)

    monkeypatch.setattr(worker, "_built", odd)
    result, _ = here(written(tmp_path, seeds="1..2"), tmp_path / "out")
    assert [d.status for d in result.decisions] == ["failed", "accepted"]
    assert result.decisions[0].reason == "unexpected ZeroDivisionError: division by zero; report it"


class Mortal(Executor):
    """Breaks after so many tasks, as a process pool does when a worker is killed."""

    def __init__(self, lives):
        self.lives, self.broken = lives, False

    def submit(self, fn, /, *args, **kwargs):
        if self.broken:
            raise BrokenExecutor("a worker died")
        future = Future()
        self.lives -= 1
        if self.lives < 0:
            self.broken = True
            future.set_exception(BrokenExecutor("a worker died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def mortal(*lives):
    """An engine whose executors live so long, one after the other."""
    coming = iter(lives)
    return Engine("mortal", 2, lambda: Mortal(next(coming)), lambda *_: None)


def test_items_whose_worker_died_are_made_by_the_next_one(tmp_path):
    spec = written(tmp_path, seeds="1..6")
    _, whole = here(spec, tmp_path / "whole")
    result = run.run(order_of(spec), tmp_path / "out", mortal(2, 0, 1, 0, 100))
    assert [d.status for d in result.decisions] == ["accepted"] * 6
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert whole["made"] == result.state.made == 6


def test_an_item_that_kills_every_worker_is_given_up_and_the_rest_made(tmp_path, monkeypatch):
    real = worker.make

    def deadly(item, root):
        if item.seed == 2:
            raise BrokenExecutor("killed")
        return real(item, root)

    monkeypatch.setattr(worker, "make", deadly)

    class Fragile(Mortal):
        def submit(self, fn, /, *args, **kwargs):
            try:
                return super().submit(fn, *args, **kwargs)
            except BrokenExecutor:
                if self.broken:
                    raise
                self.broken = True
                future = Future()
                future.set_exception(BrokenExecutor("killed"))
                return future

    result = run.run(order_of(written(tmp_path, seeds="1..4")), tmp_path / "out",
                     Engine("fragile", 2, lambda: Fragile(100), lambda *_: None))  # fmt: skip
    assert [d.status for d in result.decisions] == ["accepted", "failed", "accepted", "accepted"]
    assert "worker died 5 times" in result.decisions[1].reason


def test_an_executor_that_never_works_ends_the_batch_in_a_sentence(tmp_path):
    broken = Mortal(0)
    broken.broken = True
    with pytest.raises(PCGError, match=r"cannot work .* run the same command to go on"):
        run.run(order_of(written(tmp_path)), tmp_path / "out", given(broken, 1))


def test_a_worker_of_another_version_stops_the_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "version", lambda _name: "0.0.9")
    with pytest.raises(worker.UnfitWorkerError, match=r"a worker runs pcgstudio 0\.0\.9, not"):
        here(written(tmp_path), tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"resolution": 80}, "'resolution' was null and is now 80"), ({"seeds": "1..3"}, "'seeds' was"),
     ({"recipe": DUNGEON.model_copy(update={"name": "new"})}, "a recipe or a file that it names has changed")],
)  # fmt: skip
def test_a_changed_spec_is_refused_in_the_same_folder(tmp_path, change, words):
    here(written(tmp_path), tmp_path / "out")
    before = sorted(p for p in (tmp_path / "out").rglob("*"))
    with pytest.raises(InputError, match="holds another batch") as error:
        here(written(tmp_path, **change), tmp_path / "out")
    assert words in str(error.value)
    assert sorted(p for p in (tmp_path / "out").rglob("*")) == before


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds other files"):
        here(written(tmp_path), tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["letter.txt"]


def test_two_runs_do_not_share_a_folder_and_the_lock_of_a_dead_one_is_taken_over(tmp_path):
    spec, out = written(tmp_path), tmp_path / "out"
    here(spec, out)
    other = psutil.Process(os.getppid())
    alive = {"host": socket.gethostname(), "pid": other.pid, "since": other.create_time()}
    (out / LOCK).write_text(json.dumps(alive))
    with pytest.raises(InputError, match=f"being worked on by process {other.pid}"):
        here(spec, out)
    (out / LOCK).write_text(json.dumps({**alive, "host": "elsewhere"}))
    with pytest.raises(InputError, match="on 'elsewhere'; if that is over, delete"):
        here(spec, out)
    (out / LOCK).write_text(json.dumps({**alive, "since": 1.0}))
    assert here(spec, out)[0].reached


def test_exports_lie_beside_the_bundle(tmp_path):
    _, told = here(written(tmp_path, exports=["unity", "heightmap"]), tmp_path / "out")
    assert told["accepted"] == 1
    item = next((tmp_path / "out" / "maps").glob("*/*"))
    assert {p.name for p in (item / "exports").iterdir()} == {"unity", "heightmap"}
    assert list((item / "exports" / "unity").glob("*.raw"))
    assert list((item / "exports" / "heightmap").glob("map.*"))


def test_an_instruction_is_planned_and_fitted_for_every_seed(tmp_path):
    spec = written(tmp_path, instructions=["a dungeon with five rooms and a boss"], seeds="1..2", resolution=64)
    result, told = here(spec, tmp_path / "out")
    assert told["accepted"] == 2
    recipes = [load(Path(tmp_path / "out" / "maps" / d.record["id"][:2] / d.record["id"])) for d in result.decisions]
    assert [len(r.brief.checks) > 0 for r in recipes] == [True, True]
    assert recipes[0].seed != recipes[1].seed


def test_the_command_tells_and_exits(tmp_path, monkeypatch, capsys):
    command = Command(monkeypatch, capsys, tmp_path)
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr("pcgstudio.batch.executors.processes", lambda _jobs, _cells: given(pool, 1))
        written(tmp_path, seeds="1..2")
        code, out, err = command("batch", "spec.yaml", "-o", "made")
        assert (code, out) == (0, "")
        assert "2 maps on ThreadPoolExecutor" in err
        assert "done: 2 accepted, 0 rejected, 0 failed; 2 made now" in err
        code, out, _ = command("batch", "spec.yaml", "-o", "made", "--json")
        assert code == 0
        told = json.loads(out)
        assert (told["kept"], told["made"], told["reached"]) == (2, 0, True)
        written(tmp_path, sweep={"parameters": {"rooms.room_count": [9]}}, accept={"count": 1, "limit": 2})
        code, _, err = command("batch", "spec.yaml", "-o", "none")
        assert code == 3
        assert "only 0 of 1" in err
        assert "2 count room equal 6" in err
        code, _, err = command("batch", "spec.yaml", "-o", "farm", "--seeds", "5..5", "--json")
        assert code == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGTERM")
def test_the_signal_of_a_farm_ends_it_like_ctrl_c(tmp_path, monkeypatch, capsys):
    class Slot:
        """Ends the farm's slot when the first map is done."""

        def __init__(self, _live):
            self.over = False

        def __call__(self, state):
            if state.made and not self.over:
                self.over = True
                os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(run, "TELL_EVERY_S", 0)
    monkeypatch.setattr("pcgstudio.cli_batch.Line", Slot)
    command = Command(monkeypatch, capsys, tmp_path)
    try:
        with ThreadPoolExecutor(1) as pool:
            monkeypatch.setattr("pcgstudio.batch.executors.processes", lambda _jobs, _cells: given(pool, 1))
            written(tmp_path, seeds="1..5")
            code, out, err = command("batch", "spec.yaml", "-o", "made")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (code, out) == (130, "")
    assert "finished items stay in 'made', and the same command goes on with them" in err


def test_progress_tells_rate_and_what_is_left(capsys, monkeypatch):
    half = run.State(asked=50, accepted=20, rejected=4, listed=500, kept=3, made=24, seconds=48.0)
    assert line_of(half) == "20 of 50 accepted, 4 rejected, 3 from before; 0.50 a second, 1 min left"
    assert line_of(run.State(asked=10, listed=10)) == "0 of 10 accepted; starting"
    slow = run.State(asked=10**6, accepted=10**4, listed=10**6, made=10**4, seconds=10**4)
    assert line_of(slow).endswith("1.00 a second, 11 d left")
    quiet, live = Line(False), Line(True)
    quiet(half)
    assert capsys.readouterr().err == "", "in a log, a line every half minute is enough"
    monkeypatch.setattr(Line, "EVERY_S", 0.0)
    quiet(half)
    assert capsys.readouterr().err == f"{line_of(half)}\n"
    live(half)
    assert capsys.readouterr().err == f"\r\x1b[K{line_of(half)}"
