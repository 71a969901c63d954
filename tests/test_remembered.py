"""Plans that met every demand are offered to later runs as examples, unless the person turns that off."""

import json

import pytest

from pcgstudio.agents.model.remembered import FILE, MOST_KEPT, VARIABLE, Memory, users_memory
from pcgstudio.brief import Brief
from pcgstudio.build import StepCache
from pcgstudio.errors import InputError
from pcgstudio.recipe import Recipe, Step
from pcgstudio.studio import Budget, run

from .scripted import PLAN, SIX, ScriptedModel, rooms

pytestmark = pytest.mark.usefixtures("usual_generators")
CACHE = StepCache()
TEXT = "a dungeon with 6 rooms"


def end_of(model, memory, text=TEXT, **more):
    *_, end = run(text, model=model, memory=memory, seed=1, resolution=64, cache=CACHE, **more)
    return end


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "data")


def test_a_plan_that_met_every_demand_is_an_example_for_a_similar_task(memory):
    assert end_of(ScriptedModel(SIX, rooms(6, objective="worked before")), memory).status == "done"
    nine = {"checks": [{**SIX["checks"][0], "quote": "9 rooms", "value": 9}]}
    model = ScriptedModel(nine, rooms(9))
    end_of(model, memory, "a dungeon with 9 rooms")
    prompt = next(a["user"] for a in model.asked if a["kind"] == PLAN)
    assert f'"{TEXT}" -> ' in prompt
    assert "worked before" in prompt


def test_a_best_effort_is_not_kept(memory):
    model = ScriptedModel({"generators": ["rooms"]}, rooms(6))
    end = end_of(model, memory, "a dungeon with 6 rooms and a dragon", critic="builtin", budget=Budget(rounds=1))
    assert end.status == "best_effort"
    assert not memory.path.exists()


def test_the_built_in_agents_keep_nothing(memory):
    *_, end = run(TEXT, memory=memory, seed=1, resolution=64, cache=CACHE)
    assert end.status == "done"
    assert not memory.path.exists()


def test_nothing_is_kept_unless_asked():
    model = ScriptedModel(SIX, rooms(6))
    assert end_of(model, None).status == "done"


STEP = Step(id="hills", generator="hills", params={"count": 2})


def keep(memory, text, *steps):
    memory.keep(Brief(instruction=text), Recipe(steps=steps or (STEP,)))


def test_an_instruction_is_kept_once_and_the_oldest_go(memory):
    for number in range(MOST_KEPT + 5):
        keep(memory, f"hills number {number}")
    keep(memory, "hills number 204")
    lines = memory.path.read_text().splitlines()
    assert len(lines) == MOST_KEPT
    assert json.loads(lines[-1])["instruction"] == "hills number 204"
    assert sum("hills number 204" in line for line in lines) == 1
    assert "hills number 0" not in memory.path.read_text()


def test_only_what_is_alike_and_still_fits_is_offered(memory):
    keep(memory, "two hills in the north")
    keep(memory, "three hills in the north", Step(id="x", generator="no_such_thing"))
    found = memory.examples("two hills in the south")
    assert [e.instruction for e in found] == ["two hills in the north"]
    assert memory.examples("a dungeon with rooms") == ()


@pytest.mark.parametrize(
    "text", ["", "prose", '{"instruction": 7}', '{"instruction": "x", "brief": {}, "recipe": 3}', "\x00"]
)
def test_a_damaged_memory_is_an_empty_one(memory, text):
    memory.path.parent.mkdir()
    memory.path.write_text(text)
    assert memory.examples("two hills") == ()
    keep(memory, "two hills")
    assert len(memory.examples("two hills")) == 1


def test_what_cannot_be_kept_is_only_noted(tmp_path):
    (tmp_path / "file").write_text("")
    end = end_of(ScriptedModel(SIX, rooms(6)), Memory(tmp_path / "file"))
    assert end.status == "done"
    assert any("cannot write" in note for note in end.notes)
    with pytest.raises(InputError):
        keep(Memory(tmp_path / "file"), "x")


def test_one_setting_turns_it_off(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, "off")
    assert users_memory() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert users_memory().path == tmp_path / FILE
