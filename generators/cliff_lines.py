"""Where cliffs stand, and their profile: talus at rest below, a bare face above it, level ground behind its edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, distance_transform_edt, label

from pcgstudio.errors import BuildError
from pcgstudio.generator import Inputs
from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid

from .kernels.lattice import ease, smooth, strips
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise, noise_at
from .placement import Site, candidates, crowded, solid

Mask = NDArray[np.bool_]
Doubles = NDArray[np.float64]

_EIGHT = np.ones((3, 3))
_REST = 0.65  # tangent of talus at rest: 33 degrees
_SAMPLES = 2048  # of the line of a scarp


@dataclass(frozen=True)
class Face:
    """What is asked of a cliff: drop, width of the bare face, share of talus, way back inland [m], raggedness."""

    height: float
    run: float
    talus: float
    inland: float
    ragged: float

    @property
    def foot(self) -> float:
        """Width of the talus [m]."""
        return max(self.talus * self.height / _REST, 1e-3)

    def rise(self, inside: FloatArray) -> FloatArray:
        """Share of the drop at signed distances [m] from the foot of the bare face, positive uphill."""
        scree = self.talus * np.clip(1 + inside / np.float32(self.foot), 0, 1) ** np.float32(1.35)
        bare = np.clip(inside / np.float32(self.run), 0, 1)
        return np.asarray(scree + (1 - self.talus) * (0.75 * bare + 0.25 * ease(bare, 0, 1)), dtype=np.float32)

    def back(self, inside: FloatArray) -> FloatArray:
        """Share of it that is left inland."""
        return 1 - ease(inside, self.run + 0.12 * self.inland, self.run + self.inland)


def hugs_coast(inputs: Inputs, site: Site, sea: Mask) -> bool:
    """Whether the region is a strip along the sea."""
    region = solid(inputs.mask)
    if region.all() or not sea.any():
        return False
    away = distance_cells(~sea) * inputs.grid.cell_size_m
    return float(np.median(away[site.open])) < 0.08 * max(inputs.grid.extent_m) if site.open.any() else False


def scarp_rise(site: Site, face: Face, count: int, drops_to: str, rng: np.random.Generator) -> tuple[FloatArray, Mask]:
    """Return the rise of scarps across the region [m], and where their faces are; ``(rows, cols)`` each.

    Raises
    ------
    BuildError
        So many do not fit one behind the other.
    """
    grid = site.grid
    turn = rng.uniform(0, 2 * np.pi)
    low = np.array([np.cos(turn), np.sin(turn)]) if drops_to == "any" else np.array(side_vector(drops_to), dtype=float)
    low /= np.hypot(*low)
    seed = int(rng.integers(2**31))
    x, y = np.meshgrid(grid.xs(), grid.ys())
    uphill = -(x * np.float32(low[0]) + y * np.float32(low[1]))
    along = (y * np.float32(low[0]) - x * np.float32(low[1])).astype(np.float32)
    first, last = float(uphill[site.open].min()), float(uphill[site.open].max())
    step = (last - first) / count
    least = 1.6 * (face.run + face.foot)
    if step < least:
        raise crowded(count, int((last - first) / least), "cliffs")
    behind = Face(face.height, face.run, face.talus, min(face.inland, 1.6 * step), face.ragged)
    swing = face.ragged * min(0.28 * step, 0.12 * max(grid.extent_m))
    fine = fractal_noise(grid, seed=seed, feature_size_m=3.2 * face.run, octaves=4, fractal="ridged")
    rise, mask = np.zeros(grid.shape, np.float32), np.zeros(grid.shape, dtype=bool)
    for i in range(count):
        line = _line(along, swing, seed + 1 + i, grid)
        straight = uphill - np.float32(first + (i + 0.5) * step)
        inside = straight + line
        mask |= _main(_band(inside, face, grid) & site.open)
        for rows in strips(grid.rows):
            notched = inside[rows] + np.float32(face.ragged * 0.9 * face.run) * fine[rows]
            rise[rows] += np.float32(face.height) * behind.rise(notched) * behind.back(straight[rows] - swing)
    rims = site.fade_m[np.isfinite(site.fade_m)]
    reach = 0.7 * float(rims.max()) if rims.size else 1.0  # it runs out toward the region's rim, without a wall
    return rise * site.fade(reach), mask & (site.fade_m > 0.35 * reach)


def _line(along: FloatArray, swing: float, seed: int, grid: Grid) -> FloatArray:
    """``along.shape`` how far the line of a scarp lies off the straight one [m]: bays, headlands, smaller ones."""
    size = max(grid.extent_m)
    at = np.linspace(float(along.min()), float(along.max()), _SAMPLES)
    points = np.column_stack([at, np.zeros_like(at)])
    broad = noise_at(points, seed=seed, feature_size_m=0.3 * size, octaves=5, gain=0.45)
    return np.asarray(np.interp(along, at, 1.7 * swing * broad), dtype=np.float32)


def _band(inside: FloatArray, face: Face, grid: Grid) -> Mask:
    """Where the face and the upper half of the talus are, at least a cell wide."""
    spare = max(0.0, 1.5 * grid.cell_size_m - face.run - 0.5 * face.foot) / 2
    return np.asarray((inside > -0.5 * face.foot - spare) & (inside < face.run + spare))


def _main(mask: Mask) -> Mask:
    """Return the largest part; a cliff cut in two by water keeps the longer piece."""
    parts, found = label(mask, _EIGHT)
    return mask if found < 2 else np.asarray(parts == int(np.bincount(parts.ravel())[1:].argmax()) + 1)


def coast_rise(
    inputs: Inputs, site: Site, sea: Mask, face: Face, count: int | None, share: float, rng: np.random.Generator
) -> tuple[FloatArray, Mask]:
    """Return the rise of cliffs above the sea [m] and where they are: an exact share of the coast.

    Raises
    ------
    BuildError
        The region has no coast, or not enough for so many stretches.
    """
    grid = site.grid
    size = max(grid.extent_m)
    seed = int(rng.integers(2**31))
    front = _front(inputs, site, sea)
    inland = _away(front, grid)
    shore = binary_dilation(front, _EIGHT) & site.open
    score = fractal_noise(grid, seed=seed, feature_size_m=0.3 * size, octaves=2)
    if count is not None:
        score = _stretches(site, inland, count, rng)
    there, strength = _shares(score, shore, share, 0.3 if count is None else 0.08 * size)
    mask = there & site.open & (inland <= max(face.run, 1.2 * grid.cell_size_m))
    whole = solid(inputs.mask) | front
    rims = np.full(grid.shape, np.float32(1)) if whole.all() else _away(~whole, grid)
    taper = ease(rims, 0.0, min(0.05 * size, 0.6 * float(rims.max())))
    rise = _wall(inland, face, grid, seed)
    if hugs_coast(inputs, site, sea):  # the high ground behind may leave the strip, or it were a rampart
        rise = rise * _inland(
            np.where(shore, strength * taper, 0), binary_dilation(front, _EIGHT) & ~front, inland, grid
        )
    else:
        rise = rise * _inland(strength, shore, inland, grid) * taper
    if count is not None:
        mask = _counted(mask, count)
    return np.where(front, 0, rise).astype(np.float32), mask


def _wall(inland: FloatArray, face: Face, grid: Grid, seed: int) -> FloatArray:
    """Rise of a cliff [m] at distances from the water: a wall with hardly any talus, for the waves carry it off."""
    uneven = fractal_noise(grid, seed=seed + 1, feature_size_m=0.2 * max(grid.extent_m), octaves=3)
    fine = fractal_noise(grid, seed=seed + 2, feature_size_m=3.2 * face.run, octaves=4, fractal="ridged")
    wall = Face(face.height, face.run, 0.35 * face.talus, face.inland, face.ragged)
    inside = inland * (1 + np.float32(0.5 * face.ragged) * np.clip(fine, -1, 1)) + np.float32(0.1 * face.run)
    tall = np.float32(face.height) * (1 + np.float32(0.16 * face.ragged) * np.clip(uneven, -1, 1))
    # Where two shores are equally far the plain distance folds, and the fold would cross the country as a crease.
    size = max(grid.extent_m)
    rounded = inland + (smooth(inland, 0.05 * size / grid.cell_size_m) - inland) * ease(inland, 0.0, 0.12 * size)
    return np.asarray(tall * wall.rise(inside) * wall.back(rounded), dtype=np.float32)


def _away(mask: Mask, grid: Grid) -> FloatArray:
    """``(rows, cols) float32`` distance to the rim of a mask [m], 0 in it."""
    return np.asarray(np.maximum(distance_cells(~mask) - 0.5, 0) * grid.cell_size_m, dtype=np.float32)


def _front(inputs: Inputs, site: Site, sea: Mask) -> Mask:
    """Return what the cliffs rise from: the sea, or the strip before a region that begins a little behind the beach."""
    away = _away(sea, site.grid)
    nearest = float(away[site.open].min())
    if nearest <= site.grid.cell_size_m:
        return sea
    if nearest > 0.1 * max(site.grid.extent_m):
        raise BuildError("the region holds no coast for cliffs; widen it or choose another")
    return sea | (~solid(inputs.mask) & (away <= nearest + 1.5 * site.grid.cell_size_m))


def _shares(score: FloatArray, shore: Mask, share: float, soft: float) -> tuple[Mask, FloatArray]:
    """Return the cells that score as high as the best ``share`` of the shore, and how far above that, up to 1."""
    ranked = np.sort(score[shore])[::-1]
    wanted = min(max(1, round(share * len(ranked))), int((ranked > -np.inf).sum()))
    least = ranked[wanted - 1]
    there = score >= least
    if wanted == len(ranked):
        return there, np.ones(score.shape, np.float32)
    return there, ease(np.where(there, score - least, 0).astype(np.float32), 0.0, soft)


def _inland(strength: FloatArray, shore: Mask, inland: FloatArray, grid: Grid) -> FloatArray:
    """Carry what holds on the shore inland, the farther the smoother."""
    rows, cols = distance_transform_edt(~shore, return_distances=False, return_indices=True)
    size = max(grid.extent_m)
    nearest = strength[rows, cols]
    # Headlands throw what holds on a few cells of shore over whole fans of the country behind.
    near, broad = (smooth(nearest, share * size / grid.cell_size_m) for share in (0.012, 0.07))
    return np.asarray(near + (broad - near) * ease(inland, 0.01 * size, 0.14 * size), dtype=np.float32)


def _stretches(site: Site, inland: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """``(rows, cols)`` nearness to one of ``count`` places spread along the coast [m]; -inf halfway between two."""
    grid = site.grid
    size = max(grid.extent_m)
    points, _ = candidates(rng, site)
    near = grid.sample(inland, points)
    on = grid.sample(site.open.astype(np.float32), points) > 0.5
    points = points[on & (near < 0.05 * size) & (near > 0)]
    if len(points) < count:
        raise crowded(count, len(points), "stretches of cliff")
    chosen = [int(rng.integers(len(points)))]
    gap = np.hypot(*(points - points[chosen[0]]).T)
    while len(chosen) < count:
        chosen.append(int(gap.argmax()))
        if gap[chosen[-1]] < 0.12 * size:
            raise crowded(count, len(chosen) - 1, "stretches of cliff")
        gap = np.minimum(gap, np.hypot(*(points - points[chosen[-1]]).T))
    x, y = np.meshgrid(grid.xs(), grid.ys())
    away = np.sort(np.stack([np.hypot(x - px, y - py) for px, py in points[chosen]]), axis=0)
    apart = away[1] - away[0] if count > 1 else np.full(grid.shape, np.inf)
    return np.where(apart > 0.05 * size, -away[0], -np.inf).astype(np.float32)


def _counted(mask: Mask, count: int) -> Mask:
    """Return the ``count`` largest parts."""
    parts, found = label(mask, _EIGHT)
    if found < count:
        raise crowded(count, found, "stretches of cliff")
    keep = np.argsort(-np.bincount(parts.ravel())[1:], kind="stable")[:count] + 1
    return np.isin(parts, keep)
