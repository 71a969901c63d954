"""The stack of steps: switched, moved, locked, renamed, added and taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from .. import icons
from ..state import State
from ..theme import GRID, tones
from ..translation import tr
from .fields import worded
from .parts import button, label, row, rows, tool
from .where import told_region

if TYPE_CHECKING:
    from pcgstudio.recipe import Step

STEP = Qt.ItemDataRole.UserRole
FAILED = Qt.ItemDataRole.UserRole + 1


class Steps(QWidget):
    """The steps of the recipe, the selected one marked, and what can be done with it."""

    selected = Signal(str)
    enabled = Signal(str, bool)
    locked = Signal(str)
    moved = Signal(str, int)
    renamed = Signal(str, str)
    duplicated = Signal(str)
    removed = Signal(str)
    adding = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.list = StepList()
        self.list.moved.connect(self.moved)
        self.list.switched.connect(self.enabled)
        self.list.locked.connect(self.locked)
        self.list.currentItemChanged.connect(self._select)
        self.list.itemChanged.connect(self._renamed)
        self.empty = label(tr("The steps of a map stand here. Describe one, or add a step."), "muted", wraps=True)
        self.add = button(tr("Add step"), self.adding.emit, icon="add")
        self.up = tool("up", tr("Earlier"), lambda: self._shift(-1), "Ctrl+Up")
        self.down = tool("down", tr("Later"), lambda: self._shift(1), "Ctrl+Down")
        self.copy = tool("duplicate", tr("Duplicate"), lambda: self._tell(self.duplicated), "Ctrl+D")
        self.lock = tool("lock", tr("Lock or unlock the step"), lambda: self._tell(self.locked), "Ctrl+L")
        self.take = tool("remove", tr("Remove the step"), lambda: self._tell(self.removed), "Delete")
        bar = row(self.add, 1, self.up, self.down, self.copy, self.lock, self.take, gap=2)
        self.setLayout(rows(self.empty, self.list, bar, margin=GRID))
        self.layout().addStretch(0)  # type: ignore[union-attr]  # see the line before
        self.layout().setStretch(1, 1)  # type: ignore[union-attr]  # a box, see the line before
        self.list.keys = {
            (Qt.Key.Key_Delete, False): self.take.click, (Qt.Key.Key_D, True): self.copy.click,
            (Qt.Key.Key_L, True): self.lock.click, (Qt.Key.Key_Up, True): self.up.click,
            (Qt.Key.Key_Down, True): self.down.click,
        }  # fmt: skip
        self._showing = False
        self._shown: tuple[object, ...] = ()

    def show_state(self, state: State) -> None:
        """Show the steps of a recipe."""
        steps = state.recipe.steps if state.recipe else ()
        failed = frozenset(failing(state))
        wanted = (*map(id, steps), state.selected, failed)
        if wanted == self._shown:
            return
        self._shown, self._showing, self._kept = wanted, True, steps  # kept: or an id could come again
        self.empty.setVisible(not steps)
        self.list.setVisible(bool(steps))
        while self.list.count() > len(steps):
            self.list.takeItem(self.list.count() - 1)
        for at, step in enumerate(steps):
            if at >= self.list.count():
                self.list.addItem(StepItem())
            item = self.list.item(at)
            if item.data(STEP) is not step:
                item.setData(STEP, step)
                item.setText(step.id)
                item.setToolTip("\n".join(t for t in (step.purpose, step.expects) if t) or step.generator)
            item.setData(FAILED, step.id in failed)
        chosen = next((at for at, step in enumerate(steps) if step.id == state.selected), -1)
        self.list.setCurrentRow(chosen)
        if chosen >= 0:
            self.list.scrollToItem(self.list.item(chosen))
        for one in (self.up, self.down, self.copy, self.lock, self.take):
            one.setEnabled(chosen >= 0)
        self._showing = False

    def _current(self) -> Step | None:
        item = self.list.currentItem()
        step: Step | None = item.data(STEP) if item is not None else None
        return step

    def _tell(self, signal: object) -> None:
        step = self._current()
        if step is not None:
            signal.emit(step.id)  # type: ignore[attr-defined]  # a bound signal, which PySide6 gives no type of its own

    def _select(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._showing:
            self.selected.emit(item.data(STEP).id)

    def _renamed(self, item: QListWidgetItem) -> None:
        step = item.data(STEP)
        if not self._showing and step is not None and item.text() != step.id:
            wanted = item.text().strip()
            self._showing = True
            item.setText(step.id)  # until the controller agrees
            self._showing = False
            if wanted:
                self.renamed.emit(step.id, wanted)

    def _shift(self, by: int) -> None:
        step, at = self._current(), self.list.currentRow() + by
        if step is not None and 0 <= at < self.list.count():
            self.moved.emit(step.id, at)


def failing(state: State) -> list[str]:
    """Return the ids of steps that a problem or the critic's last findings name."""
    steps = state.recipe.steps if state.recipe else ()
    named = [s.id for s in steps if s.id == state.problem_step or f"'{s.id}'" in state.problem]
    last = state.turns[-1] if state.turns else None
    if last is not None and last.outcome == "best_effort" and last.findings:
        latest = last.findings[-1].round
        named += [f.issue.step for f in last.findings if f.round == latest and f.issue.certain and f.issue.step]
    return named


