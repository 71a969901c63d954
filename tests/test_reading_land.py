"""What is read of landscapes: sides, climates of parts, members of groups, orders, heights, moods, typos."""

from itertools import pairwise

import pytest

from pcgstudio.agents.reader.reading import read
from pcgstudio.agents.words.lexicon import lexicon

from .asked import bounds, brief_of, checks, one, place


def mended(text):
    """What the words of a text were corrected to."""
    return [w.corrected for w in lexicon().split(text) if w.corrected]


# -- typos -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [("a small lage", "lake"), ("two vollcanos", "volcanos"), ("a vally", "valley"), ("a meddow", "meadow"),
     ("norhtern hills", "northern"), ("a jungel", "jungle"), ("near the oacen", "ocean"), ("three lakse", "lakes"),
     ("hills aranged here", "arranged"), ("sorrounded by hills", "surrounded by")],
)  # fmt: skip
def test_misspelt_words_are_mended(text, meant):
    assert meant in mended(text)


@pytest.mark.parametrize("text", ["the realm of Tatooine", "a zzyzx", "a noir film", "mit zwei Seen"])
def test_strange_words_are_left_alone(text):
    assert mended(text) == []


def test_words_run_together_are_taken_apart_and_told():
    told = brief_of("mountains on the left, desert on the right and grass inbetween")
    assert told.complete
    assert any("inbetween" in line for line in told.interpretations)


# -- sides -------------------------------------------------------------------------------------------------------------


def test_behind_is_north_and_in_front_is_south():
    assert one("a forest behind the lake", "share_inside", feature="forest").region.side == "north"
    assert one("a forest in front of the lake", "share_inside", feature="forest").region.side == "south"


def test_behind_is_inland_where_the_sea_has_a_side():
    told = checks("a coast in the east with a town and a hill behind the town", "parts_inside", feature="hill")
    assert [c.region.side for c in told] == ["west"]


def test_both_sides_of_the_river_and_all_around_the_island():
    assert one("a river with forest on both sides", "both_sides", feature="forest").arguments["of"] == "river"
    assert one("an island with a hill in it and a beach all around", "rimmed").arguments["feature"] == "island"


def test_the_foot_of_a_mountain_is_near_and_lower():
    text = "a lake at the foot of a mountain"
    assert bounds(text, "rise", feature="lake") == ("at_most", 0)
    assert one(text, "parts_near", feature="lake").arguments["to"] == "mountain"


def test_next_to_the_tallest():
    where = one("three mountains, and a village next to the tallest mountain", "parts_inside", feature="village").region
    assert (where.kind, where.part, where.by) == ("near", 1, "height")


# -- climates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "side", "ground"),
    [("cold in the north and hot in the south", "north", "tundra"),
     ("frozen in the west, mild elsewhere", "west", "snow"),
     ("warm and wet in the south", "south", "rainforest"), ("hot and dry in the east", "east", "desert")],
)  # fmt: skip
def test_the_climate_of_a_side_is_what_grows_there_and_how_warm_it_is(text, side, ground):
    assert one(text, "share_inside", feature=ground).region.place == side
    assert any(c.region.place == side for c in checks(text, "warmer_by"))


def test_a_hot_desert_in_the_south_is_a_desert():
    assert not checks("a hot desert in the south", "warmer_by")


# -- how far and how high ----------------------------------------------------------------------------------------------


def test_everywhere():
    assert bounds("forest everywhere", "share", feature="forest") == ("at_least", 0.6)
    assert one("rocks all over the place", "spread", feature="rock").relation == "at_least"


def test_nothing_else():
    gone = {
        c.arguments["feature"] for c in brief_of("two hills and a lake, nothing else").checks if c.relation == "absent"
    }
    assert {"forest", "mountain", "settlement", "road"} <= gone
    assert not gone & {"hill", "lake", "river"}


def test_no_vegetation_is_nothing_that_grows():
    told = brief_of("a desert, no vegetation").checks
    gone = {c.arguments["feature"] for c in told if c.relation == "absent"}
    assert {"forest", "tree", "grassland", "grass"} <= gone


def test_snow_above_a_height_has_none_below_it_and_ground_that_reaches_it():
    text = "snow only above 200 m"
    low = one(text, "lowest", feature="snow")
    assert (low.relation, low.value) == ("at_least", 194)
    assert one(text, "height", feature="mountain").value > 200


def test_no_trees_above_a_height():
    assert bounds("three mountains, no trees above 150 m", "height", feature="tree") == ("at_most", 154.5)


