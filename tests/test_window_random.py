"""A user who does anything, seeded: no exception, no widget left over, the window and the state agree."""

import gc
import random

import psutil
import pytest
from PySide6.QtCore import QPoint, Qt  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtWidgets import QApplication, QWidget  # noqa: TID251 - the same

from pcgstudio.gl import gl_works
from pcgstudio.recipe import Recipe, Step, save

from .windows import DISPLAY, LONG_MS, idle, settle, steady, windows

pytestmark = pytest.mark.window

START = Recipe(
    resolution=32,
    steps=(
        Step(id="ground", generator="terrain_noise"),
        Step(id="hills", generator="hills", params={"count": 3}),
        Step(id="volcano", generator="volcano"),
    ),
)
SENTENCES = ("an island with a lake", "add a hill in the north", "make it higher", "xyzzy", "remove the hills")


class User:
    """Does one thing after the other in a window, chosen by dice."""

    def __init__(self, qtbot, window, seed):
        self.qtbot, self.window, self.dice = qtbot, window, random.Random(seed)
        self.does = [name for name in dir(self) if name.startswith("do_")]

    def act(self):
        name = self.dice.choice(self.does)
        getattr(self, name)()
        self.qtbot.wait(self.dice.choice((0, 5, 30)))
        return name

    def action(self, name):
        action = self.window.menus.actions[name]
        if action.isEnabled():
            action.trigger()

    def do_undo(self):
        self.action("undo")

    def do_redo(self):
        self.action("redo")

    def do_cancel(self):
        self.action("cancel")

    def do_roll(self):
        self.action("roll")

    def do_compare(self):
        self.action("compare")

    def do_select(self):
        steps = self.window.steps.list
        if steps.count():
            steps.setCurrentRow(self.dice.randrange(steps.count()))

    def do_key_in_steps(self):
        key, held = self.dice.choice(((Qt.Key.Key_Space, 0), (Qt.Key.Key_D, 1), (Qt.Key.Key_L, 1), (Qt.Key.Key_Up, 1),
                                      (Qt.Key.Key_Down, 1)))  # fmt: skip
        control, none = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
        if self.window.steps.list.count() < 8:
            self.qtbot.keyClick(self.window.steps.list, key, control if held else none)

    def do_remove(self):
        if self.window.steps.list.count() > 2:
            self.qtbot.keyClick(self.window.steps.list, Qt.Key.Key_Delete)

    def do_add(self):
        if self.window.steps.list.count() < 8:
            self.window.ask_step()
            self.qtbot.keyClicks(self.window.adder.line, self.dice.choice(("hills", "plateau", "thermal", "cliff")))
            self.qtbot.keyClick(self.window.adder.line, Qt.Key.Key_Return)
            self.window.adder.close()

    def do_drag_a_slider(self):
        fields = [line.field for line in self.window.step.form.lines.values() if hasattr(line.field, "slider")]
        fields = [field for field in fields if field.isEnabled() and field.slider.isEnabled()]
        if fields:
            slider = self.dice.choice(fields).slider
            slider.setSliderDown(True)
            for _ in range(self.dice.randrange(1, 5)):
                slider.setSliderPosition(self.dice.randrange(1000))
                self.qtbot.wait(5)
            slider.setSliderDown(False)

    def do_press_a_tool_of_a_line(self):
        lines = list(self.window.step.form.lines.values())
        if lines:
            line = self.dice.choice(lines)
            self.dice.choice((line.reset, line.lock, line.dice)).click()

    def do_choose_a_region(self):
        kind = self.window.step.where.kind
        if self.window.controller.state.step is not None and kind.count():
            kind.setCurrentIndex(self.dice.randrange(kind.count()))
            kind.activated.emit(kind.currentIndex())

    def do_draw_a_region(self):
        small = self.window.step.where.map
        if small.isVisible():
            at = [QPoint(self.dice.randrange(small.width()), self.dice.randrange(small.height())) for _ in range(2)]
            self.qtbot.mousePress(small, Qt.MouseButton.LeftButton, pos=at[0])
            self.qtbot.mouseMove(small, at[1])
            self.qtbot.mouseRelease(small, Qt.MouseButton.LeftButton, pos=at[1])

    def do_walk_history(self):
        cards = self.window.history.cards()
        if cards:
            self.qtbot.mouseClick(self.dice.choice(cards), Qt.MouseButton.LeftButton)

    def do_say(self):
        if self.dice.random() < 0.4:
            self.window.conversation.sent.emit(self.dice.choice(SENTENCES))

    def do_answer(self):
        turns = self.window.conversation.turns
        if turns and turns[-1].accept.isVisible():
            self.dice.choice((turns[-1].accept, turns[-1].reject)).click()

    def do_variants(self):
        state = self.window.controller.state.variants
        if state is None:
            if self.dice.random() < 0.3 and self.window.menus.actions["variants"].isEnabled():
                self.window.make_variants(self.dice.choice(("seeds", "perturbations")))
        elif self.window.variants.cards():
            self.qtbot.mouseClick(self.dice.choice(self.window.variants.cards()), Qt.MouseButton.LeftButton)

    def do_open_and_close_something(self):
        if self.dice.random() < 0.5:
            self.window.show_settings()
            self.window.settings.close()
        elif self.window.menus.actions["export"].isEnabled():
            self.window.show_export()
            self.window.export.close()

    def do_edit_checks(self):
        self.action("checks")
        self.qtbot.wait(50)
        brief = self.window.brief
        if brief.isVisible() and brief.cards:
            self.dice.choice(brief.cards).strike.click()
        brief.close()

    def do_search(self):
        self.window.show_palette()
        self.qtbot.keyClicks(self.window.finder.line, self.dice.choice(("water", "look", "top", "select")))
        self.qtbot.keyClick(self.window.finder.line, self.dice.choice((Qt.Key.Key_Escape, Qt.Key.Key_Return)))
        self.window.finder.close()

    def do_point(self):
        if self.window.conversation.turns:
            self.window.conversation.pointed.emit(self.dice.choice((None, 0, 1)))

    def do_put_a_marker(self):
        self.window.view.picked.emit(self.dice.uniform(0, 1024), self.dice.uniform(0, 1024))

    def do_change_the_theme(self):
        if self.dice.random() < 0.3:
            self.window.controller.prefer(theme=self.dice.choice(("light", "dark")))


