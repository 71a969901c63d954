"""The panels of the window: steps, forms, regions, variants, history, checks, settings, export, palette."""

import shlex

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtGui import QEnterEvent, QGuiApplication  # noqa: TID251 - the same
from PySide6.QtTest import QTest  # noqa: TID251 - the same
from PySide6.QtWidgets import QLineEdit  # noqa: TID251 - the same

from pcgstudio.generator import load_generators
from pcgstudio.palette import load_palette
from pcgstudio.params import Parameter, parameters
from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.ui import theme
from pcgstudio.ui.panels.finder import Choice, ranked
from pcgstudio.ui.panels.form import Form, same
from pcgstudio.ui.panels.scale import STEPS, scale_of

from .windows import (
    DISPLAY,
    ISLAND,
    LONG_MS,
    ask,
    cut_off,
    idle,
    map_of,
    out_of_sight,
    pixels,
    plain,
    settle,
    steady,
    table,
    windows,
)

pytestmark = pytest.mark.window

SMALL = Recipe(
    resolution=64,
    seed=7,
    steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 60.0}),
        Step(id="hills", generator="hills", params={"count": 3}),
        Step(id="crumble", generator="thermal_erosion"),
    ),
)


@pytest.fixture
def opened(qtbot, tmp_path):
    with windows(qtbot, tmp_path) as open_window:
        yield open_window


@pytest.fixture
def window(qtbot, opened, tmp_path):
    """A window with a small map of three steps, the second one selected."""
    file = tmp_path / "small.pcg.json"
    save(SMALL, file)
    window = opened()
    window.controller.open(file)
    settle(qtbot, window)
    window.controller.select("hills")
    qtbot.waitUntil(lambda: idle(window) and "count" in window.step.form.lines, timeout=LONG_MS)
    return window


def ids(window):
    return [s.id for s in window.controller.state.recipe.steps]


def line(window, name):
    return window.step.form.lines[name]


# -- steps -------------------------------------------------------------------------------------------------------------


