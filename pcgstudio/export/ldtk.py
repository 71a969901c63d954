"""LDtk 1.5.3: integer grids of what stands in every square, and entities for everything placed.

Source: LDtk, *JSON Documentation* 1.5.3; ``intGridCsv`` runs row by row from the north-west, 0 is empty.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np

from pcgstudio.palette import Rgb, load_palette
from pcgstudio.params import Params, param
from pcgstudio.world import World

from .plan import Plan, Sheet, plan_of, shape
from .targets import Facts, Job, Target

VERSION = "1.5.3"
_LEVEL_UID = 1


class LdtkOptions(Params):
    """Options of the LDtk export."""

    tile_px: int = param(16, "Pixels along a side of a square.", unit="px", ge=4, le=256)
    cells: int = param(256, "Most squares along a side of an outdoor map.", ge=16, le=2048)


def _sized(world: World, options: LdtkOptions) -> int:
    rows, cols = shape(world, options.cells)
    sheets = 1 if "cell" in world else 2 + ("road" in world or "street" in world) + ("building" in world)
    return int(2.3 * sheets * rows * cols) + 330 * sum(len(i) for i in world.instances.values()) + 6000


def _made(job: Job) -> Facts:
    plan, px = plan_of(job.world, job.options.cells), job.options.tile_px
    entities = _entities(job.world)
    told = _project(job, plan, px, entities)
    job.main.write_text(json.dumps(told, ensure_ascii=False, allow_nan=False), encoding="utf-8", newline="\n")
    return {
        "axes": "LDtk: x east, y south, pixels; the north-west corner lies at (0, 0)",
        "rows": "row 0 is the north edge, column 0 the west edge", "squares": [plan.cols, plan.rows],
        "square_m": list(plan.square_m),
        "resampling": "a square holds the kind in its middle; water, ways and buildings any that it touches",
        "layers": {sheet.name: {str(k + 1): n for k, n in enumerate(sheet.names)} for sheet in plan.sheets},
        "instances": {kind: len(placed) for kind, placed in sorted(job.world.instances.items())},
    }  # fmt: skip


def _project(job: Job, plan: Plan, px: int, entities: dict[tuple[str, str], int]) -> dict[str, Any]:
    wide, high = plan.cols * px, plan.rows * px
    name = f"{job.recipe.name} {job.recipe.seed}"
    return {
        "__header__": {
            "fileType": "LDtk Project JSON", "app": "LDtk", "doc": "https://ldtk.io/json",
            "schema": "https://ldtk.io/files/JSON_SCHEMA.json", "appAuthor": "Sebastien 'deepnight' Benard",
            "appVersion": VERSION, "url": "https://ldtk.io",
        },
        "iid": _iid(name, "project"), "jsonVersion": VERSION, "appBuildId": 473703, "nextUid": 1000,
        "identifierStyle": "Capitalize", "toc": [], "worldLayout": "Free", "worldGridWidth": wide,
        "worldGridHeight": high, "defaultLevelWidth": wide, "defaultLevelHeight": high, "defaultPivotX": 0.5,
        "defaultPivotY": 0.5, "defaultGridSize": px, "defaultEntityWidth": px, "defaultEntityHeight": px,
        "bgColor": "#40465B", "defaultLevelBgColor": "#696A79", "minifyJson": True, "externalLevels": False,
        "exportTiled": False, "simplifiedExport": False, "imageExportMode": "None", "exportLevelBg": True,
        "pngFilePattern": None, "backupOnSave": False, "backupLimit": 10, "backupRelPath": None,
        "levelNamePattern": "Level_%idx", "tutorialDesc": None, "customCommands": [], "flags": [],
        "defs": {
            "layers": [_layer_def("Entities", "Entities", 9, px, []), *_sheet_defs(plan, px)],
            "entities": [_entity_def(kind, species, uid, px) for (kind, species), uid in entities.items()],
            "tilesets": [], "enums": [], "externalEnums": [], "levelFields": [],
        },
        "levels": [_level(job, plan, px, entities, name)],
        "worlds": [], "dummyWorldIid": _iid(name, "world"),
    }  # fmt: skip


def _iid(*words: object) -> str:
    """Return an id that is the same for the same map."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "pcgstudio " + " ".join(map(str, words))))


def _identifier(*words: str) -> str:
    """Return a name as LDtk writes them: ``Tree_conifer``."""
    text = "_".join(words).replace(" ", "_").replace("-", "_")
    return text[:1].upper() + text[1:]


def _hex(colour: Rgb) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


def _sheet_defs(plan: Plan, px: int) -> list[dict[str, Any]]:
    """Definitions of the grids, the topmost first as LDtk lists them."""
    found = []
    for number, sheet in reversed(list(enumerate(plan.sheets))):
        values = [
            {"value": k, "identifier": name, "color": _hex(colour), "tile": None, "groupUid": 0}
            for k, (name, colour) in enumerate(zip(sheet.names, sheet.colours, strict=True), start=1)
        ]
        found.append(_layer_def(_identifier(sheet.name), "IntGrid", 10 + number, px, values))
    return found


def _layer_def(name: str, kind: str, uid: int, px: int, values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "__type": kind, "identifier": name, "type": kind, "uid": uid, "doc": None, "uiColor": None, "gridSize": px,
        "guideGridWid": 0, "guideGridHei": 0, "displayOpacity": 1, "inactiveOpacity": 0.6, "hideInList": False,
        "hideFieldsWhenInactive": True, "canSelectWhenInactive": True, "renderInWorldView": True, "pxOffsetX": 0,
        "pxOffsetY": 0, "parallaxFactorX": 0, "parallaxFactorY": 0, "parallaxScaling": True, "requiredTags": [],
        "excludedTags": [], "autoTilesKilledByOtherLayerUid": None, "uiFilterTags": [], "useAsyncRender": False,
        "intGridValues": values, "intGridValuesGroups": [], "autoRuleGroups": [], "autoSourceLayerDefUid": None,
        "tilesetDefUid": None, "tilePivotX": 0, "tilePivotY": 0, "biomeFieldUid": None,
    }  # fmt: skip


