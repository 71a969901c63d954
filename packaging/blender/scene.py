"""A bundle as a scene: one collection for each kind of thing, the ground, water, lamps, a sun and a camera."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from . import block, scatter, shading
from .bundle import RECIPE, Bundle, at_points
from .glb import Array, Shape

MARK = "pcgstudio_bundle"
"""Property of a map's collection: the folder that it came from."""

OWNED = "pcgstudio"
"""Property of everything that an import made, so that the next one knows what it may replace."""

_WATTS_PER_CANDELA = 4 * np.pi / 683 * 15
"""Radiant power of a lamp; 15 is between a flame, most of whose power is heat, and what reads well beside the sun."""


@dataclass(frozen=True)
class Made:
    """What an import made.

    Parameters
    ----------
    collection : bpy.types.Collection
        The map.
    objects, instances : int
        Objects, and things shown by geometry nodes.
    """

    collection: Any
    objects: int
    instances: int


def build(bundle: Bundle, scene: Any = None) -> Made:
    """Make a scene of a bundle; an earlier import of the same folder is replaced, its camera kept.

    Parameters
    ----------
    bundle : Bundle
        The map.
    scene : bpy.types.Scene, optional
        Where; the present one by default.
    """
    scene = scene or bpy.context.scene
    kept = _clear(scene, bundle.folder)
    root = bpy.data.collections.new(bundle.name)
    root[MARK], root[OWNED] = str(bundle.folder), True
    root["extent_m"], root["grid"], root["sea"] = list(bundle.extent_m), list(bundle.grid), bundle.sea
    scene.collection.children.link(root)
    for kind, numbers in bundle.parts.items():
        inside = _child(root, kind)
        for number in numbers:
            _object(bundle.model.shapes[number], inside)
    _surface(bundle, _child(root, "terrain").objects[0].data)
    _cut(bundle, root)
    placed = _place(bundle, root)
    _lamps(bundle, root)
    _stage(bundle, root, scene, kept)
    return Made(root, len(root.all_objects), placed)


def imported(scene: Any) -> list[Any]:
    """Return the collections of the maps in a scene."""
    return [c for c in scene.collection.children if MARK in c]


def recipe_of(root: Any) -> dict[str, Any]:
    """Return the document of a map's recipe.

    Raises
    ------
    OSError, ValueError
        The bundle is gone or damaged.
    """
    told: dict[str, Any] = json.loads((Path(root[MARK]) / RECIPE).read_text(encoding="utf-8"))
    return told


# -- shapes ------------------------------------------------------------------------------------------------------------


def _object(shape: Shape, collection: Any) -> Any:
    mesh = _mesh(shape)
    made = bpy.data.objects.new(shape.name, mesh)
    made[OWNED] = True
    collection.objects.link(made)
    return made


def _mesh(shape: Shape) -> Any:
    mesh = bpy.data.meshes.new(shape.name)
    mesh[OWNED] = True
    count, triangles = len(shape.points), len(shape.faces)
    mesh.vertices.add(count)
    mesh.vertices.foreach_set("co", np.ascontiguousarray(shape.points, np.float32).ravel())
    mesh.loops.add(3 * triangles)
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(shape.faces, np.int32).ravel())
    mesh.polygons.add(triangles)
    mesh.polygons.foreach_set("loop_start", np.arange(0, 3 * triangles, 3, dtype=np.int32))
    for look in shape.looks:
        mesh.materials.append(shading.material(look, shape.colours is not None))
    mesh.polygons.foreach_set("material_index", np.ascontiguousarray(shape.slots, np.int32))
    if shape.colours is not None:
        colours = mesh.color_attributes.new(shading.COLOUR, "FLOAT_COLOR", "POINT")
        colours.data.foreach_set("color", np.ascontiguousarray(shape.colours, np.float32).ravel())
    mesh.update(calc_edges=True)
    mesh.normals_split_custom_set_from_vertices(np.ascontiguousarray(shape.normals, np.float32))
    return mesh


def _surface(bundle: Bundle, mesh: Any) -> None:
    """Give the terrain's vertices the layers of the cells that they lie in."""
    for name, layer in bundle.surface.items():
        values = at_points(layer, bundle.terrain.points, bundle.grid[2])
        continuous = values.dtype.kind == "f"
        made = mesh.attributes.new(name, "FLOAT" if continuous else "INT", "POINT")
        made.data.foreach_set("value", np.ascontiguousarray(values, np.float32 if continuous else np.int32))


