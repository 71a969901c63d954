"""Recipe to world: steps in order, each from its own random stream, rebuilt only where something it reads changed."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import NDArray

from .errors import BuildError, PCGError
from .feature import feature_mask
from .files import user_file
from .generator import Generator, Inputs, Output, Tick, get_generator, load_features
from .hold import held
from .memory import check_memory
from .recipe import Hold, Recipe, Step
from .region import Context, Everywhere
from .slope import slope_deg
from .step_cache import Made, StepCache
from .wanted import touched, turns
from .world import WATER_KINDS, FloatArray, Grid, Layer, World

__all__ = [
    "BACKGROUND", "SHORE_M", "StepCache", "build", "check_memory", "complete", "context_of", "quiet", "run_steps",
    "step_mask", "stream",
]  # fmt: skip

BACKGROUND: Mapping[str, float] = {"terrace": -1, "water_level": np.nan}
"""Value of a layer outside every step's region, where it is not 0."""

SHORE_M = 0.05
"""How far above and below the sea land and sea bed are held, so that a coast once drawn stays where it is."""


def quiet(_fraction: float, _text: str) -> None:
    """Do nothing: the tick of a build nobody watches."""


def build(
    recipe: Recipe,
    grid: Grid | None = None,
    tick: Tick = quiet,
    cache: StepCache | None = None,
    folder: FilePath = FilePath(),
    keep: Iterable[str] | None = None,
) -> World:
    """Build the world of a recipe.

    Parameters
    ----------
    recipe : Recipe
        What to build.
    grid : Grid, optional
        The lattice; the recipe's own by default.
    tick : callable
        Progress and cancellation.
    cache : StepCache, optional
        Reuses the steps whose inputs did not change.
    folder : pathlib.Path
        Where the files lie that steps name: beside the recipe.
    keep : iterable of str, optional
        Layers and ``instances:<kind>`` that are wanted in the end, beside ``height`` and ``water_kind``; by default
        everything. The rest is not built where nothing wanted hangs on it, and dropped after its last reader.

    Raises
    ------
    TooLargeError
        The grid would not fit into memory.
    BuildError
        A generator failed; the message names the step.
    Cancelled
        ``tick`` raised it.
    """
    grid = grid or recipe.grid()
    keep = None if keep is None else frozenset(keep)
    check_memory(recipe, grid, keep, cache.limit_bytes if cache is not None else 0)
    if recipe.hold is not None:
        return _with_hold(recipe, recipe.hold, grid, tick, cache, folder)
    world = run_steps(recipe, grid, tick, cache, folder, keep)
    return complete(world) if keep is None else _on_datum(world)


def run_steps(
    recipe: Recipe,
    grid: Grid,
    tick: Tick = quiet,
    cache: StepCache | None = None,
    folder: FilePath = FilePath(),
    keep: frozenset[str] | None = None,
) -> World:
    """Run the steps and nothing else: the world as the last of them leaves it, on no datum (see `build`)."""
    order = turns(recipe.steps, keep)
    world = World(grid)
    for number, turn in enumerate(order):

        def inner(fraction: float, text: str, number: int = number, step: Step = turn.step) -> None:
            tick((number + min(max(fraction, 0.0), 1.0)) / len(order), text or step.purpose or step.generator)

        inner(0.0, "")
        world = _only(_run(world, turn.step, recipe.seed, inner, cache, folder), turn.after)
    return world


def _only(world: World, wanted: frozenset[str] | None) -> World:
    """Drop all that nobody wants any more."""
    if wanted is None:
        return world
    return World(
        world.grid,
        {n: layer for n, layer in world.layers.items() if n in wanted},
        {k: placed for k, placed in world.instances.items() if f"instances:{k}" in wanted},
    )


