"""The ground of a scene as heights on the map's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from mathutils.bvhtree import BVHTree

from . import height


def heights(context: Any, terrain: Any, grid: tuple[float, float, float]) -> Any:
    """``(rows, cols)`` heights [m] at cell centres, row 0 north, of an object with all its modifiers."""
    rows, cols, cell = int(grid[0]), int(grid[1]), grid[2]
    evaluated = terrain.evaluated_get(context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    world = np.array(terrain.matrix_world, np.float32)
    points = points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]
    try:
        corners = _lattice(points, rows, cols, cell)
        return height.cell_means(corners) if corners is not None else _cast(mesh, points, rows, cols, cell)
    finally:
        evaluated.to_mesh_clear()


def _lattice(points: Any, rows: int, cols: int, cell: float) -> Any:
    """Return ``(rows + 1, cols + 1)`` heights where the vertices still stand on the corners of the cells."""
    if len(points) != (rows + 1) * (cols + 1):
        return None
    r, c = np.rint(rows - points[:, 1] / cell).astype(int), np.rint(points[:, 0] / cell).astype(int)
    away = np.abs(np.column_stack([points[:, 0] - c * cell, points[:, 1] - (rows - r) * cell])).max()
    if away > 0.01 * cell or min(r.min(), c.min()) < 0 or r.max() > rows or c.max() > cols:
        return None
    corners = np.full((rows + 1, cols + 1), np.nan, np.float32)
    corners[r, c] = points[:, 2]
    return corners if np.isfinite(corners).all() else None


def _cast(mesh: Any, points: Any, rows: int, cols: int, cell: float) -> Any:
    """Look straight down on every cell's centre; where there is no ground, the nearest point counts."""
    mesh.calc_loop_triangles()
    faces = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", faces)
    tree = BVHTree.FromPolygons(points.tolist(), faces.reshape(-1, 3).tolist())
    above = float(points[:, 2].max()) + 1
    found = np.empty((rows, cols), np.float32)
    for row in range(rows):
        y = (rows - row - 0.5) * cell
        for col in range(cols):
            start = ((col + 0.5) * cell, y, above)
            hit = tree.ray_cast(start, (0, 0, -1))[0] or tree.find_nearest(start)[0]
            found[row, col] = hit.z
    return found
