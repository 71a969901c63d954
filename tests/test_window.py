"""The window itself: a sentence becomes a map and a table, live with a display and as pictures without one."""

import subprocess
import sys
import time

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtGui import QDragEnterEvent, QDropEvent  # noqa: TID251 - the same
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog  # noqa: TID251 - the same

from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.ui import app

from .windows import (
    ISLAND,
    LONG_MS,
    ask,
    cut_off,
    idle,
    live,
    map_of,
    out_of_sight,
    pixels,
    plain,
    say,
    settle,
    steady,
    table,
    windows,
)

pytestmark = pytest.mark.window


@pytest.fixture
def opened(qtbot, tmp_path):
    with windows(qtbot, tmp_path) as open_window:
        yield open_window


# -- with a display ----------------------------------------------------------------------------------------------------


@live
@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
def test_a_typed_sentence_becomes_a_live_map_and_a_table(qtbot, opened, size):
    window = opened(size, still=False)
    before = pixels(window)
    beats = []
    timer = QTimer(window, interval=20, timeout=lambda: beats.append(window.controller.state.busy))
    timer.start()
    began = time.monotonic()
    ask(qtbot, window, ISLAND)
    assert sum(beats) > 4 * (time.monotonic() - began)  # the window lived while the map was made
    qtbot.waitUntil(lambda: window.view.live is not None, timeout=LONG_MS)
    settle(qtbot, window)
    after = pixels(window)
    centre = np.s_[size[1] // 3 : -size[1] // 3, size[0] // 3 : -size[0] // 3]
    assert (before[centre] != after[centre]).any(axis=2).mean() > 0.8
    assert len(np.unique(after[centre].reshape(-1, 3), axis=0)) > 1000  # a landscape, not a plane
    rows = [(row.words, plain(row.asked), plain(row.measured), row.mark) for row in table(window)]
    assert ("a lake", "lake = 1", "1", "held") in rows
    assert cut_off(window) == []
    assert out_of_sight(window.conversation.area) == []


@live
def test_a_dragged_slider_changes_the_map_and_undo_brings_the_same_pixels_back(qtbot, opened):
    window = opened(still=False)
    ask(qtbot, window, "an island with a volcano")
    qtbot.waitUntil(lambda: window.view.live is not None, timeout=LONG_MS)
    settle(qtbot, window)
    window.controller.select("volcano")
    qtbot.waitUntil(lambda: "height_m" in window.step.form.lines, timeout=5000)
    steady(qtbot, window.view.stage)
    before = map_of(window)
    slider = window.step.form.lines["height_m"].field.slider
    slider.setSliderDown(True)
    for position in range(slider.value(), 900, 60):
        slider.setSliderPosition(position)
        qtbot.wait(30)
    dragged = window.controller.state
    assert dragged.recipe.step("volcano").params["height_m"] > 300
    slider.setSliderDown(False)
    settle(qtbot, window)
    steady(qtbot, window.view.stage)
    assert (before != map_of(window)).any(axis=2).mean() > 0.02
    assert len(window.controller.state.timeline.entries) == 3  # beginning, sentence, one gesture
    window.menus.actions["undo"].trigger()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: bool((map_of(window) == before).all()), timeout=30_000)


# -- anywhere ----------------------------------------------------------------------------------------------------------


def test_an_empty_window_offers_three_sentences_and_asks_for_no_key(qtbot, opened):
    window = opened((1280, 800))
    window.start()
    assert len(window.welcome.examples) == 3
    assert cut_off(window) == []
    assert not window.conversation.make.isEnabled()
    assert not window.menus.actions["export"].isEnabled()
    qtbot.mouseClick(window.welcome.examples[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: idle(window), timeout=LONG_MS)
    assert any("room" in row.asked for row in table(window))
    assert not any(dialog.isVisible() for dialog in (window.settings, window.brief, window.export))


def test_the_gallery_opens_a_map(qtbot, opened):
    window = opened()
    window.start()
    qtbot.waitUntil(lambda: bool(window.welcome.gallery.cards), timeout=LONG_MS)
    assert window.welcome.gallery.isVisible()
    assert cut_off(window) == []
    card = window.welcome.gallery.cards[0]
    assert not card.icon().isNull()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: idle(window), timeout=LONG_MS)
    assert window.steps.list.count() == len(window.controller.state.recipe.steps) > 1