def _with_hold(recipe: Recipe, hold: Hold, grid: Grid, tick: Tick, cache: StepCache | None, folder: FilePath) -> World:
    """Build the earlier map and the present one, and keep the held region of the first."""
    if recipe.extent_m != hold.recipe.extent_m:
        size = " x ".join(f"{side:g}" for side in hold.recipe.extent_m)
        raise BuildError(f"a region is locked as it was on a map of {size} m; keep that size or take out the lock")
    cache = cache if cache is not None else StepCache()  # both maps share most of their steps
    earlier = build(hold.recipe, grid, lambda done, text: tick(done / 2, text), cache, folder)
    free = recipe.model_copy(update={"hold": None})
    world = build(free, grid, lambda done, text: tick(0.5 + done / 2, text), cache, folder)
    sea = [bool((w["water_kind"] == WATER_KINDS.index("sea")).any()) for w in (earlier, world)]
    if sea == [False, True]:
        raise BuildError("a region is locked on a map without a sea, so none can be let in; take out one of them")
    world = _lowered(world, earlier.datum_m - world.datum_m)
    return held(world, earlier, hold.region.evaluate(context_of(earlier)), BACKGROUND, SHORE_M)


def stream(seed: int, step_id: str) -> np.random.Generator:
    """Return the random stream of a step: it depends on the recipe's seed and the step's id, on nothing else."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(step_id.encode())])))


def _run(world: World, step: Step, seed: int, tick: Tick, cache: StepCache | None, folder: FilePath) -> World:
    if cache is None:
        made = _attempted(world, step, seed, tick, folder)
    else:
        key = _key(world, step, get_generator(step.generator), seed, folder)
        found = cache.get(key) or cache.instead(step, world)
        made = found or _attempted(world, step, seed, tick, folder)
        if found is None:
            cache.put(key, made)
        cache.note(step, world, made)
    return replace(
        world,
        layers={**world.layers, **made.layers},
        instances={**world.instances, **made.instances},
        parts=world.parts + made.parts,
        paths=world.paths + made.paths,
    )


def _attempted(world: World, step: Step, seed: int, tick: Tick, folder: FilePath) -> Made:
    """Make what a step makes; whatever goes wrong says which step it was."""
    try:
        return _make(world, step, get_generator(step.generator), seed, tick, folder)
    except BuildError as error:
        error.step = step.id
        raise
    except PCGError:
        raise
    except Exception as error:
        failed = BuildError(f"step '{step.id}' ({step.generator}) failed: {type(error).__name__}: {error}")
        failed.step = step.id
        raise failed from error


def _make(world: World, step: Step, made_by: Generator, seed: int, tick: Tick, folder: FilePath) -> Made:
    mask = step_mask(world, step)
    inputs = Inputs(
        world.grid,
        {n: world.layers[n] for n in made_by.reads if n in world.layers},
        mask,
        {k: world.instances[k] for n in made_by.reads if (k := n.removeprefix("instances:")) in world.instances},
        folder,
    )
    output = made_by.build(inputs, step.parsed(), stream(seed, step.id), tick)
    return _merge(world, step, made_by, mask, output)


def step_mask(world: World, step: Step) -> FloatArray:
    """``(rows, cols) float32`` in [0, 1]: the step's region on the world as it stands before the step."""
    if isinstance(step.where, Everywhere):
        return np.ones(world.grid.shape, dtype=np.float32)
    return step.where.evaluate(context_of(world))


def context_of(world: World) -> Context:
    """Return what a region may look at in a world."""
    features = load_features()

    def mask(name: str) -> NDArray[np.bool_]:
        if name not in features:
            raise BuildError(f"a region names the feature '{name}', which no installed generator makes")
        return feature_mask(features[name], world.grid, world.layers, world.instances)

    return Context(world.grid, lambda n: world.layers[n].data if n in world.layers else None, mask)


def _key(world: World, step: Step, made_by: Generator, seed: int, folder: FilePath) -> str:
    """Hash all the step's result depends on: itself, its dice, and the content of what it reads or merges into."""
    contents = {}
    for name in sorted(touched(step)):
        held = world.instances.get(name.removeprefix("instances:")) if ":" in name else world.layers.get(name)
        contents[name] = held.digest if held is not None else None
    told = [
        made_by.name, made_by.version, step.parsed().model_dump(mode="json"), step.where.model_dump(mode="json"),
        step.id, seed, world.grid.shape, world.grid.cell_size_m, world.grid.draft, contents,
        _file_digests(step, folder),
    ]  # fmt: skip
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()


def _file_digests(step: Step, folder: FilePath) -> list[str]:
    """Return the hash of every file of the user's that the step reads."""
    try:
        contents = [user_file(folder, name).read_bytes() for name in step.parsed().files_in(folder)]
    except BuildError as error:
        error.step = step.id
        raise
    return [hashlib.blake2b(content, digest_size=16).hexdigest() for content in contents]


