"""The lattice of fixed metres on which slow processes run, and the way there and back.

Erosion depends on the spacing it is computed on. So it runs on a lattice that hangs on the map's extent alone, and
what it changes is laid over the grid, whatever its resolution; the detail the lattice cannot hold stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numba
import numpy as np
from PIL import Image
from scipy.ndimage import distance_transform_edt, gaussian_filter

from pcgstudio.world import FloatArray, Grid

DRAFT = 3
"""How many times fewer cells along a side a draft takes: a ninth of the work, and still the same valleys."""


STRIP = 64
"""Rows of a strip."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Run kernels on one thread: on a lattice, waking others costs more than they save, tenfold on a busy machine."""
    held = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(held)


def strips(rows: int) -> Iterator[slice]:
    """Yield some rows of a map after the other: what is computed by them holds little more than its result."""
    yield from (slice(first, min(first + STRIP, rows)) for first in range(0, rows, STRIP))


def resample(data: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return ``data`` on another number of cells over the same extent, cubic, averaging where cells get larger.

    Parameters
    ----------
    data : ndarray
        ``(rows, cols) float32``, samples at cell centres.
    shape : tuple of int
        Rows and columns wanted.

    Returns
    -------
    ndarray
        ``shape float32``.
    """
    if data.shape == shape:
        return np.array(data, dtype=np.float32)
    image = Image.fromarray(np.ascontiguousarray(data, dtype=np.float32))
    return np.array(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=np.float32)


def lattice_over(grid: Grid, cells: int) -> Grid:
    """Return the lattice with ``cells`` on the longer side of the grid's extent, `DRAFT` times fewer for a draft."""
    return Grid.over(grid.extent_m, max(2, cells // DRAFT) if grid.draft else cells)


def smooth(data: FloatArray, cells: float) -> FloatArray:
    """Return ``data`` blurred by a Gaussian of ``cells`` standard deviation; wide ones are taken on fewer cells."""
    if cells <= 3:
        return np.asarray(gaussian_filter(data, cells, mode="nearest", truncate=3), dtype=np.float32)
    ratio = 2.0 / cells
    shape = max(2, round(data.shape[0] * ratio)), max(2, round(data.shape[1] * ratio))
    small = gaussian_filter(resample(data, shape), 2.0, mode="nearest", truncate=3)
    return resample(np.asarray(small, dtype=np.float32), data.shape)


def ease(value: FloatArray, low: float, high: float) -> FloatArray:
    """Smoothstep: 0 below ``low``, 1 above ``high``, level at both ends."""
    t = np.asarray(value - np.float32(low))
    t /= np.float32(high - low)
    np.clip(t, 0, 1, out=t)
    rest = np.asarray(2 * t)
    np.subtract(3, rest, out=rest)
    t *= t
    t *= rest
    return t.astype(np.float32, copy=False)


def away_from(mask: FloatArray, reach: float) -> FloatArray:
    """``mask.shape float32`` rising from 0 on the mask (> 0.5) to 1 at ``reach`` cells from it."""
    if not (mask > 0.5).any():
        return np.ones(mask.shape, np.float32)
    cells = 64 / max(mask.shape)
    shape = tuple(max(2, round(side * cells)) for side in mask.shape)
    small = distance_transform_edt(resample(mask, (shape[0], shape[1])) < 0.5).astype(np.float32)
    return ease(resample(small, mask.shape), 0.0, max(reach * cells, 1.0))
