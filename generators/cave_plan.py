"""The ground plan of a cave as fields on a lattice: chambers, the tunnels between them, and what the automaton leaves.

A field is above 0 where the floor is and falls to -0.5 and less in the rock, so outlines run smoothly between cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.world import FloatArray

from .corridors import Network
from .dungeon_lattice import CORRIDOR, EIGHT, FLOOR, ROCK, WALL, WATER, Drawing, Lattice
from .kernels.automaton import brush, grow_rock
from .kernels.noise import noise_at
from .room_layout import BoolArray, Room

CORE, EDGE = 0.34, 1.22
"""What is floor and what is rock whatever the dice say, as a share of the way from a chamber's middle to its rim."""
FRINGE = 0.9
"""Cells around the tunnels that are left to the automaton."""
SOFT = 0.85
"""Blur of the automaton's cells [cells]."""
FINEST = 1024
"""Cells along the side of a lattice from which on its drawing is not refined."""
SMALLEST_PILLAR_M2 = 4.0
"""Smaller pieces of rock inside a chamber would look like crumbs."""


@dataclass(frozen=True)
class Cave:
    """A cave on the cells of a lattice.

    Parameters
    ----------
    floor : ndarray
        ``(rows, cols) float32`` above 0 where the floor is, pools included.
    built : ndarray
        ``(rows, cols) float32`` above 0 inside the outer outline of the walls.
    pool : ndarray
        ``(rows, cols) float32`` above 0 where water stands.
    drawing : Drawing
        The same on cells.
    lines : list
        Middle lines of the tunnels, ``(n, 2)`` row and column, and their radii ``(n,)``, in cells.
    """

    floor: FloatArray
    built: FloatArray
    pool: FloatArray
    drawing: Drawing
    lines: list[tuple[NDArray[np.float64], NDArray[np.float64]]]


def tunnel_lines(
    lattice: Lattice, rooms: list[Room], network: Network, radius: float, seed: int
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the middle lines of tunnels that wind along the ways of a network, and their radii, in cells."""
    if not network.runs:
        return []
    half = (lattice.node - 1) / 2
    straight = []
    for run in network.runs:
        stops = [np.array(lattice.cell_of(node)) + half for node in run]
        for end, at in ((0, 0), (-1, len(stops))):
            room = int(network.owner[run[end]])
            if room:
                stops.insert(at, middle_of(lattice, rooms[room - 1]))
        straight.append(_resampled(_rounded(np.array(stops)), 0.5))
    places = np.concatenate(straight)
    east, south, swell = (
        noise_at(places, seed=seed + k, feature_size_m=share * lattice.pitch, octaves=2)
        for k, share in enumerate((3.0, 3.0, 2.0))
    )
    lines, start = [], 0
    for line in straight:
        mine = slice(start, start + len(line))
        away = np.minimum(np.arange(len(line)), np.arange(len(line))[::-1]) * 0.5
        bend = np.stack([east[mine], south[mine]], axis=1)
        bent = line + bend * (0.55 * lattice.pitch * np.minimum(away / (2 * lattice.pitch), 1))[:, None]
        lines.append((bent, radius * (1 + 0.35 * np.clip(swell[mine], 0, 1.2)).astype(np.float64)))
        start += len(line)
    return lines


def middle_of(lattice: Lattice, room: Room) -> NDArray[np.float64]:
    """Row and column of the middle of a room, in cells."""
    r, c = lattice.cell_of((room.top, room.left))
    return np.array([r + (room.height * lattice.pitch - 2) / 2, c + (room.width * lattice.pitch - 2) / 2])


def _rounded(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the corners of a line three times (Chaikin 1974); its ends stay."""
    for _ in range(3):
        a, b = line[:-1], line[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        line = np.concatenate([line[:1], cut[1:-1], line[-1:]])
    return line


def _resampled(line: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step) + 1))
    return np.stack([np.interp(at, along, line[:, k]) for k in (0, 1)], axis=1)


