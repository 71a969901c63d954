"""Undo, branches and A beside B in the controller; a seeded user who does anything; memory that stays flat."""

import gc
import random
from collections import deque

import numpy as np
import psutil
import pytest

from pcgstudio.recipe import Step, dumps
from pcgstudio.region import Circle, Compass
from pcgstudio.ui.desk import same_map
from pcgstudio.ui.preferences import Tiers

from .desks import HILLS, SMALL, Desk, Studio, digest, without_pictures


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    without_pictures(monkeypatch)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    yield desk
    desk.close()


def test_the_last_ten_maps_come_back_at_once_older_ones_by_a_rebuild(desk):
    recipes, maps = [desk.state.recipe], [digest(desk.state.world)]
    for seed in range(20, 34):
        desk.run("set_seed", seed)
        recipes.append(desk.state.recipe)
        maps.append(digest(desk.state.world))
    drawn = len(desk.drawn)
    for back in range(1, 15):
        desk.does.undo()
        assert desk.state.recipe == recipes[-1 - back]
        if back < 10:
            assert not desk.state.busy
        else:
            assert desk.state.activity.kind == "rebuild"
        desk.run()
        assert digest(desk.state.world) == maps[-1 - back]
        assert not desk.state.stale
    assert len(desk.drawn) == drawn + 5
    for forth in range(14):
        desk.run("redo")
        assert dumps(desk.state.recipe) == dumps(recipes[forth + 1])
    assert digest(desk.state.world) == maps[-1]
    assert desk.state.timeline.redo == ""


def test_a_rebuild_that_is_cancelled_leaves_the_map_that_was_there(desk):
    for seed in range(20, 34):
        desk.run("set_seed", seed)
    before = desk.state
    desk.does.go_to(1)
    desk.queue.step()
    desk.does.cancel()
    desk.run()
    assert (desk.state.recipe, desk.state.shown, desk.state.busy) == (before.recipe, before.shown, False)


def test_branches_stay_and_have_names(desk):
    desk.run("set_seed", 20)
    one = desk.state
    desk.does.name_entry(one.timeline.current, "  the wild   one ")
    desk.run("undo")
    desk.run("set_seed", 21)
    assert desk.state.timeline.entry(one.timeline.current).name == "the wild one"
    assert one.timeline.current not in desk.state.timeline.path
    desk.run("go_to", one.timeline.current)
    assert desk.state.recipe == one.recipe
    assert digest(desk.state.world) == digest(one.world)
    desk.run("go_to", 4711)
    assert desk.state.recipe == one.recipe


def test_two_entries_are_compared_even_where_their_maps_are_gone(desk):
    first = desk.state
    for seed in range(20, 34):
        desk.run("set_seed", seed)
    last = desk.state
    desk.does.compare(first.timeline.current, last.timeline.current)
    assert desk.state.comparison.right_shown is last.shown
    assert desk.state.comparison.left_shown is None
    desk.run()
    assert digest(desk.state.comparison.left_shown.world) == digest(first.world)
    assert desk.state.recipe == last.recipe
    desk.does.stop_comparing()
    assert desk.state.comparison is None


def test_a_comparison_makes_room_and_goes_on(desk):
    first = desk.state
    for seed in range(20, 34):
        desk.run("set_seed", seed)
    desk.does.compare(first.timeline.current, desk.state.timeline.current)
    desk.does.set_seed(99)
    desk.run()
    assert desk.state.recipe.seed == 99
    assert digest(desk.state.comparison.left_shown.world) == digest(first.world)


def test_names_locks_and_words_do_not_make_another_map():
    locked = SMALL.with_step(SMALL.step("hills").model_copy(update={"locked": True, "purpose": "x"}))
    assert same_map(SMALL, locked.model_copy(update={"name": "other", "brief": None, "history": ("a",)}))
    assert not same_map(SMALL, SMALL.model_copy(update={"seed": 8}))


# -- anything at all ---------------------------------------------------------------------------------------------------


