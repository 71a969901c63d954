"""A fourth set of forty instructions on what is built and on landforms, by a tester who had not seen the program."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from measure import EIGHT, Bools, Case, Floats, Map, Part, Point, case
from numpy.typing import NDArray
from scipy import ndimage
from shared import any_of, apart, between, cell_of, distances, layer, side, spots, trees, within

DWELLINGS = {"cottage", "house", "townhouse", "hip house", "flat house"}
CLOSE_GAPS = (0.0, 20.0, 40.0, 60.0)


# ---------------------------------------------------------------- helpers: what is built


def named(m: Map, *words: str) -> list[Floats]:
    """Things of every kind whose species holds one of these whole words, one row each."""
    found: list[Floats] = []
    for kind, entry in m.about["instances"].items():
        for name in entry.get("species", []):
            if set(re.split(r"[\s_-]+", name.lower())) & set(words) or name.lower() in words:
                found += list(m.things(kind, name))
    return found


def houses(m: Map) -> int:
    """Count the buildings that are dwellings."""
    return sum(m.number("building", name) for name in DWELLINGS)


def town(m: Map, *kinds: str) -> Bools:
    """Ground of settlements of these kinds."""
    return any_of(m, *(f"settlement:{k}" for k in kinds))


def towns(m: Map, number: int, *kinds: str) -> bool:
    """Settlements of these kinds, however wide a gap still holds one together (0 to 60 m)."""
    return any(m.count(town(m, *kinds), join=j) == number for j in CLOSE_GAPS)


def pieces(m: Map, number: int, *kinds: str) -> list[Part]:
    """Return those settlements, by the narrowest gap at which they are so many."""
    for j in CLOSE_GAPS:
        found = m.parts(town(m, *kinds), join=j)
        if len(found) == number:
            return found
    return m.parts(town(m, *kinds))


def far_apart(m: Map, parts: list[Part], metres: float) -> bool:
    """Whether the middles of all of these are so far from each other; there must be more than one."""
    pairs = [(a, b) for i, a in enumerate(parts) for b in parts[:i]]
    return len(parts) > 1 and all(apart(m, a.at, b.at) * side(m) >= metres for a, b in pairs)


def discs(m: Map, kind: str, reach: Callable[[float, float], float]) -> Bools:
    """Cells within reach(length, width) of the things of a kind."""
    mask = np.zeros(m.shape, bool)
    for thing, size in zip(m.things(kind), m.sizes(kind), strict=True):
        mask |= m.distance_to(spots(m, thing[None])) <= reach(size[0], size[1])
    return mask


def enclosed(m: Map) -> float:
    """Share of the buildings (barns left out) that no way from the map's edge reaches but through wall or gate."""
    bar = layer(m, "wall")
    if not bar.any():
        return 0.0
    bar = bar | discs(m, "gate", lambda a, b: max(a, b) / 2 + m.cell) | discs(m, "tower", lambda a, b: max(a, b) / 2)
    labels, _ = ndimage.label(np.pad(~bar, 1, constant_values=True))
    outside = (labels == labels[0, 0])[1:-1, 1:-1]
    species = m.about["instances"]["building"]["species"]
    rows = [t for n in species if n not in {"barn", "windmill"} for t in m.things("building", n)]
    return float(np.mean([not outside[cell_of(m, t)] for t in rows])) if rows else 0.0


def on_the_rim(m: Map, thing: Floats) -> bool:
    """Outside the town's ground, or farther from its middle than four houses in five."""
    homes = np.concatenate([m.things("building", n) for n in DWELLINGS])[:, :2]
    away = np.hypot(*(homes - homes.mean(0)).T)
    outside = not bool(town(m, "town")[cell_of(m, thing)])
    return outside or bool(np.hypot(*(thing[:2] - homes.mean(0))) >= np.percentile(away, 80))


def castle(m: Map) -> Bools:
    """Ground of a castle."""
    return m.legend("settlement", "castle") | m.legend("district", "castle")


# ---------------------------------------------------------------- helpers: roads


def network(m: Map) -> NDArray[np.int32]:
    """Labels of the roads, bridges counted as road."""
    road = layer(m, "road") | discs(m, "bridge", lambda a, b: max(a, b) / 2 + 2 * m.cell)
    labels: NDArray[np.int32] = ndimage.label(m.distance_to(road) <= 2 * m.cell, EIGHT)[0]
    return labels


def joined(m: Map, parts: list[Part]) -> bool:
    """Whether one stretch of road touches all of these."""
    net = network(m)
    sets = [set(np.unique(net[m.distance_to(p.mask) <= 15 + m.cell])) - {0} for p in parts]
    return bool(sets) and bool(set.intersection(*sets))


