"""A sixth set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import re

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist

# isort: split
from measure import Bools, Case, Floats, Map, Part, Point, What, case
from shared import (
    CONIFERS,
    JUNGLE,
    any_of,
    apart,
    cones,
    high_ground,
    one_island,
    side,
    spans,
    spots,
    trees,
    wide,
    within,
)

GREEN = ("grassland", "forest", "biome:forest", "taiga", "shrubland", "rainforest", "savanna")
HOMES = ("house", "home", "cottage", "hut", "cabin", "dwelling", "farmhouse", "townhouse")
CHURCH = ("church", "chapel")
GRAVES = ("grave", "graveyard", "gravestone", "tombstone", "headstone", "cemetery", "tomb")
PIERS = ("pier", "dock", "quay", "jetty", "wharf", "harbour", "harbor", "boat", "ship", "crane")
STONES = ("stonecircle", "circle", "standing", "megalith", "menhir", "monolith", "henge")
NEAR = 0.15


# ---------------------------------------------------------------- things with names


def named(m: Map, *words: str) -> Floats:
    """Instances of any kind whose kind or species has one of the words in its name, in the singular or the plural."""
    wanted = {form for word in words for form in (word, word + "s", word + "es")}
    found: list[Floats] = [np.zeros((0, 5))]
    for kind, about in m.about["instances"].items():
        if kind in wanted:
            found.append(m.things(kind))
            continue
        for species in about.get("species", []):
            found += [m.things(kind, species)] if wanted & set(re.split(r"[^a-z]+", species.lower())) else []
    return np.concatenate(found)


def site(m: Map, *words: str) -> Bools:
    """Cells in which things with such a name stand."""
    return spots(m, named(m, *words))


def oaks(m: Map) -> Floats:
    """Trees that pass for oaks."""
    return trees(m, "oak", "broadleaf", "deciduous")


def spot(m: Map, table: Floats) -> Point:
    """Mean place of the instances."""
    if not len(table):
        return Point(float("nan"), float("nan"))
    x, y = table[:, 0].mean() - m.origin[0], table[:, 1].mean() - m.origin[1]
    return Point(float(x / m.extent[0]), float(y / m.extent[1]))


def built(m: Map) -> Bools:
    """Cells in which the buildings have their middles."""
    return spots(m, m.things("building"))


def houses(m: Map) -> tuple[int, int]:
    """How many buildings there are, and how many of them are called dwellings: either may be meant."""
    return m.number("building"), len(named(m, *HOMES))


def castle(m: Map) -> Bools:
    """Where the castle stands: its district, its own parts, or else its towers."""
    found = m.legend("district", "castle") | site(m, "castle", "keep", "citadel", "fortress")
    return found if found.any() else spots(m, m.things("tower"))


def village(m: Map) -> Bools:
    """Return buildings that are no part of a castle."""
    return built(m) & ~(m.distance_to(castle(m)) <= 1.5 * m.cell)


def wall(m: Map) -> Bools:
    """Where a town's wall runs: cells called wall, or parts of a wall that stand there."""
    found = m.legend("cell", "wall") | site(m, "wall", "gate", "tower", "palisade", "rampart")
    for name, layer in m.layers.items():
        if "wall" in name.split("_") and not name.startswith("instances") and layer.shape == m.shape:
            found = found | (np.asarray(layer) > 0)
    return found


def close(m: Map, one: What, other: What, part: float = NEAR) -> bool:
    """Whether their nearest points are no further apart than this share of the map's longer side."""
    return m.gap(one, other) <= part * side(m)


def ground_at(m: Map, mask: Bools) -> float:
    """Mean ground in metres there."""
    return float(m.height[mask].mean()) if mask.any() else float("nan")


# ---------------------------------------------------------------- shapes and relations


def points5(value: float, wanted: float) -> bool:
    """Whether a share is within five points."""
    return abs(value - wanted) <= 0.05


