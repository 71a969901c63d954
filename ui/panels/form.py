"""A form made of a model's parameters: one line each, what is changed marked, tools where the cursor is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from superqt import QElidingLabel

from .. import icons
from ..spread import Spread
from ..theme import GRID
from ..translation import tr
from ..units import shown_in
from .editors import field_of
from .fields import Field, titled
from .parts import emptied, rows, tool
from .points import PointsField

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from pcgstudio.params import Parameter, Params
    from pcgstudio.world import World

MANY = 9
"""A form with more lines than this folds those that no word asks for."""
LABEL_WIDTH = 100
TOOL = 20


class Line(QWidget):
    """One parameter: label, editor, and for the one under the cursor reset, lock and dice."""

    edited = Signal(str, object, bool)
    locked = Signal(str, bool)
    rolled = Signal(str)

    def __init__(self, one: Parameter, info: FieldInfo, tools: bool) -> None:
        super().__init__()
        self.record = one
        self._hovered = False
        self.label = QElidingLabel(titled(one.name, one.unit))
        self.label.setFixedWidth(LABEL_WIDTH)
        self.field: Field = field_of(one, info, one.name == "path", drawn=tools)
        self.field.edited.connect(lambda value, rests: self.edited.emit(one.name, value, rests))
        self.reset = tool("reset", tr("Back to the usual value"), self._reset)
        self.lock = tool("unlock", tr("Lock: neither agents nor dice change it"))
        self.lock.setCheckable(True)
        self.lock.clicked.connect(lambda on: self.locked.emit(one.name, bool(on)))
        self.dice = tool("dice", tr("Roll the dice for this value"), lambda: self.rolled.emit(one.name))
        self._tools = QWidget()
        inner = QHBoxLayout(self._tools)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        for one_tool in (self.reset, self.lock, self.dice):
            one_tool.setFixedSize(TOOL, 3 * GRID)
            one_tool.setIconSize(QSize(14, 14))
            keeps = one_tool.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)  # nothing moves as the cursor comes and goes
            one_tool.setSizePolicy(keeps)
            inner.addWidget(one_tool)
        self._tools.setVisible(tools)
        line = QHBoxLayout(self)
        line.setContentsMargins(GRID, 2, GRID // 2, 2)
        line.setSpacing(GRID // 2)
        line.addWidget(self.label)
        if isinstance(self.field, PointsField):  # the only one of several lines
            line.setAlignment(self.label, Qt.AlignmentFlag.AlignTop)
            self.label.setContentsMargins(0, 6, 0, 0)  # beside what is typed
        line.addWidget(self.field, 1)
        line.addWidget(self._tools)
        self.setToolTip(explained(one))
        self.setFocusProxy(self.field)
        self.show_value(one.default, False)

    def show_value(self, value: Any, locked: bool) -> None:
        """Show a value, whether it differs from the usual one, and whether it is locked."""
        self.field.set_value(value)
        self.mark(value)
        self.lock.setChecked(locked)
        if self.lock.property(icons.NAME) != ("lock" if locked else "unlock"):
            icons.put(self.lock, "lock" if locked else "unlock")
        self.field.setEnabled(not locked)
        self._show_tools()

    def mark(self, value: Any) -> None:
        """Mark whether a value is the usual one."""
        changed = not same(value, self.record.default)
        name = "changed" if changed else ""
        if self.label.objectName() != name:
            self.label.setObjectName(name)
            self.label.style().unpolish(self.label)
            self.label.style().polish(self.label)
        self.reset.setEnabled(changed)
        self._show_tools()

    def _reset(self) -> None:
        self.show_value(self.record.default, self.lock.isChecked())
        self.edited.emit(self.record.name, self.record.default, True)

    def _show_tools(self) -> None:
        self.reset.setVisible(self._hovered and self.reset.isEnabled())
        self.lock.setVisible(self._hovered or self.lock.isChecked())
        self.dice.setVisible(self._hovered and not self.lock.isChecked())

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Show the tools."""
        self._hovered = True
        self._show_tools()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Hide them."""
        self._hovered = False
        self._show_tools()
        super().leaveEvent(event)


class Fold(QWidget):
    """A group of lines under a title that opens and closes it."""

    def __init__(self, title: str, opened: bool = True) -> None:
        super().__init__()
        self.head = QToolButton()
        self.head.setObjectName("fold")
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.body = QWidget()
        self.inside = QVBoxLayout(self.body)
        self.inside.setContentsMargins(0, 0, 0, 0)
        self.inside.setSpacing(0)
        self.setLayout(rows(self.head, self.body, gap=0))
        self.head.toggled.connect(self._toggled)
        self.head.setChecked(opened)
        self._toggled(opened)

    def _toggled(self, opened: bool) -> None:
        self.body.setVisible(opened)
        icons.put(self.head, "down" if opened else "right")


class Form(QWidget):
    """All parameters of a model; made in slices, so that a long one does not hold the window up."""

    edited = Signal(str, object, bool)
    """Name, value, whether the hand rests."""
    locked = Signal(str, bool)
    rolled = Signal(str)

    def __init__(self, tools: bool = True) -> None:
        super().__init__()
        self._has_tools = tools
        self._model: type[Params] | None = None
        self._values: Mapping[str, Any] = {}
        self._locks: frozenset[str] = frozenset()
        self._skip: tuple[str, ...] = ()
        self._ground: tuple[tuple[float, float], World | None] = ((1024.0, 1024.0), None)
        self.lines: dict[str, Line] = {}
        self.more: Fold | None = None
        self.building = Spread(self)
        self._inside = rows(gap=0)
        self.setLayout(self._inside)

    def show_model(
        self,
        model: type[Params],
        values: Mapping[str, Any],
        locks: frozenset[str] = frozenset(),
        skip: tuple[str, ...] = (),
    ) -> None:
        """Show values (left-out ones are the usual ones) of a model's parameters, and which are locked."""
        self._values, self._locks, self._skip = values, locks, skip
        if model is not self._model:
            self.clear_lines()
            self._model = model
            self.building.start(self._built(model))
        else:
            self._fill()

    def show_ground(self, extent_m: tuple[float, float], world: World | None) -> None:
        """Show the map that points are drawn on."""
        self._ground = (extent_m, world)
        for line in self.lines.values():
            if isinstance(line.field, PointsField):
                line.field.show_ground(extent_m, world)

    def clear_lines(self) -> None:
        """Take all lines away; the next model is made anew."""
        self.lines, self.more, self._model = {}, None, None
        emptied(self._inside)

    def _fill(self) -> None:
        for name, line in self.lines.items():
            line.show_value(self._values.get(name, line.record.default), name in self._locks)

    def _built(self, model: type[Params]) -> Iterator[None]:
        from pcgstudio.params import parameters  # noqa: PLC0415 - the window opens before the core is loaded

        records = [r for r in parameters(model) if r.name not in self._skip]
        plain = [r for r in records if not r.aspect and not r.adjectives and len(records) > MANY]
        main = [r for r in records if r not in plain]
        if not main or len(plain) < 3:
            main, plain = records, []
        for record in main:
            self._inside.addWidget(self._line(model, record))
            yield
        if plain:
            opened = any(not same(self._values.get(r.name, r.default), r.default) for r in plain)
            self.more = Fold(tr("More"), opened)
            self._inside.addWidget(self.more)
            for record in plain:
                self.more.inside.addWidget(self._line(model, record))
                yield

    def _line(self, model: type[Params], record: Parameter) -> Line:
        line = Line(record, model.model_fields[record.name], self._has_tools)
        if isinstance(line.field, PointsField):
            line.field.show_ground(*self._ground)
        line.show_value(self._values.get(record.name, record.default), record.name in self._locks)
        line.edited.connect(self._edited)
        line.locked.connect(self.locked)
        line.rolled.connect(self.rolled)
        self.lines[record.name] = line
        return line

    def _edited(self, name: str, value: Any, rests: bool) -> None:
        self._values = {**self._values, name: value}
        self.lines[name].mark(value)
        self.edited.emit(name, value, rests)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: a file gives tuples back as lists."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float | int) and isinstance(other, float | int) and not isinstance(one, bool):
        return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1)
    return bool(one == other)


def _figure(value: float, factor: float) -> str:
    """Return a number; a converted one in four figures."""
    return f"{value:g}" if factor == 1 else f"{float(f'{value:.4g}'):g}"


def explained(one: Parameter) -> str:
    """Return what a parameter is, its bounds and its usual value, as the lines of a tooltip."""
    factor, unit = shown_in(one.unit)
    span = " … ".join("" if v is None else _figure(v * factor, factor) for v in (one.minimum, one.maximum))
    told = [one.text]
    if one.minimum is not None or one.maximum is not None:
        told.append(tr("%1 %2", span, unit).strip())
    if one.hints:
        told.append(one.hints)
    usual = tr("auto") if one.default is None else one.default
    if factor != 1 and isinstance(usual, float | int):
        usual = _figure(usual * factor, factor)
    told.append(tr("Usually %1", usual if usual not in ("", ()) else tr("empty")))
    return "\n".join(told)
