"""Mountain passes: troughs through a range, over which a road would go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid

from .kernels.noise import fractal_noise

Doubles = NDArray[np.float64]
_FLOOR = 0.16  # width of the level floor, as a share of the distance between the two summits
_WANDER = 0.2  # how far the trough winds, as a share of a mountain's radius


def opened(
    grid: Grid, rise: FloatArray, centres: Doubles, ties: list[tuple[int, int]], count: int, side: str, share: float,
    radius: float, seed: int,
) -> tuple[FloatArray, NDArray[np.int16]]:  # fmt: skip
    """Cut passes between summits that a crest joins.

    Parameters
    ----------
    grid : Grid
    rise : ndarray
        ``(rows, cols) float32`` the mountains over their ground [m].
    centres : ndarray
        ``(n, 2)`` x, y of the summits [m].
    ties : list of (int, int)
        Joined summits.
    count : int
        How many passes.
    side : str
        Where the first lies: a compass side, ``centre`` or ``any``.
    share : float
        Height of a pass against the lower summit beside it.
    radius : float
        Distance from a summit to its foot [m].
    seed : int
        How they wind.

    Returns
    -------
    tuple
        ``(rows, cols) float32`` what is left of the mountains [m], and ``(rows, cols) int16`` number of the pass.

    Raises
    ------
    BuildError
        Fewer crests than passes.
    """
    if len(ties) < count:
        told = f"only {len(ties)} are joined by crests" if ties else "none are joined by a crest"
        raise BuildError(f"{count} passes need as many gaps between summits, and {told}; arrange more peaks in a range")
    middles = np.array([(centres[i] + centres[j]) / 2 for i, j in ties])
    tops = grid.sample(rise, centres).astype(np.float64)
    wander = fractal_noise(grid, seed=seed + 5, feature_size_m=1.2 * radius, octaves=2) * np.float32(_WANDER * radius)
    number = np.zeros(grid.shape, np.int16)
    for order, k in enumerate(_chosen(middles, count, side, seed), 1):
        i, j = ties[k]
        span = float(np.hypot(*(centres[j] - centres[i])))
        along = (centres[j] - centres[i]) / span
        x, y = grid.xs()[None, :] - np.float32(middles[k, 0]), grid.ys()[:, None] - np.float32(middles[k, 1])
        through = x * np.float32(-along[1]) + y * np.float32(along[0])
        calm = np.clip(np.abs(through) / np.float32(0.5 * radius), 0, 1)  # the saddle itself stays where it is
        off = np.abs(x * np.float32(along[0]) + y * np.float32(along[1]) + wander * calm)
        low, floor = share * float(min(tops[i], tops[j])), _FLOOR * span
        wall = (float(max(tops[i], tops[j])) - low) / (0.5 * span - 0.5 * floor) * 1.1  # reaches over both summits
        trough = low * np.exp(-((through / np.float32(0.7 * radius)) ** 2))
        trough = trough + np.float32(wall) * np.maximum(off - np.float32(0.5 * floor), 0)
        near = np.abs(through) < np.float32(1.3 * radius)
        rise = np.where(near, np.minimum(rise, trough), rise).astype(np.float32)
        number[(off <= max(floor, grid.cell_size_m)) & (np.abs(through) <= max(floor, 1.5 * grid.cell_size_m))] = order
    return rise, number


def _chosen(middles: Doubles, count: int, side: str, seed: int) -> list[int]:
    """Return which gaps become passes: the first toward its side, the others far from those taken."""
    rng = np.random.Generator(np.random.PCG64(seed))
    heart = middles.mean(axis=0)
    if side == "any":
        chosen = [int(rng.integers(len(middles)))]
    elif side == "centre":
        chosen = [int(np.argmin(np.hypot(*(middles - heart).T)))]
    else:
        chosen = [int(np.argmax((middles - heart) @ np.array(side_vector(side))))]
    while len(chosen) < count:
        gap = np.hypot(*(middles[:, None] - middles[None, chosen]).transpose(2, 0, 1)).min(axis=1)
        gap[chosen] = -1
        chosen.append(int(np.argmax(gap)))
    return chosen