def test_a_river_over_20_m_is_wide_and_not_high():
    assert bounds("a river over 20 m wide", "width", feature="river") == ("at_least", 20)


# -- members of groups -------------------------------------------------------------------------------------------------


def test_twice_as_big_as_the_other():
    text = "two lakes, one twice as big as the other"
    assert one(text, "contrast").value == (1.6, 2.5)
    assert bounds(text, "count", feature="lake") == ("equal", 2)


@pytest.mark.parametrize(
    ("text", "metric"),
    [("three hills of different heights", "graded"), ("two mountains of the same height", "evenness")],
)
def test_heights_of_members(text, metric):
    assert one(text, metric).arguments["aspect"] == "height"


def test_some_here_and_the_others_there():
    text = "five lakes, two of them in the north, the others in the south"
    told = {c.region.place: c.value for c in checks(text, "count", feature="lake") if c.region.kind == "compass"}
    assert told == {"north": 2, "south": 3}


def test_few_large_and_many_small():
    text = "two large islands and four small ones"
    assert bounds(text, "count", feature="island") == ("equal", 6)
    assert one(text, "contrast", after=2).value[0] > 1


def test_none_of_them():
    assert one("five islands, none of them forested", "share", feature="forest").relation == "absent"


@pytest.mark.parametrize(
    "text", ["three islands at least 500 m from each other", "every island is at least 500 m from the next"]
)
def test_islands_keep_their_distance_from_shore_to_shore(text):
    assert bounds(text, "gap", feature="island") == ("at_least", 500)


def test_two_mountains_apart():
    low, high = one("two mountains 3 km apart", "spacing").value
    assert low < 3000 < high
    assert not checks("two mountains 3 km apart", "height")


# -- orders and trends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["from west to east: a forest, a desert and a swamp", "forest, desert, swamp, in that order from west to east"],
)
def test_an_order_over_the_map(text):
    reading = read(text)
    assert [p.name for d in reading.demands for p in d.places] == [f"strip west {k}" for k in range(3)]
    assert reading.not_understood == []


def test_hills_that_rise_to_a_side():
    assert one("hills getting higher toward the north", "ramp").arguments["along"] == "north"
    assert one("hills getting lower toward the north", "ramp").arguments["along"] == "south"


def test_a_line_of_sight():
    assert one("a volcano that can be seen from the village", "in_sight").arguments["to"] == "village"
    assert not checks("I would like to see a lake", "in_sight")


def test_the_third_one_is_no_share():
    assert not checks("three hills. The third one is in the north.", "share")


def test_land_on_one_side_is_sea_on_the_other():
    told = checks("half land and half water, land on the left", "share_inside", feature="sea")
    assert [c.region.place for c in told] == ["east"]


def test_off_centre_is_not_the_centre():
    assert one("an island with a volcano, off-centre", "parts_inside", feature="volcano").region.kind == "not"


def test_islands_that_do_not_touch_the_border():
    text = "five islands, not touching the map border"
    assert not checks(text, "parts_inside")
    assert bounds(text, "sides_touched") == ("equal", 0)


def test_rivers_through_a_kingdom_run_through_the_map():
    assert brief_of("exactly two rivers running through my kingdom").complete
    assert one("a river runs through my land", "paths_through").region.place == "centre"


def test_an_article_counts_no_plural():
    assert bounds("a kingdom with mountains in the north", "count", feature="mountain") == ("at_least", 2)


# -- what asks for nothing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [("a hill where the old witch lives", "witch"), ("a beach so that players can land their boats", "players"),
     ("an island called Stormhold", "Stormhold"), ("a forest for my novel", "novel"),
     ("a lake with an autumn mood", "autumn"), ("the dwarves live in the mountains", "dwarves")],
)  # fmt: skip
def test_purposes_people_and_moods_are_atmosphere(text, told):
    brief = brief_of(text)
    assert brief.complete, brief.not_understood
    assert any(told in line for line in brief.atmosphere)


@pytest.mark.parametrize(
    "text",
    [
        "an island with a dragon",
        "a desert where it never rains",
        "a lake where three rivers meet",
        "a river so that nobody can cross",
    ],
)
def test_what_may_be_a_demand_is_no_mood(text):
    assert not brief_of(text).complete


# -- what lies between two sides ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source", "mouth"),
    [("hills in the north, a desert in the south and a river between them", "west", "east"),
     ("a river between the forest in the west and the meadows in the east", "north", "south")],
)  # fmt: skip
def test_a_river_between_two_sides_runs_along_their_border(text, source, mouth):
    assert place(text, "paths_from", end="source") == source
    assert place(text, "paths_from", end="mouth") == mouth


