"""What people leave: as many as asked, on free ground, in their region, in rooms where there are rooms."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.prop_models import SIZES_M
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.structure import structural_checks

from .asked import one

GROUND = ("terrain_noise", {"amplitude_m": 10.0})


def world(*steps, seed=1, extent=256.0, cells=128):
    told = tuple(
        Step(id=f"{n}", generator=name, params=params, **({"where": where[0]} if where else {}))
        for n, (name, params, *where) in enumerate(steps)
    )
    made = build(Recipe(seed=seed, extent_m=(extent, extent), resolution=cells, steps=told))
    assert not [s.detail for s in structural_checks(made) if not s.passed]
    return made


@pytest.mark.parametrize("kind", list(SIZES_M))
def test_there_are_as_many_as_asked_and_none_stands_in_another(kind):
    north = Compass(place="north")
    placed = world(GROUND, ("props", {"kind": kind, "count": 12}, north)).instances["prop"]
    assert len(placed) == 12
    assert {placed.names[s] for s in placed.species} == {kind}
    assert placed.placement[:, 1].min() > 128, "in the north"
    away = np.hypot(*(placed.placement[:, None, :2] - placed.placement[None, :, :2]).transpose(2, 0, 1))
    reach = 0.5 * min(SIZES_M[kind][:2])
    assert away[np.triu_indices(12, 1)].min() > reach


def test_a_stone_circle_is_a_circle_of_stones_that_face_its_middle():
    made = world(GROUND, ("props", {"kind": "stone circle", "count": 2, "in_each": 11, "radius_m": 12.0}))
    assert set(np.unique(made["stone_circle"])) == {0, 1, 2}
    stones = made.instances["prop"].placement
    assert len(stones) == 22
    for ring in (stones[:11], stones[11:]):
        middle = ring[:, :2].mean(axis=0)
        away = np.hypot(*(ring[:, :2] - middle).T)
        assert np.abs(away - 12).max() < 1.5
        inward = np.degrees(np.arctan2(*(middle - ring[:, :2]).T[::-1]))
        assert (np.abs((ring[:, 3] - inward + 180) % 360 - 180) < 15).all()


def test_a_camp_has_tents_around_a_fire():
    placed = world(GROUND, ("props", {"kind": "camp", "count": 1, "in_each": 6})).instances["prop"]
    names = [placed.names[s] for s in placed.species]
    assert names.count("tent") == 6
    assert names.count("campfire") == 1


def test_crates_stand_on_the_floors_of_rooms_along_the_walls():
    made = world(("rooms", {"room_count": 6}), ("props", {"kind": "crate", "count": 10}), extent=96.0, cells=192)
    placed = made.instances["prop"]
    assert len(placed) == 10
    assert (made["room"][made.grid.cells_of(placed.placement)] > 0).all()


def test_trees_and_props_leave_each_other_room():
    made = world(GROUND, ("scatter", {"kind": "tree", "cover": 0.5}), ("props", {"kind": "tent", "count": 8}))
    trees, tents = made.instances["tree"].placement, made.instances["prop"].placement
    away = np.hypot(*(trees[:, None, :2] - tents[None, :, :2]).transpose(2, 0, 1))
    assert away.min() > 2.5


def test_too_many_are_refused_with_a_number():
    with pytest.raises(BuildError, match=r"only \d+ of 400"):
        world(GROUND, ("props", {"kind": "ruin", "count": 400}), extent=100.0)


@pytest.mark.parametrize(
    ("text", "feature", "value"),
    [("three ruins in the forest", "ruin", 3), ("a stone circle on the hill", "stone circle", 1),
     ("five tents and a campfire", "tent", 5), ("a dungeon with ten crates", "crate", 10),
     ("a village with two wells", "well", 2), ("four menhirs", "standing stone", 4)],
)  # fmt: skip
def test_words_ask_for_them(text, feature, value):
    assert one(text, "count", feature=feature).value == value