def _entities(world: World) -> dict[tuple[str, str], int]:
    """Return a number for every kind and species that occurs."""
    found = [(kind, placed.names[k]) for kind, placed in sorted(world.instances.items())
             for k in np.unique(placed.species).tolist()]  # fmt: skip
    return {one: 100 + number for number, one in enumerate(found)}


def _entity_def(kind: str, species: str, uid: int, px: int) -> dict[str, Any]:
    return {
        "identifier": _identifier(kind, species), "uid": uid, "tags": [kind], "exportToToc": False,
        "allowOutOfBounds": False, "doc": None, "width": px, "height": px, "resizableX": False, "resizableY": False,
        "minWidth": None, "maxWidth": None, "minHeight": None, "maxHeight": None, "keepAspectRatio": False,
        "tileOpacity": 1, "fillOpacity": 1, "lineOpacity": 1, "hollow": False, "color": _entity_colour(kind),
        "renderMode": "Ellipse", "showName": False, "tilesetId": None, "tileRenderMode": "FitInside",
        "tileRect": None, "uiTileRect": None, "nineSliceBorders": [], "maxCount": 0, "limitScope": "PerLevel",
        "limitBehavior": "MoveLastOne", "pivotX": 0.5, "pivotY": 0.5, "fieldDefs": [],
    }  # fmt: skip


def _entity_colour(kind: str) -> str:
    tones = {"tree": "conifer", "rock": "rock", "grass": "grass", "building": "roof", "gate": "timber",
             "tower": "stone", "bridge": "bridge", "prop": "wood", "light": "ember"}  # fmt: skip
    return _hex(load_palette().material(tones.get(kind, "stone")))


def _level(job: Job, plan: Plan, px: int, entities: dict[tuple[str, str], int], name: str) -> dict[str, Any]:
    layers = [_entity_layer(job.world, plan, px, entities, name)]
    layers += [_sheet_layer(sheet, 10 + k, plan, px, name) for k, sheet in reversed(list(enumerate(plan.sheets)))]
    return {
        "identifier": "Level_0", "iid": _iid(name, "level"), "uid": _LEVEL_UID, "worldX": 0, "worldY": 0,
        "worldDepth": 0, "pxWid": plan.cols * px, "pxHei": plan.rows * px, "__bgColor": "#696A79", "bgColor": None,
        "useAutoIdentifier": True, "bgRelPath": None, "bgPos": None, "bgPivotX": 0.5, "bgPivotY": 0.5,
        "__smartColor": "#ADADB5", "__bgPos": None, "externalRelPath": None, "fieldInstances": [],
        "layerInstances": layers, "__neighbours": [],
    }  # fmt: skip


def _layer(title: str, kind: str, uid: int, plan: Plan, px: int, name: str) -> dict[str, Any]:
    return {
        "__identifier": title, "__type": kind, "__cWid": plan.cols, "__cHei": plan.rows, "__gridSize": px,
        "__opacity": 1, "__pxTotalOffsetX": 0, "__pxTotalOffsetY": 0, "__tilesetDefUid": None,
        "__tilesetRelPath": None, "iid": _iid(name, title), "levelId": _LEVEL_UID, "layerDefUid": uid,
        "pxOffsetX": 0, "pxOffsetY": 0, "visible": True, "optionalRules": [], "intGridCsv": [],
        "autoLayerTiles": [], "seed": 1, "overrideTilesetUid": None, "gridTiles": [], "entityInstances": [],
    }  # fmt: skip


def _sheet_layer(sheet: Sheet, uid: int, plan: Plan, px: int, name: str) -> dict[str, Any]:
    layer = _layer(_identifier(sheet.name), "IntGrid", uid, plan, px, name)
    return layer | {"intGridCsv": sheet.ids.reshape(-1).tolist()}


def _entity_layer(world: World, plan: Plan, px: int, entities: dict[tuple[str, str], int], name: str) -> dict[str, Any]:
    north = world.grid.extent_m[1]
    scale = np.array([px / plan.square_m[0], px / plan.square_m[1]])
    found = []
    for kind, placed in sorted(world.instances.items()):
        colour = _entity_colour(kind)
        x, y = placed.placement[:, 0].astype(np.float64), north - placed.placement[:, 1].astype(np.float64)
        pixels = np.floor(np.column_stack([x, y]) * scale).astype(int)
        pixels = np.clip(pixels, 0, [plan.cols * px - 1, plan.rows * px - 1])
        for number, (where, species) in enumerate(zip(pixels.tolist(), placed.species.tolist(), strict=True)):
            title = placed.names[species]
            found.append({
                "__identifier": _identifier(kind, title), "__grid": [where[0] // px, where[1] // px],
                "__pivot": [0.5, 0.5], "__tags": [kind], "__tile": None, "__smartColor": colour,
                "__worldX": where[0], "__worldY": where[1], "iid": _iid(name, kind, number), "width": px,
                "height": px, "defUid": entities[kind, title], "px": where, "fieldInstances": [],
            })  # fmt: skip
    return _layer("Entities", "Entities", 9, plan, px, name) | {"entityInstances": found}


LDTK = Target(
    name="ldtk",
    title="LDtk",
    text="Integer grids of ground, water, ways and floors, and entities for everything placed.",
    is_folder=False,
    suffix=".ldtk",
    options=LdtkOptions,
    sized=_sized,
    made=_made,
)
