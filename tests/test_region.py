import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import ndimage

from pcgstudio.region import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    Band,
    Between,
    Circle,
    Compass,
    Context,
    EndOf,
    Everywhere,
    Headland,
    Heights,
    Level,
    MiddleOf,
    Near,
    Not,
    Of,
    Painted,
    Polygon,
    Range,
    Region,
    Ring,
    SideOf,
    TopOf,
    side_vector,
)
from pcgstudio.world import Grid

GRID = Grid(100, 100, 10.0)
SIDES = ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
ANY = TypeAdapter(Region)


def box(grid, west, south, east, north):
    """``(rows, cols)`` the rectangle, in shares of a map."""
    u, v = grid.xs()[None, :] / grid.extent_m[0], grid.ys()[:, None] / grid.extent_m[1]
    return (u >= west) & (u <= east) & (v >= south) & (v <= north)


def context(grid=GRID, **shapes):
    """A context whose features are boxes in shares of the map, and whose height rises to the north from 0 to 1."""
    masks = {name: box(grid, *corners) for name, corners in shapes.items()}
    north = np.broadcast_to((grid.ys() / grid.extent_m[1])[:, None], grid.shape)
    terrace = np.floor(north * 5).astype(np.int16)
    terrace[box(grid, 0, 0, 0.1, 1)] = -1
    layers = {"height": north, "terrace": terrace}
    return Context(grid, layers.get, lambda name: masks.get(name, np.zeros(grid.shape, bool)))


def area(region, **shapes):
    return float(region.evaluate(context(**shapes)).mean())


def centroid(region, **shapes):
    """Mean place in shares of the map: (east, north)."""
    soft = region.evaluate(context(**shapes))
    x, y = np.meshgrid(GRID.xs() / 1000, GRID.ys() / 1000)
    return float((soft * x).sum() / soft.sum()), float((soft * y).sum() / soft.sum())


def at(region, east, north, **shapes):
    rows, cols = GRID.cells_of(np.array([[east * 1000, north * 1000]]))
    return float(region.evaluate(context(**shapes))[rows, cols][0])


def test_everywhere_is_everywhere():
    assert area(EVERYWHERE) == 1


def test_row_0_is_north():
    north = Compass(place="north", depth=0.4).evaluate(context())
    assert (north[:40] == 1).all()
    assert (north[40:] == 0).all()


@pytest.mark.parametrize("side", SIDES)
def test_compass_sides_are_strips_and_corners_squares_on_the_named_side(side):
    region = Compass(place=side, depth=0.4)
    corner = len(side) > 5
    assert area(region) == pytest.approx(0.16 if corner else 0.4)
    x, y = side_vector(side)
    assert centroid(region) == (pytest.approx(0.5 + 0.3 * x, abs=1e-4), pytest.approx(0.5 + 0.3 * y, abs=1e-4))


def test_the_centre_is_a_disc_and_the_edge_a_frame():
    centre, edge = Compass(place="centre", depth=0.4), Compass(place="edge", depth=0.4)
    assert area(centre) == pytest.approx(math.pi * 0.4**2, rel=0.01)
    assert area(edge) == pytest.approx(1 - 0.8**2)
    assert centroid(centre) == (pytest.approx(0.5, abs=1e-4), pytest.approx(0.5, abs=1e-4))
    assert (at(centre, 0.5, 0.5), at(centre, 0.05, 0.05)) == (1, 0)
    assert (at(edge, 0.5, 0.5), at(edge, 0.05, 0.5)) == (0, 1)


def test_a_circle_lies_where_it_is_put():
    region = Circle(centre_m=(300, 700), radius_m=150)
    assert area(region) == pytest.approx(math.pi * 0.15**2, rel=0.02)
    assert centroid(region) == (pytest.approx(0.3, abs=2e-3), pytest.approx(0.7, abs=2e-3))


