"""The viewport without a window: poses, what is pointed at, outlines, tools, colours, sun, preview, pictures."""

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from pcgstudio import shading, tones
from pcgstudio.build import build
from pcgstudio.errors import Cancelled, InputError
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Context
from pcgstudio.ui.scene import scene_of
from pcgstudio.ui.viewport import camera, looks, ramps
from pcgstudio.ui.viewport.camera import Pose
from pcgstudio.ui.viewport.capture import Sitting, screenshot, turntable
from pcgstudio.ui.viewport.coarse import coarse_scene
from pcgstudio.ui.viewport.colouring import dressed, dried
from pcgstudio.ui.viewport.contours import outlines
from pcgstudio.ui.viewport.cutting import cap_of, storey_cut, storeys_shown
from pcgstudio.ui.viewport.handles import Handle, Handles
from pcgstudio.ui.viewport.looks import Look, Sun, colourings
from pcgstudio.ui.viewport.readout import readout_of
from pcgstudio.ui.viewport.shown import Shown
from pcgstudio.ui.viewport.soft import picture_of
from pcgstudio.ui.viewport.terrain import Terrain
from pcgstudio.ui.viewport.tools import Brush, CircleTool, Marker, MeasureTool, PolygonTool
from pcgstudio.world import BIOMES, Grid, Layer, World

from .worlds import island

SIZE = (400, 300)


@pytest.fixture(scope="module")
def world():
    return island()


@pytest.fixture(scope="module")
def scene(world):
    return scene_of(world)


def differs(a, b):
    return (a != b).any(axis=2).mean()


def seen(scene, **more):
    pose = camera.framing(Pose((0, 0, 0)), scene.frame, SIZE[0] / SIZE[1])
    return picture_of(scene, more.pop("pose", pose), SIZE, samples=1, **more).astype(int)


# -- from where --------------------------------------------------------------------------------------------------------


def test_a_framed_map_fills_the_picture_but_for_the_margin(scene):
    for turn, tilt in camera.VIEWS.values():
        pose = camera.framing(Pose((0, 0, 0), turn, tilt), scene.frame, SIZE[0] / SIZE[1])
        places = pose.project(scene.frame, SIZE)[:, :2] / SIZE
        assert places.min() > 0.5 * camera.MARGIN
        assert places.max() < 1 - 0.5 * camera.MARGIN
        assert np.ptp(places, axis=0).max() > 1 - 3 * camera.MARGIN


def test_the_top_view_has_north_up_and_east_right(scene):
    pose = Pose((0, 0, 0), *camera.VIEWS["top"], 1000)
    (east, north, _) = pose.project(np.array([[10, 0, 0], [0, 10, 0], [0, 0, 10]]), SIZE)
    assert east[0] > SIZE[0] / 2
    assert east[1] == pytest.approx(SIZE[1] / 2)
    assert north[1] < SIZE[1] / 2
    assert north[0] == pytest.approx(SIZE[0] / 2)


def test_a_ray_goes_through_the_pixel_it_was_asked_for():
    pose = Pose((30, 40, 5), 70, 33, 500)
    eye, way = pose.ray(123, 45, SIZE)
    assert np.allclose(pose.project((eye + 300 * way)[None], SIZE)[0, :2], (123, 45))


def test_the_rasteriser_sees_the_same_as_the_projection():
    pose, points = Pose((30, 40, 5), 70, 33, 500), np.array([[0, 0, 0], [60, 20, 9], [10, 90, -4]], dtype=np.float32)
    assert np.allclose(pose.raster(SIZE).project(points)[:, :2], pose.project(points, SIZE)[:, :2], atol=0.01)


def test_nothing_turns_the_map_upside_down():
    dice = np.random.default_rng(3)
    pose = Pose((0, 0, 0), distance_m=500)
    for right, up in dice.uniform(-300, 300, (200, 2)):
        pose = camera.turned(pose, right, up)
        assert pose.axes()[2, 1] >= -1e-9  # up on the screen is never down
        assert pose.eye[2] > 0


