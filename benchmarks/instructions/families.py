"""Forty instructions about settlements, roads, interiors and rough ground, by a tester who had not seen the code."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from measure import Case, Map, Part, Point, case
from scipy import ndimage, signal
from shared import (
    any_of,
    between,
    cells_of,
    high_ground,
    layer,
    one_island,
    side,
    spans,
    trees,
    wide,
)

NOT_DWELLINGS = ("church", "town hall", "barn", "castle", "keep", "temple", "warehouse", "mill")
MIN_VILLAGE = 4
MIN_TOWN = 15
STEEP = 40.0


# ---------------------------------------------------------------- helpers: general


def within(value: float, wanted: float, part: float) -> bool:
    """Tell whether it is met within so large a part of what was asked."""
    return bool(np.isfinite(value)) and abs(value / wanted - 1) <= part


def disc(m: Map, at: tuple[int, int], metres: float) -> np.ndarray:
    """Cells within so many metres of a cell."""
    rows, cols = np.ogrid[: m.shape[0], : m.shape[1]]
    return np.asarray(np.hypot(rows - at[0], cols - at[1]) * m.cell <= metres, bool)


# ---------------------------------------------------------------- helpers: settlements


def points(m: Map) -> np.ndarray:
    """One cell for every building."""
    mask = np.zeros(m.shape, bool)
    mask[cells_of(m, m.things("building"))] = True
    return mask


def dwellings(m: Map) -> int:
    """Count buildings that are no church, barn or the like."""
    known = m.about["instances"].get("building", {}).get("species", [])
    others = sum(m.number("building", name) for name in known if any(w in name.lower() for w in NOT_DWELLINGS))
    return m.number("building") - others


def houses(m: Map, low: float, high: float | None = None) -> bool:
    """So many houses, be it all buildings or the dwellings only."""
    return any(between(n, low, low if high is None else high) for n in (m.number("building"), dwellings(m)))


def townsfolk(m: Map) -> Point:
    """Middle of all buildings."""
    at = m.things("building")
    if not len(at):
        return Point(float("nan"), float("nan"))
    x, y = at[:, 0].mean() - m.origin[0], at[:, 1].mean() - m.origin[1]
    return Point(float(x / m.extent[0]), float(y / m.extent[1]))


def towards(m: Map, where: str) -> bool:
    """Tell whether the middle of all buildings lies in a place of the map or of the land."""
    at = townsfolk(m)
    return bool(np.isfinite(at.x)) and m.inside(at, where)


def clusters(m: Map, join: float) -> list[Part]:
    """Return groups of at least four buildings, no more than such a part of the map's side from one to the next."""
    return m.parts(points(m), MIN_VILLAGE / (m.shape[0] * m.shape[1]), join * side(m))


def villages(m: Map, number: int) -> list[Part]:
    """Return exactly so many groups of houses at some fair joining distance, else none."""
    for join in (0.05, 0.07, 0.09, 0.12):
        found = clusters(m, join)
        if len(found) == number:
            return found
    return []


def near_town(m: Map, what: np.ndarray | str, share: float = 0.15) -> bool:
    """Tell whether the nearest building stands near it."""
    return bool(m.gap(points(m), what) <= share * side(m))


def dry_feet(m: Map) -> bool:
    """Tell whether at least 95 % of the buildings stand on dry ground."""
    at = points(m)
    return bool(at.any()) and m.share("dry", at) >= 0.95


def fields(m: Map) -> np.ndarray:
    return any_of(m, "biome:farmland", "district:farmland")


def castle(m: Map) -> np.ndarray:
    return m.mask("district:castle")


def barrier(m: Map) -> np.ndarray:
    """City wall with its gates and towers shut."""
    wall = layer(m, "wall")
    for kind in ("gate", "tower"):
        things, sizes = m.things(kind), m.sizes(kind)
        for at, size in zip(zip(*cells_of(m, things), strict=True), sizes, strict=True):
            wall = wall | disc(m, (int(at[0]), int(at[1])), float(max(size[:2].max() / 2, 4)) + 2 * m.cell)
    return wall


def walled(m: Map, share: float = 0.8) -> bool:
    """Tell whether nearly all buildings lie where one cannot come from the map's edge without crossing the wall."""
    at = points(m)
    if not layer(m, "wall").any() or not at.any():
        return False
    labels, _ = ndimage.label(~ndimage.binary_closing(np.pad(barrier(m), 4), np.ones((3, 3)))[4:-4, 4:-4])
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    outside = np.isin(labels, rim[rim > 0])
    return float((~outside[at]).mean()) >= share


