"""What every installed generator costs: seconds, cells a second, and memory, each in a process of its own.

Run ``python benchmarks/generators.py [--cells N] [--write] [NAME ...]``. For each generator a small recipe is built up
to it, and then the step alone is timed: *cold* is the first call of the process, which loads compiled kernels, *warm*
the best of three. *Working* is how far the memory of the process rises while the step runs above what it held before,
and *kept* what its layers take afterwards, both in bytes a cell; the peak is the kernel's own record of the resident
set, reset before the step (Linux only). With ``--write`` the figures go into ``assets/memory.json``, from which a build
estimates what a recipe needs, and into the table in ``docs/memory.md``. ``--scaling`` shows instead what a cell costs
at five sizes: a step whose cost is linear keeps it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CELLS, WARM_ROUNDS, EXTENT_M = 512, 3, 2048.0
SIZES = (256, 512, 1024, 2048, 4096)
INDOORS = ("interior", "role")
ROOT = Path(__file__).resolve().parents[1]

GROUND = ("terrain_noise", {"amplitude_m": 120.0, "feature_size_m": 500.0})
SEA = ("landmass", {"pattern": "coast", "land_fraction": 0.7})
MASKS = (("mask_shape", {"width_m": 300.0}), ("mask_poisson", {"into": "b"}))
BEFORE: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "base": (), "mask": (GROUND, *MASKS), "landmass": (GROUND,), "interior": (), "role": (("rooms", {}),),
    **dict.fromkeys(("landform", "surface", "terrace", "water"), (GROUND,)),
    **dict.fromkeys(("erosion", "river", "climate"), (GROUND, SEA)),
    **dict.fromkeys(("cover", "settlement", "road", "volume", "scatter", "props"), (GROUND, SEA, ("climate", {}))),
}  # fmt: skip
"""What a recipe holds before a step of each stage."""

EXTREMES: dict[str, dict[str, dict[str, Any]]] = {
    "settlement": {"2000 buildings": {"kind": "town", "buildings": 2000}},
    "rooms": {"200 rooms": {"room_count": 200}},
    "hydraulic_erosion": {"droplet": {"mode": "droplet"}},
    "scatter": {"rock": {"kind": "rock"}, "grass": {"kind": "grass"}},
    "terrain_noise": {"swiss, warped": {"fractal": "swiss", "warp_m": 100.0}},
}
"""More than the defaults, where a target or another way through the generator asks for it."""

TABLE = "| generator | working bytes a cell |\n|---|---|\n"

EXTENTS = {"2000 buildings": 3072.0, "200 rooms": 512.0}


def one(name: str, cells: int, params: dict[str, Any], extent_m: float) -> dict[str, Any]:
    """Build what comes before, then the step alone: seconds cold and warm, bytes a cell, also of each layer."""
    from pcgstudio.build import StepCache, build, run_steps
    from pcgstudio.generator import get_generator
    from pcgstudio.recipe import Recipe, Step

    made_by = get_generator(name)
    before = tuple(Step(id=f"{n}", generator=n, params=p) for n, p in BEFORE[made_by.stage] if n != name)
    recipe = Recipe(seed=7, extent_m=(extent_m,) * 2, resolution=max(cells, 16), steps=before)
    grid, step = recipe.grid(cells), Step(id="it", generator=name, params=params)
    whole = recipe.model_copy(update={"steps": (*before, step)})
    cache = StepCache()
    build(recipe, grid, cache=cache)
    begun = time.perf_counter()
    world = run_steps(whole, grid, cache=cache.copy())
    cold = time.perf_counter() - begun
    warm, working = [], []
    for _ in range(WARM_ROUNDS):
        again = cache.copy()
        held = _resident("VmRSS", reset=True)
        begun = time.perf_counter()
        world = run_steps(whole, grid, cache=again)
        warm.append(time.perf_counter() - begun)
        working.append(_resident("VmHWM") - held)
    new = [layer for n, layer in world.layers.items() if layer.source == "it"]
    return {
        "cold": cold,
        "warm": min(warm),
        "working": min(working) / (grid.rows * grid.cols),
        "kept": sum(layer.data.nbytes for layer in new) / (grid.rows * grid.cols),
        "layers": {n: layer.data.itemsize for n, layer in world.layers.items()},
    }


def scaling(name: str, extent_m: float) -> dict[str, float]:
    """Microseconds of processor time a thousand cells that the step takes, by cells on a side; one call each."""
    from pcgstudio.build import StepCache, run_steps
    from pcgstudio.generator import get_generator
    from pcgstudio.recipe import Recipe, Step

    told = [*(one for one in BEFORE[get_generator(name).stage] if one[0] != name), (name, {})]
    steps = tuple(Step(id=f"{n}", generator=n, params=p) for n, p in told)
    recipe, found = Recipe(seed=7, extent_m=(extent_m,) * 2, steps=steps), {}
    before = recipe.model_copy(update={"steps": steps[:-1]})
    for cells in (SIZES[0], *SIZES):  # the first loads compiled kernels
        cache, grid = StepCache(1 << 32), recipe.grid(cells)
        run_steps(before, grid, cache=cache)
        begun = time.process_time()
        run_steps(recipe, grid, cache=cache)
        found[str(cells)] = (time.process_time() - begun) * 1e9 / cells**2
    return found


def ends(cells: int) -> dict[str, float]:
    """Bytes a cell that completing a map takes, and measuring and writing it as a bundle, beside the map itself."""
    from pcgstudio.brief import Brief
    from pcgstudio.build import build, complete, run_steps
    from pcgstudio.bundle import Run, write_bundle
    from pcgstudio.measure import assess
    from pcgstudio.recipe import Recipe, Step

    steps = (GROUND, SEA, ("rivers", {}), ("climate", {}), ("scatter", {}))
    recipe = Recipe(
        seed=7, extent_m=(EXTENT_M,) * 2, resolution=cells,
        steps=tuple(Step(id=n, generator=n, params=p) for n, p in steps),
    )  # fmt: skip

    def written(world: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            write_bundle(Path(folder) / "map", recipe, world, Brief(), assess(world, Brief()), Run())

    written(build(recipe, recipe.grid(64)))  # loads compiled kernels
    world = run_steps(recipe, recipe.grid())
    held = _resident("VmRSS", reset=True)
    whole = complete(world)
    finish = _resident("VmHWM") - held
    del world
    held = _resident("VmRSS", reset=True)
    written(whole)
    return {"finish": finish / cells**2, "bundle": (_resident("VmHWM") - held) / cells**2}


def _resident(field: str, *, reset: bool = False) -> int:
    """Return the resident set of this process, or its peak [bytes]; 0 where there is no Linux to ask."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(one for one in status.read_text().splitlines() if one.startswith(field))
    return int(line.split()[1]) * 1024


