"""The drag preview: a map of about 256 x 256 cells as a scene in some 30 ms."""

from __future__ import annotations

from pcgstudio.world import World

from ..scene import Scene, scene_of


def coarse_scene(world: World) -> Scene:
    """Return a rough scene of a world with the layer ``height``."""
    return scene_of(world)
