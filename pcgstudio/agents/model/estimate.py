"""What a run will cost in tokens, before the first question is asked: the real first prompts, and usual answers."""

from __future__ import annotations

from dataclasses import dataclass

from ...brief import Brief
from ..protocol import Actor, Critic, Task
from .model_actor import ModelActor
from .model_critic import ModelCritic
from .paper import PaperActor, PaperCritic

BRIEF, PLAN, REVIEW = 500, 700, 350
"""Tokens of usual answers."""

REVIEW_PROMPT = 2500
"""Tokens of a usual question for a review: it depends on a plan that nobody made yet."""


@dataclass(frozen=True)
class Estimate:
    """Calls and tokens if the first plan is right, and at most (repairs of malformed answers left out)."""

    calls: int
    expected: int
    most_calls: int
    most: int


def estimate(actor: Actor, critic: Critic, task: Task, brief: Brief, rounds: int, given: bool) -> Estimate:
    """Return what the pair will ask for.

    Parameters
    ----------
    brief : Brief
        The built-in reading, about as long as the one to come.
    rounds : int
        Plans the actor may make.
    given : bool
        Whether the person gave the brief, so that nobody is asked for it.
    """
    if isinstance(actor, PaperActor) and isinstance(critic, PaperCritic):
        plan = actor.question(task, task.base).tokens + PLAN
        review = critic.question(task, task.base).tokens + PLAN + REVIEW
        both = rounds * plan + (rounds - 1) * (review + PLAN)
        return Estimate(2 * rounds - 1, plan + (review if rounds > 1 else 0), 2 * rounds - 1, both)
    first, calls = 0, 0
    if isinstance(critic, ModelCritic) and not given:
        first, calls = critic.question(task).tokens + BRIEF, 1
    again, more = 0, 0
    if isinstance(actor, ModelActor):
        plan = actor.question(task, brief, task.base).tokens + PLAN
        if actor.will_choose(task):
            first, calls = first + actor.choice(task, brief).tokens + 60, calls + 1
        first, calls = first + plan, calls + 1
        again, more = plan + PLAN, 1
    if isinstance(critic, ModelCritic):
        again, more = again + REVIEW_PROMPT + REVIEW, more + 1
    further = rounds - 1 if isinstance(actor, ModelActor) else 1
    return Estimate(calls, first, calls + more * further, first + again * further)
