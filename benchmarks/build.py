"""Whole jobs: time from a sentence to a bundle, and one terrain pipeline against the same stages from libraries.

``python -I benchmarks/build.py`` prints medians of several rounds in one process, with the thread count. The library
pipeline does what a user would put together from packages that install here: pyfastnoiselite for noise, numpy for 50
passes of thermal erosion, scikit-image for filling, plain numpy for D8; a peer that is absent is named and skipped.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray

from pcgstudio.bundle import Run, write_bundle
from pcgstudio.events import Finished
from pcgstudio.generators.kernels.flow import accumulate, fill_depressions, flow_receivers
from pcgstudio.generators.kernels.noise import fractal_noise
from pcgstudio.generators.kernels.talus import relax
from pcgstudio.studio import run
from pcgstudio.world import Grid

SENTENCES = (
    "A small volcanic island with two rivers, a lake in the crater and dense forest in the north",
    "Snowy mountains with two lakes and pine forest",
    "A dungeon with 12 rooms, a boss room and two treasure rooms",
)
CELLS = 512
PASSES = 50
ROUNDS = 5


def median_s(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of a few calls [s], after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def sentence_to_bundle(sentence: str) -> None:
    """Do the main job, files included."""
    *events, done = run(sentence, seed=1)
    assert isinstance(done, Finished)
    with tempfile.TemporaryDirectory() as folder:
        how = Run(sentence, done.status, done.rounds, done.agent, None, 0, done.seconds)
        lines = [e.to_json() for e in (*events, done)]
        write_bundle(Path(folder) / "map", done.recipe, done.world, done.brief, done.report, how, lines)


def ours(grid: Grid) -> NDArray[np.float32]:
    """Noise, 50 thermal passes, filling, D8 and catchment by this program's kernels."""
    height = fractal_noise(grid, seed=1, feature_size_m=400) * np.float32(120)
    height = relax(height, np.float32(np.tan(np.radians(33)) * grid.cell_size_m), 0.25, PASSES)
    filled = fill_depressions(height, epsilon_m=1e-3)
    return accumulate(flow_receivers(filled, grid.cell_size_m), np.ones(filled.size, np.float32))


def libraries(grid: Grid) -> NDArray[np.float64]:
    """Do the same stages with packages."""
    from pyfastnoiselite.pyfastnoiselite import FastNoiseLite, FractalType, NoiseType
    from skimage.morphology import reconstruction

    noise = FastNoiseLite(1)
    noise.noise_type, noise.fractal_type = NoiseType.NoiseType_Perlin, FractalType.FractalType_FBm
    noise.fractal_octaves, noise.frequency = 8, grid.cell_size_m / 400
    x, y = np.meshgrid(np.arange(grid.cols, dtype=np.float32), np.arange(grid.rows, dtype=np.float32))
    height = noise.gen_from_coords(np.stack([x.ravel(), y.ravel()])).reshape(grid.shape) * np.float32(120)
    rest = np.float32(np.tan(np.radians(33)) * grid.cell_size_m)
    for _ in range(PASSES):
        height = _crumble(height, rest)
    seed = np.full_like(height, height.max())
    seed[[0, -1]], seed[:, [0, -1]] = height[[0, -1]], height[:, [0, -1]]
    return _catchment(reconstruction(seed, height, method="erosion"))


def _crumble(height: NDArray[np.float32], rest: np.float32) -> NDArray[np.float32]:
    change = np.zeros_like(height)
    for axis in (0, 1):
        drop = np.diff(height, axis=axis)
        moved = np.float32(0.25) * (np.maximum(drop - rest, 0) - np.maximum(-drop - rest, 0))
        low, high = [slice(None)] * 2, [slice(None)] * 2
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        change[tuple(low)] += moved
        change[tuple(high)] -= moved
    return height + change


def _catchment(height: NDArray[np.floating]) -> NDArray[np.float64]:
    """D8 and accumulation by sorting, vectorised per rank where numpy allows."""
    rows, cols = height.shape
    padded = np.pad(height, 1, constant_values=np.inf)
    best, receiver = np.zeros(height.shape), np.arange(rows * cols).reshape(height.shape)
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            drop = (height - padded[1 + dr : 1 + dr + rows, 1 + dc : 1 + dc + cols]) / max(np.hypot(dr, dc), 1)
            better = drop > best
            best = np.where(better, drop, best)
            receiver = np.where(better, np.arange(rows * cols).reshape(height.shape) + dr * cols + dc, receiver)
    area, flat = np.ones(rows * cols), receiver.ravel()
    for cell in np.argsort(-height.ravel(), kind="stable"):
        if flat[cell] != cell:
            area[flat[cell]] += area[cell]
    return area


def main() -> None:
    """Print the table."""
    print(f"{numba.get_num_threads()} threads, {CELLS} cells")
    for sentence in SENTENCES:
        print(f"{median_s(lambda s=sentence: sentence_to_bundle(s)):6.2f} s  sentence to bundle: {sentence}")
    grid = Grid.over((1024.0, 1024.0), CELLS)
    mine = median_s(lambda: ours(grid))
    print(f"{mine * 1e3:6.0f} ms noise, {PASSES} thermal passes, filling, D8, catchment: ours")
    missing = [name for name in ("pyfastnoiselite", "skimage") if find_spec(name) is None]
    if missing:
        print(f"        the same from libraries: skipped, {', '.join(missing)} not installed (uv sync --group bench)")
        return
    theirs = median_s(lambda: libraries(grid), rounds=2)
    print(f"{theirs * 1e3:6.0f} ms the same from libraries: {theirs / mine:.1f} times as long")


if __name__ == "__main__":
    main()
