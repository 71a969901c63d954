"""Passes: so many saddles through a range, low, where they were asked, no summit lost."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step


def mountains(seed=1, resolution=160, **params):
    told = {"arrangement": "range", "range_direction_deg": 0.0, **params}
    return build(Recipe(seed=seed, resolution=resolution, steps=(Step(id="it", generator="mountains", params=told),)))


def counted(world, feature):
    return measure(world, check_of("count", 1, arguments={"feature": feature}))


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_passes_are_as_many_as_asked_and_low(seed, number):
    world, closed = mountains(seed, passes=number), mountains(seed)
    assert counted(world, "pass") == number
    assert counted(world, "mountain") == 5, "no summit is lost"
    for k in range(1, number + 1):
        saddle = world["pass"] == k
        assert world["height"][saddle].mean() < 0.8 * closed["height"][saddle].mean()
        assert world["height"][saddle].mean() < 0.45 * world["height"].max()


def test_one_walks_through_a_pass_and_not_over_the_range():
    world = mountains(2, passes=1, pass_side="centre")
    _, cols = np.nonzero(world["pass"])
    open_ = slice(max(cols.min() - 4, 0), cols.max() + 4)
    over = np.max(world["height"], axis=0)  # what a way from north to south must climb at least, column by column
    assert over[open_].min() < 0.5 * world["height"].max()
    assert abs(cols.mean() / 160 - 0.5) < 0.25


@pytest.mark.parametrize(("side", "sign"), [("east", 1), ("west", -1)])
def test_a_pass_lies_on_its_side(side, sign):
    for seed in range(4):
        world = mountains(seed, passes=1, pass_side=side)
        _, cols = np.nonzero(world["pass"])
        _, whole = np.nonzero(world["mountain"] > 0)
        assert sign * (cols.mean() - (whole.min() + whole.max()) / 2) > 0


def test_passes_through_mountains_that_stand_alone_are_refused():
    with pytest.raises(BuildError, match="none are joined by a crest; arrange more peaks in a range"):
        mountains(arrangement="scattered", passes=1)
