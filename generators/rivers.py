"""Rivers: an exact number of them, from spring to mouth, always downhill, each in a bed of its own."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import label

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Params, param
from pcgstudio.world import WATER_KINDS, FloatArray, Layer, Path

from .clearings import numbered
from .kernels.flow import accumulate, fill_depressions, flow_receivers, map_border
from .river_beds import Channel, Mask, carve
from .river_falls import chosen, marked, natural, stepped
from .river_lines import Line, cut_at_water, draw_line, with_levels
from .river_routes import Route, find_routes, without
from .river_survey import LATTICE, Asked, Mouth, Side, Source, Valleys, survey

RIVER = WATER_KINDS.index("river")
_SPACINGS = (9, 14, 22, 36, 64)
"""Distance between rivers as a divisor of the map's side, tried from wide to narrow."""
_TRIES = 10


class Rivers(Params):
    """Parameters of `rivers`."""

    count: int = param(1, "Exact number of rivers.", ge=1, le=40, aspect="count", feature="river")
    source: Source = param("any", "Where they begin: at springs, at the map's edge, or out of a lake.")
    mouth: Mouth = param(
        "any", "Where they end: any water or the map's edge, the sea, a lake, the edge, another river."
    )
    from_side: Side = param("any", "Side of the map they begin on.")
    toward: Side = param("any", "Side of the map they end on.")
    min_length_m: float = param(
        0, "Shortest course that counts as a river; they are as long as the land allows.",
        unit="m", ge=0, le=200000, scales=True, aspect="length", adjectives={"": 0, "long": 450},
    )  # fmt: skip
    width_m: float = param(
        9, "Width at the mouth; narrower toward the spring.", unit="m", ge=0.5, le=5000, log=True, scales=True,
        aspect="width", feature="river",
        adjectives={"narrow": 4.5, "thin": 4.5, "": 9, "wide": 22, "broad": 22, "mighty": 32},
    )  # fmt: skip
    carve_depth_m: float = param(
        2, "Depth of the water at the mouth.", unit="m", ge=0.1, le=200, log=True, aspect="depth", feature="river",
        adjectives={"shallow": 0.8, "": 2, "deep": 5},
    )  # fmt: skip
    meander: float = param(
        0.5, "How much they wind where the land is flat.", ge=0, le=1,
        adjectives={"straight": 0, "": 0.5, "winding": 0.85, "meandering": 1, "snaking": 1},
    )  # fmt: skip
    waterfalls: int | None = param(
        None, "Exact number of waterfalls, all rivers together; empty: where the water comes down a cliff or a step.",
        ge=0, le=40, aspect="count", feature="waterfall",
    )  # fmt: skip
    waterfall_m: float = param(
        14, "Height of the waterfalls that are asked for, less where the land falls less.", unit="m", ge=1, le=1000,
        scales=True, aspect="height", adjectives={"low": 8, "small": 8, "": 14, "high": 28, "tall": 28, "huge": 45},
        feature="waterfall",
    )  # fmt: skip
    falls_within_m: float | None = param(
        None, "How close to the mouth waterfalls that are asked for lie; empty: where the rivers are steepest.",
        unit="m", ge=1, le=200000, scales=True,
    )  # fmt: skip
    through_centre: bool = param(False, "Whether the first one crosses the middle of the map.")


@generator(
    family="terrain",
    stage="river",
    version=3,
    reads=("height", "water_kind", "water_level", "flow", "river_width", "waterfall", "cliff"),
    writes=("height", "water_kind", "water_level", "flow", "river_width", "waterfall"),
    features=(
        Feature("river", ("river", "stream", "creek", "brook"), "water_kind", ("river",), count_by="paths"),
        Feature("waterfall", ("waterfall", "cascade", "cataract"), "waterfall", count_by="ids", needs=("river",)),
    ),
    region="placement",
    source="Barnes et al. 2014; O'Callaghan & Mark 1984; Metz et al. 2011; Leopold & Maddock 1953",
)  # fmt: skip
def rivers(inputs: Inputs, params: Rivers, rng: np.random.Generator, tick: Tick) -> Output:
    """Lay rivers where water would run, from springs in the region down to water or to the map's edge."""
    tick(0.0, "looking where water runs")
    asked = Asked(
        params.count, params.source, params.mouth, params.from_side, params.toward, params.min_length_m,
        params.width_m, params.meander, params.through_centre,
    )  # fmt: skip
    valleys = survey(inputs, asked, rng)
    seeds = [int(v) for v in rng.integers(2**31, size=params.count)]
    lines, channel = _laid(inputs, valleys, asked, params.carve_depth_m, seeds, tick)
    tick(0.75, "looking for falls")
    if params.waterfalls is None:
        falls = natural(inputs.grid, lines, _cliffs(inputs))
    else:
        falls = chosen(inputs.grid, lines, params.waterfalls, params.waterfall_m, params.falls_within_m)
    if falls:
        lines = stepped(lines, falls)
        channel = carve(inputs, lines)
    tick(0.8, "gathering the catchments")
    layers = _layers(inputs, channel)
    number = numbered(inputs.get("waterfall"), marked(inputs.grid, lines, falls, channel.wet))
    layers["waterfall"] = Layer(number, kind="categorical")
    return Output(layers, paths=tuple(_path(line) for line in lines))


