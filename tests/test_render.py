"""What a viewer would notice in a picture: light, water, rivers, rooms, sizes; and the rasteriser under it."""

from dataclasses import replace

import numba
import numpy as np
import pytest
from PIL import Image

from pcgstudio import gl, interior_view, things, tones
from pcgstudio.build import build
from pcgstudio.errors import InputError
from pcgstudio.ground import layer_tones, painted, smoothed_line
from pcgstudio.palette import load_palette
from pcgstudio.raster import Canvas, look
from pcgstudio.recipe import Recipe, Step
from pcgstudio.render import render, save_png
from pcgstudio.shading import distance_to_other, resized, sky_view, sun_shadow
from pcgstudio.world import BIOMES, CELLS, WATER_KINDS, Grid, Instances, Layer, MeshPart, Path, World

N, SIDE = 96, 480.0
SIZE = (320, 180)


def grid():
    return Grid.over((SIDE, SIDE), N)


def hill(height=60.0, base=0.0, radius=150.0):
    g = grid()
    x, y = g.xs()[None, :] - SIDE / 2, g.ys()[:, None] - SIDE / 2
    return (base + height * np.clip(1 - np.hypot(x, y) / radius, -1, 1)).astype(np.float32)


def world(height, **layers):
    return World(grid(), {"height": Layer(height, "m"), **layers})


def island():
    height = hill(60.0)
    sea = height < 0
    biome = np.where(sea, BIOMES.index("ocean"), BIOMES.index("grassland"))
    return world(
        height,
        water_kind=Layer.named(sea * WATER_KINDS.index("sea"), WATER_KINDS),
        water_level=Layer(np.where(sea, 0, np.nan).astype(np.float32), "m"),
        biome=Layer.named(biome, BIOMES),
    )


def trees(places, species="conifer", height=12.0):
    n = len(places)
    placement = np.column_stack([places, np.zeros((n, 2)), np.ones(n)]).astype(np.float32)
    size = np.tile(np.array([[5, 5, height]], dtype=np.float32), (n, 1))
    return Instances(placement, np.zeros(n, np.int32), size, (species,))


def texel(image_of_ground, x, y):
    rows, cols = image_of_ground.shape[:2]
    return image_of_ground[int((1 - y / SIDE) * rows), int(x / SIDE * cols)]


@pytest.fixture(scope="module")
def island_top():
    return render(island(), size=SIZE, view="top")


def test_the_picture_has_the_asked_size_and_a_paper_background(island_top):
    assert island_top.shape == (180, 320, 3)
    assert island_top.dtype == np.uint8
    paper = np.array(load_palette().background["light"])
    assert np.abs(island_top[2, 2].astype(int) - paper).max() < 16


def test_themes_change_the_background_only():
    dark = render(island(), size=SIZE, theme="dark")
    light = render(island(), size=SIZE)
    assert dark[2, 2].mean() < 60
    assert light[2, 2].mean() > 200
    assert np.abs(dark[90, 160].astype(int) - light[90, 160]).max() < 12


def test_the_sea_is_blue_and_bluer_where_it_is_deep():
    ground = painted(island(), 200)
    deep, shallow = texel(ground.colour, 20, 20), texel(ground.colour, SIDE / 2 - 165, SIDE / 2)
    assert deep[2] > deep[0] + 0.2
    assert shallow[2] > shallow[0]
    assert shallow.mean() > deep.mean() + 0.1


def test_a_thin_foam_line_runs_along_the_coast():
    colour = painted(island(), 300).colour
    row = colour[150, :150].mean(axis=1)
    coast = int((150.0 / SIDE * 0 + (SIDE / 2 - 150) / SIDE) * 300)
    assert row[coast - 3 : coast + 2].max() > row[coast - 14] + 0.05


