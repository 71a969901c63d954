"""The brief editor: every check can be struck, changed or added, before a run and after it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFrame,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from .. import wording
from ..spread import Spread
from ..state import Draft, DraftCheck, State
from ..theme import GRID
from ..translation import tr
from ..units import shown_in
from .fields import worded
from .finder import Choice, Finder
from .parts import button, label, row, rows, tool

if TYPE_CHECKING:
    from pcgstudio.brief import Check

RELATIONS = ("equal", "at_least", "at_most", "between", "present", "absent", "more_than", "less_than")
MEASURED = {"count": 1.0, "share": 0.2, "height": 100.0, "width": 20.0, "size": 1000.0, "steepness": 20.0}
"""Metrics that a person can add a check of, and the value that it begins with."""
VALUELESS = ("present", "absent")


class BriefEditor(QDialog):
    """Shows a draft; what a person changes goes to the controller, and comes back as the next draft."""

    struck = Signal(int)
    restored = Signal(int)
    edited = Signal(int, object)
    added = Signal(object)
    ran = Signal()
    kept = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Checks"))
        self.setModal(False)
        self.resize(92 * GRID, 64 * GRID)
        self.head = label("", "said", wraps=True)
        self.hint = label("", "small", wraps=True)
        self.cards: list[CheckCard] = []
        self.add = button(tr("Add a check"), self._ask, icon="add")
        self.run = button(tr("Run again"), self.ran.emit, "main")
        self.keep = button(tr("Keep the checks"), self.kept.emit)
        self.leave = button(tr("Close"), self.close)
        self._list = QVBoxLayout()
        page = QWidget()
        page.setObjectName("page")
        page.setLayout(rows(self._list, 1))
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        foot = row(self.add, 1, self.leave, self.keep, self.run)
        self.setLayout(rows(self.head, self.hint, scroll, foot, margin=2 * GRID))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr]  # a box, see the line before
        self._finder = Finder(self, tr("What shall be measured?"))
        self.building = Spread(self)
        self._shown: Draft | None = None

    def show_state(self, state: State) -> None:
        """Show the draft of a state; closes where there is none."""
        draft = state.draft
        if draft is self._shown:
            return
        opened, self._shown = self._shown is None, draft
        if draft is None:
            self.hide()
            return
        self.head.setText(f"“{draft.sentence}”")
        left = (*draft.base.not_understood, *draft.base.not_measurable)
        self.hint.setText(
            tr("Not understood: %1", ", ".join(left)) if left else
            tr("Each is measured on the map. Strike what you did not mean, change what is wrong, add what is missing.")
        )  # fmt: skip
        self.run.setText(tr("Make the map") if draft.before_run else tr("Run again"))
        self.keep.setVisible(not draft.before_run)
        self.keep.setEnabled(draft.edited)
        self.building.start(self._rebuilt(draft))
        if opened:
            self.show()
            self.raise_()

    def retell(self, state: State) -> None:
        """Tell the numbers anew, in other units."""
        self._shown = None
        self.show_state(state)

    def _rebuilt(self, draft: Draft) -> Any:
        while len(self.cards) > len(draft.checks):
            card = self.cards.pop()
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, one in enumerate(draft.checks):
            if at >= len(self.cards):
                card = CheckCard()
                card.struck.connect(lambda on, at=at: self.struck.emit(at) if on else self.restored.emit(at))
                card.restored.connect(lambda at=at: self.restored.emit(at))
                card.edited.connect(lambda check, at=at: self.edited.emit(at, check))
                self.cards.append(card)
                self._list.addWidget(card)
            self.cards[at].show_check(one, _found(draft, one.check))
            yield

    def _ask(self) -> None:
        self._finder.ask(check_choices(self.added.emit))

    def closeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Leave the draft."""
        super().closeEvent(event)
        if self._shown is not None:
            self.left.emit()


def _found(draft: Draft, check: Check) -> str:
    """Return what was measured of a check, empty where it was not yet."""
    for one in draft.report.checks if draft.report else ():
        if one.check == check:
            return f"{'✓' if one.passed else '✗'} {wording.number(one.measured, check.unit)}"
    return ""


