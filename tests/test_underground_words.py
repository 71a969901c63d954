"""Mazes, caves, burrows, storeys and torches, as people ask for them."""

import numpy as np
import pytest

from pcgstudio import storeys
from pcgstudio.build import build
from pcgstudio.interior import dead_ends, loops
from pcgstudio.world import ROLES

from .asked import bounds, brief_of, checks, place
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
    assert steps("a maze without an exit")["maze"]["way_out"] is False


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


def test_a_lake_in_a_cave_is_a_pool_of_it_and_no_landscape():
    assert bounds("a big cave with a lake inside", "count", feature="cave pool") == ("equal", 1)
    assert not checks("a big cave with a lake inside", feature="lake")
    assert steps("a cave with water in it")["cave_cells"]["pools"] >= 1


@pytest.mark.parametrize("text", [
    "a cave with a treasure at the back", "a cave with a treasure room at the back of the cave",
    "a mine with a treasure deep inside", "a cave with six chambers, a treasure in the last one",
])  # fmt: skip
def test_the_back_of_a_cave_is_far_from_its_entrance_and_no_side_of_the_map(text):
    assert bounds(text, "remoteness", feature="treasure") == ("at_least", 0.6)
    assert place(text, feature="treasure") is None


@pytest.mark.parametrize("text", [
    "a cave with half open floor", "a cave where half of the floor is open", "a cave where half the map is open floor",
])  # fmt: skip
def test_half_open_floor_is_half_of_the_map_dug_out(text):
    assert bounds(text, "share", feature="burrow", of="map") == ("between", (0.45, 0.55))
    assert steps(text)["random_walk"]["floor_share"] == pytest.approx(0.5)


@pytest.mark.parametrize("text", [
    "a dungeon where you need a key to get to the boss", "a dungeon with a key to the boss room",
    "a dungeon with a locked boss room", "a dungeon, the boss room is locked",
])  # fmt: skip
def test_what_needs_a_key_lies_behind_a_locked_door(text):
    assert checks(text, "locked_off", feature="boss")
    assert checks(text, "count", feature="lock")
    assert not brief_of(text).not_understood


def test_exits_on_two_sides_are_a_way_in_and_a_way_out_opposite():
    text = "a maze with exits on two sides"
    assert (place(text, feature="entrance"), place(text, feature="exit")) == ("south", "north")
    assert (
        place("a maze you enter from the west and leave in the east", feature="entrance"),
        place("a maze you enter from the west and leave in the east", feature="exit"),
    ) == ("west", "east")


def test_a_tomb_has_more_rooms_than_its_burial_chamber():
    assert bounds("a tomb with a burial chamber", "count", feature="room") == ("at_least", 1)


def test_paths_in_a_maze_are_its_passages():
    assert steps("a maze with wide paths and a treasure in the center")["maze"]["passage_width_m"] == 4
    assert not checks("a maze with wide paths and a treasure in the center", feature="road")


def test_a_cave_on_two_levels_asks_for_no_terraces():
    assert {c.metric for c in checks("a cave on two levels")} == {"share", "storeys"}


@pytest.mark.parametrize("where", ["in the center", "in the north"])
def test_a_maze_has_a_room_where_its_treasure_is_to_be(where):
    recipe = planned(f"a maze with a treasure {where}")
    for seed in range(3):
        again = recipe.model_copy(update={"seed": seed})
        assert (build(again, again.grid(64))["role"] == ROLES.index("treasure")).any()


def test_all_of_it_connected_says_nothing_of_how_much_is_open():
    text = "a cave system where half of the map is open floor, all of it connected"
    assert bounds(text, "share", feature="burrow", of="map") == ("between", (0.45, 0.55))
    assert not brief_of(text).not_understood


def test_a_side_says_where_the_back_of_a_cave_is():
    text = "a cave with the entrance in the south and a treasure at the back in the north"
    assert place(text, "parts_inside", feature="treasure") == "north"
    assert not checks(text, "remoteness")


def test_chambers_are_joined_and_not_the_cave_itself():
    assert not checks("a cave of three big chambers joined by narrow tunnels", "joined", feature="cave")


def rooms_of(text):
    recipe = planned(text)
    world = build(recipe, recipe.grid(128))
    return [len(np.unique(world[storeys.names(k)[1]])) - 1 for k in range(storeys.count(world))]


def test_rooms_said_of_the_whole_are_shared_out_over_the_storeys():
    text = "a dungeon of two storeys with 9 rooms"
    assert bounds(text, "count", feature="room") == ("equal", 9)
    assert len(rooms_of(text)) == 2
    assert sum(rooms_of(text)) == 9


@pytest.mark.parametrize("text", [
    "a crypt of two levels with five rooms on each level", "a two-level dungeon, 5 rooms per floor",
    "a dungeon of two storeys, each with five rooms", "a dungeon of two floors and each floor has 5 rooms",
])  # fmt: skip
def test_rooms_on_each_storey_are_on_each(text):
    assert bounds(text, "storey_rooms", storey="fewest") == ("equal", 5)
    assert bounds(text, "storey_rooms", storey="most") == ("equal", 5)
    assert rooms_of(text) == [5, 5]


