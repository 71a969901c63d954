"""One of several, and what is on it: "the northern island", "the bigger one", "an island with a hut"."""

from __future__ import annotations

import pytest

from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.brief import Brief, Check


def brief(text: str) -> Brief:
    found = BuiltinCritic().brief(Task(instruction=text))
    assert not found.not_understood
    assert not found.not_measurable
    return found


def only(found: Brief, metric: str, feature: str) -> Check:
    (check,) = (c for c in found.checks if c.metric == metric and c.arguments.get("feature") == feature)
    return check


def test_a_side_tells_one_of_several_from_the_others() -> None:
    found = brief("Two islands; the northern island has a volcano and the southern island has a forest")
    sides = [c.region.model_dump()["place"] for c in found.checks if c.metric == "count" and c.value == 1
             and c.arguments["feature"] == "island"]  # fmt: skip
    assert sides == ["north", "south"]
    on_island, in_north = only(found, "parts_inside", "volcano").region.model_dump()["regions"]
    assert on_island["feature"] == "island"
    assert in_north["place"] == "north"


@pytest.mark.parametrize(("word", "part"), [("bigger", 1), ("larger", 1), ("smaller", -1), ("smallest", -1)])
def test_a_comparison_tells_one_of_several_from_the_others(word: str, part: int) -> None:
    found = brief(f"A lake with two islands, and a village on the {word} island")
    where = only(found, "parts_inside", "village").region.model_dump()
    assert (where["feature"], where["part"], where["by"]) == ("lake island", part, "size")


@pytest.mark.parametrize(
    "text",
    [
        "A lake with an island in it, and on the island a village",
        "A lake with an island in it and a village on the island",
        "A lake with an island, the island has a village",
        "In the lake there is an island with a village",
    ],
)
def test_what_is_on_an_island_in_a_lake_is_checked_to_be_there(text: str) -> None:
    where = only(brief(text), "parts_inside", "village").region.model_dump()
    assert where["feature"] == "lake island"


def test_what_is_on_an_island_that_is_the_whole_map_says_nothing_more() -> None:
    assert not [c for c in brief("An island with a village on it").checks if c.metric == "parts_inside"]


@pytest.mark.parametrize(("outer", "inner"), [("hill", "rocks"), ("mountain", "pines"), ("hill", "hut")])
def test_with_says_where_a_thing_is(outer: str, inner: str) -> None:
    found = brief(f"A {outer} with a {inner}" if inner == "hut" else f"A {outer} with seven {inner}")
    assert [c for c in found.checks if c.metric in ("share_inside", "parts_near")
            and outer in str(c.region.model_dump()) + str(c.arguments)]  # fmt: skip


@pytest.mark.parametrize("text", ["A river splits the map in two", "A river that cuts the land in half"])
def test_a_river_that_splits_the_map_is_checked_to_part_it(text: str) -> None:
    assert only(brief(text), "parted", "river").value == 0.2


def test_a_river_out_of_a_lake_begins_there_and_one_into_it_ends_there() -> None:
    out, into = brief("A lake with a river flowing out of it"), brief("A lake fed by two rivers")
    assert only(out, "paths_from", "river").arguments["end"] == "source"
    assert only(into, "paths_from", "river").arguments["end"] == "mouth"


def test_a_road_between_two_places_leads_from_one_to_the_other() -> None:
    found = brief("A road from the village in the west to the village in the east")
    assert only(found, "joined", "village").arguments["by"] == "road"


def test_them_are_the_two_things_that_were_named() -> None:
    found = brief("A mountain in the north, a lake in the south and a forest between them")
    where = next(c.region.model_dump() for c in found.checks if c.metric == "share_inside")
    assert {where["first"], where["second"]} == {"mountain", "lake"}


def test_one_with_this_and_one_with_that_are_two_members() -> None:
    found = brief("Two hills, one with a castle and one with a village")
    parts = [only(found, "parts_inside", name).region.model_dump()["part"] for name in ("castle", "village")]
    assert parts == [1, 2]


def test_one_side_and_the_other_are_two_sides_of_what_lies_between() -> None:
    found = brief("A mountain range with desert on one side and jungle on the other")
    sides = [c.region.model_dump()["side"] for c in found.checks if c.metric == "share_inside"
             and c.region.kind == "side_of"]  # fmt: skip
    assert sides == ["west", "east"]


@pytest.mark.parametrize(
    ("text", "metric"), [("Five islands in a circle", "ring_shape"), ("Three lakes in a row", "row_shape")]
)
def test_several_things_may_lie_in_a_form(text: str, metric: str) -> None:
    assert [c for c in brief(text).checks if c.metric == metric]


def test_on_top_of_a_hill_is_its_upper_half() -> None:
    where = only(brief("Three hills, each with a stone circle on top"), "share_inside", "stone circle").region
    assert where.model_dump()["upper"] == 0.5
