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


Shapes = list[tuple[tuple[float, float], tuple[float, float], tuple[float, float]]]


def flight_part(
    lattice: Lattice, cells: NDArray[np.int64], way: NDArray[np.int64], z: float, storey_m: float, suffix: str
) -> MeshPart:
    """Return flights of steps, each in a cell.

    Parameters
    ----------
    cells : ndarray
        ``(n, 2)`` row and column.
    way : ndarray
        ``(n,)`` where they climb to: 0 east, 1 south, 2 west, 3 north.
    z : float
        Floor they start from [m].
    """
    half = lattice.cell_m / 2 * 0.86
    rise = min(RISE_M, storey_m / STEPS)
    wide = 2 * half / STEPS
    shapes: Shapes = [
        ((-half + (k + 0.5) * wide, 0.0), (wide / 2, half), (z, z + (k + 1) * rise + 0.08)) for k in range(STEPS)
    ]
    return _part(f"stairs{suffix}", lattice, cells, way, shapes)


def pit_part(
    lattice: Lattice, cells: NDArray[np.int64], way: NDArray[np.int64], z: float, suffix: str
) -> MeshPart:  # fmt: skip
    """Return curbs around pits, open where their steps come up; see `flight_part`."""
    half = lattice.cell_m / 2 * 0.92
    curb = 0.1 * lattice.cell_m
    deep = half - curb
    shapes: Shapes = [
        ((0.0, half - curb), (half, curb), (z, z + 0.3)),
        ((0.0, curb - half), (half, curb), (z, z + 0.3)),
        ((curb - half, 0.0), (curb, half - 2 * curb), (z, z + 0.3)),
    ]
    shapes += [
        ((half - (k + 0.5) * 2 * deep / 4, 0.0), (deep / 4 * 0.8, half - 2 * curb), (z, z + 0.2 - 0.035 * k))
        for k in range(4)
    ]
    return _part(f"stairs_down{suffix}", lattice, cells, way, shapes)


def _part(
    name: str, lattice: Lattice, cells: NDArray[np.int64], way: NDArray[np.int64], shapes: Shapes
) -> MeshPart:  # fmt: skip
    """Return the shapes in each cell, turned from the east to where it looks."""
    vertices, faces, start = [], [], 0
    for number in range(4):
        middle = lattice.points(cells[way == number])
        if not len(middle):
            continue
        sign = -1.0 if number in (1, 2) else 1.0
        turned = [((sign * off[0], off[1]), half, z) for off, half, z in shapes]
        points, triangles = boxes(middle, np.full(len(middle), number % 2 == 0), turned)
        vertices.append(points)
        faces.append(triangles + start)
        start += len(points)
    return MeshPart(name, np.concatenate(vertices), np.concatenate(faces).astype(np.int32), "stairs", True)
