import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.build import (
    SHORE_M,
    StepCache,
    build,
    complete,
    context_of,
    step_mask,
    stream,
)
from pcgstudio.errors import BuildError, Cancelled, InputError, PCGError, TooLargeError
from pcgstudio.generator import Output
from pcgstudio.memory import need_of
from pcgstudio.params import Params
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass, Near, Not, Of, Painted, Range
from pcgstudio.slope import slope_deg
from pcgstudio.world import WATER_KINDS, Grid, Instances, Layer, MeshPart, Path, World

from .toys import everything, register, toy

GRID = Grid(8, 12, 10.0)
SOUTH = Compass(place="south", depth=0.5)


@pytest.fixture
def calls(monkeypatch):
    made = []
    register(monkeypatch, *everything(made).values())
    return made


def recipe(*steps, seed=1):
    """Steps as (generator, params) or (generator, params, region), each named after its generator."""
    return Recipe(
        seed=seed,
        steps=tuple(
            Step(id=name, generator=name, params=params, **({"where": where[0]} if where else {}))
            for name, params, *where in steps
        ),
    )


def names(calls):
    """The generators called since the last look."""
    found = [name for name, _ in calls]
    calls.clear()
    return found


def same(a, b):
    """Whether two worlds hold the same bits."""
    return (
        {n: (x.digest, x.kind, x.source) for n, x in a.layers.items()}
        == {n: (x.digest, x.kind, x.source) for n, x in b.layers.items()}
        and {k: i.digest for k, i in a.instances.items()} == {k: i.digest for k, i in b.instances.items()}
    )  # fmt: skip


FULL = [("ground", {"level_m": 6.0}), ("mark", {"above_m": 5.0}), ("tally", {}), ("dice", {}), ("plant", {})]


def test_nothing_is_built_twice(calls):
    cache = StepCache()
    first = build(recipe(*FULL), GRID, cache=cache)
    assert names(calls) == ["ground", "mark", "tally", "dice", "plant"]
    again = build(recipe(*FULL), GRID, cache=cache)
    assert names(calls) == []
    assert same(first, again)
    assert (cache.hits, cache.misses) == (5, 5)


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [
        ({"dice": {"above_m": 1.0}}, ["dice"]),
        ({"tally": {}}, []),
        ({"mark": {"above_m": 50.0}}, ["mark", "tally"]),
        # the ground moves, but what is marked stays: the count of marks is not made again
        ({"ground": {"level_m": 7.0}}, ["ground", "mark", "plant"]),
        ({"ground": {"level_m": 4.0}}, ["ground", "mark", "tally", "plant"]),
    ],
)
def test_a_change_rebuilds_only_what_reads_something_that_changed(calls, change, rebuilt):
    cache = StepCache()
    build(recipe(*FULL), GRID, cache=cache)
    names(calls)
    edited = recipe(*[(name, change.get(name, params)) for name, params in FULL])
    changed = build(edited, GRID, cache=cache)
    assert names(calls) == rebuilt
    assert same(changed, build(edited, GRID))


def test_a_default_written_out_rebuilds_nothing(calls):
    cache = StepCache()
    build(recipe(("dice", {})), GRID, cache=cache)
    build(recipe(("dice", {"above_m": 5.0})), GRID, cache=cache)
    assert names(calls) == ["dice"]


@pytest.mark.parametrize(
    "where", [Of(feature="mark"), Near(feature="mark", distance_m=15), Not(region=Of(feature="mark"))]
)
def test_a_region_on_a_feature_rebuilds_when_the_feature_moves(calls, where):
    def steps(level, above):
        return recipe(("ground", {"level_m": level, "half": True}), ("mark", {"above_m": above}), ("dice", {}, where))

    cache = StepCache()
    build(steps(6.0, 5.0), GRID, cache=cache)
    names(calls)
    build(steps(7.0, 5.0), GRID, cache=cache)
    assert names(calls) == ["ground", "mark"], "the same cells are marked"
    world = build(steps(7.0, 9.0), GRID, cache=cache)
    assert names(calls) == ["mark", "dice"]
    assert same(world, build(steps(7.0, 9.0), GRID))


