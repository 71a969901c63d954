"""Stream-power erosion on a small lattice: one implicit step down the flow tree, and what the water lays down.

The lattice is a plain ``(rows, cols) float32`` height field with square cells; flat indices are ``row * cols + col``.
All is serial, so any number of threads gives the same bits; it runs along the order of the flow tree, in which donors
and receivers stand close together, and reads and writes the map's cells once each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

from .wander import DC, DR

IntArray = NDArray[np.int32]

COUNTED = np.array([mask.bit_count() for mask in range(256)], dtype=np.uint64)
SMALL = 1024
"""Catchments [cells] below which the power of each is computed once; nearly all are."""
_ONE = np.uint64(1)


class FlowTree(NamedTuple):
    """Cells in an order that visits every receiver before its donors (Braun & Willett 2013).

    Parameters
    ----------
    order : ndarray
        ``(n,) int32`` number of the cell at each place.
    below : ndarray
        ``(n,) int32`` place of its receiver, which never decreases; its own place for an outlet.
    """

    order: IntArray
    below: IntArray


def downstream_first(receivers: IntArray, cols: int) -> FlowTree:
    """Return the flow tree of ``(n,) int32`` receivers, which are neighbours on a lattice of ``cols`` columns."""
    rows = receivers.size // cols
    ways, donors = np.full((rows + 2, cols + 2), 9, np.int8), np.empty((rows, cols), np.uint8)
    # Large arrays come from numpy, whose pages are large: those that a kernel makes cost more than its work.
    order, below = np.empty(receivers.size + 8, np.int32), np.empty(receivers.size + 8, np.int32)
    _donors(receivers, cols, ways, donors)
    _visit(receivers, donors.ravel(), _steps(cols), order, below)
    return FlowTree(order[:-8], below[:-8])


def _steps(cols: int) -> IntArray:
    """``(256, 8) int32`` steps from a cell to the neighbours in each set of them."""
    sets = np.arange(256)[:, None] >> np.arange(8) & 1 == 1
    steps = np.zeros((256, 8), np.int32)
    steps[np.nonzero(sets)[0], (np.cumsum(sets, axis=1) - 1)[sets]] = np.broadcast_to(DR * cols + DC, sets.shape)[sets]
    return steps


@njit(cache=True, error_model="numpy")
def _donors(receivers: IntArray, cols: int, ways: NDArray[np.int8], donors: NDArray[np.uint8]) -> None:
    """Fill the set of neighbours that drain into each cell; nothing branches, so that it becomes SIMD code."""
    rows, width = donors.shape[0], np.int32(cols)
    for r in range(rows):
        to, way, first = receivers[r * cols : (r + 1) * cols], ways[r + 1], np.int32(r * cols)
        for c in range(to.size):
            down = to[c]
            south = np.int32(down >= np.int32(first + width)) - np.int32(down < first)
            way[c + 1] = np.int8(np.int32(down - first) - np.int32(c) - np.int32(south * np.int32(width - 3)) + 4)
    for r in range(rows):
        for c in range(cols):
            mask = np.uint8(1) if ways[r, c] == 8 else np.uint8(0)
            mask |= np.uint8(2) if ways[r, c + 1] == 7 else np.uint8(0)
            mask |= np.uint8(4) if ways[r, c + 2] == 6 else np.uint8(0)
            mask |= np.uint8(8) if ways[r + 1, c] == 5 else np.uint8(0)
            mask |= np.uint8(16) if ways[r + 1, c + 2] == 3 else np.uint8(0)
            mask |= np.uint8(32) if ways[r + 2, c] == 2 else np.uint8(0)
            mask |= np.uint8(64) if ways[r + 2, c + 1] == 1 else np.uint8(0)
            mask |= np.uint8(128) if ways[r + 2, c + 2] == 0 else np.uint8(0)
            donors[r, c] = mask


@njit(cache=True, error_model="numpy")
def _visit(receivers: IntArray, donors: NDArray[np.uint8], steps: IntArray, order: IntArray, below: IntArray) -> None:
    """Fill the tree outlet by outlet, level by level, without branches that hang on the ground."""
    done = np.uint64(0)  # an index without a sign is not tested for one
    for outlet in range(receivers.size):
        if receivers[outlet] == outlet:
            visited, order[done], below[done] = done, outlet, np.int32(done)
            done += _ONE
            while visited < done:
                cell = order[visited]
                mask = donors[np.uint32(cell)]
                for k in range(8):
                    order[done + np.uint64(k)] = cell + steps[mask, k]
                for k in range(8):
                    below[done + np.uint64(k)] = np.int32(visited)
                visited += _ONE
                done += COUNTED[mask]


def catchment(tree: FlowTree) -> FloatArray:
    """``(n,) float32`` cells upstream of each place in the tree, itself included."""
    cells = np.ones(tree.order.size, np.float32)
    _gather(tree.below, cells)
    return cells


@njit(cache=True, error_model="numpy")
def _gather(below: IntArray, cells: FloatArray) -> None:
    for i in range(below.size - 1, -1, -1):
        down = np.uint32(below[i])
        if down != i:
            cells[down] += cells[i]


def on_cells(tree: FlowTree, values: FloatArray) -> FloatArray:
    """``(n,)`` the same values by number of the cell."""
    placed = np.empty_like(values)
    placed[tree.order] = values
    return placed


def reach_of(
    tree: FlowTree, cells: FloatArray, rate: FloatArray, cols: int, power: float, hillslope: float, beyond: float
) -> FloatArray:
    """Find how far the water cuts.

    Parameters
    ----------
    tree, cells
        Where water runs, and the `catchment`.
    rate : ndarray
        ``(n,) float32`` K dt of each cell of the map, times a power of its size.
    cols : int
        Columns of the lattice.
    power : float
        Exponent m of the catchment.
    hillslope : float
        Catchment in cells below which water is too thin to gather: there A fades out as its square.
    beyond : float
        Way on from an outlet [cells].

    Returns
    -------
    ndarray
        ``(n,) float32`` dimensionless K A^m dt / dx of each place in the tree.
    """
    reach, flow = np.empty_like(cells), np.empty(SMALL, np.float32)
    how = np.float32(power), np.float32(hillslope), np.float32(beyond)
    _reach(tree.order, tree.below, cells, rate, np.int32(cols), *how, flow, reach)
    return reach


@njit(cache=True, error_model="numpy")
def _reach(
    order: IntArray, below: IntArray, cells: FloatArray, rate: FloatArray, cols: np.int32, power: np.float32,
    hillslope: np.float32, beyond: np.float32, flow: FloatArray, reach: FloatArray,
) -> None:  # fmt: skip
    slant, last = np.float32(np.sqrt(2.0)), np.uint32(flow.size)
    for k in range(1, flow.size):
        flow[k] = _flow(np.float32(k), power, hillslope)
    for i in range(order.size):
        aside = abs(order[i] - order[np.uint32(below[i])])
        way = np.float32(1) if (aside == 1) | (aside == cols) else slant
        way = beyond if aside == 0 else way
        small = np.uint32(cells[i])
        stream = flow[small] if small < last else _flow(cells[i], power, hillslope)
        reach[i] = rate[np.uint32(order[i])] * stream / way


@njit(cache=True, error_model="numpy")
def _flow(cells: np.float32, power: np.float32, hillslope: np.float32) -> np.float32:
    """Return A^m of a catchment."""
    return (cells * cells / (cells + hillslope)) ** power


def incise(height: FloatArray, base: FloatArray, tree: FlowTree, reach: FloatArray) -> None:
    """Lower ``height`` in place by one implicit stream-power step with slope exponent 1.

    Parameters
    ----------
    height : ndarray
        ``(n,) float32`` [m]; the insides of pits stay, their sills are cut.
    base : ndarray
        ``(n,) float32`` level beyond the map that an outlet falls to [m]; its own height where it must not move.
    tree : FlowTree
        Where water runs.
    reach : ndarray
        ``(n,) float32`` from `reach_of`, in the order of the tree; 0 holds a cell.

    Notes
    -----
    Braun & Willett 2013, "A very efficient O(n), implicit and parallel method to solve the stream power equation".
    """
    _incise(height, base, tree.order, tree.below, reach, np.empty_like(height))


@njit(cache=True, error_model="numpy")
def _incise(
    height: FloatArray, base: FloatArray, order: IntArray, below: IntArray, reach: FloatArray, lowered: FloatArray
) -> None:
    for i in range(order.size):
        cell, down = np.uint32(order[i]), np.uint32(below[i])
        here = height[cell]
        level = base[cell] if down == i else lowered[down]
        cut = (here + reach[i] * level) / (np.float32(1) + reach[i])
        height[cell] = lowered[i] = cut if here > level else here


def settle(height: FloatArray, before: FloatArray, tree: FlowTree, cells: FloatArray, share: float) -> None:
    """Carry what was cut downstream and lay a share of it down on the way, in place.

    Parameters
    ----------
    height, before : ndarray
        ``(n,) float32`` [m] after and before the cutting.
    tree, cells
        Where water runs, and the `catchment`.
    share : float
        Of the load per catchment that settles on each cell: wide slow rivers build their floors, torrents do not.

    Notes
    -----
    The deposition term of Davy & Lague 2009, taken explicitly, as in Yuan et al. 2019.
    """
    _settle(height, before, tree.order, tree.below, cells, np.float32(share), np.zeros_like(height))


@njit(cache=True, error_model="numpy")
def _settle(
    height: FloatArray, before: FloatArray, order: IntArray, below: IntArray, cells: FloatArray, share: np.float32,
    load: FloatArray,
) -> None:  # fmt: skip
    for i in range(order.size - 1, -1, -1):
        cell, down = np.uint32(order[i]), np.uint32(below[i])
        load[i] += max(before[cell] - height[cell], np.float32(0))
        if down != i:
            laid = min(share / cells[i], np.float32(1)) * load[i]
            height[cell] += laid
            load[down] += load[i] - laid
