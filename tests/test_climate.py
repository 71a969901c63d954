"""Climate and biome areas, on landscapes made by hand."""

import numpy as np
import pytest
from scipy import ndimage

from pcgstudio.errors import BuildError, Cancelled
from pcgstudio.generator import Inputs
from pcgstudio.generators.biome_area import WORDS, biome_area
from pcgstudio.generators.climate import PALETTES, climate, rain_shadow, whittaker
from pcgstudio.region import Compass, Context
from pcgstudio.world import BIOMES, WATER_KINDS, Grid, Layer


def land(resolution=128, extent=(1024.0, 1024.0), peak=160.0, sea=True):
    """A round island with one smooth mountain in the middle, or the same without a sea."""
    grid = Grid.over(extent, resolution)
    x, y = np.meshgrid(grid.xs() / extent[0] - 0.5, grid.ys() / extent[1] - 0.5)
    away = np.hypot(x, y)
    height = (60 * (0.46 - away) + peak * np.exp(-((away / 0.13) ** 2))).astype(np.float32)
    if not sea:
        height += 30
    kind = (height < 0).astype(np.uint8)
    return grid, {"height": Layer(height, "m"), "water_kind": Layer.named(kind, WATER_KINDS)}


def run(made_by, grid, layers, mask=None, seed=1, **params):
    mask = np.ones(grid.shape, np.float32) if mask is None else mask
    inputs = Inputs(grid, layers, mask)
    return made_by.build(inputs, made_by.params(**params), np.random.default_rng(seed), lambda _f, _t: None)


def share(biome, name, where):
    return np.mean(biome[where] == BIOMES.index(name))


def test_it_is_colder_up_the_mountain_and_in_the_north():
    grid, layers = land()
    temperature = run(climate, grid, layers).layers["temperature"].data
    height = layers["height"].data
    assert temperature[np.unravel_index(height.argmax(), height.shape)] < temperature[64, 20] - 5
    assert temperature[4].mean() < temperature[-4].mean() - 2


def test_the_lee_is_drier_and_turns_with_the_wind():
    grid, layers = land(peak=250)
    west = run(climate, grid, layers, wind_from="west").layers["moisture"].data
    east = run(climate, grid, layers, wind_from="east").layers["moisture"].data
    windward, lee = np.s_[54:74, 30:45], np.s_[54:74, 83:98]
    assert west[windward].mean() > west[lee].mean() + 0.05
    assert east[windward].mean() < east[lee].mean() - 0.05


@pytest.mark.parametrize(
    ("side", "lee"),
    [
        ("north", (48, 32)),
        ("south", (16, 32)),
        ("northwest", (44, 44)),
        ("southeast", (20, 20)),
        ("northeast", (44, 20)),
    ],
)
def test_rain_shadow_lies_behind_the_hill(side, lee):
    grid = Grid(64, 64, 16.0)
    x, y = np.meshgrid(grid.xs() - 512, grid.ys() - 512)
    hill = (200 * np.exp(-(x**2 + y**2) / 120**2)).astype(np.float32)
    rain = rain_shadow(hill, np.zeros_like(hill), grid, side)
    opposite = (64 - lee[0], 64 - lee[1])
    assert rain[lee] < rain[opposite] - 0.05


def test_whittaker_knows_the_corners_of_its_table():
    temperature = np.array([-10, 2, 10, 10, 10, 25, 25, 25], dtype=np.float32)
    rain = np.array([300, 600, 100, 600, 1000, 100, 900, 2500], dtype=np.float32)
    names = [BIOMES[i] for i in whittaker(temperature, rain)]
    assert names == ["snow", "taiga", "desert", "grassland", "forest", "desert", "savanna", "rainforest"]


@pytest.mark.parametrize(
    ("palette", "expected"),
    [
        ("temperate", {"grassland", "forest"}),
        ("tropical", {"rainforest", "savanna"}),
        ("desert", {"desert", "badlands"}),
        ("arctic", {"snow", "tundra"}),
        ("volcanic", {"volcanic"}),
        ("alien", {"badlands", "savanna", "swamp"}),
    ],
)
def test_a_palette_shows_its_biomes(palette, expected):
    grid, layers = land(peak=60)
    biome = run(climate, grid, layers, palette=palette).layers["biome"].data
    dry = layers["water_kind"].data == 0
    assert sum(share(biome, name, dry) for name in expected) > 0.4
    assert set(PALETTES) >= {palette}


