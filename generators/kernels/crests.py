"""Long wavy crests with natural defects: the phase of a sum of plane waves that all run in nearly one direction."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@njit(parallel=True, cache=True)
def wave_phase(xs: F32, ys: F32, kx: F32, ky: F32, turn: F32) -> tuple[F32, F32, F32]:
    """Evaluate the sum of plane waves ``exp(i (kx x + ky y + turn))``.

    Where it vanishes two crests join to one: the Y-junctions of dune fields, ripples and clouds.

    Parameters
    ----------
    xs, ys : ndarray
        ``(cols,)`` and ``(rows,)`` positions [m].
    kx, ky, turn : ndarray
        ``(n,) float32`` wave numbers [rad/m] and phases [rad].

    Returns
    -------
    phase : ndarray
        ``(rows, cols) float32`` in [0, 1), growing along the waves.
    size : ndarray
        Amplitude over its root mean square.
    rate : ndarray
        Growth of the phase [1/m].
    """
    rows, cols, waves = ys.size, xs.size, kx.size
    shape = rows, cols
    phase, size, rate = np.empty(shape, np.float32), np.empty(shape, np.float32), np.empty(shape, np.float32)
    cx, sx = np.empty((waves, cols), np.float32), np.empty((waves, cols), np.float32)
    for k in range(waves):
        for c in range(cols):
            angle = kx[k] * xs[c] + turn[k]
            cx[k, c], sx[k, c] = np.cos(angle), np.sin(angle)
    scale = np.float32(1 / np.sqrt(waves))
    for r in prange(rows):
        cy, sy = np.cos(ky * ys[r]), np.sin(ky * ys[r])
        for c in range(cols):
            re, im = np.float32(0), np.float32(0)
            ex, ey, fx, fy = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            for k in range(waves):
                a = cx[k, c] * cy[k] - sx[k, c] * sy[k]
                b = sx[k, c] * cy[k] + cx[k, c] * sy[k]
                re, im = re + a, im + b
                ex, ey = ex - kx[k] * b, ey - ky[k] * b
                fx, fy = fx + kx[k] * a, fy + ky[k] * a
            square = max(re * re + im * im, np.float32(1e-6))
            gx, gy = (re * fx - im * ex) / square, (re * fy - im * ey) / square
            turns = np.arctan2(im, re) / np.float32(2 * np.pi)
            phase[r, c] = turns - np.floor(turns)
            size[r, c] = np.sqrt(square) * scale
            rate[r, c] = np.sqrt(gx * gx + gy * gy) / np.float32(2 * np.pi)
    return phase, size, rate
