"""All that the window shows, as one frozen value; the window compares two of them and touches what differs.

Nothing here does anything: the controller makes states, views read them. The types of the core are only named, so that
the window opens before the core is loaded. What a state is made of stands in `talk` and `maps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .maps import (
    Activity,
    ActivityKind,
    Comparison,
    Entry,
    EntryKind,
    Exporting,
    Handle,
    Here,
    PresetMap,
    Recovery,
    Shown,
    Timeline,
    Variant,
    VariantKind,
    Variants,
)  # fmt: skip
from .preferences import Preferences
from .talk import AgentTest, Draft, DraftCheck, Finding, Meter, Offer, Outcome, Turn, TurnStatus

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Brief, Report
    from pcgstudio.recipe import Recipe, Step
    from pcgstudio.region import Region
    from pcgstudio.world import World

__all__ = [
    "EXAMPLES", "Activity", "ActivityKind", "AgentTest", "Comparison", "Draft", "DraftCheck", "Entry", "EntryKind",
    "Exporting", "Finding", "Handle", "Here", "Meter", "Offer", "Outcome", "PresetMap", "Recovery", "Shown", "State",
    "Timeline", "Turn", "TurnStatus", "Variant", "VariantKind", "Variants",
]  # fmt: skip

EXAMPLES = (
    "A mountainous island with a volcano, two lakes and a forest in the north",
    "A wide valley with a river, snowy mountains in the north and one lake",
    "A dungeon with eight rooms, a boss and a treasure",
)


@dataclass(frozen=True)
class State:
    """All that the window shows.

    Parameters
    ----------
    activity : Activity, optional
        What is being worked on.
    problem, notice : str
        One sentence about what went wrong, or what was done.
    problem_step : str
        Id of the step that the problem is about; empty where it is about none.
    turns : tuple of Turn
        The conversation that led to the map that is shown, the running turn last.
    offer : Offer, optional
        The change that waits for a yes or a no.
    recipe : Recipe, optional
        Of the map that is shown, or that is being built for the view; None where there is no map.
    selected : str
        Id of the step whose form is shown; empty for none.
    brief, report : optional
        The checks, and what was measured of each on the map that is shown; while a hand drags, the report is of the
        map before.
    shown : Shown, optional
        The map in the view.
    timeline : Timeline
    comparison : Comparison, optional
        Where two entries are compared.
    variants : Variants, optional
        Where there are some.
    draft : Draft, optional
        Where the brief is being edited.
    pointed : int, optional
        Position in ``report.checks`` of the check whose place is outlined.
    here : Here, optional
        The place that the next sentence may refer to.
    held : Region, optional
        Ground that is locked.
    file : Path, optional
        The recipe or bundle that was opened or saved last.
    unsaved : bool
        Whether there is something that no file holds (autosave does).
    recent : tuple of Path
        Opened and saved files, the latest first.
    presets : tuple of PresetMap
        The gallery.
    recoveries : tuple of Recovery
        Sessions that can be brought back.
    exporting : Exporting, optional
    agent_test : AgentTest, optional
    preferences : Preferences
    """

    activity: Activity | None = None
    problem: str = ""
    notice: str = ""
    problem_step: str = ""
    turns: tuple[Turn, ...] = ()
    offer: Offer | None = None
    recipe: Recipe | None = None
    selected: str = ""
    brief: Brief | None = None
    report: Report | None = None
    shown: Shown | None = None
    timeline: Timeline = field(default_factory=Timeline)
    comparison: Comparison | None = None
    variants: Variants | None = None
    draft: Draft | None = None
    pointed: int | None = None
    here: Here | None = None
    held: Region | None = None
    file: Path | None = None
    unsaved: bool = False
    recent: tuple[Path, ...] = ()
    presets: tuple[PresetMap, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    exporting: Exporting | None = None
    agent_test: AgentTest | None = None
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def busy(self) -> bool:
        """Whether something is being worked on."""
        return self.activity is not None

    @property
    def world(self) -> World | None:
        """The world in the view."""
        return self.shown.world if self.shown else None

    @property
    def drawing(self) -> object:
        """What the view draws; None where there is no map."""
        return self.shown.drawing if self.shown else None

    @property
    def stale(self) -> bool:
        """Whether the view still shows another map than that of the recipe: it is being built, or cannot be."""
        return self.shown is not None and (self.shown.coarse or self.shown.entry != self.timeline.current)

    @property
    def handles(self) -> tuple[Handle, ...]:
        """What can be moved in the map that is shown."""
        return self.shown.handles if self.shown else ()

    @property
    def step(self) -> Step | None:
        """The selected step."""
        steps: Mapping[str, Step] = {s.id: s for s in self.recipe.steps} if self.recipe else {}
        return steps.get(self.selected)