def test_a_range_from_side_to_side_passes_the_middle_and_does_not_lie_in_it():
    text = "a mountain range from west to east in the middle of the map"
    assert place(text, feature="mountain range") is None
    assert checks(text, "length", feature="mountain range")


def test_around_a_number_of_things_says_where():
    assert bounds("trees around two lakes", "count", feature="lake") == ("equal", 2)
    assert bounds("gentle grassland around one hill", "count", feature="hill") == ("equal", 1)
    assert bounds("a town with around 200 houses", "count", feature="house") == ("between", (160, 240))
    assert bounds("palm trees around a lake about 200 m wide", "width", feature="lake") == ("between", (176, 224))


def test_storeys_of_a_tower_are_not_passed_over():
    assert "four floors" in brief_of("a watchtower with four floors").not_understood


# -- all of it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a map that is all forest", "everything is forest", "the whole map is forest",
                                  "all forest except for one lake"])  # fmt: skip
def test_all_of_it_is_nearly_all_of_the_land(text):
    relation, value = bounds(text, "share", feature="forest")
    assert relation == "at_least"
    assert value >= 0.8


def test_all_of_two_sides_does_not_contradict_itself():
    assert not brief_of("the north is all desert and the south is all snow").contradictions


def test_everything_else_is_not_everything():
    assert brief_of("the sea runs along the western edge, everything else is land").checks


def test_a_burnt_forest_is_of_dead_trees():
    assert one("a burnt forest", "mix", feature="dead tree").value >= 0.5


def test_some_of_a_kind_are_several_and_some_of_a_mass_is_any():
    assert bounds("some hills", "count", feature="hill") == ("at_least", 2)
    assert bounds("a dungeon with some treasure", "count", feature="treasure") == ("at_least", 1)


# -- parts of what they come with, amounts, heights, worlds ------------------------------------------------------------


def test_what_comes_with_a_thing_is_in_it_or_at_it():
    ring = "a ring of mountains enclosing a valley with a lake"
    assert one(ring, "parts_inside", feature="lake").region.feature == "valley"
    assert one("a canyon with a river", "share_inside", feature="river").region.feature == "canyon"
    assert one("a bay with a beach", "rimmed").arguments["feature"] == "bay"
    assert one("a ring of hills with a meadow inside", "surrounded").arguments["by"] == "hill"
    assert one("an island in a lake with two towers", "share_inside").region.feature == "lake island"


def test_an_oasis_with_a_pond_has_one_water():
    assert [c.value for c in checks("an oasis with three palms and a pond", "count", feature="lake")] == [1]


def test_lots_of_plants_are_many():
    for text, kind in (("lots of palms along the beach", "palm"), ("many flowers", "flower")):
        assert bounds(text, "count", feature=kind) == ("at_least", 40)
    assert bounds("lots of lakes", "count", feature="lake") == ("at_least", 6)


def test_small_and_big_ones_are_counted_together_either_way_round():
    for text in ("lots of small craters and one big crater", "one big and many small craters"):
        assert bounds(text, "count", feature="impact crater") == ("at_least", 7)


def test_metres_above_the_sea_are_a_height():
    assert bounds("sheer cliffs 50 m above the sea", "drop") == ("equal", 50)
    assert bounds("a cliff that drops 60 m to the sea", "drop") == ("equal", 60)
    assert not checks("sheer cliffs 50 m above the sea", "width")


def test_cliffs_may_be_one_line_and_lie_on_a_side_of_an_island():
    text = "an island with sheer cliffs on its north coast and a beach on the other side"
    assert bounds(text, "count", feature="sea cliff") == ("at_least", 1)
    assert one(text, "parts_inside", feature="sea cliff").region.place == "north"
    assert one(text, "share_inside", feature="beach").region.place == "south"
    assert not checks(text, "share_inside", feature="sea")


def test_islands_off_the_coast_lie_before_a_mainland():
    for text in ("three small islands off the coast", "three offshore islands"):
        assert bounds(text, "sides_touched", feature="land") == ("at_least", 1)
        assert bounds(text, "count", feature="island") == ("equal", 3)


def test_a_moon_is_bare_dry_and_cratered():
    told = brief_of("a dead moon")
    assert told.complete
    assert {"water", "tree", "forest"} <= {c.arguments["feature"] for c in told.checks if c.relation == "absent"}
    assert bounds("a lunar landscape", "count", feature="impact crater") == ("at_least", 2)