def test_a_maze_of_which_one_entrance_was_said_has_no_other_opening():
    assert steps("a hedge maze with one entrance")["maze"]["way_out"] is False
    assert steps("a maze with an entrance and an exit")["maze"].get("way_out", True)
    recipe = planned("a maze with only one entrance and a treasure in the centre")
    world = build(recipe, recipe.grid(128))
    assert not world.category("role", "exit").any()
    assert world.category("role", "treasure").any()


def test_what_stands_in_the_middle_of_a_maze_has_a_room_there():
    made = steps("a 40 m square hedge maze with one entrance and a fountain in the centre")
    assert made["maze"]["room_sides"] == ("centre",)
    assert "scatter" not in made


@pytest.mark.parametrize(("text", "count"), [
    ("ten cells along a corridor", 10),
    ("a prison with six cells on each side of the corridor", 12),
    ("a long corridor with four rooms on each side", 8),
    ("a corridor with ten cells along it", 10),
])  # fmt: skip
def test_cells_along_a_corridor_all_open_onto_it(text, count):
    assert bounds(text, "corridor_rooms") == ("at_least", 0.999)
    assert bounds(text, "count", feature="room") == ("equal", count)
    assert brief_of(text).not_understood == brief_of(text).not_measurable == ()
    assert steps(text)["rooms"]["layout"] == "corridor"


def test_two_rows_of_cells_are_no_two_cells():
    text = "two rows of cells along a corridor"
    assert bounds(text, "count", feature="room") == ("at_least", 2)
    assert steps(text)["rooms"]["layout"] == "corridor"


def test_a_key_at_the_other_end_lies_far_from_what_it_opens():
    text = "dungeon: a locked treasure room, and the key lies at the other end of the dungeon"
    assert bounds(text, "distance", feature="key", to="treasure")[0] == "at_least"
    assert not brief_of(text).not_understood
    assert steps(text)["roles"]["key_place"] == "far"


def test_floors_joined_by_stairs_ask_for_stairs_alone():
    asked = brief_of("old crypt on two floors joined by stairs")
    assert not asked.not_understood
    assert not [c for c in asked.checks if c.metric == "joined"]


def test_the_boss_in_the_last_of_a_row_is_in_the_farthest_room():
    text = "a linear dungeon, six rooms one after another with no side branches, and the boss in the last one"
    assert bounds(text, "farthest_room", feature="boss") == ("at_least", 1)
    assert bounds(text, "room_chain") == ("at_least", 1)
    assert not brief_of(text).not_understood


@pytest.mark.parametrize("text", [
    "Small dungeon. You must find a key before you can open the door to the boss.",
    "a dungeon where a key must be found before the door to the boss can be opened",
])  # fmt: skip
def test_a_key_before_the_door_to_the_boss_locks_the_boss_off(text):
    assert bounds(text, "locked_off", feature="boss") == ("at_least", 0.999)
    assert not brief_of(text).not_understood


def test_a_treasure_vault_is_one_of_the_rooms_and_its_key_comes_first():
    text = (
        "six rooms underground, one of them a treasure vault behind a locked door, and the key has to be somewhere "
        "the player can get it first"
    )
    assert bounds(text, "count", feature="room") == ("equal", 6)
    assert bounds(text, "locked_off", feature="treasure") == ("at_least", 0.999)
    assert not brief_of(text).not_understood


def test_the_rank_of_those_who_play_and_the_depth_of_floors_ask_for_nothing():
    assert "for level 3 characters" in brief_of("8 rooms, a dungeon for level 3 characters").atmosphere
    assert not brief_of("old crypt, three floors deep, connected by stairs").not_understood


def test_a_torch_in_each_room_hangs_in_each_and_not_only_as_many_as_rooms():
    text = "a dungeon of ten rooms with two torches in every room"
    assert bounds(text, "parts_holding", feature="room", of="torch", number=2) == ("at_least", 0.999)
    recipe = planned(text)
    world = build(recipe, recipe.grid(128))
    lights = world.instances["light"]
    torches = lights.placement[lights.species == lights.names.index("torch")]
    held = world["room"][world.grid.cells_of(torches)]
    assert sorted(np.unique(held, return_counts=True)[1].tolist()) == [2] * 10
    assert checks("ten rooms, each with a torch", "parts_holding")


def test_torches_in_the_corridors_hang_there_and_storeys_of_a_house_have_their_rooms():
    assert steps("a crypt with 7 rooms, torches in the corridors")["lights"]["place"] == "corridors"
    made = steps("a house with two floors, three rooms each")
    assert made["rooms"]["room_count"] == made["floors"]["room_count"] == 3