def test_steps_are_moved_switched_renamed_doubled_and_removed_by_keys(qtbot, window):
    steps = window.steps.list
    steps.setFocus()
    qtbot.keyClick(steps, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert ids(window) == ["ground", "crumble", "hills"]
    qtbot.keyClick(steps, Qt.Key.Key_Space)
    settle(qtbot, window)
    assert not window.controller.state.recipe.step("hills").enabled
    qtbot.keyClick(steps, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").locked is True
    window.steps.renamed.emit("hills", "downs")
    settle(qtbot, window)
    assert ids(window) == ["ground", "crumble", "downs"]
    window.controller.select("ground")
    qtbot.keyClick(steps, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert len(ids(window)) == 4
    window.controller.select("crumble")
    qtbot.keyClick(steps, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert "crumble" not in ids(window)
    assert steps.count() == len(ids(window)) == 3


def test_a_click_on_the_box_switches_and_f2_renames(qtbot, window):
    steps = window.steps.list
    room = steps.visualItemRect(steps.item(1))
    qtbot.mouseClick(steps.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(room.left() + 15, room.center().y()))
    settle(qtbot, window)
    assert not window.controller.state.recipe.step("hills").enabled
    steps.setFocus()
    qtbot.keyClick(steps, Qt.Key.Key_F2)
    editor = steps.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "knolls")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert "knolls" in ids(window)


def test_a_dragged_step_stands_where_it_is_let_go(qtbot, window):
    steps = window.steps.list
    steps.setCurrentRow(2)
    steps.drop(steps.visualItemRect(steps.item(0)).topLeft() + QPoint(40, 2))
    settle(qtbot, window)
    assert ids(window) == ["crumble", "ground", "hills"]
    assert window.controller.state.selected == "crumble"
    steps.drop(QPoint(40, steps.viewport().height() - 2))
    settle(qtbot, window)
    assert ids(window) == ["ground", "hills", "crumble"]
    steps.drop(steps.visualItemRect(steps.item(1)).bottomLeft() + QPoint(40, -2))  # behind its neighbour: no change
    assert ids(window) == ["ground", "hills", "crumble"]


@pytest.mark.skipif(not DISPLAY, reason="Qt carries nothing with the mouse where there is no display")
def test_a_step_is_dragged_by_the_mouse(qtbot, window):
    steps, handle = window.steps.list, window.windowHandle()
    start = steps.visualItemRect(steps.item(2)).center()
    end = steps.visualItemRect(steps.item(0)).topLeft() + QPoint(60, 3)

    def at(place):
        return steps.viewport().mapTo(window, place)

    def carry():  # in the loop of Qt's own that a drag runs
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(handle, at(start + (end - start) * share))
            qtbot.wait(30)
        QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(end))

    QTimer.singleShot(200, carry)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(start))
    QTest.mouseMove(handle, at(start - QPoint(0, 8)))
    QTest.mouseMove(handle, at(start - QPoint(0, 30)))
    qtbot.waitUntil(lambda: ids(window) == ["crumble", "ground", "hills"], timeout=10_000)
    settle(qtbot, window)
    assert steps.count() == 3
    assert window.controller.state.timeline.undo == "Move crumble"


def test_what_is_typed_or_chosen_is_no_slider_in_the_history(qtbot, window):
    number = line(window, "height_m").field.number
    number.setValue(77)
    settle(qtbot, window)
    assert (window.history.entries[-1].kind, window.history.cards()[-1].note) == ("edit", "edited")
    window.controller.add_step("height_image")
    window.controller.set_param("height_image", "path", "nowhere.png")
    qtbot.waitUntil(lambda: bool(window.controller.state.problem), timeout=LONG_MS)
    assert window.history.entries[-1].kind == "edit"
    assert window.history.cards()[-1].title == "height_image, path: – → nowhere.png"


def test_a_step_is_found_by_its_words_and_added(qtbot, window):
    qtbot.mouseClick(window.steps.add, Qt.MouseButton.LeftButton)
    assert window.adder.isVisible()
    qtbot.keyClicks(window.adder.line, "carve branching drainage")
    assert window.adder.shown()[0].title == "Hydraulic erosion"
    qtbot.keyClick(window.adder.line, Qt.Key.Key_Return)
    assert not window.adder.isVisible()
    settle(qtbot, window)
    assert any(s.generator == "hydraulic_erosion" for s in window.controller.state.recipe.steps)


def test_a_step_that_cannot_be_built_is_marked_and_told(qtbot, window):
    window.controller.add_step("height_image")
    window.controller.set_param("height_image", "path", "nowhere.png")
    qtbot.waitUntil(lambda: bool(window.controller.state.problem), timeout=LONG_MS)
    assert window.bars.isVisible()
    assert "nowhere.png" in window.bars.problem.text.text()
    at = ids(window).index(window.controller.state.problem_step)
    assert window.steps.list.item(at).data(Qt.ItemDataRole.UserRole + 1)


# -- the form ----------------------------------------------------------------------------------------------------------


def test_every_parameter_of_every_generator_has_its_line(qtbot):
    form = Form()
    qtbot.addWidget(form)
    for made_by in load_generators().values():
        form.show_model(made_by.params, {})
        form.building.finish()
        assert list(form.lines) != []
        assert set(form.lines) == {p.name for p in parameters(made_by.params)}
        for one in form.lines.values():
            assert one.record.text in one.toolTip()


def test_values_are_typed_reset_locked_and_rolled(qtbot, window):
    number = line(window, "count").field.number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").params["count"] == 5
    assert line(window, "count").label.objectName() == "changed"
    line(window, "count").reset.click()
    settle(qtbot, window)
    usual = parameters(load_generators()["hills"].params)
    default = next(p.default for p in usual if p.name == "count")
    assert window.controller.state.recipe.step("hills").params.get("count", default) == default
    assert line(window, "count").label.objectName() == ""
    line(window, "height_m").lock.click()
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").locks("height_m")
    assert not line(window, "height_m").field.isEnabled()
    before = window.controller.state.recipe.step("hills").params.get("width_m")
    name = next(n for n, one in window.step.form.lines.items() if n != "height_m" and hasattr(one.field, "slider"))
    line(window, name).dice.click()
    settle(qtbot, window)
    after = window.controller.state.recipe.step("hills").params
    assert name in after
    assert after.get("width_m") == before or name == "width_m"
    held = after.get("height_m")
    window.menus.actions["roll_step"].trigger()
    settle(qtbot, window)
    rolled = window.controller.state.recipe.step("hills").params
    assert rolled != after
    assert rolled.get("height_m") == held  # it is locked


def test_the_tools_of_a_line_come_with_the_cursor_and_nothing_moves(qtbot, window):
    one = line(window, "height_m")
    at = one.field.pos()
    assert not one.dice.isVisible()
    _hover(one, True)
    assert one.dice.isVisible()
    assert one.lock.isVisible()
    assert one.field.pos() == at
    _hover(one, False)
    assert not one.dice.isVisible()


def _hover(widget, over):
    spot = QPointF(5, 5)
    event = QEnterEvent(spot, spot, spot) if over else QEvent(QEvent.Type.Leave)
    QGuiApplication.sendEvent(widget, event)


def test_a_dragged_slider_is_one_undo_step(qtbot, window):
    entries = len(window.controller.state.timeline.entries)
    slider = line(window, "height_m").field.slider
    steady(qtbot, window.view.stage)
    before = map_of(window)
    slider.setSliderDown(True)
    for position in range(100, 900, 100):
        slider.setSliderPosition(position)
        qtbot.wait(10)
    slider.setSliderDown(False)
    settle(qtbot, window)
    assert len(window.controller.state.timeline.entries) == entries + 1
    qtbot.waitUntil(lambda: bool((map_of(window) != before).any()), timeout=30_000)
    window.menus.actions["undo"].trigger()
    settle(qtbot, window)
    assert window.controller.state.recipe == SMALL
    qtbot.waitUntil(lambda: bool((map_of(window) == before).all()), timeout=30_000)


def test_sliders_reach_what_is_usual_and_know_their_ends():
    wide = Parameter("low_m", "float", 0, "", minimum=-12_000, maximum=12_000)
    assert scale_of(wide).high == 1000
    log = scale_of(Parameter("size_m", "float", 400.0, "", minimum=20, maximum=20_000, log=True))
    assert log.value(0) == 20
    assert log.value(STEPS) == 8000
    assert log.value(log.position(400)) == pytest.approx(400, rel=0.02)
    count = scale_of(Parameter("count", "int", 3, "", minimum=1, maximum=9))
    assert [count.value(count.position(n)) for n in range(1, 10)] == list(range(1, 10))
    assert scale_of(Parameter("any", "float", 1.0, "")) is None


def test_what_a_file_gives_back_counts_as_the_same():
    assert same([[1, 2], [3, 4]], ((1.0, 2.0), (3.0, 4.0)))
    assert not same(True, 2)
    assert not same(None, 0)


# -- where -------------------------------------------------------------------------------------------------------------


def test_a_region_is_drawn_on_the_small_map(qtbot, window):
    where = window.step.where
    where.kind.setCurrentIndex(where.kind.findData("circle"))
    where.kind.activated.emit(where.kind.currentIndex())
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").where.kind == "circle"
    small = where.map
    start, end = QPoint(small.width() // 4, small.height() // 4), QPoint(small.width() // 2, small.height() // 4)
    qtbot.mousePress(small, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(small, end)
    qtbot.mouseRelease(small, Qt.MouseButton.LeftButton, pos=end)
    settle(qtbot, window)
    drawn = window.controller.state.recipe.step("hills").where
    assert drawn.centre_m == pytest.approx((256, 768), abs=8)
    assert drawn.radius_m == pytest.approx(256, abs=8)
    where.kind.setCurrentIndex(where.kind.findData("compass"))
    where.kind.activated.emit(where.kind.currentIndex())
    settle(qtbot, window)
    qtbot.mouseClick(small, Qt.MouseButton.LeftButton, pos=QPoint(5, small.height() - 5))
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").where.place == "southwest"
    assert window.steps.list.item(1).data(Qt.ItemDataRole.UserRole).where.place == "southwest"


def test_a_polygon_and_numbers_of_a_region(qtbot, window):
    where = window.step.where
    where.kind.setCurrentIndex(where.kind.findData("polygon"))
    where.kind.activated.emit(where.kind.currentIndex())
    settle(qtbot, window)
    small = where.map
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.5, 0.8)):
        qtbot.mouseClick(
            small, Qt.MouseButton.LeftButton, pos=QPoint(round(x * small.width()), round(y * small.height()))
        )
    qtbot.keyClick(small, Qt.Key.Key_Return)
    settle(qtbot, window)
    points = window.controller.state.recipe.step("hills").where.points_m
    assert len(points) == 3
    assert points[2] == pytest.approx((512, 205), abs=8)
    where.form.building.finish()
    where.form.edited.emit("feather_m", 25.0, True)
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").where.feather_m == 25


# -- history, variants, comparison -------------------------------------------------------------------------------------


def test_the_history_is_walked_named_and_compared(qtbot, window):
    window.controller.set_param("hills", "count", 6)
    settle(qtbot, window)
    cards = window.history.cards()
    assert [card.current for card in cards] == [False, True]
    qtbot.waitUntil(lambda: window.history.entries[-1].thumbnail is not None, timeout=LONG_MS)
    qtbot.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.controller.state.recipe == SMALL
    assert window.history.cards()[1].faint is False  # it can be redone
    window.controller.set_param("hills", "count", 9)
    settle(qtbot, window)
    cards = window.history.cards()
    assert [card.faint for card in cards] == [False, True, False]  # the other branch is kept
    window.history.named.emit(window.history.entries[1].id, "six hills")
    assert window.history.cards()[1].title == "six hills"
    window.menus.actions["compare"].trigger()
    qtbot.waitUntil(
        lambda: getattr(window.controller.state.comparison, "right_shown", None) is not None, timeout=LONG_MS
    )
    assert window.menus.actions["compare"].isChecked()
    window.menus.actions["compare"].trigger()
    assert window.controller.state.comparison is None
    assert not window.menus.actions["compare"].isChecked()


def test_a_variant_is_picked_and_locked_values_stay(qtbot, window):
    window.controller.lock_step("hills", "count", True)
    settle(qtbot, window)
    window.make_variants("perturbations")
    assert window.variants.isVisible()
    qtbot.waitUntil(lambda: not window.controller.state.variants.running, timeout=LONG_MS)
    slots = window.controller.state.variants.slots
    assert len(slots) == len(window.variants.cards()) == 8
    assert all(s.recipe.step("hills").params["count"] == 3 for s in slots)
    assert len({s.thumbnail.tobytes() for s in slots}) == 8
    qtbot.mouseClick(window.variants.cards()[3], Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.controller.state.recipe.steps == slots[3].recipe.steps
    window.menus.actions["undo"].trigger()
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").params == SMALL.step("hills").params


# -- checks ------------------------------------------------------------------------------------------------------------


def test_checks_are_struck_changed_added_and_run_again(qtbot, opened):
    window = opened()
    ask(qtbot, window, ISLAND)
    rows = [plain(row.asked) for row in table(window)]
    assert "lake = 1" in rows
    window.menus.actions["checks"].trigger()
    brief = window.brief
    qtbot.waitUntil(lambda: brief.isVisible() and not brief.building.busy, timeout=5000)
    assert not brief.isModal()
    assert len(brief.cards) == len(rows)
    at = rows.index("lake = 1")
    brief.cards[at].low.setValue(2)
    qtbot.waitUntil(lambda: window.controller.state.draft.checks[at].check.value == 2, timeout=5000)
    brief.building.finish()
    brief.cards[0].strike.click()
    assert window.controller.state.draft.checks[0].struck
    brief.building.finish()
    qtbot.waitUntil(lambda: cut_off(brief) == [], timeout=5000)  # what is measured anew comes a little later
    qtbot.mouseClick(brief.add, Qt.MouseButton.LeftButton)
    finder = brief._finder
    qtbot.keyClicks(finder.line, "count of hill")
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    assert window.controller.state.draft.checks[-1].check.arguments == {"feature": "hill"}
    brief.building.finish()
    brief.cards[-1].strike.click()  # not that one after all
    before = window.controller.state.timeline.current
    qtbot.mouseClick(brief.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.state.timeline.current != before and idle(window), timeout=LONG_MS)
    told = [(plain(row.asked), plain(row.measured), row.mark) for row in table(window)]
    assert ("lake = 2", "2", "held") in told
    assert len(told) == len(rows) - 1


def test_the_checks_of_a_sentence_are_seen_before_it_is_made(qtbot, opened):
    window = opened()
    window.conversation.entry.set_text("a lake and two volcanoes")
    qtbot.mouseClick(window.conversation.checks_first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.brief.isVisible, timeout=LONG_MS)
    window.brief.building.finish()
    assert window.brief.run.text() == "Make the map"
    assert any("two volcanoes" in card.words.text() for card in window.brief.cards)
    assert window.controller.state.recipe is None
    window.brief.close()
    assert window.controller.state.draft is None


def test_a_row_under_the_cursor_outlines_its_place(qtbot, opened, monkeypatch):
    window = opened()
    ask(qtbot, window, ISLAND)
    shown, missed = [], []

    def outline(where, **told):
        shown.append(where)
        missed.append(told["missed"])

    monkeypatch.setattr(window.view, "outline", outline)
    window.places._view = window.view
    checks = window.conversation.turns[-1].checks
    at = next(k for k, row in enumerate(checks.texts()) if plain(row.asked) == "lake = 1")
    window.conversation.pointed.emit(at)
    qtbot.waitUntil(lambda: any(isinstance(m, np.ndarray) for m in shown), timeout=5000)
    mask = shown[-1]
    world = window.controller.state.world
    lake = world.layers["water_kind"].data == 2
    assert (mask[lake] > 0).any()
    assert not missed[-1]
    window.conversation.pointed.emit(None)
    qtbot.waitUntil(lambda: shown[-1] is None, timeout=5000)


# -- settings, export, palette, look -----------------------------------------------------------------------------------


def test_settings_hold_at_once_and_hide_keys(qtbot, opened, monkeypatch):
    window = opened()
    stored = []
    monkeypatch.setattr(window.controller, "store_key", lambda host, key: stored.append((host, key)))
    window.settings.key_stored.disconnect()
    window.settings.key_stored.connect(window.controller.store_key)
    window.show_settings()
    settings = window.settings
    assert not settings.isModal()
    settings.use.setCurrentIndex(settings.use.findData("model"))
    settings.use.activated.emit(1)
    assert window.controller.state.preferences.agents.use == "model"
    assert settings.key.isEnabled()
    settings.preset.setCurrentIndex(settings.preset.findData("openai"))
    settings.preset.activated.emit(1)
    qtbot.keyClicks(settings.key, "sk-secret-123")
    qtbot.mouseClick(settings.store, Qt.MouseButton.LeftButton)
    assert stored == [("api.openai.com", "sk-secret-123")]
    assert settings.key.text() == ""
    settings.rounds.setValue(2)
    assert window.controller.state.preferences.budgets.rounds == 2
    settings.work.setValue(256)
    assert window.controller.state.preferences.tiers.work == 256
    assert cut_off(settings) == []
    folder = window.controller._preferences_file.parent
    assert "sk-secret" not in "".join(f.read_text(encoding="utf-8") for f in folder.rglob("*.json"))


def test_the_export_dialog_tells_size_and_command_and_writes(qtbot, window, tmp_path):
    window.show_export()
    export = window.export
    assert not export.isModal()
    names = [export.list.item(k).data(0x0100) for k in range(export.list.count())]
    assert "heightmap" in names
    export.list.setCurrentRow(names.index("heightmap"))
    export.form.building.finish()
    target = tmp_path / "out" / "ground.png"
    target.parent.mkdir()
    export.path.setText(str(target))
    command = shlex.split(export.line.text())
    assert command[:2] == ["pcgstudio", "export"]
    assert command[command.index("--to") + 1] == "heightmap"
    assert str(target) in command
    qtbot.waitUntil(lambda: "About" in export.estimate.text(), timeout=LONG_MS)
    export.copy.click()
    assert QGuiApplication.clipboard().text() == export.line.text()
    qtbot.mouseClick(export.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Written" in export.outcome.text(), timeout=LONG_MS)
    assert target.stat().st_size > 100
    assert cut_off(export) == []


def test_the_palette_finds_actions_steps_and_shortcuts(qtbot, window):
    window.menus.actions["palette"].trigger()
    finder = window.finder
    assert finder.isVisible()
    titles = [choice.title for choice in finder._choices]
    assert {"Export", "Add hills", "Select hills", "Save a screenshot"} <= set(titles)
    assert next(c for c in finder._choices if c.title.startswith("Undo")).keys == "Ctrl+Z"
    qtbot.keyClicks(finder.line, "select grond")  # a slip of the finger
    assert finder.shown()[0].title == "Select ground"
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    assert window.controller.state.selected == "ground"


def test_better_fits_come_first():
    found = [Choice(t, lambda: None) for t in ("Add plateau", "Add hills", "Save recipe", "Hide the hills")]
    assert [c.title for c in ranked(found, "hills")][:2] == ["Add hills", "Hide the hills"]
    assert [c.title for c in ranked(found, "ahl")] == ["Add hills"]
    assert ranked(found, "zzz") == []


def test_no_shortcut_is_given_twice(window):
    taken = {}
    for action in window.menus.actions.values():
        keys = action.shortcut().toString()
        assert not keys or keys not in taken, (keys, action.text(), taken.get(keys))
        taken[keys] = action.text()


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT])
def test_texts_are_told_from_their_grounds(look):
    for ground in (look.window, look.panel, look.field, look.raised):
        for text in (look.text, look.muted, look.accent, look.good, look.gap):
            least = 4.5 if text != look.accent else 3.0  # large or underlined
            assert theme.contrast(text, ground) >= least, (text, ground)
    assert theme.contrast(look.on_accent, look.accent) >= 4.5
    assert theme.contrast(look.text, look.gap_ground) >= 7


def test_thumbnails_lie_on_the_paper_of_the_theme(qtbot, window):
    qtbot.waitUntil(lambda: window.history.entries[-1].thumbnail is not None, timeout=LONG_MS)
    seen = {}
    for look in ("dark", "light"):
        window.controller.prefer(theme=look)
        settle(qtbot, window)
        seen[look] = pixels(window.history.cards()[-1])[10:70, 10:125]
        assert (seen[look][0, 0] == load_palette().background[look]).all()
    same = (np.abs(seen["dark"].astype(int) - seen["light"]).max(axis=2) < 4).mean()
    assert 0.2 < same < 0.9  # the map itself is the same on both


def test_the_theme_changes_at_once_and_back(qtbot, window):
    window.controller.prefer(theme="dark")
    dark = pixels(window.steps).mean()
    window.controller.prefer(theme="light")
    qtbot.wait(100)
    light = pixels(window.steps).mean()
    assert light > dark + 100
    assert out_of_sight(window.step.area) == []
    window.controller.prefer(theme="dark")
    qtbot.wait(100)
    assert pixels(window.steps).mean() == pytest.approx(dark, abs=2)


def test_lengths_are_told_in_feet_where_a_person_wants_that(qtbot, window):
    number = line(window, "height_m").field.number
    metres = number.value()
    assert number.suffix() == " m"
    window.controller.prefer(units="imperial")
    qtbot.waitUntil(lambda: not window.step.form.building.busy, timeout=5000)
    number = line(window, "height_m").field.number
    assert number.suffix() == " ft"
    assert number.value() == pytest.approx(3.28084 * metres, abs=1)
    number.setValue(328.084)
    settle(qtbot, window)
    assert window.controller.state.recipe.step("hills").params["height_m"] == pytest.approx(100, abs=0.5)
    window.controller.prefer(units="metric")
    qtbot.waitUntil(lambda: not window.step.form.building.busy, timeout=5000)
    assert line(window, "height_m").field.number.value() == pytest.approx(100, abs=0.5)


def test_the_checks_follow_what_is_changed_by_hand(qtbot, opened):
    window = opened()
    ask(qtbot, window, ISLAND)
    assert ("lake = 1", "1", "held") in [(plain(r.asked), plain(r.measured), r.mark) for r in table(window)]
    lake = next(s.id for s in window.controller.state.recipe.steps if s.generator == "lakes")
    window.controller.set_param(lake, "count", 2)
    settle(qtbot, window)
    row = next(r for r in table(window) if plain(r.asked) == "lake = 1")
    assert (row.measured, row.mark, row.gap) == ("2", "missed", "over by 1")
    verdict = window.conversation.turns[-1].verdict
    assert verdict.text.objectName() == "gap"
    assert verdict.isVisible()
    window.menus.actions["undo"].trigger()
    settle(qtbot, window)
    assert next(r for r in table(window) if plain(r.asked) == "lake = 1").mark == "held"
    assert cut_off(window) == []
