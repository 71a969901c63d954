"""Follow-ups about some of several things, or what is there already: nothing is made twice, nothing else goes."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from pcgstudio.agents.edits.followups import read_edit
from pcgstudio.brief import Check
from pcgstudio.build import StepCache
from pcgstudio.events import Failed
from pcgstudio.locality import Locality
from pcgstudio.measure import measure
from pcgstudio.recipe import diff
from pcgstudio.studio import Budget, run

CACHE = StepCache()
LAKES = "hills with three lakes"
ROOMS = "a dungeon with 6 rooms, an entrance and two treasures"
CANYON = "a canyon running from north to south"


@cache
def made(*chain):
    """The end of a chain of instructions, the first one from nothing."""
    end = None
    for text in chain:
        told = {"base": end.recipe} if end else {"seed": 3, "resolution": 64}
        *_, end = run(text, cache=CACHE, budget=Budget(attempts=8), **told)
        assert not isinstance(end, Failed), end.error
    return end


def number(end, feature):
    return measure(end.world, Check(metric="count", arguments={"feature": feature}))


@pytest.mark.parametrize(("text", "left"), [
    ("remove one of the lakes", 2), ("remove two lakes", 1), ("delete a lake", 2), ("remove the lakes", 0),
    ("remove all three lakes", 0),
])  # fmt: skip
def test_as_many_lakes_go_as_are_named(text, left):
    end = made(LAKES, text)
    assert number(made(LAKES), "lake") == 3
    assert number(end, "lake") == left
    assert end.status == "done"
    assert number(end, "hill") == number(made(LAKES), "hill")


def test_a_lake_that_was_added_later_goes_first():
    end = made(LAKES, "add a lake in the north", "remove one of the lakes")
    assert [s.params.get("count") for s in end.recipe.steps if s.generator == "lakes"] == [3]
    assert number(end, "lake") == 3


def test_what_is_asked_of_one_of_several_is_named_and_changes_nothing():
    end = made(LAKES, "make one of the lakes deeper")
    assert end.recipe.steps == made(LAKES).recipe.steps
    assert end.status != "done"


def test_a_thing_that_is_there_is_put_elsewhere_not_made_twice():
    one = "a hill in the south and a pond in the south-west"
    end = made(one, "put the pond in the north-east")
    assert number(end, "lake") == 1
    assert [line.split(":")[0] for line in diff(made(one).recipe, end.recipe)] == ["lake.where"]


def test_rooms_and_what_is_in_one_of_them_in_a_sentence():
    end = made(ROOMS, "two more rooms and a boss in one of them")
    assert (number(end, "room"), number(end, "boss"), number(end, "treasure")) == (8, 1, 2)
    assert end.status == "done"


@pytest.mark.parametrize(("text", "treasures"), [("remove the treasures", 0), ("one more treasure", 3)])
def test_one_role_of_a_dungeon_changes_and_the_others_stay(text, treasures):
    end = made(ROOMS, text)
    assert (number(end, "treasure"), number(end, "entrance"), number(end, "room")) == (treasures, 1, 6)


def test_it_is_what_was_spoken_of_last():
    edit = read_edit("add a river in it", made(CANYON).recipe)
    river = next(d for d in edit.additions.demands if d.feature == "river")
    assert [(link.kind, link.target) for link in river.links] == [("in", "canyon")]


def test_a_castle_is_not_built_again_by_a_verb_nobody_knows():
    base = made("a castle on a hill")
    edit = read_edit("surround the castle with a moat", base.recipe)
    assert edit.additions is None
    assert edit.not_understood


def test_a_large_change_elsewhere_is_told():
    assert "29%" in Locality(0.6, 0.286).remark
    assert not Locality(0.9, 0.02).remark


def test_one_role_takes_the_place_of_another():
    end = made(ROOMS, "replace the treasures with bosses")
    assert (number(end, "treasure"), number(end, "entrance")) == (0, 1)
    assert number(end, "boss") >= 1
    assert end.status == "done"


def test_a_town_without_its_wall_need_not_be_enclosed():
    end = made("a town with a wall", "remove the wall")
    assert "enclosed" in [r.check.metric for r in made("a town with a wall").report.checks]
    assert "enclosed" not in [r.check.metric for r in end.report.checks]


ISLE = "an island with two hills, a lake and a forest"
TOWN = "a town by a river"


def cover(end):
    return measure(end.world, Check(metric="share", arguments={"feature": "forest", "of": "land"}))


@pytest.mark.parametrize(("text", "part"), [
    ("take away half of the trees", 0.5), ("keep only a third of the forest", 1 / 3), ("remove 25% of the trees", 0.75),
    ("cut the number of trees in half", 0.5),
])  # fmt: skip
def test_a_part_of_the_trees_goes_and_the_others_stay(text, part):
    end = made(ISLE, text)
    assert end.status == "done"
    assert cover(end) == pytest.approx(part * cover(made(ISLE)), rel=0.12)


def test_trees_that_are_added_to_a_wood_are_seen():
    assert cover(made(ISLE, "add some trees")) > 1.2 * cover(made(ISLE))


def test_trees_beside_a_lake_go_and_the_lake_stays():
    end = made(ISLE, "clear the forest around the lake")
    assert number(end, "lake") == 1
    assert cover(made(ISLE)) > cover(end) > 0.02
    assert end.status == "done"


def test_what_is_there_is_moved_beside_another_thing_not_made_twice():
    end = made(LAKES.replace("three lakes", "a lake"), "move the lake closer to the hills")
    assert number(end, "lake") == 1
    assert [line.split(":")[0] for line in diff(made(LAKES.replace("three lakes", "a lake")).recipe, end.recipe)] == [
        "lake.where"
    ]


def test_things_that_lie_about_the_same_middle_do_not_change_places():
    end = made(ISLE, "swap the lake and the forest")
    assert end.recipe.steps == made(ISLE).recipe.steps
    assert end.status != "done"


def test_a_town_stays_where_it_is_without_its_river():
    end = made(TOWN, "no river")
    assert (number(end, "town"), number(end, "river")) == (1, 0)
    assert end.status == "done"


def test_it_is_the_town_that_grows_and_not_its_river():
    before, after = (measure(made(*chain).world, Check(metric="share", arguments={"feature": "town"})) for chain in
                     ((TOWN,), (TOWN, "make it bigger")))  # fmt: skip
    assert after > 1.2 * before


def test_fields_around_it_lie_around_the_town():
    asked = [c for c in made(TOWN, "surround it with fields").recipe.brief.checks if c.metric == "surrounded"]
    assert [(c.arguments["feature"], c.arguments["by"]) for c in asked] == [("town", "field")]


def test_a_dungeon_that_grows_has_wider_rooms_and_no_higher_walls():
    told = made(ROOMS, "make it bigger").recipe.steps[0].params
    assert told == {"room_count": 6, "room_min_m": 9, "room_max_m": 21}


def test_another_wood_comes_to_the_one_that_is_there():
    end = made(TOWN, "put a forest next to the town")
    assert len(end.recipe.steps) == len(made(TOWN).recipe.steps) + 1
    assert cover(end) > cover(made(TOWN))
    assert end.status == "done"


def test_what_is_said_of_a_thing_that_is_there_makes_no_second_one():
    end = made(ISLE, "make the lake round")
    assert (number(end, "lake"), end.status) == (1, "done")
    assert [line.split(":")[0] for line in diff(made(ISLE).recipe, end.recipe)] == ["lake.outline"]
    assert diff(made(ROOMS).recipe, made(ROOMS, "the entrance should be in the west").recipe) == [
        "roles.entrance_side: any -> west"
    ]


def test_less_of_one_and_more_of_another():
    before, after = made(ISLE), made(ISLE, "less forest, more hills")
    assert number(after, "hill") > number(before, "hill")
    assert cover(after) < cover(before)
    assert after.status == "done"


def test_a_second_floor_is_counted():
    asked = [c for c in made(ROOMS, "add stairs down to a second floor").recipe.brief.checks if c.metric == "storeys"]
    assert [c.value for c in asked] == [2]


def test_nobody_says_which_the_other_side_of_a_river_is():
    assert "on the other side of the river" in " ".join(
        read_edit("put a castle on the other side of the river", made(TOWN).recipe).not_understood
    )


def test_a_beach_all_around_is_asked_to_be_without_gaps():
    asked = [c for c in made(ISLE, "add a beach all around").recipe.brief.checks if c.metric == "rimmed"]
    assert [c.arguments["feature"] for c in asked] == ["island"]


def test_another_kind_of_settlement_takes_the_place_of_the_one_that_is_there():
    end = made(TOWN, "make it a village")
    assert (number(end, "town"), number(end, "village"), end.status) == (0, 1, "done")


def test_larger_houses_are_not_a_larger_town():
    end = made(TOWN, "bigger houses")
    assert end.recipe.steps == made(TOWN).recipe.steps
    assert end.status != "done"


def test_what_replaces_a_lake_lies_where_the_lake_was():
    end = made(ISLE, "replace the lake by a hill")
    place = next(s.where for s in end.recipe.steps if s.id not in {t.id for t in made(ISLE).recipe.steps})
    assert measure(made(ISLE).world, Check(metric="share_inside", arguments={"feature": "lake"}, region=place)) > 0.9


def test_where_a_thing_is_is_a_place_that_is_named_as_unread():
    end = made(ISLE, "put a lighthouse where the lake is")
    assert end.status != "done"


def test_without_trees_no_forest_is_asked_for():
    end = made(ISLE, "now remove all the trees")
    assert (number(end, "tree"), end.status) == (0, "done")


def edited(base, follow_up):
    return read_edit(follow_up, made(base).recipe)


def test_a_third_town_is_one_more_and_no_fraction():
    first = "two towns joined by a road"
    for told in ("and a third town up in the north", "add a third town in the north"):
        (town,) = edited(first, told).additions.demands
        assert (town.feature, town.count.aim, [p.name for p in town.places]) == ("town", 1, ["north"])


def test_a_pronoun_means_what_the_clause_before_was_about():
    changes = edited("a volcano in the middle of an island", "make the volcano taller and move it north").changes
    assert [(c.feature, c.kind) for c in changes] == [("volcano", "scale"), ("volcano", "move")]


@pytest.mark.parametrize(("text", "feature", "upward"), [
    ("make it hillier", "terrain", True), ("raise the snow line", "snow", False), ("lower the snow line", "snow", True),
])  # fmt: skip
def test_turns_of_phrase_of_follow_ups(text, feature, upward):
    (change,) = edited("snowy mountains", text).changes
    assert change.feature == feature
    assert (change.value > 1) == upward


def test_rooms_and_storeys_that_are_added_keep_the_others():
    first = "a dungeon of two storeys with 9 rooms"
    assert number(made(first, "add two rooms"), "room") == 11
    assert number(made(first, "double the rooms"), "room") == 18
    deeper = made(first, "add another storey")
    assert deeper.status == "done"
    assert measure(deeper.world, Check(metric="storeys")) == 3
    below = made("a dungeon with 5 rooms", "add a second storey with six rooms")
    assert below.status == "done"
    assert number(below, "room") == 11


def test_winter_comes_over_green_hills_and_birches_instead_of_pines():
    assert made("green hills with a river", "make it winter").status == "done"
    swapped = made("a forest of pines by a lake", "swap the pines for birches")
    assert swapped.status == "done"
    assert number(swapped, "birch") > number(swapped, "pine") == 0


def test_a_frozen_land_thaws():
    for text in ("thaw it out, make the climate warm and mild", "make the climate warm", "thaw it out"):
        warmed = made("frozen tundra", text)
        assert warmed.status == "done"
        assert measure(warmed.world, Check(metric="temperature")) > 4
        tundra = Check(metric="share", arguments={"feature": "tundra", "of": "land"})
        assert (measure(warmed.world, tundra) or 0) < 0.15


def test_winter_comes_over_what_was_warm_and_green():
    asked = made("a warm land with a village in a green meadow", "make it winter").recipe.brief.checks
    assert [(c.relation, c.value) for c in asked if c.metric == "temperature"] == [("at_most", 2)]
    assert "grassland" not in str(asked)


@pytest.mark.parametrize(("first", "text", "feature"), [
    ("five mountains", "remove two peaks", "mountain"), ("five hills on a plain", "remove two hills", "hill"),
])  # fmt: skip
def test_those_that_stay_stand_where_they_stood(first, text, feature):
    before, after = made(first), made(first, text)
    assert after.status == "done"
    old, new = (end.world[feature] > 0 for end in (before, after))
    assert (old & new).sum() >= 0.95 * new.sum()
    assert new.sum() < 0.85 * old.sum()
    assert len(made(first, text, f"add a {feature}").recipe.steps) >= len(after.recipe.steps)


def test_the_whole_forest_is_all_of_it():
    felled = made("a lake ringed by forest", "cut down the whole forest")
    assert felled.status == "done"
    assert not felled.recipe.brief.not_understood


def test_a_second_lake_further_north_lies_north_of_the_first():
    first = made("grassland with a lake in the middle")
    both = made("grassland with a lake in the middle", "add a second lake further north")
    assert both.status == "done"
    old, new = (end.world.category("water_kind", "lake") for end in (first, both))
    row = np.nonzero(old.any(axis=1))[0].min()
    assert new[:row].any()
    assert ndimage.label(new[:row])[1] == 1


@pytest.mark.parametrize("lead", ["no, ", "No! ", "no \u2013 ", "wait, no, ", "well; "])
def test_a_no_with_a_mark_behind_it_objects_and_denies_no_thing(lead):
    plain, objected = (read_edit(f"{said}the lakes should be in the north", made(LAKES).recipe) for said in ("", lead))
    assert objected == plain


def test_a_no_before_a_thing_denies_it():
    for text in ("no lakes", "no, no lakes"):
        assert [d.absent for d in read_edit(text, made(LAKES).recipe).additions.demands] == [True]


def test_a_wall_round_the_village_is_that_villages():
    first, end = made("a village"), made("a village", "add a stone wall round the village")
    kinds = [[s.generator for s in one.recipe.steps] for one in (first, end)]
    assert kinds[0] == kinds[1]
    assert number(end, "village") == 1
    assert number(end, "wall") == 1


def test_a_harbour_comes_to_an_island_without_a_town():
    end = made("an island with a volcano", "add a small harbour on its east coast")
    assert number(end, "harbour") == 1
    assert all(row.passed for row in end.report.checks)
