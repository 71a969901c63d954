"""Worlds made by hand for the tests of exports: one that no mirror or turn leaves alike, and a vault of two rooms."""

import numpy as np

from pcgstudio.build import complete
from pcgstudio.world import BIOMES, CELLS, ROLES, Grid, Instances, Layer, Path, World

from .worlds import box, scatter

EAST, NORTH = 256.0, 192.0


def lopsided(rows=96, cols=128, trees=60):
    """Ground that rises to the east, a sharp hill in the north-east, a pit in the south-west, snow in the north-west.

    256 x 192 m; a road runs along the south, a house with its long side to the north-east stands in the middle.
    """
    grid = Grid(rows, cols, EAST / cols)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    height = 0.05 * x + 80 * np.exp(-((x - 220) ** 2 + (y - 160) ** 2) / 900)
    height -= 12 * np.exp(-((x - 30) ** 2 + (y - 30) ** 2) / 400)
    biome = np.full(grid.shape, BIOMES.index("grassland"))
    biome[(x < 80) & (y > 130)] = BIOMES.index("snow")
    biome[(x > 200) & (y < 50)] = BIOMES.index("desert")
    road = (np.abs(y - 20) < 3).astype(np.uint8)
    height = height.astype(np.float32)
    layers = {
        "height": Layer(height, "m"),
        "biome": Layer.named(biome, BIOMES),
        "road": Layer.mask(road),
        "building": Layer.mask((np.abs(x - 128) < 8) & (np.abs(y - 96) < 8)),
    }
    house = np.array([[128, 96, float(grid.sample(height, np.array([[128, 96]]))[0]), 45, 1]], dtype=np.float32)
    instances = {
        "tree": scatter(trees, ("conifer", "palm"), grid, height),
        "building": Instances(house, np.zeros(1, np.int32), np.array([[12, 6, 7]], np.float32), ("house",)),
    }
    line = np.array([[0, 20, 1], [128, 20, 6], [256, 20, 12]], dtype=np.float32)
    paths = (Path("road", line, np.full(3, 6, np.float32)),)
    return complete(World(grid, layers, instances, (), paths))


def vault():
    """Two rooms of 8 x 6 and 4 x 4 m beside each other, joined by a corridor with a door at either end; 32 x 24 m.

    Squares of 2 m on a grid of 0.5 m; the entrance in the west room, a chest in the east room, a lamp in each.
    """
    floor, corridor, door, wall = (CELLS.index(n) for n in ("floor", "corridor", "door", "wall"))
    small = np.full((12, 16), CELLS.index("none"))
    small[3:8, 1:7] = wall
    small[4:7, 2:6] = floor
    small[3:7, 9:13] = wall
    small[4:6, 10:12] = floor
    small[4:7, 7:9] = wall
    small[5, 7:9] = corridor
    small[5, 6] = small[5, 9] = door
    room = np.zeros(small.shape, dtype=np.int32)
    room[4:7, 2:6], room[4:6, 10:12] = 1, 2
    role = np.zeros(small.shape, dtype=np.uint8)
    role[5, 2], role[4, 11] = ROLES.index("entrance"), ROLES.index("treasure")
    grid = Grid(48, 64, 0.5)
    cell, room, role = (np.kron(a, np.ones((4, 4), a.dtype)) for a in (small, room, role))
    layers = {
        "height": Layer(np.zeros(grid.shape, np.float32), "m"),
        "cell": Layer.named(cell, CELLS),
        "room": Layer(room.astype(np.int32), kind="categorical"),
        "role": Layer.named(role, ROLES),
    }
    place = np.array([[8, 13, 1.5, 0, 1], [22, 14, 1.5, 0, 1]], dtype=np.float32)
    small_size = np.array([[0, 0, 0.4]] * 2, dtype=np.float32)
    instances = {
        "light": Instances(place, np.zeros(2, np.int32), small_size, ("lamp",)),
        "prop": Instances(place[1:].copy(), np.zeros(1, np.int32), small_size[1:].copy(), ("chest",)),
    }
    parts = [
        box("floor_a", (4, 10, -0.2), (12, 16, 0.0), "floor"),
        box("floor_b", (20, 12, -0.2), (24, 16, 0), "floor"),
    ]
    for number, (r, c) in enumerate(np.argwhere(small == wall).tolist()):
        low = (2 * c, 24 - 2 * (r + 1), 0)
        parts.append(box(f"wall_{number}", low, (low[0] + 2, low[1] + 2, 2.5)))
    return complete(World(grid, layers, instances, tuple(parts)))
