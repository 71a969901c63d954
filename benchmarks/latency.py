"""From a moved slider to the rebuilt world: a parameter of the last, a middle and the first step of ten.

Run ``python benchmarks/latency.py [cells ...]`` (256 and 512 by default). One process, one cache, as in the window:
each turn sets a value that was not there before, so the step and all that hang on it are built again and nothing else
is. Printed are the least wall time and the least processor time of `TURNS` turns, which a busy machine disturbs less,
the number of steps that were built, and what the same build takes when nothing changed: hashing and merging alone.
"""

from __future__ import annotations

import sys
import time

import numba

from pcgstudio.build import StepCache, build
from pcgstudio.recipe import Recipe, Step

TURNS = 5
STEPS = (
    ("ground", "terrain_noise", {}), ("sea", "landmass", {"pattern": "coast"}), ("mountains", "mountains", {}),
    ("hills", "hills", {}), ("rivers carve", "hydraulic_erosion", {}), ("screes", "thermal_erosion", {}),
    ("rivers", "rivers", {"count": 2}), ("air", "climate", {}), ("trees", "scatter", {"cover": 0.2}),
    ("rocks", "scatter", {"kind": "rock"}),
)  # fmt: skip
MOVES = {
    "last: density of rocks": ("rocks", "density_per_ha", 4.0, 0.1),
    "middle: rest of screes": ("screes", "talus_deg", 30.0, 0.3),
    "first: height of the ground": ("ground", "amplitude_m", 60.0, 1.0),
}
"""Step, parameter, value of the first turn, and what each turn adds."""


def main(sides: list[int]) -> None:
    """Print a table for each size."""
    recipe = Recipe(seed=4, steps=tuple(Step(id=i, generator=g, params=p) for i, g, p in STEPS))
    print(f"{len(STEPS)} steps, {numba.get_num_threads()} threads, least of {TURNS} turns")
    for cells in sides:
        cache, grid = StepCache(), recipe.grid(cells)
        build(recipe, grid, cache=cache)
        for name, (step, parameter, value, more) in MOVES.items():
            times = [
                timed(recipe.with_step(recipe.step(step).changed(**{parameter: value + n * more})), cells, cache)
                for n in range(TURNS + 1)
            ][1:]
            wall, spent, built = (min(column) for column in zip(*times, strict=True))
            print(f"{cells:5d}²  {name:30s} {wall * 1e3:8.1f} ms  {spent * 1e3:8.1f} ms processor  {built} steps built")
        wall, spent, built = timed(recipe, cells, cache)
        print(
            f"{cells:5d}²  {'nothing':30s} {wall * 1e3:8.1f} ms  {spent * 1e3:8.1f} ms processor  {built} steps built"
        )


def timed(recipe: Recipe, cells: int, cache: StepCache) -> tuple[float, float, int]:
    """Return wall and processor seconds of a build, and how many steps it built."""
    missed, wall, spent = cache.misses, time.perf_counter(), time.process_time()
    build(recipe, recipe.grid(cells), cache=cache)
    return time.perf_counter() - wall, time.process_time() - spent, cache.misses - missed


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [256, 512])
