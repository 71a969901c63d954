"""Random spanning trees of a lattice, and what is opened or filled in them afterwards."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .dice import State, below

Mask = NDArray[np.bool_]
Links = NDArray[np.bool_]

DOWN = np.array([0, 1, 0, -1])
RIGHT = np.array([1, 0, -1, 0])
"""The four ways: east, south, west, north."""


@njit(cache=True)
def _inside(domain: Mask, r: int, c: int) -> bool:
    return 0 <= r < domain.shape[0] and 0 <= c < domain.shape[1] and bool(domain[r, c])


@njit(cache=True)
def _set(links: Links, r: int, c: int, way: int, value: bool) -> None:
    """Open or close the wall on one side of a node; ``links[0]`` lead east, ``links[1]`` south."""
    if way == 0:
        links[0, r, c] = value
    elif way == 1:
        links[1, r, c] = value
    elif way == 2:
        links[0, r, c - 1] = value
    else:
        links[1, r - 1, c] = value


@njit(cache=True)
def _linked(links: Links, r: int, c: int, way: int) -> bool:
    if way == 0:
        return bool(links[0, r, c])
    if way == 1:
        return bool(links[1, r, c])
    if way == 2:
        return bool(c > 0 and links[0, r, c - 1])
    return bool(r > 0 and links[1, r - 1, c])


@njit(cache=True)
def backtracker(domain: Mask, state: State) -> Links:
    """Return the passages of a maze dug by depth-first search: long winding ways, few dead ends.

    Parameters
    ----------
    domain : ndarray
        ``(rows, cols) bool`` connected nodes.

    Returns
    -------
    ndarray
        ``(2, rows, cols) bool`` whether a passage leads east and south from each node.
    """
    rows, cols = domain.shape
    links = np.zeros((2, rows, cols), dtype=np.bool_)
    nodes = np.flatnonzero(domain.ravel())
    seen = np.zeros((rows, cols), dtype=np.bool_)
    stack = np.empty(nodes.size, dtype=np.int64)
    stack[0], height = nodes[below(state, nodes.size)], 1
    seen[stack[0] // cols, stack[0] % cols] = True
    ways = np.empty(4, dtype=np.int64)
    while height:
        r, c = stack[height - 1] // cols, stack[height - 1] % cols
        count = 0
        for way in range(4):
            i, j = r + DOWN[way], c + RIGHT[way]
            if _inside(domain, i, j) and not seen[i, j]:
                ways[count] = way
                count += 1
        if not count:
            height -= 1
            continue
        way = ways[below(state, count)]
        _set(links, r, c, way, True)
        i, j = r + DOWN[way], c + RIGHT[way]
        seen[i, j] = True
        stack[height] = i * cols + j
        height += 1
    return links


@njit(cache=True)
def prim(domain: Mask, state: State) -> Links:
    """Return the passages of a maze grown at random places of its rim: short ways, many dead ends."""
    rows, cols = domain.shape
    links = np.zeros((2, rows, cols), dtype=np.bool_)
    nodes = np.flatnonzero(domain.ravel())
    seen = np.zeros((rows, cols), dtype=np.bool_)
    waiting = np.zeros((rows, cols), dtype=np.bool_)
    rim = np.empty(nodes.size, dtype=np.int64)
    rim[0], count = nodes[below(state, nodes.size)], 1
    ways = np.empty(4, dtype=np.int64)
    while count:
        k = below(state, count)
        r, c = rim[k] // cols, rim[k] % cols
        count -= 1
        rim[k] = rim[count]
        options = 0
        for way in range(4):
            i, j = r + DOWN[way], c + RIGHT[way]
            if not _inside(domain, i, j):
                continue
            if seen[i, j]:
                ways[options] = way
                options += 1
            elif not waiting[i, j]:
                waiting[i, j] = True
                rim[count] = i * cols + j
                count += 1
        seen[r, c] = True
        waiting[r, c] = True
        if options:
            _set(links, r, c, ways[below(state, options)], True)
    return links


@njit(cache=True)
def wilson(domain: Mask, state: State) -> Links:
    """Return a maze drawn evenly from all there are, by loop-erased random walks."""
    rows, cols = domain.shape
    links = np.zeros((2, rows, cols), dtype=np.bool_)
    nodes = np.flatnonzero(domain.ravel())
    done = np.zeros((rows, cols), dtype=np.bool_)
    way_out = np.zeros((rows, cols), dtype=np.int64)
    ways = np.empty(4, dtype=np.int64)
    root = nodes[below(state, nodes.size)]
    done[root // cols, root % cols] = True
    for node in nodes:
        r, c = node // cols, node % cols
        while not done[r, c]:
            count = 0
            for way in range(4):
                if _inside(domain, r + DOWN[way], c + RIGHT[way]):
                    ways[count] = way
                    count += 1
            way = ways[below(state, count)]
            way_out[r, c] = way
            r, c = r + DOWN[way], c + RIGHT[way]
        r, c = node // cols, node % cols
        while not done[r, c]:
            done[r, c] = True
            way = way_out[r, c]
            _set(links, r, c, way, True)
            r, c = r + DOWN[way], c + RIGHT[way]
    return links


@njit(cache=True)
def degrees(links: Links) -> NDArray[np.int64]:
    """``(rows, cols) int64`` passages that leave each node."""
    rows, cols = links.shape[1:]
    out = np.zeros((rows, cols), dtype=np.int64)
    for r in range(rows):
        for c in range(cols):
            if links[0, r, c]:
                out[r, c] += 1
                out[r, c + 1] += 1
            if links[1, r, c]:
                out[r, c] += 1
                out[r + 1, c] += 1
    return out


@njit(cache=True)
def open_loops(domain: Mask, links: Links, doors: NDArray[np.int64], wanted: int, state: State) -> int:
    """Open walls in place, each for one more loop, first those that end no dead end; return how many are missing.

    Parameters
    ----------
    doors : ndarray
        ``(rows, cols) int64`` ways from each node into rooms.
    """
    rows, cols = domain.shape
    degree = degrees(links) + doors
    for sparing in (True, False):
        walls = np.empty(2 * rows * cols, dtype=np.int64)
        count = 0
        for r in range(rows):
            for c in range(cols):
                for way in range(2):
                    i, j = r + DOWN[way], c + RIGHT[way]
                    if not (domain[r, c] and _inside(domain, i, j)) or links[way, r, c]:
                        continue
                    if not sparing or (degree[r, c] > 1 and degree[i, j] > 1):
                        walls[count] = (r * cols + c) * 2 + way
                        count += 1
        while count and wanted:
            k = below(state, count)
            wall = walls[k]
            count -= 1
            walls[k] = walls[count]
            links[wall % 2, wall // 2 // cols, wall // 2 % cols] = True
            wanted -= 1
    return wanted


@njit(cache=True)
def _ends(domain: Mask, degree: NDArray[np.int64], state: State) -> NDArray[np.int64]:
    """Nodes with one way out, in a random order."""
    found = np.flatnonzero(domain.ravel() & (degree.ravel() == 1))
    for k in range(found.size - 1, 0, -1):
        other = below(state, k + 1)
        found[k], found[other] = found[other], found[k]
    return found


@njit(cache=True)
def end_ways(domain: Mask, links: Links, doors: NDArray[np.int64], wanted: int, state: State) -> int:
    """Open dead ends in place until ``wanted`` are left; fill in what nothing can be opened from; return what is left.

    Two ends that meet are opened into each other, as long as that does not take one too many.
    """
    cols = domain.shape[1]
    degree = degrees(links) + doors
    ends = _ends(domain, degree, state)
    left = ends.size
    for node in ends:
        r, c = node // cols, node % cols
        if left <= wanted or degree[r, c] != 1:
            continue
        best, merit = -1, -1
        first = below(state, 4)
        for k in range(4):
            way = (first + k) % 4
            i, j = r + DOWN[way], c + RIGHT[way]
            if not _inside(domain, i, j) or _linked(links, r, c, way):
                continue
            pair = degree[i, j] == 1
            if pair and left - wanted < 2:
                continue
            if merit < (1 if pair else 0):
                best, merit = way, 1 if pair else 0
        if best >= 0:
            i, j = r + DOWN[best], c + RIGHT[best]
            left -= 2 if degree[i, j] == 1 else 1
            _set(links, r, c, best, True)
            degree[r, c] += 1
            degree[i, j] += 1
    for node in ends:
        if left <= wanted:
            break
        left -= _fill(domain, links, degree, doors, node // cols, node % cols)
    return left


@njit(cache=True)
def _fill(domain: Mask, links: Links, degree: NDArray[np.int64], doors: NDArray[np.int64], r: int, c: int) -> int:
    """Fill a blind way back to where it branches off; return how many dead ends went, 0 where it serves a room."""
    if degree[r, c] != 1:
        return 0
    cols = domain.shape[1]
    way_back = np.empty(domain.size, dtype=np.int64)
    length, before = 0, -1
    while degree[r, c] <= 2 and not doors[r, c]:
        ahead = -1
        for way in range(4):
            node = (r + DOWN[way]) * cols + c + RIGHT[way]
            if _linked(links, r, c, way) and node != before:
                ahead = node
        if ahead < 0:
            return 0
        before = r * cols + c
        way_back[length] = before
        length += 1
        r, c = ahead // cols, ahead % cols
    if degree[r, c] <= 2:
        return 0
    degree[r, c] -= 1
    for k in range(length):
        i, j = way_back[k] // cols, way_back[k] % cols
        domain[i, j] = False
        degree[i, j] = 0
        for way in range(4):
            if _linked(links, i, j, way):
                _set(links, i, j, way, False)
    return 1
