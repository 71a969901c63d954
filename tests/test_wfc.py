import json
import time

import numpy as np
import pytest
from scipy import ndimage

from pcgstudio import interior
from pcgstudio.build import build
from pcgstudio.errors import BuildError, RecipeError
from pcgstudio.generators.kernels.collapse import IMPOSSIBLE, SOLVED, collapse
from pcgstudio.generators.kernels.dice import state_of
from pcgstudio.generators.tile_model import model_of, own_sample, samples, variants
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle
from pcgstudio.structure import structural_checks
from pcgstudio.world import BIOMES

SAMPLES = ("dungeon", "rooms", "town", "islands")
EAST, SOUTH = 0, 1


def wfc(seed=1, extent=(96.0, 96.0), resolution=96, where=None, **params):
    step = Step(id="wfc", generator="wfc", params=params, **({"where": where} if where else {}))
    recipe = Recipe(seed=seed, extent_m=extent, resolution=resolution, steps=(step,))
    return build(recipe, recipe.grid())


def model(name, size=3):
    return model_of(samples()[name], size, 8, True)


def run(one, rows, cols, seed, joined=False, retreats=3000, barred=None):
    fits, starts = one.lists()
    barred = np.zeros((rows * cols, len(one.tiles)), bool) if barred is None else barred
    state = state_of(np.random.default_rng(seed))
    status, chosen, used = collapse(rows, cols, one.weights, fits, starts, barred, one.sides(), joined, retreats, state)
    return status, np.asarray(chosen).reshape(rows, cols), used


def all_fit(one, chosen):
    east = one.fits[EAST][chosen[:, :-1], chosen[:, 1:]]
    south = one.fits[SOUTH][chosen[:-1], chosen[1:]]
    return bool(east.all() and south.all())


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("seed", range(3))
def test_all_neighbours_fit(name, seed):
    one = model(name)
    status, chosen, _ = run(one, 24, 30, seed)
    assert status == SOLVED
    assert all_fit(one, chosen)


@pytest.mark.long
@pytest.mark.parametrize("name", SAMPLES)
def test_a_hundred_seeds_of_fifty_squared_fit_or_say_that_they_do_not(name):
    one = model(name)
    solved = 0
    for seed in range(100):
        status, chosen, _ = run(one, 50, 50, seed)
        assert status != IMPOSSIBLE
        if status == SOLVED:
            solved += 1
            assert all_fit(one, chosen)
    assert solved >= 95


def test_every_pattern_of_an_overlapping_map_is_one_of_the_sample():
    one = model("rooms")
    _, chosen, _ = run(one, 20, 20, 5)
    signs = np.array([[one.tiles[t][0][0] for t in row] for row in chosen])
    known = set(one.tiles)
    for r in range(18):
        for c in range(18):
            assert tuple("".join(signs[r + k, c : c + 3]) for k in range(3)) in known


def test_tiles_come_as_often_as_they_weigh():
    told = {"model": "tiled", "signs": {"g": "grassland", "s": "beach"}, "tiles": [
        {"name": "a", "weight": 3, "rows": ["g"]}, {"name": "b", "weight": 1, "rows": ["s"]}],
        "like": {"s": "g"}}  # fmt: skip
    one = model_of(told, 3, 1, True)
    _, chosen, _ = run(one, 60, 60, 2)
    assert (chosen == 0).mean() == pytest.approx(0.75, abs=0.03)


def test_backing_out_solves_what_one_attempt_does_not():
    """Ways that must hang together lead into dead ends time and again."""
    one = model("dungeon")
    alone = [run(one, 14, 14, seed, joined=True, retreats=0)[0] for seed in range(12)]
    patient = [run(one, 14, 14, seed, joined=True) for seed in range(12)]
    assert sum(s == SOLVED for s, *_ in patient) > sum(s == SOLVED for s in alone)
    assert all(all_fit(one, chosen) for status, chosen, _ in patient if status == SOLVED)
    assert any(used for _, _, used in patient)


def test_what_cannot_be_is_found_out_at_once():
    told = {"model": "tiled", "signs": {"g": "grassland", "s": "beach"}, "tiles": [{"name": "a", "rows": ["gs", "gs"]}]}
    one = model_of(told, 3, 1, True)
    assert run(one, 3, 3, 1)[0] == IMPOSSIBLE
    with pytest.raises(BuildError, match="fit together: the rim"):
        wfc(own=json.dumps(told), symmetry=1)


@pytest.mark.parametrize("name", ["dungeon", "rooms"])
@pytest.mark.parametrize("seed", range(4))
def test_interiors_hang_together(name, seed):
    world = wfc(seed, sample=name, extent=(80.0, 80.0), resolution=80)
    assert ndimage.label(interior.walkable(world))[1] == 1
    assert interior.reachable(world) == 1
    assert all(s.passed for s in structural_checks(world)), [s for s in structural_checks(world) if not s.passed]


