"""One of several, and what is on it: "the northern island", "the bigger one", "an island with a hut"."""

from __future__ import annotations

import pytest

from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.brief import Brief, Check


def brief(text: str) -> Brief:
    found = BuiltinCritic().brief(Task(instruction=text))
    assert not found.not_understood and not found.not_measurable
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
    assert on_island["feature"] == "island" and in_north["place"] == "north"


@pytest.mark.parametrize(("word", "part"), [("bigger", 1), ("larger", 1), ("smaller", -1), ("smallest", -1)])
def test_a_comparison_tells_one_of_several_from_the_others(word: str, part: int) -> None:
    found = brief(f"A lake with two islands, and a village on the {word} island")
    where = only(found, "parts_inside", "village").region.model_dump()
    assert (where["feature"], where["part"], where["by"]) == ("island", part, "size")


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
    assert where["feature"] == "island"


def test_what_is_on_an_island_that_is_the_whole_map_says_nothing_more() -> None:
    assert not [c for c in brief("An island with a village on it").checks if c.metric == "parts_inside"]


@pytest.mark.parametrize(("outer", "inner"), [("hill", "rocks"), ("mountain", "pines"), ("hill", "hut")])
def test_with_says_where_a_thing_is(outer: str, inner: str) -> None:
    found = brief(f"A {outer} with a {inner}" if inner == "hut" else f"A {outer} with seven {inner}")
    assert [c for c in found.checks if c.metric in ("share_inside", "parts_near")
            and outer in str(c.region.model_dump()) + str(c.arguments)]  # fmt: skip
