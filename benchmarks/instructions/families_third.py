"""A third set of forty instructions on what is built and on landforms, by a tester who had not seen the code."""

from __future__ import annotations

import numpy as np
from measure import EIGHT, Bools, Case, Floats, Map, Part, Room, What, case
from scipy import ndimage
from shared import any_of, between, cell_of, cells_of, distances, layer, side, spots, wide

NOT_HOMES = ("barn", "church", "town hall", "keep", "castle hall")
SETTLEMENTS = ("hamlet", "village", "town", "city", "castle", "farm")
GREEN = ("grassland", "farmland", "savanna", "shrubland")
ARID = ("desert", "badlands", "rock")


# ---------------------------------------------------------------- helpers: things and places


def in_range(values: list[float], low: float, high: float) -> bool:
    """One of the fair measures lies between two bounds."""
    return any(between(v, low, high) for v in values)


def named(m: Map, *words: str) -> Floats:
    """Everything (n, 5) whose species, of any kind, holds one of the words."""
    found = [np.zeros((0, 5))]
    for kind, entry in m.about["instances"].items():
        for name in entry.get("species", []):
            found += [m.things(kind, name)] if any(w in name.lower() for w in words) else []
    return np.concatenate(found)


def fractions(m: Map, thing: Floats) -> tuple[float, float]:
    """Return where a thing stands: fractions from the west and from the south."""
    return float((thing[0] - m.origin[0]) / m.extent[0]), float((thing[1] - m.origin[1]) / m.extent[1])


def off_centre(m: Map, table: Floats) -> float:
    """Largest distance of the things from the middle of the map, as a fraction of it; 0 where there are none."""
    return max((float(np.hypot(x - 0.5, y - 0.5)) for x, y in (fractions(m, t) for t in table)), default=0.0)


def close(m: Map, one: What, other: What, share: float = 0.15) -> bool:
    """Nearest cells of the two no further apart than this share of the longer side."""
    return bool(m.mask(one).any()) and m.gap(one, other) <= share * side(m)


def all_close(m: Map, table: Floats, other: What, share: float = 0.15) -> bool:
    """Every one of the things, of which there is one at least, is that close to it."""
    return len(table) > 0 and bool((distances(m, table, other) <= share * side(m)).all())


def middle_of(m: Map, what: What) -> Bools:
    """One cell: the middle of it."""
    at = m.centre(what)
    mask = np.zeros(m.shape, bool)
    mask[min(int((1 - at.y) * m.shape[0]), m.shape[0] - 1), min(int(at.x * m.shape[1]), m.shape[1] - 1)] = True
    return mask


def reach_of(m: Map, what: What) -> tuple[float, float]:
    """East-west and north-south reach as shares of the map."""
    mask = m.mask(what)
    if not mask.any():
        return 0.0, 0.0
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float((np.ptp(cols) + 1) / m.shape[1]), float((np.ptp(rows) + 1) / m.shape[0])


# ---------------------------------------------------------------- helpers: settlements


def homes(m: Map) -> set[int]:
    """Fair counts of houses: all buildings, or without barns, churches, halls and keeps."""
    every = m.number("building")
    return {every, every - sum(m.number("building", s) for s in NOT_HOMES), every - m.number("building", "barn")}


def settled(m: Map, *names: str) -> Bools:
    """Ground of settlements of these kinds (all of them if none is named)."""
    return any_of(m, *(f"settlement:{name}" for name in names or SETTLEMENTS))


def settlements(m: Map, *names: str) -> list[Part]:
    """Separate settlements of these kinds, gaps of 30 m closed."""
    return m.parts(settled(m, *names), join=30)


def district(m: Map, name: str) -> Bools:
    """Ground of a district."""
    return m.legend("district", name)


def castle(m: Map) -> Bools:
    """Ground of a castle."""
    return settled(m, "castle") | district(m, "castle")


def walled(m: Map, what: Bools, share: float = 0.75) -> bool:
    """Wall in most directions from it or from the middle of it.

    Mended: a town's wall is a layer of that name; ``mask("wall")`` asks for a dungeon's cells.
    """
    wall = layer(m, "wall") | spots(m, m.things("gate")) | spots(m, m.things("tower"))
    return bool(layer(m, "wall").any()) and max(m.all_round(what, wall), m.all_round(middle_of(m, what), wall)) >= share


def banks(m: Map) -> float:
    """Share of the buildings on the smaller of the river's two sides."""
    labels, _ = ndimage.label(~(m.mask("river") | m.mask("lake") | m.mask("sea")))
    sides = labels[cells_of(m, m.things("building"))]
    sizes = np.sort(np.bincount(sides[sides > 0]))[::-1]
    return float(sizes[1] / sizes.sum()) if len(sizes) > 1 else 0.0


