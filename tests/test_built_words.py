"""Castles, harbours, crossings, cliffs, rooms behind rooms: as people ask for them, down to the measured map."""

import numpy as np
import pytest

from pcgstudio.agents.edits.rewording import in_full, only_kept
from pcgstudio.agents.words.lexicon import lexicon
from pcgstudio.build import build
from pcgstudio.measure import assess

from .asked import bounds, brief_of, checks, one
from .test_planning import planned

CELLS = 192


def made(text, cells=CELLS):
    """The world that a text becomes at first, and its measured checks by metric."""
    recipe = planned(text)
    world = build(recipe, recipe.grid(cells))
    return world, {row.check.metric: row for row in assess(world, brief_of(text)).checks}


def doubts(text):
    found = brief_of(text)
    return [*found.not_understood, *found.not_measurable]


# -- settlements -------------------------------------------------------------------------------------------------------


def test_a_castle_has_a_keep_and_is_shut_off_by_its_wall():
    world, rows = made("a castle on a hill")
    houses = world.instances["building"]
    assert [houses.names[k] for k in houses.species].count("keep") == 1
    assert rows["enclosed"].measured == 1
    assert rows["parts_inside"].passed


def test_keep_is_a_castle_only_as_a_noun():
    assert bounds("a walled keep", "count", feature="castle") == ("equal", 1)
    assert not checks("a lake, and keep the rivers out", feature="castle")


def test_a_village_below_a_castle_lies_near_it_and_lower():
    _, rows = made("a castle on a hill with a village below it")
    assert rows["rise"].measured < 0
    assert rows["parts_near"].passed


@pytest.mark.parametrize("text", ["a walled town with a church", "a fortified village"])
def test_walls_are_held_to_enclose(text):
    assert bounds(text, "enclosed") == ("at_least", 0.95)


def test_piers_are_counted():
    _, rows = made("a fishing village by the sea with three piers")
    assert rows["count"].passed
    assert bounds("a fishing village by the sea with three piers", "count", feature="pier") == ("equal", 3)


def test_a_fishing_village_lies_by_the_water_that_is_spoken_of():
    assert one("a fishing village", "parts_near", feature="village").arguments["to"] == "sea"
    assert one("a lake and a fishing village", "parts_near", feature="village").arguments["to"] == "lake"
    assert one("a village on a lake", "parts_near", feature="village").arguments["to"] == "lake"


def test_houses_belong_to_the_settlement_named_last():
    steps = [s for s in planned("a castle, and a village with 12 houses").steps if s.generator == "settlement"]
    assert {s.params["kind"]: s.params.get("houses") for s in steps} == {"castle": None, "village": 12}


def test_gates_on_each_side_and_on_opposite_sides_are_checked():
    assert bounds("a walled town with four gates, one on each side", "sides_held") == ("at_least", 1)
    assert bounds("a walled town with two gates on opposite sides", "opposed") == ("at_least", 120)
    assert bounds("a walled city with a gate in every wall", "sides_held") == ("at_least", 1)


def test_a_gate_in_the_north_is_on_that_side_of_its_town_and_the_wall_runs_all_around():
    text = "a town with a wall and a gate to the north"
    assert one(text, "facing").arguments == {"feature": "gate", "of": "town", "side": "north"}
    assert all(c.region.kind == "everywhere" for c in checks(text))
    two = checks("a walled town with a gate in the east and a gate in the west", "facing")
    assert {c.arguments["side"] for c in two} == {"east", "west"}


@pytest.mark.parametrize(("text", "ground", "side"), [
    ("an island with a lighthouse on its western tip", "island", "west"),
    ("a village at the southern end of the lake", "lake", "south"),
    ("a tower on the northern tip of the peninsula", "peninsula", "north"),
    ("a valley with a hamlet at its eastern end", "valley", "east"),
])  # fmt: skip
def test_the_end_of_a_thing_is_its_own_and_not_the_side_of_the_map(text, ground, side):
    assert not doubts(text)
    found = [c.region for c in checks(text) if c.region.kind == "end_of"]
    assert [(r.feature, r.side) for r in found] == [(ground, side)]
    assert (found[0].reach_m > 0) == (ground == "lake")


@pytest.mark.parametrize("text", [
    "a lighthouse on a headland", "a temple at the tip of a peninsula", "an island with a watchtower on the cape",
])  # fmt: skip
def test_what_stands_on_a_headland_is_found_there(text):
    assert not doubts(text)
    assert [c.region.kind for c in checks(text) if c.metric in ("share_inside", "parts_inside")] == ["headland"]


