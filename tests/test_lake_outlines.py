"""Lakes of an outline and of sizes that were asked for."""

import numpy as np
import pytest
from scipy.ndimage import label

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.outline import roundness, solidity
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Context

EIGHT = np.ones((3, 3))


def made(seed=1, resolution=128, where=None, **params):
    step = Step(id="it", generator="lakes", params=params, **({} if where is None else {"where": where}))
    before = (Step(id="noise", generator="terrain_noise"), Step(id="peaks", generator="mountains"))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def lakes_of(world):
    found, count = label(world.category("water_kind", "lake"), EIGHT)
    return [found == k for k in range(1, count + 1)]


def elongation(mask):
    spread = np.linalg.eigvalsh(np.cov(np.stack(np.nonzero(mask)).astype(float)))
    return float(np.sqrt(spread[1] / spread[0]))


SHAPED = {
    "round": lambda m: roundness(m) >= 0.85 and elongation(m) < 1.15,
    "oval": lambda m: 1.3 <= elongation(m) <= 2.1 and solidity(m) > 0.88,
    "long": lambda m: elongation(m) >= 2.4 and solidity(m) > 0.85,
    "crescent": lambda m: solidity(m) <= 0.72,
}


@pytest.mark.parametrize("outline", SHAPED)
def test_each_lake_has_its_outline_and_all_the_exact_share(outline):
    for seed in range(1, 5):
        world = made(seed, 192, outline=outline, count=2, area_share=0.06)
        found = lakes_of(world)
        assert len(found) == 2
        assert sum(m.sum() for m in found) == round(0.06 * found[0].size)
        assert all(SHAPED[outline](m) for m in found), seed


@pytest.mark.parametrize("outline", SHAPED)
def test_a_lake_of_the_usual_size_has_its_outline(outline):
    assert SHAPED[outline](*lakes_of(made(3, 192, outline=outline)))


def test_a_long_lake_lies_along_its_axis():
    rows, cols = np.nonzero(lakes_of(made(1, 192, outline="long", axis="north-south"))[0])
    assert np.ptp(rows) > 1.9 * np.ptp(cols)


@pytest.mark.parametrize("count", [2, 5])
def test_sizes_of_lakes(count):
    for seed in range(3):
        mixed, large, alike = (
            sorted(
                (int(m.sum()) for m in lakes_of(made(seed, count=count, sizes=sizes, area_share=0.08))), reverse=True
            )
            for sizes in ("mixed", "one_large", "alike")
        )
        assert len(mixed) == len(large) == len(alike) == count
        assert mixed[0] >= 1.8 * mixed[-1]
        assert large[0] >= 1.8 * large[1]
        assert alike[0] <= 1.2 * alike[-1]


def test_a_shaped_lake_stays_in_its_region():
    where = Circle(centre_m=(400, 600), radius_m=250)
    world = made(2, where=where, outline="crescent")
    assert not world.category("water_kind", "lake")[where.evaluate(Context(world.grid)) < 0.5].any()


@pytest.mark.parametrize("outline", ["crescent", "long", "natural"])
@pytest.mark.parametrize("seed", range(1, 13))
def test_the_same_lake_at_twice_the_resolution(seed, outline):
    coarse, fine = (lakes_of(made(seed, n, outline=outline, area_share=0.05))[0] for n in (128, 256))
    coarse = np.repeat(np.repeat(coarse, 2, 0), 2, 1)
    assert (coarse & fine).sum() / (coarse | fine).sum() > 0.85


def test_a_lake_too_large_for_its_outline_is_told():
    with pytest.raises(BuildError, match="area_share of"):
        made(1, outline="long", area_share=0.4)


def test_sizes_of_a_single_lake_are_told():
    with pytest.raises(BuildError, match="several lakes"):
        made(1, sizes="mixed")