def test_a_ring_leaves_the_middle_out():
    region = Ring(inner=0.2, outer=0.4)
    assert area(region) == pytest.approx(math.pi * (0.4**2 - 0.2**2), rel=0.02)
    assert [at(region, 0.5 + r, 0.5) for r in (0.0, 0.19, 0.25, 0.35, 0.42)] == [0, 0, 1, 1, 0]


@pytest.mark.parametrize("side", SIDES)
def test_a_band_runs_through_the_middle_toward_its_side(side):
    region = Band(toward=side, width=0.2)
    x, y = side_vector(side)
    along = [at(region, 0.5 + t * x, 0.5 + t * y) for t in (-0.45, -0.2, 0, 0.2, 0.45)]
    across = [at(region, 0.5 + t * y, 0.5 - t * x) for t in (-0.25, 0.25)]
    assert along == [1] * 5
    assert across == [0, 0]
    if 0 in (x, y):
        assert area(region) == pytest.approx(0.2)


def test_a_polygon_may_be_concave_and_run_either_way_round():
    ell = ((100, 100), (500, 100), (500, 300), (300, 300), (300, 700), (100, 700))
    region = Polygon(points_m=ell)
    assert area(region) == pytest.approx(0.4 * 0.2 + 0.2 * 0.4)
    assert (at(region, 0.2, 0.6), at(region, 0.4, 0.2), at(region, 0.4, 0.6)) == (1, 1, 0)
    backward = Polygon(points_m=tuple(reversed(ell)))
    assert (region.evaluate(context()) == backward.evaluate(context())).all()
    assert area(Polygon(points_m=((0, 0), (1000, 0), (0, 1000)))) == pytest.approx(0.5, abs=0.006)


def test_a_painted_mask_is_stretched_with_north_on_top():
    region = Painted(rows=("90", "00"))
    assert at(region, 0.05, 0.95) == 1
    assert [at(region, u, v) for u, v in ((0.95, 0.95), (0.05, 0.05), (0.95, 0.05))] == [0, 0, 0]
    assert at(region, 0.5, 0.95) == pytest.approx(0.5, abs=0.02)
    assert area(Painted(rows=("3",))) == pytest.approx(1 / 3)
    assert area(Painted(rows=("0099", "0099", "0099"))) == pytest.approx(0.5)


@pytest.mark.parametrize("rows", [("12", "1"), ("1x",), (), ("",)])
def test_a_ragged_or_empty_painting_is_refused(rows):
    with pytest.raises(ValidationError):
        Painted(rows=rows)


LAKE = {"lake": (0.2, 0.3, 0.4, 0.5)}


def test_of_is_the_feature_itself():
    assert area(Of(feature="lake"), **LAKE) == pytest.approx(0.04)
    assert centroid(Of(feature="lake"), **LAKE) == (pytest.approx(0.3, abs=1e-4), pytest.approx(0.4, abs=1e-4))
    assert area(Of(feature="volcano"), **LAKE) == 0


def test_filled_takes_the_holes_too():
    ring = box(GRID, 0.2, 0.2, 0.8, 0.8) & ~box(GRID, 0.4, 0.4, 0.6, 0.6)
    there = Context(GRID, feature=lambda _name: ring)
    assert Of(feature="crater").evaluate(there).mean() == pytest.approx(0.32)
    assert Of(feature="crater", filled=True).evaluate(there).mean() == pytest.approx(0.36)


def test_near_is_around_the_feature_but_not_on_it():
    region = Near(feature="lake", distance_m=100)
    # four sides of 200 x 100 m and four quarters of a disc of 100 m
    assert area(region, **LAKE) == pytest.approx(0.08 + math.pi * 0.01, rel=0.05)
    assert at(region, 0.3, 0.4, **LAKE) == 0
    assert (at(region, 0.45, 0.4, **LAKE), at(region, 0.52, 0.4, **LAKE)) == (1, 0)
    assert area(region) == 0


