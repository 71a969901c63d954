"""What rivers find: ground, water and wishes on a lattice of fixed metres, the same for every resolution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.region import Compass, Context
from pcgstudio.world import FloatArray, Grid

from .kernels.flow import map_border
from .kernels.lattice import lattice_over, resample
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise

LATTICE = 256
"""Cells on the longer side of the lattice that rivers are routed on."""

Side = Literal["any", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"]
Mouth = Literal["any", "sea", "lake", "edge", "river"]
Source = Literal["any", "edge", "lake"]
OPPOSITE = {
    "north": "south", "south": "north", "east": "west", "west": "east",
    "northeast": "southwest", "southwest": "northeast", "northwest": "southeast", "southeast": "northwest",
}  # fmt: skip

_FLAT = 0.03  # slope below which ground counts as flat: water there wanders and has to be led to its outlet
_PLAIN = 0.02  # relief as a share of the map below which a map without water is crossed from side to side
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """What is asked of the rivers' courses; see `rivers`."""

    count: int
    source: Source
    mouth: Mouth
    from_side: Side
    toward: Side
    min_length_m: float
    width_m: float
    meander: float
    through_centre: bool


@dataclass(frozen=True)
class Valleys:
    """What routing looks at, on the lattice.

    Parameters
    ----------
    grid : Grid
        The lattice.
    height : ndarray
        ``(rows, cols) float32`` ground [m].
    wander : ndarray
        ``(rows, cols) float32`` the ground as the flood sees it: bent where it is flat.
    outlets, blocked, starts : ndarray of bool
        Where rivers may end, may not go, may begin.
    region : ndarray of bool
        The step's region.
    bounded, crossing : bool
        Whether the region is less than the map; whether rivers come in at one edge and leave at another.
    """

    grid: Grid
    height: FloatArray
    wander: FloatArray
    outlets: Mask
    blocked: Mask
    starts: Mask
    region: Mask
    bounded: bool
    crossing: bool


def survey(inputs: Inputs, asked: Asked, rng: np.random.Generator) -> Valleys:
    """Put the ground, its water and the wishes on the lattice.

    Raises
    ------
    BuildError
        There is no such water to end in or start from.
    """
    grid = lattice_over(inputs.grid, LATTICE)
    height = gaussian_filter(resample(inputs.height(), grid.shape), 1.6, mode="nearest", truncate=3)
    sea, lake, river = (_on(grid, inputs.has("water_kind", kind)) for kind in ("sea", "lake", "river"))
    region = _at_centres(inputs, grid)
    sided = _sides(asked, height, sea | lake, grid, bool(region.all()), rng)
    crossing, asked = sided is not asked, sided
    clear_m = asked.width_m * (1 + 2 * asked.meander) + 4 * max(inputs.grid.cell_size_m, grid.cell_size_m)
    outlets, blocked = _ends(asked, grid, sea, lake, river, clear_m)
    starts = region & ~blocked & ~outlets & _starts(asked, grid, sea, lake)
    if asked.through_centre:
        axial = starts & (_from_axis(grid, asked) < 0.18 * min(grid.extent_m))
        starts = axial if axial.any() else starts
    if not starts.any():
        raise BuildError(
            "no ground in the region is left for a river to begin on; widen the region, or ask for another source"
        )
    seed = int(rng.integers(2**31))
    wander = _bent(grid, height, outlets, asked, seed)
    if asked.source == "lake" and lake.any():  # leave it by the shortest way, not along its shore or past another lake
        near = np.maximum(3 * clear_m - distance_cells(~lake) * grid.cell_size_m, 0)
        wander = (wander + near).astype(np.float32)
    return Valleys(grid, height, wander, outlets, blocked, starts, region, not bool(region.all()), crossing)


def _on(grid: Grid, mask: Mask) -> Mask:
    """Return a mask of the map on the lattice; a third of a cell is enough."""
    return np.asarray(resample(mask.astype(np.float32), grid.shape) > 1 / 3)


def _at_centres(inputs: Inputs, grid: Grid) -> Mask:
    """Where the cell of the map under the centre of a lattice cell is in the region."""
    xs, ys = np.meshgrid(grid.xs(), grid.ys())
    rows, cols = inputs.grid.cells_of(np.stack([xs.ravel(), ys.ravel()], axis=1))
    return np.asarray(inputs.mask[rows, cols].reshape(grid.shape) >= 0.5)


def _part(grid: Grid, side: str, depth: float) -> Mask:
    """``(rows, cols)`` the part of the map toward a side or corner."""
    if side == "any":
        return np.ones(grid.shape, dtype=bool)
    return Compass.model_validate({"place": side, "depth": depth}).evaluate(Context(grid)) > 0