def central_church(m: Map) -> bool:
    """Whether a church stands in the inner half of the town, taken as a disc."""
    town = settled(m, "town", "city")
    reach = 0.5 * np.sqrt(m.area(town) / np.pi)
    offsets = [np.subtract(fractions(m, t), m.centre(town)) * m.extent for t in named(m, "church")]
    return any(bool(np.hypot(*offset) <= reach) for offset in offsets)


# ---------------------------------------------------------------- helpers: roads


def ways(m: Map) -> Bools:
    """Roads and streets."""
    return m.mask("road") | layer(m, "street")


def roads(m: Map) -> Bools:
    """Roads, streets and bridges, gaps of two cells closed; a bridge is a disc as long as its deck."""
    mask = m.distance_to(ways(m) | spots(m, m.things("bridge"))) <= 2 * m.cell
    rows, cols = np.indices(m.shape)
    for thing, size in zip(m.things("bridge"), m.sizes("bridge"), strict=True):
        row, col = cell_of(m, thing)
        mask |= np.hypot(rows - row, cols - col) * m.cell <= max(size[:2]) / 2 + 2 * m.cell
    return mask


def joined(m: Map, parts: list[Part]) -> bool:
    """All the parts touch one connected net of roads."""
    net, _ = ndimage.label(roads(m), EIGHT)
    touched = [set(np.unique(net[m.distance_to(p.mask) <= 3 * m.cell])) - {0} for p in parts]
    return len(touched) > 1 and bool(set.intersection(*touched))


