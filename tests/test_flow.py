"""Filling, routing, catchments and stream order against grids whose answers can be seen by eye."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import distance_transform_edt

from pcgstudio.generators.kernels.flood import flood_tree
from pcgstudio.generators.kernels.flow import accumulate, fill_depressions, flow_receivers, map_border, strahler
from pcgstudio.generators.kernels.nearness import nearest_cells

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12))
quickly = settings(deadline=None, max_examples=60)  # kernels compile inside the first example
WHOLE = arrays(np.float32, SHAPES, elements=st.integers(1, 7).map(float))


def reaches_outlet(receivers, leaves):
    """Whether following the receivers from every cell ends in a cell that is its own receiver and an outlet."""
    at = np.arange(receivers.size)
    for _ in range(receivers.size):
        at = receivers[at]
    return bool((receivers[at] == at).all() and leaves.ravel()[at].all())


def test_a_bowl_is_filled_to_its_lowest_rim():
    bowl = np.full((5, 5), 9, np.float32)
    bowl[1:4, 1:4] = 2
    bowl[2, 2] = 0
    bowl[2, 4] = 5  # the gap in the rim
    filled = fill_depressions(bowl)
    assert (filled[1:4, 1:4] == 5).all()
    assert np.array_equal(filled[map_border((5, 5))], bowl[map_border((5, 5))])


def test_nested_bowls_spill_into_each_other():
    line = np.array([[9, 9, 9, 9, 9, 9, 9], [9, 0, 4, 1, 6, 3, 2], [9, 9, 9, 9, 9, 9, 9]], np.float32)
    assert fill_depressions(line)[1].tolist() == [9, 6, 6, 6, 6, 3, 2]


def test_water_leaves_only_over_given_outlets():
    ground = np.ones((4, 6), np.float32)
    ground[1:3, 1:5] = 0
    sea = np.zeros((4, 6), bool)
    sea[1, 1] = True
    assert np.array_equal(fill_depressions(ground, outlets=sea), ground)
    assert (fill_depressions(ground)[1:3, 1:5] == 1).all()


@quickly
@given(WHOLE)
def test_filled_is_never_lower_and_is_the_sloping_fill_without_slope(ground):
    filled = fill_depressions(ground)
    assert (filled >= ground).all()
    sloping = fill_depressions(ground, epsilon_m=1e-30)  # below float resolution here: plain priority-flood
    assert np.array_equal(filled, sloping)


@quickly
@given(WHOLE)
def test_filled_ground_drains_everywhere_and_nothing_is_lost(ground):
    filled = fill_depressions(ground)
    to = flow_receivers(filled, 1.0)
    assert reaches_outlet(to, map_border(ground.shape))
    total = accumulate(to, np.ones(ground.shape))
    assert total.ravel()[to == np.arange(to.size)].sum() == ground.size
    assert (filled.ravel()[to] <= filled.ravel()).all()


@quickly
@given(WHOLE)
def test_an_epsilon_leaves_no_flat(ground):
    sloping = fill_depressions(ground, epsilon_m=0.01)
    inner = ~map_border(ground.shape)
    to = flow_receivers(sloping, 1.0)
    assert (sloping.ravel()[to] < sloping.ravel())[inner.ravel()].all()


def test_water_takes_the_steepest_way():
    ground = np.array([[9, 9, 9], [9, 5, 3], [9, 2.5, 2]], np.float32)
    to = flow_receivers(ground, 1.0)
    assert to[4] == 7  # 2.5 straight down beats 3 / sqrt(2) on the diagonal


def test_a_flat_drains_by_the_shortest_way():
    flat = np.full((5, 9), 4, np.float32)
    flat[2, 8] = 1
    only = np.zeros_like(flat, bool)
    only[2, 8] = True
    to = flow_receivers(flat, 1.0, only)
    steps, at = 0, 2 * 9
    while to[at] != at:
        at, steps = to[at], steps + 1
    assert (at, steps) == (2 * 9 + 8, 8)


def test_a_funnel_gathers_the_map():
    rows, cols = np.indices((7, 7))
    funnel = (np.abs(cols - 3) + (6 - rows)).astype(np.float32)
    area = accumulate(flow_receivers(funnel, 1.0), np.full((7, 7), 25.0))
    assert area[6, 3] == 49 * 25
    assert accumulate(flow_receivers(funnel, 1.0), np.ones((7, 7), np.float32)).dtype == np.float32


def test_stream_order_rises_only_where_equals_meet():
    #  0 1   2     two springs make 2; a third spring joins without effect; two of order 2 make 3
    #   3---/
    to = np.array([3, 3, 4, 4, 10, 7, 7, 8, 9, 10, 10], np.int32)
    order = strahler(to, np.ones(11, bool))
    assert order.tolist() == [1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 3]
    assert strahler(to, np.arange(11) != 0)[3] == 1


@quickly
@given(WHOLE)
def test_the_flood_reaches_everything_and_receivers_come_first(ground):
    to, order = flood_tree(ground, map_border(ground.shape), np.zeros(ground.shape, bool))
    assert sorted(order) == list(range(ground.size))
    place = np.empty(ground.size, int)
    place[order] = np.arange(ground.size)
    assert ((place[to] < place) | (to == np.arange(to.size))).all()


def test_the_flood_keeps_to_the_valley_floor():
    ground = np.full((5, 9), 9, np.float32)
    ground[2, 1:] = [5, 3, 1, 0, 1, 4, 2, 0]  # a hollow behind a pass of 4
    outlets = np.zeros(ground.shape, bool)
    outlets[2, 8] = True
    to, _ = flood_tree(ground, outlets, np.zeros(ground.shape, bool))
    at, way = 2 * 9 + 1, []
    while to[at] != at:
        at = to[at]
        way.append(at)
    assert way == [2 * 9 + c for c in range(2, 9)]


@pytest.mark.parametrize("size", [1, 2, 3, 64])
def test_every_size_and_thread_count_gives_the_same(size):
    ground = np.random.default_rng(size).random((size, size + 3)).astype(np.float32)
    found = []
    for threads in (1, 2):
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        filled = fill_depressions(ground)
        to = flow_receivers(filled, 2.0)
        found.append((filled, to, accumulate(to, np.random.default_rng(1).random(ground.shape))))
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 2**31))
def test_rough_ground_is_filled_as_by_the_textbook(seed):
    ground = np.random.default_rng(seed).random((70, 90)).astype(np.float32)
    assert np.array_equal(fill_depressions(ground), fill_depressions(ground, epsilon_m=1e-30))


@quickly
@given(arrays(bool, SHAPES))
def test_distances_are_those_of_scipy_to_the_last_bit(mask):
    away, nearest = nearest_cells(mask)
    expected, cells = distance_transform_edt(mask, return_indices=True)
    assert np.array_equal(away, expected)
    assert np.array_equal(nearest, cells)


def test_one_basin_with_a_thousand_neighbours_is_filled_soon_and_right():
    # A canal of the lowest ground runs past hollows on a slope: all their passes are noted beside the same basin.
    rng = np.random.default_rng(0)
    ground = (rng.random((300, 300)) + np.abs(np.arange(300) - 150)[:, None] * 0.02).astype(np.float32)
    ground[150] = -1
    outlets = np.zeros(ground.shape, bool)
    outlets[150, 0] = True
    filled = fill_depressions(ground, outlets=outlets)
    assert np.array_equal(filled, fill_depressions(ground, outlets=outlets, epsilon_m=1e-30))
