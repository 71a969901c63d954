"""Fractal noise in metres: the same function of the place at every resolution, thread count and run.

``fractal_noise`` fills a grid, ``noise_at`` evaluates scattered points. With ``seed=None`` Perlin and simplex noise use
the permutation and gradients of the PyPI package ``noise``; with a seed they use 4096 shuffled entries (so that
nothing repeats within a map), 256 evenly turned gradients, and octaves shifted against each other, which hides the
lattice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, Grid

from .noise_points import BASES, FRACTALS, Doubles, sample_grid, sample_points
from .noise_rows import sample_rows

SPREAD = 0.3
"""Standard deviation to which every basis and fractal is scaled: about three of it reach 1."""

_ENTRIES = 4096
_GRADIENT = 1.15  # length of the seeded gradients: the mean of Perlin's twelve, seen from above
_WARP_OCTAVES = 3
_WARP_GAIN = 1.15  # three octaves of 1 + 1/2 + 1/4 rarely leave +-0.85: this makes warp_m about the largest shift
_PERLIN_GRADIENTS = (
    (1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (1, 0), (-1, 0),
    (0, 1), (0, -1), (0, 1), (0, -1), (1, 0), (-1, 0), (0, -1), (0, 1),
)  # fmt: skip
# Ken Perlin's reference permutation (2002), in hexadecimal.
_REFERENCE = bytes.fromhex(
    "97a0895b5a0f830dc95f6035c2e907e18c24671e458e086325f0150a17be0694f778ea4b001ac53e5efcdbcb75230b20"
    "39b12158ed953857ae147d88aba844af4aa547868b301ba64d929ee7536fe57a3cd385e6dc695c29372ef528f4668f36"
    "41193fa101d85049d14c84bbd05912a9c8c4878274bc9f56a4646dc6adba034034d9e2fa7c7b05ca2693767eff5255d4"
    "cfce3be32f103a11b6bd1c2adfb7aad577f898022c9aa346dd99659ba72bac09811627fd13626c6e4f71e0e8b2b97068"
    "daf661e4fb22f2c1eed2900cbfb3a2f1513391ebf90eef6b31c0d61fb5c76a9db854ccb07379322d7f0496fe8aeccd5d"
    "de72431d1848f38d80c34e42d73d9cb4"
)


class Tables(NamedTuple):
    """What a seed stands for: a doubled permutation ``(2n,)``, two ``(256,)`` tables, ``(32, 2)`` octave offsets."""

    perm: NDArray[np.uint16]
    first: FloatArray
    second: FloatArray
    offsets: Doubles


class _Octaves(NamedTuple):
    """Frequencies ``(n,) float64`` and amplitudes ``(n,) float32`` of the octaves."""

    freq: Doubles
    amps: FloatArray


def fractal_noise(
    grid: Grid,
    *,
    seed: int | None,
    feature_size_m: float,
    octaves: int = 8,
    gain: float = 0.5,
    lacunarity: float = 2.0,
    basis: str = "perlin",
    fractal: str = "fbm",
    warp_m: float = 0.0,
    offset_m: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:
    """Evaluate fractal noise at the cell centres.

    Parameters
    ----------
    grid : Grid
        Where to evaluate; x points east, y north, row 0 is north.
    seed : int or None
        What to draw; None gives the tables of the package ``noise``.
    feature_size_m : float
        Lattice spacing of the first octave [m]: about the width of the largest hills.
    octaves : int
        Sizes added up, each ``lacunarity`` times finer and ``gain`` times lower than the one before.
    gain, lacunarity : float
        As above.
    basis : {"perlin", "simplex", "value", "worley"}
        Single-size noise.
    fractal : {"fbm", "billow", "ridged", "hybrid", "swiss"}
        How the sizes combine.
    warp_m : float
        Largest shift of the sampling position by a second noise [m].
    offset_m : tuple of float
        Added to x and y [m]: another window of the same noise.

    Returns
    -------
    ndarray
        ``(rows, cols) float32`` with mean near 0 and standard deviation near 0.3, so about in [-1, 1].
    """
    xs, ys = _axes(grid, feature_size_m, offset_m)
    scale, shift = spread(basis, fractal, octaves, gain, lacunarity)
    octs, tables = _octaves(octaves, gain, lacunarity), tables_of(seed, basis)
    if warp_m <= 0:
        return _grid(xs, ys, basis, fractal, octs, tables, scale, shift)
    warps = warp_field(grid, seed=seed, feature_size_m=feature_size_m, octaves=octaves, offset_m=offset_m)
    return _grid(xs, ys, basis, fractal, octs, tables, scale, shift, warp_m / feature_size_m, warps)


def warp_field(
    grid: Grid,
    *,
    seed: int | None,
    feature_size_m: float,
    octaves: int = 8,
    offset_m: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:
    """``(2, rows, cols) float32`` east and north shift at the cell centres in units of ``warp_m``."""
    xs, ys = _axes(grid, feature_size_m, offset_m)
    few = _octaves(min(octaves, _WARP_OCTAVES), 0.5, 2.0)
    return np.stack([_grid(xs, ys, "perlin", "fbm", few, _warp_tables(seed, k), _WARP_GAIN, 0.0) for k in (0, 1)])


def noise_at(
    points: NDArray[Any],
    *,
    seed: int | None,
    feature_size_m: float,
    octaves: int = 8,
    gain: float = 0.5,
    lacunarity: float = 2.0,
    basis: str = "perlin",
    fractal: str = "fbm",
    warp_m: float = 0.0,
    offset_m: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:
    """``(n,) float32`` of the noise of `fractal_noise` at ``(n, >=2)`` points x, y [m]; same parameters, same field."""
    xs = (np.asarray(points[:, 0], dtype=np.float64) + offset_m[0]) / feature_size_m
    ys = (np.asarray(points[:, 1], dtype=np.float64) + offset_m[1]) / feature_size_m
    if warp_m > 0:
        few = _octaves(min(octaves, _WARP_OCTAVES), 0.5, 2.0)
        wx, wy = (_points(xs, ys, "perlin", "fbm", few, _warp_tables(seed, k), _WARP_GAIN, 0.0) for k in (0, 1))
        xs, ys = xs + warp_m / feature_size_m * wx, ys + warp_m / feature_size_m * wy
    scale, shift = spread(basis, fractal, octaves, gain, lacunarity)
    octs = _octaves(octaves, gain, lacunarity)
    return _points(xs, ys, basis, fractal, octs, tables_of(seed, basis), scale, shift)


def raw_noise_at(
    points: NDArray[Any],
    *,
    seed: int | None = None,
    octaves: int = 1,
    gain: float = 0.5,
    lacunarity: float = 2.0,
    basis: str = "perlin",
    fractal: str = "fbm",
) -> FloatArray:
    """``(n,) float32`` noise at ``(n, 2)`` positions in lattice units, on the scale of the package ``noise``."""
    xs, ys = (np.ascontiguousarray(points[:, k], dtype=np.float64) for k in (0, 1))
    octs = _octaves(octaves, gain, lacunarity)
    return _points(xs, ys, basis, fractal, octs, tables_of(seed, basis), 1.0 / float(octs.amps.sum()), 0.0)


@lru_cache(maxsize=1024)
def spread(basis: str, fractal: str, octaves: int, gain: float, lacunarity: float) -> tuple[float, float]:
    """Scale and shift that bring a kind of noise to mean 0 and standard deviation `SPREAD`; measured, not derived.

    It depends on no seed and no grid, so a map keeps its heights at every resolution and beside another seed.
    """
    draw = np.random.Generator(np.random.PCG64(7))
    xs, ys = draw.uniform(0, 1000, (2, 16384))
    raw = _points(xs, ys, basis, fractal, _octaves(octaves, gain, lacunarity), tables_of(7, basis), 1.0, 0.0)
    scale = SPREAD / max(float(raw.std(dtype=np.float64)), 1e-6)
    return scale, -scale * float(raw.mean(dtype=np.float64))


def _axes(grid: Grid, feature_size_m: float, offset_m: tuple[float, float]) -> tuple[Doubles, Doubles]:
    """``(cols,)`` and ``(rows,)`` positions of the cell centres in lattice units; float64, unlike the grid's own."""
    cols, rows = np.arange(grid.cols) + 0.5, grid.rows - 0.5 - np.arange(grid.rows)
    xs = (cols * grid.cell_size_m + offset_m[0]) / feature_size_m
    ys = (rows * grid.cell_size_m + offset_m[1]) / feature_size_m
    return xs.astype(np.float64), ys.astype(np.float64)


