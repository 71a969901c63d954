import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pcgstudio import interior
from pcgstudio.brief import Check
from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.generator import get_generator
from pcgstudio.measure import measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Context, Polygon, SideOf
from pcgstudio.structure import structural_checks
from pcgstudio.world import CELLS, Grid

STYLES = ("straight", "bent", "labyrinth")


def dungeon(seed=1, extent=(128.0, 128.0), resolution=128, where=None, **params):
    step = Step(id="rooms", generator="rooms", params=params, **({"where": where} if where else {}))
    recipe = Recipe(seed=seed, extent_m=extent, resolution=resolution, steps=(step,))
    return build(recipe, recipe.grid())


def room_ids(world):
    return np.unique(world["room"][world["room"] > 0])


def boxes_of(world):
    return [b for b in ndimage.find_objects(world["room"]) if b is not None]


def whole(world, count):
    """What every dungeon must satisfy."""
    assert list(room_ids(world)) == list(range(1, count + 1))
    assert interior.reachable(world) == 1
    assert interior.blind_doors(world) == 0
    cell = world["cell"]
    rim = np.concatenate([cell[0], cell[-1], cell[:, 0], cell[:, -1]])
    assert (rim == CELLS.index("rock")).all()
    assert not np.isin(cell[world["room"] > 0], [CELLS.index(n) for n in ("corridor", "door", "wall", "rock")]).any()
    open_to_rock = ndimage.binary_dilation(interior.walkable(world), np.ones((3, 3))) & world.category("cell", "rock")
    assert not open_to_rock.any()
    for number, box in enumerate(boxes_of(world), start=1):
        assert (world["room"][box] == number).all(), "a room is a full rectangle that nothing slices"
    assert all(s.passed for s in structural_checks(world)), [s for s in structural_checks(world) if not s.passed]


