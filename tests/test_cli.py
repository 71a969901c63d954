"""The commands: what they leave, what they print where, and how they end."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pcgstudio.bundle import FILES, content_hash
from pcgstudio.errors import Cancelled
from pcgstudio.generator import load_generators
from pcgstudio.recipe import Recipe, Step, load, save

from .command import Command

ROOMS = ("a dungeon with 6 rooms", "--resolution", 64, "--seed", 3)
HILLS = ("two hills and a lake", "--resolution", 64, "--seed", 3)


@pytest.fixture
def cli(monkeypatch, capsys, tmp_path):
    return Command(monkeypatch, capsys, tmp_path)


@pytest.fixture
def rooms(cli):
    """The folder of a finished dungeon."""
    code, _, err = cli("generate", *ROOMS, "-o", "rooms")
    assert code == 0, err
    return cli.folder / "rooms"


def strict(text):
    """Parse JSON as other programs do, which know no NaN."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


# -- generate ----------------------------------------------------------------------------------------------------------


def test_generate_leaves_seven_files_and_says_what_was_measured(cli):
    code, out, err = cli("generate", *HILLS, "-o", "map")
    assert code == 0
    assert out == ""
    assert cli.left() == ["map"]
    assert sorted(p.name for p in (cli.folder / "map").iterdir()) == sorted(FILES)
    assert [line.split()[0] for line in err.splitlines()[:2]] == ["ok", "ok"]
    assert '"two hills"' in err
    assert err.splitlines()[-1].startswith("done: map/preview.png")


def test_the_report_holds_what_was_asked_and_measured(rooms):
    told = strict((rooms / "report.json").read_text())
    assert (told["instruction"], told["status"], told["agent"]) == (ROOMS[0], "done", "builtin")
    (count,) = (c for c in told["checks"] if c["metric"] == "count")
    assert (count["asked"], count["measured"], count["passed"], count["quote"]) == (6, 6, True, "6 rooms")
    lines = [strict(line) for line in (rooms / "session.jsonl").read_text().splitlines()]
    assert (lines[0]["event"], lines[-1]["event"]) == ("Started", "Finished")


def test_json_stands_alone_on_stdout(cli):
    code, out, err = cli("generate", *ROOMS, "-o", "map", "--json")
    told = strict(out)
    assert (code, told["status"], told["out"]) == (0, "done", "map")
    assert told["report"]["checks"][0]["passed"]
    assert told["brief"]["instruction"] == ROOMS[0]
    assert err == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a dungeon with 6 rooms and a dragon", "not measurable: a dragon"),
        ("a dungeon with 6 rooms and a zzyzx", "not understood:"),
        ("60% desert and 60% snow", "contradictory: '60% desert' and '60% snow' add up to 120%"),
    ],
)
def test_a_best_effort_is_written_and_ends_with_3(cli, text, said):
    code, _, err = cli("generate", text, "--resolution", 64, "-o", "map")
    assert code == 3
    assert said in err
    assert err.splitlines()[-1].startswith("best effort: map")
    assert strict((cli.folder / "map" / "report.json").read_text())["status"] == "best_effort"


@pytest.mark.parametrize(
    ("size", "extent"), [("600", (600, 600)), ("600x300", (600, 300)), ("600X300", (600, 300)), ("600×300", (600, 300))]
)
def test_size_and_seed_are_what_was_said(cli, size, extent):
    assert cli("generate", *HILLS, "--size", size, "-o", "map")[0] in (0, 3)
    recipe = load(cli.folder / "map")
    assert (recipe.extent_m, recipe.seed, recipe.resolution) == (extent, 3, 64)


def test_another_seed_is_another_map(cli, rooms):
    cli("generate", ROOMS[0], "--resolution", 64, "--seed", 4, "-o", "other")
    assert content_hash(rooms) != content_hash(cli.folder / "other")


def test_an_earlier_bundle_is_replaced(cli, rooms):
    before = content_hash(rooms)
    assert cli("generate", "a dungeon with 9 rooms", "--resolution", 64, "-o", "rooms")[0] == 0
    assert content_hash(rooms) != before
    assert cli.left() == ["rooms"]