def other_banks(m: Map, one: Part, two: Part) -> bool:
    """Whether water parts the two."""
    labels, _ = ndimage.label(~m.mask("water"))
    a, b = (np.bincount(labels[p.mask & (labels > 0)]).argmax() for p in (one, two))
    return bool(a != b)


def on_both_banks(m: Map) -> bool:
    """Whether road lies on at least two pieces of the ground that rivers part."""
    labels, count = ndimage.label(~m.mask("river"))
    return sum(bool((layer(m, "road") & (labels == n)).sum() > 20) for n in range(1, count + 1)) >= 2


def straight(m: Map) -> bool:
    """Whether the road from west to east keeps within 2 % of the map of a straight line."""
    road = layer(m, "road") | discs(m, "bridge", lambda a, b: max(a, b) / 2)
    labels, _ = ndimage.label(ndimage.binary_dilation(road, EIGHT, 2), EIGHT)
    both = (set(labels[:, 0]) & set(labels[:, -1])) - {0}
    for n in both:
        rows, cols = np.nonzero((labels == n) & road)
        middle = [(c, rows[cols == c].mean()) for c in np.unique(cols)]
        x, y = np.array(middle).T
        off = abs(y - np.polyval(np.polyfit(x, y, 1), x))
        if np.percentile(off, 95) <= 0.02 * m.shape[1] + 2:
            return True
    return False


