"""Wave function collapse: tiles that fit their neighbours, by support counts (AC-4), with a way back out of dead ends.

All state lives in arrays, and every removal of a tile is written down in order. That list is the queue of what is still
to be passed on to the neighbours and at the same time the way back: undoing it in reverse restores the state before.
"""

from __future__ import annotations

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .dice import State, chance

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SOLVED, GAVE_UP, IMPOSSIBLE = 0, 1, 2


@njit(cache=True)
def _neighbour(c: int, way: int, rows: int, cols: int) -> int:
    """Return the cell to the east, south, west or north; -1 beyond the edge."""
    r, k = c // cols, c % cols
    if way == 0:
        return c + 1 if k + 1 < cols else -1
    if way == 1:
        return c + cols if r + 1 < rows else -1
    if way == 2:
        return c - 1 if k > 0 else -1
    return c - cols if r > 0 else -1


@njit(cache=True)
def _ban(c: int, t: int, wave: Bools, left: Ints, sums: Floats, weights: Floats, logs: Floats, opens: Ints,
         sides: Bools, trail: Ints, length: int) -> int:  # fmt: skip
    """Remove a tile from a cell and write it down; return how long the list is now."""
    wave[c, t] = False
    left[c] -= 1
    sums[c, 0] -= weights[t]
    sums[c, 1] -= logs[t]
    for way in range(5):
        opens[c, way] -= sides[way, t]
    trail[length] = c * wave.shape[1] + t
    return length + 1


@njit(cache=True)
def _pass_on(done: int, length: int, wave: Bools, left: Ints, sums: Floats, weights: Floats, logs: Floats, opens: Ints,
             sides: Bools, trail: Ints, support: NDArray[np.int16], fits: Ints, starts: Ints, rows: int, cols: int
             ) -> tuple[int, int, bool]:  # fmt: skip
    """Take what was removed to the neighbours until nothing changes or a cell has no tile left."""
    tiles = wave.shape[1]
    sound = True
    while done < length and sound:
        c, t = trail[done] // tiles, trail[done] % tiles
        done += 1
        if left[c] == 0:
            sound = False
        for way in range(4):
            other = _neighbour(c, way, rows, cols)
            if other < 0:
                continue
            back = (way + 2) % 4
            for k in range(starts[way * tiles + t], starts[way * tiles + t + 1]):
                u = fits[k]
                support[other, back, u] -= 1
                if support[other, back, u] == 0 and wave[other, u]:
                    length = _ban(other, u, wave, left, sums, weights, logs, opens, sides, trail, length)
                    if left[other] == 0:
                        sound = False
    return done, length, sound


@njit(cache=True)
def _undo(done: int, length: int, mark: int, wave: Bools, left: Ints, sums: Floats, weights: Floats, logs: Floats,
          opens: Ints, sides: Bools, trail: Ints, support: NDArray[np.int16], fits: Ints, starts: Ints, rows: int,
          cols: int) -> None:  # fmt: skip
    """Put back everything removed since the list was ``mark`` long."""
    tiles = wave.shape[1]
    for n in range(length - 1, mark - 1, -1):
        c, t = trail[n] // tiles, trail[n] % tiles
        if n < done:
            for way in range(4):
                other = _neighbour(c, way, rows, cols)
                if other >= 0:
                    for k in range(starts[way * tiles + t], starts[way * tiles + t + 1]):
                        support[other, (way + 2) % 4, fits[k]] += 1
        wave[c, t] = True
        left[c] += 1
        sums[c, 0] += weights[t]
        sums[c, 1] += logs[t]
        for way in range(5):
            opens[c, way] += sides[way, t]


@njit(cache=True)
def _hangs_together(left: Ints, opens: Ints, rows: int, cols: int, seen: Ints, stack: Ints, stamp: int) -> bool:
    """Whether all cells that must be walkable can still be joined by cells that may be."""
    cells = left.size
    first, must = -1, 0
    for c in range(cells):
        if opens[c, 4] == left[c]:
            must += 1
            first = c
    if must < 2:
        return True
    stack[0], height = first, 1
    seen[first] = stamp
    met = 1
    while height:
        height -= 1
        c = stack[height]
        for way in range(4):
            other = _neighbour(c, way, rows, cols)
            if other < 0 or seen[other] == stamp or not (opens[c, way] and opens[other, (way + 2) % 4]):
                continue
            seen[other] = stamp
            met += opens[other, 4] == left[other]
            stack[height] = other
            height += 1
    return met == must


@njit(cache=True)
def _entropy(c: int, sums: Floats, noise: Floats) -> float:
    total = max(sums[c, 0], 1e-12)
    return float(np.log(total) - sums[c, 1] / total + noise[c])


