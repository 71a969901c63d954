"""Land and sea: exact shares, exact numbers of islands, borders, regions, beds and beaches."""

import numpy as np
import pytest
from scipy.ndimage import label

from pcgstudio.build import build
from pcgstudio.errors import BuildError, Cancelled
from pcgstudio.outline import roundness, solidity
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass
from pcgstudio.world import World

EIGHT = np.ones((3, 3))
PATTERNS = ("continent", "island", "archipelago", "coast", "inland_sea", "lagoon", "peninsula")
INSULAR = ("continent", "island", "archipelago", "lagoon")


def made(seed: int = 1, resolution: int = 128, before: tuple = (), where=None, **params) -> World:
    step = Step(id="land", generator="landmass", params=params, **({} if where is None else {"where": where}))
    return build(Recipe(seed=seed, resolution=resolution, steps=(*before, step)))


def land_of(world: World) -> np.ndarray:
    return world["water_kind"] == 0


def border(mask: np.ndarray) -> np.ndarray:
    return np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])


def parts(mask: np.ndarray) -> np.ndarray:
    """Cells of each 8-connected part."""
    return np.bincount(label(mask, EIGHT)[0].ravel())[1:]


def check_exact(pattern: str, seed: int, resolution: int = 96, **params) -> None:
    world = made(seed, resolution, pattern=pattern, **params)
    land = land_of(world)
    natural = {"continent": 0.6, "island": 0.38, "archipelago": 0.25, "coast": 0.5, "inland_sea": 0.65, "lagoon": 0.2,
               "peninsula": 0.35}  # fmt: skip
    asked = params.get("land_fraction", natural[pattern])
    assert land.sum() == round(asked * land.size)
    count = params.get("islands", 8 if pattern == "archipelago" else 1)
    sizes = parts(land)
    assert len(sizes) == count
    assert sizes.min() >= 0.0028 * land.size
    assert len(parts(~land)) == 1, "every bay reaches the open sea"
    touched = border(land).mean()
    assert (touched == 0) == (pattern in INSULAR)
    if pattern == "inland_sea":
        assert touched == 1


@pytest.mark.parametrize("pattern", PATTERNS)
def test_land_is_exact_connected_and_keeps_to_the_border_rule(pattern):
    for seed in range(8):
        check_exact(pattern, seed)


@pytest.mark.parametrize("count", [2, 5, 12, 30])
def test_number_of_islands_is_exact(count):
    for seed in range(2):
        check_exact("archipelago", seed, islands=count, land_fraction=0.3)
        check_exact("island", seed, islands=count, land_fraction=0.3)


@pytest.mark.long
@pytest.mark.parametrize("pattern", PATTERNS)
def test_exact_over_a_hundred_seeds(pattern):
    for seed in range(100):
        check_exact(pattern, seed, irregularity=(seed % 11) / 10)


@pytest.mark.long
@pytest.mark.parametrize("count", [3, 9, 20, 60])
def test_number_of_islands_is_exact_over_a_hundred_seeds(count):
    for seed in range(100):
        check_exact("archipelago", seed, islands=count, land_fraction=max(0.25, 0.0065 * count), resolution=128)


@pytest.mark.parametrize("fraction", [0.05, 0.2, 0.55, 0.7])
def test_any_share_of_land_is_met(fraction):
    check_exact("island", 3, land_fraction=fraction)
    check_exact("coast", 3, land_fraction=fraction)


def test_irregularity_makes_the_coast_longer():
    lengths = []
    for irregularity in (0.0, 0.5, 1.0):
        check_exact("island", 2, irregularity=irregularity)
        land = land_of(made(2, 192, pattern="island", irregularity=irregularity))
        lengths.append((land[1:] != land[:-1]).sum() + (land[:, 1:] != land[:, :-1]).sum())
    assert lengths[0] < lengths[1] < lengths[2]
    assert lengths[2] > 1.4 * lengths[0]


