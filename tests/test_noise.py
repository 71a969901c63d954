import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.generators.kernels import noise_points
from pcgstudio.generators.kernels.noise import fractal_noise, noise_at, raw_noise_at, tables_of, warp_field
from pcgstudio.generators.kernels.noise_points import BASES, FRACTALS
from pcgstudio.world import Grid

EVERY = [(basis, fractal) for basis in BASES for fractal in FRACTALS]


def centres(grid, rows, cols):
    return np.column_stack([grid.xs()[cols], grid.ys()[rows]]).astype(np.float64)


@pytest.mark.parametrize(("basis", "function"), [("perlin", "pnoise2"), ("simplex", "snoise2")])
@pytest.mark.parametrize(
    ("octaves", "gain", "lacunarity"), [(1, 0.5, 2.0), (4, 0.5, 2.0), (6, 0.65, 2.0), (4, 0.4, 2.3)]
)
def test_agrees_with_the_package_noise_at_base_zero(basis, function, octaves, gain, lacunarity):
    noise = pytest.importorskip("noise")
    points = np.random.default_rng(3).uniform(-9, 9, (1500, 2)).astype(np.float32)
    theirs = [
        getattr(noise, function)(float(x), float(y), octaves, persistence=gain, lacunarity=lacunarity)
        for x, y in points
    ]
    ours = raw_noise_at(points, basis=basis, octaves=octaves, gain=gain, lacunarity=lacunarity)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert np.std(theirs) > 0.1


@pytest.mark.parametrize(("basis", "fractal"), EVERY)
def test_the_grid_and_scattered_points_are_one_field(basis, fractal):
    grid = Grid(90, 300, 3.0)  # neither side fills the kernels' tiles
    field = fractal_noise(grid, seed=5, feature_size_m=70, basis=basis, fractal=fractal)
    assert field.shape == grid.shape
    assert field.dtype == np.float32
    rows, cols = np.random.default_rng(0).integers(0, grid.shape, (400, 2)).T
    at = noise_at(centres(grid, rows, cols), seed=5, feature_size_m=70, basis=basis, fractal=fractal)
    np.testing.assert_allclose(at, field[rows, cols], atol=2e-3)


@pytest.mark.parametrize(("basis", "fractal"), EVERY)
def test_the_same_ground_at_three_times_the_resolution(basis, fractal):
    told = {"seed": 11, "feature_size_m": 90.0, "basis": basis, "fractal": fractal}
    coarse = fractal_noise(Grid(40, 56, 9.0), **told)
    fine = fractal_noise(Grid(120, 168, 3.0), **told)
    np.testing.assert_allclose(fine[1::3, 1::3], coarse, atol=1e-4)


@pytest.mark.parametrize(("basis", "fractal"), EVERY)
def test_every_kind_spreads_alike(basis, fractal):
    field = fractal_noise(Grid(400, 400, 10.0), seed=2, feature_size_m=60, basis=basis, fractal=fractal)
    assert abs(field.mean()) < 0.05
    assert 0.25 < field.std() < 0.35
    assert (np.abs(field) > 1.25).mean() < 0.005


@pytest.mark.parametrize(("basis", "fractal"), EVERY)
def test_one_and_two_threads_agree_bit_for_bit(basis, fractal):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one core")
    before, made = numba.get_num_threads(), []
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            made.append(
                fractal_noise(Grid(130, 270, 2.0), seed=9, feature_size_m=50, basis=basis, fractal=fractal, warp_m=8)
            )
            made.append(fractal_noise(Grid(130, 270, 2.0), seed=9, feature_size_m=50, basis=basis, fractal=fractal))
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(made[0], made[2])
    assert np.array_equal(made[1], made[3])


