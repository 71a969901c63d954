"""Universal VTT 0.3 (.dd2vtt): a picture with walls, doors and lights, for virtual tabletops.

Walls run along the edges of what one can see into, so they follow the rooms; a door is a portal from wall to wall.
Coordinates are grid squares from the north-west corner, y down. Source: Arkenforge, *All about Universal VTT files*.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pcgstudio import storeys
from pcgstudio.interior import walkable
from pcgstudio.palette import load_palette
from pcgstudio.params import Params, param
from pcgstudio.world import World

from .geojson import SOLID, footprint
from .instances import sizes
from .outlines import areas, simplified
from .plan import lattice
from .targets import Facts, Job, Target

FORMAT = 0.3
REACH_M = 9.0
"""How far a lamp shines."""

INDOORS_M, OUTDOOR_SQUARES = 1.5, 100
"""Side of a square where the map has none of its own: five feet indoors; outdoors at most so many squares a side."""

CAVE_CELLS = 0.75
"""Cells by which the walls of a cave may leave the edges of its cells."""

Point = dict[str, float]
Boolean = NDArray[np.bool_]


class UvttOptions(Params):
    """Options of the virtual tabletop export."""

    pixels: int = param(70, "Pixels along a side of a grid square.", unit="px", ge=16, le=300)
    square_m: float = param(
        0.0, "Side of a grid square; 0 takes the rooms' own, or 1.5 m and more outdoors.", unit="m", ge=0, le=1000
    )


def _square(world: World, options: UvttOptions) -> float:
    if options.square_m:
        return options.square_m
    if "cell" in world:
        step = lattice(world) * world.grid.cell_size_m
        return step if step >= 1.0 else INDOORS_M
    return max(INDOORS_M, math.ceil(max(world.grid.extent_m) / OUTDOOR_SQUARES))


def _pixels(world: World, options: UvttOptions) -> int:
    """Pixels a square, fewer where the picture would grow beyond what programs take."""
    from .picture import LARGEST  # noqa: PLC0415 - the renderer loads only where something is drawn

    squares = max(world.grid.extent_m) / _square(world, options)
    return max(1, min(options.pixels, int(LARGEST / squares)))


def _sized(world: World, options: UvttOptions) -> int:
    east, north = world.grid.extent_m
    scale = _pixels(world, options) / _square(world, options)
    a_pixel = 0.26 if "cell" in world else 0.6
    return int(max(storeys.count(world), 1) * a_pixel * east * north * scale**2) + 20_000


def _made(job: Job) -> Facts:
    world, options = job.world, job.options
    square, pixels = _square(world, options), _pixels(world, options)
    told: dict[str, Any] = {}
    for number, floor in enumerate(storeys.split(world)):
        path = job.main if number == 0 else job.path(f"{storeys.suffix(number)}{job.suffix}")
        document = _document(floor, square, pixels)
        path.write_text(json.dumps(document, allow_nan=False), encoding="utf-8", newline="\n")
        told[path.name] = {key: len(document[key]) for key in ("line_of_sight", "portals", "lights")}
        job.tick(0.9, f"written {path.name}")
    fewer = [] if pixels == options.pixels else [f"drawn with {pixels} pixels a square, the most that programs take"]
    return {
        "axes": "Universal VTT: x east, y south, grid squares; the north-west corner lies at (0, 0)",
        "square_m": square, "pixels_per_grid": pixels, "contents": told,
        "resampling": "walls along the edges of cells; the picture is drawn at its own size", "notes": fewer,
    }  # fmt: skip


def _document(world: World, square: float, pixels: int) -> dict[str, Any]:
    from .picture import from_above  # noqa: PLC0415 - the renderer loads only where something is drawn

    east, north = world.grid.extent_m
    size = (max(16, round(east / square * pixels)), max(16, round(north / square * pixels)))
    return {
        "format": FORMAT,
        "resolution": {
            "map_origin": {"x": 0, "y": 0}, "map_size": {"x": size[0] / pixels, "y": size[1] / pixels},
            "pixels_per_grid": pixels,
        },
        "line_of_sight": list(walls(world, square)),
        "objects_line_of_sight": [],
        "portals": list(portals(world, square)),
        "lights": list(_lights(world, square)),
        "environment": {"baked_lighting": True, "ambient_light": "ffffffff"},
        "image": _encoded(from_above(world, size)),
    }  # fmt: skip


def _encoded(picture: NDArray[np.uint8]) -> str:
    from PIL import Image  # noqa: PLC0415 - loads only where a picture is written

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=6)
    return base64.b64encode(file.getvalue()).decode("ascii")


def open_ground(world: World) -> Boolean:
    """``(rows, cols)`` what one can see into: where one walks, and water inside."""
    return np.asarray(walkable(world) | world.category("cell", "water"))


def walls(world: World, square: float) -> Iterator[list[Point]]:
    """Yield closed lines of sight: around what is open inside, or around buildings and town walls outside."""
    if "cell" in world:
        # The outline of a cave is all stairs; programs choke on thousands of walls, and no door must meet them exactly.
        ragged = lattice(world) == 1 and not world.category("cell", "door").any()
        for one in areas(open_ground(world)):
            for ring in (one.outer, *one.holes):
                line = simplified(ring, CAVE_CELLS) if ragged else ring
                yield _line(line * world.grid.cell_size_m, square)
        return
    north = world.grid.extent_m[1]
    for kind, placed in sorted(world.instances.items()):
        if kind in SOLID and kind not in ("gate", "bridge"):
            for where, size in zip(placed.placement, sizes(placed), strict=True):
                corners = footprint(where, size)[:-1]
                yield _line(np.column_stack([corners[:, 0], north - corners[:, 1]]), square)
    if "wall" in world:
        for one in areas(world["wall"] > 0):
            for ring in (one.outer, *one.holes):
                yield _line(ring * world.grid.cell_size_m, square)


def _line(corners: NDArray[Any], square: float) -> list[Point]:
    """Return a closed line of corners [m from the north-west, y down]."""
    closed = np.concatenate([corners, corners[:1]]) / square
    return [{"x": round(float(x), 4), "y": round(float(y), 4)} for x, y in closed]


def portals(world: World, square: float) -> Iterator[dict[str, Any]]:
    """Yield the doors of an interior, each a line across its passage from wall to wall."""
    if "cell" not in world:
        return
    door, free = world.category("cell", "door"), open_ground(world)
    numbers, count = ndimage.label(door)
    for box in ndimage.find_objects(numbers, count):
        rows, cols = box
        beside = _around(free & ~door, rows, cols)
        along = int(beside[:, 0].sum() + beside[:, -1].sum())
        across = int(beside[0].sum() + beside[-1].sum())
        low, high = np.array([cols.start, rows.start]), np.array([cols.stop, rows.stop])
        middle = (low + high) / 2
        ends = (
            np.array([[middle[0], low[1]], [middle[0], high[1]]])
            if along >= across
            else np.array([[low[0], middle[1]], [high[0], middle[1]]])
        )
        yield _portal(ends * world.grid.cell_size_m / square)


def _around(free: Boolean, rows: slice, cols: slice) -> Boolean:
    """Return the free cells in the frame around a box, its corners left out; beyond the map nothing is free."""
    padded = np.pad(free, 1)
    frame = padded[rows.start : rows.stop + 2, cols.start : cols.stop + 2].copy()
    frame[1:-1, 1:-1] = False
    for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        frame[corner] = False
    return frame


def _portal(ends: NDArray[np.float64]) -> dict[str, Any]:
    middle, way = ends.mean(axis=0), ends[1] - ends[0]
    return {
        "position": {"x": round(float(middle[0]), 4), "y": round(float(middle[1]), 4)},
        "bounds": [{"x": round(float(x), 4), "y": round(float(y), 4)} for x, y in ends],
        "rotation": round(math.atan2(float(way[1]), float(way[0])), 6), "closed": True, "freestanding": False,
    }  # fmt: skip


def _lights(world: World, square: float) -> Iterator[dict[str, Any]]:
    placed = world.instances.get("light")
    colour = "ff{:02x}{:02x}{:02x}".format(*load_palette().light["lamp"])
    north = world.grid.extent_m[1]
    for x, y, *_ in placed.placement.tolist() if placed is not None else ():
        yield {
            "position": {"x": round(x / square, 4), "y": round((north - y) / square, 4)},
            "range": round(REACH_M / square, 3), "intensity": 1.0, "color": colour, "shadows": True,
        }  # fmt: skip


UVTT = Target(
    name="uvtt",
    title="Virtual tabletop (Universal VTT)",
    text="A picture with walls, doors and lights as .dd2vtt, for Foundry, Roll20, Fantasy Grounds and others.",
    is_folder=False,
    suffix=".dd2vtt",
    options=UvttOptions,
    sized=_sized,
    made=_made,
    also={".uvtt": {}, ".df2vtt": {}},
)