def _cliffs(inputs: Inputs) -> Mask:
    """``(rows, cols) bool`` cliffs of earlier steps."""
    cliff = inputs.get("cliff")
    return np.zeros(inputs.grid.shape, bool) if cliff is None else cliff > 0


def _laid(
    inputs: Inputs, valleys: Valleys, asked: Asked, depth_m: float, seeds: list[int], tick: Tick
) -> tuple[list[Line], Channel]:
    """Find room for all rivers: wide apart if that goes, closer otherwise, and drop what turns out to touch."""
    side = max(inputs.grid.extent_m)
    least = asked.width_m * (1 + 0.5 * asked.meander) + 5 * max(inputs.grid.cell_size_m, side / LATTICE)
    longest = 0.4 * side if asked.mouth == "river" else np.inf
    caps = [longest, *(1.6 * side / np.sqrt(asked.count * k) for k in range(1, len(_SPACINGS)))]
    spacings = [(max(side / n, least), max(cap, asked.min_length_m)) for n, cap in zip(_SPACINGS, caps, strict=True)]
    most, first = 0, 0
    for number in range(_TRIES):
        tick(0.1 + 0.6 * number / _TRIES, "laying the courses")
        routes = find_routes(valleys, asked, spacings[first:])
        if len(routes) < asked.count:
            most = max(most, len(routes) - number)
            break
        lines = [_line(inputs, r, asked, seed) for r, seed in zip(routes, seeds, strict=True)]
        unfit = [route for route, line in zip(routes, lines, strict=True) if line is None]
        for route in unfit:
            valleys = without(valleys, route)
        if not unfit:
            sound = [with_levels(inputs, n, asked, depth_m) for n in lines if n is not None]
            channel = carve(inputs, sound)
            parts = label(channel.wet, structure=np.ones((3, 3)))[1]
            if asked.mouth == "river" or parts == asked.count:
                return sound, channel
            first = min(first + 1, len(spacings) - 1)
            most = max(most, parts)
        most = max(most, asked.count - max(len(unfit), 1))
    raise BuildError(_too_few(asked, max(most, 0)))


def _too_few(asked: Asked, most: int) -> str:
    told = f" of at least {asked.min_length_m:g} m" if asked.min_length_m > 0 else ""
    cure = f"ask for {most} or fewer" if most else "widen the region or the choice of sources and mouths"
    plural = "s" if asked.count > 1 else ""
    return f"{asked.count} river{plural}{told} find no room here, {most} would; {cure}"


def _line(inputs: Inputs, route: Route, asked: Asked, seed: int) -> Line | None:
    """Draw a course as winding as it may be without running into water that is not its mouth."""
    for share in (1.0, 0.4, 0.0):
        line = cut_at_water(inputs, draw_line(inputs, route, asked, asked.meander * share, seed), asked)
        if line is not None:
            return line
    return None


def _layers(inputs: Inputs, channel: Channel) -> dict[str, Layer]:
    """Add the rivers to the water that is already there."""
    grid = inputs.grid
    kind, level, width = (inputs.get(name) for name in ("water_kind", "water_level", "river_width"))
    kind = np.zeros(grid.shape, np.uint8) if kind is None else kind
    level = np.full(grid.shape, np.nan, np.float32) if level is None else level
    width = np.zeros(grid.shape, np.float32) if width is None else width
    kinds = np.where(channel.wet, RIVER, kind).astype(np.uint8)
    flow = _catchment(inputs, channel, kinds)
    flow = np.where(channel.wet, np.maximum(channel.catchment, flow), flow)
    return {
        "height": Layer(channel.height, "m"),
        "water_kind": Layer.named(kinds, WATER_KINDS),
        "water_level": Layer(np.where(channel.wet, channel.level, level).astype(np.float32), "m"),
        "flow": Layer(flow.astype(np.float32), "m²"),
        "river_width": Layer(np.where(channel.wet, channel.width, width).astype(np.float32), "m"),
    }


def _catchment(inputs: Inputs, channel: Channel, kinds: np.ndarray) -> FloatArray:
    """``(rows, cols) float32`` area that drains through each cell [m²], on the ground with its rivers."""
    outlets = map_border(inputs.grid.shape) | (kinds == WATER_KINDS.index("sea")) | (kinds == WATER_KINDS.index("lake"))
    filled = fill_depressions(channel.height, outlets=outlets)
    to = flow_receivers(filled, inputs.grid.cell_size_m, outlets)
    area = np.full(inputs.grid.shape, inputs.grid.cell_area_m2, np.float64)
    return accumulate(to, area).astype(np.float32)


def _path(line: Line) -> Path:
    points = np.stack([line.x, line.y, line.level], axis=1).astype(np.float32)
    return Path("river", points, line.width.astype(np.float32))
