"""How round and how full the outline of a shape is, on a mask of cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

Mask = NDArray[np.bool_]


def perimeter(mask: Mask) -> float:
    """Length of the boundary of a mask in cell edges, holes included.

    By Cauchy and Crofton: lines are laid along the rows, the columns and both diagonals, and a boundary of length P is
    crossed P * 2 / pi times a unit of spacing between them. Counting stairs would make a disc a quarter too long.

    Parameters
    ----------
    mask : ndarray
        ``(rows, cols) bool``; what lies beyond the edge counts as outside.
    """
    inside = np.pad(np.asarray(mask, dtype=bool), 1)
    axes = (inside[1:] != inside[:-1]).sum() + (inside[:, 1:] != inside[:, :-1]).sum()
    diagonals = (inside[1:, 1:] != inside[:-1, :-1]).sum() + (inside[1:, :-1] != inside[:-1, 1:]).sum()
    return float(np.pi / 8 * (axes + diagonals / np.sqrt(2)))


def roundness(mask: Mask) -> float | None:
    """``4 * pi * area / perimeter**2``: 1 for a disc, pi / 4 for a square, small for a ragged or a long shape.

    Parameters
    ----------
    mask : ndarray
        ``(rows, cols) bool``, one shape; None where it is empty.
    """
    area = int(np.count_nonzero(mask))
    return min(1.0, 4 * float(np.pi) * area / perimeter(mask) ** 2) if area else None


def solidity(mask: Mask) -> float | None:
    """Area over the area of the convex hull: 1 for what bulges everywhere, less for bays and crescents.

    Parameters
    ----------
    mask : ndarray
        ``(rows, cols) bool``, one shape; None where it is empty. The hull goes around the corners of the cells.
    """
    rows, cols = np.nonzero(mask)
    if not len(rows):
        return None
    corners = np.concatenate([np.stack([rows + r, cols + c], axis=1) for r in (0, 1) for c in (0, 1)])
    return float(len(rows) / ConvexHull(corners).volume)
