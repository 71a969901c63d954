"""Placed things as shapes and where each stands: what formats need that draw them, instanced or baked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio import models
from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray, World

from .gltf import model_of

LIGHT = "light"
"""The kind that only shines and has no shape of its own."""


@dataclass(frozen=True)
class Group:
    """Things of one shape.

    Parameters
    ----------
    kind, species : str
        What they are.
    variant : int
        Which of the species' shapes.
    parts : tuple of ModelPart
        The shape: height 1, standing at the origin, front at +x, z up.
    position : ndarray
        ``(n, 3) float32`` x, y, z [m].
    yaw_deg : ndarray
        ``(n,) float32`` counter-clockwise from +x.
    scale : ndarray
        ``(n, 3) float32`` along the shape's own x, y, z.
    """

    kind: str
    species: str
    variant: int
    parts: tuple[models.ModelPart, ...]
    position: FloatArray
    yaw_deg: FloatArray
    scale: FloatArray

    def baked(self, part: models.ModelPart) -> tuple[FloatArray, NDArray[np.int32]]:
        """Return one part of all the things as ``(v, 3) float32`` vertices and ``(f, 3) int32`` faces on the map."""
        turn = np.radians(self.yaw_deg.astype(np.float64))
        cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
        grown = part.vertices[None] * self.scale[:, None]
        x = grown[..., 0] * cos - grown[..., 1] * sin
        y = grown[..., 0] * sin + grown[..., 1] * cos
        vertices = np.stack([x, y, grown[..., 2]], axis=-1) + self.position[:, None]
        start = np.arange(len(self.position), dtype=np.int32)[:, None, None] * len(part.vertices)
        faces = (part.faces[None] + start).astype(np.int32)
        return vertices.reshape(-1, 3).astype(np.float32), faces.reshape(-1, 3)


def groups(world: World, kinds: frozenset[str] | None = None) -> Iterator[Group]:
    """Yield everything placed that has a shape, by kind, species and variant; only of some kinds where they are named.

    Raises
    ------
    BuildError
        A position or size is no number.
    """
    for kind in sorted(world.instances):
        placed = world.instances[kind]
        if not np.isfinite(placed.placement).all() or not np.isfinite(placed.size).all():
            raise BuildError(f"a placed {kind} has a position or size that is no number; rebuild the map")
        if kind == LIGHT or (kinds is not None and kind not in kinds):
            continue
        for number, species in enumerate(placed.names):
            mine = np.flatnonzero(placed.species == number)
            variants = models.VARIANTS if species in models.SPECIES else 1
            for variant in range(min(variants, len(mine))):
                chosen = mine[variant::variants]
                where, size = placed.placement[chosen], placed.size[chosen]
                known = species in models.SPECIES
                scale = models.scaling(species, size, variant) if known else np.maximum(size, np.float32(0.01))
                yield Group(kind, species, variant, model_of(species, variant), where[:, :3], where[:, 3], scale)
