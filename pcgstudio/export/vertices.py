"""Heights at the vertices of an engine's terrain: another lattice over the same ground, its full extent covered.

Layers hold cells by their centres; engines want vertices from edge to edge. Every vertex is the mean of the cells
around it, weighted by nearness; where vertices lie farther apart than cells, the weights reach as far as they do, so
that no cell is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pcgstudio.errors import BuildError, TooLargeError
from pcgstudio.memory import available_bytes
from pcgstudio.world import FloatArray, World

FULL = 65535
"""Largest value of 16 bits."""

BYTES = 32
"""Peak memory of an export per vertex: heights in 32, 64 and 16 bits, and the weights of eight materials."""


@dataclass(frozen=True)
class Tile:
    """A piece of a lattice of vertices; neighbours share the vertices of their common edge.

    Parameters
    ----------
    column, row : int
        Place among the tiles, from the west and from the north.
    data : ndarray
        ``(n, n, ...)``, the north row first.
    """

    column: int
    row: int
    data: NDArray[np.generic]


def heights(world: World, shape: tuple[int, int]) -> FloatArray:
    """``shape float32`` heights [m] at vertices from edge to edge, the north row first.

    Raises
    ------
    BuildError
        The height holds NaN or infinity.
    TooLargeError
        So many vertices would not fit into memory.
    """
    check_memory(shape)
    return at_vertices(finite(world), shape)


def check_memory(shape: tuple[int, int]) -> None:
    """Refuse a lattice that cannot fit.

    Raises
    ------
    TooLargeError
    """
    needed, free = shape[0] * shape[1] * BYTES, available_bytes()
    if needed > free:
        told = (
            f"{shape[0]} x {shape[1]} vertices need about {needed / 2**30:.1f} GiB and {free / 2**30:.1f} GiB are free"
        )
        raise TooLargeError(f"{told}; use a smaller size or fewer tiles")


def finite(world: World) -> FloatArray:
    """``(rows, cols) float32`` heights of the cells [m].

    Raises
    ------
    BuildError
        One of them is NaN or infinity.
    """
    height = np.asarray(world["height"], dtype=np.float32)
    if not np.isfinite(height).all():
        raise BuildError("the height layer holds values that are no numbers; rebuild the map")
    return height


def at_vertices(field: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """``shape float32``: a field of cells ``(rows, cols)`` at vertices from edge to edge."""
    return resample(field, *shares(field.shape, shape, edges=True))


def resample(field: FloatArray, down: csr_matrix, along: csr_matrix) -> FloatArray:
    """``float32``: a field ``(rows, cols)`` mixed by the `shares` of its rows and columns."""
    return np.ascontiguousarray((along @ (down @ field).T).T, dtype=np.float32)


def shares(old: tuple[int, ...], new: tuple[int, int], *, edges: bool) -> tuple[csr_matrix, csr_matrix]:
    """Return for rows and for columns, ``(new, old) float32``, the share of every cell in every sample.

    Parameters
    ----------
    old, new : tuple of int
        Rows and columns of the cells and of the samples.
    edges : bool
        Whether samples are vertices from edge to edge, or the centres of texels.
    """
    return _shares(old[0], new[0], edges), _shares(old[1], new[1], edges)


def _shares(cells: int, samples: int, edges: bool) -> csr_matrix:
    gaps = samples - 1 if edges else samples
    place = np.arange(samples) + (0.0 if edges else 0.5)
    centre = place * (cells / gaps) - 0.5
    wide = max(1.0, cells / gaps)
    reach = int(np.ceil(wide))
    index = np.floor(centre).astype(np.int64)[:, None] + np.arange(1 - reach, reach + 1)
    weight = np.maximum(1 - np.abs(index - centre[:, None]) / wide, 0)
    weight /= weight.sum(axis=1, keepdims=True)
    row = np.repeat(np.arange(samples), index.shape[1])
    entries = (weight.reshape(-1).astype(np.float32), (row, np.clip(index, 0, cells - 1).reshape(-1)))
    return csr_matrix(entries, shape=(samples, cells), dtype=np.float32)


def told(world: World, shape: tuple[int, int]) -> str:
    """Say in words how cells became vertices, for the manifest."""
    rows, cols = world.grid.shape
    if shape == (rows + 1, cols + 1):
        return f"every vertex is the mean of the cells that meet there ({rows} x {cols} cells, edge to edge)"
    return (
        f"linear, from {rows} x {cols} cells to {shape[0]} x {shape[1]} vertices (rows x columns) from edge to edge; "
        "weights widen where vertices are farther apart than cells"
    )


def nearest(wanted: float, sizes: Sequence[int]) -> int:
    """Return the smallest size that keeps all detail, or the largest there is."""
    return next((size for size in sorted(sizes) if size >= wanted), max(sizes))


def span(data: FloatArray) -> tuple[float, float]:
    """Lowest and highest value; a metre apart where all is level, so that it can be divided by."""
    low, high = float(data.min()), float(data.max())
    return low, high if high > low else low + 1.0


def whole(data: FloatArray, low: float, high: float) -> NDArray[np.uint16]:
    """16-bit values: 0 at ``low``, 65535 at ``high``; the error is at most half a step of the range."""
    share = (data.astype(np.float64) - low) / (high - low)
    return np.round(np.clip(share, 0, 1) * FULL).astype(np.uint16)


def tiles(data: NDArray[Any], count: tuple[int, int], size: tuple[int, int]) -> Iterator[Tile]:
    """Cut ``(rows, cols, ...)`` vertices into ``count`` (columns, rows) tiles of ``size`` (rows, columns) vertices.

    ``rows`` must be ``count[1] * (size[0] - 1) + 1``, and ``cols`` likewise, because neighbours share their edge.
    """
    down, along = size[0] - 1, size[1] - 1
    for row in range(count[1]):
        for column in range(count[0]):
            piece = data[row * down : row * down + size[0], column * along : column * along + size[1]]
            yield Tile(column, row, np.ascontiguousarray(piece))
