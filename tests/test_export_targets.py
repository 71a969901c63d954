"""The contract of export targets and the command: found by name, refused in one sentence, complete or nothing."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcgstudio.bundle import FILES
from pcgstudio.errors import Cancelled, InputError
from pcgstudio.export import targets
from pcgstudio.export.targets import Target, get_target, load_targets
from pcgstudio.params import parameters
from pcgstudio.recipe import Recipe, Step, save

from .command import Command
from .export_worlds import lopsided, vault

NAMES = {
    "unity", "unreal", "godot", "blender", "gltf", "usd", "obj", "stl", "heightmap", "geotiff", "geojson", "tmx",
    "ldtk", "uvtt", "bundle",
}  # fmt: skip
SMALL = {"uvtt": {"pixels": 16}, "stl": {"cells": 64}, "gltf": {"texture": 64}, "obj": {"texture": 64},
         "unity": {"size": "129"}, "unreal": {"size": "127"}}  # fmt: skip


@pytest.fixture(scope="module")
def world():
    return lopsided(48, 64)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    save(
        Recipe(
            name="two hills", extent_m=(256, 192), resolution=64, seed=5,
            steps=(Step(id="h", generator="hills", params={"count": 2}),),
        ),
        tmp_path / "map.pcg.json",
    )  # fmt: skip
    return Command(monkeypatch, capsys, tmp_path)


def place(target, folder):
    return folder / ("out" if target.is_folder else f"out{target.suffix}")


def written(name, world, folder, **options):
    target = get_target(name)
    path = place(target, folder)
    return target.write(world, Recipe(name="two hills", seed=5), path, target.parsed(options, path)), path


def test_every_target_is_there_and_explains_its_options():
    known = load_targets()
    assert set(known) == NAMES
    for target in known.values():
        assert target.title
        assert target.text.endswith(".")
        assert target.is_folder == (target.suffix == "")
        for option in parameters(target.options):
            assert option.text.endswith("."), f"{target.name}.{option.name}"
            assert option.type in ("choice", "int", "float", "bool")
        assert target.parsed({}) == target.options()


@pytest.mark.parametrize("name", sorted(NAMES - {"bundle", "blender"}))
def test_the_manifest_tells_the_map_and_seals_every_file(name, world, tmp_path, monkeypatch):
    paths, path = written(name, world, tmp_path, **SMALL.get(name, {}))
    manifest = path / "pcgstudio-export.json" if path.is_dir() else path.with_name(f"{path.name}.json")
    told = json.loads(manifest.read_text())
    assert manifest in paths
    assert paths[0] == path
    assert (told["target"], told["name"], told["seed"]) == (name, "two hills", 5)
    assert told["extent_m"] == [256, 192]
    assert told["minimum_m"] == pytest.approx(float(world["height"].min()))
    assert told["maximum_m"] == pytest.approx(float(world["height"].max()))
    for key in ("axes", "resampling", "recipe_sha256", "options"):
        assert told[key], key
    folder = path if path.is_dir() else path.parent
    on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {manifest.name}
    assert {one["path"] for one in told["files"]} == on_disk
    for one in told["files"]:
        data = (folder / one["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one["bytes"], one["sha256"])


@pytest.mark.parametrize("name", sorted(NAMES - {"bundle", "blender", "usd"}))
def test_the_same_map_gives_the_same_bytes(name, world, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(name, lopsided(48, 64), tmp_path / folder, **SMALL.get(name, {}))
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    second = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*") if p.is_file()}
    assert first == second


@pytest.mark.parametrize("name", sorted(NAMES - {"blender", "bundle"}))
@pytest.mark.parametrize("make", [lopsided, vault])
def test_the_estimate_is_of_the_right_size(name, make, tmp_path):
    made = make()
    target = get_target(name)
    options = target.parsed(SMALL.get(name, {}))
    paths = target.write(made, Recipe(), place(target, tmp_path), options)
    real = sum(
        p.stat().st_size for p in paths if p.is_file() and not p.name.endswith(("export.json", f"{p.suffix}.json"))
    )
    # A level map is next to nothing as PNG; half a megabyte either way is what a person would not notice.
    assert abs(target.estimate(made, options) - real) < max(1.5 * real, 500_000)


def test_what_is_half_done_leaves_nothing_and_keeps_what_was_there(world, tmp_path):
    def stopped(_fraction, _text):
        raise Cancelled("stopped")

    for name in ("unity", "gltf"):
        target = get_target(name)
        path = place(target, tmp_path)
        with pytest.raises(Cancelled):
            target.write(world, Recipe(), path, target.options(), stopped)
        assert list(tmp_path.iterdir()) == []
        target.write(world, Recipe(), path, target.options())
        before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        with pytest.raises(Cancelled):
            target.write(world, Recipe(), path, target.options(), stopped)
        assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
        for p in before:
            p.unlink()
        if target.is_folder:
            path.rmdir()


def test_an_earlier_export_is_replaced_with_its_companions(world, tmp_path):
    written("gltf", world, tmp_path, lods="true", collision="yes", texture="0")
    assert (tmp_path / "out_lod1.glb").is_file()
    written("gltf", world, tmp_path, texture="0")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.glb", "out.glb.json"]


def test_names_with_blanks_and_accents_keep_their_companions(world, tmp_path):
    target = get_target("obj")
    path = tmp_path / "Meine Karte ä.obj"
    paths = target.write(world, Recipe(), path, target.parsed({"texture": "64"}))
    assert [p.name for p in paths] == [
        "Meine Karte ä.obj", "Meine Karte ä.obj.json", "Meine_Karte.mtl", "Meine_Karte_albedo.png",
    ]  # fmt: skip
    listed = json.loads(path.with_name(f"{path.name}.json").read_text())["files"]
    assert {one["path"] for one in listed} == {p.name for p in paths} - {f"{path.name}.json"}
    library = re.findall(r"mtllib (.*)", path.read_text())[0]
    assert re.findall(r"map_Kd (.*)", (tmp_path / library).read_text()) == ["Meine_Karte_albedo.png"]


def test_files_of_others_are_not_overwritten(world, tmp_path):
    mine = tmp_path / "out.mtl"
    mine.write_text("mine")
    with pytest.raises(InputError, match="in the way"):
        written("obj", world, tmp_path, texture="0")
    assert [p.name for p in tmp_path.iterdir()] == ["out.mtl"]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "diary.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        written("unity", world, tmp_path)


def test_the_bundle_is_the_bundle(world, tmp_path, monkeypatch):
    monkeypatch.setattr("pcgstudio.render.render", lambda *_a, **_m: np.zeros((720, 1280, 3), np.uint8))
    _, path = written("bundle", world, tmp_path)
    assert sorted(p.name for p in path.iterdir()) == sorted(FILES)
    written("bundle", world, tmp_path)  # again, in place of the first


def test_targets_of_other_packages_are_found(monkeypatch, world, tmp_path):
    made = get_target("heightmap")
    other = replace(made, name="voxels", title="Voxels", suffix=".vox", also={})

    class Point:
        def load(self):
            return type("module", (), {"VOXELS": other})

    monkeypatch.setattr(targets, "entry_points", lambda group: [Point()] if group == "pcgstudio.exports" else [])
    load_targets.cache_clear()
    try:
        assert load_targets()["voxels"] is other
        assert isinstance(get_target("unity"), Target)
    finally:
        monkeypatch.undo()
        load_targets.cache_clear()


def test_two_packages_with_one_name_are_refused(monkeypatch):
    other = replace(get_target("heightmap"), title="Another")
    point = type("Point", (), {"load": lambda _self: type("module", (), {"H": other})})()
    monkeypatch.setattr(targets, "entry_points", lambda group: [point])
    load_targets.cache_clear()
    try:
        with pytest.raises(InputError, match="both give a target 'heightmap'"):
            load_targets()
    finally:
        monkeypatch.undo()
        load_targets.cache_clear()


def test_the_page_names_every_target_and_its_program_runs(world, tmp_path):
    text = (Path(__file__).parents[1] / "docs" / "exports.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == NAMES
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    found = {}
    exec(program, found)  # the page's own program, as a reader would paste it
    target = found["XYZ"]
    options = target.parsed({"step": "4"})
    path = tmp_path / "heights.txt"
    target.write(world, Recipe(), path, options)
    assert np.allclose(np.loadtxt(path), world["height"][::4, ::4], atol=0.006)
    assert target.estimate(world, options) == pytest.approx(path.stat().st_size, rel=0.5)


# -- the command -------------------------------------------------------------------------------------------------------


def test_export_by_command(run):
    code, out, err = run("export", "map.pcg.json", "--to", "heightmap", "-o", "h.exr", "--option", "size=65")
    assert (code, out) == (0, "")
    assert "written: h.exr" in err
    assert run.left() == ["h.exr", "h.exr.json", "map.pcg.json"]
    assert json.loads((run.folder / "h.exr.json").read_text())["options"] == {"format": "exr", "size": 65}


def test_export_names_the_file_after_the_map_and_tells_programs(run):
    code, out, _ = run("export", "map.pcg.json", "--to", "geotiff", "--json")
    assert code == 0
    assert json.loads(out) == {
        "target": "geotiff", "out": "two_hills.tif", "files": ["two_hills.tif", "two_hills.tif.json"], "notes": [],
    }  # fmt: skip


def test_export_at_another_resolution(run):
    run("export", "map.pcg.json", "--to", "heightmap", "-o", "h.npy", "--resolution", "32")
    assert np.load(run.folder / "h.npy").shape == (24, 32)


def test_export_takes_bundles(run):
    assert run("build", "map.pcg.json", "-o", "bundle")[0] == 0
    assert run("export", "bundle", "--to", "heightmap", "-o", "a.npy")[0] == 0
    run("export", "map.pcg.json", "--to", "heightmap", "-o", "b.npy")
    assert (run.folder / "a.npy").read_bytes() == (run.folder / "b.npy").read_bytes()


def test_the_list_names_every_target_and_option(run):
    code, out, _ = run("export", "--list")
    assert code == 0
    for target in load_targets().values():
        assert target.text in out
        assert all(f"{p.name}=" in out for p in parameters(target.options))
    told = json.loads(run("export", "--list", "--json")[1])
    assert {one["name"] for one in told} == NAMES


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("map.pcg.json", "--to", "unitee"), "did you mean 'unity'?"),
        (("map.pcg.json", "--to", "vrml"), "known: unity, unreal"),
        (("map.pcg.json", "--to", "unity", "--option", "sise=129"), "did you mean 'size'?"),
        (("map.pcg.json", "--to", "unity", "--option", "size=100"), "size = '100'"),
        (("map.pcg.json", "--to", "stl", "--option", "base_mm=-3"), "base_mm = '-3'"),
        (("map.pcg.json", "--to", "stl", "--option", "base_mm"), "--option base_mm=VALUE"),
        (("map.pcg.json", "--to", "stl", "-o", "a.obj"), "write 'a.stl' after -o"),
        (("nothing.pcg.json", "--to", "stl"), "there is no recipe at 'nothing.pcg.json'"),
        (("map.pcg.json",), "--list shows them"),
        (("map.pcg.json", "--to", "geojson"), "no river, road, water, building or room"),
    ],
)
def test_bad_requests_are_one_sentence_and_leave_nothing(run, words, sentence):
    code, out, err = run("export", *words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert run.left() == ["map.pcg.json"]


def test_without_usd_the_cure_is_named(run, monkeypatch):
    import builtins

    real = builtins.__import__
    monkeypatch.setattr(
        builtins, "__import__", lambda n, *a, **k: real(n, *a, **k) if n.split(".")[0] != "pxr" else _missing()
    )
    code, _, err = run("export", "map.pcg.json", "--to", "usd", "-o", "a.usdc")
    assert code == 2
    assert "pip install 'pcgstudio[usd]'" in err
    assert run.left() == ["map.pcg.json"]


def _missing():
    raise ImportError("no module named pxr")


def test_help_stays_quick_and_light():
    import subprocess
    import sys

    code = "import sys, pcgstudio.cli; print(sorted({m.split('.')[0] for m in sys.modules} & {'numpy', 'PIL', 'pxr'}))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.home())
    assert told.stdout.strip() == "[]"
    heavy = "import sys; from pcgstudio.export.targets import load_targets; load_targets(); "
    heavy += "print(sorted({m.split('.')[0] for m in sys.modules} & {'PIL', 'pxr', 'OpenEXR', 'tifffile', 'trimesh'}))"
    told = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True, cwd=Path.home())
    assert told.stdout.strip() == "[]"
