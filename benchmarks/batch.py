"""What a batch costs beside a plain loop: maps a second, overhead of a task, memory of a worker.

``python -I benchmarks/batch.py [MAPS]`` makes the same maps three ways: a loop in this process over the very function
that workers run, a batch with one process, and a batch with two, which share the cores. The start of a pool (imports,
some seconds) is told apart from the pace, because a long batch pays it once. Processor seconds a map, start included,
stand beside: they mean something on a busy machine too, whose load is printed. Unix only.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numba

from pcgstudio.batch import manifest, worker
from pcgstudio.batch.executors import processes
from pcgstudio.batch.items import Order
from pcgstudio.batch.run import State, run
from pcgstudio.batch.spec import Spec

SENTENCES = ("a dungeon with eight rooms", "three hills", "a small island with forest")
MAPS = 24
CELLS = 256


@dataclass(frozen=True)
class Timing:
    """How one way of making the maps went; times in seconds."""

    name: str
    start_s: float
    rest_s: float
    maps: int
    cpu_s: float
    result: str
    peak_mib: float

    def line(self, plain: Timing | None) -> str:
        """Return a row of the table."""
        each = self.rest_s / self.maps
        ratio = f"{plain.rest_s / plain.maps / each:5.2f} x" if plain else "      -"
        pace = f"{1 / each:6.2f} maps/s {ratio}"
        return (
            f"{self.name:12} {pace}   first map after {self.start_s:5.1f} s   {self.cpu_s:5.2f} CPU s a map   "
            f"{self.peak_mib:5.0f} MiB a worker"
        )


def cpu_s(who: int) -> float:
    """Return the processor time [s] of this process or of those that it has ended."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def order(maps: int) -> Order:
    """Return so many maps of the three sentences."""
    seeds = tuple(range(maps // len(SENTENCES)))
    return Order.of(Spec(instructions=SENTENCES, seeds=seeds, resolution=CELLS), Path())


def plain_loop(work: Order) -> Timing:
    """Make the maps one after the other in this process."""
    with tempfile.TemporaryDirectory() as root:
        began, before = time.perf_counter(), cpu_s(resource.RUSAGE_SELF)
        records = []
        first = 0.0
        for item in work.items():
            records.append(worker.make(item, root))
            first = first or time.perf_counter() - began
        spent = time.perf_counter() - began - first
    peak = max(r["peak_mib"] for r in records)
    used = (cpu_s(resource.RUSAGE_SELF) - before) / len(records)
    return Timing("plain loop", first, spent, len(records) - 1, used, "", peak)


def batch(work: Order, jobs: int) -> Timing:
    """Make them as a batch; the pace counts from the first finished map on."""
    first: list[tuple[float, int]] = []

    def watch(state: State) -> None:
        if state.made and not first:
            first.append((state.seconds, state.made))

    before = cpu_s(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        result = run(work, Path(folder) / "out", processes(jobs, CELLS), watch)
    used = (cpu_s(resource.RUSAGE_CHILDREN) - before) / len(result.decisions)
    start, made = first[0]
    peak = statistics.mean(d.record["peak_mib"] for d in result.decisions[-jobs:])
    told = manifest.result_hash(result.decisions)
    return Timing(f"{jobs} process{'es' if jobs > 1 else ''}", start, result.state.seconds - start,
                  len(result.decisions) - made, used, told, peak)  # fmt: skip


def overhead_ms() -> float:
    """Return what handing out one task and deciding on it costs [ms]: many items that are finished at once."""
    from concurrent.futures import ThreadPoolExecutor

    from pcgstudio.batch.executors import given

    count = 2000
    work = Order.of(Spec(instructions=SENTENCES[:1], seeds=tuple(range(count)), resolution=CELLS), Path())
    real, record = worker.make, {"state": "made", "satisfied": True, "descriptor": [0.0], "content_hash": ""}
    worker.make = lambda item, _root: {"id": item.id, **record}  # nothing is computed: what is left is the loop
    try:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
            began = time.perf_counter()
            run(work, Path(folder) / "out", given(pool, 2))
            return (time.perf_counter() - began) / count * 1000
    finally:
        worker.make = real


def main() -> None:
    maps = int(sys.argv[1]) if len(sys.argv) > 1 else MAPS
    work = order(maps)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    threads = numba.config.NUMBA_NUM_THREADS
    print(f"{maps} maps of {CELLS} x {CELLS} cells, {os.cpu_count()} cores, {threads} threads, load {load:.1f} before")
    plain = plain_loop(work)
    print(plain.line(None))
    timings = [batch(work, jobs) for jobs in (1, 2)]
    for one in timings:
        print(one.line(plain))
    assert len({t.result for t in timings}) == 1, "the number of processes changed the result"
    print(f"overhead of a task: {overhead_ms():.2f} ms")


if __name__ == "__main__":
    main()