def _border(grid: Grid, side: str) -> Mask:
    """``(rows, cols)`` the map's border on a side; for a corner the halves of both sides that meet there."""
    if len(side) > 5:
        return map_border(grid.shape) & _part(grid, side, 0.35)
    edge = np.zeros(grid.shape, dtype=bool)
    if side == "any":
        return map_border(grid.shape)
    rows, cols = edge.shape
    # The corners' neighbourhoods belong to nobody: a river leaving in the east must not leave in the north-east corner.
    edge[{"north": 0, "south": -1}.get(side, slice(rows // 8, -(rows // 8))),
         {"west": 0, "east": -1}.get(side, slice(cols // 8, -(cols // 8)))] = True  # fmt: skip
    return edge


def _sides(
    asked: Asked, height: FloatArray, water: Mask, grid: Grid, everywhere: bool, rng: np.random.Generator
) -> Asked:
    """Fill in the sides that follow from what is asked: a river that comes in at one edge leaves at the other."""
    first = ("north", "south", "east", "west")[int(rng.integers(4))]
    to_edge = asked.mouth == "edge" or (asked.mouth == "any" and not water.any())
    plain = everywhere and asked.count <= 3 and float(np.ptp(height)) < _PLAIN * max(grid.extent_m)
    crossing = to_edge and asked.source != "lake" and (
        plain or asked.through_centre or asked.source == "edge" or asked.from_side != "any"
    )  # fmt: skip
    if not crossing:
        return asked
    start = asked.from_side if asked.from_side != "any" else OPPOSITE.get(asked.toward, first)
    toward = asked.toward if asked.toward != "any" else OPPOSITE[start]
    return replace(asked, from_side=start, toward=toward)  # type: ignore[arg-type]  # both are sides by construction


def _ends(asked: Asked, grid: Grid, sea: Mask, lake: Mask, river: Mask, clear_m: float) -> tuple[Mask, Mask]:
    """Where rivers may end, and where they may not go."""
    water = {"sea": sea, "lake": lake, "river": river}
    wanted: tuple[str, ...] = ("sea", "lake") if asked.mouth == "any" else (asked.mouth,)
    if asked.source == "lake":
        wanted = tuple(w for w in wanted if w != "lake")
    outlets = np.zeros(grid.shape, dtype=bool)
    for kind in wanted:
        outlets |= water.get(kind, False) & _part(grid, asked.toward, 0.32)
    if asked.mouth in ("any", "edge"):
        outlets |= _border(grid, asked.toward) & ~(sea | lake | river)
    if not outlets.any():
        where = "" if asked.toward == "any" else f" in the {asked.toward}"
        kind = "water or edge" if asked.mouth == "any" else asked.mouth
        raise BuildError(f"there is no {kind}{where} for a river to run into; make one first, or let it end anywhere")
    keep = max(1, round(clear_m / grid.cell_size_m))
    blocked = np.zeros(grid.shape, dtype=bool)
    for kind, mask in water.items():
        if kind == "lake" and asked.source == "lake":
            blocked |= mask
        elif kind not in wanted:
            blocked |= grown(mask, keep)
        else:
            blocked |= mask & ~outlets
    return outlets & ~blocked, blocked & ~outlets


def _starts(asked: Asked, grid: Grid, sea: Mask, lake: Mask) -> Mask:
    """Where rivers may begin, the region and the water apart."""
    if asked.source == "lake":
        if not lake.any():
            raise BuildError("there is no lake for a river to flow out of; make one first, or let it begin anywhere")
        return grown(lake, 1) & _part(grid, asked.from_side, 0.5)
    entering = _border(grid, asked.from_side) & ~sea
    if asked.source == "edge" or (asked.from_side != "any" and entering.any()):
        return entering
    if asked.from_side == "any":
        return np.ones(grid.shape, dtype=bool)
    return _part(grid, asked.from_side, 0.33)


def _bent(grid: Grid, height: FloatArray, outlets: Mask, asked: Asked, seed: int) -> FloatArray:
    """Return the ground with folds where it is flat, so that water wanders there, and a fall toward the outlets."""
    side = max(grid.extent_m)
    south, east = np.gradient(gaussian_filter(height, 3.0, mode="nearest"), grid.cell_size_m)
    flat = (1 / (1 + (np.hypot(south, east) / _FLAT) ** 2)).astype(np.float32)
    folds = fractal_noise(grid, seed=seed, feature_size_m=side / 6, octaves=4)
    fall = distance_cells(~outlets).astype(np.float32) * np.float32(grid.cell_size_m * _FLAT)
    rim = distance_cells(~(map_border(grid.shape) & ~outlets)).astype(np.float32) / (0.04 * max(grid.shape))
    # A wall keeps rivers off the edges they do not leave over.
    wall = np.maximum(flat, np.float32(0.3)) * np.float32(0.014 * side) * np.clip(1 - rim, 0, 1)
    bent = height + wall + flat * (fall + folds * np.float32((0.004 + 0.012 * asked.meander) * side))
    if asked.through_centre:
        slope = 0.03 + 0.8 * float(np.ptp(height)) / side
        bent = bent + np.float32(slope) * _from_axis(grid, asked)
    return np.asarray(bent, dtype=np.float32)


def _from_axis(grid: Grid, asked: Asked) -> FloatArray:
    """``(rows, cols) float32`` distance [m] to the line through the centre in the direction asked for."""
    side = asked.toward if asked.toward != "any" else OPPOSITE.get(asked.from_side, "south")
    east = ("east" in side) - ("west" in side)
    north = ("north" in side) - ("south" in side)
    x, y = (a - e / 2 for a, e in zip((grid.xs()[None, :], grid.ys()[:, None]), grid.extent_m, strict=True))
    return np.asarray(np.abs(x * north - y * east) / np.hypot(east, north), dtype=np.float32)


def grown(mask: Mask, cells: int) -> Mask:
    """Return a mask widened by some cells to all eight sides."""
    return np.asarray(binary_dilation(mask, np.ones((3, 3), dtype=bool), iterations=max(cells, 1)))
