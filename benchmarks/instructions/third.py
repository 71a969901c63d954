"""A third set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import numpy as np
from measure import EIGHT, RIVER_CELLS, Case, Map, Room, case
from scipy import ndimage
from shared import CONIFERS, JUNGLE, any_of, apart, cones, island_count, one_island, side, solidity, spans, trees

GREEN = ("grassland", "forest", "biome:forest", "savanna", "shrubland", "rainforest", "taiga", "farmland")


# ---------------------------------------------------------------- helpers


def within(value: float, low: float, high: float) -> bool:
    return low <= value <= high


def about(value: float, asked: float, share: float) -> bool:
    """Tell whether a size is met within a share of what was asked."""
    return abs(value / asked - 1) <= share


def systems(m: Map) -> list[np.ndarray]:
    """Rivers together with the lakes they run through, a mask each."""
    labels, count = ndimage.label(m.mask("river") | m.mask("lake"), EIGHT)
    found = [labels == n for n in range(1, count + 1)]
    return [mask for mask in found if (mask & m.mask("river")).sum() >= RIVER_CELLS]


def highest(m: Map, percent: float) -> np.ndarray:
    """Return so many per cent of the dry ground, the highest."""
    return m.mask("dry") & (m.height >= np.percentile(m.height[m.mask("dry")], 100 - percent))


def lies(m: Map, what: str | np.ndarray, where: str) -> bool:
    """Tell whether it exists and its centre lies in that place."""
    return bool(m.mask(what).any()) and m.inside(m.centre(what), where)


def source_in_mountains(m: Map) -> bool:
    """Tell whether a system that reaches the sea has a lake and begins in the upper 40 % of the ground."""
    high = np.percentile(m.height[m.mask("dry")], 60)
    for mask in systems(m):
        river = mask & m.mask("river")
        if (mask & m.mask("lake")).any() and m.reaches(river, "sea") and m.height[river].max() >= high:
            return True
    return False


def room_of(m: Map, role: str) -> Room | None:
    found = m.rooms_with(role)
    return found[0] if found else None


def farthest(m: Map, role: str) -> bool:
    """Tell whether the walk to its room is at least nine tenths of the longest walk to any room."""
    room = room_of(m, role)
    walks = [m.walk("entrance", r.mask) for r in m.rooms]
    return room is not None and bool(np.isfinite(walks).all()) and m.walk("entrance", room.mask) >= 0.9 * max(walks)


def ways(m: Map) -> int:
    """Count simple ways from room to room between entrance and exit, up to two."""
    start, goal = room_of(m, "entrance"), room_of(m, "exit")
    if start is None or goal is None:
        return 0
    found, front = 0, [(start.number, frozenset({start.number}))]
    while front and found < 2:
        at, seen = front.pop()
        if at == goal.number:
            found += 1
            continue
        front += [(n, seen | {n}) for n in m.links[at] - seen]
    return found


def loop(m: Map) -> bool:
    """Tell whether what can be walked on encloses something."""
    _, count = ndimage.label(np.pad(~m.walkable, 1, constant_values=True), EIGHT)
    return bool(count >= 2)


def one_hall(m: Map) -> bool:
    """All other rooms are joined to the largest one."""
    hall = m.rooms[0].number
    return all(hall in m.links[room.number] for room in m.rooms[1:])


def pond_between(m: Map) -> bool:
    tops = [peak.at for peak in m.peaks(0.3)[:2]]
    return len(tops) == 2 and any(m.between(lake.at, *tops) for lake in m.parts("lake"))


def cut_in_two(m: Map) -> bool:
    """Two pieces of dry land, each at least a tenth of the map (4 neighbours: a river is 8-connected)."""
    labels, count = ndimage.label(m.mask("dry"))
    return bool(sum((labels == n).mean() >= 0.1 for n in range(1, count + 1)) >= 2)


def alone(m: Map) -> bool:
    """One summit, and the ground above half its height is about round."""
    tops = m.peaks(0.3)
    if len(tops) != 1:
        return False
    low = float(np.percentile(m.height[m.mask("land")], 20))
    upper = m.parts(m.height >= low + (m.top() - low) / 2)
    return bool(upper) and upper[0].roundness >= 0.5


def joined_lakes(m: Map) -> bool:
    """Tell whether some one river touches both lakes."""
    lakes = m.parts("lake")
    return len(lakes) == 2 and any(all(m.reaches(r.mask, k.mask) for k in lakes) for r in m.parts("river"))


def five_levels(m: Map) -> bool:
    """Five flat levels, measured or marked."""
    marked = np.asarray(m.layers.get("terrace", np.full(m.shape, -1)))
    return m.levels() == 5 or len(np.unique(marked[marked >= 0])) == 5


def north_and_south(m: Map) -> tuple[np.ndarray, np.ndarray]:
    """Dry ground of the northern and of the southern one of the two largest islands."""
    pair = sorted(m.islands()[:2], key=lambda p: -p.at.y)
    return pair[0].mask & m.mask("dry"), pair[1].mask & m.mask("dry")


# ---------------------------------------------------------------- cases

CASES: list[Case] = [
    # amounts
    case(
        "six isles",
        "amounts",
        "six small islands scattered across an otherwise empty ocean",
        ("six islands", lambda m: island_count(m, 6)),
        ("small ones", lambda m: all(p.share <= 0.1 for p in m.islands())),
        (
            "scattered",
            lambda m: (
                sum(
                    any(m._at(p.at, m.place(q)) for p in m.islands())
                    for q in ("north-west", "north-east", "south-west", "south-east")
                )
                >= 3
            ),
        ),
    ),
    case(
        "forty boulders",
        "amounts",
        "Grassland with exactly 40 boulders lying around in it.",
        ("40 rocks", lambda m: m.number("rock") == 40),
        ("grassland", lambda m: m.share("grassland", "dry") >= 0.6),
    ),
    case(
        "three rivers",
        "amounts",
        "I want 3 rivers and every one of them has to run down to the sea",
        ("three rivers", lambda m: m.river_systems() == 3),
        ("each reaches the sea", lambda m: sum(m.reaches(s, "sea") for s in systems(m)) == 3),
    ),
    case(
        "unequal lakes",
        "amounts",
        "mountain country with five lakes, one of which is a lot larger than the others",
        ("five lakes", lambda m: m.count("lake") == 5),
        ("one much larger", lambda m: m.parts("lake")[0].share >= 1.8 * m.parts("lake")[1].share),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "twelve pines",
        "amounts",
        "A barren rocky islet on which just twelve pine trees grow",
        ("one island", one_island),
        ("twelve trees", lambda m: len(trees(m)) == 12),
        ("pines", lambda m: len(trees(m, *CONIFERS)) == 12),
        ("barren", lambda m: m.share(any_of(m, "rock", "badlands", "desert", "volcanic", "beach"), "dry") >= 0.5),
    ),
    case(
        "seven hills",
        "amounts",
        "seven hills, no more and no less, rising out of a flat green plain",
        ("seven hills", lambda m: len(m.peaks(0.3)) == 7),
        ("flat between them", lambda m: m.gentle(8) >= 0.4),
        ("green", lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.5),
    ),
    # places
    case(
        "western sea",
        "places",
        "The sea runs along the western edge, everything else is land, and the mountains are over in the east.",
        ("sea at the western edge", lambda m: m.share("sea", m.place("edge") & m.place("far west")) >= 0.5),
        ("land in the east", lambda m: m.share("land", m.place("east")) >= 0.9),
        ("summit in the east", lambda m: m.inside(m.summit(), "east")),
    ),
    case(
        "bottom right",
        "places",
        "woodland map, put a big lake in the bottom right corner",
        ("a lake in the south-east", lambda m: m.inside(m.parts("lake")[0].at, "south-east")),
        ("a big one", lambda m: m.parts("lake")[0].share >= 0.02),
        ("woodland", lambda m: m.share("forest", "dry") >= 0.4),
    ),
    case(
        "southern tip",
        "places",
        "an island whose only volcano sits at the southern tip",
        ("one island", one_island),
        ("one volcano", lambda m: len(cones(m)) == 1),
        ("in the south", lambda m: bool(cones(m)) and all(m.inside(c.at, "south third") for c in cones(m))),
    ),
    case(
        "corner to corner",
        "places",
        "Desert in the southwest, forest in the northeast and a river somewhere through the middle",
        ("desert in the south-west", lambda m: lies(m, "desert", "south-west")),
        ("forest in the north-east", lambda m: lies(m, "forest", "north-east")),
        ("a river through the middle", lambda m: bool((m.mask("river") & m.place("centre")).any())),
    ),
    case(
        "left continent",
        "places",
        "a continent fills the left half of the map, to the right there is only open ocean",
        ("land on the left", lambda m: m.mostly("land", "west", 0.85)),
        ("half of the map", lambda m: within(m.share("land"), 0.35, 0.6)),
        ("ocean on the right", lambda m: m.share("sea", m.place("east third")) >= 0.9),
    ),
    case(
        "snowy top",
        "places",
        "snowy peaks all across the top of the map and green lowlands below them",
        ("snow in the north", lambda m: m.mostly("snow", "north", 0.75)),
        ("snow at all", lambda m: m.share("snow") >= 0.03),
        ("green in the south", lambda m: m.share(any_of(m, *GREEN), m.place("south") & m.mask("dry")) >= 0.5),
        (
            "lower in the south",
            lambda m: (
                m.mean("height", m.place("south") & m.mask("dry")) < m.mean("height", m.place("north") & m.mask("dry"))
            ),
        ),
    ),
    # shapes
    case(
        "crescent",
        "shapes",
        "a crescent-shaped island curled around a quiet bay",
        ("one island", one_island),
        ("hollow on one side", lambda m: solidity(m.parts("land")[0]) <= 0.8),
        expect="honest",
    ),
    case(
        "skinny island",
        "shapes",
        "One long skinny island stretching from east to west",
        ("one island", one_island),
        ("long and thin", lambda m: m.parts("land")[0].elongation >= 2.5),
        ("east to west", lambda m: spans(m, m.parts("land")[0])[0] >= 2 * spans(m, m.parts("land")[0])[1]),
    ),
    case(
        "round lake",
        "shapes",
        "a perfectly circular lake in the middle of a meadow",
        ("one lake", lambda m: m.count("lake") == 1),
        ("circular", lambda m: m.parts("lake")[0].roundness >= 0.8),
        ("in the middle", lambda m: m.each_in("lake", "centre")),
        ("meadow", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "lone cone",
        "shapes",
        "a steep cone of a mountain that stands all alone on level ground",
        ("one round mountain", alone),
        ("level ground", lambda m: m.gentle(6) >= 0.5),
        ("steep", lambda m: m.mean("slope", highest(m, 5)) >= 15),
    ),
    case(
        "steps down south",
        "shapes",
        "terraced hillside in five steps, descending towards the south",
        ("five levels", five_levels),
        ("lower in the south", lambda m: m.trend(m.height, "north") >= 0.8),
    ),
    # relations
    case(
        "wooded foot",
        "relations",
        "a volcano with a lake in its crater, its foot wrapped in forest all the way round",
        ("a volcano", lambda m: len(cones(m)) >= 1),
        ("lake in the crater", lambda m: any((m.mask("lake") & c.mask).any() for c in cones(m))),
        ("forest all round", lambda m: any(m.all_round(c.mask, "forest", 0.35 * side(m)) >= 0.8 for c in cones(m))),
    ),
    case(
        "through the lake",
        "relations",
        "A river springs up in the mountains, goes through a lake and finally empties into the sea.",
        ("mountains, lake, sea", source_in_mountains),
        ("relief", lambda m: m.relief() >= 100),
    ),
    case(
        "unlike sisters",
        "relations",
        "two islands: the southern one is wooded, the northern one has no trees whatsoever",
        ("two islands", lambda m: island_count(m, 2)),
        ("woods in the south", lambda m: m.share("forest", north_and_south(m)[1]) >= 0.3),
        ("no woods in the north", lambda m: m.share("forest", north_and_south(m)[0]) <= 0.01),
    ),
    case(
        "swamp by the coast",
        "relations",
        "put a swamp right by the coast and a desert as far from it as you can",
        ("swamp by the coast", lambda m: m.gap("swamp", "sea") <= 0.05 * side(m)),
        ("a desert", lambda m: m.share("desert") >= 0.01),
        ("far from the swamp", lambda m: apart(m, m.centre("desert"), m.centre("swamp")) >= 0.35),
    ),
    case(
        "tarn",
        "relations",
        "there's a small lake between two mountains",
        ("two mountains", lambda m: len(m.peaks(0.35)) == 2),
        ("a lake between them", pond_between),
        ("a small one", lambda m: within(m.parts("lake")[0].share, 0, 0.08)),
    ),
    case(
        "thinning trees",
        "relations",
        "The higher you climb the fewer trees there should be, and up on the summits nothing but bare rock",
        ("fewer trees higher up", lambda m: m.trend("forest", "up") <= -0.5),
        ("trees at all", lambda m: m.share("forest", "dry") >= 0.05),
        ("rock on the summits", lambda m: m.share("rock", highest(m, 2)) >= 0.6),
        ("no trees there", lambda m: m.share("forest", highest(m, 2)) <= 0.05),
    ),
    # shares
    case(
        "sixty forty",
        "shares",
        "sixty percent ocean, forty percent land",
        ("60 % sea", lambda m: within(m.share("sea"), 0.55, 0.65)),
    ),
    case(
        "quarter desert",
        "shares",
        "A quarter of the land is desert, the remainder grassland.",
        ("a quarter desert", lambda m: within(m.share("desert", "dry"), 0.2, 0.3)),
        ("the rest grassland", lambda m: within(m.share("grassland", "dry"), 0.65, 0.8)),
    ),
    case(
        "two thirds woods",
        "shares",
        "forest on two thirds of the whole map, and lakes on 10% of the map",
        ("two thirds forest", lambda m: within(m.share("forest"), 0.617, 0.717)),
        ("a tenth lakes", lambda m: within(m.share("lake"), 0.05, 0.15)),
    ),
    case(
        "island mix",
        "shares",
        "Island: 35% forest, 20% swamp, and leave out deserts",
        ("one island", one_island),
        ("35 % forest", lambda m: within(m.share("forest", "dry"), 0.3, 0.4)),
        ("20 % swamp", lambda m: within(m.share("swamp", "dry"), 0.15, 0.25)),
        ("no desert", lambda m: m.share("desert") <= 0.002),
    ),
    case(
        "half snowed in",
        "shares",
        "roughly half the country lies under snow and only a few pines grow there",
        ("about half snow", lambda m: within(m.share("snow", "dry"), 0.4, 0.6)),
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= 2),
        ("only pines", lambda m: len(trees(m)) == len(trees(m, *CONIFERS))),
        ("few", lambda m: m.share("forest", "dry") <= 0.15),
    ),
    # negation
    case(
        "bare mountains",
        "negation",
        "Mountains. No snow on them, and not a single tree either.",
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2 and m.relief() >= 150),
        ("no snow", lambda m: m.share("snow") <= 0.001),
        ("no tree", lambda m: len(trees(m)) == 0),
    ),
    case(
        "beachless",
        "negation",
        "a hilly island that doesn't have any beaches",
        ("one island", one_island),
        ("no beach", lambda m: m.share("beach") <= 0.001),
        ("hills", lambda m: len(m.peaks(0.15)) >= 2),
    ),
    case(
        "bone dry",
        "negation",
        "a wide valley far from any sea, with neither rivers nor lakes in it",
        ("no sea", lambda m: not m.mask("sea").any()),
        ("no river", lambda m: not m.mask("river").any()),
        ("no lake", lambda m: not m.mask("lake").any()),
        ("some relief", lambda m: m.relief() >= 20),
    ),
    case(
        "off centre",
        "negation",
        "I'd like one lake, not in the centre please, and it must not be surrounded by forest",
        ("one lake", lambda m: m.count("lake") == 1),
        ("not in the centre", lambda m: max(abs(c - 0.5) for c in m.parts("lake")[0].at) > 1 / 6),
        ("not in a forest", lambda m: m.surrounded("lake", "forest") <= 0.5),
    ),
    case(
        "except east",
        "negation",
        "jungle everywhere except in the east",
        ("jungle in the west", lambda m: m.share(any_of(m, *JUNGLE), m.place("west") & m.mask("dry")) >= 0.6),
        ("land in the east", lambda m: m.share("dry", m.place("east")) >= 0.05),
        ("no jungle there", lambda m: m.share(any_of(m, *JUNGLE), m.place("east third") & m.mask("dry")) <= 0.1),
    ),
    # units
    case(
        "forty hectares",
        "units",
        "a map of 3 km by 2 km with one lake that covers 40 hectares",
        ("3 km by 2 km", lambda m: about(m.extent[0], 3000, 0.02) and about(m.extent[1], 2000, 0.02)),
        ("one lake", lambda m: m.count("lake") == 1),
        ("40 ha", lambda m: about(m.area("lake"), 400_000, 0.15)),
    ),
    case(
        "four km across",
        "units",
        "An island about 4 km across with a single peak 850 m above the sea",
        ("one island", one_island),
        ("about 4 km", lambda m: about(sum(spans(m, m.parts("land")[0])) / 2, 4000, 0.2)),
        ("850 m", lambda m: about(m.top("land"), 850, 0.07)),
        ("a single peak", lambda m: len(m.peaks(0.3)) == 1),
    ),
    case(
        "feet",
        "units",
        "gentle grassland around one hill that's 1500 ft high",
        ("457 m", lambda m: about(m.top(), 457.2, 0.1) or about(float(np.ptp(m.height[m.mask("dry")])), 457.2, 0.1)),
        ("one hill", lambda m: len(m.peaks(0.35)) == 1),
        ("grassland", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "square mile",
        "units",
        "one square mile of forest, cut in two by a river",
        (
            "a square mile",
            lambda m: about(m.extent[0] * m.extent[1], 2_589_988, 0.1) or about(m.area("forest"), 2_589_988, 0.2),
        ),
        ("forest", lambda m: m.share("forest", "dry") >= 0.5 or about(m.area("forest"), 2_589_988, 0.2)),
        ("cut in two", cut_in_two),
    ),
    # typos
    case(
        "vulcano",
        "typos",
        "a vulcano iland with tropicl forrest",
        ("one island", one_island),
        ("a volcano", lambda m: len(cones(m)) >= 1),
        ("forest", lambda m: m.share(any_of(m, *JUNGLE), "dry") >= 0.1),
        ("tropical", lambda m: m.mean("temperature") >= 18),
    ),
    case(
        "dessert",
        "typos",
        "mountan range in teh west, dessert in teh east",
        ("summit in the west", lambda m: m.inside(m.summit(), "west")),
        ("desert in the east", lambda m: lies(m, "desert", "east")),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "roms",
        "typos",
        "dungoen wiht 8 roms and a tresure chamber",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("a treasure room", lambda m: len(m.rooms_with("treasure")) >= 1),
        ("all reachable", lambda m: m.reachable("room")),
    ),
    # climate
    case(
        "rainy tropics",
        "climate",
        "a hot and rainy archipelago in the tropics",
        ("several islands", lambda m: len(m.islands()) >= 3 and not m.edges("land")),
        ("hot", lambda m: m.mean("temperature") >= 20),
        ("not dry", lambda m: m.share(any_of(m, "desert", "badlands"), "dry") <= 0.05),
        ("lush", lambda m: m.share(any_of(m, *GREEN, "swamp"), "dry") >= 0.5),
    ),
    case(
        "tundra",
        "climate",
        "Bitterly cold tundra with some taiga in the south",
        ("cold", lambda m: m.mean("temperature") <= 3),
        ("tundra", lambda m: m.share("tundra", "dry") >= 0.4),
        ("taiga in the south", lambda m: m.share("taiga", "dry") >= 0.02 and m.mostly("taiga", "south")),
    ),
    case(
        "drying out",
        "climate",
        "the land gets drier from west to east, so it changes from green grassland into desert",
        ("drier eastwards", lambda m: m.trend(m.value("moisture"), "east") <= -0.6),
        ("grass in the west", lambda m: lies(m, "grassland", "west")),
        ("desert in the east", lambda m: lies(m, "desert", "east")),
    ),
    case(
        "waterhole",
        "climate",
        "Savanna with a waterhole and scattered trees, average temperature 28 °C",
        ("savanna", lambda m: m.share("savanna", "dry") >= 0.5),
        ("a waterhole", lambda m: m.count("lake") == 1),
        ("28 degrees", lambda m: within(m.mean("temperature"), 26, 30)),
        ("scattered trees", lambda m: len(trees(m)) >= 3 and m.share("forest", "dry") <= 0.3),
    ),
    # interiors
    case(
        "far boss",
        "interiors",
        "a dungeon of 12 rooms, the boss as far away from the entrance as possible",
        ("twelve rooms", lambda m: len(m.rooms) == 12),
        ("a boss room", lambda m: len(m.rooms_with("boss")) == 1),
        ("farthest away", lambda m: farthest(m, "boss")),
    ),
    case(
        "crypt",
        "interiors",
        "Crypt for a one-shot: 5 rooms, one locked door, and the party has to be able to find the key before it",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("one lock", lambda m: m.count("lock") == 1),
        ("one key", lambda m: m.count("key") == 1),
        ("key before the lock", lambda m: m.reachable("key", without="lock")),
        ("the lock shuts something off", lambda m: not m.reachable("room", without="lock")),
    ),
    case(
        "great hall",
        "interiors",
        "one great hall in the middle with eight small chambers around it that all open onto the hall",
        ("nine rooms", lambda m: len(m.rooms) == 9),
        ("a great hall", lambda m: m.rooms[0].area_m2 >= 1.5 * m.rooms[1].area_m2),
        (
            "in the middle",
            lambda m: m.inside(m.rooms[0].at, "centre") or m._at(m.rooms[0].at, m.place("centre", "room")),
        ),
        ("all joined to it", one_hall),
    ),
    case(
        "long corridors",
        "interiors",
        "an underground lair with only 3 rooms joined by long corridors and no treasure in it",
        ("three rooms", lambda m: len(m.rooms) == 3),
        ("no treasure", lambda m: m.count("treasure") == 0),
        ("corridors", lambda m: m.area("corridor") >= 0.15 * m.area("room")),
        ("all reachable", lambda m: m.reachable("room")),
    ),
    case(
        "two routes",
        "interiors",
        "10 room dungeon where two different routes lead from the entrance to the exit",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("exit reachable", lambda m: m.reachable("exit")),
        ("two routes", lambda m: loop(m) and ways(m) >= 2),
    ),
    case(
        "goblin den",
        "interiors",
        "Goblin den, six rooms. You come in from the south, the treasure is up north in the smallest room.",
        ("six rooms", lambda m: len(m.rooms) == 6),
        (
            "entrance in the south",
            lambda m: lies(m, "entrance", "south") or m._at(m.centre("entrance"), m.place("south", "room")),
        ),
        (
            "treasure in the north",
            lambda m: lies(m, "treasure", "north") or m._at(m.centre("treasure"), m.place("north", "room")),
        ),
        (
            "in the smallest room",
            lambda m: any(r.area_m2 <= 1.05 * m.rooms[-1].area_m2 for r in m.rooms_with("treasure")),
        ),
    ),
    # follow-ups
    case(
        "clear the west",
        "follow-ups",
        "an island with a mountain in the middle and woods on its slopes",
        ("one island", one_island),
        ("summit in the middle", lambda m: m.inside(m.summit(), "centre")),
        ("woods", lambda m: m.share("forest", "dry") >= 0.03),
    )
    .then(
        "take away the woods in the western half",
        (
            "none in the west",
            lambda m: m.share("forest", m.place("west") & m.place("west", "land") & m.mask("dry")) <= 0.03,
        ),
        (
            "the east keeps its woods",
            lambda m: (
                m.share("forest", m.place("east") & m.place("east", "land"))
                >= 0.8 * m.before.share("forest", m.place("east") & m.place("east", "land"))
            ),
        ),
        ("the ground stays", lambda m: m.changed("height", tolerance=0.02 * m.before.relief()) <= 0.05),
    )
    .then(
        "now make the mountain 200 metres higher",
        ("200 m higher", lambda m: within(m.top("land") - m.before.top("land"), 170, 230)),
        ("the same island", lambda m: float((m.mask("sea") ^ m.before.mask("sea")).mean()) <= 0.03),
        (
            "the west stays bare",
            lambda m: m.share("forest", m.place("west") & m.place("west", "land") & m.mask("dry")) <= 0.03,
        ),
    ),
    case(
        "lake to swamp",
        "follow-ups",
        "two lakes joined by a river in hilly country",
        ("two lakes", lambda m: m.count("lake") == 2),
        ("joined by a river", joined_lakes),
        ("hills", lambda m: len(m.peaks(0.2)) >= 2),
    ).then(
        "turn the smaller lake into a swamp",
        ("one lake left", lambda m: m.count("lake") == 1),
        ("the larger one", lambda m: m.share("lake", m.before.parts("lake")[0].mask) >= 0.7),
        ("swamp where the other was", lambda m: m.share("swamp", m.before.parts("lake")[1].mask) >= 0.5),
    ),
    # impossible
    case(
        "dry ocean",
        "impossible",
        "an ocean map without any water",
        ("it says so", lambda m: bool(m.doubts)),
        expect="best_effort",
    ),
    case("poem", "impossible", "write me a short poem about my sister's wedding", expect="refuse"),
    case(
        "caves",
        "impossible",
        "a forested hill with a network of natural caves underneath",
        ("the forest is made", lambda m: m.share("forest", "dry") >= 0.2),
        ("the caves are owned up to", lambda m: m.told("cave")),
        expect="best_effort",
    ),
    case(
        "water north and south",
        "impossible",
        "put a lake in the north, but all the water on the map has to be in the south",
        ("it says so", lambda m: bool(m.doubts)),
        expect="best_effort",
    ),
    case(
        "village road",
        "impossible",
        "medieval village beside a lake with a road leading up to a castle",
        ("the lake is made", lambda m: m.count("lake") >= 1),
        ("the village is owned up to", lambda m: m.told("village")),
        ("the road is owned up to", lambda m: m.told("road")),
        ("the castle is owned up to", lambda m: m.told("castle")),
        expect="best_effort",
    ),
]
