"""A window to test: opened on files of its own, driven like a person does, looked at as pixels."""

import os
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtWidgets import QApplication, QLabel, QPushButton  # noqa: TID251 - the same

from pcgstudio.gl import gl_works
from pcgstudio.ui.drawing import drawer
from pcgstudio.ui.window import Window

DISPLAY = bool(os.environ.get("DISPLAY")) or sys.platform in ("win32", "darwin")
if not DISPLAY:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # Qt ends the process where it finds no display

LONG_MS = 120_000
ISLAND = "a mountainous island with a lake"

live = pytest.mark.skipif(
    not DISPLAY or not gl_works(),
    reason='the live view needs a display and OpenGL; run it as: xvfb-run -a -s "-screen 0 1600x1000x24" pytest',
)


@contextmanager
def windows(qtbot, tmp_path):
    """Yield what opens a window; all are closed at the end, and nothing of them stays."""
    opened = []

    def open_window(size=(1440, 900), resolution=128, still=True, **more):
        if still:
            more.setdefault("draw", drawer(lambda: False))
        more.setdefault("preferences_file", tmp_path / "config" / "preferences.json")
        more.setdefault("sessions", tmp_path / "sessions")
        window = Window(resolution=resolution, **more)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        opened.append(window)
        return window

    yield open_window
    for window in opened:
        window.close()
        window.deleteLater()


def say(qtbot, window, sentence):
    """Type a sentence and send it, without waiting."""
    entry = window.conversation.entry
    entry.setFocus()
    qtbot.keyClicks(entry, sentence)
    qtbot.keyClick(entry, Qt.Key.Key_Return)


def ask(qtbot, window, sentence):
    """Say a sentence and wait for the map."""
    before = window.controller.state.timeline.current
    say(qtbot, window, sentence)
    qtbot.waitUntil(lambda: window.controller.state.timeline.current != before and idle(window), timeout=LONG_MS)


def idle(window):
    """Whether nothing is worked on and the map shown is the map of the recipe."""
    state = window.controller.state
    built = not (window.conversation.building.busy or window.step.form.building.busy)
    return built and state.activity is None and state.shown is not None and not state.shown.coarse


def settle(qtbot, window):
    """Wait until the map of the recipe is shown."""
    qtbot.wait(30)
    qtbot.waitUntil(lambda: idle(window), timeout=LONG_MS)
    qtbot.wait(50)


def pixels(widget):
    """Return ``(rows, cols, 3) uint8``."""
    image = widget.grab().toImage()
    image = image.convertToFormat(image.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def steady(qtbot, stage):
    """Return the pixels of the map as soon as the view says that it rests: it draws beside the main thread."""
    qtbot.wait(30)  # what was just asked for begins
    qtbot.waitUntil(lambda: stage.resting, timeout=LONG_MS)
    QApplication.processEvents()  # the last picture is painted
    return pixels(stage)


def table(window):
    """Return the rows of checks of the last turn."""
    return window.conversation.turns[-1].checks.texts()


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def cut_off(window):
    """Return texts of labels and buttons that do not fit where they stand."""
    for _ in range(5):
        QApplication.processEvents()  # what was just set is laid out by the next turns of the loop
    kinds = (QLabel, QPushButton)
    widgets = [w for kind in kinds for w in window.findChildren(kind) if w.isVisible() and w.text() and _is_ours(w)]
    return [w.text() for w in widgets if w.width() < w.minimumSizeHint().width() or w.height() < _needed(w)]


def out_of_sight(area):
    """Return visible children of a scroll area that stand out beyond its sides."""
    wide = area.viewport().width()
    found = []
    for child in area.widget().findChildren(QLabel) + area.widget().findChildren(QPushButton):
        if child.isVisible() and child.text():
            at = QRect(child.mapTo(area.widget(), child.rect().topLeft()), child.size())
            if at.right() > wide:
                found.append(child.text())
    return found


def _is_ours(widget):
    return type(widget).__name__ != "QElidingLabel"  # shortens itself


def _needed(widget):
    wraps = isinstance(widget, QLabel) and widget.wordWrap()
    return widget.heightForWidth(widget.width()) if wraps else widget.minimumSizeHint().height()


def map_of(window):
    """Return the pixels of the map and of what is written on it: scale bar, north mark, legend."""
    return pixels(window.view.stage)
