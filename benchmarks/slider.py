"""A hand on a slider: milliseconds of work until the coarse map is built, by which of ten steps is dragged.

``python -I benchmarks/slider.py``. Every value is new, so the dragged step and all that depend on it are built; the
others come from the cache. The guess is what the window shows before that: the change of the step alone, carried over
to the map before it. Work is the processor time of all threads, which other programs do not lengthen; shares are of the
same build without a cache, in the same process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numba

from pcgstudio.build import StepCache, build, quiet
from pcgstudio.recipe import Recipe, Step
from pcgstudio.ui.carrying import carried

CELLS, ROUNDS = 256, 9
STEPS: tuple[tuple[str, dict[str, float]], ...] = (
    ("terrain_noise", {}), ("mountains", {}), ("hills", {}), ("volcano", {}), ("hydraulic_erosion", {}),
    ("thermal_erosion", {}), ("lakes", {"count": 2}), ("rivers", {}), ("climate", {}), ("scatter", {"cover": 0.3}),
)  # fmt: skip
DRAGGED = (("last", 9, "patch_m"), ("middle", 4, "strength"), ("first", 0, "amplitude_m"))


def recipe() -> Recipe:
    steps = tuple(Step(id=generator, generator=generator, params=params) for generator, params in STEPS)
    return Recipe(name="ten steps", extent_m=(2048, 2048), steps=steps).validated()


def least_ms(work: Callable[[int], object]) -> float:
    """Return the least processor time of a few calls [ms], after one that does not count."""
    work(0)
    times = []
    for number in range(1, ROUNDS + 1):
        start = time.process_time()
        work(number)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def dragged(base: Recipe, index: int, name: str) -> tuple[float, float]:
    """Return the time of the guess and that of the build [ms]."""
    step, cache = base.steps[index], StepCache()
    value = float(getattr(step.parsed(), name))
    build(base, base.grid(CELLS), cache=cache)

    def new(number: float) -> Recipe:
        return base.with_step(step.changed(**{name: value * (1 - 0.004 * (number + 1))}))

    guess = least_ms(lambda n: carried(base, new(n + 0.5), step.id, CELLS, cache, Path(), quiet))
    return guess, least_ms(lambda n: build(new(n), base.grid(CELLS), cache=cache))


def main() -> None:
    base = recipe()
    whole = least_ms(lambda _: build(base, base.grid(CELLS)))
    print(f"{numba.get_num_threads()} threads; ten steps at {CELLS} x {CELLS}: {whole:.0f} ms without a cache")
    for title, index, name in DRAGGED:
        guess, took = dragged(base, index, name)
        print(
            f"{title:>7} step, {base.steps[index].id}.{name}: guess {guess:.0f} ms, {guess / whole:.2f} of the whole; "
            f"build {took:.0f} ms, {took / whole:.2f}"
        )


if __name__ == "__main__":
    main()
