"""What words mean where they stand, and that none of them vanishes."""

import pytest

from pcgstudio.agents.reader.reading import read
from pcgstudio.agents.words.lexicon import lexicon

from .asked import bounds, brief_of, checks, one, place


def told(text):
    """All that a brief says, its quotes left out."""
    brief = brief_of(text)
    found = sorted(c.model_copy(update={"quote": ""}).model_dump_json() for c in brief.checks)
    return found, len(brief.not_understood), len(brief.not_measurable), sorted(brief.atmosphere)


# -- homographs --------------------------------------------------------------------------------------------------------


def test_a_shape_is_no_place():
    assert not checks("a heart-shaped lake", "parts_inside")
    assert not brief_of("a heart-shaped lake").complete


@pytest.mark.parametrize(
    "text", ["a crescent-shaped lake", "a lake shaped like a horseshoe", "a lake in the shape of a crescent"]
)
def test_a_shape_that_is_known_is_measured(text):
    assert one(text, "solidity", feature="lake").relation == "at_most"


def test_left_is_a_side_only_where_one_is_named():
    assert place("a swamp on the left, a desert on the right", feature="swamp") == "west"
    assert place("forest left, desert right", feature="desert") == "east"
    assert place("30% lake, what's left is forest", feature="forest") is None
    assert place("a village right by the river", feature="village") is None


def test_a_verb_is_no_thing():
    assert not checks("the swamp starts at the lake", feature="entrance")
    assert not checks("a volcano that towers over the hills", feature="tower")


# -- denials -----------------------------------------------------------------------------------------------------------


def test_what_is_denied_of_an_adjective_turns_its_check():
    assert one("a lake, but not too large", "share", feature="lake").relation == "at_most"
    assert one("mountains that are not very high", "height", feature="mountain").relation == "at_most"
    assert not [c for c in brief_of("not too steep hills").checks if c.relation == "absent"]


def test_a_verdict_after_its_noun():
    assert one("hills yes, lakes no", "share", feature="lake").relation == "absent"
    assert one("hills yes, lakes no", "count", feature="hill").passes(3)


def test_a_denied_bound_is_the_opposite_one():
    assert one("water must not cover more than 20% of the map", "share", feature="water").relation == "at_most"


@pytest.mark.parametrize("words", ["hardly any", "almost no", "very few"])
def test_hardly_any(words):
    assert one(f"a plain with {words} trees", "count", feature="tree").relation == "at_most"


def test_a_place_where_nothing_is_asked_for_is_not_dropped():
    assert not brief_of("Two lakes. In the north, nothing.").complete


# -- parts of a group --------------------------------------------------------------------------------------------------


def test_a_part_about_which_nothing_can_be_shown_is_listed():
    assert not brief_of("six hills, two of them are rocky").complete


def test_each_after_its_noun():
    found = one("three plateaus with a lake each", "parts_holding")
    assert found.arguments == {"feature": "plateau", "of": "lake", "number": 1}


def test_another_one_elsewhere():
    text = "a hill in the north, another in the south"
    counts = {c.region.place: c.value for c in checks(text, "count", feature="hill") if c.region.kind == "compass"}
    assert counts == {"north": 1, "south": 1}


def test_a_number_before_two_nouns_counts_the_first():
    assert bounds("a seven room dungeon", "count", feature="room") == ("equal", 7)
    assert bounds("a two storey dungeon", "storeys") == ("equal", 2)
    assert bounds("caves with three levels", "storeys") == ("equal", 3)


def test_a_number_told_again_is_kept():
    assert bounds("a terraced hill with four terraces", "count", feature="terrace") == ("equal", 4)


# -- amounts -----------------------------------------------------------------------------------------------------------


def test_more_of_one_than_of_another():
    assert bounds("more rocks than trees", "ratio", feature="rock", of="tree")[0] == "at_least"
    assert one("three times as many pines as oaks", "ratio", feature="pine").value > 2
    assert one("fewer trees than rocks", "ratio", feature="rock").arguments["of"] == "tree"


def test_equal_parts():
    for feature in ("snow", "desert"):
        low, high = one("equal parts snow and desert", "share", feature=feature).value
        assert low < 0.5 < high


