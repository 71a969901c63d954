"""Mountains, hills, volcanoes, plateaus and valleys: exact numbers, heights, places, regions."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, distance_transform_edt, label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.prominence import peaks
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context
from pcgstudio.world import World

EIGHT = np.ones((3, 3))
NOISE = Step(id="noise", generator="terrain_noise")
LAND = Step(id="land", generator="landmass")


def made(generator: str, seed: int = 1, resolution: int = 128, before: tuple = (), where=None, **params) -> World:
    step = Step(id="it", generator=generator, params=params, **({} if where is None else {"where": where}))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def summits(world: World, layer: str, least: float = 0.35) -> int:
    return len(peaks(world["height"], world[layer] > 0, least))


def count(mask: np.ndarray) -> int:
    return int(label(mask, EIGHT)[1])


@pytest.mark.parametrize("arrangement", ["scattered", "range", "massif"])
@pytest.mark.parametrize("number", [1, 3, 8])
def test_summits_are_exact_and_nothing_else_stands_out(arrangement, number):
    for seed in range(4):
        world = made("mountains", seed, arrangement=arrangement, peaks=number)
        assert summits(world, "mountain") == number
        assert summits(world, "mountain", 0.15) == number


@pytest.mark.long
@pytest.mark.parametrize("arrangement", ["scattered", "range", "massif"])
def test_summits_are_exact_over_a_hundred_seeds(arrangement):
    for seed in range(100):
        number = 1 + seed % 12
        assert summits(made("mountains", seed, arrangement=arrangement, peaks=number), "mountain", 0.3) == number


@pytest.mark.long
def test_hills_and_volcanoes_are_exact_over_a_hundred_seeds():
    for seed in range(100):
        assert summits(made("hills", seed, count=1 + seed % 15), "hill", 0.3) == 1 + seed % 15
        assert count(made("volcano", seed, count=1 + seed % 6)["crater"] > 0) == 1 + seed % 6


def test_many_summits_fit():
    assert summits(made("mountains", 1, 192, peaks=40), "mountain") == 40


def test_the_highest_mountain_is_as_high_as_asked():
    for height in (90, 180, 400):
        world = made("mountains", 2, 256, peaks=3, height_m=height)
        assert world["height"].max() == pytest.approx(height, rel=0.04)


def test_mountains_stand_apart_from_rough_ground():
    for seed in range(3):
        assert summits(made("mountains", seed, before=(NOISE,), peaks=4), "mountain") == 4


def test_a_range_runs_in_its_direction():
    for direction, axis in ((0, 1), (90, 0)):
        world = made("mountains", 3, arrangement="range", peaks=5, range_direction_deg=direction)
        found = peaks(world["height"], world["mountain"] > 0)
        assert np.ptp(found[:, axis]) > 2.5 * np.ptp(found[:, 1 - axis])


def test_flanks_are_ridged_not_conical():
    world = made("mountains", 1, 256, peaks=1)
    row, col = np.unravel_index(world["height"].argmax(), world.grid.shape)
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    reach = 0.5 * np.sqrt((world["mountain"] > 0).sum() / np.pi)
    ring = world["height"][(row + reach * np.sin(angles)).astype(int), (col + reach * np.cos(angles)).astype(int)]
    assert ring.std() > 0.06 * world["height"].max()


@pytest.mark.parametrize("number", [1, 5, 14])
def test_hills_are_exact_and_round(number):
    for seed in range(4):
        world = made("hills", seed, count=number, height_m=50)
        assert summits(world, "hill") == number
        assert world["height"].max() == pytest.approx(50, rel=0.04)


def test_rolling_ground_covers_its_region_and_is_gentle():
    world = made("hills", 1, 192)
    assert 15 < np.ptp(world["height"]) < 70
    assert np.percentile(world["slope"], 99) < 40
    assert 0.02 < (world["hill"] > 0).mean() < 0.6


@pytest.mark.parametrize("number", [1, 3])
def test_volcanoes_have_closed_craters(number):
    for seed in range(4):
        world = made("volcano", seed, 192, count=number)
        crater = world["crater"] > 0
        assert count(crater) == number
        assert count(world["volcano"] > 0) == number
        labels, _ = label(crater, EIGHT)
        for i in range(1, number + 1):
            hole = labels == i
            rim = binary_dilation(hole, EIGHT) & ~hole
            assert world["height"][rim].min() > world["height"][hole].min() + 15


def test_a_crater_lake_is_level_and_below_every_point_of_the_rim():
    for seed in range(4):
        world = made("volcano", seed, 192, before=(NOISE,), count=2, fill="lake")
        lake, crater = world.category("water_kind", "lake"), world["crater"] > 0
        labels, found = label(lake, EIGHT)
        assert found == 2
        assert not (lake & ~crater).any()
        for i in (1, 2):
            pool = labels == i
            assert np.ptp(world["water_level"][pool]) < 1e-3
            level = world["water_level"][pool][0]
            assert (world["height"][pool] < level).all()
            assert (world["height"][binary_dilation(pool, EIGHT) & ~pool] >= level).all()
            hole, _ = label(crater, EIGHT)
            outer = binary_dilation(hole == hole[pool][0], EIGHT) & ~crater
            assert world["height"][outer].min() > level + 1


def test_lava_lies_level_in_the_crater():
    world = made("volcano", 1, 192, fill="lava")
    lava = world["lava"] > 0
    assert lava.any()
    assert (world["crater"][lava] > 0).all()
    assert np.ptp(world["height"][lava]) < 1e-3


def test_flanks_of_a_volcano_steepen_toward_the_rim():
    world = made("volcano", 2, 256, gullies=0.0)
    middle = np.argwhere(world["crater"] > 0).mean(0)
    away = np.hypot(*(np.indices(world.grid.shape) - middle[:, None, None])) * world.grid.cell_size_m
    rim = np.sqrt((world["crater"] > 0).sum() / np.pi) * world.grid.cell_size_m
    near, far = (away > 1.3 * rim) & (away < 2 * rim), (away > 5 * rim) & (away < 6.5 * rim)
    assert world["slope"][near].mean() > 1.5 * world["slope"][far].mean()


@pytest.mark.parametrize(("number", "share"), [(1, 0.16), (3, 0.2), (6, 0.1)])
def test_plateaus_are_exact_in_number_and_area(number, share):
    for seed in range(4):
        world = made("plateau", seed, 160, count=number, share=share)
        tops = world["plateau"] > 0
        assert count(tops) == number
        assert tops.sum() == round(share * tops.size)
        assert np.ptp(world["height"][tops]) < 0.12 * 70
        assert world["height"][tops].min() > 60


def test_plateaus_have_steep_edges_and_a_level_top_on_rough_ground():
    world = made("plateau", 1, 256, before=(NOISE,), edge_m=40)
    tops = world["plateau"] > 0
    rim = distance_transform_edt(~tops) * world.grid.cell_size_m
    assert world["slope"][(rim > 0) & (rim < 12)].mean() > 4 * world["slope"][tops].mean()


def test_valley_floors_fall_all_the_way():
    from pcgstudio.build import stream
    from pcgstudio.generator import Inputs, get_generator

    world = build(Recipe(seed=5, resolution=192, steps=(NOISE,)))
    valley = get_generator("valley")
    inputs = Inputs(world.grid, world.layers, np.ones(world.grid.shape, np.float32))
    params = valley.params(direction_deg=30)
    output = valley.build(inputs, params, stream(5, "it"), lambda _f, _t: None)
    from pcgstudio.generators.placement import site_of
    from pcgstudio.generators.valley import _courses

    course = _courses(site_of(inputs, avoid=()), params, stream(5, "it"))[0].points
    inside = ((course > 12) & (course < 1012)).all(1)
    line = world.grid.sample(output.layers["height"].data, course[inside])
    line = line if line[0] > line[-1] else line[::-1]
    assert (np.diff(line) < 0.05).all()
    before = world.grid.sample(world["height"], course[inside])
    assert 30 < np.median(before - world.grid.sample(output.layers["height"].data, course[inside])) < 110


@pytest.mark.parametrize("number", [1, 3])
def test_valleys_cross_the_map_and_are_exact_in_number(number):
    for seed in range(3):
        world = made("valley", seed, count=number, width_m=120, direction_deg=0)
        labels, found = label(world["valley"] > 0, EIGHT)
        assert found == number
        for i in range(1, number + 1):
            assert (labels[:, 0] == i).any()
            assert (labels[:, -1] == i).any()


@pytest.mark.parametrize(
    ("generator", "layer"),
    [("mountains", "mountain"), ("hills", "hill"), ("volcano", "volcano"), ("plateau", "plateau"),
     ("valley", "valley")],
)  # fmt: skip
def test_landforms_keep_to_their_region(generator, layer):
    where = Compass(place="northeast", depth=0.5)
    params = {"count": 1} if generator != "mountains" else {"peaks": 2}
    plain = build(Recipe(seed=1, resolution=128, steps=(NOISE,)))
    world = made(generator, 1, before=(NOISE,), where=where, **params)
    inside = where.evaluate(Context(world.grid)) > 0
    assert world[layer][inside].any()
    assert not world[layer][~inside].any()
    assert np.ptp(world["height"][~inside] - plain["height"][~inside]) < 1e-3
    # No wall stands where the region ends.
    edge = binary_dilation(inside) & ~inside
    assert world["slope"][edge].max() < plain["slope"].max() + 15


@pytest.mark.parametrize("generator", ["mountains", "hills", "volcano", "plateau", "valley"])
def test_landforms_leave_the_coast_where_it_is(generator):
    bare = build(Recipe(seed=2, resolution=128, steps=(LAND,)))
    world = made(generator, 2, before=(LAND,))
    sea = bare.category("water_kind", "sea")
    assert (world.category("water_kind", "sea") == sea).all()
    assert (world["height"][sea] == bare["height"][sea]).all()
    assert world["height"][~sea].min() >= 0.05
    assert np.abs((world["height"] - bare["height"])[~sea]).max() > 8


def test_a_volcano_is_twice_as_wide_as_high_however_little_room_it_has():
    small = Compass(place="centre", depth=0.15)
    world = made("volcano", 1, 256, where=small, height_m=250)
    across = world.grid.cell_size_m * 2 * np.sqrt((world["volcano"] > 0).sum() / np.pi)
    assert np.ptp(world["height"][world["volcano"] > 0]) < 0.6 * across


def test_later_landforms_keep_clear_of_earlier_ones():
    first = Step(id="m", generator="mountains", params={"peaks": 1, "height_m": 120})
    world = made("volcano", 3, before=(first,), radius_m=150)
    assert not ((world["mountain"] > 0) & (world["crater"] > 0)).any()
    assert summits(world, "mountain", 0.3) >= 1
    alone = build(Recipe(seed=3, resolution=128, steps=(first,)))
    assert ((world["mountain"] > 0) == (alone["mountain"] > 0)).all()


@pytest.mark.parametrize("generator", ["mountains", "hills", "volcano", "plateau", "valley"])
def test_the_same_landscape_at_twice_the_resolution(generator):
    coarse, fine = (made(generator, 4, n, before=(NOISE,))["height"] for n in (128, 256))
    fine = fine.reshape(128, 2, 128, 2).mean((1, 3))
    assert np.abs(coarse - fine).mean() < 0.012 * np.ptp(fine)


@pytest.mark.parametrize(
    ("generator", "params"),
    [("mountains", {"peaks": 60}), ("mountains", {"peaks": 40, "arrangement": "range"}), ("volcano", {"count": 12}),
     ("hills", {"count": 120}), ("plateau", {"count": 30}), ("valley", {"count": 8})],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_number_that_does(generator, params):
    with pytest.raises(BuildError, match=r"at most|not one"):
        made(generator, 1, 96, where=Circle(centre_m=(500, 500), radius_m=60), **params)


def test_a_region_without_land_is_refused():
    with pytest.raises(BuildError, match="no land"):
        made("mountains", 1, 64, before=(LAND,), where=Circle(centre_m=(10, 10), radius_m=30))


def test_odd_maps_work():
    for extent, n in (((3000.0, 900.0), 128), ((100_000.0, 100_000.0), 96), ((200.0, 260.0), 64)):
        for generator in ("mountains", "hills", "volcano", "plateau", "valley"):
            params = {"height_m": 0.15 * min(extent)} if generator in ("mountains", "volcano") else {}
            step = Step(id="it", generator=generator, params={k: min(v, 9000) for k, v in params.items()})
            world = build(Recipe(seed=1, extent_m=extent, resolution=n, steps=(step,)))
            assert np.isfinite(world["height"]).all()


def around_middle(found: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Distance of peaks from the middle of the map, and the gaps between their directions."""
    off = found[:, :2] - np.array(shape) / 2
    turns = np.sort(np.arctan2(off[:, 0], off[:, 1]))
    return np.hypot(*off.T), np.diff([*turns, turns[0] + 2 * np.pi])


