"""A ninth set of sixty instructions, as on first days, by a tester who had not seen the program."""

from __future__ import annotations

import numpy as np
from measure import EIGHT, Bools, Case, Floats, Map, Part, What, case
from scipy import ndimage
from shared import (
    CONIFERS,
    any_of,
    apart,
    between,
    cell_of,
    high_ground,
    island_count,
    layer,
    one_island,
    side,
    solidity,
    spans,
    spots,
    trees,
    wide,
    within,
)

# ---------------------------------------------------------------- helpers: what is built


def named(m: Map, *words: str) -> Floats:
    """Everything (n, 5) whose kind or species holds one of the words."""
    found = [np.zeros((0, 5))]
    for kind, entry in m.about["instances"].items():
        called = any(w in kind.lower() for w in words)
        species = (entry or {}).get("species") or []
        found += [m.things(kind, name) for name in species if called or any(w in name.lower() for w in words)]
        found += [m.things(kind)] if called and not species else []
    return np.concatenate(found)


def town(m: Map) -> Bools:
    """Where people live: the settlement layer, else buildings and 30 m round them."""
    mask = layer(m, "settlement")
    return mask if mask.any() else m.distance_to(spots(m, m.things("building"))) <= 30


def close(m: Map, table: Floats, what: What, part: float = 0.15) -> bool:
    """All of the things within so large a part of the map's longer side of something."""
    return len(table) > 0 and bool((m.distance_to(what)[spots(m, table)] <= part * side(m)).all())


def woods(m: Map) -> Bools:
    """Ground under trees, or of a biome of trees."""
    return any_of(m, "forest", "biome:forest", "rainforest", "taiga")


def bio(m: Map, *names: str) -> Bools:
    """Ground of any of these biomes."""
    return any_of(m, *("biome:" + n for n in names))


def joined(m: Map, road: Bools, one: What, other: What, metres: float = 40) -> bool:
    """One connected stretch of road comes near both."""
    labels, _ = ndimage.label(road, EIGHT)
    a, b = (set(np.unique(labels[(m.distance_to(x) <= metres) & road])) - {0} for x in (one, other))
    return bool(a & b)


def towns(m: Map) -> list[Part]:
    """Separate settlements, gaps of 60 m closed."""
    return m.parts(town(m), join=60)


def river_width(m: Map) -> float:
    """Median width of rivers in metres, from the distance to the banks along the middle line."""
    river = m.mask("river")
    deep = ndimage.distance_transform_edt(river)
    ridge = river & (deep >= ndimage.maximum_filter(deep, 3))
    return float(2 * np.median(deep[ridge]) - 0.5) * m.cell if ridge.any() else 0.0


def width_ok(m: Map, wanted: float, part: float) -> bool:
    """Whether the width measured is as wanted, an error of one cell allowed."""
    return abs(river_width(m) - wanted) <= part * wanted + m.cell


def tall(m: Map) -> list[float]:
    """Fair readings of how tall the mountain is."""
    land = m.height[m.mask("land")]
    return [float(land.max()), float(land.max() - land.min()), float(land.max() - np.percentile(land, 10))]


def temperature(m: Map) -> float:
    """Mean temperature of the land in degrees."""
    return m.mean("temperature", "land")


def storeys(m: Map) -> int:
    """Return how many floors a dungeon has.

    Mended after the run: its ground floor, the layer without a number, was not counted.
    """
    return 1 + sum(1 for n in range(1, 9) if f"cell_{n}" in m.layers and (np.asarray(m.layers[f"cell_{n}"]) > 0).any())


def ring_wall(m: Map) -> float:
    """Share of 16 directions round the middle of the houses in which a wall, tower or gate stands."""
    wall = layer(m, "wall") | spots(m, named(m, "gate", "tower"))
    return m.all_round(spots(m, m.things("building")), wall)