def test_warped_points_lie_on_the_warped_grid():
    grid = Grid(40, 60, 5.0)
    told = {"seed": 8, "feature_size_m": 80.0, "warp_m": 30.0, "fractal": "ridged"}
    field, straight = fractal_noise(grid, **told), fractal_noise(grid, **{**told, "warp_m": 0.0})
    rows, cols = np.random.default_rng(0).integers(0, grid.shape, (200, 2)).T
    np.testing.assert_allclose(noise_at(centres(grid, rows, cols), **told), field[rows, cols], atol=2e-3)
    assert np.abs(field - straight).mean() > 0.05
    assert 0.5 < np.abs(warp_field(Grid(300, 300, 20.0), seed=8, feature_size_m=80.0)).max() < 1.3


def test_x_points_east_and_y_north():
    east = fractal_noise(Grid(64, 64, 4.0), seed=1, feature_size_m=60, offset_m=(40.0, 0.0))
    north = fractal_noise(Grid(64, 64, 4.0), seed=1, feature_size_m=60, offset_m=(0.0, 40.0))
    here = fractal_noise(Grid(64, 64, 4.0), seed=1, feature_size_m=60)
    np.testing.assert_allclose(east[:, :54], here[:, 10:], atol=1e-5)
    np.testing.assert_allclose(north[10:, :], here[:54, :], atol=1e-5)


def test_seeds_give_unrelated_ground_that_does_not_repeat():
    grid = Grid(200, 200, 5.0)
    one, two = (fractal_noise(grid, seed=s, feature_size_m=80) for s in (1, 2))
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.35
    again = fractal_noise(grid, seed=1, feature_size_m=80, offset_m=(256 * 80.0, 0.0))
    assert abs(np.corrcoef(one.ravel(), again.ravel())[0, 1]) < 0.35
    assert np.array_equal(one, fractal_noise(grid, seed=1, feature_size_m=80))


def test_features_finer_than_the_cells_and_far_from_the_origin():
    grid = Grid(30, 700, 10.0)
    told = {"seed": 4, "feature_size_m": 23.0, "octaves": 6, "offset_m": (-54321.0, 98765.0)}
    field = fractal_noise(grid, **told)
    rows, cols = np.random.default_rng(0).integers(0, grid.shape, (300, 2)).T
    np.testing.assert_allclose(noise_at(centres(grid, rows, cols), **told), field[rows, cols], atol=2e-3)
    assert np.isfinite(field).all()


@pytest.mark.parametrize("name", ["perlin", "simplex", "value", "worley"])
def test_slopes_are_the_derivatives_of_the_noise(name):
    tables = tables_of(7, name)
    x, y = np.random.default_rng(1).uniform(0, 50, (2, 500))
    arrays = (tables.perm, tables.first) if name == "value" else (tables.perm, tables.first, tables.second)

    def values(dx=0.0, dy=0.0):
        out = np.zeros((3, x.size), np.float32)
        getattr(noise_points, f"_{name}")(x + dx, y + dy, *arrays, True, out)
        return out.astype(np.float64)

    h = 1e-3
    here = values()
    for axis, step in ((1, (h, 0.0)), (2, (0.0, h))):
        slope = (values(*step)[0] - values(-step[0], -step[1])[0]) / (2 * h)
        off = np.abs(here[axis] - slope)
        assert np.median(off) < 1e-3
        assert np.quantile(off, 0.98) < 0.02  # Worley's creases and simplex edges fall between the two samples


@settings(max_examples=25, deadline=None)
@given(
    rows=st.integers(1, 80), cols=st.integers(1, 300), cell=st.floats(0.5, 200), feature=st.floats(20, 20000),
    octaves=st.integers(1, 16), gain=st.floats(0, 1), lacunarity=st.floats(1.5, 3.5), seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(EVERY),
)  # fmt: skip
def test_never_nan_anywhere_in_the_range(rows, cols, cell, feature, octaves, gain, lacunarity, seed, kind):
    field = fractal_noise(
        Grid(rows, cols, cell), seed=seed, feature_size_m=feature, octaves=octaves, gain=gain, lacunarity=lacunarity,
        basis=kind[0], fractal=kind[1],
    )  # fmt: skip
    assert np.isfinite(field).all()
    assert np.abs(field).max() < 4
