"""Stream-power erosion on a small lattice: one implicit step down the flow tree, and what the water lays down.

The lattice is a plain ``(rows, cols) float32`` height field with square cells; flat indices are ``row * cols + col``.
Everything that decides where water goes is either serial or writes each cell once, so any number of threads gives
the same bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

IntArray = NDArray[np.int32]

DR = np.array([-1, -1, -1, 0, 0, 1, 1, 1], dtype=np.int32)
DC = np.array([-1, 0, 1, -1, 1, -1, 0, 1], dtype=np.int32)
NEARNESS = (1 / np.sqrt(DR.astype(np.float32) ** 2 + DC.astype(np.float32) ** 2)).astype(np.float32)


@njit(cache=True, error_model="numpy")
def _dice(cell: int, seed: int) -> int:
    """Hash to 32 bits, the same on every machine: four bits for each of eight directions."""
    x = np.uint32(cell) * np.uint32(2654435761) + np.uint32(seed) * np.uint32(2246822519)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(2246822519)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(3266489917)
    return np.uint32(x ^ (x >> np.uint32(16)))  # type: ignore[return-value]  # numba computes in float32; numpy's stubs are wider


@njit(parallel=True, cache=True, error_model="numpy")
def wander(
    filled: FloatArray, receivers: IntArray, fixed: NDArray[np.bool_], seed: int, jitter: float
) -> tuple[IntArray, FloatArray]:
    """Choose receivers anew among the lower neighbours, with dice, and measure the way there.

    Parameters
    ----------
    filled : ndarray
        ``(rows, cols) float32`` without pits [m].
    receivers : ndarray
        ``(rows * cols,) int32`` D8 receivers, which hold where no neighbour is lower: in flats and at outlets.
    fixed : ndarray of bool
        ``(rows, cols)`` cells whose receiver must not change, such as the sea.
    seed : int
        Of the dice; another one each iteration averages the eight directions out.
    jitter : float
        Share by which each slope is perturbed: 0 is D8, which draws straight lines over even slopes.

    Returns
    -------
    receivers : ndarray
        ``(rows * cols,) int32``.
    distance : ndarray
        ``(rows * cols,) float32`` [cells].

    Notes
    -----
    Rho8: Fairfield & Leymarie 1991, "Drainage networks from grid digital elevation models".
    """
    rows, cols = filled.shape
    chosen = receivers.copy()
    distance = np.ones(rows * cols, np.float32)
    step = np.float32(jitter / 15)
    least = np.float32(1 - jitter / 2)
    offsets = DR * np.int32(cols) + DC
    flat = filled.ravel()
    for r in prange(rows):
        for c in range(cols):
            if fixed[r, c]:
                continue
            cell = r * cols + c
            dice = _dice(cell, seed)
            inside = 0 < r < rows - 1 and 0 < c < cols - 1
            best, choice = np.float32(0), receivers[cell]
            for k in range(8):
                if not inside and not (0 <= r + DR[k] < rows and 0 <= c + DC[k] < cols):
                    continue
                near = cell + offsets[k]
                luck = least + step * np.float32((dice >> np.uint32(4 * k)) & np.uint32(15))
                slope = (flat[cell] - flat[near]) * NEARNESS[k] * luck
                if slope > best:
                    best, choice = slope, near
            chosen[cell] = choice
            aside = abs(choice - cell)
            if aside not in (1, cols):
                distance[cell] = np.float32(np.sqrt(2.0))
    return chosen, distance


@njit(cache=True, error_model="numpy")
def downstream_first(receivers: IntArray) -> IntArray:
    """``(n,) int32`` cells in an order that visits every receiver before its donors (Braun & Willett 2013)."""
    n = receivers.size
    first = np.zeros(n + 1, np.int32)
    for i in range(n):
        if receivers[i] != i:
            first[receivers[i] + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    place = first[:-1].copy()
    donors = np.empty(n, np.int32)
    order = np.empty(n, np.int32)
    done = 0
    for i in range(n):
        if receivers[i] == i:
            order[done] = i
            done += 1
        else:
            donors[place[receivers[i]]] = i
            place[receivers[i]] += 1
    for visited in range(n):
        cell = order[visited]
        for k in range(first[cell], first[cell + 1]):
            order[done] = donors[k]
            done += 1
    return order


@njit(cache=True, error_model="numpy")
def catchment(receivers: IntArray, order: IntArray) -> FloatArray:
    """``(n,) float32`` cells upstream of each cell, itself included."""
    cells = np.ones(receivers.size, np.float32)
    for i in range(receivers.size - 1, -1, -1):
        cell = order[i]
        if receivers[cell] != cell:
            cells[receivers[cell]] += cells[cell]
    return cells


@njit(parallel=True, cache=True, error_model="numpy")
def reach_of(cells: FloatArray, rate: FloatArray, distance: FloatArray, power: float, hillslope: float) -> FloatArray:
    """``(n,) float32`` dimensionless K A^m dt / dx of each cell.

    ``hillslope`` is the catchment in cells below which water is too thin to gather: there A fades out as its square.
    """
    reach = np.empty_like(cells)
    for i in prange(cells.size):
        stream = cells[i] * cells[i] / (cells[i] + np.float32(hillslope))
        reach[i] = rate[i] * stream ** np.float32(power) / distance[i]
    return reach


@njit(cache=True, error_model="numpy")
def incise(height: FloatArray, base: FloatArray, receivers: IntArray, order: IntArray, reach: FloatArray) -> None:
    """Lower ``height`` in place by one implicit stream-power step with slope exponent 1.

    Parameters
    ----------
    height : ndarray
        ``(n,) float32`` [m]; the insides of pits stay, their sills are cut.
    base : ndarray
        ``(n,) float32`` level beyond the map that an outlet falls to [m]; its own height where it must not move.
    receivers, order : ndarray
        ``(n,) int32`` flow tree.
    reach : ndarray
        ``(n,) float32`` from `reach_of`; 0 holds a cell.

    Notes
    -----
    Braun & Willett 2013, "A very efficient O(n), implicit and parallel method to solve the stream power equation".
    """
    for i in range(order.size):
        cell = order[i]
        below = receivers[cell]
        level = base[cell] if below == cell else height[below]
        if height[cell] > level:
            height[cell] = (height[cell] + reach[cell] * level) / (np.float32(1) + reach[cell])


@njit(cache=True, error_model="numpy")
def settle(
    height: FloatArray, before: FloatArray, receivers: IntArray, order: IntArray, cells: FloatArray, share: float
) -> None:
    """Carry what was cut downstream and lay a share of it down on the way, in place.

    Parameters
    ----------
    height, before : ndarray
        ``(n,) float32`` [m] after and before the cutting.
    receivers, order : ndarray
        ``(n,) int32`` flow tree.
    cells : ndarray
        ``(n,) float32`` catchment.
    share : float
        Of the load per catchment that settles on each cell: wide slow rivers build their floors, torrents do not.

    Notes
    -----
    The deposition term of Davy & Lague 2009, taken explicitly, as in Yuan et al. 2019.
    """
    load = np.zeros(height.size, np.float32)
    for i in range(order.size - 1, -1, -1):
        cell = order[i]
        load[cell] += max(before[cell] - height[cell], np.float32(0))
        if receivers[cell] == cell:
            continue
        laid = min(np.float32(share) / cells[cell], np.float32(1)) * load[cell]
        height[cell] += laid
        load[receivers[cell]] += load[cell] - laid
