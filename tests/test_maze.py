import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.stats import chi2

from pcgstudio import interior
from pcgstudio.brief import Check
from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.generators.kernels.dice import state_of
from pcgstudio.generators.kernels.mazes import backtracker, prim, wilson
from pcgstudio.measure import measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass
from pcgstudio.structure import structural_checks

ALGORITHMS = {"backtracker": backtracker, "prim": prim, "wilson": wilson}


def maze(seed=1, extent=(48.0, 48.0), resolution=48, where=None, more=(), **params):
    step = Step(id="maze", generator="maze", params=params, **({"where": where} if where else {}))
    recipe = Recipe(seed=seed, extent_m=extent, resolution=resolution, steps=(step, *more))
    return build(recipe, recipe.grid())


def rooms(world):
    return len(np.unique(world["room"][world["room"] > 0]))


def one_part(world):
    return ndimage.label(interior.walkable(world))[1] == 1


def state(seed):
    return state_of(np.random.default_rng(seed))


@given(st.sampled_from(sorted(ALGORITHMS)), st.integers(1, 14), st.integers(1, 14), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_a_perfect_maze_is_a_spanning_tree(name, rows, cols, seed):
    links = ALGORITHMS[name](np.ones((rows, cols), bool), state(seed))
    assert links.sum() == rows * cols - 1
    assert not links[0, :, -1].any()
    assert not links[1, -1].any()
    drawn = np.zeros((2 * rows - 1, 2 * cols - 1), bool)
    drawn[::2, ::2] = True
    drawn[::2, 1::2] = links[0, :, :-1]
    drawn[1::2, ::2] = links[1, :-1]
    assert ndimage.label(drawn)[1] == 1


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_maze_keeps_to_any_ground_in_one_piece(seed):
    ground = np.random.default_rng(seed).random((12, 15)) < 0.75
    labels, _ = ndimage.label(ground)
    ground = labels == np.bincount(labels.ravel())[1:].argmax() + 1
    for make in ALGORITHMS.values():
        links = make(ground, state(seed))
        assert links.sum() == ground.sum() - 1
        assert not (links & ~ground).any()


def test_wilson_draws_evenly_from_all_mazes():
    """A lattice of 2 x 3 nodes has 15 spanning trees (Kirchhoff)."""
    ground, dice = np.ones((2, 3), bool), state(7)
    draws = 6000
    found = {}
    for _ in range(draws):
        key = wilson(ground, dice).tobytes()
        found[key] = found.get(key, 0) + 1
    assert len(found) == 15
    even = draws / 15
    assert sum((n - even) ** 2 / even for n in found.values()) < chi2.ppf(0.999, 14)


def test_depth_first_search_is_not_even_so_that_the_test_above_can_fail():
    ground, dice = np.ones((2, 3), bool), state(7)
    found = {}
    for _ in range(6000):
        key = backtracker(ground, dice).tobytes()
        found[key] = found.get(key, 0) + 1
    assert sum((n - 400) ** 2 / 400 for n in found.values()) > chi2.ppf(0.999, 14)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("seed", range(4))
def test_a_maze_is_whole_and_has_one_way_only(algorithm, seed):
    world = maze(seed, algorithm=algorithm)
    assert one_part(world)
    assert interior.loops(world) == 0
    assert interior.solvable(world) == 1
    assert all(s.passed for s in structural_checks(world))
    assert rooms(world) == 2
    assert interior.path_length_m(world, "entrance", "exit") > 40
    for role in ("entrance", "exit"):
        assert ndimage.label(world.category("role", role))[1] == 1


@given(st.integers(0, 1000), st.sampled_from(sorted(ALGORITHMS)), st.integers(0, 6))
@settings(max_examples=15, deadline=None)
def test_dead_ends_are_exact(seed, algorithm, wanted):
    world = maze(seed, algorithm=algorithm, dead_ends=wanted)
    assert interior.dead_ends(world) == wanted
    assert one_part(world)


@given(st.integers(0, 1000), st.sampled_from(sorted(ALGORITHMS)), st.sampled_from([1.0, 2.0, 4.0]))
@settings(max_examples=15, deadline=None)
def test_a_braid_maze_has_no_dead_end(seed, algorithm, width):
    world = maze(seed, algorithm=algorithm, braid=1.0, passage_width_m=width)
    assert interior.dead_ends(world) == 0
    assert interior.loops(world) > 0
    assert one_part(world)
    assert measure(world, Check(metric="closed_rooms", value=0)) == 0


def test_a_braid_maze_on_round_ground_has_no_dead_end():
    for seed in range(5):
        world = maze(seed, (64.0, 64.0), 64, where=Circle(centre_m=(32, 32), radius_m=22), braid=1.0)
        assert interior.dead_ends(world) == 0
        assert one_part(world)


def test_braid_is_the_share_of_the_dead_ends_that_go():
    all_of_them, half = (interior.dead_ends(maze(3, algorithm="prim", braid=b)) for b in (0, 0.5))
    assert half == pytest.approx(all_of_them / 2, abs=1)


def test_more_dead_ends_than_a_maze_has_are_refused():
    with pytest.raises(BuildError, match="dead ends, not 5000"):
        maze(dead_ends=5000)


def test_loops_are_the_share_of_the_walls():
    world = maze(2, (62.0, 62.0), 62, loops=0.1)
    nodes = 19 * 19 - 2
    walls = 2 * 19 * 18 - 2 * 3 - (nodes - 1)
    assert interior.loops(world) == pytest.approx(0.1 * walls, abs=2)


def test_prim_has_more_dead_ends_than_depth_first_search():
    few, many = (interior.dead_ends(maze(4, algorithm=a)) for a in ("backtracker", "prim"))
    assert many > 1.8 * few


@pytest.mark.parametrize("wanted", [3, 7, 12])
def test_rooms_are_exact_and_take_roles(wanted):
    parts = {"bosses": 1, "exits": 1, "keys": 1} if wanted > 3 else {}
    roles = Step(id="roles", generator="roles", params=parts)
    world = maze(1, (96.0, 96.0), 96, more=(roles,), room_count=wanted)
    assert rooms(world) == wanted
    assert one_part(world)
    assert interior.solvable(world) == 1
    assert all(s.passed for s in structural_checks(world))
    for role in ("entrance", "exit"):
        assert ndimage.label(world.category("role", role))[1] == 1


def test_a_plain_maze_takes_roles_without_a_second_entrance():
    world = maze(more=(Step(id="roles", generator="roles", params={"exits": 1}),))
    assert ndimage.label(world.category("role", "entrance"))[1] == 1
    assert ndimage.label(world.category("role", "exit"))[1] == 1


def test_the_number_of_passages_is_exact_and_too_many_are_refused():
    world = maze(1, (80.0, 80.0), 80, cells=9)
    rows, cols = np.nonzero(world.category("cell", "corridor"))
    assert np.ptp(rows) + 1 == np.ptp(cols) + 1 == 9 * 3 - 1
    with pytest.raises(BuildError, match="does not fit"):
        maze(cells=40)


def test_without_openings_the_outer_wall_is_closed():
    world = maze(openings=False, room_count=0)
    assert "role" not in world
    outer, _ = ndimage.label(~world.category("cell", "wall"), structure=np.ones((3, 3)))
    assert outer[0, 0] not in np.unique(outer[interior.walkable(world)])
    with pytest.raises(BuildError, match="2 rooms"):
        maze(room_count=1)


@pytest.mark.parametrize("side", ["north", "east", "south", "west"])
def test_the_entrance_lies_at_the_side_it_is_asked_at(side):
    world = maze(3, entrance_side=side, exit_side=side)
    rows, cols = np.nonzero(world.category("role", "entrance"))
    at = {"north": rows.min() < 6, "south": rows.max() > 41, "west": cols.min() < 6, "east": cols.max() > 41}
    assert at[side]


def test_hedges_are_green():
    assert {p.material for p in maze(material="hedge").parts} >= {"shrub", "broadleaf"}


def test_the_region_holds_the_maze_and_the_grid_may_be_coarse():
    world = maze(1, (96.0, 96.0), 48, where=Compass(place="west", depth=0.5))
    assert not interior.walkable(world)[:, 24:].any()
    assert one_part(world)


def test_a_hundred_and_one_squared_takes_a_fifth_of_a_second():
    ground = np.ones((101, 101), bool)
    for make in ALGORITHMS.values():
        make(ground, state(1))
        start = time.thread_time()
        make(ground, state(2))
        assert time.thread_time() - start < 0.2
