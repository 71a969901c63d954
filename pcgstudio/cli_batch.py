"""The command ``batch``: many maps from one spec, here or on a cluster."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Json
from .printout import say

if TYPE_CHECKING:  # imported inside the functions, so that --help answers at once
    from .batch.executors import Engine
    from .batch.items import Order
    from .batch.run import State

Spec = Annotated[Path, typer.Argument(help="YAML file that says what to make; docs/batch.md explains it.")]
Folder = Annotated[Path, typer.Option("-o", "--out", help="Folder of the batch; the same one goes on with it.")]
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="Processes on this machine: as many as fit.")]
Scheduler = Annotated[str | None, typer.Option(help="Dask cluster that computes instead: tcp://HOST:PORT.")]
Seeds = Annotated[str | None, typer.Option(help="FIRST..LAST in place of the spec's seeds: one spec for a farm.")]

REACHED, NOT_REACHED = 0, 3


def batch(
    spec: Spec,
    out: Folder = Path("batch"),
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    seeds: Seeds = None,
    as_json: Json = False,
) -> None:
    """Make many maps: exit 0 when the asked number was reached, 3 when not; run it again to go on."""
    raise typer.Exit(make(spec, out, jobs, scheduler, seeds, as_json))


def make(
    spec: Path,
    out: Path,
    jobs: int | None = None,
    scheduler: str | None = None,
    seeds: str | None = None,
    as_json: bool = False,
) -> int:
    """Run a batch and say how it goes; return the exit code.

    Parameters
    ----------
    spec, out : Path
        The spec's file and the batch's folder.
    jobs, scheduler, seeds
        As the options of the command.
    as_json : bool
        Whether the summary goes to stdout as JSON.

    Raises
    ------
    InputError
        The spec, the folder or the cluster cannot be used.
    Cancelled
        Ctrl-C, or the farm's SIGTERM; what is finished stays.
    """
    from .batch import report  # noqa: PLC0415 - see TYPE_CHECKING above
    from .batch.folder import Folder as BatchFolder  # noqa: PLC0415
    from .batch.items import Order  # noqa: PLC0415
    from .batch.run import run  # noqa: PLC0415
    from .batch.spec import load_spec  # noqa: PLC0415

    order = Order.of(load_spec(spec, seeds), spec.parent)
    BatchFolder(out).check()
    engine = _engine(order, jobs, scheduler)
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    say(f"{_plan(order)} on {engine.name}")
    result = run(order, out, engine, Line(sys.stderr.isatty()))
    say("writing the report")
    told = report.write(BatchFolder(out), result)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        _close(told)
    return REACHED if result.reached else NOT_REACHED


def _as_ctrl_c(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _engine(order: Order, jobs: int | None, scheduler: str | None) -> Engine:
    from .batch.executors import dask, processes  # noqa: PLC0415 - see TYPE_CHECKING above
    from .errors import InputError  # noqa: PLC0415

    if scheduler is not None:
        if jobs is not None:
            raise InputError("--jobs counts processes of this machine; leave it out beside --scheduler")
        return dask(scheduler)
    return processes(jobs, order.most_cells)


def _plan(order: Order) -> str:
    accept = order.spec.accept
    if accept is None:
        return f"{order.listed} maps"
    return f"{accept.count} maps out of at most {order.limit} tries"


def _close(told: dict[str, Any]) -> None:
    for reason, count in list(told["reasons"].items())[:5]:
        say(f"{count:6} {reason}")
    verdict = "done" if told["reached"] else f"only {told['accepted']} of {told['asked']}"
    say(f"{verdict}: {told['accepted']} accepted, {told['rejected']} rejected, {told['failed']} failed; "
        f"{told['made']} made now at {told['maps_per_second']:.2f} a second, {told['kept']} from before")  # fmt: skip
    say(f"{told['out']}/report.md, {told['out']}/contact_sheet.png, {told['out']}/manifest.csv")


class Line:
    """Tells how a batch stands: one line that is overwritten on a terminal, one every half minute elsewhere.

    Parameters
    ----------
    live : bool
        Whether it is a terminal.
    """

    EVERY_S = 30.0

    def __init__(self, live: bool) -> None:
        self.live = live
        self._last = time.monotonic()

    def __call__(self, state: State) -> None:
        """Tell it."""
        if self.live:
            done = state.accepted >= state.asked
            print(f"\r\x1b[K{'' if done else told(state)}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._last >= self.EVERY_S:
            self._last = time.monotonic()
            say(told(state))


def told(state: State) -> str:
    """Return a state in one line.

    Examples
    --------
    >>> from pcgstudio.batch.run import State
    >>> told(State(asked=50, accepted=20, rejected=4, listed=500, made=24, seconds=48.0))
    '20 of 50 accepted, 4 rejected; 0.50 a second, 1 min left'
    """
    parts = [f"{state.accepted} of {state.asked} accepted"]
    parts += [f"{n} {word}" for n, word in ((state.rejected, "rejected"), (state.failed, "failed")) if n]
    if state.kept:
        parts.append(f"{state.kept} from before")
    pace = f"{state.rate:.2f} a second" if state.made else "starting"
    left = state.remaining_s
    return f"{', '.join(parts)}; {pace}" + (f", {_duration(left)} left" if left is not None else "")


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return (
                f"{seconds / size:.1f} {unit}"
                if seconds < 10 * size and unit != "min"
                else f"{seconds / size:.0f} {unit}"
            )
    return f"{seconds:.0f} s"
