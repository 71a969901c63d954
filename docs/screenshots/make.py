"""Makes the pictures of the window: eight states, light and dark.

Run it on a screen of its own, so that nothing else gets into the pictures::

    xvfb-run -a -s "-screen 0 1440x900x24" python docs/screenshots/make.py

With names as arguments (``offer palette``) only those states are pictured.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QPoint  # noqa: TID251 - the window is pictured with what it is made of
from PySide6.QtGui import QGuiApplication  # noqa: TID251 - the same
from PySide6.QtTest import QTest  # noqa: TID251 - the same
from PySide6.QtWidgets import QApplication, QDialog  # noqa: TID251 - the same

from pcgstudio.ui.window import Window

HERE = Path(__file__).parent
SIZE = (1440, 900)
MOST_BYTES = 400_000
LONG_S = 300.0
FOLLOW_UP = "make the volcano a little higher and add a river"


def main() -> None:
    """Picture the states named in the arguments, or all."""
    wanted = sys.argv[1:] or list(STATES)
    app = QApplication(["pcgstudio"])
    folder = Path(tempfile.mkdtemp())
    for theme in ("light", "dark"):
        window = Window(preferences_file=folder / theme / "preferences.json", sessions=folder / theme / "sessions")
        window.controller.prefer(theme=theme)
        window.resize(*SIZE)
        window.move(0, 0)
        window.show()
        window.start()
        QTest.qWaitForWindowExposed(window)
        for name, arrange in STATES.items():
            if name in wanted or arrange in (island, offer):  # the others stand on these
                arrange(window)
                _rest(window)
                if name in wanted:
                    _keep(HERE / f"{name}-{theme}.png")
                _tidy(window)
        window.close()
        window.deleteLater()
    app.processEvents()


# -- the states --------------------------------------------------------------------------------------------------------


def welcome(window: Window) -> None:
    """Show the empty window: sentences to click, and the gallery."""
    _until(lambda: len(window.controller.state.presets) >= 8)


def island(window: Window) -> None:
    """Show a sentence, its map, and what was measured; the place of one check is outlined."""
    _say(window, window.welcome.examples[0].text())
    _rest(window)
    lakes = [m.check.arguments.get("feature") == "lake" for m in window.controller.state.report.checks]
    table = window.conversation.turns[-1].checks
    table.setCurrentRow(lakes.index(True))


def form(window: Window) -> None:
    """Show the parameters of a step, and where it works."""
    window.conversation.turns[-1].checks.setCurrentRow(-1)
    window.controller.point_at(None)
    window.controller.select("forest")
    _until(lambda: "cover" in window.step.form.lines and not window.step.form.building.busy)
    _wait(0.5)
    window.resizeDocks([window.docks["steps"], window.docks["step"]], [200, 640], _upright())
    _wait(0.2)
    bar = window.step.area.verticalScrollBar()
    bar.setValue(bar.maximum())


def offer(window: Window) -> None:
    """Show a follow-up that waits for a yes or a no, with what it changes."""
    window.resizeDocks([window.docks["steps"], window.docks["step"]], [310, 530], _upright())
    window.controller.select("volcano")
    _say(window, FOLLOW_UP)


def variants(window: Window) -> None:
    """Show eight maps like this one, to pick from."""
    window.controller.accept()
    window.make_variants()
    _until(lambda: window.controller.state.variants is not None and not window.controller.state.variants.running)


def checks(window: Window) -> None:
    """Show the brief editor."""
    window.strip.show_tab(window.history)
    window.controller.edit_brief()
    _until(lambda: window.brief.isVisible() and not window.brief.building.busy)
    _centre(window, window.brief)


def export(window: Window) -> None:
    """Show the export dialog with its estimate and its command."""
    window.show_export()
    at = next((k for k in range(window.export.list.count()) if window.export.list.item(k).text() == "Unity"), 0)
    window.export.list.setCurrentRow(at)
    window.export.form.building.finish()
    _until(lambda: bool(window.export.estimate.text()))
    window.export.path.setText(str(Path("maps") / "island-unity"))
    _centre(window, window.export)


def palette(window: Window) -> None:
    """Show what a few letters find."""
    window.show_palette()
    window.finder.line.setText("hi")


STATES: dict[str, Callable[[Window], None]] = {
    one.__name__: one for one in (welcome, island, form, offer, variants, checks, export, palette)
}


# -- how ---------------------------------------------------------------------------------------------------------------


def _say(window: Window, sentence: str) -> None:
    before = window.controller.state.timeline.current
    window.controller.submit(sentence)
    _until(lambda: window.controller.state.timeline.current != before)


def _rest(window: Window) -> None:
    """Wait until nothing moves any more."""
    state = window.controller
    _until(lambda: state.state.activity is None and not (state.state.shown and state.state.shown.coarse))
    _until(lambda: not (window.conversation.building.busy or window.step.form.building.busy))
    _wait(1.5)


def _tidy(window: Window) -> None:
    for dialog in window.findChildren(QDialog):
        dialog.close()


def _centre(window: Window, dialog: QDialog) -> None:
    dialog.move(window.pos() + QPoint((window.width() - dialog.width()) // 2, (window.height() - dialog.height()) // 3))


def _upright() -> Any:
    from PySide6.QtCore import Qt  # noqa: PLC0415, TID251 - as above

    return Qt.Orientation.Vertical


def _keep(file: Path) -> None:
    """Write what the screen shows, in fewer colours where it would be too large."""
    shot = QGuiApplication.primaryScreen().grabWindow(0, 0, 0, *SIZE)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    shot.save(buffer, "PNG")
    picture = Image.open(BytesIO(bytes(buffer.data().data()))).convert("RGB")
    picture.save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        picture.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(file, optimize=True)
    print(f"{file.name}: {file.stat().st_size // 1000} kB")


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not done() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)


def _wait(seconds: float) -> None:
    end = time.monotonic() + seconds
    _until(lambda: time.monotonic() > end)


if __name__ == "__main__":
    main()
