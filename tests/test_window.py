"""The window itself: with a display the live view is drawn and looked at, without one the still picture is."""

import os
import sys
import time

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt, QTimer  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton  # noqa: TID251 - the same

from pcgstudio.gl import gl_works
from pcgstudio.ui import app
from pcgstudio.ui.drawing import drawer
from pcgstudio.ui.theme import dress
from pcgstudio.ui.window import Window

DISPLAY = bool(os.environ.get("DISPLAY")) or sys.platform in ("win32", "darwin")
if not DISPLAY:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # Qt ends the process where it finds no display

pytestmark = pytest.mark.window
LONG_MS = 120_000
ISLAND = "a mountainous island with a lake"

live = pytest.mark.skipif(
    not DISPLAY or not gl_works(),
    reason='the live view needs a display and OpenGL; run it as: xvfb-run -a -s "-screen 0 1600x1000x24" pytest',
)


@pytest.fixture
def opened(qtbot, qapp):
    """Return what opens a dressed window; all are closed at the end."""
    dress(qapp)
    windows = []

    def open_window(size=(1280, 800), resolution=128, **more):
        window = Window(resolution=resolution, **more)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        return window

    yield open_window
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def still(opened):
    return opened(draw=drawer(lambda: False))


def say(qtbot, window, sentence):
    qtbot.keyClicks(window.line, sentence)
    qtbot.keyClick(window.line, Qt.Key.Key_Return)


def made(window):
    return lambda: not window.controller.state.busy and window.controller.state.made is not None


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def cells(window):
    table = window.table
    return [[table.item(r, c).text() for c in range(4)] for r in range(table.rowCount())]


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def cut_off(window):
    """Texts that do not fit where they stand."""
    for _ in range(3):
        QApplication.processEvents()  # what was just set is laid out by the next turns of the loop
    widgets = [w for kind in (QLabel, QPushButton) for w in window.findChildren(kind) if w.isVisible() and w.text()]
    found = [w.text() for w in widgets if w.width() < w.minimumSizeHint().width() or w.height() < _needed(w)]
    table = window.table
    for row in range(table.rowCount()):
        for column in range(4):
            room = QRect(0, 0, table.columnWidth(column) - 8, 1000)
            text = table.item(row, column).text()
            need = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text)
            if need.width() > room.width() or need.height() > table.rowHeight(row):
                found.append(text)
    return found


def _needed(widget):
    wraps = isinstance(widget, QLabel) and widget.wordWrap()
    return widget.heightForWidth(widget.width()) if wraps else widget.minimumSizeHint().height()


# -- with a display ----------------------------------------------------------------------------------------------------


