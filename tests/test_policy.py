"""What agents may not do holds for built-in agents and models alike, whatever they answer."""

import numpy as np
import pytest

from pcgstudio.build import StepCache, build, context_of
from pcgstudio.errors import BuildError, InputError
from pcgstudio.events import Failed, Reviewed
from pcgstudio.policy import Policy, load_policy
from pcgstudio.recipe import Hold, Recipe, Step, diff, dumps, loads
from pcgstudio.region import Circle, Compass
from pcgstudio.studio import Budget, run

CACHE = StepCache()
SPOT = Circle(centre_m=(300, 500), radius_m=200)


def end_of(text, **more):
    *_, end = run(text, **{"cache": CACHE, **more})
    return end


@pytest.fixture(scope="module")
def base():
    return end_of("two hills, a lake, a river and a forest", seed=1, resolution=96).recipe


def changed(recipe, step_id, **params):
    return recipe.with_step(recipe.step(step_id).changed(**params))


# -- what is a breach --------------------------------------------------------------------------------------------------

HILLS = Step(id="hills", generator="hills", params={"count": 2, "height_m": 40})
OLD = Recipe(steps=(HILLS, Step(id="lake", generator="lakes", locked=("count",), params={"count": 1})))
BREACHES = {
    "a locked step is changed": (Policy(locked=("hills",)), changed(OLD, "hills", count=3), "locked and was changed"),
    "a locked step is moved": (
        Policy(locked=("hills",)),
        OLD.with_step(HILLS.model_copy(update={"where": Compass(place="north")})),
        "locked and was changed",
    ),
    "a locked step is left out": (
        Policy(locked=("hills",)),
        OLD.model_copy(update={"steps": OLD.steps[1:]}),
        "left out",
    ),
    "a locked step is switched off": (
        Policy(locked=("hills",)),
        OLD.with_step(HILLS.model_copy(update={"enabled": False})),
        "locked and was changed",
    ),
    "a locked parameter": (Policy(locked=("hills.height_m",)), changed(OLD, "hills", height_m=80), "height_m"),
    "a lock of the recipe itself": (Policy(), changed(OLD, "lake", count=2), "'count' of step 'lake' is locked"),
    "a replaced step": (
        Policy(locked=("hills.height_m",)),
        OLD.with_step(Step(id="hills", generator="mountains")),
        "was replaced",
    ),
    "other dice": (Policy(locked=("hills",)), OLD.model_copy(update={"seed": 9}), "the seed may not change"),
    "a generator": (
        Policy(allow=("hills",)),
        OLD.model_copy(update={"steps": (*OLD.steps, Step(id="v", generator="volcano"))}),
        "'volcano' is not allowed",
    ),
    "too many cells": (Policy(max_cells=1000), OLD.model_copy(update={"resolution": 64}), "4096 cells"),
}


@pytest.mark.parametrize("what", BREACHES)
def test_a_breach_is_named_and_taken_back(what):
    policy, proposed, said = BREACHES[what]
    issues = policy.breaches(OLD, proposed)
    assert any(said in i.message for i in issues), issues
    assert all(i.certain and i.fix for i in issues)
    assert policy.breaches(OLD, policy.restored(OLD, proposed)) == ()


@pytest.mark.parametrize(
    "fine",
    [
        OLD,
        changed(OLD, "hills", count=5),
        OLD.with_step(HILLS.model_copy(update={"purpose": "other words", "params": {"count": 2, "height_m": 40.0}})),
        OLD.model_copy(update={"steps": (*OLD.steps, Step(id="v", generator="volcano"))}),
    ],
)
def test_what_is_not_locked_is_free(fine):
    assert Policy(locked=("hills.height_m",)).breaches(OLD, fine) == ()


@pytest.mark.parametrize("lock", ["hils", "hills.heigth_m"])
def test_a_lock_on_nothing_is_refused(lock):
    with pytest.raises(InputError, match=r"did you mean '(hills|height_m)'"):
        Policy(locked=(lock,)).checked(OLD)


@pytest.mark.parametrize("policy", [Policy(locked=("hills",)), Policy(regions=(SPOT,))])
def test_nothing_can_be_locked_of_no_map(policy):
    end = end_of("two hills", policy=policy)
    assert (type(end), end.exit_code) == (Failed, 2)
    assert "follow-up" in end.error


