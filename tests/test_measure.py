"""Every metric on worlds made by hand, with answers known beforehand; no generator takes part."""

from dataclasses import replace

import numpy as np
import pytest

from pcgstudio.brief import Brief, Check
from pcgstudio.build import complete
from pcgstudio.errors import InputError
from pcgstudio.feature import Feature
from pcgstudio.measure import METRICS, assess, check_of, measure
from pcgstudio.region import EVERYWHERE, Compass, Of
from pcgstudio.world import WATER_KINDS, Grid, Instances, Layer, MeshPart, Path, World

from .test_interior import drawn
from .toys import register

GRID = Grid(40, 60, 10.0)  # 400 m from north to south, 600 m from west to east: 24 ha
NORTH, WEST, EAST = (Compass(place=p, depth=0.5) for p in ("north", "west", "east"))

FEATURES = (
    Feature("sea", ("sea",), "water_kind", ("sea",)),
    Feature("lake", ("lake",), "water_kind", ("lake",)),
    Feature("river", ("river",), "water_kind", ("river",)),
    Feature("mountain", ("mountain",), "mountain", count_by="peaks"),
    Feature("crater", ("crater",), "crater"),
    Feature("valley", ("valley",), "valley"),
    Feature("beach", ("beach",), "beach"),
    Feature("forest", ("forest",), "forest"),
    Feature("terrace", ("terrace",), "terrace", count_by="levels"),
    Feature("room", ("room",), "room", count_by="ids"),
    Feature("entrance", ("entrance",), "role", ("entrance",)),
    Feature("boss", ("boss",), "role", ("boss",)),
    Feature("treasure", ("treasure",), "role", ("treasure",)),
    Feature("tree", ("tree",), instances="tree", count_by="instances"),
    Feature("erosion", ("erosion",), "erosion", count_by="none"),
    Feature("dungeon", ("dungeon",), "cell", ("floor", "wall"), count_by="none"),
    Feature("pine", ("pine",), instances="tree", species=("pine",), count_by="instances"),
)


@pytest.fixture(autouse=True)
def features(monkeypatch):
    register(monkeypatch, features=FEATURES)


def box(*corners):
    """Cells of a rectangle: first and last row from the north, first and last column from the west; ends left out."""
    top, bottom, left, right = corners
    mask = np.zeros(GRID.shape, bool)
    mask[top:bottom, left:right] = True
    return mask


def boxes(*many):
    return np.any([box(*b) for b in many], axis=0)


def two_storeys():
    one = drawn("#11#")
    return World(one.grid, {**one.layers, "cell_1": one.layers["cell"], "room_1": one.layers["room"]})


def world(height=0.0, masks=None, water=None, level=0.0, layers=None, trees=(), paths=()):
    """A world with masks by layer, water by kind, trees at (x, y, species); its lowest ground is 0 m without a sea."""
    kind = np.zeros(GRID.shape, np.uint8)
    for name, mask in (water or {}).items():
        kind[mask] = WATER_KINDS.index(name)
    made = {
        "height": Layer(np.broadcast_to(np.asarray(height, np.float32), GRID.shape).copy(), "m"),
        "water_kind": Layer.named(kind, WATER_KINDS),
        "water_level": Layer(np.where(kind > 0, np.float32(level), np.float32(np.nan)), "m"),
        **{name: Layer.mask(mask) for name, mask in (masks or {}).items()},
        **(layers or {}),
    }
    place = np.zeros((len(trees), 5), np.float32)
    place[:, :2] = [t[:2] for t in trees] or place[:, :2]
    species = np.array([("pine", "oak").index(t[2]) for t in trees], np.int32)
    placed = {"tree": Instances(place, species, np.ones((len(trees), 3), np.float32), ("pine", "oak"))} if trees else {}
    return complete(World(GRID, made, placed, (), tuple(paths)))


def grown(*scales):
    """Trees of these sizes, the first half of them in the west."""
    west = len(scales) // 2
    made = world(trees=[((100 if k < west else 500), 200, "pine") for k in range(len(scales))])
    tree = made.instances["tree"]
    placement = tree.placement.copy()
    placement[:, 4] = scales
    return replace(made, instances={"tree": replace(tree, placement=placement)})


def walled(floor_m, top_m):
    """A room with walls, as meshes."""
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    faces = np.array([[0, 1, 2]], np.int32)
    parts = tuple(
        MeshPart(name, np.column_stack([corners, np.full(4, z, np.float32)]), faces, "wall")
        for name, z in (("floor", floor_m), ("wall_top", top_m))
    )
    made = drawn("#11#")
    return World(made.grid, made.layers, made.instances, parts, made.paths)


def line(kind, *points):
    return Path(kind, np.array([[x, y, 0] for x, y in points], np.float32), np.ones(len(points), np.float32))


def cones(*tops):
    """Cones of slope 1 at (x, y, height) on a plain of 0 m."""
    x, y = np.meshgrid(GRID.xs(), GRID.ys())
    return np.max([np.maximum(h - np.hypot(x - cx, y - cy), 0) for cx, cy, h in tops], axis=0).astype(np.float32)


