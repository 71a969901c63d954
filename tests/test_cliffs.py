"""Cliffs: the drop, the direction, exact numbers, exact shares of the coast, regions, resolutions."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, distance_transform_edt, label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context, Near, Of

EIGHT = np.ones((3, 3))
NOISE = Step(id="noise", generator="terrain_noise", params={"amplitude_m": 12.0, "feature_size_m": 400.0})
ISLAND = Step(id="land", generator="landmass", params={"pattern": "island", "land_fraction": 0.5})


def made(seed=1, resolution=192, before=(NOISE,), where=None, **params):
    step = Step(id="it", generator="cliffs", params=params, **({} if where is None else {"where": where}))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def measured(world, metric):
    return measure(world, check_of(metric, 1, arguments={"feature": "cliff"}))


@pytest.mark.parametrize("number", [1, 2, 4])
def test_scarps_are_exact_in_number(number):
    for seed in range(4):
        world = made(seed, count=number, height_m=40.0)
        assert label(world["cliff"] > 0, EIGHT)[1] == number
        assert measured(world, "count") == number


@pytest.mark.parametrize("number", [1, 3])
def test_stretches_of_coast_are_exact_in_number(number):
    for seed in range(4):
        world = made(seed, before=(NOISE, ISLAND), along="coast", count=number, coast_share=0.3)
        assert measured(world, "count") == number


@pytest.mark.long
def test_cliffs_are_exact_over_a_hundred_seeds():
    for seed in range(100):
        number, coast = 1 + seed % 3, seed % 2 == 0
        params = {"along": "coast", "coast_share": 0.25} if coast else {"along": "line"}
        before = (NOISE, ISLAND) if coast else (NOISE,)
        assert measured(made(seed, before=before, count=number, **params), "count") == number


@pytest.mark.parametrize("height", [28.0, 60.0, 105.0])
def test_the_land_drops_as_far_as_asked_within_a_short_way(height):
    for seed in range(3):
        world = made(seed, 256, before=(), height_m=height)
        cliff = world["cliff"] > 0
        assert world["height"].max() == pytest.approx(height, rel=0.05)
        assert np.ptp(world["height"][cliff]) > 0.8 * height
        assert measured(world, "steepness") > 35


@pytest.mark.parametrize(("side", "axis", "low_first"), [("north", 0, True), ("south", 0, False), ("east", 1, False)])
def test_a_scarp_faces_the_side_it_is_told(side, axis, low_first):
    world = made(3, before=(), drops_to=side)
    profile = world["height"].mean(1 - axis)
    first, last = profile[:20].mean(), profile[-20:].mean()
    steepest = np.gradient(profile)[np.abs(np.gradient(profile)).argmax()]
    assert (steepest > 0) == low_first
    assert min(first, last) < 2


def test_sea_cliffs_stand_at_the_water():
    world = made(2, 256, (NOISE, ISLAND), along="coast")
    sea = world.category("water_kind", "sea")
    shore = distance_transform_edt(~sea) * world.grid.cell_size_m
    behind = (shore > 16) & (shore < 24)
    assert np.median(world["height"][behind]) > 40
    assert (shore[world["cliff"] > 0] < 20).all()
    bare = build(Recipe(seed=2, resolution=256, steps=(NOISE, ISLAND)))
    assert (bare["water_kind"] == world["water_kind"]).all()
    assert (bare["height"][sea] == world["height"][sea]).all()
    assert not ((world["beach"] > 0) & (world["cliff"] > 0)).any()


@pytest.mark.parametrize("share", [0.25, 0.6])
def test_an_exact_share_of_the_coast_is_cliff(share):
    for seed in range(3):
        world = made(seed, 256, (NOISE, ISLAND), along="coast", coast_share=share)
        shore = binary_dilation(world.category("water_kind", "sea"), EIGHT) & (world["water_kind"] == 0)
        assert (world["cliff"] > 0)[shore].mean() == pytest.approx(share, abs=0.01)


def test_a_region_along_the_sea_makes_sea_cliffs_of_themselves():
    world = made(2, 192, (NOISE, ISLAND), where=Near(feature="sea", distance_m=80))
    away = distance_transform_edt(~world.category("water_kind", "sea")) * world.grid.cell_size_m
    assert (world["cliff"] > 0).any()
    assert (away[world["cliff"] > 0] < 40).all()


def test_a_region_behind_the_beach_has_its_cliffs_there():
    """ "Along the coast" leaves out the coast's own strip."""
    world = made(2, 192, (NOISE, ISLAND), where=Near(feature="coast", distance_m=90))
    cliff = world["cliff"] > 0
    away = distance_transform_edt(~world.category("water_kind", "sea")) * world.grid.cell_size_m
    assert cliff.sum() > 100
    assert (away[cliff] < 70).all()
    assert world["height"][cliff].max() > 35
    behind = (away > 100) & (away < 140)
    assert np.median(world["height"][behind]) > 30, "a rampart with a pit behind it"