def _cut(bundle: Bundle, root: Any) -> None:
    """Add the sides of the block, and those of the waters that reach them."""
    inside = _child(root, "block")
    waters = [bundle.model.shapes[n] for n in bundle.parts.get("water", ())]
    cuts = [block.sides(bundle.terrain, bundle.extent_m)]
    cuts += [cut for w in waters if (cut := block.water_sides(w, bundle.terrain, bundle.extent_m)) is not None]
    for cut in cuts:
        _object(cut, inside)


# -- placed things -----------------------------------------------------------------------------------------------------


def _place(bundle: Bundle, root: Any) -> int:
    if not bundle.groups:
        return 0
    prototypes = _child(root, "prototypes")
    total = 0
    for group in bundle.groups:
        shape = bundle.model.shapes[group.placement.shape]
        prototype = _object(shape, prototypes)
        made = scatter.cloud(f"{shape.name} instances", group.placement, prototype)
        made[OWNED] = made.data[OWNED] = True
        _child(root, group.kind).objects.link(made)
        total += len(group.placement.points)
    _hide(prototypes)
    return total


def _hide(collection: Any) -> None:
    """Take a collection out of view and render; what refers to its objects still shows them."""
    collection.hide_viewport = collection.hide_render = True


def _lamps(bundle: Bundle, root: Any) -> None:
    model = bundle.model
    if not len(model.lamps):
        return
    data = bpy.data.lights.new("PCG lamp", "POINT")
    data[OWNED] = True
    data.energy, data.color = float(model.lamp_candela * _WATTS_PER_CANDELA), model.lamp_colour
    data.shadow_soft_size = 0.35
    inside = _child(root, "light")
    for number, place in enumerate(model.lamps.tolist()):
        made = bpy.data.objects.new(f"lamp {number}", data)
        made[OWNED] = True
        made.location = place
        inside.objects.link(made)


# -- the stage ---------------------------------------------------------------------------------------------------------


def _stage(bundle: Bundle, root: Any, scene: Any, kept: Array | None) -> None:
    inside = _child(root, "stage")
    low = block.base_of(bundle.terrain, bundle.extent_m)
    size = scene.render.resolution_x / max(scene.render.resolution_y, 1)
    sun = shading.sun(inside, bundle.extent_m)
    camera = shading.camera(inside, bundle.extent_m, low, float(bundle.terrain.points[:, 2].max()), size)
    for made in (sun, camera):
        made[OWNED] = made.data[OWNED] = True
    if kept is not None:
        camera.matrix_world = kept
    scene.camera = camera
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 1.0
    shading.sky(scene)
    _far_clip(max(bundle.extent_m) * 10)


def _far_clip(distance: float) -> None:
    """Let the 3D views that there are see the whole map."""
    for window in getattr(bpy.context.window_manager, "windows", ()):
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.spaces.active.clip_end = max(area.spaces.active.clip_end, distance)


def _child(parent: Any, name: str) -> Any:
    """Return the collection of that name below another; names in a file are unique, so Blender may add a number."""
    for found in parent.children:
        if found.get("kind") == name:
            return found
    made = bpy.data.collections.new(name)
    made["kind"], made[OWNED] = name, True
    parent.children.link(made)
    return made


def _clear(scene: Any, folder: Path) -> Any:
    """Remove an earlier import of the folder; return how its camera stood."""
    kept = None
    for root in imported(scene):
        if Path(root[MARK]) != folder:
            continue
        for one in list(root.all_objects):
            if one == scene.camera and one.get(OWNED):
                kept = one.matrix_world.copy()
            if one.get(OWNED):
                bpy.data.objects.remove(one, do_unlink=True)
        del root[MARK]  # what a person put in stays, in a collection that is theirs from now on
        for child in [*root.children_recursive, root]:
            if not child.all_objects:
                bpy.data.collections.remove(child)
    for table in (bpy.data.meshes, bpy.data.lights, bpy.data.cameras, bpy.data.node_groups):
        for data in [d for d in table if d.get(OWNED) and not d.users]:
            table.remove(data)
    return kept