ROW, COLUMN = np.arange(40)[:, None], np.arange(60)[None, :]
EASTWARD = np.tan(np.radians(20)) * GRID.xs()[None, :]
TWO_LAKES = {"lake": boxes((2, 12, 5, 15), (20, 30, 30, 50)), "sea": box(38, 40, 0, 60)}
SPECKS = {"lake": boxes((2, 12, 5, 15), (35, 36, 50, 53))}
TOUCHING = {"lake": boxes((0, 5, 0, 5), (5, 10, 5, 10))}
TREES = [(15, 15, "pine"), (25, 385, "oak"), (105, 200, "pine"), (405, 200, "pine"), (595, 395, "oak")]
TWO_PEAKS = {"height": cones((155, 205, 120), (455, 205, 100)), "masks": {"mountain": box(5, 35, 0, 60)}}
DRY = box(8, 33, 8, 52)
ISLAND_OF_TWO = world(
    np.where(DRY, 5 + cones((200, 205, 30), (400, 205, 30)), -60),
    {"mountain": cones((200, 205, 30), (400, 205, 30)) > 5}, {"sea": ~DRY},
)  # fmt: skip
"""Two hills of 30 m on an island with deep water around it: neither stands out by the depth of the sea."""
TERRACES = {"terrace": Layer(np.where(COLUMN < 20, -1, (ROW // 10)).astype(np.int16), kind="categorical")}
ROOMS = np.zeros(GRID.shape, np.int32)
ROOMS[0:4, 0:4], ROOMS[10:14, 50:54], ROOMS[20, 20] = 1, 7, 3
ROOMS = {"room": Layer(ROOMS, kind="categorical")}
POND = {"height": np.where(box(2, 12, 5, 15), 12.0, np.where(box(20, 30, 30, 50), 17.0, 0)), "level": 20}
PIT = {"height": np.where(box(10, 20, 10, 30), 30.0, 100.0), "masks": {"crater": box(10, 20, 10, 30)}}
RIVERS = {"water": {"lake": box(15, 25, 25, 35)}}
RUNS = [line("river", (95, 385), (95, 200), (250, 200)), line("river", (500, 15), (500, 300))]
WARM = {"temperature": Layer(np.where(COLUMN < 30, 10, 20) + np.zeros(GRID.shape, np.float32), "°C")}
DAMP = {"moisture": Layer(np.where(COLUMN < 30, 0.2, 0.8) + np.zeros(GRID.shape, np.float32))}
WORN = Layer(np.where(COLUMN < 30, 4.0, 0.0) + np.zeros(GRID.shape, np.float32), "m")
CHECKER = np.where((ROW + COLUMN) % 2, 3.0, -3.0)

JOINED = {"feature": "lake", "by": "river"}
RING = boxes((2, 6, 28, 32), (34, 38, 28, 32), (18, 22, 12, 16), (18, 22, 44, 48))
ENDS = box(15, 25, 0, 10) | box(15, 25, 50, 60)

# metric, world, arguments, region, answer
CHAIN = drawn("#11--22--33#", {1: "entrance", 2: "treasure", 3: "boss"})
IN_WAYS = {"arms", "clearance", "sides_held", "opposed", "facing", "enclosed", "ends_near", "grain", "drop", "passages"}
"""Metrics of towns, roads, dunes and mazes, which have their cases on built worlds in `test_ways`."""

CASES = [
    ("count", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 2),
    ("count", world(water=TWO_LAKES), {"feature": "sea"}, EVERYWHERE, 1),
    ("count", world(water=TWO_LAKES), {"feature": "lake"}, NORTH, 1),
    ("count", world(water=SPECKS), {"feature": "lake"}, EVERYWHERE, 1),
    ("count", world(water=TOUCHING), {"feature": "lake"}, EVERYWHERE, 1),
    ("count", world(), {"feature": "lake"}, EVERYWHERE, 0),
    ("count", world(trees=TREES), {"feature": "tree"}, EVERYWHERE, 5),
    ("count", world(trees=TREES), {"feature": "pine"}, EVERYWHERE, 3),
    ("count", world(trees=TREES), {"feature": "tree"}, WEST, 3),
    ("count", world(), {"feature": "tree"}, EVERYWHERE, 0),
    ("count", world(**TWO_PEAKS), {"feature": "mountain"}, EVERYWHERE, 2),
    ("count", world(**TWO_PEAKS), {"feature": "mountain"}, EAST, 1),
    ("count", ISLAND_OF_TWO, {"feature": "mountain"}, EVERYWHERE, 2),
    ("count", world(), {"feature": "mountain"}, EVERYWHERE, 0),
    ("count", world(layers=TERRACES), {"feature": "terrace"}, EVERYWHERE, 4),
    ("count", world(layers=TERRACES), {"feature": "terrace"}, NORTH, 2),
    ("count", world(layers=ROOMS), {"feature": "room"}, EVERYWHERE, 2),
    ("count", world(layers=ROOMS), {"feature": "room"}, WEST, 1),
    ("share", world(masks={"forest": box(0, 20, 0, 30)}), {"feature": "forest"}, EVERYWHERE, 0.25),
    ("share", world(masks={"forest": box(0, 20, 0, 30)}), {"feature": "forest"}, NORTH, 0.5),
    ("share", world(masks={"forest": box(0, 20, 0, 30)}, water={"sea": box(20, 40, 0, 60)}),
     {"feature": "forest"}, EVERYWHERE, 0.5),
    ("share", world(masks={"forest": box(0, 20, 0, 30)}, water={"sea": box(20, 40, 0, 60)}),
     {"feature": "forest", "of": "map"}, EVERYWHERE, 0.25),
    ("share", world(masks={"forest": box(0, 20, 0, 30), "valley": box(10, 20, 0, 60)}),
     {"feature": "valley", "of": "forest"}, EVERYWHERE, 0.5),
    ("share", world(water={"sea": box(0, 20, 0, 60)}), {"feature": "land", "of": "map"}, EVERYWHERE, 0.5),
    ("share", world(water={"sea": box(0, 20, 0, 60)}), {"feature": "forest"}, NORTH, None),
    ("share_inside", world(masks={"forest": boxes((0, 10, 0, 10), (30, 40, 0, 30))}),
     {"feature": "forest"}, NORTH, 0.25),
    ("share_inside", world(trees=TREES), {"feature": "tree"}, WEST, 0.6),
    ("share_inside", world(trees=TREES), {"feature": "pine"}, WEST, 2 / 3),
    ("share_inside", world(), {"feature": "forest"}, NORTH, None),
    ("parts_inside", world(water=TWO_LAKES), {"feature": "lake"}, NORTH, 0.5),
    ("parts_inside", world(water=TWO_LAKES), {"feature": "lake"}, WEST, 0.5),
    ("parts_inside", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 1),
    ("parts_inside", world(**TWO_PEAKS), {"feature": "mountain"}, WEST, 0.5),
    ("parts_inside", world(), {"feature": "lake"}, NORTH, None),
    ("parts_inside", world(), {"feature": "mountain"}, NORTH, None),
    ("height", world(height=ROW + 0.0), {}, EVERYWHERE, 39),
    ("height", world(height=ROW + 0.0), {}, NORTH, 19),
    ("height", world(height=ROW + 0.0, masks={"mountain": box(5, 11, 0, 9)}), {"feature": "mountain"}, EVERYWHERE, 10),
    ("height", world(height=ROW - 9.0, water={"sea": box(0, 9, 0, 60)}), {}, EVERYWHERE, 30),
    ("height", world(), {"feature": "mountain"}, EVERYWHERE, None),
    ("lowest", world(height=ROW + 5.0), {}, EVERYWHERE, 0),
    ("lowest", world(height=ROW + 0.0, masks={"forest": box(5, 11, 0, 9)}), {"feature": "forest"}, EVERYWHERE, 5),
    ("lowest", world(), {"feature": "forest"}, EVERYWHERE, None),
    ("mean_height", world(height=ROW + 0.0), {}, EVERYWHERE, 19.5),
    ("mean_height", world(height=ROW + 0.0, masks={"forest": box(5, 11, 0, 9)}), {"feature": "forest"}, EVERYWHERE,
     7.5),
    ("mean_height", world(), {"feature": "forest"}, EVERYWHERE, None),
    ("relief", world(height=ROW - 9.0, water={"sea": box(0, 9, 0, 60)}), {}, EVERYWHERE, 30),
    ("relief", world(height=ROW + 0.0), {"feature": "map"}, NORTH, 19),
    ("relief", world(water={"sea": box(0, 40, 0, 60)}), {}, EVERYWHERE, None),
    ("depth", world(water=TWO_LAKES, **POND), {"feature": "lake"}, EVERYWHERE, 8),
    ("depth", world(water=TWO_LAKES, **POND), {"feature": "lake"}, EAST, 3),
    ("depth", world(**PIT), {"feature": "crater"}, EVERYWHERE, 70),
    ("depth", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("width", world(water={"lake": box(2, 12, 5, 25)}), {"feature": "lake"}, EVERYWHERE, 150),
    ("width", world(masks={"valley": box(0, 40, 20, 24)}), {"feature": "valley"}, EVERYWHERE, 40),
    ("width", world(masks={"valley": box(10, 22, 0, 60)}), {"feature": "valley"}, EVERYWHERE, 120),
    ("width", world(masks={"beach": box(10, 13, 0, 60)}), {"feature": "beach"}, EVERYWHERE, 30),
    ("width", world(water={"river": box(20, 21, 0, 60)}), {"feature": "river"}, EVERYWHERE, 10),
    ("width", world(water={"river": box(20, 23, 0, 60)}), {"feature": "river"}, EVERYWHERE, 30),
    ("width", world(water={"river": boxes((20, 22, 0, 60), (24, 28, 0, 60))}), {"feature": "river"}, EVERYWHERE,
     100 / 3),
    ("width", world(water={"river": box(20, 21, 0, 60)},
                    layers={"river_width": Layer(np.where(box(20, 21, 0, 60), np.float32(7), np.float32(0)), "m")}),
     {"feature": "river"}, EVERYWHERE, 7),
    ("width", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("length", world(paths=[line("river", (0, 0), (300, 400)), line("river", (0, 0), (100, 0))]),
     {"feature": "river"}, EVERYWHERE, 500),
    ("length", world(water={"lake": boxes((0, 30, 0, 40), (35, 40, 55, 60))}), {"feature": "lake"}, EVERYWHERE, 500),
    ("length", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("sinuosity", world(paths=[line("river", (0, 0), (300, 0), (300, 400))]), {"feature": "river"}, EVERYWHERE, 1.4),
    ("sinuosity", world(paths=[line("river", (0, 0), (300, 0)), line("river", (0, 0), (0, 50), (0, 0), (0, 100))]),
     {"feature": "river"}, EVERYWHERE, 500 / 400),
    ("bend", world(paths=[line("river", (0, 0), (200, 100), (400, 0))]), {"feature": "river"}, EVERYWHERE, 0.25),
    ("bend", world(), {"feature": "river"}, EVERYWHERE, None),
    ("sinuosity", world(), {"feature": "river"}, EVERYWHERE, None),
    ("size", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 15_000),
    ("size", world(water=TWO_LAKES), {"feature": "lake"}, NORTH, 10_000),
    ("size", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("largest_share", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 2 / 3),
    ("largest_share", world(water=TWO_LAKES), {"feature": "sea"}, EVERYWHERE, 1),
    ("largest_share", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("steepness", world(height=EASTWARD), {}, EVERYWHERE, 20),
    ("steepness", world(height=np.where(COLUMN < 30, 0, EASTWARD - EASTWARD[0, 29])), {},
     Compass(place="west", depth=0.45), 0),
    ("steepness", world(water={"sea": box(0, 40, 0, 60)}), {}, EVERYWHERE, None),
    ("flat_share", world(height=np.where(COLUMN < 30, 0, EASTWARD)), {}, EVERYWHERE, 29 / 60),
    ("flat_share", world(height=EASTWARD), {"below_deg": 21.0}, EVERYWHERE, 1),
    ("flat_share", world(height=EASTWARD), {"below_deg": 19.0}, EVERYWHERE, 0),
    ("flat_share", world(), {"feature": "forest"}, EVERYWHERE, None),
    ("roughness", world(height=CHECKER, masks={"forest": box(5, 35, 5, 55)}), {"feature": "forest"}, EVERYWHERE, 3),
    ("roughness", world(height=EASTWARD, masks={"forest": box(5, 35, 5, 55)}), {"feature": "forest", "over_m": 50},
     EVERYWHERE, 0),
    ("roughness", world(), {"feature": "forest"}, EVERYWHERE, None),
    ("density", world(trees=TREES), {"feature": "tree"}, EVERYWHERE, 5 / 24),
    ("density", world(trees=TREES, water={"lake": box(0, 40, 20, 40)}), {"feature": "pine"}, EVERYWHERE, 3 / 16),
    ("density", world(trees=TREES), {"feature": "tree"}, WEST, 3 / 12),
    ("density", world(), {"feature": "tree"}, EVERYWHERE, 0),
    ("scale", grown(1.0, 2.0, 0.5, 0.5), {"feature": "tree"}, EVERYWHERE, 1),
    ("scale", grown(1.0, 2.0, 0.5, 0.5), {"feature": "pine"}, WEST, 1.5),
    ("scale", world(), {"feature": "tree"}, EVERYWHERE, None),
    ("wear", world(layers={"erosion": WORN}), {"feature": "erosion"}, EVERYWHERE, 2),
    ("wear", world(layers={"erosion": WORN}, water={"sea": box(0, 40, 30, 60)}), {"feature": "erosion"}, EVERYWHERE, 4),
    ("wear", world(), {"feature": "erosion"}, EVERYWHERE, None),
    ("height", walled(3.0, 6.5), {"feature": "dungeon"}, EVERYWHERE, 3.5),
    ("density", world(water={"sea": box(0, 40, 0, 60)}), {"feature": "tree"}, EVERYWHERE, None),
    ("mix", world(trees=TREES), {"feature": "pine", "of": "tree"}, EVERYWHERE, 0.6),
    ("mix", world(trees=TREES), {"feature": "pine", "of": "tree"}, WEST, 2 / 3),
    ("mix", world(), {"feature": "pine", "of": "tree"}, EVERYWHERE, None),
    ("distance", world(water=TWO_LAKES, masks={"forest": box(0, 40, 20, 22)}), {"feature": "forest", "to": "lake"},
     EVERYWHERE, 50),
    ("distance", world(water=TOUCHING, masks={"forest": box(0, 5, 5, 9)}), {"feature": "forest", "to": "lake"},
     EVERYWHERE, 0),
    ("distance", world(water=TWO_LAKES), {"feature": "forest", "to": "lake"}, EVERYWHERE, None),
    ("parts_near", world(water=TWO_LAKES, masks={"forest": boxes((0, 12, 18, 22), (35, 38, 0, 9))}),
     {"feature": "forest", "to": "lake", "distance_m": 60}, EVERYWHERE, 0.5),
    ("parts_near", world(water={"lake": box(36, 40, 0, 6)}, trees=TREES),
     {"feature": "tree", "to": "lake", "distance_m": 150}, EVERYWHERE, 0.2),
    ("parts_near", world(trees=TREES), {"feature": "tree", "to": "lake", "distance_m": 150}, EVERYWHERE, None),
    ("surrounded", world(water={"lake": box(15, 25, 25, 35)},
                         masks={"forest": box(10, 30, 20, 40) & ~box(15, 25, 25, 35)}),
     {"feature": "lake", "by": "forest"}, EVERYWHERE, 1),
    ("surrounded", world(water={"lake": box(15, 25, 25, 35)},
                         masks={"forest": box(0, 20, 0, 60) & ~box(15, 25, 25, 35)}),
     {"feature": "lake", "by": "forest"}, EVERYWHERE, 0.5),
    ("surrounded", world(water={"lake": box(15, 25, 25, 35)}), {"feature": "lake", "by": "forest"}, EVERYWHERE, 0),
    ("surrounded", world(), {"feature": "lake", "by": "forest"}, EVERYWHERE, None),
    ("rimmed", world(water={"lake": box(10, 30, 20, 40)}, masks={"forest": box(10, 14, 20, 40)}),
     {"feature": "lake", "by": "forest", "reach_m": 15}, EVERYWHERE, 28 / 76),
    ("rimmed", world(water={"lake": box(10, 30, 20, 40)}), {"feature": "lake", "by": "forest", "reach_m": 15},
     EVERYWHERE, 0),
    ("both_sides", world(masks={"valley": box(18, 22, 5, 55), "forest": boxes((12, 16, 5, 55), (24, 28, 5, 55))}),
     {"feature": "forest", "of": "valley", "reach_m": 200}, EVERYWHERE, 0.5),
    ("evenness", world(water={"lake": boxes((5, 15, 5, 15), (20, 30, 30, 50))}), {"feature": "lake"}, EVERYWHERE, 0.5),
    ("graded", world(water={"lake": boxes((5, 15, 5, 15), (20, 30, 30, 50))}), {"feature": "lake"}, EVERYWHERE, 2),
    ("graded", world(water={"lake": box(5, 15, 5, 15)}), {"feature": "lake"}, EVERYWHERE, None),
    ("spread", world(masks={"forest": boxes((2, 6, 2, 6), (30, 34, 50, 54))}), {"feature": "forest", "tiles": 2},
     EVERYWHERE, 0.5),
    ("spread", world(), {"feature": "forest"}, EVERYWHERE, 0),
    ("warmer_by", world(layers={"temperature": Layer(np.where(box(0, 20, 0, 60), 2, 12).astype(np.float32), "°C")}), {},
     NORTH, -10),
    ("warmer_by", world(), {}, NORTH, None),
    ("rim_steepness", world(height=np.where(box(10, 30, 20, 40), 50, 0), masks={"mountain": box(10, 30, 20, 40)}),
     {"feature": "mountain"}, EVERYWHERE, np.degrees(np.arctan(50 / 20))),
    ("rim_steepness", world(), {"feature": "mountain"}, EVERYWHERE, None),
    ("spacing", world(water={"lake": boxes((5, 15, 5, 15), (5, 15, 35, 45))}), {"feature": "lake"}, EVERYWHERE, 300),
    ("spacing", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("in_sight", world(masks={"mountain": box(5, 8, 5, 8), "forest": box(5, 8, 50, 53)}),
     {"feature": "mountain", "to": "forest"}, EVERYWHERE, 1),
    ("in_sight", world(height=np.where(box(0, 40, 28, 30), 50, 0),
                       masks={"mountain": box(5, 8, 5, 8), "forest": box(5, 8, 50, 53)}),
     {"feature": "mountain", "to": "forest"}, EVERYWHERE, 0),
    ("ramp", world(height=np.arange(40)[::-1, None], masks={"valley": box(5, 30, 5, 30)}),
     {"feature": "valley", "along": "north"}, EVERYWHERE, 1),
    ("ramp", world(), {"feature": "valley", "along": "north"}, EVERYWHERE, None),
    ("sides_touched", world(water=TWO_LAKES), {"feature": "sea"}, EVERYWHERE, 3),
    ("sides_touched", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 0),
    ("sides_touched", world(water={"sea": ~box(1, 39, 1, 59)}), {"feature": "sea"}, EVERYWHERE, 4),
    ("elongation", world(water={"lake": box(10, 20, 10, 30)}), {"feature": "lake"}, EVERYWHERE, np.sqrt(399 / 99)),
    ("elongation", world(water={"lake": box(10, 20, 10, 20)}), {"feature": "lake"}, EVERYWHERE, 1),
    ("elongation", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("roundness", world(water={"lake": box(10, 11, 10, 11)}), {"feature": "lake"}, EVERYWHERE, 1),
    ("roundness", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("solidity", world(water={"lake": box(10, 20, 10, 20)}), {"feature": "lake"}, EVERYWHERE, 1),
    ("solidity", world(), {"feature": "lake"}, EVERYWHERE, None),
    ("size_ratio", world(water={"lake": boxes((0, 20, 0, 20), (20, 40, 50, 60))}), {"feature": "lake"}, EVERYWHERE, 2),
    ("size_ratio", world(water={"lake": box(0, 20, 0, 20)}), {"feature": "lake"}, EVERYWHERE, None),
    ("stretch", world(water={"lake": box(10, 20, 10, 30)}), {"feature": "lake", "along": "east-west"}, EVERYWHERE, 2),
    ("stretch", world(water={"lake": box(10, 20, 10, 30)}), {"feature": "lake", "along": "north-south"},
     EVERYWHERE, 0.5),
    ("stretch", world(), {"feature": "lake", "along": "north-south"}, EVERYWHERE, None),
    ("gap", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 10 * (np.hypot(9, 16) - 1)),
    ("gap", world(water={"lake": box(0, 20, 0, 20)}), {"feature": "lake"}, EVERYWHERE, None),
    ("highest_inside", world(height=np.eye(40, 60, dtype=np.float32) * np.arange(60)), {}, EAST, 1),
    ("highest_inside", world(height=np.eye(40, 60, dtype=np.float32) * np.arange(60)), {}, NORTH, 0),
    ("highest_inside", world(), {"feature": "lake"}, NORTH, None),
    ("ring_shape", world(water={"lake": RING}), {"feature": "lake"}, EVERYWHERE, 1),
    ("ring_shape", world(water={"lake": RING | box(18, 22, 28, 32)}), {"feature": "lake"}, EVERYWHERE, 0),
    ("ring_shape", world(water={"lake": ENDS}), {"feature": "lake"}, EVERYWHERE, None),
    ("row_shape", world(water={"lake": boxes((18, 22, 5, 9), (18, 22, 25, 29), (18, 22, 50, 54))}), {"feature": "lake"},
     EVERYWHERE, 1000),
    ("row_shape", world(water={"lake": RING}), {"feature": "lake"}, EVERYWHERE, 1),
    ("row_shape", world(water={"lake": box(18, 22, 5, 9)}), {"feature": "lake"}, EVERYWHERE, None),
    ("joined", world(water={"lake": ENDS, "river": box(19, 21, 10, 50)}), JOINED, EVERYWHERE, 1),
    ("joined", world(water={"lake": ENDS, "river": box(19, 21, 10, 40)}), JOINED, EVERYWHERE, 0),
    ("joined", world(), JOINED, EVERYWHERE, None),
    ("surrounded", world(water={"lake": box(15, 25, 25, 35)}, masks={"forest": boxes((0, 2, 0, 60), (38, 40, 0, 60))}),
     {"feature": "lake", "by": "forest", "reach_m": 50}, EVERYWHERE, 0),  # 130 m away: not round it
    ("parts_holding", world(masks={"forest": ENDS}, trees=[(50, 200, "pine"), (60, 200, "pine")]),
     {"feature": "forest", "of": "tree"}, EVERYWHERE, 0.5),
    ("parts_holding", world(masks={"forest": ENDS}, trees=[(50, 200, "pine"), (60, 200, "pine")]),
     {"feature": "forest", "of": "tree", "number": 1}, EVERYWHERE, 0),
    ("parts_holding", world(masks={"forest": ENDS}, water={"lake": box(19, 21, 4, 6)}),
     {"feature": "forest", "of": "lake", "number": 1}, EVERYWHERE, 0.5),
    ("parts_holding", world(), {"feature": "forest", "of": "tree"}, EVERYWHERE, None),
    ("contrast", world(water={"lake": boxes((0, 20, 0, 20), (20, 40, 50, 60))}), {"feature": "lake"}, EVERYWHERE, 2),
    ("contrast", world(water={"lake": box(0, 20, 0, 20)}), {"feature": "lake"}, EVERYWHERE, None),
    ("between_parts", world(water={"lake": box(15, 25, 25, 35)}, masks={"forest": ENDS}),
     {"feature": "lake", "of": "forest"}, EVERYWHERE, 1),
    ("between_parts",
     world(water={"lake": box(32, 38, 25, 35)}, masks={"forest": box(0, 9, 0, 9) | box(0, 9, 20, 29)}),
     {"feature": "lake", "of": "forest"}, EVERYWHERE, 0),
    ("between_parts", world(**RIVERS), {"feature": "lake", "of": "forest"}, EVERYWHERE, None),
    ("between_centres", world(water={"lake": box(15, 25, 25, 35)}, masks={"forest": box(0, 40, 0, 15),
                                                                         "valley": box(0, 40, 45, 60)}),
     {"feature": "lake", "first": "forest", "second": "valley"}, EVERYWHERE, 1),
    ("between_centres", world(water={"lake": box(15, 25, 0, 10)}, masks={"forest": box(0, 40, 20, 30),
                                                                        "valley": box(0, 40, 45, 60)}),
     {"feature": "lake", "first": "forest", "second": "valley"}, EVERYWHERE, 0),
    ("between_centres", world(), {"feature": "lake", "first": "forest", "second": "valley"}, EVERYWHERE, None),
    ("paths_from", world(paths=RUNS, **RIVERS), {"feature": "river"}, NORTH, 0.5),
    ("paths_from", world(paths=RUNS, **RIVERS), {"feature": "river", "end": "mouth"}, NORTH, 1),
    ("paths_from", world(paths=RUNS, **RIVERS), {"feature": "river", "end": "mouth", "to": "lake"}, EVERYWHERE, 0.5),
    ("paths_from", world(paths=RUNS, **RIVERS),
     {"feature": "river", "end": "mouth", "to": "lake", "reach_m": 500}, EVERYWHERE, 1),
    ("paths_from", world(paths=RUNS), {"feature": "river", "end": "mouth", "to": "lake"}, EVERYWHERE, 0),
    ("paths_from", world(), {"feature": "river"}, EVERYWHERE, None),
    ("paths_through", world(paths=RUNS), {"feature": "river"}, EAST, 0.5),
    ("paths_through", world(paths=RUNS), {"feature": "river"}, NORTH, 1),
    ("paths_through", world(), {"feature": "river"}, NORTH, None),
    ("area", world(water=TWO_LAKES), {"feature": "lake"}, EVERYWHERE, 30_000),
    ("area", world(water=TWO_LAKES), {"feature": "lake"}, WEST, 10_000),
    ("ratio", world(trees=TREES), {"feature": "pine", "of": "tree"}, EVERYWHERE, 0.6),
    ("ratio", world(water={"lake": box(0, 10, 0, 10)}, masks={"forest": box(20, 40, 0, 10)}),
     {"feature": "forest", "of": "lake"}, EVERYWHERE, 1),
    ("ratio", world(), {"feature": "pine", "of": "tree"}, EVERYWHERE, None),
    ("rise", world(height=np.where(box(0, 20, 0, 60), 50.0, 20.0), water={"lake": box(0, 5, 0, 5)},
                   masks={"forest": box(30, 40, 0, 60)}), {"feature": "lake", "of": "forest"}, EVERYWHERE, 30),
    ("rise", world(), {"feature": "lake", "of": "forest"}, EVERYWHERE, None),
    ("both_sides", world(paths=[line("river", (5, 200), (595, 200))], trees=[(100, 240, "oak"), (300, 160, "oak")]),
     {"feature": "tree", "of": "river", "reach_m": 60}, EVERYWHERE, 0.5),
    ("both_sides", world(paths=[line("river", (5, 200), (595, 200))], trees=[(100, 240, "oak"), (300, 250, "oak")]),
     {"feature": "tree", "of": "river", "reach_m": 60}, EVERYWHERE, 0),
    ("both_sides", world(trees=TREES), {"feature": "tree", "of": "river", "reach_m": 60}, EVERYWHERE, None),
    ("reaches", world(masks={"valley": box(18, 22, 0, 60)}), {"feature": "valley", "first": "west", "second": "east"},
     EVERYWHERE, 1),
    ("reaches", world(masks={"valley": boxes((18, 22, 0, 20), (18, 22, 40, 60))}),
     {"feature": "valley", "first": "west", "second": "east"}, EVERYWHERE, 0),
    ("reaches", world(masks={"valley": box(18, 22, 0, 30)}, water={"lake": box(18, 22, 33, 40)}),
     {"feature": "valley", "first": "west", "second": "lake", "reach_m": 50}, EVERYWHERE, 1),
    ("reaches", world(), {"feature": "valley", "first": "west"}, EVERYWHERE, None),
    ("trend", world(height=ROW + 0.0, masks={"forest": box(0, 20, 0, 60)}), {"feature": "forest", "along": "height"},
     EVERYWHERE, -1),
    ("trend", world(masks={"forest": box(0, 20, 0, 60)}), {"feature": "forest", "along": "north"}, EVERYWHERE, 1),
    ("trend", world(masks={"forest": box(0, 20, 0, 60)}), {"feature": "forest", "along": "south"}, EVERYWHERE, -1),
    ("trend", world(masks={"forest": box(0, 20, 0, 60)}), {"feature": "forest", "along": "east"}, EVERYWHERE, 0),
    ("trend", world(masks={"forest": boxes((0, 40, 30, 60), (0, 40, 0, 10))}), {"feature": "forest", "along": "west"},
     EVERYWHERE, -0.5),
    ("trend", world(), {"feature": "forest", "along": "north"}, EVERYWHERE, None),
    ("temperature", world(layers=WARM), {}, EVERYWHERE, 15),
    ("temperature", world(layers=WARM), {}, EAST, 20),
    ("temperature", world(layers=WARM, water={"sea": box(0, 40, 0, 30)}), {}, EVERYWHERE, 20),
    ("temperature", world(), {}, EVERYWHERE, None),
    ("moisture", world(layers=DAMP), {}, EVERYWHERE, 0.5),
    ("moisture", world(layers=DAMP, water={"lake": box(0, 40, 0, 30)}), {}, EVERYWHERE, 0.8),
    ("moisture", world(), {}, EVERYWHERE, None),
    ("parted", world(water={"river": box(0, 40, 29, 31)}), {"feature": "river"}, EVERYWHERE, 0.5),
    ("parted", world(water={"river": box(0, 30, 29, 31)}), {"feature": "river"}, EVERYWHERE, 0),
    ("parted", world(), {"feature": "river"}, EVERYWHERE, None),
    ("extent", world(), {}, EVERYWHERE, 600),
    ("extent", world(), {"side": "shorter"}, EVERYWHERE, 400),
    ("extent", world(), {"side": "east"}, EVERYWHERE, 600),
    ("extent", world(), {"side": "north"}, EVERYWHERE, 400),
    ("reachable", drawn("#11+--+22##33#", {1: "entrance"}), {}, EVERYWHERE, 2 / 3),
    ("reachable", drawn("#11+--+22#", {1: "entrance"}), {}, EVERYWHERE, 1),
    ("reachable", world(), {}, EVERYWHERE, None),
    ("dead_ends", drawn("#######\n#11---#\n#11####\n#######"), {}, EVERYWHERE, 1),
    ("dead_ends", drawn("#11--22#"), {}, EVERYWHERE, 0),
    ("dead_ends", world(), {}, EVERYWHERE, None),
    ("closed_rooms", drawn("#11--22--33#"), {}, EVERYWHERE, 2),
    ("room_chain", drawn("#11--22--33#"), {}, EVERYWHERE, 1),
    ("room_chain", drawn("#1#2#3#"), {}, EVERYWHERE, 0),
    ("room_chain", world(), {}, EVERYWHERE, None),
    ("corridor_rooms", drawn("#1#2#3#\n-------\n#4##5##"), {}, EVERYWHERE, 1),
    ("corridor_rooms", drawn("1##2#3#\n##-----\n#4##5##"), {}, EVERYWHERE, 3 / 5),
    ("corridor_rooms", drawn("#1--------#\n" + 7 * "#########-#\n" + "#2--------#"), {}, EVERYWHERE, 0),
    ("corridor_rooms", world(), {}, EVERYWHERE, None),
    ("room_ring", drawn("######\n#1--2#\n#-##-#\n#-##-#\n#3--4#\n######"), {}, EVERYWHERE, 1),
    ("room_ring", drawn("#11--22--33#"), {}, EVERYWHERE, 0),
    ("room_ring", world(), {}, EVERYWHERE, None),
    ("remoteness", drawn("#11--22--33#", {1: "entrance", 3: "boss"}), {"feature": "boss"}, EVERYWHERE, 7 / 8),
    ("remoteness", drawn("#11--22--33#", {1: "entrance"}), {"feature": "boss"}, EVERYWHERE, None),
    ("farthest_room", CHAIN, {"feature": "boss"}, EVERYWHERE, 1),
    ("farthest_room", CHAIN, {"feature": "treasure"}, EVERYWHERE, 0),
    ("only_through", CHAIN, {"feature": "boss", "of": "treasure"}, EVERYWHERE, 1),
    ("only_through", CHAIN, {"feature": "treasure", "of": "boss"}, EVERYWHERE, 0),
    ("rooms_beside", CHAIN, {"feature": "treasure", "of": "boss"}, EVERYWHERE, 1),
    ("rooms_beside", CHAIN, {"feature": "entrance", "of": "boss"}, EVERYWHERE, 0),
    ("rooms_touching", CHAIN, {"feature": "treasure", "of": "boss"}, EVERYWHERE, 1),
    ("rooms_touching", CHAIN, {"feature": "entrance", "of": "boss"}, EVERYWHERE, 0),
    ("rooms_ending", CHAIN, {"feature": "boss"}, EVERYWHERE, 1),
    ("rooms_ending", CHAIN, {"feature": "treasure"}, EVERYWHERE, 0),
    ("locked_off", drawn("#1k1X2#", {1: "entrance", 2: "treasure"}), {"feature": "treasure"}, EVERYWHERE, 1),
    ("locked_off", CHAIN, {"feature": "treasure"}, EVERYWHERE, 0),
    ("closed_rooms", world(), {}, EVERYWHERE, None),
    ("loops", drawn("######\n#11-2#\n#-##-#\n#-##-#\n#----#\n######"), {}, EVERYWHERE, 1),
    ("loops", drawn("#11--22#"), {}, EVERYWHERE, 0),
    ("loops", world(), {}, EVERYWHERE, None),
    ("storeys", two_storeys(), {}, EVERYWHERE, 2),
    ("storeys", drawn("#11#"), {}, EVERYWHERE, 1),
    ("storeys", world(), {}, EVERYWHERE, None),
    ("count", two_storeys(), {"feature": "room"}, EVERYWHERE, 2),
    ("storey_rooms", two_storeys(), {"storey": "ground"}, EVERYWHERE, 1),
    ("storey_rooms", two_storeys(), {"storey": "fewest"}, EVERYWHERE, 1),
    ("storey_rooms", world(), {}, EVERYWHERE, None),
    ("closed_rooms", drawn("#11--22#"), {}, EVERYWHERE, 0),
    ("solvable", drawn("#1k1X2#", {1: "entrance"}), {}, EVERYWHERE, 1),
    ("solvable", drawn("#111X2k#", {1: "entrance"}), {}, EVERYWHERE, 0),
    ("solvable", world(), {}, EVERYWHERE, None),
]  # fmt: skip


def label(case):
    name, _, arguments, region, answer = case
    place = "" if region is EVERYWHERE else f"-{region.place}"
    return f"{name}-{'-'.join(str(v) for v in arguments.values())}{place}-{answer}"


@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_metric_on_a_world_made_by_hand(case):
    name, made, arguments, region, answer = case
    measured = measure(made, Check(metric=name, arguments=arguments, region=region))
    if answer is None:
        assert measured is None
    else:
        assert measured == pytest.approx(answer, rel=1e-4, abs=1e-3)


def test_every_metric_has_a_case_with_an_answer_and_a_sentence_of_text():
    answered = {case[0] for case in CASES if case[4]}
    assert answered | IN_WAYS == set(METRICS), (
        "a metric without a known answer here, or a case of a metric that is gone"
    )
    for one in METRICS.values():
        assert one.text.endswith("."), f"'{one.name}' does not say what it is"


def test_a_region_may_be_another_feature():
    made = world(water={"lake": box(0, 20, 0, 30)}, masks={"forest": box(10, 20, 0, 60)})
    check = Check(metric="share", arguments={"feature": "forest", "of": "map"}, region=Of(feature="lake"))
    assert measure(made, check) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (Check(metric="cuont"), "no metric is called 'cuont'; did you mean 'count'"),
        (Check(metric="count", arguments={"feature": "lak"}), "the feature 'lak'; did you mean 'lake'"),
        (Check(metric="count"), "metric 'count' missing a required argument: 'feature'"),
        (Check(metric="count", arguments={"feature": "lake", "colour": "red"}), "'colour'"),
    ],
)
def test_a_check_that_cannot_be_measured_says_why(check, told):
    with pytest.raises(InputError, match=told):
        measure(world(), check)


def test_what_is_not_there_passes_only_where_absence_was_asked():
    made = world()
    report = assess(
        made,
        Brief(
            checks=(
                Check(metric="depth", arguments={"feature": "lake"}, relation="absent"),
                Check(metric="depth", arguments={"feature": "lake"}, relation="at_least", value=3.0),
                Check(metric="count", arguments={"feature": "lake"}, relation="present"),
            )
        ),
    )
    assert [row.passed for row in report.checks] == [True, False, False]
    assert [row.measured for row in report.checks] == [0, None, 0]
    assert all(s.passed for s in report.structural)
    assert not report.passed


def test_the_tolerance_is_the_larger_of_the_absolute_and_the_relative_one():
    assert METRICS["height"].tolerance(10) == 2
    assert METRICS["height"].tolerance(-200) == pytest.approx(10)
    assert check_of("height", 200.0).tolerance == pytest.approx(10)
    assert check_of("height", 200.0, "at_least").tolerance == 0
    assert check_of("height", 200.0, tolerance=5).tolerance == 5
    assert check_of("height", 200.0).unit == "m"
    assert check_of("count", (2, 4), "between", quote="a few").bounds() == (2, 4)
