"""Whatever is wrong with what comes in: one sentence that names the value and the cure, exit 2, nothing left behind."""

import json
import os

import pytest

from pcgstudio.bundle import FILES
from pcgstudio.recipe import Recipe, Step, dumps, loads
from pcgstudio.region import Compass

from .command import Command


@pytest.fixture
def cli(monkeypatch, capsys, tmp_path):
    return Command(monkeypatch, capsys, tmp_path)


def refused(answer, *said, code=2):
    """One line on stderr that says all of this, and nothing on stdout."""
    got, out, err = answer
    assert got == code, err
    assert out == ""
    assert err.startswith("pcgstudio: ")
    assert err.count("\n") == 1, f"more than one line: {err!r}"
    assert "Traceback" not in err
    for piece in said:
        assert piece in err, f"{piece!r} is not in {err!r}"


RECIPE = Recipe(
    name="a test", seed=5, extent_m=(300.0, 300.0), resolution=32,
    steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 20.0}),
        Step(id="hill", generator="hills", params={"count": 1}, where=Compass(place="north")),
    ),
)  # fmt: skip


# -- what is said ------------------------------------------------------------------------------------------------------

INSTRUCTIONS = {
    "nothing": ("", "empty", "such as"),
    "only blanks": (" \n\t ", "empty", "such as"),
    "small talk": ("hello world", "hello world", "name landforms"),
    "a question": ("what is the capital of France?", "capital of France", "name landforms"),
    "another language": ("ein Berg mit zwei Seen", "ein Berg", "name landforms"),
    "only signs": ("?!... --- 🏔", "describes no map", "such as"),
    "code": ("__import__('os').system('ls')", "__import__", "name landforms"),
    "a novel": ("a lake " * 700, "4899 characters", "shorten it to 4000"),
    "a map that cannot be": ("a lake on a map of 2 x 40 km", "40000", "16 times"),
    "a map beyond all bounds": ("a 900 km map with a lake", "900000", "200,000"),
}


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_an_instruction_that_cannot_be_used(cli, name):
    text, *said = INSTRUCTIONS[name]
    refused(cli("generate", text, "-o", "map", "--resolution", 32), *said)
    refused(cli("generate", text, "-o", "map", "--resolution", 32, "--json"), *said)
    assert cli.left() == []


CONTRADICTORY = {
    "80% water and 40% forest of the map": ("120%", "lower one by 20%"),
    "no lakes, but two lakes in the north": ("no lakes", "drop one of them"),
    "a hill, no trees and rocks": ("no trees and rocks", "no ... or ..."),
}


@pytest.mark.parametrize("text", CONTRADICTORY)
def test_a_contradiction_is_a_best_effort_that_names_it(cli, text):
    code, _, err = cli("generate", text, "-o", "map", "--resolution", 32)
    assert code == 3
    (line,) = (line for line in err.splitlines() if line.startswith("contradictory: "))
    for piece in CONTRADICTORY[text]:
        assert piece in line
    assert sorted(p.name for p in (cli.folder / "map").iterdir()) == sorted(FILES)


# -- options -----------------------------------------------------------------------------------------------------------

OPTIONS = {
    "--size nan": ("nan", "metres"),
    "--size inf": ("inf", "metres"),
    "--size wide": ("wide", "1000 or 2000x1000"),
    "--size 1x2x3": ("1x2x3", "metres"),
    "--size -5": ("-5", "metres"),
    "--size 1": ("1", "between 10 and 200000"),
    "--size 1e9": ("1e9", "between 10 and 200000"),
    "--size 5000x20": ("5000", "16 times"),
    "--resolution 7": ("7", "16 to 16384"),
    "--resolution 99999": ("99999", "16 to 16384"),
    "--resolution many": ("--resolution", "valid integer"),
    "--seed -1": ("--seed", "greater than or equal to 0"),
    "--seed 4294967296": ("--seed", "less than or equal to 4294967295"),
    "--seed 1.5": ("--seed", "valid integer"),
    "--rounds 0": ("--rounds", "greater than or equal to 1"),
    "--agent parrot": ("parrot", "auto, builtin or model"),
    "--protocol guess": ("guess", "studio or paper"),
    "--frobnicate": ("--frobnicate", "--help"),
}


