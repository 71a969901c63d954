"""Roads: from settlement to settlement and out to the map's edges, within a grade, cut and filled, with bridges."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from pcgstudio.asset_set import WithAssets, dressed, load_set
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import param
from pcgstudio.world import FloatArray, Instances, Layer, Path

from .kernels.ways import stroke
from .road_crossing import hub_of, lay_arms
from .road_lines import Road, Span, laid, smoothed
from .road_routes import Network, Wish, spur
from .road_survey import Country, spanned, survey, wound

Where = Literal[
    "any", "settlement", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"
]
DECK = 0.8
"""Height of the deck of a bridge's model as a share of its whole height, parapets included."""

BRIDGES = ("arch bridge", "long bridge", "viaduct", "wooden bridge", "gorge bridge")
_ARCH_M, _LONG_M = 16.0, 46.0  # spans up to which a bridge has one arch, and three
_GORGE_M, _ARCH = 12.0, 0.42  # height of a deck from which one wide arch carries it; that arch's height by its length
_BATTER, _REACH = 0.65, 14.0  # rise over run of cuttings and banks; how far they reach at most [m]
_DEAREST = 60.0


class Roads(WithAssets):
    """Parameters of `roads`."""

    count: int = param(
        0, "Exact number of roads; 0 as many as join all settlements, or one across the map.", ge=0, le=24,
        aspect="count", feature="road",
    )  # fmt: skip
    arms: int = param(
        0, "Arms of one crossing near the middle of the region: 4 a crossroads, 3 a fork; 0 lays roads freely.",
        ge=0, le=4, aspect="arms", feature="crossroads",
    )  # fmt: skip
    start: Where = param("any", "Where the first road begins: at a settlement, or at a side of the map.")
    end: Where = param("any", "Where it ends; any takes what is there.")
    max_grade_pct: float = param(
        10, "Steepest rise of a road in metres on 100; steeper ground is climbed in hairpins, cut and filled.",
        unit="%", ge=3, le=30, hints="4 railways and motorways, 10 country roads, 20 mule tracks",
        adjectives={"gentle": 6, "": 10, "steep": 18},
    )  # fmt: skip
    winding: float = param(
        0, "How far it winds, out of its own accord.", ge=0, le=1, feature="road",
        adjectives={"straight": 0, "": 0, "winding": 0.8, "twisting": 0.9, "meandering": 0.9, "snaking": 1},
    )  # fmt: skip
    width_m: float = param(
        5, "Width.", unit="m", ge=1, le=60, log=True, aspect="width", feature="road",
        adjectives={"narrow": 2.5, "thin": 2.5, "": 5, "wide": 10, "broad": 10},
    )  # fmt: skip
    bridges: int = param(
        0, "Exact number of bridges; 0 as many as the way needs.", ge=0, le=24, aspect="count", feature="bridge"
    )
    crossing: bool = param(False, "Whether at least one bridge is wanted, even where the way would not need one.")
    bridge_kind: Literal["stone", "wood"] = param("stone", "What bridges are built of.")
    bridge_max_m: float = param(
        120,
        "Widest water that a bridge crosses.",
        unit="m",
        ge=5,
        le=2000,
        hints="30 a brook, 120 a river, 500 a strait",
    )
    gorges: bool = param(False, "Whether bridges span canyons and valleys too, from rim to rim.")
    clearance_m: float = param(
        1.8, "Height of a bridge's deck above the water.", unit="m", ge=0.3, le=60, hints="1.8 boats, 12 ships"
    )


FEATURES = (
    Feature(
        "road", ("road", "path", "trail", "track", "lane", "dirt road", "footpath", "highway", "cart track", "roadway"),
        layer="route", count_by="ids",
    ),
    Feature(
        "crossroads", ("crossroads", "crossroad", "road crossing", "intersection", "junction"), layer="crossing",
        count_by="none", sets={"arms": 4},
    ),
    Feature("fork", ("fork", "fork in the road", "t-junction", "road fork"), layer="crossing", count_by="none",
            sets={"arms": 3}),
    Feature("bridge", ("bridge", "crossing"), instances="bridge", count_by="instances",
            needs=("road",), sets={"crossing": True}),
    Feature(
        "stone bridge", ("stone bridge", "arch bridge", "arched bridge", "viaduct", "stone viaduct"),
        instances="bridge", species=tuple(b for b in BRIDGES if b != "wooden bridge"),
        count_by="instances", sets={"crossing": True, "bridge_kind": "stone"}, needs=("road",),
    ),
    Feature(
        "wooden bridge", ("wooden bridge", "wood bridge", "footbridge"), instances="bridge", species=("wooden bridge",),
        count_by="instances", sets={"crossing": True, "bridge_kind": "wood"}, needs=("road",),
    ),
)  # fmt: skip