def longest(m: Map, part: Part) -> float:
    """Largest distance between two of its cells, in metres."""
    points = np.argwhere(part.mask).astype(float)
    return (float(pdist(points[ConvexHull(points).vertices]).max()) + 1) * m.cell


def lake_isles(m: Map) -> list[Part]:
    """Pieces of ground that the largest lake holds."""
    lakes = m.parts("lake")
    return m.parts(ndimage.binary_fill_holes(lakes[0].mask) & m.mask("dry"), 0.00005) if lakes else []


def full_lake(m: Map) -> Part:
    """Return the largest lake with its islands."""
    return m.parts(ndimage.binary_fill_holes(m.parts("lake")[0].mask))[0]


def hollow(m: Map) -> Bools:
    """Return a disc, a fifth of the map across, around the middle of all high ground."""
    at = m.centre(high_ground(m, 70))
    row, col = np.indices(m.shape)
    away = np.hypot(row - (1 - at.y) * m.shape[0], col - at.x * m.shape[1])
    return np.asarray(away <= 0.1 * max(m.shape), bool)


def bay(m: Map) -> Bools:
    """Sea with land to its west, its east and its north."""
    land = m.mask("land")
    west = np.logical_or.accumulate(land, axis=1)
    east = np.logical_or.accumulate(land[:, ::-1], axis=1)[:, ::-1]
    north = np.logical_or.accumulate(land, axis=0)
    return m.mask("sea") & west & east & north


def trench(m: Map) -> Part:
    """Return the largest piece of ground that lies well under the country around it."""
    around = ndimage.uniform_filter(m.height, int(0.25 * max(m.shape)), mode="nearest")
    return m.parts(around - m.height > 0.2 * m.relief("all"))[0]


def wander(part: Part) -> float:
    """How far the middle of a west-east band strays from a straight line, as a share of its length."""
    cols = np.flatnonzero(part.mask.any(0))
    rows = np.array([float(np.flatnonzero(part.mask[:, c]).mean()) for c in cols])
    away = rows - np.polyval(np.polyfit(cols, rows, 1), cols)
    return float(away.std() / len(cols))


def west_of(m: Map, table: Floats, river: Bools) -> float:
    """Share of the instances that stand west of the nearest cell of the river."""
    at = spots(m, table)
    _, near = ndimage.distance_transform_edt(~river, return_indices=True)
    cols = np.broadcast_to(np.arange(m.shape[1]), m.shape)
    return float((cols[at] < near[1][at]).mean()) if at.any() and river.any() else 0.0


def on_the_way(m: Map, what: What, one: What, other: What) -> bool:
    """From the middle of it, or of its largest piece, the nearest of one and of the other lie in opposite halves."""
    pieces = m.parts(what)
    if not pieces or not m.mask(one).any() or not m.mask(other).any():
        return False
    for at in (m.centre(what), pieces[0].at):
        row, col = int((1 - at.y) * m.shape[0]), int(at.x * m.shape[1])
        ways = []
        for goal in (one, other):
            _, near = ndimage.distance_transform_edt(~m.mask(goal), return_indices=True)
            ways.append(np.array([near[0][row, col] - row, near[1][row, col] - col], float))
        if ways[0] @ ways[1] < 0:
            return True
    return False


def woods(m: Map) -> Bools:
    """Forests worth the name: pieces of at least half a percent of the map, their gaps included."""
    parts = m.parts("forest", 0.005, 0.02 * side(m))
    return np.asarray(np.logical_or.reduce([np.zeros(m.shape, bool), *(part.mask for part in parts)]), bool)


def on_summits(m: Map, table: Floats, number: int) -> bool:
    """On each of so many summits, the most prominent ones, stands one of the instances."""
    tops = m.peaks(0.2)[:number]
    places = [spot(m, row[None]) for row in table]
    return len(tops) == number and all(any(apart(m, p, top.at) <= 0.08 for p in places) for top in tops)


