"""Thermal erosion: loose material slides where the ground is steeper than its angle of rest."""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from pcgstudio.world import FloatArray

BAND = 32
"""Rows a thread works through at a time; it changes the speed and never the result."""

ALONE = 300_000
"""Cells below which one thread is faster than waking others for every pass."""


# The numpy error model does not test every division for zero, which would keep the loops from becoming SIMD code.
@njit(cache=True, error_model="numpy")
def _slide(source: FloatArray, target: FloatArray, rest: float, rate: float, start: int, stop: int) -> None:
    """Move material once, in rows ``start`` to ``stop`` of the ground inside the one-cell padding."""
    cols = source.shape[1] - 2
    quarter, one, none, tiny = np.float32(0.25), np.float32(1), np.float32(0), np.float32(1e-12)
    north, south, east = np.empty(cols, np.float32), np.empty(cols, np.float32), np.empty(cols + 1, np.float32)
    for r in range(start, stop + 1):
        # Across the face between padded rows r and r + 1: what the upper gives the lower.
        upper, lower = source[r], source[r + 1]
        for c in range(cols):
            drop = upper[c + 1] - lower[c + 1]
            side = quarter * ((upper[c + 2] - upper[c]) + (lower[c + 2] - lower[c]))
            steep = np.sqrt(drop * drop + side * side + tiny)
            south[c] = rate * drop * max(none, one - rest / steep)
        if r > start:
            above, middle, out = source[r - 1], source[r], target[r]
            for c in range(cols + 1):
                drop = middle[c] - middle[c + 1]
                side = quarter * ((lower[c] - above[c]) + (lower[c + 1] - above[c + 1]))
                steep = np.sqrt(drop * drop + side * side + tiny)
                east[c] = rate * drop * max(none, one - rest / steep)
            for c in range(cols):
                out[c + 1] = middle[c + 1] + ((north[c] - south[c]) + (east[c] - east[c + 1]))
            out[0], out[cols + 1] = out[1], out[cols]
        north, south = south, north


@njit(cache=True, error_model="numpy")
def _alone(source: FloatArray, target: FloatArray, rest: float, rate: float, passes: int) -> FloatArray:
    for _ in range(passes):
        _slide(source, target, rest, rate, 0, source.shape[0] - 2)
        target[0], target[-1] = target[1], target[-2]
        source, target = target, source
    return source


@njit(parallel=True, cache=True, error_model="numpy")
def _together(source: FloatArray, target: FloatArray, rest: float, rate: float) -> None:
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
    rest, rate = np.float32(rest), np.float32(rate)  # type: ignore[assignment]  # numba computes in float32; numpy's stubs are wider
    if height.size <= ALONE:
        source = _alone(source, target, rest, rate, passes)
    else:
        for _ in range(passes):
            _together(source, target, rest, rate)
            source, target = target, source
    return np.ascontiguousarray(source[1:-1, 1:-1])