@pytest.mark.parametrize("side", SIDES)
def test_side_of_is_the_half_plane_beyond_the_centroid(side):
    region = SideOf(feature="lake", side=side)
    x, y = side_vector(side)
    assert at(region, 0.3, 0.4, **LAKE) == 0
    assert at(region, 0.3 + 0.15 * x, 0.4 + 0.15 * y, **LAKE) == 1
    assert at(region, 0.3 - 0.15 * x, 0.4 - 0.15 * y, **LAKE) == 0
    assert area(region) == 0
    if side == "east":
        assert area(region, **LAKE) == pytest.approx(0.7 - 0.02, abs=0.006)


def test_side_of_a_river_is_what_lies_beyond_it_everywhere():
    bent = box(GRID, 0.28, 0, 0.32, 0.5) | box(GRID, 0.68, 0.5, 0.72, 1)
    both = Context(GRID, lambda name: None, lambda name: bent)
    east, west = (SideOf(feature="river", side=side).evaluate(both) > 0.5 for side in ("east", "west"))
    rows, cols = GRID.cells_of(np.array([[400.0, 250.0], [600.0, 750.0]]))
    assert east[rows, cols].tolist() == [True, False]
    assert west[rows, cols].tolist() == [False, True]


def test_a_headland_has_sea_on_most_sides():
    ground = box(GRID, 0, 0.6, 1, 1) | box(GRID, 0.45, 0.3, 0.55, 0.6)
    around = Context(GRID, lambda name: None, lambda name: ground if name == "land" else ~ground)
    mask = Headland().evaluate(around)
    rows, cols = GRID.cells_of(np.array([[500.0, 320.0], [200.0, 610.0], [500.0, 900.0], [500.0, 200.0]]))
    assert mask[rows, cols].tolist() == [1, 0, 0, 0]


def test_between_is_the_corridor_between_both():
    pair = {"lake": (0.1, 0.4, 0.2, 0.6), "town": (0.8, 0.4, 0.9, 0.6)}
    region = Between(first="lake", second="town", slack=0.1)
    middle = [at(region, 0.5, v, **pair) for v in (0.1, 0.5, 0.9)]
    assert middle == [0, 1, 0]
    assert [at(region, u, 0.5, **pair) for u in (0.05, 0.15, 0.3, 0.7, 0.85, 0.95)] == [0, 0, 1, 1, 0, 0]
    assert centroid(region, **pair) == (pytest.approx(0.5, abs=2e-3), pytest.approx(0.5, abs=2e-3))
    wider = Between(first="lake", second="town", slack=0.5)
    assert area(wider, **pair) > area(region, **pair)
    assert area(region, lake=pair["lake"]) == 0


@pytest.mark.parametrize(("which", "north"), [("top", 0.9), ("middle", 0.5), ("bottom", 0.1)])
def test_levels_are_taken_from_the_terraces(which, north):
    region = Level(which=which)
    assert area(region) == pytest.approx(0.2 * 0.9)
    assert centroid(region)[1] == pytest.approx(north, abs=1e-3)
    assert (at(region, 0.5, north), at(region, 0.05, north)) == (1, 0)


def test_levels_and_ranges_are_nowhere_without_their_layer():
    nothing = Context(GRID)
    assert not Level(which="top").evaluate(nothing).any()
    assert not Range(layer="height", minimum=0).evaluate(nothing).any()
    flat = Context(GRID, lambda _name: np.full(GRID.shape, -1, np.int16))
    assert not Level(which="bottom").evaluate(flat).any()


@pytest.mark.parametrize(
    ("low", "high", "share"), [(0.3, 0.5, 0.2), (None, 0.25, 0.25), (0.6, None, 0.4), (None, None, 1)]
)
def test_a_range_of_a_layer_may_be_open_at_either_end(low, high, share):
    assert area(Range(layer="height", minimum=low, maximum=high)) == pytest.approx(
        share, abs=0.011
    )  # heights count from the lowest ground


