"""Hills: an exact number of rounded knolls, or rolling ground all over a region."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label, maximum

from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import FloatArray, Layer

from .formations import FORMATION_WORDS, around, row
from .kernels.lattice import ease
from .kernels.noise import fractal_noise
from .placement import Site, avoided, blended, fit, left_out, offsets, settled, site_of, window

_APART, _CLEAR = 1.5, 0.85
_BESIDE = 1.4  # distance of neighbours in a row or ring, in radii
_USUAL = {"scattered": 0, "row": 4, "ring": 7, "arc": 5}
FOOTPRINT = 0.25
_BELOW = 0.75  # of a hill's top, at most, is the rest of the island it stands on


class Hills(HeightParams):
    """Parameters of `hills`."""

    count: int = param(
        0,
        "Number of distinct hills, exactly; 0 for rolling ground all over the region, or what an arrangement needs.",
        ge=0, le=120, aspect="count", feature="hill",
    )  # fmt: skip
    height_m: float = param(
        40,
        "Rise of the highest hill above the ground around it.",
        unit="m", ge=1, le=1000, scales=True, aspect="height", feature="hill",
        adjectives={"tiny": 12, "low": 20, "small": 20, "gentle": 25, "": 40, "high": 65, "tall": 65, "big": 65},
    )  # fmt: skip
    radius_m: float = param(
        150,
        "Distance from the top to the foot at most; half the spacing of rolling ground.",
        unit="m", ge=5, le=20000, scales=True,
        adjectives={"narrow": 90, "": 150, "wide": 230, "broad": 230},
    )  # fmt: skip
    left_out: int = param(
        0, "Single hills that are laid out beyond their number and not raised: the others stay where they were when so "
        "many are taken away.", ge=0, le=119,
    )  # fmt: skip
    arrangement: Literal["scattered", "row", "ring", "arc"] = param(
        "scattered",
        "Distinct hills here and there, in a row, in a ring with a clear interior, or in an arc.",
        choices={
            "scattered": ("scattered", "isolated", "separate"),
            "row": ("row", "in a row", "line", "in a line", "chain", "string", "range"),
            **FORMATION_WORDS,
        },
    )
    row_direction_deg: float | None = param(
        None,
        "Direction of a row: 0 runs east-west, 90 north-south; empty: as it falls.",
        unit="deg", ge=0, le=180,
    )  # fmt: skip


@generator(
    family="terrain",
    stage="landform",
    version=2,
    reads=("height", "water_kind", "mountain", "hill", "volcano", "plateau", "valley"),
    writes=("height", "hill"),
    features=(
        Feature(
            "hill",
            ("hill", "knoll", "hillock", "mound", "rolling hill", "hillside", "highland", "upland"),
            "hill",
            count_by="peaks",
        ),
    ),
    source="Ebert et al., Texturing and Modeling (2003), for the rolling ground",
)
def hills(inputs: Inputs, params: Hills, rng: np.random.Generator, tick: Tick) -> Output:
    """Raise an exact number of rounded hills, or let the ground roll all over a region."""
    seed = int(rng.integers(2**31))
    count = params.count or _USUAL[params.arrangement]
    if count == 0:
        site = site_of(inputs, avoid=())
        tick(0.3, "rolling the ground")
        rise = _rolling(site, params, seed)
        tick(0.8, "settling the ground")
        height = blended(inputs.height(), rise, params.blend).astype(np.float32)
        footprint = rise > 0.5 * params.height_m
    else:
        site = site_of(inputs)
        tick(0.2, "choosing hills")
        centres, radius = _places(site, params, rng, count)
        tick(0.5, "raising hills")
        rise = _knolls(site, params, rng, centres, radius, seed)
        height = settled(inputs, site, params.blend, rise, radius)
        footprint = rise > FOOTPRINT * params.height_m
        height = _topped(inputs, height, rise, footprint)
    old = inputs.get("hill")
    mask = footprint if old is None else footprint | (old > 0)
    return Output({"height": Layer(height, "m"), "hill": Layer.mask(mask)})


def _topped(inputs: Inputs, height: FloatArray, rise: FloatArray, footprint: NDArray[np.bool_]) -> FloatArray:
    """``(rows, cols) float32`` ground [m] on which hills are the highest of the islands they stand on.

    Other ground of such an island is pressed down where it comes near the hill's top; an island that reaches the
    map's edge, or carries mountains, is left as it is.
    """
    if not inputs.has("water_kind", "sea").any():
        return height
    islands, count = label(~inputs.has("water_kind", "sea"), np.ones((3, 3)))
    rim = {*islands[[0, -1]].ravel().tolist(), *islands[:, [0, -1]].ravel().tolist()}
    higher = set(np.unique(islands[avoided(inputs, ("mountain", "volcano", "plateau"))]).tolist())
    alone = [k for k in range(1, count + 1) if k not in rim | higher]
    tops = maximum(np.where(footprint, height, 0), islands, alone) if alone else []
    limit = np.full(count + 1, np.inf, np.float32)
    limit[alone] = np.where(np.array(tops) > 0, np.float32(_BELOW) * np.array(tops), np.inf)
    most = limit[islands]
    start = np.float32(0.6) * most
    with np.errstate(invalid="ignore"):
        pressed = start + (most - start) * np.tanh((height - start) / (most - start))
    share = 1 - ease(rise, 0.0, 0.35 * float(rise.max(initial=1e-3)))
    return np.where((height > start) & np.isfinite(most), height + (pressed - height) * share, height)


def _places(site: Site, params: Hills, rng: np.random.Generator, count: int) -> tuple[NDArray[np.float64], float]:
    wanted = params.radius_m
    least = min(0.012 * max(site.grid.extent_m), wanted)
    if params.arrangement == "row" and count > 1:
        return row(rng, site, count, wanted, least, _BESIDE, params.row_direction_deg, "hills")
    if params.arrangement in ("ring", "arc"):
        return around(rng, site, count, wanted, least, _BESIDE, params.arrangement, "hills")
    return fit(rng, site, count + params.left_out, wanted, least, _APART, _CLEAR, "hills")


def _rolling(site: Site, params: Hills, seed: int) -> FloatArray:
    """``(rows, cols) float32`` smooth swells of up to the asked height [m]."""
    waves = fractal_noise(site.grid, seed=seed, feature_size_m=1.8 * params.radius_m, octaves=5, gain=0.3)
    # Squared: broad level hollows between round backs.
    swell = np.clip(0.52 + 0.62 * waves, 0, None) ** 1.5
    rise = params.height_m * swell * site.fade(0.5 * params.radius_m)
    return np.asarray(rise, dtype=np.float32)


def _knolls(
    site: Site, params: Hills, rng: np.random.Generator, centres: NDArray[np.float64], radius: float, seed: int
) -> FloatArray:
    """``(rows, cols) float32`` rise of rounded, slightly lopsided hills [m]: as many tops as centres."""
    grid = site.grid
    many = float(np.clip((len(centres) - 4) / 12, 0, 1))  # a few hills are alike, a host of them is not
    heights = params.height_m * rng.uniform(0.82 - 0.3 * many, 1.0, len(centres))
    highest = int(rng.integers(len(centres)))
    heights[highest] = params.height_m
    gone = left_out(len(centres), params.left_out if params.arrangement == "scattered" else 0, highest)
    turn, stretch = rng.uniform(0, np.pi, len(centres)), rng.uniform(1.0, 1.45, len(centres))
    own = radius * np.clip(heights / params.height_m + many * rng.uniform(-0.1, 0.3, len(centres)), 0.8, 1.0)
    own = own if many else np.full(len(centres), radius)
    wx, wy = (
        0.2 * radius * fractal_noise(grid, seed=seed + k, feature_size_m=0.8 * radius, octaves=3, gain=0.35)
        for k in (0, 1)
    )
    rise = np.zeros(grid.shape, dtype=np.float32)
    for k, ((x, y), height, angle, flat, reach) in enumerate(zip(centres, heights, turn, stretch, own, strict=True)):
        if k in gone:
            continue
        at = window(grid, x, y, 1.3 * reach)
        east, north = offsets(grid, at, x, y)
        dx, dy = east + wx[at], north + wy[at]
        along, across = np.cos(angle) * dx + np.sin(angle) * dy, (np.cos(angle) * dy - np.sin(angle) * dx) * flat
        t = np.minimum((along**2 + across**2) / np.float32(reach**2), 1)
        # A dome with a round top and a foot that runs out level.
        rise[at] = np.maximum(rise[at], np.float32(height) * (1 - t) ** 1.8)
    return np.asarray(rise * site.fade(0.3 * radius), dtype=np.float32)