def crossing(m: Map, arms: int, low: float = 0.3, high: float = 0.7) -> bool:
    """Round a road cell in the middle of the map the road leaves in so many directions."""
    road = ways(m)
    rows, cols = np.indices(m.shape)
    inner = (rows > low * m.shape[0]) & (rows < high * m.shape[0])
    inner &= (cols > low * m.shape[1]) & (cols < high * m.shape[1])
    found = np.argwhere(road & inner)
    for row, col in found[:: max(1, len(found) // 400)]:
        for radius in (0.03, 0.06, 0.09):
            away = np.hypot(rows - row, cols - col) - radius * max(m.shape)
            if ndimage.label(road & (abs(away) < 1.5), EIGHT)[1] >= arms:
                return True
    return False


def winds(m: Map) -> float:
    """Largest length over reach of a road path that is at least a quarter of the map long."""
    best = 0.0
    for path in m.about["paths"]:
        points = np.reshape(path["points"], (-1, 3))[:, :2]
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        if path["kind"] == "road" and length >= 0.25 * side(m):
            best = max(best, length / max(float(np.hypot(*(points[-1] - points[0]))), 1e-9))
    return best


# ---------------------------------------------------------------- helpers: dungeons, caves, mazes


def storeys(m: Map) -> int:
    """Return how many floors a dungeon has."""
    return 1 + sum(f"cell_{k}" in m.layers for k in range(1, 9))


def per_storey(m: Map) -> list[int]:
    """Rooms on each storey."""
    names = ["room", *(f"room_{k}" for k in range(1, 9))]
    return [len(np.unique(m.layers[n][m.layers[n] > 0])) for n in names if n in m.layers]


def total_rooms(m: Map) -> int:
    """Return the rooms of all storeys together."""
    return sum(per_storey(m))


def room_of(m: Map, role: str) -> Room:
    """Return the largest room in which a role lies."""
    return m.rooms_with(role)[0]


def off_corridor(m: Map, piece: Bools) -> tuple[int, float, tuple[int, int]]:
    """Rooms that touch a piece of corridor, its length over width, the rooms on either side of its axis."""
    numbers = m.layers["room"]
    reach = ndimage.binary_dilation(piece, EIGHT, max(2, int(1.5 / m.cell)))
    touched = set(map(int, np.unique(numbers[reach]))) - {0} - set(map(int, np.unique(numbers[piece])))
    points = np.argwhere(piece).astype(float)
    middle = points.mean(0)
    values, axes = np.linalg.eigh(np.cov(points.T)) if len(points) > 2 else (np.ones(2), np.eye(2))
    aside = [float((np.argwhere(numbers == k).mean(0) - middle) @ axes[:, 0]) for k in touched]
    few, many = sorted((sum(a > 0 for a in aside), sum(a < 0 for a in aside)))
    return len(touched), float(np.sqrt(values[1] / max(values[0], 1e-9))), (few, many)


def cells_off(m: Map) -> tuple[int, float, tuple[int, int]]:
    """Return the same of the piece of corridor, all corridors or room that about eight rooms touch."""
    labels, count = ndimage.label(m.legend("cell", "corridor") | m.legend("cell", "door"))
    pieces = [labels == k for k in range(1, count + 1)]
    pieces += [m.legend("cell", "corridor")] + [room.mask for room in m.rooms]
    found = [(0, 0.0, (0, 0)), *(off_corridor(m, piece) for piece in pieces if piece.any())]
    return min(found, key=lambda one: abs(one[0] - 8))


def chambers(m: Map) -> set[int]:
    """Wide places of a cave by several openings: the counts that come out."""
    found = set()
    for metres in (2, 3, 4, 5, 6, 8):
        labels, count = ndimage.label(m.distance_to(~(m.walkable | m.legend("cell", "water"))) > metres)
        sizes = np.bincount(labels.ravel())[1:]
        if count:
            found.add(int((sizes >= 0.15 * sizes.max()).sum()))
    return found


def cave_water(m: Map) -> Bools:
    """Water in a cave: as water or as a cell of its plan."""
    return m.mask("water") | m.legend("cell", "water")


def hangs_together(mask: Bools) -> bool:
    """All but a twentieth of it is one piece."""
    labels, count = ndimage.label(mask)
    sizes = np.bincount(labels.ravel())[1:]
    return bool(count) and bool(sizes.max() >= 0.95 * sizes.sum())


def one_net_or_lake(m: Map) -> bool:
    """Hangs together on foot, or with its lake swum over."""
    return hangs_together(m.walkable) or hangs_together(m.walkable | cave_water(m))


def far_end(m: Map) -> bool:
    """Treasure in the northern third of the cave's own floor."""
    rows = np.flatnonzero(m.walkable.any(1))
    return bool(np.argwhere(m.mask("treasure")).mean(0)[0] <= rows[0] + np.ptp(rows) / 3)


def mouth(m: Map) -> Bools:
    """Where one enters a cave."""
    return layer(m, "cave_mouth") | spots(m, named(m, "cave")) | m.mask("entrance")


def forty_metres(m: Map) -> bool:
    """Whether the map, or the maze on it, is 40 m each way, within a tenth."""
    maze = reach_of(m, m.walkable | m.mask("wall"))
    built = [share * length for share, length in zip(maze, m.extent, strict=True)]
    return any(all(between(length, 36, 44) for length in lengths) for lengths in (m.extent, built))


# ---------------------------------------------------------------- helpers: landforms
#
# Mended: canyons, dunes, impact craters and waterfalls are asked for by `layer`, which finds nothing where the map has
# none; `Map.mask` refuses such a name, so that a check failed before its other readings were asked.


def canyon(m: Map) -> Bools:
    """Ground of canyons, or of valleys where no layer says canyon."""
    return layer(m, "canyon") if "canyon" in m.layers else m.mask("valley")


def canyon_depths(m: Map) -> list[float]:
    """Fair depths: the ring's ground less the floor's, at several strictnesses."""
    mask = canyon(m)
    if not mask.any():
        return []
    floor = [float(np.percentile(m.height[mask], p)) for p in (5, 15, 30)]
    ring = m.height[m.ring(mask, 0.04 * side(m)) & m.mask("land")]
    rim = [float(np.percentile(ring, p)) for p in (50, 75, 90)]
    return [r - f for r in rim for f in floor] + [m.sunk(mask)]


def cross_depth(m: Map, what: What) -> float:
    """Median depth of a cut by cross sections: the lower of both sides' highest ground within 12 % of the map."""
    mask = m.mask(what)
    reach = int(0.12 * max(m.shape))
    depths = []
    for col in np.flatnonzero(mask.any(0))[::8]:
        line = m.height[:, col]
        row = int(np.argmin(np.where(mask[:, col], line, np.inf)))
        up, down = line[max(0, row - reach) : row + 1].max(), line[row : row + reach + 1].max()
        depths.append(min(up, down) - line[row])
    return float(np.median(depths)) if depths else 0.0


def hangs(m: Map) -> float:
    """Metres of a bridge's deck above the lowest ground under it."""
    thing, size = m.things("bridge")[0], m.sizes("bridge")[0]
    rows, cols = np.indices(m.shape)
    row, col = cell_of(m, thing)
    under = np.hypot(rows - row, cols - col) * m.cell <= max(size[:2]) / 2
    ground = m.height[under] if under.any() else m.height[row : row + 1, col]
    return float(max(thing[2], np.percentile(ground, 95)) - ground.min())


def dune_heights(m: Map) -> list[float]:
    """Fair heights of dunes: of the whole ground, of what rises above its mean, and within a small window."""
    ground = m.height
    above = ground - ndimage.gaussian_filter(ground, 0.08 * max(m.shape))
    found = [float(np.ptp(ground))]
    found += [float(np.ptp(np.percentile(g, p))) for g, p in ((ground, [1, 99]), (above, [1, 99]), (ground, [2, 98]))]
    for share in (0.05, 0.1):
        cells = max(3, int(share * max(m.shape)))
        local = ndimage.maximum_filter(ground, cells) - ndimage.minimum_filter(ground, cells)
        found += [float(np.percentile(local, p)) for p in (50, 90)]
    return found


def from_the_sea(m: Map, mask: Bools) -> float:
    """Median distance from the sea in metres; nan, so that comparisons fail, where there is none of it."""
    return float(np.median(m.distance_to("sea")[mask])) if mask.any() else float("nan")


def coast_tops(m: Map, reach: float) -> Floats:
    """Highest ground within so many metres of each shore cell."""
    cells = 2 * max(1, round(reach / m.cell)) + 1
    top = ndimage.maximum_filter(np.where(m.mask("land"), m.height, -np.inf), cells)
    return np.asarray(top[m.mask("land") & ndimage.binary_dilation(m.mask("sea"), EIGHT)], float)


def cliff_heights(m: Map) -> list[float]:
    """Fair heights of a coast's cliffs."""
    return [float(np.percentile(coast_tops(m, reach), p)) for reach in (40, 60, 80) for p in (50, 75)]


def at_the_fall(m: Map) -> Bools:
    """Return the ground close to a waterfall."""
    return m.distance_to(layer(m, "waterfall")) <= max(0.03 * side(m), 4 * m.cell)


def fall_drops(m: Map) -> list[float]:
    """Fair drops of a waterfall: what its layer says, and the ground and water close above and below it."""
    if not layer(m, "waterfall").any():
        return []
    ground, water = m.height[at_the_fall(m)], m.surface[at_the_fall(m) & m.mask("water")]
    found = [
        float(np.asarray(m.layers["waterfall"], float).max()),
        float(np.ptp(ground)),
        float(np.ptp(np.percentile(ground, [5, 95]))),
    ]
    return found + ([float(np.ptp(water))] if water.size else [])


def low_pool(m: Map) -> bool:
    """Whether the nearest lake's level is well below the highest ground close to the fall."""
    lakes, top = m.parts("lake", 0), float(m.height[at_the_fall(m)].max(initial=-np.inf))
    lakes.sort(key=lambda lake: m.gap(layer(m, "waterfall"), lake.mask))
    return bool(lakes) and float(np.median(m.surface[lakes[0].mask])) <= top - 25


def discs(m: Map) -> int:
    """Impact craters parted where they overlap: local maxima of the distance to the edge."""
    away = ndimage.gaussian_filter(ndimage.distance_transform_edt(layer(m, "impact_crater")), 2)
    cells = max(3, int(0.04 * max(m.shape)))
    return int(ndimage.label((away == ndimage.maximum_filter(away, cells)) & (away > 2))[1])


def crater_counts(m: Map) -> list[float]:
    """Fair counts of craters: their ground in pieces, hollows of any origin, overlapping craters parted."""
    return [m.count(layer(m, "impact_crater"), 0), len(m.hollows()), discs(m)]


def sizes_differ(m: Map) -> bool:
    """Whether the largest crater is half as large again as the smallest, at least."""
    craters = m.parts(layer(m, "impact_crater"), 0)
    areas = [part.mask.sum() for part in (craters if len(craters) >= 3 else m.hollows())]
    return bool(max(areas) >= 1.5 * min(areas))


# ---------------------------------------------------------------- helpers: trees


def tree_count(m: Map) -> int:
    """Return how many trees there are, without bushes."""
    return m.number("tree") - m.number("tree", "shrub") - m.number("tree", "cactus")


def pines(m: Map) -> Floats:
    """Pines, by either name."""
    return np.concatenate([m.things("tree", "pine"), m.things("tree", "conifer")])


CASES: list[Case] = [
    # settlements
    case(
        "nine cottages",
        "settlements",
        "a hamlet of nine cottages beside a small lake",
        ("nine houses", lambda m: 9 in homes(m) or m.number("building", "cottage") == 9),
        ("one settlement", lambda m: len(settlements(m)) == 1),
        ("one lake", lambda m: m.count("lake") == 1),
        ("the lake is small", lambda m: m.share("lake") <= 0.12),
        ("houses beside the lake", lambda m: close(m, settled(m), "lake")),
    ),
    case(
        "two villages",
        "settlements",
        "Two villages, one in the west and one in the east, connected by a road",
        ("two villages", lambda m: len(settlements(m, "village")) == 2),
        ("one west", lambda m: sum(m.inside(p.at, "west") for p in settlements(m, "village")) == 1),
        ("one east", lambda m: sum(m.inside(p.at, "east") for p in settlements(m, "village")) == 1),
        ("a road joins them", lambda m: joined(m, settlements(m, "village"))),
    ),
    case(
        "castle on hill",
        "settlements",
        "I want a castle on top of a hill and a village down below it",
        ("a castle", lambda m: m.count(castle(m), join=30) == 1),
        ("it stands above the ground around", lambda m: m.sunk(castle(m), 0.1 * side(m)) < -4),
        ("a village", lambda m: len(settlements(m, "village", "hamlet")) == 1),
        (
            "the village lies lower",
            lambda m: np.median(m.height[settled(m, "village", "hamlet")]) < np.median(m.height[castle(m)]) - 4,
        ),
        ("the village is near", lambda m: close(m, settled(m, "village", "hamlet"), castle(m))),
    ),
    case(
        "three farms",
        "settlements",
        "flat farmland with three farms and one windmill",
        ("three farms", lambda m: m.count(settled(m, "farm"), join=10) == 3),
        ("one windmill", lambda m: len(named(m, "windmill")) == 1),
        ("farmland", lambda m: max(m.share("farmland", "dry"), m.share(district(m, "farmland"), "dry")) >= 0.3),
        ("flat", lambda m: m.gentle(8) >= 0.85),
    ),
    case(
        "port town",
        "settlements",
        "A port town on the south coast with a harbour, a lighthouse and a market square",
        ("a town", lambda m: len(settlements(m, "town", "city")) == 1),
        ("sea in the south", lambda m: "south" in m.edges("sea") and m.mostly("sea", "south")),
        ("the town is by the sea", lambda m: close(m, settled(m, "town", "city"), "sea", 0.08)),
        (
            "harbour at the water",
            lambda m: district(m, "harbour").any() and m.gap(district(m, "harbour"), "sea") <= 6 * m.cell + 10,
        ),
        (
            "lighthouse and market square",
            lambda m: len(named(m, "lighthouse")) == 1 and district(m, "market_square").any(),
        ),
    ),
    case(
        "walled town",
        "settlements",
        "a walled medieval town with exactly four gates and a church in the middle of it",
        ("a town", lambda m: settled(m, "town", "city").any()),
        ("walls all round", lambda m: walled(m, settled(m, "town", "city"))),
        ("four gates", lambda m: m.number("gate") == 4),
        ("a church", lambda m: len(named(m, "church")) >= 1),
        (
            "a church in the middle",
            central_church,
        ),
    ),
    case(
        "river city",
        "settlements",
        "a big city on both banks of a river, with three bridges",
        ("a big city", lambda m: m.share(settled(m, "city")) >= 0.1 and m.number("building") >= 100),
        ("three bridges", lambda m: m.number("bridge") == 3),
        ("bridges over the river", lambda m: all_close(m, m.things("bridge"), "river", 0.03)),
        ("buildings on both banks", lambda m: banks(m) >= 0.15),
    ),
    case(
        "forty houses",
        "settlements",
        "Village with 40 houses and a well.",
        ("a village", lambda m: len(settlements(m, "village")) == 1),
        ("40 houses", lambda m: 40 in homes(m)),
        ("a well in or by it", lambda m: len(named(m, "well")) >= 1 and all_close(m, named(m, "well")[:1], settled(m))),
    ).then(
        "build a wall around the village",
        ("wall round the village", lambda m: walled(m, settled(m, "village", "town"))),
        ("still 40 houses", lambda m: 40 in homes(m)),
        ("the ground is as before", lambda m: m.changed("height", "all", 2.0) <= 0.2),
    ),
    case(
        "quarters",
        "settlements",
        "a city that has a slum, a park, a market and an industrial quarter",
        ("a city", lambda m: len(settlements(m, "city")) == 1),
        ("slum", lambda m: m.area(district(m, "slum")) > 300),
        ("park", lambda m: m.area(district(m, "park")) > 300),
        ("market", lambda m: district(m, "market_square").any() or len(named(m, "market", "stall")) > 0),
        ("industry", lambda m: m.area(district(m, "industrial")) > 300),
    ),
    case(
        "oasis",
        "settlements",
        "little desert town around an oasis with palm trees",
        ("a town", lambda m: settled(m, "town", "village", "hamlet").any() and m.number("building") >= 5),
        ("mostly desert", lambda m: m.share("desert", m.mask("dry") & ~settled(m) & ~m.mask("urban")) >= 0.6),
        ("open water", lambda m: m.mask("lake").any() and not m.mask("sea").any()),
        ("the town is at the water", lambda m: close(m, settled(m), "lake", 0.1)),
        (
            "palms at the water",
            lambda m: sum(distances(m, m.things("tree", "palm"), "lake") <= 0.1 * side(m)) >= 5,
        ),
    ),
    case(
        "too many houses",
        "settlements",
        "a town of 300 houses on a round island 30 metres across",
        expect="best_effort",
    ),
    # roads
    case(
        "crossroads",
        "roads",
        "A crossroads in the middle of a grassy plain with an inn next to it",
        ("four arms meet in the middle", lambda m: crossing(m, 4)),
        ("one inn", lambda m: len(named(m, "inn")) == 1),
        ("the inn is next to the road", lambda m: all_close(m, named(m, "inn"), m.mask("road"), 0.05)),
        (
            "the inn is near the middle",
            lambda m: off_centre(m, named(m, "inn")) <= 0.25,
        ),
        ("grassy and flat", lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.6 and m.gentle(10) >= 0.8),
    ),
    case(
        "one stone bridge",
        "roads",
        "a river flows from north to south, and a road going west to east crosses it on a single stone bridge",
        (
            "river from north to south",
            lambda m: (
                {"north", "south"} <= m.edges(m.mask("river") | m.mask("lake")) or reach_of(m, "river")[1] >= 0.85
            ),
        ),
        ("one bridge", lambda m: m.number("bridge") == 1),
        ("of stone", lambda m: m.number("bridge", "wooden bridge") == 0),
        ("over the river", lambda m: all_close(m, m.things("bridge"), "river", 0.03)),
        (
            "the road goes from west to east",
            lambda m: reach_of(m, max(m.parts(roads(m)), key=lambda p: p.share).mask)[0] >= 0.75,
        ),
    ).then(
        "add a second bridge further north",
        ("two bridges", lambda m: m.number("bridge") == 2),
        (
            "one north of the old one",
            lambda m: m.things("bridge")[:, 1].max() > m.before.things("bridge")[:, 1].max() + 0.05 * m.extent[1],
        ),
        (
            "the old one stands",
            lambda m: (
                min(np.hypot(*(m.things("bridge")[:, :2] - m.before.things("bridge")[0, :2]).T)) <= 0.05 * side(m)
            ),
        ),
        ("both over the river", lambda m: all_close(m, m.things("bridge"), "river", 0.03)),
    ),
    case(
        "mountain pass",
        "roads",
        "a winding road through a mountain pass linking two villages",
        ("two villages", lambda m: len(settlements(m, "village")) == 2),
        ("a road links them", lambda m: joined(m, settlements(m, "village"))),
        ("mountains", lambda m: m.relief("dry") >= 80 and len(m.peaks(0.15, "all", 30)) >= 2),
        (
            "a pass, not over the tops",
            lambda m: m.height[m.mask("road")].max() <= m.height.min() + 0.85 * np.ptp(m.height),
        ),
        ("it winds", lambda m: winds(m) >= 1.1),
    ),
    case(
        "forest road",
        "roads",
        "800 by 800 metres of woodland, a road along the southern edge and a watchtower beside the road",
        ("800 m", lambda m: all(between(e, 760, 840) for e in m.extent)),
        ("woods", lambda m: max(m.share("forest", "dry"), m.share("biome:forest", "dry")) >= 0.5),
        ("road along the south", lambda m: m.mostly("road", "far south") and reach_of(m, "road")[0] >= 0.7),
        ("one watchtower", lambda m: len(named(m, "watchtower")) == 1),
        ("beside the road", lambda m: all_close(m, named(m, "watchtower"), "road", 0.08)),
    ),
    # dungeons
    case(
        "ten rooms",
        "dungeons",
        "a dungeon with 10 rooms, an entrance, an exit and a treasure room",
        ("ten rooms", lambda m: total_rooms(m) == 10),
        ("entrance, exit, treasure", lambda m: all(m.mask(r).any() for r in ("entrance", "exit", "treasure"))),
        ("exit and treasure can be reached", lambda m: m.reachable("exit") and m.reachable("treasure")),
        ("treasure in a room", lambda m: bool(m.rooms_with("treasure"))),
    ).then(
        "add two more rooms",
        ("twelve rooms", lambda m: total_rooms(m) == 12),
        ("still a way out", lambda m: m.reachable("exit") and m.reachable("treasure")),
        ("all rooms linked", lambda m: all(m.links.values())),
    ),
    case(
        "crypt five each",
        "dungeons",
        "two-level crypt, five rooms on each level, stairs in between",
        ("two levels", lambda m: storeys(m) == 2),
        ("five rooms on each", lambda m: per_storey(m) == [5, 5]),
        ("stairs on both", lambda m: m.legend("cell", "stairs").any() and m.legend("cell_1", "stairs").any()),
    ),
    case(
        "key to boss",
        "dungeons",
        "Small dungeon. You must find a key before you can open the door to the boss.",
        # Mended: its words named an entrance too, which neither the sentence nor the test asks for.
        ("key, lock, boss", lambda m: all(m.mask(r).any() for r in ("key", "lock", "boss"))),
        ("the boss can be reached", lambda m: m.reachable("boss")),
        (
            "but not past the lock",
            lambda m: not (m.reach("entrance" if m.mask("entrance").any() else "key", "lock") & m.mask("boss")).any(),
        ),
        (
            "the key lies before the lock",
            lambda m: not m.mask("entrance").any() or m.reachable("key", "entrance", "lock"),
        ),
        ("small", lambda m: total_rooms(m) <= 10),
    ),
    case(
        "twelve in three",
        "dungeons",
        "A tower dungeon of three floors, 12 rooms altogether",
        ("three floors", lambda m: storeys(m) == 3),
        ("12 rooms in all", lambda m: total_rooms(m) == 12),
    ),
    case(
        "prison",
        "dungeons",
        "a prison: one long straight corridor with eight cells, four on each side",
        ("eight cells", lambda m: len(m.rooms) in (8, 9, 10) and cells_off(m)[0] == 8),
        ("one long corridor", lambda m: cells_off(m)[1] >= 4),
        ("four on each side", lambda m: cells_off(m)[2] == (4, 4)),
    ),
    case(
        "six in a row",
        "dungeons",
        "a linear dungeon, six rooms one after another with no side branches, and the boss in the last one",
        ("six rooms", lambda m: total_rooms(m) == 6),
        ("no branches", lambda m: sorted(map(len, m.links.values())) == [1, 1, 2, 2, 2, 2]),
        ("boss at an end", lambda m: any(len(m.links[r.number]) == 1 for r in m.rooms_with("boss"))),
        (
            "the way in is not beside the boss",
            lambda m: not m.rooms_with("entrance") or len(m.links[room_of(m, "entrance").number]) == 1,
        ),
    ),
    case(
        "boss in biggest",
        "dungeons",
        "8 rooms, the boss lives in the biggest room, and there are two treasure chests. It's a dungeon for level 3 "
        "characters.",
        ("eight rooms", lambda m: total_rooms(m) == 8),
        (
            "boss in the biggest room",
            lambda m: m.rooms_with("boss") and room_of(m, "boss").area_m2 >= m.rooms[0].area_m2 - 1,
        ),
        ("two chests", lambda m: len(named(m, "chest")) == 2 or m.count("treasure") == 2),
        ("chests can be reached", lambda m: m.reachable("treasure")),
    ),
    # caves
    case(
        "cave lake",
        "caves",
        "a big cave with an underground lake in the middle",
        ("a cave to walk in", lambda m: m.share(m.walkable) >= 0.1 and one_net_or_lake(m)),
        ("a lake", lambda m: m.share(cave_water(m)) >= 0.005),
        ("in the middle", lambda m: m.inside(m.centre(cave_water(m)), "centre")),
    ),
    case(
        "five chambers",
        "caves",
        "cave system with five large chambers joined by narrow tunnels",
        ("five chambers", lambda m: len(m.rooms) == 5 or 5 in chambers(m)),
        ("all joined", one_net_or_lake),
        ("tunnels narrower than chambers", lambda m: m.distance_to(~m.walkable)[m.walkable].max() >= 2.5 * m.cell),
    ),
    case(
        "cave treasure",
        "caves",
        "A cave you enter from the south. The treasure is hidden at the far northern end.",
        ("a way in, in the south", lambda m: m.each_in("entrance", "south")),
        (
            "treasure in the far north",
            lambda m: (
                m.each_in("treasure", "north third")
                or m.each_in(m.parts(m.mask("treasure")), "north third")
                or far_end(m)
            ),
        ),
        ("it can be reached", lambda m: m.reachable("treasure")),
    ),
    case(
        "cave in mountain",
        "caves",
        "a mountain with a cave entrance on its eastern side",
        ("a mountain", lambda m: m.relief("dry") >= 50 and len(m.peaks(0.5)) >= 1),
        ("a cave mouth", lambda m: mouth(m).any()),
        ("east of the summit", lambda m: m.centre(mouth(m)).x > min(m.summit().x, m.peaks()[0].at.x)),
        (
            "on the mountain",
            lambda m: (
                np.hypot(m.centre(mouth(m)).x - m.peaks()[0].at.x, m.centre(mouth(m)).y - m.peaks()[0].at.y) <= 0.4
            ),
        ),
    ),
    # mazes
    case(
        "hedge maze",
        "mazes",
        "a 40 m square hedge maze with one entrance and a fountain in the centre",
        (
            "40 m square",
            forty_metres,
        ),
        ("one entrance", lambda m: m.count("entrance") == 1),
        (
            "a fountain in the centre",
            lambda m: len(named(m, "fountain")) == 1 and off_centre(m, named(m, "fountain")) <= 0.15,
        ),
        ("one can walk all of it", lambda m: hangs_together(m.walkable)),
    ),
    case(
        "loopless two routes",
        "mazes",
        "a maze without any loops that has two different routes from the entrance to the exit",
        expect="best_effort",
    ),
    # canyons
    case(
        "hundred metre canyon",
        "canyons",
        "a canyon about 100 metres deep running from west to east with a river along its floor",
        (
            "about 100 m deep",
            lambda m: in_range([*canyon_depths(m), cross_depth(m, "river"), cross_depth(m, canyon(m))], 80, 120),
        ),
        ("from west to east", lambda m: max(reach_of(m, canyon(m))[0], reach_of(m, "river")[0]) >= 0.75),
        (
            "a river on its floor",
            lambda m: m.mask("river").any() and m.share(m.distance_to(canyon(m)) <= 3 * m.cell, "river") >= 0.7,
        ),
    ),
    case(
        "bridge over canyon",
        "canyons",
        "Desert with a deep canyon and a bridge over it",
        ("desert", lambda m: m.share(any_of(m, *ARID), "dry") >= 0.6 and m.share("desert", "dry") >= 0.3),
        ("a deep canyon", lambda m: canyon(m).any() and max(canyon_depths(m)) >= 20),
        ("one bridge", lambda m: m.number("bridge") == 1),
        ("over the canyon", lambda m: all_close(m, m.things("bridge"), canyon(m), 0.02)),
        ("it hangs above the ground", lambda m: hangs(m) >= 5),
    ),
    case(
        "slot canyon",
        "canyons",
        "a narrow slot canyon winding through red badlands, bone dry, no water at all",
        ("a canyon", lambda m: m.count(canyon(m)) >= 1 and max(canyon_depths(m)) >= 8),
        ("narrow", lambda m: 2 * np.percentile(m.distance_to(~canyon(m))[canyon(m)], 95) <= 0.12 * side(m)),
        ("long", lambda m: max(reach_of(m, m.parts(canyon(m))[0].mask)) >= 0.4),
        ("badlands", lambda m: m.share("badlands", "dry") >= 0.4),
        ("no water", lambda m: not m.mask("water").any()),
    ),
    # dunes
    case(
        "endless dunes",
        "dunes",
        "nothing but sand dunes, around 20 m high",
        ("desert", lambda m: m.share(any_of(m, "desert", "beach")) >= 0.85),
        ("dunes over most of it", lambda m: "dune" not in m.layers or m.share(layer(m, "dune")) >= 0.5),
        ("around 20 m", lambda m: in_range(dune_heights(m), 16, 24)),
        (
            "nothing else",
            lambda m: not m.mask("water").any() and m.density("tree") <= 0.5 and m.number("building") == 0,
        ),
    ),
    case(
        "coastal dunes",
        "dunes",
        "a beach, then a belt of dunes, then a pine forest behind them",
        ("a beach by the sea", lambda m: m.share("sea") > 0.02 and m.mask("beach").any()),
        ("dunes", lambda m: m.share(layer(m, "dune")) >= 0.01),
        ("the dunes follow the beach", lambda m: close(m, layer(m, "dune"), "beach", 0.08)),
        (
            "forest behind the dunes",
            lambda m: (
                from_the_sea(m, spots(m, pines(m)))
                > from_the_sea(m, layer(m, "dune"))
                > from_the_sea(m, m.mask("beach"))
            ),
        ),
        ("of pines", lambda m: len(pines(m)) >= 0.6 * tree_count(m) and tree_count(m) >= 50),
    ),
    # craters
    case(
        "moonscape",
        "craters",
        "moon surface with about a dozen craters of different sizes, no water and no plants",
        (
            "about twelve craters",
            lambda m: in_range(crater_counts(m), 9, 15),
        ),
        ("different sizes", sizes_differ),
        ("no water", lambda m: not m.mask("water").any()),
        ("no plants", lambda m: m.number("tree") == 0 and m.number("grass") == 0),
    ),
    case(
        "crater lake 300",
        "craters",
        "One meteor crater 300 metres across with a lake inside",
        ("one crater", lambda m: m.count(layer(m, "impact_crater")) == 1),
        (
            "300 m across",
            lambda m: in_range([wide(m, p) for p in m.parts(layer(m, "impact_crater")) + m.hollows()], 270, 330),
        ),
        (
            "a lake in it",
            lambda m: (
                m.count("lake") == 1 and m.share(m.distance_to(layer(m, "impact_crater")) <= 2 * m.cell, "lake") >= 0.9
            ),
        ),
    ),
    # cliffs
    case(
        "white cliffs",
        "cliffs",
        "cliffs 80 metres high along the north coast with grassland on top",
        ("sea in the north", lambda m: "north" in m.edges("sea") and m.mostly("sea", "north")),
        (
            "about 80 m at the shore",
            lambda m: in_range(cliff_heights(m), 68, 92),
        ),
        ("along most of it", lambda m: (coast_tops(m, 80) >= 55).mean() >= 0.5),
        (
            "steep at the shore",
            lambda m: (m.value("slope")[m.mask("dry") & (m.distance_to("sea") <= 80)] >= 40).mean() >= 0.1,
        ),
        ("grassland on top", lambda m: m.share("grassland", m.mask("dry") & (m.distance_to("sea") > 80)) >= 0.5),
    ),
    case(
        "waterfall cliff",
        "cliffs",
        "A waterfall plunges over a 50 m cliff into a pool",
        ("a waterfall", lambda m: layer(m, "waterfall").any()),
        ("it falls about 50 m", lambda m: in_range(fall_drops(m), 42, 58)),
        (
            "a pool at its foot",
            lambda m: m.mask("lake").any() and m.gap(layer(m, "waterfall"), "lake") <= 0.06 * side(m),
        ),
        ("the pool lies below", low_pool),
    ),
]
