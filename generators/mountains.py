"""Mountains: an exact number of summits with ridges, spurs and valleys between them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import FloatArray, Layer

from .clearings import numbered
from .formations import FORMATION_WORDS, around, hearts, row
from .kernels.lattice import smooth
from .kernels.noise import fractal_noise
from .kernels.ridges import ridge_envelope
from .passes import opened
from .placement import Site, crowded, fit, left_out, settled, site_of
from .ridge_lines import FLANK, Skeleton, linked

Doubles = NDArray[np.float64]
PassSide = Literal[
    "any", "centre", "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"
]
Arrangement = Literal["scattered", "range", "massif", "ring", "arc"]
_USUAL = {"scattered": 3, "range": 5, "massif": 5, "ring": 7, "arc": 5}
_APART = {"scattered": 1.42, "range": 0.92, "massif": 0.98, "ring": 0.98, "arc": 0.92}
_SADDLE = 0.36  # height of a saddle against the lower of its two summits, before the flanks are hollowed
_HOLLOW = 1.22  # power that hollows the flanks: steep summits, feet that run out
_SCREE = 0.45  # share of the smoothed mountain that lies on its feet
_SWELL = 0.3  # share of the broadly smoothed mountain that swells the ground around it
FOOTPRINT = 0.25
"""Share of its height above which ground counts as mountain, not as its apron."""


class Mountains(HeightParams):
    """Parameters of `mountains`."""

    peaks: int | None = param(
        None,
        "Number of summits, exactly; empty: 3, 5 in a range, massif or arc, 7 in a ring.",
        ge=1, le=60, aspect="count", feature="mountain",
    )  # fmt: skip
    left_out: int = param(
        0, "Single mountains that are laid out beyond their number and not raised: the others stay where they were "
        "when so many are taken away.", ge=0, le=59,
    )  # fmt: skip
    height_m: float = param(
        180,
        "Rise of the highest summit above the ground around it.",
        unit="m", ge=5, le=9000, scales=True, aspect="height", feature="mountain",
        adjectives={"low": 90, "small": 90, "": 180, "high": 300, "tall": 300, "big": 300, "huge": 420,
                    "towering": 420},
    )  # fmt: skip
    radius_m: float | None = param(
        None,
        "Distance from a summit to its foot at most; empty: as the height asks and the room allows.",
        unit="m", ge=10, le=50000, scales=True, aspect="steepness", feature="mountain", direction=-1,
        adjectives={"steep": 160, "": 315, "gentle": 480},
    )  # fmt: skip
    sharpness: float = param(
        0.7,
        "Rounded domes at 0, knife-edged horns at 1.",
        ge=0, le=1,
        adjectives={"rounded": 0.2, "soft": 0.3, "": 0.7, "rugged": 0.9, "craggy": 0.95, "sharp": 0.95, "jagged": 1.0},
    )  # fmt: skip
    arrangement: Arrangement = param(
        "scattered",
        "Single mountains, a chain, a group around one heart, or a chain bent to a ring or an arc.",
        choices={
            "scattered": ("scattered", "isolated", "separate"),
            "range": ("range", "chain", "row", "in a row", "line", "in a line", "string"),
            "massif": ("massif", "group", "cluster"),
            **FORMATION_WORDS,
        },
    )
    passes: int = param(
        0, "Exact number of passes through a range, ring, arc or massif: low saddles between two of its summits.",
        ge=0, le=30, aspect="count", feature="pass",
    )  # fmt: skip
    pass_side: PassSide = param("any", "Where the first pass lies: in the middle of the mountains or toward a side.")
    pass_height: float = param(
        0.2, "Height of a pass as a share of the lower summit beside it.", unit="share", ge=0.02, le=0.8,
        adjectives={"low": 0.1, "deep": 0.1, "": 0.2, "high": 0.4},
    )  # fmt: skip
    range_direction_deg: float | None = param(
        None,
        "Direction of a range: 0 runs east-west, 90 north-south; empty: as it falls.",
        unit="deg", ge=0, le=180,
    )  # fmt: skip


@generator(
    family="terrain",
    stage="landform",
    reads=("height", "water_kind", "mountain", "hill", "volcano", "plateau", "valley", "pass"),
    writes=("height", "mountain", "pass"),
    features=(
        Feature("mountain", ("mountain", "peak", "mount", "summit", "alp"), "mountain", count_by="peaks"),
        Feature("mountain range", ("mountain range", "range", "ridge", "mountain chain", "sierra"), "mountain",
                sets={"arrangement": "range"}),
        Feature("massif", ("massif", "mountain massif"), "mountain", sets={"arrangement": "massif"}),
        Feature("pass", ("mountain pass", "pass", "saddle", "col", "gap in the mountains"), "pass", count_by="ids",
                needs=("mountain range",)),
    ),
    version=3,
    source="Genevaux et al., Terrain Modelling from Feature Primitives (2015): envelopes of ridge skeletons",
)  # fmt: skip
def mountains(inputs: Inputs, params: Mountains, rng: np.random.Generator, tick: Tick) -> Output:
    """Raise an exact number of mountains with ridges, spurs and valleys, alone, in a range or as a massif."""
    site = site_of(inputs)
    seed = int(rng.integers(2**31))
    tick(0.1, "choosing summits")
    centres, radius = _places(site, params, rng)
    tick(0.3, "raising ridges")
    rise = _rise(site, params, rng, centres, radius, seed)
    layers = {}
    if params.passes:
        rise, lowered = opened(
            site.grid, rise, centres, _ties(params, centres, radius), params.passes, params.pass_side,
            params.pass_height, radius, seed,
        )  # fmt: skip
        layers["pass"] = Layer(numbered(inputs.get("pass"), lowered), kind="categorical")
    tick(0.8, "settling the ground")
    height = settled(inputs, site, params.blend, rise, radius)
    footprint = rise > FOOTPRINT * params.height_m
    old = inputs.get("mountain")
    return Output(
        {
            "height": Layer(height, "m"),
            "mountain": Layer.mask(footprint if old is None else footprint | (old > 0)),
            **layers,
        }
    )


def _ties(params: Mountains, centres: Doubles, radius: float) -> list[tuple[int, int]]:
    """Return the pairs of summits that a crest joins; none where mountains stand alone."""
    alone, closed = params.arrangement == "scattered", params.arrangement == "ring"
    return [] if alone else linked(centres, 1.5 * radius, closed=closed)


def _places(site: Site, params: Mountains, rng: np.random.Generator) -> tuple[Doubles, float]:
    count = params.peaks or _USUAL[params.arrangement]
    extent = max(site.grid.extent_m)
    wanted = params.radius_m or float(np.clip(1.75 * params.height_m, 0.14 * extent, 0.4 * extent))
    least = min(0.012 * extent, wanted)
    if params.arrangement == "range" and count > 1:
        return row(rng, site, count, wanted, least, _APART["range"], params.range_direction_deg, "summits")
    if params.arrangement in ("ring", "arc"):
        return around(rng, site, count, wanted, least, _APART["ring"], params.arrangement, "summits")
    if params.arrangement == "massif" and count > 1:
        snug = max(least, min(wanted, 0.52 * extent / np.sqrt(count)))
        return _cluster(rng, site, count, wanted if params.radius_m else snug, least)
    return fit(rng, site, count + params.left_out, wanted, least, _APART["scattered"], 0.85, "mountains")


def _cluster(rng: np.random.Generator, site: Site, count: int, wanted: float, least: float) -> tuple[Doubles, float]:
    """Pack summits around one, as near as their own ridges allow."""
    points = rng.uniform(0, 1, (6000, 2)) * np.array(site.grid.extent_m)
    room = site.grid.sample(site.room_m, points)
    radius, most = wanted, 0
    while True:
        for heart in hearts(site)[:40]:
            near = np.argsort(np.hypot(*(points - heart).T), kind="stable")
            spots = _packed(points[near], room[near] >= 0.7 * radius, count, _APART["massif"] * radius)
            if len(spots) == count:
                return spots, radius
            most = max(most, len(spots))
        if radius <= least:
            raise crowded(count, most, "summits in a massif")
        radius = max(radius * 0.92, least)


def _packed(points: Doubles, free: NDArray[np.bool_], count: int, apart: float) -> Doubles:
    """Take free points in order, each at least ``apart`` from those taken."""
    points = points[free]
    taken: list[Doubles] = []
    gap = np.full(len(points), np.inf)
    while len(taken) < count and (gap >= apart).any():
        at = int(np.argmax(gap >= apart))
        taken.append(points[at])
        gap = np.minimum(gap, np.hypot(*(points - points[at]).T))
    return np.array(taken).reshape(-1, 2)


def _rise(
    site: Site, params: Mountains, rng: np.random.Generator, centres: Doubles, radius: float, seed: int
) -> FloatArray:
    """``(rows, cols) float32`` rise over the ground [m]: exactly as many summits as centres."""
    # Many summits are of many heights, the highest near the heart of them.
    many, snug = float(np.clip((len(centres) - 7) / 8, 0, 1)), params.arrangement == "massif"
    heights = params.height_m * rng.uniform(0.78 - (0.04 if snug else 0.12) * many, 0.97, len(centres))
    out = np.hypot(*(centres - centres.mean(axis=0)).T)
    heights *= 1 - 0.05 * many * out / max(float(out.max()), 1e-9)
    highest = int(rng.integers(len(centres)))
    heights[highest] = params.height_m
    skeleton, unseen = Skeleton(radius, rng), Skeleton(radius, rng)
    gone = left_out(len(centres), params.left_out if params.arrangement == "scattered" else 0, highest)
    pairs = _ties(params, centres, radius)
    for i, (x, y) in enumerate(centres):
        saddles = []
        for j in (b if a == i else a for a, b in pairs if i in (a, b)):
            middle = (centres[i] + centres[j]) / 2
            saddles.append((float(middle[0]), float(middle[1]), float(_SADDLE * min(heights[i], heights[j]))))
        (unseen if i in gone else skeleton).mountain(float(x), float(y), float(heights[i]), saddles)
    grid, blunt = site.grid, 1 - params.sharpness
    warps = [
        0.13 * radius * fractal_noise(grid, seed=seed + k, feature_size_m=0.45 * radius, octaves=4, gain=0.36)
        for k in (0, 1)
    ]
    slack = max(float(np.abs(w).max()) for w in warps) * 1.5
    slope = params.height_m / radius * FLANK * (0.85 + 0.25 * params.sharpness)
    round_m = (0.02 + 0.22 * blunt**2) * radius
    raw = ridge_envelope(grid.xs(), grid.ys(), warps[0], warps[1], skeleton.lines(), slope, round_m, slack)
    rise = params.height_m * (raw / np.float32(params.height_m)) ** np.float32(_HOLLOW)
    # Scree fills the valleys and runs out into an apron, the less the higher up, so that no summit moves.
    scree = smooth(rise, 0.17 * radius / grid.cell_size_m)
    swell = smooth(rise, 0.5 * radius / grid.cell_size_m)
    rise = rise + (_SCREE * scree + _SWELL * swell) * (1 - rise / np.float32(params.height_m))
    return np.asarray(rise * site.fade(0.3 * radius), dtype=np.float32)
