"""The folder that a run leaves: complete or nothing, the same bytes for the same map, readable again."""

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pcgstudio import bundle
from pcgstudio.brief import Brief, Check, Measured, Report, Structural
from pcgstudio.bundle import Run, content_hash, read_world, write_bundle
from pcgstudio.errors import InputError
from pcgstudio.recipe import Recipe, load
from pcgstudio.world import Layer

from .worlds import island

PICTURE = np.zeros((720, 1280, 3), np.uint8)
CHECK = Check(metric="count", arguments={"feature": "lake"}, value=1, tolerance=0, quote="one lake")
BRIEF = Brief(instruction="one lake on a merry island", checks=(CHECK,), not_understood=("merry",))
REPORT = Report(
    checks=(Measured(check=CHECK, measured=1.0, passed=True, score=1.0),),
    structural=(Structural(name="no_nan", passed=True, detail=""),),
)
RUN = Run(BRIEF.instruction, "best_effort", 2, "builtin", None, 0, 1.25)
EVENTS = ('{"event": "started"}', '{"event": "finished"}\n')


@pytest.fixture(scope="module")
def world():
    return island()


def write(target, world, **more):
    recipe = more.pop("recipe", Recipe(extent_m=world.grid.extent_m, resolution=64))
    more = {"brief": BRIEF, "report": REPORT, "run": RUN, "events": EVENTS, "preview": PICTURE, **more}
    return write_bundle(target, recipe, world, **more)


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    return write(tmp_path_factory.mktemp("made") / "map", world)


def test_exactly_seven_files(folder):
    assert sorted(p.name for p in folder.iterdir()) == sorted(bundle.FILES)
    assert [p.name for p in folder.parent.iterdir()] == ["map"]
    assert Image.open(folder / "preview.png").size == (1280, 720)


def test_preview_is_rendered_where_none_is_given(world, tmp_path):
    write(tmp_path / "m", world, preview=None)
    picture = np.asarray(Image.open(tmp_path / "m" / "preview.png"))
    assert picture.shape == (720, 1280, 3)
    assert picture.std() > 10


def test_report_has_the_agreed_keys(folder):
    told = json.loads((folder / "report.json").read_text())
    agreed = "instruction status checks not_understood not_measurable rounds agent model tokens seconds version"
    assert set(agreed.split()) <= set(told)
    assert told["instruction"] == BRIEF.instruction
    assert (told["status"], told["rounds"], told["agent"], told["model"]) == ("best_effort", 2, "builtin", None)
    assert told["not_understood"] == ["merry"]
    row = {k: told["checks"][0][k] for k in ("quote", "metric", "asked", "measured", "passed", "score", "weight")}
    assert row == {
        "quote": "one lake", "metric": "count", "asked": 1, "measured": 1, "passed": True, "score": 1, "weight": 1,
    }  # fmt: skip
    keys = "quote metric arguments region relation asked tolerance measured unit weight passed score"
    assert list(told["checks"][0]) == keys.split()
    assert told["structural"][0]["name"] == "no_nan"


def test_a_failed_measurement_is_null_not_nan(world, tmp_path):
    lost = Report(checks=(Measured(check=CHECK, measured=float("nan"), passed=False, score=0.0),))
    write(tmp_path / "m", world, report=lost)
    assert json.loads((tmp_path / "m" / "report.json").read_text())["checks"][0]["measured"] is None


def test_recipe_holds_the_brief(folder):
    assert load(folder).brief == BRIEF


def test_session_is_one_event_a_line(folder):
    assert [json.loads(line)["event"] for line in (folder / "session.jsonl").read_text().splitlines()] == [
        "started",
        "finished",
    ]


def test_layers_json_has_the_agreed_shape(folder, world):
    told = json.loads((folder / "layers.json").read_text())
    grid = told["grid"]
    assert (grid["rows"], grid["cols"], grid["cell_size_m"]) == (48, 64, 4.0)
    assert grid["extent_m"] == [256.0, 192.0]
    assert grid["origin_m"] == [0, 0]
    assert set(told["layers"]) == set(world.layers)
    assert told["layers"]["water_kind"]["legend"] == {"0": "none", "1": "sea", "2": "lake", "3": "river"}
    assert told["layers"]["height"] | {"source": ""} == {"unit": "m", "kind": "continuous", "legend": {}, "source": ""}
    assert told["layers"]["water"]["kind"] == "mask"
    assert told["instances"]["tree"]["count"] == 120
    assert told["instances"]["tree"]["species"] == ["conifer", "palm"]


def test_layers_npz_holds_every_layer_and_instance(folder, world):
    with np.load(folder / "layers.npz", allow_pickle=False) as held:
        parts = {f"instances_{k}{e}" for k in world.instances for e in ("", "_species", "_size")}
        assert set(held.files) == set(world.layers) | parts
        assert held["instances_tree"].shape == (120, 5)
        assert held["instances_tree"].dtype == np.float32
        np.testing.assert_array_equal(held["height"], world["height"])


