"""PCG Studio in Blender: maps come in as scenes, go back as recipes, and are rebuilt by the ``pcgstudio`` program.

::

    bundle.py     what a bundle holds, as arrays          scene.py      arrays to objects
    glb.py        the model file, as arrays               scatter.py    things placed many times
    block.py      the sides of the map                    shading.py    materials, sky, sun, camera
    program.py    command lines, and running them         ground.py     the terrain as heights
    recipe.py     parameters of a recipe, read, changed   settings.py   what the panel holds
    height.py     ground to a height image and recipe     operators.py  what the buttons do
    watch.py      whether a folder changed                panel.py      the sidebar

    make_blend.py a bundle to a .blend, without a window

The left column knows nothing of Blender and is tested without it. Nothing here reaches a network, and no text of a
map or a model is ever executed: recipes are data, and programs are started by a list of words, never through a shell.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def register() -> None:
    """Make the preferences, the operators and the panel known to Blender."""
    for part in _parts():
        part.register()


def unregister() -> None:
    """Take them back."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> tuple[Any, ...]:
    names = ("settings", "operators", "panel")  # imported late: bpy is in Blender only, the left column works outside
    return tuple(import_module(f".{name}", __package__) for name in names)
