"""The contract that every installed generator keeps, third-party ones included.

What a generator is excused from stands in a table with the reason in words; whatever stands under `OPEN` is broken and
known, and its test fails as soon as it is mended, so that the line is taken out.
"""

from dataclasses import replace
from functools import cache

import numba
import numpy as np
import pytest
from scipy import ndimage

from pcgstudio.build import BACKGROUND, StepCache, build, quiet, step_mask, stream
from pcgstudio.errors import BuildError, Cancelled, InputError
from pcgstudio.generator import Inputs, get_generator, load_features, load_generators
from pcgstudio.measure import METRICS
from pcgstudio.params import REFERENCE_EXTENT_M, parameters
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle
from pcgstudio.world import World, array_digest

CELLS = 64

MASKS = (
    ("mask_shape", {"points_m": ((300.0, 150.0),), "width_m": 80.0}),
    ("mask_poisson", {"into": "b", "count": 1, "spacing_m": 420.0}),
)
GROUND, SEA, CLIMATE, ROOMS = (
    ("terrain_noise", {"amplitude_m": 60.0, "feature_size_m": 210.0}),
    ("landmass", {"pattern": "coast", "land_fraction": 0.7, "shelf_m": 35.0, "beach_width_m": 16.0}),
    ("climate", {}),
    ("rooms", {"room_count": 8}),
)
BEFORE = {
    "base": (),
    "mask": (GROUND, *MASKS),
    "landmass": (GROUND,),
    "landform": (GROUND,),
    "erosion": (GROUND, SEA),
    "surface": (GROUND,),
    "terrace": (GROUND,),
    "water": (GROUND,),
    "river": (GROUND, SEA),
    "climate": (GROUND, SEA),
    "cover": (GROUND, SEA, CLIMATE),
    "settlement": (GROUND, SEA, CLIMATE),
    "road": (GROUND, SEA, CLIMATE),
    "volume": (GROUND, SEA, CLIMATE),
    "scatter": (GROUND, SEA, CLIMATE),
    "interior": (),
    "role": (ROOMS,),
    "props": (GROUND, SEA, CLIMATE),
}
"""The small world that a generator of each stage is given: what a recipe would hold before it."""

EXTENT_M = {"interior": 128.0, "role": 128.0}
"""Sides of the small world by stage, where it is not `USUAL_M`: dungeons think in cells of one to two metres."""
USUAL_M = 512.0

MODES = {
    "hydraulic_erosion": {
        p: {"mode": "droplet"}
        for p in ("density", "inertia", "capacity", "erosion", "deposition", "evaporation")
    },
    "sea_level": {"level_m": {"mode": "level"}},
    "scatter": {"density_per_ha": {"kind": "rock"}, "grass_cover": {"kind": "grass"}, "spots": {"kind": "grass"}},
}  # fmt: skip
"""Parameters that only count beside another: what to set with them."""

LEAVES_ITS_REGION = {
    "cliffs": "the high ground behind a strip along the coast falls back beyond it",
    "roads": "a road leads to settlements and edges, wherever those are",
    "rivers": "a river begins in the region and runs to water or the edge, wherever that is",
    "sea_level": "water let in at one side stands at one level on the whole map",
    "voxel_caves": "a cave begins in the region and opens where the hillside is, which may lie beyond",
}
NO_DICE = {
    "height_image": "the picture decides it",
    "mask_combine": "two masks decide it",
    "mask_morph": "a mask decides it",
    "mask_select": "a mask or a layer decides it",
    "mask_shape": "its shape decides it",
    "path_between": "the ground decides it",
    "sea_level": "a level or a share decides it",
    "terraces": "the ground decides it",
    "thermal_erosion": "the ground decides it",
}
"""Generators for which another seed makes the same map."""

DICE = {"roles": {"spawns": 2}}
"""Parameters with which dice are thrown at all, where the usual ones go by distance alone."""

OWN_DEVICE = {"biome_area": "the best-suited ground up to an exact share"}
"""Generators that follow no paper, and what they do instead."""

SPANS_MAGNITUDES = {"flow"}
"""Layers whose values are compared by their logarithm."""

