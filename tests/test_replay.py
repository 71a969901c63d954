"""A recorded session is told again without its model, and leaves the same bytes."""

import json

import numpy as np
import pytest

from pcgstudio.build import StepCache
from pcgstudio.bundle import FILES, Run, write_bundle
from pcgstudio.errors import InputError, ModelGoneError
from pcgstudio.events import Asked, Failed, Finished
from pcgstudio.policy import Policy
from pcgstudio.recipe import load
from pcgstudio.region import Compass
from pcgstudio.replay import read_session, replay
from pcgstudio.studio import Budget, run

from .command import Command
from .scripted import APPROVE, SIX, ScriptedModel, brief, revise, rooms

pytestmark = pytest.mark.usefixtures("usual_generators")
CACHE = StepCache()
TEXT = "a dungeon with 6 rooms"
BOSS = brief(("6 rooms", "count", "room", "equal", 6), ("a boss", "count", "boss", "equal", 1))
PICTURE = np.zeros((720, 1280, 3), np.uint8)


def record(folder, text=TEXT, **more):
    """Run and leave a bundle; its session is the recording."""
    stream = list(run(text, **{"seed": 1, "resolution": 64, "cache": CACHE, **more}))
    return leave(folder, stream)


def leave(folder, stream):
    end = stream[-1]
    assert isinstance(end, Finished), end
    about = Run(
        instruction=stream[0].instruction, status=end.status, rounds=end.rounds, agent=end.agent, model=end.model,
        tokens=end.tokens, spent=tuple(s.model_dump() for s in end.spent), notes=end.notes,
    )  # fmt: skip
    lines = [e.to_json() for e in stream]
    write_bundle(folder, end.recipe, end.world, end.brief, end.report, about, lines, PICTURE)
    return stream


def without_times(path):
    """The text of a file, its times left out."""
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.suffix == ".jsonl" else json.loads(
        path.read_text()
    )  # fmt: skip
    return strip(told)


def strip(value):
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if k != "seconds"}
    return [strip(v) for v in value] if isinstance(value, list) else value


RUNS = {
    "a model": lambda: {"model": ScriptedModel(SIX, rooms(6))},
    "several rounds": lambda: {"model": ScriptedModel(BOSS, rooms(6), revise(), rooms(7), APPROVE, rooms(6))},
    "a model that sees": lambda: {
        "model": ScriptedModel(BOSS, rooms(6), APPROVE, rooms(8), sees=True),
        "budget": Budget(2),
    },
    "a model that went away": lambda: {"model": ScriptedModel(SIX, ModelGoneError("the endpoint is gone"))},
    "a budget that ran out": lambda: {"model": ScriptedModel(SIX, rooms(6)), "budget": Budget(tokens=4000)},
    "the paper's protocol": lambda: {"model": ScriptedModel(rooms(5), revise(), rooms(6)), "protocol": "paper"},
    "a mixed pair": lambda: {"model": ScriptedModel(rooms(6)), "critic": "builtin"},
    "no model": dict,
    "no time": lambda: {"budget": Budget(seconds=0.0)},
    "limits": lambda: {"policy": Policy(allow=("rooms",), max_cells=2000)},
}


@pytest.mark.parametrize("what", RUNS)
def test_a_recorded_run_is_the_same_again(what, tmp_path):
    text = TEXT + " and a boss" if "rounds" in what or "sees" in what else TEXT
    record(tmp_path / "first", text, **RUNS[what]())
    again = leave(tmp_path / "again", list(replay(read_session(tmp_path / "first"))))
    for name in FILES:
        one, two = tmp_path / "first" / name, tmp_path / "again" / name
        if name in ("report.json", "session.jsonl"):
            assert without_times(one) == without_times(two)
        else:
            assert one.read_bytes() == two.read_bytes(), name
    assert isinstance(again[-1], Finished)


def test_a_follow_up_under_locks_is_the_same_again(tmp_path):
    base = record(tmp_path / "base", "two hills and a lake")[-1].recipe
    policy = Policy(locked=("hill",), regions=(Compass(place="north"),))
    record(tmp_path / "first", "three more lakes", base=base, policy=policy, seed=None, resolution=None,
           budget=Budget(attempts=2))  # fmt: skip
    leave(tmp_path / "again", list(replay(read_session(tmp_path / "first"))))
    for name in ("recipe.pcg.json", "layers.npz", "map.glb"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_recording_holds_answers_and_no_prompts(tmp_path):
    stream = record(tmp_path / "first", model=ScriptedModel(SIX, rooms(6)))
    text = (tmp_path / "first" / "session.jsonl").read_text()
    assert '"room_count": 6' in text
    assert "You plan maps" not in text
    assert len([e for e in stream if isinstance(e, Asked)]) == 2


BROKEN = {
    "no file": (None, "is no recording"),
    "prose": ("hello", "is no recording"),
    "another file": ('{"event": "Finished"}', "is no recording"),
    "agents of somebody's own": (
        '{"event": "Started", "instruction": "x", "model": "", "protocol": "studio", "version": "1", '
        '"settings": {"seed": 1, "actor": "other", "critic": "builtin", "rounds": 3}}',
        "somebody's own",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_recording_is_refused(what, tmp_path):
    text, said = BROKEN[what]
    path = tmp_path / "session.jsonl"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_session(path)


@pytest.mark.parametrize("wrong", ["ends early", "another answer", "a wrong type"])
def test_a_recording_that_does_not_fit_ends_in_one_sentence(wrong, tmp_path):
    record(tmp_path / "first", model=ScriptedModel(SIX, rooms(6)))
    session = read_session(tmp_path / "first")
    first, second = session.calls
    calls = {
        "ends early": (first,),
        "another answer": (second, first),
        "a wrong type": (first, second.model_copy(update={"answer": {"steps": 7}})),
    }[wrong]
    end = list(replay(session.__class__(**{**session.__dict__, "calls": calls})))[-1]
    assert (type(end), end.exit_code) == (Failed, 2)
    assert "recording" in end.error


def test_the_command_replays(monkeypatch, capsys, tmp_path):
    cli = Command(monkeypatch, capsys, tmp_path)
    record(tmp_path / "first", model=ScriptedModel(SIX, rooms(6)))
    code, out, err = cli("replay", "first", "-o", "again")
    assert (code, out) == (0, "")
    assert "model scripted" in err
    assert load(tmp_path / "again") == load(tmp_path / "first")
    told = json.loads((tmp_path / "again" / "report.json").read_text())
    assert (told["model"], told["agent"], [s["purpose"] for s in told["tokens_by"]]) == (
        "scripted",
        "model",
        ["brief", "plan"],
    )
    assert cli("replay", "nowhere")[0] == 2
