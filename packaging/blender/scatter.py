"""Things placed many times, kept as instances: a cloud of points, and geometry nodes that put a shape on each."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from .glb import Array, Placement

TURN, SCALE = "turn", "scale"
"""Attributes of the points: Euler angles [radians], and factors along x, y, z."""


def cloud(name: str, placement: Placement, prototype: Any) -> Any:
    """Return an object that shows a prototype at every point; nothing is copied."""
    mesh = bpy.data.meshes.new(name)
    count = len(placement.points)
    mesh.vertices.add(count)
    mesh.vertices.foreach_set("co", np.ascontiguousarray(placement.points, np.float32).ravel())
    turns = np.zeros((count, 3), np.float32)
    turns[:, 2] = placement.turns
    for attribute, values in ((TURN, turns), (SCALE, placement.scales)):
        _vectors(mesh, attribute, values)
    made = bpy.data.objects.new(name, mesh)
    made.modifiers.new("instances", "NODES").node_group = _nodes(name, prototype)
    return made


def _vectors(mesh: Any, name: str, values: Array) -> None:
    made = mesh.attributes.new(name, "FLOAT_VECTOR", "POINT")
    made.data.foreach_set("vector", np.ascontiguousarray(values, np.float32).ravel())


def _nodes(name: str, prototype: Any) -> Any:
    """Return the node group: points in, the prototype on each out."""
    group = bpy.data.node_groups.new(f"instances of {name}", "GeometryNodeTree")
    group["pcgstudio"] = True
    group.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    nodes, link = group.nodes, group.links.new
    start, end = nodes.new("NodeGroupInput"), nodes.new("NodeGroupOutput")
    shape, place = nodes.new("GeometryNodeObjectInfo"), nodes.new("GeometryNodeInstanceOnPoints")
    shape.inputs["Object"].default_value = prototype
    shape.inputs["As Instance"].default_value = True
    angles, factors = (_named(nodes, attribute) for attribute in (TURN, SCALE))
    turn = nodes.new("FunctionNodeEulerToRotation")
    link(start.outputs["Geometry"], place.inputs["Points"])
    link(shape.outputs["Geometry"], place.inputs["Instance"])
    link(angles, turn.inputs["Euler"])
    link(turn.outputs["Rotation"], place.inputs["Rotation"])
    link(factors, place.inputs["Scale"])
    link(place.outputs["Instances"], end.inputs["Geometry"])
    for number, node in enumerate((start, shape, turn, place, end)):
        node.location = (220 * number, -40 * (number % 2))
    return group


def _named(nodes: Any, attribute: str) -> Any:
    node = nodes.new("GeometryNodeInputNamedAttribute")
    node.data_type = "FLOAT_VECTOR"
    node.inputs["Name"].default_value = attribute
    node.location = (220, -220 if attribute == TURN else -380)
    return next(s for s in node.outputs if s.name == "Attribute" and s.enabled)
