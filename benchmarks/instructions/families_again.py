"""A second set of forty instructions on what is built and on landforms, by a tester who had not seen the code."""

from __future__ import annotations

import re

import numpy as np
from measure import Bools, Case, Floats, Map, Part, Point, Room, case
from scipy import ndimage
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.signal import find_peaks
from shared import (
    any_of,
    between,
    one_island,
    side,
    spans,
    spots,
    trees,
    wide,
    within,
)

NEAR = 0.15
COLD = ("snow", "taiga", "tundra")
NO_HOUSE = (
    "church",
    "chapel",
    "temple",
    "castle",
    "keep",
    "tower",
    "barn",
    "mill",
    "windmill",
    "stable",
    "market",
    "gate",
    "wall",
)
NATURE = ("tree", "rock", "grass")


# ---------------------------------------------------------------- helpers: things


def called(name: str, words: tuple[str, ...]) -> bool:
    """Whether a species' name holds one of the words; short words must stand alone."""
    tokens = re.split("[^a-z]+", name.lower())
    return any(word in tokens or word + "s" in tokens or (len(word) > 4 and word in name.lower()) for word in words)


def named(m: Map, *words: str) -> Floats:
    """Made things (n, 5) of any kind whose species is called by one of the words."""
    found = [np.zeros((0, 5))]
    for kind, entry in m.about["instances"].items():
        if kind not in NATURE:
            found += [m.things(kind, name) for name in entry.get("species", []) if called(name, words)]
    return np.concatenate(found)


def centre_of(m: Map, table: Floats) -> Point:
    """Middle of a number of things, as a fraction of the map."""
    x, y = table[:, :2].mean(0)
    return Point(float((x - m.origin[0]) / m.extent[0]), float((y - m.origin[1]) / m.extent[1]))


def houses(m: Map) -> Floats:
    """Return buildings whose species does not say that they are something else than a house."""
    names = m.about["instances"].get("building", {}).get("species", [])
    if not names:
        return m.things("building")
    plain = [m.things("building", name) for name in names if not called(name, NO_HOUSE)]
    return np.concatenate([np.zeros((0, 5)), *plain])


def house_count(m: Map, number: int, part: float = 0.0) -> bool:
    """So many houses, or so many buildings in all: both are fair readings."""
    return within(len(houses(m)), number, part) or within(m.number("building"), number, part)


def away(m: Map, table: Floats, other: str | Bools) -> float:
    """Metres from the nearest of these things to something."""
    return m.gap(spots(m, table), other)


def close(m: Map, one: str | Bools, other: str | Bools, part: float = NEAR) -> bool:
    """Whether two things come within so large a part of the map's longer side of each other."""
    return m.gap(one, other) <= part * side(m)


# ---------------------------------------------------------------- helpers: settlements


def clusters(m: Map, least: int = 3) -> list[Floats]:
    """Return groups of buildings none of which stands far from its next one, the largest first."""
    table = houses(m)
    if len(table) < 2:
        return []
    groups = fcluster(linkage(table[:, :2], "single"), max(40.0, 0.08 * side(m)), "distance")
    found = [table[groups == n] for n in np.unique(groups)]
    return sorted((group for group in found if len(group) >= least), key=len, reverse=True)


def castle(m: Map) -> Bools:
    """Cells of a castle: its district, or where a thing of that name stands."""
    return m.legend("district", "castle") | spots(m, named(m, "castle", "keep", "fortress", "citadel"))


def village(m: Map) -> Bools:
    """Cells of the houses that are no part of a castle's district."""
    return spots(m, houses(m)) & ~castle(m)


def town_wall(m: Map) -> Bools:
    """Cells of a wall around a place, its gates and towers included."""
    mask = spots(m, np.concatenate([m.things("gate"), m.things("tower"), named(m, "wall")]))
    for name, layer in m.layers.items():
        if "wall" in name and layer.shape == m.shape:
            mask = mask | (np.nan_to_num(np.asarray(layer, np.float64)) > 0)
    return mask | m.mask("wall")


