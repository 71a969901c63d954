"""The GLB in a real Blender, which lives in an environment of its own because it pins an older numpy.

Install it with ``uv venv .venv-blender --python 3.11`` and
``uv pip install --python .venv-blender/bin/python "bpy==4.5.*"``, then run ``pytest -m long tests/test_blender.py``.
"""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcgstudio.export.gltf import write_glb

from .worlds import island, scatter

ROOT = Path(__file__).parents[1]
PYTHON = next(
    (p for p in (ROOT / ".venv-blender" / d for d in ("bin/python", "Scripts/python.exe")) if p.exists()), None
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        PYTHON is None, reason="Blender is not installed; see the top of this file for the two commands"
    ),
]


@pytest.fixture(scope="module", params=["extension", "nodes"])
def seen(request, tmp_path_factory):
    world = island()
    world = replace(world, instances={**world.instances, "grass": scatter(900, ("tuft",), world.grid, world["height"])})
    path = tmp_path_factory.mktemp("blender") / "map.glb"
    write_glb(world, path, instances=request.param)
    script = ROOT / "tests" / "tools" / "blender_import.py"
    run = subprocess.run([PYTHON, script, path], capture_output=True, text=True, check=True, timeout=280)
    return world, json.loads(run.stdout.splitlines()[-1])


def test_terrain_stands_upright_at_full_size(seen):
    world, told = seen
    east, north = world.grid.extent_m
    assert told["up"] == "z"
    assert np.allclose(told["terrain_low"][:2], [0, 0], atol=0.01)
    assert np.allclose(told["terrain_high"][:2], [east, north], atol=0.01)
    assert told["terrain_vertices"] == (world.grid.rows + 1) * (world.grid.cols + 1)
    assert told["terrain_high"][2] == pytest.approx(world["height"].max(), abs=1.5)


def test_every_thing_arrives_and_shares_its_mesh(seen):
    world, told = seen
    for kind, placed in world.instances.items():
        if kind == "light":
            assert told["lights"] == len(placed)
            continue
        meshes = {n: count for n, count in told["instances"].items() if n.startswith(f"{kind}_")}
        assert sum(meshes.values()) == len(placed)
        assert len(meshes) <= 4 * len(placed.names)
    assert told["meshes"] == len(told["instances"])


def test_trees_stand_where_they_were_placed(seen):
    world, told = seen
    trees = world.instances["tree"]
    stood = sorted(told["places"]["tree"])
    wanted = sorted([*map(float, p[:3]), float(h)] for p, h in zip(trees.placement, trees.size[:, 2], strict=True))
    assert np.allclose(stood, wanted, atol=0.02)


def test_names_and_materials_arrive(seen):
    _, told = seen
    assert {"terrain", "water_sea", "water_lake", "water_river", "tower", "tree_conifer"} <= set(told["names"])
    assert {"terrain", "water_sea", "conifer", "trunk", "wall"} <= set(told["materials"])
    assert told["vertex_colours_used"]
