"""Thermal erosion: loose material slides where the ground is steeper than its angle of rest."""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from pcgstudio.world import FloatArray

BAND = 32
"""Rows a thread works through at a time; it changes the speed and never the result."""

ALONE = 300_000
"""Cells below which one thread is faster than waking others for every pass."""


_0, _1, _QUARTER, _TINY = np.float32(0), np.float32(1), np.float32(0.25), np.float32(1e-12)


# The numpy error model does not test every division for zero, which would keep the loops from becoming SIMD code.
@njit(cache=True, error_model="numpy")
def _through(drop: np.float32, aside: np.float32, rest: np.float32, rate: np.float32) -> np.float32:
    """Return what passes a face with this drop across it and a quarter of ``aside`` along it."""
    side = _QUARTER * aside
    steep = np.sqrt(drop * drop + side * side + _TINY)
    return np.float32(rate * drop * max(_0, _1 - rest / steep))


@njit(cache=True, error_model="numpy")
def _slide(source: FloatArray, target: FloatArray, rest: np.float32, rate: np.float32, start: int, stop: int) -> None:
    """Move material once, in rows ``start`` to ``stop`` of the ground inside the one-cell padding.

    One loop does a row: what left a cell southward or eastward is kept for the neighbour. Whole arrays with indices
    become better code than slices, which cost reference counts.
    """
    cols = source.shape[1] - 2
    north = np.empty(cols, np.float32)
    for c in range(cols):
        aside = (source[start, c + 2] - source[start, c]) + (source[start + 1, c + 2] - source[start + 1, c])
        north[c] = _through(source[start, c + 1] - source[start + 1, c + 1], aside, rest, rate)
    for r in range(start + 1, stop + 1):
        west = _0  # the padding is level with the border
        for c in range(cols):
            here, beside, below, aslant = source[r, c + 1], source[r, c + 2], source[r + 1, c + 1], source[r + 1, c + 2]
            along_south = (beside - source[r, c]) + (aslant - source[r + 1, c])
            along_east = (below - source[r - 1, c + 1]) + (aslant - source[r - 1, c + 2])
            south, east = (
                _through(here - below, along_south, rest, rate),
                _through(here - beside, along_east, rest, rate),
            )
            target[r, c + 1] = here + ((north[c] - south) + (west - east))
            north[c], west = south, east
        target[r, 0], target[r, cols + 1] = target[r, 1], target[r, cols]


@njit(cache=True)
def _alone(source: FloatArray, target: FloatArray, rest: np.float32, rate: np.float32, passes: int) -> FloatArray:
    for _ in range(passes):
        _slide(source, target, rest, rate, 0, source.shape[0] - 2)
        target[0], target[-1] = target[1], target[-2]
        source, target = target, source
    return source


@njit(parallel=True, cache=True)
def _together(source: FloatArray, target: FloatArray, rest: np.float32, rate: np.float32) -> None:
    rows = source.shape[0] - 2
    for band in prange((rows + BAND - 1) // BAND):
        _slide(source, target, rest, rate, band * BAND, min((band + 1) * BAND, rows))
    target[0], target[-1] = target[1], target[-2]


def relax(height: FloatArray, rest: float, rate: float, passes: int) -> FloatArray:
    """Let material slide from every slope steeper than the angle of rest; nothing enters, leaves or is lost.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols) float32`` [m].
    rest : float
        Drop per cell at the angle of rest [m]: ``tan(angle) * cell_size``; 0 gives plain diffusion.
    rate : float
        Share of the excess that moves per pass, up to 0.25, beyond which the scheme is unstable.
    passes : int
        How often; the reach grows with the square root.

    Returns
    -------
    ndarray
        ``(rows, cols) float32`` [m].

    Notes
    -----
    Musgrave, Kolb & Mace 1989, with the excess taken along the true gradient and moved through cell faces, so that
    cones are round where the neighbour-by-neighbour form makes octagons.
    """
    source = np.pad(np.asarray(height, dtype=np.float32), 1, mode="edge")
    target = source.copy()
    slack, share = np.float32(rest), np.float32(rate)
    if height.size <= ALONE:
        source = _alone(source, target, slack, share, passes)
    else:
        for _ in range(passes):
            _together(source, target, slack, share)
            source, target = target, source
    return np.ascontiguousarray(source[1:-1, 1:-1])
