"""Further storeys above or below an interior, joined by stairs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.storeys import MOST, names, suffix
from pcgstudio.world import CELLS, Layer, MeshPart

from .corridors import connect
from .dungeon_lattice import EIGHT, FLOOR, STAIRS, Drawing, Lattice, draw, onto_grid
from .dungeon_mesh import dungeon_parts
from .footprint import floor_heights, lowest_resolution
from .room_layout import BoolArray, Sizes, largest_part, place_rooms
from .stair_mesh import flight_part, pit_part

TRIES = 24
"""Layouts of a storey that are tried until its rooms lie below those of the one before."""
AROUND = 3
"""Nodes that a storey may reach beyond the ground floor."""


class Floors(Params):
    """Parameters of `floors`."""

    storeys: int = param(
        2, "Storeys in all, the ground floor included, exact.", ge=2, le=MOST, aspect="storeys", feature="storey",
        hints="2-3 for houses and crypts, 4 and more for towers and deep dungeons",
    )  # fmt: skip
    direction: Literal["below", "above"] = param(
        "below", "Whether they lie below the ground floor or above it.",
        choices={"below": ("underground", "subterranean")},
    )  # fmt: skip
    stairs: int = param(1, "Stairs between two storeys, exact.", ge=1, le=6, aspect="count", feature="staircase")
    room_count: int = param(8, "Rooms of each further storey, exact.", ge=1, le=200)
    room_min_m: float = param(6, "Shortest side of a room.", unit="m", ge=3, le=40)
    room_max_m: float = param(14, "Longest side of a room; never less than the shortest.", unit="m", ge=3, le=60)
    corridor_width_m: float = param(2, "Width of the corridors, to the nearest cell.", unit="m", ge=1, le=12)
    corridor_style: Literal["straight", "bent", "labyrinth"] = param(
        "straight", "Whether corridors turn as little as they can, wander, or wind like a maze."
    )
    loops: float = param(
        0.15, "Share of the possible shortcuts between neighbouring rooms that exist.", unit="share", ge=0, le=0.5,
        hints="0 a tree, 0.15 a few round trips, 0.5 many ways to go",
    )  # fmt: skip
    doors: bool = param(True, "Whether rooms have doors; otherwise open archways.")
    wall_height_m: float = param(2.5, "Height of the walls.", unit="m", ge=1.5, le=12)
    storey_height_m: float = param(4, "From one floor to the next.", unit="m", ge=2, le=20)
    cell_m: float = param(
        2, "Thickness of the walls, and the step in which rooms and corridors grow.", unit="m", ge=1, le=8,
        hints="1 for houses and crypts, 2 for dungeons",
    )  # fmt: skip


FEATURES = (
    Feature("storey", ("storey", "story", "floor", "dungeon level", "dungeon floor"), layer="cell", values=("stairs",),
            count_by="none"),
    Feature("staircase", ("staircase", "stairway", "stair", "flight of stairs", "stairwell"), layer="cell",
            values=("stairs",)),
)  # fmt: skip


@generator(
    family="interiors",
    stage="role",
    reads=("cell", "room", "height", "underground", "water_kind", "cell_1"),
    writes=("cell", *(n for k in range(1, MOST) for n in names(k))),
    features=FEATURES,
    source="rooms as in `rooms`; stacked after Dormans 2010",
)
def floors(inputs: Inputs, params: Floors, rng: np.random.Generator, tick: Tick) -> Output:
    """Storeys of rooms above or below the interior that is there, with stairs at the same place on both."""
    rooms = inputs.get("room")
    if rooms is None or "cell" not in inputs.layers or not (rooms > 0).any():
        raise BuildError("there is no ground floor to build on; put a step that makes rooms before this one")
    if "cell_1" in inputs.layers:
        raise BuildError("an earlier step has made storeys already; ask for all of them in one step")
    tick(0.05, "looking at the ground floor")
    lattice = Lattice.over(inputs.grid, params.cell_m, params.corridor_width_m)
    ground = _ground_floor(inputs, lattice)
    domain = _domain(inputs, lattice, ground)
    plans = [ground]
    for k in range(1, params.storeys):
        tick(k / params.storeys, f"laying storey {k}")
        plans.append(_storey(lattice, domain, plans, params, rng, k))
    layers = {"cell": _with_stairs(inputs, lattice, plans[0])}
    for k, plan in enumerate(plans[1:], start=1):
        cell, room = onto_grid(lattice, plan.drawing, inputs.grid)
        if len(np.unique(room)) <= params.room_count:
            raise BuildError(lowest_resolution(inputs.grid, lattice.cell_m, f"{params.room_count} rooms"))
        layers |= {names(k)[0]: Layer.named(cell, CELLS), names(k)[1]: Layer(room, kind="categorical")}
    return Output(layers=layers, parts=_parts(inputs, lattice, plans, params))


@dataclass
class _Storey:
    """A storey on the cells of the lattice, and the cells of its stairs to the one before and to the one after it."""

    drawing: Drawing
    before: NDArray[np.int64]
    after: NDArray[np.int64]


_NONE = np.empty((0, 2), dtype=np.int64)


def _ground_floor(inputs: Inputs, lattice: Lattice) -> _Storey:
    """Return the ground floor as far as it can be seen on the lattice: cells that lie wholly in one room."""
    grid = inputs.grid
    cells = np.argwhere(np.ones((lattice.rows, lattice.cols), dtype=bool)).astype(np.float64)
    room, walked = inputs.layers["room"].data, inputs.has("cell", "floor")
    seen = []
    for dr, dc in ((0.0, 0.0), (-0.4, -0.4), (-0.4, 0.4), (0.4, -0.4), (0.4, 0.4)):
        at = grid.cells_of(lattice.points(cells + np.array([dr, dc])))
        seen.append(np.where(walked[at], room[at], 0))
    same = np.equal(seen, seen[0]).all(axis=0) & (inputs.mask[grid.cells_of(lattice.points(cells))] >= 0.5)
    ids = np.where(same, seen[0], 0).reshape(lattice.rows, lattice.cols).astype(np.int32)
    door = inputs.has("cell", "door")[grid.cells_of(lattice.points(cells))].reshape(ids.shape)
    doors = [(int(r), int(c), True) for r, c in np.argwhere(door)]
    return _Storey(Drawing(np.where(ids > 0, np.uint8(FLOOR), np.uint8(0)), ids, doors), _NONE, _NONE)


def _domain(inputs: Inputs, lattice: Lattice, ground: _Storey) -> BoolArray:
    """Nodes around the ground floor that lie inside the region."""
    free = replace(inputs, layers={n: layer for n, layer in inputs.layers.items() if n != "cell"})
    if min(lattice.shape) < 1 or not (ground.drawing.room > 0).any():
        raise BuildError("no room of the ground floor lies in the region; make it larger, or lower cell_m")
    domain = lattice.domain(free)
    rows, cols = np.nonzero(ground.drawing.room)
    r0, c0 = lattice.first()
    near = np.zeros_like(domain)
    top, low = ((int(v) - r0) // lattice.pitch for v in (rows.min(), rows.max()))
    left, right = ((int(v) - c0) // lattice.pitch for v in (cols.min(), cols.max()))
    near[max(0, top - AROUND) : low + AROUND + 1, max(0, left - AROUND) : right + AROUND + 1] = True
    domain &= near
    return largest_part(domain) if domain.any() else domain


def _storey(
    lattice: Lattice, domain: BoolArray, plans: list[_Storey], params: Floors, rng: np.random.Generator, number: int
) -> _Storey:
    """Return a storey whose rooms lie where the one before has rooms too, with stairs to it.

    Raises
    ------
    BuildError
        Its rooms or its stairs find no place.
    """
    sizes = Sizes(*lattice.nodes_within(params.room_min_m, params.room_max_m))
    spacing = 16.0 / (lattice.pitch * lattice.cell_m)
    rooms = []
    for seed in rng.integers(2**32, size=TRIES).tolist():
        dice = np.random.Generator(np.random.PCG64(seed))
        rooms = place_rooms(domain, params.room_count, sizes, "scattered", spacing, dice) if domain.any() else []
        if len(rooms) < params.room_count:
            break
        network, missing, _ = connect(rooms, domain, params.corridor_style, params.loops, 0, dice)
        if missing:
            continue
        drawing = draw(lattice, rooms, network, params.doors)
        places = _shafts(plans[-1], drawing, params.stairs)
        if len(places) == params.stairs:
            plans[-1].after = places
            for r, c in places.tolist():
                plans[-1].drawing.cell[r, c] = drawing.cell[r, c] = STAIRS
            return _Storey(drawing, places, _NONE)
    if len(rooms) < params.room_count:
        raise BuildError(f"{params.room_count} rooms do not fit on storey {number}; ask for {len(rooms)} or fewer")
    raise BuildError(
        f"no place was found for {params.stairs} stairs between storeys {number - 1} and {number}; "
        "ask for fewer stairs, more rooms, or larger ones"
    )


def _shafts(above: _Storey, below: Drawing, wanted: int) -> NDArray[np.int64]:
    """``(n, 2)`` cells for stairs: in rooms of both storeys, off doors and other stairs, against walls, far apart."""
    both = (above.drawing.room > 0) & (below.room > 0)
    both &= (above.drawing.cell == FLOOR) & (below.cell == FLOOR)
    for r, c, _ in (*above.drawing.doors, *below.doors):
        both[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = False
    for r, c in above.before.tolist():
        both[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = False
    open_ = [(room > 0).astype(np.int64) for room in (above.drawing.room, below.room)]
    crowd = sum(ndimage.convolve(room, EIGHT.astype(np.int64)) for room in open_)  # least in the corners
    found: list[tuple[int, int]] = []
    while len(found) < wanted and both.any():
        options = np.argwhere(both)
        away = np.full(len(options), 1e3)
        for r, c in (*found, *((int(r), int(c)) for r, c in above.before)):
            away = np.minimum(away, np.hypot(options[:, 0] - r, options[:, 1] - c))
        merit = np.minimum(away, 12) - 0.4 * crowd[options[:, 0], options[:, 1]]
        r, c = options[int(np.argmax(merit))].tolist()
        found.append((r, c))
        both[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = False
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _with_stairs(inputs: Inputs, lattice: Lattice, ground: _Storey) -> Layer:
    """Return the cells of the ground floor with its stairs."""
    cell = np.array(inputs.layers["cell"].data, dtype=np.uint8)
    marks = np.zeros(ground.drawing.cell.shape, dtype=np.uint8)
    marks[ground.after[:, 0], ground.after[:, 1]] = STAIRS
    shown, _ = onto_grid(lattice, Drawing(marks, np.zeros(marks.shape, np.int32), []), inputs.grid)
    cell[shown == STAIRS] = STAIRS
    return Layer.named(cell, CELLS)


def _parts(inputs: Inputs, lattice: Lattice, plans: list[_Storey], params: Floors) -> tuple[MeshPart, ...]:
    """Return the meshes of the further storeys, and the stairs of all."""
    height = floor_heights(inputs)
    inside = inputs.layers["room"].data > 0
    level = float(np.median(height[inside]))
    step = params.storey_height_m * (-1 if params.direction == "below" else 1)
    parts: list[MeshPart] = []
    for k, plan in enumerate(plans):
        z = level + k * step
        if k:
            parts += dungeon_parts(lattice, plan.drawing, z, params.wall_height_m, suffix(k))
        before, after = plans[k - 1] if k else None, plans[k + 1] if k + 1 < len(plans) else None
        under, over = (after, before) if params.direction == "below" else (before, after)
        down, up = (plan.after, plan.before) if params.direction == "below" else (plan.before, plan.after)
        if under is not None:
            parts.append(pit_part(lattice, down, _climbs(under.drawing, plan.drawing, down), z, suffix(k)))
        if over is not None:
            way = _climbs(plan.drawing, over.drawing, up)
            parts.append(flight_part(lattice, up, way, z, params.storey_height_m, suffix(k)))
    return tuple(parts)


def _climbs(low: Drawing, high: Drawing, cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """``(n,)`` where stairs climb to: away from open floor below, toward open floor above, the back at a wall."""
    merits = []
    for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        r, c = cells[:, 0], cells[:, 1]
        entered = low.room[r - dr, c - dc] > 0
        left = high.room[r + dr, c + dc] > 0
        backed = low.room[r + dr, c + dc] == 0
        merits.append(4 * entered + 4 * left + 2 * backed)
    return np.asarray(np.argmax(np.array(merits), axis=0), dtype=np.int64)
