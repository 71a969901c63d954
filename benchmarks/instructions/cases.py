"""Sixty instructions as people type them, with what a fair-minded user would check on the map that comes back.

Written by a tester who had not read the program's source, for a program that is not changed to suit them; README.md
says how. The checks use ``measure.py`` alone. Where a number was said, it is exact; a share is within 5 points, of
dry land unless the text says of the map; "in the north" is a centre in the northern half of the map or of its land;
"near" is 15 % of the map's side.
"""

from __future__ import annotations

import numpy as np
from measure import Bools, Map, Part, Point, case

ISLET = 0.001
"""Share of the map from which on a piece of land counts as an island."""


def lands(m: Map) -> list[Part]:
    return m.parts("land", ISLET)


def sea_round(m: Map, islands: int) -> bool:
    """Exactly so many islands, none cut off by the map's edge."""
    return len(lands(m)) == islands and not any(part.edges for part in lands(m))


def within(value: float, low: float, high: float) -> bool:
    return low <= value <= high


def near_side(m: Map) -> float:
    """Return what "near" means, in metres."""
    return 0.15 * max(m.extent)


def centred(m: Map, what: str | Bools, where: str) -> bool:
    """There is some of it, and its centre lies in that place."""
    at = m.centre(what)
    return not np.isnan(at.x) and m.inside(at, where)


def far_apart(m: Map, one: Point, other: Point) -> float:
    """Metres between two places."""
    return float(np.hypot((one.x - other.x) * m.extent[0], (one.y - other.y) * m.extent[1]))


def mountains(m: Map, number: int) -> bool:
    """So many summits, whichever reasonable prominence one asks of a summit."""
    return any(len(m.peaks(least)) == number for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5))


def high_ground(m: Map) -> Bools:
    """Return the upper half of the land's range of heights: where a mountain range is."""
    low, high = np.percentile(m.height[m.mask("land")], [2, 99.8])
    return np.asarray((m.height >= low + 0.5 * (high - low)) & m.mask("land"), bool)


def from_above(m: Map, river: Part) -> bool:
    """Tell whether a river begins on ground higher than most of the map's."""
    return bool(m.height[river.mask].max() >= np.median(m.height[m.mask("dry")]))


def river_joins(m: Map, *places: str | Bools) -> bool:
    """One single river comes to all of these."""
    return any(all(m.reaches(river.mask, place, 3.5) for place in places) for river in m.parts("river"))


def crosses(m: Map) -> list[Bools]:
    """Rivers that run from the northern to the southern edge of the map, but for 4 % at either end."""
    rows = [(part.mask, np.flatnonzero(part.mask.any(1))) for part in m.parts("river")]
    edge = 0.04 * m.shape[0]
    return [mask for mask, row in rows if row[0] <= edge and row[-1] >= m.shape[0] - 1 - edge]


def winds(river: Bools) -> bool:
    """Somewhere it lies at least 4 % of the map off the straight line between its ends."""
    row, col = np.nonzero(river)
    first, last = col[row == row.min()].mean(), col[row == row.max()].mean()
    straight = first + (last - first) * (row - row.min()) / max(int(np.ptp(row)), 1)
    return bool(np.abs(col - straight).max() >= 0.04 * river.shape[1])


def trees(m: Map) -> int:
    """Count the trees, shrubs left out."""
    return m.number("tree") - m.number("tree", "shrub")


def walks(m: Map) -> dict[int, float]:
    """Metres on foot from the entrance to each room."""
    return {room.number: m.walk("entrance", room.mask) for room in m.rooms}


def all_rooms(m: Map) -> bool:
    """Every room can be walked to, locks taken as open."""
    return bool(m.rooms) and m.reachable("room")


