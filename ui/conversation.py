"""The part of the controller that talks with the agents: instructions, what comes of them, and offers."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .desk import Desk, spoken, with_status
from .instructing import Instruction, instructed
from .messages import Message
from .state import Activity, Finding, Offer, Turn, TurnStatus
from .works import Arrived, Compared, Drawn, Ended, Pictured, Progress, Stuck

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.recipe import Recipe, Step


PLANNING, BUILDING, MEASURED = Message("planning"), Message("building"), Message("measured")
ADJUSTING = Message("adjusting what was missed")


class Conversation(Desk):
    """Instructions in, turns out."""

    _change_of: Recipe | None = None
    """The recipe that the run under way shall change."""

    def submit(self, sentence: str) -> None:
        """Make a map from a sentence, or change the one that is there; takes the place of work under way.

        Checks that were edited before the run are used, and the place that was pointed at is what "here" means.
        """
        words = " ".join(sentence.split())
        if not words:
            return
        if self.state.activity is not None and self.state.activity.kind == "instruct":
            self.cancel()
        if not self._free():
            return
        here, draft = self._history.here, self.state.draft
        mine = draft.brief if draft and draft.before_run and draft.sentence == words and draft.edited else None
        self._ask(Instruction(
            words, here.recipe, here.folder or Path(), mine, self.state.here.region if self.state.here else None
        ))  # fmt: skip

    def _ask(self, asked: Instruction) -> None:
        """Begin a run of the agents."""
        self._begin()
        self._change_of = asked.base
        self._turn = Turn(asked.sentence)
        self._settle(
            activity=Activity("instruct", asked.sentence, Message("reading the sentence"), since=time.monotonic()),
            problem="", problem_step="", notice="", brief=asked.brief or self.state.brief,
        )  # fmt: skip
        self._request("main", partial(instructed, self._bench, asked, self.preferences), self._hear)

    def accept(self) -> None:
        """Keep what is offered."""
        if self.state.offer is not None:
            self._keep_offer()
            self._become(notice=Message("Kept."))

    def reject(self) -> None:
        """Return to the map before what is offered; the recipe is the same again, to the letter."""
        offer = self.state.offer
        if offer is None:
            return
        self._stop("main")
        turns = with_status(self._history, offer.entry, "rejected").entries[offer.entry].turns
        self._history = self._history.moved(offer.before).without(offer.entry)
        self._kept.drop(offer.entry)
        self._say(*turns)
        self._settle(offer=None, activity=None, notice=Message("The map is as it was before."))
        self._show_current()

    def cancel(self) -> None:
        """Stop what is under way at once; the map and its recipe stand as before.

        Changes whose map was not built yet are not lost: redo brings them back.
        """
        if self._abandon() or self.state.activity is None:
            return
        self._stop("main")
        if self._turn is not None:
            self._end_turn("cancelled")
        else:
            self._history = self._history.moved(self._back)
        self._unbuilt = set()
        stands = Message("Cancelled; the map is as it was before.")
        none = Message("Cancelled; nothing was made.")
        self._settle(activity=None, notice=stands if self._history.here.recipe else none)
        self._show_current()

    def dismiss(self) -> None:
        """Forget what was said about what went wrong or was done."""
        self._become(problem="", problem_step="", notice="")

    def _say(self, *turns: Turn) -> None:
        """Put turns that left no map into the conversation."""
        here = self._history.here
        self._history = self._history.changed(here.id, turns=(*here.turns, *turns))

    def _end_turn(self, status: TurnStatus, problem: str = "") -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            self._say(replace(turn, status=status, problem=problem))

    # -- what comes back -----------------------------------------------------------------------------------------------

    def _hear(self, item: object) -> None:
        """Take what a run brought."""
        activity = self.state.activity
        match item:
            case Progress(fraction, text) if activity is not None:
                self._become(activity=replace(activity, fraction=fraction, text=text or activity.text))
            case Drawn(coarse=True):
                self._become(shown=item.shown(self._history.current))
            case Arrived():
                self._arrive(item)
            case Drawn() | Pictured() if self._turn is None:
                self._take(item)
            case Compared(inside, outside) if self.state.offer is not None:
                self._become(offer=replace(self.state.offer, changed_inside=inside, changed_outside=outside))
            case Stuck(error):
                self._break_off(error)
            case Ended():
                self._finish()
            case _:
                self._note(item)

    def _break_off(self, error: str) -> None:
        """End a run that left no map."""
        if self._turn is None:  # the map is there already; only a measure of the change failed
            self._finish()
            return
        told = spoken(error)
        self._end_turn("failed", told)
        self._settle(activity=None, problem=told)
        if self.state.stale:  # what was changed just before it has no map yet
            self._show_current()
        else:
            self._idle()

    def _note(self, event: Any) -> None:
        """Take an event of the run into the running turn."""
        from pcgstudio import events  # noqa: PLC0415 - see TYPE_CHECKING above

        turn = self._turn
        if turn is None or not isinstance(event, events.Event):
            return
        if isinstance(event, events.Failed):
            self._stop("main")
            self._break_off(event.error)
            return
        turn = replace(turn, meter=replace(turn.meter, tokens=event.tokens, seconds=event.seconds))
        told: dict[str, Any] = {}
        doing = ""
        match event:
            case events.Started():
                turn = replace(turn, agent=event.agent, model=event.model)
            case events.Estimated():
                meter = replace(turn.meter, expected=event.expected, most=event.most, limit=event.limit)
                turn = replace(turn, meter=meter)
            case events.Asked():
                turn = replace(turn, meter=replace(turn.meter, calls=turn.meter.calls + 1))
            case events.FellBack():
                turn = replace(turn, notes=(*turn.notes, Message("The built-in agents took over: %1", event.reason)))
            case events.Briefed():
                turn, told, doing = replace(turn, brief=event.brief), {"brief": event.brief, "report": None}, PLANNING
            case events.Proposed():
                turn, doing = _planned(turn, event, self._change_of), BUILDING
            case events.Measured():
                turn, told, doing = replace(turn, report=event.report), {"report": event.report}, MEASURED
            case events.Calibrated():
                adjusted = (*turn.adjustments, *event.changes)
                turn, doing = replace(turn, adjustments=adjusted), ADJUSTING
            case events.Reviewed():
                found = tuple(Finding(event.round, i) for i in event.review.issues)
                turn = replace(turn, findings=(*turn.findings, *found), approved=event.review.decision == "approve")
        self._turn = turn
        activity = self.state.activity
        if activity is not None and doing:
            told["activity"] = replace(activity, text=doing)
        self._become(turns=self._turns(), **told)

    def _arrive(self, arrived: Arrived) -> None:
        """Put the map of a run into the history; a change of a map is offered first, where the person wants that."""
        end, turn, before = arrived.end, self._turn, self._history.here
        if turn is None:
            return
        offered = before.recipe is not None and self.preferences.ask_before_keeping
        turn = replace(
            turn, status="offered" if offered else "kept", outcome=end.status, brief=end.brief, report=end.report,
            changes=arrived.changes, rounds=end.rounds, agent=end.agent, model=end.model,
            meter=replace(turn.meter, tokens=end.tokens, seconds=end.seconds),
            notes=tuple(dict.fromkeys((*turn.notes, *end.notes))), log=arrived.log,
        )  # fmt: skip
        self._turn = None
        entry = self._commit("instruction", turn.sentence, end.recipe, report=end.report, turns=(turn,))
        self._back, self._unbuilt = entry.id, set()  # from here on the map stands, whatever becomes of the rest
        offer = Offer(entry.id, before.id, arrived.changes) if offered else None
        activity = self.state.activity and replace(self.state.activity, kind="build", text=Message("drawing"))
        self._settle(offer=offer, here=None, draft=None, activity=activity)


def _planned(turn: Turn, event: Any, base: Recipe | None) -> Turn:
    """Return the turn with what the actor planned: for a follow-up only what it adds or changes."""
    proposal = event.proposal
    old: tuple[Step, ...] = base.steps if base is not None else ()
    plan = tuple(s for s in proposal.recipe.steps if s not in old)
    return replace(
        turn, summary=proposal.summary, plan=plan, risks=proposal.risks, missing=proposal.missing, rounds=event.round
    )
