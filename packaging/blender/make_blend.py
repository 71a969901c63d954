"""A bundle becomes a ``.blend``, without a window; prints one line of JSON with what is in it.

    blender -b --factory-startup --python make_blend.py -- BUNDLE OUT.blend [PICTURE.png]
    python make_blend.py BUNDLE OUT.blend [PICTURE.png]        where Python has the module bpy

``pcgstudio export --to blender`` calls it. Exit code 0, or 1 after one sentence on stderr.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "pcgstudio_in_blender"


def package() -> ModuleType:
    """Return the package that this file belongs to, under a name of its own, whatever the folder is called."""
    if NAME not in sys.modules:
        folder = Path(__file__).resolve().parent
        told = importlib.util.spec_from_file_location(
            NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert told is not None
        assert told.loader is not None
        made = importlib.util.module_from_spec(told)
        sys.modules[NAME] = made
        told.loader.exec_module(made)
    return sys.modules[NAME]


def make(bundle: Path, blend: Path, picture: Path | None = None) -> dict[str, Any]:
    """Import a bundle into an empty file, save it, and return what is in it."""
    import bpy  # noqa: PLC0415 - only Blender has it, and the arguments are checked before

    package()
    bundles, scenes = (importlib.import_module(f"{NAME}.{part}") for part in ("bundle", "scene"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    made = scenes.build(bundles.read(bundle.resolve()))
    bpy.context.preferences.filepaths.save_version = 0  # no .blend1 beside it
    bpy.ops.wm.save_as_mainfile(filepath=str(blend.resolve()), compress=True)
    if picture is not None:
        _render(bpy, picture)
    return {
        "blend": str(blend), "blender": bpy.app.version_string, "objects": made.objects, "instances": made.instances,
        "collections": sorted(c.get("kind", "") for c in made.collection.children),
        "materials": sorted(m.name for m in bpy.data.materials if m.get("pcgstudio")),
    }  # fmt: skip


def _render(bpy: Any, picture: Path) -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 24, False
    scene.render.resolution_x, scene.render.resolution_y = 1280, 720
    scene.render.filepath = str(picture.resolve())
    bpy.ops.render.render(write_still=True)


def main(words: list[str]) -> int:
    """Do it, and say how it went."""
    told = words[words.index("--") + 1 :] if "--" in words else words[1:]
    if len(told) not in (2, 3):
        print("make_blend: name a bundle and the .blend file to write", file=sys.stderr)
        return 1
    try:
        print(json.dumps(make(*map(Path, told))))
    except (ValueError, OSError, RuntimeError) as error:
        print(f"make_blend: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main(sys.argv)
    sys.stdout.flush()
    if code:  # Blender goes on to its end by itself, and would end with 0
        sys.exit(code)
