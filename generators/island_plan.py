"""What a coast is asked for, and the plan of its islands: how large, where, and of what outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, Grid

from .island_shapes import Shape, differ, placed, weights
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise

Pattern = Literal["continent", "island", "archipelago", "coast", "inland_sea", "lagoon", "peninsula"]
Mask = NDArray[np.bool_]
INSULAR = ("island", "archipelago", "continent")
"""Patterns of whole islands, of which there may be several."""

LEAST_SHARE = 0.003
"""Smallest share of the region that an island may cover: below it nobody sees one."""

_OCTAVES = 7
_FULL = 0.9  # share of its own waters that an island may fill before another takes over


@dataclass(frozen=True)
class Asked:
    """What kind of coast is wanted, and where.

    Parameters
    ----------
    grid, region : Grid, ndarray
        The lattice and ``(rows, cols) bool`` the cells to share out between land and sea.
    pattern, land_fraction, islands, irregularity, sea_side
        As the parameters of `landmass`, none left open.
    outline, axis, sizes
        As the parameters of `landmass`.
    yielding : bool
        Whether the land share is a suggestion, to be lowered where shapes of the outline would not fit.
    guide : ndarray, optional
        ``(rows, cols) float32`` signed distance inside the land of a coarser drawing [m], to be followed.
    frame : Asked, optional
        The same on the lattice of fixed metres: what must not hang on the resolution is taken from there.
    stretch : float, optional
        Length over width of oval and long islands.
    """

    grid: Grid
    region: Mask
    pattern: Pattern
    land_fraction: float
    islands: int
    irregularity: float
    sea_side: str
    outline: str = "natural"
    axis: str = "any"
    sizes: str = "natural"
    yielding: bool = False
    guide: FloatArray | None = None
    frame: Asked | None = None
    stretch: float | None = None

    @property
    def insular(self) -> bool:
        """Whether the pattern is of islands."""
        return self.pattern in INSULAR

    @property
    def cells(self) -> int:
        """Cells of land wanted."""
        return max(1, round(self.land_fraction * int(self.region.sum())))

    @property
    def share(self) -> float:
        """Share of the region that grows from the inside: the sea of an inland sea, land otherwise."""
        return 1 - self.land_fraction if self.pattern == "inland_sea" else self.land_fraction

    @property
    def span_m(self) -> float:
        """Edge of a square as large as the region [m]."""
        frame = self.frame or self
        return float(np.sqrt(frame.region.sum() * frame.grid.cell_area_m2))

    def warp(self, size_m: float, amount_m: float, seed: int) -> tuple[FloatArray, FloatArray]:
        """Return the shift of every cell east and north [m] that turns a plain shape into a coast with bays."""
        gain = (0.42 if self.outline == "natural" else 0.3) + 0.22 * self.irregularity
        shifts = (
            fractal_noise(self.grid, seed=seed + k, feature_size_m=size_m, octaves=_OCTAVES, gain=gain) for k in (0, 1)
        )
        first, second = (np.asarray(2 * amount_m * s, dtype=np.float32) for s in shifts)
        return first, second


def border_m(asked: Asked) -> FloatArray:
    """``(rows, cols) float32`` distance of the region's cells to its rim or to the map's edge [m]; 0 outside."""
    away = distance_cells(np.pad(asked.region, 1))[1:-1, 1:-1]
    away *= asked.grid.cell_size_m
    return np.asarray(away, dtype=np.float32)


def check_visible(asked: Asked, cells: int, count: int) -> None:
    """Refuse islands too small to be seen.

    Raises
    ------
    BuildError
        The land is too little for that many.
    """
    most = int(cells / (LEAST_SHARE * asked.region.sum()))
    if count > most and count > 1:
        raise BuildError(
            f"{count} islands on {cells / asked.region.sum():.1%} of land would be specks: at most {most} are visible; "
            f"raise land_fraction to {LEAST_SHARE * count * 1.05:.2f} or ask for fewer"
        )


def size_shares(asked: Asked, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Sizes of the islands as shares of the land, largest first: mixed in an archipelago, alike otherwise."""
    pattern, land = asked.pattern, asked.share
    if asked.sizes != "natural" and count > 1:
        shares = weights(asked.sizes, count, rng)
        least = min(1.1 * LEAST_SHARE / land, 0.9 / count)
        return np.asarray(np.maximum(shares, least) / np.maximum(shares, least).sum())
    spread = 1.0 if pattern == "archipelago" else 0.3
    sizes = np.sort(np.exp(spread * rng.normal(size=count).clip(-1.6, 1.6)))[::-1]
    shares = sizes / sizes.sum()
    floor = max((0.22 if pattern == "archipelago" else 0.4) / count, min(1.3 * LEAST_SHARE / land, 0.9 / count))
    return np.asarray(floor + shares * (1 - floor * count))


def check_sizes(asked: Asked, counts: NDArray[np.int32]) -> None:
    """Refuse islands that do not differ as they were asked to.

    Raises
    ------
    BuildError
        The waters are too tight, or the land too little, for islands of such sizes.
    """
    if not differ(counts, asked.sizes):
        told = "different sizes" if asked.sizes == "mixed" else "which one is large"
        raise BuildError(
            f"{len(counts)} islands of {told} do not fit on {asked.land_fraction:.0%} of land; "
            "change land_fraction or ask for fewer"
        )


