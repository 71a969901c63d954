"""What the buttons do.

Every operator also works without a window: ``bpy.ops.pcgstudio.import_bundle(...)`` under ``blender -b`` does its work
before it returns; with a window, programs run beside Blender and can be cancelled.
"""

# No `from __future__ import annotations`: Blender reads the properties from the annotations themselves.

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from . import bundle, ground, height, program, recipe, scene, watch

EVERY_S = 0.2


def folder_of(settings: Any) -> Path:
    """Return the folder that the panel names."""
    return Path(bpy.path.abspath(settings.folder)).resolve()


def program_path(context: Any) -> str:
    """Return the program, as the preferences or the path say."""
    found = context.preferences.addons.get(__package__)
    return program.find(found.preferences.program if found else "")


def bring_in(context: Any, folder: Path) -> Any:
    """Import a bundle and fill the panel with its parameters."""
    made = scene.build(bundle.read(folder), context.scene)
    settings = context.scene.pcgstudio
    settings.folder = str(folder)
    told = scene.recipe_of(made.collection)
    settings.seed = min(int(told.get("seed", 0)), 2**31 - 1)
    settings.resolution = int(told.get("resolution", 512))
    show(settings, recipe.rows(told))
    _seen[str(folder)] = watch.signature(folder)
    return made


def show(settings: Any, rows: list[recipe.Row]) -> None:
    """Put rows into the panel."""
    settings.parameters.clear()
    for row in rows:
        settings.parameters.add().take(row)


class _Sentences:
    """Errors of the core become one sentence in Blender's own way; used by every operator."""

    if TYPE_CHECKING:
        report: Any

        def work(self, context: Any) -> set[str]:
            """Do what the operator does."""

    def execute(self, context: Any) -> set[str]:
        """Do it before returning."""
        try:
            return self.work(context)
        except (ValueError, OSError, program.MissingError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}


class PCG_OT_import_bundle(_Sentences, bpy.types.Operator):
    """Import a map that pcgstudio made: its ground, water and things, with instances kept as instances."""

    bl_idname = "pcgstudio.import_bundle"
    bl_label = "Import bundle"
    bl_options = {"REGISTER", "UNDO"}
    directory: StringProperty(subtype="DIR_PATH")

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for the folder."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def work(self, context: Any) -> set[str]:
        """Import it."""
        folder = Path(bpy.path.abspath(self.directory)).resolve() if self.directory else None
        began = time.perf_counter()
        made = bring_in(context, folder or folder_of(context.scene.pcgstudio))
        spent = time.perf_counter() - began
        self.report(
            {"INFO"}, f"{made.collection.name}: {made.objects} objects, {made.instances} instances, {spent:.1f} s"
        )
        return {"FINISHED"}