def test_water_is_named_and_beaches_lie_on_gentle_shores_only():
    grid, layers = land()
    biome = run(climate, grid, layers, beach_m=40).layers["biome"].data
    sea = layers["water_kind"].data == 1
    assert (biome[sea] == BIOMES.index("ocean")).all()
    beach = biome == BIOMES.index("beach")
    assert beach.any()
    assert not (beach & sea).any()
    from_sea = ndimage.distance_transform_edt(~sea) * grid.cell_size_m
    assert from_sea[beach].max() < 120
    assert not (run(climate, *land(sea=False)).layers["biome"].data == BIOMES.index("beach")).any()


def test_a_beach_that_the_coast_made_is_taken_over():
    grid, layers = land()
    mask = np.zeros(grid.shape, np.uint8)
    mask[60:64, 60:64] = 1
    biome = run(climate, grid, {**layers, "beach": Layer.mask(mask)}, alpine=1).layers["biome"].data
    assert ((biome == BIOMES.index("beach")) == (mask > 0)).all()


def test_steep_ground_is_rock_and_high_cold_flat_ground_is_snow():
    grid = Grid(128, 128, 8.0)
    x = np.broadcast_to(grid.xs(), grid.shape)
    height = np.clip((x - 400) * 2, 0, 500).astype(np.float32)  # plain, 63-degree wall, high plateau
    biome = run(climate, grid, {"height": Layer(height, "m")}).layers["biome"].data
    wall, plateau, plain = (x > 440) & (x < 610), x > 700, x < 360
    assert share(biome, "rock", wall) == 1
    assert share(biome, "snow", plateau) > 0.9
    assert share(biome, "rock", plain) == 0
    assert share(biome, "snow", plain) == 0


def test_lava_covers_part_of_a_volcano():
    grid, layers = land()
    cone = layers["height"].data > 60
    biome = run(climate, grid, {**layers, "volcano": Layer.mask(cone)}, alpine=1).layers["biome"].data
    assert 0.1 < share(biome, "volcanic", cone) < 0.9
    assert share(biome, "volcanic", ~cone) == 0


def test_ecotones_are_noisy_not_contours():
    grid, layers = land()
    smooth = run(climate, grid, layers, ecotone=0).layers["biome"].data
    noisy = run(climate, grid, layers).layers["biome"].data
    borders = [np.count_nonzero(b[:, 1:] != b[:, :-1]) for b in (smooth, noisy)]
    assert borders[1] > 1.3 * borders[0]


def test_climate_agrees_across_resolutions_and_stays_on_any_grid():
    coarse, fine = (run(climate, *land(n)).layers for n in (128, 256))
    assert np.abs(coarse["temperature"].data - fine["temperature"].data[::2, ::2]).max() < 1.5
    assert np.abs(coarse["moisture"].data - fine["moisture"].data[::2, ::2]).mean() < 0.01
    agree = np.mean(coarse["biome"].data == fine["biome"].data[::2, ::2])
    assert agree > 0.9
    for extent, cells in (((200.0, 200.0), 64), ((100_000.0, 30_000.0), 96), ((300.0, 4000.0), 130)):
        for layer in run(climate, *land(cells, extent)).layers.values():
            assert np.isfinite(layer.data).all()
    assert run(climate, Grid(40, 60, 5.0), {}).layers["moisture"].data.max() <= 1


def test_the_same_dice_give_the_same_climate_and_others_another():
    first, again, other = (run(climate, *land(64), seed=s).layers["biome"] for s in (1, 1, 2))
    assert first.digest == again.digest != other.digest


@pytest.mark.parametrize("made_by", [climate, biome_area])
def test_it_can_be_cancelled(made_by):
    def stop(_fraction, _text):
        raise Cancelled

    grid, layers = land(64)
    inputs = Inputs(grid, layers, np.ones(grid.shape, np.float32))
    with pytest.raises(Cancelled):
        made_by.build(inputs, made_by.params(), np.random.default_rng(0), stop)


