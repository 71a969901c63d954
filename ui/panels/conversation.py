"""The conversation: what was said and what came of it, and the line that says what comes next."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from ..spread import Spread
from ..state import EXAMPLES, Activity, State
from ..theme import GRID
from ..translation import told, tr
from ..units import shown_in
from .entry import Entry
from .parts import button, label, row, rows
from .turn import TurnView

PATIENCE_S = 0.5
"""What takes less than this shows no progress."""


class Conversation(QWidget):
    """A list of turns above the line that a person types into."""

    sent = Signal(str)
    cancelled = Signal()
    pointed = Signal(object)
    accepted = Signal()
    rejected = Signal()
    brief_asked = Signal()
    draft_asked = Signal(str)
    forgotten = Signal()
    """The place pointed at is not meant any more."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = Entry()
        self.make = button(tr("Make map"), self._send, "main")
        self.stop = button(tr("Cancel"), self.cancelled.emit)
        self.checks_first = button(tr("Checks…"), self._draft)
        self.checks_first.setToolTip(tr("See and change the checks of this sentence before the map is made"))
        self.here = button("", self.forgotten.emit, icon="marker")
        self.progress = Progress()
        self.turns: list[TurnView] = []
        self.examples = [
            button(short, lambda e=e: self.sent.emit(e)) for short, e in zip(_short_examples(), EXAMPLES, strict=True)
        ]
        self.building = Spread(self)
        self._shown: State | None = None
        self._page = QWidget()
        self._page.setObjectName("page")
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID)
        hint = tr("Say in a sentence what the map shall be. Every demand in it is measured.")
        self._chips = QWidget()
        self._chips.setLayout(rows(label(hint, "muted", wraps=True), row(*self.examples, 1)))
        for chip, sentence in zip(self.examples, EXAMPLES, strict=True):
            chip.setToolTip(sentence)
        self._page.setLayout(rows(self._chips, self._list, 1, margin=GRID))
        self.area = QScrollArea()
        self.area.setWidget(self._page)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = row(self.checks_first, 1, self.stop, self.make)
        foot = QWidget()
        foot.setLayout(rows(self.progress, row(self.here, 1), self.entry, buttons, margin=GRID, gap=GRID // 2))
        self.setLayout(rows(self.area, foot, gap=0))
        self.layout().setStretch(0, 1)  # type: ignore[union-attr]  # a box, see the line before
        self.entry.sent.connect(self._send)
        self.entry.textChanged.connect(self._enable)
        self.area.verticalScrollBar().rangeChanged.connect(self._follow)
        self._at_end = True
        self.setMinimumWidth(36 * GRID)

    # -- what it shows -------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Show a state; only what differs from the one before is touched."""
        before, self._shown = self._shown, state
        self.progress.show_activity(state.activity)
        if before is None or before.turns is not state.turns or before.offer is not state.offer:
            self._show_turns(state)
        elif before.report is not state.report or before.brief is not state.brief:
            self._show_report()
        if before is None or before.here is not state.here:
            self.here.setVisible(state.here is not None)
            self.here.setText(_place(state))
            self.here.setToolTip(tr("“here” in the next sentence means this place; click to forget it"))
        self._enable()

    def retint(self, state: State) -> None:
        """Draw everything anew in the colours of the theme."""
        for view in self.turns:
            view.shown = None
        self._shown = None
        self.show_state(state)

    def _show_turns(self, state: State) -> None:
        self.entry.said = tuple(t.sentence for t in state.turns)
        self._chips.setVisible(not state.turns)
        ended = state.turns[-1] if state.turns else None
        if ended and ended.status == "failed" and not self.entry.text() and self._was_running():
            self.entry.set_text(ended.sentence)  # to be mended, not typed again
        bar = self.area.verticalScrollBar()
        self._at_end = bar.value() >= bar.maximum() - 4 * GRID
        self.building.start(self._rebuilt(state))

    def _was_running(self) -> bool:
        return bool(self.turns) and self.turns[-1].turn.status == "running"

    def _rebuilt(self, state: State) -> Iterator[None]:
        last = len(state.turns) - 1
        while len(self.turns) > len(state.turns):
            self._drop(len(self.turns) - 1)
        for at, turn in enumerate(state.turns):
            offer = state.offer if at == last else None
            wanted = (turn, offer, at == last)
            if at < len(self.turns) and _as(self.turns[at].shown, wanted):
                continue
            if at < len(self.turns):
                self._drop(at)
            view = TurnView(turn, offer, at == last)
            view.pointed.connect(self.pointed)
            view.accepted.connect(self.accepted)
            view.rejected.connect(self.rejected)
            view.brief_asked.connect(self.brief_asked)
            view.again.connect(self._mend)
            self.turns.insert(at, view)
            self._list.insertWidget(at, view)
            yield from view.fill()
            yield
        self._show_report()

    def _show_report(self) -> None:
        """Show the measurements of the map as it is now with the last turn; while there are none, those before."""
        state = self._shown
        if state is None or not self.turns or len(self.turns) != len(state.turns) or state.report is None:
            return
        if self.turns[-1].shown and self.turns[-1].turn.status in ("kept", "offered"):
            self.turns[-1].show_report(state.brief, state.report)

    def _drop(self, at: int) -> None:
        view = self.turns.pop(at)
        self._list.removeWidget(view)
        view.hide()
        view.deleteLater()

    def _follow(self, _low: int, high: int) -> None:
        if self._at_end:
            self.area.verticalScrollBar().setValue(high)

    def _enable(self) -> None:
        state = self._shown
        asking = bool(state and state.activity and not state.activity.coarse)
        has_text = bool(self.entry.text().strip())
        changes = bool(state and state.recipe is not None)
        self.make.setText(tr("Change map") if changes else tr("Make map"))
        self.make.setEnabled(has_text and not asking)
        self.checks_first.setEnabled(has_text and not asking)
        self.stop.setVisible(asking)
        hint = tr("Say what shall be different") if changes else tr("Describe a map")
        if self.entry.placeholderText() != hint:
            self.entry.setPlaceholderText(hint)
            self.entry.viewport().update()  # Qt itself does not

    # -- what a person does --------------------------------------------------------------------------------------------

    def _send(self) -> None:
        sentence = self.entry.text()
        if sentence.strip() and self.make.isEnabled():
            self.entry.clear()
            self._at_end = True
            self.sent.emit(sentence)

    def _draft(self) -> None:
        if self.entry.text().strip():
            self.draft_asked.emit(self.entry.text())

    def _mend(self, sentence: str) -> None:
        self.entry.set_text(sentence)
        self.entry.setFocus()


class Progress(QWidget):
    """A thin bar and what is being done, for anything that takes longer than half a second."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.text = label("", "small")
        self.setLayout(rows(self.bar, self.text, gap=2))
        keeps = self.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # nothing moves, and nothing is laid out anew, as it comes and goes
        self.setSizePolicy(keeps)
        self._activity: Activity | None = None
        self._late = QTimer(self, interval=100)
        self._late.timeout.connect(self._look)
        self.hide()

    def show_activity(self, activity: Activity | None) -> None:
        """Show how far it is; nothing for None."""
        self._activity = activity
        if activity is None:
            self._late.stop()
        elif not self._late.isActive():
            self._late.start()
        self._look()

    def _look(self) -> None:
        now = self._activity
        shown = now is not None and not now.coarse and time.monotonic() - now.since >= PATIENCE_S
        self.setVisible(shown)
        if now is not None and shown:
            self.bar.setValue(round(1000 * now.fraction))
            text = told(now.text or now.title)
            self.text.setText(f"{text[:1].upper()}{text[1:]} …")


def _short_examples() -> tuple[str, str, str]:
    return tr("An island"), tr("A valley"), tr("A dungeon")


def _as(one: object, other: tuple[object, ...]) -> bool:
    """Whether both hold the same objects."""
    return isinstance(one, tuple) and len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _place(state: State) -> str:
    if state.here is None:
        return ""
    if state.here.x_m is None or state.here.y_m is None:
        return tr("here: drawn region")
    factor, unit = shown_in("m")
    return tr("here: %1 %3 E, %2 %3 N", round(state.here.x_m * factor), round(state.here.y_m * factor), unit)
