"""Settlements have exactly the buildings asked for, on streets, dry, apart, and inside their walls."""

import time
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pcgstudio.build import StepCache, build
from pcgstudio.errors import BuildError
from pcgstudio.generators.town_kinds import DISTRICTS
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle
from pcgstudio.structure import structural_checks

_CACHE = StepCache(1 << 28)
GROUND = ("terrain_noise", {"amplitude_m": 30.0})
RIVER = ("rivers", {"width_m": 12.0, "source": "edge"})
HOUSES = ("cottage", "house", "townhouse", "hip house", "flat house")


def made(*steps, seed=1, side=500.0, cells=250, where=None):
    told = tuple(
        Step(id=f"{n}{k}", generator=n, params=p, **({"where": where} if where and n == "settlement" else {}))
        for k, (n, p) in enumerate(steps)
    )
    return build(Recipe(seed=seed, extent_m=(side, side), resolution=cells, steps=told), cache=_CACHE)


@cache
def town(kind, seed=1, wall=False, **more):
    side = {"hamlet": 400.0, "village": 500.0, "town": 600.0, "city": 1000.0}[kind]
    return made(GROUND, RIVER, ("settlement", {"kind": kind, "walls": int(wall), **more}), seed=seed, side=side)


def numbers(world):
    placed = world.instances["building"]
    return dict(zip(placed.names, np.bincount(placed.species, minlength=len(placed.names)).tolist(), strict=True))


def rectangles(world, slack=0.0):
    """``(n, 4, 2)`` corners of the buildings, and unit vectors to their fronts and sides."""
    placed = world.instances["building"]
    yaw = np.radians(placed.placement[:, 3].astype(float))
    u, v = np.stack([np.cos(yaw), np.sin(yaw)], 1), np.stack([-np.sin(yaw), np.cos(yaw)], 1)
    a, b = (placed.size[:, 0] / 2 - slack)[:, None], (placed.size[:, 1] / 2 - slack)[:, None]
    at = placed.placement[:, :2].astype(float)
    return np.stack([at + s * a * u + t * b * v for s, t in ((1, 1), (-1, 1), (-1, -1), (1, -1))], axis=1), u, v


def overlapping(world):
    """Pairs of buildings that share ground, by separating axes."""
    corners, u, v = rectangles(world, slack=0.02)
    at = corners.mean(axis=1)
    reach = np.hypot(*(corners[:, 0] - at).T)
    pairs = np.argwhere(
        np.triu(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) < reach[:, None] + reach[None], 1)
    )
    found = 0
    for i, j in pairs:
        axes = np.array([u[i], v[i], u[j], v[j]])
        one, other = corners[i] @ axes.T, corners[j] @ axes.T
        found += bool(((one.min(0) < other.max(0)) & (other.min(0) < one.max(0))).all())
    return found


def kerbs(world):
    """Points of all streets and half their width."""
    streets = [p for p in world.paths if p.kind == "street"]
    return np.concatenate([p.points[:, :2] for p in streets]), np.concatenate([p.width_m for p in streets]) / 2


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(1, 300), houses=st.integers(3, 60))
def test_the_number_of_houses_is_exact(seed, houses):
    world = made(GROUND, ("settlement", {"kind": "village", "houses": houses}), seed=seed, side=600.0, cells=150)
    assert sum(n for name, n in numbers(world).items() if name in HOUSES) == houses
    assert overlapping(world) == 0


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(1, 300), buildings=st.integers(20, 300), kind=st.sampled_from(["town", "city"]))
def test_the_number_of_buildings_is_exact(seed, buildings, kind):
    side = 900.0 if kind == "city" else 600.0
    world = made(GROUND, ("settlement", {"kind": kind, "buildings": buildings}), seed=seed, side=side, cells=200)
    assert len(world.instances["building"]) == buildings
    assert overlapping(world) == 0