def test_without_a_sea_there_are_no_sea_cliffs():
    with pytest.raises(BuildError, match="need a sea"):
        made(along="coast")


def test_cliffs_keep_to_their_region_without_a_wall_around_it():
    where = Compass(place="northeast", depth=0.6)
    plain = build(Recipe(seed=1, resolution=192, steps=(NOISE,)))
    world = made(1, where=where)
    inside = where.evaluate(Context(world.grid)) > 0
    assert (world["cliff"] > 0)[inside].any()
    assert not (world["cliff"] > 0)[~inside].any()
    assert np.ptp(world["height"][~inside] - plain["height"][~inside]) < 1e-3
    edge = binary_dilation(inside) & ~inside
    assert world["slope"][edge].max() < plain["slope"].max() + 15


def test_the_same_cliff_at_twice_the_resolution():
    for before, along in (((NOISE,), "line"), ((NOISE, ISLAND), "coast")):
        coarse, fine = (made(4, n, before, along=along)["height"] for n in (128, 256))
        fine = fine.reshape(128, 2, 128, 2).mean((1, 3))
        assert np.abs(coarse - fine).mean() < 0.02 * np.ptp(fine)


def test_too_many_are_refused():
    with pytest.raises(BuildError, match="at most"):
        made(count=8, height_m=200.0, where=Circle(centre_m=(500, 500), radius_m=150))


def test_odd_maps_work():
    for extent, n in (((3000.0, 900.0), 128), ((100_000.0, 100_000.0), 96), ((200.0, 260.0), 64)):
        size = min(extent)
        params = {"height_m": min(0.06 * size, 3000.0), "run_m": min(0.014 * size, 2000.0), "inland_m": 0.4 * size}
        step = Step(id="it", generator="cliffs", params=params)
        world = build(Recipe(seed=1, extent_m=extent, resolution=n, steps=(step,)))
        assert measured(world, "count") == 1


@pytest.mark.parametrize("along", ["coast", "line"])
@pytest.mark.parametrize("seed", range(4))
def test_a_level_top_lies_behind_the_edge(seed, along):
    land = (Step(id="land", generator="landmass", params={"pattern": "coast"}),) if along == "coast" else ()
    rough = Step(id="rough", generator="terrain_noise", params={"amplitude_m": 40.0})
    face = Step(id="face", generator="cliffs", params={"along": along, "top_m": 140.0})
    world = build(Recipe(seed=seed, resolution=160, steps=(rough, *land, face)))
    top, cliff = world["cliff_top"] > 0, world["cliff"] > 0
    assert top.sum() * world.grid.cell_area_m2 > 140 * 300
    assert not (top & cliff).any()
    assert (world["slope"][top] < 8).mean() > 0.85
    near = distance_transform_edt(~cliff) * world.grid.cell_size_m
    assert near[top].max() <= 140.0 + world.grid.cell_size_m
    below = ~top & ~cliff & (near < 40.0) & (world["water_kind"] == 0)
    if along == "line":
        assert np.median(world["height"][top]) > np.median(world["height"][below]) + 20.0


def test_a_village_stands_on_the_cliff():
    steps = (
        Step(id="rough", generator="terrain_noise", params={"amplitude_m": 30.0}),
        Step(id="face", generator="cliffs", params={"top_m": 200.0}),
        Step(id="village", generator="settlement", params={"kind": "village"}, where=Of(feature="cliff top")),
    )
    world = build(Recipe(seed=3, resolution=256, steps=steps))
    houses = world.instances["building"].placement
    assert len(houses) > 5
    assert (world["cliff_top"][world.grid.cells_of(houses)] > 0).mean() > 0.8


def test_no_crease_crosses_the_country_behind_sea_cliffs():
    smooth = Step(id="noise", generator="terrain_noise", params={"amplitude_m": 2.0, "feature_size_m": 900.0})
    for seed in (3, 4):
        world = made(seed, before=(smooth, ISLAND), along="coast", height_m=60.0)
        cell = world.grid.cell_size_m
        inland = distance_transform_edt(world["water_kind"] == 0) * cell > 120
        slopes = (np.gradient(world["height"], cell, axis=k) for k in (0, 1))
        bends = np.maximum(*(np.abs(np.diff(slope, axis=k, append=0)) for k, slope in enumerate(slopes)))
        assert np.quantile(bends[inland], 0.99) < 0.12
