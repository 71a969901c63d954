"""Routing with dice: water takes any lower neighbour, the steeper the likelier, so that no straight lines are drawn.

Every cell is written once and rolls its own dice, so any number of threads gives the same bits.
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
def _dice(cell: int | np.int32, seed: int) -> int:
    """Hash to 32 bits, the same on every machine: four bits for each of eight directions."""
    x = np.uint32(cell) * np.uint32(2654435761) + np.uint32(seed) * np.uint32(2246822519)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(2246822519)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(3266489917)
    return np.uint32(x ^ (x >> np.uint32(16)))  # type: ignore[return-value]  # numba computes in float32; numpy's stubs are wider


def wander(filled: FloatArray, receivers: IntArray, fixed: NDArray[np.bool_], seed: int, jitter: float) -> IntArray:
    """Choose receivers anew among the lower neighbours, with dice.

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
    ndarray
        ``(rows * cols,) int32`` receivers.

    Notes
    -----
    Rho8: Fairfield & Leymarie 1991, "Drainage networks from grid digital elevation models".
    """
    # Large arrays come from numpy, whose pages are large: those that a kernel makes cost more than its work.
    chosen = np.empty_like(receivers)
    _wander(filled, receivers, fixed, seed, np.float32(1 - jitter / 2), np.float32(jitter / 15), chosen)
    return chosen


@njit(parallel=True, cache=True, error_model="numpy")
def _wander(
    filled: FloatArray, receivers: IntArray, fixed: NDArray[np.bool_], seed: int, least: np.float32, step: np.float32,
    chosen: IntArray,
) -> None:  # fmt: skip
    rows, cols = filled.shape
    for r in prange(rows):
        inner = 0 < r < rows - 1 and cols > 2
        if inner:
            first, end = r * cols, (r + 1) * cols
            _wander_row(
                filled[r - 1], filled[r], filled[r + 1], receivers[first:end], first, seed, least, step,
                chosen[first:end],
            )  # fmt: skip
        for c in range(0, cols, max(cols - 1, 1) if inner else 1):
            chosen[r * cols + c] = _wander_at(filled, receivers, r, c, seed, least, step)
        for c in range(cols):
            if fixed[r, c]:
                chosen[r * cols + c] = receivers[r * cols + c]


@njit(cache=True, error_model="numpy")
def _wander_row(
    north: FloatArray, here: FloatArray, south: FloatArray, to: IntArray, first: int, seed: int, least: np.float32,
    step: np.float32, chosen: IntArray,
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
