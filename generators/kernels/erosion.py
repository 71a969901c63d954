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
COUNTED = np.array([mask.bit_count() for mask in range(256)], dtype=np.uint64)
_ONE = np.uint64(1)
NEARNESS = (1 / np.sqrt(DR.astype(np.float32) ** 2 + DC.astype(np.float32) ** 2)).astype(np.float32)


@njit(cache=True, error_model="numpy")
def _dice(cell: int | np.int32, seed: int) -> int:
    """Hash to 32 bits, the same on every machine: four bits for each of eight directions."""
    x = np.uint32(cell) * np.uint32(2654435761) + np.uint32(seed) * np.uint32(2246822519)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(2246822519)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(3266489917)
    return np.uint32(x ^ (x >> np.uint32(16)))  # type: ignore[return-value]  # numba computes in float32; numpy's stubs are wider


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
    # Large arrays come from numpy, whose pages are large: those that a kernel makes cost more than its work.
    chosen, distance = receivers.copy(), np.ones(filled.size, np.float32)
    _wander(filled, receivers, fixed, seed, np.float32(1 - jitter / 2), np.float32(jitter / 15), chosen, distance)
    return chosen, distance


@njit(parallel=True, cache=True, error_model="numpy")
def _wander(
    filled: FloatArray, receivers: IntArray, fixed: NDArray[np.bool_], seed: int, least: np.float32, step: np.float32,
    chosen: IntArray, distance: FloatArray,
) -> None:  # fmt: skip
    rows, cols = filled.shape
    for r in prange(rows):
        inner = 0 < r < rows - 1 and cols > 2
        if inner:
            first, end = r * cols, (r + 1) * cols
            _wander_row(
                filled[r - 1], filled[r], filled[r + 1], receivers[first:end], first, seed, least, step,
                chosen[first:end], distance[first:end],
            )  # fmt: skip
        for c in range(0, cols, max(cols - 1, 1) if inner else 1):
            choice = _wander_at(filled, receivers, r, c, seed, least, step)
            chosen[r * cols + c], distance[r * cols + c] = choice, _way(choice - r * cols - c, cols)
        for c in range(cols):
            if fixed[r, c]:
                chosen[r * cols + c], distance[r * cols + c] = receivers[r * cols + c], np.float32(1)


@njit(cache=True, error_model="numpy")
def _wander_row(
    north: FloatArray, here: FloatArray, south: FloatArray, to: IntArray, first: int, seed: int, least: np.float32,
    step: np.float32, chosen: IntArray, distance: FloatArray,
) -> None:  # fmt: skip
    """Choose for the inner cells of a row; indices start at 0 and nothing branches, so that it becomes SIMD code."""
    cols, slant = np.int32(to.size), NEARNESS[0]
    for c in range(to.size - 2):
        cell = np.int32(first + c + 1)
        dice, z, best, choice = _dice(cell, seed), here[c + 1], np.float32(0), to[c + 1]
        slope = (z - north[c]) * slant * _luck(dice, 0, least, step)
        choice, best = (cell - cols - np.int32(1) if slope > best else choice), max(slope, best)
        slope = (z - north[c + 1]) * _luck(dice, 1, least, step)
        choice, best = (cell - cols if slope > best else choice), max(slope, best)
        slope = (z - north[c + 2]) * slant * _luck(dice, 2, least, step)
        choice, best = (cell - cols + np.int32(1) if slope > best else choice), max(slope, best)
        slope = (z - here[c]) * _luck(dice, 3, least, step)
        choice, best = (cell - np.int32(1) if slope > best else choice), max(slope, best)
        slope = (z - here[c + 2]) * _luck(dice, 4, least, step)
        choice, best = (cell + np.int32(1) if slope > best else choice), max(slope, best)
        slope = (z - south[c]) * slant * _luck(dice, 5, least, step)
        choice, best = (cell + cols - np.int32(1) if slope > best else choice), max(slope, best)
        slope = (z - south[c + 1]) * _luck(dice, 6, least, step)
        choice, best = (cell + cols if slope > best else choice), max(slope, best)
        slope = (z - south[c + 2]) * slant * _luck(dice, 7, least, step)
        choice, best = (cell + cols + np.int32(1) if slope > best else choice), max(slope, best)
        chosen[c + 1] = choice
        distance[c + 1] = _way(choice - cell, cols)