# -- areas of one biome --------------------------------------------------------------------------------------------


def with_climate(**more):
    grid, layers = land(**more)
    return grid, {**layers, **run(climate, grid, layers).layers}


@pytest.mark.parametrize("name", [*WORDS, "forest", "beach"])
def test_an_area_takes_exactly_its_share_of_the_dry_land(name):
    grid, layers = with_climate()
    dry = layers["water_kind"].data == 0
    for asked in (0.0, 0.1, 0.45, 1.0):
        biome = run(biome_area, grid, layers, biome=name, share=asked).layers["biome"].data
        assert share(biome, name, dry) == pytest.approx(asked, abs=1 / dry.sum())
        assert (biome[~dry] == layers["biome"].data[~dry]).all()


def test_less_than_there_is_gives_way_to_the_neighbours():
    grid, layers = with_climate()
    dry = layers["water_kind"].data == 0
    before = share(layers["biome"].data, "grassland", dry)
    assert before > 0.1
    biome = run(biome_area, grid, layers, biome="grassland", share=0.05).layers["biome"].data
    assert share(biome, "grassland", dry) == pytest.approx(0.05, abs=1 / dry.sum())
    assert (biome[dry] != 0).all()


def test_a_bounded_region_is_taken_whole_and_the_map_in_part():
    grid, layers = with_climate()
    dry = layers["water_kind"].data == 0
    south = Compass(place="south", depth=0.4).evaluate(Context(grid))
    there = dry & (south >= 0.5)
    assert share(run(biome_area, grid, layers, south, biome="desert").layers["biome"].data, "desert", there) == 1
    everywhere = run(biome_area, grid, layers, biome="desert").layers["biome"].data
    assert share(everywhere, "desert", dry) == pytest.approx(0.35, abs=1e-3)


def test_a_soft_region_ends_in_a_wandering_line():
    grid, layers = with_climate(sea=False)
    south = Compass(place="south", depth=0.4, feather=0.15).evaluate(Context(grid))
    biome = run(biome_area, grid, layers, south, biome="desert").layers["biome"].data
    desert = (biome == BIOMES.index("desert")) & (south > 0)
    assert share(biome, "desert", south >= 1) == 1
    edge = desert.argmax(axis=0)  # the northernmost desert cell of each column
    assert np.ptp(edge) >= 6
    assert max(np.bincount(edge)) < 0.5 * grid.cols


@pytest.mark.parametrize("count", [1, 2, 7])
def test_as_many_areas_as_asked_exactly(count):
    grid, layers = with_climate()
    biome = run(biome_area, grid, layers, biome="swamp", share=0.2, count=count).layers["biome"].data
    swamp = biome == BIOMES.index("swamp")
    assert ndimage.label(swamp, np.ones((3, 3)))[1] == count
    assert swamp.sum() == round(0.2 * (layers["water_kind"].data == 0).sum())


def test_snow_seeks_the_heights_and_swamp_the_flats():
    grid, layers = with_climate()
    height = layers["height"].data
    dry = layers["water_kind"].data == 0
    mean = {}
    for name in ("snow", "swamp"):
        biome = run(biome_area, grid, layers, biome=name, share=0.1).layers["biome"].data
        mean[name] = height[biome == BIOMES.index(name)].mean()
    assert mean["swamp"] < height[dry].mean() < mean["snow"]


def test_what_cannot_be_is_said():
    grid, layers = land(64)
    at_sea = np.zeros(grid.shape, np.float32)
    at_sea[:4, :4] = 1
    with pytest.raises(BuildError, match="no dry land for desert"):
        run(biome_area, grid, layers, at_sea, biome="desert")
    with pytest.raises(BuildError, match="separate patches of swamp"):
        run(biome_area, grid, layers, biome="swamp", share=0.01, count=90)


def test_without_a_climate_only_the_area_and_the_water_are_named():
    grid, layers = land(64)
    biome = run(biome_area, grid, layers, biome="farmland", share=0.5).layers["biome"].data
    assert {BIOMES[i] for i in np.unique(biome)} == {"none", "ocean", "farmland"}