@pytest.mark.parametrize("words", OPTIONS)
def test_an_option_that_cannot_be_used(cli, words):
    refused(cli("generate", "a hill", "-o", "map", *words.split()), *OPTIONS[words])
    assert cli.left() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [(["generate"], "instruction"), (["edit", "x.pcg.json"], "instruction"), (["build"], "file"), (["paint"], "paint")],
)
def test_a_command_with_words_missing_or_unknown(cli, words, said):
    refused(cli(*words), said, "--help")


def test_unknown_generators_name_the_nearest(cli):
    refused(cli("generators", "mountans"), "mountans", "did you mean 'mountains'?")


# -- memory ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resolution", [256, 2048])
def test_a_map_too_large_for_memory_is_refused_before_any_work(cli, monkeypatch, resolution):
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: 3_000_000)
    answer = cli("generate", "a hill", "-o", "map", "--resolution", resolution)
    refused(answer, str(resolution), "GiB", "use --resolution 128 or less")
    assert cli.left() == []


def test_the_resolution_that_is_named_fits(cli, monkeypatch):
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: 3_000_000)
    assert cli("generate", "a dungeon with 6 rooms", "-o", "map", "--resolution", 128)[0] == 0


def test_a_recipe_too_large_for_memory(cli, monkeypatch):
    (cli.folder / "r.pcg.json").write_text(dumps(RECIPE.model_copy(update={"resolution": 16384})))
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: 2**30)
    refused(cli("build", "r.pcg.json", "-o", "map"), "16384 cells", "1.0 GiB", "--resolution")
    refused(cli("edit", "r.pcg.json", "make the hill higher", "-o", "map"), "16384 cells", "--resolution")
    assert cli.left() == ["r.pcg.json"]


# -- recipes -----------------------------------------------------------------------------------------------------------


def tampered(*path, to):
    """The recipe's document with one value replaced; the path leads there."""
    document = json.loads(dumps(RECIPE))
    inner = document
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = to
    return json.dumps(document)


RECIPES = {
    "empty": ("", "no valid JSON"),
    "cut off": (dumps(RECIPE)[:120], "no valid JSON", "restore"),
    "a list": ("[1, 2]", "no recipe", "JSON object"),
    "another document": ('{"hello": 1}', "format"),
    "of tomorrow": (tampered("format", to=2), "format 2", "update pcgstudio"),
    "of no version": (tampered("format", to="one"), "'one'", "update pcgstudio"),
    "NaN": (tampered("resolution", to=float("nan")), "NaN"),
    "infinite": (tampered("steps", 0, "params", "amplitude_m", to=float("inf")), "Infinity"),
    "a large exponent": (dumps(RECIPE).replace("20.0", "1e999"), "amplitude_m"),
    "an unknown key": (tampered("seeed", to=1), "seeed", "did you mean 'seed'?"),
    "an unknown key in a step": (tampered("steps", 0, "generatr", to=1), "generatr", "did you mean 'generator'?"),
    "an unknown parameter": (tampered("steps", 1, "params", "cout", to=1), "cout", "did you mean 'count'?"),
    "an unknown generator": (tampered("steps", 1, "generator", to="hils"), "hils", "did you mean 'hills'?"),
    "an unknown place": (tampered("steps", 1, "where", "place", to="nort"), "nort"),
    "a value out of bounds": (tampered("steps", 1, "params", "count", to=100000), "100000", "120"),
    "a text for a number": (tampered("steps", 1, "params", "count", to="many"), "'many'", "count"),
    "too few cells": (tampered("resolution", to=3), "resolution = 3", "16"),
    "no ground": (tampered("extent_m", to=[0, 0]), "extent_m", "10 m"),
    "a strip": (tampered("extent_m", to=[10000, 20]), "extent_m", "16 times"),
    "a seed below zero": (tampered("seed", to=-1), "seed = -1"),
    "the same step twice": (tampered("steps", 1, "id", to="ground"), "two steps", "ground"),
    "a step without a name": (tampered("steps", 1, "id", to=""), "id"),
    "a path for a name": (tampered("steps", 1, "id", to="../../x"), "../../x"),
    "steps that are no list": (tampered("steps", to="all"), "steps", "'all'"),
    "nested too deep": ("[" * 100_000, "no valid JSON"),
}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("command", ["build", "check", "edit"])
def test_a_recipe_that_cannot_be_used(cli, name, command):
    text, *said = RECIPES[name]
    (cli.folder / "r.pcg.json").write_text(text, encoding="utf-8")
    words = {"build": ["-o", "map"], "check": [], "edit": ["more hills", "-o", "map"]}[command]
    refused(cli(command, "r.pcg.json", *words), "r.pcg.json", *said)
    assert cli.left() == ["r.pcg.json"]


