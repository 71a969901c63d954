"""Peaks by topographic prominence."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import ndimage


@njit(cache=True)
def _find(parent: NDArray[np.int64], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True)
def _prominences(height: NDArray[np.float32], order: NDArray[np.int64], lowest: float) -> NDArray[np.float32]:
    """Prominence of every cell that is a local summit [m], 0 elsewhere; cells join from the highest down."""
    rows, cols = height.shape
    flat = height.ravel()
    parent = np.full(rows * cols, -1, np.int64)
    summit = np.zeros(rows * cols, np.int64)
    result = np.zeros(rows * cols, np.float32)
    for cell in order:
        parent[cell] = cell
        summit[cell] = cell
        row, col = cell // cols, cell % cols
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                r, c = row + dr, col + dc
                if r < 0 or c < 0 or r >= rows or c >= cols or parent[r * cols + c] < 0:
                    continue
                a, b = _find(parent, cell), _find(parent, r * cols + c)
                if a == b:
                    continue
                high, low = (a, b) if flat[summit[a]] >= flat[summit[b]] else (b, a)
                result[summit[low]] = max(result[summit[low]], flat[summit[low]] - flat[cell])
                parent[low] = high
    for cell in order:
        if _find(parent, cell) == cell:
            result[summit[cell]] = flat[summit[cell]] - lowest
    return result


def peaks(
    height: NDArray[np.float32], mask: NDArray[np.bool_], least: float = 0.3, base_m: float | None = None
) -> NDArray[np.intp]:
    """Find the summits of a landform.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols)`` ground [m].
    mask : ndarray
        ``(rows, cols)`` bool, where summits are looked for; saddles are taken over the whole map.
    least : float
        Smallest prominence of a peak, as a share of the most prominent one's.
    base_m : float, optional
        Ground [m] from which the highest summit of the map is measured, as no saddle parts it from a higher one; the
        lowest ground of the map by default. See `foot`.

    Returns
    -------
    ndarray
        ``(n, 2)`` row and column of the summits, most prominent first.

    Notes
    -----
    Prominence is the drop to the lowest contour that still encloses no higher summit (Kirmse & de Ferranti 2017). The
    ground is smoothed over a 256th of the map, so that single blocks are no summits.
    """
    if not mask.any():
        return np.empty((0, 2), dtype=np.intp)
    smooth = ndimage.uniform_filter(height.astype(np.float32), max(1, max(height.shape) // 256))
    order = np.argsort(-smooth, axis=None, kind="stable")
    found = _prominences(smooth, order, float(smooth.min()) if base_m is None else base_m).reshape(height.shape)
    found = np.where(ndimage.binary_dilation(mask, iterations=2), found, 0)
    rows, cols = np.nonzero(found >= least * max(float(found.max()), 1e-6))
    rank = np.argsort(-found[rows, cols], kind="stable")
    return np.stack([rows[rank], cols[rank]], axis=1)


def foot(height: NDArray[np.float32], mask: NDArray[np.bool_], land: NDArray[np.bool_]) -> float | None:
    """Find the ground that a landform rises from.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols)`` ground [m].
    mask, land : ndarray
        ``(rows, cols)`` bool, the landform and the dry ground.

    Returns
    -------
    float or None
        Low ground [m] of the landform (5th percentile) or of a ring around it, a 32nd of the map wide (25th), the
        lower one; None without dry ground there. Hills on an island rise from the island, not from its shore or the sea
        bed.
    """
    near = ndimage.binary_dilation(mask, iterations=max(2, max(height.shape) // 32))
    parts = ((mask & land, 5), (near & ~mask & land, 25))
    lows = [float(np.percentile(height[part], low)) for part, low in parts if part.any()]
    return min(lows, default=None)
