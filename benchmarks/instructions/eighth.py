"""An eighth set of sixty instructions with hand-written checks, by a tester who had not seen the program's code."""

from __future__ import annotations

import re

import numpy as np
from measure import EIGHT, Bools, Case, Floats, Map, Part, What, case
from scipy import ndimage
from scipy.spatial import Delaunay
from shared import (
    CONIFERS,
    any_of,
    between,
    cell_of,
    distances,
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
)

SETTLEMENTS = ("hamlet", "village", "town", "city")
GREEN = ("grassland", "biome:forest", "forest", "rainforest", "taiga", "shrubland", "swamp", "farmland")
FIELDS = ("farmland", "district:farmland", "settlement:farm")


# ---------------------------------------------------------------- helpers: what is built


def named(m: Map, *words: str) -> Floats:
    """Instances of any kind whose species or kind is called by one of the words."""
    found = [np.zeros((0, 5))]
    for kind, entry in m.about.get("instances", {}).items():
        if any(re.search(rf"\b{w}\b", kind.lower()) for w in words):
            found.append(m.things(kind))
            continue
        names = [n for n in entry.get("species") or [] if any(re.search(rf"\b{w}\b", n.lower()) for w in words)]
        found += [m.things(kind, name) for name in names]
    return np.concatenate(found)


def homes(m: Map) -> Bools:
    """Ground of settlements."""
    return any_of(m, *(f"settlement:{name}" for name in SETTLEMENTS))


def settled(m: Map) -> bool:
    """There is a settlement."""
    return bool(homes(m).any())


def castle(m: Map) -> Bools:
    """Ground of a castle, or else where a thing of that name stands."""
    mask = m.legend("settlement", "castle") | m.legend("district", "castle")
    return mask if mask.any() else spots(m, named(m, "castle", "castle hall", "keep"))


def towns(m: Map) -> list[Part]:
    """Separate settlements, a gap of a few per cent of the map joining what belongs together."""
    return m.parts(homes(m), join=0.03 * side(m))


def houses(m: Map) -> set[int]:
    """Fair counts of houses: buildings that are no church, with and without barns."""
    total = m.number("building") - len(named(m, "church", "chapel"))
    return {total, total - m.number("building", "barn")}


def joined_by_road(m: Map) -> bool:
    """All settlements hang together by roads."""
    road = ndimage.binary_dilation(m.mask("road") | spots(m, m.things("bridge")), EIGHT, 3)
    labels, _ = ndimage.label(road | homes(m))
    found = [set(np.unique(labels[t.mask])) - {0} for t in towns(m)]
    return bool(found) and bool(set.intersection(*found)) and bool((m.mask("road") & ~homes(m)).any())


def sea_to_the_east(m: Map) -> float:
    """From the middle of the largest settlement, how far east (share of the map) the sea begins."""
    found = towns(m)
    if not found:
        return float("inf")
    row = int((1 - found[0].at.y) * m.shape[0])
    col = int(found[0].at.x * m.shape[1])
    band = m.mask("sea")[max(row - 5, 0) : row + 6, col:].any(0)
    return float(np.argmax(band) / m.shape[1]) if band.any() else float("inf")


def storeys(m: Map) -> int:
    """Return how many floors of a dungeon differ from each other."""
    kept: list[str] = []
    for name in sorted(n for n in m.layers if re.fullmatch(r"cell(_\d+)?", n)):
        if (m.layers[name] > 0).any() and not any(np.array_equal(m.layers[name], m.layers[k]) for k in kept):
            kept.append(name)
    return len(kept)


# ---------------------------------------------------------------- helpers: what grows


def wood(m: Map) -> Bools:
    """Ground under trees, or of a biome of trees."""
    return any_of(m, "forest", "biome:forest", "rainforest", "taiga")


def shares(m: Map, what: What) -> list[float]:
    """Fair readings of the share of it: of the dry land, of the land, of the map."""
    return [m.share(what, of) for of in ("dry", "land", "all")]


def forest_shares(m: Map) -> list[float]:
    """Fair readings of the share of forest."""
    return [s for w in ("forest", "biome:forest", wood(m)) for s in shares(m, w)]


def near_to(values: list[float], target: float, points: float = 0.05) -> bool:
    """One of the shares is no more than so many points off."""
    return any(abs(v - target) <= points + 1e-9 for v in values)


