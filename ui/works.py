"""The works: cancellable generators that run beside the window, and what they yield.

A work touches nothing of the state. It gets plain values, yields items, and whoever runs it hands them back one after
the other on the thread that owns the window. The core is imported here, inside functions, and nowhere before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcgstudio.errors import PCGError

from .maps import Handle, Shown
from .messages import Message

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Report
    from pcgstudio.build import StepCache
    from pcgstudio.events import Finished
    from pcgstudio.recipe import Recipe
    from pcgstudio.standing import Standing
    from pcgstudio.world import World

Tick = Callable[[float, str], None]
Work = Callable[[Tick], Iterator[object]]
Start = Callable[[Work, Callable[[object], None]], Callable[[], None]]
"""Runs a work elsewhere, hands what it yields (and a `Progress` for its ticks) back; returns what cancels it."""

THUMBNAIL = (192, 120)
"""Width and height of a thumbnail in pixels."""

WORK_BYTES, SMALL_BYTES = 512 << 20, 160 << 20
"""Memory for the steps of the map itself, and for those of quick answers and thumbnails."""


@dataclass(frozen=True)
class Progress:
    """How far a work is."""

    fraction: float
    text: str


@dataclass(frozen=True)
class Drawn:
    """A world is ready to be shown."""

    world: World
    drawing: object
    coarse: bool = False
    quick: bool = False
    handles: tuple[Handle, ...] = ()
    sizes: Mapping[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find out what it weighs; beside the main thread, as there are many parts."""
        object.__setattr__(self, "sizes", {} if self.coarse else weighed(self.world, self.drawing))

    def shown(self, entry: int) -> Shown:
        """Return it as the map of an entry."""
        return Shown(self.world, self.drawing, self.coarse, self.quick, entry, self.handles, self.sizes)


def weighed(*values: object) -> dict[int, int]:
    """Return the bytes of every array in values and their parts, by the ids of all of them; each part once."""
    sizes: dict[int, int] = {}
    for value in values:
        _weigh(value, sizes)
    return sizes


def _weigh(value: Any, sizes: dict[int, int]) -> None:
    if id(value) in sizes or isinstance(value, str | int | float | None):
        return
    sizes[id(value)] = int(getattr(value, "nbytes", 0))
    if is_dataclass(value):
        parts: Iterable[Any] = (getattr(value, f.name) for f in fields(value))
    elif isinstance(value, Mapping):
        parts = value.values()
    else:
        parts = value if isinstance(value, tuple | list) else ()
    for part in parts:
        _weigh(part, sizes)


@dataclass(frozen=True)
class Assessed:
    """What was measured of the brief on the world that was drawn last; None where it was not measured anew."""

    report: Report | None


@dataclass(frozen=True)
class Pictured:
    """A thumbnail of the map that was drawn last, ``(rows, cols, 4) uint8``."""

    thumbnail: Any


@dataclass(frozen=True)
class Loaded:
    """A file was read, before it is built."""

    recipe: Recipe
    folder: Path


@dataclass(frozen=True)
class Compared:
    """How much of the map a follow-up changed."""

    inside: float
    outside: float


@dataclass(frozen=True)
class Arrived:
    """A run of the agents ended with a map; ``log`` is its events as JSON."""

    end: Finished
    changes: tuple[str, ...] = ()
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """Something was written: the main file first, and what the person should know about it."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """Nothing more comes of a work."""


@dataclass(frozen=True)
class Stuck:
    """A work ended without what it was for; ``step`` is the one that could not do what it says."""

    error: str
    step: str = ""


def driven(work: Work, tick: Tick) -> Iterator[object]:
    """Yield what a work yields, then `Ended` or `Stuck`: whoever runs works needs no other guard."""
    try:
        yield from work(tick)
        yield Ended()
    except PCGError as error:
        yield Stuck(str(error), getattr(error, "step", ""))
    except Exception as error:
        yield Stuck(Message("Unexpected %1: %2; please report it.", type(error).__name__, error))


class Bench:
    """What works share: how worlds are drawn, who runs the agents, and the steps that were built before.

    Parameters
    ----------
    draw, draw_quick : callable
        Make what the view draws of a world: well, and in no time; by default the first does both.
    run : callable, optional
        `pcgstudio.studio.run`, or a stand-in.
    settings : mapping
        Passed to every run, whatever the preferences say.
    """

    def __init__(
        self,
        draw: Callable[[World], object],
        run: Callable[..., Iterable[Any]] | None = None,
        settings: Mapping[str, Any] | None = None,
        draw_quick: Callable[[World], object] | None = None,
    ) -> None:
        self.draw, self.settings, self._run = draw, dict(settings or {}), run
        self.draw_quick = draw_quick or draw
        self._caches: dict[int, StepCache] = {}
        self._standing: Standing | None = None

    @property
    def run(self) -> Callable[..., Iterable[Any]]:
        """What runs the agents."""
        from pcgstudio import studio  # noqa: PLC0415 - see TYPE_CHECKING above

        return self._run or studio.run

    def cache(self, small: bool = False) -> StepCache:
        """Return the steps of the map itself, or those of quick answers and thumbnails."""
        from pcgstudio.build import StepCache  # noqa: PLC0415 - see TYPE_CHECKING above

        return self._caches.setdefault(small, StepCache(SMALL_BYTES if small else WORK_BYTES))

    def standing(self, anew: bool = False) -> StepCache:
        """Return the steps of quick answers, where towns are not planned but moved; ``anew``: all are planned."""
        from pcgstudio.standing import Standing  # noqa: PLC0415 - see TYPE_CHECKING above

        if anew or self._standing is None:
            self._standing = Standing(self.cache(small=True))
        return self._standing


def thumbnail(world: World) -> Any:
    """Return a small picture of a world, ``(rows, cols, 4) uint8``, to be laid on the paper of any theme."""
    from pcgstudio.render import cutout  # noqa: PLC0415 - see TYPE_CHECKING above

    return cutout(world, size=THUMBNAIL)
