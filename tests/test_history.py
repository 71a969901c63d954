"""The history as a value: a tree that loses nothing, and the few maps of it that stay built."""

import numpy as np
import pytest

from pcgstudio.recipe import Recipe
from pcgstudio.ui.history import History, Kept
from pcgstudio.ui.state import Shown, Turn
from pcgstudio.ui.works import weighed
from pcgstudio.world import Grid, Layer, World

MAP = Recipe()


def grown(*titles, history=None):
    history = history or History()
    for title in titles:
        history = history.added(kind="edit", title=title, recipe=MAP)
    return history


def titles(history, way=None):
    return [history.entries[i].title for i in (history.path() if way is None else way)]


def test_undo_and_redo_walk_the_same_way():
    history = grown("a", "b", "c")
    back = history.moved(history.back).moved(1)
    assert (back.here.title, back.timeline(()).undo, back.timeline(()).redo) == ("a", "a", "b")
    assert titles(back, back.timeline(()).path) == ["Beginning", "a", "b", "c"]
    assert back.moved(back.on).moved(3).on is None
    assert back.moved(0).back is None


def test_an_edit_after_undo_begins_a_branch_and_the_old_one_stays():
    history = grown("a", "b", "c").moved(1)
    history = grown("d", history=history)
    assert titles(history) == ["Beginning", "a", "d"]
    assert [e.title for e in history.timeline(()).entries] == ["Beginning", "a", "b", "c", "d"]
    assert history.moved(1).entries[history.moved(1).on].title == "d"
    other = history.moved(3).moved(1)  # redo follows the branch that was walked last
    assert other.entries[other.on].title == "b"


def test_only_a_leaf_can_be_taken_out():
    history = grown("a", "b")
    with pytest.raises(ValueError, match="built upon"):
        history.without(1)
    less = history.without(2)
    assert (less.current, less.on) == (1, None)
    assert grown("c", history=less).current == 3  # numbers are not used twice


def test_the_conversation_follows_the_branch_and_begins_anew_where_it_should():
    history = grown("a").changed(1, turns=(Turn("one"),))
    history = grown("b", history=history).changed(2, turns=(Turn("two"),))
    assert [t.sentence for t in history.turns()] == ["one", "two"]
    assert [t.sentence for t in history.moved(1).turns()] == ["one"]
    fresh = grown("c", history=history).changed(3, turns=(Turn("three"),), fresh=True)
    assert [t.sentence for t in fresh.turns()] == ["three"]


def world(cells, value=0.0):
    return World(Grid(cells, cells, 1.0), {"height": Layer(np.full((cells, cells), value, np.float32), "m")})


def test_ten_maps_are_kept_the_last_looked_at():
    kept = Kept()
    for number in range(12):
        kept.put(number, Shown(world(4), None))
        kept.get(0)
    assert sorted(kept) == [0, *range(3, 12)]


def test_kept_maps_stay_within_their_memory_and_share_what_they_share():
    def shown(made, drawing=None):
        return Shown(made, drawing, sizes=weighed(made, drawing))

    kept = Kept(limit_bytes=5 * 64 * 64 * 4)
    for number in range(10):
        kept.put(number, shown(world(64, number)))
    assert len(list(kept)) == 5
    assert kept.nbytes == 5 * 64 * 64 * 4
    one, shared = Kept(limit_bytes=2 * 64 * 64 * 4), world(64)
    for number in range(10):
        one.put(number, shown(shared))
    assert len(list(one)) == 10
    drawn = Kept(limit_bytes=4 * 1000)
    for number in range(10):
        drawn.put(number, shown(world(1), {"pieces": [np.zeros(1000, np.uint8)]}))  # drawings weigh too
    assert len(list(drawn)) == 3
    large = Kept(limit_bytes=1)
    for number in range(4):
        large.put(number, shown(world(64, number)))
    assert len(list(large)) == 2
