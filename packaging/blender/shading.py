"""Materials, sky, sun and camera."""

from __future__ import annotations

import math
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from .glb import Array, Look

COLOUR = "colour"
"""Name of the vertex colours on every mesh that has some."""

SUN_FROM_DEG, SUN_HIGH_DEG = 315.0, 40.0
"""One warm key light from the north-west at 40 degrees."""

CAMERA_TURN_DEG, CAMERA_DOWN_DEG, CAMERA_VIEW_DEG = -26.0, 36.0, 24.0


def material(look: Look, coloured: bool) -> Any:
    """Return the material of a look; one for each, shared between imports of maps with the same palette."""
    name = f"{look.name} (coloured)" if coloured and look.name not in ("terrain",) else look.name
    made = bpy.data.materials.get(name)
    if made is not None and made.get("pcgstudio"):
        return made
    made = bpy.data.materials.new(name)
    made["pcgstudio"] = True
    made.use_nodes = True
    made.diffuse_color = look.colour  # what Workbench and the solid view show
    nodes, links = made.node_tree.nodes, made.node_tree.links
    surface = next(n for n in nodes if n.type == "BSDF_PRINCIPLED")
    surface.inputs["Roughness"].default_value = look.roughness
    surface.inputs["Metallic"].default_value = look.metallic
    surface.inputs["Base Color"].default_value = look.colour
    surface.inputs["Alpha"].default_value = look.colour[3]
    if coloured:
        _tinted(nodes, links, surface, look)
    if look.blend:
        _see_through(made, surface)
    return made


def _tinted(nodes: Any, links: Any, surface: Any, look: Look) -> None:
    """Multiply colour and alpha with those of the vertices."""
    vertex = nodes.new("ShaderNodeVertexColor")
    vertex.layer_name = COLOUR
    tint = nodes.new("ShaderNodeMix")
    tint.data_type, tint.blend_type = "RGBA", "MULTIPLY"
    tint.inputs["Factor"].default_value = 1.0
    colours = [s for s in tint.inputs if s.type == "RGBA"]
    colours[0].default_value = look.colour
    links.new(vertex.outputs["Color"], colours[1])
    links.new(next(s for s in tint.outputs if s.type == "RGBA"), surface.inputs["Base Color"])
    if look.blend:
        alpha = nodes.new("ShaderNodeMath")
        alpha.operation = "MULTIPLY"
        alpha.inputs[0].default_value = look.colour[3]
        links.new(vertex.outputs["Alpha"], alpha.inputs[1])
        links.new(alpha.outputs[0], surface.inputs["Alpha"])
    for number, node in enumerate((vertex, tint)):
        node.location = (surface.location.x - 440 + 220 * number, surface.location.y)


def _see_through(made: Any, surface: Any) -> None:
    surface.inputs["IOR"].default_value = 1.333
    if hasattr(made, "surface_render_method"):
        made.surface_render_method = "BLENDED"
    made.use_backface_culling = False


def sky(scene: Any) -> None:
    """Light the scene with a soft sky before a ground like paper, and show colours as they are."""
    if scene.world is None or not scene.world.get("pcgstudio"):
        world = bpy.data.worlds.new("PCG sky")
        world["pcgstudio"] = True
        world.use_nodes = True
        nodes, link = world.node_tree.nodes, world.node_tree.links.new
        ground = next(n for n in nodes if n.type == "BACKGROUND")
        ground.inputs["Color"].default_value = (0.62, 0.74, 0.92, 1.0)
        ground.inputs["Strength"].default_value = 0.55
        paper = nodes.new("ShaderNodeBackground")
        paper.inputs["Color"].default_value = (0.80, 0.77, 0.71, 1.0)
        rays, mixed = nodes.new("ShaderNodeLightPath"), nodes.new("ShaderNodeMixShader")
        link(rays.outputs["Is Camera Ray"], mixed.inputs[0])
        link(ground.outputs[0], mixed.inputs[1])
        link(paper.outputs[0], mixed.inputs[2])
        link(mixed.outputs[0], next(n for n in nodes if n.type == "OUTPUT_WORLD").inputs["Surface"])
        scene.world = world
    scene.view_settings.view_transform = "Standard"


def sun(collection: Any, extent_m: tuple[float, float]) -> Any:
    """Add the key light."""
    data = bpy.data.lights.new("PCG sun", "SUN")
    data.energy, data.angle, data.color = 3.4, math.radians(1.5), (1.0, 0.945, 0.86)
    made = bpy.data.objects.new("PCG sun", data)
    away, high = math.radians(SUN_FROM_DEG), math.radians(SUN_HIGH_DEG)
    to_sun = Vector((math.sin(away) * math.cos(high), math.cos(away) * math.cos(high), math.sin(high)))
    made.rotation_euler = to_sun.to_track_quat("Z", "Y").to_euler()
    made.location = Vector((extent_m[0] / 2, extent_m[1] / 2, 0)) + to_sun * max(extent_m)
    collection.objects.link(made)
    return made


def camera(collection: Any, extent_m: tuple[float, float], low: float, high: float, aspect: float) -> Any:
    """Add a camera that shows the whole map from the south-west, in the middle of the picture."""
    data = bpy.data.cameras.new("PCG camera")
    data.lens_unit, data.angle = "FOV", math.radians(CAMERA_VIEW_DEG)
    made = bpy.data.objects.new("PCG camera", data)
    turn, down = math.radians(CAMERA_TURN_DEG), math.radians(CAMERA_DOWN_DEG)
    back = Vector((math.sin(turn) * math.cos(down), -math.cos(turn) * math.cos(down), math.sin(down)))
    middle = Vector((extent_m[0] / 2, extent_m[1] / 2, (low + high) / 2))
    axes = back.to_track_quat("Z", "Y")
    corners = [Vector((x, y, z)) - middle for x in (0, extent_m[0]) for y in (0, extent_m[1]) for z in (low, high)]
    seen = np.array([[c.dot(axes @ Vector((1, 0, 0))), c.dot(axes @ Vector((0, 1, 0))), c.dot(back)] for c in corners])
    half = math.tan(data.angle / 2)
    distance, centre = framed(seen, half * 0.94, half / aspect * 0.94)
    made.rotation_euler, made.location = axes.to_euler(), middle + back * distance
    data.shift_x, data.shift_y = (float(c) / (2 * half) for c in centre)
    data.clip_start, data.clip_end = distance / 1000, distance * 10
    collection.objects.link(made)
    return made


def framed(seen: Array, wide: float, high: float) -> tuple[float, Array]:
    """Return from how far points fill a picture, and where their middle is then.

    Parameters
    ----------
    seen : ndarray
        ``(n, 3)`` points to the right, up, and toward the camera, about what it looks at.
    wide, high : float
        Tangents of half the view.
    """
    near, far = float(seen[:, 2].max()) * 1.001 + 1e-6, float(np.abs(seen).max()) * 100 / min(wide, high)
    for _ in range(60):
        distance = (near + far) / 2
        flat = seen[:, :2] / (distance - seen[:, 2:])
        if (np.ptp(flat, axis=0) / 2 <= (wide, high)).all():
            far = distance
        else:
            near = distance
    flat = seen[:, :2] / (far - seen[:, 2:])
    return far, (flat.min(axis=0) + flat.max(axis=0)) / 2
