"""What every part of the controller stands on: the state, the history, and lanes of numbered requests.

A lane has at most one request under way. A newer one takes its place, and whatever the older still brings is dropped.
The main lane makes maps; variants, exports and small questions have lanes of their own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .autosave import Autosave
from .building import assessed, built
from .history import History, Kept
from .messages import Message
from .preferences import Preferences, load_preferences
from .state import Activity, ActivityKind, Entry, EntryKind, State, Turn, TurnStatus
from .works import Assessed, Bench, Drawn, Ended, Pictured, Progress, Start, Stuck, Work

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.recipe import Recipe
    from pcgstudio.world import World

Lane = Literal["main", "warm", "variants", "compare", "export", "estimate", "brief", "gallery", "agents"]
PATIENT: tuple[Lane, ...] = ("warm", "variants", "compare")
"""Lanes that make room for the main one, and go on when it is free."""

PICTURED = 120
"""Entries that keep their thumbnail; those of older ones would only fill memory."""


@dataclass
class _Request:
    """The latest request of a lane: its number, and what stops it."""

    number: int = 0
    stop: Callable[[], None] = lambda: None
    open: bool = False


class Desk:
    """The state, who hears of it, and how work is begun and its answers are taken.

    Parameters
    ----------
    start : callable
        Runs works that build, in turn; see `works.Start`.
    draw : callable
        Makes a drawing of a world; called by works.
    changed : callable
        Told every new state.
    run : callable, optional
        `pcgstudio.studio.run`, or a stand-in.
    aside : callable, optional
        Runs works that build nothing, beside the others; by default ``start`` does.
    draw_quick : callable, optional
        Makes a drawing of a small world in no time, for a dragging hand; by default ``draw`` does.
    preferences_file, sessions : Path, optional
        Where preferences and autosaved sessions lie; the user's own places by default.
    autosave : bool
        Whether the session is kept on disk while it lasts.
    **settings
        Passed to every run, such as ``resolution``.
    """

    def __init__(
        self,
        start: Start,
        draw: Callable[[World], object],
        changed: Callable[[State], None],
        run: Callable[..., Iterable[Any]] | None = None,
        *,
        aside: Start | None = None,
        draw_quick: Callable[[World], object] | None = None,
        preferences_file: Path | None = None,
        sessions: Path | None = None,
        autosave: bool = True,
        **settings: Any,
    ) -> None:
        preferences, problem = load_preferences(preferences_file)
        self._preferences_file = preferences_file
        self.state = State(preferences=preferences, recent=preferences.recent, problem=problem)
        self._changed, self._start, self._aside = changed, start, aside or start
        self._bench = Bench(draw, run, settings, draw_quick)
        self._history, self._kept = History(), Kept()
        self._autosave = Autosave(sessions) if autosave else None
        self._lanes: dict[Lane, _Request] = {}
        self._back = 0  # the entry that cancelling returns to
        self._unbuilt: set[int] = set()  # entries made since, which have no map yet
        self._turn: Turn | None = None  # of the run under way
        self._saved = 0  # the entry that a file holds

    # -- lanes ---------------------------------------------------------------------------------------------------------

    def _request(self, lane: Lane, work: Work, receive: Callable[[object], None], aside: bool = False) -> None:
        """Begin a work in a lane; it takes the place of the one under way there."""
        self._stop(lane)
        if lane == "main":
            for patient in PATIENT:
                self._stop(patient)
        request = self._lanes[lane]
        request.open = True
        start = self._aside if aside else self._start
        request.stop = start(work, partial(self._hand, lane, request.number, receive))

    def _stop(self, lane: Lane) -> None:
        """Stop what is under way in a lane, and drop what it still brings."""
        request = self._lanes.setdefault(lane, _Request())
        request.stop()
        request.number += 1
        request.stop, request.open = lambda: None, False

    def _hand(self, lane: Lane, number: int, receive: Callable[[object], None], item: object) -> None:
        request = self._lanes[lane]
        if number != request.number or not request.open:
            return
        request.open = not isinstance(item, Ended | Stuck)
        receive(item)

    def _running(self, lane: Lane) -> bool:
        return lane in self._lanes and self._lanes[lane].open

    # -- the state -----------------------------------------------------------------------------------------------------

    def _become(self, **told: Any) -> None:
        """Show a state that differs by some fields."""
        self.state = replace(self.state, **told)
        self._changed(self.state)

    def _settle(self, **told: Any) -> None:
        """Show the history as it stands now; and keep it, as it may have changed."""
        here, before = self._history.here, self.state
        shown = self._kept.get(here.id) or (before.shown if here.recipe else None)
        ids = [s.id for s in here.recipe.steps] if here.recipe else []
        self._become(**{
            "recipe": here.recipe,
            "brief": here.recipe.brief if here.recipe else None,
            "report": here.report,
            "turns": self._turns(),
            "shown": shown,
            "timeline": self._history.timeline(self._kept),
            "selected": before.selected if before.selected in ids else "",
            "held": here.recipe.hold.region if here.recipe and here.recipe.hold else None,
            "unsaved": here.recipe is not None and here.id != self._saved,
            "problem": here.problem,
            "problem_step": here.problem_step,
            "pointed": before.pointed if here.report is before.report else None,
            **told,
        })  # fmt: skip
        self._keep()

    def _keep(self) -> None:
        """Have the session kept on disk."""
        if self._autosave is not None:
            self._autosave.keep(self._history)
            if self._autosave.problem and self.state.notice != self._autosave.problem:
                self._become(notice=self._autosave.problem)

    def _turns(self) -> tuple[Turn, ...]:
        return (*self._history.turns(), *([self._turn] if self._turn else []))

    def _free(self) -> bool:
        """Whether the recipe may be changed now; says why not. What was offered counts as accepted then."""
        if self.state.activity is not None and self.state.activity.kind == "instruct":
            self._become(notice=Message("The agents are at work on this map; wait for them or cancel."))
            return False
        self._keep_offer()
        return True

    def _keep_offer(self) -> None:
        """Take what is offered as accepted."""
        offer = self.state.offer
        if offer is not None:
            self._history = with_status(self._history, offer.entry, "kept")
            self._settle(offer=None)

    @property
    def preferences(self) -> Preferences:
        """As they are now."""
        return self.state.preferences

    # -- making entries, and their maps --------------------------------------------------------------------------------

    def _commit(self, kind: EntryKind, title: str, recipe: Recipe | None, **told: Any) -> Entry:
        """Put a new entry into the history, with everything of the present one that is not named."""
        here = self._history.here
        told = {"folder": here.folder, **told}
        self._history = self._history.added(kind=kind, title=title, recipe=recipe, **told)
        return self._history.here

    def _change(self, kind: EntryKind, title: str, recipe: Recipe, *, preview: bool = True, notice: str = "") -> None:
        """Make a changed recipe the current one: one undo step; its map is built where it is another one."""
        before = self._history.here
        if recipe == before.recipe:
            return
        self._begin()
        shown = self._kept.get(before.id)
        entry = self._commit(kind, title, recipe)
        if shown is not None and before.recipe is not None and same_map(before.recipe, recipe):
            self._kept.put(entry.id, replace(shown, entry=entry.id))
            report = before.report if before.recipe.brief == recipe.brief else None
            self._history = self._history.changed(entry.id, report=report, thumbnail=before.thumbnail)
            self._settle(notice=notice)
            self._show_current()
            return
        self._unbuilt.add(entry.id)
        self._settle(notice=notice)
        self._build("build", title, preview=preview)

    def _begin(self) -> None:
        """Remember where cancelling leads, unless something is under way that began before."""
        activity, now = self.state.activity, self._history.current
        if (activity is None or activity.coarse) and now not in self._unbuilt:
            self._back, self._unbuilt = now, set()
        self._stop("main")

    def _build(self, kind: ActivityKind, title: str, *, preview: bool = True, measured: bool = True) -> None:
        """Build the map of the current entry."""
        here = self._history.here
        if here.recipe is None:
            return
        work = partial(
            built, self._bench, here.recipe, here.folder or Path(), self.preferences.tiers,
            preview=preview, measured=measured,
        )  # fmt: skip
        waits = Message("waiting for the export") if self._running("export") else ""
        self._become(activity=Activity(kind, title, waits, since=time.monotonic()))
        self._request("main", work, self._take)

    def _take(self, item: object) -> None:
        """Take what a work of the current entry brought."""
        here, activity = self._history.here, self.state.activity
        match item:
            case Progress(fraction, text) if activity is not None:
                self._become(activity=replace(activity, fraction=fraction, text=text))
            case Drawn():
                shown = item.shown(here.id)
                if shown.coarse:
                    self._become(shown=shown)
                else:
                    self._kept.put(here.id, shown)
                    self._unbuilt.discard(here.id)
                    self._history = self._history.changed(here.id, problem="", problem_step="")
                    self._settle()
            case Assessed(report):
                self._history = self._history.changed(here.id, report=report)
                self._settle()
            case Pictured(picture):
                self._picture(here.id, picture)
            case Stuck(error, step):
                self._history = self._history.changed(here.id, problem=spoken(error), problem_step=step)
                self._finish()
            case Ended():
                self._finish()

    def _picture(self, entry: int, picture: object) -> None:
        self._history = self._history.changed(entry, thumbnail=picture)
        pictured = [e.id for e in self._history.entries.values() if e.thumbnail is not None]
        for old in pictured[:-PICTURED]:
            self._history = self._history.changed(old, thumbnail=None)
        self._settle()

    def _finish(self, **told: Any) -> None:
        """End what is under way in the main lane."""
        self._unbuilt = set()
        self._settle(activity=None, **told)
        self._idle()

    # -- what the other parts add --------------------------------------------------------------------------------------

    def _idle(self) -> None:
        """Go on with what waits for the main lane to be free."""

    def _abandon(self) -> bool:
        """Take back what a hand is doing just now; return whether there was anything."""
        return False

    def _show_current(self) -> None:
        """See to it that the map of the current entry is in the view, and measured."""
        here, shown = self._history.here, self._kept.get(self._history.current)
        if here.recipe is None or (shown is not None and here.report is not None):
            self._settle(activity=None)
            self._idle()
        elif shown is None:
            self._build("rebuild", here.title, measured=here.report is None)
        else:
            self._settle(activity=Activity("build", here.title, Message("measuring"), since=time.monotonic()))
            self._request("main", partial(assessed, here.recipe, shown.world), self._take)


def same_map(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes build the same world: they differ in names, locks, wishes and words only."""
    return _core(one) == _core(other)


