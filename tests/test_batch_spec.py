"""What a spec may say, and the one sentence that a person gets who says something else."""

import io
import re
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from pcgstudio.batch.spec import Spec, load_spec
from pcgstudio.errors import InputError

from .batches import order_of, written
from .command import Command


def refused(tmp_path, text):
    path = tmp_path / "s.yaml"
    path.write_text(text if isinstance(text, str) else yaml.safe_dump(text), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_spec(path)
    told = str(error.value)
    assert "\n" not in told
    return told


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"recipes": ["a"], "sedes": 1}, ["unknown key 'sedes'", "did you mean 'seeds'"]),
        ({"recipes": ["a"], "accept": {"cuont": 1}}, ["accept.cuont", "did you mean 'count'"]),
        ({"recipes": ["a"], "accept": {}}, ["accept.count is missing"]),
        ({"recipes": ["a"], "accept": {"count": 0}}, ["accept.count = 0", "greater than or equal to 1"]),
        ({"recipes": ["a"], "accept": {"count": 9, "limit": 3}}, ["limit = 3", "count = 9"]),
        ({"recipes": ["a"], "sweep": {"method": "sobel", "parameters": {"x.y": [1]}}}, ["sweep.method", "'sobol'"]),
        ({"recipes": ["a"], "sweep": {"parameters": {"x.y": {"low": 1, "high": 2}}}}, ["needs 'steps'", "x.y"]),
        ({"recipes": ["a"], "sweep": {"parameters": {"x.y": {"low": 1, "hihg": 2}}}}, ["hihg", "did you mean 'high'"]),
        ({"recipes": ["a"], "sweep": {"parameters": {"x.y": {"low": 3, "high": 2, "steps": 2}}}}, ["less than"]),
        ({"recipes": ["a"], "sweep": {"parameters": {"x.y": 3}}}, ["'x.y' is 3", "list of values"]),
        ({"recipes": ["a"], "sweep": {"parameters": {"x.y": [1, 1]}}}, ["lists a value twice"]),
        ({"recipes": ["a"], "sweep": {"method": "random", "parameters": {"x.y": [1, 2]}}}, ["needs 'samples'"]),
        ({"recipes": ["a"], "sweep": {"samples": 4, "parameters": {"x.y": [1, 2]}}}, ["leave out 'samples'"]),
        ({"recipes": ["a"], "seeds": "9..2"}, ["first seed (9)"]),
        ({"recipes": ["a"], "seeds": "many"}, ["first..last"]),
        ({"recipes": ["a"], "seeds": [1, 1]}, ["listed twice"]),
        ({"recipes": ["a"], "seeds": [-1]}, ["between 0 and"]),
        ({"recipes": ["a"], "seeds": []}, ["at least one seed"]),
        ({"recipes": ["a"], "resolution": 8}, ["resolution = 8"]),
        ({"recipes": ["a", "a"]}, ["listed twice"]),
        ({"recipes": ["a"], "size_m": [100, 100]}, ["size_m", "instructions"]),
        ({"instructions": ["hills"], "size_m": [1, 100]}, ["size_m", "10 and 200000"]),
        ({"seeds": 4}, ["recipes", "instructions"]),
        ("- a\n- b\n", ["is no spec"]),
        ("a: [1\n", ["is no valid YAML", "line"]),
        ("recipes: !!python/object/apply:os.system ['true']\n", ["is no valid YAML"]),
    ],
    ids=lambda v: "" if isinstance(v, list) else None,
)  # fmt: skip
def test_a_wrong_spec_is_refused_in_one_sentence(tmp_path, spec, words):
    told = refused(tmp_path, spec)
    for word in words:
        assert word in told


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="there is no spec at"):
        load_spec(tmp_path / "none.yaml")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="cannot be read as text"):
        load_spec(tmp_path / "b.yaml")


