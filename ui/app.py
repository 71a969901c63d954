"""Starts the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Open the window, with the recipe or bundle named in the arguments if there is one; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not _display():
        print("pcgstudio: there is no display here; use: pcgstudio generate", file=sys.stderr)
        return 1
    os.environ.setdefault("QT_API", "pyside6")
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - aborts the process where there is no display

    from .window import Window  # noqa: PLC0415 - the same

    app = QApplication.instance() or QApplication(["pcgstudio"])
    assert isinstance(app, QApplication)
    app.setApplicationDisplayName("PCG Studio")
    window = Window()
    window.show()
    window.start(Path(given[0]) if given else None)
    return app.exec()


def _display() -> bool:
    """Whether Qt can open a window, which it does not ask itself; VTK needs X, under Wayland too."""
    if sys.platform in ("win32", "darwin") or "QT_QPA_PLATFORM" in os.environ:
        return True
    if os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
