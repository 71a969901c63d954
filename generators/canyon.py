"""Canyons: cut deep, with stepped walls of level beds, from side to side or through points, dry or with a river."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.ndimage import label

from pcgstudio.build import SHORE_M
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Blend, Params, param
from pcgstudio.world import FloatArray, Layer, Path

from .canyon_course import Doubles, Ways, courses, floor_along, nearest_index
from .canyon_river import watered
from .kernels.channels import nearest_on_line
from .kernels.lattice import ease, strips
from .kernels.noise import fractal_noise
from .placement import blended, calm_ground, rim_distance, site_of, solid
from .river_survey import Side

_REACH = 1.7  # half widths to either side that are looked at: noise widens a canyon here and there
Points = Annotated[tuple[tuple[float, float], ...], Field(max_length=64)]


class Canyon(Params):
    """Parameters of `canyon`."""

    count: int = param(1, "Number of canyons side by side, exactly.", ge=1, le=6, aspect="count", feature="canyon")
    width_m: float = param(
        130, "Width from rim to rim.", unit="m", ge=4, le=30000, scales=True, aspect="width", feature="canyon",
        adjectives={"narrow": 75, "slender": 75, "": 130, "wide": 230, "broad": 230, "huge": 280},
    )  # fmt: skip
    depth_m: float = param(
        80, "Depth of the floor below the ground beside it.", unit="m", ge=1, le=4000, scales=True, aspect="depth",
        feature="canyon", adjectives={"shallow": 35, "": 80, "deep": 140},
    )  # fmt: skip
    floor_share: float = param(
        0.28, "Share of the width that is level floor.", unit="share", ge=0.02, le=0.9,
        hints="0.1 a slot or a V, 0.6 a broad valley between cliffs",
    )  # fmt: skip
    meander: float = param(
        0.6, "How far it winds from side to side.", ge=0, le=1,
        adjectives={"straight": 0.02, "": 0.6, "winding": 0.9, "meandering": 1.0, "snaking": 1.0},
    )  # fmt: skip
    strata: float = param(
        0.8, "How clearly level beds of hard and soft rock step the walls.", ge=0, le=1,
        adjectives={"smooth": 0.0, "": 0.8, "stepped": 1.0, "layered": 1.0, "stratified": 1.0},
    )  # fmt: skip
    beds: int = param(4, "Number of beds of rock over the depth.", ge=1, le=24)
    ragged: float = param(
        0.6, "How deeply alcoves and spurs cut into the rims.", ge=0, le=1, hints="0 a smooth trench, 1 side canyons"
    )
    direction_deg: float | None = param(
        None, "Direction it runs in: 0 east-west, 90 north-south; empty: as it falls.", unit="deg", ge=0, le=180
    )
    from_side: Side = param("any", "Side of the map it comes from.")
    toward: Side = param("any", "Side of the map it runs to.")
    through_m: Points = param((), "Points x, y [m] that it runs through instead, from its first to its last.")
    river: bool = param(False, "Whether a river runs along its floor; in a canyon closed at both ends, a level lake.")
    river_width_m: float | None = param(
        None, "Width of that river; empty: a third of the floor.", unit="m", ge=0.5, le=3000, scales=True
    )
    blend: Blend = param("min", "How it meets the ground: cut into it (min), or dug evenly below it (add).")


@generator(
    family="terrain",
    stage="surface",
    reads=("height", "water_kind", "water_level", "flow", "river_width", "canyon"),
    writes=("height", "canyon", "water_kind", "water_level", "flow", "river_width"),
    features=(Feature("canyon", ("canyon", "gorge", "ravine", "chasm", "slot canyon"), "canyon"),),
    source="Selby, Rock mass strength and the form of inselbergs and canyon walls (1980): cliffs in hard beds, talus in"
    " soft ones",
)  # fmt: skip
def canyon(inputs: Inputs, params: Canyon, rng: np.random.Generator, tick: Tick) -> Output:
    """Cut canyons with stepped walls right across the region or through points, dry or with a river on the floor."""
    if len(params.through_m) == 1:
        raise BuildError("a canyon cannot run through one point alone; give at least two, or none")
    site = site_of(inputs, avoid=())
    tick(0.05, "choosing the course")
    ways = Ways(
        params.count, params.width_m, params.meander, params.direction_deg, params.from_side, params.toward,
        params.through_m,
    )  # fmt: skip
    lines = courses(site, ways, rng)
    ground = _Ground(inputs, params, int(rng.integers(2**31)), rng.uniform(0.55, 1.45, 4 * params.beds))
    footprint = np.zeros(inputs.grid.shape, dtype=bool)
    floors = []
    for i, line in enumerate(lines):
        tick(0.1 + 0.5 * i / len(lines), "cutting the walls")
        floor, inside = ground.cut(line)
        floors.append(floor)
        footprint |= inside & site.open & solid(inputs.mask)
    if not footprint.any():
        raise BuildError("the canyon lies outside the land of its region; move its points or widen the region")
    tick(0.7, "laying the floor")
    layers = ground.layers()
    paths: tuple[Path, ...] = ()
    if params.river:
        wide = params.river_width_m or params.width_m * params.floor_share / 3
        layers, paths = watered(inputs, layers, footprint, list(zip(lines, floors, strict=True)), wide)
    old = inputs.get("canyon")
    mask = footprint if old is None else footprint | (old > 0)
    return Output({**layers, "canyon": Layer.mask(mask)}, paths=paths)


@dataclass
class _Ground:
    """The ground while canyons are cut into it."""

    inputs: Inputs
    params: Canyon
    seed: int
    thickness: Doubles

    def __post_init__(self) -> None:
        grid, half = self.inputs.grid, self.params.width_m / 2
        self.before = self.inputs.height()
        self.height = self.before.copy()
        self.calm = calm_ground(self.inputs, 0.5 * self.params.width_m)
        self.rim_m = rim_distance(self.inputs)
        self.lowest = SHORE_M + 0.3 if self.inputs.has("water_kind", "sea").any() else -np.inf
        broad = fractal_noise(grid, seed=self.seed, feature_size_m=2.4 * half, octaves=2)
        fine = fractal_noise(grid, seed=self.seed + 1, feature_size_m=0.8 * half, octaves=4, gain=0.45)
        self.bend = np.float32(0.3) * broad + np.float32(0.34) * fine

    def cut(self, line: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
        """Cut one canyon; returns its floor along the line ``(n,)`` [m] and where it is ``(rows, cols)``."""
        grid, p = self.inputs.grid, self.params
        half = p.width_m / 2
        floor = floor_along(grid, self.calm, line, p.depth_m, self.lowest)
        x, y = line.astype(np.float32).T.copy()
        new = np.zeros(len(line), dtype=bool)
        reach = np.full(len(line), _REACH * half, np.float32)
        away, place = nearest_on_line(x, y, reach, new, grid.cell_size_m, grid.shape)
        bed = nearest_index(floor, place)
        del place
        t = np.empty(grid.shape, np.float32)
        for rows in strips(grid.rows):
            t[rows] = self._across(away[rows], rows)
        del away
        inside = self._joined(t < 1, line)
        t[~inside] = 1
        top = self.before if p.blend != "add" else self.calm
        sheer = bed + (top - bed) * t
        knots = self._knots(float(sheer.min()), float(sheer.max()))
        for rows in strips(grid.rows):
            steps = np.interp(sheer[rows], *knots).astype(np.float32)
            wall = sheer[rows] + (steps - sheer[rows]) * np.float32(p.strata) * ease(t[rows], 0.0, 0.06)
            wall = np.where(inside[rows], np.minimum(wall, np.maximum(top[rows], bed[rows])), top[rows])
            dug = self.before[rows] + np.minimum(wall - self.calm[rows], 0)
            cut = dug if p.blend == "add" else blended(self.before[rows], wall, p.blend)
            cut = np.minimum(self.height[rows], cut) if p.blend != "max" else cut
            self.height[rows] = np.where(inside[rows], cut, self.height[rows])
        return floor, inside

    def _across(self, away: FloatArray, rows: slice) -> FloatArray:
        """Return for some rows the way from the edge of the floor, 0, to the rim, 1."""
        p, half = self.params, self.params.width_m / 2
        # Spurs and alcoves push the walls about; the floor's own edge stays where it is.
        u = np.asarray(np.where(np.isfinite(away), away, np.float32(2 * half)) / np.float32(half), dtype=np.float32)
        ragged = np.float32(p.ragged) * ease(u, 0.6 * p.floor_share, 0.5 + 0.5 * p.floor_share)
        u = u * np.clip(1 + ragged * self.bend[rows] * 1.6, 0.66, 1.6)
        if self.rim_m is not None:
            u = np.maximum(u, 1 - self.rim_m[rows] / np.float32(half))  # walls close it where the region ends
        return np.asarray(np.clip((u - p.floor_share) / (1 - p.floor_share), 0, 1), dtype=np.float32)

    def _joined(self, inside: NDArray[np.bool_], line: Doubles) -> NDArray[np.bool_]:
        """Keep the one part in which most of the line runs: noise and bends off the map make others."""
        grid = self.inputs.grid
        parts, _ = label(inside & solid(self.inputs.mask), np.ones((3, 3)))
        on_map = ((line >= 0) & (line < grid.extent_m)).all(axis=1)
        met = np.bincount(parts[grid.cells_of(line[on_map])], minlength=2)[1:]
        return np.asarray((parts == int(met.argmax()) + 1) & inside)

    def _knots(self, low: float, high: float) -> tuple[Doubles, Doubles]:
        """Heights on a wall and where they go: a bed is talus below, a cliff above it and a narrow bench on top."""
        thick = self.params.depth_m / self.params.beds * self.thickness
        turns = int((high - low) / thick.sum()) + 2
        tops = low - thick[0] + np.concatenate([[0.0], np.cumsum(np.tile(thick, turns))])
        tops = tops[: np.searchsorted(tops, high) + 2]
        base, rise = tops[:-1, None], np.diff(tops)[:, None]
        knots_from, knots_to = np.array([0.0, 0.42, 0.58, 0.98]), np.array([0.0, 0.2, 0.93, 0.98])
        return (base + rise * knots_from).ravel(), (base + rise * knots_to).ravel()

    def layers(self) -> dict[str, Layer]:
        """Return the new ground, other water and its beds left alone."""
        kind = self.inputs.get("water_kind")
        held = self.height if kind is None else np.where(kind > 0, self.before, np.maximum(self.height, self._shore()))
        return {"height": Layer(held.astype(np.float32), "m")}

    def _shore(self) -> np.float32:
        return np.float32(SHORE_M if np.isfinite(self.lowest) else -np.inf)
