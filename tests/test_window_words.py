"""What the window says: in the person's units wherever a length stands, in the person's language whoever says it."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QTranslator  # noqa: TID251 - the window is tested with what it is made of
from PySide6.QtWidgets import QLabel  # noqa: TID251 - the same

from pcgstudio.brief import Brief, Check, Report, Structural
from pcgstudio.params import Parameter
from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.region import Near
from pcgstudio.ui import units, wording
from pcgstudio.ui.desk import spoken
from pcgstudio.ui.messages import Message
from pcgstudio.ui.panels.form import explained
from pcgstudio.ui.translation import told
from pcgstudio.ui.viewport.readout import Readout, readout_of
from pcgstudio.ui.viewport.terrain import Terrain

from .windows import LONG_MS, idle, plain, settle, table, windows

pytestmark = pytest.mark.window

TALL = Check(
    metric="height", arguments={"feature": "hill"}, relation="at_least", value=30, unit="m", quote="tall hills"
)
HILLS = Recipe(
    name="hills", seed=7, resolution=64, extent_m=(640, 640), brief=Brief(instruction="tall hills", checks=(TALL,)),
    steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 20}),
        Step(id="hills", generator="hills", params={"count": 3, "height_m": 50}),
    ),
)  # fmt: skip


@pytest.fixture
def imperial():
    units.tell_in("imperial")
    yield
    units.tell_in("metric")


@pytest.fixture
def window(qtbot, tmp_path):
    """A window with three hills, their step selected."""
    save(HILLS, tmp_path / "hills.pcg.json")
    with windows(qtbot, tmp_path) as open_window:
        window = open_window()
        window.controller.open(tmp_path / "hills.pcg.json")
        settle(qtbot, window)
        window.controller.select("hills")
        qtbot.waitUntil(lambda: idle(window) and "height_m" in window.step.form.lines, timeout=LONG_MS)
        settle(qtbot, window)
        yield window
        window.controller.prefer(units="metric")


# -- units -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metres_per_pixel", "metric", "feet"),
    [(0.1, "10 m", "20 ft"), (1.0, "100 m", "200 ft"), (12.0, "1 km", "1 mi"), (100.0, "10 km", "5 mi")],
)
def test_the_scale_bar_is_round_in_the_units_told(metres_per_pixel, metric, feet):
    for system, wanted in (("metric", metric), ("imperial", feet)):
        units.tell_in(system)
        length, name = units.bar(metres_per_pixel)
        number, unit = name.split()
        per = {"m": 1, "km": 1000, "ft": 0.3048, "mi": 1609.344}[unit]
        units.tell_in("metric")
        assert name == wanted
        assert length == pytest.approx(float(number) * per, rel=1e-6)
        assert length / metres_per_pixel <= 150


def test_readout_tooltip_and_changes_are_told_in_feet(imperial):
    assert Readout(100.0, 200.0, 30.48).text.startswith("328 ft E, 656 ft N  ·  100.0 ft")
    tip = explained(Parameter("height_m", "float", 100.0, "How high.", unit="m", minimum=1, maximum=1000))
    assert "3.281 … 3281 ft" in tip
    assert "Usually 328.1" in tip
    assert plain(wording.change("volcano.height_m: 100.0 -> 200.0")) == "volcano, height: 328.1 → 656.2 ft"
    assert plain(wording.change("extent_m: (1000.0, 500.0) -> (2000.0, 500.0)")) == (
        "extent: (3281, 1640) → (6562, 1640) ft"
    )
    assert plain(wording.change("hills.count: 3 -> 4")) == "hills, count: 3 → 4"


def test_a_switch_of_units_reaches_every_length_in_the_window(qtbot, window):
    window.controller.drop_marker(320, 320)
    window.controller.edit_brief()
    window.export.open_for(window.controller.state)
    qtbot.waitUntil(lambda: len(window.brief.cards) == 1, timeout=LONG_MS)
    window.controller.prefer(units="imperial")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "height_m" in window.step.form.lines, timeout=LONG_MS)
    number = window.step.form.lines["height_m"].field.number
    assert (number.suffix(), round(number.value())) == (" ft", 164)
    assert " ft" in window.step.form.lines["height_m"].toolTip()
    assert "ft" in plain(table(window)[0].asked)
    assert window.brief.cards[0].low.suffix() == " ft"
    assert window.brief.cards[0].low.value() == pytest.approx(98.43, abs=0.01)
    assert "2100 × 2100 ft" in window.map_line.fold.head.text()
    assert window.conversation.here.text() == "here: 1050 ft E, 1050 ft N"
    said = [w.text() for w in window.findChildren(QLabel) if w.isVisible()]
    assert not [text for text in said if text.endswith((" m", " km"))]
    window.map_line.east.setValue(4200)
    settle(qtbot, window)
    east, north = window.controller.state.recipe.extent_m
    assert (east, north) == (pytest.approx(1280.16, abs=0.01), 640)  # the side that was not touched stays to the letter
    assert window.menus.actions["undo"].text() == "&Undo Size 4200 ft x 2099.74 ft"


def test_the_units_change_nothing_of_a_check_that_is_only_looked_at(qtbot, window):
    window.controller.edit_brief()
    qtbot.waitUntil(lambda: len(window.brief.cards) == 1, timeout=LONG_MS)
    window.controller.prefer(units="imperial")
    settle(qtbot, window)
    card = window.brief.cards[0]
    card.relation.setCurrentIndex(card.relation.findData("at_most"))
    card.relation.activated.emit(card.relation.currentIndex())
    check = window.controller.state.draft.checks[0].check
    assert (check.relation, check.value, check.unit) == ("at_most", 30, "m")
    card.low.setValue(328.084)
    assert window.controller.state.draft.checks[0].check.value == pytest.approx(100, abs=0.01)


def test_the_legend_and_the_readout_of_a_layer_are_told_in_feet(qtbot, window):
    window.controller.prefer(units="imperial")
    window.view.colour_by("height")
    qtbot.waitUntil(lambda: window.view.stage.legend is not None, timeout=LONG_MS)
    legend = window.view.stage.legend
    assert legend.unit == "ft"
    high = window.controller.state.world["height"].max()
    assert max(float(text) for _, text in legend.ticks) == pytest.approx(high * 3.28, rel=0.35)
    found = readout_of(window.controller.state.world, window.view.stage.terrain, 320.0, 320.0, "height")
    assert found.text.endswith(" ft")
    window.controller.prefer(units="metric")
    qtbot.waitUntil(lambda: window.view.stage.legend.unit == "m", timeout=LONG_MS)
    assert isinstance(window.view.stage.terrain, Terrain)
    assert np.isfinite(found.height_m)


# -- language ----------------------------------------------------------------------------------------------------------


class Shouting(QTranslator):
    """A language in which everything is said loudly; what it was asked for is kept."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def translate(self, _context, text, _comment=None, _number=-1):
        self.asked.add(text)
        return text.upper()

    def isEmpty(self):  # noqa: N802 - Qt's name
        return False


