"""Where land lies: one field per pattern, cut at exactly the asked share of land."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_fill_holes, binary_opening, distance_transform_edt, label

from pcgstudio.errors import BuildError
from pcgstudio.region import side_vector
from pcgstudio.world import FloatArray, Grid

from .island_plan import (
    Asked,
    allotted,
    border_m,
    check_sizes,
    check_visible,
    fitted,
    island_shapes,
    lobes,
    size_shares,
    spread_out,
)
from .island_shapes import field_of
from .kernels.coast import NEVER, SURELY, divided, grow, island_field
from .kernels.lattice import resample
from .kernels.nearness import distance_cells
from .kernels.noise import fractal_noise

Mask = NDArray[np.bool_]
_NECK = 2.3  # cells of the lattice: half the width of a neck of land that holds
_TRIMS = 4
_WAVES = {"round": 0.6, "oval": 0.6, "long": 0.7, "crescent": 0.7}  # length of bays against an island's radius
_LATTICE = 256  # cells of the lattice on which coasts are drawn before the grid refines them


@dataclass(frozen=True)
class Shore:
    """Where the land is, and which sea is a lagoon; both ``(rows, cols) bool``, inside the region only."""

    land: Mask
    lagoon: Mask


def draw_land(asked: Asked, rng: np.random.Generator) -> Shore:
    """Draw the land of a pattern, the same at every resolution.

    Which places hang together is decided once, on a lattice of fixed metres; the grid only refines the coast.

    Raises
    ------
    BuildError
        The region cannot hold that much land, or so many islands.
    """
    seed = int(rng.integers(2**31))
    lattice = Grid.over(asked.grid.extent_m, _LATTICE)
    share = resample(asked.region.astype(np.float32), lattice.shape)
    rough = replace(asked, grid=lattice, region=share >= 0.5)
    if not rough.region.any():
        rough = asked
    if asked.outline != "natural" and asked.insular:
        fits = fitted(rough, seed)
        asked, rough = replace(asked, land_fraction=fits.land_fraction), fits
    if rough.grid is asked.grid:
        return _draw(asked, seed)
    guide = resample(_inside_m(_draw(rough, seed).land, lattice), asked.grid.shape)
    return _draw(replace(asked, guide=guide, frame=rough), seed)


def _inside_m(land: Mask, grid: Grid) -> FloatArray:
    """``(rows, cols) float32`` signed distance to the coast [m], positive on land."""
    cells = distance_cells(land) - distance_cells(~land)
    return np.asarray(cells * grid.cell_size_m, dtype=np.float32)


def _draw(asked: Asked, seed: int) -> Shore:
    rng = np.random.Generator(np.random.PCG64(seed))
    nowhere = np.zeros(asked.grid.shape, dtype=bool)
    match asked.pattern:
        case "coast":
            return Shore(_coast(asked, seed), nowhere)
        case "peninsula":
            return Shore(_peninsula(asked, rng, seed), nowhere)
        case "lagoon":
            return _lagoon(asked, rng, seed)
        case "inland_sea":
            wet = int(asked.region.sum()) - asked.cells
            guide = None if asked.guide is None else -asked.guide
            return Shore(asked.region & ~_islands(replace(asked, guide=guide), rng, seed, wet, 1), nowhere)
        case _:
            return Shore(_islands(asked, rng, seed, asked.cells, asked.islands), nowhere)


def _islands(asked: Asked, rng: np.random.Generator, seed: int, cells: int, count: int) -> Mask:
    """Draw islands of mixed sizes, spread out, none touching the border or another."""
    check_visible(asked, cells, count)
    rim = border_m(asked)
    draw = _free_islands if asked.outline == "natural" or not asked.insular else _shaped_islands
    field, owner, lead, shares = draw(asked, rng, seed, count)
    typical = float(np.sqrt((shares * asked.share / np.pi).mean())) * asked.span_m
    margin = max(0.012 * asked.span_m, 1.5 * asked.grid.cell_size_m)
    barred = (rim <= margin) | divided(owner) | (lead < 0.16 * typical if count > 1 else False)
    if count > 1:
        barred, owner = _without_pockets(barred, owner, rim <= margin)
    field = np.where(barred, NEVER, field).astype(np.float32)
    counts = allotted(asked, np.bincount(owner[~barred], minlength=count), shares * cells, cells)
    if count > 1:
        check_sizes(asked, counts)
    return _exact(asked, field, owner, counts, barred)


_Drawn = tuple[FloatArray, NDArray[np.int16], FloatArray, NDArray[np.float64]]
"""How far inside an island a cell lies [m], whose it is, by how much [m], and the islands' shares of the land."""