def _core(recipe: Recipe) -> Recipe:
    plain = tuple(s.model_copy(update={"locked": False, "purpose": "", "expects": ""}) for s in recipe.steps)
    return recipe.model_copy(update={"steps": plain, "name": "map", "brief": None, "history": ()})


def with_status(history: History, number: int, status: TurnStatus) -> History:
    """Return the history after what an entry offered was decided."""
    turns = tuple(replace(t, status=status) if t.status == "offered" else t for t in history.entries[number].turns)
    return history.changed(number, turns=turns)


def spoken(text: str) -> str:
    """Return an error of the core as a sentence of the window: its cures are worded for the command line.

    Examples
    --------
    >>> spoken("step 'hills' failed"), spoken("http://127.0.0.1:1 does not answer.")
    ("Step 'hills' failed.", 'http://127.0.0.1:1 does not answer.')
    """
    if isinstance(text, Message):  # one of our own
        return text
    for typed, said in (
        (" with -o", ""),
        ("use --resolution", "set the resolution to"),
        ("; use --base-url and --model, or set", "; choose one in the settings, or set"),
        ("--agent builtin", "the built-in agents"),
    ):
        text = text.replace(typed, said)
    if re.match(r"[a-z]+(?:[\s,;]|:\s|$)", text):  # a word, and no address, file or name of a step
        text = f"{text[0].upper()}{text[1:]}"
    return text and f"{text}{'' if text[-1] in '.!?' else '.'}"