@pytest.mark.parametrize(("generator", "layer"), [("mountains", "mountain"), ("hills", "hill")])
@pytest.mark.parametrize("number", [3, 7, 12])
def test_a_ring_goes_around_a_clear_interior(generator, layer, number):
    for seed in range(3):
        amount = {"peaks" if generator == "mountains" else "count": number}
        world = made(generator, seed, arrangement="ring", **amount)
        found = peaks(world["height"], world[layer] > 0)
        assert len(found) == number
        away, gaps = around_middle(found, world.grid.shape)
        assert away.min() > 0.75 * away.max()
        assert gaps.max() < 2.2 * np.pi * 2 / number
        r, c = np.indices(world.grid.shape) - np.array(world.grid.shape)[:, None, None] / 2
        assert not world[layer][np.hypot(r, c) < 0.35 * away.mean()].any()


@pytest.mark.parametrize(("generator", "layer"), [("mountains", "mountain"), ("hills", "hill")])
def test_an_arc_bends_but_does_not_close(generator, layer):
    for seed in range(3):
        world = made(generator, seed, arrangement="arc")
        found = peaks(world["height"], world[layer] > 0)[:, :2].astype(float)
        assert len(found) == 5
        spread = np.linalg.eigvalsh(np.cov(found.T))
        assert 1.2 < np.sqrt(spread[1] / spread[0]) < 5, "neither a line nor a ring"


def test_a_row_of_hills_is_exact_and_straight():
    for seed in range(4):
        world = made("hills", seed, arrangement="row", count=5, row_direction_deg=0)
        found = peaks(world["height"], world["hill"] > 0)
        assert len(found) == 5
        assert np.ptp(found[:, 1]) > 4 * np.ptp(found[:, 0])


def test_formations_without_a_number_have_enough():
    assert summits(made("hills", 1, arrangement="ring"), "hill") == 7
    assert summits(made("mountains", 1, arrangement="ring"), "mountain") == 7


def test_a_ring_stays_in_its_region_and_on_rough_ground():
    where = Circle(centre_m=(400, 600), radius_m=350)
    world = made("mountains", 2, where=where, before=(NOISE,), arrangement="ring", peaks=6)
    inside = where.evaluate(Context(world.grid)) >= 0.5
    assert summits(world, "mountain") == 6
    assert not (world["mountain"] > 0)[~inside].any()


@pytest.mark.parametrize("shape", ["ring", "arc"])
def test_two_summits_make_no_ring(shape):
    with pytest.raises(BuildError, match="ask for 3 or more"):
        made("mountains", 1, arrangement=shape, peaks=2)
