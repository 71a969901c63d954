"""Files in the controller: recipes, bundles, heightmaps, the gallery, exports; what is saved and what is not."""

import json

import numpy as np
import pytest
from PIL import Image

from pcgstudio.bundle import FILES
from pcgstudio.errors import Cancelled
from pcgstudio.recipe import load
from pcgstudio.ui.preferences import RECENT, Tiers

from .desks import SMALL, Desk, Studio, digest, without_pictures


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    without_pictures(monkeypatch)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_a_recipe_opens_builds_and_is_measured(desk, tmp_path):
    desk.open()
    assert desk.state.recipe == SMALL
    assert desk.state.report.checks[0].passed
    assert [t.sentence for t in desk.state.turns] == ["small"]
    assert desk.state.file == tmp_path / "small.pcg.json"
    assert desk.state.recent == (tmp_path / "small.pcg.json",)
    assert not desk.state.unsaved
    desk.run("set_seed", 3)
    assert desk.state.unsaved


def test_opening_another_file_loses_nothing(desk):
    desk.open()
    first = desk.state
    desk.open(SMALL.model_copy(update={"name": "other", "seed": 8}), "other.pcg.json")
    assert [t.sentence for t in desk.state.turns] == ["other"]
    desk.run("undo")
    assert (desk.state.recipe, desk.state.shown) == (first.recipe, first.shown)


@pytest.mark.parametrize("content", [None, "{", '{"format": 99}', '{"format": 1, "stepps": []}'])
def test_a_file_that_cannot_be_read_is_named_and_the_map_stays(desk, tmp_path, content):
    desk.open()
    before = desk.state
    if content is not None:
        (tmp_path / "bad.pcg.json").write_text(content)
    desk.run("open", tmp_path / "bad.pcg.json")
    assert "bad.pcg.json" in desk.state.problem
    assert (desk.state.recipe, desk.state.shown, desk.state.timeline.current) == (
        before.recipe, before.shown, before.timeline.current,
    )  # fmt: skip
    assert not desk.state.busy


def test_the_bundle_is_complete_and_opens_again(tmp_path):
    desk = Desk(tmp_path, Studio().run, resolution=32)
    desk.run("submit", "two lakes")
    assert desk.state.unsaved
    desk.run("save", tmp_path / "map")
    assert desk.state.notice == f"Saved to {tmp_path / 'map'}."
    assert not desk.state.unsaved
    assert sorted(p.name for p in (tmp_path / "map").iterdir()) == sorted(FILES)
    told = json.loads((tmp_path / "map" / "report.json").read_text())
    assert (told["instruction"], told["agent"]) == ("two lakes", "builtin")
    lines = (tmp_path / "map" / "session.jsonl").read_text().splitlines()
    assert len(lines) == 12
    assert '"Started"' in lines[0]
    made = digest(desk.state.world)
    desk.run("clear")
    desk.run("open", tmp_path / "map")
    assert digest(desk.state.world) == made
    assert not desk.state.report.checks[0].passed  # its plain noise holds no lakes: measured, not believed
    desk.close()


def test_a_bundle_is_written_at_the_recipes_own_resolution(desk, tmp_path):
    desk.does.prefer(tiers=Tiers(drag=64, work=64))
    desk.open(SMALL.model_copy(update={"resolution": 96}))
    assert max(desk.state.world.grid.shape) == 64
    desk.run("save", tmp_path / "map")
    assert json.loads((tmp_path / "map" / "layers.json").read_text())["grid"]["cols"] == 96


