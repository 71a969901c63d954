"""A seventh set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import numpy as np
from measure import Case, Floats, Map, Room, What, case
from scipy import ndimage
from shared import (
    CONIFERS,
    JUNGLE,
    any_of,
    between,
    cones,
    high_ground,
    island_count,
    one_island,
    side,
    solidity,
    spans,
    spots,
    trees,
    wide,
    within,
)

GREEN = ("grassland", "forest", "biome:forest", "shrubland", "savanna", "farmland")
DRY = ("desert", "badlands", "savanna", "shrubland", "rock")
COLD = ("tundra", "snow")
KINDS = ("building", "tower", "prop", "gate", "bridge")
NEAR = 0.15


# ---------------------------------------------------------------- helpers


def named(m: Map, *words: str, kinds: tuple[str, ...] = KINDS) -> Floats:
    """Things of any kind whose species' name holds one of the words."""
    found = [np.zeros((0, 5))]
    for kind in kinds:
        for name in m.about["instances"].get(kind, {}).get("species", []):
            found += [m.things(kind, name)] if any(word in name.lower() for word in words) else []
    return np.concatenate(found)


def houses(m: Map) -> np.ndarray:
    """Cells on which the middles of buildings stand."""
    return spots(m, m.things("building"))


def settled(m: Map, least: int = 5) -> bool:
    """Enough buildings for a village."""
    return m.number("building") >= least


def village_near(m: Map, what: What, part: float = NEAR) -> bool:
    """Half of the buildings, or the village's middle, lie within this part of the map's side of it."""
    mask = houses(m)
    if not mask.any():
        return False
    away = m.distance_to(what)
    rows, cols = np.nonzero(mask)
    middle = away[round(float(rows.mean())), round(float(cols.mean()))]
    return bool(min(float(np.median(away[mask])), float(middle)) <= part * side(m))


def villages(m: Map, reach: float = 0.08, least: int = 3) -> list[np.ndarray]:
    """Return groups of at least three buildings no further apart than this part of the map's side."""
    mask = houses(m)
    labels, count = ndimage.label(m.distance_to(mask) <= reach * side(m) / 2, np.ones((3, 3), bool))
    groups = [mask & (labels == n) for n in range(1, count + 1)]
    return [group for group in groups if group.sum() >= least]


def road_joins(m: Map, groups: list[np.ndarray]) -> bool:
    """One connected road comes close to each of the groups."""
    reach = 0.04 * side(m)
    return len(groups) > 1 and any(
        all(m.gap(group, road.mask) <= reach for group in groups) for road in m.parts("road", 0.0, 2.5 * m.cell)
    )


def lifted(m: Map, mask: np.ndarray) -> float:
    """How high the ground there lies: 0 the lowest dry ground, 1 the highest."""
    dry = m.height[m.mask("dry")]
    return float((m.height[mask].mean() - dry.min()) / max(float(np.ptp(dry)), 1e-9))


def upland(m: Map, part: float) -> np.ndarray:
    """Ground above this part of the dry land's whole height."""
    dry = m.height[m.mask("dry")]
    return np.asarray(m.mask("dry") & (m.height >= dry.min() + part * np.ptp(dry)), bool)


def hilltops(m: Map, number: int) -> bool:
    """So many summits, by a lenient or a strict measure of what a summit is."""
    return any(len(m.peaks(least, "land")) == number for least in (0.2, 0.3, 0.4))


def ring_of_land(m: Map) -> bool:
    """Water in the middle of the land's frame, and land nearly all round it."""
    land = m.mask("land") & ~m.mask("lake")
    rows, cols = np.nonzero(land)
    if not rows.size:
        return False
    top, left = float(rows.mean()), float(cols.mean())
    y, x = np.indices(m.shape)
    middle = np.hypot(y - top, x - left) <= 0.15 * min(np.ptp(rows), np.ptp(cols))
    return m.share("water", middle) >= 0.7 and m.all_round(middle, land) >= 0.8


def low_ground(m: Map, percent: float = 30) -> np.ndarray:
    """Return the largest connected piece of the lowest ground, water and all."""
    parts = m.parts(m.height <= np.percentile(m.height, percent))
    return parts[0].mask if parts else np.zeros(m.shape, bool)