def test_the_north_west_is_sunlit_and_the_south_east_in_shade(island_top):
    x0, size = 160, 40
    north_west = island_top[90 - size // 2, x0 - size // 2].astype(float).mean()
    south_east = island_top[90 + size // 2, x0 + size // 2].astype(float).mean()
    assert north_west > south_east + 20


def test_a_wall_throws_its_shadow_to_the_south_east():
    flat = np.zeros((60, 60), dtype=np.float32)
    tops = flat.copy()
    tops[20, 20] = 10.0
    shadow = sun_shadow(flat, tops, 1.0, 0.1)
    assert shadow[25, 25] > 0.9
    assert shadow[15, 15] == 0
    assert shadow[40, 40] == 0  # 10 m high at 40 degrees: 11.9 m long


def test_a_pit_sees_less_sky_than_a_plain():
    surface = np.zeros((41, 41), dtype=np.float32)
    surface[20, 20] = -5
    sky = sky_view(surface, 1.0, 8)
    assert sky[20, 20] < 0.2
    assert sky[5, 5] == pytest.approx(1, abs=0.05)


def test_steep_ground_shows_rock_and_gentle_ground_grass():
    ground = painted(world(hill(150.0, radius=120.0), biome=Layer.named(np.full((N, N), 5), BIOMES)), 200)
    steep, flat = texel(ground.colour, SIDE / 2 - 40, SIDE / 2 + 40), texel(ground.colour, 20, SIDE - 20)
    assert flat[1] > flat[0] + 0.03  # green
    assert abs(steep[1] - steep[0]) < 0.05  # grey


def test_a_river_is_a_smooth_blue_ribbon_as_wide_as_asked():
    points = np.array([[0, 100, 0], [240, 240, 0], [480, 380, 0]], dtype=np.float32)
    river = Path("river", points, np.array([10, 20, 30], dtype=np.float32))
    colour = painted(replace(world(np.zeros((N, N), np.float32)), paths=(river,)), 480).colour
    blue = colour[..., 2] > colour[..., 0] + 0.12
    across = [blue[:, int(x)].sum() for x in (60, 240, 420)]
    assert across[0] < across[1] < across[2]
    assert across[1] * np.cos(np.arctan2(140, 240)) == pytest.approx(20, abs=5)


def test_stairs_of_the_grid_are_smoothed_out_of_a_line():
    stairs = np.array([[i // 2 + i % 2, i // 2] for i in range(40)], dtype=float) * 4
    line = smoothed_line(stairs, 4.0)
    assert line[[0, -1]] == pytest.approx(stairs[[0, -1]])
    off = np.abs((line[10:-10, 0] - line[10:-10, 1]) / np.sqrt(2) - np.sqrt(2))
    assert off.max() < 0.5


def test_kinds_of_plant_cover_run_into_each_other_but_a_beach_has_an_edge():
    east = grid().xs()[None, :] > np.full((N, 1), SIDE / 2)

    def halves(one, other):
        biome = np.where(east, BIOMES.index(one), BIOMES.index(other))
        colour = painted(world(np.zeros((N, N), np.float32), biome=Layer.named(biome, BIOMES)), 480).colour
        profile = colour.mean(axis=(0, 2))
        return abs(profile[246] - profile[234]) / abs(profile[400] - profile[80])

    assert halves("forest", "grassland") < 0.85
    assert halves("beach", "grassland") > 0.9


def test_grass_spots_show_on_bare_rock():
    spot = np.zeros((N, N), np.uint8)
    spot[40:56, 40:56] = 1
    biome = Layer.named(np.full((N, N), BIOMES.index("rock")), BIOMES)
    colour = painted(world(np.zeros((N, N), np.float32), biome=biome, grass=Layer.mask(spot)), 480).colour
    green, grey = texel(colour, SIDE / 2, SIDE / 2), texel(colour, 60, 60)
    assert green[1] > green[0] > green[2] + 0.1
    assert abs(grey[1] - grey[2]) < 0.08


def test_a_lake_has_a_level_surface_of_its_own_colour():
    height = np.full((N, N), 30, np.float32)
    kind, level = np.zeros((N, N)), np.full((N, N), np.nan, np.float32)
    height[40:56, 40:56], kind[40:56, 40:56], level[40:56, 40:56] = 22, WATER_KINDS.index("lake"), 29
    lake = world(height, water_kind=Layer.named(kind, WATER_KINDS), water_level=Layer(level, "m"))
    ground = painted(lake, 192)
    assert np.ptp(ground.surface[86:106, 86:106]) == 0
    middle = ground.colour[96, 96]
    assert middle[2] > middle[0] + 0.1


def test_trees_stand_in_the_picture_and_throw_shadows():
    meadow = world(np.zeros((N, N), np.float32), biome=Layer.named(np.full((N, N), 5), BIOMES))
    places = np.stack(np.meshgrid(np.arange(40, 460, 20.0), np.arange(40, 460, 20.0)), -1).reshape(-1, 2)
    wood = replace(meadow, instances={"tree": trees(places)})
    empty, full = (render(w, size=SIZE).astype(int) for w in (meadow, wood))
    assert (np.abs(empty - full).max(axis=2) > 25).mean() > 0.05


def test_things_keep_their_measured_size():
    mesh = things.mesh([("conifer", trees(np.array([[100.0, 200.0]])))], np.zeros((2, 2), np.float32), 240.0)
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx([5, 5, 12], rel=1e-4)
    assert mesh.vertices[:, 2].min() == 0


def test_tall_things_at_the_far_edge_stay_in_the_picture():
    meadow = world(np.zeros((N, N), np.float32), biome=Layer.named(np.full((N, N), 5), BIOMES))
    tower = replace(meadow, instances={"tree": trees([(SIDE - 10, SIDE - 10)], height=150.0)})
    top = [np.abs(render(w, size=SIZE).astype(int) - 240).max(axis=2)[:4].max() for w in (meadow, tower)]
    assert max(top) < 25  # nothing but paper along the upper edge


def test_trees_that_would_be_flecks_are_drawn_larger_and_fewer():
    wood = [("conifer", trees(np.random.default_rng(1).uniform(0, SIDE, (400, 2)), height=12.0))]
    (_, near), (_, far) = things.legible(wood, 0.5)[0], things.legible(wood, 2.0)[0]
    assert len(near) == 400
    assert (near.size == wood[0][1].size).all()
    assert 150 < len(far) < 300
    assert np.median(far.size[:, 2]) / 2.0 == pytest.approx(things.TREE_PIXELS)


def test_a_face_in_its_own_shade_is_lit_by_the_sky_and_one_under_the_ground_is_dark():
    away = np.array([[100, 100, 5], [105, 95, 0], [105, 95, 10]], np.float32)  # faces south-east and down
    wall = MeshPart("wall", away, np.array([[0, 1, 2], [0, 2, 1]], np.int32), "stone")
    high, deep = (things.with_parts(None, (wall,), np.full((8, 8), z, np.float32), 60.0) for z in (0, 40))
    assert high.colour.mean(axis=1).min() > 0.3
    assert deep.colour.max() < 0.1


def test_rock_on_sand_is_sandstone_in_beds_and_on_grass_grey():
    high = np.array([[100, 100, z] for z in range(40)], np.float32)  # slivers of a wall, one over the other
    vertices = np.concatenate([high, high + np.float32([8, -8, 0]), high + np.float32([4, -4, 1])])
    faces = np.column_stack([np.arange(40), np.arange(40) + 40, np.arange(40) + 80]).astype(np.int32)
    wall, flat = MeshPart("arch_1", vertices, faces, "rock"), np.zeros((8, 8), np.float32)
    sand, grass = (
        things.with_parts(None, (wall,), flat, 60.0, np.tile(np.array(tone, np.float32) / 255, (8, 8, 1))).colour
        for tone in (load_palette().biomes["desert"][0], load_palette().biomes["grassland"][0])
    )
    assert (sand[:, 0] - sand[:, 2]).min() > 1.5 * (grass[:, 0] - grass[:, 2]).max()
    assert np.ptp(sand.mean(axis=1)) > 0.06, "beds differ"


def test_bare_rock_among_greens_is_a_little_green_and_in_the_desert_warm():
    steep = np.tile(np.linspace(0, 900, N, dtype=np.float32), (N, 1))
    colours = {}
    for name in ("grassland", "tundra", "desert"):
        slope = world(steep, biome=Layer.named(np.full((N, N), BIOMES.index(name)), BIOMES))
        colours[name] = painted(slope, 96).colour.mean(axis=(0, 1))
    green = {name: tone[1] - (tone[0] + tone[2]) / 2 for name, tone in colours.items()}
    assert green["grassland"] > green["tundra"]
    assert colours["desert"][0] - colours["desert"][2] > colours["tundra"][0] - colours["tundra"][2]


def test_a_forest_beyond_the_budget_is_thinned_evenly(monkeypatch):
    monkeypatch.setattr(things, "TRIANGLE_BUDGET", 2000)
    places = np.random.default_rng(1).uniform(0, SIDE, (400, 2))
    mesh = things.mesh([("conifer", trees(places))], np.zeros((2, 2), np.float32), 240.0)
    assert 1000 < len(mesh.faces) < 3000
    assert np.ptp(mesh.vertices[:, 0]) > 0.8 * SIDE


def dungeon():
    g = Grid.over((60.0, 40.0), 120)
    cell = np.full(g.shape, CELLS.index("rock"))
    room = np.zeros(g.shape, np.int32)
    cell[18:62, 8:52], cell[18:62, 68:112] = CELLS.index("wall"), CELLS.index("wall")
    cell[34:46, 50:70] = CELLS.index("wall")
    cell[22:58, 12:48], cell[22:58, 72:108] = CELLS.index("floor"), CELLS.index("floor")
    cell[38:42, 48:72] = CELLS.index("corridor")
    room[22:58, 12:48], room[22:58, 72:108] = 1, 2
    floor = np.array([[6, 11, 0], [24, 11, 0], [24, 29, 0], [6, 29, 0]], np.float32)
    quad = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    parts = [
        MeshPart("floor", floor, quad, "floor"),
        MeshPart("floor_2", np.add(floor, (30, 0, 0)).astype(np.float32), quad, "floor"),
    ]
    passage = np.array([[24, 19, 0], [36, 19, 0], [36, 21, 0], [24, 21, 0]], np.float32)
    parts.append(MeshPart("corridor_floor", passage, quad, "corridor_floor"))
    layers = {
        "height": Layer(np.zeros(g.shape, np.float32), "m"),
        "cell": Layer.named(cell, CELLS),
        "room": Layer(room, kind="categorical"),
    }
    return World(g, layers, {}, tuple(parts))


def test_rooms_are_warm_and_corridors_cool():
    image = render(dungeon(), size=SIZE, view="top").astype(int)
    middle, corridor = image[90, 90], image[90, 160]
    assert middle[0] > middle[2] + 40
    assert corridor[0] - corridor[2] < 20
    assert middle.sum() > corridor.sum()


@pytest.fixture(scope="module")
def cave():
    step = Step(id="cave", generator="cave_cells", params={"chambers": 3, "chamber_m": 14.0})
    return build(Recipe(seed=3, extent_m=(64.0, 64.0), resolution=96, steps=(step,)))


def test_the_floor_of_a_cave_is_far_lighter_than_the_rock_that_fills_the_map(cave):
    image = render(cave, size=(256, 256), view="top").astype(int).mean(axis=2)
    inner = image[20:236, 20:236]  # without paper and rim
    floor = float((cave["cell"] == CELLS.index("floor")).mean())
    dark = float((inner < 135).mean())
    assert 0.5 * (1 - floor) < dark < 1 - 0.5 * floor
    light = inner[inner >= 150]
    assert light.mean() > inner[inner < 135].mean() + 50


def test_the_rock_around_a_cave_ends_under_its_walls(cave):
    (top, sides), plan = interior_view.surroundings(cave), interior_view.plan_of(cave)
    corners = top.vertices[top.faces].mean(axis=1)
    rows = ((plan.high[1] - corners[:, 1]) / plan.texel_m).astype(int)
    cols = ((corners[:, 0] - plan.low[0]) / plan.texel_m).astype(int)
    assert not plan.open[rows, cols].any()
    assert len(sides.faces)
    assert interior_view.surroundings(dungeon()) == ()


def test_storeys_are_drawn_at_one_scale():
    single, whole = dungeon().parts[:1], dungeon().parts
    plans = [interior_view.plan_of(replace(dungeon(), parts=single), shown) for shown in (single, whole)]
    assert plans[0].high[0] < plans[1].high[0]


def test_a_map_with_a_few_rooms_on_a_mountain_is_no_interior():
    is_interior = interior_view.is_interior
    assert is_interior(dungeon())
    hilly = dungeon().layers | {"height": Layer(np.linspace(0, 30, 9600, dtype=np.float32).reshape(80, 120), "m")}
    assert not is_interior(replace(dungeon(), layers=hilly))
    assert not is_interior(island())


@pytest.mark.parametrize("layer", ["height", "water_kind", "biome"])
def test_a_layer_can_be_shown_as_colour(layer):
    shown = render(island(), size=SIZE, view="top", colour_by=layer)
    assert np.ptp(shown[60:120, 120:200].astype(int), axis=(0, 1)).max() > 30


def test_layer_colours_follow_the_values():
    ids, tones = layer_tones(Layer(np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10)))
    assert ids[0, 0] == 1
    assert ids[-1, -1] == 255
    assert tones[255, 0].sum() > tones[1, 0].sum()


def test_a_map_without_biomes_is_still_coloured_by_height():
    colour = painted(world(hill(150.0)), 160).colour
    assert np.isfinite(colour).all()
    assert texel(colour, SIDE / 2, SIDE / 2).mean() > texel(colour, 30, 30).mean()


@pytest.mark.parametrize(("rows", "cols"), [(16, 64), (64, 16), (2, 2)])
def test_any_shape_of_map_can_be_drawn(rows, cols):
    g = Grid(rows, cols, 10.0)
    flat = World(g, {"height": Layer(np.zeros(g.shape, np.float32), "m")})
    for view in ("three_quarter", "top"):
        assert np.ptp(render(flat, size=(160, 90), view=view)) > 20


@pytest.mark.parametrize("ground", ["land", "cave"])
def test_pictures_do_not_depend_on_the_number_of_threads(ground, cave):
    drawn = cave if ground == "cave" else island()
    before = numba.get_num_threads()
    many = render(drawn, size=SIZE)
    numba.set_num_threads(1)
    try:
        one = render(drawn, size=SIZE)
    finally:
        numba.set_num_threads(before)
    assert (one == many).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"view": "side"}, "no view 'side'"),
        ({"theme": "pink"}, "no theme 'pink'"),
        ({"size": (4, 4)}, "use 16 to 8192"),
        ({"colour_by": "heigth"}, "did you mean 'height'"),
    ],
)
def test_what_cannot_be_drawn_is_named(options, message):
    with pytest.raises(InputError, match=message):
        render(island(), **{"size": SIZE, **options})


