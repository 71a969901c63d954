"""The map view in a real window, by OpenGL and without: what a person sees, points at, draws and keeps."""

import gc
import os
import sys

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt  # noqa: TID251 - the view is tested with what it is made of
from PySide6.QtGui import QWheelEvent  # noqa: TID251 - the same
from PySide6.QtWidgets import QApplication, QLabel, QMenu  # noqa: TID251 - the same

from pcgstudio.gl import gl_works
from pcgstudio.region import Circle, Context, Painted, Polygon
from pcgstudio.ui.drawing import coarse_drawer, drawer
from pcgstudio.ui.theme import dress
from pcgstudio.ui.view import Handle, MapView
from pcgstudio.ui.viewport.looks import Sun
from pcgstudio.world import BIOMES, Grid, Layer, World

from .worlds import island

DISPLAY = bool(os.environ.get("DISPLAY")) or sys.platform in ("win32", "darwin")
if not DISPLAY:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # Qt ends the process where it finds no display

pytestmark = pytest.mark.window
LEFT = Qt.MouseButton.LeftButton
LONG_MS = 60_000

live = pytest.mark.skipif(
    not DISPLAY or not gl_works(),
    reason='the live view needs a display and OpenGL; run it as: xvfb-run -a -s "-screen 0 1600x1000x24" pytest',
)


def hill(x0=80, y0=230):
    """A lone hill in the north-west of a plain of 400 x 300 m; its top is at ``x0``, ``y0`` [m]."""
    grid = Grid(60, 80, 5.0)
    x, y = grid.xs()[None, :], grid.ys()[:, None]
    height = 5 + 60 * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 1500)
    biome = Layer.named(np.where(height > 20, BIOMES.index("rock"), BIOMES.index("grassland")), BIOMES)
    slope = np.degrees(np.arctan(np.hypot(*np.gradient(height, 5.0))))
    layers = {"height": Layer(height.astype(np.float32), "m"), "biome": biome}
    return World(grid, {**layers, "slope": Layer(slope.astype(np.float32), "deg")})


@pytest.fixture(scope="module")
def worlds():
    return {"island": island(), "hill": hill(), "other": hill(320, 70)}


@pytest.fixture(scope="module")
def drawings(worlds):
    return {(n, gl): drawer(lambda gl=gl: gl)(w) for n, w in worlds.items() for gl in (True, False)}


@pytest.fixture(params=[pytest.param(True, marks=live, id="live"), pytest.param(False, id="still")])
def gl(request):
    return request.param


@pytest.fixture
def opened(qtbot, qapp, drawings, gl):
    """Return what opens a view that shows a world; all are closed at the end."""
    dress(qapp)
    views = []

    def open_view(name):
        view = MapView(QLabel("nothing yet"))
        view.resize(800, 633)
        view.show()
        qtbot.waitExposed(view)
        views.append(view)
        view.show_drawing(drawings[name, gl])
        settle(qtbot, view)
        return view

    yield open_view
    for view in views:
        view.close_live()
        view.close()
        view.deleteLater()


def settle(qtbot, view):
    """Wait until everything asked for is drawn."""
    qtbot.waitUntil(lambda: not view.stage.moving and not view._lane._stops, timeout=LONG_MS)
    for _ in range(3):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not view._lane._stops, timeout=LONG_MS)
    QApplication.processEvents()


def pixels(view):
    """``(rows, cols, 3)`` of what lies under the toolbar, marks and lettering included."""
    image = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    whole = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    return whole[view.stage.mapTo(view, QPoint(0, 0)).y() :].astype(int)


def differing(before, after, least=12):
    return (np.abs(before - after).max(axis=2) > least).mean()


def at(view, x_m, y_m):
    """Return the pixel of the stage where a place on the ground is seen."""
    place = view.stage.terrain.draped(np.array([[x_m, y_m]]))
    x, y, _ = view.stage.pose.project(place, (view.stage.width(), view.stage.height()))[0]
    return QPoint(round(x), round(y))