CASES = [
    # ------------------------------------------------------------------ amounts
    case(
        "volcano each",
        "amounts",
        "Three islands, each with its own volcano.",
        ("three islands", lambda m: sea_round(m, 3)),
        (
            "a crater on every island",
            lambda m: all(any((part.mask & c.mask).any() for c in m.craters()) for part in lands(m)),
        ),
    ),
    case(
        "five mountains",
        "amounts",
        "Five separate mountains rising from a grassy plain.",
        ("five mountains", lambda m: mountains(m, 5)),
        ("grassland prevails", lambda m: m.share("grassland", "dry") >= 0.4),
        ("a plain between", lambda m: m.gentle(10) >= 0.4),
    ),
    case(
        "dozen lakes",
        "amounts",
        "A dozen small lakes scattered over rolling hills.",
        ("twelve lakes", lambda m: m.count("lake") == 12),
        ("small ones", lambda m: all(lake.share <= 0.03 for lake in m.parts("lake"))),
        (
            "scattered",
            lambda m: (
                sum(
                    any(m.inside(lake.at, m.place(corner)) for lake in m.parts("lake"))
                    for corner in ("north-east", "north-west", "south-east", "south-west")
                )
                >= 3
            ),
        ),
    ),
    case(
        "tundra lakes",
        "amounts",
        "Bleak tundra dotted with several little lakes.",
        ("several lakes", lambda m: within(m.count("lake"), 3, 12)),
        ("tundra prevails", lambda m: m.share("tundra", "dry") >= 0.5),
    ),
    case(
        "two rivers",
        "amounts",
        "Two rivers flow down from the mountains into the sea.",
        ("two rivers", lambda m: m.river_systems() == 2),
        ("two of them reach the sea", lambda m: sum(m.reaches(r.mask, "sea", 3.5) for r in m.parts("river")) >= 2),
        ("they come from above", lambda m: sum(from_above(m, river) for river in m.parts("river")) >= 2),
    ),
    # ------------------------------------------------------------------ places
    case(
        "lake corner",
        "places",
        "An island with a lake in the southeast.",
        ("one island", lambda m: sea_round(m, 1)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("in the southeast", lambda m: centred(m, "lake", "south-east")),
    ),
    case(
        "west mountains",
        "places",
        "Mountains in the west, plains in the east and the sea along the southern edge.",
        ("sea at the southern edge", lambda m: float(m.mask("sea")[-1].mean()) >= 0.6),
        ("the sea lies south", lambda m: m.inside(m.centre("sea"), m.place("south"))),
        ("the summit is in the west", lambda m: m.inside(m.summit(), "west")),
        (
            "the west is higher",
            lambda m: (
                m.mean("height", m.mask("dry") & m.place("west"))
                > 1.5 * m.mean("height", m.mask("dry") & m.place("east"))
            ),
        ),
        ("the east is gentle", lambda m: m.gentle(10, m.mask("dry") & m.place("east third")) >= 0.7),
    ),
    case(
        "desert and swamp",
        "places",
        "The north of the map is desert and the south is swampland.",
        ("desert in the north", lambda m: centred(m, "desert", "north")),
        ("swamp in the south", lambda m: centred(m, "swamp", "south")),
        ("plenty of either", lambda m: min(m.share("desert", "dry"), m.share("swamp", "dry")) >= 0.2),
    ),
    case(
        "woods left",
        "places",
        "Thick woods on the left side of the map, open grassland on the right.",
        ("woods in the west", lambda m: m.mostly("forest", "west", 0.75)),
        ("thick", lambda m: m.share("forest", m.mask("dry") & m.place("west third")) >= 0.5),
        ("grassland in the east", lambda m: m.share("grassland", m.mask("dry") & m.place("east third")) >= 0.5),
    ),
    case(
        "corners",
        "places",
        "I'd like a few hills in the top right and a marsh at the bottom left.",
        ("hills in the north-east", lambda m: any(m.inside(p.at, "north-east") for p in m.peaks(0.5))),
        ("a marsh in the south-west", lambda m: centred(m, "swamp", "south-west")),
        (
            "rougher there than at the marsh",
            lambda m: m.relief(m.mask("dry") & m.place("north-east")) > m.relief(m.mask("dry") & m.place("south-west")),
        ),
    ),
    # ------------------------------------------------------------------ shapes
    case(
        "long island",
        "shapes",
        "A long, thin island stretching from west to east.",
        ("one island", lambda m: sea_round(m, 1)),
        ("long", lambda m: lands(m)[0].elongation >= 2.0),
        ("west to east", lambda m: int(lands(m)[0].mask.any(0).sum()) >= 1.5 * int(lands(m)[0].mask.any(1).sum())),
    ),
    case(
        "crater lake",
        "shapes",
        "A round volcanic island with a lake in the crater.",
        ("one island", lambda m: sea_round(m, 1)),
        ("round", lambda m: lands(m)[0].elongation <= 1.4),
        ("a crater", lambda m: len(m.craters()) >= 1),
        ("a lake in it", lambda m: any((m.mask("lake") & c.mask).any() for c in m.craters())),
    ),
    case(
        "atoll",
        "shapes",
        "A ring-shaped atoll around a shallow lagoon.",
        ("water within", lambda m: m.share("water", m.place("centre", "land")) >= 0.4),
        ("land all round it", lambda m: m.all_round(m.place("centre", "land") & m.mask("water"), "land") >= 0.75),
        ("sea outside", lambda m: not m.edges("land")),
        ("shallow", lambda m: np.median((m.surface - m.height)[m.place("centre", "land") & m.mask("water")]) <= 30),
    ),
    case(
        "mesa",
        "shapes",
        "One flat-topped mesa in the middle of a desert.",
        ("one flat top", lambda m: len(m.flat_tops()) == 1),
        ("in the middle", lambda m: m.inside(m.flat_tops()[0].at, "centre")),
        ("desert", lambda m: m.share(m.mask("desert") | m.mask("badlands"), "dry") >= 0.6),
    ),
    case(
        "winding river",
        "shapes",
        "A winding river crosses the whole map from north to south.",
        ("one river", lambda m: m.river_systems() == 1),
        ("from edge to edge", lambda m: bool(crosses(m))),
        ("it winds", lambda m: any(winds(river) for river in crosses(m))),
    ),
    case(
        "terraces",
        "shapes",
        "Land that drops to the sea in four broad terraces.",
        ("four levels, a shore aside", lambda m: m.levels() in {4, 5}),
        ("there is a sea", lambda m: m.share("sea") >= 0.05),
        (
            "lower towards the sea",
            lambda m: (
                m.height[m.distance_to("sea") <= near_side(m)].mean()
                < m.height[m.distance_to("sea") > near_side(m)].mean()
            ),
        ),
    ),
    # ------------------------------------------------------------------ relations
    case(
        "mountain to lake",
        "relations",
        "A river runs from a mountain in the north to a lake in the south.",
        ("lake in the south", lambda m: centred(m, "lake", "south")),
        ("mountain in the north", lambda m: m.inside(m.peaks()[0].at, "north")),
        ("the river comes to the lake", lambda m: river_joins(m, "lake")),
        (
            "and from the mountain",
            lambda m: any(
                m.distance_to(r.mask)[m.height == m.height.max()].min() <= 0.25 * max(m.extent)
                for r in m.parts("river")
                if m.reaches(r.mask, "lake", 3.5)
            ),
        ),
    ),
    case(
        "forest lake",
        "relations",
        "A lake hidden deep inside a dense forest.",
        ("one lake", lambda m: m.count("lake") == 1),
        ("wooded all round", lambda m: m.all_round("lake", "forest", near_side(m)) >= 0.9),
        ("dense there", lambda m: m.surrounded("lake", "forest", 0.07 * max(m.extent)) >= 0.5),
    ),
    case(
        "volcano between",
        "relations",
        "A volcano standing between two lakes.",
        ("a volcano", lambda m: len(m.craters()) == 1),
        ("two lakes", lambda m: m.count("lake") == 2),
        ("between them", lambda m: m.between(m.craters()[0].at, *[lake.mask for lake in m.parts("lake")][:2])),
    ),
    case(
        "coastal range",
        "relations",
        "A continent with a mountain range close to its western coast.",
        ("land and sea", lambda m: m.share("land") >= 0.3 and m.share("sea") >= 0.05),
        ("the range lies west", lambda m: centred(m, high_ground(m), "west")),
        ("close to the sea", lambda m: m.near(high_ground(m), "sea", near_side(m)) >= 0.5),
    ),
    case(
        "unlike islands",
        "relations",
        "Two islands: the western one is mountainous, the eastern one low and flat.",
        ("two islands", lambda m: sea_round(m, 2)),
        (
            "the western one is far rougher",
            lambda m: (
                m.relief(min(lands(m), key=lambda p: p.at.x).mask)
                >= 3 * m.relief(max(lands(m), key=lambda p: p.at.x).mask)
            ),
        ),
        ("the eastern one is gentle", lambda m: m.gentle(8, max(lands(m), key=lambda p: p.at.x).mask) >= 0.7),
    ),
    # ------------------------------------------------------------------ shares
    case(
        "mostly water",
        "shares",
        "A map that is 70% water and 30% land, split into several islands.",
        ("30 % land", lambda m: within(m.share("dry"), 0.25, 0.35) or within(m.share("land"), 0.25, 0.35)),
        ("several islands", lambda m: len(lands(m)) >= 3),
    ),
    case(
        "half forest",
        "shares",
        "A peninsula where half of the land is covered in forest.",
        ("half forest", lambda m: within(m.share("forest", "dry"), 0.45, 0.55)),
        ("sea on several sides, joined to the edge", lambda m: bool(m.edges("land")) and len(m.edges("sea")) >= 2),
        ("one piece", lambda m: len(lands(m)) == 1),
    ),
    case(
        "two shares",
        "shares",
        "Generate a continent with 20 percent desert and 10 percent swamp.",
        ("20 % desert", lambda m: within(m.share("desert", "dry"), 0.15, 0.25)),
        ("10 % swamp", lambda m: within(m.share("swamp", "dry"), 0.05, 0.15)),
        ("a large land", lambda m: lands(m)[0].share >= 0.25),
    ),
    # ------------------------------------------------------------------ negation
    case(
        "bare grassland",
        "negation",
        "Gently rolling grassland without any trees or water.",
        ("grassland", lambda m: m.share("grassland", "dry") >= 0.7),
        ("no trees", lambda m: m.number("tree") == 0),
        ("no water", lambda m: not m.mask("water").any()),
    ),
    case(
        "dry island",
        "negation",
        "A mountainous island, but no rivers and no lakes please.",
        ("one island", lambda m: sea_round(m, 1)),
        ("no fresh water", lambda m: not (m.mask("river") | m.mask("lake")).any()),
        ("mountainous", lambda m: len(m.peaks()) >= 1 and m.gentle(12) <= 0.7),
    ),
    case(
        "off the edge",
        "negation",
        "One big continent that doesn't touch the edge of the map, with no little islands around it.",
        ("one land", lambda m: m.count("land") == 1),
        ("off the edge", lambda m: not m.edges("land")),
        ("big", lambda m: m.share("land") >= 0.3),
    ),
    # ------------------------------------------------------------------ units
    case(
        "4 km island",
        "units",
        "A 4 km by 4 km map of an island whose highest peak is 900 m.",
        ("4 km a side", lambda m: all(within(side, 3990, 4010) for side in m.extent)),
        ("900 m high", lambda m: within(m.top("land"), 850, 950)),
        ("one island", lambda m: sea_round(m, 1)),
    ),
    case(
        "500 m lake",
        "units",
        "A 2 km wide meadow map with a single lake about 500 metres across.",
        ("2 km wide", lambda m: within(m.extent[0], 1995, 2005)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("about 500 m", lambda m: within(2 * np.sqrt(m.area("lake") / np.pi), 400, 600)),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.6),
    ),
    case(
        "200 trees",
        "units",
        "1 km x 1 km of gentle hills, never more than 50 m high, with exactly 200 trees.",
        ("1 km a side", lambda m: all(within(side, 998, 1002) for side in m.extent)),
        ("within 50 m", lambda m: float(np.ptp(m.height[m.mask("land")])) <= 50.5),
        ("200 trees", lambda m: 200 in {m.number("tree"), trees(m)}),
        ("some hills", lambda m: m.relief() >= 5),
    ),
    # ------------------------------------------------------------------ typos
    case(
        "typo volcano",
        "typos",
        "a tropicl iland with a vulcano in the midle",
        ("one island", lambda m: sea_round(m, 1)),
        ("a volcano in the middle", lambda m: any(m.inside(c.at, "centre") for c in m.craters())),
        ("warm", lambda m: m.mean("temperature") >= 18),
    ),
    case(
        "typo snow",
        "typos",
        "snowy moutains in teh north and a pine forrest in the south",
        ("summit in the north", lambda m: m.inside(m.summit(), "north")),
        ("snow in the north", lambda m: m.mostly("snow", "north")),
        ("forest in the south", lambda m: centred(m, "forest", "south")),
        ("conifers", lambda m: m.number("tree", "conifer") >= max(0.7 * trees(m), 1)),
    ),
    case(
        "typo lakes",
        "typos",
        "tow lakes conected by a rivver",
        ("two lakes", lambda m: m.count("lake") == 2),
        ("a river joins them", lambda m: river_joins(m, *[lake.mask for lake in m.parts("lake")])),
    ),
    # ------------------------------------------------------------------ climate
    case(
        "arctic island",
        "climate",
        "A frozen arctic island, almost entirely covered in snow.",
        ("one island", lambda m: sea_round(m, 1)),
        ("snow nearly everywhere", lambda m: m.share("snow", "dry") >= 0.75),
        ("cold", lambda m: m.mean("temperature") <= 0),
    ),
    case(
        "palm beaches",
        "climate",
        "A tropical archipelago with sandy beaches and palm trees along the shore.",
        ("several islands", lambda m: len(lands(m)) >= 3),
        ("beaches", lambda m: m.share("beach", "dry") >= 0.01),
        ("palms", lambda m: m.number("tree", "palm") >= 10),
        (
            "along the shore",
            lambda m: m.number("tree", "palm", m.distance_to("sea") <= near_side(m)) >= 0.6 * m.number("tree", "palm"),
        ),
        ("warm", lambda m: m.mean("temperature") >= 18),
    ),
    case(
        "climate bands",
        "climate",
        "It should get colder to the north: desert in the south, forest in the middle, tundra in the far north.",
        ("colder to the north", lambda m: m.trend(m.value("temperature"), "north") <= -0.7),
        (
            "tundra north of forest north of desert",
            lambda m: m.centre("tundra").y > m.centre("forest").y > m.centre("desert").y,
        ),
        ("some of each", lambda m: min(m.share(b, "dry") for b in ("tundra", "forest", "desert")) >= 0.05),
    ),
    case(
        "snowy tops",
        "climate",
        "Green highlands with snow only on the highest peaks.",
        ("some snow, not much", lambda m: 0 < m.share("snow", "dry") <= 0.3),
        (
            "high up only",
            lambda m: np.percentile(m.height[m.mask("snow")], 10) >= np.percentile(m.height[m.mask("dry")], 60),
        ),
        (
            "green below",
            lambda m: (
                m.share(
                    np.logical_or.reduce(
                        [m.mask(b) for b in ("grassland", "shrubland", "biome:forest", "taiga", "forest")]
                    ),
                    "dry",
                )
                >= 0.5
            ),
        ),
    ),
    # ------------------------------------------------------------------ interiors
    case(
        "ten rooms",
        "interiors",
        "A dungeon with ten rooms, an entrance, an exit and a boss room.",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("entrance and exit, in different places", lambda m: m.gap("entrance", "exit") > 2 * m.cell),
        ("one boss room", lambda m: len(m.rooms_with("boss")) == 1),
        ("all reachable", all_rooms),
    ),
    case(
        "locked treasure",
        "interiors",
        "Six-room dungeon. The treasure is behind a locked door and the key to it lies in another room.",
        ("six rooms", lambda m: len(m.rooms) == 6),
        (
            "the lock bars the treasure",
            lambda m: not (m.reach("entrance", "lock") & m.mask("treasure")).any() and m.reachable("treasure"),
        ),
        ("the key can be had first", lambda m: m.reachable("key", without="lock")),
        (
            "in another room",
            lambda m: bool(m.rooms_with("key")) and not any("treasure" in room.roles for room in m.rooms_with("key")),
        ),
    ),
    case(
        "south to north",
        "interiors",
        "A 12 room dungeon you enter in the south and leave in the north, with the boss close to the exit.",
        ("twelve rooms", lambda m: len(m.rooms) == 12),
        ("entrance in the south", lambda m: m.centre("entrance").y < 0.5),
        ("exit in the north", lambda m: m.centre("exit").y > 0.5),
        ("the boss is nearer to the exit", lambda m: m.walk("boss", "exit") < m.walk("boss", "entrance")),
        ("all reachable", all_rooms),
    ),
    case(
        "treasure rooms",
        "interiors",
        "Big dungeon: 20 rooms, three of them hold treasure, boss at the far end.",
        ("twenty rooms", lambda m: len(m.rooms) == 20),
        ("three treasure rooms", lambda m: len(m.rooms_with("treasure")) == 3),
        ("the boss is far in", lambda m: m.walk("entrance", "boss") >= 0.7 * max(walks(m).values())),
        ("all reachable", all_rooms),
    ),
    case(
        "no dead ends",
        "interiors",
        "A dungeon with 8 rooms and no dead ends.",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("no dead ends", lambda m: m.dead_ends() == 0),
        ("all reachable", all_rooms),
    ),
    # ------------------------------------------------------------------ follow-ups
    case(
        "lake grows",
        "follow-ups",
        "A green island with a single mountain in the middle.",
        ("one island", lambda m: sea_round(m, 1)),
        ("one mountain", lambda m: mountains(m, 1)),
        ("in the middle", lambda m: m.inside(m.summit(), "centre")),
    )
    .then(
        "Add a lake south of the mountain.",
        ("one lake more", lambda m: m.count("lake") == m.before.count("lake") + 1),
        ("south of it", lambda m: m.centre(m.mask("lake") & ~m.before.mask("lake")).y < m.summit().y),
        ("the mountain stays", lambda m: far_apart(m, m.summit(), m.before.summit()) <= near_side(m)),
    )
    .then(
        "Make the lake twice as big.",
        ("about twice", lambda m: within(m.area("lake") / m.before.area("lake"), 1.6, 2.5)),
        ("no further lake", lambda m: m.count("lake") == m.before.count("lake")),
        ("still one island", lambda m: sea_round(m, 1)),
    ),
    case(
        "more forest",
        "follow-ups",
        "Rolling hills, about 30% of them covered in forest.",
        ("30 % forest", lambda m: within(m.share("forest", "dry"), 0.25, 0.35)),
        ("hills", lambda m: m.relief() >= 0.01 * max(m.extent)),
    ).then(
        "Hmm, make that 60% forest instead.",
        ("60 % forest", lambda m: within(m.share("forest", "dry"), 0.55, 0.65)),
        ("the ground stays", lambda m: m.changed("height", tolerance=1) <= 0.05),
    ),
    case(
        "two more rooms",
        "follow-ups",
        "A little dungeon with six rooms.",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("all reachable", all_rooms),
    ).then(
        "Add two more rooms and put a treasure in the largest one.",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        (
            "treasure in a largest room",
            lambda m: any(room.area_m2 >= 0.95 * m.rooms[0].area_m2 for room in m.rooms_with("treasure")),
        ),
        ("all reachable", all_rooms),
    ),
    case(
        "range moves",
        "follow-ups",
        "A mountain range running from west to east across the middle of the map.",
        ("across the middle", lambda m: within(m.centre(high_ground(m)).y, 0.33, 0.67)),
        ("from west to east", lambda m: int(high_ground(m).any(0).sum()) >= 1.5 * int(high_ground(m).any(1).sum())),
        ("a range", lambda m: m.relief() >= 0.03 * max(m.extent)),
    )
    .then(
        "Move it further north.",
        ("further north", lambda m: m.centre(high_ground(m)).y >= m.before.centre(high_ground(m.before)).y + 0.08),
        ("as high as before", lambda m: within(m.relief("land") / m.before.relief("land"), 0.7, 1.4)),
    )
    .then(
        "Now turn the land to the south of it into a swamp.",
        ("swamp in the south", lambda m: centred(m, "swamp", "south")),
        ("all over it", lambda m: m.share("swamp", m.mask("dry") & m.place("south third")) >= 0.5),
        (
            "the range stays",
            lambda m: abs(m.centre(high_ground(m)).y - m.before.centre(high_ground(m.before)).y) <= 0.08,
        ),
    ),
    case(
        "more islands",
        "follow-ups",
        "Four islands in a calm sea.",
        ("four islands", lambda m: sea_round(m, 4)),
    ).then("Not enough islands, I want seven.", ("seven islands", lambda m: sea_round(m, 7))),
    # ------------------------------------------------------------------ impossible, contradictory, out of scope
    case(
        "flat mountain",
        "impossible",
        "A perfectly flat island without any elevation and a 500 m high mountain on it.",
        ("says that it cannot be both", lambda m: m.told("flat", "mountain", "elevation")),
        expect="best_effort",
    ),
    case(
        "too much",
        "impossible",
        "A map that is 70% water and 50% land.",
        ("says that it does not add up", lambda m: m.told("water", "land", "70", "50")),
        expect="best_effort",
    ),
    case(
        "town",
        "impossible",
        "A walled medieval town with a market square beside a river.",
        ("says that there is no town", lambda m: m.told("town", "market", "walled")),
        ("the river at least", lambda m: m.count("river") >= 1),
        expect="best_effort",
    ),
    case(
        "canyon bridges",
        "impossible",
        "A desert canyon spanned by three rope bridges.",
        ("says what is missing", lambda m: m.told("bridge") and m.told("canyon")),
        ("the desert at least", lambda m: m.share(m.mask("desert") | m.mask("badlands"), "dry") >= 0.5),
        expect="best_effort",
    ),
    case(
        "taxes",
        "impossible",
        "Can you help me fill in my tax return?",
        ("nothing is made", lambda _: False),
        expect="refuse",
    ),
    case("gibberish", "impossible", "asdf qwertz jklö zxcv", ("nothing is made", lambda _: False), expect="refuse"),
]