@pytest.mark.parametrize("layout", ["organic", "grid", "radial"])
@pytest.mark.parametrize("kind", ["hamlet", "village", "town", "city"])
def test_every_kind_in_every_layout_is_sound(kind, layout):
    world = town(kind, layout=layout)
    placed, grid = world.instances["building"], world.grid
    assert len(placed) >= 5
    assert overlapping(world) == 0
    assert not world["water_kind"][grid.cells_of(placed.placement)].any(), "a building in the water"
    corners, _, _ = rectangles(world)
    assert not world["water_kind"][grid.cells_of(corners.reshape(-1, 2))].any()
    assert all(c.passed for c in structural_checks(world)), [c.detail for c in structural_checks(world) if not c.passed]
    assert ndimage.label(world["road"] > 0, structure=np.ones((3, 3)))[1] == 1, "the streets hang together"
    assert ndimage.label(world["settlement"] > 0, structure=np.ones((3, 3)))[1] == 1


@pytest.mark.parametrize("kind", ["hamlet", "village", "town", "city"])
def test_doors_face_a_street_or_the_square_and_no_building_stands_on_one(kind):
    world = town(kind)
    placed = world.instances["building"]
    corners, u, _ = rectangles(world)
    points, half = kerbs(world)
    door = placed.placement[:, :2] + u * placed.size[:, :1] / 2
    away = np.hypot(door[:, None, 0] - points[None, :, 0], door[:, None, 1] - points[None, :, 1]) - half
    back = placed.placement[:, :2] - u * placed.size[:, :1] / 2
    behind = np.hypot(back[:, None, 0] - points[None, :, 0], back[:, None, 1] - points[None, :, 1]) - half
    square = world.category("district", "market_square")
    to_square = ndimage.distance_transform_edt(~square) * world.grid.cell_size_m if square.any() else None
    near_square = to_square[world.grid.cells_of(door)] < 9 if to_square is not None else np.zeros(len(placed), bool)
    assert ((away.min(axis=1) < 9) | near_square).all(), "a door far from any street"
    assert ((away.min(axis=1) < behind.min(axis=1) + 1) | near_square).mean() > 0.85, "doors look away from the street"
    spots = np.concatenate([corners.reshape(-1, 2), placed.placement[:, :2]])
    gaps = (np.hypot(spots[:, None, 0] - points[None, :, 0], spots[:, None, 1] - points[None, :, 1]) - half).min(axis=1)
    assert gaps.min() > -0.4, "a building stands on a street"


def test_the_ground_under_a_building_is_level():
    world = made(("terrain_noise", {"amplitude_m": 60.0, "feature_size_m": 400.0}), ("settlement", {"kind": "village"}),
                 side=500.0, cells=500)  # fmt: skip
    corners, _, _ = rectangles(world, slack=0.6)
    heights = world.grid.sample(world["height"], corners.reshape(-1, 2)).reshape(-1, 4)
    assert np.median(np.ptp(heights, axis=1)) < 0.15
    assert np.percentile(np.ptp(heights, axis=1), 95) < 1.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_wall_is_closed_but_for_its_gates_and_streets_pass_only_there(seed):
    world = town("town", seed=seed, wall=True)
    gates, grid = world.instances["gate"], world.grid
    assert 1 <= len(gates) <= 4
    shut = (world["wall"] > 0).copy()
    rows, cols = np.indices(grid.shape)
    at = np.stack([grid.xs()[cols], grid.ys()[rows]], axis=-1)
    for x, y in gates.placement[:, :2]:
        shut |= np.hypot(at[..., 0] - x, at[..., 1] - y) < 9
    outside, _ = ndimage.label(~shut)
    middle = world.instances["building"].placement[:, :2]
    assert not np.isin(outside[grid.cells_of(middle)], [outside[0, 0]]).any(), "a building outside, or a breach"
    crossed = (world["road"] > 0) & (world["wall"] > 0)
    for r, c in np.argwhere(crossed):
        assert np.hypot(*(gates.placement[:, :2] - at[r, c]).T).min() < 11, "a street through the wall"
    walls = [p for p in world.parts if p.name.startswith("wall")]
    assert len(walls) == len(gates)
    assert all(c.passed for c in structural_checks(world))


