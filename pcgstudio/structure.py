"""Structural checks: what every built map must satisfy, asked or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import ndimage

from . import interior, storeys
from .brief import Structural
from .world import World

GAP_M = 0.25
"""How far a placed thing's foot may stand off the ground between cell centres, plus a share of the local slope."""


STEEPEST_ROAD = 0.3
"""Steepest rise over run of a road."""

BURIED_SHARE = 0.1
"""Share of a road that may lie off its ground: where two cross, or where bends touch on coarse cells."""


def _no_nan(world: World) -> str:
    bad = [
        name
        for name, layer in world.layers.items()
        if name != "water_level" and layer.data.dtype.kind == "f" and not np.isfinite(layer.data).all()
    ]
    bad += [kind for kind, placed in world.instances.items() if not np.isfinite(placed.placement).all()]
    return f"not a number in {', '.join(bad)}" if bad else ""


def _water_has_level(world: World) -> str:
    wet = world["water_kind"] > 0
    level = world["water_level"]
    if (wet != np.isfinite(level)).any():
        return f"{int((wet != np.isfinite(level)).sum())} cells are wet without a level or have one while dry"
    under = wet & (world["height"] > level + 0.02)
    return f"{int(under.sum())} wet cells lie above their water" if under.any() else ""


def _lakes_are_level(world: World) -> str:
    labels, count = ndimage.label(world.category("water_kind", "lake"), structure=np.ones((3, 3)))
    if not count:
        return ""
    ids = np.arange(1, count + 1)
    level = np.where(labels > 0, world["water_level"], 0)
    tilt = ndimage.maximum(level, labels, ids) - ndimage.minimum(level, labels, ids)
    return f"{int((tilt > 0.05).sum())} lakes are tilted" if (tilt > 0.05).any() else ""


def _rivers_run_downhill(world: World) -> str:
    climbs = [p for p in world.paths if p.kind == "river" and (np.diff(p.points[:, 2]) > 0.01).any()]
    return f"{len(climbs)} rivers climb" if climbs else ""


def _things_stand_on_ground(world: World) -> str:
    grid = world.grid
    # What stands in rooms under a hill stands on their floor.
    floor = world["height"] - world["underground"] if "underground" in world else world["height"]
    for kind, placed in world.instances.items():
        if not len(placed) or kind in ("light", "bridge"):
            continue
        gap = np.abs(
            placed.placement[:, 2] - grid.sample(floor if kind == "prop" else world["height"], placed.placement)
        )
        steep = np.tan(np.radians(np.minimum(grid.sample(world["slope"], placed.placement), 80)))
        off = gap > GAP_M + steep * grid.cell_size_m
        if off.any():
            return f"{int(off.sum())} of {len(placed)} {kind} instances float or sink"
        if (world["water_kind"][grid.cells_of(placed.placement)] > 0).any():
            return f"some {kind} instances stand in water"
    return ""


def _rooms_are_reachable(world: World) -> str:
    share = interior.reachable(world)
    return "" if share is None or share >= 1 else f"only {share:.0%} of the rooms can be reached"


def _doors_lead_somewhere(world: World) -> str:
    blind = interior.blind_doors(world)
    return f"{blind} doors lead nowhere" if blind else ""


def _roads_keep_their_grade(world: World) -> str:
    """No road is steeper than roads can be, and each lies on its ground but where a bridge carries it."""
    grid = world.grid
    steep = buried = 0
    for path in world.paths:
        if path.kind != "road":
            continue
        run = np.hypot(*np.diff(path.points[:, :2], axis=0).T)
        steep += bool((np.abs(np.diff(path.points[:, 2])) > (STEEPEST_ROAD + 0.01) * run + 0.02).any())
        wet = world["water_kind"][grid.cells_of(path.points)] > 0
        free = ndimage.binary_dilation(wet, iterations=max(8, round(3 * grid.cell_size_m)))
        gap = np.abs(path.points[:, 2] - grid.sample(world["height"], path.points))
        slack = (
            2 * GAP_M + np.tan(np.radians(np.minimum(grid.sample(world["slope"], path.points), 80))) * grid.cell_size_m
        )
        off = (gap > slack) & ~free & ~_on_bridges(world, path.points)
        buried += bool(off.mean() > BURIED_SHARE)
    if steep:
        return f"{steep} roads are steeper than {STEEPEST_ROAD:.0%}"
    return f"{buried} roads do not lie on their ground" if buried else ""


def _on_bridges(world: World, points: np.ndarray) -> np.ndarray:
    """``(n,) bool`` which points x, y [m] a bridge carries, abutments included."""
    bridges = world.instances.get("bridge")
    carried = np.zeros(len(points), dtype=bool)
    for at, size in zip(bridges.placement, bridges.size, strict=True) if bridges is not None else ():
        carried |= np.hypot(*(points[:, :2] - at[:2]).T) <= size[0] / 2 + 2 * world.grid.cell_size_m
    return carried


def _meshes_close(world: World) -> str:
    open_parts = [p.name for p in world.parts if p.watertight and not _watertight(p.faces)]
    return f"open although said to be closed: {', '.join(open_parts)}" if open_parts else ""


def _watertight(faces: np.ndarray) -> bool:
    """Whether every edge is used once in each direction."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    base = int(faces.max(initial=0)) + 1
    there, back = edges[:, 0] * base + edges[:, 1], edges[:, 1] * base + edges[:, 0]
    return bool(np.array_equal(np.sort(there), np.sort(back)))


CHECKS: tuple[tuple[str, Callable[[World], str]], ...] = (
    ("every value is a number", _no_nan),
    ("water has a level above its bed", _water_has_level),
    ("lakes are level", _lakes_are_level),
    ("rivers run downhill", _rivers_run_downhill),
    ("nothing floats, sinks or stands in water", _things_stand_on_ground),
    ("roads keep their grade", _roads_keep_their_grade),
    ("every room can be reached", _rooms_are_reachable),
    ("doors lead somewhere", _doors_lead_somewhere),
    ("stairs join the storeys", storeys.unjoined),
    ("closed meshes are closed", _meshes_close),
)


def structural_checks(world: World) -> tuple[Structural, ...]:
    """Run all of them; each says in words what is wrong."""

    def rows() -> Iterator[Structural]:
        for name, check in CHECKS:
            problem = check(world)
            yield Structural(name=name, passed=not problem, detail=problem)

    return tuple(rows())