AGREE = 0.95
AGREE_LESS = {
    ("thermal_erosion", "height"): (0.9, "screes are a few metres wide, less than a cell of the small map"),
    ("thermal_erosion", "erosion"): (0.92, "the same"),
    ("thermal_erosion", "deposition"): (0.88, "the same"),
    ("hydraulic_erosion", "height"): (0.92, "gullies are narrower than a cell of the small map"),
    ("hydraulic_erosion", "deposition"): (0.78, "the same"),
    ("hydraulic_erosion", "flow"): (0.65, "a catchment gathers on lines one cell wide, which lie a cell apart"),
    ("lakes", "height"): (0.75, "a bank of 7 m is drawn on cells of 8 m"),
    ("path_between", "mask_c"): (0.8, "on coarser ground it takes another way round here and there"),
    ("craters", "ejecta"): (0.9, "it is thickest on the rim, which is thinner than a cell of the small map"),
    ("sea_level", "height"): (-1, "it moves the datum by one amount; what is left is centimetres at the shore"),
    ("rivers", "height"): (0.7, "a bed of 5 m is drawn on cells of 4 m"),
    ("rivers", "water_kind"): (0.75, "one in three rivers takes another way round somewhere"),
    ("rivers", "flow"): (0.7, "a catchment gathers on lines one cell wide, which lie a cell apart"),
    ("rivers", "river_width"): (0.55, "a river of 5 m is drawn on cells of 4 m"),
    ("landmarks", "height"): (-1, "each stands elsewhere where the ground is as good, and is levelled there"),
    ("landmarks", "building"): (-1, "the same"),
    ("roads", "height"): (0.92, "where a road is cut into a slope its bank is a cell of the small map wide"),
    ("roads", "road_cut"): (0.92, "the same"),
    ("settlement", "height"): (0.2, "8 m are levelled on cells of 4 m, and one in five on another lot"),
    ("settlement", "biome"): (0, "a field more or less finds room"),
    ("settlement", "road"): (0.7, "a lane more or less finds room"),
    ("settlement", "settlement"): (0.85, "the same"),
    ("settlement", "district"): (0.85, "the same"),
    ("settlement", "building"): (0.55, "8 m on cells of 4 m, and one in five on another lot"),
    ("settlement", "lot"): (0.1, "numbers count along the streets; one lot more shifts those behind it"),
    ("settlement", "street"): (0.5, "the same"),
}
"""How well two resolutions agree at least where it is less than `AGREE`, and why; see `agreement`."""

COARSE_CELLS = {"maze": 128, "rivers": 128, "roads": 128, "rock_arches": 128, "settlement": 128, "voxel_caves": 128}
"""Cells of the coarser map, where 64 are too few: on cells of 8 m rivers of 5 m choose other springs."""

STREETS = {"settlement": "a lane more or less finds room"}
"""Generators that may lay some more or fewer lines at another resolution, and why."""

OPEN: dict[tuple[str, str], str] = {}
"""(test, generator) to what is broken, known and reported."""

QUICK = {"hydraulic_erosion": {"iterations": 3, "density": 0.05}}
"""What slow generators are run with while one of their other parameters is tried."""

GENERATORS = load_generators()


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On maps as small as these, threads wait for each other longer than they work."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


