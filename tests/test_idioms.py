"""Turns of phrase that no single word carries, and more of something here than there."""

import pytest

from pcgstudio.agents.builtin import BuiltinActor
from pcgstudio.agents.protocol import Task
from pcgstudio.agents.reader.reading import read

from .asked import bounds, brief_of, checks, one, place


def absent(text):
    return {d.feature for d in read(text).demands if d.absent}


# -- numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a town with 60 houses or so", "a town with about 60 houses"])
def test_or_so_after_the_noun_is_about(text):
    assert one(text, "count", feature="house").value == (48, 72)


@pytest.mark.parametrize("text", ["hills, four of them", "some hills, four", "hills. Just four."])
def test_a_number_by_itself_counts_what_was_named_before(text):
    assert one(text, "count", feature="hill").value == 4
    assert brief_of(text).complete


def test_a_part_of_a_unit_is_a_length():
    assert one("an impact crater half a kilometre wide", "width", feature="impact crater").value == 500
    assert one("half the land is forest", "share", feature="forest")


def test_one_or_two():
    assert one("a lake or two", "count", feature="lake").value == (1, 2)


def test_a_secret_that_is_counted_is_no_mood():
    assert not brief_of("a dungeon with five rooms, one secret").complete


# -- places ------------------------------------------------------------------------------------------------------------


def test_a_little_off_the_middle():
    told = brief_of("a tower just west of the centre")
    assert told.complete
    assert len([c for c in told.checks if "west" in c.region.model_dump_json()]) == 1


def test_what_is_left_is_land_keeps_the_water_where_it_was_put():
    text = "sea in the west, the rest is land"
    assert one(text, "share_inside", feature="sea").value == pytest.approx(0.98)


@pytest.mark.parametrize("text", ["forest in front, hills behind", "hills behind, forest in front"])
def test_front_and_back_are_sides_of_the_map(text):
    assert place(text, feature="forest") == "south"
    assert place(text, feature="hill") == "north"


def test_in_front_of_something_is_no_side():
    assert place("a forest in front of the hills", feature="forest") is None


def test_where_a_side_is_something():
    text = "an island where the east is swampy"
    assert place(text, feature="swamp") == "east"
    assert place(text, feature="island") is None


def test_which_is_tells_of_the_place_before_it():
    assert place("hills everywhere except the south, which is a desert", feature="desert") == "south"


def test_woods_in_the_corners_stay_out_of_the_middle():
    found = checks("forest in all four corners and a swamp in the middle", feature="forest")
    assert not [c for c in found if "centre" in c.region.model_dump_json()]


def test_inside_at_the_end_is_what_the_border_leaves_or_the_thing_before():
    kind = one("hills along the edge, swamp inside", "share_inside", feature="swamp").region.model_dump()["kind"]
    assert kind == "not"
    assert brief_of("a crater with a pond inside").complete


def test_inside_it_is_no_elsewhere():
    told = brief_of("a forest in the north with a lake inside it")
    assert not [c for c in told.checks if c.arguments.get("feature") == "lake" and c.region.kind == "not"]


def test_a_hollow_filled_with_water_holds_a_lake():
    assert one("a crater filled with water", "parts_inside", feature="lake").region.feature == "impact crater"
    assert not checks("a crater filled with water", feature="water")


def test_the_slopes_of_a_mountain_are_the_mountain():
    assert one("pines on the mountain slopes", "share_inside", feature="pine").region.feature == "mountain"
    assert brief_of("pines on the mountain slopes").complete


def test_among_the_trees_is_in_a_wood():
    assert one("ruins among the trees", "share_inside", feature="ruin").region.feature == "forest"


def test_a_bridge_alone_gets_a_river_to_cross():
    assert checks("a village near a bridge", "count", feature="river")
    assert not checks("a stone bridge over a gorge", "count", feature="river")
    assert not checks("a bridge between two islands", feature="river")


def test_a_field_of_something_is_that_thing():
    assert not checks("a field of flowers", feature="field")
    assert checks("fields of wheat around a village", feature="farmland")


def test_surround_it():
    assert place("no sea, surround the map with hills", feature="hill") == "edge"
    assert one("a lake, surround it with hills", "surrounded", feature="lake").arguments["by"] == "hill"
    assert absent("instead of lakes, surround it with hills") == {"lake"}


def test_a_river_starts_and_ends():
    ends = {c.arguments["end"]: c.arguments["to"] for c in checks("a river that starts in the hills and ends in a lake",
                                                                  "paths_from")}  # fmt: skip
    assert ends == {"source": "hill", "mouth": "lake"}


