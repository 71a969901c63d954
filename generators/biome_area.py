"""A biome asked for by name: so much of the region's dry land becomes desert, swamp, farmland ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.slope import slope_deg
from pcgstudio.world import BIOMES, FloatArray, Layer

from .cover import Cells, blurred, inside, patches, ragged, rim, shaped
from .kernels.nearness import nearest_cells
from .kernels.noise import fractal_noise

BiomeName = Literal[
    "beach", "grassland", "savanna", "shrubland", "forest", "rainforest", "taiga", "tundra", "desert", "badlands",
    "swamp", "rock", "snow", "volcanic", "farmland",
]  # fmt: skip
USUAL_SHARE = 0.35

WORDS: Mapping[str, tuple[str, ...]] = {
    "desert": ("desert", "wasteland"),
    "snow": ("snow", "snowfield", "snow field", "ice", "ice field", "glacier"),
    "swamp": ("swamp", "marsh", "bog", "wetland", "marshland", "fen", "mire", "swampland"),
    "savanna": ("savanna", "savannah"),
    "grassland": ("grassland", "meadow", "prairie", "pasture"),
    "shrubland": ("shrubland", "scrub", "scrubland", "heath", "heathland", "moor", "moorland"),
    "tundra": ("tundra",),
    "taiga": ("taiga", "boreal forest"),
    "rainforest": ("rainforest", "rain forest", "jungle"),
    "badlands": ("badlands", "badland"),
    "rock": ("rock ground", "bare rock", "scree"),
    "volcanic": ("volcanic ground", "lava field", "lava", "ash", "ash field"),
    "farmland": ("farmland", "farm field", "cropland", "crop"),
}

NAMES: Mapping[str, str] = {"rock": "rock ground", "volcanic": "volcanic ground"}
"""Features that are not called as their biome is, because something else is."""

# What a biome would rather have, per standard deviation: (height, slope, nearness to fresh water; a beach: to the sea).
_LIKING: Mapping[str, tuple[float, float, float]] = {
    "beach": (-0.5, -0.3, 1.0),
    "grassland": (-0.1, -0.3, 0.0),
    "savanna": (-0.1, -0.2, 0.0),
    "shrubland": (0.1, 0.1, -0.1),
    "forest": (0.0, -0.1, 0.1),
    "rainforest": (-0.2, -0.1, 0.2),
    "taiga": (0.3, 0.0, 0.0),
    "tundra": (0.4, -0.1, 0.0),
    "desert": (-0.2, -0.3, -0.3),
    "badlands": (0.1, 0.4, -0.2),
    "swamp": (-0.4, -0.5, 0.7),
    "rock": (0.3, 0.8, 0.0),
    "snow": (1.8, -0.2, 0.0),
    "volcanic": (0.4, 0.1, -0.2),
    "farmland": (-0.3, -0.7, 0.1),
}


class BiomeArea(Params):
    """Parameters of `biome_area`."""

    biome: BiomeName = param("grassland", "What the ground becomes.")
    share: float | None = param(
        None, "Exact share of the region's dry land; left out: all of a bounded region, 35 % of the whole map.",
        unit="share", ge=0, le=1, aspect="share",
        adjectives={"tiny": 0.04, "small": 0.12, "": 0.35, "large": 0.5, "big": 0.5, "vast": 0.7, "huge": 0.7},
    )  # fmt: skip
    count: int = param(0, "Exact number of separate areas; 0 leaves it to the land.", ge=0, le=100, aspect="count")
    patch_m: float = param(
        220, "Width of a typical area where their number is left open.", unit="m", ge=10, le=20000, scales=True
    )
    edge_m: float = param(
        30, "How far the outline wanders.", unit="m", ge=0, le=2000, scales=True, aspect="roundness",
        direction=-1, adjectives={"smooth": 8, "": 30, "ragged": 70},
    )  # fmt: skip


@generator(
    family="climate",
    stage="cover",
    reads=("height", "water_kind", "biome", "volcano"),
    writes=("biome",),
    features=[Feature(NAMES.get(b, b), w, layer="biome", values=(b,), sets={"biome": b}) for b, w in WORDS.items()],
)
def biome_area(inputs: Inputs, params: BiomeArea, rng: np.random.Generator, tick: Tick) -> Output:
    """Turn an exact share of a region's dry land into one biome, where that biome feels at home."""
    grid, mask = inputs.grid, inputs.mask
    noise_seed, patch_seed = (int(s) for s in rng.integers(0, 2**31, 2))
    kind = inputs.get("water_kind")
    dry = np.ones(grid.shape, dtype=bool) if kind is None else (kind == 0)
    ground = dry & inside(mask)
    room = int(np.count_nonzero(ground))
    if not room:
        raise BuildError(f"there is no dry land for {params.biome} in this step's region; move or enlarge the region")
    wanted = _wanted(params, room, bounded=float(mask.min()) < 0.5)
    tick(0.1, f"{params.biome}: where it feels at home")
    noise = fractal_noise(
        grid, seed=noise_seed, feature_size_m=params.patch_m, octaves=5, gain=0.5, warp_m=params.edge_m
    )
    liking = _liking(inputs, params.biome, dry) - 2.4 * rim(mask, grid, 0.4 * params.patch_m)
    tick(0.5, f"{params.biome}: {wanted} cells")
    if params.count and wanted and (wanted < room or params.count > 1):
        chosen = patches(noise, liking, ground, wanted, params.count, grid, patch_seed, params.biome)
    else:
        chosen = shaped(noise + liking, ground, wanted, grid, max(grid.extent_m) / 85)
        if wanted == room:
            # Where an amount is asked for it is kept; otherwise the outline may wander inward too.
            chosen = dry & ragged(mask, noise) | (chosen if params.share is not None else False)
    tick(0.8, f"{params.biome}: neighbours")
    return Output(layers={"biome": Layer.named(_painted(inputs, params.biome, chosen, dry), BIOMES)})


