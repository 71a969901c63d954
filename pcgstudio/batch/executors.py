"""Who computes: processes of this machine, a Dask cluster, or any executor that is given."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..errors import InputError, PCGError
from . import worker

BASE_BYTES = 512 << 20
"""Memory of a worker with a small map, its picture drawn: measured by benchmarks/batch.py."""

PATIENCE_S = 20.0
"""How long a Dask cluster may take to answer."""


@dataclass(frozen=True)
class Engine:
    """An executor and how to handle it.

    Parameters
    ----------
    name : str
        For people.
    workers : int
        Items it computes at once.
    open : callable
        Returns a fresh executor; called again after one broke.
    close : callable
        ``close(executor, flying, cancelled)``: ends it. After a cancelled batch nobody waits for what still runs; after
        a finished one, nothing runs on.
    deaths : tuple of exception types
        What a future raises whose worker died: the item is tried again.
    """

    name: str
    workers: int
    open: Callable[[], Executor]
    close: Callable[[Executor, Iterable[Future[Any]], bool], None]
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)


def processes(jobs: int | None, cells: int) -> Engine:
    """Return an engine of spawned processes that share the cores.

    Parameters
    ----------
    jobs : int, optional
        Processes; as many as there are cores and room in memory by default.
    cells : int
        Of the longer side of the largest map.
    """
    from ..memory import available_bytes, costs  # noqa: PLC0415 - heavy

    cores = os.cpu_count() or 1
    room = int(available_bytes() // (BASE_BYTES + worker.CACHE_BYTES + costs().most * cells * cells))
    count = jobs if jobs is not None else max(1, min(cores, room))
    context = multiprocessing.get_context("spawn")
    stop = context.Event()

    def opened() -> Executor:
        threads = max(1, cores // count)
        return ProcessPoolExecutor(count, context, initializer=worker.start, initargs=(threads, stop))

    def closed(executor: Executor, _flying: Iterable[Future[Any]], _cancelled: bool) -> None:
        stop.set()  # what still runs now, nobody needs
        executor.shutdown(wait=True, cancel_futures=True)

    return Engine(f"{count} process{'es' if count > 1 else ''}", count, opened, closed)


def given(executor: Executor, workers: int) -> Engine:
    """Return an engine of an executor that somebody else opened and will close."""

    def opened() -> Executor:
        return executor

    def closed(_executor: Executor, flying: Iterable[Future[Any]], cancelled: bool) -> None:
        for future in flying:
            future.cancel()
        if not cancelled:
            wait(flying)

    return Engine(type(executor).__name__, workers, opened, closed)


def dask(address: str) -> Engine:
    """Return an engine on a Dask cluster.

    Parameters
    ----------
    address : str
        Of the scheduler: ``tcp://host:8786``.

    Raises
    ------
    InputError
        The package ``distributed`` is missing, or nothing answers there.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise InputError("--scheduler needs Dask; install it with: pip install 'pcgstudio[dask]'") from error
    try:
        client = distributed.Client(address, timeout=PATIENCE_S, set_as_default=False)
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no Dask cluster with workers answers at '{address}'; start one or mend --scheduler"
        ) from error
    workers = len(client.nthreads())

    def opened() -> Executor:
        if client.status != "running":
            raise PCGError(f"the Dask scheduler at '{address}' is gone; start it, and run the same command to go on")
        executor: Executor = client.get_executor(pure=False)
        return executor

    def closed(_executor: Executor, flying: Iterable[Future[Any]], cancelled: bool) -> None:
        if not cancelled:
            wait(flying)  # Dask cannot stop a task that runs, and it must not write once the batch is finished
        client.close()

    comm, scheduler = import_module("distributed.comm"), import_module("distributed.scheduler")
    deaths = (BrokenExecutor, CancelledError, comm.CommClosedError, scheduler.KilledWorker)
    return Engine(f"Dask at {address}", workers, opened, closed, deaths)