def test_regions_combine():
    north, west = Compass(place="north", depth=0.5), Compass(place="west", depth=0.3)
    assert area(Not(region=north)) == pytest.approx(0.5)
    assert area(AllOf(regions=(north, west))) == pytest.approx(0.15)
    assert area(AnyOf(regions=(north, west))) == pytest.approx(0.65)
    assert centroid(AllOf(regions=(north, west))) == (pytest.approx(0.15, abs=1e-4), pytest.approx(0.75, abs=1e-4))
    soft = Painted(rows=("3",))
    assert area(AllOf(regions=(soft, soft))) == pytest.approx(1 / 9)
    assert area(AnyOf(regions=(soft, soft))) == pytest.approx(1 / 3)
    assert area(Not(region=soft)) == pytest.approx(2 / 3)


def test_a_region_says_what_it_looks_at():
    both = AnyOf(regions=(Not(region=Near(feature="lake", distance_m=5)), AllOf(regions=(Level(),))))
    assert both.needs() == {"lake", "layer:terrace"}
    assert Between(first="lake", second="town").needs() == {"lake", "town"}
    assert Range(layer="slope").needs() == {"layer:slope"}
    assert Of(feature="hill").needs() == SideOf(feature="hill", side="north").needs() == {"hill"}
    assert Compass(place="north").needs() == frozenset()


FEATHERED = [
    (Compass(place="west", depth=0.4, feather=0.2), 0.4, 0.2),
    (Circle(centre_m=(0, 505), radius_m=400, feather_m=200), 0.4, 0.2),
    (Ring(inner=0, outer=0.3, feather=0.2), 0.8, 0.2),
    (Band(toward="north", width=0.4, feather=0.2), 0.7, 0.2),
    (Polygon(points_m=((-5, -5), (400, -5), (400, 1005), (-5, 1005)), feather_m=200), 0.4, 0.2),
    (Of(feature="strip", feather_m=200), 0.4, 0.2),
    (Near(feature="rim", distance_m=300, feather_m=200), 0.4, 0.2),
    (SideOf(feature="dot", side="west", feather=0.2), 0.4, 0.2),
]


@pytest.mark.parametrize(("region", "rim", "feather"), FEATHERED, ids=lambda v: getattr(v, "kind", ""))
def test_a_feather_lies_outside_and_falls_smoothly_from_1_to_0(region, rim, feather):
    shapes = {"strip": (0, 0, 0.4, 1), "rim": (0, 0, 0.1, 1), "dot": (0.39, 0.8, 0.41, 0.82)}
    profile = region.evaluate(context(**shapes))[50, :]
    u = GRID.xs() / 1000
    right = u > max(0.15, rim - 0.2)
    assert (profile[right & (u < rim - 0.006)] == 1).all()
    assert (profile[u > rim + feather + 0.011] == 0).all()
    soft = profile[(u > rim + 0.011) & (u < rim + feather - 0.011)]
    assert ((soft > 0) & (soft < 1)).all()
    assert (np.diff(soft) < 0).all()
    half = float(np.interp(-0.5, -profile[right], u[right]))
    assert half == pytest.approx(rim + feather / 2, abs=0.012)


ALL_KINDS = [
    Everywhere(), Compass(place="northeast", depth=0.3, feather=0.2), Compass(place="centre", depth=0.3),
    Compass(place="edge", depth=0.6), Circle(centre_m=(400, 600), radius_m=280, feather_m=100), Ring(),
    Band(toward="southeast", feather=0.1), Polygon(points_m=((100, 150), (900, 300), (400, 900)), feather_m=80),
    Painted(rows=("0123", "4567", "8900")), Of(feature="lake"), Near(feature="lake", distance_m=200, feather_m=50),
    Heights(lower=0.5), Heights(upper=0.4, by="rise"),
    MiddleOf(feature="lake"), TopOf(feature="lake", upper=0.5), Headland(), Of(feature="lake", part=1),
    SideOf(feature="lake", side="northwest"), EndOf(feature="lake", side="east", share=0.3, reach_m=50),
    Between(first="lake", second="town"), Level(which="middle"),
    Range(layer="height", minimum=0.2, maximum=0.65), Not(region=Ring()),
    AllOf(regions=(Ring(), Compass(place="west"))), AnyOf(regions=(Level(), Band(toward="east"))),
]  # fmt: skip


