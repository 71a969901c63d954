"""The long tier of exports: a landscape, a dungeon and a town through every target, each opened by another program.

Run it with ``pytest -m long tests/test_export_presets.py -s``; it prints a line for every file that was opened.
"""

import base64
import csv
import io
import json
import os
import shutil
import subprocess
from collections import Counter

import numpy as np
import OpenEXR
import pytest
import pytiled_parser
import tifffile
import trimesh
from PIL import Image
from scipy import ndimage

from pcgstudio import studio
from pcgstudio.export.targets import get_target, load_targets

from .test_blender import PYTHON
from .test_export_heights import at_vertices, unity_heights, unreal_metres, within
from .test_export_plans import FINE, drawn, reached
from .test_gltf import validated

pytestmark = pytest.mark.long

SENTENCES = {
    "terrain": "an island with a lake, a river, two mountains and 30 % forest",
    "dungeon": "a dungeon with 12 rooms, a boss room, treasure and a locked door with a key",
    "town": "a walled market town by a river with a church",
}


@pytest.fixture(scope="module", params=sorted(SENTENCES))
def preset(request):
    *_, last = studio.run(SENTENCES[request.param], actor="builtin", critic="builtin", seed=7, resolution=256)
    return request.param, last.recipe, last.world


def told(path):
    beside = path / "pcgstudio-export.json" if path.is_dir() else path.with_name(f"{path.name}.json")
    return json.loads(beside.read_text())


def things(world, *without):
    return {k: len(p) for k, p in world.instances.items() if k not in without and len(p)}


def open_heightmap(path, world):
    facts = told(path)
    z = np.asarray(Image.open(path)) / 65535 * (facts["highest_value_m"] - facts["lowest_value_m"])
    within(z + facts["lowest_value_m"], world["height"], world) if np.ptp(world["height"]) else None
    return f"{z.shape[1]} x {z.shape[0]} by Pillow"


def open_unity(path, world):
    z = unity_heights(path)[::-1]
    assert np.abs(z - at_vertices(world, *z.shape)).max() <= 1e-4 * max(np.ptp(world["height"]), 1)
    pages = [np.asarray(Image.open(p)).astype(int) for p in sorted(path.glob("splat_*.png"))]
    assert (np.concatenate(pages, axis=2).sum(axis=2) == 255).all()
    return f"{z.shape} by numpy, {instances_of(path, world)} things"


def open_unreal(path, world):
    png = np.asarray(Image.open(path / "heightmap.png"))
    z = unreal_metres(path, png)
    assert np.abs(z - at_vertices(world, *z.shape)).max() <= 1e-4 * max(np.ptp(world["height"]), 1)
    assert (sum(np.asarray(Image.open(p)).astype(int) for p in path.glob("weight_*.png")) == 255).all()
    return f"{png.shape} by Pillow, {instances_of(path, world)} things"


def open_godot(path, world):
    z = OpenEXR.File(str(path / "terrain3d_height.exr")).channels()["RGB"].pixels[..., 0]
    assert np.abs(z - at_vertices(world, *z.shape)).max() <= 1e-4 * max(np.ptp(world["height"]), 1)
    return f"{z.shape} by OpenEXR, {instances_of(path, world)} things; {godot_engine(path / 'map.glb')}"


def instances_of(path, world):
    rows = Counter(r["kind"] for r in csv.DictReader((path / "instances.csv").open()))
    assert rows == things(world)
    return rows.total()


def godot_engine(glb):
    """Import the GLB with Godot 3 and walk its scene."""
    if shutil.which("godot3-server") is None:
        return "Godot not installed"
    project = glb.parent / "project"
    project.mkdir()
    (project / "project.godot").write_text('config_version=4\n[application]\nconfig/name="t"\n')
    shutil.copy(glb, project / "map.glb")
    (project / "look.gd").write_text(
        "extends SceneTree\nfunc _init():\n\tvar n = load('res://map.glb').instance()\n"
        "\tvar meshes = 0\n\tvar todo = [n]\n\twhile todo:\n\t\tvar one = todo.pop_back()\n"
        "\t\tif one is MeshInstance: meshes += 1\n\t\tfor c in one.get_children(): todo.append(c)\n"
        "\tvar box = n.find_node('terrain', true, false).get_aabb()\n"
        "\tprint('MESHES ', meshes, ' SIZE ', box.size.x, ' ', box.size.z)\n\tquit()\n"
    )
    home = {"HOME": str(project), "PATH": os.environ["PATH"]}
    # Version 3.2.3 hangs when it ends, so it is stopped when it has had time to finish.
    for words in (["--editor", "--quit"], ["--script", "look.gd"]):
        run = subprocess.run(
            ["timeout", "40", "godot3-server", "--path", project, *words], capture_output=True, text=True, check=False,
            env=home,
        )  # fmt: skip
    line = next((one for one in run.stdout.splitlines() if one.startswith("MESHES")), run.stdout + run.stderr)
    assert line.startswith("MESHES"), line
    facts = json.loads((glb.parent / "pcgstudio-export.json").read_text())
    _, meshes, _, east, north = line.split()
    assert [float(east), float(north)] == pytest.approx(facts["extent_m"], rel=1e-3)
    placed = sum(sum(v.values()) for k, v in facts["instances"].items() if k != "light")
    assert int(meshes) > placed
    return f"Godot 3 sees {meshes} meshes"