def _merge(world: World, step: Step, made_by: Generator, mask: FloatArray, output: Output) -> Made:
    """Take a step's output into the world: inside its region only, without moving a coast it does not write."""
    held_to_mask = made_by.region == "mask"
    layers: dict[str, Layer] = {}
    for name, layer in output.layers.items():
        if name not in made_by.writes:
            raise BuildError(f"generator '{made_by.name}' wrote '{name}', which it does not declare")
        merged = _merged_layer(world, name, layer, mask if held_to_mask else None)
        if name == "height" and "water_kind" not in made_by.writes:
            merged = _hold_water(world, merged)
        layers[name] = replace(layer, data=merged, source=step.id)
    instances = {}
    for kind, placed in output.instances.items():
        if f"instances:{kind}" not in made_by.writes:
            raise BuildError(f"generator '{made_by.name}' placed '{kind}', which it does not declare")
        mine = replace(placed, source=step.id)
        if held_to_mask and len(mine):
            mine = mine.keep(mask[world.grid.cells_of(mine.placement)] > 0)
        instances[kind] = world.instances[kind].joined(mine) if kind in world.instances else mine
    return Made(
        layers,
        instances,
        tuple(replace(p, source=step.id) for p in output.parts),
        tuple(replace(p, source=step.id) for p in output.paths),
    )


def _merged_layer(world: World, name: str, layer: Layer, mask: FloatArray | None) -> NDArray[np.generic]:
    if mask is None or mask.min() >= 1:
        return layer.data
    old = world.layers.get(name)
    before = old.data if old is not None else np.full_like(layer.data, BACKGROUND.get(name, 0))
    if layer.kind == "continuous" and name != "water_level":
        return np.asarray(before + (layer.data - before) * mask, dtype=layer.data.dtype)
    return np.where(mask > 0, layer.data, before.astype(layer.data.dtype))


def _hold_water(world: World, height: NDArray[np.generic]) -> NDArray[np.generic]:
    """Keep beds under water as they were, and dry land above the sea."""
    water = world.layers.get("water_kind")
    old = world.layers.get("height")
    if water is None or old is None:
        return height
    held = np.where(water.data > 0, old.data, height)
    if (water.data == WATER_KINDS.index("sea")).any():
        held = np.where(water.data == 0, np.maximum(held, np.float32(SHORE_M)), held)
    return held.astype(np.float32)


def complete(world: World) -> World:
    """Add what every map has: height, water layers, slope; and put z = 0 on the sea or the lowest ground."""
    grid, layers = world.grid, dict(world.layers)
    layers.setdefault("height", Layer(np.zeros(grid.shape, np.float32), "m"))
    layers.setdefault("water_kind", Layer.named(np.zeros(grid.shape), WATER_KINDS))
    layers.setdefault("water_level", Layer(np.full(grid.shape, np.nan, np.float32), "m"))
    kind = layers["water_kind"].data
    layers["water"] = Layer.mask(kind > 0)
    layers["slope"] = Layer(slope_deg(layers["height"].data, grid.cell_size_m), "deg")
    return _on_datum(replace(world, layers=layers))


def _on_datum(world: World) -> World:
    """Put z = 0 on the sea, or on the lowest ground where there is none."""
    kind, height = (world.layers.get(n) for n in ("water_kind", "height"))
    if height is None or (kind is not None and (kind.data == WATER_KINDS.index("sea")).any()):
        return world
    lowest = float(height.data.min())
    return world if lowest == 0 else _lowered(world, lowest)


def _lowered(world: World, by_m: float) -> World:
    drop = np.float32(by_m)
    down = np.array([0, 0, drop], dtype=np.float32)
    layers = dict(world.layers)
    for name in ("height", "water_level"):
        if name not in layers:
            continue
        layers[name] = replace(layers[name], data=layers[name].data - drop)
    instances = {
        k: replace(i, placement=i.placement - np.array([0, 0, drop, 0, 0], dtype=np.float32))
        for k, i in world.instances.items()
    }
    return replace(
        world,
        layers=layers,
        instances=instances,
        parts=tuple(replace(p, vertices=p.vertices - down) for p in world.parts),
        paths=tuple(replace(p, points=p.points - down) for p in world.paths),
        datum_m=world.datum_m + by_m,
    )
