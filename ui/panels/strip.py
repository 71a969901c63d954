"""The strips at the bottom: every state that the map has had, and variants of it to choose from."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QMenu, QScrollArea, QStackedWidget, QTabBar, QWidget

from ..state import Entry, State
from ..theme import GRID
from ..translation import told, tr
from ..wording import change
from .cards import CARD, Card
from .parts import button, label, row, rows

HEIGHT = CARD.height() + 2 * GRID


class History(QWidget):
    """Cards of the history: a click goes there, a double click names it, the context menu compares."""

    gone_to = Signal(int)
    named = Signal(int, str)
    compared = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.strip = Strip()
        self.hint = label(tr("Every change will stand here; a click goes back to it."), "muted", wraps=True)
        self.hint.setMargin(GRID)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint.setMinimumHeight(HEIGHT)
        self.setLayout(rows(self.hint, self.strip, gap=0))
        self.entries: tuple[Entry, ...] = ()
        self._current = 0
        self._shown: Any = None

    def cards(self) -> list[Card]:
        """Return the cards, the oldest first."""
        return self.strip.cards

    def show_state(self, state: State) -> None:
        """Show the history of a state."""
        timeline = state.timeline
        if timeline is self._shown:
            return
        self._shown, self._current = timeline, timeline.current
        self.entries = tuple(e for e in timeline.entries if e.kind != "start")
        self.hint.setVisible(not self.entries)
        self.strip.setVisible(bool(self.entries))
        self.strip.fit(len(self.entries), self._connect)
        children: dict[int | None, int] = {}
        for entry in timeline.entries:
            children[entry.parent] = children.get(entry.parent, 0) + 1
        for card, entry in zip(self.strip.cards, self.entries, strict=True):
            branch = children.get(entry.parent, 0) > 1 and entry.parent is not None
            note = _note(entry, branch)
            title = change(entry.title)
            card.show_card(
                entry.name or title, note, entry.thumbnail, entry.id == timeline.current, entry.id not in timeline.path,
            )  # fmt: skip
            card.setToolTip("\n".join(t for t in (entry.name, title, note) if t))
        at = next((k for k, e in enumerate(self.entries) if e.id == timeline.current), None)
        if at is not None:
            self.strip.reveal(self.strip.cards[at])

    def retell(self) -> None:
        """Tell the titles anew, in other units, with the next state."""
        self._shown = None

    def _connect(self, card: Card, at: int) -> None:
        card.clicked.connect(lambda: self._go(at))
        card.named.connect(lambda: self._name(at))
        card.menu.connect(lambda where: self._menu(at, where))

    def _go(self, at: int) -> None:
        if self.entries[at].id != self._current:
            self.gone_to.emit(self.entries[at].id)

    def _name(self, at: int) -> None:
        entry = self.entries[at]
        ask = QInputDialog(self)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setWindowTitle(tr("Name this state"))
        ask.setLabelText(tr("Name"))
        ask.setTextValue(entry.name or change(entry.title))
        ask.textValueSelected.connect(lambda name: self.named.emit(entry.id, name.strip()))
        ask.show()  # beside the window, not in its way

    def _menu(self, at: int, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Go there"), lambda: self._go(at))
        menu.addAction(tr("Name…"), lambda: self._name(at))
        entry = self.entries[at]
        compare = menu.addAction(tr("Compare with the map shown"), lambda: self.compared.emit(entry.id, self._current))
        compare.setEnabled(entry.id != self._current and entry.recipe is not None)
        menu.popup(where)


def _note(entry: Entry, branch: bool) -> str:
    told = {
        "instruction": tr("said"), "edit": tr("edited"), "slider": tr("slider"), "variant": tr("variant"),
        "brief": tr("checks"), "place": tr("placed"), "open": tr("opened"), "new": tr("new"),
    }.get(entry.kind, "")  # fmt: skip
    return f"⑂ {told}" if branch else told


class Variants(QWidget):
    """Eight maps like this one: other dice, or small changes; a click picks one."""

    asked = Signal(str)
    stopped = Signal()
    picked = Signal(int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.seeds = button(tr("Other dice"), lambda: self.asked.emit("seeds"), icon="dice")
        self.changes = button(tr("Small changes"), lambda: self.asked.emit("perturbations"), icon="variants")
        self.stop = button(tr("Stop"), self.stopped.emit)
        self.close_them = button(tr("Close"), self.closed.emit)
        self.told = label("", "small", wraps=True)
        side = QWidget()
        side.setLayout(rows(self.seeds, self.changes, self.stop, self.close_them, self.told, 1, gap=GRID // 2))
        side.setFixedWidth(20 * GRID)
        self.strip = Strip()
        self.setLayout(row(side, self.strip, gap=0))
        self.layout().setContentsMargins(GRID, GRID, 0, 0)  # type: ignore[union-attr]  # see the line before
        self._shown: Any = None

    def cards(self) -> list[Card]:
        """Return the cards."""
        return self.strip.cards

    def show_state(self, state: State) -> None:
        """Show the variants of a state."""
        wanted = (state.variants, state.recipe is None, state.preferences.theme)
        if wanted == self._shown:
            return
        self._shown, found = wanted, state.variants
        for one in (self.seeds, self.changes):
            one.setEnabled(state.recipe is not None)
            one.setVisible(found is None or not found.running)
        self.stop.setVisible(bool(found and found.running))
        self.close_them.setVisible(bool(found and not found.running))
        slots = found.slots if found else ()
        ready = sum(s is not None for s in slots)
        self.told.setText(tr("%1 of %2", ready, len(slots)) if found and found.running else "")
        self.strip.fit(len(slots), lambda card, at: card.clicked.connect(lambda: self._pick(at)))
        for card, slot in zip(self.strip.cards, slots, strict=True):
            if slot is None:
                card.show_card("…", "", None)
                card.setToolTip("")
            else:
                title, problem = change(slot.title), told(slot.problem)
                card.show_card(title, problem or tr("pick"), slot.thumbnail, faint=bool(problem))
                card.setToolTip("\n".join((problem or title, *map(change, slot.changes))))

    def retell(self) -> None:
        """Tell the changes anew, in other units, with the next state."""
        self._shown = None

    def _pick(self, at: int) -> None:
        found = self._shown[0]
        slot = found.slots[at] if found else None
        if slot is not None and not slot.problem:
            self.picked.emit(slot.number)


class Tabbed(QStackedWidget):
    """Several strips in one place; their titles stand where the dock's title would."""

    def __init__(self, *parts: tuple[str, QWidget]) -> None:
        super().__init__()
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title, part in parts:
            self.tabs.addTab(title)
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.addWidget(part)
        self.titles = QWidget()
        self.titles.setLayout(row(self.tabs, 1, gap=0))
        self.titles.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs.currentChanged.connect(self.setCurrentIndex)

    def show_tab(self, part: QWidget) -> None:
        """Bring a strip to the front."""
        self.tabs.setCurrentIndex(self.indexOf(part))


class Strip(QScrollArea):
    """Cards beside each other, to scroll through."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[Card] = []
        page = QWidget()
        page.setObjectName("page")
        self._line = QHBoxLayout(page)
        self._line.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        self._line.setSpacing(GRID)
        self._line.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(HEIGHT)

    def fit(self, count: int, connect: Any) -> None:
        """Have so many cards; new ones are connected by ``connect(card, position)``."""
        while len(self.cards) > count:
            card = self.cards.pop()
            self._line.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < count:
            card = Card()
            connect(card, len(self.cards))
            self._line.insertWidget(len(self.cards), card, 0, Qt.AlignmentFlag.AlignTop)
            self.cards.append(card)

    def reveal(self, card: Card) -> None:
        """Scroll to a card."""
        self.ensureWidgetVisible(card, GRID, 0)
