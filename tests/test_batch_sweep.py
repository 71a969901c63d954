"""Points of sweeps: every combination of a grid, spread points of the others, the same ones every time."""

import numpy as np
import pytest

from pcgstudio.batch.items import Order
from pcgstudio.batch.spec import Span, Spec, Sweep
from pcgstudio.batch.sweep import points, with_values
from pcgstudio.recipe import Recipe, Step

from .batches import DUNGEON, order_of, written

HILLS = Recipe(steps=(Step(id="hill", generator="hills"), Step(id="wear", generator="hydraulic_erosion")))


def test_a_grid_has_every_combination_in_order():
    sweep = Sweep(parameters={"rooms.room_count": (4, 6), "roles.treasures": Span(low=0, high=2, steps=3)})
    told = [tuple(p.values()) for p in points(sweep, DUNGEON)]
    assert told == [(4, 0), (4, 1), (4, 2), (6, 0), (6, 1), (6, 2)]


@pytest.mark.parametrize("method", ["random", "latin_hypercube", "sobol"])
def test_drawn_points_fill_their_ranges_and_come_again(method):
    sweep = Sweep(method=method, samples=64, parameters={"hill.height_m": Span(low=50, high=150)})
    first, again = (points(sweep, HILLS) for _ in range(2))
    assert first == again
    other = points(sweep.model_copy(update={"seed": 1}), HILLS)
    assert other != first
    values = np.array([p["hill.height_m"] for p in first])
    assert len(values) == 64
    assert 50 <= values.min() < 60
    assert 140 < values.max() <= 150


def test_latin_hypercube_and_sobol_visit_every_stripe():
    for method in ("latin_hypercube", "sobol"):
        sweep = Sweep(method=method, samples=16, parameters={"hill.count": (1, 2), "rooms.x": (1,)})
        sweep = sweep.model_copy(update={"parameters": {"hill.height_m": Span(low=20, high=180)}})
        stripes = sorted(int((p["hill.height_m"] - 20) / 10) for p in points(sweep, HILLS))
        assert stripes == list(range(16)), method


def test_whole_numbers_stay_whole_and_every_one_has_its_share():
    sweep = Sweep(method="latin_hypercube", samples=400, parameters={"rooms.room_count": Span(low=4, high=7)})
    drawn = points(sweep, DUNGEON)
    assert [type(p["rooms.room_count"]) for p in drawn] == [int] * 4, "each distinct point once"
    assert sorted(p["rooms.room_count"] for p in drawn) == [4, 5, 6, 7]


def test_values_reach_the_step_and_nothing_else():
    recipe = with_values(DUNGEON, {"rooms.room_count": 9})
    assert recipe.step("rooms").params == {"room_count": 9}
    assert recipe.step("roles") == DUNGEON.step("roles")


def test_items_run_over_seeds_then_sources_then_points(tmp_path):
    order = order_of(written(tmp_path, seeds=[5, 3], sweep={"parameters": {"rooms.room_count": [4, 6]}}))
    told = [(i.seed, i.point["rooms.room_count"]) for i in order.items()]
    assert told == [(5, 4), (5, 6), (3, 4), (3, 6)]
    assert order.listed == 4


def test_more_seeds_follow_the_listed_ones_up_to_the_limit(tmp_path):
    order = order_of(written(tmp_path, seeds=[7, 2], accept={"count": 3, "limit": 5}))
    assert [i.seed for i in order.items()] == [7, 2, 8, 9, 10]


def test_identity_is_the_content_not_the_place(tmp_path):
    one = {i.seed: i.id for i in order_of(written(tmp_path / "a", seeds=[1, 2, 3])).items()}
    two = {i.seed: i.id for i in order_of(written(tmp_path / "b", seeds=[3, 2])).items()}
    assert len(set(one.values())) == 3
    assert two == {3: one[3], 2: one[2]}
    finer = order_of(written(tmp_path / "c", seeds=[1], resolution=65))
    assert next(finer.items()).id != one[1]
    changed = DUNGEON.with_step(DUNGEON.step("rooms").changed(room_count=7))
    assert next(order_of(written(tmp_path / "d", changed, seeds=[1])).items()).id != one[1]


def test_the_content_of_a_users_file_counts(tmp_path):
    recipe = Recipe(steps=(Step(id="ground", generator="height_image", params={"path": "h.png"}),))
    ids = []
    for content in (b"one", b"two"):
        (tmp_path / "h.png").write_bytes(content)
        ids.append(next(order_of(written(tmp_path, recipe, seeds=[1])).items()).id)
    assert ids[0] != ids[1]


def test_instructions_are_swept_by_the_steps_that_they_are_planned_as():
    spec = Spec.model_validate({
        "instructions": ["a dungeon with five rooms"],
        "sweep": {"parameters": {"rooms.room_count": [5, 8]}},
    })  # fmt: skip
    assert [i.point for i in Order.of(spec, None).items()] == [{"rooms.room_count": 5}, {"rooms.room_count": 8}]
