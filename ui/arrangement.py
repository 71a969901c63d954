"""Where the docks of the window stand: remembered from one time to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

VERSION = 1
"""Number of the set of docks; an arrangement kept under another number is not restored."""


class Arrangement:
    """Restores the arrangement of a window as it is made, and keeps it as it closes.

    Parameters
    ----------
    window : QMainWindow
    file : Path
        Where the arrangement is kept.
    """

    def __init__(self, window: QMainWindow, file: Path) -> None:
        self._window, self._file = window, file
        self._first = QByteArray()

    def restore(self) -> None:
        """Put the docks where they were left, now that they and the toolbar stand."""
        self._first = self._window.saveState(VERSION)
        kept = QSettings(str(self._file), QSettings.Format.IniFormat)
        size, docks = kept.value("geometry"), kept.value("docks")
        if isinstance(size, QByteArray):
            self._window.restoreGeometry(size)
        if isinstance(docks, QByteArray):
            self._window.restoreState(docks, VERSION)

    def reset(self) -> None:
        """Put the docks where they were at first."""
        self._window.restoreState(self._first, VERSION)

    def keep(self) -> None:
        """Remember where they stand."""
        kept = QSettings(str(self._file), QSettings.Format.IniFormat)
        kept.setValue("geometry", self._window.saveGeometry())
        kept.setValue("docks", self._window.saveState(VERSION))
        kept.sync()