def test_every_kind_of_region_is_in_the_table_of_kinds():
    told = ANY.json_schema()["discriminator"]["mapping"]
    assert set(told) == {r.kind for r in ALL_KINDS}


@pytest.mark.parametrize("region", ALL_KINDS, ids=lambda r: r.kind)
@pytest.mark.parametrize("extent", [(1000, 1000), (2000, 1000)])
def test_the_same_words_mean_the_same_ground_at_64_and_256_cells(region, extent):
    shapes = {"lake": (0.35, 0.3, 0.5, 0.55), "town": (0.7, 0.6, 0.8, 0.75)}
    small, large = (region.evaluate(context(Grid.over(extent, n), **shapes)) for n in (64, 256))
    rows, cols = small.shape
    blocks = large.reshape(rows, 4, cols, 4)
    # a coarse cell may only hold what the fine map shows within one coarse cell of it; two where the outline of a
    # feature, itself drawn in cells, is looked at
    reach = 5 if region.needs() else 3
    lowest = ndimage.minimum_filter(blocks.min(axis=(1, 3)), reach, mode="nearest")
    highest = ndimage.maximum_filter(blocks.max(axis=(1, 3)), reach, mode="nearest")
    assert (small >= lowest - 0.01).all()
    assert (small <= highest + 0.01).all()
    for mask in (small, large):
        assert mask.dtype == np.float32
        assert mask.min() >= 0
        assert mask.max() <= 1


share = st.floats(0.01, 1)
metres = st.integers(-(10**7), 10**7).map(lambda cm: cm / 100)
length = st.floats(0, 1e5)
name = st.sampled_from(["lake", "river", "mountain", "forest"])
side = st.sampled_from(SIDES)
point = st.tuples(metres, metres)
simple = st.one_of(
    st.just(EVERYWHERE),
    st.builds(Compass, place=st.sampled_from([*SIDES, "centre", "edge"]), depth=share, feather=share),
    st.builds(Circle, centre_m=point, radius_m=st.floats(0.1, 1e5), feather_m=length),
    st.builds(Ring, inner=share, outer=share, feather=share),
    st.builds(Band, toward=side, width=share, feather=share),
    st.builds(Polygon, points_m=st.lists(point, min_size=3, max_size=6).map(tuple), feather_m=length),
    st.builds(Painted, rows=st.lists(st.text("0123456789", min_size=4, max_size=4), min_size=1, max_size=4).map(tuple)),
    st.builds(Of, feature=name, filled=st.booleans(), feather_m=length),
    st.builds(Near, feature=name, distance_m=st.floats(0.1, 1e5), feather_m=length),
    st.builds(SideOf, feature=name, side=side, feather=share),
    st.builds(Between, first=name, second=name, slack=share),
    st.builds(Level, which=st.sampled_from(["top", "middle", "bottom"])),
    st.builds(Range, layer=name, minimum=st.none() | metres, maximum=st.none() | metres),
)
regions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, region=inner),
        st.builds(AllOf, regions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, regions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@given(regions)
def test_any_region_survives_its_file(region):
    assert ANY.validate_json(ANY.dump_json(region)) == region


@given(regions, st.integers(1, 12), st.integers(1, 12))
def test_any_region_is_a_soft_mask_on_any_grid(region, rows, cols):
    grid = Grid(rows, cols, 10.0)
    mask = region.evaluate(context(grid, lake=(0.2, 0.3, 0.4, 0.5), river=(0.6, 0, 0.7, 1)))
    assert mask.shape == grid.shape
    assert np.isfinite(mask).all()
    assert mask.min() >= 0
    assert mask.max() <= 1


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "moon"}, {}, {"kind": "compass", "place": "up"}, {"kind": "compass", "place": "north", "depth": 0},
        {"kind": "compass", "place": "north", "dept": 0.2}, {"kind": "circle", "centre_m": [0, 0], "radius_m": -1},
        {"kind": "circle", "centre_m": [0, float("nan")], "radius_m": 1},
        {"kind": "polygon", "points_m": [[0, 0], [1, 1]]},
        {"kind": "near", "feature": "lake", "distance_m": float("inf")}, {"kind": "all_of", "regions": []},
        {"kind": "not"}, {"kind": "ring", "outer": 1.5},
    ],
)  # fmt: skip
def test_nonsense_is_refused(raw):
    with pytest.raises(ValidationError):
        ANY.validate_python(raw)


