"""Each structural check passes a sound world and catches a broken one, and no other check does."""

from dataclasses import replace

import numpy as np
import pytest

from pcgstudio.build import complete
from pcgstudio.structure import CHECKS, structural_checks
from pcgstudio.world import CELLS, WATER_KINDS, Grid, Instances, Layer, MeshPart, Path, World

from .test_interior import drawn
from .worlds import box, island


def dry_island():
    """The island without the things that the dice put into water."""
    made = island()
    wet = {k: made["water_kind"][made.grid.cells_of(i.placement)] > 0 for k, i in made.instances.items()}
    return replace(made, instances={k: i.keep(~wet[k]) for k, i in made.instances.items()})


SOUND = dry_island()


def failed(world):
    return [s.name for s in structural_checks(world) if not s.passed]


def with_layer(name, change, world=SOUND):
    data = np.array(world[name])
    change(data)
    return replace(world, layers={**world.layers, name: replace(world.layers[name], data=data)})


def with_things(kind, change, world=SOUND):
    placement = np.array(world.instances[kind].placement)
    change(placement)
    return replace(world, instances={**world.instances, kind: replace(world.instances[kind], placement=placement)})


def put(where, value):
    def change(data):
        data[where] = value

    return change


def interior(text, roles=None):
    return complete(drawn(text, roles))


LAKE = SOUND.category("water_kind", "lake")
DRY = tuple(np.argwhere(SOUND["water_kind"] == 0)[0])
SEA = SOUND.category("water_kind", "sea")
CLIMB = replace(SOUND.paths[0], points=SOUND.paths[0].points[::-1].copy())
HOLED = replace(box("tower", (100, 60, 20), (108, 68, 45)), faces=SOUND.parts[0].faces[1:])
FLIPPED = replace(SOUND.parts[0], faces=np.concatenate([SOUND.parts[0].faces[:1, ::-1], SOUND.parts[0].faces[1:]]))


