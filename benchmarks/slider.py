"""A hand on a slider: milliseconds of work until the draft of the map stands, by which of ten steps is dragged.

``python -I benchmarks/slider.py``. Every value is new, so the dragged step and all that depend on it are built; the
others come from the cache. The draft is built by the works of the window, from the same recipe, and drawn as the window
draws it. Work is the processor time of all threads, which other programs do not lengthen; shares are of the whole map's
build at 256 x 256 cells without a cache, in the same process. The last column says how near the draft's ground is to
that of the whole map: their correlation over the map.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from pcgstudio.build import build, quiet
from pcgstudio.recipe import Recipe, Step
from pcgstudio.shading import resized
from pcgstudio.ui.building import dragged, warmed
from pcgstudio.ui.preferences import Tiers
from pcgstudio.ui.scene import scene_of
from pcgstudio.ui.viewport.coarse import coarse_scene
from pcgstudio.ui.works import Bench

CELLS, ROUNDS, BOUND_MS = 256, 9, 50
STEPS: tuple[tuple[str, dict[str, float]], ...] = (
    ("terrain_noise", {}), ("mountains", {}), ("hills", {}), ("volcano", {}), ("hydraulic_erosion", {}),
    ("thermal_erosion", {}), ("lakes", {"count": 2}), ("rivers", {}), ("climate", {}), ("scatter", {"cover": 0.3}),
)  # fmt: skip
DRAGGED = (("last", 9, "patch_m"), ("middle", 4, "strength"), ("first", 0, "amplitude_m"))


def recipe() -> Recipe:
    steps = tuple(Step(id=generator, generator=generator, params=params) for generator, params in STEPS)
    return Recipe(name="ten steps", extent_m=(2048, 2048), resolution=CELLS, steps=steps).validated()


def least_ms(work: Callable[[int], object]) -> float:
    """Return the least processor time of a few calls [ms], after one that does not count."""
    work(0)
    times = []
    for number in range(1, ROUNDS + 1):
        start = time.process_time()
        work(number)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def draft_of(bench: Bench, base: Recipe, index: int, name: str) -> tuple[Any, float]:
    """Return the last draft, and the time from a value to its drawing [ms]."""
    step, found = base.steps[index], []
    value = float(getattr(step.parsed(), name))

    def answer(number: int) -> None:
        asked = base.with_step(step.changed(**{name: value * (1 - 0.004 * (number + 1))}))
        found[:] = dragged(bench, asked, step.id, Path(), Tiers().drag, quiet)

    took = least_ms(answer)
    return found[0].world, took


def main() -> None:
    base = recipe()
    whole = least_ms(lambda _: build(base, base.grid(CELLS)))
    true = build(base, base.grid(CELLS))
    print(f"{numba.get_num_threads()} threads; ten steps at {CELLS} x {CELLS}: {whole:.0f} ms without a cache")
    for title, index, name in DRAGGED:
        bench = Bench(scene_of, draw_quick=coarse_scene)
        list(warmed(bench, base, Path(), Tiers().drag, quiet))
        draft, took = draft_of(bench, base, index, name)
        ground = resized(draft["height"], (CELLS, CELLS), "linear")
        near = np.corrcoef(ground.ravel(), true["height"].ravel())[0, 1]
        print(
            f"{title:>7} step, {base.steps[index].id}.{name}: draft drawn after {took:.0f} ms, {took / whole:.2f} of "
            f"the whole, {'within' if took <= BOUND_MS else 'OVER'} {BOUND_MS} ms; correlation {near:.3f}"
        )


if __name__ == "__main__":
    main()
