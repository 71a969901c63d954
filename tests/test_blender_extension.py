"""The extension in a real Blender: built and checked by Blender's own command, installed, and put to work on maps."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pcgstudio.brief import Brief
from pcgstudio.build import build
from pcgstudio.bundle import Run, read_world, write_bundle
from pcgstudio.measure import assess
from pcgstudio.recipe import Recipe, Step, load

from .in_blender import ABSENT, EXTENSION, PYTHON, TOOLS
from .worlds import island, scatter

pytestmark = [
    pytest.mark.long, pytest.mark.timeout(900), pytest.mark.skipif(PYTHON is None, reason=ABSENT),
]  # fmt: skip


def extension_command(*words):
    (command,) = PYTHON.parents[1].glob("**/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    return subprocess.run([PYTHON, command, *words], capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def extension(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extension")
    done = extension_command("build", "--source-dir", EXTENSION, "--output-dir", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.glob("*.zip")
    return file


def bundle_of(folder, world, recipe):
    picture = np.zeros((720, 1280, 3), np.uint8)
    write_bundle(folder, recipe, world, Brief(), assess(world, Brief()), Run(), preview=picture)
    return folder


def at_work(tmp_path, extension, bundle, *actions, **more):
    job = {
        "extension": str(extension), "bundle": str(bundle), "work": str(tmp_path), "do": actions,
        "picture": str(tmp_path / "picture.png"), **more,
    }  # fmt: skip
    (tmp_path / "job.json").write_text(json.dumps(job))
    settings = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    settings["PCGSTUDIO"] = str(Path(sys.executable).with_name("pcgstudio"))
    done = subprocess.run(
        [PYTHON, TOOLS / "blender_extension.py", tmp_path / "job.json"],
        capture_output=True, text=True, check=False, timeout=800, env=settings,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_blender_itself_finds_nothing_wrong_with_the_extension(extension):
    done = extension_command("validate", extension)
    assert done.returncode == 0, done.stdout + done.stderr
    names = zipfile.ZipFile(extension).namelist()
    assert {"blender_manifest.toml", "__init__.py", "operators.py", "make_blend.py"} <= set(names)
    assert not [n for n in names if "cache" in n]


@pytest.fixture(scope="module")
def handmade(tmp_path_factory, extension):
    world = island()
    houses = scatter(40, ("cottage", "church"), world.grid, world["height"], seed=8)
    world = replace(world, instances={**world.instances, "building": houses})
    work = tmp_path_factory.mktemp("handmade")
    recipe = Recipe(name="island", extent_m=world.grid.extent_m, resolution=64)
    bundle = bundle_of(work / "map", world, recipe)
    told = at_work(
        work,
        extension,
        bundle,
        "bring",
        "again",
        "panel",
        "refresh",
        "watching",
        "errors",
        "picture",
        "ground",
        kinds=["tree"],
    )
    return world, told, work


def test_it_installs_works_and_goes(handmade):
    _, told, _ = handmade
    assert "bl_ext.user_default.pcgstudio" in told["enabled"]
    assert told["gone"]


def test_the_scene_measures_what_the_map_says(handmade):
    world, told, _ = handmade
    seen = told["bring"]
    east, north = world.grid.extent_m
    assert seen["scale"] == ["METRIC", 1.0]
    assert np.allclose(seen["low"][:2], [0, 0], atol=1e-3)
    assert np.allclose(seen["high"][:2], [east, north], atol=1e-3)
    assert seen["high"][2] == pytest.approx(world["height"].max(), abs=1.5)
    assert seen["up"] == 1.0
    assert seen["vertices"] == (world.grid.rows + 1) * (world.grid.cols + 1)
    assert {"biome", "slope", "water_kind", "colour"} <= set(seen["layers"])


def test_every_thing_is_an_instance_where_the_map_puts_it(handmade):
    world, told, _ = handmade
    seen = told["bring"]
    for kind in ("tree", "rock", "prop", "building"):
        mine = {n: c for n, c in seen["instances"].items() if n.startswith(f"{kind}_")}
        assert sum(mine.values()) == len(world.instances[kind]), kind
    placed = world.instances["tree"]
    stood = np.array(sorted(seen["places"]["tree"]))
    wanted = placed.placement[np.lexsort(placed.placement[:, 2::-1].T)]
    assert np.allclose(stood[:, :3], wanted[:, :3], atol=0.01)
    assert np.allclose(np.angle(np.exp(1j * (stood[:, 8] - np.radians(wanted[:, 3])))), 0, atol=1e-3)
    assert np.allclose(stood[:, 6:8], 0, atol=1e-4), "they stand upright"


def test_collections_materials_water_sun_and_camera_are_there(handmade):
    world, told, _ = handmade
    seen = told["bring"]
    assert seen["collections"]["water"] == 3
    assert {"terrain", "structures", "block", "tree", "rock", "building", "light", "stage"} <= set(seen["collections"])
    assert seen["bare"] == [], "every mesh has a material"
    assert {"terrain", "trunk (coloured)", "wall", "water_sea (coloured)"} <= set(seen["materials"])
    assert (seen["lamps"], seen["suns"], seen["camera"]) == (len(world.instances["light"]), 1, "PCG camera")


def test_a_second_import_takes_the_place_of_the_first(handmade):
    _, told, _ = handmade
    first, second = told["bring"], told["again"]
    assert second["objects"] == first["objects"]
    assert second["instances"] == first["instances"]
    assert second["camera_stayed"]
    assert second["mine_stayed"]


def test_the_panel_shows_only_what_there_is(handmade):
    _, told, _ = handmade
    shown = told["panel"]
    assert "pcgstudio.generate" in shown["PCG_PT_map False"]
    assert "pcgstudio.cancel" not in shown["PCG_PT_map False"]
    assert {"pcgstudio.cancel", "progress"} <= set(shown["PCG_PT_map True"])


def test_refresh_imports_only_what_changed(handmade):
    _, told, _ = handmade
    assert (told["refresh"]["unchanged"], told["refresh"]["changed"]) == (["CANCELLED"], ["FINISHED"])


def test_a_watched_folder_is_looked_at_every_second_and_imported_when_it_changed(handmade):
    _, told, _ = handmade
    told["watching"].pop("seconds")
    assert told["watching"] == {
        "on": True, "again_in": 1.0, "untouched": True, "replaced": True, "half": True, "off": True,
    }  # fmt: skip


def test_errors_are_one_sentence(handmade):
    _, told, _ = handmade
    assert "is no bundle" in told["errors"]["no bundle"]
    assert "write what the map shall be" in told["errors"]["no sentence"]
    assert "describes no map" in told["errors"]["no map in it"]


def test_the_picture_shows_land_and_sea_before_paper(handmade):
    _, _, work = handmade
    with Image.open(work / "picture.png") as file:
        pixels = np.asarray(file.convert("RGB")).astype(int)
    corner = pixels[:40, :40].reshape(-1, 3)
    assert corner.min() > 180, "paper behind the map"
    red, green, blue = np.moveaxis(pixels, -1, 0)
    assert ((blue > red + 40) & (blue > green)).mean() > 0.1, "the sea is blue"
    assert ((green > red) & (green > blue + 25)).mean() > 0.02, "the land is green"


def test_changed_ground_goes_back_as_a_recipe(handmade):
    world, _, work = handmade
    rows, cols = world.grid.shape
    east_half = np.zeros((rows, cols), bool)
    east_half[:, cols // 2 + 1 :] = True
    for way, slack in (("lattice", 0.05), ("cast", 0.6)):
        recipe = load(next((work / way).glob("*.pcg.json")))
        made = build(recipe, folder=work / way)
        assert made.grid.shape == (rows, cols)
        dry = (made["water_kind"] == 0) & (world["water_kind"] == 0)
        inner = np.zeros_like(dry)
        inner[2:-2, 2:-2] = True
        # Corners are means of four cells and cells means of four corners again, so the ground is a little smoother.
        rise = (made["height"] - world["height"])[dry & inner & east_half]
        level = (made["height"] - world["height"])[dry & inner & ~east_half]
        assert np.median(rise) == pytest.approx(5, abs=slack), way
        assert abs(np.median(level)) < slack, way


def test_a_map_is_rebuilt_with_a_moved_parameter_and_made_from_a_sentence(tmp_path, extension):
    recipe = Recipe(
        name="wood", seed=4, extent_m=(300, 300), resolution=64,
        steps=(Step(id="ground", generator="terrain_noise"),
               Step(id="forest", generator="scatter", params={"kind": "tree", "cover": 0.5})),
    )  # fmt: skip
    bundle = bundle_of(tmp_path / "map", build(recipe), recipe)
    before = len(read_world(bundle).instances["tree"])
    told = at_work(
        tmp_path, extension, bundle, "bring", "rebuild", "generate", move=["forest", "cover", 0.1],
        sentence="a dungeon with five rooms",
    )  # fmt: skip
    rebuilt = told["rebuild"]
    assert rebuilt["result"] == ["FINISHED"]
    assert rebuilt["changed"] == ["cover"]
    assert rebuilt["all"] > rebuilt["few"]
    assert "0 to 1" in rebuilt["about"]
    after = load(bundle)
    assert after.step("forest").params["cover"] == 0.1
    assert (after.seed, after.resolution) == (4, 64)
    trees = sum(c for n, c in rebuilt["instances"].items() if n.startswith("tree_"))
    assert trees == len(read_world(bundle).instances["tree"]) < before / 2
    assert not list(tmp_path.glob(".map-*")), "the draft is gone"
    assert told["generate"]["result"] == ["FINISHED"]
    assert told["generate"]["told"] == "done: every demand is met"
    assert load(tmp_path / "generated").seed == 3


def test_a_town_in_a_forest_of_fifty_thousand_comes_in_within_seconds_and_a_gibibyte(tmp_path, extension):
    world = island(rows=512, cols=512, trees=50_000)
    houses = scatter(300, ("house", "cottage", "townhouse"), world.grid, world["height"], seed=8)
    world = replace(world, instances={**world.instances, "building": houses})
    recipe = Recipe(name="town", extent_m=world.grid.extent_m, resolution=512)
    told = at_work(tmp_path, extension, bundle_of(tmp_path / "map", world, recipe), "bring")
    assert sum(told["bring"]["instances"].values()) >= 50_300
    assert told["bring"]["objects"] < 150
    assert told["bring"]["spent"] < 60  # some two on an idle machine
    assert told["peak_mib"] < 1024
