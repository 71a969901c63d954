"""Heights at the vertices of an engine's terrain: another lattice over the same ground, its full extent covered.

Layers hold cells by their centres; engines want vertices from edge to edge. Every vertex is the mean of the cells
around it, weighted by nearness; where vertices lie farther apart than cells, the weights reach as far as they do, so
that no cell is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, World

FULL = 65535
"""Largest value of 16 bits."""


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
    """
    return at_vertices(finite(world), shape)


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
    down, along = (_weights(old, new) for old, new in zip(field.shape, shape, strict=True))
    return np.ascontiguousarray((along @ (down @ field).T).T, dtype=np.float32)


def _weights(cells: int, vertices: int) -> csr_matrix:
    """``(vertices, cells) float32`` share of every cell in every vertex along one side; rows sum to 1."""
    centre = np.linspace(0, cells, vertices) - 0.5
    wide = max(1.0, cells / (vertices - 1))
    reach = int(np.ceil(wide))
    index = np.floor(centre).astype(np.int64)[:, None] + np.arange(1 - reach, reach + 1)
    weight = np.maximum(1 - np.abs(index - centre[:, None]) / wide, 0)
    weight /= weight.sum(axis=1, keepdims=True)
    row = np.repeat(np.arange(vertices), index.shape[1])
    entries = (weight.reshape(-1).astype(np.float32), (row, np.clip(index, 0, cells - 1).reshape(-1)))
    return csr_matrix(entries, shape=(vertices, cells), dtype=np.float32)


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


def tiles(data: NDArray[np.generic], count: tuple[int, int], size: int) -> Iterator[Tile]:
    """Cut ``(rows, cols, ...)`` vertices into ``count`` (columns, rows) tiles of ``size`` vertices that share edges.

    ``rows`` must be ``count[1] * (size - 1) + 1``, and ``cols`` likewise.
    """
    step = size - 1
    for row in range(count[1]):
        for column in range(count[0]):
            piece = data[row * step : row * step + size, column * step : column * step + size]
            yield Tile(column, row, np.ascontiguousarray(piece))