def towers(m: Map) -> list[int]:
    """Return how many towers there are, by the fair ways to count: of the kind, and by name."""
    return [m.number("tower"), len(named(m, "tower"))]


def in_the_middle(m: Map, part: Bools, whole: Bools) -> bool:
    """Whether the centre of a part lies in the inner half, each way, of the whole's bounding box."""
    return m.inside(m.centre(part), m.place("centre", whole))


def half_of(m: Map, part: Bools, where: str, whole: Bools) -> bool:
    """Whether a part's centre lies in a place of the whole, or of the map or its land."""
    at = m.centre(part)
    return bool(part.any()) and (m.inside(at, m.place(where, whole)) or m.inside(at, where))


def fields_round(m: Map) -> float:
    """Share of 16 directions from the houses in which farmland lies."""
    return m.all_round(spots(m, houses(m)), any_of(m, "farmland", "district:farmland"), 0.25 * side(m))


def lower(m: Map, one: Bools, other: Bools) -> bool:
    """Whether the ground of one is, in the middle, lower than that of the other."""
    return bool(one.any() and other.any()) and bool(np.median(m.height[one]) < np.median(m.height[other]))


# ---------------------------------------------------------------- helpers: roads and rivers


def roads(m: Map) -> Bools:
    """Cells of roads and streets."""
    return m.mask("road") | (np.asarray(m.layers.get("street", np.zeros(m.shape))) > 0)


def ways(m: Map) -> list[Bools]:
    """Return connected roads, a bridge's gap closed, as cells a little wider than the road."""
    bridges = spots(m, m.things("bridge")) | m.mask("bridge")
    length = float(m.sizes("bridge").max(initial=0.0)) / 2
    over = m.distance_to(bridges) <= length + 2 * m.cell if bridges.any() else bridges
    labels, count = ndimage.label((m.distance_to(roads(m)) <= 2.5 * m.cell) | over, np.ones((3, 3)))
    return [labels == n for n in range(1, count + 1)]


def joined(m: Map, *places: Bools) -> bool:
    """Whether one and the same road comes close to each of the places."""
    reach = max(40.0, 0.06 * side(m))
    return any(all(m.gap(way, place) <= reach for place in places) for way in ways(m))


def crosses(m: Map, one: str, other: str) -> bool:
    """Whether one road reaches two sides of the map, but for 3 % of it."""
    for way in ways(m):
        rows, cols = (np.flatnonzero(way.any(n)) + 0.5 for n in (1, 0))
        rows, cols = rows / m.shape[0], cols / m.shape[1]
        at = {"north": rows.min(), "south": 1 - rows.max(), "west": cols.min(), "east": 1 - cols.max()}
        if max(at[one], at[other]) <= 0.03:
            return True
    return False


