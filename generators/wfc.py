"""Wave function collapse: maps put together from tiles, or from the patterns of a small picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator
from scipy import ndimage

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.files import user_file
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param

from .dungeon_lattice import ROCK, Lattice, onto_grid
from .dungeon_mesh import dungeon_parts
from .footprint import interior_layers, last_room, levelled, lowest_resolution
from .kernels.collapse import IMPOSSIBLE, SOLVED, collapse
from .kernels.dice import state_of
from .room_layout import BoolArray
from .tile_map import inside_drawing, outside_output
from .tile_model import TileModel, model_of, numbers, own_sample, samples

MOST_TILES = 250
"""Tiles along a side, at most: beyond, time and memory grow out of hand."""


class Wfc(Params):
    """Parameters of `wfc`."""

    sample: Literal["dungeon", "rooms", "town", "islands"] = param(
        "dungeon", "Which sample it follows: dungeon and town are tiles, rooms and islands pictures.",
    )  # fmt: skip
    own: str = param(
        "", "A sample of your own instead: rows of signs parted by / (# rock . floor , corridor g grass w water), or "
        "JSON like the samples in the assets.",
    )  # fmt: skip
    tiles: str = param("", "The same as a JSON file beside the recipe, such as: tiles.json.")
    cell_m: float = param(
        2, "Edge of one sign of the sample on the map.", unit="m", ge=0.5, le=100,
        hints="2 for dungeons, 5-10 for towns and islands",
        adjectives={"tiny": 1, "small": 1.5, "": 2, "large": 3, "big": 3, "huge": 5},
    )  # fmt: skip
    pattern: int = param(3, "Side of the patterns that are taken from a picture, in signs.", ge=2, le=4)
    symmetry: int = param(
        8, "Copies of each tile or pattern: 1 as drawn, 2 mirrored, 4 turned, 8 turned and mirrored.", ge=1, le=8
    )
    periodic_input: bool = param(True, "Whether a picture goes on at its other side.")
    border: bool = param(True, "Whether what lies along the rim is blank: rock, meadow or water by the sample.")
    joined: bool = param(True, "Whether all that one walks on hangs together.")
    counts: str = param("", "Exact numbers of tiles by name, such as: house = 5, crossing = 2.")
    fixed: str = param("", "Tiles at places x y [m] from the south-west corner, such as: house = 40 60.")
    restarts: int = param(12, "Fresh starts after a dead end that could not be backed out of.", ge=0, le=200)
    retreats: int = param(3000, "Choices that may be taken back in one attempt.", ge=0, le=100_000)
    wall_height_m: float = param(
        2.5, "Height of the walls of an interior.", unit="m", ge=1.5, le=12, aspect="height", feature="tile pattern",
        adjectives={"low": 1.8, "": 2.5, "high": 4, "tall": 4},
    )  # fmt: skip

    @field_validator("tiles")
    @classmethod
    def _beside(cls, value: str) -> str:
        name = PurePosixPath(value.replace("\\", "/"))
        if value and (name.is_absolute() or ".." in name.parts or ":" in value or "\0" in value):
            raise ValueError("name a file beside the recipe, without '..' and without a drive")
        return str(name) if value else ""

    def files(self) -> tuple[str, ...]:
        """Return the user's tile set."""
        return (self.tiles,) if self.tiles else ()


FEATURES = (
    Feature(
        "tile pattern", ("tile pattern", "tile map", "tile layout", "wave function collapse"), layer="cell",
        values=("wall", "floor", "corridor", "door"), count_by="none",
    ),
)  # fmt: skip


@generator(
    family="interiors",
    stage="interior",
    version=3,
    reads=("height", "water_kind", "water_level", "cell", "room", "biome", "road"),
    writes=("cell", "room", "height", "water_kind", "water_level", "biome", "road", "instances:tree"),
    features=FEATURES,
    source="Gumin 2016; Merrell 2007; supports after Mohr & Henderson 1986 (AC-4)",
)
def wfc(inputs: Inputs, params: Wfc, rng: np.random.Generator, tick: Tick) -> Output:
    """Tile map in which every neighbourhood is one of a sample: tiles that fit, or the patterns of a picture."""
    told = _told(inputs, params)
    model = model_of(told, params.pattern, params.symmetry, params.periodic_input)
    site = _site(inputs, params, model)
    tick(0.1, "putting tiles together")
    chosen = _arranged(site, model, params, rng, tick)
    tick(0.8, "drawing what came out")
    signs = _signs(site, model, chosen)
    if not model.indoors:
        return outside_output(inputs, site.lattice, signs, model.signs)
    drawing = inside_drawing(signs, model.signs)
    cell, room = onto_grid(site.lattice, drawing, inputs.grid)
    if len(np.unique(room)) < len(np.unique(drawing.room)):
        raise BuildError(lowest_resolution(inputs.grid, site.lattice.cell_m, "the rooms of this sample"))
    height, floor_m = levelled(inputs, cell > ROCK)
    last = last_room(inputs)
    return Output(
        layers=interior_layers(inputs, cell, room, height),
        parts=dungeon_parts(site.lattice, drawing, floor_m, params.wall_height_m, f"_{last + 1}" if last else ""),
    )