def drag(qtbot, view, *places, button=LEFT):
    glass = view.stage.glass
    qtbot.mouseMove(glass, places[0])
    qtbot.mousePress(glass, button, pos=places[0])
    for place in places[1:]:
        QApplication.sendEvent(glass, moved(glass, place, button))
    qtbot.mouseRelease(glass, button, pos=places[-1])


def moved(glass, place, button):
    from PySide6.QtCore import QEvent  # noqa: TID251 - the view is tested with what it is made of
    from PySide6.QtGui import QMouseEvent  # noqa: TID251 - the same

    where, none = QPointF(place), Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, where, glass.mapToGlobal(where), Qt.MouseButton.NoButton, button, none)


# -- what is seen ------------------------------------------------------------------------------------------------------


def test_water_plants_and_things_can_be_hidden_and_come_back(qtbot, opened):
    view = opened("island")
    whole = pixels(view)
    for name in ("water", "plants", "things"):
        view.commands[name].trigger()
        settle(qtbot, view)
        assert differing(whole, pixels(view)) > 0.003, name
        view.commands[name].trigger()
        settle(qtbot, view)
        assert differing(whole, pixels(view)) < 0.001, name


def test_colour_by_a_layer_changes_the_map_and_tells_what_the_colours_mean(qtbot, opened):
    view = opened("hill")
    natural = pixels(view)
    view.commands["colour_slope"].trigger()
    settle(qtbot, view)
    by_slope = pixels(view)
    assert differing(natural, by_slope) > 0.1
    assert view.stage.legend.title == "Slope"
    assert view.commands["colour_slope"].isChecked()
    corner = np.s_[-130:-50, 16:200]
    assert len(np.unique(by_slope[corner].reshape(-1, 3), axis=0)) > 100  # the ramp
    view.set_lettering(False)
    assert differing(by_slope[corner], pixels(view)[corner]) > 0.05
    view.commands["colour_natural"].trigger()
    settle(qtbot, view)
    assert view.stage.legend is None


def test_the_top_view_has_north_up(qtbot, opened):
    view = opened("hill")
    view.colour_by("height")
    view.commands["view_top"].trigger()
    view.set_lettering(False)
    settle(qtbot, view)
    bright = pixels(view).sum(axis=2)
    rows, cols = np.nonzero(bright > np.percentile(bright, 99.5))
    assert np.median(rows) < 0.45 * bright.shape[0]  # the hill stands in the north-west
    assert np.median(cols) < 0.45 * bright.shape[1]


def test_every_view_shows_the_whole_map_from_another_side(qtbot, opened):
    view, seen = opened("hill"), []
    for name in ("home", "top", "north", "east", "south", "west"):
        view.commands[f"view_{name}"].trigger()
        settle(qtbot, view)
        seen.append(pixels(view))
        assert np.abs(seen[-1][:, 0] - seen[-1][0, 0]).max() < 8  # paper all along the left edge
    assert all(differing(a, b) > 0.1 for k, a in enumerate(seen) for b in seen[:k])


def test_the_sun_can_be_moved_and_put_back(qtbot, opened):
    view = opened("hill")
    before = pixels(view)
    view.strip.azimuth.setValue(120)
    view.strip.elevation.setValue(20)
    settle(qtbot, view)
    assert view.stage.wanted.sun == Sun(120, 20)
    assert differing(before, pixels(view)) > 0.1
    view.commands["sun_usual"].trigger()
    settle(qtbot, view)
    assert differing(before, pixels(view)) < 0.001


def test_what_is_above_the_cut_is_gone(qtbot, opened):
    view = opened("hill")
    before = pixels(view)
    view.commands["roof"].trigger()
    settle(qtbot, view)
    assert 0.002 < differing(before, pixels(view)) < 0.2
    view.strip.cut.setValue(1000)
    settle(qtbot, view)
    assert differing(before, pixels(view)) < 0.001
    assert not view.commands["roof"].isChecked()


