"""The sides of the map, so that it is a cut block and not a sheet; needs nothing but numpy."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from .glb import Array, Look, Shape

THICKNESS = 0.045
"""Soil below the lowest ground, as a share of the longer side."""

SOIL = Look("soil", (0.153, 0.088, 0.046, 1.0), 0.95)
"""The colour of the cut, linear."""


def sides(terrain: Shape, extent_m: tuple[float, float]) -> Shape:
    """Return the four walls below the terrain's edge."""
    base = base_of(terrain, extent_m)
    rims = rims_of(terrain.points, extent_m)
    return _walls("block", [(rim, np.full(len(rim), base, np.float32)) for rim in rims], SOIL)


def water_sides(water: Shape, terrain: Shape, extent_m: tuple[float, float]) -> Shape | None:
    """Return the cut of a water at the map's edge, down to its bed; None where it does not reach the edge."""
    strips = []
    for rim, bed in zip(rims_of(water.points, extent_m), rims_of(terrain.points, extent_m), strict=True):
        if len(rim) < 2:
            continue
        axis = 0 if np.ptp(bed[:, 0]) > np.ptp(bed[:, 1]) else 1
        order = np.argsort(bed[:, axis])
        floor = np.interp(rim[:, axis], bed[order, axis], bed[order, 2]).astype(np.float32)
        strips += [(part, floor[at]) for part, at in _unbroken(rim, axis)]
    strips = [(rim, np.minimum(floor, rim[:, 2])) for rim, floor in strips if len(rim) > 1]
    return _walls(f"{water.name}_cut", strips, _cut_look(water)) if strips else None


def _cut_look(water: Shape) -> Look:
    """Return the water's look in its deepest colour."""
    look = water.looks[0]
    if water.colours is None:
        return look
    deepest = water.colours[np.argmin(water.colours[:, :3].sum(axis=1))]
    red, green, blue, alpha = (float(a * b) for a, b in zip(look.colour, deepest, strict=True))
    return replace(look, name=f"{look.name}_cut", colour=(red, green, blue, alpha))


def base_of(terrain: Shape, extent_m: tuple[float, float]) -> float:
    """Return the height [m] of the block's underside."""
    return float(terrain.points[:, 2].min()) - THICKNESS * max(extent_m)


def rims_of(points: Array, extent_m: tuple[float, float]) -> list[Array]:
    """Return the points on the south, east, north and west edge, each in order, the map on the left hand."""
    east, north = extent_m
    near = 1e-4 * max(extent_m)
    found = []
    for axis, at, sign in ((1, 0.0, 1), (0, east, 1), (1, north, -1), (0, 0.0, -1)):
        mine = points[np.abs(points[:, axis] - at) <= near]
        _, first = np.unique(mine[:, 1 - axis], return_index=True)
        found.append(mine[first][::sign])
    return found


def _unbroken(rim: Array, axis: int) -> list[tuple[Array, slice]]:
    """Cut a rim where it has gaps: places where a water does not reach the edge."""
    steps = np.abs(np.diff(rim[:, axis]))
    breaks = np.flatnonzero(steps > 1.5 * np.median(steps)) + 1
    ends = [0, *breaks.tolist(), len(rim)]
    return [(rim[a:b], slice(a, b)) for a, b in pairwise(ends)]


def _walls(name: str, strips: list[tuple[Array, Array]], look: Look) -> Shape:
    """Return upright walls from rims ``(n, 3)`` down to heights ``(n,)``, seen from outside."""
    points, faces, normals, base = [], [], [], 0
    for rim, low in strips:
        count = len(rim)
        points += [rim, np.column_stack([rim[:, :2], low]).astype(np.float32)]
        here = base + np.arange(count - 1)
        faces += [np.stack([here, here + count, here + count + 1], 1), np.stack([here, here + count + 1, here + 1], 1)]
        along = rim[-1, :2] - rim[0, :2]
        out = np.array([along[1], -along[0], 0.0], np.float32) / max(float(np.hypot(*along)), 1e-9)
        normals.append(np.tile(out, (2 * count, 1)))
        base += 2 * count
    joined = np.concatenate(faces).astype(np.int32)
    return Shape(
        name, np.concatenate(points).astype(np.float32), np.concatenate(normals).astype(np.float32), None, joined,
        np.zeros(len(joined), np.int32), (look,),
    )  # fmt: skip
