"""One recipe, one world: steps that meet each other, as the presets show them."""

from functools import cache

import numpy as np
from scipy import ndimage

from pcgstudio import interior
from pcgstudio.build import build
from pcgstudio.presets import preset_recipe
from pcgstudio.structure import structural_checks

EIGHT = np.ones((3, 3))


@cache
def world(name, cells=320):
    recipe = preset_recipe(name).load()
    made = build(recipe, recipe.grid(cells))
    assert not [s.detail for s in structural_checks(made) if not s.passed]
    return made


def test_a_town_climbs_terraces_beside_a_river_with_a_bridge():
    made = world("terraced-town")
    houses = made.instances["building"]
    assert len(houses) >= 170
    levels, number = np.unique(made["terrace"][made.grid.cells_of(houses.placement)], return_counts=True)
    assert (number[levels >= 0] >= 5).sum() >= 2, "it stands on more than one level"
    river = made["water_kind"] == 3
    away = ndimage.distance_transform_edt(~river) * made.grid.cell_size_m
    assert np.median(away[made.grid.cells_of(houses.placement)]) < 150
    bridges = made.instances["bridge"].placement
    assert len(bridges) >= 1
    assert (away[made.grid.cells_of(bridges)] < 8).all(), "it spans the river"


def test_a_dungeon_lies_under_a_mountain_and_opens_on_its_side():
    made = world("mountain-dungeon")
    inside = made["room"] > 0
    assert len(np.unique(made["room"][inside])) == 9
    assert made["underground"][inside].min() > 5.0, "rock over every room"
    assert (made["mountain"][inside] > 0).mean() > 0.9
    hole = made["hole"] > 0
    assert 4 <= hole.sum() < 200
    walkable = ndimage.binary_dilation(interior.walkable(made), EIGHT)
    parts, _ = ndimage.label(walkable, structure=EIGHT)
    mouth = set(np.unique(parts[hole & walkable])) - {0}
    assert mouth == set(np.unique(parts[inside])), "from the hole one walks to every room"
    floor = made["height"] - made["underground"]
    assert np.ptp(floor[inside]) < 0.05
    ground = made["height"][hole]
    assert (np.abs(ground - floor[inside].mean()) < 6.5).all(), "it comes out at the slope's foot, not above it"
    props = made.instances["prop"]
    assert np.abs(props.placement[:, 2] - floor[inside].mean()).max() < 0.3


def test_a_canyon_cuts_through_a_dune_sea():
    made = world("canyon-in-the-dunes")
    canyon, dune = made["canyon"] > 0, made["dune"] > 0
    assert dune.mean() > 0.4
    river = made["water_kind"] == 3
    assert river.any()
    near = ndimage.binary_dilation(canyon, iterations=3)
    assert near[river].mean() > 0.95, "the river stays in its canyon"
    assert (dune & river).sum() == 0
    sides = ndimage.label(~canyon, structure=EIGHT)[0]
    large = np.bincount(sides[~canyon]) > 0.1 * canyon.size
    assert large.sum() >= 2, "it parts the dune sea in two"


def test_a_road_climbs_to_a_hilltop_within_its_grade():
    made = world("hairpin-road")
    road = max((p for p in made.paths if p.kind == "road"), key=lambda p: len(p.points))
    step = np.diff(road.points, axis=0)
    run = np.hypot(step[:, 0], step[:, 1])
    assert (np.abs(step[:, 2]) <= 0.125 * run + 0.02).all()
    climb = np.ptp(road.points[:, 2])
    assert climb > 60
    assert run.sum() > 1.6 * np.hypot(*(road.points[-1] - road.points[0])[:2]), "not straight up"
    turned = np.abs(np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))).sum()
    assert turned > 2 * np.pi
