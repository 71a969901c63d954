"""Ground of fractal noise: what everything else stands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import FloatArray, Grid, Layer

from .kernels.lattice import lattice_over
from .kernels.noise import fractal_noise, warp_field
from .kernels.noise_points import FRACTALS, combine
from .placement import blended, solid

_LIBRARY = {"noise_perlin": "pnoise2", "noise_simplex": "snoise2"}
_GAUGE_CELLS = 256
"""Side of the lattice on which the lowest and highest ground are found, so that they agree at every resolution."""

TERRAIN = Feature("terrain", ("terrain", "ground", "landscape", "countryside"), count_by="none")
PLAIN = Feature(
    "plain", ("plain", "flatland", "flat ground", "open plain", "lowland"), count_by="none",
    sets={"amplitude_m": 8.0, "gain": 0.42},
)  # fmt: skip


class TerrainNoise(HeightParams):
    """Parameters of `terrain_noise`."""

    amplitude_m: float = param(
        45.0, "Difference between the lowest and the highest ground.", unit="m", ge=0.1, le=5000, log=True,
        aspect="height", scales=True,
        adjectives={
            "flat": 8, "gentle": 22, "": 45, "rolling": 45, "undulating": 45, "uneven": 60,
            "hilly": 90, "rugged": 160, "rough": 160, "mountainous": 260,
        },
        hints="8 a plain, 20-60 rolling ground, 160 rugged, 300 and more mountains on a map of 1 km",
    )  # fmt: skip
    feature_size_m: float = param(
        420.0, "Width of the largest rises and hollows.", unit="m", ge=20, le=20000, log=True, scales=True,
        hints="a quarter to a half of the map; smaller looks crumpled",
    )  # fmt: skip
    basis: Literal["perlin", "simplex", "value", "worley", "noise_perlin", "noise_simplex"] = param(
        "perlin", "The single-size noise that is added up; noise_* are those of the Python package 'noise' itself.",
        choices={
            "perlin": ("perlin noise",), "simplex": ("simplex noise",), "value": ("value noise",),
            "worley": ("worley noise", "cellular noise", "voronoi noise"),
        },
        hints="worley makes separate cones; noise_* rebuild maps made with that package and ignore the seed",
    )  # fmt: skip
    fractal: Literal["fbm", "billow", "ridged", "hybrid", "swiss"] = param(
        "fbm", "How the sizes combine.",
        choices={"billow": ("billowy", "pillowy"), "ridged": ("ridged", "ridgy"), "hybrid": (), "swiss": ()},
        hints="fbm even, billow round tops and sharp valleys, ridged crests, hybrid smooth valleys and rough tops, "
        "swiss drawn-out ridges",
    )  # fmt: skip
    octaves: int = param(8, "Sizes added up: more show finer detail.", ge=1, le=16)
    gain: float = param(
        0.5, "Height of each finer size as a share of the one before.", ge=0, le=1,
        adjectives={"smooth": 0.36, "": 0.5, "jagged": 0.6}, hints="0.35 smooth, 0.5 natural, 0.65 broken",
    )  # fmt: skip
    lacunarity: float = param(
        2.0, "How much finer each size is than the one before.", ge=1.5, le=3.5,
        hints="1.7 dense detail, 2 each size is half the one before, 3 gaps between coarse and fine",
    )  # fmt: skip
    warp_m: float = param(
        0.0, "How far the pattern is pulled out of shape: winding instead of round forms.", unit="m", ge=0, le=20000,
        scales=True, hints="a tenth to a fifth of feature_size_m; more combs the ground",
    )  # fmt: skip
    east_m: float = param(0.0, "Shift of the window over the noise to the east.", unit="m", ge=-1e5, le=1e5)
    north_m: float = param(0.0, "Shift of the window over the noise to the north.", unit="m", ge=-1e5, le=1e5)


@generator(
    family="terrain",
    stage="base",
    reads=("height",),
    writes=("height",),
    features=(TERRAIN, PLAIN),
    source="Perlin 2002; Worley 1996; Musgrave 1989; Ebert et al., Texturing & Modeling; de Carpentier 2012",
)
def terrain_noise(inputs: Inputs, params: TerrainNoise, rng: np.random.Generator, tick: Tick) -> Output:
    """Lay rolling, rugged or flat ground of fractal noise, with an exact relief."""
    seed = int(rng.integers(2**32))
    tick(0.1, "measuring the relief")
    low, high = _gauge(inputs, params, seed)
    tick(0.3, "raising the ground")
    rise = _field(inputs.grid, params, seed)
    factor = params.amplitude_m / (high - low) if high - low > 1e-6 else 0.0
    height = blended(inputs.height(), (rise - np.float32(low)) * np.float32(factor), params.blend)
    tick(1.0, "ground raised")
    return Output({"height": Layer(height, "m")})


def _gauge(inputs: Inputs, params: TerrainNoise, seed: int) -> tuple[float, float]:
    """Lowest and highest raw value inside the region, on a lattice that does not depend on the grid's resolution."""
    lattice = lattice_over(inputs.grid, _GAUGE_CELLS)
    field = _field(lattice, params, seed)
    x, y = np.meshgrid(lattice.xs(), lattice.ys())
    rows, cols = inputs.grid.cells_of(np.column_stack([x.ravel(), y.ravel()]))
    inside = solid(inputs.mask)[rows, cols].reshape(field.shape)
    chosen = field[inside] if inside.any() else field
    return float(chosen.min()), float(chosen.max())


