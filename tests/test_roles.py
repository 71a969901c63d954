import numpy as np
import pytest
from scipy import ndimage

from pcgstudio import interior
from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.feature import feature_instances, feature_mask
from pcgstudio.generator import load_features
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass, side_vector
from pcgstudio.structure import structural_checks
from pcgstudio.world import ROLES

EIGHT = np.ones((3, 3))


def dungeon(roles, rooms=None, seed=1, extent=(128.0, 128.0), resolution=128, more=()):
    steps = (Step(id="rooms", generator="rooms", params=rooms or {}), Step(id="roles", generator="roles", params=roles))
    recipe = Recipe(seed=seed, extent_m=extent, resolution=resolution, steps=(*steps, *more))
    return build(recipe, recipe.grid())


def rooms_of(world, role):
    return set(np.unique(world["room"][world.category("role", role)]).tolist()) - {0}


def parts(world, role):
    return ndimage.label(world.category("role", role), structure=EIGHT)[1]


def props(world, species):
    return feature_instances_of(world, "prop", species)


def feature_instances_of(world, kind, species):
    placed = world.instances[kind]
    return placed.placement[placed.species == placed.names.index(species)]


def stuck_free(world):
    """Whether no order of opening doors leaves anyone without the key to a door they stand before."""
    ground, lock = interior.walkable(world), world.category("role", "lock")
    part, _ = ndimage.label(ground & ~lock)
    doors, count = ndimage.label(lock)
    sides = [set(np.unique(part[ndimage.binary_dilation(doors == k)])) - {0} for k in range(1, count + 1)]
    marks, keys = ndimage.label(world.category("role", "key"), structure=EIGHT)
    held = [int(part[marks == k].max()) for k in range(1, keys + 1)]
    start = set(np.unique(part[world.category("role", "entrance")])) - {0}
    states = [(frozenset(start), frozenset())]
    tried = set(states)
    while states:
        seen, opened = states.pop()
        ahead = [k for k, s in enumerate(sides) if k not in opened and s & seen]
        if ahead and sum(h in seen for h in held) <= len(opened):
            return False
        for k in ahead:
            state = (seen | sides[k], opened | {k})
            if state not in tried:
                tried.add(state)
                states.append(state)
    return True


def sampled(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(14, 61))
    rooms = {
        "room_count": count,
        "algorithm": ("scattered", "bsp")[seed % 2],
        "corridor_style": ("straight", "bent", "labyrinth")[seed % 3],
        "loops": 0.1,
    }
    names = {"exits": 2, "bosses": 2, "treasures": 4, "spawns": 3, "keys": 3}
    return rooms, {n: int(rng.integers(0, most + 1)) for n, most in names.items()}


def consistent(seed):
    rooms, roles = sampled(seed)
    world = dungeon(roles, rooms, seed, (192.0, 192.0), 96)
    assert all(s.passed for s in structural_checks(world)), [s for s in structural_checks(world) if not s.passed]
    counts = {"entrance": 1, "exit": "exits", "boss": "bosses", "treasure": "treasures", "spawn": "spawns"}
    for role, wanted in counts.items():
        assert len(rooms_of(world, role)) == (roles[wanted] if wanted != 1 else 1), role
    assert parts(world, "key") == parts(world, "lock") == len(props(world, "key")) == roles["keys"]
    assert interior.solvable(world) == 1
    assert stuck_free(world)
    ground = interior.walkable(world)
    for placed in world.instances.values():
        assert ground[world.grid.cells_of(placed.placement)].all(), "nothing stands in a wall"


@pytest.mark.parametrize("seed", range(20))
def test_every_dungeon_with_roles_is_consistent(seed):
    consistent(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000))
def test_a_thousand_dungeons_with_roles_are_consistent(seed):
    consistent(seed)


def test_the_exit_is_the_room_farthest_from_the_entrance():
    for seed in range(4):
        world = dungeon({"exits": 1}, {"room_count": 15}, seed)
        away = interior.walk_m(interior.walkable(world), world.category("role", "entrance"), world.grid.cell_size_m)
        nearest = ndimage.minimum(away, world["room"], range(1, 16))
        assert rooms_of(world, "exit") == {int(np.argmax(nearest)) + 1}


def test_the_boss_is_far_and_has_a_large_room():
    for seed in range(4):
        world = dungeon({"bosses": 1}, {"room_count": 15}, seed)
        away = interior.walk_m(interior.walkable(world), world.category("role", "entrance"), world.grid.cell_size_m)
        nearest = np.array(ndimage.minimum(away, world["room"], range(1, 16)))
        sizes = np.bincount(world["room"].ravel())[1:]
        (boss,) = rooms_of(world, "boss")
        far = nearest >= 0.75 * nearest.max()
        assert far[boss - 1]
        assert sizes[boss - 1] == sizes[far].max()


