"""All that a person can do in the window, as menus, toolbar and palette offer it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from .panels.finder import Choice, step_choices
from .panels.menus import Deed, explain, toolbar
from .theme import CHOICES
from .translation import tr
from .wording import change

if TYPE_CHECKING:
    from .state import State
    from .window import Window

MOST_LETTERS = 32
"""Of what undo would take back, in its menu."""


def deeds_of(window: Window) -> None:
    """Fill the menus and the toolbar of a window."""
    menus, does = window.menus, window.controller
    file, edit, maps, view, helps = tr("&File"), tr("&Edit"), tr("&Map"), tr("&View"), tr("&Help")
    line = partial(Deed, "-", text="", run=lambda: None)
    menus.add((
        Deed("new", file, tr("&New map"), does.new_map, "Ctrl+N", "new"),
        Deed("open", file, tr("&Open…"), window.ask_open, "Ctrl+O", "open"),
        line(file),
        Deed("save", file, tr("&Save recipe"), window.save, "Ctrl+S", "save"),
        Deed("save_as", file, tr("Save recipe &as…"), window.ask_save, "Ctrl+Shift+S"),
        Deed("bundle", file, tr("Save &bundle…"), window.ask_bundle),
        Deed("export", file, tr("&Export…"), window.show_export, "Ctrl+E", "export"),
        line(file),
        Deed("settings", file, tr("Se&ttings…"), window.show_settings, "Ctrl+,", "settings"),
        Deed("quit", file, tr("&Quit"), window.close, "Ctrl+Q"),
        Deed("undo", edit, tr("&Undo"), does.undo, "Ctrl+Z", "undo"),
        Deed("redo", edit, tr("&Redo"), does.redo, "Ctrl+Shift+Z", "redo"),
        line(edit),
        Deed("cancel", edit, tr("&Cancel what is under way"), does.cancel, "Ctrl+."),
        Deed("say", edit, tr("&Type an instruction"), window.conversation.entry.setFocus, "Ctrl+T"),
        Deed("add", maps, tr("&Add step…"), window.ask_step, "Ctrl+Shift+A", "add"),
        Deed("roll", maps, tr("&Roll the dice"), window.roll_map, "Ctrl+R", "dice"),
        Deed("roll_step", maps, tr("Roll all values of the s&tep"), window.roll_step, "Ctrl+Shift+R"),
        Deed("variants", maps, tr("&Variants with other dice"), window.make_variants, "Ctrl+Shift+V", "variants"),
        Deed("small", maps, tr("Variants with &small changes"), lambda: window.make_variants("perturbations")),
        Deed("compare", maps, tr("&Compare with the map before"), window.compare, "Ctrl+Shift+C", "compare"),
        line(maps),
        Deed("checks", maps, tr("&Edit the checks…"), does.edit_brief, "Ctrl+B", "check"),
        line(maps),
        Deed("hold", maps, tr("&Lock the ground here"), does.lock_region, icon="lock"),
        Deed("free", maps, tr("&Unlock the ground"), does.unlock_region, icon="unlock"),
        Deed("forget", maps, tr("&Forget the place"), does.forget_here),
    ))  # fmt: skip
    menus.actions["compare"].setCheckable(True)
    _of_the_map(window, view)
    _themes(window, view)
    panels = menus.menu(view).addMenu(tr("&Panels"))
    for dock in window.docks.values():
        panels.addAction(dock.toggleViewAction())
    menus.add((
        Deed("layout", view, tr("Panels where they were at &first"), window.arrangement.reset),
        Deed("palette", helps, tr("&Search everything…"), window.show_palette, "Ctrl+K", "search"),
    ))  # fmt: skip
    _lists(window, file)
    groups = (("new", "open", "save", "export"), ("undo", "redo"), ("add", "roll", "variants", "compare"))
    for action in menus.actions.values():
        explain(action)
    bar = toolbar(
        window, tuple(tuple(menus.actions[n] for n in g) for g in groups),
        (menus.actions["palette"], menus.actions["settings"]),
    )  # fmt: skip
    window.addToolBar(bar)


def enable(window: Window, state: State) -> None:
    """Enable what can be done in a state, and say what undo and redo would do."""
    does, made = window.menus.actions, state.recipe is not None
    undo, redo = state.timeline.undo, state.timeline.redo
    does["undo"].setEnabled(bool(undo))
    does["redo"].setEnabled(bool(redo))
    does["undo"].setText(tr("&Undo %1", _short(undo)) if undo else tr("&Undo"))
    does["redo"].setText(tr("&Redo %1", _short(redo)) if redo else tr("&Redo"))
    for name in ("save", "save_as", "bundle", "export", "variants", "small", "roll", "checks", "new"):
        does[name].setEnabled(made)
    does["cancel"].setEnabled(state.activity is not None)
    does["roll_step"].setEnabled(state.step is not None)
    does["compare"].setEnabled(state.comparison is not None or bool(undo))
    does["compare"].setChecked(state.comparison is not None)
    does["hold"].setEnabled(state.here is not None)
    does["free"].setEnabled(state.held is not None)
    does["forget"].setEnabled(state.here is not None)


def _short(text: str) -> str:
    shown = change(text).replace("&", "&&")
    return shown if len(shown) <= MOST_LETTERS else f"{shown[: MOST_LETTERS - 2].rpartition(' ')[0].rstrip(',')} …"


def _of_the_map(window: Window, view: str) -> None:
    """Put the actions of the map view into the menu, those of a kind below one title."""
    menu = window.menus.menu(view)
    below = {
        "map_view_": menu.addMenu(tr("&Look from")), "map_colour_": menu.addMenu(tr("&Colour by")),
        "map_tool_": menu.addMenu(tr("&Tools")),
    }  # fmt: skip
    menu.addSeparator()
    for action in window.view.actions():
        action.setIconVisibleInMenu(False)
        next((m for start, m in below.items() if action.objectName().startswith(start)), menu).addAction(action)
    menu.addSeparator()


def _themes(window: Window, view: str) -> None:
    menu = window.menus.menu(view).addMenu(tr("&Theme"))
    group = QActionGroup(window)
    for choice, text in (("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))):
        action = QAction(text, window, checkable=True)
        action.triggered.connect(lambda _on=False, choice=choice: window.controller.prefer(theme=choice))
        group.addAction(action)
        menu.addAction(action)
    menu.aboutToShow.connect(
        lambda: group.actions()[CHOICES.index(window.controller.state.preferences.theme)].setChecked(True)
    )


def _lists(window: Window, file: str) -> None:
    """Put recent files and presets below *Open*, filled as they are opened."""
    menu = window.menus.menu(file)
    before = menu.actions()[2]
    for title, entries in ((tr("Open &recent"), _recent), (tr("&Presets"), _presets)):
        inner = menu.addMenu(title)
        menu.insertMenu(before, inner)
        inner.aboutToShow.connect(partial(_fill, window, inner, entries))


def _fill(window: Window, menu: QMenu, entries: Callable[[Window], list[Choice]]) -> None:
    menu.clear()
    for choice in entries(window):
        menu.addAction(choice.title, choice.run)
    if menu.isEmpty():
        menu.addAction(tr("None yet")).setEnabled(False)


def _recent(window: Window) -> list[Choice]:
    does = window.controller
    return [Choice(path.name, partial(does.open, path), tr("Recent"), str(path.parent)) for path in does.state.recent]


def _presets(window: Window) -> list[Choice]:
    does = window.controller
    return [Choice(p.title, partial(does.open, p.path), tr("Preset")) for p in does.state.presets]


def palette_of(window: Window) -> list[Choice]:
    """Return everything that the command palette finds."""
    found = [choice for choice in window.menus.choices() if not choice.group.startswith(tr("File › "))]
    steps = window.controller.state.recipe.steps if window.controller.state.recipe else ()
    found += [Choice(tr("Select %1", s.id), partial(window.controller.select, s.id), tr("Step")) for s in steps]
    adding = step_choices(window.controller.add_step)
    found += [Choice(tr("Add %1", c.title.lower()), c.run, c.group, c.note) for c in adding]
    return found + _presets(window) + _recent(window)
