"""All that the window shows, as one frozen value; the window compares two of them and touches what differs.

Nothing here does anything: the controller makes states, views read them. The types of the core are only named, so that
the window opens before the core is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .preferences import Preferences

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.agents.protocol import Issue
    from pcgstudio.brief import Brief, Check, Report
    from pcgstudio.recipe import Recipe, Step
    from pcgstudio.region import Region
    from pcgstudio.world import World

EXAMPLES = (
    "A mountainous island with a volcano, two lakes and a forest in the north",
    "A wide valley with a river, snowy mountains in the north and one lake",
    "A dungeon with eight rooms, a boss and a treasure",
)

TurnStatus = Literal["running", "offered", "kept", "rejected", "failed", "cancelled"]
Outcome = Literal["", "done", "best_effort"]
EntryKind = Literal["start", "instruction", "edit", "slider", "variant", "brief", "place", "open", "new"]
VariantKind = Literal["seeds", "perturbations"]
ActivityKind = Literal["instruct", "build", "open", "rebuild", "save"]


@dataclass(frozen=True)
class Activity:
    """The request being worked on; there is at most one, and `Controller.cancel` stops it.

    Parameters
    ----------
    kind : str
        What it is: ``instruct`` asks the agents, ``build`` follows an edit, ``rebuild`` follows undo.
    title : str
        In a few words: ``opening island.pcg.json``; the sentence for ``instruct``.
    text : str
        What is being done at the moment.
    fraction : float
        Progress in [0, 1].
    since : float
        When it began, by `time.monotonic` [s]: what takes less than half a second shows no progress.
    coarse : bool
        Whether it is the quick answer to a dragging hand, which shows no progress either.
    """

    kind: ActivityKind
    title: str
    text: str = ""
    fraction: float = 0.0
    since: float = 0.0
    coarse: bool = False


@dataclass(frozen=True)
class Handle:
    """A landform that can be taken and moved.

    Parameters
    ----------
    step : str
        Id of the step that placed it.
    name : str
        ``volcano``.
    x_m, y_m, z_m : float
        Where it stands, in metres from the south-west corner and above z = 0.
    radius_m : float
        About how far it reaches.
    """

    step: str
    name: str
    x_m: float
    y_m: float
    z_m: float
    radius_m: float


@dataclass(frozen=True)
class Shown:
    """The map in the view.

    Parameters
    ----------
    world : World
        For the readout, the legend and the outlines.
    drawing : object
        What the view draws of it: a scene or a picture.
    coarse : bool
        Whether it is only the quick answer to a dragging hand, or a map between two rounds of the agents.
    entry : int
        The entry of the history that it is the map of, or that the coarse map began from.
    handles : tuple of Handle
        What can be moved in it.
    """

    world: World
    drawing: object
    coarse: bool = False
    entry: int = 0
    handles: tuple[Handle, ...] = ()


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
class Entry:
    """One undo step.

    Parameters
    ----------
    id : int
        Counts up in a session; entry 0 is the empty beginning.
    parent : int, optional
        The entry it was made from.
    kind : str
        What made it.
    title : str
        In a few words: the sentence, or ``mountains.height_m: 300 -> 420``.
    name : str
        What the person called it; empty where they did not.
    at : float
        When it was made: seconds since the epoch.
    recipe : Recipe, optional
        None where there is no map: at the beginning, and after "new map".
    report : Report, optional
        What was measured, once it was.
    turns : tuple of Turn
        What was said here.
    folder : Path, optional
        Where the files lie that the recipe names.
    fresh : bool
        Whether the conversation begins anew here.
    problem : str
        Why its map cannot be built, as one sentence; the recipe stays as the person made it.
    problem_step : str
        Id of the step that cannot do what it says, where it is one.
    thumbnail : ndarray, optional
        ``(rows, cols, 3) uint8``; None before it was drawn.
    """

    id: int
    parent: int | None
    kind: EntryKind
    title: str
    name: str = ""
    at: float = 0.0
    recipe: Recipe | None = None
    report: Report | None = None
    turns: tuple[Turn, ...] = ()
    folder: Path | None = None
    fresh: bool = False
    problem: str = ""
    problem_step: str = ""
    thumbnail: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Timeline:
    """The history: a tree of entries, one of which is the map that is shown.

    Parameters
    ----------
    entries : tuple of Entry
        In the order they were made; branches are kept.
    current : int
        The entry that is shown.
    path : tuple of int
        From the beginning to the current entry and on to what redo would reach.
    undo, redo : str
        Title of what undo would take back and redo bring; empty where it could not.
    instant : frozenset of int
        Entries whose map is kept, so that going there takes no time.
    """

    entries: tuple[Entry, ...] = (Entry(0, None, "start", "Beginning"),)
    current: int = 0
    path: tuple[int, ...] = (0,)
    undo: str = ""
    redo: str = ""
    instant: frozenset[int] = frozenset()

    def entry(self, number: int) -> Entry:
        """Return the entry of that id."""
        return next(e for e in self.entries if e.id == number)


@dataclass(frozen=True)
class Comparison:
    """Two entries side by side; a map is None until it is built again."""

    left: int
    right: int
    left_shown: Shown | None = None
    right_shown: Shown | None = None


@dataclass(frozen=True)
class Variant:
    """One of several maps to choose from.

    Parameters
    ----------
    number : int
        From 0.
    title : str
        ``Seed 1234``, or the parameter that differs most.
    changes : tuple of str
        The recipe's difference.
    recipe : Recipe
    thumbnail : ndarray
        ``(rows, cols, 3) uint8``.
    problem : str
        Why it could not be built; then there is no thumbnail.
    """

    number: int
    title: str
    changes: tuple[str, ...]
    recipe: Recipe
    thumbnail: Any = field(default=None, repr=False, compare=False)
    problem: str = ""


@dataclass(frozen=True)
class Variants:
    """Maps built in the background; a slot is None until its map is there.

    Parameters
    ----------
    kind : {"seeds", "perturbations"}
        Other dice, or other values too.
    slots : tuple of Variant or None
    running : bool
        Whether more will come.
    of : int
        The entry that they are variants of.
    """

    kind: VariantKind = "seeds"
    slots: tuple[Variant | None, ...] = ()
    running: bool = False
    of: int = 0


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
class Here:
    """A place that a person pointed at, which "here" and "there" in the next sentence mean.

    Parameters
    ----------
    region : Region
        A circle about a marker, or what was drawn.
    x_m, y_m : float, optional
        Where the marker stands, in metres from the south-west corner; None for a drawn region.
    """

    region: Region
    x_m: float | None = None
    y_m: float | None = None


@dataclass(frozen=True)
class Exporting:
    """An export, before, while and after it is written.

    Parameters
    ----------
    target : str
        Name of the target.
    path : Path, optional
        Where to; None while it is only estimated.
    estimate : int, optional
        Bytes that it will take; None before that is known.
    running : bool
    fraction, text
        Progress.
    files : tuple of Path
        What was written.
    problem : str
        Why nothing was written, as one sentence.
    """

    target: str
    path: Path | None = None
    estimate: int | None = None
    running: bool = False
    fraction: float = 0.0
    text: str = ""
    files: tuple[Path, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class PresetMap:
    """A recipe of the gallery.

    Parameters
    ----------
    name, title : str
    path : Path
        The recipe.
    picture : Path, optional
        Its thumbnail.
    """

    name: str
    title: str
    path: Path
    picture: Path | None = None


@dataclass(frozen=True)
class Recovery:
    """The session of a window that ended without being closed.

    Parameters
    ----------
    path : Path
        Its folder.
    title : str
        The last sentence, or the recipe's name.
    at : float
        Of its last change: seconds since the epoch.
    entries : int
        Undo steps in it.
    """

    path: Path
    title: str
    at: float
    entries: int


@dataclass(frozen=True)
class AgentTest:
    """What came of trying the agents: a sentence, and whether it is good news; ``running`` before that."""

    running: bool = False
    good: bool = False
    text: str = ""


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
    timeline: Timeline = Timeline()
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
