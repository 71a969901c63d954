"""What the agents need of a language model: one question, one validated answer, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Usage:
    """Tokens that were spent.

    Parameters
    ----------
    prompt, completion : int
        Tokens sent and received.
    estimated : bool
        Whether the endpoint did not say and the figures are our own estimate.
    """

    prompt: int = 0
    completion: int = 0
    estimated: bool = False

    @property
    def total(self) -> int:
        """Both together."""
        return self.prompt + self.completion

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.prompt + other.prompt, self.completion + other.completion, self.estimated or other.estimated)


@dataclass(frozen=True)
class Reply(Generic[Answer]):
    """A validated answer.

    Parameters
    ----------
    value : Answer
        The answer, an instance of the type that was asked for.
    usage : Usage
        All calls together, repairs included.
    seconds : float
        All calls together.
    repairs : int
        How often the answer had to be sent back with its validation error.
    """

    value: Answer
    usage: Usage
    seconds: float = 0.0
    repairs: int = 0


class Model(Protocol):
    """A language model, whoever serves it.

    Attributes
    ----------
    name : str
        The model's id, as its endpoint names it.
    sees : bool
        Whether it takes pictures.
    """

    name: str
    sees: bool

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
        """Return the model's answer as ``answer``.

        Parameters
        ----------
        system, user : str
            The prompt: what it is and what is asked. There is no other state.
        answer : type
            Pydantic model that the answer must satisfy.
        temperature : float
            0.4 for the actor, 0.2 for the critic (arXiv 2512.10501).
        max_tokens : int
            Longest answer.
        images : sequence of bytes
            PNG files; only where ``sees``.
        seconds : float
            Longest wait, attempts and repairs included.

        Raises
        ------
        ModelGoneError
            The endpoint cannot be used any more: no network, no key, no such model, no money.
        ModelAnswerError
            It answers, but nothing that validates within the allowed repairs.
        """