def measured(*told: Any) -> dict[str, Any] | None:
    """Run `one`, or `ends`, in a process of its own, where every large array goes back to the system at once."""
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    done = subprocess.run(
        [sys.executable, __file__, "--one", json.dumps(told)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        print(f"{told[0]} failed: {done.stderr.strip().splitlines()[-1]}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print a line for each generator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cells", type=int, default=CELLS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--one")
    told = parser.parse_args()
    if told.one:
        asked = json.loads(told.one)
        print(json.dumps((ends, scaling, None, one)[len(asked) - 1](*asked)))
        return
    from pcgstudio.generator import load_generators

    if told.scaling:
        print_scaling(told.names)
        return
    rows: dict[str, dict[str, Any]] = {}
    print(f"{told.cells} x {told.cells} cells; seconds cold and warm, M cells/s warm, bytes a cell working and kept")
    known = load_generators()
    for name, made_by in known.items():
        if told.names and name not in told.names:
            continue
        for label, params in {"": {}, **EXTREMES.get(name, {})}.items():
            extent = EXTENTS.get(label, 128.0 if made_by.stage in INDOORS else EXTENT_M)
            found = measured(name, told.cells, params, extent)
            if found is None:
                continue
            rows[f"{name} ({label})" if label else name] = found
            print(
                f"{name + (f' ({label})' if label else ''):32s} {found['cold']:7.2f} {found['warm']:7.3f} "
                f"{told.cells**2 / found['warm'] / 1e6:8.1f} {found['working']:7.1f} {found['kept']:6.1f}",
                flush=True,
            )

    if told.write:
        write(told.cells, rows, measured(told.cells) or {})


def print_scaling(names: list[str]) -> None:
    """Print what a cell costs at each size: a step whose cost is linear keeps it."""
    from pcgstudio.generator import load_generators

    print(f"us of processor time a thousand cells at {', '.join(map(str, SIZES))} cells a side; last against least")
    for name, made_by in load_generators().items():
        if names and name not in names:
            continue
        found = measured(name, 128.0 if made_by.stage in INDOORS else EXTENT_M)
        if found is not None:
            costs = list(found.values())
            print(f"{name:22s}" + "".join(f"{c:9.1f}" for c in costs) + f"{costs[-1] / min(costs):7.1f}x", flush=True)


def write(cells: int, rows: dict[str, dict[str, Any]], last: dict[str, float]) -> None:
    """Write ``assets/memory.json`` and the table of ``docs/memory.md``; what was not measured keeps its figures."""
    path, page = ROOT / "assets" / "memory.json", ROOT / "docs" / "memory.md"
    told = json.loads(path.read_text()) if path.exists() else {"working": {}, "layers": {}}
    fresh: dict[str, float] = {}
    for label, found in rows.items():
        name = label.split(" ")[0]
        fresh[name] = max(fresh.get(name, 0.0), round(found["working"] + 0.5))
        told["layers"] |= found["layers"]
    told["working"] |= fresh
    document = {
        "cells": cells,
        "finish": round(last["finish"] + 0.5),
        "bundle": round(last["bundle"] + 0.5),
        "working": dict(sorted(told["working"].items())),
        "layers": dict(sorted(told["layers"].items())),
    }
    path.write_text(json.dumps(document, indent=2) + "\n")
    head = page.read_text().split(TABLE)[0] if page.exists() else ""
    lines = [f"| {name} | {value:.0f} |" for name, value in document["working"].items()]
    page.write_text(head + TABLE + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
