"""A locked region: the ground, water, plants and things of an earlier map, held cell by cell in a changed one.

Physics spreads a change (a new mountain moves a river far away), so a lock on steps alone cannot keep a place as it
was. A held region is therefore taken from the earlier recipe's own build at the end: inside it every cell of every
layer has the same bits as there. Around it the dry ground is led over to the new one on a rim, so that no wall stands
at the border.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .slope import slope_deg
from .world import WATER_KINDS, FloatArray, Grid, Instances, Layer, MeshPart, Path, World

Bools = NDArray[np.bool_]

RIM_SHARE = 0.03
"""Width of the rim as a share of the map; at least three cells."""


def held(world: World, earlier: World, mask: FloatArray, background: Mapping[str, float], shore_m: float) -> World:
    """Return ``world`` with what lies inside the region as it is in ``earlier``.

    Parameters
    ----------
    world, earlier : World
        Complete worlds on one grid with one datum.
    mask : ndarray
        ``(rows, cols)`` in [0, 1]; cells of one half and more are held.
    background : mapping
        Value of a layer where nobody wrote it, if it is not 0.
    shore_m : float
        How far above the sea dry ground is held.
    """
    inside = mask >= 0.5
    if not inside.any():
        return world
    names = dict.fromkeys([*world.layers, *earlier.layers])
    layers = {n: _layer(world.layers.get(n), earlier.layers.get(n), inside, background.get(n, 0)) for n in names}
    ground = _led_over(world, earlier, layers["height"].data, inside, shore_m)
    layers["height"] = replace(layers["height"], data=ground)
    steep = slope_deg(ground, world.grid.cell_size_m)
    layers["slope"] = replace(layers["slope"], data=np.where(inside, earlier["slope"], steep))
    rise = ground - np.where(inside, ground, world["height"])
    kinds = dict.fromkeys([*world.instances, *earlier.instances])
    return replace(
        world,
        layers=layers,
        instances={k: _things(world, earlier, k, inside, rise) for k in kinds},
        parts=(
            *(p for one in world.parts if (p := _cut(one, world.grid, ~inside)) is not None),
            *(p for one in earlier.parts if (p := _cut(one, world.grid, inside, " (held)")) is not None),
        ),
        paths=(*_runs(world.paths, world.grid, ~inside), *_runs(earlier.paths, world.grid, inside)),
    )


def _layer(new: Layer | None, old: Layer | None, inside: Bools, background: float) -> Layer:
    if new is None or old is None:
        only = new or old
        assert only is not None  # the name came from one of them
        empty = np.full_like(only.data, background)
        return replace(only, data=np.where(inside, empty if new else only.data, only.data if new else empty))
    return replace(new, data=np.where(inside, old.data, new.data).astype(old.data.dtype))


def _led_over(world: World, earlier: World, height: NDArray[np.generic], inside: Bools, shore_m: float) -> FloatArray:
    """``(rows, cols)``: the joined ground, dry cells around the region blended from the held to the new height."""
    cell = world.grid.cell_size_m
    rim = max(RIM_SHARE * max(world.grid.extent_m), 3 * cell)
    away, nearest = ndimage.distance_transform_edt(~inside, return_indices=True)
    near = np.clip(1 - away * cell / rim, 0, 1).astype(np.float32)
    weight = near * near * (3 - 2 * near)
    dry = ~inside & (world["water_kind"] == 0) & (earlier["water_kind"] == 0)
    step = (earlier["height"] - world["height"])[tuple(nearest)]  # how far the ground jumps at the border
    led = world["height"] + step * weight
    if (world["water_kind"] == WATER_KINDS.index("sea")).any():
        led = np.maximum(led, np.float32(shore_m))
    return np.where(dry & (weight > 0), led, height).astype(np.float32)


def _things(world: World, earlier: World, kind: str, inside: Bools, rise: FloatArray) -> Instances:
    kept: list[Instances] = []
    if kind in earlier.instances:
        old = earlier.instances[kind]
        kept.append(old.keep(inside[world.grid.cells_of(old.placement)]))
    if kind in world.instances:
        new = world.instances[kind]
        new = new.keep(~inside[world.grid.cells_of(new.placement)])
        placement = new.placement.copy()
        placement[:, 2] += world.grid.sample(rise, placement)
        kept.append(replace(new, placement=placement))
    return kept[0] if len(kept) == 1 else kept[0].joined(kept[1])


def _cut(part: MeshPart, grid: Grid, where: Bools, more: str = "") -> MeshPart | None:
    """Return the faces whose middle lies where the mask holds; None if there are none."""
    middle = part.vertices[part.faces].mean(axis=1)
    kept = where[grid.cells_of(middle)]
    if not kept.any():
        return None
    whole = bool(kept.all())
    return replace(part, name=part.name + more, faces=part.faces[kept], watertight=part.watertight and whole)


def _runs(paths: tuple[Path, ...], grid: Grid, where: Bools) -> Iterator[Path]:
    """Yield the stretches of the paths that run where the mask holds."""
    for one in paths:
        here = where[grid.cells_of(one.points)]
        edges = np.flatnonzero(np.diff(here)) + 1
        for points, width, kept in zip(
            np.split(one.points, edges), np.split(one.width_m, edges), np.split(here, edges), strict=True
        ):
            if kept[0] and len(points) > 1:
                yield replace(one, points=points, width_m=width)
