"""Stairs as they are seen with the roofs off: a flight that climbs, and a pit with steps that go down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import MeshPart

from .dungeon_lattice import Lattice
from .dungeon_mesh import boxes

STEPS = 7
"""Steps of a flight."""
RISE_M = 0.3
"""Height of a step of a flight; it ends below the ceiling that is not shown."""


def flight_part(lattice: Lattice, cells: NDArray[np.int64], z: float, storey_m: float, suffix: str) -> MeshPart:
    """Return flights that climb to the south, each in a cell.

    Parameters
    ----------
    cells : ndarray
        ``(n, 2)`` row and column.
    z : float
        Floor they start from [m].
    """
    half = lattice.cell_m / 2 * 0.86
    rise = min(RISE_M, storey_m / STEPS)
    wide = 2 * half / STEPS
    shapes = [((-half + (k + 0.5) * wide, 0.0), (wide / 2, half), (z, z + (k + 1) * rise + 0.08)) for k in range(STEPS)]
    return _part("stairs", "stairs", lattice, cells, shapes, suffix)


def pit_part(lattice: Lattice, cells: NDArray[np.int64], z: float, suffix: str) -> MeshPart:
    """Return curbs around dark pits into which steps go down."""
    half = lattice.cell_m / 2 * 0.92
    curb = 0.1 * lattice.cell_m
    shapes = [
        ((0.0, half - curb), (half, curb), (z, z + 0.3)),
        ((0.0, curb - half), (half, curb), (z, z + 0.3)),
        ((half - curb, 0.0), (curb, half - 2 * curb), (z, z + 0.3)),
    ]
    deep = half - curb
    shapes += [
        ((-half + (k + 0.5) * 2 * deep / 4, 0.0), (deep / 4 * 0.8, half - 2 * curb), (z, z + 0.2 - 0.035 * k))
        for k in range(4)
    ]
    return _part("stairs_down", "stairs", lattice, cells, shapes, suffix)


def _part(
    name: str, material: str, lattice: Lattice, cells: NDArray[np.int64],
    shapes: list[tuple[tuple[float, float], tuple[float, float], tuple[float, float]]], suffix: str,
) -> MeshPart:  # fmt: skip
    middle = lattice.points(cells)
    vertices, faces = boxes(middle, np.ones(len(middle), dtype=bool), shapes)
    return MeshPart(f"{name}{suffix}", vertices, faces, material, True)
