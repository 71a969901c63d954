"""Heightmaps of the user's: every format, ranges, shapes, masks, and what is refused."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import zoom

from pcgstudio.build import StepCache, build
from pcgstudio.bundle import content_hash
from pcgstudio.errors import BuildError, RecipeError
from pcgstudio.generators.exr import MAGIC, read_exr
from pcgstudio.recipe import Recipe, Step, load, save
from pcgstudio.region import Compass, Context

from .command import Command

RAMP = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))


def exr(data, compression=0, kind=2):
    """Write a single-channel OpenEXR file of scan lines, as the file layout describes it."""
    rows, cols = data.shape
    box = struct.pack("<4i", 0, 0, cols - 1, rows - 1)
    channel = b"Y\0" + struct.pack("<iI2i", kind, 0, 1, 1) + b"\0"
    header = b""
    for name, type_, value in (
        (b"channels", b"chlist", channel), (b"compression", b"compression", bytes([compression])),
        (b"dataWindow", b"box2i", box), (b"displayWindow", b"box2i", box), (b"lineOrder", b"lineOrder", b"\0"),
        (b"pixelAspectRatio", b"float", struct.pack("<f", 1)), (b"screenWindowCenter", b"v2f", bytes(8)),
        (b"screenWindowWidth", b"float", struct.pack("<f", 1)),
    ):  # fmt: skip
        header += name + b"\0" + type_ + b"\0" + struct.pack("<I", len(value)) + value
    lines = {0: 1, 2: 1, 3: 16}[compression]
    blocks = []
    for first in range(0, rows, lines):
        raw = data[first : first + lines].astype("<f4" if kind == 2 else "<f2").tobytes()
        if compression:
            mixed = np.frombuffer(raw, np.uint8)
            mixed = np.concatenate([mixed[0::2], mixed[1::2]]).astype(np.int64)
            mixed[1:] = (mixed[1:] - mixed[:-1] + 128) % 256
            raw = min(zlib.compress(mixed.astype(np.uint8).tobytes()), raw, key=len)
        blocks.append(struct.pack("<iI", first, len(raw)) + raw)
    start = struct.pack("<II", MAGIC, 2) + header + b"\0"
    at = len(start) + 8 * len(blocks)
    offsets = np.cumsum([at, *(len(b) for b in blocks[:-1])])
    return start + struct.pack(f"<{len(blocks)}Q", *offsets.tolist()) + b"".join(blocks)


def write(path, data):
    """Write shares in [0, 1] in the format that the name asks for."""
    match path.name:
        case "eight.png":
            Image.fromarray((data * 255).round().astype(np.uint8)).save(path)
        case "colour.png":
            Image.fromarray(np.stack([(data * 255).round().astype(np.uint8)] * 3, axis=2)).save(path)
        case "sixteen.png" | "sixteen.tif":
            Image.fromarray((data * 65535).round().astype(np.uint16)).save(path)
        case "float.tiff":
            Image.fromarray(data.astype(np.float32)).save(path)
        case "a.r16" | "a.raw":
            path.write_bytes((data * 65535).round().astype("<u2").tobytes())
        case "b.raw":
            path.write_bytes((data * 255).round().astype(np.uint8).tobytes())
        case "a.r32":
            path.write_bytes(data.astype("<f4").tobytes())
        case "plain.exr":
            path.write_bytes(exr(data))
        case "zip.exr":
            path.write_bytes(exr(data, 3))
        case "zips.exr":
            path.write_bytes(exr(data, 2, kind=1))


def made(folder, resolution=64, sides=(1024.0, 1024.0), where=None, before=(), **params):
    step = Step(id="it", generator="height_image", params=params, **({"where": where} if where else {}))
    recipe = Recipe(seed=1, resolution=resolution, extent_m=sides, steps=(*before, step))
    return build(recipe, folder=folder)


@pytest.mark.parametrize(
    "name",
    ["eight.png", "colour.png", "sixteen.png", "sixteen.tif", "float.tiff", "a.r16", "a.raw", "b.raw", "a.r32",
     "plain.exr", "zip.exr", "zips.exr"],
)  # fmt: skip
def test_every_format_gives_the_same_ground(tmp_path, name):
    write(tmp_path / name, RAMP)
    world = made(tmp_path, path=name, low_m=0.0, high_m=200.0)
    coarse = name in ("eight.png", "colour.png", "b.raw")
    assert np.abs(world["height"] - 200 * RAMP).max() < (0.5 if coarse else 0.11)


def test_a_half_empty_block_and_odd_sizes_are_read():
    data = np.random.default_rng(1).random((37, 21)).astype(np.float32)
    for compression in (0, 2, 3):
        assert (read_exr(exr(data, compression)) == data).all()


def test_an_island_below_the_sea_keeps_its_metres(tmp_path):
    write(tmp_path / "float.tiff", RAMP * 300 - 100)
    world = made(tmp_path, path="float.tiff", levels="metres")
    assert np.ptp(world["height"]) == pytest.approx(300, abs=0.5)
    assert world.datum_m == pytest.approx(-100, abs=0.5)


def test_stretched_uses_all_of_the_range(tmp_path):
    write(tmp_path / "sixteen.png", 0.4 + 0.1 * RAMP)
    plain, stretched = (made(tmp_path, path="sixteen.png", high_m=100.0, levels=k) for k in ("full", "stretched"))
    assert np.ptp(plain["height"]) == pytest.approx(10, abs=0.1)
    assert np.ptp(stretched["height"]) == pytest.approx(100, abs=0.1)


def test_shapes_are_stretched_covered_or_fitted(tmp_path):
    write(tmp_path / "sixteen.png", RAMP)
    wide = (2048.0, 1024.0)
    stretched, cover, fit = (
        made(tmp_path, 128, wide, path="sixteen.png", high_m=100.0, extent=e) for e in ("stretch", "cover", "fit")
    )
    assert np.ptp(stretched["height"]) == pytest.approx(100, abs=2)
    assert np.ptp(cover["height"]) == pytest.approx(100, abs=2)
    assert cover["height"].shape == (64, 128)
    assert not fit["height"][:, :31].any()
    assert fit["height"][:, 90].mean() > 70
    tall = made(tmp_path, 128, (1024.0, 2048.0), path="sixteen.png", high_m=100.0, extent="cover")
    assert np.ptp(tall["height"]) == pytest.approx(50, abs=3)


def test_a_picture_is_a_mask(tmp_path):
    write(tmp_path / "eight.png", RAMP)
    world = made(tmp_path, path="eight.png", use="mask", threshold=0.75, into="c")
    assert (world["mask_c"] > 0).mean() == pytest.approx(0.25, abs=0.02)
    assert not world["height"].any()


def test_a_picture_keeps_to_its_region(tmp_path):
    write(tmp_path / "eight.png", RAMP)
    where = Compass(place="west", depth=0.5)
    world = made(tmp_path, path="eight.png", where=where)
    inside = where.evaluate(Context(world.grid)) > 0
    assert not world["height"][~inside].any()
    assert world["height"][inside].any()


def test_smoothing_takes_noise_off(tmp_path):
    rough = np.random.default_rng(1).random((64, 64)).astype(np.float32)
    write(tmp_path / "float.tiff", rough)
    plain, calm = (made(tmp_path, path="float.tiff", smooth_m=s) for s in (0.0, 60.0))
    assert calm["height"].std() < 0.3 * plain["height"].std()


def test_a_large_map_shows_the_same_picture(tmp_path):
    write(tmp_path / "float.tiff", zoom(np.random.default_rng(2).random((9, 9)), 8, order=1).astype(np.float32))
    coarse, fine = (made(tmp_path, n, path="float.tiff")["height"] for n in (64, 128))
    assert np.abs(coarse - fine.reshape(64, 2, 64, 2).mean((1, 3))).mean() < 0.02 * np.ptp(fine)


def test_a_changed_picture_is_noticed(tmp_path):
    cache = StepCache()
    recipe = Recipe(
        seed=1, resolution=64, steps=(Step(id="it", generator="height_image", params={"path": "eight.png"}),)
    )
    write(tmp_path / "eight.png", RAMP)
    first = build(recipe, cache=cache, folder=tmp_path)
    assert (build(recipe, cache=cache, folder=tmp_path)["height"] == first["height"]).all()
    assert cache.hits == 1
    write(tmp_path / "eight.png", RAMP[:, ::-1])
    assert (build(recipe, cache=cache, folder=tmp_path)["height"] != first["height"]).any()


def test_a_missing_picture_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(BuildError, match=r"there is no file 'gone.png'") as told:
        made(tmp_path, path="gone.png")
    assert told.value.step == "it"
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["/etc/passwd.png", "../up.png", "C:\\secret.png", "a/../../b.png", "notes.txt"])
def test_what_lies_elsewhere_or_is_no_picture_is_refused(name):
    with pytest.raises(RecipeError, match=r"path"):
        Step(id="it", generator="height_image", params={"path": name}).parsed()


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    inner = tmp_path / "recipe"
    inner.mkdir()
    write(tmp_path / "eight.png", RAMP)
    (inner / "link.png").symlink_to(tmp_path / "eight.png")
    with pytest.raises(BuildError, match="leads out"):
        made(inner, path="link.png")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", b"no picture"), ("a.exr", b"no picture at all"), ("a.exr", exr(RAMP)[:400]), ("a.raw", b"abc"),
     ("a.r16", bytes(2 * 65)), ("a.exr", exr(RAMP)[:4] + b"\x02\x02\0\0" + exr(RAMP)[8:])],
)  # fmt: skip
def test_damaged_pictures_are_refused_in_a_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BuildError, match="cannot be read as a heightmap") as told:
        made(tmp_path, path=name)
    assert "\n" not in str(told.value)


def test_a_raw_file_that_is_not_square_needs_its_columns(tmp_path):
    (tmp_path / "a.r16").write_bytes((RAMP[:32] * 65535).astype("<u2").tobytes())
    with pytest.raises(BuildError, match="number of columns"):
        made(tmp_path, path="a.r16")
    assert np.ptp(made(tmp_path, path="a.r16", raw_cols=64, high_m=100.0)["height"]) > 40


def test_gaps_are_refused(tmp_path):
    holed = RAMP.copy()
    holed[3, 3] = np.nan
    write(tmp_path / "float.tiff", holed)
    with pytest.raises(BuildError, match="no numbers"):
        made(tmp_path, path="float.tiff")


def test_the_command_line_finds_the_picture_beside_the_recipe(monkeypatch, capsys, tmp_path):
    cli = Command(monkeypatch, capsys, tmp_path)
    maps = tmp_path / "maps"
    maps.mkdir()
    write(maps / "eight.png", RAMP)
    recipe = Recipe(
        seed=1, resolution=64, steps=(Step(id="it", generator="height_image", params={"path": "eight.png"}),)
    )
    save(recipe, maps / "map.pcg.json")
    code, _, errors = cli("build", maps / "map.pcg.json", "-o", "out")
    assert code in (0, 3), errors
    (maps / "eight.png").unlink()
    code, _, errors = cli("build", maps / "map.pcg.json", "-o", "out2")
    assert code == 1
    assert "there is no file 'eight.png'" in errors


def test_a_saved_recipe_finds_its_picture(tmp_path):
    write(tmp_path / "eight.png", RAMP)
    recipe = Recipe(
        seed=1, resolution=64, steps=(Step(id="it", generator="height_image", params={"path": "eight.png"}),)
    )
    save(recipe, tmp_path / "map.pcg.json")
    world = build(load(tmp_path / "map.pcg.json"), folder=tmp_path)
    assert np.ptp(world["height"]) > 100


def test_a_follow_up_on_a_picture_takes_it_along(monkeypatch, capsys, tmp_path):
    """The change is built from the picture beside the recipe, and the new bundle builds by itself."""
    cli = Command(monkeypatch, capsys, tmp_path)
    Image.fromarray((RAMP * 65535).astype(np.uint16)).save(tmp_path / "ramp.png")
    step = Step(id="ground", generator="height_image", params={"path": "ramp.png"})
    save(Recipe(name="ramp", resolution=64, steps=(step,)), tmp_path / "ramp.pcg.json")
    code, _, err = cli("edit", "ramp.pcg.json", "add a lake", "-o", "lake")
    assert code == 0, err
    (tmp_path / "ramp.png").unlink()
    code, _, err = cli("build", "lake", "-o", "again")
    assert code == 0, err
    assert content_hash(tmp_path / "lake") == content_hash(tmp_path / "again")