def chamber_field(lattice: Lattice, rooms: list[Room], seed: int) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return how far each cell lies on the way from the middle to the rim of the nearest chamber, and its number."""
    shape = (lattice.rows, lattice.cols)
    share, owner = np.full(shape, np.inf, dtype=np.float32), np.zeros(shape, dtype=np.int32)
    places, grain = [], []
    for room in rooms:
        middle, half = middle_of(lattice, room), np.array([room.height, room.width]) * lattice.pitch / 2
        low = np.maximum((middle - 1.6 * half).astype(int), 0)
        high = np.minimum((middle + 1.6 * half).astype(int) + 2, shape)
        places.append((slice(low[0], high[0]), slice(low[1], high[1])))
        grain.append(np.argwhere(np.ones(high - low, dtype=bool)) + low)
    sizes = np.array([1.1 * lattice.pitch * min(r.height, r.width) / 2 + 2 for r in rooms])
    cells = np.concatenate([g / size for g, size in zip(grain, sizes, strict=True)])
    ruffles = np.split(
        noise_at(cells, seed=seed, feature_size_m=1.0, octaves=3), np.cumsum([len(g) for g in grain])[:-1]
    )
    for number, (room, place, ruffle) in enumerate(zip(rooms, places, ruffles, strict=True), start=1):
        middle, half = middle_of(lattice, room), np.array([room.height, room.width]) * lattice.pitch / 2
        r, c = np.mgrid[place]
        # between an ellipse and the rectangle it fills, so that chambers are neither discs nor boxes
        x, y = np.abs(r - middle[0]) / half[0], np.abs(c - middle[1]) / half[1]
        away = (x**2.6 + y**2.6) ** (1 / 2.6)
        here = (away * (1 + 0.28 * ruffle.reshape(away.shape))).astype(np.float32)
        nearer = here < share[place]
        share[place][nearer], owner[place][nearer] = here[nearer], number
    return share, owner


def dig(
    share: FloatArray, tubes: FloatArray, allowed: BoolArray, fill: float, limits: tuple[int, int], rounds: int,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return the floor's field: what the automaton makes of random rock, the cores and the tunnels always dug.

    Parameters
    ----------
    share : ndarray
        See `chamber_field`.
    tubes : ndarray
        ``(rows, cols) float32`` depth inside the tunnels [cells], negative around them.
    fill : float
        Share of rock about half-way out in a chamber.
    """
    chance = np.clip(fill + 0.9 * (share - 0.8), 0, 1)
    chance = np.where(share > EDGE, 1, chance)
    chance = np.where(tubes > -FRINGE, np.minimum(chance, fill), chance)
    dug = (share < CORE) | (tubes > 0)
    solid = ~allowed | ((share > EDGE) & (tubes <= -FRINGE))
    rock = (rng.random(share.shape, dtype=np.float32) < chance) & ~dug | solid
    rock = grow_rock(rock, dug & allowed, solid, *limits, rounds)
    floor = ndimage.gaussian_filter((~rock).astype(np.float32), SOFT) - np.float32(0.5)
    always = np.maximum(np.clip(tubes, -0.5, 0.5), np.where(share < CORE, np.float32(0.5), np.float32(-0.5)))
    floor = np.maximum(floor, always)
    return np.where(allowed, floor, np.float32(-0.5)).astype(np.float32)


def swept(floor: FloatArray, seeds: BoolArray, cell_m: float) -> FloatArray:
    """Return a floor without pockets that touch no seed, and without crumbs of rock."""
    parts, _ = ndimage.label(floor > 0)
    kept = np.zeros(int(parts.max()) + 1, dtype=bool)
    kept[np.unique(parts[seeds & (parts > 0)])] = True
    floor = np.where((parts > 0) & ~kept[parts], np.float32(-0.5), floor)
    rock, count = ndimage.label(floor <= 0, structure=EIGHT)
    small = np.bincount(rock.ravel(), minlength=count + 1) * cell_m**2 < SMALLEST_PILLAR_M2
    return np.where((rock > 0) & small[rock], np.float32(0.5), floor).astype(np.float32)


