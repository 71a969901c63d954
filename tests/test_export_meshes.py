"""Meshes as other programs see them: glTF by the Khronos validator, USD by pxr, OBJ and STL by trimesh."""

import io
import json

import numpy as np
import pytest
import trimesh
from PIL import Image

from pcgstudio.export import textures
from pcgstudio.export.glb import read_glb
from pcgstudio.export.targets import get_target
from pcgstudio.recipe import Recipe
from pcgstudio.world import BIOMES, Grid, Layer, World

from .export_worlds import EAST, NORTH, lopsided, vault
from .test_gltf import attribute, node_named, validated
from .worlds import island


@pytest.fixture(scope="module")
def world():
    return lopsided()


def export(world, folder, name, suffix, **options):
    target = get_target(name)
    path = folder / f"out{suffix}"
    target.write(world, Recipe(), path, target.parsed(options, path))
    return path


def manifest(path):
    return json.loads(path.with_name(f"{path.name}.json").read_text())


# -- glTF --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["island", "vault"])
def everything(request, tmp_path_factory):
    made = {"island": island, "vault": vault}[request.param]()
    options = {"instances": "both", "texture": "128", "lods": "true", "collision": "true"}
    return made, export(made, tmp_path_factory.mktemp("gltf"), "gltf", ".glb", **options)


def test_every_file_passes_the_khronos_validator(everything):
    _, path = everything
    files = sorted(path.parent.glob("*.glb"))
    assert [f.stem for f in files] == ["out", "out_collision", "out_lod1", "out_lod2", "out_nodes"]
    for file in files:
        issues = validated(file)
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), (file.name, issues["messages"])
    assert set(manifest(path)["contents"]) == {f.name for f in files}


def test_levels_of_detail_are_coarser_and_cover_the_map(everything):
    made, path = everything
    full, one, two = (
        trimesh.load(path.with_name(f"out{end}.glb")).geometry["terrain"] for end in ("", "_lod1", "_lod2")
    )
    rows, cols = made.grid.shape
    assert len(full.faces) == 2 * rows * cols
    assert len(one.faces) == 2 * rows * cols // 4
    assert len(two.faces) == 2 * rows * cols // 16
    assert "water_river" not in trimesh.load(path.with_name("out_lod2.glb")).geometry  # it is in the baked colour
    for mesh in (one, two):
        assert np.allclose(mesh.bounds[:, [0, 2]], full.bounds[:, [0, 2]])


def test_collision_is_simple_and_stands_where_things_stand(everything):
    made, path = everything
    scene = trimesh.load(path.with_name("out_collision.glb"))
    assert all(name.endswith("_collision") for name in scene.geometry)
    solid = {kind: placed for kind, placed in made.instances.items() if kind not in ("light", "grass")}
    for kind, placed in solid.items():
        mesh = scene.geometry[f"{kind}_collision"]
        assert len(mesh.faces) == 12 * len(placed)
        pieces = mesh.split(only_watertight=False)
        assert len(pieces) == len(placed)
        middles = sorted(np.round(p.bounds.mean(axis=0)[[0, 2]], 1).tolist() for p in pieces)
        places = sorted(np.round([p[0], -p[1]], 1).tolist() for p in placed.placement[:, :2].tolist())
        assert np.allclose(middles, places, atol=0.4)
    assert len(scene.geometry["terrain_collision"].faces) <= 2 * 128**2
    for part in made.parts:
        assert f"{part.name}_collision" in scene.geometry


def picture(told, data, name):
    image = next(i for i in told["images"] if i["name"] == name)
    view = told["bufferViews"][image["bufferView"]]
    return np.asarray(Image.open(io.BytesIO(data[view["byteOffset"] : view["byteOffset"] + view["byteLength"]])))


def test_textures_lie_on_the_ground_as_the_map_does(world, tmp_path):
    path = export(world, tmp_path, "gltf", ".glb", texture="256")
    told, data = read_glb(path)
    assert "COLOR_0" not in told["meshes"][node_named(told, "terrain")["mesh"]]["primitives"][0]["attributes"]
    position, uv = (attribute(told, data, "terrain", k) for k in ("POSITION", "TEXCOORD_0"))
    assert np.allclose(uv, np.column_stack([position[:, 0] / EAST, 1 + position[:, 2] / NORTH]), atol=1e-5)
    colour = picture(told, data, "albedo")
    assert colour.shape == (192, 256, 3)
    r, c = (int(f * n) for f, n in zip((1 - 170 / NORTH, 40 / EAST), colour.shape[:2], strict=True))
    assert colour[r, c].min() > 200  # snow at x 40, y 170
    r, c = (int(f * n) for f, n in zip((1 - 80 / NORTH, 100 / EAST), colour.shape[:2], strict=True))
    assert colour[r, c, 1] > colour[r, c, 2] + 20  # grass at x 100, y 80
    material = told["materials"][told["meshes"][node_named(told, "terrain")["mesh"]]["primitives"][0]["material"]]
    assert {"baseColorTexture"} <= set(material["pbrMetallicRoughness"])
    assert "normalTexture" in material