def test_a_canyon_right_across_the_map_reaches_both_sides():
    assert one("a straight canyon right across the map", "reaches").arguments["second"] == "west"


@pytest.mark.parametrize(
    ("text", "feature", "least"),
    [("pine forest between the mountains and the sea", "forest", 0.02), ("a swamp by the coast", "swamp", 0.02),
     ("a village with fields", "field", 0.01)],
)  # fmt: skip
def test_what_is_asked_for_is_more_than_a_token(text, feature, least):
    assert bounds(text, "share", feature=feature) == ("at_least", least)


def test_a_wood_between_two_things_fills_the_way_and_not_only_its_narrowest_place():
    assert one("pine forest between the mountains and the sea", "share_inside").region.slack == 1
    assert one("a village between the mountains and the sea", "parts_inside", feature="village").region.slack == 0.25


def test_the_highest_of_several_is_there_and_the_others_where_they_like():
    assert place("five mountains. the highest mountain is in the east", "highest_inside") == "east"
    assert not checks("five mountains. the highest mountain is in the east", "parts_inside")
    silent = [d for d in read("the highest mountain is in the east").demands if d.silent]
    assert [len(d.places) for d in silent] == [1, 0]
    assert silent[0].dimensions[0][1].aim > 1.4 * silent[1].dimensions[0][1].aim


def test_an_island_as_high_as_a_mountain_has_one():
    assert [d.feature for d in read("an island rising 300 m above the sea").demands if d.silent] == ["mountain"]
    assert not [d for d in read("an island 20 m high").demands if d.silent]
    assert not [d for d in read("an island 300 m high with hills").demands if d.silent]


def test_an_atoll_around_a_lagoon_is_one():
    assert not checks("a ring-shaped coral atoll around a shallow lagoon", "surrounded")
    assert brief_of("a ring-shaped coral atoll around a shallow lagoon").complete


def test_a_deep_forest_is_a_dense_one():
    deep, dense = (checks(f"a {word} forest with no lakes", "share", feature="forest") for word in ("deep", "dense"))
    assert [c.value for c in deep] == [c.value for c in dense]
    assert brief_of("a deep forest").complete
    assert brief_of("a deep jungle").complete


def test_cliffs_of_a_mesa_are_its_own_edge():
    text = "a flat topped mesa with steep cliffs on all sides"
    assert not checks(text, "count", feature="cliff")
    assert one(text, "rim_steepness", part=0.85).value >= 35
    assert one(text, "flat_share", feature="plateau")
    assert brief_of(text).complete
    assert checks("a plateau with a cliff in the south", "count", feature="cliff")


def test_red_rock_is_that_of_badlands():
    assert one("a red mesa", "share", feature="badlands", of="plateau")
    assert brief_of("two mesas in a red desert").complete
    assert "red (beach)" in brief_of("a red beach").not_understood


def test_flat_land_on_a_side_asks_only_how_flat_it_is():
    told = checks("hills in the west, flat land in the east")
    assert not [c for c in told if c.metric == "share_inside" and c.arguments["feature"] == "terrain"]
    assert one("hills in the west, flat land in the east", "flat_share").region.place == "east"


def test_what_divides_the_map_reaches_both_sides():
    for text in (
        "a cliff 40 m high dividing the map",
        "a canyon cutting through the map",
        "a road that crosses the map",
    ):
        assert one(text, "reaches").arguments["second"] == "west"
    assert one("a river dividing the map in two", "parted")


def test_a_side_may_be_flat_or_hilly():
    text = "an island with a hilly north and a flat south"
    assert one(text, "parts_inside", feature="hill").region.place == "north"
    assert one(text, "flat_share").region.place == "south"


def test_islands_beside_a_mainland_are_counted_without_it():
    for text in ("a coast with an island", "two islands off the coast"):
        assert one(text, "count", feature="island").region.kind == "not"


def test_words_that_colour_what_nothing_colours_are_doubted():
    assert "white (cliff)" in brief_of("white cliffs by the sea").not_understood
    assert one("a burnt forest", "mix").arguments["feature"] == "dead tree"


def test_an_island_of_a_told_length_and_width_is_measured_lengthwise():
    assert one("an island 3 km long and 1 km wide", "width").arguments["lengthwise"]


def test_the_middle_of_a_plain_is_that_of_the_map():
    assert one("a crater 300 m wide in the middle of a plain", "parts_inside").region.place == "centre"


