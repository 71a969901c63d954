"""The paper's protocol, exactly (arXiv 2512.10501, algorithm 1), and its result told truthfully."""

import pytest

from pcgstudio.build import StepCache
from pcgstudio.errors import ModelGoneError
from pcgstudio.events import Briefed, Calibrated, Failed, FellBack, Proposed, Reviewed
from pcgstudio.studio import Budget, run

from .scripted import APPROVE, CRITIQUE, PLAN, ScriptedModel, plan, revise, rooms

CACHE = StepCache()
TEXT = "a dungeon with 6 rooms"


def events(model, text=TEXT, **more):
    told = {"protocol": "paper", "seed": 1, "resolution": 64, "cache": CACHE, "model": model, **more}
    return list(run(text, **told))


def test_with_k_1_the_order_is_actor_critic_actor():
    model = ScriptedModel(rooms(5), revise(), rooms(6))
    stream = events(model)
    assert model.kinds == [PLAN, CRITIQUE, PLAN]
    assert [a["temperature"] for a in model.asked] == [0.4, 0.2, 0.4]
    assert stream[-1].recipe.step("rooms").params == {"room_count": 6}, "the critique is applied"
    assert (stream[-1].status, stream[-1].rounds, stream[-1].protocol) == ("done", 2, "paper")


@pytest.mark.parametrize("k", [1, 2, 3])
def test_k_revisions_at_most(k):
    script = [x for n in range(k) for x in (rooms(5 + n), revise(f"not {n}"))]
    model = ScriptedModel(*script, rooms(6))
    events(model, budget=Budget(rounds=k + 1))
    assert model.kinds == [PLAN, CRITIQUE] * k + [PLAN]


@pytest.mark.parametrize("nothing", [APPROVE, {"decision": "revise"}], ids=["approved", "nothing to revise"])
def test_an_empty_critique_returns_the_plan(nothing):
    model = ScriptedModel(rooms(6), nothing)
    stream = events(model)
    assert model.kinds == [PLAN, CRITIQUE]
    assert len([e for e in stream if isinstance(e, Proposed)]) == 1


def test_the_critic_never_sees_the_map_nor_a_check_and_neither_does_the_actor():
    model = ScriptedModel(rooms(5), revise(), rooms(6), sees=True)
    stream = events(model)
    for asked in model.asked:
        assert asked["images"] == ()
        assert "measured" not in asked["user"].lower().split("api documentation")[0]
        assert "CHECKS" not in asked["user"]
    kinds = [type(e) for e in stream]
    assert kinds.index(Briefed) > max(i for i, k in enumerate(kinds) if k in (Proposed, Reviewed))


def test_everybody_reads_the_whole_documentation_and_the_examples():
    model = ScriptedModel(rooms(5), revise(), rooms(6))
    events(model)
    for asked in model.asked:
        for parameter in ("room_count: int", "amplitude_m: float", "levels: int"):
            assert parameter in asked["user"]
        assert "USAGE EXAMPLES" in asked["user"]


def test_the_state_is_replaced():
    model = ScriptedModel(rooms(3), revise("first"), rooms(4), revise("second"), rooms(6))
    events(model, budget=Budget(rounds=3))
    last = model.asked[-1]["user"]
    assert '"room_count":4' in last
    assert "second" in last
    assert "first" not in last.split("TRAJECTORY")[1]
    assert '"room_count":3' not in last


def test_a_wrong_plan_is_built_once_and_told_as_it_is():
    """No measurement, no calibration comes to its help; what it lacks is a best effort."""
    model = ScriptedModel(rooms(5), APPROVE)
    stream = events(model)
    end = stream[-1]
    assert end.status == "best_effort"
    assert not any(isinstance(e, Calibrated) for e in stream)
    (count,) = (r for r in end.report.checks if r.check.metric == "count")
    assert (count.measured, count.passed) == (5, False)


def test_steps_that_no_generator_accepts_are_left_out_and_named():
    model = ScriptedModel(plan(("rooms", {"room_count": 6}), ("dragons", {}), ("roles", {"bosses": -1})), APPROVE)
    end = events(model)[-1]
    assert end.status == "best_effort"
    assert [s.id for s in end.recipe.steps] == ["rooms"]
    assert any("dragons" in line and "bosses" in line for line in end.brief.not_measurable)


def test_words_nobody_can_check_are_no_success():
    end = events(ScriptedModel(rooms(6), APPROVE), "ein Verlies mit sechs Räumen")[-1]
    assert end.status == "best_effort"


GONE = ModelGoneError("the endpoint does not answer")


@pytest.mark.parametrize("at", range(3))
def test_a_model_that_is_gone_leaves_a_map(at):
    stream = events(ScriptedModel(*(rooms(6), revise(), rooms(6))[:at], GONE))
    assert stream[-1].status == "done"
    assert [type(e) for e in stream].count(FellBack) == 1


def test_only_a_model_plays_it():
    end = list(run(TEXT, protocol="paper"))[-1]
    assert (type(end), end.exit_code) == (Failed, 2)
    assert "--model" in end.error