def enclosed(m: Map) -> Bools:
    """Water wholly or nearly held by land."""
    land = m.mask("land")
    closed = ndimage.binary_closing(np.pad(land, 40), np.ones((3, 3)), 12)[40:-40, 40:-40]
    return np.asarray(ndimage.binary_fill_holes(closed), bool) & m.mask("water")


def reach_of(m: Map) -> tuple[float, float]:
    """East-west and north-south reach of what can be walked, in metres."""
    rows, cols = np.nonzero(m.walkable)
    return float(np.ptp(cols)) * m.cell, float(np.ptp(rows)) * m.cell


CASES: list[Case] = [
    # amounts
    case(
        "three islands",
        "amounts",
        "three small islands in a blue sea",
        ("three islands", lambda m: island_count(m, 3)),
        ("small", lambda m: m.share("land") < 0.5),
    )
    .then(
        "make it five islands",
        ("five islands", lambda m: island_count(m, 5)),
    )
    .then(
        "give the biggest one a lighthouse",
        ("one lighthouse", lambda m: len(named(m, "lighthouse")) == 1),
        (
            "on the biggest island",
            lambda m: (
                m.islands()[0].mask[cell_of(m, named(m, "lighthouse")[0])]
                or m.distance_to(m.islands()[0].mask)[cell_of(m, named(m, "lighthouse")[0])] <= 2 * m.cell
            ),
        ),
        ("still five islands", lambda m: island_count(m, 5)),
    ),
    case(
        "five lakes",
        "amounts",
        "green countryside with five lakes in it, not more",
        ("five lakes", lambda m: m.count("lake") == 5),
        (
            "green",
            lambda m: m.share(woods(m) | bio(m, "grassland", "savanna", "shrubland", "farmland", "swamp"), "dry") > 0.6,
        ),
    ),
    case(
        "two rivers",
        "amounts",
        "I want exactly two rivers running through my kingdom",
        (
            "two rivers",
            lambda m: (
                m.river_systems() == 2
                or m.count("river") == 2
                or len([1 for p in m.about.get("paths", []) if isinstance(p, dict) and p.get("kind") == "river"]) == 2
            ),
        ),
    ),
    case(
        "twelve cottages",
        "amounts",
        "a dozen cottages round a pond",
        # Mended after the run: all buildings or only cottages were counted, not cottages and houses without barns.
        (
            "twelve houses",
            lambda m: 12 in (m.number("building"), len(named(m, "cottage")), len(named(m, "cottage", "house"))),
        ),
        ("one pond", lambda m: m.count("lake") == 1),
        (
            "cottages near the pond",
            lambda m: np.mean(m.distance_to("lake")[spots(m, m.things("building"))] <= 0.15 * side(m)) >= 0.8,
        ),
        ("round it", lambda m: m.all_round("lake", spots(m, m.things("building"))) >= 0.35),
    ),
    case(
        "four watchtowers",
        "amounts",
        "mountain land, 4 watchtowers",
        (
            "four watchtowers",
            lambda m: len(named(m, "watchtower", "watch tower", "lookout")) == 4 or m.number("tower") == 4,
        ),
        ("mountains", lambda m: m.relief("land") >= 100),
    ),
    # places
    case(
        "swamp sw",
        "places",
        "big swamp in the south west, grassland everywhere else",
        ("swamp in the south-west", lambda m: m.mostly("swamp", "south-west")),
        ("big", lambda m: m.share("swamp", "land") >= 0.06),
        ("grassland elsewhere", lambda m: m.share(bio(m, "grassland"), m.mask("dry") & ~m.mask("swamp")) >= 0.75),
    ),
    case(
        "volcano middle",
        "places",
        "put a volcano right in the middle of the island",
        ("one island", one_island),
        ("a crater", lambda m: len(m.craters()) >= 1),
        ("in the middle", lambda m: m.inside(m.craters()[0].at, "centre")),
        ("it is the summit", lambda m: m.inside(m.summit(), "centre")),
    ).then(
        "add a small harbour on its east coast",
        (
            "something of a harbour",
            lambda m: (
                m.legend("district", "harbour").any()
                or layer(m, "pier").any()
                or len(named(m, "pier", "jetty", "dock", "boat", "ship")) > 0
            ),
        ),
        (
            "in the east",
            lambda m: m.inside(
                m.centre(
                    m.legend("district", "harbour")
                    | layer(m, "pier")
                    | spots(m, named(m, "pier", "jetty", "dock", "boat", "ship"))
                ),
                "east",
            ),
        ),
        (
            "by the sea",
            lambda m: (
                m.gap(
                    m.legend("district", "harbour")
                    | layer(m, "pier")
                    | spots(m, named(m, "pier", "jetty", "dock", "boat", "ship")),
                    "sea",
                )
                <= 0.03 * side(m)
            ),
        ),
        ("volcano stays", lambda m: len(m.craters()) >= 1 and m.inside(m.summit(), "centre")),
    ),
    case(
        "sea east",
        "places",
        "the sea is along the eastern edge, nowhere else",
        ("sea along the east edge", lambda m: m.mask("sea")[:, -1].mean() >= 0.8),
        ("none in the west", lambda m: not m.mask("sea")[:, 0].any() and m.mostly("sea", "east", 0.9)),
        ("one sea", lambda m: m.count("sea") == 1),
    ),
    case(
        "castle corner",
        "places",
        "a castle in the top left corner of the map",
        (
            "a castle",
            lambda m: (
                (m.legend("settlement", "castle") | m.legend("district", "castle")).any()
                or len(named(m, "castle", "keep")) > 0
            ),
        ),
        (
            "in the north-west",
            lambda m: m.inside(
                m.centre(
                    m.legend("settlement", "castle")
                    | m.legend("district", "castle")
                    | spots(m, named(m, "castle", "keep"))
                ),
                "north-west",
            ),
        ),
        (
            "in the corner",
            lambda m: m.inside(
                m.centre(
                    m.legend("settlement", "castle")
                    | m.legend("district", "castle")
                    | spots(m, named(m, "castle", "keep"))
                ),
                m.place("north third", "land") & m.place("west third", "land")
                | m.place("north third") & m.place("west third"),
            ),
        ),
    ),
    case(
        "lighthouse tip",
        "places",
        "Lighthouse on the southern tip of an island",
        ("one island", one_island),
        ("one lighthouse", lambda m: len(named(m, "lighthouse")) == 1),
        ("in the far south of the land", lambda m: m.place("far south", "land")[cell_of(m, named(m, "lighthouse")[0])]),
        ("by the sea", lambda m: close(m, named(m, "lighthouse"), "sea", 0.08)),
    ),
    case(
        "snow north desert south",
        "places",
        "snowy mountains up north and a hot desert down south please",
        ("snow in the north", lambda m: m.mostly("snow", "north") and m.share("snow", "land") > 0.01),
        # Mended after the run: the relief asked for leaves out the highest fiftieth of the land.
        ("mountains in the north", lambda m: m.inside(m.summit(), "north") and np.ptp(m.height[m.mask("land")]) > 100),
        ("desert in the south", lambda m: m.mostly("desert", "south") and m.share("desert", "land") > 0.1),
    ),
    # shapes
    case(
        "crescent",
        "shapes",
        "an island shaped like a crescent moon",
        ("one island", one_island),
        ("hollow on one side", lambda m: solidity(m.parts("land")[0]) < 0.8),
    ),
    case(
        "round lake",
        "shapes",
        "A perfectly round lake on a flat plain",
        ("one lake", lambda m: m.count("lake") == 1),
        ("round", lambda m: m.parts("lake")[0].roundness >= 0.8),
        ("flat", lambda m: m.gentle() >= 0.85),
    ).then(
        "make the lake twice as big",
        (
            "twice the area or the width",
            lambda m: (
                between(m.area("lake") / m.before.area("lake"), 1.75, 2.3)
                or between(m.area("lake") / m.before.area("lake"), 3.5, 4.5)
            ),
        ),
        ("still round, still one", lambda m: m.count("lake") == 1 and m.parts("lake")[0].roundness >= 0.75),
    ),
    case(
        "long island",
        "shapes",
        "a long narrow island running from west to east",
        ("one island", one_island),
        ("long and narrow", lambda m: m.parts("land")[0].elongation >= 2.2),
        ("west to east", lambda m: spans(m, m.parts("land")[0])[0] >= 1.7 * spans(m, m.parts("land")[0])[1]),
    ),
    case(
        "ring island",
        "shapes",
        "ring shaped island, lagoon inside",
        ("no land at the edges", lambda m: not m.edges("land")),
        ("water held inside", lambda m: m.share(enclosed(m)) > 0.01),
        ("land all round it", lambda m: m.all_round(enclosed(m), "land") >= 0.8),
        ("a ring: much is inside", lambda m: enclosed(m).sum() >= 0.15 * m.mask("land").sum()),
    ),
    case(
        "mesa",
        "shapes",
        "a flat topped mesa with steep cliffs on all sides",
        ("a flat top", lambda m: len(m.flat_tops()) >= 1),
        ("steep sides", lambda m: m.all_round(m.flat_tops()[0].mask, m.value("slope") >= 35, 0.08 * side(m)) >= 0.85),
    ),
    # relations
    case(
        "village bridge",
        "relations",
        "a village beside a river with a stone bridge over it",
        ("a village", lambda m: m.number("building") >= 3),
        ("beside the river", lambda m: m.gap(town(m), "river") <= 0.1 * side(m)),
        ("a bridge", lambda m: m.number("bridge") >= 1),
        ("over the river", lambda m: close(m, m.things("bridge"), "river", 0.02)),
        (
            "of stone",
            lambda m: (
                m.number("bridge", "arch bridge") + m.number("bridge", "viaduct") + len(named(m, "stone bridge")) >= 1
            ),
        ),
    ),
    case(
        "lake in forest",
        "relations",
        "A lake ringed by forest",
        ("one lake", lambda m: m.count("lake") == 1),
        (
            "forest round it",
            lambda m: (
                m.all_round("lake", woods(m), 0.06 * side(m)) >= 0.85
                and m.surrounded("lake", woods(m), 0.05 * side(m)) >= 0.5
            ),
        ),
    )
    .then(
        "cut down the whole forest",
        # Mended after the run: the biome too had to be gone, and its ground may stay when the trees are cut.
        ("no forest", lambda m: m.share(woods(m), "land") < 0.02 or m.share("forest", "land") < 0.02),
        ("hardly a tree", lambda m: len(trees(m)) <= 0.05 * len(trees(m.before))),
        ("the lake stays", lambda m: within(m.area("lake"), m.before.area("lake"), 0.1)),
    )
    .then(
        "now make it winter",
        ("cold", lambda m: temperature(m) < 3 or temperature(m) <= temperature(m.before) - 10),
        ("snow", lambda m: m.share("snow", "land") >= 0.3),
        ("the lake stays", lambda m: within(m.area("lake"), m.before.area("lake"), 0.1)),
    ),
    case(
        "road two towns",
        "relations",
        "two towns and a road connecting them",
        ("two towns", lambda m: len(towns(m)) == 2),
        ("houses in both", lambda m: all(m.number("building", None, p.mask) >= 5 for p in towns(m)[:2])),
        (
            "a road joins them",
            lambda m: joined(m, any_of(m, "road") | layer(m, "street"), towns(m)[0].mask, towns(m)[1].mask),
        ),
    ),
    case(
        "starting area",
        "relations",
        "I need a starting area for my RPG: a harbour town where the river meets the sea, and "
        "behind it some hills with a ruin on top of one of them",
        ("river meets sea", lambda m: m.reaches("river", "sea")),
        (
            "town at the mouth",
            lambda m: m.gap(town(m), m.mask("river") & (m.distance_to("sea") <= 3 * m.cell)) <= 0.15 * side(m),
        ),
        ("town by the sea", lambda m: m.gap(town(m), "sea") <= 0.05 * side(m)),
        ("a ruin", lambda m: len(named(m, "ruin")) >= 1),
        (
            "ruin stands above the town",
            lambda m: max(m.height[spots(m, named(m, "ruin"))]) > np.median(m.height[town(m)]) + 5,
        ),
    ),
    case(
        "pines between",
        "relations",
        "pine forest between the mountains and the sea",
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= 50),
        (
            "between",
            lambda m: any(
                m.between(f, h, "sea")
                for f in (woods(m), spots(m, trees(m, *CONIFERS)))
                for h in (high_ground(m), m.mask("mountain"))
                if h.any()
            ),
        ),
        ("sea and mountains", lambda m: m.share("sea") > 0.03 and m.relief("land") > 100),
    ),
    case(
        "windmill hill",
        "relations",
        "windmill on a hill overlooking a village",
        ("one windmill", lambda m: len(named(m, "windmill")) == 1),
        (
            "higher than the village",
            lambda m: m.height[cell_of(m, named(m, "windmill")[0])] > np.median(m.height[town(m)]) + 3,
        ),
        ("near the village", lambda m: close(m, named(m, "windmill"), town(m), 0.15)),
        ("a village", lambda m: m.number("building") >= 3),
    ),
    # shares
    case(
        "half forest",
        "shares",
        "Half of the land is forest, the rest is grassland",
        (
            "half forest",
            lambda m: any(
                between(m.share(f, "dry"), 0.45, 0.55) for f in (woods(m), m.mask("forest"), bio(m, "forest"))
            ),
        ),
        (
            "rest grassland",
            lambda m: (
                between(m.share(bio(m, "grassland") & ~m.mask("forest"), "dry"), 0.4, 0.6)
                or between(m.share(bio(m, "grassland"), "dry"), 0.4, 0.6)
            ),
        ),
    ),
    case(
        "island 30",
        "shares",
        "an island that takes up 30% of the map",
        ("one island", one_island),
        ("30 % of the map", lambda m: between(m.share("land"), 0.25, 0.35)),
    ),
    case(
        "quarter water",
        "shares",
        "about a quarter of the map should be water",
        ("a quarter", lambda m: between(m.share("water"), 0.2, 0.3)),
    ),
    case(
        "three dry shares",
        "shares",
        "70 % desert, 20 % savanna and 10 % bare rock",
        ("desert", lambda m: between(m.share("desert", "dry"), 0.65, 0.75)),
        ("savanna", lambda m: between(m.share("savanna", "dry"), 0.15, 0.25)),
        (
            "rock",
            lambda m: (
                between(m.share(bio(m, "rock"), "dry"), 0.05, 0.15)
                or between(m.share(bio(m, "rock", "badlands"), "dry"), 0.05, 0.15)
            ),
        ),
    ),
    # negation
    case(
        "dry forest",
        "negation",
        "a deep forest with no rivers and no lakes",
        ("no river", lambda m: not m.mask("river").any()),
        ("no lake", lambda m: not m.mask("lake").any()),
        ("forest", lambda m: m.share(woods(m), "dry") >= 0.5),
    ),
    case(
        "no beaches",
        "negation",
        "an island without any beaches",
        ("one island", one_island),
        ("no beach", lambda m: m.share(bio(m, "beach") | layer(m, "beach")) < 0.0005),
    ),
    case(
        "open town",
        "negation",
        "a town, but without a wall around it and without a church",
        ("a town", lambda m: m.number("building") >= 10),
        ("no wall", lambda m: not layer(m, "wall").any() and m.number("gate") == 0),
        ("no church", lambda m: len(named(m, "church", "chapel", "cathedral")) == 0),
    ),
    case(
        "bare hills",
        "negation",
        "rolling hills but not a single tree",
        ("no tree", lambda m: len(trees(m)) == 0),
        ("hills", lambda m: m.relief("land") >= 10 and len(m.peaks(0.2)) >= 2),
    ),
    # units
    case(
        "600 m mountain",
        "units",
        "a 2 km by 2 km map with one mountain 600 metres tall",
        ("2 km", lambda m: all(within(e, 2000, 0.05) for e in m.extent)),
        ("600 m", lambda m: any(within(h, 600, 0.08) for h in tall(m))),
        ("one mountain", lambda m: len(m.peaks(0.5)) == 1),
    ).then(
        "raise the mountain by 200 m",
        ("200 m more", lambda m: between(m.top("land") - m.before.top("land"), 170, 230)),
        ("still one", lambda m: len(m.peaks(0.5)) == 1),
    ),
    case(
        "lake 300",
        "units",
        "a meadow with a lake 300 m across",
        ("one lake", lambda m: m.count("lake") == 1),
        (
            "300 m",
            lambda m: (
                within(wide(m, m.parts("lake")[0]), 300, 0.15) or within(2 * np.sqrt(m.area("lake") / np.pi), 300, 0.15)
            ),
        ),
        ("meadow", lambda m: m.share(bio(m, "grassland"), "dry") >= 0.5),
    ),
    case(
        "river 25",
        "units",
        "a river 25 m wide crosses the plain from north to south",
        ("25 m", lambda m: width_ok(m, 25, 0.2)),
        ("from north to south", lambda m: {"north", "south"} <= m.edges("river")),
        ("plain", lambda m: m.gentle() >= 0.75),
    ),
    case(
        "feet",
        "units",
        "a mountainous island rising 1500 feet above the sea",
        ("one island", one_island),
        ("457 m", lambda m: within(m.top("land"), 457, 0.1)),
    ),
    # typos
    case(
        "vulcano",
        "typos",
        "a smal iland with a vulcano and palm tres",
        ("one island", one_island),
        ("a crater", lambda m: len(m.craters()) >= 1),
        ("palms", lambda m: len(trees(m, "palm")) >= 5),
        ("small", lambda m: m.share("land") < 0.5),
    ),
    case(
        "vilage",
        "typos",
        "medival vilage wiht some feilds and a wel",
        ("houses", lambda m: m.number("building") >= 4),
        ("fields", lambda m: (m.legend("district", "farmland") | m.mask("farmland")).any()),
        ("a well", lambda m: len(named(m, "well")) == 1),
    ).then(
        "add a stone wall round the village",
        ("wall round it", lambda m: ring_wall(m) >= 0.85),
        ("houses stay", lambda m: m.number("building") >= 0.75 * m.before.number("building")),
    ),
    case(
        "dessert",
        "typos",
        "a hot dessert with two oasises and lots of cactusses",
        ("desert", lambda m: m.share("desert", "dry") >= 0.6),
        ("two oases", lambda m: m.count("lake") == 2),
        ("cactuses", lambda m: len(trees(m, "cactus")) >= 30),
    ),
    # climate
    case(
        "tundra coast",
        "climate",
        "frozen tundra beside an icy sea",
        ("cold", lambda m: temperature(m) < 3),
        ("tundra", lambda m: m.share(bio(m, "tundra", "snow"), "dry") >= 0.6 and m.share("tundra", "dry") >= 0.2),
        ("a sea", lambda m: m.share("sea") >= 0.05),
    ).then(
        "thaw it out, make the climate warm and mild",
        ("warmer", lambda m: temperature(m) >= temperature(m.before) + 8 or temperature(m) >= 12),
        ("hardly snow or tundra", lambda m: m.share(bio(m, "tundra", "snow"), "dry") < 0.15),
        ("same coast", lambda m: abs(m.share("sea") - m.before.share("sea")) < 0.03),
    ),
    case(
        "jungle",
        "climate",
        "hot humid jungle with a waterfall",
        ("hot", lambda m: temperature(m) >= 20),
        (
            "jungle",
            lambda m: m.share(m.mask("rainforest") | woods(m), "dry") >= 0.5 and m.share("rainforest", "dry") >= 0.3,
        ),
        ("a waterfall", lambda m: layer(m, "waterfall").any() or len(named(m, "waterfall")) > 0),
    ),
    case(
        "drier east",
        "climate",
        "For my geography class: a land that gets drier and drier from west to east, with woods in the "
        "west and desert in the east",
        ("drier eastward", lambda m: m.trend(m.value("moisture"), "east") <= -0.7),
        ("woods in the west", lambda m: m.mostly(woods(m), "west")),
        ("desert in the east", lambda m: m.mostly("desert", "east")),
    ),
    case(
        "palms and snow",
        "climate",
        "a mountain with palm trees at its foot and snow on its top",
        ("palms", lambda m: len(trees(m, "palm")) >= 5),
        (
            "palms low",
            lambda m: (
                np.median(trees(m, "palm")[:, 2])
                < m.height[m.mask("land")].min() + 0.4 * np.ptp(m.height[m.mask("land")])
            ),
        ),
        ("snow on top", lambda m: m.mask("snow").any() and m.share("snow", high_ground(m, 98)) >= 0.5),
        ("no snow at the foot", lambda m: m.share("snow", m.mask("dry") & ~high_ground(m, 50)) < 0.1),
    ),
    # interiors
    case(
        "nine rooms",
        "interiors",
        "a dungeon with nine rooms, the boss is in the biggest one",
        ("nine rooms", lambda m: len(m.rooms) == 9),
        ("boss in the biggest", lambda m: any(r.area_m2 >= 0.98 * m.rooms[0].area_m2 for r in m.rooms_with("boss"))),
        ("all reachable", lambda m: m.reachable("room")),
    ).then(
        "add three more rooms",
        ("twelve rooms", lambda m: len(m.rooms) == 12),
        ("all reachable", lambda m: m.reachable("room")),
    ),
    case(
        "two floor crypt",
        "interiors",
        "old crypt on two floors joined by stairs",
        ("two floors", lambda m: storeys(m) == 2),
        ("stairs", lambda m: m.mask("stairs").any() or len(named(m, "stairs")) > 0),
        ("stairs below too", lambda m: m.legend("cell_2", "stairs").any() or m.legend("cell_1", "stairs").any()),
    ),
    case(
        "maze",
        "interiors",
        "a maze with one way in and one way out",
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("one exit", lambda m: m.count("exit") == 1),
        ("can be walked", lambda m: m.reachable("exit")),
        (
            "a maze",
            lambda m: m.walk("entrance", "exit") >= 1.3 * apart(m, m.centre("entrance"), m.centre("exit")) * side(m),
        ),
    ),
    case(
        "key far away",
        "interiors",
        "dungeon: a locked treasure room, and the key lies at the other end of the dungeon",
        ("lock, key and treasure", lambda m: all(m.mask(r).any() for r in ("lock", "key", "treasure"))),
        ("locked", lambda m: not m.reachable("treasure", without="lock")),
        ("key within reach", lambda m: m.reachable("key", without="lock")),
        (
            "key far from the treasure",
            lambda m: apart(m, m.centre("key"), m.centre("treasure")) * side(m) >= 0.4 * max(reach_of(m)),
        ),
    ),
    # impossible
    case(
        "all desert and jungle",
        "impossible",
        "the whole map is desert and 40 % of it is rainforest",
        expect="best_effort",
    ),
    case("flying city", "impossible", "a flying city above the clouds with airships docking", expect="best_effort"),
    case("capital", "impossible", "what is the capital of france?", expect="refuse"),
    case("flat mountain", "impossible", "a completely flat map with a 900 m high mountain in it", expect="best_effort"),
    case("poem", "impossible", "write me a poem about the sea", expect="refuse"),
]
