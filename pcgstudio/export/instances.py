"""Placed things as a table, in the axes of an engine."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio import models
from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, Instances, World

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """How an engine counts.

    Parameters
    ----------
    columns : tuple of str
        Names of what `turned` returns.
    turned : callable
        ``turned(placement (n, 5)) -> (n, len(columns)) float64``: the engine's place and heading of map placements
        (x east, y north, z up [m], yaw [degrees, counter-clockwise from east], scale).
    """

    columns: tuple[str, ...]
    turned: Callable[[FloatArray], Numbers]


def write(world: World, path: Path, frame: Frame) -> dict[str, Any]:
    """Write everything placed as CSV, and return what was written, by kind and species.

    Every row has kind, species, the frame's columns, and length, width and height [m].

    Raises
    ------
    BuildError
        A position or size is no number.
    """
    told: dict[str, Any] = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["kind", "species", *frame.columns, "length_m", "width_m", "height_m"])
        for kind in sorted(world.instances):
            placed = world.instances[kind]
            if not np.isfinite(placed.placement).all() or not np.isfinite(placed.size).all():
                raise BuildError(f"a placed {kind} has a position or size that is no number; rebuild the map")
            numbers = np.round(np.column_stack([frame.turned(placed.placement), sizes(placed)]), 4) + 0.0
            names = [placed.names[k] for k in placed.species]
            table.writerows([kind, name, *row] for name, row in zip(names, numbers.tolist(), strict=True))
            told[kind] = counts(placed)
    return told


def counts(placed: Instances) -> Mapping[str, int]:
    """Return how many there are of every species that occurs."""
    number = np.bincount(placed.species, minlength=len(placed.names)) if len(placed) else np.zeros(len(placed.names))
    return {name: int(n) for name, n in zip(placed.names, number, strict=True) if n}


def sizes(placed: Instances) -> FloatArray:
    """``(n, 3) float32`` length, width, height [m], natural proportions filled in."""
    size = np.array(placed.size, dtype=np.float32)
    for number, name in enumerate(placed.names):
        if name in models.SPECIES:
            mine = placed.species == number
            natural = np.array(models.footprint(name), dtype=np.float32)
            size[mine, :2] = np.where(size[mine, :2] > 0, size[mine, :2], natural * size[mine, 2:3])
    return size