def _free_islands(asked: Asked, rng: np.random.Generator, seed: int, count: int) -> _Drawn:
    """Melt lobes into islands with bays and headlands."""
    shares = size_shares(asked, count, rng)
    radii = np.sqrt(shares * asked.share / np.pi) * asked.span_m
    centres = spread_out(asked.frame or asked, rng, radii)
    discs = np.column_stack([centres, radii]).astype(np.float32)
    blobs = lobes(discs, rng, 5 if asked.pattern == "continent" else 4)
    typical = float(np.sqrt((radii**2).mean()))
    rough = asked.irregularity
    wx, wy = asked.warp(1.1 * typical, (0.05 + 0.33 * rough) * typical, seed)
    field, owner, lead = island_field(asked.grid.xs(), asked.grid.ys(), wx, wy, discs, blobs)
    field += rough * 0.5 * typical * fractal_noise(asked.grid, seed=seed + 7, feature_size_m=typical, octaves=3)
    # The coast bends away from its neighbours and from the rim instead of being cut off by them.
    if count > 1:
        field -= 0.9 * np.maximum(0.3 * typical - lead, 0)
    return field - _rim_fear(asked, border_m(asked), seed), owner, lead, shares


def _shaped_islands(asked: Asked, _rng: np.random.Generator, seed: int, count: int) -> _Drawn:
    """Lay out islands of the asked outline, their coasts only a little uneven."""
    shapes = island_shapes(asked, seed)
    if shapes is None:  # draw_land has seen to it that they fit
        raise BuildError(f"{count} {asked.outline} islands do not fit into the region; lower land_fraction")
    radii = np.array([one.radius for one in shapes])
    typical = float(np.sqrt((radii**2).mean()))
    rough = asked.irregularity
    wx, wy = asked.warp(_WAVES[asked.outline] * typical, (0.02 + 0.07 * rough) * typical, seed)
    east, north = asked.grid.xs()[None, :] + wx, asked.grid.ys()[:, None] + wy
    field, owner, lead = field_of(shapes, east, north)
    return field, owner, lead, radii**2 / (radii**2).sum()


def _without_pockets(barred: Mask, owner: NDArray[np.int16], rim: Mask) -> tuple[Mask, NDArray[np.int16]]:
    """Give back waters kept free of land that a fold of the warp has cut off from the open sea."""
    parts, count = label(barred, np.ones((3, 3)))
    is_open = np.zeros(count + 1, dtype=bool)
    is_open[parts[rim]] = True
    is_open[0] = True
    pocket = ~is_open[parts]
    if not pocket.any():
        return barred, owner
    # What a pocket encloses goes with it, to the island all around.
    pocket = binary_fill_holes(pocket)
    rows, cols = distance_transform_edt(pocket, return_distances=False, return_indices=True)
    return barred & ~pocket, owner[rows, cols]


def _rim_fear(asked: Asked, rim: FloatArray, seed: int) -> FloatArray:
    """``(rows, cols)`` what the field loses near the rim [m]: unevenly, so that no coast runs straight beside it."""
    loose = 0.2 * asked.span_m * float(np.clip(1.35 - 1.35 * asked.share, 0.2, 1))
    uneven = 1 + 0.9 * fractal_noise(asked.grid, seed=seed + 8, feature_size_m=0.22 * asked.span_m, octaves=4)
    return np.asarray(1.6 * np.maximum(loose * uneven - rim, 0), dtype=np.float32)


