import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcgstudio.prominence import foot, peaks

SHAPE = (60, 90)
ROW, COLUMN = np.indices(SHAPE)


def cones(*tops, slope=2.0, base=0.0):
    """Cones at (row, column, height) on a plain."""
    heights = [h - slope * np.hypot(ROW - r, COLUMN - c) for r, c, h in tops]
    return np.maximum(np.max(heights, axis=0), base).astype(np.float32)


def found(height, least=0.3, mask=None):
    return [tuple(p) for p in peaks(height, np.ones(SHAPE, bool) if mask is None else mask, least).tolist()]


def test_a_cone_is_one_peak_at_its_tip():
    assert found(cones((20, 30, 50))) == [(20, 30)]


def test_a_cone_on_the_rim_of_the_map_counts():
    assert found(cones((0, 89, 50))) == [(0, 89)]


def test_cones_on_a_plain_are_as_many_as_there_are_the_highest_first():
    assert found(cones((20, 20, 30), (40, 60, 50), (10, 80, 20))) == [(40, 60), (20, 20), (10, 80)]


def test_a_summit_counts_by_its_drop_to_the_saddle_and_not_by_its_height():
    # a ridge at 40 m joins summits of 50 and 60 m on a plain of 0: the lower one stands out by 10 of 60
    ridge = np.where((abs(ROW - 30) <= 3) & (COLUMN > 15) & (COLUMN < 75), 40.0, 0.0)
    twins = np.maximum(cones((30, 20, 50), (30, 70, 60)), ridge).astype(np.float32)
    assert found(twins, 0.16) == [(30, 70), (30, 20)]
    assert found(twins, 0.17) == [(30, 70)]


def test_the_saddle_is_the_highest_way_across():
    # two passes join the summits, at 20 m in the north and at 35 m in the south: the higher one counts
    north = np.where((abs(ROW - 10) <= 1) & (COLUMN >= 20) & (COLUMN <= 70), 20.0, 0.0)
    south = np.where((abs(ROW - 50) <= 1) & (COLUMN >= 20) & (COLUMN <= 70), 35.0, 0.0)
    legs = np.where(((abs(COLUMN - 20) <= 1) | (abs(COLUMN - 70) <= 1)) & (ROW >= 10) & (ROW <= 50), 45.0, 0.0)
    height = np.max([north, south, legs, cones((30, 20, 55)), cones((30, 70, 100))], axis=0).astype(np.float32)
    assert found(height, 0.2) == [(30, 70), (30, 20)]  # 55 - 35 = 20 of 100
    assert found(height, 0.21) == [(30, 70)]


@given(st.floats(1, 99), st.floats(0, 60))
def test_a_twin_counts_exactly_when_it_stands_out_enough(drop, base):
    """Two summits of 100 m above the base, parted by a valley: the second stands out by the depth of the valley."""
    profile = np.interp(np.arange(90), [0, 10, 30, 60, 80, 89], [0, 0, 100, 99.999, 0, 0])
    notch = np.interp(np.arange(90), [30, 45, 60], [0, drop, 0], left=0, right=0)
    height = np.broadcast_to(profile - notch + base, SHAPE).astype(np.float32).copy()
    height -= (0.01 * abs(ROW - 30)).astype(np.float32)
    expected = 2 if drop - 0.001 >= 0.3 * np.ptp(height) else 1
    if abs(drop - 0.3 * np.ptp(height)) > 0.5:
        assert len(found(height)) == expected


@pytest.mark.parametrize("base", [-500.0, 0.0, 500.0])
def test_lifting_the_whole_map_changes_nothing(base):
    tops = ((20, 20, 30 + base), (40, 60, 50 + base))
    assert found(cones(*tops, base=base)) == [(40, 60), (20, 20)]


def test_only_summits_inside_the_landform_count_but_saddles_are_taken_over_the_whole_map():
    height = cones((20, 20, 30), (40, 60, 50))
    west = COLUMN < 40
    assert found(height, mask=west) == [(20, 20)]
    shoulder = np.maximum(height, cones((20, 26, 25)))
    assert found(shoulder, mask=west) == [(20, 20)], "a shoulder of the higher cone is none"


@pytest.mark.parametrize("bed", [-1.0, -40.0, -400.0])
def test_equal_hills_on_an_island_count_each_however_deep_the_sea(bed):
    tops = [(r, c, 45.0) for r in (20, 40) for c in (20, 45, 70)]
    hills, land = cones(*tops, slope=5.0, base=5.0), (abs(ROW - 30) < 25) & (abs(COLUMN - 45) < 38)
    height = np.where(land, hills, bed).astype(np.float32)
    mask = (hills > 8) & land
    base = foot(height, mask, land)
    assert 5 <= base <= 15
    assert len(peaks(height, mask, 0.3, base)) == 6
    assert len(peaks(height, mask, 0.3)) == (1 if bed == -400 else 6), "measured down to the sea bed"


def test_a_landform_all_under_water_has_no_foot():
    nowhere = np.zeros(SHAPE, bool)
    assert foot(cones((20, 30, 50)), ROW < 30, nowhere) is None


def test_without_a_landform_there_are_no_peaks():
    assert found(cones((20, 20, 30)), mask=np.zeros(SHAPE, bool)) == []


def test_a_flat_map_has_at_most_one_summit():
    assert len(found(np.zeros(SHAPE, np.float32))) <= 1


def test_a_flat_top_is_one_summit():
    assert len(found(np.minimum(cones((30, 40, 50)), 30))) == 1


def test_roughness_on_the_flanks_makes_no_summits():
    bumps = np.random.default_rng(1).uniform(0, 3, SHAPE).astype(np.float32)
    assert len(found(cones((20, 20, 60), (40, 65, 60)) + bumps)) == 2
