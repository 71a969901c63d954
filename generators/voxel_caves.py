"""Caves in the hills: passages and chambers of solid rock that open on a hillside, as volumes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, Grid, Layer, MeshPart, Path

from .cave_worms import Ground, Mouth, mouths, worms
from .iso_mesh import surface
from .kernels.voxels import inside_void, shell

MOST_VOXELS = 24_000_000
"""Voxels of one cave, at most; beyond, they are made larger."""
_FINEST_M, _PER_WIDTH = 0.4, 9.0  # voxels are no smaller than this, and about so many span a passage
_ROUGH = 2.0  # how much larger the voxels of a draft are


class VoxelCaves(Params):
    """Parameters of `voxel_caves`."""

    count: int = param(
        1, "Number of caves, exact; each has one mouth.", ge=1, le=40, aspect="count", feature="hillside cave"
    )
    mouth_width_m: float = param(
        14, "Width of the mouth and of the passage behind it.", unit="m", ge=2, le=60, log=True, scales=True,
        aspect="width", feature="hillside cave",
        adjectives={"tiny": 6, "small": 9, "narrow": 9, "": 14, "large": 22, "wide": 22, "big": 22, "huge": 34},
    )  # fmt: skip
    length_m: float = param(
        120, "Length of the main passage.", unit="m", ge=8, le=1500, log=True, scales=True,
        hints="20 a den, 120 a cave to explore, 300 a system",
        adjectives={"short": 45, "shallow": 45, "": 120, "long": 260, "deep": 260},
    )  # fmt: skip
    branches: int = param(1, "Side passages of each cave.", ge=0, le=12, hints="0 one way in, 1-2 usual, 6 a warren")
    chamber_m: float = param(
        28, "Width of the chambers into which passages widen where the rock allows.", unit="m", ge=0, le=120,
        scales=True,
        hints="0 none",
    )  # fmt: skip
    descent: float = param(
        0.08, "How far passages fall, in metres a metre.", ge=-0.3, le=0.6, hints="0 level, 0.08 draining, 0.4 steep"
    )
    roughness: float = param(0.5, "How rough the walls are.", ge=0, le=1, hints="0 drilled, 0.5 natural, 1 torn")


FEATURES = (
    Feature(
        "hillside cave",
        ("hillside cave", "mountain cave", "cave mouth", "cave entrance", "cave opening", "rock shelter", "sea cave"),
        layer="cave_mouth", count_by="ids",
    ),
)  # fmt: skip


@generator(
    family="volumes",
    stage="volume",
    version=2,
    reads=(
        "height",
        "water_kind",
        "road",
        "building",
        "wall",
        "settlement",
        "hole",
        "cave_mouth",
        "hill",
        "mountain",
        "volcano",
        "plateau",
        "cliff",
    ),
    writes=("hole", "cave_mouth"),
    features=FEATURES,
    region="placement",
    source="Lorensen & Cline 1987; Boggus & Crawfis 2009; worms after Perlin 1989",
)
def voxel_caves(inputs: Inputs, params: VoxelCaves, rng: np.random.Generator, tick: Tick) -> Output:
    """Hollow caves out of the hills: each opens on a hillside, winds into the rock and widens into chambers."""
    tick(0.0, "looking for hillsides")
    grid = inputs.grid
    found = mouths(inputs, rng, params.count, params.mouth_width_m, params.length_m)
    if len(found) < params.count:
        told = f"only {len(found)} of {params.count} caves find" if found else "no cave finds"
        raise BuildError(
            f"{told} a dry hillside with enough rock behind it; ask for fewer or smaller ones, or raise higher hills"
        )
    ground = Ground.of(inputs, 2.0)
    before = inputs.get("cave_mouth")
    ids = np.zeros(grid.shape, np.int16) if before is None else before.copy()
    old = inputs.get("hole")
    hole = np.zeros(grid.shape, bool) if old is None else old > 0
    last, parts, paths = int(ids.max(initial=0)), [], []
    for number, mouth in enumerate(found):
        tick(0.1 + 0.9 * number / len(found), "hollowing out the rock")
        seed = int(rng.integers(2**31))
        dice = np.random.Generator(np.random.PCG64(seed))
        lines = worms(
            ground, mouth, dice, width_m=params.mouth_width_m, length_m=params.length_m, branches=params.branches,
            chamber_m=params.chamber_m, descent=params.descent,
        )  # fmt: skip
        parts.append(_rock(inputs, lines, params, seed % 100_003, f"cave_{last + number + 1}"))
        opened = _opening(inputs, lines, params, seed % 100_003, mouth)
        hole |= opened
        ids[_threshold(grid, mouth, params.mouth_width_m) | opened] = last + number + 1
        paths.append(_path(lines))
    return Output(
        layers={"hole": Layer.mask(hole), "cave_mouth": Layer(ids, kind="categorical")},
        parts=tuple(parts),
        paths=tuple(paths),
    )


def _rough_m(params: VoxelCaves) -> float:
    return 0.3 * params.roughness * min(params.mouth_width_m, 12.0) / 2


def _rock(inputs: Inputs, lines: FloatArray, params: VoxelCaves, seed: int, name: str) -> MeshPart:
    """Return the closed shell of rock around the hollow; its rim on the hillside is the mouth."""
    grid, rough = inputs.grid, _rough_m(params)
    thick = max(0.16 * params.mouth_width_m, 1.25 * grid.cell_size_m)
    widest = float(lines[:, [3, 7]].max()) + thick + 2 * rough
    ends = np.concatenate([lines[:, :3], lines[:, 4:7]])
    low, high = ends.min(axis=0) - widest, ends.max(axis=0) + widest
    voxel = max(_FINEST_M, params.mouth_width_m / _PER_WIDTH) * (_ROUGH if grid.draft else 1.0)
    while np.prod((high - low) / voxel) > MOST_VOXELS:
        voxel *= 1.2
    shape = tuple(int(np.ceil(side / voxel)) + 1 for side in high - low)
    xs, ys = low[0] + np.arange(shape[0]) * voxel, low[1] + np.arange(shape[1]) * voxel
    at = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1).reshape(-1, 2)
    height = grid.sample(inputs.height(), at).reshape(shape[:2])
    lip = min(0.12 * params.mouth_width_m, 1.4)
    field = shell(
        lines, low.astype(np.float32), (shape[0], shape[1], shape[2]), voxel, height, rough,
        0.8 * params.mouth_width_m, thick, lip, seed,
    )  # fmt: skip
    vertices, faces = surface(field, low, voxel)
    return MeshPart(name, vertices, faces, "rock", watertight=True)


def _opening(
    inputs: Inputs, lines: FloatArray, params: VoxelCaves, seed: int, mouth: Mouth
) -> NDArray[np.bool_]:  # fmt: skip
    """``(rows, cols)`` cells whose ground lies in the hollow near its mouth; at least the one the mouth lies in."""
    grid, height = inputs.grid, inputs.height()
    reach = 4 * params.mouth_width_m
    xs, ys = grid.xs(), grid.ys()
    rows, cols = np.flatnonzero(np.abs(ys - mouth.y) < reach), np.flatnonzero(np.abs(xs - mouth.x) < reach)
    out = np.zeros(grid.shape, dtype=bool)
    if len(rows) and len(cols):
        r, c = (a.ravel() for a in np.meshgrid(rows, cols, indexing="ij"))
        points = np.stack([xs[c], ys[r], height[r, c]], axis=1).astype(np.float32)
        out[r, c] = inside_void(points, lines, _rough_m(params), 0.8 * params.mouth_width_m, seed)
    ahead = np.array([[mouth.x + 0.4 * params.mouth_width_m * mouth.into[0],
                       mouth.y + 0.4 * params.mouth_width_m * mouth.into[1]]])  # fmt: skip
    out[grid.cells_of(ahead)] = True
    return out


def _threshold(grid: Grid, mouth: Mouth, width_m: float) -> NDArray[np.bool_]:
    """``(rows, cols)`` the ground in front of the mouth, at least a few cells of it."""
    reach = max(0.6 * width_m, 1.2 * grid.cell_size_m)
    return np.asarray(np.hypot(grid.xs()[None, :] - mouth.x, grid.ys()[:, None] - mouth.y) <= reach)


def _path(lines: FloatArray) -> Path:
    """Return the way through the cave along its floor, from the mouth inward; side passages are left out."""
    joined = np.flatnonzero((lines[1:, :3] != lines[:-1, 4:7]).any(axis=1))
    trunk = lines[: int(joined[0]) + 1] if len(joined) else lines
    points = np.concatenate([trunk[:1, [0, 1, 8]], trunk[:, [4, 5, 9]]])
    width = np.concatenate([trunk[:1, 3], trunk[:, 7]]) * 2
    return Path("cave", points.astype(np.float32), width.astype(np.float32))
