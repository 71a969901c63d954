"""Crossings of roads, what stands at their ends, and walls that enclose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .building_models import DECK
from .metric import EIGHT, Scene, metric
from .region import Side, side_vector
from .world import Instances

_TURN = np.linspace(0, 2 * np.pi, 360, endpoint=False)


@metric("", absolute=0)
def arms(scene: Scene, feature: str = "road") -> float | None:
    """Most roads that leave one place: 4 at a crossroads, 3 at a fork, 2 along a single road."""
    road = ndimage.binary_dilation(scene.mask(feature), EIGHT)
    cells = np.argwhere(scene.mask(feature) & scene.region)
    if not len(cells):
        return None
    cells = cells[:: max(1, len(cells) // 3000)]
    least = np.full(len(cells), 99)
    for part in (0.025, 0.04, 0.055):
        reach = part * max(road.shape)
        r = np.rint(cells[:, :1] + reach * np.sin(_TURN)).astype(int)
        c = np.rint(cells[:, 1:] + reach * np.cos(_TURN)).astype(int)
        inside = (r >= 0) & (r < road.shape[0]) & (c >= 0) & (c < road.shape[1])
        on = inside & road[r.clip(0, road.shape[0] - 1), c.clip(0, road.shape[1] - 1)]
        least = np.minimum(least, (on & ~np.roll(on, 1, axis=1)).sum(axis=1))
    return float(least.max())


@metric("m", absolute=0.5)
def clearance(scene: Scene, feature: str = "bridge", over: str = "map") -> float | None:
    """Height of the lowest bridge's deck above the lowest ground or water under it; 0 if it ends within ``over``."""
    placed, world = scene.placed(feature), scene.world
    if placed is None or not len(placed):
        return None
    top, gorge = np.fmax(world["height"], world["water_level"]), scene.mask(over)
    gaps = []
    for k, (at, size) in enumerate(zip(placed.placement, placed.size, strict=True)):
        under = world.grid.cells_of(_along(placed, k, world.grid.cell_size_m))
        crosses = over == "map" or (gorge[under].any() and not gorge[under][[0, -1]].any())
        gaps.append(float(at[2] + DECK * size[2] * at[4] - top[under].min()) if crosses else 0.0)
    return min(gaps)


def _along(placed: Instances, k: int, step_m: float) -> NDArray[np.float64]:
    """``(n, 2)`` x, y [m] along the axis of a long thing, from end to end."""
    at, length = placed.placement[k], float(placed.size[k, 0])
    share = np.linspace(-0.5, 0.5, max(3, int(2 * length / step_m) | 1))[:, None]
    yaw = np.radians(at[3])
    return np.asarray(at[None, :2] + share * length * np.array([[np.cos(yaw), np.sin(yaw)]]), dtype=np.float64)


@metric("share")
def ends_near(scene: Scene, feature: str, to: str, reach_m: float) -> float | None:
    """Share of the ends of roads, rivers or bridges that come within reach of another feature."""
    ends = _ends(scene, feature)
    other = scene.mask(to)
    if not len(ends):
        return None
    if not other.any():
        return 0.0
    away = ndimage.distance_transform_edt(~other) * scene.world.grid.cell_size_m
    return float((away[scene.world.grid.cells_of(ends)] <= reach_m).mean())


def _ends(scene: Scene, feature: str) -> NDArray[np.float64]:
    """``(n, 2)`` x, y [m] of both ends of everything of a feature: of paths, or of long things that were placed."""
    placed = scene.placed(feature)
    if placed is None:
        runs = [p.points for p in scene.world.paths if p.kind == feature]
        return np.array([p[k, :2] for p in runs for k in (0, -1)], dtype=np.float64).reshape(-1, 2)
    yaw, half = np.radians(placed.placement[:, 3]), placed.size[:, 0] / 2
    out = np.stack([np.cos(yaw), np.sin(yaw)], axis=1) * half[:, None]
    middle = placed.placement[:, :2].astype(np.float64)
    return np.concatenate([middle - out, middle + out])


@metric("share")
def sides_held(scene: Scene, feature: str, of: str) -> float | None:
    """Share of the four sides of another feature (north, east, south, west of its middle) that hold one of these."""
    placed, other = scene.placed(feature), scene.mask(of)
    if placed is None or not len(placed) or not other.any():
        return None
    row, col = (float(v.mean()) for v in np.nonzero(other))
    rows, cols = scene.world.grid.cells_of(placed.placement)
    quarter = np.round(np.arctan2(row - rows, cols - col) / (np.pi / 2)).astype(int) % 4
    return len(np.unique(quarter)) / 4


@metric("")
def facing(scene: Scene, feature: str, of: str, side: Side) -> float | None:
    """How many of a feature lie on one side of another as seen from its middle, within 60 degrees."""
    placed, other = scene.placed(feature), scene.mask(of)
    if placed is None or not other.any():
        return None
    row, col = (float(v.mean()) for v in np.nonzero(other))
    rows, cols = scene.world.grid.cells_of(placed.placement)
    x, y = side_vector(side)
    turned = np.degrees(np.arctan2(row - rows, cols - col) - np.arctan2(y, x))
    return float((np.abs((turned + 180) % 360 - 180) <= 60).sum())


@metric("deg")
def opposed(scene: Scene, feature: str, of: str) -> float | None:
    """Widest angle between two of a feature as seen from the middle of another; 180 is on opposite sides of it."""
    placed, other = scene.placed(feature), scene.mask(of)
    if placed is None or len(placed) < 2 or not other.any():
        return None
    row, col = (float(v.mean()) for v in np.nonzero(other))
    rows, cols = scene.world.grid.cells_of(placed.placement)
    angle = np.degrees(np.arctan2(row - rows, cols - col))
    apart = np.abs((angle[:, None] - angle[None, :] + 180) % 360 - 180)
    return float(apart.max())


@metric("share", absolute=0.05)
def enclosed(scene: Scene, feature: str, by: str = "wall") -> float | None:
    """Share of a settlement's buildings that a wall, its gates and towers shut off from the edge of the map."""
    world = scene.world
    houses = world.instances.get("building")
    if houses is None or not len(houses):
        return None
    rows, cols = world.grid.cells_of(houses.placement)
    mine = scene.mask(feature)[rows, cols]
    if not mine.any():
        return None
    shut = scene.mask(by).copy()
    for kind in ("gate", "tower"):
        for at, size in _standing(scene, kind):
            near = np.hypot(world.grid.xs()[None, :] - at[0], world.grid.ys()[:, None] - at[1])
            shut |= near <= size + world.grid.cell_size_m
    labels, _ = ndimage.label(~shut)
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return float((~np.isin(labels[rows[mine], cols[mine]], rim[rim > 0])).mean())


def _standing(scene: Scene, kind: str) -> list[tuple[NDArray[np.float32], float]]:
    """Place and half the longer side of every gate or tower [m]."""
    placed = scene.world.instances.get(kind)
    if placed is None:
        return []
    return [(p[:2], float(s[:2].max()) / 2) for p, s in zip(placed.placement, placed.size, strict=True)]
