"""The one loop: brief, plan, build, measure, calibrate, review, until every check passes or the budget is spent.

What a number can solve is solved without a model: a plan is first judged by the policy and by its documents, then
built, measured and calibrated, and only what is still missing goes back to the pair. The paper's own protocol, which
does none of this before its last plan stands, is kept beside it for comparison.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

from .agents.briefs.crosscheck import cross_checked
from .agents.builtin import BuiltinActor, BuiltinCritic
from .agents.findings import static_issues, worst
from .agents.model.model_actor import ModelActor
from .agents.model.remembered import Memory
from .agents.protocol import Actor, Critic, Proposal, Review, Task
from .brief import Brief
from .build import StepCache, build, check_memory, quiet
from .clock import Clock
from .crew import Protocol, Role, hired
from .errors import BuildError, Cancelled, OutOfScopeError, PCGError
from .events import (
    Briefed,
    Event,
    Failed,
    Proposed,
    Reviewed,
)
from .fitting import Fit
from .generator import Tick, load_generators
from .llm.model import Model
from .loop import Budget, Loop, limits
from .paper_loop import PaperLoop
from .policy import Policy
from .recipe import Recipe
from .region import Region

__all__ = ["Budget", "run"]


def run(
    instruction: str,
    *,
    actor: Actor | Role | None = None,
    critic: Critic | Role | None = None,
    model: Model | None = None,
    protocol: Protocol = "studio",
    base: Recipe | None = None,
    seed: int | None = None,
    extent_m: tuple[float, float] | None = None,
    resolution: int | None = None,
    here: Region | None = None,
    folder: Path = Path(),
    brief: Brief | None = None,
    policy: Policy | None = None,
    budget: Budget | None = None,
    memory: Memory | None = None,
    cache: StepCache | None = None,
    clock: Clock | None = None,
    tick: Tick = quiet,
) -> Iterator[Event]:
    """Turn an instruction into a measured world, yielding what happens on the way.

    Parameters
    ----------
    instruction : str
        What the map shall be, or how ``base`` shall change.
    actor, critic : optional
        The pair: an agent, ``builtin`` or ``model``; both by the model where there is one, otherwise built-in.
    model : Model, optional
        Language model of those that are ``model``.
    protocol : {"studio", "paper"}
        Ours, or the paper's exact loop, whose pair is a model's.
    base : Recipe, optional
        The recipe that a follow-up changes.
    seed, extent_m, resolution : optional
        What the person fixed.
    here : Region, optional
        The place that the person marked on the map: what "here" and "in the marked area" mean.
    folder : Path
        Where the files lie that steps of ``base`` name: that of its recipe.
    brief : Brief, optional
        The person's own or edited checks: nobody is asked for any, and these stand as they are.
    policy : Policy, optional
        What no agent may do.
    budget : Budget, optional
        Limits.
    memory : Memory, optional
        Worked examples of this user; none are read or kept without it.
    cache : StepCache, optional
        Shared between runs in one process.
    clock : Clock, optional
        Of a recording that is told again.
    tick : callable
        Progress and cancellation.

    Yields
    ------
    Event
        ``Started`` first; ``Finished`` or ``Failed`` last.
    """
    clock = clock or Clock((budget or Budget()).seconds)
    try:
        policy = (policy or Policy()).checked(base)
        spend = limits(budget or Budget(), policy, protocol)
        clock.limit_s = spend.seconds
        crew = hired(actor, critic, model, protocol, policy.allow, memory, spend.tokens, clock, tick)
        kind = PaperLoop if protocol == "paper" else _StudioLoop
        loop = kind(crew, spend, policy, cache or StepCache(), tick, folder)
        yield from loop.events(Task(instruction, seed, extent_m, resolution, base, here=here, folder=folder), brief)
    except PCGError as error:
        yield Failed(error=str(error), exit_code=error.exit_code, seconds=clock.seconds)


class _StudioLoop(Loop):
    def events(self, task: Task, given: Brief | None) -> Iterator[Event]:
        yield self.started(task, given)
        task = replace(task, limits=self.policy.sentences(task.base))
        if task.base is not None:
            task = replace(task, before=build(task.base, tick=self.tick, cache=self.cache, folder=task.folder))
        brief = yield from self._briefed(task, given)
        yield Briefed(brief=brief, **self.stamp())
        best, rounds = yield from self._rounds(task, brief)
        best = yield from self.fitter.at_full_size(task, best, brief, rounds)
        yield self.finished(task, best, brief, rounds)

    def _briefed(self, task: Task, given: Brief | None) -> Generator[Event, None, Brief]:
        """Return the person's own brief, or the critic's with what it must not lack (see `cross_checked`)."""
        alone = isinstance(self.crew.critic, BuiltinCritic)
        own = None if alone and self.crew.meter is None else self.own_reading(task)
        yield from self.estimated(task, own, given is not None)
        if given is not None:
            return given
        brief = yield from self.crew.brief(task)
        if alone:
            return brief
        brief = cross_checked(brief, _news_of(own, task.base))
        if not brief.checks and brief.complete:
            raise OutOfScopeError(
                f"'{task.instruction[:60]}' describes no map; name landforms, water, plants or rooms, such as: three "
                "hills beside a lake"
            )
        return brief

    def _rounds(self, task: Task, brief: Brief) -> Generator[Event, None, tuple[Fit, int]]:
        proposal: Proposal | None = None
        review: Review | None = None
        best: Fit | None = None
        rounds = 0
        for number in range(1, self.rounds + 1):
            if best is not None and self.clock.late():
                break
            try:
                revised = yield from self.crew.propose(task, brief, proposal, review, number)
                revised = self.with_hold(task, revised)
                if all(s.generator in load_generators() for s in revised.recipe.steps):  # others the gate sends back
                    check_memory(revised.recipe, revised.recipe.grid())
            except PCGError as error:
                if best is None or isinstance(error, Cancelled):
                    raise
                break  # a later plan that cannot be used costs nothing: the best map so far stands
            if revised == proposal:
                break
            rounds = number
            proposal = revised
            yield Proposed(round=number, proposal=proposal, **self.stamp())
            final = number == self.rounds and best is None
            proposal, review = yield from self._gate(task, brief, proposal, number, final)
            if review is not None:
                continue
            try:
                learns = isinstance(self.crew.actor, ModelActor) and number < self.rounds
                fit = yield from self.fitter.fit(task, proposal.recipe, brief, number, learns)
            except BuildError:
                if best is None:
                    raise
                break
            best = fit if best is None or fit.rank > best.rank else best
            if learns and not fit.problem:  # the actor goes on from the numbers that the solver found
                proposal = proposal.model_copy(update={"recipe": fit.recipe})
            review = yield from self._judged(replace(task, built=fit.world), brief, proposal, fit, number)
            if fit.passed or self.clock.late():
                break
        if best is None:
            issues = "; ".join(i.message for i in review.issues) if review else "no plan was made"
            raise BuildError(f"no plan could be built: {issues}")
        return best, rounds

    def _judged(
        self, task: Task, brief: Brief, proposal: Proposal, fit: Fit, number: int
    ) -> Generator[Event, None, Review]:
        """Return the verdict on what was measured; after the last round no model is asked, as nobody would read it."""
        if number == self.rounds and self.crew.meter is not None:
            review = BuiltinCritic().review(task, brief, proposal, fit.report)
        else:
            review = yield from self.crew.review(task, brief, proposal, fit.report, number)
        yield Reviewed(round=number, review=review, **self.stamp())
        return review

    def _gate(
        self, task: Task, brief: Brief, proposal: Proposal, number: int, final: bool
    ) -> Generator[Event, None, tuple[Proposal, Review | None]]:
        """Judge a plan before it is built: by the policy, by its documents, and by a critic that judges plans.

        What breaks the policy is never built. An agent that can learn gets the reason as a finding; from one that
        cannot, or has no round left, everything refused is taken back and the rest is built. A review of None means:
        go on.
        """
        refused = self.policy.breaches(task.base, proposal.recipe)
        found = tuple(i for i in static_issues(proposal.recipe, task.base) if i.certain)
        if refused or (found and not final):
            review = Review(decision="revise", issues=worst((*refused, *found)))
            yield Reviewed(round=number, review=review, **self.stamp())
            if not refused or not (final or isinstance(self.crew.actor, BuiltinActor)):
                return proposal, review
            self.crew.notes += [i.message for i in refused]
            recipe = self.policy.restored(task.base, proposal.recipe)
            proposal = proposal.model_copy(update={"recipe": recipe})
        review = yield from self.crew.review(task, brief, proposal, None, number)
        if not final and review.decision == "revise" and any(i.certain for i in review.issues):
            yield Reviewed(round=number, review=review, **self.stamp())
            return proposal, review
        return proposal, None


def _news_of(own: Brief | None, base: Recipe | None) -> Brief | None:
    """Return the built-in reading without the old checks of a follow-up: which of those stay, the critic has said."""
    if own is None or base is None or base.brief is None:
        return own
    old = base.brief.checks
    return own.model_copy(update={"checks": tuple(c for c in own.checks if c not in old)})