def test_treasure_lies_in_dead_ends():
    world = dungeon({"treasures": 2}, {"room_count": 20, "loops": 0}, 3)
    door = world.category("cell", "door")
    for room in rooms_of(world, "treasure"):
        beside = ndimage.binary_dilation(world["room"] == room) & door
        assert ndimage.label(beside)[1] == 1


def test_whole_rooms_carry_the_role():
    world = dungeon({"exits": 1, "bosses": 1, "treasures": 2, "spawns": 2})
    for role in ("entrance", "exit", "boss", "treasure", "spawn"):
        for room in rooms_of(world, role):
            assert (world["role"][world["room"] == room] == ROLES.index(role)).all()


@pytest.mark.parametrize("keys", [1, 3, 6])
def test_locks_bar_the_way_and_keys_lie_before_them(keys):
    world = dungeon({"keys": keys, "bosses": 1, "exits": 1}, {"room_count": 30, "loops": 0.1}, 2)
    lock = world.category("role", "lock")
    assert ndimage.label(lock)[1] == keys
    assert (lock <= world.category("cell", "door")).all()
    open_part, _ = ndimage.label(interior.walkable(world) & ~lock)
    start = np.unique(open_part[world.category("role", "entrance")])
    assert not np.isin(open_part[world.category("role", "boss")], start).any(), "the boss is behind a lock"
    assert len(rooms_of(world, "key")) == keys, "each key in a room of its own"
    assert interior.solvable(world) == 1
    assert stuck_free(world)
    assert [p.material for p in world.parts if p.name == "lock"] == ["gold"]


def test_locks_alone_bring_their_keys_and_more_keys_than_locks_are_spare():
    world = dungeon({"locks": 2})
    assert parts(world, "key") == parts(world, "lock") == 2
    world = dungeon({"locks": 1, "keys": 3})
    assert (parts(world, "key"), parts(world, "lock")) == (3, 1)
    assert interior.solvable(world) == 1


def test_features_find_what_was_made():
    world = dungeon({"exits": 1, "bosses": 1, "treasures": 2, "spawns": 1, "keys": 2})
    features = load_features()
    for name in ("entrance", "exit", "boss", "treasure", "spawn", "key", "lock"):
        assert feature_mask(features[name], world.grid, world.layers, world.instances).any(), name
    assert len(feature_instances(features["key"], world.instances)) == 2


def test_each_role_can_be_seen():
    world = dungeon({"exits": 1, "bosses": 1, "treasures": 2}, {"room_min_m": 10, "room_max_m": 18}, 4)
    where = {s: world["role"][world.grid.cells_of(props(world, s))] for s in ("altar", "chest", "stairs")}
    assert (where["altar"] == ROLES.index("boss")).all()
    assert (where["chest"] == ROLES.index("treasure")).all()
    assert set(where["stairs"]) == {ROLES.index("entrance"), ROLES.index("exit")}
    assert len(props(world, "pillar")) >= 4
    assert any(p.material == "cloth" for p in world.parts)
    lit = set(world["room"][world.grid.cells_of(world.instances["light"].placement)])
    assert lit == set(range(1, 13)), "every room is lit"


def test_nothing_stands_in_a_doorway_or_in_something_else():
    for seed in range(6):
        world = dungeon({"exits": 1, "bosses": 1, "treasures": 3, "spawns": 2, "keys": 2}, {"room_count": 20}, seed)
        at = world.instances["prop"].placement[:, :2]
        gap = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 99 * np.eye(len(at))
        assert gap.min() > 0.5
        rows, cols = np.nonzero(world.category("cell", "door"))
        doors = np.stack([world.grid.xs()[cols], world.grid.ys()[rows]], axis=1)
        assert np.hypot(*(at[:, None] - doors[None]).transpose(2, 0, 1)).min() > 0.9


def test_lights_and_furniture_can_be_left_out():
    world = dungeon({"lights": False, "furniture": False, "keys": 1})
    assert "light" not in world.instances
    assert len(world.instances["prop"]) == 1


def test_the_same_roles_at_every_resolution():
    for seed in range(3):
        roles = {"exits": 1, "bosses": 1, "treasures": 3, "spawns": 2, "keys": 2}
        low, high = (dungeon(roles, {"room_count": 18}, seed, resolution=n) for n in (256, 512))
        assert np.array_equal(np.kron(low["role"], np.ones((2, 2), dtype=int)), high["role"])
        for kind in low.instances:
            assert np.allclose(low.instances[kind].placement, high.instances[kind].placement)


def test_roles_keep_to_their_region_and_to_what_is_there():
    north = Step(id="lair", generator="roles", params={"bosses": 1}, where=Compass(place="north", depth=0.5))
    world = dungeon({"entrances": 1, "exits": 1}, {"room_count": 20}, 5, more=(north,))
    assert all(len(rooms_of(world, r)) == 1 for r in ("entrance", "exit", "boss"))
    rows, _ = np.nonzero(world.category("role", "boss"))
    assert rows.max() < world.grid.rows * 0.5
    assert len({p.name for p in world.parts}) == len(world.parts)


