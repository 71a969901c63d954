"""Mountains as the envelope of their ridges: every ridge is a line in space with a slope falling to both sides."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@njit(parallel=True, cache=True)
def ridge_envelope(xs: F32, ys: F32, wx: F32, wy: F32, lines: F32, slope: float, round_m: float, slack_m: float) -> F32:
    """Raise the ground to the highest of many ridges.

    Since no ridge rises away from the summit it hangs on, the envelope has no other summits.

    Parameters
    ----------
    xs, ys : ndarray
        ``(cols,)`` and ``(rows,)`` positions [m]; ``ys`` falls.
    wx, wy : ndarray
        ``(rows, cols)`` shift of each cell before it is measured [m].
    lines : ndarray
        ``(n, 6) float32`` x, y, z of both ends of straight pieces of ridge [m].
    slope : float
        Fall of the flanks, in metres a metre.
    round_m : float
        Radius to which crests are rounded [m].
    slack_m : float
        Largest shift [m].

    Returns
    -------
    ndarray
        ``(rows, cols) float32`` height [m], 0 beyond every flank.
    """
    rows, cols = ys.size, xs.size
    out = np.zeros((rows, cols), np.float32)
    x0, cell = xs[0], (xs[cols - 1] - xs[0]) / max(cols - 1, 1)
    for r in prange(rows):
        for k in range(lines.shape[0]):
            ax, ay, az = lines[k, 0], lines[k, 1], lines[k, 2]
            bx, by, bz = lines[k, 3], lines[k, 4], lines[k, 5]
            high = max(az, bz)
            reach = np.sqrt((high / slope + round_m) ** 2 - round_m**2) + slack_m
            if ys[r] > max(ay, by) + reach or ys[r] < min(ay, by) - reach:
                continue
            first = max(int((min(ax, bx) - reach - x0) / cell), 0)
            last = min(int((max(ax, bx) + reach - x0) / cell) + 2, cols)
            dx, dy = bx - ax, by - ay
            long2 = max(dx * dx + dy * dy, np.float32(1e-6))
            for c in range(first, last):
                px, py = xs[c] + wx[r, c] - ax, ys[r] + wy[r, c] - ay
                t = min(max((px * dx + py * dy) / long2, np.float32(0)), np.float32(1))
                d2 = (px - t * dx) ** 2 + (py - t * dy) ** 2
                z = az + t * (bz - az) - slope * (np.sqrt(d2 + round_m * round_m) - round_m)
                out[r, c] = max(out[r, c], z)
    return out
