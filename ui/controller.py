"""What the window can do, without Qt: every act of a person is a method, every result is the next frozen state.

The controller never waits. It hands a piece of work (a generator) to ``start``, which runs it elsewhere and brings what
it yields back, one item after the other, on the thread that owns the window. Its parts stand in modules of their own:

====================  =================================================================
`desk`                the state, the history, numbered requests whose late answers drop
`conversation`        instructions, turns, offers
`steps`               the recipe by hand, sliders
`travels`             undo, redo, branches, A beside B
`variants`            maps to choose from
`briefs`              the checks, before a run and after one
`places`              markers, drawn regions, locked ground, moved landforms
`documents`           files, the gallery, exports
`setup`               preferences, keys, sessions that ended badly
====================  =================================================================
"""

from __future__ import annotations

from .briefs import Briefs
from .places import Places
from .setup import Setup
from .state import EXAMPLES, State
from .travels import Travels
from .variants import Choices
from .works import Progress, Start, Tick, Work, driven

__all__ = ["EXAMPLES", "Controller", "Progress", "Start", "State", "Tick", "Work", "driven"]


class Controller(Briefs, Places, Travels, Choices, Setup):
    """All parts together; see `desk.Desk` for what it is made with."""
