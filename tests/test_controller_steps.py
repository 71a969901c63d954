"""The recipe by hand: every edit is one undo step, a slider answers while it is dragged, what cannot be says why."""

import random

import numpy as np
import pytest

from pcgstudio.recipe import Recipe, Step, dumps
from pcgstudio.region import Compass
from pcgstudio.shading import resized
from pcgstudio.ui.edits import sensible, shaken, thrown, with_added, with_dice, with_lock
from pcgstudio.ui.preferences import Tiers

from .desks import SMALL, Desk, digest, without_pictures


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    without_pictures(monkeypatch)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    yield desk
    desk.close()


NORTH = Compass(place="north")


def ids(desk):
    return [s.id for s in desk.state.recipe.steps]


EDITS = {
    "add": (("add_step", "lakes"), lambda d: "lakes" in ids(d)),
    "add first": (("add_step", "mountains", 0), lambda d: ids(d)[0] == "mountains"),
    "remove": (("remove_step", "hills"), lambda d: "hills" not in ids(d)),
    "move": (("move_step", "volcano", 1), lambda d: ids(d) == ["noise", "volcano", "hills"]),
    "disable": (("enable_step", "volcano", False), lambda d: not d.state.recipe.step("volcano").enabled),
    "lock": (("lock_step", "volcano"), lambda d: d.state.recipe.step("volcano").locked is True),
    "lock one": (("lock_step", "volcano", "height_m"), lambda d: d.state.recipe.step("volcano").locks("height_m")),
    "duplicate": (("duplicate_step", "volcano"), lambda d: ids(d) == ["noise", "hills", "volcano", "volcano-2"]),
    "rename": (("rename_step", "volcano", "old peak"), lambda d: ids(d)[-1] == "old peak"),
    "describe": (("describe_step", "volcano", " the  peak "), lambda d: d.state.recipe.steps[2].purpose == "the peak"),
    "set": (("set_param", "volcano", "height_m", 120), lambda d: d.state.recipe.steps[2].params["height_m"] == 120),
    "reset one": (("reset_param", "volcano", "height_m"), lambda d: "height_m" not in d.state.recipe.steps[2].params),
    "reset all": (("reset_param", "volcano"), lambda d: d.state.recipe.step("volcano").params == {}),
    "dice": (("dice", "hills"), lambda d: d.state.recipe.step("hills").params != {"count": 3}),
    "dice of one": (("dice", "volcano", "gullies"), lambda d: "gullies" in d.state.recipe.step("volcano").params),
    "other places": (("reroll_step", "hills"), lambda d: ids(d)[1].startswith("hills:")),
    "where": (("set_where", "hills", NORTH), lambda d: d.state.recipe.steps[1].where == NORTH),
    "seed": (("set_seed", 12), lambda d: d.state.recipe.seed == 12),
    "extent": (("set_extent", (800, 400)), lambda d: d.state.world.grid.extent_m == (800, 400)),
    "resolution": (("set_resolution", 48), lambda d: max(d.state.world.grid.shape) == 48),
    "name": (("rename_map", "Hilly"), lambda d: d.state.recipe.name == "Hilly"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_one_step_that_undo_takes_back_to_the_letter(desk, name):
    (act, *arguments), holds = EDITS[name]
    desk.does.dice_of = random.Random(1)
    before, made = desk.state, digest(desk.state.world)
    desk.run(act, *arguments)
    assert desk.state.problem == ""
    assert holds(desk)
    assert not desk.state.busy
    assert not desk.state.stale
    assert desk.state.report is not None
    after = digest(desk.state.world)
    assert len(desk.state.timeline.entries) == len(before.timeline.entries) + 1
    desk.run("undo")
    assert dumps(desk.state.recipe) == dumps(before.recipe)
    assert digest(desk.state.world) == made
    assert desk.state.report == before.report
    desk.run("redo")
    assert holds(desk)
    assert digest(desk.state.world) == after


def test_locks_names_and_words_build_nothing(desk):
    drawn = len(desk.drawn)
    for act, *arguments in (EDITS["lock"][0], EDITS["describe"][0], EDITS["name"][0], EDITS["lock one"][0]):
        desk.run(act, *arguments)
    assert len(desk.drawn) == drawn
    assert not desk.state.stale


def test_a_lock_while_the_map_is_measured_loses_no_measurement(desk):
    desk.does.set_seed(9)
    while desk.state.stale:
        desk.queue.step()
    desk.does.lock_step("hills")
    desk.run()
    assert not desk.state.busy
    assert desk.state.report is not None
    assert not desk.state.stale
    desk.run("undo")
    assert desk.state.report is not None
    assert not desk.state.busy


def test_a_new_step_goes_where_it_belongs_and_is_selected(desk):
    desk.run("add_step", "lakes")
    desk.run("add_step", "mountains")
    assert ids(desk) == ["noise", "hills", "volcano", "mountains", "lakes"]
    assert desk.state.step.generator == "mountains"
    desk.run("remove_step", "mountains")
    assert desk.state.step is None


def test_a_step_begins_a_map_where_there_is_none(tmp_path):
    desk = Desk(tmp_path)
    desk.does.prefer(tiers=Tiers(drag=64, work=64))
    desk.run("add_step", "hills")
    assert max(desk.state.world.grid.shape) == 64
    assert desk.state.turns == ()
    desk.run("undo")
    assert desk.state.recipe is None
    assert desk.state.shown is None
    desk.close()


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (("set_param", "volcano", "height_m", 1e9), "height_m = 1000000000.0: Input should be less than"),
        (("set_param", "volcano", "heigth_m", 100), "did you mean 'height_m'?"),
        (("set_param", "volcano", "count", "many"), "count = 'many'"),
        (("add_step", "volcanoe"), "did you mean 'volcano'?"),
        (("rename_step", "volcano", "hills"), "two steps are called 'hills'"),
        (("rename_step", "volcano", "/"), "String should match pattern"),
        (("set_extent", (1, 1)), "each side must lie between"),
        (("set_seed", -1), "Seed = -1: Input should be"),
        (("rename_map", " "), "Name = '': String should have"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(desk, act, told):
    before = desk.state
    desk.run(*act)
    assert told in desk.state.problem
    assert (desk.state.recipe, desk.state.timeline) == (before.recipe, before.timeline)
    assert not desk.state.busy


@pytest.mark.parametrize("act", ["remove_step", "duplicate_step", "reset_param", "dice", "reroll_step"])
def test_a_step_that_is_gone_is_no_error(desk, act):
    before = desk.state.recipe
    desk.run(act, "nobody")
    desk.run("set_param", "nobody", "height_m", 3)
    desk.run("select", "nobody")
    assert (desk.state.recipe, desk.state.problem, desk.state.selected) == (before, "", "")


def test_a_map_that_cannot_be_built_keeps_the_edit_and_says_why(desk):
    before = desk.state
    desk.run("set_param", "volcano", "count", 12)
    desk.run("set_param", "volcano", "radius_m", 80000)
    desk.run("set_where", "volcano", Compass(place="north", depth=0.01))
    assert desk.state.problem != ""
    assert desk.state.problem_step == "volcano"
    assert desk.state.recipe.step("volcano").params["count"] == 12
    assert desk.state.stale  # the view still shows the last map that could be built
    assert desk.state.shown.world is not None
    for _ in range(3):
        desk.run("undo")
    assert desk.state.problem == ""
    assert desk.state.recipe == before.recipe
    assert not desk.state.stale


def test_edits_in_a_row_build_only_the_last(desk):
    drawn = len(desk.drawn)
    for height in (100, 110, 120):
        desk.does.set_param("volcano", "height_m", height)
    desk.run()
    assert len(desk.drawn) == drawn + 1
    assert desk.state.timeline.undo == "volcano.height_m: 110.0 -> 120.0"
    assert not desk.state.stale


def test_cancel_returns_to_the_last_map_and_redo_brings_the_edits_back(desk):
    before = desk.state
    desk.does.set_param("volcano", "height_m", 100)
    desk.does.set_seed(8)
    desk.queue.step(2)
    desk.does.cancel()
    assert (desk.state.recipe, desk.state.shown, desk.state.busy) == (before.recipe, before.shown, False)
    desk.run("redo")
    desk.run("redo")
    assert desk.state.recipe.seed == 8
    assert desk.state.recipe.step("volcano").params["height_m"] == 100
    assert not desk.state.stale


# -- sliders -----------------------------------------------------------------------------------------------------------


def drag(desk, value):
    desk.does.set_param("volcano", "height_m", value, resting=False)


def test_a_dragged_slider_shows_its_value_at_once_and_a_coarse_map_soon(desk):
    desk.does.prefer(tiers=Tiers(drag=64, work=128))
    desk.open(SMALL.model_copy(update={"resolution": 128}))
    before = desk.state
    drag(desk, 100)
    assert desk.state.recipe.step("volcano").params["height_m"] == 100
    assert desk.state.shown is before.shown
    desk.run()
    assert max(desk.state.world.grid.shape) == 64
    assert (desk.state.shown.coarse, desk.state.shown.quick) == (True, True)
    assert desk.state.world["height"].max() > before.world["height"].max()
    assert desk.state.timeline == before.timeline  # a gesture that goes on is no undo step
    desk.run("set_param", "volcano", "height_m", 130, resting=True)
    assert max(desk.state.world.grid.shape) == 128
    assert not desk.state.stale
    assert desk.state.timeline.undo == "volcano.height_m: 90.0 -> 130.0"
    assert desk.state.report.checks[0].passed
    desk.run("undo")
    assert desk.state.recipe == before.recipe


def test_only_the_newest_value_is_built(desk):
    drawn = len(desk.drawn)
    for value in range(91, 131):
        drag(desk, value)
    desk.run()
    assert len(desk.drawn) == drawn + 2  # the first, which was under way, and the newest
    assert desk.state.recipe.step("volcano").params["height_m"] == 130


WOODED = SMALL.model_copy(update={"resolution": 128, "steps": (
    *SMALL.steps, Step(id="water", generator="hydraulic_erosion"), Step(id="climate", generator="climate"),
    Step(id="woods", generator="scatter"),
)})  # fmt: skip


@pytest.mark.parametrize(
    ("step", "name", "value"),
    [("noise", "amplitude_m", 40), ("hills", "count", 5), ("water", "strength", 0.9), ("climate", "temperature_c", 2)],
)
def test_a_draft_is_built_by_the_recipe_itself_and_is_near_its_map(desk, step, name, value):
    desk.does.prefer(tiers=Tiers(drag=96, work=128))
    desk.open(WOODED)
    old = desk.state.world
    desk.run("set_param", step, name, value, resting=False)
    draft = desk.state.world
    desk.run("set_param", step, name, value, resting=True)
    true = desk.state.world
    assert (draft.grid.draft, true.grid.draft) == (True, False)
    was, now = (
        np.abs(resized(w["height"], (128, 128), "linear") - true["height"]).mean() / np.ptp(true["height"])
        for w in (old, draft)
    )
    assert now < 0.02
    assert now < 0.7 * was or was == 0
    same = resized(draft["biome"], (128, 128), "nearest") == true["biome"]
    assert same.mean() > 0.85


def test_plants_are_drafted_only_under_the_hand_that_drags_them(desk):
    desk.open(WOODED)
    desk.run("set_param", "noise", "amplitude_m", 40, resting=False)
    assert "tree" not in desk.state.world.instances
    desk.run("set_param", "woods", "cover", 0.5, resting=False)
    assert len(desk.state.world.instances["tree"]) > 50
    desk.run("set_param", "woods", "cover", 0.5, resting=True)
    assert len(desk.state.world.instances["tree"]) > 50
    assert all(s.enabled for s in desk.state.recipe.steps)


def test_a_drag_overtakes_a_whole_build(desk):
    desk.does.set_seed(9)
    desk.queue.step(2)
    drawn = len(desk.drawn)
    drag(desk, 100)
    desk.run()
    assert [max(w.grid.shape) for w in desk.drawn[drawn:]] == [64]
    assert desk.state.shown.coarse
    desk.run("set_param", "volcano", "height_m", 100, resting=True)
    assert desk.state.recipe.seed == 9  # the edit before the drag is not lost
    assert not desk.state.stale


def test_a_hand_that_pauses_sees_the_whole_map_and_goes_on(desk):
    desk.does.prefer(tiers=Tiers(drag=64, work=128))
    desk.open(SMALL.model_copy(update={"resolution": 128}))
    entries = len(desk.state.timeline.entries)
    drag(desk, 100)
    desk.run()
    desk.run("refine")
    assert max(desk.state.world.grid.shape) == 128
    drag(desk, 110)
    desk.does.refine()  # the hand moved on: the newest goes first
    desk.run()
    assert max(desk.state.world.grid.shape) == 64
    assert len(desk.state.timeline.entries) == entries


def test_cancel_puts_a_dragged_value_back(desk):
    before = desk.state
    drag(desk, 100)
    desk.queue.step()
    desk.does.cancel()
    desk.run()
    assert (desk.state.recipe, desk.state.shown, desk.state.timeline) == (before.recipe, before.shown, before.timeline)


def test_a_gesture_that_ends_where_it_began_is_nothing(desk):
    before = desk.state
    drag(desk, 100)
    desk.run()
    desk.run("set_param", "volcano", "height_m", 90, resting=True)
    assert (desk.state.recipe, desk.state.shown, desk.state.timeline) == (before.recipe, before.shown, before.timeline)


def test_a_cancelled_instruction_leaves_what_was_dragged_before_it(desk):
    drag(desk, 100)
    desk.does.submit("add a lake")
    desk.queue.step()
    desk.does.cancel()
    assert desk.state.recipe.step("volcano").params["height_m"] == 100
    desk.run()
    assert not desk.state.stale
    assert desk.state.report is not None
    assert desk.state.turns[-1].status == "cancelled"


def test_another_act_ends_the_gesture(desk):
    drag(desk, 100)
    desk.run("enable_step", "hills", False)
    titles = [e.title for e in desk.state.timeline.entries[-2:]]
    assert titles == ["volcano.height_m: 90.0 -> 100.0", "Disable hills"]
    drag(desk, 110)
    desk.run("undo")
    assert desk.state.recipe.step("volcano").params["height_m"] == 100


def test_a_drag_that_cannot_be_built_says_so_and_goes_on(desk):
    desk.does.set_param("volcano", "radius_m", 80000, resting=False)
    desk.does.set_param("volcano", "radius_m", 1e9, resting=False)
    assert "radius_m" in desk.state.problem
    desk.does.set_param("volcano", "radius_m", 100, resting=False)
    desk.run()
    assert desk.state.problem == ""
    assert desk.state.shown.coarse


# -- dice and locks ----------------------------------------------------------------------------------------------------


def test_dice_stay_in_sensible_ranges_and_leave_what_is_locked():
    step = SMALL.step("volcano").model_copy(update={"locked": ("height_m", "count")})
    seen = set()
    for seed in range(40):
        params = thrown(SMALL, step, None, random.Random(seed)).parsed()
        assert (params.height_m, params.count) == (90, 1)
        assert 80 * 0.625 <= params.crater_width_m <= 260 * 0.625  # its adjectives, on a map of 640 m
        seen.add((params.fill, round(params.gullies, 1)))
    assert len(seen) > 10
    assert len({fill for fill, _ in seen}) == 3
    locked = step.model_copy(update={"locked": True})
    assert thrown(SMALL, locked, "gullies", random.Random(1)) == locked


def test_every_generator_can_be_diced():
    from pcgstudio.generator import load_generators
    from pcgstudio.params import parameters

    for name, maker in load_generators().items():
        recipe, step = with_added(Recipe(), name)
        for seed in range(5):
            thrown(recipe, step, None, random.Random(seed)).parsed()
            shaken(recipe, 1.0, random.Random(seed)).validated()
        for one in parameters(maker.params):
            for now in (None, one.default, one.maximum):
                span = sensible(one, (1024, 1024), now)
                if span is not None:
                    assert span[0] <= span[1], (name, one.name)


def test_dice_leave_off_what_is_off():
    recipe, step = with_added(Recipe(), "scatter")
    for seed in range(30):
        now = thrown(recipe, step, None, random.Random(seed)).parsed()
        assert (now.count, now.density_per_ha, now.spacing_m, now.max_height_m, now.kind) == (0, 0, 0, 10000, "tree")
        assert 0.05 <= now.cover <= 0.65
    assert 2 <= thrown(recipe, step, "density_per_ha", random.Random(1)).parsed().density_per_ha <= 20
    few = step.changed(count=40)
    assert 20 <= thrown(recipe, few, "count", random.Random(1)).parsed().count <= 80


def test_shaking_moves_free_numbers_only():
    held = SMALL.with_step(SMALL.step("hills").model_copy(update={"locked": True}))
    moved = shaken(held, 0.5, random.Random(3))
    assert moved.step("hills") == held.step("hills")
    assert moved.step("volcano").parsed().height_m != 90
    assert moved.seed == held.seed
    assert shaken(held, 0.5, random.Random(3)) == moved


def test_a_lock_of_one_parameter_opens_a_whole_lock():
    step = with_lock(SMALL.step("hills"), None, True)
    step = with_lock(step, "count", None)
    assert not step.locks("count")
    assert step.locks("height_m")
    assert with_lock(Step(id="a", generator="hills"), "count", False).locked is False


def test_other_dice_of_one_step_leave_the_others():
    recipe, name = with_dice(SMALL, "hills", 5)
    assert name == "hills:5"
    assert with_dice(recipe, name, 6)[1] == "hills:6"
    assert recipe.step("volcano") == SMALL.step("volcano")
