"""The face of a cut through the ground, and the heights at which an interior is cut between its storeys. Only numpy."""

from __future__ import annotations

import numpy as np

from pcgstudio.block import cut_colours

from ..scene import Piece, Scene, as_bytes

SOIL_ROW = 2
"""Row of `cut_colours` that a cut through the ground has."""
UNDER_FLOOR_M = 0.4
"""How far walls reach below their floor."""


def cap_of(scene: Scene, cut_m: float) -> Piece | None:
    """Return what closes the ground where it is cut; None where nothing of it is, and in rooms.

    Parameters
    ----------
    cut_m : float
        Height of the cut [m].
    """
    if scene.surface is None:
        return None
    ground = next((p for p in scene.pieces if p.part == "ground" and p.detail != "moving"), None)
    if ground is None or ground.vertices[:, 2].max() <= cut_m:
        return None
    vertices = ground.vertices.copy()
    above = vertices[:, 2] > cut_m
    faces = ground.faces[above[ground.faces].any(axis=1)]
    used, numbers = np.unique(faces, return_inverse=True)
    lower = np.float32(0.0015 * float(np.ptp(vertices[:, 0])))  # not in one plane with the ground that is left
    vertices = vertices[used]
    vertices[:, 2] = np.minimum(vertices[:, 2], np.float32(cut_m)) - lower
    colour = as_bytes(np.broadcast_to(cut_colours()[SOIL_ROW], (len(faces), 3)).astype(np.float32))
    return Piece(vertices, numbers.reshape(-1, 3).astype(np.int32), colour, part="cut")


def storey_cut(floors: tuple[float, ...], shown: int) -> float | None:
    """Return the height [m] that shows so many storeys from below; None where those are all."""
    return floors[shown] - UNDER_FLOOR_M if 0 < shown < len(floors) else None


def storeys_shown(floors: tuple[float, ...], cut_m: float | None) -> int:
    """Return how many storeys a cut leaves."""
    return len(floors) if cut_m is None else sum(floor < cut_m for floor in floors)
