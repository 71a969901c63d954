"""How much memory is free, how much a recipe needs, and a refusal before it is too late.

What a generator needs is measured, not guessed: ``benchmarks/generators.py --write`` writes ``assets/memory.json``
(see ``docs/memory.md``). A step needs what it works with, its result included, on top of the layers that are held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import psutil

from .errors import InputError, TooLargeError
from .generator import get_generator
from .recipe import Recipe, Step
from .wanted import ALWAYS, turns
from .world import Grid

COMPLETED = ALWAYS | {"water_level", "water", "slope"}
"""Layers that every complete map has."""

CONTINUOUS = 4.0
"""Bytes a cell of a layer that no measured generator writes: float32."""


@dataclass(frozen=True)
class Costs:
    """Measured bytes a cell.

    Parameters
    ----------
    working : mapping of str to float
        Generator to what its step takes at the most, its result included.
    layers : mapping of str to float
        Layer to what it takes.
    finish, bundle : float
        What completing a world, and what measuring and writing it take at the most.
    """

    working: Mapping[str, float]
    layers: Mapping[str, float]
    finish: float
    bundle: float

    def of(self, generator: str) -> float:
        """Return what a generator's step takes; for one that was never measured, as much as the greediest."""
        return self.working.get(generator, max(self.working.values()))

    @property
    def most(self) -> float:
        """What a map takes at the most of which no step is known yet: every layer, and the greediest step at work."""
        return sum(self.layers.values()) + max(*self.working.values(), self.bundle)

    def held(self, names: Iterable[str]) -> float:
        """Return what layers take; placed things are not counted by the cell."""
        return sum(self.layers.get(name, CONTINUOUS) for name in names if ":" not in name)


@dataclass(frozen=True)
class Need:
    """Bytes a cell that a build takes.

    Parameters
    ----------
    peak : float
        At the most, at one time.
    step : str
        Id of the step during which that is; empty where it is the writing of the bundle.
    made : float
        All that its steps make, which a cache may go on holding.
    """

    peak: float
    step: str
    made: float

    def bytes(self, cells: int, cached: int) -> float:
        """Return the bytes for so many cells, beside a cache that may hold ``cached`` bytes."""
        return self.peak * cells + min(float(cached), self.made * cells)

    def cells(self, free: int, cached: int) -> int:
        """Return the most cells that ``free`` bytes are enough for."""
        return max(0, int(max(free / (self.peak + self.made), (free - cached) / self.peak)))


@cache
def costs() -> Costs:
    """Return what was measured."""
    told = json.loads(files("pcgstudio.assets").joinpath("memory.json").read_text(encoding="utf-8"))
    return Costs(told["working"], told["layers"], told["finish"], told["bundle"])


def available_bytes() -> int:
    """Return the memory [bytes] that this process may still take without swapping."""
    return int(psutil.virtual_memory().available)


def need_of(recipe: Recipe, keep: frozenset[str] | None = None) -> Need:
    """Return what building a recipe takes; ``keep`` as in `pcgstudio.build.build`."""
    peak, step = max(_moments(recipe.steps, keep), key=lambda one: one[0])
    made = sum(costs().held(_written(turn.step)) for turn in turns(recipe.steps, keep))
    if recipe.hold is None:
        return Need(peak, step, made)
    earlier = need_of(recipe.hold.recipe)
    whole = costs().held(frozenset().union(COMPLETED, *(_written(s) for s in recipe.hold.recipe.steps)))
    return Need(max(earlier.peak, whole + peak), step, made + earlier.made)


def _moments(steps: Iterable[Step], keep: frozenset[str] | None) -> Iterator[tuple[float, str]]:
    """Yield the bytes a cell that are taken in each step and at the end, and the step's id, or nothing at the end."""
    measured, names = costs(), frozenset[str]()
    for turn in turns(steps, keep):
        yield measured.held(names) + measured.of(turn.step.generator), turn.step.id
        names |= _written(turn.step)
        names = names if turn.after is None else names & turn.after
    yield measured.held(names | ALWAYS) + measured.finish, ""
    if keep is None:
        yield measured.held(names | COMPLETED) + measured.bundle, ""


def _written(step: Step) -> frozenset[str]:
    """Return what a step writes; nothing for a generator that nobody has, which is for others to complain about."""
    try:
        return frozenset(get_generator(step.generator).writes)
    except InputError:
        return frozenset()


def check_memory(recipe: Recipe, grid: Grid, keep: frozenset[str] | None = None, cached: int = 0) -> None:
    """Refuse a map that cannot fit, naming the largest that does.

    Parameters
    ----------
    recipe, grid, keep
        As in `pcgstudio.build.build`.
    cached : int
        Bytes that a cache of steps may hold beside the map.

    Raises
    ------
    TooLargeError
    """
    need, free = need_of(recipe, keep), available_bytes()
    needed = need.bytes(grid.rows * grid.cols, cached)
    if needed <= free:
        return
    most = need.cells(free, cached)
    aspect = min(grid.shape) / max(grid.shape)
    fits = int((most / aspect) ** 0.5) // 64 * 64
    smaller = Grid.over(grid.extent_m, max(fits, 1))
    if smaller.rows * smaller.cols > most:  # the shorter side is rounded to whole cells
        fits -= 64
    cure = f"use --resolution {fits} or less" if fits >= 64 else "free some memory"
    told = f"{needed / 2**30:.1f} GiB" + (f" in step '{need.step}'" if need.step else "")
    raise TooLargeError(f"{max(grid.shape)} cells need about {told} and {free / 2**30:.1f} GiB are free; {cure}")
