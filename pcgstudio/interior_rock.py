"""The rock that a cave was dug into: it fills the map between the cave's walls, at their height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .block import at_corners, grid_faces
from .interior_light import WALL_FROM_M, Plan
from .shading import mottle
from .world import FloatArray, MeshPart

CELLS = 200
"""Cells of the rock on its longer side."""

CLEAR_M = 1.0
"""How far it keeps from the open floor."""

TOP_SHARE = 0.75
"""Share of the usual height of walls from which they count as their tops, not their feet."""

UNDER_M = 0.12
"""How far it stays below the tops of the walls, under which its edge lies."""

PROUD_M = 0.03
"""How far its sides stand before those of the slab under it."""

SWELL_M = 0.35
"""How far it rises and falls away from them."""


def rock_around(parts: tuple[MeshPart, ...], plan: Plan, base_m: float) -> tuple[MeshPart, ...]:
    """Return the rock around a cave: its top, and its sides where the map ends; nothing around other interiors.

    Parameters
    ----------
    parts : tuple of MeshPart
        What was built.
    plan : Plan
        Its light map, whose texels the rock is drawn over.
    base_m : float
        Height of the underside of the slab [m].
    """
    wall = plan.tops > WALL_FROM_M
    wall &= plan.tops > TOP_SHARE * np.median(plan.tops[wall]) if wall.any() else False
    if not wall.any() or not any(part.material == "cave_top" for part in parts):
        return ()
    rows, cols = plan.tops.shape
    shrink = min(1.0, CELLS / max(rows, cols))
    nr, nc = max(2, round(rows * shrink)), max(2, round(cols * shrink))
    (west, south), (east, north) = plan.low, plan.high
    top = np.empty((nr + 1, nc + 1, 3), dtype=np.float32)
    top[..., 0] = np.linspace(west, east, nc + 1)
    top[..., 1] = np.linspace(north, south, nr + 1)[:, None]
    coarse = np.s_[::2, ::2]  # the rock is smoother than the walls
    top[..., 2] = plan.floor_m + at_corners(_heights(plan.tops[coarse], wall[coarse]), nr, nc)
    filled = _filled(plan, nr, nc)
    roof = MeshPart("rock", top.reshape(-1, 3), grid_faces(nr, nc)[filled.ravel().repeat(2)], "cave_top")
    return roof, _sides(top, filled, base_m)


def _heights(tops: FloatArray, wall: NDArray[np.bool_]) -> FloatArray:
    """``(rows, cols)``: the height of the nearest wall, evened out, with a swell far from all [m]."""
    from scipy.ndimage import distance_transform_edt, uniform_filter  # noqa: PLC0415 - 0.3 s that landscapes do not need

    away, nearest = distance_transform_edt(~wall, return_indices=True)
    even = uniform_filter(tops[tuple(nearest)].astype(np.float32), max(3, round(max(tops.shape) / 40)))
    far = np.minimum(away / (0.05 * max(tops.shape)), 1).astype(np.float32)
    usual = np.median(tops[wall]) + SWELL_M * mottle(tops.shape, 9, 3, 31)
    return np.asarray(even + (usual - even) * far * far * (3 - 2 * far) - UNDER_M, dtype=np.float32)


def _filled(plan: Plan, nr: int, nc: int) -> NDArray[np.bool_]:
    """``(nr, nc)``: the cells that keep away from the open floor, so that they end under the walls around it."""
    rows, cols = plan.tops.shape
    cell = (np.arange(rows)[:, None] * nr // rows * nc + np.arange(cols) * nc // cols).ravel()
    near = (plan.open | (plan.edge < CLEAR_M)).ravel()
    return np.asarray(np.bincount(cell, near, nr * nc).reshape(nr, nc) == 0)


def _sides(top: FloatArray, filled: NDArray[np.bool_], base_m: float) -> MeshPart:
    """Return the cut faces of the rock along the edges of the map."""
    vertices, faces, start = [], [], 0
    order = (np.s_[-1], np.s_[::-1, -1], np.s_[0, ::-1], np.s_[:, 0])  # counter-clockwise seen from above
    middle = (top[0, 0] + top[-1, -1]) / 2
    for upper, there in ((top[side], filled[side]) for side in order):
        edge = upper + PROUD_M * np.sign(upper - middle) * [1, 1, 0]
        under = edge.copy()
        under[:, 2] = base_m
        k, n = np.flatnonzero(there) + start, len(edge)
        vertices += [edge, under]
        faces.append(np.stack([k, k + n, k + n + 1, k, k + n + 1, k + 1], axis=1).reshape(-1, 3))
        start += 2 * n
    return MeshPart("rock_sides", np.concatenate(vertices), np.concatenate(faces).astype(np.int32), "cave_wall")
