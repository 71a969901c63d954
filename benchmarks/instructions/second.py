"""A second set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import numpy as np
from measure import Case, Map, Point, case
from scipy import ndimage
from shared import (
    CONIFERS,
    JUNGLE,
    any_of,
    apart,
    between,
    cones,
    high_ground,
    island_count,
    one_island,
    side,
    solidity,
    trees,
    wide,
)

# ---------------------------------------------------------------- helpers


def bend(m: Map) -> float:
    """How far the longest river leaves the straight line between its farthest ends, as a share of that line."""
    points = np.argwhere(m.parts("river")[0].mask).astype(float)
    start = points[np.argmax(np.hypot(*(points - points[0]).T))]
    end = points[np.argmax(np.hypot(*(points - start).T))]
    way = end - start
    away = abs(way[0] * (points - start)[:, 1] - way[1] * (points - start)[:, 0])
    return float(away.max() / max(way @ way, 1e-9))


def passes_between(m: Map) -> bool:
    """Tell whether the river crosses the line between some two of the summits (up to six, ends left out)."""
    near = m.distance_to("river") <= 0.02 * side(m)
    tops = [peak.at for peak in m.peaks(0.2)[:6]]
    pairs = [(a, b) for n, a in enumerate(tops) for b in tops[n + 1 :]]
    steps = np.linspace(0.15, 0.85, 60)
    return any(m._at(Point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t), near) for a, b in pairs for t in steps)


def bottlenecks(m: Map) -> int:
    """Rooms, but for those of entrance and exit, that every way from the one to the other goes through."""
    found = 0
    for room in m.rooms:
        if room.roles & {"entrance", "exit"}:
            continue
        labels, _ = ndimage.label(m.walkable & ~room.mask)
        ways = np.intersect1d(labels[m.mask("entrance")], labels[m.mask("exit")])
        found += not (ways > 0).any()
    return found


def narrow_arm(m: Map) -> bool:
    """Tell whether the outer half of what juts westward is at most 35 % of the map wide, and it is clearly longer."""
    land = m.parts("land")[0].mask
    cols = np.flatnonzero(land.any(0))
    outer = land[:, cols[0] : (cols[0] + cols[-1]) // 2].sum(0) / land.shape[0]
    length = len(cols) / land.shape[1]
    return bool(np.median(outer) <= 0.35 and length >= 1.5 * np.median(outer))


def sized(m: Map, east: float, north: float) -> bool:
    return abs(m.extent[0] / east - 1) <= 0.02 and abs(m.extent[1] / north - 1) <= 0.02


def in_a_row(m: Map) -> bool:
    """Two rooms have one neighbour, all others two, and the two are those of entrance and exit."""
    ends = [room for room in m.rooms if len(m.links[room.number]) == 1]
    inner = [room for room in m.rooms if len(m.links[room.number]) == 2]
    roles = {role for room in ends for role in room.roles}
    return len(ends) == 2 and len(ends) + len(inner) == len(m.rooms) and {"entrance", "exit"} <= roles


def far_treasure(m: Map) -> bool:
    """Tell whether the walk to the nearest treasure is at least as long as that to the middling room."""
    walks = [m.walk("entrance", room.mask) for room in m.rooms]
    return bool(np.isfinite(m.walk("entrance", "treasure")) and m.walk("entrance", "treasure") >= np.median(walks))


def palms_by_sea(m: Map) -> bool:
    """At least nine palms of ten stand within a tenth of the map's side of the sea."""
    shore = m.distance_to("sea") <= 0.1 * side(m)
    palms = (trees(m, "palm")[:, :2] - m.origin) / m.extent
    return bool(np.mean([m._at(Point(*at), shore) for at in palms]) >= 0.9)


# ---------------------------------------------------------------- cases

