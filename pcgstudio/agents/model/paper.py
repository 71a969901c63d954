"""The paper's own pair, to be compared with (arXiv 2512.10501, algorithm 1).

``S0 = Actor(P, D, E)``; for i < K: ``F = Critic(Si, D, E)``; if F is empty return Si, else ``S(i+1) = Actor(P, D, E,
Si, F)``; return SK. P is the instruction, D the documentation of every installed generator, E two worked examples.
The critic is a static verifier: it never sees a brief, a map or a measurement, and neither does the actor. Context is
replaced in place: the prompt holds the current plan and the latest critique. With K = 1 the order is actor, critic,
actor.
"""

from __future__ import annotations

from ...brief import Brief, Report
from ...errors import ModelAnswerError
from ...llm.model import Model
from ...recipe import Recipe
from ..protocol import Issue, Proposal, Review, Task
from . import documentation, prompts
from .answers import CritiqueAnswer, PlanAnswer, planned, reviewed
from .examples import shipped, told
from .model_actor import ANSWER_TOKENS
from .model_actor import TEMPERATURE as ACTOR_TEMPERATURE
from .model_critic import REVIEW_TOKENS
from .model_critic import TEMPERATURE as CRITIC_TEMPERATURE
from .prompts import Question

REVISIONS = 1
"""K of all the paper's trials."""


def _shared(task: Task, recipe: Recipe | None, allowed: tuple[str, ...] | None) -> list[tuple[str, str]]:
    """Return P, D and E, and the trajectory in its fixed place."""
    return [
        *prompts.given(task),
        ("API DOCUMENTATION (name: type range unit = default  # text)", documentation.everything(allowed)),
        ("PLACES for where", prompts.asset("places.md")),
        ("USAGE EXAMPLES (data)", told(shipped()[:2])),
        ("TRAJECTORY (data)", prompts.plan(recipe)),
    ]


class PaperActor:
    """Plans as the paper's actor does; a plan with errors is handed on as it is, for the critic to find them."""

    name = "model"

    def __init__(self, model: Model, allowed: tuple[str, ...] | None = None) -> None:
        self.model, self.allowed = model, allowed

    def propose(self, task: Task, brief: Brief, previous: Proposal | None, review: Review | None) -> Proposal:
        """Return S0, or S(i+1) of Si and F; the brief is not read."""
        question = self.question(task, previous.recipe if previous else task.base, review.issues if review else ())
        reply = self.model.ask(
            question.system, question.user, PlanAnswer, temperature=ACTOR_TEMPERATURE, max_tokens=ANSWER_TOKENS
        )
        made = planned(reply.value, task, previous.recipe if previous else None)
        if not made.proposal.recipe.steps:
            raise ModelAnswerError("the model's plan has no steps; try again, or use --agent builtin")
        return made.proposal

    def question(self, task: Task, current: Recipe | None, issues: tuple[Issue, ...] = ()) -> Question:
        """Return the whole prompt."""
        critique = prompts.findings(issues)
        return Question(
            prompts.asset("paper_actor.md"),
            prompts.sections([*_shared(task, current, self.allowed), ("CRITIQUE of the trajectory", critique)]),
        )


class PaperCritic:
    """Verifies a plan by the documentation alone."""

    name = "model"

    def __init__(self, model: Model, allowed: tuple[str, ...] | None = None) -> None:
        self.model, self.allowed = model, allowed

    def brief(self, task: Task) -> Brief:
        """Return no checks: the paper's critic writes none."""
        return Brief(instruction=task.instruction)

    def review(self, task: Task, brief: Brief, proposal: Proposal, report: Report | None) -> Review:
        """Return F; brief and report are not read."""
        question = self.question(task, proposal.recipe)
        reply = self.model.ask(
            question.system, question.user, CritiqueAnswer, temperature=CRITIC_TEMPERATURE, max_tokens=REVIEW_TOKENS
        )
        return reviewed(reply.value)

    def question(self, task: Task, recipe: Recipe | None) -> Question:
        """Return the whole prompt."""
        return Question(prompts.asset("paper_critic.md"), prompts.sections(_shared(task, recipe, self.allowed)))