def test_what_stands_in_the_sea_stands_on_an_island():
    for text in ("a volcano rising out of the sea", "a mountain in the middle of the ocean"):
        assert bounds(text, "count", feature="island") == ("equal", 1)
    assert not checks("a volcano on a coast by the sea", "count", feature="island")


def test_what_comes_with_a_canyon_or_a_water_lies_in_it():
    assert one("a desert canyon with a hidden temple", "share_inside", feature="temple").region.feature == "canyon"
    assert not brief_of("a crater lake with an island in the middle").complete  # which nothing makes


@pytest.mark.parametrize(
    ("text", "upward"),
    [
        ("grass in the valleys, bare rock higher up and snow on the summits", ["grassland", "rock ground", "snow"]),
        ("snow on the peaks, bare rock below that, then forest, then meadows in the valleys",
         ["grassland", "forest", "rock ground", "snow"]),
        ("mountains with grassland in the lowlands, pine forest halfway up and snow on the peaks",
         ["grassland", "forest", "snow"]),
    ],
)  # fmt: skip
def test_grounds_told_with_their_heights_lie_one_above_the_other(text, upward):
    assert not brief_of(text).not_understood
    above = {c.arguments["of"]: c.arguments["feature"] for c in checks(text, "rise")}
    assert above == dict(pairwise(upward))
    assert one(text, "count", feature="mountain")


def test_nothing_but_dunes_is_sand_without_trees_or_water():
    for text in ("nothing but sand dunes, around 20 m high", "only sand dunes"):
        absent = {c.arguments["feature"] for c in checks(text) if c.relation == "absent"}
        assert {"tree", "water"} <= absent
        assert one(text, "share", feature="desert").value >= 0.85


def test_two_sides_told_of_a_lake_are_its_own():
    assert one("an oval lake 400 by 200 m", "length").value == 400
    assert one("an oval lake 400 by 200 m", "width").arguments["lengthwise"]
    assert not checks("an oval lake 400 by 200 m", "extent")
    assert one("a map 400 by 300 m with a lake", "extent", side="east").value == 400


def test_a_lake_with_a_wooded_island_is_one_lake():
    text = "a big lake with a small wooded island in the middle"
    assert one(text, "count", feature="lake").value == 1
    assert one(text, "count", feature="lake island").value == 1


@pytest.mark.parametrize(
    ("text", "metric", "value"),
    [("a freezing cold land of tundra", "temperature", 0), ("dry grassland with a few trees", "moisture", 0.4)],
)
def test_climates_of_a_land_are_measured_as_such(text, metric, value):
    assert not brief_of(text).not_understood
    assert one(text, metric).value == value
    assert not [c for c in checks(text, "share") if c.arguments["feature"] == "desert"]


def test_bone_dry_is_without_water():
    assert one("a slot canyon through badlands, bone dry", "share", feature="water").relation == "absent"


def test_an_island_shaped_like_a_ring_lies_around_a_lagoon():
    text = "an island shaped like a ring, with a lagoon inside"
    assert not brief_of(text).not_understood
    assert one(text, "surrounded").arguments == {"feature": "lagoon", "by": "island"}


def test_woods_that_mountains_come_with_beside_lakes_grow_on_all_the_land():
    assert one("snowy mountains with two lakes and pine forest", "mix").region.kind == "everywhere"


def test_dunes_behind_a_beach_lie_along_it():
    text = "a beach, then a belt of dunes, then a pine forest behind them"
    assert not brief_of(text).not_understood
    assert one(text, "share", feature="coast")
    assert one(text, "share_inside", feature="dune").region.feature == "beach"


def test_a_cliff_of_so_many_metres_is_so_high():
    text = "a waterfall plunges over a 50 m cliff into a pool"
    assert not brief_of(text).not_understood
    assert one(text, "drop", feature="cliff").value == 50
    assert not checks(text, "width")


def test_a_barren_plain_is_no_lawn():
    for text in ("a barren plain with five craters", "a barren island"):
        absent = {c.arguments["feature"] for c in checks(text) if c.relation == "absent"}
        assert {"tree", "forest", "grassland"} <= absent
    assert not [c for c in checks("a barren desert") if c.arguments.get("feature") == "rock ground"]


def test_straight_ways_stray_little_from_their_line():
    assert bounds("a straight road through a forest", "bend", feature="road") == ("at_most", 0.04)
    assert bounds("a dead straight river from west to east", "bend", feature="river") == ("at_most", 0.04)
