"""What both protocols share: how a run begins, what it may spend, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from .agents.builtin import BuiltinCritic
from .agents.model.estimate import estimate
from .agents.model.paper import REVISIONS
from .agents.protocol import Proposal, Task
from .brief import Brief
from .build import StepCache
from .crew import Crew, Protocol
from .errors import OutOfScopeError
from .events import Estimated, Finished, Started
from .fitting import Fit, Fitter
from .generator import Tick
from .policy import Policy


@dataclass(frozen=True)
class Budget:
    """What a run may spend.

    Parameters
    ----------
    rounds : int or None
        Plans the actor may make; 3 by default, and 2 (one revision, K = 1) for the paper's protocol.
    attempts : int
        Builds the calibration may spend per plan.
    seconds : float
        After which the best map so far is returned.
    tokens : int or None
        Tokens that all questions to a model may take; a question that would break it is not asked.
    """

    rounds: int | None = None
    attempts: int = 9
    seconds: float = 120.0
    tokens: int | None = None


def limits(budget: Budget, policy: Policy, protocol: Protocol) -> Budget:
    """Return the budget as the policy lowers it."""
    usual = 1 + REVISIONS if protocol == "paper" else 3
    tokens = [t for t in (budget.tokens, policy.max_tokens) if t is not None]
    return replace(
        budget,
        rounds=min(budget.rounds or usual, policy.max_rounds or 1 << 30),
        seconds=min(budget.seconds, policy.max_seconds or budget.seconds),
        tokens=min(tokens) if tokens else None,
    )


class Loop:
    """A run's pair, limits and tools."""

    def __init__(
        self, crew: Crew, budget: Budget, policy: Policy, cache: StepCache, tick: Tick, folder: Path = Path()
    ) -> None:  # fmt: skip
        self.crew, self.budget, self.policy, self.cache, self.tick = crew, budget, policy, cache, tick
        self.clock, self.stamp = crew.clock, crew.stamp
        self.rounds = budget.rounds or 1
        self.fitter = Fitter(policy, budget.attempts, crew.clock, cache, tick, crew.stamp, folder)

    def started(self, task: Task, brief: Brief | None) -> Started:
        """Return the first event, with all that a replay needs beside the recorded answers."""
        settings = {
            "seed": task.seed, "extent_m": task.extent_m, "resolution": task.resolution,
            "base": task.base.model_dump(mode="json") if task.base else None,
            "here": task.here.model_dump(mode="json") if task.here else None,
            "brief": brief.model_dump(mode="json") if brief else None,
            "policy": self.policy.model_dump(mode="json"),
            "actor": self.crew.roles[0], "critic": self.crew.roles[1],
            "rounds": self.rounds, "attempts": self.budget.attempts, "tokens": self.budget.tokens,
        }  # fmt: skip
        return Started(
            instruction=task.instruction, agent=self.crew.began_as, model=self.crew.model, protocol=self.crew.protocol,
            version=version("pcgstudio"), settings=settings,
        )  # fmt: skip

    def estimated(self, task: Task, own: Brief | None, given: bool) -> Iterator[Estimated]:
        """Yield what the run will cost, where a model takes part."""
        if self.crew.meter is not None:
            crew = self.crew
            cost = estimate(crew.actor, crew.critic, task, own or Brief(), self.rounds, given)
            yield Estimated(
                calls=cost.calls, expected=cost.expected, most_calls=cost.most_calls, most=cost.most,
                limit=self.budget.tokens, **self.stamp(),
            )  # fmt: skip

    def own_reading(self, task: Task) -> Brief | None:
        """Return the built-in reading of the instruction, which costs nothing; None where it can read none of it."""
        try:
            return BuiltinCritic().brief(task)
        except OutOfScopeError:
            return None

    def with_hold(self, task: Task, proposal: Proposal) -> Proposal:
        """Return the plan with the ground held that the policy locks."""
        recipe = self.policy.held(task.base, proposal.recipe)
        return proposal if recipe is proposal.recipe else proposal.model_copy(update={"recipe": recipe})

    def finished(self, task: Task, best: Fit, brief: Brief, rounds: int) -> Finished:
        """Return the last event: done only if every demand was understood, measured and met."""
        if best.problem:
            brief = brief.model_copy(update={"not_measurable": (*brief.not_measurable, best.problem)})
        done = best.passed and brief.complete and bool(brief.checks)
        recipe = best.recipe.model_copy(update={"brief": brief})
        if done and task.base is None:
            self.crew.remember(brief, recipe)
        return Finished(
            status="done" if done else "best_effort",
            recipe=recipe,
            world=best.world,
            brief=brief,
            report=best.report,
            rounds=rounds,
            agent=self.crew.name,
            model=self.crew.model,
            protocol=self.crew.protocol,
            spent=self.crew.spent(),
            notes=tuple(dict.fromkeys(self.crew.notes)),
            late_at=self.clock.late_at,
            **self.stamp(),
        )