class CheckCard(QFrame):
    """One check: the words, what is measured, and the numbers to change."""

    struck = Signal(bool)
    restored = Signal()
    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.words = label("", wraps=True)
        self.measured = label("", "muted")
        self.what = label("", "small", wraps=True)
        self.relation = QComboBox()
        for name in RELATIONS:
            self.relation.addItem(worded(name), name)
        self.low, self.high, self.slack = _number(), _number(), _number()
        self.to, self.about = label(tr("to")), label("±")
        self.weight = QComboBox()
        for text, value in ((tr("Demand"), 1.0), (tr("Wish"), 0.5), (tr("Faint wish"), 0.2)):
            self.weight.addItem(text, value)
        self.strike = tool("strike", tr("Strike it, or take it back in"))
        self.strike.setCheckable(True)
        self.strike.clicked.connect(lambda on: self.struck.emit(bool(on)))
        self.back = tool("reset", tr("As it was read"), self.restored.emit)
        top = row(self.words, self.measured, self.back, self.strike, gap=GRID // 2)
        top.setStretch(0, 1)
        numbers = (self.relation, self.low, self.to, self.high, self.about, self.slack, 1, self.weight)
        self._numbers = QWidget()
        self._numbers.setLayout(row(*numbers, gap=GRID // 2))
        self.setLayout(rows(top, self.what, self._numbers, margin=GRID, gap=GRID // 2))
        self._check: Any = None
        self._factor = 1.0
        self._metric: dict[QDoubleSpinBox, float] = {}
        self._shown: dict[QDoubleSpinBox, float] = {}
        self.relation.activated.connect(lambda _at: self._tell())
        self.weight.activated.connect(lambda _at: self._tell())
        for box in (self.low, self.high, self.slack):
            box.valueChanged.connect(lambda _value: self._tell())

    def show_check(self, one: DraftCheck, measured: str) -> None:
        """Show a check and what was measured of it."""
        check = self._check = one.check
        self._factor, unit = shown_in(check.unit) if check.unit != "share" else (100.0, "%")
        self.words.setText(f"“{check.quote}”" if check.quote else tr("(added by hand)"))
        self.measured.setText(measured)
        self.what.setText(wording.asked(check))
        low, high = check.value if isinstance(check.value, tuple) else (check.value, check.value)
        self._metric = {self.low: low, self.high: high, self.slack: check.tolerance}
        for box, value in self._metric.items():
            box.blockSignals(True)
            box.setSuffix(f" {unit}" if unit else "")
            box.setDecimals(0 if float(value * self._factor).is_integer() and not unit else 2)
            box.setValue(value * self._factor)
            box.blockSignals(False)
        self._shown = {box: box.value() for box in self._metric}
        self.relation.setCurrentIndex(self.relation.findData(check.relation))
        self.weight.setCurrentIndex(self._nearest(check.weight))
        pair, alone = check.relation == "between", check.relation in VALUELESS
        for part in (self.to, self.high):
            part.setVisible(pair)
        than = check.relation in ("more_than", "less_than")
        self.about.setText(tr("by") if than else "±")
        slack = than or check.relation in ("equal", "between")
        for part in (self.about, self.slack):
            part.setVisible(slack and (bool(check.unit) or check.tolerance > 0))
        self.low.setVisible(not alone)
        self.strike.setChecked(one.struck)
        self.back.setEnabled(one.edited and one.original is not None)
        self._numbers.setVisible(not one.struck)
        for part in (self.words, self.what):
            font = part.font()
            font.setStrikeOut(one.struck)
            part.setFont(font)
            part.setEnabled(not one.struck)

    def _nearest(self, weight: float) -> int:
        return min(range(self.weight.count()), key=lambda k: abs(float(self.weight.itemData(k)) - weight))

    def _meant(self, box: QDoubleSpinBox) -> float:
        """Return the value of a box in the unit of the check; one that was not touched is what it was."""
        return self._metric[box] if box.value() == self._shown[box] else box.value() / self._factor

    def _tell(self) -> None:
        check, relation = self._check, self.relation.currentData()
        low, high, slack = map(self._meant, (self.low, self.high, self.slack))
        weight = self.weight.currentData()
        if self.weight.currentIndex() == self._nearest(check.weight):
            weight = check.weight  # a finer weight than the three words stays as it is
        changes = {
            "relation": relation,
            "value": (low, max(low, high)) if relation == "between" else low,
            "tolerance": slack,
            "weight": weight,
        }
        self.edited.emit(type(check).model_validate({**check.model_dump(), **changes}))


def _number() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(-1e9, 1e9)
    box.setDecimals(2)
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    box.setKeyboardTracking(False)
    box.setFixedWidth(11 * GRID)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    return box


def check_choices(add: Any) -> list[Choice]:
    """Return what can be measured of which feature, as choices that add a check of it."""
    from pcgstudio.brief import Check  # noqa: PLC0415 - the window opens before the core is loaded
    from pcgstudio.generator import load_features  # noqa: PLC0415 - the same
    from pcgstudio.measure import METRICS  # noqa: PLC0415 - the same

    found = []
    for feature in load_features():
        for name, start in MEASURED.items():
            metric = METRICS[name]
            check = Check(
                metric=name, arguments={"feature": feature}, relation="at_least", value=start, unit=metric.unit
            )
            title = f"{worded(name)} of {feature.replace('_', ' ')}"
            found.append(Choice(title, partial(add, check), shown_in(metric.unit)[1] or tr("number"), metric.text))
    return found
