"""A fifth set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import numpy as np
from measure import Case, Map, Part, case
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay
from shared import (
    CONIFERS,
    any_of,
    between,
    cells_of,
    cones,
    island_count,
    one_island,
    side,
    solidity,
    trees,
    wide,
)

GREEN = ("grassland", "forest", "biome:forest", "taiga", "shrubland", "rainforest", "savanna")
OAKS = ("oak", "broadleaf", "deciduous")


# ---------------------------------------------------------------- helpers


def within(value: float, wanted: float, part: float) -> bool:
    """Tell whether it is met within so large a part of what was asked."""
    return bool(abs(value / wanted - 1) <= part)


def warmth(m: Map, where: str | np.ndarray = "dry") -> float:
    """Return the mean temperature there; nan, so that comparisons fail, where the map has none."""
    return m.mean("temperature", where) if "temperature" in m.layers else float("nan")


def above(m: Map, percent: float) -> np.ndarray:
    """Return the dry ground above so many per cent of it; nowhere if there is none."""
    dry = m.mask("dry")
    return dry & (m.height >= np.percentile(m.height[dry], percent)) if dry.any() else dry


def volcanoes(m: Map) -> list[Part]:
    return cones(m) if m.mask("land").any() else []


def summits(m: Map, number: int, where: str | np.ndarray = "all") -> bool:
    """So many summits stand out, by one of several fair thresholds."""
    return any(len(m.peaks(least, where)) == number for least in (0.25, 0.3, 0.4, 0.5))


def woods(m: Map, of: str | np.ndarray = "dry") -> float:
    """Larger of the two fair readings of a forest's share: tree cover or biome."""
    return max(m.share("forest", of), m.share("biome:forest", of))


def wooded(m: Map, of: str | np.ndarray, low: float, high: float) -> bool:
    return any(between(m.share(name, of), low, high) for name in ("forest", "biome:forest"))


def standing(m: Map, things: np.ndarray, mask: np.ndarray) -> float:
    """Share of the things that stand within the mask; 0 where there are none."""
    return float(mask[cells_of(m, things)].mean()) if len(things) else 0.0


def villages(m: Map, least: int = 3) -> list[Part]:
    """Return groups of three houses or more, no two neighbours farther apart than 8 % of the map."""
    houses = m.things("building")
    spots = np.zeros(m.shape, bool)
    spots[cells_of(m, houses)] = True
    groups = m.parts(spots, 0.0, 0.08 * side(m)) if spots.any() else []
    row, col = cells_of(m, houses)
    return [g for g in groups if g.mask[row, col].sum() >= least]


def massif(m: Map) -> Part | None:
    """Return the upper half of the mountain or hill with the highest ground."""
    land = m.mask("land")
    if not land.any():
        return None
    low, high = np.percentile(m.height[land], 5), m.height.max()
    return next((p for p in m.parts(land & (m.height >= (low + high) / 2)) if m.inside(m.summit(), p.mask)), None)


def axes(m: Map, part: Part) -> tuple[float, float]:
    """Length and width in metres along its own principal axes."""
    points = np.argwhere(part.mask).astype(float)
    points -= points.mean(0)
    turned = points @ np.linalg.eigh(np.cov(points.T))[1]
    width, length = np.ptp(turned, axis=0) + 1
    return float(length * m.cell), float(width * m.cell)


def course(m: Map, part: Part) -> tuple[float, float]:
    """Metres along a river between its farthest ends, and straight between them."""
    points = np.argwhere(part.mask)
    index = np.full(m.shape, -1)
    index[part.mask] = np.arange(len(points))
    rows, cols, far = [], [], []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        r, c = points[:, 0] + dr, points[:, 1] + dc
        ok = (r >= 0) & (r < m.shape[0]) & (c >= 0) & (c < m.shape[1])
        other = np.where(ok, index[r.clip(0, m.shape[0] - 1), c.clip(0, m.shape[1] - 1)], -1)
        mine = np.flatnonzero(other >= 0)
        rows.append(mine)
        cols.append(other[mine])
        far.append(np.full(len(mine), np.hypot(dr, dc)))
    size = (len(points), len(points))
    graph = coo_matrix((np.concatenate(far), (np.concatenate(rows), np.concatenate(cols))), size).tocsr()
    one = int(np.argmax(np.nan_to_num(dijkstra(graph, False, indices=0), posinf=-1)))
    away = np.nan_to_num(dijkstra(graph, False, indices=one), posinf=-1)
    two = int(np.argmax(away))
    return float(away[two]) * m.cell, float(np.hypot(*(points[one] - points[two]))) * m.cell