def test_the_folder_is_called_map_by_default(cli):
    assert cli("generate", *ROOMS)[0] == 0
    assert cli.left() == ["map"]


# -- edit --------------------------------------------------------------------------------------------------------------


def test_edit_prints_the_difference_and_how_much_changed(cli, rooms):
    code, out, err = cli("edit", rooms, "more rooms", "-o", "after")
    assert (code, out) == (0, "")
    assert "changed:\n  rooms.room_count: 6 -> 9" in err
    assert "of the map outside it changed" in err
    before, after = load(rooms), load(cli.folder / "after")
    assert after.seed == before.seed
    assert after.history == ("more rooms",)
    assert load(rooms).history == (), "the file that was edited is left alone"


def test_edit_in_json_and_over_itself(cli, rooms):
    code, out, err = cli("edit", rooms / "recipe.pcg.json", "add a boss room", "-o", "rooms", "--json")
    told = strict(out)
    assert (code, err) == (0, "")
    assert told["diff"] == ["roles.bosses: 0 -> 1"]
    assert 0 <= told["changed_outside"] <= told["changed_inside"] <= 1


def test_an_edit_that_cannot_be_done_ends_with_3(cli, rooms):
    code, _, err = cli("edit", rooms, "add a dragon", "-o", "after")
    assert code == 3
    assert "nothing in the recipe" in err
    assert "dragon" in err


# -- build and check ---------------------------------------------------------------------------------------------------


def test_build_gives_the_same_map_again(cli, rooms):
    code, _, err = cli("build", rooms / "recipe.pcg.json", "-o", "again")
    assert code == 0, err
    assert content_hash(rooms) == content_hash(cli.folder / "again")
    assert sorted(p.name for p in (cli.folder / "again").iterdir()) == sorted(FILES)
    assert strict((cli.folder / "again" / "report.json").read_text())["agent"] == "none"


def test_build_at_another_resolution(cli, rooms):
    assert cli("build", rooms, "-o", "fine", "--resolution", 128)[0] == 0
    with np.load(cli.folder / "fine" / "layers.npz") as layers:
        assert max(layers["height"].shape) == 128


def test_build_without_a_brief_is_done(cli):
    save(Recipe(resolution=32, steps=(Step(id="a", generator="terrain_noise"),)), cli.folder / "plain.pcg.json")
    code, out, _ = cli("build", "plain.pcg.json", "-o", "map", "--json")
    assert (code, strict(out)["status"]) == (0, "done")


def test_a_step_that_cannot_be_built_ends_with_1_and_nothing_written(cli):
    steps = (Step(id="hall", generator="rooms", params={"room_count": 6}), Step(id="who", generator="roles"))
    recipe = Recipe(resolution=32, extent_m=(64.0, 64.0), steps=steps[1:])
    save(recipe, cli.folder / "broken.pcg.json")
    code, out, err = cli("build", "broken.pcg.json", "-o", "map")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "rooms" in err
    assert cli.left() == ["broken.pcg.json"]


def test_check_measures_a_bundle_a_recipe_and_another_wish(cli, rooms):
    code, out, err = cli("check", rooms)
    assert (code, out) == (0, "")
    assert "ok   count room equal 6" in err
    assert cli("check", rooms / "recipe.pcg.json")[0] == 0
    code, _, err = cli("check", rooms, "a dungeon with 7 rooms")
    assert code == 3
    assert "MISS count room equal 7" in err
    code, out, _ = cli("check", rooms, "--json")
    assert strict(out)["report"]["checks"][0]["passed"]
    assert cli.left() == ["rooms"]


def test_check_reads_the_layers_that_are_there(cli, rooms):
    layers = dict(np.load(rooms / "layers.npz"))
    layers["room"] = np.where(layers["room"] == 6, 0, layers["room"])
    np.savez(rooms / "layers.npz", **layers)
    code, _, err = cli("check", rooms)
    assert code == 3
    assert "MISS count room equal 6" in err


# -- the manual and the doctor -----------------------------------------------------------------------------------------


