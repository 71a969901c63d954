"""Outlines of areas of cells along their edges: closed rings, outer ones counter-clockwise, holes clockwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Ring = NDArray[np.int64]
"""``(n, 2)`` corners as column and row of the lattice, row 0 in the north, without the first one again at the end."""


@dataclass(frozen=True)
class Area:
    """A connected area: its outer ring, and the rings of its holes."""

    outer: Ring
    holes: tuple[Ring, ...]


def areas(mask: NDArray[np.bool_]) -> Iterator[Area]:
    """Yield the areas of cells that share edges."""
    numbers, count = ndimage.label(mask)
    for number, box in enumerate(ndimage.find_objects(numbers, count), start=1):
        offset = np.array([box[1].start, box[0].start])
        found = [ring + offset for ring in rings(numbers[box] == number)]
        outer = max(found, key=area)
        yield Area(outer, tuple(ring for ring in found if ring is not outer))


def rings(mask: NDArray[np.bool_]) -> list[Ring]:
    """Return every ring around cells ``(rows, cols)``; the cells lie on its left, seen with north up."""
    padded = np.pad(mask, 1)
    rows, cols = padded.shape
    after: dict[Corner, list[Corner]] = {}
    for (dr, dc), start, end in _SIDES:
        beside = padded[1 + dr : rows - 1 + dr, 1 + dc : cols - 1 + dc]
        for r, c in np.argwhere(mask & ~beside).tolist():
            after.setdefault((c + start[0], r + start[1]), []).append((c + end[0], r + end[1]))
    walked: set[tuple[Corner, Corner]] = set()
    edges = [(start, end) for start, ways in after.items() for end in ways]
    return [_ring(edge, after, walked) for edge in edges if edge not in walked]


Corner = tuple[int, int]
_SIDES = (
    ((1, 0), (0, 1), (1, 1)),  # open to the south: eastward along the south edge
    ((0, 1), (1, 1), (1, 0)),  # open to the east: northward
    ((-1, 0), (1, 0), (0, 0)),  # open to the north: westward
    ((0, -1), (0, 0), (0, 1)),  # open to the west: southward
)
"""Neighbour (row, column), and from where to where (column, row) the edge toward it is walked."""


def _ring(edge: tuple[Corner, Corner], after: dict[Corner, list[Corner]], walked: set[tuple[Corner, Corner]]) -> Ring:
    """Walk on from an edge until it comes round again, turning left where cells touch, so that they stay apart."""
    corners = []
    here, there = edge
    while (here, there) not in walked:
        walked.add((here, there))
        corners.append(here)
        onward = max(after[there], key=lambda way: _left(here, there, way))
        here, there = there, onward
    ring = np.array(corners)
    ahead, behind = np.roll(ring, -1, axis=0) - ring, ring - np.roll(ring, 1, axis=0)
    return np.asarray(ring[ahead[:, 0] * behind[:, 1] != ahead[:, 1] * behind[:, 0]])


def _left(before: Corner, here: Corner, there: Corner) -> int:
    """1 for a turn to the left, -1 to the right, 0 straight on; rows count southward."""
    ax, ay = here[0] - before[0], here[1] - before[1]
    bx, by = there[0] - here[0], there[1] - here[1]
    return -(ax * by - ay * bx)


def simplified(ring: Ring, tolerance: float) -> Ring:
    """Return the ring with only the corners that keep it within ``tolerance`` cells of where it was.

    Source: Ramer 1972; Douglas and Peucker 1973.
    """
    far = int(np.hypot(*(ring - ring[0]).T).argmax())
    closed = np.concatenate([ring, ring[:1]])
    kept = np.zeros(len(closed), dtype=bool)
    kept[[0, far, -1]] = True
    todo = [(0, far), (far, len(closed) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        way = closed[last] - closed[first]
        away = closed[first + 1 : last] - closed[first]
        off = np.abs(way[0] * away[:, 1] - way[1] * away[:, 0]) / max(float(np.hypot(*way)), 1e-9)
        if off.max() > tolerance:
            middle = first + 1 + int(off.argmax())
            kept[middle] = True
            todo += [(first, middle), (middle, last)]
    return np.asarray(ring[kept[:-1]])


def area(ring: Ring) -> float:
    """Signed area in cells: positive counter-clockwise, seen with north up."""
    x, y = ring[:, 0].astype(np.float64), -ring[:, 1].astype(np.float64)
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