CASES: list[Case] = [
    # amounts
    case(
        "four islands",
        "amounts",
        "four islands of different sizes in a warm sea",
        ("four islands", lambda m: island_count(m, 4)),
        ("different sizes", lambda m: m.islands()[0].share >= 1.5 * m.islands()[-1].share),
        ("warm", lambda m: m.mean("temperature") >= 15),
    ),
    case(
        "two volcanoes",
        "amounts",
        "Two volcanoes and three lakes on one big island.",
        ("one big island", lambda m: one_island(m) and m.share("land") >= 0.2),
        ("two volcanoes", lambda m: len(cones(m)) == 2),
        ("three lakes", lambda m: m.count("lake") == 3),
    ),
    case(
        "dozen lakes",
        "amounts",
        "a dozen small lakes scattered over a grassy plain",
        ("twelve lakes", lambda m: m.count("lake") == 12),
        ("small ones", lambda m: all(p.share <= 0.03 for p in m.parts("lake"))),
        (
            "scattered",
            lambda m: (
                sum(
                    any(m.inside(p.at, q) for p in m.parts("lake"))
                    for q in ("north-east", "north-west", "south-east", "south-west")
                )
                >= 3
            ),
        ),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.5),
        ("a plain", lambda m: m.gentle() >= 0.75),
    ),
    case(
        "seven or more",
        "amounts",
        "an archipelago with at least seven islands, one of them clearly larger than the rest",
        ("seven or more islands", lambda m: len(m.islands()) >= 7),
        ("one clearly larger", lambda m: m.islands()[0].share >= 1.5 * m.islands()[1].share),
    ),
    case(
        "five hills",
        "amounts",
        "5 hills, no mountains, just meadows",
        ("five hills", lambda m: len(m.peaks()) == 5),
        ("no mountains", lambda m: m.share("mountain") == 0),
        ("meadows", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    # places
    case(
        "north edge mountains",
        "places",
        "mountains along the northern edge and plains in the south",
        ("highest ground in the north", lambda m: m.inside(m.summit(), "north")),
        (
            "north higher than south",
            lambda m: (
                m.mean("height", m.place("north third") & m.mask("land"))
                > m.mean("height", m.place("south third") & m.mask("land"))
            ),
        ),
        ("plains in the south", lambda m: m.gentle(10, m.place("south third") & m.mask("dry")) >= 0.7),
    ),
    case(
        "corner volcano",
        "places",
        "put a volcano in the south-west corner of the island",
        ("an island", one_island),
        ("one volcano", lambda m: len(cones(m)) == 1),
        ("in its south-west", lambda m: m.each_in(cones(m), "south-west")),
    ),
    case(
        "coast left",
        "places",
        "coast on the left side of the map, forested hills on the right",
        ("sea at the left edge", lambda m: "west" in m.edges("sea")),
        ("sea mostly on the left", lambda m: m.mostly("sea", "west")),
        ("woods mostly on the right", lambda m: m.share("forest", "dry") >= 0.01 and m.mostly("forest", "east")),
        ("hills on the right", lambda m: len(m.peaks(where=m.place("east"))) >= 2),
    ),
    case(
        "lake and corners",
        "places",
        "A lake right in the middle of the map and a forest in each of the four corners",
        ("one lake", lambda m: m.count("lake") == 1),
        ("in the middle", lambda m: apart(m, m.centre("lake"), Point(0.5, 0.5)) <= 0.15),
        (
            "woods in all corners",
            lambda m: all(
                m.share("forest", m.place(f"far {corner}")) >= 0.15
                for corner in ("north-east", "north-west", "south-east", "south-west")
            ),
        ),
    ),
    case(
        "three biomes placed",
        "places",
        "swamp in the southeast, snow up north, and a desert out west",
        ("swamp in the south-east", lambda m: m.share("swamp", "dry") >= 0.01 and m.mostly("swamp", "south-east")),
        ("snow in the north", lambda m: m.share("snow", "dry") >= 0.01 and m.mostly("snow", "north")),
        ("desert in the west", lambda m: m.share("desert", "dry") >= 0.01 and m.mostly("desert", "west")),
    ),
    # shapes
    case(
        "crescent",
        "shapes",
        "a crescent-shaped island wrapped around a bay",
        ("one island", one_island),
        ("hollowed on one side", lambda m: solidity(m.islands()[0]) <= 0.8),
    ),
    case(
        "round island",
        "shapes",
        "a perfectly round island with a single peak in its centre",
        ("one island", one_island),
        ("round", lambda m: m.islands()[0].roundness >= 0.8),
        ("one peak", lambda m: len(m.peaks()) == 1),
        ("in the centre", lambda m: apart(m, m.peaks()[0].at, m.centre("land")) <= 0.1),
    ),
    case(
        "long peninsula",
        "shapes",
        "long narrow peninsula sticking out from the east edge into the sea",
        ("land touches the east edge", lambda m: "east" in m.edges("land")),
        ("and ends in the sea", lambda m: "west" not in m.edges("land")),
        ("long and narrow", narrow_arm),
    ),
    case(
        "five terraces",
        "shapes",
        "a stepped island with five terraces, highest in the middle",
        ("an island", one_island),
        ("five levels (and perhaps a shore)", lambda m: m.levels() in {5, 6}),
        ("highest in the middle", lambda m: m.inside(m.centre(high_ground(m)), "centre")),
    ),
    case(
        "winding river",
        "shapes",
        "one long winding river that flows from the western hills to the eastern sea",
        ("one river", lambda m: m.river_systems() == 1),
        ("long", lambda m: np.ptp(np.argwhere(m.mask("river"))[:, 1]) >= 0.4 * m.shape[1]),
        ("winding", lambda m: bend(m) >= 0.08),
        ("into the sea in the east", lambda m: m.reaches("river", "sea") and m.centre("sea").x > 0.5),
        ("hills in the west", lambda m: m.centre(high_ground(m)).x < m.centre("land").x),
    ),
    # relations
    case(
        "forest lake outflow",
        "relations",
        "a lake surrounded by forest, with a river running from it to the sea",
        ("a lake", lambda m: m.count("lake") >= 1),
        (
            "forest round it",
            lambda m: max(m.all_round(p.mask, "forest", 0.1 * side(m)) for p in m.parts("lake")) >= 0.8,
        ),
        (
            "a river joins lake and sea",
            lambda m: any(m.reaches(p.mask, "lake") for p in m.parts("river")) and m.reaches("river", "sea"),
        ),
    ),
    case(
        "dividing range",
        "relations",
        "a mountain range that separates a desert in the west from a forest in the east",
        ("desert in the west", lambda m: m.share("desert", "dry") >= 0.01 and m.mostly("desert", "west")),
        ("forest in the east", lambda m: m.share("forest", "dry") >= 0.01 and m.mostly("forest", "east")),
        ("high ground between", lambda m: m.centre("desert").x < m.centre(high_ground(m)).x < m.centre("forest").x),
        ("a range: several peaks", lambda m: len(m.peaks(0.1)) >= 2),
    ),
    case(
        "unlike twins",
        "relations",
        "two islands: a big snowy one and a small jungle one, well apart",
        ("two islands", lambda m: island_count(m, 2)),
        ("one bigger", lambda m: m.islands()[0].share >= 1.5 * m.islands()[1].share),
        ("the big one snowy", lambda m: m.share("snow", m.islands()[0].mask & m.mask("dry")) >= 0.5),
        ("the small one jungle", lambda m: m.share(any_of(m, *JUNGLE), m.islands()[1].mask & m.mask("dry")) >= 0.5),
        ("apart", lambda m: m.gap(m.islands()[0].mask, m.islands()[1].mask) >= 0.05 * side(m)),
    ),
    case(
        "wood at the foot",
        "relations",
        "a dense wood at the foot of a lone mountain",
        ("one mountain", lambda m: len(m.peaks()) == 1),
        ("a wood", lambda m: m.share("forest", "dry") >= 0.01),
        (
            "close to the mountain",
            lambda m: m.near("forest", m.mask("dry") & (m.height > 0.5 * m.top()), 0.15 * side(m)) >= 0.5,
        ),
        ("low on it", lambda m: m.mean("height", m.mask("forest")) < 0.6 * m.top()),
    ),
    case(
        "river between hills",
        "relations",
        "the river passes between two hills before it reaches a lake",
        ("a river", lambda m: m.count("river") >= 1),
        ("reaches a lake", lambda m: m.reaches("river", "lake")),
        ("two hills or more", lambda m: len(m.peaks(0.2)) >= 2),
        ("passes between them", passes_between),
    ),
    case(
        "palm beaches",
        "relations",
        "palm trees only along the beaches of a tropical island, the inside is jungle",
        ("an island", one_island),
        ("tropical", lambda m: m.mean("temperature") >= 20),
        ("palms", lambda m: len(trees(m, "palm")) >= 5),
        ("palms by the shore", palms_by_sea),
        (
            "jungle inside",
            lambda m: m.share(any_of(m, *JUNGLE), m.mask("dry") & (m.distance_to("sea") > 0.08 * side(m))) >= 0.5,
        ),
    ),
    # shares
    case(
        "sixty water",
        "shares",
        "60 percent of the map should be water",
        ("55 to 65 % water", lambda m: between(m.share("water"), 0.55, 0.65)),
    ),
    case(
        "thirds",
        "shares",
        "an island that's about one third forest, one third swamp and the rest grassland",
        ("an island", one_island),
        (
            "a third forest",
            lambda m: any(between(m.share(f, "dry"), 0.283, 0.383) for f in ("forest", "biome:forest")),
        ),
        ("a third swamp", lambda m: between(m.share("swamp", "dry"), 0.283, 0.383)),
        (
            "a third grassland",
            lambda m: any(
                between(m.share(g, "dry"), 0.283, 0.383)
                for g in (m.mask("grassland"), m.mask("grassland") & ~m.mask("forest"))
            ),
        ),
    ),
    case(
        "half snow",
        "shares",
        "Half the land covered by snow, and a quarter of it forest",
        ("half snow", lambda m: between(m.share("snow", "dry"), 0.45, 0.55)),
        ("a quarter forest", lambda m: any(between(m.share(f, "dry"), 0.2, 0.3) for f in ("forest", "biome:forest"))),
    ),
    case(
        "tenth lakes",
        "shares",
        "lakes on roughly 10% of the land, no rivers",
        ("5 to 15 % lakes", lambda m: between(m.share("lake", "land"), 0.05, 0.15)),
        ("more than one", lambda m: m.count("lake") >= 2),
        ("no rivers", lambda m: m.count("river") == 0),
    ),
    # negation
    case(
        "treeless",
        "negation",
        "rolling grassland without a single tree",
        ("no tree", lambda m: len(trees(m)) == 0 and m.share("forest") == 0),
        ("grassland", lambda m: m.share("grassland", "dry") >= 0.5),
        ("rolling: not dead flat", lambda m: m.relief() >= 3),
    ),
    case(
        "bone dry",
        "negation",
        "a desert with no water at all, just rocks",
        ("no water", lambda m: m.share("water") == 0),
        ("desert", lambda m: m.share("desert", "dry") >= 0.5),
        ("rocks", lambda m: m.number("rock") > 0),
        ("no woods", lambda m: m.share("forest") < 0.01),
    ),
    case(
        "no sea please",
        "negation",
        "an inland map with mountains and lakes, no sea please",
        ("no sea", lambda m: m.share("sea") == 0),
        ("lakes", lambda m: m.count("lake") >= 2),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "dry crater",
        "negation",
        "volcanic island, but the volcano shouldn't have a lake in its crater and there should be no snow",
        ("an island", one_island),
        ("a volcano's crater", lambda m: len(cones(m)) >= 1),
        ("dry", lambda m: all(m.share("water", c.mask) == 0 for c in cones(m))),
        ("no snow", lambda m: m.share("snow") == 0),
    ),
    # units
    case(
        "three by two km",
        "units",
        "a 3 km x 2 km map with a 400 m high mountain in it",
        ("3 by 2 km", lambda m: sized(m, 3000, 2000)),
        (
            "about 400 m high",
            lambda m: any(between(m.top() - base, 360, 440) for base in (0.0, float(m.height[m.mask("land")].min()))),
        ),
    ),
    case(
        "two km across",
        "units",
        "an island about 2 km across on a 4 by 4 kilometre map",
        ("4 by 4 km", lambda m: sized(m, 4000, 4000)),
        ("one island", one_island),
        ("about 2 km across", lambda m: between(wide(m, m.islands()[0]), 1700, 2300)),
    ),
    case(
        "rocks and pines",
        "units",
        "Place exactly 50 rocks and 200 pine trees on a flat 500 m square",
        ("500 m", lambda m: sized(m, 500, 500)),
        ("50 rocks", lambda m: m.number("rock") == 50),
        ("200 trees, all conifers", lambda m: len(trees(m, *CONIFERS)) == 200 == len(trees(m))),
        ("flat", lambda m: m.gentle() >= 0.9),
    ),
    # typos
    case(
        "vulcano",
        "typos",
        "an iland with a vulcano and sum palm tress",
        ("an island", one_island),
        ("a volcano", lambda m: len(cones(m)) == 1),
        ("palms", lambda m: len(trees(m, "palm")) >= 3),
    ),
    case(
        "mountins",
        "typos",
        "mountins in the noth, a big lak in the suoth",
        (
            "heights in the north",
            lambda m: m.inside(m.summit(), "north") and m.inside(m.centre(high_ground(m)), "north"),
        ),
        ("one lake", lambda m: m.count("lake") == 1),
        ("big", lambda m: m.share("lake") >= 0.02),
        ("in the south", lambda m: m.each_in("lake", "south")),
    ),
    case(
        "frozn lake",
        "typos",
        "snowy tundra with a frozn lake and a few pine forrests",
        (
            "snow and tundra",
            lambda m: m.share("snow", "dry") >= 0.01 and m.share(any_of(m, "snow", "tundra"), "dry") >= 0.5,
        ),
        ("one lake", lambda m: m.count("lake") == 1),
        ("cold enough to freeze", lambda m: m.mean("temperature", "lake") <= 0),
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= 10 and m.share("forest", "dry") >= 0.01),
    ),
    # climate
    case(
        "arctic white",
        "climate",
        "an arctic island, cold and mostly white",
        ("an island", one_island),
        ("cold", lambda m: m.mean("temperature") <= 0),
        ("mostly snow", lambda m: m.share("snow", "dry") >= 0.5),
    ),
    case(
        "watering hole",
        "climate",
        "hot savanna with a watering hole and scattered acacias",
        ("hot", lambda m: m.mean("temperature") >= 20),
        ("savanna", lambda m: m.share("savanna", "dry") >= 0.5),
        ("one small pool", lambda m: m.count("lake") == 1 and m.share("lake") <= 0.05),
        ("scattered trees", lambda m: len(trees(m)) >= 10 and m.share("forest", "dry") <= 0.3),
    ),
    case(
        "ice to jungle",
        "climate",
        "climate going from ice in the north to jungle in the south",
        ("warmer southward", lambda m: m.trend(m.value("temperature"), "south") >= 0.8),
        ("ice in the north", lambda m: m.share("snow", "dry") >= 0.01 and m.mostly("snow", "north")),
        ("jungle in the south", lambda m: m.share("rainforest", "dry") >= 0.01 and m.mostly("rainforest", "south")),
    ),
    case(
        "white tops",
        "climate",
        "temperate island where only the mountain tops carry snow",
        ("an island", one_island),
        ("temperate", lambda m: between(m.mean("temperature"), 2, 20)),
        ("some snow, not much", lambda m: between(m.share("snow", "dry"), 0.003, 0.3)),
        (
            "only high up",
            lambda m: np.percentile(m.height[m.mask("snow")], 5) > np.median(m.height[m.mask("dry")]),
        ),
    ),
    # interiors
    case(
        "boss in the biggest",
        "interiors",
        "a dungeon with 9 rooms, the boss sits in the biggest one",
        ("nine rooms", lambda m: len(m.rooms) == 9),
        ("one boss room", lambda m: len(m.rooms_with("boss")) == 1),
        ("the biggest", lambda m: m.rooms_with("boss")[0].area_m2 >= m.rooms[0].area_m2),
        ("all reachable", lambda m: m.reachable("room")),
    ),
    case(
        "two locks",
        "interiors",
        "a small dungeon with two locked doors, each with its own key that you can get to first",
        ("two locks", lambda m: m.count("lock") == 2),
        ("two keys", lambda m: m.count("key") == 2),
        ("a key before any lock", lambda m: bool((m.reach("entrance", "lock") & m.mask("key")).any())),
        ("small", lambda m: 3 <= len(m.rooms) <= 12),
    ),
    case(
        "crypt",
        "interiors",
        "Make me a crypt of about 15 rooms with treasure far away from the entrance",
        ("about fifteen rooms", lambda m: between(len(m.rooms), 13, 17)),
        ("treasure", lambda m: m.count("treasure") >= 1),
        ("a long walk", far_treasure),
    ),
    case(
        "several ways",
        "interiors",
        "dungeon crawl: entrance in the south, exit in the north, and several ways to get from one to the other",
        (
            "entrance in the south",
            lambda m: m.inside(m.centre("entrance"), m.place("south", "room") | m.place("south")),
        ),
        ("exit in the north", lambda m: m.inside(m.centre("exit"), m.place("north", "room") | m.place("north"))),
        ("exit reachable", lambda m: m.reachable("exit")),
        ("several ways", lambda m: bottlenecks(m) <= 1),
    ),
    case(
        "eight, no dead ends",
        "interiors",
        "a dungeon without any dead ends, eight rooms",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("no dead ends", lambda m: m.dead_ends() == 0),
        ("all reachable", lambda m: m.reachable("room")),
    ),
    case(
        "beads",
        "interiors",
        "Six rooms in a row, like beads on a string, entrance at one end and exit at the other",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("one after the other, entrance and exit at the ends", in_a_row),
    ),
    # follow-ups
    case(
        "more trees",
        "follow-ups",
        "an island with a forest",
        ("an island", one_island),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.01),
    ).then(
        "more trees please, and put a lake in the centre",
        ("more trees", lambda m: len(trees(m)) > len(trees(m.before))),
        ("one more lake", lambda m: m.count("lake") == m.before.count("lake") + 1),
        ("a lake in the centre", lambda m: any(m.inside(p.at, "centre") for p in m.parts("lake"))),
        ("the same island", lambda m: float((m.mask("sea") ^ m.before.mask("sea")).mean()) <= 0.03),
    ),
    case(
        "one turns desert",
        "follow-ups",
        "three islands, all grassy",
        ("three islands", lambda m: island_count(m, 3)),
        ("all grassy", lambda m: all(m.share("grassland", p.mask & m.mask("dry")) >= 0.5 for p in m.islands())),
    ).then(
        "make the biggest one a desert",
        ("still three islands", lambda m: island_count(m, 3)),
        ("the biggest is desert", lambda m: m.share("desert", m.islands()[0].mask & m.mask("dry")) >= 0.5),
        ("the others are not", lambda m: all(m.share("desert", p.mask) <= 0.05 for p in m.islands()[1:])),
    ),
    case(
        "gentler",
        "follow-ups",
        "rolling green hills with a river",
        ("a river", lambda m: m.count("river") >= 1),
        ("hills", lambda m: len(m.peaks(0.2)) >= 2),
        ("green", lambda m: m.share(any_of(m, "grassland", "forest", "biome:forest"), "dry") >= 0.5),
    )
    .then(
        "too steep, make it gentler",
        ("gentler", lambda m: m.mean("slope") < 0.95 * m.before.mean("slope")),
        ("the river is still there", lambda m: m.count("river") >= 1),
    )
    .then(
        "now add two lakes near the river",
        ("two more lakes", lambda m: m.count("lake") == m.before.count("lake") + 2),
        ("near the river", lambda m: sum(m.gap(p.mask, "river") <= 0.15 * side(m) for p in m.parts("lake")) >= 2),
        ("the hills stay", lambda m: m.changed("height", tolerance=0.05 * m.before.relief()) <= 0.25),
    ),
    case(
        "more rooms",
        "follow-ups",
        "a dungeon with seven rooms",
        ("seven rooms", lambda m: len(m.rooms) == 7),
        ("all reachable", lambda m: m.reachable("room")),
    ).then(
        "add three more rooms and hide a treasure in one of them",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("treasure in a room", lambda m: len(m.rooms_with("treasure")) >= 1),
        ("all reachable", lambda m: m.reachable("room")),
    ),
    # impossible
    case(
        "fishing town",
        "impossible",
        "a small fishing town with a harbour on an island",
        ("the island is made", one_island),
        ("the town is owned up to", lambda m: m.told("town")),
        expect="best_effort",
    ),
    case(
        "flat with mountain",
        "impossible",
        "a completely flat map with a 1000 m high mountain in the centre",
        ("it says so", lambda m: bool(m.doubts)),
        expect="best_effort",
    ),
    case(
        "more than all",
        "impossible",
        "An island that's 70% water-free desert and 50% lake",
        ("it says so", lambda m: m.told("70", "50", "desert", "lake")),
        expect="best_effort",
    ),
    case("weather", "impossible", "what's the weather like tomorrow?", expect="refuse"),
    case(
        "five of three",
        "impossible",
        "a dungeon with 3 rooms, 5 of them treasure rooms",
        ("it says so", lambda m: m.told("3", "5", "treasure", "room")),
        expect="best_effort",
    ),
    case(
        "dunes and canyon",
        "impossible",
        "a desert with sand dunes and a deep canyon crossed by a rope bridge",
        ("a desert", lambda m: m.share("desert", "dry") >= 0.5),
        ("the canyon is owned up to", lambda m: m.told("canyon")),
        ("the bridge is owned up to", lambda m: m.told("bridge")),
        expect="best_effort",
    ),
]
