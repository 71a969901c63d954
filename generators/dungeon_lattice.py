"""The lattice a dungeon is planned on, and how it is drawn onto the cells of any grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.generator import Inputs
from pcgstudio.world import CELLS, FloatArray, Grid

from .corridors import Network, Node, doorways
from .room_layout import BoolArray, Room, largest_part

RIM = 2
"""Cells of rock and wall between the first node and the map's edge."""
ROCK, WALL, FLOOR, CORRIDOR, DOOR, WATER, STAIRS = (
    CELLS.index(n) for n in ("rock", "wall", "floor", "corridor", "door", "water", "stairs")
)
EIGHT = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Lattice:
    """Square cells over the map, grouped into nodes one corridor wide with one cell of wall between them.

    Parameters
    ----------
    rows, cols : int
        Cells.
    cell_m : float
        Edge of a cell [m].
    origin_m : (float, float)
        x, y of the lattice's south-west corner [m]; it lies in the middle of the map.
    node : int
        Cells along a side of a node.
    """

    rows: int
    cols: int
    cell_m: float
    origin_m: tuple[float, float]
    node: int

    @classmethod
    def over(cls, grid: Grid, cell_m: float, corridor_m: float) -> Lattice:
        """Return the lattice for a map; a corridor narrower than a cell makes the cells as small as itself."""
        cell = min(cell_m, corridor_m)
        cols, rows = (int(side / cell + 1e-3) for side in grid.extent_m)
        east, north = grid.extent_m
        origin = ((east - cols * cell) / 2, (north - rows * cell) / 2)
        return cls(rows, cols, cell, origin, max(1, round(corridor_m / cell)))

    @property
    def pitch(self) -> int:
        """Cells from one node to the next."""
        return self.node + 1

    @property
    def shape(self) -> tuple[int, int]:
        """Nodes from north to south and from west to east; at least 0."""
        rows, cols = (max(0, (n - 2 * RIM + 1) // self.pitch) for n in (self.rows, self.cols))
        return rows, cols

    def first(self) -> tuple[int, int]:
        """Row and column of the first cell of the first node; what does not fill a node is shared between the sides."""
        rows, cols = ((n - m * self.pitch + 1) // 2 for n, m in zip((self.rows, self.cols), self.shape, strict=True))
        return rows, cols

    def nodes_within(self, low_m: float, high_m: float) -> tuple[int, int]:
        """Return the fewest and the most nodes along a side between two lengths, at least one node."""
        step = self.pitch * self.cell_m
        least = max(1, int(np.ceil((low_m + self.cell_m) / step - 1e-6)))
        return least, max(least, int((high_m + self.cell_m) / step + 1e-6))

    def length_m(self, nodes: int) -> float:
        """Length of a side that covers so many nodes."""
        return (nodes * self.pitch - 1) * self.cell_m

    def points(self, cells: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
        """``(n, 2)`` x, y [m] of the middles of ``(n, 2)`` cells given by row and column."""
        x = self.origin_m[0] + (cells[:, 1] + 0.5) * self.cell_m
        y = self.origin_m[1] + (self.rows - cells[:, 0] - 0.5) * self.cell_m
        return np.stack([x, y], axis=1)

    def cell_of(self, node: Node) -> tuple[int, int]:
        """Return the first cell of a node."""
        r, c = self.first()
        return r + node[0] * self.pitch, c + node[1] * self.pitch

    def domain(self, inputs: Inputs) -> BoolArray:
        """``shape`` connected nodes that lie with their walls inside the step's region, on dry and untouched ground."""
        grid, shape = inputs.grid, self.shape
        cells = np.argwhere(np.ones((self.rows, self.cols), dtype=bool))
        points = self.points(cells)
        usable = grid.sample(inputs.mask, points) >= 0.5
        taken = inputs.has("water_kind", "sea", "lake", "river")
        taken |= inputs.has("cell", "wall", "floor", "corridor", "door", "water", "stairs", "bridge")
        usable &= ~taken[grid.cells_of(points)]
        good = ndimage.binary_erosion(usable.reshape(self.rows, self.cols), EIGHT)
        nodes = np.ones(shape, dtype=bool)
        r0, c0 = self.first()
        for dr in range(self.node):
            for dc in range(self.node):
                nodes &= good[r0 + dr :: self.pitch, c0 + dc :: self.pitch][: shape[0], : shape[1]]
        return largest_part(nodes)


@dataclass(frozen=True)
class Drawing:
    """A dungeon on the cells of its lattice.

    Parameters
    ----------
    cell : ndarray
        ``(rows, cols) uint8`` ids of `CELLS`.
    room : ndarray
        ``(rows, cols) int32`` ids from 1.
    doors : list of (int, int, bool)
        Row, column, and whether one walks through it from west to east.
    """

    cell: NDArray[np.uint8]
    room: NDArray[np.int32]
    doors: list[tuple[int, int, bool]]


def draw(lattice: Lattice, rooms: list[Room], network: Network, doors: bool) -> Drawing:
    """Draw rooms, corridors, openings, and one cell of wall around all of them."""
    cell = np.full((lattice.rows, lattice.cols), ROCK, dtype=np.uint8)
    ids = np.zeros(cell.shape, dtype=np.int32)
    for number, room in enumerate(rooms, start=1):
        r, c = lattice.cell_of((room.top, room.left))
        place = slice(r, r + room.height * lattice.pitch - 1), slice(c, c + room.width * lattice.pitch - 1)
        cell[place], ids[place] = FLOOR, number
    for i, j in np.argwhere(network.corridor).tolist():
        r, c = lattice.cell_of((i, j))
        cell[r : r + lattice.node, c : c + lattice.node] = CORRIDOR
    leaves = []
    for (a, b), opens_room in doorways(network).items():
        r, c = lattice.cell_of(b)
        eastward = a[0] == b[0]
        gap = np.s_[r : r + lattice.node, c - 1] if eastward else np.s_[r - 1, c : c + lattice.node]
        if opens_room and doors:
            middle = (lattice.node - 1) // 2
            leaf = (r + middle, c - 1) if eastward else (r - 1, c + middle)
            cell[leaf] = DOOR
            leaves.append((*leaf, eastward))
        else:
            cell[gap] = CORRIDOR
    return Drawing(walled(cell), ids, leaves)


def walled(cell: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put walls around all that is walked on; no two of them touch by a corner alone, so that they make a solid."""
    wall = ndimage.binary_dilation(cell > WALL, EIGHT) & (cell == ROCK)
    while True:
        falling = wall[:-1, :-1] & wall[1:, 1:] & ~wall[:-1, 1:] & ~wall[1:, :-1]
        rising = wall[:-1, 1:] & wall[1:, :-1] & ~wall[:-1, :-1] & ~wall[1:, 1:]
        more = np.zeros_like(wall)
        more[:-1, 1:] |= falling
        more[:-1, :-1] |= rising
        more &= cell == ROCK
        if not more.any():
            return np.where(wall, np.uint8(WALL), cell)
        wall |= more


def onto_grid(lattice: Lattice, drawing: Drawing, grid: Grid) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """``(rows, cols)`` cell and room of every grid cell; 0 in ``cell`` outside the lattice.

    Grid cells finer than the lattice show the lattice cell below their centre. Coarser ones show the most important
    of the lattice cells in them, so that nothing that is joined falls apart.
    """
    if grid.cell_size_m <= lattice.cell_m * 1.001:
        r = np.floor((lattice.origin_m[1] + lattice.rows * lattice.cell_m - grid.ys()) / lattice.cell_m).astype(int)
        c = np.floor((grid.xs() - lattice.origin_m[0]) / lattice.cell_m).astype(int)
        inside = ((r >= 0) & (r < lattice.rows))[:, None] & ((c >= 0) & (c < lattice.cols))[None, :]
        at = np.ix_(np.clip(r, 0, lattice.rows - 1), np.clip(c, 0, lattice.cols - 1))
        return (
            np.where(inside, drawing.cell[at], 0).astype(np.uint8),
            np.where(inside, drawing.room[at], 0).astype(np.int32),
        )
    back = np.array([0, ROCK, WALL, WATER, CORRIDOR, FLOOR, STAIRS, DOOR], dtype=np.uint8)
    rank = np.zeros(len(CELLS), dtype=np.int64)
    rank[back] = np.arange(len(back))
    rows, cols = grid.cells_of(lattice.points(np.argwhere(drawing.cell >= 0)))
    best = np.zeros(grid.shape, dtype=np.int64)
    np.maximum.at(best, (rows, cols), (rank[drawing.cell] * 2**20 + drawing.room).ravel())
    return back[best >> 20], (best & (2**20 - 1)).astype(np.int32)


def runs_of(lattice: Lattice, network: Network) -> list[FloatArray]:
    """Return the middle lines ``(n, 2) float32`` x, y [m] of the corridors, from opening to opening."""
    half, lines = (lattice.node - 1) / 2, list[FloatArray]()
    for run in network.runs:
        cells = np.array([lattice.cell_of(node) for node in run], dtype=np.float64) + half
        keep = np.array([network.corridor[node] for node in run])
        if not keep[1:-1].any() and not keep[-1]:
            continue
        for end, beside in ((0, 1), (-1, -2)):
            if not keep[end]:  # stop in the opening of the room instead of inside it
                cells[end] = cells[beside] + (cells[end] - cells[beside]) / lattice.pitch * (half + 1)
        lines.append(_corners(lattice.points(cells)).astype(np.float32))
    return lines


def _corners(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop the points at which a line does not turn."""
    step = np.diff(line, axis=0)
    turns = np.abs(step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]) > 1e-9
    return np.asarray(line[np.concatenate([[True], turns, [True]])])