@pytest.mark.parametrize("gates", [1, 2, 3])
def test_the_number_of_gates_is_exact_and_roads_leave_through_them(gates):
    world = made(
        GROUND, ("settlement", {"kind": "town", "walls": 1, "gates": gates}), ("roads", {"count": 1}), side=600.0
    )
    assert len(world.instances["gate"]) == gates
    road = [p for p in world.paths if p.kind == "road"]
    assert road
    at = np.concatenate([p.points[:, :2] for p in road])
    through = at[world["wall"][world.grid.cells_of(at)] > 0]
    gate = world.instances["gate"].placement[:, :2]
    assert all(np.hypot(*(gate - p).T).min() < 11 for p in through), "a road through the wall"


@pytest.mark.parametrize("sides", [("north",), ("east", "west")])
def test_gates_stand_on_the_sides_asked_for(sides):
    steps = {"kind": "town", "walls": 1, "gates": len(sides), "gate_sides": list(sides)}
    world = made(GROUND, ("settlement", steps), side=600.0)
    middle = world.instances["building"].placement[:, :2].mean(axis=0)
    off = world.instances["gate"].placement[:, :2] - middle
    for side, (east, north) in zip(sides, off, strict=True):
        toward = {"north": north, "east": east, "west": -east}[side]
        assert toward > 0.5 * np.hypot(east, north)


def test_a_village_has_a_town_hall_where_one_is_asked_for():
    world = made(GROUND, ("settlement", {"kind": "village", "halls": 1}), side=600.0)
    houses = world.instances["building"]
    assert [houses.names[k] for k in houses.species].count("town hall") == 1


@pytest.mark.parametrize("towers", [3, 9])
def test_the_number_of_towers_is_exact(towers):
    world = made(GROUND, ("settlement", {"kind": "town", "walls": 1, "towers": towers}), side=600.0)
    at = world.instances["tower"].placement[:, :2]
    assert len(at) == towers
    assert (world["wall"][world.grid.cells_of(at)] > 0).mean() > 0.9


def test_a_harbour_lies_on_the_water_with_piers():
    world = made(GROUND, ("landmass", {"pattern": "coast", "land_fraction": 0.6}),
                 ("settlement", {"kind": "village", "harbours": 1}), side=600.0)  # fmt: skip
    quay = world.category("district", "harbour")
    assert quay.any()
    away = ndimage.distance_transform_edt(world["water_kind"] == 0) * world.grid.cell_size_m
    assert away[quay].min() < 8
    piers = [p for p in world.parts if p.name.startswith("pier")]
    assert piers
    for pier in piers:
        cells = world.grid.cells_of(pier.vertices)
        assert (world["water_kind"][cells] > 0).mean() > 0.5
        assert pier.vertices[:, 2].max() > 0.5


def test_a_harbour_without_water_is_refused():
    with pytest.raises(BuildError, match="harbour"):
        made(GROUND, ("settlement", {"kind": "village", "harbours": 1}))


def test_it_keeps_to_its_region():
    world = made(GROUND, ("settlement", {"kind": "village", "houses": 12}),
                 where=Circle(centre_m=(330, 320), radius_m=120))  # fmt: skip
    at = world.instances["building"].placement[:, :2]
    assert np.hypot(at[:, 0] - 330, at[:, 1] - 320).max() <= 120
    assert sum(n for name, n in numbers(world).items() if name in HOUSES) == 12


def test_several_settlements_share_their_houses_and_lie_apart():
    world = made(GROUND, ("settlement", {"kind": "hamlet", "count": 3, "houses": 20}), side=900.0)
    assert ndimage.label(world["settlement"] > 0, structure=np.ones((3, 3)))[1] == 3
    assert sum(n for name, n in numbers(world).items() if name in HOUSES) == 20