def test_a_region_on_a_layer_rebuilds_when_the_layer_changes(calls):
    where = Range(layer="height", minimum=5.5)
    cache = StepCache()
    build(recipe(("ground", {"level_m": 6.0}), ("dice", {}, where)), GRID, cache=cache)
    names(calls)
    world = build(recipe(("ground", {"level_m": 5.0}), ("dice", {}, where)), GRID, cache=cache)
    assert names(calls) == ["ground", "dice"]
    assert not world["dice"].any()


def test_a_region_on_placed_things_rebuilds_when_they_move(calls):
    cache = StepCache()
    near = Of(feature="tree")
    build(recipe(("plant", {}, Compass(place="north", depth=0.25)), ("dice", {}, near)), GRID, cache=cache)
    names(calls)
    moved = recipe(("plant", {}, Compass(place="south", depth=0.25)), ("dice", {}, near))
    world = build(moved, GRID, cache=cache)
    assert names(calls) == ["plant", "dice"]
    assert (world["dice"][-2:] > 0).all()
    assert not world["dice"][:-2].any()


def test_another_seed_grid_region_or_id_is_built_anew(calls):
    cache = StepCache()
    step = Step(id="dice", generator="dice")
    build(Recipe(seed=1, steps=(step,)), GRID, cache=cache)
    variants = [
        (Recipe(seed=2, steps=(step,)), GRID),
        (Recipe(seed=1, steps=(step,)), Grid(8, 12, 11.0)),
        (Recipe(seed=1, steps=(step,)), Grid(9, 12, 10.0)),
        (Recipe(seed=1, steps=(step.model_copy(update={"where": SOUTH}),)), GRID),
        (Recipe(seed=1, steps=(step.model_copy(update={"id": "other"}),)), GRID),
    ]
    names(calls)
    for changed, grid in variants:
        build(changed, grid, cache=cache)
        assert names(calls) == ["dice"]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("ground"), st.fixed_dictionaries({"level_m": st.sampled_from([2.0, 6.0, 7.0])})),
        st.tuples(st.just("mark"), st.fixed_dictionaries({"above_m": st.sampled_from([1.0, 5.0])})),
        st.tuples(st.sampled_from(["tally", "dice", "sea", "plant"]), st.just({})),
    ).flatmap(
        lambda made: st.tuples(
            st.just(made),
            st.sampled_from([None, SOUTH, Of(feature="mark"), Of(feature="tree"), Painted(rows=("90", "05"))]),
            st.booleans(),
        )
    ),
    max_size=6,
)


