"""Masks out of masks: combined, grown, shrunk, smoothed, outlined, and their parts picked out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.slope import slope_deg

from .kernels.lattice import smooth
from .kernels.nearness import distance_cells
from .mask_slots import LAYERS, Mask, Slot, read, region_of, written

How = Literal["or", "and", "subtract", "xor"]
Change = Literal["expand", "shrink", "smooth", "invert", "outline", "fill_holes"]
Pick = Literal["layer_range", "border", "interior", "corner", "largest", "smallest", "nth"]
Of = Literal["height", "slope", "flow", "moisture", "temperature", "erosion", "deposition", "terrace", "water_level"]
_OF = ("height", "flow", "moisture", "temperature", "erosion", "deposition", "terrace", "water_level")
_EIGHT = np.ones((3, 3))
_CORNER = 0.4  # share of the disc around it that a mask fills at most where its rim is a corner; half is straight


class MaskCombine(Params):
    """Parameters of `mask_combine`."""

    first: Slot = param("a", "The one mask.")
    second: Slot = param("b", "The other mask.")
    how: How = param(
        "or", "Where either is (or), where both are (and), the first less the second, or where just one is (xor).",
        choices={"or": ("add", "union"), "and": ("intersection",), "subtract": ("minus",), "xor": ("difference",)},
    )  # fmt: skip
    into: Slot = param("a", "The mask it is written into.")


@generator(
    family="mask", stage="mask", reads=LAYERS, writes=LAYERS,
    source="Porter & Duff, Compositing digital images (1984), for masks without soft edges",
)  # fmt: skip
def mask_combine(inputs: Inputs, params: MaskCombine, rng: np.random.Generator, tick: Tick) -> Output:
    """Combine two masks: add, intersect, subtract, or keep where just one of them is."""
    tick(0.1, "reading the masks")
    region_of(inputs)
    first, second = read(inputs, params.first), read(inputs, params.second)
    tick(0.6, "combining")
    match params.how:
        case "or":
            mask = first | second
        case "and":
            mask = first & second
        case "subtract":
            mask = first & ~second
        case "xor":
            mask = first ^ second
    return written(params.into, mask)


class MaskMorph(Params):
    """Parameters of `mask_morph`."""

    of: Slot = param("a", "The mask that is changed.")
    how: Change = param(
        "expand", "What is done to it.",
        choices={"expand": ("grow", "dilate"), "shrink": ("erode",), "smooth": ("round",), "invert": ("inverse",),
                 "outline": ("contour",), "fill_holes": ("fill",)},
    )  # fmt: skip
    distance_m: float = param(
        30, "How far it grows or shrinks, how wide its outline is, how large the smoothed bumps are.",
        unit="m", ge=0.1, le=50000, scales=True,
    )  # fmt: skip
    into: Slot = param("a", "The mask it is written into.")


@generator(
    family="mask", stage="mask", reads=LAYERS, writes=LAYERS,
    source="Serra, Image Analysis and Mathematical Morphology (1982), by exact Euclidean distance",
)  # fmt: skip
def mask_morph(inputs: Inputs, params: MaskMorph, rng: np.random.Generator, tick: Tick) -> Output:
    """Grow, shrink, smooth, invert or outline a mask, or fill its holes."""
    tick(0.1, "reading the mask")
    region_of(inputs)
    mask, cell = read(inputs, params.of), inputs.grid.cell_size_m
    tick(0.4, "changing it")
    match params.how:
        case "expand":
            out = _signed(mask, cell) >= -params.distance_m
        case "shrink":
            out = _signed(mask, cell) > params.distance_m
        case "smooth":
            out = smooth(mask.astype(np.float32), params.distance_m / cell / 2) >= 0.5
        case "invert":
            out = ~mask
        case "outline":
            out = np.abs(_signed(mask, cell)) <= max(params.distance_m / 2, 0.5 * cell)
        case "fill_holes":
            out = _filled(mask)
    return written(params.into, out)


def _signed(mask: Mask, cell: float) -> NDArray[np.float64]:
    """``(rows, cols)`` distance to the rim of a mask [m], positive inside; the map's edge is no rim."""
    if mask.all() or not mask.any():
        return np.full(mask.shape, np.inf if mask.all() else -np.inf)
    inside, outside = (distance_cells(m) for m in (mask, ~mask))
    return np.asarray(np.where(mask, inside - 0.5, 0.5 - outside) * cell)