def conifer_share(m: Map) -> float:
    """Share of the trees that are conifers."""
    return len(trees(m, *CONIFERS)) / max(len(trees(m)), 1)


def left_of_forest(m: Map) -> list[float]:
    """Fair readings of the forest that is left, as a share of what there was before the edit.

    Mended: where one reading had been nought before, the division failed and the others were not asked.
    """
    return [
        m.share("forest") / max(m.before.share("forest"), 1e-9),
        len(trees(m)) / max(len(trees(m.before)), 1),
        m.share("biome:forest") / max(m.before.share("biome:forest"), 1e-9),
    ]


# ---------------------------------------------------------------- helpers: ground and water


def sea_level(m: Map) -> float:
    """Level of the sea in metres; 0 where there is none."""
    sea = m.mask("sea")
    return float(np.median(m.surface[sea])) if sea.any() else 0.0


def tops(m: Map) -> list[float]:
    """Fair heights of the highest ground: above the datum, the lowest land, the sea and the land's 5th percentile."""
    land = m.height[m.mask("land")]
    return [m.top() - base for base in (0.0, float(land.min()), sea_level(m), float(np.percentile(land, 5)))]


def lake_widths(m: Map) -> list[float]:
    """Fair widths of the largest lake in metres."""
    lake = m.parts("lake")[0]
    return [wide(m, lake), *spans(m, lake), 2 * float(np.sqrt(m.area(lake.mask) / np.pi))]


