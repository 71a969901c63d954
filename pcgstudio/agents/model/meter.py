"""The meter between the agents and a model: it counts every question, stops before the budget breaks, and records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pydantic import BaseModel

from ...errors import BudgetError, ModelError
from ...llm.model import Answer, Model, Reply, Usage
from ...llm.tokens import PICTURE_TOKENS, estimate_tokens
from .answers import BriefAnswer, ChoiceAnswer, CritiqueAnswer, PlanAnswer

SMALLEST_ANSWER = 256
"""Tokens that must be left for an answer; with fewer a question is not worth asking."""

KINDS: dict[type[BaseModel], tuple[str, str]] = {
    BriefAnswer: ("critic", "brief"),
    ChoiceAnswer: ("actor", "choose"),
    PlanAnswer: ("actor", "plan"),
    CritiqueAnswer: ("critic", "review"),
}
"""Who asks for an answer of a type, and what for."""


class Call(BaseModel):
    """One question to a model, as it is told in events and recorded for replay.

    Parameters
    ----------
    agent, purpose : str
        ``actor`` or ``critic``; ``brief``, ``choose``, ``plan`` or ``review``.
    prompt, completion : int
        Tokens.
    estimated : bool
        Whether the endpoint did not say how many.
    images : int
        Pictures that went with it.
    seconds : float
        Until the answer stood.
    repairs : int
        How often it had to be sent back.
    answer : dict or None
        The validated answer; None where the question failed.
    error, message : str
        The kind of failure, and its sentence.
    """

    agent: str
    purpose: str
    prompt: int = 0
    completion: int = 0
    estimated: bool = False
    images: int = 0
    seconds: float = 0.0
    repairs: int = 0
    answer: dict[str, Any] | None = None
    error: str = ""
    message: str = ""

    @property
    def usage(self) -> Usage:
        """Tokens as one value."""
        return Usage(self.prompt, self.completion, self.estimated)


@dataclass
class Meter:
    """A model whose questions are counted, limited and recorded; one for each run.

    Parameters
    ----------
    model : Model
        Who answers.
    limit : int, optional
        Tokens that all questions together may take.
    late : callable
        Whether the run's time is over.
    left : callable
        Seconds until then: no question waits longer.
    before : callable
        Called with words before every question; raises ``Cancelled`` when the user stops.
    """

    model: Model
    limit: int | None = None
    late: Callable[[], bool] = lambda: False
    left: Callable[[], float] = lambda: inf
    before: Callable[[str], None] = lambda _text: None
    calls: list[Call] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The model's id."""
        return self.model.name

    @name.setter
    def name(self, value: str) -> None:
        self.model.name = value

    @property
    def sees(self) -> bool:
        """Whether it takes pictures."""
        return self.model.sees

    @sees.setter
    def sees(self, value: bool) -> None:
        self.model.sees = value

    @property
    def spent(self) -> int:
        """Tokens so far."""
        return sum(c.prompt + c.completion for c in self.calls)

    def ask(
        self,
        system: str,
        user: str,
        answer: type[Answer],
        *,
        temperature: float,
        max_tokens: int,
        images: Sequence[bytes] = (),
        seconds: float = inf,
    ) -> Reply[Answer]:
        """Ask the model within what is left of the budget (see `pcgstudio.llm.model.Model`).

        Raises
        ------
        BudgetError
            The question would take more tokens than are left, or the time is over.
        ModelError
            The model's own.
        """
        agent, purpose = KINDS.get(answer, ("agent", answer.__name__))
        self.before(f"the {agent} asks {self.name}: {purpose}")
        room = self._room(f"{system}{user}", answer, len(images), max_tokens)
        before: Usage | None = getattr(self.model, "spent", None)
        try:
            reply = self.model.ask(
                system,
                user,
                answer,
                temperature=temperature,
                max_tokens=room,
                images=images,
                seconds=min(seconds, self.left()),
            )
        except ModelError as error:
            spent = error.usage or _since(before, getattr(self.model, "spent", None))
            self.calls.append(
                Call(agent=agent, purpose=purpose, error=type(error).__name__, message=str(error), images=len(images),
                     prompt=spent.prompt, completion=spent.completion, estimated=spent.estimated)
            )  # fmt: skip
            raise
        self.calls.append(
            Call(
                agent=agent,
                purpose=purpose,
                prompt=reply.usage.prompt,
                completion=reply.usage.completion,
                estimated=reply.usage.estimated,
                images=len(images),
                seconds=round(reply.seconds, 3),
                repairs=reply.repairs,
                answer=reply.value.model_dump(mode="json"),
            )
        )
        return reply

    def _room(self, text: str, answer: type[BaseModel], images: int, wanted: int) -> int:
        """Return how long the answer may be."""
        if self.late():
            raise BudgetError("the time of this run is over; raise --seconds to let the model go on")
        if self.limit is None:
            return wanted
        schema = estimate_tokens(json.dumps(answer.model_json_schema()))
        needs = estimate_tokens(text) + schema + images * PICTURE_TOKENS
        left = self.limit - self.spent - needs
        if left < min(SMALLEST_ANSWER, wanted):
            raise BudgetError(
                f"the next question needs about {needs} tokens and an answer, and {max(self.limit - self.spent, 0)} of "
                f"{self.limit} are left; raise --max-tokens to let the model go on"
            )
        return min(wanted, left)


def _since(before: Usage | None, after: Usage | None) -> Usage:
    """Return what a failed question cost, where the model keeps count of all its questions."""
    if before is None or after is None:
        return Usage()
    return Usage(after.prompt - before.prompt, after.completion - before.completion, after.estimated)