@pytest.mark.parametrize(("told", "seeds"), [("3..6", (3, 4, 5, 6)), ([7, 2], (7, 2)), (5, (5,)), ("0 .. 1", (0, 1))])
def test_seeds_are_written_three_ways(tmp_path, told, seeds):
    assert load_spec(written(tmp_path, seeds=told)).seeds == seeds


def test_the_seeds_of_a_farm_replace_those_of_the_file(tmp_path):
    assert load_spec(written(tmp_path, seeds=[1]), "10..12").seeds == (10, 11, 12)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"recipes": ["none.pcg.json"]}, ["no recipe at"]),
        ({"sweep": {"parameters": {"room.room_count": [4]}}}, ["no step 'room'", "did you mean 'rooms'"]),
        ({"sweep": {"parameters": {"rooms.rooms_count": [4]}}}, ["rooms_count", "did you mean 'room_count'"]),
        ({"sweep": {"parameters": {"room_count": [4]}}}, ["STEP.PARAMETER"]),
        ({"sweep": {"parameters": {"rooms.room_count": [4, 5000]}}}, ["room_count = 5000"]),
        ({"sweep": {"parameters": {"rooms.room_count": ["few"]}}}, ["room_count = 'few'"]),
        ({"sweep": {"method": "random", "samples": 2, "parameters": {"rooms.room_count": {"low": 4.2, "high": 4.8}}}},
         ["no whole number"]),
        ({"exports": ["untiy"]}, ["did you mean 'unity'"]),
        ({"instructions": ["what is the weather like"]}, ["describes no map"]),
    ],
    ids=lambda v: "" if isinstance(v, list) else None,
)  # fmt: skip
def test_what_fits_no_recipe_is_refused_before_any_work(tmp_path, spec, words):
    path = written(tmp_path, **spec)
    with pytest.raises(InputError) as error:
        order_of(path)
    for word in words:
        assert word in str(error.value)


def test_the_command_refuses_and_writes_nothing(tmp_path, monkeypatch, capsys):
    command = Command(monkeypatch, capsys, tmp_path)
    written(tmp_path, sedes=1)
    code, out, err = command("batch", "spec.yaml", "-o", "made")
    assert (code, out) == (2, "")
    assert "did you mean 'seeds'" in err
    assert command.left() == ["dungeon.pcg.json", "spec.yaml"]
    written(tmp_path, seeds=[1])
    code, _, err = command("batch", "spec.yaml", "-o", "made", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1")
    assert code == 2
    assert "--jobs" in err
    assert command.left() == ["dungeon.pcg.json", "spec.yaml"]


PAGE = (Path(__file__).parents[1] / "docs" / "batch.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_specs_of_the_page_can_be_used(tmp_path):
    found = blocks("yaml")
    assert len(found) == 2
    for text in found:
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        spec = load_spec(tmp_path / "s.yaml")
    assert spec.sweep.samples == 64
    known = {*Spec.model_fields}
    assert set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE)) == known, "the table names every key"


def test_the_programs_of_the_page_work(tmp_path):
    fsspec = pytest.importorskip("fsspec", reason="fsspec comes with the extra dask")
    names = {}
    for text in blocks("python"):
        exec(compile(text, "docs/batch.md", "exec"), names)  # the page's own code: that is the test
    batch = tmp_path / "0017"
    item = batch / "maps" / "ab" / "abc"
    item.mkdir(parents=True)
    (item / "item.json").write_text("{}")
    (batch / "manifest.parquet").write_bytes(b"rows")
    names["ship"](batch, "memory://islands")
    store = fsspec.filesystem("memory")
    assert store.cat("/islands/manifest/0017.parquet") == b"rows"
    with tarfile.open(fileobj=io.BytesIO(store.cat("/islands/maps/0017.tar"))) as tar:
        assert "0017/ab/abc/item.json" in tar.getnames()
    with ThreadPoolExecutor(1) as pool:
        assert names["make"](written(tmp_path / "s"), tmp_path / "out", pool, 1).reached
