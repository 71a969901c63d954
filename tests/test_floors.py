import numpy as np
import pytest
from scipy import ndimage

from pcgstudio import interior, storeys
from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.recipe import Recipe, Step
from pcgstudio.render import render
from pcgstudio.structure import structural_checks


def house(seed=1, ground="rooms", before=None, extent=(80.0, 80.0), resolution=80, more=(), **params):
    steps = (
        Step(id="ground", generator=ground, params=before or {}),
        Step(id="floors", generator="floors", params=params),
        *more,
    )
    recipe = Recipe(seed=seed, extent_m=extent, resolution=resolution, steps=steps)
    return build(recipe, recipe.grid())


@pytest.mark.parametrize("seed", range(6))
def test_storeys_rooms_and_stairs_are_exact_and_all_is_joined(seed):
    rng = np.random.default_rng(seed)
    count, rooms, stairs = int(rng.integers(2, 6)), int(rng.integers(1, 9)), int(rng.integers(1, 3))
    world = house(seed, storeys=count, room_count=rooms, stairs=min(stairs, rooms))
    assert storeys.count(world) == count
    assert storeys.unjoined(world) == ""
    assert all(s.passed for s in structural_checks(world)), [s for s in structural_checks(world) if not s.passed]
    for k in range(1, count):
        cell, room = storeys.names(k)
        assert len(np.unique(world[room])) - 1 == rooms
        both = world.category(cell, "stairs") & world.category(storeys.names(k - 1)[0], "stairs")
        assert ndimage.label(both)[1] == min(stairs, rooms)
    assert interior.reachable(world) == 1


def test_stairs_can_be_taken_away_and_the_check_tells():
    world = house()
    cell = np.where(world.category("cell_1", "stairs"), 3, world["cell_1"])
    from dataclasses import replace

    broken = replace(world, layers={**world.layers, "cell_1": replace(world.layers["cell_1"], data=cell)})
    assert "no stairs lead to storey 1" in storeys.unjoined(broken)


@pytest.mark.parametrize(("direction", "sign"), [("below", -1), ("above", 1)])
def test_storeys_lie_above_each_other(direction, sign):
    world = house(storeys=3, direction=direction, storey_height_m=5)
    floors = [next(p for p in world.parts if p.name == f"floor{storeys.suffix(k)}") for k in range(3)]
    z = [float(p.vertices[:, 2].mean()) for p in floors]
    assert np.diff(z) == pytest.approx([5 * sign] * 2, abs=1e-3)


def test_a_storey_below_a_cave():
    world = house(ground="cave_cells", before={"chambers": 4}, extent=(96.0, 96.0), resolution=96)
    assert storeys.unjoined(world) == ""


def test_every_resolution_has_the_same_storeys():
    low, high = (house(3, resolution=n, storeys=3) for n in (80, 160))
    for name in ("cell", "cell_1", "room_2"):
        assert np.array_equal(np.kron(low[name], np.ones((2, 2), dtype=int)), high[name])


def test_what_cannot_be_built_is_refused():
    with pytest.raises(BuildError, match="do not fit on storey 1"):
        house(room_count=200)
    with pytest.raises(BuildError, match="already"):
        house(more=(Step(id="again", generator="floors"),))
    recipe = Recipe(extent_m=(64, 64), resolution=64, steps=(Step(id="floors", generator="floors"),))
    with pytest.raises(BuildError, match="no ground floor"):
        build(recipe, recipe.grid())


def test_storeys_are_shown_beside_each_other():
    world = house(storeys=2)
    picture = render(world, size=(320, 180))
    paper = picture[2, 2].astype(int)
    drawn = np.abs(picture.astype(int) - paper).sum(axis=2) > 60
    assert drawn[:, :160].any()
    assert drawn[:, 160:].any()
    assert len(storeys.split(world)) == 2


@pytest.mark.parametrize("count", [0, 1, 25])
def test_torches_are_exact_and_hang_on_walls(count):
    steps = (Step(id="rooms", generator="rooms"), Step(id="lights", generator="lights", params={"count": count}))
    for resolution in (128, 256):
        recipe = Recipe(extent_m=(128, 128), resolution=resolution, steps=steps)
        world = build(recipe, recipe.grid())
        torches = world.instances["light"].placement
        assert len(torches) == count
        assert interior.walkable(world)[world.grid.cells_of(torches)].all()
        if count:
            away = ndimage.distance_transform_edt(~world.category("cell", "wall")) * world.grid.cell_size_m
            assert away[world.grid.cells_of(torches)].max() <= 1.0


def test_torches_keep_their_distance_and_too_many_are_refused():
    steps = (Step(id="rooms", generator="rooms"), Step(id="lights", generator="lights", params={"spacing_m": 12}))
    recipe = Recipe(extent_m=(128, 128), resolution=128, steps=steps)
    at = build(recipe, recipe.grid()).instances["light"].placement[:, :2]
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + np.eye(len(at)) * 99
    assert apart.min() >= 12
    many = recipe.model_copy(update={"steps": (steps[0], Step(id="l", generator="lights", params={"count": 5000}))})
    with pytest.raises(BuildError, match="of 5000 torches"):
        build(many, many.grid())