def test_reading_back_gives_the_same_world(folder, world):
    back = read_world(folder)
    assert back.grid == world.grid
    assert set(back.layers) == set(world.layers)
    for name, layer in world.layers.items():
        np.testing.assert_array_equal(back[name], layer.data)
        assert (back.layers[name].unit, back.layers[name].kind) == (layer.unit, layer.kind)
        assert dict(back.layers[name].legend) == dict(layer.legend)
    for kind, placed in world.instances.items():
        assert back.instances[kind].digest == placed.digest
        assert back.instances[kind].names == placed.names
    np.testing.assert_array_equal(back.paths[0].points, world.paths[0].points)
    np.testing.assert_array_equal(back.paths[0].width_m, world.paths[0].width_m)


def test_same_map_same_bytes_and_hash_whatever_the_clock_says(folder, world, tmp_path):
    later = write(tmp_path / "again", island(), run=replace(RUN, seconds=99.0), events=('{"event": "other"}',))
    for name in ("recipe.pcg.json", "map.glb", "layers.npz", "layers.json"):
        assert (later / name).read_bytes() == (folder / name).read_bytes(), name
    assert content_hash(later) == content_hash(folder)


def test_hash_sees_content_not_packing(folder, world, tmp_path):
    copy = write(tmp_path / "copy", world)
    with np.load(copy / "layers.npz") as held:
        arrays = dict(held)
    np.savez_compressed(copy / "layers.npz", **arrays)
    assert content_hash(copy) == content_hash(folder)
    arrays["height"][0, 0] += 1
    np.savez_compressed(copy / "layers.npz", **arrays)
    assert content_hash(copy) != content_hash(folder)


def test_smooth_fields_are_stored_and_masks_deflated(tmp_path, world):
    noise = np.random.default_rng(0).normal(size=world.grid.shape).astype(np.float32)
    more = replace(world, layers={**world.layers, "moisture": Layer(noise)})
    write(tmp_path / "m", more)
    with zipfile.ZipFile(tmp_path / "m" / "layers.npz") as archive:
        members = {i.filename: i for i in archive.infolist()}
    assert members["moisture.npy"].compress_type == zipfile.ZIP_STORED
    assert members["water.npy"].compress_type == zipfile.ZIP_DEFLATED
    assert members["water.npy"].compress_size < 0.2 * members["water.npy"].file_size
    assert {m.date_time for m in members.values()} == {(1980, 1, 1, 0, 0, 0)}


def test_earlier_bundle_is_replaced_as_a_whole(world, tmp_path):
    target = write(tmp_path / "m", world)
    (target / "stray.txt").write_text("left over")
    write(target, world)
    assert sorted(p.name for p in target.iterdir()) == sorted(bundle.FILES)
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_other_folders_and_files_are_refused_untouched(world, tmp_path):
    diary = tmp_path / "diary"
    diary.mkdir()
    (diary / "monday.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds other files.*-o"):
        write(diary, world)
    with pytest.raises(InputError, match="is a file"):
        write(diary / "monday.txt", world)
    assert [p.name for p in diary.iterdir()] == ["monday.txt"]
    assert (diary / "monday.txt").read_text() == "mine"


def test_parent_that_cannot_hold_a_folder_is_refused(world, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        write(tmp_path / "file" / "map", world)


def test_unwritable_parent_is_refused(world, tmp_path, monkeypatch):
    monkeypatch.setattr("pcgstudio.files.os.access", lambda *_: False)  # for root every folder is writable
    with pytest.raises(InputError, match="not writable"):
        write(tmp_path / "map", world)


@pytest.mark.parametrize("blow", [KeyboardInterrupt, ValueError])
def test_interruption_leaves_nothing(world, tmp_path, blow):
    def events():
        yield EVENTS[0]
        raise blow

    with pytest.raises(blow):
        write(tmp_path / "m", world, events=events())
    assert list(tmp_path.iterdir()) == []


def test_interruption_keeps_the_earlier_bundle(world, tmp_path):
    target = write(tmp_path / "m", world)
    before = content_hash(target)

    def events():
        raise KeyboardInterrupt
        yield ""

    with pytest.raises(KeyboardInterrupt):
        write(target, world, events=events())
    assert content_hash(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_damaged_bundles_say_so(world, tmp_path):
    target = write(tmp_path / "m", world)
    (target / "layers.npz").write_bytes(b"no zip")
    for read in (read_world, content_hash):
        with pytest.raises(InputError, match=r"layers\.npz"):
            read(target)
    target = write(tmp_path / "n", world)
    told = json.loads((target / "layers.json").read_text())
    del told["layers"]["height"]["unit"]
    (target / "layers.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match="does not fit"):
        read_world(target)
    with pytest.raises(InputError, match="cannot be read"):
        content_hash(tmp_path / "nothing here")


def test_the_documents_code_runs_on_a_bundle(folder):
    text = (Path(__file__).parents[1] / "docs" / "reading-layers.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert "pcgstudio" not in code
    code += "\nimport sys; print(json.dumps([float(x), float(y), water, len(things['tree'])]))"
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    told, figures = run.stdout.splitlines()
    assert told.startswith("the highest ground")
    x, y, water, trees = json.loads(figures)
    world = read_world(folder)
    row, col = np.unravel_index(world["height"].argmax(), world.grid.shape)
    assert (x, y) == (world.grid.xs()[col], world.grid.ys()[row])
    assert water["lake"] == pytest.approx((world["water_kind"] == 2).mean())
    assert trees == 120