@given(st.lists(steps, min_size=2, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_shared_cache_never_shows(versions):
    with pytest.MonkeyPatch.context() as patch:
        register(patch, *everything([]).values())
        cache = StepCache()
        for version in versions:
            edited = Recipe(
                steps=tuple(
                    Step(id=f"{name}-{n}", generator=name, params=params, enabled=on, **({"where": w} if w else {}))
                    for n, ((name, params), w, on) in enumerate(version)
                )
            )
            assert same(build(edited, GRID, cache=cache), build(edited, GRID))


def test_the_cache_forgets_the_oldest_and_holds_no_more_than_it_may(calls):
    layer = GRID.rows * GRID.cols * 4
    cache = StepCache(limit_bytes=2 * layer)
    for seed in (1, 2, 3):
        build(recipe(("dice", {}), seed=seed), GRID, cache=cache)
    names(calls)
    build(recipe(("dice", {}), seed=3), GRID, cache=cache)
    build(recipe(("dice", {}), seed=2), GRID, cache=cache)
    assert names(calls) == []
    build(recipe(("dice", {}), seed=1), GRID, cache=cache)
    assert names(calls) == ["dice"]


def test_dice_depend_on_the_seed_and_the_steps_own_id_only(calls):
    def dice(*steps, seed=1):
        return build(recipe(*steps, seed=seed), GRID)["dice"][0, 0]

    alone = dice(("dice", {}))
    assert dice(("ground", {}), ("plant", {}), ("dice", {})) == alone
    assert dice(("dice", {}), ("ground", {})) == alone
    assert dice(("dice", {"above_m": 9.0})) == alone
    assert dice(("dice", {}), seed=2) != alone
    renamed = Recipe(seed=1, steps=(Step(id="other", generator="dice"),))
    assert build(renamed, GRID)["dice"][0, 0] != alone
    assert stream(1, "dice").random(dtype=np.float64) == pytest.approx(float(alone), abs=1e-6)


@pytest.mark.parametrize("number", range(8))
def test_a_tick_that_cancels_stops_at_once_and_leaves_the_cache_sound(calls, number):
    cache, ticks = StepCache(), []

    def tick(fraction, text):
        ticks.append((fraction, text))
        if len(ticks) > number:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled, match="stopped"):
        build(recipe(*FULL, ("sea", {})), GRID, tick, cache)
    assert len(ticks) == number + 1
    assert same(build(recipe(*FULL), GRID, cache=cache), build(recipe(*FULL), GRID))


def test_progress_rises_from_0_and_says_something(calls):
    told = []
    build(recipe(*FULL), GRID, lambda fraction, text: told.append((fraction, text)))
    fractions = [f for f, _ in told]
    assert fractions[0] == 0
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1
    assert all(text for _, text in told)


def test_steps_get_only_what_they_declare_and_cannot_write_it(calls):
    world = build(recipe(("ground", {}), ("mark", {}), ("dice", {}), ("tally", {}, SOUTH)), GRID)
    inputs = dict(calls)["tally"]
    assert set(inputs.layers) == {"marked"}
    assert inputs.get("height") is None
    assert (inputs.mask == np.repeat([0, 1], 4)[:, None]).all()
    with pytest.raises(ValueError, match="read-only"):
        inputs.get("marked")[0, 0] = 1
    assert not world["marked"].flags.writeable


def test_disabled_steps_do_nothing(calls):
    off = recipe(*FULL)
    off = off.with_step(off.step("mark").model_copy(update={"enabled": False}))
    world = build(off, GRID)
    assert "mark" not in names(calls)
    assert "marked" not in world
    assert not world["tally"].any()


def test_every_layer_says_which_step_wrote_it(calls):
    world = build(recipe(*FULL), GRID)
    assert world.layers["height"].source == "ground"
    assert world.layers["tally"].source == "tally"
    assert world.instances["tree"].source == "plant"


def writer(made, *, writes, reads=(), region="mask"):
    """A generator ``write`` that returns what ``made(inputs)`` makes."""

    def write(inputs, _params, _rng, _tick):
        return made(inputs)

    return toy(write, Params, writes=writes, reads=reads, region=region)


def everywhere(grid):
    """One of each kind of layer, and a tree on every cell."""
    ones = np.ones(grid.shape, np.float32)
    x, y = np.meshgrid(grid.xs(), grid.ys())
    place = np.column_stack([x.ravel(), y.ravel(), np.zeros((x.size, 3))]).astype(np.float32)
    trees = Instances(place, np.zeros(x.size, np.int32), np.ones((x.size, 3), np.float32), ("pine",))
    layers = {
        "height": Layer(ones * 4, "m"),
        "wet": Layer.mask(ones),
        "kind": Layer.named(ones * 3, WATER_KINDS),
        "terrace": Layer(ones.astype(np.int16), kind="categorical"),
        "water_level": Layer(ones * 9, "m"),
    }
    return Output(layers, {"tree": trees})


ALL = ("height", "wet", "kind", "terrace", "water_level", "instances:tree")


def test_nothing_outside_the_region_changes(monkeypatch):
    register(monkeypatch, writer(lambda i: everywhere(i.grid), writes=ALL))
    world = build(recipe(("write", {}, SOUTH)), GRID)
    north, south = np.s_[:4], np.s_[4:]
    background = {"height": 0, "wet": 0, "kind": 0, "terrace": -1, "water_level": np.nan}
    inside = {"height": 4, "wet": 1, "kind": 3, "terrace": 1, "water_level": 9}
    for name, value in background.items():
        np.testing.assert_array_equal(world[name][north], value, err_msg=name)
        np.testing.assert_array_equal(world[name][south], inside[name], err_msg=name)
    assert len(world.instances["tree"]) == 4 * GRID.cols
    assert (world.instances["tree"].placement[:, 1] < 40).all()


def test_what_was_there_stays_outside_the_region(monkeypatch, calls):
    toys = everything(calls)
    register(monkeypatch, *toys.values(), writer(lambda i: everywhere(i.grid), writes=ALL))
    world = build(recipe(("ground", {"level_m": 7.0}), ("plant", {}), ("write", {}, SOUTH)), GRID)
    assert (world["height"][:4] == 3).all(), "7 m, and the lowest ground of the map, 4 m, becomes 0"
    assert (world["height"][4:] == 0).all()
    assert len(world.instances["tree"]) == GRID.rows * GRID.cols * 3 // 2


def test_a_soft_region_blends_what_is_continuous_and_switches_the_rest(monkeypatch):
    register(monkeypatch, writer(lambda i: everywhere(i.grid), writes=ALL))
    world = build(recipe(("write", {}, Painted(rows=("0369",)))), Grid(4, 4, 10.0))
    np.testing.assert_allclose(world["height"][0], [0, 4 / 3, 8 / 3, 4], rtol=1e-6)
    for name, before, after in (("wet", 0, 1), ("kind", 0, 3), ("terrace", -1, 1), ("water_level", np.nan, 9)):
        np.testing.assert_array_equal(world[name][0], [before, after, after, after], err_msg=name)
    assert np.unique(world.instances["tree"].placement[:, 0]).tolist() == [15, 25, 35]


def test_a_generator_that_only_places_may_leave_its_region(monkeypatch):
    register(monkeypatch, writer(lambda i: everywhere(i.grid), writes=ALL, region="placement"))
    world = build(recipe(("write", {}, SOUTH)), GRID)
    assert (world["kind"] == 3).all()
    assert len(world.instances["tree"]) == GRID.rows * GRID.cols


def test_an_undeclared_layer_is_refused_by_name(monkeypatch):
    register(monkeypatch, writer(lambda i: everywhere(i.grid), writes=("height", "instances:tree")))
    with pytest.raises(BuildError, match="generator 'write' wrote 'wet', which it does not declare"):
        build(recipe(("write", {})), GRID)


def test_undeclared_things_are_refused_by_name(monkeypatch):
    register(monkeypatch, writer(lambda i: everywhere(i.grid), writes=ALL[:-1]))
    with pytest.raises(BuildError, match="generator 'write' placed 'tree', which it does not declare"):
        build(recipe(("write", {})), GRID)


def test_beds_stay_and_land_stays_dry_when_the_ground_is_raised_or_sunk(calls):
    for level in (50.0, -50.0):
        world = build(recipe(("sea", {}), ("ground", {"level_m": level})), GRID)
        assert (world["height"][:, :6] == -10).all()
        assert (world["height"][:, 6:] == max(level, np.float32(SHORE_M))).all()
        assert (world["water"] == (world["water_level"] == 0)).all()


def test_a_step_that_declares_water_may_move_its_bed(monkeypatch, calls):
    def deepen(inputs):
        kind = inputs.layers["water_kind"]
        return Output({"height": Layer(inputs.height() - 5, "m"), "water_kind": kind})

    register(
        monkeypatch,
        *everything(calls).values(),
        writer(deepen, writes=("height", "water_kind"), reads=("height", "water_kind")),
    )
    world = build(recipe(("sea", {}), ("write", {})), GRID)
    assert (world["height"][:, :6] == -15).all()


def test_without_a_sea_land_may_sink(monkeypatch, calls):
    lake = Layer.named(np.full(GRID.shape, WATER_KINDS.index("lake")) * (np.arange(12) < 3), WATER_KINDS)
    register(
        monkeypatch,
        *everything(calls).values(),
        writer(lambda _i: Output({"water_kind": lake}), writes=("water_kind",)),
    )
    world = build(recipe(("ground", {"level_m": 5.0}), ("write", {}), ("dice", {})), GRID)
    sunk = recipe(("ground", {"level_m": 5.0}), ("write", {}))
    sunk = sunk.model_copy(
        update={"steps": (*sunk.steps, Step(id="sink", generator="ground", params={"level_m": -9.0}))}
    )
    sunk = build(sunk, GRID)
    assert (world["height"] == 0).all()
    assert (sunk["height"][:, :3] == 14).all()
    assert (sunk["height"][:, 3:] == 0).all()


def test_a_failing_step_is_named(monkeypatch):
    def explode(_inputs):
        raise ZeroDivisionError("by nothing")

    def refuse(_inputs):
        raise BuildError("500 lakes do not fit; ask for 12 or fewer")

    def reject(_inputs):
        raise InputError("no")

    register(monkeypatch, writer(explode, writes=()))
    with pytest.raises(BuildError, match=r"step 'write' \(write\) failed: ZeroDivisionError: by nothing") as caught:
        build(recipe(("write", {})), GRID)
    assert caught.value.step == "write"
    register(monkeypatch, writer(refuse, writes=()))
    with pytest.raises(BuildError, match=r"^500 lakes do not fit; ask for 12 or fewer$") as caught:
        build(recipe(("write", {})), GRID)
    assert caught.value.step == "write"
    register(monkeypatch, writer(reject, writes=()))
    with pytest.raises(InputError, match=r"^no$"):
        build(recipe(("write", {})), GRID)


def test_unknown_generators_parameters_and_features_are_refused(calls):
    with pytest.raises(InputError, match="no generator is called 'gruond'; did you mean 'ground'"):
        build(recipe(("gruond", {})), GRID)
    with pytest.raises(PCGError, match="level_m = 500"):
        build(recipe(("ground", {"level_m": 500.0})), GRID)
    with pytest.raises(BuildError, match=r"'moon', which no installed generator makes"):
        build(recipe(("ground", {}, Of(feature="moon"))), GRID)


def test_a_step_whose_region_or_result_fails_is_named(monkeypatch, calls):
    with pytest.raises(BuildError) as caught:
        build(recipe(("ground", {}, Of(feature="moon"))), GRID)
    assert caught.value.step == recipe(("ground", {})).steps[0].id
    register(monkeypatch, writer(lambda i: everywhere(i.grid), writes=ALL[:-1]))
    with pytest.raises(BuildError) as caught:
        build(recipe(("write", {})), GRID)
    assert caught.value.step == recipe(("write", {})).steps[0].id


def test_nothing_is_built_where_memory_is_short(calls, monkeypatch):
    cells = GRID.rows * GRID.cols
    needed = need_of(recipe(("ground", {}))).bytes(cells, 0)
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: needed)
    build(recipe(("ground", {})), GRID)
    names(calls)
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: needed - 1)
    with pytest.raises(TooLargeError, match="are free; free some memory"):
        build(recipe(("ground", {})), GRID)
    assert names(calls) == []


