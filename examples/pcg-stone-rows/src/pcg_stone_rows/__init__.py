"""Rows of standing stones, as at Carnac: an example of a generator in a package of its own.

Read beside ``docs/writing-a-generator.md``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import Grid, Instances, Layer

TRIES = 400
SLAB_M = (2.0, 1.3, 4.2)
"""Usual length, width and height of a stone."""

Doubles = NDArray[np.float64]


class StoneRows(Params):
    """Parameters of `stone_rows`."""

    count: int = param(3, "Number of rows, exactly.", ge=1, le=24, aspect="count", feature="stone row")
    length_m: float = param(
        160, "Length of a row.", unit="m", ge=10, le=5000, scales=True, aspect="length", feature="stone row",
        adjectives={"short": 80, "": 160, "long": 320},
    )  # fmt: skip
    spacing_m: float = param(28, "Distance from row to row.", unit="m", ge=4, le=500)
    gap_m: float = param(6, "Distance from stone to stone.", unit="m", ge=1.5, le=50)


@generator(
    family="scatter",
    stage="scatter",
    reads=("height", "water_kind", "stone_row", "instances:rock"),
    writes=("stone_row", "instances:rock"),
    features=(
        Feature("stone row", ("stone row", "row of standing stones", "stone alignment"), "stone_row", count_by="ids"),
    ),
    source="Thom & Thom, Megalithic Remains in Britain and Brittany (1978)",
)
def stone_rows(inputs: Inputs, params: StoneRows, rng: np.random.Generator, tick: Tick) -> Output:
    """Set up parallel rows of standing stones on dry ground."""
    tick(0.1, "looking for even ground")
    middle, turn = _place(inputs, params, rng)
    tick(0.5, "setting up stones")
    old = inputs.get("stone_row")
    first = 0 if old is None else int(old.max())
    rows = _rows_at(inputs.grid, middle, turn, params)
    numbered = np.where(rows > 0, rows + first, 0 if old is None else old).astype(np.int16)
    points, yaw = _stones(middle, turn, params, rng)
    tick(0.9, "standing them on the ground")
    placement = np.zeros((len(points), 5), np.float32)
    placement[:, :2], placement[:, 3], placement[:, 4] = points, yaw, 1
    placement[:, 2] = inputs.grid.sample(inputs.height(), points)
    size = (np.array(SLAB_M) * rng.uniform(0.7, 1.25, (len(points), 1))).astype(np.float32)
    stones = Instances(placement, np.zeros(len(points), np.int32), size, ("slab",))
    return Output({"stone_row": Layer(numbered, kind="categorical")}, {"rock": stones})


def _place(inputs: Inputs, params: StoneRows, rng: np.random.Generator) -> tuple[Doubles, float]:
    """Return the middle [m] and the direction [radians] of rows that stand on open ground from end to end.

    Everything is drawn in metres, never in cells: the same rows come out at every resolution.
    """
    old = inputs.get("stone_row")
    open_ground = (inputs.mask > 0.5) & ~inputs.has("water_kind", "sea", "lake", "river")
    if old is not None:
        open_ground &= old == 0
    east, north = inputs.grid.extent_m
    for _ in range(TRIES):
        middle, turn = rng.uniform(0, 1, 2) * (east, north), rng.uniform(0, np.pi)
        corners = _to_map(_frame(params), middle, turn)
        inside = ((corners >= 0) & (corners < (east, north))).all()
        if inside and open_ground[inputs.grid.cells_of(corners)].all():
            return middle, turn
    raise BuildError(
        f"{params.count} stone rows of {params.length_m:g} m find no open ground; ask for fewer or shorter ones, or "
        "widen the region"
    )


def _frame(params: StoneRows) -> Doubles:
    """``(n, 2)`` points all over the ground that the rows need, along and across them [m]."""
    along, across = params.length_m / 2 + params.gap_m, params.count * params.spacing_m / 2
    steps = [np.linspace(-side, side, 2 + int(side / 4)) for side in (along, across)]
    return np.stack([axis.ravel() for axis in np.meshgrid(*steps)], axis=1)


def _to_map(points: Doubles, middle: Doubles, turn: float) -> Doubles:
    """Bring points along and across the rows to x, y [m]."""
    c, s = np.cos(turn), np.sin(turn)
    return points @ np.array([[c, s], [-s, c]]) + middle


def _rows_at(grid: Grid, middle: Doubles, turn: float, params: StoneRows) -> NDArray[np.int64]:
    """``(rows, cols)`` number of the row that a cell belongs to, from 1; 0 off the rows."""
    dx, dy = grid.xs()[None, :] - middle[0], grid.ys()[:, None] - middle[1]
    along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    place = across / params.spacing_m + (params.count - 1) / 2
    nearest = np.round(place)
    near = np.abs(place - nearest) * params.spacing_m <= max(0.3 * params.spacing_m, 0.75 * grid.cell_size_m)
    on = near & (np.abs(along) <= params.length_m / 2) & (nearest >= 0) & (nearest < params.count)
    return np.where(on, nearest + 1, 0).astype(np.int64)


def _stones(middle: Doubles, turn: float, params: StoneRows, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """``(n, 2)`` places [m] and ``(n,)`` yaw [degrees] of all stones, a little out of line as old ones are."""
    along = np.arange(-params.length_m / 2, params.length_m / 2 + 1e-6, params.gap_m)
    across = (np.arange(params.count) - (params.count - 1) / 2) * params.spacing_m
    points = np.stack([axis.ravel() for axis in np.meshgrid(along, across)], axis=1)
    points += rng.normal(0, 0.05, points.shape) * params.gap_m
    return _to_map(points, middle, turn), np.degrees(turn) + rng.normal(0, 8, len(points))