def test_lots_of_what_is_not_counted_is_much_of_it():
    assert one("hills with lots of grass", "share", feature="grassland").value >= 0.25


def test_a_size_belongs_to_the_noun_beside_it():
    text = "a hill 60 m high near a lake 200 m across"
    assert bounds(text, "height", feature="hill") == ("equal", 60)
    assert bounds(text, "width", feature="lake") == ("equal", 200)


def test_hectares_of_forest_are_all_of_it():
    assert bounds("5 hectares of forest", "area", feature="forest") == ("equal", 50_000)


# -- relations ---------------------------------------------------------------------------------------------------------


def test_from_one_end_to_the_other():
    for text in (
        "a canyon from the north to the south",
        "a road from the northern edge to the southern edge of the map",
    ):
        assert {one(text, "reaches").arguments[k] for k in ("first", "second")} == {"north", "south"}
    assert one("a road from the village to the lake", "reaches").arguments["first"] == "lake"


def test_what_connects():
    assert one("a road that connects all villages", "joined").arguments == {"feature": "village", "by": "road"}
    assert one("two towns and a road between them", "joined").arguments["feature"] == "town"


def test_on_both_sides_of():
    assert one("trees on both sides of the river", "both_sides", feature="tree").arguments["of"] == "river"


def test_above_and_below():
    assert one("a village below the castle", "rise", feature="village").relation == "at_most"
    assert one("a castle above the village", "rise", feature="castle").relation == "at_least"


def test_a_distance_in_metres():
    low, high = one("a village 300 m from the lake", "distance", feature="village").value
    assert low < 300 < high < 400


def test_land_in_water_is_surrounded_by_it():
    assert one("a hill in a lake", "surrounded", feature="hill").arguments["by"] == "lake"


def test_two_places_of_one_thing():
    text = "forest in the north and in the west"
    assert {c.region.place for c in checks(text, "share", feature="forest") if c.region.kind == "compass"} == {
        "north",
        "west",
    }


# -- nothing vanishes --------------------------------------------------------------------------------------------------

UNDERSTOOD = (
    "three small lakes north of a steep volcano",
    "a winding river from the western hills to the sea, dense pine forest along the river and no rocks",
    "a round island 800 m wide with two villages linked by a road and hardly any trees",
    "a tropical archipelago of 8 islands, each with a hill, 30% land",
    "a dungeon with 12 rooms, a boss far from the entrance, two keys and no dead ends",
    "twice as many rocks as trees on a flat desert, a lake in the far north",
)
SILENT = {
    "a", "an", "the", "of", "and", "with", "to", "in", "on", "as", "by", "each", "from", "along", "far", "many", "wide",
    "archipelago", "linked",
}  # fmt: skip
"""Words that may be left out without a change of the demands, as others say the same or they only join."""


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_every_content_word_has_an_effect(text):
    assert brief_of(text).complete, brief_of(text)
    whole = told(text)
    words = text.replace(",", " ,").split()
    for i, word in enumerate(words):
        if word.lower() in SILENT or not word[0].isalnum():
            continue
        without = " ".join(words[:i] + words[i + 1 :]).replace(" ,", ",")
        assert told(without) != whole, f"'{word}' says nothing in '{text}'"


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_word_nobody_knows_is_listed_wherever_it_stands(text):
    words = text.split()
    for i in range(len(words) + 1):
        spoilt = " ".join([*words[:i], "zorbly", *words[i:]])
        assert any("zorbly" in w for w in brief_of(spoilt).not_understood), spoilt


def test_words_that_say_nothing_do_not_name_sides_or_relations():
    meaningful = {"preposition", "place", "number", "negation", "feature"}
    kept = {w for w in lexicon().vocabulary["stop"] if meaningful & set(lexicon().phrases[w])}
    assert kept <= {
        "landscape", "terrain", "level", "home", "one", "of", "plus", "keep", "spanning", "containing", "having",
        "featuring", "has",
        "have", "holding", "including", "all around", "occupies", "occupying",
    }, kept  # fmt: skip


def test_reading_a_brief_twice_is_the_same():
    text = UNDERSTOOD[1]
    assert read(text) == read(text)