@pytest.mark.parametrize("seed", range(8))
def test_the_sample_of_rooms_makes_several(seed):
    world = wfc(seed, sample="rooms", extent=(64.0, 64.0), resolution=64)
    sizes = np.bincount(world["room"].ravel())[1:]
    assert (sizes > 0).sum() >= 4
    assert sizes.max() < 0.4 * sizes.sum(), "no room is most of it"


@pytest.mark.parametrize("wanted", [0, 1, 6])
def test_counts_are_exact(wanted):
    for seed in range(3):
        world = wfc(seed, (300.0, 300.0), 150, sample="town", cell_m=6, counts=f"house = {wanted}")
        houses = [p for p in world.parts if p.name == "tile_houses"]
        assert sum(len(p.vertices) // 8 for p in houses) == wanted


def test_fixed_tiles_lie_where_they_are_put():
    world = wfc(1, (300.0, 300.0), 300, sample="town", cell_m=6, fixed="house = 153 141")
    house = next(p for p in world.parts if p.name == "tile_houses").vertices.reshape(-1, 8, 3).mean(axis=1)
    assert np.hypot(*(house[:, :2] - (153, 141)).T).min() < 13


def test_country_has_level_water_paths_and_trees():
    for seed in range(4):
        world = wfc(seed, (400.0, 400.0), 200, sample="town", cell_m=6, border=False)
        assert all(s.passed for s in structural_checks(world)), [s for s in structural_checks(world) if not s.passed]
        assert set(np.unique(world["biome"])) <= {
            BIOMES.index(n) for n in ("none", "grassland", "lake", "beach", "urban")
        }
        assert (world["water_kind"] > 0).sum() == (world["biome"] == BIOMES.index("lake")).sum()


def test_a_sample_of_your_own():
    world = wfc(
        own="########/#....###/#....,,#/#....#,#/###,##,#/###,,,,#/########", extent=(60.0, 60.0), resolution=60
    )
    assert interior.reachable(world) == 1
    assert own_sample("gg/gs")["rows"] == ["gg", "gs"]


@pytest.mark.parametrize(
    ("params", "told"),
    [({"own": "##/###"}, "one length"), ({"own": "x#/##"}, "sign 'x'"), ({"own": "{"}, "JSON"),
     ({"own": "{}"}, "needs 'tiles'"), ({"counts": "hall 3"}, "name = value"), ({"counts": "hall = many"}, "whole"),
     ({"counts": "castle = 1"}, "castle"), ({"fixed": "hall = 3"}, "two numbers"),
     ({"fixed": "hall = 900 3"}, "outside"), ({"counts": "solid = 1"}, "do"), ({"cell_m": 90}, "no two tiles")],
)  # fmt: skip
def test_what_is_wrong_is_told_in_a_sentence(params, told):
    with pytest.raises(BuildError, match=told) as refused:
        wfc(**params)
    assert " failed: " not in str(refused.value)


def test_outside_its_region_nothing_is_laid():
    world = wfc(where=Circle(centre_m=(48, 48), radius_m=30), seed=2)
    x, y = np.meshgrid(world.grid.xs(), world.grid.ys())
    assert not (interior.walkable(world) & (np.hypot(x - 48, y - 48) > 30)).any()
    assert interior.reachable(world) == 1


def test_symmetry_counts_copies_once():
    assert len(variants(("ab", "cd"), 8)) == 8
    assert len(variants(("ab", "cd"), 4)) == 4
    assert len(variants(("aa", "aa"), 8)) == 1
    assert len(variants(("aa", "bb"), 8)) == 4


def test_a_hundred_squared_takes_a_second():
    one = model("rooms")
    run(one, 10, 10, 1)
    start = time.thread_time()
    run(one, 100, 100, 1)
    assert time.thread_time() - start < 1.0


def test_a_tile_set_of_the_users_is_read_from_its_file(tmp_path):
    tiles = [
        {"name": "grass", "weight": 2, "rows": ["ggg", "ggg", "ggg"]},
        {"name": "sand", "weight": 1, "rows": ["sss", "sss", "sss"]},
        {"name": "shore", "weight": 1, "rows": ["ggg", "ggg", "sss"]},
    ]
    told = {"model": "tiled", "blank": "grass", "signs": {"g": "grassland", "s": "beach"}, "tiles": tiles}
    (tmp_path / "mine.json").write_text(json.dumps(told))
    step = Step(id="it", generator="wfc", params={"tiles": "mine.json", "cell_m": 4.0, "joined": False})
    recipe = Recipe(seed=4, extent_m=(120.0, 120.0), resolution=120, steps=(step,))
    world = build(recipe, folder=tmp_path)
    kinds = {world.layers["biome"].legend[int(v)] for v in np.unique(world["biome"])}
    assert kinds <= {"none", "grassland", "beach"}
    assert "grassland" in kinds
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(BuildError, match="tiles"):
        build(recipe, folder=tmp_path)
    with pytest.raises(RecipeError, match="drive"):
        step.changed(tiles="../mine.json").parsed()