def hull(m: Map, part: Part) -> Bools:
    """Cells of the convex hull of a part."""
    points = np.argwhere(part.mask)
    edge = points[:: max(1, len(points) // 20000)]
    rows, cols = np.indices(m.shape)
    inside = Delaunay(edge).find_simplex(np.c_[rows.ravel(), cols.ravel()]) >= 0
    return np.asarray(inside, bool).reshape(m.shape)


def bay_share(m: Map, part: Part) -> float:
    """Largest single hollow of its outline, as a share of the hull."""
    whole = hull(m, part)
    labels, count = ndimage.label(whole & ~part.mask)
    return float(np.bincount(labels.ravel())[1:].max(initial=0) / whole.sum()) if count else 0.0


def ringed(m: Map) -> float:
    """In how many of 16 directions from the middle of its land there is land, where that middle is water."""
    land = m.mask("land")
    if not land.any():
        return 0.0
    rows, cols = np.flatnonzero(land.any(1)), np.flatnonzero(land.any(0))
    best = 0.0
    for row, col in ((rows.mean(), cols.mean()), tuple(np.argwhere(land).mean(0))):
        one = np.zeros(m.shape, bool)
        one[int(row), int(col)] = True
        if not land[int(row), int(col)]:
            best = max(best, m.all_round(one, "land"))
    return best


def rivers(m: Map) -> list[Bools]:
    """Return connected runs of river and lake."""
    labels, count = ndimage.label(m.mask("river") | m.mask("lake"), EIGHT)
    return [labels == n for n in range(1, count + 1)]


def across(m: Map, *sides: str) -> Bools | None:
    """Return a connected run of river and lake that touches all these sides of the map."""
    return next((run for run in rivers(m) if set(sides) <= m.edges(run)), None)


def bend(m: Map, run: Bools | None) -> float:
    """Largest distance of a west-east river from the straight line through it, as a share of the map."""
    if run is None:
        return float("inf")
    rows, cols = np.nonzero(run)
    there = np.unique(cols)
    middle = np.array([rows[cols == c].mean() for c in there])
    fit = np.polyfit(there, middle, 1)
    return float(np.abs(middle - np.polyval(fit, there)).max() / max(m.shape))


def river_from_heights(m: Map) -> bool:
    """Whether a river whose highest ground lies in the north ends in the sea."""
    for run in rivers(m):
        if m.reaches(run, "sea"):
            row, _ = np.argwhere(run)[np.argmax(m.height[run])]
            if 1 - row / m.shape[0] > 0.5:
                return True
    return False


def lake_rim(m: Map) -> float:
    """In how many directions, from the largest lake, ground rises clearly above it."""
    lakes = m.parts("lake")
    if not lakes:
        return 0.0
    lake = lakes[0].mask
    level = float(np.median(m.surface[lake]))
    rise = 0.25 * (m.top() - level)
    return m.all_round(lake, m.mask("dry") & (m.height > level + max(rise, 20)), 0.35 * side(m))


def peak_counts(m: Map) -> set[int]:
    """Fair counts of the summits, by lenient and by strict measures of what one is."""
    return {len(m.peaks(least)) for least in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)}


def from_the_west(m: Map, thing: Floats) -> float:
    """How far from the western end of the largest land a thing stands, as a share of its width."""
    cols = np.flatnonzero(m.parts("land")[0].mask.any(0))
    return float((cell_of(m, thing)[1] - cols[0]) / max(np.ptp(cols), 1))


CASES: list[Case] = [
    # amounts
    case(
        "four lakes",
        "amounts",
        "I need a forest map with 4 lakes",
        ("four lakes", lambda m: m.count("lake") == 4),
        ("wooded", lambda m: max(forest_shares(m)) >= 0.3),
    ).then(
        "take away two of the lakes",
        ("two lakes left", lambda m: m.count("lake") == 2),
        ("still wooded", lambda m: max(forest_shares(m)) >= 0.3),
    ),
    case(
        "six hills",
        "amounts",
        "six hills on a grassy plain",
        ("six summits", lambda m: 6 in peak_counts(m) or m.count("hill") == 6),
        ("grass", lambda m: m.share("grassland", "dry") >= 0.5),
    ),
    case(
        "seven islands",
        "amounts",
        "seven little islands in a warm sea",
        ("seven islands", lambda m: island_count(m, 7)),
        ("little", lambda m: m.islands()[0].share <= 0.1),
        ("warm", lambda m: m.mean("temperature") >= 15),
    ).then(
        "put a lighthouse on the biggest one",
        ("a lighthouse", lambda m: len(named(m, "lighthouse")) == 1),
        ("on the biggest", lambda m: m.islands()[0].mask[cell_of(m, named(m, "lighthouse")[0])]),
        ("still seven", lambda m: island_count(m, 7)),
    ),
    case(
        "twelve houses",
        "amounts",
        "A hamlet of exactly 12 houses and one church",
        ("12 houses", lambda m: 12 in houses(m)),
        ("one church", lambda m: len(named(m, "church", "chapel")) == 1),
    ),
    case(
        "five bridges",
        "amounts",
        "one winding river crossed by five bridges",
        ("one river", lambda m: m.river_systems() == 1),
        ("five bridges", lambda m: m.number("bridge") == 5),
        ("over the river", lambda m: (distances(m, m.things("bridge"), "river") <= 0.02 * side(m)).all()),
    ),
    # places
    case(
        "mountains north farms south",
        "places",
        "mountains all along the northern edge and farmland in the south",
        ("high ground in the north", lambda m: m.mostly(high_ground(m), "north", 0.7)),
        ("reaches across", lambda m: np.ptp(np.nonzero(high_ground(m, 80))[1]) >= 0.6 * m.shape[1]),
        ("farmland", lambda m: any_of(m, *FIELDS).any()),
        ("farmland south", lambda m: m.mostly(any_of(m, *FIELDS), "south")),
    ),
    case(
        "volcano middle",
        "places",
        "put a volcano bang in the middle of an island",
        ("one island", one_island),
        ("summit in the middle", lambda m: m.inside(m.summit(), "centre")),
        ("crater", lambda m: bool(m.craters()) or m.mask("crater").any()),
    )
    .then(
        "make the volcano twice as high",
        (
            "twice as high",
            lambda m: between((m.top() - sea_level(m)) / (m.before.top() - sea_level(m.before)), 1.8, 2.2),
        ),
        ("one island still", one_island),
    )
    .then(
        "now cover its lower slopes with palm trees",
        ("many palms", lambda m: len(trees(m, "palm")) >= len(trees(m.before, "palm")) + 50),
        (
            "on the lower slopes",
            lambda m: (
                np.median([m.height[cell_of(m, p)] for p in trees(m, "palm")])
                <= sea_level(m) + 0.5 * (m.top() - sea_level(m))
            ),
        ),
        ("same ground", lambda m: m.changed("height", "all", 1.0) <= 0.05),
    ),
    case(
        "lake SE wood NW",
        "places",
        "lake in the south-east corner, forest in the north west",
        ("a lake", lambda m: m.count("lake") >= 1),
        ("lake south-east", lambda m: m.inside(m.centre("lake"), "south-east")),
        (
            "wood north-west",
            lambda m: any(m.inside(m.centre(w), "north-west") for w in ("forest", "biome:forest", wood(m))),
        ),
        ("some wood", lambda m: max(forest_shares(m)) >= 0.05),
    ),
    case(
        "town east coast",
        "places",
        "A fishing town on the east coast.",
        ("a town", settled),
        ("in the east", lambda m: m.inside(m.centre(homes(m)), "east")),
        ("on the sea", lambda m: m.gap(homes(m), "sea") <= 0.05 * side(m)),
        ("sea to its east", lambda m: sea_to_the_east(m) <= 0.3),
    ),
    case(
        "lighthouse west tip",
        "places",
        "an island with a lighthouse on its western tip",
        ("one island", one_island),
        ("one lighthouse", lambda m: len(named(m, "lighthouse")) == 1),
        ("at the western end", lambda m: from_the_west(m, named(m, "lighthouse")[0]) <= 0.2),
        ("on land", lambda m: m.mask("land")[cell_of(m, named(m, "lighthouse")[0])]),
    ),
    case(
        "swamp west desert east",
        "places",
        "swamp in the west, desert in the east",
        ("swamp west", lambda m: m.mostly("swamp", "west", 0.8)),
        ("desert east", lambda m: m.mostly("desert", "east", 0.8)),
        ("both real", lambda m: m.share("swamp", "land") >= 0.1 and m.share("desert", "land") >= 0.1),
    ),
    # shapes
    case(
        "crescent",
        "shapes",
        "a crescent-shaped island",
        ("one island", one_island),
        ("hollow on one side", lambda m: bay_share(m, m.parts("land")[0]) >= 0.12),
        ("not full", lambda m: solidity(m.parts("land")[0]) <= 0.82),
    ),
    case(
        "round lake",
        "shapes",
        "a perfectly round lake in the middle of a meadow",
        ("one lake", lambda m: m.count("lake") == 1),
        ("round", lambda m: m.parts("lake")[0].roundness >= 0.75),
        ("in the middle", lambda m: m.inside(m.centre("lake"), "centre")),
        (
            "meadow round it",
            lambda m: m.surrounded("lake", "grassland", 0.05 * side(m)) >= 0.6 or m.share("grassland", "dry") >= 0.6,
        ),
    ),
    case(
        "long thin island",
        "shapes",
        "a long thin island running north to south",
        ("one island", one_island),
        ("long", lambda m: m.parts("land")[0].elongation >= 2.5),
        ("north to south", lambda m: spans(m, m.parts("land")[0])[1] >= 2 * spans(m, m.parts("land")[0])[0]),
    ),
    case(
        "ring island",
        "shapes",
        "could you do an island shaped like a ring, with a lagoon inside?",
        ("no land at the edges", lambda m: not m.edges("land")),
        ("ring round water", lambda m: ringed(m) >= 0.85),
    ),
    case(
        "straight river",
        "shapes",
        "a dead straight river that cuts the map in two from west to east",
        ("west to east", lambda m: across(m, "west", "east") is not None),
        ("straight", lambda m: bend(m, across(m, "west", "east")) <= 0.03),
        ("one river", lambda m: m.river_systems() == 1),
    ),
    # relations
    case(
        "castle hill river",
        "relations",
        "a castle on top of a hill overlooking a river",
        ("a castle", lambda m: castle(m).any()),
        ("on high ground", lambda m: m.sunk(castle(m), 0.1 * side(m)) <= -3),
        ("a river in sight", lambda m: m.gap(castle(m), "river") <= 0.25 * side(m)),
    ),
    case(
        "lake among mountains",
        "relations",
        "mountain lake with peaks all around it",
        ("one lake", lambda m: m.count("lake") >= 1),
        ("heights around", lambda m: lake_rim(m) >= 0.75),
        ("several peaks", lambda m: max(peak_counts(m)) >= 3),
    ),
    case(
        "river to sea",
        "relations",
        "For a geography lesson: a river that rises in mountains in the north and flows into the sea in the south",
        ("sea in the south", lambda m: m.inside(m.centre("sea"), "south") or "south" in m.edges("sea")),
        ("high ground in the north", lambda m: m.mostly(high_ground(m), "north", 0.7)),
        ("river from the north to the sea", river_from_heights),
    ).then(
        "add a stone bridge across the river",
        ("one bridge more", lambda m: m.number("bridge") == m.before.number("bridge") + 1),
        ("at the river", lambda m: (distances(m, m.things("bridge"), "river") <= 0.02 * side(m)).any()),
        ("same ground", lambda m: m.changed("height", "all", 1.0) <= 0.05),
    ),
    case(
        "village between",
        "relations",
        "a village between the forest and the sea",
        ("a village", settled),
        (
            "between",
            lambda m: (
                any(m.between(homes(m), p.at, "sea") for p in m.parts("forest", join=0.02 * side(m))[:4])
                or (m.gap(homes(m), "sea") <= 0.15 * side(m) and m.gap(homes(m), "forest") <= 0.15 * side(m))
            ),
        ),
        ("both there", lambda m: m.share("sea") >= 0.03 and max(forest_shares(m)) >= 0.03),
    ),
    case(
        "two towns road",
        "relations",
        "Two towns joined by a road",
        ("two towns", lambda m: len(towns(m)) == 2),
        ("road joins them", joined_by_road),
    ).then(
        "and a third town up in the north, please",
        ("three towns", lambda m: len(towns(m)) == 3),
        (
            "the new one in the north",
            lambda m: any(t.at.y > 0.5 and not (t.mask & homes(m.before)).any() for t in towns(m)),
        ),
    ),
    case(
        "inn by bridge",
        "relations",
        "My players travel along a forest road; where it crosses the river on a bridge there should be an inn right "
        "next to the bridge.",
        (
            "bridge on the river",
            lambda m: m.number("bridge") >= 1 and (distances(m, m.things("bridge"), "river") <= 0.02 * side(m)).any(),
        ),
        ("on the road", lambda m: (distances(m, m.things("bridge"), "road") <= 0.03 * side(m)).any()),
        ("an inn", lambda m: len(named(m, "inn", "tavern")) >= 1),
        (
            "beside the bridge",
            lambda m: distances(m, named(m, "inn", "tavern"), spots(m, m.things("bridge"))).min() <= 0.1 * side(m),
        ),
        ("wooded", lambda m: max(forest_shares(m)) >= 0.15),
    ),
    # shares
    case(
        "40 10 rest",
        "shares",
        "40% forest, 10 percent water, the rest grass",
        ("forest", lambda m: near_to(forest_shares(m), 0.4)),
        ("water", lambda m: near_to([m.share("water")], 0.1)),
        (
            "grass",
            lambda m: max(shares(m, "grassland")) >= 0.42 or max(shares(m, m.mask("grassland") & ~wood(m))) >= 0.42,
        ),
    ).then(
        "cut down half of the forest",
        (
            "half the forest",
            lambda m: any(between(part, 0.4, 0.6) for part in left_of_forest(m)),
        ),
        ("same ground", lambda m: m.changed("height", "all", 1.0) <= 0.05),
    ),
    case(
        "quarter land",
        "shares",
        "an archipelago where only a quarter of the map is land",
        ("a quarter", lambda m: near_to([m.share("land"), m.share("dry")], 0.25)),
        ("several islands", lambda m: m.count("land") >= 3),
    ),
    case(
        "half desert",
        "shares",
        "half desert, half grassland",
        ("desert", lambda m: near_to(shares(m, "desert"), 0.5)),
        ("grassland", lambda m: near_to(shares(m, "grassland"), 0.5)),
    ),
    case(
        "two thirds snow",
        "shares",
        "two thirds of the land lies under snow",
        ("snow", lambda m: near_to(shares(m, "snow")[:2], 2 / 3)),
    ),
    # negation
    case(
        "dry wood",
        "negation",
        "a big forest without any lakes or rivers",
        ("forest", lambda m: max(forest_shares(m)) >= 0.4),
        ("no lake", lambda m: not m.mask("lake").any()),
        ("no river", lambda m: not m.mask("river").any()),
    ),
    case(
        "treeless island",
        "negation",
        "an island with no trees at all",
        ("one island", one_island),
        ("no tree", lambda m: len(trees(m)) == 0),
        ("no wood", lambda m: m.share("forest", "dry") <= 0.002),
    ),
    case(
        "open town",
        "negation",
        "a small town, but no wall around it and no castle",
        ("a town", lambda m: settled(m) and m.number("building") >= 10),
        ("no wall", lambda m: not layer(m, "wall").any()),
        ("no castle", lambda m: not castle(m).any()),
    ),
    case(
        "no snow",
        "negation",
        "tall mountains, but don't put snow on them",
        ("no snow", lambda m: m.share("snow", "dry") <= 0.001),
        # Mended after the first run: 300 m whatever the map's size, which the sentence leaves open.
        ("tall", lambda m: m.relief() >= min(300, 0.15 * side(m))),
        ("more than one", lambda m: max(peak_counts(m)) >= 2),
    ),
    # units
    case(
        "3 by 2 km",
        "units",
        "a 3 km by 2 km map of a green river valley",
        ("3 x 2 km", lambda m: abs(max(m.extent) - 3000) <= 60 and abs(min(m.extent) - 2000) <= 60),
        ("a river", lambda m: m.river_systems() >= 1),
        ("river lies low", lambda m: m.sunk("river", 0.2 * side(m)) > 0),
        (
            "green",
            lambda m: m.share(any_of(m, *GREEN), "dry") >= 0.6,
        ),
    ).then(
        "make it winter",
        ("white", lambda m: m.share("snow", "dry") >= 0.4),
        ("same ground", lambda m: m.changed("height", "all", 1.0) <= 0.05),
    ),
    case(
        "6000 feet",
        "units",
        "a single mountain 6,000 feet tall",
        (
            "6000 ft",
            lambda m: any(abs(h / 1828.8 - 1) <= 0.08 for h in tops(m)),
        ),
        ("single", lambda m: 1 in {len(m.peaks(t)) for t in (0.3, 0.4, 0.5)}),
    ),
    case(
        "800 m island",
        "units",
        "an island about 800 metres across",
        ("one island", one_island),
        (
            "800 m",
            lambda m: any(
                abs(w / 800 - 1) <= 0.2 for w in (wide(m, m.parts("land")[0]), max(spans(m, m.parts("land")[0])))
            ),
        ),
    ),
    case(
        "500 yards",
        "units",
        "a lake 500 yards wide in a pine forest",
        ("one lake", lambda m: m.count("lake") == 1),
        (
            "457 m",
            lambda m: any(abs(w / 457.2 - 1) <= 0.12 for w in lake_widths(m)),
        ),
        ("pines", lambda m: conifer_share(m) >= 0.6),
        ("in the wood", lambda m: m.surrounded("lake", wood(m), 0.08 * side(m)) >= 0.5),
    ),
    # typos
    case(
        "vilage",
        "typos",
        "a vilage by teh river",
        ("a village", lambda m: settled(m) and m.number("building") >= 4),
        ("a river", lambda m: m.river_systems() >= 1),
        ("by it", lambda m: m.gap(homes(m), "river") <= 0.1 * side(m)),
    ),
    case(
        "moutain",
        "typos",
        "big moutain with a snowy peek and a pine forrest at its foot",
        ("snow on top", lambda m: m.mask("snow").any() and m.mask("snow")[high_ground(m, 98)].mean() >= 0.4),
        ("not all snow", lambda m: m.share("snow", "dry") <= 0.6),
        ("pines", lambda m: conifer_share(m) >= 0.5 and len(trees(m, *CONIFERS)) >= 100),
        ("wood lies lower", lambda m: np.median(m.height[m.mask("forest")]) < np.median(m.height[m.mask("snow")])),
        ("big", lambda m: m.relief() >= 200),
    ).then(
        "swap the pines for birches",
        ("birches", lambda m: len(trees(m, "birch")) >= 0.5 * len(trees(m.before, *CONIFERS))),
        ("pines gone", lambda m: len(trees(m, *CONIFERS)) <= 0.1 * len(trees(m.before, *CONIFERS))),
        ("same ground", lambda m: m.changed("height", "all", 1.0) <= 0.05),
    ),
    case(
        "ilsand",
        "typos",
        "tropcial ilsand with a valcano and lots of palm treees",
        ("one island", one_island),
        ("palms", lambda m: len(trees(m, "palm")) >= 50 and len(trees(m, "palm")) >= 0.3 * len(trees(m))),
        ("crater", lambda m: bool(m.craters()) or m.mask("crater").any()),
        (
            "warm",
            lambda m: m.mean("temperature", m.mask("land") & (m.height < np.median(m.height[m.mask("land")]))) >= 18,
        ),
    ),
    # climate
    case(
        "tundra",
        "climate",
        "a freezing cold land of tundra and ice",
        ("tundra", lambda m: m.share("tundra", "dry") >= 0.2),
        ("ice", lambda m: m.share("snow", "dry") >= 0.05),
        ("cold land", lambda m: m.share(any_of(m, "tundra", "snow", "rock"), "dry") >= 0.75),
        ("freezing", lambda m: m.mean("temperature") <= 2),
    ),
    case(
        "savanna",
        "climate",
        "hot dry savanna with acacias",
        ("savanna", lambda m: m.share("savanna", "dry") >= 0.5),
        ("acacias", lambda m: len(trees(m, "acacia")) >= 20 and len(trees(m, "acacia")) >= 0.3 * len(trees(m))),
        ("hot", lambda m: m.mean("temperature") >= 18),
    ),
    case(
        "jungle",
        "climate",
        "steaming tropical rainforest with a muddy river",
        ("rainforest", lambda m: m.share("rainforest", "dry") >= 0.5),
        ("hot", lambda m: m.mean("temperature") >= 20),
        ("a river", lambda m: m.river_systems() >= 1),
        ("no conifers", lambda m: conifer_share(m) <= 0.05),
    ),
    case(
        "belts",
        "climate",
        "grass in the valleys, bare rock higher up and snow on the summits",
        ("grass, rock and snow", lambda m: min(m.share(n, "dry") for n in ("grassland", "rock", "snow")) >= 0.02),
        (
            "in that order",
            lambda m: (
                np.median(m.height[m.mask("grassland")])
                < np.median(m.height[m.mask("rock")])
                < np.median(m.height[m.mask("snow")])
            ),
        ),
        ("snow on the tops", lambda m: m.mask("snow")[high_ground(m, 98)].mean() >= 0.5),
    ),
    # interiors
    case(
        "ten rooms",
        "interiors",
        "a dungeon with 10 rooms, treasure in one of them and a boss at the end",
        ("ten rooms", lambda m: len(m.rooms) == 10),
        ("treasure", lambda m: len(m.rooms_with("treasure")) == 1),
        ("boss", lambda m: len(m.rooms_with("boss")) == 1 and m.reachable("boss")),
        (
            "at the end",
            lambda m: (
                sum(m.walk("entrance", r.mask) > m.walk("entrance", m.rooms_with("boss")[0].mask) for r in m.rooms) <= 3
            ),
        ),
    ).then(
        "three more rooms please",
        ("13 rooms", lambda m: len(m.rooms) == 13),
        ("all reachable", lambda m: m.reachable("room")),
        ("boss still", lambda m: len(m.rooms_with("boss")) == 1),
    ),
    case(
        "three storeys",
        "interiors",
        "old crypt, three floors deep, connected by stairs",
        ("three storeys", lambda m: storeys(m) == 3),
        ("stairs", lambda m: m.mask("stairs").any() or m.number("prop", "stairs") >= 2),
        ("rooms on each", lambda m: all((m.layers[n] > 0).any() for n in m.layers if re.fullmatch(r"room(_\d+)?", n))),
    ),
    case(
        "maze",
        "interiors",
        "a maze with one way in and one way out",
        ("one entrance", lambda m: m.count("entrance") == 1),
        ("one exit", lambda m: m.count("exit") == 1),
        ("a way through", lambda m: m.reachable("exit")),
        ("winding", lambda m: m.walk("entrance", "exit") >= 1.2 * m.gap("entrance", "exit")),
    ),
    case(
        "locked vault",
        "interiors",
        "six rooms underground, one of them a treasure vault behind a locked door, and the key has to be somewhere the "
        "player can get it first",
        ("six rooms", lambda m: len(m.rooms) == 6),
        ("lock and key", lambda m: m.mask("lock").any() and m.mask("key").any()),
        ("key first", lambda m: m.reachable("key", without="lock")),
        ("treasure behind the lock", lambda m: not m.reachable("treasure", without="lock") and m.reachable("treasure")),
    ),
    # impossible
    case("poem", "impossible", "write me a poem about autumn", expect="refuse"),
    case(
        "spaceship",
        "impossible",
        "a desert island with a crashed spaceship on the beach",
        ("one island", one_island),
        expect="best_effort",
    ),
    case("130 percent", "impossible", "60% forest, 30% desert and 40% grassland", expect="best_effort"),
    case("dry lakes", "impossible", "exactly three lakes and no water anywhere on the map", expect="best_effort"),
    case(
        "uphill",
        "impossible",
        "a river that flows uphill, out of the sea and up to the mountain top",
        expect="best_effort",
    ),
]
