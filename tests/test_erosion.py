from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from pcgstudio.build import build, quiet, stream
from pcgstudio.errors import Cancelled
from pcgstudio.generator import Inputs, Output, generator, get_generator
from pcgstudio.generators.hydraulic_erosion import HydraulicErosion, hydraulic_erosion
from pcgstudio.generators.kernels.droplets import rain
from pcgstudio.generators.kernels.erosion import catchment, downstream_first, incise, on_cells, reach_of
from pcgstudio.generators.kernels.flow import fill_depressions, flow_receivers
from pcgstudio.generators.kernels.lattice import resample
from pcgstudio.generators.kernels.talus import relax
from pcgstudio.generators.kernels.wander import wander
from pcgstudio.generators.thermal_erosion import REST_DEG, ThermalErosion, thermal_erosion
from pcgstudio.params import Params
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.slope import slope_deg
from pcgstudio.world import WATER_KINDS, Grid, Layer

EXTENT = (1024.0, 1024.0)


def rough(grid, seed=0, octaves=7):
    """Fractal noise evaluated in metres: the same landscape at every resolution."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    total = np.zeros(grid.shape)
    for octave in range(octaves):
        per_m = 2**octave / 420
        lattice = rng.standard_normal((2**octave * 4 + 8,) * 2)
        turn = rng.uniform(0, 2 * np.pi)
        u, v = (x - 512) * per_m, (y - 512) * per_m
        at = [u * np.cos(turn) + v * np.sin(turn) + 40, v * np.cos(turn) - u * np.sin(turn) + 40]
        total += 0.5**octave * map_coordinates(lattice, at, order=3, mode="grid-wrap")
    return total.astype(np.float32)


def mountain(grid, height_m=180.0):
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    bulge = np.exp(-((np.hypot(x, y) / 280) ** 2))
    noise = rough(grid)
    return (height_m * (bulge * (1 + 0.25 * noise) + 0.08 * noise)).astype(np.float32)


def erode(made_by, params, height, grid, water=None, seed=1):
    layers = {"height": Layer(height.copy(), "m")}
    if water is not None:
        layers["water_kind"] = Layer.named(water, WATER_KINDS)
    inputs = Inputs(grid, layers, np.ones(grid.shape, np.float32))
    output = made_by.build(inputs, params, stream(seed, "erosion"), quiet)
    return {name: layer.data for name, layer in output.layers.items()}


def rivers(height, **params):
    grid = Grid.over(EXTENT, max(height.shape))
    return erode(hydraulic_erosion, HydraulicErosion(**params), height, grid)


def crumbled(height, **params):
    grid = Grid.over(EXTENT, max(height.shape))
    return erode(thermal_erosion, ThermalErosion(**params), height, grid)


@pytest.fixture(scope="module")
def ground():
    return mountain(Grid.over(EXTENT, 256))


@pytest.fixture(scope="module")
def carved(ground):
    return rivers(ground)


def pits(height):
    inner = height[1:-1, 1:-1]
    around = [np.roll(height, (r, c), (0, 1))[1:-1, 1:-1] for r in (-1, 0, 1) for c in (-1, 0, 1) if (r, c) != (0, 0)]
    return int((inner < np.min(around, axis=0)).sum())


def test_rivers_leave_fewer_pits_and_less_standing_water(ground, carved):
    assert pits(carved["height"]) < 0.3 * pits(ground)
    before, after = ((fill_depressions(h) - h).sum() for h in (ground, carved["height"]))
    assert after < 0.5 * before


def test_rivers_cut_valleys_and_leave_summits(ground, carved):
    assert carved["height"].max() > 0.93 * ground.max()
    assert carved["erosion"].mean() > 5
    relief = [h - gaussian_filter(h, 8) for h in (ground, carved["height"])]
    assert relief[1].std() > 1.3 * relief[0].std()


def test_large_catchments_lie_in_valleys(carved):
    height, flow = carved["height"], carved["flow"]
    below_its_surroundings = gaussian_filter(height, 6) - height
    trunk = flow > np.quantile(flow, 0.98)
    assert below_its_surroundings[trunk].mean() > 2
    assert np.isclose(flow.min(), 16.0)
    assert flow.max() > 0.02 * EXTENT[0] * EXTENT[1]


def test_valley_directions_do_not_follow_the_grid(carved):
    south, east = np.gradient(carved["height"].astype(float))
    steep = np.hypot(south, east) > 1.0
    turn = np.degrees(np.arctan2(south, east))[steep] % 45
    # Facing within 5 degrees of one of the lattice's eight directions: 10 / 45 = 22 % where there is no preference.
    assert np.mean((turn < 5) | (turn > 40)) < 0.32


@pytest.mark.parametrize("mode", ["stream_power", "droplet"])
def test_resolutions_agree(ground, mode):
    coarse = rivers(ground, mode=mode)["height"]
    fine = mountain(Grid.over(EXTENT, 512))
    fine_change = resample(rivers(fine, mode=mode)["height"], ground.shape) - resample(fine, ground.shape)
    change = coarse - ground
    assert np.corrcoef(change.ravel(), fine_change.ravel())[0, 1] > 0.97


def test_strength_orders_the_erosion(ground):
    worn = [rivers(ground, strength=s)["erosion"].mean() for s in (0.2, 0.5, 0.95)]
    assert worn[1] > 1.5 * worn[0]
    assert worn[2] > 1.3 * worn[1]


def test_no_strength_changes_nothing(ground):
    assert np.array_equal(rivers(ground, strength=0.0)["height"], ground)


@pytest.mark.parametrize("mode", ["stream_power", "droplet"])
def test_sea_stays_and_land_stays_above_it(mode):
    grid = Grid.over(EXTENT, 192)
    height = mountain(grid) - 30
    water = (height < 0).astype(np.uint8)
    made = erode(hydraulic_erosion, HydraulicErosion(mode=mode, strength=0.9), height, grid, water)
    sea = water > 0
    assert np.array_equal(made["height"][sea], height[sea])
    assert made["height"][~sea].min() >= 0.05
    assert made["erosion"][sea].max() == 0
    assert made["erosion"][~sea].mean() > 1


def test_a_deep_crater_is_not_filled():
    grid = Grid.over(EXTENT, 128)
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    r = np.hypot(x, y)
    height = (200 * np.exp(-((r / 300) ** 2)) - 90 * np.exp(-((r / 80) ** 2)) + rough(grid) * 3).astype(np.float32)
    made = rivers(height)["height"]
    depth = [(fill_depressions(h) - h).max() for h in (height, made)]
    assert depth[0] > 15
    assert depth[1] > 0.3 * depth[0]


def test_erosion_adds_to_what_earlier_steps_eroded(ground):
    grid = Grid.over(EXTENT, 256)
    layers = {"height": Layer(ground.copy(), "m"), "erosion": Layer(np.full(grid.shape, 7, np.float32), "m")}
    inputs = Inputs(grid, layers, np.ones(grid.shape, np.float32))
    made = thermal_erosion.build(inputs, ThermalErosion(), stream(0, "t"), quiet)
    assert made.layers["erosion"].data.min() >= 7


@pytest.mark.parametrize(
    ("made_by", "params"),
    [
        (hydraulic_erosion, HydraulicErosion()),
        (hydraulic_erosion, HydraulicErosion(mode="droplet")),
        (thermal_erosion, ThermalErosion(iterations=30)),
    ],
)
def test_threads_do_not_change_a_bit(made_by, params):
    grid = Grid.over(EXTENT, 600)
    height = mountain(grid)
    held = numba.get_num_threads()
    results = []
    try:
        for threads in (1, held):
            numba.set_num_threads(threads)
            results.append(erode(made_by, params, height, grid))
    finally:
        numba.set_num_threads(held)
    assert all(np.array_equal(results[0][name], results[1][name]) for name in results[0])


def test_seeds_move_droplets(ground):
    grid = Grid.over(EXTENT, 256)
    one, two = (erode(hydraulic_erosion, HydraulicErosion(mode="droplet"), ground, grid, seed=s) for s in (1, 2))
    assert not np.array_equal(one["height"], two["height"])


@pytest.mark.parametrize(("extent", "cells"), [((200.0, 200.0), 64), ((4000.0, 1000.0), 200), ((100e3, 60e3), 96)])
@pytest.mark.parametrize("mode", ["stream_power", "droplet"])
def test_other_maps_work(extent, cells, mode):
    grid = Grid.over(extent, cells)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    height = (0.05 * max(extent) * np.sin(9 * x / max(extent)) * np.cos(7 * y / max(extent))).astype(np.float32)
    made = erode(hydraulic_erosion, HydraulicErosion(mode=mode), height, grid)
    crumbs = erode(thermal_erosion, ThermalErosion(), height, grid)
    for layer in (*made.values(), *crumbs.values()):
        assert layer.shape == grid.shape
        assert layer.dtype == np.float32
        assert np.isfinite(layer).all()
    assert made["erosion"].max() > 0


def test_a_step_bounded_to_the_north_leaves_the_south(ground, monkeypatch):
    @generator(family="terrain", stage="base", writes=("height",))
    def test_ground(inputs, params: Params, rng, tick):
        """Ground for a test."""
        return Output({"height": Layer(ground.copy(), "m")})

    def known(name):
        return test_ground if name == "test_ground" else get_generator(name)

    for module in ("build", "recipe", "wanted", "memory"):
        monkeypatch.setattr(f"pcgstudio.{module}.get_generator", known)
    step = Step(id="erosion", generator="hydraulic_erosion", where=Compass(place="north"))
    bare = Recipe(steps=(Step(id="ground", generator="test_ground"),), extent_m=EXTENT, resolution=256)
    before = build(bare)["height"]
    after = build(bare.model_copy(update={"steps": (*bare.steps, step)}))["height"]
    shift = float(np.median((after - before)[200:]))
    assert np.allclose(after[200:] - shift, before[200:], atol=1e-3)
    assert np.abs(after - shift - before)[:60].max() > 5


def test_cancelling_stops_the_work(ground):
    def stop(fraction, _text):
        if fraction > 0.3:
            raise Cancelled

    grid = Grid.over(EXTENT, 256)
    inputs = Inputs(grid, {"height": Layer(ground.copy(), "m")}, np.ones(grid.shape, np.float32))
    for made_by, params in ((hydraulic_erosion, HydraulicErosion()), (thermal_erosion, ThermalErosion())):
        with pytest.raises(Cancelled):
            made_by.build(inputs, params, stream(0, "x"), stop)


def test_sliding_loses_nothing():
    height = mountain(Grid.over(EXTENT, 96))
    after = relax(height, 0.5, 0.25, 200)
    assert abs(after.mean(dtype=float) - height.mean(dtype=float)) < 1e-4
    assert after.std() < height.std()


def test_ground_at_rest_does_not_move():
    x = np.arange(64, dtype=np.float32)
    slope = np.tile(x * np.float32(0.5), (64, 1))
    assert np.array_equal(relax(slope, 0.6, 0.25, 50), slope)


def test_a_sand_pile_is_round():
    height = np.zeros((129, 129), np.float32)
    height[62:67, 62:67] = 400
    pile = relax(height, 1.0, 0.25, 4000)
    along, diagonal = pile[64, 64:].copy(), np.diagonal(pile)[64:].copy()
    foot = [np.interp(-2.0, -along, np.arange(65.0)), np.interp(-2.0, -diagonal, np.arange(65.0) * np.sqrt(2))]
    assert abs(foot[0] - foot[1]) < 1.0


@pytest.mark.parametrize("talus", [25, 40])
def test_nothing_stays_steeper_than_talus_after_long(talus):
    grid = Grid.over(EXTENT, 256)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    mesa = (np.hypot(x - 600, y - 400) < 160) * 80 + (np.abs(x - 250) < 90) * (np.abs(y - 700) < 90) * 60
    height = (mesa + 5 * rough(grid)).astype(np.float32)
    made = crumbled(height, talus_deg=talus, iterations=4000)
    assert slope_deg(made["height"], grid.cell_size_m).max() < talus + 2
    # Volume is kept: the detail that vanishes with the surface is the only thing not carried along.
    assert abs((made["height"] - height).mean()) < 0.01 * made["deposition"].mean() + 1e-3
    flat = np.hypot(x - 600, y - 400) < 20
    assert np.abs(made["height"] - height)[flat].max() < 1.0


def test_materials_set_the_angle(ground):
    worn = {m: crumbled(ground, material=m, iterations=400)["erosion"].sum() for m in REST_DEG}
    assert worn["clay"] > worn["dry_sand"] > worn["granite_scree"] > worn["wet_sand"]


def test_thermal_resolutions_agree(ground):
    fine = mountain(Grid.over(EXTENT, 512))
    coarse = crumbled(ground)["height"] - ground
    change = resample(crumbled(fine)["height"], ground.shape) - resample(fine, ground.shape)
    assert np.corrcoef(coarse.ravel(), change.ravel())[0, 1] > 0.97


def test_every_cell_drains_to_the_border(ground):
    filled = fill_depressions(ground)
    fixed = np.zeros(ground.shape, bool)
    receivers = wander(filled, flow_receivers(filled, 4.0), fixed, 3, 1.0)
    tree = downstream_first(receivers, ground.shape[1])
    assert np.array_equal(np.sort(tree.order), np.arange(ground.size))
    assert np.array_equal(tree.order[tree.below], receivers[tree.order])
    outlets = np.flatnonzero(receivers == np.arange(ground.size))
    rows, cols = np.divmod(outlets, ground.shape[1])
    last = ground.shape[0] - 1
    assert ((rows == 0) | (cols == 0) | (rows == last) | (cols == last)).all()
    cells = catchment(tree)
    assert on_cells(tree, cells)[outlets].sum() == ground.size
    even = reach_of(tree, cells, np.ones(ground.size, np.float32), ground.shape[1], 0.0, 0.0, 4.0)
    assert np.allclose(np.unique(even), (1 / 4, 1 / np.sqrt(2), 1)), "a way is straight, or aslant, or leaves the map"


def test_incision_reaches_the_steady_slope_under_uplift():
    # dh/dt = U - K A S with A = cells upstream on a line: steady slope U / (K A) (Braun & Willett 2013, n = 1, m = 1).
    n = 40
    receivers = np.maximum(np.arange(n) - 1, 0).astype(np.int32)
    tree = downstream_first(receivers, n)
    cells = catchment(tree)
    height, base = np.zeros(n, np.float32), np.zeros(n, np.float32)
    for _ in range(4000):
        height[1:] += 1.0
        incise(height, base, tree, 0.5 * cells)
    assert np.allclose(np.diff(height), 1.0 / (0.5 * cells[1:]), rtol=2e-2)


def test_rain_digs_and_lays_but_makes_nothing():
    height = mountain(Grid.over(EXTENT, 200)) / np.float32(5.12)
    places = np.random.default_rng(0).random((20_000, 2), dtype=np.float32)
    hard = np.zeros(height.shape, bool)
    hard[:, :20] = True
    after = rain(height, hard, places, inertia=0.2, capacity=5, erosion=0.05, deposition=0.2, evaporation=0.001)
    assert after.sum(dtype=float) <= height.sum(dtype=float)
    assert np.abs(after - height).max() > 0.5
    assert np.array_equal(after[:, :18], height[:, :18])
    assert after.max() <= height.max() + 0.5


@pytest.mark.parametrize(
    ("made_by", "params"), [(hydraulic_erosion, HydraulicErosion()), (thermal_erosion, ThermalErosion())]
)
def test_the_rim_of_a_crater_lake_stays_above_its_water(made_by, params):
    grid = Grid.over(EXTENT, 256)
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    away = np.hypot(x, y)
    height = np.where(away < 60, 150 + 50 * (away / 60) ** 2, 200 * np.exp(-(away - 60) / 180)).astype(np.float32)
    water = np.where(away < 50, WATER_KINDS.index("lake"), 0)
    worn = erode(made_by, params, height, grid, water)["height"]
    assert worn[(away > 50) & (away < 62)].min() > 180
    assert np.abs(worn - height)[away > 150].max() > 1


def shaped(layer, mask, height, grid, **params):
    layers = {"height": Layer(height, "m"), layer: Layer.mask(mask)}
    inputs = Inputs(grid, layers, np.ones(grid.shape, np.float32))
    made = hydraulic_erosion.build(inputs, HydraulicErosion(**params), stream(1, "erosion"), quiet)
    return made.layers["height"].data


@pytest.mark.parametrize("mode", ["stream_power", "droplet"])
def test_the_top_of_a_plateau_stays_flat(mode):
    grid = Grid.over(EXTENT, 256)
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    away = np.hypot(x, y)
    height = (90 / (1 + np.exp((away - 220) / 12)) + 4 * rough(grid)).astype(np.float32)
    plain = rivers(height, mode=mode)
    made, inner = shaped("plateau", away < 210, height, grid, mode=mode), away < 180
    assert np.ptp(made[inner]) < np.ptp(height[inner]) + 6
    assert np.median(np.abs(made - height)[inner]) < 0.3 * np.median(np.abs(plain["height"] - height)[inner]) + 0.2
    step = np.abs(np.diff(made, axis=1) - np.diff(height, axis=1))
    assert step.max() < 1.1 * np.abs(np.diff(plain["height"], axis=1) - np.diff(height, axis=1)).max(), "a seam"


def test_low_hills_are_worn_less_than_the_ground_around_them():
    grid = Grid.over(EXTENT, 256)
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    away = np.hypot(x, y)
    height = (40 * np.exp(-((away / 110) ** 2)) + 3 * rough(grid)).astype(np.float32)
    hill = away < 120
    plain, made = rivers(height)["height"], shaped("hill", hill, height, grid)
    assert np.abs(made - height)[hill].mean() < 0.45 * np.abs(plain - height)[hill].mean()
    assert np.allclose(made[away > 200], plain[away > 200], atol=0.5)


def test_what_has_slid_far_has_a_round_crest_and_a_foot_that_runs_out():
    grid = Grid.over(EXTENT, 192)
    x, y = np.meshgrid(grid.xs() / EXTENT[0] - 0.5, grid.ys() / EXTENT[1] - 0.5)
    cone = (np.clip(0.2 - np.hypot(x, y), 0, None) * EXTENT[0]).astype(np.float32)
    height = crumbled(cone, talus_deg=25, iterations=1000)["height"]
    middle = height[96]
    bend = np.abs(np.diff(middle, 2)) / grid.cell_size_m
    assert bend.max() < 0.2  # a plain slide kinks by nearly half, the tangent of its angle, at the foot and on top
    assert height.max() > 0.5 * cone.max()
