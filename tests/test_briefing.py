"""Checks written before any plan: each measurable, each with its words, and what excludes itself named with numbers."""

import numpy as np
import pytest

from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.brief import Brief
from pcgstudio.build import complete
from pcgstudio.errors import InputError, OutOfScopeError
from pcgstudio.measure import METRICS, measure
from pcgstudio.world import Grid, World

from .asked import bounds, brief_of, checks, one

INSTRUCTIONS = (
    "A single mountain peak with exactly three height layers, grass spots on the peak layer, and rocks only in areas "
    "not occupied by the mountain",
    "two lakes, one in the east and one in the west, and a pine forest north of a lake",
    "a winding river from the mountains to the sea, palm trees along the river and no rocks",
    "a tropical archipelago of 8 islands with beaches, 30% land",
    "a dungeon with 12 rooms, an entrance, a boss room, 2 loops and no dead ends",
    "a lake surrounded by dense forest between the mountain and the volcano, 2 x 1 km",
    "a mountain range from north to south, a high plateau in the east and a wide valley",
    "an arid desert with two low hills far from the sea, mostly flat ground",
    "hills in the north, a swamp in the southwest corner and snow on the highest level of five terraces",
)


@pytest.mark.parametrize("text", INSTRUCTIONS)
def test_every_check_can_be_measured_and_says_its_words(text):
    bare = complete(World(Grid(24, 24, 40.0)))
    assert brief_of(text).checks
    for check in brief_of(text).checks:
        value = measure(bare, check)
        assert value is None or np.isfinite(value)
        assert check.unit == METRICS[check.metric].unit
        for piece in check.quote.split(" + "):
            assert piece in text


@pytest.mark.parametrize("text", INSTRUCTIONS)
def test_a_brief_survives_its_file(text):
    told = brief_of(text)
    assert Brief.model_validate_json(told.model_dump_json()) == told
    assert told.instruction == text


def test_the_papers_first_experiment():
    text = INSTRUCTIONS[0]
    assert bounds(text, "count", feature="mountain") == ("equal", 1)
    assert bounds(text, "count", feature="terrace") == ("equal", 3)
    grass = one(text, "share_inside", feature="grass")
    assert (grass.region.kind, grass.region.which) == ("level", "top")
    rocks = one(text, "share_inside", feature="rock")
    assert rocks.region.kind == "not"
    assert rocks.region.region.feature == "mountain"
    assert brief_of(text).complete


# -- what excludes itself ----------------------------------------------------------------------------------------------

TOO_MUCH = {
    "80% water and 40% forest of the map": ("80% water", "40% forest", "120%", "20%"),
    "80% ocean and 40% forest of the map": ("80% ocean", "40% forest", "120%", "20%"),
    "60% desert and 70% snow": ("60% desert", "70% snow", "130%", "30%"),
    "70% sea and 50% land": ("70% sea", "50% land", "120%", "20%"),
}


@pytest.mark.parametrize("text", TOO_MUCH)
def test_shares_that_do_not_fit_are_named_with_their_sum(text):
    (told,) = brief_of(text).contradictions
    assert all(piece in told for piece in TOO_MUCH[text]), told
    assert not brief_of(text).complete


@pytest.mark.parametrize(
    "text", ["30% sea and 40% forest of the map", "60% desert and 40% snow", "70% sea and 30% land"]
)
def test_shares_that_fit_are_no_contradiction(text):
    assert brief_of(text).contradictions == ()


def test_of_the_map_is_said_of_the_forest():
    assert one("30% sea and 40% forest of the map", "share", feature="forest").arguments["of"] == "map"


def test_a_wish_contradicts_nothing():
    assert brief_of("80% sea of the map. Maybe 40% forest of the map.").contradictions == ()


@pytest.mark.parametrize("text", ["no lakes, but two lakes in the north", "no lakes on an island with two lakes"])
def test_asked_for_and_unwanted(text):
    (told,) = brief_of(text).contradictions
    assert "no lakes" in told
    assert not brief_of(text).complete


def test_none_here_and_some_there_is_no_contradiction():
    assert brief_of("no hills in the north, three hills in the south").contradictions == ()


# -- what no check says ------------------------------------------------------------------------------------------------


def test_what_nothing_measures_is_listed_with_its_words():
    found = brief_of("a hill with two palaces")
    assert found.not_measurable == ("two palaces: no installed generator makes it",)
    assert not found.complete


def test_an_adjective_that_says_nothing_there_is_not_understood():
    found = brief_of("a dense lake")
    assert any("dense" in word for word in found.not_understood)


def test_the_same_demand_twice_is_one_check():
    assert len(checks("a lake in the north. The lake is in the north.", "parts_inside")) == 1


def test_several_places_add_up_and_no_more():
    text = "two lakes in the north and one lake in the south"
    counts = {c.region.place if c.region.kind == "compass" else "": c.value for c in checks(text, "count")}
    assert counts == {"north": 2, "south": 1, "": 3}


def test_climate_words_become_temperatures():
    assert one("a tropical island", "temperature").bounds()[0] >= 15
    assert one("an arctic island", "temperature").bounds()[1] <= 5


# -- the critic --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u00a0"])
def test_an_empty_instruction_is_refused(text):
    with pytest.raises(InputError, match=r"empty; say what map"):
        BuiltinCritic().brief(Task(text))


@pytest.mark.parametrize("text", ["hello world", "what is the capital of France?", "1 + 1", "🏔", "qwertz"])
def test_what_describes_no_map_is_refused(text):
    with pytest.raises(OutOfScopeError, match=r"describes no map.*such as"):
        BuiltinCritic().brief(Task(text))


@pytest.mark.parametrize("text", [
    "write me a poem about the sea", "please tell me a short story about an island", "how do I climb a mountain?",
    "write python code for a river",
])  # fmt: skip
def test_a_text_about_a_landscape_is_no_map(text):
    with pytest.raises(OutOfScopeError, match="describes no map"):
        BuiltinCritic().brief(Task(text))


@pytest.mark.parametrize("text", [
    "a map for my poem about the sea", "make me a forest for my novel about wolves", "can you make an island?",
    "write a map of an island for my story",
])  # fmt: skip
def test_a_map_for_a_text_is_one(text):
    assert BuiltinCritic().brief(Task(text)).checks


def test_a_novel_is_refused():
    with pytest.raises(InputError, match=r"5000 characters; shorten it to 4000"):
        BuiltinCritic().brief(Task("lake " * 999 + "lakes"))


def test_near_grows_with_the_map():
    small, large = (
        next(
            c
            for c in BuiltinCritic().brief(Task("a lake near a hill", extent_m=(s, s))).checks
            if "distance_m" in c.arguments
        )
        for s in (1000.0, 4000.0)
    )
    assert large.arguments["distance_m"] == pytest.approx(4 * small.arguments["distance_m"])
