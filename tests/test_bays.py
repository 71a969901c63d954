"""Bays and fjords: so many, water open to the sea, the land still exact and in as many pieces."""

import numpy as np
import pytest
from scipy.ndimage import label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step

EIGHT = np.ones((3, 3))


def coast(seed=1, resolution=160, **params):
    return build(Recipe(seed=seed, resolution=resolution, steps=(Step(id="it", generator="landmass", params=params),)))


@pytest.mark.parametrize(("pattern", "number", "shape"), [
    ("island", 1, "bay"), ("coast", 2, "bay"), ("island", 3, "fjord"), ("coast", 2, "fjord"),
])  # fmt: skip
@pytest.mark.parametrize("seed", range(4))
def test_bays_are_as_many_as_asked_and_open_to_the_sea(seed, pattern, number, shape):
    world = coast(seed, pattern=pattern, land_fraction=0.45, bays=number, bay_shape=shape)
    assert measure(world, check_of("count", number, arguments={"feature": "bay"})) == number
    sea = world.category("water_kind", "sea")
    assert label(sea, EIGHT)[1] == 1, "every bay joins the open sea"
    assert sea[world["bay"] > 0].all()
    assert (~sea).sum() == round(0.45 * sea.size)
    assert label(~sea, EIGHT)[1] == 1
    for k in range(1, number + 1):
        rows, cols = np.nonzero(world["bay"] == k)
        spread = np.sqrt(np.linalg.eigvalsh(np.cov(np.stack([rows, cols]).astype(float))))
        assert (spread[1] / spread[0] > 2.2) == (shape == "fjord")


def test_islands_stay_as_many():
    world = coast(2, pattern="archipelago", islands=6, bays=2)
    assert label(world["water_kind"] == 0, EIGHT)[1] == 6


@pytest.mark.parametrize(("side", "axis", "sign"), [("south", 0, 1), ("north", 0, -1), ("east", 1, 1)])
def test_a_bay_opens_on_its_side(side, axis, sign):
    for seed in range(4):
        world = coast(seed, pattern="island", bays=1, bay_side=side)
        middle = [np.nonzero(m)[axis].mean() for m in (world["bay"] > 0, world["water_kind"] == 0)]
        assert sign * (middle[0] - middle[1]) > 0


@pytest.mark.parametrize("seed", range(4))
def test_the_same_bay_at_twice_the_resolution(seed):
    rough, fine = (coast(seed, n, pattern="island", bays=1)["bay"] > 0 for n in (128, 256))
    rough = rough.repeat(2, axis=0).repeat(2, axis=1)
    assert (rough & fine).sum() / (rough | fine).sum() > 0.75


def test_too_many_bays_are_told():
    with pytest.raises(BuildError, match="24 bays find no room on this coast: at most"):
        coast(pattern="island", land_fraction=0.05, bays=24)