def _told(inputs: Inputs, params: Wfc) -> Mapping[str, Any]:
    """Return the sample: the user's file, what the user wrote, or one that comes along."""
    if params.tiles:
        path = user_file(inputs.folder, params.tiles)
        try:
            return own_sample(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise BuildError(f"'{params.tiles}' cannot be read as text; save it as JSON") from error
    return own_sample(params.own) if params.own.strip() else samples()[params.sample]


@dataclass(frozen=True)
class Site:
    """Where the tiles go.

    Parameters
    ----------
    lattice : Lattice
        Cells as large as a sign.
    first : (int, int)
        Row and column of the first sign of the first tile.
    usable : ndarray
        ``(rows, cols) bool`` tiles that lie wholly inside the region.
    """

    lattice: Lattice
    first: tuple[int, int]
    usable: BoolArray


def _site(inputs: Inputs, params: Wfc, model: TileModel) -> Site:
    grid = inputs.grid
    lattice = Lattice.over(grid, params.cell_m, params.cell_m)
    if max(lattice.rows, lattice.cols) > 4096:
        raise BuildError(f"signs of {params.cell_m:g} m are too many for this map; raise cell_m")
    points = lattice.points(np.argwhere(np.ones((lattice.rows, lattice.cols), dtype=bool)))
    good = grid.sample(inputs.mask, points) >= 0.5
    taken = inputs.has("water_kind", "sea", "lake", "river")
    taken |= inputs.has("cell", "wall", "floor", "corridor", "door", "water", "stairs", "bridge")
    good &= ~taken[grid.cells_of(points)]
    cells = good.reshape(lattice.rows, lattice.cols)
    if model.indoors:
        cells = ndimage.binary_erosion(cells, np.ones((3, 3)), border_value=0)
        cells[[0, -1]] = cells[:, [0, -1]] = False
    rows, cols = np.nonzero(cells.any(axis=1))[0], np.nonzero(cells.any(axis=0))[0]
    step = model.step
    shape = tuple((int(np.ptp(i)) + 1) // step if len(i) else 0 for i in (rows, cols))
    if min(shape) < 2:
        raise BuildError("no two tiles fit into the region; lower cell_m or make the region larger")
    if max(shape) > MOST_TILES:
        least = params.cell_m * max(shape) / MOST_TILES
        raise BuildError(f"{shape[1]} x {shape[0]} tiles are too many; raise cell_m to {least:.1f} m or more")
    first = int(rows[0]) + (int(np.ptp(rows)) + 1) % step // 2, int(cols[0]) + (int(np.ptp(cols)) + 1) % step // 2
    usable = np.ones(shape, dtype=bool)
    for dr in range(step):
        for dc in range(step):
            usable &= cells[first[0] + dr :: step, first[1] + dc :: step][: shape[0], : shape[1]]
    return Site(lattice, first, usable)


def _barred(site: Site, model: TileModel, params: Wfc) -> NDArray[np.bool_]:
    """``(rows, cols, tiles) bool`` what the rim and the region forbid."""
    names = np.array(model.names)
    barred = np.zeros((*site.usable.shape, len(names)), dtype=bool)
    outside = ~site.usable if model.indoors else np.zeros_like(site.usable)
    if params.border:
        rim = np.ones_like(site.usable)
        rim[1:-1, 1:-1] = False
        outside = outside | rim
    if not (names == model.blank).any():
        raise BuildError(
            f"the sample has no tile '{model.blank}' for what is blank; set border to false or name another"
        )
    barred |= outside[:, :, None] & (names != model.blank)
    for name, value in numbers(params.fixed, "fixed", set(model.names)).items():
        try:
            x, y = (float(v) for v in value.split())
        except ValueError as error:
            raise BuildError(f"fixed says '{name} = {value}'; write two numbers, x and y in metres") from error
        lattice = site.lattice
        r = int((lattice.rows - (y - lattice.origin_m[1]) / lattice.cell_m - site.first[0]) // model.step)
        c = int(((x - lattice.origin_m[0]) / lattice.cell_m - site.first[1]) // model.step)
        if not (0 <= r < site.usable.shape[0] and 0 <= c < site.usable.shape[1] and site.usable[r, c]):
            raise BuildError(
                f"fixed puts '{name}' at {x:g} {y:g}, which is outside of the region; choose another place"
            )
        barred[r, c] = names != name
    return barred


def _counted(
    barred: NDArray[np.bool_], names: NDArray[np.str_], counts: Mapping[str, int], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return the bars with so many tiles of each counted name at places drawn by lot, and none elsewhere."""
    out = barred.copy()
    for name, wanted in counts.items():
        mine = names == name
        here = out[:, :, ~mine].all(axis=2) & ~out[:, :, mine].all(axis=2)
        open_ = np.argwhere(~out[:, :, mine].all(axis=2) & ~here)
        picked: list[tuple[int, int]] = [(r, c) for r, c in np.argwhere(here).tolist()]
        for k in rng.permutation(len(open_)).tolist():
            r, c = open_[k].tolist()
            if len(picked) < wanted and all(max(abs(r - i), abs(c - j)) > 1 for i, j in picked):
                picked.append((r, c))
        if len(picked) != wanted:
            raise BuildError(
                f"{wanted} tiles '{name}' do not fit; {len(picked)} do, so ask for fewer or a larger region"
            )
        out[:, :, mine] = True
        for r, c in picked:
            out[r, c, mine] = barred[r, c, mine]
            out[r, c, ~mine] = True
    return out


def _hearted(barred: NDArray[np.bool_], model: TileModel, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return the bars with the hearts of several rooms laid at places drawn by lot, a pitch apart at least."""
    out = barred.copy()
    mine = np.isin(np.array(model.names), model.hearts)
    rows, cols = barred.shape[:2]
    wanted = max(2, round(share * rows * cols / model.pitch**2))
    rim = min(5, (min(rows, cols) - 1) // 3)
    able = np.argwhere(~barred[rim : rows - rim, rim : cols - rim][:, :, mine].all(axis=2)) + rim
    picked = np.empty((0, 2))
    for r, c in able[rng.permutation(len(able))].tolist():
        if len(picked) == wanted:
            break
        if not len(picked) or np.abs(picked - (r, c)).max(axis=1).min() >= 0.8 * model.pitch:
            picked = np.concatenate([picked, [[r, c]]])
            out[r, c, ~mine] = True
    return out


def _arranged(site: Site, model: TileModel, params: Wfc, rng: np.random.Generator, tick: Tick) -> NDArray[np.int64]:
    """``(rows, cols)`` tile of each place.

    Raises
    ------
    BuildError
        No arrangement was found.
    """
    fits, starts = model.lists()
    names = np.array(model.names)
    barred, sides = _barred(site, model, params), model.sides()
    counts = _whole(numbers(params.counts, "counts", set(model.names)))
    rows, cols = site.usable.shape
    status = 0
    for attempt in range(params.restarts + 1):
        tick(0.1 + 0.7 * attempt / (params.restarts + 1), "putting tiles together")
        here = _counted(barred, names, counts, rng) if counts else barred
        here = _hearted(here, model, 0.9**attempt, rng) if model.hearts else here
        status, chosen, _ = collapse(
            rows, cols, model.weights, fits, starts, here.reshape(rows * cols, -1), sides, params.joined,
            params.retreats, state_of(rng),
        )  # fmt: skip
        if status == SOLVED:
            return np.asarray(chosen).reshape(rows, cols)
        if status == IMPOSSIBLE and not (counts or model.hearts):
            break
    why = (
        "the rim, the counts and the fixed tiles leave no way"
        if status == IMPOSSIBLE
        else f"{params.restarts + 1} attempts with {params.retreats} steps back each ended in a contradiction"
    )
    raise BuildError(
        f"no {cols} x {rows} tiles of this sample fit together: {why}; ask for less or set joined to false"
    )


def _whole(told: Mapping[str, str]) -> dict[str, int]:
    out = {}
    for name, value in told.items():
        if not value.isdigit():
            raise BuildError(f"counts says '{name} = {value}'; write a whole number")
        out[name] = int(value)
    return out


def _signs(site: Site, model: TileModel, chosen: NDArray[np.int64]) -> NDArray[np.str_]:
    """``(rows, cols)`` signs on the whole lattice, empty where nothing was laid."""
    step = model.step
    pictures = np.array([[list(row[:step]) for row in tile[:step]] for tile in model.tiles])
    laid = pictures[chosen].transpose(0, 2, 1, 3).reshape(chosen.shape[0] * step, chosen.shape[1] * step)
    out = np.full((site.lattice.rows, site.lattice.cols), "", dtype="<U1")
    keep = site.usable.repeat(step, axis=0).repeat(step, axis=1)
    r, c = site.first
    out[r : r + laid.shape[0], c : c + laid.shape[1]] = np.where(keep, laid, "")
    return out
