"""The export dialog: a target, its options, what it will take, and the command that does the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QWidget,
)  # fmt: skip

from ..state import Exporting, State
from ..theme import GRID
from ..translation import told, tr
from .form import Form
from .parts import button, label, row, rows, tool

ASK_MS = 250
"""Options that change quickly are estimated once."""


class Export(QDialog):
    """Fed by the targets that are installed."""

    estimated = Signal(str, object)
    """Target and options."""
    started = Signal(str, object, object)
    """Target, path, options."""
    stopped = Signal()
    left = Signal()

    def __init__(self, parent: QWidget, targets: Callable[[], Mapping[str, Any]], command: Callable[..., str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self.setModal(False)
        self.resize(106 * GRID, 66 * GRID)
        self._targets, self._command = targets, command
        self._all: Mapping[str, Any] = {}
        self._options: dict[str, dict[str, Any]] = {}
        self._name = "map"
        self.list = QListWidget()
        self.list.setObjectName("targets")
        self.list.setAccessibleName(tr("Targets"))
        self.list.setFixedWidth(30 * GRID)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title, self.about = label("", "said"), label("", "muted", wraps=True)
        self.form = Form(tools=False)
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("Where to"))
        self.browse = tool("open", tr("Choose where to"), self._browse)
        self.estimate = label("", "small")
        self.line = label("", "code", wraps=True, selectable=True)
        self.copy = tool("duplicate", tr("Copy the command"), self._copy)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.outcome = label("", wraps=True, selectable=True)
        self.go = button(tr("Export"), self._start, "main")
        self.stop = button(tr("Cancel"), self.stopped.emit)
        self.leave = button(tr("Close"), self.close)
        self._lay_out()
        self._ask = QTimer(self, interval=ASK_MS, singleShot=True)
        self._ask.timeout.connect(lambda: self.estimated.emit(self.target, self.options))
        self.list.currentItemChanged.connect(lambda *_: self._show_target())
        self.form.edited.connect(self._edited)
        self.path.textChanged.connect(lambda _text: self._show_line())
        self._shown: Exporting | None = None

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("page")
        inside.setLayout(rows(self.form, 1))
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        to = row(label(tr("To")), self.path, self.browse)
        command = row(self.line, self.copy)
        command.setStretch(0, 1)
        card = QFrame()
        card.setObjectName("card")
        card.setLayout(rows(label(tr("The same without the window"), "head"), command, margin=GRID, gap=GRID // 2))
        foot = row(self.estimate, 1, self.leave, self.stop, self.go)
        right = rows(self.title, self.about, scroll, to, card, self.progress, self.outcome, foot)
        right.setStretch(2, 1)
        whole = row(self.list, right, margin=2 * GRID, gap=2 * GRID)
        self.setLayout(whole)

    @property
    def target(self) -> str:
        """Name of the chosen target; empty where there is none."""
        item = self.list.currentItem()
        return str(item.data(0x0100)) if item is not None else ""

    @property
    def options(self) -> dict[str, Any]:
        """The options that a person changed."""
        return dict(self._options.get(self.target, {}))

    def open_for(self, state: State) -> None:
        """Open with what is installed."""
        self._name = _plain(state.recipe.name if state.recipe else "map")
        if not self._all:
            self._all = self._targets()
            for name, target in self._all.items():
                item = QListWidgetItem(target.title)
                item.setData(0x0100, name)
                item.setToolTip(target.text)
                self.list.addItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._show_target()
        self.show_state(state)
        self.show()
        self.raise_()

    def retell(self) -> None:
        """Make the form anew, in other units."""
        self.form.clear_lines()
        chosen = self._all.get(self.target)
        if chosen is not None:
            self.form.show_model(chosen.options, self._options.get(self.target, {}))

    def show_state(self, state: State) -> None:
        """Show how the export of a state goes."""
        now = state.exporting
        running = bool(now and now.running)
        self.stop.setVisible(running)
        self.progress.setVisible(running)
        self.go.setEnabled(bool(self.target) and not running and state.recipe is not None)
        if now is None or now.target != self.target:
            self.outcome.setText("" if self._all else tr("No export target is installed here."))
            return
        self.progress.setValue(round(1000 * now.fraction))
        self.estimate.setText(tr("About %1", sized(now.estimate)) if now.estimate is not None else "")
        if now.problem:
            self._tell(told(now.problem), "gap")
        elif running:
            self._tell(told(now.text), "muted")
        elif now.files:
            total = sum(f.stat().st_size for f in now.files if f.is_file())
            where = now.path or now.files[0]
            written = tr("Written: %1 (%2 files, %3)", where, len(now.files), sized(total))
            self._tell("\n".join((written, *map(told, now.notes))), "good")
        else:
            self._tell("", "")

    def _tell(self, text: str, name: str) -> None:
        self.outcome.setText(text)
        self.outcome.setObjectName(name)
        self.outcome.style().polish(self.outcome)

    def _show_target(self) -> None:
        chosen = self._all.get(self.target)
        if chosen is None:
            return
        self.title.setText(chosen.title)
        self.about.setText(chosen.text)
        self.form.show_model(chosen.options, self._options.get(self.target, {}))
        ending = "" if chosen.is_folder else chosen.suffix
        self.path.setText(str(Path.home() / f"{self._name}-{self.target}{ending}"))
        self.estimate.setText("")
        self._tell("", "")
        self._show_line()
        self._ask.start()

    def _edited(self, name: str, value: Any, _rests: bool) -> None:
        self._options.setdefault(self.target, {})[name] = value
        self._show_line()
        self._ask.start()

    def _show_line(self) -> None:
        if self.target:
            self.line.setText(self._command(self.target, Path(self.path.text()), self.options))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text())

    def _browse(self) -> None:
        chosen = self._all.get(self.target)
        if chosen is None:
            return
        file, _ = QFileDialog.getSaveFileName(self, tr("Export to"), self.path.text())
        if file:
            self.path.setText(file)

    def _start(self) -> None:
        if self.target and self.path.text().strip():
            self.started.emit(self.target, Path(self.path.text().strip()), self.options)

    def closeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Forget the estimate."""
        super().closeEvent(event)
        self._ask.stop()
        self.left.emit()


def sized(count: int | None) -> str:
    """Return a number of bytes as people write it.

    Examples
    --------
    >>> sized(1_600_000)
    '1.6 MB'
    """
    value, unit = float(count or 0), "bytes"
    for unit in ("bytes", "kB", "MB", "GB"):  # noqa: B007 - the last one is what is told
        if value < 1000:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{float(f'{value:.2g}'):g} {unit}"


def _plain(name: str) -> str:
    """Return a name that a file can bear."""
    kept = "".join(c if c.isalnum() else "-" for c in name.lower())[:40]
    return "-".join(p for p in kept.split("-") if p) or "map"