def arms(m: Map, where: Bools) -> int:
    """Return the most road arms that leave one road cell there, seen on circles of 5 and of 8 % of the map."""
    wide_road = m.distance_to(roads(m)) <= 1.5 * m.cell
    places = np.argwhere(roads(m) & where)
    places = places[:: max(1, len(places) // 4000)]
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    most = 0
    for radius in (0.05 * max(m.shape), 0.08 * max(m.shape)):
        row = np.rint(places[:, :1] + radius * np.sin(turn)).astype(int).clip(0, m.shape[0] - 1)
        col = np.rint(places[:, 1:] + radius * np.cos(turn)).astype(int).clip(0, m.shape[1] - 1)
        on = wide_road[row, col]
        most = max(most, int((on & ~np.roll(on, 1, axis=1)).sum(1).max(initial=0)))
    return most


def bank(m: Map, table: Floats) -> Floats:
    """Metres by which things stand left (above 0) or right of the longest river, its course fitted by a cubic."""
    river = m.parts("river")[0].mask
    points = np.argwhere(river).astype(float)
    middle = points.mean(0)
    axes = np.linalg.eigh(np.cov(points.T))[1]
    aside, along = ((points - middle) @ axes).T
    course = np.polynomial.Polynomial.fit(along, aside, 3)
    row = m.shape[0] - 1 - (table[:, 1] - m.origin[1]) / m.cell
    col = (table[:, 0] - m.origin[0]) / m.cell
    there = (np.stack([row, col], 1) - middle) @ axes
    return np.asarray((there[:, 0] - course(there[:, 1].clip(along.min(), along.max()))) * m.cell, float)


def as_table(m: Map, mask: Bools) -> Floats:
    """Centres of cells as if things stood there."""
    row, col = np.nonzero(mask)
    table = np.zeros((len(row), 5))
    table[:, 0] = m.origin[0] + (col + 0.5) * m.cell
    table[:, 1] = m.origin[1] + (m.shape[0] - row - 0.5) * m.cell
    return table


def both_banks(m: Map, table: Floats, least: int) -> bool:
    """Whether at least so many of these stand on either side of the river."""
    offset = bank(m, table)
    return bool(min((offset > 0).sum(), (offset < 0).sum()) >= least)


# ---------------------------------------------------------------- helpers: dungeons, caves, mazes


def all_joined(m: Map) -> bool:
    """Every room can be walked to."""
    return m.reachable("room")


def room_walk(m: Map, room: Room) -> float:
    """Metres of the walk from the entrance to a room."""
    return m.walk("entrance", room.mask)


def farthest(m: Map, role: str) -> bool:
    """Tell whether a room of this role is as far a walk from the entrance as any, but for a tenth."""
    longest = max(room_walk(m, room) for room in m.rooms)
    return any(room_walk(m, room) >= 0.9 * longest for room in m.rooms_with(role))


def guarded(m: Map, what: str) -> bool:
    """None of it can be walked to from the entrance without passing a lock."""
    return bool(m.mask(what).any() and not (m.reach("entrance", without="lock") & m.mask(what)).any())


def in_a_row(m: Map) -> bool:
    """Tell whether the rooms hang together as a chain: two ends, all others with two neighbours."""
    degrees = sorted(len(others) for others in m.links.values())
    return len(degrees) >= 2 and degrees[:2] == [1, 1] and set(degrees[2:]) <= {2}


def floors(m: Map) -> int:
    """Return how many storeys have ground to stand on."""
    more = [name for name in m.layers if re.fullmatch(r"cell_\d+", name)]
    return int(m.walkable.any()) + sum(bool((m.legend(n, "floor") | m.legend(n, "corridor")).any()) for n in more)


def largest_space(m: Map) -> float:
    """Share of the walkable ground that hangs together."""
    labels, count = ndimage.label(m.walkable, np.ones((3, 3)))
    return float(np.bincount(labels.ravel())[1:].max() / m.walkable.sum()) if count else 0.0


def chambers(m: Map) -> set[int]:
    """Numbers of wide places, a quarter of the widest or more, by several fair lines between chamber and tunnel."""
    depth = ndimage.distance_transform_edt(np.pad(m.walkable, 1))
    found = set()
    for part in (0.3, 0.4, 0.5, 0.6):
        labels, _ = ndimage.label(depth > part * depth.max())
        sizes = np.bincount(labels.ravel())[1:]
        found.add(int((sizes >= 0.25 * sizes.max(initial=1)).sum()))
    return found


def cave_water(m: Map) -> Bools:
    """Water in a cave: as a cell of its plan or as water."""
    return m.legend("cell", "water") | m.mask("water")


def loops(m: Map) -> int:
    """Return how many closed rings the passages make: walled islands that the outside does not reach."""
    _, count = ndimage.label(np.pad(~m.walkable, 1, constant_values=True), np.ones((3, 3)))
    return int(count - 1)


def mazy(m: Map) -> bool:
    """Narrow passages all over: at most a tenth of the whole across, and at least four of them side by side."""
    free = m.walkable[np.ix_(m.walkable.any(1), m.walkable.any(0))]
    depth = ndimage.distance_transform_edt(np.pad(free, 1))
    across = 2 * float(np.percentile(depth[depth > 0], 95)) - 1
    runs = [float(np.median((np.diff(np.pad(f, ((0, 0), (1, 0))).astype(int)) > 0).sum(1))) for f in (free, free.T)]
    return across <= 0.1 * min(free.shape) and max(runs) >= 4


# ---------------------------------------------------------------- helpers: landforms


def thinned(m: Map) -> tuple[int, Floats]:
    """Cells a step, and the ground at every step, at most 256 a side."""
    step = max(1, -(-max(m.shape) // 256))
    return step, m.height[::step, ::step]


def cut(m: Map) -> Floats:
    """How far the ground lies below where it would be if every cut up to a third of the map wide were filled."""
    step, ground = thinned(m)
    size = max(3, round(0.33 * min(ground.shape)))
    deep = ndimage.grey_closing(ground, (size, size), mode="nearest") - ground
    return np.kron(deep, np.ones((step, step)))[: m.shape[0], : m.shape[1]]


def canyon(m: Map) -> Part:
    """Return the largest piece of ground cut at least 0.4 as deep as the deepest cut."""
    deep = cut(m)
    return m.parts(deep >= 0.4 * np.percentile(deep, 99.5))[0]


def depths(m: Map) -> list[float]:
    """Depths of the canyon in metres by two fair ways: against the filled ground, and floor against rim."""
    part = canyon(m)
    rim = m.ring(part.mask, 0.06 * side(m))
    floor, edge = np.percentile(m.height[part.mask], 10), np.percentile(m.height[rim], 60)
    return [float(np.percentile(cut(m)[part.mask], 90)), float(edge - floor)]


def steep_walls(m: Map, degrees: float) -> bool:
    """Tell whether a good part of the canyon's sides is at least so steep."""
    part = canyon(m)
    slopes = m.value("slope")[part.mask | m.ring(part.mask, 0.04 * side(m))]
    return float(np.percentile(slopes, 90)) >= degrees


def crests(m: Map) -> float:
    """Return how many crests one crosses on a straight way over the map, north to south or west to east."""
    ground = ndimage.gaussian_filter(thinned(m)[1], 1.0)
    least = max(0.5, 0.1 * float(np.diff(np.percentile(ground, [2, 98]))[0]))
    counts = [[len(find_peaks(line, prominence=least)[0]) for line in lines[::4]] for lines in (ground, ground.T)]
    return max(float(np.median(c)) for c in counts)


def dune_heights(m: Map) -> list[float]:
    """Heights of the higher dunes above the ground beside them, by a narrow and by a wide window."""
    ground = thinned(m)[1]
    found = []
    for part in (0.1, 0.2, 0.35):
        size = max(3, round(part * min(ground.shape)))
        above = ground - ndimage.grey_opening(ground, (size, size), mode="nearest")
        found += [float(np.percentile(above, 98)), float(above.max())]
    return found


def pits(m: Map) -> int:
    """Return how many low points the closed hollows have: craters that overlap count each."""
    hollow = np.logical_or.reduce([np.zeros(m.shape, bool), *(p.mask for p in m.hollows(1.0))])
    smooth = ndimage.gaussian_filter(m.height, 0.006 * max(m.shape))
    lowest = smooth <= ndimage.minimum_filter(smooth, max(3, round(0.04 * max(m.shape))))
    return int(ndimage.label(lowest & hollow, np.ones((3, 3)))[1])


def big_hollows(m: Map) -> list[Part]:
    """Return closed hollows at least a third of the largest one's size."""
    found = m.hollows(3.0)
    return [part for part in found if part.share >= found[0].share / 3]


def crater_widths(m: Map) -> list[float]:
    """Metres across the largest hollow: of the hollow itself, and from crest to crest of its rim."""
    part = big_hollows(m)[0]
    out = ndimage.distance_transform_edt(part.mask) * -m.cell + m.distance_to(part.mask)
    reach = int(wide(m, part) / 4 / m.cell)
    band = [float(np.mean(m.height[(out > n * m.cell) & (out <= (n + 1) * m.cell)])) for n in range(reach + 1)]
    return [wide(m, part), wide(m, part) + 2 * m.cell * int(np.argmax(band))]


def coast(m: Map, where: str) -> Bools:
    """Land cells at the sea in a place of the land."""
    return m.mask("land") & (m.distance_to("sea") <= 1.5 * m.cell) & m.place(where, "land")


def steep(m: Map, degrees: float = 35.0) -> Bools:
    """Land at least so steep."""
    return m.mask("land") & (m.value("slope") >= degrees)


def cliff_tops(m: Map) -> list[float]:
    """Heights above the sea of the ground behind the steep coast: its middle and its upper values."""
    wall = steep(m) & (m.distance_to("sea") <= max(0.08 * side(m), 80.0))
    behind = m.ring(wall, max(3 * m.cell, 0.02 * side(m))) & m.mask("dry") & ~steep(m)
    tops = m.height[behind & (m.height >= np.median(m.height[wall]))]
    return [float(v) for v in np.percentile(tops, [50, 75, 90])]


CASES: list[Case] = [
    # settlements
    case(
        "fishing village",
        "settlements",
        "a fishing village with twelve houses by the sea",
        ("twelve houses", lambda m: house_count(m, 12)),
        ("a sea", lambda m: m.share("sea") >= 0.03),
        ("by the sea", lambda m: away(m, houses(m), "sea") <= NEAR * side(m)),
        ("on dry ground", lambda m: m.number("building", None, "dry") >= 0.9 * m.number("building")),
    ),
    case(
        "four gates",
        "settlements",
        "A walled town with four gates and a market square in its centre",
        ("four gates", lambda m: m.number("gate") == 4),
        ("a wall all round", lambda m: m.all_round(spots(m, houses(m)), town_wall(m)) >= 0.7),
        (
            "a square in the middle",
            lambda m: in_the_middle(m, m.legend("district", "market_square"), spots(m, houses(m))),
        ),
        ("a town's worth of houses", lambda m: m.number("building") >= 15),
    ),
    case(
        "village on each bank",
        "settlements",
        "a river with one village on each bank",
        ("a river", lambda m: m.river_systems() >= 1),
        ("houses on both banks", lambda m: both_banks(m, houses(m), 3)),
        ("dry feet", lambda m: m.number("building", None, "dry") >= 0.9 * m.number("building")),
    ),
    case(
        "castle above village",
        "settlements",
        "a castle on top of a hill and a little village below it",
        ("a castle", lambda m: castle(m).any()),
        ("on a hill", lambda m: m.top(castle(m)) >= np.percentile(m.height[m.mask("dry")], 85)),
        ("a village", lambda m: village(m).any()),
        ("below it", lambda m: lower(m, village(m), castle(m))),
    ),
    case(
        "harbour and watchtower",
        "settlements",
        "harbour town on the south coast with a watchtower",
        ("a harbour at the sea", lambda m: close(m, m.legend("district", "harbour"), "sea", 0.03)),
        ("sea in the south", lambda m: m.share("sea", m.place("south")) > m.share("sea", m.place("north"))),
        ("a tower", lambda m: max(towers(m)) >= 1),
        ("a town", lambda m: m.number("building") >= 10),
    ),
    case(
        "farming village",
        "settlements",
        "a farming village of about 30 houses surrounded by fields",
        ("about thirty houses", lambda m: house_count(m, 30, 0.2)),
        ("fields", lambda m: m.share(any_of(m, "farmland", "district:farmland"), "dry") >= 0.03),
        ("all round", lambda m: fields_round(m) >= 0.7),
    ),
    case(
        "slum and castle",
        "settlements",
        "a medieval city with the castle in the north and slums in the east",
        ("castle in the north", lambda m: half_of(m, castle(m), "north", spots(m, houses(m)))),
        ("slums in the east", lambda m: half_of(m, m.legend("district", "slum"), "east", spots(m, houses(m)))),
        ("a city", lambda m: m.number("building") >= 40),
    ),
    case(
        "church and well",
        "settlements",
        "a village with 25 houses, a church and a well",
        ("25 houses", lambda m: house_count(m, 25)),
        ("a church", lambda m: len(named(m, "church", "chapel")) == 1),
        ("a well", lambda m: len(named(m, "well")) == 1),
    ),
    case(
        "oasis village",
        "settlements",
        "desert village built around a small lake",
        ("a desert", lambda m: m.share("desert", "dry") >= 0.5),
        ("a lake", lambda m: m.count("lake") == 1),
        ("small", lambda m: m.share("lake") <= 0.1),
        (
            "houses round it",
            lambda m: m.all_round(m.parts("lake")[0].mask, spots(m, houses(m)), 0.25 * side(m)) >= 0.5,
        ),
    ),
    case(
        "lonely cabin",
        "settlements",
        "one lonely cabin in a snowy pine forest",
        ("one building", lambda m: max(m.number("building"), len(named(m, "cabin", "hut", "house"))) == 1),
        ("cold", lambda m: m.share(any_of(m, *COLD), "dry") >= 0.5),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.25 and len(trees(m)) >= 50),
        ("trees all round", lambda m: m.all_round(spots(m, m.things("building")), "forest", 0.2 * side(m)) >= 0.75),
    ),
    case(
        "six towers",
        "settlements",
        "a castle with six towers and a single gate",
        ("a castle", lambda m: castle(m).any()),
        ("six towers", lambda m: 6 in towers(m)),
        ("one gate", lambda m: m.number("gate") == 1),
    ),
    case(
        "three hamlets",
        "settlements",
        "three small hamlets in green hills, connected by roads",
        ("three hamlets", lambda m: len(clusters(m, 2)) == 3),
        ("joined", lambda m: joined(m, *(spots(m, group) for group in clusters(m, 2)))),
        ("green", lambda m: m.share(any_of(m, "grassland", "forest", "shrubland", "farmland"), "dry") >= 0.5),
    ),
    # roads
    case(
        "west to east",
        "roads",
        "a dirt road across a meadow from the west edge to the east edge",
        ("from edge to edge", lambda m: crosses(m, "west", "east")),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "forest crossroads",
        "roads",
        "a crossroads in the middle of a dense forest",
        ("four arms in the middle", lambda m: arms(m, m.place("centre")) >= 4),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.5),
    ),
    case(
        "bridge over river",
        "roads",
        "a road that crosses a river over one bridge",
        ("a river", lambda m: m.river_systems() == 1),
        ("one bridge", lambda m: m.number("bridge") == 1),
        ("on the river", lambda m: away(m, m.things("bridge"), "river") <= 0.03 * side(m)),
        ("road on both banks", lambda m: both_banks(m, as_table(m, roads(m)), 5)),
    ),
    case(
        "coast road",
        "roads",
        "A long empty road following the coast, no houses",
        ("a sea", lambda m: m.share("sea") >= 0.03),
        ("long", lambda m: any(max(spans(m, p)) >= 0.5 * side(m) for p in m.parts(roads(m), 0.0, 4 * m.cell))),
        ("along the coast", lambda m: m.near(roads(m), "sea", NEAR * side(m)) >= 0.7),
        ("no houses", lambda m: m.number("building") == 0),
    ),
    case(
        "village to castle",
        "roads",
        "a road leading from a village in the south to a castle in the north",
        ("village in the south", lambda m: m.inside(m.centre(village(m)), "south")),
        ("castle in the north", lambda m: m.inside(m.centre(castle(m)), "north")),
        ("a road joins them", lambda m: joined(m, village(m), castle(m))),
    ),
    # dungeons
    case(
        "ten rooms",
        "dungeons",
        "a dungeon with ten rooms, one of them for the boss",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("one boss room", lambda m: len(m.rooms_with("boss")) == 1),
        ("all joined", all_joined),
    ),
    case(
        "far treasure",
        "dungeons",
        "a crypt with six rooms and the treasure in the room farthest from the entrance",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("an entrance", lambda m: m.mask("entrance").any()),
        ("treasure farthest", lambda m: farthest(m, "treasure")),
    ),
    case(
        "two floors",
        "dungeons",
        "a dungeon on two floors connected by stairs",
        ("two floors", lambda m: floors(m) == 2),
        ("stairs on the first", lambda m: m.mask("stairs").any()),
        ("stairs on the second", lambda m: m.legend("cell_1", "stairs").any()),
    ),
    case(
        "key before lock",
        "dungeons",
        "dungeon where the treasure is behind a locked door and the key can be found first",
        ("lock, key and treasure", lambda m: all(m.mask(r).any() for r in ("lock", "key", "treasure"))),
        ("treasure is locked away", lambda m: guarded(m, "treasure")),
        ("key comes first", lambda m: m.reachable("key", without="lock")),
        ("treasure can be won", lambda m: m.reachable("treasure")),
    ),
    case(
        "five in a row",
        "dungeons",
        "a simple linear dungeon: five rooms one after another",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("a chain", in_a_row),
    ),
    case(
        "three treasures",
        "dungeons",
        "make me a dungeon with three treasure rooms and two exits",
        ("three treasure rooms", lambda m: len(m.rooms_with("treasure")) == 3),
        ("two exits", lambda m: 2 in {m.count("exit"), len(m.rooms_with("exit"))}),
        ("treasures reachable", lambda m: m.reachable("treasure")),
        ("exits reachable", lambda m: m.reachable("exit")),
    ),
    case(
        "biggest for the boss",
        "dungeons",
        "goblin lair with 15 rooms, the boss sits in the biggest room",
        ("fifteen rooms", lambda m: len(m.rooms) == 15),
        ("boss in the biggest", lambda m: any(r.area_m2 >= 0.99 * m.rooms[0].area_m2 for r in m.rooms_with("boss"))),
        ("all joined", all_joined),
    ),
    case(
        "no dead ends",
        "dungeons",
        "eight rooms, no dead ends, an entrance and an exit",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("no dead ends", lambda m: m.dead_ends() == 0),
        ("in and out", lambda m: m.mask("entrance").any() and m.reachable("exit")),
    ),
    # caves
    case(
        "cave lake",
        "caves",
        "a natural cave with an underground lake",
        ("open ground", lambda m: m.share(m.walkable) >= 0.05),
        ("rock around", lambda m: m.share(m.walkable | cave_water(m)) <= 0.9),
        ("a lake", lambda m: m.count(cave_water(m), 0.002) >= 1),
        ("at the cave floor", lambda m: m.gap(cave_water(m), m.walkable) <= 3 * m.cell),
    ),
    case(
        "three chambers",
        "caves",
        "a cave of three big chambers joined by narrow tunnels",
        ("three chambers", lambda m: 3 in {len(m.rooms), *chambers(m)}),
        ("joined", lambda m: largest_space(m) >= 0.98),
    ),
    case(
        "half open cave",
        "caves",
        "a cave system where half of the map is open floor, all of it connected",
        ("half is open", lambda m: between(m.share(m.walkable), 0.45, 0.55)),
        ("connected", lambda m: largest_space(m) >= 0.99),
    ),
    case(
        "cave in and out",
        "caves",
        "Bear cave with the entrance in the south and a treasure at the back in the north",
        ("entrance in the south", lambda m: m.inside(m.centre("entrance"), "south")),
        ("treasure in the north", lambda m: m.inside(m.centre("treasure"), "north")),
        ("one can walk there", lambda m: m.reachable("treasure")),
    ),
    # mazes
    case(
        "maze west to east",
        "mazes",
        "a maze with the entrance on the west side and the exit on the east side",
        ("entrance in the west", lambda m: m.inside(m.centre("entrance"), "west")),
        ("exit in the east", lambda m: m.inside(m.centre("exit"), "east")),
        ("solvable", lambda m: m.reachable("exit")),
        ("narrow passages", mazy),
    ),
    case(
        "maze without loops",
        "mazes",
        "a hedge maze without any loops and a treasure inside",
        ("no loops", lambda m: loops(m) == 0),
        ("all connected", lambda m: largest_space(m) >= 0.99),
        ("treasure can be reached", lambda m: m.reachable("treasure")),
        ("narrow passages", mazy),
    ),
    # canyons
    case(
        "river canyon",
        "canyons",
        "a deep canyon with steep walls and a river at the bottom",
        ("long", lambda m: max(spans(m, canyon(m))) >= 0.5 * side(m)),
        ("steep walls", lambda m: steep_walls(m, 30)),
        ("river in it", lambda m: m.share(canyon(m).mask, "river") >= 0.7),
    ),
    case(
        "desert canyon",
        "canyons",
        "a dry desert canyon running from north to south through the whole map",
        ("north to south", lambda m: spans(m, canyon(m))[1] >= 0.9 * m.extent[1]),
        ("a desert", lambda m: m.share(any_of(m, "desert", "badlands", "rock"), "dry") >= 0.5),
        ("dry", lambda m: m.share("water") <= 0.001),
    ),
    case(
        "split plateau",
        "canyons",
        "a canyon 100 metres deep that splits a plateau in two",
        ("100 m deep", lambda m: any(within(d, 100, 0.2) for d in depths(m))),
        ("splits the land", lambda m: m.count(m.mask("land") & ~canyon(m).mask, 0.1) >= 2),
        ("flat on top", lambda m: m.gentle(12, m.mask("dry") & ~(m.distance_to(canyon(m).mask) <= 60)) >= 0.6),
    ),
    # dunes
    case(
        "sea of dunes",
        "dunes",
        "an endless sandy desert full of dunes, no water and no trees",
        ("sand", lambda m: m.share("desert", "dry") >= 0.85),
        ("many dunes", lambda m: crests(m) >= 4),
        ("no water", lambda m: m.share("water") == 0),
        ("no trees", lambda m: len(trees(m)) == 0),
    ),
    case(
        "dunes with oasis",
        "dunes",
        "sand dunes about 20 metres high with a palm oasis in the middle",
        ("twenty metres", lambda m: any(within(h, 20, 0.2) for h in dune_heights(m))),
        ("dunes", lambda m: crests(m) >= 3),
        ("water in the middle", lambda m: m.inside(m.centre("lake"), "centre")),
        ("palms at it", lambda m: away(m, trees(m, "palm"), "lake") <= NEAR * side(m)),
    ),
    # craters
    case(
        "dead moon",
        "craters",
        "a dead moon with at least ten craters and no water",
        ("ten craters", lambda m: max(pits(m), len(m.hollows(1.0))) >= 10),
        ("no water", lambda m: m.share("water") == 0),
        ("nothing grows", lambda m: m.number("tree") == 0),
    ),
    case(
        "one impact crater",
        "craters",
        "a single round impact crater, about 300 metres wide, in the middle of a plain",
        ("one crater", lambda m: len(big_hollows(m)) == 1),
        ("in the middle", lambda m: m.inside(big_hollows(m)[0].at, "centre")),
        ("300 m wide", lambda m: any(within(w, 300, 0.2) for w in crater_widths(m))),
        ("a plain around", lambda m: m.gentle(8, m.mask("dry") & (m.distance_to(big_hollows(m)[0].mask) > 200)) >= 0.8),
    ),
    # cliffs
    case(
        "cliffs and beach",
        "cliffs",
        "an island with steep cliffs on its north coast and a sandy beach in the south",
        ("one island", one_island),
        ("cliffs in the north", lambda m: m.near(coast(m, "north third"), steep(m), 0.05 * side(m)) >= 0.5),
        ("beach in the south", lambda m: m.mostly("beach", "south")),
    ),
    case(
        "sixty metre cliffs",
        "cliffs",
        "green meadow ending in sheer cliffs 60 metres above the sea",
        ("a sea", lambda m: m.share("sea") >= 0.05),
        ("60 m", lambda m: any(within(h, 60, 0.2) for h in cliff_tops(m))),
        ("sheer", lambda m: m.near(m.ring("sea", m.cell) & m.mask("land"), steep(m, 45), 40) >= 0.5),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.4),
    ),
]
