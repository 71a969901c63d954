"""A run is a stream of these: the command line prints them, the window shows them, a recording replays them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pydantic import BaseModel

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
            if isinstance(value, World):
                continue
            told[one.name] = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
        return json.dumps(told, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, kw_only=True)
class Started(Event):
    """The run began."""

    instruction: str
    agent: str
    model: str = ""
    version: str = ""


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


@dataclass(frozen=True, kw_only=True)
class Failed(Event):
    """The run ended without a map."""

    error: str
    exit_code: int