def each(test, names=None):
    """Parametrise over the installed generators, with the broken ones of `OPEN` marked."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(n, marks=pytest.mark.xfail(strict=True, reason=OPEN[test, n])) if (test, n) in OPEN else n
            for n in (names or GENERATORS)
        ],
    )


def extent_of(name):
    return EXTENT_M.get(GENERATORS[name].stage, USUAL_M)


def defaults(name):
    """Default parameters, lengths that grow with the map as long as this map asks for."""
    factor = extent_of(name) / REFERENCE_EXTENT_M
    return {
        p.name: min(max(p.default * factor, p.minimum), p.maximum)
        for p in parameters(GENERATORS[name].params)
        if p.scales and p.default is not None
    }


def recipe(name, where=None, seed=7, **params):
    """What comes before, then the generator as the step ``it``."""
    one = GENERATORS[name]
    steps = [
        Step(id=n, generator=n, params={k: v for k, v in told.items() if k in get_generator(n).params.model_fields})
        for n, told in BEFORE[one.stage]
        if n != name
    ]
    it = Step(id="it", generator=name, params={**defaults(name), **params}, **({"where": where} if where else {}))
    return Recipe(seed=seed, extent_m=(extent_of(name),) * 2, resolution=CELLS, steps=(*steps, it))


_CACHE = StepCache(1 << 28)


@cache
def world_before(name, cells=CELLS, seed=7):
    """The map as it stands before the step: only what steps wrote, as a build holds it then."""
    whole = recipe(name, seed=seed)
    made = build(whole.model_copy(update={"steps": whole.steps[:-1]}), whole.grid(cells), cache=_CACHE)
    return replace(made, layers={n: layer for n, layer in made.layers.items() if layer.source})


def inputs_of(name, mask=None, world=None):
    world = world or world_before(name)
    reads = GENERATORS[name].reads
    return Inputs(
        world.grid,
        {n: world.layers[n] for n in reads if n in world.layers},
        np.ones(world.grid.shape, np.float32) if mask is None else mask,
        {k: world.instances[k] for n in reads if (k := n.removeprefix("instances:")) in world.instances},
    )


def call(name, params=None, mask=None, tick=quiet, seed=7, world=None):
    """Call the generator alone, as the build does, and return its output."""
    step = Step(id="it", generator=name, params={**defaults(name), **(params or {})})
    return GENERATORS[name].build(inputs_of(name, mask, world), step.parsed(), stream(seed, "it"), tick)


def sound(name, output):
    """Whether an output is what the contract says, whatever the parameters were."""
    one, shape = GENERATORS[name], world_before(name).grid.shape
    assert set(output.layers) <= set(one.writes), "writes a layer that it does not declare"
    for layer_name, layer in output.layers.items():
        assert layer.data.shape == shape, layer_name
        allowed = {"continuous": {"float32"}, "mask": {"uint8"}, "categorical": {"uint8", "int16", "int32"}}[layer.kind]
        assert layer.data.dtype.name in allowed, f"{layer_name} is {layer.data.dtype}"
        if layer_name != "water_level":
            assert np.isfinite(layer.data).all(), f"{layer_name} holds what is no number"
    for kind, placed in output.instances.items():
        assert np.isfinite(placed.placement).all(), kind
        assert (placed.size > 0).all(), f"a {kind} without size"
        assert (placed.placement[:, 4] > 0).all(), f"a {kind} of no scale"
        assert placed.placement.shape == (len(placed), 5)
        assert placed.size.shape == (len(placed), 3)
        assert not len(placed) or 0 <= placed.species.min() <= placed.species.max() < len(placed.names)
    for part in output.parts:
        assert np.isfinite(part.vertices).all()
        assert not len(part.faces) or 0 <= part.faces.min() <= part.faces.max() < len(part.vertices)
    for path in output.paths:
        assert np.isfinite(path.points).all()
        assert len(path.points) == len(path.width_m) >= 2


@cache
def made(name):
    """What it makes with its defaults, and the ticks it gave; shared between tests that only look."""
    told = []
    return call(name, tick=lambda fraction, text: told.append((fraction, text))), told


def one_sentence(error):
    told = str(error)
    assert 20 <= len(told) <= 300, f"no sentence: {told}"
    assert "\n" not in told
    assert " failed: " not in told, told  # how the build wraps an exception that nobody meant


def builds_or_says_why(name, params, mask=None, world=None):
    """Build, or be refused in one sentence; anything else is a failure."""
    try:
        output = call(name, params, mask, world=world)
    except BuildError as error:
        one_sentence(error)
        return None
    if world is None:
        sound(name, output)
    return output


def numeric(name):
    return [p for p in parameters(GENERATORS[name].params) if "int" in p.type or "float" in p.type]


def digest(output):
    """Everything that was made, as one value."""
    return (
        {n: array_digest(layer.data) for n, layer in output.layers.items()},
        {k: array_digest(i.placement, i.species, i.size) for k, i in output.instances.items()},
        [array_digest(p.vertices, p.faces) for p in output.parts],
        [array_digest(p.points, p.width_m) for p in output.paths],
    )


@each("bounds")
def test_every_numeric_parameter_holds_at_both_ends(name):
    for p in numeric(name):
        beside = MODES.get(name, {}).get(p.name, {})
        for end in {p.minimum, p.maximum} - ({p.default} if not beside else set()):
            value = int(end) if "int" in p.type else end
            try:
                builds_or_says_why(name, {**QUICK.get(name, {}), **beside, p.name: value})
            except AssertionError as error:
                raise AssertionError(f"{p.name} = {value}: {error}") from error
            except Exception as error:
                raise AssertionError(f"{p.name} = {value} fails: {type(error).__name__}: {error}") from error


@each("choices")
def test_every_choice_builds(name):
    for p in parameters(GENERATORS[name].params):
        for option in {*p.options, *((True, False) if p.type == "bool" else ())} - {p.default}:
            try:
                builds_or_says_why(name, {**QUICK.get(name, {}), p.name: option})
            except Exception as error:
                raise AssertionError(f"{p.name} = {option}: {type(error).__name__}: {error}") from error


@each("values")
def test_what_it_makes_is_sound(name):
    output, _ = made(name)
    sound(name, output)
    assert output.layers or output.instances or output.parts


@each("declares")
def test_it_writes_only_what_it_declares(name):
    one = GENERATORS[name]
    output, _ = made(name)
    written = {*output.layers, *(f"instances:{k}" for k in output.instances)}
    assert written <= set(one.writes)


@each("alone")
def test_it_stands_alone_where_nothing_was_made_before(name):
    """On a map without a single layer it builds, or says what is missing."""
    builds_or_says_why(name, {}, world=World(world_before(name).grid))


@each("inputs")
def test_it_leaves_its_inputs_alone(name):
    inputs = inputs_of(name)
    before = [array_digest(layer.data) for layer in inputs.layers.values()]
    things = [array_digest(i.placement, i.species, i.size) for i in inputs.instances.values()]
    step = Step(id="it", generator=name, params=defaults(name))
    output = GENERATORS[name].build(inputs, step.parsed(), stream(7, "it"), quiet)
    assert before == [array_digest(layer.data) for layer in inputs.layers.values()]
    assert things == [array_digest(i.placement, i.species, i.size) for i in inputs.instances.values()]
    assert (inputs.mask == 1).all()
    assert all(not layer.data.flags.writeable for layer in inputs.layers.values())
    made = [layer.data for layer in output.layers.values()]
    given = [inputs.mask, *(layer.data for n, layer in inputs.layers.items() if n not in output.layers)]
    assert not any(np.shares_memory(a, b) for a in made for b in given), "a new layer is a view of an old one"


@each("same")
def test_the_same_seed_makes_the_same_on_any_number_of_threads(name):
    once = digest(made(name)[0])
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    try:
        assert digest(call(name)) == once
    finally:
        numba.set_num_threads(1)


@each("seeds")
def test_another_seed_makes_another(name):
    dice = DICE.get(name, {})
    first = call(name, dice, seed=7) if dice else made(name)[0]
    different = digest(first) != digest(call(name, dice, seed=8))
    assert different != (name in NO_DICE), NO_DICE.get(name)


@each("cancel")
def test_it_can_be_cancelled_and_reports_progress(name):
    _, told = made(name)
    fractions = [f for f, _ in told]
    assert len(told) >= 2, "nobody could stop it or see it move"
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
    assert all(text.strip() for _, text in told)
    for number in {1, len(told) // 2 + 1}:
        left = [number]

        def stop(_fraction, _text, left=left):
            left[0] -= 1
            if not left[0]:
                raise Cancelled("stopped")

        with pytest.raises(Cancelled, match="stopped"):
            call(name, tick=stop)
        assert left == [0], "it went on after the user stopped it"


def masked_ones():
    return [n for n, g in GENERATORS.items() if g.region == "mask"]


def test_only_the_excused_may_leave_their_region():
    placing = {n for n, g in GENERATORS.items() if g.region == "placement"}
    assert placing == set(LEAVES_ITS_REGION), "say in LEAVES_ITS_REGION why its work cannot end at the region"


@each("region", masked_ones())
def test_it_stays_in_its_region(name):
    side = extent_of(name)
    where = Circle(centre_m=(0.5 * side, 0.55 * side), radius_m=0.33 * side, feather_m=0.05 * side)
    whole = recipe(name, where)
    before = build(whole.model_copy(update={"steps": whole.steps[:-1]}), whole.grid(), cache=_CACHE)
    after = build(whole, cache=_CACHE)
    mask = step_mask(before, whole.step("it"))
    outside = mask == 0
    shift = before["height"] - after["height"]
    assert np.ptp(shift[outside]) < 1e-3, "the ground moved outside"
    for layer_name in set(after.layers) - {"height", "slope", "water_level"}:
        old = before.layers[layer_name].data if layer_name in before else BACKGROUND.get(layer_name, 0)
        assert (after[layer_name] == old)[outside].all(), f"{layer_name} changed outside"
    assert (np.isnan(after["water_level"]) == np.isnan(before["water_level"]))[outside].all()
    for kind, placed in after.instances.items():
        old = before.instances.get(kind)
        there = {tuple(p) for p in old.placement[:, :2].tolist()} if old is not None else set()
        added = np.array([tuple(p) not in there for p in placed.placement[:, :2].tolist()], dtype=bool)
        assert (mask[after.grid.cells_of(placed.placement[added])] > 0).all(), f"a {kind} stands outside"
    near = ndimage.binary_dilation(~outside, np.ones((3, 3)))
    shapes = [p.vertices for p in after.parts[len(before.parts) :]]
    shapes += [p.points for p in after.paths[len(before.paths) :]]
    assert all(near[after.grid.cells_of(points)].all() for points in shapes), "its geometry leaves the region"
    changed = any(
        layer_name not in before or (after[layer_name] != before[layer_name])[~outside].any()
        for layer_name in set(GENERATORS[name].writes) & set(after.layers) - {"water_level"}
    )
    assert changed or things(after) > things(before), "it did nothing inside"


def things(world):
    return sum(map(len, world.instances.values()))


@each("nowhere")
def test_a_region_without_a_cell_changes_nothing_or_is_refused(name):
    whole = recipe(name, Circle(centre_m=(-500, -500), radius_m=1))
    before = build(whole.model_copy(update={"steps": whole.steps[:-1]}), whole.grid(), cache=_CACHE)
    try:
        after = build(whole, cache=_CACHE)
    except BuildError as error:
        one_sentence(error)
        return
    assert np.ptp(before["height"] - after["height"]) < 1e-3
    assert (before["water_kind"] == after["water_kind"]).all()
    assert things(before) == things(after)


def agreement(coarse, fine, before_coarse, before_fine):
    """How far what a step made agrees at two resolutions, from -1 to 1, by layer.

    Continuous layers are compared as the change that the step made, by correlation; masks and categories by the cells
    that it changed: the share of those that hold the same at the other resolution, a cell of slack at outlines.
    """
    told = {}
    for layer_name, layer in coarse.layers.items():
        if layer.source != "it" or layer_name == "water_level":
            continue
        now = [w.layers[layer_name].data for w in (coarse, fine)]
        old = [_before(w, layer_name, a) for w, a in zip((before_coarse, before_fine), now, strict=True)]
        if layer.kind == "continuous":
            if layer_name in SPANS_MAGNITUDES:
                now, old = [np.log1p(a) for a in now], [np.log1p(a) for a in old]
            small, large = now[0] - old[0], pooled(now[1] - old[1])
            told[layer_name] = float(np.corrcoef(small.ravel(), large.ravel())[0, 1]) if small.std() else 1.0
        else:
            fine_now, fine_changed = now[1][::2, ::2], (now[1] != old[1])[::2, ::2]
            told[layer_name] = common(now[0], now[0] != old[0], fine_now, fine_changed)
    return told


def _before(world, name, like):
    return world.layers[name].data if name in world.layers else np.full_like(like, BACKGROUND.get(name, 0))


def pooled(fine):
    rows, cols = fine.shape
    return fine.reshape(rows // 2, 2, cols // 2, 2).mean(axis=(1, 3))


def common(a, a_changed, b, b_changed):
    """Share of the changed cells of both that hold the same, within a cell, in the other."""
    hits = total = 0
    for one, other, here in ((a, b, a_changed), (b, a, b_changed)):
        same = np.zeros(one.shape, bool)
        wide = np.pad(other, 1, mode="edge")
        for r in range(3):
            for c in range(3):
                same |= one == wide[r : r + one.shape[0], c : c + one.shape[1]]
        hits, total = hits + int((same & here).sum()), total + int(here.sum())
    return hits / total if total else 1.0


@each("resolution")
@pytest.mark.parametrize("seed", [1, 3])
def test_twice_the_resolution_is_the_same_landscape(name, seed):
    whole = recipe(name, seed=seed)
    cells = COARSE_CELLS.get(name, CELLS)
    maps = [(build(whole, whole.grid(n), cache=_CACHE), world_before(name, n, seed)) for n in (cells, 2 * cells)]
    (coarse, before_coarse), (fine, before_fine) = maps
    for layer_name, value in agreement(coarse, fine, before_coarse, before_fine).items():
        least, _why = AGREE_LESS.get((name, layer_name), (AGREE, ""))
        assert value >= least, f"{layer_name} agrees to {value:.2f} only"
    for kind in coarse.instances:
        few, many = len(coarse.instances[kind]), len(fine.instances[kind])
        assert abs(few - many) <= 1 + 0.1 * max(few, many), f"{few} against {many} {kind} instances"
    lines = [[p.kind for p in world.paths] for world in (coarse, fine)]
    assert lines[0] == lines[1] or (name in STREETS and abs(len(lines[0]) - len(lines[1])) <= 0.4 * len(lines[1]))


@each("words")
def test_its_documentation_is_complete(name):
    one = GENERATORS[name]
    assert one.summary.endswith(".")
    assert len(one.summary) <= 160
    assert one.family
    assert one.source or name in OWN_DEVICE, "no paper or textbook is named"
    for p in parameters(one.params):
        assert p.text.strip().endswith("."), f"{p.name} is not described in a sentence"
        if p in numeric(name):
            assert p.minimum is not None, f"{p.name} has no lower bound"
            assert p.maximum is not None, f"{p.name} has no upper bound"
            values = [v for v in (p.default, *p.adjectives.values()) if v is not None]
            assert all(p.minimum <= v <= p.maximum for v in values), f"{p.name} has words or a default out of bounds"
        if "float" in p.type:
            assert p.unit or p.hints or p.adjectives, f"{p.name} has no unit, and nothing says what its numbers mean"
        assert p.aspect in METRICS or not p.aspect, f"{p.name} drives '{p.aspect}', which nothing measures"
        assert p.direction in (1, -1)
        assert set(p.choices) <= set(p.options), f"{p.name} has words for options that it has not"
        assert not p.feature or p.feature in load_features(), f"{p.name} drives the unknown feature '{p.feature}'"


@each("features")
def test_its_features_can_be_asked_for_and_found(name):
    one = GENERATORS[name]
    for f in one.features:
        assert f.name in f.words, f"{f.name} is not among its own words"
        assert all(w == w.lower().strip() for w in f.words)
        assert f.layer or f.instances or f.count_by == "none", f"{f.name} is nowhere"
        assert not f.layer or f.layer in one.writes, f"{f.name} lies in '{f.layer}', which it does not write"
        assert not f.instances or f"instances:{f.instances}" in one.writes, f"{f.name}: placed without being declared"
        assert set(f.needs) <= set(load_features())
        assert not f.same_as or {f.same_as[0], f.same_as[2]} <= set(load_features())
        Step(id="it", generator=name, params=dict(f.sets)).parsed()


def test_no_generator_is_missing_from_the_natural_order():
    assert {g.stage for g in GENERATORS.values()} <= set(BEFORE)
    with pytest.raises(InputError):
        get_generator("no_such_generator")