def test_sea_is_below_and_land_above_zero_with_a_level_surface():
    world = made(4, pattern="archipelago")
    sea = ~land_of(world)
    assert world["height"][sea].max() <= -0.05
    assert world["height"][~sea].min() >= 0.05
    assert (world["water_level"][sea] == 0).all()
    assert np.isnan(world["water_level"][~sea]).all()


def test_bed_deepens_and_land_rises_away_from_the_coast():
    from scipy.ndimage import distance_transform_edt

    world = made(4, 192, pattern="island")
    land, height, cell = land_of(world), world["height"], world.grid.cell_size_m
    inland, off = distance_transform_edt(land) * cell, distance_transform_edt(~land) * cell
    assert height[(inland > 100)].mean() > height[(inland > 0) & (inland < 20)].mean() + 8
    assert -12 < height[(off > 0) & (off < 40)].mean() < 0
    assert height[off > 250].mean() < -40


def test_beaches_lie_at_the_sea_and_can_be_left_out():
    world = made(5, 256, pattern="island", beach_width_m=20)
    sand = world["beach"] > 0
    assert sand.any()
    assert (world["water_kind"][sand] == 0).all()
    assert world["height"][sand].max() < 4
    assert world["coast"][sand].mean() > 0.8
    assert not made(5, pattern="island", beach_width_m=0)["beach"].any()


@pytest.mark.parametrize("side", ["north", "south", "east", "west", "northwest", "southeast"])
def test_the_sea_lies_on_its_side(side):
    from pcgstudio.region import side_vector

    east, north = side_vector(side)
    for pattern in ("coast", "peninsula"):
        rows, cols = np.nonzero(~land_of(made(2, 64, pattern=pattern, sea_side=side)))
        toward = (cols.mean() - 31.5) * east - (rows.mean() - 31.5) * north
        assert toward > 2


def test_lagoon_is_shallow_enclosed_and_open_to_the_sea():
    world = made(3, 192, pattern="lagoon")
    lagoon, sea = world["lagoon"] > 0, world.category("water_kind", "sea")
    assert lagoon.sum() > 0.1 * lagoon.size
    assert (sea | ~lagoon).all()
    assert not border(lagoon).any()
    assert world["height"][lagoon].mean() > 0.4 * world["height"][sea & ~lagoon].mean()


def test_old_relief_stays_inland_and_fades_to_the_coast():
    noise = Step(id="noise", generator="terrain_noise", params={"amplitude_m": 150.0})
    bare, full = made(6, 192, pattern="island"), made(6, 192, before=(noise,), pattern="island")
    assert (land_of(bare) == land_of(full)).all()
    added = full["height"] - bare["height"]
    near = (bare["beach"] > 0) & land_of(bare)
    assert np.abs(added[near]).max() < 1
    assert added[land_of(bare) & ~near].std() > 3


def test_region_bounds_the_change_and_the_share():
    where = Circle(centre_m=(400, 600), radius_m=300)
    noise = Step(id="noise", generator="terrain_noise")
    plain = build(Recipe(seed=1, resolution=128, steps=(noise,)))
    world = made(1, 128, before=(noise,), where=where, pattern="island", land_fraction=0.3)
    from pcgstudio.region import Context

    inside = where.evaluate(Context(world.grid)) >= 0.5
    outside = world["height"][~inside] - plain["height"][~inside]
    assert np.ptp(outside) < 1e-4, "only the datum may move"
    assert not (world["water_kind"][~inside] > 0).any()
    assert (land_of(world) & inside).sum() == round(0.3 * inside.sum())


def test_a_feathered_region_leaves_no_dry_sea():
    where = Compass(place="south", depth=0.5, feather=0.2)
    noise = Step(id="noise", generator="terrain_noise")
    world = made(1, 128, before=(noise,), where=where, pattern="coast")
    sea = world.category("water_kind", "sea")
    assert sea.any()
    assert world["height"][sea].max() < 0


