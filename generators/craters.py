"""Impact craters: an exact number, sizes as nature deals them, with raised rims, ejecta and central peaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import FloatArray, Layer

from .impact import RIM, Impact, Struck, strike
from .placement import Site, blended, calm_ground, candidates, crowded, site_of

Doubles = NDArray[np.float64]

_CLEAR, _APART = 1.06, 1.12  # least room around one, and between two, in radii
_DEEP, _COMPLEX = 0.2, 0.3  # depth over diameter of simple ones; exponent with which complex ones deepen (Pike 1977)
_SHRINK, _SMALLEST = 0.92, 0.1
_SPREAD = 0.02  # of the map: the smallest crater a set is dealt


class Craters(HeightParams):
    """Parameters of `craters`."""

    count: int = param(8, "Number of craters, exactly.", ge=1, le=400, aspect="count", feature="impact crater")
    diameter_m: float = param(
        210, "Diameter of the largest from rim to rim; the others shrink where room is scarce.",
        unit="m", ge=4, le=60000, scales=True, aspect="width",
        feature="impact crater",
        adjectives={"tiny": 70, "small": 110, "": 210, "large": 350, "big": 350, "wide": 350, "huge": 480},
    )  # fmt: skip
    variety: float = param(
        0.7, "How unlike each other they are: all of one size at 0, many small and few large at 1.", ge=0, le=1,
        hints="0 equal, 1 a power law as on the Moon",
    )  # fmt: skip
    depth_ratio: float = param(
        0.2, "Depth below the rim over diameter; large ones are flatter.", unit="share", ge=0.02, le=0.4,
        adjectives={"shallow": 0.1, "": 0.2, "deep": 0.29},
    )  # fmt: skip
    depth_m: float | None = param(
        None, "Depth of the largest below its rim instead; empty: as its diameter gives.", unit="m", ge=0.5, le=12000,
        scales=True, aspect="depth", feature="impact crater",
    )  # fmt: skip
    complex_from_m: float = param(
        260, "Diameter from which craters have a flat floor, terraced walls and a central peak.",
        unit="m", ge=10, le=100000, scales=True,
    )  # fmt: skip
    wear: float = param(
        0.15, "How worn the oldest are: sharp rims at 0, filled and rounded ones at 1.", ge=0, le=1,
        adjectives={"fresh": 0.0, "young": 0.05, "": 0.15, "old": 0.7, "worn": 0.8, "eroded": 0.8},
    )  # fmt: skip
    overlap: bool = param(False, "Whether they may cut each other; then they are counted by their middles, not rims.")


@generator(
    family="terrain",
    stage="surface",
    reads=("height", "water_kind", "impact_crater", "ejecta", "mountain", "hill", "volcano", "plateau", "valley",
           "canyon", "cliff"),
    writes=("height", "impact_crater", "ejecta"),
    features=(
        Feature("impact crater",
                ("impact crater", "meteor crater", "meteorite crater", "asteroid crater", "moon crater", "bomb crater"),
                "impact_crater"),
    ),
    source="Pike, Size-dependence in the shape of fresh impact craters on the Moon (1977); McGetchin et al. 1973 for"
    " ejecta",
)  # fmt: skip
def craters(inputs: Inputs, params: Craters, rng: np.random.Generator, tick: Tick) -> Output:
    """Strike impact craters, exactly as many as asked, with raised rims, ejecta, and peaks in the large ones."""
    site = site_of(
        inputs, avoid=("mountain", "hill", "volcano", "plateau", "valley", "canyon", "cliff", "impact_crater")
    )
    tick(0.05, "choosing where they fall")
    impacts = _impacts(site, params, rng)
    before = inputs.height()
    calm = calm_ground(inputs, 0.3 * params.diameter_m)
    old, thick = inputs.get("impact_crater"), inputs.get("ejecta")
    height, mask = before.copy(), np.zeros(before.shape, bool) if old is None else np.array(old) > 0
    ejecta = np.zeros(before.shape, np.float32) if thick is None else np.array(thick, dtype=np.float32)
    fade = site.fade(0.25 * params.diameter_m)
    for i, one in enumerate(impacts):
        if i % 8 == 0:
            tick(0.1 + 0.85 * i / len(impacts), "striking")
        struck = strike(site.grid, one)
        level = np.float32(site.grid.sample(calm, np.array([[one.x, one.y]]))[0])
        _struck(height, struck, level, fade[struck.at], params)
        thrown = np.where(struck.ring >= 1, struck.rise, 0) * fade[struck.at]
        ejecta[struck.at] = np.where(struck.ring < 1, 0, ejecta[struck.at] + np.maximum(thrown, 0))
        mask[struck.at] |= _whole(struck) & site.open[struck.at]
    return Output(
        {
            "height": Layer(height, "m"),
            "impact_crater": Layer.mask(mask),
            "ejecta": Layer(ejecta, "m"),
        }
    )


def _impacts(site: Site, params: Craters, rng: np.random.Generator) -> list[Impact]:
    """Deal the sizes, the largest exactly as asked, and places for them; oldest and most worn first."""
    share = (1 - rng.uniform(0, 1, params.count)) ** (-1 / 2.0)  # cumulative number falls with the square of the size
    floor = max(0.22, _SPREAD * max(site.grid.extent_m) / params.diameter_m)
    law = np.clip(floor * share, floor, 1.0)
    sizes = np.sort(1 - params.variety + params.variety * law)[::-1]
    sizes[0] = 1.0
    centres, radii = _places(site, sizes * params.diameter_m / 2, params, rng)
    ratio = params.depth_m / _depth(2 * radii[0], params, 1.0) if params.depth_m else params.depth_ratio
    worn = params.wear * np.sort(rng.uniform(0, 1, params.count))[::-1]
    order = rng.permutation(params.count)
    seeds = rng.integers(2**31, size=params.count)
    impacts = []
    for k, i in enumerate(order):
        wide = 2 * radii[i]
        large = wide >= params.complex_from_m
        deep = _depth(wide, params, ratio)
        x, y = centres[i]
        below = float(deep - 2 * RIM * radii[i])
        impacts.append(Impact(float(x), float(y), float(radii[i]), below, bool(large), float(worn[k]), int(seeds[i])))
    return impacts


def _depth(wide: float, params: Craters, ratio: float) -> float:
    """Depth of a crater below its rim [m]; complex ones deepen more slowly than they widen."""
    bend = params.complex_from_m
    return float(ratio * (wide if wide < bend else bend * (wide / bend) ** _COMPLEX))


def _places(site: Site, radii: Doubles, params: Craters, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Return ``(n, 2)`` middles and ``(n,)`` radii [m]: the largest as asked, the others smaller until all fit."""
    points, room = candidates(rng, site)
    if not (room >= _CLEAR * radii[0]).any():
        most = 2 * float(room.max()) / _CLEAR
        raise BuildError(
            f"a crater of {2 * radii[0]:g} m does not fit into the region; make it {most:.3g} m or smaller, or widen it"
        )
    shrink = 1.0
    while True:
        dealt = np.concatenate([radii[:1], shrink * radii[1:]])
        taken: list[int] = []
        gap = np.full((len(points),), np.inf)  # to the nearest rim
        for radius in dealt:
            fits = room >= _CLEAR * radius
            if not params.overlap:
                fits &= gap >= _APART * radius
            elif taken:
                fits[taken] = False
            if not fits.any():
                break
            at = int(np.argmax(fits))
            taken.append(at)
            gap = np.minimum(gap, np.hypot(*(points - points[at]).T) - _APART * radius)
        if len(taken) == len(radii):
            return points[taken], dealt
        if shrink <= _SMALLEST:
            raise crowded(len(radii), len(taken), "craters")
        shrink *= _SHRINK


def _struck(height: FloatArray, struck: Struck, level: np.float32, fade: FloatArray, params: Craters) -> None:
    """Put one crater into the ground: inside its rim the old ground is gone, outside ejecta lie on it."""
    old = height[struck.at]
    cover = (1 - struck.left) * fade
    ground = old + (level - old) * np.float32(0.92) * cover
    inner = struck.rise * np.maximum(fade, cover)
    made = ground + inner if params.blend == "add" else blended(ground, level + inner, params.blend)
    reach = struck.rise != 0
    height[struck.at] = np.where(reach | (struck.ring < 1.3), made, old).astype(np.float32)


def _whole(struck: Struck) -> NDArray[np.bool_]:
    """Return the part within the rim that holds the middle."""
    parts, _ = label(struck.ring < 1)
    return np.asarray((parts > 0) & (parts == parts[np.unravel_index(struck.ring.argmin(), struck.ring.shape)]))
