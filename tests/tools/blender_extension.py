"""Puts the extension to work in a real Blender: blender_extension.py JOB.json, under the module ``bpy``.

The job names the extension's file, a bundle, a folder to work in, and what to do. What Blender sees is printed as JSON
on the last line.
"""

import json
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

import bpy
from mathutils import Vector


def main(job):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bpy.ops.extensions.package_install_files(
        filepath=job["extension"], repo="user_default", enable_on_install=True, overwrite=True
    )
    told = {"version": bpy.app.version_string, "enabled": sorted(bpy.context.preferences.addons.keys())}
    for name in job["do"]:
        began = time.perf_counter()
        told[name] = ACTIONS[name](job)
        told[name]["seconds"] = time.perf_counter() - began
    told["peak_mib"] = peak_mib()
    told["added_mib"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bpy.ops.preferences.addon_disable(module=next(k for k in told["enabled"] if k.endswith(".pcgstudio")))
    told["gone"] = not hasattr(bpy.types.Scene, "pcgstudio")
    print(json.dumps(told))


def peak_mib():
    """Return the most memory of this program [MiB]; ``getrusage`` would count that of the one which started it too."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bring(job):
    began = time.perf_counter()
    bpy.ops.pcgstudio.import_bundle(directory=job["bundle"])
    spent = time.perf_counter() - began
    return {"spent": spent, **seen(job.get("kinds", ()))}


def again(job):
    """A second import takes the place of the first, and leaves alone what a person added."""
    bpy.context.scene.camera.location.x += 7
    place = list(bpy.context.scene.camera.location)
    mine = bpy.data.objects.new("mine", None)
    root = next(c for c in bpy.context.scene.collection.children if "pcgstudio_bundle" in c)
    root.objects.link(mine)
    bpy.ops.pcgstudio.import_bundle(directory=job["bundle"])
    meshes = len(bpy.data.meshes)
    told = seen(job.get("kinds", ()))
    told["camera_stayed"] = place == list(bpy.context.scene.camera.location)
    told["mine_stayed"] = "mine" in bpy.data.objects and bool(bpy.data.objects["mine"].users_collection)
    bpy.data.objects.remove(mine)
    return {**told, "meshes": meshes}


def seen(kinds):
    bpy.context.view_layer.update()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    shapes, places = Counter(), defaultdict(list)
    for one in depsgraph.object_instances:
        if one.is_instance and one.object.type == "MESH":
            name = one.object.original.name
            shapes[name] += 1
            if name.split("_")[0] in kinds:
                scale = one.matrix_world.to_scale()
                turn = one.matrix_world.to_euler()
                places[name.split("_")[0]].append([*one.matrix_world.translation, *scale, *turn])
    terrain = next(o for o in bpy.data.objects if o.name.split(".")[0] == "terrain" and o.users_collection)
    corners = [terrain.matrix_world @ Vector(c) for c in terrain.bound_box]
    real = [o for o in bpy.data.objects if o.type == "MESH" and o.data.polygons and o.users_collection]
    root = next(c for c in bpy.context.scene.collection.children if "pcgstudio_bundle" in c)
    scene = bpy.context.scene
    return {
        "instances": dict(shapes),
        "places": places,
        "objects": len(root.all_objects),
        "collections": {c["kind"]: len(c.all_objects) for c in root.children},
        "low": [min(c[k] for c in corners) for k in range(3)],
        "high": [max(c[k] for c in corners) for k in range(3)],
        "vertices": len(terrain.data.vertices),
        "up": sum(p.normal.z > 0 for p in terrain.data.polygons) / len(terrain.data.polygons),
        "layers": sorted(a.name for a in terrain.data.attributes if not a.name.startswith(".")),
        "bare": [o.name for o in real if not o.data.materials or None in list(o.data.materials)],
        "materials": sorted({m.name for o in real for m in o.data.materials if m}),
        "lamps": sum(o.type == "LIGHT" and o.data.type == "POINT" for o in root.all_objects),
        "suns": sum(o.type == "LIGHT" and o.data.type == "SUN" for o in root.all_objects),
        "camera": scene.camera.name if scene.camera else None,
        "scale": [scene.unit_settings.system, scene.unit_settings.scale_length],
        "parameters": [[p.step, p.label, p.kind, getattr(p, p.field)] for p in scene.pcgstudio.parameters],
    }


def picture(job):
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = job.get("samples", 12), False
    scene.render.resolution_x, scene.render.resolution_y = job.get("size", [640, 360])
    scene.render.filepath = job["picture"]
    bpy.ops.render.render(write_still=True)
    return {}


def ground(job):
    """Raise the eastern half and write the ground as a recipe; then the same with the lattice spoilt."""
    terrain = next(o for o in bpy.data.objects if o.name.split(".")[0] == "terrain" and o.users_collection)
    middle = sum(v.co.x for v in terrain.data.vertices) / len(terrain.data.vertices)
    for vertex in terrain.data.vertices:
        if vertex.co.x > middle:
            vertex.co.z += 5
    bpy.ops.pcgstudio.export_terrain(directory=str(Path(job["work"]) / "lattice"))
    terrain.modifiers.new("thin", "TRIANGULATE")
    terrain.modifiers.new("finer", "SUBSURF").subdivision_type = "SIMPLE"
    bpy.ops.pcgstudio.export_terrain(directory=str(Path(job["work"]) / "cast"))
    terrain.modifiers.clear()
    return {}


def rebuild(job):
    """Ask for every parameter, move one, and build again."""
    scene = bpy.context.scene
    few = len(scene.pcgstudio.parameters)
    bpy.ops.pcgstudio.parameters()
    rows = scene.pcgstudio.parameters
    step, name, value = job["move"]
    one = next(p for p in rows if (p.step, p.label) == (step, name))
    setattr(one, one.field, value)
    about, changed = one.about, [p.label for p in rows if p.changed]
    told = {"few": few, "all": len(rows), "about": about, "changed": changed}
    scene.pcgstudio.folder = job["bundle"]
    told["result"] = sorted(bpy.ops.pcgstudio.rebuild())
    return {**told, "told": scene.pcgstudio.told, **seen(())}


def generate(job):
    scene = bpy.context.scene.pcgstudio
    scene.sentence, scene.folder = job["sentence"], str(Path(job["work"]) / "generated")
    scene.seed, scene.resolution = 3, 64
    result = sorted(bpy.ops.pcgstudio.generate())
    return {"result": result, "told": scene.told, "maps": [
        c.name for c in bpy.context.scene.collection.children if "pcgstudio_bundle" in c]}  # fmt: skip


def refresh(job):
    folder = Path(job["bundle"])
    bpy.context.scene.pcgstudio.folder = str(folder)
    unchanged = sorted(bpy.ops.pcgstudio.refresh())
    file = folder / "recipe.pcg.json"
    file.write_text(file.read_text())
    return {"unchanged": unchanged, "changed": sorted(bpy.ops.pcgstudio.refresh())}


def watching(job):
    """What the timer does, called by hand: Blender turns no timers without a window."""
    folder = Path(job["bundle"])
    operators = sys.modules["bl_ext.user_default.pcgstudio.operators"]
    settings = bpy.context.scene.pcgstudio
    settings.folder, settings.watching = str(folder), True
    told = {"on": bpy.app.timers.is_registered(operators._look)}
    root = _root()
    root["old"] = True
    told["again_in"] = operators._look()
    told["untouched"] = "old" in _root()
    file = folder / "layers.json"
    file.write_text(file.read_text())
    operators._look()
    told["replaced"] = "old" not in _root()
    (folder / "map.glb").rename(folder / "aside")
    operators._look()
    told["half"] = "old" not in _root() and settings.watching
    (folder / "aside").rename(folder / "map.glb")
    settings.watching = False
    told["off"] = operators._look() is None
    return told


def _root():
    return next(c for c in bpy.context.scene.collection.children if "pcgstudio_bundle" in c)


class Layout:
    """Takes down what a panel shows; what does not exist in Blender cannot be shown."""

    def __init__(self, shown):
        self.shown = shown

    def prop(self, owner, name, **_more):
        assert name in owner.bl_rna.properties, name
        self.shown.append(name)

    def operator(self, name, **_more):
        group, _, call = name.partition(".")
        assert getattr(getattr(bpy.ops, group), call).get_rna_type(), name
        self.shown.append(name)

    def label(self, text, **_more):
        self.shown.append(text)

    def row(self, **_more):
        return Layout(self.shown)

    column = split = row

    def box(self):
        return Layout(self.shown)


def panel(job):
    told = {}
    for name in ("PCG_PT_map", "PCG_PT_parameters"):
        kind = getattr(bpy.types, name)
        for running in (False, True):
            bpy.context.scene.pcgstudio.running = running
            told[f"{name} {running}"] = shown = []
            kind.draw(SimpleNamespace(layout=Layout(shown)), bpy.context)
    bpy.context.scene.pcgstudio.running = False
    return told


def errors(job):
    """Everything that goes wrong is one sentence."""
    found = {}
    for name, call in {
        "no bundle": lambda: bpy.ops.pcgstudio.import_bundle(directory=job["work"]),
        "no sentence": lambda: _with(sentence="", call=bpy.ops.pcgstudio.generate),
        "no map in it": lambda: _with(sentence="what is the weather", call=bpy.ops.pcgstudio.generate),
    }.items():
        try:
            call()
        except RuntimeError as error:
            found[name] = str(error).strip()
    return found


def _with(sentence, call):
    bpy.context.scene.pcgstudio.sentence = sentence
    call()


ACTIONS = {
    "bring": bring, "again": again, "picture": picture, "ground": ground, "rebuild": rebuild, "generate": generate,
    "refresh": refresh, "errors": errors, "panel": panel, "watching": watching,
}  # fmt: skip

if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