def test_a_picture_is_saved_as_it_is(tmp_path, island_top):
    save_png(island_top, tmp_path / "a.png")
    assert (np.asarray(Image.open(tmp_path / "a.png")) == island_top).all()


def test_the_nearer_triangle_hides_the_farther_one_and_backs_are_left_out():
    camera = look(0, 90, 0, np.array([[0, 0, 0], [10, 10, 5]], np.float32), (100, 100), 0.0)
    corners = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]], np.float32)
    quad = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    canvas = Canvas((100, 100))
    canvas.draw(camera.project(np.add(corners, (0, 0, 5))), quad, 0)
    canvas.draw(camera.project(corners), quad, 2)
    canvas.draw(camera.project(np.add(corners, (0, 0, 6))), quad[:, ::-1].copy(), 4)
    assert (canvas.ids >= 0).mean() > 0.98
    assert canvas.ids.max() == 1


@pytest.mark.parametrize("fov", [0, 25])
def test_a_pixel_leads_back_to_its_point(fov):
    points = np.random.default_rng(2).uniform(0, 100, (50, 3)).astype(np.float32)
    camera = look(-25, 38, fov, points, (640, 360), 0.06)
    seen = camera.project(points).astype(float)
    assert seen[:, 0].min() > 0.059 * 640 or seen[:, 1].min() > 0.059 * 360
    back = np.column_stack([seen, np.ones(50)]) @ camera.inverse.T
    assert back[:, :3] / back[:, 3:] == pytest.approx(points, abs=0.02)