def agreed(window):
    """Whether the panels show what the state says."""
    state = window.controller.state
    steps = [s.id for s in state.recipe.steps] if state.recipe else []
    shown = [window.steps.list.item(k).text() for k in range(window.steps.list.count())]
    assert shown == steps
    cards = [e for e in state.timeline.entries if e.kind != "start"]
    assert len(window.history.cards()) == len(cards)
    assert len(window.conversation.turns) == len(state.turns)
    if state.step is not None:
        assert window.step.title.text() == state.step.id
    return True


@pytest.fixture
def opened(qtbot, tmp_path):
    with windows(qtbot, tmp_path) as open_window:
        yield open_window


@pytest.mark.parametrize(
    ("seed", "actions"), [(1, 40), *(pytest.param(s, 200, marks=pytest.mark.long) for s in (2, 3, 4))]
)
def test_a_user_who_does_anything_breaks_nothing(qtbot, opened, tmp_path, seed, actions):
    save(START, tmp_path / "start.pcg.json")
    window = opened(resolution=32)
    window.controller.open(tmp_path / "start.pcg.json")
    settle(qtbot, window)
    user, done = User(qtbot, window, seed), []
    with qtbot.captureExceptions() as exceptions:
        for _ in range(actions):
            done.append(user.act())
            assert not exceptions, (done, exceptions)
        window.menus.actions["cancel"].trigger()
        qtbot.waitUntil(lambda: window.controller.state.activity is None, timeout=LONG_MS)
        qtbot.waitUntil(lambda: not window.conversation.building.busy, timeout=5000)
        qtbot.wait(200)
    assert not exceptions, (done, exceptions)
    assert agreed(window), done
    assert window.isVisible()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_memory_of_the_window_stays_flat_over_100_rebuilds_and_50_undos(qtbot, opened, tmp_path):
    """A map of 128 x 128 cells takes several MiB with its drawing: those that pile up show."""
    slack_mib = 32
    save(START.model_copy(update={"resolution": 128}), tmp_path / "start.pcg.json")
    window = opened(still=not (DISPLAY and gl_works()))
    controller = window.controller
    controller.open(tmp_path / "start.pcg.json")
    settle(qtbot, window)
    controller._bench.cache().limit_bytes = controller._bench.cache(small=True).limit_bytes = 8 << 20
    controller._kept._limit_bytes = 8 << 20

    def used():
        steady(qtbot, window.view.stage)
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        gc.collect()
        return psutil.Process().memory_info().rss / 2**20

    def rebuild(seeds):
        for seed in seeds:
            controller.set_seed(seed)
            settle(qtbot, window)

    rebuild(range(1, 21))  # until what is kept is full
    full = used()
    rebuild(range(100, 200))
    rebuilt = used()
    for _ in range(50):
        controller.undo()
        settle(qtbot, window)
    undone = used()
    assert len(window.history.cards()) > 100
    assert rebuilt - full < slack_mib, (full, rebuilt)
    assert undone - full < slack_mib, (full, undone)


def test_windows_leave_no_widget_behind(qtbot, tmp_path):
    save(START, tmp_path / "start.pcg.json")

    def once():
        with windows(qtbot, tmp_path) as open_window:
            window = open_window(resolution=32)
            window.controller.open(tmp_path / "start.pcg.json")
            settle(qtbot, window)
            window.controller.select("hills")
            qtbot.waitUntil(lambda: idle(window) and bool(window.step.form.lines), timeout=LONG_MS)
            window.show_settings()
            window.show_palette()
            window.finder.close()
        for _ in range(5):
            QApplication.sendPostedEvents(None, 52)  # DeferredDelete
            QApplication.processEvents()
        gc.collect()
        return len([w for w in QApplication.allWidgets() if isinstance(w, QWidget)])

    once()
    second, third = once(), once()
    assert third <= second


def test_forms_that_come_and_go_leave_no_widget_behind(qtbot, opened, tmp_path):
    save(START, tmp_path / "start.pcg.json")
    window = opened(resolution=32)
    window.controller.open(tmp_path / "start.pcg.json")
    settle(qtbot, window)

    def counted():
        for name in ("ground", "hills", "volcano"):
            window.controller.select(name)
            qtbot.waitUntil(lambda: not window.step.form.building.busy, timeout=5000)
        QApplication.sendPostedEvents(None, 52)
        QApplication.processEvents()
        return len(window.findChildren(QWidget))

    first = counted()
    assert counted() == first
    assert counted() == first
