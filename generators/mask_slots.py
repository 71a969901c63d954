"""The mask layers that recipes draw on: eight slots, which regions name as the features ``mask a`` to ``mask h``.

A generator declares what it writes before it is built, so masks have names from a fixed set, not from the user; the
``purpose`` of a step says what a mask is for.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output
from pcgstudio.world import Layer

from .placement import solid

Slot = Literal["a", "b", "c", "d", "e", "f", "g", "h"]
Mask = NDArray[np.bool_]

SLOTS = ("a", "b", "c", "d", "e", "f", "g", "h")
LAYERS = tuple(f"mask_{slot}" for slot in SLOTS)
FEATURES = tuple(Feature(f"mask {slot}", (f"mask {slot}",), f"mask_{slot}") for slot in SLOTS)


def written(into: str, mask: Mask) -> Output:
    """Return the output that puts a mask into its slot."""
    return Output({f"mask_{into}": Layer.mask(mask)})


def read(inputs: Inputs, slot: str) -> Mask:
    """``(rows, cols)`` the mask of a slot.

    Raises
    ------
    BuildError
        No step before wrote it.
    """
    data = inputs.get(f"mask_{slot}")
    if data is None:
        raise BuildError(f"mask '{slot}' was drawn by no step before this one; add one that writes into '{slot}'")
    return np.asarray(data > 0)


def region_of(inputs: Inputs) -> Mask:
    """``(rows, cols)`` the cells that count as the step's region.

    Raises
    ------
    BuildError
        There are none.
    """
    region = solid(inputs.mask)
    if not region.any():
        raise BuildError("the region of this mask holds no cell of the map; move or widen it")
    return region