def square_in_middle(m: Map) -> bool:
    """Tell whether the market square is nearer to the middle of the houses than most of them."""
    at, middle, square = m.things("building"), townsfolk(m), m.centre("district:market_square")
    if not len(at) or not np.isfinite(square.x):
        return False
    away = np.hypot((square.x - middle.x) * m.extent[0], (square.y - middle.y) * m.extent[1])
    x, y = middle.x * m.extent[0] + m.origin[0], middle.y * m.extent[1] + m.origin[1]
    reach = np.sqrt(((at[:, 0] - x) ** 2 + (at[:, 1] - y) ** 2).mean())
    return bool(away <= 0.6 * reach)


def castle_on_hill(m: Map) -> bool:
    """Tell whether the castle stands above the town and above most ground around it."""
    keep = castle(m)
    if not keep.any() or not points(m).any():
        return False
    around = m.ring(keep, 0.1 * side(m)) & m.mask("land")
    own = float(m.height[keep].mean())
    return own > float(m.height[points(m) & ~keep].mean()) and float((m.height[around] < own).mean()) >= 0.6


def both_banks(m: Map, share: float = 0.15) -> bool:
    """Tell whether the river parts the houses, with so large a share of them on the lesser side."""
    at, river = points(m), m.mask("river")
    if not at.any() or not river.any():
        return False
    rows, cols = np.flatnonzero(at.any(1)), np.flatnonzero(at.any(0))
    pad = max(2, round(0.02 * max(m.shape)))
    window = (
        slice(max(rows[0] - pad, 0), rows[-1] + pad + 1),
        slice(max(cols[0] - pad, 0), cols[-1] + pad + 1),
    )
    labels, _ = ndimage.label(~river[window])
    sizes = np.sort(np.bincount(labels[at[window]], minlength=3)[1:])[::-1]
    return bool(sizes[1] >= share * at.sum())


# ---------------------------------------------------------------- helpers: roads


def ways(m: Map) -> np.ndarray:
    """Labels of the road network; roads a few cells apart, or parted by a bridge only, are one."""
    road = m.mask("road")
    if not road.any():
        return np.zeros(m.shape, int)
    grown = ndimage.binary_dilation(road, np.ones((3, 3)), 2)
    for row, col, length in bridges(m):
        grown = grown | disc(m, (row, col), length / 2 + 3 * m.cell)
    return np.asarray(ndimage.label(grown, np.ones((3, 3)))[0])


def joined(m: Map, one: np.ndarray, other: np.ndarray, share: float = 0.05) -> bool:
    """Tell whether one road comes close to both."""
    labels = ways(m)
    ends = [set(np.unique(labels[m.distance_to(mask) <= share * side(m)])) - {0} for mask in (one, other)]
    return bool(ends[0] & ends[1])


def crosses(m: Map, one: str, other: str) -> bool:
    """Tell whether one road leaves the map on both sides (within 2 % of the edge)."""
    labels, depth = ways(m), max(2, round(0.02 * max(m.shape)))
    strips = {
        "north": labels[:depth],
        "south": labels[-depth:],
        "west": labels[:, :depth],
        "east": labels[:, -depth:],
    }
    return bool((set(np.unique(strips[one])) & set(np.unique(strips[other]))) - {0})


def bridges(m: Map) -> list[tuple[int, int, float]]:
    """Row, column and length of every bridge."""
    things, sizes = m.things("bridge"), m.sizes("bridge")
    rows, cols = cells_of(m, things)
    return [(int(r), int(c), float(s[:2].max())) for r, c, s in zip(rows, cols, sizes, strict=True)]


def bridges_over(m: Map, what: str) -> bool:
    """Tell whether there are bridges and every one spans it."""
    away = m.distance_to(what)
    found = bridges(m)
    return bool(found) and all(away[r, c] <= length / 2 + 3 * m.cell for r, c, length in found)


def road_over_river(m: Map) -> bool:
    """Tell whether at some bridge there is road on two sides of the water."""
    road, water = m.mask("road"), m.mask("water")
    for row, col, length in bridges(m):
        near = disc(m, (row, col), 1.5 * length + max(0.02 * side(m), 4 * m.cell))
        labels, _ = ndimage.label(near & ~water)
        if len(set(np.unique(labels[road & near])) - {0}) >= 2:
            return True
    return False