@pytest.mark.parametrize(
    "params", [{"pattern": "island"}, {"pattern": "archipelago", "islands": 12}, {"pattern": "lagoon"}]
)
def test_the_same_map_at_twice_the_resolution(params):
    coarse, fine = (land_of(made(7, n, **params)) for n in (192, 384))
    coarse = np.repeat(np.repeat(coarse, 2, 0), 2, 1)
    assert (coarse & fine).sum() / (coarse | fine).sum() > 0.9


def test_maps_that_are_not_square_or_not_usual_in_size():
    for extent, n in (((2000.0, 700.0), 160), ((80_000.0, 80_000.0), 64), ((200.0, 300.0), 96)):
        step = Step(id="land", generator="landmass", params={"pattern": "archipelago", "islands": 5})
        world = build(Recipe(seed=2, extent_m=extent, resolution=n, steps=(step,)))
        assert len(parts(land_of(world))) == 5
        assert np.isfinite(world["height"]).all()


def test_seeds_matter_and_the_same_seed_repeats():
    first, again, other = made(1), made(1), made(2)
    assert (first["height"] == again["height"]).all()
    assert (land_of(first) != land_of(other)).mean() > 0.05


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"pattern": "archipelago", "islands": 60, "land_fraction": 0.05}, "specks"),
        ({"pattern": "coast", "islands": 3}, "archipelago"),
        ({"pattern": "lagoon", "land_fraction": 0.9}, "land_fraction"),
        ({"pattern": "archipelago", "islands": 30, "land_fraction": 0.95}, "at most"),
    ],
)
def test_what_cannot_be_reached_is_said(params, told):
    with pytest.raises(BuildError, match=told):
        made(1, 96, **params)


def test_it_can_be_cancelled():
    def stop(fraction, text):
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        build(Recipe(resolution=64, steps=(Step(id="land", generator="landmass"),)), tick=stop)


def largest(mask: np.ndarray) -> np.ndarray:
    found, _ = label(mask, EIGHT)
    return found == np.bincount(found.ravel())[1:].argmax() + 1


def elongation(mask: np.ndarray) -> float:
    spread = np.linalg.eigvalsh(np.cov(np.stack(np.nonzero(mask)).astype(float)))
    return float(np.sqrt(spread[1] / spread[0]))


SHAPED = {
    "round": lambda m: roundness(m) >= 0.85 and max(extents(m)) <= 1.12 * min(extents(m)),
    "oval": lambda m: 1.3 <= elongation(m) <= 2.1 and solidity(m) > 0.9,
    "long": lambda m: elongation(m) >= 2.4 and solidity(m) > 0.85,
    "crescent": lambda m: solidity(m) <= 0.72 and elongation(m) < 2.2,
}


def extents(mask: np.ndarray) -> list[int]:
    return [int(np.ptp(at)) + 1 for at in np.nonzero(mask)]


@pytest.mark.parametrize("outline", SHAPED)
def test_one_island_has_the_outline_it_is_asked_for(outline):
    for seed in range(1, 7):
        land = land_of(made(seed, outline=outline))
        assert len(parts(land)) == 1, "no skerries"
        assert not border(land).any()
        assert SHAPED[outline](land), seed


@pytest.mark.parametrize("outline", SHAPED)
def test_the_share_of_shaped_land_is_exact(outline):
    land = land_of(made(3, outline=outline, land_fraction=0.15))
    assert land.sum() == round(0.15 * land.size)
    assert SHAPED[outline](land)


@pytest.mark.parametrize("outline", SHAPED)
def test_several_islands_each_have_the_outline(outline):
    land = land_of(made(2, 192, pattern="archipelago", islands=5, outline=outline, sizes="alike"))
    found, count = label(land, EIGHT)
    assert count == 5
    assert all(SHAPED[outline](found == k) for k in range(1, 6))


def test_a_round_island_stays_round_once_rain_has_worn_it():
    steps = [
        Step(id="noise", generator="terrain_noise"),
        Step(id="land", generator="landmass", params={"outline": "round"}),
        Step(id="rain", generator="hydraulic_erosion"),
    ]
    assert SHAPED["round"](land_of(build(Recipe(seed=4, resolution=256, steps=tuple(steps)))))


