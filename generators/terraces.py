"""Ground cut into an exact number of level benches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Layer

from .kernels.lattice import ease, smooth
from .placement import solid

_LEAST_SHARE = 0.02
"""Share of the area that every level gets at least; half of an equal share where there are many levels."""

_ABOVE_SEA_M = 1.0
"""Lowest bench above the sea, so that it does not flicker in the plane of the water."""

Mask = NDArray[np.bool_]

TERRACE = Feature(
    "terrace",
    (
        "terrace", "height layer", "elevation layer", "terrain layer", "layer", "level", "height level",
        "elevation level", "terrain level", "step", "tier", "bench",
    ),
    adjectives=("terraced", "stepped", "tiered"),
    layer="terrace",
    count_by="levels",
)  # fmt: skip


class Terraces(Params):
    """Parameters of `terraces`."""

    levels: int = param(
        5, "How many levels there are, the lowest ground and the summit included.", ge=2, le=64,
        aspect="count", feature="terrace", hints="3-7 read as steps, 12 and more as rice terraces or strata",
    )  # fmt: skip
    sharpness: float = param(
        0.8, "How steep the risers between the levels are.", ge=0, le=1,
        adjectives={"soft": 0.3, "smooth": 0.3, "": 0.8, "sharp": 0.97, "sheer": 0.97},
        hints="0.3 rounded banks, 0.8 slopes, 1 walls",
    )  # fmt: skip
    tilt: float = param(
        0.12, "How much of the old slope and bumps the benches keep; 0 is dead level.", ge=0, le=1,
        hints="0 built terraces, 0.1-0.2 natural benches",
    )  # fmt: skip
    smooth_m: float = param(
        12.0, "Roundness of the levels' outlines.", unit="m", ge=0, le=2000, scales=True,
        hints="0 follows every bump, 30 wide simple curves",
    )  # fmt: skip


@generator(
    family="terrain",
    stage="terrace",
    reads=("height", "water_kind"),
    writes=("height", "terrace"),
    features=(TERRACE,),
    source="equal-height benches after Houdini's and World Machine's terrace operators, thresholds moved to hold areas",
)
def terraces(inputs: Inputs, params: Terraces, rng: np.random.Generator, tick: Tick) -> Output:
    """Cut the ground into an exact number of level benches with risers between them; the summit is the top level."""
    ground = inputs.height()
    land = ~inputs.has("water_kind", "sea", "lake", "river")
    inside = land & solid(inputs.mask)
    _check(ground, inside, params.levels)
    tick(0.1, "rounding the outlines")
    even = _rounded(ground, land, params.smooth_m / inputs.grid.cell_size_m)
    tick(0.5, "finding the levels")
    bounds = level_bounds(even[inside], params.levels)
    level = np.searchsorted(bounds[1:-1], even, side="right").astype(np.int16)
    tick(0.7, "cutting the benches")
    low, high = float(ground[inside].min()), float(ground[inside].max())
    if inputs.has("water_kind", "sea").any():
        low = min(max(low, _ABOVE_SEA_M), high)
    height = _benches(even, level, bounds, (low, high), params) + np.float32(params.tilt) * (ground - even)
    height = np.clip(height, float(ground[inside].min()), high)
    tick(1.0, "levels cut")
    names = {k: f"level {k + 1}" for k in range(params.levels)}
    return Output(
        {
            "height": Layer(np.where(land, height, ground).astype(np.float32), "m"),
            "terrace": Layer(np.where(land, level, np.int16(-1)), kind="categorical", legend={-1: "none", **names}),
        }
    )


def _check(ground: FloatArray, inside: Mask, levels: int) -> None:
    """Refuse ground that cannot have the levels.

    Raises
    ------
    BuildError
    """
    if inside.sum() < 4 * levels:
        raise BuildError(
            f"{levels} levels do not fit on {int(inside.sum())} cells of dry ground in the region; "
            "widen the region, raise the resolution or ask for fewer levels"
        )
    relief = float(np.ptp(ground[inside]))
    if relief < 0.01 * levels:
        raise BuildError(
            f"{levels} levels need relief and the ground in the region rises by {relief:.2f} m; "
            "add terrain_noise, mountains or hills before them"
        )


def _rounded(ground: FloatArray, land: Mask, cells: float) -> FloatArray:
    """Return the ground blurred over the land alone, so that the sea bed does not pull the coast down."""
    if cells < 0.3:
        return ground
    weight = smooth(land.astype(np.float32), cells)
    spread = smooth(np.where(land, ground, np.float32(0)), cells)
    return np.asarray(np.where(land, spread / np.maximum(weight, np.float32(1e-3)), ground), dtype=np.float32)


def level_bounds(heights: FloatArray, levels: int) -> FloatArray:
    """Return heights that part the ground into levels, equally high unless one would be left without area.

    Parameters
    ----------
    heights : ndarray
        ``(n,) float32`` ground [m].
    levels : int
        How many.

    Returns
    -------
    ndarray
        ``(levels + 1,) float32`` rising; level ``k`` is ``bounds[k] <= height < bounds[k + 1]``, the last one closed.

    Raises
    ------
    BuildError
        The ground has fewer distinct heights than levels.
    """
    ranked = np.sort(heights)
    cuts = np.flatnonzero(np.diff(ranked) > 0) + 1
    if len(cuts) < levels - 1:
        raise BuildError(
            f"{levels} levels were asked for and the ground in the region has only {len(cuts) + 1} different heights; "
            "ask for fewer levels or add relief before them"
        )
    wanted = np.linspace(ranked[0], ranked[-1], levels + 1)[1:-1]
    aims = np.searchsorted(ranked, wanted, side="left")
    least = max(1, int(min(_LEAST_SHARE, 0.5 / levels) * len(ranked)))
    while (chosen := _spaced(aims, cuts, least, len(ranked))) is None:
        least //= 2  # at one cell a level it always succeeds
    return np.concatenate([ranked[:1], ranked[chosen], ranked[-1:]])


def _spaced(aims: NDArray[np.intp], cuts: NDArray[np.intp], least: int, total: int) -> NDArray[np.intp] | None:
    """Return cuts near the aims that leave ``least`` cells between each two and at both ends; None if there are none.

    A cut can only lie where the ranked heights differ, so a wide level plain stays whole.
    """
    upper = np.empty(len(aims), dtype=np.intp)
    limit = total
    for k in range(len(aims) - 1, -1, -1):
        at = int(np.searchsorted(cuts, limit - max(least, 1), side="right")) - 1
        if at < 0:
            return None
        upper[k] = limit = int(cuts[at])
    chosen = np.empty(len(aims), dtype=np.intp)
    before = 0
    for k, aim in enumerate(aims):
        at = int(np.searchsorted(cuts, max(int(aim), before + max(least, 1)), side="left"))
        chosen[k] = min(int(cuts[min(at, len(cuts) - 1)]), int(upper[k]))
        if chosen[k] < before + max(least, 1):
            return None
        before = int(chosen[k])
    return chosen


def _benches(
    even: FloatArray, level: NDArray[np.int16], bounds: FloatArray, span: tuple[float, float], params: Terraces
) -> FloatArray:
    """``(rows, cols) float32`` stepped height; lowest ground and summit stay where they were."""
    low, high = span
    step = (high - low) / (params.levels - 1 + params.tilt)
    widths = np.maximum(np.diff(bounds), np.float32(1e-6))
    within = np.clip((even - bounds[level]) / widths[level], 0, 1).astype(np.float32)
    half = max(1 - params.sharpness, 1e-3) / 2
    # A riser is centred on the bound between two levels: its lower half belongs to the level below.
    rises = np.where(level < params.levels - 1, ease(within, 1 - half, 1 + half), 0)
    drops = np.where(level > 0, 1 - ease(within, -half, half), 0)
    position = level + (rises - drops) * np.float32(1 - params.tilt) + params.tilt * within
    return np.asarray(low + step * position, dtype=np.float32)