def _exact(asked: Asked, field: FloatArray, owner: NDArray[np.int16], counts: NDArray[np.int32], outside: Mask) -> Mask:
    if asked.guide is None:
        land, got = _without_necks(field, owner, counts, outside)
    else:
        band = 2.5 * max(max(asked.grid.extent_m) / _LATTICE, asked.grid.cell_size_m)
        lean = np.select([field <= NEVER, asked.guide > band, asked.guide < -band], [0, SURELY, -SURELY / 10], 0)
        land, got = grow((field + lean).astype(np.float32), owner, counts, outside)
    if (got < counts).any():
        reached = got.sum() / asked.region.sum()
        raise BuildError(
            f"pattern '{asked.pattern}' reaches {reached:.0%} in this region; lower land_fraction or widen the region"
        )
    return land


def _without_necks(
    field: FloatArray, owner: NDArray[np.int16], counts: NDArray[np.int32], outside: Mask
) -> tuple[Mask, NDArray[np.int32]]:
    """Grow, leaving out what hangs on by a neck so thin that another resolution would lose it."""
    land, got = grow(field, owner, counts, outside)
    for _ in range(_TRIMS):
        body = binary_opening(land, _disc(_NECK))
        parts, count = label(body)
        sizes = np.bincount(parts[body], minlength=count + 1)
        whose = np.full(count + 1, -1)
        whose[parts[body]] = owner[body]
        mine = (np.where(whose == i, sizes, 0) for i in range(len(counts)))
        main = [int(np.argmax(m)) for m in mine if m.any()]
        loose = land & ~binary_dilation(np.isin(parts, main) & body, _disc(_NECK + 1))
        if loose.sum() < 0.002 * land.sum():
            break
        field = np.where(loose & (field > NEVER), field - SURELY / 10, field).astype(np.float32)
        land, got = grow(field, owner, counts, outside)
    return land, got


def _disc(radius: float) -> Mask:
    reach = np.arange(-int(radius), int(radius) + 1)
    return np.asarray(np.hypot(reach[:, None], reach[None, :]) <= radius)


def _single(asked: Asked, field: FloatArray, barred: Mask, outside: Mask) -> Mask:
    """Cut one mass of land out of a field."""
    field = np.where(barred, NEVER, field).astype(np.float32)
    owner = np.where(asked.region, 0, -1).astype(np.int16)
    return _exact(asked, field, owner, np.array([asked.cells], dtype=np.int32), outside)


def _along(asked: Asked) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return distance from the region's centre toward the sea, across it [m], and the ends ``(2,)`` of the former."""
    east, north = side_vector(asked.sea_side)
    length = float(np.hypot(east, north))
    rows, cols = np.nonzero(asked.region)
    xs, ys = asked.grid.xs(), asked.grid.ys()
    x = (xs - (xs[cols.min()] + xs[cols.max()]) / 2)[None, :]
    y = (ys - (ys[rows.min()] + ys[rows.max()]) / 2)[:, None]
    toward = np.asarray((x * east + y * north) / length, dtype=np.float32)
    across = np.asarray((x * north - y * east) / length, dtype=np.float32)
    ends = np.array([toward[asked.region].min(), toward[asked.region].max()], dtype=np.float32)
    return toward, across, ends


def _coast(asked: Asked, seed: int) -> Mask:
    """Put land on one side and sea on the other, headlands and bays between."""
    toward, _across, ends = _along(asked)
    span, rough = asked.span_m, asked.irregularity
    wx, wy = asked.warp(0.24 * span, (0.01 + 0.09 * rough) * span, seed)
    east, north = side_vector(asked.sea_side)
    field = -(toward + (wx * east + wy * north) / np.float32(np.hypot(east, north)))
    field += rough * 0.5 * span * fractal_noise(asked.grid, seed=seed + 7, feature_size_m=0.42 * span, octaves=3)
    # A thin strip on the far side stays water, however much land is asked for.
    far = asked.region & (toward >= ends[1] - asked.grid.cell_size_m * 0.6)
    return _single(asked, field, ~asked.region | far, far)


