"""Which maps are taken, and how different they are: on made-up records with known answers."""

from dataclasses import replace

import numpy as np
import pytest

from pcgstudio.batch.diversity import diversity
from pcgstudio.batch.report import reasons
from pcgstudio.batch.select import Selection
from pcgstudio.batch.spec import Accept
from pcgstudio.batch.traits import descriptor, distances, traits
from pcgstudio.world import BIOMES, Grid, Layer, World

from .worlds import island


def record(name, at, satisfied=True, unmet=()):
    return {
        "id": name, "state": "made", "satisfied": satisfied, "unmet": list(unmet), "descriptor": [at, 0.0],
        "parameters": {}, "content_hash": name,
    }  # fmt: skip


def decided(accept, *records):
    selection = Selection(accept, accept.count if accept else len(records))
    for index, one in enumerate(records):
        if selection.complete:
            break
        selection.decide(index, one)
    return selection


def test_near_duplicates_of_accepted_maps_are_refused_and_name_them():
    told = decided(
        Accept(count=3, distinct=0.1), record("a", 0.0), record("b", 0.05), record("c", 0.12), record("d", 1)
    )
    assert [d.status for d in told.decisions] == ["accepted", "rejected", "accepted", "accepted"]
    assert told.decisions[1].reason == "near-duplicate of a: their distance 0.0500 is below 0.1"
    assert told.complete


def test_a_rejected_map_shuts_nobody_out():
    told = decided(Accept(count=2, distinct=0.1), record("a", 0.0, False, ["two lakes"]), record("b", 0.01))
    assert [(d.status, d.reason) for d in told.decisions] == [("rejected", "two lakes"), ("accepted", "")]
    assert not told.complete


def test_unsatisfied_maps_count_where_that_is_said():
    told = decided(Accept(count=1, satisfied=False), record("a", 0.0, False, ["two lakes"]))
    assert told.complete


def test_twins_count_where_that_is_said():
    assert decided(Accept(count=2, distinct=0), record("a", 0.0), record("b", 0.0)).complete


def test_without_acceptance_everything_that_was_made_counts():
    failed = {"id": "x", "state": "failed", "reason": "no room"}
    told = decided(None, record("a", 0.0, False, ["two lakes"]), failed, record("c", 0.0))
    assert [d.status for d in told.decisions] == ["accepted", "failed", "accepted"]
    assert (told.accepted, told.reached) == (2, False)


def test_the_table_of_descriptors_grows():
    told = decided(Accept(count=300, distinct=0.5), *(record(str(i), float(i)) for i in range(300)))
    assert told.complete
    assert told.decide(300, record("late", 177.2)).reason.startswith("near-duplicate of 177:")


def test_reasons_are_counted_without_their_numbers():
    told = decided(
        Accept(count=9, distinct=0.1),
        record("a", 0.0), record("b", 0.01), record("c", 5, False, ["count lake equal 2, measured 1", "x"]),
        record("d", 7, False, ["count lake equal 2, measured 3"]),
    )  # fmt: skip
    assert reasons(told.decisions) == [
        ("count lake equal 2", 2), ("near-duplicate of a map taken before", 1), ("x", 1),
    ]  # fmt: skip


def world(height, biome=5):
    grid = Grid(*height.shape, 2.0)
    layers = {
        "height": Layer(height.astype(np.float32), "m"),
        "water": Layer.mask(np.zeros(height.shape)),
        "biome": Layer.named(np.full(height.shape, biome), BIOMES),
    }
    return World(grid, layers)


def far(one, other):
    return float(distances(np.array(one, np.float32), np.array([other], np.float32))[0])


def test_distances_of_descriptors_are_what_they_should_be():
    ramp = np.tile(np.linspace(0, 50, 64), (64, 1))
    one, same, mirrored = (descriptor(world(h)) for h in (ramp, ramp * 3 + 10, ramp[:, ::-1]))
    assert far(one, same) == 0, "the shape of the ground counts, not its scale"
    assert far(one, mirrored) == pytest.approx(np.sqrt(np.mean(np.linspace(-0.875, 0.875, 8) ** 2) / 5), abs=0.02)
    other_biome = descriptor(world(ramp, biome=12))
    assert far(one, other_biome) == pytest.approx(np.sqrt(1 / 5), abs=1e-3), (
        "biomes without a share in common: a block of its own"
    )


def test_woods_and_mazes_tell_maps_apart():
    flat = np.zeros((64, 64))
    bare, maze, other = world(flat), np.indices((64, 64)).sum(axis=0) // 4 % 2, np.indices((64, 64))[0] // 4 % 2
    walls = [replace(bare, layers={**bare.layers, "road": Layer.mask(cells)}) for cells in (maze, other)]
    assert far(*map(descriptor, walls)) > 0.1
    north = np.zeros((64, 64))
    north[:32] = 1
    wooded = replace(bare, layers={**bare.layers, "forest": Layer.mask(north)})
    assert far(descriptor(bare), descriptor(wooded)) == pytest.approx(np.sqrt(0.5 / 5), abs=1e-3)


def test_resolution_hardly_changes_a_descriptor():
    fine = np.add.outer(np.sin(np.linspace(0, 6, 256)), np.linspace(0, 2, 256)) * 20
    coarse = fine[2::5, 2::5]  # 51 cells: fields of the checkerboard of unlike size
    assert far(descriptor(world(fine)), descriptor(world(coarse))) < 0.01


def test_traits_of_an_island_by_hand():
    made = island()
    told = traits(made)
    assert told["relief_m"] == pytest.approx(float(np.ptp(made["height"])), abs=1e-3)
    assert told["tree_count"] == 120
    assert told["lakes"] == 1
    assert told["river_length_m"] == pytest.approx(float(np.ptp(made.paths[0].points[:, 0])), rel=0.01)
    assert 0 < told["water_share"] < 1


def test_the_vendi_score_counts_what_is_unlike():
    one = np.zeros((40, 4))
    assert diversity(one).vendi == pytest.approx(1)
    three = np.repeat(np.eye(4)[:3], 10, axis=0)
    told = diversity(three)
    assert told.vendi == pytest.approx(3)
    assert told.mean_distance == pytest.approx(np.sqrt(2) * 20 * 10 * 3 / (30 * 29))
    assert told.nearest.max() < 1e-6
    assert diversity(np.eye(50)).vendi == pytest.approx(50, rel=1e-3)


@pytest.mark.parametrize("count", [0, 1])
def test_diversity_of_hardly_anything(count):
    told = diversity(np.zeros((count, 4)))
    assert (told.maps, told.mean_distance, told.vendi) == (count, 0, count)


def test_of_very_many_maps_some_are_looked_at():
    assert diversity(np.random.default_rng(1).random((5000, 3))).maps == 1000