@pytest.mark.parametrize("text", [
    "a river with one village on each bank and a bridge between them",
    "a village on either bank of a river, joined by a bridge",
])  # fmt: skip
def test_a_village_on_each_bank_is_two_that_a_way_over_the_bridge_joins(text):
    assert bounds(text, "count", feature="village") == ("equal", 2)
    assert one(text, "joined").arguments == {"feature": "village", "by": "road"}
    assert bounds(text, "count", feature="bridge") == ("equal", 1)


@pytest.mark.parametrize("text", ["a village around a pond", "a desert village built around a small lake"])
def test_a_village_around_a_water_is_one_village_and_the_water_a_pond(text):
    steps = {s.id: s.params for s in planned(text).steps}
    assert steps["village"]["count"] == 1
    assert steps["lake"]["area_share"] < 0.003
    assert one(text, "surrounded").arguments == {"feature": "lake", "by": "village"}


def test_houses_round_a_pond_stand_on_all_its_sides():
    text = "a dozen cottages round a pond"
    assert not checks(text, "roundness")
    world, row = made(text)
    assert row["count"].passed
    assert row["sides_held"].passed
    assert row["parts_near"].passed
    assert len(world.instances["building"]) == 12


@pytest.mark.parametrize("text", ["a wall round the village", "a village with a wall round it"])
def test_round_before_what_is_named_is_around_it(text):
    assert brief_of(text).complete
    assert bounds(text, "enclosed", feature="village") == ("at_least", 0.95)
    assert bounds("a round lake", "roundness") == ("at_least", 0.8)


@pytest.mark.parametrize("text", ["a castle in the top left corner of the map", "a castle in the north-west corner"])
def test_a_corner_is_less_than_a_quarter_of_the_map(text):
    assert one(text, "parts_inside").region.depth < one("a castle in the north-west", "parts_inside").region.depth
    world, row = made(text)
    assert row["parts_inside"].passed
    rows, cols = np.nonzero(world["settlement"] > 0)  # row 0 is in the north
    assert rows.max() < 0.36 * CELLS
    assert cols.max() < 0.36 * CELLS


def test_the_corner_of_an_island_is_its_quarter():
    text = "put a volcano in the south-west corner of the island"
    assert one(text, "parts_inside", feature="volcano").region.depth == 0.5


def test_a_bridge_over_it_leads_over_the_water_and_not_the_village_beside_it():
    row = one("a village beside a river with a stone bridge over it", "parts_near", feature="stone bridge")
    assert row.arguments["to"] == "river"


@pytest.mark.parametrize(
    "text", ["the sea is along the eastern edge, nowhere else", "sea in the south and nowhere else"]
)
def test_a_sea_that_is_nowhere_else_ends_within_its_place(text):
    assert made(text)[1]["share_inside"].passed


@pytest.mark.parametrize("text", ["a village on the south coast of an island",
                                  "On the south coast of the island lies a village"])  # fmt: skip
def test_the_coast_of_an_island_is_where_the_village_is(text):
    assert one(text, "parts_inside", feature="village").region.place == "south"
    assert one(text, "parts_near", feature="village").arguments["to"] == "coast"
    assert not checks(text, "parts_inside", feature="island")


def test_all_round_a_thing_is_around_it_and_all_round_alone_is_the_edge():
    assert one("trees all round the lake", "surrounded").arguments == {"feature": "lake", "by": "tree"}
    assert one("mountains all around", "parts_inside", feature="mountain").region.place == "edge"


def test_stone_is_what_a_wall_is_made_of():
    assert not checks("a village with a stone wall", "count", feature="rock")
    assert brief_of("a village with a stone wall").complete
    assert brief_of("a stone house by a lake").not_understood == ("stone (house)",)


def test_a_castle_on_an_island_of_a_lake_finds_room_there():
    _, rows = made("a lake with a castle on an island")
    assert rows["parts_inside"].passed
    assert rows["enclosed"].passed


def test_a_harbour_town_on_a_told_coast_reaches_the_water():
    _, rows = made("a harbour town on the south coast")
    assert all(row.passed for row in rows.values())


def test_a_settlement_has_sides_of_its_own():
    sides = {c.arguments["feature"]: c.region for c in checks("a town with a river to the west and hills to the east")
             if c.region.kind == "side_of"}  # fmt: skip
    assert {f: (r.feature, r.side) for f, r in sides.items()} == {"river": ("town", "west"), "hill": ("town", "east")}
    middle = one("a walled town with four gates and a market square in its centre", "parts_inside").region
    assert middle.feature == "town"


@pytest.mark.parametrize(
    "text", ["a crossroads with an inn", "a lake with three villages", "a mountain pass with a fort"]
)
def test_what_comes_with_a_crossing_or_a_lake_stands_beside_it(text):
    assert len(checks(text, "parts_near")) == 1


def test_an_island_off_a_mainland_is_doubted():
    assert "on" in doubts("a lighthouse on an island off the coast")
    assert not doubts("a lighthouse on an island")