def longest_river(m: Map) -> Part | None:
    return max(m.parts("river"), key=lambda p: course(m, p)[0], default=None)


def winding(m: Map) -> bool:
    river = longest_river(m)
    if river is None:
        return False
    along, straight = course(m, river)
    return along >= 1.2 * max(straight, m.cell)


def river_width(m: Map) -> float:
    """Area over length of the longest river, in metres; 0 where there is none."""
    river = longest_river(m)
    return m.area(river.mask) / max(course(m, river)[0], m.cell) if river else 0.0


def crosses(m: Map) -> bool:
    """Tell whether one river, with the lakes on its way, reaches over 85 % of the map one way or the other."""
    wet = m.mask("river") | m.mask("lake")
    reach = [max(np.ptp(np.flatnonzero(p.mask.any(a))) / m.shape[1 - a] for a in (0, 1)) for p in m.parts(wet)]
    return bool(m.count("river")) and max(reach, default=0.0) >= 0.85


def trough(m: Map) -> bool:
    """Nearly everywhere from west to east the lowest ground lies between much higher ground north and south of it."""
    ground, rows = m.height, m.shape[0]
    need = 0.25 * m.relief("land")
    middle = slice(rows // 10, rows - rows // 10)
    low = ground[middle].argmin(0) + rows // 10
    good = [
        ground[:r, c].max() - ground[r, c] >= need and ground[r + 1 :, c].max() - ground[r, c] >= need
        for c, r in enumerate(low)
    ]
    steps = abs(np.diff(low)) > 0.1 * rows
    return need > 0 and float(np.mean(good)) >= 0.75 and float(steps.mean()) <= 0.03


def in_circle(m: Map, parts: list[Part]) -> bool:
    """Tell whether they lie on a circle around their common centre, spread all the way round it."""
    if len(parts) < 3:
        return False
    at = np.array([[p.at.x * m.extent[0], p.at.y * m.extent[1]] for p in parts])
    at -= at.mean(0)
    reach = np.hypot(*at.T)
    angle = np.sort(np.degrees(np.arctan2(at[:, 1], at[:, 0])))
    gaps = np.diff(np.append(angle, angle[0] + 360))
    fair = 360 / len(parts)
    return bool(reach.std() <= 0.25 * reach.mean() and gaps.max() <= 1.6 * fair and gaps.min() >= 0.4 * fair)


def amid(m: Map, what: str, parts: list[Part]) -> bool:
    """Tell whether some piece of it has its centre within the outline that joins the parts' centres."""
    if len(parts) < 3:
        return False
    hull = Delaunay(np.array([p.at for p in parts]))
    return any(hull.find_simplex(np.array(p.at)) >= 0 for p in m.parts(what))


def biggest(m: Map, what: str) -> Part | None:
    return next(iter(m.parts(what)), None)


def lake_in(m: Map, where: str) -> bool:
    """Tell whether some lake has its centre there."""
    return any(m.inside(p.at, where) for p in m.parts("lake"))


def one_lake_in(m: Map, where: str) -> bool:
    return m.count("lake") == 1 and lake_in(m, where)


def sized(m: Map, east: float, north: float) -> bool:
    return within(m.extent[0], east, 0.02) and within(m.extent[1], north, 0.02)


def chain_of_rooms(m: Map) -> bool:
    """Tell whether the rooms hang together in one row: two ends, all others with two neighbours."""
    return sorted(len(others) for others in m.links.values()) == [1, 1] + [2] * (len(m.rooms) - 2)


def boss_is_last(m: Map) -> bool:
    bosses = m.rooms_with("boss")
    return len(bosses) == 1 and len(m.links[bosses[0].number]) == 1 and "entrance" not in bosses[0].roles


def hub(m: Map) -> bool:
    """Tell whether the largest room is joined to each of the four others."""
    return len(m.rooms) == 5 and m.links[m.rooms[0].number] >= {room.number for room in m.rooms[1:]}


def new_room_with(m: Map, role: str) -> bool:
    """Tell whether the role lies in a room hardly any of whose floor was a room before."""
    return any(m.before.share("room", room.mask) <= 0.3 for room in m.rooms_with(role))


def chests(m: Map, number: int) -> bool:
    """So many treasures, counted as places, as rooms that hold them, or as chests that stand there."""
    kinds = m.about["instances"].get("prop", {}).get("species", [])
    boxes = sum(m.number("prop", name) for name in kinds if "chest" in name or "treasure" in name)
    return number in {m.count("treasure"), len(m.rooms_with("treasure")), boxes}


def two_unlike(m: Map) -> bool:
    """Tell whether one of two islands is wooded and the other bare of trees."""
    shares = sorted(woods(m, p.mask & m.mask("dry")) for p in m.islands())
    return len(shares) == 2 and shares[0] <= 0.03 and shares[1] >= 0.3


def round_hill(m: Map) -> bool:
    top = massif(m)
    return top is not None and top.elongation <= 1.3 and top.roundness >= 0.6


def pines_height(m: Map) -> float:
    """Mean ground under the conifers; nan where there are none."""
    found = trees(m, *CONIFERS)
    return float(m.height[cells_of(m, found)].mean()) if len(found) else float("nan")


# ---------------------------------------------------------------- cases

CASES: list[Case] = [
    # amounts
    case(
        "four warm islands",
        "amounts",
        "four islands in a warm sea, the biggest one has a volcano",
        ("four islands", lambda m: island_count(m, 4)),
        ("warm", lambda m: warmth(m, "land") >= 15),
        (
            "a volcano on the biggest",
            lambda m: bool(m.islands()) and any(m.inside(c.at, m.islands()[0].mask) for c in volcanoes(m)),
        ),
    ),
    case(
        "six and two",
        "amounts",
        "Make me a map with 6 mountains and 2 lakes",
        ("six mountains", lambda m: summits(m, 6)),
        ("two lakes", lambda m: m.count("lake") == 2),
    ),
    case(
        "eighty oaks",
        "amounts",
        "eighty oak trees scattered over a grassy plain",
        ("80 oaks", lambda m: len(trees(m, *OAKS)) == 80),
        ("no other trees", lambda m: len(trees(m)) == 80),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.5),
        ("a plain", lambda m: m.gentle(8) >= 0.8),
    ),
    case(
        "three vents",
        "amounts",
        "three volcanoes on one island",
        ("one island", one_island),
        ("three volcanoes", lambda m: len(volcanoes(m)) == 3),
    ),
    case(
        "two hamlets",
        "amounts",
        "valley with one river and two villages",
        ("one river", lambda m: m.river_systems() == 1),
        ("in a valley", lambda m: m.sunk("river") > 0 and m.sunk("river", 0.15 * side(m)) > 0),
        ("two villages", lambda m: len(villages(m)) == 2),
    ),
    # places
    case(
        "corner to corner",
        "places",
        "lake top left, mountain bottom right, forest in between",
        ("one lake, top left", lambda m: one_lake_in(m, "north-west")),
        ("summit bottom right", lambda m: m.inside(m.summit(), "south-east")),
        ("forest", lambda m: woods(m) >= 0.05),
        (
            "in between",
            lambda m: any(m.between(name, "lake", m.summit()) for name in ("forest", "biome:forest")),
        ),
    ),
    case(
        "southern shore",
        "places",
        "sea along the whole southern edge, land everywhere else",
        ("sea all along the south", lambda m: m.mask("sea")[-1].mean() >= 0.95),
        ("none in the north", lambda m: "north" not in m.edges("sea") and m.mostly("sea", "south", 0.9)),
        ("mostly land", lambda m: m.share("land") >= 0.5),
        ("land in one piece", lambda m: m.share("land") > 0 and m.parts("land")[0].share >= 0.95 * m.share("land")),
    ),
    case(
        "white and yellow",
        "places",
        "I'd like a snowy peak in the north east and a desert in the south west",
        ("the peak is north-east", lambda m: m.inside(m.summit(), "north-east")),
        ("it is snowy", lambda m: m.share("snow") >= 0.002 and m.mostly("snow", "north-east")),
        ("desert south-west", lambda m: m.share("desert", "dry") >= 0.03 and m.mostly("desert", "south-west")),
    ),
    case(
        "clearing",
        "places",
        "forest all over with a clearing right in the middle",
        ("forest all over", lambda m: woods(m) >= 0.5),
        (
            "a clearing in the middle",
            lambda m: m.share("forest", np.hypot(*(f - 0.5 for f in m._fractions("all"))) <= 0.06) <= 0.1,
        ),
        (
            "on every side",
            lambda m: min(woods(m, m.place(f"far {s}")) for s in ("north", "south", "east", "west")) > 0.3,
        ),
    ),
    case(
        "west end hill",
        "places",
        "an island with its only hill at the western end",
        ("one island", one_island),
        ("one hill", lambda m: summits(m, 1)),
        ("at the western end", lambda m: m.inside(m.summit(), "west third")),
    ),
    case(
        "eastern boulders",
        "places",
        "big boulders, but only in the eastern half of the map",
        ("boulders", lambda m: m.number("rock") >= 5),
        ("only in the east", lambda m: standing(m, m.things("rock"), m.place("east")) >= 0.98),
        ("big", lambda m: m.number("rock") > 0 and float(m.sizes("rock").max(1).mean()) >= 1),
    ),
    # shapes
    case(
        "crescent",
        "shapes",
        "a crescent shaped island",
        ("one island", one_island),
        ("a crescent", lambda m: m.share("land") > 0 and solidity(m.parts("land")[0]) <= 0.8),
    ),
    case(
        "finger lake",
        "shapes",
        "Long narrow lake with grassy slopes on both sides",
        ("one lake", lambda m: m.count("lake") == 1),
        ("long and narrow", lambda m: any(p.elongation >= 2.5 for p in m.parts("lake")[:1])),
        ("grass round it", lambda m: m.surrounded("lake", "grassland", 0.06 * side(m)) >= 0.5),
        ("it lies lower", lambda m: m.sunk("lake", 0.1 * side(m)) > 0),
    ),
    case(
        "pudding",
        "shapes",
        "one perfectly round hill in the centre of a flat plain",
        ("one hill", lambda m: summits(m, 1)),
        ("in the centre", lambda m: m.inside(m.summit(), "centre")),
        ("round", round_hill),
        ("flat round about", lambda m: m.gentle(6, m.place("edge") & m.mask("dry")) >= 0.9),
    ),
    case(
        "east west trench",
        "shapes",
        "a deep valley running east to west through high mountains",
        ("a valley from west to east", trough),
        ("high mountains", lambda m: m.relief() >= 0.08 * side(m)),
    ),
    case(
        "snake river",
        "shapes",
        "A winding river that snakes across the entire map",
        ("one river", lambda m: m.river_systems() == 1),
        ("across the map", crosses),
        ("winding", winding),
    ),
    # relations
    case(
        "lakeside village",
        "relations",
        "a village by a lake with a road leading to it",
        ("one village", lambda m: len(villages(m)) == 1),
        ("by the lake", lambda m: any(m.gap(v.mask, "lake") <= 0.15 * side(m) for v in villages(m))),
        ("a road", lambda m: m.mask("road").any()),
        ("to the village", lambda m: any(m.gap("road", v.mask) <= 0.05 * side(m) for v in villages(m))),
    ),
    case(
        "north to south water",
        "relations",
        "river running from the hills in the north to a lake in the south",
        ("a lake in the south", lambda m: lake_in(m, "south")),
        ("the river meets it", lambda m: any(m.reaches(p.mask, "lake") for p in m.parts("river"))),
        (
            "it comes from the north",
            lambda m: any((p.mask & m.place("north")).any() and m.reaches(p.mask, "lake") for p in m.parts("river")),
        ),
        ("hills in the north", lambda m: len(m.peaks(0.2, m.place("north"))) >= 2),
    ),
    case(
        "bald twin",
        "relations",
        "two islands, one covered in trees and the other bare",
        ("two islands", lambda m: island_count(m, 2)),
        ("one wooded, one bare", two_unlike),
    ),
    case(
        "skirt of trees",
        "relations",
        "a volcano with dense forest all around its foot",
        ("one volcano", lambda m: len(volcanoes(m)) == 1),
        (
            "forest all round",
            lambda m: any(m.all_round(c.mask, "forest", 0.35 * side(m)) >= 0.85 for c in volcanoes(m)),
        ),
        ("dense", lambda m: m.share("forest", "dry") >= 0.2),
        (
            "at the foot, not on top",
            lambda m: (
                m.mask("forest").any() and m.mean("height", "forest") < np.percentile(m.height[m.mask("dry")], 80)
            ),
        ),
    ),
    case(
        "tarn",
        "relations",
        "put a lake next to the tallest mountain, there should be three mountains",
        ("three mountains", lambda m: summits(m, 3)),
        ("a lake", lambda m: m.count("lake") >= 1),
        (
            "next to the tallest",
            lambda m: (top := massif(m)) is not None and m.gap("lake", top.mask) <= 0.15 * side(m),
        ),
    ),
    case(
        "three belts",
        "relations",
        "snow on top, pine forest below the snow, meadows at the bottom",
        ("snow, pines, meadows", lambda m: min(m.share("snow"), m.share("grassland")) >= 0.01 and woods(m) >= 0.05),
        ("snow above pines", lambda m: m.mean("height", "snow") > pines_height(m)),
        ("pines above meadows", lambda m: pines_height(m) > m.mean("height", "grassland")),
        ("snow on the summit", lambda m: m.inside(m.summit(), m.mask("snow"))),
        ("mostly pines", lambda m: len(trees(m, *CONIFERS)) >= 0.6 * max(len(trees(m)), 1)),
    ),
    # shares
    case(
        "thirds",
        "shares",
        "one third water, two thirds land",
        ("a third water", lambda m: between(m.share("water"), 1 / 3 - 0.05, 1 / 3 + 0.05)),
    ),
    case(
        "mostly sand",
        "shares",
        "70% desert, 20% savanna and a few boulders",
        ("70 % desert", lambda m: between(m.share("desert", "dry"), 0.65, 0.75)),
        ("20 % savanna", lambda m: between(m.share("savanna", "dry"), 0.15, 0.25)),
        ("few boulders", lambda m: between(m.number("rock"), 2, 30)),
    ),
    case(
        "quarter lake",
        "shares",
        "I want lakes to cover 25 percent of the map",
        ("25 % lakes", lambda m: between(m.share("lake"), 0.2, 0.3)),
        ("lakes", lambda m: m.count("lake") >= 2),
    ),
    case(
        "half wooded",
        "shares",
        "mountainous island, trees on roughly half of it",
        ("one island", one_island),
        ("half wooded", lambda m: wooded(m, "dry", 0.425, 0.575) or wooded(m, "land", 0.425, 0.575)),
        ("mountainous", lambda m: len(m.peaks(0.2)) >= 2 and m.relief() >= 0.05 * side(m)),
    ),
    # negation
    case(
        "plain plain",
        "negation",
        "flat grassland, no water, no trees, no rocks",
        ("no water", lambda m: not m.mask("water").any()),
        ("no trees", lambda m: len(trees(m)) == 0 and m.share("forest") == 0),
        ("no rocks", lambda m: m.number("rock") == 0),
        ("grassland", lambda m: m.share("grassland", "dry") >= 0.7),
        ("flat", lambda m: m.gentle(6) >= 0.9),
    ),
    case(
        "low archipelago",
        "negation",
        "an archipelago, but none of the islands should have mountains",
        ("at least three islands", lambda m: len(m.islands()) >= 3 and not m.edges("land")),
        ("no mountain put there", lambda m: not m.mask("mountain").any()),
        ("hardly any steep ground", lambda m: m.mask("dry").any() and m.gentle(25) >= 0.95),
        ("low", lambda m: m.top() <= 0.1 * side(m)),
    ),
    case(
        "empty sand",
        "negation",
        "sand dunes and nothing growing there, not even a cactus",
        ("sand", lambda m: m.share("desert", "dry") >= 0.7),
        ("no plant", lambda m: m.number("tree") == 0 and m.number("grass") == 0 and m.share("forest") == 0),
        ("dunes, not flat", lambda m: m.relief() >= 2),
    ),
    case(
        "bald tops",
        "negation",
        "Forest everywhere except on the hilltops",
        ("forest", lambda m: woods(m) >= 0.5),
        ("hills", lambda m: len(m.peaks(0.2)) >= 2),
        ("bare tops", lambda m: above(m, 95).any() and m.share("forest", above(m, 95)) <= 0.1),
    ),
    # units
    case(
        "eight hundred",
        "units",
        "a mountain rising 800 m above the sea",
        ("a sea", lambda m: m.share("sea") >= 0.01),
        ("800 m", lambda m: within(m.top(), 800, 0.1)),
        ("one mountain", lambda m: summits(m, 1)),
    ),
    case(
        "pond",
        "units",
        "500 by 500 metres, a meadow with a pond about 60 m wide in the middle",
        ("500 by 500 m", lambda m: sized(m, 500, 500)),
        ("one pond in the middle", lambda m: one_lake_in(m, "centre")),
        ("about 60 m", lambda m: any(within(wide(m, p), 60, 0.15) for p in m.parts("lake")[:1])),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "four by one",
        "units",
        "an island 4 km long and 1 km wide",
        ("one island", one_island),
        ("4 km long", lambda m: any(within(axes(m, p)[0], 4000, 0.15) for p in m.parts("land")[:1])),
        ("1 km wide", lambda m: any(within(axes(m, p)[1], 1000, 0.2) for p in m.parts("land")[:1])),
    ),
    case(
        "broad river",
        "units",
        "a river about 30 meters wide flowing to the sea",
        ("one river", lambda m: m.river_systems() == 1),
        ("to the sea", lambda m: any(m.reaches(p.mask, "sea") for p in m.parts("river"))),
        ("about 30 m wide", lambda m: within(river_width(m), 30, 0.2)),
    ),
    # typos
    case(
        "lage lake",
        "typos",
        "a lage lake surounded by montains",
        ("one lake", lambda m: m.count("lake") == 1),
        ("large", lambda m: m.share("lake") >= 0.03),
        ("high ground round it", lambda m: m.all_round("lake", above(m, 65), 0.35 * side(m)) >= 0.75),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "snowey forrest",
        "typos",
        "snowey forrest and a smal lake plz",
        ("snowy", lambda m: m.share("snow", "dry") >= 0.2),
        ("forest", lambda m: woods(m) >= 0.3),
        ("one lake", lambda m: m.count("lake") == 1),
        ("small", lambda m: m.share("lake") <= 0.08),
    ),
    case(
        "circel",
        "typos",
        "5 islnds aranged in a circel",
        ("five islands", lambda m: island_count(m, 5)),
        ("in a circle", lambda m: in_circle(m, m.islands())),
    ),
    # climate
    case(
        "holiday",
        "climate",
        "tropical island with sandy beaches and palm trees",
        ("one island", one_island),
        ("tropical", lambda m: warmth(m) >= 20),
        ("beaches", lambda m: m.share("beach", "land") >= 0.01),
        ("palms", lambda m: len(trees(m, "palm")) >= 5),
    ),
    case(
        "cold north",
        "climate",
        "cold in the north and hot in the south",
        (
            "warmer southward",
            lambda m: "temperature" in m.layers and m.trend(m.value("temperature"), "south", "all") >= 0.9,
        ),
        ("hot", lambda m: warmth(m, m.place("far south")) >= 18),
        ("cold", lambda m: warmth(m, m.place("far north")) <= 6),
    ),
    case(
        "bog",
        "climate",
        "A wet swamp with dead trees and lots of little pools",
        ("swamp", lambda m: m.share("swamp", "dry") >= 0.4),
        ("dead trees", lambda m: len(trees(m, "dead")) >= 5),
        ("many pools", lambda m: m.count("lake", 0.00005) >= 5),
        ("little", lambda m: m.count("lake") >= 1 and m.parts("lake")[0].share <= 0.04),
    ),
    case(
        "badlands",
        "climate",
        "dry rocky badlands with hardly any plants",
        ("badlands", lambda m: m.share("badlands", "dry") >= 0.4),
        ("dry", lambda m: m.share("water") <= 0.02),
        ("rocky", lambda m: m.number("rock") >= 10 or m.share("rock", "dry") >= 0.05),
        ("hardly any plants", lambda m: m.share("forest", "dry") <= 0.03 and m.density("tree") <= 3),
    ),
    # interiors
    case(
        "chests",
        "interiors",
        "a dungeon with eight rooms and three treasure chests",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("three treasures", lambda m: chests(m, 3)),
        ("they can be reached", lambda m: m.reachable("treasure")),
    ),
    case(
        "railway carriages",
        "interiors",
        "crypt with 5 rooms in a row, the boss is in the last one",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("in a row", lambda m: len(m.rooms) == 5 and chain_of_rooms(m)),
        ("the boss is in the last", boss_is_last),
    ),
    case(
        "great hall",
        "interiors",
        "one big hall in the middle with four smaller rooms around it",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("a big hall", lambda m: len(m.rooms) >= 2 and m.rooms[0].area_m2 >= 1.4 * m.rooms[1].area_m2),
        ("in the middle", lambda m: bool(m.rooms) and m.all_round(m.rooms[0].mask, "room") >= 0.5),
        ("joined to all four", hub),
    ),
    case(
        "fifteen and up",
        "interiors",
        "big dungeon, at least 15 rooms, one entrance, two exits and no boss",
        ("15 rooms or more", lambda m: len(m.rooms) >= 15),
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("two exits", lambda m: m.count("exit") == 2),
        ("no boss", lambda m: m.count("boss") == 0),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    # follow-ups
    case(
        "island grows up",
        "follow-ups",
        "a small island with a single hill",
        ("one island", one_island),
        ("small", lambda m: 0 < m.share("land") <= 0.35),
        ("one hill", lambda m: summits(m, 1)),
    )
    .then(
        "add a lake on the east side",
        ("one island", one_island),
        ("one lake in the east", lambda m: one_lake_in(m, "east")),
        ("still one hill", lambda m: summits(m, 1)),
    )
    .then(
        "now cover the rest with pine trees",
        ("wooded", lambda m: m.share("forest", "dry") >= 0.6),
        ("pines", lambda m: len(trees(m, *CONIFERS)) >= max(0.8 * len(trees(m)), 1)),
        ("the lake stays", lambda m: m.count("lake") == 1 and m.share("lake", m.before.mask("lake")) >= 0.8),
    ),
    case(
        "winter comes",
        "follow-ups",
        "green valley with a river",
        ("one river", lambda m: m.river_systems() == 1),
        ("green", lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.6),
        ("in a valley", lambda m: m.sunk("river", 0.15 * side(m)) > 0),
    ).then(
        "make it winter, everything white",
        ("white", lambda m: m.share("snow", "dry") >= 0.7),
        ("cold", lambda m: warmth(m) <= 3),
        ("the river stays", lambda m: m.near(m.before.mask("river"), "river", 0.03 * side(m)) >= 0.8),
    ),
    case(
        "mesas",
        "follow-ups",
        "desert with three flat topped mesas",
        ("desert", lambda m: m.share("desert", "dry") >= 0.5),
        ("three mesas", lambda m: len(m.flat_tops()) == 3),
    )
    .then(
        "make that five mesas",
        ("five mesas", lambda m: len(m.flat_tops()) == 5),
        ("still desert", lambda m: m.share("desert", "dry") >= 0.5),
    )
    .then(
        "and put a little oasis between them",
        ("still five mesas", lambda m: len(m.flat_tops()) == 5),
        ("water", lambda m: m.count("lake") >= 1),
        ("little", lambda m: 0 < m.share("lake") <= 0.05),
        ("between them", lambda m: amid(m, "lake", m.flat_tops())),
        (
            "something grows there",
            lambda m: (
                m.mask("lake").any()
                and sum(standing(m, m.things(k), m.distance_to("lake") <= 0.1 * side(m)) > 0 for k in ("tree", "grass"))
                > 0
            ),
        ),
    ),
    case(
        "annex",
        "follow-ups",
        "6 room dungeon with an entrance and an exit",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("entrance and exit", lambda m: m.count("entrance") == 1 and m.count("exit") == 1),
        ("a way through", lambda m: m.reachable("exit")),
    ).then(
        "add two more rooms and hide a key in one of the new ones",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("a key in a new room", lambda m: new_room_with(m, "key")),
        ("it can be reached", lambda m: m.reachable("key")),
    ),
    # impossible
    case(
        "flat and high",
        "impossible",
        "a completely flat map with a high mountain in the middle",
        ("it says so", lambda m: bool(m.doubts)),
        expect="best_effort",
    ),
    case(
        "too much",
        "impossible",
        "60% desert, 50% forest and 30% swamp",
        ("it says so", lambda m: bool(m.doubts)),
        expect="best_effort",
    ),
    case(
        "dragon",
        "impossible",
        "a hill with a dragon sleeping on top of it",
        ("a hill", lambda m: len(m.peaks(0.3)) >= 1),
        ("the dragon is owned up to", lambda m: m.told("dragon")),
        expect="best_effort",
    ),
    case(
        "sky islands",
        "impossible",
        "three islands floating in the sky above the clouds",
        ("it says so", lambda m: m.told("float", "sky", "cloud")),
        expect="best_effort",
    ),
    case("poem", "impossible", "write me a short poem about autumn", expect="refuse"),
]
