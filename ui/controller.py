"""What the window knows and does, without Qt: one frozen state, numbered requests, late answers dropped.

The controller never waits. It hands a piece of work (a generator) to `Start`, which runs it elsewhere and brings what
it yields back, one item after the other, on the thread that owns the window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcgstudio.errors import PCGError

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Brief, Report
    from pcgstudio.events import Finished
    from pcgstudio.world import World

EXAMPLES = (
    "A mountainous island with a volcano, two lakes and a forest in the north",
    "A wide valley with a river, snowy mountains in the north and one lake",
    "A dungeon with eight rooms, a boss and a treasure",
)

Tick = Callable[[float, str], None]
Work = Callable[[Tick], Iterator[object]]
Start = Callable[[Work, Callable[[object], None]], Callable[[], None]]
"""Runs a work elsewhere, hands what it yields (and a `Progress` for its ticks) back; returns what cancels it."""


@dataclass(frozen=True)
class Progress:
    """How far a step is."""

    fraction: float
    text: str


@dataclass(frozen=True)
class Drawn:
    """A world is ready to be shown: a `Scene` or a picture, which is the view's business."""

    drawing: object


@dataclass(frozen=True)
class Made:
    """A run ended with a map; ``changes`` are lines of the recipe, ``log`` its events as JSON."""

    end: Finished
    sentences: tuple[str, ...]
    changes: tuple[str, ...] = ()
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """A bundle was written."""

    folder: Path


@dataclass(frozen=True)
class Ended:
    """Nothing more comes of a work."""


@dataclass(frozen=True)
class State:
    """All that the window shows.

    Parameters
    ----------
    request : int
        Number of the latest request; answers to others are dropped.
    busy : bool
        Whether it is still worked on.
    pending : str
        The sentence being worked on.
    fraction, doing : float, str
        Progress in [0, 1], and what is being done.
    problem, notice : str
        One sentence about what went wrong, or what was done.
    brief, report
        What was asked and what was measured, of the map that is shown.
    drawing : object
        What the view draws; None where there is no map.
    made : Made, optional
        The last finished map, which the next sentence changes.
    """

    request: int = 0
    busy: bool = False
    pending: str = ""
    fraction: float = 0.0
    doing: str = ""
    problem: str = ""
    notice: str = ""
    brief: Brief | None = None
    report: Report | None = None
    drawing: object = None
    made: Made | None = None