class _Beside(_Sentences):
    """An operator that runs the program and imports what it made: beside Blender, or at once without a window."""

    if TYPE_CHECKING:

        def words(self, context: Any) -> list[str]:
            """Return the program and its arguments."""

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Start the program and come back now and then."""
        if context.window is None:  # nothing to come back to
            return self.execute(context)
        try:
            self._begin(context)
        except (ValueError, OSError, program.MissingError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self._timer = context.window_manager.event_timer_add(EVERY_S, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[str]:
        """Show how it stands; Esc or the panel's button cancels it."""
        settings = context.scene.pcgstudio
        if event.type == "ESC" or not settings.running:
            self._run.cancel()
        elif event.type != "TIMER":
            return {"PASS_THROUGH"}
        settings.progress, settings.told = self._run.fraction, self._run.text
        for area in context.screen.areas if context.screen else ():
            area.tag_redraw()
        if self._run.running:
            return {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        return self._end(context)

    def work(self, context: Any) -> set[str]:
        """Run it to its end."""
        self._begin(context)
        while self._run.wait(EVERY_S):
            print(f"pcgstudio {self._run.fraction:4.0%} {self._run.text}", flush=True)
        return self._end(context)

    def _begin(self, context: Any) -> None:
        self._run = program.Run(self.words(context))
        settings = context.scene.pcgstudio
        settings.running, settings.progress, settings.told = True, 0.0, "starting"

    def _end(self, context: Any) -> set[str]:
        settings = context.scene.pcgstudio
        settings.running = False
        well, told = self._run.outcome()
        settings.told = told
        if well:
            bring_in(context, folder_of(settings))
        self.report({"INFO"} if well or self._run.cancelled else {"ERROR"}, told)
        return {"FINISHED"} if well else {"CANCELLED"}


class PCG_OT_generate(_Beside, bpy.types.Operator):
    """Make a map from the sentence and import it."""

    bl_idname = "pcgstudio.generate"
    bl_label = "Generate"
    bl_options = {"REGISTER", "UNDO"}

    def words(self, context: Any) -> list[str]:
        """Call ``pcgstudio generate``."""
        told = context.scene.pcgstudio
        return program.generate(program_path(context), told.sentence, folder_of(told), told.seed, told.resolution)


class PCG_OT_rebuild(_Beside, bpy.types.Operator):
    """Build the map again with the values below, and import it."""

    bl_idname = "pcgstudio.rebuild"
    bl_label = "Rebuild"
    bl_options = {"REGISTER", "UNDO"}

    def words(self, context: Any) -> list[str]:
        """Write the changed recipe beside the bundle, and call ``pcgstudio build``."""
        settings = context.scene.pcgstudio
        folder = folder_of(settings)
        told = json.loads((folder / bundle.RECIPE).read_text(encoding="utf-8"))
        told["resolution"] = settings.resolution
        moved = {(p.step, p.label): getattr(p, p.field) for p in settings.parameters if p.changed}
        with tempfile.NamedTemporaryFile(
            "w", suffix=".pcg.json", dir=folder.parent, prefix=f".{folder.name}-", delete=False, encoding="utf-8"
        ) as file:  # beside the bundle, which is replaced as a whole; the files that it names lie there too
            file.write(recipe.changed(told, moved, settings.seed))
        self._draft = Path(file.name)
        return program.build(program_path(context), self._draft, folder)

    def _end(self, context: Any) -> set[str]:
        self._draft.unlink(missing_ok=True)
        return _Beside._end(self, context)


class PCG_OT_cancel(bpy.types.Operator):
    """Stop the program; the map stays as it was."""

    bl_idname = "pcgstudio.cancel"
    bl_label = "Cancel"

    def execute(self, context: Any) -> set[str]:
        """Tell the running operator."""
        context.scene.pcgstudio.running = False
        return {"FINISHED"}


class PCG_OT_parameters(_Sentences, bpy.types.Operator):
    """List every parameter of the map's steps, those with their defaults too, with units and bounds."""

    bl_idname = "pcgstudio.parameters"
    bl_label = "All parameters"

    def work(self, context: Any) -> set[str]:
        """Ask the program for its manual."""
        words = program.manual(program_path(context))
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise ValueError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pcgstudio failed")
        settings = context.scene.pcgstudio
        told = json.loads((folder_of(settings) / bundle.RECIPE).read_text(encoding="utf-8"))
        show(settings, recipe.rows(told, json.loads(done.stdout)))
        return {"FINISHED"}


class PCG_OT_refresh(_Sentences, bpy.types.Operator):
    """Import the map again if its folder changed since it was last imported."""

    bl_idname = "pcgstudio.refresh"
    bl_label = "Refresh"
    bl_options = {"REGISTER", "UNDO"}

    def work(self, context: Any) -> set[str]:
        """Look, and import."""
        folder = folder_of(context.scene.pcgstudio)
        if refresh(context, folder):
            self.report({"INFO"}, f"imported '{folder}' again")
            return {"FINISHED"}
        self.report({"INFO"}, "nothing changed")
        return {"CANCELLED"}


class PCG_OT_export_terrain(_Sentences, bpy.types.Operator):
    """Write the ground as it stands now, sculpted or not, as a 16-bit height image and a recipe that builds on it."""

    bl_idname = "pcgstudio.export_terrain"
    bl_label = "Terrain to recipe"
    directory: StringProperty(subtype="DIR_PATH", description="Folder for the recipe and its image")

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for the folder."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def work(self, context: Any) -> set[str]:
        """Sample it and write both files."""
        roots = scene.imported(context.scene)
        if not roots:
            raise ValueError("there is no map in this scene; import a bundle first")
        root = roots[-1]
        terrain = next((o for o in root.all_objects if o.type == "MESH" and o.name.split(".")[0] == "terrain"), None)
        if terrain is None:
            raise ValueError(f"'{root.name}' has no object called terrain; import the bundle again")
        heights = ground.heights(context, terrain, tuple(root["grid"]))
        folder = (
            Path(bpy.path.abspath(self.directory)).resolve() if self.directory else folder_of(context.scene.pcgstudio)
        )
        path = height.write(folder, root.name, heights, tuple(root["extent_m"]), bool(root["sea"]))
        self.report({"INFO"}, f"wrote '{path}'; build it with: pcgstudio build {path.name}")
        return {"FINISHED"}


# -- watching ----------------------------------------------------------------------------------------------------------

_seen: dict[str, watch.Signature] = {}


def refresh(context: Any, folder: Path) -> bool:
    """Import a bundle again if it changed; return whether it did."""
    now = watch.signature(folder)
    if not now or now == _seen.get(str(folder)):
        return False
    bring_in(context, folder)
    return True


def _look() -> float | None:
    """Look at the watched folder, once a second; Blender calls it."""
    settings = getattr(bpy.context.scene, "pcgstudio", None)
    if settings is None or not settings.watching:
        return None
    if not settings.running:
        try:
            refresh(bpy.context, folder_of(settings))
        except (ValueError, OSError) as error:
            settings.told = str(error)
    return 1.0


def watch_folder(on: bool) -> None:
    """Begin to look, or let the next look be the last."""
    if on and not bpy.app.timers.is_registered(_look):
        bpy.app.timers.register(_look, first_interval=1.0)


CLASSES = (
    PCG_OT_import_bundle, PCG_OT_generate, PCG_OT_rebuild, PCG_OT_cancel, PCG_OT_parameters, PCG_OT_refresh,
    PCG_OT_export_terrain,
)  # fmt: skip


def register() -> None:
    """Make all of it known to Blender."""
    for one in CLASSES:
        bpy.utils.register_class(one)


def unregister() -> None:
    """Take it back."""
    if bpy.app.timers.is_registered(_look):
        bpy.app.timers.unregister(_look)
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
