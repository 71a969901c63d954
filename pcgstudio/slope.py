"""How steep the ground is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .world import FloatArray

_STRIP = 64
"""Rows in which slopes are taken."""


def slope_deg(height: NDArray[np.generic], cell_size_m: float) -> FloatArray:
    """``(rows, cols) float32`` steepest inclination [degrees] by central differences (Horn's simpler cousin)."""
    if min(height.shape) < 2:
        return np.zeros(height.shape, dtype=np.float32)
    slope = np.empty(height.shape, dtype=np.float32)
    for first in range(0, len(height), _STRIP):  # by strips, and one more row on either side: five maps less are held
        above = min(first, 1)
        south, east = np.gradient(height[first - above : first + _STRIP + 1].astype(np.float32), cell_size_m)
        steep = np.degrees(np.arctan(np.hypot(south, east)))
        slope[first : first + _STRIP] = steep[above : above + _STRIP]
    return slope