class Controller:
    """Turns what a person does into requests, and what comes back into the next state.

    Parameters
    ----------
    start : callable
        Runs work elsewhere, see `Start`.
    draw : callable
        Makes a drawing of a world; called by the work.
    changed : callable
        Told every new state.
    run : callable, optional
        `pcgstudio.studio.run`, or a stand-in.
    **settings
        Passed to every run, such as ``resolution``.
    """

    def __init__(
        self,
        start: Start,
        draw: Callable[[World], object],
        changed: Callable[[State], None],
        run: Callable[..., Iterable[Any]] | None = None,
        **settings: Any,
    ) -> None:
        self.state = State()
        self._settled = self.state
        self._start, self._draw, self._changed, self._run, self._settings = start, draw, changed, run, settings
        self._cache: Any = None
        self._stop: Callable[[], None] = lambda: None

    # -- what a person does --------------------------------------------------------------------------------------------

    def submit(self, sentence: str) -> None:
        """Make a map from a sentence, or change the one that is there; takes the place of work under way."""
        words = " ".join(sentence.split())
        if words:
            self._request(lambda made: partial(self._making, words, made), words, "reading the sentence")

    def open(self, file: Path) -> None:
        """Build and measure a saved recipe or bundle."""
        self._request(lambda _made: partial(self._opening, file), "", f"opening {file.name}")

    def save(self, folder: Path) -> None:
        """Write the bundle of the finished map."""
        made = self.state.made
        if made is not None and not self.state.busy:
            self._request(lambda _made: partial(self._saving, folder, made), "", f"saving {folder.name}")

    def clear(self) -> None:
        """Forget the map; the next sentence makes a new one."""
        self._stop()
        self._settled = State(request=self.state.request + 1)
        self._become(self._settled)

    def cancel(self) -> None:
        """Stop at once: what still comes is dropped, and the finished map stands as before."""
        if self.state.busy:
            self._stop()
            kept = "the map is as it was before" if self._settled.made else "nothing was made"
            self._become(replace(self._settled, request=self.state.request + 1, notice=f"Cancelled; {kept}."))

    # -- what comes back -----------------------------------------------------------------------------------------------

    def receive(self, number: int, item: object) -> None:
        """Take an item of the work of a request into the state; late ones are dropped."""
        if number == self.state.request and self.state.busy:
            self._become(self._after(item))
            if isinstance(item, Made):  # from here on a cancelled or failed request falls back to this map
                self._settled = replace(self.state, busy=False, doing="", pending="", fraction=0.0)

    def _after(self, item: object) -> State:
        """Return the state after an item."""
        from pcgstudio.events import Briefed, Calibrated, Failed, Measured  # noqa: PLC0415 - see TYPE_CHECKING above

        state = self.state
        match item:
            case Progress(fraction, text):
                return replace(state, fraction=fraction, doing=text)
            case Briefed():
                return replace(state, brief=item.brief, report=None, doing="planning")
            case Measured():
                return replace(state, report=item.report, doing="measured")
            case Calibrated():
                return replace(state, fraction=0.0, doing="adjusting what was missed")
            case Drawn(drawing):
                return replace(state, drawing=drawing)
            case Made(end):
                return replace(state, made=item, brief=end.brief, report=end.report, pending="", fraction=1.0)
            case Saved(folder):
                return replace(state, notice=f"Saved to {folder}.")
            case Failed():
                return replace(self._settled, request=state.request, problem=_sentence(item.error))
            case Ended():
                return replace(state, busy=False, doing="", pending="", fraction=0.0)
            case _:
                return state

    def _request(self, work_on: Callable[[Made | None], Work], pending: str, doing: str) -> None:
        self._stop()
        if not self.state.busy:
            self._settled = replace(self.state, problem="", notice="")
        number = self.state.request + 1
        self._become(replace(self._settled, request=number, busy=True, pending=pending, doing=doing))
        self._stop = self._start(work_on(self._settled.made), partial(self.receive, number))

    def _become(self, state: State) -> None:
        self.state = state
        self._changed(state)

    # -- the work: runs elsewhere, touches nothing of the state --------------------------------------------------------

    def _making(self, words: str, before: Made | None, tick: Tick) -> Iterator[object]:
        from pcgstudio import studio  # noqa: PLC0415 - see TYPE_CHECKING above
        from pcgstudio.build import StepCache  # noqa: PLC0415
        from pcgstudio.events import Built, Event, Finished  # noqa: PLC0415
        from pcgstudio.recipe import diff  # noqa: PLC0415

        base = before.end.recipe if before else None
        self._cache = self._cache or StepCache()
        log: list[str] = []
        drawn: World | None = None
        run: Callable[..., Iterable[Any]] = self._run or studio.run
        for event in run(words, base=base, cache=self._cache, tick=tick, **self._settings):
            if isinstance(event, Event):
                log.append(event.to_json())
            # the first try is worth a look, and the last; those between are not
            looked = isinstance(event, Finished) or (isinstance(event, Built) and drawn is None)
            if looked and event.world is not drawn:
                drawn = event.world
                yield Drawn(self._draw(event.world))
            if isinstance(event, Finished):
                changes = tuple(diff(base, event.recipe)) if base else ()
                yield Made(event, (*(before.sentences if before else ()), words), changes, tuple(log))
            else:
                yield event
        yield Ended()

    def _opening(self, file: Path, tick: Tick) -> Iterator[object]:
        from pcgstudio.brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
        from pcgstudio.build import build  # noqa: PLC0415
        from pcgstudio.events import Finished, Status  # noqa: PLC0415
        from pcgstudio.measure import assess  # noqa: PLC0415
        from pcgstudio.recipe import folder_of, load  # noqa: PLC0415

        recipe = load(file)
        world = build(recipe, tick=tick, folder=folder_of(file))
        brief = recipe.brief or Brief()
        report = assess(world, brief)
        yield Drawn(self._draw(world))
        status: Status = "done" if report.passed and brief.complete else "best_effort"
        end = Finished(status=status, recipe=recipe, world=world, brief=brief, report=report, rounds=0, agent="none")
        yield Made(end, (recipe.name, *recipe.history))  # its first sentence, then those that changed it
        yield Ended()

    @staticmethod
    def _saving(folder: Path, made: Made, tick: Tick) -> Iterator[object]:
        from pcgstudio.bundle import Run, check_target, write_bundle  # noqa: PLC0415 - see TYPE_CHECKING above

        end = made.end
        check_target(folder)
        tick(0.1, f"saving {folder.name}")
        run = Run(made.sentences[-1], end.status, end.rounds, end.agent, end.model or None, end.tokens, end.seconds)
        write_bundle(folder, end.recipe, end.world, end.brief, end.report, run, made.log)
        yield Saved(folder)
        yield Ended()


def _sentence(text: str) -> str:
    text = text.removesuffix(" with -o")  # the core's cures are worded for the command line
    return text and f"{text[0].upper()}{text[1:]}{'' if text[-1] in '.!?' else '.'}"


def driven(work: Work, tick: Tick) -> Iterator[object]:
    """Yield what a work yields, and an error as a `Failed`: whoever runs works needs no other guard."""
    from pcgstudio.events import Failed  # noqa: PLC0415 - see TYPE_CHECKING above

    try:
        yield from work(tick)
    except PCGError as error:
        yield Failed(error=str(error), exit_code=error.exit_code)
    except Exception as error:
        yield Failed(error=f"unexpected {type(error).__name__}: {error}; please report it", exit_code=1)
