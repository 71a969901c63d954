"""Small worlds made by hand, without a generator, for the tests of files."""

import numpy as np

from pcgstudio.build import complete
from pcgstudio.world import BIOMES, WATER_KINDS, Grid, Instances, Layer, MeshPart, Path, World


def scatter(n, names, grid, height, seed=1, height_m=(4.0, 9.0)):
    rng = np.random.default_rng(seed)
    east, north = grid.extent_m
    xy = rng.uniform((0, 0), (east, north), (n, 2)).astype(np.float32)
    z = grid.sample(height, xy)
    yaw = rng.uniform(0, 360, n)
    size = np.zeros((n, 3), dtype=np.float32)
    size[:, 2] = rng.uniform(*height_m, n)
    placement = np.column_stack([xy, z, yaw, np.ones(n)]).astype(np.float32)
    return Instances(placement, rng.integers(0, len(names), n).astype(np.int32), size, tuple(names))


def box(name, low, high, material="wall"):
    (x0, y0, z0), (x1, y1, z1) = low, high
    v = np.array([[x, y, z] for z in (z0, z1) for y in (y0, y1) for x in (x0, x1)], dtype=np.float32)
    f = [[0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4],
         [2, 6, 7], [2, 7, 3], [0, 4, 6], [0, 6, 2], [1, 3, 7], [1, 7, 5]]  # fmt: skip
    return MeshPart(name, v, np.array(f, dtype=np.int32), material, watertight=True)


def island(rows=48, cols=64, cell=4.0, trees=120):
    """An island with a crater-like lake at 20 m, a river one cell wide running east, trees, rocks, a tower, a lamp."""
    grid = Grid(rows, cols, cell)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    east, north = grid.extent_m
    away = np.hypot((x - east / 2) / (east / 2), (y - north / 2) / (north / 2))
    height = (40 * (0.85 - away)).astype(np.float32)
    kind = np.where(height < 0, 1, 0)
    level = np.where(kind == 1, 0, np.nan).astype(np.float32)
    lake = away < 0.2
    height[lake], kind[lake], level[lake] = 17, 2, 20
    middle = rows // 2
    river = (kind[middle] == 0) & (grid.xs() > east / 2)
    height[middle, river] -= 1.5
    kind[middle, river] = 3
    level[middle, river] = height[middle, river] + 0.8
    biome = np.where(kind == 1, BIOMES.index("ocean"), BIOMES.index("grassland"))
    biome[(kind == 0) & (height < 3)] = BIOMES.index("beach")
    biome[kind > 1] = kind[kind > 1]
    layers = {
        "height": Layer(height, "m"),
        "water_kind": Layer.named(kind, WATER_KINDS),
        "water_level": Layer(level, "m"),
        "biome": Layer.named(biome, BIOMES),
        "room": Layer(np.zeros(grid.shape, np.int32), kind="categorical"),
    }
    instances = {
        "tree": scatter(trees, ("conifer", "palm"), grid, height),
        "rock": scatter(9, ("boulder",), grid, height, seed=2, height_m=(0.5, 2)),
        "prop": scatter(2, ("brazier",), grid, height, seed=3, height_m=(1, 1.2)),
        "light": scatter(2, ("torch",), grid, height, seed=3, height_m=(1, 1.2)),
    }
    parts = (box("tower", (100, 60, 20), (108, 68, 45)),)
    line = np.column_stack([grid.xs()[river], np.full(river.sum(), grid.ys()[middle]), height[middle, river]])
    paths = (Path("river", line.astype(np.float32), np.full(river.sum(), 3, np.float32)),)
    return complete(World(grid, layers, instances, parts, paths))
