"""Kernels of caves: the cellular automaton, round brushes, and drunken walkers."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .dice import State, below, chance

Mask = NDArray[np.bool_]


@njit(parallel=True, cache=True)
def grow_rock(rock: Mask, dug: Mask, solid: Mask, birth: int, death: int, rounds: int) -> Mask:
    """Return rock after some rounds in which cells follow the eight around them (Johnson 2010).

    Parameters
    ----------
    rock : ndarray
        ``(rows, cols) bool`` at the start.
    dug, solid : ndarray
        ``(rows, cols) bool`` cells that stay floor, and that stay rock whatever is around them.
    birth, death : int
        Floor with more rock neighbours than the first becomes rock, rock with fewer than the second becomes floor.
    """
    rows, cols = rock.shape
    now, then = rock.copy(), rock.copy()
    for _ in range(rounds):
        for r in prange(rows):
            for c in range(cols):
                if dug[r, c] or solid[r, c]:
                    then[r, c] = not dug[r, c]
                    continue
                around = 0
                for i in range(r - 1, r + 2):
                    for j in range(c - 1, c + 2):
                        if i < 0 or j < 0 or i >= rows or j >= cols or now[i, j]:
                            around += 1
                if now[r, c]:
                    then[r, c] = around - 1 >= death
                else:
                    then[r, c] = around > birth
        now, then = then, now
    return now


@njit(cache=True)
def brush(field: NDArray[np.float32], places: NDArray[np.float64], radii: NDArray[np.float64], reach: float) -> None:
    """Raise a field in place to the depth inside the discs it lies in, as far as ``reach`` cells outside of them.

    Parameters
    ----------
    places, radii : ndarray
        ``(n, 2)`` row and column, ``(n,)``, in cells.
    """
    rows, cols = field.shape
    for k in range(len(radii)):
        wide = radii[k] + reach
        for r in range(max(0, int(places[k, 0] - wide)), min(rows, int(places[k, 0] + wide) + 2)):
            for c in range(max(0, int(places[k, 1] - wide)), min(cols, int(places[k, 1] + wide) + 2)):
                depth = np.float32(radii[k] - np.hypot(r - places[k, 0], c - places[k, 1]))
                field[r, c] = max(field[r, c], depth)


@njit(cache=True)
def stagger(ground: Mask, wanted: int, walkers: int, turn: float, lifetime: int, state: State) -> Mask:
    """Return ``wanted`` cells dug by walkers that stagger on from what is dug already; all of them hang together.

    Parameters
    ----------
    ground : ndarray
        ``(rows, cols) bool`` cells that may be dug, in one piece.
    walkers : int
        How many dig in turns, each starting where something is dug.
    turn : float
        Chance of another direction at each step.
    lifetime : int
        Steps after which a walker starts somewhere else.
    """
    rows, cols = ground.shape
    down, right = (0, 1, 0, -1), (1, 0, -1, 0)
    dug = np.zeros((rows, cols), dtype=np.bool_)
    order = np.empty(wanted, dtype=np.int64)
    start = np.argmin(np.where(ground.ravel(), _from_middle(rows, cols), np.inf))
    order[0], count = start, 1
    dug[start // cols, start % cols] = True
    places = np.full(walkers, start)
    ways = np.empty(walkers, dtype=np.int64)
    ages = np.empty(walkers, dtype=np.int64)
    for k in range(walkers):
        ways[k] = below(state, 4)
        ages[k] = below(state, lifetime)
    idle = 0
    while count < wanted:
        for k in range(walkers):
            ages[k] += 1
            if ages[k] >= lifetime:
                places[k], ages[k] = order[below(state, count)], 0
                ways[k] = below(state, 4)
            if chance(state) < turn:
                ways[k] = below(state, 4)
            r, c = places[k] // cols + down[ways[k]], places[k] % cols + right[ways[k]]
            if r < 0 or c < 0 or r >= rows or c >= cols or not ground[r, c]:
                ways[k] = below(state, 4)
                continue
            places[k] = r * cols + c
            idle += 1
            if not dug[r, c]:
                dug[r, c] = True
                order[count] = places[k]
                count, idle = count + 1, 0
                if count == wanted:
                    break
        if idle > 4 * lifetime * walkers:  # nobody finds fresh ground: go on from the rim of what is dug
            idle = 0
            for k in range(walkers):
                places[k] = _rim(dug, ground, order, count, below(state, count))
    return dug


@njit(cache=True)
def _from_middle(rows: int, cols: int) -> NDArray[np.float64]:
    out = np.empty(rows * cols)
    for k in range(rows * cols):
        out[k] = (k // cols - (rows - 1) / 2) ** 2 + (k % cols - (cols - 1) / 2) ** 2
    return out


@njit(cache=True)
def _rim(dug: Mask, ground: Mask, order: NDArray[np.int64], count: int, first: int) -> int:
    """Return a dug cell beside one that may still be dug."""
    rows, cols = dug.shape
    for n in range(count):
        node = order[(first + n) % count]
        r, c = node // cols, node % cols
        for i, j in ((r, c + 1), (r + 1, c), (r, c - 1), (r - 1, c)):
            if 0 <= i < rows and 0 <= j < cols and ground[i, j] and not dug[i, j]:
                return int(node)
    return int(order[first])