def _filled(mask: Mask) -> Mask:
    """Fill what no way leads out of."""
    parts, _ = label(~mask)
    outer = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    return mask | ~np.isin(parts, outer)


class MaskSelect(Params):
    """Parameters of `mask_select`."""

    pick: Pick = param(
        "border",
        "A range of a layer, or of a mask: its border, interior or corners, its largest, smallest or n-th island.",
    )
    of: Slot = param("a", "The mask whose parts are picked.")
    layer: Of = param("height", "The layer whose range is picked.")
    minimum: float | None = param(
        None, "Least value that is picked; empty: no least one.", ge=-1e7, le=1e7, hints="in the layer's own unit"
    )
    maximum: float | None = param(
        None, "Largest value that is picked; empty: no largest.", ge=-1e7, le=1e7, hints="in the layer's own unit"
    )
    distance_m: float = param(
        30, "Width of the border, depth of the interior, size of a corner.", unit="m", ge=0.1, le=50000, scales=True
    )
    n: int = param(2, "Which island by size: 1 is the largest.", ge=1, le=10000)
    into: Slot = param("b", "The mask it is written into.")


@generator(
    family="mask", stage="mask", reads=(*LAYERS, *_OF), writes=LAYERS,
    source="Rosenfeld & Pfaltz, Sequential operations in digital picture processing (1966): labelled parts",
)  # fmt: skip
def mask_select(inputs: Inputs, params: MaskSelect, rng: np.random.Generator, tick: Tick) -> Output:
    """Pick out where a layer lies in a range, or a mask's border, interior, corners or one of its islands."""
    region = region_of(inputs)
    tick(0.1, "looking")
    if params.pick == "layer_range":
        return written(params.into, _in_range(inputs, params) & region)
    mask, cell = read(inputs, params.of), inputs.grid.cell_size_m
    tick(0.5, "picking")
    match params.pick:
        case "border":
            out = mask & (_signed(mask, cell) <= max(params.distance_m, cell))
        case "interior":
            out = mask & (_signed(mask, cell) > params.distance_m)
        case "corner":
            near = smooth(mask.astype(np.float32), params.distance_m / cell / 2)
            out = mask & (near < _CORNER)
        case _:
            out = _island(mask, params)
    return written(params.into, out)


def _in_range(inputs: Inputs, params: MaskSelect) -> Mask:
    if params.minimum is not None and params.maximum is not None and params.minimum > params.maximum:
        raise BuildError(f"no {params.layer} lies from {params.minimum:g} to {params.maximum:g}; swap the two")
    data = slope_deg(inputs.height(), inputs.grid.cell_size_m) if params.layer == "slope" else inputs.get(params.layer)
    if data is None:
        raise BuildError(f"the layer '{params.layer}' was made by no step before this one; add one that makes it")
    low = -np.inf if params.minimum is None else params.minimum
    high = np.inf if params.maximum is None else params.maximum
    return np.asarray((data >= low) & (data <= high))


def _island(mask: Mask, params: MaskSelect) -> Mask:
    """Return one part by size; parts of one size count from the north-west."""
    parts, found = label(mask, _EIGHT)
    which = {"largest": 1, "smallest": found}.get(params.pick, params.n)
    if not 1 <= which <= found:
        raise BuildError(
            f"mask '{params.of}' has {found} islands, so there is no number {which}; ask for {found} or less"
        )
    order = np.argsort(-np.bincount(parts.ravel())[1:], kind="stable")
    return np.asarray(parts == order[which - 1] + 1)
