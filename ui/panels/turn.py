"""One instruction and all that came of it, as it reads in the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from .. import icons, wording
from ..theme import GRID, tones
from ..translation import told as translated
from ..translation import tr
from .checks import Checks
from .form import Fold
from .parts import button, framed, label, row, rows

if TYPE_CHECKING:
    from pcgstudio.brief import Brief, Report
    from pcgstudio.recipe import Step

    from ..state import Offer, Turn

SHORT = 6
"""Longer lists of changes are folded."""


class TurnView(QFrame):
    """What was said, what was planned and why, what was measured; for the last turn in full."""

    pointed = Signal(object)
    accepted = Signal()
    rejected = Signal()
    again = Signal(str)
    """The sentence, to be mended or sent again."""
    brief_asked = Signal()

    def __init__(self, turn: Turn, offer: Offer | None, last: bool) -> None:
        super().__init__()
        self.turn = turn
        self.shown: tuple[object, ...] | None = None  # until it is filled
        self._wanted = (turn, offer, last)
        self.checks, self.verdict = Checks(), Marked()
        self._told: tuple[Brief | None, Report | None] | None = None
        self.checks.pointed.connect(self.pointed)
        self.accept = button(tr("Keep"), self.accepted.emit, "main")
        self.reject = button(tr("Undo it"), self.rejected.emit)
        for part in (self.checks, self.verdict, self.accept, self.reject):  # shown only where they are laid out
            part.setParent(self)
            part.hide()
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(0, 0, 0, GRID)
        self._inside.setSpacing(GRID)
        self._add(framed(rows(label(turn.sentence, "said", wraps=True, selectable=True), margin=GRID), "bubble"))

    def fill(self) -> Iterator[None]:
        """Put everything in, piece by piece, so that a long turn does not hold the window up."""
        turn, offer, last = self._wanted
        if last:
            yield from self._whole(turn, offer)
        else:
            self._short(turn)
        self.shown = self._wanted

    def _add(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self._inside.addWidget(widget)

    # -- in short: earlier turns ---------------------------------------------------------------------------------------

    def _short(self, turn: Turn) -> None:
        told, good = wording.verdict(turn.brief, turn.report)
        ends = {"failed": translated(turn.problem), "cancelled": tr("Cancelled."), "rejected": tr("Not kept.")}
        said = ends.get(turn.status)
        held = good and not said
        self._add(marked("check" if held else "gap", said or told or turn.summary, sign="good" if held else "gap"))

    # -- in full: the last one -----------------------------------------------------------------------------------------

    def _whole(self, turn: Turn, offer: Offer | None) -> Iterator[None]:
        if turn.summary:
            self._add(label(turn.summary.replace("->", "→"), wraps=True, selectable=True))
        if any(s.purpose for s in turn.plan):
            self._add(self._plan(turn.plan))
        if turn.problem:
            self._add(marked("gap", translated(turn.problem), "gap"))
            self._add(button(tr("Change the sentence"), lambda: self.again.emit(turn.sentence), "link"))
        yield
        self._measured(turn)
        yield
        self._left_out(turn)
        self._found(turn)
        yield
        if turn.status == "offered" and offer is not None:
            self._add(self._offered(offer))
        elif turn.changes:
            lines = tuple(map(wording.change, turn.changes))
            self._add(folded(tr("Changed (%1)", len(lines)), lines, len(lines) <= SHORT))
        if turn.status in ("cancelled", "rejected"):
            self._add(label(tr("Cancelled.") if turn.status == "cancelled" else tr("Not kept."), "muted"))
        if foot := wording.footing(turn):
            self._add(label(foot, "small", wraps=True))

    def _plan(self, plan: tuple[Step, ...]) -> QWidget:
        fold = Fold(tr("Plan (%1)", len(plan)), opened=False)
        for step in plan:
            told = step.purpose or step.expects
            fold.inside.addWidget(label(f"{step.id}: {told}" if told else step.id, "small", wraps=True))
        fold.inside.setContentsMargins(2 * GRID, 0, 0, 0)
        fold.inside.setSpacing(GRID // 2)
        return fold

    def _measured(self, turn: Turn) -> None:
        self._add(self.verdict, self.checks)
        self.change = button(tr("Edit the checks…"), self.brief_asked.emit, "link")
        self._inside.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_report(turn.brief, turn.report)

    def show_report(self, brief: Brief | None, report: Report | None) -> None:
        """Show what was asked beside what is measured now: the map may have been changed since it was made."""
        wanted = (brief, report)
        if self._told is not None and all(a is b for a, b in zip(self._told, wanted, strict=True)):
            return
        self._told = wanted
        told, good = wording.verdict(brief, report)
        self.verdict.tell("check" if good else "gap", told, "good" if good else "gap")
        self.verdict.setVisible(bool(told))
        table = wording.rows(brief, report)
        self.checks.show_rows(table)
        self.change.setVisible(bool(table))

    def _left_out(self, turn: Turn) -> None:
        for title, lines in wording.notes(turn.brief, ()):
            amber = title in ("Not understood", "Not measurable", "Contradictory")
            self._add(titled_list(tr(title), lines, amber))
        told = tuple(map(translated, turn.notes))
        for title, lines in ((tr("Risks"), turn.risks), (tr("Missing"), turn.missing), (tr("Notes"), told)):
            if lines:
                self._add(titled_list(title, lines))

    def _found(self, turn: Turn) -> None:
        found = tuple(
            f"{f.issue.step + ': ' if f.issue.step else ''}{f.issue.message}"
            + (f" → {f.issue.fix}" if f.issue.fix else "")
            for f in turn.findings
        )
        if found:
            self._add(folded(tr("What the critic found (%1)", len(found)), found, opened=turn.approved is False))
        if turn.adjustments:
            lines = tuple(map(wording.change, turn.adjustments))
            self._add(folded(tr("Adjusted to measure (%1)", len(lines)), lines, opened=False))

    def _offered(self, offer: Offer) -> QWidget:
        nothing = tr("Nothing in the steps changed. Keep what was asked?")
        head = label(tr("Keep this change?") if offer.changes else nothing, "head", wraps=True)
        self.accept.show()
        self.reject.show()
        lines = [label(wording.change(line), "small", wraps=True, selectable=True) for line in offer.changes[:SHORT]]
        if len(offer.changes) > SHORT:
            lines.append(label(tr("and %1 more", len(offer.changes) - SHORT), "small"))
        moved = []
        if offer.changed_inside is not None:
            moved.append(tr("%1 of the asked place changed", wording.share(offer.changed_inside)))
        if offer.changed_outside is not None:
            moved.append(tr("%1 of the rest", wording.share(offer.changed_outside)))
        if moved and offer.changes:
            lines.append(label(", ".join(moved), "small", wraps=True))
        return framed(rows(head, *lines, row(self.accept, self.reject, 1), margin=GRID, gap=GRID // 2), "card")


class Marked(QWidget):
    """A line of text behind a mark of its colour."""

    def __init__(self) -> None:
        super().__init__()
        self.mark, self.text = QLabel(), label("", wraps=True, selectable=True)
        self.mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        line = row(self.mark, self.text)
        line.setStretch(1, 1)
        self.setLayout(line)

    def tell(self, icon: str, text: str, name: str = "muted", sign: str = "") -> None:
        """Show a text; ``name`` is its look, ``sign`` that of the mark if another."""
        look = tones()
        self.mark.setPixmap(icons.pixmap(icon, {"good": look.good, "gap": look.gap}.get(sign or name, look.muted), 16))
        self.text.setText(text)
        self.text.setObjectName(name)
        self.text.style().polish(self.text)


def marked(icon: str, text: str, name: str = "muted", sign: str = "") -> Marked:
    """Return a line of text behind a mark."""
    made = Marked()
    made.tell(icon, text, name, sign)
    return made


def titled_list(title: str, lines: tuple[str, ...], amber: bool = False) -> QWidget:
    """Return lines under a quiet title."""
    body = label("\n".join(lines), wraps=True, selectable=True)
    whole = QWidget()
    whole.setLayout(rows(label(title, "gap" if amber else "head"), body, gap=2))
    return whole


def folded(title: str, lines: tuple[str, ...], opened: bool) -> QWidget:
    """Return lines that a title opens and closes."""
    fold = Fold(title, opened)
    fold.inside.setContentsMargins(2 * GRID, 0, 0, 0)
    fold.inside.addWidget(label("\n".join(lines), "small", wraps=True, selectable=True))
    return fold