@pytest.fixture
def shouting(qapp):
    translator = Shouting()
    QCoreApplication.installTranslator(translator)
    yield translator
    QCoreApplication.removeTranslator(translator)


def test_what_the_controller_says_is_translated_and_its_values_are_not(qtbot, shouting, window):
    window.controller.accept()
    window.controller.lock_region()  # nothing is marked
    assert window.statusBar().currentMessage() == "MARK OR PAINT THE GROUND THAT SHALL STAY FIRST."
    window.controller.enable_step("hills", False)
    settle(qtbot, window)
    assert window.history.cards()[-1].title == "DISABLE hills"
    assert window.menus.actions["undo"].text() == "&UNDO DISABLE hills"
    assert window.controller.state.timeline.undo == "Disable hills"  # the controller knows no language
    window.controller.store_key("host", "no key")
    assert window.bars.problem.text.text().startswith("THAT IS NO KEY")
    assert {"Disable %1", "Mark or paint the ground that shall stay first."} <= shouting.asked


def test_what_checks_ask_is_translated_word_by_word(shouting, imperial):
    lake = Near(feature="lake", distance_m=90)
    near = Check(metric="height", arguments={"feature": "hill"}, region=lake, relation="at_most", value=30.48, unit="m")
    assert plain(wording.asked(near)) == "HILL HEIGHT NEAR THE LAKE ≤ 100 ft"
    mixed = Check(metric="mix", arguments={"feature": "tree", "of": "pine"}, relation="between", value=(0.2, 0.4),
                  unit="share")  # fmt: skip
    assert plain(wording.asked(mixed)) == "TREE SHARE OF PINE 20 % TO 40 %"
    broken = Report(structural=(Structural(name="lakes are level", passed=False, detail="one is not"),))
    assert wording.rows(Brief(), broken)[0].measured == "ONE IS NOT"
    assert {"near the %1", "share of %1", "%1 %2 to %3", "always"} <= shouting.asked


def test_messages_within_messages_and_lengths_are_told_too(shouting, imperial):
    said = Message("%1, %2 s", Message("waiting for %1", "gpt %2"), 3)
    assert said == "waiting for gpt %2, 3 s"
    assert told(said) == "WAITING FOR gpt %2, 3 S"
    assert told(Message("Size %1", units.Length(100))) == "SIZE 328.084 ft"
    assert told("a text of the core") == "A TEXT OF THE CORE"
    assert told("") == ""


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("http://127.0.0.1:9 does not answer", "http://127.0.0.1:9 does not answer."),
        ("volcano.height_m must be less than 9", "volcano.height_m must be less than 9."),
        ("step 'hills' finds no room", "Step 'hills' finds no room."),
        ("'no.png' cannot be read", "'no.png' cannot be read."),
        ("model: it is gone!", "Model: it is gone!"),
        ("", ""),
    ],
)
def test_errors_begin_as_sentences_and_addresses_stay_as_they_are(error, sentence):
    assert spoken(error) == sentence
