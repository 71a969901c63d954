"""Demands on a whole: all of a group, a whole outline, everywhere but one side, the only one, and what is unread."""

from __future__ import annotations

import pytest

from tests.asked import bounds, brief_of, checks, one, place


@pytest.mark.parametrize(
    "text",
    ["Three towns and all of them have a well", "Three towns, all with a well", "Three towns. They all have a well"],
)
def test_all_of_a_group_have_what_each_of_it_has(text):
    assert one(text, "parts_holding", feature="town", of="well").arguments["number"] == 1
    assert not checks(text, "count", feature="well")
    assert not brief_of(text).not_understood


def test_all_of_a_kind_have_what_each_has():
    assert one("All towns have a well", "parts_holding", feature="town", of="well").value > 0.99


def test_the_only_one_is_one_and_its_place_is_not_that_of_the_island():
    text = "An island whose only volcano is in the east"
    assert bounds(text, "count", feature="volcano") == ("equal", 1)
    assert not checks(text, "parts_inside", feature="island")
    assert place(text, "share_inside", feature="volcano") == "east"


@pytest.mark.parametrize("way", ["along the whole shore", "around its entire coastline", "all along the coast"])
def test_a_rim_along_the_whole_shore_has_to_go_around_it(way):
    text = f"An island with sea cliffs {way}"
    assert one(text, "rimmed", feature="island", by="sea cliff").value >= 0.7
    assert not brief_of(text).not_understood


def test_everywhere_but_one_side_covers_the_rest():
    assert one("Jungle everywhere except in the south", "share", feature="rainforest", of="land").value >= 0.45
    assert one("Bushes everywhere but in the south", "spread", feature="shrub").value >= 0.4


def test_hills_all_around_lie_along_the_edge_and_the_lake_does_not_move_them():
    text = "Hills all around and a pond in the middle"
    assert place(text, "parts_inside", feature="hill") == "edge"
    assert one(text, "spread", feature="hill").value > 0.9
    assert place(text, "parts_inside", feature="lake") == "centre"


def test_trees_beside_a_church_on_a_hill_stand_on_the_hill():
    text = "A mountain with a chapel and three pines on it"
    assert one(text, "share_inside", feature="pine").region.feature == "mountain"


def test_rooms_are_not_asked_to_lie_in_the_largest_of_themselves():
    text = "A cave with four chambers and a pool in the largest one"
    assert not checks(text, "share_inside", feature="room")
    assert one(text, "parts_inside", feature="cave pool").region.part == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Three bridges over a river, the middle one near a mill", "the middle one"),
        ("A square pond", "square"),
        ("A canyon with a flat floor", "flat floor"),
    ],
)
def test_what_nothing_measures_is_listed(text, words):
    assert any(words in told for told in brief_of(text).not_understood)
    assert not checks(text, "parts_near", feature="bridge", to="mill")


def test_squares_of_a_town_and_of_metres_are_no_outline():
    assert not brief_of("A town square with a well").not_understood
    assert not brief_of("A forest on a 500 m square").not_understood
