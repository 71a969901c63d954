"""Erosion beside its peers: thermal erosion against numpy slicing, one stream-power step against landlab.

Run ``python benchmarks/erosion.py [side ...]`` (512 and 1024 by default). Candidates take turns in one process, so
that a busy machine slows all of them alike; only the ratios mean anything, and where the machine is very busy, only
those of processor time with ``NUMBA_NUM_THREADS=1``, one thread against one. Both thermal candidates compute the same
scheme to rounding, which is checked before they are timed. A peer that is not installed is skipped in words.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numba
import numpy as np

from pcgstudio.generators.kernels.erosion import catchment, downstream_first, incise, reach_of
from pcgstudio.generators.kernels.flow import fill_depressions, flow_receivers, map_border
from pcgstudio.generators.kernels.talus import relax
from pcgstudio.generators.kernels.wander import wander
from pcgstudio.world import FloatArray

ROUNDS, PASSES, REST, RATE, POWER = 5, 50, 1.2, 0.25, 0.4


def terrain(side: int) -> FloatArray:
    """``(side, side) float32`` fractal ground [m] at 2 m a cell, by spectral synthesis."""
    rng = np.random.default_rng(7)
    y, x = np.meshgrid(np.fft.fftfreq(side), np.fft.rfftfreq(side), indexing="ij")
    frequency = np.hypot(x, y)
    frequency[0, 0] = np.inf
    phase = np.exp(2j * np.pi * rng.random(frequency.shape))
    ground = np.fft.irfft2(frequency**-2.0 * phase, s=(side, side))
    return (ground / ground.std() * 0.1 * side).astype(np.float32)


def slicing(height: FloatArray) -> FloatArray:
    """Thermal erosion as in `relax`, written in whole-array numpy."""
    h = height.copy()
    for _ in range(PASSES):
        p = np.pad(h, 1, mode="edge")
        drop = p[:-1, 1:-1] - p[1:, 1:-1]
        side = np.float32(0.25) * ((p[:-1, 2:] - p[:-1, :-2]) + (p[1:, 2:] - p[1:, :-2]))
        steep = np.sqrt(drop * drop + side * side + np.float32(1e-12))
        south = np.float32(RATE) * drop * np.maximum(0, 1 - np.float32(REST) / steep)
        drop = p[1:-1, :-1] - p[1:-1, 1:]
        side = np.float32(0.25) * ((p[2:, :-1] - p[:-2, :-1]) + (p[2:, 1:] - p[:-2, 1:]))
        steep = np.sqrt(drop * drop + side * side + np.float32(1e-12))
        east = np.float32(RATE) * drop * np.maximum(0, 1 - np.float32(REST) / steep)
        h += (south[:-1] - south[1:]) + (east[:, :-1] - east[:, 1:])
    return h


def eight_neighbours(height: FloatArray) -> FloatArray:
    """Slide as most scripts do: each of eight neighbours takes its share of the excess; numpy slicing."""
    h = height.copy()
    for _ in range(PASSES):
        p = np.pad(h, 1, mode="edge")
        change = np.zeros_like(h)
        for r in (-1, 0, 1):
            for c in (-1, 0, 1):
                if r or c:
                    near = p[1 + r : p.shape[0] - 1 + r, 1 + c : p.shape[1] - 1 + c]
                    drop, rest = h - near, np.float32(REST * np.hypot(r, c))
                    change += np.maximum(-drop - rest, 0) - np.maximum(drop - rest, 0)
        h += np.float32(0.0625) * change
    return h


def stream_step(height: FloatArray) -> FloatArray:
    """One implicit stream-power step, sinks resolved, routed with dice as the generator does."""
    border = map_border(height.shape)
    filled = fill_depressions(height)
    tree = downstream_first(wander(filled, flow_receivers(filled, 2.0, border), border, 1, 1.0), height.shape[1])
    rate, flat = np.full(height.size, 0.1, np.float32), height.ravel().copy()
    reach = reach_of(tree, catchment(tree), rate, height.shape[1], POWER, 0.0, 1.0)
    incise(flat, flat.copy(), tree, reach)
    return flat.reshape(height.shape)


def landlab_step(height: FloatArray) -> Callable[[], object]:
    from landlab import RasterModelGrid
    from landlab.components import FlowAccumulator, StreamPowerEroder

    grid = RasterModelGrid(height.shape, xy_spacing=2.0)
    ground = grid.add_zeros("topographic__elevation", at="node")
    router = FlowAccumulator(grid, flow_director="FlowDirectorD8")
    eroder = StreamPowerEroder(grid, K_sp=0.01, m_sp=POWER, n_sp=1.0)

    def step() -> None:
        ground[:] = height.ravel()
        router.run_one_step()
        eroder.run_one_step(dt=10.0)

    return step


def race(title: str, candidates: dict[str, Callable[[], object]]) -> None:
    """Time candidates in turns; print the least wall and processor time of each, and both over the first's."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
    for turn in range(ROUNDS + 1):
        for name, run in candidates.items():
            wall, spent = time.perf_counter(), time.process_time()
            run()
            if turn:  # the first turn compiles and warms
                times[name].append((time.perf_counter() - wall, time.process_time() - spent))
    least = {name: tuple(min(column) for column in zip(*taken, strict=True)) for name, taken in times.items()}
    ours = next(iter(least.values()))
    print(title)
    for name, (wall, spent) in least.items():
        print(
            f"  {name:<52} {wall * 1e3:9.1f} ms x {wall / ours[0]:5.1f}   "
            f"{spent * 1e3:9.1f} ms of processors x {spent / ours[1]:5.1f}"
        )


def main() -> None:
    sides = [int(a) for a in sys.argv[1:]] or [512, 1024]
    threads = numba.get_num_threads()
    for side in sides:
        height = terrain(side)
        assert np.allclose(slicing(height), relax(height, REST, RATE, PASSES), atol=0.01)
        race(f"thermal erosion, {PASSES} passes, {side} x {side}", {
            f"ours ({threads if side**2 > 300_000 else 1} threads)": lambda h=height: relax(h, REST, RATE, PASSES),
            "numpy slicing, same scheme (1 thread)": lambda h=height: slicing(h),
            "numpy slicing, eight neighbours (1 thread)": lambda h=height: eight_neighbours(h),
        })  # fmt: skip
        steps: dict[str, Callable[[], object]] = {
            f"ours, sinks resolved ({threads} threads)": lambda h=height: stream_step(h)
        }
        if find_spec("landlab") is None:
            print("landlab is not installed: its stream-power step is skipped")
        else:
            steps["landlab, sinks left (1 thread)"] = landlab_step(height)
        race(f"stream power, one step, {side} x {side}", steps)


if __name__ == "__main__":
    main()
