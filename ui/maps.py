"""What the window shows of maps: the one in the view, those of the history, variants, places, files.

Frozen values, see `state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .talk import Turn

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Report
    from pcgstudio.recipe import Recipe
    from pcgstudio.region import Region
    from pcgstudio.world import World

EntryKind = Literal["start", "instruction", "edit", "slider", "variant", "brief", "place", "open", "new"]
VariantKind = Literal["seeds", "perturbations"]
ActivityKind = Literal["instruct", "build", "open", "rebuild"]


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
    quick : bool
        Whether ``drawing`` was made by the quick drawer, for a dragging hand.
    entry : int
        The entry of the history that it is the map of, or that the coarse map began from.
    handles : tuple of Handle
        What can be moved in it.
    sizes : mapping of int to int
        Bytes of all its parts by their ids: maps of a history share many.
    """

    world: World
    drawing: object
    coarse: bool = False
    quick: bool = False
    entry: int = 0
    handles: tuple[Handle, ...] = ()
    sizes: Mapping[int, int] = field(default_factory=dict, repr=False, compare=False)


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
        ``(rows, cols, 4) uint8``; None before it was drawn.
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
        ``(rows, cols, 4) uint8``.
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
        What was written, the main file first.
    notes : tuple of str
        What the person should know about it.
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
    notes: tuple[str, ...] = ()
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