def half_of(mask):
    half = mask.copy()
    half[:, : mask.shape[1] // 2] = False
    return half


BROKEN = [
    ("every value is a number", with_layer("slope", put((3, 3), np.nan)), "not a number in slope"),
    ("every value is a number", with_layer("slope", put((3, 3), np.inf)), "slope"),
    ("every value is a number", with_things("light", put((0, 3), np.nan)), "light"),
    ("water has a level above its bed", with_layer("water_level", put(LAKE, np.nan)), "cells are wet without a level"),
    ("water has a level above its bed", with_layer("water_level", put(DRY, 3.0)), "1 cells are wet without a level"),
    ("water has a level above its bed", with_layer("height", put(np.where(SEA), 0.5)), "lie above their water"),
    ("lakes are level", with_layer("water_level", put(half_of(LAKE), 20.5)), "1 lakes are tilted"),
    ("rivers run downhill", replace(SOUND, paths=(CLIMB,)), "1 rivers climb"),
    ("nothing floats, sinks or stands in water",
     with_things("tree", lambda p: p.__setitem__((slice(None), 2), p[:, 2] + 3)), "tree instances float or sink"),
    ("nothing floats, sinks or stands in water", with_things("rock", put((0, 2), -40)), "1 of 6 rock instances"),
    ("every room can be reached", interior("#11+--+22##33#", {1: "entrance"}), "only 67% of the rooms"),
    ("doors lead somewhere", interior("#11+22+#", {1: "entrance"}), "1 doors lead nowhere"),
    ("closed meshes are closed", replace(SOUND, parts=(HOLED,)), "tower"),
    ("closed meshes are closed", replace(SOUND, parts=(FLIPPED,)), "tower"),
]  # fmt: skip


def in_water():
    """A tree whose foot is on the bed of the sea."""
    grid = Grid(4, 4, 10.0)
    height = np.full(grid.shape, -2, np.float32)
    kind = Layer.named(np.ones(grid.shape), WATER_KINDS)
    layers = {"height": Layer(height, "m"), "water_kind": kind, "water_level": Layer(np.zeros(grid.shape, np.float32))}
    place = np.array([[15, 15, -2, 0, 1]], np.float32)
    tree = Instances(place, np.zeros(1, np.int32), np.ones((1, 3), np.float32), ("pine",))
    return complete(World(grid, layers, {"tree": tree}))


BROKEN.append(("nothing floats, sinks or stands in water", in_water(), "tree instances stand in water"))


def road(*heights):
    """A road of 2 m steps over the island's slope, at these heights above the ground."""
    x = 60 + 2 * np.arange(len(heights), dtype=np.float32)
    points = np.stack([x, np.full_like(x, 60), np.zeros_like(x)], axis=1)
    points[:, 2] = SOUND.grid.sample(SOUND["height"], points) + np.array(heights, np.float32)
    return replace(SOUND, paths=(*SOUND.paths, Path("road", points, np.full(len(x), 4, np.float32))))


BROKEN.append(("roads keep their grade", road(0, 0, 3, 0, 0), "1 roads are steeper than 30%"))
BROKEN.append(("roads keep their grade", road(*[9] * 12), "1 roads do not lie on their ground"))


def two_storeys(*stairs):
    """Two rooms above each other, with stairs on the floors that are named."""
    below = interior("#1111#", {})
    layers = dict(below.layers)
    for k, (cell, room) in enumerate((("cell", "room"), ("cell_1", "room_1"))):
        data = layers["cell"].data.copy()
        data[0, 2] = CELLS.index("stairs") if k in stairs else CELLS.index("floor")
        layers = {**layers, cell: replace(below.layers["cell"], data=data), room: below.layers["room"]}
    return replace(below, layers=layers)


BROKEN.append(("stairs join the storeys", two_storeys(0), "no stairs lead to storey 1"))


def test_every_check_has_a_broken_world_here():
    assert {name for name, _, _ in BROKEN} == {name for name, _ in CHECKS}


def sound_worlds():
    flat = complete(World(Grid(4, 4, 1.0)))
    dungeon = interior("#11+--+22+33#", {1: "entrance"})
    open_mesh = replace(SOUND, parts=(replace(HOLED, watertight=False),))
    return {
        "island": SOUND,
        "flat": flat,
        "dungeon": dungeon,
        "a mesh that claims nothing": open_mesh,
        "two storeys": two_storeys(0, 1),
    }


@pytest.mark.parametrize("name", sound_worlds())
def test_a_sound_world_passes_every_check(name):
    assert failed(sound_worlds()[name]) == []


@pytest.mark.parametrize(("check", "world", "told"), BROKEN, ids=[f"{n}: {t}" for n, _, t in BROKEN])
def test_a_broken_world_is_caught_and_told(check, world, told):
    caught = {s.name: s.detail for s in structural_checks(world) if not s.passed}
    assert told in caught.pop(check, "")
    assert not caught, "another check, which is not about this, fails too"


def test_lamps_and_bridges_may_hang():
    up = with_things("light", lambda p: p.__setitem__((slice(None), 2), p[:, 2] + 3))
    assert failed(up) == []


def test_things_on_a_steep_slope_may_stand_off_by_the_slope_but_not_more():
    grid = Grid(6, 6, 10.0)
    height = np.broadcast_to(grid.xs()[None, :], grid.shape).astype(np.float32).copy()
    stands, floats = ([[25, 25, 25 + off, 0, 1]] for off in (9, 12))

    def placed(at):
        tree = Instances(np.array(at, np.float32), np.zeros(1, np.int32), np.ones((1, 3), np.float32), ("pine",))
        return failed(complete(World(grid, {"height": Layer(height, "m")}, {"tree": tree})))

    assert placed(stands) == []
    assert placed(floats) == ["nothing floats, sinks or stands in water"]


def test_two_lakes_may_lie_at_two_levels_and_a_level_river_is_none_that_climbs():
    kind = np.zeros((6, 9), np.uint8)
    kind[1:5, 1:4], kind[1:5, 5:8] = 2, 2
    level = np.where(kind > 0, np.where(np.arange(9) < 4, 5.0, 9.0), np.nan).astype(np.float32)
    layers = {"water_kind": Layer.named(kind, WATER_KINDS), "water_level": Layer(level, "m")}
    path = Path("river", np.array([[0, 0, 3], [5, 5, 3], [9, 9, 2]], np.float32), np.ones(3, np.float32))
    assert failed(complete(World(Grid(6, 9, 1.0), layers, paths=(path,)))) == []


def test_each_finding_is_named_even_where_nothing_is_wrong():
    rows = structural_checks(complete(World(Grid(2, 2, 1.0))))
    assert [r.name for r in rows] == [name for name, _ in CHECKS]
    assert all(r.passed and not r.detail for r in rows)


def test_an_empty_mesh_is_no_broken_one():
    nothing = MeshPart("none", np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), "wall", watertight=True)
    assert "closed meshes are closed" not in failed(replace(SOUND, parts=(nothing,)))
