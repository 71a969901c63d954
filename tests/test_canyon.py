"""Canyons: exact numbers, depth and width, stepped walls, falling floors, water that runs downhill or lies level."""

import numpy as np
import pytest
from scipy.ndimage import label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context
from pcgstudio.structure import structural_checks

EIGHT = np.ones((3, 3))
NOISE = Step(id="noise", generator="terrain_noise", params={"amplitude_m": 20.0, "feature_size_m": 500.0})
LAND = Step(id="land", generator="landmass")


def made(seed=1, resolution=128, before=(NOISE,), where=None, **params):
    step = Step(id="it", generator="canyon", params=params, **({} if where is None else {"where": where}))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def measured(world, metric, feature="canyon"):
    return measure(world, check_of(metric, 1, arguments={"feature": feature}))


def sound(world):
    return [s.detail for s in structural_checks(world) if not s.passed]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_canyons_are_exact_in_number(number):
    for seed in range(4):
        world = made(seed, count=number, width_m=90)
        assert label(world["canyon"] > 0, EIGHT)[1] == number
        assert measured(world, "count") == number


@pytest.mark.long
def test_canyons_are_exact_over_a_hundred_seeds():
    for seed in range(100):
        number = 1 + seed % 4
        assert measured(made(seed, count=number, width_m=80 + seed % 40), "count") == number


@pytest.mark.parametrize(("depth", "width"), [(35, 75), (80, 130), (140, 230)])
def test_canyons_are_as_deep_and_wide_as_asked(depth, width):
    for seed in range(3):
        world = made(seed, 256, before=(), depth_m=depth, width_m=width)
        assert measured(world, "depth") == pytest.approx(depth, rel=0.1)
        assert measured(world, "width") == pytest.approx(width, rel=0.15)


def test_a_canyon_crosses_the_map_between_the_named_sides():
    world = made(2, from_side="north", toward="east")
    canyon = world["canyon"] > 0
    assert canyon[0].any()
    assert canyon[:, -1].any()
    assert not canyon[-1].any()
    assert not canyon[:, 0].any()


def test_a_canyon_runs_through_its_points():
    points = ((200.0, 180.0), (520.0, 640.0), (830.0, 700.0))
    world = made(2, 192, through_m=points)
    rows, cols = world.grid.cells_of(np.array(points))
    assert (world["canyon"][rows, cols] > 0).all()
    canyon = world["canyon"] > 0
    assert not any(side.any() for side in (canyon[0], canyon[-1], canyon[:, 0], canyon[:, -1]))


def test_one_point_is_refused():
    with pytest.raises(BuildError, match="at least two"):
        made(through_m=((100.0, 100.0),))


def test_a_canyon_off_the_map_is_refused():
    with pytest.raises(BuildError, match="outside"):
        made(through_m=((-900.0, -900.0), (-800.0, -900.0)))


def test_walls_step_in_level_beds():
    """Where beds step, steep and gentle ground alternate up the wall; without them it is evenly steep."""
    spread = {}
    for strata in (0.0, 1.0):
        world = made(3, 384, before=(), strata=strata, ragged=0.0, width_m=230, depth_m=100)
        wall = (world["canyon"] > 0) & (world["slope"] > 8)
        spread[strata] = world["slope"][wall].std()
    assert spread[1.0] > 1.5 * spread[0.0]


def test_a_river_on_the_floor_runs_downhill_from_edge_to_edge():
    for seed in range(4):
        world = made(seed, 192, river=True, count=1 + seed % 2, depth_m=60)
        assert len([p for p in world.paths if p.kind == "river"]) == 1 + seed % 2
        for path in world.paths:
            assert (np.diff(path.points[:, 2]) <= 1e-4).all()
        wet = world.category("water_kind", "river")
        assert (world["canyon"][wet] > 0).mean() > 0.97
        assert measured(world, "count", "river") == 1 + seed % 2
        assert not sound(world)


def test_a_closed_canyon_holds_a_level_lake():
    world = made(3, 192, river=True, through_m=((250.0, 250.0), (750.0, 800.0)))
    lake = world.category("water_kind", "lake")
    assert lake.any()
    assert not world.category("water_kind", "river").any()
    assert np.ptp(world["water_level"][lake]) < 1e-4
    assert (world["canyon"][lake] > 0).all()
    assert not sound(world)


def test_a_canyon_with_a_river_reaches_the_sea():
    coast = Step(id="land", generator="landmass", params={"pattern": "coast", "sea_side": "south"})
    world = made(2, 192, before=(NOISE, coast), river=True, direction_deg=90)
    assert not sound(world)
    end = world.paths[0].points[-1]
    rows, cols = world.grid.cells_of(end[None])
    assert world.category("water_kind", "sea")[max(rows[0] - 2, 0) : rows[0] + 3, cols[0]].any()


@pytest.mark.parametrize("river", [False, True])
def test_the_coast_stays_where_it_is(river):
    bare = build(Recipe(seed=2, resolution=128, steps=(NOISE, LAND)))
    world = made(2, before=(NOISE, LAND), river=river)
    sea = bare.category("water_kind", "sea")
    assert (world.category("water_kind", "sea") == sea).all()
    assert (world["height"][sea] == bare["height"][sea]).all()
    dry = world["water_kind"] == 0
    assert world["height"][dry].min() >= 0.05
    assert not sound(world)


def test_a_canyon_keeps_to_its_region_and_is_closed_there():
    where = Compass(place="northeast", depth=0.55)
    plain = build(Recipe(seed=1, resolution=128, steps=(NOISE,)))
    for river in (False, True):
        world = made(1, where=where, width_m=100, river=river)
        inside = where.evaluate(Context(world.grid)) > 0
        assert (world["canyon"] > 0)[inside].any()
        assert not (world["canyon"] > 0)[~inside].any()
        assert np.ptp(world["height"][~inside] - plain["height"][~inside]) < 1e-3
        assert not sound(world)


def test_the_same_canyon_at_twice_the_resolution():
    coarse, fine = (made(4, n)["height"] for n in (128, 256))
    fine = fine.reshape(128, 2, 128, 2).mean((1, 3))
    assert np.abs(coarse - fine).mean() < 0.012 * np.ptp(fine)


def test_too_many_are_refused_with_the_number_that_fits():
    with pytest.raises(BuildError, match="at most 1"):
        made(count=6, width_m=130, where=Circle(centre_m=(500, 500), radius_m=120))


def test_odd_maps_work():
    for extent, n in (((3000.0, 900.0), 128), ((100_000.0, 100_000.0), 96), ((200.0, 260.0), 64)):
        width = 0.12 * min(extent)
        step = Step(id="it", generator="canyon", params={"width_m": width, "depth_m": min(0.5 * width, 4000.0),
                                                         "river": True})  # fmt: skip
        world = build(Recipe(seed=1, extent_m=extent, resolution=n, steps=(step,)))
        assert np.isfinite(world["height"]).all()
        assert measured(world, "count") == 1
        assert not sound(world)
