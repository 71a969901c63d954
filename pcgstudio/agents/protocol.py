"""What an actor and a critic are, whoever plays them: built-in or a language model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from ..brief import Brief, Report
from ..recipe import Recipe
from ..region import Region
from ..world import World

DIMENSIONS = ("tool selection", "parameter correctness", "logic and sequence", "goal alignment", "certainty")
"""The paper's five dimensions of review (arXiv 2512.10501, section 3.2)."""


@dataclass(frozen=True)
class Task:
    """What the pair works on.

    Parameters
    ----------
    instruction : str
        The person's words.
    seed, extent_m, resolution : optional
        What the person fixed; None where it is free.
    base : Recipe, optional
        The recipe that a follow-up changes.
    before : World, optional
        The world of ``base`` at preview resolution, with which "higher" and "more" compare.
    built : World, optional
        The world of the plan under review, once it was built.
    limits : tuple of str
        What the person's policy forbids, one sentence each; it is enforced by the studio, agents only read it.
    here : Region, optional
        The place that the person marked on the map by hand: what "here" and "in the marked area" mean.
    folder : Path
        Where the files lie that steps of ``base`` name.
    """

    instruction: str
    seed: int | None = None
    extent_m: tuple[float, float] | None = None
    resolution: int | None = None
    base: Recipe | None = None
    before: World | None = None
    built: World | None = None
    limits: tuple[str, ...] = ()
    here: Region | None = None
    folder: Path = Path()


class Proposal(BaseModel):
    """The actor's answer: a plan, never an action."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    summary: str
    recipe: Recipe
    risks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Issue(BaseModel):
    """One finding of the critic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dimension: str
    step: str = ""
    message: str
    fix: str = ""
    certain: bool = True


class Review(BaseModel):
    """The critic's answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Literal["approve", "revise"]
    issues: tuple[Issue, ...] = ()


class Actor(Protocol):
    """Plans; never executes."""

    name: str

    def propose(self, task: Task, brief: Brief, previous: Proposal | None, review: Review | None) -> Proposal:
        """Return a plan, or a better one given the last plan and what was wrong with it."""


class Critic(Protocol):
    """Writes the checks before the plan, and judges plans by them."""

    name: str

    def brief(self, task: Task) -> Brief:
        """Return the instruction as checks.

        Raises
        ------
        OutOfScopeError
            The text describes no map.
        """

    def review(self, task: Task, brief: Brief, proposal: Proposal, report: Report | None) -> Review:
        """Return a verdict on a plan and, once it was built, on what was measured."""
