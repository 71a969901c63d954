"""One item, from plan to files, in whatever process it falls to; the module itself imports nothing heavy.

Workers of this machine are started with `start`, which sets the threads of the numeric libraries before they load.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BuildError, Cancelled, InputError, PCGError, TooLargeError
from ..files import atomic_folder, to_json
from .folder import ITEM, place, read_record

if TYPE_CHECKING:  # imported inside the functions: see above
    from multiprocessing.synchronize import Event

    from ..brief import Brief, Report
    from ..build import StepCache
    from ..recipe import Recipe
    from ..world import World
    from .items import Item

CACHE_BYTES = 256 << 20
"""Steps that a worker keeps: items that differ in late steps only share the early ones."""

_one_at_a_time = threading.Lock()
"""The kernels use every thread they are given: several items in one process would only get in each other's way."""

_stop: Event | None = None
_cache: StepCache | None = None


class UnfitWorkerError(InputError):
    """A worker cannot do the batch's work at all: it is of another version, or sees another disk."""


def start(threads: int, stop: Event | None = None) -> None:
    """Prepare a worker process: its threads, no keyboard, and an end when its parent ends.

    Parameters
    ----------
    threads : int
        That numba may use here.
    stop : multiprocessing.Event, optional
        Set when the batch is cancelled.
    """
    global _stop  # noqa: PLW0603 - a process pool passes nothing else to its tasks
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _stop = stop
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process when its parent has ended, even by kill -9: nobody would ever collect what it makes."""
    wait([sentinel])
    os._exit(1)


def make(item: Item, root: str) -> dict[str, Any]:
    """Make an item, unless that was done before, and return its record.

    Parameters
    ----------
    item : Item
        What to make.
    root : str
        The batch's folder, on a file system that this machine shares with the one that asks.

    Returns
    -------
    dict
        The content of ``item.json``; ``lasting`` is False where the failure may not come again, and then nothing is
        written.

    Raises
    ------
    Cancelled
        The batch was.
    UnfitWorkerError
        This worker is of another version, or cannot see the folder.
    """
    if version("pcgstudio") != item.version:
        raise UnfitWorkerError(f"a worker runs pcgstudio {version('pcgstudio')}, not {item.version}; install the same")
    if not Path(root).is_dir():
        raise UnfitWorkerError(f"a worker cannot see '{root}'; start it where that folder is shared")
    target = place(Path(root), item.id)
    with _one_at_a_time:
        done = read_record(target)
        if done is not None:
            return done
        try:
            return _made(item, target)
        except Cancelled:
            raise
        except (PCGError, OSError, MemoryError) as error:
            return _failed(item, target, error)


def _tick(_fraction: float, _text: str) -> None:
    if _stop is not None and _stop.is_set():
        raise Cancelled("the batch was cancelled")


def _made(item: Item, target: Path) -> dict[str, Any]:
    from ..bundle import RECIPE, content_hash, write_bundle  # noqa: PLC0415 - heavy
    from .traits import descriptor, traits  # noqa: PLC0415 - heavy

    began = time.perf_counter()
    recipe, world, brief, report, run = _built(item)
    built = time.perf_counter()
    with atomic_folder(target, ITEM) as folder:
        inner = folder / "bundle"
        own = Path(item.source.folder) if item.source.recipe else None
        write_bundle(inner, recipe, world, brief, report, run, beside=own)
        for path in list(inner.iterdir()):
            path.rename(folder / path.name)
        inner.rmdir()
        _export(item, recipe, world, folder)
        told = {
            **_about(item), "state": "made", "reason": "", "lasting": True,
            "satisfied": report.passed and brief.complete, "unmet": _unmet(brief, report), "score": report.score,
            "checks": _checks(report), "traits": traits(world), "descriptor": descriptor(world),
            "recipe_hash": hashlib.sha256((folder / RECIPE).read_bytes()).hexdigest(),
            "content_hash": content_hash(folder),
            "seconds": {"build": round(built - began, 3), "all": round(time.perf_counter() - began, 3)},
            "peak_mib": _peak_mib(),
        }  # fmt: skip
        (folder / ITEM).write_text(to_json(told), encoding="utf-8", newline="\n")
        _tick(1.0, "")
    return told


def _built(item: Item) -> tuple[Recipe, World, Brief, Report, Any]:
    """Return the map of an item and what it was measured for; sweeps apply to the finished plan."""
    from ..brief import Brief  # noqa: PLC0415 - heavy
    from ..build import StepCache, build  # noqa: PLC0415
    from ..bundle import Run  # noqa: PLC0415
    from ..measure import assess  # noqa: PLC0415
    from ..recipe import loads  # noqa: PLC0415
    from .sweep import with_values  # noqa: PLC0415

    global _cache  # noqa: PLW0603 - kept between the items of a process
    _cache = _cache or StepCache(CACHE_BYTES)
    began = time.perf_counter()
    if item.source.recipe:
        recipe = loads(item.source.recipe, item.source.name).model_copy(update={"seed": item.seed})
        if item.resolution is not None:
            recipe = recipe.model_copy(update={"resolution": item.resolution})
        rounds, agent = 0, "none"
    else:
        done = _planned(item, _cache)
        if not item.point:
            run = Run(item.source.instruction, done.status, done.rounds, done.agent, seconds=done.seconds)
            return done.recipe, done.world, done.brief, done.report, run
        recipe, rounds, agent = done.recipe, done.rounds, done.agent
    recipe = with_values(recipe, item.point)
    world = build(recipe, tick=_tick, cache=_cache, folder=Path(item.source.folder))
    brief = recipe.brief or Brief()
    report = assess(world, brief)
    status = "done" if report.passed and brief.complete else "best_effort"
    told = item.source.instruction or brief.instruction
    return recipe, world, brief, report, Run(told, status, rounds, agent, seconds=time.perf_counter() - began)  # type: ignore[arg-type]  # the two words are Run's


def _planned(item: Item, cache: StepCache) -> Any:
    """Run the built-in agents without a limit of time: how fast a machine is must not change what it makes."""
    from ..errors import OutOfScopeError  # noqa: PLC0415 - kept beside its only use
    from ..events import Failed, Finished  # noqa: PLC0415 - heavy
    from ..studio import Budget, run  # noqa: PLC0415 - heavy

    *_, last = run(
        item.source.instruction, actor="builtin", critic="builtin", seed=item.seed, extent_m=item.size_m,
        resolution=item.resolution, budget=Budget(seconds=float("inf")), cache=cache, tick=_tick,
    )  # fmt: skip
    if isinstance(last, Failed):
        kinds: dict[int, type[PCGError]] = {2: OutOfScopeError, 130: Cancelled}
        raise kinds.get(last.exit_code, BuildError)(last.error)
    assert isinstance(last, Finished)
    return last


def _export(item: Item, recipe: Recipe, world: World, folder: Path) -> None:
    if not item.exports:
        return
    from ..export.targets import get_target  # noqa: PLC0415 - heavy

    for name in item.exports:
        target = get_target(name)
        options = target.parsed({})
        path = folder / "exports" / name
        target.write(world, recipe, path if target.is_folder else path / f"map{target.suffix_of(options)}", options)


def _about(item: Item) -> dict[str, Any]:
    source = item.source
    return {
        "id": item.id, "version": item.version, "source": source.name, "instruction": source.instruction,
        "seed": item.seed, "parameters": item.point, "exports": list(item.exports),
    }  # fmt: skip


def _unmet(brief: Brief, report: Report) -> list[str]:
    """Return, one sentence each, what keeps a map from satisfying its brief."""
    from ..printout import demand, number  # noqa: PLC0415 - kept beside its only use

    told = [f"{demand(m.check)}, measured {number(m.measured)}" for m in report.checks
            if m.check.demanded and not m.passed]  # fmt: skip
    told += [f"{s.name}: {s.detail}" for s in report.structural if not s.passed]
    told += [f"not understood: {word}" for word in brief.not_understood]
    told += [f"not measurable: {word}" for word in brief.not_measurable]
    return told + [f"contradictory: {word}" for word in brief.contradictions]


def _checks(report: Report) -> list[dict[str, Any]]:
    from ..printout import demand  # noqa: PLC0415 - kept beside its only use

    return [
        {"demand": demand(m.check), "quote": m.check.quote, "unit": m.check.unit, "passed": m.passed,
         "measured": None if m.measured is None or m.measured != m.measured else round(m.measured, 6)}
        for m in report.checks
    ]  # fmt: skip


def _failed(item: Item, target: Path, error: Exception) -> dict[str, Any]:
    """Return the record of a failure; what may go well another time leaves nothing behind."""
    passing = (TooLargeError, OSError, MemoryError)
    causes = (error, error.__cause__)
    lasting = not any(isinstance(cause, passing) for cause in causes)
    sentence = str(error) if isinstance(error, PCGError) else f"{type(error).__name__}: {error}"
    told = {**_about(item), "state": "failed", "reason": sentence, "lasting": lasting, "seconds": {"all": 0.0}}
    if lasting:
        with atomic_folder(target, ITEM) as folder:
            (folder / ITEM).write_text(to_json(told), encoding="utf-8", newline="\n")
    return told


def _peak_mib() -> float:
    """Return the most memory [MiB] that this process has had, 0 where the system does not say."""
    import sys  # noqa: PLC0415 - kept beside its only use

    if sys.platform == "win32":
        return 0.0
    import resource  # noqa: PLC0415 - Unix only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1))
