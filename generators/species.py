"""Species: how large they are, and which of them grow where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pcgstudio.generator import Inputs
from pcgstudio.world import BIOMES, FloatArray

from .kernels.noise import SPREAD, noise_at
from .kernels.poisson import hashed

SIZES: Mapping[str, tuple[float, float, float]] = {
    "conifer": (5.0, 5.0, 14.0),
    "broadleaf": (8.0, 8.0, 11.0),
    "palm": (5.5, 5.5, 9.0),
    "dead": (4.0, 4.0, 8.0),
    "shrub": (2.4, 2.4, 2.0),
    "acacia": (9.0, 9.0, 6.5),
    "cactus": (1.8, 1.2, 3.4),
    "oak": (11.0, 11.0, 12.0),
    "birch": (5.0, 5.0, 13.0),
    "pine": (6.0, 6.0, 15.0),
    "boulder": (2.0, 1.7, 1.4),
    "slab": (3.0, 2.0, 0.8),
    "tuft": (0.7, 0.7, 0.6),
    "flowers": (0.6, 0.6, 0.45),
}
"""Usual length, width and height [m]."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "tree": ("conifer", "broadleaf", "palm", "dead", "shrub", "acacia", "cactus", "oak", "birch", "pine"),
    "rock": ("boulder", "slab"),
    "grass": ("tuft", "flowers"),
}
"""Species of each kind of instance, in the order of its names."""

_MIX: Mapping[str, Mapping[str, float]] = {
    "none": {"conifer": 0.35, "broadleaf": 0.6, "shrub": 0.05},
    "beach": {"conifer": 0.2, "broadleaf": 0.25, "palm": 0.5, "shrub": 0.05},
    "grassland": {"conifer": 0.15, "broadleaf": 0.7, "shrub": 0.15},
    "savanna": {"acacia": 0.6, "broadleaf": 0.05, "palm": 0.1, "dead": 0.05, "shrub": 0.2},
    "shrubland": {"conifer": 0.2, "broadleaf": 0.25, "dead": 0.05, "shrub": 0.5},
    "forest": {"conifer": 0.25, "broadleaf": 0.7, "shrub": 0.05},
    "rainforest": {"broadleaf": 0.7, "palm": 0.27, "shrub": 0.03},
    "taiga": {"conifer": 0.92, "broadleaf": 0.05, "dead": 0.01, "shrub": 0.02},
    "tundra": {"conifer": 0.45, "dead": 0.1, "shrub": 0.45},
    "desert": {"palm": 0.2, "dead": 0.2, "shrub": 0.25, "cactus": 0.35},
    "badlands": {"conifer": 0.1, "dead": 0.35, "shrub": 0.4, "cactus": 0.15},
    "swamp": {"conifer": 0.1, "broadleaf": 0.3, "dead": 0.5, "shrub": 0.1},
    "rock": {"conifer": 0.75, "broadleaf": 0.05, "dead": 0.1, "shrub": 0.1},
    "snow": {"conifer": 0.95, "dead": 0.05},
    "volcanic": {"conifer": 0.1, "broadleaf": 0.1, "dead": 0.55, "shrub": 0.25},
    "farmland": {"conifer": 0.1, "broadleaf": 0.8, "shrub": 0.1},
    "urban": {"conifer": 0.1, "broadleaf": 0.9},
}
"""Shares of the species of trees by biome, where nobody asked for one."""

LIKED_BY_TREES: Mapping[str, float] = {
    "forest": 1.0, "rainforest": 1.0, "taiga": 0.8, "swamp": 0.3, "grassland": 0.25, "savanna": 0.15, "shrubland": 0.1,
    "farmland": -0.4, "tundra": -0.5, "beach": -0.9, "badlands": -0.8, "desert": -0.9, "volcanic": -0.8, "rock": -1.1,
    "snow": -1.0, "urban": -1.5,
}  # fmt: skip
LIKED_BY_GRASS: Mapping[str, float] = {
    "grassland": 1.0, "savanna": 0.8, "shrubland": 0.4, "farmland": 0.2, "tundra": 0.2, "forest": -0.1, "swamp": 0.1,
    "taiga": -0.3, "rainforest": -0.3, "beach": -0.8, "desert": -0.9, "badlands": -0.8, "rock": -1.2, "snow": -1.2,
    "volcanic": -1.0, "urban": -1.0,
}  # fmt: skip
LIKED_BY_ROCKS: Mapping[str, float] = {
    "rock": 1.2, "badlands": 0.9, "volcanic": 0.8, "tundra": 0.6, "shrubland": 0.4, "desert": 0.3, "beach": -1.1,
    "snow": 0.2, "farmland": -1.2, "urban": -1.5,
}  # fmt: skip


