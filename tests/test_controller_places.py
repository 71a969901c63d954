"""Places by hand: what "here" means to the next sentence, ground that is locked, landforms that are moved."""

import numpy as np
import pytest

from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context
from pcgstudio.ui.places import painted
from pcgstudio.world import Grid

from .desks import SMALL, Desk, Studio, digest, without_pictures

PLAIN = Recipe(
    name="plain", seed=3, resolution=96, extent_m=(960, 960),
    steps=(
        Step(id="noise", generator="terrain_noise", params={"amplitude_m": 5}),
        Step(id="volcano", generator="volcano", params={"height_m": 60, "radius_m": 120}),
    ),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    without_pictures(monkeypatch)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    yield desk
    desk.close()


def middle(world, layer):
    """Where a mask's middle lies, in metres from the south-west corner."""
    rows, cols = np.nonzero(world[layer] > 0)
    return float(world.grid.xs()[cols].mean()), float(world.grid.ys()[rows].mean())


def test_a_marker_is_where_the_next_sentence_puts_things(tmp_path):
    desk = Desk(tmp_path)
    desk.open(PLAIN)
    desk.does.drop_marker(700, 250)
    desk.run("submit", "put a lake here")
    assert desk.state.problem == ""
    x, y = middle(desk.state.world, "water")
    assert np.hypot(x - 700, y - 250) < 60
    assert desk.state.here is None  # it was used
    desk.close()


def test_a_place_reaches_a_run_that_knows_of_places(tmp_path):
    class Knowing(Studio):
        def run(self, words, *, here=None, **more):
            self.here = here
            yield from super().run(words, **more)

    studio = Knowing()
    desk = Desk(tmp_path, studio.run, resolution=32)
    desk.open()
    region = Compass(place="east")
    desk.does.draw_region(region)
    desk.run("submit", "a hill here")
    assert studio.here == region
    desk.close()


def test_a_marker_stays_on_the_map_and_can_be_forgotten(desk):
    desk.does.drop_marker(-50, 9999)
    assert (desk.state.here.x_m, desk.state.here.y_m) == (0, 640)
    desk.does.forget_here()
    assert desk.state.here is None
    desk.run("new_map")
    desk.does.drop_marker(10, 10)
    assert desk.state.here is None


def test_a_painted_mask_keeps_its_place_at_any_size():
    mask = np.zeros((300, 500))
    mask[:100, 400:] = 1  # the north-east
    region = painted(mask)
    assert max(len(region.rows), len(region.rows[0])) <= 128
    back = region.evaluate(Context(Grid(150, 250, 2.0)))
    assert back[:45, 205:].min() > 0.95
    assert back[55:].max() < 0.05
    assert painted(np.zeros((4, 4))) is None


def test_painting_nothing_points_at_nothing(desk):
    desk.does.paint(np.ones((64, 64)))
    assert desk.state.here.region.kind == "painted"
    desk.does.paint(np.zeros((64, 64)))
    assert desk.state.here is None


def test_locked_ground_stays_cell_by_cell_and_the_rest_moves(desk):
    before = desk.state
    region = Circle(centre_m=(160, 160), radius_m=110)
    desk.run("lock_region", region)
    assert desk.state.held == region
    assert desk.state.problem == ""
    desk.run("set_seed", 99)
    inside = region.evaluate(Context(before.world.grid)) >= 0.5
    height = desk.state.world["height"] + np.float32(desk.state.world.datum_m)
    old = before.world["height"] + np.float32(before.world.datum_m)
    assert np.allclose(height[inside], old[inside], atol=1e-3)
    assert np.abs(height - old)[~inside].max() > 5
    desk.run("undo")
    desk.run("undo")
    assert desk.state.recipe == before.recipe
    assert desk.state.held is None


def test_locked_ground_stays_through_a_follow_up_and_can_be_let_go(tmp_path):
    desk = Desk(tmp_path)
    desk.open(PLAIN)
    before = desk.state.world
    desk.does.draw_region(Circle(centre_m=(200, 200), radius_m=150))
    desk.run("lock_region")
    desk.run("submit", "add three hills")
    assert desk.state.problem == ""
    inside = desk.state.held.evaluate(Context(before.grid)) >= 0.5
    now = desk.state.world["height"] + np.float32(desk.state.world.datum_m)
    assert np.allclose(now[inside], (before["height"] + np.float32(before.datum_m))[inside], atol=1e-3)
    desk.run("accept")
    desk.run("unlock_region")
    assert desk.state.held is None
    assert desk.state.recipe.hold is None
    desk.close()


def test_nothing_is_locked_without_a_place(desk):
    desk.run("lock_region")
    assert desk.state.notice.startswith("Mark or paint")
    assert desk.state.recipe == SMALL


def test_a_landform_follows_its_handle(tmp_path):
    desk = Desk(tmp_path)
    desk.open(PLAIN)
    (handle,) = desk.state.handles
    assert (handle.step, handle.name) == ("volcano", "volcano")
    assert np.allclose((handle.x_m, handle.y_m), middle(desk.state.world, "volcano"), atol=1)
    before = desk.state
    for target in ((300, 640), (660, 300)):
        desk.run("move_landform", "volcano", *target)
        assert desk.state.problem == ""
        x, y = middle(desk.state.world, "volcano")
        assert np.hypot(x - target[0], y - target[1]) < 45, (x, y)
        assert np.hypot(desk.state.handles[0].x_m - x, desk.state.handles[0].y_m - y) < 1
        assert desk.state.timeline.undo == "Move the volcano"
    desk.run("undo")
    desk.run("undo")
    assert desk.state.recipe == before.recipe
    assert digest(desk.state.world) == digest(before.world)
    desk.close()


def test_a_landform_that_is_pulled_over_the_edge_stays_on_the_map(tmp_path):
    desk = Desk(tmp_path)
    desk.open(PLAIN)
    desk.run("move_landform", "volcano", -500, 480)
    assert desk.state.problem == ""
    assert desk.state.handles[0].x_m < 250
    desk.run("move_landform", "noise", 10, 10)  # it has no handle
    assert desk.state.timeline.undo == "Move the volcano"
    desk.close()


def test_several_of_a_kind_have_no_handle(desk):
    assert [h.step for h in desk.state.handles] == ["volcano"]  # not the three hills
    desk.run("duplicate_step", "volcano")
    assert desk.state.handles == ()
