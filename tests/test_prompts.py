"""What a model reads: compact, quoted, and no longer with a hundred generators installed than with ten."""

import json

import pytest

from pcgstudio.agents import documentation, prompts
from pcgstudio.agents.answers import PlanAnswer, planned
from pcgstudio.agents.builtin import BuiltinActor, BuiltinCritic
from pcgstudio.agents.examples import likeness, shipped, worked
from pcgstudio.agents.model_actor import ModelActor
from pcgstudio.agents.model_critic import ModelCritic
from pcgstudio.agents.paper import PaperActor
from pcgstudio.agents.protocol import Task
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


def longest_actor_prompt(text=TEXT):
    """Tokens of the largest question an actor asks about a task, with a whole plan and five findings in it."""
    task = Task(text)
    brief = BuiltinCritic().brief(task)
    proposal = BuiltinActor().propose(task, brief, None, None)
    actor = ModelActor(ScriptedModel())
    issues = BuiltinCritic().review(task, brief, proposal, None).issues
    sizes = [actor.choice(task, brief).tokens, actor.question(task, brief, proposal.recipe, issues).tokens]
    return max(sizes)


@pytest.mark.parametrize("installed", [18, 40, 100, 400])
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


def test_every_installed_generator_can_be_found():
    told = documentation.listing("hills")
    for name in load_generators():
        assert f"{name}: " in told


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
    assert ModelCritic(ScriptedModel()).question(Task(TEXT)).tokens < 3000


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
    monkeypatch.setattr("pcgstudio.agents.examples.load_generators", lambda: {"hills": hills})
    assert worked("hills", ["hills"]) == ()


def test_likeness():
    assert likeness("three islands with palms", "three islands with palms") == 1
    assert likeness("three islands with palms", "a dungeon") == 0
