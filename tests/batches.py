"""Small batches for the tests: a two-step dungeon that builds in milliseconds, a spec beside it, and quick pictures."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import yaml

from pcgstudio.batch import report, run
from pcgstudio.batch.executors import given
from pcgstudio.batch.folder import Folder
from pcgstudio.batch.items import Order
from pcgstudio.batch.spec import load_spec
from pcgstudio.brief import Brief
from pcgstudio.measure import check_of
from pcgstudio.recipe import Recipe, Step, save

DUNGEON = Recipe(
    name="dungeon",
    extent_m=(120, 120),
    resolution=64,
    steps=(
        Step(id="rooms", generator="rooms", params={"room_count": 6}),
        Step(id="roles", generator="roles", params={"treasures": 1}),
    ),
    brief=Brief(
        instruction="a dungeon with six rooms",
        checks=(check_of("count", 6, arguments={"feature": "room"}, quote="six rooms"),),
    ),
)


def written(folder: Path, recipe=DUNGEON, **spec):
    """Write a spec and the recipe that it names; return the spec's path."""
    folder.mkdir(parents=True, exist_ok=True)
    save(recipe, folder / "dungeon.pcg.json")
    path = folder / "spec.yaml"
    if "instructions" not in spec:
        spec.setdefault("recipes", ["dungeon.pcg.json"])
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return path


def order_of(spec: Path):
    return Order.of(load_spec(spec), spec.parent)


def here(spec: Path, out: Path, workers=1, watch=run.unwatched, executor=None):
    """Make a batch in this process; return its result and the summary of its report."""
    with ThreadPoolExecutor(workers) as pool:
        result = run.run(order_of(spec), out, given(executor or pool, workers), watch)
    return result, report.write(Folder(out), result)


def content(out: Path):
    """Every file of a batch's maps that a map depends on, by its path: times stand in the others."""
    times = {"item.json", "report.json", "session.jsonl"}
    files = [p for p in sorted((out / "maps").rglob("*")) if p.is_file() and p.name not in times]
    return {str(p.relative_to(out)): p.read_bytes() for p in files}


@pytest.fixture
def quick_pictures(monkeypatch):
    monkeypatch.setattr("pcgstudio.render.render", lambda *_a, **_m: np.zeros((720, 1280, 3), np.uint8))
