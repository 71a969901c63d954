"""Simple meshes to collide with: coarse ground, built parts as they are, a box or a post for every placed thing."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, World

from .glb import Document
from .gltf import shaded, up
from .placed import Group, groups
from .surface import Lattice

CELLS = 128
"""Most cells along a side of the ground that one collides with."""

POSTS = {"tree": 0.08}
"""Kinds of which one meets only the stem, and its width as a share of the height."""

_SOFT = frozenset({"grass"})
_CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)], dtype=np.float32)
_SIDES = np.array([[0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4],
                   [2, 6, 7], [2, 7, 3], [0, 4, 6], [0, 6, 2], [1, 3, 7], [1, 7, 5]], dtype=np.int32)  # fmt: skip


def document(world: World) -> Document:
    """Return the collision meshes as a glTF document; every node's name ends in ``_collision``."""
    made = Document(f"pcgstudio {version('pcgstudio')}")
    made.extras = {"units": "m", "extent_m": list(world.grid.extent_m), "origin": "south-west corner"}
    made.materials.append({"name": "collision", "pbrMetallicRoughness": {"metallicFactor": 0.0}})
    surface = Lattice.of(world, CELLS).terrain()
    _add(made, "terrain", surface.position, surface.faces)
    for part in world.parts:
        position, _, faces = shaded(up(part.vertices), part.faces)
        if len(faces):
            _add(made, part.name, position, faces)
    boxes: dict[str, list[tuple[FloatArray, NDArray[np.int32]]]] = {}
    for group in groups(world):
        if group.kind not in _SOFT:
            boxes.setdefault(group.kind, []).append(_boxes(group))
    for kind, several in boxes.items():
        start = np.cumsum([0] + [len(v) for v, _ in several])
        faces = np.concatenate([f + s for (_, f), s in zip(several, start, strict=False)])
        _add(made, kind, up(np.concatenate([v for v, _ in several])), faces.astype(np.uint32))
    return made


def _add(made: Document, name: str, position: FloatArray, faces: NDArray[np.uint32]) -> None:
    mesh = made.mesh(f"{name}_collision", [made.primitive({"POSITION": position}, faces, 0)])
    made.node(f"{name}_collision", root=True, mesh=mesh)


def _boxes(group: Group) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return a turned box around each thing, or a post in its middle: vertices on the map, and faces."""
    points = np.concatenate([part.vertices for part in group.parts])
    low, high = points.min(axis=0), points.max(axis=0)
    corner = (low + high) / 2 * np.array([1, 1, 0], np.float32) + _CORNERS * (high - low)
    if group.kind in POSTS:
        corner = _CORNERS * np.array([POSTS[group.kind], POSTS[group.kind], 1], np.float32)
    corner[:, 2] = low[2] + _CORNERS[:, 2] * (high[2] - low[2])
    wide = group.scale.copy()
    if group.kind in POSTS:
        wide[:, :2] = wide[:, 2:3]
    turn = np.radians(group.yaw_deg.astype(np.float64))
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    grown = corner[None] * wide[:, None]
    x, y = grown[..., 0] * cos - grown[..., 1] * sin, grown[..., 0] * sin + grown[..., 1] * cos
    vertices = (np.stack([x, y, grown[..., 2]], axis=-1) + group.position[:, None]).reshape(-1, 3)
    faces = _SIDES[None] + np.arange(len(turn), dtype=np.int32)[:, None, None] * len(_CORNERS)
    return vertices.astype(np.float32), faces.reshape(-1, 3).astype(np.int32)
