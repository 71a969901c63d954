"""Droplet erosion: each raindrop runs downhill, picks up what it can carry and drops what it cannot.

The lattice is cut into strips so wide that droplets of every second strip can never meet. Those strips run side by
side, each in its own order, then the others: the result hangs on no thread.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

LIFE = 30
"""Steps of one cell a droplet makes at most."""

BRUSH = 3
"""Radius in cells over which a droplet digs; narrower brushes leave pits."""

STRIP = 2 * (LIFE + BRUSH + 2)
"""Least rows of a strip, so that its droplets stay clear of the next strip but one."""

GRAVITY = 4.0
LEAST_SLOPE = 0.01


def _brush() -> tuple[NDArray[np.int32], NDArray[np.int32], FloatArray]:
    """Offsets and weights, together 1, of the cells a droplet digs."""
    span = np.arange(-BRUSH, BRUSH + 1)
    rows, cols = (a.ravel() for a in np.meshgrid(span, span, indexing="ij"))
    weight = np.maximum(0.0, BRUSH + 0.5 - np.hypot(rows, cols))
    kept = weight > 0
    total = weight.sum()
    return rows[kept].astype(np.int32), cols[kept].astype(np.int32), (weight[kept] / total).astype(np.float32)


BRUSH_ROWS, BRUSH_COLS, BRUSH_WEIGHTS = _brush()


@njit(cache=True, error_model="numpy")
def _surface(height: FloatArray, y: float, x: float) -> tuple[float, float, float]:
    """Height and its gradient along rows and columns at a point between cells."""
    r, c = int(y), int(x)
    v, u = np.float32(y - r), np.float32(x - c)
    nw, ne, sw, se = height[r, c], height[r, c + 1], height[r + 1, c], height[r + 1, c + 1]
    one = np.float32(1)
    down = (sw - nw) * (one - u) + (se - ne) * u
    along = (ne - nw) * (one - v) + (se - sw) * v
    return nw * (one - u) * (one - v) + ne * u * (one - v) + sw * (one - u) * v + se * u * v, down, along


@njit(cache=True, error_model="numpy")
def _lay(height: FloatArray, y: float, x: float, amount: float) -> None:
    r, c = int(y), int(x)
    v, u = np.float32(y - r), np.float32(x - c)
    one = np.float32(1)
    height[r, c] += amount * (one - u) * (one - v)
    height[r, c + 1] += amount * u * (one - v)
    height[r + 1, c] += amount * (one - u) * v
    height[r + 1, c + 1] += amount * u * v


@njit(cache=True, error_model="numpy")
def _dig(height: FloatArray, hard: NDArray[np.bool_], y: float, x: float, amount: float) -> float:
    """Take ``amount`` from the cells around a point; return what was got where part of them is held."""
    rows, cols = height.shape
    r, c = int(y + 0.5), int(x + 0.5)
    got = np.float32(0)
    for k in range(BRUSH_WEIGHTS.size):
        rr, cc = r + BRUSH_ROWS[k], c + BRUSH_COLS[k]
        if 0 <= rr < rows and 0 <= cc < cols and not hard[rr, cc]:
            part = amount * BRUSH_WEIGHTS[k]
            height[rr, cc] -= part
            got += part
    return got  # type: ignore[return-value]  # numba computes in float32; numpy's stubs are wider


@njit(cache=True, error_model="numpy")
def _run(
    height: FloatArray, hard: NDArray[np.bool_], y: float, x: float,
    inertia: float, capacity: float, erosion: float, deposition: float, evaporation: float,
) -> None:  # fmt: skip
    """Let one droplet run until it leaves the lattice, reaches held ground, lies still or dries up with its load."""
    rows, cols = height.shape
    dy, dx, speed, water, load = np.float32(0), np.float32(0), np.float32(1), np.float32(1), np.float32(0)
    here, down, along = _surface(height, y, x)
    for _ in range(LIFE):
        dy = dy * inertia - down * (np.float32(1) - inertia)
        dx = dx * inertia - along * (np.float32(1) - inertia)
        length = np.sqrt(dy * dy + dx * dx)
        if length < 1e-9:
            break
        dy, dx = dy / length, dx / length
        ny, nx = y + dy, x + dx
        if ny < 0 or nx < 0 or ny >= rows - 1 or nx >= cols - 1 or hard[int(ny + 0.5), int(nx + 0.5)]:
            return
        level, down, along = _surface(height, ny, nx)
        fall = here - level
        room = max(fall, np.float32(LEAST_SLOPE)) * speed * water * capacity  # type: ignore[operator]  # numba computes in float32; numpy's stubs are wider
        if fall < 0:
            laid = min(-fall, load)
            _lay(height, y, x, laid)  # type: ignore[arg-type]  # numba computes in float32; numpy's stubs are wider
            load -= laid  # type: ignore[operator]  # numba computes in float32; numpy's stubs are wider
        elif load > room:
            laid = (load - room) * deposition
            _lay(height, y, x, laid)
            load -= laid
        else:
            load += _dig(height, hard, y, x, min((room - load) * erosion, fall))
        speed = np.sqrt(max(speed * speed * np.float32(0.8) + fall * np.float32(GRAVITY), np.float32(0.01)))
        water *= np.float32(1) - evaporation
        y, x, here = ny, nx, level


@njit(parallel=True, cache=True, error_model="numpy")
def _strips(
    height: FloatArray, hard: NDArray[np.bool_], places: FloatArray, first: NDArray[np.int64], colour: int,
    inertia: float, capacity: float, erosion: float, deposition: float, evaporation: float,
) -> None:  # fmt: skip
    for k in prange((first.size - colour) // 2):
        strip = 2 * k + colour
        for i in range(first[strip], first[strip + 1]):
            _run(height, hard, places[i, 0], places[i, 1], inertia, capacity, erosion, deposition, evaporation)


def rain(
    height: FloatArray, hard: NDArray[np.bool_], places: FloatArray, *,
    inertia: float, capacity: float, erosion: float, deposition: float, evaporation: float,
) -> FloatArray:  # fmt: skip
    """Let droplets fall and run.

    Parameters
    ----------
    height : ndarray
        ``(rows, cols) float32``, in cells (height over cell size).
    hard : ndarray of bool
        ``(rows, cols)`` cells that are neither dug nor run over: water.
    places : ndarray
        ``(n, 2) float32`` where they fall, row and column in [0, 1) of the lattice, in order.
    inertia : float
        How much a droplet keeps its course, in [0, 1).
    capacity, erosion, deposition : float
        What it can carry; the shares of what is missing or too much that it takes or leaves in a step.
    evaporation : float
        Share of its water it loses in a step.

    Returns
    -------
    ndarray
        ``(rows, cols) float32``, in cells.

    Notes
    -----
    Beyer 2015, "Implementation of a method for hydraulic erosion", with friction, so that speed stays bounded.
    """
    out = np.array(height, dtype=np.float32)
    strips = max(1, out.shape[0] // STRIP)
    scaled = places * np.array([out.shape[0] - 1.001, out.shape[1] - 1.001], np.float32)
    strip = np.minimum((places[:, 0] * strips).astype(np.intp), strips - 1)
    order = np.argsort(strip, kind="stable")
    first = np.searchsorted(strip[order], np.arange(strips + 1)).astype(np.int64)
    if strips == 1:
        first = np.append(first, first[-1])  # an empty second strip: both colours exist
    physics = [np.float32(v) for v in (inertia, capacity, erosion, deposition, evaporation)]
    for colour in (0, 1):
        _strips(out, hard, scaled[order], first, colour, *physics)  # type: ignore[arg-type]  # numba computes in float32; numpy's stubs are wider
    return out