def crossings(m: Map) -> list[tuple[int, int]]:
    """Road cells around which at least four arms of road leave a circle of 5 % of the map."""
    road = ndimage.binary_dilation(m.mask("road"), np.ones((3, 3)))
    cells = np.argwhere(m.mask("road"))
    if not len(cells):
        return []
    turn = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    found = []
    for row, col in cells[:: max(1, len(cells) // 1500)]:
        arms = []
        for part in (0.04, 0.06):
            reach = part * side(m) / m.cell
            r, c = np.rint(row + reach * np.sin(turn)).astype(int), np.rint(col + reach * np.cos(turn)).astype(int)
            inside = (r >= 0) & (r < m.shape[0]) & (c >= 0) & (c < m.shape[1])
            on = np.where(inside, road[r.clip(0, m.shape[0] - 1), c.clip(0, m.shape[1] - 1)], False)
            arms.append(int((on & ~np.roll(on, 1)).sum()))
        if min(arms) >= 4:
            found.append((int(row), int(col)))
    return found


def crossing_in_forest(m: Map) -> bool:
    """Tell whether around some crossroads much of the ground is forest, on all sides."""
    wood = any_of(m, "forest", "biome:forest")
    for at in crossings(m)[::20]:
        near = disc(m, at, 0.12 * side(m))
        dot = np.zeros(m.shape, bool)
        dot[at] = True
        if m.share(wood, near) >= 0.4 and m.all_round(dot, wood, 0.2 * side(m)) >= 0.8:
            return True
    return False


# ---------------------------------------------------------------- helpers: interiors


def storeys(m: Map) -> list[str]:
    """Return the endings of the layers of each floor: '', '_1', ..."""
    more = [name.removeprefix("cell") for name in m.layers if name.startswith("cell_") and name[5:].isdigit()]
    return ([""] if "cell" in m.layers else []) + sorted(more, key=lambda end: int(end[1:]))


def rooms_on(m: Map, end: str) -> int:
    numbers = np.asarray(m.layers.get(f"room{end}", np.zeros(m.shape, int)))
    return len(np.unique(numbers[numbers > 0]))


def boss_is_deepest(m: Map) -> bool:
    """Tell whether the boss is on the first or the last floor only, and not where one comes in."""
    ends = storeys(m)
    boss = [end for end in ends if m.legend(f"role{end}", "boss").any()]
    start = [end for end in ends if m.legend(f"role{end}", "entrance").any()]
    return len(ends) >= 2 and len(boss) == 1 and boss[0] in {ends[0], ends[-1]} and boss[0] not in start


def keys(m: Map) -> int:
    """Count keys: rooms or spots with that role."""
    return len(m.parts("key"))


def solvable(m: Map) -> bool:
    """Tell whether one can open every lock, with as many keys as were reached before, in some order."""
    locks = [part.mask for part in m.parts("lock")]
    starts = [m.mask("entrance")] if m.mask("entrance").any() else [room.mask for room in m.rooms]
    if not locks or len(locks) > 5:
        return False
    spots = [part.mask for part in m.parts("key")]
    shut_all = np.logical_or.reduce(locks)

    def plays(start: np.ndarray, order: tuple[int, ...]) -> bool:
        shut = shut_all.copy()
        for opened, number in enumerate(order):
            seen = m.reach(start, shut & m.walkable)
            held = sum(bool((seen & spot).any()) for spot in spots)
            beside = bool((ndimage.binary_dilation(seen, np.ones((3, 3)), 2) & locks[number]).any())
            if held <= opened or not beside:
                return False
            shut &= ~locks[number]
        return True

    return any(plays(start, order) for start in starts for order in permutations(range(len(locks))))


def holes(m: Map, square_metres: float = 0.4) -> int:
    """Ways round: pieces of wall or rock with walkable ground all round them."""
    shut = ~m.walkable
    if not m.walkable.any():
        return 0
    labels, count = ndimage.label(np.pad(shut, 1, constant_values=True), np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1) * m.cell**2
    return sum(bool(sizes[n] >= square_metres) for n in range(1, count + 1) if n != labels[0, 0])


def hull(m: Map) -> tuple[float, float, Point]:
    """Width and depth in metres of all that is wall or walkable, and its middle."""
    mask = m.walkable | m.mask("wall")
    if not mask.any():
        return 0.0, 0.0, Point(float("nan"), float("nan"))
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    middle = Point(
        float((cols[0] + cols[-1] + 1) / 2 / m.shape[1]), float(1 - (rows[0] + rows[-1] + 1) / 2 / m.shape[0])
    )
    return float(np.ptp(cols) + 1) * m.cell, float(np.ptp(rows) + 1) * m.cell, middle


def lattice(m: Map) -> tuple[int, int]:
    """Passages of a grid maze across and down: runs of columns (rows) that hold clearly less wall than the others."""
    mask = m.walkable | m.mask("wall")
    if not mask.any():
        return 0, 0
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    wall = ~m.walkable[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    counts = []
    for axis in (0, 1):
        line = wall.mean(axis)
        inner = line[line < 0.97]
        if not inner.size:
            return 0, 0
        low, high = np.percentile(inner, [5, 95])
        counts.append(int(ndimage.label(line < (low + high) / 2)[1]))
    return counts[0], counts[1]


def is_maze(m: Map) -> bool:
    """Tell whether it is mostly passages and walls: many openings, few wide halls."""
    if not m.walkable.any():
        return False
    widest = float(ndimage.distance_transform_edt(m.walkable).max()) * m.cell
    return min(lattice(m)) >= 5 or widest <= 0.08 * side(m)


def treasure_in_middle(m: Map) -> bool:
    width, depth, middle = hull(m)
    at = m.centre("treasure")
    if not np.isfinite(at.x) or not width:
        return False
    return abs(at.x - middle.x) * m.extent[0] <= 0.15 * width and abs(at.y - middle.y) * m.extent[1] <= 0.15 * depth


def rough_rooms(m: Map) -> bool:
    """Tell whether the chambers are no rectangles: they fill less than 88 % of their bounding boxes."""
    filled = []
    for room in m.rooms:
        rows, cols = np.flatnonzero(room.mask.any(1)), np.flatnonzero(room.mask.any(0))
        filled.append(room.mask.sum() / ((np.ptp(rows) + 1) * (np.ptp(cols) + 1)))
    return bool(filled) and float(np.mean(filled)) <= 0.88


def stream(m: Map) -> bool:
    """Tell whether a long thin water runs through: three times as long as wide, or of the kind river."""
    if m.mask("river").sum() >= 10:
        return True
    water = any_of(m, "cell:water", "water")
    return any(part.elongation >= 3 for part in m.parts(water))


# ---------------------------------------------------------------- helpers: ground


def gash(m: Map) -> tuple[np.ndarray, np.ndarray]:
    """Where the ground is cut in, at least half as deep as anywhere, and how deep, by a closing of 30 % of the map."""
    step, ground = m._coarse
    size = round(0.3 * max(ground.shape)) | 1
    deep = ndimage.grey_closing(ground, (size, size), mode="nearest") - ground
    deep = np.kron(deep, np.ones((step, step)))[: m.shape[0], : m.shape[1]]
    least = max(3.0, 0.5 * float(np.percentile(deep, 99.5)))
    return deep >= least, deep


def canyons(m: Map) -> list[Part]:
    """Long cuts with steep sides, the largest first."""
    cut, _ = gash(m)
    found = []
    for part in m.parts(cut, 0.002):
        sides = part.mask | m.ring(part.mask, 0.03 * side(m))
        steep = float(np.percentile(m.value("slope")[sides], 85)) >= 25
        if steep and max(spans(m, part)) >= 0.35 * side(m):
            found.append(part)
    return found


def canyon_depth(m: Map, wanted: float, part: float) -> bool:
    """Tell whether the depth of its floor below its rims is as asked."""
    found = canyons(m)
    if not found:
        return False
    deep = gash(m)[1][found[0].mask]
    return any(within(float(np.percentile(deep, p)), wanted, part) for p in (75, 90, 97))


def canyon_river(m: Map) -> bool:
    """Tell whether a river runs in the canyon, along a good part of it."""
    found, river = canyons(m), m.mask("river")
    if not found or not river.any():
        return False
    bed = m.distance_to(found[0].mask) <= 2 * m.cell
    rows, cols = np.nonzero(river & bed)
    if not len(rows):
        return False
    length = max(np.ptp(rows), np.ptp(cols)) * m.cell
    return bool(m.share(bed, river) >= 0.5 and length >= 0.6 * max(spans(m, found[0])))


def crests(m: Map) -> list[np.ndarray]:
    """Prominences in metres of the crests along 40 lines across the map, in the direction that has the more of them."""
    ground = m.height - ndimage.gaussian_filter(m.height, 0.12 * max(m.shape), mode="nearest")
    best: list[np.ndarray] = []
    for field in (ground, ground.T):
        lines = field[np.linspace(0, field.shape[0] - 1, 40).astype(int)]
        found = [signal.find_peaks(line, prominence=1.5)[1]["prominences"] for line in lines]
        if not best or sum(map(len, found)) > sum(map(len, best)):
            best = found
    return best


def dunes(m: Map) -> bool:
    """Tell whether most lines across the map meet at least four crests, and the slopes have a common grain.

    Neighbouring slopes of dunes face the same way or the opposite one; those of any rough ground face all ways.
    """
    rise, run = np.gradient(ndimage.gaussian_filter(m.height, 0.004 * max(m.shape)))
    xx, yy, xy = (ndimage.gaussian_filter(a, 0.05 * max(m.shape)) for a in (run * run, rise * rise, run * rise))
    grain = float(np.median(np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-12)))
    return grain >= 0.3 and float(np.median([len(line) for line in crests(m)])) >= 4


def dunes_everywhere(m: Map) -> bool:
    """Tell whether the ground rises and falls by two metres or more nearly everywhere."""
    size = round(0.12 * max(m.shape)) | 1
    swell = ndimage.maximum_filter(m.height, size) - ndimage.minimum_filter(m.height, size)
    return float((swell >= 2).mean()) >= 0.85


def dune_height(m: Map, wanted: float, part: float) -> bool:
    every = np.concatenate(crests(m))
    every = every[every >= 0.2 * every.max(initial=0.0)]
    return bool(every.size) and any(within(float(np.percentile(every, p)), wanted, part) for p in (50, 75, 90))


def bowls(m: Map) -> list[Part]:
    """Round closed hollows."""
    return [p for p in m.hollows() if p.share >= 0.0008 and p.roundness >= 0.4 and not p.edges]


def crater_width(m: Map, part: Part, wanted: float, off: float) -> bool:
    """Tell whether the hollow, or the crest of its rim, is so wide."""
    row, col = np.argwhere(part.mask).mean(0)
    rows, cols = np.ogrid[: m.shape[0], : m.shape[1]]
    away = np.hypot(rows - row, cols - col) * m.cell
    own = wide(m, part)
    bins = (away / max(m.cell, own / 100)).astype(int)
    near = away <= 0.9 * own
    mean = np.bincount(bins[near], m.height[near]) / np.maximum(np.bincount(bins[near]), 1)
    rim = 2 * (int(np.argmax(mean)) + 0.5) * max(m.cell, own / 100)
    return any(within(value, wanted, off) for value in (own, rim))


def coast(m: Map) -> np.ndarray:
    """Land right beside the sea."""
    return np.asarray(m.mask("land") & ndimage.binary_dilation(m.mask("sea"), np.ones((3, 3))))


def cliffs(m: Map, share: float = 0.04) -> np.ndarray:
    """Steep land near the sea."""
    return m.mask("land") & (m.value("slope") >= STEEP) & (m.distance_to("sea") <= share * side(m))


def cliff_coast(m: Map, where: str, share: float = 0.03) -> float:
    """Share of the coast there with a cliff close behind it."""
    shore = coast(m) & m.place(where, "land")
    return float((m.distance_to(cliffs(m))[shore] <= share * side(m)).mean()) if shore.any() else 0.0


def cliff_height(m: Map, wanted: float, part: float) -> bool:
    """Tell whether the ground behind the cliffs by the sea is so high above it."""
    steep = cliffs(m)
    if not steep.any():
        return False
    for metres in (3 * m.cell, 20, 40):
        tops = ndimage.maximum_filter(m.height, 2 * round(metres / m.cell) + 1)[steep]
        if any(within(float(np.percentile(tops, p)), wanted, part) for p in (50, 75, 90)):
            return True
    return False


# ---------------------------------------------------------------- cases

CASES: list[Case] = [
    # settlements
    case(
        "eight houses",
        "settlements",
        "a small hamlet with eight houses",
        ("eight houses", lambda m: houses(m, 8)),
        ("together", lambda m: len(clusters(m, 0.15)) == 1),
    ),
    case(
        "fishing village",
        "settlements",
        "a fishing village by the sea with a harbour and a dozen houses",
        ("a sea", lambda m: m.share("sea") >= 0.03),
        ("twelve houses", lambda m: houses(m, 12)),
        ("by the sea", lambda m: near_town(m, "sea")),
        ("a harbour", lambda m: m.mask("district:harbour").any()),
        ("it lies at the sea", lambda m: m.gap("district:harbour", "sea") <= 0.03 * side(m)),
        ("houses on dry land", dry_feet),
    ),
    case(
        "four gates",
        "settlements",
        "walled city with four gates and eight towers",
        ("a city", lambda m: m.number("building") >= 40),
        ("walled", walled),
        ("four gates", lambda m: m.number("gate") == 4),
        ("eight towers", lambda m: m.number("tower") == 8),
    ),
    case(
        "market and castle",
        "settlements",
        "A medieval town with a market square in the middle, a church and a castle on a hill",
        ("a town", lambda m: m.number("building") >= MIN_TOWN),
        ("one square", lambda m: m.count("district:market_square", 0, 3 * m.cell) == 1),
        ("in the middle", square_in_middle),
        ("a church", lambda m: m.number("building", "church") >= 1),
        ("a castle on a hill", castle_on_hill),
    ),
    case(
        "forty houses",
        "settlements",
        "a village of about 40 houses surrounded by fields",
        ("about 40", lambda m: houses(m, 34, 46)),
        ("fields", lambda m: m.share(fields(m)) >= 0.01),
        ("all round", lambda m: m.all_round(points(m), fields(m)) >= 0.7),
    ),
    case(
        "three villages",
        "settlements",
        "three villages on a wide grassy plain",
        ("three", lambda m: len(villages(m, 3)) == 3),
        ("grassy", lambda m: m.share("grassland", "dry") >= 0.4),
        ("a plain", lambda m: m.gentle(8) >= 0.7),
    ),
    case(
        "northern town",
        "settlements",
        "an island with a town in the north",
        ("one island", one_island),
        ("a town", lambda m: m.number("building") >= MIN_TOWN),
        ("in the north", lambda m: towards(m, "north")),
        ("houses on dry land", dry_feet),
    ),
    case(
        "mining town",
        "settlements",
        "a town with at least 60 houses at the foot of the mountains",
        ("60 houses", lambda m: houses(m, 60, np.inf)),
        ("mountains", lambda m: len(m.peaks(0.2)) >= 1 and m.relief() >= 0.05 * side(m)),
        ("near them", lambda m: near_town(m, high_ground(m, 75))),
        (
            "at their foot",
            lambda m: m.height[points(m)].mean() <= np.percentile(m.height[m.mask("dry")], 60),
        ),
    ),
    case(
        "two banks",
        "settlements",
        "city built on both sides of a river",
        ("a city", lambda m: m.number("building") >= 40),
        ("a river", lambda m: m.count("river") >= 1),
        ("both sides", both_banks),
    ),
    case(
        "wall without wall",
        "settlements",
        "a walled town that has no walls",
        ("it says so", lambda m: m.told("wall")),
        expect="best_effort",
    ),
    # roads
    case(
        "linked villages",
        "roads",
        "two villages connected by a road",
        ("two villages", lambda m: len(villages(m, 2)) == 2),
        (
            "a road joins them",
            lambda m: len(villages(m, 2)) == 2 and joined(m, villages(m, 2)[0].mask, villages(m, 2)[1].mask),
        ),
    ),
    case(
        "bridge",
        "roads",
        "a river with one bridge and a road that goes over it",
        ("a river", lambda m: m.count("river") >= 1),
        ("one bridge", lambda m: m.number("bridge") == 1),
        ("over the river", lambda m: bridges_over(m, "river")),
        ("the road goes on beyond it", road_over_river),
    ),
    case(
        "across",
        "roads",
        "rolling hills with a road from the west edge to the east edge",
        ("from edge to edge", lambda m: crosses(m, "west", "east")),
        ("hills", lambda m: len(m.peaks(0.2)) >= 2),
    ),
    case(
        "three bridges",
        "roads",
        "a town on a river with three bridges",
        ("a town", lambda m: m.number("building") >= MIN_TOWN),
        ("on a river", lambda m: near_town(m, "river")),
        ("three bridges", lambda m: m.number("bridge") == 3),
        ("over the river", lambda m: bridges_over(m, "river")),
    ),
    case(
        "crossroads",
        "roads",
        "crossroads in the middle of a forest",
        ("a crossroads", lambda m: bool(crossings(m))),
        ("in the forest", crossing_in_forest),
    ),
    case(
        "waterless bridge",
        "roads",
        "a road with a bridge over the river, but no water anywhere on the map",
        ("it says so", lambda m: m.told("water", "river", "bridge")),
        expect="best_effort",
    ),
    # dungeons
    case(
        "nine rooms",
        "dungeons",
        "a dungeon with nine rooms, one boss and two treasure rooms",
        ("nine rooms", lambda m: len(m.rooms) == 9),
        ("one boss", lambda m: len(m.rooms_with("boss")) == 1),
        ("two with treasure", lambda m: len(m.rooms_with("treasure")) == 2),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "two locks",
        "dungeons",
        "dungeon with two locked doors and a key for each of them",
        ("two locks", lambda m: m.count("lock") == 2),
        ("two keys", lambda m: keys(m) == 2),
        ("they can be opened", solvable),
    ),
    case(
        "two floors",
        "dungeons",
        "a dungeon with two floors connected by stairs",
        ("two floors", lambda m: len(storeys(m)) == 2),
        ("rooms on both", lambda m: len(storeys(m)) == 2 and all(rooms_on(m, end) >= 2 for end in storeys(m))),
        (
            "stairs on both",
            lambda m: len(storeys(m)) == 2 and all(m.legend(f"cell{end}", "stairs").any() for end in storeys(m)),
        ),
    ),
    case(
        "no dead ends",
        "dungeons",
        "I need a dungeon with 7 rooms and no dead ends",
        ("seven rooms", lambda m: len(m.rooms) == 7),
        ("no dead end", lambda m: len(m.rooms) > 0 and m.dead_ends() == 0),
        ("all can be reached", lambda m: m.reachable("room")),
    ),
    case(
        "three levels",
        "dungeons",
        "a three level dungeon, five rooms per level, with the boss on the lowest level",
        ("three floors", lambda m: len(storeys(m)) == 3),
        ("five rooms each", lambda m: [rooms_on(m, end) for end in storeys(m)] == [5, 5, 5]),
        ("the boss is at the bottom", boss_is_deepest),
    ),
    case(
        "six of four",
        "dungeons",
        "a dungeon with exactly four rooms, six of them with treasure",
        ("it says so", lambda m: m.told("treasure", "room")),
        expect="best_effort",
    ),
    # caves
    case(
        "five chambers",
        "caves",
        "a natural cave with five chambers and one entrance",
        ("five chambers", lambda m: len(m.rooms) == 5),
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("all can be reached", lambda m: m.reachable("room")),
        ("no square rooms", rough_rooms),
    ),
    case(
        "wet cave",
        "caves",
        "cave system with four chambers, an underground stream and a hidden treasure",
        ("four chambers", lambda m: len(m.rooms) == 4),
        ("a stream", stream),
        ("treasure", lambda m: m.count("treasure") >= 1),
        ("no square rooms", rough_rooms),
    ),
    # mazes
    case(
        "garden maze",
        "mazes",
        "a garden maze 50 metres wide with a treasure in the centre",
        ("a maze", is_maze),
        ("50 m wide", lambda m: within(hull(m)[0], 50, 0.1) or within(m.extent[0], 50, 0.02)),
        ("treasure in the centre", treasure_in_middle),
        ("it can be reached", lambda m: m.reachable("treasure")),
    ),
    case(
        "fifteen maze",
        "mazes",
        "a 15 by 15 maze with one entrance, one exit and no loops",
        (
            "15 by 15 cells or metres",
            lambda m: lattice(m) == (15, 15) or (within(hull(m)[0], 15, 0.1) and within(hull(m)[1], 15, 0.1)),
        ),
        ("one entrance, one exit", lambda m: m.count("entrance") == 1 and m.count("exit") == 1),
        ("there is a way", lambda m: m.reachable("exit")),
        ("no loops", lambda m: bool(m.walkable.any()) and holes(m) == 0),
    ),
    # canyons
    case(
        "river canyon",
        "canyons",
        "a deep canyon with a river at the bottom",
        ("a canyon", lambda m: len(canyons(m)) >= 1),
        ("the river runs in it", canyon_river),
    ),
    case(
        "desert canyon",
        "canyons",
        "desert with a canyon running north to south, about 100 m deep",
        ("desert", lambda m: m.share(any_of(m, "desert", "badlands"), "dry") >= 0.5),
        ("a canyon", lambda m: len(canyons(m)) >= 1),
        (
            "north to south",
            lambda m: (
                len(canyons(m)) >= 1
                and spans(m, canyons(m)[0])[1] >= 1.4 * spans(m, canyons(m)[0])[0]
                and spans(m, canyons(m)[0])[1] >= 0.5 * m.extent[1]
            ),
        ),
        ("about 100 m", lambda m: canyon_depth(m, 100, 0.15)),
    ),
    # dunes
    case(
        "sea of sand",
        "dunes",
        "nothing but sand dunes, no water, no plants",
        ("desert", lambda m: m.share("desert", "dry") >= 0.9),
        ("dunes", dunes),
        ("everywhere", dunes_everywhere),
        ("no water", lambda m: not m.mask("water").any()),
        ("no plants", lambda m: m.number("tree") == 0 and m.number("grass") == 0 and m.share("forest") == 0),
    ),
    case(
        "oasis",
        "dunes",
        "a desert with dunes around 20 metres high and one small oasis",
        ("desert", lambda m: m.share("desert", "dry") >= 0.6),
        ("dunes", dunes),
        ("around 20 m", lambda m: dune_height(m, 20, 0.2)),
        ("one small water", lambda m: m.count("lake") == 1 and m.share("lake") <= 0.05),
        ("trees beside it", lambda m: len(trees(m)) > 0 and oasis_trees(m) >= 3),
    ),
    # craters
    case(
        "five craters",
        "craters",
        "a barren rocky plain with five craters",
        ("five craters", lambda m: 5 in {len(bowls(m)), len(m.craters())}),
        ("barren", lambda m: m.share("forest", "dry") <= 0.03),
    ),
    case(
        "crater lake",
        "craters",
        "one impact crater about 400 m wide with a lake in it",
        ("one crater", lambda m: 1 in {len(bowls(m)), len(m.craters())}),
        ("about 400 m", lambda m: bool(bowls(m)) and crater_width(m, bowls(m)[0], 400, 0.15)),
        ("a lake in it", lambda m: bool(bowls(m)) and m.near("lake", bowls(m)[0].mask, 2 * m.cell) >= 0.7),
    ),
    # cliffs
    case(
        "cliff island",
        "cliffs",
        "an island with steep cliffs in the west and a sandy beach in the east",
        ("one island", one_island),
        ("cliffs in the west", lambda m: cliff_coast(m, "west") >= 0.5),
        ("a beach in the east", lambda m: m.mostly("beach", "east") and m.share("beach", "land") >= 0.003),
    ),
    case(
        "clifftop village",
        "cliffs",
        "a 50 m high cliff above the sea with a village on top",
        ("a sea", lambda m: m.share("sea") >= 0.03),
        ("cliffs by the sea", lambda m: cliffs(m).sum() * m.cell >= 50),
        ("50 m high", lambda m: cliff_height(m, 50, 0.2)),
        ("a village", lambda m: m.number("building") >= MIN_VILLAGE),
        (
            "on top of the cliff",
            lambda m: m.number("building") > 0 and m.height[points(m)].mean() >= 30 and near_town(m, cliffs(m)),
        ),
    ),
    # follow-ups, by family
    case(
        "village grows",
        "settlements",
        "a village with 20 houses next to a lake",
        ("20 houses", lambda m: houses(m, 20)),
        ("a lake", lambda m: m.count("lake") >= 1),
        ("next to it", lambda m: near_town(m, "lake")),
    ).then(
        "make it 30 houses",
        ("30 houses", lambda m: houses(m, 30)),
        ("the same lake", lambda m: m.before.mask("lake").any() and m.share("lake", m.before.mask("lake")) >= 0.9),
        ("next to it", lambda m: near_town(m, "lake")),
    ),
    case(
        "town walled later",
        "settlements",
        "a small town on a meadow",
        ("a town", lambda m: m.number("building") >= MIN_TOWN),
        ("a meadow", lambda m: m.share("grassland", "dry") >= 0.4),
    ).then(
        "now put a wall with two gates around it",
        ("walled", walled),
        ("two gates", lambda m: m.number("gate") == 2),
        ("still the town", lambda m: m.number("building") >= 0.8 * m.before.number("building") > 0),
    ),
    case(
        "dungeon grows",
        "dungeons",
        "a dungeon with six rooms and a boss",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("a boss", lambda m: len(m.rooms_with("boss")) == 1),
        ("all can be reached", lambda m: m.reachable("room")),
    ).then(
        "add two more rooms with treasure in them",
        ("eight rooms", lambda m: len(m.rooms) == 8),
        ("two with treasure", lambda m: len(m.rooms_with("treasure")) == 2),
        ("still a boss", lambda m: len(m.rooms_with("boss")) == 1),
    ),
]


def oasis_trees(m: Map) -> int:
    """Trees of any kind near the lake."""
    found = trees(m)
    return int((m.distance_to("lake")[cells_of(m, found)] <= 0.1 * side(m)).sum()) if len(found) else 0
