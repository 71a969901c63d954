"""What stands in a room by its role, and the lights that show it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio.interior import FloorPlan
from pcgstudio.world import FloatArray, Grid, Instances, MeshPart

from .dungeon_lattice import EIGHT

PROPS = ("chest", "altar", "stairs", "pillar", "key", "brazier")
SIZES = {
    "chest": (0.7, 1.1, 0.8), "altar": (1.4, 2.4, 1.5), "stairs": (2.4, 1.8, 1.3), "pillar": (1.0, 1.0, 2.3),
    "key": (0.25, 0.6, 1.0), "brazier": (0.7, 0.7, 1.1),
}  # fmt: skip
"""Length, width and height [m] of each species."""
LAMP_M = 1.7
"""Height of a light above the floor."""
LAMP_AREA_M2 = 60.0
"""Floor that one light serves."""
RUG_M = 0.09
"""Height of a rug, above the floor slabs."""
CLEAR_M = 1.6
"""Room that is left free around doors and between things."""


@dataclass(frozen=True)
class Chamber:
    """A room as its furniture sees it.

    Parameters
    ----------
    low, high : ndarray
        ``(2,)`` x, y [m] of its bounding box.
    middle : ndarray
        ``(2,)`` x, y [m] of the free place nearest to its centre.
    places : ndarray
        ``(n, 2)`` x, y [m] of its cells.
    clearance : ndarray
        ``(n,)`` distance of each to the nearest wall [m].
    doors : ndarray
        ``(k, 2)`` x, y [m] of its doors; empty where it has none.
    cell_m : float
        Edge of a cell.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    middle: NDArray[np.float64]
    places: NDArray[np.float64]
    clearance: NDArray[np.float64]
    doors: NDArray[np.float64]
    cell_m: float

    def holds(self, points: NDArray[np.float64]) -> bool:
        """Whether any of ``(n, 2)`` points x, y [m] lies in its bounding box."""
        return bool(((points > self.low) & (points < self.high)).all(axis=1).any())

    @property
    def area_m2(self) -> float:
        """Floor it has."""
        return len(self.places) * self.cell_m**2

    @property
    def is_box(self) -> bool:
        """Whether it fills its bounding box, as a cave's chamber does not."""
        return self.area_m2 > 0.97 * float(np.prod(self.high - self.low))

    def within(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a place itself where it lies in the room, else the closest one that does; caves are no boxes."""
        return point if in_cells(self.places, self.cell_m, point) else self.nearest(point, 0.7)

    def nearest(self, point: NDArray[np.float64], clearance_m: float) -> NDArray[np.float64]:
        """Return the place closest to a point that keeps clear of the walls, as far as the room allows."""
        roomy = self.places[self.clearance >= min(clearance_m, float(self.clearance.max()))]
        return np.asarray(roomy[np.argmin(np.hypot(*(roomy - point).T))])


def in_cells(places: NDArray[np.float64], cell_m: float, point: NDArray[np.float64]) -> bool:
    """Whether a point lies in a cell around one of ``(n, 2)`` places, southern and western edges included."""
    off = (point - places) / cell_m
    return bool(((off >= -0.5 - 1e-6) & (off < 0.5 - 1e-6)).all(axis=1).any())


def chambers(plan: FloorPlan, grid: Grid) -> list[Chamber]:
    """Return the rooms of a plan drawn on ``grid``, in the order of the plan."""
    room = np.where(plan.area <= len(plan.rooms), plan.area, 0)
    clear = ndimage.distance_transform_edt(room > 0) * grid.cell_size_m
    xs, ys = grid.xs().astype(np.float64), grid.ys().astype(np.float64)
    found = []
    for number, box in enumerate(ndimage.find_objects(room), start=1):
        wide = tuple(slice(max(s.start - 1, 0), s.stop + 1) for s in box)
        rows, cols = np.nonzero(room[box] == number)
        places = np.stack([xs[box[1]][cols], ys[box[0]][rows]], axis=1)
        half = grid.cell_size_m / 2
        low, high = places.min(axis=0) - half, places.max(axis=0) + half
        near = ndimage.binary_dilation(room[wide] == number, EIGHT) & (plan.area[wide] > len(plan.rooms))
        r, c = np.nonzero(near)
        doors = np.stack([xs[wide[1]][c], ys[wide[0]][r]], axis=1)
        middle = places[np.argmin(np.hypot(*(places - (low + high) / 2).T))]
        centre = (low + high) / 2
        if in_cells(places, grid.cell_size_m, centre):
            middle = np.where(np.abs(middle - centre) < grid.cell_size_m, centre, middle)
        found.append(Chamber(low, high, middle, places, clear[box][rows, cols], doors, grid.cell_size_m))
    return found


@dataclass
class Furniture:
    """What has been placed so far.

    Parameters
    ----------
    found, lit : ndarray
        ``(n, 2)`` x, y [m] of the things and the lights of earlier steps.
    """

    found: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    lit: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    props: list[tuple[str, float, float, float]] = field(default_factory=list)
    lights: list[tuple[float, float]] = field(default_factory=list)
    rugs: list[tuple[float, float, float, float]] = field(default_factory=list)

    def put(self, species: str, at: NDArray[np.float64], yaw: float = 0.0) -> None:
        """Place a thing at x, y [m], turned to a direction [deg]."""
        self.props.append((species, float(at[0]), float(at[1]), yaw))

    def light(self, at: NDArray[np.float64]) -> None:
        """Place a light at x, y [m]."""
        self.lights.append((float(at[0]), float(at[1])))

    def is_clear(self, at: NDArray[np.float64], chamber: Chamber) -> bool:
        """Whether nothing stands near a place and no door opens there."""
        taken = [(x, y) for _, x, y, _ in self.props]
        near = np.concatenate([np.array(taken).reshape(-1, 2), self.found, chamber.doors])
        return not len(near) or float(np.hypot(*(near - at).T).min()) >= CLEAR_M

    def instances(self, grid: Grid, height: FloatArray) -> dict[str, Instances]:
        """Return everything on the ground of a map."""
        at = np.array([(x, y, yaw) for _, x, y, yaw in self.props], dtype=np.float32).reshape(-1, 3)
        species = np.array([PROPS.index(s) for s, *_ in self.props], dtype=np.int32)
        size = np.array([SIZES[s] for s, *_ in self.props], dtype=np.float32).reshape(-1, 3)
        lamps = np.array(self.lights, dtype=np.float32).reshape(-1, 2)
        found = {"prop": Instances(_placed(grid, height, at[:, :2], at[:, 2], 0.0), species, size, PROPS)}
        if len(lamps):
            placed = _placed(grid, height, lamps, np.zeros(len(lamps)), LAMP_M)
            none = np.zeros(len(lamps), dtype=np.int32)
            found["light"] = Instances(placed, none, np.full((len(lamps), 3), 0.2, dtype=np.float32), ("lamp",))
        return found


def _placed(grid: Grid, height: FloatArray, at: FloatArray, yaw: NDArray[np.floating], above_m: float) -> FloatArray:
    ground = height[grid.cells_of(at)] + np.float32(above_m)
    return np.column_stack([at, ground, yaw, np.ones(len(at))]).astype(np.float32)


def _facing(vector: NDArray[np.float64]) -> float:
    return float(np.degrees(np.arctan2(vector[1], vector[0])))


def _away_from_doors(chamber: Chamber) -> NDArray[np.float64]:
    """``(2,)`` unit vector along the room's longer side, from its doors toward the wall they are not in."""
    span = chamber.high - chamber.low
    doors = chamber.doors if len(chamber.doors) else chamber.low[None]
    lean = chamber.middle - doors.mean(axis=0)
    axis = 0 if abs(lean[0]) / span[0] > abs(lean[1]) / span[1] else 1
    out = np.zeros(2)
    out[axis] = 1.0 if lean[axis] >= 0 else -1.0
    return out


def furnish_boss(furniture: Furniture, chamber: Chamber) -> None:
    """Place an altar at the far end, a carpet leading to it between two rows of pillars, and fires in the corners."""
    out = _away_from_doors(chamber)
    side = np.array([-out[1], out[0]])
    span = np.abs(chamber.high - chamber.low)
    deep, wide = float(np.abs(span @ np.abs(out))), float(np.abs(span @ np.abs(side)))
    altar = chamber.within(chamber.middle + out * max(deep / 2 - 1.4, 0.0))
    furniture.put("altar", altar, _facing(-out))
    ends = np.stack([chamber.middle - out * (deep / 2 - 0.5) - side * 0.8, altar + side * 0.8])
    low, high = ends.min(axis=0), ends.max(axis=0)
    if chamber.is_box:
        furniture.rugs.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    for sign in (-1, 1):
        corner = chamber.within(chamber.middle + out * (deep / 2 - 0.9) + side * sign * (wide / 2 - 0.9))
        furniture.put("brazier", corner)
        furniture.light(corner)
        row = np.arange(-deep / 2 + 1.6, deep / 2 - 2.2, 3.0)
        for along in row.tolist() if wide >= 5 else []:
            post = chamber.middle + out * along + side * sign * (wide / 2 - min(1.4, wide / 5))
            if chamber.is_box and furniture.is_clear(post, chamber):
                furniture.put("pillar", post)


def furnish_treasure(furniture: Furniture, chamber: Chamber) -> None:
    """Place one chest, or three in a large room, backs to the wall that the doors are not in."""
    out = _away_from_doors(chamber)
    side = np.array([-out[1], out[0]])
    span = chamber.high - chamber.low
    deep, wide = float(span @ np.abs(out)), float(span @ np.abs(side))
    for offset in (0.0,) if wide < 7 else (0.0, -1.7, 1.7):
        place = chamber.nearest(chamber.middle + out * (deep / 2 - 0.9) + side * offset, 0.5)
        if not offset or furniture.is_clear(place, chamber):
            furniture.put("chest", place, _facing(-out))
    furniture.light(chamber.within(chamber.middle + out * (deep / 2 - 1.6)))


def furnish_stairs(furniture: Furniture, chamber: Chamber) -> None:
    """Place stairs against the wall that the doors are not in, with a fire on either side where there is room."""
    out = _away_from_doors(chamber)
    side = np.array([-out[1], out[0]])
    span = chamber.high - chamber.low
    deep, wide = float(span @ np.abs(out)), float(span @ np.abs(side))
    foot = chamber.within(chamber.middle + out * max(deep / 2 - 1.4, 0.0))
    furniture.put("stairs", foot, _facing(-out))
    for sign in (-1, 1):
        place = chamber.within(foot + side * sign * 1.9)
        if wide >= 5.5 and furniture.is_clear(place, chamber):
            furniture.put("brazier", place)
            furniture.light(place)


def furnish_spawn(furniture: Furniture, chamber: Chamber) -> None:
    """Place a camp fire in the middle."""
    furniture.put("brazier", chamber.middle)
    furniture.light(chamber.middle)


def furnish_hall(furniture: Furniture, chamber: Chamber) -> None:
    """Place four pillars in a large room without a role."""
    span = chamber.high - chamber.low
    if min(span) < 9.5 or not chamber.is_box or chamber.holds(furniture.found):
        return
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        post = chamber.middle + span * (x, y) * 0.24
        if furniture.is_clear(post, chamber):
            furniture.put("pillar", post)


def put_key(furniture: Furniture, chamber: Chamber, alone: bool) -> NDArray[np.float64]:
    """Place a key and return where: in the middle of a room that holds no other, else as far from those as can be."""
    span = chamber.high - chamber.low
    corners, sides = [(-1, -1), (1, 1), (1, -1), (-1, 1)], [(0, 1), (0, -1), (1, 0), (-1, 0)]
    order = np.array([(0, 0), *sides, *corners] if alone else [*corners, *sides, (0, 0)]) * span * 0.35
    keys = np.array([(x, y) for species, x, y, _ in furniture.props if species == "key"]).reshape(-1, 2)
    places = [chamber.nearest(chamber.middle + offset, 0.5) for offset in order]

    def merit(place: NDArray[np.float64]) -> tuple[bool, float]:
        apart = float(np.hypot(*(keys - place).T).min()) if len(keys) else np.inf
        return furniture.is_clear(place, chamber), min(apart, float(span.min()) / 2)

    place = max(places, key=merit)
    furniture.put("key", place)
    return place


def light_room(furniture: Furniture, chamber: Chamber) -> None:
    """Place lights over a room without any, one for about `LAMP_AREA_M2`, in a row along its longer side."""
    if chamber.holds(furniture.lit):
        return
    span = chamber.high - chamber.low
    count = max(1, round(chamber.area_m2 / LAMP_AREA_M2))
    axis = int(span[1] > span[0])
    for k in range(count):
        at = chamber.middle.copy()
        at[axis] = chamber.low[axis] + span[axis] * (k + 0.5) / count
        furniture.light(chamber.nearest(at, 0.5))


def rug_part(rugs: list[tuple[float, float, float, float]], grid: Grid, height: FloatArray) -> tuple[MeshPart, ...]:
    """Return the carpets as one mesh."""
    if not rugs:
        return ()
    vertices = []
    for x0, y0, x1, y1 in rugs:
        middle = np.array([[(x0 + x1) / 2, (y0 + y1) / 2]])
        z = float(height[grid.cells_of(middle)][0]) + RUG_M
        vertices += [(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)]
    first = np.arange(len(rugs))[:, None] * 4
    faces = np.concatenate([first + np.array(half) for half in ((0, 1, 2), (0, 2, 3))]).astype(np.int32)
    return (MeshPart("rug", np.array(vertices, dtype=np.float32), faces, "cloth"),)