def test_parts_are_ranked_by_size_and_by_their_highest_ground():
    grid = Grid(40, 40, 10.0)
    lakes = np.zeros(grid.shape, bool)
    lakes[5:15, 5:15] = lakes[25:29, 25:29] = True
    height = np.zeros(grid.shape, np.float32)
    height[25:29, 25:29] = 80
    look = Context(grid, lambda _: height, lambda _: lakes)
    largest, smallest, highest = (
        Of(feature="lake", **told).evaluate(look) for told in ({"part": 1}, {"part": -1}, {"part": 1, "by": "height"})
    )
    assert largest.sum() == 100
    assert largest[10, 10] == 1
    assert smallest.sum() == 16
    assert (smallest == highest).all()
    assert not Of(feature="lake", part=3).evaluate(look).any(), "there is no third lake"


def test_the_end_of_a_feature_is_that_of_its_own_extent():
    island = np.zeros(GRID.shape, dtype=bool)
    island[40:60, 30:70] = True  # 400 m long, from 300 m to 700 m east
    about = Context(GRID, feature=lambda _: island)
    end = EndOf(feature="island", side="west", share=0.25).evaluate(about) > 0
    assert end.any()
    assert not (end & ~island).any()
    assert np.flatnonzero(end.any(axis=0)).min() == 30
    assert np.flatnonzero(end.any(axis=0)).max() == 39
    shore = EndOf(feature="island", side="west", share=0.25, reach_m=50).evaluate(about) > 0
    assert shore[50, 26]
    assert not shore[50, 50]


@pytest.mark.parametrize(("by", "share"), [("area", 0.2), ("rise", 0.45)])
def test_heights_are_shares_of_the_land_or_of_its_rise(by, share):
    steep = np.broadcast_to(GRID.xs()[None, :] ** 2, GRID.shape).astype(np.float32)
    about = Context(GRID, layer=lambda name: steep if name == "height" else None)
    top = Heights(lower=0.8 if by == "area" else 0.3, by=by).evaluate(about)
    assert float(top.mean()) == pytest.approx(share, abs=0.03)
    assert top[50, -1] == 1
    assert top[50, 0] == 0


def test_the_top_of_a_feature_is_the_upper_share_of_each_of_its_parts():
    grid = Grid(20, 40, 10.0)
    hills, height = np.zeros(grid.shape, bool), np.zeros(grid.shape, np.float32)
    for left, tall in ((2, 10.0), (25, 100.0)):
        hills[5:15, left : left + 11] = True
        height[5:15, left : left + 11] = np.linspace(0, tall, 11)
    top = TopOf(feature="hill", upper=0.3).evaluate(Context(grid, feature=lambda _: hills, layer=lambda _: height))
    assert set(np.flatnonzero(top[10])) == {9, 10, 11, 12, 32, 33, 34, 35}


def test_the_middle_of_a_feature_is_a_disc_about_its_centroid():
    grid = Grid(40, 40, 10.0)
    island = np.zeros(grid.shape, bool)
    island[10:30, 12:32] = True
    disc = MiddleOf(feature="island", reach=0.5).evaluate(Context(grid, feature=lambda _: island))
    rows, cols = np.nonzero(disc)
    assert (rows.mean(), cols.mean()) == pytest.approx((19.5, 21.5), abs=0.1)
    assert disc.sum() == pytest.approx(0.25 * 400, rel=0.1), "half the radius is a quarter of the area"
