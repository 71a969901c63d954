"""GeoJSON: rivers, roads, lakes, buildings and rooms as shapes with their names and sizes.

Source: RFC 7946. It knows only degrees; programs that take any numbers (QGIS) get metres, others degrees around 0, 0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pcgstudio import storeys
from pcgstudio.errors import BuildError
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from .instances import sizes
from .outlines import areas
from .targets import Facts, Job, Target

METRES_A_DEGREE = 111_320.0
SOLID = frozenset({"building", "gate", "tower", "bridge"})
"""Placed kinds that are drawn as the ground they cover; all others are points."""

Place = Callable[[NDArray[Any]], list[list[float]]]


class GeojsonOptions(Params):
    """Options of the GeoJSON export."""

    coordinates: Literal["metres", "degrees"] = param(
        "metres", "Metres from the south-west corner, or degrees around longitude and latitude 0 for web maps."
    )
    things: bool = param(False, "Whether trees, rocks and the like come as points.")


def _sized(world: World, options: GeojsonOptions) -> int:
    points = sum(len(p.points) for p in world.paths)
    solid = sum(len(i) for k, i in world.instances.items() if k in SOLID)
    loose = sum(len(i) for k, i in world.instances.items() if k not in SOLID) if options.things else 0
    wet = int(np.count_nonzero(np.diff(world["water_kind"] > 0, axis=0))) if "water_kind" in world else 0
    rooms = int(np.count_nonzero(np.unique(world["room"]))) if "room" in world else 0
    return 600 + 280 * rooms + 32 * points + 330 * solid + 190 * loose + 40 * wet


def _made(job: Job) -> Facts:
    options: GeojsonOptions = job.options
    scale = 1.0 if options.coordinates == "metres" else 1 / METRES_A_DEGREE
    digits = 3 if options.coordinates == "metres" else 8

    def place(points: NDArray[Any]) -> list[list[float]]:
        return np.round(np.asarray(points, dtype=np.float64)[:, :2] * scale, digits).tolist()  # type: ignore[no-any-return]  # numpy's tolist is untyped

    features = [*_lines(job.world, place), *_waters(job.world, place), *_rooms(job.world, place)]
    features += _things(job.world, place, loose=options.things)
    with job.main.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        file.write(",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features))
        file.write("\n]}\n")
    kinds = [f["properties"]["kind"] for f in features]
    return {
        "coordinates": options.coordinates, "scale": f"1 unit = {1 / scale:g} m",
        "resampling": "areas along the edges of their cells; lines as they are",
        "features": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
    }  # fmt: skip


def _feature(kind: str, shape: str, coordinates: Any, **more: Any) -> dict[str, Any]:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"kind": kind, **more}, "geometry": geometry}


def _lines(world: World, place: Place) -> Iterator[dict[str, Any]]:
    for line in world.paths:
        if len(line.points) > 1:
            length = float(np.hypot(*np.diff(line.points[:, :2], axis=0).T).sum())
            yield _feature(
                line.kind, "LineString", place(line.points), length_m=round(length, 2),
                width_m=[round(float(w), 2) for w in (line.width_m.min(), line.width_m.max())],
            )  # fmt: skip


def _waters(world: World, place: Place) -> Iterator[dict[str, Any]]:
    for kind in ("sea", "lake"):
        yield from _covered(world, kind, world.category("water_kind", kind), place)


def _covered(world: World, kind: str, mask: NDArray[np.bool_], place: Place, **more: Any) -> Iterator[dict[str, Any]]:
    """Yield the connected areas of a mask as polygons with holes."""
    cell, rows = world.grid.cell_size_m, world.grid.rows
    for one in areas(mask):
        closed = [np.concatenate([ring, ring[:1]]) for ring in (one.outer, *one.holes)]
        turned = [np.column_stack([ring[:, 0], rows - ring[:, 1]]) * cell for ring in closed]
        size = sum(_signed(ring) for ring in turned)
        yield _feature(kind, "Polygon", [place(ring) for ring in turned], area_m2=round(size, 2), **more)


def _signed(ring: NDArray[np.float64]) -> float:
    """Area of a closed ring [m²], positive counter-clockwise."""
    x, y = ring[:-1].T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _rooms(world: World, place: Place) -> Iterator[dict[str, Any]]:
    for storey in range(storeys.count(world)):
        rooms = world[storeys.names(storey)[1]]
        for number in np.unique(rooms[rooms > 0]).tolist():
            yield from _covered(world, "room", rooms == number, place, number=number, storey=storey)


def _things(world: World, place: Place, *, loose: bool) -> Iterator[dict[str, Any]]:
    for kind, placed in sorted(world.instances.items()):
        if kind not in SOLID and not loose:
            continue
        if not np.isfinite(placed.placement).all():
            raise BuildError(f"a placed {kind} has a position that is no number; rebuild the map")
        for where, size, number in zip(placed.placement, sizes(placed), placed.species, strict=True):
            told = {"species": placed.names[number], "height_m": round(float(size[2]), 2)}
            told["z_m"] = round(float(where[2]), 2)
            if kind in SOLID:
                yield _feature(kind, "Polygon", [place(footprint(where, size))], **told)
            else:
                yield _feature(kind, "Point", place(where[None])[0], **told)


def footprint(where: FloatArray, size: FloatArray) -> NDArray[np.float64]:
    """``(5, 2)`` closed counter-clockwise corners [m] of a thing that stands at x, y, z, yaw with a size."""
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * size[:2].astype(np.float64) / 2
    turn = np.radians(float(where[3]))
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(half @ np.array([[cos, sin], [-sin, cos]]) + where[:2].astype(np.float64))


def _unfit(world: World) -> str:
    wet = "water_kind" in world and bool(np.isin(world["water_kind"], (1, 2)).any())
    solid = any(len(i) for k, i in world.instances.items() if k in SOLID)
    if world.paths or wet or solid or ("room" in world and bool((world["room"] > 0).any())):
        return ""
    return "the map has no river, road, water, building or room to draw as a shape; use geotiff for its heights"


GEOJSON = Target(
    name="geojson",
    title="GeoJSON",
    text="Rivers, roads, lakes, sea, buildings and rooms as lines and polygons.",
    is_folder=False,
    suffix=".geojson",
    options=GeojsonOptions,
    sized=_sized,
    made=_made,
    unfit=_unfit,
    also={".json": {}},
)