def island_shapes(asked: Asked, seed: int) -> list[Shape] | None:
    """Return where islands of the asked outline lie, or None where they do not fit."""
    rng = np.random.Generator(np.random.PCG64(seed))
    frame = asked.frame or asked
    radii = np.sqrt(size_shares(asked, asked.islands, rng) * asked.share / np.pi) * asked.span_m
    typical = float(np.sqrt((radii**2).mean()))
    free = border_m(frame) - np.float32(0.012 * asked.span_m + 0.07 * typical + 1.5 * frame.grid.cell_size_m)
    return placed(frame.grid, free, radii, asked.outline, asked.axis, 0.3 * typical, rng, asked.stretch)


def fitted(asked: Asked, seed: int) -> Asked:
    """Return what is asked with a share of land that shapes of its outline fit on.

    Raises
    ------
    BuildError
        The share was asked for and is too much.
    """
    fits = asked
    while island_shapes(fits, seed) is None:
        fits = replace(fits, land_fraction=round(0.93 * fits.land_fraction, 3))
        if fits.land_fraction < LEAST_SHARE * asked.islands:
            raise BuildError(f"no {asked.outline} island fits into the region; widen it or ask for fewer islands")
    if fits is not asked and not asked.yielding:
        many = asked.islands > 1
        what = f"{asked.islands} {asked.outline} islands do" if many else f"one {asked.outline} island does"
        raise BuildError(
            f"{what} not fit on {asked.land_fraction:.0%} of land; a land_fraction of up to {fits.land_fraction:g} does"
        )
    return fits


def spread_out(asked: Asked, rng: np.random.Generator, radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Place the centres so that the straits between islands, and to the rim, are about equally wide."""
    tries = 320 + 30 * len(radii)
    points = rng.uniform(0, 1, (tries, 2)) * np.array(asked.grid.extent_m)
    room = asked.grid.sample(border_m(asked), points).astype(np.float64)
    whim = rng.uniform(0, 0.01 * asked.span_m / np.sqrt(len(radii)), tries)
    straits = np.full((len(radii), tries), np.inf)  # from each island's shore to every candidate
    chosen = np.zeros(len(radii), dtype=np.intp)
    for _ in range(6):
        for i, radius in enumerate(radii):
            straits[i] = np.inf
            gap = np.minimum(room, straits.min(axis=0)) - radius
            # Any place with room enough will do: perfection would pack them like a lattice.
            chosen[i] = int(np.argmax(np.minimum(gap, 0.06 * asked.span_m) + whim))
            straits[i] = np.hypot(*(points - points[chosen[i]]).T) - radius
    return np.asarray(points[chosen])


def lobes(discs: FloatArray, rng: np.random.Generator, parts: int) -> FloatArray:
    """``(n, parts, 6)`` ellipses off each island's centre that melt into a lobed shape of about its area."""
    n = len(discs)
    turn = rng.uniform(0, 2 * np.pi, (n, 1)) + np.arange(parts) * 2.4 + rng.uniform(-0.4, 0.4, (n, parts))
    off = rng.uniform(0.35, 0.75, (n, parts)) * discs[:, 2:3]
    axis = turn + rng.uniform(-0.7, 0.7, (n, parts))
    out = np.empty((n, parts, 6), dtype=np.float32)
    out[..., 0] = discs[:, 0:1] + off * np.cos(turn)
    out[..., 1] = discs[:, 1:2] + off * np.sin(turn)
    out[..., 2], out[..., 3] = np.cos(axis), np.sin(axis)
    out[..., 4] = rng.uniform(1.1, 1.9, (n, parts))
    out[..., 5] = rng.uniform(0.45, 0.8, (n, parts)) * discs[:, 2:3]
    return out


def allotted(asked: Asked, room: NDArray[np.intp], wanted: NDArray[np.float64], cells: int) -> NDArray[np.int32]:
    """Cells of each island: as wanted where its waters are wide enough, the rest where there is room."""
    most = np.floor(room * _FULL)
    total = int(asked.region.sum())
    if most.sum() < cells:
        raise BuildError(
            f"pattern '{asked.pattern}' can cover at most {most.sum() / total:.0%} of this region, not "
            f"{cells / total:.0%}; lower land_fraction or choose another pattern"
        )
    if len(room) > 1 and (most < LEAST_SHARE * total).any():
        fit = int((most >= LEAST_SHARE * total).sum())
        raise BuildError(f"{len(room)} islands do not fit into the region: at most {fit} do; ask for fewer")
    got = np.minimum(wanted, most)
    for _ in range(60):
        short = cells - got.sum()
        if short < 1:
            break
        free = most - got
        got = np.minimum(got + short * free / free.sum(), most)
    whole = np.floor(got).astype(np.int32)
    for i in np.argsort(-(most - whole))[: cells - int(whole.sum())]:
        whole[i] += 1
    whole[int(np.argmax(most - whole))] += cells - int(whole.sum())
    return np.asarray(whole, dtype=np.int32)
