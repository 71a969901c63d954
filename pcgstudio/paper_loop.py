"""The paper's protocol, run exactly, and its result told truthfully (see `pcgstudio.agents.model.paper`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .agents.findings import static_issues
from .agents.protocol import Proposal, Review, Task
from .brief import Brief
from .build import build, check_memory
from .errors import BuildError
from .events import Briefed, Built, Event, Measured, Proposed, Reviewed
from .fitting import Fit
from .loop import Loop

_UNUSABLE = ("tool selection", "parameter correctness")


class PaperLoop(Loop):
    """Algorithm 1 of arXiv 2512.10501."""

    def events(self, task: Task, given: Brief | None) -> Iterator[Event]:
        """Run algorithm 1 to its end; what it returns is then built once and measured, by checks it never saw."""
        yield self.started(task, given)
        task = replace(task, limits=self.policy.sentences(task.base))
        if task.base is not None:
            task = replace(task, before=build(task.base, tick=self.tick, cache=self.cache, folder=task.folder))
        own = given or self.own_reading(task)
        yield from self.estimated(task, own, True)
        proposal: Proposal | None = None
        review: Review | None = None
        number = 0
        for number in range(1, self.rounds + 1):
            unseen = Brief(instruction=task.instruction)
            proposal = yield from self.crew.propose(task, unseen, proposal, review, number)
            yield Proposed(round=number, proposal=proposal, **self.stamp())
            if number == self.rounds:
                break
            review = yield from self.crew.review(task, unseen, proposal, None, number)
            yield Reviewed(round=number, review=review, **self.stamp())
            if review.decision == "approve":
                break
        if proposal is None:
            raise BuildError("no plan was made")
        nothing = Brief(instruction=task.instruction, not_understood=(task.instruction,))
        yield Briefed(brief=own or nothing, **self.stamp())
        fit = self._as_returned(task, proposal, own or nothing)
        yield Built(
            round=number, resolution=max(fit.world.grid.shape), world=fit.world, problem=fit.problem, **self.stamp()
        )
        yield Measured(round=number, report=fit.report, **self.stamp())
        yield self.finished(task, fit, own or nothing, number)

    def _as_returned(self, task: Task, proposal: Proposal, brief: Brief) -> Fit:
        """Build the paper's last plan as it stands; steps that no generator accepts are left out and named."""
        proposal = self.with_hold(task, proposal)
        refused = self.policy.breaches(task.base, proposal.recipe)
        self.crew.notes += [i.message for i in refused]
        recipe = self.policy.restored(task.base, proposal.recipe) if refused else proposal.recipe
        wrong = {i.step: i.message for i in static_issues(recipe) if i.dimension in _UNUSABLE}
        recipe = recipe.model_copy(update={"steps": tuple(s for s in recipe.steps if s.id not in wrong)})
        check_memory(recipe, recipe.grid())
        fit = self.fitter.built(recipe, brief, recipe.resolution)
        return replace(fit, problem="; ".join([*wrong.values(), *([fit.problem] if fit.problem else [])]))
