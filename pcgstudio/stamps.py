"""Kernels that raise a surface to the tops of what stands on it, so that it casts shadows: domes and boxes."""

from __future__ import annotations

import numpy as np
from numba import njit

from .world import FloatArray


@njit(cache=True)
def domes(tops: FloatArray, placement: FloatArray, size: FloatArray, texel: float) -> None:
    """Raise ``tops`` ``(rows, cols)`` [m], in place, to round things: ``placement`` ``(n, 5)``, ``size`` ``(n, 3)``."""
    rows, cols = tops.shape
    for i in range(len(placement)):
        x, y = placement[i, 0] / texel, rows - placement[i, 1] / texel
        radius = max(size[i, 0], size[i, 1]) / (2 * texel)
        for r in range(max(0, int(y - radius)), min(rows, int(y + radius) + 1)):
            for c in range(max(0, int(x - radius)), min(cols, int(x + radius) + 1)):
                away = ((c + 0.5 - x) ** 2 + (r + 0.5 - y) ** 2) / (radius * radius + 1e-6)
                if away < 1:
                    top = placement[i, 2] + size[i, 2] * np.float32(1.0 - 0.6 * away)
                    tops[r, c] = max(tops[r, c], top)


@njit(cache=True)
def boxes(tops: FloatArray, placement: FloatArray, size: FloatArray, texel: float) -> None:
    """Raise ``tops`` ``(rows, cols)`` [m], in place, to buildings: ``placement`` ``(n, 5)``, ``size`` ``(n, 3)``."""
    rows, cols = tops.shape
    for i in range(len(placement)):
        x, y = placement[i, 0] / texel, rows - placement[i, 1] / texel
        cos, sin = np.cos(np.radians(placement[i, 3])), np.sin(np.radians(placement[i, 3]))
        long, wide = size[i, 0] / (2 * texel), size[i, 1] / (2 * texel)
        reach = np.sqrt(long * long + wide * wide)
        for r in range(max(0, int(y - reach)), min(rows, int(y + reach) + 1)):
            for c in range(max(0, int(x - reach)), min(cols, int(x + reach) + 1)):
                dx, dy = c + 0.5 - x, y - (r + 0.5)
                a, b = abs(dx * cos + dy * sin), abs(dy * cos - dx * sin)
                if a < long and b < wide:
                    top = placement[i, 2] + size[i, 2] * np.float32(0.85 - 0.25 * max(a / long, b / wide))
                    tops[r, c] = max(tops[r, c], top)
