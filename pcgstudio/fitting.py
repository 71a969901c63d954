"""Build, measure, calibrate: what a plan becomes without asking anybody."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .agents.plans.calibrate import calibrated, eased, rerolled
from .agents.protocol import Task
from .agents.words.meaning import makes
from .brief import Brief, Report
from .build import StepCache, build
from .clock import Clock
from .errors import BuildError
from .events import Built, Calibrated, Event, Measured
from .generator import Tick, load_features
from .measure import assess
from .policy import Policy
from .recipe import Recipe, diff
from .world import World

FIT_RESOLUTION = 512
"""Largest resolution at which parameters are fitted; a larger map is corrected once it stands."""


@dataclass(frozen=True)
class Fit:
    """A recipe with what it gave."""

    recipe: Recipe
    world: World
    report: Report
    problem: str = ""
    failed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every demand holds and nothing had to be left out."""
        return self.report.passed and not self.problem

    @property
    def rank(self) -> tuple[int, int, float]:
        """Order of merit: nothing missing, fewest failed demands, best soft score."""
        failed = sum(not m.passed for m in self.report.checks if m.check.demanded)
        failed += sum(not s.passed for s in self.report.structural)
        return (-bool(self.problem), -failed, self.report.score)


class Fitter:
    """Turns recipes into measured worlds and moves their numbers until the checks pass.

    Parameters
    ----------
    policy : Policy
        Its locks hold for the solvers too.
    attempts : int
        Builds that one plan may take.
    clock, cache, tick
        Of the run.
    stamp : callable
        Gives what every event carries.
    folder : Path
        Where the files lie that steps name.
    """

    def __init__(
        self,
        policy: Policy,
        attempts: int,
        clock: Clock,
        cache: StepCache,
        tick: Tick,
        stamp: Callable[[], dict[str, Any]],
        folder: Path = Path(),
    ) -> None:
        self.policy, self.attempts, self.clock, self.cache, self.tick = policy, attempts, clock, cache, tick
        self.stamp, self.folder = stamp, folder

    def fit(
        self, task: Task, recipe: Recipe, brief: Brief, number: int, again: bool = False
    ) -> Generator[Event, None, Fit]:
        """Build, measure and calibrate until the checks pass; return the best of what was tried.

        ``again`` says that an actor who learns will plan another round: then no dice are thrown for a plan that lacks
        the maker of something asked for, as none could help it.
        """
        keep = frozenset(s.id for s in recipe.steps if task.base and s in task.base.steps)
        size = min(recipe.resolution, FIT_RESOLUTION)
        tried: set[str] = set()
        best: Fit | None = None
        moves = 0
        for attempt in range(1, self.attempts + 1):
            fit = self.built(recipe, brief, size)
            tried.add(recipe.model_dump_json())
            yield Built(round=number, resolution=size, world=fit.world, problem=fit.problem, **self.stamp())
            yield Measured(round=number, report=fit.report, **self.stamp())
            best = fit if best is None or fit.rank > best.rank else best
            if fit.passed or self.clock.late():
                break
            moved = self._moved(task, fit.recipe, calibrated, fit.report) if moves < 4 else fit.recipe
            moves += 1
            if fit.problem or moves >= 4 or moved.model_dump_json() in tried:
                if again and lacking(best.recipe, best.report):
                    break
                start = self._moved(task, recipe, eased, fit.failed) if fit.problem else best.recipe
                report = (fit if fit.problem else best).report
                moved, moves = self._moved(task, start, rerolled, report, attempt, keep), 0
            if moved.model_dump_json() in tried:
                break
            yield Calibrated(round=number, changes=tuple(diff(recipe, moved)), **self.stamp())
            recipe = moved
        if best is None:
            raise BuildError("nothing was built; raise the number of attempts")
        return best

    def _moved(self, task: Task, recipe: Recipe, solver: Callable[..., Recipe], *more: Any) -> Recipe:
        """Let a solver move a recipe while the policy's locks stand on its steps, which solvers respect."""
        if not self.policy.locked:
            return solver(recipe, *more)
        moved = solver(self.policy.stamped(task.base, recipe), *more)
        own = {s.id: s.locked for s in recipe.steps}
        steps = tuple(s.model_copy(update={"locked": own.get(s.id, False)}) for s in moved.steps)
        return moved.model_copy(update={"steps": steps})

    def built(self, recipe: Recipe, brief: Brief, size: int) -> Fit:
        """Build what can be built: a step whose amount cannot be reached is left out and named."""
        problems: dict[str, str] = {}
        current = recipe
        while True:
            try:
                world = build(current, current.grid(size), self.tick, self.cache, self.folder)
                report = assess(world, brief)
                return Fit(current, world, report, "; ".join(problems.values()), tuple(problems))
            except BuildError as error:
                if not error.step or error.step in problems:
                    raise
                problems[error.step] = str(error)
                steps = tuple(
                    s.model_copy(update={"enabled": False}) if s.id == error.step else s for s in current.steps
                )
                current = current.model_copy(update={"steps": steps})

    def at_full_size(self, task: Task, best: Fit, brief: Brief, number: int) -> Generator[Event, None, Fit]:
        """Build at the recipe's own resolution and correct what the finer grid shows."""
        size = best.recipe.resolution
        if size <= FIT_RESOLUTION:
            return best
        recipe = best.recipe
        kept = best
        for _ in range(3):
            fit = self.built(recipe, brief, size)
            yield Built(round=number, resolution=size, world=fit.world, problem=fit.problem, **self.stamp())
            yield Measured(round=number, report=fit.report, **self.stamp())
            kept = fit if kept is best or fit.rank > kept.rank else kept
            recipe = self._moved(task, fit.recipe, calibrated, fit.report)
            if fit.passed or recipe == fit.recipe:
                break
        return kept


def lacking(recipe: Recipe, report: Report) -> bool:
    """Whether a missed demand is about something that no step of the recipe makes."""
    missed = (r.check for r in report.checks if not r.passed and r.check.demanded and r.check.relation != "absent")
    asked = {str(c.arguments["feature"]) for c in missed if "feature" in c.arguments}
    return any(not any(makes(step, name) for step in recipe.steps) for name in asked & set(load_features()))
