"""A hand on a slider: milliseconds of work until the draft of the map stands, by which step of two maps is dragged.

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
BUILT: tuple[tuple[str, dict[str, float]], ...] = (
    ("terrain_noise", {}), ("hills", {}), ("climate", {}), ("voxel_caves", {}), ("settlement", {"houses": 120}),
    ("roads", {}), ("scatter", {}),
)  # fmt: skip
MAPS = (
    ("ten steps", STEPS, ((9, "patch_m"), (4, "strength"), (0, "amplitude_m"))),
    ("town, caves, roads", BUILT, ((5, "width_m"), (4, "max_slope_deg"), (3, "mouth_width_m"), (0, "amplitude_m"))),
)


def recipe(name: str, steps: tuple[tuple[str, dict[str, float]], ...]) -> Recipe:
    made = tuple(Step(id=generator, generator=generator, params=params) for generator, params in steps)
    return Recipe(name=name, extent_m=(2048, 2048), resolution=CELLS, steps=made).validated()


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
    step, found = base.steps[index], list[Any]()
    value = float(getattr(step.parsed(), name))

    def answer(number: int) -> None:
        asked = base.with_step(step.changed(**{name: value * (1 - 0.004 * (number + 1))}))
        found[:] = dragged(bench, asked, step.id, Path(), Tiers().drag, quiet)

    took = least_ms(answer)
    return found[0].world, took


def main() -> None:
    print(f"{numba.get_num_threads()} threads")
    for name, steps, dragged_steps in MAPS:
        base = recipe(name, steps)
        whole = least_ms(lambda _, base=base: build(base, base.grid(CELLS)))
        true = build(base, base.grid(CELLS))
        print(f"{name} at {CELLS} x {CELLS}: {whole:.0f} ms without a cache")
        for index, param in dragged_steps:
            bench = Bench(scene_of, draw_quick=coarse_scene)
            list(warmed(bench, base, Path(), Tiers().drag, quiet))
            draft, took = draft_of(bench, base, index, param)
            ground = resized(draft["height"], (CELLS, CELLS), "linear")
            near = np.corrcoef(ground.ravel(), true["height"].ravel())[0, 1]
            print(
                f"  {base.steps[index].id}.{param}: draft drawn after {took:.0f} ms, {took / whole:.2f} of the whole, "
                f"{'within' if took <= BOUND_MS else 'OVER'} {BOUND_MS} ms; correlation {near:.3f}"
            )


if __name__ == "__main__":
    main()
