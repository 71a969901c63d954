import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.build import build, quiet, stream
from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.generators.kernels.noise import fractal_noise
from pcgstudio.generators.terraces import TERRACE, Terraces, level_bounds, terraces
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.slope import slope_deg
from pcgstudio.world import WATER_KINDS, Grid, Layer

GRID = Grid.over((1024, 1024), 160)


def cone(grid=GRID, height_m=250.0, radius_m=340.0, rough_m=15.0):
    x, y = np.meshgrid(grid.xs(), grid.ys())
    east, north = grid.extent_m
    away = np.hypot(x - east / 2, y - north / 2) / radius_m
    peak = height_m * np.clip(1 - away, 0, 1)
    return (peak + rough_m * fractal_noise(grid, seed=3, feature_size_m=300, octaves=5)).astype(np.float32)


def cut(height, grid=GRID, water=None, mask=None, **params):
    layers = {"height": Layer(np.array(height, dtype=np.float32), "m")}
    if water is not None:
        layers["water_kind"] = Layer.named(water, WATER_KINDS)
    whole = np.ones(grid.shape, np.float32) if mask is None else mask
    made = terraces.build(Inputs(grid, layers, whole), Terraces(**params), stream(1, "t"), quiet)
    return made.layers["height"].data, made.layers["terrace"].data


def shares(level, where):
    return np.bincount(level[where]) / where.sum()


def test_three_layers_and_the_peak_on_the_top_one():
    before = cone()
    height, level = cut(before, levels=3)
    assert level.dtype == np.int16
    assert sorted(np.unique(level)) == [0, 1, 2]
    assert shares(level, level >= 0).min() >= 0.02
    summit = np.unravel_index(before.argmax(), before.shape)
    assert level[summit] == 2
    top = level == 2
    assert slope_deg(height, GRID.cell_size_m)[top & (height > np.median(height[top]))].mean() < 8
    assert height.max() == pytest.approx(before.max(), abs=1)
    assert height.min() == pytest.approx(before.min(), abs=1)


@settings(max_examples=30, deadline=None)
@given(levels=st.integers(2, 64), rough=st.floats(1, 200), peak=st.floats(0, 600))
def test_every_level_exists_and_has_area(levels, rough, peak):
    height, level = cut(cone(height_m=peak, rough_m=rough), levels=levels)
    assert np.isfinite(height).all()
    held = shares(level, level >= 0)
    assert len(held) == levels
    assert held.min() >= min(0.02, 0.5 / levels) * 0.95
    means = [height[level == k].mean() for k in range(levels)]
    assert means == sorted(means)


def test_untilted_benches_are_dead_level_and_equally_high():
    height, level = cut(cone(), levels=5, tilt=0, sharpness=1)
    tops = [np.median(height[level == k]) for k in range(5)]
    np.testing.assert_allclose(np.diff(tops), np.ptp(height) / 4, rtol=1e-3)
    near = np.min([np.abs(height - t) for t in tops], axis=0)
    assert (near < 0.01).mean() > 0.98


def test_sharper_is_steeper_on_the_risers():
    steep = [
        np.quantile(slope_deg(cut(cone(), levels=4, sharpness=s)[0], GRID.cell_size_m), 0.97) for s in (0.1, 0.5, 0.9)
    ]
    assert steep == sorted(steep)
    assert steep[2] > steep[0] + 10


def test_water_has_no_level_and_keeps_its_bed():
    before = cone() - 40
    water = (before < 0).astype(np.uint8)
    height, level = cut(before, water=water, levels=3)
    assert (level[water > 0] == -1).all()
    assert np.array_equal(height[water > 0], before[water > 0])
    assert sorted(np.unique(level[water == 0])) == [0, 1, 2]
    assert shares(level, water == 0).min() >= 0.02


def test_levels_are_exact_inside_the_region():
    recipe = Recipe(
        name="t", seed=5, extent_m=(1024, 1024), resolution=128,
        steps=(
            Step(id="terrain", generator="terrain_noise", params={"amplitude_m": 150}),
            Step(id="cut", generator="terraces", params={"levels": 4},
                 where=Compass(place="north", depth=0.5, feather=0.1)),
        ),
    )  # fmt: skip
    world = build(recipe)
    level = world["terrace"]
    half = level[:64]
    assert sorted(np.unique(half)) == [0, 1, 2, 3]
    assert shares(half, half >= 0).min() >= 0.02
    assert (level[90:] == -1).all()


def test_a_wide_plateau_stays_whole():
    before = np.maximum(cone(rough_m=2), 12.0)  # most of the map at exactly one height
    flat = before == 12.0
    assert flat.mean() > 0.4
    height, level = cut(before, levels=6, smooth_m=0)
    assert len(shares(level, level >= 0)) == 6
    assert len(np.unique(level[flat])) == 1
    assert np.ptp(height[flat]) == 0


def test_the_same_levels_at_twice_the_resolution():
    coarse, fine = (Grid(n, n, 960 / n) for n in (96, 192))
    one = cut(cone(coarse), coarse, levels=5)[1]
    two = cut(cone(fine), fine, levels=5)[1]
    assert (one == two[::2, ::2]).mean() > 0.95


@pytest.mark.parametrize(
    ("height", "mask", "told"),
    [
        (np.zeros(GRID.shape), None, "rises by 0.00 m"),
        (np.where(cone() > 100, 50.0, 0.0), None, "only 2 different heights"),
        (cone(), np.pad(np.ones((3, 3), np.float32), (0, 157)), "9 cells of dry ground"),
    ],
)
def test_ground_without_levels_is_refused_with_the_cure(height, mask, told):
    with pytest.raises(BuildError, match=told):
        cut(height, mask=mask, levels=5, smooth_m=0)


def test_equal_heights_unless_a_level_would_vanish():
    even = level_bounds(np.linspace(0, 100, 5001, dtype=np.float32), 4)
    np.testing.assert_allclose(even, [0, 25, 50, 75, 100], atol=0.05)
    spike = np.concatenate([np.linspace(0, 10, 5000), [100.0]]).astype(np.float32)
    bounds = level_bounds(spike, 4)
    assert min(np.histogram(spike, bounds)[0]) >= 0.0199 * len(spike)


def test_the_feature_counts_levels():
    assert TERRACE.count_by == "levels"
    assert {"height layer", "layer", "level", "step", "tier"} <= set(TERRACE.words)