def per_biome(inputs: Inputs, liked: Mapping[str, float]) -> FloatArray:
    """``(rows, cols) float32``: the value of each cell's biome; 0 where none is known."""
    biome = inputs.get("biome")
    if biome is None:
        return np.zeros(inputs.grid.shape, dtype=np.float32)
    values = np.array([liked.get(name, 0.0) for name in BIOMES], dtype=np.float32)
    return np.asarray(values[biome])


def choose_species(
    inputs: Inputs, kind: str, asked: Sequence[str], points: FloatArray, seed: int, *, stand_m: float, shrubs: bool
) -> NDArray[np.int32]:
    """Choose a species for each place, in stands rather than evenly stirred.

    Parameters
    ----------
    inputs : Inputs
        Biome and temperature are looked at, where they exist.
    kind : str
        Instance kind.
    asked : sequence of str
        Species in equal shares; empty: what grows there.
    points : ndarray
        ``(n, 2) float32`` x, y [m].
    seed : int
        What to draw.
    stand_m : float
        Width of a stand of one species [m].
    shrubs : bool
        Whether shrubs may stand among what grows there.

    Returns
    -------
    ndarray
        ``(n,) int32`` index into ``KINDS[kind]``.
    """
    names = KINDS[kind]
    if not len(points):
        return np.zeros(0, dtype=np.int32)
    if asked:
        shares = np.zeros((len(points), len(names)))
        shares[:, [names.index(name) for name in asked]] = 1
    elif kind == "tree":
        shares = _tree_shares(inputs, points)
        if not shrubs:
            shares[:, [names.index(name) for name in ("shrub", "cactus")]] = 0
    else:
        shares = np.broadcast_to([0.75, 0.25], (len(points), 2))
    steps = np.cumsum(shares, axis=1)
    steps /= steps[:, -1:]
    # A broad noise and a chance of each one's own, made uniform again by the normal distribution.
    stand = noise_at(points, seed=seed, feature_size_m=stand_m, octaves=2) / SPREAD
    own = hashed(points, seed)
    luck = ndtr(0.85 * stand + 0.75 * np.sqrt(12) * (own - 0.5))
    return np.asarray(np.minimum((luck[:, None] >= steps).sum(axis=1), len(names) - 1), dtype=np.int32)


def _tree_shares(inputs: Inputs, points: FloatArray) -> NDArray[np.float64]:
    """``(n, species) float64`` shares of the species by biome, with more conifers where it is cold."""
    rows, cols = inputs.grid.cells_of(points)
    names = KINDS["tree"]
    biome, temperature = inputs.get("biome"), inputs.get("temperature")
    table = np.array([[_MIX.get(b, _MIX["none"]).get(name, 0.0) for name in names] for b in BIOMES])
    shares = np.array(table[np.zeros(len(points), np.intp) if biome is None else biome[rows, cols]])
    if temperature is not None:
        conifer, broadleaf, dead = (names.index(name) for name in ("conifer", "broadleaf", "dead"))
        degrees = temperature[rows, cols].astype(np.float64)
        warm = np.clip((degrees - 3) / 9, 0, 1)
        shares[:, conifer] += shares[:, broadleaf] * (1 - warm)
        shares[:, broadleaf] *= warm
        hot = [names.index(name) for name in ("palm", "acacia", "cactus")]
        shares[:, hot] *= np.clip((degrees - 14) / 6, 0, 1)[:, None]
        # A place that suits none (a palm beach in the cold) takes the conifer.
        shares[:, conifer] += shares[:, [conifer, broadleaf, dead, *hot[1:]]].sum(axis=1) < 1e-6
    return shares