def _peninsula(asked: Asked, rng: np.random.Generator, seed: int) -> Mask:
    """Let a tongue of land hang on one side and taper into the sea."""
    toward, across, ends = _along(asked)
    span, rough = asked.span_m, asked.irregularity
    wx, wy = asked.warp(0.25 * span, (0.01 + 0.07 * rough) * span, seed)
    t = (toward + wx - ends[0]) / (ends[1] - ends[0])
    bend = rng.uniform(0.05, 0.13) * rng.choice([-1, 1]) * span * (2.2 if asked.outline == "crescent" else 1)
    axis = bend * np.sin(np.pi * np.clip(t, 0, 1.2) * rng.uniform(1.0, 1.5))
    # Broad at the root, a waist, a head: the outline people draw.
    width = 0.26 - 0.12 * np.clip(t / 0.4, 0, 1) + 0.11 * np.exp(-(((t - 0.62) / 0.17) ** 2)) + 0.12 * np.exp(-t / 0.08)
    if asked.outline == "long":
        width = 0.6 * width
    off = np.hypot(across + wy - axis, np.maximum(t - 0.62, 0) * (ends[1] - ends[0]) * 0.95)
    field = width * span - off
    field += rough * 0.12 * span * fractal_noise(asked.grid, seed=seed + 7, feature_size_m=0.3 * span, octaves=3)
    rim = border_m(asked)
    root = (toward - ends[0] < 0.12 * span) & (np.abs(across) < 0.36 * span)
    field -= np.where(root, 0, 1.3 * np.maximum(0.08 * span - rim, 0))
    barred = (rim <= max(0.012 * span, 1.5 * asked.grid.cell_size_m)) & ~root
    return _single(asked, field, barred | ~asked.region, barred & asked.region)


def _lagoon(asked: Asked, rng: np.random.Generator, seed: int) -> Shore:
    """Lay a broken ring of land around shallow water, open to the sea by one inlet."""
    span, rough = asked.span_m, asked.irregularity
    rim = border_m(asked)
    x0, y0 = _heart(asked, rim)
    wx, wy = asked.warp(0.28 * span, (0.015 + 0.055 * rough) * span, seed)
    x, y = asked.grid.xs()[None, :] - x0 + wx, asked.grid.ys()[:, None] - y0 + wy
    stretch, turn = rng.uniform(1.05, 1.3), rng.uniform(0, np.pi)
    u = np.cos(turn) * x + np.sin(turn) * y
    v = (np.cos(turn) * y - np.sin(turn) * x) * stretch
    radius = np.hypot(u, v)
    ring = 0.74 * float(rim.max())
    mouth = rng.uniform(0, 2 * np.pi)
    away = np.abs(np.angle(np.exp(1j * (np.arctan2(v, u) - mouth))))
    thick = 0.05 * span + 0.015 * span * away
    field = thick - np.abs(radius - ring)
    field += rough * 0.06 * span * fractal_noise(asked.grid, seed=seed + 7, feature_size_m=0.2 * span, octaves=3)
    inlet = (away * radius < 0.03 * span) & (away < 1)
    heart = radius < 0.42 * ring
    sealed = ~asked.region | (rim <= max(0.012 * span, 1.5 * asked.grid.cell_size_m))
    sealed[_cell(asked.grid, x0, y0)] = True
    barred, _ = _without_pockets(sealed | inlet | heart, np.zeros(asked.grid.shape, np.int16), sealed)
    land = _single(asked, field, barred, barred)
    inner, _ = label(asked.region & ~land & (radius < ring))
    return Shore(land, inner == inner[_cell(asked.grid, x0, y0)])


def _heart(asked: Asked, rim: FloatArray) -> tuple[float, float]:
    """Return x, y [m] of the middle of the roomiest places of the region."""
    rows, cols = np.nonzero(rim >= 0.97 * rim.max())
    return float(asked.grid.xs()[cols].mean()), float(asked.grid.ys()[rows].mean())


def _cell(grid: Grid, x: float, y: float) -> tuple[int, int]:
    rows, cols = grid.cells_of(np.array([[x, y]]))
    return int(rows[0]), int(cols[0])
