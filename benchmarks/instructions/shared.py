"""What several sets of instructions judge by: sizes, trees by species, islands, summits, in metres and shares."""

from __future__ import annotations

import numpy as np
from measure import Bools, Floats, Map, Part, Point, What
from scipy.spatial import ConvexHull

CONIFERS = ("conifer", "pine", "spruce", "fir", "larch")
BUSHES = ("shrub", "bush", "cactus")
JUNGLE = ("rainforest", "forest", "biome:forest")


def side(m: Map) -> float:
    """Longer side of the map in metres."""
    return max(m.extent)


def between(value: float, low: float, high: float) -> bool:
    return low <= value <= high


def within(value: float, wanted: float, part: float) -> bool:
    """Whether a value lies within so large a part of what was wanted."""
    return abs(value - wanted) <= part * wanted


def any_of(m: Map, *names: str) -> Bools:
    """Cells of any of these categories."""
    return np.asarray(np.logical_or.reduce([m.mask(name) for name in names]), bool)


def layer(m: Map, name: str) -> Bools:
    """Cells where a mask layer is set; nowhere if there is no such layer."""
    found = m.layers.get(name)
    return np.zeros(m.shape, bool) if found is None or found.shape != m.shape else np.asarray(found) > 0


def cells_of(m: Map, table: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the cells in which things stand."""
    col = ((table[:, 0] - m.origin[0]) / m.cell).astype(int).clip(0, m.shape[1] - 1)
    row = m.shape[0] - 1 - ((table[:, 1] - m.origin[1]) / m.cell).astype(int).clip(0, m.shape[0] - 1)
    return row, col


def cell_of(m: Map, thing: Floats) -> tuple[int, int]:
    """Row and column of one thing."""
    row, col = cells_of(m, thing[None])
    return int(row[0]), int(col[0])


def spots(m: Map, table: Floats) -> Bools:
    """Mask of the cells in which things stand."""
    mask = np.zeros(m.shape, bool)
    mask[cells_of(m, table)] = True
    return mask


def distances(m: Map, table: Floats, what: What) -> Floats:
    """Metres from each of the things to the nearest cell of something."""
    return np.asarray(m.distance_to(what)[cells_of(m, table)], float)


def trees(m: Map, *words: str) -> np.ndarray:
    """Trees whose species' name holds one of the words; without words all but bushes."""
    known = m.about["instances"].get("tree", {}).get("species", [])
    if not known and not words:
        return m.things("tree")
    wanted = [
        name
        for name in known
        if (any(w in name.lower() for w in words) if words else not any(b in name.lower() for b in BUSHES))
    ]
    return np.concatenate([np.zeros((0, 5)), *(m.things("tree", name) for name in wanted)])


def apart(m: Map, one: Point, other: Point) -> float:
    """Distance of two places as a share of the map's longer side."""
    return float(np.hypot((one.x - other.x) * m.extent[0], (one.y - other.y) * m.extent[1])) / side(m)


def one_island(m: Map) -> bool:
    """One clearly dominant island, off the edges; a few skerries beside it are no second island."""
    land = m.parts("land")
    return bool(land) and not m.edges("land") and sum(p.share for p in land[1:]) <= 0.05 * land[0].share


def island_count(m: Map, number: int) -> bool:
    return len(m.islands()) == number and not m.edges("land")


def cones(m: Map) -> list[Part]:
    """Craters whose rims lie in the upper quarter of the land."""
    high = np.percentile(m.height[m.mask("land")], 75)
    return [c for c in m.craters() if np.median(m.height[m.ring(c.mask)]) > high]


def solidity(part: Part) -> float:
    """Share of its convex hull that it fills."""
    points = np.argwhere(part.mask).astype(float)
    return float(len(points) / ConvexHull(points).volume)


def high_ground(m: Map, percent: float = 85) -> np.ndarray:
    """Return the upper part of the dry ground."""
    return m.mask("dry") & (m.height >= np.percentile(m.height[m.mask("dry")], percent))


def wide(m: Map, part: Part) -> float:
    """Mean of its north-south and east-west spans in metres."""
    rows, cols = np.flatnonzero(part.mask.any(1)), np.flatnonzero(part.mask.any(0))
    return float((np.ptp(rows) + np.ptp(cols) + 2) / 2) * m.cell


def spans(m: Map, part: Part) -> tuple[float, float]:
    """East-west and north-south reach in metres."""
    rows, cols = np.flatnonzero(part.mask.any(1)), np.flatnonzero(part.mask.any(0))
    return float(np.ptp(cols) + 1) * m.cell, float(np.ptp(rows) + 1) * m.cell