@generator(
    family="settlements",
    stage="road",
    version=3,
    reads=(
        "height", "water_kind", "water_level", "road", "route", "road_cut", "crossing", "building", "wall",
        "settlement", "district", "canyon", "valley", "instances:bridge",
    ),
    writes=("height", "road", "route", "road_cut", "crossing", "instances:bridge"),
    features=FEATURES,
    region="placement",
    source="Galin, Peytavie, Maréchal & Guérin, Procedural generation of roads (2010)",
)  # fmt: skip
def roads(inputs: Inputs, params: Roads, rng: np.random.Generator, tick: Tick) -> Output:
    """Lay roads that join settlements and lead to the map's edges, within a grade, with bridges over water."""
    tick(0.0, "looking for ways")
    if not (inputs.mask >= 0.5).any():
        raise BuildError("the region of the roads holds no ground; move or enlarge it")
    country = survey(inputs, params.width_m, params.bridge_max_m, spanned(inputs, params.gorges))
    seed = int(rng.integers(2**31))
    if params.winding:
        country = wound(country, params.winding, seed)
    roads = _with_bridges(inputs, params, country, seed, tick)
    tick(0.8, "cutting and filling")
    height, paved, cut = _pressed(inputs, roads, params.width_m)
    before = inputs.get("route")
    first = 0 if before is None else int(before.max())
    route = np.zeros(inputs.grid.shape, np.int16) if before is None else before.copy()
    for number, cells in paved.items():
        route[cells] = first + number
    road = _had(inputs, "road") | (route > 0)
    own = load_set(inputs.folder, params.assets) if params.assets else None
    return Output(
        layers={
            "height": Layer(height, "m"),
            "road": Layer.mask(road),
            "route": Layer(route.astype(np.int16), kind="categorical"),
            "road_cut": Layer(cut, "m"),
            "crossing": Layer.mask(_crossing(inputs, params, country)),
        },
        instances=dressed({"bridge": _bridges(roads, params)}, own, seed),
        paths=tuple(_path(one, params.width_m) for one in roads),
    )


def _crossing(inputs: Inputs, params: Roads, country: Country) -> np.ndarray:
    """``(rows, cols)`` the place where the arms of a crossroads or a fork meet, and those of earlier steps."""
    there, grid = _had(inputs, "crossing"), inputs.grid
    if not params.arms:
        return there
    row, col = hub_of(country)
    x, y = country.grid.xs()[col], country.grid.ys()[row]
    away = np.hypot(grid.xs()[None, :] - x, grid.ys()[:, None] - y)
    return np.asarray(there | (away <= max(3 * params.width_m, 2 * grid.cell_size_m)))


def _with_bridges(inputs: Inputs, params: Roads, country: Country, seed: int, tick: Tick) -> list[Road]:
    """Lay roads whose bridges are as many as asked: dearer ones first avoid water, spurs then cross it."""
    built, least = 0, 0
    for turn, cost in enumerate((9.0, 25.0, _DEAREST)):
        tick(0.1 + 0.2 * turn, "finding the cheapest ways")
        wish = Wish(params.count, params.start, params.end, params.max_grade_pct / 100, cost)
        network = Network(country, wish, np.random.Generator(np.random.PCG64(seed)))
        network.lay(lay_arms(network, max(3, params.arms)) if params.arms else 0)
        lines = _lines(inputs, params, network)
        built = sum(len(one.spans) for one in lines)
        least = params.bridges or int(params.crossing)
        for _ in range(least):
            if built >= least:
                break
            spur(network)
            lines = _lines(inputs, params, network)
            if sum(len(one.spans) for one in lines) <= built:
                break
            built = sum(len(one.spans) for one in lines)
        if built == params.bridges or (not params.bridges and built >= least):
            return lines
    if built < least:
        raise BuildError(
            f"only {built} of {least} bridges find water beside the roads to cross; ask for fewer, or for a river"
        )
    raise BuildError(
        f"the roads need {built} bridges and cannot do with {params.bridges}; ask for {built} or leave bridges at 0"
    )


def _lines(inputs: Inputs, params: Roads, network: Network) -> list[Road]:
    """Turn ways over the lattice into lines with heights; a later one takes the height of the one it joins."""
    there, over = _had(inputs, "road"), spanned(inputs, params.gorges)
    grid = inputs.grid
    lines: list[Road] = []
    for number, points in network.found:
        line = smoothed(points, network.country.grid.cell_size_m)
        inside = np.array([[0.0, 0.0], [*grid.extent_m]])
        line = np.clip(line, inside[0], inside[1])
        onto = tuple(bool(there[grid.cells_of(line[[k]])][0]) for k in (0, -1))
        one = laid(_after(inputs, lines, params.width_m), over, line, number, params.max_grade_pct / 100,
                   params.clearance_m, (onto[0], onto[1]))  # fmt: skip
        lines.append(one)
        there = there.copy()
        there[grid.cells_of(np.stack([one.x, one.y], axis=1))] = True
    return lines


