"""A run is a stream of these: the command line prints them, the window shows them, a recording replays them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from .agents.model.meter import Call
from .agents.protocol import Proposal, Review
from .brief import Brief, Report
from .recipe import Recipe
from .world import World

Status = Literal["done", "best_effort"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in a run.

    Parameters
    ----------
    seconds : float
        Since the run began.
    tokens : int
        Spent so far; 0 for the built-in agents.
    """

    seconds: float = 0.0
    tokens: int = 0

    def to_json(self) -> str:
        """Return one line of JSON; worlds stay out, they are rebuilt from the recipe."""
        told: dict[str, Any] = {"event": type(self).__name__}
        for one in fields(self):
            value = getattr(self, one.name)
            if not isinstance(value, World):
                told[one.name] = _plain(value)
        return json.dumps(told, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


class Spent(BaseModel):
    """Tokens of one agent in one round, for one purpose; round 0 is before the first plan."""

    model_config = ConfigDict(frozen=True)

    agent: str
    round: int
    purpose: str
    calls: int = 0
    prompt: int = 0
    completion: int = 0
    estimated: bool = False


@dataclass(frozen=True, kw_only=True)
class Started(Event):
    """The run began; ``settings`` is all that, with the recorded answers, gives the same run again."""

    instruction: str
    agent: str
    model: str = ""
    protocol: str = "studio"
    version: str = ""
    settings: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Estimated(Event):
    """What a run with a model will cost, before the first question: if its first plan is right, and at most."""

    calls: int
    expected: int
    most_calls: int
    most: int
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asked(Event):
    """A model was asked one question; the answer stands as it was validated."""

    round: int
    call: Call


@dataclass(frozen=True, kw_only=True)
class FellBack(Event):
    """A model did not help; the built-in agents go on in its place."""

    agent: str
    round: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Briefed(Event):
    """The critic wrote the checks."""

    brief: Brief


@dataclass(frozen=True, kw_only=True)
class Proposed(Event):
    """The actor planned."""

    round: int
    proposal: Proposal


@dataclass(frozen=True, kw_only=True)
class Built(Event):
    """A world stands; ``problem`` names what could not be built."""

    round: int
    resolution: int
    world: World = field(repr=False)
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Measured(Event):
    """The world was compared with the brief."""

    round: int
    report: Report


@dataclass(frozen=True, kw_only=True)
class Calibrated(Event):
    """A solver moved parameters; one line each."""

    round: int
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reviewed(Event):
    """The critic judged."""

    round: int
    review: Review


@dataclass(frozen=True, kw_only=True)
class Finished(Event):
    """The run ended with a map, its brief and its report."""

    status: Status
    recipe: Recipe
    world: World = field(repr=False)
    brief: Brief
    report: Report
    rounds: int
    agent: str
    model: str = ""
    protocol: str = "studio"
    spent: tuple[Spent, ...] = ()
    notes: tuple[str, ...] = ()
    late_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Failed(Event):
    """The run ended without a map."""

    error: str
    exit_code: int
