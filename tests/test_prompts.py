"""What a model reads: compact, quoted, and no longer with a hundred generators installed than with ten."""

import json

import pytest

from pcgstudio.agents.builtin import BuiltinActor, BuiltinCritic
from pcgstudio.agents.model import documentation, prompts
from pcgstudio.agents.model.answers import PlanAnswer, planned
from pcgstudio.agents.model.examples import likeness, shipped, worked
from pcgstudio.agents.model.model_actor import ModelActor
from pcgstudio.agents.model.model_critic import ModelCritic
from pcgstudio.agents.model.paper import PaperActor
from pcgstudio.agents.protocol import Task
from pcgstudio.brief import Brief
from pcgstudio.generator import get_generator, load_generators
from pcgstudio.generators import hills
from pcgstudio.llm.tokens import estimate_tokens
from pcgstudio.measure import METRICS
from pcgstudio.recipe import dumps, loads
from pcgstudio.studio import run

from . import many
from .scripted import ScriptedModel

TEXT = "an island with two lakes, three mountains in the north and a river"
LIMIT = 6000
PLAN = {"summary": "hills", "steps": [{"generator": "hills"}]}


def longest_actor_prompt(text=TEXT):
    """Tokens of the largest question an actor asks about a task, with a whole plan and five findings in it."""
    task = Task(text)
    brief = BuiltinCritic().brief(task)
    proposal = BuiltinActor().propose(task, brief, None, None)
    actor = ModelActor(ScriptedModel())
    issues = BuiltinCritic().review(task, brief, proposal, None).issues
    sizes = [actor.choice(task, brief).tokens, actor.question(task, brief, proposal.recipe, issues).tokens]
    return max(sizes)


@pytest.mark.parametrize("installed", [18, 38, 40, 100, 400])
def test_an_actor_prompt_stays_below_six_thousand_tokens(installed):
    with many.installed(installed) as found:
        assert len(found) == installed
        assert longest_actor_prompt() < LIMIT


def test_ten_generators_fit_too():
    with many.installed(10) as found:
        assert len(found) == 10
        assert longest_actor_prompt("two hills and a mountain") < LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "a volcanic island with a crater lake, two rivers and dense forest in the north",
        "a dungeon with 12 rooms, a boss room, treasure and a locked door with a key",
        "a snowy plateau with terraces, rocks, grass spots and a valley from west to east",
    ],
)
def test_other_tasks_fit_too(text):
    assert longest_actor_prompt(text) < LIMIT


@pytest.mark.parametrize("text", [TEXT, "a dungeon with 12 rooms", "ein Verlies mit zwölf Räumen"])
def test_every_installed_generator_can_be_found(text):
    """Where the model chooses, each has its line; where it plans unasked, each its line or its details."""
    task, brief, actor = Task(text), Brief(instruction=text), ModelActor(ScriptedModel())
    read = [actor.choice(task, brief)]
    read += [] if actor.will_choose(task) else [actor.question(task, brief, None)]
    for question in read:
        lines = question.user.splitlines()
        for one in load_generators().values():
            assert any(at.startswith(documentation.line(one)) for at in lines), one.name


def test_a_new_generator_is_found_by_its_words_among_four_hundred():
    with many.installed(400) as found:
        new = [name for name in found if name.startswith("hotspring_")]
        task = Task("an island with hotsprings")
        brief = BuiltinCritic().brief(task)
        told = ModelActor(ScriptedModel()).choice(task, brief).user
        assert len(new) > 30
        assert [n for n in new if f"\n{n}: " not in told] == []
        model = ScriptedModel({"generators": new[:2]}, PLAN)
        ModelActor(model).propose(task, brief, None, None)
        assert all(documentation.details(found[n]) in model.asked[1]["user"] for n in new[:2])


def test_a_choice_costs_a_question_only_where_a_plan_could_not_read_of_everything():
    with many.installed(18):
        assert not ModelActor(ScriptedModel()).will_choose(Task(TEXT))
    with many.installed(100):
        assert ModelActor(ScriptedModel()).will_choose(Task(TEXT))
        assert not ModelActor(ScriptedModel(), ("landmass", "rivers", "lakes", "mountains")).will_choose(Task(TEXT))


def test_where_few_may_be_used_the_likely_are_read_first():
    allowed = (*list(load_generators())[:11], "rooms")
    task = Task("a dungeon with 12 rooms")
    model = ScriptedModel(PLAN)
    ModelActor(model, allowed).propose(task, BuiltinCritic().brief(task), None, None)
    assert documentation.details(get_generator("rooms")) in model.asked[0]["user"]


def test_compact_details_are_less_than_half_of_the_raw_schema():
    for one in load_generators().values():
        raw = estimate_tokens(json.dumps(one.params.model_json_schema()))
        assert estimate_tokens(documentation.details(one)) < 0.5 * raw, one.name


def test_details_say_everything_that_a_value_needs():
    told = documentation.details(get_generator("mountains"))
    assert "height_m: float 5..9000 m = 180  # Rise of the highest summit" in told
    assert "huge 420" in told
    assert "arrangement: scattered|range|massif" in told


def test_a_name_with_other_case_and_dashes_is_the_same():
    assert documentation.exact_name("Hydraulic-Erosion") == "hydraulic_erosion"
    assert documentation.exact_name("shell") is None


def test_every_metric_is_told():
    told = documentation.metric_lines()
    assert len(told.splitlines()) == len(METRICS)
    assert "share(feature, of=land) share: Area of the feature" in told


def test_the_critic_reads_little_too():
    assert ModelCritic(ScriptedModel()).question(Task(TEXT)).tokens < 3600


def test_the_papers_actor_reads_everything():
    assert PaperActor(ScriptedModel()).question(Task(TEXT), None).tokens > 5000


@pytest.mark.parametrize("text", ['a "quoted" word', "two\nlines\n\nFINDINGS:", "</instruction>", "\u2028 \x00 ü"])
def test_data_is_one_quoted_line(text):
    told = prompts.quoted(text)
    assert "\n" not in told
    assert "</" not in told
    assert len(told.splitlines()) == 1
    assert told.startswith('"')
    assert told.endswith('"')


# -- examples ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", shipped(), ids=lambda e: e.instruction[:30])
def test_a_shipped_example_is_a_plan_that_meets_its_instruction(example):
    task = Task(example.instruction, seed=1, resolution=96)
    made = planned(PlanAnswer.model_validate(example.plan), task)
    assert made.errors == ()
    recipe = loads(dumps(made.proposal.recipe))

    class Shown:
        name = "shown"

        def propose(self, *_args):
            return made.proposal

    *_, end = run(example.instruction, actor=Shown(), seed=1, resolution=96)
    assert end.status == "done", [(r.check.quote, r.measured) for r in end.report.checks if not r.passed]
    assert recipe.steps


def test_examples_are_chosen_by_what_the_plan_needs():
    inside = worked("a dungeon with 9 rooms", ["rooms", "roles"])
    assert len(inside) == 2
    assert all("rooms" in e.generators for e in inside)
    assert all("rooms" not in e.generators for e in worked("an island", ["landmass", "lakes"]))


def test_examples_that_need_what_is_not_installed_are_left_out(monkeypatch):
    monkeypatch.setattr("pcgstudio.agents.model.examples.load_generators", lambda: {"hills": hills})
    assert worked("hills", ["hills"]) == ()


def test_likeness():
    assert likeness("three islands with palms", "three islands with palms") == 1
    assert likeness("three islands with palms", "a dungeon") == 0
