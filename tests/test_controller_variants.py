"""Variants: built small in the background, one after the other; what is locked stays; one of them is picked."""

import numpy as np
import pytest

from pcgstudio.ui.variants import variant

from .desks import SMALL, Desk, digest


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    yield desk
    desk.close()


def filled(desk):
    return [slot is not None for slot in desk.state.variants.slots]


def test_they_come_one_by_one_each_with_a_picture(desk):
    desk.does.make_variants()
    assert filled(desk) == [False] * 8
    desk.queue.step()
    while not filled(desk)[0]:
        desk.queue.step()
    assert sum(filled(desk)) == 1
    assert desk.state.variants.running
    assert not desk.state.busy
    desk.run()
    assert all(filled(desk))
    assert not desk.state.variants.running
    pictures = [v.thumbnail for v in desk.state.variants.slots]
    assert {p.shape for p in pictures} == {(120, 192, 4)}
    assert all(p[..., :3].std() > 5 for p in pictures)
    assert len({p.tobytes() for p in pictures}) == 8
    assert len({v.recipe.seed for v in desk.state.variants.slots} | {SMALL.seed}) == 9


def test_one_of_them_becomes_the_map_in_one_step(desk):
    before = desk.state
    desk.run("make_variants", count=3)
    chosen = desk.state.variants.slots[1]
    desk.run("pick_variant", 1)
    assert desk.state.recipe == chosen.recipe
    assert digest(desk.state.world) != digest(before.world)
    assert desk.state.timeline.undo == chosen.title
    desk.run("undo")
    assert desk.state.recipe == before.recipe
    assert digest(desk.state.world) == digest(before.world)


def test_they_make_room_for_the_map_and_go_on(desk):
    desk.does.make_variants(count=4)
    while sum(filled(desk)) < 2:
        desk.queue.step()
    desk.does.pick_variant(0)
    assert desk.state.activity.kind == "build"
    desk.queue.step(2)
    assert sum(filled(desk)) == 2
    desk.run()
    assert all(filled(desk))
    assert desk.state.recipe == desk.state.variants.slots[0].recipe


def test_they_stop_where_the_map_went_on_without_them(desk):
    desk.does.make_variants(count=4)
    while sum(filled(desk)) < 1:
        desk.queue.step()
    desk.run("set_seed", 99)
    assert sum(filled(desk)) < 4
    assert not desk.state.variants.running


def test_cancelled_ones_stay_as_they_are(desk):
    desk.does.make_variants(count=4)
    while sum(filled(desk)) < 2:
        desk.queue.step()
    desk.run("cancel_variants")
    assert filled(desk) == [True, True, False, False]
    desk.run("pick_variant", 3)
    assert desk.state.recipe == SMALL
    desk.run("close_variants")
    assert desk.state.variants is None


def test_more_are_others(desk):
    desk.run("make_variants", count=2)
    first = {v.recipe.seed for v in desk.state.variants.slots}
    desk.run("make_variants", count=2)
    assert first.isdisjoint(v.recipe.seed for v in desk.state.variants.slots)


def test_locked_parameters_stay_and_others_move(desk):
    desk.run("lock_step", "volcano", "height_m")
    desk.run("lock_step", "hills")
    desk.run("make_variants", "perturbations", 5, 0.6)
    for one in desk.state.variants.slots:
        assert one.problem == ""
        assert one.recipe.step("hills").parsed() == SMALL.step("hills").parsed()
        assert one.recipe.step("volcano").parsed().height_m == 90
        assert one.recipe.step("volcano").parsed() != SMALL.step("volcano").parsed()
        assert one.recipe.seed == SMALL.seed
        assert one.changes


def test_a_locked_step_keeps_its_dice_too(desk):
    first = SMALL.model_copy(update={"steps": SMALL.steps[1:]})
    held = first.with_step(first.step("hills").model_copy(update={"locked": True}))
    desk.open(held)
    desk.run("make_variants", count=3)
    hills = desk.state.world["hill"] > 0
    for number in range(3):
        desk.run("pick_variant", number)
        assert np.array_equal(desk.state.world["hill"] > 0, hills)
        desk.run("undo")
    volcanoes = {v.recipe.steps[1].id for v in desk.state.variants.slots}
    assert len(volcanoes) == 3


def test_what_cannot_be_built_says_so_among_those_that_can(desk):
    tight = SMALL.with_step(SMALL.step("volcano").changed(radius_m=None, count=1, height_m=9000, crater_width_m=40000))
    desk.open(tight)
    desk.run("make_variants", "perturbations", 4, 2.0)
    assert all(filled(desk))
    assert all(bool(v.problem) == (v.thumbnail is None) for v in desk.state.variants.slots)


def test_a_variant_is_the_same_for_the_same_number():
    assert variant(SMALL, "perturbations", 4, 0.3) == variant(SMALL, "perturbations", 4, 0.3)
    assert variant(SMALL, "seeds", 2**32 + 5, 0.3).recipe.seed == 5