def test_an_earlier_step_is_furnished_and_lit_once():
    twice = Step(id="again", generator="roles", params={"treasures": 1})
    once, both = (dungeon({}, {"room_min_m": 10}, 5, more=m) for m in ((), (twice,)))
    assert len(both.instances["light"]) <= len(once.instances["light"]) + 1
    assert len(props(both, "pillar")) == len(props(once, "pillar"))
    assert len(rooms_of(both, "entrance")) == 1


@pytest.mark.parametrize(
    ("roles", "rooms", "told"),
    [
        ({"treasures": 12}, {}, "do not fit into"),
        ({"keys": 1, "locks": 3}, {}, "ask for 3 keys"),
        ({"keys": 2}, {"doors": False}, "no door"),
        ({"keys": 2, "entrances": 0}, {}, "entrance"),
        ({"keys": 6}, {"room_count": 3}, "of 6 doors can be locked"),
    ],
)
def test_what_cannot_be_is_refused(roles, rooms, told):
    with pytest.raises(BuildError, match=told):
        dungeon(roles, rooms)


def test_roles_need_rooms():
    recipe = Recipe(extent_m=(64, 64), resolution=64, steps=(Step(id="roles", generator="roles"),))
    with pytest.raises(BuildError, match="no rooms"):
        build(recipe, recipe.grid())


def test_many_rooms_are_given_roles_quickly_enough():
    world = dungeon({"treasures": 60, "keys": 6, "bosses": 1}, {"room_count": 300}, 1, (512.0, 512.0), 256)
    assert len(rooms_of(world, "treasure")) == 60
    assert interior.solvable(world) == 1


def sided(world, role, side):
    """Share of the cells of a role that lie in a half, a quarter or the middle of the map."""
    rows, cols = np.nonzero(world.category("role", role))
    east, north = 2 * (cols + 0.5) / world.grid.cols - 1, 1 - 2 * (rows + 0.5) / world.grid.rows
    if side == "centre":
        return float((np.maximum(np.abs(east), np.abs(north)) <= 0.51).mean())
    x, y = side_vector(side)
    return float(((east * x >= 0) & (north * y >= 0)).mean())


@pytest.mark.parametrize("side", ["north", "south", "east", "west", "northeast", "southwest", "centre"])
@pytest.mark.parametrize("role", ["entrance", "exit", "boss", "treasure"])
def test_a_role_lies_wholly_on_its_side(role, side):
    counts = {"exits": 1, "bosses": 1, "treasures": 1}
    world = dungeon({**counts, f"{role}_side": side}, {"room_count": 20}, seed=3)
    assert sided(world, role, side) == 1
    assert all(len(rooms_of(world, one)) == 1 for one in ("entrance", "exit", "boss", "treasure"))


@pytest.mark.parametrize("seed", range(6))
def test_every_role_on_a_side_of_its_own_and_still_solvable(seed):
    sides = {"entrance_side": "south", "exit_side": "north", "boss_side": "east", "treasure_side": "west"}
    roles = {"exits": 1, "bosses": 1, "treasures": 2, "keys": 1, "key_side": "south", **sides}
    world = dungeon(roles, {"room_count": 24, "loops": 0}, seed)
    for role in ("entrance", "exit", "boss", "treasure"):
        assert sided(world, role, sides[f"{role}_side"]) == 1
    assert sided(world, "key", "south") == 1
    assert len(rooms_of(world, "treasure")) == 2
    assert stuck_free(world)
    assert all(check.passed for check in structural_checks(world))


def test_entrance_and_exit_at_opposite_sides_are_near_the_rims():
    for seed in range(4):
        world = dungeon({"exits": 1, "entrance_side": "west", "exit_side": "east"}, {"room_count": 16}, seed)
        middles = {role: np.nonzero(world.category("role", role))[1].mean() for role in ("entrance", "exit")}
        span = np.nonzero(world["room"])[1]
        assert middles["entrance"] < np.percentile(span, 40)
        assert middles["exit"] > np.percentile(span, 60)


@pytest.mark.parametrize("role", ["boss", "treasure"])
@pytest.mark.parametrize(("size", "at"), [("largest", -1), ("smallest", 0)])
def test_a_role_by_size_takes_the_very_room(role, size, at):
    for seed in range(4):
        amounts = {"bosses": 1, "treasures": 1, "exits": 1, f"{role}_room": size}
        world = dungeon(amounts, {"room_count": 14}, seed)
        cells = np.bincount(world["room"].ravel())[1:]
        (room,) = rooms_of(world, role)
        assert cells[room - 1] == np.sort(cells)[at]


def test_roles_that_find_no_room_on_their_side_are_told():
    with pytest.raises(BuildError, match="wholly in the northeast"):
        dungeon({"exits": 8, "exit_side": "northeast"}, {"room_count": 14})
