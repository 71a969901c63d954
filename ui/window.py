"""The one window: a sentence, the map, and asked beside measured. It shows states and passes wishes on; no more."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QCloseEvent, QColor, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from . import theme, wording
from .controller import EXAMPLES, Controller, State
from .drawing import drawer, warm
from .theme import GRID
from .view import MapView
from .worker import Worker

MARKS = {
    "held": ("✓", theme.GOOD), "missed": ("✗", theme.GAP), "wish": ("○", theme.MUTED), "waiting": ("", theme.MUTED),
}  # fmt: skip
TOLD = {"held": "holds", "missed": "missed", "wish": "a wish, not met", "waiting": "not measured yet"}
STILL = "No usable 3D graphics here: the map is shown as a still picture. See: pcgstudio doctor"


class Window(QMainWindow):
    """The main window; owns its controller and its worker."""

    def __init__(self, draw: Callable[[Any], object] | None = None, **settings: Any) -> None:
        super().__init__()
        self.setWindowTitle("PCG Studio")
        self.resize(1280, 800)
        self.worker = Worker()
        self.controller = Controller(self.worker.start, draw or drawer(), self.show_state, **settings)
        self._shown = State()
        self.line = QLineEdit()
        self.make = _button("Make map", self._submit, "main")
        self.stop = _button("Cancel", self.controller.cancel)
        self.fresh = _button("New", self._clear)
        self.opener = _button("Open…", self._ask_open)
        self.saver = _button("Save bundle…", self._ask_save)
        self.progress = QProgressBar()
        self.problem, self.said, self.outcome = _label("problem"), _label("said"), _label("")
        self.notes, self.still = _label(""), QLabel()
        self.table = Checks()
        self.empty = Empty(self._example)
        self.view = MapView(self.empty)
        self.line.returnPressed.connect(self._submit)
        self.line.textChanged.connect(self._enable)
        self._lay_out()
        self.show_state(self.controller.state)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        for widget in (self.fresh, self.opener, self.saver):
            bar.addWidget(widget)
        bar.addWidget(self.line, 1)
        bar.addWidget(self.make)
        bar.addWidget(self.stop)
        bar.setSpacing(GRID)
        told = _column(self.said, self.outcome, self.problem, self.table, self.notes)
        self.panel = QScrollArea()
        self.panel.setWidget(told)
        self.panel.setWidgetResizable(True)
        self.panel.setFrameShape(QScrollArea.Shape.NoFrame)
        self.panel.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.panel.setMinimumWidth(48 * GRID)
        split = QSplitter()
        split.setHandleWidth(GRID)
        split.setChildrenCollapsible(False)
        split.addWidget(self.panel)
        split.addWidget(self.view)
        split.setSizes([52 * GRID, 108 * GRID])
        split.setStretchFactor(1, 1)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 0)
        rows.setSpacing(GRID)
        rows.addLayout(bar)
        rows.addWidget(self.progress)
        rows.addWidget(split, 1)
        self.setCentralWidget(body)
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addPermanentWidget(self.still)

    def warm_up(self) -> None:
        """Load the rest beside the main thread, now that the window stands."""
        self.worker.start(warm, lambda _item: None)

    # -- what it shows -------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Show a state; only what differs from the one before is touched."""
        before, self._shown = self._shown, state
        made = state.made
        self._enable()
        self.progress.setValue(round(1000 * state.fraction) if state.busy else 0)
        self.statusBar().showMessage(f"{state.doing[:1].upper()}{state.doing[1:]} …" if state.busy else state.notice)
        self.line.setPlaceholderText(
            "Change the map: say what shall be different" if made else "Describe a map in a sentence and press Enter"
        )
        self.make.setText("Change map" if made else "Make map")
        _set(self.problem, html.escape(state.problem))
        if state.problem and not self.line.text():
            self.line.setText(before.pending)  # to be mended, not typed again
        spoken = [*(made.sentences if made else ()), *([state.pending] if state.pending else [])]
        said = "".join(f"<p style='margin: 0 0 8px 0'>“{html.escape(s)}”</p>" for s in spoken)
        _set(self.said, said)
        self.panel.setVisible(bool(said or state.problem))
        if any(getattr(state, k) is not getattr(before, k) for k in ("brief", "report", "made", "busy")):
            self.table.show_rows(wording.rows(state.brief, state.report))
            told, good = wording.verdict(state.brief, state.report)
            _set(self.outcome, told and f"<span style='color: {theme.GOOD if good else theme.GAP}'>{told}</span>")
            lists = wording.notes(state.brief, made.changes if made and not state.busy else ())
            _set(self.notes, "".join(_list(title, lines) for title, lines in lists))
        if state.drawing is not before.drawing:
            self.view.show_drawing(state.drawing)
            self.still.setText(STILL if self.view.still else "")

    def _enable(self) -> None:
        state = self._shown
        self.make.setEnabled(not state.busy and bool(self.line.text().strip()))
        self.stop.setEnabled(state.busy)
        self.saver.setEnabled(state.made is not None and not state.busy)
        self.opener.setEnabled(not state.busy)
        self.fresh.setEnabled(state.made is not None or state.busy)
        self.empty.setEnabled(not state.busy)

    # -- what a person does --------------------------------------------------------------------------------------------

    def _submit(self) -> None:
        sentence = self.line.text()
        if sentence.strip() and not self._shown.busy:
            self.line.clear()
            self.controller.submit(sentence)

    def _example(self, sentence: str) -> None:
        self.line.setText(sentence)
        self._submit()

    def _clear(self) -> None:
        self.controller.clear()
        self.line.clear()
        self.line.setFocus()

    def _ask_open(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Open a recipe", "", "Recipes (*.pcg.json)")
        if file:
            self.controller.open(Path(file))

    def _ask_save(self) -> None:
        folder, _ = QFileDialog.getSaveFileName(
            self, "Save the bundle as a folder", "map", options=QFileDialog.Option.DontConfirmOverwrite
        )
        if folder:
            self.controller.save(Path(folder))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Let a person type at once."""
        super().showEvent(event)
        self.line.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop working and give the graphics back."""
        self.controller.cancel()
        self.worker.close()
        self.view.close_live()
        super().closeEvent(event)


class Checks(QTableWidget):
    """Asked beside measured, each row with the words it came from; as high as its rows."""

    def __init__(self) -> None:
        super().__init__(0, 4)
        self.setHorizontalHeaderLabels(["", "You said", "Asked", "Measured"])
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for column, mode in enumerate(("ResizeToContents", "Stretch", "Stretch", "ResizeToContents")):
            head.setSectionResizeMode(column, getattr(QHeaderView.ResizeMode, mode))
        head.sectionResized.connect(self._fit)
        self.verticalHeader().setMinimumSectionSize(5 * GRID)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_rows(self, rows: tuple[wording.Row, ...]) -> None:
        """Replace the rows."""
        self.setVisible(bool(rows))
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            sign, colour = MARKS[row.mark]
            for column, text in enumerate((sign, row.words, row.asked, row.measured)):
                item = QTableWidgetItem(text)
                item.setToolTip(f"“{row.words}”: {TOLD[row.mark]}")
                if column in (0, 3):
                    item.setForeground(QBrush(QColor(colour if row.mark != "held" or column == 0 else theme.TEXT)))
                self.setItem(number, column, item)
        self._fit()

    def _fit(self) -> None:
        self.resizeRowsToContents()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + self.verticalHeader().length() + 2)


