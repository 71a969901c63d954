"""What the Blender extension does without Blender: reading bundles, planning, recipes, programs; hand-made maps."""

import ast
import json
import shutil
import subprocess
import sys
import textwrap
import time
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pcgstudio.brief import Brief
from pcgstudio.build import build
from pcgstudio.bundle import Run, write_bundle
from pcgstudio.measure import assess
from pcgstudio.recipe import Recipe, Step, load, loads

from .in_blender import EXTENSION, part, script
from .worlds import island, scatter

block, bundle, glb, height, program, recipes, watch = map(
    part, ("block", "bundle", "glb", "height", "program", "recipe", "watch")
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A bundle of the hand-made island with buildings, and its world."""
    world = island()
    houses = scatter(40, ("cottage", "church"), world.grid, world["height"], seed=8)
    world = replace(world, instances={**world.instances, "building": houses})
    folder = tmp_path_factory.mktemp("bundle") / "island"
    recipe = Recipe(name="island", extent_m=world.grid.extent_m, resolution=64)
    picture = np.zeros((720, 1280, 3), np.uint8)
    write_bundle(folder, recipe, world, Brief(), assess(world, Brief()), Run(), preview=picture)
    return folder, world


def test_every_thing_is_read_where_it_stands(made):
    folder, world = made
    told = bundle.read(folder)
    assert told.extent_m == world.grid.extent_m
    assert told.grid == (world.grid.rows, world.grid.cols, world.grid.cell_size_m)
    for kind, placed in world.instances.items():
        if kind == "light":
            assert sorted(map(tuple, told.model.lamps)) == sorted(map(tuple, placed.placement[:, :3]))
            continue
        mine = [g.placement for g in told.groups if g.kind == kind]
        points = np.concatenate([p.points for p in mine])
        turns = np.concatenate([p.turns for p in mine])
        order, wanted = np.lexsort(points.T), np.lexsort(placed.placement[:, :3].T)
        assert np.allclose(points[order], placed.placement[wanted, :3], atol=1e-3)
        gap = np.radians(placed.placement[wanted, 3]) - turns[order]
        assert np.allclose(np.angle(np.exp(1j * gap)), 0, atol=1e-5)


def test_instances_of_a_shape_are_one_group_however_the_file_cuts_them(made):
    told = bundle.read(made[0])
    shapes = [g.placement.shape for g in told.groups]
    assert len(shapes) == len(set(shapes))
    assert {g.kind for g in told.groups} == {"tree", "rock", "prop", "building"}


def test_a_tall_tree_is_as_tall_as_the_map_says(made):
    folder, world = made
    told = bundle.read(folder)
    tops = []
    for group in told.groups:
        if group.kind == "tree":
            shape = told.model.shapes[group.placement.shape]
            tops += (shape.points[:, 2].max() * group.placement.scales[:, 2]).tolist()
    assert np.allclose(sorted(tops), sorted(world.instances["tree"].size[:, 2]), rtol=1e-4)


def test_the_ground_stands_upright_with_its_colours_and_layers(made):
    folder, world = made
    told = bundle.read(folder)
    terrain, (rows, cols) = told.terrain, world.grid.shape
    assert terrain.points.shape == ((rows + 1) * (cols + 1), 3)
    assert np.allclose(terrain.points[:, :2].max(axis=0), world.grid.extent_m)
    assert terrain.points[:, 2].max() == pytest.approx(world["height"].max(), abs=1.5)
    a, b, c = (terrain.points[terrain.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all(), "every face looks up"
    assert terrain.colours.min() >= 0
    assert 0.05 < terrain.colours[:, :3].max() <= 1
    assert np.array_equal(told.surface["biome"], world["biome"])
    south_west = bundle.at_points(world["height"], np.array([[0.1, 0.1, 0.0]]), world.grid.cell_size_m)
    assert south_west[0] == world["height"][-1, 0]
    assert told.sea


def test_water_parts_and_materials_are_sorted(made):
    told = bundle.read(made[0])
    names = {kind: {told.model.shapes[n].name for n in numbers} for kind, numbers in told.parts.items()}
    assert names == {
        "terrain": {"terrain"}, "water": {"water_sea", "water_lake", "water_river"}, "structures": {"tower"},
    }  # fmt: skip
    sea = next(s for s in told.model.shapes if s.name == "water_sea")
    assert sea.looks[0].blend
    assert sea.looks[0].colour[3] < 1
    wall = next(s for s in told.model.shapes if s.name == "tower").looks[0]
    assert (wall.name, wall.blend) == ("wall", False)


def test_the_block_closes_below_the_edge_and_its_walls_look_outward(made):
    told = bundle.read(made[0])
    east, north = told.extent_m
    walls = block.sides(told.terrain, told.extent_m)
    assert walls.points[:, 2].min() == pytest.approx(told.terrain.points[:, 2].min() - 0.045 * max(east, north))
    a, b, c = (walls.points[walls.faces[:, k]].astype(float) for k in range(3))
    out = np.cross(b - a, c - a)
    middle = (a + b + c) / 3 - (east / 2, north / 2, 0)
    assert (np.einsum("ij,ij->i", out[:, :2], middle[:, :2]) >= -1e-6).all()
    area = np.linalg.norm(out, axis=1).sum() / 2
    rim = told.terrain.points
    edge = (rim[:, 0] == 0) | (rim[:, 1] == 0) | np.isclose(rim[:, 0], east) | np.isclose(rim[:, 1], north)
    base = walls.points[:, 2].min()
    assert area == pytest.approx(2 * (east + north) * (rim[edge, 2].mean() - base), rel=0.02)


def test_the_sea_is_cut_down_to_its_bed_and_a_lake_inland_is_not(made):
    told = bundle.read(made[0])
    shapes = {s.name: s for s in told.model.shapes}
    cut = block.water_sides(shapes["water_sea"], told.terrain, told.extent_m)
    assert cut.points[:, 2].max() == pytest.approx(0, abs=1e-3)
    assert cut.points[:, 2].min() == pytest.approx(told.terrain.points[:, 2].min(), abs=1e-3)
    assert block.water_sides(shapes["water_lake"], told.terrain, told.extent_m) is None


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("map.glb", lambda b: b[: len(b) // 2], "no model of PCG Studio"),
        ("map.glb", lambda b: b"GIF89a" + b[6:], "does not begin with glTF"),
        ("layers.npz", lambda b: b[: len(b) // 2], "cannot be read"),
        ("layers.json", lambda _: b"{", "cannot be read"),
        ("layers.json", lambda _: b"[]", "is damaged"),
        ("layers.json", lambda b: b.replace(b'"count": 120', b'"count": 121'), "121 things of kind 'tree'"),
        ("recipe.pcg.json", None, "cannot be read"),
        ("layers.json", None, "is no bundle"),
    ],
)
def test_a_damaged_bundle_is_refused_in_a_sentence(made, tmp_path, name, damage, words):
    folder = tmp_path / "map"
    shutil.copytree(made[0], folder)
    file = folder / name
    if damage is None:
        file.unlink()
    else:
        before = file.read_bytes()
        file.write_bytes(damage(before))
        assert file.read_bytes() != before
    with pytest.raises(glb.DamagedError, match=words) as error:
        bundle.read(folder)
    assert "\n" not in str(error.value)


def test_ground_goes_back_as_a_recipe_that_builds_the_same_ground(tmp_path):
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:96, 0:128]
    wanted = (40 * np.sin(x / 20) + 25 * np.cos(y / 15) + rng.normal(0, 0.2, (96, 128))).astype(np.float32)
    path = height.write(tmp_path / "back", "Grüne Insel", wanted, (640.0, 480.0), sea=True)
    assert Image.open(path.with_name("terrain.png")).mode.startswith("I")
    recipe = load(path)
    assert recipe.grid().shape == wanted.shape
    world = build(recipe, folder=path.parent)
    span = float(np.ptp(wanted))
    dry = world["water_kind"] == 0
    high = dry & (wanted > 0.1)
    assert np.abs(world["height"][high] - wanted[high]).max() < span / 65535 + 0.01
    assert (world["water_kind"] == 1).any(), "what lay under the sea does again"
    plain = height.write(tmp_path / "plain", "p", np.full((20, 20), 7.0), (100.0, 100.0), sea=False)
    assert np.ptp(build(load(plain), folder=plain.parent)["height"]) == 0


def test_corners_become_cells():
    corners = np.array([[0, 2, 4], [2, 4, 6]], np.float32)
    assert height.cell_means(corners).tolist() == [[2, 4]]


RECIPE = Recipe(
    steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 80.0}),
        Step(id="dungeon", generator="rooms", params={"room_count": 5}),
        Step(id="off", generator="climate", enabled=False),
    )
)


def test_parameters_are_listed_and_changed_and_the_rest_stays():
    told = RECIPE.model_dump(mode="json")
    assert [(r.step, r.name, r.kind, r.value) for r in recipes.rows(told)] == [
        ("ground", "amplitude_m", "FLOAT", 80.0), ("dungeon", "room_count", "INT", 5),
    ]  # fmt: skip
    text = recipes.changed(told, {("ground", "amplitude_m"): 0.20000000298023224, ("dungeon", "room_count"): 7}, seed=9)
    again = loads(text)
    assert again.step("ground").params == {"amplitude_m": 0.2}
    assert again.step("dungeon").params == {"room_count": 7}
    assert (again.seed, again.step("off")) == (9, RECIPE.step("off"))


def test_with_the_manual_defaults_and_bounds_are_there_too(capsys):
    from pcgstudio.manual import manual

    rows = recipes.rows(RECIPE.model_dump(mode="json"), json.loads(manual(None, True)))
    by_name = {(r.step, r.name): r for r in rows}
    assert len(rows) > 10
    assert by_name["ground", "amplitude_m"].value == 80.0
    assert "m)" in by_name["ground", "amplitude_m"].text
    assert by_name["ground", "blend"].kind == "TEXT"
    assert "replace" in by_name["ground", "blend"].text
    assert not [r for r in rows if r.step == "off"]


def test_words_of_the_program_hold_whatever_a_person_types(tmp_path):
    words = program.generate("pcgstudio", "--help; rm -rf $HOME", tmp_path / "a b", 3, 64)
    assert words[-2:] == ["--", "--help; rm -rf $HOME"]
    assert words[:4] == ["pcgstudio", "generate", "-o", str(tmp_path / "a b")]
    with pytest.raises(ValueError, match="write what the map shall be"):
        program.generate("pcgstudio", "  ", tmp_path)


def test_the_program_is_found_or_missed_in_a_sentence(monkeypatch):
    monkeypatch.delenv("PCGSTUDIO", raising=False)
    assert program.find(sys.executable) == sys.executable
    monkeypatch.setenv("PCGSTUDIO", sys.executable)
    assert program.find() == sys.executable
    with pytest.raises(program.MissingError, match="no program '/nowhere/pcg'"):
        program.find("/nowhere/pcg")
    monkeypatch.delenv("PCGSTUDIO")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(program.MissingError, match="not on the path"):
        program.find()


def stand_in(tmp_path, body):
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(body))
    return [sys.executable, str(file)]


def test_a_running_program_tells_its_progress_and_its_end(tmp_path):
    run = program.Run(stand_in(tmp_path, """
        import os, sys, time
        assert os.environ["PCGSTUDIO_PROGRESS"] == "lines"
        print("progress 0.250 raising hills", file=sys.stderr, flush=True)
        sys.stdin.read()
        time.sleep(0.5)
        print("MISS count lake equal 2   measured 1", file=sys.stderr)
        print("{}")
        sys.exit(3)
    """))  # fmt: skip
    seen = set()
    while run.wait(0.05):
        seen.add((run.fraction, run.text))
    assert (0.25, "raising hills") in seen
    assert run.outcome() == (True, "best effort: count lake equal 2 measured 1")
    assert run.printed == "{}\n"


def test_a_failing_program_is_told_by_its_own_sentence(tmp_path):
    run = program.Run(stand_in(tmp_path, """
        import sys
        print("pcgstudio: 'x' describes no map; name landforms", file=sys.stderr)
        sys.exit(2)
    """))  # fmt: skip
    run.wait(20)
    assert run.outcome() == (False, "'x' describes no map; name landforms")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to catch")
@pytest.mark.parametrize("stubborn", [False, True])
def test_a_cancelled_program_ends_by_itself_or_is_ended(tmp_path, monkeypatch, stubborn):
    monkeypatch.setattr(program, "PATIENCE_S", 1.0 if stubborn else 20.0)
    run = program.Run(stand_in(tmp_path, f"""
        import signal, sys, time
        def stop(*_):
            if not {stubborn}:
                sys.exit(130)
        signal.signal(signal.SIGINT, stop)
        print("progress 0.5 waiting", file=sys.stderr, flush=True)
        end = time.time() + 60
        while time.time() < end:
            time.sleep(0.05)
    """))  # fmt: skip
    while run.fraction < 0.5:
        time.sleep(0.02)
    run.cancel()
    assert not run.running
    assert run.outcome() == (False, "cancelled")


def test_the_real_program_tells_lines_to_a_listener(tmp_path, monkeypatch, capsys):
    from pcgstudio.printout import progress

    monkeypatch.setenv("PCGSTUDIO_PROGRESS", "lines")
    progress(0.125, "raising hills")
    line = capsys.readouterr().err.strip()
    assert program.PROGRESS.match(line).groups() == ("0.125", "raising hills")


def test_a_folder_is_seen_to_change_only_when_it_is_whole(made, tmp_path):
    folder = tmp_path / "map"
    assert watch.signature(folder) == ()
    shutil.copytree(made[0], folder)
    first = watch.signature(folder)
    assert first
    assert watch.signature(folder) == first
    (folder / "map.glb").write_bytes((folder / "map.glb").read_bytes() + b" ")
    assert watch.signature(folder) != first
    (folder / "layers.npz").unlink()
    assert watch.signature(folder) == ()


def test_the_script_says_how_it_is_called(capsys):
    assert script().main(["make_blend.py", "one"]) == 1
    assert "name a bundle and the .blend file" in capsys.readouterr().err


def test_outside_blender_the_package_loads_and_its_core_needs_no_bpy():
    code = (
        f"import sys; sys.path.insert(0, {str(EXTENSION)!r}); import make_blend; make_blend.package(); "
        "print('bpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_extension_executes_no_text_and_reaches_no_network():
    banned = {"exec", "eval", "compile", "__import__"}
    modules = set()
    for file in EXTENSION.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "")
                assert name not in banned, f"{file.name}:{node.lineno}"
                assert not any(k.arg == "shell" for k in node.keywords), f"{file.name}:{node.lineno}"
            if isinstance(node, ast.Import):
                modules |= {a.name.split(".")[0] for a in node.names}
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(node.module.split(".")[0])
    assert not modules & {"socket", "urllib", "http", "requests", "ssl", "pickle", "pcgstudio"}
    assert modules - set(sys.stdlib_module_names) == {"bpy", "mathutils", "numpy"}


def test_the_manifest_is_of_this_version():
    told = tomllib.loads((EXTENSION / "blender_manifest.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((EXTENSION.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told["version"] == project["version"]
    assert tuple(map(int, told["blender_version_min"].split("."))) >= (4, 2, 0)
    assert "network" not in told["permissions"]