def test_a_road_joins_what_it_is_said_to_join():
    assert one("a road that joins three villages", "joined").arguments == {"feature": "village", "by": "road"}
    ends = one("a village and a castle. A road joins them", "reaches").arguments
    assert {ends["first"], ends["second"]} == {"village", "castle"}
    assert not checks("a road linking a village to a castle", "parts_near")
    assert one("a castle at the end of a road", "reaches").arguments["first"] == "castle"


def test_what_is_crossed_by_bridges_has_them():
    text = "a river crossed by three bridges"
    assert not doubts(text)
    assert [c.arguments["feature"] for c in checks(text, "parts_near")] == ["bridge"]
    text = "a river crossed on a single stone bridge by a road going west to east"
    assert not doubts(text)
    assert {one(text, "reaches").arguments[k] for k in ("first", "second")} == {"west", "east"}


@pytest.mark.parametrize(
    "text", ["a canyon spanned by a bridge", "a road crosses a gorge on a bridge", "a bridge across a valley"]
)
def test_a_bridge_over_a_gorge_spans_it(text):
    gorge = "valley" if "valley" in text else "canyon"
    assert not doubts(text)
    assert one(text, "clearance").arguments == {"feature": "bridge", "over": gorge}
    assert not checks(text, "count", feature="river")
    assert next(s for s in planned(text).steps if s.generator == "roads").params["gorges"]


def test_a_place_after_an_unknown_thing_is_not_given_to_another():
    text = "a medieval city with the castle in the north and zeppelins in the east"
    assert "zeppelins" in doubts(text)
    assert [c.region.place for c in checks(text) if c.region.kind == "compass"] == ["north"]


@pytest.mark.parametrize("text", ["a church in the west of the town", "a town with a church in the west"])
def test_a_part_of_a_town_lies_in_a_half_of_it(text):
    assert one(text, "share_inside").region.model_dump(include={"feature", "side", "within"}) == {
        "feature": "town", "side": "west", "within": True,
    }  # fmt: skip
    assert planned(text).steps[-1].params.get("church_side") == "west" or any(
        s.params.get("church_side") == "west" for s in planned(text).steps
    )


def test_a_road_that_splits_is_a_fork_and_where_roads_meet_is_a_crossing():
    assert one("a road that splits in two", "arms").value == 3
    assert one("a village where two roads meet", "arms").region.kind != "everywhere"
    assert one("an inn where two roads meet", "parts_near").arguments["to"] == "crossroads"
    assert one("a crossroads in a plain with an inn next to it", "parts_near").arguments["to"] == "crossroads"


def test_quarters_streets_and_squares_can_be_asked_for():
    text = "a city with a slum, a park, a market and an industrial quarter"
    assert not doubts(text)
    step = next(s for s in planned(text).steps if s.generator == "settlement")
    assert step.params["slums"] == step.params["factories"] == 1
    text = "a town with narrow winding streets and a big square"
    assert not doubts(text)
    assert {c.metric for c in checks(text)} >= {"width", "sinuosity", "size"}


def test_what_stands_around_a_town_is_in_no_one_place():
    text = "a walled city with four gates and a castle in the centre"
    assert [c.arguments["feature"] for c in checks(text) if c.region.kind == "compass"] == ["castle"]


def test_a_crossing_of_roads_is_no_bridge():
    text = "two roads crossing in a forest, with a tavern at the crossing"
    assert one(text, "parts_near").arguments["to"] == "crossroads"
    assert not checks(text, "count", feature="bridge")


def test_two_that_face_each_other_lie_on_both_sides():
    text = "two castles facing each other across a valley"
    assert not doubts(text)
    assert one(text, "both_sides").arguments["of"] == "valley"
    text = "two towns on opposite sides of a lake"
    assert not doubts(text)
    assert one(text, "both_sides").arguments["of"] == "lake"


def test_below_a_mill_is_below_its_hill():
    assert one("a windmill on top of a hill with a farm below", "rise").arguments == {"feature": "farm", "of": "hill"}


def test_a_wall_around_a_town_by_a_river_is_the_towns():
    text = "a wall around a town beside a river"
    assert one(text, "parts_near").arguments["feature"] == "town"
    assert not checks(text, "surrounded")


def test_a_town_on_both_banks_is_built_on_both():
    _, rows = made("a town on both sides of a river")
    assert rows["both_sides"].passed


def test_fields_are_not_as_many_villages():
    steps = [s for s in planned("a farm with fields").steps if s.generator == "settlement"]
    assert [s.params.get("count") for s in steps] == [1]


# -- roads, cliffs, dunes, craters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a crossroads in the middle of the map", "two roads that cross in the middle"])
def test_four_roads_leave_a_crossroads(text):
    _, rows = made(text)
    assert rows["arms"].measured >= 4