class Empty(QWidget):
    """What there is before a map: three sentences that a person wants to click."""

    def __init__(self, choose: Callable[[str], None]) -> None:
        super().__init__()
        title, hint = _label("title"), _label("muted")
        title.setText("Describe a map")
        hint.setText("Each demand of a sentence is measured on its map. Write your own, or start with one of these:")
        self.examples = [_button(e, lambda _=False, e=e: choose(e), "example") for e in EXAMPLES]
        column = _column(title, hint, *self.examples)
        column.setMaximumWidth(80 * GRID)
        across = QHBoxLayout(self)
        across.addStretch(1)
        across.addWidget(column, 8, Qt.AlignmentFlag.AlignVCenter)
        across.addStretch(1)


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    rows = QVBoxLayout(column)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(GRID)
    for widget in widgets:
        rows.addWidget(widget)
    rows.addStretch(1)
    return column


def _button(text: str, clicked: Callable[..., object], name: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.clicked.connect(lambda _checked=False: clicked())
    return button


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _set(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _list(title: str, lines: tuple[str, ...]) -> str:
    told = "".join(f"<br>{html.escape(line)}" for line in lines)
    return f"<p style='margin: 8px 0 0 0'><span style='color: {theme.MUTED}'>{title}</span>{told}</p>"
