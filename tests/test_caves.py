import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pcgstudio import interior
from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.generators.contour_mesh import outline, sheet, solid
from pcgstudio.generators.dungeon_lattice import Lattice
from pcgstudio.generators.kernels.automaton import grow_rock
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.structure import structural_checks


def cave(generator="cave_cells", seed=1, extent=(96.0, 96.0), resolution=96, where=None, more=(), **params):
    step = Step(id="cave", generator=generator, params=params, **({"where": where} if where else {}))
    recipe = Recipe(seed=seed, extent_m=extent, resolution=resolution, steps=(step, *more))
    return build(recipe, recipe.grid())


def rooms(world):
    return len(np.unique(world["room"][world["room"] > 0]))


def one_part(world):
    return ndimage.label(interior.walkable(world))[1] == 1


def whole(world):
    assert one_part(world)
    assert interior.reachable(world) == 1
    assert interior.solvable(world) == 1
    assert all(s.passed for s in structural_checks(world)), [s for s in structural_checks(world) if not s.passed]
    open_to_rock = ndimage.binary_dilation(interior.walkable(world), np.ones((3, 3))) & world.category("cell", "rock")
    assert not open_to_rock.any()


@given(st.integers(0, 10_000), st.integers(1, 7), st.sampled_from([0.3, 0.45, 0.6, 0.7]), st.integers(1, 8))
@settings(max_examples=14, deadline=None)
def test_chambers_are_exact_and_all_joined(seed, chambers, fill, iterations):
    world = cave(seed=seed, chambers=chambers, fill_probability=fill, iterations=iterations, chamber_m=14)
    assert rooms(world) == chambers
    whole(world)


@pytest.mark.parametrize(("birth", "death"), [(0, 0), (8, 8), (0, 8), (8, 0), (4, 3), (5, 4)])
def test_any_limits_of_the_automaton_leave_the_chambers_joined(birth, death):
    world = cave(birth_limit=birth, death_limit=death, chambers=5)
    assert rooms(world) == 5
    whole(world)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(300))
def test_hundreds_of_caves_are_whole(seed):
    rng = np.random.default_rng(seed)
    count, size = int(rng.integers(1, 12)), float(rng.uniform(8, 16))
    wet = int(size > 13)  # the smallest chambers have no room for one
    world = cave(seed=seed, chambers=count, chamber_m=size, pools=wet, fill_probability=float(rng.uniform(0.3, 0.7)))
    assert rooms(world) == count
    whole(world)


def test_every_resolution_shows_the_same_cave():
    low, high = (cave(resolution=n, chambers=6, seed=4) for n in (192, 384))
    assert np.array_equal(np.kron(low["cell"], np.ones((2, 2), dtype=int)), high["cell"])
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(low.parts, high.parts, strict=True))
    coarse = cave(resolution=40, chambers=6, seed=4)
    assert rooms(coarse) == 6
    assert interior.reachable(coarse) == 1


def test_without_tunnels_each_chamber_lies_alone():
    for seed in range(3):
        world = cave(seed=seed, connect=False, chambers=4)
        _, count = ndimage.label(interior.walkable(world))
        assert rooms(world) == 4
        assert count == 4


def test_more_fill_leaves_less_floor_and_more_rounds_smoother_walls():
    def floor(**params):
        return sum(interior.walkable(cave(seed=s, chambers=4, **params)).sum() for s in range(3))

    assert floor(fill_probability=0.3) > floor(fill_probability=0.5) > floor(fill_probability=0.7)


@pytest.mark.parametrize("wanted", [1, 3])
def test_pools_are_exact_and_leave_a_way_around(wanted):
    for seed in range(3):
        world = cave(seed=seed, pools=wanted, chambers=5)
        assert ndimage.label(world.category("cell", "water"), structure=np.ones((3, 3)))[1] == wanted
        assert rooms(world) == 5
        whole(world)
    with pytest.raises(BuildError, match="pools"):
        cave(pools=9, chambers=3)


def test_roles_stand_on_the_floor_of_a_cave():
    roles = Step(id="roles", generator="roles", params={"bosses": 1, "treasures": 2, "exits": 1, "spawns": 1})
    for seed in range(4):
        world = cave(seed=seed, chambers=7, chamber_m=14, pools=2, more=(roles,))
        ground = interior.walkable(world)
        for placed in world.instances.values():
            assert ground[world.grid.cells_of(placed.placement)].all()
        whole(world)


def test_too_many_chambers_name_how_many_fit():
    with pytest.raises(BuildError, match="do not fit; ask for"):
        cave(chambers=150)
    with pytest.raises(BuildError, match="fits into the region"):
        cave(extent=(60.0, 60.0), chamber_m=120, chambers=1)


