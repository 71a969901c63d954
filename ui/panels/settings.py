"""The settings: agents, budgets, resolution, look, and what leaves the machine. What is changed holds at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTabWidget,
    QWidget,
)  # fmt: skip

from ..preferences import PRIVACY, Preferences
from ..state import State
from ..theme import GRID
from ..translation import told, tr
from .parts import button, label, row, rows

OWN = ""
"""The preset of an endpoint that a person names by its address."""


class Settings(QDialog):
    """Shows preferences and passes on what is changed; not in the way of the window."""

    preferred = Signal(object)
    """Changed parts of the preferences by name."""
    key_stored = Signal(str, str)
    tested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.setModal(False)
        self.resize(72 * GRID, 56 * GRID)
        self._shown: Preferences | None = None
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self._agents(), tr("Agents"))
        self.tabs.addTab(self._limits(), tr("Budgets and resolution"))
        self.tabs.addTab(self._looks(), tr("Look and units"))
        self.tabs.addTab(self._privacy(), tr("Privacy"))
        self.setLayout(rows(self.tabs, row(1, button(tr("Close"), self.close)), margin=GRID))

    # -- its pages -----------------------------------------------------------------------------------------------------

    def _agents(self) -> QWidget:
        self.use = _choice((("builtin", tr("Built-in: no key, no network")), ("model", tr("A language model"))))
        self.preset = QComboBox()
        self.base_url, self.model = _line(tr("http://127.0.0.1:11434/v1")), _line(tr("as the endpoint decides"))
        self.key = _line(tr("kept in the system's keyring"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.store = button(tr("Store key"), self._store)
        ways = (("studio", tr("Studio: built, measured, corrected")), ("paper", tr("Paper: as published")))
        self.protocol = _choice(ways)
        self.test = button(tr("Test"), self.tested.emit)
        self.outcome = label("", wraps=True, selectable=True)
        self.note = label("", "small", wraps=True)
        form = _form(
            (tr("Agents"), self.use), (tr("Endpoint"), self.preset), (tr("Address"), self.base_url),
            (tr("Model"), self.model), (tr("Key"), _beside(self.key, self.store)), (tr("Protocol"), self.protocol),
            ("", self.note), ("", _beside(self.test, 1)), ("", self.outcome),
        )  # fmt: skip
        for box in (self.use, self.preset, self.protocol):
            box.activated.connect(lambda _at: self._tell_agents())
        self.preset.activated.connect(lambda _at: self._fill_address())
        for line in (self.base_url, self.model):
            line.editingFinished.connect(self._tell_agents)
        self.key.textChanged.connect(lambda text: self.store.setEnabled(bool(text.strip())))
        self.store.setEnabled(False)
        return form

    def _limits(self) -> QWidget:
        usual = tr("usual")
        self.rounds, self.seconds = _whole(0, 10, usual), _whole(0, 86_400, usual, tr(" s"))
        self.tokens = _whole(0, 10_000_000, usual)
        self.drag, self.work = _whole(64, 1024), _whole(64, 4096)
        self.final = _whole(0, 16_384, tr("the recipe's own"))
        for box in (self.rounds, self.seconds, self.tokens):
            box.valueChanged.connect(lambda _v: self._tell_budgets())
        for box in (self.drag, self.work, self.final):
            box.valueChanged.connect(lambda _v: self._tell_tiers())
        return _form(
            (None, label(tr("One instruction may spend"), "head")),
            (tr("Rounds"), self.rounds), (tr("Seconds"), self.seconds), (tr("Tokens"), self.tokens),
            (None, label(tr("Cells on the longer side"), "head")),
            (tr("While dragging"), self.drag), (tr("New maps"), self.work), (tr("Export"), self.final),
        )  # fmt: skip

    def _looks(self) -> QWidget:
        self.theme = _choice((("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))))
        self.units = _choice((("metric", tr("Metres")), ("imperial", tr("Feet"))))
        self.ask = QCheckBox(tr("Offer a change before it is kept"))
        self.theme.activated.connect(lambda _at: self.preferred.emit({"theme": self.theme.currentData()}))
        self.units.activated.connect(lambda _at: self.preferred.emit({"units": self.units.currentData()}))
        self.ask.clicked.connect(lambda on: self.preferred.emit({"ask_before_keeping": bool(on)}))
        return _form((tr("Theme"), self.theme), (tr("Units"), self.units), (tr("Follow-ups"), self.ask))

    def _privacy(self) -> QWidget:
        return _form((None, label(tr(PRIVACY), wraps=True, selectable=True)),
                     (None, label(tr("Keys lie in the system's keyring, never in a file."), wraps=True)))  # fmt: skip

    # -- what it shows -------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Show the preferences of a state, and how a test went."""
        test = state.agent_test
        self.test.setEnabled(not (test and test.running))
        if test is None:
            self.outcome.setText("")
        else:
            came = f"{'✓' if test.good else '✗'}  {told(test.text)}"
            self.outcome.setText(tr("Testing …") if test.running else came)
        self.outcome.setObjectName("" if test is None or test.running else "good" if test.good else "gap")
        self.outcome.style().polish(self.outcome)
        if state.preferences is not self._shown:
            self._show(state.preferences)

    def _show(self, now: Preferences) -> None:
        self._shown = now
        if not self.preset.count():
            self._name_presets()
        agents, budgets, tiers = now.agents, now.budgets, now.tiers
        _set(self.use, agents.use)
        _set(self.preset, agents.preset)
        _set(self.protocol, agents.protocol)
        _set(self.theme, now.theme)
        _set(self.units, now.units)
        self.ask.setChecked(now.ask_before_keeping)
        for line, text in ((self.base_url, agents.base_url), (self.model, agents.model)):
            if not line.hasFocus():
                line.setText(text)
        for box, value in (
            (self.rounds, budgets.rounds), (self.seconds, budgets.seconds), (self.tokens, budgets.tokens),
            (self.drag, tiers.drag), (self.work, tiers.work), (self.final, tiers.final),
        ):  # fmt: skip
            box.blockSignals(True)
            box.setValue(int(value or 0))
            box.blockSignals(False)
        by_model = agents.use == "model"
        for part in (self.preset, self.base_url, self.model, self.key, self.protocol):
            part.setEnabled(by_model)
        self.base_url.setEnabled(by_model and not agents.preset)
        self._explain(agents.preset)

    def _name_presets(self) -> None:
        from pcgstudio.llm.presets import presets  # noqa: PLC0415 - the window opens before the core is loaded

        self.preset.addItem(tr("Other: by its address"), OWN)
        for preset in presets().values():
            self.preset.addItem(preset.title, preset.name)

    def _explain(self, name: str) -> None:
        from pcgstudio.llm.presets import presets  # noqa: PLC0415 - the same

        preset = presets().get(name)
        self.note.setText(preset.start if preset else "")
        self.base_url.setPlaceholderText(preset.base_url if preset else tr("http://127.0.0.1:11434/v1"))

    # -- what a person does --------------------------------------------------------------------------------------------

    def _fill_address(self) -> None:
        if self.preset.currentData():
            self.base_url.clear()
            self._tell_agents()

    def _tell_agents(self) -> None:
        told = {
            "use": self.use.currentData(), "preset": self.preset.currentData() or "",
            "base_url": self.base_url.text().strip(), "model": self.model.text().strip(),
            "protocol": self.protocol.currentData(),
        }  # fmt: skip
        self._tell("agents", told)

    def _tell_budgets(self) -> None:
        boxes = {"rounds": self.rounds, "seconds": self.seconds, "tokens": self.tokens}
        self._tell("budgets", {name: box.value() or None for name, box in boxes.items()})

    def _tell_tiers(self) -> None:
        final = self.final.value()
        told = {"drag": self.drag.value(), "work": self.work.value(), "final": max(64, final) if final else None}
        self._tell("tiers", told)

    def _tell(self, part: str, told: dict[str, Any]) -> None:
        if self._shown is None:
            return
        before = getattr(self._shown, part)
        after = type(before).model_validate(told)
        if after != before:
            self.preferred.emit({part: after})

    def _store(self) -> None:
        from pcgstudio.llm.presets import presets  # noqa: PLC0415 - the window opens before the core is loaded

        preset = presets().get(self.preset.currentData() or "")
        address = self.base_url.text().strip() or (preset.base_url if preset else "")
        host = urlsplit(address).hostname or ""
        if host and self.key.text().strip():
            self.key_stored.emit(host, self.key.text().strip())
            self.key.clear()


def _choice(options: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    for value, text in options:
        box.addItem(text, value)
    return box


def _set(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(max(0, box.findData(value)))


def _line(hint: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(hint)
    return line


def _whole(low: int, high: int, at_zero: str = "", suffix: str = "") -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setSpecialValueText(at_zero)
    box.setSuffix(suffix)
    box.setKeyboardTracking(False)
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    box.setFixedWidth(18 * GRID)
    return box


def _beside(*parts: QWidget | int) -> QWidget:
    whole = QWidget()
    whole.setLayout(row(*parts))
    return whole


def _form(*lines: tuple[str | None, QWidget]) -> QWidget:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
    form.setVerticalSpacing(GRID)
    form.setHorizontalSpacing(2 * GRID)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    for name, part in lines:
        if name is None:
            form.addRow(part)
        else:
            form.addRow(QLabel(name), part)
    return page
