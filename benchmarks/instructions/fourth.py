"""A fourth set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import numpy as np
from measure import Case, Map, Part, Room, case
from scipy.spatial import ConvexHull
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
    spans,
    trees,
    wide,
)

GREEN = ("grassland", "forest", "biome:forest", "taiga", "shrubland", "rainforest", "savanna")
MILE = 1609.34


# ---------------------------------------------------------------- helpers


def within(value: float, wanted: float, part: float) -> bool:
    """Tell whether it is met within so large a part of what was asked."""
    return abs(value / wanted - 1) <= part


def standing_on(m: Map, things: np.ndarray, mask: np.ndarray) -> float:
    """Share of the things that stand within the mask; 0 where there are none."""
    if not len(things):
        return 0.0
    col = ((things[:, 0] - m.origin[0]) / m.cell).astype(int).clip(0, m.shape[1] - 1)
    row = m.shape[0] - 1 - ((things[:, 1] - m.origin[1]) / m.cell).astype(int).clip(0, m.shape[0] - 1)
    return float(mask[row, col].mean())


def woods(m: Map, low: float, high: float) -> bool:
    """Tell whether the forest's share of dry land, as tree cover or as a biome, lies in these bounds."""
    return any(between(m.share(name, "dry"), low, high) for name in ("forest", "biome:forest"))


def summits(m: Map, number: int) -> bool:
    """So many summits stand out, by one of three fair thresholds."""
    return any(len(m.peaks(least)) == number for least in (0.3, 0.4, 0.5))


def low_ground(m: Map, percent: float = 35) -> np.ndarray:
    """Return the lower part of the dry ground."""
    return m.mask("dry") & (m.height <= np.percentile(m.height[m.mask("dry")], percent))


def longest(m: Map, part: Part) -> float:
    """Metres between its two farthest points."""
    points = np.argwhere(part.mask).astype(float)
    points = points[ConvexHull(points).vertices]
    return float(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)).max() + 1) * m.cell


def sized(m: Map, east: float, north: float) -> bool:
    return within(m.extent[0], east, 0.02) and within(m.extent[1], north, 0.02)


def at_summit(m: Map, part: Part) -> bool:
    """Tell whether the highest ground of the map is on the part's rim or flank, not on some other mountain."""
    away = m.distance_to(part.mask)
    return m.inside(m.summit(), away <= 0.08 * side(m))


def other_peak(m: Map, part: Part) -> bool:
    """Tell whether some summit stands clearly away from it."""
    away = m.distance_to(part.mask) > 0.1 * side(m)
    return any(m.inside(peak.at, away) for peak in m.peaks(0.1))


def far_boss(m: Map) -> bool:
    """Tell whether hardly any room is a longer walk from the entrance than the boss's."""
    walks = {room.number: m.walk("entrance", room.mask) for room in m.rooms}
    bosses: list[Room] = m.rooms_with("boss")
    far = max((walk for walk in walks.values() if np.isfinite(walk)), default=float("inf"))
    return bool(bosses) and max(walks[room.number] for room in bosses) >= 0.9 * far


# ---------------------------------------------------------------- cases

