"""What a model that sees is shown: the map from above, with the ground outlined that a missed check is about."""

import io

import numpy as np
import pytest
from PIL import Image

from pcgstudio.agents.model.pictures import LONGEST, RED, missed_ground, outlined
from pcgstudio.brief import Brief
from pcgstudio.measure import assess, check_of
from pcgstudio.region import Compass

from .worlds import island

LAKES = check_of("count", 9, arguments={"feature": "lake"})
WEST = check_of("share", 1, "at_least", arguments={"feature": "lake", "of": "map"}, region=Compass(place="west"))
MET = check_of("count", 1, arguments={"feature": "lake"})


def seen(world, *checks):
    report = assess(world, Brief(checks=checks))
    return np.array(Image.open(io.BytesIO(outlined(world, report)))), report


def red(picture):
    return (picture == RED).all(axis=-1)


def test_the_picture_has_the_shape_of_the_map():
    picture, _ = seen(island(rows=48, cols=64), MET)
    assert picture.shape == (LONGEST * 48 // 64, LONGEST, 3)
    assert not red(picture).any(), "nothing is missed"


def test_a_missed_feature_is_outlined_where_it_is():
    world = island()
    picture, report = seen(world, LAKES)
    ground = missed_ground(world, report)[..., 0]
    assert np.array_equal(ground, world["water_kind"] == 2)
    rows, cols = np.nonzero(red(picture))
    marked = ground[rows * world.grid.rows // picture.shape[0], cols * world.grid.cols // picture.shape[1]]
    assert marked.mean() > 0.95
    assert red(picture).sum() < ground.mean() * picture[..., 0].size, "the inside stays to be seen"


def test_a_missed_region_is_outlined():
    picture, _ = seen(island(), WEST)
    cols = np.nonzero(red(picture))[1]
    assert 0.35 < cols.max() / picture.shape[1] < 0.45


@pytest.mark.parametrize("many", [6])
def test_no_more_than_three_are_outlined(many):
    checks = [check_of("count", 9 + n, arguments={"feature": "lake"}) for n in range(many)]
    world = island()
    assert missed_ground(world, assess(world, Brief(checks=tuple(checks)))).shape[-1] == 3


def test_what_is_nowhere_or_everywhere_is_not_outlined():
    world = island()
    report = assess(world, Brief(checks=(check_of("count", 1, arguments={"feature": "volcano"}),)))
    assert missed_ground(world, report).shape[-1] == 0
