"""The GLB as other programs see it: size, axes, names, colours, placed things, and what the Khronos validator says."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.build import complete
from pcgstudio.errors import BuildError
from pcgstudio.export.glb import read_glb
from pcgstudio.export.gltf import document, shaded, write_glb
from pcgstudio.export.surface import Lattice
from pcgstudio.world import WATER_KINDS, Grid, Instances, Layer, World

from .worlds import box, island, scatter

TOOLS = Path(__file__).parent / "tools"
VALIDATOR = TOOLS / "node_modules" / "gltf-validator"


@pytest.fixture(scope="module")
def world():
    return island()


@pytest.fixture(scope="module", params=["extension", "nodes"])
def written(request, world, tmp_path_factory):
    path = tmp_path_factory.mktemp("glb") / "map.glb"
    write_glb(world, path, instances=request.param)
    return request.param, path


def node_named(told, name):
    return next(n for n in told["nodes"] if n["name"] == name)


def numbers(told, data, accessor):
    one = told["accessors"][accessor]
    view = told["bufferViews"][one["bufferView"]]
    kind = {5126: "<f4", 5123: "<u2", 5125: "<u4"}[one["componentType"]]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}[one["type"]]
    return np.frombuffer(data, kind, one["count"] * width, view["byteOffset"]).reshape(one["count"], width)


def attribute(told, data, node, name):
    primitive = told["meshes"][node_named(told, node)["mesh"]]["primitives"][0]
    return numbers(told, data, primitive["attributes"][name])


def validated(path):
    if shutil.which("node") is None:
        pytest.skip("node is not installed; the Khronos validator needs it")
    if not VALIDATOR.is_dir():
        pytest.skip("the Khronos validator is not installed; install it with: npm ci --prefix tests/tools")
    run = subprocess.run(["node", TOOLS / "validate.mjs", path], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)["issues"]


def test_khronos_validator_finds_nothing(written):
    issues = validated(written[1])
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_terrain_covers_the_full_extent_with_y_up(written, world):
    scene = trimesh.load(written[1])
    terrain = scene.geometry["terrain"]
    low, high = terrain.bounds
    east, north = world.grid.extent_m
    assert np.allclose(low[[0, 2]], [0, -north])
    assert np.allclose(high[[0, 2]], [east, 0])
    assert len(terrain.vertices) == (world.grid.rows + 1) * (world.grid.cols + 1)
    assert len(terrain.faces) == 2 * world.grid.rows * world.grid.cols
    assert low[1] >= world["height"].min() - 1e-3
    assert high[1] <= world["height"].max() + 1e-3
    assert (terrain.face_normals[:, 1] > 0).all()
    assert terrain.area_faces.min() > 1


def test_a_hill_in_the_north_east_lies_there(tmp_path):
    grid = Grid(32, 32, 2.0)
    height = np.zeros(grid.shape, np.float32)
    height[5, 25] = 30  # row 5 is near the north, column 25 near the east
    path = tmp_path / "hill.glb"
    write_glb(complete(World(grid, {"height": Layer(height, "m")})), path)
    vertices = trimesh.load(path).geometry["terrain"].vertices
    top = vertices[vertices[:, 1].argmax()]
    assert np.allclose(top, [51, 7.5, -53], atol=1.1)


def test_names_and_materials(written):
    told, _ = read_glb(written[1])
    top = {told["nodes"][n]["name"] for n in told["scenes"][0]["nodes"]}
    water = {"water_sea", "water_lake", "water_river"}
    assert (
        top == {"terrain", "tower", "tree_conifer", "tree_palm", "rock_boulder", "prop_brazier", "light_torch"} | water
    )
    materials = {m["name"]: m for m in told["materials"]}
    assert {"terrain", "wall", "trunk", "conifer", "palm_leaf", "rock", "iron", "ember"} | water <= set(materials)
    for name in water:
        assert materials[name]["alphaMode"] == "BLEND"
        assert materials[name]["pbrMetallicRoughness"]["baseColorFactor"][3] < 1
    assert materials["iron"]["pbrMetallicRoughness"]["metallicFactor"] == 1
    assert materials["palm_leaf"]["doubleSided"]
    assert max(materials["ember"]["emissiveFactor"]) > 0.5


def test_beach_is_sandy_and_meadow_green(written, world):
    told, data = read_glb(written[1])
    colour = attribute(told, data, "terrain", "COLOR_0").reshape(world.grid.rows + 1, world.grid.cols + 1, 4) / 65535
    biome = world.layers["biome"]
    sand, meadow = (np.argwhere(world.category("biome", n)) for n in ("beach", "grassland"))
    assert biome.legend[4] == "beach"
    red, green = colour[..., 0], colour[..., 1]
    assert (green > red)[tuple(meadow.T)].mean() > 0.9
    assert (red > green)[tuple(sand.T)].mean() > 0.8
    assert (colour[..., 3] == 1).all()


def test_water_is_level_and_reaches_the_shore(written, world):
    told, data = read_glb(written[1])
    sea, lake = (attribute(told, data, f"water_{k}", "POSITION") for k in ("sea", "lake"))
    assert sea[:, 1].max() == 0
    assert lake[:, 1].max() == 20
    lattice = Lattice.of(world)
    for kind, z in ((1, 0), (2, 20)):
        cells = world["water_kind"] == kind
        assert (lattice.kind[cells] == kind).all()
        level = lattice.level(kind)
        touched = np.zeros(level.shape, bool)
        for corner in (touched[:-1, :-1], touched[:-1, 1:], touched[1:, :-1], touched[1:, 1:]):
            np.logical_or(corner, cells, out=corner)
        assert (level[touched] == z).all()
        outer = np.isfinite(level) & ~touched
        assert outer.any()
        assert (level[outer] < lattice.ground[outer]).all()  # it runs under the bank: no sheet hangs in the air


def test_a_river_one_cell_wide_shows(world):
    lattice = Lattice.of(world)
    level = lattice.level(WATER_KINDS.index("river"))
    rows, cols = np.nonzero(world.category("water_kind", "river"))
    for r, c in zip(rows, cols, strict=True):
        for corner in ((r, c), (r + 1, c), (r, c + 1), (r + 1, c + 1)):
            if lattice.near[corner] == WATER_KINDS.index("river"):
                assert lattice.ground[corner] <= level[corner] - 0.05


def transforms(told, data, mode, world, kind):
    """Positions, headings, scales and meshes of the placed things, by walking the file as an importer does."""
    found = []
    groups = [n for n in told["nodes"] if n["name"].startswith(f"{kind}_") and "children" in n]
    for child in (told["nodes"][c] for g in groups for c in g["children"]):
        if mode == "nodes":
            found.append((child["translation"], child["rotation"], child["scale"], child["mesh"]))
            continue
        several = child["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
        columns = [numbers(told, data, several[a]) for a in ("TRANSLATION", "ROTATION", "SCALE")]
        found += [(*(c[k] for c in columns), child["mesh"]) for k in range(len(columns[0]))]
    return found


@pytest.mark.parametrize("kind", ["tree", "rock", "prop"])
def test_every_placed_thing_stands_in_its_place(written, world, kind):
    mode, path = written
    told, data = read_glb(path)
    found = transforms(told, data, mode, world, kind)
    placed = world.instances[kind]
    assert len(found) == len(placed)
    order = np.lexsort(placed.placement[:, :2].T)
    found = sorted(found, key=lambda f: (round(-float(f[0][2]), 3), float(f[0][0])))
    order = sorted(range(len(placed)), key=lambda k: (round(float(placed.placement[k, 1]), 3), placed.placement[k, 0]))
    for (move, turn, grow, mesh), k in zip(found, order, strict=True):
        x, y, z, yaw, _ = placed.placement[k]
        assert np.allclose(move, [x, z, -y], atol=1e-4)
        assert grow[1] == pytest.approx(placed.size[k, 2], rel=1e-4)
        front = trimesh.transformations.quaternion_matrix([turn[3], *turn[:3]])[:3, 0]
        assert np.allclose(front, [np.cos(np.radians(yaw)), 0, -np.sin(np.radians(yaw))], atol=1e-4)
        assert placed.names[placed.species[k]] in told["meshes"][mesh]["name"]


def test_instances_share_meshes_and_split_for_culling(world, tmp_path):
    height = world["height"]
    trees = scatter(5000, ("conifer",), world.grid, height)
    path = tmp_path / "wood.glb"
    write_glb(replace(world, instances={"tree": trees}), path)
    told, data = read_glb(path)
    shapes = [m for m in told["meshes"] if m["name"].startswith("tree")]
    assert len(shapes) == 4
    nodes = [n for n in told["nodes"] if "EXT_mesh_gpu_instancing" in n.get("extensions", {})]
    assert 64 <= len(nodes) <= 4 * 64
    east, north = world.grid.extent_m
    for node in nodes:
        place = numbers(told, data, node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]["TRANSLATION"])
        assert np.ptp(place[:, 0]) <= east / 8 + 1e-3
        assert np.ptp(place[:, 2]) <= north / 8 + 1e-3
    assert told["extensionsUsed"] == ["EXT_mesh_gpu_instancing"]


def test_lamps_become_lights(written, world):
    told, _ = read_glb(written[1])
    lamps = [n for n in told["nodes"] if "KHR_lights_punctual" in n.get("extensions", {})]
    assert len(lamps) == len(world.instances["light"]) == 2
    assert told["extensions"]["KHR_lights_punctual"]["lights"][0]["type"] == "point"


def test_mesh_parts_keep_size_and_hard_edges(written):
    tower = trimesh.load(written[1]).geometry["tower"]
    assert np.allclose(tower.bounds, [[100, 20, -68], [108, 45, -60]])
    assert len(tower.vertices) == 24
    merged = trimesh.Trimesh(tower.vertices, tower.faces, process=True)
    assert merged.is_watertight
    assert merged.volume == pytest.approx(8 * 8 * 25, rel=1e-5)


def test_smooth_shapes_share_normals_and_flat_triangles_go():
    ball = trimesh.creation.icosphere(3)
    position, normal, faces = shaded(ball.vertices.astype(np.float32), ball.faces)
    assert len(position) == len(ball.vertices)
    assert np.allclose(normal, position, atol=0.02)
    assert len(faces) == len(ball.faces)
    part = box("b", (0, 0, 0), (1, 1, 1))
    _, _, kept = shaded(part.vertices, np.vstack([part.faces, [[0, 0, 1], [0, 1, 1]]]))
    assert len(kept) == 12


def test_same_world_same_bytes(world, tmp_path):
    for name in ("a", "b"):
        write_glb(island() if name == "b" else world, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_large_map_is_thinned_to_the_limit_and_still_covers_it(world, tmp_path):
    path = tmp_path / "thin.glb"
    write_glb(world, path, limit=30)  # 48 x 64 cells: stride 3, the last block narrower
    terrain = trimesh.load(path).geometry["terrain"]
    assert np.allclose(np.ptp(terrain.bounds, axis=0)[[0, 2]], world.grid.extent_m)
    assert len(terrain.vertices) == (16 + 1) * (22 + 1)
    assert terrain.area_faces.min() > 1
    assert validated(path)["numErrors"] == 0


def test_unknown_species_becomes_a_block(world, tmp_path):
    strange = scatter(3, ("menhir",), world.grid, world["height"])
    path = tmp_path / "strange.glb"
    write_glb(replace(world, instances={"prop": strange}), path)
    told, _ = read_glb(path)
    assert node_named(told, "prop_menhir")["children"]


def test_bare_height_is_enough(tmp_path):
    path = tmp_path / "bare.glb"
    write_glb(World(Grid(16, 24, 1.0), {"height": Layer(np.zeros((16, 24), np.float32), "m")}), path)
    told, _ = read_glb(path)
    assert [n["name"] for n in told["nodes"]] == ["terrain"]
    assert "extensionsUsed" not in told


def test_numbers_that_are_none_are_refused(world, tmp_path):
    height = world["height"].copy()
    height[3, 4] = np.nan
    bad = replace(world, layers={**world.layers, "height": Layer(height, "m")})
    with pytest.raises(BuildError, match="height layer"):
        write_glb(bad, tmp_path / "bad.glb")
    part = box("tower", (0, 0, 0), (1, 1, np.nan))
    with pytest.raises(BuildError, match="tower"):
        write_glb(replace(world, parts=(part,)), tmp_path / "bad.glb")
    trees = world.instances["tree"]
    place = trees.placement.copy()
    place[0, 2] = np.inf
    broken = Instances(place, trees.species, trees.size, trees.names)
    with pytest.raises(BuildError, match="tree"):
        write_glb(replace(world, instances={"tree": broken}), tmp_path / "bad.glb")


def test_two_nodes_never_share_a_name(world):
    twins = (
        box("terrain", (0, 0, 0), (1, 1, 1)),
        box("tower", (0, 0, 0), (1, 1, 1)),
        box("tower", (2, 2, 2), (3, 3, 3)),
    )
    names = [n["name"] for n in document(replace(world, parts=twins)).nodes]
    assert len(names) == len(set(names))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 25), st.integers(0, 10_000))
def test_any_map_has_sound_surfaces(rows, cols, limit, seed):
    rng = np.random.default_rng(seed)
    grid = Grid(rows, cols, 3.0)
    height = rng.normal(0, 5, grid.shape).astype(np.float32)
    kind = rng.integers(0, len(WATER_KINDS), grid.shape)
    level = np.where(kind > 0, height + 1, np.nan).astype(np.float32)
    layers = {
        "height": Layer(height, "m"),
        "water_kind": Layer.named(kind, WATER_KINDS),
        "water_level": Layer(level, "m"),
    }
    lattice = Lattice.of(World(grid, layers), limit)
    surfaces = [lattice.terrain(), *(s for k in (1, 2, 3) if (s := lattice.water(k)) is not None)]
    assert len(surfaces) == 1 + len(np.unique(lattice.kind[lattice.kind > 0]))
    for surface in surfaces:
        assert np.isfinite(surface.position).all()
        assert np.allclose(np.linalg.norm(surface.normal, axis=1), 1, atol=1e-5)
        assert surface.faces.max() == len(surface.position) - 1
        corner = surface.position[surface.faces].astype(np.float64)
        across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        assert (across[:, 1] > 0).all()
