"""Roads join what they should, keep their grade, and cross water on bridges."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pcgstudio.build import StepCache, build
from pcgstudio.errors import BuildError
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.structure import structural_checks

_CACHE = StepCache(1 << 28)
SIDE_M = 600.0
HILLS = ("terrain_noise", {"amplitude_m": 60.0, "feature_size_m": 300.0})
RIVER = ("rivers", {"width_m": 12.0, "source": "edge"})


def made(*steps, seed=1, cells=150, where=None, cache=_CACHE):
    told = tuple(
        Step(id=f"{n}{k}", generator=n, params=p, **({"where": where} if where and n == "roads" else {}))
        for k, (n, p) in enumerate(steps)
    )
    return build(Recipe(seed=seed, extent_m=(SIDE_M, SIDE_M), resolution=cells, steps=told), cache=cache)


def roads(world):
    return [p for p in world.paths if p.kind == "road"]


def steepest(world):
    grades = [np.abs(np.diff(p.points[:, 2])) / np.hypot(*np.diff(p.points[:, :2], axis=0).T) for p in roads(world)]
    return max(float(g.max()) for g in grades)


def parts(mask):
    return ndimage.label(mask, structure=np.ones((3, 3)))[1]


@cache
def villages(seed):
    return made(HILLS, ("settlement", {"kind": "hamlet", "count": 3}), ("roads", {}), seed=seed)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(1, 200), grade=st.sampled_from([4.0, 8.0, 14.0]))
def test_no_road_is_steeper_than_asked(seed, grade):
    world = made(HILLS, ("roads", {"count": 2, "max_grade_pct": grade}), seed=seed)
    assert steepest(world) <= grade / 100 + 2e-3
    assert all(c.passed for c in structural_checks(world)), [c.detail for c in structural_checks(world) if not c.passed]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(1, 200), count=st.integers(1, 4))
def test_the_number_of_roads_is_exact(seed, count):
    world = made(HILLS, ("roads", {"count": count}), seed=seed)
    assert len(np.unique(world["route"][world["route"] > 0])) == count
    assert parts(world["road"] > 0) == 1, "all roads hang together"


def test_a_gentler_grade_makes_a_longer_road_over_a_ridge():
    lengths = []
    for grade in (3.0, 20.0):
        world = made(("terrain_noise", {"amplitude_m": 160.0, "feature_size_m": 420.0}),
                     ("roads", {"start": "west", "end": "east", "max_grade_pct": grade}), seed=4)  # fmt: skip
        lengths.append(sum(float(np.hypot(*np.diff(p.points[:, :2], axis=0).T).sum()) for p in roads(world)))
    assert lengths[0] > 1.05 * lengths[1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_roads_join_all_settlements(seed):
    world = villages(seed)
    ways = ndimage.label(world["road"] > 0, structure=np.ones((3, 3)))[0]
    towns, count = ndimage.label(world["settlement"] > 0, structure=np.ones((3, 3)))
    assert count == 3
    main = np.bincount(ways[ways > 0]).argmax()
    assert all((ways[towns == k] == main).any() for k in (1, 2, 3))


@pytest.mark.parametrize("side", ["north", "south", "east", "west"])
def test_a_road_from_a_village_reaches_the_side_asked_for(side):
    world = made(HILLS, ("settlement", {"kind": "hamlet"}), ("roads", {"count": 1, "end": side}), seed=3)
    ends = np.concatenate([p.points[[0, -1], :2] for p in roads(world)])
    axis, at = (
        (1, SIDE_M if side == "north" else 0) if side in ("north", "south") else (0, SIDE_M if side == "east" else 0)
    )
    assert np.abs(ends[:, axis] - at).min() < 0.5


def crossing(seed, **more):
    return made(("terrain_noise", {"amplitude_m": 20.0}), RIVER, ("roads", {"count": 1, **more}), seed=seed)


@pytest.mark.parametrize("bridges", [1, 2, 3])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_number_of_bridges_is_exact(bridges, seed):
    world = crossing(seed, bridges=bridges)
    assert len(world.instances["bridge"]) == bridges
    assert all(c.passed for c in structural_checks(world)), [c.detail for c in structural_checks(world) if not c.passed]


@pytest.mark.parametrize("seed", range(1, 7))
def test_bridges_span_the_water_and_stand_above_it(seed):
    world = crossing(seed, crossing=True)
    placed, grid = world.instances["bridge"], world.grid
    assert len(placed) >= 1
    wet = world["water_kind"] > 0
    for (x, y, z, yaw, _), (length, _, height) in zip(placed.placement, placed.size, strict=True):
        ahead = np.array([np.cos(np.radians(yaw)), np.sin(np.radians(yaw))])
        along = np.array([x, y]) + np.linspace(-0.5, 0.5, 41)[:, None] * length * ahead
        under = wet[grid.cells_of(along)]
        assert under.any(), "a bridge over dry land"
        assert not under[[0, -1]].any(), "a bridge ends in the water"
        level = world["water_level"][grid.cells_of(along)][under]
        assert z + 0.8 * height >= level.max() + 1.5
        assert z <= world["height"][grid.cells_of(along)].min() + 0.05, "its feet hang in the air"
    deck = [p for p in roads(world) if wet[grid.cells_of(p.points)].any()]
    assert all((p.points[wet[grid.cells_of(p.points)], 2] > np.nanmin(world["water_level"]) + 1).all() for p in deck)


def test_a_road_over_water_is_always_on_a_bridge():
    world = crossing(3, count=3)
    grid, wet = world.grid, world["water_kind"] > 0
    placed = world.instances["bridge"]
    for p in roads(world):
        for point in p.points[wet[grid.cells_of(p.points)], :2]:
            off = np.hypot(*(placed.placement[:, :2] - point).T)
            assert (off <= placed.size[:, 0] / 2 + 3).any()


def test_a_bridge_where_there_is_no_water_is_refused():
    with pytest.raises(BuildError, match="water"):
        made(HILLS, ("roads", {"bridges": 1}))


def test_water_too_wide_for_a_bridge_is_not_crossed():
    world = made(("landmass", {"pattern": "coast", "land_fraction": 0.6}), ("roads", {"count": 2}), seed=2)
    assert len(world.instances["bridge"]) == 0
    assert not ((world["road"] > 0) & (world["water_kind"] > 0)).any()


def test_roads_cut_and_fill_but_leave_water_and_far_ground_alone():
    before = made(HILLS, RIVER, seed=5)
    after = made(HILLS, RIVER, ("roads", {"count": 2}), seed=5)
    moved = np.abs((after["height"] + after.datum_m) - (before["height"] + before.datum_m)) > 1e-3
    assert moved.any()
    assert np.allclose(
        (after["height"] + after.datum_m - before["height"] - before.datum_m), after["road_cut"], atol=1e-3
    )
    away = ndimage.distance_transform_edt(after["road"] == 0) * after.grid.cell_size_m
    assert away[moved].max() < 30
    assert not (moved & (after["water_kind"] > 0)).any()


def test_roads_stay_in_their_region_when_nothing_outside_calls_them():
    world = made(HILLS, ("roads", {"count": 2}), where=Compass(place="north", depth=0.5), seed=2)
    y = np.concatenate([p.points[:, 1] for p in roads(world)])
    assert (y > 0.45 * SIDE_M).mean() > 0.95


def test_later_roads_use_earlier_ones():
    """A second step for the same ends would lay nothing twice."""
    once = made(HILLS, ("roads", {"start": "west", "end": "east", "count": 1}), seed=6)
    twice = made(HILLS, ("roads", {"count": 1}), ("roads", {"count": 2}), seed=6)
    assert parts(twice["road"] > 0) <= 2
    assert (twice["route"] > 0).sum() < 5 * (once["route"] > 0).sum()


def test_bridges_span_a_canyon_from_rim_to_rim():
    canyon = ("canyon", {"depth_m": 60.0, "width_m": 70.0, "direction_deg": 90.0})
    world = made(canyon, ("roads", {"crossing": True, "gorges": True, "bridge_max_m": 600.0}))
    bridge = world.instances["bridge"]
    assert len(bridge) >= 1
    assert {bridge.names[k] for k in bridge.species} == {"gorge bridge"}
    measured = measure(world, check_of("clearance", 6, "at_least", arguments={"feature": "bridge", "over": "canyon"}))
    assert measured > 30
    assert all(c.passed for c in structural_checks(world)), [c.detail for c in structural_checks(world) if not c.passed]


def test_a_winding_road_winds_more_than_a_plain_one():
    def longer(winding):
        path = roads(made(("roads", {"count": 1, "winding": winding})))[0].points[:, :2]
        return np.hypot(*np.diff(path, axis=0).T).sum() / np.hypot(*(path[-1] - path[0]))

    assert longer(1.0) > longer(0.0) + 0.08


def test_a_road_in_a_strip_along_an_edge_keeps_to_it():
    world = made(HILLS, ("roads", {"count": 1}), where=Compass(place="south", depth=0.3))
    north = world.grid.ys()[np.nonzero(world["route"])[0]] / world.grid.extent_m[1]
    assert (north < 0.36).mean() > 0.8
