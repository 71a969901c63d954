"""Tiled: tile layers of ground, water, ways and floors with a drawn tileset, and objects for everything placed.

Source: Tiled documentation, *TMX Map Format* 1.10; coordinates are pixels from the north-west corner, y down.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from . import rasters
from .outlines import areas
from .plan import Plan, plan_of, shape
from .targets import Facts, Job, Target


class TmxOptions(Params):
    """Options of the Tiled export."""

    tile_px: int = param(32, "Pixels along a side of a tile.", unit="px", ge=8, le=256)
    cells: int = param(256, "Most tiles along a side of an outdoor map.", ge=16, le=2048)


def _sized(world: World, options: TmxOptions) -> int:
    rows, cols = shape(world, options.cells)
    sheets = 1 if "cell" in world else 2 + ("road" in world or "street" in world) + ("building" in world)
    return int(2.2 * sheets * rows * cols) + 95 * sum(len(i) for i in world.instances.values()) + 40 * _tile(options)


def _tile(options: TmxOptions) -> int:
    return options.tile_px**2


def _made(job: Job) -> Facts:
    world, options = job.world, job.options
    plan, px = plan_of(world, options.cells), options.tile_px
    picture = job.path("_tiles.png")
    kinds = [(sheet.name, name) for sheet in plan.sheets for name in sheet.names]
    rasters.png(picture, tileset([c for sheet in plan.sheets for c in sheet.colours], kinds, px))
    job.tick(0.4, "writing layers")
    root = ET.Element(
        "map", version="1.10", tiledversion="1.11.0", orientation="orthogonal", renderorder="right-down",
        width=str(plan.cols), height=str(plan.rows), tilewidth=str(px), tileheight=str(px), infinite="0",
    )  # fmt: skip
    _properties(root, {"seed": job.recipe.seed, "square_m": plan.square_m[0], "name": job.recipe.name})
    _tileset(root, picture.name, kinds, px)
    counter = _Counter()
    first = 1
    for sheet in plan.sheets:
        _layer(root, counter, sheet.name, np.where(sheet.ids > 0, sheet.ids + first - 1, 0))
        first += len(sheet.names)
    scale = (px / plan.square_m[0], px / plan.square_m[1])
    job.tick(0.7, "writing objects")
    placed = _objects(root, counter, world, scale, plan)
    root.set("nextlayerid", str(counter.layers + 1))
    root.set("nextobjectid", str(counter.objects + 1))
    ET.indent(root, " ")
    ET.ElementTree(root).write(job.main, encoding="UTF-8", xml_declaration=True)
    return {
        "axes": "Tiled: x east, y south, pixels; the north-west corner lies at (0, 0)",
        "rows": "row 0 is the north edge, column 0 the west edge", "tiles": [plan.cols, plan.rows],
        "square_m": list(plan.square_m), "pixels_per_metre": list(scale),
        "resampling": "a tile shows the kind in its middle; water, ways and buildings any that it touches",
        "layers": {sheet.name: list(sheet.names) for sheet in plan.sheets}, "instances": placed,
    }  # fmt: skip


class _Counter:
    """Ids of layers and objects."""

    def __init__(self) -> None:
        self.layers = 0
        self.objects = 0

    def layer(self) -> str:
        """Return the next id of a layer."""
        self.layers += 1
        return str(self.layers)

    def object(self) -> str:
        """Return the next id of an object."""
        self.objects += 1
        return str(self.objects)


def _properties(parent: ET.Element, told: dict[str, Any]) -> None:
    found = ET.SubElement(parent, "properties")
    for name, value in told.items():
        kind = {int: "int", float: "float"}.get(type(value), "string")
        ET.SubElement(found, "property", name=name, type=kind, value=str(value))


def _tileset(root: ET.Element, picture: str, kinds: list[tuple[str, str]], px: int) -> None:
    across, down = grid_of(len(kinds))
    made = ET.SubElement(
        root, "tileset", firstgid="1", name="pcgstudio", tilewidth=str(px), tileheight=str(px),
        tilecount=str(across * down), columns=str(across),
    )  # fmt: skip
    ET.SubElement(made, "image", source=picture, width=str(across * px), height=str(down * px))
    for number, (sheet, name) in enumerate(kinds):
        tile = ET.SubElement(made, "tile", id=str(number), type=name)
        _properties(tile, {"sheet": sheet, "kind": name})


def grid_of(count: int) -> tuple[int, int]:
    """Columns and rows of a tileset of that many tiles."""
    across = min(8, max(count, 1))
    return across, max(1, -(-count // across))


def tileset(colours: list[tuple[int, int, int]], kinds: list[tuple[str, str]], px: int) -> NDArray[np.uint8]:
    """``(rows, cols, 4) uint8``: a tile a kind, its colour with a little grain; walls have a lit edge."""
    across, down = grid_of(len(colours))
    sheet = np.zeros((down * px, across * px, 4), dtype=np.uint8)
    grain = np.random.Generator(np.random.PCG64(5)).normal(0, 1, (px, px, 1))
    for number, (colour, (_, name)) in enumerate(zip(colours, kinds, strict=True)):
        r, c = number // across * px, number % across * px
        tone = np.array(colour, dtype=np.float64) + grain * (7 if name not in ("sea", "lake", "river") else 2)
        if name in ("wall", "building"):
            edge = max(1, px // 16)
            tone[:edge], tone[:, :edge] = tone[:edge] + 28, tone[:, :edge] + 18
            tone[-edge:], tone[:, -edge:] = tone[-edge:] - 34, tone[:, -edge:] - 26
        sheet[r : r + px, c : c + px, :3] = np.clip(tone, 0, 255)
        sheet[r : r + px, c : c + px, 3] = 255
    return sheet


def _layer(root: ET.Element, counter: _Counter, name: str, tiles: NDArray[np.integer[Any]]) -> None:
    rows, cols = tiles.shape
    made = ET.SubElement(root, "layer", id=counter.layer(), name=name, width=str(cols), height=str(rows))
    text = ",\n".join(",".join(map(str, row)) for row in tiles.tolist())
    ET.SubElement(made, "data", encoding="csv").text = f"\n{text}\n"


def _objects(
    root: ET.Element, counter: _Counter, world: World, scale: tuple[float, float], plan: Plan
) -> dict[str, int]:
    """Write a layer of objects for every kind of thing, for rooms, roles and paths."""
    north = world.grid.extent_m[1]

    def at(points: FloatArray) -> list[list[float]]:
        x, y = points[:, 0].astype(np.float64) * scale[0], (north - points[:, 1].astype(np.float64)) * scale[1]
        return np.round(np.column_stack([x, y]), 3).tolist()  # type: ignore[no-any-return]  # numpy's tolist is untyped

    _rooms(root, counter, world, (world.grid.cell_size_m * scale[0], world.grid.cell_size_m * scale[1]))
    paths = [p for p in world.paths if len(p.points) > 1]
    if paths:
        group = _group(root, counter, "paths")
        for path in paths:
            corners = at(path.points)
            made = _object(group, counter, path.kind, path.kind, corners[0])
            told = " ".join(f"{x - corners[0][0]:g},{y - corners[0][1]:g}" for x, y in corners)
            ET.SubElement(made, "polyline", points=told)
    counts = {}
    for kind, placed in sorted(world.instances.items()):
        if len(placed):
            group = _group(root, counter, kind)
            for where, species, yaw in zip(
                at(placed.placement), placed.species.tolist(), placed.placement[:, 3].tolist(), strict=True
            ):
                made = _object(group, counter, placed.names[species], kind, where, rotation=-yaw % 360)
                ET.SubElement(made, "point")
            counts[kind] = len(placed)
    return counts


def _group(root: ET.Element, counter: _Counter, name: str) -> ET.Element:
    return ET.SubElement(root, "objectgroup", id=counter.layer(), name=name)


def _object(
    group: ET.Element, counter: _Counter, name: str, kind: str, where: Iterable[float], rotation: float = 0.0
) -> ET.Element:
    x, y = where
    made = ET.SubElement(group, "object", id=counter.object(), name=name, type=kind, x=f"{x:g}", y=f"{y:g}")
    if rotation:
        made.set("rotation", f"{rotation:g}")
    return made


def _rooms(root: ET.Element, counter: _Counter, world: World, pixels: tuple[float, float]) -> None:
    """Write rooms as polygons, and cells with a role as points of their areas' middles."""
    if "room" in world and (world["room"] > 0).any():
        group = _group(root, counter, "rooms")
        for number in np.unique(world["room"][world["room"] > 0]).tolist():
            for one in areas(world["room"] == number):
                corners = one.outer * np.array(pixels)
                made = _object(group, counter, f"room {number}", "room", corners[0].tolist())
                told = " ".join(f"{x:g},{y:g}" for x, y in (corners - corners[0]).tolist())
                ET.SubElement(made, "polygon", points=told)
    role = world.layers.get("role")
    names = [n for n in role.legend.values() if n != "none" and world.category("role", n).any()] if role else []
    if names:
        group = _group(root, counter, "roles")
        for name in names:
            for one in areas(world.category("role", name)):
                middle = (one.outer.min(axis=0) + one.outer.max(axis=0)) / 2 * np.array(pixels)
                ET.SubElement(_object(group, counter, name, "role", middle.tolist()), "point")


TMX = Target(
    name="tmx",
    title="Tiled",
    text="Tile layers with a drawn tileset, and objects for rooms, paths and everything placed.",
    is_folder=False,
    suffix=".tmx",
    options=TmxOptions,
    sized=_sized,
    made=_made,
)
