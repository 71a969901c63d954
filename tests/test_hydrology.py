"""Seas, lakes and rivers on made-up ground: the amounts asked for, level lakes, rivers that run downhill to an end."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, distance_transform_edt, gaussian_filter, label, minimum_filter, zoom

from pcgstudio.build import stream
from pcgstudio.errors import BuildError, Cancelled
from pcgstudio.generator import Inputs
from pcgstudio.generators.lakes import Lakes, lakes
from pcgstudio.generators.rivers import Rivers, rivers
from pcgstudio.generators.sea_level import SeaLevel, sea_level
from pcgstudio.world import WATER_KINDS, Grid, Layer

SEA, LAKE, RIVER = 1, 2, 3
EIGHT = np.ones((3, 3))


@cache
def hills(seed, cells=128, extent=1024.0):
    """Rolling ground of about 100 m, the same at every resolution: blurred dice."""
    dice = np.random.default_rng(seed).standard_normal((64, 64))
    smooth = gaussian_filter(dice, 6) * 500 + gaussian_filter(dice[::-1], 2.5) * 40
    grid = Grid.over((extent, extent), cells)
    at = (np.arange(cells) + 0.5) * 48 / cells + 8
    fine = zoom(smooth, 8, order=3, grid_mode=True, mode="nearest")
    index = np.rint(at * 8).astype(int)
    return grid, gaussian_filter(fine, 4)[np.ix_(index, index)].astype(np.float32)


def island(seed, cells=128):
    grid, height = hills(seed, cells)
    x, y = np.meshgrid(grid.xs() / 1024 - 0.5, grid.ys() / 1024 - 0.5)
    height = (0.5 * height + 75 - 260 * np.hypot(x, y)).astype(np.float32)
    return sea_over(grid, height, height < 0)


def sea_over(grid, height, sea):
    sea = np.asarray(sea)
    height = np.where(sea, np.minimum(height, -0.05), np.maximum(height, 0.05)).astype(np.float32)
    return world(grid, height, np.where(sea, SEA, 0), np.where(sea, 0, np.nan))


def world(grid, height, kind=None, level=None, mask=None):
    layers = {"height": Layer(np.array(height, np.float32), "m")}
    if kind is not None:
        layers["water_kind"] = Layer.named(kind, WATER_KINDS)
        layers["water_level"] = Layer(np.asarray(level, np.float32).copy(), "m")
    return Inputs(grid, layers, np.ones(grid.shape, np.float32) if mask is None else mask.astype(np.float32))


def run(generator, inputs, params, seed=0):
    before = {name: layer.digest for name, layer in inputs.layers.items()}
    out = generator.build(inputs, params, stream(seed, generator.name), lambda _f, _t: None)
    assert before == {name: type(layer)(layer.data).digest for name, layer in inputs.layers.items()}
    return out, {**{n: v.data for n, v in inputs.layers.items()}, **{n: v.data for n, v in out.layers.items()}}


def after(inputs, layers, mask=None):
    return world(inputs.grid, layers["height"], layers["water_kind"], layers["water_level"], mask)


def parts(mask):
    return label(mask, structure=EIGHT)[1]


def assert_sound(inputs, layers):
    """Assert what holds for all water: a level where wet and only there, beds under it, older water as before."""
    kind, level, height = (layers[n] for n in ("water_kind", "water_level", "height"))
    assert np.isfinite(height).all()
    assert np.array_equal(kind > 0, np.isfinite(level))
    assert (height[kind > 0] < level[kind > 0]).all()
    old = inputs.get("water_kind")
    if old is not None:
        assert np.array_equal(height[old > 0], inputs.get("height")[old > 0])
        assert np.array_equal(kind[old > 0], old[old > 0])


def assert_rivers(inputs, out, layers, count, ends):
    grid, river = inputs.grid, layers["water_kind"] == RIVER
    assert_sound(inputs, layers)
    assert len(out.paths) == count
    assert parts(river) == count
    old = inputs.get("water_kind")
    old = np.zeros(grid.shape, np.uint8) if old is None else old
    for path in out.paths:
        assert (np.diff(path.points[:, 2]) <= 0).all()
        assert (np.diff(path.width_m) >= -1e-3).all()
        assert path.width_m[-1] > path.width_m[0]
        r, c = (int(v[0]) for v in grid.cells_of(path.points[-1:]))
        on_edge = min(r, c, grid.rows - 1 - r, grid.cols - 1 - c) == 0
        assert WATER_KINDS[old[r, c]] in ends or ("edge" in ends and on_edge)
        rows, cols = grid.cells_of(path.points)
        assert (river[rows, cols] | (old[rows, cols] > 0)).mean() > 0.99
    assert layers["river_width"][river].min() > 0
    assert (layers["river_width"][~river] == 0).all()
    beside = binary_dilation(river, EIGHT) & (layers["water_kind"] == 0)
    lowest = minimum_filter(np.where(river, layers["water_level"], np.inf), 3)
    assert (layers["height"][beside] >= lowest[beside]).all()  # no dry ground lies under all the river beside it


@pytest.mark.parametrize("seed", range(10))
def test_islands_get_exactly_the_rivers_asked_for(seed):
    inputs, count = island(seed), 1 + seed % 4
    out, layers = run(rivers, inputs, Rivers(count=count, mouth="sea"), seed)
    assert_rivers(inputs, out, layers, count, ("sea",))


@pytest.mark.parametrize(("seed", "count"), [(1, 1), (2, 5), (3, 20)])
def test_rivers_leave_land_without_a_sea_over_the_edge(seed, count):
    inputs = world(*hills(seed))
    out, layers = run(rivers, inputs, Rivers(count=count, width_m=6), seed)
    assert_rivers(inputs, out, layers, count, ("edge",))


@pytest.mark.parametrize("cells", [64, 200])
def test_flat_ground_is_crossed_by_a_winding_river(cells):
    grid = Grid.over((1024, 1024), cells)
    out, layers = run(rivers, world(grid, np.zeros(grid.shape)), Rivers(meander=1))
    assert_rivers(world(grid, np.zeros(grid.shape)), out, layers, 1, ("edge",))
    points = out.paths[0].points[:, :2]
    straight = np.hypot(*(points[-1] - points[0]))
    assert np.hypot(*np.diff(points, axis=0).T).sum() > 1.12 * straight > 900


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_straight_river_cuts_through_what_rises_on_its_way(seed):
    out, _ = run(rivers, world(*hills(seed)), Rivers(meander=0, from_side="west", toward="east"), seed)
    (course,) = [p.points for p in out.paths if p.kind == "river"]
    along = np.hypot(*np.diff(course[:, :2], axis=0).T).sum()
    assert along <= 1.02 * np.hypot(*(course[-1] - course[0])[:2])
    assert (np.diff(course[:, 2]) <= 0).all()


def test_a_river_runs_from_side_to_side_through_the_centre():
    inputs = world(*hills(5))
    out, _ = run(rivers, inputs, Rivers(from_side="west", toward="east", through_centre=True))
    points = out.paths[0].points
    assert points[0, 0] < 10
    assert points[-1, 0] > 1014
    assert np.hypot(points[:, 0] - 512, points[:, 1] - 512).min() < 0.15 * 1024


def test_width_depth_and_meander_follow_their_parameters():
    inputs = world(*hills(4, 256))
    found = {}
    for width, depth in ((6, 1), (24, 4)):
        _, layers = run(rivers, inputs, Rivers(width_m=width, carve_depth_m=depth))
        river = layers["water_kind"] == RIVER
        found[width] = layers["river_width"][river].mean()
        assert (layers["water_level"] - layers["height"])[river].max() == pytest.approx(depth, rel=0.1)
        assert found[width] == pytest.approx(width, rel=0.25)


def test_springs_keep_to_the_region_and_courses_may_leave_it():
    grid, height = hills(6)
    mask = np.zeros(grid.shape)
    mask[:40, :60] = 1
    out, _ = run(rivers, world(grid, height, mask=mask), Rivers(count=2))
    assert all(mask[grid.cells_of(p.points[:1])][0] for p in out.paths)


def test_rivers_flow_into_lakes_and_out_of_them():
    inputs = world(*hills(7))
    _, wet = run(lakes, inputs, Lakes(count=1, area_share=0.05))
    lake = after(inputs, wet)
    out, layers = run(rivers, lake, Rivers(count=1, mouth="lake"))
    assert_rivers(lake, out, layers, 1, ("lake",))
    assert out.paths[0].points[-1, 2] == pytest.approx(np.nanmax(wet["water_level"]), abs=0.1)
    out, layers = run(rivers, lake, Rivers(count=1, source="lake"))
    assert_rivers(lake, out, layers, 1, ("edge",))
    assert lake.has("water_kind", "lake")[lake.grid.cells_of(out.paths[0].points[:1])][0]


def test_a_river_leaves_a_lake_above_it_alone():
    grid = Grid.over((1024, 1024), 128)
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    r = np.hypot(x, y)
    crater = np.where(r < 120, 150 + r * 0.4, 198 - (r - 120) * 0.35).astype(np.float32)
    kind = np.where(r < 70, LAKE, 0)
    level = np.where(kind > 0, 178, np.nan)
    inputs = world(grid, np.maximum(crater, 0), kind, level)
    out, layers = run(rivers, inputs, Rivers(count=4, mouth="edge"))
    assert_rivers(inputs, out, layers, 4, ("edge",))
    shore = binary_dilation(kind > 0, EIGHT, iterations=2) & (kind == 0)
    assert (layers["height"][shore] >= 178).all()


def test_tributaries_join_a_river():
    inputs = world(*hills(8))
    _, layers = run(rivers, inputs, Rivers(count=1, width_m=16))
    main = after(inputs, layers)
    out, joined = run(rivers, main, Rivers(count=3, mouth="river", width_m=6))
    assert_sound(main, joined)
    assert len(out.paths) == 3
    assert parts(joined["water_kind"] == RIVER) == 1


def test_impossible_rivers_say_what_is_possible():
    grid = Grid.over((1024, 1024), 64)
    small = sea_over(grid, np.full(grid.shape, 5), np.hypot(*(np.indices(grid.shape) - 32)) > 6)
    with pytest.raises(BuildError, match=r"40 rivers find no room here, \d+ would"):
        run(rivers, small, Rivers(count=40))
    with pytest.raises(BuildError, match="there is no lake"):
        run(rivers, world(*hills(1)), Rivers(mouth="lake"))
    with pytest.raises(BuildError, match="there is no lake"):
        run(rivers, world(*hills(1)), Rivers(source="lake"))
    with pytest.raises(BuildError, match="of at least 5000 m"):
        run(rivers, island(1), Rivers(min_length_m=5000))


def covered(a, b, cells_m):
    """Share of ``a`` within 24 m of ``b``, both on the finer of two grids."""
    return (distance_transform_edt(~b)[a] * cells_m <= 24).mean()


@pytest.mark.parametrize("seed", [1, 3])
def test_resolutions_agree_on_courses_and_shores(seed):
    wet = []
    for cells in (256, 512):
        inputs = island(seed, cells)
        _, layers = run(rivers, inputs, Rivers(count=2), seed)
        _, lake = run(lakes, inputs, Lakes(count=2, area_share=0.04), seed)
        many = 512 // cells
        found = (layers["water_kind"] == RIVER, lake["water_kind"] == LAKE)
        wet.append([np.kron(mask, np.ones((many, many))) > 0 for mask in found])
    for coarse, fine in zip(*wet, strict=True):
        assert min(covered(coarse, fine, 2), covered(fine, coarse, 2)) > 0.85


@pytest.mark.parametrize("seed", range(10))
def test_lakes_are_counted_measured_level_and_banked(seed):
    inputs = island(seed) if seed % 2 else world(*hills(seed))
    count, share, depth = 1 + seed % 5, 0.02 + 0.005 * seed, 2.0 + seed
    _, layers = run(lakes, inputs, Lakes(count=count, area_share=share, depth_m=depth), seed)
    lake, level, height = layers["water_kind"] == LAKE, layers["water_level"], layers["height"]
    assert_sound(inputs, layers)
    assert parts(lake) == count
    assert abs(int(lake.sum()) - share * lake.size) <= 1
    assert (level - height)[lake].max() == pytest.approx(depth, rel=1e-3)
    labels, _ = label(lake, structure=EIGHT)
    for k in range(1, count + 1):
        own = labels == k
        assert np.ptp(level[own]) == 0
        assert height[binary_dilation(own, EIGHT) & ~own].min() >= level[own][0]
    old = inputs.get("water_kind")
    assert not (lake & (binary_dilation(old > 0, EIGHT, iterations=3) if old is not None else False)).any()
    assert not any(side.any() for side in (lake[0], lake[-1], lake[:, 0], lake[:, -1]))


def test_lakes_lie_low():
    for seed in range(4):
        grid, height = hills(seed)
        _, layers = run(lakes, world(grid, height), Lakes(count=2, area_share=0.02), seed)
        lake = layers["water_kind"] == LAKE
        assert height[lake].mean() < height.mean()


def test_lakes_stay_in_a_soft_region_with_their_shores():
    grid, height = hills(3)
    mask = np.clip((grid.ys()[:, None] - 500) / 120, 0, 1) * np.ones(grid.shape)
    inputs = world(grid, height, mask=mask)
    _, layers = run(lakes, inputs, Lakes(count=3, area_share=0.05))
    lake = layers["water_kind"] == LAKE
    with_shore = binary_dilation(lake, EIGHT)
    assert (mask[with_shore] >= 0.5).all()
    blended = height + (layers["height"] - height) * mask.astype(np.float32)  # what the build makes of it
    r, c = distance_transform_edt(~lake, return_distances=False, return_indices=True)
    assert (blended[with_shore & ~lake] >= layers["water_level"][r, c][with_shore & ~lake] - 1e-3).all()
    assert (blended[lake] < layers["water_level"][lake]).all()


def test_a_crater_lake_fills_its_crater():
    grid = Grid.over((1024, 1024), 128)
    r = np.hypot(grid.xs()[None, :] - 400, grid.ys()[:, None] - 600)
    height = np.where(r < 150, 200 - (150 - r) * 0.3, 200 - (r - 150) * 0.4).astype(np.float32)
    crater = (r < 150).astype(np.uint8)
    inputs = world(grid, height, mask=crater)
    inputs = Inputs(grid, {**inputs.layers, "crater": Layer.mask(crater)}, inputs.mask)
    _, layers = run(lakes, inputs, Lakes())
    lake = layers["water_kind"] == LAKE
    assert (crater[lake] == 1).all()
    assert 0.4 < lake.sum() / crater.sum() < 0.9
    assert r[lake].max() < 1.15 * np.sqrt(lake.sum() * 64 / np.pi)  # round, as the crater is


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"count": 2, "area_share": 0.8}, "area_share up to 0\\.\\d+ does"),
        ({"count": 60, "area_share": 0.001}, "use an area_share of 0\\.\\d+ or more"),
    ],
)
def test_impossible_lakes_say_what_is_possible(params, message):
    with pytest.raises(BuildError, match=message):
        run(lakes, island(2), Lakes(**params))


def test_sixty_lakes_fit_on_a_map():
    _, layers = run(lakes, world(*hills(9, 192)), Lakes(count=60, area_share=0.12))
    assert parts(layers["water_kind"] == LAKE) == 60


@pytest.mark.parametrize("land", [0.1, 0.35, 0.6, 0.9])
def test_sea_leaves_exactly_the_land_asked_for(land):
    inputs = world(*hills(2))
    _, layers = run(sea_level, inputs, SeaLevel(land_fraction=land))
    assert_sound(world(inputs.grid, layers["height"]), layers)
    sea = layers["water_kind"] == SEA
    assert (~sea).mean() == pytest.approx(land, abs=0.001)
    assert layers["height"][sea].max() < 0 < layers["height"][~sea].min()
    assert (layers["water_level"][sea] == 0).all()


def test_a_level_floods_only_what_the_sea_can_reach():
    grid = Grid.over((640, 640), 64)
    height = np.full(grid.shape, 30, np.float32)
    height[:10] = 2
    height[40:50, 20:30] = 0  # a hollow without a way in
    _, layers = run(sea_level, world(grid, height), SeaLevel(mode="level", level_m=10))
    sea = layers["water_kind"] == SEA
    assert sea[:10].all()
    assert sea.sum() == 640
    assert layers["height"][60, 60] == 20


def test_a_flood_drowns_low_lakes_and_lifts_the_datum_for_high_ones():
    inputs = world(*hills(2))
    _, wet = run(lakes, inputs, Lakes(count=4, area_share=0.06))
    _, layers = run(sea_level, after(inputs, wet), SeaLevel(land_fraction=0.5))
    left = layers["water_kind"] == LAKE
    assert (layers["water_level"][left] > layers["height"][left]).all()


def test_flat_ground_cannot_be_flooded_in_part():
    grid = Grid.over((640, 640), 64)
    with pytest.raises(BuildError, match="add relief"):
        run(sea_level, world(grid, np.zeros(grid.shape)), SeaLevel())


@pytest.mark.parametrize(("generator", "params"), [(rivers, Rivers(count=3)), (lakes, Lakes(count=3))])
def test_seeds_matter_and_repeat_and_cancel_stops(generator, params):
    inputs = island(4)
    first, again, other = (run(generator, inputs, params, seed)[1]["water_kind"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)

    def stop(_fraction, _text):
        raise Cancelled

    with pytest.raises(Cancelled):
        generator.build(inputs, params, stream(1, "x"), stop)


@pytest.mark.parametrize("extent", [(200.0, 200.0), (100_000.0, 100_000.0), (1600.0, 400.0)])
def test_small_large_and_long_maps_work(extent):
    grid = Grid.over(extent, 128)
    _, ground = hills(5)
    height = ground[: grid.rows] * max(extent) / 1024
    size = max(extent) / 1024
    inputs = world(grid, height)
    _, wet = run(lakes, inputs, Lakes(count=2, area_share=0.04, shore_m=14 * size))
    out, layers = run(rivers, after(inputs, wet), Rivers(count=2, width_m=9 * size))
    assert_rivers(after(inputs, wet), out, layers, 2, ("edge", "lake"))


def test_a_river_through_open_country_comes_from_beyond_the_map():
    for seed in range(3):
        grid, rough = hills(seed)
        y = np.broadcast_to(grid.ys()[:, None], grid.shape)
        height = (0.12 * rough + 0.02 * (y - 200)).astype(np.float32)
        inputs = sea_over(grid, height, y < 200)
        out, _ = run(rivers, inputs, Rivers(mouth="sea"), seed)
        first = out.paths[0].points[0, :2]
        assert min(first.min(), (1024 - first).min()) < 2 * grid.cell_size_m