def test_zooming_keeps_what_is_under_the_cursor():
    pose, place = Pose((0, 0, 0), 20, 40, 800), np.array([60.0, -35.0, 12.0])
    before = pose.project(place[None], SIZE)[0, :2]
    nearer = camera.zoomed(pose, 0.6, place, 10, 5000)
    assert nearer.distance_m == pytest.approx(480)
    assert np.allclose(nearer.project(place[None], SIZE)[0, :2], before, atol=1e-6)


def test_shifting_takes_the_ground_along():
    pose = Pose((0, 0, 0), 35, 45, 800)
    moved = camera.shifted(pose, 20, 12, SIZE[1])
    assert np.allclose(moved.project(np.zeros((1, 3)), SIZE)[0, :2], (220, 138), atol=1.5)


def test_flight_stays_over_the_ground_and_looking_keeps_the_eye():
    pose = Pose((0, 0, 0), 0, 5, 100, 50)
    low = camera.flown(pose, 500, 0, -900, ground_m=40, clearance_m=2)
    assert low.eye[2] == pytest.approx(42)
    assert np.allclose(camera.gazed(low, 30, 10).eye, low.eye)


def test_the_way_between_two_views_goes_the_short_way_round():
    start, end = Pose((0, 0, 0), 170, 30, 100), Pose((10, 0, 0), -170, 60, 400)
    assert camera.between(start, end, 0.5).azimuth_deg == pytest.approx(180)
    assert camera.between(start, end, 1.0) == end


# -- what is pointed at ------------------------------------------------------------------------------------------------


def test_a_line_of_sight_meets_the_ground_where_it_stands(world):
    terrain = Terrain(world)
    for x, y in ((128, 96), (60, 80), (200, 120), (30, 160)):
        place = terrain.draped(np.array([[x, y]]))[0]
        pose = camera.framing(Pose((0, 0, 0), 10, 70), np.array([[0, 0, 0], [256, 192, 40]]), 4 / 3)
        pixel = pose.project(place[None], SIZE)[0]
        met = terrain.meets(*pose.ray(pixel[0], pixel[1], SIZE))
        assert np.allclose(met, place, atol=world.grid.cell_size_m / 2)


def test_beside_the_map_and_over_the_horizon_there_is_nothing(world):
    terrain = Terrain(world)
    assert terrain.meets(np.array([-900.0, 0, 100]), np.array([-1.0, 0, -0.1])) is None
    assert terrain.meets(np.array([128.0, 96, 300]), np.array([0.0, 0, 1])) is None


def test_the_far_side_of_a_mountain_is_hidden():
    grid = Grid(60, 60, 10.0)
    height = np.maximum(0, 150 - np.hypot(grid.xs()[None] - 300, grid.ys()[:, None] - 300)).astype(np.float32)
    terrain = Terrain(World(grid, {"height": Layer(height, "m")}))
    eye = np.array([300.0, -500, 120])
    assert terrain.seen(eye, terrain.draped(np.array([[300.0, 100], [300, 480]]))).tolist() == [True, False]


def test_the_readout_tells_what_was_built(world):
    row, col = 10, 32
    x, y = float(world.grid.xs()[col]), float(world.grid.ys()[row])
    told = readout_of(world, Terrain(world), x, y, "slope")
    assert told.height_m == pytest.approx(world["height"][row, col], abs=0.01)
    assert told.biome == BIOMES[world["biome"][row, col]]
    assert told.value.endswith(" °")
    assert float(told.value.split()[0]) == pytest.approx(world["slope"][row, col], rel=0.02)
    assert readout_of(world, Terrain(world), 128, 96).water == "lake"
    assert "lake" in readout_of(world, Terrain(world), 128, 96).text
    assert readout_of(world, Terrain(world), -1, 20) is None


# -- outlines and tools ------------------------------------------------------------------------------------------------


def test_an_outline_goes_around_its_mask_and_its_hole():
    grid = Grid(80, 120, 5.0)
    away = np.hypot(grid.xs()[None] - 300, grid.ys()[:, None] - 150)
    outer, inner = outlines((away < 110) & (away > 50), grid.extent_m)
    for line, radius in ((outer, 110), (inner, 50)):
        assert np.allclose(np.hypot(*(line - (300, 150)).T), radius, atol=6)
    assert outlines(np.zeros((9, 9)), (90, 90)) == []
    assert len(outlines(np.ones((9, 9)), (90, 90))) == 1


