"""Metrics of crossings, ends and walls on small worlds drawn by hand."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step


def world_of(*steps, extent=512.0, cells=192, seed=2):
    """A small world of these steps on gentle ground."""
    told = (("terrain_noise", {}), ("climate", {}), *steps)
    made = tuple(Step(id=f"s{k}", generator=name, params=params) for k, (name, params) in enumerate(told))
    recipe = Recipe(name="t", seed=seed, extent_m=(extent, extent), resolution=cells, steps=made)
    return build(recipe)


def value(world, metric, **arguments):
    return measure(world, check_of(metric, 1, arguments=arguments))


@pytest.mark.parametrize(("arms", "met"), [(4, 4), (3, 3), (0, 2)])
def test_arms_of_a_crossing(arms, met):
    assert value(world_of(("roads", {"arms": arms}), extent=1024.0), "arms", feature="road") == met


def test_a_wall_encloses_and_its_absence_does_not():
    walled = world_of(("settlement", {"kind": "village", "houses": 12, "walls": 1}))
    open_ = world_of(("settlement", {"kind": "village", "houses": 12}))
    assert value(walled, "enclosed", feature="village") == 1
    assert value(open_, "enclosed", feature="village") == 0


def test_sides_of_gates():
    town = world_of(("settlement", {"kind": "village", "houses": 20, "walls": 1, "gates": 1}))
    assert value(town, "sides_held", feature="gate", of="village") == 0.25
    assert value(town, "opposed", feature="gate", of="village") is None
    sides = [value(town, "facing", feature="gate", of="village", side=s) for s in ("north", "east", "south", "west")]
    assert sorted(sides) == [0, 0, 0, 1]


def test_a_cliff_drops_as_far_as_told():
    world = world_of(("cliffs", {"height_m": 40, "along": "line"}), extent=1024.0)
    assert value(world, "drop", feature="cliff") == pytest.approx(40, rel=0.25)
    top, foot = world["cliff_top"] > 0, world["cliff_foot"] > 0
    assert not (top & foot).any()
    assert world["height"][top].mean() - world["height"][foot].mean() > 20


def test_crests_lie_across_the_wind():
    world = world_of(("dunes", {"wind_deg": 90}))
    assert value(world, "grain", feature="dune", along="east-west") > 0.3
    assert value(world, "grain", feature="dune", along="north-south") < -0.3


def test_passages_of_a_maze():
    steps = (Step(id="m", generator="maze", params={"cells": 9}),)
    world = build(Recipe(name="m", seed=3, extent_m=(30, 30), resolution=128, steps=steps))
    assert value(world, "passages", along="east") == 9
    assert value(world, "passages", along="north") == 9


def test_landmarks_are_exact_and_stand_on_level_ground():
    world = world_of(("landmarks", {"kind": "temple", "count": 3}))
    placed = world.instances["prop"]
    assert len(placed) == 3
    assert np.abs(world.grid.sample(world["height"], placed.placement) - placed.placement[:, 2]).max() < 0.25
    assert (world["building"] > 0).any()


def test_ends_of_a_road_near_settlements():
    world = world_of(("settlement", {"kind": "hamlet", "count": 2}), ("roads", {"count": 1}), extent=1024.0)
    assert value(world, "ends_near", feature="road", to="hamlet", reach_m=60.0) == 1
    assert value(world, "ends_near", feature="road", to="lake", reach_m=60.0) == 0
