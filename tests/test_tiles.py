import json

import numpy as np
import pytest
import tifffile
from PIL import Image

from pcgstudio.build import build
from pcgstudio.errors import Cancelled, InputError
from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.tiles import FULL, check_tiles, cut, write_tiles
from pcgstudio.world import Grid, Layer, World

from .command import Command

RECIPE = Recipe(
    name="isle", seed=3, extent_m=(768.0, 512.0), resolution=96,
    steps=(
        Step(id="ground", generator="terrain_noise", params={"amplitude_m": 80.0}),
        Step(id="sea", generator="landmass", params={"pattern": "island"}),
        Step(id="air", generator="climate"),
        Step(id="trees", generator="scatter"),
    ),
)  # fmt: skip


@pytest.fixture
def cli(monkeypatch, capsys, tmp_path):
    return Command(monkeypatch, capsys, tmp_path)


def quiet(_fraction, _text):
    pass


def ramp(rows=32, cols=48):
    """Ground that rises 1 m a cell to the east and 10 m a cell to the south."""
    height = np.arange(cols, dtype=np.float32)[None, :] + 10 * np.arange(rows, dtype=np.float32)[:, None]
    return World(Grid(rows, cols, 2.0), {"height": Layer(height, "m")})


def test_vertices_lie_between_the_cells_and_neighbours_share_them():
    world = ramp()
    found = {(row, col): tile for row, col, tile in cut(world["height"], 16)}
    assert set(found) == {(r, c) for r in (0, 1) for c in (0, 1, 2)}
    assert all(tile.shape == (17, 17) for tile in found.values())
    # Inside, the vertex south-east of cell (r, c) is the mean of four: c + 0.5 + 10 (r + 0.5).
    assert found[1, 1][5, 3] == pytest.approx((16 + 3 - 0.5) + 10 * (16 + 5 - 0.5))
    assert found[0, 0][0, 0] == 0, "the corner of the map repeats its outermost cell"
    for row in (0, 1):
        for col in (0, 1):
            assert np.array_equal(found[row, col][:, -1], found[row, col + 1][:, 0])
    for col in (0, 1, 2):
        assert np.array_equal(found[0, col][-1], found[1, col][0])


@pytest.mark.parametrize("bits", [16, 32])
def test_tiles_together_are_the_map(tmp_path, bits):
    world = ramp()
    write_tiles(world, tmp_path, 16, quiet, bits)
    index = json.loads((tmp_path / "tiles.json").read_text())
    assert len(index["tiles"]) == 6
    low, high = index["lowest_m"], index["highest_m"]
    for tile in index["tiles"]:
        path = tmp_path / tile["file"]
        if bits == 16:
            with Image.open(path) as image:
                assert image.mode == "I;16"
                metres = low + np.asarray(image, dtype=np.float64) / FULL * (high - low)
        else:
            metres = tifffile.imread(path)
            assert metres.dtype == np.float32
        assert metres.shape == (17, 17)
        middle = world.grid.sample(world["height"], np.array([[tile["west_m"] + 16, tile["south_m"] + 16]]))
        assert metres[8, 8] == pytest.approx(middle[0], abs=(high - low) / FULL)
        assert metres.min() == pytest.approx(tile["lowest_m"], abs=(high - low) / FULL)


@pytest.mark.parametrize(
    ("side", "cure"), [(24, "--tiles 32 or --tiles 16 or --resolution 72"), (20, "--tiles 32"), (8192, "--tiles 32")]
)
def test_tiles_that_do_not_fill_the_map_are_refused(side, cure):
    with pytest.raises(InputError, match=f"--tiles {side} does not cut a map of 64 x 96 cells .*; use {cure}"):
        check_tiles(RECIPE, side)


def test_the_resolution_that_is_named_fills_the_map():
    with pytest.raises(InputError, match=r"5461 x 8192 cells .*; use --resolution 6144") as caught:
        check_tiles(RECIPE.model_copy(update={"resolution": 8192}), 1024)
    check_tiles(RECIPE.model_copy(update={"resolution": int(str(caught.value).split()[-1])}), 1024)


def test_the_command_leaves_a_bundle_with_tiles(cli):
    save(RECIPE, cli.folder / "isle.pcg.json")
    code, *_ = cli("build", "isle.pcg.json", "-o", "map", "--resolution", 192, "--tiles", 64)
    assert code in {0, 3}
    assert cli.left() == ["isle.pcg.json", "map"]
    folder = cli.folder / "map" / "tiles"
    index = json.loads((folder / "tiles.json").read_text())
    assert (index["rows"], index["cols"]) == (128, 192)
    assert {p.name for p in folder.iterdir()} == {"tiles.json", *(t["file"] for t in index["tiles"])}
    height = build(RECIPE, RECIPE.grid(192))["height"]
    assert index["lowest_m"] == pytest.approx(float(height.min()))
    assert index["highest_m"] == pytest.approx(float(height.max()))
    assert (cli.folder / "map" / "layers.npz").is_file()


@pytest.mark.parametrize(
    ("told", "words"),
    [(("--tiles", 60), "--tiles 60 does not cut"), (("--tiles", 32, "--tile-bits", 8), "--tile-bits 8 is neither")],
)
def test_wrong_tiles_leave_nothing(cli, told, words):
    save(RECIPE, cli.folder / "isle.pcg.json")
    code, _, said = cli("build", "isle.pcg.json", "-o", "map", *told)
    assert code == 2
    assert words in said
    assert cli.left() == ["isle.pcg.json"]


def test_a_map_too_large_for_tiles_names_the_largest_that_fits(cli, monkeypatch):
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: 2**30)
    save(RECIPE, cli.folder / "isle.pcg.json")
    code, _, said = cli("build", "isle.pcg.json", "-o", "map", "--resolution", 6144, "--tiles", 1024)
    assert code == 2
    assert "6144 cells need about" in said
    assert "--resolution" in said
    assert cli.left() == ["isle.pcg.json"]


def test_stopping_while_tiles_are_written_leaves_nothing(tmp_path):
    def stop(fraction, _text):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_tiles(ramp(), tmp_path, 16, stop)
    assert not (tmp_path / "tiles.json").exists()
