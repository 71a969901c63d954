"""The part of the controller that edits the brief: the checks, before a run and after one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .conversation import Conversation
from .desk import spoken
from .instructing import Instruction
from .messages import Message
from .state import Draft, DraftCheck
from .works import Stuck, Tick

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Brief, Check, Report
    from pcgstudio.recipe import Recipe
    from pcgstudio.region import Region
    from pcgstudio.world import World


class Briefs(Conversation):
    """Checks are struck, edited and added in a draft; the map's own change when the draft is kept or run."""

    def preview_brief(self, sentence: str) -> None:
        """Read a sentence into checks without building anything."""
        words = " ".join(sentence.split())
        if not words:
            self.close_draft()
            return
        world = None if self.state.stale else self.state.world
        place = self.state.here.region if self.state.here else None
        work = partial(_read, words, self._history.here.recipe, world, place)
        self._request("brief", work, self._take_read, aside=True)

    def edit_brief(self) -> None:
        """Begin to edit the checks of the map that is shown."""
        here = self._history.here
        if here.recipe is not None and here.recipe.brief is not None:
            brief = here.recipe.brief
            checks = tuple(DraftCheck(c, c) for c in brief.checks)
            self._become(draft=Draft(brief.instruction, brief, checks, False, here.report))

    def close_draft(self) -> None:
        """Forget the draft; the checks of the map stay as they are."""
        self._stop("brief")
        self._become(draft=None)

    def strike_check(self, index: int) -> None:
        """Leave a check out, or take it in again."""
        self._redraw(index, lambda c: replace(c, struck=not c.struck))

    def edit_check(self, index: int, check: Check) -> None:
        """Change a check."""
        self._redraw(index, lambda c: replace(c, check=check))

    def add_check(self, check: Check) -> None:
        """Add a check of one's own."""
        draft = self._drafted()
        if draft is not None:
            self._draw_up(replace(draft, checks=(*draft.checks, DraftCheck(check))))

    def restore(self, index: int | None = None) -> None:
        """Bring a check, or all of them, back to how the sentence was read; an added one goes."""
        draft = self._drafted()
        if draft is None:
            return
        kept = []
        for number, one in enumerate(draft.checks):
            if index not in (None, number):
                kept.append(one)
            elif one.original is not None:
                kept.append(DraftCheck(one.original, one.original))
        self._draw_up(replace(draft, checks=tuple(kept)))

    def keep_brief(self) -> None:
        """Make the edited checks those of the map: one undo step; nothing is built, everything is measured."""
        draft, here = self.state.draft, self._history.here
        if draft is None or draft.before_run or here.recipe is None or not self._free():
            return
        here = self._history.here
        if here.recipe is None:
            return
        self._change("brief", Message("Checks"), here.recipe.model_copy(update={"brief": draft.brief}))
        self._become(draft=None)

    def run_again(self) -> None:
        """Give the last instruction once more, against the checks as they were edited.

        It starts from where that instruction started. What comes of it is offered, beside the map that is there.
        """
        draft = self.state.draft
        if draft is not None and draft.before_run:
            self.submit(draft.sentence)
            return
        entry = self._history.instructed()
        if not self._free():
            return
        here = self._history.here
        brief = draft.brief if draft is not None else here.recipe.brief if here.recipe else None
        if brief is None or here.recipe is None:
            return
        sentence, start, seed = brief.instruction, None, here.recipe.seed
        if entry is not None and entry.turns:
            sentence = entry.turns[-1].sentence
            start = self._history.entries[entry.parent or 0].recipe
            seed = entry.recipe.seed if entry.recipe else seed
        if not sentence:
            self._become(problem=Message("This map was not made from a sentence; type one to change it."))
            return
        beside = here.recipe
        self._ask(Instruction(
            sentence, start, here.folder or Path(), brief, seed=None if start else seed, beside=beside
        ))  # fmt: skip

    def point_at(self, index: int | None) -> None:
        """Outline the place that a check looks at, by its number in the report."""
        rows = self.state.report.checks if self.state.report else ()
        self._become(pointed=index if index is not None and 0 <= index < len(rows) else None)

    # -- what comes back -----------------------------------------------------------------------------------------------

    def _take_read(self, item: object) -> None:
        match item:
            case Draft():
                self._become(draft=item, problem="")
            case Stuck(error, _):
                self._become(draft=None, problem=spoken(error))

    def _drafted(self) -> Draft | None:
        if self.state.draft is None:
            self.edit_brief()
        return self.state.draft

    def _redraw(self, index: int, edit: Callable[[DraftCheck], DraftCheck]) -> None:
        draft = self._drafted()
        if draft is None or not 0 <= index < len(draft.checks):
            return
        checks = tuple(edit(c) if i == index else c for i, c in enumerate(draft.checks))
        self._draw_up(replace(draft, checks=checks))

    def _draw_up(self, draft: Draft) -> None:
        """Show an edited draft, and measure it on the map where there is one."""
        self._become(draft=replace(draft, report=None))
        shown = self.state.shown
        if not draft.before_run and shown is not None and not self.state.stale:
            self._request("brief", partial(_measured, shown.world, draft.brief), self._take_measured)

    def _take_measured(self, item: object) -> None:
        from pcgstudio.brief import Report  # noqa: PLC0415 - see TYPE_CHECKING above

        if self.state.draft is None:
            return
        match item:
            case Report():
                self._become(draft=replace(self.state.draft, report=item))
            case Stuck(error, _):
                self._become(problem=spoken(error))


def _read(
    sentence: str, base: Recipe | None, before: World | None, here: Region | None, _tick: Tick
) -> Iterator[Draft]:
    """Read a sentence as the built-in critic does; a follow-up compares with the map that is shown."""
    from pcgstudio.agents.builtin import BuiltinCritic  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.agents.protocol import Task  # noqa: PLC0415

    brief: Brief = BuiltinCritic().brief(Task(sentence, base=base, before=before, here=here))
    yield Draft(sentence, brief, tuple(DraftCheck(c, c) for c in brief.checks))


def _measured(world: World, brief: Brief, _tick: Tick) -> Iterator[Report]:
    from pcgstudio.measure import assess  # noqa: PLC0415 - see TYPE_CHECKING above

    yield assess(world, brief)
