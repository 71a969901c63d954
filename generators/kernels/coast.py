"""Drawing coasts: fields that say how much a place wants to be land, and the growth that takes exactly enough of it."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray
from scipy.ndimage import label

from .depressions import fill_exactly
from .heap import heap_drop, heap_push

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
I16 = NDArray[np.int16]
Mask = NDArray[np.bool_]

NEVER = np.float32(-1e9)
"""Field value of a cell that must not become land."""

SURELY = np.float32(4e6)
"""Added to the field [m] of a cell that must become land: beyond any map, and near enough for float32 to keep order."""

_ROUNDS = 10
_CALM = np.float32(0.4)  # share of the warp that bends the straits: more would fold them over each other


@njit(parallel=True, cache=True)
def island_field(xs: F32, ys: F32, wx: F32, wy: F32, discs: F32, blobs: F32) -> tuple[F32, I16, F32]:
    """Measure how far every cell lies inside the nearest of several islands.

    Parameters
    ----------
    xs, ys : ndarray
        ``(cols,)`` and ``(rows,)`` positions [m].
    wx, wy : ndarray
        ``(rows, cols)`` shift of each cell before it is measured [m].
    discs : ndarray
        ``(n, 3)`` centre x, y and radius [m]: who owns which waters.
    blobs : ndarray
        ``(n, k, 6)`` the ellipses that an island is melted from: centre x, y, cosine and sine of the long axis,
        stretch, half length [m].

    Returns
    -------
    tuple of ndarray
        Signed distance inside the island [m] ``float32``, its number ``int16``, and how much nearer it is than the
        next one [m] ``float32``, all ``(rows, cols)``.
    """
    rows, cols = ys.size, xs.size
    field = np.empty((rows, cols), np.float32)
    owner = np.empty((rows, cols), np.int16)
    lead = np.empty((rows, cols), np.float32)
    for r in prange(rows):
        for c in range(cols):
            x, y = xs[c] + _CALM * wx[r, c], ys[r] + _CALM * wy[r, c]
            best, second, who = np.float32(1e9), np.float32(1e9), 0
            for i in range(discs.shape[0]):
                d = np.sqrt((x - discs[i, 0]) ** 2 + (y - discs[i, 1]) ** 2) - discs[i, 2]
                if d < best:
                    best, second, who = d, best, i
                elif d < second:
                    second = d
            field[r, c] = _melted(xs[c] + wx[r, c], ys[r] + wy[r, c], blobs[who], np.float32(0.5) * discs[who, 2])
            owner[r, c] = who
            lead[r, c] = second - best
    return field, owner, lead


@njit(cache=True)
def _melted(x: np.float32, y: np.float32, blobs: F32, soft: np.float32) -> np.float32:
    """Smooth union of ellipses (polynomial smooth minimum, Quilez 2013); positive inside."""
    total = np.float32(1e9)
    for k in range(blobs.shape[0]):
        dx, dy = x - blobs[k, 0], y - blobs[k, 1]
        u = blobs[k, 2] * dx + blobs[k, 3] * dy
        v = (blobs[k, 2] * dy - blobs[k, 3] * dx) * blobs[k, 4]
        d = np.sqrt(u * u + v * v) - blobs[k, 5]
        h = max(soft - abs(total - d), np.float32(0)) / soft
        total = min(total, d) - h * h * soft * np.float32(0.25)
    return -total


@njit(cache=True)
def _grow(field: F32, owner: I16, seeds: I32, counts: I32, land: Mask) -> I32:
    """Grow every mass from its seed over the highest neighbours; returns the cells each one got."""
    rows, cols = field.shape
    seen = np.zeros(rows * cols, np.bool_)
    keys, cells = np.empty(rows * cols + 8, np.float32), np.empty(rows * cols + 8, np.int32)
    got = np.zeros(counts.size, np.int32)
    for i in range(counts.size):
        size = heap_push(keys, cells, 0, -field[seeds[i] // cols, seeds[i] % cols], seeds[i])
        seen[seeds[i]] = True
        while size > 0 and got[i] < counts[i]:
            at = cells[0]
            size = heap_drop(keys, cells, size)
            r, c = at // cols, at % cols
            land[r, c] = True
            got[i] += 1
            for rr in range(max(r - 1, 0), min(r + 2, rows)):
                for cc in range(max(c - 1, 0), min(c + 2, cols)):
                    to = rr * cols + cc
                    if not seen[to] and owner[rr, cc] == i and field[rr, cc] > NEVER:
                        seen[to] = True
                        size = heap_push(keys, cells, size, -field[rr, cc], to)
    return got


def grow(field: F32, owner: I16, counts: I32, outside: Mask) -> tuple[Mask, I32]:
    """Take exactly ``counts`` cells of each territory: one connected mass each, the highest of the field, no holes.

    Parameters
    ----------
    field : ndarray
        ``(rows, cols) float32`` how much a cell wants to be land; at or below `NEVER` where it must not.
    owner : ndarray
        ``(rows, cols) int16`` number of the territory; negative: nobody's.
    counts : ndarray
        ``(n,) int32`` cells wanted for each.
    outside : ndarray
        ``(rows, cols) bool`` cells of the open sea, to which all water stays connected.

    Returns
    -------
    tuple of ndarray
        ``(rows, cols) bool`` land, and ``(n,) int32`` the cells each mass got; fewer where its territory is full.
    """
    land, got = np.zeros(field.shape, dtype=bool), counts
    for _ in range(_ROUNDS):
        # A dip without a way out to sea is raised to its pass, so that no threshold of the field leaves a hole.
        whole = np.where(field > NEVER, fill_exactly(np.ascontiguousarray(field), outside), NEVER)
        ranked = np.where(whole > NEVER, whole, -np.inf)
        seeds = np.array([np.argmax(np.where(owner == i, ranked, -np.inf)) for i in range(counts.size)], np.int32)
        land = np.zeros(field.shape, dtype=bool)
        got = _grow(whole, owner, seeds, counts, land)
        pools = _enclosed(~land, outside) & (field > NEVER)
        if not pools.any():
            break
        # Only a raised dip that was taken in part leaves a pool; then all of it is taken before anything else.
        dips, _ = label(pools | ((whole > field) & (field > NEVER)), np.ones((3, 3)))
        field = np.where(np.isin(dips, np.unique(dips[pools])), field + SURELY, field)
    return land, got


def _enclosed(sea: Mask, outside: Mask) -> Mask:
    """``(rows, cols)`` water without a way to the open sea."""
    parts, count = label(sea, np.ones((3, 3)))
    is_open = np.zeros(count + 1, dtype=bool)
    is_open[parts[outside]] = True
    is_open[0] = True
    return np.asarray(~is_open[parts])


@njit(parallel=True, cache=True)
def divided(owner: I16) -> Mask:
    """``(rows, cols)`` cells that touch another territory, so that two masses of land never do."""
    rows, cols = owner.shape
    out = np.zeros((rows, cols), np.bool_)
    for r in prange(rows):
        for c in range(cols):
            mine = owner[r, c]
            for rr in range(max(r - 1, 0), min(r + 2, rows)):
                for cc in range(max(c - 1, 0), min(c + 2, cols)):
                    if owner[rr, cc] < mine:
                        out[r, c] = True
    return out