def test_a_file_holds_a_policy(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text('{"locked": ["hills"], "regions": [{"kind": "compass", "place": "north"}], "max_tokens": 5}')
    assert load_policy(path) == Policy(locked=("hills",), regions=(Compass(place="north"),), max_tokens=5)
    path.write_text('{"lockde": []}')
    with pytest.raises(InputError, match="unknown key 'lockde'; did you mean 'locked'"):
        load_policy(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_policy(tmp_path / "none.json")


# -- the built-in agents -----------------------------------------------------------------------------------------------


def test_a_built_in_follow_up_cannot_change_a_locked_step(base):
    policy = Policy(locked=("hill",))
    stream = list(run("make the hills twice as high", base=base, policy=policy, cache=CACHE))
    end = stream[-1]
    assert end.recipe.step("hill") == base.step("hill")
    assert end.status == "best_effort"
    assert any("'hill' is locked" in note for note in end.notes)
    assert any(i.dimension == "policy" for e in stream if isinstance(e, Reviewed) for i in e.review.issues)


def test_calibration_keeps_locked_parameters(base):
    """Sixty lakes cannot come from a count that is locked, and no solver may try."""
    lake = next(s.id for s in base.steps if s.generator == "lakes")
    policy = Policy(locked=(f"{lake}.count",))
    end = end_of("three more lakes", base=base, policy=policy, budget=Budget(attempts=3))
    assert end.recipe.step(lake).params.get("count") == base.step(lake).params.get("count")
    assert end.recipe.step(lake).locked is False, "the lock is the policy's, not the recipe's"


def test_only_allowed_generators_are_used():
    allow = ("terrain_noise", "hills", "lakes")
    end = end_of("two hills, a lake and a forest", seed=1, resolution=64, policy=Policy(allow=allow))
    assert {s.generator for s in end.recipe.steps} <= set(allow)
    assert end.status == "best_effort", "there is no forest"


def test_a_map_is_no_larger_than_allowed():
    end = end_of("two hills", seed=1, resolution=128, policy=Policy(max_cells=5000))
    assert end.world.grid.rows * end.world.grid.cols <= 5000


def test_the_policy_only_lowers_the_budget():
    stream = list(run("a hill 5 m high and 900 m wide", resolution=64, budget=Budget(attempts=1),
                      policy=Policy(max_rounds=1, max_seconds=0.001), cache=CACHE))  # fmt: skip
    assert stream[-1].rounds == 1
    assert stream[-1].late_at == 1


# -- locked ground -----------------------------------------------------------------------------------------------------


def inside(recipe):
    return SPOT.evaluate(context_of(build(recipe, cache=CACHE))) >= 0.5


def same(before, after, where):
    names = set(before.layers) & set(after.layers)
    return [
        n for n in names if not np.array_equal(before[n][where], after[n][where], equal_nan=before[n].dtype.kind == "f")
    ]


@pytest.fixture(scope="module")
def held(base):
    text = "add three mountains in the east and make the forest denser"
    return end_of(text, base=base, policy=Policy(regions=(SPOT,)))


def test_locked_ground_keeps_every_bit(base, held):
    where, before = inside(base), build(base, cache=CACHE)
    assert same(before, held.world, where) == []
    assert not np.array_equal(before["height"], held.world["height"]), "the rest did change"
    for kind, placed in before.instances.items():
        here, there = (p.keep(where[before.grid.cells_of(p.placement)]) for p in (placed, held.world.instances[kind]))
        assert np.array_equal(here.placement, there.placement)
    added = set(held.world.layers) - set(before.layers)
    assert not any(held.world[n][where].any() for n in added), "nothing new is in it"


def test_the_recipe_alone_rebuilds_locked_ground(base, held):
    again = loads(dumps(held.recipe))
    world = build(again)
    assert {n: layer.digest for n, layer in world.layers.items()} == {
        n: layer.digest for n, layer in held.world.layers.items()
    }
    assert any(line.startswith("held: ") for line in diff(base, again))


def test_no_wall_stands_around_locked_ground(base, held):
    """Where the held ground meets the new one, the step is no steeper than what the maps have themselves."""
    where, height = inside(base), held.world["height"]
    border = where[:, 1:] != where[:, :-1]
    steps = np.abs(np.diff(height, axis=1))
    assert steps[border].max() <= max(steps[~border].max(), 2.0)
    assert all(s.passed for s in held.report.structural), held.report.structural


def test_a_held_region_stays_held_in_the_next_edit_without_growing(base, held):
    policy = Policy(regions=(SPOT,))
    then = end_of("fewer trees", base=held.recipe, policy=policy, budget=Budget(attempts=2))
    assert then.recipe.hold == held.recipe.hold
    assert same(build(base, cache=CACHE), then.world, inside(base)) == []


def test_a_hold_of_nothing_is_left_out_of_the_file(base):
    assert '"hold"' not in dumps(base)


def test_a_sea_cannot_be_let_in_around_locked_dry_ground(base):
    sea = base.model_copy(update={
        "steps": (*base.steps, Step(id="sea", generator="sea_level", params={})),
        "hold": Hold(region=SPOT, recipe=base),
    })  # fmt: skip
    with pytest.raises(BuildError, match="without a sea"):
        build(sea, cache=CACHE)
    other = base.model_copy(update={"extent_m": (512.0, 512.0), "hold": Hold(region=SPOT, recipe=base)})
    with pytest.raises(BuildError, match="1024 x 1024 m"):
        build(other, cache=CACHE)


def test_rooms_are_held_too():
    dungeon = end_of("a dungeon with 8 rooms", seed=1, resolution=64).recipe
    west = Compass(place="west", depth=0.4)
    end = end_of("more rooms", base=dungeon, policy=Policy(regions=(west,)), budget=Budget(attempts=1))
    before = build(dungeon, cache=CACHE)
    where = west.evaluate(context_of(before)) >= 0.5
    assert same(before, end.world, where) == []
    assert end.world.parts
