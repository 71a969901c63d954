"""The critic that a language model plays: it writes the checks first, and judges what was measured."""

from __future__ import annotations

from ...brief import Brief, Report
from ...generator import load_features
from ...llm.model import Model
from ...measure import METRICS, Scene, check_of
from ...recipe import Recipe
from ...world import World
from ..builtin import checked
from ..findings import measured_issues, static_issues, worst
from ..protocol import Issue, Proposal, Review, Task
from ..words.meaning import makes
from . import documentation, prompts
from .answers import BriefAnswer, Briefing, CritiqueAnswer, briefed, reviewed
from .pictures import outlined
from .prompts import Question

TEMPERATURE = 0.2
"""Of the paper's critic (arXiv 2512.10501, section 4.1)."""

BRIEF_TOKENS, REVIEW_TOKENS = 3000, 1500


class ModelCritic:
    """Writes checks and judges measurements by a model.

    The checks pass the metrics' own validation; one that names an unknown metric or feature goes back once, and is then
    listed as not measurable. A plan alone is judged by its documents (no question is asked); a map that meets every
    check is approved without a question.

    Parameters
    ----------
    model : Model
        Who answers; where it sees, a review shows it the map from above.
    """

    name = "model"

    def __init__(self, model: Model) -> None:
        self.model = model

    def brief(self, task: Task) -> Brief:
        """Return the instruction as checks; for a follow-up, old checks stay unless the model says it overrules them.

        Raises
        ------
        InputError
            The instruction is empty or too long.
        ModelError
            The model is gone or gave nothing that could be used.
        """
        text = checked(task.instruction)
        question = self.question(task)
        answer = self._answer(question)
        made = briefed(answer, text)
        if made.errors:
            again = f"{question.user}\n\nYOUR LAST CHECKS THAT CANNOT BE MEASURED; mend them or list their quotes in " \
                    f"not_measurable, and give the whole answer again:\n{_told(made)}"  # fmt: skip
            mended = self._answer(Question(question.system, again))
            answer, made = mended, briefed(mended, text)
        brief = made.brief
        lost = tuple(f"{quote}: {why}" for quote, why in made.errors)
        brief = brief.model_copy(update={"not_measurable": tuple(dict.fromkeys((*brief.not_measurable, *lost)))})
        return _with_old(brief, answer, task.base) if task.base is not None else brief

    def _answer(self, question: Question) -> BriefAnswer:
        return self.model.ask(
            question.system, question.user, BriefAnswer, temperature=TEMPERATURE, max_tokens=BRIEF_TOKENS
        ).value

    def question(self, task: Task) -> Question:
        """Return the prompt that asks for the checks."""
        old = task.base.brief.checks if task.base and task.base.brief else ()
        return Question(
            prompts.asset("brief.md"),
            prompts.sections(
                [
                    *prompts.given(task)[:1],
                    ("THE MAP AS IT IS (data)", prompts.plan(task.base)),
                    ("OLD CHECKS (data)", prompts.checks(old)),
                    ("METRICS (arguments; =default)", documentation.metric_lines()),
                    ("FEATURES", documentation.feature_names()),
                    ("PLACES for where", prompts.asset("places.md")),
                ]
            ),
        )

    def review(self, task: Task, brief: Brief, proposal: Proposal, report: Report | None) -> Review:
        """Judge a plan by its documents, or a built one by its measurements.

        Whatever the model says, a missed demand is among the findings: no agent may talk a failed measurement away.
        """
        if report is None:
            static = worst(static_issues(proposal.recipe, task.base))
            return Review(decision="revise" if static else "approve", issues=static)
        missed = tuple(measured_issues(report))
        if not missed:
            return Review(decision="approve")
        question = self.critique(task, proposal.recipe, report)
        reply = self.model.ask(
            question.system, question.user, CritiqueAnswer,
            temperature=TEMPERATURE, max_tokens=REVIEW_TOKENS, images=question.images,
        )  # fmt: skip
        return Review(decision="revise", issues=merged(reviewed(reply.value).issues, missed))

    def critique(self, task: Task, recipe: Recipe, report: Report) -> Question:
        """Return the prompt that asks for a judgement of what was built."""
        used = dict.fromkeys(s.generator for s in recipe.steps)
        text, _ = documentation.detailed(used)
        images = (outlined(task.built, report),) if self.model.sees and task.built is not None else ()
        return Question(
            prompts.asset("critic.md"),
            prompts.sections(
                [
                    *prompts.given(task),
                    ("ASKED AND MEASURED", prompts.table(report)),
                    ("PLAN (data)", prompts.plan(recipe)),
                    ("STEPS, expected and observed (data)", observed(recipe, task.built)),
                    ("OTHER GENERATORS installed", documentation.listing(task.instruction, used)),
                    ("PARAMETERS of those used (name: type range unit = default  # text)", text),
                ]
            ),
            images,
        )


def merged(said: tuple[Issue, ...], missed: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Return at most five findings: the worst misses always stand, the model's corrections before the other misses."""
    corrections = sorted(said, key=lambda i: not i.certain)
    return (*missed[:2], *corrections, *missed[2:])[:5]


def _told(made: Briefing) -> str:
    return prompts.numbered(f"{prompts.quoted(quote)}: {why}" for quote, why in made.errors[:8])


def _with_old(brief: Brief, answer: BriefAnswer, base: Recipe) -> Brief:
    """Join the checks that stay with the new ones, and say which wishes were overruled."""
    old = base.brief.checks if base.brief else ()
    gone = {n - 1 for n in answer.overruled}
    kept = [c for n, c in enumerate(old) if n not in gone]
    overruled = [f"the newer wish overrules {prompts.quoted(c.quote)}" for n, c in enumerate(old) if n in gone]
    every = {c.model_dump_json(): c for c in (*kept, *brief.checks)}
    return brief.model_copy(
        update={
            "checks": tuple(every.values()),
            "interpretations": (*brief.interpretations, *dict.fromkeys(overruled)),
        }
    )


def observed(recipe: Recipe, world: World | None) -> str:
    """Return a line a step: what it was expected to give, and how many and how much of its features the map shows."""
    lines = []
    for step in recipe.steps:
        seen = [] if world is None else [_seen(world, name) for name in _features(recipe, step.id)]
        told = ", ".join(s for s in seen if s) or "nothing that can be counted"
        expected = prompts.quoted(step.expects or step.purpose or step.generator)
        lines.append(f"{prompts.quoted(step.id)}: expected {expected}, observed {told}")
    return "\n".join(lines)


def _features(recipe: Recipe, step_id: str) -> list[str]:
    step = recipe.step(step_id)
    return [name for name in load_features() if name != "terrain" and makes(step, name)][:4]


def _seen(world: World, feature: str) -> str:
    number = METRICS["count"].measure(Scene(world, check_of("count", 0, arguments={"feature": feature})), feature)
    area = METRICS["share"].measure(Scene(world, check_of("share", 0)), feature, "map")
    if not number and not area:
        return ""
    share = f" ({area:.1%} of the map)" if area else ""
    return f"{number:g} {feature}{share}" if number is not None else ""