def test_resizing_keeps_a_plane_and_averages_on_the_way_down():
    ramp = np.tile(np.arange(32, dtype=np.float32), (32, 1))
    assert resized(ramp, (96, 96))[50, 30:60] == pytest.approx((np.arange(30, 60) + 0.5) / 3 - 0.5, abs=1e-3)
    chess = (np.indices((64, 64)).sum(axis=0) % 2).astype(np.float32)
    assert resized(chess, (8, 8), "linear") == pytest.approx(0.5, abs=0.1)


def test_distance_counts_cells_to_the_other_side():
    mask = np.zeros((9, 9), dtype=bool)
    mask[:, 5:] = True
    away = distance_to_other(mask, 50.0)
    assert away[4] == pytest.approx([4.5, 3.5, 2.5, 1.5, 0.5, 0.5, 1.5, 2.5, 3.5])


def test_a_crash_while_probing_gl_means_no_gl_and_is_asked_once(tmp_path, monkeypatch):
    monkeypatch.setattr(gl, "PROBE", "import os; os.abort()")
    assert gl.gl_works(cache=tmp_path) is False
    monkeypatch.setattr(gl, "PROBE", "print('drawn')")
    assert gl.gl_works(cache=tmp_path) is False  # remembered
    assert gl.gl_works(cache=tmp_path, fresh=True) is True
    assert gl.gl_works(cache=tmp_path) is True


def test_gl_draws_here_or_the_reason_is_the_machine(tmp_path):
    if not gl.gl_works(cache=tmp_path):
        pytest.skip("OpenGL draws nothing on this machine; previews do not need it")


def test_a_picture_needs_no_gl(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyvista", None)
    monkeypatch.setitem(sys.modules, "vtk", None)
    assert render(island(), size=SIZE).shape == (180, 320, 3)


def test_farmland_is_drawn_in_whole_fields():
    x, y = np.meshgrid(np.arange(N), np.arange(N))
    round_ = np.hypot(x - 40, y - 50) < 26
    biome = np.where(round_, BIOMES.index("farmland"), BIOMES.index("grassland")).astype(np.uint8)
    ids, _, _ = tones.biome_tones(world(np.zeros((N, N), np.float32), biome=Layer.named(biome, BIOMES)))
    drawn, lots = ids >= tones.FIELDS, tones.fields((N, N), SIDE / N)[1]
    assert all(drawn[lots == lot].all() or not drawn[lots == lot].any() for lot in np.unique(lots))
    assert 0.8 < drawn.sum() / round_.sum() < 1.25
