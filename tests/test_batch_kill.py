"""A batch in real processes that is killed, stopped by Ctrl-C, or loses a worker, and ends as if nothing had been."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pcgstudio.batch.folder import ITEM

from .batches import content, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to kill with")

PROGRAM = Path(sys.executable).with_name("pcgstudio")


def begun(spec, out, *options):
    return subprocess.Popen(
        [PROGRAM, "batch", spec, "-o", out, "--json", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def ended(process, timeout=120):
    """Return exit code, summary and what was said."""
    out, err = process.communicate(timeout=timeout)
    return process.returncode, json.loads(out) if out else None, err


def finished(out):
    return len(list((out / "maps").glob(f"??/[!.]*/{ITEM}")))


def until(condition, timeout=60):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def children_of(process):
    return psutil.Process(process.pid).children(recursive=True)


def workers_of(process):
    """The processes that compute, not the one that tracks resources."""
    return [p for p in children_of(process) if "spawn_main" in " ".join(p.cmdline())]


def killed(process):
    """Kill -9 the program; see that its workers end by themselves."""
    family = children_of(process)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, "workers outlive their program"


def test_killed_twice_short_of_a_worker_and_interrupted_it_ends_the_same(tmp_path):
    spec = written(tmp_path, seeds="1..8", resolution=64)
    code, whole, _ = ended(begun(spec, tmp_path / "whole", "--jobs", "1"))
    assert (code, whole["accepted"]) == (0, 8)
    out = tmp_path / "out"

    first = begun(spec, out, "--jobs", "2")
    until(lambda: finished(out) >= 1)
    killed(first)
    one = finished(out)
    assert 1 <= one < 8

    second = begun(spec, out, "--jobs", "2")
    until(lambda: finished(out) >= one + 1)
    workers_of(second)[0].kill()
    until(lambda: finished(out) >= one + 2)
    second.send_signal(signal.SIGINT)
    code, told, err = ended(second)
    assert (code, told) == (130, None)
    assert "cancelled;" in err
    assert "Traceback" not in err
    two = finished(out)
    assert f"{two} finished items stay" in err

    code, told, _ = ended(begun(spec, out, "--jobs", "2"))
    assert (code, told["kept"], told["made"]) == (0, two, 8 - two)
    assert told["result_hash"] == whole["result_hash"]
    assert content(out) == content(tmp_path / "whole")
    assert not list(out.rglob(".*")), "nothing half done is left"


@pytest.mark.long
@pytest.mark.timeout(5400)
def test_two_hundred_maps_with_forty_kills_end_as_an_undisturbed_batch(tmp_path):
    spec = written(
        tmp_path, seeds="1..40", resolution=256,
        instructions=[
            "a dungeon with eight rooms", "three hills", "a small island with forest", "two lakes", "sand dunes",
        ],
    )  # fmt: skip
    code, whole, _ = ended(begun(spec, tmp_path / "whole"), timeout=2700)
    assert whole["tried"] == 200
    assert code in (0, 3)
    dice = random.Random(7)
    moments = sorted(dice.sample(range(1, 196), 40))
    out = tmp_path / "out"
    for moment in moments:
        process = begun(spec, out)
        until(lambda: finished(out) >= moment or process.poll() is not None, timeout=600)  # noqa: B023 - used at once
        time.sleep(dice.uniform(0, 1.5))
        if dice.random() < 0.25 and (family := workers_of(process)):
            dice.choice(family).kill()
            time.sleep(dice.uniform(0, 1))
        if process.poll() is None:
            killed(process)
    again, told, _ = ended(begun(spec, out), timeout=2700)
    assert again == code
    assert told["result_hash"] == whole["result_hash"]
    assert content(out) == content(tmp_path / "whole")