def sampled(seed):
    """Parameters of one of many dungeons, on a map that holds them, and the count."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 61))
    params = {
        "room_count": count,
        "algorithm": ("scattered", "bsp")[seed % 2],
        "corridor_style": STYLES[seed % 3],
        "loops": float(rng.choice([0, 0.15, 0.5])),
        "corridor_width_m": float(rng.choice([2, 4])),
        "doors": bool(rng.random() < 0.8),
    }
    return params, count


@pytest.mark.parametrize("seed", range(20))
def test_every_dungeon_is_whole(seed):
    params, count = sampled(seed)
    whole(dungeon(seed, (192.0, 160.0), 96, **params), count)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000))
def test_a_thousand_dungeons_are_whole(seed):
    params, count = sampled(seed)
    whole(dungeon(seed, (192.0, 160.0), 96, **params), count)


@pytest.mark.parametrize(("algorithm", "style"), [("scattered", "straight"), ("bsp", "bent"), ("bsp", "labyrinth")])
def test_the_same_dungeon_at_every_resolution(algorithm, style):
    params = {"room_count": 14, "algorithm": algorithm, "corridor_style": style, "dead_ends": 2}
    low, high = (dungeon(5, resolution=n, **params) for n in (256, 512))
    for name in ("cell", "room"):
        assert np.array_equal(np.kron(low[name], np.ones((2, 2), dtype=int)), high[name])
    assert [p.name for p in low.parts] == [p.name for p in high.parts]
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(low.parts, high.parts, strict=True))


def test_a_grid_coarser_than_the_lattice_keeps_everything_joined():
    fine, coarse = (dungeon(4, (256.0, 256.0), n, room_count=20, room_min_m=8) for n in (128, 64))
    assert coarse.grid.cell_size_m == 4
    assert np.array_equal(room_ids(coarse), room_ids(fine))
    assert interior.reachable(coarse) == 1


def test_a_grid_too_coarse_to_show_the_rooms_is_refused():
    with pytest.raises(BuildError, match="resolution of"):
        dungeon(1, (512.0, 512.0), 32, room_count=60)


@pytest.mark.parametrize("algorithm", ["scattered", "bsp"])
@pytest.mark.parametrize("style", STYLES)
def test_loops_are_the_asked_share_of_the_shortcuts(algorithm, style):
    none, some, many = (
        interior.loops(dungeon(3, room_count=20, loops=share, algorithm=algorithm, corridor_style=style))
        for share in (0, 0.25, 0.5)
    )
    assert none == 0
    assert many >= 10
    assert some == pytest.approx(many / 2, abs=0.6)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("wanted", [0, 1, 7])
def test_dead_ends_are_exact(style, wanted):
    assert interior.dead_ends(dungeon(2, room_count=12, dead_ends=wanted, corridor_style=style)) == wanted


def test_dead_ends_that_find_no_ground_are_refused_with_the_number_that_does():
    with pytest.raises(BuildError, match="of 100 dead ends"):
        dungeon(2, (48.0, 48.0), 48, room_count=4, dead_ends=100)


@pytest.mark.parametrize("algorithm", ["scattered", "bsp"])
@pytest.mark.parametrize("extent", [(64.0, 64.0), (100.0, 48.0)])
def test_too_many_rooms_name_the_largest_count_that_fits(algorithm, extent):
    with pytest.raises(BuildError, match="do not fit; ask for") as refused:
        dungeon(7, extent, 128, room_count=400, algorithm=algorithm)
    fits = int(str(refused.value).split("ask for ")[1].split()[0])
    assert fits >= 20
    whole(dungeon(7, extent, int(max(extent)), room_count=fits, algorithm=algorithm), fits)


def test_no_room_at_all_is_refused():
    with pytest.raises(BuildError, match="larger"):
        dungeon(1, (10.0, 10.0), 16)
    with pytest.raises(BuildError, match="larger"):
        dungeon(1, (64.0, 64.0), 64, room_min_m=40, room_max_m=60, where=Circle(centre_m=(32, 32), radius_m=10))


@given(least=st.integers(4, 16), more=st.integers(0, 14), cell=st.sampled_from([1, 2]))
@settings(max_examples=15, deadline=None)
def test_rooms_keep_their_sizes(least, more, cell):
    world = dungeon(3, (160.0, 160.0), 160, room_count=6, room_min_m=least, room_max_m=least + more, cell_m=cell)
    step = 2 * cell if cell == 2 else 3 * cell
    for box in boxes_of(world):
        for side in box:
            assert least <= side.stop - side.start < max(least + more, least + step) + 1e-6


def test_words_for_room_sizes_order_the_rooms():
    sizes = [
        np.median([s.stop - s.start for b in boxes_of(dungeon(4, (200.0, 200.0), 200, **p)) for s in b])
        for p in ({"room_min_m": 4, "room_max_m": 8}, {}, {"room_min_m": 10, "room_max_m": 20})
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2]


@pytest.mark.parametrize(("width", "cells"), [(1.0, 1), (2.0, 2), (4.0, 4)])
def test_corridors_are_as_wide_as_asked(width, cells):
    world = dungeon(2, room_count=8, corridor_width_m=width, doors=False, loops=0)
    assert all(np.allclose(p.width_m, width) for p in world.paths)
    wide = ndimage.binary_opening(world.category("cell", "corridor"), np.ones((cells, cells)))
    assert wide.sum() >= 0.75 * world.category("cell", "corridor").sum()
    assert not ndimage.binary_erosion(world.category("cell", "corridor"), np.ones((3 * cells, 3 * cells))).any()


def test_a_labyrinth_winds_more_than_straight_corridors():
    def turns(style):
        return sum(len(p.points) - 2 for s in range(3) for p in dungeon(s, room_count=10, corridor_style=style).paths)

    assert turns("straight") < turns("bent") < turns("labyrinth")


def test_without_doors_there_are_archways():
    world = dungeon(1, doors=False)
    assert not world.category("cell", "door").any()
    assert not [p for p in world.parts if "door" in p.name]
    assert interior.reachable(world) == 1


def test_a_few_rooms_on_a_large_map_stay_together():
    near, far = (dungeon(1, (1024.0, 1024.0), 512, room_count=8, spacing_m=s) for s in (16, 200))

    def span(world):
        rows, cols = np.nonzero(world["room"])
        return max(np.ptp(rows), np.ptp(cols)) * world.grid.cell_size_m

    assert span(near) < 120 < span(far)


REGIONS = {
    "west": Compass(place="west", depth=0.5),
    "centre": Compass(place="centre", depth=0.35),
    "soft circle": Circle(centre_m=(70, 60), radius_m=40, feather_m=20),
    "triangle": Polygon(points_m=((10, 10), (120, 10), (64, 120))),
}


@pytest.mark.parametrize("name", REGIONS)
def test_the_region_holds_the_whole_dungeon(name):
    world = dungeon(3, resolution=256, room_count=9, where=REGIONS[name])
    from pcgstudio.build import context_of

    inside = REGIONS[name].evaluate(context_of(world)) >= 0.5
    built = world["cell"] > CELLS.index("rock")
    assert len(room_ids(world)) == 9
    assert interior.reachable(world) == 1
    assert (built & ~inside).sum() <= 0.01 * built.sum()


def test_on_terrain_the_ground_under_it_is_flat_and_around_it_is_not_touched():
    generator = get_generator("rooms")
    grid = Grid.over((256.0, 256.0), 256)
    from pcgstudio.generator import Inputs
    from pcgstudio.world import WATER_KINDS, Layer

    x, y = np.meshgrid(grid.xs(), grid.ys())
    hill = (0.1 * x + 3 * np.sin(y / 20)).astype(np.float32)
    sea = np.where(x < 60, 1, 0)
    layers = {"height": Layer(hill.copy(), "m"), "water_kind": Layer.named(sea, WATER_KINDS)}
    mask = np.clip((x - 80) / 60, 0, 1).astype(np.float32)
    params = generator.params(room_count=8)
    made = generator.build(Inputs(grid, layers, mask), params, np.random.default_rng(1), lambda _f, _t: None)
    built = made.layers["cell"].data >= CELLS.index("wall")
    assert not (built & (sea > 0)).any()
    assert not (built & (mask < 0.49)).any()
    blended = hill + (made.layers["height"].data - hill) * mask
    assert np.ptp(blended[built]) < 1e-3
    far = ndimage.distance_transform_edt(~built) > 8
    assert np.array_equal(blended[far], hill[far])
    assert (made.layers["cell"].data[far] == 0).all(), "open country is no rock"
    assert made.parts[0].vertices[:, 2].min() == pytest.approx(blended[built].mean(), abs=0.1)


def test_two_dungeons_share_a_map():
    steps = (
        Step(id="a", generator="rooms", params={"room_count": 5}, where=Compass(place="west", depth=0.48)),
        Step(id="b", generator="rooms", params={"room_count": 7}, where=Compass(place="east", depth=0.48)),
    )
    recipe = Recipe(extent_m=(160, 128), resolution=160, steps=steps)
    world = build(recipe, recipe.grid())
    assert list(room_ids(world)) == list(range(1, 13))
    assert len({p.name for p in world.parts}) == len(world.parts)
    assert interior.reachable(world) == pytest.approx(7 / 12)


def test_a_second_dungeon_keeps_off_the_first():
    steps = tuple(Step(id=i, generator="rooms", params={"room_count": 4, "spacing_m": 2}) for i in "ab")
    recipe = Recipe(extent_m=(200, 200), resolution=200, steps=steps)
    world = build(recipe, recipe.grid())
    assert list(room_ids(world)) == list(range(1, 9))


def test_parts_are_merged_by_material_and_close_where_they_say_so():
    world = dungeon(9, room_count=30, loops=0.5, corridor_style="labyrinth", dead_ends=5)
    assert len(world.parts) <= 7
    closed = {p.name for p in world.parts if p.watertight}
    assert {"wall", "wall_top", "door", "door_frame"} <= closed
    for part in (p for p in world.parts if p.watertight):
        a, b, c = (part.vertices[part.faces[:, k]].astype(float) for k in range(3))
        assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 > 0, f"{part.name} is inside out"
        edges = np.sort(np.concatenate([part.faces[:, [0, 1]], part.faces[:, [1, 2]], part.faces[:, [2, 0]]]), axis=1)
        assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all(), f"{part.name} is no manifold"
    floor = next(p for p in world.parts if p.name == "floor")
    a, b, c = (floor.vertices[floor.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_corridor_paths_run_over_walkable_ground():
    world = dungeon(6, resolution=256, room_count=16, loops=0.3)
    ground = interior.walkable(world)
    for path in world.paths:
        assert path.kind == "corridor"
        for a, b in zip(path.points[:-1], path.points[1:], strict=True):
            line = a + (b - a) * np.linspace(0, 1, 50)[:, None]
            assert ground[world.grid.cells_of(line)].all()


def test_seeds_matter_and_the_same_seed_gives_the_same():
    one, two, three = (dungeon(s) for s in (1, 1, 2))
    assert np.array_equal(one["cell"], two["cell"])
    assert not np.array_equal(one["cell"], three["cell"])


def test_regions_can_speak_of_rooms():
    world = dungeon(1)
    from pcgstudio.build import context_of

    assert SideOf(feature="room", side="north").evaluate(context_of(world)).any()


@pytest.mark.parametrize(
    "params",
    [{"room_count": 1}, {"room_count": 2}, {"room_count": 3}, {"loops": 0.5}, {"cell_m": 8, "corridor_width_m": 12},
     {"wall_height_m": 1.5}, {"wall_height_m": 12}, {"room_min_m": 40, "room_max_m": 3}, {"spacing_m": 2},
     {"spacing_m": 400}, {"room_count": 400}],
)  # fmt: skip
def test_bounds_build_on_a_map_that_holds_them(params):
    world = dungeon(1, (1024.0, 1024.0), 512, **params)
    whole(world, params.get("room_count", 12))


def joined(world):
    """Which rooms each corridor with its doors leads to."""
    ways, count = ndimage.label(interior.walkable(world) & (world["room"] == 0))
    beside = [ndimage.binary_dilation(ways == k) for k in range(1, count + 1)]
    return [frozenset(np.unique(world["room"][near]).tolist()) - {0} for near in beside]


@pytest.mark.parametrize("count", [1, 2, 5, 12, 30])
@pytest.mark.parametrize("style", STYLES)
def test_a_row_is_a_chain_without_other_ways(count, style):
    for seed in range(3):
        world = dungeon(seed, layout="row", room_count=count, corridor_style=style)
        whole(world, count)
        assert sorted(joined(world), key=min) == [frozenset({k, k + 1}) for k in range(1, count)]


@pytest.mark.parametrize("count", [3, 6, 12, 25])
def test_a_ring_closes_and_has_no_other_ways(count):
    for seed in range(3):
        world = dungeon(seed, layout="ring", room_count=count)
        whole(world, count)
        wanted = {frozenset({k, k % count + 1}) for k in range(1, count + 1)}
        assert len(joined(world)) == count
        assert set(joined(world)) == wanted


def test_a_ring_goes_around_its_middle():
    for seed in range(4):
        world = dungeon(seed, layout="ring")
        rows, cols = np.array(ndimage.center_of_mass(world["room"] > 0, world["room"], room_ids(world))).T
        away = np.hypot(rows - rows.mean(), cols - cols.mean())
        assert away.min() > 0.7 * away.max()


def test_a_short_row_is_straight():
    for seed in range(4):
        boxes = boxes_of(dungeon(seed, layout="row", room_count=5))
        middle = [(b[0].start + b[0].stop) / 2 for b in boxes]
        assert np.ptp(middle) <= 4
        assert [b[1].start for b in boxes] == sorted(b[1].start for b in boxes)


def test_the_ends_of_a_row_are_entrance_and_exit():
    step = Step(id="rooms", generator="rooms", params={"layout": "row", "room_count": 9})
    roles = Step(id="roles", generator="roles", params={"exits": 1})
    world = build(Recipe(seed=2, extent_m=(128.0, 128.0), resolution=128, steps=(step, roles)))
    ends = {int(world["room"][world.category("role", role)].max()) for role in ("entrance", "exit")}
    assert ends == {1, 9}


@pytest.mark.parametrize("count", [4, 9, 20])
def test_a_grid_stands_in_rows_and_columns(count):
    world = dungeon(1, (160.0, 128.0), layout="grid", room_count=count)
    whole(world, count)
    rows, cols = np.array(ndimage.center_of_mass(world["room"] > 0, world["room"], room_ids(world))).T
    for middles in (rows, cols):
        steps = np.diff(np.sort(middles))
        assert (steps > 6).sum() + 1 <= np.ceil(np.sqrt(count)) + 2, "few lines, far apart"


@pytest.mark.parametrize("count", [1, 2, 3, 10, 25])
def test_every_room_opens_onto_the_one_corridor(count):
    for seed in range(1, 4):
        world = dungeon(seed, layout="corridor", room_count=count, doors=seed != 3)
        whole(world, count)
        if count > 2:
            assert measure(world, Check(metric="corridor_rooms")) == 1
            assert interior.dead_ends(world) == 0


@pytest.mark.parametrize("layout", ["row", "ring", "grid", "corridor"])
def test_layouts_keep_to_their_region(layout):
    for where in (Circle(centre_m=(64, 64), radius_m=50), Compass(place="west", depth=0.5)):
        world = dungeon(3, where=where, layout=layout, room_count=8)
        assert list(room_ids(world)) == list(range(1, 9))
        assert interior.reachable(world) == 1
        assert (where.evaluate(Context(world.grid))[world["room"] > 0] >= 0.5).all()


@pytest.mark.parametrize(
    ("layout", "count"), [("row", 300), ("ring", 80), ("grid", 300), ("ring", 2), ("corridor", 300)]
)
def test_layouts_that_do_not_fit_are_told(layout, count):
    with pytest.raises(BuildError, match=f"do not fit (in a|along a) {layout}; ask for|make no ring"):
        dungeon(1, layout=layout, room_count=count)
