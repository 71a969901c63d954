"""From plans to the map: levelled lots, layers, instances, walls and paths of settlements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from pcgstudio.generator import Inputs, Output
from pcgstudio.region import Side
from pcgstudio.world import BIOMES, FloatArray, Instances, Layer, MeshPart, Path

from .kernels.nearness import distance_cells
from .kernels.streets import rectangles, street_cells
from .kernels.ways import stroke
from .street_lines import Doubles, Streets
from .town_fields import fields_around
from .town_harbour import PIER_M, QUAY_M, Harbour, build_harbour, pier_part
from .town_kinds import DISTRICTS, SETTLEMENTS, SPECIES, Kind
from .town_lots import Town, bodies
from .town_quarters import within
from .town_site import Ground, Mask
from .town_wall import GATE_M, THICK_M, TOWER_M, Wall, build_wall, gate_streets, wall_part

_APRON_M, _BATTER = 3.5, 0.6
_AROUND_M, _CLOSED_M = 5.0, 9.0
_BELT = 1.0  # width of the fields where they are asked for, at least, as a share of the radius
CENTRE, RESIDENTIAL, SQUARE, PARK, HARBOUR, FARMLAND, CASTLE = (
    DISTRICTS.index(n) for n in ("centre", "residential", "market_square", "park", "harbour", "farmland", "castle")
)


@dataclass(frozen=True)
class Asked:
    """What is asked of the looks of settlements; see `settlement`."""

    wall: bool
    gates: int
    gate_sides: tuple[Side, ...]
    towers: int
    harbour: bool
    piers: int
    roof: str
    storeys: int
    fields: bool | None


@dataclass(frozen=True)
class Built:
    """A planned settlement with its kind, the way its streets run, its name as a kind, and its dice."""

    town: Town
    kind: Kind
    layout: str
    name: str
    seed: int


@dataclass
class _Drawing:
    """The layers of all settlements as they grow."""

    settlement: NDArray[np.uint8]
    district: NDArray[np.uint8]
    lot: NDArray[np.int32]
    street: NDArray[np.int32]
    road: Mask
    building: Mask
    wall: Mask
    pier: NDArray[np.int16]
    change: FloatArray


def assemble(inputs: Inputs, ground: Ground, asked: Asked, towns: list[Built]) -> Output:
    """Return everything that settlements leave on the map."""
    drawing = _begun(inputs)
    parts: list[MeshPart] = []
    paths: list[Path] = []
    placed: list[tuple[Doubles, FloatArray, NDArray[np.int64]]] = []
    gates, towers = np.empty((0, 3)), np.empty((0, 2))
    first = _number(inputs)
    for number, one in enumerate(towns, first):
        streets = _on_map(one.town)
        wall = build_wall(one.town, asked.gates, asked.towers, asked.gate_sides) if asked.wall else None
        if wall is not None:
            streets = _both(streets, gate_streets(wall, one.kind.main_m))
            dry = ~inputs.has("water_kind", "sea", "lake", "river")[inputs.grid.cells_of(wall.towers)]
            kept = wall.towers[dry] if not asked.towers else wall.towers
            gates, towers = np.concatenate([gates, wall.gates]), np.concatenate([towers, kept])
        harbour = build_harbour(inputs, one.town, asked.piers) if asked.harbour else None
        if harbour is not None:
            ways = [harbour.way, harbour.quay]
            starts = np.array([0, len(ways[0]), len(ways[0]) + len(ways[1])])
            streets = _both(streets, Streets(np.concatenate(ways), starts, np.array([2.6, 2.6])))
            _draw_piers(inputs, drawing, harbour)
            parts += [pier_part(a, b, f"pier_{number}_{k}") for k, (a, b) in enumerate(harbour.piers, 1)]
        footprints, height, species = bodies(one.town, one.kind, asked.roof, asked.storeys, one.seed)
        footprints[:, :2] += [one.town.plot.x0, one.town.plot.y0]
        placed.append((footprints, height, species))
        _draw(inputs, drawing, one, streets, footprints, wall, harbour)
        belt = one.kind.fields if asked.fields is None else max(one.kind.fields, _BELT) if asked.fields else 0
        if belt:
            fields_around(inputs, ground, one.town, belt, drawing.settlement, drawing.district, drawing.lot,
                          (drawing.road | drawing.wall), one.seed)  # fmt: skip
        height_now = inputs.height() + drawing.change
        parts += _walls(inputs, wall, height_now, number)
        paths += _paths(inputs, streets, height_now)
    height_map = inputs.height() + drawing.change
    return Output(
        layers={
            "height": Layer(height_map.astype(np.float32), "m"),
            "road": Layer.mask(drawing.road),
            "building": Layer.mask(drawing.building),
            "wall": Layer.mask(drawing.wall),
            "settlement": Layer.named(drawing.settlement, SETTLEMENTS),
            "district": Layer.named(drawing.district, DISTRICTS),
            "lot": Layer(drawing.lot, kind="categorical"),
            "street": Layer(drawing.street, kind="categorical"),
            "pier": Layer(drawing.pier, kind="categorical"),
            **_farmed(inputs, drawing.district),
        },
        instances={
            "building": _buildings(inputs, placed, height_map),
            "gate": _standing(inputs, gates, GATE_M, "gate", height_map),
            "tower": _standing(inputs, np.insert(towers, 2, 0, axis=1), TOWER_M, "tower", height_map),
        },
        parts=tuple(parts),
        paths=tuple(paths),
    )


def _farmed(inputs: Inputs, district: NDArray[np.uint8]) -> dict[str, Layer]:
    """Return the biomes with the fields as farmland, where there are biomes."""
    biome = inputs.get("biome")
    fields = district == DISTRICTS.index("farmland")
    if biome is None or not fields.any():
        return {}
    return {"biome": Layer.named(np.where(fields, BIOMES.index("farmland"), biome).astype(np.uint8), BIOMES)}


def _begun(inputs: Inputs) -> _Drawing:
    """Return the layers as earlier steps left them."""

    def had(name: str, kind: type) -> NDArray[np.generic]:
        data = inputs.get(name)
        return np.zeros(inputs.grid.shape, kind) if data is None else data.astype(kind)

    return _Drawing(
        had("settlement", np.uint8), had("district", np.uint8), had("lot", np.int32), had("street", np.int32),  # type: ignore[arg-type]  # by construction
        had("road", bool), had("building", bool), had("wall", bool),  # type: ignore[arg-type]  # by construction
        had("pier", np.int16), np.zeros(inputs.grid.shape, np.float32),  # type: ignore[arg-type]  # by construction
    )  # fmt: skip


def _number(inputs: Inputs) -> int:
    before = inputs.get("settlement")
    return 1 if before is None else int(label(before > 0)[1]) + 1


def _on_map(town: Town) -> Streets:
    shift = np.array([town.plot.x0, town.plot.y0])
    return Streets(town.streets.points + shift, town.streets.starts, town.streets.half)


def _both(a: Streets, b: Streets) -> Streets:
    starts = np.concatenate([a.starts, b.starts[1:] + a.starts[-1]]).astype(np.int64)
    return Streets(np.concatenate([a.points, b.points]), starts, np.concatenate([a.half, b.half]))


def _draw(
    inputs: Inputs, drawing: _Drawing, one: Built, streets: Streets, footprints: Doubles, wall: Wall | None,
    harbour: Harbour | None,
) -> None:  # fmt: skip
    """Enter a settlement into the layers."""
    grid = inputs.grid
    cell, shape = grid.cell_size_m, grid.shape
    far = 30.0 + _CLOSED_M
    kerb, street = np.full(shape, far, np.float32), np.zeros(shape, np.int32)
    half = np.maximum(streets.half, 0.72 * cell)
    street_cells(kerb, street, streets.points, streets.starts, half, _AROUND_M + 2 * cell, cell)
    lots = one.town.lots.copy()
    lots[:, :2] += [one.town.plot.x0, one.town.plot.y0]
    beside, lot = np.full(shape, far, np.float32), np.zeros(shape, np.int32)
    rectangles(beside, lot, lots, 24.0, cell)
    places = one.town.places.copy()
    places[:, :2] += [one.town.plot.x0, one.town.plot.y0]
    near, place = np.full(shape, far, np.float32), np.zeros(shape, np.int32)
    rectangles(near, place, places, 4.0, cell)
    open_ = near <= 0
    core = (kerb <= _AROUND_M) | (beside <= _AROUND_M) | open_
    dry = inputs.mask > 0
    water = inputs.get("water_kind")
    if water is not None:
        dry &= water == 0
    footprint = _whole(core, cell, wall, grid.xs(), grid.ys()) & dry
    drawing.settlement[footprint] = SETTLEMENTS.index(one.name)
    drawing.district[footprint] = CASTLE if one.name == "castle" else RESIDENTIAL
    if one.name in ("town", "city"):
        zone = lots[lot, 6] if len(lots) else np.zeros(shape)
        drawing.district[footprint & (zone == 0) & (beside < 16)] = CENTRE
    for name, direction in one.town.quarters:
        rows, cols = np.nonzero(footprint)
        at = np.stack([grid.xs()[cols], grid.ys()[rows]], axis=1).astype(np.float64)
        at -= [one.town.plot.x0, one.town.plot.y0]
        mine = within(at, one.town.lots, one.town.plot.centre, direction)
        drawing.district[rows[mine], cols[mine]] = DISTRICTS.index(name)
    square = CASTLE if one.name == "castle" else SQUARE  # the bailey is no market
    drawing.district[open_ & dry] = np.where(place < one.town.squares, square, PARK)[open_ & dry]
    built = kerb <= 0
    numbers = np.where(built, street + 1 + int(drawing.street.max()), 0)
    drawing.street = np.where(built & dry, numbers, drawing.street).astype(np.int32)
    drawing.road |= built & dry
    own = (beside <= 0) & ~built & dry
    drawing.lot = np.where(own, lot + 1 + int(drawing.lot.max()), drawing.lot).astype(np.int32)
    if harbour is not None:
        quay = np.full(shape, far, np.float32)
        stroke(
            quay,
            np.zeros(shape, np.float32),
            harbour.quay[:, 0],
            harbour.quay[:, 1],
            np.zeros(len(harbour.quay)),
            cell,
            far,
        )
        drawing.district[(quay <= max(0.62 * QUAY_M, cell)) & dry & ~own] = HARBOUR
    if wall is not None:
        drawing.wall |= _wall_cells(wall, shape, cell)
    _level(inputs, drawing, footprints)


def _draw_piers(inputs: Inputs, drawing: _Drawing, harbour: Harbour) -> None:
    """Enter every pier with a number of its own."""
    cell, shape = inputs.grid.cell_size_m, inputs.grid.shape
    for a, b in harbour.piers:
        away = np.full(shape, np.inf, np.float32)
        half = max(PIER_M / 2, 0.72 * cell)
        ends = np.array([a, b])
        stroke(away, np.zeros(shape, np.float32), ends[:, 0], ends[:, 1], np.zeros(2), cell, half)
        drawing.pier[away <= half] = int(drawing.pier.max()) + 1


def _whole(core: Mask, cell: float, wall: Wall | None, xs: FloatArray, ys: FloatArray) -> Mask:
    """Close the gaps between lots and streets, and take in what lies within the wall; one connected piece."""
    reach = max(_CLOSED_M, 1.5 * cell)
    wide = distance_cells(~core) * cell <= reach
    inner = distance_cells(np.pad(wide, 1, constant_values=True))[1:-1, 1:-1] * cell > reach * 0.9
    whole = core | inner
    if wall is not None:
        whole |= _within(wall.ring, xs, ys)
    parts, count = label(whole, structure=np.ones((3, 3)))
    if count > 1:
        whole = parts == int(np.argmax(np.bincount(parts.ravel())[1:])) + 1
    return np.asarray(whole)


def _within(ring: Doubles, xs: FloatArray, ys: FloatArray) -> Mask:
    """``(rows, cols)`` whether cells lie in a closed line (even-odd rule)."""
    inside = np.zeros((len(ys), len(xs)), dtype=bool)
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        crosses = (a[1] > ys) != (b[1] > ys)
        at = a[0] + (ys - a[1]) * (b[0] - a[0]) / (b[1] - a[1] + 1e-12)
        inside[crosses] ^= xs[None, :] < at[crosses, None]
    return inside


def _wall_cells(wall: Wall, shape: tuple[int, int], cell: float) -> Mask:
    away = np.full(shape, np.inf, np.float32)
    half = max(THICK_M / 2, 0.72 * cell)
    ring = np.vstack([wall.ring, wall.ring[:1]])
    stroke(away, np.zeros(shape, np.float32), ring[:, 0], ring[:, 1], np.zeros(len(ring)), cell, half)
    return np.asarray(away <= half)


def _level(inputs: Inputs, drawing: _Drawing, footprints: Doubles) -> None:
    """Make the ground level under every building, with a short bank around it."""
    grid, ground = inputs.grid, inputs.height()
    cell = grid.cell_size_m
    away, which = np.full(grid.shape, np.inf, np.float32), np.zeros(grid.shape, np.int32)
    rectangles(away, which, footprints, _APRON_M + cell, cell)
    u, v = footprints[:, 2:4] * footprints[:, 5:6] / 2, footprints[:, [3, 2]] * [-1, 1] * footprints[:, 4:5] / 2
    corners = [footprints[:, :2] + a * u + b * v for a in (-1, 0, 1) for b in (-1, 0, 1)]
    level = np.mean([grid.sample(ground, c) for c in corners], axis=0).astype(np.float32)
    beside = np.maximum(away - 0.6, 0)
    bank = np.float32(_BATTER) * beside
    shaped = np.clip(ground, level[which] - bank, level[which] + bank)
    share = np.clip(1 - beside / _APRON_M, 0, 1)
    share[~np.isfinite(away)] = 0
    water = inputs.get("water_kind")
    if water is not None:
        share[water > 0] = 0
    drawing.building |= away <= 0
    del bank, beside, away, which
    # The build blends by the region; under a building the ground must come out level all the same.
    shaped -= ground
    shaped *= share
    shaped /= np.maximum(inputs.mask, np.float32(0.5))
    drawing.change = np.where(share > 0, shaped, drawing.change).astype(np.float32)
    drawing.building[grid.cells_of(footprints)] = True


def _buildings(
    inputs: Inputs, placed: list[tuple[Doubles, FloatArray, NDArray[np.int64]]], height: FloatArray
) -> Instances:
    boxes = np.concatenate([p[0] for p in placed])
    tall = np.concatenate([p[1] for p in placed])
    species = np.concatenate([p[2] for p in placed])
    mask = inputs.mask[inputs.grid.cells_of(boxes)]
    ground = inputs.height() + (height - inputs.height()) * 1.0
    del mask
    z = inputs.grid.sample(ground, boxes)
    yaw = np.degrees(np.arctan2(-boxes[:, 3], -boxes[:, 2])) % 360
    placement = np.column_stack([boxes[:, :2], z, yaw, np.ones(len(boxes))]).astype(np.float32)
    size = np.column_stack([boxes[:, 5], boxes[:, 4], tall]).astype(np.float32)
    return Instances(placement, species.astype(np.int32), size, SPECIES)


def _standing(
    inputs: Inputs, places: Doubles, size: tuple[float, float, float], name: str, height: FloatArray
) -> Instances:
    """Return gates or towers at ``(n, 3)`` x, y and direction [rad]."""
    z = inputs.grid.sample(height, places) if len(places) else np.empty(0)
    placement = np.column_stack([places[:, :2], z, np.degrees(places[:, 2]) % 360, np.ones(len(places))])
    return Instances(
        placement.astype(np.float32).reshape(-1, 5), np.zeros(len(places), np.int32),
        np.tile(np.array(size, dtype=np.float32), (len(places), 1)).reshape(-1, 3), (name,),
    )  # fmt: skip


def _walls(inputs: Inputs, wall: Wall | None, height: FloatArray, number: int) -> list[MeshPart]:
    if wall is None:
        return []
    return [wall_part(run, inputs.grid.sample(height, run), f"wall_{number}_{k}") for k, run in enumerate(wall.runs, 1)]


def _paths(inputs: Inputs, streets: Streets, height: FloatArray) -> list[Path]:
    z = inputs.grid.sample(height, streets.points)
    points = np.insert(streets.points, 2, z, axis=1).astype(np.float32)
    return [
        Path("street", points[a:b], np.full(b - a, 2 * half, dtype=np.float32))
        for a, b, half in zip(streets.starts[:-1], streets.starts[1:], streets.half, strict=True)
        if b - a >= 2
    ]