WITH_PLANTS = [
    ("ground", {"level_m": 6.0}),
    ("mark", {}),
    ("plant", {}, Of(feature="mark")),
    ("tally", {}),
    ("dice", {}),
]


@pytest.mark.parametrize(
    ("keep", "built", "left"),
    [
        ((), ["ground"], {"height"}),
        (("tally",), ["ground", "mark", "tally"], {"height", "tally"}),
        (("dice",), ["ground", "dice"], {"height", "dice"}),
        (("instances:tree",), ["ground", "mark", "plant"], {"height"}),
    ],
)
def test_only_what_is_wanted_is_built_and_left(calls, keep, built, left):
    whole = build(recipe(*WITH_PLANTS), GRID)
    names(calls)
    part = build(recipe(*WITH_PLANTS), GRID, keep=keep)
    assert names(calls) == built
    assert set(part.layers) == left
    assert all(part.layers[n].digest == whole.layers[n].digest for n in left)
    assert {k: i.digest for k, i in part.instances.items()} == (
        {k: i.digest for k, i in whole.instances.items()} if "instances:tree" in keep else {}
    )
    assert part.datum_m == whole.datum_m == 6.0


def test_an_empty_recipe_is_a_flat_dry_map(calls):
    world = build(Recipe(), GRID)
    assert not world["height"].any()
    assert not world["water"].any()
    assert np.isnan(world["water_level"]).all()
    assert not world["slope"].any()


