"""Where water runs: filling, D8 routing that resolves flats, catchments and stream order.

All kernels give the same result for any number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .depressions import fill_exactly, fill_sloping
from .flats import resolve_flats

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Bytes = NDArray[np.uint8]
STRIPS = 16
"""Strips that threads accumulate in; fixed, so that sums do not depend on the number of threads."""
PARKED = 254  # in place of a number of inflows: all have arrived and wait to leave the strip


def map_border(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """``(rows, cols)`` True on the outermost cells."""
    border = np.ones(shape, dtype=bool)
    border[1:-1, 1:-1] = False
    return border


def fill_depressions(
    height: NDArray[np.floating], *, epsilon_m: float = 0.0, outlets: NDArray[np.bool_] | None = None
) -> F32:
    """Raise the ground until water can leave from everywhere.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols)`` ground [m], finite.
    epsilon_m : float
        Rise from each filled cell to the next one [m]; 0 leaves filled depressions level and is exact.
    outlets : ndarray of bool, optional
        ``(rows, cols)`` cells where water leaves, such as the sea; the map's border by default.

    Returns
    -------
    ndarray
        ``(rows, cols) float32``, nowhere below ``height``.

    Notes
    -----
    Barnes, Lehman & Mulla 2014, "Priority-flood"; without epsilon by way of basins and passes, see `depressions`.
    """
    ground = np.ascontiguousarray(height, dtype=np.float32)
    leaves = map_border(ground.shape) if outlets is None else np.ascontiguousarray(outlets, dtype=bool)
    return fill_exactly(ground, leaves) if epsilon_m <= 0 else np.asarray(fill_sloping(ground, leaves, epsilon_m))


def flow_receivers(height: NDArray[np.floating], cell_size_m: float, outlets: NDArray[np.bool_] | None = None) -> I32:
    """Find the neighbour that each cell drains to: the steepest way down, and through flats the shortest way out.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols)`` filled ground [m]. Cells of an unfilled pit keep their water.
    cell_size_m : float
        Edge of a cell [m].
    outlets : ndarray of bool, optional
        Cells where water leaves. By default cells of the map's border, where nothing inside is lower.

    Returns
    -------
    ndarray
        ``(rows*cols,) int32`` number (row * cols + col) of the receiver; a cell that keeps or loses its water is its
        own.

    Notes
    -----
    D8: O'Callaghan & Mark 1984. ``cell_size_m`` cancels out of the comparison of slopes and is kept for clarity.
    """
    ground = np.ascontiguousarray(height, dtype=np.float32)
    border = outlets is None
    leaves = map_border(ground.shape) if outlets is None else np.ascontiguousarray(outlets, dtype=bool)
    to = np.empty(ground.shape, np.int32)  # by numpy, whose pages are large: those of kernels cost more than the work
    _steepest(ground, np.zeros_like(leaves) if border else leaves, to)
    resolve_flats(ground, leaves, to)
    return to.ravel()


@njit(parallel=True, cache=True)
def _steepest(height: F32, fixed: NDArray[np.bool_], to: I32) -> None:
    rows, cols = height.shape
    for r in prange(rows):
        if 0 < r < rows - 1 and cols > 2:
            _steepest_row(height[r - 1], height[r], height[r + 1], to[r], r * cols, cols)
            to[r, 0], to[r, cols - 1] = _steepest_at(height, r, 0), _steepest_at(height, r, cols - 1)
        else:
            for c in range(cols):
                to[r, c] = _steepest_at(height, r, c)
        for c in range(cols):
            if fixed[r, c]:
                to[r, c] = r * cols + c


@njit(cache=True)
def _steepest_row(north: F32, here: F32, south: F32, to: I32, first: int, cols: int) -> None:
    """Fill the inner cells of a row; straight neighbours win ties; no branches, so that it becomes SIMD code."""
    slant = np.float32(np.sqrt(0.5))
    own, width = np.int32(first + 1), np.int32(cols)
    for c in range(to.size - 2):
        z, drop, step = here[c + 1], np.float32(0), np.int32(0)
        n, w, e, s = z - north[c + 1], z - here[c], z - here[c + 2], z - south[c + 1]
        nw, ne = (z - north[c]) * slant, (z - north[c + 2]) * slant
        sw, se = (z - south[c]) * slant, (z - south[c + 2]) * slant
        step, drop = (-width if n > drop else step), max(n, drop)
        step, drop = (np.int32(-1) if w > drop else step), max(w, drop)
        step, drop = (np.int32(1) if e > drop else step), max(e, drop)
        step, drop = (width if s > drop else step), max(s, drop)
        step, drop = (np.int32(-width - 1) if nw > drop else step), max(nw, drop)
        step, drop = (np.int32(-width + 1) if ne > drop else step), max(ne, drop)
        step, drop = (np.int32(width - 1) if sw > drop else step), max(sw, drop)
        step, drop = (np.int32(width + 1) if se > drop else step), max(se, drop)
        to[c + 1] = own + np.int32(c) + step


@njit(cache=True)
def _steepest_at(height: F32, r: int, c: int) -> int:
    """Return the receiver of a cell at the map's border."""
    rows, cols = height.shape
    best, found = np.float32(0), r * cols + c
    for k in (1, 3, 5, 7, 0, 2, 6, 8):
        r1, c1 = r + k // 3 - 1, c + k % 3 - 1
        if 0 <= r1 < rows and 0 <= c1 < cols:
            drop = (height[r, c] - height[r1, c1]) * np.float32(1 if k % 2 else np.sqrt(0.5))
            if drop > best:
                best, found = drop, r1 * cols + c1
    return int(found)


