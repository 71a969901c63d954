"""Stratovolcanoes: a hollowed cone with gullies, a closed crater, and a lake or lava in it if asked for."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from pcgstudio.build import SHORE_M
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import WATER_KINDS, FloatArray, Layer

from .cones import Cone, cone_shape
from .kernels.lattice import ease
from .placement import Site, blended, calm_ground, fit, site_of, window

LAKE = WATER_KINDS.index("lake")
_APART, _CLEAR = 1.7, 0.8
_STEEPEST = 0.7
"""Height over radius at most where room is scarce: about twice as wide as high, or it is a chimney."""
FOOTPRINT = 0.15
"""Share of its height above which ground counts as volcano, not as its apron."""
Fill = Literal["dry", "lake", "lava"]


class Volcano(HeightParams):
    """Parameters of `volcano`."""

    count: int = param(1, "Number of volcanoes, exactly.", ge=1, le=12, aspect="count", feature="volcano")
    height_m: float = param(
        220,
        "Rise of the rim above the ground around the volcano; lower where there is no room for so wide a cone.",
        unit="m", ge=10, le=9000, scales=True, aspect="height", feature="volcano",
        adjectives={"low": 120, "small": 120, "": 220, "high": 330, "tall": 330, "big": 330, "large": 330, "huge": 420,
                    "towering": 420},
    )  # fmt: skip
    radius_m: float | None = param(
        None,
        "Distance from the middle to the foot at most; empty: as the height asks and the room allows.",
        unit="m", ge=30, le=80000, scales=True,
    )  # fmt: skip
    crater_width_m: float = param(
        124,
        "Width of the crater from rim to rim at most; a small volcano keeps a smaller crater.",
        unit="m", ge=8, le=40000, scales=True, aspect="width", feature="crater",
        adjectives={"small": 80, "narrow": 80, "": 124, "large": 200, "wide": 200, "huge": 260},
    )  # fmt: skip
    crater_depth_m: float = param(
        60,
        "Depth of the crater below its rim at most; its floor stays above the foot of the cone.",
        unit="m", ge=2, le=4000, scales=True, aspect="depth", feature="crater",
        adjectives={"shallow": 25, "": 60, "deep": 110},
    )  # fmt: skip
    fill: Fill = param(
        "dry",
        "What the crater holds.",
        choices={
            "dry": ("dormant", "dry", "dead"),
            "lake": ("flooded", "crater lake", "water-filled"),
            "lava": ("active", "erupting", "lava", "molten"),
        },
    )
    gullies: float = param(0.6, "How deeply rain has cut the flanks.", ge=0, le=1, hints="0 young and smooth, 1 old")


@generator(
    family="terrain",
    stage="landform",
    reads=("height", "water_kind", "water_level", "mountain", "hill", "volcano", "plateau", "valley", "crater", "lava"),
    writes=("height", "water_kind", "water_level", "volcano", "crater", "lava"),
    features=(
        Feature("volcano", ("volcano", "volcanic cone", "stratovolcano"), "volcano"),
        Feature("crater", ("crater", "caldera", "volcanic crater"), "crater", needs=("volcano",)),
        Feature("crater lake", ("crater lake", "caldera lake"), "water_kind", ("lake",), sets={"fill": "lake"},
                needs=("volcano",), same_as=("lake", "inside", "crater")),
        Feature("lava", ("lava", "lava lake", "magma"), "lava", sets={"fill": "lava"}, needs=("volcano",)),
    ),
    version=3,
    source="Karatson et al., The regular shape of stratovolcanoes (2010): flanks steepen exponentially toward the rim",
)  # fmt: skip
def volcano(inputs: Inputs, params: Volcano, rng: np.random.Generator, tick: Tick) -> Output:
    """Raise volcanoes with gullied flanks and closed craters: dry, with a level lake, or filled with lava."""
    site = site_of(inputs)
    extent = max(inputs.grid.extent_m)
    wanted = params.radius_m or float(np.clip(2.2 * params.height_m, 0.2 * extent, 0.45 * extent))
    tick(0.1, "choosing places")
    least = min(0.03 * extent, wanted)
    centres, radius = fit(rng, site, params.count, wanted, least, _APART, _CLEAR, "volcanoes")
    calm = calm_ground(inputs, 0.4 * radius)
    highest = _STEEPEST * radius if radius < 0.98 * wanted else np.inf  # a radius that was told and fits is kept
    cones = _cones(params, rng, centres, radius, highest, site.grid.sample(calm, centres))
    ground = _Ground(inputs, site, calm)
    for i, cone in enumerate(cones):
        tick(0.2 + 0.7 * i / len(cones), "raising the cone")
        ground.add(cone, params)
    return Output(ground.layers(params.fill))


def _cones(
    params: Volcano,
    rng: np.random.Generator,
    centres: NDArray[np.float64],
    radius: float,
    highest: float,
    bases: FloatArray,
) -> list[Cone]:
    tall = rng.uniform(0.8, 0.97, len(centres))
    tall[int(rng.integers(len(centres)))] = 1.0
    seeds = rng.integers(2**31, size=len(centres))
    rim = min(params.crater_width_m / 2, 0.33 * radius)
    heights = min(params.height_m, highest) * tall
    return [
        Cone(float(x), float(y), radius, rim, float(h), min(params.crater_depth_m, 0.85 * float(h)), float(b), int(s))
        for (x, y), h, b, s in zip(centres, heights, bases, seeds, strict=True)
    ]


class _Ground:
    """Layers while volcanoes rise on them."""

    def __init__(self, inputs: Inputs, site: Site, calm: FloatArray) -> None:
        shape = site.grid.shape
        self.site, self.calm = site, calm
        self.height = inputs.height()
        self.kind = _copy(inputs.get("water_kind"), shape, 0).astype(np.uint8)
        self.level = _copy(inputs.get("water_level"), shape, np.nan).astype(np.float32)
        self.dry = self.kind == 0
        self.shore = SHORE_M if inputs.has("water_kind", "sea").any() else -np.inf
        self.masks = {name: _copy(inputs.get(name), shape, 0) > 0 for name in ("volcano", "crater", "lava")}

    def add(self, cone: Cone, params: Volcano) -> None:
        """Raise one cone, hollow its crater and fill it."""
        at = window(self.site.grid, cone.x, cone.y, 1.25 * cone.radius)
        shape, ring = cone_shape(self.site.grid, cone, at, params.gullies)
        fade = self.site.fade(0.3 * cone.radius)[at]
        # The middle stands on one level base, so that no slope of the ground tilts the rim under its water.
        flat = ease(2.2 - ring, 0.0, 1.0)
        old, dry = self.height[at], self.dry[at]
        ground = old + (self.calm[at] - old) * (0.9 * fade * ease(shape, 0.0, 0.3 * cone.height))
        ground += (cone.base - ground) * flat
        stands = np.maximum(blended(ground, shape * np.maximum(fade, flat), params.blend), self.shore)
        self.height[at] = np.where(dry, stands, old)
        parts, _ = label((shape > FOOTPRINT * cone.height) & dry)
        self.masks["volcano"][at] |= (parts > 0) & (parts == parts[np.unravel_index(ring.argmin(), ring.shape)])
        hollow = (ring < 1) & (shape < cone.lowest_rim) & dry
        self.masks["crater"][at] |= hollow
        base, rise = (np.array([z], dtype=np.float32) for z in (cone.base, cone.level))
        level = blended(base, rise, params.blend)[0]
        if params.fill != "dry":
            self._fill(at, hollow & (stands < level), level, params.fill)

    def _fill(self, at: tuple[slice, slice], under: NDArray[np.bool_], level: np.float32, fill: Fill) -> None:
        if fill == "lake":
            self.kind[at][under] = LAKE
            self.level[at][under] = level
        else:
            self.masks["lava"][at] |= under
            self.height[at][under] = level

    def layers(self, fill: Fill) -> dict[str, Layer]:
        """Return what is to be written."""
        out = {"height": Layer(self.height.astype(np.float32), "m")}
        out |= {n: Layer.mask(m) for n, m in self.masks.items() if n != "lava" or fill == "lava"}
        if fill == "lake":
            out["water_kind"] = Layer.named(self.kind, WATER_KINDS)
            out["water_level"] = Layer(self.level, "m")
        return out


def _copy(data: NDArray[Any] | None, shape: tuple[int, int], otherwise: float) -> NDArray[Any]:
    return np.full(shape, otherwise) if data is None else np.array(data)