def test_the_region_holds_the_cave():
    world = cave(where=Compass(place="east", depth=0.5), chambers=3)
    assert not (interior.walkable(world) | world.category("cell", "wall"))[:, :46].any()


def test_the_walls_are_smooth_closed_and_as_high_as_asked():
    world = cave(wall_height_m=5.0, seed=2)
    parts = {p.name: p for p in world.parts}
    assert parts["cave_wall"].watertight
    assert 4 < np.median(parts["cave_top"].vertices[:, 2]) < 6
    for name in ("cave_wall", "cave_top", "dripstone"):
        a, b, c = (parts[name].vertices[parts[name].faces[:, k]].astype(float) for k in range(3))
        assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() > 0, f"{name} is inside out"
    ground = parts["cave_ground"]
    a, b, c = (ground.vertices[ground.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > -1e-6).all()
    sides = np.cross(b - a, c - a)
    assert np.isfinite(sides).all()


def test_a_disc_is_outlined_as_a_disc():
    lattice = Lattice(40, 50, 0.5, (3.0, -2.0), 1)
    r, c = np.mgrid[:40, :50]
    flat = outline((12.3 - np.hypot(r - 19.5, c - 24.5)).astype(np.float32), lattice)
    a, b, d = (flat.points[flat.faces[:, k]] for k in range(3))
    area = ((b - a)[:, 0] * (d - a)[:, 1] - (b - a)[:, 1] * (d - a)[:, 0]) / 2
    assert (area > 0).all()
    assert area.sum() == pytest.approx(np.pi * (12.3 * 0.5) ** 2, rel=0.01)
    middle = np.array([3 + 25 * 0.5, -2 + 20 * 0.5])
    assert np.hypot(*(flat.points[flat.rim].reshape(-1, 2) - middle).T) == pytest.approx(12.3 * 0.5, abs=0.03)
    assert np.einsum("ij,ij->i", flat.outward[flat.rim[:, 0]], flat.points[flat.rim[:, 0]] - middle).min() > 0
    still = np.zeros_like(flat.points)
    vertices, faces = solid(flat, [(still, np.zeros(len(still))), (still, np.full(len(still), 2.0))])
    a, b, d = (vertices[faces[:, k]].astype(float) for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, d)).sum() / 6 == pytest.approx(2 * area.sum(), rel=1e-3)
    assert (sheet(flat, 1.5)[0][:, 2] == 1.5).all()


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_whatever_is_outlined_makes_closed_solids(seed):
    field = np.random.default_rng(seed).normal(size=(9, 11)).astype(np.float32)
    flat = outline(field, Lattice(9, 11, 1.0, (0.0, 0.0), 1))
    still = np.zeros_like(flat.points)
    _, faces = solid(flat, [(still, np.zeros(len(still))), (still, np.ones(len(still)))])
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    there, back = edges[:, 0] * 10_000 + edges[:, 1], edges[:, 1] * 10_000 + edges[:, 0]
    assert np.array_equal(np.sort(there), np.sort(back))


def test_the_automaton_follows_its_rule():
    rock = np.random.default_rng(3).random((20, 30)) < 0.45
    none = np.zeros_like(rock)
    around = ndimage.convolve(rock.astype(int), np.ones((3, 3), int), mode="constant", cval=1) - rock
    expected = np.where(rock, around >= 3, around > 4)
    assert np.array_equal(grow_rock(rock, none, none, 4, 3, 1), expected)


@given(st.integers(0, 10_000), st.floats(0.05, 0.5), st.integers(1, 40), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=20, deadline=None)
def test_walkers_dig_an_exact_share_in_one_piece(seed, share, walkers, turn):
    world = cave("random_walk", seed, (80.0, 80.0), 80, floor_share=share, walkers=walkers, turn_probability=turn,
                 chambers=1)  # fmt: skip
    assert interior.walkable(world).mean() == pytest.approx(share, abs=0.001)
    whole(world)


@pytest.mark.parametrize("seed", range(6))
def test_the_chambers_of_a_burrow_are_exact(seed):
    roles = Step(id="roles", generator="roles", params={"bosses": 1})
    world = cave("random_walk", seed, (80.0, 80.0), 160, chambers=4, more=(roles,))
    assert rooms(world) == 4
    whole(world)


def test_a_burrow_larger_than_its_ground_is_refused():
    with pytest.raises(BuildError, match="floor_share"):
        cave("random_walk", extent=(24.0, 24.0), resolution=24, floor_share=0.6)


def test_seldom_turning_walkers_dig_longer_drifts():
    def longest(turn):
        world = cave("random_walk", 3, (80.0, 80.0), 40, floor_share=0.1, walkers=1, turn_probability=turn, chambers=1)
        ground = interior.walkable(world)
        return max(int(np.ptp(np.nonzero(ground)[k])) for k in (0, 1))

    assert longest(0.05) > longest(1.0)