def test_without_graphics_the_map_is_a_picture_and_says_so(qtbot, opened):
    window = opened()
    ask(qtbot, window, ISLAND)
    qtbot.waitUntil(lambda: len(np.unique(pixels(window.view).reshape(-1, 3), axis=0)) > 1000, timeout=LONG_MS)
    assert window.view.still
    assert "pictures" in window.still.text()
    assert cut_off(window) == []


def test_the_next_sentence_changes_the_map_and_is_kept_or_not(qtbot, opened):
    window = opened()
    ask(qtbot, window, ISLAND)
    first = window.controller.state.recipe
    assert window.conversation.make.text() == "Change map"
    ask(qtbot, window, "add a volcano")
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 2, timeout=5000)
    turn = window.conversation.turns[-1]
    assert turn.turn.status == "offered"
    qtbot.waitUntil(turn.accept.isVisible, timeout=5000)  # a turn is put together in slices
    assert any("volcano" in row.asked for row in table(window))
    assert cut_off(window) == []
    qtbot.mouseClick(turn.reject, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.controller.state.recipe == first
    assert window.conversation.turns[0].turn.sentence == ISLAND


def test_cancel_in_the_middle_leaves_the_window_as_it_was(qtbot, opened):
    window = opened(resolution=512)
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(window.conversation.progress.isVisible, timeout=LONG_MS)
    assert window.conversation.progress.text.text().endswith("…")
    assert not window.welcome.isEnabled()
    qtbot.mouseClick(window.conversation.stop, Qt.MouseButton.LeftButton)
    assert window.controller.state.activity is None
    qtbot.wait(1500)  # what still comes is dropped
    assert window.controller.state.recipe is None
    assert window.view.currentWidget() is window.welcome
    assert not window.conversation.progress.isVisible()


def test_an_unusable_sentence_is_told_and_can_be_mended(qtbot, opened):
    window = opened()
    say(qtbot, window, "xyzzy")
    qtbot.waitUntil(lambda: window.controller.state.activity is None, timeout=LONG_MS)
    told = window.conversation.turns
    qtbot.waitUntil(lambda: bool(told) and told[-1].turn.status == "failed", timeout=5000)
    assert "xyzzy" in told[-1].turn.problem
    assert window.conversation.entry.text() == "xyzzy"
    assert not window.bars.isVisible()  # it stands in the conversation; twice would be shouting
    assert cut_off(window) == []


def test_earlier_sentences_come_back_with_the_arrow(qtbot, opened):
    window = opened()
    ask(qtbot, window, ISLAND)
    entry = window.conversation.entry
    qtbot.keyClicks(entry, "half a thou")
    qtbot.keyClick(entry, Qt.Key.Key_Up)
    assert entry.text() == ISLAND
    qtbot.keyClick(entry, Qt.Key.Key_Down)
    assert entry.text() == "half a thou"
    low = entry.height()
    qtbot.keyClick(entry, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(entry, "ght")
    assert entry.text() == "half a thou\nght"
    assert entry.height() > low


def test_the_bundle_is_saved_and_a_recipe_dropped_onto_the_window_is_opened(qtbot, opened, tmp_path, monkeypatch):
    window = opened()
    ask(qtbot, window, ISLAND)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(tmp_path / "map"), ""))
    window.menus.actions["bundle"].trigger()
    qtbot.waitUntil(lambda: "Saved" in window.statusBar().currentMessage(), timeout=LONG_MS)
    assert (tmp_path / "map" / "map.glb").stat().st_size > 10_000
    window.menus.actions["new"].trigger()
    qtbot.waitUntil(lambda: window.view.currentWidget() is window.welcome, timeout=5000)
    _drop(window, tmp_path / "map" / "recipe.pcg.json")
    qtbot.waitUntil(lambda: idle(window), timeout=LONG_MS)
    assert window.conversation.turns[0].turn.sentence == ISLAND
    assert "recipe.pcg.json" in window.windowTitle()


