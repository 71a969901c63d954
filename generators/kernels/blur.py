"""Box means by running sums: the cost does not depend on the radius, which need not be a whole number of cells.

One thread: a pass takes less time than waking a second one.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray


def box_mean(data: NDArray[np.generic], reach: float) -> FloatArray:
    """Return the mean over the square that reaches ``reach`` cells each way; border values continue outside.

    Parameters
    ----------
    data : ndarray
        ``(rows, cols)``, converted to float32.
    reach : float
        Cells beyond a cell's own edge; of a fraction, that part of the outermost cells counts. 0 changes nothing.

    Returns
    -------
    ndarray
        ``(rows, cols) float32``.
    """
    values = np.array(data, dtype=np.float32)
    if reach <= 0:
        return values
    whole = int(reach)
    across = np.empty_like(values)
    _along_rows(values, whole, reach - whole, across)
    _along_columns(across, whole, reach - whole, values)
    return values


@njit(cache=True)
def _along_rows(data: FloatArray, reach: int, part: float, out: FloatArray) -> None:
    rows, cols = data.shape
    share = 1.0 / (2 * (reach + part) + 1)
    for row in range(rows):
        line = data[row]
        total = line[0] * np.float64(reach + 1)
        for k in range(1, reach + 1):
            total += line[min(k, cols - 1)]
        for col in range(cols):
            ahead = np.float64(line[min(col + reach + 1, cols - 1)])
            out[row, col] = (total + part * (ahead + line[max(col - reach - 1, 0)])) * share
            total += ahead - line[max(col - reach, 0)]


@njit(cache=True)
def _along_columns(data: FloatArray, reach: int, part: float, out: FloatArray) -> None:
    rows, cols = data.shape
    share = 1.0 / (2 * (reach + part) + 1)
    total = np.zeros(cols, np.float64)
    for k in range(-reach, reach + 1):
        total += data[min(max(k, 0), rows - 1)]
    for row in range(rows):
        ahead, behind = data[min(row + reach + 1, rows - 1)], data[max(row - reach, 0)]
        last = data[max(row - reach - 1, 0)]
        for col in range(cols):
            entering = np.float64(ahead[col])
            out[row, col] = (total[col] + part * (entering + last[col])) * share
            total[col] += entering - behind[col]
