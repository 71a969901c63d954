"""The main window: docks round a map. It shows states and passes wishes on; no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog, QLabel, QMainWindow, QWidget

from . import icons, theme, units, wording
from .arrangement import Arrangement
from .controller import Controller
from .deeds import deeds_of, enable, palette_of
from .drawing import coarse_drawer, drawer, graphics_ready, warm
from .panels.bars import Bars
from .panels.brief import BriefEditor
from .panels.conversation import Conversation
from .panels.export import Export
from .panels.finder import Finder, palette_hint, step_choices
from .panels.map_line import MapLine
from .panels.menus import Menus
from .panels.parts import rows
from .panels.places import Places
from .panels.settings import Settings
from .panels.step import StepForm
from .panels.steps import Steps
from .panels.strip import History, Tabbed, Variants
from .panels.welcome import Welcome
from .preferences import preferences_file as usual_file
from .spread import Spread
from .state import State, VariantKind
from .sweeping import sweep_here
from .translation import tr
from .view import MapView
from .worker import Worker

STRIP_HEIGHT = 19 * theme.GRID
"""Room for the cards of the strip and no more: the map is what there is to look at."""
PICTURES = (".png", ".tif", ".tiff", ".exr", ".r16", ".r32", ".raw")


class Window(QMainWindow):
    """The main window; owns its controller and its worker.

    Parameters
    ----------
    draw : callable, optional
        Makes a drawing of a world, see `drawing.drawer`.
    draw_quick : callable, optional
        The same for a dragging hand; by default `drawing.coarse_drawer` where ``draw`` is the usual one.
    preferences_file, sessions : Path, optional
        Where preferences (and beside them the arrangement of the docks) and unsaved sessions are kept.
    **settings
        Passed to every run, such as ``resolution``.
    """

    def __init__(
        self,
        draw: Callable[[Any], object] | None = None,
        draw_quick: Callable[[Any], object] | None = None,
        preferences_file: Path | None = None,
        sessions: Path | None = None,
        **settings: Any,
    ) -> None:
        super().__init__()
        self.setWindowTitle("PCG Studio[*]")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.resize(1440, 900)
        sweeper = sweep_here()
        assert sweeper is not None  # there is an application, or there would be no window
        self.worker, self._sweeper = Worker(), sweeper
        self._draws_live = draw is None
        draw_quick = draw_quick or (coarse_drawer() if draw is None else None)
        self._theme = self._told = ""
        self._shown, self._mapped = State(), State()
        self._mapping = Spread(self, single=True)
        self.controller = Controller(
            self.worker.start, draw or drawer(), self.show_state, aside=self.worker.aside, draw_quick=draw_quick,
            preferences_file=preferences_file, sessions=sessions, **settings,
        )  # fmt: skip
        self._wear(self.controller.state)
        graphics_ready(self)
        self._make_parts()
        self._place_docks()
        self._connect()
        self.menus = Menus(self)
        self.arrangement = Arrangement(self, (preferences_file or usual_file()).with_name("window.ini"))
        deeds_of(self)
        self.arrangement.restore()
        QApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self.show_state(self.controller.state)

    # -- its parts -----------------------------------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self.conversation, self.steps, self.step = Conversation(), Steps(), StepForm()
        self.history, self.variants, self.map_line = History(), Variants(), MapLine()
        self.strip = Tabbed((tr("History"), self.history), (tr("Variants"), self.variants))
        self.welcome, self.bars = Welcome(), Bars()
        self.view = MapView(self.welcome)
        self.places = Places(self.view, self.worker.aside)
        self.finder = Finder(self, palette_hint())
        self.adder = Finder(self, tr("Which step?"))
        self.settings, self.brief = Settings(self), BriefEditor(self)
        self.export = Export(self, self.controller.targets, self.controller.command_line)
        middle = QWidget()
        middle.setLayout(rows(self.bars, self.view, gap=0))
        middle.layout().setStretch(1, 1)  # type: ignore[union-attr]  # a box, see the line before
        self.setCentralWidget(middle)
        self.readout, self.still = QLabel(), QLabel()
        for one in (self.readout, self.still):
            one.setMargin(4)
            self.statusBar().addPermanentWidget(one)
        self.statusBar().setSizeGripEnabled(False)

    def _place_docks(self) -> None:
        area = Qt.DockWidgetArea
        stack = QWidget()
        stack.setLayout(rows(self.map_line, self.steps, gap=0))
        stack.layout().setStretch(1, 1)  # type: ignore[union-attr]  # a box, see the line before
        self.docks = {
            "conversation": self._dock("conversation", tr("Conversation"), self.conversation, area.LeftDockWidgetArea),
            "steps": self._dock("steps", tr("Steps"), stack, area.RightDockWidgetArea),
            "step": self._dock("step", tr("Step"), self.step, area.RightDockWidgetArea),
            "strip": self._dock("strip", tr("History and variants"), self.strip, area.BottomDockWidgetArea),
        }
        self.docks["strip"].setTitleBarWidget(self.strip.titles)
        for corner, side in (
            (Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea),
            (Qt.Corner.BottomRightCorner, area.RightDockWidgetArea),
        ):
            self.setCorner(corner, side)
        sideways, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([self.docks["conversation"], self.docks["steps"]], [380, 360], sideways)
        self.resizeDocks([self.docks["steps"], self.docks["step"]], [320, 480], upright)
        self.resizeDocks([self.docks["strip"]], [STRIP_HEIGHT], upright)

    def _dock(self, name: str, title: str, inside: QWidget, where: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # or it shows the window's ground
        dock.setWidget(inside)
        self.addDockWidget(where, dock)
        return dock

    def _connect(self) -> None:
        does, talk, steps, form = self.controller, self.conversation, self.steps, self.step
        for signal, act in (
            (talk.sent, does.submit), (talk.cancelled, does.cancel), (talk.pointed, does.point_at),
            (talk.accepted, does.accept), (talk.rejected, does.reject), (talk.brief_asked, does.edit_brief),
            (talk.draft_asked, does.preview_brief), (talk.forgotten, does.forget_here),
            (self.welcome.chosen, does.submit), (self.welcome.opened, does.open),
            (steps.selected, does.select), (steps.enabled, does.enable_step), (steps.locked, does.lock_step),
            (steps.moved, does.move_step), (steps.renamed, does.rename_step),
            (steps.duplicated, does.duplicate_step), (steps.removed, does.remove_step),
            (steps.adding, self.ask_step), (form.edited, does.set_param), (form.paused, does.refine),
            (form.locked, does.lock_step), (form.reset, does.reset_param), (form.placed, does.set_where),
            (form.rolled, lambda step, name: does.dice(step, name) if name else does.reroll_step(step)),
            (self.map_line.seeded, does.set_seed), (self.map_line.resolved, does.set_resolution),
            (self.map_line.sized, lambda east, north: does.set_extent((east, north))),
            (self.map_line.rolled, self.roll_map),
            (self.history.gone_to, does.go_to), (self.history.named, does.name_entry),
            (self.history.compared, does.compare), (self.variants.asked, does.make_variants),
            (self.variants.stopped, does.cancel_variants), (self.variants.picked, does.pick_variant),
            (self.variants.closed, does.close_variants), (self.bars.dismissed, does.dismiss),
            (self.bars.recovered, does.recover), (self.bars.discarded, does.discard),
            (self.bars.settings_asked, self.show_settings),
            (self.brief.struck, does.strike_check), (self.brief.restored, does.restore),
            (self.brief.edited, does.edit_check), (self.brief.added, does.add_check),
            (self.brief.ran, does.run_again), (self.brief.kept, does.keep_brief), (self.brief.left, does.close_draft),
            (self.settings.preferred, lambda told: does.prefer(**told)), (self.settings.key_stored, does.store_key),
            (self.settings.tested, does.test_agents),
            (self.export.estimated, does.estimate_export), (self.export.started, does.export),
            (self.export.stopped, does.cancel_export), (self.export.left, does.close_export),
            (self.view.picked, does.drop_marker), (self.view.region_drawn, does.draw_region),
            (self.view.handle_moved, does.move_landform), (self.view.said, self._say),
            (self.view.hovered, lambda place: self.readout.setText(place.text if place else "")),
        ):  # fmt: skip
            signal.connect(act)

    def start(self, file: Path | None = None) -> None:
        """Begin the session, now that the window stands: look for lost ones, load the core, open a file."""
        self._sweeper.wait()
        self.worker.start(warm, self._warmed)
        QTimer.singleShot(0, self.controller.begin)
        if file is not None:
            self.controller.open(file)

    def _warmed(self, item: object) -> None:
        """Make the canvas ready as soon as it is known which one; by then all is loaded."""
        if item is True and self._draws_live:
            self.view.prepare()
        elif not isinstance(item, bool):
            self._sweeper.go_on(loaded=True)

    # -- what it shows -------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Show a state; only what differs from the one before is touched."""
        if not hasattr(self, "places"):  # the controller tells its first state before there are parts
            return
        before, self._shown = self._shown, state
        self._sweeper.touch()
        self._wear(state)
        if state.preferences.units != before.preferences.units:
            self._tell_units(state)
        for part in (
            self.conversation, self.steps, self.step, self.map_line, self.history, self.variants, self.bars, self.brief,
            self.settings, self.export,
        ):  # fmt: skip
            part.show_state(state)
        if state.presets is not before.presets:
            self.welcome.show_presets(state.presets)
        self.welcome.setEnabled(state.activity is None)
        if not self._mapping.busy:  # on later turns of the loop, so that a person is heard before it
            self._mapping.start(self._maps())
        noticed = wording.noticed(state)
        if noticed != self._told:
            self._told = noticed
            self.statusBar().showMessage(noticed)
        self._name(state)
        enable(self, state)

    def _tell_units(self, state: State) -> None:
        """Tell every length that is in sight anew."""
        units.tell_in(state.preferences.units)
        self.conversation.retint(state)
        self.step.remake(state)
        self.brief.retell(state)
        self.export.retell()
        self.history.retell()
        self.variants.retell()
        self.view.tell_units()

    def _maps(self) -> Iterator[None]:
        """Show map and places of the newest state, and of those that come meanwhile."""
        while self._mapped is not self._shown:
            before, self._mapped = self._mapped, self._shown
            self._show_map(before, self._mapped)
            yield
            self.places.show_state(self._mapped)
            yield

    def _show_map(self, before: State, state: State) -> None:
        if state.comparison is not before.comparison:
            both = state.comparison
            if both is not None and both.left_shown is not None and both.right_shown is not None:
                self.view.compare(both.left_shown.drawing, both.right_shown.drawing)  # type: ignore[arg-type]  # what the drawer made
            elif before.comparison is not None:
                self.view.end_compare()
        if state.drawing is not before.drawing:
            if state.shown is not None and state.shown.quick:
                self.view.show_coarse(state.drawing)  # type: ignore[arg-type]  # what the drawer made
            else:
                self.view.show_drawing(state.drawing)  # type: ignore[arg-type]  # what the drawer made
            still = tr("No usable 3D graphics here: the map is shown as pictures. See: pcgstudio doctor")
            self.still.setText(still if self.view.still else "")

    def _name(self, state: State) -> None:
        name = state.file.name if state.file else state.recipe.name if state.recipe else ""
        title = f"{name}[*] – PCG Studio" if name else "PCG Studio[*]"
        if title != self.windowTitle():  # each is a word with the window manager
            self.setWindowTitle(title)
        if state.unsaved != self.isWindowModified():
            self.setWindowModified(state.unsaved)

    # -- the look ------------------------------------------------------------------------------------------------------

    def _wear(self, state: State) -> None:
        choice = state.preferences.theme
        if choice == self._theme:
            return
        self._theme = choice
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        look = theme.dress(app, choice)
        if hasattr(self, "places"):
            icons.retint(self)
            self.view.set_theme(look.name)
            self.conversation.retint(state)
            self.welcome.retint()

    def _scheme_changed(self, _scheme: object) -> None:
        if self.controller.state.preferences.theme == "system":
            self._theme = ""
            self._wear(self.controller.state)

    # -- what a person does --------------------------------------------------------------------------------------------

    def show_palette(self) -> None:
        """Open the command palette."""
        self.finder.ask(palette_of(self))

    def ask_step(self) -> None:
        """Ask which step to add."""
        self.adder.ask(step_choices(self.controller.add_step))

    def show_settings(self) -> None:
        """Open the settings."""
        self.settings.show_state(self.controller.state)
        self.settings.show()
        self.settings.raise_()

    def show_export(self) -> None:
        """Open the export dialog."""
        self.export.open_for(self.controller.state)

    def compare(self) -> None:
        """Compare the map with the one before, or stop it."""
        state = self.controller.state
        if state.comparison is not None:
            self.controller.stop_comparing()
            return
        parent = state.timeline.entry(state.timeline.current).parent
        if parent:
            self.controller.compare(parent, state.timeline.current)
        else:
            self.menus.actions["compare"].setChecked(False)

    def make_variants(self, kind: VariantKind = "seeds") -> None:
        """Make variants, and show their strip."""
        self.docks["strip"].show()
        self.strip.show_tab(self.variants)
        self.controller.make_variants(kind)

    def roll_map(self) -> None:
        """Roll the dice for the whole map."""
        import secrets  # noqa: PLC0415 - dice of a person, not of a recipe

        self.controller.set_seed(secrets.randbelow(2**32))

    def roll_step(self) -> None:
        """Roll all values of the selected step that are not locked."""
        self.controller.dice(self.controller.state.selected)

    def ask_open(self) -> None:
        """Ask for a recipe or a picture to open."""
        wanted = f"{tr('Recipes and heightmaps')} (*.pcg.json {' '.join('*' + p for p in PICTURES)});;{tr('All')} (*)"
        file, _ = QFileDialog.getOpenFileName(self, tr("Open"), "", wanted)
        if file:
            self.controller.open(Path(file))

    def save(self) -> None:
        """Save the recipe where it came from, or ask where."""
        file = self.controller.state.file
        if file is not None and file.name.endswith(".pcg.json"):
            self.controller.save_recipe(file)
        else:
            self.ask_save()

    def ask_save(self) -> None:
        """Ask where to save the recipe."""
        name = f"{self.controller.state.recipe.name if self.controller.state.recipe else 'map'}.pcg.json"
        file, _ = QFileDialog.getSaveFileName(self, tr("Save the recipe"), name, f"{tr('Recipes')} (*.pcg.json)")
        if file:
            self.controller.save_recipe(Path(file if file.endswith(".pcg.json") else f"{file}.pcg.json"))

    def ask_bundle(self) -> None:
        """Ask where to save the bundle."""
        folder, _ = QFileDialog.getSaveFileName(
            self, tr("Save the bundle as a folder"), "map", options=QFileDialog.Option.DontConfirmOverwrite
        )
        if folder:
            self.controller.save(Path(folder))

    def _say(self, text: str) -> None:
        self.statusBar().showMessage(text, 8000)

    # -- Qt's own ------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take recipes, bundles and pictures."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open what was dropped."""
        file = _dropped(event)
        if file is not None:
            event.acceptProposedAction()
            self.controller.open(file)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Let a person type at once."""
        super().showEvent(event)
        self.conversation.entry.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop working, keep the arrangement, and give the graphics back."""
        self.arrangement.keep()
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._scheme_changed)
        self.hide()  # before what has to be waited for
        self.controller.close()
        self.worker.close()
        self.view.close_live()
        self._mapped = self._shown  # nothing is shown any more
        self._sweeper.go_on()
        super().closeEvent(event)


def _dropped(event: QDropEvent) -> Path | None:
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile())
        if path.is_dir() or path.name.endswith(".pcg.json") or path.suffix.lower() in PICTURES:
            return path
    return None
