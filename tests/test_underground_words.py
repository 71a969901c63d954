"""Mazes, caves, burrows, storeys and torches, as people ask for them."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.interior import dead_ends, loops

from .test_planning import planned


def steps(text):
    return {s.generator: s.params for s in planned(text).steps}


def test_a_labyrinth_is_a_maze_and_not_a_dungeon():
    made = steps("a labyrinth")
    assert "maze" in made
    assert "rooms" not in made


def test_a_maze_with_no_dead_ends_has_none():
    recipe = planned("a maze with no dead ends")
    world = build(recipe, recipe.grid(64))
    assert dead_ends(world) == 0
    assert loops(world) > 0


def test_words_reach_the_maze():
    assert steps("a hedge maze")["maze"]["material"] == "hedge"
    assert steps("a maze with wide passages")["maze"]["passage_width_m"] == 4
    assert steps("a maze with 3 dead ends")["maze"]["dead_ends"] == 3
    assert steps("a maze without an exit")["maze"]["openings"] is False


@pytest.mark.parametrize(("text", "count"), [("a cave with 7 chambers", 7), ("a maze with 5 rooms", 5)])
def test_rooms_of_caves_and_mazes_are_counted(text, count):
    recipe = planned(text)
    world = build(recipe, recipe.grid(128))
    assert len(np.unique(world["room"])) - 1 == count


def test_water_underground_is_a_pool_of_the_cave():
    made = steps("a cave with an underground lake")
    assert made["cave_cells"]["pools"] == 1
    assert "lakes" not in made


def test_a_cave_has_room_for_its_roles():
    recipe = planned("a cave with a boss, 5 treasures and an exit")
    world = build(recipe, recipe.grid(128))
    assert world.category("role", "boss").any()


def test_storeys_and_torches_are_counted():
    assert steps("a dungeon with three storeys")["floors"]["storeys"] == 3
    assert steps("a dungeon with 12 torches")["lights"]["count"] == 12
    assert "random_walk" in steps("a mine")


def test_a_dungeon_on_floors_has_them_and_a_valley_floor_is_ground():
    assert steps("a dungeon on three floors")["floors"]["storeys"] == 3
    assert not {"floors", "rooms"} & set(steps("a valley floor with a river"))