@pytest.mark.parametrize(("axis", "tall"), [("north-south", True), ("east-west", False)])
def test_a_long_island_lies_along_its_axis(axis, tall):
    for seed in range(3):
        high, wide = extents(land_of(made(seed, outline="long", axis=axis)))
        assert (high > 1.9 * wide) if tall else (wide > 1.9 * high)


def test_a_diagonal_axis_runs_from_corner_to_corner():
    rows, cols = np.nonzero(land_of(made(1, outline="long", axis="northeast-southwest")))
    assert np.corrcoef(rows, cols)[0, 1] < -0.6


def test_shapes_fit_a_map_that_is_not_square():
    for outline, fits in SHAPED.items():
        step = Step(id="land", generator="landmass", params={"outline": outline})
        assert fits(land_of(build(Recipe(seed=2, extent_m=(2000.0, 800.0), resolution=192, steps=(step,))))), outline


@pytest.mark.parametrize("count", [2, 5, 12])
def test_sizes_of_islands(count):
    for seed in range(3):
        mixed, large, alike = (
            np.sort(parts(land_of(made(seed, islands=count, sizes=sizes))))[::-1]
            for sizes in ("mixed", "one_large", "alike")
        )
        assert len(mixed) == len(large) == len(alike) == count
        assert mixed[0] >= 1.8 * mixed[-1]
        assert large[0] >= 1.8 * large[1]
        assert alike[0] <= 1.25 * alike[-1]


def test_sizes_without_a_number_mean_several_islands():
    assert len(parts(land_of(made(1, sizes="mixed")))) > 1


def test_the_same_shape_at_twice_the_resolution():
    coarse, fine = (land_of(made(7, n, outline="crescent")) for n in (128, 256))
    coarse = np.repeat(np.repeat(coarse, 2, 0), 2, 1)
    assert (coarse & fine).sum() / (coarse | fine).sum() > 0.9


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"outline": "round", "land_fraction": 0.8}, "land_fraction of up to"),
        ({"outline": "long", "land_fraction": 0.5}, "land_fraction of up to"),
        ({"outline": "round", "pattern": "coast"}, "cannot be round"),
        ({"sizes": "mixed", "islands": 1}, "several islands"),
    ],
)
def test_shapes_that_cannot_be_are_told(params, told):
    with pytest.raises(BuildError, match=told):
        made(1, 96, **params)


def summits(height, land):
    """Heights above their saddles [m] and cells of all summits of the land, by flooding it from the top."""
    level = np.where(land, height, -1.0).ravel()
    cols, whose, best, found = height.shape[1], {}, {}, []

    def group(cell):
        while whose[cell] != cell:
            cell = whose[cell] = whose[whose[cell]]
        return cell

    for cell in np.argsort(-level, kind="stable")[: int(land.sum())].tolist():
        whose[cell] = best[cell] = cell
        for step in (-cols - 1, -cols, -cols + 1, -1, 1, cols - 1, cols, cols + 1):
            if cell + step in whose and (mine := group(cell)) != (other := group(cell + step)):
                low, high = sorted((mine, other), key=lambda g: level[best[g]])
                found.append((level[best[low]] - level[cell], best[low]))
                whose[low] = high
    return found, int(np.argmax(level))


@pytest.mark.parametrize("seed", range(20))
def test_the_only_hill_of_an_island_is_its_highest_and_only_one(seed):
    """As the built-in agents plan it: rolling ground, an island, one hill, erosion."""
    before = (Step(id="ground", generator="terrain_noise"),)
    after = (Step(id="hill", generator="hills", params={"count": 1}), Step(id="worn", generator="hydraulic_erosion"))
    land = Step(id="land", generator="landmass", params={"pattern": "island", "land_fraction": 0.3})
    world = build(Recipe(seed=seed, resolution=128, steps=(*before, land, *after)))
    others, top = summits(world["height"].astype(float), land_of(world))
    hill = (world["hill"] > 0).ravel()
    assert hill[top]
    assert max((rise for rise, cell in others if not hill[cell]), default=0.0) < 12.0, "no second hill"