def test_the_untampered_recipe_is_fine():
    assert loads(tampered("seed", to=5)) == RECIPE


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ({"metric": "cuteness"}, "cuteness"),
        ({"metric": "count", "arguments": {"feature": "dragon"}}, "dragon"),
        ({"metric": "count", "arguments": {"feature": "hill", "colour": "red"}}, "colour"),
        ({"metric": "share", "arguments": {"feature": "hill"}, "relation": "about"}, "about"),
        ({"metric": "share", "arguments": {"feature": "hill"}, "weight": 7}, "weight = 7"),
    ],
)
def test_a_check_that_cannot_be_measured(cli, check, said):
    (cli.folder / "r.pcg.json").write_text(tampered("brief", to={"checks": [check]}))
    refused(cli("check", "r.pcg.json"), said)
    refused(cli("build", "r.pcg.json", "-o", "map"), said)
    assert cli.left() == ["r.pcg.json"]


def test_files_that_are_no_recipe(cli):
    (cli.folder / "bytes").write_bytes(b"\xff\xfe\x00\x01" * 20)
    (cli.folder / "empty").mkdir()
    for command, more in (("build", ["-o", "map"]), ("check", []), ("edit", ["more hills", "-o", "map"])):
        refused(cli(command, "bytes", *more), "bytes", "cannot be read as text", ".pcg.json")
        refused(cli(command, "nowhere.pcg.json", *more), "nowhere.pcg.json", "pcgstudio generate")
        refused(cli(command, "empty", *more), "empty", "pcgstudio generate")
    assert cli.left() == ["bytes", "empty"]


@pytest.mark.parametrize("damage", ["cut", "garbage", "gone", "another map"])
def test_a_bundle_that_was_damaged(cli, damage):
    assert cli("generate", "a dungeon with 4 rooms", "-o", "map", "--resolution", 32)[0] in (0, 3)
    layers = cli.folder / "map" / "layers.npz"
    if damage == "cut":
        layers.write_bytes(layers.read_bytes()[:500])
    elif damage == "garbage":
        layers.write_bytes(b"PK\x03\x04 not really")
    elif damage == "gone":
        (cli.folder / "map" / "layers.json").unlink()
    else:
        cli("generate", "a dungeon with 4 rooms", "-o", "other", "--resolution", 64)
        layers.write_bytes((cli.folder / "other" / "layers.npz").read_bytes())
    refused(cli("check", "map"), "map", "build")


# -- folders -----------------------------------------------------------------------------------------------------------


def test_a_folder_with_other_things_in_it_is_left_alone(cli):
    (cli.folder / "mine").mkdir()
    (cli.folder / "mine" / "letter.txt").write_text("dear")
    refused(cli("generate", "a hill", "-o", "mine"), "mine", "-o")
    refused(cli("generate", "a hill", "-o", "mine/letter.txt"), "letter.txt", "-o")
    assert (cli.folder / "mine" / "letter.txt").read_text() == "dear"
    assert cli.left() == ["mine"]


def test_a_file_in_the_way_of_the_folder(cli):
    (cli.folder / "file").write_text("x")
    refused(cli("generate", "a hill", "-o", "file/map", "--resolution", 32), "file", "-o")
    assert cli.left() == ["file"]


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(cli, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("pcgstudio.studio.run", lambda *_a, **_m: pytest.fail("it went to work"))
    refused(cli("generate", "a hill", "-o", "map"), "map", "not writable", "-o")
    assert cli.left() == []


def test_a_disk_that_is_full_leaves_nothing(cli, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pcgstudio.bundle.write_glb", full)
    refused(cli("generate", "a hill", "-o", "map", "--resolution", 32), "map", "No space left", "-o")
    assert cli.left() == []


def test_follow_ups_that_cannot_be_used(cli):
    (cli.folder / "r.pcg.json").write_text(dumps(RECIPE))
    refused(cli("edit", "r.pcg.json", "", "-o", "map"), "empty")
    refused(cli("edit", "r.pcg.json", "sing a song", "-o", "map"), "sing a song", "say what to add")
    refused(cli("check", "r.pcg.json", ""), "empty")
    refused(cli("check", "r.pcg.json", "sing a song"), "sing a song", "name landforms")
    assert cli.left() == ["r.pcg.json"]