def _grid(
    xs: Doubles,
    ys: Doubles,
    basis: str,
    fractal: str,
    octs: _Octaves,
    tables: Tables,
    scale: float,
    shift: float,
    warp: float = 0.0,
    warps: FloatArray | None = None,
) -> FloatArray:
    out = np.empty((ys.size, xs.size), dtype=np.float32)
    if warps is None and basis in {"perlin", "value"} and fractal != "swiss":
        pairs = np.stack([tables.first, tables.second], axis=1).view(np.float64).ravel()
        sample_rows(
            out, xs, ys, basis == "value", FRACTALS[fractal], octs.freq, octs.amps,
            tables.offsets[: octs.freq.size], tables.perm, pairs, scale, shift,
        )  # fmt: skip
        return out
    moved = np.zeros((2, 1, 1), dtype=np.float32) if warps is None else warps
    sample_grid(
        out, xs, ys, warp, moved, BASES[basis], FRACTALS[fractal], octs.freq, octs.amps,
        tables.offsets[: octs.freq.size], *tables[:3], scale, shift,
    )  # fmt: skip
    return out


def _points(
    xs: Doubles,
    ys: Doubles,
    basis: str,
    fractal: str,
    octs: _Octaves,
    tables: Tables,
    scale: float,
    shift: float,
) -> FloatArray:
    out = np.empty(xs.size, dtype=np.float32)
    sample_points(
        out, xs, ys, BASES[basis], FRACTALS[fractal], octs.freq, octs.amps,
        tables.offsets[: octs.freq.size], *tables[:3], scale, shift,
    )  # fmt: skip
    return out