@live
@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
def test_a_typed_sentence_becomes_a_live_map_and_a_table(qtbot, opened, tmp_path, size):
    window = opened(size)
    before = pixels(window)
    beats = []
    timer = QTimer(window, interval=20, timeout=lambda: beats.append(window.controller.state.busy))
    timer.start()
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(made(window), timeout=LONG_MS)
    assert sum(beats) > 20  # the window lived while the map was made
    after = pixels(window)
    centre = np.s_[size[1] // 3 : -size[1] // 4, size[0] // 2 : -size[0] // 6]
    assert (before[centre] != after[centre]).any(axis=2).mean() > 0.9
    assert len(np.unique(after[centre].reshape(-1, 3), axis=0)) > 2000  # a landscape, not a plane
    assert window.view.live is not None
    assert ["✓", "a lake", "lake = 1", "1"] in [[plain(text) for text in row] for row in cells(window)]
    assert window.table.visualItemRect(window.table.item(0, 1)).isValid()
    assert cut_off(window) == []
    window.grab().save(str(tmp_path / "window.png"))


@live
def test_the_next_sentence_changes_the_map_and_keeps_the_camera(qtbot, opened):
    window = opened()
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(made(window), timeout=LONG_MS)
    window.view.live.camera.azimuth = 30
    seen, first = window.view.live.camera.position, window.controller.state.made
    assert window.make.text() == "Change map"
    say(qtbot, window, "add a volcano")
    qtbot.waitUntil(lambda: made(window)() and window.controller.state.made is not first, timeout=LONG_MS)
    assert window.view.live.camera.position == seen
    assert any("volcano" in row[2] for row in cells(window))
    assert "Changed" in window.notes.text()
    assert cut_off(window) == []


@live
def test_less_is_drawn_while_the_camera_moves(qtbot, opened, monkeypatch):
    window = opened()
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(made(window), timeout=LONG_MS)
    monkeypatch.setattr("pcgstudio.ui.view.SLOW_FRAME_S", 0.0)
    drawn = []
    for moves in (True, False):
        window.view._moving(moves)
        drawn.append(sum(a.mapper.dataset.n_cells for a in window.view.live.actors.values() if a.visibility))
    assert drawn[0] < drawn[1] / 4


# -- anywhere ----------------------------------------------------------------------------------------------------------


def test_an_empty_window_offers_three_sentences(qtbot, still):
    assert len(still.empty.examples) == 3
    assert cut_off(still) == []
    assert not still.make.isEnabled()
    assert not still.saver.isEnabled()
    qtbot.mouseClick(still.empty.examples[2], Qt.MouseButton.LeftButton)
    assert still.controller.state.pending == still.empty.examples[2].text()
    qtbot.waitUntil(made(still), timeout=LONG_MS)
    assert any("room" in row[2] for row in cells(still))


def test_without_graphics_the_map_is_a_still_picture_and_says_so(qtbot, still):
    before = pixels(still.view)
    say(qtbot, still, ISLAND)
    qtbot.waitUntil(made(still), timeout=LONG_MS)
    after = pixels(still.view)
    assert (after.shape != before.shape) or (after != before).any()
    assert len(np.unique(after.reshape(-1, 3), axis=0)) > 2000
    assert still.view.still
    assert "still picture" in still.still.text()
    assert cut_off(still) == []


def test_cancel_in_the_middle_leaves_the_window_as_it_was(qtbot, opened):
    window = opened(draw=drawer(lambda: False), resolution=512)
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(lambda: window.controller.state.fraction > 0, timeout=LONG_MS)
    assert window.progress.value() > 0
    assert not window.empty.isEnabled()
    qtbot.mouseClick(window.stop, Qt.MouseButton.LeftButton)
    assert not window.controller.state.busy
    assert window.statusBar().currentMessage() == "Cancelled; nothing was made."
    qtbot.wait(1500)  # what still comes is dropped
    assert window.controller.state.made is None
    assert window.table.rowCount() == 0
    assert window.view.currentWidget() is window.empty


def test_an_unusable_sentence_is_told_and_can_be_mended(qtbot, still):
    say(qtbot, still, "xyzzy")
    qtbot.waitUntil(still.problem.isVisible, timeout=LONG_MS)
    assert "xyzzy" in still.problem.text()
    assert still.problem.textFormat() == Qt.TextFormat.RichText  # its text is escaped for that
    assert still.line.text() == "xyzzy"
    assert cut_off(still) == []


def test_the_bundle_is_saved_and_opened(qtbot, still, tmp_path, monkeypatch):
    say(qtbot, still, ISLAND)
    qtbot.waitUntil(made(still), timeout=LONG_MS)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_more: (str(tmp_path / "map"), ""))
    qtbot.mouseClick(still.saver, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Saved" in still.statusBar().currentMessage(), timeout=LONG_MS)
    assert (tmp_path / "map" / "map.glb").stat().st_size > 10_000
    qtbot.waitUntil(lambda: not still.controller.state.busy, timeout=LONG_MS)
    qtbot.mouseClick(still.fresh, Qt.MouseButton.LeftButton)
    assert still.view.currentWidget() is still.empty
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *_args, **_more: (str(tmp_path / "map" / "recipe.pcg.json"), "")
    )
    qtbot.mouseClick(still.opener, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(made(still), timeout=LONG_MS)
    assert ISLAND in still.said.text()


def test_it_closes_at_once_while_it_works(qtbot, opened):
    window = opened(draw=drawer(lambda: False), resolution=512)
    say(qtbot, window, ISLAND)
    qtbot.waitUntil(lambda: window.controller.state.fraction > 0, timeout=LONG_MS)
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 1
    assert not window.controller.state.busy


def test_without_a_display_the_app_says_what_to_do(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert app.main([]) == 1
    assert "pcgstudio generate" in capsys.readouterr().err