def test_light_and_dark_paper(qtbot, opened):
    view = opened("hill")
    assert pixels(view)[30, 2].tolist() == [34, 39, 46]
    view.set_theme("light")
    settle(qtbot, view)
    light = pixels(view)
    assert light[30, 2].tolist() == [241, 237, 228]
    corner = view.stage.pose.project(view.stage.scene.frame, (800, view.stage.height()))[:, 1].max()
    below = light[int(corner) + 4, 300:500].sum(axis=1)
    assert below.min() < sum([241, 237, 228]) - 20  # the map throws a shadow on its paper


# -- the camera --------------------------------------------------------------------------------------------------------


def test_dragging_turns_and_shifts_and_the_wheel_zooms_to_the_cursor(qtbot, opened):
    view = opened("hill")
    before, pose = pixels(view), view.stage.pose
    drag(qtbot, view, QPoint(400, 300), QPoint(440, 300), QPoint(480, 310))
    settle(qtbot, view)
    assert view.stage.pose.azimuth_deg != pose.azimuth_deg
    assert view.stage.pose.target == pose.target
    assert differing(before, pixels(view)) > 0.05
    pose = view.stage.pose
    drag(qtbot, view, QPoint(400, 300), QPoint(430, 320), button=Qt.MouseButton.MiddleButton)
    assert view.stage.pose.azimuth_deg == pose.azimuth_deg
    assert view.stage.pose.target != pose.target
    pixel = at(view, 300, 80)
    place = view.stage.ground_at(pixel.x(), pixel.y())
    wheel = QWheelEvent(
        QPointF(pixel), QPointF(pixel), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    distance = view.stage.pose.distance_m
    QApplication.sendEvent(view.stage.glass, wheel)
    assert view.stage.pose.distance_m < 0.8 * distance
    assert np.allclose(view.stage.ground_at(pixel.x(), pixel.y()), place, atol=2)
    settle(qtbot, view)


def test_a_double_click_centres(qtbot, opened):
    view = opened("hill")
    pixel = at(view, 300, 80)
    qtbot.mouseDClick(view.stage.glass, LEFT, pos=pixel)
    settle(qtbot, view)
    middle = view.stage.ground_at(view.stage.width() / 2, view.stage.height() / 2)
    assert np.allclose(middle[:2], (300, 80), atol=6)


def test_where_frames_are_quick_the_camera_glides(qtbot, opened, monkeypatch):
    monkeypatch.setattr("pcgstudio.ui.viewport.gaze.GLIDE_FRAME_S", 99.0)
    view, passed = opened("hill"), set()
    view.look_from("top")
    qtbot.waitUntil(
        lambda: passed.add(view.stage.pose.elevation_deg) or view.stage.pose.elevation_deg == 90, timeout=LONG_MS
    )
    assert len(passed) > 2
    settle(qtbot, view)


def test_flight_moves_stays_over_the_ground_and_ends_with_escape(qtbot, opened):
    view = opened("hill")
    view.commands["fly"].trigger()
    glass, start = view.stage.glass, view.stage.pose.eye
    assert view.commands["fly"].isChecked()
    qtbot.keyPress(glass, Qt.Key.Key_W)
    qtbot.keyPress(glass, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: np.linalg.norm(view.stage.pose.eye - start) > 10, timeout=LONG_MS)
    qtbot.wait(300)
    qtbot.keyRelease(glass, Qt.Key.Key_W)
    qtbot.keyRelease(glass, Qt.Key.Key_Q)
    eye = view.stage.pose.eye
    assert eye[2] > view.stage.terrain.at(eye[None])[0]
    qtbot.keyClick(glass, Qt.Key.Key_Escape)
    assert not view.stage.hand.flying
    assert view.stage.pose.elevation_deg >= 10
    settle(qtbot, view)


def test_the_next_map_keeps_the_camera_and_another_size_is_framed(qtbot, opened, drawings, gl):
    view = opened("hill")
    drag(qtbot, view, QPoint(400, 300), QPoint(470, 330))
    pose = view.stage.pose
    view.show_coarse(drawings["other", gl])
    assert view.stage.pose == pose
    view.show_drawing(drawings["other", gl])
    assert view.stage.pose == pose
    view.show_drawing(drawings["island", gl])
    assert view.stage.pose != pose
    settle(qtbot, view)


@pytest.mark.parametrize("gl", [pytest.param(True, marks=live)])
def test_less_is_drawn_while_the_camera_moves(qtbot, opened, monkeypatch):
    monkeypatch.setattr("pcgstudio.ui.viewport.live.SLOW_FRAME_S", 0.0)
    view = opened("island")
    whole = view.live.triangles()
    qtbot.mousePress(view.stage.glass, LEFT, pos=QPoint(400, 300))
    QApplication.sendEvent(view.stage.glass, moved(view.stage.glass, QPoint(420, 300), LEFT))
    assert view.live.triangles() < whole / 4
    qtbot.mouseRelease(view.stage.glass, LEFT, pos=QPoint(420, 300))
    assert view.live.triangles() == whole
    settle(qtbot, view)


# -- pointing and drawing ----------------------------------------------------------------------------------------------


def test_hovering_reads_the_height_that_was_built(qtbot, opened, worlds):
    view, told = opened("hill"), []
    view.hovered.connect(told.append)
    for x, y in ((300, 80), (220, 150), (120, 60)):
        QApplication.sendEvent(view.stage.glass, moved(view.stage.glass, at(view, x, y), Qt.MouseButton.NoButton))
        assert told[-1].x_m == pytest.approx(x, abs=3)
        assert told[-1].y_m == pytest.approx(y, abs=3)
        known = worlds["hill"].grid.sample(worlds["hill"]["height"], np.array([[x, y]]))[0]
        assert told[-1].height_m == pytest.approx(known, abs=1.5)
        assert told[-1].biome == "grassland"
    QApplication.sendEvent(view.stage.glass, moved(view.stage.glass, QPoint(3, 3), Qt.MouseButton.NoButton))
    assert told[-1] is None


def test_a_marker_says_where_here_is(qtbot, opened):
    view, told = opened("hill"), []
    view.picked.connect(lambda x, y: told.append((x, y)))
    before = pixels(view)
    view.commands["tool_marker"].trigger()
    qtbot.mouseClick(view.stage.glass, LEFT, pos=at(view, 250, 120))
    assert told[0] == (pytest.approx(250, abs=5), pytest.approx(120, abs=5))  # within a cell
    assert 0.0001 < differing(before, pixels(view)) < 0.02
    view.set_marker(None)
    qtbot.keyClick(view.stage.glass, Qt.Key.Key_Escape)
    assert view.stage.tool == "look"


def test_painting_gives_a_mask_where_one_painted(qtbot, opened, worlds):
    view, told = opened("hill"), []
    view.region_drawn.connect(told.append)
    view.start_tool("paint")
    view.set_brush(20.0)
    drag(qtbot, view, at(view, 200, 80), at(view, 260, 80), at(view, 320, 80))
    (region,) = told
    assert isinstance(region, Painted)
    grid = worlds["hill"].grid
    mask = region.evaluate(Context(grid))
    x, y = np.meshgrid(grid.xs(), grid.ys())
    away = np.hypot(np.maximum(np.abs(x - 260) - 60, 0), y - 80)
    assert (mask[away < 14] > 0.5).all()
    assert (mask[away > 28] < 0.5).all()
    view.start_tool("look")


def test_circles_and_polygons_are_drawn_in_metres(qtbot, opened):
    view, told = opened("hill"), []
    view.region_drawn.connect(told.append)
    view.start_tool("circle")
    drag(qtbot, view, at(view, 200, 120), at(view, 230, 120), at(view, 260, 120))
    view.start_tool("polygon")
    for x, y in ((100, 50), (300, 50), (300, 150)):
        qtbot.mouseClick(view.stage.glass, LEFT, pos=at(view, x, y))
    qtbot.keyClick(view.stage.glass, Qt.Key.Key_Return)
    circle, polygon = told
    assert isinstance(circle, Circle)
    assert circle.radius_m == pytest.approx(60, abs=6)
    assert circle.centre_m == (pytest.approx(200, abs=5), pytest.approx(120, abs=5))
    assert isinstance(polygon, Polygon)
    assert np.allclose(polygon.points_m, ((100, 50), (300, 50), (300, 150)), atol=5)
    view.start_tool("look")


def test_a_dragged_grip_tells_where_it_was_put(qtbot, opened):
    view, told = opened("hill"), []
    view.handle_moved.connect(lambda *all_: told.append(all_))
    view.set_handles([Handle("hill", 250, 100, 6, "Hill"), Handle("lake", 100, 60, 5, "Lake")])
    pose = view.stage.pose
    drag(qtbot, view, at(view, 250, 100), at(view, 280, 110), at(view, 310, 120))
    assert told == [("hill", pytest.approx(310, abs=5), pytest.approx(120, abs=5))]
    assert view.stage.pose == pose  # the map was not turned


def test_a_region_is_outlined_and_framed(qtbot, opened, worlds):
    view = opened("hill")
    before = pixels(view)
    view.outline(worlds["hill"]["height"] > 20)
    outlined = pixels(view)
    reddish = (outlined[..., 0] - before[..., 0] > 30) & (np.abs(outlined - before).max(axis=2) > 30)
    rows, cols = np.nonzero(reddish)
    top = at(view, 80, 230)
    assert len(rows) > 60
    assert abs(np.mean(cols) - top.x()) < 40  # around the hill
    distance = view.stage.pose.distance_m
    view.frame_selection()
    settle(qtbot, view)
    assert view.stage.pose.distance_m < 0.8 * distance
    view.outline(None)
    view.outline([(10, 10), (90, 10), (50, 60)])
    view.outline(None)


# -- two maps, and what is kept ----------------------------------------------------------------------------------------


def test_two_maps_are_compared_by_a_divider(qtbot, opened, drawings, gl):
    view = opened("hill")
    alone = pixels(view)
    view.compare(drawings["hill", gl], drawings["other", gl])
    qtbot.waitUntil(lambda: len(view.stage.swipe.images) == 2, timeout=LONG_MS)
    settle(qtbot, view)
    both, half = pixels(view), view.stage.width() // 2
    assert differing(alone[60:, : half - 40], both[60:, : half - 40]) < 0.02
    assert differing(alone[60:, half + 40 :], both[60:, half + 40 :]) > 0.02
    drag(qtbot, view, QPoint(half, 300), QPoint(half + 200, 300), QPoint(760, 300))
    assert view.stage.swipe.share > 0.9
    assert differing(alone[60:, :700], pixels(view)[60:, :700]) < 0.02
    view.end_compare()
    settle(qtbot, view)
    assert differing(alone, pixels(view)) < 0.001


def test_the_preview_takes_the_place_of_the_map_until_it_is_there(qtbot, opened, drawings, worlds, gl):
    view = opened("hill")
    whole = pixels(view)
    view.show_coarse(coarse_drawer(lambda: gl)(worlds["other"]))
    settle(qtbot, view)
    assert differing(whole, pixels(view)) > 0.02
    view.show_drawing(drawings["hill", gl])
    settle(qtbot, view)
    assert differing(whole, pixels(view)) < 0.001
    view.show_drawing(None)
    assert view.currentWidget() is not view.stage.parentWidget()


def test_screenshot_and_turntable_are_saved_beside_the_window(qtbot, opened, tmp_path):
    view, told = opened("hill"), []
    view.said.connect(told.append)
    view.keeping.screenshot(tmp_path / "map.png", (320, 200))
    qtbot.waitUntil(lambda: "map.png" in "".join(told), timeout=LONG_MS)
    assert Image.open(tmp_path / "map.png").size == (320, 200)
    view.keeping.turntable(tmp_path / "map.gif", (120, 90), frames=8)
    qtbot.waitUntil(lambda: "map.gif" in "".join(told), timeout=LONG_MS)
    assert Image.open(tmp_path / "map.gif").n_frames == 8
    assert not view.keeping.notice.isVisible()
    view.keeping.turntable(tmp_path / "never.gif", (640, 480), frames=200)
    qtbot.waitUntil(lambda: view.keeping.notice.isVisible() and view.keeping.notice.bar.value() > 0, timeout=LONG_MS)
    view.commands["colour_height"].trigger()
    settle(qtbot, view)  # what is kept does not hold up what is seen
    assert view.stage.legend is not None
    qtbot.mouseClick(view.keeping.notice.stop, LEFT)
    assert not view.keeping.notice.isVisible()
    qtbot.wait(300)
    assert not (tmp_path / "never.gif").exists()
    view.keeping.screenshot(tmp_path / "nowhere" / "map.png", (64, 64))
    qtbot.waitUntil(lambda: "choose another folder" in told[-1], timeout=LONG_MS)


def test_a_hundred_things_done_in_any_order_leave_a_map(qtbot, opened, drawings, gl):
    view, dice = opened("hill"), np.random.default_rng(7)
    view.resize(420, 330)
    glass = view.stage.glass
    asking = {view.commands["screenshot"], view.commands["turntable"]}  # they open dialogs
    buttons = (LEFT, LEFT, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)
    keys = (Qt.Key.Key_W, Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Plus, Qt.Key.Key_Return, Qt.Key.Key_Q)
    for _ in range(100):
        spots = [QPoint(*map(int, dice.uniform((1, 1), (glass.width() - 1, glass.height() - 1)))) for _ in range(3)]
        what = dice.integers(8)
        if what < 3:
            dice.choice([a for a in view.actions() if a not in asking and a.isEnabled()]).trigger()
        elif what < 5:
            drag(qtbot, view, *spots, button=buttons[dice.integers(4)])
        elif what == 5:
            qtbot.keyClick(glass, keys[dice.integers(len(keys))])
            qtbot.mouseDClick(glass, LEFT, pos=spots[0])
        elif what == 6:
            view.show_drawing(drawings[str(dice.choice(["hill", "other", "island"])), gl])
            view.set_handles([Handle("hill", *dice.uniform(0, 200, 2), 5.0, "Hill")])
        else:
            view.end_compare() if view.stage.swipe else view.compare(drawings["hill", gl], drawings["island", gl])
        QApplication.processEvents()
    view.end_compare()
    view.start_tool("look")
    settle(qtbot, view)
    east, _ = view.stage.terrain.grid.extent_m
    assert -0.3 * east < view.stage.pose.target[0] < 1.3 * east
    view.look_from("home")
    settle(qtbot, view)
    assert len(np.unique(pixels(view).reshape(-1, 3), axis=0)) > 200


def test_everything_is_an_action_with_a_text_and_no_shortcut_means_two_things(opened, drawings, gl):
    view = opened("hill")
    actions = view.actions()
    assert len(actions) > 30
    assert all(a.text() and a.toolTip() for a in actions)
    keys = [a.shortcut().toString() for a in actions if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    menu = QMenu(view)  # as the window makes one of the first colours
    menu.addAction(view.commands["colour_natural"])
    view.show_drawing(drawings["island", gl])
    assert "Colour by water kind" in [a.text() for a in menu.actions()]
    view.show_drawing(drawings["hill", gl])
    assert "Colour by water kind" not in [a.text() for a in menu.actions() if a.isVisible()]
    named = " ".join(a.text().lower() for a in actions)
    for wanted in (
        "north",
        "fly",
        "water",
        "vegetation",
        "roof",
        "slope",
        "screenshot",
        "turntable",
        "marker",
        "paint",
    ):
        assert wanted in named


def test_it_opens_and_closes_ten_times_without_leaving_anything(qtbot, qapp, drawings, gl):
    dress(qapp)
    windows = len(QApplication.topLevelWidgets())
    for _ in range(10):
        view = MapView(QLabel("nothing yet"))
        view.resize(300, 240)
        view.show()
        qtbot.waitExposed(view)
        view.show_drawing(drawings["hill", gl])
        QApplication.processEvents()
        view.close_live()
        view.close()
        view.deleteLater()
        QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
        QApplication.processEvents()
        del view
    gc.collect()
    assert len(QApplication.topLevelWidgets()) <= windows  # those of the test before may be gone by now
    canvases = [w for w in QApplication.allWidgets() if type(w).__name__ in ("Live", "Still", "MapView")]
    assert canvases == []
