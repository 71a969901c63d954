"""Interiors of several storeys: the ground floor lies in ``cell`` and ``room``, others in ``cell_1``, ``room_1`` ...

A storey stands above or below the one before it; where both have stairs at the same place one can climb between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .interior import WALKABLE, FloorPlan, plan_of
from .world import Layer, World

MOST = 8
"""Storeys that an interior may have, the ground floor included."""

_PART = re.compile(r"_storey_(\d)$")


def names(storey: int) -> tuple[str, str]:
    """Return the layers that hold the cells and the rooms of a storey; 0 is the ground floor."""
    return ("cell", "room") if storey == 0 else (f"cell_{storey}", f"room_{storey}")


def count(world: World) -> int:
    """How many storeys there are; 0 without an interior."""
    return sum(names(k)[0] in world for k in range(MOST)) if "cell" in world else 0


def suffix(storey: int) -> str:
    """Return what the names of a storey's meshes end with; nothing on the ground floor."""
    return f"_storey_{storey}" if storey else ""


def split(world: World) -> tuple[World, ...]:
    """Return each storey as a world of its own that stands on the ground, the ground floor first."""
    if count(world) < 2:
        return (world,)
    parts = {k: [p for p in world.parts if _storey_of(p.name) == k] for k in range(count(world))}
    floors = [replace(world, parts=tuple(parts[0]))]
    levels = {k: min((float(p.vertices[:, 2].min()) for p in found), default=0.0) for k, found in parts.items()}
    common = {n: layer for n, layer in world.layers.items() if n not in ("role", "cell", "room")}
    for k in range(1, count(world)):
        cell, room = names(k)
        up = np.array([0, 0, levels[0] - levels[k]], dtype=np.float32)
        layers: Mapping[str, Layer] = {**common, "cell": world.layers[cell], "room": world.layers[room]}
        moved = tuple(replace(p, vertices=p.vertices + up) for p in parts[k])
        floors.append(replace(world, layers=layers, instances={}, parts=moved, paths=()))
    return tuple(floors)


def _storey_of(part: str) -> int:
    found = _PART.search(part)
    return int(found.group(1)) if found else 0


def unjoined(world: World) -> str:
    """Return what keeps somebody from walking to every room of every storey; empty where nothing does."""
    plans = [_plan(world, k) for k in range(count(world))]
    for k in range(1, len(plans)):
        stairs = world.category(names(k)[0], "stairs") & world.category(names(k - 1)[0], "stairs")
        if not stairs.any():
            return f"no stairs lead to storey {k}"
        for storey in (k - 1, k):
            plan = plans[storey]
            groups = plan.groups()
            met = np.unique(groups[plan.area[stairs]])
            cut_off = int((~np.isin(groups[1 : len(plan.rooms) + 1], met)).sum())
            if cut_off:
                return f"{cut_off} rooms of storey {storey} cannot be reached from its stairs"
    return ""


def _plan(world: World, storey: int) -> FloorPlan:
    cell, room = names(storey)
    ground: NDArray[np.bool_] = np.zeros(world.grid.shape, dtype=bool)
    for name in WALKABLE:
        ground |= world.category(cell, name)
    return plan_of(ground, world.category(cell, "door"), world[room])