def _after(inputs: Inputs, lines: list[Road], width_m: float) -> Inputs:
    """Return the map as it is once these roads are built."""
    if not lines:
        return inputs
    height, _, _ = _pressed(inputs, lines, width_m)
    return replace(inputs, layers={**inputs.layers, "height": Layer(height, "m")})


def _had(inputs: Inputs, name: str) -> np.ndarray:
    before = inputs.get(name)
    return np.zeros(inputs.grid.shape, bool) if before is None else np.asarray(before > 0)


def _pressed(inputs: Inputs, roads: list[Road], width_m: float) -> tuple[FloatArray, dict[int, np.ndarray], FloatArray]:
    """Return the ground with the roads in it, the cells of each road, and how far it was cut (-) or filled (+) [m]."""
    grid, ground = inputs.grid, inputs.height()
    cell = grid.cell_size_m
    half = max(width_m / 2, 0.72 * cell)
    away, level = np.full(grid.shape, np.inf, np.float32), np.zeros(grid.shape, np.float32)
    paved: dict[int, np.ndarray] = {}
    for one in roads:
        own, _ = np.full(grid.shape, np.inf, np.float32), None
        stroke(own, np.zeros(grid.shape, np.float32), one.x, one.y, one.z, cell, half)
        paved[one.number] = paved.get(one.number, np.zeros(grid.shape, bool)) | (own <= half)
        for a, b in _dry(one):
            stroke(away, level, one.x[a:b], one.y[a:b], one.z[a:b], cell, half + _REACH)
    beside = np.maximum(away - (width_m / 2 + 0.75 + 0.4 * cell), 0)
    bank = np.float32(_BATTER) * beside
    shaped = np.clip(ground, level - bank, level + bank)
    share = np.clip(1 - (beside - 0.5 * _REACH) / (0.5 * _REACH), 0, 1)
    share[~np.isfinite(away) | _had(inputs, "water_kind") | _had(inputs, "building")] = 0
    share[(_had(inputs, "road") | _had(inputs, "settlement") | _had(inputs, "wall")) & (away > half)] = 0
    change = np.where(share > 0, (shaped - ground) * share, 0).astype(np.float32)
    before = inputs.get("road_cut")
    return ground + change, paved, change if before is None else before + change


def _dry(one: Road) -> list[tuple[int, int]]:
    """Slices of a road's points that lie on the ground."""
    cuts = [0]
    for span in one.spans:
        cuts += [span.first + 1, span.last]
    cuts.append(len(one.x))
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if b - a >= 2]


def _bridges(roads: list[Road], params: Roads) -> Instances:
    spans = [(one, span) for one in roads for span in one.spans]
    rows, sizes, kinds = [], [], []
    for one, span in spans:
        kind = _species(one, span, params.bridge_kind)
        placed, size = _bridge(one, span, params.width_m, BRIDGES[kind])
        rows.append(placed)
        sizes.append(size)
        kinds.append(kind)
    return Instances(
        np.array(rows, dtype=np.float32).reshape(-1, 5),
        np.array(kinds, dtype=np.int32),
        np.array(sizes, dtype=np.float32).reshape(-1, 3),
        BRIDGES,
    )


def _bridge(one: Road, span: Span, width_m: float, kind: str) -> tuple[list[float], list[float]]:
    """Placement and size of a bridge: its feet in the bed or in the walls of a gorge, its deck at the road's height."""
    x0, y0, x1, y1 = one.x[span.first], one.y[span.first], one.x[span.last], one.y[span.last]
    length = float(np.hypot(x1 - x0, y1 - y0))
    foot = min(span.foot - 0.4, span.deck - 2.2)
    if kind == "gorge bridge":
        foot = max(foot, span.deck - _ARCH * length)
    size = [length, width_m + 1.2, (span.deck - foot) / DECK]
    yaw = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)) % 360)
    return [(x0 + x1) / 2, (y0 + y1) / 2, foot, yaw, 1.0], size


def _species(one: Road, span: Span, kind: str) -> int:
    length = float(np.hypot(one.x[span.last] - one.x[span.first], one.y[span.last] - one.y[span.first]))
    if kind == "wood":
        return BRIDGES.index("wooden bridge")
    if span.deck - span.foot > _GORGE_M:
        return BRIDGES.index("gorge bridge")
    return 0 if length <= _ARCH_M else 1 if length <= _LONG_M else 2


def _path(one: Road, width_m: float) -> Path:
    points = np.stack([one.x, one.y, one.z], axis=1).astype(np.float32)
    return Path("road", points, np.full(len(points), width_m, dtype=np.float32))