def test_the_middle_of_what_it_belongs_to():
    assert one("a lake with an island in the middle", "surrounded", feature="lake island").arguments["by"] == "lake"
    assert one("a town with a church in the centre and fields around it", "surrounded", by="field")
    assert place("an island with a volcano in the middle", feature="volcano") == "centre"


def test_its_foot_is_that_of_the_mountain():
    region = one("hills with snow on top and a forest at their foot", "share_inside", feature="forest").region
    assert region.feature == "hill"


def test_what_is_split_lies_on_both_sides():
    assert one("a town split by a river", "both_sides", feature="town").arguments["of"] == "river"
    assert one("a forest divided by a river", "both_sides", feature="forest")


def test_cover_something_with_something():
    assert one("cover the hills in forest", "share", feature="forest").arguments["of"] == "hill"
    assert one("cover two thirds of the island with swamp", "share", feature="swamp").passes(0.667)


# -- what things are like ----------------------------------------------------------------------------------------------


def test_bends_make_a_river_winding():
    assert one("a river with many wide bends", "sinuosity", feature="river")
    assert not brief_of("a river with seven bends").complete


def test_steep_sides():
    assert one("a canyon with steep walls", "steepness", feature="canyon").relation == "at_least"
    assert not brief_of("a town with steep walls").complete


def test_a_volcano_that_is_not_active():
    found = [c for c in checks("a volcano that isn't active") if c.arguments.get("feature") == "lava"]
    assert [c.relation for c in found] == ["at_most"]


def test_a_big_map_reaches_further():
    assert one("a big map with a lake", "extent", side="east").value > one("a small map with a lake", "extent",
                                                                              side="east").value  # fmt: skip
    assert not checks("a large area of swamp", "extent")


def test_an_oasis_is_water_with_palms():
    assert one("a desert with an oasis", "parts_near", feature="palm").arguments["to"] == "lake"
    assert len(checks("an oasis with a few palms", "count", feature="palm")) == 1


def test_a_graveyard_is_many_graves():
    assert bounds("a graveyard", "count", feature="grave") == ("at_least", 8)


def test_sand_is_a_beach_by_the_water_and_a_desert_elsewhere():
    assert checks("an island with lots of sand", "share", feature="beach")
    assert checks("hills and sand", "share", feature="desert")


def test_a_snowy_peak_is_that_of_the_mountain():
    assert one("a mountain with a snowy peak", "count", feature="mountain").value == 1
    assert checks("three volcanoes with snowy peaks", "share", feature="snow", of="volcano")
    assert not checks("three volcanoes with snowy peaks", feature="mountain")


def test_mostly_flat_is_no_share_of_what_follows():
    assert not checks("mostly flat with one mountain", "share", feature="mountain")
    assert checks("mostly flat with one mountain", "flat_share")


def test_three_cottages_are_too_few_for_a_ring():
    assert checks("three cottages around a lake", "parts_near", feature="house", to="lake")
    assert checks("pines around a lake", "surrounded", feature="lake")


@pytest.mark.parametrize(
    ("text", "name"), [("a hut on a hill", "houses"), ("a hill with a single tree", "count")]
)  # fmt: skip
def test_a_single_house_or_tree_is_built_alone(text, name):
    recipe = BuiltinActor().propose(Task(text), brief_of(text), None, None).recipe
    told = [s.params.get(name) for s in recipe.steps if s.generator in ("settlement", "scatter")]
    assert 1 in told


def test_a_country_to_think_of_is_atmosphere():
    told = brief_of("many small lakes like in Sweden")
    assert told.complete
    assert told.atmosphere == ("like in Sweden",)
    assert not brief_of("many small lakes with wibbles").complete


# -- gradients ---------------------------------------------------------------------------------------------------------


def test_a_wood_thins_out():
    north = one("woods getting thinner to the south", "trend", feature="forest")
    assert (north.arguments["along"], north.relation) == ("north", "at_least")
    up = one("a mountain with fewer trees higher up", "trend", feature="forest")
    assert (up.arguments["along"], up.relation) == ("height", "at_most")


def test_a_wood_with_nothing_to_climb_does_not_thin_out_with_height():
    assert not brief_of("fewer trees higher up").complete


def test_higher_in_the_west():
    text = "three mountains, higher in the west than in the east"
    assert "west" in one(text, "highest_inside", feature="mountain").region.model_dump_json()


@pytest.mark.parametrize(
    "text", ["five lakes in it, not more", "five lakes and no more", "five lakes, no more, no less"]
)
def test_no_more_than_were_counted(text):
    asked = brief_of(text)
    assert bounds(text, "count", feature="lake") == ("equal", 5)
    assert not asked.not_understood
