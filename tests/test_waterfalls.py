"""Waterfalls: as many as asked, the water drops at once there, and is white in the picture."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.ground import painted
from pcgstudio.measure import check_of, measure
from pcgstudio.recipe import Recipe, Step
from pcgstudio.structure import structural_checks

HILLY = (
    Step(id="ground", generator="terrain_noise", params={"amplitude_m": 60.0}),
    Step(id="peaks", generator="mountains"),
)
CLIFF = (
    Step(id="ground", generator="terrain_noise", params={"amplitude_m": 15.0}),
    Step(id="cliff", generator="cliffs", params={"drops_to": "south", "inland_m": 4000.0}),
)


def river(seed=1, resolution=160, before=HILLY, **params):
    steps = (*before, Step(id="river", generator="rivers", params={"width_m": 12.0, **params}))
    return build(Recipe(seed=seed, resolution=resolution, steps=steps))


def drops(world):
    numbers = [k for k in np.unique(world["waterfall"]) if k]
    return [float(np.ptp(world["water_level"][world["waterfall"] == k])) for k in numbers]


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_waterfalls_are_as_many_as_asked_and_fall(seed, number):
    world = river(seed, waterfalls=number)
    assert measure(world, check_of("count", number, arguments={"feature": "waterfall"})) == number
    assert all(drop > 4.0 for drop in drops(world))
    assert not [s.name for s in structural_checks(world) if not s.passed]
    course = next(p for p in world.paths if p.kind == "river").points
    assert (np.diff(course[:, 2]) <= 1e-4).all(), "water runs downhill"


@pytest.mark.parametrize("seed", range(4))
def test_a_river_falls_over_a_cliff_by_itself(seed):
    world = river(seed, before=CLIFF, from_side="north", toward="south")
    assert len(drops(world)) == 1
    assert drops(world)[0] > 25.0
    rows, cols = np.nonzero(world["waterfall"] > 0)
    cliff_rows, cliff_cols = np.nonzero(world["cliff"] > 0)
    away = np.hypot(rows[:, None] - cliff_rows, cols[:, None] - cliff_cols).min() * world.grid.cell_size_m
    assert away < 60.0


def test_on_level_land_no_water_falls():
    flat = (Step(id="ground", generator="terrain_noise", params={"amplitude_m": 3.0}),)
    assert not drops(river(2, before=flat))
    with pytest.raises(BuildError, match="waterfalls need land that falls along the river"):
        river(2, before=flat, waterfalls=3)


def test_falling_water_is_white():
    world = river(1, before=CLIFF, from_side="north", toward="south")
    colour = painted(world, 640).colour
    rows, cols = (np.nonzero(world["waterfall"] > 0)[k] * 4 + 2 for k in (0, 1))
    river_rows, river_cols = (np.nonzero(world.category("water_kind", "river") & (world["waterfall"] == 0))[k] * 4 + 2
                              for k in (0, 1))  # fmt: skip
    assert colour[rows, cols].min(axis=-1).max() > 0.75
    assert np.median(colour[river_rows, river_cols].min(axis=-1)) < 0.6