def acts(desk, chance):
    """Something that a person could do now, sensible or not."""
    state = desk.state
    ids = [s.id for s in state.recipe.steps] if state.recipe else []
    step = chance.choice([*ids, "nobody"])
    entries = [e.id for e in state.timeline.entries]
    place = Circle(centre_m=(chance.uniform(0, 640), chance.uniform(0, 640)), radius_m=80)
    return chance.choice([
        ("submit", chance.choice(["two lakes", "larger", "", "  "])), ("accept",), ("reject",), ("cancel",),
        ("dismiss",), ("select", step), ("add_step", chance.choice(["hills", "terrain_noise", "plateau", "nothing"])),
        ("remove_step", step), ("move_step", step, chance.randint(-1, 5)), ("enable_step", step, chance.random() < 0.6),
        ("lock_step", step), ("duplicate_step", step), ("rename_step", step, f"step {chance.randint(1, 9)}"),
        ("set_param", step, "height_m", chance.uniform(-50, 400), chance.random() < 0.4),
        ("set_param", step, "height_m", chance.uniform(20, 200), False), ("refine",), ("reset_param", step),
        ("dice", step), ("reroll_step", step), ("set_where", step, chance.choice([Compass(place="north"), place])),
        ("set_seed", chance.randint(-1, 50)), ("set_resolution", chance.choice([8, 32, 48])),
        ("undo",), ("undo",), ("redo",), ("redo",), ("go_to", chance.choice([*entries, 999])),
        ("name_entry", chance.choice(entries), "mine"), ("compare", chance.choice(entries), chance.choice(entries)),
        ("stop_comparing",), ("make_variants", chance.choice(["seeds", "perturbations"]), 3), ("cancel_variants",),
        ("close_variants",), ("pick_variant", chance.randint(-1, 4)), ("preview_brief", "three hills"), ("edit_brief",),
        ("strike_check", chance.randint(-1, 2)), ("add_check", HILLS), ("restore",), ("keep_brief",), ("run_again",),
        ("close_draft",), ("point_at", chance.randint(-1, 2)), ("drop_marker", 100, chance.uniform(-9, 900)),
        ("paint", np.ones((40, 30)) * chance.random()), ("forget_here",), ("lock_region",), ("unlock_region",),
        ("move_landform", step, chance.uniform(0, 640), chance.uniform(0, 640)), ("new_map",),
        ("open", desk.folder / chance.choice(["small.pcg.json", "nothing.pcg.json"])),
        ("prefer",), ("estimate_export", "heightmap", {}), ("cancel_export",), ("close_export",),
    ])  # fmt: skip


def invariants(desk):
    state, timeline = desk.state, desk.state.timeline
    here = timeline.entry(timeline.current)
    assert len({e.id for e in timeline.entries}) == len(timeline.entries)
    assert all(e.parent in {o.id for o in timeline.entries} for e in timeline.entries if e.id)
    assert timeline.current in timeline.path
    assert len(timeline.instant) <= 10
    assert (state.selected == "") == (state.step is None)
    assert state.offer is None or state.offer.entry == timeline.current
    assert sum(t.status == "running" for t in state.turns) == (
        state.activity is not None and state.activity.kind == "instruct"
    )
    assert not state.busy or desk.does._running("main")
    if not state.busy and desk.does._drag is None:
        assert state.recipe == here.recipe
        if here.recipe is not None and not here.problem:
            assert state.shown is not None
            assert state.report is not None
            assert not state.stale
    if here.recipe is None and not state.busy:
        assert state.shown is None


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.long) for s in range(1, 12))])
def test_two_hundred_acts_of_anybody_break_nothing(tmp_path, seed):
    chance = random.Random(seed)
    desk = Desk(tmp_path, Studio().run, resolution=32)
    desk.does.prefer(tiers=Tiers(drag=64, work=64))
    desk.does.dice_of = chance
    desk.open(SMALL.model_copy(update={"resolution": 32}))
    for _ in range(200):
        act, *arguments = acts(desk, chance)
        getattr(desk.does, act)(*arguments)
        if chance.random() < 0.5:
            desk.queue.step(chance.randint(0, 6))
        else:
            desk.queue.finish()
        invariants(desk)
    desk.run()
    invariants(desk)
    if desk.does._drag is not None:
        desk.run("cancel")
    for _ in range(len(desk.state.timeline.entries)):
        desk.run("undo")
        invariants(desk)
    assert desk.state.timeline.current == 0
    desk.close()
    assert list((tmp_path / "sessions").glob("*")) == []


@pytest.mark.parametrize(
    ("cells", "rebuilds", "undos", "slack"), [(128, 40, 20, 12), pytest.param(256, 100, 50, 24, marks=pytest.mark.long)]
)
def test_memory_stays_flat_over_rebuilds_and_undos(tmp_path, cells, rebuilds, undos, slack):
    """A map of 128 x 128 cells takes about 1 MiB here, one of 256 x 256 about 4: maps that pile up show at once."""
    desk = Desk(tmp_path, autosave=False)
    desk.does.prefer(tiers=Tiers(drag=cells // 2, work=cells))
    desk.open(
        SMALL.model_copy(update={"resolution": cells, "steps": (*SMALL.steps, Step(id="rain", generator="climate"))})
    )
    desk.does._bench.cache().limit_bytes = desk.does._bench.cache(small=True).limit_bytes = slack << 20
    desk.does._kept._limit_bytes = slack << 20

    desk.drawn, desk.states = deque(maxlen=1), deque(maxlen=1)
    desk.does._changed = desk.states.append

    def used():
        gc.collect()
        return psutil.Process().memory_info().rss / 2**20

    for seed in range(15):  # until caches are full
        desk.run("set_seed", seed)
    full = used()
    for seed in range(100, 100 + rebuilds):
        desk.run("set_seed", seed)
    rebuilt = used()
    for _ in range(undos):
        desk.run("undo")
    undone = used()
    assert len(desk.state.timeline.entries) == 17 + rebuilds
    assert rebuilt - full < slack, (full, rebuilt)
    assert undone - full < slack, (full, undone)