@njit(cache=True, error_model="numpy")
def _wander_at(
    filled: FloatArray, receivers: IntArray, r: int, c: int, seed: int, least: np.float32, step: np.float32
) -> int:
    """Choose for a cell at the map's border."""
    rows, cols = filled.shape
    dice = _dice(r * cols + c, seed)
    best, choice = np.float32(0), receivers[r * cols + c]
    for k in range(8):
        r1, c1 = r + DR[k], c + DC[k]
        if 0 <= r1 < rows and 0 <= c1 < cols:
            slope = (filled[r, c] - filled[r1, c1]) * NEARNESS[k] * _luck(dice, k, least, step)
            if slope > best:
                best, choice = slope, r1 * cols + c1
    return int(choice)


@njit(cache=True, error_model="numpy", inline="always")
def _luck(dice: int, k: int, least: np.float32, step: np.float32) -> np.float32:
    """Return the factor that the dice give the slope to a neighbour."""
    return np.float32(least + step * np.float32((dice >> np.uint32(4 * k)) & np.uint32(15)))


@njit(cache=True, error_model="numpy", inline="always")
def _way(difference: int | np.int32, cols: int | np.int32) -> np.float32:
    """Return the length [cells] of the way between two cells whose numbers differ by so much."""
    aside = abs(difference)
    return np.float32(1) if (aside == 1) | (aside == cols) else np.float32(np.sqrt(2.0))


def downstream_first(receivers: IntArray, cols: int) -> IntArray:
    """``(n,) int32`` cells in an order that visits every receiver before its donors (Braun & Willett 2013).

    ``receivers`` are neighbours on a lattice of ``cols`` columns.
    """
    rows = receivers.size // cols
    ways, donors = np.full((rows + 2, cols + 2), 9, np.int8), np.empty((rows, cols), np.uint8)
    order = np.empty(receivers.size + 8, np.int32)
    listed = np.zeros((256, 8), np.int32)
    for mask in range(256):
        steps = [DR[k] * cols + DC[k] for k in range(8) if mask >> k & 1]
        listed[mask, : len(steps)] = steps
    _visit(receivers, cols, ways, donors, listed, order)
    return order[:-8]


@njit(cache=True, error_model="numpy")
def _visit(
    receivers: IntArray, cols: int, ways: NDArray[np.int8], donors: NDArray[np.uint8], listed: IntArray, order: IntArray
) -> None:
    """Fill ``order`` tree by tree, level by level, without branches that hang on the ground and cannot be predicted.

    The donors of a cell are a set of eight neighbours; ``listed`` has the steps to the neighbours in each such set.
    """
    rows, width = ways.shape[0] - 2, np.int32(cols)
    for r in range(rows):
        first = np.int32(r * cols)
        for c in range(cols):
            down = receivers[first + c]
            south = np.int32(down >= first + width) - np.int32(down < first)
            ways[r + 1, c + 1] = np.int32(4) + down - first - np.int32(c) - south * (width - np.int32(3))
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
    flat, done = donors.reshape(receivers.size), np.uint64(0)  # an index without a sign is not tested for one
    for outlet in range(receivers.size):
        if receivers[outlet] == outlet:
            visited, order[done] = done, outlet
            done += _ONE
            while visited < done:
                cell = order[visited]
                visited += _ONE
                mask = flat[np.uint32(cell)]
                for k in range(8):
                    order[done + np.uint64(k)] = cell + listed[mask, k]
                done += COUNTED[mask]


def catchment(receivers: IntArray, order: IntArray) -> FloatArray:
    """``(n,) float32`` cells upstream of each cell, itself included."""
    cells = np.ones(receivers.size, np.float32)
    _gather(receivers, order, cells)
    return cells


@njit(cache=True, error_model="numpy")
def _gather(receivers: IntArray, order: IntArray, cells: FloatArray) -> None:
    for i in range(receivers.size - 1, -1, -1):
        cell = order[i]
        if receivers[cell] != cell:
            cells[receivers[cell]] += cells[cell]


def reach_of(cells: FloatArray, rate: FloatArray, distance: FloatArray, power: float, hillslope: float) -> FloatArray:
    """``(n,) float32`` dimensionless K A^m dt / dx of each cell.

    ``hillslope`` is the catchment in cells below which water is too thin to gather: there A fades out as its square.
    """
    reach = np.empty_like(cells)
    _reach(cells, rate, distance, np.float32(power), np.float32(hillslope), reach)
    return reach


@njit(parallel=True, cache=True, error_model="numpy")
def _reach(
    cells: FloatArray,
    rate: FloatArray,
    distance: FloatArray,
    power: np.float32,
    hillslope: np.float32,
    reach: FloatArray,
) -> None:
    for i in prange(cells.size):
        stream = cells[i] * cells[i] / (cells[i] + hillslope)
        reach[i] = rate[i] * stream**power / distance[i]


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
        cell = np.uint32(order[i])
        below = np.uint32(receivers[cell])
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