def steps(m: Map) -> int:
    """Terraces by the layer that numbers them."""
    layer = np.asarray(m.layers.get("terrace", np.full(m.shape, -1)))
    return len(np.unique(layer[layer >= 0]))


def depth(m: Map) -> float:
    """Metres from the general level of the country down to its deepest ground."""
    return float(np.percentile(m.height, 75) - np.percentile(m.height, 0.5))


def sized(m: Map, one: float, other: float) -> bool:
    """Tell whether the map measures this by that, either way round."""
    return all(within(a, b, 0.05) for a, b in zip(sorted(m.extent), sorted((one, other)), strict=True))


def farthest(m: Map, room: Room, start: str = "entrance") -> bool:
    """No more than one other room is a longer walk from the start, or lies further off in a straight line."""
    walks = [m.walk(start, r.mask) for r in m.rooms]
    mine = m.walk(start, room.mask)
    gaps = [m.gap(r.mask, start) for r in m.rooms]
    return sum(w > mine for w in walks) <= 1 or sum(g > m.gap(room.mask, start) for g in gaps) <= 1


def floors(m: Map) -> int:
    """Storeys of a building or dungeon."""
    return int("cell" in m.layers) + sum(f"cell_{n}" in m.layers for n in range(1, 20))


def walled(m: Map) -> bool:
    """Tell whether a gate, a piece of wall or a cell of wall stands somewhere."""
    return m.number("gate") > 0 or len(named(m, "wall", "gate")) > 0 or bool(m.mask("wall").any())


def grown(now: float, then: float, low: float, high: float) -> bool:
    """How many times the former value it is now."""
    return between(now / max(then, 1e-9), low, high)