def test_the_lowest_ground_is_0_and_everything_moves_along():
    grid = Grid(2, 2, 1.0)
    height = np.array([[12, 14], [16, 20]], np.float32)
    level = np.array([[13, np.nan], [np.nan, np.nan]], np.float32)
    place = np.array([[0.5, 0.5, 16, 90, 2]], np.float32)
    world = World(
        grid,
        {
            "height": Layer(height, "m"),
            "water_level": Layer(level, "m"),
            "water_kind": Layer.named(np.array([[2, 0], [0, 0]]), WATER_KINDS),
        },
        {"tree": Instances(place, np.zeros(1, np.int32), np.ones((1, 3), np.float32), ("pine",))},
        (MeshPart("wall", np.array([[0, 0, 15], [1, 0, 15], [0, 1, 15]], np.float32), np.array([[0, 1, 2]]), "wall"),),
        (Path("river", np.array([[0, 0, 14], [1, 1, 12]], np.float32), np.ones(2, np.float32)),),
    )
    done = complete(world)
    assert done["height"].tolist() == [[0, 2], [4, 8]]
    assert done["water_level"][0, 0] == 1
    assert done.instances["tree"].placement.tolist() == [[0.5, 0.5, 4, 90, 2]]
    assert done.parts[0].vertices.tolist() == [[0, 0, 3], [1, 0, 3], [0, 1, 3]]
    assert done.paths[0].points[:, 2].tolist() == [2, 0]
    assert world["height"][0, 0] == 12, "the world it was made from is untouched"


