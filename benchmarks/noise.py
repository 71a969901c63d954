"""Eight octaves of fBm on 1024 x 1024 samples: our kernels beside the noise libraries that are installed.

Run ``python benchmarks/noise.py [side]``. Candidates take turns in one process, so that a busy machine slows all of
them alike; only the ratios mean anything. ``noise`` is timed on fewer samples, because it is called once a sample.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

from pcgstudio.generators.kernels.noise import fractal_noise
from pcgstudio.world import Grid

ROUNDS, OCTAVES = 9, 8
FEATURE_CELLS = (256.0, 64.0)
Candidate = tuple[Callable[[], object], int, int]
"""What to run, the samples it makes, and its threads."""


def ours(side: int) -> dict[str, Candidate]:
    threads = numba.get_num_threads()
    found: dict[str, Candidate] = {}
    for cells in FEATURE_CELLS:
        for basis, fractal, warp in (
            ("perlin", "fbm", 0.0), ("perlin", "ridged", 0.0), ("value", "fbm", 0.0), ("simplex", "fbm", 0.0),
            ("worley", "fbm", 0.0), ("perlin", "swiss", 0.0), ("perlin", "fbm", cells / 4),
        ):  # fmt: skip

            def run(basis: str = basis, fractal: str = fractal, warp: float = warp, cells: float = cells) -> object:
                return fractal_noise(
                    Grid(side, side, 1.0), seed=1, feature_size_m=cells, octaves=OCTAVES, basis=basis,
                    fractal=fractal, warp_m=warp,
                )  # fmt: skip

            name = f"ours {basis} {fractal}{' warped' if warp else ''}, {cells:g} cells a feature"
            found[name] = run, side * side, threads
    return found


def lite(side: int) -> dict[str, Candidate]:
    from pyfastnoiselite import pyfastnoiselite as fnl

    maker = fnl.FastNoiseLite(1)
    maker.noise_type = fnl.NoiseType.NoiseType_Perlin
    maker.fractal_type = fnl.FractalType.FractalType_FBm
    maker.fractal_octaves = OCTAVES
    maker.frequency = 1 / FEATURE_CELLS[0]
    y, x = np.mgrid[:side, :side].astype(np.float32)
    at = np.stack([x.ravel(), y.ravel()])
    return {"pyfastnoiselite perlin fbm": (lambda: maker.gen_from_coords(at), side * side, 1)}


def simd(side: int) -> dict[str, Candidate]:
    """Three-dimensional noise on one plane: this package has no other."""
    vars(np)["product"] = np.prod  # numpy 2 took the name away, and the package still calls it
    import pyfastnoisesimd as fns

    maker = fns.Noise(seed=1, numWorkers=1)
    maker.noiseType, maker.frequency = fns.NoiseType.PerlinFractal, 1 / FEATURE_CELLS[0]
    maker.fractal.fractalType, maker.fractal.octaves = fns.FractalType.FBM, OCTAVES
    return {"pyfastnoisesimd perlin fbm, 3D": (lambda: maker.genAsGrid([1, side, side]), side * side, 1)}


def open_simplex(side: int) -> dict[str, Candidate]:
    import opensimplex

    axis = np.arange(side) / FEATURE_CELLS[0]

    def run() -> object:
        opensimplex.seed(1)
        return sum(opensimplex.noise2array(axis * 2.0**k, axis * 2.0**k) * 0.5**k for k in range(OCTAVES))

    return {"opensimplex fbm": (run, side * side, 1)}


def noise_package(side: int) -> dict[str, Candidate]:
    here = Path(__file__).resolve().parent
    sys.path[:] = [p for p in sys.path if Path(p).resolve() != here]  # this script has the name of the package
    import noise

    few = min(side, 96)

    def run(function: Callable[..., float]) -> object:
        step = 1 / FEATURE_CELLS[0]
        return [function(c * step, r * step, octaves=OCTAVES) for r in range(few) for c in range(few)]

    return {
        "noise.pnoise2": (lambda: run(noise.pnoise2), few * few, 1),
        "noise.snoise2": (lambda: run(noise.snoise2), few * few, 1),
    }


def main(side: int) -> None:
    candidates = ours(side)
    peers_of = (
        ("pyfastnoiselite", lite),
        ("pyfastnoisesimd", simd),
        ("opensimplex", open_simplex),
        ("noise", noise_package),
    )
    for package, make in peers_of:
        try:
            candidates |= make(side)
        except ImportError:
            print(f"{package} is not installed: left out")
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for run, _samples, _threads in candidates.values():
        run()  # compiles, warms caches
    for _ in range(ROUNDS):
        for name, (run, _samples, _threads) in candidates.items():
            start = time.process_time()
            run()
            times[name].append(time.process_time() - start)
    rate = {name: candidates[name][1] / float(min(took)) / 1e6 for name, took in times.items()}
    peers = [name for name in candidates if not name.startswith("ours")]
    print(f"{side} x {side}, {OCTAVES} octaves, best of {ROUNDS} rounds; M samples/s of processor time, and ratios")
    for name, value in rate.items():
        ratios = "  ".join(f"{value / rate[peer]:7.1f}x {peer.split()[0]}" for peer in peers)
        print(f"{name:46s} {candidates[name][2]} thread(s) {value:8.1f}  {ratios}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024)