@pytest.mark.parametrize(("east", "north"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_normals_lean_away_from_the_rise(east, north):
    grid = Grid(32, 32, 2.0)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    slope = World(grid, {"height": Layer((east * x + north * y).astype(np.float32), "m")})
    middle = textures.normals(slope, 64)[32, 32] / 255 * 2 - 1
    assert np.allclose(middle, np.array([-east, -north, 1]) / np.sqrt(2), atol=0.01)


def test_albedo_holds_no_light():
    grid = Grid(48, 48, 4.0)
    x, _ = np.meshgrid(grid.xs(), grid.ys())
    height = Layer((20 - 0.2 * np.abs(x - 96)).astype(np.float32), "m")
    biome = Layer.named(np.full(grid.shape, BIOMES.index("grassland")), BIOMES)
    colour = textures.albedo(World(grid, {"height": height, "biome": biome}), 96).astype(float).mean(axis=2)
    west, east = colour[:, 10:40].mean(), colour[:, 56:86].mean()
    assert abs(west - east) < 3  # the sun of the previews stands in the west


# -- USD ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["lopsided", "vault", "island"])
def stage(request, tmp_path_factory):
    usd = pytest.importorskip("pxr.Usd", reason="usd-core is not installed; pip install 'pcgstudio[usd]'")
    made = {"lopsided": lopsided, "vault": vault, "island": island}[request.param]()
    path = export(made, tmp_path_factory.mktemp("usd"), "usd", ".usdc")
    return made, usd.Stage.Open(str(path)), path


def test_usd_stands_upright_in_metres(stage):
    from pxr import UsdGeom

    made, opened, _ = stage
    assert UsdGeom.GetStageUpAxis(opened) == "Z"
    assert UsdGeom.GetStageMetersPerUnit(opened) == 1.0
    assert str(opened.GetDefaultPrim().GetPath()) == "/Map"
    points = np.array(UsdGeom.Mesh(opened.GetPrimAtPath("/Map/terrain")).GetPointsAttr().Get())
    assert np.allclose([points[:, :2].min(0), points[:, :2].max(0)], [(0, 0), made.grid.extent_m])
    assert points[:, 2].max() <= made["height"].max() + 1e-3
    top = points[points[:, 2].argmax()]
    r, c = np.unravel_index(made["height"].argmax(), made.grid.shape)
    if "road" in made:  # the lopsided one has one highest place
        assert np.allclose(top[:2], [made.grid.xs()[c], made.grid.ys()[r]], atol=1.5 * made.grid.cell_size_m)


def test_usd_keeps_every_instance_in_its_place(stage):
    from pxr import UsdGeom

    made, opened, _ = stage
    found = {}
    for prim in opened.Traverse():
        if prim.IsA(UsdGeom.PointInstancer):
            one = UsdGeom.PointInstancer(prim)
            assert set(one.GetProtoIndicesAttr().Get()) == set(range(len(one.GetPrototypesRel().GetTargets())))
            matrices = np.array([np.array(m) for m in one.ComputeInstanceTransformsAtTime(0, 0)])
            found[prim.GetName()] = matrices
    for kind, placed in made.instances.items():
        if kind == "light":
            lamps = [p for p in opened.Traverse() if p.GetTypeName() == "SphereLight"]
            assert len(lamps) == len(placed)
            continue
        for number, species in enumerate(placed.names):
            mine = placed.placement[placed.species == number]
            if len(mine):
                matrices = found[f"{kind}_{species}".replace(" ", "_")]
                stood = sorted(matrices[:, 3, :3].tolist())
                assert np.allclose(stood, sorted(mine[:, :3].tolist()), atol=1e-3)
    house = found.get("building_house")
    if house is not None:
        front = house[0, 0, :3] / np.linalg.norm(house[0, 0, :3])
        assert np.allclose(front, [np.sqrt(0.5), np.sqrt(0.5), 0], atol=1e-3)  # 45 degrees from east toward north


def test_usd_passes_its_own_validators(stage):
    from pxr import UsdValidation

    registry = UsdValidation.ValidationRegistry()
    names = [m.name for m in registry.GetAllValidatorMetadata() if not m.isSuite]
    context = UsdValidation.ValidationContext(registry.GetOrLoadValidatorsByName(names))
    assert len(names) > 10
    errors = [f"{e.GetName()}: {e.GetMessage()}" for e in context.Validate(stage[1])]
    assert [e for e in errors if "Warn" not in e] == []


# -- OBJ ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("up", ["y", "z"])
def test_obj_opens_with_materials_and_size(world, tmp_path, up):
    path = export(world, tmp_path, "obj", ".obj", up=up, texture="64", cells="64")
    scene = trimesh.load(path, split_object=True, group_material=False)
    low, high = scene.bounds
    north = (1, high[1]) if up == "z" else (2, -low[2])
    assert high[0] == pytest.approx(EAST, abs=5)  # a tree may lean over the edge
    assert north[1] == pytest.approx(NORTH, abs=5)
    text = path.read_text()
    objects = [line for line in text.splitlines() if line.startswith("o ")]
    assert len(objects) == len(set(objects))
    ground = [line for line in text.splitlines() if line.startswith("v ")][: 49 * 65]
    z = np.array([line.split()[1:] for line in ground], dtype=float)
    z = z[:, 2] if up == "z" else z[:, 1]
    assert len(z) == 49 * 65
    assert z.max() == pytest.approx(world["height"].max(), abs=3)
    used = {line.split()[1] for line in text.splitlines() if line.startswith("usemtl")}
    made = {line.split()[1] for line in (tmp_path / "out.mtl").read_text().splitlines() if line.startswith("newmtl")}
    assert used == made
    assert {"terrain", "trunk", "conifer", "palm_leaf"} <= used
    assert Image.open(tmp_path / "out_albedo.png").size == (64, 48)


def test_obj_without_things_is_only_the_ground(world, tmp_path):
    path = export(world, tmp_path, "obj", ".obj", things="false", texture="0")
    mesh = trimesh.load(path, force="mesh")
    assert len(mesh.faces) == 2 * 96 * 128
    assert (mesh.face_normals[:, 1] > 0).all()


# -- STL ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lopsided, vault, island])
def test_stl_is_one_closed_block_of_the_asked_size(make, tmp_path):
    made = make()
    path = export(made, tmp_path, "stl", ".stl", longest_mm="120", base_mm="4", cells="96", exaggeration="2")
    mesh = trimesh.load(path)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume > 0
    assert len(mesh.split()) == 1
    size = np.ptp(mesh.bounds, axis=0)
    east, north = made.grid.extent_m
    scale = 120 / max(east, north)
    assert size[:2] == pytest.approx([east * scale, north * scale], rel=1e-5)
    assert mesh.bounds[0][2] == 0
    assert manifest(path)["pieces"]["out.stl"]["size_mm"] == pytest.approx(size.tolist())
    base = mesh.triangles[(mesh.triangles[..., 2] == 0).all(axis=1)]
    area = np.linalg.norm(np.cross(base[:, 1] - base[:, 0], base[:, 2] - base[:, 0]), axis=1).sum() / 2
    assert area == pytest.approx(size[0] * size[1], rel=1e-4)  # the base is flat and whole


def test_stl_shows_relief_walls_and_level_water(tmp_path):
    made = vault()
    mesh = trimesh.load(export(made, tmp_path, "stl", ".stl", longest_mm="32", base_mm="1", cells="64"))
    heights = height_above(mesh, [(6, 13), (3, 13), (1, 1), (22, 14)])  # room, wall, outside, other room
    assert heights == pytest.approx([1, 3.5, 1, 1], abs=0.05)
    water = trimesh.load(export(island(), tmp_path, "stl", ".stl", longest_mm="256", base_mm="1", cells="64"))
    sea, lake = height_above(water, [(3, 3), (128, 97)])
    assert sea == pytest.approx(1, abs=0.2)
    assert lake == pytest.approx(21, abs=0.2)
    tower = height_above(water, [(104, 64)])[0]
    assert tower == pytest.approx(46, abs=0.2)
    bed = trimesh.load(
        export(island(), tmp_path, "stl", ".stl", longest_mm="256", base_mm="1", cells="64", water="bed")
    )
    assert height_above(bed, [(128, 97)])[0] == pytest.approx(1 + 17 - island()["height"].min(), abs=0.5)


def height_above(mesh, places):
    """Height of the block's upper side at x, y by its nearest upper vertex."""
    upper = mesh.vertices[mesh.vertices[:, 2] > 0]
    return [float(upper[np.hypot(*(upper[:, :2] - p).T).argmin(), 2]) for p in places]