def test_with_a_sea_its_surface_stays_0(calls):
    world = build(recipe(("ground", {"level_m": 30.0}), ("sea", {})), GRID)
    assert (np.nanmin(world["water_level"]), world["height"].min(), world["height"].max()) == (0, -10, 30)


@given(st.floats(0, 80), st.floats(0, 360), st.floats(0.5, 100))
def test_the_slope_of_a_plane_is_its_inclination(degrees, direction, cell):
    grid = Grid(5, 7, cell)
    east, north = np.tan(np.radians(degrees)) * np.array([np.cos(np.radians(direction)), np.sin(np.radians(direction))])
    plane = (east * grid.xs()[None, :] + north * grid.ys()[:, None]).astype(np.float32)
    np.testing.assert_allclose(slope_deg(plane, cell), degrees, atol=0.05)


def test_a_map_of_one_row_has_no_slope():
    assert slope_deg(np.array([[1, 2, 3]], np.float32), 1.0).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("rows", [2, 63, 64, 65, 129])
def test_slopes_do_not_know_in_which_strips_they_were_taken(rows):
    ground = np.random.default_rng(rows).random((rows, 9), dtype=np.float32)
    south, east = np.gradient(ground, 0.5)
    assert np.array_equal(slope_deg(ground, 0.5), np.degrees(np.arctan(np.hypot(south, east))))


def test_a_region_is_looked_at_as_the_map_stands_before_the_step(calls):
    world = build(recipe(("ground", {"level_m": 6.0, "half": True}), ("mark", {})), GRID)
    step = Step(id="x", generator="dice", where=Of(feature="mark"))
    assert (step_mask(world, step)[4:] == 1).all()
    assert not step_mask(world, step)[:4].any()
    assert context_of(world).layer("nothing") is None
