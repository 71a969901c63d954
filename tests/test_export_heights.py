"""Heights for engines as other programs read them: in their place, in metres, with edges that meet."""

import csv
import json

import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image
from scipy import ndimage

from pcgstudio.errors import TooLargeError
from pcgstudio.export import vertices
from pcgstudio.export.targets import get_target
from pcgstudio.export.weights import MATERIALS, weights, whole
from pcgstudio.recipe import Recipe

from .export_worlds import EAST, NORTH, lopsided, vault

HILL = (220.0, 160.0)  # x, y of the highest ground


@pytest.fixture(scope="module")
def world():
    return lopsided()


def export(world, folder, name, suffix="", **options):
    target = get_target(name)
    path = folder / f"out{suffix}"
    target.write(world, Recipe(), path, target.parsed(options, path))
    return path


def manifest(path):
    return json.loads(
        (path / "pcgstudio-export.json" if path.is_dir() else path.with_name(f"{path.name}.json")).read_text()
    )


def at_vertices(world, rows, cols):
    """Heights at vertices from edge to edge by another library: linear between the cells' centres."""
    r = np.linspace(0, world.grid.rows, rows) - 0.5
    c = np.linspace(0, world.grid.cols, cols) - 0.5
    return ndimage.map_coordinates(world["height"], np.meshgrid(r, c, indexing="ij"), order=1, mode="nearest")


def within(measured, true, world):
    """Nowhere farther off than a ten-thousandth of the range."""
    assert measured.shape == true.shape
    assert np.abs(measured - true).max() < 1e-4 * np.ptp(world["height"])


def top_of(z, extent=(EAST, NORTH)):
    """Where the highest vertex lies, x and y [m], for a picture with the north row first."""
    r, c = np.unravel_index(z.argmax(), z.shape)
    return c / (z.shape[1] - 1) * extent[0], (1 - r / (z.shape[0] - 1)) * extent[1]


READ = {
    ".png": lambda p: np.asarray(Image.open(p)),
    ".tif": tifffile.imread,
    ".exr": lambda p: OpenEXR.File(str(p)).channels()["RGB"].pixels,
    ".r16": lambda p: np.fromfile(p, "<u2"),
    ".npy": np.load,
}


@pytest.mark.parametrize("suffix", sorted(READ))
@pytest.mark.parametrize("size", [0, 257])
def test_heightmaps_read_back(world, tmp_path, suffix, size):
    path = export(world, tmp_path, "heightmap", suffix, size=size)
    told = manifest(path)
    z = READ[suffix](path)
    if suffix == ".exr":
        assert z.shape[2] == 3
        assert (z[..., 0] == z[..., 1]).all()
        assert (z[..., 0] == z[..., 2]).all()
        z = z[..., 0]
    shape = (told["height"], told["width"])
    assert shape == ((193, 257) if size else world.grid.shape)
    if suffix in (".png", ".r16"):
        assert z.dtype.itemsize == 2
        low, high = told["lowest_value_m"], told["highest_value_m"]
        z = low + z.reshape(shape) / 65535 * (high - low)
    else:
        assert z.dtype == np.float32
    within(z, at_vertices(world, *shape) if size else world["height"], world)
    assert told["rows"].startswith("row 0 is the north edge")


def test_fewer_vertices_than_cells_skip_none():
    rng = np.random.default_rng(3)
    field = rng.normal(size=(90, 120)).astype(np.float32)
    coarse = vertices.at_vertices(field, (10, 13))
    assert coarse.std() < 0.3 * field.std()  # a plain sample would keep all of the noise
    inner = field[5:-5, 5:-5].mean()
    assert coarse[1:-1, 1:-1].mean() == pytest.approx(inner, abs=0.02)
    plane = np.add.outer(np.arange(90), np.arange(120)).astype(np.float32)
    assert np.allclose(vertices.at_vertices(plane, (19, 25))[1:-1, 1:-1], at_plane(19, 25), atol=0.01)


def at_plane(rows, cols):
    r, c = np.linspace(0, 90, rows) - 0.5, np.linspace(0, 120, cols) - 0.5
    return np.add.outer(r, c)[1:-1, 1:-1]


def test_vertices_never_leave_the_range(world):
    z = vertices.heights(world, (1025, 1025))
    assert z.min() >= world["height"].min() - 1e-4
    assert z.max() <= world["height"].max() + 1e-4


