"""The selected step: what it is for, its parameters, and where it works."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ..state import State
from ..theme import GRID
from ..translation import tr
from .fields import worded
from .form import Fold, Form
from .parts import label, row, rows, tool
from .where import Where

REST_MS = 300
"""A hand that still holds a slider but has not moved for this long wants to see the map in full."""


class StepForm(QWidget):
    """Shows the selected step and passes on what is changed in it."""

    edited = Signal(str, str, object, bool)
    """Step, parameter, value, whether the hand rests."""
    paused = Signal()
    """The hand holds a slider but does not move it."""
    locked = Signal(str, str)
    rolled = Signal(str, str)
    reset = Signal(str)
    placed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "said")
        self.about = label("", "small", wraps=True)
        self.purpose = label("", wraps=True)
        self.dice = tool("dice", tr("Other dice for this step"), lambda: self.rolled.emit(self._id, ""))
        self.back = tool("reset", tr("All parameters back to their usual values"), lambda: self.reset.emit(self._id))
        self.form = Form()
        self.where = Where()
        self.where_fold = Fold(tr("Where"))
        self.where_fold.inside.addWidget(self.where)
        head = QWidget()
        line = rows()
        head.setLayout(line)
        top = QWidget()
        top.setLayout(row(self.title, 1, self.back, self.dice, gap=2))
        for one in (top, self.about, self.purpose):
            line.addWidget(one)
        line.setContentsMargins(GRID, 0, GRID // 2, 0)
        line.setSpacing(GRID // 2)
        self.page = QWidget()
        self.page.setObjectName("page")
        inside = QVBoxLayout(self.page)
        inside.setContentsMargins(0, GRID, 0, GRID)
        inside.setSpacing(GRID)
        for one in (head, self.form, self.where_fold):
            inside.addWidget(one)
        inside.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(self.page)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = label(tr("Select a step to see its parameters."), "muted", wraps=True)
        self.empty.setMargin(GRID)
        self.setLayout(rows(self.empty, self.area, gap=0))
        self.layout().setAlignment(self.empty, Qt.AlignmentFlag.AlignTop)  # type: ignore[union-attr]  # see the line before
        self.setMinimumWidth(45 * GRID)
        self._id = ""
        self._shown: tuple[object, ...] = ()
        self._pause = QTimer(self, interval=REST_MS, singleShot=True)
        self._pause.timeout.connect(self.paused)
        self.form.edited.connect(self._edited)
        self.form.locked.connect(lambda name, _on: self.locked.emit(self._id, name))
        self.form.rolled.connect(lambda name: self.rolled.emit(self._id, name))
        self.where.edited.connect(lambda region: self.placed.emit(self._id, region))
        self.show_state(State())

    def remake(self, state: State) -> None:
        """Make the form anew, in other units."""
        self.form.clear_lines()
        self.where.retell()
        self._shown = ()
        self.show_state(state)

    def show_state(self, state: State) -> None:
        """Show the selected step of a state."""
        step = state.step
        wanted = (step, state.world, state.recipe.extent_m if state.recipe else None)
        if len(self._shown) == len(wanted) and all(a is b for a, b in zip(self._shown, wanted, strict=True)):
            return
        self._shown = wanted
        self.empty.setVisible(step is None)
        self.area.setVisible(step is not None)
        if step is None or state.recipe is None:
            return
        from pcgstudio.generator import load_generators  # noqa: PLC0415 - loaded by whoever made the recipe

        made_by = load_generators().get(step.generator)
        if made_by is None:
            return
        if step.id != self._id:
            self.area.verticalScrollBar().setValue(0)
        self._id = step.id
        self.title.setText(step.id)
        self.about.setText(f"{worded(made_by.name)}: {made_by.summary}")
        self.purpose.setText(tr("For “%1”", step.purpose))
        self.purpose.setVisible(bool(step.purpose))
        names = frozenset(made_by.params.model_fields)
        locks = names if step.locked is True else frozenset(step.locked or ())
        self.form.show_model(made_by.params, step.params, locks)
        if not state.shown or not state.shown.coarse:  # while a hand drags there is no time for a small map
            self.form.show_ground(state.recipe.extent_m, state.world)
            self.where.show_region(step.where, state.recipe.extent_m, state.world)

    def _edited(self, name: str, value: object, rests: bool) -> None:
        if rests:
            self._pause.stop()
        else:
            self._pause.start()
        self.edited.emit(self._id, name, value, rests)
