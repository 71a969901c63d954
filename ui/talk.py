"""What the window shows of the conversation: instructions and what came of them, offers, checks being edited.

Frozen values, see `state`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.agents.protocol import Issue
    from pcgstudio.brief import Brief, Check, Report
    from pcgstudio.recipe import Step

TurnStatus = Literal["running", "offered", "kept", "rejected", "failed", "cancelled"]
Outcome = Literal["", "done", "best_effort"]


@dataclass(frozen=True)
class Meter:
    """What agents have spent, as it goes; all 0 for the built-in ones.

    Parameters
    ----------
    tokens, seconds
        So far.
    calls : int
        Questions asked so far.
    expected, most : int
        Tokens that the run will take if its first plan is right, and at most; 0 where nobody said.
    limit : int, optional
        Tokens that it may take.
    """

    tokens: int = 0
    seconds: float = 0.0
    calls: int = 0
    expected: int = 0
    most: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something that the critic said."""

    round: int
    issue: Issue


@dataclass(frozen=True)
class Turn:
    """One instruction, and all that came of it.

    Parameters
    ----------
    sentence : str
        As it was typed, blanks put in order.
    status : str
        ``running``; then ``kept``, or ``offered`` until a person accepts or rejects it; or how it ended without a map.
    outcome : {"", "done", "best_effort"}
        Whether every demand was met.
    summary : str
        What the actor planned, in its words.
    plan : tuple of Step
        The steps that the plan added or changed, each with its ``purpose`` and what it ``expects``.
    risks, missing : tuple of str
        What the actor warned of, and what it was not told.
    approved : bool, optional
        The critic's last verdict; None before there is one.
    findings : tuple of Finding
        All that the critic found, round by round.
    brief, report : optional
        The checks, and what was measured of each.
    changes : tuple of str
        The lines of the recipe's difference; empty for a fresh map.
    adjustments : tuple of str
        What the solver moved so that the numbers hold.
    rounds : int
    agent, model : str
        Who did it.
    meter : Meter
    notes : tuple of str
        What happened beside it: a model that was gone, a proposal that was refused.
    problem : str
        Why there is no map, as one sentence.
    log : tuple of str
        The events as JSON, for the bundle.
    """

    sentence: str
    status: TurnStatus = "running"
    outcome: Outcome = ""
    summary: str = ""
    plan: tuple[Step, ...] = ()
    risks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    approved: bool | None = None
    findings: tuple[Finding, ...] = ()
    brief: Brief | None = None
    report: Report | None = None
    changes: tuple[str, ...] = ()
    adjustments: tuple[str, ...] = ()
    rounds: int = 0
    agent: str = ""
    model: str = ""
    meter: Meter = Meter()
    notes: tuple[str, ...] = ()
    problem: str = ""
    log: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Offer:
    """A change of the map that waits for a yes or a no; the view shows it already.

    Parameters
    ----------
    entry : int
        Its place in the history; accepting keeps it.
    before : int
        The entry that rejecting returns to.
    changes : tuple of str
        The recipe's difference, one line each.
    changed_inside, changed_outside : float, optional
        Share of the map's cells whose ground moved inside and outside the region that was spoken of.
    """

    entry: int
    before: int
    changes: tuple[str, ...] = ()
    changed_inside: float | None = None
    changed_outside: float | None = None


@dataclass(frozen=True)
class DraftCheck:
    """A check while it is edited.

    Parameters
    ----------
    check : Check
        As it stands now.
    original : Check, optional
        As it was read from the sentence; None where the person added it.
    struck : bool
        Whether it is left out.
    """

    check: Check
    original: Check | None = None
    struck: bool = False

    @property
    def edited(self) -> bool:
        """Whether it differs from what was read from the sentence."""
        return self.struck or self.check != self.original


@dataclass(frozen=True)
class Draft:
    """The brief while a person edits it: of a sentence before its run, or of the map that is shown.

    Parameters
    ----------
    sentence : str
        What it was read from.
    base : Brief
        As it was read, with what was not understood.
    checks : tuple of DraftCheck
    before_run : bool
        Whether the sentence has not been run yet.
    report : Report, optional
        The edited checks measured on the map that is shown; None before a run and until it was measured.
    """

    sentence: str
    base: Brief
    checks: tuple[DraftCheck, ...] = ()
    before_run: bool = True
    report: Report | None = None

    @property
    def edited(self) -> bool:
        """Whether anything was changed."""
        return any(c.edited for c in self.checks)

    @property
    def brief(self) -> Brief:
        """The brief as it stands: what is not struck."""
        return self.base.model_copy(update={"checks": tuple(c.check for c in self.checks if not c.struck)})


@dataclass(frozen=True)
class AgentTest:
    """What came of trying the agents: a sentence, and whether it is good news; ``running`` before that."""

    running: bool = False
    good: bool = False
    text: str = ""
