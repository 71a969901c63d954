"""The commands with a model behind a server on this machine: what is asked, said and left, and how it ends."""

import importlib.util
import json
import time
from pathlib import Path

import pytest

from pcgstudio.bundle import content_hash
from pcgstudio.recipe import load

from .command import Command
from .faulty_endpoint import DROP, FaultyEndpoint, status
from .scripted import SIX, brief, revise, rooms

pytestmark = pytest.mark.usefixtures("usual_generators")
KEY = "sk-test-0123456789abcdef0123456789abcdef"
ROOMS = ("a dungeon with 6 rooms", "--resolution", 64, "--seed", 3)
BOSS = brief(("6 rooms", "count", "room", "equal", 6), ("a boss", "count", "boss", "equal", 1))


@pytest.fixture
def cli(loopback, monkeypatch, capsys, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    return Command(monkeypatch, capsys, folder)


def report(cli, name="map"):
    return json.loads((cli.folder / name / "report.json").read_text())


def test_a_model_makes_a_map(cli):
    with FaultyEndpoint([SIX, rooms(6)]) as server:
        code, out, err = cli("generate", *ROOMS, "--base-url", server.base_url, "--model", "tiny")
    assert (code, out) == (0, ""), err
    assert "estimate: about" in err
    assert "round 0 critic brief" in err
    assert "tokens (critic brief" in err
    told = report(cli)
    assert (told["agent"], told["model"], told["protocol"]) == ("model", "tiny", "studio")
    assert [(s["agent"], s["round"]) for s in told["tokens_by"]] == [("critic", 0), ("actor", 1)]
    assert told["tokens"] == sum(s["prompt"] + s["completion"] for s in told["tokens_by"])


def test_a_configured_model_plays_by_itself_and_builtin_turns_it_off(cli, monkeypatch):
    with FaultyEndpoint([SIX, rooms(6)]) as server:
        monkeypatch.setenv("PCGSTUDIO_BASE_URL", server.base_url)
        monkeypatch.setenv("PCGSTUDIO_MODEL", "tiny")
        assert cli("generate", *ROOMS)[0] == 0
        assert report(cli)["agent"] == "model"
        assert cli("generate", *ROOMS, "--agent", "builtin")[0] == 0
        assert report(cli)["agent"] == "builtin"
        assert len(server.requests) == 2 + sum("probe" in str(r).lower() for r in server.requests[2:])


def test_the_papers_protocol(cli):
    with FaultyEndpoint([rooms(5), revise(), rooms(6)]) as server:
        code, _, err = cli("generate", *ROOMS, "--base-url", server.base_url, "--model", "tiny", "--protocol", "paper")
    assert code == 0, err
    assert [s["agent"] for s in report(cli)["tokens_by"]] == ["actor", "critic", "actor"]


def test_a_model_may_play_one_part(cli):
    with FaultyEndpoint([rooms(6)]) as server:
        words = ("--base-url", server.base_url, "--model", "tiny", "--critic", "builtin")
        assert cli("generate", *ROOMS, *words)[0] == 0
    assert report(cli)["agent"] == "model+builtin"


def test_a_follow_up_under_a_lock(cli):
    assert cli("generate", *ROOMS, "-o", "first")[0] == 0
    with FaultyEndpoint([SIX, {"generators": ["rooms"]}, rooms(9), rooms(6)]) as server:
        words = ("--base-url", server.base_url, "--model", "tiny", "--lock", "rooms.room_count")
        code, _, err = cli("edit", "first", "more winding corridors with 6 rooms", *words, "-o", "then")
    assert "parameter 'room_count' of step 'rooms' is locked" in err
    assert load(cli.folder / "then").step("rooms").params.get("room_count") == 6
    assert code in (0, 3)


def test_held_ground_on_the_command_line(cli):
    assert cli("generate", "two hills and a lake", "--resolution", 64, "--seed", 3, "-o", "first")[0] == 0
    assert cli("edit", "first", "three more hills", "--hold", "north", "-o", "then")[0] in (0, 3)
    assert load(cli.folder / "then").hold is not None
    assert cli("edit", "first", "three more hills", "--hold", "norht", "-o", "x")[0] == 2


def test_a_recorded_run_replays_with_the_server_gone(cli):
    with FaultyEndpoint([SIX, rooms(6)]) as server:
        assert cli("generate", *ROOMS, "--base-url", server.base_url, "--model", "tiny", "-o", "first")[0] == 0
    assert cli("replay", "first", "-o", "again")[0] == 0
    assert content_hash(cli.folder / "first") == content_hash(cli.folder / "again")


@pytest.mark.parametrize("fault", [DROP, status(401), status(500)], ids=["drop", "401", "500"])
def test_an_endpoint_that_fails_in_the_middle_leaves_a_map(cli, fault):
    with FaultyEndpoint([BOSS, rooms(6), *[fault] * 30]) as server:
        words = ("--base-url", server.base_url, "--model", "tiny")
        code, _, err = cli("generate", "a dungeon with 6 rooms and a boss", *ROOMS[1:], *words)
    assert code == 0, err
    assert "the built-in agents take over" in err
    assert report(cli)["agent"] == "model, then builtin"
    assert report(cli)["notes"]


def test_a_key_is_in_no_file_and_no_output(cli, monkeypatch):
    monkeypatch.setenv("PCGSTUDIO_API_KEY", KEY)
    leaking = status(401, f"wrong key {KEY}")
    with FaultyEndpoint([{**SIX, "interpretations": [f"your key is {KEY}"]}, leaking, leaking], key=KEY) as server:
        words = ("--base-url", server.base_url, "--model", "tiny")
        code, out, err = cli("generate", *ROOMS, *words)
    assert code in (0, 3)
    assert KEY not in out + err
    for path in (cli.folder / "map").iterdir():
        assert KEY.encode() not in path.read_bytes(), path.name


NO_MODEL = {
    "model": (("--agent", "model"), 1, "no language model is configured"),
    "paper": (("--protocol", "paper"), 1, "no language model is configured"),
    "builtin paper": (("--agent", "builtin", "--protocol", "paper"), 2, "only a model plays"),
    "both": (("--agent", "builtin", "--model", "tiny"), 2, "asks no model"),
    "agent": (("--agent", "gpt"), 2, "use auto, builtin or model"),
    "actor": (("--actor", "me"), 2, "use builtin or model"),
    "protocol": (("--protocol", "pape"), 2, "use studio or paper"),
    "policy": (("--policy", "none.json"), 2, "cannot be read"),
    "brief": (("--brief", "none.json"), 2, "cannot be read"),
    "allow": (("--allow", "hils"), 2, "did you mean 'hills'"),
}


@pytest.mark.parametrize("what", NO_MODEL)
def test_what_cannot_be_is_one_sentence(cli, what):
    words, code, said = NO_MODEL[what]
    got, out, err = cli("generate", *ROOMS, *words)
    assert (got, out) == (code, ""), err
    assert said in err
    assert len(err.splitlines()) == 1
    assert cli.left() == []


def test_a_person_may_give_the_checks(cli):
    assert cli("generate", *ROOMS, "-o", "first")[0] == 0
    told = json.loads((cli.folder / "first" / "recipe.pcg.json").read_text())["brief"]
    told["checks"] = [{**c, "value": 7.0} for c in told["checks"] if c["metric"] == "count"]
    (cli.folder / "mine.json").write_text(json.dumps(told))
    code, _, err = cli("generate", *ROOMS, "--brief", "mine.json")
    assert code == 0, err
    assert [c["measured"] for c in report(cli)["checks"]] == [7]


def test_tokens_are_limited(cli):
    with FaultyEndpoint([SIX, rooms(6)]) as server:
        words = ("--base-url", server.base_url, "--model", "tiny", "--max-tokens", 100)
        code, _, err = cli("generate", *ROOMS, *words)
    assert code == 0, err
    assert report(cli)["tokens"] <= 100
    assert "raise --max-tokens" in err


def test_the_transcript_of_the_documentation_is_of_a_run_that_is_done(loopback):
    """`docs/model-run.md` is made by this script; what it tells must be so."""
    path = Path(__file__).resolve().parents[1] / "docs" / "model_run.py"
    spec = importlib.util.spec_from_file_location("model_run", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    events, questions = script.played()
    assert (events[-1].status, events[-1].rounds) == ("done", 2)
    assert len(questions) == len(script.SCRIPT)
    page = (path.parent / "model-run.md").read_text(encoding="utf-8")
    assert script.TEXT in page
    assert "**done** after 2 rounds" in page