def river_width(m: Map) -> float:
    """Median width in metres along the middle of the rivers."""
    river = m.mask("river")
    inner = ndimage.distance_transform_edt(river)
    middle = river & (inner >= ndimage.maximum_filter(inner, 3))
    return float(np.median(2 * inner[middle] - 1)) * m.cell if middle.any() else 0.0


def shore(m: Map) -> Bools:
    """Land within three cells, and at least a hundredth of the map, of the sea."""
    return np.asarray(m.mask("dry") & (m.distance_to("sea") <= max(3 * m.cell, 0.01 * side(m))), bool)


# ---------------------------------------------------------------- interiors


def farthest(m: Map, start: What) -> float:
    """Metres of the longest of all shortest walks from there."""
    free = m.walkable
    front = m.mask(start) & free
    seen, steps = front.copy(), 0
    while front.any():
        front = ndimage.binary_dilation(front) & free & ~seen
        seen |= front
        steps += 1
    return (steps - 1) * m.cell


def storeys(m: Map) -> list[str]:
    """Names of the layers that hold the floors of a dungeon."""
    return [name for name in m.layers if re.fullmatch(r"cell(_\d+)?", name)]


def faces(m: Map, parts: list[Part]) -> set[str]:
    """Sides of the walkable area that the pieces lie next to."""
    rows, cols = np.flatnonzero(m.walkable.any(1)), np.flatnonzero(m.walkable.any(0))
    found = set()
    for part in parts:
        row, col = (1 - part.at.y) * m.shape[0], part.at.x * m.shape[1]
        away = {"north": row - rows[0], "south": rows[-1] - row, "west": col - cols[0], "east": cols[-1] - col}
        found.add(min(away, key=lambda name: away[name]))
    return found


def middle_of(m: Map, at: Point, area: Bools) -> bool:
    """Whether a point lies in the inner half, each way, of an area or of the map."""
    return m.inside(at, m.place("centre", area)) or m.inside(at, "centre")


def shut_off(m: Map) -> bool:
    """Tell whether some room can be entered only through a lock."""
    opened, shut = m.reach("entrance"), m.reach("entrance", "lock")
    return any((opened & room.mask).any() and not (shut & room.mask).any() for room in m.rooms)


