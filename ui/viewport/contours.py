"""Outlines of masks as closed lines in metres, without the stairs of their cells. Only numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]

FINEST = 160
"""Cells on the longer side of the lattice on which outlines are found."""
SPECK = 8
"""Corners that an outline has at least; smaller ones are specks."""


def outlines(mask: NDArray[np.generic], extent_m: tuple[float, float]) -> list[Line]:
    """Return the outlines of where a mask is at least one half, the longest first.

    Parameters
    ----------
    mask : ndarray
        ``(rows, cols)`` bool or in [0, 1], row 0 in the north, over the whole map.
    extent_m : tuple of float
        East-west and north-south size [m].

    Returns
    -------
    list of ndarray
        ``(n, 2)`` x, y [m]; the first point follows the last. Holes are outlines of their own.
    """
    from pcgstudio.shading import resized  # noqa: PLC0415 - loads kernels, which the window's start need not

    shrink = min(1.0, FINEST / max(mask.shape))
    shape = (max(1, round(mask.shape[0] * shrink)), max(1, round(mask.shape[1] * shrink)))
    inside = np.pad(resized(np.asarray(mask, dtype=np.float32), shape, "linear") >= 0.5, 1)
    loops = [loop for loop in _loops(inside) if len(loop) >= SPECK]
    if not loops and inside.any():  # something small is better than nothing
        loops = _loops(inside)
    size = np.array([extent_m[0] / shape[1], extent_m[1] / shape[0]])
    found = []
    for loop in loops:
        places = _smoothed(np.array(loop, dtype=np.float64)) - 1  # without the pad
        lines = np.stack([places[:, 1] * size[0], extent_m[1] - places[:, 0] * size[1]], axis=1)
        found.append(np.clip(lines, 0, extent_m))
    return sorted(found, key=len, reverse=True)


def _loops(inside: NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    """Chain the edges between inside and outside, the inside on their right, to loops of corners (row, column)."""
    after: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for edge, start, end in (
        (inside[1:, :] & ~inside[:-1, :], (1, 0), (1, 1)),  # along the top of a cell, eastward
        (inside[:-1, :] & ~inside[1:, :], (1, 1), (1, 0)),  # along the bottom, westward
        (inside[:, 1:] & ~inside[:, :-1], (1, 1), (0, 1)),  # up the left side
        (inside[:, :-1] & ~inside[:, 1:], (0, 1), (1, 1)),  # down the right side
    ):
        for r, c in np.argwhere(edge).tolist():
            after.setdefault((r + start[0], c + start[1]), []).append((r + end[0], c + end[1]))
    loops = []
    while after:
        first = next(iter(after))
        loop, at = [], first
        while at in after:
            loop.append(at)
            ways = after[at]
            at = ways.pop()
            if not ways:
                del after[loop[-1]]
        loops.append(loop)
    return loops


def _smoothed(loop: Line) -> Line:
    """Round the stairs off: three times the mean with both neighbours, all the way round."""
    for _ in range(3):
        loop = 0.25 * np.roll(loop, 1, axis=0) + 0.5 * loop + 0.25 * np.roll(loop, -1, axis=0)
    return loop[:: 2 if len(loop) > 200 else 1]