def walls_around(floor: FloatArray, thick: float, allowed: BoolArray, seed: int) -> FloatArray:
    """Return a field that is above 0 within about ``thick`` cells of the floor, small gaps closed.

    Parameters
    ----------
    allowed : ndarray
        ``(rows, cols) bool`` where walls may stand.
    """
    away = ndimage.distance_transform_edt(floor <= 0)
    rows, cols = floor.shape
    coarse = np.mgrid[0:rows:2, 0:cols:2].reshape(2, -1).T.astype(np.float64)
    ruffle = noise_at(coarse, seed=seed, feature_size_m=4.0 * thick, octaves=3)
    ruffle = ruffle.reshape(-(-rows // 2), -(-cols // 2)).repeat(2, axis=0).repeat(2, axis=1)[:rows, :cols]
    near = away < np.maximum(thick * (1 + 0.35 * ruffle), 1.8)
    holes, count = ndimage.label(~near)
    outer = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
    small = np.bincount(holes.ravel(), minlength=count + 1) < (4 * thick) ** 2
    small[outer] = False
    near |= small[holes] & (holes > 0)
    soft = ndimage.gaussian_filter(near.astype(np.float32), 1.0) - np.float32(0.5)
    soft = np.maximum(soft, np.where(away <= 1.5, np.float32(0.5), np.float32(-0.5)))
    return np.where(allowed, soft, np.float32(-0.5)).astype(np.float32)


def drawn(floor: FloatArray, built: FloatArray, pool: FloatArray, room: NDArray[np.int32]) -> Drawing:
    """Return the fields on cells; each chamber is one piece, what hangs off it counts as passage."""
    walked = floor > 0
    room = np.where(walked, room, 0).astype(np.int32)
    wall = ((built > 0) | ndimage.binary_dilation(walked, EIGHT)) & ~walked
    cell = np.where(walked, np.where(room > 0, FLOOR, CORRIDOR), np.where(wall, WALL, ROCK)).astype(np.uint8)
    cell[walked & (pool > 0)] = WATER
    return Drawing(cell, room, [])


def finer(lattice: Lattice, cave: Cave) -> tuple[Lattice, Drawing]:
    """Return the drawing on cells half as large, where its outlines show fewer stairs; as it is on large lattices."""
    if max(lattice.rows, lattice.cols) > FINEST:
        return lattice, cave.drawing
    half = Lattice(2 * lattice.rows, 2 * lattice.cols, lattice.cell_m / 2, lattice.origin_m, 2 * lattice.node)
    floor, built, pool = (_doubled(field) for field in (cave.floor, cave.built, cave.pool))
    parts, _ = ndimage.label(floor > 0)
    kept = np.unique(parts[(cave.floor > 0).repeat(2, axis=0).repeat(2, axis=1) & (parts > 0)])
    floor = np.where((parts > 0) & ~np.isin(parts, kept), np.float32(-0.5), floor)
    nearest = ndimage.distance_transform_edt(cave.drawing.room == 0, return_distances=False, return_indices=True)
    room = np.where(
        cave.drawing.cell == CORRIDOR, 0, np.where(cave.floor > 0, cave.drawing.room, cave.drawing.room[tuple(nearest)])
    )
    return half, drawn(floor, built, pool, room.repeat(2, axis=0).repeat(2, axis=1))


def _doubled(field: FloatArray) -> FloatArray:
    """``(2 rows, 2 cols) float32`` the field between the middles of its cells."""
    rows, cols = ((np.arange(2 * n) - 0.5) / 2 for n in field.shape)
    at = np.stack(np.broadcast_arrays(rows[:, None], cols[None, :]))
    return np.asarray(ndimage.map_coordinates(field, at, order=1, mode="nearest"), dtype=np.float32)


def tube_field(
    shape: tuple[int, int], lines: list[tuple[NDArray[np.float64], NDArray[np.float64]]], reach: float = 2.5
) -> FloatArray:
    """``(rows, cols) float32`` depth inside the tunnels [cells], at least -``reach``."""
    field = np.full(shape, -reach, dtype=np.float32)
    for line, radii in lines:
        brush(field, line, radii, reach)
    return field


def pieces(owner: NDArray[np.int32], walked: BoolArray, cores: BoolArray, share: FloatArray) -> NDArray[np.int32]:
    """Return the chamber of every floor cell: of its region, the piece around its core; 0 elsewhere."""
    room = np.where(walked & (share < EDGE), owner, 0)
    out = np.zeros_like(room)
    for number, box in enumerate(ndimage.find_objects(room), start=1):
        if box is None:
            continue
        mine, _ = ndimage.label(room[box] == number)
        keep = np.unique(mine[cores[box] & (mine > 0)])
        out[box][np.isin(mine, keep) & (mine > 0)] = number
    return out
