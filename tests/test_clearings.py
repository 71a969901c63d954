"""Clearings: so many openings, trees all around each and none in it, the cover still exact."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step


def wood(seed=1, resolution=128, **params):
    told = {"cover": 0.5, "clearings": 3, **params}
    steps = (Step(id="climate", generator="climate"), Step(id="wood", generator="scatter", params=told))
    return build(Recipe(seed=seed, resolution=resolution, steps=steps))


@pytest.mark.parametrize("seed", range(6))
def test_clearings_are_as_many_as_asked_with_wood_around(seed):
    world = wood(seed)
    ids = [k for k in np.unique(world["clearing"]) if k]
    assert len(ids) == 3
    assert measure(world, check_of("count", 3, arguments={"feature": "clearing"})) == 3
    for k in ids:
        clear = world["clearing"] == k
        around = binary_dilation(clear, np.ones((3, 3)), iterations=2) & ~clear
        assert (world["forest"][around] > 0).mean() > 0.75, "the wood closes around it"
        assert 0.3 < clear.sum() * world.grid.cell_area_m2 / (np.pi * 45**2) < 1.6
    assert not (world["forest"][world["clearing"] > 0] > 0).any()
    trees = world.instances["tree"].placement
    assert not world["clearing"][world.grid.cells_of(trees)].any(), "no tree stands in it"


def test_cover_stays_exact_beside_clearings():
    assert (wood(2)["forest"] > 0).mean() == pytest.approx(0.5, abs=1e-3)


def test_no_later_tree_stands_in_a_clearing():
    first = wood(3)
    more = Step(id="more", generator="scatter", params={"cover": 0.8})
    recipe = Recipe(seed=3, resolution=128, steps=(
        Step(id="climate", generator="climate"),
        Step(id="wood", generator="scatter", params={"cover": 0.5, "clearings": 3}), more))  # fmt: skip
    world = build(recipe)
    assert (world["clearing"] == first["clearing"]).all()
    assert not (world["forest"][world["clearing"] > 0] > 0).any()


def test_more_clearings_than_the_wood_holds_are_told():
    with pytest.raises(BuildError, match="clearings do not fit into these woods: at most"):
        wood(cover=0.05, clearings=60)
