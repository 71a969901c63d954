"""Level ground on top of a cliff, wide enough to build on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label, maximum_filter, minimum_filter

from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import ease, smooth
from .kernels.nearness import nearest_cells

Mask = NDArray[np.bool_]
_EIGHT = np.ones((3, 3))


def levelled_top(
    grid: Grid, height: FloatArray, cliff: Mask, dry: Mask, width_m: float, face_m: float
) -> tuple[FloatArray, Mask]:
    """Level the ground behind the edge of a cliff.

    Parameters
    ----------
    grid : Grid
    height : ndarray
        ``(rows, cols) float32`` ground with the cliff [m].
    cliff, dry : ndarray
        ``(rows, cols) bool``: the bare face, and the ground that may be changed.
    width_m : float
        Width of the level ground [m].
    face_m : float
        Width of the face with its talus [m].

    Returns
    -------
    tuple
        ``(rows, cols) float32`` the ground [m], and ``(rows, cols) bool`` the level top.
    """
    cell = grid.cell_size_m
    across = 2 * int(np.ceil(face_m / cell)) + 3
    away, (r, c) = nearest_cells(~cliff)
    away = (away * cell).astype(np.float32)
    top, foot = maximum_filter(height, across)[r, c], minimum_filter(height, across)[r, c]
    high = dry & ~cliff & (height > foot + np.float32(0.55) * (top - foot))
    near = _beside(high & (away <= 1.4 * width_m), cliff)
    band = near & (away <= width_m)
    if not band.any():
        return height, band
    share = smooth(near.astype(np.float32), 0.5 * width_m / cell)
    level = smooth(np.where(near, height, 0), 0.5 * width_m / cell) / np.maximum(share, np.float32(1e-3))
    firm = np.where(near, 1 - ease(away, width_m, 1.4 * width_m), 0)
    # Toward the edge it keeps the edge's height, so that no wall of turf stands along it.
    return np.asarray(height + (level - height) * firm, dtype=np.float32), band


def _beside(mask: Mask, cliff: Mask) -> Mask:
    """Return the parts of a mask that touch the cliff."""
    parts, count = label(mask | cliff, _EIGHT)
    touching = np.zeros(count + 1, dtype=bool)
    touching[parts[cliff]] = True
    return np.asarray(mask & touching[parts])
