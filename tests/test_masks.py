"""The algebra of masks: shapes, noise, discs, combining, growing, picking, paths, and regions that name them."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt, label

from pcgstudio.build import StepCache, build
from pcgstudio.errors import BuildError
from pcgstudio.recipe import Recipe, Step, loads
from pcgstudio.recipe import dumps as dumped
from pcgstudio.region import Compass, Context, Near, Not, Of

EIGHT = np.ones((3, 3))


def step(generator, name=None, where=None, **params):
    return Step(id=name or generator, generator=generator, params=params, **({"where": where} if where else {}))


def made(*steps, seed=1, resolution=128, extent=(1024.0, 1024.0)):
    return build(Recipe(seed=seed, resolution=resolution, extent_m=extent, steps=steps))


def area(world, slot="a"):
    return float((world[f"mask_{slot}"] > 0).sum()) * world.grid.cell_area_m2


def test_shapes_have_their_areas():
    circle = made(step("mask_shape", width_m=400.0), resolution=512)
    assert area(circle) == pytest.approx(np.pi * 200**2, rel=0.01)
    box = made(step("mask_shape", shape="rectangle", width_m=300.0, length_m=120.0, turn_deg=30.0), resolution=512)
    assert area(box) == pytest.approx(300 * 120, rel=0.01)
    corners = ((100.0, 100.0), (500.0, 100.0), (100.0, 400.0))
    assert area(made(step("mask_shape", shape="polygon", points_m=corners), resolution=512)) == pytest.approx(
        60_000, rel=0.01
    )
    path = made(step("mask_shape", shape="path", points_m=((200.0, 500.0), (800.0, 500.0)), width_m=40.0))
    assert area(path) == pytest.approx(600 * 40 + np.pi * 20**2, rel=0.12)
    board = made(step("mask_shape", shape="checkerboard", width_m=64.0))
    assert area(board) == pytest.approx(1024**2 / 2, rel=0.01)
    dots = made(step("mask_shape", shape="dots", width_m=40.0, spacing_m=128.0), resolution=256)
    assert label(dots["mask_a"])[1] == 81  # nine by nine, those on the edge cut


def test_shapes_stand_where_they_are_told():
    world = made(step("mask_shape", points_m=((200.0, 800.0), (700.0, 300.0)), width_m=100.0))
    assert label(world["mask_a"])[1] == 2
    rows, cols = world.grid.cells_of(np.array([[200.0, 800.0], [700.0, 300.0]]))
    assert (world["mask_a"][rows, cols] > 0).all()


def test_a_polygon_without_corners_is_refused():
    with pytest.raises(BuildError, match="at least 3 points"):
        made(step("mask_shape", shape="polygon"))


@pytest.mark.parametrize("share", [0.0, 0.13, 0.5, 1.0])
def test_noise_covers_its_exact_share_of_the_region(share):
    where = Compass(place="west", depth=0.5)
    for seed in range(3):
        world = made(step("mask_noise", share=share, where=where), seed=seed)
        inside = where.evaluate(Context(world.grid)) >= 0.5
        assert (world["mask_a"] > 0).sum() == round(share * inside.sum())
        assert not (world["mask_a"] > 0)[~inside].any()


@pytest.mark.parametrize("number", [1, 12, 40])
def test_discs_are_exact_in_number_and_keep_their_distance(number):
    for seed in range(3):
        world = made(step("mask_poisson", count=number, width_m=24.0), seed=seed, resolution=256)
        assert label(world["mask_a"], EIGHT)[1] == number


def test_discs_that_do_not_fit_are_refused():
    with pytest.raises(BuildError, match="do; ask for fewer"):
        made(step("mask_poisson", count=5000))


def both(how):
    return made(
        step("mask_shape", "one", points_m=((400.0, 500.0),), width_m=400.0),
        step("mask_shape", "two", points_m=((600.0, 500.0),), width_m=400.0, into="b"),
        step("mask_combine", how=how, into="c"),
    )


def test_masks_combine_as_sets_do():
    worlds = {how: both(how) for how in ("or", "and", "subtract", "xor")}
    a, b = (worlds["or"][f"mask_{s}"] > 0 for s in "ab")
    assert ((worlds["or"]["mask_c"] > 0) == (a | b)).all()
    assert ((worlds["and"]["mask_c"] > 0) == (a & b)).all()
    assert ((worlds["subtract"]["mask_c"] > 0) == (a & ~b)).all()
    assert ((worlds["xor"]["mask_c"] > 0) == (a ^ b)).all()


def test_growing_and_shrinking_move_the_rim_by_metres():
    circle = step("mask_shape", width_m=400.0)
    for how, radius in (("expand", 250), ("shrink", 150)):
        world = made(circle, step("mask_morph", how=how, distance_m=50.0), resolution=512)
        assert area(world) == pytest.approx(np.pi * radius**2, rel=0.02)
    outline = made(circle, step("mask_morph", how="outline", distance_m=20.0), resolution=512)
    assert area(outline) == pytest.approx(2 * np.pi * 200 * 20, rel=0.05)
    inverted = made(circle, step("mask_morph", how="invert"))
    assert area(inverted) == pytest.approx(1024**2 - area(made(circle)))


def test_smoothing_takes_spikes_off_and_filling_closes_holes():
    rough = (step("mask_noise", octaves=8, feature_size_m=150.0),)
    before, after = (made(*rough, *more) for more in ((), (step("mask_morph", how="smooth", distance_m=40.0),)))
    assert label(after["mask_a"])[1] < label(before["mask_a"])[1]
    ring = (step("mask_shape", width_m=400.0), step("mask_morph", "o", how="outline", distance_m=30.0))
    filled = made(*ring, step("mask_morph", how="fill_holes"))
    assert area(filled) == pytest.approx(np.pi * 215**2, rel=0.05)


def test_border_interior_and_corners():
    box = step("mask_shape", shape="rectangle", width_m=400.0)
    border = made(box, step("mask_select", distance_m=50.0), resolution=256)
    inner = made(box, step("mask_select", pick="interior", distance_m=50.0), resolution=256)
    assert area(inner, "b") == pytest.approx(300**2, rel=0.05)
    assert area(border, "b") + area(inner, "b") == pytest.approx(area(border))
    corners = made(box, step("mask_select", pick="corner", distance_m=60.0), resolution=256)
    assert label(corners["mask_b"], EIGHT)[1] == 4


def test_islands_are_picked_by_size():
    three = [step("mask_shape", f"s{i}", points_m=((200.0 + 300 * i, 500.0),), width_m=80.0 + 60 * i, into=s)
             for i, s in enumerate("abc")]  # fmt: skip
    joined = (*three, step("mask_combine", "j", into="d"), step("mask_combine", "k", first="d", second="c", into="d"))
    sizes = [
        area(made(*joined, step("mask_select", of="d", into="e", **told)), "e")
        for told in ({"pick": "largest"}, {"pick": "nth", "n": 2}, {"pick": "smallest"})
    ]
    assert sizes[0] > sizes[1] > sizes[2] > 0
    with pytest.raises(BuildError, match="has 3 islands"):
        made(*joined, step("mask_select", of="d", pick="nth", n=4))


def test_a_range_of_a_layer_is_picked():
    noise = step("terrain_noise")
    world = made(noise, step("mask_select", pick="layer_range", layer="height", minimum=5.0, maximum=20.0))
    ground = world["height"] + world.datum_m
    assert ((world["mask_b"] > 0) == ((ground >= 5) & (ground <= 20))).all()
    steep = made(noise, step("mask_select", pick="layer_range", layer="slope", minimum=15.0))
    assert ((steep["mask_b"] > 0) == (steep["slope"] >= 15)).mean() > 0.999
    with pytest.raises(BuildError, match="made by no step"):
        made(noise, step("mask_select", pick="layer_range", layer="moisture"))


def test_a_path_joins_two_masks_in_one_piece_and_goes_round_water():
    coast = (step("terrain_noise"), step("landmass", pattern="island", irregularity=0.9))
    ends = {"from_m": ((512.0, 60.0),), "to_m": ((512.0, 960.0),)}
    plain = made(step("terrain_noise"), step("path_between", **ends))
    labels, found = label(plain["mask_c"], EIGHT)
    assert found == 1
    rows, cols = plain.grid.cells_of(np.array([[512.0, 60.0], [512.0, 960.0]]))
    assert (distance_transform_edt(plain["mask_c"] == 0)[rows, cols] < 3).all() or labels[rows, cols].all()
    bare = made(*coast)
    island, _ = label(bare["water_kind"] == 0)
    dry = np.argwhere(island == np.bincount(island.ravel())[1:].argmax() + 1)
    spots = [((float(bare.grid.xs()[c]), float(bare.grid.ys()[r])),) for r, c in (dry[0], dry[-1])]
    world = made(*coast, step("path_between", width_m=8.0, from_m=spots[0], to_m=spots[1]))
    way = world["mask_c"] > 0
    assert (world["water_kind"][way] > 0).mean() < 0.1


def test_a_path_between_two_masks():
    world = made(
        step("terrain_noise"),
        step("mask_shape", "one", points_m=((150.0, 200.0),), width_m=80.0),
        step("mask_shape", "two", points_m=((850.0, 800.0),), width_m=80.0, into="b"),
        step("path_between", width_m=20.0),
    )
    whole = (world["mask_a"] > 0) | (world["mask_b"] > 0) | (world["mask_c"] > 0)
    assert label(whole, EIGHT)[1] == 1


def test_a_mask_that_nobody_drew_is_refused():
    with pytest.raises(BuildError, match="drawn by no step"):
        made(step("mask_morph", of="g"))


def test_regions_name_masks_and_later_steps_obey_them():
    where = Of(feature="mask a")
    world = made(
        step("mask_shape", width_m=500.0, points_m=((300.0, 300.0),)), step("hills", count=1, where=where)
    )  # fmt: skip
    hill = world["hill"] > 0
    assert hill.any()
    assert (world["mask_a"][hill] > 0).all()
    away = made(step("mask_shape", width_m=500.0), step("scatter", kind="rock", count=50, where=Not(region=where)))
    rows, cols = away.grid.cells_of(away.instances["rock"].placement)
    assert not (away["mask_a"][rows, cols] > 0).any()


def test_a_changed_mask_rebuilds_what_depends_on_it():
    cache = StepCache()
    recipe = Recipe(
        seed=1, resolution=96,
        steps=(step("mask_shape", width_m=300.0), step("hills", count=1, where=Near(feature="mask a", distance_m=250))),
    )  # fmt: skip
    first = build(recipe, cache=cache)
    moved = recipe.with_step(recipe.steps[0].changed(points_m=((200.0, 800.0),)))
    second = build(moved, cache=cache)
    assert (first["hill"] != second["hill"]).any()
    assert (build(moved)["height"] == second["height"]).all()


def test_a_recipe_with_masks_is_saved_and_loaded():
    recipe = Recipe(steps=(step("mask_shape", shape="path", points_m=((1.0, 2.0), (30.0, 40.0))),))
    again = loads(dumped(recipe))
    assert again.steps[0].parsed() == recipe.steps[0].parsed()


def test_the_same_mask_at_twice_the_resolution():
    for one in (step("mask_noise"), step("mask_poisson", count=20), step("mask_shape", shape="dots", width_m=60.0)):
        coarse, fine = (made(one, resolution=n)["mask_a"] > 0 for n in (128, 256))
        assert (coarse == fine[::2, ::2]).mean() > 0.95