def test_the_brush_leaves_a_mask_where_it_went(world):
    tool = Brush(world.grid.extent_m, 12.0)
    tool.press((60, 50))
    tool.move((140, 50), True)
    region = tool.release((140, 50))
    mask = region.evaluate(Context(world.grid))
    x, y = np.meshgrid(world.grid.xs(), world.grid.ys())
    away = np.hypot(np.maximum(np.abs(x - 100) - 40, 0), y - 50)
    assert (mask[away < 9] > 0.5).all()
    assert (mask[away > 16] < 0.5).all()
    tool.press((100, 50), True)
    wiped = tool.release((100, 50)).evaluate(Context(world.grid))
    assert wiped[world.grid.cells_of(np.array([[100, 50]]))] < 0.2
    assert wiped[world.grid.cells_of(np.array([[60, 50]]))] > 0.8


def test_circle_polygon_marker_and_measure():
    circle = CircleTool()
    circle.press((50, 60))
    circle.move((50, 90), True)
    assert circle.sketch().text == "30 m"
    region = circle.release((50, 90))
    assert (region.centre_m, region.radius_m) == ((50, 60), 30)
    circle.press((1, 1))
    assert circle.release((1, 1)) is None  # a mere click
    polygon = PolygonTool()
    for corner in ((0, 0), (10, 0), (10, 10), (10, 10)):  # the double click sets its corner twice
        polygon.press(corner)
    assert polygon.finish().points_m == ((0, 0), (10, 0), (10, 10))
    assert polygon.finish() is None
    assert Marker().press((3, 4)) == (3, 4)
    ruler = MeasureTool()
    ruler.press((0, 0))
    ruler.move((3000, 4000), True)
    assert ruler.sketch().text == "5.00 km"


def test_a_grip_is_found_under_the_pointer_and_keeps_to_the_hand():
    pose, handles = Pose((0, 0, 0), 0, 90, 500), Handles()
    handles.set([Handle("a", 0, 0, 0, "A"), Handle("b", 60, 0, 0, "B")])
    x, y, _ = pose.project(np.array([[60, 0, 0]]), SIZE)[0]
    assert handles.at(x + 5, y - 5, pose, SIZE) == 1
    assert handles.at(x + 40, y, pose, SIZE) is None
    handles.held = 1
    handles.drag(70, 20, 3)
    handles.set([Handle("b", 60, 0, 0, "B")])  # an answer comes while it is dragged
    assert handles.let_go() == Handle("b", 70, 20, 3, "B")
    assert handles.let_go() is None


# -- colours -----------------------------------------------------------------------------------------------------------


def test_the_ramp_is_even_to_the_eye_and_reads_in_grey_and_with_any_colour_vision():
    lab = ramps.oklab(ramps.ramp())
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.1
    assert (np.diff(lab[:, 0]) > 0).all()
    for lost in ((0.152, 1.053, -0.205), (0.367, 0.861, -0.228)):  # red of protanopes and deuteranopes (Machado 2009)
        red = ramps.ramp() @ np.array(lost)
        as_seen = np.stack([red, ramps.ramp()[:, 1], ramps.ramp()[:, 2]], axis=1)
        assert (np.diff(ramps.oklab(np.clip(as_seen, 0, 1))[:, 0]) > -1e-3).all()


def test_constants_that_spare_the_core_are_those_of_the_core():
    assert np.allclose(looks.USUAL.direction(), shading.KEY, atol=1e-6)
    assert np.allclose(np.array(ramps.NOTHING) / 255, tones.BLANK, atol=1 / 255)


def test_a_legend_has_round_values_where_they_belong():
    scale = ramps.scale_of(Layer(np.linspace(0, 100, 5000, dtype=np.float32).reshape(50, 100), "m"))
    assert [text for _, text in scale.ticks()] == ["20", "40", "60", "80"]
    assert scale.ticks()[1][0] == pytest.approx(0.4, abs=0.01)
    flow = ramps.scale_of(Layer((10 ** np.linspace(0, 6, 5000)).astype(np.float32).reshape(50, 100), "m2"))
    assert flow.logarithmic
    assert "1\u202f000" in [text for _, text in flow.ticks()]


