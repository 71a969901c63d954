"""Baked light of a heightfield: key light from the north-west with soft shadows, sky light with occlusion, distances.

Arrays are ``(rows, cols)`` with row 0 in the north; light comes from exactly north-west, so that a shadow is one sweep
along the diagonals.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .world import FloatArray

ELEVATION_DEG = 40.0
"""Height of the key light above the horizon."""

KEY = np.array([-np.sqrt(0.5), np.sqrt(0.5), np.tan(np.radians(ELEVATION_DEG))])
KEY /= np.linalg.norm(KEY)
"""``(3,)`` direction toward the key light: west, north and up."""

WRINKLED = 0.07
"""Spread of heights about their surroundings, per distance, from which ridges are drawn at full strength."""

WAYS = np.array([[-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 1], [1, -1], [1, 0], [1, 1]])
"""``(8, 2)`` steps to the neighbours, rows and columns."""


def resized(data: NDArray[np.generic], shape: tuple[int, int], method: str = "cubic") -> FloatArray:
    """``shape float32``: a field drawn on another lattice over the same ground.

    Parameters
    ----------
    data : ndarray
        ``(rows, cols)``.
    method : {"cubic", "linear", "nearest"}
        How values between samples are found (cubic after Catmull and Rom 1974). Where the new lattice is coarser,
        the kernel widens with it, so that nothing is skipped.
    """
    field = np.ascontiguousarray(data, dtype=np.float32)
    if field.shape == shape:
        return field
    down, down_weights = _taps(field.shape[0], shape[0], method)
    along, along_weights = _taps(field.shape[1], shape[1], method)
    return np.asarray(_resample(field, down, down_weights, along, along_weights))


def _taps(old: int, new: int, method: str) -> tuple[NDArray[np.int32], FloatArray]:
    """Return, ``(new, k)``, the samples that each new sample mixes, and their weights."""
    centre = (np.arange(new) + 0.5) * (old / new) - 0.5
    if method == "nearest":
        nearest = np.clip(np.floor(centre + 0.5), 0, old - 1).astype(np.int32)
        return nearest[:, None], np.ones((new, 1), dtype=np.float32)
    wide, support = max(1.0, old / new), 2 if method == "cubic" else 1
    reach = int(np.ceil(support * wide))
    index = np.floor(centre).astype(np.int64)[:, None] + np.arange(1 - reach, reach + 1)
    x = np.abs(index - centre[:, None]) / wide
    if method == "cubic":
        weight = np.where(x < 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))
    else:
        weight = np.maximum(1 - x, 0)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, old - 1).astype(np.int32), weight.astype(np.float32)


@njit(cache=True)  # one thread: starting a second costs as much as it saves, and more on a busy machine
def _resample(
    field: FloatArray, down: NDArray[np.int32], down_weights: FloatArray, along: NDArray[np.int32],
    along_weights: FloatArray,
) -> FloatArray:  # fmt: skip
    rows, cols = len(down), len(along)
    wide = np.empty((field.shape[0], cols), dtype=np.float32)
    for r in range(field.shape[0]):
        for c in range(cols):
            total = np.float32(0)
            for k in range(along.shape[1]):
                total += field[r, along[c, k]] * along_weights[c, k]
            wide[r, c] = total
    out = np.empty((rows, cols), dtype=np.float32)
    for r in range(rows):
        line = out[r]
        line[:] = 0
        for k in range(down.shape[1]):
            taken, weight = wide[down[r, k]], down_weights[r, k]
            for c in range(cols):
                line[c] += taken[c] * weight
    return out


def mottle(shape: tuple[int, int], features: float, octaves: int, seed: int) -> FloatArray:
    """``shape float32`` in about [-1, 1]: soft noise with that many features along the longer side, for brushwork."""
    rng = np.random.Generator(np.random.PCG64(seed))
    total = np.zeros((2, 2), dtype=np.float32)
    for octave in range(octaves):
        step = max(shape) / (features * 2**octave)
        small = (max(3, round(shape[0] / step)), max(3, round(shape[1] / step)))
        total = resized(total, small) + rng.uniform(-1, 1, small).astype(np.float32) * np.float32(0.5**octave)
    return resized(total, shape)


@njit(cache=True)
def sun_shadow(ground: FloatArray, tops: FloatArray, cell: float, softness: float) -> FloatArray:
    """``(rows, cols) float32``: 0 in the sun, 1 in full shadow.

    Parameters
    ----------
    ground : ndarray
        ``(rows, cols) float32`` surface that receives the shadow [m].
    tops : ndarray
        ``(rows, cols) float32`` surface that casts it: ground and what stands on it [m].
    cell : float
        Cell size [m].
    softness : float
        Width of the penumbra as a share of the distance to what casts the shadow.
    """
    rows, cols = ground.shape
    out = np.zeros((rows, cols), dtype=np.float32)
    stride = np.float32(cell * np.sqrt(2.0))
    drop = np.float32(stride * 0.8390996)  # tan(40 degrees)
    ray = np.full(cols + 1, -1e30, dtype=np.float32)  # height of the lowest ray that passes, by column
    far = np.zeros(cols + 1, dtype=np.float32)  # distance to what casts it
    for r in range(rows):
        for c in range(cols - 1, -1, -1):
            height, distance = ray[c] - drop, far[c] + stride
            above = height - ground[r, c]
            if above > 0:
                edge = np.float32(0.3) * drop + softness * distance
                share = min(above / edge, np.float32(1.0))
                out[r, c] = share * share * (3 - 2 * share)
            if tops[r, c] >= height:
                height, distance = tops[r, c], np.float32(0.0)
            ray[c + 1], far[c + 1] = height, distance
        ray[0] = -1e30
    return out


@njit(parallel=True, cache=True)
def sky_view(surface: FloatArray, cell: float, reach: int) -> FloatArray:
    """``(rows, cols) float32``: share of the sky that a point sees, 1 on a plain.

    Parameters
    ----------
    surface : ndarray
        ``(rows, cols) float32`` heights [m].
    cell : float
        Cell size [m].
    reach : int
        Farthest cell looked at.
    """
    rows, cols = surface.shape
    out = np.empty((rows, cols), dtype=np.float32)
    for r in prange(rows):
        for c in range(cols):
            here, total = surface[r, c], np.float32(0.0)
            for way in range(8):
                dr, dc = WAYS[way, 0], WAYS[way, 1]
                length = np.float32(cell * np.sqrt(np.float32(dr * dr + dc * dc)))
                steepest, step = np.float32(0.0), 1
                while step <= reach:
                    rr = min(max(r + dr * step, 0), rows - 1)
                    cc = min(max(c + dc * step, 0), cols - 1)
                    rise = (surface[rr, cc] - here) / (length * step)
                    steepest = max(steepest, rise)
                    step *= 2
                total += np.float32(1.0) / (np.float32(1.0) + steepest * steepest)  # cos^2 of the horizon
            out[r, c] = total / 8
    return out


@njit(cache=True)
def distance_to_other(mask: NDArray[np.bool_], limit: float) -> FloatArray:
    """``(rows, cols) float32``: cells to the nearest cell of the other class, up to a limit (chamfer metric)."""
    rows, cols = mask.shape
    out = np.full((rows, cols), np.float32(limit), dtype=np.float32)
    near, slant = np.float32(1.0), np.float32(1.4142)
    for r in range(rows):
        for c in range(cols):
            best = out[r, c]
            if c > 0:
                best = min(best, np.float32(0.5) if mask[r, c - 1] != mask[r, c] else out[r, c - 1] + near)
            if r > 0:
                best = min(best, np.float32(0.5) if mask[r - 1, c] != mask[r, c] else out[r - 1, c] + near)
                if c > 0 and mask[r - 1, c - 1] == mask[r, c]:
                    best = min(best, out[r - 1, c - 1] + slant)
                if c < cols - 1 and mask[r - 1, c + 1] == mask[r, c]:
                    best = min(best, out[r - 1, c + 1] + slant)
            out[r, c] = best
    for r in range(rows - 1, -1, -1):
        for c in range(cols - 1, -1, -1):
            best = out[r, c]
            if c < cols - 1:
                best = min(best, np.float32(0.5) if mask[r, c + 1] != mask[r, c] else out[r, c + 1] + near)
            if r < rows - 1:
                best = min(best, np.float32(0.5) if mask[r + 1, c] != mask[r, c] else out[r + 1, c] + near)
                if c > 0 and mask[r + 1, c - 1] == mask[r, c]:
                    best = min(best, out[r + 1, c - 1] + slant)
                if c < cols - 1 and mask[r + 1, c + 1] == mask[r, c]:
                    best = min(best, out[r + 1, c + 1] + slant)
            out[r, c] = best
    return out


def blurred(field: FloatArray, sigma: float) -> FloatArray:
    """Return a field without detail finer than about ``sigma`` cells: drawn smaller and back."""
    small = (max(2, round(field.shape[0] / (2 * sigma))), max(2, round(field.shape[1] / (2 * sigma))))
    return resized(resized(field, small), field.shape)


def crispness(surface: FloatArray, sigma: float, cell: float) -> FloatArray:
    """``(rows, cols) float32`` in [-1, 1]: how far above its surroundings (ridges) or below them (valleys).

    Ground that is nearly even at this scale stays nearly even: its wrinkles would make a crumpled cloth of a plain.

    Parameters
    ----------
    surface : ndarray
        ``(rows, cols) float32`` heights [m].
    sigma : float
        Cells over which the surroundings are averaged.
    cell : float
        Cell size [m].
    """
    raised = surface - blurred(surface, sigma)
    spread = float(np.sqrt(np.mean(raised**2))) + 1e-6
    strength = np.float32(np.clip(spread / (WRINKLED * sigma * cell), 0.2, 1))
    return np.asarray(strength * np.tanh(raised / (2 * spread)), dtype=np.float32)
