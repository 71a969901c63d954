"""Imports a GLB into Blender and prints what Blender sees as JSON on the last line: blender_import.py FILE [PNG].

Runs under the ``bpy`` module of a separate environment; with a second argument it also renders a view from the south.
"""

import json
import math
import sys
from collections import Counter, defaultdict

import bpy
from mathutils import Vector


def main(path, picture=None):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=path)
    bpy.context.view_layer.update()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    objects = list(bpy.data.objects)
    instances = Counter()
    places = defaultdict(list)
    for one in depsgraph.object_instances:
        if one.object.type == "MESH":
            name = one.object.data.name
            instances[name] += 1
            height = max(c[2] for c in one.object.bound_box) * one.matrix_world.to_scale().z
            places[name.split("_")[0]].append([*one.matrix_world.translation, height])
    terrain = bpy.data.objects["terrain"]
    shader = bpy.data.materials["terrain"].node_tree
    corners = [terrain.matrix_world @ Vector(c) for c in terrain.bound_box]
    low = [min(c[k] for c in corners) for k in range(3)]
    high = [max(c[k] for c in corners) for k in range(3)]
    told = {
        "version": bpy.app.version_string,
        "objects": len(objects),
        "meshes": len(bpy.data.meshes),
        "names": sorted(o.name for o in objects if o.parent is None),
        "instances": dict(instances),
        "places": places,
        "lights": sum(o.type == "LIGHT" for o in objects),
        "materials": sorted(m.name for m in bpy.data.materials),
        "vertex_colours_used": any(n.type in {"VERTEX_COLOR", "ATTRIBUTE"} for n in shader.nodes),
        "terrain_low": low,
        "terrain_high": high,
        "terrain_vertices": len(terrain.data.vertices),
        "up": max("xyz", key=lambda axis: sum(getattr(p.normal, axis) for p in terrain.data.polygons[:1000])),
    }
    if picture:
        render(low, high, picture)
    print(json.dumps(told))


def render(low, high, picture):
    scene = bpy.context.scene
    centre = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    span = max(high[0] - low[0], high[1] - low[1])
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location = (centre[0], centre[1] - span * 1.1, centre[2] + span * 0.85)
    camera.rotation_euler = (math.radians(52), 0, 0)
    camera.data.clip_end = span * 10
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy = 3.5
    sun.rotation_euler = (math.radians(45), 0, math.radians(-135))
    for one in (camera, sun):
        scene.collection.objects.link(one)
    scene.camera = camera
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.7, 0.8, 1, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.6
    scene.world = world
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 16
    scene.render.resolution_x, scene.render.resolution_y = 960, 600
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = picture
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
