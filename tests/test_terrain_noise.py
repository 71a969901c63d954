import sys

import numpy as np
import pytest

from pcgstudio.build import build, quiet, stream
from pcgstudio.errors import BuildError, Cancelled
from pcgstudio.generator import Inputs, get_generator, load_features
from pcgstudio.generators.terrain_noise import TerrainNoise, terrain_noise
from pcgstudio.recipe import Recipe, Step
from pcgstudio.world import Grid, Layer


def ground(grid=None, mask=None, before=None, seed=1, **params):
    grid = grid or Grid.over((1024, 1024), 128)
    layers = {} if before is None else {"height": Layer(before, "m")}
    whole = np.ones(grid.shape, np.float32) if mask is None else mask
    inputs = Inputs(grid, layers, whole)
    made = terrain_noise.build(inputs, TerrainNoise(**params), stream(seed, "terrain"), quiet)
    return made.layers["height"].data


@pytest.mark.parametrize("resolution", [64, 200, 512])
@pytest.mark.parametrize(
    "extra", [{}, {"fractal": "ridged", "basis": "simplex"}, {"fractal": "hybrid", "warp_m": 60, "octaves": 12}]
)
def test_relief_is_what_was_asked(resolution, extra):
    height = ground(Grid.over((1024, 1024), resolution), amplitude_m=120, **extra)
    assert np.ptp(height) == pytest.approx(120, rel=0.08)  # crests fall between coarse cells
    assert height.dtype == np.float32


@pytest.mark.parametrize("extent", [(1600, 400), (400, 1600)])
def test_maps_need_not_be_square(extent):
    grid = Grid.over(extent, 160)
    assert np.ptp(ground(grid, amplitude_m=50)) == pytest.approx(50, rel=0.06)


@pytest.mark.parametrize(
    "extra",
    [{}, {"basis": "worley", "fractal": "swiss"}, {"basis": "value"}, {"warp_m": 80}, {"basis": "noise_perlin"}],
)
def test_the_same_landscape_at_three_times_the_resolution(extra):
    if extra.get("basis") == "noise_perlin":
        pytest.importorskip("noise")
    coarse, fine = (ground(Grid(n, n, 960 / n), amplitude_m=100, octaves=6, **extra) for n in (60, 180))
    np.testing.assert_allclose(fine[1::3, 1::3], coarse, atol=0.5)


def test_relief_is_exact_inside_the_region():
    grid = Grid.over((1024, 1024), 256)
    mask = np.zeros(grid.shape, np.float32)
    mask[30:90, 40:150] = 1
    assert np.ptp(ground(grid, mask, amplitude_m=80)[mask > 0]) == pytest.approx(80, rel=0.08)


def test_words_for_relief_rise_and_a_plain_is_flat():
    words = TerrainNoise.model_json_schema()["properties"]["amplitude_m"]["pcg"]["adjectives"]
    order = [words[w] for w in ("flat", "gentle", "rolling", "hilly", "rugged", "mountainous")]
    assert order == sorted(order)
    assert words[""] == TerrainNoise().amplitude_m
    grid = Grid.over((1024, 1024), 256)
    plain, usual = (
        np.hypot(*np.gradient(ground(grid, **told), grid.cell_size_m))
        for told in (dict(load_features()["plain"].sets), {})
    )
    assert np.degrees(np.arctan(plain)).mean() < 3
    assert plain.mean() < usual.mean() / 4


def test_more_gain_is_rougher():
    rough = [np.abs(np.diff(ground(amplitude_m=100, gain=gain), axis=1)).mean() for gain in (0.3, 0.45, 0.6)]
    assert rough == sorted(rough)


def test_seeds_matter_and_repeat():
    assert np.array_equal(ground(seed=3), ground(seed=3))
    assert not np.allclose(ground(seed=3), ground(seed=4))


@pytest.mark.parametrize(("blend", "expected"), [("add", lambda b, n: b + n), ("max", np.maximum), ("min", np.minimum)])
def test_blends_with_the_ground_and_leaves_it_alone(blend, expected):
    before = np.tile(np.linspace(0, 60, 128, dtype=np.float32), (128, 1))
    kept = before.copy()
    made = ground(before=before, blend=blend)
    np.testing.assert_allclose(made, expected(kept, ground(blend="replace")), atol=1e-3)
    assert np.array_equal(before, kept)


@pytest.mark.parametrize(("basis", "function"), [("noise_perlin", "pnoise2"), ("noise_simplex", "snoise2")])
def test_rebuilds_maps_made_with_the_package_noise(basis, function):
    noise = pytest.importorskip("noise")
    grid = Grid.over((800, 800), 40)
    made = ground(grid, basis=basis, feature_size_m=200, octaves=5, gain=0.55, amplitude_m=100, east_m=40)
    theirs = [[getattr(noise, function)((x + 40) / 200, y / 200, 5, 0.55, 2.0) for x in grid.xs()] for y in grid.ys()]
    assert np.corrcoef(made.ravel(), np.ravel(theirs))[0, 1] > 0.99999
    assert np.array_equal(made, ground(grid, seed=77, basis=basis, feature_size_m=200, octaves=5, gain=0.55,
                                       amplitude_m=100, east_m=40))  # fmt: skip


@pytest.mark.parametrize("fractal", ["billow", "ridged", "hybrid"])
def test_the_package_noise_is_combined_like_our_own(fractal):
    pytest.importorskip("noise")
    made = ground(Grid.over((1024, 1024), 64), basis="noise_simplex", fractal=fractal, amplitude_m=100, octaves=4)
    assert np.isfinite(made).all()
    assert np.ptp(made) == pytest.approx(100, rel=0.1)


def test_a_missing_package_names_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "noise", None)
    with pytest.raises(BuildError, match=r"pip install noise.*basis 'simplex'"):
        ground(basis="noise_simplex")


def test_swiss_needs_slopes():
    with pytest.raises(BuildError, match="use basis 'perlin'"):
        ground(basis="noise_perlin", fractal="swiss")


def test_hardly_any_relief_and_hardly_any_noise():
    assert np.ptp(ground(amplitude_m=0.1)) < 0.12
    assert np.ptp(ground(gain=0, octaves=1, feature_size_m=20000)) == pytest.approx(45, rel=0.05)


def test_can_be_stopped():
    def stop(_fraction, _text):
        raise Cancelled("stopped")

    grid = Grid(8, 8, 10.0)
    with pytest.raises(Cancelled):
        terrain_noise.build(Inputs(grid, {}, np.ones(grid.shape, np.float32)), TerrainNoise(), stream(1, "t"), stop)


def test_is_installed_and_builds():
    assert get_generator("terrain_noise").stage == "base"
    recipe = Recipe(name="t", seed=5, extent_m=(600, 400), resolution=96,
                    steps=(Step(id="terrain", generator="terrain_noise", params={"amplitude_m": 70}),))  # fmt: skip
    height = build(recipe)["height"]
    assert height.shape == (64, 96)
    assert height.min() == pytest.approx(0, abs=1e-4)
    assert height.max() == pytest.approx(70, rel=0.06)
