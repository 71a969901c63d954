"""The Blender target: a .blend where one is found, otherwise the bundle, exit code 3 and a clear word."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pcgstudio.bundle import FILES
from pcgstudio.errors import Cancelled
from pcgstudio.export import blender
from pcgstudio.export.targets import get_target
from pcgstudio.recipe import Recipe, Step, save

from .command import Command
from .test_blender import PYTHON
from .worlds import island

STAND_IN = """
import json, pathlib, sys, time
bundle, blend = map(pathlib.Path, sys.argv[1:3])
assert (bundle / "map.glb").is_file() and (bundle / "layers.json").is_file()
{action}
"""
MAKES = (
    'blend.write_bytes(b"BLENDER"); print("Read"); print(json.dumps({"blend": str(blend), "instances": {"tree": 3}}))'
)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    step = Step(id="h", generator="hills", params={"count": 2})
    save(Recipe(name="hills", extent_m=(128, 128), resolution=32, steps=(step,)), tmp_path / "map.pcg.json")
    monkeypatch.delenv(blender.PROGRAM, raising=False)
    monkeypatch.delenv(blender.PYTHON, raising=False)
    monkeypatch.setenv("PATH", "")
    return Command(monkeypatch, capsys, tmp_path)


def stand_in(monkeypatch, folder, action):
    """Let this Python on a script of a few lines be the Blender."""
    script = folder / "stand_in.py"
    script.write_text(STAND_IN.format(action=action))
    monkeypatch.setattr(blender, "script", lambda: script)
    monkeypatch.setenv(blender.PYTHON, sys.executable)


def test_a_blend_is_made_where_a_blender_is(run, monkeypatch, tmp_path_factory):
    stand_in(monkeypatch, tmp_path_factory.mktemp("script"), MAKES)
    code, _, err = run("export", "map.pcg.json", "--to", "blender")
    assert (code, err.strip()) == (0, "written: hills.blend")
    assert run.left() == ["hills.blend", "hills.blend.json", "map.pcg.json"]
    assert json.loads((run.folder / "hills.blend.json").read_text())["contents"] == {"instances": {"tree": 3}}


@pytest.mark.parametrize(
    ("action", "word"),
    [(None, "no Blender was found"), ("sys.exit('no such layer')", "no such layer"), ("pass", "Blender failed")],
)
def test_otherwise_the_bundle_and_a_word(run, monkeypatch, tmp_path_factory, action, word):
    if action:
        stand_in(monkeypatch, tmp_path_factory.mktemp("script"), action)
    code, out, err = run("export", "map.pcg.json", "--to", "blender", "-o", "a.blend", "--json")
    assert code == 3
    assert word in err
    assert blender.PROGRAM in err
    assert "'a' is a bundle in place of a .blend" in err
    assert json.loads(out)["out"] == "a"
    assert sorted(p.name for p in (run.folder / "a").iterdir()) == sorted(FILES)
    assert run.left() == ["a", "a.blend.json", "map.pcg.json"]
    assert run("export", "map.pcg.json", "--to", "blender", "-o", "a.blend")[0] == 3  # again, in place of the first


def test_a_program_that_is_not_there_is_named(run, monkeypatch):
    monkeypatch.setenv(blender.PYTHON, "/nowhere/python")
    monkeypatch.setattr(blender, "script", lambda: Path(__file__))
    code, _, err = run("export", "map.pcg.json", "--to", "blender")
    assert code == 3
    assert "'/nowhere/python' cannot be started" in err


def test_cancel_ends_blender_too(run, monkeypatch, tmp_path, tmp_path_factory):
    monkeypatch.setattr("pcgstudio.render.render", lambda *_a, **_m: np.zeros((720, 1280, 3), np.uint8))
    mark = tmp_path_factory.mktemp("mark") / "alive"
    stand_in(monkeypatch, mark.parent, f"time.sleep(1.5); pathlib.Path({str(mark)!r}).write_text('')")

    def stopped(_fraction, text):
        if "Blender" in text:
            raise Cancelled("stopped")

    target = get_target("blender")
    with pytest.raises(Cancelled):
        target.write(island(), Recipe(), tmp_path / "a.blend", target.options(), stopped)
    assert not (tmp_path / "a.blend").exists()
    time.sleep(2)
    assert not mark.exists()


def test_a_named_blender_is_called_without_the_users_settings(monkeypatch):
    monkeypatch.delenv(blender.PYTHON, raising=False)
    monkeypatch.setenv(blender.PROGRAM, "/opt/blender")
    words = blender.command(Path("make_blend.py"))
    assert words[0] == "/opt/blender"
    assert "--background" in words
    assert "--factory-startup" in words
    assert words[-3:] == ["--python", "make_blend.py", "--"]


@pytest.mark.long
@pytest.mark.skipif(PYTHON is None, reason="Blender is not installed; see the top of test_blender.py")
def test_a_real_blender_opens_the_real_file(tmp_path, monkeypatch):
    monkeypatch.setenv(blender.PYTHON, str(PYTHON))
    world, target = island(), get_target("blender")
    paths = target.write(world, Recipe(), tmp_path / "map.blend", target.options())
    assert paths.notes == ()
    look = "import bpy, json, sys; bpy.ops.wm.open_mainfile(filepath=sys.argv[1]); "
    look += "print(json.dumps([o.name for o in bpy.data.objects]))"
    told = subprocess.run([PYTHON, "-c", look, tmp_path / "map.blend"], capture_output=True, text=True, check=True)
    names = json.loads(told.stdout.splitlines()[-1])
    assert any("terrain" in n for n in names)
    assert any("water" in n for n in names)
    contents = json.loads((tmp_path / "map.blend.json").read_text())["contents"]
    assert contents["instances"] == sum(len(p) for k, p in world.instances.items() if k != "light")
