"""Trees, rocks and grass: exact amounts, on dry ground, kept apart; and the kernels underneath."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import ndimage
from scipy.spatial import cKDTree

from pcgstudio.errors import BuildError, Cancelled
from pcgstudio.feature import feature_instances, feature_mask
from pcgstudio.generator import Inputs
from pcgstudio.generators.cover import likeliest, shaped
from pcgstudio.generators.kernels.blur import box_mean
from pcgstudio.generators.kernels.poisson import darts, hashed, keep_apart
from pcgstudio.generators.scatter import FEATURES, Scatter, scatter
from pcgstudio.region import Compass, Context
from pcgstudio.world import BIOMES, WATER_KINDS, Grid, Layer

TOLERANCE = 0.01  # a hundredth of what was asked for


def land(resolution=128, extent=(512.0, 512.0), biome="grassland"):
    """A round island with a hill in the north, a lake in the south and one biome."""
    grid = Grid.over(extent, resolution)
    x, y = np.meshgrid(grid.xs() / extent[0] - 0.5, grid.ys() / extent[1] - 0.5)
    height = (40 * (0.47 - np.hypot(x, y)) + 45 * np.exp(-(x**2 + (y - 0.2) ** 2) / 0.01)).astype(np.float32)
    kind = (height < 0).astype(np.uint8)
    kind[np.hypot(x, y + 0.2) < 0.06] = WATER_KINDS.index("lake")
    named = np.where(kind == 1, BIOMES.index("ocean"), BIOMES.index(biome))
    layers = {
        "height": Layer(height, "m"),
        "water_kind": Layer.named(kind, WATER_KINDS),
        "biome": Layer.named(named, BIOMES),
    }
    return grid, layers


def run(grid, layers, mask=None, seed=1, instances=None, **params):
    mask = np.ones(grid.shape, np.float32) if mask is None else mask
    inputs = Inputs(grid, layers, mask, instances or {})
    return scatter.build(inputs, Scatter(**params), np.random.default_rng(seed), lambda _f, _t: None)


def dry(layers):
    return layers["water_kind"].data == 0


def feature(name):
    return next(f for f in FEATURES if f.name == name)


# -- cover ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("cover", [0.02, 0.3, 0.85])
def test_forest_covers_what_was_asked(seed, cover):
    grid, layers = land(96)
    forest = run(grid, layers, seed=seed, cover=cover).layers["forest"].data
    assert forest[dry(layers)].mean() == pytest.approx(cover, rel=TOLERANCE)
    assert not forest[~dry(layers)].any()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100))
def test_forest_covers_what_was_asked_over_many_seeds(seed):
    draw = np.random.default_rng(seed)
    cover = draw.uniform(0.02, 1)
    grid, layers = land(int(draw.integers(64, 300)), tuple(draw.uniform(300, 3000, 2)), draw.choice(BIOMES[5:19]))
    forest = run(grid, layers, seed=seed, cover=cover).layers["forest"].data
    assert forest[dry(layers)].mean() == pytest.approx(cover, rel=TOLERANCE)


@given(
    kind=st.sampled_from(["tree", "grass"]),
    cover=st.floats(0.05, 1),
    place=st.sampled_from(["north", "southwest", "centre"]),
    feather=st.sampled_from([0, 0.1]),
    max_slope=st.floats(0, 90),
)
@settings(max_examples=25, deadline=None)
def test_cover_is_exact_in_any_region_whatever_the_ground(kind, cover, place, feather, max_slope):
    grid, layers = land(64)
    mask = Compass(place=place, feather=feather).evaluate(Context(grid))
    out = run(grid, layers, mask, kind=kind, cover=cover, max_slope_deg=max_slope)
    covered = out.layers["forest" if kind == "tree" else "grass"].data
    there = dry(layers) & (mask >= 0.5)
    assert np.count_nonzero(covered[there]) == round(cover * there.sum())
    assert not covered[mask == 0].any()
    placed = out.instances[kind]
    assert covered[grid.cells_of(placed.placement)].all()


def test_every_bit_of_forest_has_a_tree_and_every_tree_stands_in_it():
    grid, layers = land(256)
    out = run(grid, layers, cover=0.3)
    forest, trees = out.layers["forest"].data > 0, out.instances["tree"].placement
    assert forest[grid.cells_of(trees)].all()
    rows, cols = np.nonzero(forest)
    away, _ = cKDTree(trees[:, :2]).query(np.column_stack([grid.xs()[cols], grid.ys()[rows]]))
    assert away.max() < 14


def test_a_forest_is_denser_at_its_heart():
    grid, layers = land(256, (1024.0, 1024.0))
    out = run(grid, layers, cover=0.4)
    forest = out.layers["forest"].data > 0
    inner = ndimage.binary_erosion(forest, iterations=6)
    rim = forest & ~ndimage.binary_erosion(forest, iterations=2)
    at = grid.cells_of(out.instances["tree"].placement)
    assert inner[at].sum() / inner.sum() > 1.25 * rim[at].sum() / rim.sum()


def test_a_usual_forest_has_some_thousands_of_trees_and_at_most_max_count():
    grid = Grid(256, 256, 4.0)
    flat = {"height": Layer(np.zeros(grid.shape, np.float32), "m")}
    assert 3000 <= len(run(grid, flat, cover=0.3).instances["tree"]) <= 6000
    few = run(grid, flat, cover=0.3, max_count=400)
    assert 200 < len(few.instances["tree"]) <= 400
    assert few.layers["forest"].data.mean() == pytest.approx(0.3, rel=TOLERANCE)


def test_density_is_trees_per_hectare_of_forest():
    grid = Grid(256, 256, 4.0)
    flat = {"height": Layer(np.zeros(grid.shape, np.float32), "m")}
    out = run(grid, flat, cover=0.4, density_per_ha=50)
    hectares = out.layers["forest"].data.sum() * grid.cell_area_m2 / 1e4
    assert len(out.instances["tree"]) / hectares == pytest.approx(50, rel=0.15)


def test_forest_prefers_wooded_biomes_and_gentle_ground():
    grid, layers = land()
    x = np.broadcast_to(grid.xs(), grid.shape)
    biome = np.where(x < 256, BIOMES.index("forest"), BIOMES.index("desert"))
    wooded = {**layers, "biome": Layer.named(biome, BIOMES)}
    forest = run(grid, wooded, cover=0.3).layers["forest"].data > 0
    assert forest[:, :64].sum() > 10 * forest[:, 64:].sum()
    low = run(grid, layers, cover=0.3, max_height_m=12).layers["forest"].data > 0
    assert layers["height"].data[low].max() <= 12


def test_a_later_scatter_tops_the_forest_up_and_keeps_away_from_the_first():
    grid, layers = land()
    first = run(grid, layers, cover=0.2)
    north = Compass(place="north").evaluate(Context(grid))
    second = run(grid, {**layers, **first.layers}, north, 2, first.instances, cover=0.7)
    forest = second.layers["forest"].data
    assert (forest >= first.layers["forest"].data).all()
    there = dry(layers) & (north >= 0.5)
    assert forest[there].mean() == pytest.approx(0.7, rel=TOLERANCE)
    away, _ = cKDTree(first.instances["tree"].placement[:, :2]).query(second.instances["tree"].placement[:, :2])
    assert away.min() > 4
    enough = run(grid, {**layers, **first.layers}, None, 3, first.instances, cover=0.1)
    assert len(enough.instances["tree"]) == 0
    assert (enough.layers["forest"].data == first.layers["forest"].data).all()


@pytest.mark.parametrize("feather", [0.0, 0.12])
def test_a_forest_in_a_region_does_not_end_in_a_ruled_line(feather):
    grid = Grid(128, 128, 8.0)
    flat = {"height": Layer(np.zeros(grid.shape, np.float32), "m")}
    mask = Compass(place="south", depth=0.5, feather=feather).evaluate(Context(grid))
    forest = run(grid, flat, mask, cover=0.5).layers["forest"].data > 0
    first = forest.argmax(axis=0)[forest.any(axis=0)]
    assert np.bincount(first).max() < 0.2 * grid.cols


@pytest.mark.parametrize(
    ("kind", "name", "number"), [("tree", "patches", 3), ("tree", "patches", 12), ("grass", "spots", 5)]
)
def test_separate_woods_and_grass_spots_are_counted_exactly(kind, name, number):
    grid, layers = land()
    out = run(grid, layers, kind=kind, cover=0.2, **{name: number})
    found = feature("forest" if kind == "tree" else "grass")
    mask = feature_mask(found, grid, out.layers, out.instances)
    assert ndimage.label(mask, np.ones((3, 3)))[1] == number
    assert mask[dry(layers)].mean() == pytest.approx(0.2, rel=TOLERANCE)


# -- counts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["tree", "rock", "grass"])
@pytest.mark.parametrize("count", [1, 50, 700])
def test_as_many_as_asked_and_no_forest_for_single_trees(kind, count):
    grid, layers = land()
    out = run(grid, layers, kind=kind, count=count)
    assert len(out.instances[kind]) == count
    assert not out.layers


def test_a_counted_thing_is_what_the_feature_counts():
    grid, layers = land(biome="desert")
    for name in ("tree", "conifer", "palm", "dead tree", "shrub", "broadleaf", "acacia", "cactus", "rock", "flower"):
        one = feature(name)
        out = run(grid, layers, count=40, **one.sets)
        assert len(feature_instances(one, out.instances)) == 40


def test_limits_of_slope_height_region_and_water_hold_for_single_things():
    grid, layers = land(256)
    mask = Compass(place="south", depth=0.5).evaluate(Context(grid))
    placed = (
        run(grid, layers, mask, count=150, max_slope_deg=12, min_height_m=3, max_height_m=9, water_distance_m=10)
        .instances["tree"]
        .placement
    )
    rows, cols = grid.cells_of(placed)
    assert (mask[rows, cols] >= 0.5).all()
    height = layers["height"].data
    assert height[rows, cols].min() >= 3
    assert height[rows, cols].max() <= 9
    from_water = ndimage.distance_transform_edt(dry(layers)) * grid.cell_size_m
    assert from_water[rows, cols].min() >= 8


def test_rocks_have_a_density_and_keep_off_trees_and_roads():
    grid, layers = land(256, (1024.0, 1024.0))
    road = np.zeros(grid.shape, np.uint8)
    road[100:140] = 1
    trees = run(grid, layers, cover=0.3).instances
    out = run(grid, {**layers, "road": Layer.mask(road)}, None, 2, trees, kind="rock", density_per_ha=8)
    rocks = out.instances["rock"].placement
    assert not road[grid.cells_of(rocks)].any()
    away, _ = cKDTree(trees["tree"].placement[:, :2]).query(rocks[:, :2])
    assert away.min() > 1
    hectares = (dry(layers) & (road == 0)).sum() * grid.cell_area_m2 / 1e4
    assert len(rocks) == pytest.approx(8 * hectares, rel=0.1)


def test_cover_0_with_a_density_gives_single_trees():
    grid, layers = land()
    out = run(grid, layers, cover=0, density_per_ha=10)
    assert "forest" not in out.layers
    assert len(out.instances["tree"]) > 50
    assert len(run(grid, layers, cover=0).instances["tree"]) == 0


# -- every thing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("params", [{"cover": 0.4}, {"count": 500}, {"kind": "rock", "count": 300}, {"kind": "grass"}])
def test_things_stand_dry_on_the_ground_and_apart(params):
    grid, layers = land(200)
    placed = run(grid, layers, **params).instances[params.get("kind", "tree")]
    xy = placed.placement[:, :2]
    assert (xy >= 0).all()
    assert (xy <= np.array(grid.extent_m)).all()
    assert dry(layers)[grid.cells_of(placed.placement)].all()
    assert placed.placement[:, 2] == pytest.approx(grid.sample(layers["height"].data, xy))
    nearest, _ = cKDTree(xy).query(xy, k=2)
    assert nearest[:, 1].min() > 1.5
    assert ((placed.placement[:, 3] >= 0) & (placed.placement[:, 3] < 360)).all()
    assert (placed.size > 0.1).all()


@pytest.mark.parametrize(
    ("biome", "species"),
    [
        ("taiga", "conifer"),
        ("forest", "broadleaf"),
        ("swamp", "dead"),
        ("desert", "cactus"),
        ("savanna", "acacia"),
        ("volcanic", "dead"),
    ],
)
def test_what_grows_there_follows_the_biome(biome, species):
    grid, layers = land(biome=biome)
    placed = run(grid, layers, cover=0.5).instances["tree"]
    assert np.bincount(placed.species, minlength=7).argmax() == placed.names.index(species)


def test_palms_need_warmth():
    grid, layers = land(biome="beach")
    for degrees, some in ((26, True), (5, False)):
        temperature = Layer(np.full(grid.shape, degrees, np.float32), "degC")
        placed = run(grid, {**layers, "temperature": temperature}, count=200).instances["tree"]
        assert (placed.species == placed.names.index("palm")).any() == some


def test_asked_species_share_the_forest_in_stands():
    grid, layers = land()
    placed = run(grid, layers, cover=0.6, species=["conifer", "palm"]).instances["tree"]
    assert {placed.names[i] for i in np.unique(placed.species)} == {"conifer", "palm"}
    _, near = cKDTree(placed.placement[:, :2]).query(placed.placement[:, :2], k=2)
    same = (placed.species == placed.species[near[:, 1]]).mean()
    assert same > 0.6


def test_sizes_are_metres_and_follow_scale():
    grid, layers = land()
    usual = run(grid, layers, count=200, species=["conifer"]).instances["tree"]
    tall = run(grid, layers, count=200, species=["conifer"], scale=2).instances["tree"]
    assert np.median(usual.size[:, 2]) == pytest.approx(14, rel=0.1)
    assert tall.size[:, 2] == pytest.approx(2 * usual.size[:, 2], rel=1e-5)
    even = run(grid, layers, count=50, scale_jitter=0, yaw_jitter_deg=0).instances["tree"]
    assert (even.placement[:, 3:] == [0, 1]).all()
    rocks = run(grid, layers, kind="rock", count=300, species=["boulder"]).instances["rock"].size[:, 0]
    assert 1 < np.median(rocks) < 3
    assert np.percentile(rocks, 98) > 2 * np.median(rocks)


# -- resolution, dice, errors ----------------------------------------------------------------------------------------


def test_a_finer_grid_meets_the_same_woods_and_trees():
    coarse, fine = (run(*land(n, (1024.0, 1024.0)), cover=0.3) for n in (128, 256))
    a = coarse.layers["forest"].data > 0
    b = fine.layers["forest"].data[::2, ::2] > 0
    assert (a & b).sum() / (a | b).sum() > 0.85
    first, second = coarse.instances["tree"].placement, fine.instances["tree"].placement
    assert len(first) == pytest.approx(len(second), rel=0.05)
    away, _ = cKDTree(second[:, :2]).query(first[:, :2])
    assert (away < 0.01).mean() > 0.6
    many = [run(*land(n), count=200).instances["tree"].placement[:, :2] for n in (128, 256)]
    away, _ = cKDTree(many[1]).query(many[0])
    assert (away < 0.01).mean() > 0.7


@pytest.mark.parametrize("extent", [(200.0, 200.0), (100_000.0, 40_000.0), (250.0, 3000.0)])
@pytest.mark.parametrize("params", [{"cover": 0.3}, {"count": 90}, {"kind": "rock"}, {"kind": "grass", "spots": 2}])
def test_any_size_of_map_works(extent, params):
    grid, layers = land(96, extent)
    out = run(grid, layers, **params)
    assert 0 < len(next(iter(out.instances.values()))) <= 20_000


def test_the_same_dice_give_the_same_trees_and_others_another():
    first, again, other = (run(*land(), seed=s).instances["tree"] for s in (1, 1, 2))
    assert first.digest == again.digest != other.digest


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"count": 90_000}, "only .* of 90000 trees fit"),
        ({"count": 5, "min_height_m": 5000}, "only 0 of 5 trees fit"),
        ({"cover": 0.002, "patches": 90}, "90 separate patches of forest"),
    ],
)
def test_too_much_is_an_error_that_says_so(params, told):
    with pytest.raises(BuildError, match=told):
        run(*land(64, (200.0, 200.0)), **params)


def test_no_dry_land_is_an_error():
    grid, layers = land(64)
    sea = np.zeros(grid.shape, np.float32)
    sea[0, 0] = 1
    with pytest.raises(BuildError, match="no free dry land"):
        run(grid, layers, sea)


def test_species_of_another_kind_are_refused():
    with pytest.raises(ValidationError, match="'boulder' is no tree"):
        Scatter(species=("boulder",))
    with pytest.raises(ValidationError, match="at least one species"):
        Scatter(species=())


def test_it_can_be_cancelled():
    def stop(_fraction, _text):
        raise Cancelled

    grid, layers = land(64)
    with pytest.raises(Cancelled):
        scatter.build(Inputs(grid, layers, np.ones(grid.shape, np.float32)), Scatter(), np.random.default_rng(0), stop)


# -- kernels -------------------------------------------------------------------------------------------------------


def test_darts_keep_their_distance_and_leave_no_room():
    extent = (300.0, 200.0)
    points = darts(extent, 10.0, 3)
    none = np.empty((0, 2), np.float32), np.empty(0, np.float32)
    chosen = points[keep_apart(points, np.full(len(points), 10, np.float32), *none, extent, len(points))]
    tree = cKDTree(chosen)
    assert tree.query(chosen, k=2)[0][:, 1].min() >= 10
    assert tree.query(points)[0].max() < 10
    assert len(chosen) > 0.6 * 300 * 200 / 100


def test_darts_respect_what_stands_and_the_limit():
    extent = (100.0, 100.0)
    points = darts(extent, 5.0, 1)
    radius = np.full(len(points), 5, np.float32)
    stands = np.array([[50, 50]], np.float32), np.array([35], np.float32)
    chosen = points[keep_apart(points, radius, *stands, extent, 10**6)]
    assert np.hypot(*(chosen - 50).T).min() >= 20
    assert len(keep_apart(points, radius, *stands, extent, 7)) == 7


def test_hashes_are_even_and_belong_to_the_place():
    points = darts((500.0, 500.0), 10.0, 1)
    luck = hashed(points, 5)
    assert np.bincount((luck * 10).astype(int), minlength=10).min() > 0.9 * len(points) / 10
    assert (hashed(points[::-1], 5)[::-1] == luck).all()
    assert (hashed(points, 6) != luck).mean() > 0.99


@given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 12))
@settings(max_examples=20, deadline=None)
def test_box_mean_is_the_mean_over_the_box(rows, cols, reach):
    data = np.random.default_rng(rows * cols).random((rows, cols), dtype=np.float32)
    expected = ndimage.uniform_filter(data, 2 * reach + 1, mode="nearest")
    assert box_mean(data, reach) == pytest.approx(expected, abs=1e-5)
    between = box_mean(np.pad(data, 20, mode="edge"), reach + 0.5).mean()
    assert between == pytest.approx(np.pad(data, 20, mode="edge").mean(), abs=0.02)


def test_the_likeliest_cells_are_taken_exactly_even_among_equals():
    potential = np.zeros((10, 10), np.float32)
    potential[0] = 1
    ground = np.ones((10, 10), bool)
    ground[0, 0] = False
    chosen = likeliest(potential, ground, 25)
    assert chosen.sum() == 25
    assert chosen[0, 1:].all()
    assert not chosen[0, 0]
    speckled = np.random.default_rng(1).random((60, 60)).astype(np.float32)
    cleaned = shaped(speckled, np.ones((60, 60), bool), 1200, Grid(60, 60, 2.0), 6)
    assert cleaned.sum() == 1200
