import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcgstudio.world import WATER_KINDS, Grid, Instances, Layer, World, array_digest

grids = st.builds(Grid, st.integers(1, 40), st.integers(1, 40), st.floats(0.25, 200))


def placed(xs, names=("pine", "oak"), species=None):
    n = len(xs)
    placement = np.zeros((n, 5), dtype=np.float32)
    placement[:, 0] = xs
    index = np.zeros(n) if species is None else np.asarray(species)
    return Instances(placement, index.astype(np.int32), np.ones((n, 3), np.float32), tuple(names))


@pytest.mark.parametrize(
    ("extent", "rows", "cols"),
    [((1000, 1000), 200, 200), ((1000, 500), 100, 200), ((500, 1000), 200, 100), ((1600, 100), 12, 200)],
)
def test_the_longer_side_gets_the_resolution_and_cells_stay_square(extent, rows, cols):
    grid = Grid.over(extent, 200)
    assert grid.shape == (rows, cols)
    assert grid.cell_size_m == max(extent) / 200


@given(st.floats(10, 1e5), st.floats(1 / 16, 16), st.integers(16, 512))
def test_the_grid_covers_what_was_asked_to_half_a_cell(east, aspect, resolution):
    asked = (east, east * aspect)
    grid = Grid.over(asked, resolution)
    assert max(grid.shape) == resolution
    for side, wanted in zip(grid.extent_m, asked, strict=True):
        assert abs(side - wanted) <= 0.5001 * grid.cell_size_m


def test_a_strip_thinner_than_a_cell_keeps_one():
    assert Grid.over((1000, 1), 10).shape == (1, 10)


def test_row_0_is_north_and_samples_sit_at_cell_centres():
    grid = Grid(3, 4, 10.0)
    assert grid.xs().tolist() == [5, 15, 25, 35]
    assert grid.ys().tolist() == [25, 15, 5]
    assert grid.xs().dtype == grid.ys().dtype == np.float32
    assert grid.extent_m == (40, 30)
    assert grid.cell_area_m2 == 100


def test_corners_fall_into_corner_cells_and_outside_is_clipped():
    grid = Grid(3, 4, 10.0)
    points = np.array([[0, 0], [40, 30], [0, 30], [40, 0], [-99, 500], [14.9, 20.1], [15, 19.9]])
    rows, cols = grid.cells_of(points)
    assert list(zip(rows.tolist(), cols.tolist(), strict=True)) == [
        (2, 0), (0, 3), (0, 0), (2, 3), (0, 0), (0, 1), (1, 1),
    ]  # fmt: skip


@given(grids, st.data())
def test_a_cell_centre_belongs_to_its_cell(grid, data):
    row, col = data.draw(st.integers(0, grid.rows - 1)), data.draw(st.integers(0, grid.cols - 1))
    rows, cols = grid.cells_of(np.array([[grid.xs()[col], grid.ys()[row], 7.0]]))
    assert (rows[0], cols[0]) == (row, col)


@given(grids, st.floats(-3, 3), st.floats(-3, 3), st.floats(-50, 50), st.data())
def test_sampling_a_plane_gives_the_plane(grid, a, b, c, data):
    x, y = grid.xs(), grid.ys()
    plane = (a * x[None, :] + b * y[:, None] + c).astype(np.float32)
    share = st.floats(0, 1)
    points = np.array([[data.draw(share), data.draw(share)] for _ in range(5)])
    points = points * [x[-1] - x[0], y[0] - y[-1]] + [x[0], y[-1]]
    wanted = points @ [a, b] + c
    np.testing.assert_allclose(grid.sample(plane, points), wanted, rtol=1e-4, atol=1e-2)


@given(grids, st.integers(0, 2**32 - 1))
def test_sampling_at_the_centres_gives_the_cells_and_outside_the_border(grid, seed):
    data = np.random.default_rng(seed).normal(size=grid.shape).astype(np.float32)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    sampled = grid.sample(data, np.column_stack([x.ravel(), y.ravel()]))
    np.testing.assert_allclose(sampled, data.ravel(), atol=1e-3)
    east, north = grid.extent_m
    far = np.array([[-1e6, 2 * north], [2 * east, -1e6]])
    np.testing.assert_allclose(grid.sample(data, far), [data[0, 0], data[-1, -1]], atol=1e-6)


def test_sampling_halfway_between_four_cells_is_their_mean():
    data = np.array([[0, 4], [8, 20]], dtype=np.float32)
    assert Grid(2, 2, 10.0).sample(data, np.array([[10, 10]])).tolist() == [8]
    # nearer to the north-west cell, whose centre is (5, 15)
    assert Grid(2, 2, 10.0).sample(data, np.array([[7.5, 12.5]])).tolist() == [pytest.approx(3.5)]


def test_layers_cannot_be_written_to():
    layer = Layer(np.zeros((2, 2), np.float32))
    with pytest.raises(ValueError, match="read-only"):
        layer.data[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        placed([1]).placement[0, 0] = 1


def test_masks_and_named_layers_say_what_they_hold():
    mask = Layer.mask(np.array([[0.0, 2.5], [-1.0, 1.0]]))
    assert mask.data.tolist() == [[0, 1], [0, 1]]
    assert (mask.data.dtype, mask.kind) == (np.uint8, "mask")
    named = Layer.named(np.array([[0, 3]]), WATER_KINDS)
    assert (named.kind, named.legend[3]) == ("categorical", "river")


def test_a_category_is_found_by_name_and_absent_ones_are_nowhere():
    world = World(Grid(1, 3, 1.0), {"water_kind": Layer.named(np.array([[0, 2, 3]]), WATER_KINDS)})
    assert world.category("water_kind", "lake").tolist() == [[False, True, False]]
    assert not world.category("water_kind", "swamp").any()
    assert not world.category("biome", "desert").any()
    assert "water_kind" in world
    assert "biome" not in world


def test_the_digest_is_of_content_shape_and_type():
    a = np.arange(6, dtype=np.float32)
    assert array_digest(a) == array_digest(a.copy())
    different = [a.reshape(2, 3), a.astype(np.int32), a + 1, a.reshape(3, 2)]
    assert len({array_digest(x) for x in (a, *different)}) == 5
    assert array_digest(a.reshape(2, 3).T) == array_digest(a.reshape(2, 3).T.copy())


def test_joining_merges_species_by_name():
    both = placed([1, 2], ("pine", "oak"), [0, 1]).joined(placed([3, 4, 5], ("palm", "oak"), [1, 0, 1]))
    assert both.names == ("pine", "oak", "palm")
    assert [both.names[s] for s in both.species] == ["pine", "oak", "oak", "palm", "oak"]
    assert both.placement[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert len(both.size) == 5


def test_joining_with_nothing_changes_nothing():
    some, none = placed([1, 2]), placed([])
    for both in (some.joined(none), none.joined(some)):
        assert both.placement[:, 0].tolist() == [1, 2]
        assert both.digest == some.digest


def test_keep_takes_the_wanted():
    kept = placed([1, 2, 3], species=[0, 1, 0]).keep(np.array([True, False, True]))
    assert kept.placement[:, 0].tolist() == [1, 3]
    assert kept.species.tolist() == [0, 0]
    assert len(kept) == 2