CASES: list[Case] = [
    # amounts
    case(
        "four hills two lakes",
        "amounts",
        "four hills and two lakes on a grassy plain",
        ("four hills", lambda m: hilltops(m, 4)),
        ("two lakes", lambda m: m.count("lake") == 2),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.4),
    ),
    case(
        "eighteen houses",
        "amounts",
        "a fishing village of exactly 18 houses at the seaside",
        ("18 houses", lambda m: 18 in {m.number("building"), len(named(m, "house", "cottage", "hut"))}),
        ("a sea", lambda m: m.share("sea") >= 0.02),
        ("at the sea", lambda m: village_near(m, "sea")),
    ),
    case(
        "oaks and a windmill",
        "amounts",
        "a meadow with 12 oak trees and one windmill",
        ("12 oaks", lambda m: len(trees(m, "oak")) == 12),
        ("one windmill", lambda m: len(named(m, "windmill")) == 1),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "chain of five islands",
        "amounts",
        "a chain of five islands in a warm sea",
        ("five islands", lambda m: island_count(m, 5)),
        ("warm", lambda m: m.mean("temperature", "land") >= 18),
    ),
    case(
        "three bridges",
        "amounts",
        "a town with a river through it and three bridges",
        ("three bridges", lambda m: m.number("bridge") == 3),
        ("one river", lambda m: m.river_systems() == 1),
        ("a town", lambda m: settled(m, 15)),
        ("the bridges cross it", lambda m: m.near(spots(m, m.things("bridge")), "river", 0.03 * side(m)) == 1),
    ),
    # places
    case(
        "lake and hills in corners",
        "places",
        "a big lake in the south-east corner and hills in the north-west",
        ("lake in the south-east", lambda m: m.each_in(m.parts("lake")[:1], "south-east")),
        ("big", lambda m: m.parts("lake")[0].share >= 0.03),
        ("hills in the north-west", lambda m: m.mostly(high_ground(m), "north-west", 0.5)),
    ),
    case(
        "castle in the middle",
        "places",
        "a castle in the middle of the map with farm fields to the south of it",
        ("a castle", lambda m: m.mask("district:castle").any() or len(named(m, "castle", "keep")) > 0),
        (
            "in the middle",
            lambda m: m.mostly(any_of(m, "district:castle") | spots(m, named(m, "castle", "keep")), "centre"),
        ),
        ("fields in the south", lambda m: m.mostly(any_of(m, "farmland", "district:farmland"), "south")),
    ),
    case(
        "forest north only",
        "places",
        "forest only in the northern half, the south is open grassland",
        ("forest in the north", lambda m: m.mostly("forest", "north", 0.9)),
        ("enough of it", lambda m: m.share("forest", "dry") >= 0.15),
        ("grass in the south", lambda m: m.share("grassland", m.place("south") & m.mask("dry")) >= 0.6),
    ),
    case(
        "mountains east sea west",
        "places",
        "snowy mountains along the east edge and the sea on the west side",
        ("high in the east", lambda m: m.mostly(high_ground(m), "east", 0.8)),
        ("sea in the west", lambda m: "west" in m.edges("sea") and m.mostly("sea", "west", 0.7)),
        ("snow up there", lambda m: m.share("snow", high_ground(m)) >= 0.2),
    ),
    case(
        "volcano north village south",
        "places",
        "an island with a volcano in the north and a village in the south",
        ("one island", one_island),
        ("volcano in the north", lambda m: any(m.inside(c.at, "north") for c in cones(m))),
        ("a village", settled),
        ("village in the south", lambda m: m.mostly(houses(m), "south", 0.8)),
    ),
    case(
        "swamp in the west",
        "places",
        "a swamp in the western half and grassland in the eastern half",
        ("a swamp", lambda m: m.share("swamp") >= 0.1),
        ("swamp in the west", lambda m: m.mostly("swamp", "west", 0.8)),
        ("grass in the east", lambda m: m.share("grassland", m.place("east") & m.mask("dry")) >= 0.6),
    ),
    # shapes
    case(
        "crescent",
        "shapes",
        "a crescent-shaped island with sandy beaches",
        ("one island", one_island),
        ("hollowed on one side", lambda m: solidity(m.islands()[0]) <= 0.8),
        ("beaches", lambda m: m.mask("beach").any()),
    ),
    case(
        "ring island",
        "shapes",
        "a ring-shaped island with a lagoon in the middle",
        ("a ring round water", ring_of_land),
        ("off the edges", lambda m: not m.edges("land")),
    ),
    case(
        "valley north to south",
        "shapes",
        "a long narrow valley running from north to south between high mountains",
        ("it runs through", lambda m: np.ptp(np.flatnonzero(low_ground(m).any(1))) >= 0.75 * m.shape[0]),
        ("long and narrow", lambda m: m.parts(low_ground(m))[0].elongation >= 2),
        ("between mountains", lambda m: m.relief() >= 100),
    ),
    case(
        "red mesa",
        "shapes",
        "a single flat-topped mesa with steep sides in a red desert",
        ("one flat top", lambda m: len(m.flat_tops()) == 1),
        ("steep", lambda m: float(np.percentile(m.value("slope")[m.ring(m.flat_tops()[0].mask)], 75)) >= 25),
        ("a desert", lambda m: m.share(any_of(m, "desert", "badlands"), "dry") >= 0.5),
    ),
    case(
        "five terraces",
        "shapes",
        "a hillside cut into five terraces",
        ("five terraces", lambda m: 5 in {steps(m), m.levels(), m.levels() - 1}),
        ("a hillside", lambda m: m.relief() >= 5),
    ),
    # relations
    case(
        "foot of the mountain",
        "relations",
        "a small village at the foot of a tall mountain",
        ("a village", settled),
        ("low down", lambda m: lifted(m, houses(m)) <= 0.5),
        ("close to the mountain", lambda m: village_near(m, upland(m, 0.35))),
    ),
    case(
        "lake within pines",
        "relations",
        "a lake surrounded by pine forest",
        ("one lake", lambda m: m.count("lake") == 1),
        ("forest all round", lambda m: m.all_round("lake", "forest", NEAR * side(m)) >= 0.85),
        ("close to the shore", lambda m: m.surrounded("lake", "forest", 0.06 * side(m)) >= 0.5),
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= 0.6 * len(trees(m)) > 0),
    ),
    case(
        "two villages and a road",
        "relations",
        "two villages connected by a road",
        ("two villages", lambda m: any(len(villages(m, r)) == 2 for r in (0.06, 0.1, 0.15))),
        ("a road joins them", lambda m: any(road_joins(m, villages(m, r)) for r in (0.06, 0.1, 0.15))),
    ),
    case(
        "lighthouse on a cliff",
        "relations",
        "a lighthouse on a cliff above the sea",
        ("one lighthouse", lambda m: len(named(m, "lighthouse")) == 1),
        ("by the sea", lambda m: m.gap(spots(m, named(m, "lighthouse")), "sea") <= 0.1 * side(m)),
        ("above it", lambda m: float(m.height[spots(m, named(m, "lighthouse"))].mean()) >= 5),
        ("on dry land", lambda m: m.share("dry", spots(m, named(m, "lighthouse"))) == 1),
    ),
    case(
        "river to a lake",
        "relations",
        "a river that flows from a mountain into a lake",
        ("a river", lambda m: m.count("river") >= 1),
        ("into the lake", lambda m: m.reaches("river", "lake")),
        ("from high up", lambda m: m.reaches("river", upland(m, 0.4), 4)),
        ("a mountain", lambda m: m.relief() >= 100),
    ),
    case(
        "tower on the hill",
        "relations",
        "a watchtower on top of the highest hill",
        ("one tower", lambda m: len(named(m, "tower")) == 1 or m.number("tower") == 1),
        ("on top", lambda m: lifted(m, spots(m, np.vstack([m.things("tower"), named(m, "tower")]))) >= 0.85),
    ),
    # shares
    case(
        "half forest",
        "shares",
        "hilly country where half of the land is forest",
        ("half forest", lambda m: between(m.share("forest", "dry"), 0.45, 0.55)),
        ("hilly", lambda m: m.relief() >= 15),
    ),
    case(
        "seventy percent sea",
        "shares",
        "a map that is 70% sea with a few islands in it",
        ("70 % sea", lambda m: between(m.share("sea"), 0.65, 0.75)),
        ("a few islands", lambda m: between(len(m.islands(0.002)), 2, 9)),
    ),
    case(
        "grass and forest",
        "shares",
        "40 percent grassland and 30 percent forest with a river",
        ("40 % grass", lambda m: between(m.share("grassland", "dry"), 0.35, 0.45)),
        ("30 % forest", lambda m: between(m.share("forest", "dry"), 0.25, 0.35)),
        ("a river", lambda m: m.count("river") >= 1),
    ),
    case(
        "quarter lakes",
        "shares",
        "lakes cover a quarter of the map, the rest is green hills",
        ("a quarter lake", lambda m: between(m.share("lake"), 0.2, 0.3)),
        ("more than one", lambda m: m.count("lake") >= 2),
        ("green", lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.6),
    ),
    # negation
    case(
        "no beaches",
        "negation",
        "a rocky island without any beaches",
        ("one island", one_island),
        ("no beach", lambda m: not m.mask("beach").any()),
    ),
    case(
        "bare hills",
        "negation",
        "rolling green hills with no trees and no water at all",
        ("no trees", lambda m: len(trees(m)) == 0 and not m.mask("forest").any()),
        ("no water", lambda m: not m.mask("water").any()),
        ("hills", lambda m: m.relief() >= 10),
    ),
    case(
        "open village",
        "negation",
        "a farming village with fields but no church and no town wall",
        ("a village", settled),
        ("fields", lambda m: any_of(m, "farmland", "district:farmland").any()),
        ("no church", lambda m: len(named(m, "church", "chapel", "cathedral")) == 0),
        ("no wall", lambda m: m.number("gate") == 0 and len(named(m, "town_wall", "city_wall")) == 0),
    ),
    case(
        "river but no lake",
        "negation",
        "a mountain valley with a river but without lakes or forest",
        ("a river", lambda m: m.count("river") >= 1),
        ("no lake", lambda m: m.count("lake") == 0),
        ("no forest", lambda m: m.share("forest", "dry") <= 0.005),
        ("mountains", lambda m: m.relief() >= 100),
    ),
    # units
    case(
        "three by two km",
        "units",
        "green hills on a map of 3 km by 2 km",
        ("3 by 2 km", lambda m: sized(m, 3000, 2000)),
        ("hills", lambda m: m.relief() >= 10),
        ("green", lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.5),
    ),
    case(
        "island with a 200 m peak",
        "units",
        "an island 1.5 km across with a peak 200 m high",
        ("one island", one_island),
        (
            "1.5 km across",
            lambda m: any(within(w, 1500, 0.1) for w in (wide(m, m.islands()[0]), *spans(m, m.islands()[0]))),
        ),
        ("200 m high", lambda m: within(m.top("land"), 200, 0.1)),
    ),
    case(
        "canyon 80 m deep",
        "units",
        "a canyon 80 metres deep cutting through a dry plateau",
        ("80 m deep", lambda m: within(depth(m), 80, 0.2)),
        ("dry", lambda m: m.share(any_of(m, *DRY), "dry") >= 0.5),
        ("mostly plateau", lambda m: m.share(m.height <= np.percentile(m.height, 75) - 40) <= 0.45),
    ),
    case(
        "lake 300 m wide",
        "units",
        "a square map one kilometre wide with a lake 300 m across in the middle",
        ("1 km square", lambda m: sized(m, 1000, 1000)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("300 m across", lambda m: within(wide(m, m.parts("lake")[0]), 300, 0.1)),
        ("in the middle", lambda m: m.each_in("lake", "centre")),
    ),
    # typos
    case(
        "vulcano",
        "typos",
        "a smal iland with a vulcano and lots of palm tres",
        ("one island", one_island),
        ("a volcano", lambda m: len(cones(m)) >= 1),
        ("palms", lambda m: len(trees(m, "palm")) >= 20),
    ),
    case(
        "snowey montains",
        "typos",
        "snowey montains with a lak and a pine forrest",
        ("mountains", lambda m: m.relief() >= 100),
        ("snow", lambda m: m.share("snow", "dry") >= 0.03),
        ("one lake", lambda m: m.count("lake") == 1),
        ("pines", lambda m: m.share("forest", "dry") >= 0.05 and len(trees(m, *CONIFERS)) >= 0.6 * len(trees(m))),
    ),
    case(
        "medival vilage",
        "typos",
        "a medival vilage beside a rivver with a wooden brige",
        ("a village", settled),
        ("by the river", lambda m: village_near(m, "river")),
        ("one bridge", lambda m: m.number("bridge") == 1),
    ),
    # climate
    case(
        "desert oasis",
        "climate",
        "a hot dry desert with an oasis",
        ("a desert", lambda m: m.share("desert", "dry") >= 0.6),
        ("hot", lambda m: m.mean("temperature") >= 20),
        ("water", lambda m: m.count("lake") >= 1),
        ("green around it", lambda m: m.near(spots(m, m.things("tree")), "lake", NEAR * side(m)) > 0),
    ),
    case(
        "frozen north",
        "climate",
        "a freezing arctic landscape of snow and tundra with hardly any trees",
        ("snow and tundra", lambda m: m.share(any_of(m, *COLD), "dry") >= 0.6),
        ("freezing", lambda m: m.mean("temperature") <= 0),
        ("hardly any trees", lambda m: m.share("forest", "dry") <= 0.05),
    ),
    case(
        "jungle river",
        "climate",
        "a steaming tropical jungle with a river winding through it",
        ("jungle", lambda m: m.share(any_of(m, *JUNGLE), "dry") >= 0.5),
        ("tropical", lambda m: m.mean("temperature") >= 20),
        ("a river", lambda m: m.count("river") >= 1),
    ),
    case(
        "cold north warm south",
        "climate",
        "cold taiga in the north that turns into warm savanna in the south",
        ("warmer southwards", lambda m: m.trend(m.value("temperature"), "south") >= 0.7),
        ("taiga in the north", lambda m: m.share("taiga", "dry") >= 0.1 and m.mostly("taiga", "north", 0.8)),
        ("savanna in the south", lambda m: m.share("savanna", "dry") >= 0.1 and m.mostly("savanna", "south", 0.8)),
    ),
    # interiors
    case(
        "eight rooms and a boss",
        "interiors",
        "a dungeon with eight rooms, one entrance and a boss room at the far end",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("one boss room", lambda m: len(m.rooms_with("boss")) == 1 and m.reachable("boss")),
        ("far from the entrance", lambda m: farthest(m, m.rooms_with("boss")[0])),
    ),
    case(
        "cave chambers",
        "interiors",
        "a cave with three large chambers joined by tunnels and a treasure in one of them",
        ("three chambers", lambda m: len(m.rooms) == 3),
        ("a treasure", lambda m: len(m.rooms_with("treasure")) == 1),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "two floor crypt",
        "interiors",
        "a crypt on two floors with stairs, a locked door and a key",
        ("two floors", lambda m: floors(m) == 2),
        ("stairs", lambda m: m.mask("stairs").any()),
        ("a lock", lambda m: m.mask("lock").any() or m.legend("role_1", "lock").any()),
        ("a key", lambda m: m.mask("key").any() or m.legend("role_1", "key").any()),
    ),
    case(
        "maze in and out",
        "interiors",
        "a maze with one way in and one way out",
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("one exit", lambda m: m.count("exit") == 1),
        ("it can be solved", lambda m: m.reachable("exit")),
        ("not straight through", lambda m: m.walk("entrance", "exit") >= 1.3 * m.gap("entrance", "exit")),
    ),
    # follow-ups
    case(
        "island and lighthouse",
        "follow-ups",
        "a small wooded island",
        ("one island", one_island),
        ("wooded", lambda m: m.share("forest", "dry") >= 0.25),
    )
    .then(
        "add a lighthouse on the north coast",
        ("one lighthouse", lambda m: len(named(m, "lighthouse")) == 1),
        ("in the north", lambda m: m.mostly(spots(m, named(m, "lighthouse")), "north")),
        ("on the coast", lambda m: m.gap(spots(m, named(m, "lighthouse")), "sea") <= 0.1 * side(m)),
        ("the same island", lambda m: grown(m.area("land"), m.before.area("land"), 0.95, 1.05)),
    )
    .then(
        "make the island twice as large",
        ("twice as large", lambda m: grown(m.area("land"), m.before.area("land"), 1.8, 4.4)),
        ("one island", one_island),
        ("the lighthouse stays", lambda m: len(named(m, "lighthouse")) == 1),
    ),
    case(
        "walled town",
        "follow-ups",
        "a walled town next to a river",
        ("a town", lambda m: settled(m, 15)),
        ("a wall", walled),
        ("by the river", lambda m: village_near(m, "river")),
    )
    .then(
        "remove the town wall",
        ("no wall", lambda m: not walled(m)),
        ("the town stays", lambda m: grown(m.number("building"), m.before.number("building"), 0.85, 1.15)),
        ("the river stays", lambda m: m.count("river") >= 1),
    )
    .then(
        "now add a windmill outside the town",
        ("one windmill", lambda m: len(named(m, "windmill")) == len(named(m.before, "windmill")) + 1),
        ("still no wall", lambda m: not walled(m)),
        ("the town stays", lambda m: grown(m.number("building"), m.before.number("building"), 0.85, 1.15)),
    ),
    case(
        "thinner forest",
        "follow-ups",
        "a dense pine forest with a lake in the middle",
        ("one lake", lambda m: m.count("lake") == 1),
        ("in the middle", lambda m: m.each_in("lake", "centre")),
        ("dense", lambda m: m.share("forest", "dry") >= 0.5),
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= 0.6 * len(trees(m)) > 0),
    ).then(
        "take away half of the trees",
        ("half the trees", lambda m: grown(len(trees(m)), len(trees(m.before)), 0.45, 0.55)),
        ("the lake stays", lambda m: m.count("lake") == 1),
        ("the ground stays", lambda m: m.changed("height") <= 0.02),
    ),
    case(
        "more rooms",
        "follow-ups",
        "a small dungeon with five rooms",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("all can be reached", lambda m: m.reachable("room")),
    ).then(
        "add two more rooms and put a treasure in one of them",
        ("seven rooms", lambda m: len(m.rooms) == 7),
        ("a treasure", lambda m: len(m.rooms_with("treasure")) >= 1),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    # impossible
    case(
        "flat with a peak",
        "impossible",
        "a completely flat map with a mountain 900 m high",
        ("it is said", lambda m: m.told("flat", "mountain", "900")),
        expect="best_effort",
    ),
    case(
        "too much land",
        "impossible",
        "70 percent of the land is forest and the other 50 percent is desert",
        ("it is said", lambda m: m.told("forest", "desert", "percent", "%")),
        expect="best_effort",
    ),
    case(
        "flying dragons",
        "impossible",
        "a mountain village with dragons that fly around and attack the player",
        ("the dragons are named", lambda m: m.told("dragon")),
        ("a village all the same", settled),
        expect="best_effort",
    ),
    case(
        "four and seven rooms",
        "impossible",
        "a dungeon with exactly four rooms and exactly seven rooms",
        ("it is said", lambda m: m.told("room")),
        expect="best_effort",
    ),
    case(
        "landlord",
        "impossible",
        "write an email to my landlord about the broken heating",
        expect="refuse",
    ),
]
