"""The actor that a language model plays: it reads one line a generator, then the chosen ones' details, and plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...brief import Brief
from ...errors import InputError, ModelAnswerError
from ...generator import get_generator, load_generators
from ...llm.model import Model
from ...recipe import Recipe
from ..builtin import BuiltinActor, BuiltinCritic
from ..findings import MOST
from ..protocol import Issue, Proposal, Review, Task
from . import documentation, prompts
from .answers import MOST_STEPS, ChoiceAnswer, PlanAnswer, planned
from .examples import Example, told, worked
from .prompts import Question

TEMPERATURE = 0.4
"""Of the paper's actor (arXiv 2512.10501, section 4.1)."""

ANSWER_TOKENS, CHOICE_TOKENS = 4000, 400
REPAIRS = 2
"""How often a plan that the generators' own validation refuses goes back within one round."""

FEW = 12
"""With no more generators than this, all of them are told in detail and none need be chosen."""

Remembered = Callable[[str], Sequence[Example]]


class ModelActor:
    """Plans by a model; what it proposes is data, validated by the generators themselves.

    Parameters
    ----------
    model : Model
        Who answers.
    allowed : tuple of str, optional
        Generators that the person's policy allows; the others are not even told. It is enforced elsewhere.
    remembered : callable, optional
        Gives examples that worked before, for an instruction.
    """

    name = "model"

    def __init__(
        self, model: Model, allowed: tuple[str, ...] | None = None, remembered: Remembered | None = None
    ) -> None:
        self.model, self.allowed = model, allowed
        self.remembered = remembered or (lambda _text: ())
        self._chosen: tuple[str, ...] = ()

    def propose(self, task: Task, brief: Brief, previous: Proposal | None, review: Review | None) -> Proposal:
        """Return a plan, or a better one given the last plan and the findings on it.

        Raises
        ------
        ModelError
            The model is gone, or gave no plan that the generators accept within the allowed repairs.
        """
        current = previous.recipe if previous else task.base
        if current is not None and len(current.steps) > MOST_STEPS:
            raise ModelAnswerError(
                f"the map has {len(current.steps)} steps, and a model is asked about {MOST_STEPS} at most"
            )
        if not self._chosen:
            self._chosen = self._choose(task, brief)
        issues = review.issues[:MOST] if review else ()
        for _ in range(1 + REPAIRS):
            question = self.question(task, brief, current, issues)
            reply = self.model.ask(
                question.system, question.user, PlanAnswer, temperature=TEMPERATURE, max_tokens=ANSWER_TOKENS
            )
            made = planned(reply.value, task, current)
            if not made.errors:
                return made.proposal
            current = made.proposal.recipe
            issues = tuple(Issue(dimension="parameter correctness", message=e) for e in made.errors)
        raise ModelAnswerError(
            f"the model's plan could not be used after {REPAIRS} repairs: {made.errors[0]}; "
            "try again, or use --agent builtin"
        )

    def question(self, task: Task, brief: Brief, current: Recipe | None, issues: Sequence[Issue] = ()) -> Question:
        """Return the whole prompt of one turn: its size does not depend on how many turns there were."""
        used = tuple(dict.fromkeys(s.generator for s in current.steps)) if current else ()
        text, names = documentation.detailed((*self._chosen, *used) if self._chosen else self._likely(task)[0])
        examples = worked(task.instruction, names, self.remembered(task.instruction))
        return Question(
            prompts.asset("actor.md"),
            prompts.sections(
                [
                    *prompts.given(task),
                    ("CHECKS, measured on the built map", prompts.checks(brief.checks)),
                    ("OTHER GENERATORS installed", documentation.listing(task.instruction, names, self.allowed)),
                    ("PARAMETERS of the likely ones (name: type range unit = default  # text)", text),
                    ("PLACES for where", prompts.asset("places.md")),
                    ("EXAMPLES (data)", told(examples)),
                    ("CURRENT PLAN (data)", prompts.plan(current)),
                    ("FINDINGS on it, worst first", prompts.findings(issues)),
                ]
            ),
        )

    def choice(self, task: Task, brief: Brief) -> Question:
        """Return the first question: which generators to read."""
        return Question(
            prompts.asset("choose.md"),
            prompts.sections(
                [
                    *prompts.given(task),
                    ("CHECKS, measured on the built map", prompts.checks(brief.checks)),
                    (
                        "GENERATORS installed",
                        documentation.listing(task.instruction, (), self.allowed, documentation.CHOICE_TOKENS),
                    ),
                ]
            ),
        )

    def will_choose(self, task: Task) -> bool:
        """Whether the model has to be asked which generators it wants to read."""
        return self._clear(task) is None

    def _choose(self, task: Task, brief: Brief) -> tuple[str, ...]:
        """Choose what to read: by a question to the model, unless it is clear without one."""
        clear = self._clear(task)
        if clear is not None:
            return clear
        question = self.choice(task, brief)
        reply = self.model.ask(
            question.system, question.user, ChoiceAnswer, temperature=TEMPERATURE, max_tokens=CHOICE_TOKENS
        )
        named = (documentation.exact_name(name) for name in reply.value.generators)
        return tuple(dict.fromkeys(n for n in named if n and self._may(n))) or self._likely(task)[0]

    def _clear(self, task: Task) -> tuple[str, ...] | None:
        """Return what to read where no question is needed.

        That is so where few generators may be used, and where the built-in vocabulary understands every word and a
        plan's prompt has a line of every generator that its choice leaves out.
        """
        likely, sure = self._likely(task)
        usable = [n for n in load_generators() if self._may(n)]
        if len(usable) <= FEW:
            return tuple(dict.fromkeys((*likely, *usable)))
        told = documentation.detailed(likely)[1]
        return likely if sure and documentation.all_fit(told, self.allowed) else None

    def _likely(self, task: Task) -> tuple[tuple[str, ...], bool]:
        """Return the generators that the built-in actor would use, and whether it understood the whole instruction."""
        try:
            brief = BuiltinCritic().brief(task)
            recipe = BuiltinActor().propose(task, brief, None, None).recipe
        except InputError:
            return tuple(g.name for g in documentation.ranked(task.instruction) if self._may(g.name))[:6], False
        names = dict.fromkeys(s.generator for s in recipe.steps if self._may(s.generator))
        asked = {str(c.arguments.get("feature")) for c in brief.checks}
        makers = {n for n in names if any(f.name in asked for f in get_generator(n).features)}
        first = sorted(names, key=lambda n: n not in makers)  # what is asked for is read in detail before what is usual
        return tuple(first), brief.complete and bool(names)

    def _may(self, name: str) -> bool:
        return self.allowed is None or name in self.allowed
