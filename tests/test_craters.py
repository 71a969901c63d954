"""Impact craters: exact numbers, diameters and depths, raised rims, peaks in the large ones, clear of each other."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context

EIGHT = np.ones((3, 3))
NOISE = Step(id="noise", generator="terrain_noise", params={"amplitude_m": 20.0, "feature_size_m": 500.0})
LAND = Step(id="land", generator="landmass")


def made(seed=1, resolution=192, before=(), where=None, **params):
    step = Step(id="it", generator="craters", params=params, **({} if where is None else {"where": where}))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def measured(world, metric):
    return measure(world, check_of(metric, 1, arguments={"feature": "impact crater"}))


@pytest.mark.parametrize("number", [1, 7, 40])
def test_craters_are_exact_in_number(number):
    for seed in range(4):
        world = made(seed, 256, before=(NOISE,), count=number)
        assert label(world["impact_crater"] > 0, EIGHT)[1] == number
        assert measured(world, "count") == number


@pytest.mark.long
def test_craters_are_exact_over_a_hundred_seeds():
    for seed in range(100):
        assert measured(made(seed, 256, count=1 + seed % 30), "count") == 1 + seed % 30


@pytest.mark.parametrize("diameter", [110.0, 210.0, 350.0])
def test_the_largest_is_as_wide_as_asked_and_as_deep_as_pike_says(diameter):
    for seed in range(3):
        world = made(seed, 384, count=1, diameter_m=diameter, wear=0.0, complex_from_m=1000.0)
        assert measured(world, "width") == pytest.approx(diameter, rel=0.08)
        height = world["height"]
        assert height.max() - height.min() == pytest.approx(0.2 * diameter, rel=0.12)


def test_a_depth_in_metres_holds():
    for count in (1, 6):
        world = made(2, 384, count=count, depth_m=60.0, wear=0.0)
        assert np.ptp(world["height"]) == pytest.approx(60, rel=0.1)


def test_many_leave_the_largest_as_it_is():
    world = made(3, 384, count=80, diameter_m=300.0)
    assert measured(world, "count") == 80
    assert measured(world, "width") == pytest.approx(300, rel=0.08)


def test_rims_stand_above_the_ground_and_ejecta_thin_out():
    world = made(2, 384, count=1, diameter_m=240.0, wear=0.0)
    crater = world["impact_crater"] > 0
    ground = np.median(world["height"][0])
    rim = binary_dilation(crater, iterations=2) & ~crater
    assert np.median(world["height"][rim]) > ground + 0.02 * 240
    near, far = (binary_dilation(crater, iterations=k) & ~binary_dilation(crater, iterations=k - 6) for k in (8, 40))
    assert world["ejecta"][near].mean() > 4 * world["ejecta"][far].mean() > 0
    assert not world["ejecta"][crater].any()


def test_large_ones_have_a_central_peak_and_a_flat_floor():
    world = made(2, 384, count=1, diameter_m=420.0, wear=0.0)
    rows, cols = np.nonzero(world["impact_crater"])
    row, col, height = int(rows.mean()), int(cols.mean()), world["height"]
    middle = height[row - 8 : row + 9, col - 8 : col + 9].max()
    ring = [height[row, col - 33], height[row, col + 33], height[row - 33, col], height[row + 33, col]]
    assert middle > max(ring) + 0.01 * 420
    simple = made(2, 384, count=1, diameter_m=200.0, wear=0.0)
    rows, cols = np.nonzero(simple["impact_crater"])
    floor = simple["height"][int(rows.mean()), int(cols.mean())]
    assert floor < simple["height"].min() + 2


def test_variety_deals_many_small_and_few_large():
    areas = {}
    for variety in (0.0, 1.0):
        labels, _ = label(made(1, 384, count=24, variety=variety, diameter_m=150.0)["impact_crater"] > 0, EIGHT)
        areas[variety] = np.sort(np.bincount(labels.ravel())[1:])
    assert areas[0.0][0] > 0.8 * areas[0.0][-1]
    assert np.median(areas[1.0]) < 0.3 * areas[1.0][-1]


def test_craters_keep_to_their_region_and_leave_the_coast():
    where = Compass(place="northeast", depth=0.55)
    plain = build(Recipe(seed=1, resolution=128, steps=(NOISE, LAND)))
    world = made(1, 128, (NOISE, LAND), where, count=2, diameter_m=80.0)
    inside = where.evaluate(Context(world.grid)) > 0
    assert (world["impact_crater"] > 0)[inside].any()
    assert not (world["impact_crater"] > 0)[~inside].any()
    assert np.ptp(world["height"][~inside] - plain["height"][~inside]) < 1e-3
    assert (world["water_kind"] == plain["water_kind"]).all()


def test_overlapping_ones_cut_each_other():
    apart, cut = (made(4, 256, count=30, diameter_m=260.0, overlap=o) for o in (False, True))
    assert label(cut["impact_crater"] > 0, EIGHT)[1] < 30 == label(apart["impact_crater"] > 0, EIGHT)[1]


def test_the_same_craters_at_twice_the_resolution():
    coarse, fine = (made(4, n, before=(NOISE,))["height"] for n in (128, 256))
    fine = fine.reshape(128, 2, 128, 2).mean((1, 3))
    assert np.abs(coarse - fine).mean() < 0.012 * np.ptp(fine)


def test_what_does_not_fit_is_refused_with_what_would():
    spot = Circle(centre_m=(500, 500), radius_m=90)
    with pytest.raises(BuildError, match="at most"):
        made(count=200, diameter_m=120.0, where=spot)
    with pytest.raises(BuildError, match="smaller"):
        made(count=1, diameter_m=500.0, where=spot)


def test_odd_maps_work():
    for extent, n in (((3000.0, 900.0), 128), ((100_000.0, 100_000.0), 96), ((200.0, 260.0), 64)):
        step = Step(id="it", generator="craters", params={"diameter_m": 0.25 * min(extent), "count": 3})
        world = build(Recipe(seed=1, extent_m=extent, resolution=n, steps=(step,)))
        assert measured(world, "count") == 3