def test_islands_are_joined_by_a_bridge():
    _, rows = made("two islands joined by a bridge")
    assert rows["joined"].measured == 1


def test_a_village_on_a_cliff_stands_above_it():
    text = "a village on top of a 50 m high cliff"
    world, rows = made(text, 256)
    village, foot = (world["settlement"] > 0), (world["cliff_foot"] > 0)
    assert world["height"][village].mean() > world["height"][foot].mean() + 20
    assert rows["drop"].check.value == 50


def test_crests_run_as_asked():
    _, rows = made("a desert of dunes running from north to south")
    assert rows["grain"].passed


def test_a_crater_is_an_impact_unless_a_volcano_is_spoken_of():
    assert checks("a crater 200 m wide", "width", feature="impact crater")
    assert checks("a volcano with a crater", feature="crater")


# -- landmarks ---------------------------------------------------------------------------------------------------------


def test_a_tower_stands_alone_unless_there_is_a_wall():
    assert bounds("a tower on a hill", "count", feature="watchtower") == ("equal", 1)
    assert bounds("a walled town with six towers", "count", feature="tower") == ("equal", 6)


def test_what_a_village_has_stands_by_it():
    world, rows = made("a village with a windmill and an inn")
    assert rows["parts_near"].passed
    placed = world.instances["prop"]
    assert sorted(placed.names[k] for k in placed.species) == ["inn", "windmill"]
    ground = world.grid.sample(world["height"], placed.placement)
    assert np.abs(ground - placed.placement[:, 2]).max() < 0.3


# -- rooms -------------------------------------------------------------------------------------------------------------

BONDS = {
    "a dungeon with a boss room that can only be reached through the treasure room": "only_through",
    "a dungeon with a treasure room behind the boss room": "only_through",
    "a treasure room right next to the biggest room": "rooms_beside",
    "a dungeon with three treasure rooms, no two of them next to each other": "rooms_touching",
    "the treasure room must not be next to the entrance": "rooms_touching",
    "two treasure rooms, each at a dead end": "rooms_ending",
    "a boss room as far from the entrance as possible": "farthest_room",
}


@pytest.mark.parametrize("text", BONDS)
def test_rooms_lie_to_each_other_as_asked(text):
    assert doubts(text) == []
    _, rows = made(text)
    assert rows[BONDS[text]].passed


def test_the_boss_in_the_biggest_room_with_one_door():
    _, rows = made("the boss room is the biggest room and has only one door")
    assert rows["parts_inside"].passed
    assert rows["rooms_ending"].passed


def test_a_maze_has_the_passages_that_were_told():
    _, rows = made("a 12 by 17 maze")
    assert rows["passages"].passed
    told = [(c.arguments["along"], c.value) for c in checks("a 12 by 17 maze", "passages")]
    assert told == [("east", 12), ("north", 17)]


def test_a_key_for_each_lock():
    assert bounds("three locked doors and a key for each", "count", feature="key") == ("equal", 3)


UNMADE = {
    "a dungeon with a secret door": "secret door",
    "a dungeon with two floors, the boss on the lower floor": "the boss on the lower floor",
    "one room has three doors in this dungeon": "has three doors",
}


@pytest.mark.parametrize("text", UNMADE)
def test_what_nothing_checks_is_said(text):
    assert any(UNMADE[text] in line for line in doubts(text))


def test_two_more_of_a_kind_are_two():
    assert bounds("add two more lakes", "count", feature="lake") == ("equal", 2)
    assert doubts("add two more lakes") == []


def test_a_village_without_a_church_has_none():
    _, rows = made("a village of exactly 20 houses without a church")
    assert all(row.passed for row in rows.values())


def test_a_treasure_behind_a_locked_door_needs_its_key():
    _, rows = made("a dungeon with 8 rooms where the treasure is behind a locked door")
    assert rows["locked_off"].measured == 1


def test_a_village_on_each_side_is_two():
    assert bounds("a village on each side of a river", "count", feature="village") == ("equal", 2)
    _, rows = made("a village on each side of a river")
    assert rows["both_sides"].measured > 0.3


FULL = {
    "add two more": "add two more lakes",
    "add another": "add one more lake",
    "connect them with a bridge": "add a bridge connecting the villages",
    "flood it": "add a lake in the impact crater",
    "add two more trees": "add two more trees",
}


@pytest.mark.parametrize("clause", FULL)
def test_follow_ups_are_said_in_full(clause):
    there = ["village", "impact crater", "lake"]
    assert in_full(clause, lexicon().split(clause), there) == FULL[clause]


def test_keeping_a_thing_dry_is_more_than_keeping_it():
    assert only_kept(lexicon().split("keep the lake as it is"))
    assert not only_kept(lexicon().split("keep the tower dry"))
