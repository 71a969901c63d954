"""Every action of the window, once: for the menus, the toolbar, the shortcuts and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QWidget

from .. import icons
from ..translation import tr
from .finder import Choice


@dataclass(frozen=True)
class Deed:
    """Something that a person can do.

    Parameters
    ----------
    name : str
        Under which the window finds its action again.
    menu, text : str
        Where it stands, and how it is called there.
    run : callable
    keys : str
        Its shortcut.
    icon : str
    """

    name: str
    menu: str
    text: str
    run: Callable[[], object]
    keys: str = ""
    icon: str = ""


SEPARATOR = "-"


class Menus:
    """The menus of a window, and its actions by name."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}

    def add(self, deeds: tuple[Deed, ...]) -> None:
        """Add actions, in their order; a deed named ``-`` is a line."""
        for deed in deeds:
            menu = self.menu(deed.menu)
            if deed.name == SEPARATOR:
                menu.addSeparator()
                continue
            action = QAction(deed.text, self._window)
            if deed.keys:
                action.setShortcut(QKeySequence(deed.keys))
            if deed.icon:
                icons.put(action, deed.icon)
                action.setIconVisibleInMenu(False)
            action.triggered.connect(lambda _on=False, run=deed.run: run())
            menu.addAction(action)
            self.actions[deed.name] = action

    def menu(self, title: str) -> QMenu:
        """Return the menu of a title, made where it is new."""
        if title not in self.menus:
            self.menus[title] = self._window.menuBar().addMenu(title)
        return self.menus[title]

    def choices(self) -> Iterator[Choice]:
        """Yield everything in the menus as choices of the command palette."""
        for title, menu in self.menus.items():
            yield from _choices(menu, title.replace("&", ""))


def _choices(menu: QMenu, group: str) -> Iterator[Choice]:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _choices(inner, f"{group} › {_bare(action.text())}")
        elif not action.isSeparator() and action.text():
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            text = _bare(action.text())
            if action.isCheckable():
                text = tr("%1 (on)", text) if action.isChecked() else text
            yield Choice(text, action.trigger, group, keys=keys, enabled=action.isEnabled())


def _bare(text: str) -> str:
    """Return a title without its key and the dots of a dialog; dots after a blank stand for words left out."""
    bare = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return bare if bare.endswith(" …") else bare.removesuffix("…").strip()


def toolbar(window: QMainWindow, groups: tuple[tuple[QAction, ...], ...], right: tuple[QAction, ...]) -> QToolBar:
    """Return a slim toolbar of groups of actions, the last ones at its right end."""
    bar = QToolBar(tr("Toolbar"), window)
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(18, 18))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for at, group in enumerate(groups):
        if at:
            bar.addSeparator()
        for action in group:
            bar.addAction(action)
    if right:
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(room)
        for action in right:
            bar.addAction(action)
    return bar


def explain(action: QAction) -> None:
    """Say in the tooltip what an action does and which keys do it."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    text = _bare(action.text())
    action.setToolTip(f"{text} ({keys})" if keys else text)