def _field(grid: Grid, params: TerrainNoise, seed: int) -> FloatArray:
    """``(rows, cols) float32`` raw noise."""
    if params.basis in _LIBRARY:
        return _library_field(grid, params, _library(params))
    return fractal_noise(
        grid, seed=seed, feature_size_m=params.feature_size_m, octaves=params.octaves, gain=params.gain,
        lacunarity=params.lacunarity, basis=params.basis, fractal=params.fractal, warp_m=params.warp_m,
        offset_m=(params.east_m, params.north_m),
    )  # fmt: skip


def _library(params: TerrainNoise) -> Callable[..., float]:
    """Return the function of the package ``noise``.

    Raises
    ------
    BuildError
        The package is not installed, or the fractal needs slopes, which it does not give.
    """
    ours = params.basis.removeprefix("noise_")
    if params.fractal == "swiss":
        raise BuildError(f"basis '{params.basis}' has no slopes for the fractal 'swiss'; use basis '{ours}'")
    try:
        import noise  # noqa: PLC0415 - it has no wheels, so it may be missing, and only two bases need it
    except ImportError as error:
        cure = f"run: pip install noise (it needs a C compiler), or use basis '{ours}'"
        raise BuildError(f"basis '{params.basis}' needs the Python package 'noise'; {cure}") from error
    function: Callable[..., float] = getattr(noise, _LIBRARY[params.basis])
    return function


def _library_field(grid: Grid, params: TerrainNoise, function: Callable[..., float]) -> FloatArray:
    """Evaluate the library cell by cell at (x, y) / feature_size_m with base 0, its only safe one."""
    x, y = np.meshgrid(grid.xs().astype(np.float64) + params.east_m, grid.ys().astype(np.float64) + params.north_m)
    if params.warp_m > 0:
        shift = (params.east_m, params.north_m)
        warps = warp_field(
            grid, seed=None, feature_size_m=params.feature_size_m, octaves=params.octaves, offset_m=shift
        )
        x, y = x + params.warp_m * warps[0], y + params.warp_m * warps[1]
    u, v = x / params.feature_size_m, y / params.feature_size_m
    if params.fractal == "fbm":
        return _each(function, u, v, params.octaves, params.gain, params.lacunarity)
    amps = params.gain ** np.arange(params.octaves)
    total, weight = np.zeros(u.size, np.float32), np.ones(u.size, np.float32)
    for k, amp in enumerate(amps.astype(np.float32)):
        freq = params.lacunarity**k
        n = _each(function, u * freq, v * freq, 1, params.gain, params.lacunarity)
        combine(total, weight, n.ravel(), FRACTALS[params.fractal], amp)
    return total.reshape(u.shape)


def _each(function: Callable[..., float], u: Any, v: Any, octaves: int, gain: float, lacunarity: float) -> FloatArray:
    values = np.frompyfunc(lambda a, b: function(a, b, octaves, gain, lacunarity), 2, 1)(u, v)
    return np.asarray(values, dtype=np.float32)
