"""The built-in actor's plan: a valid recipe in a sensible order that holds the numbers that were asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.agents.plans.planning import choose_extent, in_order, plan
from pcgstudio.agents.reader.reading import read
from pcgstudio.agents.words.lexicon import lexicon
from pcgstudio.errors import InputError
from pcgstudio.generator import STAGES, get_generator
from pcgstudio.recipe import Recipe, Step, dumps, loads
from pcgstudio.region import Of


def planned(text, extent_m=None, **more):
    """The recipe for a text."""
    reading = read(text)
    told = {"seed": 7, "resolution": 64, "name": "a test", **more}
    return plan(reading, extent_m=choose_extent(reading, extent_m), **told)


def steps(recipe, generator):
    return [s for s in recipe.steps if s.generator == generator]


def step(recipe, generator):
    (found,) = steps(recipe, generator)
    return found


def trees(recipe):
    """The step that plants trees, or None."""
    return next((s for s in steps(recipe, "scatter") if s.params["kind"] == "tree"), None)


def test_counts_stand_in_the_recipe():
    recipe = planned("three hills, two lakes and five rivers")
    assert step(recipe, "hills").params["count"] == 3
    assert step(recipe, "lakes").params["count"] == 2
    assert step(recipe, "rivers").params["count"] == 5


def test_a_volcano_beside_mountains_chooses_its_place_first_and_is_no_pillar():
    recipe = planned("an island with four mountains and a volcano")
    order = [s.generator for s in recipe.steps]
    assert order.index("volcano") < order.index("mountains")
    told = step(recipe, "volcano").params
    assert told["height_m"] < told["radius_m"]
    assert step(planned("an island with a mountain and a volcano 300 m high"), "volcano").params["height_m"] == 300


def test_shares_lengths_and_adjectives_stand_in_the_recipe():
    assert step(planned("a mountain 300 m high"), "mountains").params["height_m"] == pytest.approx(300)
    assert step(planned("a lake 20 m deep"), "lakes").params["depth_m"] == pytest.approx(20)
    assert step(planned("60% of the map is sea"), "landmass").params["land_fraction"] == pytest.approx(0.4)
    assert trees(planned("40% of the land is forest")).params["cover"] == pytest.approx(0.4)
    low, high = (step(planned(f"a {w} mountain"), "mountains").params["height_m"] for w in ("low", "high"))
    assert low < high


def test_a_share_of_the_map_on_little_land_is_a_larger_share_of_the_land():
    recipe = planned("50% of the map is sea and 20% of the map is forest")
    assert trees(recipe).params["cover"] == pytest.approx(0.4, abs=0.02)


def test_places_become_regions():
    recipe = planned("a lake in the north")
    assert step(recipe, "lakes").where.place == "north"
    recipe = planned("two lakes, one in the east and one in the west")
    assert {s.where.place: s.params["count"] for s in steps(recipe, "lakes")} == {"east": 1, "west": 1}


def test_relations_become_regions():
    forest = trees(planned("a pine forest north of the lake"))
    assert (forest.where.kind, forest.where.feature, forest.where.side) == ("side_of", "lake", "north")
    assert list(forest.params["species"]) == ["pine"]


def test_what_is_unwanted_is_not_planned():
    assert trees(planned("two hills, no trees")) is None
    assert not [s for s in steps(planned("two hills, no rocks"), "scatter") if s.params["kind"] == "rock"]
    assert not steps(planned("two hills, no lakes"), "lakes")


def test_a_dungeon_has_no_landscape():
    recipe = planned("a dungeon with 12 rooms and a boss room")
    assert {get_generator(s.generator).stage for s in recipe.steps} == {"interior", "role"}
    assert step(recipe, "rooms").params["room_count"] == 12
    assert step(recipe, "roles").params["bosses"] == 1


def test_a_landscape_has_ground_climate_and_a_little_dressing():
    recipe = planned("a lake")
    assert {"terrain_noise", "lakes", "climate", "scatter"} <= {s.generator for s in recipe.steps}
    assert all(s.purpose for s in recipe.steps)


def test_bare_ground_stays_bare():
    assert trees(planned("a desert with two hills")) is None


# -- size --------------------------------------------------------------------------------------------------------------


def test_the_map_is_as_large_as_said():
    assert planned("a 3 km map with a lake").extent_m == (3000, 3000)
    assert planned("a map of 2 x 3 km with a lake").extent_m == (2000, 3000)


def test_what_the_person_fixed_comes_before_what_the_text_says():
    assert planned("a 3 km map with a lake", extent_m=(500.0, 400.0)).extent_m == (500, 400)


def test_the_map_holds_what_is_asked_for():
    assert min(planned("an island 3 km wide").extent_m) > 3000
    assert min(planned("a mountain 2000 m high").extent_m) > 4000
    few, many = (planned(f"a dungeon with {n} rooms").extent_m[0] for n in (6, 60))
    assert few < many


def test_lengths_that_were_not_said_grow_with_the_map():
    small, large = (step(planned("a mountain", extent_m=(s, s)), "mountains") for s in (1024.0, 4096.0))
    assert large.parsed().height_m == pytest.approx(4 * small.parsed().height_m)


@pytest.mark.parametrize(("text", "value"), [("a map of 2 x 40 km with a lake", "40000"), ("a 900 km map", "900000")])
def test_a_size_that_cannot_be_is_refused(text, value):
    with pytest.raises(InputError, match=value):
        planned(text)


# -- order -------------------------------------------------------------------------------------------------------------


def test_steps_stand_in_natural_order():
    recipe = planned("trees along a river from the mountains to the sea, two lakes, snow and a volcano on terraces")
    stages = [STAGES.index(get_generator(s.generator).stage) for s in recipe.steps]
    assert stages == sorted(stages)


def test_what_a_region_refers_to_comes_first():
    hill = Step(id="a", generator="hills", where=Of(feature="mountain"))
    mountain = Step(id="b", generator="mountains")
    assert [s.id for s in in_order([hill, mountain])] == ["b", "a"]
    assert [s.id for s in in_order([mountain, hill])] == ["b", "a"]


def test_regions_that_refer_to_each_other_end():
    one = Step(id="a", generator="hills", where=Of(feature="mountain"))
    other = Step(id="b", generator="mountains", where=Of(feature="hill"))
    assert {s.id for s in in_order([one, other])} == {"a", "b"}


# -- any text ----------------------------------------------------------------------------------------------------------

KNOWN = sorted(lexicon().phrases)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from([*KNOWN, "and", "in the", "3", "a", "40%", "no", ","]), min_size=1, max_size=12))
def test_whatever_is_said_the_plan_is_a_valid_recipe(words):
    text = " ".join(words)
    try:
        recipe = planned(text)
    except InputError:
        return  # a size that cannot be
    assert loads(dumps(recipe)) == Recipe.model_validate_json(recipe.model_dump_json())
    assert recipe == planned(text), "the plan hangs on nothing but the text"


@pytest.mark.parametrize(
    ("text", "entrance", "exit_"),
    [("a maze with the way in on the left side and the way out on the right side", "west", "east"),
     ("a maze with its entrance in the east", "east", "west")],
)  # fmt: skip
def test_a_maze_opens_on_the_sides_that_were_told(text, entrance, exit_):
    reading = read(text)
    steps = plan(reading, extent_m=choose_extent(reading, None), seed=1, resolution=64, name="t").steps
    maze = next(s for s in steps if s.generator == "maze")
    assert (maze.params["entrance_side"], maze.params["exit_side"]) == (entrance, exit_)


@pytest.mark.parametrize("text", ["farmland with a church in the centre", "a park in the middle", "slums in the centre"])
def test_parts_of_a_town_in_the_middle_of_the_map_are_planned(text):
    reading = read(text)
    assert plan(reading, extent_m=choose_extent(reading, None), seed=1, resolution=64, name="t").steps
