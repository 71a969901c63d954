"""While a hand drags the land, towns move with it at once; what is asked of a town itself is planned anew."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcgstudio.build import StepCache, build, quiet
from pcgstudio.recipe import Recipe, Step
from pcgstudio.standing import Standing
from pcgstudio.ui.building import dragged, warmed
from pcgstudio.ui.works import Bench

LAND = Recipe(
    seed=3, resolution=64, extent_m=(1024, 1024),
    steps=(
        Step(id="land", generator="terrain_noise", params={"amplitude_m": 30}),
        Step(id="climate", generator="climate"),
        Step(id="village", generator="settlement", params={"houses": 20, "walls": 1}),
        Step(id="road", generator="roads"),
    ),
)  # fmt: skip
GRID = replace(LAND.grid(64), draft=True)


def changed(step_id, **params):
    return LAND.with_step(LAND.step(step_id).changed(**params))


@pytest.fixture(scope="module")
def cache():
    found = Standing(StepCache())
    build(LAND, GRID, cache=found)
    return found


def test_a_town_stays_on_the_ground_that_moves_below_it(cache):
    before, after = build(LAND, GRID), build(changed("land", amplitude_m=45), GRID, cache=cache)
    then, now = before.instances["building"], after.instances["building"]
    assert (now.placement[:, :2] == then.placement[:, :2]).all()
    for world, placed in ((before, then), (after, now)):
        off = placed.placement[:, 2] - world.grid.sample(world["height"], placed.placement)
        assert np.abs(off).max() < 6
    assert np.abs(now.placement[:, 2] - then.placement[:, 2]).max() > 0.5
    assert (after["settlement"] == before["settlement"]).all()
    assert [p.name for p in after.parts] == [p.name for p in before.parts]
    apart = after["settlement"] == 0
    fresh = build(changed("land", amplitude_m=45), GRID)
    far = apart & (fresh["settlement"] == 0) & (fresh["road"] == 0) & (after["road"] == 0)
    assert np.abs((after["height"] - fresh["height"])[far]).max() < 12


def test_what_is_asked_of_the_town_itself_is_planned_anew(cache):
    assert len(build(changed("village", houses=12), GRID, cache=cache).instances["building"]) < 20
    assert len(build(LAND, GRID, cache=cache).instances["building"]) >= 20


def test_what_stood_in_for_a_town_is_never_taken_for_its_result():
    kept = StepCache()
    standing = Standing(kept)
    asked = changed("land", amplitude_m=45)
    build(LAND, GRID, cache=standing)
    build(asked, GRID, cache=standing)
    true, later = build(asked, GRID), build(asked, GRID, cache=kept)
    assert (true.instances["building"].placement == later.instances["building"].placement).all()


def test_what_a_hand_let_go_of_is_planned_before_it_drags_again():
    bench = Bench(lambda world: world)
    asked = changed("land", amplitude_m=45)
    list(warmed(bench, LAND, Path(), 64, quiet))
    first = next(dragged(bench, asked, "land", Path(), 64, quiet)).world
    list(warmed(bench, asked, Path(), 64, quiet))
    second = next(dragged(bench, asked, "land", Path(), 64, quiet)).world
    true = build(asked, GRID)
    assert (second["height"] == true["height"]).all()
    assert not (first["height"] == true["height"]).all()
