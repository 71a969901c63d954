"""Dunes: slip faces at rest and away from the wind, exact numbers and shares, regions, resolutions."""

import numpy as np
import pytest
from scipy.ndimage import label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context
from pcgstudio.world import BIOMES

EIGHT = np.ones((3, 3))
NOISE = Step(id="noise", generator="terrain_noise", params={"amplitude_m": 20.0, "feature_size_m": 500.0})
LAND = Step(id="land", generator="landmass")


def made(seed=1, resolution=192, before=(), where=None, **params):
    step = Step(id="it", generator="dunes", params=params, **({} if where is None else {"where": where}))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def measured(world, metric, feature, **more):
    return measure(world, check_of(metric, 1, arguments={"feature": feature, **more}))


@pytest.mark.parametrize("kind", ["transverse", "barchan", "star"])
@pytest.mark.parametrize("number", [1, 5])
def test_single_dunes_are_exact_in_number(kind, number):
    for seed in range(4):
        world = made(seed, kind=kind, count=number, before=(NOISE,))
        assert label(world["dune"] > 0, EIGHT)[1] == number
        assert measured(world, "count", "dune") == number


@pytest.mark.long
def test_single_dunes_are_exact_over_a_hundred_seeds():
    for seed in range(100):
        kind, number = ("transverse", "barchan", "star")[seed % 3], 1 + seed % 11
        assert measured(made(seed, 256, kind=kind, count=number), "count", "dune") == number


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_the_field_takes_its_exact_share(share):
    for seed in range(3):
        world = made(seed, share=share, before=(NOISE, LAND))
        dry = world["water_kind"] == 0
        assert (world["dune"] > 0).sum() == round(share * dry.sum())
        assert measured(world, "share", "dune") == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(("wind_from", "east", "south"), [("west", 1, 0), ("north", 0, 1), ("southeast", -1, -1)])
@pytest.mark.parametrize("kind", ["transverse", "barchan"])
def test_the_steep_side_looks_away_from_the_wind(kind, wind_from, east, south):
    world = made(2, 384, kind=kind, wind_from=wind_from)
    fall_south, fall_east = np.gradient(-world["height"], world.grid.cell_size_m)
    steep = world["slope"] > 28
    away = (fall_east * east + fall_south * south)[steep]
    assert steep.sum() > 200
    assert (away > 0).mean() > 0.9


def test_slip_faces_rest_at_their_angle_and_windward_is_gentle():
    world = made(3, 512)
    slope = world["slope"]
    assert 31 < np.percentile(slope[slope > 25], 80) < 36
    assert np.percentile(slope, 99.8) < 37
    assert 3 < np.median(slope) < 12


@pytest.mark.parametrize("height", [7.0, 13.0, 24.0])
@pytest.mark.parametrize("kind", ["transverse", "barchan", "star"])
def test_the_highest_dune_is_as_high_as_asked(kind, height):
    world = made(2, 384, kind=kind, height_m=height)
    assert world["height"].max() == pytest.approx(height, rel=0.1)


def test_horns_point_downwind():
    """The middle of a barchan lies upwind of its two tips."""
    world = made(1, 384, kind="barchan", count=1, height_m=24.0)
    rows, cols = np.nonzero(world["dune"])
    body = np.abs(rows - rows.mean()) < 0.2 * np.ptp(rows)
    tips = np.abs(rows - rows.mean()) > 0.42 * np.ptp(rows)
    assert cols[tips].mean() > cols[body].mean() + 0.15 * np.ptp(cols)


def test_crests_lie_a_wavelength_apart():
    world = made(4, 512, wavelength_m=100.0, irregularity=0.1, height_m=10.0)
    spectrum = np.abs(np.fft.rfft(world["height"] - world["height"].mean(), axis=1)).mean(0)
    assert 1024 / np.argmax(spectrum) == pytest.approx(100, rel=0.15)


def test_dunes_keep_to_their_region_and_to_the_land():
    where = Compass(place="northeast", depth=0.5)
    plain = build(Recipe(seed=1, resolution=128, steps=(NOISE, LAND)))
    for kind in ("transverse", "barchan", "star"):
        world = made(1, 128, (NOISE, LAND), where, kind=kind)
        inside = where.evaluate(Context(world.grid)) > 0
        assert (world["dune"] > 0)[inside].any()
        assert not (world["dune"] > 0)[~inside].any()
        assert not (world["dune"] > 0)[plain["water_kind"] > 0].any()
        assert (world["water_kind"] == plain["water_kind"]).all()
        assert np.ptp(world["height"][~inside] - plain["height"][~inside]) < 1e-3


def test_dunes_keep_clear_of_a_canyon():
    canyon = Step(id="c", generator="canyon", params={"direction_deg": 0.0})
    world = made(3, 192, (NOISE, canyon))
    assert not ((world["canyon"] > 0) & (world["dune"] > 0)).any()


@pytest.mark.parametrize("kind", ["transverse", "barchan", "star"])
def test_the_same_dunes_at_twice_the_resolution(kind):
    coarse, fine = (made(4, n, kind=kind)["height"] for n in (192, 384))
    fine = fine.reshape(192, 2, 192, 2).mean((1, 3))
    assert np.corrcoef(coarse.ravel(), fine.ravel())[0, 1] > 0.97


def test_what_does_not_fit_is_refused():
    spot = Circle(centre_m=(500, 500), radius_m=60)
    with pytest.raises(BuildError, match=r"at most|not one"):
        made(kind="barchan", count=40, where=spot)
    with pytest.raises(BuildError, match="lower the share"):
        made(share=0.9, before=(Step(id="p", generator="plateau", params={"share": 0.4}),))


def test_odd_maps_work():
    for extent, n in (((3000.0, 900.0), 128), ((100_000.0, 100_000.0), 96), ((200.0, 260.0), 64)):
        for kind in ("transverse", "barchan", "star"):
            size = 0.1 * min(extent)
            params = {"kind": kind, "wavelength_m": min(size, 4000.0), "height_m": min(0.1 * size, 400.0)}
            step = Step(id="it", generator="dunes", params=params)
            world = build(Recipe(seed=1, extent_m=extent, resolution=n, steps=(step,)))
            assert np.isfinite(world["height"]).all()
            assert (world["dune"] > 0).any()


def test_dunes_are_sand_in_any_climate_but_frost():
    made = build(Recipe.model_validate({
        "name": "t", "seed": 3, "extent_m": (512, 512), "resolution": 128,
        "steps": [{"id": "n", "generator": "terrain_noise"},
                  {"id": "d", "generator": "dunes", "params": {"share": 0.5}}, {"id": "c", "generator": "climate"}],
    }))  # fmt: skip
    on = made["dune"] > 0
    assert (made["biome"][on] == BIOMES.index("desert")).mean() > 0.95
