"""A folder of the user's own models: read strictly, placed under its own names, drawn, and written into the map."""

import json

import numpy as np
import pytest
import trimesh
from PIL import Image

from pcgstudio.asset_set import load_set
from pcgstudio.build import StepCache, build
from pcgstudio.errors import BuildError, RecipeError
from pcgstudio.export.glb import read_glb
from pcgstudio.export.gltf import write_glb
from pcgstudio.feature import feature_instances
from pcgstudio.generator import load_features
from pcgstudio.models import own_scaling
from pcgstudio.recipe import Recipe, Step
from pcgstudio.render import render

RED, BLUE = [220, 20, 30, 255], [20, 40, 230, 255]


def glb(path, colour=RED, size=(2.0, 6.0, 1.0)):
    """A box of that length, height and width in glTF axes, in one colour."""
    box = trimesh.creation.box(size)
    box.visual = trimesh.visual.TextureVisuals(material=trimesh.visual.material.PBRMaterial(baseColorFactor=colour))
    path.write_bytes(box.export(file_type="glb"))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "mine"
    place.mkdir()
    glb(place / "poplar.glb")
    glb(place / "hut.glb", BLUE, (4.0, 3.0, 8.0))
    quad = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]], process=False)
    picture = Image.fromarray(np.full((4, 4, 3), (10, 200, 40), np.uint8))
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=picture)
    quad.visual = trimesh.visual.TextureVisuals(uv=[[0, 0], [1, 0], [1, 1], [0, 1]], material=material)
    (place / "flag.glb").write_bytes(quad.export(file_type="glb"))
    told = [
        {"file": "poplar.glb", "kind": "tree", "species": "poplar", "size_m": [3, 3, 12]},
        {"file": "hut.glb", "kind": "building", "species": "hut", "tags": ["cottage", "house"]},
        {"file": "flag.glb", "kind": "prop", "species": "flag", "front": "+x", "tags": ["crate"]},
    ]
    (place / "assets.json").write_text(json.dumps({"things": told}))
    return tmp_path


def world(folder, *steps, cache=None):
    told = tuple(Step(id=f"{n}", generator=name, params=params) for n, (name, params) in enumerate(steps))
    ground = Step(id="ground", generator="terrain_noise", params={"amplitude_m": 6.0})
    recipe = Recipe(seed=2, extent_m=(200.0, 200.0), resolution=96, steps=(ground, *told))
    return build(recipe, folder=folder, cache=cache)


GROVE = ("scatter", {"kind": "tree", "count": 30, "assets": "mine", "scale_jitter": 0.0})


def test_trees_are_the_users_and_as_large_as_the_manifest_says(folder):
    trees = world(folder, GROVE).instances["tree"]
    assert {trees.names[s] for s in trees.species} == {"poplar"}
    assert trees.size == pytest.approx(np.tile([3, 3, 12], (30, 1)))
    assert len(feature_instances(load_features()["tree"], {"tree": trees})) == 30, "they still count as trees"


def test_the_map_holds_the_users_geometry_and_colour(folder, tmp_path):
    write_glb(world(folder, GROVE), tmp_path / "map.glb")
    told, _ = read_glb(tmp_path / "map.glb")
    node = next(n for n in told["nodes"] if n["name"] == "tree_poplar")
    child = told["nodes"][node["children"][0]]
    assert "EXT_mesh_gpu_instancing" in child["extensions"], "instances stay instances"
    primitive = told["meshes"][child["mesh"]]["primitives"][0]
    assert told["accessors"][primitive["indices"]]["count"] == 36, "the twelve triangles of the user's box"
    factor = told["materials"][primitive["material"]]["pbrMetallicRoughness"]["baseColorFactor"]
    assert factor[0] > 0.6
    assert factor[1] < 0.1
    position = told["accessors"][primitive["attributes"]["POSITION"]]
    assert position["max"][1] == pytest.approx(1.0), "unit height, upright"


def test_a_texture_travels_into_the_map(folder, tmp_path):
    write_glb(world(folder, ("props", {"kind": "crate", "count": 3, "assets": "mine"})), tmp_path / "map.glb")
    told, _ = read_glb(tmp_path / "map.glb")
    material = next(m for m in told["materials"] if "own flag" in m["name"])
    assert "baseColorTexture" in material["pbrMetallicRoughness"]
    assert len(told["images"]) == 1


def test_the_preview_shows_them(folder):
    pictures = [render(world(folder, *steps), size=(480, 320)).astype(int) for steps in ((GROVE,), ())]
    red = [((p[..., 0] > 2 * p[..., 1]) & (p[..., 0] > 90)).sum() for p in pictures]
    assert red[0] > 100
    assert red[1] == 0


def test_tagged_buildings_replace_their_like_and_keep_their_lots(folder):
    town = {"kind": "village", "houses": 24, "churches": 1}
    plain, mine = (
        world(folder, ("settlement", {**town, **more})).instances["building"] for more in ({}, {"assets": "mine"})
    )
    names = [mine.names[s] for s in mine.species]
    assert names.count("church") == 1, "nothing of the set stands in for a church"
    assert "hut" in names
    assert np.array_equal(plain.size, mine.size)
    assert np.array_equal(plain.placement, mine.placement)


def test_the_front_is_turned_to_the_street(folder):
    parts = load_set(folder, "mine").models["hut"]
    length, width = np.ptp(np.concatenate([p.vertices for p in parts])[:, :2], axis=0)
    assert length == pytest.approx(8 / 3), "glTF's z, where the front is, lies along x"
    assert width == pytest.approx(4 / 3)
    assert own_scaling(parts, np.array([[16, 8, 6]], np.float32)) == pytest.approx(np.array([[6, 6, 6]]))


def test_a_changed_model_is_read_again(folder):
    cache = StepCache()
    before = world(folder, GROVE, cache=cache)
    glb(folder / "mine" / "poplar.glb", BLUE)
    after = world(folder, GROVE, cache=cache)
    colours = [w.instances["tree"].models["poplar"][0].colour for w in (before, after)]
    assert colours[0] != colours[1]


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda p: (p / "assets.json").unlink(), "assets.json"),
        (lambda p: (p / "assets.json").write_text("{"), "valid JSON"),
        (lambda p: (p / "assets.json").write_text('{"things": [{"file": "x.glb", "kind": "cow", "species": "c"}]}'),
         "kind"),
        (lambda p: (p / "poplar.glb").unlink(), "poplar.glb"),
        (lambda p: (p / "poplar.glb").write_bytes(b"glTF not really"), "cannot be read"),
        (lambda p: (p / "poplar.glb").write_bytes(b""), "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(folder, break_it, told):
    break_it(folder / "mine")
    with pytest.raises(BuildError, match=told) as caught:
        world(folder, GROVE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["../mine", "/etc", "c:/models"])
def test_a_set_lies_beside_the_recipe(folder, name):
    with pytest.raises((BuildError, RecipeError), match=r"\.\.|drive|folder"):
        world(folder, ("scatter", {"kind": "tree", "count": 3, "assets": name}))
