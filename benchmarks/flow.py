"""Depression filling and flow routing beside the packages that are installed.

Run ``python benchmarks/flow.py [side ...]``. Candidates take turns in one process, so that a busy machine slows all of
them alike; only the ratios mean anything, and where the machine is very busy, only those of processor time with
``NUMBA_NUM_THREADS=1``. richdem comes as ``py-richdem`` (only there do wheels exist).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator

import numba
import numpy as np

from pcgstudio.generators.kernels.flow import accumulate, fill_depressions, flow_receivers
from pcgstudio.generators.kernels.noise import fractal_noise
from pcgstudio.world import Grid

ROUNDS = 7
Candidate = Callable[[], object]


def ground(side: int) -> np.ndarray:
    """Return fractal hills, a quarter of them in hollows."""
    return np.float32(120) * np.asarray(
        fractal_noise(Grid(side, side, 1.0), seed=7, feature_size_m=side / 5, octaves=8)
    )


def filling(height: np.ndarray) -> Iterator[tuple[str, Candidate]]:
    yield "ours", lambda: fill_depressions(height)
    with told("scikit-image"):
        morphology = importlib.import_module("skimage.morphology")
        seed = np.full_like(height, height.max())
        seed[[0, -1]], seed[:, [0, -1]] = height[[0, -1]], height[:, [0, -1]]
        yield "scikit-image reconstruction", lambda: morphology.reconstruction(seed, height, method="erosion")
    with told("richdem"):
        rd = importlib.import_module("richdem")
        grid = rd.rdarray(height, no_data=-9999)
        yield "richdem FillDepressions", lambda: rd.FillDepressions(grid, epsilon=False, in_place=False)


def routing(height: np.ndarray) -> Iterator[tuple[str, Candidate]]:
    filled, ones = fill_depressions(height), np.ones(height.shape, np.float32)
    yield "ours", lambda: accumulate(flow_receivers(filled, 1.0), ones)
    yield "numpy, sorted by height", lambda: numpy_routing(filled)
    with told("richdem"):
        rd = importlib.import_module("richdem")
        grid = rd.rdarray(filled, no_data=-9999)
        yield "richdem FlowAccumulation D8", lambda: rd.FlowAccumulation(grid, method="D8")
    with told("pysheds"):
        importlib.import_module("pysheds.grid")
        print("  pysheds: importable, but it calls numpy functions that numpy 2 removed; skipped")


def numpy_routing(height: np.ndarray) -> np.ndarray:
    """Route as one would in plain numpy, flats left alone: argmax over eight shifts, then level by level."""
    padded = np.pad(height, 1, constant_values=np.inf)
    rows, cols = height.shape
    steps = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c]
    drops = np.stack([(height - padded[1 + r : 1 + r + rows, 1 + c : 1 + c + cols]) / np.hypot(r, c) for r, c in steps])
    best = drops.argmax(axis=0)
    shift = np.array([r * cols + c for r, c in steps])[best]
    own = np.arange(height.size)
    to = np.where(drops.max(axis=0).ravel() > 0, own + shift.ravel(), own)
    total, waiting = np.ones(height.size), np.bincount(to[to != own], minlength=height.size)
    front = np.flatnonzero(waiting == 0)
    while len(front):
        front = front[to[front] != front]
        np.add.at(total, to[front], total[front])
        np.subtract.at(waiting, to[front], 1)
        reached = np.unique(to[front])
        front = reached[waiting[reached] == 0]
    return total


@contextlib.contextmanager
def told(package: str) -> Iterator[None]:
    """Say in words why a package is left out."""
    try:
        yield
    except (ImportError, AttributeError) as error:
        print(f"  {package}: left out, {error}")


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Swallow what C++ prints while it runs."""
    keep, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    error = os.dup(2)
    try:
        os.dup2(null, 1)
        os.dup2(null, 2)
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.dup2(keep, 1)
        os.dup2(error, 2)
        for handle in (keep, null, error):
            os.close(handle)


def race(title: str, candidates: dict[str, Candidate]) -> None:
    """Time candidates in turns; print the least wall and processor time of each, and both over ours."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
    for turn in range(ROUNDS + 1):
        for name, run in candidates.items():
            if turn > 2 and len(times[name]) and times[name][-1][0] > 5:
                continue  # a slow peer is timed twice only
            with silenced():
                wall, processor = time.perf_counter(), time.process_time()
                run()
                spent = time.perf_counter() - wall, time.process_time() - processor
            if turn:  # the first turn compiles and warms
                times[name].append(spent)
    least = {name: tuple(min(column) for column in zip(*taken, strict=True)) for name, taken in times.items()}
    print(title)
    for name, (wall, processor) in least.items():
        print(
            f"  {name:32s} {wall * 1e3:9.1f} ms {wall / least['ours'][0]:6.1f} x ours   "
            f"{processor * 1e3:9.1f} ms of processors {processor / least['ours'][1]:6.1f} x ours"
        )


def main(sides: list[int]) -> None:
    print(f"{numba.get_num_threads()} threads for ours, 1 for the others; least of {ROUNDS} turns")
    for side in sides:
        height = ground(side)
        race(f"filling, {side} x {side}", dict(filling(height)))
        race(f"D8 and accumulation, {side} x {side}", dict(routing(height)))


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [1024, 2048])