CASES: list[Case] = [
    # amounts
    case(
        "seven lakes",
        "amounts",
        "I need a green countryside dotted with seven lakes",
        ("seven lakes", lambda m: m.count("lake") == 7),
        ("green", lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.5),
    ),
    case(
        "two rivers",
        "amounts",
        "exactly two rivers flowing from the hills down to the sea",
        ("two rivers", lambda m: m.river_systems() == 2),
        ("a sea", lambda m: m.share("sea") >= 0.01),
        ("both reach it", lambda m: sum(m.reaches(p.mask, "sea") for p in m.parts("river")) >= 2),
    ),
    case(
        "nine islets",
        "amounts",
        "Nine tiny islands scattered across an otherwise empty ocean",
        ("nine islands", lambda m: island_count(m, 9)),
        ("tiny", lambda m: all(p.share <= 0.06 for p in m.islands())),
        ("mostly ocean", lambda m: m.share("sea") >= 0.6),
    ),
    case(
        "three mountains one lake",
        "amounts",
        "3 mountains, 1 lake, lots of grass",
        ("three mountains", lambda m: summits(m, 3)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("much grass", lambda m: m.share("grassland", "dry") >= 0.3),
    ),
    case(
        "volcano and a pair",
        "amounts",
        "one large volcanic island with a pair of smaller islands next to it",
        ("three islands", lambda m: island_count(m, 3)),
        ("one is larger", lambda m: m.islands()[0].share >= 1.3 * m.islands()[1].share),
        ("a volcano on the large one", lambda m: any(m.inside(c.at, m.islands()[0].mask) for c in cones(m))),
    ),
    case(
        "pines and boulders",
        "amounts",
        "a meadow with 200 pine trees and 50 boulders",
        ("200 pines", lambda m: len(trees(m, *CONIFERS)) == 200),
        ("50 boulders", lambda m: m.number("rock") == 50 or m.number("rock", "boulder") == 50),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    # places
    case(
        "western wall",
        "places",
        "mountains all along the western edge, flat plains everywhere else",
        ("high ground in the west", lambda m: m.mostly(high_ground(m), "west", 0.8)),
        ("the summit is in the west", lambda m: m.inside(m.summit(), "west")),
        ("flat in the east", lambda m: m.gentle(10, m.place("east") & m.mask("dry")) >= 0.7),
    ),
    case(
        "bottom right lake",
        "places",
        "can you put a big lake in the bottom right corner of the map",
        ("a lake there", lambda m: m.inside(m.parts("lake")[0].at, "south-east")),
        ("big", lambda m: m.parts("lake")[0].share >= 0.015),
    ),
    case(
        "snow up north",
        "places",
        "snowy mountains up north, sandy beaches down south",
        ("snow in the north", lambda m: m.mostly("snow", "north")),
        ("summit in the north", lambda m: m.inside(m.summit(), "north")),
        ("beaches in the south", lambda m: m.mostly("beach", "south")),
    ),
    case(
        "smack in the middle",
        "places",
        "A round island with a volcano smack in the middle.",
        ("one island", one_island),
        ("round", lambda m: m.parts("land")[0].elongation <= 1.4 and m.parts("land")[0].roundness >= 0.5),
        ("one volcano in the middle", lambda m: len(cones(m)) == 1 and m.inside(cones(m)[0].at, "centre")),
    ),
    case(
        "swamp against desert",
        "places",
        "swamp in the southwest, desert in the northeast",
        ("swamp there", lambda m: m.share("swamp", "dry") >= 0.02 and m.mostly("swamp", "south-west")),
        ("desert there", lambda m: m.share("desert", "dry") >= 0.02 and m.mostly("desert", "north-east")),
    ),
    case(
        "left half woods",
        "places",
        "I want forest on the left half of my map only",
        ("forest on the left", lambda m: m.mostly("forest", "west", 0.9)),
        ("a good deal of it", lambda m: m.share("forest", m.place("west") & m.mask("dry")) >= 0.3),
        ("hardly any on the right", lambda m: m.share("forest", m.place("east") & m.mask("dry")) <= 0.05),
    ),
    # shapes
    case(
        "eastward peninsula",
        "shapes",
        "a peninsula that sticks out into the ocean towards the east",
        ("tied to the west side", lambda m: "west" in m.edges("land")),
        ("ends before the east side", lambda m: "east" not in m.edges("land")),
        ("sea to its north-east and south-east", lambda m: bool(m.mask("sea")[0, -1] and m.mask("sea")[-1, -1])),
    ),
    case(
        "thin island",
        "shapes",
        "long thin island running north to south",
        ("one island", one_island),
        ("long and thin", lambda m: m.parts("land")[0].elongation >= 2),
        ("north to south", lambda m: spans(m, m.parts("land")[0])[1] >= 1.5 * spans(m, m.parts("land")[0])[0]),
    ),
    case(
        "tableland",
        "shapes",
        "give me a wide plateau, flat on top with steep sides",
        ("a flat top", lambda m: len(m.flat_tops()) >= 1),
        ("wide", lambda m: m.flat_tops()[0].share >= 0.03),
        ("steep sides", lambda m: np.percentile(m.value("slope")[m.ring(m.flat_tops()[0].mask)], 75) >= 15),
    ),
    case(
        "circular lake",
        "shapes",
        "A nearly circular lake ringed by hills",
        ("one lake", lambda m: m.count("lake") == 1),
        ("nearly circular", lambda m: m.parts("lake")[0].roundness >= 0.6),
        ("high ground around", lambda m: m.all_round("lake", high_ground(m, 70), 0.3 * side(m)) >= 0.6),
    ),
    # relations
    case(
        "river into lake",
        "relations",
        "a river that comes from the mountains and empties into a lake",
        ("a river into a lake", lambda m: any(m.reaches(p.mask, "lake") for p in m.parts("river"))),
        ("from high ground", lambda m: m.top("river") >= np.percentile(m.height[m.mask("dry")], 60)),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 1 and m.relief() >= 0.02 * side(m)),
    ),
    case(
        "lake in woods",
        "relations",
        "lake hidden in the middle of a dense forest",
        ("one lake", lambda m: m.count("lake") == 1),
        ("forest all round it", lambda m: m.all_round("lake", "forest", 0.15 * side(m)) >= 0.8),
        ("mostly forest at its shore", lambda m: m.surrounded("lake", "forest", 0.06 * side(m)) >= 0.5),
    ),
    case(
        "between two tops",
        "relations",
        "Two tall mountains with a lake in between them",
        ("two mountains", lambda m: summits(m, 2)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("in between", lambda m: m.between("lake", m.peaks()[0].at, m.peaks()[1].at)),
    ),
    case(
        "rain shadow",
        "relations",
        "a mountain range with desert on one side and jungle on the other",
        ("desert", lambda m: m.share("desert", "dry") >= 0.08),
        ("jungle", lambda m: m.share(any_of(m, *JUNGLE), "dry") >= 0.08),
        ("the range parts them", lambda m: m.between(high_ground(m), "desert", any_of(m, *JUNGLE))),
    ),
    case(
        "boulders at the river",
        "relations",
        "rocks lying close to a winding river, grass elsewhere",
        ("a river", lambda m: m.count("river") >= 1),
        ("rocks", lambda m: m.number("rock") >= 5),
        (
            "close to it",
            lambda m: standing_on(m, m.things("rock"), m.distance_to("river") <= 0.15 * side(m)) >= 0.9,
        ),
        ("grass", lambda m: m.share("grassland", "dry") >= 0.4),
    ),
    case(
        "tallest is the volcano",
        "relations",
        "an island where the volcano towers over all the other mountains",
        ("one island", one_island),
        ("one volcano", lambda m: len(cones(m)) == 1),
        ("nothing is higher", lambda m: at_summit(m, cones(m)[0])),
        ("other mountains", lambda m: other_peak(m, cones(m)[0])),
    ),
    # shares
    case(
        "forty woods",
        "shares",
        "40% forest and the rest grassland",
        ("40 % forest", lambda m: woods(m, 0.35, 0.45)),
        ("the rest is grass", lambda m: m.share(any_of(m, "grassland", "forest", "biome:forest"), "dry") >= 0.9),
    ),
    case(
        "half under water",
        "shares",
        "half of the map should be under water",
        ("half water", lambda m: between(m.share("water"), 0.45, 0.55)),
    ),
    case(
        "quarter desert",
        "shares",
        "A continent where a quarter of the land is desert, with some swamps too",
        ("a quarter desert", lambda m: between(m.share("desert", "dry"), 0.2, 0.3)),
        ("swamps", lambda m: m.share("swamp", "dry") >= 0.005),
        ("a continent", lambda m: m.parts("land")[0].share >= 0.2),
    ),
    case(
        "thirty percent island",
        "shares",
        "an island that takes up 30 percent of the map, surrounded by sea",
        ("one island", one_island),
        ("30 % of the map", lambda m: between(m.share("land"), 0.25, 0.35)),
    ),
    case(
        "ten percent lakes",
        "shares",
        "lakes covering 10% of the map, and at least 60% of the land covered in trees",
        ("10 % lakes", lambda m: between(m.share("lake"), 0.05, 0.15)),
        ("more than one", lambda m: m.count("lake") >= 2),
        ("60 % trees", lambda m: max(m.share("forest", "dry"), m.share("biome:forest", "dry")) >= 0.55),
    ),
    # negation
    case(
        "treeless hills",
        "negation",
        "grassy hills without a single tree",
        ("no tree", lambda m: len(trees(m)) == 0),
        ("no forest", lambda m: m.share("forest") == 0),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.5),
        ("hills", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "no beaches",
        "negation",
        "a rugged island that doesn't have any beaches",
        ("one island", one_island),
        ("no beach", lambda m: m.share("beach", "land") <= 0.002),
    ),
    case(
        "bone dry",
        "negation",
        "No water at all please, just a hot desert with some rocks",
        ("no water", lambda m: not m.mask("water").any()),
        ("desert", lambda m: m.share("desert", "dry") >= 0.5),
        ("rocks", lambda m: m.number("rock") >= 3 or m.share("rock") >= 0.01),
        ("hot", lambda m: m.mean("temperature") >= 18),
    ),
    case(
        "bare of snow",
        "negation",
        "high mountains, but none of them snow-capped",
        ("no snow", lambda m: m.share("snow") <= 0.001),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "no rivers",
        "negation",
        "a forest landscape, never mind rivers, I don't want any, but one lake is fine",
        ("no river", lambda m: m.count("river") == 0),
        ("one lake at most", lambda m: m.count("lake") <= 1),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.3),
    ),
    # units
    case(
        "two by three",
        "units",
        "a 2 km by 3 km map of wooded hills",
        ("2 by 3 km", lambda m: sized(m, 2000, 3000) or sized(m, 3000, 2000)),
        ("wooded", lambda m: m.share("forest", "dry") >= 0.2),
    ),
    case(
        "twelve hundred",
        "units",
        "island with one mountain, 1200 metres high",
        ("one island", one_island),
        ("1200 m", lambda m: within(m.top(), 1200, 0.05)),
        ("one mountain", lambda m: summits(m, 1)),
    ),
    case(
        "lake across",
        "units",
        "a lake roughly 400 m across, on a map 2000 m wide",
        ("2 km wide", lambda m: within(m.extent[0], 2000, 0.02)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("about 400 m", lambda m: within(wide(m, m.parts("lake")[0]), 400, 0.2)),
    ),
    case(
        "five miles",
        "units",
        "I'm after an island about 5 miles long",
        ("one island", one_island),
        (
            "about 5 miles",
            lambda m: any(
                within(length, 5 * MILE, 0.15)
                for length in (longest(m, m.parts("land")[0]), max(spans(m, m.parts("land")[0])))
            ),
        ),
    ),
    # typos
    case(
        "vulcano",
        "typos",
        "a vulcano iland with a lake in teh creater",
        ("one island", one_island),
        ("a volcano", lambda m: len(cones(m)) == 1),
        ("a lake in it", lambda m: m.near("lake", cones(m)[0].mask, 2 * m.cell) >= 0.5),
    ),
    case(
        "moutains",
        "typos",
        "moutains with a rivr that flows to the oceon",
        ("a river to the sea", lambda m: any(m.reaches(p.mask, "sea") for p in m.parts("river"))),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "dungoen",
        "typos",
        "dungoen with 6 roms and some tresure",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("treasure", lambda m: m.count("treasure") >= 1),
        ("can be reached", lambda m: m.reachable("treasure")),
    ),
    case(
        "dessert",
        "typos",
        "huge sandy dessert, smal lake in the midle",
        ("desert", lambda m: m.share("desert", "dry") >= 0.5),
        ("one lake", lambda m: m.count("lake") == 1),
        ("in the middle", lambda m: m.inside(m.parts("lake")[0].at, "centre")),
        ("small", lambda m: m.share("lake") <= 0.1),
    ),
    # climate
    case(
        "frozen tundra",
        "climate",
        "frozen tundra with a handful of lonely spruce trees",
        ("cold", lambda m: m.mean("temperature") <= 3),
        ("tundra", lambda m: m.share(any_of(m, "tundra", "snow"), "dry") >= 0.5 and m.share("tundra", "dry") >= 0.2),
        ("few spruces", lambda m: between(len(trees(m, *CONIFERS)), 2, 30)),
    ),
    case(
        "steaming jungle",
        "climate",
        "hot humid jungle island",
        ("one island", one_island),
        ("hot", lambda m: m.mean("temperature") >= 20),
        ("jungle", lambda m: m.share(any_of(m, *JUNGLE), "dry") >= 0.4),
    ),
    case(
        "savanna",
        "climate",
        "African style savanna, sparse trees, a watering hole for the animals",
        ("savanna", lambda m: m.share("savanna", "dry") >= 0.5),
        ("trees", lambda m: len(trees(m)) >= 3),
        ("sparse", lambda m: m.share("forest", "dry") <= 0.3),
        expect="honest",
    ),
    case(
        "drier eastward",
        "climate",
        "The land gets drier and drier the further east you go",
        ("drier eastward", lambda m: m.trend(m.value("moisture"), "east") <= -0.8),
    ),
    case(
        "alpine",
        "climate",
        "alpine scenery with snow on the peaks and green meadows lower down",
        ("snow", lambda m: m.share("snow", "dry") >= 0.005),
        ("snow lies high", lambda m: m.mean("height", "snow") > m.mean("height")),
        ("green lower down", lambda m: m.share(any_of(m, *GREEN), low_ground(m)) >= 0.5),
        ("meadows", lambda m: m.share("grassland", "dry") >= 0.1),
    ),
    # interiors
    case(
        "ten rooms",
        "interiors",
        "Dungeon for tonight's session: 10 rooms, one entrance, one exit, one boss",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("one of each", lambda m: all(m.count(role) == 1 for role in ("entrance", "exit", "boss"))),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "far boss",
        "interiors",
        "a small crypt with five rooms, boss as far from the entrance as possible",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("the boss is farthest", far_boss),
        ("it can be reached", lambda m: m.reachable("boss")),
    ),
    case(
        "locked hoard",
        "interiors",
        "dungeon where the treasure sits behind a locked door and the key is in another room",
        ("treasure and key", lambda m: m.count("treasure") >= 1 and m.count("key") >= 1),
        ("the key comes first", lambda m: m.reachable("key", without="lock")),
        ("treasure is behind the lock", lambda m: not (m.reach("key", without="lock") & m.mask("treasure")).any()),
        ("another room", lambda m: all("treasure" not in room.roles for room in m.rooms_with("key"))),
    ),
    case(
        "mixed rooms",
        "interiors",
        "underground complex, at least eight rooms, some of them huge and some tiny",
        ("eight rooms or more", lambda m: len(m.rooms) >= 8),
        ("huge and tiny", lambda m: m.rooms[0].area_m2 >= 2.5 * m.rooms[-1].area_m2),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "dead end loot",
        "interiors",
        "12 rooms linked by corridors; two of them hold treasure and both are dead ends",
        ("twelve rooms", lambda m: len(m.rooms) == 12),
        ("two with treasure", lambda m: len(m.rooms_with("treasure")) == 2),
        ("both dead ends", lambda m: all(len(m.links[room.number]) == 1 for room in m.rooms_with("treasure"))),
        ("corridors", lambda m: bool(m.mask("corridor").any())),
    ),
    # follow-ups
    case(
        "mountain moves",
        "follow-ups",
        "an island with a mountain in the north",
        ("one island", one_island),
        ("the mountain is north", lambda m: m.inside(m.summit(), "north")),
    ).then(
        "actually, move the mountain to the south",
        ("one island", one_island),
        ("the mountain is south", lambda m: m.inside(m.summit(), "south")),
        ("it was moved, not doubled", lambda m: not any(m.inside(p.at, "north third") for p in m.peaks(0.6))),
    ),
    case(
        "woods go",
        "follow-ups",
        "two lakes and a pine forest",
        ("two lakes", lambda m: m.count("lake") == 2),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.05),
        ("of pines", lambda m: len(trees(m, *CONIFERS)) >= 0.5 * max(len(trees(m)), 1)),
    ).then(
        "get rid of the forest but keep both lakes",
        ("the forest is gone", lambda m: m.share("forest", "dry") <= 0.01),
        ("two lakes", lambda m: m.count("lake") == 2),
        ("the same lakes", lambda m: m.share("lake", m.before.mask("lake")) >= 0.9),
    ),
    case(
        "step by step",
        "follow-ups",
        "first make a grassy island, then put a lake in its centre and plant pines around the lake",
        ("one island", one_island),
        ("one lake in the centre", lambda m: m.count("lake") == 1 and m.inside(m.parts("lake")[0].at, "centre")),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.4),
        (
            "pines near the lake",
            lambda m: standing_on(m, trees(m, *CONIFERS), m.distance_to("lake") <= 0.15 * side(m)) >= 0.5,
        ),
    ),
    # impossible
    case(
        "spaceship",
        "impossible",
        "a crashed spaceship beside a lake in the snow",
        ("a lake", lambda m: m.count("lake") >= 1),
        ("snow", lambda m: m.share("snow", "dry") >= 0.1),
        ("the spaceship is owned up to", lambda m: m.told("spaceship", "crashed")),
        expect="best_effort",
    ),
    case(
        "one and four",
        "impossible",
        "exactly one lake on the whole map, and four lakes in the north",
        ("it says so", lambda m: m.told("lake")),
        expect="best_effort",
    ),
    case(
        "railway",
        "impossible",
        "mountains with a steam train going through them",
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
        ("the train is owned up to", lambda m: m.told("train", "steam")),
        expect="best_effort",
    ),
    case(
        "dry harbour",
        "impossible",
        "An island with sandy beaches, but there must be no water anywhere",
        ("it says so", lambda m: bool(m.doubts)),
        expect="best_effort",
    ),
    case("price", "impossible", "how much does the pro version cost?", expect="refuse"),
]