def accumulate(receivers: I32, weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Sum what arrives at each cell, its own weight included.

    Parameters
    ----------
    receivers : ndarray
        ``(n,) int32`` as of `flow_receivers`; free of cycles.
    weights : ndarray
        What each cell contributes, in any shape of ``n`` cells: 1 for a catchment in cells, the cell's area for m².

    Returns
    -------
    ndarray
        Shape and float type of ``weights``.
    """
    kind: type[np.floating] = np.float64 if weights.dtype == np.float64 else np.float32
    total: NDArray[np.floating] = np.array(weights, dtype=kind, order="C").reshape(-1)
    waiting, crossing = np.zeros(total.size, np.uint8), np.empty(total.size, np.int32)
    crossings = _strip_inflows(receivers, waiting, crossing)
    _gather(receivers, total, waiting, crossing, crossings, np.empty(total.size, np.int32))
    return total.reshape(weights.shape)


@njit(cache=True)
def _inflows(to: I32) -> NDArray[np.uint8]:
    waiting = np.zeros(to.size, np.uint8)
    for i in range(to.size):
        if to[i] != i:
            waiting[to[i]] += np.uint8(1)
    return waiting


@njit(parallel=True, cache=True)
def _strip_inflows(to: I32, waiting: Bytes, crossing: I32) -> NDArray[np.int64]:
    """Count the inflows of every cell; list, strip by strip, the cells that drain into another one, and how many."""
    n = to.size
    crossings = np.zeros(STRIPS, np.int64)
    for s in prange(STRIPS):
        first, end = n * s // STRIPS, n * (s + 1) // STRIPS
        for i in range(first, end):
            down = to[i]
            if down < first or down >= end:
                crossing[first + crossings[s]] = i
                crossings[s] += 1
            elif down != i:
                waiting[down] += np.uint8(1)
    for s in range(STRIPS):
        for k in range(crossings[s]):
            waiting[to[crossing[n * s // STRIPS + k]]] += np.uint8(1)
    return crossings


@njit(parallel=True, cache=True)
def _gather(
    to: I32, total: NDArray[np.floating], waiting: Bytes, crossing: I32, crossings: NDArray[np.int64], queue: I32
) -> None:
    """Sum from the heads down within fixed strips, then go on from the cells that drain across their borders."""
    n = to.size
    for s in prange(STRIPS):
        first, end = n * s // STRIPS, n * (s + 1) // STRIPS
        tail = first
        for i in range(first, end):
            queue[tail] = i
            tail += waiting[i] == 0
        _hand_down(to, total, waiting, queue, first, tail, first, end)
    tail = 0
    for s in range(STRIPS):
        for k in range(crossings[s]):
            i = crossing[n * s // STRIPS + k]
            queue[tail] = i
            tail += waiting[i] == PARKED
    _hand_down(to, total, waiting, queue, 0, tail, 0, n)


@njit(cache=True)
def _hand_down(
    to: I32, total: NDArray[np.floating], waiting: Bytes, queue: I32, head: int, tail: int, first: int, end: int
) -> None:
    """Give what the cells in the queue have to the next one, which joins it once it has everything.

    Cells that drain beyond cells ``first`` to ``end`` are parked. Joining is no branch: it could not be predicted.
    """
    while head < tail:
        i = np.uint32(queue[head])  # an index without a sign is not tested for one
        head += 1
        down = np.uint32(to[i])
        if down < first or down >= end:
            waiting[i] = PARKED
        elif down != i:
            total[down] += total[i]
            waiting[down] -= np.uint8(1)
            queue[tail] = down
            tail += waiting[down] == 0


@njit(cache=True)
def strahler(receivers: I32, mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Give every stream cell its order: 1 at the head, one more where two of equal order meet (Strahler 1957).

    Parameters
    ----------
    receivers : ndarray
        ``(n,) int32`` as of `flow_receivers`.
    mask : ndarray of bool
        ``(n,)`` or ``(rows, cols)`` the cells that are streams.

    Returns
    -------
    ndarray
        ``(n,) uint8``, 0 outside the mask.
    """
    wet = np.ascontiguousarray(mask).reshape(-1)
    to = np.where(wet & wet[receivers], receivers, np.arange(receivers.size)).astype(np.int32)
    waiting = _inflows(to)
    order = np.zeros(receivers.size, np.uint8)
    twice = np.zeros(receivers.size, np.bool_)
    for i in range(receivers.size):
        j = i
        while wet[j] and waiting[j] == 0:
            waiting[j] = 255
            order[j] = max(order[j] + twice[j], 1)
            down = to[j]
            if down == j:
                break
            if order[j] > order[down]:
                order[down], twice[down] = order[j], False
            elif order[j] == order[down]:
                twice[down] = True
            waiting[down] -= np.uint8(1)
            j = down
    return order