def _wanted(params: BiomeArea, room: int, *, bounded: bool) -> int:
    if params.share is None:
        # A number of areas leaves room between them.
        return room if bounded and params.count < 2 else max(1, round(USUAL_SHARE * room))
    return round(params.share * room) or int(params.share > 0)


def _liking(inputs: Inputs, biome: str, dry: Cells) -> FloatArray:
    """``(rows, cols) float32`` how gladly the biome grows there; about as large as the noise it is added to."""
    grid, height = inputs.grid, inputs.height()
    reach = max(grid.extent_m) / 60
    smooth = blurred(height, grid, reach)
    steep = blurred(slope_deg(smooth, grid.cell_size_m), grid, reach)
    near = blurred(inputs.has("water_kind", *(("sea",) if biome == "beach" else ("lake", "river"))), grid, 3 * reach)
    total = np.zeros(grid.shape, dtype=np.float32)
    for weight, field in zip(_LIKING[biome], (smooth, steep, near), strict=True):
        values = field[dry]
        spread = float(values.std(dtype=np.float64))
        if spread > 1e-6:
            total += np.float32(0.5 * weight / spread) * (field - np.float32(values.mean(dtype=np.float64)))
    volcano = inputs.get("volcano")
    if biome == "volcanic" and volcano is not None:
        total += blurred(volcano, grid, reach)
    total = np.clip(total, -1.2, 1.2) + np.float32(0.4) * blurred(inputs.has("biome", biome), grid, reach)
    return np.asarray(total - np.float32(0.6) * inputs.has("biome", "beach"), dtype=np.float32)


def _painted(inputs: Inputs, biome: str, chosen: Cells, dry: Cells) -> NDArray[np.uint8]:
    """Return the biome layer with the chosen cells painted; where there was more of it, the neighbours take over."""
    known = inputs.get("biome")
    if known is None:
        painted = np.zeros(inputs.grid.shape, dtype=np.uint8)
        for kind, name in (("sea", "ocean"), ("lake", "lake"), ("river", "river")):
            painted[inputs.has("water_kind", kind)] = BIOMES.index(name)
    else:
        painted = known.astype(np.uint8)
    this = BIOMES.index(biome)
    surplus = dry & (painted == this) & ~chosen & inside(inputs.mask)
    if surplus.any():
        others = dry & (painted != this)
        if others.any():
            _, (rows, cols) = nearest_cells(~others)
            painted[surplus] = painted[rows[surplus], cols[surplus]]
        else:
            painted[surplus] = BIOMES.index("shrubland" if biome == "grassland" else "grassland")
    painted[chosen] = this
    return painted