def _octaves(octaves: int, gain: float, lacunarity: float) -> _Octaves:
    steps = np.arange(octaves)
    return _Octaves(np.asarray(lacunarity**steps, dtype=np.float64), np.asarray(gain**steps, dtype=np.float32))


@lru_cache(maxsize=64)
def tables_of(seed: int | None, basis: str) -> Tables:
    """Return what a seed stands for; without one, what the package ``noise`` uses."""
    if seed is None:
        return _reference_tables(basis)
    draw = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, BASES[basis]]))
    perm = draw.permutation(_ENTRIES).astype(np.uint16)
    return Tables(np.tile(perm, 2), *_entries(basis, draw), draw.uniform(0, _ENTRIES, (32, 2)))


def _warp_tables(seed: int | None, axis: int) -> Tables:
    """Return tables of a noise independent of the one that is warped."""
    return tables_of(0x5EED0000 + axis if seed is None else (seed * 2 + axis) ^ 0x3C6EF372, "perlin")


def _entries(basis: str, draw: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Gradients, values or jitters by the low 8 bits of a hash."""
    if basis in {"perlin", "simplex"}:
        angle = 2 * np.pi * (np.arange(256) + 0.5) / 256
        return (_GRADIENT * np.cos(angle)).astype(np.float32), (_GRADIENT * np.sin(angle)).astype(np.float32)
    if basis == "value":
        values = np.linspace(-1, 1, 256).astype(np.float32)
        return values, values
    first, second = ((draw.permutation(256) + 0.5) / 256 for _ in range(2))
    return first.astype(np.float32), second.astype(np.float32)


def _reference_tables(basis: str) -> Tables:
    once = np.frombuffer(_REFERENCE, dtype=np.uint8)
    perm = np.tile(once.astype(np.uint16), 2)
    if basis in {"perlin", "simplex"}:
        # The package permutes Perlin's corners once more before it looks the gradient up.
        turns = np.arange(256) % 12 if basis == "simplex" else once % 16
        gradients = np.array(_PERLIN_GRADIENTS, dtype=np.float32)[turns]
        first, second = np.ascontiguousarray(gradients[:, 0]), np.ascontiguousarray(gradients[:, 1])
    else:
        first, second = _entries(basis, np.random.Generator(np.random.PCG64(0)))
    return Tables(perm, first, second, np.zeros((32, 2)))
