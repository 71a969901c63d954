"""The one loop: brief, plan, build, measure, calibrate, review, until every check passes or the budget is spent."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version

from .agents.builtin import BuiltinActor, BuiltinCritic
from .agents.calibrate import calibrated, eased, rerolled
from .agents.protocol import Actor, Critic, Proposal, Review, Task
from .brief import Brief, Report
from .build import StepCache, build, check_memory, quiet
from .errors import BuildError, Cancelled, PCGError
from .events import Briefed, Built, Calibrated, Event, Failed, Finished, Measured, Proposed, Reviewed, Started
from .generator import Tick
from .measure import assess
from .recipe import Recipe, diff
from .world import World

FIT_RESOLUTION = 512
"""Largest resolution at which parameters are fitted; a larger map is corrected once it stands."""


@dataclass(frozen=True)
class Budget:
    """What a run may spend.

    Parameters
    ----------
    rounds : int
        Plans the actor may make.
    attempts : int
        Builds the calibration may spend per plan.
    seconds : float
        After which the best map so far is returned.
    """

    rounds: int = 3
    attempts: int = 9
    seconds: float = 120.0


@dataclass(frozen=True)
class _Fit:
    """A recipe with what it gave."""

    recipe: Recipe
    world: World
    report: Report
    problem: str = ""
    failed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.report.passed and not self.problem

    @property
    def rank(self) -> tuple[int, int, float]:
        """Order of merit: nothing missing, fewest failed demands, best soft score."""
        failed = sum(not m.passed for m in self.report.checks if m.check.demanded)
        failed += sum(not s.passed for s in self.report.structural)
        return (-bool(self.problem), -failed, self.report.score)


def run(
    instruction: str,
    *,
    actor: Actor | None = None,
    critic: Critic | None = None,
    base: Recipe | None = None,
    seed: int | None = None,
    extent_m: tuple[float, float] | None = None,
    resolution: int | None = None,
    budget: Budget | None = None,
    cache: StepCache | None = None,
    tick: Tick = quiet,
) -> Iterator[Event]:
    """Turn an instruction into a measured world, yielding what happens on the way.

    Parameters
    ----------
    instruction : str
        What the map shall be, or how ``base`` shall change.
    actor, critic : optional
        The pair; built-in by default.
    base : Recipe, optional
        The recipe that a follow-up changes.
    seed, extent_m, resolution : optional
        What the person fixed.
    budget : Budget, optional
        Limits.
    cache : StepCache, optional
        Shared between runs in one process.
    tick : callable
        Progress and cancellation.

    Yields
    ------
    Event
        ``Started`` first; ``Finished`` or ``Failed`` last.
    """
    loop = _Loop(actor or BuiltinActor(), critic or BuiltinCritic(), budget or Budget(), cache or StepCache(), tick)
    try:
        yield from loop.events(Task(instruction, seed, extent_m, resolution, base))
    except PCGError as error:
        yield Failed(error=str(error), exit_code=error.exit_code, seconds=loop.seconds)


class _Loop:
    def __init__(self, actor: Actor, critic: Critic, budget: Budget, cache: StepCache, tick: Tick) -> None:
        self.actor, self.critic, self.budget, self.cache, self.tick = actor, critic, budget, cache, tick
        self.began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return round(time.perf_counter() - self.began, 3)

    @property
    def late(self) -> bool:
        return self.seconds > self.budget.seconds

    def events(self, task: Task) -> Iterator[Event]:
        agent = self.actor.name if self.actor.name == self.critic.name else f"{self.actor.name}+{self.critic.name}"
        yield Started(instruction=task.instruction, agent=agent, version=version("pcgstudio"))
        if task.base is not None:
            task = replace(task, before=build(task.base, tick=self.tick, cache=self.cache))
        brief = self.critic.brief(task)
        yield Briefed(brief=brief, seconds=self.seconds)
        proposal: Proposal | None = None
        review: Review | None = None
        best: _Fit | None = None
        rounds = 0
        for number in range(1, self.budget.rounds + 1):
            try:
                revised = self.actor.propose(task, brief, proposal, review)
                check_memory(revised.recipe.grid())
            except PCGError as error:
                if best is None or isinstance(error, Cancelled):
                    raise
                break  # a later plan that cannot be used costs nothing: the best map so far stands
            if revised == proposal:
                break
            rounds = number
            proposal = revised
            yield Proposed(round=number, proposal=proposal, seconds=self.seconds)
            review = self.critic.review(task, brief, proposal, None)
            again = number < self.budget.rounds or best is not None
            if again and review.decision == "revise" and any(i.certain for i in review.issues):
                yield Reviewed(round=number, review=review, seconds=self.seconds)
                continue
            keep = frozenset(s.id for s in proposal.recipe.steps if task.base and s in task.base.steps)
            fit = yield from self._fit(proposal.recipe, brief, number, keep)
            best = fit if best is None or fit.rank > best.rank else best
            review = self.critic.review(task, brief, proposal, fit.report)
            yield Reviewed(round=number, review=review, seconds=self.seconds)
            if fit.passed or self.late:
                break
        if best is None:
            issues = "; ".join(i.message for i in review.issues) if review else "no plan was made"
            raise BuildError(f"no plan could be built: {issues}")
        best = yield from self._at_full_size(best, brief, rounds)
        yield self._finished(best, brief, rounds, agent)

    def _finished(self, best: _Fit, brief: Brief, rounds: int, agent: str) -> Finished:
        if best.problem:
            brief = brief.model_copy(update={"not_measurable": (*brief.not_measurable, best.problem)})
        done = best.passed and brief.complete and bool(brief.checks)
        return Finished(
            status="done" if done else "best_effort",
            recipe=best.recipe.model_copy(update={"brief": brief}),
            world=best.world,
            brief=brief,
            report=best.report,
            rounds=rounds,
            agent=agent,
            seconds=self.seconds,
        )

    def _fit(self, recipe: Recipe, brief: Brief, number: int, keep: frozenset[str]) -> Generator[Event, None, _Fit]:
        """Build, measure and calibrate until the checks pass; return the best of what was tried."""
        size = min(recipe.resolution, FIT_RESOLUTION)
        tried: set[str] = set()
        best: _Fit | None = None
        moves = 0
        for attempt in range(1, self.budget.attempts + 1):
            fit = self._built(recipe, brief, size)
            tried.add(recipe.model_dump_json())
            yield Built(round=number, resolution=size, world=fit.world, problem=fit.problem, seconds=self.seconds)
            yield Measured(round=number, report=fit.report, seconds=self.seconds)
            best = fit if best is None or fit.rank > best.rank else best
            if fit.passed or self.late:
                break
            moved = calibrated(fit.recipe, fit.report) if moves < 4 else fit.recipe
            moves += 1
            if fit.problem or moves >= 4 or moved.model_dump_json() in tried:
                start = eased(recipe, fit.failed) if fit.problem else best.recipe
                moved, moves = rerolled(start, (fit if fit.problem else best).report, attempt, keep), 0
            if moved.model_dump_json() in tried:
                break
            yield Calibrated(round=number, changes=tuple(diff(recipe, moved)), seconds=self.seconds)
            recipe = moved
        if best is None:
            raise BuildError("nothing was built; raise the number of attempts")
        return best

    def _built(self, recipe: Recipe, brief: Brief, size: int) -> _Fit:
        """Build what can be built: a step whose amount cannot be reached is left out and named."""
        problems: dict[str, str] = {}
        current = recipe
        while True:
            try:
                world = build(current, current.grid(size), self.tick, self.cache)
                report = assess(world, brief)
                return _Fit(current, world, report, "; ".join(problems.values()), tuple(problems))
            except BuildError as error:
                if not error.step:
                    raise
                problems[error.step] = str(error)
                steps = tuple(
                    s.model_copy(update={"enabled": False}) if s.id == error.step else s for s in current.steps
                )
                current = current.model_copy(update={"steps": steps})

    def _at_full_size(self, best: _Fit, brief: Brief, number: int) -> Generator[Event, None, _Fit]:
        """Build at the recipe's own resolution and correct what the finer grid shows."""
        size = best.recipe.resolution
        if size <= FIT_RESOLUTION:
            return best
        recipe = best.recipe
        kept = best
        for _ in range(3):
            fit = self._built(recipe, brief, size)
            yield Built(round=number, resolution=size, world=fit.world, problem=fit.problem, seconds=self.seconds)
            yield Measured(round=number, report=fit.report, seconds=self.seconds)
            kept = fit if kept is best or fit.rank > kept.rank else kept
            recipe = calibrated(fit.recipe, fit.report)
            if fit.passed or recipe == fit.recipe:
                break
        return kept
