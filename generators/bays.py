"""Bays and fjords: arms of the sea cut into a coast, as many as asked, the land still exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_erosion, distance_transform_edt, gaussian_filter, label

from pcgstudio.errors import BuildError
from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid

from .island_plan import Asked, Mask, border_m
from .kernels.lattice import resample
from .kernels.nearness import distance_cells, nearest_cells
from .kernels.noise import fractal_noise

Doubles = NDArray[np.float64]
BayShape = Literal["bay", "fjord"]
_EIGHT = np.ones((3, 3), dtype=bool)
_LATTICE = 128  # cells of the lattice on which places are chosen
_WIDTH = {"bay": 0.62, "fjord": 0.19}  # of a disc as large as an island: width of the mouth against its radius
_DEPTH = {"bay": 0.75, "fjord": 4.0}  # length inland against that width
_SHRINK = 0.85
_SHRINKS = 9
_TRIES = 12
_CANDIDATES = 500


@dataclass(frozen=True)
class Bay:
    """An arm of the sea: the middle of its mouth x, y [m], the direction inland, width and length [m], its bend."""

    shape: BayShape
    x: float
    y: float
    inland: tuple[float, float]
    width: float
    depth: float
    bend: float

    def water(self, x: FloatArray, y: FloatArray) -> Mask:
        """Whether points [m] lie in it."""
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        t = (dx * np.float32(self.inland[0]) + dy * np.float32(self.inland[1])) / np.float32(self.depth)
        q = dy * np.float32(self.inland[0]) - dx * np.float32(self.inland[1])
        if self.shape == "fjord":
            q = q - np.float32(0.6 * self.width * self.bend) * np.sin(np.float32(2.2 * np.pi) * np.clip(t, 0, 1)) * t
            half = np.float32(0.5 * self.width) * (1 - 0.5 * np.clip(t, 0, 1)) * np.sqrt(np.clip(8 * (1 - t), 0, 1))
        else:
            half = np.float32(0.5 * self.width) * np.sqrt(np.clip(1 - np.maximum(t, 0) ** 2, 0, 1))
        mouth = np.float32(0.5 * self.width / self.depth)
        return np.asarray((t > -mouth) & (t < 1) & (np.abs(q) < half))

    def roads(self, x: FloatArray, y: FloatArray) -> Mask:
        """Whether points [m] lie before its mouth, where ships come in."""
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        t = dx * np.float32(self.inland[0]) + dy * np.float32(self.inland[1])
        q = dy * np.float32(self.inland[0]) - dx * np.float32(self.inland[1])
        wide = np.float32(0.7 * self.width) + np.float32(0.25) * np.abs(t)
        return np.asarray((t < 0.2 * self.depth) & (t > -4 * self.width) & (np.abs(q) < wide))

    def along(self, share: float) -> Doubles:
        """``(2,)`` a place on its middle line [m], 0 at the mouth and 1 at its end."""
        return np.array([self.x, self.y]) + np.array(self.inland) * share * self.depth


def cut(
    asked: Asked, land: Mask, count: int, shape: BayShape, side: str, width_m: float | None, seed: int
) -> tuple[Mask, NDArray[np.int16]]:
    """Cut bays into the land, and give it as much back along the open coast.

    Parameters
    ----------
    asked : Asked
        The coast.
    land : ndarray
        ``(rows, cols) bool``.
    count : int
        How many.
    shape : {'bay', 'fjord'}
        Round or long and narrow.
    side : str
        Side of the land to open them on, or ``any``.
    width_m : float, optional
        Width of the mouth at most [m]; None as the land is large.
    seed : int
        What to draw.

    Returns
    -------
    tuple
        ``(rows, cols) bool`` the land, as many cells as before, and ``(rows, cols) int16`` number of the bay from 1.

    Raises
    ------
    BuildError
        The coast has no room for so many.
    """
    grid = asked.grid
    lattice = Grid.over(grid.extent_m, _LATTICE)
    # Smoothed, so that a place that fits at one resolution fits at another.
    rough = gaussian_filter(resample(land.astype(np.float32), lattice.shape), 1.5, mode="nearest") >= 0.5
    found = _placed(lattice, rough, count, shape, side, width_m, seed)
    wobble = [
        fractal_noise(grid, seed=seed + k, feature_size_m=found[0].width, octaves=4, gain=0.45)
        * np.float32(0.14 * found[0].width)
        for k in (1, 2)
    ]
    x, y = grid.xs()[None, :] + wobble[0], grid.ys()[:, None] + wobble[1]
    number = np.zeros(grid.shape, np.int16)
    for k, bay in enumerate(found, 1):
        number[land & bay.water(x, y) & (number == 0)] = k
    left = _whole(land & (number == 0), land)
    number[land & ~left & (number == 0)] = 0
    clear = distance_cells(number == 0) * grid.cell_size_m < 0.3 * found[0].width
    for bay in found:
        clear |= bay.roads(grid.xs()[None, :], grid.ys()[:, None])
    return _given_back(asked, left, clear, int(land.sum())), number


def _whole(left: Mask, before: Mask) -> Mask:
    """Return the land without splinters: as many parts as before, the largest ones."""
    parts, count = label(left, _EIGHT)
    _, wanted = label(before, _EIGHT)
    keep = np.argsort(-np.bincount(parts.ravel())[1:], kind="stable")[:wanted] + 1
    return np.isin(parts, keep) if count > wanted else left


def _given_back(asked: Asked, land: Mask, clear: Mask, cells: int) -> Mask:
    """Let the open coast grow until the land has its cells again; no bay is closed, no strait, no rim reached."""
    cell = asked.grid.cell_size_m
    off, (r, c) = nearest_cells(~land)
    parts, _ = label(land, _EIGHT)
    nearest = parts[r, c]
    divide = np.zeros(land.shape, dtype=bool)
    divide[:-1] |= nearest[:-1] != nearest[1:]
    divide[:, :-1] |= nearest[:, :-1] != nearest[:, 1:]
    rim = border_m(asked) <= max(0.012 * asked.span_m, 1.5 * cell) if asked.insular else ~asked.region
    barred = land | clear | binary_dilation(divide, _EIGHT, iterations=3) | rim | ~asked.region
    dice = fractal_noise(asked.grid, seed=3, feature_size_m=8 * cell, octaves=2)
    worth = np.where(barred, np.inf, off + 0.4 * dice)
    short = cells - int(land.sum())
    for _ in range(_TRIES):
        out = land.copy()
        order = np.argsort(worth, axis=None, kind="stable")[:short]
        if short and not np.isfinite(worth.ravel()[order[-1]]):
            break
        out.ravel()[order] = True
        grown, _ = label(out, _EIGHT)
        loose = out & ~np.isin(grown, np.unique(grown[land]))  # cells that something barred parts from the coast
        loose |= binary_dilation(_ponds(out, land, asked.region), _EIGHT) & out & ~land
        if not loose.any():
            return out
        worth = np.where(loose, np.inf, worth)
    raise BuildError("the land has no room beside its bays; ask for fewer, or for a smaller land_fraction")


def _ponds(land: Mask, before: Mask, region: Mask) -> Mask:
    """Return the water that growing land has cut off from the sea."""
    waters, count = label(region & ~land, _EIGHT)
    _, wanted = label(region & ~before, _EIGHT)
    keep = np.argsort(-np.bincount(waters.ravel())[1:], kind="stable")[:wanted] + 1
    return np.asarray((waters > 0) & ~np.isin(waters, keep)) if count > wanted else np.zeros_like(land)


def _placed(
    grid: Grid, land: Mask, count: int, shape: BayShape, side: str, width_m: float | None, seed: int
) -> list[Bay]:
    """Return bays on a coast, as wide as asked or as it has room for."""
    _, parts = label(land, _EIGHT)
    radius = float(np.sqrt(land.sum() * grid.cell_area_m2 / np.pi / max(parts, 1) ** 0.5))
    radius = min(radius, 0.3 * max(grid.extent_m))
    width = width_m or min(_WIDTH[shape] * radius, 1.9 * np.pi * radius / (2.2 * count))
    most = 0
    for _ in range(_SHRINKS):
        found: list[Bay] = []
        for bay in _options(grid, land, shape, side, width, seed):
            if len(found) == count:
                break
            if all(np.hypot(bay.x - b.x, bay.y - b.y) > 1.5 * width for b in found) and _fits(grid, land, bay, found):
                found.append(bay)
        if len(found) == count:
            return found
        most, width = max(most, len(found)), _SHRINK * width
        if width < 3.5 * grid.cell_size_m:
            break
    told = f"at most {most} fit" if most else "not one fits"
    raise BuildError(f"{count} {shape}s find no room on this coast: {told}; ask for fewer or for more land")


def _options(grid: Grid, land: Mask, shape: BayShape, side: str, width: float, seed: int) -> Iterator[Bay]:
    """Yield bays at every place of the coast, those on the asked side first, otherwise as dice fall."""
    soft = gaussian_filter(land.astype(np.float32), 0.35 * width / grid.cell_size_m, mode="nearest")
    south, east = np.gradient(soft)
    rng = np.random.Generator(np.random.PCG64(seed))
    # Places first, the coast nearest to each then: the same at every resolution.
    tried = rng.uniform(0, 1, (_CANDIDATES, 2)) * np.array(grid.extent_m)
    rim = land & ~binary_erosion(land, _EIGHT, border_value=1)
    r, c = distance_transform_edt(~rim, return_distances=False, return_indices=True)
    at = grid.cells_of(tried)
    rows, cols = r[at], c[at]
    into = np.stack([east[rows, cols], -south[rows, cols]], axis=1).astype(np.float64)
    steep = np.hypot(*into.T)
    into = into / np.maximum(steep, 1e-9)[:, None]
    points = np.stack([grid.xs()[cols], grid.ys()[rows]], axis=1).astype(np.float64)
    luck = np.where(steep > 1e-4, np.arange(_CANDIDATES) / _CANDIDATES, 9.0)
    if side != "any":
        toward = np.array(side_vector(side), dtype=np.float64)
        toward /= np.hypot(*toward)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        reach = np.abs((points - middle) @ toward).max() + 1e-9
        # On the right side first, and looking out to it.
        luck = luck * 0.3 - (points - middle) @ toward / reach + 0.6 * (into @ toward)
    depth = _DEPTH[shape] * width
    for k in np.argsort(luck, kind="stable").tolist():
        bend = float(rng.choice([-1, 1]))
        x, y = points[k].tolist()
        yield Bay(shape, x, y, (float(into[k, 0]), float(into[k, 1])), width, depth, bend)


def _fits(grid: Grid, land: Mask, bay: Bay, others: list[Bay]) -> bool:
    """Whether there is open sea before a bay, land around it and no other bay near."""
    extent = np.array(grid.extent_m)

    def dry(point: Doubles) -> bool:
        inside = bool(((point > 0) & (point < extent)).all())
        return inside and bool(land[grid.cells_of(point[None])][0])

    across = np.array([-bay.inland[1], bay.inland[0]])
    reach = 0.5 * bay.width + 2 * grid.cell_size_m
    around = [bay.along(1) + np.array(bay.inland) * 0.35 * bay.width]
    for share in (0.3, 0.6, 0.9):
        middle = bay.along(share)
        around += [middle + across * reach, middle - across * reach]
    if not all(dry(p) for p in around):
        return False
    before = [np.array([bay.x, bay.y]) - np.array(bay.inland) * k * bay.width for k in (0.3, 0.7)]
    if any(dry(p) or not ((p > 0) & (p < extent)).all() for p in before):
        return False
    wider = replace(bay, width=1.5 * bay.width, depth=bay.depth + 0.4 * bay.width)
    return not any(wider.water(np.array([p[0]], np.float32), np.array([p[1]], np.float32)).any()
                   for other in others for p in (other.along(s) for s in (0.1, 0.4, 0.7, 1.0)))  # fmt: skip