def test_too_many_buildings_are_refused_with_how_many_fit():
    with pytest.raises(BuildError, match="ask for"):
        made(GROUND, ("settlement", {"kind": "village", "houses": 900}), side=400.0, cells=200)


def test_churches_and_roofs_are_as_asked():
    world = made(GROUND, ("settlement", {"kind": "town", "churches": 3, "roof": "hip", "houses": 60}), side=600.0)
    found = numbers(world)
    assert found["church"] == 3
    assert found["hip house"] > 0
    assert found["house"] == found["townhouse"] == 0


def test_a_city_grows_higher_toward_its_middle():
    world = town("city")
    placed = world.instances["building"]
    away = np.hypot(*(placed.placement[:, :2] - placed.placement[:, :2].mean(axis=0)).T)
    tall = placed.size[:, 2]
    near, far = tall[away < np.percentile(away, 25)], tall[away > np.percentile(away, 75)]
    assert near.mean() > 1.8 * far.mean()


def test_fields_lie_around_a_village_and_off_its_lots():
    world = made(GROUND, ("settlement", {"kind": "village"}))
    field = world.category("district", "farmland")
    assert field.sum() * world.grid.cell_area_m2 > 5000
    assert not (field & ((world["settlement"] > 0) | (world["road"] > 0) | (world["building"] > 0))).any()


def test_two_thousand_buildings_take_less_than_two_seconds():
    def once(buildings):
        start = time.perf_counter()
        world = made(("terrain_noise", {"amplitude_m": 30.0}), ("settlement", {"kind": "city", "buildings": buildings}),
                     side=2048.0, cells=512)  # fmt: skip
        return time.perf_counter() - start, world

    once(60)
    taken = []
    for buildings in (2000, 1999):
        seconds, world = once(buildings)
        assert len(world.instances["building"]) == buildings
        taken.append(seconds)
    assert min(taken) < 2.0


def test_houses_are_exported_as_instances_with_texture_coordinates():
    from pcgstudio.export.gltf import MASONRY, document

    told = document(town("village"))
    names = {n["name"] for n in told.nodes}
    assert "building_church" in names
    meshes = {m["name"]: m for m in told.meshes}
    assert any("EXT_mesh_gpu_instancing" in n.get("extensions", {}) for n in told.nodes if "building" in n["name"])
    for primitive in meshes["building_church_0"]["primitives"]:
        material = told.materials[primitive["material"]]["name"]
        assert ("TEXCOORD_0" in primitive["attributes"]) == (material in MASONRY), material


@pytest.mark.parametrize("side", ["west", "north"])
def test_a_church_stands_on_the_side_it_is_asked_for(side):
    world = made(GROUND, ("settlement", {"kind": "town", "church_side": side}), side=600.0)
    placed = world.instances["building"]
    church = placed.placement[placed.species == placed.names.index("church"), :2][0]
    rows, cols = np.nonzero(world["settlement"])
    middle = np.array([world.grid.xs()[cols].mean(), world.grid.ys()[rows].mean()])
    assert (church - middle) @ {"west": (-1, 0), "north": (0, 1)}[side] > 20


def test_quarters_lie_at_the_rim_with_huts_and_sheds():
    world = made(GROUND, ("settlement", {"kind": "city", "slums": 1, "factories": 1}), side=1000.0)
    for quarter, species in (("slum", "cottage"), ("industrial", "barn")):
        mask = world["district"] == DISTRICTS.index(quarter)
        assert mask.sum() * world.grid.cell_area_m2 > 2000
        placed = world.instances["building"]
        mine = mask[world.grid.cells_of(placed.placement)]
        assert (placed.species[mine] == placed.names.index(species)).any()


def test_streets_are_as_wide_as_asked():
    def mean(width):
        world = made(GROUND, ("settlement", {"kind": "town", "street_width": width}), side=700.0)
        return np.concatenate([p.width_m for p in world.paths if p.kind == "street"]).mean()

    assert mean(0.6) < 4
    assert mean(1.9) > 7
