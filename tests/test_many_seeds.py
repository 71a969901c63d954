"""Rivers and settlements on real ground, seed after seed: a few by default, hundreds in the long tier."""

import numpy as np
import pytest

from pcgstudio.build import StepCache, build
from pcgstudio.errors import BuildError
from pcgstudio.recipe import Recipe, Step
from pcgstudio.structure import structural_checks
from pcgstudio.world import WATER_KINDS

from .test_settlement import kerbs, overlapping, rectangles

KINDS = ("hamlet", "village", "town", "city")
SIDES = {"hamlet": 400.0, "village": 500.0, "town": 600.0, "city": 900.0}
_CACHE = StepCache(1 << 26)


def made(seed, extent_m, cells, *steps):
    told = tuple(Step(id=f"{k}", generator=n, params=p) for k, (n, p) in enumerate(steps))
    return build(Recipe(seed=seed, extent_m=(extent_m, extent_m), resolution=cells, steps=told), cache=_CACHE)


def rivers_of(seed):
    """A map with rivers, on a coast, an island, or land without a sea, carved or as it was."""
    rng = np.random.default_rng(seed)
    steps = [("terrain_noise", {"amplitude_m": float(rng.uniform(20, 200))})]
    if seed % 3:
        steps.append(("landmass", {"pattern": ("island", "coast")[seed % 2], "land_fraction": 0.6}))
    if seed % 5 == 0:
        steps.append(("hydraulic_erosion", {"iterations": 8}))
    if seed % 4 == 0:
        steps.append(("lakes", {"count": 2}))
    count = int(rng.integers(1, 5))
    steps.append(("rivers", {"count": count, "width_m": float(rng.uniform(4, 20))}))
    return made(seed, 1024.0, 160, *steps), count


def rivers_are_right(seed):
    """None climbs; each ends in water or at the edge; as many as asked. Returns whether the map was refused."""
    try:
        world, count = rivers_of(seed)
    except BuildError:
        return True
    grid, kind = world.grid, world["water_kind"]
    courses = [p for p in world.paths if p.kind == "river"]
    assert len(courses) == count
    for path in courses:
        assert (np.diff(path.points[:, 2]) <= 1e-4).all(), f"seed {seed}: a river climbs"
        row, col = (int(v[0]) for v in grid.cells_of(path.points[-1:]))
        near = kind[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
        edge = min(row, col, grid.rows - 1 - row, grid.cols - 1 - col) == 0
        standing = np.isin(near, [WATER_KINDS.index("sea"), WATER_KINDS.index("lake")]).any()
        assert edge or standing, f"seed {seed}: a river ends on dry land"
        crossed = kind[grid.cells_of(path.points)] > 0
        assert crossed.mean() > 0.99, f"seed {seed}: a river is interrupted"
    sound(world, seed)
    return False


def settlement_of(seed):
    rng, kind = np.random.default_rng(seed), KINDS[seed % 4]
    steps = [("terrain_noise", {"amplitude_m": float(rng.uniform(5, 40))})]
    if seed % 3 == 1:
        steps.append(("landmass", {"pattern": "coast", "land_fraction": 0.75}))
    if seed % 3 == 2:
        steps.append(("rivers", {"width_m": 10.0, "source": "edge"}))
    layout = ("auto", "organic", "grid", "radial")[seed // 4 % 4]
    steps.append(("settlement", {"kind": kind, "layout": layout, "walls": int(kind == "town" and seed % 2)}))
    return made(seed, SIDES[kind], 200, *steps)


def settlement_is_right(seed):
    """No building overlaps another, stands in water or on a street. Returns whether the map was refused."""
    try:
        world = settlement_of(seed)
    except BuildError:
        return True
    assert len(world.instances["building"]) >= 3
    assert overlapping(world) == 0, f"seed {seed}: buildings overlap"
    corners, u, v = rectangles(world)
    assert not world["water_kind"][world.grid.cells_of(corners.reshape(-1, 2))].any(), f"seed {seed}: in the water"
    points, half = kerbs(world)
    middle = corners.mean(axis=1)
    sides = world.instances["building"].size[:, :2] / 2
    for at, along, across, (a, b) in zip(middle, u, v, sides, strict=True):
        away = points - at
        outside = np.hypot(
            np.maximum(np.abs(away @ along) - a, 0), np.maximum(np.abs(away @ across) - b, 0)
        )  # of each point of a street, to the building's walls
        assert (outside >= half - 0.35).all(), f"seed {seed}: a building stands on a street"
    sound(world, seed)
    return False


def sound(world, seed):
    failed = [c.detail for c in structural_checks(world) if not c.passed]
    assert not failed, f"seed {seed}: {failed}"


@pytest.mark.parametrize("seed", range(8))
def test_rivers_run_down_to_water_or_the_edge(seed):
    rivers_are_right(seed)


@pytest.mark.parametrize("seed", range(8))
def test_buildings_stand_apart_dry_and_off_the_streets(seed):
    settlement_is_right(seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_two_hundred_maps_with_rivers():
    assert sum(rivers_are_right(seed) for seed in range(200)) <= 10, "too many maps refused their rivers"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_hundred_settlements():
    assert sum(settlement_is_right(seed) for seed in range(100)) <= 10, "too many maps refused their settlement"