@njit(cache=True)
def collapse(  # noqa: PLR0912, PLR0915 - one loop over state that numba can only pass from hand to hand
    rows: int, cols: int, weights: Floats, fits: Ints, starts: Ints, barred: Bools, sides: Bools, joined: bool,
    retreats: int, state: State,
) -> tuple[int, Ints, int]:  # fmt: skip
    """Choose a tile for every cell so that all neighbours fit.

    Parameters
    ----------
    weights : ndarray
        ``(tiles,)`` how often each is wanted.
    fits, starts : ndarray
        ``fits[starts[way * tiles + t] : starts[way * tiles + t + 1]]`` are the tiles that may lie on one side of ``t``;
        the ways are east, south, west, north.
    barred : ndarray
        ``(rows * cols, tiles) bool`` what may not lie in a cell.
    sides : ndarray
        ``(5, tiles) bool`` whether one can leave a tile on each side, and whether it is walkable at all.
    joined : bool
        Whether all walkable tiles must hang together.
    retreats : int
        How many choices may be taken back.

    Returns
    -------
    status : int
        `SOLVED`, `GAVE_UP`, or `IMPOSSIBLE` where the constraints leave no way at all.
    chosen : ndarray
        ``(rows * cols,)`` tile of each cell.
    retreats : int
        How many choices were taken back.
    """
    cells, tiles = rows * cols, weights.size
    logs = weights * np.log(weights)
    wave = np.ones((cells, tiles), dtype=np.bool_)
    left = np.full(cells, tiles)
    sums = np.empty((cells, 2))
    sums[:, 0], sums[:, 1] = weights.sum(), logs.sum()
    opens = np.zeros((cells, 5), dtype=np.int64)
    for way in range(5):
        opens[:, way] = sides[way].sum()
    noise = np.array([chance(state) * 1e-4 for _ in range(cells)])
    support = np.empty((cells, 4, tiles), dtype=np.int16)
    for t in range(tiles):
        for way in range(4):
            support[:, way, t] = starts[way * tiles + t + 1] - starts[way * tiles + t]
    trail = np.empty(cells * tiles + 1, dtype=np.int64)
    length = 0
    for c in range(cells):
        for t in range(tiles):
            if barred[c, t] or _is_lonely(c, t, support, rows, cols):
                length = _ban(c, t, wave, left, sums, weights, logs, opens, sides, trail, length)
    done, length, sound = _pass_on(
        0, length, wave, left, sums, weights, logs, opens, sides, trail, support, fits, starts, rows, cols
    )
    seen, stack, stamp = np.zeros(cells, dtype=np.int64), np.empty(cells, dtype=np.int64), 1
    chosen = np.zeros(cells, dtype=np.int64)
    if not sound or left.min() < 1 or (joined and not _hangs_together(left, opens, rows, cols, seen, stack, stamp)):
        return IMPOSSIBLE, chosen, 0
    heap = [(_entropy(c, sums, noise), c) for c in range(cells)]
    heapq.heapify(heap)
    at, picked, marks = np.empty((3, cells + 1), dtype=np.int64)
    depth, used = 0, 0
    while True:
        cell = _least_open(heap, left, sums, noise)
        if cell < 0:
            break
        at[depth], picked[depth], marks[depth] = cell, _pick(cell, wave, weights, sums[cell, 0], state), length
        for t in range(tiles):
            if wave[cell, t] and t != picked[depth]:
                length = _ban(cell, t, wave, left, sums, weights, logs, opens, sides, trail, length)
        depth += 1
        since = marks[depth - 1]
        while True:
            done, length, sound = _pass_on(
                done, length, wave, left, sums, weights, logs, opens, sides, trail, support, fits, starts, rows, cols
            )
            stamp += 1
            if sound and (not joined or _hangs_together(left, opens, rows, cols, seen, stack, stamp)):
                break
            if depth == 0:
                return IMPOSSIBLE, chosen, used
            if used == retreats:
                return GAVE_UP, chosen, used
            used += 1
            depth -= 1
            mark = marks[depth]
            _undo(done, length, mark, wave, left, sums, weights, logs, opens, sides, trail, support, fits, starts, rows,
                  cols)  # fmt: skip
            for n in range(mark, length):
                _push(heap, trail[n] // tiles, left, sums, noise)
            length, done = mark, mark
            since = min(since, mark)
            length = _ban(at[depth], picked[depth], wave, left, sums, weights, logs, opens, sides, trail, length)
        for n in range(since, length):
            if n == since or trail[n] // tiles != trail[n - 1] // tiles:
                _push(heap, trail[n] // tiles, left, sums, noise)
    for c in range(cells):
        chosen[c] = np.argmax(wave[c])
    return SOLVED, chosen, used


@njit(cache=True)
def _is_lonely(c: int, t: int, support: NDArray[np.int16], rows: int, cols: int) -> bool:
    """Whether a tile that nothing fits beside has a neighbour there."""
    for way in range(4):  # noqa: SIM110 - numba compiles no generator expressions
        if support[c, way, t] == 0 and _neighbour(c, way, rows, cols) >= 0:
            return True
    return False


@njit(cache=True)
def _least_open(heap: list[tuple[float, int]], left: Ints, sums: Floats, noise: Floats) -> int:
    """Return the undecided cell of least entropy, -1 where all are decided; entries that changed since are dropped."""
    while len(heap) > 0:
        value, c = heapq.heappop(heap)
        if left[c] > 1 and value == _entropy(c, sums, noise):
            return int(c)
    return -1


@njit(cache=True)
def _push(heap: list[tuple[float, int]], c: int, left: Ints, sums: Floats, noise: Floats) -> None:
    if left[c] > 1:
        heapq.heappush(heap, (_entropy(c, sums, noise), c))


@njit(cache=True)
def _pick(c: int, wave: Bools, weights: Floats, total: float, state: State) -> int:
    """Return one of the tiles that are left in a cell, by weight."""
    mark = chance(state) * total
    last = -1
    for t in range(weights.size):
        if wave[c, t]:
            last = t
            mark -= weights[t]
            if mark < 0:
                break
    return last
