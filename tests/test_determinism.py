"""The same recipe is the same map: any thread count, any process, any cache; and the same as when it was last agreed.

The agreed hashes stand in ``golden.json``, one table a platform, because floating point differs between them. After a
change that is meant to change maps, write them anew and commit the file::

    python tests/test_determinism.py --write
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from pcgstudio.build import StepCache, build
from pcgstudio.export.gltf import write_glb
from pcgstudio.recipe import Recipe, Step, dumps
from pcgstudio.region import Compass, Near, Not, Of
from pcgstudio.studio import run

GOLDEN = Path(__file__).with_name("golden.json")
PLATFORM = f"{sys.platform}-{platform.machine().lower()}"
COMMAND = "python tests/test_determinism.py --write"


def recipe(name, extent_m, resolution, *steps):
    """A recipe whose steps are told as generator, parameters and region."""
    told = tuple(
        Step(id=f"{number}-{generator}", generator=generator, **dict(zip(("params", "where"), more, strict=False)))
        for number, (generator, *more) in enumerate(steps)
    )
    return Recipe(name=name, seed=20_251_201, extent_m=extent_m, resolution=resolution, steps=told)


RECIPES = {
    "island": recipe(
        "island", (1200.0, 800.0), 96,
        ("terrain_noise",),
        ("landmass", {"pattern": "island", "islands": 1, "land_fraction": 0.55}),
        ("hills", {"count": 3}, Compass(place="west")),
        ("volcano", {"count": 1}, Compass(place="east")),
        ("hydraulic_erosion",),
        ("lakes", {"count": 1}),
        ("rivers", {"count": 2}),
        ("climate", {"palette": "tropical"}),
        ("scatter", {"kind": "tree", "cover": 0.2}),
        ("scatter", {"kind": "rock", "count": 40}, Not(region=Of(feature="hill"))),
    ),
    "highland": recipe(
        "highland", (1000.0, 1000.0), 96,
        ("terrain_noise",),
        ("mountains", {"peaks": 2}, Compass(place="north")),
        ("plateau", {}, Compass(place="southwest")),
        ("valley",),
        ("thermal_erosion",),
        ("terraces", {"levels": 4}),
        ("climate", {"palette": "arctic"}),
        ("biome_area", {"biome": "swamp", "share": 0.1}, Near(feature="valley", distance_m=120.0)),
        ("scatter", {"kind": "grass", "cover": 0.2}),
    ),
    "dungeon": recipe(
        "dungeon", (80.0, 60.0), 128,
        ("rooms", {"room_count": 8}),
        ("roles", {"bosses": 1, "treasures": 2}),
    ),
}  # fmt: skip

SENTENCE = "an island with two hills, a lake near a hill, a dense pine forest in the north and no rocks"


def fingerprint(world):
    """Hash every layer and every placed thing of a world."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(world.layers):
        digest.update(f"{name} {world.layers[name].digest} ".encode())
    for kind in sorted(world.instances):
        placed = world.instances[kind]
        digest.update(f"{kind} {placed.names} {placed.digest} ".encode())
    return digest.hexdigest()


def all_fingerprints():
    """The maps of all recipes, and what the built-in agents make of a sentence."""
    told = {name: fingerprint(build(one)) for name, one in RECIPES.items()}
    *_, end = run(SENTENCE, seed=5, resolution=64)
    told["sentence"] = hashlib.blake2b(dumps(end.recipe).encode(), digest_size=16).hexdigest()
    return told


@pytest.fixture(scope="module")
def warm():
    """The worlds as this process builds them."""
    return {name: build(one) for name, one in RECIPES.items()}


@pytest.mark.parametrize("name", RECIPES)
def test_the_same_as_agreed(warm, name):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    if PLATFORM not in golden:
        pytest.skip(f"nobody has agreed on hashes for {PLATFORM} yet; write them with: {COMMAND}")
    assert fingerprint(warm[name]) == golden[PLATFORM][name], (
        f"the map of '{name}' changed; if it was meant to, run: {COMMAND}"
    )


@pytest.mark.parametrize("name", RECIPES)
def test_one_and_two_threads_agree(warm, name):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("this machine gives numba one thread only, so there is nothing to compare")
    before = numba.get_num_threads()
    try:
        found = set()
        for threads in (1, 2):
            numba.set_num_threads(threads)
            found.add(fingerprint(build(RECIPES[name])))
    finally:
        numba.set_num_threads(before)
    assert found == {fingerprint(warm[name])}


def test_another_process_agrees(warm):
    """With another order of hashes and one thread, to be sure that nothing hangs on either."""
    mine = {name: fingerprint(world) for name, world in warm.items()}
    *_, end = run(SENTENCE, seed=5, resolution=64)
    mine["sentence"] = hashlib.blake2b(dumps(end.recipe).encode(), digest_size=16).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "NUMBA_NUM_THREADS": "1"}
    told = subprocess.run(
        [sys.executable, __file__], capture_output=True, text=True, check=True, env=environment, timeout=240
    ).stdout
    assert json.loads(told) == mine


@pytest.mark.parametrize("name", RECIPES)
def test_a_cold_and_a_warm_cache_agree(warm, name):
    cache = StepCache()
    cold = build(RECIPES[name], cache=cache)
    missed = cache.misses
    again = build(RECIPES[name], cache=cache)
    assert cache.misses == missed, "everything came out of the cache"
    assert fingerprint(cold) == fingerprint(again) == fingerprint(warm[name])


def test_a_change_and_back_leaves_no_trace(warm):
    cache, one = StepCache(), RECIPES["island"]
    build(one, cache=cache)
    other = one.with_step(one.steps[2].changed(count=5))
    assert fingerprint(build(other, cache=cache)) == fingerprint(build(other))
    assert fingerprint(build(other, cache=cache)) != fingerprint(warm["island"])
    assert fingerprint(build(one, cache=cache)) == fingerprint(warm["island"])


@pytest.mark.parametrize("name", RECIPES)
def test_the_model_is_the_same_bytes_twice(warm, name, tmp_path):
    write_glb(warm[name], tmp_path / "one.glb")
    write_glb(build(RECIPES[name]), tmp_path / "two.glb")
    assert (tmp_path / "one.glb").read_bytes() == (tmp_path / "two.glb").read_bytes()


@pytest.mark.parametrize("name", RECIPES)
def test_another_seed_is_another_map(warm, name):
    other = RECIPES[name].model_copy(update={"seed": 1})
    assert fingerprint(build(other)) != fingerprint(warm[name])


def test_a_sentence_gives_the_same_recipe_twice():
    ends = [list(run(SENTENCE, seed=5, resolution=64))[-1] for _ in range(2)]
    assert ends[0].recipe == ends[1].recipe
    assert ends[0].report == ends[1].report


def main():
    """Print the hashes of this platform as JSON; with ``--write``, put them into the file of agreed ones."""
    told = all_fingerprints()
    if "--write" in sys.argv:
        golden = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
        golden[PLATFORM] = {name: told[name] for name in RECIPES}
        GOLDEN.write_text(json.dumps(golden, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