def _drop(window, file):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *how)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), *how))


def test_docks_are_where_they_were_left(qtbot, opened):
    window = opened()
    window.docks["step"].close()
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.docks["conversation"])
    window.close()
    again = opened()
    assert not again.docks["step"].isVisible()
    assert again.dockWidgetArea(again.docks["conversation"]) == Qt.DockWidgetArea.RightDockWidgetArea
    again.menus.actions["layout"].trigger()
    assert again.docks["step"].isVisible()
    assert again.dockWidgetArea(again.docks["conversation"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert all(dock.objectName() for dock in again.findChildren(QDockWidget))


def test_it_closes_at_once_while_it_works(qtbot, opened):
    window = opened(resolution=512)
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(lambda: window.controller.state.activity is not None, timeout=LONG_MS)
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 1


def test_a_broken_recipe_is_told_in_a_bar(qtbot, opened, tmp_path):
    window = opened()
    (tmp_path / "broken.pcg.json").write_text("{", encoding="utf-8")
    window.controller.open(tmp_path / "broken.pcg.json")
    qtbot.waitUntil(window.bars.isVisible, timeout=LONG_MS)
    assert "no valid JSON" in window.bars.problem.text.text()
    qtbot.mouseClick(window.bars.problem.shut, Qt.MouseButton.LeftButton)
    assert not window.bars.isVisible()


KILLED = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from pcgstudio.ui.drawing import drawer
from pcgstudio.ui.window import Window

app = QApplication([])
folder = Path(sys.argv[1])
files = {"preferences_file": folder / "p.json", "sessions": folder / "sessions"}
window = Window(draw=drawer(lambda: False), resolution=64, **files)
window.show()
window.controller.submit("an island with a lake")
while window.controller.state.activity is not None or window.controller.state.shown is None:
    app.processEvents()
window.controller.set_seed(77)
while window.controller.state.activity is not None:
    app.processEvents()
print("ready", flush=True)
while True:
    app.processEvents()
"""


def test_a_killed_window_is_offered_in_a_bar_and_comes_back(qtbot, opened, tmp_path):
    command = [sys.executable, "-I", "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout.readline().strip() == "ready"
        time.sleep(1.5)  # the autosave comes to rest
        killed.kill()
    window = opened(sessions=tmp_path / "sessions", resolution=64)
    window.start()
    qtbot.waitUntil(window.bars.recovery.isVisible, timeout=LONG_MS)
    assert "Seed 77" in window.bars.recovery.text.text()
    assert cut_off(window) == []
    qtbot.mouseClick(window.bars.recovery.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: idle(window), timeout=LONG_MS)
    assert window.controller.state.recipe.seed == 77
    assert len(window.history.cards()) == 2
    assert not window.bars.isVisible()
    window.menus.actions["undo"].trigger()
    assert window.controller.state.recipe.seed != 77


def test_recipes_open_from_the_command_line(qtbot, opened, tmp_path):
    file = tmp_path / "flat.pcg.json"
    save(Recipe(resolution=64, steps=(Step(id="noise", generator="terrain_noise"),)), file)
    window = opened()
    window.start(file)
    qtbot.waitUntil(lambda: idle(window), timeout=LONG_MS)
    assert window.steps.list.item(0).text() == "noise"


def test_without_a_display_the_app_says_what_to_do(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert app.main([]) == 1
    assert "pcgstudio generate" in capsys.readouterr().err