CASES: list[Case] = [
    # amounts
    case(
        "fifteen houses",
        "amounts",
        "a fishing village with 15 houses on a small island",
        ("fifteen houses", lambda m: 15 in houses(m)),
        ("one island", one_island),
        ("the houses stand on it", lambda m: m.share("dry", built(m)) >= 0.9),
    ),
    case(
        "four volcanoes",
        "amounts",
        "four volcanoes standing on a dry plain",
        ("four volcanoes", lambda m: 4 in {len(cones(m)), len(m.peaks())}),
        ("a plain", lambda m: m.gentle(10) >= 0.35),
        ("dry", lambda m: m.share("water") <= 0.05),
    ),
    case(
        "six oaks",
        "amounts",
        "six oak trees on top of a grassy hill",
        ("six oaks", lambda m: len(oaks(m)) == 6),
        ("on top", lambda m: ground_at(m, spots(m, oaks(m))) > m.mean("height")),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "eleven rooms",
        "amounts",
        "a dungeon with eleven rooms and two treasure chambers",
        ("eleven rooms, with or without the chambers", lambda m: len(m.rooms) in {11, 13}),
        ("two treasure rooms", lambda m: len(m.rooms_with("treasure")) == 2),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "two bridges",
        "amounts",
        "one long river with two bridges across it",
        ("one river", lambda m: m.river_systems() == 1),
        ("long", lambda m: longest(m, m.parts(m.mask("river") | m.mask("lake"))[0]) >= 0.5 * side(m)),
        ("two bridges", lambda m: m.number("bridge") == 2),
        ("over the river", lambda m: m.near(spots(m, m.things("bridge")), "river", 0.03 * side(m)) == 1),
    ),
    # places
    case(
        "castle and woods",
        "places",
        "a castle in the southeast corner and woods in the northwest",
        ("castle in the south-east", lambda m: m.inside(m.centre(castle(m)), "south-east")),
        ("woods in the north-west", lambda m: m.inside(m.centre("forest"), "north-west")),
        ("there are woods", lambda m: m.share("forest", "dry") >= 0.02),
    ),
    case(
        "lake in the middle",
        "places",
        "a lake right in the middle of the map with flat grass all around it",
        ("in the middle", lambda m: m.inside(m.parts("lake")[0].at, "centre")),
        ("grass around", lambda m: m.surrounded("lake", "grassland", 0.05 * side(m)) >= 0.6),
        ("flat", lambda m: m.gentle(10, m.ring("lake", 0.1 * side(m))) >= 0.7),
    ),
    case(
        "sea and desert",
        "places",
        "sea on the east side, desert on the west side",
        ("sea in the east", lambda m: m.mostly("sea", "east")),
        ("it goes off the east edge", lambda m: "east" in m.edges("sea")),
        ("desert in the west", lambda m: m.mostly("desert", "west")),
        ("the west is desert", lambda m: m.share("desert", m.place("west") & m.mask("dry")) >= 0.5),
    ),
    case(
        "lonely mountain",
        "places",
        "put one lonely mountain in the far north of a grassy plain",
        ("in the far north", lambda m: m.inside(m.summit(), "north third")),
        ("one mountain", lambda m: len(m.peaks(0.4)) == 1),
        ("a plain", lambda m: m.gentle(10) >= 0.5),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.4),
    ),
    case(
        "west bank",
        "places",
        "a village on the west bank of a river that runs from north to south",
        ("a village", lambda m: m.number("building") >= 3),
        ("the river runs down", lambda m: spans(m, m.parts(m.mask("river"))[0])[1] >= 0.6 * m.extent[1]),
        ("west of it", lambda m: west_of(m, m.things("building"), m.mask("river")) >= 0.85),
        ("by the river", lambda m: close(m, built(m), "river")),
    ),
    case(
        "southern harbour",
        "places",
        "a harbour town along the southern coast",
        ("sea in the south", lambda m: "south" in m.edges("sea") and m.centre("sea").y < 0.5),
        ("a town", lambda m: m.number("building") >= 10),
        ("by the sea", lambda m: m.near(built(m), "sea", NEAR * side(m)) >= 0.5),
        ("a harbour", lambda m: m.legend("district", "harbour").any() or len(named(m, *PIERS)) > 0),
    ),
    # shapes
    case(
        "long thin island",
        "shapes",
        "a long thin island stretching from north to south",
        ("one island", one_island),
        ("long and thin", lambda m: m.islands()[0].elongation >= 2),
        ("north to south", lambda m: np.divide(*spans(m, m.islands()[0])) <= 0.6),
    ),
    case(
        "round lake with islet",
        "shapes",
        "a round lake with a tiny island in its centre",
        ("round", lambda m: full_lake(m).roundness >= 0.65),
        ("one island in it", lambda m: len(lake_isles(m)) == 1),
        ("tiny", lambda m: lake_isles(m)[0].share <= 0.15 * full_lake(m).share),
        ("in its centre", lambda m: m.inside(lake_isles(m)[0].at, m.place("centre", full_lake(m).mask))),
    ),
    case(
        "horseshoe bay",
        "shapes",
        "a coastline with a big horseshoe-shaped bay that opens to the south",
        ("open to the south", lambda m: "south" in m.edges("sea")),
        ("a big bay", lambda m: max((p.share for p in m.parts(bay(m))), default=0) >= 0.03),
        ("land round it", lambda m: {"west", "east"} <= m.edges("land") or one_island(m)),
    ),
    case(
        "straight canyon",
        "shapes",
        "a straight deep canyon cutting across the whole map from west to east",
        ("across", lambda m: spans(m, trench(m))[0] >= 0.75 * m.extent[0]),
        ("straight", lambda m: wander(trench(m)) <= 0.06),
        ("steep walls", lambda m: np.percentile(m.value("slope")[m.ring(trench(m).mask)], 90) >= 30),
    ),
    case(
        "ring of mountains",
        "shapes",
        "a ring of mountains enclosing a green valley",
        ("all round", lambda m: m.all_round(hollow(m), high_ground(m, 70)) >= 0.85),
        ("the middle is low", lambda m: ground_at(m, hollow(m)) < np.percentile(m.height[m.mask("dry")], 60)),
        ("green", lambda m: m.share(any_of(m, *GREEN), hollow(m) & m.mask("dry")) >= 0.6),
    ),
    # relations
    case(
        "lighthouse",
        "relations",
        "a lighthouse on a high cliff overlooking the sea",
        ("a lighthouse", lambda m: len(named(m, "lighthouse")) >= 1),
        ("by the sea", lambda m: close(m, site(m, "lighthouse"), "sea")),
        ("high up", lambda m: ground_at(m, site(m, "lighthouse")) >= 8),
        ("a cliff", lambda m: m.share(m.value("slope") >= 40, m.ring(site(m, "lighthouse"), NEAR * side(m))) > 0),
    ),
    case(
        "road to the castle",
        "relations",
        "a road leads from the village up to the castle on the hill",
        (
            "one road joins them",
            lambda m: any(
                close(m, p.mask, castle(m), 0.06) and close(m, p.mask, village(m), 0.06)
                for p in m.parts("road", 0.00005, 2 * m.cell)
            ),
        ),
        ("a village", lambda m: village(m).sum() >= 3),
        ("the castle is higher", lambda m: ground_at(m, castle(m)) > ground_at(m, village(m))),
    ),
    case(
        "church and graves",
        "relations",
        "a graveyard next to a small church at the edge of a forest",
        ("a church", lambda m: len(named(m, *CHURCH)) >= 1),
        ("graves", lambda m: len(named(m, *GRAVES)) >= 1),
        ("next to it", lambda m: close(m, site(m, *GRAVES), site(m, *CHURCH), 0.1)),
        ("by the forest", lambda m: close(m, site(m, *CHURCH), woods(m), 0.1)),
    ),
    case(
        "farm between",
        "relations",
        "a farm lying between the river and the forest",
        ("fields", lambda m: m.share("farmland", "dry") >= 0.002),
        ("a river and woods", lambda m: m.count("river") >= 1 and woods(m).any()),
        ("between", lambda m: on_the_way(m, "farmland", "river", woods(m))),
    ),
    case(
        "towers on hills",
        "relations",
        "three hills, each with a watchtower on top",
        ("three hills", lambda m: len(m.peaks(0.3)) == 3),
        ("three towers", lambda m: len(named(m, "tower", "watchtower")) == 3),
        ("each on a hill", lambda m: on_summits(m, named(m, "tower", "watchtower"), 3)),
    ),
    case(
        "circle in the woods",
        "relations",
        "an old stone circle in a clearing deep in the forest",
        ("a stone circle", lambda m: len(named(m, *STONES)) >= 1),
        ("in a clearing", lambda m: m.share("forest", m.distance_to(site(m, *STONES)) <= 1.5 * m.cell) <= 0.25),
        ("woods all round", lambda m: m.all_round(site(m, *STONES), "forest", 0.2 * side(m)) >= 0.8),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.3),
    ),
    # shares
    case(
        "half forest",
        "shares",
        "half of the land covered by forest, the rest open grassland",
        ("half forest", lambda m: points5(m.share("forest", "dry"), 0.5)),
        ("the rest grass", lambda m: m.share("grassland", m.mask("dry") & ~m.mask("forest")) >= 0.75),
    ),
    case(
        "a fifth water",
        "shares",
        "a map that is 20 percent water and 80 percent land",
        ("20 % water", lambda m: points5(m.share("water"), 0.2)),
    ),
    case(
        "swamp and jungle",
        "shares",
        "a quarter of the island is swamp and a third of it is jungle",
        ("one island", one_island),
        ("a quarter swamp", lambda m: any(points5(m.share("swamp", of), 0.25) for of in ("dry", "land"))),
        (
            "a third jungle",
            lambda m: any(
                points5(m.share(any_of(m, *what), of), 1 / 3)
                for what in (("forest",), ("rainforest",), JUNGLE)
                for of in ("dry", "land")
            ),
        ),
    ),
    case(
        "farmland share",
        "shares",
        "farmland on 30% of the land with a town in the middle",
        ("30 % farmland", lambda m: points5(m.share("farmland", "dry"), 0.3)),
        ("a town", lambda m: m.number("building") >= 10),
        ("in the middle", lambda m: m.inside(m.centre(built(m)), "centre")),
    ),
    # negation
    case(
        "no palms",
        "negation",
        "a tropical island without any palm trees",
        ("no palms", lambda m: len(trees(m, "palm")) == 0),
        ("one island", one_island),
        ("warm", lambda m: m.mean("temperature") >= 20),
    ),
    case(
        "no roads",
        "negation",
        "a mountain valley with a village in it but no roads at all",
        ("no roads", lambda m: m.share("road") == 0),
        ("a village", lambda m: m.number("building") >= 3),
        ("low down", lambda m: ground_at(m, built(m)) < m.mean("height")),
    ),
    case(
        "no beaches",
        "negation",
        "a rocky coast, no beaches and no buildings",
        ("no beaches", lambda m: m.share("beach") <= 0.0005),
        ("no buildings", lambda m: m.number("building") == 0 and m.share("building") == 0),
        ("a coast", lambda m: m.share("sea") >= 0.03 and m.share("land") >= 0.03),
        ("rocky", lambda m: m.share("rock", shore(m)) >= 0.2 or m.number("rock", None, shore(m)) >= 10),
    ),
    case(
        "no boss",
        "negation",
        "a small dungeon with no locked doors and no boss",
        ("a dungeon", lambda m: len(m.rooms) >= 2),
        ("no locks", lambda m: m.count("lock") == 0),
        ("no boss", lambda m: m.count("boss") == 0),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    # units
    case(
        "three kilometres",
        "units",
        "an island about 3 kilometres long",
        ("one island", one_island),
        ("3 km", lambda m: longest(m, m.islands()[0]) >= 2550 and max(spans(m, m.islands()[0])) <= 3450),
    ),
    case(
        "high mountain and lake",
        "units",
        "a 1200 m high mountain beside a lake 400 m across",
        ("1200 m", lambda m: any(within(v, 1200, 0.1) for v in (m.top(), np.ptp(m.height[m.mask("dry")])))),
        ("one lake", lambda m: m.count("lake") == 1),
        ("400 m", lambda m: any(within(f(m, m.parts("lake")[0]), 400, 0.15) for f in (wide, longest))),
        ("beside it", lambda m: close(m, "lake", high_ground(m, 70))),
    ),
    case(
        "two by one",
        "units",
        "rolling hills on a map of 2 km by 1 km",
        ("2 by 1 km", lambda m: within(max(m.extent), 2000, 0.05) and within(min(m.extent), 1000, 0.05)),
        ("several hills", lambda m: len(m.peaks(0.2)) >= 3),
        ("no cliffs", lambda m: m.gentle(35) >= 0.9),
    ),
    case(
        "river width",
        "units",
        "a river 25 metres wide through a flat meadow",
        ("25 m", lambda m: abs(river_width(m) - 25) <= 5 + m.cell),
        ("one river", lambda m: m.river_systems() == 1),
        ("flat", lambda m: m.gentle(10) >= 0.8),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    # typos
    case(
        "vilage",
        "typos",
        "a vilage with 8 huoses beside a rivr",
        ("eight houses", lambda m: 8 in houses(m)),
        ("a river", lambda m: m.count("river") >= 1),
        ("beside it", lambda m: close(m, built(m), "river")),
    ),
    case(
        "voclano",
        "typos",
        "tropicl iland with palmtrees and a voclano",
        ("one island", one_island),
        ("palms", lambda m: len(trees(m, "palm")) >= 3),
        ("a volcano", lambda m: len(cones(m)) >= 1),
        ("warm", lambda m: m.mean("temperature") >= 20),
    ),
    case(
        "montains",
        "typos",
        "snowy montains wiht a frozen laek and a pine forrest",
        ("snow", lambda m: m.share("snow", "dry") >= 0.1),
        ("a lake", lambda m: m.count("lake") >= 1),
        ("frozen", lambda m: m.mean("temperature", "lake") <= 0),
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= 20),
    ),
    # climate
    case(
        "savanna",
        "climate",
        "hot dry savanna with scattered acacia trees and a waterhole",
        ("savanna", lambda m: m.share("savanna", "dry") >= 0.5),
        ("hot", lambda m: m.mean("temperature") >= 20),
        ("acacias", lambda m: len(trees(m, "acacia")) >= 5),
        ("a waterhole", lambda m: m.count("lake", 0.00005) >= 1),
    ),
    case(
        "arctic coast",
        "climate",
        "an arctic coast with tundra and snow",
        ("cold", lambda m: m.mean("temperature") <= 3),
        ("a coast", lambda m: m.share("sea") >= 0.03 and m.share("land") >= 0.03),
        ("tundra", lambda m: m.share("tundra", "dry") >= 0.03),
        ("snow", lambda m: m.share("snow", "dry") >= 0.03),
    ),
    case(
        "colder northward",
        "climate",
        "green meadows in the south that turn to snow toward the north",
        ("colder to the north", lambda m: m.trend(m.value("temperature"), "south") >= 0.6),
        ("snow in the north", lambda m: m.mostly("snow", "north")),
        ("green south", lambda m: m.share(any_of(m, *GREEN), m.place("south third") & m.mask("dry")) >= 0.5),
    ),
    case(
        "wet jungle",
        "climate",
        "steamy rainforest with a swamp at the foot of the hills",
        ("rainforest", lambda m: m.share(any_of(m, *JUNGLE), "dry") >= 0.4),
        ("a swamp", lambda m: m.share("swamp") >= 0.005),
        ("low down", lambda m: m.mean("height", "swamp") < m.mean("height", "land")),
        ("near the hills", lambda m: close(m, "swamp", high_ground(m, 75))),
    ),
    # interiors
    case(
        "three levels",
        "interiors",
        "a three-level dungeon with stairs connecting the floors",
        ("three floors", lambda m: len(storeys(m)) == 3),
        ("stairs on each", lambda m: all(m.legend(name, "stairs").any() for name in storeys(m))),
    ),
    case(
        "one way in",
        "interiors",
        "a winding cave with one way in and a boss at the far end",
        ("one way in", lambda m: m.count("entrance") == 1),
        ("a boss", lambda m: m.count("boss") == 1),
        ("it can be reached", lambda m: m.reachable("boss")),
        ("far in", lambda m: m.walk("entrance", "boss") >= 0.6 * farthest(m, "entrance")),
    ),
    case(
        "treasure maze",
        "interiors",
        "a maze with treasure in the middle and a way out on two different sides",
        ("treasure in the middle", lambda m: any(middle_of(m, p.at, m.walkable) for p in m.parts("treasure"))),
        ("it can be reached", lambda m: m.reachable("treasure")),
        ("ways out on two sides", lambda m: len(faces(m, [*m.parts("entrance"), *m.parts("exit")])) >= 2),
    ),
    case(
        "locked tomb",
        "interiors",
        "a tomb where you need to find a key to open the locked burial chamber",
        ("a key and a lock", lambda m: m.count("key") >= 1 and m.count("lock") >= 1),
        ("the key can be had", lambda m: m.reachable("key", without="lock")),
        ("a room behind the lock", shut_off),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    # follow-ups
    case(
        "island, lake, bare",
        "follow-ups",
        "a quiet island with a forest",
        ("one island", one_island),
        ("a forest", lambda m: m.share("forest", "dry") >= 0.05 and len(trees(m)) > 0),
    )
    .then(
        "add a lake in the southern part",
        ("one lake more", lambda m: m.count("lake") == m.before.count("lake") + 1),
        ("in the south", lambda m: m.mostly(m.mask("lake") & ~m.before.mask("lake"), "south")),
        ("the same coast", lambda m: float((m.mask("sea") ^ m.before.mask("sea")).mean()) <= 0.03),
    )
    .then(
        "now remove all the trees",
        ("no trees", lambda m: len(trees(m)) == 0),
        ("the lake is still there", lambda m: m.count("lake") == m.before.count("lake")),
        ("the same ground", lambda m: m.changed("height", tolerance=1) <= 0.03),
    ),
    case(
        "town, wall, houses",
        "follow-ups",
        "a small town next to a river",
        ("a town", lambda m: m.number("building") >= 5),
        ("a river", lambda m: m.count("river") >= 1),
        ("next to it", lambda m: close(m, built(m), "river")),
    )
    .then(
        "build a stone wall around the town",
        ("a wall all round", lambda m: m.all_round(built(m), wall(m)) >= 0.8),
        ("the houses stay", lambda m: m.number("building") >= 0.8 * m.before.number("building")),
        ("the river stays", lambda m: m.count("river") >= 1),
    )
    .then(
        "double the number of houses",
        (
            "twice as many",
            lambda m: any(o and within(n, 2 * o, 0.05) for n, o in zip(houses(m), houses(m.before), strict=True)),
        ),
        ("still a wall", lambda m: wall(m).any()),
    ),
    case(
        "hills twice as high",
        "follow-ups",
        "gentle hills with two lakes",
        ("two lakes", lambda m: m.count("lake") == 2),
        ("gentle", lambda m: m.gentle(20) >= 0.8),
        ("hills", lambda m: len(m.peaks(0.2)) >= 2),
    ).then(
        "make the hills twice as high",
        ("twice as high", lambda m: within(m.relief("dry"), 2 * m.before.relief("dry"), 0.2)),
        ("still two lakes", lambda m: m.count("lake") == 2),
    ),
    case(
        "two more rooms",
        "follow-ups",
        "a dungeon with six rooms",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("all can be reached", lambda m: m.reachable("room")),
    ).then(
        "add two more rooms and put a boss in one of them",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("a boss", lambda m: len(m.rooms_with("boss")) >= 1),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    # impossible
    case(
        "flat mountains",
        "impossible",
        "a perfectly flat map with no height differences and steep mountains",
        ("it says so", lambda m: m.told("flat", "mountain", "height", "steep")),
        expect="best_effort",
    ),
    case(
        "lakes without water",
        "impossible",
        "exactly three lakes and no water anywhere on the map",
        ("it says so", lambda m: m.told("lake", "water")),
        expect="best_effort",
    ),
    case(
        "dragon",
        "impossible",
        "a ruined tower on a hill with a living dragon flying around it",
        ("it says so", lambda m: m.told("dragon")),
        ("a tower", lambda m: len(named(m, "tower", "watchtower", "ruin")) >= 1),
        expect="best_effort",
    ),
    case(
        "too much land",
        "impossible",
        "70% of the land is desert and 60% of the land is snow",
        ("it says so", lambda m: m.told("desert", "snow", "70", "60")),
        expect="best_effort",
    ),
    case("pancakes", "impossible", "can you give me a good recipe for pancakes", expect="refuse"),
]
