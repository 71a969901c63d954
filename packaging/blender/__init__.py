"""PCG Studio in Blender: maps come in as scenes, go back as recipes, and are rebuilt by the ``pcgstudio`` program.

::

    bundle.py     what a bundle holds, as arrays          scene.py      arrays to objects
    glb.py        the model file, as arrays               shading.py    materials, sky, sun, camera
    program.py    command lines, and running them         scatter.py    things placed many times
    recipe.py     parameters of a recipe, read, changed   operators.py  what the buttons do
    height.py     ground to a height image and recipe     panel.py      the sidebar
    watch.py      whether a folder changed                make_blend.py a bundle to a .blend, without a window

The left column knows nothing of Blender and is tested without it. Nothing here reaches a network, and no text of a
map or a model is ever executed: recipes are data, and programs are started by a list of words, never through a shell.
"""

from __future__ import annotations


def register() -> None:
    """Make the operators, the panel and the preferences known to Blender."""
    from .operators import register as operators  # noqa: PLC0415 - bpy is in Blender only, the left column works outside
    from .panel import register as panel  # noqa: PLC0415 - the same

    operators()
    panel()


def unregister() -> None:
    """Take them back."""
    from .operators import unregister as operators  # noqa: PLC0415 - see register
    from .panel import unregister as panel  # noqa: PLC0415 - see register

    panel()
    operators()