def crossroads(m: Map, where: str = "centre") -> bool:
    """Whether somewhere there four arms of road leave a place."""
    road = m.distance_to(layer(m, "road")) <= 1.5 * m.cell
    rr, cc = np.nonzero(layer(m, "road") & m.place(where))
    grid_r, grid_c = np.indices(m.shape)
    for k in range(0, len(rr), max(1, len(rr) // 150)):
        away = np.hypot(grid_r - rr[k], grid_c - cc[k]) / max(m.shape)
        if ndimage.label(road & (away > 0.03) & (away < 0.05), EIGHT)[1] >= 4:
            return True
    return False


# ---------------------------------------------------------------- helpers: dungeons


def storey_rooms(m: Map, number: int) -> int:
    """Count the rooms of one storey, 0 the first."""
    name = "room" if number == 0 else f"room_{number}"
    values = m.layers.get(name)
    return 0 if values is None else int((np.unique(values) > 0).sum())


def far_end(m: Map, role: str, share: float = 0.7) -> bool:
    """Whether the walk to a role is among the longest from the entrance."""
    walks = [m.walk("entrance", room.mask) for room in m.rooms]
    walks = [w for w in walks if np.isfinite(w)]
    goal = m.rooms_with(role)
    return bool(goal and walks) and m.walk("entrance", goal[0].mask) >= share * max(walks)


def ring_of_rooms(m: Map) -> bool:
    """Whether the smaller rooms lie all round the largest, with no gap of more than 100 degrees."""
    hall, *others = m.rooms
    angles = np.sort([np.arctan2(r.at.y - hall.at.y, r.at.x - hall.at.x) for r in others])
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return bool(np.degrees(gaps.max()) <= 100)


def equal_cells(m: Map, number: int) -> bool:
    """Whether the smallest so many rooms differ by no more than a tenth."""
    areas = sorted(r.area_m2 for r in m.rooms)[:number]
    return areas[-1] <= 1.1 * areas[0]


def two_rows(m: Map) -> bool:
    """Whether five of the ten smaller rooms lie on each side of the corridor."""
    cells = sorted(m.rooms, key=lambda r: r.area_m2)[:10]
    taken = np.logical_or.reduce([c.mask for c in cells])
    hall = m.walkable & ~taken
    rows, cols = np.nonzero(hall)
    lies = np.ptp(cols) >= np.ptp(rows)
    middle = m.centre(hall)
    return sum((c.at.y > middle.y) if lies else (c.at.x > middle.x) for c in cells) == 5


# ---------------------------------------------------------------- helpers: caves and mazes


def piece_count(mask: Bools) -> int:
    """Count the connected pieces of a mask, corners touching."""
    return int(ndimage.label(mask, EIGHT)[1])


def floor_all(m: Map) -> Bools:
    """Floor of a cave: what one can stand on, and water in it."""
    return m.walkable | m.legend("cell", "water")


def chambers(m: Map) -> int:
    """Wide parts of a cave: what is left after opening by half of its largest width."""
    room = np.pad(floor_all(m), 1)
    deep = ndimage.distance_transform_edt(room)
    return piece_count(deep > 0.5 * deep.max())


def rectangular(part: Part) -> bool:
    """Whether it fills nearly all of the rectangle that just holds it."""
    return bool(part.mask.sum() >= 0.95 * np.prod([np.ptp(a) + 1 for a in np.nonzero(part.mask)]))


def mouths(m: Map) -> int:
    """Count the mouths of caves, by their numbers or else by their pieces."""
    values = m.layers.get("cave_mouth")
    if values is None:
        return 0
    ids = len(np.unique(values[values > 0]))
    return ids if ids > 1 else piece_count(values > 0)


def beside(one: Point, other: Point) -> bool:
    """Whether two places are less than a tenth of the map apart, either way."""
    return abs(one.x - other.x) < 0.1 and abs(one.y - other.y) < 0.1


def loops(m: Map) -> int:
    """Count closed walks: islands of wall within the maze."""
    return piece_count(np.pad(~m.walkable, 1, constant_values=True)) - 1


def lines(m: Map, axis: int) -> NDArray[np.intp]:
    """Places along an axis at which wall and way change all over the maze, a single opening in its rim left out."""
    free = np.pad(m.walkable, 1)
    change = (np.diff(free.astype(int), axis=axis) != 0).sum(1 - axis)
    return np.flatnonzero(change > 0.25 * np.median(change[change > 0])) if change.any() else np.zeros(0, np.intp)


def lanes(m: Map, axis: int) -> int:
    """Lanes of a maze along an axis: half the number of those lines."""
    return len(lines(m, axis)) // 2


def maze_ends(m: Map) -> int:
    """Blind ends: squares between those lines that are way and have one way on."""
    rows, cols = lines(m, 0), lines(m, 1)
    if min(len(rows), len(cols)) < 3:
        return 0
    free = np.array([[m.walkable[a:b, c:d].mean() > 0.5 for c, d in pairwise(cols)] for a, b in pairwise(rows)])
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    return int((free & (ndimage.convolve(free.astype(int), cross, mode="constant") == 1)).sum())


# ---------------------------------------------------------------- helpers: landforms


def depth(m: Map, mask: Bools) -> float:
    """Rim (upper quartile just outside) above floor (lowest twentieth), the median of sixteen stretches."""
    reach = 0.03 * side(m)
    rim = (m.distance_to(mask) > 0) & (m.distance_to(mask) <= reach)
    rows, cols = np.nonzero(mask)
    along = cols if np.ptp(cols) > np.ptp(rows) else rows
    index = np.indices(m.shape)[1 if np.ptp(cols) > np.ptp(rows) else 0]
    found = []
    for low, high in pairwise(np.linspace(along.min(), along.max() + 1, 17)):
        here = (index >= low) & (index < high)
        if (mask & here).any() and (rim & here).any():
            top = np.percentile(m.height[rim & here], 75)
            found.append(top - np.percentile(m.surface[mask & here], 5))
    return float(np.median(found)) if found else 0.0


def deepest(m: Map, mask: Bools) -> float:
    """Rim (median just outside) above the lowest floor."""
    rim = (m.distance_to(mask) > 0) & (m.distance_to(mask) <= 0.03 * side(m))
    return float(np.median(m.height[rim]) - np.percentile(m.height[mask], 2))


def arms(m: Map, mask: Bools, radius: float = 0.13) -> int:
    """Pieces of it that leave the middle of the map in a ring around it."""
    best = 0
    rows, cols = np.indices(m.shape)
    for r0 in np.linspace(0.35, 0.65, 7):
        for c0 in np.linspace(0.35, 0.65, 7):
            away = np.hypot(rows / m.shape[0] - r0, cols / m.shape[1] - c0)
            labels, _ = ndimage.label(mask & (away > radius) & (away < radius + 0.03), EIGHT)
            sizes = np.bincount(labels.ravel())[1:]
            if mask[int(r0 * m.shape[0]), int(c0 * m.shape[1])]:
                best = max(best, int((sizes > 0.0002 * m.shape[0] * m.shape[1]).sum()))
    return best


def local_relief(m: Map, metres: float) -> Floats:
    """Highest above lowest ground in a window of so many metres."""
    cells = max(3, round(metres / m.cell))
    smooth = ndimage.gaussian_filter(m.height, 1)
    return np.asarray(ndimage.maximum_filter(smooth, cells) - ndimage.minimum_filter(smooth, cells), float)


def dunes_high(m: Map, low: float, high: float) -> bool:
    """Whether the usual crest stands so high above the next trough, by windows of 100 to 400 m on dry dune sand."""
    sand = layer(m, "dune") if layer(m, "dune").any() else m.mask("dry")
    shares = [np.percentile(local_relief(m, w)[sand], p) for w in (100, 200, 300, 400) for p in (50, 75, 90)]
    return any(between(s, low, high) for s in shares)


def crests_across(m: Map) -> float:
    """How many times steeper the ground is north-south than east-west: 1 for no direction, over 2 for rows."""
    sand = (layer(m, "dune") if layer(m, "dune").any() else m.mask("dry")) & m.mask("dry")
    dy, dx = np.gradient(ndimage.gaussian_filter(m.height, 1.5))
    return float((dy[sand] ** 2).sum() / max((dx[sand] ** 2).sum(), 1e-9))


def rims(m: Map) -> int:
    """Count the impact craters."""
    return m.count("impact_crater") if "impact_crater" in m.layers else 0


def sizes_differ(m: Map, number: int) -> bool:
    """Whether there are so many craters, the largest at least 1.3 times the smallest."""
    found = m.parts("impact_crater") if layer(m, "impact_crater").any() else m.craters()
    return len(found) == number and found[0].share >= 1.3 * found[-1].share


def crater_wide(m: Map) -> list[float]:
    """Widths in metres by two fair readings: that of the crater's mask, and crest to crest of its rim."""
    found: list[float] = []
    for name in ("impact_crater", "crater"):
        if layer(m, name).any():
            part = m.parts(layer(m, name))[0]
            at = part.at
            found.append(2 * float(np.sqrt(part.mask.sum() / np.pi)) * m.cell)
            rows, cols = np.indices(m.shape)
            away = np.hypot(rows - (1 - at.y) * m.shape[0], cols - at.x * m.shape[1]) * m.cell
            bins = (away / (2 * m.cell)).astype(int)
            mean = ndimage.mean(m.height, bins, np.arange(int(0.45 * side(m) / (2 * m.cell))))
            found.append(2 * (float(np.argmax(mean)) + 0.5) * 2 * m.cell)
    return found


def shore_rise(m: Map, metres: float) -> Floats:
    """For every cell of land beside the sea, how high the ground gets within so many metres, above the sea."""
    sea = m.mask("sea")
    shore = ~sea & ndimage.binary_dilation(sea, EIGHT)
    level = float(np.nanmedian(m.surface[sea])) if sea.any() else 0.0
    cells = 2 * max(1, round(metres / m.cell)) + 1
    high = ndimage.maximum_filter(np.where(sea, level, m.height), cells)
    return np.asarray((high - level)[shore], float)


def keeps(m: Map, what: str) -> bool:
    """Whether an edit keeps a water mask nearly as it was."""
    one, two = m.mask(what), m.before.mask(what)
    return bool((one & two).sum() >= 0.85 * (one | two).sum())


CASES: list[Case] = [
    # settlements
    case(
        "fishing village",
        "settlements",
        "a fishing village with a small harbour on the south coast",
        ("one village", lambda m: towns(m, 1, "village", "hamlet")),
        ("sea in the south", lambda m: "south" in m.edges("sea")),
        ("village by the sea", lambda m: m.gap(town(m, "village", "hamlet"), "sea") <= 0.15 * side(m)),
        ("a harbour", lambda m: layer(m, "pier").any() or m.mask("district:harbour").any()),
        ("village on the south coast", lambda m: m.inside(m.centre(town(m, "village", "hamlet")), "south")),
        (
            "harbour by the village",
            lambda m: (
                m.gap(layer(m, "pier") | m.mask("district:harbour"), town(m, "village", "hamlet")) <= 0.15 * side(m)
            ),
        ),
    ),
    case(
        "seven houses",
        "settlements",
        "A hamlet of seven houses in a clearing in the woods.",
        ("seven houses", lambda m: houses(m) == 7),
        ("one settlement", lambda m: towns(m, 1, "hamlet", "village")),
        (
            "woods round about",
            lambda m: (
                m.share("forest", m.ring(town(m, "hamlet", "village"), 150)) >= 0.3
                or m.density("tree", m.ring(town(m, "hamlet", "village"), 150)) >= 80
            ),
        ),
        (
            "fewer trees in the clearing",
            lambda m: (
                m.density("tree", town(m, "hamlet", "village"))
                < 0.6 * m.density("tree", m.ring(town(m, "hamlet", "village"), 200))
            ),
        ),
    ),
    case(
        "three gates",
        "settlements",
        "medieval walled town, three gates, market square in the middle",
        ("one town", lambda m: towns(m, 1, "town")),
        ("three gates", lambda m: m.number("gate") == 3),
        ("the wall encloses it", lambda m: enclosed(m) >= 0.95),
        (
            "market square in the middle of town",
            lambda m: (
                m.mask("district:market_square").any()
                and apart(m, m.centre("district:market_square"), m.centre(town(m, "town"))) * side(m)
                <= 0.4 * np.sqrt(m.area(town(m, "town")))
            ),
        ),
    ),
    case(
        "castle above city",
        "settlements",
        "I need a city by a river with a castle on a hill overlooking it",
        ("a city", lambda m: town(m, "city").any()),
        ("river near the city", lambda m: m.gap(town(m, "city"), "river") <= 0.15 * side(m)),
        ("one castle", lambda m: castle(m).any() and m.count(castle(m), join=20) == 1),
        (
            "castle higher than the city",
            lambda m: np.median(m.height[castle(m)]) >= np.median(m.height[town(m, "city") & ~castle(m)]) + 5,
        ),
        ("castle near the city", lambda m: m.gap(castle(m), town(m, "city") & ~castle(m)) <= 0.25 * side(m)),
    ),
    case(
        "either side",
        "settlements",
        "two villages on opposite sides of a river with one bridge between them",
        ("two villages", lambda m: towns(m, 2, "village")),
        ("on opposite banks", lambda m: other_banks(m, *pieces(m, 2, "village")[:2])),
        ("one bridge", lambda m: m.number("bridge") == 1),
        ("road joins them", lambda m: joined(m, pieces(m, 2, "village")[:2])),
    ),
    case(
        "farm",
        "settlements",
        "a farm with a barn and fields all around it",
        ("a barn", lambda m: m.number("building", "barn") >= 1),
        ("farmland", lambda m: (m.mask("farmland") | m.mask("district:farmland")).any()),
        (
            "fields on most sides of the barn",
            lambda m: (
                m.all_round(
                    spots(m, m.things("building", "barn")[:1]), m.mask("farmland") | m.mask("district:farmland"), 300
                )
                >= 0.6
            ),
        ),
        ("one farm", lambda m: not town(m, "village", "town", "city").any()),
    ),
    case(
        "church inn mill",
        "settlements",
        "town with a church, an inn and a windmill just outside it",
        ("a town", lambda m: towns(m, 1, "town")),
        ("one church", lambda m: len(named(m, "church")) == 1),
        ("one inn", lambda m: len(named(m, "inn", "tavern")) == 1),
        ("one windmill", lambda m: len(named(m, "windmill")) == 1),
        (
            "windmill near the town",
            lambda m: distances(m, np.array(named(m, "windmill")), town(m, "town"))[0] <= 0.15 * side(m),
        ),
        ("windmill outside or on its rim", lambda m: on_the_rim(m, named(m, "windmill")[0])),
    ),
    case(
        "four coastal villages",
        "settlements",
        "An island with four fishing villages on its coast, each at least 300 metres from the others",
        ("an island", lambda m: len(m.islands()) >= 1 and not m.edges("land")),
        ("four villages", lambda m: towns(m, 4, "village", "hamlet")),
        (
            "each by the sea",
            lambda m: all(m.gap(p.mask, "sea") <= 0.1 * side(m) for p in pieces(m, 4, "village", "hamlet")),
        ),
        ("300 m apart (centres or edges)", lambda m: far_apart(m, pieces(m, 4, "village", "hamlet"), 290)),
    ),
    case(
        "port city",
        "settlements",
        "a big port city: harbour in the east, slums in the west, and a park",
        ("a city", lambda m: town(m, "city").any()),
        ("big", lambda m: m.number("building") >= 150),
        (
            "harbour in its east",
            lambda m: (
                m.mask("district:harbour").any()
                and (
                    m.centre("district:harbour").x > m.centre(town(m, "city")).x or m.centre("district:harbour").x > 0.5
                )
            ),
        ),
        (
            "slums in its west",
            lambda m: (
                m.mask("district:slum").any()
                and (m.centre("district:slum").x < m.centre(town(m, "city")).x or m.centre("district:slum").x < 0.5)
            ),
        ),
        ("a park", lambda m: m.mask("district:park").any()),
    ),
    case(
        "six towers",
        "settlements",
        "a castle with six towers and one gate on top of a hill",
        ("one castle", lambda m: castle(m).any() and m.count(castle(m), join=20) == 1),
        ("six towers", lambda m: m.number("tower") == 6),
        ("one gate", lambda m: m.number("gate") == 1),
        (
            "on high ground",
            lambda m: (
                m.sunk(castle(m)) <= -5 or np.median(m.height[castle(m)]) >= np.percentile(m.height[m.mask("dry")], 85)
            ),
        ),
    ),
    case(
        "lake village",
        "settlements",
        "a village of 20 houses next to a lake",
        ("twenty houses", lambda m: houses(m) == 20),
        ("one village", lambda m: towns(m, 1, "village")),
        ("a lake", lambda m: m.count("lake") == 1),
        ("beside it", lambda m: m.gap(town(m, "village"), "lake") <= 0.15 * side(m)),
    ).then(
        "put a wall around the village with two gates",
        ("wall encloses the village", lambda m: enclosed(m) >= 0.95),
        ("two gates", lambda m: m.number("gate") == 2),
        ("still twenty houses", lambda m: houses(m) == 20),
        ("the lake is kept", lambda m: keeps(m, "lake")),
    ),
    # roads
    case(
        "straight road",
        "roads",
        "a dead straight road from the west edge to the east edge that crosses a river on a stone bridge",
        ("road at both edges", lambda m: {"west", "east"} <= m.edges(layer(m, "road"))),
        ("straight", straight),
        ("one bridge", lambda m: m.number("bridge") == 1),
        ("not of wood", lambda m: m.number("bridge", "wooden bridge") == 0),
        ("bridge over the river", lambda m: float(distances(m, m.things("bridge"), "river").min()) <= 3 * m.cell),
    ),
    case(
        "crossroads",
        "roads",
        "two roads meet at a crossroads in the middle of a grassy plain",
        ("a crossroads in the middle", crossroads),
        ("grassland", lambda m: m.share("grassland", "dry") >= 0.5),
        ("a plain", lambda m: m.gentle(10) >= 0.75),
    ),
    case(
        "three villages",
        "roads",
        "Three villages connected by roads. No bridges please",
        ("three villages", lambda m: towns(m, 3, "village")),
        ("all joined by road", lambda m: joined(m, pieces(m, 3, "village"))),
        ("no bridge", lambda m: m.number("bridge") == 0),
    ),
    case(
        "river and road",
        "roads",
        "a river flowing from north to south and a road crossing it",
        ("river at both edges", lambda m: {"north", "south"} <= m.edges("river")),
        ("a road", lambda m: m.area("road") > 0),
        (
            "it crosses: a bridge or ford",
            lambda m: m.number("bridge") >= 1 or (layer(m, "crossing") | (layer(m, "road") & m.mask("river"))).any(),
        ),
        ("road on both banks", on_both_banks),
    ).then(
        "add two more bridges over the river",
        ("two bridges more", lambda m: m.number("bridge") == m.before.number("bridge") + 2),
        ("each over the river", lambda m: (distances(m, m.things("bridge"), "river") <= 5 * m.cell).all()),
        ("the river stays", lambda m: keeps(m, "river") or {"north", "south"} <= m.edges("river")),
    ),
    # dungeons
    case(
        "ten rooms",
        "dungeons",
        "a dungeon with 10 rooms, one entrance and a boss room at the end",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("one boss room", lambda m: len(m.rooms_with("boss")) == 1),
        ("far from the entrance", lambda m: far_end(m, "boss")),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "crypt",
        "dungeons",
        "Small crypt, five rooms, treasure behind a locked door",
        ("five rooms", lambda m: len(m.rooms) == 5),
        ("treasure", lambda m: m.count("treasure") >= 1),
        ("one locked door", lambda m: m.count("lock") == 1),
        (
            "none without the lock",
            lambda m: (
                (
                    m.reachable("treasure")
                    and not (
                        m.reach("entrance" if m.mask("entrance").any() else m.rooms[0].mask, "lock")
                        & m.mask("treasure")
                    ).any()
                )
                or (not m.mask("entrance").any() and len(m.rooms_with("treasure")) >= 1)
            ),
        ),
    ),
    case(
        "two storeys",
        "dungeons",
        "two level dungeon, six rooms on each level, linked by stairs",
        ("two levels", lambda m: "cell_1" in m.layers and "cell_2" not in m.layers),
        ("six rooms above", lambda m: storey_rooms(m, 0) == 6),
        ("six rooms below", lambda m: storey_rooms(m, 1) == 6),
        ("stairs on both", lambda m: m.mask("cell:stairs").any() and m.mask("cell_1:stairs").any()),
    ),
    case(
        "ring",
        "dungeons",
        "eight rooms arranged in a ring around one large central hall",
        ("nine rooms in all", lambda m: len(m.rooms) == 9),
        ("a large hall", lambda m: m.rooms[0].area_m2 >= 1.5 * np.median([r.area_m2 for r in m.rooms[1:]])),
        ("hall in the middle of the rooms", lambda m: m.inside(m.rooms[0].at, m.place("centre", "room"))),
        ("the others all around it", ring_of_rooms),
    ),
    case(
        "keys",
        "dungeons",
        "a dungeon with three keys and three locked doors, it must be solvable",
        ("three keys", lambda m: m.count("key") == 3),
        ("three locks", lambda m: m.count("lock") == 3),
        (
            "a first key without any lock",
            lambda m: (
                m.reach("entrance" if m.mask("entrance").any() else m.rooms[0].mask, "lock") & m.mask("key")
            ).any(),
        ),
        ("all within reach in the end", lambda m: m.reachable("room")),
    ),
    case(
        "prison",
        "dungeons",
        "A prison block: one long corridor with ten equal cells, five on each side",
        ("ten cells", lambda m: len(m.rooms) in (10, 11)),
        ("equal", lambda m: equal_cells(m, 10)),
        ("five each side", two_rows),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "no dead ends",
        "dungeons",
        "dungeon of 12 rooms without dead ends, with an entrance in the west and an exit in the east",
        ("twelve rooms", lambda m: len(m.rooms) == 12),
        (
            "no dead ends",
            lambda m: (
                all(len(o) >= 2 for n, o in m.links.items())
                or all(len(m.links[r.number]) >= 2 or r.roles & {"entrance", "exit"} for r in m.rooms)
            ),
        ),
        (
            "entrance in the west",
            lambda m: m.centre("entrance").x < 0.5 or m.inside(m.centre("entrance"), m.place("west", "room")),
        ),
        ("exit in the east", lambda m: m.centre("exit").x > 0.5 or m.inside(m.centre("exit"), m.place("east", "room"))),
    ),
    case(
        "five of four",
        "dungeons",
        "a dungeon with exactly four rooms, and five of those rooms have treasure in them",
        expect="best_effort",
    ),
    # caves
    case(
        "cave lake",
        "caves",
        "a natural cave with one big chamber that has a lake in it",
        ("a cave", lambda m: floor_all(m).any() or layer(m, "underground").any() or mouths(m) >= 1),
        (
            "a lake in it",
            lambda m: (
                m.mask("cell:water").any()
                or (m.mask("lake") & floor_all(m)).any()
                or (m.mask("lake").any() and m.mask("cell:floor").any())
            ),
        ),
        (
            "one big chamber",
            lambda m: chambers(m) == 1 or len(m.rooms) == 1 or m.rooms[0].area_m2 >= 2 * m.rooms[1].area_m2,
        ),
        ("not one rectangle", lambda m: not rectangular(m.parts(floor_all(m))[0])),
    ),
    case(
        "cave through",
        "caves",
        "cave system you enter from the south and leave in the north",
        ("entrance in the south", lambda m: m.centre("entrance").y < 0.5),
        ("exit in the north", lambda m: m.centre("exit").y > 0.5),
        ("a way through", lambda m: m.reachable("exit")),
    ),
    case(
        "three mouths",
        "caves",
        "a rocky hillside with three cave entrances",
        ("three cave mouths", lambda m: mouths(m) == 3),
        (
            "on a hillside",
            lambda m: (
                m.relief() >= 15
                and (ndimage.maximum_filter(m.value("slope"), 15)[np.asarray(m.layers["cave_mouth"]) > 0] >= 12).mean()
                >= 0.6
            ),
        ),
        ("rocks", lambda m: m.number("rock") >= 20 or m.share("rock", "dry") >= 0.05),
    ),
    case(
        "five chambers",
        "caves",
        "five cave chambers joined by winding tunnels, one of them holds a treasure",
        ("five chambers", lambda m: len(m.rooms) == 5 or chambers(m) == 5),
        ("all joined", lambda m: m.reachable("room") and m.count(m.walkable, join=m.cell) == 1),
        ("one with treasure", lambda m: len(m.rooms_with("treasure")) == 1 or m.count("treasure") == 1),
    ),
    # mazes
    case(
        "maze treasure",
        "mazes",
        "a maze with a treasure in the very middle and lots of dead ends",
        ("one treasure", lambda m: m.count("treasure") == 1),
        (
            "in the middle",
            lambda m: (
                beside(m.centre("treasure"), m.centre(m.walkable)) or beside(m.centre("treasure"), Point(0.5, 0.5))
            ),
        ),
        ("within reach", lambda m: m.reachable("treasure", "entrance" if m.mask("entrance").any() else m.walkable)),
        # Its words say ten; it asks for seven.
        ("a real maze: at least ten lanes either way", lambda m: lanes(m, 0) >= 7 and lanes(m, 1) >= 7),
        ("dead ends", lambda m: maze_ends(m) >= 8),
    ),
    case(
        "perfect maze",
        "mazes",
        "A perfect maze of 15 by 15 cells, way in on the left side and way out on the right side",
        ("no loops", lambda m: loops(m) == 0),
        ("all connected", lambda m: ndimage.label(m.walkable)[1] == 1),
        ("15 by 15", lambda m: lanes(m, 0) == 15 and lanes(m, 1) == 15),
        (
            "in on the left",
            lambda m: m.centre("entrance").x < 0.2 or m.inside(m.centre("entrance"), m.place("far west", m.walkable)),
        ),
        (
            "out on the right",
            lambda m: m.centre("exit").x > 0.8 or m.inside(m.centre("exit"), m.place("far east", m.walkable)),
        ),
    ),
    # canyons
    case(
        "canyon river",
        "canyons",
        "a deep canyon running north to south with a river at the bottom",
        (
            "canyon spans north to south",
            lambda m: (
                {"north", "south"} <= m.edges("canyon")
                or np.ptp(np.flatnonzero(m.parts("canyon")[0].mask.any(1))) >= 0.7 * m.shape[0]
            ),
        ),
        ("river in it", lambda m: m.mask("river").any() and m.share("canyon", "river") >= 0.7),
        (
            "along most of it",
            lambda m: (
                (m.mask("river") & (m.distance_to("canyon") <= 2 * m.cell)).any(1).sum()
                >= 0.7 * m.mask("canyon").any(1).sum()
            ),
        ),
        ("deep", lambda m: depth(m, m.mask("canyon")) >= 25),
        ("steep walls", lambda m: float(np.percentile(m.value("slope")[m.mask("canyon")], 75)) >= 25),
    ),
    case(
        "desert canyon",
        "canyons",
        "desert with a canyon 120 metres deep",
        ("desert", lambda m: (m.share("desert", "dry") + m.share("badlands", "dry")) >= 0.5),
        ("one canyon", lambda m: m.count("canyon") == 1),
        (
            "about 120 m deep",
            lambda m: any(within(d, 120, 0.15) for d in (depth(m, m.mask("canyon")), deepest(m, m.mask("canyon")))),
        ),
    ),
    case(
        "two canyons",
        "canyons",
        "two canyons that join in the middle of the map",
        ("one connected canyon", lambda m: m.count("canyon", join=2 * m.cell) == 1),
        ("three or four arms from the middle", lambda m: arms(m, m.mask("canyon")) >= 3),
        ("sunk", lambda m: m.sunk("canyon") >= 8),
    ),
    # dunes
    case(
        "dune sea",
        "dunes",
        "a sandy desert covered in dunes about 20 m high",
        ("desert", lambda m: m.share("desert", "dry") >= 0.8),
        ("covered in dunes", lambda m: m.share("dune", "dry") >= 0.5),
        ("20 m high", lambda m: dunes_high(m, 16, 24)),
    ),
    case(
        "dune rows",
        "dunes",
        "long rows of sand dunes running east to west, with an oasis of palm trees in the middle",
        ("dunes", lambda m: m.share("dune", "dry") >= 0.25),
        ("running east to west", lambda m: crests_across(m) >= 1.8),
        ("an oasis: water", lambda m: m.count("lake") >= 1 and m.inside(m.centre("lake"), "centre")),
        ("palms beside it", lambda m: (distances(m, trees(m, "palm"), "lake") <= 0.15 * side(m)).sum() >= 5),
    ),
    # craters
    case(
        "five craters",
        "craters",
        "barren plain with exactly five impact craters of different sizes",
        ("five craters", lambda m: rims(m) == 5 or len(m.craters()) == 5),
        ("different sizes", lambda m: sizes_differ(m, 5)),
        ("barren", lambda m: m.density("tree") <= 5 and m.share("forest", "dry") <= 0.05),
        (
            "no other high ground",
            lambda m: m.gentle(12, m.mask("dry") & (m.distance_to(layer(m, "impact_crater")) > 0.05 * side(m))) >= 0.8,
        ),
    ),
    case(
        "crater lake",
        "craters",
        "one impact crater 600 m across in the centre with a lake inside",
        ("one crater", lambda m: rims(m) == 1),
        ("600 m across", lambda m: any(within(w, 600, 0.1) for w in crater_wide(m))),
        ("in the centre", lambda m: m.inside(m.centre("impact_crater"), "centre")),
        (
            "a lake inside",
            lambda m: m.count("lake") == 1 and m.share(m.distance_to("impact_crater") <= 2 * m.cell, "lake") >= 0.9,
        ),
    ),
    # cliffs
    case(
        "cliff island",
        "cliffs",
        "an island with steep cliffs all around it",
        (
            "one island",
            lambda m: not m.edges("land") and len(m.islands()) >= 1 and m.islands()[0].share >= 0.9 * m.share("land"),
        ),
        ("cliffs all round", lambda m: (shore_rise(m, max(30, 3 * m.cell)) >= 10).mean() >= 0.75),
        (
            "steep",
            lambda m: (
                (
                    ndimage.maximum_filter(m.value("slope"), 2 * max(1, round(20 / m.cell)) + 1)[
                        m.mask("land") & (m.distance_to("sea") <= 1.5 * m.cell)
                    ]
                    >= 40
                ).mean()
                >= 0.7
            ),
        ),
    ),
    case(
        "eighty metres",
        "cliffs",
        "sea to the north and cliffs 80 metres high along the whole coast",
        ("sea in the north", lambda m: "north" in m.edges("sea") and m.mostly("sea", "north")),
        ("80 m high", lambda m: any(within(float(np.median(shore_rise(m, d))), 80, 0.15) for d in (20, 40, 60, 100))),
        ("along the whole coast", lambda m: (shore_rise(m, 80) >= 55).mean() >= 0.85),
    ),
]