def test_generators_lists_every_one(cli):
    code, out, err = cli("generators")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(load_generators())


def test_generators_names_parameters_with_units_and_bounds(cli):
    code, out, _ = cli("generators", "hills")
    assert code == 0
    assert "height_m" in out
    told = strict(cli("generators", "hills", "--json")[1])
    (height,) = (p for p in told[0]["parameters"] if p["name"] == "height_m")
    assert (height["unit"], height["minimum"], height["maximum"]) == ("m", 1, 1000)
    assert len(strict(cli("generators", "--json")[1])) == len(load_generators())


def test_doctor_says_what_works_and_the_cure(cli, monkeypatch):
    monkeypatch.setattr("pcgstudio.doctor.gl_works", lambda **_: False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    code, out, err = cli("doctor")
    assert (code, err) == (0, "")
    assert "cure: on Debian or Ubuntu: apt-get install" in out
    told = strict(cli("doctor", "--json")[1])
    assert all(f["cure"] for f in told if not f["works"])
    assert {f["name"] for f in told} >= {"generators", "memory", "live 3D view", "model endpoint"}


def test_doctor_fails_where_the_main_job_cannot_be_done(cli, monkeypatch):
    monkeypatch.setattr("pcgstudio.doctor.gl_works", lambda **_: True)
    monkeypatch.setattr("pcgstudio.doctor.load_generators", dict)
    code, out, _ = cli("doctor")
    assert code == 1
    assert "cure: reinstall" in out


# -- ends --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt, Cancelled("cancelled; nothing was written")])
def test_cancelling_ends_with_130_and_leaves_nothing(cli, monkeypatch, error):
    calls = []

    def progress(_fraction, _text):
        calls.append(1)
        if len(calls) == 5:
            raise error

    monkeypatch.setattr("pcgstudio.cli.progress", progress)
    code, out, err = cli("generate", *HILLS, "-o", "map")
    assert (code, out) == (130, "")
    assert err == "pcgstudio: cancelled; nothing was written\n"
    assert cli.left() == []


def test_an_interrupt_while_writing_keeps_the_earlier_bundle(cli, rooms, monkeypatch):
    before = content_hash(rooms)

    def interrupted(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("pcgstudio.bundle.write_glb", interrupted)
    assert cli("generate", "a dungeon with 9 rooms", "--resolution", 64, "-o", "rooms")[0] == 130
    assert content_hash(rooms) == before
    assert cli.left() == ["rooms"]


def test_what_nobody_foresaw_is_one_sentence_too(cli, monkeypatch):
    def burst(*_args, **_more):
        raise RuntimeError("first line\nsecond line")

    monkeypatch.delenv("PCGSTUDIO_DEBUG", raising=False)
    monkeypatch.setattr("pcgstudio.bundle.write_glb", burst)
    code, out, err = cli("generate", *ROOMS, "-o", "map")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "RuntimeError" in err
    assert "PCGSTUDIO_DEBUG" in err
    assert cli.left() == []


def test_without_a_window_the_cure_is_named(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "pcgstudio.ui.app", None)
    code, _, err = cli()
    assert code == 1
    assert "pcgstudio generate" in err


PROGRAM = (sys.executable, "-c", "from pcgstudio.cli import main; main()")


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    with subprocess.Popen(
        [*PROGRAM, "generators", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as child:
        child.stdout.read(20)
        child.stdout.close()
        assert child.stderr.read() == b""


WORKING = "import pcgstudio.cli as c; c.progress = lambda *_: print('at work', flush=True); c.main()"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_ctrl_c_ends_a_real_run_cleanly(tmp_path):
    words = ("generate", "an island with hills and three rivers", "-o", "map", "--resolution", "1024")
    with subprocess.Popen(
        [sys.executable, "-c", WORKING, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, text=True,
    ) as child:  # fmt: skip
        assert child.stdout.readline() == "at work\n"
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=120)[1]
    assert child.returncode == 130, said
    assert said == "pcgstudio: cancelled; nothing was written\n"
    assert list(Path(tmp_path).iterdir()) == []