def open_gltf(path, world):
    for file in sorted(path.parent.glob(f"{path.stem}*.glb")):
        issues = validated(file)
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
    terrain = trimesh.load(path).geometry["terrain"]
    assert np.allclose(np.ptp(terrain.bounds, axis=0)[[0, 2]], world.grid.extent_m)
    return "no errors, no warnings by the Khronos validator; trimesh"


def open_usd(path, world):
    from pxr import Usd, UsdGeom, UsdValidation

    stage = Usd.Stage.Open(str(path))
    count = Counter()
    for prim in stage.Traverse():
        if prim.IsA(UsdGeom.PointInstancer):
            count[prim.GetName().split("_")[0]] += len(UsdGeom.PointInstancer(prim).GetPositionsAttr().Get())
    assert count == things(world, "light")
    registry = UsdValidation.ValidationRegistry()
    names = [m.name for m in registry.GetAllValidatorMetadata() if not m.isSuite]
    found = UsdValidation.ValidationContext(registry.GetOrLoadValidatorsByName(names)).Validate(stage)
    assert [e.GetMessage() for e in found] == []
    return f"{count.total()} instances by pxr, {len(names)} validators content"


def open_obj(path, world):
    scene = trimesh.load(path, split_object=True, group_material=False)
    assert np.ptp(scene.bounds, axis=0)[0] >= world.grid.extent_m[0] - 0.01
    return f"{len(scene.geometry)} meshes by trimesh"


def open_stl(path, _world):
    mesh = trimesh.load(path)
    assert mesh.is_watertight
    assert mesh.volume > 0
    assert max(np.ptp(mesh.bounds, axis=0)[:2]) == pytest.approx(150, rel=1e-5)
    return f"watertight, {mesh.volume / 1000:.0f} cm³ by trimesh"


def open_geotiff(path, world):
    with tifffile.TiffFile(path) as file:
        assert (file.pages[0].asarray() == world["height"]).all()
        assert file.pages[0].geotiff_tags["ModelPixelScale"][0] == world.grid.cell_size_m
    return "equal by tifffile"


def open_geojson(path, _world):
    kinds = Counter(f["properties"]["kind"] for f in json.loads(path.read_text())["features"])
    return ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(4))


def open_tmx(path, world):
    parsed = pytiled_parser.parse_map(path)
    objects = {one.name: len(one.tiled_objects) for one in parsed.layers if hasattr(one, "tiled_objects")}
    assert {k: n for k, n in objects.items() if k in world.instances} == things(world)
    return f"{len(parsed.layers)} layers by pytiled_parser"


def open_ldtk(path, world):
    (level,) = json.loads(path.read_text())["levels"]
    tags = Counter(e["__tags"][0] for one in level["layerInstances"] for e in one["entityInstances"])
    assert tags == things(world)
    return f"{len(level['layerInstances'])} layers"


def open_uvtt(path, world):
    told_ = json.loads(path.read_text())
    picture = Image.open(io.BytesIO(base64.b64decode(told_["image"])))
    if "room" not in world:
        return f"picture {picture.size}, {len(told_['line_of_sight'])} walls"
    square, north = told(path)["square_m"], world.grid.extent_m[1]
    wall = drawn(told_, doors=True)
    inside = {}
    for number in np.unique(world["room"][world["room"] > 0]).tolist():
        deep = ndimage.distance_transform_edt(world["room"] == number)
        row, col = np.unravel_index(deep.argmax(), deep.shape)
        place = (world.grid.xs()[col] / square, (north - world.grid.ys()[row]) / square)
        inside[number] = place
    outside = reached(wall, (0, 0))
    pixel = {n: (int(y * FINE), int(x * FINE)) for n, (x, y) in inside.items()}
    assert not any(outside[p] for p in pixel.values())
    for n, (x, y) in inside.items():
        mine = reached(wall, (x - 0.5, y - 0.5))
        assert [m for m, p in pixel.items() if mine[p]] == [n]
    return f"picture {picture.size}, {len(pixel)} rooms shut behind {len(told_['portals'])} doors"


def open_bundle(path, world):
    with np.load(path / "layers.npz") as layers:
        assert (layers["height"] == world["height"]).all()
    return "equal by numpy"


def open_blender(path, world):
    if PYTHON is None:
        return "Blender not installed: bundle"
    contents = told(path)["contents"]
    assert contents["instances"] == sum(things(world, "light").values())
    return f"{contents['instances']} instances by Blender {contents['blender']}"


@pytest.mark.parametrize("name", sorted(load_targets()))
def test_another_program_opens_it(preset, name, tmp_path, monkeypatch):
    title, recipe, world = preset
    if PYTHON is not None:
        monkeypatch.setenv("PCGSTUDIO_BPY", str(PYTHON))
    target = get_target(name)
    path = tmp_path / (title if target.is_folder else f"{title}{target.suffix}")
    more = {"lods": True, "collision": True, "instances": "both"} if name == "gltf" else {}
    reason = target.unfit(world)
    assert not reason
    target.write(world, recipe, path, target.parsed(more))
    said = globals()[f"open_{name}"](path, world)
    print(f"\n{title:8} {name:10} {said}")


def test_every_target_has_an_opener():
    assert {n.removeprefix("open_") for n in globals() if n.startswith("open_")} == set(load_targets())