def test_more_vertices_than_memory_holds_are_refused(world, tmp_path, monkeypatch):
    monkeypatch.setattr(vertices, "available_bytes", lambda: 1 << 30)
    with pytest.raises(TooLargeError, match=r"65537 x 65537 vertices need about 128.0 GiB and 1.0 GiB are free"):
        export(world, tmp_path, "unity", size="4097", tiles="16")
    assert list(tmp_path.iterdir()) == []


# -- Unity -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unity(world, tmp_path_factory):
    return {
        n: export(world, tmp_path_factory.mktemp(f"unity{n}"), "unity", size=str(128 // n + 1), tiles=n, model="false")
        for n in (1, 2)
    }


def unity_heights(path, name="heightmap"):
    """As Unity holds them: [z, x], z to the north; the first row of a RAW file is z = 0."""
    told = manifest(path)
    raw = np.fromfile(path / f"{name}.raw", "<u2").reshape(told["resolution"], told["resolution"])
    return told["terrain_y_m"] + raw / 65535 * told["terrain_size_m"][1]


def test_unity_reads_the_south_first(unity, world):
    z = unity_heights(unity[1])[::-1]
    within(z, at_vertices(world, 129, 129), world)
    assert np.allclose(top_of(z), HILL, atol=4)
    told = manifest(unity[1])
    assert told["rows"].startswith("row 0 is the south edge")
    assert told["terrain_size_m"] == [EAST, pytest.approx(np.ptp(z), rel=1e-3), NORTH]
    assert "129 x 129 vertices" in told["resampling"]


def test_unity_tiles_share_their_edges(unity):
    tiles = {(x, z): unity_heights(unity[2], f"heightmap_{x}_{z}") for x in (0, 1) for z in (0, 1)}
    assert (tiles[0, 0][:, -1] == tiles[1, 0][:, 0]).all()
    assert (tiles[0, 1][:, -1] == tiles[1, 1][:, 0]).all()
    assert (tiles[0, 0][-1] == tiles[0, 1][0]).all()
    assert (tiles[1, 0][-1] == tiles[1, 1][0]).all()
    assert max(tiles, key=lambda k: tiles[k].max()) == (1, 1)  # the hill lies in the north-east
    assert min(tiles, key=lambda k: tiles[k].min()) == (0, 0)
    assert manifest(unity[2])["terrain_size_m"][::2] == [EAST / 2, NORTH / 2]


def test_unity_splat_maps_add_up_and_lie_right(unity):
    told = manifest(unity[1])["splat_maps"]
    pages = [np.asarray(Image.open(unity[1] / f"splat_{k}.png")) for k in range(-(-len(told["materials"]) // 4))]
    assert all(p.shape == (128, 128, 4) for p in pages)
    together = np.concatenate(pages, axis=2).astype(int)
    assert (together.sum(axis=2) == 255).all()
    most = np.array(told["materials"])[together.argmax(axis=2).clip(0, len(told["materials"]) - 1)]
    assert most[5, 5] == "snow"  # north-west, and the picture shows north up
    assert most[120, 120] == "sand"  # the desert in the south-east
    assert most[114, 40] == "paving"  # the road along the south
    assert "rock" in most[10:40, 96:124]  # the steep hill in the north-east


@pytest.mark.parametrize("tiles", [1, 2])
def test_unity_instances_stand_where_they_were_placed(unity, world, tiles):
    rows = list(csv.DictReader((unity[tiles] / "instances.csv").open()))
    trees = [r for r in rows if r["kind"] == "tree"]
    placed = world.instances["tree"]
    assert len(trees) == len(placed) == sum(manifest(unity[tiles])["instances"]["tree"].values())
    size = manifest(unity[tiles])["terrain_size_m"]
    low = manifest(unity[tiles])["terrain_y_m"]
    for row, (x, y, z, yaw, _) in zip(trees, placed.placement.tolist(), strict=True):
        assert [float(row[k]) for k in "xyz"] == pytest.approx([x, z, y], abs=1e-3)
        heading = np.radians(float(row["rotation_y_deg"]))  # Unity turns +z toward +x
        assert np.allclose(
            [np.sin(heading), np.cos(heading)], [np.cos(np.radians(yaw)), np.sin(np.radians(yaw))], atol=1e-4
        )
        across = (float(row["tile_x"]) + float(row["u"])) * size[0]
        north = (float(row["tile_z"]) + float(row["w"])) * size[2]
        assert (across, low + float(row["v"]) * size[1], north) == pytest.approx((x, z, y), abs=0.05)
    house = next(r for r in rows if r["kind"] == "building")
    assert [float(house[k]) for k in ("length_m", "width_m", "height_m")] == [12, 6, 7]


def test_unity_sizes_keep_the_detail():
    target = get_target("unity")
    from pcgstudio.export import unity as module

    for cells, tiles, wanted in ((64, 1, 65), (96, 1, 129), (512, 1, 513), (512, 2, 257), (9000, 1, 4097)):
        grid = type("W", (), {"grid": type("G", (), {"shape": (cells, cells)})})
        assert module._size(grid, target.parsed({"tiles": tiles})) == wanted


# -- Unreal ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unreal(world, tmp_path_factory):
    return {n: export(world, tmp_path_factory.mktemp(f"unreal{n}"), "unreal", tiles=n, model="false") for n in (1, 2)}


def unreal_metres(path, data):
    """As the engine places them: 128 steps a metre at scale 100, around the actor."""
    told = manifest(path)
    return (told["landscape_location_cm"][2] + (data.astype(float) - 32768) / 128 * told["landscape_scale"][2]) / 100


def test_unreal_reads_the_landscape_back(unreal, world):
    told = manifest(unreal[1])
    png = np.asarray(Image.open(unreal[1] / "heightmap.png"))
    r16 = np.fromfile(unreal[1] / "heightmap.r16", "<u2").reshape(png.shape)
    assert (png == r16).all()
    assert png.shape == (253, 253)  # the sizes that hold 96 x 128 cells
    assert (told["tile_height"], told["tile_width"]) == png.shape
    z = unreal_metres(unreal[1], png)
    within(z, at_vertices(world, *png.shape), world)
    assert np.allclose(top_of(z), HILL, atol=4)
    assert told["landscape_scale"][:2] == [pytest.approx(EAST * 100 / 252), pytest.approx(NORTH * 100 / 252)]
    assert told["landscape_scale"][2] == pytest.approx(np.ptp(z) * 100 / 512, rel=1e-3)


def test_unreal_weight_maps_add_up_to_255(unreal):
    told = manifest(unreal[1])["weight_maps"]
    maps = {n: np.asarray(Image.open(unreal[1] / f"weight_{n}.png")) for n in told["materials"]}
    assert all(m.dtype == np.uint8 and m.shape == (253, 253) for m in maps.values())
    assert (sum(m.astype(int) for m in maps.values()) == 255).all()
    assert maps["snow"][10, 10] == 255
    assert maps["sand"][240, 240] == 255


def test_unreal_tiles_share_their_edges_and_have_safe_names(unreal):
    tiles = {(x, y): np.fromfile(unreal[2] / f"heightmap_x{x}_y{y}.r16", "<u2").reshape(127, 127)
             for x in (0, 1) for y in (0, 1)}  # fmt: skip
    assert (tiles[0, 0][:, -1] == tiles[1, 0][:, 0]).all()
    assert (tiles[0, 1][:, -1] == tiles[1, 1][:, 0]).all()
    assert (tiles[0, 0][-1] == tiles[0, 1][0]).all()
    assert (tiles[1, 0][-1] == tiles[1, 1][0]).all()
    assert max(tiles, key=lambda k: tiles[k].max()) == (1, 0)  # y counts southward
    grass = {k: np.asarray(Image.open(unreal[2] / f"weight_grass_x{k[0]}_y{k[1]}.png")) for k in tiles}
    assert (grass[0, 0][:, -1] == grass[1, 0][:, 0]).all()
    import re

    for path in unreal[2].iterdir():  # its tile parser takes any x or y before digits for a place
        assert len(re.findall(r"[xy]\d", path.stem)) in (0, 2), path.name


def test_unreal_instances_are_in_centimetres_to_the_south(unreal, world):
    rows = [r for r in csv.DictReader((unreal[1] / "instances.csv").open()) if r["kind"] == "tree"]
    for row, (x, y, z, yaw, _) in zip(rows, world.instances["tree"].placement.tolist(), strict=True):
        assert [float(row[k]) for k in "xyz"] == pytest.approx([x * 100, (NORTH - y) * 100, z * 100], abs=0.1)
        turn = np.radians(float(row["yaw_deg"]))  # Unreal turns +x toward +y, the south
        assert np.allclose([np.cos(turn), -np.sin(turn)], [np.cos(np.radians(yaw)), np.sin(np.radians(yaw))], atol=1e-4)


def test_a_level_map_can_be_exported(tmp_path):
    path = export(vault(), tmp_path, "unreal", model="false")
    z = unreal_metres(path, np.asarray(Image.open(path / "heightmap.png")))
    assert np.abs(z).max() < 1e-2


# -- Godot -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def godot(world, tmp_path_factory):
    return export(world, tmp_path_factory.mktemp("godot"), "godot")


def test_terrain3d_reads_metres(godot, world):
    told = manifest(godot)["terrain3d"]
    channels = OpenEXR.File(str(godot / "terrain3d_height.exr")).channels()
    assert list(channels) == ["RGB"]  # no alpha
    z = channels["RGB"].pixels
    assert z.dtype == np.float32
    assert z.shape == (193, 257, 3)  # one metre a vertex
    within(z[..., 0], at_vertices(world, 193, 257), world)
    assert np.allclose(top_of(z[..., 0]), HILL, atol=2)
    assert told["vertex_spacing"] == [1.0, 1.0]
    low, high = told["r16_range_m"]
    r16 = np.fromfile(godot / "terrain3d_height.r16", "<u2").reshape(told["r16_size"][::-1])
    within(low + r16 / 65535 * (high - low), z[..., 0], world)


def test_terrain3d_control_map_names_the_heaviest_materials(godot):
    told = manifest(godot)["terrain3d"]
    bits = OpenEXR.File(str(godot / "terrain3d_control.exr")).channels()["R"].pixels.view(np.uint32)
    base, over, blend = bits >> 27 & 0x1F, bits >> 22 & 0x1F, bits >> 14 & 0xFF
    names = np.array(told["textures"])
    assert names[base[5, 5]] == "snow"
    assert names[base[185, 250]] == "sand"
    assert blend[5, 5] == 0
    assert base.max() < len(names)
    assert over.max() < len(names)
    assert blend.max() <= 128  # the base is the heavier one
    assert (bits & 0x3FFF == 0).all()
    colour = np.asarray(Image.open(godot / "terrain3d_color.png")).astype(int)
    assert colour.shape == (192, 256, 3)
    assert colour[10, 10].min() > 200  # snow in the north-west
    assert colour[185, 245, 0] > colour[185, 245, 2] + 40  # sand in the south-east


def test_hterrain_reads_its_raw(godot, world):
    told = manifest(godot)["hterrain"]
    low, high = told["range_m"]
    z = low + np.fromfile(godot / "hterrain_height.raw", "<u2").reshape(513, 513) / 65535 * (high - low)
    within(z, at_vertices(world, 513, 513), world)
    assert told["map_scale"] == [EAST / 512, 1, NORTH / 512]
    splat = np.asarray(Image.open(godot / "hterrain_splat.png"))
    assert splat.shape == (513, 513, 4)
    assert (splat.sum(axis=2, dtype=int) == 255).all()


def test_godot_gets_every_thing_as_a_node_of_the_glb(godot, world):
    from pcgstudio.export.glb import read_glb

    told, _ = read_glb(godot / "map.glb")
    assert "EXT_mesh_gpu_instancing" not in told.get("extensionsUsed", [])
    groups = [n for n in told["nodes"] if n["name"].startswith("tree_") and "children" in n]
    assert sum(len(g["children"]) for g in groups) == len(world.instances["tree"])


def test_one_plugin_alone(world, tmp_path):
    path = export(world, tmp_path, "godot", plugin="hterrain")
    assert not list(path.glob("terrain3d*"))
    assert (path / "hterrain_height.raw").stat().st_size == 513 * 513 * 2


# -- weights -----------------------------------------------------------------------------------------------------------


def test_weights_add_up_whatever_the_shares():
    shares = np.random.default_rng(1).dirichlet(np.ones(5), (30, 40)).transpose(2, 0, 1).astype(np.float32)
    made = whole(shares)
    assert (made.sum(axis=0, dtype=int) == 255).all()
    assert np.abs(made / 255 - shares).max() < 1 / 255 + 1e-6


def test_a_vault_is_paved_inside_rock():
    made = weights(vault(), (48, 64), edges=False)
    assert made.names == tuple(n for n in MATERIALS if n in made.names)
    paved = made.data[made.names.index("paving")]
    assert paved[22, 16] == 255  # in the west room
    assert made.data[made.names.index("rock")][13, 6] == 255  # its wall
