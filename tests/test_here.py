"""Places marked by hand: what "here" and "in the marked area" mean, with a mark on the map and without."""

import pytest

from pcgstudio import studio
from pcgstudio.agents.builtin import BuiltinCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.events import Finished
from pcgstudio.measure import measure
from pcgstudio.region import Circle, Polygon
from pcgstudio.replay import Session, replay

MARK = Circle(centre_m=(300.0, 300.0), radius_m=130.0)

WAYS = (
    "put a lake here",
    "a lake right here, please",
    "a lake at the marker",
    "Here I want a lake",
    "a lake in the marked area",
    "a lake inside the selection",
    "a lake in the area I painted",
    "a lake in this spot",
)


def brief(text, here=MARK):
    return BuiltinCritic().brief(Task(text, here=here))


def finished(text, **more):
    *_, last = studio.run(text, resolution=128, **more)
    assert isinstance(last, Finished), last
    return last


@pytest.mark.parametrize("text", WAYS)
def test_a_mark_is_the_place_of_what_is_asked_for(text):
    told = brief(text)
    assert told.complete, told
    assert [c.region for c in told.checks if c.metric == "parts_inside"] == [MARK]


@pytest.mark.parametrize("text", WAYS)
def test_without_a_mark_the_words_are_not_understood_and_say_what_to_do(text):
    told = brief(text, None)
    assert not told.complete
    assert any("mark a place on the map first" in words for words in told.not_understood)


def test_there_is_the_place_named_before_and_the_mark_otherwise():
    named = brief("a hill in the north, and put a lake there")
    (inside,) = (c.region for c in named.checks if c.arguments.get("feature") == "lake" and c.metric == "parts_inside")
    assert inside.place == "north"
    assert MARK in [c.region for c in brief("put a lake there").checks]
    assert not brief("put a lake there", None).complete


def test_here_and_there_is_no_mark():
    assert brief("hills here and there", None).complete


@pytest.mark.parametrize(("text", "feature"), [("put a lake here", "lake"), ("a small mountain here", "mountain")])
def test_what_is_put_at_the_mark_stands_there(text, feature):
    last = finished(text, here=MARK)
    assert last.status == "done"
    (check,) = (c for c in last.brief.checks if c.region == MARK and c.arguments.get("feature") == feature)
    assert measure(last.world, check) == 1


def test_follow_ups_move_add_and_clear_at_the_mark():
    base = finished("low hills with a lake in the north and a forest").recipe
    moved = finished("move the lake here", base=base, here=MARK)
    assert moved.status == "done"
    rows, cols = (moved.world["water_kind"] > 0).nonzero()
    cell = moved.world.grid.cell_size_m
    assert abs(cols.mean() * cell - 300) < 130
    assert abs((moved.world.grid.rows - rows.mean()) * cell - 300) < 130
    square = Polygon(points_m=((600.0, 100.0), (900.0, 100.0), (900.0, 400.0), (600.0, 400.0)))
    cleared = finished("remove the trees in the marked area", base=base, here=square)
    assert cleared.status == "done"
    x, y = cleared.world.instances["tree"].placement[:, :2].T
    assert len(x)
    assert not ((x > 600) & (x < 900) & (y > 100) & (y < 400)).any()


def test_a_recording_keeps_the_mark():
    *_, first = (events := list(studio.run("put a lake here", here=MARK, resolution=64)))
    started = events[0]
    session = Session(
        started.instruction, started.model, started.protocol, started.version, started.settings,
        late_at=first.late_at,
    )  # fmt: skip
    *_, again = replay(session)
    assert again.recipe == first.recipe
    assert again.status == "done"