class StepItem(QListWidgetItem):
    """An item that can be dragged and renamed."""

    def __init__(self) -> None:
        super().__init__()
        flag = Qt.ItemFlag
        self.setFlags(flag.ItemIsSelectable | flag.ItemIsEnabled | flag.ItemIsDragEnabled | flag.ItemIsEditable)


class StepList(QListWidget):
    """The list itself."""

    moved = Signal(str, int)
    switched = Signal(str, bool)
    locked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Steps"))
        self.setItemDelegate(StepPainter(self))
        self.setUniformItemSizes(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        edit = QAbstractItemView.EditTrigger
        self.setEditTriggers(edit.DoubleClicked | edit.EditKeyPressed)
        self.keys: dict[tuple[Qt.Key, bool], Callable[[], object]] = {}
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Tell where a step was dropped; the list itself follows the recipe."""
        if event.source() is self:
            event.setDropAction(Qt.DropAction.IgnoreAction)  # or Qt takes the item away itself
            event.accept()
            self.drop(event.position().toPoint())

    def drop(self, at: QPoint) -> None:
        """Move the current step to where it was let go: before or behind the step there, or to the end."""
        item, below = self.currentItem(), self.indexAt(at)
        if item is None:
            return
        to = below.row() if below.isValid() else self.count()
        if below.isValid() and at.y() > self.visualRect(below).center().y():
            to += 1
        to -= to > self.row(item)
        if to != self.row(item):
            self.moved.emit(item.data(STEP).id, to)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take clicks on the switch and on the lock."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            step, (switch, lock, _, _) = index.data(STEP), places(self.visualRect(index))
            at = event.position().toPoint()
            if switch.adjusted(-4, -8, 4, 8).contains(at):
                self.switched.emit(step.id, not step.enabled)
                return
            if lock.adjusted(-4, -8, 4, 8).contains(at):
                self.locked.emit(step.id)
                return
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the selected step in sight."""
        super().resizeEvent(event)
        if self.currentItem() is not None:
            self.scrollToItem(self.currentItem())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Switch with the space bar, and what else the keys mean here; F2 renames by Qt's own doing."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        act = self.keys.get((Qt.Key(event.key()), control))
        if act is not None:
            act()
        elif event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            step = self.currentItem().data(STEP)
            self.switched.emit(step.id, not step.enabled)
        else:
            super().keyPressEvent(event)


def places(room: QRect) -> tuple[QRect, QRect, QRect, QRect]:
    """Return where the switch, the lock, the title and the line below it stand."""
    middle = room.center().y() - 7
    switch = QRect(room.left() + GRID, middle, 14, 14)
    lock = QRect(room.right() - GRID - 16, middle, 16, 16)
    wide = lock.left() - switch.right() - 3 * GRID // 2
    title = QRect(switch.right() + GRID, room.top() + GRID // 2, wide, room.height() // 2 - GRID // 2)
    return switch, lock, title, title.translated(0, title.height())


class StepPainter(QStyledItemDelegate):
    """Draws a step: switch, name, what it is and where, lock; amber where it fails."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return room for two lines."""
        return QSize(20 * GRID, 2 * option.fontMetrics.height() + GRID + 2)

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Rename where the name stands."""
        editor.setGeometry(places(option.rect)[2].adjusted(-4, -2, 4, 4))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it."""
        look, step = tones(), index.data(STEP)
        if step is None:
            return
        chosen = bool(option.state & option.state.State_Selected)
        if chosen or option.state & option.state.State_MouseOver:
            painter.fillRect(option.rect, QColor(look.hover if chosen else look.panel))
        if chosen:
            painter.fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), QColor(look.accent))
        switch, lock, title, under = places(option.rect)
        self._switch(painter, switch, step.enabled)
        painter.setPen(QColor(look.text if step.enabled else look.muted))
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        cut = Qt.TextElideMode.ElideRight
        name = QFontMetrics(bold).elidedText(step.id, cut, title.width())
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(option.font)
        failed = bool(index.data(FAILED))
        painter.setPen(QColor(look.gap if failed else look.muted))
        told = " · ".join(t for t in (worded(step.generator), told_region(step.where)) if t)
        told = tr("fails: %1", told) if failed else told
        painter.drawText(under, Qt.AlignmentFlag.AlignVCenter, option.fontMetrics.elidedText(told, cut, under.width()))
        if step.locked is True or (chosen and not step.locked):
            sign = "lock" if step.locked else "unlock"
            painter.drawPixmap(lock.topLeft(), icons.pixmap(sign, look.accent if step.locked else look.muted, 16))
        elif step.locked:  # some of its parameters
            painter.drawPixmap(lock.topLeft(), icons.pixmap("lock", look.muted, 16))

    @staticmethod
    def _switch(painter: QPainter, room: QRect, on: bool) -> None:
        look = tones()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(look.accent if on else look.muted))
        painter.setBrush(QColor(look.accent if on else look.field))
        painter.drawRoundedRect(room, 3, 3)
        if on:
            painter.drawPixmap(room.topLeft(), icons.pixmap("check", look.on_accent, 14))
        painter.restore()