def test_a_layer_gives_the_ground_its_colours(world, scene):
    found, legend = dressed(world, scene, Look("height"))
    assert legend.title == "Height"
    assert legend.unit == "m"
    picture = next(p.colour for p in found.pieces if p.places is not None)
    rows, cols, _ = picture.shape
    high, low = (
        picture[rows // 2, int(cols * 0.38)].astype(int),
        picture[8, 8].astype(int),
    )  # the rim of the lake, the sea
    assert high.sum() > low.sum() + 150
    assert not [p for p in found.pieces if p.part == "plants"]
    assert [p for p in found.pieces if p.part == "things"]
    assert np.abs(seen(found) - seen(scene)).max(axis=2).mean() > 8


def test_biomes_keep_the_colours_of_the_palette_and_list_their_shares(world, scene):
    _, legend = dressed(world, scene, Look("biome"))
    names = {e.name: e for e in legend.entries}
    assert names["ocean"].share == pytest.approx((world["biome"] == BIOMES.index("ocean")).mean())
    assert [e.share for e in legend.entries] == sorted((e.share for e in legend.entries), reverse=True)
    assert colourings(world)[:3] == ("natural", "biome", "height")
    for name in colourings(world):
        dressed(world, scene, Look(name))  # any layer can be shown


def test_without_water_the_beds_are_dry(world, scene):
    found, _ = dressed(world, scene, Look(water=False))
    ground = next(p for p in found.pieces if p.places is not None)
    assert ground.vertices[:, 2].min() == pytest.approx(world["height"].min(), abs=1.5)
    blue = [p.colour[..., 2].astype(int) - p.colour[..., 0] for p in found.pieces if p.part in ("ground", "cut")]
    assert max(np.percentile(b, 99.9) for b in blue) < 25
    assert "water_kind" not in dried(world)


def test_an_unmoved_sun_changes_nothing_and_a_moved_one_lights_the_other_side(world, scene):
    assert dressed(world, scene, Look())[0] is scene
    found, _ = dressed(world, scene, Look(sun=Sun(135, 40)))  # from the south-east instead
    before, after = (
        next(p.colour for p in s.pieces if p.places is not None).astype(int).sum(axis=2) for s in (scene, found)
    )
    rows, cols = before.shape
    north_west, south_east = np.s_[rows // 4, cols // 3], np.s_[3 * rows // 4, 2 * cols // 3]
    assert after[north_west] < before[north_west] - 20
    assert after[south_east] > before[south_east] + 20


# -- the drag preview and pictures -------------------------------------------------------------------------------------


def test_the_drag_preview_is_quick_and_is_the_same_map(world, scene):
    grid = Grid(256, 256, 4.0)
    x, y = np.meshgrid(np.linspace(0, 6, 256), np.linspace(0, 6, 256))
    height = (60 * np.sin(x) * np.cos(y)).astype(np.float32)
    level = np.where(height < 0, 0, np.nan).astype(np.float32)
    biome = Layer.named(np.where(height < 0, 1, 5), BIOMES)
    large = World(grid, {"height": Layer(height, "m"), "water_level": Layer(level, "m"), "biome": biome})
    coarse_scene(large)
    times = []
    for _ in range(7):
        start = time.thread_time()
        coarse_scene(large)
        times.append(time.thread_time() - start)
    assert min(times) < 0.03
    rough = coarse_scene(world)
    assert np.allclose(np.ptp(rough.frame[:, :2], axis=0), np.ptp(scene.frame[:, :2], axis=0))
    a, b = seen(rough), seen(scene)
    there = (a != (34, 39, 46)).any(axis=2) & (b != (34, 39, 46)).any(axis=2)
    assert there.mean() > 0.3
    assert np.abs(a - b)[there].mean() < 40


def test_parts_can_be_switched_off_and_cut(scene):
    whole = seen(scene)
    for shown in (Shown(plants=False), Shown(things=False), Shown(cut_m=10.0)):
        assert (seen(scene, shown=shown) != whole).any(axis=2).sum() > 40
    bare = seen(scene, shown=Shown(cut_m=-100.0))
    assert (bare == (34, 39, 46)).all()


def test_the_ground_that_is_cut_gets_a_face_of_soil(scene):
    cap = cap_of(scene, 20.0)
    assert cap.vertices[:, 2].max() < 20.0
    assert cap.vertices[:, 2].max() > 19.0
    top = camera.framing(Pose((0, 0, 0), *camera.VIEWS["top"]), scene.frame, SIZE[0] / SIZE[1])
    cut = Shown(plants=False, things=False, cut_m=20.0)
    hole = (seen(scene, shown=cut, pose=top) == (34, 39, 46)).all(axis=2).sum()
    closed = seen(replace(scene, pieces=(*scene.pieces, cap)), shown=cut, pose=top)
    assert (closed == (34, 39, 46)).all(axis=2).sum() < hole - 500
    assert (closed == cap.colour[0]).all(axis=2).sum() > 500
    assert cap_of(scene, 1e4) is None


def test_storeys_are_shown_from_the_lowest():
    rooms = Step(id="rooms", generator="rooms", params={"room_count": 6})
    steps = (rooms, Step(id="floors", generator="floors", params={"storeys": 2}))
    found = scene_of(build(Recipe(extent_m=(80, 80), resolution=160, steps=steps)))
    assert len(found.floors) == 2
    assert storeys_shown(found.floors, None) == 2
    cut = storey_cut(found.floors, 1)
    assert storeys_shown(found.floors, cut) == 1
    assert storey_cut(found.floors, 2) is None
    seen_parts = [p for p in found.pieces if Shown(cut_m=cut).draws(p, "rest", interior=True)]
    assert all(p.part != "cut" for p in seen_parts)  # the slab of the upper storey would hide the lower one
    assert differs(seen(found), seen(found, shown=Shown(cut_m=cut))) > 0.2


def test_a_screenshot_has_its_size_and_shows_the_whole_map(scene, tmp_path):
    pose = camera.framing(Pose((0, 0, 0)), scene.frame, 16 / 9)
    file = screenshot(Sitting(scene, pose, 16 / 9), tmp_path / "map.png", (300, 300), lambda _: None)
    image = np.asarray(Image.open(file))
    assert image.shape == (300, 300, 3)
    paper = (image == (34, 39, 46)).all(axis=2)
    assert paper[:, 0].all()
    assert paper[:, -1].all()  # nothing is cut off though the picture is narrower than the window
    assert not paper.all()
    with pytest.raises(InputError, match="choose another folder"):
        screenshot(Sitting(scene, pose, 1.0), tmp_path / "nowhere" / "map.png", (64, 64), lambda _: None)


def test_a_turntable_turns_once_and_can_be_cancelled(scene, tmp_path):
    pose, told = camera.framing(Pose((0, 0, 0)), scene.frame, 4 / 3), []
    file = turntable(Sitting(scene, pose, 4 / 3), tmp_path / "map.gif", told.append, size=(96, 72), frames=6)
    with Image.open(file) as movie:
        assert movie.n_frames == 6
        assert movie.size == (96, 72)
        assert movie.info["loop"] == 0
        frames = []
        for number in range(6):
            movie.seek(number)
            frames.append(np.asarray(movie.convert("RGB")).astype(int))
    assert all((a != b).any(axis=2).mean() > 0.05 for a, b in pairwise(frames))
    assert told[-1] == 1.0

    def stop(fraction):
        if fraction > 0.3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        turntable(Sitting(scene, pose, 4 / 3), tmp_path / "other.gif", stop, size=(96, 72), frames=6)
    assert not (tmp_path / "other.gif").exists()


def test_the_top_picture_has_north_up(world):
    x, y = world.grid.xs()[None, :], world.grid.ys()[:, None]
    hill = 60 * np.exp(-((x - 60) ** 2 + (y - 150) ** 2) / 800)  # in the north-west alone
    lone = World(world.grid, {"height": Layer(hill.astype(np.float32), "m")})
    found, _ = dressed(lone, scene_of(lone), Look("height"))
    top = camera.framing(Pose((0, 0, 0), *camera.VIEWS["top"]), found.frame, SIZE[0] / SIZE[1])
    bright = seen(found, pose=replace(top)).sum(axis=2)
    row, col = np.unravel_index(bright.argmax(), bright.shape)
    assert row < SIZE[1] / 2
    assert col < SIZE[0] / 2
