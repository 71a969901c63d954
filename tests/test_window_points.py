"""Parameters that are lists of points: drawn on a small map by mouse and by keys, or typed."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtGui import QGuiApplication, QMouseEvent  # noqa: TID251 - the same

from pcgstudio.generator import load_generators
from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.ui import units
from pcgstudio.ui.panels.form import Form

from .windows import LONG_MS, idle, settle, windows

pytestmark = pytest.mark.window
LEFT = Qt.MouseButton.LeftButton
CANYON = Recipe(
    name="canyon", seed=3, resolution=64, extent_m=(1000, 500),
    steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 20}),
        Step(id="canyon", generator="canyon", params={"through_m": [[100, 250], [900, 250]]}),
    ),
)  # fmt: skip


@pytest.fixture
def form(qtbot):
    """The form of a canyon's step over a map of 1000 x 500 m, what it told, and its line of points."""
    form, told = Form(), []
    qtbot.addWidget(form)
    form.show_ground((1000.0, 500.0), None)
    form.show_model(load_generators()["canyon"].params, {"through_m": ((100.0, 100.0), (900.0, 400.0))})
    form.building.finish()
    form.edited.connect(lambda name, value, rests: told.append((name, value, rests)))
    form.show()
    yield form.lines["through_m"].field, told
    form.close()


def at(points, x_m, y_m):
    return QPoint(round(x_m / 1000 * points.width()), round((1 - y_m / 500) * points.height()))


def drag(qtbot, points, start, end):
    qtbot.mousePress(points, LEFT, pos=start)
    for share in (0.5, 1.0):
        where, none = QPointF(start) + QPointF(end - start) * share, Qt.KeyboardModifier.NoModifier
        QGuiApplication.sendEvent(points, QMouseEvent(
            QEvent.Type.MouseMove, where, points.mapToGlobal(where), Qt.MouseButton.NoButton, LEFT, none
        ))  # fmt: skip
    qtbot.mouseRelease(points, LEFT, pos=end)


def near(found, *wanted):
    return len(found) == len(wanted) and all(
        abs(a - b) < 7 for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_the_map_of_points_has_the_shape_of_the_map_and_is_open_where_there_are_some(form):
    field, _ = form
    assert field.map.isVisible()
    assert field.map.width() == 2 * field.map.height()
    field.draw.click()
    assert not field.map.isVisible()


def test_a_click_adds_a_point_at_the_end_or_into_the_line(qtbot, form):
    field, told = form
    qtbot.mouseClick(field.map, LEFT, pos=at(field.map, 950, 100))
    assert near(field.map.points, (100, 100), (900, 400), (950, 100))
    assert [rests for *_, rests in told] == [False, True]
    qtbot.mouseClick(field.map, LEFT, pos=at(field.map, 500, 250))
    assert near(told[-1][1], (100, 100), (500, 250), (900, 400), (950, 100))
    assert field.typed.line.text().count(",") == 3


def test_a_point_is_dragged_and_the_map_follows_before_the_hand_rests(qtbot, form):
    field, told = form
    drag(qtbot, field.map, at(field.map, 100, 100), at(field.map, 300, 450))
    assert near(told[-1][1], (300, 450), (900, 400))
    assert [rests for *_, rests in told] == [False, False, True]


def test_points_are_set_chosen_moved_and_taken_away_by_keys_alone(qtbot, form):
    field, told = form
    key = Qt.Key
    field.map.setFocus(Qt.FocusReason.TabFocusReason)
    assert field.map.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(field.map, key.Key_PageDown)
    qtbot.keyClick(field.map, key.Key_Up)
    assert near(told[-1][1], (100, 120), (900, 400))
    qtbot.keyClick(field.map, key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert told[-1][1][0] == (102.0, 120.0)
    qtbot.keyClick(field.map, key.Key_Insert)
    assert near(told[-1][1], (102, 120), (501, 260), (900, 400))
    qtbot.keyClick(field.map, key.Key_Delete)
    qtbot.keyClick(field.map, key.Key_Delete)
    assert near(told[-1][1], (102, 120))
    assert all(rests for *_, rests in told)


def test_where_one_point_may_be_a_click_moves_it(qtbot):
    form = Form()
    qtbot.addWidget(form)
    form.show_ground((1000.0, 500.0), None)
    form.show_model(load_generators()["path_between"].params, {})
    form.building.finish()
    field = form.lines["from_m"].field
    field.map.show()
    for x, y in ((200, 100), (700, 300)):
        qtbot.mouseClick(field.map, LEFT, pos=at(field.map, x, y))
    assert near(field.map.points, (700, 300))


def test_points_are_typed_in_the_units_that_are_told(form):
    field, told = form
    try:
        units.tell_in("imperial")
        field.typed.line.setText("328.084 656.168")
        field.typed.line.editingFinished.emit()
        assert told[-1][1] == ((100.0, 200.0),)
        field.set_value(((10.0, 20.0),))
        assert field.typed.line.text() == "32.8084 65.6168"
    finally:
        units.tell_in("metric")


def test_a_canyon_follows_the_point_that_is_dragged(qtbot, tmp_path):
    save(CANYON, tmp_path / "canyon.pcg.json")
    with windows(qtbot, tmp_path) as open_window:
        window = open_window()
        window.controller.open(tmp_path / "canyon.pcg.json")
        settle(qtbot, window)
        window.controller.select("canyon")
        qtbot.waitUntil(lambda: idle(window) and "through_m" in window.step.form.lines, timeout=LONG_MS)
        settle(qtbot, window)
        before, entries = window.controller.state.world, len(window.controller.state.timeline.entries)
        points = window.step.form.lines["through_m"].field.map
        drag(qtbot, points, at(points, 900, 250), at(points, 500, 450))
        settle(qtbot, window)
        told = window.controller.state.recipe.step("canyon").params["through_m"]
        assert near(told, (100, 250), (500, 450))
        assert len(window.controller.state.timeline.entries) == entries + 1  # one gesture, one undo step
        after, place = window.controller.state.world, np.array([[500.0, 450.0]])
        assert after.grid.sample(after["height"], place)[0] < before.grid.sample(before["height"], place)[0] - 5