def test_a_folder_with_other_files_is_refused_in_words_of_the_window(desk, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("dear")
    desk.open()
    desk.run("save", tmp_path / "letters")
    told = f"'{tmp_path / 'letters'}' holds other files; name an empty folder or an earlier bundle."
    assert desk.state.problem == told
    assert desk.state.exporting.problem == told
    assert desk.state.recipe == SMALL


def test_a_saved_recipe_is_the_map(desk, tmp_path):
    desk.open()
    desk.run("set_seed", 9)
    desk.run("save_recipe", tmp_path / "mine.pcg.json")
    assert load(tmp_path / "mine.pcg.json") == desk.state.recipe
    assert not desk.state.unsaved
    assert desk.state.recent[0] == tmp_path / "mine.pcg.json"
    desk.run("undo")
    assert desk.state.unsaved
    (tmp_path / "wall").write_text("")
    desk.run("save_recipe", tmp_path / "wall" / "mine.pcg.json")
    assert "wall" in desk.state.problem


def test_recent_files_are_remembered_in_order_and_no_more_than_a_dozen(desk, tmp_path):
    desk.open()
    for number in range(RECENT + 3):
        desk.run("save_recipe", tmp_path / f"{number}.pcg.json")
    desk.run("open", tmp_path / "5.pcg.json")
    assert [f.name for f in desk.state.recent][:2] == ["5.pcg.json", f"{RECENT + 2}.pcg.json"]
    assert len(desk.state.recent) == RECENT
    again = Desk(tmp_path)
    assert again.state.recent == desk.state.recent
    again.close()


def test_two_windows_remember_the_files_of_both(desk, tmp_path):
    other = Desk(tmp_path)
    desk.open(name="mine.pcg.json")
    other.open(name="yours.pcg.json")
    desk.does.prefer(theme="dark")
    assert {f.name for f in Desk(tmp_path, autosave=False).state.recent} == {"mine.pcg.json", "yours.pcg.json"}
    other.close()


def test_a_dropped_heightmap_becomes_a_map_and_goes_along_when_saved(desk, tmp_path):
    ramp = np.tile(np.linspace(0, 65535, 64, dtype=np.uint16), (64, 1))
    (tmp_path / "there").mkdir()
    Image.fromarray(ramp).save(tmp_path / "there" / "my ramp.png")
    desk.does.prefer(tiers=Tiers(drag=64, work=64))
    desk.run("open", tmp_path / "there" / "my ramp.png")
    assert desk.state.problem == ""
    assert desk.state.step.generator == "height_image"
    height = desk.state.world["height"]
    assert height[:, -1].mean() - height[:, 0].mean() > 150
    desk.run("set_param", "heightmap", "high_m", 90)
    assert np.ptp(desk.state.world["height"]) < 91
    desk.run("save_recipe", tmp_path / "elsewhere" / "ramp.pcg.json")
    made = digest(desk.state.world)
    desk.run("open", tmp_path / "elsewhere" / "ramp.pcg.json")
    assert desk.state.problem == ""
    assert digest(desk.state.world) == made
    desk.run("save", tmp_path / "bundle")
    assert (tmp_path / "bundle" / "my ramp.png").is_file()


@pytest.mark.parametrize("name", ["broken.png", "gone.tif", "photo.jpg"])
def test_a_picture_that_cannot_be_read_is_a_sentence(desk, tmp_path, name):
    if name != "gone.tif":
        (tmp_path / name).write_bytes(b"no picture")
    desk.run("open", tmp_path / name)
    assert desk.state.problem != ""
    assert "Unexpected" not in desk.state.problem
    assert not desk.state.busy
    desk.run("new_map")
    desk.run("undo")
    desk.run("undo")
    desk.does.dismiss()
    assert (desk.state.problem, desk.state.recipe) == ("", None)


def test_the_gallery_shows_its_maps_with_pictures(desk):
    desk.run("begin")
    assert len(desk.state.presets) >= 20
    assert all(p.picture is not None and p.picture.is_file() for p in desk.state.presets)
    assert "Coral atoll" in [p.title for p in desk.state.presets]
    atoll = next(p for p in desk.state.presets if p.title == "Coral atoll")
    desk.does.prefer(tiers=Tiers(drag=64, work=64))
    desk.run("open", atoll.path)
    assert desk.state.recipe.name == "Coral atoll"
    assert (desk.state.file, desk.state.recent) == (None, ())  # nobody shall save over it
    desk.run("refresh_presets")
    assert len({p.name for p in desk.state.presets}) == len(desk.state.presets)


# -- exports -----------------------------------------------------------------------------------------------------------


def test_an_export_is_estimated_written_and_said_as_a_command(desk, tmp_path):
    desk.open()
    desk.run("estimate_export", "heightmap", {"size": 65})
    assert desk.state.exporting.estimate > 1000
    path = tmp_path / "out" / "ground.png"
    desk.run("export", "heightmap", path, {"size": 65})
    assert desk.state.exporting.files[0] == path
    assert desk.state.exporting.problem == ""
    assert not desk.state.exporting.running
    assert Image.open(path).size == (65, 65)
    line = desk.does.command_line("heightmap", path, {"size": 65})
    assert line == (f"pcgstudio export {tmp_path / 'small.pcg.json'} --to heightmap -o {path} --option size=65")
    desk.does.close_export()
    assert desk.state.exporting is None


def test_an_export_has_the_resolution_that_is_preferred_for_it(desk, tmp_path):
    desk.does.prefer(tiers=Tiers(drag=64, work=64, final=128))
    desk.open()
    desk.run("export", "heightmap", tmp_path / "a.png", {})
    told = json.loads((tmp_path / "a.png.json").read_text())
    assert 128 in (told.get("grid", {}).get("cols"), Image.open(tmp_path / "a.png").size[0] - 1)
    assert "--resolution 128" in desk.does.command_line("heightmap", tmp_path / "a.png", {})
    assert max(desk.state.world.grid.shape) == 64


@pytest.mark.parametrize(
    ("target", "name", "options", "told"),
    [
        ("heightmapp", "a.png", {}, "did you mean 'heightmap'"),
        ("heightmap", "a.docx", {}, "a.docx"),
        ("heightmap", "a.png", {"size": -4}, "size = -4"),
        ("heightmap", "a.png", {"sise": 4}, "did you mean 'size'"),
    ],
)
def test_an_export_that_cannot_be_says_why_and_leaves_nothing(desk, tmp_path, target, name, options, told):
    desk.open()
    desk.run("export", target, tmp_path / name, options)
    assert told in desk.state.exporting.problem
    assert not desk.state.exporting.running
    assert not (tmp_path / name).exists()


def test_an_export_can_be_cancelled_and_edits_wait_for_it(desk, tmp_path, monkeypatch):
    desk.open()
    desk.does.export("heightmap", tmp_path / "a.png", {})
    desk.does.export("heightmap", tmp_path / "b.png", {})
    assert "Another export is under way" in desk.state.notice
    desk.does.set_seed(4)
    assert desk.state.activity.text == "waiting for the export"
    desk.does.cancel_export()
    desk.run()
    assert desk.state.exporting is None
    assert not (tmp_path / "a.png").exists()
    assert desk.state.recipe.seed == 4
    assert not desk.state.stale


def test_a_cancelled_write_leaves_no_half_of_it(desk, tmp_path, monkeypatch):
    desk.open()
    from pcgstudio.export import targets

    def stopped(_job):
        raise Cancelled("stopped")

    broken = targets.load_targets()["heightmap"]
    monkeypatch.setattr(targets, "get_target", lambda _n: type(broken)(**{**vars(broken), "made": stopped}))
    desk.run("export", "heightmap", tmp_path / "out" / "a.png", {})
    assert list((tmp_path / "out").glob("*")) == []
